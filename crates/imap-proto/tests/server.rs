//! What the server's methods promise, state by state.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod connection_support;

mod server {
    mod append;
    mod authenticate;
    mod commands;
    mod dialogues;
    mod fetch;
    mod handovers;
    mod idle;
    mod legality;
    mod limits;
    mod literals;
    mod quirks;
    mod splits;
    mod timers;
}
