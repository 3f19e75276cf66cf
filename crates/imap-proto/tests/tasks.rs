//! Tasks over a client, against a server written by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::string_slice, unreachable_pub)]

mod client_support;

#[path = "tasks/fetch.rs"]
mod fetch;
#[path = "tasks/idle.rs"]
mod idle;
#[path = "tasks/list.rs"]
mod list;
#[path = "tasks/login.rs"]
mod login;
#[path = "tasks/select.rs"]
mod select;
#[path = "tasks/world.rs"]
mod world;
