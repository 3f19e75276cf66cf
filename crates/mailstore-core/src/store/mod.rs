//! The mailbox: what a session asks of a store, and what a store promises.
//!
//! Names no type of POP3 or IMAP. A session never calls a store; it emits an [`Envelope`] and takes a
//! [`Reply`], and whoever drives it carries the one to the store and the other back.
//!
//! - **Words**: [`Account`], [`MailboxName`], [`MailboxId`], [`Uid`], [`ModSeq`] and the other
//!   identifiers; [`UidSet`], which is what a mailbox looks like to a session.
//! - **Requests**: one struct each, each with its own answer ([`Ask`]); [`Request`] and [`Answer`]
//!   are their sums, for whoever carries them. [`StoreError`] says what a session can do about it.
//! - **Doing**: [`Stager`] measures a message while it arrives; [`MemoryStore`] executes envelopes.
//! - **Proof**: [`conformance`] is a test suite for any backend.
//!
//! # What a store promises
//!
//! *A request is atomic; nothing spans requests.* What must agree is one request ([`Open`] and
//! [`Lock`] return UIDs, totals and modseq together) or is bounded by a modseq. The octets, sizes and
//! date of a UID never change. Changes of one mailbox become visible in modseq order and messages in
//! UID order: whoever has been told `upto = n` never finds a change `<= n` later. A SQL store gets
//! this by locking the mailbox row first (`UPDATE .. SET modseq = modseq + 1 RETURNING`), allocating
//! modseq and UIDs from it and holding it to the commit; never from a sequence.
//!
//! *A write happens once.* A repeat of a write, with the same session and [`RequestId`], returns the
//! first result, also when the lock it needed is long gone. A begun write runs to its end though its
//! session is gone.
//!
//! *Nothing is held for the dead.* Whatever a session holds (the maildrop lock, its pin, its stages)
//! hangs on one lease of [`LEASE_SECONDS`], which [`Renew`] and every acquisition begin anew. A lease
//! that ran out releases everything at once; [`End`] does the same without waiting, and also wins
//! against requests that it overtakes. A lock shows its [`LockNumber`] when it commits: one that was
//! lost deletes nothing.
//!
//! *A body outlives its expunge while somebody may ask for it.* What was expunged at modseq `m` stays
//! readable while a live pin is below `m`; then it is [`StoreError::Gone`].
//!
//! # Example
//!
//! ```
//! use mailstore_core::store::{Account, Ask, Envelope, Lock, MemoryStore, RequestId, SessionId, WallTime};
//!
//! let mut store = MemoryStore::default();
//! let alice = Account::try_from("alice")?;
//! store.deliver(&alice, b"Subject: hi\r\n\r\nhello\r\n", WallTime(1_000))?;
//!
//! let reply = store.execute(Envelope {
//!     account: alice,
//!     session: SessionId(1),
//!     request: RequestId(1),
//!     now: Some(WallTime(1_001)),
//!     body: Lock.into(),
//! });
//! let locked = Lock::answer(reply)??;
//! assert_eq!((locked.uids.len(), locked.octets), (1, 22));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod conformance;
mod error;
mod ids;
mod memory;
mod request;
mod stager;
mod uid_set;

pub use error::{StoreError, WrongReply};
pub use ids::{
    Account, LockNumber, MailboxId, MailboxName, ModSeq, RequestId, SessionId, StageId, Uid,
    UidValidity, WallTime,
};
pub use memory::{MemoryLimits, MemoryStore};
pub use request::{
    AbortStage, Answer, Appended, Ask, Body, Cancel, Cancelled, ChangePage, Changes, Chunk,
    ChunkTaken, CommitDeletions, CommitStages, DeletionsCommitted, End, Ended, Envelope, Expunged,
    Fact, FactPage, Facts, LEASE_SECONDS, Lock, Locked, MAX_READ, News, Open, Opened, Pin, Pinned,
    Progress, ReadBody, Remove, Removed, Renew, Renewed, Reply, Request, Row, Stage, StageAborted,
    StageOpened,
};
pub use stager::{Staged, Stager};
pub use uid_set::{Ranges, UidSet, Uids};
