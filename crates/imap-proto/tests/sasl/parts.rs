//! The applications of both sides, and what they are told to do wrong.

use imap_proto::client;
pub use imap_proto::client::Client;
use imap_proto::connection::State;
pub use imap_proto::server::Server;
use imap_proto::server::{self, Greeting};
use imap_proto::{Authenticate, Capability, Code, CommandBody, Condition, ConditionKind};
use mail_proto::{Security, TlsPolicy};

use super::cast::ALL;
use super::connection_support::{self, App, no, ok};
pub use super::connection_support::{Chunks, Lone, all_chunks};
use super::plot::{ClientPlot, Move, Plot, ServerPlot, Shared};

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

pub struct ClientPart(pub ClientPlot);

impl ClientPart {
    pub fn new(plot: &Plot, book: &Shared) -> Self {
        Self(ClientPlot::new(plot, book))
    }

    /// The greeting says all.
    pub fn prepare(&self, _: &mut Client) {}

    pub fn begin(&mut self, client: &mut Client) {
        let (mechanism, initial_response) = self.0.begin();
        let command = Authenticate { mechanism, initial_response };
        client.send(CommandBody::Authenticate(command)).unwrap();
    }

    pub fn hear(&mut self, client: &mut Client, event: &client::Event) {
        match event {
            client::Event::Challenge { id, data } => match self.0.answer(Some(data.expose())) {
                Some(response) => client.respond(*id, response).unwrap(),
                None => client.cancel_exchange(*id).unwrap(),
            },
            client::Event::Completed { condition, .. } if condition.kind == ConditionKind::Ok => {
                self.0.succeed(client)
            }

            client::Event::Completed { condition, .. } => self.0.fail(condition),
            client::Event::Lost { .. } => self.0.lose(),
            _ => {}
        }
    }

    pub fn app(mut self) -> App<Client, client::Event> {
        Box::new(move |client, event| {
            if let client::Event::Greeting(_) = event {
                self.begin(client);
            }
            self.hear(client, event);
            if let client::Event::Completed { .. } = event
                && self.0.is_over()
            {
                // Closed already, or over.
                let _ = client.send(CommandBody::Logout);
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
        let (id, said) = match event {
            server::Event::Command { id, body: CommandBody::Authenticate(asked) } => {
                (*id, self.0.begin(&asked.mechanism, asked.initial_response.as_ref()))
            }
            server::Event::Response { id, data } => (*id, self.0.respond(data)),
            server::Event::Command { id, .. } => (*id, Move::Ok),
            server::Event::Cancelled { .. } => return self.0.cancel(),
            _ => return,
        };
        match said {
            Move::Challenge(challenge) => server.challenge(id, &challenge).unwrap(),
            Move::Ok => server.complete(id, ok("welcome")).unwrap(),
            Move::No => server.complete(id, no(None, "no")).unwrap(),
        }
    }

    pub fn app(mut self) -> App<Server, server::Event> {
        Box::new(move |server, event| {
            let asks =
                matches!(event, server::Event::Command { .. } | server::Event::Response { .. });
            // The connection may have ended meanwhile.
            if !asks || server.running().is_some() {
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
