//! The maildrop as the session sees it: a snapshot, and the marks on it.

use alloc::format;
use mail_proto::Text;
use pop3_proto::{MessageNumber, UniqueId};

use crate::store::{LockNumber, Locked, MailboxId, Uid, UidSet, UidValidity};

/// A locked maildrop.
#[derive(Clone, Debug)]
pub(super) struct Maildrop {
    pub(super) mailbox: MailboxId,
    pub(super) lock: LockNumber,
    /// The lock has been lost: nothing may be removed any more.
    pub(super) lost: bool,
    uid_validity: UidValidity,
    /// The messages of the moment of the lock. Their places are their numbers.
    uids: UidSet,
    octets: u64,
    marked: UidSet,
}

impl Maildrop {
    pub(super) fn new(locked: Locked) -> Self {
        Self {
            mailbox: locked.mailbox,
            lock: locked.lock,
            lost: false,
            uid_validity: locked.uid_validity,
            uids: locked.uids,
            octets: locked.octets,
            marked: UidSet::new(),
        }
    }

    /// The message of this number, unless it is marked.
    pub(super) fn find(&self, message: MessageNumber) -> Option<Uid> {
        let place = u64::from(message.get()).checked_sub(1)?;
        self.uids.nth(place).filter(|uid| !self.marked.contains(*uid))
    }

    /// The number of a message.
    pub(super) fn number(&self, uid: Uid) -> Option<MessageNumber> {
        let place = self.uids.position(uid)?;
        MessageNumber::new(u32::try_from(place.checked_add(1)?).ok()?)
    }

    /// The messages that are not marked.
    pub(super) fn unmarked(&self) -> UidSet {
        match self.marked.is_empty() {
            true => self.uids.clone(),
            false => self.uids.difference(&self.marked),
        }
    }

    pub(super) const fn marked(&self) -> &UidSet {
        &self.marked
    }

    pub(super) fn mark(&mut self, uid: Uid) {
        self.marked.insert(uid);
    }

    pub(super) fn unmark_all(&mut self) {
        self.marked = UidSet::new();
    }

    /// Messages that are not marked.
    pub(super) fn count(&self) -> u64 {
        self.uids.len().saturating_sub(self.marked.len())
    }

    /// Octets of all messages, marked ones too.
    pub(super) const fn octets(&self) -> u64 {
        self.octets
    }

    /// The unique-id of a message (RFC 1939 section 7): `uidvalidity.uid`, which no other message of
    /// this maildrop ever had or will have.
    pub(super) fn unique_id(&self, uid: Uid) -> Option<UniqueId> {
        UniqueId::new(format!("{}.{}", self.uid_validity, uid)).ok()
    }

    /// How many there are, for the line before a list.
    pub(super) fn summary(&self) -> Text {
        Text::sanitized(format!("{} messages", self.count()).as_bytes())
    }
}
