//! Our client against our server, over pipes that cut the octets, and mangle them, as the fuzzer likes.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | 1: lenient; 2: no TLS yet; 4: small limits of the server; 8: answers at once; 16: exchanges are given up; 32: octets are mangled; the rest: which literals the server announces |
//! | the rest | what happens: commands, octets that move, answers, news, cuts, time |

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use imap_proto::client::{self, Client};
use imap_proto::connection::State;
use imap_proto::server::{self, Greeting, Server};
use imap_proto::{
    AString, AppendCommand, AppendDataBegin, AppendPart, BodyBegin, BodyName, Capability,
    CommandBody, ConditionKind, Data, EnabledData, FetchBegin, FetchItem, FetchPart, Mailbox, SeqNum,
    Uid,
};
use mail_proto::{
    CommandId, Connection, Handover, Instant, Next, Secret, Security, SendError, Sent, TlsPolicy,
    Watermarks,
};

use crate::dice::Dice;
use crate::drive::transmit;
use crate::talk::{command, condition, data, leniency, message, octets};

/// - Every command ends once, unless it is cancelled; each side ends in one `Closed`.
///
/// While no octet is mangled:
///
/// - Neither side finds a fault or a defect with the other, and no command is BAD.
/// - While both live and no octet is withheld, every command ends: there is no deadlock.
/// - What the server's application is asked for are the commands that were given, in order, each once
///   that was completed; none that is said to be unsent.
/// - What the client is told, and the bodies, are what the application said, or their beginning if the
///   connection was cut.
/// - At rest both sides agree on the state, and on what is enabled.
pub fn run(data: &[u8]) {
    let mut dice = Dice::new(data);
    let mut world = World::new(&mut dice);
    while !dice.is_empty() && !world.is_over() {
        world.happen(&mut dice);
    }
    world.finish();
}

struct World {
    client: Client,
    server: Server,
    to_server: Pipe,
    to_client: Pipe,
    user: User,
    app: App,
    now: Instant,
    may_mangle: bool,
    mangled: bool,
    /// Octets were lost on the way, or a side gave up.
    cut: bool,
}

#[derive(Default)]
struct Pipe {
    /// What one side has written and the other not read.
    flight: VecDeque<u8>,
    input: BytesMut,
    eof_told: bool,
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

    fn mangle(&mut self, dice: &mut Dice<'_>) -> bool {
        let at = usize::from(dice.byte());
        let octet = dice.byte();
        match self.flight.len() {
            0 => return false,
            length if octet < 32 => drop(self.flight.remove(at % length)),
            length if octet < 64 => self.flight.insert(at % length, octet),
            length => self.flight[at % length] ^= octet % 64 + 1,
        }
        true
    }
}

impl World {
    fn new(dice: &mut Dice<'_>) -> Self {
        let flags = dice.byte();
        let security = if flags & 2 == 0 { Security::Tls } else { Security::Plain };
        let mut client = client::Config {
            security,
            tls: TlsPolicy::Optional,
            leniency: leniency(flags & 1),
            ..client::Config::default()
        };
        client.limits.inline_body = 10;
        let config = server_config(flags);
        Self {
            client: Client::new(client),
            server: Server::new(config, security, Greeting::default()),
            to_server: Pipe::default(),
            to_client: Pipe::default(),
            user: User { gives_up: flags & 16 != 0, ..User::default() },
            app: App { at_once: flags & 8 != 0, ..App::default() },
            now: Instant::default(),
            may_mangle: flags & 32 != 0,
            mangled: false,
            cut: false,
        }
    }

    fn is_over(&self) -> bool {
        self.user.closed && self.app.closed
    }

