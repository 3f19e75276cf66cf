//! Which items of a FETCH a command asked for.

use alloc::vec::Vec;

use crate::{BodyName, FetchAtt, FetchData, FetchItem, StoreAtt, UnknownItem};

/// The items that a command asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Asked {
    atts: Vec<FetchAtt>,
}

impl Asked {
    pub(super) fn for_fetch(atts: &[FetchAtt], with_mod_seq: bool) -> Self {
        let mut atts = atts.to_vec();
        if with_mod_seq {
            atts.push(FetchAtt::ModSeq);
        }
        Self { atts }
    }

    /// STORE is answered by what it changed, and by the mod-sequence (RFC 7162 section 3.1.3).
    pub(super) fn for_store(att: &StoreAtt) -> Self {
        let changed = match att {
            StoreAtt::GmailLabels { .. } => FetchAtt::GmailLabels,
            _ => FetchAtt::Flags,
        };
        Self { atts: Vec::from([changed, FetchAtt::ModSeq]) }
    }

    /// Whether data hold something that was asked for.
    pub(super) fn has_any_of(&self, data: &FetchData) -> bool {
        data.items.iter().any(|item| self.has(item))
    }

    /// Whether the item was asked for.
    pub(super) fn has(&self, item: &FetchItem) -> bool {
        self.atts.iter().any(|att| is_answered_by(att, item))
    }

    /// Whether this body was asked for.
    pub(super) fn has_body(&self, name: &BodyName) -> bool {
        self.atts.iter().any(|att| is_body(att, name))
    }

    /// Whether an answer to one could be taken for an answer to the other. UIDs stand in both.
    pub(super) fn may_meet(&self, other: &Self) -> bool {
        let said = |att: &FetchAtt| !matches!(att, FetchAtt::Uid);
        let only_uid = |atts: &[FetchAtt]| !atts.iter().any(said);
        if only_uid(&self.atts) || only_uid(&other.atts) {
            return true;
        }
        let mine = self.atts.iter().filter(|att| said(att));
        mine.into_iter().any(|mine| other.atts.iter().any(|theirs| are_alike(mine, theirs)))
    }
}

/// Whether they ask for items of one name. That is coarse for sections, and never wrong.
fn are_alike(one: &FetchAtt, other: &FetchAtt) -> bool {
    match (one, other) {
        (FetchAtt::BodySection(one), FetchAtt::BodySection(other)) => {
            let name = BodyName::section(one.section.clone());
            name.is_section(&other.section)
        }
        (FetchAtt::Binary(one), FetchAtt::Binary(other)) => one.part == other.part,
        (FetchAtt::BinarySize(one), FetchAtt::BinarySize(other)) => one == other,
        (FetchAtt::Body | FetchAtt::BodyStructure, FetchAtt::Body | FetchAtt::BodyStructure) => {
            true
        }
        (one, other) => core::mem::discriminant(one) == core::mem::discriminant(other),
    }
}

fn is_body(att: &FetchAtt, name: &BodyName) -> bool {
    match (att, name) {
        (FetchAtt::BodySection(body), name) => name.is_section(&body.section),
        (FetchAtt::Binary(binary), BodyName::Binary { part, .. }) => binary.part == *part,
        (FetchAtt::Rfc822, BodyName::Rfc822)
        | (FetchAtt::Rfc822Header, BodyName::Rfc822Header)
        | (FetchAtt::Rfc822Text, BodyName::Rfc822Text) => true,
        _ => false,
    }
}

fn is_answered_by(att: &FetchAtt, item: &FetchItem) -> bool {
    match (att, item) {
        (_, FetchItem::BodySection(body)) => is_body(att, &body.name),
        (FetchAtt::BinarySize(asked), FetchItem::BinarySize { part, .. }) => asked == part,
        (FetchAtt::Unknown(unknown), FetchItem::Unknown(item)) => {
            begins_with(item, unknown.name().as_bytes())
        }
        (_, FetchItem::Malformed { kind, .. }) => att.name() == kind.as_str().as_bytes(),
        (att, item) => is_plain(att, item),
    }
}

/// Items of which the name says all.
const fn is_plain(att: &FetchAtt, item: &FetchItem) -> bool {
    matches!(
        (att, item),
        (FetchAtt::Envelope, FetchItem::Envelope(_))
            | (FetchAtt::Flags, FetchItem::Flags(_))
            | (FetchAtt::InternalDate, FetchItem::InternalDate(_))
            | (FetchAtt::Rfc822Size, FetchItem::Size(_))
            | (
                FetchAtt::Body | FetchAtt::BodyStructure,
                FetchItem::Body(_) | FetchItem::BodyStructure(_)
            )
            | (FetchAtt::Uid, FetchItem::Uid(_))
            | (FetchAtt::ModSeq, FetchItem::ModSeq(_))
            | (FetchAtt::EmailId, FetchItem::EmailId(_))
            | (FetchAtt::ThreadId, FetchItem::ThreadId(_))
            | (FetchAtt::SaveDate, FetchItem::SaveDate(_))
            | (FetchAtt::Preview(_), FetchItem::Preview(_))
            | (FetchAtt::Annotation(_), FetchItem::Annotation(_))
            | (FetchAtt::ObjectId, FetchItem::ObjectId(_))
            | (FetchAtt::GmailMessageId, FetchItem::GmailMessageId(_))
            | (FetchAtt::GmailThreadId, FetchItem::GmailThreadId(_))
            | (FetchAtt::GmailLabels, FetchItem::GmailLabels(_))
            | (FetchAtt::Snippet(_), FetchItem::Snippet(_))
            | (FetchAtt::XGuid, FetchItem::XGuid(_))
            | (FetchAtt::XMailbox, FetchItem::XMailbox(_))
            | (FetchAtt::XRealUid, FetchItem::XRealUid(_))
            | (FetchAtt::XSaveDate, FetchItem::XSaveDate(_))
            | (FetchAtt::DigestSha1, FetchItem::DigestSha1(_))
            | (FetchAtt::ConversationId, FetchItem::ConversationId(_))
            | (FetchAtt::BaseConversationId, FetchItem::BaseConversationId(_))
            | (FetchAtt::CreatedModSeq, FetchItem::CreatedModSeq(_))
    )
}

/// Whether the item is called so, whatever section stands behind the name.
fn begins_with(item: &UnknownItem, name: &[u8]) -> bool {
    let called = item.name().as_bytes();
    let front = called.split(|octet| *octet == b'[').next().unwrap_or_default();
    front.eq_ignore_ascii_case(name)
}
