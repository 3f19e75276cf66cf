//! What real servers and clients do to the syntax: every case with its octets, through the framer and
//! the parsers, strictly and leniently; what is read leniently is written strictly again.
//!
//! A module for each section of QUIRKS.md; `table` names the tests of each case.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::expect_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, unreachable_pub)]

#[path = "quirks/authentication.rs"]
mod authentication;
#[path = "quirks/clients.rs"]
mod clients;
#[path = "quirks/encoder.rs"]
mod encoder;
#[path = "quirks/envelope.rs"]
mod envelope;
#[path = "quirks/fetch.rs"]
mod fetch;
#[path = "quirks/framing.rs"]
mod framing;
#[path = "quirks/names.rs"]
mod names;
#[path = "quirks/read.rs"]
mod read;
#[path = "quirks/search.rs"]
mod search;
#[path = "quirks/select.rs"]
mod select;
#[path = "quirks/state.rs"]
mod state;
#[path = "quirks/status.rs"]
mod status;
#[path = "quirks/structure.rs"]
mod structure;
#[path = "quirks/table.rs"]
mod table;
