//! GETANNOTATION and SETANNOTATION: the draft that became METADATA.

use mail_proto::{ParseError, Reading, Sink};

use super::list::OneOrMore;
use super::{AString, Cursor, Encoder, IString, ListMailbox, Mailbox, NString8};
use crate::Defect;

/// The arguments of GETANNOTATION.
///
/// ```abnf
/// getannotation  = "GETANNOTATION" SP list-mailbox SP entries SP attribs
/// entries        = entry-match / "(" entry-match *(SP entry-match) ")"
/// attribs        = attrib-match / "(" attrib-match *(SP attrib-match) ")"
/// ```
///
/// (draft-daboo-imap-annotatemore, expired.) Entries and attributes can have wildcards. They are written
/// in quotes, as the servers want that know the command; atoms are read.
///
/// ```
/// use imap_proto::{Encoder, GetAnnotation, IString, ListMailbox, Negotiated, OneOrMore};
///
/// let string = |string| IString::new(string).unwrap();
/// let get = GetAnnotation {
///     mailbox: ListMailbox::new("INBOX").unwrap(),
///     entries: OneOrMore::one(string("/comment")),
///     attributes: OneOrMore::new([string("value.priv"), string("size.priv")]).unwrap(),
/// };
/// let mut out = Vec::new();
/// get.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, br#" INBOX "/comment" ("value.priv" "size.priv")"#);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GetAnnotation {
    /// Of which mailboxes; the empty name is the server itself.
    pub mailbox: ListMailbox,
    /// Which annotations.
    pub entries: OneOrMore<IString>,
    /// Which attributes of them.
    pub attributes: OneOrMore<IString>,
}

/// An attribute of an annotation and its value. NIL removes it, or says that there is none.
///
/// ```abnf
/// att-value      = attrib SP value
/// value          = nstring / literal8
/// ```
///
/// (draft-daboo-imap-annotatemore, expired.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AnnotateMoreValue {
    /// The attribute: `value.priv`, `value.shared`.
    pub attribute: IString,
    /// Its value.
    pub value: NString8,
}

/// An annotation with its attributes.
///
/// ```abnf
/// entry-att      = entry SP "(" att-value *(SP att-value) ")"
/// ```
///
/// (draft-daboo-imap-annotatemore, expired.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AnnotateMoreEntry {
    /// Which annotation.
    pub entry: IString,
    /// Its attributes.
    pub values: OneOrMore<AnnotateMoreValue>,
}

/// The arguments of SETANNOTATION.
///
/// ```abnf
/// setannotation  = "SETANNOTATION" SP list-mailbox SP entry-att *(SP entry-att)
/// ```
///
/// (draft-daboo-imap-annotatemore, expired.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SetAnnotation {
    /// Of which mailboxes; the empty name is the server itself.
    pub mailbox: ListMailbox,
    /// The annotations.
    pub entries: OneOrMore<AnnotateMoreEntry>,
}

/// The data of ANNOTATION.
///
/// ```abnf
/// annotate-data  = "ANNOTATION" SP mailbox SP entry-list
/// entry-list     = entry-att *(SP entry-att) / "(" entry *(SP entry) ")"
/// ```
///
/// (draft-daboo-imap-annotatemore, expired.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{AnnotateMoreContent, AnnotateMoreData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(br#" INBOX "/comment" ("value.priv" "My comment")"#);
/// let mut reading = Reading::new(Leniency::strict());
/// let data = parse_whole(&octets, &mut reading, AnnotateMoreData::parse).unwrap();
/// let AnnotateMoreContent::Values(entries) = &data.content else { panic!() };
/// assert_eq!(entries[0].values[0].value.as_bytes(), Some(&b"My comment"[..]));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AnnotateMoreData {
    /// Of which mailbox; the empty name is the server itself.
    pub mailbox: Mailbox,
    /// What is told.
    pub content: AnnotateMoreContent,
}

/// What ANNOTATION tells.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AnnotateMoreContent {
    /// Annotations and their values, because they were asked for.
    Values(OneOrMore<AnnotateMoreEntry>),
    /// Annotations that have changed.
    Changed(OneOrMore<IString>),
}

impl GetAnnotation {
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
        let mailbox = ListMailbox::parse(cursor, reading)?;
        cursor.space(reading)?;
        let entries = read_names(cursor, reading)?;
        cursor.space(reading)?;
        let attributes = read_names(cursor, reading)?;
        Ok(Self { mailbox, entries, attributes })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        for names in [&self.entries, &self.attributes] {
            encoder.space();
            match &names[..] {
                [name] => name.encode(encoder),
                names => encoder.list(names, IString::encode),
            }
        }
    }
}

