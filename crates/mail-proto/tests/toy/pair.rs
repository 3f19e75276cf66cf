//! Client and server in memory: every way to cut the stream, faults, no clock.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};
use mail_proto::{Connection, Escaped, Handover, Instant, Next, Record};
use std::fmt;
use std::sync::{Arc, Mutex};

pub use super::chunks::{Chunks, Seeded};
use super::client::{self, Client};
use super::server::{self, Server};
use super::wire::Error;

pub type App<C, E> = Box<dyn FnMut(&mut C, &E) + Send>;

/// What both applications do.
pub struct Scenario {
    pub start: Box<dyn FnOnce(&mut Client) + Send>,
    pub client: App<Client, client::Event>,
    pub server: App<Server, server::Event>,
}

/// What both sides saw, chunks joined.
#[derive(PartialEq, Eq)]
pub struct Log {
    pub client: Vec<client::Event>,
    pub server: Vec<server::Event>,
    pub client_error: Option<Error>,
    pub server_error: Option<Error>,
    pub from_client: Vec<u8>,
    pub from_server: Vec<u8>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "client {:.2000?} {:?}", self.client, self.client_error)?;
        writeln!(f, "server {:.2000?} {:?}", self.server, self.server_error)?;
        writeln!(f, "-> {:.400}", Escaped(&self.from_client))?;
        write!(f, "<- {:.400}", Escaped(&self.from_server))
    }
}

/// What a layer (TLS, compression) does to an octet, in both directions.
pub const fn key(layer: u8) -> u8 {
    layer.wrapping_mul(0x55)
}

/// Layers lie on each other.
fn keys(layers: u8) -> u8 {
    (1..=layers).fold(0, |keys, layer| keys ^ key(layer))
}

/// Octets on the way, each with the layer it was written in.
#[derive(Default)]
pub struct Wire {
    octets: VecDeque<(u8, u8)>,
    passed: usize,
    pub cut_after: Option<usize>,
    closed: bool,
}

impl Wire {
    pub fn cut(&self) -> bool {
        self.cut_after.is_some_and(|after| self.passed >= after)
    }

    fn push(&mut self, octet: u8, layer: u8) {
        if !self.cut() && !self.closed {
            self.passed += 1;
            self.octets.push_back((octet ^ keys(layer), layer));
        }
    }
}

pub struct Side<C: Connection> {
    pub connection: C,
    pub input: BytesMut,
    pub events: Vec<C::Event>,
    pub error: Option<C::Error>,
    app: App<C, C::Event>,
    layer: u8,
    pub sent: Arc<Mutex<Vec<u8>>>,
    told_eof: bool,
    pub polls: u64,
}

/// Collects what a connection hands out.
pub fn record_sent<C: Connection>(connection: &mut C) -> Arc<Mutex<Vec<u8>>> {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let copy = sent.clone();
    connection.set_trace(Some(Box::new(move |record: Record<'_>| {
        if record.direction == mail_proto::Direction::Sent {
            copy.lock().unwrap().extend_from_slice(record.octets);
        }
    })));
    sent
}

impl<C: Connection> Side<C> {
    pub fn new(mut connection: C, app: App<C, C::Event>) -> Self {
        let sent = record_sent(&mut connection);
        let (input, events, error) = (BytesMut::new(), Vec::new(), None);
        Self { connection, input, events, error, app, layer: 0, sent, told_eof: false, polls: 0 }
    }

    pub fn pump(&mut self, now: Instant) {
        loop {
            self.polls += 1;
            match self.connection.poll(&mut self.input, now) {
                Ok(Some(event)) => {
                    (self.app)(&mut self.connection, &event);
                    self.events.push(event);
                }
                Ok(None) => return,
                Err(error) => assert!(self.error.replace(error).is_none(), "a second error"),
            }
        }
    }

    fn write(&mut self, wire: &mut Wire, atmost: usize, now: Instant) -> bool {
        let layer = self.layer;
        let mut transmit = self.connection.transmit(now);
        let octets = atmost.min(transmit.remaining());
        transmit.copy_to_bytes(octets).iter().for_each(|octet| wire.push(*octet, layer));
        octets > 0
    }

    fn read(&mut self, wire: &mut Wire, atmost: usize) -> bool {
        if self.connection.next() != Next::Read || self.error.is_some() || self.told_eof {
            return false;
        }
        let octets = atmost.min(wire.octets.len());
        for (octet, layer) in wire.octets.drain(..octets) {
            // Octets of a layer that this side has not reached yet stay as they are.
            assert!(layer >= self.layer, "plaintext behind the handover");
            self.input.extend_from_slice(&[octet ^ keys(self.layer)]);
        }
        if wire.octets.is_empty() && octets == 0 && (wire.closed || wire.cut()) {
            self.told_eof = true;
            self.connection.receive_eof();
            return true;
        }
        octets > 0
    }

