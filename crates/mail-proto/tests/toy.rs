//! The contract of `mail_proto::Connection`, proved on a toy protocol with IMAP's hard cases.
//!
//! `toy/wire.rs`, `toy/client.rs` and `toy/server.rs` are the protocol, `toy/pair.rs` runs both sides
//! in memory over every division of the stream, `toy/drivers.rs` over the drivers of `examples/drive`.

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

#[path = "../../../examples/drive/lib.rs"]
mod drive;

mod toy {
    #[path = "../support/chunks.rs"]
    pub mod chunks;
    pub mod client;
    pub mod drivers;
    pub mod pair;
    pub mod server;
    pub mod wire;

    mod apps;
    mod bodies;
    mod contract;
    mod cuts;
    mod driving;
    mod gates;
    mod handovers;
    mod load;
    mod times;
}
