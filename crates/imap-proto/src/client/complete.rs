//! The end of a command: what its tagged response changes.

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{Gate, Handover, Reading, Sent};

use super::pipeline::{Effect, Open};
use super::send::prefix;
use super::{Client, Event, Life, Selected, Source};
use crate::connection::{Closed, Error, State};
use crate::{Code, Condition, ConditionKind, Defect};

impl Client {
    pub(super) fn tagged(
        &mut self,
        at: u64,
        mut reading: Reading<Defect>,
        tag: &[u8],
        condition: Condition,
    ) -> Result<(), Error> {
        let Some(index) = self.by_tag(tag) else {
            let unknown = reading.tolerate(Defect::UnknownTag, 0, "the tag of a command");
            self.report(at, reading);
            return unknown.map_err(|_| Error::Desync { at, expected: "the tag of a command" });
        };
        self.report(at, reading);
        self.complete(index, condition, at)
    }

    /// The command of this tag. Tags are compared octet by octet.
    fn by_tag(&self, tag: &[u8]) -> Option<usize> {
        let digits = tag.strip_prefix(prefix(self.config.tag_prefix.as_ref()))?;
        if matches!(digits, [] | [b'0' | b'+', ..]) {
            return None;
        }
        let number: u64 = core::str::from_utf8(digits).ok()?.parse().ok()?;
        match self.pipeline.front() {
            // Nearly all servers answer in turn.
            Some(first) if first.tag == number => Some(0),
            _ => self.pipeline.binary_search_by_key(&number, |open| open.tag).ok(),
        }
    }

    fn complete(&mut self, index: usize, condition: Condition, at: u64) -> Result<(), Error> {
        let Some(Open { id, effect, .. }) = self.pipeline.get(index) else { return Ok(()) };
        let (id, sent) = (*id, self.output.sent(*id));
        let agreed = condition.kind == ConditionKind::Ok;
        let at_its_gate = match effect {
            Effect::Idle(idling) => {
                idling.continued_at.is_some()
                    || self.output.front_gate() == Some((id, Gate::Continuation))
            }
            _ => false,
        };
        if sent == Sent::Not || agreed && sent != Sent::Fully && !at_its_gate {
            return Err(Error::Desync { at, expected: "no reply to what has not been sent" });
        }
        if let Effect::Authenticate(exchange) = effect
            && sent == Sent::Fully
            && !self.may_end_exchange(exchange, agreed)
        {
            return Err(Error::Desync { at, expected: "no reply to what has not been sent" });
        }
        if matches!(effect, Effect::StartTls) && agreed && self.seen > 0 {
            return Err(Error::PlaintextAfterStartTls { at: self.transcript.received() });
        }
        let Some(mut open) = self.forget(index) else { return Ok(()) };
        self.learn(&mut open, &condition, agreed);
        let kind = condition.kind;
        if !open.swallowed {
            self.events.push_back(Event::Completed { id, condition, sent });
        }
        self.take_effect(open, index, kind);
        Ok(())
    }

    /// What the answer says of the server and of the mailbox. What stands in the answer to STARTTLS
    /// could be from anyone.
    fn learn(&mut self, open: &mut Open, condition: &Condition, agreed: bool) {
        let listed = match &mut open.effect {
            Effect::StartTls => return,
            Effect::Login { listed } => *listed,
            Effect::Authenticate(exchange) => exchange.listed,
            Effect::Select(selected) => {
                selected.learn_code(&condition.text);
                false
            }
            _ => false,
        };
        if agreed && open.effect.forgets_capabilities() && !listed {
            self.capabilities = None;
        }
        self.learn_capabilities(condition, Source::Tagged);
        if let Some(selected) = self.selected.as_deref_mut()
            && agreed
            && !open.rules.breaks_mailbox
            // CREATE tells that of another one (RFC 8474 section 4.1).
            && !matches!(condition.text.code(), Some(Code::MailboxId(_)))
        {
            selected.learn_code(&condition.text);
        }
    }

    fn take_effect(&mut self, open: Open, index: usize, kind: ConditionKind) {
        let (id, agreed) = (open.id, kind == ConditionKind::Ok);
        match open.effect {
            Effect::StartTls | Effect::Compress if agreed => {}
            Effect::Unauthenticate if agreed && self.compressed => {}
            Effect::Append(upload) if !agreed => return self.refuse(id, *upload),
            Effect::Idle(idling) => return self.take_back_done(id, idling),
            // What waited for `+` is not sent.
            _ => self.output.cut(id),
        }
        if matches!(open.effect, Effect::Authenticate(_)) {
            self.output.remove(id.following());
        }
        match open.effect {
            Effect::Login { .. } | Effect::Authenticate(_) if agreed => self.log_in(),
            Effect::StartTls if agreed => self.life = Life::HandingOver(Handover::Tls),
            Effect::Compress if agreed => self.life = Life::HandingOver(Handover::Deflate),
            // What was queued behind it was meant for the other side of it.
            Effect::StartTls | Effect::Compress => self.lose_from(index),
            Effect::Select(selected) => self.end_select(selected, kind),
            Effect::Deselect if agreed => self.deselect(),
            Effect::Unauthenticate if agreed => self.end_session(),
            Effect::Logout => self.finish(Closed::Logout),
            _ => {}
        }
    }

    /// A SELECT that fails leaves no mailbox selected (RFC 9051 section 6.3.2); one that was not
    /// understood has changed nothing.
    fn end_select(&mut self, selected: Box<Selected>, kind: ConditionKind) {
        match kind {
            ConditionKind::Ok => {
                self.selected = Some(selected);
                self.state = State::Selected;
            }
            ConditionKind::Bad => {}
            _ => self.deselect(),
        }
    }

    fn deselect(&mut self) {
        self.selected = None;
        self.state = State::Authenticated;
    }

    /// Nobody is logged in any more (RFC 8437 section 4).
    fn end_session(&mut self) {
        (self.selected, self.enabled) = (None, Vec::new());
        self.state = State::NotAuthenticated;
        self.framer.set_limits(self.config.limits.before_login);
        if self.compressed {
            self.life = Life::HandingOver(Handover::EndDeflate);
        }
    }
}
