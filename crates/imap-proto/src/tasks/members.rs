//! Which messages a set names.

use alloc::vec::Vec;

use crate::{Position, SequenceSet, SetNumber, SetRange};

/// The messages of a set that was sent: for questions, not to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Members {
    /// A saved result, of which nothing is known.
    Any,
    /// Ascending ranges that neither overlap nor touch, and whether the last message is named too.
    Ranges(Vec<(u32, u32)>, bool),
}

impl Members {
    pub(super) fn of<N: SetNumber>(set: &SequenceSet<N>) -> Self {
        let Some(ranges) = set.ranges() else { return Self::Any };
        let ranges = ranges.normalized();
        let end = |position: Position<N>| match position {
            Position::Number(number) => Some(number.get()),
            Position::Last => None,
        };
        let is_open =
            |range: &SetRange<Position<N>>| end(range.first).is_none() || end(range.last).is_none();
        let has_last = ranges.as_slice().iter().any(is_open);
        let bounds = |range: &SetRange<Position<N>>| match (end(range.first), end(range.last)) {
            (Some(first), Some(last)) => Some((first.min(last), first.max(last))),
            (Some(first), None) | (None, Some(first)) => Some((first, u32::MAX)),
            (None, None) => None,
        };
        Self::Ranges(ranges.as_slice().iter().filter_map(bounds).collect(), has_last)
    }

    /// Whether the number is named, where `is_last` says whether it is that of the last message.
    pub(super) fn contains(&self, number: u32, is_last: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Ranges(ranges, has_last) => {
                let place = ranges.partition_point(|(_, last)| *last < number);
                let found = ranges.get(place).is_some_and(|(first, _)| *first <= number);
                found || *has_last && is_last
            }
        }
    }

    /// Whether some message may be in both.
    pub(super) fn may_meet(&self, other: &Self) -> bool {
        let (Self::Ranges(mine, my_last), Self::Ranges(theirs, their_last)) = (self, other) else {
            return true;
        };
        let meets = |(first, last): &(u32, u32)| {
            let place = mine.partition_point(|(_, end)| end < first);
            mine.get(place).is_some_and(|(begin, _)| begin <= last)
        };
        *my_last || *their_last || theirs.iter().any(meets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;

    use crate::{Uid, parse_whole};
    use bytes::Bytes;
    use mail_proto::{Leniency, Reading};

    fn members(set: &str) -> Members {
        let (octets, mut reading) = (Bytes::from(set.to_owned()), Reading::new(Leniency::strict()));
        let set: SequenceSet<Uid> = parse_whole(&octets, &mut reading, SequenceSet::parse).unwrap();
        Members::of(&set)
    }

    #[test]
    fn numbers_and_the_last_message() {
        for (set, number, is_last, expected) in [
            ("1:3,7", 3, false, true),
            ("1:3,7", 4, false, false),
            ("7,1:3", 7, false, true),
            ("10:*", 9, false, false),
            ("10:*", 9, true, true),
            ("10:*", 4_000_000_000, false, true),
            ("*", 5, false, false),
            ("*", 5, true, true),
            ("$", 5, false, true),
        ] {
            assert_eq!(members(set).contains(number, is_last), expected, "{set} {number}");
        }
    }

    #[test]
    fn sets_that_may_have_a_message_in_common() {
        for (one, other, expected) in [
            ("1:3", "4:9", false),
            ("1:3,8", "4:7,9", false),
            ("1:3,8", "4:9", true),
            ("5", "1:9", true),
            ("1:3", "*", true),
            ("1:3", "$", true),
        ] {
            assert_eq!(members(one).may_meet(&members(other)), expected, "{one} {other}");
            assert_eq!(members(other).may_meet(&members(one)), expected, "{other} {one}");
        }
    }
}
