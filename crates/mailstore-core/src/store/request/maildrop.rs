//! POP3's exclusive maildrop: lock, keep, commit.

#[cfg(doc)]
use crate::store::{End, Fact, Pin, StoreError};
use crate::store::{LockNumber, MailboxId, ModSeq, UidSet, UidValidity};

/// Takes the account's maildrop (its INBOX) for this session alone, pinned as it is now.
///
/// The lock excludes other locks only: other sessions may deliver to the mailbox and remove from it
/// meanwhile, and what this session was shown stays readable (see [`Pin`]). A session that locks
/// again gives its former lock back. Refused with [`StoreError::InUse`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lock;

/// The maildrop of one moment: everything that must agree is in this one answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Locked {
    /// The INBOX.
    pub mailbox: MailboxId,
    /// The validity of its UIDs.
    pub uid_validity: UidValidity,
    /// The messages.
    pub uids: UidSet,
    /// The sum of their [`pop3_size`](Fact::pop3_size)s.
    pub octets: u64,
    /// The moment; the session's pin is here.
    pub modseq: ModSeq,
    /// What [`CommitDeletions`] must show.
    pub lock: LockNumber,
    /// How long the lease lives unless it is renewed.
    pub lease_seconds: u32,
}

/// Begins the session's lease anew: its lock, its pin and its stages live on.
///
/// Answered with [`StoreError::Gone`] when the lease has run out (then all of them are lost), or when
/// the session does not hold this lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Renew {
    /// The lock that the session believes it holds; `None` for a session without one.
    pub lock: Option<LockNumber>,
}

/// The lease lives on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Renewed {
    /// How long, unless it is renewed.
    pub lease_seconds: u32,
}

/// Removes messages from the locked maildrop, all of them in one modseq.
///
/// Deletes nothing and answers [`StoreError::Gone`] if the lock is not held any more, by its number
/// and by its lease. The lock stays; [`End`] gives it back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommitDeletions {
    /// The mailbox that was locked.
    pub mailbox: MailboxId,
    /// The number that [`Locked`] gave.
    pub lock: LockNumber,
    /// What to remove.
    pub uids: UidSet,
}

/// What became of the messages: each is in one of the two sets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeletionsCommitted {
    /// They are not in the mailbox any more. One that was gone before counts: it is what was wanted.
    pub removed: UidSet,
    /// They are still there because the store would not remove them.
    pub kept: UidSet,
}
