//! Coverage as data: each rule of the grammar and each registered name has a type and vectors, for each
//! direction that it has.
#![allow(missing_docs, unreachable_pub, clippy::arithmetic_side_effects, clippy::unwrap_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice)]

#[path = "coverage/accept.rs"]
mod accept;
#[path = "grammar/check.rs"]
mod check;

#[allow(dead_code, reason = "the generator of sentences needs the rest")]
#[path = "grammar/abnf.rs"]
mod abnf;
#[path = "grammar/derive.rs"]
mod derive;
#[path = "coverage/rows.rs"]
mod rows;
#[path = "coverage/table.rs"]
mod table;
#[path = "coverage/vectors.rs"]
mod vectors;
