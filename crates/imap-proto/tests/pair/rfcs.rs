//! The dialogues of the RFCs, between our client and our server: the client's application gives the
//! commands, the server's says the answers, and each hears what the other one said.

use std::collections::BTreeMap;

use imap_proto::client::{Client, Event};
use imap_proto::connection::{State, rules};
use imap_proto::server::{self, Greeting, Server};
use imap_proto::{
    AppendPart, AuthenticateData, Capability, Command, CommandBody, Condition, ConditionKind, Data,
    Response, parse_whole,
};
use mail_proto::{CommandId, Connection as _, Leniency, Next, Reading, Security};

use super::client_support::{command, open};
use super::connection_support::server::literal_plus;
use super::connection_support::{Pair, ok, secret};
use super::script::ImapPair;
use examples::{Line, dialogues};

#[path = "../support/dialogues.rs"]
mod examples;

/// Units that are not played, and why.
const KNOWN: &[(&str, &str)] = &[
    ("rfc2221-4.1-05", "several examples in one, a login behind a login"),
    ("rfc5530-3-13", "several examples in one, SELECT behind a login that failed"),
    ("rfc9051-7.1-40", "several examples in one, SELECT behind a login that failed"),
    ("rfc5550-A-07", "RFC 7162 section 3.2.4: with QRESYNC, FETCH that nobody asked for has a UID"),
];

/// The dialogues that begin with a command and have an answer in them.
fn playable() -> BTreeMap<String, Vec<Line>> {
    let mut dialogues = dialogues(true);
    dialogues.retain(|_, lines| {
        let is_command = |line: &Line| line.kind == "command" && parsed(line).is_some();
        lines.first().is_some_and(is_command)
            && lines.iter().all(|line| line.kind != "greeting")
            && lines.iter().any(|line| !line.from_client)
    });
    dialogues
}

fn lenient() -> Reading<imap_proto::Defect> {
    Reading::new(Leniency::lenient())
}

fn parsed(line: &Line) -> Option<Command> {
    let octets = line.octets.slice(..line.octets.len().checked_sub(2)?);
    parse_whole(&octets, &mut lenient(), Command::parse).ok()
}

struct Session {
    pair: ImapPair,
    given: Vec<CommandId>,
    running: Option<(CommandId, CommandBody)>,
    heard: usize,
    /// What the server's application said, and the answers that it gave.
    said: Vec<Data>,
    answers: Vec<Condition>,
    /// What the server's application was asked.
    asked: Vec<CommandBody>,
}

impl Session {
    /// Both sides in this state.
    fn new(state: State, lines: &[Line]) -> Self {
        let mut config = literal_plus();
        config.limits.bad_commands = u8::MAX;
        config.limits.login_attempts = u8::MAX;
        for command in lines.iter().filter_map(parsed) {
            if let CommandBody::Authenticate(it) = command.body {
                config.capabilities_before_login.push(Capability::Auth(it.mechanism));
            }
        }
        for name in ["MULTIAPPEND", "CATENATE", "BINARY"] {
            config.capabilities.push(Capability::try_from(name).unwrap());
        }
        let server = Server::new(config, Security::Plain, Greeting::default());
        let client = Client::new(open());
        let mut session = Self {
            pair: Pair::new((client, Box::new(|_, _| {})), (server, Box::new(|_, _| {}))),
            given: Vec::new(),
            running: None,
            heard: 0,
            said: Vec::new(),
            answers: Vec::new(),
            asked: Vec::new(),
        };
        let steps = match state {
            State::NotAuthenticated => &[][..],
            State::Authenticated => &["LOGIN joe secret"],
            _ => &["LOGIN joe secret", "SELECT INBOX"],
        };
        for step in steps {
            session.pair.client.connection.send(command(step)).unwrap();
            session.pass();
            session.complete(ok("done"));
        }
        let says = |from_client: bool, word: &str| {
            lines.iter().any(|line| {
                line.from_client == from_client
                    && line.octets.windows(word.len()).any(|it| it == word.as_bytes())
            })
        };
        let enables = lines.iter().filter_map(parsed);
        let enables = enables.into_iter().any(|it| matches!(it.body, CommandBody::Enable(_)));
        for (from_client, word, name) in [
            (false, "VANISHED", "QRESYNC"),
            (true, "(QRESYNC", "QRESYNC"),
            (false, "METADATA", "METADATA"),
            (false, "UIDFETCH", "UIDONLY"),
            (false, "MODSEQ (", "CONDSTORE"),
        ] {
            if state != State::NotAuthenticated && !enables && says(from_client, word) {
                let enable = command(&format!("ENABLE {name}"));
                session.pair.client.connection.send(enable).unwrap();
                session.pass();
                let capabilities = [Capability::try_from(name).unwrap()].into_iter().collect();
                let data = Data::Enabled(imap_proto::EnabledData { capabilities });
                session.pair.server.connection.respond(&data).unwrap();
                session.complete(ok("done"));
            }
        }
        session.pair.client.events.clear();
        session.answers.clear();
        session.asked.clear();
        session
    }

