//! Every dialogue of every RFC: what its client says is taken, what its server says is legal.

use bytes::Bytes;
use imap_proto::connection::{State, rules};
use imap_proto::server::{Config, Event, Limits};
use imap_proto::{
    AppendPart, Capability, Command, CommandBody, ConditionKind, Data, Response, Tag, parse_whole,
};
use mail_proto::{CommandId, Leniency, Next, Reading};

use crate::connection_support::secret;
use crate::connection_support::server::{LoneServer, config};
use examples::{Line, dialogues};

#[path = "../support/dialogues.rs"]
mod examples;

/// Units that this server does not say, and why.
const KNOWN: &[(&str, &str)] = &[
    (
        "rfc5550-A-07:",
        "RFC 7162 section 3.2.4: with QRESYNC, FETCH that nobody asked for has a UID",
    ),
    (
        "rfc5550-A-08:",
        "RFC 7162 section 3.2.4: with QRESYNC, FETCH that nobody asked for has a UID",
    ),
];

fn lenient() -> Reading<imap_proto::Defect> {
    Reading::new(Leniency::lenient())
}

fn command(octets: &Bytes) -> Option<Command> {
    let line = octets.slice(..octets.len().checked_sub(2)?);
    parse_whole(&line, &mut lenient(), Command::parse).ok()
}

/// A server in the state that the dialogue takes for granted.
fn server(lines: &[Line]) -> LoneServer {
    let mut config = Config {
        limits: Limits { bad_commands: u8::MAX, login_attempts: u8::MAX, ..Limits::default() },
        ..config()
    };
    config.capabilities.push(Capability::LiteralPlus);
    let commands: Vec<_> = lines.iter().filter_map(|line| command(&line.octets)).collect();
    for command in &commands {
        if let CommandBody::Authenticate(asked) = &command.body {
            config.capabilities_before_login.push(Capability::Auth(asked.mechanism.clone()));
        }
    }
    let first = commands.iter().find(|it| !matches!(it.body, CommandBody::Unknown(_)));
    let is_legal = |state| first.is_none_or(|command| rules(&command.body).is_legal(state));
    let greets = lines.iter().any(|line| line.kind == "greeting");
    if (greets || !is_legal(State::Authenticated)) && is_legal(State::NotAuthenticated) {
        return LoneServer::plain(config);
    }
    let mut server = match is_legal(State::Selected) {
        true => LoneServer::selected(config),
        false => LoneServer::logged_in(config),
    };
    let says = |word: &str| {
        lines.iter().any(|line| {
            !line.from_client && line.octets.windows(word.len()).any(|it| it == word.as_bytes())
        })
    };
    let enables = commands.iter().any(|it| matches!(it.body, CommandBody::Enable(_)));
    if says("VANISHED") && !enables {
        server.enable("QRESYNC");
    }
    if says("METADATA") && !enables {
        server.enable("METADATA");
    }
    if says("UIDFETCH") && !enables {
        server.enable("UIDONLY");
    }
    if says("MODSEQ (") && !enables {
        server.enable("CONDSTORE");
    }
    server
}

/// What the server of a dialogue is at.
#[derive(Default)]
struct Session {
    running: Option<(CommandId, Option<CommandBody>)>,
    /// The connection answers the last command itself, or refused it.
    own: Option<String>,
    /// Of the commands that are shown. The RFCs leave out some whose answer they show.
    tags: Vec<Tag>,
    faults: Vec<String>,
}

impl Session {
    fn hear(&mut self, server: &mut LoneServer, line: &Line) {
        self.tags.extend(command(&line.octets).map(|command| command.tag));
        let mut events = server.feed(&line.octets);
        self.own = None;
        let mut told = false;
        while !events.is_empty() {
            for event in std::mem::take(&mut events) {
                told |= !matches!(event, Event::Defect(_));
                self.event(server, event);
            }
            events = server.events();
        }
        if !told {
            self.own = Some(String::new());
        }
    }

    fn event(&mut self, server: &mut LoneServer, event: Event) {
        match event {
            Event::Command { id, body } => self.running = Some((id, Some(body))),
            Event::Append { id, part } => {
                self.running = Some((id, None));
                if let AppendPart::MessageBegin(_) | AppendPart::TextBegin { .. } = part {
                    let _ = server.connection.accept(id);
                }
            }
            Event::Rejected { expected, .. } => {
                self.own = Some(expected.to_owned());
                self.running = None;
            }
            Event::Cancelled { .. } => (self.running, self.own) = (None, Some("cancelled".into())),
            Event::Closed(_) => self.own = Some("closed".into()),
            _ => {}
        }
    }

    fn say(&mut self, server: &mut LoneServer, line: &Line) {
        let end = line.octets.len() - 2;
        let parsed = parse_whole(&line.octets.slice(..end), &mut lenient(), Response::parse);
        let said = match parsed {
            Ok(Response::Data(data)) => self.data(server, &data),
            Ok(Response::Tagged(tagged)) => match self.running.take() {
                Some((id, _)) => {
                    server.connection.complete(id, tagged.condition).map_err(|e| e.to_string())
                }
                None if self.own.is_some() || !self.tags.contains(&tagged.tag) => Ok(()),
                None => Err("nothing runs".into()),
            },
            Ok(Response::Continuation(plus)) => match &self.running {
                Some((id, Some(CommandBody::Idle))) => {
                    server.connection.accept(*id).map_err(|e| e.to_string())
                }
                Some((id, Some(CommandBody::Authenticate(_)))) => {
                    let data = plus.data(&mut lenient()).unwrap_or_else(|_| secret(b""));
                    server.connection.challenge(*id, &data).map_err(|e| e.to_string())
                }
                _ => Ok(()),
            },
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = said {
            self.faults.push(format!("{}: {error}", line.id));
        }
        for event in server.events() {
            self.event(server, event);
        }
    }

    fn data(&self, server: &mut LoneServer, data: &Data) -> Result<(), String> {
        if self.own.is_some() && self.running.is_none() {
            return Ok(());
        }
        match data {
            Data::Condition(condition) if condition.kind == ConditionKind::Bye => {
                server.connection.bye(condition.text.clone())
            }
            data => server.connection.respond(data),
        }
        .map_err(|error| error.to_string())
    }
}

fn play(lines: &[Line]) -> Vec<String> {
    let mut server = server(lines);
    let mut session = Session::default();
    if !lines.iter().any(|line| line.from_client) && server.connection.state() == State::Selected {
        // Data alone: they answer something.
        let enables = lines[0].octets.starts_with(b"* ENABLED");
        server.command(if enables { "x ENABLE CONDSTORE\r\n" } else { "x NOOP\r\n" });
    }
    for line in lines {
        match line.kind.as_str() {
            "greeting" => {}
            _ if line.from_client => session.hear(&mut server, line),
            _ => session.say(&mut server, line),
        }
        server.take();
        if let Next::HandOver(to) = server.next() {
            server.hand_over(to);
        }
        assert!(server.errors.is_empty(), "{}: {:?}", line.id, server.errors);
    }
    session.faults
}

#[test]
fn every_dialogue_is_taken() {
    let mut faults = Vec::new();
    let dialogues = dialogues(false);
    for lines in dialogues.values() {
        faults.extend(play(lines));
    }
    let is_known = |fault: &String| KNOWN.iter().any(|(id, _)| fault.starts_with(id));
    let (known, unknown): (Vec<_>, Vec<_>) = faults.into_iter().partition(is_known);
    assert!(dialogues.len() > 700);
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
    assert_eq!(known.len(), KNOWN.len(), "{known:?}");
}
