//! The client's side: what to retrieve, what to delete, what to remember.
//!
//! It stands on the events of a [`Client`](pop3_proto::client::Client) and knows nothing of sockets,
//! files or the login.

mod listing;
mod policy;
mod record;
mod step;
mod work;

pub use policy::{Policy, PullOptions, Warning};
pub use record::{Record, Seen};
pub use step::{Progress, PullEnd, PullError, PullStep, Summary, Token};

use alloc::collections::{BTreeSet, VecDeque};
use alloc::vec::Vec;
use mail_proto::CommandId;
use pop3_proto::MessageNumber;
use pop3_proto::client::Event;

use crate::store::WallTime;
use listing::Listing;
use policy::Announced;
use work::{Job, Phase};

/// One run of retrieval over a POP3 connection, from the login to QUIT, as a pure state machine.
///
/// - **feeding**: [`event`](Self::event) with every event of the connection from the login on,
///   [`sent`](Self::sent) with the id of each command, [`stored`](Self::stored) or
///   [`not_stored`](Self::not_stored) for each complete message;
/// - **pulling**: [`next`](Self::next) until [`PullStep::Wait`], again after each of the above;
/// - **asking**: [`record`](Self::record), [`progress`](Self::progress);
/// - [`stop`](Self::stop) ends the run early and in order.
///
/// # What it promises
///
/// - *Nothing is deleted before it is stored.* DELE is given out for messages that were confirmed, in
///   this run or an earlier one, and for no others. With EXPIRE 0, where QUIT alone may delete what was
///   retrieved, QUIT is withheld if some of that was not stored.
/// - *A cut at any point loses nothing.* Deletions count when QUIT was answered with `+OK` (RFC 1939
///   section 6). Until then the record keeps its entries, and the next run deletes without fetching.
/// - *What was confirmed is not fetched again*, where UIDL works. A message without an id (UIDL is
///   optional, servers leave lines out or garble them) is fetched by every run that finds it: at least
///   once, and again if it stays on the server.
/// - *One bad message does not stop the others.* What the server refuses to give is told and skipped.
///
/// The record is written when a message is confirmed. Between storing a message and keeping the record
/// a program can die; then the message is fetched a second time, unless the program finds out by itself
/// (`examples/pop3_fetch` does).
///
/// An id is trusted to name one message for ever, as RFC 1939 section 7 wants it: a new message under
/// the id of an old one is taken for the old one. Where several messages share an id in one listing, all
/// of them are fetched, and the id enters the record when all are stored. They are fetched once more
/// when one of them was missing or another one joins them, since nothing tells which one it is.
///
/// # Memory
///
/// Octets pass through and are not collected. Steps are queued only as far as one event makes them, if
/// `next` is called until it waits.
///
/// # Example
///
/// ```
/// use bytes::{Buf, BytesMut};
/// use mail_proto::{Connection, Instant, Security};
/// use mailstore_core::pop3::{Pull, PullOptions, PullStep, Record};
/// use mailstore_core::store::WallTime;
/// use pop3_proto::Command;
/// use pop3_proto::client::{Client, Config};
///
/// // A server with one message.
/// let answer = |command: &[u8]| match command {
///     b"USER joe\r\n" | b"PASS secret\r\n" | b"DELE 1\r\n" | b"QUIT\r\n" => "+OK\r\n",
///     b"STAT\r\n" => "+OK 1 7\r\n",
///     b"UIDL\r\n" => "+OK\r\n1 abc\r\n.\r\n",
///     b"LIST\r\n" => "+OK\r\n1 7\r\n.\r\n",
///     b"RETR 1\r\n" => "+OK\r\nhello\r\n.\r\n",
///     _ => "-ERR what?\r\n",
/// };
///
/// let mut client = Client::new(Config { security: Security::Tls, ..Config::default() });
/// let (mut input, now) = (BytesMut::from("+OK ready\r\n"), Instant::default());
/// client.send(Command::User("joe".try_into()?))?;
/// client.send(Command::Pass(mail_proto::Secret::new("secret".try_into()?)))?;
///
/// let mut pull = Pull::new(PullOptions::default(), Record::default(), WallTime(1_790_000_000));
/// let mut message = Vec::new();
/// let summary = 'run: loop {
///     while let Some(event) = client.poll(&mut input, now)? {
///         pull.event(&event);
///     }
///     // A program waits for the login before it begins.
///     while client.state() == pop3_proto::State::Transaction {
///         match pull.next() {
///             PullStep::Send(command) => pull.sent(client.send(command)?)?,
///             PullStep::Octets { octets, .. } => message.extend_from_slice(&octets),
///             PullStep::End { token } => pull.stored(token)?, // once it is safe on disk
///             PullStep::Wait => break,
///             PullStep::Done(summary) => break 'run summary,
///             _ => {}
///         }
///     }
///     while client.transmit(now).has_remaining() {
///         let mut transmit = client.transmit(now);
///         let length = transmit.chunk().len();
///         input.extend_from_slice(answer(&transmit.copy_to_bytes(length)).as_bytes());
///     }
/// };
/// assert_eq!((summary.fetched, summary.deleted), (1, 1));
/// assert_eq!(message, b"hello\r\n");
/// assert!(pull.into_record().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pull {
    options: PullOptions,
    record: Record,
    now: WallTime,
    phase: Phase,
    announced: Announced,
    listing: Listing,
    /// The number of the last message that was looked at.
    last: u32,
    /// Stored messages that are to be deleted.
    deletions: VecDeque<MessageNumber>,
    /// Messages whose deletion the server agreed to.
    marked: Vec<MessageNumber>,
    /// Complete messages that the application has not confirmed.
    unconfirmed: BTreeSet<Token>,
    /// Given out, its id not told yet.
    asked: Option<Job>,
    in_flight: VecDeque<(CommandId, Job)>,
    steps: VecDeque<PullStep>,
    progress: Progress,
    summary: Summary,
    stopped: bool,
    keep_alive: bool,
}

