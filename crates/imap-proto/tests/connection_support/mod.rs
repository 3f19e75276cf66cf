//! What the tests of both connections share: pipes with faults, time as data, one side alone, both
//! sides in memory. Knows neither side.
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]

mod lone;
mod pair;
pub mod server;
#[path = "../../../pop3-proto/tests/support/wire.rs"]
mod wire;

pub use lone::{Canary, Lone, transcript};
pub use pair::{App, Pair, Side};
pub use wire::{Chunks, Seeded, Wire};

use std::time::Duration;

use bytes::Bytes;
use imap_proto::{Code, Condition, ConditionKind, RespText};
use mail_proto::{Instant, Secret, Text};

pub fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub fn at(n: u64) -> Instant {
    Instant::from_epoch(seconds(n))
}

pub fn text(text: &str) -> Text {
    Text::new(text.to_owned()).unwrap()
}

pub fn secret(octets: &[u8]) -> Secret<Bytes> {
    Secret::new(Bytes::copy_from_slice(octets))
}

pub fn condition(kind: ConditionKind, code: Option<Code>, why: &str) -> Condition {
    Condition { kind, text: RespText::new(code, text(why)) }
}

pub fn ok(why: &str) -> Condition {
    condition(ConditionKind::Ok, None, why)
}

pub fn no(code: Option<Code>, why: &str) -> Condition {
    condition(ConditionKind::No, code, why)
}

pub fn bad(why: &str) -> Condition {
    condition(ConditionKind::Bad, None, why)
}

/// The ways to divide a stream that every test runs over.
pub fn all_chunks() -> Vec<Chunks> {
    let random = (1..=12).map(Chunks::Random);
    [Chunks::Whole, Chunks::One].into_iter().chain(random).collect()
}
