//! Our client against our server in memory, over every way to divide and tear the stream.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

#[path = "pair/bodies.rs"]
mod bodies;
#[path = "pair/cuts.rs"]
mod cuts;
#[path = "pair/dialogues.rs"]
mod dialogues;
#[path = "pair/model.rs"]
mod model;
#[path = "pair/pipelining.rs"]
mod pipelining;

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use mail_proto::Security;
use pop3_proto::client::{Client, Event};
use pop3_proto::server::Server;
use pop3_proto::{Command, Timestamp};
use support::{
    App, Chunks, Log, Maildrop, Pair, Shared, all_chunks, open_client, secret, server_config,
};

/// What the client's application does: gives commands, answers challenges.
#[derive(Clone, Default)]
struct Script {
    commands: Vec<Command>,
    /// `None` cancels; when there is none left it is `done`.
    responses: Vec<Option<&'static [u8]>>,
    /// Gives all commands at once, not each behind the answer to the one before.
    at_once: bool,
}

impl Script {
    fn of(commands: impl Into<Vec<Command>>) -> Self {
        Self { commands: commands.into(), ..Self::default() }
    }

    fn at_once(mut self) -> Self {
        self.at_once = true;
        self
    }

    fn answering(mut self, responses: &[Option<&'static [u8]>]) -> Self {
        self.responses = responses.to_vec();
        self
    }

    fn app(self) -> App<Client, Event> {
        let mut commands: VecDeque<_> = self.commands.into();
        let mut responses: VecDeque<_> = self.responses.into();
        Box::new(move |client, event| match event {
            Event::Greeting(_) | Event::Completed { .. } => {
                let count = if self.at_once { commands.len() } else { 1.min(commands.len()) };
                for command in commands.drain(..count) {
                    client.send(command).unwrap();
                }
            }
            Event::Challenge { id, .. } => match responses.pop_front().unwrap_or(Some(b"done")) {
                Some(response) => client.respond(*id, secret(response)).unwrap(),
                None => client.cancel_exchange(*id).unwrap(),
            },
            _ => {}
        })
    }

    fn pair(self, drop: &Shared) -> Pair {
        let stamp = Timestamp::new("<1896.697170952@dbc.mtview.ca.us>").unwrap();
        let server = Server::new(Arc::new(server_config()), Security::Plain, Some(stamp));
        let config = pop3_proto::client::Config { apop: true, ..open_client() };
        Pair::new((Client::new(config), self.app()), (server, Maildrop::app(drop)))
    }

    fn run(self, drop: &Shared, chunks: Chunks) -> Log {
        let mut pair = self.pair(drop);
        pair.run(chunks);
        assert!(pair.are_over(), "{chunks:?}: the session came to a halt");
        pair.log()
    }

    /// The same over every way to divide the stream, with the same events.
    fn run_all(self, maildrop: impl Fn() -> Shared) -> Log {
        let whole = self.clone().run(&maildrop(), Chunks::Whole);
        assert_eq!((whole.client_error, whole.server_error), (None, None));
        for chunks in all_chunks() {
            assert_eq!(self.clone().run(&maildrop(), chunks), whole, "{chunks:?}");
        }
        whole
    }
}

/// The lines of both sides, as RFCs print them, in the order of each side.
fn lines(octets: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(octets);
    text.split_terminator("\r\n").map(str::to_owned).collect()
}

/// The results of all commands: whether each was `+OK`.
fn results(log: &Log) -> Vec<bool> {
    let completed = log.client.iter().filter_map(|event| match event {
        Event::Completed { result, .. } => Some(result.is_ok()),
        _ => None,
    });
    completed.collect()
}

/// The bodies, in order.
fn bodies(log: &Log) -> Vec<Bytes> {
    let body = |event: &Event| match event {
        Event::Body { octets, .. } => Some(octets.clone()),
        _ => None,
    };
    log.client.iter().filter_map(body).collect()
}
