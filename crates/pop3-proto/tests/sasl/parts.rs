//! The applications of both sides, and what they are told to do wrong.

use std::sync::Arc;

use mail_proto::{Security, SendError, TlsPolicy};
use pop3_proto::client;
pub use pop3_proto::client::Client;
pub use pop3_proto::server::Server;
use pop3_proto::server::{self, Request, Response};
use pop3_proto::{Command, ResponseCode, State, Status};

use super::cast::ALL;
use super::plot::{ClientPlot, Move, Plot, ServerPlot, Shared};
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

pub struct ClientPart(pub ClientPlot);

impl ClientPart {
    pub fn new(plot: &Plot, book: &Shared) -> Self {
        Self(ClientPlot::new(plot, book))
    }

    /// Asks for the capabilities: those of SASL come with initial responses (RFC 5034 section 3).
    pub fn prepare(&self, client: &mut Client) {
        if self.0.plot.initial_response {
            client.send(Command::Capa).unwrap();
        }
    }

    pub fn begin(&mut self, client: &mut Client) {
        let (mechanism, initial) = self.0.begin();
        client.send(Command::Auth { mechanism, initial }).unwrap();
    }

    pub fn hear(&mut self, client: &mut Client, event: &client::Event) {
        match event {
            client::Event::Challenge { id, challenge } => {
                let data = challenge.data().map(|data| &data.expose()[..]);
                match self.0.answer(data) {
                    Some(response) => client.respond(*id, response).unwrap(),
                    None => client.cancel_exchange(*id).unwrap(),
                }
            }
            client::Event::Completed { result: Ok(_), .. } => self.0.succeed(client),

            client::Event::Completed { result: Err(status), .. } => self.0.fail(status),
            client::Event::Lost { .. } => self.0.lose(),
            _ => {}
        }
    }

    /// Asks for the capabilities, authenticates, leaves.
    pub fn app(mut self) -> App<Client, client::Event> {
        Box::new(move |client, event| {
            if let client::Event::Greeting(_) = event {
                self.prepare(client);
                if !self.0.plot.initial_response {
                    self.begin(client);
                }
            }
            let is_capa = self.0.exchange.is_none() && !self.0.is_over();
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

pub struct ServerPart(ServerPlot);

impl ServerPart {
    pub fn new(plot: &Plot, book: &Shared) -> Self {
        Self(ServerPlot::new(plot, book))
    }

    pub fn hear(&mut self, server: &mut Server, event: &server::Event) {
        let (pending, said) = match event {
            server::Event::Request(Request::Authenticate { mechanism, initial, pending }) => {
                (*pending, self.0.begin(mechanism, initial.as_ref()))
            }
            server::Event::Request(Request::Authentication(data, pending)) => {
                (*pending, self.0.respond(data))
            }
            server::Event::Request(Request::Quit(pending)) => {
                return server.reply(Response::Ok(*pending, text("bye"))).unwrap();
            }
            server::Event::AuthenticationEnded => return self.0.cancel(),
            _ => return,
        };
        let answered = server.reply(match said {
            Move::Challenge(challenge) => Response::Challenge(pending, challenge),
            Move::Ok => Response::LoggedIn(pending, text("welcome")),
            Move::No => Response::Refuse(pending.id(), None, text("no")),
        });
        assert!(matches!(answered, Ok(()) | Err(SendError::Closed)), "{answered:?}");
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
