//! What the tests of all connections share: pipes with faults, time as data, one side alone, both sides
//! in memory. Knows no protocol; the crates include it by its path.
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]

mod chunks;
mod lone;
mod pair;
mod trace;
mod wire;

pub use chunks::{Chunks, Seeded, all_chunks};
pub use lone::Lone;
pub use pair::{App, Pair, Side};
pub use trace::{Canary, transcript};
pub use wire::{Damage, Wire};

use std::time::Duration;

use bytes::Bytes;
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
