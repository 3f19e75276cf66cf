//! What a task is, and what names one that runs.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use crate::client::Selected;
use crate::{Code, CommandBody, Data, RespText};

/// A command whose answer has a type.
///
/// The commands of the codec are tasks where their name is clear ([`Fetch`](crate::Fetch),
/// [`List`](crate::List), [`Status`](crate::Status)); the others are in [`tasks`](super). For a command
/// that has none here, make one:
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
///     fn output(mut answer: Answer) -> Result<JmapAccessData, Answer> {
///         match answer.data.pop() {
///             Some(Data::JmapAccess(data)) => Ok(data),
///             other => {
///                 answer.data.extend(other);
///                 Err(answer)
///             }
///         }
///     }
/// }
/// ```
pub trait Task {
    /// What an OK gives.
    type Output;

    /// The command.
    fn into_command(self) -> CommandBody;

    /// What the data and the text of the answer are together.
    ///
    /// # Errors
    ///
    /// What must be there is missing. The answer is given back.
    fn output(answer: Answer) -> Result<Self::Output, Answer>;

    /// Whether what comes is told one by one, as [`Event::Row`](super::Event::Row) and
    /// [`Event::Part`](super::Event::Part), instead of being collected.
    #[must_use]
    fn is_streamed(&self) -> bool {
        false
    }
}

/// What a server said to a command: the data that belong to it, and the text of its tagged response.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    /// The data, in the order in which they came.
    pub data: Vec<Data>,
    /// The code and the text behind OK, NO or BAD; None where there was no such answer.
    pub text: Option<RespText>,
    /// The mailbox that the command has opened.
    pub(super) selected: Option<Box<Selected>>,
}

impl Answer {
    /// The response code.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        self.text.as_ref().and_then(RespText::code)
    }

    /// Takes the last of the data that are such.
    pub(super) fn take<T>(mut self, such: impl Fn(Data) -> Result<T, Data>) -> Result<T, Self> {
        let mut others = Vec::new();
        while let Some(data) = self.data.pop() {
            match such(data) {
                Ok(it) => return Ok(it),
                Err(other) => others.push(other),
            }
        }
        others.reverse();
        self.data = others;
        Err(self)
    }
}

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
