//! The mailbox behind POP3 and IMAP, as data.
//!
//! Storage is I/O too, so nothing here calls a store: a session emits [requests](store::Request) and
//! takes [replies](store::Reply). [`store::MemoryStore`] executes them in process and is the
//! reference; a database implements the same requests, synchronously or asynchronously, and proves
//! it with [`store::conformance`].
//!
//! - [`store`] is the mailbox: identifiers, UID sets, requests and replies, the stager, the memory
//!   store, the conformance suite. It names no type of a protocol.
//! - `pop3` (a feature, on by default) has POP3's session for servers, `pop3::Session`, and for clients
//!   `pop3::Pull`, which decides what to retrieve and what to delete.

#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

#[cfg(feature = "pop3")]
pub mod pop3;
pub mod store;
