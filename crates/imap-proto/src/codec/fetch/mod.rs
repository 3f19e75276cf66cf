//! FETCH: what is asked for, what comes back, whole or in parts.

pub(super) mod announced;
pub(crate) mod att;
mod body_section;
mod builder;
mod collect;
pub(crate) mod command;
mod data;
mod fast;
mod item;
mod malformed;
pub(crate) mod modifier;
mod part;
mod preview;
mod reader;
#[cfg(test)]
pub(super) mod testing;
mod vendor;
mod writer;

pub use att::*;
pub(in crate::codec) use body_section::check_nul;
pub use body_section::*;
pub use builder::*;
pub(in crate::codec) use collect::Chunks;
pub use collect::*;
pub use command::*;
pub use data::*;
pub use item::*;
pub use malformed::*;
pub use modifier::*;
pub use part::*;
pub use preview::*;
pub use reader::*;
pub use vendor::Snippet;
pub use writer::*;
