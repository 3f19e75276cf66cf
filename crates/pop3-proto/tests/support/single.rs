//! One side alone, against octets written by hand.

use std::sync::{Arc, Mutex};

use bytes::{Buf, BytesMut};
use mail_proto::{Connection, Instant, Next, Record, Security};
use pop3_proto::client::{self, Client};
use pop3_proto::server::{self, Server};
use pop3_proto::{Error, Timestamp};

use super::joined_client;

/// A connection and its input.
pub struct Lone<C: Connection> {
    pub connection: C,
    pub input: BytesMut,
    pub now: Instant,
    pub errors: Vec<Error>,
}

pub type LoneClient = Lone<Client>;
pub type LoneServer = Lone<Server>;

impl<C: Connection<Error = Error>> Lone<C> {
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

    pub fn error(&self) -> Option<Error> {
        self.errors.first().copied()
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

impl Lone<Client> {
    /// A client that has been greeted.
    pub fn greeted(config: client::Config) -> Self {
        let mut lone = Self::of(Client::new(config));
        assert_eq!(lone.feed("+OK ready <1.2@example.org>\r\n").len(), 1);
        lone
    }

    /// A client that has logged in by USER and PASS.
    pub fn in_transaction(config: client::Config) -> Self {
        let mut lone = Self::greeted(config);
        lone.connection.send(super::user("alice")).unwrap();
        lone.take();
        lone.feed("+OK\r\n");
        lone.connection.send(super::pass("secret")).unwrap();
        lone.take();
        lone.feed("+OK\r\n");
        assert_eq!(lone.connection.state(), pop3_proto::State::Transaction);
        lone
    }

    /// Sends a command, and gives an answer to it.
    pub fn exchange(
        &mut self,
        command: pop3_proto::Command,
        answer: impl AsRef<[u8]>,
    ) -> Vec<client::Event> {
        self.connection.send(command).unwrap();
        assert!(!self.take().is_empty(), "the command was not handed out");
        joined_client(self.feed(answer))
    }
}

impl Lone<Server> {
    pub fn plain(config: server::Config) -> Self {
        let stamp = Timestamp::new("<1.2@example.org>").unwrap();
        let server = Server::new(Arc::new(config), Security::Plain, Some(stamp));
        let mut lone = Self::of(server);
        lone.events();
        lone.take();
        lone
    }

    /// A server in TRANSACTION.
    pub fn in_transaction(config: server::Config) -> Self {
        let mut lone = Self::plain(config);
        let events = lone.feed("USER alice\r\nPASS secret\r\n");
        let [server::Event::Request(server::Request::Login(_, pending))] = events.as_slice() else {
            panic!("{events:?}");
        };
        let welcome = server::Response::LoggedIn(*pending, mail_proto::Text::empty());
        lone.connection.reply(welcome).unwrap();
        lone.events();
        lone.take();
        lone
    }
}

/// What a trace shows, and the octets it was given.
#[derive(Clone, Default)]
pub struct Canary {
    pub shown: Arc<Mutex<String>>,
    pub open: Arc<Mutex<Vec<u8>>>,
    pub all: Arc<Mutex<Vec<u8>>>,
}

/// Observes a connection.
pub fn transcript<C: Connection>(connection: &mut C) -> Canary {
    let canary = Canary::default();
    let copy = canary.clone();
    connection.set_trace(Some(Box::new(move |record: Record<'_>| {
        copy.shown.lock().unwrap().push_str(&format!("{record} {record:?}\n"));
        copy.all.lock().unwrap().extend_from_slice(record.octets);
        if !record.secret {
            copy.open.lock().unwrap().extend_from_slice(record.octets);
        }
    })));
    canary
}
