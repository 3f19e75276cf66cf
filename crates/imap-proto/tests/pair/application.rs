//! The server's application: three messages, and a mailbox that takes what is appended, but for those
//! called `refused` (at the announcement) and `dropped` (behind the first octets).

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use bytes::Bytes;
use imap_proto::server::{Event, Server};
use imap_proto::{
    AppendDataBegin, AppendPart, BodyBegin, BodyName, Code, CommandBody, Data, EnabledData,
    FetchBegin, FetchItem, FetchPart, Mailbox, Response, SeqNum, Uid, parse_whole,
};
use mail_proto::{CommandId, Leniency, Reading};

use super::connection_support::{App, Seeded, no, ok, secret};

/// What the application said and heard, shared with the test.
#[derive(Default)]
pub struct Book {
    pub said: Vec<Data>,
    bodies: VecDeque<Bytes>,
    /// Pieces of bodies.
    random: Option<Seeded>,
    mailbox: Option<Mailbox>,
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

impl Book {
    pub fn seeded(seed: u64) -> Shared {
        Rc::new(RefCell::new(Self { random: Some(Seeded(seed)), ..Self::default() }))
    }
}

pub fn application(book: &Shared, seed: u64) -> App<Server, Event> {
    let book = Rc::clone(book);
    book.borrow_mut().random = Some(Seeded(seed));
    Box::new(move |server, event| book.borrow_mut().hear(server, event))
}

impl Book {
    pub fn hear(&mut self, server: &mut Server, event: &Event) {
        match event {
            // It may have been ended meanwhile.
            Event::Command { id, .. } | Event::Append { id, .. } | Event::Response { id, .. }
                if server.running() != Some(*id) => {}
            Event::Command { id, body } => self.command(server, *id, body),
            Event::Append { id, part } => self.part(server, *id, part),
            Event::Response { id, .. } | Event::IdleDone { id } => {
                server.complete(*id, ok("done")).unwrap();
            }
            Event::Room { id } if server.running() == Some(*id) => self.supply(server, *id),
            _ => {}
        }
    }

    pub fn say(&mut self, server: &mut Server, text: &str) {
        let data = data(text);
        server.respond(&data).unwrap_or_else(|error| panic!("{text}: {error}"));
        self.said.push(data);
    }

    /// Untagged data that may not be legal now; whether they were.
    pub fn news(&mut self, server: &mut Server, text: &str) -> bool {
        let data = data(text);
        let is_said = server.respond(&data).is_ok();
        self.said.extend(is_said.then_some(data));
        is_said
    }

    fn command(&mut self, server: &mut Server, id: CommandId, body: &CommandBody) {
        match body {
            CommandBody::Authenticate(it) if it.initial_response.is_none() => {
                return server.challenge(id, &secret(b"")).unwrap();
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
            CommandBody::Enable(it) => {
                let capabilities = it.capabilities.iter().cloned().collect();
                let data = Data::Enabled(EnabledData { capabilities });
                server.respond(&data).unwrap();
                self.said.push(data);
            }
            CommandBody::Noop => self.say(server, "OK Still here"),
            CommandBody::Idle => {
                server.accept(id).unwrap();
                return self.say(server, "OK Still here");
            }
            CommandBody::Create(_) => return server.complete(id, no(None, "no")).unwrap(),
            _ => {}
        }
        server.complete(id, ok("done")).unwrap();
    }

    fn fetch(&mut self, server: &mut Server, id: CommandId) {
        for n in 1..=3 {
            let size = mail(n).len() as u64;
            let body = BodyBegin { name: BodyName::message(), size, is_binary: false };
            let parts = [
                FetchPart::Begin(FetchBegin::seq_num(SeqNum::new(n).unwrap())),
                FetchPart::Item(FetchItem::Uid(Uid::new(n).unwrap())),
                FetchPart::BodyBegin(body.into()),
                FetchPart::End,
            ];
            parts.iter().for_each(|part| server.fetch_part(part).unwrap());
            self.bodies.push_back(mail(n));
        }
        self.supply(server, id);
    }

    /// A piece, and the end when there is none left.
    fn supply(&mut self, server: &mut Server, id: CommandId) {
        let Some(body) = self.bodies.front_mut() else { return };
        let size = 1 + self.random.as_mut().unwrap().below(body.len().min(200));
        server.supply(id, body.split_to(size)).unwrap();
        if body.is_empty() {
            self.bodies.pop_front();
        }
        if self.bodies.is_empty() {
            server.complete(id, ok("done")).unwrap();
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
                    server.complete(id, no(Some(Code::TryCreate), "no such mailbox")).unwrap();
                } else {
                    server.accept(id).unwrap();
                }
            }
            AppendPart::Chunk(_) if self.is_to("dropped") => {
                server.complete(id, no(None, "over quota")).unwrap();
            }
            AppendPart::End => server.complete(id, ok("done")).unwrap(),
            _ => {}
        }
    }
}
