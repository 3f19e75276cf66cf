//! The run itself: which command comes next, and what its answer means.

use bytes::Bytes;
use mail_proto::CommandId;
use pop3_proto::client::{ListingLine, Reply};
use pop3_proto::{Closed, Command, MessageNumber, Status};

use super::{Pull, PullEnd, PullError, PullStep, Summary, Token, Warning};

/// A command that was given out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Job {
    Capa,
    Stat,
    Uidl,
    List,
    Retr { message: MessageNumber, begun: bool },
    Dele(MessageNumber),
    Noop,
    Quit,
}

/// How far the run is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    Capabilities,
    /// The questions that have not been put.
    Listing(&'static [Job]),
    Messages,
    Quitting,
    /// Only confirmations may be missing.
    Over,
}

/// What is asked before anything is fetched. Capabilities that are not announced are no reason not to
/// ask: servers leave UIDL out that have it.
pub(super) const QUESTIONS: &[Job] = &[Job::Stat, Job::Uidl, Job::List];

impl Job {
    pub(super) const fn command(self) -> Command {
        match self {
            Self::Capa => Command::Capa,
            Self::Stat => Command::Stat,
            Self::Uidl => Command::Uidl(None),
            Self::List => Command::List(None),
            Self::Retr { message, .. } => Command::Retr(message),
            Self::Dele(message) => Command::Dele(message),
            Self::Noop => Command::Noop,
            Self::Quit => Command::Quit,
        }
    }
}

impl Summary {
    pub(super) const fn new() -> Self {
        Self {
            end: PullEnd::Lost(Closed::Local),
            fetched: 0,
            octets: 0,
            known: 0,
            refused: 0,
            not_stored: 0,
            deleted: 0,
            marked: 0,
            not_deleted: 0,
            login_not_before: None,
        }
    }
}

impl Pull {
    /// The next command, if one may be given now.
    pub(super) fn next_job(&mut self) -> Option<Job> {
        let idle = self.in_flight.is_empty();
        match self.phase {
            Phase::Capabilities if idle => Some(Job::Capa),
            Phase::Listing([question, rest @ ..]) => {
                self.phase = Phase::Listing(rest);
                Some(*question)
            }
            Phase::Messages if self.in_flight.len() < self.window() => self.next_message(),
            _ => None,
        }
    }

    /// How many commands may be under way.
    fn window(&self) -> usize {
        if self.announced.pipelining { self.options.pipelined.max(1) } else { 1 }
    }

    fn next_message(&mut self) -> Option<Job> {
        if let Some(message) = self.deletions.pop_front() {
            return Some(Job::Dele(message));
        }
        while !self.stopped
            && let Some(message) = self.listing.after(self.last)
        {
            self.last = message.get();
            match self.listing.get(message).and_then(|listed| listed.fetched) {
                None => return Some(Job::Retr { message, begun: false }),
                Some(fetched) if self.policy().deletes(fetched, self.now) => {
                    return Some(Job::Dele(message));
                }
                Some(_) => {}
            }
        }
        match self.in_flight.is_empty() {
            true if self.unconfirmed.is_empty() => self.quit(),
            true => core::mem::take(&mut self.keep_alive).then_some(Job::Noop),
            false => None,
        }
    }

    fn quit(&mut self) -> Option<Job> {
        if self.announced.must_not_stay() && self.summary.not_stored > 0 {
            self.over(PullEnd::QuitWithheld);
            return None;
        }
        self.phase = Phase::Quitting;
        Some(Job::Quit)
    }

    fn job(&mut self, id: CommandId) -> Option<&mut Job> {
        self.in_flight.iter_mut().find(|(of, _)| *of == id).map(|(_, job)| job)
    }

    /// The command has come to its end.
    pub(super) fn take(&mut self, id: CommandId) -> Option<Job> {
        let place = self.in_flight.iter().position(|(of, _)| *of == id)?;
        self.in_flight.remove(place).map(|(_, job)| job)
    }

    pub(super) fn begin(&mut self, id: CommandId) {
        let Some(Job::Retr { message, begun }) = self.job(id) else { return };
        *begun = true;
        let message = *message;
        let unique_id = self.listing.own_id_of(message).cloned();
        let size = self.listing.get(message).and_then(|listed| listed.size);
        self.steps.push_back(PullStep::Begin { token: Token(message), unique_id, size });
    }

    pub(super) fn line(&mut self, id: CommandId, line: &ListingLine) {
        match (self.job(id), line) {
            (Some(Job::Capa), ListingLine::Capability(capability)) => {
                self.announced.learn(capability);
            }
            (Some(Job::Uidl | Job::List), line) => self.listing.line(line),
            _ => {}
        }
    }

