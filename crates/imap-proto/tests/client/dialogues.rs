//! Every dialogue of every RFC: what its client says can be given, what its server says is understood
//! and completes the command that it answers.

use bytes::{Buf, Bytes, BytesMut};
use imap_proto::client::{Client, Event};
use imap_proto::connection::State;
use imap_proto::{AuthenticateData, Command, parse_whole};
use mail_proto::{CommandId, Connection, Instant, Leniency, Next, Reading};

use super::client_support::open;
use examples::{Line, dialogues};

#[path = "../support/dialogues.rs"]
mod examples;

/// Units that are not taken, and why.
const KNOWN: &[(&str, &str)] = &[
    ("rfc1730-A.6.3.OBS.3-01", "an argument that RFC 2060 dropped"),
    ("rfc1730-A.6.3.OBS.4-01", "an argument that RFC 2060 dropped"),
    ("rfc2062-6.3.OBS.3-01", "an argument that RFC 2060 dropped"),
    ("rfc2062-6.3.OBS.4-01", "an argument that RFC 2060 dropped"),
];

/// Units at which another example begins, in a state of its own, without a greeting.
const BEGINNINGS: &[(&str, &str)] = &[
    ("rfc2221-4.1-05", "a login behind a login"),
    ("rfc5530-3-13", "SELECT behind a login that failed"),
    ("rfc9051-7.1-40", "SELECT behind a login that failed"),
    ("rfc4978-3-09", "the login is left out behind the greeting"),
    ("rfc9586-3.1-02", "the login is left out behind the greeting"),
];

fn command(octets: &Bytes) -> Option<Command> {
    let line = octets.slice(..octets.len().checked_sub(2)?);
    parse_whole(&line, &mut Reading::new(Leniency::lenient()), Command::parse).ok()
}

struct Session {
    client: Client,
    input: BytesMut,
    /// The tag of the RFC, ours, and the command.
    tags: Vec<(Bytes, String, CommandId)>,
    given: u64,
    challenged: Option<CommandId>,
    events: Vec<Event>,
    errors: Vec<String>,
}

impl Session {
    /// A client in this state.
    fn new(state: State) -> Self {
        let mut session = Self {
            client: Client::new(open()),
            input: BytesMut::new(),
            tags: vec![],
            given: 0,
            challenged: None,
            events: vec![],
            errors: vec![],
        };
        match state {
            State::NotAuthenticated => session.feed(b"* OK ready\r\n"),
            _ => session.feed(b"* PREAUTH ready\r\n"),
        }
        if state == State::Selected {
            session.give("SELECT INBOX");
            session.feed(b"A1 OK done\r\n");
        }
        session.events.clear();
        session
    }

    fn give(&mut self, text: &str) {
        let line = Bytes::from(format!("x {text}\r\n"));
        self.command(&line, command(&line).unwrap(), true);
    }

    fn command(&mut self, _: &Bytes, command: Command, auto: bool) {
        match self.client.send(command.body) {
            Ok(id) => {
                self.given += 1;
                let tag = format!("A{}", self.given);
                self.tags.push((command.tag.into_bytes(), tag, id));
            }
            Err(error) => self.errors.push(format!("{error}")),
        }
        self.turn();
        // In the examples, literals stand in the command.
        for _ in 0..8 {
            if auto && self.waits() {
                self.feed(b"+ \r\n");
            }
        }
    }

    /// A literal waits.
    fn waits(&mut self) -> bool {
        self.client.queued() > 0 && self.client.transmit(Instant::default()).remaining() == 0
    }

    fn feed(&mut self, octets: &[u8]) {
        self.input.extend_from_slice(octets);
        self.turn();
    }

    fn turn(&mut self) {
        loop {
            loop {
                match self.client.poll(&mut self.input, Instant::default()) {
                    Ok(Some(event)) => {
                        if let Event::Challenge { id, .. } = &event {
                            self.challenged = Some(*id);
                        }
                        self.events.push(event);
                    }
                    Ok(None) => break,
                    Err(error) => self.errors.push(error.to_string()),
                }
            }
            let mut transmit = self.client.transmit(Instant::default());
            let octets = transmit.remaining();
            transmit.advance(octets);
            match self.client.next() {
                Next::HandOver(to) => self.client.handed_over(to, &mut self.input).unwrap(),
                _ if octets == 0 => return,
                _ => {}
            }
        }
    }

    fn say(&mut self, line: &Line, next: Option<&Line>) {
        let octets = line.octets.slice(..line.octets.len() - 2);
        match line.kind.as_str() {
            "command" => {
                let auto = next.is_none_or(|next| next.kind != "continuation");
                match command(&line.octets) {
                    Some(command) => self.command(&octets, command, auto),
                    None => self.errors.push("no command".to_owned()),
                }
            }
            "sasl" => {
                let mut reading = Reading::new(Leniency::lenient());
                let data = parse_whole(&octets, &mut reading, AuthenticateData::parse).unwrap();
                let Some(id) = self.challenged.take() else { return };
                match data {
                    AuthenticateData::Response(data) => self.client.respond(id, data).unwrap(),
                    AuthenticateData::Cancel => self.client.cancel_exchange(id).unwrap(),
                }
            }
            "idle-done" => {
                if let Some((.., id)) = self.tags.last()
                    && let Err(error) = self.client.done(*id)
                {
                    self.errors.push(error.to_string());
                }
            }
            kind => panic!("{kind}"),
        }
        self.turn();
    }

