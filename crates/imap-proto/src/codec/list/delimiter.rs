//! The character between the levels of a mailbox name.

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{Cursor, Encoder};

const EXPECTED: &str = "one character in quotes or NIL";

/// The character between the levels of a mailbox name. Where there are no levels, there is none.
///
/// ```abnf
/// (DQUOTE QUOTED-CHAR DQUOTE / nil)
/// ```
///
/// (RFC 9051 section 7.3.1.)
///
/// ```
/// use imap_proto::Delimiter;
///
/// assert_eq!(Delimiter::new('.').unwrap().get(), '.');
/// assert_eq!(Delimiter::new('\n'), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Delimiter(char);

impl Delimiter {
    /// `/`
    pub const SLASH: Self = Self('/');
    /// `.`
    pub const DOT: Self = Self('.');

    /// The character, if each client can read it: ASCII, but for NUL, CR and LF.
    #[must_use]
    pub fn new(character: char) -> Option<Self> {
        Self::read(character).filter(|_| character.is_ascii())
    }

    /// The character. IMAP4rev2 allows one beyond ASCII, which is then read.
    #[must_use]
    pub const fn get(self) -> char {
        self.0
    }

    fn read(character: char) -> Option<Self> {
        (!matches!(character, '\0' | '\r' | '\n')).then_some(Self(character))
    }

    /// Reads it, or that there is none.
    ///
    /// # Errors
    ///
    /// There is neither a character in quotes nor `NIL`, nor anything that is put up with.
    pub fn parse_optional(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<Self>, ParseError> {
        let at = cursor.at();
        match cursor.rest() {
            // A backslash that should have been written twice.
            [b'"', b'\\', b'"', b' ' | b')', ..] => {
                reading.tolerate(Defect::OddDelimiter, at, EXPECTED)?;
                cursor.skip(3);
                Ok(Some(Self('\\')))
            }
            [first @ (b'"' | b'{'), ..] => {
                let string = cursor.string(reading)?;
                Self::in_string(*first == b'"', &string, at, reading)
            }
            _ if cursor.eat_tag(b"NIL") => Ok(None),
            rest => {
                let is_part = |octet: &&u8| !matches!(**octet, b' ' | b'(' | b')' | 0..=31);
                let length = rest.iter().take_while(is_part).count();
                let octets = cursor.take(length).filter(|octets| !octets.is_empty());
                let octets = octets.ok_or(ParseError::new(at, EXPECTED))?;
                Self::in_string(false, &octets, at, reading)
            }
        }
    }

    /// The delimiter of these octets, which should be one character in quotes.
    fn in_string(
        is_quoted: bool,
        octets: &[u8],
        at: usize,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<Self>, ParseError> {
        let mut characters = core::str::from_utf8(octets).unwrap_or_default().chars();
        let first = characters.next().and_then(Self::read);
        if first.is_none() || characters.next().is_some() || !is_quoted {
            reading.tolerate(Defect::OddDelimiter, at, EXPECTED)?;
        }
        Ok(first)
    }

    /// Writes it, or `NIL`.
    pub fn encode_optional<S: Sink>(delimiter: Option<Self>, encoder: &mut Encoder<'_, S>) {
        let Some(Self(character)) = delimiter else {
            return encoder.nil();
        };
        encoder.put(b"\"");
        if matches!(character, '"' | '\\') {
            encoder.put(b"\\");
        }
        encoder.put_checked(character.encode_utf8(&mut [0; 4]).as_bytes());
        encoder.put(b"\"");
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, strict};
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    pub(crate) fn any_delimiter() -> impl Strategy<Value = Option<Delimiter>> {
        prop_oneof![
            Just(None),
            Just(Some(Delimiter::SLASH)),
            (0u8..=127).prop_map(|octet| { Delimiter::new(char::from(octet)) })
        ]
    }

    #[test]
    fn characters_in_quotes() {
        for (octets, delimiter) in [
            ("NIL", None),
            (r#""/""#, Some('/')),
            (r#""\\""#, Some('\\')),
            (r#""\"""#, Some('"')),
            ("\"|\"", Some('|')),
            ("\"·\"", Some('·')),
            ("\" \"", Some(' ')),
        ] {
            let read = reads_and_writes(octets.as_bytes(), Delimiter::parse_optional, |it, e| {
                Delimiter::encode_optional(*it, e);
            });
            assert_eq!(read.map(Delimiter::get), delimiter, "{octets}");
        }
        assert_eq!(strict(b"nil", Delimiter::parse_optional), Ok(None));
        assert_eq!(Delimiter::new('·'), None);
    }

    #[test]
    fn odd_delimiters() {
        for (octets, delimiter) in [
            (&b"\"\""[..], None),
            (b"/", Some('/')),
            (b"\"//\"", Some('/')),
            (b"{1}\r\n.", Some('.')),
            (b"{1}\r\n\n", None),
        ] {
            let error = strict(octets, Delimiter::parse_optional).unwrap_err();
            assert_eq!(error.at, 0, "{octets:?}");
            let (read, defects) = lenient(octets, Delimiter::parse_optional);
            assert_eq!(read.map(|it| it.map(Delimiter::get)), Ok(delimiter), "{octets:?}");
            assert_eq!(defects, [Defect::OddDelimiter], "{octets:?}");
        }
        let backslash = |cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>| {
            let delimiter = Delimiter::parse_optional(cursor, reading)?;
            cursor.tag(" x").map(|()| delimiter)
        };
        assert_eq!(strict(br#""\" x"#, backslash).map_err(|error| error.at), Err(0));
        let read = lenient(br#""\" x"#, backslash);
        assert_eq!(read, (Ok(Delimiter::new('\\')), vec![Defect::OddDelimiter]));
        assert_eq!(lenient(b"", Delimiter::parse_optional).0.map_err(|it| it.at), Err(0));
        assert_eq!(
            lenient(b"(", Delimiter::parse_optional),
            (Err(ParseError::new(0, EXPECTED)), Vec::new())
        );
    }
}
