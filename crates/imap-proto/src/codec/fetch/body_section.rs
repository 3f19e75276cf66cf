//! The text of messages and of their parts as FETCH returns it.

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{AString, Cursor, Encoder, HeaderList, Section, SectionPart, SectionText};

/// Which octets of a message came back.
///
/// ```abnf
/// msg-att-static = "BODY" section ["<" number ">"] / "BINARY" section-binary ["<" number ">"] /
///                  "RFC822" [".HEADER" / ".TEXT"]
/// ```
///
/// (RFC 9051 section 7.5.2, RFC 3501 section 7.4.2, RFC 3516 section 4.3, erratum 8217.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum BodyName {
    /// `BODY[...]`.
    Section {
        /// What of the message.
        section: Section,
        /// The offset of the first octet, where a part of it was asked for.
        origin: Option<u64>,
    },
    /// `BINARY[...]`: a part, its transfer encoding undone.
    Binary {
        /// The part.
        part: SectionPart,
        /// The offset of the first octet, where a part of it was asked for.
        origin: Option<u64>,
    },
    /// `RFC822`: the message.
    Rfc822,
    /// `RFC822.HEADER`: its header.
    Rfc822Header,
    /// `RFC822.TEXT`: its body.
    Rfc822Text,
}

/// Octets of a message.
///
/// ```abnf
/// msg-att-static = "BODY" section ["<" number ">"] SP nstring / "BINARY" section-binary SP (nstring / literal8)
/// ```
///
/// (RFC 9051 section 7.5.2.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{FetchData, Section, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" (UID 7 BODY[HEADER] {13}\r\nSubject: a\r\n\r)");
/// let data = parse_whole(&octets, &mut Reading::new(Leniency::strict()), FetchData::parse).unwrap();
/// assert_eq!(data.body(&Section::header()).unwrap(), "Subject: a\r\n\r");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BodySection {
    /// Which they are.
    pub name: BodyName,
    /// The octets. None if there is no such part, or no text to show of it.
    ///
    /// Mail is octets; a lenient reading lets NUL through. It is written as 0x80 where only a literal
    /// may stand, so that nothing moves; BINARY has a literal8 for it.
    pub octets: Option<Bytes>,
}

/// The value behind the name of a body.
pub(super) enum BodyValue {
    /// It is there.
    Here(Option<Bytes>),
    /// It is announced, and the segment ends.
    Announced(BodyBegin),
}

/// The announcement of a body whose octets come one by one.
///
/// ```
/// use imap_proto::{BodyBegin, BodyName, FetchBegin, FetchWriter, Encoder, MessageNumber, Negotiated};
///
/// let mut out = Vec::new();
/// let mut encoder = Encoder::new(&mut out, Negotiated::server());
/// let mut fetch = FetchWriter::begin(&FetchBegin::seq_num(MessageNumber::MIN.as_seq_num()), &mut encoder);
/// fetch.body(&BodyBegin { name: BodyName::message(), size: 70_000, is_binary: false }, &mut encoder);
/// assert_eq!(out, b"* 1 FETCH (BODY[] {70000}\r\n");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BodyBegin {
    /// Which octets follow.
    pub name: BodyName,
    /// How many.
    pub size: u64,
    /// They may hold NUL: a literal8. It is for BINARY only, and written for nothing else.
    pub is_binary: bool,
}

impl BodyName {
    /// `BODY[]`: the whole message.
    #[must_use]
    pub fn message() -> Self {
        Self::section(Section::message())
    }

    /// `BODY[...]`: this section, from its first octet on.
    #[must_use]
    pub const fn section(section: Section) -> Self {
        Self::Section { section, origin: None }
    }

    /// `BINARY[...]`: this part, from its first octet on.
    #[must_use]
    pub const fn binary(part: SectionPart) -> Self {
        Self::Binary { part, origin: None }
    }

    /// Whether its octets may travel as a literal8.
    #[must_use]
    pub const fn is_binary(&self) -> bool {
        matches!(self, Self::Binary { .. })
    }

    /// The offset of the first octet.
    #[must_use]
    pub fn origin(&self) -> u64 {
        match self {
            Self::Section { origin, .. } | Self::Binary { origin, .. } => origin.unwrap_or(0),
            Self::Rfc822 | Self::Rfc822Header | Self::Rfc822Text => 0,
        }
    }

