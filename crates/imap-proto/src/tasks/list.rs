//! LIST as a task.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::names::called;
use super::task::only;
use super::{Answer, Task};
use crate::{CommandBody, Data, List, ListData, Mailbox, MetadataData, Rights, StatusData};

/// A mailbox that LIST found, and what its return options asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ListedMailbox {
    /// The LIST response, with OLDNAME and CHILDINFO where there are such.
    pub list: ListData,
    /// What LIST RETURN (STATUS ..) asked for (RFC 5819); none of a mailbox that cannot be selected.
    pub status: Option<StatusData>,
    /// What LIST RETURN (MYRIGHTS) asked for (RFC 8440).
    pub my_rights: Option<Rights>,
    /// What LIST RETURN (METADATA ..) asked for (RFC 9590).
    pub metadata: Vec<MetadataData>,
}

impl From<ListData> for ListedMailbox {
    fn from(list: ListData) -> Self {
        Self { list, status: None, my_rights: None, metadata: Vec::new() }
    }
}

impl ListedMailbox {
    /// Takes what was said of the mailbox beside LIST. What came last counts.
    fn add(&mut self, data: Data) -> Result<(), Data> {
        match data {
            Data::Status(status) => self.status = Some(status),
            Data::MyRights(rights) => self.my_rights = Some(rights.rights),
            Data::Metadata(metadata) => self.metadata.push(*metadata),
            other => return Err(other),
        }
        Ok(())
    }
}

/// Where the mailboxes stand, by their octets, and by what they are called.
struct Places {
    exact: BTreeMap<Mailbox, usize>,
    called: Option<BTreeMap<String, usize>>,
}

impl Places {
    fn of(rows: &[ListedMailbox]) -> Self {
        let exact = rows.iter().enumerate().map(|(place, row)| (row.list.mailbox.clone(), place));
        Self { exact: exact.collect(), called: None }
    }

    fn find(&mut self, mailbox: &Mailbox) -> Option<usize> {
        if let Some(place) = self.exact.get(mailbox) {
            return Some(*place);
        }
        let exact = &self.exact;
        let index = || exact.iter().map(|(it, place)| (called(it), *place)).collect();
        self.called.get_or_insert_with(index).get(&called(mailbox)).copied()
    }
}

/// The mailboxes, in the server's order. What is said of one that is not listed is told as an event.
impl Task for List {
    type Output = Vec<ListedMailbox>;

    fn into_command(self) -> CommandBody {
        CommandBody::List(self)
    }

    fn output(answer: &mut Answer) -> Option<Vec<ListedMailbox>> {
        let lists = answer.take_all(only!(List));
        let mut rows: Vec<_> = lists.into_iter().map(|list| ListedMailbox::from(*list)).collect();
        let mut places = Places::of(&rows);
        for data in core::mem::take(&mut answer.data) {
            let mailbox = match &data {
                Data::Status(status) => Some(&status.mailbox),
                Data::MyRights(rights) => Some(&rights.mailbox),
                Data::Metadata(metadata) => Some(&metadata.mailbox),
                _ => None,
            };
            let place = mailbox.and_then(|mailbox| places.find(mailbox));
            let added = match place.and_then(|place| rows.get_mut(place)) {
                Some(row) => row.add(data),
                None => Err(data),
            };
            answer.data.extend(added.err());
        }
        Some(rows)
    }
}