    pub(super) fn body(&mut self, id: CommandId, octets: &Bytes) {
        let Some(Job::Retr { message, .. }) = self.job(id) else { return };
        let token = Token(*message);
        let length = octets.len() as u64;
        self.progress.octets = self.progress.octets.saturating_add(length);
        self.summary.octets = self.progress.octets;
        self.steps.push_back(PullStep::Octets { token, octets: octets.clone() });
    }

    pub(super) fn completed(&mut self, job: Job, result: &Result<Reply, Status>) {
        match (job, result) {
            (Job::Capa, _) => self.learnt(),
            (Job::Stat, Ok(Reply::Drop(stat))) => self.listing.stat(*stat),
            (Job::Uidl, Ok(_)) => self.listing.uidl_agreed(),
            (Job::Retr { message, .. }, Ok(_)) => {
                self.ended();
                self.unconfirmed.insert(Token(message));
                self.steps.push_back(PullStep::End { token: Token(message) });
            }
            (Job::Retr { message, .. }, Err(status)) => self.refused(message, status),
            (Job::Dele(message), Ok(_)) => {
                self.marked.push(message);
                self.summary.marked = self.summary.marked.saturating_add(1);
            }
            (Job::Dele(message), Err(status)) => self.not_deleted(message, status),
            (Job::Quit, Ok(_)) => self.committed(),
            (Job::Quit, Err(status)) => self.over(PullEnd::QuitRefused(status.clone())),
            (Job::Stat | Job::Uidl | Job::List | Job::Noop, _) => {}
        }
        if matches!(self.phase, Phase::Listing([])) && self.in_flight.is_empty() {
            self.plan();
        }
    }

    /// The server's capabilities are known, as far as it tells.
    fn learnt(&mut self) {
        self.phase = Phase::Listing(QUESTIONS);
        if let Some(warning) = self.announced.expiry_warning(self.options.policy) {
            self.steps.push_back(PullStep::Warning(warning));
        }
        if let Some(seconds) = self.announced.login_delay.filter(|seconds| *seconds > 0) {
            self.summary.login_not_before = Some(self.now.after(seconds));
            self.steps.push_back(PullStep::Warning(Warning::LoginDelay { seconds }));
        }
        self.record.set_login_not_before(self.summary.login_not_before);
    }

    /// All questions are answered.
    fn plan(&mut self) {
        self.phase = Phase::Messages;
        let policy = self.policy();
        self.listing.compare(&mut self.record, policy);
        (self.progress, self.summary.known) = self.listing.extent();
        self.steps.extend(self.listing.warnings().map(PullStep::Warning));
        self.steps.push_back(PullStep::Planned(self.progress));
    }

    fn ended(&mut self) {
        self.progress.messages = self.progress.messages.saturating_add(1);
    }

    fn refused(&mut self, message: MessageNumber, status: &Status) {
        self.ended();
        self.summary.refused = self.summary.refused.saturating_add(1);
        let unique_id = self.listing.unique_id_of(message).cloned();
        self.steps.push_back(PullStep::Refused { message, unique_id, status: status.clone() });
    }

    fn not_deleted(&mut self, message: MessageNumber, status: &Status) {
        self.summary.not_deleted = self.summary.not_deleted.saturating_add(1);
        let unique_id = self.listing.unique_id_of(message).cloned();
        self.steps.push_back(PullStep::NotDeleted { message, unique_id, status: status.clone() });
    }

    /// QUIT was answered with `+OK`: the marked messages are gone.
    fn committed(&mut self) {
        for message in &self.marked {
            if let Some(unique_id) = self.listing.unique_id_of(*message) {
                self.record.remove(unique_id.as_bytes());
            }
        }
        self.summary.deleted = self.summary.marked;
        self.over(PullEnd::Quit);
    }

    /// A command will not be answered any more.
    pub(super) fn broken(&mut self, job: Job) {
        if let Job::Retr { message, begun: true } = job {
            self.ended();
            self.steps.push_back(PullStep::Broken { token: Token(message) });
        }
    }

    pub(super) fn closed(&mut self, reason: Closed) {
        self.asked = None;
        while let Some((_, job)) = self.in_flight.pop_front() {
            self.broken(job);
        }
        if self.phase != Phase::Over {
            self.over(PullEnd::Lost(reason));
        }
    }

    fn over(&mut self, end: PullEnd) {
        self.phase = Phase::Over;
        self.summary.end = end;
    }

    pub(super) fn confirmed(&mut self, token: Token) -> Result<(), PullError> {
        match self.unconfirmed.remove(&token) {
            true => Ok(()),
            false => Err(PullError::NotWaiting(token)),
        }
    }
}
