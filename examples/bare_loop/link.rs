//! One end of a link, polled by hand. Only `core`, `alloc` and `bytes` are used here.

use bytes::{Buf as _, BytesMut};
use core::time::Duration;
use mail_proto::{Connection, Handover, Instant, Next};

/// Octets that a pipe holds: what a receiver does not take, a sender cannot give.
pub const PIPE: usize = 64;

/// Octets on their way in one direction: a ring of a fixed size, as a driver of hardware has.
#[derive(Debug)]
pub struct Pipe {
    ring: [u8; PIPE],
    first: usize,
    used: usize,
    /// Nothing more will come.
    closed: bool,
}

impl Pipe {
    /// An empty one.
    pub const fn new() -> Self {
        Self { ring: [0; PIPE], first: 0, used: 0, closed: false }
    }

    /// Takes as many of the octets as there is room for; how many.
    fn give(&mut self, octets: &[u8]) -> usize {
        let count = octets.len().min(PIPE - self.used);
        for octet in octets.iter().take(count) {
            let free = (self.first + self.used) % PIPE;
            if let Some(place) = self.ring.get_mut(free) {
                *place = *octet;
            }
            self.used += 1;
        }
        count
    }

    /// Hands out the oldest octet.
    fn take(&mut self) -> Option<u8> {
        let octet = (self.used > 0).then(|| self.ring.get(self.first).copied()).flatten()?;
        self.first = (self.first + 1) % PIPE;
        self.used -= 1;
        Some(octet)
    }

    const fn has_ended(&self) -> bool {
        self.closed && self.used == 0
    }
}

/// A connection and what it needs to be moved.
#[derive(Debug)]
pub struct End<C: Connection> {
    pub connection: C,
    input: BytesMut,
    eof_told: bool,
}

/// What a turn has come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Turn {
    /// Octets moved, or something happened: another turn is due at once.
    Busy,
    /// Nothing can be done before octets come, room comes, or this time: sleep until an interrupt.
    Idle { until: Option<Instant> },
    /// Everything has been written: swap the layer below, then call `handed_over`.
    HandOver(Handover),
    /// It is over.
    Closed,
}

impl<C: Connection> End<C> {
    /// An end that has said nothing yet.
    pub fn new(connection: C) -> Self {
        // The buffer never grows past what the connection's limits let it keep.
        Self { connection, input: BytesMut::with_capacity(PIPE), eof_told: false }
    }

    /// One turn: events, time, octets out, octets in. Never waits.
    ///
    /// # Errors
    ///
    /// The peer broke the protocol; the turns that follow still say goodbye.
    pub fn turn(
        &mut self,
        out: &mut Pipe,
        into: &mut Pipe,
        now: Instant,
        mut on_event: impl FnMut(&mut C, C::Event),
    ) -> Result<Turn, C::Error> {
        let mut busy = false;
        while let Some(event) = self.connection.poll(&mut self.input, now)? {
            on_event(&mut self.connection, event);
            busy = true;
        }
        if self.connection.poll_timeout().is_some_and(|at| at <= now) {
            self.connection.handle_timeout(now);
            busy = true;
        }
        busy |= self.write(out, now);
        let want = self.connection.next();
        let written = !self.connection.transmit(now).has_remaining();
        match want {
            Next::Close if written => {
                out.closed = true;
                return Ok(Turn::Closed);
            }
            Next::HandOver(to) if written => return Ok(Turn::HandOver(to)),
            Next::Read => busy |= self.read(into),
            // The application owes an answer, or there are octets to write first.
            _ => {}
        }
        Ok(if busy { Turn::Busy } else { Turn::Idle { until: self.connection.poll_timeout() } })
    }

    /// Tells the connection that the layer below it has been swapped.
    ///
    /// # Errors
    ///
    /// Octets came before TLS that should have come behind it.
    pub fn handed_over(&mut self, done: Handover) -> Result<(), C::Error> {
        self.connection.handed_over(done, &mut self.input)
    }

    /// Writes what the pipe takes; whether that was anything.
    fn write(&mut self, out: &mut Pipe, now: Instant) -> bool {
        let mut wrote = false;
        let mut transmit = self.connection.transmit(now);
        while transmit.has_remaining() {
            let given = out.give(transmit.chunk());
            if given == 0 {
                break;
            }
            transmit.advance(given);
            wrote = true;
        }
        wrote
    }

    /// Reads what the pipe has; whether that was anything.
    fn read(&mut self, into: &mut Pipe) -> bool {
        let mut read = false;
        while let Some(octet) = into.take() {
            self.input.extend_from_slice(&[octet]);
            read = true;
        }
        if into.has_ended() && !self.eof_told {
            self.connection.receive_eof();
            (self.eof_told, read) = (true, true);
        }
        read
    }
}

/// Runs two ends against each other until both are over. A turn is a tick of the clock.
///
/// # Errors
///
/// One end's, or that nothing moves any more.
pub fn run<C: Connection, S: Connection>(
    client: (C, impl FnMut(&mut C, C::Event)),
    server: (S, impl FnMut(&mut S, S::Event)),
) -> Result<(), &'static str> {
    let ((client, mut on_client), (server, mut on_server)) = (client, server);
    let (mut client, mut server) = (End::new(client), End::new(server));
    let (mut up, mut down) = (Pipe::new(), Pipe::new());
    for tick in 0..1_000_000 {
        let now = Instant::from_epoch(Duration::from_millis(tick));
        let ours = client.turn(&mut up, &mut down, now, &mut on_client);
        let theirs = server.turn(&mut down, &mut up, now, &mut on_server);
        match (ours, theirs) {
            (Ok(Turn::Closed), Ok(Turn::Closed)) => return Ok(()),
            // In memory nobody listens, so that there is nothing to swap: but it is said, and done.
            (Ok(Turn::HandOver(to)), Ok(Turn::HandOver(too))) if to == too => {
                let swapped = client.handed_over(to).is_ok() && server.handed_over(to).is_ok();
                if !swapped {
                    return Err("octets before the layer that was agreed on");
                }
            }
            (Err(_), _) | (_, Err(_)) => return Err("a broken protocol"),
            (Ok(Turn::Idle { .. } | Turn::Closed), Ok(Turn::Idle { .. })) => {
                return Err("both wait");
            }
            _ => {}
        }
    }
    Err("it does not end")
}
