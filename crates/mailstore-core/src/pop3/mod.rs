//! The POP3 session: typed requests of a client in, store requests and typed responses out.
//!
//! It keeps RFC 1939's promise to the client: the maildrop is a snapshot, locked for this session;
//! what was marked is removed at QUIT and not before; whatever else happens, nothing is removed.

mod body;
mod error;
mod list;
mod maildrop;
mod pull;
mod quit;
mod stat;
mod top;

pub use error::SessionError;
pub use pull::{
    Policy, Progress, Pull, PullEnd, PullError, PullOptions, PullStep, Record, Seen, Summary,
    Token, Warning,
};

use alloc::vec::Vec;
use core::time::Duration;
use mail_proto::{Instant, Text};
use pop3_proto::MessageNumber;
use pop3_proto::server::{Login, Pending, Request, Response};

use crate::store::{
    self, Account, Ask, End, Envelope, Lock, LockNumber, Renew, Reply, RequestId, SessionId,
    StoreError,
};
use maildrop::Maildrop;

/// A POP3 session on a mailbox that is somewhere else.
///
/// It never calls a store: [`next`](Self::next) says what to do, the driver does it. Three kinds of
/// method:
///
/// - **feeding**: [`login`](Self::login) after the application has authenticated somebody,
///   [`request`](Self::request) for everything else that a
///   [`Server`](pop3_proto::server::Server) asks, [`reply`](Self::reply) with what the store
///   answered, [`close`](Self::close) when the connection has ended, however it did;
/// - **pulling**: [`next`](Self::next) until [`Step::Wait`], again after each of the above and after
///   [`Event::Room`](pop3_proto::server::Event::Room);
/// - **time**: [`poll_timeout`](Self::poll_timeout) and [`handle_timeout`](Self::handle_timeout)
///   renew the lease of the lock.
///
/// # Example
///
/// ```
/// use mail_proto::{Instant, Text};
/// use mailstore_core::pop3::{Session, Step};
/// use mailstore_core::store::{Account, MemoryStore, SessionId, WallTime};
/// use pop3_proto::server::{Login, Pending};
///
/// /// Does all that the session wants of the store, and returns what goes to the client.
/// fn drive(session: &mut Session, store: &mut MemoryStore) -> Vec<pop3_proto::server::Response> {
///     let (now, mut responses) = (Instant::default(), Vec::new());
///     loop {
///         match session.next(usize::MAX) {
///             Step::Store(mut envelope) => {
///                 envelope.now = Some(WallTime(1_000));
///                 let id = envelope.request;
///                 session.reply(id, store.execute(envelope), now).unwrap();
///             }
///             Step::Respond(response) => responses.push(response),
///             Step::Wait => return responses,
///         }
///     }
/// }
/// # let _ = drive;
/// ```
#[derive(Clone, Debug)]
pub struct Session {
    id: SessionId,
    last_request: RequestId,
    /// Whose maildrop it is, or is to be.
    account: Option<Account>,
    /// Accounts for which a lock was asked, and which must hear of the end.
    accounts: Vec<Account>,
    maildrop: Option<Maildrop>,
    task: Option<Task>,
    asked: Option<Asked>,
    answer: Option<Reply>,
    renewal: Renewal,
    closing: bool,
}

/// What the driver does next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Carry this to the store, and its reply to [`Session::reply`].
    Store(Envelope),
    /// Give this to the server connection.
    Respond(Response),
    /// Nothing until a reply of the store, room in the output, a request of the client or a deadline.
    Wait,
}

/// A store request on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Asked {
    id: RequestId,
    answer: &'static str,
}

/// The lease of the lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Renewal {
    every: Duration,
    at: Option<Instant>,
    due: bool,
    asked: Option<RequestId>,
}

/// What a task does next.
enum Turn {
    Ask(store::Request, &'static str),
    Say(Response),
    /// Say this, and the task is done.
    Done(Response),
    /// For room.
    Wait,
}

/// Asks the store, remembering which answer belongs to it.
fn ask<A: Ask>(request: A, answer: &'static str) -> Turn {
    Turn::Ask(request.into(), answer)
}

/// A command that is being answered, in the step it has reached.
#[derive(Clone, Debug)]
enum Task {
    Login(Pending<Login>),
    Stat(stat::Stat),
    ListOne(list::ListOne),
    List(list::List),
    Uidl(list::Uidl),
    Body(body::Retrieve),
    Quit(quit::Quit),
    /// What needs no store.
    Answered(Response),
}

/// What a task sees of the session.
struct Context<'a> {
    maildrop: &'a mut Maildrop,
    room: usize,
    answer: Option<Reply>,
}

impl Session {
    /// A session before its login. The id is never used twice with the same store.
    #[must_use]
    pub fn new(id: SessionId) -> Self {
        Self {
            id,
            last_request: RequestId(0),
            account: None,
            accounts: Vec::new(),
            maildrop: None,
            task: None,
            asked: None,
            answer: None,
            renewal: Renewal::default(),
            closing: false,
        }
    }

