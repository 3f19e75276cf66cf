//! Each item of the history of IMAP's holes that concerns a codec, by its number: injection through the
//! encoder, exhaustion through the parser, differentials, leaks, panics.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::expect_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, unreachable_pub)]

#[path = "security/commands.rs"]
mod commands;
#[path = "security/depth.rs"]
mod depth;
#[path = "security/exhaustion.rs"]
mod exhaustion;
#[path = "security/injection.rs"]
mod injection;
#[path = "security/leaks.rs"]
mod leaks;
#[path = "security/literals.rs"]
mod literals;
#[path = "security/mutation.rs"]
mod mutation;
#[path = "security/responses.rs"]
mod responses;
#[allow(dead_code)]
mod support;
