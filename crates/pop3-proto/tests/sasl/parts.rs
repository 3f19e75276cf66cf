//! The applications of both sides, and what they are told to do wrong.

use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use mail_proto::sasl::{ClientExchange, ServerExchange, Step};
use mail_proto::{CommandId, Connection as _, Secret, Security, TlsPolicy};
use pop3_proto::client;
pub use pop3_proto::client::Client;
pub use pop3_proto::server::Server;
use pop3_proto::server::{self, Login, Pending, Request, Response};
use pop3_proto::{Challenge, Command, ResponseCode, State, Status};

use super::cast::{ALL, begin, settle};
use super::plot::{Outcome, Plot, Shared};
use super::support::{App, open_client, text};
pub use super::support::{Chunks, Lone, Pair, all_chunks};

pub type Answer = Status;

pub const COMMAND: &str = "AUTH";
pub const OK: &str = "+OK ";
pub const GIVEN_UP: &str = "-ERR";
pub const LOGGED_IN: State = State::Transaction;
pub const LOGGED_OUT: State = State::Authorization;

pub fn is_given_up(answer: &Answer) -> bool {
    !answer.is_ok() && answer.code != Some(ResponseCode::Auth)
}

pub fn is_about_credentials(answer: &Answer) -> bool {
    !answer.is_ok() && answer.code == Some(ResponseCode::Auth)
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

    /// Asks for the capabilities: those of SASL come with initial responses (RFC 5034 section 3).
    pub fn prepare(&self, client: &mut Client) {
        if self.plot.initial_response {
            client.send(Command::Capa).unwrap();
        }
    }

    pub fn begin(&mut self, client: &mut Client) {
        let mut exchange = super::cast::client(&self.plot.mechanism, self.plot.shown);
        let initial = exchange.initial();
        let mechanism = exchange.mechanism();
        client.send(Command::Auth { mechanism, initial }).unwrap();
        (self.exchange, self.challenges) = (Some(exchange), 0);
    }

    pub fn hear(&mut self, client: &mut Client, event: &client::Event) {
        match event {
            client::Event::Challenge { id, challenge } => self.challenge(client, *id, challenge),
            client::Event::Completed { result, .. } => {
                let Some(exchange) = self.exchange.take() else { return };
                let outcome = match result {
                    Ok(_) => exchange.succeed(None).map_or_else(Outcome::Lied, Outcome::In),
                    Err(status) => Outcome::Refused(status.clone(), exchange.refused()),
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

    fn challenge(&mut self, client: &mut Client, id: CommandId, challenge: &Challenge) {
        let number = self.challenges;
        self.challenges += 1;
        if self.plot.cancel_at == Some(number) {
            client.cancel(id).unwrap();
            return;
        }
        let exchange = self.exchange.as_mut().unwrap();
        let response = match challenge.data() {
            Some(data) => exchange.respond(data.expose()),
            None => exchange.respond_to_text(),
        };
        match response {
            Ok(response) => client.respond(id, response).unwrap(),
            Err(_) => drop(client.cancel(id).unwrap()),
        }
    }

    /// Asks for the capabilities, authenticates, leaves.
    pub fn app(mut self) -> App<Client, client::Event> {
        Box::new(move |client, event| {
            if let client::Event::Greeting(_) = event {
                self.prepare(client);
                if !self.plot.initial_response {
                    self.begin(client);
                }
            }
            let is_capa = self.exchange.is_none() && self.book.borrow().outcomes.is_empty();
            self.hear(client, event);
            if let client::Event::Completed { .. } = event {
                match is_capa {
                    true => self.begin(client),
                    // Closed already, or over.
                    false => drop(client.send(Command::Quit)),
                }
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
            server::Event::Request(Request::Authenticate { mechanism, initial, pending }) => {
                let initial = initial.as_ref().map(|initial| initial.expose().clone());
                let (exchange, step) = begin(mechanism, initial.as_deref());
                (self.exchange, self.challenges) = (Some(exchange), 0);
                self.go_on(server, *pending, step);
            }
            server::Event::Request(Request::Authentication(data, pending)) => {
                let step = self.exchange.as_mut().unwrap().respond(data.expose()).unwrap();
                self.go_on(server, *pending, step);
            }
            server::Event::AuthenticationEnded => {
                self.exchange = None;
                self.book.borrow_mut().cancelled += 1;
            }
            server::Event::Request(Request::Quit(pending)) => {
                server.reply(Response::Ok(*pending, text("bye"))).unwrap();
            }
            _ => {}
        }
    }

    fn go_on(&mut self, server: &mut Server, pending: Pending<Login>, step: Step) {
        let number = self.challenges;
        let response = match settle(self.exchange.as_mut().unwrap(), step) {
            Step::Challenge(_) if self.plot.lie_at == Some(number) => {
                Response::LoggedIn(pending, text("trust me"))
            }
            Step::Challenge(challenge) => {
                self.challenges += 1;
                let is_signature = challenge.expose().starts_with(b"v=");
                let challenge = match self.plot.spoil_signature && is_signature {
                    true => Secret::new(Bytes::from_static(b"v=AAAA")),
                    false => challenge,
                };
                Response::Challenge(pending, challenge)
            }
            Step::Accepted(identity) => {
                self.book.borrow_mut().identity = Some(identity);
                Response::LoggedIn(pending, text("welcome"))
            }
            Step::Refused(_) => Response::Refuse(pending.id(), None, text("no")),
            Step::Ask(question) => panic!("{question:?}"),
        };
        let answered = server.reply(response);
        assert!(matches!(answered, Ok(()) | Err(mail_proto::SendError::Closed)), "{answered:?}");
    }

    pub fn app(mut self) -> App<Server, server::Event> {
        Box::new(move |server, event| self.hear(server, event))
    }
}

pub fn client_side() -> Client {
    Client::new(open_client())
}

pub fn server_side(_: &Plot) -> Server {
    let tls = TlsPolicy::Optional;
    let config = server::Config { tls, mechanisms: ALL.into(), ..server::Config::default() };
    Server::new(Arc::new(config), Security::Plain, None)
}
