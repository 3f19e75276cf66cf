//! Strings: what stands for itself, what stands in quotes, what is counted.

mod literal;
mod names;
mod quoted;
mod values;

pub use literal::{Literal, LiteralHeader};
pub use names::{Atom, Tag};
pub use values::{AString, IString, NString};
