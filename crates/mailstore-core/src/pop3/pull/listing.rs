//! What the server says of its messages: STAT, UIDL and LIST put together.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use pop3_proto::client::ListingLine;
use pop3_proto::{DropListing, MessageNumber, ScanListing, UidListing, UniqueId};

use super::{Policy, Progress, Record, Warning};
use crate::store::WallTime;

/// The messages of a maildrop.
///
/// There is every message that any of the three answers speaks of; servers leave lines out.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    messages: BTreeMap<MessageNumber, Listed>,
    /// Ids of several messages that are to be fetched.
    shared: BTreeMap<UniqueId, Shared>,
    /// All numbers up to this one belong to messages, listed or not.
    stat: u32,
    has_ids: bool,
    too_many: bool,
    limit: u32,
}

/// A message in the maildrop.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed {
    pub(super) unique_id: Option<UniqueId>,
    /// The server gave it several.
    several_ids: bool,
    pub(super) size: Option<u64>,
    /// When it was fetched, if an earlier run did.
    pub(super) fetched: Option<WallTime>,
}

/// An id that several messages have.
#[derive(Clone, Copy, Debug)]
struct Shared {
    copies: u32,
    /// Those that have not been stored.
    missing: u32,
}

impl Listing {
    pub(super) fn new(limit: u32) -> Self {
        let (messages, shared) = (BTreeMap::new(), BTreeMap::new());
        Self { messages, shared, stat: 0, has_ids: false, too_many: false, limit }
    }

    pub(super) fn stat(&mut self, stat: DropListing) {
        let messages = u32::try_from(stat.messages()).unwrap_or(u32::MAX);
        self.too_many |= messages > self.limit;
        self.stat = messages.min(self.limit);
    }

    pub(super) const fn uidl_agreed(&mut self) {
        self.has_ids = true;
    }

    pub(super) fn line(&mut self, line: &ListingLine) {
        match line {
            ListingLine::UniqueId(UidListing { message, uid }) => self.unique_id(*message, uid),
            ListingLine::Scan(scan) => self.size(scan),
            // A message without its line is one without an id or a size.
            _ => {}
        }
    }

    fn unique_id(&mut self, message: MessageNumber, unique_id: &UniqueId) {
        let Some(listed) = self.entry(message) else { return };
        listed.several_ids |= listed.unique_id.as_ref().is_some_and(|known| known != unique_id);
        listed.unique_id = (!listed.several_ids).then(|| unique_id.detach());
    }

    fn size(&mut self, scan: &ScanListing) {
        if let Some(listed) = self.entry(scan.message()) {
            listed.size = scan.octets();
        }
    }

    fn entry(&mut self, message: MessageNumber) -> Option<&mut Listed> {
        let full = self.messages.len() >= self.limit as usize;
        if full && !self.messages.contains_key(&message) {
            self.too_many = true;
            return None;
        }
        Some(self.messages.entry(message).or_default())
    }

    pub(super) fn get(&self, message: MessageNumber) -> Option<&Listed> {
        self.messages.get(&message)
    }

    pub(super) fn unique_id_of(&self, message: MessageNumber) -> Option<&UniqueId> {
        self.get(message)?.unique_id.as_ref()
    }

    /// The id under which a message alone enters the record.
    pub(super) fn own_id_of(&self, message: MessageNumber) -> Option<&UniqueId> {
        self.unique_id_of(message).filter(|unique_id| !self.shared.contains_key(*unique_id))
    }

    /// A message is stored: what enters the record, and how many messages it stands for.
    ///
    /// An id that is shared enters it when all that have it are stored. Before, it would tell nothing of
    /// those that are left when some are gone.
    pub(super) fn stored(&mut self, message: MessageNumber) -> Option<(UniqueId, u32)> {
        let unique_id = self.unique_id_of(message)?.clone();
        let Some(shared) = self.shared.get_mut(&unique_id) else { return Some((unique_id, 1)) };
        shared.missing = shared.missing.saturating_sub(1);
        (shared.missing == 0).then_some((unique_id, shared.copies))
    }

