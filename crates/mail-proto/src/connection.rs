//! The contract between a protocol state machine and whatever moves its octets.
//!
//! Knows nothing of any protocol: a driver written against [`Connection`] runs POP3 and IMAP,
//! clients and servers.

use alloc::boxed::Box;
use bytes::BytesMut;

use crate::{Instant, Trace, Transmit};

/// A protocol connection without I/O: octets and time go in, octets, events and deadlines come out.
///
/// There are four kinds of method:
///
/// - **feeding**: [`poll`](Self::poll) takes octets from the front of the caller's `input` and returns
///   one event; [`receive_eof`](Self::receive_eof), [`handle_timeout`](Self::handle_timeout) and
///   [`handed_over`](Self::handed_over) tell what happened outside;
/// - **draining**: [`transmit`](Self::transmit) lends what may be written now;
/// - **asking**: [`next`](Self::next) and [`poll_timeout`](Self::poll_timeout) say what the connection
///   waits for;
/// - **commands and replies** are the inherent methods of each implementation. They queue output and
///   return at once; misuse is a [`SendError`](crate::SendError) that changes nothing.
///
/// # The run loop
///
/// After *every* read, write, timeout, end of file and local call: `poll` until `None`, then write
/// until `transmit` has nothing left, then do what `next` says. The crate's front page shows a
/// complete driver.
///
/// # Input
///
/// `input` belongs to the caller, who only appends to it; the connection consumes from its front.
/// Events may hold slices of it, so a kept event pins the block that was read.
pub trait Connection: Send {
    /// What happened, in the order of the octets.
    type Event;

    /// The peer broke the framing, so nothing behind it can be understood: write what
    /// [`transmit`](Self::transmit) still lends, then close.
    ///
    /// A server still says its replies. A client lends nothing more: how much of each command has been
    /// sent is told with the error, and stays true.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Returns the next event, or `None` when more octets, time or a local call are needed.
    ///
    /// Timers that wait for the peer begin with the first call.
    ///
    /// # Errors
    ///
    /// The framing is lost. The error is returned once; later calls parse nothing and only drain the
    /// remaining events (each open command is reported as lost).
    fn poll(
        &mut self,
        input: &mut BytesMut,
        now: Instant,
    ) -> Result<Option<Self::Event>, Self::Error>;

    /// The peer will send nothing more. Octets already in `input` are still parsed.
    fn receive_eof(&mut self);

    /// Lends the octets that may be written now; they are gone when the caller advances over them.
    ///
    /// Ends at the first octet that must wait (for a continuation, a turn, a handover, a body).
    fn transmit(&mut self, now: Instant) -> Transmit<'_>;

    /// What the driver does once [`transmit`](Self::transmit) has nothing left.
    ///
    /// While something waits to be written, [`Next::Read`] allows reading beside it, and nothing else
    /// does: ask again after each write, it may have been the last one before a handover. After
    /// [`receive_eof`](Self::receive_eof) there is nothing to read: [`Next::Hold`] says that the
    /// application still owes something, [`Next::Close`] that all is done, and `Read` is taken for the latter.
    fn next(&self) -> Next;

    /// The transport has been swapped as [`Next::HandOver`] asked for.
    ///
    /// For [`Handover::Tls`] `input` must be empty: octets that came before the handshake were not
    /// protected by it. For [`Handover::Deflate`] the driver has moved what was left in `input` to
    /// the inflater first.
    ///
    /// # Errors
    ///
    /// Octets were left where none may be, or no such handover was asked for. As with
    /// [`poll`](Self::poll), events remain to be drained.
    fn handed_over(&mut self, done: Handover, input: &mut BytesMut) -> Result<(), Self::Error>;

    /// When [`handle_timeout`](Self::handle_timeout) must be called, if nothing happens before.
    fn poll_timeout(&self) -> Option<Instant>;

    /// Time has passed. Does nothing when no deadline has been reached, and moves the one that has been.
    fn handle_timeout(&mut self, now: Instant);

    /// Closes from this side: what is queued and may be written is still lent, nothing new is parsed.
    fn close(&mut self);

    /// Sets or removes the observer of all octets of both directions, secrets marked.
    fn set_trace(&mut self, trace: Option<Box<dyn Trace + Send>>);
}

/// What a driver does next, when everything that may be written has been written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Read, and wait for the deadline beside it.
    Read,
    /// Do not read: the connection has more input or output than it may hold. Wait for a local call,
    /// for the transport to take octets, or for the deadline.
    Hold,
    /// Flush the transport, swap it, call [`Connection::handed_over`].
    HandOver(Handover),
    /// Flush and close the transport. Everything that could be written has been.
    Close,
}

/// A change of the layer below the protocol.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Handover {
    /// TLS begins (STLS, RFC 2595 section 4; STARTTLS, RFC 9051 section 6.2.1).
    Tls,
    /// Compression begins (COMPRESS=DEFLATE, RFC 4978).
    Deflate,
    /// Compression ends (UNAUTHENTICATE, RFC 8437).
    EndDeflate,
}

/// Whether the octets of the channel are protected at present. An input, never guessed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Security {
    /// Anyone on the path can read and change the octets.
    #[default]
    Plain,
    /// TLS is active.
    Tls,
}

/// What a client may send over an unprotected channel (RFC 8314 section 4.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum TlsPolicy {
    /// Credentials never leave in clear: sending them before TLS is a
    /// [`SendError::TlsRequired`](crate::SendError::TlsRequired).
    #[default]
    Required,
    /// The application decides each time.
    Optional,
}