    fn happen(&mut self, dice: &mut Dice<'_>) {
        match dice.below(16) {
            0..=3 => self.user.give(&mut self.client, dice),
            4 => {
                self.send(dice.below(64) + 1);
            }
            5 => {
                self.receive(dice.below(64) + 1);
            }
            6 => drop(self.app.work(&mut self.server)),
            7..=9 => {
                let limit = dice.below(64) + 1;
                self.pump(limit);
            }
            10 => self.app.news(&mut self.server, dice.byte()),
            11 => self.user.leave_idle(&mut self.client),
            12 => self.user.cancel(&mut self.client, dice.byte()),
            13 => match dice.byte() {
                0..=7 => self.cut(),
                8..=15 => {
                    self.cut = true;
                    self.client.close();
                }
                16..=31 => self.pass(Duration::from_secs(60 * u64::from(dice.byte() % 16))),
                32..=39 => {
                    self.cut = true;
                    let text = mail_proto::Text::sanitized(b"going down");
                    let _ = self.server.bye(text.into());
                }
                _ => {}
            },
            14 if self.may_mangle => {
                let pipe = match dice.below(2) {
                    0 => &mut self.to_server,
                    _ => &mut self.to_client,
                };
                self.mangled |= pipe.mangle(dice);
            }
            _ => {
                let limit = usize::from(dice.byte()) + 1;
                self.rest(limit);
            }
        }
        self.poll();
    }

    /// Nothing more arrives on either side.
    fn cut(&mut self) {
        self.cut = true;
        self.to_server.flight.clear();
        self.to_client.flight.clear();
        self.client.receive_eof();
        self.server.receive_eof();
        (self.to_server.eof_told, self.to_client.eof_told) = (true, true);
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        if self.client.poll_timeout().is_some_and(|at| at <= self.now) {
            self.client.handle_timeout(self.now);
        }
        if self.server.poll_timeout().is_some_and(|at| at <= self.now) {
            self.server.handle_timeout(self.now);
        }
        // Only what has become of a deadline tells whether somebody gives up.
        self.cut |= self.client.next() == Next::Close || self.server.state() == State::Logout;
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
        moved += usize::from(self.app.work(&mut self.server));
        moved + self.hand_over() + self.tell_ends() > 0
    }

    fn rest(&mut self, limit: usize) {
        let mut rounds = 0;
        while self.pump(limit) {
            rounds += 1;
            assert!(rounds < 100_000, "it does not come to rest");
        }
    }

    fn poll(&mut self) -> usize {
        let mut events = 0;
        loop {
            match self.client.poll(&mut self.to_client.input, self.now) {
                Ok(None) => break,
                Ok(Some(event)) => {
                    events += 1;
                    self.user.hear(&mut self.client, event, self.mangled);
                }
                Err(error) => assert!(self.mangled, "{error}"),
            }
        }
        loop {
            match self.server.poll(&mut self.to_server.input, self.now) {
                Ok(None) => break,
                Ok(Some(event)) => {
                    events += 1;
                    self.app.take(&mut self.server, event, self.mangled);
                }
                Err(error) => assert!(self.mangled, "{error}"),
            }
        }
        events
    }

    fn hand_over(&mut self) -> usize {
        let (client, server) = (self.client.next(), self.server.next());
        let tls = Next::HandOver(Handover::Tls);
        let mut done = 0;
        if client == tls && server == tls && self.to_server.is_empty() && self.to_client.is_empty() {
            self.swap(true, Handover::Tls);
            self.swap(false, Handover::Tls);
            return 1;
        }
        if let Next::HandOver(to) = client
            && to != Handover::Tls
        {
            self.swap(true, to);
            done += 1;
        }
        if let Next::HandOver(to) = server
            && to != Handover::Tls
        {
            self.swap(false, to);
            done += 1;
        }
        done
    }

