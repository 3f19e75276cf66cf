//! One side alone, in the state that a test begins with.

use std::sync::Arc;

use mail_proto::Security;
use pop3_proto::Timestamp;
use pop3_proto::client::{self, Client};
use pop3_proto::server::{self, Server};

use super::{Lone, joined_client};

pub type LoneClient = Lone<Client>;
pub type LoneServer = Lone<Server>;

impl Lone<Client> {
    /// A client that has been greeted.
    pub fn greeted(config: client::Config) -> Self {
        let mut lone = Self::of(Client::new(config));
        assert_eq!(lone.feed("+OK ready <1.2@example.org>\r\n").len(), 1);
        lone
    }

    /// A client that has logged in by USER and PASS.
    pub fn in_transaction(config: client::Config) -> Self {
        let mut lone = Self::greeted(config);
        lone.connection.send(super::user("alice")).unwrap();
        lone.take();
        lone.feed("+OK\r\n");
        lone.connection.send(super::pass("secret")).unwrap();
        lone.take();
        lone.feed("+OK\r\n");
        assert_eq!(lone.connection.state(), pop3_proto::State::Transaction);
        lone
    }

    /// Sends a command, and gives an answer to it.
    pub fn exchange(
        &mut self,
        command: pop3_proto::Command,
        answer: impl AsRef<[u8]>,
    ) -> Vec<client::Event> {
        self.connection.send(command).unwrap();
        assert!(!self.take().is_empty(), "the command was not handed out");
        joined_client(self.feed(answer))
    }
}

impl Lone<Server> {
    pub fn plain(config: server::Config) -> Self {
        let stamp = Timestamp::new("<1.2@example.org>").unwrap();
        let server = Server::new(Arc::new(config), Security::Plain, Some(stamp));
        let mut lone = Self::of(server);
        lone.events();
        lone.take();
        lone
    }

    /// A server in TRANSACTION.
    pub fn in_transaction(config: server::Config) -> Self {
        let mut lone = Self::plain(config);
        let events = lone.feed("USER alice\r\nPASS secret\r\n");
        let [server::Event::Request(server::Request::Login(_, pending))] = events.as_slice() else {
            panic!("{events:?}");
        };
        let welcome = server::Response::LoggedIn(*pending, mail_proto::Text::empty());
        lone.connection.reply(welcome).unwrap();
        lone.events();
        lone.take();
        lone
    }
}
