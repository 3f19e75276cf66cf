//! The ESEARCH response.

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::Correlator;
use super::program::eat_word;
use crate::Defect;
use crate::codec::{
    Cursor, Depth, Encoder, Ext, ExtLabel, MessageNumber, ModSeq, NumberSet, OneOrMore,
    PartialRange, Ranges,
};

/// The results of a search, as its return options asked for them.
///
/// ```abnf
/// esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
/// ```
///
/// (RFC 9051 section 7.3.4.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{EsearchData, Tag, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" (TAG \"a567\") UID COUNT 17 ALL 4:18,21,28");
/// let mut reading = Reading::new(Leniency::strict());
/// let found = parse_whole(&octets, &mut reading, EsearchData::parse).unwrap();
/// assert!(found.correlator.is_of(&Tag::new("a567").unwrap()) && found.is_uid);
/// assert_eq!(found.count(), Some(17));
/// assert_eq!(found.all().unwrap().count(), 17);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct EsearchData {
    /// Which command it answers. Unsolicited ones have none (RFC 4466 section 2.6.2).
    pub correlator: Correlator,
    /// The numbers are UIDs.
    pub is_uid: bool,
    /// The results. Without messages found there is no MIN, no MAX and no ALL.
    pub items: Vec<EsearchItem>,
}

/// One result of a search.
///
/// ```abnf
/// search-return-data  = "MIN" SP nz-number / "MAX" SP nz-number / "ALL" SP sequence-set /
///                       "COUNT" SP number / search-ret-data-ext
/// search-return-data  =/ ret-data-partial / ret-data-addto / ret-data-removefrom
/// search-return-data  =/ "RELEVANCY" SP score-list
/// search-return-data  =/ "MODSEQ" SP mod-sequence-value
/// ret-data-partial    = "PARTIAL" SP "(" partial-range SP partial-results ")"
/// partial-results     = sequence-set / "NIL"
/// ret-data-addto      = "ADDTO" SP "(" context-position SP sequence-set
///                        *(SP context-position SP sequence-set) ")"
/// search-ret-data-ext = search-modifier-name SP search-return-value
/// ```
///
/// (RFC 9051 section 7.3.4; RFC 4731, RFC 5267, RFC 6203, RFC 9394.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum EsearchItem {
    /// The lowest number found.
    Min(MessageNumber),
    /// The greatest number found.
    Max(MessageNumber),
    /// All numbers found, in their order.
    All(NumberSet<MessageNumber>),
    /// How many were found.
    Count(u32),
    /// The mod-sequence of the last change of those that are told of.
    ModSeq(ModSeq),
    /// Those of the results that are at these places (RFC 9394). None if nothing is there.
    Partial(PartialRange, Option<NumberSet<MessageNumber>>),
    /// What is found from now on, one after the other (RFC 5267).
    AddTo(OneOrMore<ResultUpdate>),
    /// What is no longer found, one after the other (RFC 5267).
    RemoveFrom(OneOrMore<ResultUpdate>),
    /// How well each message fits, in the order of the numbers (RFC 6203). What is not from 1 to 100 is
    /// written as the next number that is.
    Relevancy(Vec<u8>),
    /// A result of a later standard.
    Unknown(Box<Ext>),
}

/// Messages that are found from now on, or no longer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ResultUpdate {
    /// The place of the first of them in the results, from 1 on; 0 where results have no order.
    pub position: u32,
    /// The messages.
    pub messages: NumberSet<MessageNumber>,
}

impl EsearchData {
    /// The lowest number found.
    #[must_use]
    pub fn min(&self) -> Option<MessageNumber> {
        self.items.iter().find_map(|item| match item {
            EsearchItem::Min(number) => Some(*number),
            _ => None,
        })
    }

    /// The greatest number found.
    #[must_use]
    pub fn max(&self) -> Option<MessageNumber> {
        self.items.iter().find_map(|item| match item {
            EsearchItem::Max(number) => Some(*number),
            _ => None,
        })
    }

    /// All numbers found. None if there are none, or if they were not asked for.
    #[must_use]
    pub fn all(&self) -> Option<&NumberSet<MessageNumber>> {
        self.items.iter().find_map(|item| match item {
            EsearchItem::All(numbers) => Some(numbers),
            _ => None,
        })
    }

    /// How many were found.
    #[must_use]
    pub fn count(&self) -> Option<u32> {
        self.items.iter().find_map(|item| match item {
            EsearchItem::Count(count) => Some(*count),
            _ => None,
        })
    }

    /// The mod-sequence of the last change of those that are told of.
    #[must_use]
    pub fn mod_seq(&self) -> Option<ModSeq> {
        self.items.iter().find_map(|item| match item {
            EsearchItem::ModSeq(mod_seq) => Some(*mod_seq),
            _ => None,
        })
    }

