//! Work for the IMAP benches: what is read and written, and how it is known to have been understood.
//!
//! The workloads have the names of DESIGN.md section 8 (`B-S1`, `B-C1`, ...). They are made from a
//! fixed seed, so that each run and each contender sees the same octets. The contenders themselves
//! stand with the benches, because the peers are needed nowhere else; ours is [`ours`].

mod commands;
pub mod ours;
mod reading;
mod responses;
mod session;
mod words;

pub use commands::{commands, commands_without_append};
pub use reading::{Checksum, Read, Reading, Unread};
pub use responses::{
    deep_body, esearch, fetch_body_structure, fetch_envelope, fetch_flags, fetch_literal,
    long_subject, many_flags, search, vanished,
};
pub use session::Session;

/// Octets of messages that follow one another, as one side of a connection sends them.
pub struct Workload {
    /// Its name in DESIGN.md section 8, and what it is.
    pub name: &'static str,
    /// How many messages or elements the time is divided by.
    pub items: usize,
    /// What `items` counts.
    pub item: &'static str,
    /// The octets.
    pub wire: Vec<u8>,
}
