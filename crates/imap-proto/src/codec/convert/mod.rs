//! Conversions of body parts by the server (RFC 5259).

mod command;
mod data;
mod error;
mod mime_type;

pub use command::*;
pub use data::*;
pub use error::*;
pub use mime_type::*;
