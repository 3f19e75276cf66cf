//! The commands that have been given: whose turn it is, and what their answers change.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use mail_proto::{CommandId, Gate, Security, SendError, Sent};

use super::authenticate::Exchange;
use super::{Capabilities, Client, Event, Receiving};
use crate::connection::is_legal;
use crate::{Closed, Command, MessageNumber, Shape, State};

/// A command that has not been answered to its end.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) id: CommandId,
    pub(super) shape: Shape,
    pub(super) effect: Effect,
    /// The message that UIDL asks for.
    pub(super) asked: Option<MessageNumber>,
    /// The application does not want to hear of it any more.
    pub(super) swallowed: bool,
}

/// What the answer to a command changes.
#[derive(Debug)]
pub(super) enum Effect {
    None,
    User,
    Pass,
    Apop,
    Auth(Box<Exchange>),
    Stls,
    Capa,
    Quit,
}

impl Effect {
    pub(super) fn of(command: &Command) -> Self {
        match command {
            Command::User(_) => Self::User,
            Command::Pass(_) => Self::Pass,
            Command::Apop { .. } => Self::Apop,
            Command::Auth { .. } => Self::Auth(Box::default()),
            Command::Stls => Self::Stls,
            Command::Capa => Self::Capa,
            Command::Quit => Self::Quit,
            _ => Self::None,
        }
    }

    /// Nothing is sent behind it before its answer (RFC 2449 section 6.6, RFC 2595 section 4). Behind
    /// a login because a server counts what follows a refused one as wrong commands, and courier
    /// forgets what it has read behind an accepted one.
    const fn holds_back_others(&self) -> bool {
        matches!(self, Self::Pass | Self::Apop | Self::Auth(_) | Self::Stls | Self::Quit)
    }

    /// It is not sent before all before it are answered.
    const fn waits_for_others(&self) -> bool {
        matches!(self, Self::Auth(_) | Self::Stls | Self::Pass | Self::Apop)
    }
}

impl Client {
    /// Opens the gates of those commands whose turn has come.
    pub(super) fn let_go(&mut self) {
        while let Some((id, Gate::Turn)) = self.output.first_gate()
            && self.may_go(id)
        {
            self.output.open_first();
        }
    }

    fn may_go(&self, id: CommandId) -> bool {
        if self.closed.is_some()
            || matches!(self.receiving, Receiving::Greeting | Receiving::Handover)
        {
            return false;
        }
        let before = self.position(id).unwrap_or(0);
        let Some(open) = self.pipeline.get(before) else { return false };
        before == 0
            || (before < self.config.limits.pipelined
                && self.capabilities.as_deref().is_some_and(Capabilities::pipelining)
                && !open.effect.waits_for_others()
                && !self.pipeline.range(..before).any(|open| open.effect.holds_back_others()))
    }

    pub(super) fn position(&self, id: CommandId) -> Option<usize> {
        self.pipeline.binary_search_by_key(&id, |open| open.id).ok()
    }

    /// Whether TLS will be active when a command given now is sent.
    pub(super) fn will_be_secure(&self) -> bool {
        self.security == Security::Tls
            || matches!(self.receiving, Receiving::Handover)
            || self.pipeline.iter().any(|open| matches!(open.effect, Effect::Stls))
    }

    /// Whether a command can be legal, if all that is open succeeds.
    pub(super) fn check_state(&self, command: &Command) -> Result<(), SendError> {
        let mut state = self.state;
        for open in &self.pipeline {
            match open.effect {
                Effect::Pass | Effect::Apop | Effect::Auth(_) => state = State::Transaction,
                Effect::Quit => state = State::Update,
                _ => {}
            }
        }
        match (is_legal(command, state), command, state) {
            (true, ..) => Ok(()),
            // Whoever gives a raw command knows where it is legal.
            (false, Command::Other(_), State::Authorization) => Ok(()),
            (false, _, State::Authorization) => {
                Err(SendError::State { expected: "a login before" })
            }
            (false, _, State::Transaction) => {
                Err(SendError::State { expected: "the AUTHORIZATION state" })
            }
            (false, _, State::Update) => Err(SendError::State { expected: "no QUIT before" }),
        }
    }

    /// The answer to the first open command is complete: what it changes.
    ///
    /// Returns the command, and queues the events that come behind its own.
    pub(super) fn complete(&mut self, agreed: bool) -> Option<Open> {
        let open = self.pipeline.pop_front()?;
        if self.pipeline.is_empty() {
            // An idle connection keeps no room for commands.
            self.pipeline = VecDeque::new();
        }
        self.receiving = Receiving::Status;
        match (&open.effect, agreed) {
            (Effect::Pass | Effect::Apop, true) => self.state = State::Transaction,
            (Effect::Auth(_), _) => {
                self.output.remove(open.id.following());
                if agreed {
                    self.state = State::Transaction;
                }
            }
            (Effect::User, false) => self.lose_password(0),
            (Effect::Stls, true) => self.receiving = Receiving::Handover,
            (Effect::Stls, false) => {
                self.output.remove(open.id);
                self.lose_all(0);
            }
            (Effect::Capa, true) => {
                self.capabilities = self.learning.take().map(|list| Box::new(list.finish()));
            }
            // A server that listed them before login and refuses now has none to offer.
            (Effect::Capa, false) => self.capabilities = None,
            (Effect::Quit, _) => self.finish(Closed::Quit),
            (Effect::None | Effect::User | Effect::Pass | Effect::Apop, _) => {}
        }
        Some(open)
    }

    /// Takes an unsent command out of the queue, and with it what must not be sent without it.
    pub(super) fn take_back(&mut self, index: usize) {
        let Some(open) = self.pipeline.remove(index) else { return };
        self.output.remove(open.id);
        match open.effect {
            Effect::User => self.lose_password(index),
            // Credentials may have been given in the trust that TLS comes before them.
            Effect::Stls => self.lose_all(index),
            Effect::Auth(_) => self.output.remove(open.id.following()),
            _ => {}
        }
    }

    /// A password is not sent for a name that was refused or taken back.
    fn lose_password(&mut self, from: usize) {
        let login = |open: &Open| matches!(open.effect, Effect::User | Effect::Pass);
        let behind = self.pipeline.iter().skip(from).position(login);
        let index = from.saturating_add(behind.unwrap_or(self.pipeline.len()));
        if let Some(Open { id, effect: Effect::Pass, .. }) = self.pipeline.get(index)
            && self.output.sent(*id) == Sent::Not
            && let Some(password) = self.pipeline.remove(index)
        {
            self.output.remove(password.id);
            self.lose_unsent(&password);
        }
    }

    /// Nothing from this place on is sent.
    fn lose_all(&mut self, from: usize) {
        for open in self.pipeline.split_off(from.min(self.pipeline.len())) {
            self.output.remove(open.id);
            if matches!(open.effect, Effect::Auth(_)) {
                self.output.remove(open.id.following());
            }
            self.lose_unsent(&open);
        }
    }

    fn lose_unsent(&mut self, open: &Open) {
        if !open.swallowed {
            self.events.push_back(Event::Lost { id: open.id, sent: Sent::Not });
        }
    }
}