    fn swap(&mut self, client: bool, to: Handover) {
        let swapped = match client {
            true => self.client.handed_over(to, &mut self.to_client.input),
            false => self.server.handed_over(to, &mut self.to_server.input),
        };
        swapped.expect("a handover that was asked for");
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

    fn finish(mut self) {
        self.rest(61);
        // Whoever idles does so until he is told.
        while !self.user.idles.is_empty() {
            self.user.leave_idle(&mut self.client);
            self.rest(61);
        }
        self.cut |= self.user.aborted;
        let clean = !self.mangled && !self.cut;
        if clean && !self.user.closed {
            let states = (self.client.next(), self.server.next(), self.server.running());
            assert_eq!(self.client.open_commands(), 0, "a deadlock: {states:?}");
            assert!(self.to_server.is_empty() && self.to_client.is_empty(), "{states:?}");
            self.agree();
        }
        let whole = !self.cut;
        self.cut();
        self.rest(61);
        assert!(self.user.closed && self.app.closed, "a side does not end");
        assert_eq!((self.client.next(), self.server.next()), (Next::Close, Next::Close));
        for (step, fate) in self.user.given.values() {
            assert!(*fate != Fate::Open, "{step:?} does not end");
        }
        if !self.mangled {
            self.compare(whole);
        }
    }

    /// At rest both sides know the same.
    fn agree(&self) {
        assert_eq!(self.client.state(), self.server.state());
        assert_eq!(self.client.security(), self.server.security());
        let selected = self.server.state() == State::Selected;
        assert_eq!(self.client.selected().is_some(), selected);
        let has = |capability| self.client.enabled().contains(&capability);
        assert_eq!(has(Capability::Utf8Accept), self.server.enabled().utf8());
        assert!(!has(Capability::CondStore) || self.server.enabled().cond_store());
    }

    fn compare(&self, whole: bool) {
        let (user, app) = (&self.user, &self.app);
        if whole {
            assert_eq!(user.told, app.said);
            assert_eq!(user.bodies, app.supplied);
        } else {
            assert!(app.said.starts_with(&user.told), "{:?}, {:?}", user.told, app.said);
            assert!(app.supplied.starts_with(&user.bodies));
        }
        // How many of what was asked the commands up to here can be.
        let mut places = BTreeSet::from([0]);
        for (step, fate) in user.given.values() {
            let Some(wanted) = step.as_asked() else { continue };
            let at = |place: &usize| app.asked.get(*place).is_some_and(|asked| wanted.is(asked));
            let behind: BTreeSet<usize> =
                places.iter().filter(|place| at(place)).map(|place| place + 1).collect();
            match fate {
                Fate::Completed(kind) => {
                    let given_up = matches!(step, Step::Send("AUTHENTICATE PLAIN")) && user.gives_up;
                    assert!(*kind != ConditionKind::Bad || given_up, "{step:?} is BAD");
                    places = behind;
                }
                Fate::Lost(Sent::Not) => {}
                _ => places.extend(behind),
            }
            assert!(!places.is_empty(), "{step:?} {fate:?} has not been asked");
        }
        assert!(
            places.contains(&app.asked.len()),
            "asked without being given: {:?} of {:?}",
            places.last().and_then(|place| app.asked.get(*place)),
            user.given
        );
    }
}

fn server_config(flags: u8) -> server::Config {
    let capability = |name: &str| Capability::try_from(name).expect("a capability");
    let mut config = server::Config {
        starttls: true,
        compress: true,
        tls: TlsPolicy::Optional,
        leniency: leniency(flags & 1),
        ..server::Config::default()
    };
    config.limits.login_attempts = u8::MAX;
    if flags & 4 != 0 {
        let marks = Watermarks { high: 48, low: 16 };
        config.limits.waiting = 16;
        config.limits.waiting_before_login = 16;
        config.limits.output = marks;
        config.limits.output_before_login = marks;
    }
    let literals = match flags >> 6 {
        0 => None,
        1 => Some(Capability::LiteralMinus),
        _ => Some(Capability::LiteralPlus),
    };
    let is_literal = |it: &Capability| {
        matches!(it, Capability::LiteralMinus | Capability::LiteralPlus | Capability::Imap4Rev2)
    };
    for list in [&mut config.capabilities_before_login, &mut config.capabilities] {
        *list = list.iter().filter(|it| !is_literal(it)).cloned().chain(literals.clone()).collect();
    }
    config.capabilities_before_login.push(capability("AUTH=PLAIN"));
    for name in ["MULTIAPPEND", "CATENATE", "BINARY", "ESEARCH", "UNAUTHENTICATE", "CONDSTORE"] {
        config.capabilities.push(capability(name));
    }
    config
}

/// What the server's application is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Asked {
    Command(CommandBody),
    Append(Mailbox, Vec<AppendPart>),
}

