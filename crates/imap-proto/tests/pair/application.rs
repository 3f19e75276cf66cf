//! The server's application: three messages, and a mailbox that takes what is appended, but for those
//! called `refused` (at the announcement), `recalled` (right behind that was accepted) and `dropped`
//! (behind the first octets).

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use bytes::Bytes;
use imap_proto::server::{Event, Server};
use imap_proto::{
    AppendDataBegin, AppendPart, BodyBegin, BodyName, Code, CommandBody, Condition, ConditionKind,
    Data, EnabledData, FetchBegin, FetchItem, FetchPart, Mailbox, RespText, Response, SeqNum, Uid,
    parse_whole,
};
use mail_proto::{CommandId, Leniency, Reading, SendError};

use super::connection_support::{App, Seeded, bad, no, ok, secret, text as word};

/// What the application said and heard, shared with the test.
#[derive(Default)]
pub struct Book {
    pub said: Vec<Data>,
    /// The commands that it completed, in order, and the texts.
    pub completed: Vec<(CommandId, Condition)>,
    /// How it completes the next command that it would do.
    pub verdict: Verdict,
    /// The mailbox that it has selected.
    pub selected: Option<Mailbox>,
    /// The client's octets may be anything, so that what is said may be illegal.
    pub is_lenient: bool,
    /// The client idles.
    idle: Option<CommandId>,
    bodies: VecDeque<Bytes>,
    /// Pieces of bodies.
    random: Option<Seeded>,
    mailbox: Option<Mailbox>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Verdict {
    #[default]
    Ok,
    No,
    Bad,
}

pub type Shared = Rc<RefCell<Book>>;

/// A message: the first two are small, the last one is not.
pub fn mail(n: u32) -> Bytes {
    let size = [0, 30, 3, 700][n as usize % 4];
    let text = b"Subject: (1)\r\n\r\nA1 OK {3}\r\n) * BYE\r\n";
    text.iter().copied().cycle().take(size).collect::<Vec<u8>>().into()
}

/// Untagged data as they are written.
pub fn data(text: &str) -> Data {
    let octets = Bytes::from(format!("* {text}"));
    match parse_whole(&octets, &mut Reading::new(Leniency::strict()), Response::parse).unwrap() {
        Response::Data(data) => data,
        other => panic!("{other:?}"),
    }
}

pub fn application(book: &Shared, seed: u64) -> App<Server, Event> {
    let book = Rc::clone(book);
    book.borrow_mut().random = Some(Seeded(seed));
    Box::new(move |server, event| book.borrow_mut().hear(server, event))
}

impl Book {
    /// Bodies in pieces of these sizes.
    pub fn random(seed: u64) -> Self {
        Self { random: Some(Seeded(seed)), ..Self::default() }
    }

    pub fn hear(&mut self, server: &mut Server, event: &Event) {
        match event {
            // It may have been ended meanwhile.
            Event::Command { id, .. }
            | Event::Append { id, .. }
            | Event::Response { id, .. }
            | Event::IdleDone { id }
                if server.running() != Some(*id) => {}
            Event::Command { id, body } => self.command(server, *id, body),
            Event::Append { id, part } => self.part(server, *id, part),
            Event::Response { id, .. } | Event::IdleDone { id } => {
                let verdict = self.verdict();
                self.end(server, *id, verdict);
            }
            Event::Room { id } if server.running() == Some(*id) => self.supply(server, *id),
            _ => {}
        }
    }

    /// What must be legal, unless the client said something else than it was told to.
    fn must<T>(&self, result: Result<T, SendError>) {
        if !self.is_lenient {
            result.map(drop).unwrap();
        }
    }

    pub fn say(&mut self, server: &mut Server, text: &str) {
        let is_said = self.news(server, text);
        assert!(is_said || self.is_lenient, "{text}");
    }

    /// Untagged data that may not be legal now; whether they were.
    pub fn news(&mut self, server: &mut Server, text: &str) -> bool {
        let data = data(text);
        let is_said = server.respond(&data).is_ok();
        self.said.extend(is_said.then_some(data));
        is_said
    }

    fn verdict(&mut self) -> Condition {
        match self.verdict {
            Verdict::Ok => ok("done"),
            Verdict::No => no(None, "no"),
            Verdict::Bad => bad("bad"),
        }
    }

    /// Ends the client's IDLE, whose DONE may be on its way.
    pub fn end_idle(&mut self, server: &mut Server) {
        if let Some(id) = self.idle.take()
            && server.running() == Some(id)
        {
            self.end(server, id, ok("done"));
        }
    }

    /// Completes a command; no two have the same text.
    fn end(&mut self, server: &mut Server, id: CommandId, condition: Condition) {
        let text = format!("{} {}", condition.text.text(), self.completed.len());
        let text = RespText::new(condition.text.code().cloned(), word(&text));
        let condition = Condition { kind: condition.kind, text };
        let result = server.complete(id, condition.clone());
        if result.is_ok() {
            self.completed.push((id, condition));
        }
        self.must(result);
    }

