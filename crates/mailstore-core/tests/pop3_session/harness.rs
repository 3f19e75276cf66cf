//! A server connection, a session and a shared store; octets in, octets out.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use mail_proto::{Connection, Instant, Security};
use mailstore_core::pop3::{Session, Step};
use mailstore_core::store::{
    Account, Ask, End, Envelope, Lock, MemoryStore, Reply, RequestId, SessionId, StoreError, Uid,
    WallTime,
};
use pop3_proto::server::{self, Config, Credentials, Event, Server};

pub(crate) const START: u64 = 1_000_000;

/// A store that others use too, and the clock on its wall.
#[derive(Clone, Default)]
pub(crate) struct Shared {
    pub(crate) store: Rc<RefCell<MemoryStore>>,
    pub(crate) seconds: Rc<RefCell<u64>>,
    /// Requests executed.
    pub(crate) log: Rc<RefCell<Vec<&'static str>>>,
}

impl Shared {
    pub(crate) fn with(messages: &[&[u8]]) -> Self {
        let shared = Self::default();
        for message in messages {
            shared.deliver(message);
        }
        shared
    }

    pub(crate) fn deliver(&self, message: &[u8]) -> Uid {
        self.store.borrow_mut().deliver(&alice(), message, self.now()).unwrap()
    }

    pub(crate) fn now(&self) -> WallTime {
        WallTime(START + *self.seconds.borrow())
    }

    pub(crate) fn pass(&self, seconds: u32) {
        *self.seconds.borrow_mut() += u64::from(seconds);
    }

    pub(crate) fn execute(&self, mut envelope: Envelope) -> Reply {
        envelope.now = Some(self.now());
        self.log.borrow_mut().push(envelope.body.name());
        self.store.borrow_mut().execute(envelope)
    }

    /// Asks something beside the sessions under test.
    pub(crate) fn ask<A: Ask>(
        &self,
        session: u64,
        request: u64,
        body: A,
    ) -> Result<A::Answer, StoreError> {
        let (session, request) = (SessionId(session), RequestId(request));
        let envelope =
            Envelope { account: alice(), session, request, now: None, body: body.into() };
        A::answer(self.execute(envelope)).unwrap()
    }

    /// The messages that a new session would find.
    pub(crate) fn messages(&self, session: u64) -> Vec<u32> {
        let locked = self.ask(session, 1, Lock).unwrap();
        self.ask(session, 2, End).unwrap();
        locked.uids.iter().map(Uid::get).collect()
    }
}

pub(crate) fn alice() -> Account {
    Account::try_from("alice").unwrap()
}

/// A client's octets in, the server's octets out; store requests go to `carry`.
pub(crate) struct Harness<F> {
    pub(crate) server: Server,
    pub(crate) session: Session,
    pub(crate) input: BytesMut,
    pub(crate) carry: F,
    pub(crate) now: Instant,
}

/// What becomes of a store request.
pub(crate) enum Carried {
    Reply(Reply),
    /// The connection is lost here.
    Cut,
}

impl<F: FnMut(Envelope) -> Carried> Harness<F> {
    pub(crate) fn new(id: u64, carry: F) -> Self {
        let server = Server::new(Arc::new(Config::default()), Security::Tls, None);
        let session = Session::new(SessionId(id));
        let now = Instant::default();
        let mut harness = Self { server, session, input: BytesMut::new(), carry, now };
        harness.output();
        harness
    }

    pub(crate) fn output(&mut self) -> Vec<u8> {
        let mut transmit = self.server.transmit(self.now);
        transmit.copy_to_bytes(transmit.remaining()).to_vec()
    }

    /// Gives lines and returns what is answered; `None` if the connection was cut.
    pub(crate) fn say(&mut self, lines: &str) -> Option<String> {
        self.input.extend_from_slice(lines.as_bytes());
        let mut said = Vec::new();
        while let Some(event) = self.server.poll(&mut self.input, self.now).unwrap() {
            match event {
                Event::Request(server::Request::Login(credentials, pending)) => {
                    let Credentials::Password { name, .. } = credentials else { panic!() };
                    let account = Account::new(name.into_bytes()).unwrap();
                    self.session.login(account, pending).unwrap();
                }
                Event::Request(request) => self.session.request(request).unwrap(),
                Event::Closed(_) => self.session.close(),
                _ => {}
            }
            self.work_off()?;
            said.extend_from_slice(&self.output());
        }
        said.extend_from_slice(&self.output());
        Some(String::from_utf8(said).unwrap())
    }

    pub(crate) fn work_off(&mut self) -> Option<()> {
        loop {
            match self.session.next(self.server.room()) {
                Step::Store(envelope) => {
                    let id = envelope.request;
                    match (self.carry)(envelope) {
                        Carried::Reply(reply) => self.session.reply(id, reply, self.now).unwrap(),
                        Carried::Cut => return None,
                    }
                }
                Step::Respond(response) => self.server.reply(response).unwrap(),
                Step::Wait => return Some(()),
            }
        }
    }

    pub(crate) fn log_in(&mut self) -> Option<String> {
        self.say("USER alice\r\nPASS x\r\n")
    }

    /// The connection is gone, and the driver does what is left to do.
    pub(crate) fn drop_connection(&mut self, shared: &Shared) {
        self.session.close();
        while let Step::Store(envelope) = self.session.next(0) {
            let id = envelope.request;
            let reply = shared.execute(envelope);
            self.session.reply(id, reply, self.now).unwrap();
        }
        assert!(self.session.is_over());
    }
}

pub(crate) fn at_once(
    shared: &Shared,
    id: u64,
) -> Harness<impl FnMut(Envelope) -> Carried + use<>> {
    let shared = shared.clone();
    Harness::new(id, move |envelope| Carried::Reply(shared.execute(envelope)))
}
