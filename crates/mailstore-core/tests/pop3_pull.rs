//! `Pull` over the real client, against the real server, session and store and against odd servers, all
//! in memory; with every division of the stream, cuts at every octet, crashes, and refusals.
//!
//! `world.rs` is the device and the wire, `real.rs` and `odd.rs` are the servers.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

mod pop3_pull {
    mod by_hand;
    mod crashes;
    mod cuts;
    mod expire;
    mod odd;
    mod policies;
    mod quirks;
    mod real;
    mod seeds;
    mod world;
}
