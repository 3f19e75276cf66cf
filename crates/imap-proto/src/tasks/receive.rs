//! To whom belongs what the server says.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{CommandId, Secret, Sent};

use super::claim::{Claim, Owned};
use super::entry::{Entry, Outcome};
use super::task::Own;
use super::upload::Owing;
use super::{Ending, Event, TaskId, Tasks, Unparsed};
use crate::client;
use crate::{Code, Data};

impl Tasks {
    pub(super) fn receive(&mut self, event: client::Event) {
        self.forget_swallowed();
        let event = match event {
            client::Event::Data(data) => return self.data(data),
            client::Event::Fetch(part) => return self.part(part),
            client::Event::Completed { id, condition, .. } => {
                self.weigh();
                return self.finish(id, Ending::Answered(condition));
            }
            client::Event::Lost { id, sent } => return self.finish(id, Ending::Lost(sent)),
            client::Event::RefreshIdle { id } => return self.refresh(id),
            client::Event::Unparsed { at, expected, raw } => {
                let unparsed = Unparsed { at, expected, raw };
                self.weigh();
                self.unparsed(&unparsed);
                Event::Unparsed(unparsed)
            }
            client::Event::Challenge { id, data } => return self.challenge(id, data),
            client::Event::Idling { id } => match self.task_of(id) {
                Some(task) => Event::Idling { task },
                None => return,
            },
            client::Event::Room { id } => match self.task_of(id).or_else(|| self.owing_task(id)) {
                Some(task) => Event::Room { task },
                None => return,
            },
            client::Event::Greeting(condition) => {
                self.weigh();
                Event::Greeting(condition)
            }
            client::Event::Defect(defect) => Event::Defect(defect),
            client::Event::Secured => Event::Secured,
            client::Event::Closed(reason) => {
                self.release(None);
                Event::Closed(reason)
            }
        };
        self.events.push_back(event);
    }

    /// Commands that were cancelled end without an event.
    pub(super) fn forget_swallowed(&mut self) {
        if self.cancelled == 0 {
            return;
        }
        let client = &self.client;
        let is_open = |entry: &Entry| client.sent(entry.command).is_some();
        self.open.retain(|it| !it.cancelled || it.exchange.is_some() || is_open(it));
        self.cancelled = self.open.iter().filter(|entry| entry.cancelled).count();
    }

    fn task_of(&self, command: CommandId) -> Option<TaskId> {
        let entry = self.open.iter().find(|entry| entry.command == command)?;
        Some(*entry.ticket)
    }

    fn owing_task(&self, command: CommandId) -> Option<TaskId> {
        self.owing.as_ref().filter(|owing| owing.command == command).map(|owing| owing.task)
    }

    /// The tasks whose commands are on their way, in the order in which they were sent.
    pub(super) fn running(&mut self) -> impl Iterator<Item = &mut Entry> {
        let client = &self.client;
        let is_sent =
            |entry: &&mut Entry| client.sent(entry.command).is_some_and(|sent| sent != Sent::Not);
        self.open.iter_mut().take_while(is_sent)
    }

    pub(super) fn exists(&self) -> u32 {
        self.client.selected().map_or(0, |selected| selected.exists)
    }

    /// Octets of what has just been read.
    pub(super) fn weigh(&mut self) -> usize {
        let received = self.client.received();
        let before = self.weighed.replace(received).unwrap_or(received);
        usize::try_from(received.saturating_sub(before)).unwrap_or(usize::MAX)
    }

    fn data(&mut self, data: Data) {
        let octets = self.weigh();
        if let Data::Condition(condition) = &data
            && condition.text.code() == Some(&Code::Closed)
        {
            self.restart_select();
        }
        let told = self.told(data, octets);
        self.events.extend(told);
    }

