//! The SORT command.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::program::eat_word;
use super::return_opt::all_if_none;
use super::{Charset, SearchKey, SearchReturnOpt, encode_return_opts, parse_return_opts};
use crate::Defect;
use crate::codec::{AnnotationSort, Atom, Cursor, Encoder};

/// The arguments of SORT and UID SORT.
///
/// ```abnf
/// sort            = ["UID" SP] "SORT" SP sort-criteria SP search-criteria
/// extended-sort   = ["UID" SP] "SORT" search-return-opts SP sort-criteria SP search-criteria
/// search-criteria = charset 1*(SP search-key)
/// ```
///
/// (RFC 5256 section 3, RFC 5267 section 3.)
///
/// ```
/// use imap_proto::{Encoder, Negotiated, SearchKey, Sort, SortCriteria, SortKey};
///
/// let criteria = SortCriteria::by(SortKey::Subject).then_reverse(SortKey::Date);
/// let mut out = Vec::new();
/// Sort::new(criteria, SearchKey::All).encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" (SUBJECT REVERSE DATE) UTF-8 ALL");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sort {
    /// What to return. None asks for a SORT response, all others for an ESEARCH; an empty list is the
    /// same as ALL.
    pub returning: Option<Vec<SearchReturnOpt>>,
    /// The order.
    pub criteria: SortCriteria,
    /// The charset of the strings.
    pub charset: Charset,
    /// What to find.
    pub key: SearchKey,
}

/// One or more keys to sort by, the first before all others.
///
/// ```abnf
/// sort-criteria  = "(" sort-criterion *(SP sort-criterion) ")"
/// ```
///
/// (RFC 5256 section 3.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SortCriteria(Vec<SortCriterion>);

/// A key to sort by and its direction.
///
/// ```abnf
/// sort-criterion = ["REVERSE" SP] sort-key
/// ```
///
/// (RFC 5256 section 3.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SortCriterion {
    /// The greatest first.
    pub is_reverse: bool,
    /// What to sort by.
    pub key: SortKey,
}

/// What to sort by.
///
/// ```abnf
/// sort-key       = "ARRIVAL" / "CC" / "DATE" / "FROM" / "SIZE" / "SUBJECT" / "TO"
/// sort-key       =/ "DISPLAYFROM" / "DISPLAYTO"
/// sort-key       =/ "RELEVANCY"
/// sort-key       =/ "ANNOTATION" SP ann-entry SP att-sort
/// att-sort       = "value.priv" / "value.shared"
/// ```
///
/// (RFC 5256 section 3; RFC 5957, RFC 6203, RFC 5257.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum SortKey {
    /// The date and time of arrival.
    Arrival,
    /// The mailbox of the first CC address.
    Cc,
    /// The date that was sent.
    Date,
    /// The mailbox of the first From address.
    From,
    /// The octets of the message.
    Size,
    /// The subject without `Re:` and the like.
    Subject,
    /// The mailbox of the first To address.
    To,
    /// The name of the first From address (RFC 5957).
    DisplayFrom,
    /// The name of the first To address (RFC 5957).
    DisplayTo,
    /// How well it fits, the best first (RFC 6203).
    Relevancy,
    /// An annotation (RFC 5257).
    Annotation(Box<AnnotationSort>),
    /// The mod-sequence (Cyrus).
    ModSeq,
    /// The UID (Cyrus).
    Uid,
    /// An unknown key.
    Other(Atom),
}

/// The keys that are a word, but for REVERSE.
static WORDS: [(SortKey, &[u8]); 12] = [
    (SortKey::Arrival, b"ARRIVAL"),
    (SortKey::Cc, b"CC"),
    (SortKey::Date, b"DATE"),
    (SortKey::From, b"FROM"),
    (SortKey::Size, b"SIZE"),
    (SortKey::Subject, b"SUBJECT"),
    (SortKey::To, b"TO"),
    (SortKey::DisplayFrom, b"DISPLAYFROM"),
    (SortKey::DisplayTo, b"DISPLAYTO"),
    (SortKey::Relevancy, b"RELEVANCY"),
    (SortKey::ModSeq, b"MODSEQ"),
    (SortKey::Uid, b"UID"),
];

