//! What FETCH asks for of each message.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink};

use super::PreviewModifier;
use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{
    AnnotationRequest, Atom, Cursor, Encoder, Partial, Raw, Section, SectionPart, parse_whole,
};

const EXPECTED: &str = "a data item of FETCH";

/// A data item that FETCH asks for.
///
/// ```abnf
/// fetch-att       = "ENVELOPE" / "FLAGS" / "INTERNALDATE" / "RFC822.SIZE" /
///                   "BODY" ["STRUCTURE"] / "UID" /
///                   "BODY" section [partial] / "BODY.PEEK" section [partial] /
///                   "BINARY" [".PEEK"] section-binary [partial] / "BINARY.SIZE" section-binary
/// fetch-att       =/ "RFC822" [".HEADER" / ".SIZE" / ".TEXT"]
/// fetch-att       =/ "ANNOTATION" SP "(" entries SP attribs ")"
/// fetch-att       =/ "MODSEQ" / "EMAILID" / "THREADID" / "SAVEDATE"
/// fetch-att       =/ "PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"]
/// ```
///
/// (RFC 9051 section 6.4.5, RFC 3501, RFC 5257, RFC 7162, RFC 8474, RFC 8514, RFC 8970.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{BodyAtt, FetchAtt, Section, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let octets = Bytes::from_static(b"BODY.PEEK[HEADER]");
/// let att = parse_whole(&octets, &mut reading, FetchAtt::parse).unwrap();
/// let body = BodyAtt { section: Section::header(), peek: true, partial: None };
/// assert_eq!(att, FetchAtt::BodySection(Box::new(body)));
///
/// // What no RFC knows is kept.
/// let octets = Bytes::from_static(b"X-FOO[1]<0.5> (a b)");
/// let att = parse_whole(&octets, &mut reading, FetchAtt::parse).unwrap();
/// assert!(matches!(att, FetchAtt::Unknown(it) if it.name().as_bytes() == b"X-FOO"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum FetchAtt {
    /// The fields of the header, taken apart.
    Envelope,
    /// The flags.
    Flags,
    /// When it was received.
    InternalDate,
    /// How many octets it has.
    Rfc822Size,
    /// The parts of the body, without extension data.
    Body,
    /// The parts of the body.
    BodyStructure,
    /// The UID.
    Uid,
    /// A section of the message.
    BodySection(Box<BodyAtt>),
    /// A part of the message without its content transfer encoding.
    Binary(Box<BinaryAtt>),
    /// How many octets such a part has.
    BinarySize(SectionPart),
    /// The message (RFC 3501).
    Rfc822,
    /// The header, without setting `\Seen` (RFC 3501).
    Rfc822Header,
    /// The body without the header (RFC 3501).
    Rfc822Text,
    /// When it was last changed (RFC 7162).
    ModSeq,
    /// The identifier of its content (RFC 8474).
    EmailId,
    /// The identifier of its thread (RFC 8474).
    ThreadId,
    /// When it came into the mailbox (RFC 8514).
    SaveDate,
    /// The first words of the text (RFC 8970).
    Preview(Vec<PreviewModifier>),
    /// Annotations (RFC 5257).
    Annotation(Box<AnnotationRequest>),
    /// All object identifiers (draft-ietf-mailmaint-imap-objectid-bis).
    ObjectId,
    /// Gmail: X-GM-MSGID.
    GmailMessageId,
    /// Gmail: X-GM-THRID.
    GmailThreadId,
    /// Gmail: X-GM-LABELS.
    GmailLabels,
    /// Dovecot: SNIPPET, the first words of the text as drafts of RFC 8970 had it.
    Snippet(Vec<PreviewModifier>),
    /// Dovecot: X-GUID, which copies share.
    XGuid,
    /// Dovecot: X-MAILBOX, the mailbox it is in.
    XMailbox,
    /// Dovecot: X-REAL-UID, its UID in that mailbox.
    XRealUid,
    /// Dovecot: X-SAVEDATE.
    XSaveDate,
    /// Cyrus: DIGEST.SHA1, that of the message.
    DigestSha1,
    /// Cyrus: CID, the conversation.
    ConversationId,
    /// Cyrus: BASECID, the conversation before it was split.
    BaseConversationId,
    /// Cyrus: CREATEDMODSEQ, the mod-sequence it came with.
    CreatedModSeq,
    /// One that the library does not know.
    Unknown(Box<UnknownAtt>),
}

