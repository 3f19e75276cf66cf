//! Which untagged data belong to a command.

use alloc::vec::Vec;

use super::messages::Messages;
use super::names::is_same;
use crate::{
    AString, AclIdentifier, Code, CommandBody, Data, List, Mailbox, MetadataContent, ReturnOption,
    SearchReturnOpt, SelectParam, Tag,
};

/// What a command lays claim to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Claim {
    Nothing,
    /// All data of this name.
    Named(&'static str),
    /// LIST, and what its return options add.
    List {
        with: Vec<&'static str>,
    },
    Status(Mailbox),
    /// All that describes the mailbox being selected.
    Select {
        mailbox: Mailbox,
        resync: bool,
    },
    Messages(Messages),
    /// SEARCH, SORT, or the ESEARCH with this tag.
    Search {
        name: &'static str,
        tag: Tag,
        returns: bool,
    },
    /// COPYUID in an untagged OK (RFC 6851 section 4.3).
    Move,
    /// APPENDUID in an untagged OK (RFC 8508 section 3.4).
    Replace,
    /// What goes, which stays an event too.
    Expunge,
    Metadata(Mailbox),
    Acl(Mailbox),
    MyRights(Mailbox),
    ListRights(Mailbox, AclIdentifier),
    Quota(AString),
    /// QUOTAROOT, and QUOTA of the roots that it names.
    QuotaRoot(Mailbox),
}

/// How data belong to a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Owned {
    No,
    Yes,
    /// They are its own, and are for everybody to hear.
    Shared,
}

impl Claim {
    /// The claim of a command that is sent with this tag.
    pub(super) fn of(command: &CommandBody, tag: &Tag) -> Self {
        let search = |name, returning: Option<&[SearchReturnOpt]>| Self::Search {
            name,
            tag: tag.clone(),
            returns: returning.is_some(),
        };
        match command {
            CommandBody::Capability | CommandBody::Login(_) | CommandBody::Authenticate(_) => {
                Self::Named("CAPABILITY")
            }
            CommandBody::Id(_) => Self::Named("ID"),
            CommandBody::Enable(_) => Self::Named("ENABLED"),
            CommandBody::Namespace => Self::Named("NAMESPACE"),
            CommandBody::List(list) => Self::of_list(list),
            CommandBody::Rlist(_) => Self::List { with: Vec::new() },
            CommandBody::Lsub(_) | CommandBody::Rlsub(_) => Self::Named("LSUB"),
            CommandBody::Xlist(_) => Self::Named("XLIST"),
            CommandBody::Status(status) => Self::Status(status.mailbox.clone()),
            CommandBody::Select(select) | CommandBody::Examine(select) => {
                let is_resync = |param: &SelectParam| matches!(param, SelectParam::QResync(_));
                let resync = select.params.iter().any(is_resync);
                Self::Select { mailbox: select.mailbox.clone(), resync }
            }
            CommandBody::Fetch(fetch) => Self::Messages(Messages::fetched(fetch, false)),
            CommandBody::UidFetch(fetch) => Self::Messages(Messages::fetched(fetch, true)),
            CommandBody::Store(store) => Self::Messages(Messages::stored(store, false)),
            CommandBody::UidStore(store) => Self::Messages(Messages::stored(store, true)),
            CommandBody::Search(it) | CommandBody::UidSearch(it) => {
                search("SEARCH", it.returning.as_deref())
            }
            CommandBody::Sort(sort) | CommandBody::UidSort(sort) => {
                search("SORT", sort.returning.as_deref())
            }
            CommandBody::Thread(_) | CommandBody::UidThread(_) => Self::Named("THREAD"),
            CommandBody::Esearch(_) => search("ESEARCH", Some(&[])),
            CommandBody::Move(_) | CommandBody::UidMove(_) => Self::Move,
            CommandBody::Replace(_) | CommandBody::UidReplace(_) => Self::Replace,
            CommandBody::Expunge | CommandBody::UidExpunge(_) => Self::Expunge,
            other => Self::of_other(other),
        }
    }

    /// What is asked of mailboxes and of the server.
    fn of_other(command: &CommandBody) -> Self {
        match command {
            CommandBody::GetMetadata(it) => Self::Metadata(it.mailbox.clone()),
            CommandBody::GetAcl(it) => Self::Acl(it.mailbox.clone()),
            CommandBody::MyRights(it) => Self::MyRights(it.mailbox.clone()),
            CommandBody::ListRights(it) => {
                Self::ListRights(it.mailbox.clone(), it.identifier.clone())
            }
            CommandBody::GetQuota(it) => Self::Quota(it.root.clone()),
            CommandBody::SetQuota(it) => Self::Quota(it.root.clone()),
            CommandBody::GetQuotaRoot(it) => Self::QuotaRoot(it.mailbox.clone()),
            CommandBody::Language(_) => Self::Named("LANGUAGE"),
            CommandBody::Comparator(_) => Self::Named("COMPARATOR"),
            CommandBody::Conversions(_) => Self::Named("CONVERSION"),
            CommandBody::GenUrlAuth(_) => Self::Named("GENURLAUTH"),
            CommandBody::UrlFetch(_) => Self::Named("URLFETCH"),
            CommandBody::GetJmapAccess => Self::Named("JMAPACCESS"),
            CommandBody::UidBatches(_) => Self::Named("UIDBATCHES"),
            CommandBody::ApplePush(_) => Self::Named("XAPPLEPUSHSERVICE"),
            CommandBody::Convert(_) | CommandBody::UidConvert(_) => Self::Named("CONVERTED"),
            CommandBody::GetAnnotation(_) => Self::Named("ANNOTATION"),
            _ => Self::Nothing,
        }
    }

