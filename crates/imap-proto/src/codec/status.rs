//! STATUS: a mailbox seen from outside.

mod item;

pub use item::*;

use alloc::vec::Vec;
use core::num::NonZeroU32;

use mail_proto::{ParseError, Reading, Sink};

use super::class::Class;
use super::list::OneOrMore;
use super::{Atom, Cursor, Encoder, Mailbox, ModSeq, ObjectId, ObjectIds, Uid, Word};
use crate::Defect;

/// The table of items: the variant, its name.
macro_rules! status_atts {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// What STATUS can be asked for.
        ///
        /// ```abnf
        /// status-att     = "MESSAGES" / "UIDNEXT" / "UIDVALIDITY" / "UNSEEN" / "DELETED" / "SIZE" /
        ///                  "HIGHESTMODSEQ" / "APPENDLIMIT" / "MAILBOXID" / "DELETED-STORAGE" / "RECENT"
        /// ```
        ///
        /// (RFC 9051 section 6.3.11, RFC 7162, RFC 7889, RFC 8474, RFC 9208, RFC 3501.) RFC 4466 lets
        /// others come later.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum StatusAtt {
            $($(#[$doc])* $name,)+
            /// Another one.
            Other(Atom),
        }

        impl StatusAtt {
            /// All that are known.
            pub const KNOWN: &'static [Self] = &[$(Self::$name),+];

            /// Its name, in capitals if it is known.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8] {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(name) => name.as_bytes(),
                }
            }

            /// The item of this name, in capitals, if it is known.
            fn known(name: &[u8]) -> Option<Self> {
                match name {
                    $($text => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

status_atts! {
    /// How many messages there are.
    Messages = b"MESSAGES",
    /// How many are `\Recent` (IMAP4rev1).
    Recent = b"RECENT",
    /// The UID that the next message will have at least.
    UidNext = b"UIDNEXT",
    /// UIDs are those that they were, as long as this is the same.
    UidValidity = b"UIDVALIDITY",
    /// How many are not `\Seen`.
    Unseen = b"UNSEEN",
    /// How many are `\Deleted` (IMAP4rev2, RFC 9208).
    Deleted = b"DELETED",
    /// How many octets those take that are `\Deleted` (RFC 9208).
    DeletedStorage = b"DELETED-STORAGE",
    /// How many octets the messages take (IMAP4rev2, RFC 8438).
    Size = b"SIZE",
    /// The highest mod-sequence (RFC 7162).
    HighestModSeq = b"HIGHESTMODSEQ",
    /// How many octets APPEND takes (RFC 7889).
    AppendLimit = b"APPENDLIMIT",
    /// What names the mailbox for ever (RFC 8474).
    MailboxId = b"MAILBOXID",
    /// All that names the mailbox (draft OBJECTID+).
    ObjectId = b"OBJECTID",
    /// The octets of all messages (Dovecot).
    XSize = b"X-SIZE",
    /// What names the mailbox on this server (Dovecot).
    XGuid = b"X-GUID",
}

impl StatusAtt {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let begin = cursor.rest();
        let word = cursor.keyword();
        if !cursor.peek().is_some_and(|octet| Class::ATOM.has(octet))
            && let Some(att) = Self::known(word.as_bytes())
        {
            return Ok(att);
        }
        cursor.go_back_to(begin);
        reading.keep_raw();
        Atom::parse(cursor, reading).map(Self::Other)
    }

    /// Reads one or more in parentheses.
    pub(crate) fn parse_list(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<OneOrMore<Self>, ParseError> {
        cursor.one_or_more("one or more items of STATUS", reading, Self::parse)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put_checked(self.as_bytes());
    }
}

impl Cursor<'_> {
    /// An atom, and the same as a word to `match` on if it can be one.
    pub(crate) fn atom_and_word(&mut self) -> Result<(Atom, Option<Word>), ParseError> {
        let mut ahead = self.clone();
        let word = ahead.keyword();
        let atom = Atom::parse(self, &mut Reading::new(mail_proto::Leniency::strict()))?;
        Ok((atom, (ahead.at() == self.at()).then_some(word)))
    }
}

/// The arguments of STATUS.
///
/// ```abnf
/// status         = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
/// ```
///
/// (RFC 9051 section 6.3.11.)
///
/// ```
/// use imap_proto::{Encoder, Mailbox, Negotiated, Status, StatusAtt};
///
/// let status = Status::new(Mailbox::INBOX, StatusAtt::UidNext).and(StatusAtt::Messages);
/// let mut out = Vec::new();
/// status.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" INBOX (UIDNEXT MESSAGES)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Status {
    /// Which mailbox.
    pub mailbox: Mailbox,
    /// What of it.
    pub atts: OneOrMore<StatusAtt>,
}

impl Status {
    /// Asks for this of a mailbox.
    #[must_use]
    pub fn new(mailbox: Mailbox, atts: impl Into<OneOrMore<StatusAtt>>) -> Self {
        Self { mailbox, atts: atts.into() }
    }

    /// Asks for this too.
    #[must_use]
    pub fn and(mut self, att: StatusAtt) -> Self {
        self.atts.push(att);
        self
    }

    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let mailbox = Mailbox::parse(cursor, reading)?;
        cursor.space(reading)?;
        let atts = StatusAtt::parse_list(cursor, reading)?;
        Ok(Self { mailbox, atts })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        encoder.space();
        encoder.list(self.atts.iter(), StatusAtt::encode);
    }
}

/// The data of STATUS.
///
/// ```abnf
/// mailbox-data   =/ "STATUS" SP mailbox SP "(" [status-att-list] ")"
/// status-att-list = status-att-val *(SP status-att-val)
/// ```
///
/// (RFC 9051 section 7.3.4.) The list may lack what was asked for, and be empty.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{StatusData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" blurdybloop (MESSAGES 231 UIDNEXT 44292)");
/// let status = parse_whole(&octets, &mut Reading::new(Leniency::strict()), StatusData::parse).unwrap();
/// assert_eq!(status.messages(), Some(231));
/// assert_eq!(status.unseen(), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct StatusData {
    /// The mailbox.
    pub mailbox: Mailbox,
    /// What is told of it.
    pub items: Vec<StatusItem>,
}

