//! GETJMAPACCESS: where the same mail is served by JMAP (RFC 9698).

use alloc::string::String;

use mail_proto::{ParseError, Reading, Sink};

use super::{Cursor, Encoder};
use crate::Defect;

mail_proto::byte_string! {
    /// The data of JMAPACCESS: the URL of the JMAP session of the user who is logged in.
    ///
    /// ```abnf
    /// resp-jmapaccess = "JMAPACCESS" SP quoted
    /// ```
    ///
    /// (RFC 9698 section 4.)
    ///
    /// ```
    /// use bytes::Bytes;
    /// use imap_proto::{JmapAccessData, parse_whole};
    /// use mail_proto::{Leniency, Reading};
    ///
    /// let octets = Bytes::from_static(b" \"https://example.com/.well-known/jmap\"");
    /// let mut reading = Reading::new(Leniency::strict());
    /// let data = parse_whole(&octets, &mut reading, JmapAccessData::parse).unwrap();
    /// assert_eq!(data.to_str(), Ok("https://example.com/.well-known/jmap"));
    /// ```
    pub struct JmapAccessData: "UTF-8 without CR, LF and NUL", rule;
}

fn rule(octets: &[u8]) -> Option<usize> {
    let utf8 = core::str::from_utf8(octets).err().map(|error| error.valid_up_to());
    mail_proto::line_break(octets).into_iter().chain(utf8).min()
}

impl JmapAccessData {
    /// Reads it. Octets that are not UTF-8, where they are put up with, are replaced.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let at = cursor.at();
        let octets = cursor.quoted(reading)?;
        let octets = match core::str::from_utf8(&octets) {
            Ok(_) => octets,
            Err(_) => String::from_utf8_lossy(&octets).into_owned().into(),
        };
        Self::new(octets).map_err(|error| error.shifted(at))
    }

    /// Writes it: in quotes, however long it is.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        encoder.quoted_octets(self.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use proptest::prelude::*;

    /// RFC 9698 section 5.
    #[test]
    fn urls_of_jmap() {
        let read =
            |octets: &[u8]| reads_and_writes(octets, JmapAccessData::parse, JmapAccessData::encode);
        let url = read(b" \"https://example.com/.well-known/jmap\"");
        assert_eq!(url.as_bytes(), b"https://example.com/.well-known/jmap");
        assert_eq!(read(br#" "a\"\\b""#).as_bytes(), br#"a"\b"#);
        assert_eq!(read(" \"é\"".as_bytes()).to_str(), Ok("é"));
        assert_eq!(read(b" \"\"").as_bytes(), b"");
    }

    #[test]
    fn what_is_in_quotes_only() {
        for (octets, at) in [
            (&b""[..], 0),
            (b" ", 1),
            (b" a", 1),
            (b" {1}\r\na", 1),
            (b" \"a\xff\"", 3),
            (b" \"a", 3),
        ] {
            assert_eq!(strict(octets, JmapAccessData::parse).unwrap_err().at, at, "{octets:?}");
        }
        let (read, defects) = lenient(b" \"a\xff\"", JmapAccessData::parse);
        assert_eq!(read.unwrap().to_str(), Ok("a\u{fffd}"));
        assert_eq!(defects, [Defect::EightBitInQuoted]);
        assert_eq!(JmapAccessData::try_from("a\r").unwrap_err().at, 1);
    }

    proptest! {
        #[test]
        fn data_round_trip(url in "[^\r\n\0]{0,20}|[a-z]{1100}") {
            let data = JmapAccessData::new(url).unwrap();
            round_trips(&data, JmapAccessData::encode, JmapAccessData::parse);
        }
    }
}
