//! What both sides of a session saw.

use pop3_proto::Error;
use pop3_proto::client::{self, Client};
use pop3_proto::server::{self, Server};

use super::{harness, joined_client, joined_server};

pub type Pair = harness::Pair<Client, Server>;

/// What both sides saw.
#[derive(PartialEq, Eq, Debug)]
pub struct Log {
    pub client: Vec<client::Event>,
    pub server: Vec<server::Event>,
    pub client_error: Option<Error>,
    pub server_error: Option<Error>,
    pub from_client: Vec<u8>,
    pub from_server: Vec<u8>,
}

impl Pair {
    pub fn log(self) -> Log {
        Log {
            client: joined_client(self.client.events),
            server: joined_server(self.server.events),
            client_error: self.client.error,
            server_error: self.server.error,
            from_client: self.client.sent,
            from_server: self.server.sent,
        }
    }
}