impl Asked {
    /// Of a message that was not taken it is left to chance how much was seen.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Append(mailbox, parts), Self::Append(other, seen)) => {
                mailbox == other && (*mailbox != Mailbox::INBOX || parts.starts_with(seen) || is_begun(seen, parts))
            }
            _ => self == other,
        }
    }
}

/// Whether these parts are the beginning of those, the last octets of which may be missing.
fn is_begun(seen: &[AppendPart], parts: &[AppendPart]) -> bool {
    let Some((AppendPart::Chunk(last), before)) = seen.split_last() else { return false };
    let Some(AppendPart::Chunk(whole)) = parts.get(before.len()) else { return false };
    parts.starts_with(before) && whole.starts_with(last)
}

/// What the user does.
#[derive(Clone, Debug)]
enum Step {
    Send(&'static str),
    Append(&'static str, Vec<AppendPart>),
}

impl Step {
    fn as_asked(&self) -> Option<Asked> {
        Some(match self {
            Self::Send("CAPABILITY" | "STARTTLS" | "COMPRESS DEFLATE" | "LOGOUT") => return None,
            Self::Send(text) => Asked::Command(without_response(command(text))),
            Self::Append(mailbox, parts) => {
                Asked::Append(Mailbox::new(*mailbox).expect("a mailbox"), parts.clone())
            }
        })
    }
}

/// An initial response may come later.
fn without_response(mut body: CommandBody) -> CommandBody {
    if let CommandBody::Authenticate(it) = &mut body {
        it.initial_response = None;
    }
    body
}

const COMMANDS: [&str; 32] = [
    "LOGIN joe x",
    "SELECT INBOX",
    "FETCH 1:3 (UID BODY[])",
    "IDLE",
    "CAPABILITY",
    "NOOP",
    "STARTTLS",
    "COMPRESS DEFLATE",
    "LOGIN joe {3+}\r\na\rb",
    "LOGIN bad x",
    "AUTHENTICATE PLAIN",
    "AUTHENTICATE PLAIN AGpvZQBz",
    "SELECT {3+}\r\na\rb",
    "EXAMINE refused",
    "CLOSE",
    "UNSELECT",
    "FETCH 1:3 (UID BODY[])",
    "UID FETCH 1:3 (UID BODY[])",
    "STORE 1:2 +FLAGS (\\Seen)",
    "SEARCH ALL",
    "UID SEARCH RETURN (COUNT ALL) ALL",
    "SEARCH RETURN (ALL) SUBJECT {3+}\r\na\rb",
    "CREATE {3+}\r\na\rb",
    "RENAME {2+}\r\na\r {2+}\r\nb\r",
    "ENABLE CONDSTORE",
    "ENABLE UTF8=ACCEPT",
    "EXPUNGE",
    "STATUS INBOX (MESSAGES)",
    "UNAUTHENTICATE",
    "IDLE",
    "NAMESPACE",
    "LOGOUT",
];

/// What has become of a command, as its giver sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Open,
    /// No event may follow.
    Cancelled,
    Completed(ConditionKind),
    Lost(Sent),
}

/// The application on the client, and all that it saw.
#[derive(Default)]
struct User {
    given: BTreeMap<CommandId, (Step, Fate)>,
    uploads: BTreeMap<CommandId, VecDeque<AppendPart>>,
    idles: Vec<CommandId>,
    told: Vec<Data>,
    bodies: Vec<u8>,
    gives_up: bool,
    /// A message that was given up was the end of the connection.
    aborted: bool,
    closed: bool,
}

impl User {
    fn give(&mut self, client: &mut Client, dice: &mut Dice<'_>) {
        let choice = dice.below(40);
        let step = match COMMANDS.get(choice) {
            Some(text) => Step::Send(text),
            None => {
                let mailbox = ["INBOX", "INBOX", "refused", "dropped"][dice.below(4)];
                let count = 1 + choice % 2;
                let messages = (0..count).flat_map(|_| parts(dice));
                Step::Append(mailbox, messages.chain([AppendPart::End]).collect())
            }
        };
        let given = match &step {
            Step::Send(text) => client.send(command(text)),
            Step::Append(mailbox, parts) => self.append(client, mailbox, parts),
        };
        match given {
            Ok(id) => assert!(self.given.insert(id, (step, Fate::Open)).is_none()),
            Err(SendError::State { .. } | SendError::Closed | SendError::NotOffered { .. }) => {}
            Err(error) => panic!("{error}: {step:?}"),
        }
    }

