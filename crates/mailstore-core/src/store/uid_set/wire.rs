//! The octets of a UID set: what goes between nodes and into databases.

use alloc::boxed::Box;
use alloc::vec::Vec;
use mail_proto::ParseError;

use super::chunk::{Chunk, Form, MAX_RUNS, Run, WORDS};
use super::{Builder, UidSet};

/// The first octet: which form this is.
const VERSION: u8 = 1;
/// In the place of the number of runs: a bitmap follows.
const BITMAP: u16 = u16::MAX;

impl UidSet {
    /// The set as octets. Equal sets have equal octets.
    ///
    /// One octet of version (1), then for each chunk of 65,536 UIDs that has members, ascending, all
    /// numbers big-endian: the upper 16 bits; the number of runs; for each run the lower 16 bits of
    /// its first and its last member. Runs do not touch. Where there would be more than 2,048 of
    /// them, 65,535 stands for their number and a bitmap of 8,192 octets follows, the lowest UID in
    /// the highest bit of the first octet.
    ///
    /// ```
    /// use mailstore_core::store::{Uid, UidSet};
    ///
    /// let set: UidSet = [3, 1, 2, 65_536].into_iter().filter_map(Uid::new).collect();
    /// assert_eq!(set.to_wire(), [1, 0, 0, 0, 1, 0, 1, 0, 3, 0, 1, 0, 1, 0, 0, 0, 0]);
    /// assert_eq!(UidSet::from_wire(&set.to_wire()), Ok(set));
    /// ```
    #[must_use]
    pub fn to_wire(&self) -> Vec<u8> {
        let mut out = Vec::from([VERSION]);
        for (key, chunk) in self.chunks() {
            out.extend(key.to_be_bytes());
            match chunk.form() {
                Form::Runs(runs) => {
                    out.extend((runs.len() as u16).to_be_bytes());
                    for run in runs {
                        out.extend(run.first.to_be_bytes());
                        out.extend(run.last.to_be_bytes());
                    }
                }
                Form::Bits { words, .. } => {
                    out.extend(BITMAP.to_be_bytes());
                    out.extend(words.iter().flat_map(|word| word.reverse_bits().to_be_bytes()));
                }
            }
        }
        out
    }

    /// Reads what [`to_wire`](Self::to_wire) wrote.
    ///
    /// A database row is input from a peer: whatever is not exactly what `to_wire` would have
    /// written is refused. Takes no more memory than a small multiple of the octets.
    ///
    /// # Errors
    ///
    /// The first octet that is wrong.
    pub fn from_wire(octets: &[u8]) -> Result<Self, ParseError> {
        let mut input = Input { octets, at: 0 };
        if input.take::<1>("a version octet")? != [VERSION] {
            return Err(ParseError::new(0, "version 1 of a UID set"));
        }
        let mut set = Builder::default();
        let mut least_key = 0u32;
        while input.at < octets.len() {
            let at = input.at;
            let key = input.number("the number of a chunk")?;
            if u32::from(key) < least_key {
                return Err(ParseError::new(at, "chunks in ascending order"));
            }
            let at = input.at;
            let chunk = match input.number("a number of runs")? {
                BITMAP => input.bitmap()?,
                runs if runs == 0 || usize::from(runs) > MAX_RUNS => {
                    return Err(ParseError::new(at, "1 to 2,048 runs, or 65,535"));
                }
                runs => input.runs(runs)?,
            };
            if key == 0 && chunk.contains(0) {
                return Err(ParseError::new(input.at, "no UID of zero"));
            }
            set.push(key, chunk.into());
            least_key = u32::from(key) + 1;
        }
        Ok(set.finish())
    }
}

struct Input<'a> {
    octets: &'a [u8],
    at: usize,
}

