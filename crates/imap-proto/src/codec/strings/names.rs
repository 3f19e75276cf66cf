//! What stands for itself: atoms.

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{Cursor, Encoder};

mail_proto::byte_string! {
    /// A name that stands for itself.
    ///
    /// ```abnf
    /// atom           = 1*ATOM-CHAR
    /// ATOM-CHAR      = %x21 / %x23-24 / %x26-27 / %x2B-5B / %x5E-7A / %x7C-7E
    /// ```
    ///
    /// (RFC 9051 section 9.)
    ///
    /// ```
    /// use imap_proto::Atom;
    ///
    /// assert!(Atom::new("UTF8=ACCEPT").is_ok());
    /// assert_eq!(Atom::new("a]b").unwrap_err().at, 1);
    /// assert!(Atom::new("").is_err());
    /// ```
    pub struct Atom: "an atom", |octets: &[u8]| Class::ATOM.broken_at(octets);
}

impl Atom {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// No octet of an atom comes next.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.run_kept(Class::ATOM, "an atom").map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.atom(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{strict, written};

    #[test]
    fn names_are_read_and_written_as_they_are() {
        let atom = strict(b"$MDNSent[x", Atom::parse).unwrap();
        assert_eq!(written(|encoder| atom.encode(encoder)), b"$MDNSent[x");
        assert_eq!(strict(b"a]1", Atom::parse).unwrap_err().at, 1);
    }
}
