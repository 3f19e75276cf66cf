//! PLAIN: an identity and a password in clear (RFC 4616).

use bytes::Bytes;

use super::field::{field, filled};
use super::{Identity, Mechanism, Question, SingleMessage};
use crate::{ParseError, Secret};

/// The message of the PLAIN mechanism (RFC 4616), and its client.
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
        filled(&authentication, "an identity and a password")?;
        filled(&password, "an identity and a password")?;
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

    pub(super) fn identity(&self) -> Identity {
        Identity {
            authentication: self.authentication.clone(),
            authorization: self.authorization.clone(),
        }
    }
}

impl SingleMessage for Plain {
    const MECHANISM: Mechanism = Mechanism::PLAIN;

    fn read(message: &[u8]) -> Result<Self, ParseError> {
        Self::decode(message)
    }

    fn message(&self) -> Secret<Bytes> {
        self.encode()
    }

    fn identity(&self) -> Identity {
        self.identity()
    }

    fn question(self) -> Question {
        Question::Password(self)
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
}
