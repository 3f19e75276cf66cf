//! What the guarantees are tried out with: a world of one account, sessions in it, and its time.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use bytes::Bytes;
use core::cell::{Cell, RefCell};
use core::fmt;
use core::future::Future;
use core::pin::Pin;

use super::Outcome;
use crate::store::{
    Account, Appended, Ask, ChangePage, Changes, Chunk, CommitStages, End, Ended, Envelope, Lock,
    Locked, MailboxId, MailboxName, ModSeq, News, Open, Opened, Progress, ReadBody, Remove,
    Removed, Reply, Request, RequestId, SessionId, Stage, StageId, StoreError, Uid, UidSet,
    WallTime,
};

type Answering<'a> = Pin<Box<dyn Future<Output = Reply> + 'a>>;

/// A store under test.
pub struct Suite<'a> {
    store: RefCell<Box<dyn FnMut(Envelope) -> Answering<'a> + 'a>>,
    accounts: Cell<u64>,
    sessions: Cell<u64>,
}

impl fmt::Debug for Suite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suite").field("accounts", &self.accounts).finish_non_exhaustive()
    }
}

impl<'a> Suite<'a> {
    /// Takes the function that brings an envelope to the store and its reply back.
    pub fn new<F, R>(mut store: F) -> Self
    where
        F: FnMut(Envelope) -> R + 'a,
        R: Future<Output = Reply> + 'a,
    {
        let store = move |envelope| -> Answering<'a> { Box::pin(store(envelope)) };
        let store: Box<dyn FnMut(Envelope) -> Answering<'a> + 'a> = Box::new(store);
        Self { store: RefCell::new(store), accounts: Cell::new(0), sessions: Cell::new(0) }
    }

    /// A new account, with an empty INBOX.
    pub(super) fn world(&self) -> Outcome<World<'_, 'a>> {
        let account = Account::new(format!("conformance-{}", count(&self.accounts)));
        let account = account.map_err(|error| format!("{error}"))?;
        Ok(World { suite: self, account, now: Cell::new(WallTime(1_000_000)) })
    }
}

fn count(counter: &Cell<u64>) -> u64 {
    counter.set(counter.get() + 1);
    counter.get()
}

/// An account and its time.
pub(super) struct World<'s, 'a> {
    suite: &'s Suite<'a>,
    account: Account,
    now: Cell<WallTime>,
}

impl<'s, 'a> World<'s, 'a> {
    pub(super) fn session(&self) -> Session<'_, 's, 'a> {
        let id = SessionId(count(&self.suite.sessions));
        Session { world: self, id, requests: Cell::new(0) }
    }

    /// Lets time pass.
    pub(super) fn wait(&self, seconds: u32) {
        self.now.set(self.now.get().after(seconds));
    }
}

/// A session of the account.
pub(super) struct Session<'w, 's, 'a> {
    world: &'w World<'s, 'a>,
    id: SessionId,
    requests: Cell<u64>,
}