    /// Gives data to the task that they belong to. What is to be told of them.
    fn told(&mut self, data: Data, octets: usize) -> Option<Event> {
        let exists = self.exists();
        let limit = self.limits.collected;
        let owner = self.running().find_map(|entry| match entry.claim.owns(&data, exists) {
            Owned::No => None,
            owned => Some((entry, owned)),
        });
        let Some((entry, owned)) = owner else { return Some(Event::Data(data)) };
        if entry.tells() {
            return Some(Event::Data(data));
        }
        if entry.streams && owned == Owned::Yes {
            return Some(Event::Row { task: *entry.ticket, data });
        }
        if !entry.found.admit(octets.saturating_add(size_of::<Data>()), limit) {
            return Some(Event::Data(data));
        }
        if owned == Owned::Shared {
            entry.found.keep(data.clone());
            return Some(Event::Data(data));
        }
        entry.found.keep(data);
        None
    }

    /// What came before CLOSED was about the mailbox before.
    fn restart_select(&mut self) {
        let is_select = |it: &&mut Entry| matches!(it.claim, Claim::Select { .. });
        let old: Vec<_> =
            self.running().find(is_select).into_iter().flat_map(|it| it.found.drain()).collect();
        self.events.extend(old);
    }

    fn finish(&mut self, command: CommandId, ending: Ending) {
        let torn = self.torn.take();
        if let Ending::Lost(_) = ending {
            self.release(None);
        }
        let Some(place) = self.open.iter().position(|entry| entry.command == command) else {
            return;
        };
        if self.begin_again(place, &ending) {
            return;
        }
        let Some(mut entry) = self.open.remove(place) else { return };
        if let Some(unparsed) = torn {
            entry.found.miss(unparsed, self.limits.collected);
        }
        if entry.uploads && matches!(ending, Ending::Answered(_)) {
            self.owing = Some(Owing::of(&entry));
        }
        let exchanged = entry.exchange.take().map(|it| self.end_exchange(it, &ending)).transpose();
        if entry.is_unwanted() {
            self.events.extend(entry.found.drain());
        }
        if entry.cancelled {
            return;
        }
        let task = *entry.ticket;
        let opened = || match entry.claim {
            Claim::Select { .. } => self.client.selected().cloned().map(Own::Selected),
            _ => None,
        };
        let (own, unproved) = match exchanged {
            Ok(own) => (own.or_else(opened).map(Box::new), None),
            Err(error) => (None, Some(Box::new(error))),
        };
        let (found, ending, limit) = (entry.found, &ending, self.limits.collected);
        let result = Outcome { found, ending, own, unproved, limit }.judge();
        self.ended.put(entry.ticket, result);
        self.events.push_back(Event::Finished { task, ending: ending.clone() });
    }

    fn challenge(&mut self, command: CommandId, data: Secret<Bytes>) {
        if let Some(data) = self.answer_challenge(command, data)
            && let Some(task) = self.task_of(command)
        {
            self.events.push_back(Event::Challenge { task, data });
        }
    }

    /// A response that nobody can read may have been for some of the tasks. A tagged one is for the
    /// task whose end follows.
    fn unparsed(&mut self, unparsed: &Unparsed) {
        if unparsed.raw.starts_with(b"* ") {
            let name = name_of(&unparsed.raw);
            self.miss(unparsed, |entry| match &name {
                Some(name) => entry.claim.may_own(name),
                None => entry.claim != Claim::Nothing,
            });
        } else if !unparsed.raw.starts_with(b"+") {
            self.torn = Some(unparsed.clone());
        }
    }

    /// These tasks may have missed something.
    pub(super) fn miss(&mut self, unparsed: &Unparsed, may_own: impl Fn(&Entry) -> bool) {
        let limit = self.limits.collected;
        for entry in self.running().filter(|entry| may_own(entry)) {
            entry.found.miss(unparsed.clone(), limit);
        }
    }
}

/// The name of untagged data, in capitals; None if there is none.
fn name_of(raw: &[u8]) -> Option<Vec<u8>> {
    let rest = raw.strip_prefix(b"* ")?;
    let digits = rest.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let rest = match rest.split_at_checked(digits)? {
        (_, behind) if digits > 0 => behind.strip_prefix(b" ")?,
        (_, rest) => rest,
    };
    let name: Vec<_> =
        rest.iter().take_while(|octet| octet.is_ascii_alphabetic()).copied().collect();
    (!name.is_empty()).then(|| name.to_ascii_uppercase())
}
