//! The commands that have been given: whose turn it is, and which answers could be mistaken.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use mail_proto::{CommandId, Gate, Security, Sent, TlsPolicy};

use super::append::Upload;
use super::authenticate::Exchange;
use super::idle::Idling;
use super::{Client, Event, Life, Selected};
use crate::connection::{Rules, State};
use crate::{Capability, CommandBody, SearchReturnOpt};

/// A command that has not been answered.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) id: CommandId,
    /// The number in its tag.
    pub(super) tag: u64,
    pub(super) rules: Rules,
    pub(super) answer: Answer,
    pub(super) effect: Effect,
    /// It is not sent before all up to this one have been answered.
    pub(super) behind: CommandId,
    /// The application does not want to hear of it any more.
    pub(super) swallowed: bool,
}

/// What the answer to a command changes.
#[derive(Debug)]
pub(super) enum Effect {
    None,
    Login { listed: bool },
    Authenticate(Box<Exchange>),
    StartTls,
    Compress,
    Enable,
    Select(Box<Selected>),
    Deselect,
    Unauthenticate,
    Logout,
    Idle(Idling),
    Append(Box<Upload>),
}

impl Effect {
    pub(super) const fn is_credential(&self) -> bool {
        matches!(self, Self::Login { .. } | Self::Authenticate(_))
    }

    /// Whether the answer changes anything.
    pub(super) const fn changes(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// What is known of the server's capabilities is not known any more behind it.
    pub(super) const fn forgets_capabilities(&self) -> bool {
        self.is_credential() || matches!(self, Self::StartTls | Self::Unauthenticate)
    }

    /// The state behind it, if it succeeds.
    pub(super) const fn state_after(&self, state: State) -> State {
        match self {
            Self::Login { .. } | Self::Authenticate(_) | Self::Deselect => State::Authenticated,
            Self::Select(_) => State::Selected,
            Self::Unauthenticate => State::NotAuthenticated,
            Self::Logout => State::Logout,
            _ => state,
        }
    }
}

/// The untagged data of a command that could be taken for those of another.
///
/// RFC 9051 section 5.5: a client must not send commands between whose answers it could not tell.
/// Data that say what they are about (FETCH, STATUS, METADATA, ESEARCH with its tag) do not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// It has none, or they speak for themselves.
    Clear,
    Search,
    Sort,
    Thread,
    List,
    Lsub,
    /// `OK [COPYUID ..]` comes without a tag (RFC 6851 section 4.3).
    Move,
    Urls,
    Conversions,
}

impl Answer {
    pub(super) fn of(command: &CommandBody) -> Self {
        let correlated =
            |options: &Option<alloc::vec::Vec<SearchReturnOpt>>| match options.is_some() {
                true => Self::Clear,
                false => Self::Search,
            };
        match command {
            CommandBody::Search(search) | CommandBody::UidSearch(search) => {
                correlated(&search.returning)
            }
            CommandBody::Sort(_) | CommandBody::UidSort(_) => Self::Sort,
            CommandBody::Thread(_) | CommandBody::UidThread(_) => Self::Thread,
            CommandBody::List(_) | CommandBody::Rlist(_) | CommandBody::Xlist(_) => Self::List,
            CommandBody::Lsub(_) | CommandBody::Rlsub(_) => Self::Lsub,
            CommandBody::Move(_) | CommandBody::UidMove(_) => Self::Move,
            CommandBody::GenUrlAuth(_) => Self::Urls,
            CommandBody::Conversions(_) => Self::Conversions,
            _ => Self::Clear,
        }
    }
}

/// Whether a command may be sent while these have not been answered, with or without a mailbox selected.
fn may_join(next: &Open, running: &VecDeque<Open>, count: usize, selected: bool) -> bool {
    // What is said of the mailbox while NOOP runs, say, could be taken for what SELECT tells.
    if selected && matches!(next.effect, Effect::Select(_)) {
        return count == 0;
    }
    // What the last one could be sent with, its like can: then only the last one is to be asked.
    let like = |last: &Open| {
        (last.rules, last.answer, last.behind) == (next.rules, next.answer, next.behind)
    };
    let last = count.saturating_sub(1);
    let first = if running.get(last).is_some_and(like) { last } else { 0 };
    running.range(first..count.min(running.len())).all(|open| {
        let (mine, theirs) = (&next.rules, &open.rules);
        let alone = mine.barrier || theirs.barrier;
        // What happens to a number while an EXPUNGE may be on its way, nobody knows.
        let numbers = mine.uses_seqs && theirs.breaks_seqs;
        let mailbox = mine.breaks_mailbox && needs_mailbox(theirs)
            || theirs.breaks_mailbox && needs_mailbox(mine);
        let mistaken = next.answer != Answer::Clear && next.answer == open.answer;
        let waits = open.id <= next.behind;
        !(alone || numbers || mailbox || mistaken || waits)
    })
}