    /// The application has authenticated somebody: lock that account's maildrop.
    ///
    /// # Errors
    ///
    /// [`SessionError::Busy`]: a command is being answered, or somebody is logged in.
    pub fn login(&mut self, account: Account, pending: Pending<Login>) -> Result<(), SessionError> {
        if self.task.is_some() || self.maildrop.is_some() || self.closing {
            return Err(SessionError::Busy);
        }
        if !self.accounts.contains(&account) {
            self.accounts.push(account.clone());
        }
        self.account = Some(account);
        self.task = Some(Task::Login(pending));
        Ok(())
    }

    /// A request of the client, after login.
    ///
    /// # Errors
    ///
    /// - [`SessionError::Busy`]: a command is being answered.
    /// - [`SessionError::NotOurs`]: logins are decided by the application.
    pub fn request(&mut self, request: Request) -> Result<(), SessionError> {
        if self.task.is_some() || self.closing {
            return Err(SessionError::Busy);
        }
        let maildrop = self.maildrop.as_mut().ok_or(SessionError::NotOurs)?;
        self.task = Some(match request {
            Request::Login(..) | Request::Authenticate { .. } | Request::Authentication(..) => {
                return Err(SessionError::NotOurs);
            }
            Request::Stat(pending) => Task::Stat(stat::Stat::new(pending, maildrop)),
            Request::List(pending) => Task::List(list::List::new(pending, maildrop)),
            Request::Uidl(pending) => Task::Uidl(list::Uidl::new(pending, maildrop)),
            Request::ListOne(message, pending) => match maildrop.find(message) {
                Some(uid) => Task::ListOne(list::ListOne::new(pending, message, uid)),
                None => no_such_message(pending),
            },
            Request::UidlOne(message, pending) => match maildrop.find(message) {
                Some(uid) => Task::Answered(list::unique_id(pending, message, uid, maildrop)),
                None => no_such_message(pending),
            },
            Request::Retr(message, pending) => match maildrop.find(message) {
                Some(uid) => Task::Body(body::Retrieve::whole(pending, uid)),
                None => no_such_message(pending),
            },
            Request::Top(message, lines, pending) => match maildrop.find(message) {
                Some(uid) => Task::Body(body::Retrieve::top(pending, uid, lines)),
                None => no_such_message(pending),
            },
            Request::Dele(message, pending) => delete(maildrop, message, pending),
            Request::Rset(pending) => {
                maildrop.unmark_all();
                Task::Answered(Response::Ok(pending, Text::empty()))
            }
            Request::Quit(pending) => Task::Quit(quit::Quit::new(pending)),
            Request::Other(_, pending) => Task::Answered(refusal(pending, None, "no such command")),
        });
        Ok(())
    }

    /// The connection has ended. Unless QUIT was answered, nothing is removed; what the session
    /// holds is released.
    pub fn close(&mut self) {
        self.closing = true;
        (self.task, self.asked, self.answer) = (None, None, None);
        (self.maildrop, self.renewal) = (None, Renewal::default());
    }