    /// Reads it, from behind `ESEARCH` on.
    ///
    /// # Errors
    ///
    /// One of its parts is wrong.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut data = Self::default();
        let mut more = cursor.another(reading)?;
        if more && Correlator::is_next(cursor) {
            data.correlator = Correlator::parse(cursor, reading)?;
            more = cursor.another(reading)?;
        }
        while more {
            if cursor.peek() == Some(b'(') {
                let at = cursor.at();
                reading.tolerate(Defect::ListedResults, at, "a result without parentheses")?;
                cursor.list(Depth::FLAT, reading, |cursor, _, reading| {
                    data.result(cursor, reading)
                })?;
            } else {
                data.result(cursor, reading)?;
            }
            more = cursor.another(reading)?;
        }
        Ok(data)
    }

    /// Reads a result, or what stands before all of them.
    fn result(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        if self.items.is_empty() && !self.is_uid && eat_word(cursor, b"UID") {
            self.is_uid = true;
        } else {
            self.items.extend(EsearchItem::parse(cursor, reading)?);
        }
        Ok(())
    }

    /// Writes it, from behind `ESEARCH` on.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if !self.correlator.is_empty() {
            encoder.space();
            self.correlator.encode(encoder);
        }
        if self.is_uid {
            encoder.put(b" UID");
        }
        for item in &self.items {
            encoder.space();
            item.encode(encoder);
        }
    }
}

/// The names of those that the library knows.
const NAMES: [&[u8]; 9] = [
    b"MIN",
    b"MAX",
    b"ALL",
    b"COUNT",
    b"MODSEQ",
    b"PARTIAL",
    b"ADDTO",
    b"REMOVEFROM",
    b"RELEVANCY",
];

impl EsearchItem {
    /// Reads it. None is one whose number is 0, which a lenient reading lets through.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<Self>, ParseError> {
        let begin = cursor.clone();
        let word = cursor.keyword();
        if cursor.peek() != Some(b' ') {
            // What is known has a value: without it, it would be read into what comes next.
            if NAMES.contains(&word.as_bytes()) {
                return Err(cursor.expected("a space and a value"));
            }
            *cursor = begin;
            return unknown(cursor, reading).map(Some);
        }
        match word.as_bytes() {
            b"MIN" => number(cursor, reading).map(|number| number.map(Self::Min)),
            b"MAX" => number(cursor, reading).map(|number| number.map(Self::Max)),
            b"ALL" => {
                cursor.space(reading)?;
                Ranges::parse(cursor, reading).map(|numbers| Some(Self::All(numbers)))
            }
            b"COUNT" => {
                cursor.space(reading)?;
                cursor.number().map(|count| Some(Self::Count(count)))
            }
            b"MODSEQ" => {
                cursor.space(reading)?;
                ModSeq::parse(cursor, reading).map(|mod_seq| mod_seq.map(Self::ModSeq))
            }
            b"PARTIAL" => partial(cursor, reading).map(Some),
            b"ADDTO" => updates(cursor, reading).map(|updates| Some(Self::AddTo(updates))),
            b"REMOVEFROM" => {
                updates(cursor, reading).map(|updates| Some(Self::RemoveFrom(updates)))
            }
            b"RELEVANCY" => {
                cursor.space(reading)?;
                let scores = cursor.items_or_none(reading, |cursor, _| score(cursor))?;
                Ok(Some(Self::Relevancy(scores)))
            }
            _ => {
                *cursor = begin;
                unknown(cursor, reading).map(Some)
            }
        }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Min(number) => {
                encoder.put(b"MIN ");
                number.encode(encoder);
            }
            Self::Max(number) => {
                encoder.put(b"MAX ");
                number.encode(encoder);
            }
            Self::All(numbers) => {
                encoder.put(b"ALL ");
                numbers.encode(encoder);
            }
            Self::Count(count) => {
                encoder.put(b"COUNT ");
                encoder.number((*count).into());
            }
            Self::ModSeq(mod_seq) => {
                encoder.put(b"MODSEQ ");
                mod_seq.encode(encoder);
            }
            Self::Partial(range, numbers) => encode_partial(*range, numbers.as_ref(), encoder),
            Self::AddTo(updates) => {
                encoder.put(b"ADDTO ");
                encoder.list(updates.iter(), ResultUpdate::encode);
            }
            Self::RemoveFrom(updates) => {
                encoder.put(b"REMOVEFROM ");
                encoder.list(updates.iter(), ResultUpdate::encode);
            }
            Self::Relevancy(scores) => {
                encoder.put(b"RELEVANCY ");
                encoder.list(scores, |score, encoder| {
                    encoder.number((*score).clamp(1, 100).into());
                });
            }
            Self::Unknown(item) => item.encode(encoder),
        }
    }
}