/// It is about the mailbox that is selected, or selects another.
const fn needs_mailbox(rules: &Rules) -> bool {
    rules.breaks_mailbox || !rules.states.contains(State::Authenticated)
}

impl Client {
    /// Opens the gates of those commands whose turn has come. Those that cannot be legal any more are
    /// lost, if their events can be told.
    pub(super) fn give_turns(&mut self, may_lose: bool) {
        while let Some((_, Gate::Turn)) = self.output.first_gate() {
            if !matches!(self.life, Life::Open) {
                return;
            }
            let Some(next) = self.pipeline.get(self.running) else { return };
            let full = self.running >= self.config.limits.pipelined;
            let selected = self.state == State::Selected;
            if full || !may_join(next, &self.pipeline, self.running, selected) {
                return;
            }
            if self.is_legal_now(next) {
                self.output.open_first();
                self.running = self.running.saturating_add(1);
            } else if may_lose {
                self.lose_unsent(self.running);
            } else {
                return;
            }
        }
    }

    /// Whether a command whose turn it is may be sent: those before it may have failed.
    fn is_legal_now(&self, next: &Open) -> bool {
        let disabled = matches!(next.effect, Effect::Login { .. }) && self.login_disabled();
        let clear = next.effect.is_credential()
            && self.config.tls == TlsPolicy::Required
            && self.security == Security::Plain;
        let again = matches!(next.effect, Effect::Compress) && self.compressed;
        let forbidden = disabled || clear || again || self.lacks_numbers(next.rules);
        next.rules.is_legal(self.state) && !forbidden
    }

    /// The command uses sequence numbers, and there are none (RFC 9586).
    pub(super) fn lacks_numbers(&self, rules: Rules) -> bool {
        rules.uses_seqs && self.enabled().contains(&Capability::UidOnly)
    }

    pub(super) fn position(&self, id: CommandId) -> Option<usize> {
        self.pipeline.binary_search_by_key(&id, |open| open.id).ok()
    }

    /// The effects of the commands that have one, or more.
    pub(super) fn effects(&self) -> impl Iterator<Item = &Effect> {
        let all = if self.changing == 0 { 0 } else { self.pipeline.len() };
        self.pipeline.iter().take(all).map(|open| &open.effect)
    }

    /// Takes a command out of the queue.
    pub(super) fn forget(&mut self, index: usize) -> Option<Open> {
        let open = self.pipeline.remove(index)?;
        self.changing = self.changing.saturating_sub(open.effect.changes().into());
        self.running = self.running.saturating_sub(usize::from(index < self.running));
        if self.pipeline.is_empty() {
            // An idle connection keeps no room for commands.
            self.pipeline = VecDeque::new();
        }
        Some(open)
    }

    /// Takes an unsent command out of the queue, and with STARTTLS all behind it: they may have been
    /// given in the trust that TLS comes before them.
    pub(super) fn take_back(&mut self, index: usize) -> Option<Open> {
        let open = self.forget(index)?;
        self.output.remove(open.id);
        match open.effect {
            Effect::Authenticate(_) => self.output.remove(open.id.following()),
            Effect::StartTls => self.lose_from(index),
            _ => {}
        }
        Some(open)
    }

    fn lose_unsent(&mut self, index: usize) {
        let place = self.events.len();
        if let Some(open) = self.take_back(index)
            && !open.swallowed
        {
            self.events.insert(place, Event::Lost { id: open.id, sent: Sent::Not });
        }
    }

    /// Nothing from this place on is sent.
    pub(super) fn lose_from(&mut self, index: usize) {
        for open in self.pipeline.split_off(index.min(self.pipeline.len())) {
            self.output.remove(open.id);
            self.changing = self.changing.saturating_sub(open.effect.changes().into());
            if matches!(open.effect, Effect::Authenticate(_)) {
                self.output.remove(open.id.following());
            }
            if !open.swallowed {
                self.events.push_back(Event::Lost { id: open.id, sent: Sent::Not });
            }
        }
    }
}
