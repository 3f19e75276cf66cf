//! The client alone, against a server written by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::string_slice)]

mod client_support;

#[path = "client/append.rs"]
mod append;
#[path = "client/basics.rs"]
mod basics;
#[path = "client/cuts.rs"]
mod cuts;
#[path = "client/dialogues.rs"]
mod dialogues;
#[path = "client/fetch.rs"]
mod fetch;
#[path = "client/idle.rs"]
mod idle;
#[path = "client/injection.rs"]
mod injection;
#[path = "client/leaks.rs"]
mod leaks;
#[path = "client/literals.rs"]
mod literals;
#[path = "client/model.rs"]
mod model;
#[path = "client/pipelining.rs"]
mod pipelining;
#[path = "client/quirks.rs"]
mod quirks;
#[path = "client/sasl.rs"]
mod sasl;
#[path = "client/security.rs"]
mod security;
#[path = "client/selected.rs"]
mod selected;
#[path = "client/timers.rs"]
mod timers;
