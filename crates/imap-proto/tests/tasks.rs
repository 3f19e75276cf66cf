//! Tasks over a client, against a server written by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::string_slice, unreachable_pub)]

mod client_support;

#[path = "tasks/cancel.rs"]
mod cancel;
#[path = "tasks/change.rs"]
mod change;
#[path = "tasks/endings.rs"]
mod endings;
#[path = "tasks/fetch.rs"]
mod fetch;
#[path = "tasks/handles.rs"]
mod handles;
#[path = "tasks/idle.rs"]
mod idle;
#[path = "tasks/list.rs"]
mod list;
#[path = "tasks/login.rs"]
mod login;
#[path = "tasks/mailbox.rs"]
mod mailbox;
#[path = "tasks/model.rs"]
mod model;
#[path = "tasks/rights.rs"]
mod rights;
#[path = "tasks/sasl.rs"]
mod sasl;
#[path = "tasks/search.rs"]
mod search;
#[path = "tasks/select.rs"]
mod select;
#[path = "tasks/upload.rs"]
mod upload;
#[path = "tasks/world.rs"]
mod world;
