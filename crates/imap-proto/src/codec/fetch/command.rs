//! The arguments of FETCH and UID FETCH.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use mail_proto::{ParseError, Reading, Sink};

use super::{FetchAtt, FetchModifier, fast};
use crate::Defect;
use crate::codec::{Cursor, Encoder, SeqNum, SequenceSet, SetNumber, Uid};

/// What is asked of which messages: the arguments of FETCH and UID FETCH.
///
/// ```abnf
/// fetch           = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att /
///                   "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers]
/// fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")"
/// ```
///
/// (RFC 9051 section 6.4.5, RFC 4466 section 2.5.) [`uids`](Self::uids) and
/// [`seq_nums`](Self::seq_nums) begin one; each item that is added makes a whole of it.
///
/// ```
/// use imap_proto::{Encoder, Fetch, ModSeq, Negotiated, Section, SequenceSet};
///
/// let fetch = Fetch::uids(SequenceSet::all()).flags().body_peek(Section::header());
/// let fetch = fetch.changed_since(ModSeq::new(12345).unwrap());
/// let mut out = Vec::new();
/// fetch.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" 1:* (FLAGS BODY.PEEK[HEADER]) (CHANGEDSINCE 12345)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fetch<N> {
    /// The messages.
    pub set: SequenceSet<N>,
    pub(super) atts: FetchAtts,
    /// Most have none.
    #[expect(clippy::box_collection, reason = "commands stay small; a third of a vector")]
    pub(super) modifiers: Option<Box<Vec<FetchModifier>>>,
}

/// How FETCH names messages: by [`SeqNum`], or by [`Uid`] as UID FETCH does.
///
/// ```
/// use imap_proto::{FetchNumber, SeqNum, Uid};
///
/// assert!(Uid::IS_UID && !SeqNum::IS_UID);
/// ```
pub trait FetchNumber: SetNumber {
    /// It is UID FETCH, which has modifiers of its own.
    const IS_UID: bool;
}

impl FetchNumber for SeqNum {
    const IS_UID: bool = false;
}

impl FetchNumber for Uid {
    const IS_UID: bool = true;
}

/// The data items that a FETCH asks for: a macro, or a list.
///
/// ```
/// use imap_proto::{FetchAtt, FetchAtts, FetchMacro};
///
/// let fast = FetchAtts::Macro(FetchMacro::Fast);
/// assert_eq!(fast.as_slice(), [FetchAtt::Flags, FetchAtt::InternalDate, FetchAtt::Rfc822Size]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum FetchAtts {
    /// A name for some of them.
    Macro(FetchMacro),
    /// One or more.
    List(FetchAttList),
}

/// A name for some data items.
///
/// (RFC 9051 section 6.4.5.) It stands alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FetchMacro {
    /// `FLAGS INTERNALDATE RFC822.SIZE`
    Fast,
    /// `FLAGS INTERNALDATE RFC822.SIZE ENVELOPE`
    All,
    /// `FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY`
    Full,
}

/// One or more data items.
///
/// One item may stand without parentheses. It is written as it was read, and equal either way.
///
/// ```
/// use imap_proto::{FetchAtt, FetchAttList};
///
/// assert_eq!(FetchAttList::new([FetchAtt::Uid]).unwrap().as_slice(), [FetchAtt::Uid]);
/// assert_eq!(FetchAttList::new([]), None);
/// ```
#[derive(Clone, Debug)]
pub struct FetchAttList {
    pub(super) atts: Vec<FetchAtt>,
    pub(super) is_bare: bool,
}

impl<N> Fetch<N> {
    /// The data items.
    #[must_use]
    pub const fn atts(&self) -> &FetchAtts {
        &self.atts
    }

