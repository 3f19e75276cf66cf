//! METADATA: annotations of mailboxes and servers (RFC 5464).

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{Leniency, ParseError, Reading, Sink};

use super::list::OneOrMore;
use super::{AString, Cursor, Encoder, Ext, ExtLabel, Mailbox, NString8};
use crate::Defect;

/// The name of an annotation: a path that begins with `/private` or `/shared`.
///
/// ```abnf
/// entry          = astring
/// ```
///
/// (RFC 5464 section 3.2.) [`new`](Self::new) makes what may be asked for. One that was read can break
/// the rules: [`is_conformant`](Self::is_conformant) tells. Case does not matter to [`is`](Self::is).
///
/// ```
/// use imap_proto::MetadataEntry;
///
/// assert!(MetadataEntry::new("/private/comment").is_ok());
/// assert_eq!(MetadataEntry::new("/comment").unwrap_err().at, 0);
/// assert_eq!(MetadataEntry::new("/shared/a//b").unwrap_err().at, 10);
/// assert_eq!(MetadataEntry::new("/shared/%").unwrap_err().at, 8);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MetadataEntry(AString);

impl MetadataEntry {
    /// The entry of this name.
    ///
    /// # Errors
    ///
    /// Where the name breaks the rules: it begins with `/private` or `/shared`, has neither `//` nor a `/`
    /// at its end, no `*`, no `%`, no control characters and nothing beyond ASCII.
    pub fn new(name: &str) -> Result<Self, ParseError> {
        match broken_at(name.as_bytes()) {
            Some(at) => Err(ParseError::new(at, "an entry name: /private/... or /shared/...")),
            None => AString::try_from(name).map(Self),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether it is as the RFC says.
    #[must_use]
    pub fn is_conformant(&self) -> bool {
        broken_at(self.as_bytes()).is_none()
    }

    /// Whether it is this entry, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.as_bytes().eq_ignore_ascii_case(name.as_bytes())
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
        AString::parse(cursor, reading).map(Self)
    }

    /// Reads one or more in parentheses.
    pub(crate) fn parse_list(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<OneOrMore<Self>, ParseError> {
        cursor.one_or_more("one or more entries", reading, Self::parse)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.0.encode(encoder);
    }
}

/// The rule of an entry name: where it is broken first.
fn broken_at(name: &[u8]) -> Option<usize> {
    let begins = [&b"/private"[..], b"/shared"].iter().any(|root| {
        let begin = name.get(..root.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(root));
        begin && matches!(name.get(root.len()), None | Some(b'/'))
    });
    if !begins {
        return Some(0);
    }
    let is_wrong = |octet: u8| !matches!(octet, b' '..=b'~') || matches!(octet, b'*' | b'%');
    let mut last = 0;
    for (at, octet) in name.iter().copied().enumerate() {
        if is_wrong(octet) || (octet, last) == (b'/', b'/') {
            return Some(at);
        }
        last = octet;
    }
    (last == b'/').then_some(name.len())
}

/// An annotation and its value. NIL removes it, or says that there is none.
///
/// ```abnf
/// entry-value    = entry SP value
/// value          = nstring / literal8
/// ```
///
/// (RFC 5464 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EntryValue {
    /// Which annotation.
    pub entry: MetadataEntry,
    /// Its value.
    pub value: NString8,
}

impl EntryValue {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let entry = MetadataEntry::parse(cursor, reading)?;
        cursor.space(reading)?;
        let value = NString8::parse(cursor, reading)?;
        Ok(Self { entry, value })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.entry.encode(encoder);
        encoder.space();
        self.value.encode(encoder);
    }
}

/// How far below the entries GETMETADATA looks.
///
/// ```abnf
/// scope-opt      = "DEPTH" SP ("0" / "1" / "infinity")
/// ```
///
/// (RFC 5464 section 4.2.2.)
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MetadataDepth {
    /// At the entries themselves.
    Zero,
    /// At those one level below, too.
    One,
    /// At all below, too.
    Infinity,
}

/// What restricts or widens a GETMETADATA.
///
/// ```abnf
/// getmetadata-option = tagged-ext-label [SP tagged-ext-val]
/// maxsize-opt    = "MAXSIZE" SP number
/// ```
///
/// (RFC 5464 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum MetadataOption {
    /// Only values of so many octets at most.
    MaxSize(u32),
    /// Entries below, too.
    Depth(MetadataDepth),
    /// Another one.
    Ext(Box<Ext>),
}

