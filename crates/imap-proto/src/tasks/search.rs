//! SEARCH, SORT, THREAD and ESEARCH as tasks.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::store::numbers;
use super::task::only;
use super::{Answer, Task};
use crate::{
    CommandBody, Data, Endpoint, Esearch, EsearchData, EsearchItem, MessageNumber, ModSeq,
    NumberSet, PartialRange, SeqNum, SetRange, ThreadData, Uid,
};

/// SEARCH: looks for messages by number (RFC 9051 section 6.4.4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search(pub crate::Search);

/// UID SEARCH: looks for messages by UID (RFC 9051 section 6.4.9).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UidSearch(pub crate::Search);

/// SORT: looks for messages and sorts them (RFC 5256 section 3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sort(pub crate::Sort);

/// UID SORT: looks for messages by UID and sorts them (RFC 5256 section 3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UidSort(pub crate::Sort);

/// THREAD: looks for messages and puts threads together (RFC 5256 section 3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thread(pub crate::Thread);

/// UID THREAD: looks for messages by UID and puts threads together (RFC 5256 section 3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UidThread(pub crate::Thread);

/// What a search found. Nothing found and nothing asked for look alike: of what is asked for, see the
/// RETURN options (RFC 9051 section 6.4.4, RFC 4731).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Matches<N> {
    /// All messages that were found, in the server's order, which is that of SORT; None if there are
    /// none, or they were not asked for.
    pub all: Option<NumberSet<N>>,
    /// The lowest of them (MIN).
    pub min: Option<N>,
    /// The greatest of them (MAX).
    pub max: Option<N>,
    /// How many they are (COUNT).
    pub count: Option<u32>,
    /// The highest mod-sequence of them (RFC 7162 section 3.1.5).
    pub mod_seq: Option<ModSeq>,
    /// Those at some places (RFC 9394), and at which.
    pub partial: Option<(PartialRange, Option<NumberSet<N>>)>,
    /// What else was said.
    pub others: Vec<EsearchItem>,
}

impl<N: Endpoint> Matches<N> {
    fn of(answer: &mut Answer, number: fn(MessageNumber) -> N) -> Self {
        let mut matches = Self {
            all: None,
            min: None,
            max: None,
            count: None,
            mod_seq: None,
            partial: None,
            others: Vec::new(),
        };
        for items in answer.take_all(items) {
            items.into_iter().for_each(|item| matches.add(item, number));
        }
        matches
    }

    fn add(&mut self, item: EsearchItem, number: fn(MessageNumber) -> N) {
        match item {
            EsearchItem::All(all) => self.add_all(all.as_slice(), number),
            EsearchItem::Min(min) => self.min = Some(number(min)),
            EsearchItem::Max(max) => self.max = Some(number(max)),
            EsearchItem::Count(count) => self.count = Some(count),
            EsearchItem::ModSeq(mod_seq) => self.mod_seq = Some(mod_seq),
            EsearchItem::Partial(range, all) if self.partial.is_none() => {
                let all = all.and_then(|all| numbers(all.as_slice(), number));
                self.partial = Some((range, all));
            }
            other => self.others.push(other),
        }
    }

    /// One answer may be several lines.
    fn add_all(&mut self, ranges: &[SetRange<MessageNumber>], number: fn(MessageNumber) -> N) {
        let Some(all) = &mut self.all else {
            self.all = numbers(ranges, number);
            return;
        };
        for range in ranges {
            all.push(SetRange { first: number(range.first), last: number(range.last) });
        }
    }
}

/// What the responses to searches have in common.
fn items(data: Data) -> Result<Vec<EsearchItem>, Data> {
    match data {
        Data::Search(data) | Data::Sort(data) => {
            let all = data.ranges().cloned().map(EsearchItem::All);
            Ok(all.into_iter().chain(data.mod_seq().map(EsearchItem::ModSeq)).collect())
        }
        Data::Esearch(data) => Ok(data.items),
        other => Err(other),
    }
}

macro_rules! search_tasks {
    ($($name:ident($command:expr) => $number:ident $as:ident;)*) => { $(
        impl Task for $name {
            type Output = Matches<$number>;

            fn into_command(self) -> CommandBody {
                ($command)(self.0)
            }

            fn output(answer: &mut Answer) -> Option<Matches<$number>> {
                Some(Matches::of(answer, MessageNumber::$as))
            }
        }
    )* };
}

search_tasks! {
    Search(CommandBody::Search) => SeqNum as_seq_num;
    UidSearch(CommandBody::UidSearch) => Uid as_uid;
    Sort(|sort| CommandBody::Sort(Box::new(sort))) => SeqNum as_seq_num;
    UidSort(|sort| CommandBody::UidSort(Box::new(sort))) => Uid as_uid;
}

macro_rules! thread_tasks {
    ($($name:ident),*) => { $(
        impl Task for $name {
            type Output = ThreadData;

            fn into_command(self) -> CommandBody {
                CommandBody::$name(Box::new(self.0))
            }

            fn output(answer: &mut Answer) -> Option<ThreadData> {
                answer.take_last(only!(Thread))
            }
        }
    )* };
}

thread_tasks!(Thread, UidThread);

/// What was found in each mailbox (RFC 7377 section 2.1).
impl Task for Esearch {
    type Output = Vec<EsearchData>;

    fn into_command(self) -> CommandBody {
        CommandBody::Esearch(Box::new(self))
    }

    fn output(answer: &mut Answer) -> Option<Vec<EsearchData>> {
        Some(answer.take_all(only!(Esearch)).into_iter().map(|data| *data).collect())
    }
}