    fn complete(&mut self, condition: Condition) {
        let Some((id, _)) = self.running.take() else { return };
        if self.pair.server.connection.complete(id, condition.clone()).is_ok() {
            self.answers.push(condition);
        }
        self.pass();
    }

    /// Until nothing moves; the server's application takes what comes.
    fn pass(&mut self) {
        let mut still = 0;
        while still < 3 {
            still = if self.pair.turn([usize::MAX; 4]) { 0 } else { still + 1 };
            while let Some(event) = self.pair.server.events.get(self.heard).cloned() {
                self.heard += 1;
                still = 0;
                self.hear(event);
            }
        }
    }

    fn hear(&mut self, event: server::Event) {
        match event {
            server::Event::Command { id, body } => {
                self.asked.push(body.clone());
                self.running = Some((id, body));
            }
            server::Event::Append { id, part } => {
                self.running = Some((id, CommandBody::Noop));
                if matches!(part, AppendPart::MessageBegin(_) | AppendPart::TextBegin { .. }) {
                    let _ = self.pair.server.connection.accept(id);
                }
            }
            server::Event::Cancelled { .. } => self.running = None,
            _ => {}
        }
    }

    fn give(&mut self, line: &Line) -> Result<(), String> {
        let client = &mut self.pair.client.connection;
        match line.kind.as_str() {
            "command" => {
                let command = parsed(line).ok_or("no command")?;
                self.given.push(client.send(command.body).map_err(|error| error.to_string())?);
            }
            "sasl" => {
                let octets = line.octets.slice(..line.octets.len() - 2);
                let data = parse_whole(&octets, &mut lenient(), AuthenticateData::parse);
                let id = *self.given.last().unwrap();
                match data.map_err(|error| error.to_string())? {
                    AuthenticateData::Response(data) => client.respond(id, data),
                    AuthenticateData::Cancel => client.cancel_exchange(id),
                }
                .map_err(|error| error.to_string())?;
            }
            _ => client.done(*self.given.last().unwrap()).map_err(|error| error.to_string())?,
        }
        self.pass();
        Ok(())
    }

    fn say(&mut self, line: &Line) -> Result<(), String> {
        let octets = line.octets.slice(..line.octets.len() - 2);
        let server = &mut self.pair.server.connection;
        match parse_whole(&octets, &mut lenient(), Response::parse) {
            Ok(Response::Data(data)) => {
                if matches!(&data, Data::Condition(it) if it.kind == ConditionKind::Bye) {
                    return Ok(());
                }
                if self.running.is_some() {
                    server.respond(&data).map_err(|error| error.to_string())?;
                    self.said.push(data);
                }
            }
            Ok(Response::Tagged(tagged)) => {
                self.complete(tagged.condition);
                return Ok(());
            }
            Ok(Response::Continuation(plus)) => match &self.running {
                Some((id, CommandBody::Idle)) => {
                    server.accept(*id).map_err(|error| error.to_string())?;
                }
                Some((id, CommandBody::Authenticate(_))) => {
                    let data = plus.data(&mut lenient()).unwrap_or_else(|_| secret(b""));
                    server.challenge(*id, &data).map_err(|error| error.to_string())?;
                }
                _ => {}
            },
            Err(error) => return Err(error.to_string()),
        }
        self.pass();
        Ok(())
    }

