//! What STATUS tells of a mailbox, item by item.

use alloc::boxed::Box;
use core::num::NonZeroU32;

use mail_proto::{ParseError, Reading, Sink};

use super::StatusAtt;
use crate::Defect;
use crate::codec::{AString, Atom, Cursor, Encoder, ModSeq, ObjectId, ObjectIds, Raw, Uid};

/// What STATUS tells.
///
/// ```abnf
/// status-att-val = ("MESSAGES" SP number) / ("UIDNEXT" SP nz-number) / ("UIDVALIDITY" SP nz-number) /
///                  ("UNSEEN" SP number) / ("DELETED" SP number) / ("SIZE" SP number64) /
///                  ("HIGHESTMODSEQ" SP mod-sequence-valzer) / ("APPENDLIMIT" SP (number / nil)) /
///                  ("MAILBOXID" SP "(" objectid ")") / ("DELETED-STORAGE" SP number64) /
///                  ("RECENT" SP number)
/// ```
///
/// (RFC 9051 section 7.3.4, RFC 7162, RFC 7889, RFC 8474, RFC 9208, RFC 3501.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum StatusItem {
    /// How many messages there are.
    Messages(u32),
    /// How many are `\Recent`.
    Recent(u32),
    /// The UID that the next message will have at least.
    UidNext(Uid),
    /// UIDs are those that they were, as long as this is the same.
    UidValidity(NonZeroU32),
    /// How many are not `\Seen`.
    Unseen(u32),
    /// How many are `\Deleted`.
    Deleted(u32),
    /// How many octets those take that are `\Deleted`.
    DeletedStorage(u64),
    /// How many octets the messages take.
    Size(u64),
    /// The highest mod-sequence; none is 0: the mailbox has no mod-sequences.
    HighestModSeq(Option<ModSeq>),
    /// How many octets APPEND takes; none if there is no limit of this mailbox.
    AppendLimit(Option<u32>),
    /// What names the mailbox for ever.
    MailboxId(ObjectId),
    /// All that names the mailbox.
    ObjectId(ObjectIds),
    /// The octets of all messages.
    XSize(u64),
    /// What names the mailbox on this server.
    XGuid(AString),
    /// Another item.
    Other(Box<UnknownStatusItem>),
}

/// An item of STATUS that is not known.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UnknownStatusItem {
    pub(super) name: Atom,
    pub(super) value: Raw,
}

impl UnknownStatusItem {
    /// The item of this name and value, unless it is a known one or the value is not exactly one.
    #[must_use]
    pub fn new(name: Atom, value: Raw) -> Option<Self> {
        let is_it = |known: &StatusAtt| known.as_bytes().eq_ignore_ascii_case(name.as_bytes());
        let mut cursor = value.cursor();
        let strict = &mut Reading::new(mail_proto::Leniency::strict());
        let is_one = Raw::parse(&mut cursor, strict).is_ok() && cursor.rest().is_empty();
        (is_one && !StatusAtt::KNOWN.iter().any(is_it)).then_some(Self { name, value })
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &Atom {
        &self.name
    }

    /// Its value: one word, string or list.
    #[must_use]
    pub const fn value(&self) -> &Raw {
        &self.value
    }
}

impl StatusItem {
    /// Reads it. None is one that has no value that is put up with.
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<Self>, ParseError> {
        let att = StatusAtt::parse(cursor, reading)?;
        cursor.space(reading)?;
        Ok(match att {
            StatusAtt::Messages => count(cursor, reading)?.map(Self::Messages),
            StatusAtt::Recent => count(cursor, reading)?.map(Self::Recent),
            StatusAtt::UidNext => {
                cursor.nz_number_or_zero(reading)?.map(Uid::from).map(Self::UidNext)
            }
            StatusAtt::UidValidity => cursor.nz_number_or_zero(reading)?.map(Self::UidValidity),
            StatusAtt::Unseen => count(cursor, reading)?.map(Self::Unseen),
            StatusAtt::Deleted => count(cursor, reading)?.map(Self::Deleted),
            StatusAtt::DeletedStorage => cursor.size(reading)?.map(Self::DeletedStorage),
            StatusAtt::Size => cursor.size(reading)?.map(Self::Size),
            StatusAtt::HighestModSeq => {
                Some(Self::HighestModSeq(ModSeq::parse_valzer(cursor, reading)?))
            }
            StatusAtt::AppendLimit if cursor.eat_tag(b"NIL") => Some(Self::AppendLimit(None)),
            StatusAtt::AppendLimit => {
                count(cursor, reading)?.map(|limit| Self::AppendLimit(Some(limit)))
            }
            StatusAtt::MailboxId => {
                ObjectId::parse_in_list(cursor, reading).map(Self::MailboxId).map(Some)?
            }
            StatusAtt::ObjectId => Some(Self::ObjectId(ObjectIds::parse(cursor, reading)?)),
            StatusAtt::XSize => cursor.size(reading)?.map(Self::XSize),
            StatusAtt::XGuid => Some(Self::XGuid(AString::parse(cursor, reading)?)),
            StatusAtt::Other(name) => {
                let value = Raw::parse(cursor, reading)?;
                Some(Self::Other(Box::new(UnknownStatusItem { name, value })))
            }
        })
    }

