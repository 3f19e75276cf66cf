//! Random numbers, of which the libraries have none.

use mail_proto::sasl::Nonce;
use tokio_rustls::rustls::crypto::ring;

use crate::Result;

/// What makes an exchange of SCRAM another one than all before.
pub fn nonce() -> Result<Nonce> {
    let mut random = [0; 18];
    let generator = ring::default_provider().secure_random;
    generator.fill(&mut random).map_err(|_| "there are no random numbers")?;
    Ok(Nonce::from_random(&random)?)
}
