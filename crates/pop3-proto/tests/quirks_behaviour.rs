//! The cases of QUIRKS.md sections L and M that are about behaviour, each named after its case.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

#[path = "quirks/clients.rs"]
mod clients;
#[path = "quirks/servers.rs"]
mod servers;
