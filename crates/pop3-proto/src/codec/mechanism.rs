//! A line of the answer to AUTH without a mechanism.

use bytes::Bytes;
use mail_proto::sasl::Mechanism;
use mail_proto::{ParseError, Reading, Sink};

use super::scan::Words;
use crate::Defect;

/// One mechanism that the server offers.
///
/// ```abnf
/// mechanism-line = sasl-mech CRLF
/// ```
///
/// (In no RFC; the answer to `AUTH` alone, older than CAPA.)
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading};
/// use pop3_proto::MechanismListing;
///
/// let line = Bytes::from_static(b"CRAM-MD5");
/// let listing = MechanismListing::parse(&line, &mut Reading::new(Leniency::strict())).unwrap();
/// assert_eq!(listing.mechanism.as_bytes(), b"CRAM-MD5");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MechanismListing {
    /// Its name.
    pub mechanism: Mechanism,
}

impl MechanismListing {
    /// Reads a line without its CRLF.
    ///
    /// # Errors
    ///
    /// It is no mechanism name.
    pub fn parse(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let mut words = Words::new(line);
        let mechanism = words.word_as(|word| Mechanism::parse(&word))?;
        words.end(reading)?;
        Ok(Self { mechanism })
    }

    /// Writes the line with its CRLF.
    pub fn encode(&self, sink: &mut impl Sink) {
        sink.put(self.mechanism.as_bytes());
        sink.put(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::vec;

    #[test]
    fn names_in_any_case() {
        let listing = strict(b"login", MechanismListing::parse).unwrap();
        assert_eq!(written(|out| listing.encode(out)), b"LOGIN\r\n");
        assert_eq!(strict(b"", MechanismListing::parse).unwrap_err().at, 0);
        assert_eq!(strict(b"A*", MechanismListing::parse).unwrap_err().at, 1);
        assert_eq!(lenient(b"PLAIN ", MechanismListing::parse).1, vec![Defect::TrailingSpace]);
    }
}
