//! The two ends of the queue: what is written into it, and what is lent out of it.

use bytes::{Buf, Bytes};

use super::{CommandId, Gate, Kind, Output};
use crate::{Direction, Instant, Sink, Transcript};

/// Writes to the end of an [`Output`] in the name of one owner.
#[derive(Debug)]
pub struct Writer<'a> {
    pub(super) output: &'a mut Output,
    pub(super) owner: CommandId,
    /// Where among the copied octets those begin that have not been queued: small pieces are queued
    /// together.
    pub(super) queued: usize,
}

impl Writer<'_> {
    /// Queues what has been copied.
    fn queue(&mut self, secret: bool) {
        let copied = self.output.copied.len();
        let begin = core::mem::replace(&mut self.queued, copied);
        if copied > begin {
            self.output.push_copied(self.owner, copied.saturating_sub(begin), secret);
        }
    }
}

impl Sink for Writer<'_> {
    #[inline]
    fn put(&mut self, octets: &[u8]) {
        self.output.room(octets.len()).put(octets);
    }

    #[inline]
    fn put_front<const N: usize>(&mut self, octets: &[u8; N], length: usize) {
        self.output.room(N).put_front(octets, length);
    }

    fn put_secret(&mut self, octets: &[u8]) {
        self.queue(false);
        self.put(octets);
        self.queue(true);
    }

    fn put_shared(&mut self, octets: Bytes) {
        self.queue(false);
        self.output.push_held(self.owner, octets);
    }

    fn wait_for_continuation(&mut self) {
        self.queue(false);
        self.output.push_gate(self.owner, Gate::Continuation);
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        self.queue(false);
    }
}

/// The octets that may be written now, lent by [`Connection::transmit`](crate::Connection::transmit).
///
/// A [`bytes::Buf`]: write a chunk (or, with `chunks_vectored`, many), then
/// [`advance`](bytes::Buf::advance) by what the transport took. Dropping it changes nothing.
#[derive(Debug)]
pub struct Transmit<'a> {
    pub(super) output: &'a mut Output,
    pub(super) transcript: &'a mut Transcript,
    pub(super) now: Instant,
}

impl Transmit<'_> {
    /// The octets, slice by slice.
    pub fn slices(&self) -> impl Iterator<Item = &[u8]> {
        self.output.slices()
    }
}

impl Buf for Transmit<'_> {
    fn remaining(&self) -> usize {
        self.output.ready_len
    }

    fn chunk(&self) -> &[u8] {
        self.output.slices().next().unwrap_or(&[])
    }

    #[cfg(feature = "std")]
    fn chunks_vectored<'a>(&'a self, slices: &mut [std::io::IoSlice<'a>]) -> usize {
        let mut used = 0usize;
        for (to, from) in slices.iter_mut().zip(self.output.slices()) {
            *to = std::io::IoSlice::new(from);
            used = used.saturating_add(1);
        }
        used
    }

    /// # Panics
    ///
    /// If more octets than [`remaining`](bytes::Buf::remaining) are advanced: the driver claims to
    /// have written what it was not lent.
    fn advance(&mut self, octets: usize) {
        assert!(octets <= self.remaining(), "advanced over {octets} octets that were not lent");
        if octets > 0 {
            self.output.hand_out(octets, self.transcript, self.now);
        }
    }
}

impl Output {
    /// Takes octets off the front: they have been handed out.
    fn hand_out(&mut self, mut octets: usize, transcript: &mut Transcript, now: Instant) {
        self.moved_at = Some(now);
        self.len = self.len.saturating_sub(octets);
        self.ready_len = self.ready_len.saturating_sub(octets);
        while octets > 0
            && let Some(run) = self.runs.front_mut()
        {
            let part = octets.min(usize::try_from(run.len).unwrap_or(usize::MAX));
            run.len = run.len.saturating_sub(part as u64);
            self.started = self.started.max(run.owner);
            let (kind, secret, used_up) = (run.kind, run.secret, run.len == 0);
            if kind == Kind::Copied {
                transcript.record(Direction::Sent, self.copied.get(..part).unwrap_or(&[]), secret);
                self.copied.advance(part);
            } else if let Some(held) = self.held.front_mut() {
                transcript.record(Direction::Sent, held.get(..part).unwrap_or(&[]), secret);
                held.advance(part);
            }
            if used_up {
                self.runs.pop_front();
                self.ready_runs = self.ready_runs.saturating_sub(1);
                if kind == Kind::Held {
                    self.held.pop_front();
                }
            }
            octets = octets.saturating_sub(part);
        }
        self.release_if_empty();
    }

    /// The octets of the ready runs in as few slices as they stand in.
    pub(super) fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let (mut index, mut copied, mut held) = (0usize, 0usize, self.held.iter());
        core::iter::from_fn(move || {
            let from = copied;
            while index < self.ready_runs
                && let Some(run) = self.runs.get(index)
            {
                if run.kind == Kind::Copied {
                    copied = copied.saturating_add(usize::try_from(run.len).unwrap_or(usize::MAX));
                    index = index.saturating_add(1);
                } else if copied > from {
                    break;
                } else {
                    index = index.saturating_add(1);
                    return held.next().map(AsRef::as_ref);
                }
            }
            self.copied.get(from..copied).filter(|slice| !slice.is_empty())
        })
    }
}
