//! Both sides, and what they say handed over by the test, flight by flight.

use std::rc::Rc;

use imap_proto::client::Client;
use imap_proto::server::Server;

use super::connection_support::Lone;
use super::parts::{ClientPart, Plot, ServerPart, Shared, client_side, server_side};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum From {
    Client,
    Server,
}

/// What happens to the octets of one turn.
pub enum Fate {
    Arrives,
    /// Others arrive.
    Becomes(&'static str),
    /// They do not arrive, and nothing behind them.
    End,
}

pub struct Line {
    pub client: Lone<Client>,
    pub server: Lone<Server>,
    pub client_part: ClientPart,
    server_part: ServerPart,
    pub book: Shared,
    /// Who said what.
    pub said: Vec<(From, String)>,
}

impl Line {
    pub fn new(plot: &Plot) -> Self {
        let book = Shared::default();
        let (client_part, server_part) =
            (ClientPart::new(plot, &book), ServerPart::new(plot, &book));
        let client = Lone::of(client_side());
        let server = Lone::of(server_side(plot));
        let mut line =
            Self { client, server, client_part, server_part, book: Rc::clone(&book), said: vec![] };
        // The greeting.
        line.pump();
        let greeting = line.server.take();
        line.client.input.extend_from_slice(&greeting);
        line.pump();
        line
    }

    fn pump(&mut self) {
        for event in self.server.events() {
            self.server_part.hear(&mut self.server.connection, &event);
        }
        for event in self.client.events() {
            self.client_part.hear(&mut self.client.connection, &event);
        }
    }

    /// An exchange; `fate` is asked about the n-th turn of either side.
    pub fn authenticate(&mut self, mut fate: impl FnMut(From, usize, &str) -> Fate) {
        self.client_part.begin(&mut self.client.connection);
        let (mut turns, mut who) = ([0, 0], From::Client);
        let mut quiet = 0;
        while quiet < 4 {
            let octets = match who {
                From::Client => self.client.take_text(),
                From::Server => self.server.take_text(),
            };
            quiet += 1;
            if !octets.is_empty() {
                quiet = 0;
                let n = turns[who as usize];
                turns[who as usize] += 1;
                self.said.push((who, octets.clone()));
                self.arrive(who, octets, fate(who, n, &self.said.last().unwrap().1));
            }
            who = if who == From::Client { From::Server } else { From::Client };
        }
    }

    fn arrive(&mut self, from: From, octets: String, fate: Fate) {
        let octets = match fate {
            Fate::Arrives => octets,
            Fate::Becomes(other) => other.to_owned(),
            Fate::End => {
                let server = self.server.eof();
                assert!(!server.is_empty());
                for event in self.client.eof() {
                    self.client_part.hear(&mut self.client.connection, &event);
                }
                return;
            }
        };
        match from {
            From::Client => self.server.input.extend_from_slice(octets.as_bytes()),
            From::Server => self.client.input.extend_from_slice(octets.as_bytes()),
        }
        self.pump();
    }

    /// How often each side said something.
    pub fn turns(&self, from: From) -> usize {
        self.said.iter().filter(|(who, _)| *who == from).count()
    }
}
