//! Why a store did not do what it was asked.

use thiserror::Error;

/// Why a request was not done. It changed nothing, except perhaps for [`Unknown`](Self::Unknown).
///
/// There are as many as a session can tell apart to its user; a protocol's session maps them to its
/// own codes by one table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot do it now: it is down, overloaded, or lags behind what was asked for. The
    /// session says so and the user tries again later.
    #[error("the store is not available now")]
    Unavailable,
    /// The account may not do this, or nobody may. Trying again does not help.
    #[error("the account may not do this")]
    Denied,
    /// A limit of the store: a message too big, too many of something, a counter used up.
    #[error("a limit of the store is reached")]
    Limit,
    /// What is stored cannot be read. The session says so for this message and goes on with others.
    #[error("the stored data are damaged")]
    Corrupt,
    /// What the request speaks of is not there any more: a message, a lock, a lease, a stage, or the
    /// session itself after its `End`.
    ///
    /// Of a message: it was expunged and no pin keeps its body. Of a lock: nothing was deleted.
    #[error("it is not there any more")]
    Gone,
    /// The message does not fit into the account's quota.
    #[error("the account is over its quota")]
    OverQuota,
    /// There is no mailbox of this name, or none any more of this id: a session that has it open
    /// ends.
    #[error("there is no such mailbox")]
    NoSuchMailbox,
    /// There is a mailbox of this name already.
    #[error("there is such a mailbox already")]
    Exists,
    /// Another session holds the maildrop. The user tries again when that session has ended.
    #[error("another session holds the maildrop")]
    InUse,
    /// Whether the write was done is not known, and the same envelope may tell if it is sent again.
    ///
    /// A session that cannot ask again claims neither: the next session shows the truth.
    #[error("it is not known whether this was done")]
    Unknown,
}

/// A reply that does not belong to the request: the driver mixed them up, or the store is broken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Error)]
#[error("expected the answer {expected}, got {got}")]
pub struct WrongReply {
    /// The answer that belongs to the request.
    pub expected: &'static str,
    /// The answer that came.
    pub got: &'static str,
}
