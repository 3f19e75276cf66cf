//! Annotations of messages (RFC 5257).

mod keys;
mod names;

use alloc::vec;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

pub use keys::*;
pub use names::*;

use crate::Defect;
use crate::codec::{Cursor, Depth, Encoder, NString8};

/// What FETCH asks for of the annotations: these attributes of these entries.
///
/// ```abnf
/// fetch-att      =/ "ANNOTATION" SP "(" entries SP attribs ")"
/// entries        = entry-match / "(" entry-match *(SP entry-match) ")"
/// attribs        = attrib / "(" attrib *(SP attrib) ")"
/// ```
///
/// (RFC 5257 section 4.3.) It begins at the parenthesis.
///
/// ```
/// use imap_proto::{AnnotationAttribute, AnnotationRequest, EntryMatch};
///
/// let all = EntryMatch::new("/*").unwrap();
/// let request = AnnotationRequest::new([all], [AnnotationAttribute::VALUE]).unwrap();
/// assert_eq!(request.attributes(), [AnnotationAttribute::VALUE]);
/// assert_eq!(AnnotationRequest::new([], [AnnotationAttribute::VALUE]), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AnnotationRequest {
    entries: Vec<EntryMatch>,
    attributes: Vec<AnnotationAttribute>,
}

impl AnnotationRequest {
    /// These attributes of these entries, unless there are none of either.
    #[must_use]
    pub fn new(
        entries: impl IntoIterator<Item = EntryMatch>,
        attributes: impl IntoIterator<Item = AnnotationAttribute>,
    ) -> Option<Self> {
        let entries: Vec<_> = entries.into_iter().collect();
        let attributes: Vec<_> = attributes.into_iter().collect();
        let is_any = !entries.is_empty() && !attributes.is_empty();
        is_any.then_some(Self { entries, attributes })
    }

    /// The entries.
    #[must_use]
    pub fn entries(&self) -> &[EntryMatch] {
        &self.entries
    }

    /// The attributes.
    #[must_use]
    pub fn attributes(&self) -> &[AnnotationAttribute] {
        &self.attributes
    }

    /// Reads it, parentheses included.
    ///
    /// # Errors
    ///
    /// There are no entries, or no attributes.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("(")?;
        let entries = one_or_list(cursor, reading, EntryMatch::parse)?;
        cursor.space(reading)?;
        let attributes = one_or_list(cursor, reading, AnnotationAttribute::parse)?;
        cursor.tag(")")?;
        Ok(Self { entries, attributes })
    }

    /// Writes it, parentheses included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        put_one_or_list(&self.entries, encoder, EntryMatch::encode);
        encoder.space();
        put_one_or_list(&self.attributes, encoder, AnnotationAttribute::encode);
        encoder.put(b")");
    }
}

fn one_or_list<T>(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
    item: impl Fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Result<T, ParseError>,
) -> Result<Vec<T>, ParseError> {
    if cursor.peek() == Some(b'(') {
        return cursor.items("one or more names", reading, item);
    }
    item(cursor, reading).map(|item| vec![item])
}

fn put_one_or_list<T, S: Sink>(
    items: &[T],
    encoder: &mut Encoder<'_, S>,
    encode: impl Fn(&T, &mut Encoder<'_, S>),
) {
    match items {
        [one] => encode(one, encoder),
        items => encoder.list(items, encode),
    }
}

/// An attribute of an annotation and its value.
///
/// ```abnf
/// att-value      = attrib SP value
/// value          = nstring / literal8
/// ```
///
/// (RFC 5257 section 5.) STORE removes what is NIL.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AttValue {
    /// The attribute.
    pub attribute: AnnotationAttribute,
    /// Its value.
    pub value: NString8,
}

impl AttValue {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let attribute = AnnotationAttribute::parse(cursor, reading)?;
        cursor.space(reading)?;
        Ok(Self { attribute, value: NString8::parse(cursor, reading)? })
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.attribute.encode(encoder);
        encoder.space();
        self.value.encode(encoder);
    }
}

/// An annotation with one or more of its attributes.
///
/// ```abnf
/// entry-att      = entry SP "(" att-value *(SP att-value) ")"
/// ```
///
/// (RFC 5257 section 5.)
///
/// ```
/// use imap_proto::{AnnotationAttribute, AnnotationEntry, AttValue, EntryAtt, NString8};
///
/// let comment = AnnotationEntry::new("/comment").unwrap();
/// let value = NString8::new("My comment");
/// let value = AttValue { attribute: AnnotationAttribute::VALUE_PRIVATE, value };
/// assert!(EntryAtt::new(comment.clone(), [value]).is_some());
/// assert_eq!(EntryAtt::new(comment, []), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EntryAtt {
    entry: AnnotationEntry,
    values: Vec<AttValue>,
}

