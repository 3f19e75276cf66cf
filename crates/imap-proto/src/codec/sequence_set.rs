//! Sets of messages in commands, where `*` is the last message and `$` the saved result.

use alloc::vec::Vec;
use core::num::NonZeroU32;
use core::ops::RangeInclusive;

use mail_proto::{ParseError, Reading, Sink};

use super::set::{merged, non_empty, private};
use super::{Cursor, Encoder, Endpoint, NumberSet, Ranges, SetNumber, SetRange};
use crate::Defect;

/// A number, or the greatest number in use.
///
/// ```abnf
/// seq-number     = nz-number / "*"
/// ```
///
/// (RFC 9051 section 9.)
///
/// ```
/// use imap_proto::{Position, SeqNum};
///
/// let position = Position::from(SeqNum::MIN);
/// assert_eq!(position, Position::Number(SeqNum::new(1).unwrap()));
/// assert_eq!(size_of_val(&position), 4);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Position<N> {
    /// This number.
    Number(N),
    /// `*`: the last message, or the UID of it.
    Last,
}

impl<N> From<N> for Position<N> {
    fn from(number: N) -> Self {
        Self::Number(number)
    }
}

impl<N: SetNumber> private::Token for Position<N> {
    fn read(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        if cursor.eat(b'*') { Ok(Self::Last) } else { N::read(cursor, reading).map(Self::Number) }
    }

    fn write<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Number(number) => number.write(encoder),
            Self::Last => encoder.put(b"*"),
        }
    }

    fn plain(number: NonZeroU32) -> Option<Self> {
        N::plain(number).map(Self::Number)
    }
}

impl<N: SetNumber> Endpoint for Position<N> {
    fn number(self) -> Option<u32> {
        match self {
            Self::Number(number) => Some(number.get()),
            Self::Last => None,
        }
    }
}

/// The messages of a command, by number or by UID.
///
/// ```abnf
/// sequence-set     = (seq-number / seq-range) ["," sequence-set]
/// sequence-set     =/ seq-last-command
/// seq-range        = seq-number ":" seq-number
/// seq-last-command = "$"
/// ```
///
/// (RFC 9051 section 9, RFC 5182.) Order and direction are kept as received; to write a set that every
/// server reads, [normalize](Ranges::normalized) it.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{SeqNum, SequenceSet, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"2,10:*");
/// let mut reading = Reading::new(Leniency::strict());
/// let set: SequenceSet<SeqNum> = parse_whole(&octets, &mut reading, SequenceSet::parse).unwrap();
/// let number = |number| SeqNum::new(number).unwrap();
///
/// // Of five messages, `10:*` is the last.
/// let messages = set.resolve(number(5), None).unwrap();
/// assert_eq!(messages.numbers().collect::<Vec<_>>(), [number(2), number(5)]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum SequenceSet<N> {
    /// These messages.
    Ranges(Ranges<Position<N>>),
    /// `$`: the result that the last SEARCH saved.
    Saved,
}

impl<N: SetNumber> SequenceSet<N> {
    /// All messages: `1:*`.
    #[must_use]
    pub fn all() -> Self {
        Self::Ranges(match N::new(1) {
            Some(first) => Ranges::range(Position::Number(first), Position::Last),
            None => Ranges::one(Position::Last),
        })
    }

    /// The last message: `*`.
    #[must_use]
    pub fn last() -> Self {
        Self::Ranges(Ranges::one(Position::Last))
    }

    /// The ranges, unless it is `$`.
    #[must_use]
    pub const fn ranges(&self) -> Option<&Ranges<Position<N>>> {
        match self {
            Self::Ranges(ranges) => Some(ranges),
            Self::Saved => None,
        }
    }

    /// The numbers it names, where `last` is the greatest in use and `saved` what `$` stands for; in
    /// ascending ranges that neither overlap nor touch. None if there are none.
    #[must_use]
    pub fn resolve(&self, last: N, saved: Option<&NumberSet<N>>) -> Option<NumberSet<N>> {
        match self {
            Self::Ranges(ranges) => ranges.resolve(last),
            Self::Saved => saved.map(|saved| saved.normalized()),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is neither a set nor `$`.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if cursor.eat(b'$') {
            return Ok(Self::Saved);
        }
        Ranges::parse(cursor, reading).map(Self::Ranges)
    }

    /// Writes it as it is.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Ranges(ranges) => ranges.encode(encoder),
            Self::Saved => encoder.put(b"$"),
        }
    }
}

