//! Sets of numbers as ranges: what responses name, and what both kinds of set share.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use mail_proto::{ParseError, Reading, Sink};

use super::{Cursor, Encoder, SeqNum, Uid};
use crate::Defect;

/// A number that names messages: [`SeqNum`] or [`Uid`].
///
/// ```
/// use imap_proto::{NumberSet, SetNumber};
///
/// fn greatest<N: SetNumber>(set: &NumberSet<N>) -> Option<N> {
///     set.normalized().as_slice().last().map(|range| range.last)
/// }
/// ```
pub trait SetNumber: Endpoint + Ord + fmt::Debug {
    /// The number, unless it is 0.
    fn new(number: u32) -> Option<Self>;

    /// The number.
    fn get(self) -> u32;
}

/// What a range begins and ends with: a number, or a [`Position`](super::Position).
///
/// ```
/// use imap_proto::{Endpoint, Position, Uid};
///
/// assert_eq!(Uid::MIN.number(), Some(1));
/// assert_eq!(Position::<Uid>::Last.number(), None);
/// ```
pub trait Endpoint: Copy + Eq + private::Token {
    /// The number, if it is one.
    fn number(self) -> Option<u32>;
}

/// How an endpoint is read and written, and that nobody else makes one.
pub(crate) mod private {
    use super::{Cursor, Defect, Encoder, ParseError, Reading, Sink};

    pub trait Token: Sized {
        fn read(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>)
        -> Result<Self, ParseError>;

        fn write<S: Sink>(self, encoder: &mut Encoder<'_, S>);
    }
}

macro_rules! set_number {
    ($name:ident) => {
        impl private::Token for $name {
            fn read(
                cursor: &mut Cursor<'_>,
                reading: &mut Reading<Defect>,
            ) -> Result<Self, ParseError> {
                Self::parse(cursor, reading)
            }

            fn write<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
                self.encode(encoder);
            }
        }

        impl Endpoint for $name {
            fn number(self) -> Option<u32> {
                Some(self.get())
            }
        }

        impl SetNumber for $name {
            fn new(number: u32) -> Option<Self> {
                Self::new(number)
            }

            fn get(self) -> u32 {
                self.get()
            }
        }
    };
}

set_number!(SeqNum);
set_number!(Uid);

/// From one number to another, both included, in either order.
///
/// ```
/// use imap_proto::{SetRange, Uid};
///
/// let uid = |number| Uid::new(number).unwrap();
/// assert_eq!(SetRange { first: uid(7), last: uid(3) }.bounds(), 3..=7);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SetRange<E> {
    /// What stands before the colon.
    pub first: E,
    /// What stands behind it; the same if there is no colon.
    pub last: E,
}

impl<N: SetNumber> SetRange<N> {
    /// The numbers of the range, the least of them first.
    #[must_use]
    pub fn bounds(self) -> RangeInclusive<u32> {
        let (first, last) = (self.first.get(), self.last.get());
        first.min(last)..=first.max(last)
    }
}

/// One or more ranges, in the order in which they were received or added.
///
/// Never expanded: `1:4294967295` costs as much as `1`. A number that follows upon the one before
/// extends its range, so that `1,2,3` is `1:3`. Where it matters how the numbers are divided
/// (UIDBATCHES), this is not the type.
///
/// ```
/// use imap_proto::{Ranges, Uid};
///
/// let uids = [4, 5, 6, 2].map(|number| Uid::new(number).unwrap());
/// let ranges = Ranges::from_numbers(uids).unwrap();
/// assert_eq!(ranges.as_slice().len(), 2);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ranges<E>(Vec<SetRange<E>>);

/// The set of a response, which names numbers only.
///
/// ```abnf
/// uid-set        = (uniqueid / uid-range) *("," uid-set)
/// uid-range      = (uniqueid ":" uniqueid)
/// ```
///
/// (RFC 9051 section 9; also known-uids and known-sequence-set of RFC 7162 section 7.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{NumberSet, Uid, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"304,319:320");
/// let mut reading = Reading::new(Leniency::strict());
/// let uids: NumberSet<Uid> = parse_whole(&octets, &mut reading, NumberSet::parse).unwrap();
/// assert_eq!(uids.count(), 3);
/// assert_eq!(uids.numbers().map(Uid::get).collect::<Vec<_>>(), [304, 319, 320]);
/// ```
pub type NumberSet<N> = Ranges<N>;

