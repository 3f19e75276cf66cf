//! How long a server waits, and for what.

use mail_proto::{Instant, Text, expired};

use super::running::{Running, Stage};
use super::{Phase, Server};
use crate::connection::Closed;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Timer {
    /// The client has not logged in.
    Login,
    /// The client says nothing.
    AutoLogout,
    /// The client takes no octets, or does not send those that it announced.
    Stall,
}

impl Server {
    /// What a poll tells of the time.
    pub(super) fn note_time(&mut self, input: usize, now: Instant) {
        self.opened = self.opened.or(Some(now));
        if self.touched || self.active.is_none() {
            self.active = Some(now);
            self.touched = false;
        }
        if input > self.waiting || self.received.is_none() {
            self.received = Some(now);
        }
    }

    /// The timer table.
    pub(super) fn timers(&self) -> [(Timer, Option<Instant>); 3] {
        let waits = &self.config.timeouts;
        let open = self.closed.is_none();
        let active = self.active.max(self.output.moved_at());
        let login = open && !self.is_logged_in();
        let idle = open && !login && !self.is_asked();
        let stalled = self.output.ready() > 0 || (open && self.is_owed());
        let moved = active.max(self.received);
        [
            (Timer::Login, self.opened.filter(|_| login).map(|at| at + waits.login)),
            (Timer::AutoLogout, active.filter(|_| idle).map(|at| at + waits.auto_logout)),
            (Timer::Stall, moved.filter(|_| stalled).map(|at| at + waits.stall)),
        ]
    }

    /// The application works on a command.
    fn is_asked(&self) -> bool {
        self.running.as_ref().is_some_and(|running: &Running| running.stage != Stage::Idling)
    }

    /// The client has announced octets and not sent them.
    fn is_owed(&self) -> bool {
        let receives =
            |running: &Running| matches!(running.stage, Stage::Accepted { .. } | Stage::Receiving);
        let is_discarded = matches!(self.phase, Phase::Discarding { .. } | Phase::Retracted { .. });
        is_discarded || self.running.as_ref().is_some_and(receives)
    }

    pub(super) fn time_out(&mut self, now: Instant) {
        match expired(&self.timers(), now) {
            None => {}
            // Nobody listens.
            Some(Timer::Stall) if self.output.ready() > 0 => {
                self.finish(Closed::Timeout);
                self.output.clear();
            }
            Some(timer) => {
                let why: &[u8] = match timer {
                    Timer::Login => b"no login in time",
                    Timer::AutoLogout => b"autologout: no command for too long",
                    Timer::Stall => b"announced octets did not come",
                };
                self.say_bye(&Text::sanitized(why).into());
                self.finish(Closed::Timeout);
                // There is time for BYE to be taken.
                self.active = Some(now);
            }
        }
    }
}
