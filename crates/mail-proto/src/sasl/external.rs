//! EXTERNAL: who it is, the channel has shown already (RFC 4422 appendix A).

use bytes::Bytes;

use super::field::utf8;
use super::{Identity, Mechanism, Question, SingleMessage};
use crate::{ParseError, Secret};

/// The message of the EXTERNAL mechanism, and its client: whom to act as, or nothing.
///
/// ```abnf
/// external-initial-response = *( UTF8-char-no-nul )
/// ```
///
/// (RFC 4422 appendix A.1.)
///
/// ```
/// use mail_proto::sasl::External;
///
/// assert_eq!(External::default().encode().expose(), b"".as_slice());
/// assert!(External::new("joe\0").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct External {
    authorization: Bytes,
}

impl External {
    /// Whom to act as; empty: whom the channel has authenticated.
    ///
    /// # Errors
    ///
    /// It is no UTF-8, or holds NUL, SOH, CR or LF.
    pub fn new(authorization: impl Into<Bytes>) -> Result<Self, ParseError> {
        let authorization = authorization.into();
        utf8(&authorization)?;
        Ok(Self { authorization })
    }

    /// Reads a message.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn decode(message: &[u8]) -> Result<Self, ParseError> {
        Self::new(Bytes::copy_from_slice(message))
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> Secret<Bytes> {
        Secret::new(self.authorization.clone())
    }

    /// Whom to act as; empty: whom the channel has authenticated.
    #[must_use]
    pub fn authorization(&self) -> &[u8] {
        &self.authorization
    }
}

impl SingleMessage for External {
    const MECHANISM: Mechanism = Mechanism::EXTERNAL;

    fn read(message: &[u8]) -> Result<Self, ParseError> {
        Self::decode(message)
    }

    fn message(&self) -> Secret<Bytes> {
        self.encode()
    }

    fn identity(&self) -> Identity {
        Identity { authentication: Bytes::new(), authorization: self.authorization.clone() }
    }

    fn question(self) -> Question {
        Question::External(self)
    }
}
