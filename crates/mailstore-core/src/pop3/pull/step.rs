//! What a [`Pull`](super::Pull) wants and tells.

use bytes::Bytes;
use pop3_proto::{Closed, Command, MessageNumber, Status, UniqueId};
use thiserror::Error;

use super::Warning;
use crate::store::WallTime;

/// What the driver does next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PullStep {
    /// Give this to [`Client::send`](pop3_proto::client::Client::send), and its id to
    /// [`Pull::sent`](super::Pull::sent).
    Send(Command),
    /// What is to be done is known; nothing has been fetched yet.
    ///
    /// The [record](super::Pull::record) has just been put in order: what is not on the server any
    /// more is gone from it. An application that keeps it entry by entry writes it anew here.
    Planned(Progress),
    /// A message begins.
    Begin {
        /// Its name until the end of the run.
        token: Token,
        /// The unique-id under which it enters the record when it is confirmed; none if the server
        /// gave it none, or gave it to others as well.
        unique_id: Option<UniqueId>,
        /// Its octets according to LIST. Servers err: a hint, never a reason to allocate.
        size: Option<u64>,
    },
    /// The next octets of a message that has begun. Where they are cut has no meaning.
    Octets {
        /// Which message.
        token: Token,
        /// The octets. They share the block they were read into.
        octets: Bytes,
    },
    /// The message is complete: store it durably, then call [`Pull::stored`](super::Pull::stored),
    /// or [`Pull::not_stored`](super::Pull::not_stored) if that fails.
    End {
        /// Which message.
        token: Token,
    },
    /// The connection broke in the middle of the message: drop what came of it.
    Broken {
        /// Which message.
        token: Token,
    },
    /// The server refused to give this message; it stays where it is, and a later run tries again.
    Refused {
        /// Which message.
        message: MessageNumber,
        /// Its unique-id, if it has one.
        unique_id: Option<UniqueId>,
        /// Why.
        status: Status,
    },
    /// The server refused to delete this message; a later run tries again.
    NotDeleted {
        /// Which message.
        message: MessageNumber,
        /// Its unique-id, if it has one.
        unique_id: Option<UniqueId>,
        /// Why.
        status: Status,
    },
    /// Something to know of this server.
    Warning(Warning),
    /// Nothing until an event of the connection or a confirmation.
    Wait,
    /// The run is over. Close the connection, keep the record.
    Done(Summary),
}

/// The name of a message from [`PullStep::Begin`] to its confirmation, in one run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Token(pub(super) MessageNumber);

impl Token {
    /// The number of the message in this session.
    #[must_use]
    pub const fn message(self) -> MessageNumber {
        self.0
    }
}

/// How far a run is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Messages that have come to their end: complete, refused or broken.
    pub messages: u64,
    /// Messages that are to be fetched.
    pub of_messages: u64,
    /// Octets that have come, unstuffed.
    pub octets: u64,
    /// Octets that are to come, if the server told the size of each message. A hint.
    pub of_octets: Option<u64>,
}

/// What became of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// How it ended.
    pub end: PullEnd,
    /// Messages that were fetched and confirmed.
    pub fetched: u64,
    /// Octets of all messages that came, confirmed or not.
    pub octets: u64,
    /// Messages that were not fetched because they are in the record.
    pub known: u64,
    /// Messages that the server refused to give.
    pub refused: u64,
    /// Messages that the application could not store.
    pub not_stored: u64,
    /// Messages deleted on the server, which counts only when QUIT was answered with `+OK`.
    pub deleted: u64,
    /// Messages marked for deletion, whatever became of that.
    pub marked: u64,
    /// Messages that the server refused to delete.
    pub not_deleted: u64,
    /// Before this moment the server does not want the account to log in again.
    pub login_not_before: Option<WallTime>,
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PullEnd {
    /// QUIT was answered with `+OK`: what was marked is deleted.
    Quit,
    /// QUIT was refused: of what was marked, some may have been deleted (RFC 1939 section 6). The
    /// record keeps the entries, and the next run deletes what is left without fetching it again.
    QuitRefused(Status),
    /// QUIT was not sent. It would have let an EXPIRE 0 server delete a message that was retrieved
    /// and not stored (RFC 2449 section 6.7). The next run goes on.
    QuitWithheld,
    /// The connection was lost before QUIT was answered. What was marked may have been deleted if QUIT
    /// had been sent; the next run goes on either way.
    Lost(Closed),
}

/// The application confirmed something that was not there to be confirmed. Nothing changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum PullError {
    /// This message is not complete, or has been confirmed already.
    #[error("message {} does not wait for a confirmation", .0.message())]
    NotWaiting(Token),
    /// No command was given out, or its id has been told already.
    #[error("no command waits for its id")]
    NotAsked,
}
