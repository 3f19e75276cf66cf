//! What a connection has to say, in order: octets, gates where it waits, holes that are filled later.
//!
//! Knows no protocol: who owns what, and when a gate opens, is the connection's business.

use alloc::collections::VecDeque;
use bytes::{Bytes, BytesMut};
use core::fmt;
use core::ops::Range;

use crate::{Handover, Instant, Sent, Transcript};

mod ends;
mod holes;

pub use ends::{Transmit, Writer};

/// Names a command (or a reply) of one connection. Later ones are greater; none is used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct CommandId(u64);

impl CommandId {
    /// The id after this one. The default id comes before all.
    #[must_use]
    pub const fn following(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What a gate waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Gate {
    /// The peer's continuation (`+`), meant for this command.
    Continuation,
    /// The command's turn: the connection's pipelining rule is asked whenever the gate is reached.
    Turn,
    /// The transport has been swapped.
    Handover(Handover),
}

/// How many octets a hole still takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Owed {
    /// So many octets have been announced and not been supplied.
    Exactly(u64),
    /// As many as the owner likes, until [`Output::close_hole`].
    Open,
}

/// From which amount of queued output on to be careful, in octets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Watermarks {
    /// At this amount a server stops reading, and nobody should produce more.
    pub high: usize,
    /// Below this amount producers go on.
    pub low: usize,
}

/// Copied octets from which on their buffer is not left to double.
const LONG: usize = 64 * 1024;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Octets in `copied`.
    Copied,
    /// One entry of `held`.
    Held,
    Gate(Gate),
    /// Octets to come; `len` of them, if announced.
    Hole {
        announced: bool,
    },
}

impl Kind {
    const fn is_octets(self) -> bool {
        matches!(self, Self::Copied | Self::Held)
    }
}

#[derive(Clone, Copy, Debug)]
struct Run {
    owner: CommandId,
    len: u64,
    kind: Kind,
    secret: bool,
}

/// The output queue of a connection.
///
/// It is a list of *runs*, each owned by one command: octets (small ones are copied together, payloads
/// held by reference), *gates*, and *holes*. [`transmit`](Self::transmit) lends the octets before the
/// first gate or hole. Owners stand in the order of their ids.
///
/// # Example
///
/// ```
/// use bytes::Buf;
/// use mail_proto::{CommandId, Gate, Instant, Output, Sent, Sink, Transcript};
///
/// let (mut output, mut transcript) = (Output::default(), Transcript::default());
/// let login = CommandId::default().following();
/// let mut writer = output.writer(login);
/// writer.put(b"a LOGIN {3}\r\n");
/// writer.wait_for_continuation();
/// writer.put(b"joe\r\n");
/// drop(writer);
///
/// let mut transmit = output.transmit(&mut transcript, Instant::default());
/// assert_eq!(transmit.copy_to_bytes(transmit.remaining()), "a LOGIN {3}\r\n");
/// assert_eq!(output.sent(login), Sent::Partly);
/// assert_eq!(output.front_gate(), Some((login, Gate::Continuation)));
/// output.open_front();
/// assert_eq!(output.transmit(&mut transcript, Instant::default()).chunk(), b"joe\r\n");
/// ```
#[derive(Default)]
pub struct Output {
    runs: VecDeque<Run>,
    /// The octets of all `Copied` runs, in order.
    copied: BytesMut,
    /// The octets of all `Held` runs, in order.
    held: VecDeque<Bytes>,
    /// Runs before the first gate or hole.
    ready_runs: usize,
    /// Octets of those.
    ready_len: usize,
    /// Octets of all runs; holes count nothing.
    len: usize,
    /// The last owner of which an octet was handed out.
    started: CommandId,
    /// When an octet was last handed out.
    moved_at: Option<Instant>,
}

