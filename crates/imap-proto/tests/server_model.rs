//! Random clients against random applications: each command is answered once and in order, all that is
//! said is strict IMAP, and nothing stops.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod connection_support;

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};
use connection_support::server::literal_plus;
use connection_support::{Seeded, bad, no, ok, secret};
use imap_proto::connection::{Frame, FrameLimits, Framer};
use imap_proto::server::{Config, Event, Greeting, Limits, Server};
use imap_proto::{
    AppendDataBegin, AppendPart, BodyBegin, BodyName, Capability, CommandBody, Condition, Data,
    EnabledData, FetchBegin, FetchItem, FetchPart, Response, SeqNum, Uid, Vanished, parse_whole,
};
use mail_proto::{
    CommandId, Connection, Handover, Instant, Leniency, Next, Reading, Security, SendError,
};

/// What a client sends next, and what it waits for before.
#[derive(Clone, Debug)]
enum Step {
    Send(Vec<u8>),
    /// `+`; or the answer, then the command is over.
    Plus,
    /// The answer of the command.
    Answer,
}

/// A client that keeps the rules, whatever else it says.
struct Client {
    random: Seeded,
    steps: VecDeque<Step>,
    framer: Framer,
    input: BytesMut,
    sent: Vec<String>,
    answered: Vec<String>,
    commands: usize,
    bye: bool,
}

impl Client {
    fn literal(&mut self, octets: usize, steps: &mut VecDeque<Step>, line: &mut Vec<u8>) {
        let body: Vec<u8> =
            b"x LOGOUT\r\n* BYE\r\n{7+}\r\n".iter().copied().cycle().take(octets).collect();
        let waits = octets > 4096 || self.random.chance(2);
        line.extend_from_slice(
            format!("{{{octets}{}}}\r\n", if waits { "" } else { "+" }).as_bytes(),
        );
        if waits {
            steps.push_back(Step::Send(std::mem::take(line)));
            steps.push_back(Step::Plus);
        }
        line.extend_from_slice(&body);
    }

    /// The steps of a random command.
    fn next_command(&mut self) {
        let tag = format!("t{}", self.sent.len());
        self.sent.push(tag.clone());
        let mut steps = VecDeque::new();
        let mut line = format!("{tag} ").into_bytes();
        let size = [0, 1, 20, 300, 5000, 70_000, 200_000][self.random.below(7)];
        match self.random.below(20) {
            0 => line.extend_from_slice(b"NOOP"),
            1 => line.extend_from_slice(b"CAPABILITY"),
            2 => line.extend_from_slice(b"SELECT INBOX"),
            3 => line.extend_from_slice(b"CLOSE"),
            4 => {
                line.extend_from_slice(b"LOGIN joe ");
                self.literal(6, &mut steps, &mut line);
            }
            5 | 6 => {
                line.extend_from_slice(b"FETCH 1:3 (UID BODY[])");
            }
            7 => {
                line.extend_from_slice(b"CREATE ");
                self.literal(size, &mut steps, &mut line);
            }
            8..=11 => {
                line.extend_from_slice(b"APPEND x");
                for _ in 0..=self.random.below(3) {
                    line.extend_from_slice(b" (\\Seen) ");
                    self.literal(size, &mut steps, &mut line);
                }
            }
            12 => {
                line.extend_from_slice(b"APPEND x CATENATE (URL /a TEXT ");
                self.literal(size, &mut steps, &mut line);
                line.extend_from_slice(b" URL /b)");
            }
            13 | 14 => {
                line.extend_from_slice(b"IDLE\r\n");
                steps.push_back(Step::Send(std::mem::take(&mut line)));
                steps.push_back(Step::Plus);
                line.extend_from_slice(b"DONE");
            }
            15 => {
                line.extend_from_slice(b"AUTHENTICATE X-ASK\r\n");
                steps.push_back(Step::Send(std::mem::take(&mut line)));
                steps.push_back(Step::Plus);
                line.extend_from_slice([&b"am9l"[..], b"*", b"", b"!"][self.random.below(4)]);
            }
            16 => line.extend_from_slice(b"ENABLE QRESYNC"),
            17 => line.extend_from_slice(b"UID STORE 1 +FLAGS ("),
            18 => line.extend_from_slice(b"XYZZY {3+}\r\nabc"),
            _ => line.extend_from_slice(b"UNSELECT"),
        }
        line.extend_from_slice(b"\r\n");
        steps.push_back(Step::Send(line));
        steps.push_back(Step::Answer);
        self.steps = steps;
    }