/// Defines a method that finds an item.
macro_rules! accessors {
    ($($(#[$doc:meta])* $method:ident: $variant:ident -> $type:ty, $value:ident => $copy:expr;)+) => {
        impl StatusData {
            $($(#[$doc])*
            #[must_use]
            pub fn $method(&self) -> Option<$type> {
                self.items.iter().find_map(|item| match item {
                    StatusItem::$variant($value) => Some($copy),
                    _ => None,
                })
            })+
        }
    };
}

accessors! {
    /// How many messages there are.
    messages: Messages -> u32, it => *it;
    /// How many are `\Recent`.
    recent: Recent -> u32, it => *it;
    /// The UID that the next message will have at least.
    uid_next: UidNext -> Uid, it => *it;
    /// UIDs are those that they were, as long as this is the same.
    uid_validity: UidValidity -> NonZeroU32, it => *it;
    /// How many are not `\Seen`.
    unseen: Unseen -> u32, it => *it;
    /// How many are `\Deleted`.
    deleted: Deleted -> u32, it => *it;
    /// How many octets those take that are `\Deleted`.
    deleted_storage: DeletedStorage -> u64, it => *it;
    /// How many octets the messages take.
    size: Size -> u64, it => *it;
    /// The highest mod-sequence, if it is told; none inside if there are no mod-sequences.
    highest_mod_seq: HighestModSeq -> Option<ModSeq>, it => *it;
    /// How many octets APPEND takes, if it is told; none inside if there is no limit.
    append_limit: AppendLimit -> Option<u32>, it => *it;
    /// All that names the mailbox.
    object_ids: ObjectId -> &ObjectIds, it => it;
}

impl StatusData {
    /// What names the mailbox for ever, be it told alone or with others.
    #[must_use]
    pub fn mailbox_id(&self) -> Option<&ObjectId> {
        self.items.iter().find_map(|item| match item {
            StatusItem::MailboxId(id) => Some(id),
            StatusItem::ObjectId(ids) => ids.mailbox_id(),
            _ => None,
        })
    }

    /// Reads what follows the name of the response.
    ///
    /// # Errors
    ///
    /// It is none, or holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let mailbox = mailbox(cursor, reading)?;
        cursor.space(reading)?;
        let items = cursor.items_or_none(reading, StatusItem::parse)?;
        Ok(Self { mailbox, items: items.into_iter().flatten().collect() })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        encoder.space();
        encoder.list(&self.items, StatusItem::encode);
    }
}

/// A name with a list behind it, else all before the list that ends the message.
fn mailbox(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Mailbox, ParseError> {
    let length = before_last_list(cursor.rest());
    match (cursor.name_that_breaks_off(), length) {
        (Some(at), Some(length)) => cursor.unquoted_name(length, at, reading),
        _ => Mailbox::parse(cursor, reading),
    }
}

/// How many octets stand before the space and the list at the end, if there are some.
fn before_last_list(rest: &[u8]) -> Option<usize> {
    let rest = rest.trim_ascii_end();
    let mut open = 0usize;
    for (at, octet) in rest.iter().enumerate().rev() {
        match octet {
            b')' => open = open.saturating_add(1),
            b'(' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            let name = rest.get(..at)?.strip_suffix(b" ")?.trim_ascii_end();
            return (*octet == b'(' && !name.is_empty()).then_some(name.len());
        }
    }
    None
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::Raw;
    use crate::codec::list::{any_astring, any_atom, any_mailbox, any_one_or_more, any_raw};
    use crate::codec::object_id::tests::any_object_ids;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::boxed::Box;
    use alloc::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    const MAX_63: u64 = u64::MAX >> 1;

    pub(crate) fn any_status_att() -> impl Strategy<Value = StatusAtt> {
        prop_oneof![
            4 => select(StatusAtt::KNOWN),
            1 => any_atom().prop_filter_map("known", |name| {
                let is_x = name.as_bytes().eq_ignore_ascii_case(b"X-SIZE")
                    || name.as_bytes().eq_ignore_ascii_case(b"X-GUID");
                (!is_x).then_some(StatusAtt::Other(name))
            }),
        ]
    }

    pub(crate) fn any_status() -> impl Strategy<Value = Status> {
        (any_mailbox(), any_one_or_more(any_status_att()))
            .prop_map(|(mailbox, atts)| Status { mailbox, atts })
    }

    fn any_status_item() -> impl Strategy<Value = StatusItem> {
        let mod_seq = prop_oneof![Just(0), 1..=MAX_63].prop_map(ModSeq::new);
        prop_oneof![
            any::<u32>().prop_map(StatusItem::Messages),
            any::<u32>().prop_map(StatusItem::Recent),
            (1..=u32::MAX).prop_map(|uid| StatusItem::UidNext(Uid::new(uid).unwrap())),
            (1..=u32::MAX).prop_map(|it| StatusItem::UidValidity(NonZeroU32::new(it).unwrap())),
            any::<u32>().prop_map(StatusItem::Unseen),
            any::<u32>().prop_map(StatusItem::Deleted),
            (0..=MAX_63).prop_map(StatusItem::DeletedStorage),
            (0..=MAX_63).prop_map(StatusItem::Size),
            mod_seq.prop_map(StatusItem::HighestModSeq),
            proptest::option::of(any::<u32>()).prop_map(StatusItem::AppendLimit),
            "[a-zA-Z0-9_-]{1,255}".prop_map(|id| StatusItem::MailboxId(ObjectId::new(id).unwrap())),
            any_object_ids().prop_map(StatusItem::ObjectId),
            (0..=MAX_63).prop_map(StatusItem::XSize),
            any_astring().prop_map(StatusItem::XGuid),
            ("y[a-z.+]{1,5}", any_raw()).prop_map(|(name, value)| {
                let name = Atom::new(name).unwrap();
                StatusItem::Other(Box::new(UnknownStatusItem { name, value }))
            }),
        ]
    }

    pub(crate) fn any_status_data() -> impl Strategy<Value = StatusData> {
        (any_mailbox(), proptest::collection::vec(any_status_item(), 0..5))
            .prop_map(|(mailbox, items)| StatusData { mailbox, items })
    }

    fn data(octets: &[u8]) -> StatusData {
        reads_and_writes(octets, StatusData::parse, StatusData::encode)
    }

    #[test]
    fn commands_of_the_standard() {
        for octets in [
            " blurdybloop (UIDNEXT MESSAGES HIGHESTMODSEQ)",
            " misc (UIDVALIDITY UIDNEXT MESSAGES)",
            " INBOX (APPENDLIMIT)",
            " frop (MESSAGES SIZE UIDNEXT)",
            " INBOX (MESSAGES DELETED DELETED-STORAGE)",
            " 200 (RECENT X-SIZE X-GUID OBJECTID X+Y)",
        ] {
            reads_and_writes(octets.as_bytes(), Status::parse, Status::encode);
        }
        let lower = strict(b" foo (mailboxid)", Status::parse).unwrap();
        assert_eq!(&lower.atts[..], [StatusAtt::MailboxId]);
        for (octets, at) in
            [(" foo", 4), (" foo ()", 6), (" foo MESSAGES", 5), (" foo (MESSAGES", 14), ("", 0)]
        {
            let error = strict(octets.as_bytes(), Status::parse).map_err(|error| error.at);
            assert_eq!(error, Err(at), "{octets}");
        }
    }

    #[test]
    fn data_of_the_standard() {
        let status = data(b" blurdybloop (MESSAGES 231 UIDNEXT 44292 HIGHESTMODSEQ 7011231777)");
        assert_eq!((status.messages(), status.uid_next()), (Some(231), Uid::new(44292)));
        assert_eq!(status.highest_mod_seq(), Some(ModSeq::new(7_011_231_777)));
        let status = data(b" Lists/Lemonade (UIDVALIDITY 4 UNSEEN 0 RECENT 1)");
        assert_eq!(status.uid_validity(), NonZeroU32::new(4));
        assert_eq!((status.unseen(), status.recent()), (Some(0), Some(1)));
        assert_eq!(data(b" INBOX (APPENDLIMIT 257890)").append_limit(), Some(Some(257_890)));
        assert_eq!(data(b" INBOX (APPENDLIMIT NIL)").append_limit(), Some(None));
        let status = data(b" frop (MESSAGES 8 SIZE 9223372036854775807 UIDNEXT 242344)");
        assert_eq!(status.size(), Some(MAX_63));
        let status = data(b" INBOX (DELETED 4 DELETED-STORAGE 8)");
        assert_eq!((status.deleted(), status.deleted_storage()), (Some(4), Some(8)));
        let id = ObjectId::new("F2212ea87-6097-4256-9d51-71338625").unwrap();
        let status = data(b" foo (MAILBOXID (F2212ea87-6097-4256-9d51-71338625))");
        assert_eq!(status.mailbox_id(), Some(&id));
        let status = data(b" foo (OBJECTID (ACCOUNTID a MAILBOXID y))");
        assert_eq!(status.mailbox_id(), Some(&ObjectId::new("y").unwrap()));
        assert_eq!(status.object_ids().unwrap().account_id(), Some(&ObjectId::new("a").unwrap()));
        assert_eq!(data(b" INBOX ()").items, []);
        assert_eq!(data(b" foo (HIGHESTMODSEQ 0)").highest_mod_seq(), Some(None));
        assert_eq!(data(b" 200 (MESSAGES 0 UIDNEXT 1)").messages(), Some(0));
        let literal = strict(b" {19}\r\nLiteral Folder Name (MESSAGES 60)", StatusData::parse);
        assert_eq!(literal.unwrap().messages(), Some(60));
    }

    #[test]
    fn unknown_items_are_kept() {
        let status = data(b" a (X-GUID 0f X-SIZE 7 X-NEW (a \"b)\" (c)) MESSAGES 1 Y.Z+ \"\")");
        assert_eq!((status.messages(), status.items.len()), (Some(1), 5));
        let StatusItem::Other(item) = &status.items[2] else { panic!("not another") };
        assert_eq!(
            (item.name().as_bytes(), item.value().as_bytes()),
            (&b"X-NEW"[..], &b"(a \"b)\" (c))"[..])
        );
    }

    #[test]
    fn unknown_items_are_one_value() {
        let item = |name: &str, value: &'static str| {
            UnknownStatusItem::new(Atom::try_from(name).unwrap(), Raw::new(value).unwrap())
        };
        assert!(item("X", "(a \"b\")").is_some() && item("X", "a").is_some());
        for (name, value) in [("X", ""), ("X", "a b"), ("X", "a "), ("X-Size", "7")] {
            assert_eq!(item(name, value), None, "{name} {value}");
        }
    }

    #[test]
    fn names_without_their_quotes() {
        for (octets, at, name) in [
            (&b" My Folder (MESSAGES 3)"[..], 3, &b"My Folder"[..]),
            (b" My Folder (MAILBOXID (x) MESSAGES 3)", 3, b"My Folder"),
            (b" My Folder (1) (MESSAGES 3)", 3, b"My Folder (1)"),
            (b" a\tb (MESSAGES 3) ", 2, b"a\tb"),
        ] {
            let (status, defects) = lenient(octets, StatusData::parse);
            assert_eq!(strict(octets, StatusData::parse).map_err(|error| error.at), Err(at));
            let status = status.unwrap();
            assert_eq!((status.mailbox.as_bytes(), status.messages()), (name, Some(3)));
            assert_eq!(defects[0], Defect::UnquotedName, "{octets:?}");
        }
        let plus = data(b" +Folder (MESSAGES 6)");
        assert_eq!(plus.mailbox.as_bytes(), b"+Folder");
        for (octets, at) in [
            (&b" a b"[..], 3),
            (b" (MESSAGES 3)", 1),
            (b" a b)", 3),
            (b" a\r b (MESSAGES 3)", 2),
            (b" a b (MESSAGES 3", 3),
            // What looks like a list is one.
            (b" My (old) Folder (MESSAGES 3)", 8),
        ] {
            let (read, _) = lenient(octets, StatusData::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets:?}");
        }
    }

    #[test]
    fn odd_values_are_left_out() {
        for (octets, at, defect) in [
            (&b" a (UIDNEXT 0 UNSEEN 3)"[..], 12, Defect::ZeroNumber),
            (b" a (UIDVALIDITY 0 UNSEEN 3)", 16, Defect::ZeroNumber),
            (b" a (MESSAGES -1 UNSEEN 3)", 13, Defect::NegativeNumber),
            (b" a (MESSAGES 4294967296 UNSEEN 3)", 13, Defect::NumberOutOfRange),
            (b" a (RECENT NIL UNSEEN 3)", 11, Defect::NilNumber),
            (b" a (SIZE 9223372036854775808 UNSEEN 3)", 9, Defect::NumberOutOfRange),
        ] {
            let error = strict(octets, StatusData::parse).map_err(|error| error.at);
            assert_eq!(error, Err(at), "{octets:?}");
            let expected = StatusData {
                mailbox: Mailbox::new("a").unwrap(),
                items: vec![StatusItem::Unseen(3)],
            };
            assert_eq!(lenient(octets, StatusData::parse), (Ok(expected), vec![defect]));
        }
        let octets = b" a (HIGHESTMODSEQ -1)";
        assert_eq!(strict(octets, StatusData::parse).map_err(|error| error.at), Err(18));
        let (status, defects) = lenient(octets, StatusData::parse);
        assert_eq!(status.unwrap().highest_mod_seq(), Some(None));
        assert_eq!(defects, [Defect::NegativeNumber]);
        // Exchange (Q10, Q11).
        let octets = b" Sent (UIDNEXT 107 ) ";
        assert_eq!(strict(octets, StatusData::parse).map_err(|error| error.at), Err(18));
        let (status, defects) = lenient(octets, StatusData::parse);
        assert_eq!(status.unwrap().uid_next(), Uid::new(107));
        assert_eq!(defects, [Defect::SpaceInList, Defect::TrailingSpace]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(command in any_status(), data in any_status_data()) {
            round_trips(&command, Status::encode, Status::parse);
            round_trips(&data, StatusData::encode, StatusData::parse);
        }

        #[test]
        fn no_octets_make_it_panic(octets in "[ -~\r\n]{0,30}") {
            let _ = lenient(octets.as_bytes(), StatusData::parse);
            let octets = [b" a (".as_slice(), octets.as_bytes(), b")"].concat();
            let _ = lenient(&octets, StatusData::parse);
        }
    }
}
