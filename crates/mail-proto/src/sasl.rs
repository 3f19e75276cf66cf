//! What both protocols share of SASL (RFC 4422): mechanism names, base64 lines, PLAIN.

use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{self, GeneralPurpose};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use bytes::Bytes;

use crate::{ParseError, Secret};

crate::byte_string! {
    /// The name of a mechanism: 1 to 20 capital letters, digits, hyphens and underscores.
    ///
    /// ```abnf
    /// sasl-mech    = 1*20mech-char
    /// mech-char    = UPPER-ALPHA / DIGIT / HYPHEN / UNDERSCORE
    /// ```
    ///
    /// (RFC 4422 section 3.1.) Two registered names are longer, so 40 octets are taken. Made in any
    /// case, kept in capitals.
    pub struct Mechanism: "a mechanism name (letters, digits, - and _)", mechanism_rule;
}

fn mechanism_rule(octets: &[u8]) -> Option<usize> {
    if octets.is_empty() {
        return Some(0);
    }
    let wrong =
        |o: &u8| !(o.is_ascii_uppercase() || o.is_ascii_digit() || matches!(o, b'-' | b'_'));
    octets.iter().position(wrong).or_else(|| (octets.len() > 40).then_some(40))
}

impl Mechanism {
    /// The name, whatever its case.
    ///
    /// # Errors
    ///
    /// Where it is no mechanism name.
    pub fn parse(name: &[u8]) -> Result<Self, ParseError> {
        Self::new(name.to_ascii_uppercase())
    }
}

const UNPADDED: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes a base64 line strictly: no foreign characters, `=` only at the end and as many as needed
/// (RFC 4648 section 4, RFC 5034 section 4).
///
/// # Errors
///
/// Where it is no base64.
pub fn decode_base64(line: &[u8]) -> Result<Vec<u8>, ParseError> {
    general_purpose::STANDARD.decode(line).map_err(|error| base64_error(error, line))
}

/// Decodes a base64 line that may lack its padding.
///
/// # Errors
///
/// Where it is no base64.
pub fn decode_base64_unpadded(line: &[u8]) -> Result<Vec<u8>, ParseError> {
    UNPADDED.decode(line).map_err(|error| base64_error(error, line))
}

fn base64_error(error: base64::DecodeError, line: &[u8]) -> ParseError {
    use base64::DecodeError::{InvalidByte, InvalidLastSymbol, InvalidLength, InvalidPadding};
    match error {
        InvalidByte(at, _) => ParseError::new(at, "a base64 character"),
        InvalidLastSymbol(at, _) => ParseError::new(at, "base64 without spare bits"),
        InvalidLength(_) | InvalidPadding => ParseError::new(line.len(), "base64 padding"),
    }
}

/// Encodes octets as one base64 line.
#[must_use]
pub fn encode_base64(octets: &[u8]) -> String {
    general_purpose::STANDARD.encode(octets)
}

/// The message of the PLAIN mechanism (RFC 4616).
///
/// ```abnf
/// message   = [authzid] UTF8NUL authcid UTF8NUL passwd
/// ```
///
/// # Example
///
/// ```
/// use mail_proto::sasl::Plain;
///
/// let plain = Plain::new("", "tim", "tanstaaftanstaaf").unwrap();
/// assert_eq!(plain.encode().expose(), b"\0tim\0tanstaaftanstaaf".as_slice());
/// assert_eq!(Plain::decode(plain.encode().expose()).unwrap(), plain);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plain {
    authorization: Bytes,
    authentication: Bytes,
    password: Secret<Bytes>,
}

impl Plain {
    /// The three fields: whom to act as (empty: the same), who it is, the password.
    ///
    /// # Errors
    ///
    /// A field holds NUL, SOH, CR or LF, which could be taken for the end of a field or a line
    /// somewhere down the road, or identity or password is empty.
    pub fn new(
        authorization: impl Into<Bytes>,
        authentication: impl Into<Bytes>,
        password: impl Into<Bytes>,
    ) -> Result<Self, ParseError> {
        let (authorization, authentication, password) =
            (authorization.into(), authentication.into(), password.into());
        field(&authorization)?;
        field(&authentication)?;
        field(&password)?;
        if authentication.is_empty() || password.is_empty() {
            return Err(ParseError::new(0, "an identity and a password"));
        }
        Ok(Self { authorization, authentication, password: Secret::new(password) })
    }

    /// Reads a message.
    ///
    /// # Errors
    ///
    /// It has not three fields, or one of them is not as [`new`](Self::new) wants it.
    pub fn decode(message: &[u8]) -> Result<Self, ParseError> {
        let mut fields = message.split(|octet| *octet == 0).map(Bytes::copy_from_slice);
        match (fields.next(), fields.next(), fields.next(), fields.next()) {
            (Some(authorization), Some(authentication), Some(password), None) => {
                Self::new(authorization, authentication, password)
            }
            _ => Err(ParseError::new(0, "three fields divided by NUL")),
        }
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> Secret<Bytes> {
        let fields =
            [&self.authorization[..], b"\0", &self.authentication, b"\0", self.password.expose()];
        Secret::new(fields.concat().into())
    }

    /// Whom to act as; empty means the authenticated identity.
    #[must_use]
    pub fn authorization(&self) -> &[u8] {
        &self.authorization
    }

    /// Whose password it is.
    #[must_use]
    pub fn authentication(&self) -> &[u8] {
        &self.authentication
    }

    /// The password.
    #[must_use]
    pub const fn password(&self) -> &Secret<Bytes> {
        &self.password
    }
}

fn field(octets: &[u8]) -> Result<(), ParseError> {
    match octets.iter().position(|octet| matches!(octet, 0 | 1 | b'\r' | b'\n')) {
        None => Ok(()),
        Some(at) => Err(ParseError::new(at, "no NUL, SOH, CR or LF in a credential")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_hold_no_separators() {
        for bad in ["a\0", "a\x01", "a\r", "a\n"] {
            assert!(Plain::new(bad, "u", "p").is_err());
            assert!(Plain::new("", bad, "p").is_err());
            assert!(Plain::new("", "u", bad).is_err());
        }
        for bad in [&b"u\0p"[..], b"\0u\0p\0", b"\0u\0p\r\n+OK", b"\0\0p", b"x\0\0p", b"\0u\0"] {
            assert!(Plain::decode(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn base64_is_strict_about_foreign_characters_and_padding() {
        assert_eq!(decode_base64(b"dGVzdA==").unwrap(), b"test");
        assert_eq!(decode_base64(b"").unwrap(), b"");
        assert_eq!(decode_base64(b"dGV zdA==").unwrap_err().at, 3);
        assert!(decode_base64(b"dGVzdA").is_err());
        assert!(decode_base64(b"dGVzdB==").is_err());
        assert!(decode_base64(b"====").is_err());
        assert_eq!(decode_base64_unpadded(b"dGVzdA").unwrap(), b"test");
        assert!(decode_base64_unpadded(b"dGV*").is_err());
    }

    #[test]
    fn mechanism_names() {
        assert_eq!(Mechanism::parse(b"scram-sha-256").unwrap().as_bytes(), b"SCRAM-SHA-256");
        assert!(Mechanism::parse(b"").is_err());
        assert_eq!(Mechanism::parse(b"PLAIN X").unwrap_err().at, 5);
        assert!(Mechanism::parse(&[b'A'; 41]).is_err());
    }
}
