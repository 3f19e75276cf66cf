//! STORE as a task.

use alloc::vec::Vec;

use super::fetch::{joined, row};
use super::{Answer, FetchRow, Task};
use crate::{Code, CommandBody, MessageNumber, NumberSet, SeqNum, SetRange, Store, Uid};

/// What STORE did.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Stored<N> {
    /// The messages that the server told of: all but those of a `.SILENT` one, and with CONDSTORE
    /// these too, with their mod-sequences.
    pub rows: Vec<FetchRow>,
    /// Those that were left alone because they had changed (RFC 7162 section 3.1.3).
    pub modified: Option<NumberSet<N>>,
}

macro_rules! store_tasks {
    ($($number:ty => $command:ident $as:ident $by_uid:literal),*) => { $(
        impl Task for Store<$number> {
            type Output = Stored<$number>;

            fn into_command(self) -> CommandBody {
                CommandBody::$command(self)
            }

            fn output(answer: &mut Answer) -> Option<Stored<$number>> {
                let modified = match answer.code() {
                    Some(Code::Modified(messages)) => {
                        numbers(messages.as_slice(), MessageNumber::$as)
                    }
                    _ => None,
                };
                Some(Stored { rows: joined(answer.take_all(row), $by_uid), modified })
            }
        }
    )* };
}

store_tasks!(SeqNum => Store as_seq_num false, Uid => UidStore as_uid true);

/// The numbers as what they are.
pub(super) fn numbers<N: crate::Endpoint>(
    ranges: &[SetRange<MessageNumber>],
    number: impl Fn(MessageNumber) -> N,
) -> Option<NumberSet<N>> {
    let range =
        |it: &SetRange<MessageNumber>| SetRange { first: number(it.first), last: number(it.last) };
    let mut ranges = ranges.iter().map(range);
    let first = ranges.next()?;
    let mut numbers = NumberSet::range(first.first, first.last);
    ranges.for_each(|range| numbers.push(range));
    Some(numbers)
}