impl Output {
    /// Queues at the end, in the name of `owner`. What was written counts when the writer is dropped.
    pub fn writer(&mut self, owner: CommandId) -> Writer<'_> {
        Writer { owner, queued: self.copied.len(), output: self }
    }

    /// Queues a gate at the end.
    pub fn push_gate(&mut self, owner: CommandId, gate: Gate) {
        self.push(Run { owner, len: 0, kind: Kind::Gate(gate), secret: false });
    }

    /// Queues a hole at the end: what is queued behind it waits until the owner has filled it.
    pub fn push_hole(&mut self, owner: CommandId, owed: Owed) {
        let (announced, len) = match owed {
            Owed::Exactly(0) => return,
            Owed::Exactly(len) => (true, len),
            Owed::Open => (false, 0),
        };
        self.push(Run { owner, len, kind: Kind::Hole { announced }, secret: false });
    }

    /// The gate that everything waits for, if all octets before it have been handed out.
    #[must_use]
    pub fn front_gate(&self) -> Option<(CommandId, Gate)> {
        self.runs.front().and_then(Run::gate)
    }

    /// The first gate, if no hole stands before it; there may be octets before it.
    #[must_use]
    pub fn first_gate(&self) -> Option<(CommandId, Gate)> {
        self.runs.get(self.ready_runs).and_then(Run::gate)
    }

    /// Opens the gate at the front.
    pub fn open_front(&mut self) {
        if self.front_gate().is_some() {
            self.open_first();
        }
    }

    /// Opens the first gate.
    pub fn open_first(&mut self) {
        if self.first_gate().is_some() {
            self.runs.remove(self.ready_runs);
            self.extend_ready();
        }
    }

    /// Gives up the rest of a command that has been refused.
    ///
    /// What stands before its first gate or open hole has been begun and still goes out, announced
    /// octets included; the rest is dropped.
    pub fn cut(&mut self, owner: CommandId) {
        let own = self.runs_of(owner);
        let waits = |run: &Run| run.gate().is_some() || run.owed() == Some(Owed::Open);
        if let Some(first) = self.runs.range(own.clone()).position(waits) {
            self.remove_runs(own.start.saturating_add(first), own.end);
        }
    }

    /// Drops all that this owner still has in the queue.
    ///
    /// For a command of which no octet has been handed out: in the middle of one it would tear a
    /// line apart, see [`cut`](Self::cut).
    pub fn remove(&mut self, owner: CommandId) {
        let own = self.runs_of(owner);
        self.remove_runs(own.start, own.end);
    }

    /// Drops all that owners after this one have in the queue.
    pub fn remove_after(&mut self, owner: CommandId) {
        let kept = self.runs_of(owner).end;
        self.remove_runs(kept, self.runs.len());
    }

    /// Drops everything.
    pub fn clear(&mut self) {
        self.remove_runs(0, self.runs.len());
    }

    /// How much of this owner's octets has been handed out.
    #[must_use]
    pub fn sent(&self, owner: CommandId) -> Sent {
        if owner > self.started {
            return Sent::Not;
        }
        // What has been begun stands at the front.
        let mut own = self.runs.iter().take_while(|run| run.owner <= owner);
        let is_unsent =
            |run: &Run| run.owner == owner && !matches!(run.kind, Kind::Gate(Gate::Handover(_)));
        if own.any(is_unsent) { Sent::Partly } else { Sent::Fully }
    }

    /// Octets queued and not handed out, wherever they wait.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Octets that [`transmit`](Self::transmit) would lend.
    #[must_use]
    pub const fn ready(&self) -> usize {
        self.ready_len
    }

    /// Whether nothing is queued, neither octets nor gates nor holes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// When an octet was last handed out.
    #[must_use]
    pub const fn moved_at(&self) -> Option<Instant> {
        self.moved_at
    }

    /// Lends what may be written now.
    pub const fn transmit<'a>(
        &'a mut self,
        transcript: &'a mut Transcript,
        now: Instant,
    ) -> Transmit<'a> {
        Transmit { output: self, transcript, now }
    }

    fn push(&mut self, run: Run) {
        let all_ready = self.ready_runs == self.runs.len();
        self.runs.push_back(run);
        if run.kind.is_octets() {
            self.count_added(usize::try_from(run.len).unwrap_or(usize::MAX), all_ready);
            self.ready_runs = self.ready_runs.saturating_add(usize::from(all_ready));
        }
    }

    /// Inserts a run whose octets already stand in their store.
    fn insert(&mut self, index: usize, run: Run) {
        self.runs.insert(index, run);
        if run.kind.is_octets() {
            self.count_added(usize::try_from(run.len).unwrap_or(usize::MAX), false);
        }
        self.extend_ready();
    }

    fn count_added(&mut self, octets: usize, ready: bool) {
        self.len = self.len.saturating_add(octets);
        if ready {
            self.ready_len = self.ready_len.saturating_add(octets);
        }
    }

    /// Queues octets that stand at the end of `copied` already.
    fn push_copied(&mut self, owner: CommandId, octets: usize, secret: bool) {
        let (len, all_ready) = (octets as u64, self.ready_runs == self.runs.len());
        match self.runs.back_mut() {
            Some(run) if run.kind == Kind::Copied && run.owner == owner && run.secret == secret => {
                run.len = run.len.saturating_add(len);
                self.count_added(octets, all_ready);
            }
            _ => self.push(Run { owner, len, kind: Kind::Copied, secret }),
        }
    }

    /// Where to copy so many octets to.
    #[inline]
    fn room(&mut self, more: usize) -> &mut BytesMut {
        if more > self.copied.capacity().saturating_sub(self.copied.len()) {
            self.make_room(more);
        }
        &mut self.copied
    }

    /// Room for more copied octets. A long queue grows by half: doubling, as the buffer does by itself
    /// while less than half of it has been handed out, would cost six times what is queued.
    #[cold]
    fn make_room(&mut self, more: usize) {
        let len = self.copied.len();
        if len < LONG || self.copied.try_reclaim(more) {
            return;
        }
        let capacity = len.saturating_add(more.max(len / 2));
        let grown = BytesMut::with_capacity(capacity);
        let queued = core::mem::replace(&mut self.copied, grown);
        self.copied.extend_from_slice(&queued);
    }

    fn push_held(&mut self, owner: CommandId, octets: Bytes) {
        if !octets.is_empty() {
            let len = octets.len() as u64;
            self.held.push_back(octets);
            self.push(Run { owner, len, kind: Kind::Held, secret: false });
        }
    }

    /// Where the runs of this owner stand: owners are in order, so however long the queue is, this
    /// is quick.
    fn runs_of(&self, owner: CommandId) -> Range<usize> {
        if self.runs.front().is_none_or(|first| owner < first.owner) {
            return 0..0;
        }
        if self.runs.back().is_none_or(|last| owner > last.owner) {
            return self.runs.len()..self.runs.len();
        }
        let start = self.runs.partition_point(|run| run.owner < owner);
        let own = self.runs.range(start..).take_while(|run| run.owner == owner).count();
        start..start.saturating_add(own)
    }

    fn count_before(&self, index: usize, kind: Kind) -> usize {
        self.runs.range(..index).filter(|run| run.kind == kind).count()
    }

    fn octets_before(&self, index: usize, kind: Kind) -> usize {
        let octets: u64 =
            self.runs.range(..index).filter(|run| run.kind == kind).map(|run| run.len).sum();
        usize::try_from(octets).unwrap_or(usize::MAX)
    }

    /// Moves `ready_runs` on to the first gate or hole.
    fn extend_ready(&mut self) {
        while let Some(run) = self.runs.get(self.ready_runs)
            && run.kind.is_octets()
        {
            let octets = usize::try_from(run.len).unwrap_or(usize::MAX);
            self.ready_len = self.ready_len.saturating_add(octets);
            self.ready_runs = self.ready_runs.saturating_add(1);
        }
    }

    fn remove_runs(&mut self, from: usize, to: usize) {
        let first = self.octets_before(from, Kind::Copied);
        let behind = self.copied.split_off(self.octets_before(to, Kind::Copied));
        self.copied.truncate(first);
        self.copied.unsplit(behind);
        let held = self.count_before(from, Kind::Held)..self.count_before(to, Kind::Held);
        self.held.drain(held);
        for run in self.runs.drain(from..to).filter(|run| run.kind.is_octets()) {
            self.len = self.len.saturating_sub(usize::try_from(run.len).unwrap_or(usize::MAX));
        }
        if from <= self.ready_runs {
            (self.ready_runs, self.ready_len) = (0, 0);
            self.extend_ready();
        }
        self.release_if_empty();
    }

    /// An idle connection keeps no buffers.
    fn release_if_empty(&mut self) {
        if self.runs.is_empty() {
            self.runs = VecDeque::new();
            self.copied = BytesMut::new();
            self.held = VecDeque::new();
        }
    }
}

impl Run {
    const fn gate(&self) -> Option<(CommandId, Gate)> {
        match self.kind {
            Kind::Gate(gate) => Some((self.owner, gate)),
            _ => None,
        }
    }

    const fn owed(&self) -> Option<Owed> {
        match self.kind {
            Kind::Hole { announced: true } => Some(Owed::Exactly(self.len)),
            Kind::Hole { announced: false } => Some(Owed::Open),
            _ => None,
        }
    }
}

/// How much there is, not what: passwords wait here.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Output {{ runs: {}, ready: {}, len: {} }}",
            self.runs.len(),
            self.ready_len,
            self.len
        )
    }
}

#[cfg(test)]
mod tests;