    /// What it sends now.
    fn say(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        loop {
            match self.steps.front() {
                None if self.commands > 0 => {
                    self.commands -= 1;
                    self.next_command();
                }
                Some(Step::Send(_)) => {
                    let Some(Step::Send(octets)) = self.steps.pop_front() else { return out };
                    out.extend(octets);
                }
                _ => return out,
            }
        }
    }

    fn hear(&mut self, octets: &[u8]) {
        self.input.extend_from_slice(octets);
        loop {
            match self.framer.find(&self.input) {
                Frame::Literal(_) => self.framer.inline().unwrap(),
                Frame::Complete(length) => {
                    let whole = self.input.split_to(length).freeze();
                    let line = whole.slice(..length - 2);
                    let mut reading = Reading::new(Leniency::strict());
                    match parse_whole(&line, &mut reading, Response::parse).unwrap() {
                        Response::Continuation(_) => {
                            let front = self.steps.pop_front();
                            assert!(matches!(front, Some(Step::Plus)), "+ for {front:?}");
                        }
                        Response::Tagged(tagged) => {
                            let tag = String::from_utf8_lossy(tagged.tag.as_bytes()).into_owned();
                            assert_eq!(Some(&tag), self.sent.last(), "answers in order");
                            self.answered.push(tag);
                            // Of a refused command only that is sent for which `+` has come.
                            let is_owed = matches!(self.steps.front(), Some(Step::Send(_)));
                            self.steps.truncate(usize::from(is_owed));
                        }
                        Response::Data(Data::Condition(Condition { kind, .. })) => {
                            self.bye |= kind == imap_proto::ConditionKind::Bye;
                        }
                        Response::Data(_) => {}
                    }
                }
                Frame::Partial => return,
                other => panic!("{other:?}"),
            }
        }
    }
}

/// An application that does what may be done, and tries what may not.
struct App {
    random: Seeded,
    asked: Option<CommandId>,
    bodies: VecDeque<u64>,
    body: Option<CommandBody>,
    announced: u64,
    received: u64,
}

impl App {
    fn news(&mut self, server: &mut Server) {
        let data = match self.random.below(6) {
            0 => Data::Exists(7),
            1 => Data::Expunge(SeqNum::MIN),
            2 => Data::Condition(ok("Still here")),
            3 => Data::Vanished(Vanished {
                earlier: false,
                uids: imap_proto::NumberSet::one(Uid::MIN),
            }),
            4 => Data::Recent(1),
            _ => return,
        };
        let result = server.respond(&data);
        assert!(matches!(result, Ok(()) | Err(SendError::State { .. } | SendError::Closed)));
    }

    fn end(&mut self, server: &mut Server, id: CommandId) {
        let condition = match self.random.below(6) {
            0 => no(None, "no"),
            1 => bad("bad"),
            _ => ok("done"),
        };
        if let (Some(CommandBody::Enable(asked)), imap_proto::ConditionKind::Ok) =
            (&self.body, condition.kind)
        {
            let capabilities = asked.capabilities.iter().cloned().collect();
            server.respond(&Data::Enabled(EnabledData { capabilities })).unwrap();
        }
        server.complete(id, condition).unwrap();
        (self.asked, self.body) = (None, None);
    }

    fn hear(&mut self, server: &mut Server, event: Event) {
        match event {
            Event::Command { id, body } => (self.asked, self.body) = (Some(id), Some(body)),
            Event::Response { id, .. } => self.asked = Some(id),
            Event::IdleDone { id } => {
                self.body = None;
                self.asked = Some(id);
            }
            Event::Cancelled { .. } => (self.asked, self.body) = (None, None),
            Event::Append { id, part } => self.part(server, id, part),
            Event::Room { .. } => self.supply(server),
            Event::Closed(_) => (self.asked, self.body) = (None, None),
            _ => {}
        }
    }

    fn part(&mut self, server: &mut Server, id: CommandId, part: AppendPart) {
        match part {
            AppendPart::MessageBegin(begin) => {
                if let AppendDataBegin::Literal { size } = begin.data {
                    self.decide(server, id, size);
                }
            }
            AppendPart::TextBegin { size, .. } => self.decide(server, id, size),
            AppendPart::Chunk(octets) => {
                self.received += octets.len() as u64;
                if self.random.chance(10) {
                    server.complete(id, no(None, "changed my mind")).unwrap();
                }
            }
            AppendPart::MessageEnd => assert_eq!(self.received, self.announced),
            AppendPart::End => self.asked = Some(id),
            _ => {}
        }
    }

    fn decide(&mut self, server: &mut Server, id: CommandId, size: u64) {
        (self.announced, self.received) = (size, 0);
        let early = server.complete(id, ok("early"));
        assert!(matches!(early, Err(SendError::State { .. })));
        match self.random.below(5) {
            0 => server.complete(id, no(None, "no")).unwrap(),
            choice => {
                server.accept(id).unwrap();
                if choice == 1 {
                    server.complete(id, no(None, "no after all")).unwrap();
                }
            }
        }
    }

