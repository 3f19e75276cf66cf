//! What a memory store knows of a session: what it holds, and what it has done.

use alloc::collections::{BTreeMap, BTreeSet};
use bytes::BytesMut;

use super::mailbox::Message;
use crate::store::{
    LEASE_SECONDS, MailboxId, ModSeq, Reply, RequestId, StageId, Stager, StoreError, WallTime,
};

/// How many results a session's repeats can find; of an older one the outcome is unknown.
const REMEMBERED: usize = 1_024;
/// For how long a session that holds nothing is remembered after its last request: longer than any
/// request can be under way.
const FORGET_SECONDS: u32 = 3_600;

#[derive(Default)]
pub(super) struct Session {
    pub(super) ended: bool,
    /// Where it keeps what it was shown.
    pub(super) pin: Option<(MailboxId, ModSeq)>,
    pub(super) stages: BTreeMap<StageId, Staging>,
    /// When what it holds is released; `None` if it holds nothing.
    lease: Option<WallTime>,
    seen: WallTime,
    cancelled: BTreeSet<RequestId>,
    results: BTreeMap<RequestId, Reply>,
    /// The last request whose result has been dropped.
    forgotten: Option<RequestId>,
}

/// A message on its way.
pub(super) struct Staging {
    pub(super) mailbox: MailboxId,
    pub(super) date: Option<WallTime>,
    octets: BytesMut,
    stager: Stager,
}

impl Session {
    pub(super) fn see(&mut self, now: WallTime) {
        self.seen = self.seen.max(now);
    }

    /// The reply to a write that this is a repeat of.
    pub(super) fn first_result(&self, request: RequestId) -> Option<Reply> {
        let forgotten = self.forgotten.is_some_and(|last| request <= last);
        self.results
            .get(&request)
            .cloned()
            .or_else(|| forgotten.then_some(Err(StoreError::Unknown)))
    }

    pub(super) fn remember(&mut self, request: RequestId, reply: &Reply) {
        if matches!(reply, Err(StoreError::Unavailable | StoreError::Unknown)) {
            return;
        }
        self.results.insert(request, reply.clone());
        if self.results.len() > REMEMBERED {
            self.forgotten = self.results.pop_first().map(|(request, _)| request);
        }
    }

    /// Whether the session may still ask this.
    pub(super) fn admit(&self, request: RequestId) -> Result<(), StoreError> {
        match self.ended || self.cancelled.contains(&request) {
            true => Err(StoreError::Gone),
            false => Ok(()),
        }
    }

    /// Sees to it that the request does not begin; says whether it is a write that has.
    pub(super) fn cancel(&mut self, request: RequestId) -> bool {
        let executed = self.results.contains_key(&request);
        if !executed && !self.ended {
            self.cancelled.insert(request);
        }
        if self.cancelled.len() > REMEMBERED {
            self.cancelled.pop_first();
        }
        executed
    }

    /// Begins the lease anew, on which hangs all that the session holds. Says when it ends.
    pub(super) fn lease(&mut self, now: WallTime) -> WallTime {
        let until = now.after(LEASE_SECONDS);
        *self.lease.insert(self.lease.map_or(until, |old| old.max(until)))
    }

    /// When the lease ends, if there is one.
    pub(super) const fn lease_end(&self) -> Option<WallTime> {
        self.lease
    }

    /// When the session is forgotten, if nothing happens before.
    pub(super) const fn forget_at(&self) -> WallTime {
        self.seen.after(FORGET_SECONDS)
    }

    /// Lets go of what hangs on the lease; says which mailbox was pinned.
    pub(super) fn release(&mut self) -> Option<MailboxId> {
        self.lease = None;
        self.stages.clear();
        self.pin.take().map(|(mailbox, _)| mailbox)
    }
}

impl Staging {
    pub(super) fn new(mailbox: MailboxId, date: Option<WallTime>) -> Self {
        Self { mailbox, date, octets: BytesMut::new(), stager: Stager::default() }
    }

    pub(super) fn push(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
        self.stager.push(octets);
    }

    pub(super) const fn size(&self) -> u64 {
        self.stager.size()
    }

    pub(super) fn finish(self, now: WallTime) -> Message {
        Message::new(self.octets.freeze(), self.stager.finish(), self.date.unwrap_or(now))
    }
}
