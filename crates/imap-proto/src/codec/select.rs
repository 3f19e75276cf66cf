//! SELECT and EXAMINE.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use mail_proto::{ParseError, Reading, Sink};

use super::{Cursor, Encoder, Ext, ExtLabel, Mailbox, ModSeq, NumberSet, ObjectIds, SeqNum, Uid};
use crate::Defect;

/// The arguments of SELECT and EXAMINE.
///
/// ```abnf
/// select         = "SELECT" SP mailbox [select-params]
/// examine        = "EXAMINE" SP mailbox [select-params]
/// select-params  = SP "(" select-param *(SP select-param) ")"
/// ```
///
/// (RFC 9051 section 6.3.2, RFC 4466 section 2.4.)
///
/// ```
/// use imap_proto::{Encoder, Mailbox, Negotiated, Select};
///
/// let mut out = Vec::new();
/// let select = Select::new(Mailbox::INBOX).condstore();
/// select.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" INBOX (CONDSTORE)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Select {
    /// Which mailbox.
    pub mailbox: Mailbox,
    /// What to do besides.
    pub params: Vec<SelectParam>,
}

impl Select {
    /// This mailbox, without parameters.
    #[must_use]
    pub const fn new(mailbox: Mailbox) -> Self {
        Self { mailbox, params: Vec::new() }
    }

    /// Tells mod-sequences from now on (CONDSTORE).
    #[must_use]
    pub fn condstore(self) -> Self {
        self.with(SelectParam::CondStore)
    }

    /// Tells what has changed since the mailbox was last seen (QRESYNC, which must be enabled).
    #[must_use]
    pub fn qresync(self, qresync: QResync) -> Self {
        self.with(SelectParam::QResync(Box::new(qresync)))
    }

    /// With this parameter.
    #[must_use]
    pub fn with(mut self, param: SelectParam) -> Self {
        self.params.push(param);
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
        let mut params = Vec::new();
        if cursor.another(reading)? {
            params = cursor.items("one or more parameters", reading, SelectParam::parse)?;
        }
        Ok(Self { mailbox, params })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        if !self.params.is_empty() {
            encoder.space();
            encoder.list(&self.params, SelectParam::encode);
        }
    }
}

/// A parameter of SELECT and EXAMINE.
///
/// ```abnf
/// select-param   = tagged-ext-label [SP tagged-ext-val] / "CONDSTORE" / "ANNOTATE" /
///                  "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids]
///                  [SP seq-match-data] ")"
/// ```
///
/// (RFC 4466 section 2.4, RFC 7162 section 7, RFC 5257; OBJECTID is of the draft OBJECTID+.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum SelectParam {
    /// Tells mod-sequences from now on.
    CondStore,
    /// Tells what has changed since the mailbox was last seen.
    QResync(Box<QResync>),
    /// Tells annotations from now on.
    Annotate,
    /// Tells names in UTF-8 (RFC 5738, withdrawn).
    Utf8,
    /// Tells identifiers, and finds the mailbox by its own if one is given.
    ObjectId(Option<ObjectIds>),
    /// Another one.
    Ext(Box<Ext>),
}

impl SelectParam {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let mut ahead = cursor.clone();
        let word = ahead.keyword();
        let label = ExtLabel::parse(cursor, reading)?;
        if ahead.at() != cursor.at() {
            return Self::parse_ext(label, cursor, reading);
        }
        match word.as_bytes() {
            b"CONDSTORE" => Ok(Self::CondStore),
            b"QRESYNC" => {
                cursor.space(reading)?;
                QResync::parse(cursor, reading).map(|it| Self::QResync(Box::new(it)))
            }
            b"ANNOTATE" => Ok(Self::Annotate),
            b"UTF8" => Ok(Self::Utf8),
            b"OBJECTID" if cursor.rest().starts_with(b" (") => {
                cursor.space(reading)?;
                ObjectIds::parse(cursor, reading).map(Some).map(Self::ObjectId)
            }
            b"OBJECTID" => Ok(Self::ObjectId(None)),
            _ => Self::parse_ext(label, cursor, reading),
        }
    }

    fn parse_ext(
        label: ExtLabel,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        Ext::parse_value(label, cursor, reading).map(|ext| Self::Ext(Box::new(ext)))
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::CondStore => encoder.put(b"CONDSTORE"),
            Self::QResync(qresync) => {
                encoder.put(b"QRESYNC ");
                qresync.encode(encoder);
            }
            Self::Annotate => encoder.put(b"ANNOTATE"),
            Self::Utf8 => encoder.put(b"UTF8"),
            Self::ObjectId(None) => encoder.put(b"OBJECTID"),
            Self::ObjectId(Some(ids)) => {
                encoder.put(b"OBJECTID ");
                ids.encode(encoder);
            }
            Self::Ext(ext) => ext.encode(encoder),
        }
    }
}

