//! A POP3 session on a memory store that fails, loses replies, and has other users.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | 1: a message larger than one read; 2: little room in the output |
//! | 1 and so many times 1 + at most 40 | other messages, three at most |
//! | the rest | what happens: lines of the client, fates of store requests, others, time |

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use mail_proto::{Connection, Instant, SendError, Security, Watermarks};
use mailstore_core::pop3::{Session, Step};
use mailstore_core::store::{
    Account, Answer, Ask, CommitDeletions, End, Envelope, LEASE_SECONDS, Lock, MailboxName,
    MemoryStore, Open, Remove, Renew, Reply, Request, RequestId, SessionId, StoreError, Uid, UidSet,
    WallTime,
};
use pop3_proto::server::{self, Config, Event, Response, Server};

use crate::dice::Dice;
use crate::drive::transmit;

/// - The store removes what a successful `CommitDeletions` asked for, and nothing else but what others
///   remove; a session asks for that at QUIT, for exactly what it has acknowledged as marked.
/// - A commit succeeds only under a lock that nobody else got meanwhile and whose lease has not run out;
///   a lock is nobody else's before that. `+OK` to QUIT means that the marks are gone.
/// - A repeated write gives the first result; what arrives after `End` does nothing.
/// - Messages come as they are stored, also when somebody has expunged them.
/// - Every request is answered while the store answers.
/// - A closed session comes to its end; when the store has heard it, or the lease has run out, the
///   maildrop is free.
pub fn run(data: &[u8]) {
    let mut dice = Dice::new(data);
    let mut world = World::new(&mut dice);
    while !dice.is_empty() && !world.cut {
        world.happen(&mut dice);
    }
    world.finish();
}

/// The session under test, one that goes for the same maildrop, one that only removes.
const OURS: SessionId = SessionId(1);
const OTHER: SessionId = SessionId(1_000);

struct World {
    server: Server,
    session: Session,
    input: BytesMut,
    store: Store,
    /// What becomes of the next requests to the store.
    fates: VecDeque<u8>,
    rival: Option<SessionId>,
    last_rival: u64,
    /// The request that is being answered.
    asked: Option<server::Request>,
    /// UIDs in the order of their numbers, since the login.
    snapshot: Vec<u32>,
    marked: BTreeSet<u32>,
    /// The session was told that its commit succeeded.
    committed: bool,
    body: Vec<u8>,
    /// Octets that the transport takes at once.
    limit: usize,
    cut: bool,
    /// A request that is slower than the end of its session.
    late: Option<Envelope>,
}

/// The store, the clock on its wall, and what must be true of it.
struct Store {
    store: MemoryStore,
    seconds: u32,
    other_requests: u64,
    messages: BTreeMap<u32, Vec<u8>>,
    present: BTreeSet<u32>,
    /// Whose lock it is, and until when at least.
    holder: Option<(SessionId, u32)>,
    /// It has heard of the end of our session.
    ended: bool,
}

impl World {
    fn new(dice: &mut Dice<'_>) -> Self {
        let flags = dice.byte();
        let mut store = Store {
            store: MemoryStore::default(),
            seconds: 0,
            other_requests: 0,
            messages: BTreeMap::new(),
            present: BTreeSet::new(),
            holder: None,
            ended: false,
        };
        if flags & 1 != 0 {
            store.deliver(&b"Subject: big\r\n\r\n.0123456789\nabcdef\r\n".repeat(2_000));
        }
        for _ in 0..dice.below(4) {
            store.deliver(dice.counted(40));
        }
        let mut config = Config::default();
        if flags & 2 != 0 {
            config.limits.output = Watermarks { high: 700, low: 100 };
        }
        Self {
            server: Server::new(Arc::new(config), Security::Tls, None),
            session: Session::new(OURS),
            input: BytesMut::new(),
            store,
            fates: VecDeque::new(),
            rival: None,
            last_rival: OTHER.0,
            asked: None,
            snapshot: Vec::new(),
            marked: BTreeSet::new(),
            committed: false,
            body: Vec::new(),
            limit: usize::MAX,
            cut: false,
            late: None,
        }
    }

