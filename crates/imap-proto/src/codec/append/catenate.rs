//! CATENATE: a message made of pieces, some of which the server has already.

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink};

use super::message::{announced, announcement, literal};
use crate::Defect;
use crate::codec::{AString, Cursor, Encoder, IString};

/// The pieces of a message, in their order: at least one.
///
/// ```abnf
/// append-data    =/ "CATENATE" SP "(" cat-part *(SP cat-part) ")"
/// ```
///
/// (RFC 4469 section 5.)
///
/// ```
/// use imap_proto::{AString, CatPart, Catenate, Encoder, IString, Negotiated};
///
/// let pieces = Catenate::new([
///     CatPart::Url(AString::new("/Drafts/;UID=3/;SECTION=HEADER").unwrap()),
///     CatPart::Text(IString::new("\r\n").unwrap()),
/// ]);
/// let mut out = Vec::new();
/// pieces.unwrap().encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b"CATENATE (URL /Drafts/;UID=3/;SECTION=HEADER TEXT {2}\r\n\r\n)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Catenate(Vec<CatPart>);

/// A piece of a message.
///
/// ```abnf
/// cat-part       = text-literal / url
/// cat-part       =/ "UTF8" SP "(" literal8 ")"
/// text-literal   = "TEXT" SP literal
/// url            = "URL" SP astring
/// ```
///
/// (RFC 4469 section 5. RFC 6855 section 4 has UTF8, which RFC 9755 withdrew.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CatPart {
    /// What the URL names: a message or a part of one.
    Url(AString),
    /// These octets.
    Text(IString),
    /// These octets, which may be UTF-8 in headers. Withdrawn: read, but not to be sent any more.
    Utf8(Bytes),
}

/// What comes next in a list of pieces.
pub(super) enum CatStep {
    Url(AString),
    /// So many octets follow, and for a literal8 the parenthesis behind it.
    Text {
        size: u64,
        is_utf8: bool,
    },
    End,
}

impl Catenate {
    /// These pieces, unless there are none.
    #[must_use]
    pub fn new(parts: impl IntoIterator<Item = CatPart>) -> Option<Self> {
        let parts: Vec<_> = parts.into_iter().collect();
        (!parts.is_empty()).then_some(Self(parts))
    }

    /// The pieces.
    #[must_use]
    pub fn parts(&self) -> &[CatPart] {
        &self.0
    }

    /// Reads them behind the parenthesis.
    pub(super) fn parse_parts(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut parts = Vec::new();
        let mut room = cursor.limits().elements;
        loop {
            let part = match CatStep::read(parts.is_empty(), cursor, reading)? {
                CatStep::Url(url) => CatPart::Url(url),
                CatStep::Text { size, is_utf8: false } => {
                    CatPart::Text(literal(announced(size, cursor)?)?)
                }
                CatStep::Text { size, is_utf8: true } => {
                    let (octets, _) = announced(size, cursor)?;
                    cursor.tag(")")?;
                    CatPart::Utf8(octets)
                }
                CatStep::End => return Ok(Self(parts)),
            };
            room = room.checked_sub(1).ok_or(cursor.expected("fewer elements in a list"))?;
            parts.push(part);
        }
    }

    /// Writes them, name included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"CATENATE ");
        encoder.list(&self.0, CatPart::encode);
    }
}

impl CatPart {
    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Url(url) => {
                encoder.put(b"URL ");
                encoder.astring(url);
            }
            Self::Text(octets) => {
                encoder.put(b"TEXT ");
                encoder.literal_string(octets);
            }
            Self::Utf8(octets) => {
                encoder.put(b"UTF8 (");
                encoder.literal8(octets);
                encoder.put(b")");
            }
        }
    }
}

impl CatStep {
    /// Reads the next piece or the end of the list, space before it included.
    pub(super) fn read(
        is_first: bool,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if !is_first {
            if cursor.eat(b')') {
                return Ok(Self::End);
            }
            let at = cursor.at();
            cursor.space(reading)?;
            if cursor.eat(b')') {
                reading.tolerate(Defect::SpaceInList, at, "URL or TEXT")?;
                return Ok(Self::End);
            }
        }
        let at = cursor.at();
        let word = cursor.keyword();
        match word.as_bytes() {
            b"URL" => {
                cursor.space(reading)?;
                AString::parse(cursor, reading).map(Self::Url)
            }
            b"TEXT" => {
                cursor.space(reading)?;
                let size = announcement(false, cursor, reading)?;
                Ok(Self::Text { size, is_utf8: false })
            }
            b"UTF8" => {
                cursor.space(reading)?;
                cursor.tag("(")?;
                let size = announcement(true, cursor, reading)?;
                Ok(Self::Text { size, is_utf8: true })
            }
            _ => Err(ParseError::new(at, "URL or TEXT")),
        }
    }
}
