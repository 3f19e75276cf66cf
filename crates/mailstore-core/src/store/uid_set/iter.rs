//! Walking over the members of a UID set.

use core::iter::FusedIterator;
use core::ops::RangeInclusive;

use super::chunk::SPAN;
use super::{Entry, Uid, split};

/// The members of a [`UidSet`](super::UidSet) as ranges, ascending; no two of them touch.
#[derive(Clone, Debug)]
pub struct Ranges<'a> {
    /// The chunks that are not passed.
    entries: &'a [Entry],
    /// Where to go on; `None` behind the greatest UID.
    from: Option<Uid>,
}

impl<'a> Ranges<'a> {
    pub(super) const fn new(entries: &'a [Entry], from: Uid) -> Self {
        Self { entries, from: Some(from) }
    }

    /// The next run of one chunk.
    fn run(&mut self) -> Option<(u32, u32)> {
        loop {
            let (key, low) = split(self.from?);
            let (entry, rest) = self.entries.split_first()?;
            let low = if entry.key > key { 0 } else { low };
            if entry.key >= key
                && let Some(run) = entry.chunk.run_from(low)
            {
                let base = u32::from(entry.key) * SPAN;
                let last = base + u32::from(run.last);
                self.from = last.checked_add(1).and_then(Uid::new);
                return Some((base + u32::from(run.first), last));
            }
            self.entries = rest;
        }
    }
}

impl Iterator for Ranges<'_> {
    type Item = RangeInclusive<Uid>;

    fn next(&mut self) -> Option<Self::Item> {
        let (first, mut last) = self.run()?;
        // A range goes on in the next chunk.
        let mut ahead = self.clone();
        while last % SPAN == SPAN - 1
            && let Some((next, end)) = ahead.run()
            && last.checked_add(1) == Some(next)
        {
            last = end;
            *self = ahead.clone();
        }
        Some(Uid::new(first)?..=Uid::new(last)?)
    }
}

impl FusedIterator for Ranges<'_> {}

/// The members of a [`UidSet`](super::UidSet), ascending.
#[derive(Clone, Debug)]
pub struct Uids<'a> {
    ranges: Ranges<'a>,
    range: Option<RangeInclusive<Uid>>,
}

impl<'a> Uids<'a> {
    pub(super) const fn new(ranges: Ranges<'a>) -> Self {
        Self { ranges, range: None }
    }
}

impl Iterator for Uids<'_> {
    type Item = Uid;

    fn next(&mut self) -> Option<Uid> {
        let range = self.range.take().or_else(|| self.ranges.next())?;
        let uid = *range.start();
        self.range = uid.next().filter(|next| next <= range.end()).map(|next| next..=*range.end());
        Some(uid)
    }
}

impl FusedIterator for Uids<'_> {}
