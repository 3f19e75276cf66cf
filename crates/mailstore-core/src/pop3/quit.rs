//! QUIT: the one place where messages are removed.

use mail_proto::Text;
use pop3_proto::ResponseCode;
use pop3_proto::server::{Pending, Response, Single};

use super::{Context, Turn, ask, error, refusal};
use crate::store::{Ask, CommitDeletions, DeletionsCommitted, End, StoreError};

/// The UPDATE state: commit the marks, give back the lock, answer.
///
/// The lock is given back before the client is answered, so that one that comes again at once finds
/// the maildrop free.
#[derive(Clone, Debug)]
pub(super) struct Quit {
    pending: Pending<Single>,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    Begin,
    Committing,
    Releasing(Response),
}

impl Quit {
    pub(super) const fn new(pending: Pending<Single>) -> Self {
        Self { pending, stage: Stage::Begin }
    }

    pub(super) fn step(&mut self, context: Context<'_>) -> Turn {
        match (&self.stage, context.answer) {
            (Stage::Begin, _) if context.maildrop.marked().is_empty() => {
                self.release(Response::Ok(self.pending, Text::sanitized(b"bye")))
            }
            (Stage::Begin, _) if context.maildrop.lost => self.release(refusal(
                self.pending,
                Some(ResponseCode::SysTemp),
                "the lock was lost, nothing has been removed",
            )),
            (Stage::Begin, _) => {
                self.stage = Stage::Committing;
                let (mailbox, lock) = (context.maildrop.mailbox, context.maildrop.lock);
                let uids = context.maildrop.marked().clone();
                ask(CommitDeletions { mailbox, lock, uids }, "DeletionsCommitted")
            }
            (Stage::Committing, Some(reply)) => {
                let result = CommitDeletions::answer(reply);
                self.release(self.outcome(result.unwrap_or(Err(StoreError::Unknown))))
            }
            (Stage::Releasing(response), Some(_)) => Turn::Done(response.clone()),
            (Stage::Committing | Stage::Releasing(_), None) => Turn::Wait,
        }
    }

    fn outcome(&self, result: Result<DeletionsCommitted, StoreError>) -> Response {
        match result {
            Ok(committed) if committed.kept.is_empty() => {
                Response::Ok(self.pending, Text::sanitized(b"bye"))
            }
            // RFC 1939 section 6.
            Ok(_) => refusal(self.pending, None, "some deleted messages not removed"),
            Err(StoreError::Gone) => refusal(
                self.pending,
                Some(ResponseCode::SysTemp),
                "the lock was lost, nothing has been removed",
            ),
            Err(error) => error::refuse(self.pending.id(), error),
        }
    }

    fn release(&mut self, response: Response) -> Turn {
        self.stage = Stage::Releasing(response);
        ask(End, "Ended")
    }
}
