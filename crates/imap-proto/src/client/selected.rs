//! What is known of the mailbox that is selected, kept up to date from what the server says.

use core::num::NonZeroU32;

use crate::{Code, Data, Flag, FlagList, Mailbox, ModSeq, ObjectId, PermanentFlags, RespText, Uid};

/// The mailbox that is selected (RFC 9051 section 6.3.2), as of the last response.
///
/// Counts are the server's words: reserve nothing by them.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Selected {
    /// Which.
    pub mailbox: Mailbox,
    /// Nothing in it can be changed.
    pub read_only: bool,
    /// As long as this stays the same, so do UIDs.
    pub uid_validity: Option<NonZeroU32>,
    /// No message has this UID or a greater one, as of the last time that it was told.
    pub uid_next: Option<Uid>,
    /// The highest mod-sequence, as of the last time that it was told (RFC 7162).
    pub highest_mod_seq: Option<ModSeq>,
    /// How many messages there are.
    pub exists: u32,
    /// How many of them are new to this session (RFC 3501 section 7.3.2).
    pub recent: u32,
    /// The flags that are in use.
    pub flags: FlagList,
    /// The flags that can be changed for good; if it is not told, all of them.
    pub permanent_flags: Option<PermanentFlags>,
    /// UIDs do not last.
    pub uid_not_sticky: bool,
    /// What names the mailbox for ever (RFC 8474).
    pub mailbox_id: Option<ObjectId>,
}

impl Selected {
    pub(super) fn new(mailbox: Mailbox, read_only: bool) -> Self {
        Self {
            mailbox,
            read_only,
            uid_validity: None,
            uid_next: None,
            highest_mod_seq: None,
            exists: 0,
            recent: 0,
            flags: FlagList::default(),
            permanent_flags: None,
            uid_not_sticky: false,
            mailbox_id: None,
        }
    }

    /// What was told until here was about the mailbox before.
    pub(super) fn restart(&mut self) {
        let mailbox = core::mem::replace(&mut self.mailbox, Mailbox::INBOX);
        *self = Self::new(mailbox, self.read_only);
    }

    /// Takes note of untagged data.
    pub(super) fn learn(&mut self, data: &Data) {
        match data {
            Data::Exists(exists) => self.exists = *exists,
            Data::Recent(recent) => self.recent = *recent,
            Data::Expunge(_) => self.exists = self.exists.saturating_sub(1),
            Data::Vanished(vanished) if !vanished.earlier => {
                let gone = u32::try_from(vanished.uids.count()).unwrap_or(u32::MAX);
                self.exists = self.exists.saturating_sub(gone);
            }
            Data::Flags(flags) => self.flags = detached(flags),
            Data::Condition(condition) => self.learn_code(&condition.text),
            _ => {}
        }
    }

    /// Takes note of a response code.
    pub(super) fn learn_code(&mut self, text: &RespText) {
        match text.code() {
            Some(Code::UidValidity(validity)) => self.uid_validity = Some(*validity),
            Some(Code::UidNext(next)) => self.uid_next = Some(*next),
            Some(Code::HighestModSeq(highest)) => self.highest_mod_seq = Some(*highest),
            Some(Code::NoModSeq) => self.highest_mod_seq = None,
            Some(Code::ReadOnly) => self.read_only = true,
            Some(Code::ReadWrite) => self.read_only = false,
            Some(Code::UidNotSticky) => self.uid_not_sticky = true,
            Some(Code::MailboxId(id)) => self.mailbox_id = Some(id.detach()),
            Some(Code::PermanentFlags(flags)) => {
                let new_keywords = flags.new_keywords;
                let flags = detached(&flags.flags);
                self.permanent_flags = Some(PermanentFlags { flags, new_keywords });
            }
            _ => {}
        }
    }
}

/// Flags that do not keep the block that they were read into.
fn detached(flags: &FlagList) -> FlagList {
    let others = flags.others().iter().map(|flag| match flag {
        Flag::Keyword(keyword) => Flag::Keyword(keyword.detach()),
        Flag::Extension(name) => Flag::Extension(name.detach()),
        system @ Flag::System(_) => system.clone(),
    });
    flags.system().map(Flag::from).chain(others).collect()
}
