//! The server's side: a connection at a time on a mailbox in memory.

use std::error::Error;
use std::sync::Arc;

use bytes::{Buf as _, BytesMut};
use mail_proto::{Connection as _, Instant, Security};
use mailstore_core::pop3::{Session, Step};
use mailstore_core::store::{
    Account, Ask as _, End, Envelope, Lock, MemoryStore, RequestId, SessionId, StoreError, WallTime,
};
use pop3_proto::server::{Config, Event, Request, Server};

/// A mailbox, and the connection that is open to it.
pub struct Maildrop {
    store: MemoryStore,
    account: Account,
    now: WallTime,
    sessions: u64,
    connection: Option<(Server, Session, BytesMut)>,
}

impl Maildrop {
    pub fn new(now: WallTime) -> Result<Self, Box<dyn Error>> {
        let (store, account) = (MemoryStore::default(), Account::try_from("alice")?);
        Ok(Self { store, account, now, sessions: 0, connection: None })
    }

    /// A message arrives.
    pub fn deliver(&mut self, message: &str) -> Result<(), StoreError> {
        self.store.deliver(&self.account, message.as_bytes(), self.now).map(drop)
    }

    /// Time passes.
    pub fn set_now(&mut self, now: WallTime) {
        self.now = now;
    }

    /// How many messages there are.
    pub fn count(&mut self) -> Result<u64, Box<dyn Error>> {
        let session = self.next_session();
        let mut ask = |request, body| {
            let (account, now) = (self.account.clone(), Some(self.now));
            let request = RequestId(request);
            self.store.execute(Envelope { account, session, request, now, body })
        };
        let count = Lock::answer(ask(1, Lock.into()))??.uids.len();
        ask(2, End.into())?;
        Ok(count)
    }

    /// A client connects: what the server says first.
    pub fn connect(&mut self) -> Vec<u8> {
        let session = Session::new(self.next_session());
        let server = Server::new(Arc::new(Config::default()), Security::Tls, None);
        self.connection = Some((server, session, BytesMut::new()));
        self.output()
    }

    /// The client's octets in, the server's octets out.
    pub fn answer(&mut self, octets: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
        if let Some((.., input)) = &mut self.connection {
            input.extend_from_slice(octets);
        }
        let mut said = Vec::new();
        while self.event()? {
            said.extend(self.output());
        }
        // Some commands the connection answers by itself.
        said.extend(self.output());
        Ok(said)
    }

    /// The client has gone.
    pub fn hang_up(&mut self) -> Result<(), Box<dyn Error>> {
        if let Some((_, session, _)) = &mut self.connection {
            session.close();
        }
        self.work_off()?;
        self.connection = None;
        Ok(())
    }

    fn next_session(&mut self) -> SessionId {
        self.sessions += 1;
        SessionId(self.sessions)
    }

    /// Whether there was one.
    fn event(&mut self) -> Result<bool, Box<dyn Error>> {
        let Some((server, session, input)) = &mut self.connection else { return Ok(false) };
        match server.poll(input, Instant::default())? {
            None => return Ok(false),
            // Whoever asks is let in: this is a story about mail, not about passwords.
            Some(Event::Request(Request::Login(_, pending))) => {
                session.login(self.account.clone(), pending)?;
            }
            Some(Event::Request(request)) => session.request(request)?,
            Some(Event::Closed(_)) => session.close(),
            Some(_) => {}
        }
        self.work_off()?;
        Ok(true)
    }

    fn work_off(&mut self) -> Result<(), Box<dyn Error>> {
        let Some((server, session, _)) = &mut self.connection else { return Ok(()) };
        loop {
            match session.next(server.room()) {
                Step::Store(mut envelope) => {
                    envelope.now = Some(self.now);
                    let id = envelope.request;
                    session.reply(id, self.store.execute(envelope), Instant::default())?;
                }
                Step::Respond(response) => server.reply(response)?,
                Step::Wait => return Ok(()),
            }
        }
    }

    fn output(&mut self) -> Vec<u8> {
        let Some((server, ..)) = &mut self.connection else { return Vec::new() };
        let mut transmit = server.transmit(Instant::default());
        transmit.copy_to_bytes(transmit.remaining()).to_vec()
    }
}
