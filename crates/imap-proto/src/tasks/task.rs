//! What a task is, and what names one that runs.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use mail_proto::sasl::{Authenticated, ClientExchange, Refused};

use crate::client::Selected;
use crate::{Code, CommandBody, Data, RespText};

/// A command whose answer has a type.
///
/// The commands of the codec are tasks where their type says all ([`Fetch`](crate::Fetch),
/// [`List`](crate::List), [`Status`](crate::Status)); the others are in [`tasks`](super). Every
/// [`CommandBody`] is a task with an [`Answer`]; for one with a better type, make one:
///
/// ```
/// use imap_proto::tasks::{Answer, Task};
/// use imap_proto::{CommandBody, Data, JmapAccessData};
///
/// struct JmapAccess;
///
/// impl Task for JmapAccess {
///     type Output = JmapAccessData;
///
///     fn into_command(self) -> CommandBody {
///         CommandBody::GetJmapAccess
///     }
///
///     fn output(answer: &mut Answer) -> Option<JmapAccessData> {
///         answer.take_last(|data| match data {
///             Data::JmapAccess(data) => Ok(data),
///             other => Err(other),
///         })
///     }
/// }
/// ```
pub trait Task: Sized {
    /// What an OK gives.
    type Output;

    /// The command.
    fn into_command(self) -> CommandBody;

    /// What the data and the text of the answer are together; None if what must be there is missing.
    ///
    /// It takes the data that it uses. Those that it leaves are told as events.
    fn output(answer: &mut Answer) -> Option<Self::Output>;

    /// The command, and the SASL mechanism that answers its challenges.
    #[must_use]
    fn into_parts(self) -> (CommandBody, Option<ClientExchange>) {
        (self.into_command(), None)
    }

    /// Whether what comes is told one by one, as [`Event::Row`](super::Event::Row) and
    /// [`Event::Part`](super::Event::Part), instead of being collected.
    #[must_use]
    fn is_streamed(&self) -> bool {
        false
    }
}

impl Task for CommandBody {
    type Output = Answer;

    fn into_command(self) -> CommandBody {
        self
    }

    fn output(answer: &mut Answer) -> Option<Answer> {
        Some(core::mem::take(answer))
    }
}

/// What a server said to a command: the data that belong to it, and the text of its tagged response.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    /// The data, in the order in which they came.
    pub data: Vec<Data>,
    /// The code and the text behind OK, NO or BAD; None where there was no such answer.
    pub text: Option<RespText>,
    /// What the client knows of it.
    pub(super) own: Option<Box<Own>>,
}

/// What is not in the server's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Own {
    /// The mailbox that the command has opened.
    Selected(Selected),
    /// What the mechanism says of a login.
    Authenticated(Authenticated),
    /// What the mechanism says of a login that was refused.
    Refused(Refused),
}

impl Answer {
    /// The response code.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        self.text.as_ref().and_then(RespText::code)
    }

    /// Takes the data that are such, in their order. `such` gives back those that are not.
    pub fn take_all<T>(&mut self, such: impl Fn(Data) -> Result<T, Data>) -> Vec<T> {
        let mut taken = Vec::new();
        for data in core::mem::take(&mut self.data) {
            match such(data) {
                Ok(it) => taken.push(it),
                Err(other) => self.data.push(other),
            }
        }
        taken
    }

    /// Takes the last of the data that are such: what a server says again is what counts.
    pub fn take_last<T>(&mut self, such: impl Fn(Data) -> Result<T, Data>) -> Option<T> {
        let mut behind = Vec::new();
        let mut taken = None;
        while taken.is_none()
            && let Some(data) = self.data.pop()
        {
            match such(data) {
                Ok(it) => taken = Some(it),
                Err(other) => behind.push(other),
            }
        }
        self.data.extend(behind.into_iter().rev());
        taken
    }
}

/// Takes data of one kind.
macro_rules! only {
    ($variant:ident) => {
        |data| match data {
            crate::Data::$variant(it) => Ok(it),
            other => Err(other),
        }
    };
}
pub(super) use only;

/// Names a task of one connection. Later ones are greater; none is used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct TaskId(pub(super) u64);

/// The right to the result of a task.
///
/// There is one for each task, and [`take`](super::Tasks::take) consumes it. Who drops it gives up the
/// result: the task runs on, and what it collects is told as events.
#[must_use = "what a task finds is taken by its handle"]
pub struct Handle<T> {
    pub(super) ticket: Arc<TaskId>,
    task: PhantomData<fn() -> T>,
}

impl<T> Handle<T> {
    pub(super) fn new(ticket: &Arc<TaskId>) -> Self {
        Self { ticket: Arc::clone(ticket), task: PhantomData }
    }

    /// What names the task in events.
    #[must_use]
    pub fn id(&self) -> TaskId {
        *self.ticket
    }
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.ticket.0).finish()
    }
}

impl<T> PartialEq<Handle<T>> for TaskId {
    fn eq(&self, handle: &Handle<T>) -> bool {
        *self == handle.id()
    }
}
