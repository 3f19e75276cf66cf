//! Parts of messages as FETCH names them: sections, parts, ranges of octets.

use alloc::vec::Vec;
use core::num::{NonZeroU32, NonZeroU64};

use mail_proto::{ParseError, Reading, Sink};

use super::{AString, Cursor, Depth, Encoder};
use crate::Defect;

/// The number of a body part in its message. Without numbers it is the message itself.
///
/// ```abnf
/// section-part   = nz-number *("." nz-number)
/// section-binary = "[" [section-part] "]"
/// ```
///
/// (RFC 9051 section 6.4.5.1.)
///
/// ```
/// use imap_proto::SectionPart;
///
/// assert_eq!(SectionPart::new([4, 1]).unwrap().to_string(), "4.1");
/// assert_eq!(SectionPart::new([0]), None);
/// assert!(SectionPart::MESSAGE.numbers().is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SectionPart(Vec<NonZeroU32>);

impl SectionPart {
    /// The whole message.
    pub const MESSAGE: Self = Self(Vec::new());

    /// The part of these numbers, unless one of them is 0.
    #[must_use]
    pub fn new(numbers: impl IntoIterator<Item = u32>) -> Option<Self> {
        numbers.into_iter().map(NonZeroU32::new).collect::<Option<_>>().map(Self)
    }

    /// The numbers, the outermost first.
    #[must_use]
    pub fn numbers(&self) -> &[NonZeroU32] {
        &self.0
    }

    /// Reads `[`, the numbers if there are any, and `]`.
    ///
    /// # Errors
    ///
    /// There is no such thing.
    pub fn parse_binary(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("[")?;
        if cursor.eat(b']') {
            return Ok(Self::MESSAGE);
        }
        let part = Self::parse(cursor, reading)?;
        cursor.tag("]")?;
        Ok(part)
    }

    /// Reads one or more numbers. A dot that no number follows is left.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut numbers = Vec::with_capacity(4);
        numbers.push(cursor.nz_number(reading)?);
        while let [b'.', b'0'..=b'9', ..] = cursor.rest() {
            cursor.skip(1);
            numbers.push(cursor.nz_number(reading)?);
        }
        Ok(Self(numbers))
    }

    /// Writes the numbers in brackets.
    pub fn encode_binary<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"[");
        self.encode(encoder);
        encoder.put(b"]");
    }

    /// Writes the numbers.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for (index, number) in self.0.iter().enumerate() {
            if index > 0 {
                encoder.put(b".");
            }
            encoder.number(number.get().into());
        }
    }
}

impl core::fmt::Display for SectionPart {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (index, number) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            number.fmt(f)?;
        }
        Ok(())
    }
}

/// What of a part is meant.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum SectionText {
    /// The header of the message.
    Header,
    /// The header fields of these names.
    HeaderFields(HeaderList),
    /// The header fields of other names than these.
    HeaderFieldsNot(HeaderList),
    /// The body of the message, without the header.
    Text,
    /// The MIME header of the part.
    Mime,
}

/// The names of one or more header fields.
///
/// ```abnf
/// header-list    = "(" header-fld-name *(SP header-fld-name) ")"
/// ```
///
/// (RFC 9051 section 9.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct HeaderList(Vec<AString>);

impl HeaderList {
    /// The fields of these names, unless there are none.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = AString>) -> Option<Self> {
        let names: Vec<_> = names.into_iter().collect();
        (!names.is_empty()).then_some(Self(names))
    }

    /// The names.
    #[must_use]
    pub fn names(&self) -> &[AString] {
        &self.0
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let mut names = Vec::new();
        let at = cursor.at();
        cursor.list(Depth::FLAT, reading, |cursor, _, reading| {
            names.push(AString::parse(cursor, reading)?);
            Ok(())
        })?;
        Self::new(names).ok_or(ParseError::new(at, "one or more names of header fields"))
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        for (index, name) in self.0.iter().enumerate() {
            if index > 0 {
                encoder.space();
            }
            name.encode(encoder);
        }
        encoder.put(b")");
    }
}

/// What of a message is meant: a part of it, its header, its text.
///
/// ```abnf
/// section         = "[" [section-spec] "]"
/// section-spec    = section-msgtext / (section-part ["." section-text])
/// section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
/// section-text    = section-msgtext / "MIME"
/// ```
///
/// (RFC 9051 section 6.4.5.1.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Section, SectionPart, SectionText, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let octets = Bytes::from_static(b"[4.1.MIME]");
/// let section = parse_whole(&octets, &mut reading, Section::parse).unwrap();
/// assert_eq!(section.part(), &SectionPart::new([4, 1]).unwrap());
/// assert_eq!(section.text(), Some(&SectionText::Mime));
/// // Only parts have a MIME header.
/// assert_eq!(Section::new(SectionPart::MESSAGE, Some(SectionText::Mime)), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Section {
    part: SectionPart,
    text: Option<SectionText>,
}

impl Section {
    /// This text of this part, unless it is the MIME header of no part.
    #[must_use]
    pub fn new(part: SectionPart, text: Option<SectionText>) -> Option<Self> {
        let is_of_part = !matches!(text, Some(SectionText::Mime)) || !part.numbers().is_empty();
        is_of_part.then_some(Self { part, text })
    }

    /// The whole message: `[]`.
    #[must_use]
    pub fn message() -> Self {
        Self::default()
    }

    /// The header of the message: `[HEADER]`.
    #[must_use]
    pub const fn header() -> Self {
        Self { part: SectionPart::MESSAGE, text: Some(SectionText::Header) }
    }

