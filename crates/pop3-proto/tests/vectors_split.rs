//! Every valid example of every POP3 RFC goes through the connection that would receive it, divided in
//! two at every octet: the events and the answers are those of the whole.
//!
//! The units and where they are from: `tests/data/README.md`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod support;

use std::collections::HashMap;
use std::fmt::Debug;

use bytes::Bytes;
use mail_proto::{Connection, Leniency, Reading, Security};
use pop3_proto::{Command, Error, client, server};
use serde_json::Value;
use support::{Lone, LoneClient, LoneServer, joined_client, joined_server};

struct Unit {
    id: String,
    dialogue: String,
    direction: String,
    kind: String,
    octets: Bytes,
}

/// The valid units.
fn units() -> impl Iterator<Item = Unit> {
    include_str!("data/pop3-examples.jsonl").lines().filter_map(|line| {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        value["valid"].as_bool().unwrap().then(|| Unit {
            id: text("id"),
            dialogue: text("dlg"),
            direction: text("dir"),
            kind: text("kind"),
            octets: text("bytes").into(),
        })
    })
}

fn command(octets: &Bytes) -> Command {
    let line = octets.slice(..octets.len() - 2);
    Command::parse(&line, &mut Reading::new(Leniency::strict())).unwrap()
}

/// What a connection makes of octets: events, what it answers, the error.
type Outcome<E> = (Vec<E>, Vec<u8>, Option<Error>);

/// The outcome of the whole, which is that of every division in two, and that of single octets.
fn at_every_split<C>(
    id: &str,
    octets: &[u8],
    new: impl Fn() -> Lone<C>,
    joined: impl Fn(Vec<C::Event>) -> Vec<C::Event>,
) -> Outcome<C::Event>
where
    C: Connection<Error = Error>,
    C::Event: PartialEq + Debug,
{
    let outcome = |ends: &[usize]| {
        let mut lone = new();
        let events = lone.feed_split(octets, ends);
        let error = lone.error().copied();
        (joined(events), lone.take(), error)
    };
    let whole = outcome(&[]);
    for split in 1..octets.len() {
        assert_eq!(outcome(&[split]), whole, "{id} split at {split}");
    }
    let single: Vec<usize> = (1..octets.len()).collect();
    assert_eq!(outcome(&single), whole, "{id} in single octets");
    whole
}

fn strict_server() -> server::Config {
    let mechanisms = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "KERBEROS_V4", "GSSAPI", "SKEY"];
    server::Config {
        leniency: Leniency::strict(),
        tls: mail_proto::TlsPolicy::Optional,
        stls: true,
        mechanisms: mechanisms.iter().map(|name| (*name).try_into().unwrap()).collect(),
        ..server::Config::default()
    }
}

/// A server in a state in which the command is legal.
fn server_for(command: &Command) -> LoneServer {
    match command {
        Command::User(_)
        | Command::Apop { .. }
        | Command::Auth { .. }
        | Command::AuthList
        | Command::Stls
        | Command::Utf8 => Lone::plain(strict_server()),
        Command::Pass(_) => {
            let mut lone = Lone::plain(strict_server());
            lone.feed("USER mrose\r\n");
            lone
        }
        _ => LoneServer::in_transaction(strict_server()),
    }
}

/// A server that waits for the client's answer to a challenge.
fn challenged_server() -> LoneServer {
    let mut lone = Lone::plain(strict_server());
    let events = lone.feed("AUTH PLAIN\r\n");
    let [server::Event::Request(server::Request::Authenticate { pending, .. })] = events[..] else {
        panic!("{events:?}");
    };
    let challenge = server::Response::Challenge(pending, support::secret(b""));
    lone.connection.reply(challenge).unwrap();
    lone
}

#[test]
fn what_clients_say_reaches_the_server_the_same_at_every_split() {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for unit in units().filter(|unit| unit.direction == "C") {
        let (events, answer, error) = match unit.kind.as_str() {
            "command" => {
                let command = command(&unit.octets);
                at_every_split(&unit.id, &unit.octets, || server_for(&command), joined_server)
            }
            _ => at_every_split(&unit.id, &unit.octets, challenged_server, joined_server),
        };
        assert_eq!(error, None, "{}", unit.id);
        assert!(!events.is_empty() || !answer.is_empty(), "{} has no effect", unit.id);
        *counts.entry(unit.kind).or_default() += 1;
    }
    assert_eq!([counts["command"], counts["sasl"]], [214, 7], "no unit gets lost");
}

fn strict_client() -> client::Config {
    client::Config {
        leniency: Leniency::strict(),
        security: Security::Tls,
        apop: true,
        ..client::Config::default()
    }
}

/// A client that waits for the answer to this command.
fn client_after(command: &Command) -> LoneClient {
    let send = |mut lone: LoneClient| {
        let sent = match command {
            Command::Other(raw) => lone.connection.send_raw(raw, command.shape()),
            command => lone.connection.send(command.clone()),
        };
        sent.ok().map(|_| {
            assert!(!lone.take().is_empty());
            lone
        })
    };
    send(Lone::greeted(strict_client()))
        .filter(|_| !matches!(command, Command::Other(_)))
        .or_else(|| send(LoneClient::in_transaction(strict_client())))
        .unwrap()
}

#[test]
fn what_servers_say_reaches_the_client_the_same_at_every_split() {
    let mut asked: HashMap<String, Command> = HashMap::new();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for unit in units() {
        match (unit.direction.as_str(), unit.kind.as_str()) {
            ("C", "command") => {
                asked.insert(unit.dialogue, command(&unit.octets));
                continue;
            }
            ("C", _) => continue,
            _ => {}
        }
        let before = asked.get(&unit.dialogue).cloned().unwrap_or(Command::Noop);
        let new = || match unit.kind.as_str() {
            "greeting" => Lone::of(client::Client::new(strict_client())),
            _ => client_after(&before),
        };
        let (events, answer, error) = at_every_split(&unit.id, &unit.octets, new, joined_client);
        assert_eq!(error, None, "{} after {before:?}", unit.id);
        let ends = |event: &client::Event| match event {
            client::Event::Completed { result: Ok(reply), .. } => {
                !matches!(reply, client::Reply::Malformed { .. })
            }
            client::Event::Completed { .. }
            | client::Event::Challenge { .. }
            | client::Event::Greeting(_) => true,
            _ => false,
        };
        // An initial response that did not go into the command line answers the first challenge.
        let answered = unit.kind == "sasl" && !answer.is_empty();
        assert!(answered || events.iter().any(ends), "{} is not understood: {events:?}", unit.id);
        *counts.entry(unit.kind).or_default() += 1;
    }
    let count = |kind: &str| counts[kind];
    assert_eq!(
        ["greeting", "response", "multiline", "sasl"].map(count),
        [17, 173, 21, 7],
        "no unit gets lost"
    );
}
