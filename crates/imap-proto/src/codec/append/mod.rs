//! APPEND and REPLACE: messages on their way to a mailbox, whole or in parts.

mod builder;
mod catenate;
mod collect;
mod command;
mod extension;
mod message;
mod part;
mod reader;
mod replace;
#[cfg(test)]
mod testing;
mod writer;

pub use builder::*;
pub use catenate::*;
pub use collect::*;
pub use command::*;
pub use extension::*;
pub use message::*;
pub use part::*;
pub use reader::*;
pub use replace::*;
pub use writer::*;