impl MetadataOption {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let label = ExtLabel::parse(cursor, reading)?;
        if label.is("MAXSIZE") {
            cursor.space(reading)?;
            return cursor.number().map(Self::MaxSize);
        }
        if label.is("DEPTH") {
            cursor.space(reading)?;
            return MetadataDepth::parse(cursor).map(Self::Depth);
        }
        Ext::parse_value(label, cursor, reading).map(|ext| Self::Ext(Box::new(ext)))
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::MaxSize(octets) => {
                encoder.put(b"MAXSIZE ");
                encoder.number((*octets).into());
            }
            Self::Depth(depth) => {
                encoder.put(b"DEPTH ");
                encoder.put(match depth {
                    MetadataDepth::Zero => b"0",
                    MetadataDepth::One => b"1",
                    MetadataDepth::Infinity => b"infinity",
                });
            }
            Self::Ext(ext) => ext.encode(encoder),
        }
    }
}

impl MetadataDepth {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        let at = cursor.at();
        match cursor.keyword().as_bytes() {
            b"0" => Ok(Self::Zero),
            b"1" => Ok(Self::One),
            b"INFINITY" => Ok(Self::Infinity),
            _ => Err(ParseError::new(at, "0, 1 or infinity")),
        }
    }
}

/// The arguments of GETMETADATA.
///
/// ```abnf
/// getmetadata    = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries
/// getmetadata-options = "(" getmetadata-option *(SP getmetadata-option) ")"
/// entries        = entry / "(" entry *(SP entry) ")"
/// ```
///
/// (RFC 5464 section 4.2.)
///
/// ```
/// use imap_proto::{Encoder, GetMetadata, Mailbox, MetadataEntry, Negotiated};
///
/// let get = GetMetadata::new(Mailbox::INBOX, MetadataEntry::new("/shared/comment").unwrap()).max_size(1024);
/// let mut out = Vec::new();
/// get.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" (MAXSIZE 1024) INBOX /shared/comment");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GetMetadata {
    /// What restricts or widens it.
    pub options: Vec<MetadataOption>,
    /// Of which mailbox; the empty name is the server itself.
    pub mailbox: Mailbox,
    /// Which annotations.
    pub entries: OneOrMore<MetadataEntry>,
}

impl GetMetadata {
    /// These annotations, without options.
    #[must_use]
    pub fn new(mailbox: Mailbox, entries: impl Into<OneOrMore<MetadataEntry>>) -> Self {
        Self { options: Vec::new(), mailbox, entries: entries.into() }
    }

    /// Only values of so many octets at most.
    #[must_use]
    pub fn max_size(mut self, octets: u32) -> Self {
        self.options.push(MetadataOption::MaxSize(octets));
        self
    }

    /// Entries below, too.
    #[must_use]
    pub fn depth(mut self, depth: MetadataDepth) -> Self {
        self.options.push(MetadataOption::Depth(depth));
        self
    }

    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is none, or holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let mut options = Vec::new();
        if cursor.peek() == Some(b'(') {
            options = read_options(cursor, reading)?;
            cursor.space(reading)?;
        }
        let mailbox = Mailbox::parse(cursor, reading)?;
        cursor.space(reading)?;
        if options.is_empty() && options_follow(cursor) {
            let at = cursor.at();
            reading.tolerate(Defect::LateOptions, at, "entries; options before the mailbox")?;
            options = read_options(cursor, reading)?;
            cursor.space(reading)?;
        }
        let entries = read_entries(cursor, reading)?;
        Ok(Self { options, mailbox, entries })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        if !self.options.is_empty() {
            encoder.list(&self.options, MetadataOption::encode);
            encoder.space();
        }
        self.mailbox.encode(encoder);
        encoder.space();
        match &self.entries[..] {
            [entry] => entry.encode(encoder),
            entries => encoder.list(entries, MetadataEntry::encode),
        }
    }
}

