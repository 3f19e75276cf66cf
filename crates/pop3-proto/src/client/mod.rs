//! The client side of a POP3 connection.
//!
//! Knows the protocol and no mailbox: what to retrieve and what to delete is decided above it.

mod authenticate;
mod cancel;
mod capabilities;
mod config;
mod event;
mod multi_line;
mod pipeline;
mod receive;

pub use capabilities::Capabilities;
pub use config::{Config, Limits, Timeouts};
pub use event::{Event, ListingLine, Reply};

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use bytes::BytesMut;
use mail_proto::{
    CommandId, Connection, Gate, Handover, Instant, LineScanner, Next, Output, Secret, Security,
    SendError, TlsPolicy, Trace, Transcript, Transmit, earliest, expired,
};

use crate::{
    Closed, Command, Error, MessageNumber, Name, Password, RawCommand, Shape, State, Timestamp,
    apop_digest,
};
use capabilities::Learning;
use pipeline::{Effect, Open};
use receive::Receiving;

/// A POP3 client connection as a pure state machine: [`Connection`] moves the octets, the methods
/// here give commands.
///
/// Commands may be given at any time and are answered in order; what may not be sent yet waits. Each
/// returns an id, and ends in exactly one [`Event::Completed`] or [`Event::Lost`], unless it is
/// [cancelled](Self::cancel).
///
/// - **Asking**: [`capabilities`](Self::capabilities), [`state`](Self::state),
///   [`security`](Self::security), [`timestamp`](Self::timestamp).
/// - **Commands**: [`send`](Self::send) for all of them, [`apop`](Self::apop) and
///   [`send_raw`](Self::send_raw) for what needs help; [`respond`](Self::respond),
///   [`cancel_exchange`](Self::cancel_exchange) and [`cancel`](Self::cancel) go on with one.
///
/// # Example
///
/// ```
/// use bytes::{Buf, BytesMut};
/// use mail_proto::{Connection, Instant, Security};
/// use pop3_proto::client::{Client, Config, Event, Reply};
/// use pop3_proto::Command;
///
/// let mut client = Client::new(Config { security: Security::Tls, ..Config::default() });
/// let mut input = BytesMut::from("+OK ready\r\n");
/// let now = Instant::default();
/// assert!(matches!(client.poll(&mut input, now)?, Some(Event::Greeting(_))));
///
/// let user = client.send(Command::User("joe".try_into()?))?;
/// assert_eq!(client.transmit(now).copy_to_bytes(10), "USER joe\r\n");
/// input.extend_from_slice(b"+OK\r\n");
/// let Some(Event::Completed { id, result: Ok(Reply::Done(_)) }) = client.poll(&mut input, now)? else {
///     panic!("USER was not accepted");
/// };
/// assert_eq!(id, user);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Pipelining
///
/// Commands go out in lock-step until the server announced PIPELINING (RFC 2449 section 6.6), then up
/// to [`Limits::pipelined`] at once. AUTH, STLS, PASS and APOP wait for all before them, and all behind
/// them waits for them: a password is not sent after a refused name.
///
/// # The end
///
/// When the connection ends, for whatever reason ([`close`](Connection::close) too), each open command
/// is [lost](Event::Lost) and nothing more is sent: what has been told to be unsent stays unsent. Give
/// QUIT and wait for its answer; only that deletes.
#[derive(Debug)]
pub struct Client {
    config: Arc<Config>,
    security: Security,
    output: Output,
    transcript: Transcript,
    lines: LineScanner,
    state: State,
    receiving: Receiving,
    pipeline: VecDeque<Open>,
    last_id: CommandId,
    // Few servers have one.
    timestamp: Option<Box<Timestamp>>,
    capabilities: Option<Box<Capabilities>>,
    learning: Option<Box<Learning>>,
    events: VecDeque<Event>,
    closed: Option<Closed>,
    eof: bool,
    /// Octets in the input when `poll` last returned: more means that some arrived.
    seen: usize,
    /// A command was given since `poll` last ran.
    touched: bool,
    progress: Option<Instant>,
    /// Octets that finished unstuffers have looked at.
    examined: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Timer {
    Greeting,
    Reply,
    Stall,
    KeepAlive,
}

impl Client {
    /// A client that waits for the server's greeting.
    ///
    /// Many clients may share one configuration: `Client::new(Arc::clone(&config))`.
    #[must_use]
    pub fn new(config: impl Into<Arc<Config>>) -> Self {
        let config = config.into();
        Self {
            security: config.security,
            config,
            output: Output::default(),
            transcript: Transcript::default(),
            lines: LineScanner::default(),
            state: State::Authorization,
            receiving: Receiving::Greeting,
            pipeline: VecDeque::new(),
            last_id: CommandId::default(),
            timestamp: None,
            capabilities: None,
            learning: None,
            events: VecDeque::new(),
            closed: None,
            eof: false,
            seen: 0,
            touched: false,
            progress: None,
            examined: 0,
        }
    }

