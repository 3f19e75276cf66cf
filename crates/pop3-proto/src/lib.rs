//! POP3, client and server: every command and every reply, as pure state machines.
//!
//! - [`client::Client`] and [`server::Server`] are the two connections. Octets and time go in; octets,
//!   events and deadlines come out: both keep [`mail_proto::Connection`], so one driver runs them.
//! - The codec is one type per noun of the protocol, each with `parse`, which takes a line without its
//!   CRLF and a [`Reading`](mail_proto::Reading) that says what is put up with, and `encode`, which
//!   writes the line with its CRLF and is always strict. [`Stuffer`] and [`Unstuffer`] carry messages.
//! - [`Defect`] lists what real servers and clients get wrong and we read.
//!
//! RFC 1939, 2449, 2595, 3206, 5034 and 6856 are covered; of the commands that are dead (RFC 1081,
//! 1082, 1225, 1460) and of unknown ones the octets are kept ([`RawCommand`]).
//!
//! ```
//! use bytes::Bytes;
//! use mail_proto::{Leniency, Reading};
//! use pop3_proto::{Command, Defect};
//!
//! let mut reading = Reading::new(Leniency::<Defect>::lenient());
//! let command = Command::parse(&Bytes::from_static(b"list "), &mut reading).unwrap();
//! assert_eq!(command, Command::List(None));
//! assert_eq!(reading.defects[0].id, Defect::TrailingSpace);
//!
//! let mut line = Vec::new();
//! command.encode(&mut line);
//! assert_eq!(line, b"LIST\r\n");
//! ```

#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod client;
mod codec;
mod connection;
pub mod server;

pub use codec::{
    COMMAND_LENGTH, Capability, Challenge, Command, Defect, Digest, DropListing, Expire, Greeting,
    LanguageListing, LanguageRange, LanguageTag, LineEnds, MechanismListing, MessageNumber, Name,
    NormalizedSize, Part, Password, PopUrl, REPLY_LENGTH, RawCode, RawCommand, ResponseCode,
    SaslResponse, ScanListing, Shape, Status, StatusKind, Stuffed, Stuffer, Timestamp, UidListing,
    UniqueId, Unstuffer, UrlAuth, UrlHost, UrlText, apop_digest, encode_end, unstuff_line,
};
pub use connection::{Closed, Error, State};
pub use mail_proto::sasl::Mechanism;
