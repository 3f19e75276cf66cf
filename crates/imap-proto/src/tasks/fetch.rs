//! FETCH as a task.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::task::only;
use super::{Answer, Task};
use crate::{CommandBody, Data, Fetch, FetchData, FetchItem, NumberSet, SeqNum, Uid};

/// What FETCH found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Fetched {
    /// The messages, in the order in which they were first named.
    pub rows: Vec<FetchRow>,
    /// What has been expunged since the mod-sequence that was given, for a
    /// [`vanished_since`](crate::Fetch::vanished_since) (RFC 7162 section 3.2.6).
    pub vanished: Option<NumberSet<Uid>>,
}

/// What is known of one message, whether it came at once or in several responses.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct FetchRow {
    /// Its sequence number at that time; None where the server told the UID only (RFC 9586), or 0.
    pub number: Option<SeqNum>,
    /// Its UID, if it is known.
    pub uid: Option<Uid>,
    /// What was told. Of an item that was told several times the last one stands here.
    pub data: FetchData,
}

impl FetchRow {
    fn join(&mut self, later: Self) {
        self.number = later.number.or(self.number);
        self.uid = later.uid.or(self.uid);
        for item in later.data.items {
            // A server that repeats itself without end does not cost us more than it sends.
            let items = self.data.items.iter_mut().take(LOOKED_AT);
            match items.into_iter().find(|it| is_same_item(it, &item)) {
                Some(same) => *same = item,
                None => self.data.items.push(item),
            }
        }
    }
}

/// How many items of a message are looked at for one that is told again.
const LOOKED_AT: usize = 256;

/// The message of a FETCH or UIDFETCH response.
pub(super) fn row(data: Data) -> Result<FetchRow, Data> {
    match data {
        Data::Fetch(number, data) => Ok(FetchRow { number, uid: data.uid(), data }),
        Data::UidFetch(uid, data) => Ok(FetchRow { number: None, uid: Some(uid), data }),
        other => Err(other),
    }
}

/// One row for each message, in the order in which they were first named. Numbers may have moved
/// where UIDs were asked for; where numbers were, they have not, and UIDs need not stand in every row.
pub(super) fn joined(rows: Vec<FetchRow>, by_uid: bool) -> Vec<FetchRow> {
    let mut joined: Vec<FetchRow> = Vec::new();
    let mut places = BTreeMap::new();
    for row in rows {
        let key = match (by_uid, row.uid, row.number) {
            (true, Some(uid), _) | (_, Some(uid), None) => (Some(uid), None),
            (_, _, number) => (None, number),
        };
        let place = *places.entry(key).or_insert(joined.len());
        match joined.get_mut(place) {
            Some(first) => first.join(row),
            None => joined.push(row),
        }
    }
    joined
}

/// What has vanished before, if that was said.
pub(super) fn vanished(answer: &mut Answer) -> Option<NumberSet<Uid>> {
    let mut all = answer.take_all(only!(Vanished)).into_iter();
    let mut vanished = all.next()?.uids;
    all.for_each(|more| more.uids.as_slice().iter().for_each(|range| vanished.push(*range)));
    Some(vanished)
}

/// Whether one takes the place of the other.
fn is_same_item(one: &FetchItem, other: &FetchItem) -> bool {
    match (one, other) {
        (FetchItem::BodySection(one), FetchItem::BodySection(other)) => one.name == other.name,
        (FetchItem::BinarySize { part: one, .. }, FetchItem::BinarySize { part: other, .. }) => {
            one == other
        }
        (FetchItem::Unknown(one), FetchItem::Unknown(other)) => one.name() == other.name(),
        (FetchItem::Malformed { .. } | FetchItem::Annotation(_), _) => false,
        (one, other) => core::mem::discriminant(one) == core::mem::discriminant(other),
    }
}

impl Fetched {
    fn of(answer: &mut Answer, by_uid: bool) -> Self {
        let vanished = vanished(answer);
        Self { rows: joined(answer.take_all(row), by_uid), vanished }
    }

    /// The row of the message with this UID.
    #[must_use]
    pub fn of_uid(&self, uid: Uid) -> Option<&FetchRow> {
        self.rows.iter().find(|row| row.uid == Some(uid))
    }
}

/// A FETCH whose messages are told as they come instead of being collected: those of which all came at
/// once as [`Event::Row`](super::Event::Row), the others as [`Event::Part`](super::Event::Part).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Streamed<N>(pub Fetch<N>);

macro_rules! fetch_tasks {
    ($($number:ty => $command:ident $by_uid:literal),*) => { $(
        impl Task for Fetch<$number> {
            type Output = Fetched;

            fn into_command(self) -> CommandBody {
                CommandBody::$command(self)
            }

            fn output(answer: &mut Answer) -> Option<Fetched> {
                Some(Fetched::of(answer, $by_uid))
            }
        }

        impl Task for Streamed<$number> {
            type Output = ();

            fn into_command(self) -> CommandBody {
                CommandBody::$command(self.0)
            }

            fn output(_: &mut Answer) -> Option<()> {
                Some(())
            }

            fn is_streamed(&self) -> bool {
                true
            }
        }
    )* };
}

fetch_tasks!(SeqNum => Fetch false, Uid => UidFetch true);
