//! One item of a FETCH response.

use alloc::boxed::Box;

use mail_proto::{ParseError, Reading, Sink};

use super::body_section::BodyValue;
use super::malformed::value_or_raw;
use super::vendor::{Snippet, hexadecimal, put_hexadecimal};
use super::{BodyBegin, BodyName, BodySection, FetchItemName, MalformedItem, UnknownItem};
use crate::Defect;
use crate::codec::{
    AString, AnnotationData, Atom, BodyStructure, Cursor, DateTime, Encoder, Envelope, FlagList,
    GmailLabels, Mailbox, ModSeq, NString, ObjectId, ObjectIds, Raw, SectionPart, Uid, Word,
};

/// What a FETCH response tells of a message.
///
/// ```abnf
/// msg-att-dynamic = "FLAGS" SP "(" [flag-fetch *(SP flag-fetch)] ")"
/// msg-att-static  = "ENVELOPE" SP envelope / "INTERNALDATE" SP date-time / "RFC822.SIZE" SP number64 /
///                   "BODY" ["STRUCTURE"] SP body / "BODY" section ["<" number ">"] SP nstring /
///                   "BINARY" section-binary SP (nstring / literal8) / "BINARY.SIZE" section-binary SP number /
///                   "UID" SP uniqueid
/// ```
///
/// (RFC 9051 section 7.5.2.) Others: see the variants.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum FetchItem {
    /// `FLAGS`
    Flags(FlagList),
    /// `ENVELOPE`: fields of the header.
    Envelope(Box<Envelope>),
    /// `INTERNALDATE`: when the message came.
    InternalDate(DateTime),
    /// `RFC822.SIZE`: the octets of the message.
    Size(u64),
    /// `BODY`: its parts, without the extensions of BODYSTRUCTURE.
    Body(Box<BodyStructure>),
    /// `BODYSTRUCTURE`: its parts.
    BodyStructure(Box<BodyStructure>),
    /// `BODY[...]`, `BINARY[...]`, `RFC822`, `RFC822.HEADER`, `RFC822.TEXT`: octets of it.
    BodySection(Box<BodySection>),
    /// `BINARY.SIZE[...]`: the octets of a part, its transfer encoding undone.
    BinarySize {
        /// The part.
        part: SectionPart,
        /// How many octets.
        size: u64,
    },
    /// `UID`
    Uid(Uid),
    /// `MODSEQ` (RFC 7162).
    ModSeq(ModSeq),
    /// `EMAILID` (RFC 8474).
    EmailId(ObjectId),
    /// `THREADID` (RFC 8474). None where the server has no threads.
    ThreadId(Option<ObjectId>),
    /// `SAVEDATE`: when the message came into this mailbox (RFC 8514). None where nobody knows.
    SaveDate(Option<DateTime>),
    /// `PREVIEW` (RFC 8970). NIL: not made yet.
    Preview(NString),
    /// `ANNOTATION` (RFC 5257).
    Annotation(AnnotationData),
    /// `X-GM-MSGID` (Gmail).
    GmailMessageId(u64),
    /// `X-GM-THRID` (Gmail).
    GmailThreadId(u64),
    /// `X-GM-LABELS` (Gmail).
    GmailLabels(GmailLabels),
    /// `SNIPPET`: a preview and the algorithm that made it (Dovecot).
    Snippet(Box<Snippet>),
    /// `X-GUID` (Dovecot).
    XGuid(AString),
    /// `X-MAILBOX`: the mailbox that it is in, for virtual ones (Dovecot).
    XMailbox(Mailbox),
    /// `X-REAL-UID`: the UID that it has there (Dovecot).
    XRealUid(Uid),
    /// `X-SAVEDATE` (Dovecot).
    XSaveDate(Option<DateTime>),
    /// `DIGEST.SHA1`, in hexadecimal digits (Cyrus).
    DigestSha1(Atom),
    /// `CID`: the conversation, if it is in one, as 16 hexadecimal digits (Cyrus).
    ConversationId(Option<u64>),
    /// `BASECID`: the conversation that its own was split from (Cyrus).
    BaseConversationId(Option<u64>),
    /// `CREATEDMODSEQ` (Cyrus).
    CreatedModSeq(ModSeq),
    /// `OBJECTID` (draft-ietf-mailmaint-imap-objectid-bis).
    ObjectId(ObjectIds),
    /// An item whose value is not what the item says. A lenient reading makes it, so that the other
    /// items of the message are not lost with it; it is written as it came.
    Malformed {
        /// Which item.
        kind: MalformedItem,
        /// What stands there.
        raw: Raw,
    },
    /// An item of which the library knows no more.
    Unknown(Box<UnknownItem>),
}

