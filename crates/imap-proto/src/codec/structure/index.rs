//! The index of a value that is kept as it stands on the wire: where its fields are. Knows no grammar.

use alloc::vec::Vec;

use bytes::Bytes;

use super::NStr;

/// A validated value, octets and index.
#[derive(Clone)]
pub(super) struct Wire {
    /// From `(` to `)`.
    pub(super) octets: Bytes,
    pub(super) index: Vec<Entry>,
    /// Why the octets are not what an encoder would be allowed to write.
    pub(super) odd: Odd,
}

/// The reasons for which octets are not copied when they are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Odd(u8);

impl Odd {
    /// Nothing but what every client must understand.
    pub(super) const CANONICAL: Self = Self(0);
    /// UTF-8 in quotes: only for those who have enabled it.
    pub(super) const UTF8_QUOTED: Self = Self(1);
    /// Octets above 127 in quotes that are no UTF-8.
    pub(super) const EIGHT_BIT_QUOTED: Self = Self(1 << 1);
    /// Something that the grammar does not say.
    pub(super) const LENIENT: Self = Self(1 << 2);
    /// NUL in a string.
    pub(super) const NUL: Self = Self(1 << 3);
    /// A non-synchronizing literal, which is for clients alone (RFC 7888 section 3).
    pub(super) const PLUS: Self = Self(1 << 4);

    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether the octets may be written as they are.
    pub(super) fn may_be_copied(self, utf8: bool) -> bool {
        self == Self::CANONICAL || (utf8 && self == Self::UTF8_QUOTED)
    }
}

/// What a span of octets is, in six bits: its form, and what in it needs attention.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Kind(u32);

impl Kind {
    pub(super) const NIL: Self = Self(0);
    pub(super) const QUOTED: Self = Self(1);
    pub(super) const LITERAL: Self = Self(2);
    /// Neither: a word that should be a string.
    pub(super) const WORD: Self = Self(3);
    const FORMS: u32 = 3;
    /// There are backslashes in quotes.
    pub(super) const ESCAPED: Self = Self(1 << 2);
    pub(super) const EIGHT_BIT: Self = Self(1 << 3);
    pub(super) const NOT_UTF8: Self = Self(1 << 4);
    pub(super) const NUL: Self = Self(1 << 5);
    const BITS: u32 = 6;

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn form(self) -> Self {
        Self(self.0 & Self::FORMS)
    }

    /// Six bits that mean something else: of parts.
    pub(super) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u32 {
        self.0
    }
}

/// A place of the index: a span of octets with its kind, two places of the index, or a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Entry(u32, u32);

/// How many bits of a length there are beside those of the kind.
const LENGTH_BITS: u32 = u32::BITS - Kind::BITS;
const LENGTH_MASK: u32 = u32::MAX >> Kind::BITS;

/// Values of so many octets or more have no index.
pub(super) const TOO_LONG: usize = 1 << LENGTH_BITS;

impl Entry {
    pub(super) const NIL: Self = Self(0, 0);
    /// No number.
    pub(super) const NO_NUMBER: Self = Self(u32::MAX, u32::MAX);

    /// A span that is shorter than [`TOO_LONG`].
    #[expect(clippy::cast_possible_truncation, reason = "longer values are refused in the end")]
    pub(super) const fn span(at: usize, length: usize, kind: Kind) -> Self {
        Self(at as u32, (length as u32 & LENGTH_MASK) | (kind.0 << LENGTH_BITS))
    }

    /// Two places of the index, or a place and a count.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an index is shorter than its wire form * 32"
    )]
    pub(super) const fn pair(first: usize, second: usize) -> Self {
        Self(first as u32, second as u32)
    }

    pub(super) const fn number(number: Option<u64>) -> Self {
        match number {
            #[expect(clippy::cast_possible_truncation, reason = "two halves")]
            Some(number) => Self((number >> 32) as u32, number as u32),
            None => Self::NO_NUMBER,
        }
    }

    pub(super) fn as_number(self) -> Option<u64> {
        let number = u64::from(self.0) << 32 | u64::from(self.1);
        (self != Self::NO_NUMBER).then_some(number)
    }

    pub(super) const fn first(self) -> usize {
        self.0 as usize
    }

    pub(super) const fn second(self) -> usize {
        self.1 as usize
    }

    pub(super) const fn kind(self) -> Kind {
        Kind(self.1 >> LENGTH_BITS)
    }

    pub(super) const fn is_nil(self) -> bool {
        self.kind().form().0 == Kind::NIL.0
    }

    pub(super) fn octets(self, wire: &[u8]) -> &[u8] {
        let behind = wire.get(self.first()..).unwrap_or_default();
        behind.get(..(self.1 & LENGTH_MASK) as usize).unwrap_or_default()
    }

    pub(super) fn string(self, wire: &[u8]) -> NStr<'_> {
        NStr::new(self.octets(wire), self.kind())
    }
}

/// The octets with their index.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) wire: &'a [u8],
    pub(super) index: &'a [Entry],
}

impl<'a> View<'a> {
    pub(super) fn entry(self, at: usize) -> Entry {
        self.index.get(at).copied().unwrap_or_default()
    }

    pub(super) fn string(self, at: usize) -> NStr<'a> {
        self.entry(at).string(self.wire)
    }

    /// The entries of a list: a place and a count.
    pub(super) fn list(self, list: Entry, each: usize) -> &'a [Entry] {
        let behind = self.index.get(list.first()..).unwrap_or_default();
        behind.get(..list.second().saturating_mul(each)).unwrap_or_default()
    }
}

impl Wire {
    pub(super) fn view(&self) -> View<'_> {
        View { wire: &self.octets, index: &self.index }
    }

    /// A copy in an allocation of its own.
    pub(super) fn detach(&self) -> Self {
        let octets = Bytes::copy_from_slice(&self.octets);
        Self { octets, index: self.index.clone(), odd: self.odd }
    }
}