    /// The modifiers, in the order in which they came.
    #[must_use]
    pub fn modifiers(&self) -> &[FetchModifier] {
        self.modifiers.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl<N: FetchNumber> Fetch<N> {
    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is not well-formed, or it has modifiers that the command does not: VANISHED and PARTIAL are
    /// of UID FETCH, and VANISHED is of CHANGEDSINCE.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let set = SequenceSet::parse(cursor, reading)?;
        cursor.space(reading)?;
        let atts = FetchAtts::parse(cursor, reading)?;
        let mut modifiers = None;
        if cursor.another(reading)? {
            let at = cursor.at();
            let list = cursor.items("one or more modifiers", reading, Self::parse_modifier)?;
            let is_vanished = list.contains(&FetchModifier::Vanished);
            let is_changed = |it: &FetchModifier| matches!(it, FetchModifier::ChangedSince(_));
            if is_vanished && !list.iter().any(is_changed) {
                return Err(ParseError::new(at, "CHANGEDSINCE beside VANISHED"));
            }
            modifiers = Some(Box::new(list));
        }
        Ok(Self { set, atts, modifiers })
    }

    fn parse_modifier(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<FetchModifier, ParseError> {
        let begin = cursor.rest();
        let modifier = FetchModifier::parse(cursor, reading)?;
        let is_of_uid = matches!(modifier, FetchModifier::Vanished | FetchModifier::Partial(_));
        if is_of_uid && !N::IS_UID {
            cursor.go_back_to(begin);
            return Err(cursor.expected("a modifier of FETCH, not one of UID FETCH"));
        }
        Ok(modifier)
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.set.encode(encoder);
        encoder.space();
        let modifiers = self.modifiers();
        self.atts.encode(!modifiers.is_empty(), encoder);
        if !modifiers.is_empty() {
            encoder.space();
            encoder.list(modifiers, FetchModifier::encode);
        }
    }
}

impl FetchAtts {
    /// The data items; those that a macro stands for.
    #[must_use]
    pub fn as_slice(&self) -> &[FetchAtt] {
        match self {
            Self::Macro(name) => name.atts(),
            Self::List(list) => list.as_slice(),
        }
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        if cursor.is_fast()
            && let Some(atts) = fast::atts(cursor)
        {
            return Ok(Self::List(FetchAttList { atts, is_bare: false }));
        }
        if cursor.peek() == Some(b'(') {
            let atts = cursor.items("one or more data items", reading, FetchAtt::parse)?;
            return Ok(Self::List(FetchAttList { atts, is_bare: false }));
        }
        let begin = cursor.rest();
        if let Some(name) = FetchMacro::from_word(cursor.keyword().as_bytes())
            && matches!(cursor.peek(), None | Some(b' '))
        {
            return Ok(Self::Macro(name));
        }
        cursor.go_back_to(begin);
        // `PREVIEW (CHANGEDSINCE 5)`: the list is not that of PREVIEW.
        let att = FetchAtt::parse_before(cursor, reading, FetchModifier::begins_list)?;
        Ok(Self::List(FetchAttList { atts: [att].into(), is_bare: true }))
    }

    fn encode<S: Sink>(&self, has_list_behind: bool, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Macro(name) => encoder.put(name.as_bytes()),
            Self::List(FetchAttList { atts, is_bare: true })
                if !(has_list_behind && atts.iter().any(FetchAtt::may_have_list)) =>
            {
                encoder.spaced(atts, FetchAtt::encode);
            }
            Self::List(list) => encoder.list(&list.atts, FetchAtt::encode),
        }
    }
}

impl FetchMacro {
    /// The data items that it stands for.
    #[must_use]
    pub fn atts(self) -> &'static [FetchAtt] {
        const FULL: &[FetchAtt] = &[
            FetchAtt::Flags,
            FetchAtt::InternalDate,
            FetchAtt::Rfc822Size,
            FetchAtt::Envelope,
            FetchAtt::Body,
        ];
        let count = match self {
            Self::Fast => 3,
            Self::All => 4,
            Self::Full => 5,
        };
        FULL.get(..count).unwrap_or_default()
    }

    fn from_word(word: &[u8]) -> Option<Self> {
        match word {
            b"FAST" => Some(Self::Fast),
            b"ALL" => Some(Self::All),
            b"FULL" => Some(Self::Full),
            _ => None,
        }
    }

    const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Fast => b"FAST",
            Self::All => b"ALL",
            Self::Full => b"FULL",
        }
    }
}

