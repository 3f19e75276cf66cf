//! Drivers: what moves the octets of any [`Connection`](mail_proto::Connection).
//!
//! Copy the one you need; [`blocking`] runs on threads, [`mod@tokio`] on tokio, [`mod@smol`] on smol and
//! whatever else has the streams of `futures-io`. All *pull*: `next`
//! returns one event and moves octets only while it is being called, so a program that is slow to call
//! it again slows its peer down, and nothing piles up in between. A callback loop is ten lines on top of
//! it (`run`, at the end of each file). Without a runtime, threads or `std` see `examples/bare_loop`.
//!
//! # What a driver must do
//!
//! 1. `poll` until there is no event, after *every* read, write, timeout, end of file and local call.
//!    Only then is the answer of `Connection::next` about the present.
//! 2. Write what `transmit` lends, and flush before waiting (TLS and compression hold octets back).
//! 3. Read only when `next` says `Read`, and ask it again after each write: what follows a handover
//!    must not be read on this side of it. Read while writing, or two full pipes wait for each other.
//! 4. Call `handle_timeout` at `poll_timeout`, even when octets never cease to come.
//! 5. Release an empty input's block: a connection may idle for hours.
//! 6. After an error: hand out the events that remain (each open command is reported as lost), write
//!    what `transmit` still lends, for a bounded time, and close. A failed transport is told as the end
//!    of file, so that its open commands are reported too.
//! 7. Hand the transport to the caller at `HandOver`: only the caller has the certificates. The type of
//!    the stream may change: `detach` parts driver and stream, `resume` puts the new stream in.

use std::fmt;
use std::io;

use mail_proto::Handover;

pub mod blocking;
pub mod smol;
mod step;
pub mod tokio;

/// What `Driver::next` returns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Next<E> {
    /// Something happened.
    Event(E),
    /// Everything has been written and flushed: swap the stream, then `resume` (or `handed_over`).
    ///
    /// For [`Handover::Deflate`] move what is left in `input_mut` to the inflater first.
    HandOver(Handover),
    /// The connection is over and its stream shut down.
    Closed,
}

/// Why a driver stopped.
#[derive(Debug)]
pub enum Error<E> {
    /// The peer broke the protocol, or did not answer in time. The connection is closed.
    Connection(E),
    /// The transport failed. The connection is closed.
    Io(io::Error),
    /// The application owes the connection an answer or octets of a body, and nothing else can happen
    /// before. Nothing is lost: supply it, then call `next` again. (The blocking driver only.)
    Held,
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
            Self::Held => f.write_str("the application owes an answer"),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connection(error) => error.source(),
            Self::Io(error) => error.source(),
            Self::Held => None,
        }
    }
}

impl<E> From<io::Error> for Error<E> {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The examples of the README are tests too.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
