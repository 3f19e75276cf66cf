//! A mailbox in memory: messages, tombstones, and the order in which both changed.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use bytes::Bytes;
use core::ops::Bound;

use crate::store::{
    Body, ChangePage, Changes, Expunged, Fact, FactPage, MAX_READ, ModSeq, News, Progress, Row,
    Staged, StoreError, Uid, UidSet, UidValidity, WallTime,
};

/// The most rows of one page.
const MAX_PAGE: u32 = 4_096;

pub(super) struct Mailbox {
    pub(super) uid_validity: UidValidity,
    pub(super) uid_next: Uid,
    pub(super) modseq: ModSeq,
    pub(super) uids: UidSet,
    /// The sums of the messages' sizes.
    pub(super) total: Staged,
    messages: BTreeMap<Uid, Message>,
    /// Every message at its last change.
    changed: BTreeSet<(ModSeq, Uid)>,
    tombstones: BTreeSet<(ModSeq, Uid)>,
    /// The last moment of which tombstones have been dropped.
    floor: ModSeq,
    /// Expunged messages that a pin keeps, and when they were expunged.
    kept: BTreeMap<Uid, (ModSeq, Message)>,
}

pub(super) struct Message {
    body: Bytes,
    pub(super) sizes: Staged,
    date: WallTime,
    modseq: ModSeq,
}

impl Message {
    pub(super) const fn new(body: Bytes, sizes: Staged, date: WallTime) -> Self {
        Self { body, sizes, date, modseq: ModSeq::FIRST }
    }

    const fn fact(&self, uid: Uid) -> Fact {
        let Staged { size, pop3_size } = self.sizes;
        Fact { uid, size, pop3_size, date: self.date }
    }

    fn read(&self, offset: u64, length: u32) -> Body {
        let len = self.body.len();
        let start = usize::try_from(offset).map_or(len, |offset| offset.min(len));
        let end = start.saturating_add(length.min(MAX_READ) as usize).min(len);
        Body { octets: self.body.slice(start..end), end: end == len }
    }
}

impl Mailbox {
    pub(super) const fn new(uid_validity: UidValidity) -> Self {
        Self {
            uid_validity,
            uid_next: Uid::MIN,
            modseq: ModSeq::FIRST,
            uids: UidSet::new(),
            total: Staged { size: 0, pop3_size: 0 },
            messages: BTreeMap::new(),
            changed: BTreeSet::new(),
            tombstones: BTreeSet::new(),
            floor: ModSeq::FIRST,
            kept: BTreeMap::new(),
        }
    }

    /// Whether there are UIDs for so many more messages.
    pub(super) fn check_room(&self, messages: usize) -> Result<(), StoreError> {
        let left = Uid::MAX.get().saturating_sub(self.uid_next.get());
        match messages as u64 > left.into() {
            true => Err(StoreError::Limit),
            false => Ok(()),
        }
    }

    /// Adds the messages, all in one modseq.
    pub(super) fn append(&mut self, messages: impl Iterator<Item = Message>) -> Vec<Uid> {
        self.modseq = self.modseq.next();
        let add = |message| {
            let uid = self.uid_next;
            self.uid_next = uid.next().unwrap_or(Uid::MAX);
            self.add(uid, message);
            uid
        };
        messages.map(add).collect()
    }

    fn add(&mut self, uid: Uid, message: Message) {
        let Staged { size, pop3_size } = message.sizes;
        self.total.size = self.total.size.saturating_add(size);
        self.total.pop3_size = self.total.pop3_size.saturating_add(pop3_size);
        self.uids.insert(uid);
        self.changed.insert((self.modseq, uid));
        self.messages.insert(uid, Message { modseq: self.modseq, ..message });
    }

