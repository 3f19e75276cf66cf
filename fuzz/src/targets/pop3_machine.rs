//! Our client against our server, over pipes that cut the octets as the fuzzer likes.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | 1: lenient; 2: no TLS yet; 4: small limits of the server; 8: answers at once; 16: respond to challenges badly |
//! | 1 and so many times 1 + at most 60 | the messages, three at most |
//! | the rest | what happens: commands, octets that move, answers, cuts, time |

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use mail_proto::{
    CommandId, Connection, Handover, Instant, Next, Secret, Security, Sent, Text, TlsPolicy,
    Watermarks,
};
use pop3_proto::client::{self, Client, ListingLine, Reply};
use pop3_proto::server::{self, Credentials, Pending, Request, Response, Server};
use pop3_proto::{
    Command, DropListing, LanguageListing, LanguageTag, Mechanism, MessageNumber, Name, Password,
    ScanListing, Status, Timestamp, UidListing, UniqueId, apop_digest,
};

use crate::dice::{Dice, leniency};
use crate::drive::transmit;
use crate::naive;

/// - Neither side finds a fault or a defect with the other.
/// - While both live and no octet is withheld, every command ends: there is no deadlock.
/// - Every command ends once, in order, unless it is cancelled; each side ends in one `Closed`.
/// - What the client is told is what an observer works out from the commands alone: sizes, lists,
///   bodies, marks; what is deleted is what was marked, at an answered QUIT and not otherwise.
pub fn run(data: &[u8]) {
    let mut dice = Dice::new(data);
    let mut world = World::new(&mut dice);
    while !dice.is_empty() && !world.is_over() {
        world.happen(&mut dice);
    }
    world.finish();
}

const TIMESTAMP: &str = "<1.2@fuzz>";
const PLAIN: &[u8] = b"\0joe\0x";

struct World {
    client: Client,
    server: Server,
    to_server: Pipe,
    to_client: Pipe,
    app: App,
    observer: Observer,
    now: Instant,
    answer_badly: bool,
}

#[derive(Default)]
struct Pipe {
    /// What one side has written and the other not read.
    flight: VecDeque<u8>,
    input: BytesMut,
    eof_told: bool,
}

impl World {
    fn new(dice: &mut Dice<'_>) -> Self {
        let flags = dice.byte();
        let security = if flags & 2 == 0 { Security::Tls } else { Security::Plain };
        let mut config = server::Config {
            stls: true,
            tls: TlsPolicy::Optional,
            mechanisms: ["PLAIN", "CRAM-MD5"].map(|m| Mechanism::new(m).expect("a name")).into(),
            languages: vec![LanguageListing {
                tag: LanguageTag::new("en").expect("a tag"),
                description: Text::empty(),
            }],
            leniency: leniency(flags & 1),
            ..server::Config::default()
        };
        if flags & 4 != 0 {
            let marks = Watermarks { high: 48, low: 16 };
            config.limits.waiting = 16;
            config.limits.waiting_before_login = 16;
            config.limits.output = marks;
            config.limits.output_before_login = marks;
        }
        let client = client::Config {
            security,
            tls: TlsPolicy::Optional,
            apop: true,
            leniency: leniency(flags & 1),
            ..client::Config::default()
        };
        let count = dice.below(4);
        let messages: Vec<_> = (0..count).map(|_| dice.counted(60).to_vec()).collect();
        let timestamp = Timestamp::new(TIMESTAMP).expect("a timestamp");
        Self {
            client: Client::new(client),
            server: Server::new(Arc::new(config), security, Some(timestamp)),
            to_server: Pipe::default(),
            to_client: Pipe::default(),
            app: App::new(messages.clone(), flags & 8 != 0),
            observer: Observer::new(messages),
            now: Instant::default(),
            answer_badly: flags & 16 != 0,
        }
    }

    fn is_over(&self) -> bool {
        self.observer.closed && self.app.closed
    }

    fn happen(&mut self, dice: &mut Dice<'_>) {
        match dice.below(16) {
            0..=4 => self.command(dice.byte()),
            5 | 6 => {
                self.send(dice.below(64) + 1);
            }
            7 | 8 => {
                self.receive(dice.below(64) + 1);
            }
            9 => self.app.answer(&mut self.server),
            10..=12 => {
                let limit = dice.below(64) + 1;
                self.pump(limit);
            }
            13 => self.cancel(),
            14 => match dice.byte() {
                0..=7 => self.cut(),
                8..=15 => self.client.close(),
                16..=31 => self.pass(Duration::from_secs(60 * u64::from(dice.byte() % 16))),
                _ => {}
            },
            _ => while self.pump(usize::from(dice.byte()) + 1) {},
        }
        self.poll();
    }

