//! A client, a server, both applications and the line between them, moved step by step; and what the
//! applications remember of it.

use std::collections::{BTreeMap, VecDeque};

use imap_proto::client::{Client, Event};
use imap_proto::server::{Greeting, Server};
use imap_proto::{AppendCommand, AppendPart, CommandBody, Condition, Mailbox, RespText};
use mail_proto::{CommandId, Connection, Next, Security, SendError, Sent};

use super::agreement::check_agreement;
use super::application::Book;
use super::client_support::{self, command};
use super::connection_support::{Canary, Pair, Seeded, Wire, seconds, secret, text, transcript};
use super::script::{ImapPair, LITERALS, server_config};
use super::steps::{Direction, End, NEWS, Step};

/// What has become of a command, as its giver sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    Open,
    /// No event may follow; so much of it had been handed out.
    Cancelled(Sent),
    Completed(Condition),
    Lost(Sent),
}

/// A command that was given.
#[derive(Clone, Debug)]
pub struct Given {
    pub step: Step,
    /// An exchange that was ended by `*`: the connection may answer that.
    pub is_given_up: bool,
    pub fate: Fate,
}

pub struct World {
    pub pair: ImapPair,
    pub book: Book,
    pub given: BTreeMap<CommandId, Given>,
    /// What the client, and the server, showed their observers.
    pub traces: [Canary; 2],
    /// Somebody ended the connection, tore it or changed what was on it.
    pub is_disturbed: bool,
    pub(super) uploads: BTreeMap<CommandId, VecDeque<AppendPart>>,
    pub(super) idles: Vec<CommandId>,
    pub(super) challenged: Option<CommandId>,
    /// How many of the client's events have been looked at, and of the server's.
    seen: usize,
    heard: usize,
    /// Numbers of data.
    numbers: usize,
    /// For tests of this test: a datum that is told twice in the books.
    pub planted: Option<usize>,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let literals = LITERALS[Seeded(seed).below(LITERALS.len())];
        let mut config = server_config(literals);
        config.limits.bad_commands = u8::MAX;
        config.limits.bad_commands_before_login = u8::MAX;
        config.limits.login_attempts = u8::MAX;
        let mut server = Server::new(config, Security::Plain, Greeting::default());
        let mut config = client_support::open();
        config.limits.inline_body = 10;
        let mut client = Client::new(config);
        let traces = [transcript(&mut client), transcript(&mut server)];
        Self {
            pair: Pair::new((client, Box::new(|_, _| {})), (server, Box::new(|_, _| {}))),
            book: Book::random(seed),
            given: BTreeMap::new(),
            traces,
            is_disturbed: false,
            uploads: BTreeMap::new(),
            idles: Vec::new(),
            challenged: None,
            seen: 0,
            heard: 0,
            numbers: 0,
            planted: None,
        }
    }

    pub(super) fn client(&mut self) -> &mut Client {
        &mut self.pair.client.connection
    }

    pub(super) fn server(&mut self) -> &mut Server {
        &mut self.pair.server.connection
    }

    pub fn take(&mut self, step: &Step) {
        match step {
            Step::Turn(sizes) => {
                self.pair.turn(*sizes);
            }
            Step::Give(text) => self.give(step, command(text)),
            Step::Upload(mailbox, parts) => self.upload(step, mailbox, parts),
            Step::Feed(which, octets) => self.feed(*which, *octets),
            Step::LeaveIdle(which) => self.leave_idle(*which),
            Step::Respond => self.respond(),
            Step::Cancel(which) => self.cancel(*which),
            Step::CancelExchange => self.cancel_exchange(),
            Step::ClientMistake(what, which) => self.client_mistake(*what, *which),
            Step::News(which) => self.news(*which),
            Step::Work(verdict) => {
                self.book.verdict = *verdict;
                self.work();
            }
            Step::ServerMistake(what) => self.server_mistake(*what),
            Step::Time(n) => {
                self.is_disturbed = true;
                self.pair.now = self.pair.now + seconds(*n);
                let now = self.pair.now;
                self.client().handle_timeout(now);
                self.server().handle_timeout(now);
            }
            Step::End(end) => self.end(*end),
            Step::EndIdle => self.book.end_idle(&mut self.pair.server.connection),
            Step::Rest => self.rest(),
            Step::Cut(direction, place) => {
                self.is_disturbed = true;
                self.wire(*direction).cut_after = Some(*place);
            }
            Step::Mangle(direction, place, damage) => {
                (self.is_disturbed, self.book.is_lenient) = (true, true);
                (self.pair.to_server.mangled, self.pair.to_client.mangled) = (true, true);
                self.wire(*direction).damages.insert(*place, *damage);
            }
        }
        self.follow();
    }

    fn wire(&mut self, direction: Direction) -> &mut Wire {
        match direction {
            Direction::ToServer => &mut self.pair.to_server,
            Direction::ToClient => &mut self.pair.to_client,
        }
    }

    /// Looks at the client's events since the last time.
    fn follow(&mut self) {
        let events = std::mem::take(&mut self.pair.client.events);
        for event in &events[self.seen..] {
            let (id, fate) = match event {
                Event::Completed { id, condition, .. } => (id, Fate::Completed(condition.clone())),
                Event::Lost { id, sent } => (id, Fate::Lost(*sent)),
                Event::Challenge { id, .. } => {
                    self.challenged = Some(*id);
                    (id, Fate::Open)
                }
                Event::Idling { id } | Event::RefreshIdle { id } => (id, Fate::Open),
                Event::Room { id } => {
                    // What has been refused on the way is still owed.
                    let given = &self.given[id];
                    let may = matches!(given.fate, Fate::Open | Fate::Completed(_));
                    assert!(may, "{event:?} of {given:?}");
                    continue;
                }
                _ => continue,
            };
            let given = self.given.get_mut(id).unwrap_or_else(|| panic!("{event:?} of no command"));
            assert_eq!(given.fate, Fate::Open, "{event:?} of {given:?}");
            given.fate = fate;
            if given.fate != Fate::Open {
                self.idles.retain(|idle| idle != id);
                self.challenged = self.challenged.filter(|challenged| challenged != id);
            }
        }
        self.seen = events.len();
        self.pair.client.events = events;
    }

    fn give(&mut self, step: &Step, body: CommandBody) {
        let is_idle = body == CommandBody::Idle;
        let before = self.client_print();
        match self.client().send(body) {
            Ok(id) => {
                self.enter(id, step);
                self.idles.extend(is_idle.then_some(id));
            }
            Err(error) => self.refused(&before, error, step),
        }
    }

    fn enter(&mut self, id: CommandId, step: &Step) {
        let given = Given { step: step.clone(), is_given_up: false, fate: Fate::Open };
        assert!(self.given.insert(id, given).is_none(), "{id:?} again");
    }

    fn refused(&mut self, before: &str, error: SendError, step: &Step) {
        let is_expected = matches!(
            error,
            SendError::State { .. } | SendError::Closed | SendError::NotOffered { .. }
        );
        assert!(is_expected, "{error}: {step:?}");
        assert_eq!(self.client_print(), *before, "{step:?} changed something");
    }

    /// All that there is of a connection.
    pub(super) fn client_print(&mut self) -> String {
        format!("{:?}", self.client())
    }

    pub(super) fn server_print(&mut self) -> String {
        format!("{:?}", self.server())
    }

    fn upload(&mut self, step: &Step, mailbox: &'static str, parts: &[AppendPart]) {
        let before = self.client_print();
        let mailbox = Mailbox::new(mailbox).unwrap();
        let id = match self.client().begin_append(AppendCommand::Append, mailbox) {
            Ok(id) => id,
            Err(error) => return self.refused(&before, error, step),
        };
        self.enter(id, step);
        self.uploads.insert(id, parts.iter().cloned().collect());
        self.go_on(id, 0);
    }

    /// Octets of the message that is the turn, and the parts up to the next one.
    fn go_on(&mut self, id: CommandId, octets: usize) {
        let Some(mut parts) = self.uploads.remove(&id) else { return };
        if let Some(AppendPart::Chunk(chunk)) = parts.front_mut()
            && octets > 0
        {
            let piece = chunk.split_to(octets.min(chunk.len()));
            let is_whole = chunk.is_empty();
            match self.client().supply(id, piece) {
                Err(SendError::NotOwed) => return,
                result => result.unwrap(),
            }
            if is_whole {
                parts.pop_front();
            }
        }
        while let Some(part) = parts.pop_front_if(|part| !matches!(part, AppendPart::Chunk(_))) {
            match self.client().append_part(id, part) {
                Ok(()) => {}
                // It has been refused or has ended, and owes no more.
                Err(SendError::NotOwed) => return,
                // It cannot be said to this server.
                Err(SendError::NotOffered { .. }) => return self.abort(id),
                Err(error) => panic!("{error}"),
            }
        }
        if !parts.is_empty() {
            self.uploads.insert(id, parts);
        }
    }

    fn abort(&mut self, id: CommandId) {
        self.client().abort_body(id).unwrap();
        if self.is_closed() {
            self.is_disturbed = true;
        } else {
            self.given.get_mut(&id).unwrap().fate = Fate::Cancelled(Sent::Not);
        }
    }

    fn feed(&mut self, which: usize, octets: usize) {
        let ids: Vec<CommandId> = self.uploads.keys().copied().collect();
        if let Some(id) = ids.get(which % ids.len().max(1)) {
            self.go_on(*id, octets);
        }
    }

    /// The connection has ended, though its last events may not have been looked at.
    fn is_closed(&mut self) -> bool {
        self.client().next() == Next::Close
    }

    fn leave_idle(&mut self, which: usize) {
        if !self.idles.is_empty() {
            let id = self.idles.remove(which % self.idles.len());
            let result = self.client().done(id);
            assert!(result.is_ok() || self.is_closed(), "{result:?}");
        }
    }

    fn respond(&mut self) {
        if let Some(id) = self.challenged.take()
            && !self.is_closed()
        {
            let response = secret(b"\0joe\0canary7");
            self.client().respond(id, response).unwrap();
        }
    }

    fn cancel(&mut self, which: usize) {
        if self.is_closed() {
            return;
        }
        let open = self.given.iter().filter(|given| given.1.fate == Fate::Open);
        let open: Vec<CommandId> = open.map(|given| *given.0).collect();
        let Some(id) = open.get(which % open.len().max(1)).copied() else { return };
        self.challenged = self.challenged.filter(|challenged| *challenged != id);
        let Ok(sent) = self.client().cancel(id) else {
            // It has ended, and that has not been looked at.
            let now = self.pair.now;
            self.pair.client.pump(now);
            self.follow();
            return assert_ne!(self.given[&id].fate, Fate::Open);
        };
        self.idles.retain(|idle| *idle != id);
        self.uploads.remove(&id);
        self.given.get_mut(&id).unwrap().fate = Fate::Cancelled(sent);
        // An upload and half a secret may be the end of the connection.
        if self.is_closed() {
            assert_ne!(sent, Sent::Not);
            self.is_disturbed = true;
        }
    }

    fn cancel_exchange(&mut self) {
        if let Some(id) = self.challenged.take()
            && !self.is_closed()
        {
            self.client().cancel_exchange(id).unwrap();
            self.given.get_mut(&id).unwrap().is_given_up = true;
        }
    }

    fn news(&mut self, which: usize) {
        self.numbers += 1;
        let text = NEWS[which].replace('#', &self.numbers.to_string());
        let before = self.server_print();
        let server = &mut self.pair.server.connection;
        if !self.book.news(server, &text) {
            assert_eq!(self.server_print(), before, "{text} changed something");
        } else if self.planted == Some(which) {
            let again = self.book.said.last().unwrap().clone();
            self.book.said.push(again);
        }
    }

    /// The server's application looks at one event; whether there was one.
    fn work(&mut self) -> bool {
        let Some(event) = self.pair.server.events.get(self.heard) else { return false };
        self.heard += 1;
        self.book.hear(&mut self.pair.server.connection, event);
        true
    }

    fn end(&mut self, end: End) {
        match end {
            End::Client => self.client().close(),
            End::Server => self.server().close(),
            End::Bye => {
                let text = RespText::from(text("enough"));
                // In the middle of a FETCH it cannot be said.
                if self.server().bye(text).is_err() {
                    return;
                }
            }
            End::Body => {
                let running = self.server().running();
                let id = self.uploads.keys().next().copied();
                match (running, id) {
                    (Some(id), _) if self.book.left().is_some() => {
                        self.server().abort_body(id).unwrap();
                    }
                    (_, Some(id)) => {
                        self.uploads.remove(&id);
                        match self.client().abort_body(id) {
                            Err(SendError::NotOwed) => return,
                            result => result.unwrap(),
                        }
                        if !self.is_closed() {
                            self.given.get_mut(&id).unwrap().fate = Fate::Cancelled(Sent::Not);
                            return;
                        }
                    }
                    _ => return,
                }
            }
        }
        self.is_disturbed = true;
    }

    /// Everybody does what he owes, until nothing moves any more.
    pub fn settle(&mut self) {
        self.book.verdict = Default::default();
        let (mut rounds, mut still) = (0, 0);
        while still < 3 {
            let before = (self.seen, self.heard, self.pair.client.sent.len());
            while !self.idles.is_empty() {
                self.leave_idle(0);
            }
            self.respond();
            for id in self.uploads.keys().copied().collect::<Vec<_>>() {
                self.go_on(id, 1000);
            }
            while self.work() {}
            let moved = self.pair.turn([usize::MAX; 4]);
            self.follow();
            let after = (self.seen, self.heard, self.pair.client.sent.len());
            still = if moved || after != before { 0 } else { still + 1 };
            rounds += 1;
            assert!(rounds < 100_000, "it does not come to rest");
        }
    }

    /// In the middle of it all, nothing is left undone.
    fn rest(&mut self) {
        if !self.is_disturbed {
            self.settle();
        }
        if !self.is_disturbed {
            check_agreement(self);
        }
    }

    /// Time passes until nobody waits any more.
    pub fn run_out(&mut self) {
        let mut waits = 0;
        self.settle();
        while !self.pair.are_over() && self.pair.wait() {
            self.settle();
            waits += 1;
            assert!(waits < 30, "time does not end it");
        }
        assert!(self.pair.are_over(), "it hangs without a deadline");
    }

    pub fn log_out(&mut self) {
        let is_left = |given: &Given| matches!(given.step, Step::Give("LOGOUT"));
        while !self.given.values().any(is_left) || !self.pair.are_over() {
            let count = self.given.len();
            self.take(&Step::Give("LOGOUT"));
            assert!(self.given.len() > count, "LOGOUT is not taken");
            self.settle();
        }
    }
}
