//! Random calls, legal and illegal, on both sides, over a wire that divides and mangles.

use std::collections::BTreeMap;

use mail_proto::{CommandId, Connection as _, Handover, Security, SendError, Sent};
use pop3_proto::client::{self, Client};
use pop3_proto::server::{self, Request, Response};
use pop3_proto::{Command, LanguageRange, RawCommand, Shape};

use super::Script;
use super::support::{
    Chunks, Maildrop, Pair, Seeded, auth, joined_client, mail, number, pass, secret, text, user,
};

/// What has become of a command, from the caller's view.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Open,
    /// No event may follow.
    Cancelled,
    Completed,
    Lost(Sent),
}

#[derive(Default)]
struct Book {
    commands: BTreeMap<CommandId, (Command, Fate)>,
    seen: usize,
}

fn random_command(seeded: &mut Seeded) -> Command {
    let n = number(seeded.below(4) as u32 + 1);
    let mechanism = ["PLAIN", "LOGIN", "X-ASK", "NONE"][seeded.below(4)];
    let initial = [None, Some(&b""[..]), Some(b"\0alice\0secret"), Some(b"x")][seeded.below(4)];
    let raw = |word: &'static str| Command::Other(RawCommand::new(word, text("1 2")).unwrap());
    match seeded.below(24) {
        0 => user("alice"),
        1 => user("mallory"),
        2 => pass("secret"),
        3 => pass("wrong password"),
        4 => auth(mechanism, initial),
        5 => Command::AuthList,
        6 => Command::Stat,
        7 => Command::List(None),
        8 => Command::List(Some(n)),
        9..=11 => Command::Retr(n),
        12 => Command::Dele(n),
        13 => Command::Noop,
        14 => Command::Rset,
        15 => Command::Top { message: n, lines: seeded.below(3) as u64 },
        16 => Command::Uidl(None),
        17 => Command::Uidl(Some(n)),
        18 => Command::Capa,
        19 => Command::Stls,
        20 => Command::Utf8,
        21 => Command::Lang(Some(LanguageRange::try_from("de").unwrap())),
        22 => Command::Lang(None),
        _ => raw(["LAST", "XTND", "FOO"][seeded.below(3)]),
    }
}

impl Book {
    /// Notes the events that have come since the last time.
    fn follow(&mut self, events: &[client::Event]) {
        use client::Event as E;
        for event in &events[self.seen..] {
            let (id, fate) = match event {
                E::Completed { id, .. } => (id, Fate::Completed),
                E::Lost { id, sent } => (id, Fate::Lost(*sent)),
                E::Begin { id, .. } | E::Line { id, .. } | E::Body { id, .. } => (id, Fate::Open),
                E::Challenge { id, .. } => (id, Fate::Open),
                _ => continue,
            };
            let (command, before) = self.commands.get_mut(id).expect("an event of no command");
            assert_eq!(*before, Fate::Open, "{event:?} of {command:?}");
            *before = fate;
        }
        self.seen = events.len();
    }

    fn act(&mut self, client: &mut Client, seeded: &mut Seeded) {
        match seeded.below(12) {
            0..=4 => {
                let command = random_command(seeded);
                if let Ok(id) = client.send(command.clone()) {
                    assert_eq!(self.commands.insert(id, (command, Fate::Open)), None);
                }
            }
            5 => {
                let raw = RawCommand::new("FOO", text("bar")).unwrap();
                if let Ok(id) = client.send_raw(&raw, Shape::Body) {
                    self.commands.insert(id, (Command::Other(raw), Fate::Open));
                }
            }
            6 => {
                let index = seeded.below(self.commands.len().max(1));
                let id = self.commands.keys().nth(index).copied().unwrap_or_default();
                match seeded.below(4) {
                    0 => drop(client.cancel_exchange(id)),
                    _ => drop(client.respond(id, secret(b"done"))),
                }
            }
            7 if seeded.chance(2) => {
                let open: Vec<_> =
                    self.commands.iter().filter(|c| c.1.1 == Fate::Open).map(|c| *c.0).collect();
                if !open.is_empty() {
                    self.cancel(client, open[seeded.below(open.len())]);
                }
            }
            8 => {
                let mut none = bytes::BytesMut::new();
                if client.next() != mail_proto::Next::HandOver(Handover::Tls) {
                    assert!(client.handed_over(Handover::Tls, &mut none).is_err());
                }
            }
            9 => client.handle_timeout(mail_proto::Instant::default()),
            _ => {}
        }
    }

    fn cancel(&mut self, client: &mut Client, id: CommandId) {
        if client.cancel(id).is_ok() {
            self.commands.get_mut(&id).unwrap().1 = Fate::Cancelled;
        }
    }
}

fn id_of(request: &Request) -> CommandId {
    match request {
        Request::Login(_, pending) | Request::Authentication(_, pending) => pending.id(),
        Request::Authenticate { pending, .. } => pending.id(),
        Request::Stat(pending) => pending.id(),
        Request::List(pending) => pending.id(),
        Request::ListOne(_, pending) => pending.id(),
        Request::Uidl(pending) => pending.id(),
        Request::UidlOne(_, pending) => pending.id(),
        Request::Retr(_, pending) | Request::Top(_, _, pending) => pending.id(),
        Request::Dele(_, pending) | Request::Other(_, pending) => pending.id(),
        Request::Rset(pending) | Request::Quit(pending) => pending.id(),
    }
}

