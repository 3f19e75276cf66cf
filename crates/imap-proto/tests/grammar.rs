//! Sentences derived from the merged grammar: whatever it allows is read strictly.
#![allow(missing_docs, unreachable_pub, clippy::arithmetic_side_effects, clippy::unwrap_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice)]

#[path = "grammar/abnf.rs"]
mod abnf;
#[path = "grammar/accept.rs"]
mod accept;
#[path = "grammar/check.rs"]
mod check;
#[path = "grammar/derive.rs"]
mod derive;
#[path = "grammar/generate.rs"]
mod generate;
#[path = "grammar/generator.rs"]
mod generator;
#[path = "grammar/random.rs"]
mod random;
#[path = "grammar/words.rs"]
mod words;
