//! The client's application: commands one after another or all at once, messages in pieces.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use bytes::Bytes;
use imap_proto::client::{Client, Event};
use imap_proto::server::{self, Greeting, Server};
use imap_proto::{
    AString, AppendCommand, AppendDataBegin, AppendMessageBegin, AppendPart, Capability, Mailbox,
};
use mail_proto::{CommandId, Security, SendError};

use super::application::{Shared, application};
use super::client_support::{self, command};
use super::connection_support::server::config;
use super::connection_support::{App, Chunks, Pair, secret};

/// A command of the script.
#[derive(Clone, Debug)]
pub enum Step {
    Send(&'static str),
    /// Left when its news have come.
    Idle,
    /// Parts from `MessageBegin` to `End`.
    Append(&'static str, Vec<AppendPart>),
}

/// What literals the server announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Literals {
    Sync,
    Minus,
    Plus,
}

pub const LITERALS: [Literals; 3] = [Literals::Sync, Literals::Minus, Literals::Plus];

#[derive(Clone, Debug)]
pub struct Script {
    pub steps: Vec<Step>,
    pub literals: Literals,
    /// Gives all commands at once, not each behind the answer to the one before.
    pub at_once: bool,
}

pub type ImapPair = Pair<Client, Server>;

/// The parts of a message of octets.
pub fn message(data: AppendDataBegin, octets: &[u8]) -> Vec<AppendPart> {
    let begin = AppendMessageBegin { flags: None, date: None, options: vec![], data };
    let chunk = (!octets.is_empty()).then(|| AppendPart::Chunk(Bytes::copy_from_slice(octets)));
    let parts = [AppendPart::MessageBegin(begin.into())].into_iter().chain(chunk);
    parts.chain([AppendPart::MessageEnd]).collect()
}

pub fn literal(octets: &[u8]) -> Vec<AppendPart> {
    message(AppendDataBegin::Literal { size: octets.len() as u64 }, octets)
}

pub fn literal8(octets: &[u8]) -> Vec<AppendPart> {
    message(AppendDataBegin::Literal8 { size: octets.len() as u64 }, octets)
}

pub fn catenated(url: &'static str, text: &[u8]) -> Vec<AppendPart> {
    let mut parts = message(AppendDataBegin::Catenate, b"");
    let url = AppendPart::Url(AString::new(Bytes::from_static(url.as_bytes())).unwrap());
    let size = text.len() as u64;
    let pieces = [
        url.clone(),
        AppendPart::TextBegin { size, is_utf8: false },
        AppendPart::Chunk(Bytes::copy_from_slice(text)),
        AppendPart::TextEnd,
        url,
    ];
    parts.splice(1..1, pieces);
    parts
}

/// To this mailbox, all these messages.
pub fn to(mailbox: &'static str, messages: impl IntoIterator<Item = Vec<AppendPart>>) -> Step {
    let parts = messages.into_iter().flatten().chain([AppendPart::End]);
    Step::Append(mailbox, parts.collect())
}

/// A client's application.
pub struct Driver {
    steps: VecDeque<Step>,
    at_once: bool,
    uploads: BTreeMap<CommandId, VecDeque<AppendPart>>,
    pub idles: Vec<CommandId>,
}

impl Driver {
    pub fn new(steps: Vec<Step>, at_once: bool) -> Self {
        Self { steps: steps.into(), at_once, uploads: BTreeMap::new(), idles: Vec::new() }
    }

    pub fn hear(&mut self, client: &mut Client, event: &Event) {
        match event {
            Event::Greeting(_) | Event::Completed { .. } => {
                let count = if self.at_once { self.steps.len() } else { 1.min(self.steps.len()) };
                for step in self.steps.drain(..count).collect::<Vec<_>>() {
                    self.give(client, step).unwrap();
                }
            }
            Event::Idling { id } => self.idles.push(*id),
            // The news of IDLE.
            Event::Data(_) => {
                for id in std::mem::take(&mut self.idles) {
                    client.done(id).unwrap();
                }
            }
            Event::Challenge { id, .. } => client.respond(*id, secret(b"\0joe\0secret")).unwrap(),
            Event::Room { id } => self.supply(client, *id),
            _ => {}
        }
    }

    pub fn give(&mut self, client: &mut Client, step: Step) -> Result<CommandId, SendError> {
        match step {
            Step::Send(text) => client.send(command(text)),
            Step::Idle => client.send(command("IDLE")),
            Step::Append(mailbox, parts) => {
                let mailbox = Mailbox::new(mailbox).unwrap();
                let id = client.begin_append(AppendCommand::Append, mailbox)?;
                self.uploads.insert(id, parts.into());
                match self.go_on(client, id) {
                    Ok(()) => Ok(id),
                    Err(error) => {
                        client.abort_body(id).unwrap();
                        Err(error)
                    }
                }
            }
        }
    }

    /// Octets of at most one piece, and what follows up to the next announcement.
    fn supply(&mut self, client: &mut Client, id: CommandId) {
        let parts = self.uploads.get_mut(&id).expect("room for nothing");
        let Some(AppendPart::Chunk(octets)) = parts.front_mut() else {
            panic!("room for {:?}", parts.front())
        };
        let piece = octets.split_to(octets.len().min(7));
        let is_whole = octets.is_empty();
        client.supply(id, piece).unwrap();
        if is_whole {
            parts.pop_front();
            self.go_on(client, id).unwrap();
        }
    }

    fn go_on(&mut self, client: &mut Client, id: CommandId) -> Result<(), SendError> {
        let parts = self.uploads.get_mut(&id).unwrap();
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
}

pub fn server_config(literals: Literals) -> server::Config {
    let mut config = config();
    let is_literal = |it: &Capability| {
        matches!(it, Capability::LiteralMinus | Capability::LiteralPlus | Capability::Imap4Rev2)
    };
    for list in [&mut config.capabilities, &mut config.capabilities_before_login] {
        *list = list.iter().filter(|it| !is_literal(it)).cloned().collect();
        match literals {
            Literals::Sync => {}
            Literals::Minus => list.push(Capability::LiteralMinus),
            Literals::Plus => list.push(Capability::LiteralPlus),
        }
    }
    for name in ["MULTIAPPEND", "CATENATE", "BINARY", "ESEARCH", "UNAUTHENTICATE"] {
        config.capabilities.push(Capability::try_from(name).unwrap());
    }
    config
}

impl Script {
    pub fn of(steps: impl Into<Vec<Step>>, literals: Literals) -> Self {
        Self { steps: steps.into(), literals, at_once: false }
    }

    pub fn at_once(self) -> Self {
        Self { at_once: true, ..self }
    }

    pub fn pair(&self, book: &Shared, seed: u64) -> ImapPair {
        let server =
            Server::new(server_config(self.literals), Security::Plain, Greeting::default());
        let mut config = client_support::open();
        config.limits.inline_body = 10;
        let mut driver = Driver::new(self.steps.clone(), self.at_once);
        let app: App<Client, Event> = Box::new(move |client, event| driver.hear(client, event));
        Pair::new((Client::new(config), app), (server, application(book, seed)))
    }

    pub fn run(&self, chunks: Chunks) -> (ImapPair, Shared) {
        let book = Shared::default();
        let mut pair = self.pair(&Rc::clone(&book), 1);
        pair.run(chunks);
        (pair, book)
    }
}