impl Session<'_, '_, '_> {
    /// A number for a request that will be sent more than once, or cancelled.
    pub(super) fn number(&self) -> RequestId {
        RequestId(count(&self.requests))
    }

    /// Sends a request under a number, and takes whatever the store says.
    pub(super) async fn send<A: Ask>(
        &self,
        request: RequestId,
        ask: A,
    ) -> Outcome<Result<A::Answer, StoreError>> {
        let envelope = Envelope {
            account: self.world.account.clone(),
            session: self.id,
            request,
            now: Some(self.world.now.get()),
            body: ask.into(),
        };
        // The borrow ends before the store's future is waited for.
        let answering = (self.world.suite.store.borrow_mut())(envelope);
        A::answer(answering.await).map_err(|error| format!("{error}"))
    }

    /// Sends a request, and takes whatever the store says.
    pub(super) async fn ask<A: Ask>(&self, ask: A) -> Outcome<Result<A::Answer, StoreError>> {
        self.send(self.number(), ask).await
    }

    /// Sends a request that must be done.
    pub(super) async fn get<A: Ask + Clone>(&self, ask: A) -> Outcome<A::Answer> {
        let name = name(&ask);
        self.ask(ask).await?.map_err(|error| format!("{name} was refused: {error}"))
    }

    /// Sends a request that must be refused.
    pub(super) async fn refused<A: Ask + Clone>(&self, ask: A, expected: StoreError) -> Outcome {
        let name = name(&ask);
        match self.ask(ask).await? {
            Err(error) if error == expected => Ok(()),
            Err(error) => Err(format!("{name} was refused with {error:?} and not {expected:?}")),
            Ok(_) => Err(format!("{name} was done and not refused with {expected:?}")),
        }
    }

    pub(super) async fn open(&self) -> Outcome<Opened> {
        self.get(Open { name: MailboxName::inbox() }).await
    }

    pub(super) async fn lock(&self) -> Outcome<Locked> {
        self.get(Lock).await
    }

    pub(super) async fn end(&self) -> Outcome<Ended> {
        self.get(End).await
    }

    /// Stages a message of these pieces.
    pub(super) async fn stage(&self, pieces: &[&[u8]]) -> Outcome<StageId> {
        let stage = Stage { name: MailboxName::inbox(), date: None, size: None };
        let stage = self.get(stage).await?.stage;
        for piece in pieces {
            self.get(Chunk { stage, octets: Bytes::copy_from_slice(piece) }).await?;
        }
        Ok(stage)
    }

    /// Appends messages to the INBOX, all in one commit.
    pub(super) async fn append(&self, messages: &[&[u8]]) -> Outcome<Appended> {
        let mut stages = Vec::new();
        for message in messages {
            stages.push(self.stage(&[message]).await?);
        }
        let appended = self.get(CommitStages { stages }).await?;
        same("UIDs of a commit", appended.uids.len(), messages.len())?;
        Ok(appended)
    }

    /// Appends one message to the INBOX.
    pub(super) async fn append_one(&self, message: &[u8]) -> Outcome<(MailboxId, Uid)> {
        let appended = self.append(&[message]).await?;
        Ok((appended.mailbox, appended.uids[0]))
    }

    pub(super) async fn remove(&self, mailbox: MailboxId, uids: &[Uid]) -> Outcome<Removed> {
        self.get(Remove { mailbox, uids: set(uids) }).await
    }

    /// Reads a whole message, in pieces of this length.
    pub(super) async fn read(
        &self,
        mailbox: MailboxId,
        uid: Uid,
        length: u32,
    ) -> Outcome<Result<Vec<u8>, StoreError>> {
        let mut message = Vec::new();
        loop {
            let offset = message.len() as u64;
            let body = match self.ask(ReadBody { mailbox, uid, offset, length }).await? {
                Ok(body) => body,
                Err(error) => return Ok(Err(error)),
            };
            message.extend_from_slice(&body.octets);
            if body.end {
                return Ok(Ok(message));
            }
            ensure(!body.octets.is_empty(), || "a read brought nothing and no end".into())?;
        }
    }

    /// Whether a message of these octets can be read.
    pub(super) async fn reads(&self, mailbox: MailboxId, uid: Uid, octets: &[u8]) -> Outcome {
        let read = self.read(mailbox, uid, 7).await?;
        same("the body", read.as_deref(), Ok(octets))
    }

    /// Whether a message cannot be read.
    pub(super) async fn is_gone(&self, mailbox: MailboxId, uid: Uid) -> Outcome {
        let read = self.read(mailbox, uid, 7).await?;
        same("the body", read, Err(StoreError::Gone))
    }

    /// A page of changes.
    pub(super) async fn page(&self, changes: Changes) -> Outcome<ChangePage> {
        match self.get(changes).await? {
            News::Page(page) => Ok(page),
            News::Expired { floor } => Err(format!("changes expired at {floor}")),
        }
    }

    /// All changes since a moment, page by page, and the moment that they reach.
    pub(super) async fn changes(
        &self,
        mailbox: MailboxId,
        since: ModSeq,
        limit: u32,
    ) -> Outcome<(Vec<Change>, ModSeq)> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.page(Changes { mailbox, since, after, at_least: None, limit }).await?;
            let news = in_order(&page)?;
            ensure(news.len() <= limit as usize, || format!("{} on a page", news.len()))?;
            let from = after.unwrap_or((since, Uid::MAX));
            for change in &news {
                ensure((change.modseq, change.uid) > from, || {
                    format!("{change:?} was told after everything up to {from:?}")
                })?;
            }
            all.extend(news);
            match page.progress {
                Progress::Done { upto } => return Ok((all, upto)),
                Progress::More { after: next } => {
                    ensure(Some(next) > after, || format!("pages stay at {next:?}"))?;
                    after = Some(next);
                }
            }
        }
    }
}

/// A row or a tombstone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Change {
    pub(super) uid: Uid,
    pub(super) modseq: ModSeq,
    pub(super) there: bool,
}

/// What a page tells, in the order of (modseq, UID), in which each of its lists must be.
fn in_order(page: &ChangePage) -> Outcome<Vec<Change>> {
    let rows = page.rows.iter().map(|r| Change { uid: r.uid, modseq: r.modseq, there: true });
    let gone = page.expunged.iter().map(|r| Change { uid: r.uid, modseq: r.modseq, there: false });
    let key = |change: &Change| (change.modseq, change.uid);
    let ordered =
        rows.clone().is_sorted_by_key(|c| key(&c)) && gone.clone().is_sorted_by_key(|c| key(&c));
    ensure(ordered, || format!("a page is not in order: {page:?}"))?;
    let mut all: Vec<Change> = rows.chain(gone).collect();
    all.sort_by_key(key);
    Ok(all)
}

fn name<A: Ask + Clone>(ask: &A) -> &'static str {
    let request: Request = ask.clone().into();
    request.name()
}

pub(super) fn set(uids: &[Uid]) -> UidSet {
    uids.iter().copied().collect()
}

pub(super) fn ensure(kept: bool, what: impl FnOnce() -> String) -> Outcome {
    if kept { Ok(()) } else { Err(what()) }
}

pub(super) fn same<T: PartialEq + fmt::Debug>(what: &str, seen: T, expected: T) -> Outcome {
    ensure(seen == expected, || format!("{what}: {seen:.200?} and not {expected:.200?}"))
}
