//! The SEARCH and SORT responses.

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{Cursor, Encoder, MessageNumber, ModSeq, Ranges, SetRange};

/// What a SEARCH or SORT has found, in the order in which it came.
///
/// ```abnf
/// mailbox-data        =/ "SEARCH" [1*(SP nz-number) SP search-sort-mod-seq]
/// search-sort-mod-seq = "(" "MODSEQ" SP mod-sequence-value ")"
/// sort-data           = "SORT" *(SP nz-number)
/// sort-data           =/ "SORT" [1*(SP nz-number) SP search-sort-mod-seq]
/// ```
///
/// (RFC 3501 section 7.2.5, RFC 5256 section 4, RFC 7162 section 7.) The numbers are sequence numbers
/// or UIDs, as the command was. Some servers send them in several responses (Q95).
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{SearchData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" 2 5 6 7 (MODSEQ 917162500)");
/// let mut reading = Reading::new(Leniency::strict());
/// let found = parse_whole(&octets, &mut reading, SearchData::parse).unwrap();
/// assert_eq!(found.numbers().map(|number| number.get()).collect::<Vec<_>>(), [2, 5, 6, 7]);
/// assert_eq!(found.mod_seq().unwrap().get(), 917_162_500);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct SearchData {
    /// Upwards, each of them.
    ranges: Option<Ranges<MessageNumber>>,
    /// None if there are no ranges.
    mod_seq: Option<ModSeq>,
}

/// What a SORT has found, in its order.
pub type SortData = SearchData;

impl SearchData {
    /// These messages, in this order. A range is upwards, whatever its ends are.
    ///
    /// The mod-sequence is that of the last change of all of them; where nothing was found it cannot
    /// be told.
    #[must_use]
    pub fn new(found: Option<Ranges<MessageNumber>>, mod_seq: Option<ModSeq>) -> Self {
        let mut ranges = None;
        for range in found.as_ref().map_or(&[][..], Ranges::as_slice) {
            let (first, last) = (range.first.min(range.last), range.first.max(range.last));
            push(&mut ranges, SetRange { first, last });
        }
        let mod_seq = mod_seq.filter(|_| ranges.is_some());
        Self { ranges, mod_seq }
    }

    /// The messages as ranges, in their order, each upwards; None if there are none.
    #[must_use]
    pub const fn ranges(&self) -> Option<&Ranges<MessageNumber>> {
        self.ranges.as_ref()
    }

    /// The messages in their order.
    pub fn numbers(&self) -> impl Iterator<Item = MessageNumber> {
        self.ranges.iter().flat_map(Ranges::numbers)
    }

    /// The mod-sequence of the last change of all of them.
    #[must_use]
    pub const fn mod_seq(&self) -> Option<ModSeq> {
        self.mod_seq
    }

    /// Reads it, from behind `SEARCH` or `SORT` on.
    ///
    /// # Errors
    ///
    /// There is something else than numbers and a mod-sequence.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut found = Self::default();
        loop {
            cursor.spaced_numbers(&mut found.ranges);
            if !cursor.another(reading)? {
                return Ok(found);
            }
            if cursor.peek() == Some(b'(') {
                break;
            }
            if let Some(number) = cursor.nz_number_or_zero(reading)? {
                push(&mut found.ranges, one(number.into()));
            }
        }
        if found.ranges.is_none() {
            reading.tolerate(Defect::LoneModSeq, cursor.at(), "a number")?;
        }
        let mod_seq = parse_mod_seq(cursor, reading)?;
        found.mod_seq = mod_seq.filter(|_| found.ranges.is_some());
        Ok(found)
    }

    /// Writes it, from behind `SEARCH` or `SORT` on.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for number in self.numbers() {
            encoder.space();
            number.encode(encoder);
        }
        if let Some(mod_seq) = self.mod_seq {
            encoder.put(b" (MODSEQ ");
            mod_seq.encode(encoder);
            encoder.put(b")");
        }
    }
}

const fn one(number: MessageNumber) -> SetRange<MessageNumber> {
    SetRange { first: number, last: number }
}

fn push(ranges: &mut Option<Ranges<MessageNumber>>, range: SetRange<MessageNumber>) {
    match ranges {
        Some(ranges) => ranges.push(range),
        None => *ranges = Some(Ranges::range(range.first, range.last)),
    }
}