impl<E: Endpoint> Ranges<E> {
    /// One number.
    #[must_use]
    pub fn one(number: E) -> Self {
        Self::range(number, number)
    }

    /// One range.
    #[must_use]
    pub fn range(first: E, last: E) -> Self {
        Self(vec![SetRange { first, last }])
    }

    /// The numbers in this order, unless there are none.
    #[must_use]
    pub fn from_numbers(numbers: impl IntoIterator<Item = E>) -> Option<Self> {
        let mut numbers = numbers.into_iter();
        let mut ranges = Self::one(numbers.next()?);
        numbers.for_each(|number| ranges.push(SetRange { first: number, last: number }));
        Some(ranges)
    }

    /// Adds a range at the end, or to the last range if it follows upon it.
    pub fn push(&mut self, range: SetRange<E>) {
        match self.0.last_mut() {
            Some(before) if follows(*before, range) => before.last = range.last,
            _ => self.0.push(range),
        }
    }

    /// The ranges.
    #[must_use]
    pub fn as_slice(&self) -> &[SetRange<E>] {
        &self.0
    }

    /// Reads the ranges.
    ///
    /// # Errors
    ///
    /// There is not at least one, or a comma or colon has nothing behind it.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut ranges = Self(vec![read_range(cursor, reading)?]);
        while cursor.eat(b',') {
            ranges.push(read_range(cursor, reading)?);
        }
        Ok(ranges)
    }

    /// Writes the ranges in their order.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for (index, range) in self.0.iter().enumerate() {
            if index > 0 {
                encoder.put(b",");
            }
            range.first.write(encoder);
            if range.first != range.last {
                encoder.put(b":");
                range.last.write(encoder);
            }
        }
    }
}

