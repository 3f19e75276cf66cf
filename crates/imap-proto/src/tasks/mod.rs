//! Tasks: a command and the untagged data that belong to it, as one result with a type.
//!
//! On the wire untagged data belong to nobody; so they are events of a [`Client`], and who asked has
//! to pick the answer out of them. [`Tasks`] does that: [`run`](Tasks::run) gives a command and returns
//! a [`Handle`]; [`Event::Finished`] says that it has ended; [`take`](Tasks::take) makes one value of
//! what came, or a [`Failure`] that says why there is none. All other data are events as before.
//!
//! `Tasks` is a [`Connection`](mail_proto::Connection) itself, so that what drives a client drives it.
//!
//! ```
//! use bytes::{Buf, BytesMut};
//! use imap_proto::client::{Client, Config};
//! use imap_proto::tasks::{Event, Select, Tasks};
//! use imap_proto::{Data, Fetch, Mailbox, SequenceSet};
//! use mail_proto::{Connection, Instant, Security};
//!
//! let config = Config { security: Security::Tls, ..Config::default() };
//! let mut tasks = Tasks::new(Client::new(config));
//! let (mut input, now) = (BytesMut::from("* PREAUTH ready\r\n"), Instant::default());
//! assert!(matches!(tasks.poll(&mut input, now)?, Some(Event::Greeting(_))));
//!
//! // The second is given before the first has been answered.
//! let select = tasks.run(Select(imap_proto::Select::new(Mailbox::INBOX)))?;
//! let fetch = tasks.run(Fetch::uids(SequenceSet::all()).flags())?;
//!
//! // A driver in miniature: the server says its part, whatever we send.
//! let (mut sent, mut events) = (String::new(), Vec::new());
//! for says in [
//!     "",
//!     "* 2 EXISTS\r\n* OK [UIDNEXT 10] soon\r\nA1 OK [READ-WRITE] open\r\n",
//!     "* 1 FETCH (UID 4 FLAGS (\\Seen))\r\n* 3 EXISTS\r\n",
//!     "* 2 FETCH (UID 9 FLAGS ())\r\nA2 OK done\r\n",
//! ] {
//!     input.extend_from_slice(says.as_bytes());
//!     while let Some(event) = tasks.poll(&mut input, now)? {
//!         events.push(event);
//!     }
//!     let mut transmit = tasks.transmit(now);
//!     let octets = transmit.copy_to_bytes(transmit.remaining());
//!     sent.push_str(std::str::from_utf8(&octets)?);
//! }
//! assert_eq!(sent, "A1 SELECT INBOX\r\nA2 UID FETCH 1:* (FLAGS)\r\n");
//!
//! // What was asked for is in the results, and only what is new is an event.
//! assert!(matches!(&events[0], Event::Finished { task, .. } if *task == select));
//! assert_eq!(events[1], Event::Data(Data::Exists(3)));
//! assert!(matches!(&events[2], Event::Finished { task, .. } if *task == fetch));
//!
//! let opened = tasks.take(select)?;
//! assert_eq!(opened.selected.uid_next.unwrap().get(), 10);
//! let fetched = tasks.take(fetch)?;
//! let seen = fetched.rows.iter().filter(|row| row.data.flags().is_some_and(|it| it.is_seen()));
//! assert_eq!(seen.count(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The tasks
//!
//! Where the type of a command says all, the command is the task; elsewhere there is a type here. What
//! is not in the table is a task as a [`CommandBody`], and its result is an [`Answer`].
//!
//! | task | result |
//! |---|---|
//! | [`Capability`], [`Id`](crate::Id), [`Enable`](crate::Enable) | [`Capabilities`](crate::Capabilities), `Id`, what was enabled |
//! | [`Login`](crate::Login), [`Authenticate`](crate::Authenticate) | [`LoggedIn`] |
//! | [`SaslLogin`] | [`SaslLoggedIn`] |
//! | [`List`](crate::List) | [`ListedMailbox`]es with what RETURN asked for |
//! | [`Lsub`], [`Xlist`], [`Namespace`] | [`ListData`](crate::ListData), [`NamespaceData`](crate::NamespaceData) |
//! | [`Status`](crate::Status) | [`StatusData`](crate::StatusData) |
//! | [`Select`], [`Examine`] | [`Opened`], with what a resynchronization said |
//! | [`Fetch`](crate::Fetch) | [`Fetched`]: a row for each message |
//! | [`Streamed`] | nothing: [`Event::Row`], [`Event::Part`] |
//! | [`Search`], [`UidSearch`], [`Sort`], [`UidSort`] | [`Matches`] |
//! | [`Thread`], [`UidThread`], [`Esearch`](crate::Esearch) | [`ThreadData`](crate::ThreadData), [`EsearchData`](crate::EsearchData) |
//! | [`Store`](crate::Store) | [`Stored`] |
//! | [`CopyMessages`], [`MoveMessages`] | [`Copied`] |
//! | [`Append`](crate::Append), [`Replace`](crate::Replace), [`Upload`] | [`Appended`] |
//! | [`Expunge`], [`UidExpunge`] | [`Expunged`] |
//! | [`Idle`] | nothing: it ends by [`done`](Tasks::done) |
//! | [`GetMetadata`](crate::GetMetadata) | [`Annotations`] |
//! | [`GetQuota`](crate::GetQuota), [`GetQuotaRoot`](crate::GetQuotaRoot), [`SetQuota`](crate::SetQuota) | [`QuotaData`](crate::QuotaData), [`MailboxQuotas`] |
//! | [`GetAcl`](crate::GetAcl), [`MyRights`](crate::MyRights), [`ListRights`](crate::ListRights) | [`AclData`](crate::AclData), [`Rights`](crate::Rights), [`ListRightsData`](crate::ListRightsData) |
//! | [`Create`](crate::Create) | [`ObjectId`](crate::ObjectId) |
//! | [`Noop`], [`Check`], [`Close`], [`Unselect`], [`Delete`], [`Rename`](crate::Rename), [`Subscribe`], [`Unsubscribe`], [`SetMetadata`](crate::SetMetadata), [`SetAcl`](crate::SetAcl), [`DeleteAcl`](crate::DeleteAcl), [`StartTls`], [`Compress`](crate::Compress), [`Unauthenticate`], [`Logout`] | nothing |
//!
//! # What belongs to a task
//!
//! - Its command has been sent and not been answered. What comes behind the tagged line is an event.
//! - The data are what the command asks for: of this mailbox (in whatever case INBOX is written, in
//!   either form of its name), of messages in this set, with an item that was asked for, with this
//!   tag. Where two commands could be taken for each other (two STATUS of one mailbox, a FETCH and a
//!   STORE of flags of one message), the later one waits for the earlier.
//! - Data are of one task or of none. Only EXPUNGE and VANISHED that EXPUNGE causes are both told and
//!   collected, because they move the numbers of all events behind them.
//! - What cannot be told apart is taken for the answer: that flags have changed, while FETCH asks for
//!   the flags of that very message.
//! - A task that is [cancelled](Tasks::cancel), or whose handle is dropped, still keeps its data from all
//!   others; they are told as events.
//!
//! # How much
//!
//! A task collects at most [`Limits::collected`] octets of responses, which in memory are a small
//! multiple. Beyond that it fails as [`Reason::TooLarge`], and what comes is told as events. Results
//! wait until they are taken or their handles are dropped; as all that is read, they keep the blocks
//! that they were read into.
//!
//! [`Client`]: crate::client::Client
//! [`CommandBody`]: crate::CommandBody

