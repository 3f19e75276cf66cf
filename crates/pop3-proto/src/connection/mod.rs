//! What client and server connections share: states, limits, errors, endings.

mod error;
mod state;

pub use error::{Closed, Error};
pub use state::State;

pub(crate) use state::is_legal;
