//! The toy's server: its state and the contract. What it says is in `replies`, what it hears in `reading`.

mod reading;
mod replies;

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mail_proto::{
    CommandId, Connection, Gate, Handover, Instant, Next, Output, Sink, Trace, Transcript,
    Transmit, Watermarks, earliest, expired,
};

use super::wire::{Error, Framer, Literal};

/// A command with its inlined literals.
pub const MESSAGE: usize = 16 * 1024;
pub const AUTOLOGOUT: Duration = Duration::from_secs(30 * 60);

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    Noop,
    Login {
        user: Bytes,
        password: Bytes,
    },
    Fetch(u64),
    Idle,
    StartTls,
    Compress,
    Logout,
    /// Announced, neither accepted nor refused.
    Append {
        name: Bytes,
        size: u64,
        waits: bool,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    Command {
        id: CommandId,
        command: Command,
    },
    Chunk(Bytes),
    AppendEnd {
        id: CommandId,
    },
    Done {
        id: CommandId,
    },
    /// BAD is queued already.
    Rejected {
        at: u64,
        expected: &'static str,
    },
    Room {
        id: CommandId,
    },
    /// The end of the stream, or of the time, in the middle of this command.
    Aborted {
        id: CommandId,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Commands,
    /// The application has a command to answer; what follows it stays in the input.
    Executing,
    /// The same, and its literal waits for the decision.
    Deciding(Literal),
    Body {
        left: u64,
    },
    BodyTail,
    Idle,
    /// A refused literal and the rest of its line.
    Swallow {
        left: u64,
    },
    SwallowTail,
    HandingOver(Handover),
}

#[derive(Debug)]
struct Running {
    id: CommandId,
    tag: Bytes,
    command: Command,
}

#[derive(Debug)]
pub struct Server {
    output: Output,
    pub marks: Watermarks,
    /// Octets that may wait in the input while a command runs.
    pub waiting_limit: usize,
    transcript: Transcript,
    framer: Framer,
    events: VecDeque<Event>,
    state: State,
    running: Option<Running>,
    last: CommandId,
    /// IDLE was ended from this side: its DONE may be on the way.
    done_on_its_way: bool,
    waiting: usize,
    eof: bool,
    over: bool,
    failing: Option<Error>,
    room_told: Option<CommandId>,
    received_at: Option<Instant>,
    pub max_waiting: usize,
    pub parsed: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            output: Output::default(),
            marks: Watermarks { high: 1024 * 1024, low: 256 * 1024 },
            waiting_limit: 64 * 1024,
            transcript: Transcript::default(),
            framer: Framer::default(),
            events: VecDeque::new(),
            state: State::Commands,
            running: None,
            last: CommandId::default(),
            done_on_its_way: false,
            waiting: 0,
            eof: false,
            over: false,
            failing: None,
            room_told: None,
            received_at: None,
            max_waiting: 0,
            parsed: 0,
        }
    }
}

impl Connection for Server {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, input: &mut BytesMut, now: Instant) -> Result<Option<Event>, Error> {
        if input.len() > self.waiting || self.received_at.is_none() {
            self.received_at = Some(now);
        }
        self.max_waiting = self.max_waiting.max(input.len());
        let polled = self.step(input);
        if polled.is_err() {
            self.finish();
        }
        self.waiting = input.len();
        polled
    }

    fn receive_eof(&mut self) {
        self.eof = true;
    }

    fn transmit(&mut self, now: Instant) -> Transmit<'_> {
        self.output.transmit(&mut self.transcript, now)
    }

    fn next(&self) -> Next {
        let busy = matches!(self.state, State::Executing | State::Deciding(_));
        match (self.state, self.output.front_gate()) {
            _ if self.over => Next::Close,
            (State::HandingOver(to), Some((_, Gate::Handover(_)))) => Next::HandOver(to),
            // What comes now is not meant for this side of the handover.
            (State::HandingOver(_), _) => Next::Hold,
            _ if self.eof || self.output.len() >= self.marks.high => Next::Hold,
            _ if busy && self.waiting >= self.waiting_limit => Next::Hold,
            _ => Next::Read,
        }
    }

    fn handed_over(&mut self, done: Handover, input: &mut BytesMut) -> Result<(), Error> {
        let result = match self.state {
            State::HandingOver(to) if to == done => match done {
                Handover::Tls if !input.is_empty() => {
                    Err(Error::BeforeHandover { at: self.transcript.received() })
                }
                _ => Ok(()),
            },
            _ => Err(Error::NotAskedFor),
        };
        match &result {
            Ok(()) => {
                self.output.open_front();
                self.state = State::Commands;
                self.framer.restart();
                self.waiting = 0;
            }
            Err(_) => self.finish(),
        }
        result
    }

    fn poll_timeout(&self) -> Option<Instant> {
        earliest(&self.timers())
    }

    fn handle_timeout(&mut self, now: Instant) {
        if expired(&self.timers(), now).is_some() {
            self.output.writer(self.last).put(b"* BYE autologout\r\n");
            self.finish();
        }
    }

    fn close(&mut self) {
        self.finish();
    }

    fn set_trace(&mut self, trace: Option<Box<dyn Trace + Send>>) {
        self.transcript.observe(trace);
    }
}