    /// Whether it is this section: the names of header fields count in any case and in any order,
    /// because servers give them back in others (Q89).
    #[must_use]
    pub fn is_section(&self, wanted: &Section) -> bool {
        let Self::Section { section, .. } = self else { return false };
        section.part() == wanted.part()
            && match (section.text(), wanted.text()) {
                (Some(SectionText::HeaderFields(one)), Some(SectionText::HeaderFields(other)))
                | (
                    Some(SectionText::HeaderFieldsNot(one)),
                    Some(SectionText::HeaderFieldsNot(other)),
                ) => are_same_fields(one, other),
                (one, other) => one == other,
            }
    }

    /// Reads `[...]` and what follows, behind `BODY`.
    pub(super) fn parse_section(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let section = Section::parse(cursor, reading)?;
        Ok(Self::Section { section, origin: origin(cursor)? })
    }

    /// Reads `[...]` and what follows, behind `BINARY`.
    pub(super) fn parse_binary(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let part = SectionPart::parse_binary(cursor, reading)?;
        Ok(Self::Binary { part, origin: origin(cursor)? })
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        let origin = match self {
            Self::Section { section, origin } => {
                encoder.put(b"BODY");
                section.encode(encoder);
                origin
            }
            Self::Binary { part, origin } => {
                encoder.put(b"BINARY");
                part.encode_binary(encoder);
                origin
            }
            Self::Rfc822 => return encoder.put(b"RFC822"),
            Self::Rfc822Header => return encoder.put(b"RFC822.HEADER"),
            Self::Rfc822Text => return encoder.put(b"RFC822.TEXT"),
        };
        if let Some(origin) = origin {
            encoder.put(b"<");
            encoder.number64(*origin);
            encoder.put(b">");
        }
    }

    /// Reads the value, space before it included. With `streams` the segment may end behind its
    /// announcement.
    pub(super) fn parse_value(
        self,
        streams: bool,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(Self, BodyValue), ParseError> {
        if cursor.peek() != Some(b')') {
            cursor.space(reading)?;
        }
        let value = match cursor.peek() {
            Some(b')') => {
                let at = cursor.at();
                reading.tolerate(Defect::MissingFetchValue, at, "a string or NIL")?;
                None
            }
            Some(b'"') => Some(cursor.quoted(reading)?.into_bytes()),
            Some(b'{' | b'~') => return self.parse_literal(streams, cursor, reading),
            _ if cursor.eat_tag(b"NIL") => None,
            _ => return Err(cursor.expected("a string or NIL")),
        };
        Ok((self, BodyValue::Here(value)))
    }

    fn parse_literal(
        self,
        streams: bool,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(Self, BodyValue), ParseError> {
        let at = cursor.at();
        let header = cursor.literal_header(reading)?;
        if header.is_binary && !self.is_binary() {
            reading.tolerate(Defect::Literal8ForLiteral, at, "a literal")?;
        }
        let is_binary = header.is_binary;
        if streams && cursor.rest().is_empty() {
            let begin = BodyBegin { name: self.clone(), size: header.length, is_binary };
            return Ok((self, BodyValue::Announced(begin)));
        }
        let literal = cursor.literal_behind(header)?;
        if !is_binary {
            check_nul(&literal.octets, literal.at, reading)?;
        }
        Ok((self, BodyValue::Here(Some(literal.octets))))
    }
}

/// Reports the first NUL of a literal, which is kept. Tells whether there is one.
pub(in crate::codec) fn check_nul(
    octets: &[u8],
    at: usize,
    reading: &mut Reading<Defect>,
) -> Result<bool, ParseError> {
    let Some(nul) = memchr::memchr(0, octets) else { return Ok(false) };
    reading.tolerate(Defect::NulInBody, at.saturating_add(nul), "no NUL in a literal")?;
    Ok(true)
}

impl BodySection {
    /// These octets of the message.
    #[must_use]
    pub fn new(name: BodyName, octets: impl Into<Bytes>) -> Self {
        Self { name, octets: Some(octets.into()) }
    }

    /// Writes name and octets: a literal whatever they are, as clients expect it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.name.encode(encoder);
        encoder.space();
        let Some(octets) = &self.octets else { return encoder.nil() };
        if octets.is_empty() {
            return encoder.put(b"\"\"");
        }
        match memchr::memchr(0, octets) {
            None => encoder.plain_literal(octets),
            Some(_) if self.name.is_binary() => encoder.literal8(octets),
            Some(_) => encoder.plain_literal(&without_nul(octets)),
        }
    }
}

impl BodyBegin {
    /// Writes the announcement. Its octets come next; none of them is NUL if it is no literal8
    /// ([`sendable`](Self::sendable)).
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.name.encode(encoder);
        encoder.space();
        encoder.literal_announcement(self.size, self.is_literal8());
    }

