//! The toy's client: its state and the contract. What it says is in `commands`, what it hears in `reading`.

mod commands;
mod reading;

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mail_proto::{
    CommandId, Connection, Gate, Handover, Instant, LineScanner, Next, Output, Sent, Trace,
    Transcript, Transmit, earliest, expired,
};

use super::wire::{Error, Status};

pub const PIPELINED: usize = 64;
pub const LINE: usize = 64 * 1024;
pub const LOW: usize = 64 * 1024;
pub const COMMAND_TIME: Duration = Duration::from_secs(60);
pub const IDLE_TIME: Duration = Duration::from_secs(29 * 60);

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    Completed {
        id: CommandId,
        status: Status,
        text: Bytes,
        sent: Sent,
    },
    Lost {
        id: CommandId,
        sent: Sent,
    },
    /// The `+` of IDLE has come.
    Idling {
        id: CommandId,
    },
    /// Time to leave IDLE and to enter it again.
    RefreshIdle {
        id: CommandId,
    },
    /// The body of this command has room for octets.
    Room {
        id: CommandId,
    },
    Body {
        number: u64,
        size: u64,
    },
    Chunk(Bytes),
    BodyEnd,
    Untagged(Bytes),
    Defect {
        what: &'static str,
        at: u64,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Plain,
    Idle { continued: bool },
    Handover(Handover),
    Logout,
}

#[derive(Debug)]
struct Open {
    id: CommandId,
    tag: u64,
    kind: Kind,
}

#[derive(Debug)]
enum Reading {
    Line,
    Body { left: u64 },
    BodyTail,
}

#[derive(Debug)]
enum Life {
    Running,
    HandingOver(Handover),
    Failing(Error),
    Over,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Timer {
    Command,
    RefreshIdle,
}

#[derive(Debug)]
pub struct Client {
    output: Output,
    transcript: Transcript,
    lines: LineScanner,
    events: VecDeque<Event>,
    /// Commands without an end, in order; the first `released` have had their turn.
    open: VecDeque<Open>,
    released: usize,
    last: CommandId,
    tag: u64,
    reading: Reading,
    life: Life,
    eof: bool,
    /// Whose `Room` has been told and not been used.
    room_told: Option<CommandId>,
    received_at: Option<Instant>,
    left_in_input: usize,
    refresh_at: Option<Instant>,
    /// Work, for tests of linearity.
    pub turns_asked: u64,
    pub parsed: u64,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            output: Output::default(),
            transcript: Transcript::default(),
            lines: LineScanner::default(),
            events: VecDeque::new(),
            open: VecDeque::new(),
            released: 0,
            last: CommandId::default(),
            tag: 0,
            reading: Reading::Line,
            life: Life::Running,
            eof: false,
            room_told: None,
            received_at: None,
            left_in_input: 0,
            refresh_at: None,
            turns_asked: 0,
            parsed: 0,
        }
    }
}

/// Turns: the pipelining rule.
impl Client {
    fn give_turns(&mut self) {
        while let Some((_, Gate::Turn)) = self.output.first_gate() {
            self.turns_asked += 1;
            if !self.may_start() {
                break;
            }
            self.output.open_first();
            self.released += 1;
        }
    }

    /// Barriers run alone.
    fn may_start(&self) -> bool {
        let barrier = |open: &Open| matches!(open.kind, Kind::Idle { .. } | Kind::Handover(_));
        let next_is_barrier = self.open.get(self.released).is_some_and(barrier);
        let running_barrier = self.open.iter().take(self.released).any(barrier);
        match self.released {
            0 => true,
            n => n < PIPELINED && !next_is_barrier && !running_barrier,
        }
    }

    fn forget(&mut self, id: CommandId) -> Option<Open> {
        let index = self.open.iter().position(|open| open.id == id)?;
        self.released -= usize::from(index < self.released);
        self.open.remove(index)
    }

    /// Everything open ends here. What was told about the octets must stay true: nothing more is sent.
    fn lose_all(&mut self) {
        for open in self.open.drain(..) {
            let sent = self.output.sent(open.id);
            self.events.push_back(Event::Lost { id: open.id, sent });
        }
        self.released = 0;
        self.output.clear();
        self.life = Life::Over;
    }
}

impl Connection for Client {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, input: &mut BytesMut, now: Instant) -> Result<Option<Event>, Error> {
        if input.len() > self.left_in_input {
            self.received_at = Some(now);
        }
        let polled = self.step(input);
        if polled.is_err() {
            self.lose_all();
        }
        self.left_in_input = input.len();
        polled
    }

    fn receive_eof(&mut self) {
        self.eof = true;
    }

    fn transmit(&mut self, now: Instant) -> Transmit<'_> {
        self.give_turns();
        self.output.transmit(&mut self.transcript, now)
    }

    fn next(&self) -> Next {
        match (&self.life, self.output.front_gate()) {
            (Life::Over, _) => Next::Close,
            (Life::HandingOver(to), Some((_, Gate::Handover(_)))) => Next::HandOver(*to),
            _ => Next::Read,
        }
    }

    fn handed_over(&mut self, done: Handover, input: &mut BytesMut) -> Result<(), Error> {
        let at = self.transcript.received();
        let result = match self.life {
            Life::HandingOver(to) if to == done => match done {
                Handover::Tls if !input.is_empty() => Err(Error::BeforeHandover { at }),
                _ => Ok(()),
            },
            _ => Err(Error::NotAskedFor),
        };
        match &result {
            Ok(()) => {
                self.output.open_front();
                self.life = Life::Running;
                self.lines.restart();
                self.left_in_input = 0;
            }
            Err(_) => self.lose_all(),
        }
        result
    }

    fn poll_timeout(&self) -> Option<Instant> {
        earliest(&self.timers())
    }

    fn handle_timeout(&mut self, now: Instant) {
        match expired(&self.timers(), now) {
            Some(Timer::Command) => self.life = Life::Failing(Error::TimedOut),
            Some(Timer::RefreshIdle) => {
                self.refresh_at = None;
                let idle = self.open.front().map(|open| Event::RefreshIdle { id: open.id });
                self.events.extend(idle);
            }
            None => {}
        }
    }

    fn close(&mut self) {
        self.lose_all();
    }

    fn set_trace(&mut self, trace: Option<Box<dyn Trace + Send>>) {
        self.transcript.observe(trace);
    }
}
