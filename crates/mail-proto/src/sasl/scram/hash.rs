//! The hash functions, and what SCRAM makes of them (RFC 5802 section 2.2).

use alloc::vec::Vec;
use core::num::NonZeroU32;

use bytes::Bytes;
use hmac::Hmac;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::Secret;
use crate::sasl::Mechanism;
use crate::sasl::hmac::hmac;

/// The hash function of a SCRAM mechanism.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ScramHash {
    /// RFC 5802.
    Sha1,
    /// RFC 7677.
    Sha256,
}

impl ScramHash {
    /// The mechanism's name, with or without channel binding.
    #[must_use]
    pub const fn mechanism(self, plus: bool) -> Mechanism {
        match (self, plus) {
            (Self::Sha1, false) => Mechanism::SCRAM_SHA_1,
            (Self::Sha1, true) => Mechanism::SCRAM_SHA_1_PLUS,
            (Self::Sha256, false) => Mechanism::SCRAM_SHA_256,
            (Self::Sha256, true) => Mechanism::SCRAM_SHA_256_PLUS,
        }
    }

    /// Octets of a hash.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// `H`.
    pub(super) fn digest(self, octets: &[u8]) -> Secret<Bytes> {
        Secret::new(match self {
            Self::Sha1 => Bytes::copy_from_slice(&Sha1::digest(octets)),
            Self::Sha256 => Bytes::copy_from_slice(&Sha256::digest(octets)),
        })
    }

    /// `HMAC` of all parts.
    pub(super) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Secret<Bytes> {
        match self {
            Self::Sha1 => hmac::<Hmac<Sha1>>(key, parts),
            Self::Sha256 => hmac::<Hmac<Sha256>>(key, parts),
        }
    }

    /// `Hi`, which is PBKDF2.
    pub(super) fn salted(
        self,
        password: &[u8],
        salt: &[u8],
        iterations: NonZeroU32,
    ) -> Secret<Bytes> {
        let mut out = alloc::vec![0; self.size()];
        match self {
            Self::Sha1 => {
                pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations.get(), &mut out);
            }
            Self::Sha256 => {
                pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations.get(), &mut out);
            }
        }
        Secret::new(out.into())
    }
}

/// `XOR` of two hashes.
pub(super) fn xor(one: &[u8], other: &[u8]) -> Secret<Bytes> {
    let octets = one.iter().zip(other).map(|(one, other)| one ^ other);
    Secret::new(octets.collect::<Vec<u8>>().into())
}
