//! ANONYMOUS: a guest, and what the guest likes to leave in the log (RFC 4505).

use bytes::Bytes;

use super::field::utf8;
use super::{Identity, Mechanism, Question, SingleMessage};
use crate::{ParseError, Secret};

/// The message of the ANONYMOUS mechanism, and its client: trace information, or nothing.
///
/// ```abnf
/// message     = [ email / token ]
/// token       = 1*255TCHAR
/// ```
///
/// (RFC 4505 section 2; `TCHAR` is any character but `@`.) What has an `@` passes for an address;
/// neither may be longer than 255 characters.
///
/// ```
/// use mail_proto::sasl::Anonymous;
///
/// assert_eq!(Anonymous::new("sirhc").unwrap().encode().expose(), "sirhc");
/// assert_eq!(Anonymous::new("x".repeat(256)).unwrap_err().at, 255);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Anonymous {
    trace: Bytes,
}

impl Anonymous {
    /// What the server may log; empty: nothing.
    ///
    /// # Errors
    ///
    /// It is longer than 255 characters, no UTF-8, or holds a control character.
    pub fn new(trace: impl Into<Bytes>) -> Result<Self, ParseError> {
        let trace = trace.into();
        utf8(&trace)?;
        let text = core::str::from_utf8(&trace).unwrap_or_default();
        if let Some((at, _)) = text.char_indices().nth(255) {
            return Err(ParseError::new(at, "at most 255 characters"));
        }
        if let Some((at, _)) = text.char_indices().find(|(_, char)| char.is_control()) {
            return Err(ParseError::new(at, "no control character"));
        }
        Ok(Self { trace })
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
        Secret::new(self.trace.clone())
    }

    /// What the client leaves in the log. Anybody can write anything there.
    #[must_use]
    pub fn trace(&self) -> &[u8] {
        &self.trace
    }
}

impl SingleMessage for Anonymous {
    const MECHANISM: Mechanism = Mechanism::ANONYMOUS;

    fn read(message: &[u8]) -> Result<Self, ParseError> {
        Self::decode(message)
    }

    fn message(&self) -> Secret<Bytes> {
        self.encode()
    }

    fn identity(&self) -> Identity {
        Identity { authentication: Bytes::from_static(b"anonymous"), authorization: Bytes::new() }
    }

    fn question(self) -> Question {
        Question::Anonymous(self)
    }
}
