//! A server application: a maildrop of octet strings, its lock, its marks, its commit at QUIT.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use mail_proto::sasl::Plain;
use mail_proto::{CommandId, Secret, SendError, Text, TlsPolicy};
use pop3_proto::server::{
    Body, Config, Credentials, Event, Login, Pending, Request, Response, ScanLines, Server,
    UidLines,
};
use pop3_proto::{
    DropListing, LanguageListing, Mechanism, MessageNumber, NormalizedSize, ResponseCode,
    ScanListing, UidListing, apop_digest,
};

use super::{App, text};

pub type Shared = Arc<Mutex<Maildrop>>;

/// alice's password is `secret`; of APOP, `tanstaaf`.
pub struct Maildrop {
    pub messages: Vec<Bytes>,
    pub marked: Vec<bool>,
    pub locked: bool,
    /// How often QUIT was committed.
    pub commits: u32,
    pub refuse_quit: bool,
    /// Octets of one piece of a body.
    pub piece: usize,
    pub logins: Vec<String>,
    work: Option<Work>,
    mechanism: Option<Mechanism>,
    given: Vec<Bytes>,
}

/// A reply that is being written.
enum Work {
    Body(Pending<Body>, Bytes),
    Scan(Pending<ScanLines>, u32),
    Uid(Pending<UidLines>, u32),
}

pub fn mail(n: u32) -> Bytes {
    format!("Subject: {n}\r\n\r\nHello\r\n.\r\n..dots\r\n").into()
}

pub fn server_config() -> Config {
    let mechanism = |name: &str| Mechanism::parse(name.as_bytes()).unwrap();
    let language = |tag: &str, description: &str| LanguageListing {
        tag: tag.try_into().unwrap(),
        description: text(description),
    };
    Config {
        tls: TlsPolicy::Optional,
        stls: true,
        mechanisms: vec![mechanism("PLAIN"), mechanism("LOGIN"), mechanism("X-ASK")],
        languages: vec![language("en", "English"), language("de-AT", "Deutsch")],
        ..Config::default()
    }
}

impl Maildrop {
    pub fn of(messages: Vec<Bytes>) -> Shared {
        Arc::new(Mutex::new(Self {
            marked: vec![false; messages.len()],
            messages,
            locked: false,
            commits: 0,
            refuse_quit: false,
            piece: 1000,
            logins: Vec::new(),
            work: None,
            mechanism: None,
            given: Vec::new(),
        }))
    }

    /// With that many small mails.
    pub fn with(mails: u32) -> Shared {
        Self::of((1..=mails).map(mail).collect())
    }

    pub fn app(shared: &Shared) -> App<Server, Event> {
        let shared = Arc::clone(shared);
        Box::new(move |server, event| shared.lock().unwrap().handle(server, event))
    }

    pub fn handle(&mut self, server: &mut Server, event: &Event) {
        match event {
            Event::Request(request) => {
                let answered = self.request(server, request.clone());
                assert!(matches!(answered, Ok(()) | Err(SendError::Closed)), "{answered:?}");
            }
            Event::Room => self.work_on(server),
            Event::Closed(_) => {
                self.locked = false;
                self.work = None;
                self.marked.fill(false);
            }
            _ => {}
        }
    }

