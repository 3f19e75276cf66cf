//! What the IMAP connections are made of, client and server: so far the framing of the octets.
//!
//! Nothing here knows a mailbox, a clock or a socket.

mod frame;

pub use frame::{Frame, FrameLimits, Framer, Limit, LimitError, Literal};
