//! Values that may hold any octet, NUL included.

use core::fmt;

use bytes::Bytes;
use mail_proto::{Escaped, ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{Cursor, Encoder, IString};

/// A string, octets that are no string because they may hold NUL, or nothing.
///
/// ```abnf
/// value          = nstring / literal8
/// literal8       = "~{" number64 ["+"] "}" CRLF *OCTET
/// ```
///
/// (RFC 5464 section 5, RFC 5257 section 5, RFC 3516 section 7.)
///
/// ```
/// use imap_proto::{Encoder, NString8, Negotiated};
///
/// let mut out = Vec::new();
/// NString8::Literal8("\0".into()).encode(&mut Encoder::new(&mut out, Negotiated::server()));
/// assert_eq!(out, b"~{1}\r\n\0");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NString8 {
    /// Nothing.
    Nil,
    /// A string.
    String(IString),
    /// Any octets.
    Literal8(Bytes),
}

impl NString8 {
    /// The value of these octets: a string if it can be one.
    #[must_use]
    pub fn new(octets: impl Into<Bytes>) -> Self {
        let octets = octets.into();
        IString::new(octets.clone()).map_or(Self::Literal8(octets), Self::String)
    }

    /// The octets, unless it is nothing.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Nil => None,
            Self::String(string) => Some(string.as_bytes()),
            Self::Literal8(octets) => Some(octets),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        match cursor.peek() {
            Some(b'"' | b'{') => IString::parse(cursor, reading).map(Self::String),
            Some(b'~') => cursor.literal(reading).map(|literal| Self::Literal8(literal.octets)),
            _ if cursor.eat_tag(b"NIL") => Ok(Self::Nil),
            _ => Err(cursor.expected("a string, a literal8 or NIL")),
        }
    }

    /// Writes it. A literal8 wants a server that has said BINARY, or an extension that has it in any
    /// case.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Nil => encoder.nil(),
            Self::String(string) => encoder.string(string),
            Self::Literal8(octets) => encoder.literal8(octets),
        }
    }
}

impl fmt::Debug for NString8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("NIL"),
            Self::String(string) => string.fmt(f),
            Self::Literal8(octets) => write!(f, "~{:?}", Escaped(octets)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{strict, written};

    #[test]
    fn values_of_each_kind() {
        for octets in [&b"NIL"[..], b"\"a\"", b"~{2}\r\n\0\r", b"{1}\r\n\r", b"~{0}\r\n"] {
            let value = strict(octets, NString8::parse).unwrap();
            assert_eq!(written(|encoder| value.encode(encoder)), octets);
        }
        assert_eq!(strict(b"a", NString8::parse).map_err(|error| error.at), Err(0));
        assert_eq!(strict(b"{1}\r\n\0", NString8::parse).map_err(|error| error.at), Err(5));
        assert_eq!(NString8::new(&b"a\0"[..]), NString8::Literal8("a\0".into()));
        assert_eq!(NString8::new(&b"a"[..]).as_bytes(), Some(&b"a"[..]));
    }
}
