//! The client side of an IMAP connection.
//!
//! Knows the protocol and keeps no mailbox: what to fetch, to keep and to show is decided above it.

mod append;
mod authenticate;
mod cancel;
mod capabilities;
mod complete;
mod config;
mod event;
mod idle;
mod learn;
mod pipeline;
mod receive;
mod restore;
mod selected;
mod send;
mod timers;

pub use capabilities::{ServerCapabilities, Source};
pub use config::{Config, Limits, Timeouts};
pub use event::Event;
pub use restore::restore;
pub use selected::Selected;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use bytes::BytesMut;
use mail_proto::{
    CommandId, Connection, Gate, Handover, Instant, Next, Output, Security, Sent, Trace,
    Transcript, Transmit,
};

use crate::connection::{Closed, Error, Framer, State};
use crate::{Capability, Defect};
use append::Owing;
use pipeline::{Effect, Open};
use receive::Streaming;

/// An IMAP client connection as a pure state machine: [`Connection`] moves the octets, the methods here
/// give commands.
///
/// Commands may be given at any time, in advance too: a SELECT behind a LOGIN that has not been
/// answered, a LOGIN behind a STARTTLS. What may not be sent yet waits. Each returns an id, and ends in
/// exactly one [`Event::Completed`] or [`Event::Lost`], unless it is [cancelled](Self::cancel).
///
/// - **Asking**: [`capabilities`](Self::capabilities), [`state`](Self::state),
///   [`enabled`](Self::enabled), [`selected`](Self::selected), [`security`](Self::security).
/// - **Commands**: [`send`](Self::send) for all of them; [`append`](Self::append) and
///   [`begin_append`](Self::begin_append) for messages that come in pieces.
/// - **Going on with one**: [`supply`](Self::supply), [`append_part`](Self::append_part),
///   [`abort_body`](Self::abort_body), [`respond`](Self::respond),
///   [`cancel_exchange`](Self::cancel_exchange), [`done`](Self::done), [`cancel`](Self::cancel).
///
/// # Example
///
/// ```
/// use bytes::{Buf, BytesMut};
/// use imap_proto::client::{Client, Config, Event};
/// use imap_proto::{CommandBody, ConditionKind, Data, Mailbox, Select};
/// use mail_proto::{Connection, Instant, Security};
///
/// let mut client = Client::new(Config { security: Security::Tls, ..Config::default() });
/// let mut input = BytesMut::from("* PREAUTH [CAPABILITY IMAP4rev2] ready\r\n");
/// let now = Instant::default();
/// assert!(matches!(client.poll(&mut input, now)?, Some(Event::Greeting(_))));
///
/// let id = client.send(CommandBody::Select(Select::new(Mailbox::INBOX)))?;
/// let mut transmit = client.transmit(now);
/// assert_eq!(transmit.copy_to_bytes(transmit.remaining()), "A1 SELECT INBOX\r\n");
///
/// input.extend_from_slice(b"* 172 EXISTS\r\nA1 OK [READ-WRITE] done\r\n");
/// assert_eq!(client.poll(&mut input, now)?, Some(Event::Data(Data::Exists(172))));
/// let Some(Event::Completed { id: which, condition, .. }) = client.poll(&mut input, now)? else {
///     panic!("SELECT was not answered");
/// };
/// assert_eq!((which, condition.kind), (id, ConditionKind::Ok));
/// assert_eq!(client.selected().unwrap().exists, 172);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Pipelining
///
/// Up to [`Limits::pipelined`] commands are sent without waiting, in the order in which they were
/// given, unless an answer could be mistaken or a number could mean another message (RFC 9051 section
/// 5.5): by the table of [`rules`](crate::connection::rules), and no two of SEARCH without RETURN,
/// SORT, THREAD, LIST or MOVE at once. What is given behind IDLE waits for [`done`](Self::done), and what
/// is given behind an APPEND for its last octet.
///
/// # The end
///
/// When the connection ends, for whatever reason ([`close`](Connection::close) too), each open command
/// is [lost](Event::Lost) and nothing more is sent: what has been told to be unsent stays unsent. BYE
/// ends the connection at once, unless it answers LOGOUT.
#[derive(Debug)]
pub struct Client {
    config: Arc<Config>,
    security: Security,
    compressed: bool,
    output: Output,
    transcript: Transcript,
    framer: Framer,
    state: State,
    life: Life,
    /// Commands without an end, in order; the first `running` have had their turn.
    pipeline: VecDeque<Open>,
    running: usize,
    /// How many of them have an effect: mostly none, and then nobody looks through all of them.
    changing: usize,
    last_id: CommandId,
    last_tag: u64,
    capabilities: Option<Box<ServerCapabilities>>,
    enabled: Vec<Capability>,
    selected: Option<Box<Selected>>,
    /// A FETCH whose bodies are looked for or streamed.
    fetch: Option<Box<Streaming>>,
    owing: Option<Box<Owing>>,
    /// Whose `Room` has been told and not been used.
    room_told: Option<CommandId>,
    /// BYE has come.
    bye: bool,
    events: VecDeque<Event>,
    eof: bool,
    /// Octets in the input when `poll` last returned: more means that some arrived.
    seen: usize,
    /// Something was given since `poll` last ran.
    touched: bool,
    progress: Option<Instant>,
}

/// What the connection is doing as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Life {
    /// It waits for the greeting.
    Greeting,
    Open,
    /// The transport is being swapped.
    HandingOver(Handover),
    Closed,
}

