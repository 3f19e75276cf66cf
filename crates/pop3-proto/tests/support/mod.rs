//! Client and server in memory: a small maildrop, recorders, what all connections share.
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]

#[path = "../../../mail-proto/tests/support/mod.rs"]
mod harness;
mod log;
mod maildrop;
mod record;
mod single;

pub use harness::{
    App, Canary, Chunks, Lone, Seeded, Side, Wire, all_chunks, at, seconds, secret, text,
    transcript,
};
pub use log::{Log, Pair};
pub use maildrop::{Maildrop, Shared, mail, server_config};
pub use record::{joined_client, joined_server};
pub use single::{LoneClient, LoneServer};

use bytes::Bytes;
use mail_proto::{Secret, TlsPolicy};
use pop3_proto::client::{Client, Config};
use pop3_proto::{Command, Mechanism, MessageNumber};

pub fn number(n: u32) -> MessageNumber {
    MessageNumber::new(n).unwrap()
}

pub fn user(name: &str) -> Command {
    Command::User(name.try_into().unwrap())
}

pub fn pass(password: &str) -> Command {
    Command::Pass(Secret::new(password.try_into().unwrap()))
}

pub fn auth(mechanism: &str, initial: Option<&[u8]>) -> Command {
    let initial = initial.map(|octets| Secret::new(Bytes::copy_from_slice(octets)));
    Command::Auth { mechanism: Mechanism::parse(mechanism.as_bytes()).unwrap(), initial }
}

/// A client that may send passwords in clear.
pub fn open_client() -> Config {
    Config { tls: TlsPolicy::Optional, ..Config::default() }
}
