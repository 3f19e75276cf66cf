//! Names of mechanisms.

use crate::{Octets, ParseError};

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
    pub struct Mechanism: "a mechanism name (letters, digits, - and _)", rule;
}

fn rule(octets: &[u8]) -> Option<usize> {
    if octets.is_empty() {
        return Some(0);
    }
    let wrong =
        |o: &u8| !(o.is_ascii_uppercase() || o.is_ascii_digit() || matches!(o, b'-' | b'_'));
    octets.iter().position(wrong).or_else(|| (octets.len() > 40).then_some(40))
}

impl Mechanism {
    /// RFC 4616.
    pub const PLAIN: Self = Self::of(b"PLAIN");
    /// draft-murchison-sasl-login.
    pub const LOGIN: Self = Self::of(b"LOGIN");
    /// RFC 2195.
    pub const CRAM_MD5: Self = Self::of(b"CRAM-MD5");
    /// RFC 4422 appendix A.
    pub const EXTERNAL: Self = Self::of(b"EXTERNAL");
    /// RFC 4505.
    pub const ANONYMOUS: Self = Self::of(b"ANONYMOUS");
    /// RFC 7628.
    pub const OAUTHBEARER: Self = Self::of(b"OAUTHBEARER");
    /// Google's and Microsoft's precursor of OAUTHBEARER.
    pub const XOAUTH2: Self = Self::of(b"XOAUTH2");
    /// RFC 5802.
    pub const SCRAM_SHA_1: Self = Self::of(b"SCRAM-SHA-1");
    /// RFC 5802, bound to the channel.
    pub const SCRAM_SHA_1_PLUS: Self = Self::of(b"SCRAM-SHA-1-PLUS");
    /// RFC 7677.
    pub const SCRAM_SHA_256: Self = Self::of(b"SCRAM-SHA-256");
    /// RFC 7677, bound to the channel.
    pub const SCRAM_SHA_256_PLUS: Self = Self::of(b"SCRAM-SHA-256-PLUS");

    const fn of(name: &'static [u8]) -> Self {
        Self(Octets::from_static(name))
    }

    /// The name, whatever its case.
    ///
    /// # Errors
    ///
    /// Where it is no mechanism name.
    pub fn parse(name: &[u8]) -> Result<Self, ParseError> {
        Self::new(name.to_ascii_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mechanism_names() {
        assert_eq!(Mechanism::parse(b"scram-sha-256").unwrap(), Mechanism::SCRAM_SHA_256);
        assert!(Mechanism::parse(b"").is_err());
        assert_eq!(Mechanism::parse(b"PLAIN X").unwrap_err().at, 5);
        assert!(Mechanism::parse(&[b'A'; 41]).is_err());
    }
}
