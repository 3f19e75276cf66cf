//! An account in memory: its mailboxes, its sessions, and what each request does to them.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::iter;

use super::MemoryLimits;
use super::mailbox::{Mailbox, Message};
use super::session::{Session, Staging};
use crate::store::{
    Answer, Appended, Cancelled, ChunkTaken, CommitDeletions, CommitStages, DeletionsCommitted,
    Ended, LEASE_SECONDS, LockNumber, Locked, MailboxId, MailboxName, ModSeq, Opened, Pinned,
    Remove, Removed, Renewed, Reply, Request, SessionId, Stage, StageAborted, StageId, StageOpened,
    StoreError, Uid, UidValidity, WallTime,
};

/// Who asks, and when.
#[derive(Clone, Copy)]
pub(super) struct Context {
    pub(super) session: SessionId,
    pub(super) now: WallTime,
    pub(super) limits: MemoryLimits,
}

pub(super) struct State {
    inbox: MailboxId,
    names: BTreeMap<MailboxName, MailboxId>,
    mailboxes: BTreeMap<MailboxId, Mailbox>,
    sessions: BTreeMap<SessionId, Session>,
    /// Who holds the maildrop.
    lock: Option<(SessionId, LockNumber)>,
    last_validity: UidValidity,
    last_lock: u64,
    last_stage: u64,
    /// No lease ends and no session is forgotten before.
    sweep_at: WallTime,
}

impl State {
    pub(super) fn new(inbox: MailboxId, last_validity: UidValidity) -> Self {
        Self {
            inbox,
            names: BTreeMap::from([(MailboxName::inbox(), inbox)]),
            mailboxes: BTreeMap::from([(inbox, Mailbox::new(last_validity))]),
            sessions: BTreeMap::new(),
            lock: None,
            last_validity,
            last_lock: 0,
            last_stage: 0,
            sweep_at: WallTime(u64::MAX),
        }
    }

    pub(super) fn create(
        &mut self,
        name: MailboxName,
        id: MailboxId,
        now: WallTime,
    ) -> Result<MailboxId, StoreError> {
        if self.names.contains_key(&name) {
            return Err(StoreError::Exists);
        }
        let validity =
            UidValidity::allocate(Some(self.last_validity), now).ok_or(StoreError::Limit)?;
        self.last_validity = validity;
        self.names.insert(name.detach(), id);
        self.mailboxes.insert(id, Mailbox::new(validity));
        Ok(id)
    }

    pub(super) fn deliver(
        &mut self,
        message: Message,
        limits: MemoryLimits,
    ) -> Result<Uid, StoreError> {
        let size = message.sizes.size;
        if size > limits.message {
            return Err(StoreError::Limit);
        }
        self.check_quota(size, limits)?;
        let inbox = self.mailbox(self.inbox)?;
        inbox.check_room(1)?;
        inbox.append(iter::once(message)).first().copied().ok_or(StoreError::Corrupt)
    }

    /// The session, known from now on.
    pub(super) fn session(&mut self, context: Context) -> &mut Session {
        let session = self.sessions.entry(context.session).or_default();
        session.see(context.now);
        self.sweep_at = self.sweep_at.min(session.forget_at());
        session
    }

    pub(super) fn execute(&mut self, context: Context, request: Request) -> Reply {
        match request {
            Request::Lock(_) => self.lock(context).map(Answer::from),
            Request::Renew(renew) => self.renew(context, renew.lock).map(Answer::from),
            Request::CommitDeletions(commit) => {
                self.commit_deletions(context, commit).map(Answer::from)
            }
            Request::Open(open) => self.open(&open.name).map(Answer::from),
            Request::Facts(ask) => {
                Ok(self.mailbox(ask.mailbox)?.facts(&ask.uids, ask.limit).into())
            }
            Request::ReadBody(ask) => {
                self.mailbox(ask.mailbox)?.read(ask.uid, ask.offset, ask.length).map(Answer::from)
            }
            Request::Changes(ask) => self.mailbox(ask.mailbox)?.changes(&ask).map(Answer::from),
            Request::Pin(pin) => self.pin(context, pin.mailbox, pin.modseq).map(Answer::from),
            Request::Remove(remove) => self.remove(context, remove).map(Answer::from),
            Request::Stage(stage) => self.stage(context, stage).map(Answer::from),
            Request::Chunk(chunk) => {
                self.chunk(context, chunk.stage, &chunk.octets).map(Answer::from)
            }
            Request::CommitStages(commit) => self.commit_stages(context, commit).map(Answer::from),
            Request::AbortStage(abort) => {
                self.session(context).stages.remove(&abort.stage);
                Ok(StageAborted.into())
            }
            Request::Cancel(cancel) => {
                let executed = self.session(context).cancel(cancel.0);
                Ok(Cancelled { executed }.into())
            }
            Request::End(_) => {
                self.release(context.session);
                self.session(context).ended = true;
                Ok(Ended.into())
            }
        }
    }

