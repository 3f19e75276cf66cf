//! Writes strings from borrowed octets, without an allocation where none is needed.

use alloc::vec::Vec;

use mail_proto::Sink;

use super::NStr;
use super::fast::{plain_run, special_octets};
use crate::codec::encode::QUOTED_LIMIT;
use crate::codec::{Encoder, Strings};

/// A string of these octets, in quotes or as a literal. NUL, which neither can hold, is left out.
pub(super) fn string<S: Sink>(encoder: &mut Encoder<'_, S>, octets: &[u8]) {
    if is_plain(encoder, octets) {
        encoder.put(b"\"");
        encoder.put_checked(octets);
        encoder.put(b"\"");
    } else if memchr::memchr(0, octets).is_some() {
        let without: Vec<u8> = octets.iter().copied().filter(|octet| *octet != 0).collect();
        encoder.string_octets(&without);
    } else {
        encoder.string_octets(octets);
    }
}

/// A string, or `NIL`.
pub(super) fn nstring<S: Sink>(encoder: &mut Encoder<'_, S>, octets: Option<&[u8]>) {
    match octets {
        Some(octets) => string(encoder, octets),
        None => encoder.nil(),
    }
}

/// A string that has been read, or `NIL`.
pub(super) fn nstr<S: Sink>(encoder: &mut Encoder<'_, S>, string: NStr<'_>) {
    nstring(encoder, string.bytes().as_deref());
}

/// Gathers short octets, so that a sink whose `put` is not free is called once for many of them.
pub(super) struct Gathered<'e, 's, S> {
    encoder: &'e mut Encoder<'s, S>,
    octets: [u8; 512],
    used: usize,
}

impl<'e, 's, S: Sink> Gathered<'e, 's, S> {
    pub(super) const fn new(encoder: &'e mut Encoder<'s, S>) -> Self {
        Self { encoder, octets: [0; 512], used: 0 }
    }

    /// Fixed octets of the grammar.
    #[inline(always)]
    pub(super) fn put(&mut self, octets: &'static [u8]) {
        self.put_checked(octets);
    }

    #[inline(always)]
    fn put_checked(&mut self, octets: &[u8]) {
        let end = self.used.saturating_add(octets.len());
        match self.octets.get_mut(self.used..end) {
            Some(place) => {
                place.copy_from_slice(octets);
                self.used = end;
            }
            None => self.flush().put_checked(octets),
        }
    }

    /// A string, or `NIL`.
    #[inline]
    pub(super) fn nstring(&mut self, octets: Option<&[u8]>) {
        match octets {
            Some(octets) if self.put_plain(octets) => {}
            Some(octets) => string(self.flush(), octets),
            None => self.put(b"NIL"),
        }
    }

    /// A string in quotes, if there is room and it may stand as it is; else nothing.
    #[inline]
    fn put_plain(&mut self, octets: &[u8]) -> bool {
        let end = self.used.saturating_add(octets.len()).saturating_add(2);
        let Some([begin, text @ .., finish]) = self.octets.get_mut(self.used..end) else {
            return octets.len() < self.octets.len() / 4 && self.put_plain_at_front(octets);
        };
        if !copy_plain(octets, text) || !strings_are_quoted(self.encoder) {
            return false;
        }
        (*begin, *finish) = (b'"', b'"');
        self.used = end;
        true
    }

    #[inline(never)]
    fn put_plain_at_front(&mut self, octets: &[u8]) -> bool {
        self.flush();
        self.put_plain(octets)
    }

    /// Writes what was gathered; what follows may be written directly.
    pub(super) fn flush(&mut self) -> &mut Encoder<'s, S> {
        self.encoder.put_checked(self.octets.get(..self.used).unwrap_or_default());
        self.used = 0;
        self.encoder
    }
}

/// Copies octets and tells whether all of them may stand in quotes as they are.
///
/// It reads and writes eight at a time; the last eight again, so that no single ones are left.
#[inline]
fn copy_plain(octets: &[u8], to: &mut [u8]) -> bool {
    let Some(last) = octets.last_chunk::<8>() else { return copy_short(octets, to) };
    let mut special = special_octets(u64::from_le_bytes(*last));
    for (octets, to) in octets.chunks_exact(8).zip(to.chunks_exact_mut(8)) {
        if let (Some(octets), Some(to)) = (octets.first_chunk::<8>(), to.first_chunk_mut()) {
            special |= special_octets(u64::from_le_bytes(*octets));
            *to = *octets;
        }
    }
    if let Some(to) = to.last_chunk_mut() {
        *to = *last;
    }
    special == 0
}

/// The same for fewer than eight octets.
#[inline]
fn copy_short(octets: &[u8], to: &mut [u8]) -> bool {
    if let (Some(first), Some(last)) = (octets.first_chunk::<4>(), octets.last_chunk::<4>()) {
        if let Some(to) = to.first_chunk_mut() {
            *to = *first;
        }
        if let Some(to) = to.last_chunk_mut() {
            *to = *last;
        }
        let both =
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
        return special_octets(both) == 0;
    }
    to.iter_mut().zip(octets).for_each(|(to, octet)| *to = *octet);
    plain_run(octets) == octets.len()
}

/// Whether it may stand in quotes as it is.
fn is_plain<S: Sink>(encoder: &Encoder<'_, S>, octets: &[u8]) -> bool {
    let is_short = octets.len() <= QUOTED_LIMIT;
    is_short && plain_run(octets) == octets.len() && strings_are_quoted(encoder)
}

fn strings_are_quoted<S: Sink>(encoder: &Encoder<'_, S>) -> bool {
    encoder.negotiated().strings != Strings::Literal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Negotiated;
    use crate::codec::{IString, Side};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_octets_are_copied(octets in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..20), "[ -~]{0,40}".prop_map(String::into_bytes),
        ]) {
            let mut to = alloc::vec![0; octets.len()];
            let is_plain = copy_plain(&octets, &mut to);
            prop_assert_eq!(is_plain, plain_run(&octets) == octets.len());
            prop_assert!(!is_plain || to == octets);
        }

        /// The encoder's own strings are the oracle.
        #[test]
        fn strings_are_those_of_the_encoder(
            octets in prop_oneof![
                prop::collection::vec(1..=u8::MAX, 0..40),
                "[ -~]{0,40}".prop_map(String::into_bytes),
                "[ -~é]{0,8}".prop_map(String::into_bytes),
                Just(alloc::vec![b'a'; 1000]), Just(alloc::vec![b'a'; 1001]),
            ],
            utf8: bool,
            client: bool,
            literal: bool,
        ) {
            let side = if client { Side::Client } else { Side::Server };
            let strings = if literal { Strings::Literal } else { Strings::Shortest };
            let negotiated = Negotiated { utf8, side, strings, ..Negotiated::server() };
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            string(&mut Encoder::new(&mut ours, negotiated), &octets);
            let istring = IString::try_from(&octets[..]).unwrap();
            Encoder::new(&mut theirs, negotiated).string(&istring);
            prop_assert_eq!(ours, theirs);
        }
    }

    use alloc::string::String;

    #[test]
    fn nul_is_left_out() {
        let mut out = Vec::new();
        string(&mut Encoder::new(&mut out, Negotiated::server()), b"\0a\0");
        assert_eq!(out, b"\"a\"");
    }
}