    fn hand_over(&mut self, now: Instant) -> bool {
        let Next::HandOver(to) = self.connection.next() else { return false };
        assert!(!self.connection.transmit(now).has_remaining());
        self.layer += 1;
        if to == Handover::Deflate {
            self.input.iter_mut().for_each(|octet| *octet ^= key(self.layer));
        }
        if let Err(error) = self.connection.handed_over(to, &mut self.input) {
            self.error = Some(error);
        }
        true
    }

    fn is_over(&mut self, now: Instant) -> bool {
        let idle = !self.connection.transmit(now).has_remaining();
        idle && (self.connection.next() == Next::Close || self.error.is_some())
    }

    /// One turn; whether anything moved.
    fn turn(&mut self, to: &mut Wire, from: &mut Wire, sizes: (usize, usize)) -> bool {
        let now = Instant::default();
        self.pump(now);
        let mut moved = self.write(to, sizes.0, now);
        if !moved {
            moved |= self.hand_over(now);
        }
        self.pump(now);
        moved |= self.read(from, sizes.1);
        self.pump(now);
        if self.is_over(now) {
            to.closed = true;
            from.octets.clear();
            from.closed = true;
        }
        moved
    }
}

pub struct Pair {
    pub client: Side<Client>,
    pub server: Side<Server>,
    pub to_server: Wire,
    pub to_client: Wire,
    pub turns: u64,
}

impl Pair {
    pub fn new(scenario: Scenario) -> Self {
        let mut client = Side::new(Client::default(), scenario.client);
        (scenario.start)(&mut client.connection);
        let server = Side::new(Server::default(), scenario.server);
        let (to_server, to_client) = (Wire::default(), Wire::default());
        Self { client, server, to_server, to_client, turns: 0 }
    }

    /// Until nothing moves any more.
    pub fn run(&mut self, chunks: Chunks) {
        self.run_watched(chunks, |_| {});
    }

    pub fn run_watched(&mut self, chunks: Chunks, mut watch: impl FnMut(&Self)) {
        let mut seeded = Seeded(if let Chunks::Random(seed) = chunks { seed } else { 0 });
        let mut size = || seeded.size(chunks);
        let mut still = 0;
        while still < 40 {
            let (to_server, to_client) = (&mut self.to_server, &mut self.to_client);
            let moved = self.client.turn(to_server, to_client, (size(), size()))
                | self.server.turn(to_client, to_server, (size(), size()));
            still = if moved { 0 } else { still + 1 };
            self.turns += 1;
            if self.to_server.cut() || self.to_client.cut() {
                self.to_server.closed = true;
                self.to_client.closed = true;
            }
            watch(self);
        }
    }

    pub fn log(self) -> Log {
        Log {
            client: joined_client(self.client.events),
            server: joined_server(self.server.events),
            client_error: self.client.error,
            server_error: self.server.error,
            from_client: self.client.sent.lock().unwrap().clone(),
            from_server: self.server.sent.lock().unwrap().clone(),
        }
    }
}

/// An event as far as the division of the stream matters.
enum Kind {
    Chunk(Bytes),
    /// Flow control, no part of the stream.
    Room,
    Other,
}

/// Without `Room`, adjacent chunks joined.
fn joined<E>(events: Vec<E>, kind: impl Fn(&E) -> Kind, chunk: impl Fn(Bytes) -> E) -> Vec<E> {
    let (mut joined, mut body) = (Vec::new(), BytesMut::new());
    for event in events {
        match kind(&event) {
            Kind::Chunk(octets) => body.extend_from_slice(&octets),
            Kind::Room => {}
            Kind::Other => {
                let body = body.split();
                joined.extend((!body.is_empty()).then(|| chunk(body.freeze())));
                joined.push(event);
            }
        }
    }
    joined.extend((!body.is_empty()).then(|| chunk(body.freeze())));
    joined
}

pub fn joined_client(events: Vec<client::Event>) -> Vec<client::Event> {
    let kind = |event: &client::Event| match event {
        client::Event::Chunk(octets) => Kind::Chunk(octets.clone()),
        client::Event::Room { .. } => Kind::Room,
        _ => Kind::Other,
    };
    joined(events, kind, client::Event::Chunk)
}

pub fn joined_server(events: Vec<server::Event>) -> Vec<server::Event> {
    let kind = |event: &server::Event| match event {
        server::Event::Chunk(octets) => Kind::Chunk(octets.clone()),
        server::Event::Room { .. } => Kind::Room,
        _ => Kind::Other,
    };
    joined(events, kind, server::Event::Chunk)
}