    fn request(&mut self, server: &mut Server, request: Request) -> Result<(), SendError> {
        let response = match request {
            Request::Login(credentials, pending) => self.login(&credentials, pending),
            Request::Authenticate { mechanism, initial, pending } => {
                self.mechanism = Some(mechanism);
                self.given.clear();
                self.given.extend(initial.map(Secret::into_exposed));
                self.authenticate(pending)
            }
            Request::Authentication(response, pending) => {
                self.given.push(response.into_exposed());
                self.authenticate(pending)
            }
            Request::Stat(pending) => {
                let sizes = self.unmarked().map(|n| self.size(n));
                let listing = DropListing::new(self.unmarked().count() as u64, sizes.sum());
                Response::Stat(pending, listing)
            }
            Request::List(pending) => {
                server.reply(Response::ScanBegin(pending, Text::empty()))?;
                self.work = Some(Work::Scan(pending, 1));
                self.work_on(server);
                return Ok(());
            }
            Request::Uidl(pending) => {
                server.reply(Response::UidBegin(pending, Text::empty()))?;
                self.work = Some(Work::Uid(pending, 1));
                self.work_on(server);
                return Ok(());
            }
            Request::ListOne(n, pending) => match self.get(n) {
                Some(_) => Response::ScanLine(pending, ScanListing::new(n, self.size(n.get()))),
                None => no_such(pending.id()),
            },
            Request::UidlOne(n, pending) => match self.get(n) {
                Some(_) => Response::UidLine(pending, uid(n)),
                None => no_such(pending.id()),
            },
            Request::Retr(n, pending) => match self.get(n) {
                Some(mail) => return self.send(server, pending, mail),
                None => no_such(pending.id()),
            },
            Request::Top(n, lines, pending) => match self.get(n) {
                Some(mail) => return self.send(server, pending, top(&mail, lines)),
                None => no_such(pending.id()),
            },
            Request::Dele(n, pending) => match self.get(n) {
                Some(_) => {
                    self.marked[n.get() as usize - 1] = true;
                    Response::Ok(pending, text("marked"))
                }
                None => no_such(pending.id()),
            },
            Request::Rset(pending) => {
                self.marked.fill(false);
                Response::Ok(pending, Text::empty())
            }
            Request::Quit(pending) => self.quit(pending),
            Request::Other(command, pending) if command.keyword() == b"LAST" => {
                Response::Ok(pending, text("3"))
            }
            Request::Other(_, pending) => {
                Response::Refuse(pending.id(), None, text("unknown command"))
            }
        };
        server.reply(response)
    }

    fn quit(&mut self, pending: Pending<pop3_proto::server::Single>) -> Response {
        self.locked = false;
        if self.refuse_quit {
            let why = text("some were not removed");
            return Response::Refuse(pending.id(), Some(ResponseCode::SysTemp), why);
        }
        self.commits += 1;
        let marked = std::mem::take(&mut self.marked);
        let mut marks = marked.iter();
        self.messages.retain(|_| !marks.next().unwrap());
        self.marked = vec![false; self.messages.len()];
        Response::Ok(pending, text("bye"))
    }

    fn login(&mut self, credentials: &Credentials, pending: Pending<Login>) -> Response {
        let (name, right) = match credentials {
            Credentials::Password { name, password } => (name, password.matches(b"secret")),
            Credentials::Apop { name, digest, timestamp } => {
                let expected = apop_digest(timestamp, b"tanstaaf");
                (name, digest.matches(expected.expose().as_bytes()))
            }
        };
        self.welcome(name.as_bytes(), right, pending)
    }

    fn welcome(&mut self, name: &[u8], right: bool, pending: Pending<Login>) -> Response {
        self.logins.push(String::from_utf8_lossy(name).into_owned());
        if !right || ![b"alice".as_slice(), b"mrose", b"test"].contains(&name) {
            return Response::Refuse(pending.id(), None, text("wrong"));
        }
        if std::mem::replace(&mut self.locked, true) {
            return Response::Refuse(pending.id(), Some(ResponseCode::InUse), text("locked"));
        }
        Response::LoggedIn(pending, text("welcome"))
    }

