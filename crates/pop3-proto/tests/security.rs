//! The attacks of SECURITY.md that concern POP3, each a test named after its item.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

#[path = "security/desync.rs"]
mod desync;
#[path = "security/exhaustion.rs"]
mod exhaustion;
#[path = "security/injection.rs"]
mod injection;
#[path = "security/leaks.rs"]
mod leaks;
#[path = "security/tls.rs"]
mod tls;
