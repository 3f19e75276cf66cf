//! LIST and UIDL, page by page: a maildrop of any size needs no more memory than a page.

use alloc::vec;
use alloc::vec::Vec;
use mail_proto::Text;
use pop3_proto::server::{Pending, Response, ScanLine, ScanLines, UidLine, UidLines};
use pop3_proto::{MessageNumber, ScanListing, UidListing};

use super::maildrop::Maildrop;
use super::{Context, Turn, ask, error, refusal};
use crate::store::{Ask, Fact, FactPage, Facts, StoreError, Uid, UidSet};

/// Messages that are asked for at once.
pub(super) const PAGE: u32 = 256;

/// LIST of one message.
#[derive(Clone, Debug)]
pub(super) struct ListOne {
    pending: Pending<ScanLine>,
    message: MessageNumber,
    uid: Uid,
}

impl ListOne {
    pub(super) const fn new(pending: Pending<ScanLine>, message: MessageNumber, uid: Uid) -> Self {
        Self { pending, message, uid }
    }

    pub(super) fn step(&self, context: Context<'_>) -> Turn {
        let Some(reply) = context.answer else {
            let uids = [self.uid].into_iter().collect();
            return ask(Facts { mailbox: context.maildrop.mailbox, uids, limit: 1 }, "FactPage");
        };
        let page = Facts::answer(reply).unwrap_or(Err(StoreError::Unavailable));
        Turn::Done(match page.map(|page| page.rows.first().copied()) {
            Ok(Some(fact)) => {
                let listing = ScanListing::new(self.message, fact.pop3_size);
                Response::ScanLine(self.pending, listing)
            }
            Ok(None) => error::refuse(self.pending.id(), StoreError::Gone),
            Err(error) => error::refuse(self.pending.id(), error),
        })
    }
}

/// LIST of all messages.
#[derive(Clone, Debug)]
pub(super) struct List {
    pending: Pending<ScanLines>,
    begun: bool,
    /// Messages that have not been asked for.
    rest: UidSet,
    /// Rows that have not been written.
    page: vec::IntoIter<Fact>,
}

impl List {
    pub(super) fn new(pending: Pending<ScanLines>, maildrop: &Maildrop) -> Self {
        let rest = maildrop.unmarked();
        Self { pending, begun: false, rest, page: Vec::new().into_iter() }
    }

    pub(super) fn step(&mut self, context: Context<'_>) -> Turn {
        if let Some(reply) = context.answer {
            match Facts::answer(reply).unwrap_or(Err(StoreError::Unavailable)) {
                Ok(page) => self.take(page),
                // The first page is asked for before anything is promised.
                Err(error) if !self.begun => {
                    return Turn::Done(error::refuse(self.pending.id(), error));
                }
                Err(_) => return Turn::Done(Response::Abort(self.pending.id())),
            }
        }
        if self.page.as_slice().is_empty() && !self.rest.is_empty() {
            let (mailbox, uids) = (context.maildrop.mailbox, self.rest.clone());
            return ask(Facts { mailbox, uids, limit: PAGE }, "FactPage");
        }
        if context.room == 0 {
            return Turn::Wait;
        }
        if !self.begun {
            self.begun = true;
            return Turn::Say(Response::ScanBegin(self.pending, context.maildrop.summary()));
        }
        for fact in self.page.by_ref() {
            if let Some(message) = context.maildrop.number(fact.uid) {
                let listing = ScanListing::new(message, fact.pop3_size);
                return Turn::Say(Response::Scan(self.pending, listing));
            }
        }
        match self.rest.is_empty() {
            true => Turn::Done(Response::ScanEnd(self.pending)),
            false => {
                let (mailbox, uids) = (context.maildrop.mailbox, self.rest.clone());
                ask(Facts { mailbox, uids, limit: PAGE }, "FactPage")
            }
        }
    }

    fn take(&mut self, page: FactPage) {
        self.rest = page.next.map_or_else(UidSet::new, |next| self.rest.tail(next));
        self.page = page.rows.into_iter();
    }
}

/// UIDL of one message.
pub(super) fn unique_id(
    pending: Pending<UidLine>,
    message: MessageNumber,
    uid: Uid,
    maildrop: &Maildrop,
) -> Response {
    match maildrop.unique_id(uid) {
        Some(unique_id) => Response::UidLine(pending, UidListing { message, uid: unique_id }),
        None => refusal(pending, None, "no unique-id"),
    }
}

/// UIDL of all messages. It needs no store: the ids follow from the snapshot.
#[derive(Clone, Debug)]
pub(super) struct Uidl {
    pending: Pending<UidLines>,
    begun: bool,
    rest: UidSet,
    next: Option<Uid>,
}

impl Uidl {
    pub(super) fn new(pending: Pending<UidLines>, maildrop: &Maildrop) -> Self {
        let rest = maildrop.unmarked();
        let next = rest.first();
        Self { pending, begun: false, rest, next }
    }

    pub(super) fn step(&mut self, context: Context<'_>) -> Turn {
        if context.room == 0 {
            return Turn::Wait;
        }
        if !self.begun {
            self.begun = true;
            return Turn::Say(Response::UidBegin(self.pending, Text::empty()));
        }
        while let Some(uid) = self.next {
            self.next = uid
                .next()
                .and_then(|from| self.rest.ranges_from(from).next())
                .map(|range| *range.start());
            let numbered = context.maildrop.number(uid).zip(context.maildrop.unique_id(uid));
            if let Some((message, unique_id)) = numbered {
                let listing = UidListing { message, uid: unique_id };
                return Turn::Say(Response::Uid(self.pending, listing));
            }
        }
        Turn::Done(Response::UidEnd(self.pending))
    }
}