impl FetchAttList {
    /// These, unless there are none.
    #[must_use]
    pub fn new(atts: impl IntoIterator<Item = FetchAtt>) -> Option<Self> {
        let atts: Vec<_> = atts.into_iter().collect();
        (!atts.is_empty()).then_some(Self { atts, is_bare: false })
    }

    /// The data items.
    #[must_use]
    pub fn as_slice(&self) -> &[FetchAtt] {
        &self.atts
    }

    /// With one more.
    #[must_use]
    pub fn and(mut self, att: FetchAtt) -> Self {
        self.atts.push(att);
        self.is_bare = false;
        self
    }
}

impl From<FetchAtt> for FetchAttList {
    fn from(att: FetchAtt) -> Self {
        Self { atts: [att].into(), is_bare: false }
    }
}

impl PartialEq for FetchAttList {
    fn eq(&self, other: &Self) -> bool {
        self.atts == other.atts
    }
}

impl Eq for FetchAttList {}

impl Hash for FetchAttList {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.atts.hash(state);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::att::tests::any_fetch_att;
    use super::super::modifier::tests::{any_ext, any_mod_seq, any_partial_range};
    use super::*;
    use crate::codec::copy::tests::any_sequence_set;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use crate::{ModSeq, PartialRange};
    use alloc::format;
    use proptest::prelude::*;

    fn any_atts() -> impl Strategy<Value = FetchAtts> {
        let names = [FetchMacro::Fast, FetchMacro::All, FetchMacro::Full];
        let list = (proptest::collection::vec(any_fetch_att(), 1..4), any::<bool>());
        prop_oneof![
            1 => proptest::sample::select(names.to_vec()).prop_map(FetchAtts::Macro),
            4 => list.prop_map(|(atts, is_bare)| {
                let is_bare = is_bare && atts.len() == 1;
                FetchAtts::List(FetchAttList { atts, is_bare })
            }),
        ]
    }

    pub(crate) fn any_fetch() -> impl Strategy<Value = Fetch<SeqNum>> {
        let others = proptest::collection::vec(any_ext().prop_map(FetchModifier::Other), 0..3);
        let since = proptest::option::of(any_mod_seq());
        (any_sequence_set(), any_atts(), since, others).prop_map(|(set, atts, since, others)| {
            let since = since.map(|since| FetchModifier::ChangedSince(Some(since)));
            let modifiers: Vec<_> = since.into_iter().chain(others).collect();
            Fetch { set, atts, modifiers: (!modifiers.is_empty()).then(|| Box::new(modifiers)) }
        })
    }

    pub(crate) fn any_uid_fetch() -> impl Strategy<Value = Fetch<Uid>> {
        let partial = proptest::option::of(any_partial_range());
        let since = proptest::option::of((any_mod_seq(), any::<bool>()));
        let others = proptest::collection::vec(any_ext(), 0..3);
        (any_sequence_set(), any_atts(), partial, since, others).prop_map(
            |(set, atts, partial, since, others)| {
                let mut fetch = Fetch { set, atts, modifiers: None };
                if let Some(range) = partial {
                    fetch = fetch.partial(range);
                }
                fetch = match since {
                    Some((since, true)) => fetch.vanished_since(since),
                    Some((since, false)) => fetch.changed_since(since),
                    None => fetch,
                };
                others.into_iter().fold(fetch, |fetch, ext| fetch.modifier(ext).unwrap())
            },
        )
    }

    proptest! {
        #[test]
        fn round_trip(numbers in any_fetch(), uids in any_uid_fetch()) {
            round_trips(&numbers, Fetch::encode, Fetch::parse);
            round_trips(&uids, Fetch::encode, Fetch::parse);
        }
    }

    fn fetch(octets: &str) -> Fetch<SeqNum> {
        reads_and_writes(octets.as_bytes(), Fetch::parse, Fetch::encode)
    }

    fn uid_fetch(octets: &str) -> Fetch<Uid> {
        reads_and_writes(octets.as_bytes(), Fetch::parse, Fetch::encode)
    }

