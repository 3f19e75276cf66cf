//! Random calls on both sides: nothing stops, each command ends once, what was given is what was asked.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use imap_proto::client::{Client, Event};
use imap_proto::server::{self, Greeting, Server};
use imap_proto::{AppendPart, CommandBody, ConditionKind, Data, Mailbox};
use mail_proto::{CommandId, Connection as _, Next, Security, SendError, Sent};

use super::application::{Book, Shared, mail};
use super::client_support::{self, command};
use super::connection_support::{Chunks, Pair, Seeded};
use super::cuts::check_ends;
use super::dialogues::{bodies, data, whole_chunks};
use super::script::{
    Driver, ImapPair, LITERALS, Step, catenated, literal, literal8, server_config, to,
};

/// What has become of a command, as its giver sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Open,
    /// No event may follow.
    Cancelled,
    Completed(ConditionKind),
    Lost(Sent),
}

struct Model {
    random: Seeded,
    driver: Rc<RefCell<Driver>>,
    /// What the server's application has not looked at yet.
    unheard: Rc<RefCell<VecDeque<server::Event>>>,
    book: Shared,
    given: BTreeMap<CommandId, (Step, Fate)>,
    seen: usize,
}

const COMMANDS: [&str; 20] = [
    "CAPABILITY",
    "NOOP",
    "STARTTLS",
    "COMPRESS DEFLATE",
    "LOGIN joe secret",
    "LOGIN joe {3+}\r\na\rb",
    "AUTHENTICATE PLAIN",
    "AUTHENTICATE PLAIN AGpvZQBz",
    "SELECT INBOX",
    "SELECT INBOX",
    "CLOSE",
    "FETCH 1:3 (UID BODY[])",
    "FETCH 1:3 (UID BODY[])",
    "UID FETCH 1:3 (UID BODY[])",
    "STORE 1:2 +FLAGS (\\Seen)",
    "SEARCH ALL",
    "UID SEARCH RETURN (COUNT ALL) ALL",
    "CREATE {3+}\r\na\rb",
    "ENABLE CONDSTORE",
    "UNAUTHENTICATE",
];

const NEWS: [&str; 5] =
    ["4 EXISTS", "1 EXPUNGE", "OK Still here", "2 FETCH (FLAGS () UID 2)", "1 RECENT"];

impl Model {
    fn summary(&self) -> String {
        let line = |(id, (step, fate)): (&CommandId, &(Step, Fate))| {
            let mut step = format!("{step:?}");
            step.truncate(160);
            format!("\n{id:?} {step} {fate:?}")
        };
        self.given.iter().map(line).collect()
    }

    fn message(&mut self) -> Vec<AppendPart> {
        let size = [0, 1, 30, 5000][self.random.below(4)];
        let text = b"a LOGOUT\r\n{3}\r\n".iter().copied().cycle().take(size);
        let text: Vec<u8> = text.collect();
        match self.random.below(4) {
            0 => literal8(&text),
            1 if size > 0 => catenated("/INBOX", &text),
            _ => literal(&text),
        }
    }

    fn step(&mut self) -> Step {
        match self.random.below(10) {
            0 => Step::Idle,
            1..=3 => {
                let count = 1 + self.random.below(2);
                let mailbox = ["INBOX", "INBOX", "refused", "dropped"][self.random.below(4)];
                to(mailbox, (0..count).map(|_| self.message()).collect::<Vec<_>>())
            }
            _ => Step::Send(COMMANDS[self.random.below(COMMANDS.len())]),
        }
    }

    fn give(&mut self, client: &mut Client, step: Step) {
        match self.driver.borrow_mut().give(client, step.clone()) {
            Ok(id) => assert!(self.given.insert(id, (step, Fate::Open)).is_none()),
            Err(SendError::State { .. } | SendError::Closed | SendError::NotOffered { .. }) => {}
            Err(error) => panic!("{error}: {step:?}"),
        }
    }

    /// Looks at the events since the last time.
    fn follow(&mut self, events: &[Event]) {
        for event in &events[self.seen..] {
            let (id, fate) = match event {
                Event::Completed { id, condition, .. } => (id, Fate::Completed(condition.kind)),
                Event::Lost { id, sent } => (id, Fate::Lost(*sent)),
                Event::Challenge { id, .. } | Event::Idling { id } => (id, Fate::Open),
                _ => continue,
            };
            let (step, before) = self.given.get_mut(id).expect("an event of no command");
            assert_eq!(*before, Fate::Open, "{event:?} of {step:?}");
            *before = fate;
        }
        self.seen = events.len();
    }