impl<N: SetNumber> From<N> for SequenceSet<N> {
    fn from(number: N) -> Self {
        Self::Ranges(Ranges::one(Position::Number(number)))
    }
}

impl<N: SetNumber> From<NumberSet<N>> for SequenceSet<N> {
    fn from(numbers: NumberSet<N>) -> Self {
        let position = |range: &SetRange<N>| SetRange {
            first: Position::Number(range.first),
            last: Position::Number(range.last),
        };
        // A set of numbers has a range.
        let ranges = numbers.as_slice().iter().map(position).collect();
        non_empty(ranges).map_or_else(Self::last, Self::Ranges)
    }
}

impl<N: SetNumber> Ranges<Position<N>> {
    /// Whether they name the number, where `last` is the greatest in use.
    ///
    /// A range with `*` goes to `last` from either side, so that `10:*` names 5 if 5 is the last.
    /// Nothing above `last` is named.
    #[must_use]
    pub fn contains(&self, number: N, last: N) -> bool {
        let bounds = |range: &SetRange<Position<N>>| bounds(*range, last.get());
        number <= last && self.as_slice().iter().any(|range| bounds(range).contains(&number.get()))
    }

    /// The numbers up to `last`, the greatest in use, in ascending ranges that neither overlap nor
    /// touch; None if there are none.
    #[must_use]
    pub fn resolve(&self, last: N) -> Option<NumberSet<N>> {
        let last = last.get();
        let clipped = |range: &SetRange<Position<N>>| {
            let bounds = bounds(*range, last);
            (*bounds.start() <= last).then(|| *bounds.start()..=(*bounds.end()).min(last))
        };
        non_empty(merged(self.as_slice().iter().filter_map(clipped).collect()))
    }

    /// The same messages in ascending ranges that neither overlap nor touch, whatever the last
    /// message is.
    ///
    /// The same as far as there are such messages: `3:9,5:*` becomes `3:*`.
    #[must_use]
    pub fn normalized(&self) -> Self {
        let (open, closed): (Vec<_>, Vec<_>) = self
            .as_slice()
            .iter()
            .partition(|range| range.first.number().is_none() || range.last.number().is_none());
        let mut ranges: Vec<SetRange<Position<N>>> =
            merged::<N>(closed.into_iter().map(|range| bounds(range, 0)).collect())
                .into_iter()
                .map(|range| SetRange { first: range.first.into(), last: range.last.into() })
                .collect();
        if open.is_empty() {
            return non_empty(ranges).unwrap_or_else(|| self.clone());
        }
        let begins = open.iter().filter_map(|range| range.first.number().or(range.last.number()));
        let open = open_range(begins.min(), &mut ranges);
        ranges.push(open);
        non_empty(ranges).unwrap_or_else(|| self.clone())
    }
}

/// The range to `*` from where the first of those that go there begins, and from where what touches
/// it begins, which is taken out of `ranges`.
fn open_range<N: SetNumber>(
    begin: Option<u32>,
    ranges: &mut Vec<SetRange<Position<N>>>,
) -> SetRange<Position<N>> {
    let Some(mut begin) = begin else {
        return SetRange { first: Position::Last, last: Position::Last };
    };
    while let Some(range) = ranges
        .pop_if(|range| range.last.number().is_some_and(|last| last.saturating_add(1) >= begin))
    {
        begin = begin.min(range.first.number().unwrap_or(begin));
    }
    SetRange { first: N::new(begin).map_or(Position::Last, Position::Number), last: Position::Last }
}

