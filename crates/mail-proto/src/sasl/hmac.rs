//! HMAC (RFC 2104), for the mechanisms that have a digest of something under a key.

use bytes::Bytes;
use hmac::{KeyInit, Mac};

use crate::Secret;

/// The digest of all parts under a key of any length.
pub(super) fn hmac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Secret<Bytes> {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of any length (RFC 2104 section 2)")
    };
    parts.iter().for_each(|part| mac.update(part));
    Secret::new(Bytes::copy_from_slice(&mac.finalize().into_bytes()))
}
