//! FETCH as a task.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{Answer, Task};
use crate::{CommandBody, Data, Fetch, FetchData, FetchItem, NumberSet, SeqNum, Uid};

/// What FETCH found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Fetched {
    /// The messages, in the order in which they were first named.
    pub rows: Vec<FetchRow>,
    /// What has been expunged since the mod-sequence that was given, for a
    /// [`vanished_since`](crate::FetchSet::vanished_since) (RFC 7162 section 3.2.6).
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
    /// The message of a FETCH or UIDFETCH response.
    ///
    /// # Errors
    ///
    /// The data are something else; they are given back.
    pub fn of(data: Data) -> Result<Self, Data> {
        match data {
            Data::Fetch(number, data) => Ok(Self { number, uid: data.uid(), data }),
            Data::UidFetch(uid, data) => Ok(Self { number: None, uid: Some(uid), data }),
            other => Err(other),
        }
    }

    /// One row for each message. UIDs say which is which, numbers where there are none.
    pub(super) fn joined(rows: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut joined: Vec<Self> = Vec::new();
        let mut places = BTreeMap::new();
        for row in rows {
            let key = (row.uid, row.uid.is_none().then_some(row.number));
            let place = *places.entry(key).or_insert(joined.len());
            match joined.get_mut(place) {
                Some(first) => first.join(row),
                None => joined.push(row),
            }
        }
        joined
    }

    fn join(&mut self, later: Self) {
        self.number = later.number.or(self.number);
        for item in later.data.items {
            let same = self.data.items.iter_mut().find(|it| is_same_item(it, &item));
            match same {
                Some(same) => *same = item,
                None => self.data.items.push(item),
            }
        }
    }
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
    pub(super) fn of(answer: Answer) -> Self {
        let (mut rows, mut vanished) = (Vec::new(), None::<NumberSet<Uid>>);
        for data in answer.data {
            match FetchRow::of(data) {
                Ok(row) => rows.push(row),
                Err(Data::Vanished(gone)) => match &mut vanished {
                    Some(all) => gone.uids.as_slice().iter().for_each(|range| all.push(*range)),
                    none => *none = Some(gone.uids),
                },
                // Nothing else belongs to FETCH.
                Err(_) => {}
            }
        }
        Self { rows: FetchRow::joined(rows), vanished }
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
    ($($number:ty => $command:ident),*) => { $(
        impl Task for Fetch<$number> {
            type Output = Fetched;

            fn into_command(self) -> CommandBody {
                CommandBody::$command(self)
            }

            fn output(answer: Answer) -> Result<Fetched, Answer> {
                Ok(Fetched::of(answer))
            }
        }

        impl Task for Streamed<$number> {
            type Output = ();

            fn into_command(self) -> CommandBody {
                CommandBody::$command(self.0)
            }

            fn output(_: Answer) -> Result<(), Answer> {
                Ok(())
            }

            fn is_streamed(&self) -> bool {
                true
            }
        }
    )* };
}

fetch_tasks!(SeqNum => Fetch, Uid => UidFetch);
