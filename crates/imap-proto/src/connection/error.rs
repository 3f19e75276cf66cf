//! How a connection ends.

use thiserror::Error as ThisError;

use super::LimitError;

/// The framing is lost: nothing that the peer sends from here on can be understood.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// The peer sent something that is no response, or a response to nothing.
    #[error("out of step at octet {at}: expected {expected}")]
    Desync {
        /// Octets of the peer's stream before it.
        at: u64,
        /// What would have been right.
        expected: &'static str,
    },
    /// Octets came in clear between the agreement on TLS and its handshake (RFC 9051 section 6.2.1).
    ///
    /// Whoever sent them could be anyone on the path; taking them as protected is the STARTTLS
    /// injection of CVE-2011-0411 and its kin.
    #[error("plaintext after STARTTLS at octet {at}")]
    PlaintextAfterStartTls {
        /// Octets of the peer's stream before it.
        at: u64,
    },
    /// The server says that the client is logged in before TLS, where TLS is required: nobody knows
    /// to whom (RFC 8314 section 4.1).
    #[error("PREAUTH before TLS at octet {at}")]
    PreAuthBeforeTls {
        /// Octets of the peer's stream before it.
        at: u64,
    },
    /// A unit is longer than it may be, and its end cannot be found.
    #[error("the unit at octet {at} is too long: {limit}")]
    TooLong {
        /// Octets of the peer's stream before it.
        at: u64,
        /// Which limit it passed.
        limit: LimitError,
    },
    /// The driver reports a handover that was not asked for.
    #[error("no such handover was asked for")]
    UnexpectedHandover,
}

/// Why a connection has ended. The last event of every connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Closed {
    /// LOGOUT was answered, if only by the BYE before its OK.
    Logout,
    /// The server said BYE by itself.
    Bye,
    /// The peer closed, or the transport broke.
    Eof,
    /// This side called `close`, or gave up a body half-way.
    Local,
    /// A deadline passed. On a server this is the autologout of RFC 9051 section 5.4.
    Timeout,
    /// The server gave up after too many wrong commands or logins, or on something that is no IMAP.
    Misbehaviour,
    /// The framing was lost; the error has been returned.
    Error,
}