    /// The answer that an example leaves out.
    fn answer(&mut self) {
        let Some((_, tag, id)) = self.tags.last().cloned() else { return };
        let completed =
            |event: &Event| matches!(event, Event::Completed { id: it, .. } if *it == id);
        if !self.events.iter().any(completed) {
            self.feed(format!("{tag} OK left out\r\n").as_bytes());
        }
    }

    /// What the server says, with our tag. None if it answers what is not shown.
    fn hear(&mut self, line: &Line) {
        let first = line.octets.split(|octet| *octet == b' ').next().unwrap();
        let mine = self.tags.iter().rev().find(|(theirs, ..)| theirs == first).cloned();
        let open = self.client.open_commands();
        match (first, mine) {
            (b"*" | b"+", _) => self.feed(&line.octets),
            (_, Some((theirs, tag, id))) => {
                let line = [tag.as_bytes(), &line.octets[theirs.len()..]].concat();
                self.feed(&line);
                let is_it =
                    |event: &Event| matches!(event, Event::Completed { id: it, .. } if *it == id);
                let completed = self.events.iter().any(is_it);
                if !completed || self.client.open_commands() >= open {
                    self.errors.push("nothing was completed".to_owned());
                }
            }
            _ => {}
        }
    }
}

/// The faults of an example that begins in this state, and how many of its lines were played until the
/// connection ended.
fn faults(state: Option<State>, name: &str, lines: &[Line]) -> (Vec<String>, usize) {
    let mut session = Session::new(state.unwrap_or_default());
    if state.is_none() {
        session.client = Client::new(open());
    }
    let mut faults = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if session.client.next() == Next::Close {
            return (faults, at);
        }
        match line.from_client {
            true => session.say(line, lines.get(at + 1)),
            false => session.hear(line),
        }
        if is_answer_left_out(lines, at) {
            session.answer();
        }
        let unparsed = session.events.iter().filter(|it| matches!(it, Event::Unparsed { .. }));
        let unparsed: Vec<String> = unparsed.map(|it| format!("{it:?}")).collect();
        session.errors.extend(unparsed);
        for error in session.errors.drain(..) {
            let text = mail_proto::Escaped(&line.octets).to_string();
            faults.push(format!("{name} {} {text}: {error}", line.id));
        }
        session.events.clear();
    }
    (faults, lines.len())
}

/// Whether the example goes on with another command, as if this one had been answered.
fn is_answer_left_out(lines: &[Line], at: usize) -> bool {
    let tag = |line: &Line| line.octets.split(|octet| *octet == b' ').next().map(<[u8]>::to_vec);
    let behind = &lines[at + 1..];
    let is_same = |line: &&Line| tag(line) == tag(&lines[at]);
    let is_answered = behind.iter().find(is_same).is_some_and(|line| !line.from_client);
    let goes_on = behind.iter().any(|line| line.kind == "command");
    let follows = behind.iter().take_while(|line| line.kind != "command");
    let is_exchange = follows.into_iter().any(|line| line.kind == "sasl");
    lines[at].kind == "command" && goes_on && !is_answered && !is_exchange
}

/// The examples in a dialogue: a greeting begins another one, and what is listed.
fn examples(lines: &[Line]) -> Vec<&[Line]> {
    let begins =
        |line: &Line| line.kind == "greeting" || BEGINNINGS.iter().any(|(id, _)| *id == line.id);
    let mut examples = Vec::new();
    let mut from = 0;
    for at in 1..lines.len() {
        if begins(&lines[at]) {
            examples.push(&lines[from..at]);
            from = at;
        }
    }
    examples.push(&lines[from..]);
    examples
}

/// The faults of an example in the state in which it has the fewest: the RFCs do not say in which
/// state the client is. What comes behind the end of a connection is an example of its own.
fn fewest(name: &str, lines: &[Line]) -> Vec<String> {
    let states = match lines.first().is_some_and(|line| line.kind == "greeting") {
        true => vec![None],
        false => {
            vec![Some(State::NotAuthenticated), Some(State::Authenticated), Some(State::Selected)]
        }
    };
    let tried = states.into_iter().map(|state| faults(state, name, lines));
    let (mut all, played) = tried.min_by_key(|(faults, _)| faults.len()).unwrap();
    if (1..lines.len()).contains(&played) {
        all.extend(fewest(name, &lines[played..]));
    }
    all
}

#[test]
fn of_all_rfcs() {
    let (mut all, mut count) = (Vec::new(), 0);
    let mut beginnings = 0;
    for (name, lines) in dialogues(true) {
        for lines in examples(&lines) {
            all.extend(fewest(&name, lines));
            beginnings += BEGINNINGS.iter().filter(|(id, _)| *id == lines[0].id).count();
        }
        count += lines.len();
    }
    let known = |fault: &&String| !KNOWN.iter().any(|(id, _)| fault.contains(id));
    let unknown: Vec<_> = all.iter().filter(known).collect();
    for fault in &unknown {
        println!("{fault}");
    }
    assert!(unknown.is_empty(), "{} faults", unknown.len());
    for (id, why) in KNOWN {
        assert!(all.iter().any(|fault| fault.contains(id)), "{id} is understood: {why}");
    }
    assert_eq!(beginnings, BEGINNINGS.len());
    assert!(count > 3900, "{count}");
}