impl Input<'_> {
    fn take<const N: usize>(&mut self, expected: &'static str) -> Result<[u8; N], ParseError> {
        let rest = self.octets.get(self.at..).and_then(|rest| rest.first_chunk::<N>());
        let taken = rest.ok_or(ParseError::new(self.octets.len(), expected))?;
        self.at = self.at.saturating_add(N);
        Ok(*taken)
    }

    fn number(&mut self, expected: &'static str) -> Result<u16, ParseError> {
        self.take(expected).map(u16::from_be_bytes)
    }

    fn runs(&mut self, count: u16) -> Result<Chunk, ParseError> {
        let mut runs = Vec::with_capacity(count.into());
        let mut least = 0u32;
        for _ in 0..count {
            let at = self.at;
            let (first, last) = (self.number("a run")?, self.number("the end of a run")?);
            if u32::from(first) < least || last < first {
                return Err(ParseError::new(at, "runs that ascend and do not touch"));
            }
            runs.push(Run { first, last });
            least = u32::from(last) + 2;
        }
        Ok(Chunk::of_runs(runs))
    }

    fn bitmap(&mut self) -> Result<Chunk, ParseError> {
        let at = self.at;
        let words: Result<Box<[u64]>, ParseError> = (0..WORDS)
            .map(|_| self.take("8,192 octets").map(|word| u64::from_be_bytes(word).reverse_bits()))
            .collect();
        let chunk = Chunk::of_words(words?);
        match chunk.form() {
            Form::Bits { .. } => Ok(chunk),
            Form::Runs(_) => Err(ParseError::new(at, "a bitmap of more than 2,048 runs")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{alternating, set, small_sets};
    use super::*;
    use crate::store::Uid;
    use proptest::prelude::*;

    fn refused(octets: &[u8]) -> usize {
        UidSet::from_wire(octets).unwrap_err().at
    }

    #[test]
    fn what_to_wire_would_not_write_is_refused() {
        assert_eq!(UidSet::from_wire(&[1]), Ok(UidSet::default()));
        assert_eq!(refused(&[]), 0);
        assert_eq!(refused(&[2]), 0);
        assert_eq!(refused(&[1, 0]), 2);
        assert_eq!(refused(&[1, 0, 1, 0, 0]), 3);
        assert_eq!(refused(&[1, 0, 1, 8, 1]), 3);
        assert_eq!(refused(&[1, 0, 1, 0, 1, 0, 9, 0]), 8);
        assert_eq!(refused(&[1, 0, 1, 0, 1, 0, 9, 0, 8]), 5);
        assert_eq!(refused(&[1, 0, 0, 0, 1, 0, 0, 0, 8]), 9, "UID 0");
        assert_eq!(refused(&[1, 0, 1, 0, 2, 0, 1, 0, 2, 0, 3, 0, 3]), 9, "runs touch");
        let one = [0, 1, 0, 1, 0, 1, 0, 1];
        assert_eq!(refused(&[&[1], &one[..], &one[..]].concat()), 9, "a chunk twice");
    }

    #[test]
    fn a_bitmap_stands_only_where_runs_would_be_longer() {
        let wire = alternating(1..=65_535).to_wire();
        assert_eq!(wire.len(), 1 + 4 + 8_192);
        assert_eq!(UidSet::from_wire(&wire).unwrap(), alternating(1..=65_535));
        assert_eq!(refused(&wire[..wire.len() - 1]), wire.len() - 1);
        let mut sparse = wire;
        sparse[500..].fill(0);
        assert_eq!(refused(&sparse), 5);
    }

    #[test]
    fn the_largest_set_has_the_largest_wire() {
        let all = UidSet::from(Uid::MIN..=Uid::MAX);
        assert_eq!(all.to_wire().len(), 1 + 65_536 * 8);
        assert_eq!(UidSet::from_wire(&all.to_wire()), Ok(all));
    }

    proptest! {
        #[test]
        fn wire_round_trip(uids in small_sets()) {
            let set = set(uids);
            prop_assert_eq!(UidSet::from_wire(&set.to_wire()), Ok(set));
        }

        #[test]
        fn what_is_read_is_what_would_be_written(octets in proptest::collection::vec(0u8..4, 0..40)) {
            let octets = [&[VERSION], &octets[..]].concat();
            if let Ok(set) = UidSet::from_wire(&octets) {
                prop_assert_eq!(set.to_wire(), octets);
            }
        }
    }
}
