//! Our client against our server in memory, over every way to divide and tear the stream.
#![allow(missing_docs, unreachable_pub, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod client_support;
mod connection_support;

#[path = "pair/agreement.rs"]
mod agreement;
#[path = "pair/application.rs"]
mod application;
#[path = "pair/cuts.rs"]
mod cuts;
#[path = "pair/dialogues.rs"]
mod dialogues;
#[path = "pair/heard.rs"]
mod heard;
#[path = "pair/mistakes.rs"]
mod mistakes;
#[path = "pair/model.rs"]
mod model;
#[path = "pair/rfcs.rs"]
mod rfcs;
#[path = "pair/script.rs"]
mod script;
#[path = "pair/shrink.rs"]
mod shrink;
#[path = "pair/steps.rs"]
mod steps;
#[path = "pair/world.rs"]
mod world;