    /// The message after this number.
    pub(super) fn after(&self, last: u32) -> Option<MessageNumber> {
        let next = MessageNumber::new(last.checked_add(1)?)?;
        match next.get() <= self.stat {
            true => Some(next),
            false => self.messages.range(next..).next().map(|(message, _)| *message),
        }
    }

    /// Puts the record in order, and notes which messages are in it.
    pub(super) fn compare(&mut self, record: &mut Record, policy: Policy) {
        let present = self.unique_ids();
        for (id, copies) in &present {
            // Which of the messages were fetched cannot be known, so none was.
            let unique_id = id.as_bytes();
            if record.get(unique_id).is_some_and(|seen| seen.copies < *copies) {
                record.forget(unique_id);
            }
            if *copies > 1 && record.get(unique_id).is_none() {
                let shared = Shared { copies: *copies, missing: *copies };
                self.shared.insert(id.clone(), shared);
            }
        }
        // An empty maildrop is also what a server shows whose disk is not there. Where mail stays, all
        // of it would come again.
        let believable = !present.is_empty() || policy == Policy::DeleteAfterDownload;
        if believable && self.has_ids && !self.too_many && self.without_id() == 0 {
            record.prune(present.iter().map(|(unique_id, copies)| (unique_id.as_bytes(), *copies)));
        }
        for listed in self.messages.values_mut() {
            let seen = listed.unique_id.as_ref().and_then(|id| record.get(id.as_bytes()));
            listed.fetched = seen.map(|seen| seen.first_fetch);
        }
    }

    /// What there is to be fetched, and how many messages have been.
    pub(super) fn extent(&self) -> (Progress, u64) {
        let (fetched, new): (Vec<_>, Vec<_>) =
            self.messages.values().partition(|listed| listed.fetched.is_some());
        let of_messages = (new.len() as u64).saturating_add(self.unlisted());
        let sum = |sum: u64, listed: &&Listed| Some(sum.saturating_add(listed.size?));
        let of_octets = new.iter().try_fold(0, sum).filter(|_| self.unlisted() == 0);
        (Progress { of_messages, of_octets, ..Progress::default() }, fetched.len() as u64)
    }

    pub(super) fn warnings(&self) -> impl Iterator<Item = Warning> {
        let shared = self.unique_ids().into_iter().filter(|(_, copies)| *copies > 1);
        let shared = shared.fold(0, |sum: u64, (_, copies)| sum.saturating_add(copies.into()));
        let missing = self.without_id();
        [
            (!self.has_ids).then_some(Warning::NoUniqueIds),
            (self.has_ids && missing > 0).then_some(Warning::WithoutId { messages: missing }),
            (shared > 0).then_some(Warning::SharedIds { messages: shared }),
            self.too_many.then_some(Warning::TooMany),
        ]
        .into_iter()
        .flatten()
    }

    fn without_id(&self) -> u64 {
        let missing = self.messages.values().filter(|listed| listed.unique_id.is_none()).count();
        (missing as u64).saturating_add(self.unlisted())
    }

    /// Messages that only STAT knows of.
    fn unlisted(&self) -> u64 {
        let Some(stat) = MessageNumber::new(self.stat) else { return 0 };
        u64::from(self.stat).saturating_sub(self.messages.range(..=stat).count() as u64)
    }

    /// Each unique-id, and how many messages have it.
    fn unique_ids(&self) -> Vec<(UniqueId, u32)> {
        let ids = self.messages.values().filter_map(|listed| listed.unique_id.clone());
        let mut ids: Vec<(UniqueId, u32)> = ids.map(|unique_id| (unique_id, 1)).collect();
        ids.sort_unstable();
        ids.dedup_by(|(unique_id, copies), (kept, of_kept)| {
            let same = unique_id == kept;
            if same {
                *of_kept = of_kept.saturating_add(*copies);
            }
            same
        });
        ids
    }
}