    /// Nothing more arrives on either side.
    fn cut(&mut self) {
        self.to_server.flight.clear();
        self.to_client.flight.clear();
        self.client.receive_eof();
        self.server.receive_eof();
        (self.to_server.eof_told, self.to_client.eof_told) = (true, true);
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        for connection in [&mut self.client as &mut dyn Timed, &mut self.server] {
            connection.tick(self.now);
        }
    }

    /// Both sides write.
    fn send(&mut self, limit: usize) -> usize {
        transmit(&mut self.client, self.now, limit, &mut self.to_server.flight)
            + transmit(&mut self.server, self.now, limit, &mut self.to_client.flight)
    }

    /// Both sides read, as far as they want to.
    fn receive(&mut self, limit: usize) -> usize {
        let mut moved = 0;
        if self.server.next() == Next::Read {
            moved += self.to_server.deliver(limit);
        }
        if self.client.next() == Next::Read {
            moved += self.to_client.deliver(limit);
        }
        moved
    }

    /// A round of the run loops; says whether anything happened.
    fn pump(&mut self, limit: usize) -> bool {
        let mut moved = self.poll();
        moved += self.send(limit);
        moved += self.receive(limit);
        moved += self.poll();
        if self.app.asked.is_some() {
            self.app.answer(&mut self.server);
            moved += 1;
        }
        moved + self.hand_over() + self.tell_ends() > 0
    }

    fn poll(&mut self) -> usize {
        let mut events = 0;
        while let Some(event) =
            self.client.poll(&mut self.to_client.input, self.now).expect("a server without fault")
        {
            events += 1;
            self.client_event(event);
        }
        while let Some(event) =
            self.server.poll(&mut self.to_server.input, self.now).expect("a client without fault")
        {
            events += 1;
            self.app.event(&mut self.server, event);
        }
        events
    }

    fn hand_over(&mut self) -> usize {
        let asked = Next::HandOver(Handover::Tls);
        let silent = self.to_server.is_empty() && self.to_client.is_empty();
        if self.client.next() != asked || self.server.next() != asked || !silent {
            return 0;
        }
        let done = self.client.handed_over(Handover::Tls, &mut self.to_client.input);
        done.expect("nothing in clear for the client");
        let done = self.server.handed_over(Handover::Tls, &mut self.to_server.input);
        done.expect("nothing in clear for the server");
        1
    }

    /// A side that has closed and written all is the end of the other's input.
    fn tell_ends(&mut self) -> usize {
        let mut told = 0;
        if self.client.next() == Next::Close && self.to_server.ends() {
            self.server.receive_eof();
            told += 1;
        }
        if self.server.next() == Next::Close && self.to_client.ends() {
            self.client.receive_eof();
            told += 1;
        }
        told
    }

    fn command(&mut self, choice: u8) {
        let Some(kind) = Kind::of(choice) else { return };
        let result = match &kind {
            Kind::Apop => {
                let password = Secret::new(Password::new("x").expect("a password"));
                self.client.apop(Name::new("joe").expect("a name"), &password)
            }
            Kind::Typed(command) => self.client.send(command.clone()),
        };
        if let Ok(id) = result {
            self.observer.open.push_back(Open { id, kind, swallowed: false });
        }
    }

    /// Gives up the last command, if its effect can be told all the same.
    fn cancel(&mut self) {
        let Some(open) = self.observer.open.back_mut() else { return };
        let harmless = matches!(
            open.kind,
            Kind::Typed(
                Command::Stat
                    | Command::List(_)
                    | Command::Uidl(_)
                    | Command::Retr(_)
                    | Command::Top { .. }
                    | Command::Dele(_)
                    | Command::Rset
                    | Command::Noop
                    | Command::Capa
            )
        );
        if !harmless || open.swallowed {
            return;
        }
        match self.client.cancel(open.id).expect("it is open") {
            Sent::Not => drop(self.observer.open.pop_back()),
            Sent::Partly | Sent::Fully => {
                open.swallowed = true;
                let id = open.id;
                if self.observer.begun == Some(id) {
                    self.observer.forget();
                }
            }
        }
    }