    fn happen(&mut self, dice: &mut Dice<'_>) {
        match dice.below(16) {
            0 | 1 => self.say("USER alice\r\nPASS x\r\n"),
            2..=7 => {
                let line = line(dice.byte());
                self.say(&line);
            }
            8 | 9 => self.fates.push_back(dice.byte()),
            10 => {
                self.store.seconds += u32::from(dice.byte() % 80);
                self.session.handle_timeout(self.store.instant());
                self.work();
            }
            11 => drop(self.store.deliver(dice.counted(40))),
            12 => {
                let uids = Uid::new(u32::from(dice.byte() % 8)).into_iter().collect();
                self.store.remove(uids);
            }
            13 => self.rival(),
            14 => self.limit = usize::from(dice.word()) + 1,
            _ => self.cut = dice.byte() < 32,
        }
    }

    /// Another session goes for the maildrop, or gives it back.
    fn rival(&mut self) {
        if let Some(rival) = self.rival.take() {
            self.store.ask(rival, End).expect("an end");
            return;
        }
        self.last_rival += 1;
        let rival = SessionId(self.last_rival);
        match self.store.ask(rival, Lock) {
            Ok(locked) => {
                assert!(locked.uids.iter().map(Uid::get).eq(self.store.present.iter().copied()));
                self.rival = Some(rival);
            }
            Err(error) => assert_eq!(error, StoreError::InUse),
        }
    }

    fn say(&mut self, lines: &str) {
        self.input.extend_from_slice(lines.as_bytes());
        self.work();
    }

