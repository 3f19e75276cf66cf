//! Languages of the texts, as LANG lists and selects them.

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink, Text};

use super::scan::{Words, put_text, text_octets};
use crate::{Defect, LanguageTag, Status};

/// A language: a line of the answer to LANG, or the answer to `LANG range`.
///
/// ```abnf
/// lang-line      = lang-tag [SP *text-char] CRLF
/// lang-reply     = "+OK" SP lang-tag SP *text-char CRLF
/// ```
///
/// (RFC 6856 section 3.2.)
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading};
/// use pop3_proto::{LanguageListing, Status};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let line = Bytes::from_static(b"en-boont English Boontling dialect");
/// let listing = LanguageListing::parse(&line, &mut reading).unwrap();
/// assert_eq!(listing.tag.as_bytes(), b"en-boont");
///
/// let status = Status::parse(&Bytes::from_static(b"+OK es Idioma cambiado"), &mut reading).unwrap();
/// let selected = LanguageListing::parse_reply(&status, &mut reading).unwrap();
/// assert_eq!(selected.description.as_bytes(), b"Idioma cambiado");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LanguageListing {
    /// Which language.
    pub tag: LanguageTag,
    /// Its name in itself; in a reply, any text in it.
    pub description: Text,
}

impl LanguageListing {
    /// Reads a line of a listing without its CRLF.
    ///
    /// # Errors
    ///
    /// It does not begin with a language tag.
    pub fn parse(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let line = text_octets(line.clone(), 0, reading)?;
        Self::read(Words::new(&line), reading)
    }

    /// Reads the answer to `LANG range`.
    ///
    /// # Errors
    ///
    /// The status is `-ERR`, or its text does not begin with a language tag.
    pub fn parse_reply(status: &Status, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        Self::read(Words::within(&status.answer()?, status.text_at()), reading)
    }

    fn read(mut words: Words<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        words.lead_in(reading)?;
        let tag = words.word_as(LanguageTag::new)?;
        words.skip(1);
        Ok(Self { tag, description: Text::new(words.take_rest())? })
    }

    /// Writes a line of a listing with its CRLF.
    pub fn encode(&self, sink: &mut impl Sink) {
        sink.put(self.tag.as_bytes());
        if !self.description.is_empty() {
            sink.put(b" ");
            put_text(&self.description, sink);
        }
        sink.put(b"\r\n");
    }

    /// Writes the answer to `LANG range` with its CRLF.
    pub fn encode_reply(&self, sink: &mut impl Sink) {
        sink.put(b"+OK ");
        sink.put(self.tag.as_bytes());
        sink.put(b" ");
        put_text(&self.description, sink);
        sink.put(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{strict, written};

    #[test]
    fn lines_and_replies() {
        for (line, tag, description) in [
            (&b"en English"[..], &b"en"[..], &b"English"[..]),
            (b"en", b"en", b""),
            (b"es Espa\xc3\xb1ol", b"es", b"Espa\xc3\xb1ol"),
        ] {
            let listing = strict(line, LanguageListing::parse).unwrap();
            assert_eq!(listing.tag.as_bytes(), tag);
            assert_eq!(listing.description.as_bytes(), description);
            assert_eq!(written(|out| listing.encode(out)), [line, b"\r\n"].concat());
            let reply = written(|out| listing.encode_reply(out));
            let status = strict(reply.strip_suffix(b"\r\n").unwrap(), Status::parse).unwrap();
            let read = |_: &Bytes, reading: &mut _| LanguageListing::parse_reply(&status, reading);
            assert_eq!(strict(b"", read), Ok(listing));
        }
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(strict(b"", LanguageListing::parse).unwrap_err().at, 0);
        assert_eq!(strict(b"e_n x", LanguageListing::parse).unwrap_err().at, 1);
        let status = strict(b"+OK [X] e_n x", Status::parse).unwrap();
        let read = |_: &Bytes, reading: &mut _| LanguageListing::parse_reply(&status, reading);
        assert_eq!(strict(b"", read).unwrap_err().at, 9);
    }
}
