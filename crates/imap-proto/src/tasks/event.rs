//! What who runs tasks learns.

use bytes::Bytes;
use mail_proto::{Secret, Sent};

use super::{TaskId, Unparsed};
use crate::connection::Closed;
use crate::{Condition, Data, Defect, FetchPart};

/// What happened, in the order of the server's octets. Data that belong to a task are not told here
/// unless something else is said.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The server is there: OK, PREAUTH, or BYE, behind which [`Closed::Bye`] follows.
    Greeting(Condition),
    /// Data that belong to no task: news of the mailbox, notes of the server, what a task that was
    /// cancelled had asked for.
    Data(Data),
    /// A part of a FETCH that belongs to no task. Other events of the server's octets do not come
    /// before its last part.
    Fetch(FetchPart),
    /// Data of a task that [streams](super::Task::is_streamed).
    Row {
        /// Which task.
        task: TaskId,
        /// The data.
        data: Data,
    },
    /// A part of a FETCH of a task that [streams](super::Task::is_streamed). Other events of the
    /// server's octets do not come before its last part.
    Part {
        /// Which task.
        task: TaskId,
        /// The part.
        part: FetchPart,
    },
    /// A task has ended: [take](super::Tasks::take) its result.
    Finished {
        /// Which task.
        task: TaskId,
        /// How.
        ending: Ending,
    },
    /// The server waits for an answer of AUTHENTICATE, by [`respond`](super::Tasks::respond) or
    /// [`cancel_exchange`](super::Tasks::cancel_exchange).
    Challenge {
        /// Which task.
        task: TaskId,
        /// The challenge, decoded.
        data: Secret<Bytes>,
    },
    /// The server has taken IDLE, for the first time or again; what is new comes as
    /// [`Data`](Self::Data) until [`done`](super::Tasks::done).
    Idling {
        /// Which task.
        task: TaskId,
    },
    /// The message of this task has room for octets: the server waits for them, or needs not be waited
    /// for.
    Room {
        /// Which task.
        task: TaskId,
    },
    /// A response that cannot be understood. Tasks that it may have been for fail as
    /// [`Incomplete`](super::Reason::Incomplete).
    Unparsed(Unparsed),
    /// The server deviates from the RFCs and was understood all the same.
    Defect(mail_proto::Defect<Defect>),
    /// TLS is active.
    Secured,
    /// The end. Nothing follows.
    Closed(Closed),
}

impl Event {
    /// What is left of it when this task is given up: data and nothing else.
    pub(super) fn disowned(self, given_up: TaskId) -> Option<Self> {
        match self {
            Self::Row { task, data } if task == given_up => Some(Self::Data(data)),
            Self::Part { task, part } if task == given_up => Some(Self::Fetch(part)),
            Self::Challenge { task, .. } | Self::Idling { task } | Self::Room { task }
                if task == given_up =>
            {
                None
            }
            event => Some(event),
        }
    }
}

/// How a task ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The server answered OK, NO or BAD.
    Answered(Condition),
    /// There will be no answer.
    Lost(Sent),
}
