//! What may stand in an identity, a password or a token.

use bytes::Bytes;

use crate::{ParseError, Secret};

/// Refuses what could be taken for the end of a field or of a line somewhere down the road
/// (SECURITY S34).
pub(super) fn field(octets: &[u8]) -> Result<(), ParseError> {
    match octets.iter().position(|octet| matches!(octet, 0 | 1 | b'\r' | b'\n')) {
        None => Ok(()),
        Some(at) => Err(ParseError::new(at, "no NUL, SOH, CR or LF in a credential")),
    }
}

/// A [`field`] that is not empty.
pub(super) fn filled(octets: &[u8], expected: &'static str) -> Result<(), ParseError> {
    match octets.is_empty() {
        true => Err(ParseError::new(0, expected)),
        false => field(octets),
    }
}

/// A [`field`] in UTF-8.
pub(super) fn utf8(octets: &[u8]) -> Result<(), ParseError> {
    field(octets)?;
    match core::str::from_utf8(octets) {
        Ok(_) => Ok(()),
        Err(error) => Err(ParseError::new(error.valid_up_to(), "UTF-8")),
    }
}

/// A name or a password as SASLprep leaves it (RFC 4013), or its successor (RFC 8265): two keyboards
/// that write one password in two ways must give the same octets, because SCRAM hashes them.
///
/// This crate does not prepare: no kept crate does it without `std`. What is printable ASCII is its own
/// prepared form; whoever has other characters prepares them (the crate `stringprep` does) and says so
/// by [`assume`](Self::assume).
///
/// ```
/// use mail_proto::sasl::Prepared;
///
/// assert!(Prepared::ascii("pencil").is_ok());
/// assert_eq!(
///     Prepared::ascii("b\u{fc}ro").unwrap_err().to_string(),
///     "at octet 1: expected printable ASCII, or text that SASLprep has prepared",
/// );
/// assert!(Prepared::assume("b\u{fc}ro").is_ok());
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prepared(Secret<Bytes>);

impl Prepared {
    /// Printable ASCII, which needs no preparation.
    ///
    /// # Errors
    ///
    /// It is empty, or the first octet that is something else.
    pub fn ascii(text: impl Into<Bytes>) -> Result<Self, ParseError> {
        let text = text.into();
        let expected = "printable ASCII, or text that SASLprep has prepared";
        match text.iter().position(|octet| !matches!(octet, b' '..=b'~')) {
            None => Self::assume(text),
            Some(at) => Err(ParseError::new(at, expected)),
        }
    }

    /// What the caller has prepared.
    ///
    /// # Errors
    ///
    /// It is empty, no UTF-8, or holds an ASCII control character, which no preparation leaves.
    pub fn assume(text: impl Into<Bytes>) -> Result<Self, ParseError> {
        let text = text.into();
        filled(&text, "a name or a password")?;
        utf8(&text)?;
        match text.iter().position(u8::is_ascii_control) {
            None => Ok(Self(Secret::new(text))),
            Some(at) => Err(ParseError::new(at, "no control character")),
        }
    }

    /// The octets, in sight.
    #[must_use]
    pub const fn expose(&self) -> &Bytes {
        self.0.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unprepared_passes_for_prepared() {
        for bad in ["", "a\0", "a\x01", "a\r", "a\n", "a\t", "a\x7f"] {
            assert!(Prepared::ascii(bad).is_err(), "{bad:?}");
            assert!(Prepared::assume(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Prepared::assume(&b"a\xff"[..]).unwrap_err().at, 1);
        assert_eq!(
            alloc::format!("{:?}", Prepared::ascii("a b,=~").unwrap()),
            "Prepared(<hidden>)"
        );
    }
}