    /// These fields of the header of the message: `[HEADER.FIELDS (...)]`.
    #[must_use]
    pub const fn header_fields(names: HeaderList) -> Self {
        Self { part: SectionPart::MESSAGE, text: Some(SectionText::HeaderFields(names)) }
    }

    /// The part.
    #[must_use]
    pub const fn part(&self) -> &SectionPart {
        &self.part
    }

    /// What of the part. None is all of it.
    #[must_use]
    pub const fn text(&self) -> Option<&SectionText> {
        self.text.as_ref()
    }

    /// Reads it, brackets included.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("[")?;
        if cursor.eat(b']') {
            return Ok(Self::message());
        }
        let (mut part, mut text) = (SectionPart::MESSAGE, None);
        if cursor.peek().is_some_and(|octet| octet.is_ascii_digit()) {
            part = SectionPart::parse(cursor, reading)?;
        }
        if part.numbers().is_empty() || cursor.eat(b'.') {
            text = Some(SectionText::parse(cursor, reading)?);
        }
        let section = Self::new(part, text).ok_or(cursor.expected("MIME of a numbered part"))?;
        cursor.tag("]")?;
        Ok(section)
    }

    /// Writes it, brackets included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"[");
        self.part.encode(encoder);
        if let Some(text) = &self.text {
            if !self.part.numbers().is_empty() {
                encoder.put(b".");
            }
            text.encode(encoder);
        }
        encoder.put(b"]");
    }
}

impl SectionText {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let at = cursor.at();
        let mut fields = |cursor: &mut Cursor<'_>| {
            cursor.space(reading)?;
            HeaderList::parse(cursor, reading)
        };
        match cursor.keyword().as_bytes() {
            b"HEADER" => Ok(Self::Header),
            b"HEADER.FIELDS" => fields(cursor).map(Self::HeaderFields),
            b"HEADER.FIELDS.NOT" => fields(cursor).map(Self::HeaderFieldsNot),
            b"TEXT" => Ok(Self::Text),
            b"MIME" => Ok(Self::Mime),
            _ => Err(ParseError::new(at, "a section of a message")),
        }
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Header => encoder.put(b"HEADER"),
            Self::HeaderFields(names) => {
                encoder.put(b"HEADER.FIELDS ");
                names.encode(encoder);
            }
            Self::HeaderFieldsNot(names) => {
                encoder.put(b"HEADER.FIELDS.NOT ");
                names.encode(encoder);
            }
            Self::Text => encoder.put(b"TEXT"),
            Self::Mime => encoder.put(b"MIME"),
        }
    }
}

/// So many octets from an offset on.
///
/// ```abnf
/// partial        = "<" number64 "." nz-number64 ">"
/// ```
///
/// (RFC 9051 section 6.4.5.) The first octet has the offset 0.
///
/// ```
/// use core::num::NonZeroU64;
/// use imap_proto::{Encoder, Negotiated, Partial};
///
/// let mut out = Vec::new();
/// let first_kib = Partial { offset: 0, length: NonZeroU64::new(1024).unwrap() };
/// first_kib.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b"<0.1024>");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Partial {
    /// Octets before the first one.
    pub offset: u64,
    /// Octets at most.
    pub length: NonZeroU64,
}

impl Partial {
    /// Reads it if there is one.
    ///
    /// # Errors
    ///
    /// It begins and does not go on.
    pub fn parse_optional(cursor: &mut Cursor<'_>) -> Result<Option<Self>, ParseError> {
        if !cursor.eat(b'<') {
            return Ok(None);
        }
        let offset = cursor.number64()?;
        cursor.tag(".")?;
        let at = cursor.at();
        let length = NonZeroU64::new(cursor.number64()?);
        let length = length.ok_or(ParseError::new(at, "a number of octets above 0"))?;
        cursor.tag(">")?;
        Ok(Some(Self { offset, length }))
    }

    /// Writes it.
    pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"<");
        encoder.number64(self.offset);
        encoder.put(b".");
        encoder.number64(self.length.get());
        encoder.put(b">");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{strict, written};

    #[test]
    fn sections_read_and_written() {
        for octets in [
            "[]",
            "[HEADER]",
            "[TEXT]",
            "[HEADER.FIELDS (DATE FROM)]",
            "[HEADER.FIELDS.NOT (x)]",
            "[1]",
            "[4.2.2.1.HEADER]",
            "[4.2.2.HEADER.FIELDS (a b)]",
            "[1.MIME]",
            "[1.TEXT]",
        ] {
            let section = strict(octets.as_bytes(), Section::parse).unwrap();
            assert_eq!(written(|encoder| section.encode(encoder)), octets.as_bytes());
        }
        for (octets, at) in [
            ("[MIME]", 5),
            ("[0]", 1),
            ("[1.]", 3),
            ("[HEADER.FIELDS ()]", 15),
            ("[HEADER.FIELDS]", 14),
            ("[1", 2),
            ("[X]", 1),
        ] {
            let error = strict(octets.as_bytes(), Section::parse).unwrap_err();
            assert_eq!(error.at, at, "{octets}");
        }
    }

    #[test]
    fn partial_ranges() {
        let partial = |octets: &[u8]| strict(octets, |cursor, _| Partial::parse_optional(cursor));
        let read = partial(b"<9223372036854775807.1>").unwrap().unwrap();
        assert_eq!(written(|encoder| read.encode(encoder)), b"<9223372036854775807.1>");
        assert_eq!(partial(b""), Ok(None));
        assert_eq!(partial(b"<0.0>").map_err(|error| error.at), Err(3));
        assert_eq!(partial(b"<1>").map_err(|error| error.at), Err(2));
    }
}