    /// Does a little of what is asked.
    fn work(&mut self, server: &mut Server) {
        self.news(server);
        let Some(id) = self.asked else { return };
        if !self.bodies.is_empty() {
            return self.supply(server);
        }
        match self.body.take() {
            Some(CommandBody::Idle) => match self.random.below(4) {
                0 => self.end_with(server, id, no(None, "no")),
                _ => {
                    server.accept(id).unwrap();
                    self.asked = None;
                }
            },
            Some(CommandBody::Authenticate(_)) => {
                server.challenge(id, &secret(b"?")).unwrap();
                self.asked = None;
            }
            Some(CommandBody::Fetch(_)) => self.fetch(server),
            other => {
                self.body = other;
                self.end(server, id);
            }
        }
    }

    fn end_with(&mut self, server: &mut Server, id: CommandId, condition: Condition) {
        server.complete(id, condition).unwrap();
        (self.asked, self.body) = (None, None);
    }

    fn fetch(&mut self, server: &mut Server) {
        for n in 1..=3 {
            let size = [0, 1, 100, 100_000][self.random.below(4)];
            let body = BodyBegin { name: BodyName::message(), size, is_binary: false };
            let parts = [
                FetchPart::Begin(FetchBegin::seq_num(SeqNum::new(n).unwrap())),
                FetchPart::Item(FetchItem::Uid(Uid::new(n).unwrap())),
                FetchPart::BodyBegin(body.into()),
                FetchPart::End,
            ];
            for part in &parts {
                server.fetch_part(part).unwrap();
            }
            if size > 0 {
                self.bodies.push_back(size);
            }
            self.news(server);
        }
    }

    fn supply(&mut self, server: &mut Server) {
        let (Some(id), Some(left)) = (self.asked, self.bodies.front_mut()) else { return };
        assert!(matches!(server.complete(id, ok("early")), Err(SendError::Length { .. })));
        let size = (*left).min(1 + self.random.below(30_000) as u64);
        *left -= size;
        let octets = Bytes::from(vec![b'\n'; size as usize]);
        server.supply(id, octets).unwrap();
        if *left == 0 {
            self.bodies.pop_front();
        }
    }
}

fn play(seed: u64) {
    let mut random = Seeded(seed);
    let limits = Limits {
        bad_commands_before_login: u8::MAX,
        bad_commands: u8::MAX,
        login_attempts: u8::MAX,
        ..Limits::default()
    };
    let mut config = Config { limits, ..literal_plus() };
    config.capabilities.push(Capability::QResync);
    let mut server = Server::new(config, Security::Plain, Greeting::default());
    let mut client = Client {
        random: Seeded(seed ^ 1),
        steps: VecDeque::new(),
        framer: Framer::responses(FrameLimits::client()),
        input: BytesMut::new(),
        sent: Vec::new(),
        answered: Vec::new(),
        commands: 40,
        bye: false,
    };
    let mut app = App {
        random: Seeded(seed ^ 2),
        asked: None,
        bodies: VecDeque::new(),
        body: None,
        announced: 0,
        received: 0,
    };
    let (mut wire, mut input) = (BytesMut::new(), BytesMut::new());
    let now = Instant::default();
    let mut turns = 0;
    while client.commands > 0 || !client.steps.is_empty() || !wire.is_empty() || !input.is_empty() {
        turns += 1;
        assert!(turns < 100_000, "seed {seed} stopped: {:?}", client.steps);
        wire.extend_from_slice(&client.say());
        if server.next() == Next::Read && !wire.is_empty() {
            let size = [1, 100, 5000, 1 << 20][random.below(4)].min(wire.len());
            input.extend_from_slice(&wire.split_to(size));
        }
        while let Some(event) = server.poll(&mut input, now).unwrap() {
            app.hear(&mut server, event);
        }
        if random.chance(2) {
            app.work(&mut server);
        }
        let mut transmit = server.transmit(now);
        let size = [10, 1000, 1 << 20][random.below(3)].min(transmit.remaining());
        let octets = transmit.copy_to_bytes(size);
        client.hear(&octets);
        if let Next::HandOver(to) = server.next() {
            assert_eq!(to, Handover::Deflate);
            server.handed_over(to, &mut input).unwrap();
        }
        assert!(!client.bye, "seed {seed}");
    }
    assert_eq!(client.answered, client.sent, "seed {seed}: {:?}", client.steps);
}

#[test]
fn random_clients_and_applications_understand_each_other() {
    for seed in 0..1500 {
        play(seed);
    }
}