impl EntryAtt {
    /// These attributes of this entry, unless there are none.
    #[must_use]
    pub fn new(entry: AnnotationEntry, values: impl IntoIterator<Item = AttValue>) -> Option<Self> {
        let values: Vec<_> = values.into_iter().collect();
        (!values.is_empty()).then_some(Self { entry, values })
    }

    /// The entry.
    #[must_use]
    pub const fn entry(&self) -> &AnnotationEntry {
        &self.entry
    }

    /// The attributes and their values.
    #[must_use]
    pub fn values(&self) -> &[AttValue] {
        &self.values
    }

    /// The value of an attribute, if it is there.
    #[must_use]
    pub fn value(&self, attribute: &AnnotationAttribute) -> Option<&NString8> {
        self.values.iter().find(|it| it.attribute == *attribute).map(|it| &it.value)
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is no entry, or no attribute.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let entry = AnnotationEntry::parse(cursor, reading)?;
        Self::parse_values(entry, cursor, reading)
    }

    fn parse_values(
        entry: AnnotationEntry,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let values = cursor.items("one or more attributes", reading, AttValue::parse)?;
        Ok(Self { entry, values })
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.entry.encode(encoder);
        encoder.space();
        encoder.list(&self.values, AttValue::encode);
    }
}

/// One or more annotations with their attributes, as STORE and APPEND set them.
///
/// ```abnf
/// att-annotate   = "ANNOTATION" SP "(" entry-att *(SP entry-att) ")"
/// ```
///
/// (RFC 5257 section 4.5.) It begins at the parenthesis.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{AnnotationAttribute, Annotations, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"(/comment (value.priv \"Get tix Tuesday\"))");
/// let mut reading = Reading::new(Leniency::strict());
/// let annotations = parse_whole(&octets, &mut reading, Annotations::parse).unwrap();
/// let value = annotations.as_slice()[0].value(&AnnotationAttribute::VALUE_PRIVATE).unwrap();
/// assert_eq!(value.as_bytes(), Some(&b"Get tix Tuesday"[..]));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Annotations(Vec<EntryAtt>);

impl Annotations {
    /// These, unless there are none.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = EntryAtt>) -> Option<Self> {
        let entries: Vec<_> = entries.into_iter().collect();
        (!entries.is_empty()).then_some(Self(entries))
    }

    /// The annotations.
    #[must_use]
    pub fn as_slice(&self) -> &[EntryAtt] {
        &self.0
    }

    /// Reads them, parentheses included.
    ///
    /// # Errors
    ///
    /// There are none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.items("one or more annotations", reading, EntryAtt::parse).map(Self)
    }

    /// Writes them, parentheses included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.list(&self.0, EntryAtt::encode);
    }
}

impl From<EntryAtt> for Annotations {
    fn from(entry: EntryAtt) -> Self {
        Self(vec![entry])
    }
}

/// What a FETCH response tells of annotations.
///
/// ```abnf
/// msg-att-dynamic =/ "ANNOTATION" SP ("(" entry-att *(SP entry-att) ")" /
///                    "(" entry *(SP entry) ")")
/// ```
///
/// (RFC 5257 section 4.4.) It begins at the parenthesis.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{AnnotationData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"(/comment /altsubject)");
/// let mut reading = Reading::new(Leniency::strict());
/// let data = parse_whole(&octets, &mut reading, AnnotationData::parse).unwrap();
/// assert_eq!(data.changed().unwrap().len(), 2);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AnnotationData {
    /// The attributes that were asked for.
    Attributes(Annotations),
    /// Which entries have changed, unasked.
    Changed(ChangedEntries),
}

/// The paths of one or more annotations that have changed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ChangedEntries(Vec<AnnotationEntry>);

impl ChangedEntries {
    /// These, unless there are none.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = AnnotationEntry>) -> Option<Self> {
        let entries: Vec<_> = entries.into_iter().collect();
        (!entries.is_empty()).then_some(Self(entries))
    }

    /// The paths.
    #[must_use]
    pub fn as_slice(&self) -> &[AnnotationEntry] {
        &self.0
    }
}

impl AnnotationData {
    /// The entries that have changed, if it tells no more of them.
    #[must_use]
    pub fn changed(&self) -> Option<&[AnnotationEntry]> {
        match self {
            Self::Attributes(_) => None,
            Self::Changed(entries) => Some(entries.as_slice()),
        }
    }

