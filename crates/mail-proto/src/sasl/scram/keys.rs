//! What a server keeps of a password.

use core::num::NonZeroU32;

use bytes::Bytes;

use super::ScramHash;
use crate::sasl::Prepared;
use crate::{ParseError, Secret};

/// What a server keeps of a password: enough to check it, not enough to log in by (RFC 5802 section 3).
///
/// ```
/// use std::num::NonZeroU32;
/// use mail_proto::sasl::Prepared;
/// use mail_proto::sasl::scram::{ScramHash, ScramKeys};
///
/// // When the password is set; the salt is random.
/// let password = Prepared::ascii("pencil")?;
/// let iterations = NonZeroU32::new(4096).unwrap();
/// let keys = ScramKeys::derive(ScramHash::Sha256, &password, &b"16 random octets"[..], iterations)?;
/// assert_eq!(keys.stored_key().expose().len(), 32);
/// # Ok::<(), mail_proto::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScramKeys {
    hash: ScramHash,
    salt: Bytes,
    iterations: NonZeroU32,
    stored_key: Secret<Bytes>,
    server_key: Secret<Bytes>,
}

impl ScramKeys {
    /// What a store has kept.
    ///
    /// # Errors
    ///
    /// The salt is shorter than 2 octets (erratum 2652), or a key has not the length of the hash.
    pub fn new(
        hash: ScramHash,
        salt: impl Into<Bytes>,
        iterations: NonZeroU32,
        stored_key: Secret<Bytes>,
        server_key: Secret<Bytes>,
    ) -> Result<Self, ParseError> {
        let salt = salt.into();
        if salt.len() < 2 {
            return Err(ParseError::new(salt.len(), "a salt"));
        }
        for key in [&stored_key, &server_key] {
            if key.expose().len() != hash.size() {
                return Err(ParseError::new(key.expose().len(), "a key of the hash's length"));
            }
        }
        Ok(Self { hash, salt, iterations, stored_key, server_key })
    }

    /// Of a new password, with a random salt (16 octets) and 4096 iterations or more (RFC 7677 section
    /// 4). All users should have the same number: it is told to anybody who asks.
    ///
    /// # Errors
    ///
    /// The salt is shorter than 2 octets.
    pub fn derive(
        hash: ScramHash,
        password: &Prepared,
        salt: impl Into<Bytes>,
        iterations: NonZeroU32,
    ) -> Result<Self, ParseError> {
        let salt = salt.into();
        let salted = hash.salted(password.expose(), &salt, iterations);
        let client_key = hash.hmac(salted.expose(), &[b"Client Key"]);
        let server_key = hash.hmac(salted.expose(), &[b"Server Key"]);
        Self::new(hash, salt, iterations, hash.digest(client_key.expose()), server_key)
    }

    /// The hash function.
    #[must_use]
    pub const fn hash(&self) -> ScramHash {
        self.hash
    }

    /// The salt.
    #[must_use]
    pub const fn salt(&self) -> &Bytes {
        &self.salt
    }

    /// How often it was hashed.
    #[must_use]
    pub const fn iterations(&self) -> NonZeroU32 {
        self.iterations
    }

    /// Checks the client.
    #[must_use]
    pub const fn stored_key(&self) -> &Secret<Bytes> {
        &self.stored_key
    }

    /// Signs for the server.
    #[must_use]
    pub const fn server_key(&self) -> &Secret<Bytes> {
        &self.server_key
    }
}

/// Makes up a salt for a user who does not exist, always the same one, so that nobody learns by asking
/// who does.
#[derive(Clone, Debug)]
pub struct Pretence {
    secret: Secret<Bytes>,
    iterations: NonZeroU32,
    salt_length: usize,
}

impl Pretence {
    /// By a secret of the server, at least 16 random octets, that survives a restart and that all its
    /// nodes share; with the iterations that its users have. Salts have 16 octets.
    ///
    /// # Errors
    ///
    /// The secret is shorter than 16 octets.
    pub fn new(secret: impl Into<Bytes>, iterations: NonZeroU32) -> Result<Self, ParseError> {
        let secret = secret.into();
        match secret.len() {
            0..16 => Err(ParseError::new(secret.len(), "16 secret octets or more")),
            _ => Ok(Self { secret: Secret::new(secret), iterations, salt_length: 16 }),
        }
    }

    /// With salts of this many octets, 2 to 20, as those of the users have.
    #[must_use]
    pub fn with_salt_length(self, octets: usize) -> Self {
        Self { salt_length: octets.clamp(2, 20), ..self }
    }

    pub(super) fn keys(&self, hash: ScramHash, user: &[u8]) -> ScramKeys {
        let of = |purpose: &[u8]| hash.hmac(self.secret.expose(), &[purpose, b":", user]);
        let salt = of(b"salt").expose().clone();
        ScramKeys {
            hash,
            salt: salt.slice(..self.salt_length.min(salt.len())),
            iterations: self.iterations,
            stored_key: of(b"stored key"),
            server_key: of(b"server key"),
        }
    }
}