    fn append(
        &mut self,
        client: &mut Client,
        mailbox: &'static str,
        parts: &[AppendPart],
    ) -> Result<CommandId, SendError> {
        let mailbox = Mailbox::new(mailbox).expect("a mailbox");
        let id = client.begin_append(AppendCommand::Append, mailbox)?;
        self.uploads.insert(id, parts.iter().cloned().collect());
        if let Err(error) = self.go_on(client, id) {
            self.uploads.remove(&id);
            client.abort_body(id).expect("a command of which nothing was sent");
            return Err(error);
        }
        Ok(id)
    }

    /// The parts up to the next octets.
    fn go_on(&mut self, client: &mut Client, id: CommandId) -> Result<(), SendError> {
        let Some(parts) = self.uploads.get_mut(&id) else { return Ok(()) };
        while let Some(part) = parts.pop_front() {
            if matches!(part, AppendPart::Chunk(_)) {
                parts.push_front(part);
                return Ok(());
            }
            match client.append_part(id, part) {
                Ok(()) => {}
                // It has been refused, and owes no more.
                Err(SendError::NotOwed) => parts.clear(),
                error => return error,
            }
        }
        Ok(())
    }

    fn supply(&mut self, client: &mut Client, id: CommandId) {
        let parts = self.uploads.get_mut(&id).expect("room for a message");
        let Some(AppendPart::Chunk(octets)) = parts.front_mut() else {
            panic!("room for {:?}", parts.front())
        };
        client.supply(id, octets.split_to(octets.len().min(7))).expect("octets are wanted");
        if octets.is_empty() {
            parts.pop_front();
            let went_on = self.go_on(client, id);
            let is_known = matches!(went_on, Ok(()) | Err(SendError::NotOffered { .. }));
            assert!(is_known, "{went_on:?}");
            if went_on.is_err() {
                client.abort_body(id).expect("a message that cannot go on");
                self.quit(client, id);
            }
        }
    }

    /// It has been given up; no event follows, unless that was the end of the connection. Says whether.
    fn quit(&mut self, client: &Client, id: CommandId) -> bool {
        let ends = client.next() == Next::Close;
        if !ends && let Some((_, fate)) = self.given.get_mut(&id) {
            *fate = Fate::Cancelled;
        }
        self.aborted |= ends;
        ends
    }