impl Sort {
    /// What is found, in this order, strings being UTF-8.
    #[must_use]
    pub const fn new(criteria: SortCriteria, key: SearchKey) -> Self {
        Self { returning: None, criteria, charset: Charset::UTF_8, key }
    }

    /// With these return options, ALL if there are none. It answers with an ESEARCH.
    #[must_use]
    pub fn returning(mut self, options: impl IntoIterator<Item = SearchReturnOpt>) -> Self {
        self.returning = Some(all_if_none(options));
        self
    }

    /// Reads it, from the space behind `SORT` on.
    ///
    /// # Errors
    ///
    /// One of its parts is missing or wrong.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let returning = parse_return_opts(cursor, reading)?;
        let criteria = SortCriteria::parse(cursor, reading)?;
        cursor.space(reading)?;
        let charset = Charset::parse(cursor, reading)?;
        cursor.space(reading)?;
        Ok(Self { returning, criteria, charset, key: SearchKey::parse(cursor, reading)? })
    }

    /// Writes it, from the space behind `SORT` on.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        encode_return_opts(self.returning.as_deref(), encoder);
        self.criteria.encode(encoder);
        encoder.space();
        self.charset.encode(encoder);
        encoder.space();
        self.key.encode(encoder);
    }
}

impl SortCriteria {
    /// These, unless there are none.
    #[must_use]
    pub fn new(criteria: impl IntoIterator<Item = SortCriterion>) -> Option<Self> {
        let criteria: Vec<_> = criteria.into_iter().collect();
        (!criteria.is_empty()).then_some(Self(criteria))
    }

    /// The least of the key first.
    #[must_use]
    pub fn by(key: SortKey) -> Self {
        Self(vec![SortCriterion { is_reverse: false, key }])
    }

    /// The greatest of the key first.
    #[must_use]
    pub fn by_reverse(key: SortKey) -> Self {
        Self(vec![SortCriterion { is_reverse: true, key }])
    }

    /// Where they are the same, the least of this key first.
    #[must_use]
    pub fn then(mut self, key: SortKey) -> Self {
        self.0.push(SortCriterion { is_reverse: false, key });
        self
    }

    /// Where they are the same, the greatest of this key first.
    #[must_use]
    pub fn then_reverse(mut self, key: SortKey) -> Self {
        self.0.push(SortCriterion { is_reverse: true, key });
        self
    }

    /// The criteria.
    #[must_use]
    pub fn as_slice(&self) -> &[SortCriterion] {
        &self.0
    }

    /// Reads them.
    ///
    /// # Errors
    ///
    /// There is not at least one.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.items("a sort key", reading, SortCriterion::parse).map(Self)
    }

    /// Writes them.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.list(&self.0, |criterion, encoder| criterion.encode(encoder));
    }
}

impl SortCriterion {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let is_reverse = eat_word(cursor, b"REVERSE");
        if is_reverse {
            cursor.space(reading)?;
        }
        Ok(Self { is_reverse, key: SortKey::parse(cursor, reading)? })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if self.is_reverse {
            encoder.put(b"REVERSE ");
        }
        self.key.encode(encoder);
    }
}

