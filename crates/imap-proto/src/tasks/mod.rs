//! Tasks: a command and the untagged data that belong to it, as one result with a type.

mod asked;
mod capability;
mod change;
mod claim;
mod connection;
mod entry;
mod event;
mod failure;
mod fetch;
mod list;
mod login;
mod mailbox;
mod members;
mod metadata;
mod names;
mod plain;
mod quota;
mod receive;
mod rights;
mod sasl;
mod search;
mod select;
mod store;
mod task;
mod upload;

pub use capability::Capability;
pub use change::{Appended, Copied, Copy, Expunge, Expunged, Move, UidExpunge};
pub use event::{Ending, Event};
pub use failure::{Failure, Reason, Unparsed};
pub use fetch::{FetchRow, Fetched, Streamed};
pub use list::ListedMailbox;
pub use login::LoggedIn;
pub use mailbox::{Lsub, Namespace, Xlist};
pub use metadata::Annotations;
pub use plain::{
    Check, Close, Delete, Idle, Logout, Noop, StartTls, Subscribe, Unauthenticate, Unselect,
    Unsubscribe,
};
pub use quota::MailboxQuotas;
pub use sasl::{SaslLoggedIn, SaslLogin};
pub use search::{Matches, Search, Sort, Thread, UidSearch, UidSort, UidThread};
pub use select::{Examine, Opened, Select};
pub use store::Stored;
pub use task::{Answer, Handle, Task, TaskId};
pub use upload::Upload;

use alloc::collections::VecDeque;
use alloc::sync::Arc;

use bytes::Bytes;
use mail_proto::{CommandId, Secret, SendError, Sent};

use crate::CommandBody;
use crate::client::Client;
use claim::Claim;
use entry::{Ended, Entry};
use receive::Incoming;
use upload::Owing;

/// A client connection that runs tasks.
#[derive(Debug)]
pub struct Tasks {
    client: Client,
    limits: Limits,
    /// In the order of their commands.
    open: VecDeque<Entry>,
    ended: Ended,
    incoming: Option<Incoming>,
    owing: Option<Owing>,
    events: VecDeque<Event>,
    last: TaskId,
    /// Octets of the server's stream that have been accounted for; None if some have been passed over.
    weighed: Option<u64>,
}

/// How much tasks may keep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Octets of the responses that one task collects.
    pub collected: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { collected: 64 * 1024 * 1024 }
    }
}

impl Tasks {
    /// Runs tasks over a client to which no command has been given.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self::with_limits(client, Limits::default())
    }

    /// Runs tasks that collect so much.
    #[must_use]
    pub fn with_limits(client: Client, limits: Limits) -> Self {
        Self {
            client,
            limits,
            open: VecDeque::new(),
            ended: Ended::default(),
            incoming: None,
            owing: None,
            events: VecDeque::new(),
            last: TaskId::default(),
            weighed: Some(0),
        }
    }

    /// What the client knows: capabilities, state, the mailbox.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Gives a task. It ends in exactly one [`Event::Finished`], unless it is cancelled.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn run<T: Task>(&mut self, task: T) -> Result<Handle<T>, SendError> {
        let streams = task.is_streamed();
        let (command, exchange) = task.into_parts();
        let claim = Claim::of(&command, &self.client.next_tag()?);
        let idle = matches!(command, CommandBody::Idle).then(Default::default);
        let id = self.client.send(command)?;
        let handle = self.begin(id, claim);
        if let Some(entry) = self.open.back_mut() {
            (entry.streams, entry.idle, entry.exchange) = (streams, idle, exchange);
        }
        Ok(handle)
    }

    /// Takes note of a command that has just been given. It waits for those whose answer could be
    /// taken for its own.
    fn begin<T>(&mut self, command: CommandId, claim: Claim) -> Handle<T> {
        let before = self.open.iter().rev().find(|entry| entry.claim.may_meet(&claim));
        if let Some(before) = before {
            self.client.wait_behind(before.command);
        }
        self.last = TaskId(self.last.0.saturating_add(1));
        let ticket = Arc::new(self.last);
        let handle = Handle::new(&ticket);
        self.open.push_back(Entry::new(ticket, command, claim));
        handle
    }

    /// Whether the task has ended and its result can be taken.
    #[must_use]
    pub fn is_finished<T>(&self, handle: &Handle<T>) -> bool {
        self.ended.has(handle)
    }

    /// Takes the result of a task that has [ended](Event::Finished).
    ///
    /// # Errors
    ///
    /// The server did not say OK, or what it said is not all, or it is not of the kind that it must be:
    /// see [`Reason`].
    pub fn take<T: Task>(&mut self, handle: Handle<T>) -> Result<T::Output, Failure> {
        let Some(result) = self.ended.take(&handle) else {
            let is_open = self.open.iter().any(|it| Arc::ptr_eq(&it.ticket, &handle.ticket));
            let reason = if is_open { Reason::Unfinished } else { Reason::Foreign };
            return Err(Failure::new(reason, Answer::default()));
        };
        let mut answer = result?;
        let Some(output) = T::output(&mut answer) else {
            return Err(Failure::new(Reason::Missing, answer));
        };
        self.events.extend(answer.data.into_iter().map(Event::Data));
        Ok(output)
    }

    /// Gives up a task. What it has collected, and what still comes for it, is told as events; it does
    /// not end in [`Event::Finished`].
    ///
    /// The command itself is given up as [`Client::cancel`] says. Returns how much of it had been
    /// handed out.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: it has ended.
    pub fn cancel<T>(&mut self, handle: Handle<T>) -> Result<Sent, SendError> {
        let place = self.place(&handle)?;
        let Some(entry) = self.open.get_mut(place) else { return Err(SendError::NotOwed) };
        let sent = self.client.sent(entry.command).ok_or(SendError::NotOwed)?;
        // An exchange that has begun is watched to its end.
        if sent == Sent::Not || entry.exchange.is_none() {
            self.client.cancel(entry.command)?;
            entry.exchange = None;
        }
        entry.cancelled = true;
        self.events.extend(entry.found.drain());
        self.release(Some(handle.id()));
        self.forget_swallowed();
        Ok(sent)
    }

    fn place<T>(&self, handle: &Handle<T>) -> Result<usize, SendError> {
        let is_it = |entry: &Entry| Arc::ptr_eq(&entry.ticket, &handle.ticket);
        self.open.iter().position(is_it).ok_or(SendError::NotOwed)
    }

    fn command<T>(&self, handle: &Handle<T>) -> Result<CommandId, SendError> {
        let entry = self.open.get(self.place(handle)?);
        entry.map(|entry| entry.command).ok_or(SendError::NotOwed)
    }

    /// Answers a [challenge](Event::Challenge).
    ///
    /// # Errors
    ///
    /// As [`Client::respond`].
    pub fn respond(
        &mut self,
        handle: &Handle<crate::Authenticate>,
        response: Secret<Bytes>,
    ) -> Result<(), SendError> {
        let command = self.command(handle)?;
        self.client.respond(command, response)
    }

    /// Leaves IDLE for good.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: it has ended, or is being left.
    pub fn done(&mut self, handle: &Handle<Idle>) -> Result<(), SendError> {
        let place = self.place(handle)?;
        let Some(entry) = self.open.get_mut(place) else { return Err(SendError::NotOwed) };
        let Some(idle) = &mut entry.idle else { return Err(SendError::NotOwed) };
        if core::mem::replace(&mut idle.leaving, true) {
            return Err(SendError::NotOwed);
        }
        match idle.refreshing {
            true => Ok(()),
            false => self.client.done(entry.command),
        }
    }
}
