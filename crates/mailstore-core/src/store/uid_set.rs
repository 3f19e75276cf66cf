//! A set of UIDs that stays small and cheap to share, whatever the gaps.

// Not peer input: members are 32 bits wide, counts fit 32 bits, and every difference below is of
// numbers whose order has just been established. (`wire.rs` reads octets and checks each of them.)
#![allow(clippy::arithmetic_side_effects)]

mod chunk;
mod iter;
mod wire;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use super::Uid;
use chunk::{Chunk, Operation, Run, SPAN};
pub use iter::{Ranges, Uids};

/// A set of UIDs: what a mailbox looks like to a session.
///
/// It is a list of chunks of 65,536 UIDs each, and each chunk is a list of runs, or a bitmap where
/// there would be more than 2,048 of them. Chunks are shared: a clone costs 16 octets for each, and
/// a change copies one. The list counts members as it goes, so that the n-th member (a sequence
/// number) and the rank of a UID are found in O(log chunks) and a look into one chunk.
///
/// A mailbox of a million messages with every second UID missing has 31 chunks: 520 octets for
/// each session that holds it, and an expunge moves less than 9 KiB.
///
/// A range is never expanded: `1:4294967295` is one run in each of its 65,536 chunks, and they share
/// one chunk.
///
/// ```
/// use mailstore_core::store::{Uid, UidSet};
///
/// let uid = |number| Uid::new(number).unwrap();
/// let mut set = UidSet::from(uid(10)..=uid(19));
/// set.remove(uid(12));
/// assert_eq!(set.len(), 9);
/// assert_eq!(set.nth(2), Some(uid(13)));
/// assert_eq!(set.rank(uid(13)), 2);
/// assert_eq!(format!("{set:?}"), "{10..=11, 13..=19}");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UidSet {
    entries: Vec<Entry>,
}

/// A chunk that has members.
#[derive(Clone, Debug)]
struct Entry {
    chunk: Arc<Chunk>,
    /// The upper 16 bits of its members.
    key: u16,
    /// Members in this chunk and in those before it; there are fewer than 2^32 UIDs.
    upto: u32,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (self.key, self.upto) == (other.key, other.upto)
            && (Arc::ptr_eq(&self.chunk, &other.chunk) || self.chunk == other.chunk)
    }
}

impl Eq for Entry {}

impl UidSet {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// How many members.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.entries.last().map_or(0, |last| last.upto.into())
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether this UID is a member.
    #[must_use]
    pub fn contains(&self, uid: Uid) -> bool {
        let (key, low) = split(uid);
        self.find(key).is_ok_and(|at| self.entries.get(at).is_some_and(|e| e.chunk.contains(low)))
    }

    /// The least member.
    #[must_use]
    pub fn first(&self) -> Option<Uid> {
        self.nth(0)
    }

    /// The greatest member.
    #[must_use]
    pub fn last(&self) -> Option<Uid> {
        self.nth(self.len().checked_sub(1)?)
    }

    /// The member above `n` others: the message of sequence number `n + 1`.
    #[must_use]
    pub fn nth(&self, n: u64) -> Option<Uid> {
        let n = u32::try_from(n).ok()?;
        let at = self.entries.partition_point(|entry| entry.upto <= n);
        let entry = self.entries.get(at)?;
        join(entry.key, entry.chunk.nth(n - self.before(at))?)
    }

    /// How many members are below this UID, itself a member or not.
    #[must_use]
    pub fn rank(&self, uid: Uid) -> u64 {
        let (key, low) = split(uid);
        let (Ok(at) | Err(at)) = self.find(key);
        let here = self.entries.get(at).filter(|entry| entry.key == key);
        u64::from(self.before(at) + here.map_or(0, |entry| entry.chunk.rank(low)))
    }

    /// The place of a member, from 0: its sequence number less one.
    #[must_use]
    pub fn position(&self, uid: Uid) -> Option<u64> {
        self.contains(uid).then(|| self.rank(uid))
    }

    /// Adds one UID; says whether it was new.
    pub fn insert(&mut self, uid: Uid) -> bool {
        let (key, low) = split(uid);
        match self.find(key) {
            Err(at) => {
                let chunk = Arc::new(Chunk::of_run(Run { first: low, last: low }));
                self.entries.insert(at, Entry { chunk, key, upto: self.before(at) });
                self.recount(at);
                true
            }
            Ok(at) => self.edit(at, low, true),
        }
    }