impl SortKey {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or one that is unknown and not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        const EXPECTED: &str = "a sort key";
        let at = cursor.at();
        let mut ahead = cursor.clone();
        let word = ahead.keyword();
        if let Some((key, _)) = WORDS.iter().find(|(_, it)| *it == word.as_bytes()) {
            *cursor = ahead;
            return Ok(key.clone());
        }
        if word.as_bytes() == b"ANNOTATION" {
            *cursor = ahead;
            cursor.space(reading)?;
            let annotation = AnnotationSort::parse(cursor, reading)?;
            return Ok(Self::Annotation(Box::new(annotation)));
        }
        let name = Atom::parse(cursor, reading).map_err(|_| ParseError::new(at, EXPECTED))?;
        reading.tolerate(Defect::UnknownSortKey, at, EXPECTED)?;
        reading.keep_raw();
        Ok(Self::Other(name))
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Annotation(annotation) => {
                encoder.put(b"ANNOTATION ");
                annotation.encode(encoder);
            }
            Self::Other(name) => name.encode(encoder),
            key => {
                if let Some((_, word)) = WORDS.iter().find(|(it, _)| it == key) {
                    encoder.put_checked(word);
                }
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::charset::tests::any_charset;
    use super::super::command::tests::any_returning;
    use super::super::program::tests::any_search_key;
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn any_sort_key() -> impl Strategy<Value = SortKey> {
        prop_oneof![
            (0..WORDS.len()).prop_map(|index| WORDS[index].0.clone()),
            crate::codec::annotate::tests::any_annotation_sort()
                .prop_map(|it| SortKey::Annotation(Box::new(it))),
        ]
    }

    pub(crate) fn any_sort() -> impl Strategy<Value = Sort> {
        let criterion = (any::<bool>(), any_sort_key())
            .prop_map(|(is_reverse, key)| SortCriterion { is_reverse, key });
        let criteria = vec(criterion, 1..4).prop_map(|it| SortCriteria::new(it).unwrap());
        let returning = any_returning();
        (returning, criteria, any_charset(), any_search_key()).prop_map(
            |(returning, criteria, charset, key)| Sort { returning, criteria, charset, key },
        )
    }

    #[test]
    fn commands_read_and_written() {
        for octets in [
            &b" (SUBJECT) UTF-8 SINCE 1-Feb-1994"[..],
            b" (SUBJECT REVERSE DATE) UTF-8 ALL",
            b" (ARRIVAL CC DATE FROM SIZE SUBJECT TO DISPLAYFROM DISPLAYTO) US-ASCII TEXT a",
            b" (ANNOTATION /altsubject value.shared) UTF-8 ALL",
            b" (REVERSE ANNOTATION \"a b\" value.priv) UTF-8 ALL",
            b" RETURN () (REVERSE DATE) UTF-8 UNDELETED UNKEYWORD $Junk",
            b" RETURN (RELEVANCY ALL) (RELEVANCY) UTF-8 FUZZY TEXT Helo",
            b" RETURN (PARTIAL 1:10) (RELEVANCY) UTF-8 FUZZY TEXT World",
            b" RETURN (ALL) (DATE) UTF-8 MODSEQ 1234",
            b" (MODSEQ UID) UTF-8 ALL",
        ] {
            reads_and_writes(octets, Sort::parse, Sort::encode);
        }
    }

    #[test]
    fn what_is_no_sort() {
        for (octets, at) in [
            (&b" ()"[..], 2),
            (b" (REVERSE)", 9),
            (b" (REVERSE REVERSE DATE) UTF-8 ALL", 10),
            (b" DATE UTF-8 ALL", 1),
            (b" (DATE)", 7),
            (b" (DATE) UTF-8", 13),
            (b" (X-NEW) UTF-8 ALL", 2),
            (b" (ANNOTATION a value) UTF-8 ALL", 15),
            // RFC 5267 section 4.3 leaves out the criteria.
            (b" RETURN (UPDATE) FLAGGED", 17),
        ] {
            let error = strict(octets, Sort::parse).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
        let (sort, defects) = lenient(b" (X+NEW DATE) UTF-8 ALL", Sort::parse);
        let other = SortKey::Other(Atom::new("X+NEW").unwrap());
        assert_eq!(sort.unwrap().criteria, SortCriteria::by(other).then(SortKey::Date));
        assert_eq!(defects, [Defect::UnknownSortKey]);
    }

    proptest! {
        #[test]
        fn commands_come_back(sort in any_sort()) {
            round_trips(&sort, Sort::encode, Sort::parse);
        }
    }
}
