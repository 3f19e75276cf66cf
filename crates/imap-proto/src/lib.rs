//! IMAP4rev1 and IMAP4rev2, client and server: every command and every response, as pure state
//! machines.
//!
//! So far: the leaves of the grammar. Each is a type with `parse`, which takes a [`Cursor`] over a
//! message and a [`Reading`](mail_proto::Reading) that says what is put up with, and `encode`, which
//! writes to an [`Encoder`] and is always strict.
//!
//! ```
//! use bytes::Bytes;
//! use imap_proto::{Defect, Encoder, FlagList, Negotiated, parse_whole};
//! use mail_proto::{Leniency, Reading};
//!
//! let mut reading = Reading::new(Leniency::<Defect>::lenient());
//! let octets = Bytes::from_static(br"(\Seen $Forwarded )");
//! let flags = parse_whole(&octets, &mut reading, FlagList::parse).unwrap();
//! assert!(flags.is_seen());
//! assert_eq!(reading.defects[0].id, Defect::SpaceInList);
//!
//! let mut out = Vec::new();
//! flags.encode(&mut Encoder::new(&mut out, Negotiated::server()));
//! assert_eq!(out, br"(\Seen $Forwarded)");
//! ```

#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod codec;
pub mod connection;

pub use codec::*;
