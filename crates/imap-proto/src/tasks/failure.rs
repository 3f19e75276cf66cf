//! Why a task has no result.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use mail_proto::Sent;
use mail_proto::sasl::{Refused, SaslError};

use super::Answer;
use super::task::Own;
use crate::Code;

/// A task that has no result, or none that is whole. What came is not lost with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Why.
    pub reason: Reason,
    /// What the server said to it as far as it was collected, also if that is not all. If it is of
    /// use, [`Task::output`](super::Task::output) makes of it what can be made.
    pub answer: Box<Answer>,
}

/// Why a task failed.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// The server said NO: it cannot or will not.
    No,
    /// The server said BAD: it did not understand, or not in this state.
    Bad,
    /// There was no answer: the connection has ended, or a command before it failed that it needs.
    /// [`Sent::Fully`]: it may have been executed.
    Lost(Sent),
    /// The server said OK, but some of what it said could not be read and may have been for this task.
    Incomplete(Vec<Unparsed>),
    /// The server said OK, but more than may be [collected](super::Limits::collected). What came
    /// behind that has been told as events.
    TooLarge {
        /// The limit, in octets.
        limit: usize,
    },
    /// The server said OK to AUTHENTICATE, and has not proved what the mechanism demands, or not come to
    /// its end. The connection has been closed.
    Unproved(Box<SaslError>),
    /// The server said OK, and not what has to come with it.
    Missing,
    /// The task has not ended. Its handle is gone, so what comes for it is told as events.
    Unfinished,
    /// The task is one of another connection.
    Foreign,
}

/// A response that could not be read while a task ran.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unparsed {
    /// Octets of the server's stream before the one that is wrong.
    pub at: u64,
    /// What should stand there.
    pub expected: &'static str,
    /// The response without its line end.
    pub raw: Bytes,
}

impl Failure {
    pub(super) fn new(reason: Reason, answer: Answer) -> Self {
        Self { reason, answer: Box::new(answer) }
    }

    /// What the mechanism of a [`SaslLogin`](super::SaslLogin) has to say of its refusal.
    #[must_use]
    pub fn refused(&self) -> Option<&Refused> {
        match self.answer.own.as_deref() {
            Some(Own::Refused(refused)) => Some(refused),
            _ => None,
        }
    }

    /// The response code of NO, BAD, or of the OK that was not enough.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        self.answer.code()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::No => f.write_str("the server refused")?,
            Reason::Bad => f.write_str("the server did not accept the command")?,
            Reason::Lost(Sent::Not) => f.write_str("the command was not sent")?,
            Reason::Lost(Sent::Partly) => f.write_str("the command was sent only in part")?,
            Reason::Lost(Sent::Fully) => f.write_str("the command was sent and not answered")?,
            Reason::Incomplete(unparsed) => {
                write!(f, "{} responses could not be read", unparsed.len())?;
            }
            Reason::TooLarge { limit } => write!(f, "the answer has more than {limit} octets")?,
            Reason::Unproved(error) => write!(f, "the login is not to be trusted: {error}")?,
            Reason::Missing => f.write_str("the server said OK without the data")?,
            Reason::Unfinished => f.write_str("the task has not ended")?,
            Reason::Foreign => f.write_str("the task is of another connection")?,
        }
        match &self.answer.text {
            Some(text) if !text.text().as_bytes().is_empty() => {
                write!(f, ": {}", mail_proto::Escaped(text.text().as_bytes()))
            }
            _ => Ok(()),
        }
    }
}

impl core::error::Error for Failure {}
