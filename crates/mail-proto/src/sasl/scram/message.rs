//! The four messages of SCRAM (RFC 5802 section 7).

use alloc::string::ToString as _;
use alloc::vec::Vec;

use bytes::Bytes;
use thiserror::Error;

use super::{Nonce, ServerError};
use crate::ParseError;
use crate::sasl::field::{filled, utf8};
use crate::sasl::gs2::{escape, unescape};
use crate::sasl::{Gs2Header, decode_base64, encode_base64};

/// A message that cannot be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum MessageError {
    /// It is not of the grammar.
    #[error(transparent)]
    Malformed(#[from] ParseError),
    /// It has an `m=`, an extension that must be understood; there is none so far.
    #[error("an unknown extension that must be understood")]
    MandatoryExtension,
}

/// The client's first message.
///
/// ```abnf
/// client-first-message-bare = [reserved-mext ","] username "," nonce ["," extensions]
/// client-first-message = gs2-header client-first-message-bare
/// username        = "n=" saslname
/// nonce           = "r=" c-nonce [s-nonce]
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientFirst {
    header: Gs2Header,
    user: Bytes,
    nonce: Nonce,
    bare: Bytes,
}

impl ClientFirst {
    /// A message for this user.
    ///
    /// # Errors
    ///
    /// The user is empty, no UTF-8, or holds NUL, SOH, CR or LF.
    pub fn new(
        header: Gs2Header,
        user: impl Into<Bytes>,
        nonce: Nonce,
    ) -> Result<Self, ParseError> {
        let user = user.into();
        filled(&user, "a user")?;
        utf8(&user)?;
        let mut bare = b"n=".to_vec();
        escape(&user, &mut bare);
        bare.extend_from_slice(b",r=");
        bare.extend_from_slice(nonce.as_bytes());
        Ok(Self { header, user, nonce, bare: bare.into() })
    }

    /// Reads a message. Extensions that need not be understood are passed over.
    ///
    /// # Errors
    ///
    /// It is none, or has an extension that must be understood.
    pub fn decode(message: &[u8]) -> Result<Self, MessageError> {
        let (header, bare) = Gs2Header::decode(message)?;
        let mut attributes = Attributes { message, at: message.len().saturating_sub(bare.len()) };
        let (at, user) = attributes.expect(b'n', "n=")?;
        let user = unescape(user).map_err(|error| error.shifted(at))?;
        let nonce = attributes.nonce()?;
        attributes.extensions()?;
        Ok(Self { header, user, nonce, bare: Bytes::copy_from_slice(bare) })
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.header.encode(&mut out);
        out.extend_from_slice(&self.bare);
        out
    }

    /// What stands in front.
    #[must_use]
    pub const fn header(&self) -> &Gs2Header {
        &self.header
    }

    /// The user.
    #[must_use]
    pub const fn user(&self) -> &Bytes {
        &self.user
    }

    /// The client's nonce.
    #[must_use]
    pub const fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// The message without its header, as it is hashed.
    #[must_use]
    pub const fn bare(&self) -> &Bytes {
        &self.bare
    }
}

/// The server's first message.
///
/// ```abnf
/// server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]
/// salt            = "s=" base64
/// iteration-count = "i=" posit-number
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerFirst {
    /// The client's nonce and the server's behind it.
    pub nonce: Nonce,
    /// The user's salt.
    pub salt: Bytes,
    /// How often to hash. What does not fit is read as the greatest number.
    pub iterations: u64,
}

impl ServerFirst {
    /// Reads a message. Extensions that need not be understood are passed over.
    ///
    /// # Errors
    ///
    /// It is none, or has an extension that must be understood.
    pub fn decode(message: &[u8]) -> Result<Self, MessageError> {
        let mut attributes = Attributes { message, at: 0 };
        let nonce = attributes.nonce()?;
        let salt = attributes.base64(b's', "s=")?;
        let (at, digits) = attributes.expect(b'i', "i=")?;
        let iterations = positive(digits).map_err(|error| error.shifted(at))?;
        attributes.extensions()?;
        Ok(Self { nonce, salt, iterations })
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (salt, iterations) = (encode_base64(&self.salt), self.iterations.to_string());
        let parts: [&[u8]; 6] =
            [b"r=", self.nonce.as_bytes(), b",s=", salt.as_bytes(), b",i=", iterations.as_bytes()];
        parts.concat()
    }
}

/// `posit-number`.
fn positive(digits: &[u8]) -> Result<u64, ParseError> {
    if let Some(at) = digits.iter().position(|digit| !digit.is_ascii_digit()) {
        return Err(ParseError::new(at, "a digit"));
    }
    if digits.is_empty() || digits.starts_with(b"0") {
        return Err(ParseError::new(0, "a positive number"));
    }
    let push = |number: u64, digit: &u8| {
        number.saturating_mul(10).saturating_add(u64::from(digit.saturating_sub(b'0')))
    };
    Ok(digits.iter().fold(0, push))
}

/// The client's last message.
///
/// ```abnf
/// client-final-message-without-proof = channel-binding "," nonce ["," extensions]
/// client-final-message = client-final-message-without-proof "," proof
/// channel-binding = "c=" base64
/// proof           = "p=" base64
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientFinal {
    binding: Bytes,
    nonce: Nonce,
    without_proof: Bytes,
    /// The client's proof.
    pub proof: Bytes,
}

