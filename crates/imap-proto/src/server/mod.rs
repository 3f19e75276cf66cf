//! The server side of an IMAP connection.
//!
//! Knows the protocol and no mailbox: users, messages, flags and what is in them are the application's.

mod append;
mod authenticate;
mod command;
mod config;
mod event;
mod fetch;
mod legal;
mod own;
mod receive;
mod reject;
mod reply;
mod running;
mod secret;
mod timers;

pub use config::{Config, Limits, Timeouts};
pub use event::Event;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;

use bytes::BytesMut;
use mail_proto::{
    CommandId, Connection, Gate, Handover, Instant, Next, Output, Security, Text, TlsPolicy, Trace,
    Transcript, Transmit, Watermarks, earliest,
};

use crate::connection::{Closed, Enabled, Error, FrameLimits, Framer, State};
use crate::{Capabilities, Defect, FetchWriter, Negotiated, ParseLimits, RespText};
use append::Upload;
use running::Running;

/// An IMAP server connection as a pure state machine: [`Connection`] moves the octets, and the
/// methods below answer the commands.
///
/// - **answers**: [`respond`](Self::respond) and [`fetch_part`](Self::fetch_part) with
///   [`supply`](Self::supply) write untagged data, [`accept`](Self::accept) and
///   [`challenge`](Self::challenge) let the client go on, [`complete`](Self::complete) ends a command;
/// - **endings**: [`bye`](Self::bye), [`abort_body`](Self::abort_body), [`Connection::close`];
/// - **getters**: [`state`](Self::state), [`enabled`](Self::enabled), [`room`](Self::room) and others.
///
/// One command runs at a time; pipelined ones wait unparsed in the input. The connection keeps the
/// states of RFC 9051 section 3 and the rules of [`connection::table`](crate::connection::table): what
/// is not legal is refused without asking the application, and what the application may not say is a
/// [`SendError`](mail_proto::SendError) that changes nothing.
///
/// # Example
///
/// ```
/// use std::sync::Arc;
/// use bytes::{Buf, BytesMut};
/// use imap_proto::server::{Config, Event, Greeting, Server};
/// use imap_proto::{CommandBody, Condition, Data};
/// use mail_proto::{Connection, Instant, Security};
///
/// let mut server = Server::new(Arc::new(Config::default()), Security::Tls, Greeting::default());
/// let mut input = BytesMut::from("a LOGIN joe secret\r\nb SELECT INBOX\r\n");
/// let now = Instant::default();
///
/// let Some(Event::Command { id, body }) = server.poll(&mut input, now)? else { panic!() };
/// assert!(matches!(body, CommandBody::Login(_)));
/// server.complete(id, Condition::ok("done"))?;
/// let Some(Event::Command { id, body }) = server.poll(&mut input, now)? else { panic!() };
/// assert!(matches!(body, CommandBody::Select(_)));
/// server.respond(&Data::Exists(23))?;
/// server.complete(id, Condition::ok("done"))?;
///
/// let mut transmit = server.transmit(now);
/// let octets = transmit.copy_to_bytes(transmit.remaining());
/// assert!(octets.ends_with(b"* 23 EXISTS\r\nb OK done\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Server {
    config: Arc<Config>,
    security: Security,
    compressed: bool,
    output: Output,
    transcript: Transcript,
    framer: Framer,
    state: State,
    enabled: Enabled,
    /// The selected mailbox has no mod-sequences.
    no_mod_seq: bool,
    /// NOTIFY lets EXPUNGE come at any time (RFC 5465 section 5.3).
    expunges_any_time: bool,
    running: Option<Running>,
    upload: Option<Box<Upload>>,
    /// A FETCH response that has been begun.
    fetch: Option<FetchWriter>,
    last_id: CommandId,
    phase: Phase,
    /// Octets of the client's stream before the present command.
    unit_at: u64,
    /// Literals of the present command.
    literals: usize,
    /// IDLE was ended from this side: its DONE may be on the way.
    done_on_its_way: bool,
    events: VecDeque<Event>,
    closed: Option<Closed>,
    eof: bool,
    bad_commands: u8,
    failed_logins: u8,
    wants_room: bool,
    touched: bool,
    /// Octets in the input when `poll` last returned.
    waiting: usize,
    opened: Option<Instant>,
    active: Option<Instant>,
    received: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// No octet has been looked at yet.
    First,
    Commands,
    /// The rest of a command that was refused, and may hold what no trace must show.
    Discarding {
        secret: bool,
    },
    /// The same from an announcement on that had been accepted and ends there in the input: its octets
    /// come.
    Retracted {
        header_end: usize,
    },
    /// Nothing: the layer below is swapped.
    Handover(Handover),
}

/// The first thing that a server says (RFC 9051 section 7.1).
///
/// Without a code of its own it carries the capabilities, unless it is a BYE.
///
/// ```
/// use imap_proto::server::Greeting;
/// use imap_proto::{Code, Condition};
///
/// let full = Condition::no("too many connections").with_code(Code::Unavailable);
/// let greetings = [Greeting::Ok("hello".into()), Greeting::Bye(full.text)];
/// # let _ = greetings;
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Greeting {
    /// The client is to log in.
    Ok(RespText),
    /// The client is logged in already, by a certificate for instance.
    PreAuth(RespText),
    /// The client is not served.
    Bye(RespText),
}

impl Default for Greeting {
    fn default() -> Self {
        Self::Ok(Text::sanitized(b"IMAP server ready").into())
    }
}

