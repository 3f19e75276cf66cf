//! Applications for the scenarios, and running them everywhere.

use std::collections::BTreeMap;

use bytes::Bytes;
use mail_proto::CommandId;

use super::client::{self, Client};
use super::drivers::{over_threads, over_tokio};
use super::pair::{Chunks, Log, Pair, Scenario};
use super::server::{self, Command, Server};

/// Octets of a body, different at each place.
pub fn pattern(from: u64, octets: u64) -> Bytes {
    (from..from + octets).map(|n| (n % 251) as u8).collect()
}

/// Supplies bodies piece by piece.
#[derive(Default)]
pub struct Producer {
    bodies: BTreeMap<CommandId, (u64, u64)>,
}

impl Producer {
    pub fn owe(&mut self, id: CommandId, octets: u64) {
        self.bodies.insert(id, (0, octets));
    }

    pub fn piece(&mut self, id: CommandId, atmost: u64) -> Bytes {
        let (from, size) = self.bodies[&id];
        let octets = atmost.min(size - from);
        self.bodies.insert(id, (from + octets, size));
        pattern(from, octets)
    }
}

/// Answers everything with OK. `FETCH n` sends a body of n octets, IDLE one EXISTS.
#[derive(Default)]
pub struct Willing(Producer);

impl Willing {
    pub fn answer(&mut self, server: &mut Server, event: &server::Event) {
        match event {
            server::Event::Command { id, command } => self.command(server, *id, command),
            server::Event::AppendEnd { id } | server::Event::Done { id } => {
                server.ok(*id).unwrap();
            }
            server::Event::Room { id } => {
                server.supply(*id, self.0.piece(*id, 10_000)).unwrap();
            }
            _ => {}
        }
    }

    fn command(&mut self, server: &mut Server, id: CommandId, command: &Command) {
        match command {
            Command::Append { .. } => server.accept(id).unwrap(),
            Command::Idle => {
                server.idling(id).unwrap();
                server.exists(1);
            }
            Command::Fetch(octets) => {
                server.body(id, 1, *octets);
                self.0.owe(id, *octets);
                server.ok(id).unwrap();
            }
            _ => server.ok(id).unwrap(),
        }
    }
}

/// A scenario with a willing server; `refuse` may answer first.
pub fn scenario(
    start: impl FnOnce(&mut Client) + Send + 'static,
    client: impl FnMut(&mut Client, &client::Event) + Send + 'static,
    mut refuse: impl FnMut(&mut Server, &server::Event) -> bool + Send + 'static,
) -> Scenario {
    let mut willing = Willing::default();
    Scenario {
        start: Box::new(start),
        client: Box::new(client),
        server: Box::new(move |server, event| {
            if !refuse(server, event) {
                willing.answer(server, event);
            }
        }),
    }
}

/// For `refuse`.
pub fn willing(_: &mut Server, _: &server::Event) -> bool {
    false
}

/// Says NO to the first command for which this holds.
pub fn refusing(
    which: impl Fn(&Command) -> bool + Send,
) -> impl FnMut(&mut Server, &server::Event) -> bool + Send {
    move |server, event| match event {
        server::Event::Command { id, command } if which(command) => {
            server.no(*id).unwrap();
            true
        }
        _ => false,
    }
}

/// A client that logs out when so many commands have ended.
pub fn leaving_after(ends: usize) -> impl FnMut(&mut Client, &client::Event) + Send {
    let mut seen = 0;
    move |client, event| {
        if is_end(event) {
            seen += 1;
            if seen == ends {
                // Where the connection is over already, there is nothing to leave.
                let _ = client.logout();
            }
        }
    }
}

pub fn is_end(event: &client::Event) -> bool {
    matches!(event, client::Event::Completed { .. } | client::Event::Lost { .. })
}

pub fn in_memory(scenario: Scenario, chunks: Chunks) -> Log {
    let mut pair = Pair::new(scenario);
    pair.run(chunks);
    pair.log()
}

/// Runs over every transport and division; what is seen must be the same. Returns it.
pub fn everywhere(make: impl Fn() -> Scenario) -> Log {
    everywhere_as(make, |_| {})
}

/// The same, after `level` has removed what may differ.
pub fn everywhere_as(make: impl Fn() -> Scenario, level: impl Fn(&mut Log)) -> Log {
    let levelled = |mut log: Log| {
        level(&mut log);
        log
    };
    let whole = levelled(in_memory(make(), Chunks::Whole));
    assert_eq!(levelled(in_memory(make(), Chunks::One)), whole, "single octets");
    for seed in 0..30 {
        let log = levelled(in_memory(make(), Chunks::Random(seed)));
        assert_eq!(log, whole, "seed {seed}");
    }
    for (pipe, patience) in [(1, 0), (1, 3), (13, 1), (64, usize::MAX), (1 << 20, 0)] {
        let log = levelled(over_tokio(make(), pipe, patience));
        assert_eq!(log, whole, "tokio, pipe of {pipe}, patience {patience}");
    }
    assert_eq!(levelled(over_threads(make(), Server::default())), whole, "threads");
    whole
}

/// The ends of the commands: id as a number, and how.
pub fn ends(log: &Log) -> Vec<String> {
    let end = |event: &client::Event| match event {
        client::Event::Completed { id, status, sent, .. } => {
            Some(format!("{} {} {sent:?}", ordinal(*id), status.name()))
        }
        client::Event::Lost { id, sent } => Some(format!("{} lost {sent:?}", ordinal(*id))),
        _ => None,
    };
    log.client.iter().filter_map(end).collect()
}

/// The number of a command: the first is 1.
pub fn ordinal(id: CommandId) -> usize {
    let mut n = 0;
    let mut at = CommandId::default();
    while at < id {
        at = at.following();
        n += 1;
    }
    n
}

pub fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}