/// A name, be it an atom or a string.
fn read_name(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<IString, ParseError> {
    IString::new(AString::parse(cursor, reading)?.into_bytes())
}

/// A name or a pattern.
fn read_pattern(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<IString, ParseError> {
    IString::new(ListMailbox::parse(cursor, reading)?.into_bytes())
}

fn read_names(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<OneOrMore<IString>, ParseError> {
    if cursor.peek() == Some(b'(') {
        return cursor.one_or_more("one or more names", reading, read_pattern);
    }
    read_pattern(cursor, reading).map(OneOrMore::one)
}

impl AnnotateMoreEntry {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let entry = read_name(cursor, reading)?;
        cursor.space(reading)?;
        let values =
            cursor.one_or_more("an attribute and a value", reading, |cursor, reading| {
                let attribute = read_name(cursor, reading)?;
                cursor.space(reading)?;
                Ok(AnnotateMoreValue { attribute, value: NString8::parse(cursor, reading)? })
            })?;
        Ok(Self { entry, values })
    }

    fn parse_all(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<OneOrMore<Self>, ParseError> {
        let first = Self::parse(cursor, reading)?;
        let others = cursor.each_behind_space(reading, Self::parse)?;
        Ok(OneOrMore::with_others(first, others))
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.entry.encode(encoder);
        encoder.space();
        encoder.list(self.values.iter(), |value, encoder| {
            value.attribute.encode(encoder);
            encoder.space();
            value.value.encode(encoder);
        });
    }
}

impl SetAnnotation {
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
        let mailbox = ListMailbox::parse(cursor, reading)?;
        cursor.space(reading)?;
        Ok(Self { mailbox, entries: AnnotateMoreEntry::parse_all(cursor, reading)? })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        encoder.space();
        encoder.spaced(self.entries.iter(), AnnotateMoreEntry::encode);
    }
}

impl AnnotateMoreData {
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
        let content = if cursor.peek() == Some(b'(') {
            let names = cursor.one_or_more("one or more entries", reading, read_name)?;
            AnnotateMoreContent::Changed(names)
        } else {
            AnnotateMoreContent::Values(AnnotateMoreEntry::parse_all(cursor, reading)?)
        };
        Ok(Self { mailbox, content })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        encoder.space();
        match &self.content {
            AnnotateMoreContent::Values(entries) => {
                encoder.spaced(entries.iter(), AnnotateMoreEntry::encode);
            }
            AnnotateMoreContent::Changed(names) => encoder.list(names.iter(), IString::encode),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::{any_istring, any_list_mailbox, any_mailbox, any_one_or_more};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use proptest::prelude::*;

    fn any_entries() -> impl Strategy<Value = OneOrMore<AnnotateMoreEntry>> {
        let value = prop_oneof![
            Just(NString8::Nil),
            proptest::collection::vec(any::<u8>(), 0..6).prop_map(NString8::new),
        ];
        let value = (any_istring(), value)
            .prop_map(|(attribute, value)| AnnotateMoreValue { attribute, value });
        let entry = (any_istring(), any_one_or_more(value))
            .prop_map(|(entry, values)| AnnotateMoreEntry { entry, values });
        any_one_or_more(entry)
    }

    pub(crate) fn any_get_annotation() -> impl Strategy<Value = GetAnnotation> {
        let names = || any_one_or_more(any_istring());
        (any_list_mailbox(), names(), names()).prop_map(|(mailbox, entries, attributes)| {
            GetAnnotation { mailbox, entries, attributes }
        })
    }

    pub(crate) fn any_set_annotation() -> impl Strategy<Value = SetAnnotation> {
        (any_list_mailbox(), any_entries())
            .prop_map(|(mailbox, entries)| SetAnnotation { mailbox, entries })
    }

    pub(crate) fn any_annotate_more_data() -> impl Strategy<Value = AnnotateMoreData> {
        let content = prop_oneof![
            any_entries().prop_map(AnnotateMoreContent::Values),
            any_one_or_more(any_istring()).prop_map(AnnotateMoreContent::Changed),
        ];
        (any_mailbox(), content)
            .prop_map(|(mailbox, content)| AnnotateMoreData { mailbox, content })
    }

    #[test]
    fn the_forms_of_the_draft() {
        for octets in [
            r#" INBOX "/comment" "value.priv""#,
            r#" "*" ("/comment" "/vendor/*") ("value.priv" "value.shared")"#,
        ] {
            reads_and_writes(octets.as_bytes(), GetAnnotation::parse, GetAnnotation::encode);
        }
        let atoms = strict(b" * (/comment) value%", GetAnnotation::parse);
        let quoted = strict(br#" "*" "/comment" "value%""#, GetAnnotation::parse);
        assert_eq!(atoms, quoted);
        for octets in [
            &br#" INBOX "/comment" ("value.priv" "My new comment" "value.shared" NIL)"#[..],
            br#" "" "/a" ("value.priv" "x") "/b" ("value.priv" "y")"#,
            b" a \"/b\" (\"value.priv\" ~{1}\r\n\0)",
        ] {
            reads_and_writes(octets, SetAnnotation::parse, SetAnnotation::encode);
            let octets = octets.to_vec();
            reads_and_writes(&octets, AnnotateMoreData::parse, AnnotateMoreData::encode);
        }
        let changed = br#" INBOX ("/comment" "/vendor/x")"#;
        reads_and_writes(changed, AnnotateMoreData::parse, AnnotateMoreData::encode);
    }

    #[test]
    fn what_is_none() {
        for (octets, at) in
            [(" a", 2), (" a b", 4), (" a () c", 4), (" a b ()", 6), (" a b c d", 6)]
        {
            let read = strict(octets.as_bytes(), GetAnnotation::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        for (octets, at) in [(" a b", 4), (" a b ()", 6), (" a b (c)", 7), (" a b (c d)", 8)] {
            let (read, _) = lenient(octets.as_bytes(), SetAnnotation::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
            let (read, _) = lenient(octets.as_bytes(), AnnotateMoreData::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        let (read, defects) = lenient(br#" a  b ("c" NIL ) "#, AnnotateMoreData::parse);
        assert!(read.is_ok());
        let expected = [Defect::DoubleSpace, Defect::SpaceInList, Defect::TrailingSpace];
        assert_eq!(defects, expected);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            get in any_get_annotation(),
            set in any_set_annotation(),
            data in any_annotate_more_data(),
        ) {
            round_trips(&get, GetAnnotation::encode, GetAnnotation::parse);
            round_trips(&set, SetAnnotation::encode, SetAnnotation::parse);
            round_trips(&data, AnnotateMoreData::encode, AnnotateMoreData::parse);
        }
    }
}