    /// Everything that is to be done, until all wait.
    fn work(&mut self) {
        loop {
            let now = self.store.instant();
            let mut progress = 0;
            while let Some(event) = self.server.poll(&mut self.input, now).expect("no lost framing")
            {
                progress += 1;
                self.event(event);
                self.steps();
            }
            self.steps();
            progress += transmit(&mut self.server, now, self.limit, &mut Vec::new());
            if self.cut || progress == 0 {
                assert!(self.cut || self.asked.is_none(), "{:?} is never answered", self.asked);
                return;
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Request(server::Request::Login(credentials, pending)) => {
                self.asked = Some(server::Request::Login(credentials, pending));
                self.session.login(alice(), pending).expect("a session without a maildrop");
            }
            Event::Request(request) => {
                self.asked = Some(request.clone());
                self.session.request(request).expect("one request at a time");
            }
            Event::Closed(_) => self.session.close(),
            _ => {}
        }
    }

    fn steps(&mut self) {
        while !self.cut {
            match self.session.next(self.server.room()) {
                Step::Wait => return,
                Step::Store(envelope) => self.carry(envelope),
                Step::Respond(response) => {
                    self.response(&response);
                    match self.server.reply(response) {
                        Ok(()) | Err(SendError::Closed) => {}
                        Err(error) => panic!("a response that does not fit: {error}"),
                    }
                }
            }
        }
    }

    /// Takes a request to the store, as fate will have it.
    fn carry(&mut self, envelope: Envelope) {
        if let Request::CommitDeletions(commit) = &envelope.body {
            assert!(matches!(self.asked, Some(server::Request::Quit(_))), "a commit before QUIT");
            assert!(commit.uids.iter().map(Uid::get).eq(self.marked.iter().copied()));
        }
        let id = envelope.request;
        let fate = self.fates.pop_front().unwrap_or(0);
        let reply = match fate % 8 {
            0 | 1 => self.store.execute(envelope),
            2 => Err(ERRORS[usize::from(fate / 8) % ERRORS.len()]),
            3 => {
                let _ = self.store.execute(envelope);
                Err(StoreError::Unknown)
            }
            4 => {
                let first = self.store.execute(envelope.clone());
                let again = self.store.execute(envelope.clone());
                if envelope.body.writes() {
                    assert_eq!(first, again, "a repeated write with another result");
                }
                again
            }
            5 => return self.cut = true,
            6 => {
                let _ = self.store.execute(envelope);
                return self.cut = true;
            }
            _ => {
                self.late = Some(envelope);
                return self.cut = true;
            }
        };
        match &reply {
            Ok(Answer::Locked(locked)) => {
                self.snapshot = locked.uids.iter().map(Uid::get).collect();
                self.marked.clear();
            }
            Ok(Answer::DeletionsCommitted(_)) => self.committed = true,
            _ => {}
        }
        self.session.reply(id, reply, self.store.instant()).expect("a reply to what was asked");
    }

    /// What the client is told.
    fn response(&mut self, response: &Response) {
        let find = |message: pop3_proto::MessageNumber| {
            let uid = *self.snapshot.get(message.get() as usize - 1)?;
            (!self.marked.contains(&uid)).then_some(uid)
        };
        let left = self.snapshot.len() - self.marked.len();
        match (self.asked.as_ref().expect("a response to a request"), response) {
            (server::Request::Dele(message, _), Response::Ok(..)) => {
                let uid = find(*message).expect("an unmarked message of the snapshot");
                self.marked.insert(uid);
            }
            (server::Request::Dele(message, _), Response::Refuse(..)) => {
                assert_eq!(find(*message), None, "a mark refused");
            }
            (server::Request::Rset(_), Response::Ok(..)) => self.marked.clear(),
            (server::Request::Quit(_), Response::Ok(..)) => {
                assert!(self.marked.is_empty() || self.committed, "an OK that is a lie");
                assert!(self.marked.is_disjoint(&self.store.present), "still there");
            }
            (server::Request::Stat(_), Response::Stat(_, listing)) => {
                assert_eq!(listing.messages(), left as u64);
            }
            (_, Response::BodyBegin(..)) => self.body.clear(),
            (_, Response::Body(_, octets)) => self.body.extend(octets),
            (server::Request::Retr(message, _), Response::BodyEnd(_)) => {
                let uid = find(*message).expect("an unmarked message of the snapshot");
                assert_eq!(self.body, self.store.messages[&uid]);
            }
            (server::Request::Top(message, ..), Response::BodyEnd(_)) => {
                let uid = find(*message).expect("an unmarked message of the snapshot");
                assert!(self.store.messages[&uid].starts_with(&self.body));
            }
            _ => {}
        }
        let goes_on = matches!(
            response,
            Response::BodyBegin(..)
                | Response::Body(..)
                | Response::ScanBegin(..)
                | Response::Scan(..)
                | Response::UidBegin(..)
                | Response::Uid(..)
        );
        if !goes_on {
            self.asked = None;
        }
    }

    fn finish(mut self) {
        self.server.close();
        self.session.close();
        while let Step::Store(envelope) = self.session.next(0) {
            self.end(envelope);
        }
        assert!(self.session.is_over(), "a closed session without an end");
        if let Some(late) = self.late.take() {
            let is_end = matches!(late.body, Request::End(_));
            let reply = self.store.execute(late);
            if self.store.ended && !is_end {
                assert_eq!(reply, Err(StoreError::Gone), "a request after the end of its session");
            }
        }
        if let Some(rival) = self.rival.take() {
            self.store.ask(rival, End).expect("an end");
        }
        if self.store.holder.is_some() {
            // The store has not heard of the end.
            self.store.seconds += LEASE_SECONDS;
        }
        let locked = self.store.ask(SessionId(self.last_rival + 1), Lock).expect("a free maildrop");
        assert!(locked.uids.iter().map(Uid::get).eq(self.store.present.iter().copied()));
    }

    /// The end of the session on its way to the store.
    fn end(&mut self, envelope: Envelope) {
        assert!(matches!(envelope.body, Request::End(_)), "{:?} after close", envelope.body);
        let id = envelope.request;
        let reply = match self.fates.pop_front().unwrap_or(0) % 8 {
            2 => Err(StoreError::Unavailable),
            _ => self.store.execute(envelope),
        };
        self.session.reply(id, reply, self.store.instant()).expect("a reply to what was asked");
    }
}

const ERRORS: [StoreError; 10] = [
    StoreError::Unavailable,
    StoreError::Denied,
    StoreError::Limit,
    StoreError::Corrupt,
    StoreError::Gone,
    StoreError::OverQuota,
    StoreError::NoSuchMailbox,
    StoreError::Exists,
    StoreError::InUse,
    StoreError::Unknown,
];

fn alice() -> Account {
    Account::try_from("alice").expect("a name")
}

fn line(choice: u8) -> String {
    let number = choice / 16 % 6;
    match choice % 16 {
        0 => "STAT\r\n".into(),
        1 => "LIST\r\n".into(),
        2 => format!("LIST {number}\r\n"),
        3 => "UIDL\r\n".into(),
        4 => format!("UIDL {number}\r\n"),
        5 | 6 => format!("RETR {number}\r\n"),
        7 => format!("TOP {number} {}\r\n", choice / 64),
        8..=10 => format!("DELE {number}\r\n"),
        11 => "RSET\r\n".into(),
        12 => format!("DELE {number}\r\nRETR {number}\r\nSTAT\r\n"),
        13 => "XTND X\r\n".into(),
        14 => format!("DELE {number}\r\nQUIT\r\n"),
        _ => "QUIT\r\n".into(),
    }
}

impl Store {
    fn now(&self) -> WallTime {
        WallTime(1_000_000).after(self.seconds)
    }