    /// Reads it, parentheses included.
    ///
    /// # Errors
    ///
    /// There is none, or the two forms are mixed.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at().saturating_add(1);
        let (mut entries, mut changed) = (Vec::new(), Vec::new());
        cursor.list(Depth::FLAT, reading, |cursor, _, reading| {
            let entry = AnnotationEntry::parse(cursor, reading)?;
            // The first tells of which form all are.
            let has_values = entries.is_empty() && cursor.rest().starts_with(b" (");
            if !entries.is_empty() || has_values && changed.is_empty() {
                entries.push(EntryAtt::parse_values(entry, cursor, reading)?);
            } else {
                changed.push(entry);
            }
            Ok(())
        })?;
        let data = Annotations::new(entries).map(Self::Attributes);
        let data = data.or(ChangedEntries::new(changed).map(Self::Changed));
        data.ok_or(ParseError::new(at, "one or more annotations"))
    }

    /// Writes it, parentheses included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Attributes(annotations) => annotations.encode(encoder),
            Self::Changed(entries) => encoder.list(&entries.0, AnnotationEntry::encode),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{reads_and_writes, round_trips, strict, written};
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn any_entry() -> impl Strategy<Value = AnnotationEntry> {
        prop_oneof!["(/[a-z0-9.]{1,5}){1,3}", "[^*%\\x00]{0,8}"]
            .prop_map(|octets| AnnotationEntry::new(octets).unwrap())
    }

    fn any_entry_match() -> impl Strategy<Value = EntryMatch> {
        "[^\\x00]{0,8}".prop_map(|octets| EntryMatch::new(octets).unwrap())
    }

    fn any_attribute() -> impl Strategy<Value = AnnotationAttribute> {
        prop_oneof![
            Just(AnnotationAttribute::VALUE),
            Just(AnnotationAttribute::SIZE_SHARED),
            "[^*%\\x00]{0,8}".prop_map(|octets| AnnotationAttribute::new(octets).unwrap()),
        ]
    }

    fn any_value() -> impl Strategy<Value = NString8> {
        let octets = vec(any::<u8>(), 0..8);
        proptest::option::of(octets).prop_map(|octets| octets.map_or(NString8::Nil, NString8::new))
    }

    pub(crate) fn any_entry_att() -> impl Strategy<Value = EntryAtt> {
        let value = (any_attribute(), any_value());
        let value = value.prop_map(|(attribute, value)| AttValue { attribute, value });
        (any_entry(), vec(value, 1..4))
            .prop_map(|(entry, values)| EntryAtt::new(entry, values).unwrap())
    }

    pub(crate) fn any_annotations() -> impl Strategy<Value = Annotations> {
        vec(any_entry_att(), 1..4).prop_map(|entries| Annotations::new(entries).unwrap())
    }

    pub(crate) fn any_annotation_data() -> impl Strategy<Value = AnnotationData> {
        let changed = vec(any_entry(), 1..4);
        prop_oneof![
            any_annotations().prop_map(AnnotationData::Attributes),
            changed.prop_map(|it| AnnotationData::Changed(ChangedEntries::new(it).unwrap())),
        ]
    }

    pub(crate) fn any_annotation_request() -> impl Strategy<Value = AnnotationRequest> {
        (vec(any_entry_match(), 1..3), vec(any_attribute(), 1..3))
            .prop_map(|(entries, attributes)| AnnotationRequest::new(entries, attributes).unwrap())
    }

    fn any_scope() -> impl Strategy<Value = AnnotationScope> {
        prop_oneof![Just(AnnotationScope::Private), Just(AnnotationScope::Shared)]
    }

    #[allow(dead_code, reason = "for the strategies of search keys")]
    pub(crate) fn any_annotation_search() -> impl Strategy<Value = AnnotationSearch> {
        (any_entry_match(), proptest::option::of(any_scope()), any_value())
            .prop_map(|(entry, scope, value)| AnnotationSearch { entry, scope, value })
    }

    #[allow(dead_code, reason = "for the strategies of sort keys")]
    pub(crate) fn any_annotation_sort() -> impl Strategy<Value = AnnotationSort> {
        (any_entry(), any_scope()).prop_map(|(entry, scope)| AnnotationSort { entry, scope })
    }

    proptest! {
        #[test]
        fn round_trip(
            request in any_annotation_request(),
            data in any_annotation_data(),
            entry in any_entry_att(),
            search in any_annotation_search(),
            sort in any_annotation_sort(),
        ) {
            round_trips(&request, AnnotationRequest::encode, AnnotationRequest::parse);
            round_trips(&data, AnnotationData::encode, AnnotationData::parse);
            round_trips(&entry, EntryAtt::encode, EntryAtt::parse);
            round_trips(&search, AnnotationSearch::encode, AnnotationSearch::parse);
            round_trips(&sort, AnnotationSort::encode, AnnotationSort::parse);
        }
    }

    /// RFC 5257 section 4.3.
    #[test]
    fn requests() {
        let read = |octets: &[u8]| strict(octets, AnnotationRequest::parse);
        let write = |request: &AnnotationRequest| written(|encoder| request.encode(encoder));
        for (octets, wrote) in [
            ("(/comment value)", "(/comment value)"),
            ("(/* (value.priv size.priv))", "(\"/*\" (value.priv size.priv))"),
            ("(/% value.shared)", "(\"/%\" value.shared)"),
            ("((/comment /altsubject) value.priv)", "((/comment /altsubject) value.priv)"),
            ("((/a) (value))", "(/a value)"),
        ] {
            let request = read(octets.as_bytes()).unwrap();
            assert_eq!(write(&request), wrote.as_bytes());
            assert_eq!(read(wrote.as_bytes()), Ok(request));
        }
        for (octets, at) in [
            ("/comment value", 0),
            ("(/comment)", 9),
            ("(() value)", 2),
            ("(/a ())", 5),
            ("(/a value size)", 9),
            ("(/a \"va%ue\")", 4),
            ("(/a va%ue)", 6),
        ] {
            assert_eq!(read(octets.as_bytes()).map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    /// RFC 5257 sections 4.3 to 4.5.
    #[test]
    fn data_in_both_forms() {
        for octets in [
            "(/comment (value.priv \"My comment\" value.shared \"Group note\"))",
            "(/comment (value.priv \"My comment\" size.priv \"10\") /altsubject (value.priv \
             \"Rhinoceroses!\" size.priv \"13\") /vendor/foobar/label.priv (value.priv \"label43\" \
             size.priv \"7\"))",
            "(/comment (value.priv \"My comment\" value.shared NIL size.shared \"0\"))",
            "(/comment (value.shared NIL))",
            "(/1/comment (value.priv ~{1}\r\n\0))",
        ] {
            let data =
                reads_and_writes(octets.as_bytes(), AnnotationData::parse, AnnotationData::encode);
            assert!(matches!(data, AnnotationData::Attributes(_)) && data.changed().is_none());
            reads_and_writes(octets.as_bytes(), Annotations::parse, Annotations::encode);
        }
        for (octets, count) in [("(/comment)", 1), ("(/comment /altsubject \"/a b\")", 3)] {
            let data =
                reads_and_writes(octets.as_bytes(), AnnotationData::parse, AnnotationData::encode);
            assert_eq!(data.changed().map(<[_]>::len), Some(count));
            assert!(strict(octets.as_bytes(), Annotations::parse).is_err());
        }
    }

    #[test]
    fn what_is_no_data() {
        for (octets, at) in [
            ("()", 1),
            ("(/a (value.priv NIL) /b)", 23),
            ("(/a /b (value.priv NIL))", 7),
            ("(/a ())", 5),
            ("(/a (value.priv))", 15),
            ("(/a (value.priv x))", 16),
            ("(/a (value.priv \"x\")", 20),
            ("/a", 0),
        ] {
            let read = strict(octets.as_bytes(), AnnotationData::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    /// RFC 5257 sections 4.8 and 4.9.
    #[test]
    fn keys_of_search_and_sort() {
        let key = b"/comment value \"IMAP4\"";
        let search = reads_and_writes(key, AnnotationSearch::parse, AnnotationSearch::encode);
        assert_eq!((search.scope, search.value), (None, NString8::new("IMAP4")));
        let search = strict(b"* Value.Priv \"IMAP4\"", AnnotationSearch::parse).unwrap();
        assert_eq!(search.scope, Some(AnnotationScope::Private));
        assert_eq!(written(|encoder| search.encode(encoder)), b"\"*\" value.priv \"IMAP4\"");
        let key = b"/altsubject value.shared";
        let sort = reads_and_writes(key, AnnotationSort::parse, AnnotationSort::encode);
        assert_eq!(sort.scope, AnnotationScope::Shared);
        for (octets, at) in [("/a value", 3), ("/a size.priv", 3), ("/* value.priv", 1)] {
            let read = strict(octets.as_bytes(), AnnotationSort::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        let size = strict(b"/a size \"1\"", AnnotationSearch::parse);
        assert_eq!(size.map_err(|error| error.at), Err(3));
    }
}
