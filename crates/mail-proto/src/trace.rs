//! Watching the octets of both directions without seeing the secrets.

use alloc::boxed::Box;
use core::fmt;

use crate::Escaped;

/// Which way octets went.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// From the peer to us.
    Received,
    /// From us to the peer.
    Sent,
}

/// Octets that went over the wire, all of them secret or none.
///
/// `Display` shows direction, offset and escaped octets, and never those of a secret.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// Which way.
    pub direction: Direction,
    /// Octets of this direction before these.
    pub offset: u64,
    /// The octets. The records of one direction, put together, are the stream.
    pub octets: &'a [u8],
    /// These are a password, an authentication exchange or the like.
    pub secret: bool,
}

impl fmt::Display for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = match self.direction {
            Direction::Received => "<-",
            Direction::Sent => "->",
        };
        write!(f, "{arrow} {:>8} ", self.offset)?;
        match self.secret {
            true => f.write_str("<hidden>"),
            false => write!(f, "{}", Escaped(self.octets)),
        }
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({self})")
    }
}

/// An observer of a connection's octets, set by [`Connection::set_trace`](crate::Connection::set_trace).
///
/// Every closure over a [`Record`] is one:
///
/// ```
/// use mail_proto::{Record, Trace};
///
/// fn observe(_trace: impl Trace) {}
/// observe(|record: Record<'_>| println!("{record}"));
/// ```
pub trait Trace {
    /// Octets were consumed from the input, or handed to the driver.
    fn record(&mut self, record: Record<'_>);
}

impl<F: FnMut(Record<'_>)> Trace for F {
    fn record(&mut self, record: Record<'_>) {
        self(record);
    }
}

/// A connection's stream offsets in both directions, and its observer.
#[derive(Default)]
pub struct Transcript {
    observer: Option<Box<dyn Trace + Send>>,
    received: u64,
    sent: u64,
}

impl Transcript {
    /// Octets consumed from the input so far: the stream offset of the input's first octet.
    #[must_use]
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Octets handed to the driver so far.
    #[must_use]
    pub const fn sent(&self) -> u64 {
        self.sent
    }

    /// Sets or removes the observer.
    pub fn observe(&mut self, observer: Option<Box<dyn Trace + Send>>) {
        self.observer = observer;
    }

    /// Whether somebody observes.
    #[must_use]
    pub const fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// Counts received octets that nobody observes, and that may be gone by now.
    pub const fn count_received(&mut self, octets: usize) {
        self.received = self.received.saturating_add(octets as u64);
    }

    /// Counts octets that went one way, and shows them to the observer.
    pub fn record(&mut self, direction: Direction, octets: &[u8], secret: bool) {
        let counter = match direction {
            Direction::Received => &mut self.received,
            Direction::Sent => &mut self.sent,
        };
        let offset = *counter;
        *counter = offset.saturating_add(octets.len() as u64);
        if let Some(observer) = &mut self.observer
            && !octets.is_empty()
        {
            observer.record(Record { direction, offset, octets, secret });
        }
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (received, sent, observed) = (self.received, self.sent, self.observer.is_some());
        write!(f, "Transcript {{ received: {received}, sent: {sent}, observed: {observed} }}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_secret_is_never_shown() {
        let record =
            Record { direction: Direction::Sent, offset: 5, octets: b"hunter2", secret: true };
        assert_eq!(record.to_string(), "->        5 <hidden>");
        assert!(!alloc::format!("{record:?}").contains("hunter2"));
    }

    #[test]
    fn offsets_count_each_direction_alone() {
        let mut transcript = Transcript::default();
        transcript.record(Direction::Sent, b"abc", false);
        transcript.record(Direction::Received, b"abcde", true);
        assert_eq!((transcript.sent(), transcript.received()), (3, 5));
    }
}
