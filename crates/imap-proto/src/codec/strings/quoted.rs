//! Strings in quotes.

use alloc::vec::Vec;

use mail_proto::{Octets, ParseError, Reading};

use crate::Defect;
use crate::codec::Cursor;
use crate::codec::class::Class;

impl<'a> Cursor<'a> {
    /// A string in quotes, without them and without its escapes.
    ///
    /// ```abnf
    /// quoted         = DQUOTE *QUOTED-CHAR DQUOTE
    /// QUOTED-CHAR    = %x01-09 / %x0B-0C / %x0E-21 / %x23-5B / %x5D-7F /
    ///                  "\" quoted-specials / UTF8-2 / UTF8-3 / UTF8-4
    /// ```
    ///
    /// (RFC 9051 section 9.) Octets that are many and have no escape share the block of
    /// the message, if there is one.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use imap_proto::Cursor;
    /// use mail_proto::{Leniency, Reading};
    ///
    /// let octets = Bytes::from_static(br#""a \"b\"""#);
    /// let string = Cursor::new(&octets).quoted(&mut Reading::new(Leniency::strict())).unwrap();
    /// assert_eq!(string, r#"a "b""#);
    /// ```
    ///
    /// # Errors
    ///
    /// There is none, it does not end, or it holds what is not put up with. CR and LF never are.
    pub fn quoted(&mut self, reading: &mut Reading<Defect>) -> Result<Octets, ParseError> {
        if self.is_fast()
            && let Some(octets) = self.plain_quoted()
        {
            return Ok(self.keep(octets));
        }
        self.tag("\"")?;
        let (begin, at) = (self.clone(), self.at());
        let mut is_plain = true;
        let mut is_ascii = true;
        loop {
            self.run(Class::QUOTED);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.escape(reading)?;
                    is_plain = false;
                }
                Some(0) => {
                    reading.tolerate(Defect::NulInString, self.at(), "no NUL in a string")?;
                    self.skip(1);
                    is_plain = false;
                }
                Some(octet) if !octet.is_ascii() => {
                    self.run(Class::EIGHT_BIT);
                    is_ascii = false;
                }
                _ => return Err(self.expected("a quoted character or \"")),
            }
        }
        let length = self.at().saturating_sub(at);
        let octets = begin.rest().get(..length).unwrap_or_default();
        self.skip(1);
        if !is_ascii && let Err(error) = core::str::from_utf8(octets) {
            let at = at.saturating_add(error.valid_up_to());
            reading.tolerate(Defect::EightBitInQuoted, at, "UTF-8")?;
        }
        Ok(if is_plain { self.keep(octets) } else { unescaped(octets) })
    }

    /// A string in quotes that is 7-bit and has no escape, without its quotes.
    #[inline]
    fn plain_quoted(&mut self) -> Option<&'a [u8]> {
        let octets = self.rest().strip_prefix(b"\"")?;
        let (octets, behind) = octets.split_at_checked(Class::QUOTED.run(octets))?;
        self.go_to(behind.strip_prefix(b"\"")?);
        Some(octets)
    }

    /// A backslash and what it makes ordinary.
    fn escape(&mut self, reading: &mut Reading<Defect>) -> Result<(), ParseError> {
        let at = self.at();
        self.skip(1);
        if matches!(self.peek(), Some(b'"' | b'\\')) {
            self.skip(1);
            return Ok(());
        }
        reading.tolerate(Defect::OddEscape, at, "\\\" or \\\\")
    }
}

/// Without escapes and NULs; a backslash before anything else stays.
fn unescaped(octets: &[u8]) -> Octets {
    let mut plain = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some((octet, behind)) = rest.split_first() {
        rest = behind;
        match (octet, behind.split_first()) {
            (0, _) => {}
            (b'\\', Some((special @ (b'"' | b'\\'), behind))) => {
                plain.push(*special);
                rest = behind;
            }
            _ => plain.push(*octet),
        }
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict};
    use alloc::vec;
    use bytes::Bytes;
    use mail_proto::Leniency;

    #[test]
    fn long_plain_strings_are_not_copied() {
        let octets = Bytes::from_static(b"\"a string of many, many octets\"");
        let mut reading = Reading::new(Leniency::strict());
        let string = Cursor::new(&octets).quoted(&mut reading).unwrap();
        assert_eq!(string.as_ptr(), octets[1..].as_ptr());
        let copied = Cursor::over(&octets, 0).quoted(&mut reading).unwrap();
        assert_eq!(copied, string);
        assert_ne!(copied.as_ptr(), string.as_ptr());
        assert_eq!(strict(b"\"\"", |c, r| c.quoted(r)).unwrap(), "");
        assert_eq!(
            strict(b"\"\t\x7f\x01 (){}%*\"", |c, r| c.quoted(r)).unwrap(),
            "\t\x7f\x01 (){}%*"
        );
        assert_eq!(strict("\"é\"".as_bytes(), |c, r| c.quoted(r)).unwrap(), "é");
    }

    #[test]
    fn escapes() {
        assert_eq!(strict(br#""\\\"""#, |c, r| c.quoted(r)).unwrap(), r#"\""#);
        assert!(strict(br#""C:\temp""#, |c, r| c.quoted(r)).is_err());
        let (kept, defects) = lenient(br#""C:\temp""#, |c, r| c.quoted(r));
        assert_eq!((kept.unwrap(), defects), (r"C:\temp".into(), vec![Defect::OddEscape]));
    }

    #[test]
    fn what_is_read_leniently() {
        let latin1 = b"\"G\xf6r\xfcnt\xfc1\"";
        assert_eq!(strict(latin1, |c, r| c.quoted(r)).map_err(|error| error.at), Err(2));
        let (kept, defects) = lenient(latin1, |c, r| c.quoted(r));
        assert_eq!(kept.unwrap(), &latin1[1..9]);
        assert_eq!(defects, [Defect::EightBitInQuoted]);
        assert_eq!(strict(b"\"a\0b\"", |c, r| c.quoted(r)).map_err(|error| error.at), Err(2));
        assert_eq!(
            lenient(b"\"a\0b\"", |c, r| c.quoted(r)),
            (Ok("ab".into()), vec![Defect::NulInString])
        );
    }

    #[test]
    fn no_string_goes_beyond_its_line() {
        for (octets, at) in [
            (&b"\"a\r\n b\""[..], 2),
            (b"\"a\nb\"", 2),
            (b"\"a", 2),
            (b"\"a\\", 3),
            (b"\"a\\\"", 4),
            (b"a", 0),
            (b"", 0),
        ] {
            let (read, _) = lenient(octets, |c, r| c.quoted(r));
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets:?}");
        }
    }
}