/// A section of a message, and whether asking for it sets `\Seen`.
///
/// ```abnf
/// fetch-att      = "BODY" section [partial] / "BODY.PEEK" section [partial]
/// ```
///
/// (RFC 9051 section 6.4.5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BodyAtt {
    /// The section.
    pub section: Section,
    /// It does not set `\Seen`.
    pub peek: bool,
    /// Which octets of it. None are all.
    pub partial: Option<Partial>,
}

/// A decoded part of a message, and whether asking for it sets `\Seen`.
///
/// ```abnf
/// fetch-att      = "BINARY" [".PEEK"] section-binary [partial]
/// ```
///
/// (RFC 9051 section 6.4.5, RFC 3516.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BinaryAtt {
    /// The part.
    pub part: SectionPart,
    /// It does not set `\Seen`.
    pub peek: bool,
    /// Which of the decoded octets. None are all.
    pub partial: Option<Partial>,
}

impl FetchAtt {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or what belongs to it is not well-formed.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        Self::parse_before(cursor, reading, |_| false)
    }

    /// Reads it, but not a list behind it that something else lays claim to.
    pub(super) fn parse_before(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
        is_taken: impl Fn(&Cursor<'_>) -> bool,
    ) -> Result<Self, ParseError> {
        let begin = cursor.rest();
        let word = cursor.keyword();
        let has_list = |cursor: &Cursor<'_>| cursor.rest().starts_with(b" (") && !is_taken(cursor);
        // The name may be longer than a word of the grammar: `UID+`.
        let is_longer = cursor.peek().is_some_and(|octet| octet != b'[' && Class::ATOM.has(octet));
        let word = if is_longer { b"" } else { word.as_bytes() };
        if let Some(att) = Self::of_one_word(word, cursor) {
            return Ok(att);
        }
        match word {
            b"BODY" => BodyAtt::parse(false, cursor, reading),
            b"BODY.PEEK" => BodyAtt::parse(true, cursor, reading),
            b"BINARY" => BinaryAtt::parse(false, cursor, reading),
            b"BINARY.PEEK" => BinaryAtt::parse(true, cursor, reading),
            b"BINARY.SIZE" => SectionPart::parse_binary(cursor, reading).map(Self::BinarySize),
            b"PREVIEW" => {
                PreviewModifier::parse_list(has_list(cursor), cursor, reading).map(Self::Preview)
            }
            b"SNIPPET" => {
                PreviewModifier::parse_list(has_list(cursor), cursor, reading).map(Self::Snippet)
            }
            b"ANNOTATION" => {
                cursor.space(reading)?;
                AnnotationRequest::parse(cursor, reading).map(|it| Self::Annotation(Box::new(it)))
            }
            b"ALL" | b"FAST" | b"FULL" => {
                cursor.go_back_to(begin);
                Err(cursor.expected("a data item of FETCH, and macros alone only"))
            }
            _ => {
                cursor.go_back_to(begin);
                let unknown = UnknownAtt::parse(cursor, reading, has_list)?;
                Ok(Self::Unknown(Box::new(unknown)))
            }
        }
    }

    /// The item of this name, if nothing belongs to it.
    fn of_one_word(word: &[u8], cursor: &Cursor<'_>) -> Option<Self> {
        Some(match word {
            b"ENVELOPE" => Self::Envelope,
            b"FLAGS" => Self::Flags,
            b"INTERNALDATE" => Self::InternalDate,
            b"RFC822.SIZE" => Self::Rfc822Size,
            b"BODY" if cursor.peek() != Some(b'[') => Self::Body,
            b"BODYSTRUCTURE" => Self::BodyStructure,
            b"UID" => Self::Uid,
            b"RFC822" => Self::Rfc822,
            b"RFC822.HEADER" => Self::Rfc822Header,
            b"RFC822.TEXT" => Self::Rfc822Text,
            b"MODSEQ" => Self::ModSeq,
            b"EMAILID" => Self::EmailId,
            b"THREADID" => Self::ThreadId,
            b"SAVEDATE" => Self::SaveDate,
            b"OBJECTID" => Self::ObjectId,
            b"X-GM-MSGID" => Self::GmailMessageId,
            b"X-GM-THRID" => Self::GmailThreadId,
            b"X-GM-LABELS" => Self::GmailLabels,
            b"X-GUID" => Self::XGuid,
            b"X-MAILBOX" => Self::XMailbox,
            b"X-REAL-UID" => Self::XRealUid,
            b"X-SAVEDATE" => Self::XSaveDate,
            b"DIGEST.SHA1" => Self::DigestSha1,
            b"CID" => Self::ConversationId,
            b"BASECID" => Self::BaseConversationId,
            b"CREATEDMODSEQ" => Self::CreatedModSeq,
            _ => return None,
        })
    }

    /// Its name, unless it is unknown.
    pub(crate) const fn name(&self) -> &'static [u8] {
        match self {
            Self::Envelope => b"ENVELOPE",
            Self::Flags => b"FLAGS",
            Self::InternalDate => b"INTERNALDATE",
            Self::Rfc822Size => b"RFC822.SIZE",
            Self::Body => b"BODY",
            Self::BodyStructure => b"BODYSTRUCTURE",
            Self::Uid => b"UID",
            Self::BodySection(body) if body.peek => b"BODY.PEEK",
            Self::BodySection(_) => b"BODY",
            Self::Binary(binary) if binary.peek => b"BINARY.PEEK",
            Self::Binary(_) => b"BINARY",
            Self::BinarySize(_) => b"BINARY.SIZE",
            Self::Rfc822 => b"RFC822",
            Self::Rfc822Header => b"RFC822.HEADER",
            Self::Rfc822Text => b"RFC822.TEXT",
            Self::ModSeq => b"MODSEQ",
            Self::EmailId => b"EMAILID",
            Self::ThreadId => b"THREADID",
            Self::SaveDate => b"SAVEDATE",
            Self::Preview(_) => b"PREVIEW",
            Self::Annotation(_) => b"ANNOTATION",
            Self::ObjectId => b"OBJECTID",
            Self::GmailMessageId => b"X-GM-MSGID",
            Self::GmailThreadId => b"X-GM-THRID",
            Self::GmailLabels => b"X-GM-LABELS",
            Self::Snippet(_) => b"SNIPPET",
            Self::XGuid => b"X-GUID",
            Self::XMailbox => b"X-MAILBOX",
            Self::XRealUid => b"X-REAL-UID",
            Self::XSaveDate => b"X-SAVEDATE",
            Self::DigestSha1 => b"DIGEST.SHA1",
            Self::ConversationId => b"CID",
            Self::BaseConversationId => b"BASECID",
            Self::CreatedModSeq => b"CREATEDMODSEQ",
            Self::Unknown(_) => b"",
        }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(self.name());
        match self {
            Self::BodySection(body) => {
                body.section.encode(encoder);
                encode_partial(body.partial, encoder);
            }
            Self::Binary(binary) => {
                binary.part.encode_binary(encoder);
                encode_partial(binary.partial, encoder);
            }
            Self::BinarySize(part) => part.encode_binary(encoder),
            Self::Preview(modifiers) | Self::Snippet(modifiers) if !modifiers.is_empty() => {
                encoder.space();
                encoder.list(modifiers, PreviewModifier::encode);
            }
            Self::Annotation(request) => {
                encoder.space();
                request.encode(encoder);
            }
            Self::Unknown(unknown) => unknown.encode(encoder),
            _ => {}
        }
    }

    /// Whether a list could follow it that is not there.
    pub(super) fn may_have_list(&self) -> bool {
        match self {
            Self::Preview(modifiers) | Self::Snippet(modifiers) => modifiers.is_empty(),
            Self::Unknown(_) => true,
            _ => false,
        }
    }
}

