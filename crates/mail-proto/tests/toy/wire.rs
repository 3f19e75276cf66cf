//! The toy's grammar: a miniature of IMAP with its hard cases and nothing else.
//!
//! ```text
//! client:  TAG NOOP | LOGIN string string | APPEND name literal | FETCH n | IDLE, DONE
//!              | STARTTLS | COMPRESS | LOGOUT
//! server:  "+ text" | "* n FETCH {size}" octets | "* n EXISTS" | "* BYE" | TAG OK/NO/BAD text
//! literal: {n} (waits for "+") or {n+} (does not)
//! ```

use bytes::{Bytes, BytesMut};
use mail_proto::{Line, LineScanner};

/// Framing is lost.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    #[error("octets in front of the handover, at {at}")]
    BeforeHandover { at: u64 },
    #[error("no such handover was asked for")]
    NotAskedFor,
    #[error("a completion for what has not been sent, at {at}")]
    Desync { at: u64 },
    #[error("{expected} expected at {at}")]
    Syntax { at: u64, expected: &'static str },
    #[error("no answer in time")]
    TimedOut,
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Status {
    Ok,
    No,
    Bad,
}

impl Status {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::No => "NO",
            Self::Bad => "BAD",
        }
    }

    pub fn parse(word: &[u8]) -> Option<Self> {
        [Self::Ok, Self::No, Self::Bad].into_iter().find(|status| status.name().as_bytes() == word)
    }
}

/// An announcement at the end of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Literal {
    pub size: u64,
    /// The sender waits for `+`.
    pub waits: bool,
}

/// The announcement at the end of a line, and what stands before it.
pub fn literal(line: &[u8]) -> Option<(&[u8], Literal)> {
    let line = line.strip_suffix(b"}\r\n")?;
    let (line, waits) = match line.strip_suffix(b"+") {
        Some(line) => (line, false),
        None => (line, true),
    };
    let brace = line.iter().rposition(|octet| *octet == b'{')?;
    let size = number(&line[brace + 1..])?;
    Some((&line[..brace], Literal { size, waits }))
}

pub fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The first word and the rest.
pub fn word(line: &[u8]) -> (&[u8], &[u8]) {
    match line.iter().position(|octet| *octet == b' ') {
        Some(space) => (&line[..space], &line[space + 1..]),
        None => (line, &[]),
    }
}

/// What stands at the front of a server's input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Frame {
    Partial,
    /// A line that ends in an announcement; the message up to here has `upto` octets.
    Announced {
        upto: usize,
        literal: Literal,
    },
    /// A message of so many octets, inlined literals included.
    Message(usize),
    TooLong,
}

/// Finds commands: lines joined by inlined literals. A few integers, no buffer.
#[derive(Debug, Default)]
pub struct Framer {
    lines: LineScanner,
    /// Octets of the message that are framed.
    upto: usize,
}

impl Framer {
    pub fn find(&mut self, input: &[u8], limit: usize) -> Frame {
        let Some(rest) = input.get(self.upto..) else { return Frame::Partial };
        match self.lines.find(rest, limit.saturating_sub(self.upto), false) {
            Line::Partial => Frame::Partial,
            Line::TooLong => Frame::TooLong,
            Line::Complete(length) => {
                self.upto += length;
                let upto = self.upto;
                match takes_literals(input).then(|| literal(&rest[..length])).flatten() {
                    Some((_, literal)) => Frame::Announced { upto, literal },
                    None => {
                        self.upto = 0;
                        Frame::Message(upto)
                    }
                }
            }
        }
    }

    /// The announced octets belong to the message.
    pub fn inline(&mut self, octets: usize) {
        self.upto += octets;
    }

    /// The message so far has been consumed.
    pub fn restart(&mut self) {
        self.upto = 0;
        self.lines.restart();
    }

    pub fn examined(&self) -> u64 {
        self.lines.examined()
    }
}

/// The framer knows what it frames: only these commands have strings.
fn takes_literals(message: &[u8]) -> bool {
    let (_, command) = word(message);
    command.starts_with(b"LOGIN ") || command.starts_with(b"APPEND ")
}

/// A string argument (atom or literal) and what follows it.
pub fn string(arguments: &[u8]) -> Option<(Bytes, &[u8])> {
    if let Some(rest) = arguments.strip_prefix(b"{") {
        let end = rest.windows(2).position(|two| two == b"\r\n")? + 2;
        let (_, Literal { size, .. }) = literal(&arguments[..=end])?;
        let (octets, behind) = rest[end..].split_at_checked(usize::try_from(size).ok()?)?;
        return Some((Bytes::copy_from_slice(octets), behind));
    }
    let end = arguments.iter().position(|octet| matches!(octet, b' ' | b'\r'))?;
    (end > 0).then(|| (Bytes::copy_from_slice(&arguments[..end]), &arguments[end..]))
}

/// As many octets of a body as have come.
pub fn take_body(input: &mut BytesMut, left: &mut u64) -> Bytes {
    let octets = input.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
    *left -= octets as u64;
    input.split_to(octets).freeze()
}