    fn hear(&mut self, client: &mut Client, event: client::Event, mangled: bool) {
        assert!(!self.closed, "{event:?} behind Closed");
        let fate = match &event {
            client::Event::Completed { id, condition, .. } => {
                Some((*id, Fate::Completed(condition.kind)))
            }
            client::Event::Lost { id, sent } => Some((*id, Fate::Lost(*sent))),
            client::Event::Challenge { id, .. } | client::Event::Idling { id } => {
                Some((*id, Fate::Open))
            }
            _ => None,
        };
        if let Some((id, fate)) = fate {
            let (step, before) = self.given.get_mut(&id).expect("an event of no command");
            assert_eq!(*before, Fate::Open, "{event:?} of {step:?}");
            *before = fate;
        }
        match event {
            client::Event::Challenge { id, .. } if self.gives_up => {
                client.cancel_exchange(id).expect("a challenge that waits");
            }
            client::Event::Challenge { id, .. } => {
                let answer = Secret::new(Bytes::from_static(b"\0joe\0x"));
                client.respond(id, answer).expect("an open exchange");
            }
            client::Event::Idling { id } => self.idles.push(id),
            client::Event::Completed { id, .. } | client::Event::Lost { id, .. } => {
                self.idles.retain(|idle| *idle != id);
            }
            client::Event::Room { id } => self.supply(client, id),
            client::Event::Data(data) => self.data(data),
            client::Event::Fetch(FetchPart::Chunk(octets)) => self.bodies.extend(octets),
            client::Event::Fetch(FetchPart::Item(FetchItem::BodySection(it))) => {
                self.bodies.extend(it.octets.into_iter().flatten());
            }
            client::Event::Defect(defect) => assert!(mangled, "our server has {defect:?}"),
            client::Event::Unparsed { expected, .. } => assert!(mangled, "no {expected}"),
            client::Event::Closed(_) => {
                self.closed = true;
                self.idles.clear();
            }
            _ => {}
        }
    }

    fn data(&mut self, data: Data) {
        match &data {
            Data::Capability(_) => {}
            Data::Condition(it) if it.kind == ConditionKind::Bye => {}
            Data::Fetch(_, fetch) if fetch.bodies().next().is_some() => {
                for body in fetch.bodies() {
                    self.bodies.extend(body.octets.iter().flatten());
                }
            }
            _ => self.told.push(data),
        }
    }

    fn leave_idle(&mut self, client: &mut Client) {
        for id in std::mem::take(&mut self.idles) {
            client.done(id).expect("an IDLE that goes on");
        }
    }

    /// Gives up a command.
    fn cancel(&mut self, client: &mut Client, choice: u8) {
        let open = self.given.iter().filter(|given| given.1.1 == Fate::Open);
        let open: Vec<CommandId> = open.map(|given| *given.0).collect();
        let Some(id) = open.get(usize::from(choice) % open.len().max(1)).copied() else {
            return;
        };
        let sent = client.cancel(id).expect("an open command");
        self.idles.retain(|idle| *idle != id);
        // An upload and half a secret may be the end of the connection, which does not tell of its loss.
        assert!(!self.quit(client, id) || sent != Sent::Not);
        self.given.get_mut(&id).expect("an open command").1 = Fate::Cancelled;
    }
}

/// A message to append.
fn parts(dice: &mut Dice<'_>) -> Vec<AppendPart> {
    let length = [0, 1, 30, 200][dice.below(4)];
    let (size, text) = (length as u64, octets(length));
    let chunk = (size > 0).then_some(AppendPart::Chunk(text));
    let begin = |data| [AppendPart::MessageBegin(message(data).into())];
    match dice.below(4) {
        0 => {
            let begin = begin(AppendDataBegin::Literal8 { size });
            begin.into_iter().chain(chunk).chain([AppendPart::MessageEnd]).collect()
        }
        1 if size > 0 => {
            let url = AString::new(Bytes::from_static(b"/INBOX")).expect("a string");
            let text = [AppendPart::TextBegin { size, is_utf8: false }];
            let mut parts: Vec<_> = begin(AppendDataBegin::Catenate).into();
            parts.push(AppendPart::Url(url));
            parts.extend(text.into_iter().chain(chunk));
            parts.extend([AppendPart::TextEnd, AppendPart::MessageEnd]);
            parts
        }
        _ => {
            let begin = begin(AppendDataBegin::Literal { size });
            begin.into_iter().chain(chunk).chain([AppendPart::MessageEnd]).collect()
        }
    }
}

/// The application on the server: three messages, and a mailbox that takes what is appended, but for
/// those called `refused` (at the announcement) and `dropped` (behind the first octets).
#[derive(Default)]
struct App {
    unheard: VecDeque<server::Event>,
    asked: Vec<Asked>,
    said: Vec<Data>,
    supplied: Vec<u8>,
    bodies: VecDeque<Bytes>,
    at_once: bool,
    closed: bool,
}

/// A message: the first two are small, the last one is not.
fn mail(number: u32) -> Bytes {
    octets([0, 9, 3, 150][number as usize % 4])
}

impl App {
    fn take(&mut self, server: &mut Server, event: server::Event, mangled: bool) {
        assert!(!self.closed, "{event:?} behind Closed");
        match &event {
            server::Event::Defect(defect) => assert!(mangled, "our client has {defect:?}"),
            server::Event::Rejected { expected, .. } => assert!(mangled, "expected {expected}"),
            server::Event::Closed(_) => self.closed = true,
            _ => {}
        }
        self.note(&event);
        self.unheard.push_back(event);
        if self.at_once {
            while self.work(server) {}
        }
    }

