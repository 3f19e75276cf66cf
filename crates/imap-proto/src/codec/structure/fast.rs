//! The short cut: decides whether octets are an ENVELOPE as nearly all are, and notes where its fields
//! are. It knows no leniency and explains nothing; what it gives up on is read by the grammar.
//!
//! No token has a result of its own. What is wrong is noted in one flag that is asked at the end.

use alloc::vec::Vec;

use super::envelope::place;
use super::index::{Entry, Kind, Odd, TOO_LONG, Wire};
use crate::codec::Cursor;

/// How many octets at the front stand for themselves in quotes: no control character but those between
/// CR and space, no quote, no backslash, and none above 127.
pub(super) fn plain_run(octets: &[u8]) -> usize {
    let mut at = 0usize;
    loop {
        let rest = octets.get(at..).unwrap_or_default();
        let Some(chunk) = rest.first_chunk::<8>() else {
            let is_plain = |octet: &u8| !matches!(octet, ..0x20 | b'"' | b'\\' | 0x80..);
            return at.wrapping_add(rest.iter().take_while(|octet| is_plain(octet)).count());
        };
        let special = special_octets(u64::from_le_bytes(*chunk));
        if special != 0 {
            return at.wrapping_add((special.trailing_zeros() / 8) as usize);
        }
        at = at.wrapping_add(8);
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Sets the highest bit of octets that are not plain. Of those that are set the lowest is right;
/// a borrow may set others above it.
pub(super) const fn special_octets(word: u64) -> u64 {
    let below_space = word.wrapping_sub(ONES.wrapping_mul(0x20));
    let quote = (word ^ ONES.wrapping_mul(b'"' as u64)).wrapping_sub(ONES);
    let backslash = (word ^ ONES.wrapping_mul(b'\\' as u64)).wrapping_sub(ONES);
    (word | below_space | quote | backslash) & HIGHS
}

/// Reads an ENVELOPE, or nothing.
pub(super) fn envelope(cursor: &mut Cursor<'_>) -> Option<Wire> {
    let entries = (cursor.rest().len() / 10).clamp(22, 46);
    let mut scan = Scan::new(cursor, entries);
    scan.envelope();
    scan.finish(cursor)
}

/// Where a scan stands, and what it has found.
pub(super) struct Scan<'a> {
    octets: &'a [u8],
    at: usize,
    elements: u32,
    is_good: bool,
    odd: Odd,
    pub(super) index: Vec<Entry>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(cursor: &Cursor<'a>, entries: usize) -> Self {
        Self {
            octets: cursor.rest(),
            at: 0,
            elements: cursor.limits().elements,
            is_good: true,
            odd: Odd::CANONICAL,
            index: Vec::with_capacity(entries),
        }
    }

    /// What was scanned, if all of it is good.
    pub(super) fn finish(self, cursor: &mut Cursor<'_>) -> Option<Wire> {
        if !self.is_good || self.at >= TOO_LONG {
            return None;
        }
        let octets = cursor.take(self.at)?;
        Some(Wire { octets, index: self.index, odd: self.odd })
    }

    pub(super) fn give_up(&mut self) {
        self.is_good = false;
    }

    pub(super) const fn is_good(&self) -> bool {
        self.is_good
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) fn octets(&self) -> &'a [u8] {
        self.octets
    }

    #[inline(always)]
    pub(super) fn peek(&self) -> u8 {
        self.octets.get(self.at).copied().unwrap_or(0)
    }

    #[inline(always)]
    pub(super) fn skip(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    /// The octet that must come next.
    #[inline(always)]
    pub(super) fn eat(&mut self, octet: u8) {
        self.is_good &= self.peek() == octet;
        self.skip();
    }

    pub(super) fn space(&mut self) {
        self.eat(b' ');
    }

    /// `NIL`, of which the first letter has been seen.
    #[inline(always)]
    pub(super) fn nil(&mut self) {
        let word = self.octets.get(self.at..).and_then(<[u8]>::first_chunk::<3>);
        self.is_good &= word.is_some_and(|word| word.eq_ignore_ascii_case(b"NIL"));
        self.at = self.at.wrapping_add(3);
    }

    #[inline(always)]
    pub(super) fn nstring(&mut self) -> Entry {
        if self.peek() == b'"' {
            return self.quoted();
        }
        if self.peek() == b'{' {
            return self.literal();
        }
        self.nil();
        Entry::NIL
    }

    #[inline(always)]
    pub(super) fn string(&mut self) -> Entry {
        match self.peek() {
            b'"' => self.quoted(),
            b'{' => self.literal(),
            _ => {
                self.give_up();
                Entry::NIL
            }
        }
    }

    #[inline(always)]
    fn quoted(&mut self) -> Entry {
        let begin = self.at.wrapping_add(1);
        let length = plain_run(self.octets.get(begin..).unwrap_or_default());
        let end = begin.wrapping_add(length);
        if self.octets.get(end) == Some(&b'"') {
            self.at = end.wrapping_add(1);
            return Entry::span(begin, length, Kind::QUOTED);
        }
        self.quoted_from(begin, end)
    }

    /// A quoted string that begins at one place and has something special at another.
    #[inline(never)]
    fn quoted_from(&mut self, begin: usize, special: usize) -> Entry {
        let mut kind = Kind::QUOTED;
        let mut end = special;
        loop {
            match self.octets.get(end..).unwrap_or_default() {
                [b'"', ..] => break,
                [b'\\', b'"' | b'\\', ..] => {
                    kind = kind.with(Kind::ESCAPED);
                    end = end.wrapping_add(1);
                }
                [octet, ..] if !octet.is_ascii() => kind = kind.with(Kind::EIGHT_BIT),
                [0 | b'\r' | b'\n' | b'\\', ..] | [] => {
                    self.give_up();
                    return Entry::NIL;
                }
                _ => {}
            }
            end = end.wrapping_add(1);
            end = end.wrapping_add(plain_run(self.octets.get(end..).unwrap_or_default()));
        }
        self.at = end.wrapping_add(1);
        if kind.has(Kind::EIGHT_BIT) {
            let raw = self.octets.get(begin..end).unwrap_or_default();
            self.is_good &= core::str::from_utf8(raw).is_ok();
            self.odd.add(Odd::UTF8_QUOTED);
        }
        Entry::span(begin, end.wrapping_sub(begin), kind)
    }

    #[inline(never)]
    fn literal(&mut self) -> Entry {
        self.skip();
        let length = usize::try_from(self.number()).unwrap_or(usize::MAX);
        if self.peek() == b'+' {
            self.skip();
            self.odd.add(Odd::PLUS);
        }
        for octet in *b"}\r\n" {
            self.eat(octet);
        }
        let begin = self.at;
        let end = begin.saturating_add(length);
        let Some(raw) = self.octets.get(begin..end) else {
            self.give_up();
            return Entry::NIL;
        };
        self.at = end;
        let mut kind = Kind::LITERAL;
        if !raw.is_ascii() {
            kind = kind.with(Kind::EIGHT_BIT);
            if core::str::from_utf8(raw).is_err() {
                kind = kind.with(Kind::NOT_UTF8);
            }
        }
        self.is_good &= memchr::memchr(0, raw).is_none();
        Entry::span(begin, length, kind)
    }

    /// A number below 2^63; shorter than 20 digits.
    #[inline(always)]
    pub(super) fn number(&mut self) -> u64 {
        let begin = self.at;
        let mut number = 0u64;
        loop {
            let digit = self.peek().wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            number = number.wrapping_mul(10).wrapping_add(digit.into());
            self.skip();
        }
        let digits = self.at.wrapping_sub(begin);
        self.is_good &= (1..20).contains(&digits) && number <= u64::MAX >> 1;
        number
    }

    pub(super) fn elements_are_few(&mut self, count: usize) {
        self.is_good &= count <= self.elements as usize;
    }

    /// Where its fields begin in the index.
    pub(super) fn envelope(&mut self) -> usize {
        let begin = self.index.len();
        let mut fields = [Entry::NIL; place::COUNT];
        self.index.extend_from_slice(&fields);
        self.eat(b'(');
        for (field, entry) in fields.iter_mut().enumerate() {
            if field > 0 {
                self.space();
            }
            *entry = match field {
                place::FROM..=place::BCC => self.addresses(),
                _ => self.nstring(),
            };
        }
        self.eat(b')');
        self.put(begin, &fields);
        begin
    }

    /// Puts entries into places that were kept for them.
    #[inline(always)]
    pub(super) fn put(&mut self, begin: usize, entries: &[Entry]) {
        let end = begin.wrapping_add(entries.len());
        if let Some(places) = self.index.get_mut(begin..end) {
            places.copy_from_slice(entries);
        }
    }

    fn addresses(&mut self) -> Entry {
        if self.peek() != b'(' {
            self.nil();
            return Entry::NIL;
        }
        self.skip();
        let begin = self.index.len();
        let mut count = 0usize;
        loop {
            self.eat(b'(');
            let name = self.nstring();
            self.space();
            let adl = self.nstring();
            self.space();
            let mailbox = self.nstring();
            self.space();
            let host = self.nstring();
            self.eat(b')');
            self.index.extend_from_slice(&[name, adl, mailbox, host]);
            count = count.wrapping_add(1);
            if self.peek() != b'(' || !self.is_good {
                break;
            }
        }
        self.eat(b')');
        self.elements_are_few(count);
        Entry::pair(begin, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_octet_at_every_place_of_a_chunk() {
        for octet in 0..=u8::MAX {
            for place in 0..20 {
                let mut octets = [b'a'; 20];
                octets[place] = octet;
                let is_plain = matches!(octet, 0x20..0x80) && !matches!(octet, b'"' | b'\\');
                let expected = if is_plain { 20 } else { place };
                assert_eq!(plain_run(&octets), expected, "{octet:x} at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn plain_runs_are_those_of_a_loop(octets in prop::collection::vec(any::<u8>(), 0..40)) {
            let is_plain = |octet: &&u8| (0x20..0x80).contains(*octet) && !matches!(octet, b'"' | b'\\');
            prop_assert_eq!(plain_run(&octets), octets.iter().take_while(is_plain).count());
        }
    }
}
