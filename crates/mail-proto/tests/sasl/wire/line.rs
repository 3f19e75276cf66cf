//! Both sides, and what they say handed over by the test, flight by flight.

use std::rc::Rc;

use super::parts::{Client, ClientPart, Lone, Server, ServerPart, client_side, server_side};
use super::plot::{Plot, Shared};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum From {
    Client,
    Server,
}

/// What happens to the octets of one turn.
pub enum Fate {
    Arrives,
    /// Others arrive.
    Becomes(String),
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
        line.server_speaks();
        // Capabilities, where they do not come with the greeting.
        line.client_part.prepare(&mut line.client.connection);
        let octets = line.client.take();
        line.server.input.extend_from_slice(&octets);
        line.server_speaks();
        line
    }

    fn server_speaks(&mut self) {
        self.pump();
        let octets = self.server.take();
        self.client.input.extend_from_slice(&octets);
        self.pump();
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
            Fate::Becomes(other) => other,
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
