//! What a server may say now.

use mail_proto::SendError;

use super::Server;
use super::running::{Kind, Running};
use crate::connection::State;
use crate::{ConditionKind, Data, FetchData, FetchItem, MetadataContent, MetadataData, Vanished};

const fn state(expected: &'static str) -> SendError {
    SendError::State { expected }
}

impl Server {
    /// Whether the data may be sent now. [`Server::respond`] tells the rules.
    pub(super) fn check_legal(&self, data: &Data) -> Result<(), SendError> {
        match data {
            Data::Condition(condition) => match condition.kind {
                ConditionKind::PreAuth => Err(state("a greeting")),
                ConditionKind::Bye => Err(state("a call of bye")),
                _ => Ok(()),
            },
            Data::Capability(_) | Data::Id(_) | Data::Language(_) | Data::Unknown(_) => Ok(()),
            _ if !self.is_logged_in() => Err(state("a login before these data")),
            Data::Enabled(_) => match self.kind() {
                Some(Kind::Enable) => Ok(()),
                _ => Err(state("ENABLE")),
            },
            Data::Expunge(_) => self.check_expunge(),
            Data::Vanished(vanished) => self.check_vanished(vanished),
            Data::Fetch(_, fetch) => {
                self.check_selected()?;
                self.check_numbers(false)?;
                self.check_fetch(fetch, false)
            }
            Data::UidFetch(_, fetch) => {
                self.check_selected()?;
                self.check_numbers(true)?;
                self.check_fetch(fetch, true)
            }
            Data::Metadata(metadata) => self.check_metadata(metadata),
            Data::Search(_) if self.enabled.imap4_rev2() => {
                Err(state("ESEARCH, because IMAP4rev2 is enabled"))
            }
            Data::Exists(_)
            | Data::Recent(_)
            | Data::Flags(_)
            | Data::Search(_)
            | Data::Sort(_)
            | Data::Thread(_)
            | Data::Converted(..)
            | Data::UidBatches(_) => self.check_selected(),
            _ => Ok(()),
        }
    }

    /// News of metadata are for those who have asked for them (RFC 5464 section 4.4.2).
    fn check_metadata(&self, metadata: &MetadataData) -> Result<(), SendError> {
        let is_wanted = match (&metadata.content, metadata.mailbox.as_bytes()) {
            (MetadataContent::Values(_), _) => true,
            (MetadataContent::Changed(_), b"") => self.enabled.metadata_server(),
            (MetadataContent::Changed(_), _) => self.enabled.metadata(),
        };
        match is_wanted {
            true => Ok(()),
            false => Err(state("ENABLE METADATA, or METADATA-SERVER for the server")),
        }
    }

    fn kind(&self) -> Option<Kind> {
        self.running.as_ref().map(|running| running.kind)
    }

    /// Data of a mailbox need one, or one that is being selected.
    fn check_selected(&self) -> Result<(), SendError> {
        match self.state == State::Selected || self.kind() == Some(Kind::Select) {
            true => Ok(()),
            false => Err(state("a selected mailbox")),
        }
    }

    /// RFC 7162 section 3.2.10: EXPUNGE is for those who have not enabled VANISHED, and for mailboxes
    /// without mod-sequences.
    fn check_expunge(&self) -> Result<(), SendError> {
        let enabled = self.enabled;
        if enabled.uid_only() || (enabled.q_resync() && !self.no_mod_seq) {
            return Err(state("VANISHED, which the client has enabled"));
        }
        self.check_removal()
    }

    fn check_vanished(&self, vanished: &Vanished) -> Result<(), SendError> {
        if !(self.enabled.q_resync() || self.enabled.uid_only()) {
            return Err(state("EXPUNGE, because the client has not enabled VANISHED"));
        }
        if !vanished.earlier {
            return self.check_removal();
        }
        match self.kind() {
            Some(Kind::Select | Kind::Fetch { by_uid: true }) => Ok(()),
            _ => Err(state("UID FETCH, SELECT or EXAMINE")),
        }
    }

    /// Whether messages may be removed from the sequence numbers now (RFC 9051 section 7.5.1).
    fn check_removal(&self) -> Result<(), SendError> {
        self.check_selected()?;
        let lets = |running: &Running| running.lets_expunge && running.is_in_progress();
        match self.expunges_any_time || self.running.as_ref().is_some_and(lets) {
            true => Ok(()),
            false => Err(state("a command during which messages may be expunged")),
        }
    }

    /// With UIDONLY there are no sequence numbers (RFC 9586 section 3.3), and without it there is no
    /// UIDFETCH.
    pub(super) fn check_numbers(&self, is_uid: bool) -> Result<(), SendError> {
        match (self.enabled.uid_only(), is_uid) {
            (true, false) => Err(state("UIDFETCH, because UIDONLY is enabled")),
            (false, true) => Err(state("FETCH, because UIDONLY is not enabled")),
            _ => Ok(()),
        }
    }

    /// Old clients break where MODSEQ comes unasked (RFC 7162 section 3.1.4.2, C7).
    pub(super) fn check_mod_seq(&self, has_mod_seq: bool) -> Result<(), SendError> {
        match has_mod_seq && !self.enabled.cond_store() {
            true => Err(state("a command that enables CONDSTORE")),
            false => Ok(()),
        }
    }

    /// What a FETCH response has to have that nobody asked for: UID with IMAP4rev2 (RFC 9051 section
    /// 7.5.2) and QRESYNC, the mod-sequence of the flags with CONDSTORE (RFC 7162 sections 3.1 and
    /// 3.2.4).
    fn check_fetch(&self, fetch: &FetchData, is_uid: bool) -> Result<(), SendError> {
        if fetch.items.is_empty() {
            return Err(state("an item in a FETCH response"));
        }
        let has_mod_seq = fetch.items.iter().any(|item| matches!(item, FetchItem::ModSeq(_)));
        self.check_mod_seq(has_mod_seq)?;
        if matches!(self.kind(), Some(Kind::Fetch { .. })) {
            return Ok(());
        }
        let enabled = self.enabled;
        let needs_uid = !is_uid && (enabled.imap4_rev2() || enabled.q_resync());
        if needs_uid && fetch.uid().is_none() {
            return Err(state("a UID in a FETCH response that nobody asked for"));
        }
        let needs_mod_seq = enabled.cond_store() && !self.no_mod_seq && fetch.flags().is_some();
        match needs_mod_seq && !has_mod_seq {
            true => Err(state("MODSEQ with FLAGS in a FETCH response that nobody asked for")),
            false => Ok(()),
        }
    }
}
