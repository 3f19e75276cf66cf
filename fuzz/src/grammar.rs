//! Sentences of the grammar, by the choices of the fuzzer: the generator of `imap-proto`'s tests.

#![allow(dead_code, unreachable_pub)]

#[path = "../../crates/imap-proto/tests/grammar/abnf.rs"]
pub(crate) mod abnf;
#[path = "../../crates/imap-proto/tests/grammar/generate.rs"]
pub(crate) mod generate;
pub(crate) mod random;
#[path = "../../crates/imap-proto/tests/grammar/words.rs"]
pub(crate) mod words;

/// Rules whose sentences are not read, each with its reason.
pub(crate) const EXCEPTIONS: &str =
    include_str!("../../crates/imap-proto/tests/grammar/exceptions.tsv");