    fn command(&mut self, server: &mut Server, id: CommandId, body: &CommandBody) {
        let mut verdict = self.verdict();
        let is_ok = verdict.kind == ConditionKind::Ok;
        match body {
            CommandBody::Authenticate(it) if it.initial_response.is_none() => {
                return self.must(server.challenge(id, &secret(b"")));
            }
            CommandBody::Select(_) => {
                self.say(server, "3 EXISTS");
                self.say(server, "OK [UIDVALIDITY 1] valid");
                self.say(server, "FLAGS (\\Seen)");
            }
            CommandBody::Fetch(_) | CommandBody::UidFetch(_) => return self.fetch(server, id),
            CommandBody::Store(_) | CommandBody::UidStore(_) => {
                self.say(server, "1 FETCH (FLAGS (\\Seen) UID 1)");
                self.say(server, "2 FETCH (FLAGS () UID 2)");
            }
            CommandBody::Search(_) | CommandBody::UidSearch(_) => {
                self.say(server, "ESEARCH UID COUNT 3 ALL 1:3");
            }
            CommandBody::Enable(it) if is_ok => {
                let capabilities = it.capabilities.iter().cloned().collect();
                let data = Data::Enabled(EnabledData { capabilities });
                self.must(server.respond(&data));
                self.said.push(data);
            }
            CommandBody::Noop => self.say(server, "OK Still here"),
            CommandBody::Idle if is_ok => {
                self.must(server.accept(id));
                self.idle = Some(id);
                return self.say(server, "OK Still here");
            }
            CommandBody::Create(_) => verdict = no(None, "no"),
            _ => {}
        }
        self.select(body, verdict.kind);
        self.end(server, id, verdict);
    }

    fn select(&mut self, body: &CommandBody, kind: ConditionKind) {
        match (body, kind) {
            (CommandBody::Select(it) | CommandBody::Examine(it), ConditionKind::Ok) => {
                self.selected = Some(it.mailbox.clone());
            }
            (CommandBody::Select(_) | CommandBody::Examine(_), ConditionKind::No)
            | (
                CommandBody::Close | CommandBody::Unselect | CommandBody::Unauthenticate,
                ConditionKind::Ok,
            ) => self.selected = None,
            _ => {}
        }
    }

    fn fetch(&mut self, server: &mut Server, id: CommandId) {
        self.bodies.clear();
        for n in 1..=3 {
            let size = mail(n).len() as u64;
            let body = BodyBegin { name: BodyName::message(), size, is_binary: false };
            let parts = [
                FetchPart::Begin(FetchBegin::seq_num(SeqNum::new(n).unwrap())),
                FetchPart::Item(FetchItem::Uid(Uid::new(n).unwrap())),
                FetchPart::BodyBegin(body.into()),
                FetchPart::End,
            ];
            parts.iter().for_each(|part| self.must(server.fetch_part(part)));
            self.bodies.push_back(mail(n));
        }
        self.supply(server, id);
    }

    /// Octets of the body that is being supplied.
    pub fn left(&self) -> Option<usize> {
        self.bodies.front().map(Bytes::len)
    }

    /// A piece, and the end when there is none left.
    fn supply(&mut self, server: &mut Server, id: CommandId) {
        let Some(body) = self.bodies.front_mut() else { return };
        let size = 1 + self.random.as_mut().unwrap().below(body.len().min(200));
        let piece = body.split_to(size);
        if body.is_empty() {
            self.bodies.pop_front();
        }
        self.must(server.supply(id, piece));
        if self.bodies.is_empty() {
            let verdict = self.verdict();
            self.end(server, id, verdict);
        }
    }

    fn is_to(&self, name: &'static str) -> bool {
        self.mailbox == Some(Mailbox::new(name).unwrap())
    }

    fn part(&mut self, server: &mut Server, id: CommandId, part: &AppendPart) {
        match part {
            AppendPart::Begin(begin) => self.mailbox = Some(begin.mailbox.clone()),
            AppendPart::MessageBegin(begin) if begin.data == AppendDataBegin::Catenate => {}
            AppendPart::MessageBegin(_) | AppendPart::TextBegin { .. } => {
                if self.is_to("refused") {
                    self.end(server, id, no(Some(Code::TryCreate), "no such mailbox"));
                } else {
                    self.must(server.accept(id));
                }
                if self.is_to("recalled") {
                    self.end(server, id, no(None, "not after all"));
                }
            }
            AppendPart::Chunk(_) if self.is_to("dropped") => {
                self.end(server, id, no(None, "over quota"));
            }
            AppendPart::End => {
                let verdict = self.verdict();
                self.end(server, id, verdict);
            }
            _ => {}
        }
    }
}