    fn act(&mut self, client: &mut Client, cancels: bool) {
        match self.random.below(8) {
            0..=3 => {
                let step = self.step();
                self.give(client, step);
            }
            4 => self.leave_idle(client),
            5 if cancels && self.random.chance(4) => self.cancel(client),
            _ => {}
        }
    }

    fn leave_idle(&mut self, client: &mut Client) {
        for id in std::mem::take(&mut self.driver.borrow_mut().idles) {
            client.done(id).unwrap();
        }
    }

    fn cancel(&mut self, client: &mut Client) {
        let open = self.given.iter().filter(|given| given.1.1 == Fate::Open);
        let open: Vec<CommandId> = open.map(|given| *given.0).collect();
        if open.is_empty() {
            return;
        }
        let id = open[self.random.below(open.len())];
        let Ok(sent) = client.cancel(id) else { return };
        self.driver.borrow_mut().idles.retain(|idle| *idle != id);
        // An upload may be the end of the connection, which tells of its loss.
        let ends = client.next() == Next::Close;
        assert!(!ends || sent != Sent::Not);
        if !ends {
            self.given.get_mut(&id).unwrap().1 = Fate::Cancelled;
        }
    }

    fn serve(&mut self, server: &mut Server) {
        if self.random.chance(4) {
            let news = NEWS[self.random.below(NEWS.len())];
            self.book.borrow_mut().news(server, news);
        }
        let count = self.random.below(3);
        for _ in 0..count {
            let Some(event) = self.unheard.borrow_mut().pop_front() else { return };
            self.book.borrow_mut().hear(server, &event);
        }
    }
}

fn play(seed: u64, cancels: bool) -> (Model, ImapPair) {
    let chunks = match seed % 4 {
        0 => Chunks::Whole,
        1 => Chunks::One,
        _ => Chunks::Random(seed),
    };
    let mut random = Seeded(seed);
    let literals = LITERALS[random.below(LITERALS.len())];
    let server = Server::new(server_config(literals), Security::Plain, Greeting::default());
    let mut config = client_support::open();
    config.limits.inline_body = 10;
    let driver = Rc::new(RefCell::new(Driver::new(Vec::new(), false)));
    let unheard = Rc::new(RefCell::new(VecDeque::new()));
    let (hears, keeps) = (Rc::clone(&driver), Rc::clone(&unheard));
    let mut pair = Pair::new(
        (
            Client::new(config),
            Box::new(move |client: &mut Client, event: &Event| {
                hears.borrow_mut().hear(client, event);
            }),
        ),
        (
            server,
            Box::new(move |_: &mut Server, event: &server::Event| {
                keeps.borrow_mut().push_back(event.clone());
            }),
        ),
    );
    let book = Book::seeded(seed);
    let mut model = Model { random, driver, unheard, book, given: BTreeMap::new(), seen: 0 };
    let turns = 30 + model.random.below(150);
    let mut turn = 0;
    let mut watch = |pair: &mut ImapPair| {
        model.follow(&pair.client.events);
        turn += 1;
        assert!(turn < 1_000_000, "seed {seed}: it does not come to rest");
        if turn < turns {
            model.act(&mut pair.client.connection, cancels);
        } else {
            model.leave_idle(&mut pair.client.connection);
        }
        let leaves = |(step, fate): &(Step, Fate)| {
            matches!((step, fate), (Step::Send("LOGOUT"), Fate::Open | Fate::Completed(_)))
        };
        // A COMPRESS that fails costs what is behind it.
        if turn >= turns && !model.given.values().any(leaves) {
            model.give(&mut pair.client.connection, Step::Send("LOGOUT"));
        }
        if turn < turns || !model.unheard.borrow().is_empty() {
            model.serve(&mut pair.server.connection);
        }
        turn > turns && model.unheard.borrow().is_empty()
    };
    // Everybody may be waiting, for the end of an IDLE for instance.
    let (mut is_over, mut was_over) = (false, false);
    while !(is_over && was_over) {
        was_over = is_over;
        pair.run_watched(chunks, |pair| is_over = watch(pair));
    }
    model.follow(&pair.client.events);
    (model, pair)
}

/// What the server's application was asked, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Asked {
    Command(CommandBody),
    Append(Mailbox, Vec<AppendPart>),
}

