//! STAT: the octets of the marked messages are taken off the sum.

use pop3_proto::DropListing;
use pop3_proto::server::{self, Pending, Response};

use super::list::PAGE;
use super::maildrop::Maildrop;
use super::{Context, Turn, ask, error};
use crate::store::{Ask, Facts, StoreError, UidSet};

#[derive(Clone, Debug)]
pub(super) struct Stat {
    pending: Pending<server::Stat>,
    /// Marked messages whose sizes are not known yet.
    unmeasured: UidSet,
    octets: u64,
}

impl Stat {
    pub(super) fn new(pending: Pending<server::Stat>, maildrop: &Maildrop) -> Self {
        Self { pending, unmeasured: maildrop.marked().clone(), octets: maildrop.octets() }
    }

    pub(super) fn step(&mut self, context: Context<'_>) -> Turn {
        if let Some(reply) = context.answer {
            match Facts::answer(reply) {
                Ok(Ok(page)) => {
                    let marked: u64 = page.rows.iter().map(|fact| fact.pop3_size).sum();
                    self.octets = self.octets.saturating_sub(marked);
                    self.unmeasured =
                        page.next.map_or_else(UidSet::new, |next| self.unmeasured.tail(next));
                }
                Ok(Err(error)) => return Turn::Done(error::refuse(self.pending.id(), error)),
                Err(_) => {
                    return Turn::Done(error::refuse(self.pending.id(), StoreError::Unavailable));
                }
            }
        }
        if self.unmeasured.is_empty() {
            let listing = DropListing::new(context.maildrop.count(), self.octets);
            return Turn::Done(Response::Stat(self.pending, listing));
        }
        let (mailbox, uids) = (context.maildrop.mailbox, self.unmeasured.clone());
        ask(Facts { mailbox, uids, limit: PAGE }, "FactPage")
    }
}
