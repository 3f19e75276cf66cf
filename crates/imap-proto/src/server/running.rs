//! The command that is being answered: what its end changes, and whose turn it is.

use mail_proto::CommandId;

use crate::{
    CommandBody, EventName, FetchAtt, FetchAtts, FetchModifier, MailboxFilter, Notify, SearchKey,
    SelectParam, StatusAtt, StoreModifier, Tag,
};

/// The command that is being answered.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) id: CommandId,
    pub(super) tag: Tag,
    pub(super) kind: Kind,
    pub(super) stage: Stage,
    /// Messages may be expunged while it runs (RFC 9051 section 7.5.1).
    pub(super) lets_expunge: bool,
}

/// What the end of a command changes, and what belongs to its answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// LOGIN and AUTHENTICATE.
    Login {
        by_exchange: bool,
    },
    Enable,
    /// SELECT and EXAMINE.
    Select,
    /// CLOSE and UNSELECT.
    Close,
    Unauthenticate,
    Idle,
    /// NOTIFY: whether EXPUNGE may come at any time from then on.
    Notify {
        expunges: bool,
    },
    /// APPEND and REPLACE.
    Append,
    /// What FETCH responses are owed to, and whether by UID.
    Fetch {
        by_uid: bool,
    },
    /// The library does not know it.
    Unknown,
    Other,
}

/// Whose turn it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// The application's.
    Asked,
    /// The client's: it has been sent a challenge.
    Challenged,
    /// The client's: it idles.
    Idling,
    /// The application's: octets have been announced. The announcement ends there in the input.
    Deciding { header_end: usize, sync: bool },
    /// The client's: it may send them.
    Accepted { header_end: usize },
    /// The client's: it sends a message, or what stands between messages.
    Receiving,
}

impl Running {
    /// The application has the word, not the client.
    pub(super) const fn is_ours(&self) -> bool {
        matches!(self.stage, Stage::Asked | Stage::Deciding { .. })
    }

    /// The whole command is there: it is in progress (RFC 7162 section 3.2.10.2).
    pub(super) const fn is_in_progress(&self) -> bool {
        matches!(self.stage, Stage::Asked | Stage::Idling)
    }
}

impl Kind {
    pub(super) fn of(body: &CommandBody) -> Self {
        match body {
            CommandBody::Login(_) => Self::Login { by_exchange: false },
            CommandBody::Authenticate(_) => Self::Login { by_exchange: true },
            CommandBody::Enable(_) => Self::Enable,
            CommandBody::Select(_) | CommandBody::Examine(_) => Self::Select,
            CommandBody::Close | CommandBody::Unselect => Self::Close,
            CommandBody::Unauthenticate => Self::Unauthenticate,
            CommandBody::Idle => Self::Idle,
            CommandBody::Notify(notify) => Self::Notify { expunges: tells_expunges(notify) },
            CommandBody::Fetch(_) | CommandBody::Store(_) => Self::Fetch { by_uid: false },
            CommandBody::UidFetch(_) | CommandBody::UidStore(_) => Self::Fetch { by_uid: true },
            CommandBody::Unknown(_) => Self::Unknown,
            _ => Self::Other,
        }
    }
}

/// Whether messages of the selected mailbox are to be expunged at any time. SELECTED-DELAYED keeps
/// the old rule (RFC 5465 sections 5.3 and 6.1).
fn tells_expunges(notify: &Notify) -> bool {
    let Notify::Set(set) = notify else { return false };
    set.groups().iter().any(|group| {
        group.filter == MailboxFilter::Selected
            && group.events.iter().any(|event| *event.name() == EventName::MessageExpunge)
    })
}

const fn is_mod_seq(key: &SearchKey) -> bool {
    matches!(key, SearchKey::ModSeq(_))
}

/// Whether it is a CONDSTORE enabling command (RFC 7162 section 3.1). ENABLE is one when it is
/// answered.
pub(super) fn enables_cond_store(body: &CommandBody) -> bool {
    match body {
        CommandBody::Select(select) | CommandBody::Examine(select) => select
            .params
            .iter()
            .any(|param| matches!(param, SelectParam::CondStore | SelectParam::QResync(_))),
        CommandBody::Status(status) => status.atts.contains(&StatusAtt::HighestModSeq),
        CommandBody::Fetch(fetch) => fetches_mod_seq(fetch.atts(), fetch.modifiers()),
        CommandBody::UidFetch(fetch) => fetches_mod_seq(fetch.atts(), fetch.modifiers()),
        CommandBody::Store(store) => store.modifiers().iter().any(is_unchanged_since),
        CommandBody::UidStore(store) => store.modifiers().iter().any(is_unchanged_since),
        CommandBody::Search(search) | CommandBody::UidSearch(search) => {
            search.key.contains(&is_mod_seq)
        }
        _ => false,
    }
}

fn fetches_mod_seq(atts: &FetchAtts, modifiers: &[FetchModifier]) -> bool {
    atts.as_slice().contains(&FetchAtt::ModSeq)
        || modifiers.iter().any(|modifier| matches!(modifier, FetchModifier::ChangedSince(_)))
}

const fn is_unchanged_since(modifier: &StoreModifier) -> bool {
    matches!(modifier, StoreModifier::UnchangedSince(_))
}