    /// Whether nothing is left to be done after [`close`](Self::close): the store has been told.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.closing && self.accounts.is_empty() && self.asked.is_none()
    }

    /// What to do next.
    ///
    /// `room` is the number of octets that may be put into the output now
    /// ([`Server::room`](pop3_proto::server::Server::room)).
    pub fn next(&mut self, room: usize) -> Step {
        if self.asked.is_some() {
            return Step::Wait;
        }
        if self.closing {
            return match self.accounts.pop() {
                Some(account) => Step::Store(self.envelope(account, End.into(), "Ended")),
                None => Step::Wait,
            };
        }
        if let Some(envelope) = self.renew() {
            return Step::Store(envelope);
        }
        match self.turn(room) {
            None | Some(Turn::Wait) => Step::Wait,
            Some(Turn::Say(response)) => Step::Respond(response),
            Some(Turn::Done(response)) => {
                self.task = None;
                Step::Respond(response)
            }
            Some(Turn::Ask(request, answer)) => match self.account.clone() {
                Some(account) => Step::Store(self.envelope(account, request, answer)),
                None => Step::Wait,
            },
        }
    }

    /// What the store answered.
    ///
    /// # Errors
    ///
    /// - [`SessionError::NotAsked`]: no such request is on its way. (After [`close`](Self::close)
    ///   late replies are expected, and no error.)
    /// - [`SessionError::WrongReply`]: it belongs to another kind of request. The session still waits.
    pub fn reply(&mut self, id: RequestId, reply: Reply, now: Instant) -> Result<(), SessionError> {
        if self.renewal.asked == Some(id) {
            self.renewed(reply, now);
            return Ok(());
        }
        let Some(asked) = self.asked.filter(|asked| asked.id == id) else {
            return if self.closing { Ok(()) } else { Err(SessionError::NotAsked) };
        };
        if let Ok(answer) = &reply
            && answer.name() != asked.answer
        {
            let (expected, got) = (asked.answer, answer.name());
            return Err(SessionError::WrongReply(store::WrongReply { expected, got }));
        }
        self.asked = None;
        if reply == Ok(store::Ended.into()) {
            self.accounts.retain(|account| Some(account) != self.account.as_ref());
        }
        match (&self.task, self.closing) {
            (_, true) => {}
            (Some(Task::Login(_)), _) => self.logged_in(reply, now),
            _ => self.answer = Some(reply),
        }
        Ok(())
    }

    /// When the lease of the lock is to be renewed.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Instant> {
        self.renewal.at
    }

    /// Time has passed. Does nothing before the deadline; then [`next`](Self::next) renews.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.renewal.at.is_some_and(|at| at <= now) {
            self.renewal.due = true;
            self.renewal.at = Some(now + self.renewal.every);
        }
    }

    fn turn(&mut self, room: usize) -> Option<Turn> {
        let answer = self.answer.take();
        let task = self.task.as_mut()?;
        match task {
            Task::Login(_) => return Some(ask(Lock, "Locked")),
            Task::Answered(response) => return Some(Turn::Done(response.clone())),
            _ => {}
        }
        let maildrop = self.maildrop.as_mut()?;
        let context = Context { maildrop, room, answer };
        Some(match task {
            Task::Login(_) | Task::Answered(_) => return None,
            Task::Stat(stat) => stat.step(context),
            Task::ListOne(list) => list.step(context),
            Task::List(list) => list.step(context),
            Task::Uidl(list) => list.step(context),
            Task::Body(body) => body.step(context),
            Task::Quit(quit) => quit.step(context),
        })
    }

    fn envelope(
        &mut self,
        account: Account,
        body: store::Request,
        answer: &'static str,
    ) -> Envelope {
        self.last_request = RequestId(self.last_request.0.saturating_add(1));
        let request = self.last_request;
        if !matches!(body, store::Request::Renew(_)) {
            self.asked = Some(Asked { id: request, answer });
        }
        Envelope { account, session: self.id, request, now: None, body }
    }

    fn logged_in(&mut self, reply: Reply, now: Instant) {
        let Some(Task::Login(pending)) = self.task.take() else { return };
        self.task = Some(Task::Answered(match Lock::answer(reply) {
            Ok(Ok(locked)) => {
                // Two renewals may get lost before the lease does.
                let every = Duration::from_secs(u64::from(locked.lease_seconds / 3));
                self.renewal = Renewal { every, at: Some(now + every), due: false, asked: None };
                self.maildrop = Some(Maildrop::new(locked));
                Response::LoggedIn(pending, Text::sanitized(b"maildrop locked and ready"))
            }
            Ok(Err(error)) => error::refuse(pending.id(), error),
            Err(_) => error::refuse(pending.id(), StoreError::Unavailable),
        }));
    }

    fn renew(&mut self) -> Option<Envelope> {
        let maildrop = self.maildrop.as_ref()?;
        if !self.renewal.due || self.renewal.asked.is_some() || maildrop.lost {
            return None;
        }
        let lock: Option<LockNumber> = Some(maildrop.lock);
        let account = self.account.clone()?;
        let envelope = self.envelope(account, Renew { lock }.into(), "Renewed");
        self.renewal.asked = Some(envelope.request);
        self.renewal.due = false;
        Some(envelope)
    }

    fn renewed(&mut self, reply: Reply, now: Instant) {
        self.renewal.asked = None;
        match (reply, &mut self.maildrop) {
            (Ok(_), _) => self.renewal.at = Some(now + self.renewal.every),
            // The lock is somebody else's now, and so is the right to remove anything.
            (Err(StoreError::Gone), Some(maildrop)) => {
                maildrop.lost = true;
                self.renewal.at = None;
            }
            // Ask again at the next deadline; the store judges the lease, not this session.
            (Err(_), _) => {}
        }
    }
}

fn delete(
    maildrop: &mut Maildrop,
    message: MessageNumber,
    pending: Pending<pop3_proto::server::Single>,
) -> Task {
    match maildrop.find(message) {
        None => no_such_message(pending),
        Some(uid) => {
            maildrop.mark(uid);
            Task::Answered(Response::Ok(pending, Text::sanitized(b"message marked")))
        }
    }
}

fn no_such_message<K>(pending: Pending<K>) -> Task {
    Task::Answered(refusal(pending, None, "no such message"))
}

fn refusal<K>(pending: Pending<K>, code: Option<pop3_proto::ResponseCode>, text: &str) -> Response {
    Response::Refuse(pending.id(), code, Text::sanitized(text.as_bytes()))
}