    /// What it is.
    #[must_use]
    pub fn att(&self) -> StatusAtt {
        match self {
            Self::Messages(_) => StatusAtt::Messages,
            Self::Recent(_) => StatusAtt::Recent,
            Self::UidNext(_) => StatusAtt::UidNext,
            Self::UidValidity(_) => StatusAtt::UidValidity,
            Self::Unseen(_) => StatusAtt::Unseen,
            Self::Deleted(_) => StatusAtt::Deleted,
            Self::DeletedStorage(_) => StatusAtt::DeletedStorage,
            Self::Size(_) => StatusAtt::Size,
            Self::HighestModSeq(_) => StatusAtt::HighestModSeq,
            Self::AppendLimit(_) => StatusAtt::AppendLimit,
            Self::MailboxId(_) => StatusAtt::MailboxId,
            Self::ObjectId(_) => StatusAtt::ObjectId,
            Self::XSize(_) => StatusAtt::XSize,
            Self::XGuid(_) => StatusAtt::XGuid,
            Self::Other(item) => StatusAtt::Other(item.name.clone()),
        }
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.att().encode(encoder);
        encoder.space();
        match self {
            Self::Messages(number)
            | Self::Recent(number)
            | Self::Unseen(number)
            | Self::Deleted(number)
            | Self::AppendLimit(Some(number)) => encoder.number((*number).into()),
            Self::UidNext(uid) => uid.encode(encoder),
            Self::UidValidity(number) => encoder.number(number.get().into()),
            Self::DeletedStorage(size) | Self::Size(size) | Self::XSize(size) => {
                encoder.number64(*size);
            }
            Self::HighestModSeq(Some(mod_seq)) => mod_seq.encode(encoder),
            Self::HighestModSeq(None) => encoder.number(0),
            Self::AppendLimit(None) => encoder.nil(),
            Self::MailboxId(id) => id.encode_in_list(encoder),
            Self::ObjectId(ids) => ids.encode(encoder),
            Self::XGuid(guid) => guid.encode(encoder),
            Self::Other(item) => item.value.encode(encoder),
        }
    }
}

/// A number below 2^32. None is one that only a lenient reading lets through.
fn count(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<u32>, ParseError> {
    let at = cursor.at();
    let Some(number) = cursor.size(reading)? else { return Ok(None) };
    let count = u32::try_from(number).ok();
    if count.is_none() {
        reading.tolerate(Defect::NumberOutOfRange, at, "a number below 4294967296")?;
    }
    Ok(count)
}