pub(super) fn encode_partial<S: Sink>(partial: Option<Partial>, encoder: &mut Encoder<'_, S>) {
    if let Some(partial) = partial {
        partial.encode(encoder);
    }
}

impl BodyAtt {
    fn parse(
        peek: bool,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<FetchAtt, ParseError> {
        let section = Section::parse(cursor, reading)?;
        let partial = Partial::parse_optional(cursor)?;
        Ok(FetchAtt::BodySection(Box::new(Self { section, peek, partial })))
    }
}

impl BinaryAtt {
    fn parse(
        peek: bool,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<FetchAtt, ParseError> {
        let part = SectionPart::parse_binary(cursor, reading)?;
        let partial = Partial::parse_optional(cursor)?;
        Ok(FetchAtt::Binary(Box::new(Self { part, peek, partial })))
    }
}

/// A data item that the library does not know, as it was written: `NAME`, `NAME[section]<partial>`,
/// `NAME (argument)`.
///
/// Nothing hinders one from having the name of an item that the library does know: it is read back as
/// that.
///
/// ```
/// use imap_proto::UnknownAtt;
///
/// let att = UnknownAtt::new("RFC822.HEADER.LINES (DATE FROM)").unwrap();
/// assert_eq!(att.name().as_bytes(), b"RFC822.HEADER.LINES");
/// assert_eq!(att.raw().as_bytes(), b" (DATE FROM)");
/// assert_eq!(UnknownAtt::new("X-A X-B").unwrap_err().at, 3);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UnknownAtt {
    name: Atom,
    raw: Raw,
}

impl UnknownAtt {
    /// An item that is written so.
    ///
    /// # Errors
    ///
    /// Where it is not one item, or 0 if the library knows it. A macro is none.
    pub fn new(octets: impl Into<Bytes>) -> Result<Self, ParseError> {
        let octets = octets.into();
        let reading = &mut Reading::new(mail_proto::Leniency::strict());
        let att = parse_whole(&octets, reading, |cursor, reading| {
            Self::parse(cursor, reading, |cursor| cursor.rest().starts_with(b" ("))
        })?;
        let name = att.name.as_bytes();
        let is_macro =
            [&b"ALL"[..], b"FAST", b"FULL"].iter().any(|it| it.eq_ignore_ascii_case(name));
        match parse_whole(&octets, reading, FetchAtt::parse) {
            Ok(FetchAtt::Unknown(_)) if !is_macro => Ok(att),
            _ => Err(ParseError::new(0, EXPECTED)),
        }
    }

