//! GENURLAUTH and URLFETCH: what comes back.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::{UrlFetchParam, arguments, one_or_more};
use crate::Defect;
use crate::codec::{AString, Atom, BodyStructure, Cursor, Encoder, NString, NString8, Raw};

/// The data of GENURLAUTH: one or more URLs with their tokens.
///
/// ```abnf
/// genurlauth-resp = "GENURLAUTH" 1*(SP url-full)
/// ```
///
/// (RFC 4467 section 9.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GenUrlAuthData(Vec<AString>);

impl GenUrlAuthData {
    /// These URLs, unless there are none.
    #[must_use]
    pub fn new(urls: impl IntoIterator<Item = AString>) -> Option<Self> {
        one_or_more(urls).map(Self)
    }

    /// The URLs, in the order of the requests.
    #[must_use]
    pub fn urls(&self) -> &[AString] {
        &self.0
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        arguments(cursor, reading, AString::parse).map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for url in &self.0 {
            encoder.space();
            url.encode(encoder);
        }
    }
}

/// The data of URLFETCH: one or more URLs with their contents.
///
/// ```abnf
/// urlfetch-resp   = "URLFETCH" 1*(SP url-full (SP nstring / url-metadata))
/// ```
///
/// (RFC 4467 section 9, RFC 5524 section 5, whose ABNF has a space too many.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{UrlContents, UrlFetchData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" imap://h/a/;uid=20 NIL");
/// let data = parse_whole(&octets, &mut Reading::new(Leniency::strict()), UrlFetchData::parse);
/// assert_eq!(data.unwrap().urls()[0].contents, UrlContents::NONE);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlFetchData(Vec<FetchedUrl>);

/// A URL with its contents.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FetchedUrl {
    /// The URL, as it was asked for.
    pub url: AString,
    /// What it gives access to.
    pub contents: UrlContents,
}

/// What a URL gives access to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum UrlContents {
    /// The octets, or none if there is no access, whatever the reason.
    Octets(NString),
    /// What was asked for in the form of RFC 5524.
    Metadata(UrlMetadata),
}

/// One or more items of a URL.
///
/// ```abnf
/// url-metadata    = 1*(SP "(" url-metadata-el ")")
/// ```
///
/// (RFC 5524 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlMetadata(Vec<UrlMetadataItem>);

/// An item of a URL.
///
/// ```abnf
/// url-metadata-el     = url-meta-bodystruct / url-meta-body / url-meta-binary
/// url-meta-bodystruct = "BODYPARTSTRUCTURE" SP body
/// url-meta-body       = "BODY" SP nstring
/// url-meta-binary     = "BINARY" SP ( nstring / literal8 )
/// ```
///
/// (RFC 5524 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum UrlMetadataItem {
    /// The structure of the part.
    BodyPartStructure(BodyStructure),
    /// The contents as they are.
    Body(NString),
    /// The contents, decoded. None, if the server cannot decode them.
    Binary(NString8),
    /// What another extension has.
    Other {
        /// What it is called.
        name: Atom,
        /// What belongs to it.
        value: Raw,
    },
}

impl UrlContents {
    /// No access.
    pub const NONE: Self = Self::Octets(NString::NIL);
}

impl UrlMetadata {
    /// These items, unless there are none.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = UrlMetadataItem>) -> Option<Self> {
        one_or_more(items).map(Self)
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[UrlMetadataItem] {
        &self.0
    }
}

impl UrlFetchData {
    /// These URLs, unless there are none.
    #[must_use]
    pub fn new(urls: impl IntoIterator<Item = FetchedUrl>) -> Option<Self> {
        one_or_more(urls).map(Self)
    }

    /// The URLs with their contents.
    #[must_use]
    pub fn urls(&self) -> &[FetchedUrl] {
        &self.0
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        arguments(cursor, reading, FetchedUrl::parse).map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for it in &self.0 {
            encoder.space();
            it.url.encode(encoder);
            match &it.contents {
                UrlContents::Octets(octets) => {
                    encoder.space();
                    octets.encode(encoder);
                }
                UrlContents::Metadata(metadata) => {
                    for item in metadata.items() {
                        encoder.put(b" (");
                        item.encode(encoder);
                        encoder.put(b")");
                    }
                }
            }
        }
    }
}

impl FetchedUrl {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let url = AString::parse(cursor, reading)?;
        cursor.space(reading)?;
        if cursor.peek() != Some(b'(') {
            let contents = UrlContents::Octets(NString::parse(cursor, reading)?);
            return Ok(Self { url, contents });
        }
        let mut items = Vec::new();
        loop {
            cursor.tag("(")?;
            items.push(UrlMetadataItem::parse(cursor, reading)?);
            cursor.tag(")")?;
            let begin = cursor.clone();
            let [b' ', ..] = cursor.rest() else { break };
            let spaces = cursor.rest().iter().take_while(|octet| **octet == b' ').count();
            if cursor.rest().get(spaces) != Some(&b'(') {
                *cursor = begin;
                break;
            }
            cursor.space(reading)?;
        }
        Ok(Self { url, contents: UrlContents::Metadata(UrlMetadata(items)) })
    }
}

impl UrlMetadataItem {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let name = Atom::parse(cursor, reading)?;
        cursor.space(reading)?;
        match UrlFetchParam::from(name) {
            UrlFetchParam::Body => NString::parse(cursor, reading).map(Self::Body),
            UrlFetchParam::Binary => NString8::parse(cursor, reading).map(Self::Binary),
            UrlFetchParam::BodyPartStructure => {
                BodyStructure::parse(cursor, reading).map(Self::BodyPartStructure)
            }
            UrlFetchParam::Other(name) => {
                reading.keep_raw();
                Ok(Self::Other { name, value: Raw::parse(cursor, reading)? })
            }
        }
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::BodyPartStructure(structure) => {
                encoder.put(b"BODYPARTSTRUCTURE ");
                structure.encode(encoder);
            }
            Self::Body(octets) => {
                encoder.put(b"BODY ");
                octets.encode(encoder);
            }
            Self::Binary(octets) => {
                encoder.put(b"BINARY ");
                octets.encode(encoder);
            }
            Self::Other { name, value } => {
                name.encode(encoder);
                encoder.space();
                value.encode(encoder);
            }
        }
    }
}
