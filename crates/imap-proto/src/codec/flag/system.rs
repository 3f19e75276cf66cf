//! Lists of system flags, written out for all sets of them: a set is written at once.

use mail_proto::Sink;

use super::SystemFlag;
use crate::codec::Encoder;

/// All of them with the spaces between, in parentheses.
const LONGEST: usize = 50;

/// A list as it is written.
#[derive(Clone, Copy)]
struct Written {
    octets: [u8; LONGEST],
    length: usize,
}

/// In the order of the bits that stand for a set.
static SETS: [Written; 64] = {
    let mut sets = [Written::NONE; 64];
    let (mut rest, mut bits): (&mut [Written], u8) = (&mut sets, 0);
    while let [set, behind @ ..] = rest {
        *set = Written::new(bits);
        (rest, bits) = (behind, bits.wrapping_add(1));
    }
    sets
};

impl Written {
    const NONE: Self = Self { octets: [0; LONGEST], length: 0 };

    const fn new(bits: u8) -> Self {
        let mut octets = [0; LONGEST];
        let (mut free, mut flags): (&mut [u8], &[SystemFlag]) = (&mut octets, &SystemFlag::ALL);
        let mut before: &[u8] = b"(";
        while let [flag, others @ ..] = flags {
            if bits & flag.bit() != 0 {
                free = put(put(free, before), flag.as_str().as_bytes());
                before = b" ";
            }
            flags = others;
        }
        free = put(free, if bits == 0 { b"()" } else { b")" });
        let length = LONGEST.saturating_sub(free.len());
        Self { octets, length }
    }
}

/// Puts octets in front and tells what is behind them.
const fn put<'a>(free: &'a mut [u8], octets: &[u8]) -> &'a mut [u8] {
    match free.split_at_mut_checked(octets.len()) {
        Some((place, behind)) => {
            place.copy_from_slice(octets);
            behind
        }
        None => &mut [],
    }
}

/// Writes the list of these bits.
#[inline]
pub(super) fn encode<S: Sink>(bits: u8, encoder: &mut Encoder<'_, S>) {
    let set = SETS.get(usize::from(bits)).unwrap_or(&Written::NONE);
    encoder.put_front(&set.octets, set.length);
}

/// Writes it but for the closing parenthesis.
pub(super) fn encode_open<S: Sink>(bits: u8, encoder: &mut Encoder<'_, S>) {
    let set = SETS.get(usize::from(bits)).unwrap_or(&Written::NONE);
    encoder.put_front(&set.octets, set.length.saturating_sub(1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::FlagList;
    use crate::codec::testing::written;
    use alloc::vec::Vec;

    /// Flags written one by one are the oracle.
    #[test]
    fn sets_are_the_flags_with_spaces_between() {
        for bits in 0..64 {
            let flags = FlagList { system: bits, others: Vec::new() };
            let names: Vec<_> = flags.system().map(SystemFlag::as_str).collect();
            let list = alloc::format!("({})", names.join(" "));
            assert_eq!(written(|encoder| encode(bits, encoder)), list.as_bytes());
            let open = list.trim_end_matches(')').as_bytes();
            assert_eq!(written(|encoder| encode_open(bits, encoder)), open);
        }
        let longest = SETS.iter().map(|set| set.length).max();
        assert_eq!(longest, Some(LONGEST));
    }
}
