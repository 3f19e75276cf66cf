//! How long the client waits for what.

use mail_proto::{Instant, Owed, Sent, expired};

use super::pipeline::{Effect, Open};
use super::{Client, Event, Life, idling};
use crate::connection::Closed;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Timer {
    Greeting,
    Answer,
    Stall,
    RefreshIdle,
}

impl Client {
    /// The timer table.
    pub(super) fn timers(&self) -> [(Timer, Option<Instant>); 4] {
        let since = self.progress.max(self.output.moved_at()).unwrap_or_default();
        let waits = &self.config.timeouts;
        let open = self.life != Life::Closed && self.progress.is_some();
        let greeting = self.life == Life::Greeting;
        let handover = matches!(self.life, Life::HandingOver(_));
        let front = self.pipeline.front();
        let sent = front.is_some_and(|it| self.output.sent(it.id) != Sent::Not);
        let idle = idling(front).filter(|(_, idling)| idling.continued_at.is_some());
        let idles = idle.is_some_and(|(_, idling)| !idling.is_done);
        let answer = !greeting && (handover || sent && !idles && !self.waits_for_application());
        let wait = match front {
            Some(Open { effect: Effect::Login { .. } | Effect::Authenticate(_), .. }) => {
                waits.login
            }
            _ => waits.command,
        };
        let body = self.fetch.as_ref().is_some_and(|fetch| fetch.is_streaming());
        let stalls = !greeting && (self.output.ready() > 0 || body);
        let refresh = idle.filter(|(_, it)| !it.refreshed && !it.is_done);
        let refresh_from = self.output.moved_at().unwrap_or_default();
        [
            (Timer::Greeting, (open && greeting).then(|| since + waits.greeting)),
            (Timer::Answer, (open && answer).then(|| since + wait)),
            (Timer::Stall, (open && stalls).then(|| since + waits.stall)),
            (
                Timer::RefreshIdle,
                refresh.filter(|_| open).map(|_| refresh_from + waits.refresh_idle),
            ),
        ]
    }

    /// The next step is the application's: a response, or octets of a message.
    fn waits_for_application(&self) -> bool {
        let hole = self.output.ready() == 0 && self.output.first_hole().is_some();
        let exchange = self.authenticating().is_some();
        let body = hole && !exchange && !matches!(self.idle_hole(), Some(Owed::Open));
        self.is_challenged() || body
    }

    /// The hole before DONE.
    fn idle_hole(&self) -> Option<Owed> {
        let (id, _) = idling(self.pipeline.front())?;
        self.output.owed(id)
    }

    pub(super) fn expire(&mut self, now: Instant) {
        match expired(&self.timers(), now) {
            None => {}
            Some(Timer::RefreshIdle) => {
                if let Some(Open { id, effect: Effect::Idle(idling), .. }) =
                    self.pipeline.front_mut()
                {
                    idling.refreshed = true;
                    self.events.push_back(Event::RefreshIdle { id: *id });
                }
            }
            Some(Timer::Greeting | Timer::Answer | Timer::Stall) => self.finish(Closed::Timeout),
        }
    }
}