impl Server {
    /// A server that greets.
    #[must_use]
    pub fn new(config: impl Into<Arc<Config>>, security: Security, greeting: Greeting) -> Self {
        let config = config.into();
        let limits = config.limits;
        let bare_lf = config.leniency.allows(Defect::BareLf);
        let framer = Framer::commands(limits.frame_before_login).with_bare_lf(bare_lf);
        let mut server = Self {
            config,
            security,
            compressed: false,
            output: Output::default(),
            transcript: Transcript::default(),
            framer,
            state: State::NotAuthenticated,
            enabled: Enabled::default(),
            no_mod_seq: false,
            expunges_any_time: false,
            running: None,
            upload: None,
            fetch: None,
            last_id: CommandId::default(),
            phase: Phase::First,
            unit_at: 0,
            literals: 0,
            done_on_its_way: false,
            events: VecDeque::new(),
            closed: None,
            eof: false,
            bad_commands: 0,
            failed_logins: 0,
            wants_room: false,
            touched: false,
            waiting: 0,
            opened: None,
            active: None,
            received: None,
        };
        server.greet(greeting);
        server
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

    /// Whether the channel is compressed.
    #[must_use]
    pub const fn compressed(&self) -> bool {
        self.compressed
    }

    /// What the client has enabled.
    #[must_use]
    pub const fn enabled(&self) -> Enabled {
        self.enabled
    }

    /// The command that is being answered.
    #[must_use]
    pub fn running(&self) -> Option<CommandId> {
        self.running.as_ref().map(|running| running.id)
    }

    /// What CAPABILITY announces now (RFC 9051 section 7.2.2).
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.announced_capabilities()
    }

    /// Octets of output that may be produced before the high watermark is reached. A body that has been
    /// announced is supplied all the same: what stands behind it waits for that.
    #[must_use]
    pub fn room(&self) -> usize {
        self.watermarks().high.saturating_sub(self.output.len())
    }

    /// Octets that were looked at to find commands, for tests of linearity.
    #[must_use]
    pub const fn examined(&self) -> u64 {
        self.framer.examined()
    }

    /// What may be written to this client.
    const fn negotiated(&self) -> Negotiated {
        Negotiated { utf8: self.enabled.utf8(), ..Negotiated::server() }
    }

    /// Whether so much output waits for the client that nothing more is taken from it.
    fn is_full(&self) -> bool {
        self.room() == 0 && self.output.ready() > 0
    }

    fn is_logged_in(&self) -> bool {
        self.state != State::NotAuthenticated
    }

    fn watermarks(&self) -> Watermarks {
        let limits = &self.config.limits;
        if self.is_logged_in() { limits.output } else { limits.output_before_login }
    }

    fn frame_limits(&self) -> FrameLimits {
        let limits = &self.config.limits;
        if self.is_logged_in() { limits.frame } else { limits.frame_before_login }
    }

    fn parse_limits(&self) -> ParseLimits {
        let limits = &self.config.limits;
        if self.is_logged_in() { limits.parse } else { limits.parse_before_login }
    }

    fn waiting_limit(&self) -> usize {
        let limits = &self.config.limits;
        if self.is_logged_in() { limits.waiting } else { limits.waiting_before_login }
    }

    /// Whether passwords may be sent as things are.
    fn takes_passwords(&self) -> bool {
        self.security == Security::Tls || self.config.tls == TlsPolicy::Optional
    }

    /// Enters a state, with its limits.
    fn enter(&mut self, state: State) {
        self.state = state;
        self.framer.set_limits(self.frame_limits());
    }

    /// Ends the connection.
    fn finish(&mut self, reason: Closed) {
        if self.closed.is_none() {
            self.closed = Some(reason);
            self.state = State::Logout;
            (self.running, self.upload) = (None, None);
            self.events.push_back(Event::Closed(reason));
        }
    }
}

impl Connection for Server {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, input: &mut BytesMut, now: Instant) -> Result<Option<Event>, Error> {
        self.note_time(input.len(), now);
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
        let busy = self.running.as_ref().is_some_and(Running::is_ours);
        let waits = busy && self.waiting >= self.waiting_limit();
        let swaps = matches!(self.phase, Phase::Handover(_));
        match self.eof || waits || swaps || self.is_full() {
            true => Next::Hold,
            false => Next::Read,
        }
    }

    fn handed_over(&mut self, done: Handover, input: &mut BytesMut) -> Result<(), Error> {
        if self.next() != Next::HandOver(done) {
            return Err(Error::UnexpectedHandover);
        }
        if done == Handover::Tls && !input.is_empty() {
            self.finish(Closed::Error);
            return Err(Error::PlaintextAfterStartTls { at: self.transcript.received() });
        }
        self.output.open_front();
        (self.phase, self.done_on_its_way) = (Phase::Commands, false);
        self.waiting = input.len();
        match done {
            Handover::Tls => {
                self.security = Security::Tls;
                self.events.push_back(Event::Secured);
            }
            Handover::Deflate => self.compressed = true,
            Handover::EndDeflate => self.compressed = false,
        }
        Ok(())
    }

    fn poll_timeout(&self) -> Option<Instant> {
        earliest(&self.timers())
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.time_out(now);
    }

    fn close(&mut self) {
        self.finish(Closed::Local);
    }

    fn set_trace(&mut self, trace: Option<Box<dyn Trace + Send>>) {
        self.transcript.observe(trace);
    }
}