fn read_options(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Vec<MetadataOption>, ParseError> {
    cursor.items("one or more options", reading, MetadataOption::parse)
}

/// Whether a list begins here that is one of options: names of entries begin with a slash, and entries
/// follow it.
fn options_follow(cursor: &Cursor<'_>) -> bool {
    let (mut ahead, mut list) = (cursor.clone(), cursor.clone());
    let is_named = ahead.eat(b'(') && matches!(ahead.keyword().as_bytes(), b"MAXSIZE" | b"DEPTH");
    let mut reading = Reading::new(Leniency::lenient());
    is_named && read_options(&mut list, &mut reading).is_ok() && list.peek() == Some(b' ')
}

fn read_entries(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<OneOrMore<MetadataEntry>, ParseError> {
    if cursor.peek() == Some(b'(') {
        return MetadataEntry::parse_list(cursor, reading);
    }
    let first = MetadataEntry::parse(cursor, reading)?;
    // Spaces at the end of the message are for others to judge.
    if cursor.peek() == Some(b' ') && !cursor.rest().trim_ascii_start().is_empty() {
        reading.tolerate(Defect::BareEntryList, cursor.at(), "the end of the line")?;
    }
    let others = cursor.each_behind_space(reading, MetadataEntry::parse)?;
    Ok(OneOrMore::with_others(first, others))
}

/// The arguments of SETMETADATA.
///
/// ```abnf
/// setmetadata    = "SETMETADATA" SP mailbox SP entry-values
/// entry-values   = "(" entry-value *(SP entry-value) ")"
/// ```
///
/// (RFC 5464 section 4.3.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SetMetadata {
    /// Of which mailbox; the empty name is the server itself.
    pub mailbox: Mailbox,
    /// The annotations.
    pub values: OneOrMore<EntryValue>,
}

impl SetMetadata {
    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let mailbox = Mailbox::parse(cursor, reading)?;
        cursor.space(reading)?;
        let values = cursor.one_or_more("an entry and a value", reading, EntryValue::parse)?;
        Ok(Self { mailbox, values })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        encoder.space();
        encoder.list(self.values.iter(), EntryValue::encode);
    }
}

/// The data of METADATA.
///
/// ```abnf
/// metadata-resp  = "METADATA" SP mailbox SP (entry-values / entry-list)
/// entry-list     = entry *(SP entry)
/// ```
///
/// (RFC 5464 section 4.4.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{MetadataContent, MetadataData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" INBOX /shared/comment /private/comment");
/// let data = parse_whole(&octets, &mut Reading::new(Leniency::strict()), MetadataData::parse).unwrap();
/// assert!(matches!(data.content, MetadataContent::Changed(entries) if entries.len() == 2));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MetadataData {
    /// Of which mailbox; the empty name is the server itself.
    pub mailbox: Mailbox,
    /// What is told.
    pub content: MetadataContent,
}

/// What METADATA tells.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MetadataContent {
    /// Annotations and their values, because they were asked for.
    Values(OneOrMore<EntryValue>),
    /// Annotations that have changed.
    Changed(OneOrMore<MetadataEntry>),
}

impl MetadataData {
    /// Reads what follows the name of the response.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let mailbox = Mailbox::parse(cursor, reading)?;
        cursor.space(reading)?;
        let content = MetadataContent::parse(cursor, reading)?;
        Ok(Self { mailbox, content })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        encoder.space();
        match &self.content {
            MetadataContent::Values(values) => encoder.list(values.iter(), EntryValue::encode),
            MetadataContent::Changed(entries) => {
                encoder.spaced(entries.iter(), MetadataEntry::encode);
            }
        }
    }
}

impl MetadataContent {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        if cursor.peek() == Some(b'(') {
            return Self::parse_list(cursor, reading);
        }
        let first = MetadataEntry::parse(cursor, reading)?;
        let others = cursor.each_behind_space(reading, MetadataEntry::parse)?;
        Ok(Self::Changed(OneOrMore::with_others(first, others)))
    }

    fn parse_list(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        const EXPECTED: &str = "an entry and a value";
        if !entries_follow(cursor) {
            return cursor.one_or_more(EXPECTED, reading, EntryValue::parse).map(Self::Values);
        }
        let at = cursor.at();
        reading.tolerate(Defect::ListOfEntries, at, "entries with values, or no parenthesis")?;
        MetadataEntry::parse_list(cursor, reading).map(Self::Changed)
    }
}

