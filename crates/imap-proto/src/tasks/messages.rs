//! Which messages FETCH and STORE are about, and which of their items.

use super::asked::Asked;
use super::members::Members;
use crate::{BodyName, Data, Fetch, FetchBegin, FetchItem, FetchModifier, SetNumber, Store, Uid};

/// What FETCH and STORE ask for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Messages {
    set: Members,
    by_uid: bool,
    asked: Asked,
    /// VANISHED (EARLIER) belongs to it (RFC 7162 section 3.2.6).
    vanished: bool,
}

/// What is known of a FETCH that comes in parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) begin: Option<FetchBegin>,
    pub(super) items: &'a [&'a FetchItem],
    /// The body that stands next in it. None: it has ended.
    pub(super) body: Option<&'a BodyName>,
}

impl Messages {
    pub(super) fn fetched<N: SetNumber>(fetch: &Fetch<N>, by_uid: bool) -> Self {
        let has = |wanted: fn(&FetchModifier) -> bool| fetch.modifiers().iter().any(wanted);
        let with_mod_seq = has(|it| matches!(it, FetchModifier::ChangedSince(_)));
        Self {
            set: Members::of(&fetch.set),
            by_uid,
            asked: Asked::for_fetch(fetch.atts().as_slice(), with_mod_seq),
            vanished: has(|it| matches!(it, FetchModifier::Vanished)),
        }
    }

    pub(super) fn stored<N: SetNumber>(store: &Store<N>, by_uid: bool) -> Self {
        let (set, asked) = (Members::of(&store.set), Asked::for_store(&store.att));
        Self { set, by_uid, asked, vanished: false }
    }

    pub(super) const fn vanished(&self) -> bool {
        self.vanished
    }

    /// Whether these data were asked for, while the mailbox has so many messages.
    pub(super) fn has(&self, data: &Data, exists: u32) -> bool {
        match data {
            Data::Fetch(number, data) => {
                let number = number.map(|it| it.get());
                let uid = data.uid().map(Uid::get);
                self.names(number, uid, exists).unwrap_or(false) && self.asked.has_any_of(data)
            }
            // Nothing says which message is the last.
            Data::UidFetch(uid, data) => {
                let named = self.by_uid && self.set.contains(uid.get(), true);
                named && self.asked.has_any_of(data)
            }
            Data::Vanished(vanished) => self.vanished && vanished.earlier,
            _ => false,
        }
    }

    /// Whether a FETCH in parts was asked for, as far as that can be said.
    pub(super) fn has_parts(&self, known: Known<'_>, exists: u32) -> bool {
        let uid = known.items.iter().find_map(|item| match item {
            FetchItem::Uid(uid) => Some(uid.get()),
            _ => None,
        });
        let number = known.begin.and_then(FetchBegin::number).map(|it| it.get());
        let named = match known.begin {
            Some(begin) if begin.is_uid() => {
                self.by_uid && number.is_some_and(|uid| self.set.contains(uid, true))
            }
            // The UID may stand behind the body.
            _ => self.names(number, uid, exists).unwrap_or(known.body.is_some()),
        };
        named
            && match known.body {
                Some(body) => self.asked.has_body(body),
                None => known.items.iter().any(|item| self.asked.has(item)),
            }
    }

    /// Whether the message is in the set; None if what is asked by is not known of it.
    fn names(&self, number: Option<u32>, uid: Option<u32>, exists: u32) -> Option<bool> {
        match self.by_uid {
            true => Some(self.set.contains(uid?, number == Some(exists))),
            false => Some(self.set.contains(number?, number? >= exists)),
        }
    }

    /// Whether an answer to one could be taken for an answer to the other.
    pub(super) fn may_meet(&self, other: &Self) -> bool {
        let apart = self.by_uid == other.by_uid && !self.set.may_meet(&other.set);
        let vanished = self.vanished && other.vanished;
        vanished || !apart && self.asked.may_meet(&other.asked)
    }
}