    fn client_event(&mut self, event: client::Event) {
        assert!(!self.observer.closed, "{event:?} behind Closed");
        match event {
            client::Event::Challenge { id, .. } => {
                if self.answer_badly {
                    self.client.cancel_exchange(id).expect("a challenge that waits");
                } else {
                    let answer = Secret::new(Bytes::from_static(PLAIN));
                    self.client.respond(id, answer).expect("an open exchange");
                }
            }
            client::Event::Defect(defect) => panic!("our server has the defect {defect:?}"),
            client::Event::Unsolicited(status) => panic!("an answer to nothing: {status:?}"),
            client::Event::Lost { id, sent } => {
                self.observer.lost(id, sent, self.client.next() == Next::Close);
            }
            client::Event::Completed { id, result } => {
                self.observer.completed(id, &result);
                if self.observer.logged_in {
                    assert!(self.app.logged_in, "logged in without the application");
                }
            }
            client::Event::Begin { id, .. } => self.observer.begin(id),
            client::Event::Line { id, line } => self.observer.line(id, line),
            client::Event::Body { id, octets } => self.observer.body(id, &octets),
            client::Event::Closed(_) => self.observer.closed = true,
            client::Event::Greeting(_) | client::Event::Secured | client::Event::KeepAlive => {}
        }
    }

    fn finish(mut self) {
        while self.pump(7) {}
        if !self.observer.closed {
            let state = (self.client.next(), self.server.next(), self.server.state());
            assert_eq!(self.client.open_commands(), 0, "a deadlock: {state:?}");
            assert!(self.observer.open.iter().all(|open| open.swallowed), "commands without an end");
            assert!(self.to_server.is_empty() && self.to_client.is_empty(), "{state:?}");
        }
        self.cut();
        while self.pump(7) {}
        assert!(self.observer.closed && self.app.closed, "a side does not end");
        assert!(self.observer.open.iter().all(|open| open.swallowed), "commands without an end");
        assert_eq!((self.client.next(), self.server.next()), (Next::Close, Next::Close));
        self.observer.compare(&self.app);
    }
}

/// Time for either side.
trait Timed {
    fn tick(&mut self, now: Instant);
}

impl<C: Connection> Timed for C {
    fn tick(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|at| at <= now) {
            self.handle_timeout(now);
        }
    }
}

impl Pipe {
    fn deliver(&mut self, limit: usize) -> usize {
        let length = limit.min(self.flight.len());
        self.input.extend(self.flight.drain(..length));
        length
    }

    fn is_empty(&self) -> bool {
        self.flight.is_empty() && self.input.is_empty()
    }

    /// Whether the end is to be told now.
    fn ends(&mut self) -> bool {
        self.flight.is_empty() && !std::mem::replace(&mut self.eof_told, true)
    }
}

/// The application on the server: one user, one maildrop.
struct App {
    messages: Vec<Vec<u8>>,
    marked: BTreeSet<usize>,
    /// What an answered QUIT removed.
    removed: Option<BTreeSet<usize>>,
    logged_in: bool,
    closed: bool,
    at_once: bool,
    asked: Option<Request>,
    writing: Option<(Pending<server::Body>, Vec<u8>)>,
}

impl App {
    fn new(messages: Vec<Vec<u8>>, at_once: bool) -> Self {
        Self {
            messages,
            marked: BTreeSet::new(),
            removed: None,
            logged_in: false,
            closed: false,
            at_once,
            asked: None,
            writing: None,
        }
    }

    fn event(&mut self, server: &mut Server, event: server::Event) {
        assert!(!self.closed, "{event:?} behind Closed");
        match event {
            server::Event::Request(request) => {
                assert!(self.asked.is_none() && self.writing.is_none(), "two requests at once");
                self.asked = Some(request);
                if self.at_once {
                    self.answer(server);
                }
            }
            server::Event::Room => self.write(server),
            server::Event::Defect(defect) => panic!("our client has the defect {defect:?}"),
            server::Event::Closed(_) => {
                (self.closed, self.asked, self.writing) = (true, None, None);
            }
            server::Event::Rejected { .. }
            | server::Event::AuthenticationEnded
            | server::Event::Secured => {}
        }
    }

