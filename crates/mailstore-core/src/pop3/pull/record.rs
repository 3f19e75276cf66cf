//! What was fetched before: the memory of a client that leaves mail on the server.

use alloc::collections::BTreeMap;
use bytes::Bytes;

use crate::store::WallTime;

/// The messages of one account that were fetched and are, as far as is known, still on the server.
///
/// It is plain data for the application to keep from run to run, in a form of its own: write what
/// [`iter`](Self::iter) gives, [`insert`](Self::insert) it again later. Unique-ids are octets here, so
/// that the odd ones of real servers survive too; they hold no CR, LF or NUL (RFC 1939 section 7 asks
/// for 1 to 70 printable characters).
///
/// An id ought to name one message for ever. Where a server gives the same id to several, the record
/// counts how many of them were fetched.
///
/// # Example
///
/// ```
/// use mailstore_core::pop3::Record;
/// use mailstore_core::store::WallTime;
///
/// let mut record = Record::default();
/// record.insert("QhdPYR:00WBw1Ph7x7", WallTime(1_790_000_000));
/// for (id, seen) in record.iter() {
///     println!("{} {} {}", seen.first_fetch.0, seen.copies, id.escape_ascii());
/// }
/// assert!(record.get(b"QhdPYR:00WBw1Ph7x7").is_some());
/// record.prune([(&b"another"[..], 1)]);
/// assert!(record.is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Record {
    seen: BTreeMap<Bytes, Seen>,
    login_not_before: Option<WallTime>,
}

/// What is known of an id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// When a message of this id was fetched first.
    pub first_fetch: WallTime,
    /// How many messages of this id were fetched: one, unless the server errs.
    pub copies: u32,
}

impl Record {
    /// Notes that a message was fetched: one more of this id, the time of the first one stays.
    pub fn insert(&mut self, unique_id: impl Into<Bytes>, fetched: WallTime) {
        let new = Seen { first_fetch: fetched, copies: 0 };
        let seen = self.seen.entry(unique_id.into()).or_insert(new);
        seen.first_fetch = seen.first_fetch.min(fetched);
        seen.copies = seen.copies.saturating_add(1);
    }

    /// What is known of this id.
    #[must_use]
    pub fn get(&self, unique_id: &[u8]) -> Option<Seen> {
        self.seen.get(unique_id).copied()
    }

    /// Notes that a message is not on the server any more: one less of this id.
    pub fn remove(&mut self, unique_id: &[u8]) {
        if let Some(seen) = self.seen.get_mut(unique_id) {
            seen.copies = seen.copies.saturating_sub(1);
            if seen.copies == 0 {
                self.seen.remove(unique_id);
            }
        }
    }

    /// Forgets an id, so that all messages of it are fetched again.
    pub fn forget(&mut self, unique_id: &[u8]) {
        self.seen.remove(unique_id);
    }

    /// Forgets what is not on the server: `present` has each id once, and how many messages have it.
    pub fn prune<'a>(&mut self, present: impl IntoIterator<Item = (&'a [u8], u32)>) {
        let mut kept = BTreeMap::new();
        for (unique_id, copies) in present {
            if let Some((unique_id, mut seen)) = self.seen.remove_entry(unique_id) {
                seen.copies = seen.copies.min(copies);
                kept.insert(unique_id, seen);
            }
        }
        kept.retain(|_, seen| seen.copies > 0);
        self.seen = kept;
    }

    /// All ids, in the order of their octets.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Seen)> {
        self.seen.iter().map(|(unique_id, seen)| (unique_id.as_ref(), *seen))
    }

    /// How many ids there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Before this moment the server does not want the account to log in again: what it said of
    /// LOGIN-DELAY, counted from the last run (RFC 2449 section 6.5).
    #[must_use]
    pub const fn login_not_before(&self) -> Option<WallTime> {
        self.login_not_before
    }

    /// Sets that moment, when the record is read back.
    pub const fn set_login_not_before(&mut self, at: Option<WallTime>) {
        self.login_not_before = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_counted_and_the_first_time_stays() {
        let mut record = Record::default();
        record.insert("a", WallTime(20));
        record.insert("a", WallTime(10));
        record.insert("b", WallTime(30));
        assert_eq!(record.get(b"a"), Some(Seen { first_fetch: WallTime(10), copies: 2 }));
        record.remove(b"a");
        record.remove(b"b");
        record.remove(b"never seen");
        assert_eq!(record.get(b"a").map(|seen| seen.copies), Some(1));
        assert_eq!((record.get(b"b"), record.len()), (None, 1));
    }

    #[test]
    fn pruning_keeps_what_is_there_and_no_more_copies_than_are_there() {
        let mut record = Record::default();
        for id in ["a", "a", "b", "c"] {
            record.insert(id, WallTime(1));
        }
        record.prune([(&b"a"[..], 1), (b"c", 3), (b"x", 1)]);
        let left: alloc::vec::Vec<_> = record.iter().map(|(id, seen)| (id, seen.copies)).collect();
        assert_eq!(left, [(&b"a"[..], 1), (b"c", 1)]);
    }
}
