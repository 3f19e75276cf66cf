//! The server side of a POP3 connection.
//!
//! Knows the protocol and no mailbox: users, locks, messages and deletions are the application's.

mod config;
mod event;
mod own;
mod receive;
mod reply;
mod response;

pub use config::{Config, Limits, Timeouts};
pub use event::{
    Body, Credentials, Event, Login, Pending, Request, ScanLine, ScanLines, Single, Stat, UidLine,
    UidLines,
};
pub use response::Response;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use bytes::BytesMut;
use mail_proto::{
    CommandId, Connection, Gate, Handover, Instant, LineScanner, Next, Output, Security, TlsPolicy,
    Trace, Transcript, Transmit, Watermarks, earliest, expired,
};

use crate::{Closed, Error, Greeting, LanguageTag, Name, State, Stuffer, Timestamp};

/// A POP3 server connection as a pure state machine: [`Connection`] moves the octets,
/// [`reply`](Self::reply) answers the requests.
///
/// One command runs at a time; pipelined ones wait unparsed in the input. The connection keeps the
/// states of RFC 1939: what is not legal is refused without asking the application.
///
/// # Example
///
/// ```
/// use std::sync::Arc;
/// use bytes::{Buf, BytesMut};
/// use mail_proto::{Connection, Instant, Security, Text};
/// use pop3_proto::DropListing;
/// use pop3_proto::server::{Config, Event, Request, Response, Server};
///
/// let mut server = Server::new(Arc::new(Config::default()), Security::Tls, None);
/// let mut input = BytesMut::from("USER joe\r\nPASS secret\r\nSTAT\r\n");
/// let now = Instant::default();
///
/// let Some(Event::Request(Request::Login(_, login))) = server.poll(&mut input, now)? else { panic!() };
/// server.reply(Response::LoggedIn(login, Text::empty()))?;
/// let Some(Event::Request(Request::Stat(stat))) = server.poll(&mut input, now)? else { panic!() };
/// server.reply(Response::Stat(stat, DropListing::new(2, 320)))?;
///
/// let mut transmit = server.transmit(now);
/// let octets = transmit.copy_to_bytes(transmit.remaining());
/// assert!(octets.ends_with(b"+OK\r\n+OK 2 320\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Server {
    config: Arc<Config>,
    security: Security,
    timestamp: Option<Timestamp>,
    output: Output,
    transcript: Transcript,
    lines: LineScanner,
    state: State,
    /// USER has been given, PASS not yet.
    user: Option<Name>,
    running: Option<Running>,
    last_id: CommandId,
    phase: Phase,
    events: VecDeque<Event>,
    closed: Option<Closed>,
    eof: bool,
    /// The place of the language in use in the configured list.
    language: u8,
    utf8: bool,
    bad_commands: u8,
    failed_logins: u8,
    room_told: bool,
    touched: bool,
    /// Octets in the input when `poll` last returned.
    waiting: usize,
    opened: Option<Instant>,
    active: Option<Instant>,
}

/// The command that is being answered.
#[derive(Debug)]
struct Running {
    id: CommandId,
    kind: Kind,
    stage: Stage,
}

/// What the end of a reply changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Login,
    Quit,
    Unknown,
    Other,
}

#[derive(Debug)]
enum Stage {
    /// The application has been asked.
    Asked,
    /// The client has been sent a challenge.
    Challenged,
    Listing,
    Body(Stuffer),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// No octet has been looked at yet.
    First,
    Commands,
    /// The rest of a line that was too long, and began after so many octets.
    Skipping {
        from: u64,
    },
    /// Nothing: TLS begins.
    Handover,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Timer {
    Login,
    AutoLogout,
    Stall,
}

impl Server {
    /// A server that greets.
    ///
    /// A `timestamp` offers APOP: it must be unlike that of any other connection (RFC 1939 section 7),
    /// and is the caller's to make, because nothing here is random or knows the time.
    #[must_use]
    pub fn new(config: Arc<Config>, security: Security, timestamp: Option<Timestamp>) -> Self {
        let mut output = Output::default();
        let greeting = Greeting::ready(config.greeting.clone(), timestamp.as_ref());
        greeting.encode(&mut output.writer(CommandId::default()));
        Self {
            config,
            security,
            timestamp,
            output,
            transcript: Transcript::default(),
            lines: LineScanner::default(),
            state: State::Authorization,
            user: None,
            running: None,
            last_id: CommandId::default(),
            phase: Phase::First,
            events: VecDeque::new(),
            closed: None,
            eof: false,
            language: 0,
            utf8: false,
            bad_commands: 0,
            failed_logins: 0,
            room_told: false,
            touched: false,
            waiting: 0,
            opened: None,
            active: None,
        }
    }

    /// The state of the session.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// Whether the channel is protected.
    #[must_use]
    pub const fn security(&self) -> Security {
        self.security
    }

