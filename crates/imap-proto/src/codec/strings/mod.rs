//! Strings: what stands for itself, what stands in quotes, what is counted.

mod binary;
mod literal;
mod names;
mod quoted;
mod tag;
mod values;

pub use binary::NString8;
pub use literal::{Literal, LiteralHeader};
pub use names::Atom;
pub use tag::Tag;
pub use values::{AString, IString, NString};