    /// Adds all UIDs from the one to the other; none if the range is empty.
    pub fn insert_range(&mut self, range: RangeInclusive<Uid>) {
        let (first, last) = (split(*range.start()), split(*range.end()));
        match self.find(first.0) {
            Ok(at) if first.0 == last.0 && !range.is_empty() => {
                if let Some(entry) = self.entries.get_mut(at) {
                    let run = Run { first: first.1, last: last.1 };
                    Arc::make_mut(&mut entry.chunk).insert_run(run);
                }
                self.recount(at);
            }
            _ => *self = self.union(&Self::from(range)),
        }
    }

    /// Takes one UID out; says whether it was a member. Copies one chunk if that is shared.
    pub fn remove(&mut self, uid: Uid) -> bool {
        let (key, low) = split(uid);
        self.find(key).is_ok_and(|at| self.edit(at, low, false))
    }

    /// The members of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.combine(other, Operation::Union)
    }

    /// The members of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.combine(other, Operation::Intersection)
    }

    /// The members that the other has not.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.combine(other, Operation::Difference)
    }

    /// The members from this UID on: what is left to do for one who works in pages.
    #[must_use]
    pub fn tail(&self, uid: Uid) -> Self {
        match self.last() {
            // Up to the last member, since a set up to the last possible one is not small.
            Some(last) if uid <= last => self.intersection(&Self::from(uid..=last)),
            _ => Self::new(),
        }
    }

    /// Whether the other has every member.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// The members, ascending.
    #[must_use]
    pub fn iter(&self) -> Uids<'_> {
        Uids::new(self.ranges())
    }

    /// The members as ranges, as few as possible, ascending.
    #[must_use]
    pub fn ranges(&self) -> Ranges<'_> {
        self.ranges_from(Uid::MIN)
    }

    /// The ranges of the members from this UID on; the first may begin inside a range of the set.
    #[must_use]
    pub fn ranges_from(&self, uid: Uid) -> Ranges<'_> {
        let (Ok(at) | Err(at)) = self.find(split(uid).0);
        Ranges::new(self.entries.get(at..).unwrap_or(&[]), uid)
    }

    /// Octets on the heap: those that a clone costs again, and those that clones share.
    ///
    /// For tests and statistics.
    #[must_use]
    pub fn heap_size(&self) -> (usize, usize) {
        let shared =
            |entry: &Entry| 2 * size_of::<usize>() + size_of::<Chunk>() + entry.chunk.heap_size();
        (self.entries.capacity() * size_of::<Entry>(), self.entries.iter().map(shared).sum())
    }

    fn chunks(&self) -> impl Iterator<Item = (u16, &Chunk)> {
        self.entries.iter().map(|entry| (entry.key, &*entry.chunk))
    }

    fn find(&self, key: u16) -> Result<usize, usize> {
        // Most questions are about the newest mail.
        match self.entries.last() {
            Some(last) if last.key == key => Ok(self.entries.len() - 1),
            Some(last) if last.key < key => Err(self.entries.len()),
            _ => self.entries.binary_search_by_key(&key, |entry| entry.key),
        }
    }

    /// Members in the chunks before this place.
    fn before(&self, at: usize) -> u32 {
        at.checked_sub(1).and_then(|at| self.entries.get(at)).map_or(0, |entry| entry.upto)
    }

    fn edit(&mut self, at: usize, low: u16, member: bool) -> bool {
        let Some(entry) = self.entries.get_mut(at) else { return false };
        if entry.chunk.contains(low) == member {
            return false;
        }
        let chunk = Arc::make_mut(&mut entry.chunk);
        match member {
            true => chunk.insert(low),
            false => chunk.remove(low),
        }
        if chunk.len() == 0 {
            self.entries.remove(at);
        }
        self.recount(at);
        true
    }

    fn recount(&mut self, from: usize) {
        let mut upto = self.before(from);
        for entry in self.entries.iter_mut().skip(from) {
            upto += entry.chunk.len();
            entry.upto = upto;
        }
    }

    fn combine(&self, other: &Self, operation: Operation) -> Self {
        let (mut a, mut b) = (self.entries.iter().peekable(), other.entries.iter().peekable());
        let mut out = Builder::default();
        loop {
            let key = match (a.peek(), b.peek()) {
                (Some(a), Some(b)) => a.key.min(b.key),
                (Some(one), None) | (None, Some(one)) => one.key,
                (None, None) => return out.finish(),
            };
            match (a.next_if(|entry| entry.key == key), b.next_if(|entry| entry.key == key)) {
                (Some(a), Some(b)) => out.push(key, combined(&a.chunk, &b.chunk, operation)),
                (Some(a), None) if operation != Operation::Intersection => {
                    out.push(key, a.chunk.clone());
                }
                (None, Some(b)) if operation == Operation::Union => out.push(key, b.chunk.clone()),
                _ => {}
            }
        }
    }
}