/// What a client remembers of a mailbox, so that the server tells it what is new.
///
/// ```abnf
/// "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"
/// known-uids     = sequence-set
/// ```
///
/// (RFC 7162 section 3.2.5.) The sets name numbers only, no `*`.
///
/// ```
/// use core::num::NonZeroU32;
/// use imap_proto::{ModSeq, NumberSet, QResync, Uid};
///
/// let validity = NonZeroU32::new(67_890_007).unwrap();
/// let uids = NumberSet::range(Uid::MIN, Uid::new(29_997).unwrap());
/// let qresync = QResync::new(validity, ModSeq::new(90_060_115_194_045_000).unwrap()).known_uids(uids);
/// assert!(qresync.seq_match.is_none());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct QResync {
    /// The UIDVALIDITY that the UIDs are of.
    pub uid_validity: NonZeroU32,
    /// The last mod-sequence that is known.
    pub mod_seq: ModSeq,
    /// The UIDs that are known; without them it is all up to the last one.
    pub known_uids: Option<NumberSet<Uid>>,
    /// Messages by which the server can tell where the client lost track.
    pub seq_match: Option<SeqMatch>,
}

/// Sequence numbers, and the UIDs that the messages of these numbers had.
///
/// ```abnf
/// seq-match-data = "(" known-sequence-set SP known-uid-set ")"
/// ```
///
/// (RFC 7162 section 3.2.5.2.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SeqMatch {
    /// The sequence numbers.
    pub seqs: NumberSet<SeqNum>,
    /// As many UIDs.
    pub uids: NumberSet<Uid>,
}

impl QResync {
    /// All changes since this mod-sequence.
    #[must_use]
    pub const fn new(uid_validity: NonZeroU32, mod_seq: ModSeq) -> Self {
        Self { uid_validity, mod_seq, known_uids: None, seq_match: None }
    }

    /// With the UIDs that are known.
    #[must_use]
    pub fn known_uids(mut self, uids: NumberSet<Uid>) -> Self {
        self.known_uids = Some(uids);
        self
    }

    /// With numbers and the UIDs that they belonged to: as many, in ascending order.
    #[must_use]
    pub fn seq_match(mut self, seqs: NumberSet<SeqNum>, uids: NumberSet<Uid>) -> Self {
        self.seq_match = Some(SeqMatch { seqs: seqs.normalized(), uids: uids.normalized() });
        self
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        cursor.tag("(")?;
        let uid_validity = cursor.nz_number(reading)?;
        cursor.space(reading)?;
        let expected = cursor.expected("a mod-sequence (1 to 9223372036854775807)");
        let mod_seq = ModSeq::parse(cursor, reading)?.ok_or(expected)?;
        let (mut known_uids, mut seq_match) = (None, None);
        if let [b' ', b'1'..=b'9', ..] = cursor.rest() {
            cursor.space(reading)?;
            known_uids = Some(NumberSet::parse(cursor, reading)?);
        }
        if cursor.another(reading)? {
            seq_match = Some(SeqMatch::parse(cursor, reading)?);
        }
        cursor.tag(")")?;
        Ok(Self { uid_validity, mod_seq, known_uids, seq_match })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        encoder.number(self.uid_validity.get().into());
        encoder.space();
        self.mod_seq.encode(encoder);
        if let Some(uids) = &self.known_uids {
            encoder.space();
            uids.encode(encoder);
        }
        if let Some(SeqMatch { seqs, uids }) = &self.seq_match {
            encoder.put(b" (");
            seqs.encode(encoder);
            encoder.space();
            uids.encode(encoder);
            encoder.put(b")");
        }
        encoder.put(b")");
    }
}

impl SeqMatch {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        cursor.tag("(")?;
        let seqs = NumberSet::parse(cursor, reading)?;
        cursor.space(reading)?;
        let uids = NumberSet::parse(cursor, reading)?;
        cursor.tag(")")?;
        Ok(Self { seqs, uids })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::{any_ext, any_mailbox};
    use crate::codec::object_id::tests::any_object_ids;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use crate::{Endpoint, SetNumber, SetRange};
    use proptest::prelude::*;

    fn any_set<N: SetNumber + Endpoint>() -> impl Strategy<Value = NumberSet<N>> {
        proptest::collection::vec((1u32..20, 1u32..20), 1..4).prop_map(|ranges| {
            let number = |number| N::new(number).unwrap();
            let mut ranges = ranges.into_iter().map(|(a, b)| (number(a), number(b)));
            let (first, last) = ranges.next().unwrap();
            let mut set = NumberSet::range(first, last);
            ranges.for_each(|(first, last)| set.push(SetRange { first, last }));
            set
        })
    }