    /// RFC 9051 sections 6.4.4.4, 6.4.5 and 8, RFC 2180, RFC 2683, RFC 5182, RFC 5257, RFC 7162,
    /// RFC 8474, RFC 8514, RFC 8970.
    #[test]
    fn examples_of_fetch() {
        for octets in [
            " 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])",
            " 2:4 (FLAGS RFC822.HEADER.LINES (DATE FROM))",
            " 4 ALL",
            " 12 FULL",
            " 9921:* FAST",
            " 8,10,13:16 ALL",
            " 2:4 (FLAGS)",
            " 4:7 RFC822",
            " 3:5 ENVELOPE",
            " 3 BODY[1]<20001.20000>",
            " 12 BODY[HEADER]",
            " $ (UID INTERNALDATE FLAGS BODY.PEEK[HEADER])",
            " $ (UID INTERNALDATE FLAGS RFC822.HEADER)",
            " 1 (ANNOTATION (/comment value))",
            " 1 (ANNOTATION ((/comment /altsubject) value.priv))",
            " 1:3 (MODSEQ)",
            " 1:* (EMAILID THREADID)",
            " 998 (SAVEDATE)",
            " 1 (PREVIEW)",
            " 1 (RFC822.SIZE PREVIEW)",
            " 1:4 (ENVELOPE PREVIEW (LAZY))",
            " $ (UID PREVIEW (LAZY))",
            " 1:* (FLAGS) (CHANGEDSINCE 12345)",
        ] {
            fetch(octets);
        }
        let lower = strict(b" 12 body[header]", Fetch::<SeqNum>::parse);
        assert_eq!(lower, Ok(fetch(" 12 BODY[HEADER]")));
    }

    /// RFC 4549, RFC 5162 section 3.2, RFC 7162 section 3.2.6, RFC 9394 section 3, RFC 9738.
    #[test]
    fn examples_of_uid_fetch() {
        for octets in [
            " 4827313:4828442 FLAGS",
            " 20 (BODY.PEEK[1.2.MIME] BODY.PEEK[1.MIME] BODY.PEEK[HEADER.FIELDS (Content-Location)])",
            " 131:* (FLAGS BODYSTRUCTURE INTERNALDATE RFC822.SIZE)",
            " 25900:26600 (UID FLAGS) (PARTIAL 1:5)",
            " 22000:25000 (UID FLAGS MODSEQ) (PARTIAL -1:-1500)",
        ] {
            uid_fetch(octets);
        }
        let since = |value| FetchModifier::ChangedSince(ModSeq::new(value));
        let vanished = uid_fetch(" 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)");
        assert_eq!(vanished.modifiers(), [since(12345), FetchModifier::Vanished]);
        let partial = uid_fetch(" 25900:26600 (UID FLAGS) (PARTIAL -1:-30 CHANGEDSINCE 98305)");
        let range = FetchModifier::Partial(PartialRange::last(1, 30).unwrap());
        assert_eq!(partial.modifiers(), [range, since(98305)]);
    }

    /// C16.
    #[test]
    fn one_item_with_and_without_parentheses() {
        assert_eq!(fetch(" 1 FLAGS"), fetch(" 1 (FLAGS)"));
        let atts = |octets| fetch(octets).atts().as_slice().to_vec();
        assert_eq!(atts(" 1 FLAGS"), [FetchAtt::Flags]);
        assert_eq!(atts(" 1 ALL"), atts(" 1 (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)"));
        assert_eq!(atts(" 1 FULL").last(), Some(&FetchAtt::Body));
        assert_ne!(fetch(" 1 ALL"), fetch(" 1 (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)"));
        let read = lenient(b" 1 (ALL)", Fetch::<SeqNum>::parse).0;
        assert_eq!(read.map_err(|error| error.at), Err(4));
    }

