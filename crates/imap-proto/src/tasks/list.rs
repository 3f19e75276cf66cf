//! LIST as a task.

use alloc::vec::Vec;

use super::{Answer, Task};
use crate::{CommandBody, Data, List, ListData, Mailbox, MetadataData, Rights, StatusData};

/// What LIST found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Listed {
    /// The mailboxes, in the server's order. One that is listed twice is there twice.
    pub mailboxes: Vec<ListedMailbox>,
    /// What came with them and is of none of them.
    pub others: Vec<Data>,
}

/// A mailbox that LIST found, and what its return options asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ListedMailbox {
    /// The LIST response.
    pub list: ListData,
    /// What LIST RETURN (STATUS ..) asked for (RFC 5819); none of a mailbox that cannot be selected.
    pub status: Option<StatusData>,
    /// What LIST RETURN (MYRIGHTS) asked for (RFC 8440).
    pub my_rights: Option<Rights>,
    /// What LIST RETURN (METADATA ..) asked for (RFC 9590).
    pub metadata: Vec<MetadataData>,
}

impl Listed {
    fn of(answer: Answer) -> Self {
        let mut listed = Self::default();
        let (lists, others): (Vec<_>, Vec<_>) =
            answer.data.into_iter().partition(|data| matches!(data, Data::List(_)));
        for data in lists {
            let Data::List(list) = data else { continue };
            let list = *list;
            let (status, my_rights, metadata) = (None, None, Vec::new());
            listed.mailboxes.push(ListedMailbox { list, status, my_rights, metadata });
        }
        for data in others {
            listed.add(data);
        }
        listed
    }

    fn add(&mut self, data: Data) {
        let mailbox = match &data {
            Data::Status(status) => &status.mailbox,
            Data::MyRights(rights) => &rights.mailbox,
            Data::Metadata(metadata) => &metadata.mailbox,
            _ => return self.others.push(data),
        };
        let Some(place) = self.place(mailbox) else { return self.others.push(data) };
        match data {
            Data::Status(status) => place.status = Some(status),
            Data::MyRights(rights) => place.my_rights = Some(rights.rights),
            Data::Metadata(metadata) => place.metadata.push(*metadata),
            other => self.others.push(other),
        }
    }

    fn place(&mut self, mailbox: &Mailbox) -> Option<&mut ListedMailbox> {
        self.mailboxes.iter_mut().find(|it| it.list.mailbox == *mailbox)
    }
}

impl Task for List {
    type Output = Listed;

    fn into_command(self) -> CommandBody {
        CommandBody::List(self)
    }

    fn output(answer: Answer) -> Result<Listed, Answer> {
        Ok(Listed::of(answer))
    }
}
