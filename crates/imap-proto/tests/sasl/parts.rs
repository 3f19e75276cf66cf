//! The applications of both sides, and what they are told to do wrong.

use std::rc::Rc;

use bytes::Bytes;
use imap_proto::client;
pub use imap_proto::client::Client;
use imap_proto::connection::State;
pub use imap_proto::server::Server;
use imap_proto::server::{self, Greeting};
use imap_proto::{Authenticate, Capability, Code, CommandBody, Condition, ConditionKind};
use mail_proto::sasl::{ClientExchange, ServerExchange, Step};
use mail_proto::{CommandId, Connection as _, Secret, Security, TlsPolicy};

use super::cast::{ALL, begin, settle};
use super::connection_support::{self, App, no, ok};
pub use super::connection_support::{Chunks, Lone, all_chunks};
use super::plot::{Outcome, Plot, Shared};

pub type Pair = connection_support::Pair<Client, Server>;
pub type Answer = Condition;

pub const COMMAND: &str = "A1 AUTHENTICATE";
pub const OK: &str = "A1 OK ";
pub const GIVEN_UP: &str = "A1 BAD";
pub const LOGGED_IN: State = State::Authenticated;
pub const LOGGED_OUT: State = State::NotAuthenticated;

pub fn is_given_up(answer: &Answer) -> bool {
    answer.kind == ConditionKind::Bad
}

pub fn is_about_credentials(answer: &Answer) -> bool {
    let code = answer.text.code();
    answer.kind == ConditionKind::No && code == Some(&Code::AuthenticationFailed)
}

pub struct ClientPart {
    pub plot: Plot,
    book: Shared,
    exchange: Option<ClientExchange>,
    challenges: usize,
}

impl ClientPart {
    pub fn new(plot: &Plot, book: &Shared) -> Self {
        Self { plot: plot.clone(), book: Rc::clone(book), exchange: None, challenges: 0 }
    }

    /// The greeting says all.
    pub fn prepare(&self, _: &mut Client) {}

    pub fn begin(&mut self, client: &mut Client) {
        let mut exchange = super::cast::client(&self.plot.mechanism, self.plot.shown);
        let initial_response = exchange.initial();
        let mechanism = exchange.mechanism();
        let command = Authenticate { mechanism, initial_response };
        client.send(CommandBody::Authenticate(command)).unwrap();
        (self.exchange, self.challenges) = (Some(exchange), 0);
    }

    pub fn hear(&mut self, client: &mut Client, event: &client::Event) {
        match event {
            client::Event::Challenge { id, data } => self.challenge(client, *id, data),
            client::Event::Completed { condition, .. } => {
                let Some(exchange) = self.exchange.take() else { return };
                let outcome = match condition.kind {
                    ConditionKind::Ok => {
                        exchange.succeed(None).map_or_else(Outcome::Lied, Outcome::In)
                    }
                    _ => Outcome::Refused(condition.clone(), exchange.refused()),
                };
                if matches!(outcome, Outcome::Lied(_)) {
                    client.close();
                }
                self.book.borrow_mut().outcomes.push(outcome);
            }
            client::Event::Lost { .. } if self.exchange.take().is_some() => {
                self.book.borrow_mut().outcomes.push(Outcome::Lost);
            }
            _ => {}
        }
    }

    fn challenge(&mut self, client: &mut Client, id: CommandId, data: &Secret<Bytes>) {
        let number = self.challenges;
        self.challenges += 1;
        if self.plot.cancel_at == Some(number) {
            client.cancel(id).unwrap();
            return;
        }
        match self.exchange.as_mut().unwrap().respond(data.expose()) {
            Ok(response) => client.respond(id, response).unwrap(),
            Err(_) => drop(client.cancel(id).unwrap()),
        }
    }

    pub fn app(mut self) -> App<Client, client::Event> {
        Box::new(move |client, event| {
            if let client::Event::Greeting(_) = event {
                self.begin(client);
            }
            self.hear(client, event);
            if let client::Event::Completed { .. } = event
                && client.open_commands() == 0
                && !self.book.borrow().outcomes.is_empty()
            {
                // Closed already, or over.
                let _ = client.send(CommandBody::Logout);
            }
        })
    }
}

pub struct ServerPart {
    plot: Plot,
    book: Shared,
    exchange: Option<ServerExchange>,
    challenges: usize,
}

impl ServerPart {
    pub fn new(plot: &Plot, book: &Shared) -> Self {
        Self { plot: plot.clone(), book: Rc::clone(book), exchange: None, challenges: 0 }
    }

    pub fn hear(&mut self, server: &mut Server, event: &server::Event) {
        match event {
            server::Event::Command { id, body: CommandBody::Authenticate(asked) } => {
                let initial = asked.initial_response.as_ref().map(|it| it.expose().clone());
                let (exchange, step) = begin(&asked.mechanism, initial.as_deref());
                (self.exchange, self.challenges) = (Some(exchange), 0);
                self.go_on(server, *id, step);
            }
            server::Event::Response { id, data } => {
                let step = self.exchange.as_mut().unwrap().respond(data.expose()).unwrap();
                self.go_on(server, *id, step);
            }
            server::Event::Cancelled { .. } => {
                self.exchange = None;
                self.book.borrow_mut().cancelled += 1;
            }
            server::Event::Command { id, .. } => server.complete(*id, ok("done")).unwrap(),
            _ => {}
        }
    }

    fn go_on(&mut self, server: &mut Server, id: CommandId, step: Step) {
        let number = self.challenges;
        match settle(self.exchange.as_mut().unwrap(), step) {
            Step::Challenge(_) if self.plot.lie_at == Some(number) => {
                server.complete(id, ok("trust me")).unwrap();
            }
            Step::Challenge(challenge) => {
                self.challenges += 1;
                let is_signature = challenge.expose().starts_with(b"v=");
                let challenge = match self.plot.spoil_signature && is_signature {
                    true => Secret::new(Bytes::from_static(b"v=AAAA")),
                    false => challenge,
                };
                server.challenge(id, &challenge).unwrap();
            }
            Step::Accepted(identity) => {
                self.book.borrow_mut().identity = Some(identity);
                server.complete(id, ok("welcome")).unwrap();
            }
            Step::Refused(_) => server.complete(id, no(None, "no")).unwrap(),
            Step::Ask(question) => panic!("{question:?}"),
        }
    }

    pub fn app(mut self) -> App<Server, server::Event> {
        Box::new(move |server, event| {
            let is_over = server.running().is_none();
            let asks =
                matches!(event, server::Event::Command { .. } | server::Event::Response { .. });
            // The connection may have ended meanwhile.
            if !(asks && is_over) {
                self.hear(server, event);
            }
        })
    }
}

pub fn client_side() -> Client {
    let tls = TlsPolicy::Optional;
    Client::new(client::Config { tls, ..client::Config::default() })
}

pub fn server_side(plot: &Plot) -> Server {
    let mut config = server::Config { tls: TlsPolicy::Optional, ..server::Config::default() };
    let is_ir = |it: &Capability| matches!(it, Capability::SaslIr | Capability::Imap4Rev2);
    let basic = config.capabilities_before_login.iter();
    config.capabilities_before_login =
        basic.filter(|it| plot.initial_response || !is_ir(it)).cloned().collect();
    for name in ALL {
        config.capabilities_before_login.push(Capability::Auth(name));
    }
    Server::new(config, Security::Plain, Greeting::default())
}