    fn lock(&mut self, context: Context) -> Result<Locked, StoreError> {
        if self.lock.is_some_and(|(holder, _)| holder != context.session) {
            return Err(StoreError::InUse);
        }
        self.last_lock = self.last_lock.saturating_add(1);
        let lock = LockNumber(self.last_lock);
        self.lock = Some((context.session, lock));
        let mailbox = self.inbox;
        let modseq = self.mailbox(mailbox)?.modseq;
        self.pin(context, mailbox, modseq)?;
        let inbox = self.mailbox(mailbox)?;
        Ok(Locked {
            mailbox,
            uid_validity: inbox.uid_validity,
            uids: inbox.uids.clone(),
            octets: inbox.total.pop3_size,
            modseq,
            lock,
            lease_seconds: LEASE_SECONDS,
        })
    }

    fn renew(&mut self, context: Context, lock: Option<LockNumber>) -> Result<Renewed, StoreError> {
        let held = lock.is_none_or(|number| self.lock == Some((context.session, number)));
        if !held || self.session(context).lease_end().is_none() {
            return Err(StoreError::Gone);
        }
        self.lease(context);
        Ok(Renewed { lease_seconds: LEASE_SECONDS })
    }

    fn commit_deletions(
        &mut self,
        context: Context,
        commit: CommitDeletions,
    ) -> Result<DeletionsCommitted, StoreError> {
        let held = self.lock == Some((context.session, commit.lock));
        if !held || commit.mailbox != self.inbox {
            return Err(StoreError::Gone);
        }
        let CommitDeletions { mailbox, uids, .. } = commit;
        self.remove(context, Remove { mailbox, uids: uids.clone() })?;
        Ok(DeletionsCommitted { removed: uids, kept: Default::default() })
    }

    fn open(&mut self, name: &MailboxName) -> Result<Opened, StoreError> {
        let mailbox = self.named(name)?;
        let state = self.mailbox(mailbox)?;
        Ok(Opened {
            mailbox,
            uid_validity: state.uid_validity,
            uid_next: state.uid_next,
            uids: state.uids.clone(),
            modseq: state.modseq,
        })
    }

    fn pin(
        &mut self,
        context: Context,
        mailbox: MailboxId,
        modseq: ModSeq,
    ) -> Result<Pinned, StoreError> {
        self.mailbox(mailbox)?;
        self.lease(context);
        let former = self.session(context).pin.replace((mailbox, modseq));
        if let Some((former, _)) = former {
            self.reap(former);
        }
        Ok(Pinned { lease_seconds: LEASE_SECONDS })
    }

    fn remove(&mut self, context: Context, remove: Remove) -> Result<Removed, StoreError> {
        let pin = self.lowest_pin(remove.mailbox);
        let mailbox = self.mailbox(remove.mailbox)?;
        let removed = mailbox.remove(&remove.uids, pin, context.limits.tombstones);
        Ok(Removed { removed, modseq: mailbox.modseq })
    }

    fn stage(&mut self, context: Context, stage: Stage) -> Result<StageOpened, StoreError> {
        let mailbox = self.named(&stage.name)?;
        let size = stage.size.unwrap_or(0);
        if size > context.limits.message {
            return Err(StoreError::Limit);
        }
        self.check_quota(size, context.limits)?;
        self.last_stage = self.last_stage.saturating_add(1);
        let id = StageId(self.last_stage);
        self.lease(context);
        self.session(context).stages.insert(id, Staging::new(mailbox, stage.date));
        Ok(StageOpened { stage: id })
    }

    fn chunk(
        &mut self,
        context: Context,
        stage: StageId,
        octets: &[u8],
    ) -> Result<ChunkTaken, StoreError> {
        let staging = self.session(context).stages.get_mut(&stage).ok_or(StoreError::Gone)?;
        let received = staging.size().saturating_add(octets.len() as u64);
        if received > context.limits.message {
            return Err(StoreError::Limit);
        }
        staging.push(octets);
        self.lease(context);
        Ok(ChunkTaken { received })
    }