impl ClientFinal {
    /// A message without its proof, which is made of [`without_proof`](Self::without_proof). `binding`
    /// is the header of the first message with the data of the channel behind it.
    #[must_use]
    pub fn new(binding: impl Into<Bytes>, nonce: Nonce) -> Self {
        let binding = binding.into();
        let base64 = encode_base64(&binding);
        let without_proof =
            [&b"c="[..], base64.as_bytes(), b",r=", nonce.as_bytes()].concat().into();
        Self { binding, nonce, without_proof, proof: Bytes::new() }
    }

    /// Reads a message. Extensions that need not be understood are passed over.
    ///
    /// # Errors
    ///
    /// It is none, or has an extension that must be understood.
    pub fn decode(message: &[u8]) -> Result<Self, MessageError> {
        let end = memchr::memmem::rfind(message, b",p=");
        let end = end.ok_or(ParseError::new(message.len(), "p="))?;
        let (without_proof, _) = message.split_at_checked(end).unwrap_or_default();
        let mut attributes = Attributes { message: without_proof, at: 0 };
        let binding = attributes.base64(b'c', "c=")?;
        let nonce = attributes.nonce()?;
        attributes.extensions()?;
        let mut last = Attributes { message, at: end.saturating_add(1) };
        let proof = last.base64(b'p', "p=")?;
        last.extensions()?;
        Ok(Self { binding, nonce, without_proof: Bytes::copy_from_slice(without_proof), proof })
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [&self.without_proof[..], b",p=", encode_base64(&self.proof).as_bytes()].concat()
    }

    /// The header of the first message with the data of the channel behind it.
    #[must_use]
    pub const fn binding(&self) -> &Bytes {
        &self.binding
    }

    /// Both nonces.
    #[must_use]
    pub const fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// The message without its proof, as it is hashed.
    #[must_use]
    pub const fn without_proof(&self) -> &Bytes {
        &self.without_proof
    }
}

/// The server's last message.
///
/// ```abnf
/// server-final-message = (server-error / verifier) ["," extensions]
/// server-error    = "e=" server-error-value
/// verifier        = "v=" base64
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ServerFinal {
    /// The server's signature.
    Verifier(Bytes),
    /// Why it refuses.
    Error(ServerError),
}

impl ServerFinal {
    /// Reads a message. Extensions that need not be understood are passed over.
    ///
    /// # Errors
    ///
    /// It is none, or has an extension that must be understood.
    pub fn decode(message: &[u8]) -> Result<Self, MessageError> {
        let mut attributes = Attributes { message, at: 0 };
        let decoded = if message.starts_with(b"e=") {
            let (at, value) = attributes.expect(b'e', "e=")?;
            filled(value, "an error").map_err(|error| error.shifted(at))?;
            Self::Error(ServerError::parse(value))
        } else {
            Self::Verifier(attributes.base64(b'v', "v= or e=")?)
        };
        attributes.extensions()?;
        Ok(decoded)
    }

    /// Writes the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Verifier(signature) => [b"v=", encode_base64(signature).as_bytes()].concat(),
            Self::Error(error) => [b"e=", error.as_bytes()].concat(),
        }
    }
}

/// The attributes of a message, from left to right.
struct Attributes<'a> {
    message: &'a [u8],
    /// Where the next one begins; behind the end of the message: there is none.
    at: usize,
}

/// Where a value begins, and the value.
type Value<'a> = (usize, &'a [u8]);

impl<'a> Attributes<'a> {
    fn next(&mut self) -> Result<Option<(u8, Value<'a>)>, ParseError> {
        let Some(rest) = self.message.get(self.at..) else { return Ok(None) };
        let end = memchr::memchr(b',', rest).unwrap_or(rest.len());
        let Some([name, b'=', value @ ..]) = rest.get(..end) else {
            return Err(ParseError::new(self.at, "an attribute, ="));
        };
        let from = self.at.saturating_add(2);
        self.at = self.at.saturating_add(end).saturating_add(1);
        Ok(Some((*name, (from, value))))
    }

    fn expect(&mut self, name: u8, expected: &'static str) -> Result<Value<'a>, MessageError> {
        let at = self.at;
        match self.next()? {
            Some((found, value)) if found == name => Ok(value),
            Some((b'm', _)) => Err(MessageError::MandatoryExtension),
            _ => Err(ParseError::new(at.min(self.message.len()), expected).into()),
        }
    }

    fn nonce(&mut self) -> Result<Nonce, MessageError> {
        let (at, nonce) = self.expect(b'r', "r=")?;
        Ok(Nonce::try_from(nonce).map_err(|error| error.shifted(at))?)
    }

    fn base64(&mut self, name: u8, expected: &'static str) -> Result<Bytes, MessageError> {
        let (at, value) = self.expect(name, expected)?;
        let decoded = decode_base64(value).map_err(|error| error.shifted(at))?;
        Ok(decoded.into())
    }

    /// Passes over what need not be understood.
    ///
    /// ```abnf
    /// extensions = attr-val *("," attr-val)
    /// attr-val   = ALPHA "=" value
    /// ```
    fn extensions(&mut self) -> Result<(), MessageError> {
        loop {
            let at = self.at;
            match self.next()? {
                None => return Ok(()),
                Some((b'm', _)) => return Err(MessageError::MandatoryExtension),
                Some((name, (from, value))) => {
                    if !name.is_ascii_alphabetic() {
                        return Err(ParseError::new(at, "an attribute of one letter").into());
                    }
                    filled(value, "a value").map_err(|error| error.shifted(from))?;
                    utf8(value).map_err(|error| error.shifted(from))?;
                }
            }
        }
    }
}
