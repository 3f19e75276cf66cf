//! The charset of the strings of a search.

use mail_proto::{Octets, ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{Cursor, Encoder};

mail_proto::byte_string! {
    /// The name of a charset.
    ///
    /// ```abnf
    /// charset        = atom / quoted
    /// ```
    ///
    /// (RFC 9051 section 9.) Names are compared without regard to case: [`is`](Self::is).
    ///
    /// ```
    /// use imap_proto::Charset;
    ///
    /// assert!(Charset::UTF_8.is("utf-8"));
    /// assert!(Charset::new("KOI8-R").is_ok());
    /// assert_eq!(Charset::new("a\r\n").unwrap_err().at, 1);
    /// ```
    pub struct Charset: "a charset (7-bit, without CR, LF and NUL)", outside;
}

/// The rule of a charset: where it is broken first.
fn outside(octets: &[u8]) -> Option<usize> {
    octets.iter().position(|octet| !octet.is_ascii() || matches!(octet, 0 | b'\r' | b'\n'))
}

impl Charset {
    /// `UTF-8`, which every server of today reads.
    pub const UTF_8: Self = Self(Octets::from_static(b"UTF-8"));

    /// `US-ASCII`.
    pub const US_ASCII: Self = Self(Octets::from_static(b"US-ASCII"));

    /// Whether it is this charset, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Whether all that is in it is UTF-8.
    pub(super) fn is_part_of_utf8(&self) -> bool {
        self.is("UTF-8") || self.is("US-ASCII")
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if cursor.peek() != Some(b'"') {
            return cursor.run_kept(Class::ATOM, "a charset").map(Self);
        }
        let at = cursor.at();
        Self::new(cursor.quoted(reading)?).map_err(|error| error.shifted(at.saturating_add(1)))
    }

    /// Writes it: an atom if it can be one, else in quotes. Never a literal.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if Class::ATOM.broken_at(&self.0).is_none() {
            return encoder.put_checked(&self.0);
        }
        encoder.quoted_octets(&self.0);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use proptest::prelude::*;

    pub(crate) fn any_charset() -> impl Strategy<Value = Charset> {
        prop_oneof![
            Just(Charset::UTF_8),
            Just(Charset::US_ASCII),
            "[ -~]{0,8}".prop_map(|name| Charset::new(name).unwrap()),
        ]
    }

    #[test]
    fn atoms_and_quoted_names() {
        for octets in [&b"UTF-8"[..], b"\"\"", b"\"a b\"", b"\"a\\\"\\\\\""] {
            reads_and_writes(octets, Charset::parse, Charset::encode);
        }
        assert_eq!(strict(b"\"UTF-8\"", Charset::parse), Ok(Charset::UTF_8));
        assert_eq!(strict(b"{3}\r\nabc", Charset::parse).map_err(|error| error.at), Err(0));
        assert_eq!(strict("\"aé\"".as_bytes(), Charset::parse).map_err(|e| e.at), Err(2));
    }

    proptest! {
        #[test]
        fn charsets_come_back(charset in any_charset()) {
            round_trips(&charset, Charset::encode, Charset::parse);
        }
    }
}
