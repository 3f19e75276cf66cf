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
    quotes: bool,
}

impl<'e, 's, S: Sink> Gathered<'e, 's, S> {
    pub(super) fn new(encoder: &'e mut Encoder<'s, S>) -> Self {
        Self { quotes: strings_are_quoted(encoder), encoder, octets: [0; 512], used: 0 }
    }

    /// Octets of the grammar.
    #[inline(always)]
    pub(super) fn put<const N: usize>(&mut self, octets: [u8; N]) {
        let free = self.octets.get_mut(self.used..).unwrap_or_default();
        match free.first_chunk_mut() {
            Some(place) => {
                *place = octets;
                self.used = self.used.saturating_add(N);
            }
            None => self.flush().put_checked(&octets),
        }
    }

    /// A string, or `NIL`, and the octet behind it.
    #[inline(always)]
    pub(super) fn nstring(&mut self, octets: Option<&[u8]>, behind: u8) {
        match octets {
            Some(octets) if self.put_plain(octets, behind) => {}
            Some(octets) => self.put_any(octets, behind),
            None => self.put([b'N', b'I', b'L', behind]),
        }
    }

    /// A string in quotes, if there is room and it may stand as it is; else nothing.
    #[inline(always)]
    fn put_plain(&mut self, octets: &[u8], behind: u8) -> bool {
        let end = self.used.saturating_add(octets.len()).saturating_add(3);
        let Some([begin, text @ .., finish, next]) = self.octets.get_mut(self.used..end) else {
            return false;
        };
        let is_plain = copy_plain(octets, text);
        (*begin, *finish, *next) = (b'"', b'"', behind);
        if is_plain && self.quotes {
            self.used = end;
        }
        is_plain && self.quotes
    }

    #[inline(never)]
    fn put_any(&mut self, octets: &[u8], behind: u8) {
        self.flush();
        if octets.len() >= self.octets.len() / 4 || !self.put_plain(octets, behind) {
            string(self.encoder, octets);
            self.put([behind]);
        }
    }

    /// Writes what was gathered; what follows may be written directly.
    pub(super) fn flush(&mut self) -> &mut Encoder<'s, S> {
        self.encoder.put_checked(self.octets.get(..self.used).unwrap_or_default());
        self.used = 0;
        self.encoder
    }
}

/// Copies octets to a place of their length and tells whether all of them may stand in quotes as they
/// are.
///
/// Strings of about the same length go the same way, in words that overlap: no single octets are left,
/// and what the length is is rarely guessed wrong.
#[inline(always)]
fn copy_plain(octets: &[u8], to: &mut [u8]) -> bool {
    let special = match octets.len() {
        ..4 => copy_few(octets, to),
        4..=8 => copy_ends::<4>(octets, to),
        9..=24 => {
            let middle = octets.len().min(16).saturating_sub(8);
            copy_word::<8>(octets, to, middle) | copy_ends::<8>(octets, to)
        }
        _ => copy_long(octets, to),
    };
    special == 0
}

/// The words at both ends. As the others, it tells 0 if all octets may stand in quotes.
#[inline(always)]
fn copy_ends<const N: usize>(octets: &[u8], to: &mut [u8]) -> u64 {
    let last = octets.len().saturating_sub(N);
    copy_word::<N>(octets, to, 0) | copy_word::<N>(octets, to, last)
}

#[inline(always)]
fn copy_word<const N: usize>(octets: &[u8], to: &mut [u8], at: usize) -> u64 {
    let from = octets.get(at..).and_then(<[u8]>::first_chunk::<N>);
    match (from, to.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<N>)) {
        (Some(from), Some(to)) => {
            *to = *from;
            let mut word = [b' '; 8];
            word.iter_mut().zip(from).for_each(|(to, octet)| *to = *octet);
            special_octets(u64::from_le_bytes(word))
        }
        _ => u64::MAX,
    }
}

fn copy_long(octets: &[u8], to: &mut [u8]) -> u64 {
    let special = copy_ends::<8>(octets, to);
    octets
        .chunks_exact(8)
        .zip(to.chunks_exact_mut(8))
        .fold(special, |special, (octets, to)| special | copy_word::<8>(octets, to, 0))
}

/// Fewer than four octets: the first, the last and the one between them.
#[inline(always)]
fn copy_few(octets: &[u8], to: &mut [u8]) -> u64 {
    if octets.is_empty() {
        return 0;
    }
    copy_ends::<1>(octets, to) | copy_word::<1>(octets, to, octets.len() / 2)
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
