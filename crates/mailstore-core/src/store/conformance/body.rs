//! Sizes, facts and bodies, and for how long they can be read.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::world::{ensure, same, set};
use super::{Outcome, Suite};
use crate::store::{
    CommitStages, Fact, Facts, MAX_READ, MailboxId, Pin, ReadBody, StoreError, Uid, UidSet,
};

pub(super) async fn sizes_do_not_depend_on_chunks(suite: &Suite<'_>) -> Outcome {
    let cases: [(&[&[u8]], u64, u64); 6] = [
        (&[], 0, 0),
        (&[b"", b"a: b\r\n\r\nc\r\n", b""], 11, 11),
        (&[b"a: b\r", b"\n\r", b"\nc\r", b"\n"], 11, 11),
        (&[b"a: b\n", b"\nc"], 7, 11),
        (&[b"a\r", b"b\n", b"\r\n", b".\r"], 8, 11),
        (&[b"a", b"", b"b"], 2, 4),
    ];
    let world = suite.world()?;
    let session = world.session();
    for (pieces, size, pop3_size) in cases {
        let stages = vec![session.stage(pieces).await?];
        let appended = session.get(CommitStages { stages }).await?;
        let (mailbox, uids) = (appended.mailbox, set(&appended.uids));
        let facts = session.get(Facts { mailbox, uids, limit: 9 }).await?;
        let sizes: Vec<_> = facts.rows.iter().map(|row| (row.size, row.pop3_size)).collect();
        same(&format!("the sizes of {pieces:?}"), sizes, vec![(size, pop3_size)])?;
    }
    Ok(())
}

pub(super) async fn reads_in_pieces_give_the_whole(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let long = b"0123456789abcde\n".repeat(9_000);
    let (mailbox, uid) = session.append_one(&long).await?;
    for length in [4_099, 65_535, MAX_READ, u32::MAX] {
        let read = session.read(mailbox, uid, length).await?;
        ensure(read.as_deref() == Ok(&long), || format!("reads of {length} differ"))?;
    }
    let first = session.get(ReadBody { mailbox, uid, offset: 0, length: u32::MAX }).await?;
    ensure(first.octets.len() <= MAX_READ as usize, || "a read of more than 64 KiB".into())?;
    for offset in [long.len() as u64, u64::MAX] {
        let body = session.get(ReadBody { mailbox, uid, offset, length: 9 }).await?;
        same("behind the end", (body.octets.len(), body.end), (0, true))?;
    }
    let (mailbox, uid) = session.append_one(b"").await?;
    session.reads(mailbox, uid, b"").await
}

pub(super) async fn facts_come_in_pages(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let appended = session.append(&[b"1", b"22", b"333", b"4444", b"55555"]).await?;
    let (mailbox, mut rest) = (appended.mailbox, set(&appended.uids));
    session.remove(mailbox, &appended.uids[1..2]).await?;
    let mut rows: Vec<Fact> = vec![];
    for _ in 0..6 {
        let page = session.get(Facts { mailbox, uids: rest.clone(), limit: 2 }).await?;
        ensure(page.rows.len() <= 2, || format!("{} rows of 2", page.rows.len()))?;
        rows.extend(page.rows);
        let Some(next) = page.next else { break };
        rest = rest.tail(next);
    }
    let sizes: Vec<_> = rows.iter().map(|row| row.size).collect();
    same("the sizes of all that are there", sizes, vec![1, 3, 4, 5])?;
    ensure(rows.is_sorted_by_key(|row| row.uid), || "not in the order of UIDs".into())?;
    let uids = UidSet::from(Uid::MIN..=Uid::MAX);
    let page = session.get(Facts { mailbox, uids, limit: 100 }).await?;
    same("the facts of every UID", page.rows, rows)
}

pub(super) async fn what_is_not_there_is_gone(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let (mailbox, _) = session.append_one(b"x").await?;
    session.is_gone(mailbox, Uid::MAX).await?;
    let uids = set(&[Uid::MAX]);
    let facts = session.get(Facts { mailbox, uids: uids.clone(), limit: 1 }).await?;
    same("the facts of what is not there", facts.rows, vec![])?;
    let mailbox = MailboxId(mailbox.0 ^ (1 << 100));
    session.refused(Facts { mailbox, uids, limit: 1 }, StoreError::NoSuchMailbox).await
}

pub(super) async fn an_expunged_body_is_gone(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let (mailbox, uid) = session.append_one(b"old").await?;
    let modseq = session.remove(mailbox, &[uid]).await?.modseq;
    // Who was told of the expunge does not ask for the body.
    other.get(Pin { mailbox, modseq }).await?;
    other.is_gone(mailbox, uid).await
}

pub(super) async fn a_pin_keeps_bodies(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let (session, other) = (world.session(), world.session());
    let (mailbox, uid) = session.append_one(b"kept").await?;
    let modseq = session.open().await?.modseq;
    session.get(Pin { mailbox, modseq }).await?;
    other.remove(mailbox, &[uid]).await?;
    session.reads(mailbox, uid, b"kept").await?;
    let facts = session.get(Facts { mailbox, uids: set(&[uid]), limit: 1 }).await?;
    same("facts that a pin keeps", facts.rows.len(), 1)?;
    let uids = other.open().await?.uids;
    ensure(uids.is_empty(), || "what a pin keeps is still in the mailbox".into())
}

pub(super) async fn a_pin_that_moves_on_lets_go(suite: &Suite<'_>) -> Outcome {
    let world = suite.world()?;
    let session = world.session();
    let appended = session.append(&[b"first", b"second"]).await?;
    let (mailbox, modseq) = (appended.mailbox, appended.modseq);
    let (first, second) = (appended.uids[0], appended.uids[1]);
    session.get(Pin { mailbox, modseq }).await?;
    let modseq = session.remove(mailbox, &[first]).await?.modseq;
    session.remove(mailbox, &[second]).await?;
    session.reads(mailbox, first, b"first").await?;
    session.get(Pin { mailbox, modseq }).await?;
    session.is_gone(mailbox, first).await?;
    session.reads(mailbox, second, b"second").await
}
