//! How long lines, literals and messages may be, and the error that says which of them was longer.

use core::fmt;

use thiserror::Error;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// The largest number that IMAP can write: 63 bits (`number64`, RFC 9051 section 9).
pub(super) const NUMBER: u64 = i64::MAX as u64;

/// What one unit may measure. All but `literals` are octets.
///
/// Which recovery each limit leaves is said at [`Limit`].
///
/// ```
/// use imap_proto::connection::FrameLimits;
///
/// assert_eq!(FrameLimits::server().line, 65_536);
/// let patient = FrameLimits { line: 1 << 20, ..FrameLimits::server() };
/// assert_eq!(patient.literals, 1000);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FrameLimits {
    /// The line, its line ends and announcements included, its literals not.
    pub line: usize,
    /// One literal that is kept inside its message.
    pub literal: usize,
    /// The line and the literals kept inside it.
    pub message: usize,
    /// Literals of one message, kept or streamed.
    pub literals: usize,
    /// One literal that is streamed.
    pub streamed: u64,
}

impl FrameLimits {
    /// A server before login: no stranger gets more than 16 KiB, and nothing is streamed.
    #[must_use]
    pub const fn server_before_login() -> Self {
        Self { line: 8 * KIB, literal: 4 * KIB, message: 16 * KIB, literals: 4, streamed: 0 }
    }

    /// A server after login. RFC 7162 section 4 asks for lines of 8192 octets at least.
    #[must_use]
    pub const fn server() -> Self {
        Self { line: 64 * KIB, literal: 128 * KIB, message: MIB, literals: 1000, streamed: NUMBER }
    }

    /// A client before login.
    #[must_use]
    pub const fn client_before_login() -> Self {
        Self { line: 8 * KIB, ..Self::client() }
    }

    /// A client after login: a SEARCH response of a million numbers is one line of 7 MB.
    #[must_use]
    pub const fn client() -> Self {
        Self { line: 16 * MIB, literal: MIB, message: 16 * MIB, literals: 10_000, streamed: NUMBER }
    }
}

/// Which limit was passed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Limit {
    /// [`FrameLimits::line`]. A server answers BAD and discards the command, or closes; a client
    /// closes.
    Line,
    /// [`FrameLimits::message`]. As for the literal that did not fit, or as for the line.
    Message,
    /// [`FrameLimits::literal`]: stream the literal, or discard the unit.
    Inlined,
    /// [`FrameLimits::streamed`]: discard the unit.
    Streamed,
    /// [`FrameLimits::literals`]: discard the unit.
    Literals,
    /// A number of more than 20 digits or 63 bits, reported as `u64::MAX`. A client that waits for
    /// `+` can be refused; nobody can count the octets of the others, so the framing is lost.
    Number,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Line => "octets in the line",
            Self::Message => "octets in the message",
            Self::Inlined => "octets in a literal that is kept",
            Self::Streamed => "octets in a literal that is streamed",
            Self::Literals => "literals in the message",
            Self::Number => "octets announced",
        })
    }
}

/// A unit is longer than it may be.
///
/// ```
/// use imap_proto::connection::{Frame, FrameLimits, Framer, Limit};
///
/// let mut framer = Framer::commands(FrameLimits { line: 8, ..FrameLimits::server() });
/// let Frame::TooLong(error) = framer.find(b"a1 NOOP \r\n") else { panic!() };
/// assert_eq!((error.limit, error.allowed, error.actual, error.at), (Limit::Line, 8, 9, 8));
/// assert_eq!(error.to_string(), "at octet 8: 9 octets in the line, 8 are allowed");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Error)]
#[error("at octet {at}: {actual} {limit}, {allowed} are allowed")]
pub struct LimitError {
    /// Which limit.
    pub limit: Limit,
    /// The most that may be.
    pub allowed: u64,
    /// What came or was announced. A line has at least so many: its end was not looked for.
    pub actual: u64,
    /// Octets of the unit before the one that is too much, or before the literal.
    pub at: u64,
}