    /// Removes those that are there, all in one modseq, and remembers so many tombstones.
    pub(super) fn remove(
        &mut self,
        uids: &UidSet,
        pin: Option<ModSeq>,
        tombstones: usize,
    ) -> UidSet {
        let found = self.uids.intersection(uids);
        if found.is_empty() {
            return found;
        }
        self.modseq = self.modseq.next();
        self.uids = self.uids.difference(&found);
        for uid in &found {
            self.bury(uid, pin);
        }
        while self.tombstones.len() > tombstones
            && let Some((modseq, _)) = self.tombstones.pop_first()
        {
            self.floor = modseq;
        }
        found
    }

    fn bury(&mut self, uid: Uid, pin: Option<ModSeq>) {
        let Some(message) = self.messages.remove(&uid) else { return };
        self.total.size = self.total.size.saturating_sub(message.sizes.size);
        self.total.pop3_size = self.total.pop3_size.saturating_sub(message.sizes.pop3_size);
        self.changed.remove(&(message.modseq, uid));
        self.tombstones.insert((self.modseq, uid));
        if pin.is_some_and(|pin| pin < self.modseq) {
            self.kept.insert(uid, (self.modseq, message));
        }
    }

    /// Drops the bodies that no pin keeps any more; `pin` is the lowest live one.
    pub(super) fn reap(&mut self, pin: Option<ModSeq>) {
        self.kept.retain(|_, (expunged, _)| pin.is_some_and(|pin| pin < *expunged));
    }

    fn message(&self, uid: Uid) -> Option<&Message> {
        self.messages.get(&uid).or_else(|| self.kept.get(&uid).map(|(_, message)| message))
    }

    pub(super) fn read(&self, uid: Uid, offset: u64, length: u32) -> Result<Body, StoreError> {
        self.message(uid).map(|message| message.read(offset, length)).ok_or(StoreError::Gone)
    }

    pub(super) fn facts(&self, uids: &UidSet, limit: u32) -> FactPage {
        // What is not there is not walked through: `1:4294967295` may be asked for.
        let mut known = uids.intersection(&self.uids);
        known.extend(self.kept.keys().copied().filter(|uid| uids.contains(*uid)));
        let mut asked = known.iter();
        let page = asked.by_ref().take(limit.clamp(1, MAX_PAGE) as usize);
        let rows = page.filter_map(|uid| Some(self.message(uid)?.fact(uid))).collect();
        FactPage { rows, next: asked.next() }
    }

    pub(super) fn changes(&self, asked: &Changes) -> Result<News, StoreError> {
        if asked.at_least.is_some_and(|own| own > self.modseq) {
            return Err(StoreError::Unavailable);
        }
        // Of the modseq in which a page ended, the rest is not known yet.
        let missed = match asked.after {
            Some((modseq, _)) => modseq <= self.floor,
            None => asked.since < self.floor,
        };
        match missed {
            true => Ok(News::Expired { floor: self.floor }),
            false => Ok(News::Page(self.page(asked))),
        }
    }

    /// Merges messages and tombstones, which are both in order.
    fn page(&self, asked: &Changes) -> ChangePage {
        let known = (asked.since, Uid::MAX);
        let known = asked.after.map_or(known, |after| after.max(known));
        let behind = (Bound::Excluded(known), Bound::Unbounded);
        let mut changed = self.changed.range(behind).peekable();
        let mut tombstones = self.tombstones.range(behind).peekable();
        let (mut rows, mut expunged) = (Vec::new(), Vec::new());
        let mut after = known;
        for _ in 0..asked.limit.clamp(1, MAX_PAGE) {
            let earlier = |row: &&(ModSeq, Uid)| tombstones.peek().is_none_or(|other| row < other);
            if let Some(&(modseq, uid)) = changed.next_if(earlier) {
                rows.push(Row { uid, modseq });
                after = (modseq, uid);
            } else if let Some(&(modseq, uid)) = tombstones.next() {
                expunged.push(Expunged { uid, modseq });
                after = (modseq, uid);
            }
        }
        let progress = match changed.peek().is_some() || tombstones.peek().is_some() {
            true => Progress::More { after },
            false => Progress::Done { upto: self.modseq },
        };
        ChangePage { rows, expunged, progress }
    }
}
