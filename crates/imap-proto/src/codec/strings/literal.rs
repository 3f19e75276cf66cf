//! Literals: octets that are counted before they come.

use bytes::Bytes;
use mail_proto::{ParseError, Reading};

use crate::Defect;
use crate::codec::Cursor;

/// What announces a literal.
///
/// ```abnf
/// literal        = "{" number64 ["+"] "}" CRLF *CHAR8
/// literal8       = "~{" number64 ["+"] "}" CRLF *OCTET
/// ```
///
/// (RFC 9051 section 9, RFC 7888, RFC 3516 section 7.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::Cursor;
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"~{310+}\r\n");
/// let header = Cursor::new(&octets).literal_header(&mut Reading::new(Leniency::strict())).unwrap();
/// assert_eq!(header.length, 310);
/// assert!(header.is_binary && !header.is_synchronizing);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LiteralHeader {
    /// How many octets follow.
    pub length: u64,
    /// It is a literal8, which may hold NUL.
    pub is_binary: bool,
    /// Its sender waits for a continuation, if it is a client.
    pub is_synchronizing: bool,
}

/// A literal that stands in a message.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::Cursor;
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"{3}\r\nabc");
/// let literal = Cursor::new(&octets).literal(&mut Reading::new(Leniency::strict())).unwrap();
/// assert_eq!((literal.at, &literal.octets[..]), (5, &b"abc"[..]));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Literal {
    /// Its octets.
    pub octets: Bytes,
    /// Octets of the message before them.
    pub at: usize,
    /// What announced them.
    pub header: LiteralHeader,
}

impl Cursor<'_> {
    /// What announces a literal, its line end included.
    ///
    /// # Errors
    ///
    /// There is no such announcement.
    pub fn literal_header(
        &mut self,
        reading: &mut Reading<Defect>,
    ) -> Result<LiteralHeader, ParseError> {
        let is_binary = self.eat(b'~');
        self.tag("{")?;
        let length = self.number64()?;
        let is_synchronizing = !self.eat(b'+');
        self.tag("}")?;
        if !self.eat_tag(b"\r\n") {
            if self.peek() != Some(b'\n') {
                return Err(self.expected("CRLF"));
            }
            reading.tolerate(Defect::BareLf, self.at(), "CRLF")?;
            self.skip(1);
        }
        Ok(LiteralHeader { length, is_binary, is_synchronizing })
    }

    /// A literal, whose octets must all be there.
    ///
    /// # Errors
    ///
    /// There is none, or fewer octets follow than were announced.
    pub fn literal(&mut self, reading: &mut Reading<Defect>) -> Result<Literal, ParseError> {
        let header = self.literal_header(reading)?;
        self.literal_behind(header)
    }

    /// The literal of which the announcement has been read.
    pub(crate) fn literal_behind(&mut self, header: LiteralHeader) -> Result<Literal, ParseError> {
        let at = self.at();
        let octets = usize::try_from(header.length).ok().and_then(|length| self.take(length));
        let octets = octets.ok_or(ParseError::new(at, "as many octets as announced"))?;
        Ok(Literal { octets, at, header })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::strict;
    use alloc::format;
    use mail_proto::Leniency;

    #[test]
    fn the_four_literals() {
        for (octets, is_binary, is_synchronizing) in [
            (&b"{2}\r\n\r\n"[..], false, true),
            (b"{2+}\r\n\r\n", false, false),
            (b"~{2}\r\n\r\n", true, true),
            (b"~{02+}\r\n\r\n", true, false),
        ] {
            let literal = strict(octets, |c, r| c.literal(r)).unwrap();
            assert_eq!(literal.octets, "\r\n");
            let header = LiteralHeader { length: 2, is_binary, is_synchronizing };
            assert_eq!((literal.header, literal.at), (header, octets.len() - 2));
        }
    }

    #[test]
    fn counts_are_held_against_what_follows() {
        let at = |octets: &[u8]| strict(octets, |c, r| c.literal(r)).map_err(|error| error.at);
        assert!(at(b"{0}\r\n").is_ok());
        assert_eq!(at(b"{4}\r\nabc"), Err(5));
        assert_eq!(at(b"{2}\r\nabc"), Err(7));
        let largest = u64::MAX >> 1;
        assert_eq!(at(format!("{{{largest}}}\r\nabc").as_bytes()), Err(23));
        for beyond in [format!("{}", largest + 1), "9".repeat(1000)] {
            assert_eq!(at(format!("{{{beyond}}}\r\n").as_bytes()), Err(1));
        }
    }

    #[test]
    fn what_is_no_literal() {
        for (octets, at) in [
            (&b"{}\r\n"[..], 1),
            (b"{1\r\na", 2),
            (b"{-1}\r\na", 1),
            (b"{1-}\r\na", 2),
            (b"{1}a", 3),
            (b"{1}\ra", 3),
            (b"~1", 1),
            (b"", 0),
        ] {
            assert_eq!(
                strict(octets, |c, r| c.literal(r)).map_err(|e| e.at),
                Err(at),
                "{octets:?}"
            );
        }
    }

    #[test]
    fn a_bare_lf_only_by_name() {
        let octets = Bytes::from_static(b"{3}\nabc");
        let mut reading = Reading::new(Leniency::lenient());
        assert!(Cursor::new(&octets).literal(&mut reading).is_err());
        let mut reading = Reading::new(Leniency::strict().allow(Defect::BareLf));
        assert_eq!(Cursor::new(&octets).literal(&mut reading).unwrap().octets, "abc");
        assert_eq!(reading.defects[0].at, 3);
    }
}
