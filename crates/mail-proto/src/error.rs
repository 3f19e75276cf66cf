//! Errors that both protocols share.

use thiserror::Error;

/// Octets that are not what the grammar says: where, and what was expected instead.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Error)]
#[error("at octet {at}: expected {expected}")]
pub struct ParseError {
    /// Octets from the beginning of the parsed unit (a line, a value) to the first wrong one.
    pub at: usize,
    /// What the grammar wants there, in words.
    pub expected: &'static str,
}

impl ParseError {
    /// An error at an octet of the unit.
    #[must_use]
    pub const fn new(at: usize, expected: &'static str) -> Self {
        Self { at, expected }
    }

    /// The same error, seen from a unit that begins `before` octets earlier.
    #[must_use]
    pub const fn shifted(self, before: usize) -> Self {
        Self { at: self.at.saturating_add(before), expected: self.expected }
    }
}

/// A local call that cannot be done. It changed nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Error)]
#[non_exhaustive]
pub enum SendError {
    /// The connection is closing or closed.
    #[error("the connection is closed")]
    Closed,
    /// The present state does not allow the call.
    #[error("not in this state: {expected}")]
    State {
        /// What would have to be the case.
        expected: &'static str,
    },
    /// The TLS policy forbids credentials on the unprotected channel.
    #[error("the TLS policy forbids this before TLS is active")]
    TlsRequired,
    /// The peer does not offer this.
    #[error("the peer does not offer {what}")]
    NotOffered {
        /// The capability or mechanism.
        what: &'static str,
    },
    /// Nothing of this owner waits for octets.
    #[error("nothing of this command or reply waits for octets")]
    NotOwed,
    /// Announced octets and supplied octets differ.
    #[error("{left} octets are announced, {given} were given")]
    Length {
        /// Octets still owed.
        left: u64,
        /// Octets of the call.
        given: u64,
    },
    /// What is to be sent is longer than a line may be.
    #[error("the line has {length} octets, {limit} may be sent")]
    TooLong {
        /// Octets of the line with its CRLF.
        length: usize,
        /// The most that may be sent.
        limit: usize,
    },
}

/// How much of a command had been handed to the driver.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sent {
    /// No octet: it certainly was not executed.
    Not,
    /// Some octets: it was not executed, unless the peer acts on half a command.
    Partly,
    /// Every octet: it may have been executed.
    Fully,
}