    fn commit_stages(
        &mut self,
        context: Context,
        commit: CommitStages,
    ) -> Result<Appended, StoreError> {
        let (mailbox, octets) = self.commit_target(context, &commit.stages)?;
        self.check_quota(octets, context.limits)?;
        self.mailbox(mailbox)?.check_room(commit.stages.len())?;
        let stages = &mut self.session(context).stages;
        let taken: Vec<Staging> = commit.stages.iter().filter_map(|id| stages.remove(id)).collect();
        let state = self.mailbox(mailbox)?;
        let uids = state.append(taken.into_iter().map(|staging| staging.finish(context.now)));
        Ok(Appended { mailbox, uid_validity: state.uid_validity, uids, modseq: state.modseq })
    }

    /// The mailbox that all these stages are for, and the sum of their octets.
    fn commit_target(
        &mut self,
        context: Context,
        ids: &[StageId],
    ) -> Result<(MailboxId, u64), StoreError> {
        let stages = &self.session(context).stages;
        let staged: Option<Vec<&Staging>> = ids.iter().map(|id| stages.get(id)).collect();
        let staged = staged.ok_or(StoreError::Gone)?;
        if ids.iter().collect::<BTreeSet<_>>().len() < ids.len() {
            return Err(StoreError::Gone);
        }
        let mailbox = staged.first().map(|first| first.mailbox).ok_or(StoreError::Denied)?;
        match staged.iter().all(|staging| staging.mailbox == mailbox) {
            true => Ok((mailbox, staged.iter().map(|staging| staging.size()).sum())),
            false => Err(StoreError::Denied),
        }
    }

    /// Releases what leases that ran out have held, and forgets sessions.
    pub(super) fn sweep(&mut self, now: WallTime) {
        if now < self.sweep_at {
            return;
        }
        let ran_out = |session: &Session| session.lease_end().is_some_and(|end| end <= now);
        let lapsed: Vec<SessionId> =
            self.sessions.iter().filter(|(_, s)| ran_out(s)).map(|(id, _)| *id).collect();
        lapsed.into_iter().for_each(|session| self.release(session));
        self.sessions.retain(|_, s| s.lease_end().is_some() || s.forget_at() > now);
        let next = self.sessions.values().map(|s| s.lease_end().unwrap_or(s.forget_at()));
        self.sweep_at = next.min().unwrap_or(WallTime(u64::MAX));
    }

    /// Releases all that the session holds.
    fn release(&mut self, session: SessionId) {
        if self.lock.is_some_and(|(holder, _)| holder == session) {
            self.lock = None;
        }
        let pinned = self.sessions.get_mut(&session).and_then(Session::release);
        if let Some(mailbox) = pinned {
            self.reap(mailbox);
        }
    }

    fn lease(&mut self, context: Context) {
        let end = self.session(context).lease(context.now);
        self.sweep_at = self.sweep_at.min(end);
    }

    fn lowest_pin(&self, mailbox: MailboxId) -> Option<ModSeq> {
        let pins = self.sessions.values().filter_map(|session| session.pin);
        pins.filter(|pin| pin.0 == mailbox).map(|pin| pin.1).min()
    }

    fn reap(&mut self, mailbox: MailboxId) {
        let pin = self.lowest_pin(mailbox);
        if let Some(mailbox) = self.mailboxes.get_mut(&mailbox) {
            mailbox.reap(pin);
        }
    }

    fn check_quota(&self, more: u64, limits: MemoryLimits) -> Result<(), StoreError> {
        let used = |used: u64, mailbox: &Mailbox| used.saturating_add(mailbox.total.size);
        match self.mailboxes.values().fold(more, used) > limits.quota {
            true => Err(StoreError::OverQuota),
            false => Ok(()),
        }
    }

    fn named(&self, name: &MailboxName) -> Result<MailboxId, StoreError> {
        self.names.get(name).copied().ok_or(StoreError::NoSuchMailbox)
    }

    fn mailbox(&mut self, id: MailboxId) -> Result<&mut Mailbox, StoreError> {
        self.mailboxes.get_mut(&id).ok_or(StoreError::NoSuchMailbox)
    }
}

#[cfg(test)]
impl State {
    pub(super) fn sessions(&self) -> usize {
        self.sessions.len()
    }

    pub(super) fn skip_uids(&mut self, next: Uid) {
        self.mailboxes.get_mut(&self.inbox).unwrap().uid_next = next;
    }
}
