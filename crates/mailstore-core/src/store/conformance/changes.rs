//! Modification sequences, UIDs, tombstones, and how they are told.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use super::world::{ensure, same, set};
use super::{Outcome, Suite};
use crate::store::{Changes, ModSeq, Progress, StoreError, Uid};

pub(super) async fn an_empty_mailbox_has_a_modseq(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let opened = session.open().await?;
    ensure(opened.uids.is_empty(), || format!("a new mailbox has {:?}", opened.uids))?;
    let (changes, upto) = session.changes(opened.mailbox, ModSeq::FIRST, 9).await?;
    same("changes of an empty mailbox", changes, Vec::new())?;
    same("its modseq", upto, opened.modseq)?;
    let (mailbox, uid) = session.append_one(b"x").await?;
    let (changes, _) = session.changes(mailbox, opened.modseq, 9).await?;
    same("the first message since", changes.iter().map(|c| c.uid).collect(), Vec::from([uid]))
}

pub(super) async fn one_request_is_one_modseq(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let appended = session.append(&[b"1", b"2", b"3"]).await?;
    let (changes, _) = session.changes(appended.mailbox, ModSeq::FIRST, 9).await?;
    let seen: Vec<_> = changes.iter().map(|c| (c.uid, c.modseq, c.there)).collect();
    let all = |modseq, there| appended.uids.iter().map(move |uid| (*uid, modseq, there)).collect();
    same("one commit", seen, all(appended.modseq, true))?;

    let removed = session.remove(appended.mailbox, &appended.uids).await?;
    ensure(removed.modseq > appended.modseq, || "an expunge has no modseq of its own".into())?;
    same("what was removed", removed.removed, set(&appended.uids))?;
    session.append_one(b"later").await?;
    let (changes, _) = session.changes(appended.mailbox, appended.modseq, 2).await?;
    let seen: Vec<_> = changes.iter().take(3).map(|c| (c.uid, c.modseq, c.there)).collect();
    same("tombstones", seen, all(removed.modseq, false))?;

    let again = session.remove(appended.mailbox, &appended.uids).await?;
    ensure(again.removed.is_empty(), || format!("removed twice: {:?}", again.removed))?;
    let (changes, _) = session.changes(appended.mailbox, again.modseq, 9).await?;
    same("changes by removing nothing", changes, Vec::new())
}

pub(super) async fn changes_come_in_pages(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let mailbox = session.open().await?.mailbox;
    let mut uids = Vec::new();
    for _ in 0..3 {
        uids.extend(session.append(&[b"a", b"b", b"c"]).await?.uids);
        session.remove(mailbox, &uids[uids.len() - 1..]).await?;
    }
    session.remove(mailbox, &uids[..2]).await?;
    let (whole, upto) = session.changes(mailbox, ModSeq::FIRST, 99).await?;
    let told: BTreeSet<Uid> = whole.iter().map(|change| change.uid).collect();
    same("messages and tombstones", (whole.len(), told.len()), (9, 9))?;
    for limit in 1..11 {
        let pages = session.changes(mailbox, ModSeq::FIRST, limit).await?;
        same(&format!("pages of {limit}"), pages, (whole.clone(), upto))?;
    }
    Ok(())
}

pub(super) async fn what_was_told_is_not_told_again(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let mailbox = session.open().await?.mailbox;
    let mut since = ModSeq::FIRST;
    for _ in 0..4 {
        let appended = session.append(&[b"a", b"b"]).await?;
        let own = session.remove(mailbox, &appended.uids[..1]).await?.modseq;
        let ask = Changes { mailbox, since, after: None, at_least: Some(own), limit: 99 };
        let page = session.page(ask).await?;
        same("rows and tombstones", (page.rows.len(), page.expunged.len()), (1, 1))?;
        let Progress::Done { upto } = page.progress else { return Err("not done".into()) };
        ensure(upto >= own, || format!("{upto} is told to who has written {own}"))?;
        same("changes since all was told", session.changes(mailbox, upto, 9).await?.0, Vec::new())?;
        since = upto;
    }
    let at_least = Some(since.next());
    let ask = Changes { mailbox, since, after: None, at_least, limit: 9 };
    session.refused(ask, StoreError::Unavailable).await
}

pub(super) async fn uids_ascend_and_are_not_reused(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let before = session.open().await?;
    let mut last = None;
    for _ in 0..3 {
        let next = session.open().await?.uid_next;
        let uids = session.append(&[b"1", b"2"]).await?.uids;
        let ascending = last < uids.first().copied() && uids.is_sorted_by(|a, b| a < b);
        ensure(ascending, || format!("{uids:?} after {last:?}"))?;
        ensure(uids.first() >= Some(&next), || format!("{uids:?} with {next} announced"))?;
        last = uids.last().copied();
        session.remove(before.mailbox, &uids).await?;
    }
    let after = session.open().await?;
    ensure(Some(after.uid_next) > last, || format!("UIDNEXT {} after {last:?}", after.uid_next))?;
    same("UIDVALIDITY", after.uid_validity, before.uid_validity)
}

pub(super) async fn a_set_that_was_handed_out_stays(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let appended = session.append(&[b"1", b"2"]).await?;
    let opened = session.open().await?;
    let before = opened.uids.to_wire();
    session.remove(appended.mailbox, &appended.uids[..1]).await?;
    session.append_one(b"3").await?;
    same("a set of before", opened.uids.to_wire(), before)?;
    same("the set now", session.open().await?.uids.len(), 2)
}
