//! One side alone, against octets written by hand.

use bytes::{Buf, BytesMut};
use mail_proto::{Connection, Handover, Instant, Next};

/// A connection and its input.
pub struct Lone<C: Connection> {
    pub connection: C,
    pub input: BytesMut,
    pub now: Instant,
    pub errors: Vec<C::Error>,
}

impl<C: Connection> Lone<C> {
    pub fn of(connection: C) -> Self {
        Self { connection, input: BytesMut::new(), now: Instant::default(), errors: Vec::new() }
    }

    /// What comes of the input that is there.
    pub fn events(&mut self) -> Vec<C::Event> {
        let mut events = Vec::new();
        loop {
            match self.connection.poll(&mut self.input, self.now) {
                Ok(Some(event)) => events.push(event),
                Ok(None) => return events,
                Err(error) => self.errors.push(error),
            }
        }
    }

    /// What comes of these octets.
    pub fn feed(&mut self, octets: impl AsRef<[u8]>) -> Vec<C::Event> {
        self.input.extend_from_slice(octets.as_ref());
        self.events()
    }

    /// The only event that comes of these octets.
    pub fn only(&mut self, octets: impl AsRef<[u8]>) -> C::Event
    where
        C::Event: std::fmt::Debug,
    {
        let mut events = self.feed(octets);
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    /// What comes of these octets in pieces that end at these places, and at the end.
    pub fn feed_split(&mut self, octets: &[u8], ends: &[usize]) -> Vec<C::Event> {
        let mut events = Vec::new();
        let mut from = 0;
        for end in ends.iter().copied().chain([octets.len()]) {
            events.extend(self.feed(&octets[from..end]));
            from = end;
        }
        events
    }

    /// What comes of these octets one by one.
    pub fn feed_single(&mut self, octets: &[u8]) -> Vec<C::Event> {
        octets.iter().flat_map(|octet| self.feed([*octet])).collect()
    }

    pub fn eof(&mut self) -> Vec<C::Event> {
        self.connection.receive_eof();
        self.events()
    }

    pub fn next(&self) -> Next {
        self.connection.next()
    }

    pub fn error(&self) -> Option<&C::Error> {
        self.errors.first()
    }

    /// The handover that is asked for, done.
    pub fn hand_over(&mut self, to: Handover) -> Vec<C::Event> {
        assert_eq!(self.next(), Next::HandOver(to));
        if let Err(error) = self.connection.handed_over(to, &mut self.input) {
            self.errors.push(error);
        }
        self.events()
    }

    /// What is handed out.
    pub fn take(&mut self) -> Vec<u8> {
        let mut transmit = self.connection.transmit(self.now);
        transmit.copy_to_bytes(transmit.remaining()).to_vec()
    }

    pub fn take_text(&mut self) -> String {
        String::from_utf8(self.take()).unwrap()
    }

    pub fn wait(&mut self, now: Instant) -> Vec<C::Event> {
        self.now = now;
        self.connection.handle_timeout(now);
        self.events()
    }
}