    fn of_list(list: &List) -> Self {
        let options = list.returns.iter().flatten();
        let with = options.filter_map(|option| match option {
            ReturnOption::Status(_) => Some("STATUS"),
            ReturnOption::MyRights => Some("MYRIGHTS"),
            ReturnOption::Metadata(_) => Some("METADATA"),
            _ => None,
        });
        Self::List { with: with.collect() }
    }

    /// Whether data belong to the command, while the mailbox has so many messages.
    pub(super) fn owns(&self, data: &Data, exists: u32) -> Owned {
        match self {
            Self::Expunge if is_for_all(data) => Owned::Shared,
            _ if self.is_its_own(data, exists) => Owned::Yes,
            _ => Owned::No,
        }
    }

    fn is_its_own(&self, data: &Data, exists: u32) -> bool {
        match (self, data) {
            (Self::Named(name), data) => data.name() == name.as_bytes(),
            (Self::List { .. }, Data::List(_)) => true,
            (Self::List { with }, data) => {
                let changed = matches!(data, Data::Metadata(it) if is_change(&it.content));
                !changed && with.iter().any(|name| data.name() == name.as_bytes())
            }
            (Self::Status(mailbox), Data::Status(data)) => is_same(mailbox, &data.mailbox),
            (Self::Select { mailbox, .. }, Data::List(list)) => {
                is_same(mailbox, &list.mailbox) || list.old_name().is_some()
            }
            (Self::Select { resync, .. }, data) => describes_mailbox(data, *resync),
            (Self::Messages(messages), data) => messages.has(data, exists),
            (Self::Search { tag, .. }, Data::Esearch(data)) => {
                data.correlator.tag.is_none() || data.correlator.is_of(tag)
            }
            (Self::Search { name, .. }, data) => data.name() == name.as_bytes(),
            (Self::Move, Data::Condition(condition)) => {
                matches!(condition.text.code(), Some(Code::CopyUid(_)))
            }
            (Self::Replace, Data::Condition(condition)) => {
                matches!(condition.text.code(), Some(Code::AppendUid(..)))
            }
            (Self::Metadata(mailbox), Data::Metadata(data)) => {
                is_same(mailbox, &data.mailbox) && !is_change(&data.content)
            }
            (Self::Acl(mailbox), Data::Acl(data)) => is_same(mailbox, &data.mailbox),
            (Self::MyRights(mailbox), Data::MyRights(data)) => is_same(mailbox, &data.mailbox),
            (Self::ListRights(mailbox, identifier), Data::ListRights(data)) => {
                is_same(mailbox, &data.mailbox) && *identifier == data.identifier
            }
            (Self::Quota(root), Data::Quota(data)) => *root == data.root,
            (Self::QuotaRoot(mailbox), Data::QuotaRoot(data)) => is_same(mailbox, &data.mailbox),
            (Self::QuotaRoot(_), Data::Quota(_)) => true,
            _ => false,
        }
    }

    /// Whether data of this name may belong to the command.
    pub(super) fn may_own(&self, name: &[u8]) -> bool {
        let is_one_of = |names: &[&str]| names.iter().any(|it| it.as_bytes() == name);
        match self {
            Self::Nothing => false,
            Self::Named(it) => it.as_bytes() == name,
            Self::List { with } => name == b"LIST" || is_one_of(with),
            Self::Status(_) => name == b"STATUS",
            Self::Select { .. } => is_one_of(&[
                "EXISTS", "RECENT", "FLAGS", "OK", "LIST", "FETCH", "UIDFETCH", "VANISHED",
            ]),
            Self::Messages(messages) => {
                is_one_of(&["FETCH", "UIDFETCH"]) || messages.vanished() && name == b"VANISHED"
            }
            Self::Search { name: it, .. } => it.as_bytes() == name || name == b"ESEARCH",
            Self::Move | Self::Replace => name == b"OK",
            Self::Expunge => is_one_of(&["EXPUNGE", "VANISHED"]),
            Self::Metadata(_) => name == b"METADATA",
            Self::Acl(_) => name == b"ACL",
            Self::MyRights(_) => name == b"MYRIGHTS",
            Self::ListRights(..) => name == b"LISTRIGHTS",
            Self::Quota(_) => name == b"QUOTA",
            Self::QuotaRoot(_) => is_one_of(&["QUOTA", "QUOTAROOT"]),
        }
    }
}

/// Whether the data move the numbers of messages, so that everybody has to hear them in their place.
pub(super) const fn is_for_all(data: &Data) -> bool {
    match data {
        Data::Expunge(_) => true,
        Data::Vanished(vanished) => !vanished.earlier,
        _ => false,
    }
}

/// What SELECT is answered with (RFC 9051 section 6.3.2, RFC 7162 section 3.2.5).
fn describes_mailbox(data: &Data, resync: bool) -> bool {
    match data {
        Data::Exists(_) | Data::Recent(_) | Data::Flags(_) => true,
        Data::Fetch(..) | Data::UidFetch(..) => resync,
        Data::Vanished(vanished) => resync && vanished.earlier,
        Data::Condition(condition) => matches!(
            condition.text.code(),
            Some(
                Code::UidValidity(_)
                    | Code::UidNext(_)
                    | Code::Unseen(_)
                    | Code::HighestModSeq(_)
                    | Code::NoModSeq
                    | Code::PermanentFlags(_)
                    | Code::ReadOnly
                    | Code::ReadWrite
                    | Code::UidNotSticky
                    | Code::MailboxId(_)
                    | Code::ObjectId(_)
                    | Code::Annotations(_)
            )
        ),
        _ => false,
    }
}

const fn is_change(content: &MetadataContent) -> bool {
    matches!(content, MetadataContent::Changed(_))
}
