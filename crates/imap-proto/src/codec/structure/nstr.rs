//! A string, or none, as it stands on the wire.

use alloc::borrow::Cow;
use core::fmt;
use core::hash::{Hash, Hasher};

use mail_proto::Escaped;

use super::index::Kind;

/// A string of an ENVELOPE or a BODYSTRUCTURE, or `NIL`, borrowed from its octets.
///
/// Two are equal if they mean the same octets, be one in quotes and the other a literal.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Envelope, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(br#"(NIL "a \"b\"" NIL NIL NIL NIL NIL NIL NIL "<1@x>")"#);
/// let envelope = Envelope::from_wire(octets, &mut Reading::new(Leniency::strict())).unwrap();
/// assert_eq!(envelope.subject().bytes().unwrap(), &br#"a "b""#[..]);
/// assert_eq!(envelope.subject().raw(), br#"a \"b\""#);
/// assert_eq!(envelope.message_id(), "<1@x>");
/// assert!(envelope.date().is_nil());
/// ```
#[derive(Clone, Copy)]
pub struct NStr<'a> {
    raw: &'a [u8],
    kind: Kind,
}

impl<'a> NStr<'a> {
    /// No string.
    pub const NIL: Self = Self { raw: &[], kind: Kind::NIL };

    pub(super) const fn new(raw: &'a [u8], kind: Kind) -> Self {
        Self { raw, kind }
    }

    /// A string that has nothing to escape.
    pub(super) const fn plain(raw: &'a [u8]) -> Self {
        Self { raw, kind: Kind::QUOTED }
    }

    /// Whether it is no string.
    #[must_use]
    pub fn is_nil(self) -> bool {
        self.kind.form() == Kind::NIL
    }

    /// Whether there are octets above 127.
    #[must_use]
    pub const fn is_eight_bit(self) -> bool {
        self.kind.has(Kind::EIGHT_BIT)
    }

    /// The octets on the wire, escapes included; without the quotes or the announcement of a literal.
    #[must_use]
    pub const fn raw(self) -> &'a [u8] {
        self.raw
    }

    /// The octets that are meant, if it is a string. They are copied only if some were escaped.
    #[must_use]
    pub fn bytes(self) -> Option<Cow<'a, [u8]>> {
        if self.is_nil() {
            None
        } else if self.is_as_it_stands() {
            Some(Cow::Borrowed(self.raw))
        } else {
            Some(Cow::Owned(self.meant().collect()))
        }
    }

    /// Whether it is this text in any case.
    #[must_use]
    pub fn eq_ignore_ascii_case(self, text: &str) -> bool {
        let text = text.as_bytes();
        let is_equal = |bytes: Cow<'_, [u8]>| bytes.eq_ignore_ascii_case(text);
        if self.is_as_it_stands() && !self.is_nil() {
            self.raw.eq_ignore_ascii_case(text)
        } else {
            self.bytes().is_some_and(is_equal)
        }
    }

    /// Without the spaces at its end.
    pub(super) fn trimmed(self) -> Self {
        Self { raw: self.raw.trim_ascii_end(), kind: self.kind }
    }

    pub(super) const fn kind(self) -> Kind {
        self.kind
    }

    const fn is_as_it_stands(self) -> bool {
        !self.kind.has(Kind::ESCAPED.with(Kind::NUL))
    }

    /// The octets that are meant: without NUL and, in quotes, without what makes others ordinary.
    fn meant(self) -> impl Iterator<Item = u8> + 'a {
        let escapes = self.kind.form() == Kind::QUOTED;
        let mut rest = self.raw.iter().copied().filter(|octet| *octet != 0).peekable();
        core::iter::from_fn(move || match rest.next() {
            Some(b'\\') if escapes => {
                Some(rest.next_if(|octet| matches!(octet, b'"' | b'\\')).unwrap_or(b'\\'))
            }
            octet => octet,
        })
    }
}

impl PartialEq for NStr<'_> {
    fn eq(&self, other: &Self) -> bool {
        if self.is_nil() || other.is_nil() {
            return self.is_nil() && other.is_nil();
        }
        if self.is_as_it_stands() && other.is_as_it_stands() {
            return self.raw == other.raw;
        }
        self.meant().eq(other.meant())
    }
}

impl Eq for NStr<'_> {}

impl PartialEq<[u8]> for NStr<'_> {
    fn eq(&self, other: &[u8]) -> bool {
        !self.is_nil() && self.meant().eq(other.iter().copied())
    }
}

impl PartialEq<&[u8]> for NStr<'_> {
    fn eq(&self, other: &&[u8]) -> bool {
        *self == **other
    }
}

impl PartialEq<str> for NStr<'_> {
    fn eq(&self, other: &str) -> bool {
        *self == *other.as_bytes()
    }
}

impl PartialEq<&str> for NStr<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl Hash for NStr<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes().hash(state);
    }
}

impl fmt::Debug for NStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bytes() {
            Some(octets) => write!(f, "{:?}", Escaped(&octets)),
            None => f.write_str("NIL"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(raw: &[u8]) -> NStr<'_> {
        NStr::new(raw, Kind::QUOTED.with(Kind::ESCAPED))
    }

    #[test]
    fn escapes_are_no_part_of_the_meaning() {
        assert_eq!(quoted(br#"a\"b\\c\d"#), r#"a"b\c\d"#);
        assert_eq!(quoted(br#"a\"b\\c\d"#).bytes().unwrap(), &br#"a"b\c\d"#[..]);
        assert_eq!(quoted(br#"\\\\"#), r"\\");
        assert_eq!(quoted(br#"\\"#), NStr::new(br"\", Kind::LITERAL));
        assert_ne!(quoted(br#"\\"#), NStr::new(br"\\", Kind::LITERAL));
    }

    #[test]
    fn none_is_not_the_empty_string() {
        assert_eq!(NStr::NIL, NStr::NIL);
        assert_ne!(NStr::NIL, NStr::plain(b""));
        assert_ne!(NStr::NIL, "");
        assert_eq!(NStr::NIL.bytes(), None);
        assert_eq!(alloc::format!("{:?} {:?}", NStr::NIL, NStr::plain(b"a")), "NIL \"a\"");
    }

    #[test]
    fn nul_is_left_out() {
        assert_eq!(NStr::new(b"a\0b\\\"", Kind::LITERAL.with(Kind::NUL)), "ab\\\"");
        assert_eq!(NStr::new(b"a\0b", Kind::LITERAL.with(Kind::NUL)).bytes().unwrap(), &b"ab"[..]);
    }
}
