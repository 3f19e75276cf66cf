//! The maildrop for one session alone.

use alloc::collections::BTreeSet;
use alloc::format;

use super::world::{ensure, same, set};
use super::{Outcome, Suite};
use crate::store::{CommitDeletions, Facts, Lock, LockNumber, ModSeq, StoreError, UidSet};

pub(super) async fn a_lock_is_exclusive(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other, third) = (world.session(), world.session(), world.session());
    let first = session.lock().await?.lock;
    other.refused(Lock, StoreError::InUse).await?;
    third.refused(Lock, StoreError::InUse).await?;
    session.end().await?;
    let second = other.lock().await?.lock;
    ensure(first < second, || format!("lock {second:?} after {first:?}"))?;
    third.refused(Lock, StoreError::InUse).await
}

pub(super) async fn a_lock_is_one_moment(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let empty = session.lock().await?;
    same("an empty maildrop", (empty.uids.len(), empty.octets), (0, 0))?;
    session.append(&[b"a\n", b"b", b"a: b\r\n\r\nc"]).await?;
    let gone = session.append_one(b"gone").await?;
    session.remove(gone.0, &[gone.1]).await?;
    let locked = session.lock().await?;
    let opened = session.open().await?;
    same("the mailbox", locked.mailbox, opened.mailbox)?;
    same("the messages", &locked.uids, &opened.uids)?;
    same("UIDVALIDITY", locked.uid_validity, opened.uid_validity)?;
    same("the modseq", locked.modseq, opened.modseq)?;
    let facts = Facts { mailbox: locked.mailbox, uids: locked.uids, limit: 9 };
    let sizes: u64 = session.get(facts).await?.rows.iter().map(|row| row.pop3_size).sum();
    same("the octets", (locked.octets, sizes), (17, 17))?;
    ensure(locked.lease_seconds > 0, || "a lease of no time".into())
}

pub(super) async fn a_lock_keeps_what_it_showed(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let (mailbox, uid) = other.append_one(b"shown").await?;
    session.lock().await?;
    other.remove(mailbox, &[uid]).await?;
    session.reads(mailbox, uid, b"shown").await
}

pub(super) async fn a_lock_leaves_others_alone(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    session.lock().await?;
    let (mailbox, uid) = other.append_one(b"delivered").await?;
    same("messages", other.open().await?.uids, set(&[uid]))?;
    same("removed", other.remove(mailbox, &[uid]).await?.removed, set(&[uid]))
}

pub(super) async fn deletions_count_what_is_gone_already(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let appended = other.append(&[b"1", b"2", b"3", b"4"]).await?;
    let mailbox = appended.mailbox;
    let locked = session.lock().await?;
    let since = other.remove(mailbox, &appended.uids[..1]).await?.modseq;
    let marked = set(&appended.uids[..3]);
    let commit = CommitDeletions { mailbox, lock: locked.lock, uids: marked.clone() };
    let done = session.get(commit).await?;
    same("removed", (done.removed, done.kept), (marked, UidSet::new()))?;
    same("what is left", session.open().await?.uids, set(&appended.uids[3..]))?;
    let (changes, _) = other.changes(mailbox, since, 9).await?;
    ensure(changes.iter().all(|c| !c.there && appended.uids[1..3].contains(&c.uid)), || {
        format!("others were told {changes:?}")
    })?;
    let modseqs: BTreeSet<ModSeq> = changes.iter().map(|c| c.modseq).collect();
    same("deletions and their modseqs", (changes.len(), modseqs.len()), (2, 1))
}

pub(super) async fn a_commit_shows_its_lock_number(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let (mailbox, uid) = session.append_one(b"mine").await?;
    let commit = |lock| CommitDeletions { mailbox, lock, uids: set(&[uid]) };
    session.refused(commit(LockNumber(1)), StoreError::Gone).await?;
    let first = session.lock().await?.lock;
    other.refused(commit(first), StoreError::Gone).await?;
    // A session that locks again has given its first lock back.
    let second = session.lock().await?.lock;
    ensure(first < second, || format!("lock {second:?} after {first:?}"))?;
    session.refused(commit(first), StoreError::Gone).await?;
    session.refused(commit(LockNumber(second.0 ^ (1 << 40))), StoreError::Gone).await?;
    same("what is left", session.open().await?.uids, set(&[uid]))?;
    session.get(commit(second)).await?;
    same("what is left", session.open().await?.uids, UidSet::new())
}
