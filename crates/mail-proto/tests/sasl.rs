//! The mechanisms of SASL: the examples of their RFCs, both sides against each other, hostile peers,
//! messages there and back.
//!
//! `sasl/cast.rs` is a user on both sides of every mechanism; the tests of both protocols use it too.

#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::string_slice
)]

mod sasl {
    pub mod cast;

    mod binding;
    mod choice;
    mod examples;
    mod exchanges;
    mod hostile_client;
    mod hostile_server;
    mod round_trip;
}