    /// Writes down what is asked.
    fn note(&mut self, event: &server::Event) {
        match event {
            server::Event::Command { body, .. } => {
                self.asked.push(Asked::Command(without_response(body.clone())));
            }
            server::Event::Append { part: AppendPart::Begin(begin), .. } => {
                self.asked.push(Asked::Append(begin.mailbox.clone(), Vec::new()));
            }
            server::Event::Append { part, .. } => {
                let Some(Asked::Append(_, parts)) = self.asked.last_mut() else {
                    panic!("{part:?} of no message")
                };
                match (parts.last_mut(), part) {
                    (Some(AppendPart::Chunk(before)), AppendPart::Chunk(more)) => {
                        *before = [before.as_ref(), more].concat().into();
                    }
                    _ => parts.push(part.clone()),
                }
            }
            _ => {}
        }
    }

    /// Looks at the next event; says whether there was one.
    fn work(&mut self, server: &mut Server) -> bool {
        let Some(event) = self.unheard.pop_front() else { return false };
        match &event {
            // It may have been ended meanwhile.
            server::Event::Command { id, .. }
            | server::Event::Append { id, .. }
            | server::Event::Response { id, .. }
            | server::Event::IdleDone { id }
                if server.running() != Some(*id) => {}
            server::Event::Command { id, body } => self.command(server, *id, body),
            server::Event::Append { id, part } => self.part(server, *id, part),
            server::Event::Response { id, .. } | server::Event::IdleDone { id } => {
                complete(server, *id, ConditionKind::Ok);
            }
            server::Event::Room { id } if server.running() == Some(*id) => self.supply(server, *id),
            _ => {}
        }
        true
    }

    fn say(&mut self, server: &mut Server, text: &str) {
        let data = data(text);
        server.respond(&data).unwrap_or_else(|error| panic!("{text}: {error}"));
        self.said.push(data);
    }

    /// Untagged data that may not be legal now.
    fn news(&mut self, server: &mut Server, choice: u8) {
        const NEWS: [&str; 8] = [
            "4 EXISTS",
            "1 EXPUNGE",
            "OK Still here",
            "2 FETCH (FLAGS () UID 2)",
            "2 FETCH (FLAGS () UID 2 MODSEQ (7))",
            "1 RECENT",
            "LIST () NIL {3}\r\na\rb",
            "X-NEWS {3}\r\na b",
        ];
        let data = data(NEWS[usize::from(choice) % NEWS.len()]);
        let is_said = server.respond(&data).is_ok();
        self.said.extend(is_said.then_some(data));
    }

