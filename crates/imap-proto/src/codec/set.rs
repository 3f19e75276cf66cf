//! Sets of numbers as ranges: what responses name, and what both kinds of set share.

mod plain;

use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::num::NonZeroU32;
use core::ops::RangeInclusive;

use mail_proto::{ParseError, Reading, Sink};

use super::{Cursor, Encoder, MessageNumber, Negotiated, SeqNum, Uid};
use crate::Defect;
use plain::{about_how_many, extend, extend_spaced, plain_listed, plain_range, plain_spaced};

pub(crate) use plain::plain_number;

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
    use super::{Cursor, Defect, Encoder, NonZeroU32, ParseError, Reading, Sink};

    pub trait Token: Sized {
        fn read(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>)
        -> Result<Self, ParseError>;

        fn write<S: Sink>(self, encoder: &mut Encoder<'_, S>);

        /// The endpoint of this number, if the fast path is to make it.
        fn plain(_number: NonZeroU32) -> Option<Self> {
            None
        }
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

            fn plain(number: NonZeroU32) -> Option<Self> {
                Some(number.into())
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

set_number!(MessageNumber);
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
#[derive(Clone)]
pub struct Ranges<E>(Kept<E>);

/// Most sets have a range or two, which need no allocation.
#[derive(Clone)]
enum Kept<E> {
    One([SetRange<E>; 1]),
    Two([SetRange<E>; 2]),
    /// One or more.
    Many(Vec<SetRange<E>>),
}

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

impl<E> Ranges<E> {
    /// The ranges.
    #[must_use]
    #[inline]
    pub const fn as_slice(&self) -> &[SetRange<E>] {
        match &self.0 {
            Kept::One(range) => range,
            Kept::Two(ranges) => ranges,
            Kept::Many(ranges) => ranges.as_slice(),
        }
    }
}

impl<E: Endpoint> Ranges<E> {
    /// One number.
    #[must_use]
    pub fn one(number: E) -> Self {
        Self::range(number, number)
    }

    /// One range.
    #[must_use]
    pub fn range(first: E, last: E) -> Self {
        Self(Kept::One([SetRange { first, last }]))
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
    #[inline]
    pub fn push(&mut self, range: SetRange<E>) {
        match &mut self.0 {
            Kept::Many(ranges) => push(ranges, range),
            few => few.push(range),
        }
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
        let mut ranges = Self(Kept::One([read_range(cursor, reading)?]));
        loop {
            if cursor.is_fast() {
                ranges.extend_plain(cursor);
            }
            if !cursor.eat(b',') {
                return Ok(ranges);
            }
            ranges.push(read_range(cursor, reading)?);
        }
    }

    /// Adds ranges, each with a comma before it, up to where something needs a closer look.
    fn extend_plain(&mut self, cursor: &mut Cursor<'_>) {
        let mut rest = cursor.rest();
        while let Some((range, behind)) = plain_listed(rest) {
            rest = behind;
            match &mut self.0 {
                Kept::Many(ranges) => {
                    rest = extend(ranges, range, rest, plain_listed);
                    break;
                }
                few => few.push(range),
            }
        }
        cursor.go_to(rest);
    }

    /// Writes the ranges in their order.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for (index, range) in self.as_slice().iter().enumerate() {
            if index > 0 {
                encoder.put(b",");
            }
            write_range(*range, encoder);
        }
    }

    /// The same ranges in their order as sets that are written in at most so many octets each; a range
    /// that has more of them is a set of its own.
    ///
    /// Servers read commands up to a length: 8192 octets, as RFC 7162 section 4 wants it, or a
    /// thousand.
    ///
    /// ```
    /// use imap_proto::{Fetch, NumberSet, Uid};
    ///
    /// let uids = (1..=9).step_by(2).map(|uid| Uid::new(uid).unwrap());
    /// let uids = NumberSet::from_numbers(uids).unwrap();
    /// let commands: Vec<_> = uids.split(5).map(|part| Fetch::uids(part).flags()).collect();
    /// assert_eq!(commands.len(), 2); // 1,3,5 and 7,9
    /// ```
    pub fn split(&self, octets: usize) -> impl Iterator<Item = Self> {
        let mut rest = self.as_slice();
        core::iter::from_fn(move || {
            let (first, behind) = rest.split_first()?;
            rest = behind;
            let mut set = Self::range(first.first, first.last);
            let mut length = written_length(*first);
            while let Some((next, behind)) = rest.split_first() {
                length = length.saturating_add(1).saturating_add(written_length(*next));
                if length > octets {
                    break;
                }
                set.push(*next);
                rest = behind;
            }
            Some(set)
        })
    }
}

fn write_range<E: Endpoint, S: Sink>(range: SetRange<E>, encoder: &mut Encoder<'_, S>) {
    range.first.write(encoder);
    if range.first != range.last {
        encoder.put(b":");
        range.last.write(encoder);
    }
}

/// In how many octets the range is written.
fn written_length<E: Endpoint>(range: SetRange<E>) -> usize {
    struct Length(usize);
    impl Sink for Length {
        fn put(&mut self, octets: &[u8]) {
            self.0 = self.0.saturating_add(octets.len());
        }
    }
    let mut length = Length(0);
    write_range(range, &mut Encoder::new(&mut length, Negotiated::client()));
    length.0
}

impl<E: Endpoint> Kept<E> {
    fn into_vec(self) -> Vec<SetRange<E>> {
        match self {
            Self::One(one) => one.into(),
            Self::Two(two) => two.into(),
            Self::Many(ranges) => ranges,
        }
    }

    fn push(&mut self, range: SetRange<E>) {
        match self {
            Self::One([before]) | Self::Two([_, before]) if follows(*before, range) => {
                before.last = range.last;
            }
            Self::One([one]) => *self = Self::Two([*one, range]),
            Self::Two(two) => {
                let mut ranges = Vec::with_capacity(8);
                ranges.extend_from_slice(two);
                ranges.push(range);
                *self = Self::Many(ranges);
            }
            Self::Many(ranges) => push(ranges, range),
        }
    }
}

#[inline]
fn push<E: Endpoint>(ranges: &mut Vec<SetRange<E>>, range: SetRange<E>) {
    match ranges.last_mut() {
        Some(before) if follows(*before, range) => before.last = range.last,
        _ => ranges.push(range),
    }
}

impl<E: PartialEq> PartialEq for Ranges<E> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<E: Eq> Eq for Ranges<E> {}

impl<E: Hash> Hash for Ranges<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl<E: fmt::Debug> fmt::Debug for Ranges<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ranges").field(&self.as_slice()).finish()
    }
}

