//! A task that runs, and one that has ended.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use mail_proto::CommandId;

use super::claim::Claim;
use super::{Answer, Ending, Event, Failure, Handle, Reason, TaskId, Unparsed};
use crate::client::Selected;
use crate::{ConditionKind, Data, RespText};

/// A task whose command has not been answered.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) ticket: Arc<TaskId>,
    pub(super) command: CommandId,
    pub(super) claim: Claim,
    pub(super) streams: bool,
    pub(super) idle: Option<Idle>,
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
    /// Whether data of it are told rather than kept.
    pub(super) fn tells(&self) -> bool {
        self.cancelled || self.found.exceeded || Arc::strong_count(&self.ticket) == 1
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

    pub(super) fn miss(&mut self, unparsed: Unparsed) {
        self.unparsed.push(unparsed);
    }

    /// The data, of which nobody makes a result.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Event> {
        core::mem::take(&mut self.data).into_iter().map(Event::Data)
    }
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
pub(super) fn judge(
    found: Found,
    ending: &Ending,
    selected: Option<Box<Selected>>,
    limit: usize,
) -> Result<Answer, Failure> {
    let text: Option<RespText> = match ending {
        Ending::Answered(condition) => Some(condition.text.clone()),
        Ending::Lost(_) => None,
    };
    let answer = Answer { data: found.data, text, selected };
    let reason = match ending {
        Ending::Lost(sent) => Reason::Lost(*sent),
        Ending::Answered(condition) => match condition.kind {
            ConditionKind::No => Reason::No,
            ConditionKind::Bad => Reason::Bad,
            _ if found.exceeded => Reason::TooLarge { limit },
            _ if !found.unparsed.is_empty() => Reason::Incomplete(found.unparsed),
            _ => return Ok(answer),
        },
    };
    Err(Failure::new(reason, answer))
}