    /// What the server announced, if it was asked ([`Command::Capa`]) since TLS began.
    #[must_use]
    pub fn capabilities(&self) -> Option<&Capabilities> {
        self.capabilities.as_deref()
    }

    /// The state as far as the answers have come.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// Whether the octets of the event just returned were protected.
    #[must_use]
    pub const fn security(&self) -> Security {
        self.security
    }

    /// The timestamp in the greeting, which is the server's offer of APOP.
    #[must_use]
    pub fn timestamp(&self) -> Option<&Timestamp> {
        self.timestamp.as_deref()
    }

    /// Commands that have been given and not ended.
    #[must_use]
    pub fn open_commands(&self) -> usize {
        self.pipeline.len()
    }

    /// Octets that were looked at to find line and body ends, for tests of linearity.
    #[must_use]
    pub const fn examined(&self) -> u64 {
        match &self.receiving {
            Receiving::Body(body) => self.examined.saturating_add(body.unstuffer.examined()),
            _ => self.examined,
        }
        .saturating_add(self.lines.examined())
    }

    /// Gives a command.
    ///
    /// AUTH's initial response goes into the line if the server announced SASL and the line is short
    /// enough (RFC 5034 section 4), otherwise it answers the server's first challenge by itself.
    ///
    /// # Errors
    ///
    /// - [`SendError::TlsRequired`]: credentials, [`TlsPolicy::Required`] and no TLS.
    /// - [`SendError::State`]: the command cannot be legal when its turn comes.
    /// - [`SendError::NotOffered`]: APOP without a timestamp in the greeting.
    /// - [`SendError::TooLong`]: the line is longer than [`Limits::command_line`].
    /// - [`SendError::Closed`]: the connection has ended.
    pub fn send(&mut self, command: Command) -> Result<CommandId, SendError> {
        self.check(&command)?;
        if let Command::Other(raw) = &command {
            return self.send_raw(raw, command.shape());
        }
        if let Command::Auth { mechanism, initial } = command {
            return self.send_auth(mechanism, initial);
        }
        check_length(&command, self.config.limits.command_line)?;
        let asked = match command {
            Command::Uidl(message) => message,
            _ => None,
        };
        let id = self.open(command.shape(), Effect::of(&command), asked);
        command.encode(&mut self.output.writer(id));
        if matches!(command, Command::Stls) {
            self.output.push_gate(id, Gate::Handover(Handover::Tls));
        }
        Ok(id)
    }

    /// Gives a command that this crate has no type for; `shape` says how a `+OK` to it goes on.
    ///
    /// [`Shape::Body`] gives the lines of a multi-line reply as [`Event::Body`].
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`SendError::State`] if there is a type for it.
    pub fn send_raw(&mut self, command: &RawCommand, shape: Shape) -> Result<CommandId, SendError> {
        let raw = Command::Other(command.clone());
        self.check(&raw)?;
        if shape == Shape::Sasl {
            return Err(SendError::State { expected: "AUTH for an authentication exchange" });
        }
        check_length(&raw, self.config.limits.command_line)?;
        let id = self.open(shape, Effect::None, None);
        raw.encode(&mut self.output.writer(id));
        Ok(id)
    }