    /// Writes as much of a message as there is room for.
    fn write(&mut self, server: &mut Server) {
        let Some((pending, mut octets)) = self.writing.take() else { return };
        let length = octets.len().min(server.room().max(1));
        let rest = octets.split_off(length);
        if octets.is_empty() {
            server.reply(Response::BodyEnd(pending)).expect("a message to end");
        } else {
            server.reply(Response::Body(pending, octets.into())).expect("a message to go on with");
            self.writing = Some((pending, rest));
        }
    }

    fn find(&self, message: MessageNumber) -> Option<usize> {
        let index = message.get() as usize - 1;
        (index < self.messages.len() && !self.marked.contains(&index)).then_some(index)
    }

    fn answer(&mut self, server: &mut Server) {
        let Some(request) = self.asked.take() else { return };
        let mut say = |response| server.reply(response).expect("a request that is open");
        let no = |id| Response::Refuse(id, None, Text::sanitized(b"no"));
        let text = Text::empty;
        match request {
            Request::Login(credentials, pending) => {
                let good = match &credentials {
                    Credentials::Password { name, password } => {
                        name.as_bytes() == b"joe" && password.expose().as_bytes() == b"x"
                    }
                    Credentials::Apop { name, digest, timestamp } => {
                        name.as_bytes() == b"joe" && *digest == apop_digest(timestamp, b"x")
                    }
                };
                self.logged_in |= good;
                say(if good { Response::LoggedIn(pending, text()) } else { no(pending.id()) });
            }
            Request::Authenticate { initial: None, pending, .. } => {
                say(Response::Challenge(pending, Secret::new(Bytes::from_static(b"who?"))));
            }
            Request::Authenticate { initial: Some(answer), pending, .. }
            | Request::Authentication(answer, pending) => {
                let good = answer.expose().as_ref() == PLAIN;
                self.logged_in |= good;
                say(if good { Response::LoggedIn(pending, text()) } else { no(pending.id()) });
            }
            Request::Stat(pending) => {
                let left: Vec<_> = self.left().map(|index| self.size(index)).collect();
                let listing = DropListing::new(left.len() as u64, left.iter().sum());
                say(Response::Stat(pending, listing));
            }
            Request::List(pending) => {
                say(Response::ScanBegin(pending, text()));
                self.left().for_each(|index| {
                    say(Response::Scan(pending, ScanListing::new(number(index), self.size(index))));
                });
                say(Response::ScanEnd(pending));
            }
            Request::ListOne(message, pending) => say(match self.find(message) {
                Some(index) => {
                    Response::ScanLine(pending, ScanListing::new(message, self.size(index)))
                }
                None => no(pending.id()),
            }),
            Request::Uidl(pending) => {
                say(Response::UidBegin(pending, text()));
                self.left().for_each(|index| say(Response::Uid(pending, unique(number(index)))));
                say(Response::UidEnd(pending));
            }
            Request::UidlOne(message, pending) => say(match self.find(message) {
                Some(_) => Response::UidLine(pending, unique(message)),
                None => no(pending.id()),
            }),
            Request::Retr(message, pending) => match self.find(message) {
                Some(index) => {
                    say(Response::BodyBegin(pending, text()));
                    self.writing = Some((pending, self.messages[index].clone()));
                }
                None => say(no(pending.id())),
            },
            Request::Top(message, lines, pending) => match self.find(message) {
                Some(index) => {
                    say(Response::BodyBegin(pending, text()));
                    self.writing = Some((pending, top(&self.messages[index], lines)));
                }
                None => say(no(pending.id())),
            },
            Request::Dele(message, pending) => match self.find(message) {
                Some(index) => {
                    self.marked.insert(index);
                    say(Response::Ok(pending, text()));
                }
                None => say(no(pending.id())),
            },
            Request::Rset(pending) => {
                self.marked.clear();
                say(Response::Ok(pending, text()));
            }
            Request::Quit(pending) => {
                self.removed = Some(self.marked.clone());
                say(Response::Ok(pending, text()));
            }
            Request::Other(_, pending) => say(no(pending.id())),
        }
    }

    fn left(&self) -> impl Iterator<Item = usize> {
        (0..self.messages.len()).filter(|index| !self.marked.contains(index))
    }

    fn size(&self, index: usize) -> u64 {
        let mut size = pop3_proto::NormalizedSize::new();
        size.push(&self.messages[index]);
        size.finish()
    }
}

/// Some of a message: what TOP shows here.
fn top(message: &[u8], lines: u64) -> Vec<u8> {
    let length = usize::try_from(lines).unwrap_or(usize::MAX).saturating_mul(8);
    message[..length.min(message.len())].to_vec()
}