impl ResultUpdate {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let position = cursor.number()?;
        cursor.space(reading)?;
        Ok(Self { position, messages: Ranges::parse(cursor, reading)? })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.number(self.position.into());
        encoder.space();
        self.messages.encode(encoder);
    }
}

/// `search-ret-data-ext`
fn unknown(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<EsearchItem, ParseError> {
    let label = ExtLabel::parse(cursor, reading)?;
    let item = Ext::parse_value(label, cursor, reading)?;
    if item.value.is_none() {
        reading.tolerate(Defect::LoneResult, cursor.at(), "a space and a value")?;
    }
    Ok(EsearchItem::Unknown(Box::new(item)))
}

fn number(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<MessageNumber>, ParseError> {
    cursor.space(reading)?;
    Ok(cursor.nz_number_or_zero(reading)?.map(MessageNumber::from))
}

fn partial(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<EsearchItem, ParseError> {
    cursor.space(reading)?;
    cursor.tag("(")?;
    let range = PartialRange::parse(cursor, reading)?;
    cursor.space(reading)?;
    let numbers = match cursor.eat_tag(b"NIL") {
        true => None,
        false => Some(Ranges::parse(cursor, reading)?),
    };
    cursor.tag(")")?;
    Ok(EsearchItem::Partial(range, numbers))
}

fn encode_partial<S: Sink>(
    range: PartialRange,
    numbers: Option<&NumberSet<MessageNumber>>,
    encoder: &mut Encoder<'_, S>,
) {
    encoder.put(b"PARTIAL (");
    range.encode(encoder);
    encoder.space();
    match numbers {
        Some(numbers) => numbers.encode(encoder),
        None => encoder.nil(),
    }
    encoder.put(b")");
}

fn updates(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<OneOrMore<ResultUpdate>, ParseError> {
    cursor.space(reading)?;
    cursor.one_or_more("a position and a set of messages", reading, ResultUpdate::parse)
}

fn score(cursor: &mut Cursor<'_>) -> Result<u8, ParseError> {
    const EXPECTED: &str = "a score from 1 to 100";
    let at = cursor.at();
    let score = cursor.digits(EXPECTED)?.and_then(|score| u8::try_from(score).ok());
    score.filter(|score| (1..=100).contains(score)).ok_or(ParseError::new(at, EXPECTED))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::correlator::tests::any_correlator;
    use super::super::data::tests::any_numbers;
    use super::super::return_opt::tests::{any_ext, any_partial_range};
    use super::*;
    use crate::codec::list::any_one_or_more;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use alloc::vec;
    use proptest::prelude::*;

    fn any_updates() -> impl Strategy<Value = OneOrMore<ResultUpdate>> {
        let update = (any::<u32>(), any_numbers())
            .prop_map(|(position, messages)| ResultUpdate { position, messages });
        any_one_or_more(update)
    }

    #[test]
    fn scores_are_written_as_they_may_be() {
        let scores = EsearchItem::Relevancy(vec![0, 1, 100, 101]);
        assert_eq!(written(|encoder| scores.encode(encoder)), b"RELEVANCY (1 1 100 100)");
    }

    pub(crate) fn any_esearch_item() -> impl Strategy<Value = EsearchItem> {
        let number = || (1..=u32::MAX).prop_map(|number| MessageNumber::new(number).unwrap());
        prop_oneof![
            number().prop_map(EsearchItem::Min),
            number().prop_map(EsearchItem::Max),
            any_numbers().prop_map(EsearchItem::All),
            any::<u32>().prop_map(EsearchItem::Count),
            (1..=u64::MAX >> 1).prop_map(|n| EsearchItem::ModSeq(ModSeq::new(n).unwrap())),
            (any_partial_range(), proptest::option::of(any_numbers()))
                .prop_map(|(range, numbers)| EsearchItem::Partial(range, numbers)),
            any_updates().prop_map(EsearchItem::AddTo),
            any_updates().prop_map(EsearchItem::RemoveFrom),
            proptest::collection::vec(1u8..=100, 0..5).prop_map(EsearchItem::Relevancy),
            any_ext().prop_map(EsearchItem::Unknown),
        ]
    }

    pub(crate) fn any_esearch_data() -> impl Strategy<Value = EsearchData> {
        let correlator = prop_oneof![any_correlator(), Just(Correlator::default())];
        (correlator, any::<bool>(), proptest::collection::vec(any_esearch_item(), 0..4))
            .prop_map(|(correlator, is_uid, items)| EsearchData { correlator, is_uid, items })
    }

    #[test]
    fn results_read_and_written() {
        for octets in [
            &b""[..],
            b" (TAG \"A284\")",
            b" UID COUNT 5 ALL 4:19,21,28",
            b" COUNT 5 ALL 1:17,21",
            b" (TAG \"a567\") UID COUNT 17 ALL 4:18,21,28",
            b" (TAG \"A282\") MIN 2 COUNT 3",
            b" (TAG \"A283\") ALL 2,10:11",
            b" (TAG \"A285\") UID MIN 7 MAX 3800",
            b" (TAG \"a1\") MIN 2 MODSEQ 917162488",
            b" (TAG \"a\") ALL 5,3,2,1 MODSEQ 1236",
            b" (TAG \"B01\") UID ADDTO (0 32768:32769)",
            b" (TAG \"C01\") UID ADDTO (1 2733 1 2732 1 2731)",
            b" (TAG \"C01\") UID ADDTO (1 2733) ADDTO (1 2731:2732)",
            b" (TAG \"B01\") UID REMOVEFROM (0 32768)",
            b" (TAG \"A04\") UID PARTIAL (24000:24500 NIL)",
            b" (TAG \"C3\") PARTIAL (1:10 42,9,34,13,15,4,2,7,23,82)",
            b" (TAG \"A01\") UID PARTIAL (-1:-100 5:9)",
            b" (TAG \"C2\") ALL 5,10,1 RELEVANCY (99 42 4)",
            b" (TAG \"C2\") RELEVANCY ()",
            b" (TAG \"tag1\" MAILBOX folder1 UIDVALIDITY 1) UID ALL 4001,4003,4005",
            b" X-NEW (a (b)) MINIMUM 7 UIDS 3:5",
        ] {
            reads_and_writes(octets, EsearchData::parse, EsearchData::encode);
        }
    }

    #[test]
    fn what_is_no_result() {
        for (octets, at) in [
            (&b" MIN"[..], 4),
            (b" MIN x", 5),
            (b" ALL *", 5),
            (b" ALL NIL", 5),
            (b" ADDTO ()", 8),
            (b" ADDTO (1)", 9),
            (b" RELEVANCY (0)", 12),
            (b" RELEVANCY (101)", 12),
            (b" PARTIAL (1:2)", 13),
            (b" COUNT 1 UID", 12),
            (b" (COUNT 17)", 1),
            (b" (TAG a) (ALL 1)", 9),
            (b" COUNT 1 (TAG \"a\")", 9),
        ] {
            let error = strict(octets, EsearchData::parse).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
    }

    #[test]
    fn results_of_real_servers() {
        let read = |octets: &[u8]| {
            let (data, defects) = lenient(octets, EsearchData::parse);
            (data.unwrap(), defects)
        };
        // Q94.
        let (data, defects) = read(b" (TAG \"A1\") UID (ALL 1:3)");
        assert_eq!((data.all().unwrap().count(), data.is_uid), (3, true));
        assert_eq!(defects, [Defect::ListedResults]);
        let (data, defects) = read(b" (TAG \"a00\") (COUNT 17)");
        assert_eq!((data.count(), defects), (Some(17), vec![Defect::ListedResults]));
        let (data, _) = read(b" () UID COUNT 3");
        assert_eq!((data.count(), data.is_uid), (Some(3), true));
        let (data, _) = read(b" (UID COUNT 3)");
        assert_eq!((data.count(), data.is_uid), (Some(3), true));
        assert_eq!(lenient(b" (UID 68)", EsearchData::parse).0.map_err(|error| error.at), Err(6));
        let valueless = lenient(b" (RELEVANCY) ALL 5", EsearchData::parse).0;
        assert_eq!(valueless.map_err(|error| error.at), Err(11));
        let (data, defects) = read(b" (COUNT 0 MIN 0)");
        assert_eq!(data.items, [EsearchItem::Count(0)]);
        assert_eq!(defects, [Defect::ListedResults, Defect::ZeroNumber]);
        // Q10, Q116.
        let (data, defects) = read(b"  COUNT  1 ");
        assert_eq!(data.count(), Some(1));
        let double = Defect::DoubleSpace;
        assert_eq!(defects, [double, double, Defect::TrailingSpace]);
    }

    #[test]
    fn a_result_without_a_value_does_not_lose_the_others() {
        let (data, defects) = lenient(b" X-NEW COUNT 3", EsearchData::parse);
        assert_eq!((data.unwrap().count(), defects), (Some(3), vec![Defect::LoneResult]));
    }

    #[test]
    fn items_are_small() {
        assert!(size_of::<EsearchItem>() <= 40);
    }

    proptest! {
        #[test]
        fn results_come_back(data in any_esearch_data()) {
            round_trips(&data, EsearchData::encode, EsearchData::parse);
        }
    }
}