    /// Logs in by APOP (RFC 1939 section 7), with the timestamp of the greeting.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn apop(&mut self, name: Name, secret: &Secret<Password>) -> Result<CommandId, SendError> {
        let timestamp = self.timestamp.as_ref().ok_or(SendError::NotOffered { what: "APOP" })?;
        let digest = apop_digest(timestamp, secret.expose().as_bytes());
        self.send(Command::Apop { name, digest })
    }

    /// What forbids a command, whatever its form.
    fn check(&self, command: &Command) -> Result<(), SendError> {
        if self.closed.is_some() {
            return Err(SendError::Closed);
        }
        if is_credential(command)
            && self.config.tls == TlsPolicy::Required
            && !self.will_be_secure()
        {
            return Err(SendError::TlsRequired);
        }
        if matches!(command, Command::Apop { .. }) {
            if !self.config.apop {
                return Err(SendError::State { expected: "APOP allowed by the configuration" });
            }
            if self.timestamp.is_none() {
                return Err(SendError::NotOffered { what: "APOP" });
            }
        }
        self.check_state(command)
    }

    fn open(&mut self, shape: Shape, effect: Effect, asked: Option<MessageNumber>) -> CommandId {
        self.last_id = self.last_id.following();
        self.output.push_gate(self.last_id, Gate::Turn);
        // While others wait for their answers, one more does not make the server any livelier.
        self.touched |= self.pipeline.is_empty();
        self.pipeline.push_back(Open { id: self.last_id, shape, effect, asked, swallowed: false });
        self.last_id
    }

    /// Ends the connection: every open command is lost, nothing more is parsed or sent. (What is
    /// told to be unsent must not go out behind that.)
    fn finish(&mut self, reason: Closed) {
        if self.closed.is_some() {
            return;
        }
        self.closed = Some(reason);
        for open in core::mem::take(&mut self.pipeline) {
            if !open.swallowed {
                let sent = self.output.sent(open.id);
                self.events.push_back(Event::Lost { id: open.id, sent });
            }
        }
        self.output.clear();
        self.events.push_back(Event::Closed(reason));
    }

    /// The timer table.
    fn timers(&self) -> [(Timer, Option<Instant>); 4] {
        let since = self.progress.max(self.output.moved_at()).unwrap_or_default();
        let waits = &self.config.timeouts;
        let open = self.closed.is_none() && self.progress.is_some();
        let greeting = matches!(self.receiving, Receiving::Greeting);
        let handover = matches!(self.receiving, Receiving::Handover);
        let answer = !self.pipeline.is_empty() && !self.waits_for_application();
        let idle = self.pipeline.is_empty() && self.state == State::Transaction;
        let keep_alive = waits.keep_alive.filter(|_| open && idle);
        [
            (Timer::Greeting, (open && greeting).then_some(since + waits.greeting)),
            (
                Timer::Reply,
                (open && !greeting && (handover || answer)).then_some(since + waits.reply),
            ),
            (Timer::Stall, (self.output.ready() > 0).then_some(since + waits.stall)),
            (Timer::KeepAlive, keep_alive.map(|after| since + after)),
        ]
    }

    fn waits_for_application(&self) -> bool {
        match self.pipeline.front() {
            Some(Open { effect: Effect::Auth(exchange), .. }) => exchange.challenged,
            _ => false,
        }
    }
}

/// Whether a command shows the server who somebody is.
const fn is_credential(command: &Command) -> bool {
    matches!(
        command,
        Command::User(_) | Command::Pass(_) | Command::Apop { .. } | Command::Auth { .. }
    )
}

/// The line must not be longer than the limit.
fn check_length(command: &Command, limit: usize) -> Result<(), SendError> {
    let mut line = Vec::new();
    command.encode(&mut line);
    match line.len() > limit {
        true => Err(SendError::TooLong { length: line.len(), limit }),
        false => Ok(()),
    }
}

impl Connection for Client {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, input: &mut BytesMut, now: Instant) -> Result<Option<Event>, Error> {
        let moved = self.touched || input.len() > self.seen;
        let result = self.receive(input);
        // The greeting has one deadline, however it trickles.
        if self.progress.is_none() || (moved && !matches!(self.receiving, Receiving::Greeting)) {
            self.progress = Some(now);
        }
        (self.touched, self.seen) = (false, input.len());
        result
    }

    fn receive_eof(&mut self) {
        self.eof = true;
    }

    fn transmit(&mut self, now: Instant) -> Transmit<'_> {
        self.let_go();
        self.output.transmit(&mut self.transcript, now)
    }

    fn next(&self) -> Next {
        match (self.closed, self.output.front_gate()) {
            (Some(_), _) => Next::Close,
            (None, Some((_, Gate::Handover(handover))))
                if matches!(self.receiving, Receiving::Handover) =>
            {
                Next::HandOver(handover)
            }
            (None, _) => Next::Read,
        }
    }

    fn handed_over(&mut self, done: Handover, input: &mut BytesMut) -> Result<(), Error> {
        if !matches!(self.next(), Next::HandOver(asked) if asked == done) {
            return Err(Error::UnexpectedHandover);
        }
        if !input.is_empty() {
            self.finish(Closed::Error);
            return Err(Error::PlaintextAfterStls { at: self.transcript.received() });
        }
        self.output.open_front();
        self.security = Security::Tls;
        self.capabilities = None;
        self.receiving = Receiving::Status;
        self.touched = true;
        self.events.push_back(Event::Secured);
        Ok(())
    }

    fn poll_timeout(&self) -> Option<Instant> {
        earliest(&self.timers())
    }

    fn handle_timeout(&mut self, now: Instant) {
        match expired(&self.timers(), now) {
            None => {}
            Some(Timer::KeepAlive) => {
                self.progress = Some(now);
                self.events.push_back(Event::KeepAlive);
            }
            Some(Timer::Greeting | Timer::Reply | Timer::Stall) => {
                self.finish(Closed::Timeout);
            }
        }
    }

    fn close(&mut self) {
        self.finish(Closed::Local);
    }

    fn set_trace(&mut self, trace: Option<Box<dyn Trace + Send>>) {
        self.transcript.observe(trace);
    }
}
