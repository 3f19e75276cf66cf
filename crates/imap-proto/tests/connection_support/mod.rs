//! What the tests of both connections share. Knows neither side, but for `server`.
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]

#[path = "../../../mail-proto/tests/support/mod.rs"]
mod harness;
pub mod server;

pub use harness::*;

use imap_proto::{Code, Condition, ConditionKind, RespText};

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
