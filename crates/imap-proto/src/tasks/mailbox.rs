//! CREATE, LSUB, NAMESPACE and STATUS as tasks.

use alloc::vec::Vec;

use super::task::only;
use super::{Answer, Task};
use crate::{
    Code, CommandBody, Create, ListBasic, ListData, NamespaceData, ObjectId, Status, StatusData,
};

/// What names the new mailbox for ever, if the server says it (RFC 8474 section 4.1).
impl Task for Create {
    type Output = Option<ObjectId>;

    fn into_command(self) -> CommandBody {
        CommandBody::Create(self)
    }

    fn output(answer: &mut Answer) -> Option<Option<ObjectId>> {
        Some(match answer.code() {
            Some(Code::MailboxId(id)) => Some(id.clone()),
            _ => None,
        })
    }
}

/// LSUB: lists subscriptions (RFC 3501 section 6.3.9).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Lsub(pub ListBasic);

impl Task for Lsub {
    type Output = Vec<ListData>;

    fn into_command(self) -> CommandBody {
        CommandBody::Lsub(self.0)
    }

    fn output(answer: &mut Answer) -> Option<Vec<ListData>> {
        Some(answer.take_all(only!(Lsub)).into_iter().map(|list| *list).collect())
    }
}

/// XLIST: lists mailboxes with their uses (Gmail, before RFC 6154).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Xlist(pub ListBasic);

impl Task for Xlist {
    type Output = Vec<ListData>;

    fn into_command(self) -> CommandBody {
        CommandBody::Xlist(self.0)
    }

    fn output(answer: &mut Answer) -> Option<Vec<ListData>> {
        Some(answer.take_all(only!(Xlist)).into_iter().map(|list| *list).collect())
    }
}

/// NAMESPACE: asks for the namespaces (RFC 9051 section 6.3.10).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Namespace;

impl Task for Namespace {
    type Output = NamespaceData;

    fn into_command(self) -> CommandBody {
        CommandBody::Namespace
    }

    fn output(answer: &mut Answer) -> Option<NamespaceData> {
        answer.take_last(only!(Namespace)).map(|data| *data)
    }
}

/// What is known of the mailbox, whether it came in one response or in several; what came last stands
/// first.
impl Task for Status {
    type Output = StatusData;

    fn into_command(self) -> CommandBody {
        CommandBody::Status(self)
    }

    fn output(answer: &mut Answer) -> Option<StatusData> {
        let mut status = answer.take_last(only!(Status))?;
        for before in answer.take_all(only!(Status)).into_iter().rev() {
            status.items.extend(before.items);
        }
        Some(status)
    }
}
