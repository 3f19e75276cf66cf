//! A mailbox: what is in it, its messages, its news.

use alloc::vec::Vec;
use bytes::Bytes;

#[cfg(doc)]
use crate::store::StoreError;
use crate::store::{MailboxId, MailboxName, ModSeq, Uid, UidSet, UidValidity, WallTime};

/// The most octets that one [`ReadBody`] returns.
pub const MAX_READ: u32 = 65_536;

/// Asks for a mailbox by name: what it is and what is in it, of one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Open {
    /// Its name.
    pub name: MailboxName,
}

/// A mailbox of one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// Its id, whatever it will be called.
    pub mailbox: MailboxId,
    /// The validity of its UIDs.
    pub uid_validity: UidValidity,
    /// Every later message has at least this UID.
    pub uid_next: Uid,
    /// The messages; the set shares its memory with the store's.
    pub uids: UidSet,
    /// The moment, at least 1 also when nothing ever happened.
    pub modseq: ModSeq,
}

/// Asks for the facts of messages, in the order of their UIDs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// Which messages.
    pub uids: UidSet,
    /// How many rows to return at most, at least one; a store may return fewer.
    pub limit: u32,
}

/// A page of facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactPage {
    /// One row for each message, in order. One that is gone has no row; one that is expunged and
    /// pinned has.
    pub rows: Vec<Fact>,
    /// A member of the asked set with nothing between the last row and it: ask again from there on
    /// ([`UidSet::tail`]). `None` when the set is through.
    pub next: Option<Uid>,
}

/// What is true of a message as long as there is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fact {
    /// The message.
    pub uid: Uid,
    /// Octets of the message as it was stored.
    pub size: u64,
    /// Octets of the message as POP3 sends it, every line ended by CRLF, dots not doubled.
    pub pop3_size: u64,
    /// When it came into the mailbox, or what was said about that: the internal date.
    pub date: WallTime,
}

/// Reads a piece of a message as it was stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadBody {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// The message; expunged ones too, while they are pinned.
    pub uid: Uid,
    /// Octets before the piece.
    pub offset: u64,
    /// Octets wanted; [`MAX_READ`] is the most that comes.
    pub length: u32,
}

/// A piece of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body {
    /// The octets, as many as were wanted unless the message ends before; shared, not copied.
    pub octets: Bytes,
    /// Whether the message ends with them.
    pub end: bool,
}

/// Asks what has changed since a moment: the only source of news.
///
/// It reports present state: a message that changed twice is one row at its last modseq. Pages are
/// in the order of (modseq, UID).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Changes {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// What is known: the `upto` of an earlier answer, or an [`Opened::modseq`].
    pub since: ModSeq,
    /// Where the last page ended, from [`Progress::More`].
    pub after: Option<(ModSeq, Uid)>,
    /// The session's own last write. A replica that does not know it yet waits, or answers
    /// [`StoreError::Unavailable`].
    pub at_least: Option<ModSeq>,
    /// How many changes to return at most, at least one.
    pub limit: u32,
}

/// The answer to [`Changes`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// A page of changes.
    Page(ChangePage),
    /// The store remembers expunges only after `floor`, which is later than `since`: compare with
    /// the set of an [`Open`].
    Expired {
        /// The earliest `since` that can be answered.
        floor: ModSeq,
    },
}

/// A page of changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangePage {
    /// Messages that are there and are new or have changed. Which of it, the view knows: a UID above
    /// the last one it was told of is new.
    pub rows: Vec<Row>,
    /// Messages that are not there any more. The view may never have heard of them.
    pub expunged: Vec<Expunged>,
    /// Whether that is all.
    pub progress: Progress,
}

/// A message that is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// The message.
    pub uid: Uid,
    /// Its last change.
    pub modseq: ModSeq,
}

/// The tombstone of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expunged {
    /// The message.
    pub uid: Uid,
    /// When it was expunged.
    pub modseq: ModSeq,
}

/// How far a page of changes reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Only so far: ask again with this `after`. No modseq may be told to a client from here.
    More {
        /// The last change of this page.
        after: (ModSeq, Uid),
    },
    /// To the end: every change up to this moment has been reported, and none of them comes later.
    Done {
        /// The moment, and the next `since`.
        upto: ModSeq,
    },
}

/// Keeps what the session was shown: a body expunged after this moment stays readable.
///
/// A session has one pin, the moment up to which it has been told of expunges; a new one replaces
/// it. Bodies that are gone already do not come back. The pin lives on the session's lease.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pin {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// The moment.
    pub modseq: ModSeq,
}

/// The pin is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pinned {
    /// How long the lease lives unless it is renewed.
    pub lease_seconds: u32,
}

/// Removes messages by UID, whatever their flags, all of them in one modseq.
///
/// This is not IMAP's EXPUNGE, which removes what is in a set *and* is flagged `\Deleted`, decided in
/// one step: that is a request of its own and comes with the flags.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remove {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// What to remove; UIDs that are not there do no harm.
    pub uids: UidSet,
}

/// What [`Remove`] did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Removed {
    /// The messages that were there and are not any more.
    pub removed: UidSet,
    /// Their tombstones' modseq; the mailbox's, if there were none.
    pub modseq: ModSeq,
}