/// Combines two chunks, and shares one of them again where that is what comes out.
fn combined(a: &Arc<Chunk>, b: &Arc<Chunk>, operation: Operation) -> Arc<Chunk> {
    if Arc::ptr_eq(a, b) && operation != Operation::Difference {
        return a.clone();
    }
    let chunk = a.combine(b, operation);
    // What comes out is a part of `a` or contains it, so that an equal count means equality; the
    // same goes for `b`, except that a difference has nothing of it.
    match chunk.len() {
        len if len == a.len() => a.clone(),
        len if len == b.len() && operation != Operation::Difference => b.clone(),
        _ => Arc::new(chunk),
    }
}

/// Makes a set of chunks that come in ascending order.
#[derive(Default)]
struct Builder {
    set: UidSet,
}

impl Builder {
    fn push(&mut self, key: u16, chunk: Arc<Chunk>) {
        if chunk.len() > 0 {
            let upto = self.set.before(self.set.entries.len()) + chunk.len();
            self.set.entries.push(Entry { chunk, key, upto });
        }
    }

    fn finish(mut self) -> UidSet {
        self.set.entries.shrink_to_fit();
        self.set
    }
}

fn split(uid: Uid) -> (u16, u16) {
    ((uid.get() >> 16) as u16, uid.get() as u16)
}

fn join(key: u16, low: u16) -> Option<Uid> {
    Uid::new((u32::from(key) * SPAN) | u32::from(low))
}

impl From<RangeInclusive<Uid>> for UidSet {
    fn from(range: RangeInclusive<Uid>) -> Self {
        let mut out = Builder::default();
        if range.is_empty() {
            return out.finish();
        }
        let (first, last) = (split(*range.start()), split(*range.end()));
        let full = Arc::new(Chunk::of_run(Run::FULL));
        for key in first.0..=last.0 {
            let run = Run {
                first: if key == first.0 { first.1 } else { 0 },
                last: if key == last.0 { last.1 } else { u16::MAX },
            };
            let chunk = if run == Run::FULL { full.clone() } else { Chunk::of_run(run).into() };
            out.push(key, chunk);
        }
        out.finish()
    }
}

impl From<Uid> for UidSet {
    fn from(uid: Uid) -> Self {
        Self::from_iter([uid])
    }
}

impl Extend<Uid> for UidSet {
    fn extend<I: IntoIterator<Item = Uid>>(&mut self, uids: I) {
        for uid in uids {
            self.insert(uid);
        }
    }
}

impl FromIterator<Uid> for UidSet {
    fn from_iter<I: IntoIterator<Item = Uid>>(uids: I) -> Self {
        let mut set = Self::new();
        set.extend(uids);
        set
    }
}

impl FromIterator<RangeInclusive<Uid>> for UidSet {
    fn from_iter<I: IntoIterator<Item = RangeInclusive<Uid>>>(ranges: I) -> Self {
        let mut set = Self::new();
        ranges.into_iter().for_each(|range| set.insert_range(range));
        set
    }
}

impl<'a> IntoIterator for &'a UidSet {
    type Item = Uid;
    type IntoIter = Uids<'a>;

    fn into_iter(self) -> Uids<'a> {
        self.iter()
    }
}

impl fmt::Debug for UidSet {
    /// Shows the first ranges, and how many members there are if those are not all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ranges = self.ranges();
        let mut shown = f.debug_set();
        for range in ranges.by_ref().take(16) {
            match range.start() == range.end() {
                true => shown.entry(&range.start().get()),
                false => shown.entry(&(range.start().get()..=range.end().get())),
            };
        }
        match ranges.next() {
            None => shown.finish(),
            Some(_) => shown.entry(&format_args!("... {} in all", self.len())).finish(),
        }
    }
}

#[cfg(test)]
mod tests;
