//! Fuzz targets of the mail-retrieval crates.
//!
//! Each [target](targets) is a plain function of some octets that panics when a property does not
//! hold. Two thin front ends call them: libFuzzer's (`fuzz_targets/`, nightly) and
//! `tests/corpus.rs` (stable), which runs every target over its corpus.

mod dice;
mod drive;
mod grammar;
mod imap;
mod naive;
mod talk;
pub mod targets;
mod values;