impl Pull {
    /// A run that begins now, on a connection in the TRANSACTION state: `record` is what earlier runs
    /// left, `now` the time that its new entries get.
    #[must_use]
    pub fn new(options: PullOptions, record: Record, now: WallTime) -> Self {
        let phase = match options.capabilities {
            true => Phase::Capabilities,
            false => Phase::Listing(work::QUESTIONS),
        };
        Self {
            options,
            summary: Summary::new(),
            record,
            now,
            phase,
            announced: Announced::default(),
            listing: Listing::new(options.messages),
            last: 0,
            deletions: VecDeque::new(),
            marked: Vec::new(),
            unconfirmed: BTreeSet::new(),
            asked: None,
            in_flight: VecDeque::new(),
            steps: VecDeque::new(),
            progress: Progress::default(),
            stopped: false,
            keep_alive: false,
        }
    }

    /// What to do next.
    #[allow(clippy::should_implement_trait, reason = "as on the session; no iterator")]
    pub fn next(&mut self) -> PullStep {
        if let Some(step) = self.steps.pop_front() {
            return step;
        }
        if self.asked.is_some() {
            return PullStep::Wait;
        }
        if let Some(job) = self.next_job() {
            self.asked = Some(job);
            return PullStep::Send(job.command());
        }
        match (&self.phase, self.unconfirmed.is_empty()) {
            (Phase::Over, true) => PullStep::Done(self.summary.clone()),
            _ => PullStep::Wait,
        }
    }

    /// The id of the command that [`PullStep::Send`] gave out.
    ///
    /// If the connection does not take the command because it has ended, leave this out and go on:
    /// [`Event::Closed`] is what follows.
    ///
    /// # Errors
    ///
    /// [`PullError::NotAsked`]: no command waits for its id.
    pub fn sent(&mut self, id: CommandId) -> Result<(), PullError> {
        let job = self.asked.take().ok_or(PullError::NotAsked)?;
        self.in_flight.push_back((id, job));
        Ok(())
    }

    /// What happened on the connection. Events of commands that are not its own are passed over, so
    /// the application may give some too.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Begin { id, .. } => self.begin(*id),
            Event::Line { id, line } => self.line(*id, line),
            Event::Body { id, octets } => self.body(*id, octets),
            Event::Completed { id, result } => {
                if let Some(job) = self.take(*id) {
                    self.completed(job, result);
                }
            }
            Event::Lost { id, .. } => {
                if let Some(job) = self.take(*id) {
                    self.broken(job);
                }
            }
            Event::KeepAlive => self.keep_alive = true,
            Event::Closed(reason) => self.closed(*reason),
            _ => {}
        }
    }

    /// The message is stored and survives whatever happens now: it enters the record, and may be
    /// deleted on the server if the policy says so.
    ///
    /// # Errors
    ///
    /// [`PullError::NotWaiting`]: it is not complete, or was confirmed before.
    pub fn stored(&mut self, token: Token) -> Result<(), PullError> {
        self.confirmed(token)?;
        self.summary.fetched = self.summary.fetched.saturating_add(1);
        if let Some((unique_id, copies)) = self.listing.stored(token.0) {
            let unique_id = unique_id.into_bytes();
            (0..copies).for_each(|_| self.record.insert(unique_id.clone(), self.now));
        }
        if self.policy().deletes(self.now, self.now) {
            self.deletions.push_back(token.0);
        }
        Ok(())
    }

    /// The message could not be stored: it stays on the server, and a later run fetches it again.
    ///
    /// # Errors
    ///
    /// [`PullError::NotWaiting`]: it is not complete, or was confirmed before.
    pub fn not_stored(&mut self, token: Token) -> Result<(), PullError> {
        self.confirmed(token)?;
        self.summary.not_stored = self.summary.not_stored.saturating_add(1);
        Ok(())
    }

    /// Fetches no more: what is under way is brought to its end, what is stored is deleted if the policy
    /// says so, then QUIT.
    pub const fn stop(&mut self) {
        self.stopped = true;
    }

    /// The record as it is now.
    #[must_use]
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// The record for the next run. Take it after [`PullStep::Done`], or whenever the run is given up.
    #[must_use]
    pub fn into_record(self) -> Record {
        self.record
    }

    /// How far the run is.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// The policy of this run, which is not the one of the options where mail may not stay (EXPIRE 0).
    #[must_use]
    pub fn policy(&self) -> Policy {
        match self.announced.must_not_stay() {
            true => Policy::DeleteAfterDownload,
            false => self.options.policy,
        }
    }
}