    pub(crate) fn any_qresync() -> impl Strategy<Value = QResync> {
        let seq_match = (any_set(), any_set()).prop_map(|(seqs, uids)| SeqMatch { seqs, uids });
        let known_uids = proptest::option::of(any_set());
        let seq_match = proptest::option::of(seq_match);
        (1..=u32::MAX, 1..=u64::MAX >> 1, known_uids, seq_match).prop_map(
            |(validity, mod_seq, known_uids, seq_match)| QResync {
                uid_validity: NonZeroU32::new(validity).unwrap(),
                mod_seq: ModSeq::new(mod_seq).unwrap(),
                known_uids,
                seq_match,
            },
        )
    }

    pub(crate) fn any_select() -> impl Strategy<Value = Select> {
        let param = prop_oneof![
            Just(SelectParam::CondStore),
            any_qresync().prop_map(|it| SelectParam::QResync(Box::new(it))),
            Just(SelectParam::Annotate),
            Just(SelectParam::Utf8),
            proptest::option::of(any_object_ids()).prop_map(SelectParam::ObjectId),
            any_ext().prop_map(|it| SelectParam::Ext(Box::new(it))),
        ];
        (any_mailbox(), proptest::collection::vec(param, 0..4))
            .prop_map(|(mailbox, params)| Select { mailbox, params })
    }

    #[test]
    fn sets_that_match_are_in_ascending_order() {
        let mut seqs = NumberSet::range(SeqNum::new(5).unwrap(), SeqNum::new(3).unwrap());
        seqs.push(SetRange { first: SeqNum::MIN, last: SeqNum::MIN });
        let uids = NumberSet::range(Uid::new(9).unwrap(), Uid::new(6).unwrap());
        let qresync = QResync::new(NonZeroU32::MIN, ModSeq::new(2).unwrap()).seq_match(seqs, uids);
        assert_eq!(written(|encoder| qresync.encode(encoder)), b"(1 2 (1,3:5 6:9))");
    }

    #[test]
    fn commands_of_the_standard() {
        for octets in [
            " INBOX",
            " ~peter/&ZeVnLIqe-/&U,BTFw-",
            " \"gray council\"",
            " INBOX (ANNOTATE)",
            " INBOX (ANNOTATE RESPONSES (\"UID Responses\") CONDSTORE)",
            " INBOX (BLURDYBLOOP)",
            " newmailbox (UTF8)",
            " INBOX (CONDSTORE)",
            " INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541))",
            " INBOX (QRESYNC (67890007 90060115194045000 1:29997 (5000,7500,9000,9990:9999 \
             15000,22500,27000,29970,29973,29976,29979,29982,29985,29988,29991,29994,29997)))",
            " INBOX (QRESYNC (1 2 (3 4)))",
            " INBOX (QRESYNC (1 2))",
            " m (OBJECTID)",
            " m (OBJECTID (MAILBOXID y) CONDSTORE)",
            " m (CONDSTORE:x)",
        ] {
            reads_and_writes(octets.as_bytes(), Select::parse, Select::encode);
        }
        let lower = strict(b" Inbox (qresync (1 2) condstore)", Select::parse).unwrap();
        let qresync = QResync::new(NonZeroU32::MIN, ModSeq::new(2).unwrap());
        assert_eq!(lower, Select::new(Mailbox::INBOX).qresync(qresync).condstore());
    }

    #[test]
    fn what_is_no_select() {
        for (octets, at) in [
            ("", 0),
            (" ", 1),
            (" a ()", 4),
            (" a CONDSTORE", 3),
            (" a (CONDSTORE 5)", 14),
            (" a (QRESYNC)", 11),
            (" a (QRESYNC (0 1))", 13),
            (" a (QRESYNC (1 0))", 15),
            (" a (QRESYNC (1 9223372036854775808))", 15),
            (" a (QRESYNC (1 2 *))", 17),
            (" a (QRESYNC (1 2 3:*))", 19),
            (" a (QRESYNC (1 2 (3)))", 19),
            (" a (QRESYNC (1 2 3 4))", 19),
            (" a (OBJECTID ())", 14),
            (" a (CONDSTORE", 13),
        ] {
            let read = strict(octets.as_bytes(), Select::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        assert_eq!(lenient(b" a (QRESYNC (1 0))", Select::parse).0.map_err(|it| it.at), Err(15));
        let (read, defects) = lenient(b" a  (CONDSTORE ) ", Select::parse);
        assert_eq!(read, Ok(Select::new(Mailbox::new("a").unwrap()).condstore()));
        assert_eq!(defects, [Defect::DoubleSpace, Defect::SpaceInList, Defect::TrailingSpace]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(select in any_select()) {
            round_trips(&select, Select::encode, Select::parse);
        }
    }
}
