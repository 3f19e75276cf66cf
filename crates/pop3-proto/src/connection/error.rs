//! How a connection ends.

use thiserror::Error as ThisError;

/// The framing is lost: nothing that the peer sends from here on can be understood.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// The peer sent something that is no reply, or a reply to nothing.
    #[error("out of step at octet {at}: expected {expected}")]
    Desync {
        /// Octets of the peer's stream before it.
        at: u64,
        /// What would have been right.
        expected: &'static str,
    },
    /// Octets came in clear between the agreement on TLS and its handshake (RFC 2595 section 4).
    ///
    /// Whoever sent them could be anyone on the path; taking them as protected is the STARTTLS
    /// injection of CVE-2011-0411 and its kin.
    #[error("plaintext after STLS at octet {at}")]
    PlaintextAfterStls {
        /// Octets of the peer's stream before it.
        at: u64,
    },
    /// A reply line is longer than the limit.
    #[error("the line at octet {at} is longer than {limit} octets")]
    LineTooLong {
        /// Octets of the peer's stream before it.
        at: u64,
        /// The limit, line end included.
        limit: usize,
    },
    /// The driver reports a handover that was not asked for.
    #[error("no such handover was asked for")]
    UnexpectedHandover,
}

/// Why a connection has ended. The last event of every connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Closed {
    /// QUIT was answered.
    Quit,
    /// The peer closed, or the transport broke.
    Eof,
    /// This side called `close`, or gave up a body half-way.
    Local,
    /// A deadline passed. On a server in TRANSACTION this is the auto-logout of RFC 1939 section 3:
    /// nothing is deleted.
    Timeout,
    /// The server gave up after too many wrong commands or logins, or on something that is no POP3.
    Misbehaviour,
    /// The server refused the connection in its greeting.
    Refused,
    /// The framing was lost; the error has been returned.
    Error,
}
