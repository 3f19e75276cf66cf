//! Bringing messages in: stage, chunks, commit.

use alloc::vec::Vec;
use bytes::Bytes;

#[cfg(doc)]
use crate::store::StoreError;
use crate::store::{MailboxId, MailboxName, ModSeq, StageId, Uid, UidValidity, WallTime};

/// Begins to bring a message into a mailbox: may it come at all?
///
/// Rights, the existence of the mailbox and limits are checked here, before the octets come; the
/// quota as a hint, since only [`CommitStages`] decides. The stage lives on the session's lease.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stage {
    /// The name of the mailbox.
    pub name: MailboxName,
    /// The message's internal date; without one it is the moment of the commit.
    pub date: Option<WallTime>,
    /// How many octets have been announced.
    pub size: Option<u64>,
}

/// The message may come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StageOpened {
    /// Where to.
    pub stage: StageId,
}

/// Brings octets. The next chunk waits for its answer, which is the backpressure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chunk {
    /// Where to.
    pub stage: StageId,
    /// The octets that follow those before.
    pub octets: Bytes,
}

/// The octets are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChunkTaken {
    /// Octets in the stage.
    pub received: u64,
}

/// Makes messages of stages: all of them, in this order, in one modseq, or none.
///
/// The stages are the session's own and of one mailbox, and there is at least one; otherwise nothing
/// is done ([`StoreError::Gone`], [`StoreError::Denied`]). A refused commit leaves the stages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommitStages {
    /// The stages.
    pub stages: Vec<StageId>,
}

/// The messages are in the mailbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Appended {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// The validity of the UIDs.
    pub uid_validity: UidValidity,
    /// A UID for each stage, ascending.
    pub uids: Vec<Uid>,
    /// Their modseq.
    pub modseq: ModSeq,
}

/// Throws a stage away. One that is gone already is as good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AbortStage {
    /// The stage.
    pub stage: StageId,
}

/// The stage is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StageAborted;