    /// Whether the client asked for UTF-8 (RFC 6856 section 2): then messages may be sent as they
    /// are, and all texts may be UTF-8.
    #[must_use]
    pub const fn utf8(&self) -> bool {
        self.utf8
    }

    /// The language that the client chose (RFC 6856 section 3): write texts in it.
    #[must_use]
    pub fn language(&self) -> Option<&LanguageTag> {
        self.config.languages.get(usize::from(self.language)).map(|language| &language.tag)
    }

    /// Octets of output that may be produced before the high watermark is reached.
    #[must_use]
    pub fn room(&self) -> usize {
        self.watermarks().high.saturating_sub(self.output.len())
    }

    /// Octets that were looked at to find line ends, for tests of linearity.
    #[must_use]
    pub const fn examined(&self) -> u64 {
        self.lines.examined()
    }

    /// Whether so much output waits for the client that nothing more is taken from it.
    fn is_full(&self) -> bool {
        self.room() == 0 && self.output.ready() > 0
    }

    fn watermarks(&self) -> Watermarks {
        match self.state {
            State::Authorization => self.config.limits.output_before_login,
            _ => self.config.limits.output,
        }
    }

    /// Whether passwords may be sent as things are.
    fn takes_passwords(&self) -> bool {
        self.security == Security::Tls || self.config.tls == TlsPolicy::Optional
    }

    /// Ends the connection.
    fn finish(&mut self, reason: Closed) {
        if self.closed.is_none() {
            self.closed = Some(reason);
            self.running = None;
            self.events.push_back(Event::Closed(reason));
        }
    }

    /// The timer table.
    fn timers(&self) -> [(Timer, Option<Instant>); 3] {
        let waits = &self.config.timeouts;
        let open = self.closed.is_none();
        let active = self.active.max(self.output.moved_at());
        let login = open && self.state == State::Authorization;
        let idle = open && !login && self.running.is_none();
        let stalled = self.output.ready() > 0;
        [
            (Timer::Login, self.opened.filter(|_| login).map(|at| at + waits.login)),
            (Timer::AutoLogout, active.filter(|_| idle).map(|at| at + waits.auto_logout)),
            (Timer::Stall, active.filter(|_| stalled).map(|at| at + waits.stall)),
        ]
    }
}

impl Connection for Server {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, input: &mut BytesMut, now: Instant) -> Result<Option<Event>, Error> {
        if self.opened.is_none() {
            self.opened = Some(now);
        }
        if self.touched || self.active.is_none() {
            self.active = Some(now);
            self.touched = false;
        }
        let result = self.receive(input, now);
        self.waiting = input.len();
        result
    }

    fn receive_eof(&mut self) {
        self.eof = true;
    }

    fn transmit(&mut self, now: Instant) -> Transmit<'_> {
        self.output.transmit(&mut self.transcript, now)
    }

    fn next(&self) -> Next {
        if self.closed.is_some() {
            return if self.output.ready() == 0 { Next::Close } else { Next::Hold };
        }
        if let Some((_, Gate::Handover(handover))) = self.output.front_gate() {
            return Next::HandOver(handover);
        }
        let limits = &self.config.limits;
        let may_wait = match self.state {
            State::Authorization => limits.waiting_before_login,
            _ => limits.waiting,
        };
        let busy = self.running.as_ref().is_some_and(Running::is_ours);
        let full = busy && self.waiting >= may_wait;
        match self.eof || full || self.phase == Phase::Handover || self.is_full() {
            true => Next::Hold,
            false => Next::Read,
        }
    }

    fn handed_over(&mut self, done: Handover, input: &mut BytesMut) -> Result<(), Error> {
        if self.next() != Next::HandOver(done) {
            return Err(Error::UnexpectedHandover);
        }
        if !input.is_empty() {
            self.finish(Closed::Error);
            return Err(Error::PlaintextAfterStls { at: self.transcript.received() });
        }
        self.output.open_front();
        self.security = Security::Tls;
        // What was said in clear may have been said by anyone (RFC 2595 section 4).
        (self.user, self.language) = (None, 0);
        self.phase = Phase::Commands;
        self.events.push_back(Event::Secured);
        Ok(())
    }

    fn poll_timeout(&self) -> Option<Instant> {
        earliest(&self.timers())
    }

    fn handle_timeout(&mut self, now: Instant) {
        // RFC 1939 section 3: close without removing any messages or sending any response.
        if expired(&self.timers(), now).is_some() {
            self.finish(Closed::Timeout);
            self.output.clear();
        }
    }

    fn close(&mut self) {
        self.finish(Closed::Local);
    }

    fn set_trace(&mut self, trace: Option<Box<dyn Trace + Send>>) {
        self.transcript.observe(trace);
    }
}

impl Running {
    /// The application or the connection has the word, not the client.
    const fn is_ours(&self) -> bool {
        !matches!(self.stage, Stage::Challenged)
    }
}