/// What was read of an item.
pub(super) enum Read {
    Item(FetchItem),
    /// An item without a value, which a lenient reading leaves out.
    Nothing,
    /// A body that is announced.
    Body(BodyBegin),
}

impl From<FetchItem> for Read {
    fn from(item: FetchItem) -> Self {
        Self::Item(item)
    }
}

impl From<Option<FetchItem>> for Read {
    fn from(item: Option<FetchItem>) -> Self {
        item.map_or(Self::Nothing, Self::Item)
    }
}

impl FetchItem {
    /// Reads it. None is one without a value, or with one that no message can have, which a lenient
    /// reading leaves out: `UID 0`, `INTERNALDATE NIL`.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<Self>, ParseError> {
        match Self::read(false, cursor, reading)? {
            Read::Item(item) => Ok(Some(item)),
            Read::Nothing => Ok(None),
            Read::Body(_) => Err(cursor.expected("as many octets as announced")),
        }
    }

    /// Reads it. With `streams` the segment may end in the announcement of a body.
    pub(super) fn read(
        streams: bool,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Read, ParseError> {
        let begin = cursor.clone();
        let word = cursor.keyword();
        match (cursor.peek(), word.as_bytes()) {
            (Some(b'['), b"BODY") => {
                let name = BodyName::parse_section(cursor, reading)?;
                return body(name, streams, cursor, reading);
            }
            (Some(b'['), b"BINARY") => {
                let name = BodyName::parse_binary(cursor, reading)?;
                return body(name, streams, cursor, reading);
            }
            (Some(b'['), b"BINARY.SIZE") => return binary_size(cursor, reading),
            (Some(b' ' | b')'), _) => {}
            _ => {
                *cursor = begin;
                return unknown(cursor, reading);
            }
        }
        if let Some(name) = rfc822(word) {
            return body(name, streams, cursor, reading);
        }
        if is_missing(cursor, reading)? {
            return Ok(Read::Nothing);
        }
        let read = structured(word, cursor, reading)?;
        let read = if read.is_none() { simple(word, cursor, reading)? } else { read };
        if let Some(read) = read {
            return Ok(read);
        }
        *cursor = begin;
        unknown(cursor, reading)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Uid(uid) => {
                encoder.put(b"UID ");
                uid.encode(encoder);
            }
            Self::Flags(flags) => {
                encoder.put(b"FLAGS ");
                flags.encode(encoder);
            }
            Self::InternalDate(date) => {
                encoder.put(b"INTERNALDATE ");
                date.encode(encoder);
            }
            Self::Size(size) => {
                encoder.put(b"RFC822.SIZE ");
                encoder.number64(*size);
            }
            other => {
                encoder.put(other.name().as_bytes());
                other.encode_value(encoder);
            }
        }
    }

    fn encode_value<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            // These are written with their names.
            Self::Uid(_) | Self::Flags(_) | Self::InternalDate(_) | Self::Size(_) => {}
            Self::Envelope(envelope) => envelope.encode(encoder),
            Self::Body(body) => body.encode_body(encoder),
            Self::BodyStructure(body) => body.encode(encoder),
            Self::BodySection(body) => body.encode(encoder),
            Self::BinarySize { part, size } => {
                part.encode_binary(encoder);
                encoder.space();
                encoder.number64(*size);
            }
            Self::GmailMessageId(number) | Self::GmailThreadId(number) => encoder.number(*number),
            Self::XRealUid(uid) => uid.encode(encoder),
            Self::ModSeq(value) | Self::CreatedModSeq(value) => {
                encoder.put(b"(");
                value.encode(encoder);
                encoder.put(b")");
            }
            Self::EmailId(id) => id.encode_in_list(encoder),
            Self::ThreadId(id) => or_nil(id.as_ref(), encoder, ObjectId::encode_in_list),
            Self::SaveDate(date) | Self::XSaveDate(date) => {
                or_nil(date.as_ref(), encoder, |date, encoder| date.encode(encoder));
            }
            Self::Preview(text) => text.encode(encoder),
            Self::GmailLabels(labels) => labels.encode(encoder),
            Self::Snippet(snippet) => snippet.encode(encoder),
            Self::XGuid(guid) => guid.encode(encoder),
            Self::XMailbox(mailbox) => mailbox.encode(encoder),
            Self::DigestSha1(digest) => digest.encode(encoder),
            Self::ConversationId(id) | Self::BaseConversationId(id) => {
                or_nil(id.as_ref(), encoder, |id, encoder| put_hexadecimal(*id, encoder));
            }
            Self::ObjectId(ids) => ids.encode(encoder),
            Self::Annotation(annotations) => annotations.encode(encoder),
            Self::Malformed { kind, raw } => {
                encoder.put(kind.as_str().as_bytes());
                encoder.space();
                raw.encode(encoder);
            }
            Self::Unknown(item) => item.encode(encoder),
        }
    }

    /// The name and the space behind it, where they are fixed.
    const fn name(&self) -> &'static str {
        match self {
            Self::Flags(_) => "FLAGS ",
            Self::Envelope(_) => "ENVELOPE ",
            Self::InternalDate(_) => "INTERNALDATE ",
            Self::Size(_) => "RFC822.SIZE ",
            Self::Body(_) => "BODY ",
            Self::BodyStructure(_) => "BODYSTRUCTURE ",
            Self::BinarySize { .. } => "BINARY.SIZE",
            Self::Uid(_) => "UID ",
            Self::ModSeq(_) => "MODSEQ ",
            Self::EmailId(_) => "EMAILID ",
            Self::ThreadId(_) => "THREADID ",
            Self::SaveDate(_) => "SAVEDATE ",
            Self::Preview(_) => "PREVIEW ",
            Self::Annotation(_) => "ANNOTATION ",
            Self::GmailMessageId(_) => "X-GM-MSGID ",
            Self::GmailThreadId(_) => "X-GM-THRID ",
            Self::GmailLabels(_) => "X-GM-LABELS ",
            Self::Snippet(_) => "SNIPPET ",
            Self::XGuid(_) => "X-GUID ",
            Self::XMailbox(_) => "X-MAILBOX ",
            Self::XRealUid(_) => "X-REAL-UID ",
            Self::XSaveDate(_) => "X-SAVEDATE ",
            Self::DigestSha1(_) => "DIGEST.SHA1 ",
            Self::ConversationId(_) => "CID ",
            Self::BaseConversationId(_) => "BASECID ",
            Self::CreatedModSeq(_) => "CREATEDMODSEQ ",
            Self::ObjectId(_) => "OBJECTID ",
            Self::BodySection(_) | Self::Malformed { .. } | Self::Unknown(_) => "",
        }
    }
}