fn read_range<E: Endpoint>(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<SetRange<E>, ParseError> {
    let first = E::read(cursor, reading)?;
    let last = if cursor.eat(b':') { E::read(cursor, reading)? } else { first };
    Ok(SetRange { first, last })
}

/// Whether the range goes on where the other ends, both of them upwards.
fn follows<E: Endpoint>(before: SetRange<E>, range: SetRange<E>) -> bool {
    let numbers = |range: SetRange<E>| Some((range.first.number()?, range.last.number()?));
    let (Some(before), Some(range)) = (numbers(before), numbers(range)) else {
        return false;
    };
    before.0 <= before.1 && range.0 <= range.1 && before.1.checked_add(1) == Some(range.0)
}

impl<N: SetNumber> NumberSet<N> {
    /// Whether the number is in one of the ranges, which are looked at one after the other.
    #[must_use]
    pub fn contains(&self, number: N) -> bool {
        self.0.iter().any(|range| range.bounds().contains(&number.get()))
    }

    /// How many numbers the ranges have, those counted twice that are in two of them.
    #[must_use]
    pub fn count(&self) -> u64 {
        let length = |range: &SetRange<N>| {
            let bounds = range.bounds();
            u64::from(bounds.end().saturating_sub(*bounds.start())).saturating_add(1)
        };
        self.0.iter().map(length).fold(0, u64::saturating_add)
    }

    /// The numbers, range after range, upwards in each.
    ///
    /// A peer can name four billion of them in a dozen octets: ask [`count`](Self::count) before.
    pub fn numbers(&self) -> impl Iterator<Item = N> {
        self.0.iter().flat_map(|range| range.bounds()).filter_map(N::new)
    }

    /// The same numbers in ascending ranges that neither overlap nor touch.
    #[must_use]
    pub fn normalized(&self) -> Self {
        Self(merged(self.0.iter().map(|range| range.bounds()).collect()))
    }
}

/// Ascending ranges that neither overlap nor touch.
pub(crate) fn merged<N: SetNumber>(mut ranges: Vec<RangeInclusive<u32>>) -> Vec<SetRange<N>> {
    ranges.sort_unstable_by_key(|range| *range.start());
    let mut merged: Vec<SetRange<N>> = Vec::new();
    for range in ranges {
        let (Some(first), Some(last)) = (N::new(*range.start()), N::new(*range.end())) else {
            continue;
        };
        match merged.last_mut() {
            Some(before) if first.get() <= before.last.get().saturating_add(1) => {
                before.last = before.last.max(last);
            }
            _ => merged.push(SetRange { first, last }),
        }
    }
    merged
}

/// The ranges, unless there are none.
pub(crate) fn non_empty<E: Endpoint>(ranges: Vec<SetRange<E>>) -> Option<Ranges<E>> {
    (!ranges.is_empty()).then_some(Ranges(ranges))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::string::String;

    fn set(octets: &str) -> NumberSet<Uid> {
        strict(octets.as_bytes(), NumberSet::parse).unwrap()
    }

    fn text(set: &NumberSet<Uid>) -> String {
        String::from_utf8(written(|encoder| set.encode(encoder))).unwrap()
    }

    #[test]
    fn order_is_kept_and_what_follows_is_joined() {
        for (read, wrote) in [
            ("7", "7"),
            ("7:7", "7"),
            ("1,2,3", "1:3"),
            ("1,2:5,6,8", "1:6,8"),
            ("3,2,1", "3,2,1"),
            ("5:3,4", "5:3,4"),
            ("5:3,6", "5:3,6"),
            ("1:4,5:3", "1:4,5:3"),
            ("1,5:2", "1,5:2"),
            ("9,1:3,9", "9,1:3,9"),
            ("1:4294967295", "1:4294967295"),
            ("4294967295,1", "4294967295,1"),
        ] {
            assert_eq!(text(&set(read)), wrote, "{read}");
            assert_eq!(set(wrote), set(read));
        }
    }

    #[test]
    fn what_is_no_set() {
        for (octets, at) in [
            ("", 0),
            (",", 0),
            ("1,", 2),
            ("1:", 2),
            ("1:2:3", 3),
            ("0", 0),
            ("1:0", 2),
            ("*", 0),
            ("$", 0),
            ("4294967296", 0),
            ("1;2", 1),
            ("-1", 0),
        ] {
            let read = lenient(octets.as_bytes(), NumberSet::<Uid>::parse).0;
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        assert_eq!(strict(b"01", NumberSet::<Uid>::parse).map_err(|error| error.at), Err(0));
        assert_eq!(lenient(b"01", NumberSet::<Uid>::parse).1, [Defect::LeadingZeros]);
    }

    #[test]
    fn members_of_ranges_in_either_order() {
        let uids = set("9,5:3,4294967295");
        let members = [9, 3, 4, 5, u32::MAX];
        assert_eq!(uids.numbers().map(Uid::get).collect::<Vec<_>>(), members);
        assert_eq!(uids.count(), 5);
        for number in [1, 2, 3, 4, 5, 6, 8, 9, 10, u32::MAX] {
            let uid = Uid::new(number).unwrap();
            assert_eq!(uids.contains(uid), members.contains(&number), "{number}");
        }
        assert_eq!(set("1:4294967295").count(), u64::from(u32::MAX));
    }

    #[test]
    fn normalized_sets() {
        for (read, normal) in [
            ("3,2,1", "1:3"),
            ("5:3,4", "3:5"),
            ("1:10,2:3", "1:10"),
            ("10,1:4,5,7", "1:5,7,10"),
            ("4294967295,1,4294967294", "1,4294967294:4294967295"),
        ] {
            assert_eq!(text(&set(read).normalized()), normal, "{read}");
        }
    }

    #[test]
    fn a_million_numbers_take_one_vector_and_one_range_each() {
        let odd = |index: u32| Uid::new(index * 2 + 1).unwrap();
        let mut octets = String::from("1");
        let (mut ranges, mut grown) = (Ranges::one(odd(0)), 0);
        for index in 1..1_000_000 {
            octets.push_str(&alloc::format!(",{}", odd(index)));
            let capacity = ranges.0.capacity();
            ranges.push(SetRange { first: odd(index), last: odd(index) });
            grown += usize::from(ranges.0.capacity() != capacity);
        }
        let read = set(&octets);
        assert_eq!(read, ranges);
        assert!(grown <= 20, "{grown} allocations");
        assert!(size_of_val(read.as_slice()) == 8_000_000 && read.0.capacity() <= 2_000_000);
        let joined: Vec<_> = (1..=1_000_000).filter_map(Uid::new).collect();
        assert_eq!(Ranges::from_numbers(joined).unwrap().as_slice().len(), 1);
    }
}