    /// What was said is what was told, what was given is what was asked.
    fn check(&self) -> Result<(), String> {
        let client = &self.pair.client;
        if let Some(error) = &client.error {
            return Err(format!("client: {error}"));
        }
        if let Some(error) = &self.pair.server.error {
            return Err(format!("server: {error}"));
        }
        let mut told = client.events.iter().filter_map(|event| match event {
            Event::Data(data) => Some(data),
            _ => None,
        });
        if let Some(lost) = self.said.iter().find(|said| !told.any(|told| told == *said)) {
            return Err(format!("not told: {lost:?}"));
        }
        let mut got = client.events.iter().filter_map(|event| match event {
            Event::Completed { condition, .. } => Some(condition),
            _ => None,
        });
        let is_same = |one: &Condition, other: &Condition| {
            one.kind == other.kind && one.text.text() == other.text.text()
        };
        match self.answers.iter().find(|said| !got.any(|got| is_same(got, said))) {
            Some(lost) => Err(format!("not answered: {lost:?}")),
            None => Ok(()),
        }
    }
}

impl Session {
    /// Each command ended as the RFC says, whoever answered it.
    fn check_results(&self, lines: &[Line]) -> Result<(), String> {
        let tag =
            |line: &Line| line.octets.split(|octet| *octet == b' ').next().map(<[u8]>::to_vec);
        let given = lines.iter().filter(|line| line.kind == "command").map(tag);
        let given: Vec<_> = given.collect();
        let mut wanted: Vec<ConditionKind> = lines
            .iter()
            .filter(|line| !line.from_client && given.contains(&tag(line)))
            .filter_map(|line| {
                let octets = line.octets.slice(..line.octets.len() - 2);
                match parse_whole(&octets, &mut lenient(), Response::parse) {
                    Ok(Response::Tagged(tagged)) => Some(tagged.condition.kind),
                    _ => None,
                }
            })
            .collect();
        let ended = self.pair.client.events.iter().filter_map(|event| match event {
            Event::Completed { condition, .. } => Some(condition.kind),
            _ => None,
        });
        let mut ended: Vec<ConditionKind> = ended.collect();
        let word = |kind: &ConditionKind| format!("{kind:?}");
        wanted.sort_by_key(word);
        ended.sort_by_key(word);
        match wanted == ended {
            true => Ok(()),
            false => Err(format!("{} ended {ended:?}, not {wanted:?}", lines[0].id)),
        }
    }
}

fn play(state: State, lines: &[Line]) -> Result<usize, String> {
    let mut session = Session::new(state, lines);
    for line in lines {
        if session.pair.client.connection.next() == Next::Close {
            break;
        }
        let played = if line.from_client { session.give(line) } else { session.say(line) };
        played.map_err(|error| format!("{} {error}", line.id))?;
    }
    session.check().map_err(|error| format!("{} {error}", lines[0].id))?;
    session.check_results(lines)?;
    Ok(session.answers.len())
}

#[test]
fn the_dialogues_of_all_rfcs() {
    let (mut faults, mut played, mut answers) = (Vec::new(), 0, 0);
    for (_, lines) in playable() {
        let first = parsed(&lines[0]).unwrap();
        let states = [State::Selected, State::Authenticated, State::NotAuthenticated];
        let legal = states.into_iter().filter(|state| rules(&first.body).is_legal(*state));
        let results: Vec<_> = legal.map(|state| play(state, &lines)).collect();
        match results.iter().find_map(|result| result.as_ref().ok()) {
            Some(count) => (played, answers) = (played + 1, answers + count),
            None => faults.extend(results.into_iter().find_map(Result::err)),
        }
    }
    println!("{played} dialogues, {answers} answers");
    let is_known = |fault: &String| KNOWN.iter().any(|(id, _)| fault.starts_with(id));
    let (known, unknown): (Vec<String>, Vec<String>) = faults.into_iter().partition(is_known);
    assert!(unknown.is_empty(), "{} of {played}\n{}", unknown.len(), unknown.join("\n"));
    assert_eq!(known.len(), KNOWN.len(), "{known:?}");
    assert!(played > 600 && answers > 850, "{played} {answers}");
}