    fn instant(&self) -> Instant {
        Instant::from_epoch(Duration::from_secs(self.seconds.into()))
    }

    fn deliver(&mut self, message: &[u8]) -> Uid {
        let uid = self.store.deliver(&alice(), message, self.now()).expect("room for a message");
        assert!(self.present.last().is_none_or(|last| *last < uid.get()), "UIDs ascend");
        self.present.insert(uid.get());
        self.messages.insert(uid.get(), message.to_vec());
        uid
    }

    fn remove(&mut self, uids: UidSet) {
        let mailbox = self.ask(OTHER, Open { name: MailboxName::inbox() }).expect("INBOX").mailbox;
        let removed = self.ask(OTHER, Remove { mailbox, uids }).expect("a removal").removed;
        for uid in &removed {
            assert!(self.present.remove(&uid.get()), "removed what was not there");
        }
    }

    /// Asks for somebody else.
    fn ask<A: Ask>(&mut self, session: SessionId, body: A) -> Result<A::Answer, StoreError> {
        self.other_requests += 1;
        let request = RequestId(self.other_requests);
        let envelope =
            Envelope { account: alice(), session, request, now: None, body: body.into() };
        A::answer(self.execute(envelope)).expect("an answer of this kind")
    }

    /// Executes a request and checks what it did.
    fn execute(&mut self, mut envelope: Envelope) -> Reply {
        envelope.now = Some(self.now());
        let session = envelope.session;
        let reply = self.store.execute(envelope.clone());
        let held = self.holder.filter(|(_, until)| self.seconds < *until);
        match (&envelope.body, &reply) {
            (Request::Lock(_), Ok(_)) => {
                assert!(held.is_none_or(|(holder, _)| holder == session), "two hold the lock");
                self.holder = Some((session, self.seconds + LEASE_SECONDS));
            }
            (Request::Renew(Renew { lock: Some(_) }), Ok(_)) => {
                assert!(held.is_some_and(|(holder, _)| holder == session), "a lost lock renewed");
                self.holder = Some((session, self.seconds + LEASE_SECONDS));
            }
            (Request::CommitDeletions(CommitDeletions { uids, .. }), Ok(answer)) => {
                let Answer::DeletionsCommitted(done) = answer else { panic!("{answer:?}") };
                assert_eq!((&done.removed, done.kept.len()), (uids, 0));
                // A repeat changes nothing, and may come when the lock is gone.
                if uids.iter().any(|uid| self.present.contains(&uid.get())) {
                    assert!(held.is_some_and(|(holder, _)| holder == session), "without a lock");
                }
                self.present.retain(|uid| Uid::new(*uid).is_some_and(|uid| !uids.contains(uid)));
            }
            (Request::End(_), Ok(_)) => {
                self.ended |= session == OURS;
                self.holder = self.holder.filter(|(holder, _)| *holder != session);
            }
            _ => {}
        }
        reply
    }
}
