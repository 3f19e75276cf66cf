//! What untagged data change: capabilities, what is enabled, the mailbox, the end.

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::Sent;

use super::pipeline::{Effect, Open};
use super::{Client, Event, Selected, ServerCapabilities, Source};
use crate::connection::{Closed, State};
use crate::{Capabilities, Capability, Code, Condition, ConditionKind, Data, Encoder, Negotiated};

impl Client {
    /// Untagged data, in whatever state. Returns their event if nothing else is to be told.
    pub(super) fn data(&mut self, data: Data) -> Option<Event> {
        let bye = match &data {
            Data::Condition(condition) => {
                self.learn_capabilities(condition, Source::Untagged);
                self.learn_closed(condition);
                condition.kind == ConditionKind::Bye
            }
            Data::Capability(list) => {
                self.set_capabilities(list, Source::Untagged);
                false
            }
            Data::Enabled(data) if self.is_running(|it| matches!(it, Effect::Enable)) => {
                let new = data.capabilities.iter().filter(|it| !self.enabled.contains(it));
                let new: Vec<_> = new.map(detached).collect();
                self.enabled.extend(new);
                false
            }
            _ => false,
        };
        // If SELECT is not understood, they were about the mailbox before.
        if let Some(selecting) = self.selecting() {
            selecting.learn(&data);
        }
        if let Some(selected) = self.selected.as_deref_mut() {
            selected.learn(&data);
        }
        if !bye && self.events.is_empty() {
            return Some(Event::Data(data));
        }
        self.events.push_back(Event::Data(data));
        if bye {
            let expected = self.is_running(|it| matches!(it, Effect::Logout));
            if self.bye || !expected {
                self.finish(Closed::Bye);
            }
            self.bye = true;
        }
        None
    }

    /// Whether such a command has been handed out, if only in part, and not been answered.
    fn is_running(&self, such: impl Fn(&Effect) -> bool) -> bool {
        if self.changing == 0 {
            return false;
        }
        let is_sent = |open: &Open| self.output.sent(open.id) != Sent::Not;
        let mut running = self.pipeline.iter().take(self.running);
        running.any(|open| such(&open.effect) && is_sent(open))
    }

    /// The mailbox that is being selected, as soon as the server can know of it.
    fn selecting(&mut self) -> Option<&mut Selected> {
        if self.changing == 0 {
            return None;
        }
        let Self { output, pipeline, .. } = self;
        let mut running = pipeline.iter_mut().take(self.running);
        running.find_map(|open| match &mut open.effect {
            Effect::Select(selected) if output.sent(open.id) != Sent::Not => Some(&mut **selected),
            _ => None,
        })
    }

    /// CLOSED says that from here on data are about the mailbox that is being selected.
    fn learn_closed(&mut self, condition: &Condition) {
        let is_code = condition.text.code() == Some(&Code::Closed);
        if !is_code || !self.is_running(|it| matches!(it, Effect::Select(_))) {
            return;
        }
        self.selected = None;
        if self.state == State::Selected {
            self.state = State::Authenticated;
        }
        if let Some(selecting) = self.selecting() {
            selecting.restart();
        }
    }

    /// Takes note of a list of capabilities in a response code.
    pub(super) fn learn_capabilities(&mut self, condition: &Condition, source: Source) {
        let agreed = matches!(condition.kind, ConditionKind::Ok | ConditionKind::PreAuth);
        if let (true, Some(Code::Capability(list))) = (agreed, condition.text.code()) {
            self.set_capabilities(list, source);
        }
    }

    fn set_capabilities(&mut self, list: &Capabilities, source: Source) {
        let limit = self.config.limits.capabilities;
        self.capabilities = Some(Box::new(ServerCapabilities::new(list, source, limit)));
        // A login runs alone.
        let front = self.pipeline.front_mut().filter(|it| self.output.sent(it.id) != Sent::Not);
        match front.map(|open| &mut open.effect) {
            Some(Effect::Login { listed }) => *listed = true,
            Some(Effect::Authenticate(exchange)) => exchange.listed = true,
            _ => {}
        }
    }
}

/// A capability that does not keep the block that it was read into.
fn detached(capability: &Capability) -> Capability {
    let mut octets = Vec::new();
    let negotiated = Negotiated::server();
    capability.encode(&mut Encoder::new(&mut octets, negotiated));
    Capability::new(octets).unwrap_or_else(|_| capability.clone())
}