/// Whether a list begins here that has no value behind its first entry.
fn entries_follow(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    let strict = &mut Reading::new(Leniency::strict());
    if !ahead.eat(b'(') || MetadataEntry::parse(&mut ahead, strict).is_err() {
        return false;
    }
    // Behind a quoted entry an entry in quotes cannot be told from a value.
    matches!(ahead.rest(), [b')', ..] | [b' ', b'/', ..])
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::{any_astring, any_ext, any_mailbox, any_one_or_more};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use alloc::vec;
    use proptest::prelude::*;

    pub(crate) fn any_metadata_entry() -> impl Strategy<Value = MetadataEntry> {
        prop_oneof![
            3 => "/(private|shared)(/[a-zA-Z0-9 .-]{1,5}){0,3}"
                .prop_map(|name| MetadataEntry::new(&name).unwrap()),
            1 => any_astring().prop_map(MetadataEntry),
        ]
    }

    fn any_entry_value() -> impl Strategy<Value = EntryValue> {
        let octets = proptest::collection::vec(any::<u8>(), 0..6);
        let value = prop_oneof![
            Just(NString8::Nil),
            octets.clone().prop_map(NString8::new),
            octets.prop_map(|octets| NString8::Literal8(octets.into())),
        ];
        (any_metadata_entry(), value).prop_map(|(entry, value)| EntryValue { entry, value })
    }

    pub(crate) fn any_get_metadata() -> impl Strategy<Value = GetMetadata> {
        let depth = prop_oneof![
            Just(MetadataDepth::Zero),
            Just(MetadataDepth::One),
            Just(MetadataDepth::Infinity)
        ];
        let option = prop_oneof![
            any::<u32>().prop_map(MetadataOption::MaxSize),
            depth.prop_map(MetadataOption::Depth),
            any_ext().prop_map(|ext| MetadataOption::Ext(Box::new(ext))),
        ];
        let options = proptest::collection::vec(option, 0..3);
        (options, any_mailbox(), any_one_or_more(any_metadata_entry()))
            .prop_map(|(options, mailbox, entries)| GetMetadata { options, mailbox, entries })
    }

    pub(crate) fn any_set_metadata() -> impl Strategy<Value = SetMetadata> {
        (any_mailbox(), any_one_or_more(any_entry_value()))
            .prop_map(|(mailbox, values)| SetMetadata { mailbox, values })
    }

    pub(crate) fn any_metadata_data() -> impl Strategy<Value = MetadataData> {
        let content = prop_oneof![
            any_one_or_more(any_entry_value()).prop_map(MetadataContent::Values),
            any_one_or_more(any_metadata_entry()).prop_map(MetadataContent::Changed),
        ];
        (any_mailbox(), content).prop_map(|(mailbox, content)| MetadataData { mailbox, content })
    }

    #[test]
    fn names_of_entries() {
        for name in ["/private", "/SHARED/comment", "/shared/vendor/cmu/a b", "/shared/a\"b"] {
            assert!(MetadataEntry::new(name).is_ok(), "{name}");
        }
        for (name, at) in [
            ("", 0),
            ("/", 0),
            ("comment", 0),
            ("/privately", 0),
            ("/shared/", 8),
            ("/shared//a", 8),
            ("/shared/a*", 9),
            ("/shared/a%", 9),
            ("/shared/é", 8),
            ("/shared/\t", 8),
            ("/shared/a\r\n", 9),
        ] {
            assert_eq!(MetadataEntry::new(name).map_err(|error| error.at), Err(at), "{name}");
        }
        // Servers that speak the older draft have entries without a root.
        let older = strict(b"/comment", MetadataEntry::parse).unwrap();
        assert!(!older.is_conformant() && older.is("/COMMENT"));
    }

    #[test]
    fn commands_of_the_standard() {
        for octets in [
            " \"\" /shared/comment",
            " INBOX (/shared/comment /private/comment)",
            " (MAXSIZE 1024) INBOX (/shared/comment /private/comment)",
            " (DEPTH 1) INBOX /private/filters/values",
            " (DEPTH infinity X-NEW (a) Y) INBOX /private",
        ] {
            reads_and_writes(octets.as_bytes(), GetMetadata::parse, GetMetadata::encode);
        }
        let one = strict(b" INBOX (/shared/a)", GetMetadata::parse);
        assert_eq!(one, strict(b" INBOX /shared/a", GetMetadata::parse));
        for octets in [
            &b" INBOX (/private/comment {33}\r\nMy new comment across\r\ntwo lines.)"[..],
            b" INBOX (/private/comment NIL)",
            b" INBOX (/private/comment \"My new comment\" /shared/comment \"For you!\")",
            b" \"\" (/shared/a ~{2}\r\n\0\r)",
        ] {
            reads_and_writes(octets, SetMetadata::parse, SetMetadata::encode);
        }
        for (octets, at) in [
            (" () INBOX /shared/a", 2),
            (" (DEPTH 2) INBOX /shared/a", 8),
            (" (DEPTH) INBOX /shared/a", 7),
            (" (MAXSIZE 4294967296) INBOX /shared/a", 10),
            (" INBOX", 6),
            (" INBOX ()", 8),
        ] {
            let read = strict(octets.as_bytes(), GetMetadata::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        for (octets, at) in [(" INBOX ()", 8), (" INBOX (/a)", 10), (" INBOX (/a b)", 11)] {
            let read = strict(octets.as_bytes(), SetMetadata::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    #[test]
    fn what_looks_like_options_are_entries_if_none_follow() {
        let (read, _) = lenient(b" INBOX MAXSIZE 05", GetMetadata::parse);
        let read = read.unwrap();
        assert_eq!((read.options.len(), read.entries.len()), (0, 2));
        let wrote = written(|encoder| read.encode(encoder));
        assert_eq!(wrote, b" INBOX (MAXSIZE 05)");
        assert_eq!(lenient(&wrote, GetMetadata::parse).0.unwrap(), read);
    }

    #[test]
    fn examples_that_were_wrong() {
        for (octets, at, canonical, defect) in [
            (
                " INBOX (MAXSIZE 1024) (/shared/comment /private/comment)",
                7,
                " (MAXSIZE 1024) INBOX (/shared/comment /private/comment)",
                Defect::LateOptions,
            ),
            (
                " INBOX (DEPTH 1) (/private/filters/values)",
                7,
                " (DEPTH 1) INBOX /private/filters/values",
                Defect::LateOptions,
            ),
            (
                " INBOX /private/comment /shared/comment",
                23,
                " INBOX (/private/comment /shared/comment)",
                Defect::BareEntryList,
            ),
        ] {
            let read = strict(octets.as_bytes(), GetMetadata::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
            let canonical = strict(canonical.as_bytes(), GetMetadata::parse);
            let read = lenient(octets.as_bytes(), GetMetadata::parse);
            assert_eq!(read, (canonical, vec![defect]));
        }
    }

    #[test]
    fn data_of_the_standard() {
        for octets in [
            &b" \"\" (/shared/comment \"Shared comment\")"[..],
            b" INBOX (/private/filters/values/boss \"FROM \\\"boss@example.com\\\"\")",
            b" MyDrafts (/private/specialuse \"\\\\Drafts\" /shared/a NIL)",
            b" \"\" /shared/comment",
            b" INBOX /shared/comment /private/comment",
        ] {
            reads_and_writes(octets, MetadataData::parse, MetadataData::encode);
        }
        for (octets, at) in [(" INBOX", 6), (" INBOX ()", 8), (" INBOX (/a b)", 11)] {
            let (read, _) = lenient(octets.as_bytes(), MetadataData::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        for (octets, bare) in [(" INBOX (/a /b)", " INBOX /a /b"), (" INBOX (/a)", " INBOX /a")] {
            let read = strict(octets.as_bytes(), MetadataData::parse);
            assert_eq!(read.map_err(|error| error.at), Err(7), "{octets}");
            let bare = strict(bare.as_bytes(), MetadataData::parse);
            let read = lenient(octets.as_bytes(), MetadataData::parse);
            assert_eq!(read, (bare, vec![Defect::ListOfEntries]));
        }
        let (read, defects) = lenient(b" INBOX /a ", MetadataData::parse);
        assert!(read.is_ok());
        assert_eq!(defects, [Defect::TrailingSpace]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            get in any_get_metadata(),
            set in any_set_metadata(),
            data in any_metadata_data(),
        ) {
            round_trips(&get, GetMetadata::encode, GetMetadata::parse);
            round_trips(&set, SetMetadata::encode, SetMetadata::parse);
            round_trips(&data, MetadataData::encode, MetadataData::parse);
        }
    }
}