impl Client {
    /// A client that waits for the server's greeting.
    ///
    /// Many clients may share one configuration: `Client::new(Arc::clone(&config))`.
    #[must_use]
    pub fn new(config: impl Into<Arc<Config>>) -> Self {
        let config = config.into();
        let bare_lf = config.leniency.allows(Defect::BareLf);
        Self {
            security: config.security,
            framer: Framer::responses(config.limits.before_login).with_bare_lf(bare_lf),
            config,
            compressed: false,
            output: Output::default(),
            transcript: Transcript::default(),
            state: State::NotAuthenticated,
            life: Life::Greeting,
            pipeline: VecDeque::new(),
            running: 0,
            changing: 0,
            last_id: CommandId::default(),
            last_tag: 0,
            capabilities: None,
            enabled: Vec::new(),
            selected: None,
            fetch: None,
            owing: None,
            room_told: None,
            bye: false,
            events: VecDeque::new(),
            eof: false,
            seen: 0,
            touched: false,
            progress: None,
        }
    }

    /// What the server announced, if it did since TLS began and the user logged in.
    #[must_use]
    pub fn capabilities(&self) -> Option<&ServerCapabilities> {
        self.capabilities.as_deref()
    }

    /// The state as far as the answers have come.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// What the server has switched on (RFC 9051 section 6.3.1).
    #[must_use]
    pub fn enabled(&self) -> &[Capability] {
        &self.enabled
    }

    /// The mailbox that is selected.
    #[must_use]
    pub fn selected(&self) -> Option<&Selected> {
        self.selected.as_deref()
    }

    /// Whether the octets of the event just returned were protected.
    #[must_use]
    pub const fn security(&self) -> Security {
        self.security
    }

    /// Commands that have been given and not been answered.
    #[must_use]
    pub fn open_commands(&self) -> usize {
        self.pipeline.len()
    }

    /// How much of a command has been handed out, as long as it has not been answered.
    #[must_use]
    pub fn sent(&self, id: CommandId) -> Option<Sent> {
        self.position(id).map(|_| self.output.sent(id))
    }

    /// Octets of the server's stream that have been read.
    #[must_use]
    pub const fn received(&self) -> u64 {
        self.transcript.received()
    }

    /// Octets that wait to be written.
    #[must_use]
    pub const fn queued(&self) -> usize {
        self.output.len()
    }

    /// Octets that were looked at to find line ends, for tests of linearity.
    #[must_use]
    pub const fn examined(&self) -> u64 {
        self.framer.examined()
    }

    /// Ends the connection: every open command is lost, nothing more is parsed or sent. (What is told
    /// to be unsent must not go out behind that.)
    fn finish(&mut self, reason: Closed) {
        if self.life == Life::Closed {
            return;
        }
        self.life = Life::Closed;
        self.state = State::Logout;
        for open in core::mem::take(&mut self.pipeline) {
            if !open.swallowed {
                let sent = self.output.sent(open.id);
                self.events.push_back(Event::Lost { id: open.id, sent });
            }
        }
        (self.running, self.changing) = (0, 0);
        (self.fetch, self.owing) = (None, None);
        self.output.clear();
        self.events.push_back(Event::Closed(reason));
    }

    fn secured(&mut self) {
        self.security = Security::Tls;
        self.capabilities = None;
        self.events.push_back(Event::Secured);
    }
}

impl Connection for Client {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, input: &mut BytesMut, now: Instant) -> Result<Option<Event>, Error> {
        let moved = self.touched || input.len() > self.seen;
        let polled = self.receive(input);
        // The greeting has one deadline, however it trickles.
        if self.progress.is_none() || (moved && self.life != Life::Greeting) {
            self.progress = Some(now);
        }
        (self.touched, self.seen) = (false, input.len());
        polled
    }

    fn receive_eof(&mut self) {
        self.eof = true;
    }

    fn transmit(&mut self, now: Instant) -> Transmit<'_> {
        self.give_turns(false);
        self.output.transmit(&mut self.transcript, now)
    }

    fn next(&self) -> Next {
        match (self.life, self.output.front_gate()) {
            (Life::Closed, _) => Next::Close,
            (Life::HandingOver(to), Some((_, Gate::Handover(_)))) => Next::HandOver(to),
            _ => Next::Read,
        }
    }

    fn handed_over(&mut self, done: Handover, input: &mut BytesMut) -> Result<(), Error> {
        let at = self.transcript.received();
        let result = match self.life {
            Life::HandingOver(to) if to == done => match done {
                Handover::Tls if !input.is_empty() => Err(Error::PlaintextAfterStartTls { at }),
                _ => Ok(()),
            },
            _ => Err(Error::UnexpectedHandover),
        };
        if result.is_err() {
            self.finish(Closed::Error);
            return result;
        }
        self.output.open_front();
        self.life = Life::Open;
        self.touched = true;
        self.seen = 0;
        match done {
            Handover::Tls => self.secured(),
            Handover::Deflate => self.compressed = true,
            Handover::EndDeflate => self.compressed = false,
        }
        Ok(())
    }

    fn poll_timeout(&self) -> Option<Instant> {
        mail_proto::earliest(&self.timers())
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.expire(now);
    }

    fn close(&mut self) {
        self.finish(Closed::Local);
    }

    fn set_trace(&mut self, trace: Option<Box<dyn Trace + Send>>) {
        self.transcript.observe(trace);
    }
}

/// The IDLE that runs, if one does.
fn idling(front: Option<&Open>) -> Option<(CommandId, idle::Idling)> {
    match front {
        Some(Open { id, effect: Effect::Idle(idling), .. }) => Some((*id, *idling)),
        _ => None,
    }
}
