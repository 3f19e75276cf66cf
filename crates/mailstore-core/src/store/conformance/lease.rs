//! What a session holds lives on its lease, and ends with the session.

use bytes::Bytes;

use super::world::{Session, same, set};
use super::{Outcome, Suite};
use crate::store::{
    Chunk, CommitDeletions, CommitStages, LEASE_SECONDS, Lock, MailboxId, MailboxName, Open, Pin,
    Renew, Stage, StoreError, Uid,
};

pub(super) async fn a_lock_runs_out(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let (mailbox, uid) = other.append_one(b"still here").await?;
    let lost = session.lock().await?.lock;
    world.wait(LEASE_SECONDS - 1);
    other.refused(Lock, StoreError::InUse).await?;
    world.wait(1);
    // It is lost although nobody has taken it.
    let commit = |lock| CommitDeletions { mailbox, lock, uids: set(&[uid]) };
    session.refused(Renew { lock: Some(lost) }, StoreError::Gone).await?;
    session.refused(commit(lost), StoreError::Gone).await?;
    let taken = other.lock().await?.lock;
    session.refused(commit(lost), StoreError::Gone).await?;
    session.refused(commit(taken), StoreError::Gone).await?;
    other.refused(commit(lost), StoreError::Gone).await?;
    // The end of the one who lost it does not take it from the one who has it.
    session.end().await?;
    world.session().refused(Lock, StoreError::InUse).await?;
    same("what is left", other.open().await?.uids, set(&[uid]))
}

pub(super) async fn a_lease_is_renewed(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    session.refused(Renew { lock: None }, StoreError::Gone).await?;
    let (mailbox, uid) = other.append_one(b"kept").await?;
    let stage = session.stage(&[b"staged"]).await?;
    let lock = session.lock().await?.lock;
    other.remove(mailbox, &[uid]).await?;
    for lock in [Some(lock), None, Some(lock)] {
        world.wait(LEASE_SECONDS - 1);
        session.get(Renew { lock }).await?;
    }
    world.wait(LEASE_SECONDS - 1);
    other.refused(Lock, StoreError::InUse).await?;
    other.refused(Renew { lock: Some(lock) }, StoreError::Gone).await?;
    session.reads(mailbox, uid, b"kept").await?;
    session.get(CommitStages { stages: [stage].into() }).await.map(drop)
}

/// Pins a message and removes it.
async fn pinned(session: &Session<'_, '_, '_>) -> Outcome<(MailboxId, Uid)> {
    let (mailbox, uid) = session.append_one(b"pinned").await?;
    let modseq = session.open().await?.modseq;
    session.get(Pin { mailbox, modseq }).await?;
    session.remove(mailbox, &[uid]).await?;
    session.reads(mailbox, uid, b"pinned").await?;
    Ok((mailbox, uid))
}

pub(super) async fn a_pin_runs_out(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let (mailbox, uid) = pinned(&session).await?;
    world.wait(LEASE_SECONDS);
    world.session().is_gone(mailbox, uid).await?;
    session.is_gone(mailbox, uid).await
}

pub(super) async fn a_stage_runs_out(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let stage = session.stage(&[b"slow"]).await?;
    for _ in 0..3 {
        // Octets that come are a sign of life.
        world.wait(LEASE_SECONDS - 1);
        session.get(Chunk { stage, octets: Bytes::from_static(b"ly") }).await?;
    }
    world.wait(LEASE_SECONDS);
    session.refused(CommitStages { stages: [stage].into() }, StoreError::Gone).await
}

pub(super) async fn end_releases_the_lock(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let (mailbox, uid) = session.append_one(b"marked").await?;
    let lock = session.lock().await?.lock;
    session.end().await?;
    session.end().await?;
    let commit = CommitDeletions { mailbox, lock, uids: set(&[uid]) };
    session.refused(commit, StoreError::Gone).await?;
    same("what is left", other.lock().await?.uids, set(&[uid]))
}

pub(super) async fn end_releases_the_pin(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let (mailbox, uid) = pinned(&session).await?;
    session.end().await?;
    other.is_gone(mailbox, uid).await?;

    let (mailbox, uid) = other.append_one(b"locked").await?;
    let session = world.session();
    session.lock().await?;
    other.remove(mailbox, &[uid]).await?;
    session.reads(mailbox, uid, b"locked").await?;
    session.end().await?;
    other.is_gone(mailbox, uid).await
}

pub(super) async fn end_releases_the_stages(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let stage = session.stage(&[b"half a mess"]).await?;
    session.end().await?;
    session.refused(CommitStages { stages: [stage].into() }, StoreError::Gone).await?;
    other.refused(CommitStages { stages: [stage].into() }, StoreError::Gone).await
}

pub(super) async fn end_wins_against_what_it_overtakes(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let opened = other.open().await?;
    let (mailbox, modseq) = (opened.mailbox, opened.modseq);
    session.end().await?;
    session.refused(Lock, StoreError::Gone).await?;
    session.refused(Pin { mailbox, modseq }, StoreError::Gone).await?;
    session.refused(Open { name: MailboxName::inbox() }, StoreError::Gone).await?;
    let stage = Stage { name: MailboxName::inbox(), date: None, size: None };
    session.refused(stage, StoreError::Gone).await?;
    other.lock().await.map(drop)
}