fn number(index: usize) -> MessageNumber {
    let number = u32::try_from(index + 1).expect("few messages");
    MessageNumber::new(number).expect("not zero")
}

fn unique(message: MessageNumber) -> UidListing {
    let uid = UniqueId::new(format!("id-{message}")).expect("an id");
    UidListing { message, uid }
}

/// One who knows the messages and sees the client's commands and events, and nothing else.
struct Observer {
    messages: Vec<Vec<u8>>,
    marked: BTreeSet<usize>,
    logged_in: bool,
    /// QUIT was answered, with these marks.
    quit: Option<BTreeSet<usize>>,
    /// QUIT was given and may have been executed.
    perhaps: bool,
    open: VecDeque<Open>,
    /// Of the reply that comes in.
    begun: Option<CommandId>,
    lines: Vec<ListingLine>,
    octets: Vec<u8>,
    closed: bool,
}

/// A command that has not ended.
struct Open {
    id: CommandId,
    kind: Kind,
    swallowed: bool,
}

enum Kind {
    Typed(Command),
    Apop,
}

impl Kind {
    fn of(choice: u8) -> Option<Self> {
        let message = MessageNumber::new(u32::from(choice / 64) + 1).expect("not zero");
        let secret = |octets: &'static str| Secret::new(Password::new(octets).expect("a password"));
        let auth = |mechanism, initial: Option<&'static [u8]>| Command::Auth {
            mechanism: Mechanism::new(mechanism).expect("a name"),
            initial: initial.map(|octets| Secret::new(Bytes::from_static(octets))),
        };
        Some(Self::Typed(match choice % 32 {
            0 | 1 => Command::User(Name::new("joe").expect("a name")),
            2 | 3 => Command::Pass(secret("x")),
            4 => Command::Pass(secret("wrong")),
            5 => auth("PLAIN", Some(PLAIN)),
            6 => auth("CRAM-MD5", None),
            7 => return Some(Self::Apop),
            8 => Command::Stls,
            9 | 10 => Command::Capa,
            11 => Command::Stat,
            12 => Command::List(None),
            13 => Command::List(Some(message)),
            14 => Command::Uidl(None),
            15 => Command::Uidl(Some(message)),
            16..=18 => Command::Retr(message),
            19 => Command::Top { message, lines: u64::from(choice / 32) },
            20..=22 => Command::Dele(message),
            23 => Command::Rset,
            24 => Command::Noop,
            25 => Command::Quit,
            26 => Command::Lang(None),
            27 => Command::Utf8,
            28 => Command::AuthList,
            _ => return None,
        }))
    }
}

impl Observer {
    fn new(messages: Vec<Vec<u8>>) -> Self {
        Self {
            messages,
            marked: BTreeSet::new(),
            logged_in: false,
            quit: None,
            perhaps: false,
            open: VecDeque::new(),
            begun: None,
            lines: Vec::new(),
            octets: Vec::new(),
            closed: false,
        }
    }

    fn lost(&mut self, id: CommandId, sent: Sent, closed: bool) {
        let at = self.open.iter().position(|open| open.id == id);
        let open = at.and_then(|at| self.open.remove(at)).expect("a command that is open is lost");
        assert!(!open.swallowed, "a cancelled command is lost");
        assert!(closed || sent == Sent::Not, "a sent command is lost while the connection lives");
        if matches!(open.kind, Kind::Typed(Command::Quit)) && sent != Sent::Not {
            self.perhaps = true;
        }
    }

    /// The rest of the reply that comes in will not be seen.
    fn forget(&mut self) {
        self.begun = None;
        self.lines.clear();
        self.octets.clear();
    }

    fn begin(&mut self, id: CommandId) {
        assert_eq!(self.begun.replace(id), None, "a reply inside a reply");
    }

    fn line(&mut self, id: CommandId, line: ListingLine) {
        assert_eq!(self.begun, Some(id), "a line outside of a reply");
        self.lines.push(line);
    }

    fn body(&mut self, id: CommandId, octets: &[u8]) {
        assert_eq!(self.begun, Some(id), "a body outside of a reply");
        assert!(!octets.is_empty());
        self.octets.extend(octets);
    }

