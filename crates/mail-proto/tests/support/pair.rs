//! Two sides, the two pipes between them, and the loop that a driver would run.

use bytes::{Buf, BytesMut};
use mail_proto::{Connection, Instant, Next};

use super::{Chunks, Seeded, Wire};

pub type App<C, E> = Box<dyn FnMut(&mut C, &E)>;

/// A connection, its application, and what came of them.
pub struct Side<C: Connection> {
    pub connection: C,
    pub input: BytesMut,
    pub events: Vec<C::Event>,
    pub error: Option<C::Error>,
    pub sent: Vec<u8>,
    app: App<C, C::Event>,
    layer: u8,
    told_eof: bool,
}

impl<C: Connection> Side<C> {
    pub fn new(connection: C, app: App<C, C::Event>) -> Self {
        let (input, events, sent) = (BytesMut::new(), Vec::new(), Vec::new());
        Self { connection, input, events, error: None, sent, app, layer: 0, told_eof: false }
    }

    /// Polls until there is nothing.
    pub fn pump(&mut self, now: Instant) {
        loop {
            match self.connection.poll(&mut self.input, now) {
                Ok(Some(event)) => {
                    (self.app)(&mut self.connection, &event);
                    self.events.push(event);
                }
                Ok(None) => break,
                Err(error) => assert!(self.error.replace(error).is_none(), "a second error"),
            }
        }
        let spins = self.told_eof && self.connection.next() == Next::Read;
        assert!(!spins, "would read behind the end of the file");
    }

    fn write(&mut self, wire: &mut Wire, at_most: usize, now: Instant) -> bool {
        let mut transmit = self.connection.transmit(now);
        let octets = at_most.min(transmit.remaining());
        let written = transmit.copy_to_bytes(octets);
        written.iter().for_each(|octet| wire.push(*octet, self.layer));
        self.sent.extend_from_slice(&written);
        octets > 0
    }

    fn read(&mut self, wire: &mut Wire, at_most: usize) -> bool {
        if self.connection.next() != Next::Read || self.error.is_some() || self.told_eof {
            return false;
        }
        let read = wire.take(at_most, self.layer);
        self.input.extend_from_slice(&read);
        if read.is_empty() && at_most > 0 && wire.ended() {
            self.told_eof = true;
            self.connection.receive_eof();
            return true;
        }
        !read.is_empty()
    }

    fn hand_over(&mut self, now: Instant) -> bool {
        let Next::HandOver(to) = self.connection.next() else { return false };
        assert!(!self.connection.transmit(now).has_remaining());
        self.layer += 1;
        if let Err(error) = self.connection.handed_over(to, &mut self.input) {
            self.error = Some(error);
        }
        true
    }

    /// Nothing more will come from this side.
    pub fn is_over(&mut self, now: Instant) -> bool {
        let idle = !self.connection.transmit(now).has_remaining();
        idle && (self.connection.next() == Next::Close || self.error.is_some())
    }

    /// One turn of a driver; whether anything moved.
    fn turn(
        &mut self,
        to: &mut Wire,
        from: &mut Wire,
        sizes: (usize, usize),
        now: Instant,
    ) -> bool {
        self.pump(now);
        let mut moved = self.write(to, sizes.0, now);
        if !moved {
            moved |= self.hand_over(now);
        }
        self.pump(now);
        moved |= self.read(from, sizes.1);
        self.pump(now);
        if self.is_over(now) {
            to.close();
        }
        moved
    }
}

/// A client and a server of any protocol.
pub struct Pair<C: Connection, S: Connection> {
    pub client: Side<C>,
    pub server: Side<S>,
    pub to_server: Wire,
    pub to_client: Wire,
    pub now: Instant,
}

impl<C: Connection, S: Connection> Pair<C, S> {
    pub fn new(client: (C, App<C, C::Event>), server: (S, App<S, S::Event>)) -> Self {
        let (client, server) = (Side::new(client.0, client.1), Side::new(server.0, server.1));
        let (to_server, to_client) = (Wire::default(), Wire::default());
        Self { client, server, to_server, to_client, now: Instant::default() }
    }

    /// Until nothing moves any more.
    pub fn run(&mut self, chunks: Chunks) {
        self.run_watched(chunks, |_| {});
    }

    pub fn run_watched(&mut self, chunks: Chunks, mut watch: impl FnMut(&mut Self)) {
        let mut seeded = Seeded(if let Chunks::Random(seed) = chunks { seed } else { 0 });
        let mut still = 0;
        while still < 30 {
            let sizes = [0; 4].map(|_| seeded.size(chunks));
            still = if self.turn(sizes) { 0 } else { still + 1 };
            watch(self);
        }
    }

    /// One turn of both drivers: what the client writes and reads at most, and the server. Whether
    /// anything moved.
    pub fn turn(&mut self, sizes: [usize; 4]) -> bool {
        let (to_server, to_client) = (&mut self.to_server, &mut self.to_client);
        let client = self.client.turn(to_server, to_client, (sizes[0], sizes[1]), self.now);
        let server = self.server.turn(to_client, to_server, (sizes[2], sizes[3]), self.now);
        if self.to_server.cut() || self.to_client.cut() {
            self.to_server.close();
            self.to_client.close();
        }
        client || server
    }

    /// Lets time pass until the next deadline of either side, if there is one.
    pub fn wait(&mut self) -> bool {
        let deadlines =
            [self.client.connection.poll_timeout(), self.server.connection.poll_timeout()];
        let Some(next) = deadlines.into_iter().flatten().min() else { return false };
        self.now = self.now.max(next);
        self.client.connection.handle_timeout(self.now);
        self.server.connection.handle_timeout(self.now);
        true
    }

    pub fn are_over(&mut self) -> bool {
        self.client.is_over(self.now) && self.server.is_over(self.now)
    }
}
