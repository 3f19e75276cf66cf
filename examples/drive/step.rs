//! What all drivers share: everything but the reading, the writing and the waiting.

use std::io;
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use mail_proto::{Connection, Handover, Instant, Next as Want};

use super::{Error, Next};

/// How long the last octets may take to go out once all is over.
const PARTING: Duration = Duration::from_secs(5);

/// How long the peer may take to close after us. A socket that is closed with octets unread resets the
/// connection, and the peer may lose what was said last; so the drivers read and forget until then.
pub(crate) const LINGER: Duration = Duration::from_secs(1);

/// A connection, its input, and how far it is.
#[derive(Debug)]
pub(crate) struct Core<C: Connection> {
    pub(crate) connection: C,
    pub(crate) input: BytesMut,
    /// The stream may hold octets that it has not passed on.
    pub(crate) unflushed: bool,
    /// The peer will send nothing more, or what it sends is of no use.
    ended: bool,
    /// Returned once the remaining events have been.
    failed: Option<Error<C::Error>>,
    /// When the last octets must be out.
    parting: Option<Instant>,
    closed: bool,
}

/// What a driver does now.
#[derive(Debug)]
pub(crate) enum Step<E> {
    /// Return it.
    Event(E),
    /// Return it.
    HandOver(Handover),
    /// Write what `transmit` lends, flush, read if [`Core::wants_read`]; until this time.
    Move {
        /// There is something to write or to flush.
        write: bool,
        until: Option<Instant>,
    },
    /// Nothing to write, nothing may be read: the application owes something. Wait until this time.
    Hold { until: Option<Instant> },
    /// Shut the stream down, until this time; then call [`Core::closed`].
    ShutDown { until: Instant },
    /// Return [`Core::outcome`].
    Closed,
}

impl<C: Connection> Core<C> {
    pub(crate) const fn new(connection: C, input: BytesMut) -> Self {
        let (unflushed, ended, closed) = (false, false, false);
        Self { connection, input, unflushed, ended, failed: None, parting: None, closed }
    }

    pub(crate) fn step(&mut self, now: Instant) -> Step<C::Event> {
        while !self.closed {
            match self.connection.poll(&mut self.input, now) {
                Ok(Some(event)) => return Step::Event(event),
                Ok(None) => {}
                Err(error) => {
                    self.fail(Error::Connection(error));
                    continue;
                }
            }
            self.release_empty_input();
            let write = self.connection.transmit(now).has_remaining() || self.unflushed;
            let want = self.connection.next();
            if self.failed.is_some() || want == Want::Close {
                return self.part(write, now);
            }
            let until = self.connection.poll_timeout();
            match want {
                _ if until.is_some_and(|at| at <= now) => self.connection.handle_timeout(now),
                _ if write => return Step::Move { write, until },
                Want::HandOver(to) => return Step::HandOver(to),
                Want::Hold => return Step::Hold { until },
                // After the end of the stream there is nothing to wait for.
                _ if self.ended => self.connection.close(),
                _ => return Step::Move { write, until },
            }
        }
        Step::Closed
    }

    /// The last octets, for a while.
    fn part(&mut self, write: bool, now: Instant) -> Step<C::Event> {
        let until = *self.parting.get_or_insert(now + PARTING);
        let broken = matches!(self.failed, Some(Error::Io(_)));
        match write && !broken && now < until {
            true => Step::Move { write, until: Some(until) },
            false => Step::ShutDown { until },
        }
    }

    /// Whether to read now. Ask after each write: it may have been the last before a handover.
    pub(crate) fn wants_read(&self) -> bool {
        !self.ended && self.connection.next() == Want::Read
    }

    /// The stream has ended.
    pub(crate) fn end(&mut self) {
        self.ended = true;
        self.connection.receive_eof();
    }

    /// The stream has failed: for the connection it has ended.
    pub(crate) fn break_off(&mut self, error: io::Error) {
        self.fail(Error::Io(error));
        self.connection.receive_eof();
    }

    /// An idle connection keeps no block.
    pub(crate) fn release_empty_input(&mut self) {
        if self.input.is_empty() {
            self.input = BytesMut::new();
        }
    }

    pub(crate) fn handed_over(&mut self, done: Handover) {
        if let Err(error) = self.connection.handed_over(done, &mut self.input) {
            self.fail(Error::Connection(error));
        }
    }

    /// Whether the peer has not closed yet, as far as we know.
    pub(crate) const fn lingers(&self) -> bool {
        !self.ended
    }

    pub(crate) const fn closed(&mut self) {
        self.closed = true;
    }

    pub(crate) fn outcome(&mut self) -> Result<Next<C::Event>, Error<C::Error>> {
        self.failed.take().map_or(Ok(Next::Closed), Err)
    }

    fn fail(&mut self, error: Error<C::Error>) {
        self.ended = true;
        self.failed.get_or_insert(error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_proto::{CommandId, Output, ParseError, Sink as _, Trace, Transcript, Transmit};

    /// Says goodbye, and has one last event.
    #[derive(Default)]
    struct Leaving {
        output: Output,
        transcript: Transcript,
        events: u8,
    }

    impl Connection for Leaving {
        type Event = ();
        type Error = ParseError;

        fn poll(&mut self, _: &mut BytesMut, _: Instant) -> Result<Option<()>, ParseError> {
            self.events = self.events.saturating_add(1);
            match self.events {
                1 => Err(ParseError::new(0, "sense")),
                2 => Ok(Some(())),
                _ => Ok(None),
            }
        }

        fn receive_eof(&mut self) {}

        fn transmit(&mut self, now: Instant) -> Transmit<'_> {
            self.output.transmit(&mut self.transcript, now)
        }

        fn next(&self) -> Want {
            Want::Close
        }

        fn handed_over(&mut self, _: Handover, _: &mut BytesMut) -> Result<(), ParseError> {
            Ok(())
        }

        fn poll_timeout(&self) -> Option<Instant> {
            None
        }

        fn handle_timeout(&mut self, _: Instant) {}

        fn close(&mut self) {}

        fn set_trace(&mut self, _: Option<Box<dyn Trace + Send>>) {}
    }

    #[test]
    fn a_peer_that_takes_nothing_does_not_keep_us() {
        let at = |seconds| Instant::from_epoch(Duration::from_secs(seconds));
        let mut core = Core::new(Leaving::default(), BytesMut::new());
        core.connection.output.writer(CommandId::default()).put(b"* BYE\r\n");
        assert!(matches!(core.step(at(0)), Step::Event(())), "events come before the error");
        let until = at(100) + PARTING;
        for now in [100, 101, 104] {
            let step = core.step(at(now));
            assert!(matches!(step, Step::Move { write: true, until: Some(u) } if u == until));
        }
        assert!(matches!(core.step(until), Step::ShutDown { .. }));
        core.closed();
        assert!(matches!(core.step(until), Step::Closed));
        assert!(matches!(core.outcome(), Err(Error::Connection(_))));
        assert!(matches!(core.outcome(), Ok(Next::Closed)));
    }
}
