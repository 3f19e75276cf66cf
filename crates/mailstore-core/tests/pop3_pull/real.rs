//! The real server: connection, session and store.

use bytes::{Buf as _, BytesMut};
use mail_proto::{Connection as _, Instant, Security};
use mailstore_core::pop3::{Session, Step};
use mailstore_core::store::{
    Account, Ask, End, Envelope, Lock, MemoryStore, ReadBody, Remove, RequestId, SessionId, Uid,
    WallTime,
};
use pop3_proto::Capability;
use pop3_proto::server::{Config, Event, Request, Server};

use super::world::{Peer, START};

pub struct Real {
    store: MemoryStore,
    capabilities: Vec<Capability>,
    sessions: u64,
    connection: Option<Connection>,
}

struct Connection {
    server: Server,
    session: Session,
    input: BytesMut,
}

impl Real {
    pub fn with(messages: &[&[u8]]) -> Self {
        Self::announcing(Vec::new(), messages)
    }

    pub fn announcing(capabilities: Vec<Capability>, messages: &[&[u8]]) -> Self {
        let store = MemoryStore::default();
        let mut real = Self { store, capabilities, sessions: 0, connection: None };
        messages.iter().for_each(|message| real.deliver(message));
        real
    }

    pub fn deliver(&mut self, message: &[u8]) {
        self.store.deliver(&alice(), message, WallTime(START)).unwrap();
    }

    /// The messages that are there.
    pub fn mail(&mut self) -> Vec<Vec<u8>> {
        let session = self.next_session();
        let locked = self.ask(session, 1, Lock);
        let read = |real: &mut Self, (nth, uid): (usize, Uid)| {
            let mailbox = locked.mailbox;
            let request = ReadBody { mailbox, uid, offset: 0, length: 65_536 };
            real.ask(session, nth as u64 + 2, request).octets.to_vec()
        };
        let mail = locked.uids.iter().enumerate().map(|uid| read(self, uid)).collect();
        self.ask(session, u64::MAX, End);
        mail
    }

    /// Somebody removes a message by IMAP, while a POP3 session may be open.
    pub fn remove(&mut self, uid: u32) {
        let session = self.next_session();
        let mailbox = self.ask(session, 1, Lock).mailbox;
        let uids = [Uid::new(uid).unwrap()].into_iter().collect();
        self.ask(session, 2, Remove { mailbox, uids });
        self.ask(session, u64::MAX, End);
    }

    fn next_session(&mut self) -> SessionId {
        self.sessions += 1;
        SessionId(self.sessions)
    }

    fn ask<A: Ask>(&mut self, session: SessionId, request: u64, body: A) -> A::Answer {
        let request = RequestId(request);
        let now = Some(WallTime(START));
        let envelope = Envelope { account: alice(), session, request, now, body: body.into() };
        A::answer(self.store.execute(envelope)).unwrap().unwrap()
    }

    fn work_off(&mut self) {
        let Some(Connection { server, session, .. }) = &mut self.connection else { return };
        loop {
            match session.next(server.room()) {
                Step::Store(mut envelope) => {
                    envelope.now = Some(WallTime(START));
                    let id = envelope.request;
                    session.reply(id, self.store.execute(envelope), Instant::default()).unwrap();
                }
                Step::Respond(response) => server.reply(response).unwrap(),
                Step::Wait => return,
            }
        }
    }

    fn event(&mut self) -> bool {
        let Some(Connection { server, session, input }) = &mut self.connection else {
            return false;
        };
        match server.poll(input, Instant::default()).unwrap() {
            None => return false,
            Some(Event::Request(Request::Login(_, pending))) => {
                session.login(alice(), pending).unwrap();
            }
            Some(Event::Request(request)) => session.request(request).unwrap(),
            Some(Event::Closed(_)) => session.close(),
            Some(_) => {}
        }
        self.work_off();
        true
    }

    fn output(&mut self) -> Vec<u8> {
        let Some(connection) = &mut self.connection else { return Vec::new() };
        let mut transmit = connection.server.transmit(Instant::default());
        transmit.copy_to_bytes(transmit.remaining()).to_vec()
    }
}

impl Peer for Real {
    fn connect(&mut self) -> Vec<u8> {
        let config = Config { capabilities: self.capabilities.clone(), ..Config::default() };
        let session = Session::new(self.next_session());
        let server = Server::new(config.into(), Security::Tls, None);
        self.connection = Some(Connection { server, session, input: BytesMut::new() });
        self.output()
    }

    fn answer(&mut self, octets: &[u8]) -> Vec<u8> {
        self.connection.as_mut().unwrap().input.extend_from_slice(octets);
        let mut said = Vec::new();
        while self.event() {
            said.extend(self.output());
        }
        said.extend(self.output());
        said
    }

    fn hang_up(&mut self) {
        self.connection.as_mut().unwrap().session.close();
        self.work_off();
        assert!(self.connection.take().unwrap().session.is_over());
    }
}

pub fn alice() -> Account {
    Account::try_from("alice").unwrap()
}
