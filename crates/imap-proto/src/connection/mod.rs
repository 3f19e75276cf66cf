//! What the IMAP connections are made of, client and server: framing, states, the rules of commands,
//! errors and endings.
//!
//! Nothing here knows a mailbox, a clock or a socket.

mod error;
mod frame;
mod rules;
mod state;
mod unit;

pub use error::{Closed, Error};
pub use frame::{Frame, FrameLimits, Framer, Limit, LimitError, Literal};
pub use rules::{Rules, rules, rules_of, table};
pub use state::{Enabled, State, States};
pub(crate) use unit::Unit;