    /// The octets as they may be sent behind this announcement: NUL becomes 0x80 where no literal8 may
    /// stand.
    #[must_use]
    pub fn sendable(&self, octets: Bytes) -> Bytes {
        let is_clean = self.is_literal8() || memchr::memchr(0, &octets).is_none();
        if is_clean { octets } else { without_nul(&octets) }
    }

    const fn is_literal8(&self) -> bool {
        self.is_binary && self.name.is_binary()
    }
}

fn without_nul(octets: &[u8]) -> Bytes {
    octets.iter().map(|octet| if *octet == 0 { 0x80 } else { *octet }).collect()
}

fn origin(cursor: &mut Cursor<'_>) -> Result<Option<u64>, ParseError> {
    if !cursor.eat(b'<') {
        return Ok(None);
    }
    let origin = cursor.number64()?;
    cursor.tag(">")?;
    Ok(Some(origin))
}

fn are_same_fields(one: &HeaderList, other: &HeaderList) -> bool {
    let is_in = |name: &AString| {
        let is_it = |it: &AString| it.as_bytes().eq_ignore_ascii_case(name.as_bytes());
        other.names().iter().any(is_it)
    };
    one.names().len() == other.names().len() && one.names().iter().all(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{strict, written};

    fn section(octets: &[u8]) -> Section {
        strict(octets, Section::parse).unwrap()
    }

    #[test]
    fn header_fields_in_any_case_and_order() {
        let name = BodyName::section(section(b"[HEADER.FIELDS (\"MESSAGE-ID\" FROM)]"));
        assert!(name.is_section(&section(b"[HEADER.FIELDS (From Message-ID)]")));
        assert!(!name.is_section(&section(b"[HEADER.FIELDS (From)]")));
        assert!(!name.is_section(&section(b"[HEADER.FIELDS (From To)]")));
        assert!(!name.is_section(&section(b"[HEADER.FIELDS.NOT (From Message-ID)]")));
        assert!(!name.is_section(&section(b"[1.HEADER.FIELDS (From Message-ID)]")));
        assert!(BodyName::message().is_section(&Section::message()));
        assert!(!BodyName::Rfc822.is_section(&Section::message()));
    }

    #[test]
    fn nul_is_written_where_it_may_stand() {
        let body = |name, octets: &'static [u8]| {
            let body = BodySection::new(name, octets);
            written(|encoder| body.encode(encoder))
        };
        assert_eq!(body(BodyName::message(), b"a\0b"), b"BODY[] {3}\r\na\x80b");
        assert_eq!(body(BodyName::binary(SectionPart::MESSAGE), b"\0"), b"BINARY[] ~{1}\r\n\0");
        assert_eq!(body(BodyName::binary(SectionPart::MESSAGE), b"a"), b"BINARY[] {1}\r\na");
        assert_eq!(body(BodyName::Rfc822, b""), b"RFC822 \"\"");
        let nil = BodySection { name: BodyName::Rfc822Text, octets: None };
        assert_eq!(written(|encoder| nil.encode(encoder)), b"RFC822.TEXT NIL");
    }

    #[test]
    fn what_is_odd_in_an_announcement_is_told_once() {
        let octets = Bytes::from_static(b" (BODY[] {3}\nabc)");
        let mut reading = Reading::new(mail_proto::Leniency::strict().allow(Defect::BareLf));
        crate::parse_whole(&octets, &mut reading, crate::FetchData::parse).unwrap();
        assert_eq!(reading.defects.len(), 1);
    }

    #[test]
    fn announcements_and_what_may_follow_them() {
        let begin = |name, is_binary| BodyBegin { name, size: 3, is_binary };
        let octets = Bytes::from_static(b"a\0b");
        let binary = begin(BodyName::binary(SectionPart::MESSAGE), true);
        assert_eq!(written(|encoder| binary.encode(encoder)), b"BINARY[] ~{3}\r\n");
        assert_eq!(binary.sendable(octets.clone()), octets);
        // BODY has no literal8.
        let body = begin(BodyName::message(), true);
        assert_eq!(written(|encoder| body.encode(encoder)), b"BODY[] {3}\r\n");
        assert_eq!(&body.sendable(octets)[..], b"a\x80b");
    }
}