impl Cursor<'_> {
    /// Adds numbers, each with a space before it, up to where something needs a closer look.
    pub(crate) fn spaced_numbers<N: SetNumber>(&mut self, numbers: &mut Option<Ranges<N>>) {
        if !self.is_fast() {
            return;
        }
        let Some((number, rest)) = plain_spaced(self.rest()) else { return };
        let mut ranges = match numbers.take() {
            Some(ranges) => ranges.0.into_vec(),
            None => Vec::with_capacity(about_how_many(rest)),
        };
        let rest = extend_spaced(&mut ranges, number, rest);
        // Many may have become one range.
        if ranges.len() < ranges.capacity() / 2 {
            ranges.shrink_to_fit();
        }
        *numbers = non_empty(ranges);
        self.go_to(rest);
    }
}

fn read_range<E: Endpoint>(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<SetRange<E>, ParseError> {
    if cursor.is_fast()
        && let Some((range, behind)) = plain_range(cursor.rest())
    {
        cursor.go_to(behind);
        return Ok(range);
    }
    let first = E::read(cursor, reading)?;
    let last = if cursor.eat(b':') { E::read(cursor, reading)? } else { first };
    Ok(SetRange { first, last })
}

/// Whether the range goes on where the other ends, both of them upwards.
#[inline]
fn follows<E: Endpoint>(before: SetRange<E>, range: SetRange<E>) -> bool {
    continues(next(before), range)
}

/// The number behind the end of a range that is upwards.
#[inline]
fn next<E: Endpoint>(range: SetRange<E>) -> Option<NonZeroU32> {
    let last = range.last.number().filter(|_| is_upwards(range))?;
    NonZeroU32::new(last.wrapping_add(1))
}

/// Whether the range is upwards and begins with this number.
#[inline]
fn continues<E: Endpoint>(number: Option<NonZeroU32>, range: SetRange<E>) -> bool {
    number.is_some()
        && range.first.number().and_then(NonZeroU32::new) == number
        && is_upwards(range)
}

#[inline]
fn is_upwards<E: Endpoint>(range: SetRange<E>) -> bool {
    match (range.first.number(), range.last.number()) {
        (Some(first), Some(last)) => first <= last,
        _ => false,
    }
}

impl<N: SetNumber> NumberSet<N> {
    /// Whether the number is in one of the ranges, which are looked at one after the other.
    #[must_use]
    pub fn contains(&self, number: N) -> bool {
        self.as_slice().iter().any(|range| range.bounds().contains(&number.get()))
    }

    /// How many numbers the ranges have, those counted twice that are in two of them.
    #[must_use]
    pub fn count(&self) -> u64 {
        let length = |range: &SetRange<N>| {
            let bounds = range.bounds();
            u64::from(bounds.end().saturating_sub(*bounds.start())).saturating_add(1)
        };
        self.as_slice().iter().map(length).fold(0, u64::saturating_add)
    }

    /// The numbers, range after range, upwards in each.
    ///
    /// A peer can name four billion of them in a dozen octets: ask [`count`](Self::count) before.
    pub fn numbers(&self) -> impl Iterator<Item = N> {
        self.as_slice().iter().flat_map(|range| range.bounds()).filter_map(N::new)
    }

    /// The same numbers in ascending ranges that neither overlap nor touch.
    #[must_use]
    pub fn normalized(&self) -> Self {
        let merged = merged(self.as_slice().iter().map(|range| range.bounds()).collect());
        non_empty(merged).unwrap_or_else(|| self.clone())
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
    Some(Ranges(match *ranges.as_slice() {
        [] => return None,
        [one] => Kept::One([one]),
        [one, two] => Kept::Two([one, two]),
        _ => Kept::Many(ranges),
    }))
}

#[cfg(test)]
mod tests;