impl From<BodySection> for FetchItem {
    fn from(body: BodySection) -> Self {
        Self::BodySection(Box::new(body))
    }
}

fn or_nil<T, S: Sink>(
    value: Option<&T>,
    encoder: &mut Encoder<'_, S>,
    encode: impl FnOnce(&T, &mut Encoder<'_, S>),
) {
    match value {
        Some(value) => encode(value, encoder),
        None => encoder.nil(),
    }
}

fn rfc822(word: Word) -> Option<BodyName> {
    match word.as_bytes() {
        b"RFC822" => Some(BodyName::Rfc822),
        b"RFC822.HEADER" => Some(BodyName::Rfc822Header),
        b"RFC822.TEXT" => Some(BodyName::Rfc822Text),
        _ => None,
    }
}

fn body(
    name: BodyName,
    streams: bool,
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Read, ParseError> {
    Ok(match name.parse_value(streams, cursor, reading)? {
        (name, BodyValue::Here(octets)) => Read::Item(BodySection { name, octets }.into()),
        (_, BodyValue::Announced(begin)) => Read::Body(begin),
    })
}

fn binary_size(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Read, ParseError> {
    let part = SectionPart::parse_binary(cursor, reading)?;
    if is_missing(cursor, reading)? {
        return Ok(Read::Nothing);
    }
    Ok(cursor.size(reading)?.map(|size| FetchItem::BinarySize { part, size }).into())
}

fn unknown(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Read, ParseError> {
    let name = FetchItemName::parse(cursor, reading)?;
    if is_missing(cursor, reading)? {
        return Ok(Read::Nothing);
    }
    let value = Raw::parse(cursor, reading)?;
    reading.keep_raw();
    Ok(FetchItem::Unknown(Box::new(UnknownItem::unchecked(name, value))).into())
}

/// Passes over the space before a value. Tells whether the list ends instead.
fn is_missing(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<bool, ParseError> {
    if cursor.peek() != Some(b')') {
        cursor.space(reading)?;
    }
    let is_missing = cursor.peek() == Some(b')');
    if is_missing {
        reading.tolerate(Defect::MissingFetchValue, cursor.at(), "the value of the item")?;
    }
    Ok(is_missing)
}

/// Items whose value has a structure that may be broken.
fn structured(
    word: Word,
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<Read>, ParseError> {
    let kind = match word.as_bytes() {
        b"FLAGS" => MalformedItem::Flags,
        b"ENVELOPE" => MalformedItem::Envelope,
        b"INTERNALDATE" => MalformedItem::InternalDate,
        b"BODY" => MalformedItem::Body,
        b"BODYSTRUCTURE" => MalformedItem::BodyStructure,
        b"MODSEQ" => MalformedItem::ModSeq,
        b"EMAILID" => MalformedItem::EmailId,
        b"THREADID" => MalformedItem::ThreadId,
        b"SAVEDATE" => MalformedItem::SaveDate,
        b"PREVIEW" => MalformedItem::Preview,
        b"ANNOTATION" => MalformedItem::Annotation,
        b"OBJECTID" => MalformedItem::ObjectId,
        b"X-GM-LABELS" => MalformedItem::GmailLabels,
        _ => return Ok(None),
    };
    let read = value_or_raw(kind, cursor, reading, |cursor, reading| value(kind, cursor, reading))?;
    let malformed = |raw| Read::Item(FetchItem::Malformed { kind, raw });
    Ok(Some(read.map_or_else(malformed, Read::from)))
}

/// BODY is "a form of BODYSTRUCTURE without extension data" (RFC 9051 section 7.5.2); the grammar does
/// not say so. Extension data are left out when it is written.
fn body_without_extensions(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<BodyStructure, ParseError> {
    let at = cursor.at();
    let body = BodyStructure::parse(cursor, reading)?;
    if body.is_extended() {
        reading.tolerate(Defect::ExtendedBody, at, "a BODY without extension data")?;
    }
    Ok(body)
}

fn value(
    kind: MalformedItem,
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<FetchItem>, ParseError> {
    use FetchItem as Item;
    Ok(Some(match kind {
        MalformedItem::Flags => Item::Flags(flags(cursor, reading)?),
        MalformedItem::Envelope => Item::Envelope(Box::new(Envelope::parse(cursor, reading)?)),
        MalformedItem::InternalDate => return internal_date(cursor, reading),
        MalformedItem::Body => Item::Body(Box::new(body_without_extensions(cursor, reading)?)),
        MalformedItem::BodyStructure => {
            Item::BodyStructure(Box::new(BodyStructure::parse(cursor, reading)?))
        }
        MalformedItem::ModSeq => {
            return Ok(mod_seq(cursor, reading)?.map(Item::ModSeq));
        }
        MalformedItem::EmailId => Item::EmailId(ObjectId::parse_in_list(cursor, reading)?),
        MalformedItem::ThreadId => {
            Item::ThreadId(nil_or(cursor, reading, ObjectId::parse_in_list)?)
        }
        MalformedItem::SaveDate => Item::SaveDate(nil_or(cursor, reading, DateTime::parse)?),
        MalformedItem::Preview => Item::Preview(preview(cursor, reading)?),
        MalformedItem::Annotation => Item::Annotation(AnnotationData::parse(cursor, reading)?),
        MalformedItem::ObjectId => Item::ObjectId(ObjectIds::parse(cursor, reading)?),
        MalformedItem::GmailLabels => Item::GmailLabels(GmailLabels::parse(cursor, reading)?),
    }))
}

/// Items whose value is a number or a string.
fn simple(
    word: Word,
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<Read>, ParseError> {
    use FetchItem as Item;
    let item: Option<Item> = match word.as_bytes() {
        b"UID" => cursor.nz_number_or_zero(reading)?.map(|uid| Item::Uid(uid.into())),
        b"RFC822.SIZE" => cursor.size(reading)?.map(Item::Size),
        b"X-GM-MSGID" => Some(Item::GmailMessageId(number(cursor)?)),
        b"X-GM-THRID" => Some(Item::GmailThreadId(number(cursor)?)),
        b"SNIPPET" => Some(Item::Snippet(Box::new(Snippet::parse(cursor, reading)?))),
        b"X-GUID" => Some(Item::XGuid(AString::parse(cursor, reading)?)),
        b"X-MAILBOX" => Some(Item::XMailbox(Mailbox::parse(cursor, reading)?)),
        b"X-REAL-UID" => cursor.nz_number_or_zero(reading)?.map(|uid| Item::XRealUid(uid.into())),
        b"X-SAVEDATE" => Some(Item::XSaveDate(nil_or(cursor, reading, DateTime::parse)?)),
        b"DIGEST.SHA1" => Some(Item::DigestSha1(Atom::parse(cursor, reading)?)),
        b"CID" => Some(Item::ConversationId(nil_or(cursor, reading, hexadecimal)?)),
        b"BASECID" => Some(Item::BaseConversationId(nil_or(cursor, reading, hexadecimal)?)),
        b"CREATEDMODSEQ" => mod_seq(cursor, reading)?.map(Item::CreatedModSeq),
        _ => return Ok(None),
    };
    Ok(Some(item.into()))
}

fn flags(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<FlagList, ParseError> {
    let at = cursor.at();
    if cursor.eat_tag(b"NIL") {
        reading.tolerate(Defect::NilFlags, at, "(")?;
        return Ok(FlagList::default());
    }
    FlagList::parse(cursor, reading)
}

fn internal_date(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<FetchItem>, ParseError> {
    let at = cursor.at();
    if cursor.eat_tag(b"NIL") {
        reading.tolerate(Defect::NilDate, at, "a date with a time")?;
        return Ok(None);
    }
    DateTime::parse(cursor, reading).map(|date| Some(FetchItem::InternalDate(date)))
}

fn mod_seq(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<ModSeq>, ParseError> {
    cursor.tag("(")?;
    let value = ModSeq::parse(cursor, reading)?;
    cursor.tag(")")?;
    Ok(value)
}

fn preview(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<NString, ParseError> {
    if cursor.peek() != Some(b'(') {
        return NString::parse(cursor, reading);
    }
    reading.tolerate(Defect::PreviewAlgorithm, cursor.at(), "a string or NIL")?;
    Snippet::parse(cursor, reading).map(|snippet| snippet.text)
}

fn number(cursor: &mut Cursor<'_>) -> Result<u64, ParseError> {
    const EXPECTED: &str = "a number of 64 bits";
    let at = cursor.at();
    cursor.digits(EXPECTED)?.ok_or(ParseError::new(at, EXPECTED))
}

/// `NIL`, or what is not.
fn nil_or<'a, T>(
    cursor: &mut Cursor<'a>,
    reading: &mut Reading<Defect>,
    parse: impl FnOnce(&mut Cursor<'a>, &mut Reading<Defect>) -> Result<T, ParseError>,
) -> Result<Option<T>, ParseError> {
    if cursor.eat_tag(b"NIL") { Ok(None) } else { parse(cursor, reading).map(Some) }
}
