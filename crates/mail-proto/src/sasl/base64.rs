//! Base64 lines, in which both protocols carry the messages of mechanisms.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{self, GeneralPurpose};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

use crate::ParseError;

const UNPADDED: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes a base64 line strictly: no foreign characters, `=` only at the end and as many as needed
/// (RFC 4648 section 4, RFC 5034 section 4).
///
/// # Errors
///
/// Where it is no base64.
pub fn decode_base64(line: &[u8]) -> Result<Vec<u8>, ParseError> {
    general_purpose::STANDARD.decode(line).map_err(|error| base64_error(error, line))
}

/// Decodes a base64 line that may lack its padding.
///
/// # Errors
///
/// Where it is no base64.
pub fn decode_base64_unpadded(line: &[u8]) -> Result<Vec<u8>, ParseError> {
    UNPADDED.decode(line).map_err(|error| base64_error(error, line))
}

fn base64_error(error: base64::DecodeError, line: &[u8]) -> ParseError {
    use base64::DecodeError::{InvalidByte, InvalidLastSymbol, InvalidLength, InvalidPadding};
    match error {
        InvalidByte(at, _) => ParseError::new(at, "a base64 character"),
        InvalidLastSymbol(at, _) => ParseError::new(at, "base64 without spare bits"),
        InvalidLength(_) | InvalidPadding => ParseError::new(line.len(), "base64 padding"),
    }
}

/// Encodes octets as one base64 line.
#[must_use]
pub fn encode_base64(octets: &[u8]) -> String {
    general_purpose::STANDARD.encode(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_strict_about_foreign_characters_and_padding() {
        assert_eq!(decode_base64(b"dGVzdA==").unwrap(), b"test");
        assert_eq!(decode_base64(b"").unwrap(), b"");
        assert_eq!(decode_base64(b"dGV zdA==").unwrap_err().at, 3);
        assert!(decode_base64(b"dGVzdA").is_err());
        assert!(decode_base64(b"dGVzdB==").is_err());
        assert!(decode_base64(b"====").is_err());
        assert_eq!(decode_base64_unpadded(b"dGVzdA").unwrap(), b"test");
        assert!(decode_base64_unpadded(b"dGV*").is_err());
    }
}