fn bounds<N: SetNumber>(range: SetRange<Position<N>>, last: u32) -> RangeInclusive<u32> {
    let first = range.first.number().unwrap_or(last);
    let last = range.last.number().unwrap_or(last);
    first.min(last)..=first.max(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{strict, written};
    use crate::{SeqNum, Uid};
    use alloc::string::String;
    use proptest::prelude::*;

    fn set(octets: &str) -> SequenceSet<SeqNum> {
        strict(octets.as_bytes(), SequenceSet::parse).unwrap()
    }

    fn text(set: &SequenceSet<SeqNum>) -> String {
        String::from_utf8(written(|encoder| set.encode(encoder))).unwrap()
    }

    fn number(number: u32) -> SeqNum {
        SeqNum::new(number).unwrap()
    }

    #[test]
    fn sets_are_written_as_they_were_read() {
        for octets in ["*", "*:4", "4:*", "1:*", "*:*", "5:3,*,7:9", "$", "2:4,6"] {
            let wrote = if octets == "*:*" { "*" } else { octets };
            assert_eq!(text(&set(octets)), wrote);
        }
        assert_eq!(text(&SequenceSet::all()), "1:*");
        assert_eq!(text(&SequenceSet::last()), "*");
        assert_eq!(text(&SequenceSet::from(number(7))), "7");
        let numbers = NumberSet::from_numbers([1, 2, 9].map(number)).unwrap();
        assert_eq!(text(&SequenceSet::from(numbers)), "1:2,9");
    }

    #[test]
    fn what_is_no_set() {
        for (octets, at) in [("", 0), ("$,1", 1), ("1,$", 2), ("**", 1), ("*:", 2), ("1:*:2", 3)] {
            let read = strict(octets.as_bytes(), SequenceSet::<Uid>::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    #[test]
    fn the_last_message() {
        let resolved = |octets: &str, last| {
            let messages = set(octets).ranges().unwrap().resolve(number(last));
            messages.map(|messages| text(&messages.into()))
        };
        assert_eq!(resolved("10:*", 5).unwrap(), "5");
        assert_eq!(resolved("*:10", 5).unwrap(), "5");
        assert_eq!(resolved("10:*", 12).unwrap(), "10:12");
        assert_eq!(resolved("*", 5).unwrap(), "5");
        assert_eq!(resolved("7:9", 5), None);
        assert_eq!(resolved("4:9", 5).unwrap(), "4:5");
        assert_eq!(resolved("1:*,3", 5).unwrap(), "1:5");
        let ten = set("10:*");
        assert!(ten.ranges().unwrap().contains(number(5), number(5)));
        assert!(!ten.ranges().unwrap().contains(number(7), number(5)));
        assert!(!ten.ranges().unwrap().contains(number(4), number(5)));
    }

    #[test]
    fn normalized_sets() {
        let normal =
            |octets: &str| text(&SequenceSet::Ranges(set(octets).ranges().unwrap().normalized()));
        for (octets, expected) in [
            ("3:9,5:*", "3:*"),
            ("3:9,10:*", "3:*"),
            ("3:8,10:*", "3:8,10:*"),
            ("*:10,20:30,7:*", "7:*"),
            ("*", "*"),
            ("*,3", "3,*"),
            ("*,7:*", "7:*"),
            ("4294967295,*:4294967295", "4294967295:*"),
            ("5:3", "3:5"),
        ] {
            assert_eq!(normal(octets), expected, "{octets}");
        }
    }

    fn any_ranges() -> impl Strategy<Value = Ranges<Position<SeqNum>>> {
        let position = prop_oneof![
            4 => (1u32..9).prop_map(|it| Position::Number(number(it))),
            1 => Just(Position::Last)
        ];
        let range = (position.clone(), position);
        proptest::collection::vec(range, 1..6).prop_map(|ranges| {
            let ranges = ranges.into_iter().map(|(first, last)| SetRange { first, last });
            non_empty(ranges.collect()).unwrap()
        })
    }

    proptest! {
        #[test]
        fn all_ways_name_the_same_messages(ranges in any_ranges(), last in 1u32..12) {
            let last = number(last);
            let resolved = ranges.resolve(last);
            let normalized = ranges.normalized();
            for it in (1..14).map(number) {
                let named = ranges.contains(it, last);
                prop_assert_eq!(resolved.as_ref().is_some_and(|set| set.contains(it)), named);
                prop_assert_eq!(normalized.contains(it, last), named);
            }
            let again = normalized.normalized();
            prop_assert_eq!(again, normalized);
        }
    }
}