mod asked;
mod capability;
mod change;
mod claim;
mod connection;
mod entry;
mod event;
mod failure;
mod fetch;
mod idle;
mod incoming;
mod list;
mod login;
mod mailbox;
mod meet;
mod members;
mod messages;
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
pub use change::{Appended, Copied, CopyMessages, Expunge, Expunged, MoveMessages, UidExpunge};
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
use entry::{Ended, Entry, untold};
use incoming::Incoming;
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
    /// How many of the open ones have been cancelled.
    cancelled: usize,
    /// A tagged response that could not be read, before the end that it brings.
    torn: Option<Unparsed>,
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
            cancelled: 0,
            torn: None,
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
        self.events.extend(untold(answer.data));
        Ok(output)
    }

    /// Gives up a task. What it has collected, and what still comes for it, is told as events that are
    /// of no task; no event of the task follows, not even [`Event::Finished`].
    ///
    /// The command itself is given up as [`Client::cancel`] says. That of a [`SaslLogin`] is watched to
    /// its end all the same: an OK that the mechanism does not accept closes the connection. Returns how much of it had been
    /// handed out.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: it has ended.
    pub fn cancel<T>(&mut self, handle: Handle<T>) -> Result<Sent, SendError> {
        let place = self.place(&handle)?;
        let Some(entry) = self.open.get_mut(place) else { return Err(SendError::NotOwed) };
        let sent = self.client.sent(entry.command).ok_or(SendError::NotOwed)?;
        let command = entry.command;
        let has_begun = sent != Sent::Not && !self.client.would_break_off(command);
        if has_begun && entry.exchange.is_some() {
            // It is watched to its end, lest an OK is believed. Another challenge may have to come first.
            let _ = self.client.cancel_exchange(command);
        } else {
            self.client.cancel(command)?;
            entry.exchange = None;
        }
        entry.cancelled = true;
        self.cancelled = self.cancelled.saturating_add(1);
        let mut found = core::mem::take(&mut entry.found);
        self.disown(handle.id());
        self.events.extend(found.drain());
        self.release(Some(handle.id()));
        self.forget_swallowed();
        Ok(sent)
    }

    /// What waits to be told of a task is told as of none.
    fn disown(&mut self, task: TaskId) {
        let events = core::mem::take(&mut self.events);
        self.events = events.into_iter().filter_map(|event| event.disowned(task)).collect();
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

    /// Ends an exchange whose server waits for an answer; [`Event::Finished`] tells what it says to
    /// that.
    ///
    /// # Errors
    ///
    /// As [`Client::cancel_exchange`].
    pub fn cancel_exchange(
        &mut self,
        handle: &Handle<crate::Authenticate>,
    ) -> Result<(), SendError> {
        let command = self.command(handle)?;
        self.client.cancel_exchange(command)
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
