//! Staging and committing, and that what is sent twice is done once.

use alloc::format;
use alloc::vec;
use bytes::Bytes;
use core::fmt;

use super::world::{Session, ensure, same, set};
use super::{Outcome, Suite};
use crate::store::{
    AbortStage, Ask, Cancel, Chunk, CommitDeletions, CommitStages, Lock, MailboxName, Pin, Remove,
    Stage, StoreError,
};

pub(super) async fn stages_become_messages_together(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let late = session.stage(&[b"la", b"te"]).await?;
    let early = session.stage(&[b"early"]).await?;
    ensure(other.open().await?.uids.is_empty(), || "a stage is in the mailbox".into())?;
    let appended = session.get(CommitStages { stages: vec![early, late] }).await?;
    let [first, second] = appended.uids[..] else { return Err("two stages".into()) };
    ensure(first < second, || "not in the order of the commit".into())?;
    other.reads(appended.mailbox, first, b"early").await?;
    other.reads(appended.mailbox, second, b"late").await?;
    session.refused(CommitStages { stages: vec![early] }, StoreError::Gone).await
}

pub(super) async fn a_refused_commit_leaves_the_stages(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let (kept, thrown) = (session.stage(&[b"kept"]).await?, session.stage(&[b"thrown"]).await?);
    session.get(AbortStage { stage: thrown }).await?;
    session.get(AbortStage { stage: thrown }).await?;
    session.refused(Chunk { stage: thrown, octets: Bytes::new() }, StoreError::Gone).await?;
    session.refused(CommitStages { stages: vec![kept, thrown] }, StoreError::Gone).await?;
    session.refused(CommitStages { stages: vec![kept, kept] }, StoreError::Gone).await?;
    session.refused(CommitStages { stages: vec![] }, StoreError::Denied).await?;
    ensure(session.open().await?.uids.is_empty(), || "half a commit was done".into())?;
    let appended = session.get(CommitStages { stages: vec![kept] }).await?;
    same("messages", appended.uids.len(), 1)
}

pub(super) async fn stages_belong_to_their_session(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let stage = session.stage(&[b"mine"]).await?;
    other.refused(Chunk { stage, octets: Bytes::new() }, StoreError::Gone).await?;
    other.refused(CommitStages { stages: vec![stage] }, StoreError::Gone).await?;
    other.get(AbortStage { stage }).await?;
    session.get(CommitStages { stages: vec![stage] }).await.map(drop)
}

pub(super) async fn staging_begins_with_the_mailbox(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let name = MailboxName::try_from("no such").map_err(|error| format!("{error}"))?;
    let stage = Stage { name, date: None, size: Some(10) };
    world.session().refused(stage, StoreError::NoSuchMailbox).await
}

/// Sends a write twice under one number and returns what it did.
async fn twice<A>(session: &Session<'_, '_, '_>, ask: A) -> Outcome<A::Answer>
where
    A: Ask + Clone,
    A::Answer: PartialEq + fmt::Debug,
{
    let number = session.number();
    let first = session.send(number, ask.clone()).await?;
    same("a repeat", &session.send(number, ask).await?, &first)?;
    first.map_err(|error| format!("a write was refused: {error}"))
}

pub(super) async fn writes_happen_once(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let name = MailboxName::inbox();
    let stage = twice(&session, Stage { name, date: None, size: None }).await?.stage;
    let first = Chunk { stage, octets: Bytes::from_static(b"once") };
    same("octets", twice(&session, first).await?.received, 4)?;
    let appended = twice(&session, CommitStages { stages: vec![stage] }).await?;
    let (mailbox, modseq, uids) = (appended.mailbox, appended.modseq, set(&appended.uids));
    same("messages", session.open().await?.uids, uids.clone())?;
    twice(&session, Pin { mailbox, modseq }).await?;

    let lock = twice(&session, Lock).await?.lock;
    let number = session.number();
    let commit = CommitDeletions { mailbox, lock, uids: uids.clone() };
    let deleted = session.send(number, commit.clone()).await?;
    session.end().await?;
    same("a repeat without the lock", session.send(number, commit).await?, deleted)?;

    let (_, uid) = other.append_one(b"next").await?;
    let removed = twice(&other, Remove { mailbox, uids: set(&[uid]) }).await?;
    same("what a repeat removed", removed.removed, set(&[uid]))?;
    same("two deletions", other.changes(mailbox, modseq, 9).await?.0.len(), 2)
}

pub(super) async fn cancelled_requests_do_not_begin(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let number = session.number();
    let cancelled = session.get(Cancel(number)).await?;
    ensure(!cancelled.executed, || "what never came was executed".into())?;
    for _ in 0..2 {
        let refused = session.send(number, Lock).await?.err();
        same("a cancelled lock", refused, Some(StoreError::Gone))?;
    }
    other.lock().await?;
    other.end().await?;

    let number = session.number();
    let locked = session.send(number, Lock).await?;
    let cancelled = session.get(Cancel(number)).await?;
    ensure(locked.is_ok() && cancelled.executed, || "an executed write was cancelled".into())?;
    world.session().refused(Lock, StoreError::InUse).await
}