    fn authenticate(&mut self, pending: Pending<Login>) -> Response {
        let ask = |octets: &'static [u8]| {
            Response::Challenge(pending, Secret::new(Bytes::from_static(octets)))
        };
        let name = self.mechanism.clone().unwrap();
        match (name.as_bytes(), self.given.as_slice()) {
            (b"PLAIN", []) => ask(b""),
            (b"PLAIN", [plain]) => match Plain::decode(plain) {
                Ok(plain) => {
                    let right = plain.password().matches(b"secret");
                    let name = plain.authentication().to_vec();
                    self.welcome(&name, right, pending)
                }
                Err(_) => Response::Refuse(pending.id(), None, text("no PLAIN")),
            },
            (b"LOGIN", []) => ask(b"Username:"),
            (b"LOGIN", [_]) => ask(b"Password:"),
            (b"LOGIN", [name, password]) => {
                let (name, right) = (name.clone(), password == "secret");
                self.welcome(&name, right, pending)
            }
            // Echoes until the client says `done`.
            (_, [.., last]) if last == "done" => self.welcome(b"alice", true, pending),
            (_, given) => {
                let echo = given.last().cloned().unwrap_or_default();
                Response::Challenge(pending, Secret::new(echo))
            }
        }
    }

    fn send(
        &mut self,
        server: &mut Server,
        pending: Pending<Body>,
        octets: Bytes,
    ) -> Result<(), SendError> {
        server.reply(Response::BodyBegin(pending, text("message follows")))?;
        self.work = Some(Work::Body(pending, octets));
        self.work_on(server);
        Ok(())
    }

    /// Writes as much of the reply as there is room for.
    fn work_on(&mut self, server: &mut Server) {
        while server.room() > 0
            && let Some(work) = self.work.take()
        {
            let last = self.messages.len() as u32;
            let (response, next) = match work {
                Work::Body(pending, octets) if octets.is_empty() => {
                    (Response::BodyEnd(pending), None)
                }
                Work::Body(pending, mut octets) => {
                    let piece = octets.split_to(self.piece.min(octets.len()));
                    (Response::Body(pending, piece), Some(Work::Body(pending, octets)))
                }
                Work::Scan(pending, n) if n > last => (Response::ScanEnd(pending), None),
                Work::Uid(pending, n) if n > last => (Response::UidEnd(pending), None),
                Work::Scan(pending, n) => {
                    self.work = Some(Work::Scan(pending, n + 1));
                    let Some(number) = self.number(n) else { continue };
                    let line = ScanListing::new(number, self.size(n));
                    (Response::Scan(pending, line), self.work.take())
                }
                Work::Uid(pending, n) => {
                    self.work = Some(Work::Uid(pending, n + 1));
                    let Some(number) = self.number(n) else { continue };
                    (Response::Uid(pending, uid(number)), self.work.take())
                }
            };
            if server.reply(response).is_err() {
                return;
            }
            self.work = next;
        }
    }

    /// The number, unless it is marked.
    fn number(&self, n: u32) -> Option<MessageNumber> {
        (!self.marked[n as usize - 1]).then(|| MessageNumber::new(n).unwrap())
    }

    fn unmarked(&self) -> impl Iterator<Item = u32> {
        (1..=self.messages.len() as u32).filter(|n| self.number(*n).is_some())
    }

    fn get(&self, n: MessageNumber) -> Option<Bytes> {
        let message = self.messages.get(n.get() as usize - 1)?;
        self.number(n.get()).map(|_| message.clone())
    }

    fn size(&self, n: u32) -> u64 {
        let mut size = NormalizedSize::new();
        size.push(&self.messages[n as usize - 1]);
        size.finish()
    }
}

fn uid(n: MessageNumber) -> UidListing {
    UidListing { message: n, uid: format!("uid-{n}").as_str().try_into().unwrap() }
}

fn no_such(id: CommandId) -> Response {
    Response::Refuse(id, None, text("no such message"))
}

/// Header, blank line and so many lines, for mail with CRLF.
fn top(mail: &Bytes, lines: u64) -> Bytes {
    let body = memchr::memmem::find(mail, b"\r\n\r\n").map_or(mail.len(), |at| at + 4);
    let ends = memchr::memchr_iter(b'\n', &mail[body..]).map(|at| body + at + 1);
    let end = match lines {
        0 => body,
        lines => ends.take(lines as usize).last().unwrap_or(body),
    };
    mail.slice(..end)
}