    /// What stands before a bracket, a space or the end.
    #[must_use]
    pub const fn name(&self) -> &Atom {
        &self.name
    }

    /// What stands behind the name, the space before an argument included.
    #[must_use]
    pub const fn raw(&self) -> &Raw {
        &self.raw
    }

    /// Reads a name, a section in brackets, octets in angle brackets, and an argument if `has_list`.
    pub(crate) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
        has_list: impl Fn(&Cursor<'_>) -> bool,
    ) -> Result<Self, ParseError> {
        let in_name = |octet: &&u8| **octet != b'[' && Class::ATOM.has(**octet);
        let length = cursor.rest().iter().take_while(in_name).count();
        let at = cursor.at();
        let name = Atom::new(cursor.take(length).unwrap_or_default())
            .map_err(|_| ParseError::new(at, EXPECTED))?;
        let begin = cursor.clone();
        if cursor.peek() == Some(b'[') {
            skip_section(cursor)?;
        }
        if has_list(cursor) {
            cursor.space(reading)?;
            Raw::parse(cursor, reading)?;
        }
        reading.keep_raw();
        Ok(Self { name, raw: Raw::new(begin.until(cursor))? })
    }

    /// Writes it.
    pub(crate) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.name.encode(encoder);
        self.raw.encode(encoder);
    }
}