/// `search-sort-mod-seq`
fn parse_mod_seq(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<ModSeq>, ParseError> {
    cursor.tag("(")?;
    cursor.tag("MODSEQ")?;
    cursor.space(reading)?;
    let mod_seq = ModSeq::parse(cursor, reading)?;
    cursor.tag(")")?;
    Ok(mod_seq)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::string::String;
    use alloc::vec;
    use alloc::vec::Vec;
    use core::fmt::Write;
    use proptest::prelude::*;

    pub(crate) fn any_numbers() -> impl Strategy<Value = Ranges<MessageNumber>> {
        let number = prop_oneof![1u32..12, 1..=u32::MAX];
        proptest::collection::vec(number, 1..20).prop_map(|numbers| {
            Ranges::from_numbers(numbers.into_iter().filter_map(MessageNumber::new)).unwrap()
        })
    }

    pub(crate) fn any_search_data() -> impl Strategy<Value = SearchData> {
        let mod_seq =
            proptest::option::of((1..=u64::MAX >> 1).prop_map(|n| ModSeq::new(n).unwrap()));
        (proptest::option::of(any_numbers()), mod_seq)
            .prop_map(|(found, mod_seq)| SearchData::new(found, mod_seq))
    }

    fn numbers(data: &SearchData) -> Vec<u32> {
        data.numbers().map(MessageNumber::get).collect()
    }

    #[test]
    fn results_read_and_written() {
        for (octets, found) in [
            (&b""[..], &[][..]),
            (b" 2 84 882", &[2, 84, 882]),
            (b" 5 3 4 1 2", &[5, 3, 4, 1, 2]),
            (b" 1 2 3", &[1, 2, 3]),
            (b" 4294967295 1", &[u32::MAX, 1]),
            (b" 65 34 27 7", &[65, 34, 27, 7]),
            (
                b" 2 5 6 7 11 12 18 19 20 23 (MODSEQ 917162500)",
                &[2, 5, 6, 7, 11, 12, 18, 19, 20, 23],
            ),
        ] {
            let data = reads_and_writes(octets, SearchData::parse, SearchData::encode);
            assert_eq!(numbers(&data), found);
        }
        let data = strict(b" 1 (modseq 7)", SearchData::parse).unwrap();
        assert_eq!(data.mod_seq(), ModSeq::new(7));
    }

    #[test]
    fn what_is_no_result() {
        for (octets, at) in [
            (&b" "[..], 0),
            (b" 0", 1),
            (b" 1 x", 3),
            (b"1", 0),
            (b" 1 4294967296", 3),
            (b" 1 99999999999", 3),
            (b" 1,2", 2),
            (b" 1:2", 2),
            (b" 01", 1),
            (b" 1  2", 3),
            (b" 1 2 ", 4),
            (b" (MODSEQ 5)", 1),
            (b" 1 (MODSEQ 0)", 11),
            (b" 1 (MODSEQ)", 10),
            (b" 1 (MODSEQ 5) 2", 13),
        ] {
            let error = strict(octets, SearchData::parse).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
    }

    #[test]
    fn results_of_real_servers() {
        let read = |octets: &[u8]| {
            let (data, defects) = lenient(octets, SearchData::parse);
            (numbers(&data.unwrap()), defects)
        };
        // Q10.
        assert_eq!(read(b" 7456 "), (vec![7456], vec![Defect::TrailingSpace]));
        assert_eq!(read(b" "), (vec![], vec![Defect::TrailingSpace]));
        // Q95.
        assert_eq!(read(b" 0"), (vec![], vec![Defect::ZeroNumber]));
        assert_eq!(read(b" 1 0 2"), (vec![1, 2], vec![Defect::ZeroNumber]));
        // Q116.
        assert_eq!(read(b" 1  2"), (vec![1, 2], vec![Defect::DoubleSpace]));
        assert_eq!(read(b" 1 02 3"), (vec![1, 2, 3], vec![Defect::LeadingZeros]));
        assert_eq!(read(b" (MODSEQ 5)"), (vec![], vec![Defect::LoneModSeq]));
        assert_eq!(read(b" 9 (MODSEQ 0)"), (vec![9], vec![Defect::ZeroNumber]));
    }

    #[test]
    fn a_line_of_a_hundred_thousand_numbers() {
        let mut line = String::new();
        for index in 1..=100_000 {
            write!(line, " {}", index * 3).unwrap();
        }
        let data = strict(line.as_bytes(), SearchData::parse).unwrap();
        assert_eq!(data.ranges().unwrap().as_slice().len(), 100_000);
        assert_eq!(data.ranges().unwrap().count(), 100_000);
        assert_eq!(data.numbers().last().unwrap().get(), 300_000);
    }

    #[test]
    fn ranges_are_written_upwards() {
        let number = |number| MessageNumber::new(number).unwrap();
        let down = SearchData::new(Some(Ranges::range(number(5), number(3))), None);
        assert_eq!(numbers(&down), [3, 4, 5]);
        let nothing = SearchData::new(None, ModSeq::new(5));
        assert_eq!(nothing, SearchData::default());
    }

    proptest! {
        #[test]
        fn results_come_back(data in any_search_data()) {
            round_trips(&data, SearchData::encode, SearchData::parse);
        }
    }
}