fn asked(events: &[server::Event]) -> Vec<Asked> {
    let mut all = Vec::new();
    for event in events {
        match (event, all.last_mut()) {
            (server::Event::Command { body, .. }, _) => all.push(Asked::Command(body.clone())),
            (server::Event::Append { part: AppendPart::Begin(begin), .. }, _) => {
                all.push(Asked::Append(begin.mailbox.clone(), Vec::new()));
            }
            (server::Event::Append { part, .. }, Some(Asked::Append(_, parts))) => {
                parts.push(part.clone());
            }
            _ => {}
        }
    }
    all.into_iter().map(comparable).collect()
}

/// Of a message that was not taken it is left to chance how much was seen, and an initial response
/// may come later.
fn comparable(asked: Asked) -> Asked {
    match asked {
        Asked::Append(mailbox, parts) if mailbox == Mailbox::INBOX => {
            Asked::Append(mailbox, whole_chunks(parts.into_iter()))
        }
        Asked::Append(mailbox, _) => Asked::Append(mailbox, Vec::new()),
        Asked::Command(CommandBody::Authenticate(mut it)) => {
            it.initial_response = None;
            Asked::Command(CommandBody::Authenticate(it))
        }
        asked => asked,
    }
}

fn as_asked(step: &Step) -> Option<Asked> {
    match step {
        Step::Send("CAPABILITY" | "STARTTLS" | "COMPRESS DEFLATE" | "LOGOUT") => None,
        Step::Send(text) => Some(comparable(Asked::Command(command(text)))),
        Step::Idle => Some(Asked::Command(CommandBody::Idle)),
        Step::Append(mailbox, parts) => {
            let mailbox = Mailbox::new(*mailbox).unwrap();
            Some(comparable(Asked::Append(mailbox, parts.clone())))
        }
    }
}

fn is_fetch(step: &Step) -> bool {
    matches!(step, Step::Send(text) if text.contains("BODY[]"))
}

#[test]
fn what_is_given_is_what_is_asked_and_what_is_said_is_what_is_told() {
    let mut completed = 0;
    for seed in 0..500 {
        let (model, mut pair) = play(seed, false);
        let context = format!("seed {seed}: {}", model.summary());
        assert!(pair.are_over(), "{context}");
        assert_eq!((&pair.client.error, &pair.server.error), (&None, &None), "{context}");
        check_ends(&pair, &context);
        let ended = |fate: &Fate| matches!(fate, Fate::Completed(_));
        for (step, fate) in model.given.values() {
            let good = ended(fate) && *fate != Fate::Completed(ConditionKind::Bad);
            assert!(good || *fate == Fate::Lost(Sent::Not), "{context}: {step:?} {fate:?}");
            completed += usize::from(good);
        }
        let given = model.given.values().filter(|given| ended(&given.1));
        let wanted: Vec<Asked> = given.clone().filter_map(|given| as_asked(&given.0)).collect();
        assert_eq!(asked(&pair.server.events), wanted, "{context}");
        let told: Vec<Data> = pair.client.events.iter().filter_map(data).collect();
        assert_eq!(told, model.book.borrow().said, "{context}");
        let fetches = given.filter(|given| is_fetch(&given.0)).count();
        let mails: Vec<u8> = (1..=3).flat_map(mail).collect();
        assert_eq!(bodies(&pair.client.events), mails.repeat(fetches), "{context}");
    }
    assert!(completed > 5_000, "the test does not test: {completed}");
}

#[test]
fn whatever_is_cancelled_the_others_end_once() {
    let mut cancelled = 0;
    for seed in 0..500 {
        let (model, mut pair) = play(seed, true);
        let context = format!("seed {seed}: {}", model.summary());
        let mut waits = 0;
        while !pair.are_over() && pair.wait() {
            pair.run(Chunks::Whole);
            waits += 1;
            assert!(waits < 20, "{context}: time does not end it");
        }
        assert!(waits == 0 && pair.are_over(), "{context}");
        assert_eq!((&pair.client.error, &pair.server.error), (&None, &None), "{context}");
        check_ends(&pair, &context);
        for (step, fate) in model.given.values() {
            assert!(*fate != Fate::Open, "{context}: {step:?}");
            cancelled += usize::from(*fate == Fate::Cancelled);
        }
    }
    assert!(cancelled > 150, "the test does not test: {cancelled}");
}