/// Passes over tokens up to the word with the closing bracket, and over all of that word.
fn skip_section(cursor: &mut Cursor<'_>) -> Result<(), ParseError> {
    let (mut open, mut begins) = (0usize, false);
    while let Some(octet) = cursor.peek() {
        match octet {
            b'(' => open = open.saturating_add(1),
            b')' => open = open.checked_sub(1).ok_or(cursor.expected("]"))?,
            _ => {}
        }
        let begin = cursor.clone();
        begins = cursor.skip_token(begins)?;
        let is_word = !matches!(octet, b'"' | b'{' | b'~');
        if open == 0 && is_word && begin.until(cursor).contains(&b']') {
            return Ok(());
        }
    }
    Err(cursor.expected("]"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::annotate::tests::any_annotation_request;
    use crate::codec::testing::{reads_and_writes, round_trips, strict, written};
    use crate::codec::{AString, HeaderList, SectionText};
    use alloc::string::String;
    use alloc::vec;
    use core::num::NonZeroU64;
    use proptest::prelude::*;

    pub(crate) fn any_section_part() -> impl Strategy<Value = SectionPart> {
        proptest::collection::vec(1..=u32::MAX, 0..3)
            .prop_map(|numbers| SectionPart::new(numbers).unwrap())
    }

    pub(crate) fn any_section() -> impl Strategy<Value = Section> {
        let names = proptest::collection::vec("[^\\x00]{0,6}", 1..3).prop_map(|names| {
            HeaderList::new(names.into_iter().map(|name| AString::new(name).unwrap())).unwrap()
        });
        let text = prop_oneof![
            Just(SectionText::Header),
            names.clone().prop_map(SectionText::HeaderFields),
            names.prop_map(SectionText::HeaderFieldsNot),
            Just(SectionText::Text),
            Just(SectionText::Mime),
        ];
        (any_section_part(), proptest::option::of(text))
            .prop_filter_map("MIME of no part", |(part, text)| Section::new(part, text))
    }

    pub(crate) fn any_partial() -> impl Strategy<Value = Partial> {
        const MAX: u64 = u64::MAX >> 1;
        (0..=MAX, 1..=MAX).prop_map(|(offset, length)| Partial {
            offset,
            length: NonZeroU64::new(length).unwrap(),
        })
    }

    fn any_preview_modifiers() -> impl Strategy<Value = Vec<PreviewModifier>> {
        let modifier = prop_oneof![
            Just(PreviewModifier::Lazy),
            "[A-Z]{1,3}=[a-z0-9]{1,4}"
                .prop_map(|atom| PreviewModifier::Other(Atom::new(atom).unwrap())),
        ];
        proptest::collection::vec(modifier, 0..3)
    }

    /// Those with a name only.
    const SIMPLE: [FetchAtt; 26] = [
        FetchAtt::Envelope,
        FetchAtt::Flags,
        FetchAtt::InternalDate,
        FetchAtt::Rfc822Size,
        FetchAtt::Body,
        FetchAtt::BodyStructure,
        FetchAtt::Uid,
        FetchAtt::Rfc822,
        FetchAtt::Rfc822Header,
        FetchAtt::Rfc822Text,
        FetchAtt::ModSeq,
        FetchAtt::EmailId,
        FetchAtt::ThreadId,
        FetchAtt::SaveDate,
        FetchAtt::ObjectId,
        FetchAtt::GmailMessageId,
        FetchAtt::GmailThreadId,
        FetchAtt::GmailLabels,
        FetchAtt::XGuid,
        FetchAtt::XMailbox,
        FetchAtt::XRealUid,
        FetchAtt::XSaveDate,
        FetchAtt::DigestSha1,
        FetchAtt::ConversationId,
        FetchAtt::BaseConversationId,
        FetchAtt::CreatedModSeq,
    ];

    pub(crate) fn any_fetch_att() -> impl Strategy<Value = FetchAtt> {
        let partial = || proptest::option::of(any_partial());
        let unknown = r#"X-[A-Z=]{1,6}(\[[a-z.]{0,3}( "[a-z\])]{0,3}" \(a b\))?\](<[0-9.]{0,4}>)?)?( \([a-z "(]*\))?"#;
        prop_oneof![
            proptest::sample::select(SIMPLE.to_vec()),
            (any_section(), any::<bool>(), partial()).prop_map(|(section, peek, partial)| {
                FetchAtt::BodySection(Box::new(BodyAtt { section, peek, partial }))
            }),
            (any_section_part(), any::<bool>(), partial()).prop_map(|(part, peek, partial)| {
                FetchAtt::Binary(Box::new(BinaryAtt { part, peek, partial }))
            }),
            any_section_part().prop_map(FetchAtt::BinarySize),
            any_preview_modifiers().prop_map(FetchAtt::Preview),
            any_preview_modifiers().prop_map(FetchAtt::Snippet),
            any_annotation_request().prop_map(|it| FetchAtt::Annotation(Box::new(it))),
            unknown.prop_filter_map("not closed", |octets| {
                UnknownAtt::new(octets).ok().map(|it| FetchAtt::Unknown(Box::new(it)))
            }),
        ]
    }

    proptest! {
        #[test]
        fn round_trip(att in any_fetch_att()) {
            round_trips(&att, FetchAtt::encode, FetchAtt::parse);
        }
    }

    fn att(octets: &str) -> FetchAtt {
        reads_and_writes(octets.as_bytes(), FetchAtt::parse, FetchAtt::encode)
    }

    #[test]
    fn items_of_one_word_in_any_case() {
        for simple in SIMPLE {
            let name = written(|encoder| simple.encode(encoder));
            assert_eq!(strict(&name, FetchAtt::parse).as_ref(), Ok(&simple));
            assert_eq!(strict(&name.to_ascii_lowercase(), FetchAtt::parse), Ok(simple));
        }
        assert!(size_of::<FetchAtt>() <= 32);
    }

    /// RFC 9051 section 6.4.5, RFC 3501, RFC 3516, RFC 2683, RFC 4549.
    #[test]
    fn sections_and_parts() {
        for octets in [
            "BODY[]",
            "BODY[HEADER.FIELDS (DATE FROM)]",
            "BODY.PEEK[]<0.1024>",
            "BODY[1]<20001.20000>",
            "BODY.PEEK[1.2.MIME]",
            "BODY.PEEK[HEADER.FIELDS (Content-Base Content-Location)]",
            "BINARY[]",
            "BINARY.PEEK[1.2]<0.1>",
            "BINARY[4]",
            "BINARY.SIZE[]",
            "BINARY.SIZE[3.1]",
        ] {
            assert!(!matches!(att(octets), FetchAtt::Unknown(_)));
        }
        let FetchAtt::BodySection(body) = att("BODY.PEEK[4.TEXT]<5.6>") else { panic!() };
        let length = NonZeroU64::new(6).unwrap();
        assert_eq!((body.peek, body.partial), (true, Some(Partial { offset: 5, length })));
        assert_eq!(body.section.text(), Some(&SectionText::Text));
        let lower = strict(b"body.peek[header.fields (\"DATE\")]", FetchAtt::parse).unwrap();
        assert_eq!(lower, att("BODY.PEEK[HEADER.FIELDS (DATE)]"));
    }

    /// RFC 8970 section 5, RFC 5257 section 4.3, and Dovecot's drafts.
    #[test]
    fn items_with_lists() {
        assert_eq!(att("PREVIEW"), FetchAtt::Preview(vec![]));
        assert_eq!(att("PREVIEW (LAZY)"), FetchAtt::Preview(vec![PreviewModifier::Lazy]));
        let fuzzy = PreviewModifier::Other(Atom::new("FUZZY").unwrap());
        let lazy = PreviewModifier::Other(Atom::new("LAZY=FUZZY").unwrap());
        assert_eq!(att("SNIPPET (LAZY=FUZZY FUZZY)"), FetchAtt::Snippet(vec![lazy, fuzzy]));
        assert!(matches!(att("ANNOTATION ((/a /b) value)"), FetchAtt::Annotation(_)));
    }

    #[test]
    fn unknown_items_are_kept() {
        for (octets, name) in [
            ("RFC822.HEADER.LINES (DATE FROM)", "RFC822.HEADER.LINES"),
            ("RFC822.TEXT.PEEK", "RFC822.TEXT.PEEK"),
            ("X-foo[1.HEADER]<0.10>", "X-foo"),
            ("X[HEADER.FIELDS (a \"]\" {3}\r\n] ()]", "X"),
            ("X[a \"]\" (b])]<1> (c (\")\"))", "X"),
            ("UID+", "UID+"),
            ("FLAGS=x[]", "FLAGS=x"),
            ("a-name-that-is-longer-than-any-word-of-the-grammar", ""),
        ] {
            let FetchAtt::Unknown(unknown) = att(octets) else { panic!("{octets}") };
            let name = if name.is_empty() { octets } else { name };
            assert_eq!(unknown.name().as_bytes(), name.as_bytes());
            let raw = String::from_utf8(unknown.raw().as_bytes().to_vec()).unwrap();
            assert_eq!([name, &raw].concat(), octets);
        }
    }

    /// C16, and what is cut off or opened and never closed.
    #[test]
    fn what_is_no_item() {
        for (octets, at) in [
            ("", 0),
            ("(", 0),
            ("ALL", 0),
            ("fast", 0),
            ("FULL", 0),
            ("BODY[", 5),
            ("BODY[HEADER.FIELDS(To)]", 18),
            ("BODY.PEEK", 9),
            ("BODY[]<0>", 8),
            ("BODY[]<0.0>", 9),
            ("BINARY", 6),
            ("BINARY[HEADER]", 7),
            ("BINARY.SIZE[1]<0.1>", 14),
            ("PREVIEW ()", 9),
            ("PREVIEW (LAZY", 13),
            ("ANNOTATION", 10),
            ("FLAGS[]", 5),
            ("FLAGS (a)", 5),
            ("X[1", 3),
            ("X[1)", 3),
            ("X (a", 4),
            ("X[(a", 4),
            ("X[(a]", 5),
            ("X a", 1),
        ] {
            let read = strict(octets.as_bytes(), FetchAtt::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        assert!(UnknownAtt::new("X-A\r\n").is_err());
        assert_eq!(UnknownAtt::new("Full").map_err(|error| error.at), Err(0));
    }
}