    fn completed(&mut self, id: CommandId, result: &Result<Reply, Status>) {
        let open = loop {
            let open = self.open.pop_front().expect("a command that is open is answered");
            if open.id == id {
                break open;
            }
            assert!(open.swallowed, "commands are answered out of order");
            self.take_effect(&open.kind);
        };
        assert!(!open.swallowed, "a cancelled command is answered");
        let begun = self.begun.take();
        assert!(begun.is_none() || begun == Some(id));
        let lines = std::mem::take(&mut self.lines);
        let octets = std::mem::take(&mut self.octets);
        let ok = result.is_ok();
        let Kind::Typed(command) = open.kind else {
            self.logged_in |= ok;
            return;
        };
        if !self.logged_in {
            match command {
                Command::Pass(_) | Command::Auth { .. } => self.logged_in |= ok,
                Command::User(_) | Command::Capa | Command::Quit => assert!(ok),
                Command::Stls | Command::Utf8 | Command::AuthList | Command::Lang(_) => {}
                _ => assert!(!ok, "{command:?} before login"),
            }
            return;
        }
        let found = match command {
            Command::List(Some(message))
            | Command::Uidl(Some(message))
            | Command::Retr(message)
            | Command::Dele(message)
            | Command::Top { message, .. } => {
                let found = self.find(message);
                assert_eq!(ok, found.is_some(), "{command:?}");
                found
            }
            _ => None,
        };
        let message = found.map(number);
        match (&command, result) {
            (Command::Stat, result) => {
                let sizes: Vec<_> = self.left().map(|index| self.size(index)).collect();
                let listing = DropListing::new(sizes.len() as u64, sizes.iter().sum());
                assert_eq!(result, &Ok(Reply::Drop(listing)));
            }
            (Command::List(None), result) => {
                let listing = |index| ScanListing::new(number(index), self.size(index));
                let expected: Vec<_> =
                    self.left().map(|index| ListingLine::Scan(listing(index))).collect();
                assert_eq!((result, lines), (&Ok(Reply::End), expected));
            }
            (Command::Uidl(None), result) => {
                let listing = |index| ListingLine::UniqueId(unique(number(index)));
                let expected: Vec<_> = self.left().map(listing).collect();
                assert_eq!((result, lines), (&Ok(Reply::End), expected));
            }
            (Command::List(Some(_)), Ok(reply)) => {
                let (index, message) = found.zip(message).expect("found");
                assert_eq!(reply, &Reply::Scan(ScanListing::new(message, self.size(index))));
            }
            (Command::Uidl(Some(_)), Ok(reply)) => {
                assert_eq!(Some(reply), message.map(|m| Reply::UniqueId(unique(m))).as_ref());
            }
            (Command::Retr(_), Ok(reply)) => {
                assert_eq!(reply, &Reply::End);
                assert_eq!(octets, naive::normalized(&self.messages[found.expect("found")]));
            }
            (Command::Top { lines, .. }, Ok(reply)) => {
                assert_eq!(reply, &Reply::End);
                let shown = top(&self.messages[found.expect("found")], *lines);
                assert_eq!(octets, naive::normalized(&shown));
            }
            (Command::Noop | Command::Rset | Command::Capa | Command::Quit, result) => {
                assert!(result.is_ok(), "{command:?}: {result:?}");
            }
            _ => {}
        }
        if matches!(command, Command::Quit) {
            self.quit = Some(self.marked.clone());
        }
        if ok {
            self.take_effect(&Kind::Typed(command));
        }
    }

    /// What an executed command changes.
    fn take_effect(&mut self, kind: &Kind) {
        match kind {
            Kind::Typed(Command::Dele(message)) if self.logged_in => {
                if let Some(index) = self.find(*message) {
                    self.marked.insert(index);
                }
            }
            Kind::Typed(Command::Rset) if self.logged_in => self.marked.clear(),
            _ => {}
        }
    }

    fn find(&self, message: MessageNumber) -> Option<usize> {
        let index = message.get() as usize - 1;
        (index < self.messages.len() && !self.marked.contains(&index)).then_some(index)
    }

    fn left(&self) -> impl Iterator<Item = usize> {
        (0..self.messages.len()).filter(|index| !self.marked.contains(index))
    }

    fn size(&self, index: usize) -> u64 {
        naive::normalized(&self.messages[index]).len() as u64
    }

    /// What was removed, as the observer and the application see it.
    fn compare(&self, app: &App) {
        match &self.quit {
            Some(marked) => assert_eq!(app.removed.as_ref(), Some(marked)),
            None => assert!(app.removed.is_none() || self.perhaps, "removed without a QUIT"),
        }
    }
}