/// An answer to a request that was answered long ago.
fn answer_stale(pair: &mut Pair, seeded: &mut Seeded) {
    let requests: Vec<_> = pair
        .server
        .events
        .iter()
        .filter_map(|event| match event {
            server::Event::Request(request) => Some(id_of(request)),
            _ => None,
        })
        .collect();
    let Some(latest) = requests.last() else { return };
    let stale: Vec<_> = requests.iter().filter(|id| *id != latest).collect();
    if stale.is_empty() {
        return;
    }
    let id = *stale[seeded.below(stale.len())];
    let refused = pair.server.connection.reply(Response::Refuse(id, None, text("late")));
    assert!(matches!(refused, Err(SendError::NotOwed | SendError::Closed)), "{refused:?}");
    assert!(pair.server.connection.reply(Response::Abort(id)).is_err());
}

fn run(seed: u64) -> (Book, Pair) {
    let chunks = match seed % 4 {
        0 => Chunks::Whole,
        1 => Chunks::One,
        _ => Chunks::Random(seed),
    };
    let mut pair = Script::default().pair(&Maildrop::with(3));
    let (mut seeded, mut book, mut turns) = (Seeded(seed), Book::default(), 0);
    pair.run_watched(chunks, |pair| {
        book.follow(&pair.client.events);
        turns += 1;
        if turns < 150 {
            book.act(&mut pair.client.connection, &mut seeded);
            answer_stale(pair, &mut seeded);
        } else if let Some(client::Event::Challenge { id, .. }) = pair.client.events.last() {
            let _ = pair.client.connection.respond(*id, secret(b"done"));
        }
    });
    book.follow(&pair.client.events);
    (book, pair)
}

/// Bodies and results are those of the commands they are told of.
fn check_content(book: &Book, pair: &Pair) {
    let mut last = CommandId::default();
    for event in joined_client(pair.client.events.clone()) {
        match event {
            client::Event::Completed { id, .. } => {
                assert!(id > last, "answers out of order");
                last = id;
            }
            client::Event::Body { id, octets } => {
                let (command, fate) = &book.commands[&id];
                match command {
                    Command::Retr(n) if *fate != Fate::Completed => {
                        assert!(mail(n.get()).starts_with(&octets));
                    }
                    Command::Retr(n) => assert_eq!(octets, mail(n.get())),
                    Command::Top { message, .. } => {
                        assert!(mail(message.get()).starts_with(&octets))
                    }
                    other => panic!("a body for {other:?}"),
                }
            }
            _ => {}
        }
    }
}

#[test]
fn random_calls_never_bring_both_sides_to_a_halt_and_every_command_ends_once() {
    let mut completed = 0;
    for seed in 0..4000 {
        let (book, mut pair) = run(seed);
        check_content(&book, &pair);
        let over = pair.are_over();
        for (id, (command, fate)) in &book.commands {
            let open = *fate == Fate::Open;
            assert!(!open, "seed {seed}: {command:?} {id:?} is owed an answer (over: {over})");
            completed += usize::from(*fate == Fate::Completed);
        }
        assert_eq!(pair.client.connection.open_commands(), 0, "seed {seed}");
        assert_eq!(pair.client.error, None, "seed {seed}");
    }
    assert!(completed > 30_000, "the test does not test: {completed}");
}

#[test]
fn a_close_at_any_moment_loses_each_open_command_once() {
    for seed in 0..1500 {
        let mut pair = Script::default().pair(&Maildrop::with(3));
        let (mut seeded, mut book, mut turns) = (Seeded(seed), Book::default(), 0);
        let closes = seeded.below(120);
        let from_client = seeded.chance(2);
        pair.run_watched(Chunks::Random(seed), |pair| {
            book.follow(&pair.client.events);
            turns += 1;
            match turns.cmp(&closes) {
                std::cmp::Ordering::Less => book.act(&mut pair.client.connection, &mut seeded),
                std::cmp::Ordering::Equal if from_client => pair.client.connection.close(),
                std::cmp::Ordering::Equal => pair.server.connection.close(),
                std::cmp::Ordering::Greater => {}
            }
        });
        // Nothing may have happened for so long that the run ended before.
        pair.client.connection.close();
        pair.run(Chunks::Random(seed));
        assert!(pair.are_over(), "seed {seed}");
        book.follow(&pair.client.events);
        let open = book.commands.values().filter(|(_, fate)| *fate == Fate::Open).count();
        assert_eq!(open, 0, "seed {seed}");
    }
}

#[test]
fn mangled_octets_are_survived_and_every_session_ends() {
    for seed in 0..3000 {
        let mut pair = Script::default().pair(&Maildrop::with(3));
        let (mut seeded, mut book, mut turns) = (Seeded(seed), Book::default(), 0);
        pair.run_watched(Chunks::Random(seed), |pair| {
            book.follow(&pair.client.events);
            turns += 1;
            if turns < 100 {
                book.act(&mut pair.client.connection, &mut seeded);
                if seeded.chance(10) {
                    let (to, octets) = (seeded.chance(2), b"\r\n.+-OK*\0 \xff");
                    let octet = octets.get(seeded.below(octets.len() + 3)).copied();
                    let (wire, security) = match to {
                        true => (&mut pair.to_server, pair.server.connection.security()),
                        false => (&mut pair.to_client, pair.client.connection.security()),
                    };
                    wire.mangle(octet, u8::from(security == Security::Tls));
                }
            }
        });
        let mut waits = 0;
        while !pair.are_over() && pair.wait() {
            pair.run(Chunks::Random(seed));
            waits += 1;
            assert!(waits < 50, "seed {seed}: time does not end it");
        }
        book.follow(&pair.client.events);
        if !pair.are_over() {
            // Only a challenge that nobody answers has no deadline at the client; the server's has.
            panic!("seed {seed}: not over");
        }
        let open = book.commands.values().filter(|(_, fate)| *fate == Fate::Open).count();
        assert_eq!(open, 0, "seed {seed}");
    }
}
