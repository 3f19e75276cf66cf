//! Client and server in memory: pipes, faults, time as data, a small maildrop, recorders.
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]

mod maildrop;
mod pair;
mod record;
mod single;
mod wire;

pub use maildrop::{Maildrop, Shared, mail, server_config};
pub use pair::{App, Log, Pair, Side};
pub use record::{joined_client, joined_server};
pub use single::{Canary, Lone, LoneClient, LoneServer, transcript};
pub use wire::{Chunks, Seeded, Wire};

use std::time::Duration;

use bytes::Bytes;
use mail_proto::{Instant, Secret, Text, TlsPolicy};
use pop3_proto::client::{Client, Config};
use pop3_proto::{Command, Mechanism, MessageNumber};

pub fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub fn at(n: u64) -> Instant {
    Instant::from_epoch(seconds(n))
}

pub fn text(text: &str) -> Text {
    Text::new(text.to_owned()).unwrap()
}

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

pub fn secret(octets: &[u8]) -> Secret<Bytes> {
    Secret::new(Bytes::copy_from_slice(octets))
}

/// A client that may send passwords in clear.
pub fn open_client() -> Config {
    Config { tls: TlsPolicy::Optional, ..Config::default() }
}

/// The ways to divide a stream that every test runs over.
pub fn all_chunks() -> Vec<Chunks> {
    let random = (1..=12).map(Chunks::Random);
    [Chunks::Whole, Chunks::One].into_iter().chain(random).collect()
}
