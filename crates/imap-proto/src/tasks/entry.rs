//! A task that runs, and one that has ended.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use mail_proto::CommandId;
use mail_proto::sasl::{ClientExchange, SaslError};

use super::claim::{Claim, is_for_all};
use super::task::Own;
use super::{Answer, Ending, Event, Failure, Handle, Reason, TaskId, Unparsed};
use crate::{ConditionKind, Data};

/// A task whose command has not been answered.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) ticket: Arc<TaskId>,
    pub(super) command: CommandId,
    pub(super) claim: Claim,
    pub(super) streams: bool,
    /// Its octets are supplied one after the other.
    pub(super) uploads: bool,
    pub(super) idle: Option<Idle>,
    /// The mechanism that answers challenges.
    pub(super) exchange: Option<ClientExchange>,
    /// Nobody wants it any more. What comes for it comes to no other task.
    pub(super) cancelled: bool,
    pub(super) found: Found,
}

/// An IDLE that is begun again before the server might log out.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Idle {
    /// DONE has been given because it lasted long.
    pub(super) refreshing: bool,
    /// It is to be left for good.
    pub(super) leaving: bool,
}

/// What came for a task.
#[derive(Debug, Default)]
pub(super) struct Found {
    data: Vec<Data>,
    octets: usize,
    unparsed: Vec<Unparsed>,
    /// More came than may be collected.
    exceeded: bool,
}

impl Entry {
    pub(super) fn new(ticket: Arc<TaskId>, command: CommandId, claim: Claim) -> Self {
        Self {
            ticket,
            command,
            claim,
            streams: false,
            uploads: false,
            idle: None,
            exchange: None,
            cancelled: false,
            found: Found::default(),
        }
    }

    /// Whether nobody will take its result.
    pub(super) fn is_unwanted(&self) -> bool {
        self.cancelled || Arc::strong_count(&self.ticket) == 1
    }

    /// Whether data of it are told rather than kept.
    pub(super) fn tells(&self) -> bool {
        self.is_unwanted() || self.found.exceeded
    }
}

impl Found {
    /// Whether so many octets more fit. If they do not, nothing is kept from now on.
    pub(super) fn admit(&mut self, octets: usize, limit: usize) -> bool {
        self.octets = self.octets.saturating_add(octets);
        self.exceeded |= self.octets > limit;
        !self.exceeded
    }

    pub(super) fn keep(&mut self, data: Data) {
        self.data.push(data);
    }

    pub(super) fn miss(&mut self, unparsed: Unparsed, limit: usize) {
        if self.admit(unparsed.raw.len().saturating_add(size_of::<Unparsed>()), limit) {
            self.unparsed.push(unparsed);
        }
    }

    /// The data, of which nobody makes a result.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Event> {
        untold(core::mem::take(&mut self.data))
    }
}

/// Data as events, but for those that have been events before.
pub(super) fn untold(data: Vec<Data>) -> impl Iterator<Item = Event> {
    data.into_iter().filter(|data| !is_for_all(data)).map(Event::Data)
}

/// Results that wait to be taken.
#[derive(Debug, Default)]
pub(super) struct Ended {
    tasks: BTreeMap<TaskId, (Arc<TaskId>, Result<Answer, Failure>)>,
    /// So many of them are there when those without a handle are looked for again.
    sweep_at: usize,
}

impl Ended {
    pub(super) fn put(&mut self, ticket: Arc<TaskId>, result: Result<Answer, Failure>) {
        if Arc::strong_count(&ticket) == 1 {
            return;
        }
        if self.tasks.len() >= self.sweep_at {
            self.tasks.retain(|_, (ticket, _)| Arc::strong_count(ticket) > 1);
            self.sweep_at = self.tasks.len().saturating_mul(2).saturating_add(8);
        }
        self.tasks.insert(*ticket, (ticket, result));
    }

    pub(super) fn has<T>(&self, handle: &Handle<T>) -> bool {
        self.tasks.get(&handle.id()).is_some_and(|(it, _)| Arc::ptr_eq(it, &handle.ticket))
    }

    pub(super) fn take<T>(&mut self, handle: &Handle<T>) -> Option<Result<Answer, Failure>> {
        if !self.has(handle) {
            return None;
        }
        self.tasks.remove(&handle.id()).map(|(_, result)| result)
    }
}

/// What has come of a task in the end.
pub(super) struct Outcome<'a> {
    pub(super) found: Found,
    pub(super) ending: &'a Ending,
    pub(super) own: Option<Box<Own>>,
    /// The mechanism does not believe the server's OK.
    pub(super) unproved: Option<Box<SaslError>>,
    pub(super) limit: usize,
}

impl Outcome<'_> {
    pub(super) fn judge(self) -> Result<Answer, Failure> {
        let text = match self.ending {
            Ending::Answered(condition) => Some(condition.text.clone()),
            Ending::Lost(_) => None,
        };
        let Found { data, unparsed, exceeded, .. } = self.found;
        let answer = Answer { data, text, own: self.own };
        let reason = match (self.ending, self.unproved) {
            (Ending::Lost(sent), _) => Reason::Lost(*sent),
            (_, Some(error)) => Reason::Unproved(error),
            (Ending::Answered(condition), None) => match condition.kind {
                ConditionKind::No => Reason::No,
                ConditionKind::Bad => Reason::Bad,
                _ if exceeded => Reason::TooLarge { limit: self.limit },
                _ if !unparsed.is_empty() => Reason::Incomplete(unparsed),
                _ => return Ok(answer),
            },
        };
        Err(Failure::new(reason, answer))
    }
}