    #[test]
    fn whose_list_it_is() {
        let count = |octets: &str| {
            let fetch = strict(octets.as_bytes(), Fetch::<SeqNum>::parse).unwrap();
            let again = written(|encoder| fetch.encode(encoder));
            assert_eq!(strict(&again, Fetch::parse), Ok(fetch.clone()), "{octets}");
            fetch.modifiers().len()
        };
        assert_eq!(count(" 1 PREVIEW (CHANGEDSINCE 5)"), 1);
        assert_eq!(count(" 1 PREVIEW (LAZY)"), 0);
        assert_eq!(count(" 1 PREVIEW (LAZY) (X-A)"), 1);
        assert_eq!(count(" 1 PREVIEW (X-A 5 X-B)"), 0);
        assert_eq!(count(" 1 PREVIEW (X-A (\"a\") CHANGEDSINCE 5)"), 2);
        assert_eq!(count(" 1 (PREVIEW (LAZY X-A) UID) (X-B (a))"), 1);
        assert_eq!(count(" 1 X-A (CHANGEDSINCE 5)"), 1);
        assert_eq!(count(" 1 X-A (X-B 5)"), 0);
        assert_eq!(count(" 1 (X-A) (X-B 5)"), 1);
        assert_eq!(count(" 1 FLAGS (X-B 5)"), 1);
        assert_eq!(count(" 1 (X-A (CHANGEDSINCE 5))"), 0);
        assert_eq!(count(" 1 ALLX (a)"), 0);
        assert_eq!(count(" 1 ALL (X-B)"), 1);
    }

    /// RFC 7162 section 3.2.6 wants a BAD.
    #[test]
    fn modifiers_of_uid_fetch_are_its_own() {
        for (octets, at) in
            [(" 1 FLAGS (CHANGEDSINCE 5 VANISHED)", 25), (" 1 FLAGS (PARTIAL 1:2)", 10)]
        {
            assert!(strict(octets.as_bytes(), Fetch::<Uid>::parse).is_ok());
            let read = lenient(octets.as_bytes(), Fetch::<SeqNum>::parse).0;
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        let alone = lenient(b" 1 FLAGS (VANISHED)", Fetch::<Uid>::parse).0;
        assert_eq!(alone.map_err(|error| error.at), Err(9));
    }

    /// C2.
    #[test]
    fn what_is_read_leniently() {
        let octets = b" 1:* (FLAGS) (CHANGEDSINCE 0)";
        let (fetch, defects) = lenient(octets, Fetch::<Uid>::parse);
        assert_eq!(fetch.unwrap().modifiers(), [FetchModifier::ChangedSince(None)]);
        assert_eq!(defects, [Defect::ZeroNumber]);
        assert_eq!(strict(octets, Fetch::<Uid>::parse).map_err(|error| error.at), Err(27));
        let (read, defects) = lenient(b" 1  ( FLAGS UID )  ", Fetch::<SeqNum>::parse);
        assert_eq!(read, Ok(self::fetch(" 1 (FLAGS UID)")));
        let spaces = [Defect::SpaceInList, Defect::SpaceInList];
        assert_eq!(
            defects,
            [&[Defect::DoubleSpace], &spaces[..], &[Defect::TrailingSpace]].concat()
        );
    }

    #[test]
    fn what_is_no_fetch() {
        for (octets, at) in [
            ("", 0),
            (" ", 1),
            (" 1", 2),
            (" 1 ", 3),
            (" 1 ()", 4),
            (" 1 UID FLAGS", 7),
            (" 1 (FLAGS", 9),
            (" 1 FLAGS ()", 10),
            (" 1 FLAGS (X-A 1", 15),
            (" 1 ALL FAST", 7),
            (" 0 FLAGS", 1),
            (" 1 (FLAGS ALL)", 10),
            (" 1 BODY.PEEK[HEADER.FIELDS(To From Cc)]", 26),
        ] {
            let read = strict(octets.as_bytes(), Fetch::<SeqNum>::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    #[test]
    fn lists_are_limited_and_linear() {
        let octets = format!(" 1 ({}UID)", "X[((((()))))] ".repeat(5000));
        assert_eq!(fetch(&octets).atts().as_slice().len(), 5001);
        let deep = [" 1 X (", &"(".repeat(1_000_000), &")".repeat(1_000_001)].concat();
        assert_eq!(fetch(&deep).atts().as_slice().len(), 1);
    }
}
