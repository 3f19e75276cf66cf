//! A client against a server that is written by hand, as dialogues.
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]

mod dialogue;
mod show;

pub use dialogue::{Chunks, Dialogue, message};
pub use show::{joined, show};

use std::time::Duration;

use bytes::Bytes;
use imap_proto::client::{Client, Config};
use imap_proto::{Command, CommandBody, parse_whole};
use mail_proto::{Instant, Leniency, Reading, Security, TlsPolicy};

pub fn at(seconds: u64) -> Instant {
    Instant::from_epoch(Duration::from_secs(seconds))
}

/// A command as it is written.
pub fn command(text: &str) -> CommandBody {
    let octets = Bytes::from(format!("x {text}"));
    let mut reading = Reading::new(Leniency::strict());
    let parsed = parse_whole(&octets, &mut reading, Command::parse);
    parsed.unwrap_or_else(|error| panic!("{text}: {error}")).body
}

/// A channel with TLS from the beginning.
pub fn tls() -> Config {
    Config { security: Security::Tls, ..Config::default() }
}

/// A client that may say everything in clear.
pub fn open() -> Config {
    Config { tls: TlsPolicy::Optional, ..Config::default() }
}

/// Runs a dialogue in every division of the octets.
#[track_caller]
pub fn dialogue(config: Config, script: &str) {
    for chunks in Chunks::all() {
        Dialogue::new(Client::new(config.clone()), chunks).run(script);
    }
}

/// A dialogue with a client that is logged in.
#[track_caller]
pub fn logged_in(script: &str) {
    dialogue(tls(), &format!("{LOGGED_IN}\n{script}"));
}

/// A dialogue with a client that has selected a mailbox by its first command.
#[track_caller]
pub fn selected(script: &str) {
    dialogue(tls(), &format!("{SELECTED}\n{script}"));
}

pub const LOGGED_IN: &str = "
    S: * PREAUTH ready
    = greeting PREAUTH ready";

pub const SELECTED: &str = "
    S: * PREAUTH ready
    = greeting PREAUTH ready
    + SELECT INBOX
    C: A1 SELECT INBOX
    S: * 9 EXISTS
    = * 9 EXISTS
    S: A1 OK [READ-WRITE] done
    = 1 OK [READ-WRITE] done";
