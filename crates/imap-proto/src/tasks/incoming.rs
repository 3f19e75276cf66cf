//! A FETCH that comes in parts, and whose it is.

use alloc::vec::Vec;

use super::claim::Claim;
use super::messages::Known;
use super::{Event, TaskId, Tasks, Unparsed};
use crate::{Collected, Data, FetchCollector, FetchPart, MalformedFetch, MessageNumber};

/// A FETCH that comes in parts.
#[derive(Debug)]
pub(super) struct Incoming {
    /// The parts that nobody has heard of yet.
    parts: Vec<FetchPart>,
    to: To,
    /// Octets of the server's stream before it.
    at: u64,
}

/// For whom it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum To {
    /// It is not known yet.
    Open,
    Everybody,
    /// They are told as they come.
    Stream(TaskId),
    /// They are put together.
    Task(TaskId),
}

impl Tasks {
    pub(super) fn part(&mut self, part: FetchPart) {
        let octets = self.weigh();
        let mut incoming = match (&part, self.incoming.take()) {
            (FetchPart::Begin(_), _) | (_, None) => {
                let at = self.client.received().saturating_sub(octets as u64);
                Incoming { parts: Vec::new(), to: To::Open, at }
            }
            (_, Some(incoming)) => incoming,
        };
        incoming.parts.push(part);
        if incoming.to == To::Open {
            incoming.to = self.receiver(&incoming.parts);
        }
        if let To::Task(task) = incoming.to
            && !self.admits(task, octets)
        {
            incoming.to = To::Everybody;
        }
        let broken = match incoming.parts.last() {
            Some(FetchPart::Malformed(malformed)) => Some(malformed.clone()),
            _ => None,
        };
        if let Some(malformed) = &broken {
            self.broken(malformed, &incoming);
        }
        let ends = broken.is_some() || matches!(incoming.parts.last(), Some(FetchPart::End));
        match incoming.to {
            To::Open => {}
            To::Everybody => self.events.extend(incoming.parts.drain(..).map(Event::Fetch)),
            To::Stream(task) => {
                let told = incoming.parts.drain(..).map(|part| Event::Part { task, part });
                self.events.extend(told);
            }
            To::Task(task) if ends => self.collect(task, core::mem::take(&mut incoming.parts)),
            To::Task(_) => {}
        }
        self.incoming = (!ends).then_some(incoming);
    }

    /// For whom these parts are, if that can be said.
    fn receiver(&mut self, parts: &[FetchPart]) -> To {
        let body = match parts.last() {
            Some(FetchPart::BodyBegin(body)) => Some(&body.name),
            Some(FetchPart::End | FetchPart::Malformed(_)) => None,
            _ => return To::Open,
        };
        let begin = parts.iter().find_map(|part| match part {
            FetchPart::Begin(begin) => Some(*begin),
            _ => None,
        });
        let items: Vec<_> = parts
            .iter()
            .filter_map(|part| match part {
                FetchPart::Item(item) => Some(item),
                _ => None,
            })
            .collect();
        let exists = self.exists();
        let known = Known { begin, items: &items, body };
        let owner = self.running().find(|entry| match &entry.claim {
            Claim::Messages(messages) => messages.has_parts(known, exists),
            _ => false,
        });
        match owner {
            Some(entry) if entry.tells() => To::Everybody,
            Some(entry) if entry.streams => To::Stream(*entry.ticket),
            Some(entry) => To::Task(*entry.ticket),
            None => To::Everybody,
        }
    }

    /// Tells those for whom it may have been.
    fn broken(&mut self, malformed: &MalformedFetch, incoming: &Incoming) {
        // What is left of it is passed over.
        self.weighed = None;
        let at = incoming.at.saturating_add(malformed.error.at as u64);
        let (expected, raw) = (malformed.error.expected, malformed.octets.clone());
        let unparsed = Unparsed { at, expected, raw };
        let task = match incoming.to {
            To::Task(task) | To::Stream(task) => Some(task),
            To::Open | To::Everybody => None,
        };
        self.miss(&unparsed, |entry| match task {
            Some(task) => *entry.ticket == task,
            None => entry.claim.may_own(b"FETCH"),
        });
    }

    fn admits(&mut self, task: TaskId, octets: usize) -> bool {
        let limit = self.limits.collected;
        let octets = octets.saturating_add(size_of::<FetchPart>());
        let entry = self.open.iter_mut().find(|entry| *entry.ticket == task);
        entry.is_some_and(|entry| !entry.tells() && entry.found.admit(octets, limit))
    }

    /// Puts a FETCH together. One that is broken stays in its parts.
    fn collect(&mut self, task: TaskId, parts: Vec<FetchPart>) {
        let mut collector = FetchCollector::default();
        for part in parts.iter().cloned() {
            let Collected::Fetch(begin, data) = collector.push(part) else { continue };
            let data = match begin.number() {
                Some(number) if begin.is_uid() => Data::UidFetch(number.as_uid(), data),
                number => Data::Fetch(number.map(MessageNumber::as_seq_num), data),
            };
            if let Some(entry) = self.open.iter_mut().find(|entry| *entry.ticket == task) {
                return entry.found.keep(data);
            }
        }
        self.events.extend(parts.into_iter().map(Event::Fetch));
    }

    /// Tells what there is of a FETCH that will not come to its end, or that this task does not want
    /// any more.
    pub(super) fn release(&mut self, task: Option<TaskId>) {
        let Some(incoming) = &mut self.incoming else { return };
        if task.is_none_or(|task| [To::Task(task), To::Stream(task)].contains(&incoming.to)) {
            incoming.to = To::Everybody;
            self.events.extend(incoming.parts.drain(..).map(Event::Fetch));
        }
    }
}