    fn command(&mut self, server: &mut Server, id: CommandId, body: &CommandBody) {
        let mut kind = ConditionKind::Ok;
        match body {
            CommandBody::Authenticate(it) if it.initial_response.is_none() => {
                let challenge = Secret::new(Bytes::new());
                return server.challenge(id, &challenge).expect("an exchange");
            }
            CommandBody::Login(it) if it.user.as_bytes() == b"bad" => kind = ConditionKind::No,
            CommandBody::Examine(_) => kind = ConditionKind::No,
            CommandBody::Select(_) => {
                self.say(server, "3 EXISTS");
                self.say(server, "OK [UIDVALIDITY 1] valid");
                self.say(server, "FLAGS (\\Seen)");
            }
            CommandBody::Fetch(_) | CommandBody::UidFetch(_) => return self.fetch(server, id),
            CommandBody::Store(_) => self.say(server, "1 FETCH (FLAGS (\\Seen) UID 1)"),
            CommandBody::Search(_) | CommandBody::UidSearch(_) => {
                self.say(server, "ESEARCH UID COUNT 3 ALL 1:3");
            }
            CommandBody::Enable(it) => {
                let capabilities = it.capabilities.iter().cloned().collect();
                let data = Data::Enabled(EnabledData { capabilities });
                server.respond(&data).expect("ENABLE runs");
                self.said.push(data);
            }
            CommandBody::Status(_) => self.say(server, "STATUS INBOX (MESSAGES 3)"),
            CommandBody::Idle => {
                server.accept(id).expect("an IDLE");
                return self.say(server, "OK Still here");
            }
            CommandBody::Create(_) => kind = ConditionKind::No,
            _ => {}
        }
        complete(server, id, kind);
    }

    fn fetch(&mut self, server: &mut Server, id: CommandId) {
        for number in 1..=3 {
            let octets = mail(number);
            let size = octets.len() as u64;
            let body = BodyBegin { name: BodyName::message(), size, is_binary: false };
            let parts = [
                FetchPart::Begin(FetchBegin::seq_num(SeqNum::new(number).expect("not zero"))),
                FetchPart::Item(FetchItem::Uid(Uid::new(number).expect("not zero"))),
                FetchPart::BodyBegin(body.into()),
                FetchPart::End,
            ];
            for part in &parts {
                server.fetch_part(part).expect("a FETCH runs");
            }
            self.bodies.push_back(octets);
        }
        self.supply(server, id);
    }

    /// A piece, and the end when there is none left.
    fn supply(&mut self, server: &mut Server, id: CommandId) {
        let Some(body) = self.bodies.front_mut() else { return };
        let piece = body.split_to(body.len().min(20));
        self.supplied.extend(&piece);
        server.supply(id, piece).expect("a body that lacks octets");
        if body.is_empty() {
            self.bodies.pop_front();
        }
        if self.bodies.is_empty() {
            complete(server, id, ConditionKind::Ok);
        }
    }

    fn part(&mut self, server: &mut Server, id: CommandId, part: &AppendPart) {
        let Some(Asked::Append(mailbox, _)) = self.asked.last() else { return };
        match part {
            // No octets are announced.
            AppendPart::MessageBegin(begin)
                if matches!(begin.data, AppendDataBegin::Catenate | AppendDataBegin::Ext(_)) => {}
            AppendPart::MessageBegin(_) | AppendPart::TextBegin { .. } => {
                match mailbox.as_bytes() {
                    b"refused" => complete(server, id, ConditionKind::No),
                    _ => server.accept(id).expect("an announcement"),
                }
            }
            AppendPart::Chunk(_) if mailbox.as_bytes() == b"dropped" => {
                complete(server, id, ConditionKind::No);
            }
            AppendPart::End => complete(server, id, ConditionKind::Ok),
            _ => {}
        }
    }
}

fn complete(server: &mut Server, id: CommandId, kind: ConditionKind) {
    server.complete(id, condition(kind, None, "as you like")).expect("the command that runs");
}
