//! What is used once.

use crate::ParseError;
use crate::sasl::encode_base64;

crate::byte_string! {
    /// Characters that no exchange has had before.
    ///
    /// ```abnf
    /// c-nonce         = 1*(printable)
    /// printable       = %x21-2B / %x2D-7E
    /// ```
    ///
    /// (RFC 5802 section 7 with erratum 2651.)
    pub struct Nonce: "a nonce (printable characters without comma)", |octets: &[u8]| {
        let printable = |octet: &u8| matches!(octet, b'!'..=b'+' | b'-'..=b'~');
        if octets.is_empty() { Some(0) } else { octets.iter().position(|octet| !printable(octet)) }
    };
}

impl Nonce {
    /// Of random octets: at least 16, better 18 or 24, from the system's generator, for this exchange
    /// alone.
    ///
    /// # Errors
    ///
    /// There are fewer than 16.
    pub fn from_random(octets: &[u8]) -> Result<Self, ParseError> {
        match octets.len() {
            0..16 => Err(ParseError::new(octets.len(), "16 random octets or more")),
            _ => Self::new(encode_base64(octets)),
        }
    }
}
