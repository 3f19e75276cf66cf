//! The arguments of STORE, and the builder that makes them.

mod flags;

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

#[cfg(test)]
pub(crate) use flags::tests::any_settable_flags;
pub use flags::*;

use crate::Defect;
use crate::codec::{
    Annotations, Atom, Cursor, Encoder, Ext, ExtLabel, GmailLabels, ModSeq, Raw, SeqNum,
    SequenceSet, SetNumber, Uid,
};

const UNCHANGED_SINCE: &str = "UNCHANGEDSINCE";

/// What is changed of which messages: the arguments of STORE and UID STORE.
///
/// ```abnf
/// store           = "STORE" SP sequence-set [store-modifiers] SP store-att-flags
/// store-modifiers = SP "(" store-modifier *(SP store-modifier) ")"
/// ```
///
/// (RFC 9051 section 6.4.6, RFC 4466 section 2.6.) [`uids`](Self::uids) and
/// [`seq_nums`](Self::seq_nums) begin one.
///
/// ```
/// use imap_proto::{Encoder, ModSeq, Negotiated, SettableFlags, Store, Uid};
///
/// let store = Store::uids(Uid::MIN).unchanged_since(ModSeq::new(96));
/// let store = store.add_flags_silent(SettableFlags::seen());
/// let mut out = Vec::new();
/// store.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, br" 1 (UNCHANGEDSINCE 96) +FLAGS.SILENT (\Seen)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Store<N> {
    /// The messages.
    pub set: SequenceSet<N>,
    /// What is changed.
    pub att: StoreAtt,
    modifiers: Vec<StoreModifier>,
}

/// Messages of which nothing is changed yet: the beginning of a [`Store`].
///
/// ```
/// use imap_proto::{SeqNum, SequenceSet, SettableFlags, Store, StoreSet};
///
/// let all: StoreSet<SeqNum> = Store::seq_nums(SequenceSet::all());
/// let store: Store<SeqNum> = all.remove_flags(SettableFlags::deleted());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[must_use = "nothing is changed yet"]
pub struct StoreSet<N> {
    set: SequenceSet<N>,
    modifiers: Vec<StoreModifier>,
}

/// What STORE changes.
///
/// ```abnf
/// store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
/// store-att-flags =/ "ANNOTATION" SP "(" entry-att *(SP entry-att) ")"
/// ```
///
/// (RFC 9051 section 9, RFC 5257 section 4.5, and `[+-]X-GM-LABELS[.SILENT]` of Gmail.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum StoreAtt {
    /// Flags.
    Flags {
        /// What happens to them.
        change: StoreChange,
        /// The flags.
        flags: SettableFlags,
    },
    /// Labels of Gmail.
    GmailLabels {
        /// What happens to them.
        change: StoreChange,
        /// The labels.
        labels: GmailLabels,
    },
    /// Annotations: what is NIL is removed.
    Annotation(Annotations),
    /// One that the library does not know.
    Unknown(Box<UnknownStoreAtt>),
}

/// What a STORE does with flags or labels.
///
/// ```abnf
/// change         = ["+" / "-"] name [".SILENT"]
/// ```
///
/// (RFC 9051 section 6.4.6; a part of store-att-flags.)
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct StoreChange {
    /// What happens to those that are named.
    pub action: StoreAction,
    /// The server does not tell what became of them.
    pub silent: bool,
}

/// What a STORE does with the flags or labels that it names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StoreAction {
    /// They take the place of all others.
    Replace,
    /// `+`: they are added.
    Add,
    /// `-`: they are taken away.
    Remove,
}

/// A change that the library does not know: a name and the rest of the command.
///
/// ```
/// use imap_proto::{Atom, Raw, UnknownStoreAtt};
///
/// let (name, raw) = (Atom::new("+X-FOO").unwrap(), Raw::new("(a b)").unwrap());
/// let unknown = UnknownStoreAtt { name, raw };
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UnknownStoreAtt {
    /// The name, sign included.
    pub name: Atom,
    /// What follows it behind a space.
    pub raw: Raw,
}

/// A modifier of STORE.
///
/// ```abnf
/// store-modifier = store-modifier-name [SP store-modif-params]
/// store-modifier =/ "UNCHANGEDSINCE" SP mod-sequence-valzer
/// ```
///
/// (RFC 4466 section 2.6, RFC 7162 section 3.1.3.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum StoreModifier {
    /// Only messages that have not changed since. None is 0: only messages without that item.
    UnchangedSince(Option<ModSeq>),
    /// One that the library does not know.
    Other(Ext),
}

impl Store<Uid> {
    /// Begins a UID STORE.
    pub fn uids(set: impl Into<SequenceSet<Uid>>) -> StoreSet<Uid> {
        StoreSet { set: set.into(), modifiers: Vec::new() }
    }
}

impl Store<SeqNum> {
    /// Begins a STORE.
    pub fn seq_nums(set: impl Into<SequenceSet<SeqNum>>) -> StoreSet<SeqNum> {
        StoreSet { set: set.into(), modifiers: Vec::new() }
    }
}

impl<N> StoreSet<N> {
    /// Only messages that have not changed since. None is 0 (RFC 7162 section 3.1.3).
    pub fn unchanged_since(mut self, mod_seq: Option<ModSeq>) -> Self {
        let is_same = |it: &StoreModifier| matches!(it, StoreModifier::UnchangedSince(_));
        self.modifiers.retain(|modifier| !is_same(modifier));
        self.modifiers.push(StoreModifier::UnchangedSince(mod_seq));
        self
    }

    /// A modifier that the library does not know; None if it knows it.
    #[must_use]
    pub fn modifier(mut self, modifier: Ext) -> Option<Self> {
        if modifier.label.is(UNCHANGED_SINCE) {
            return None;
        }
        self.modifiers.push(StoreModifier::Other(modifier));
        Some(self)
    }

    /// Adds flags; the server tells what became of them.
    #[must_use]
    pub fn add_flags(self, flags: SettableFlags) -> Store<N> {
        self.change(StoreAction::Add, false, flags)
    }

    /// Adds flags, and the server need not tell.
    #[must_use]
    pub fn add_flags_silent(self, flags: SettableFlags) -> Store<N> {
        self.change(StoreAction::Add, true, flags)
    }

    /// Takes flags away; the server tells what became of them.
    #[must_use]
    pub fn remove_flags(self, flags: SettableFlags) -> Store<N> {
        self.change(StoreAction::Remove, false, flags)
    }

    /// Takes flags away, and the server need not tell.
    #[must_use]
    pub fn remove_flags_silent(self, flags: SettableFlags) -> Store<N> {
        self.change(StoreAction::Remove, true, flags)
    }

    /// Sets these flags and takes all others away. Cyrus refuses it with no flags: remove them.
    /// (Q113.)
    #[must_use]
    pub fn replace_flags(self, flags: SettableFlags) -> Store<N> {
        self.change(StoreAction::Replace, false, flags)
    }

    /// Sets these flags and takes all others away, and the server need not tell.
    #[must_use]
    pub fn replace_flags_silent(self, flags: SettableFlags) -> Store<N> {
        self.change(StoreAction::Replace, true, flags)
    }

    /// Sets annotations (RFC 5257).
    #[must_use]
    pub fn annotate(self, annotations: impl Into<Annotations>) -> Store<N> {
        self.att(StoreAtt::Annotation(annotations.into()))
    }

    /// Changes Gmail's labels.
    #[must_use]
    pub fn gmail_labels(self, change: StoreChange, labels: GmailLabels) -> Store<N> {
        self.att(StoreAtt::GmailLabels { change, labels })
    }

    fn change(self, action: StoreAction, silent: bool, flags: SettableFlags) -> Store<N> {
        self.att(StoreAtt::Flags { change: StoreChange { action, silent }, flags })
    }

    /// Any change.
    #[must_use]
    pub fn att(self, att: StoreAtt) -> Store<N> {
        Store { set: self.set, att, modifiers: self.modifiers }
    }
}

impl<N: SetNumber> Store<N> {
    /// The modifiers, in the order in which they came.
    #[must_use]
    pub fn modifiers(&self) -> &[StoreModifier] {
        &self.modifiers
    }

    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is not well-formed, or it sets `\Recent` and that is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let set = SequenceSet::parse(cursor, reading)?;
        cursor.space(reading)?;
        let mut modifiers = Vec::new();
        if cursor.peek() == Some(b'(') {
            modifiers = cursor.items("one or more modifiers", reading, StoreModifier::parse)?;
            cursor.space(reading)?;
        }
        Ok(Self { set, modifiers, att: StoreAtt::parse(cursor, reading)? })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.set.encode(encoder);
        encoder.space();
        if !self.modifiers.is_empty() {
            encoder.list(&self.modifiers, StoreModifier::encode);
            encoder.space();
        }
        self.att.encode(encoder);
    }
}

impl StoreAtt {
    /// Reads it up to the end of the command.
    ///
    /// # Errors
    ///
    /// There is none, or it sets `\Recent` and that is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let begin = cursor.rest();
        let action = StoreAction::parse(cursor);
        let word = cursor.keyword();
        if !matches!(cursor.peek(), None | Some(b' ')) {
            cursor.go_back_to(begin);
            return UnknownStoreAtt::parse(cursor, reading);
        }
        let silent = word.as_bytes().ends_with(b".SILENT");
        let change = StoreChange { action, silent };
        match word.as_bytes() {
            b"FLAGS" | b"FLAGS.SILENT" => {
                cursor.space(reading)?;
                let flags = SettableFlags::parse(cursor, reading)?;
                Ok(Self::Flags { change, flags })
            }
            b"X-GM-LABELS" | b"X-GM-LABELS.SILENT" => {
                cursor.space(reading)?;
                let labels = GmailLabels::parse_stored(cursor, reading)?;
                Ok(Self::GmailLabels { change, labels })
            }
            b"ANNOTATION" if action == StoreAction::Replace => {
                cursor.space(reading)?;
                Annotations::parse(cursor, reading).map(Self::Annotation)
            }
            _ => {
                cursor.go_back_to(begin);
                UnknownStoreAtt::parse(cursor, reading)
            }
        }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Flags { change, flags } => {
                change.encode(b"FLAGS", encoder);
                flags.encode(encoder);
            }
            Self::GmailLabels { change, labels } => {
                change.encode(b"X-GM-LABELS", encoder);
                labels.encode(encoder);
            }
            Self::Annotation(annotations) => {
                encoder.put(b"ANNOTATION ");
                annotations.encode(encoder);
            }
            Self::Unknown(unknown) => {
                unknown.name.encode(encoder);
                encoder.space();
                unknown.raw.encode(encoder);
            }
        }
    }
}

impl StoreAction {
    fn parse(cursor: &mut Cursor<'_>) -> Self {
        if cursor.eat(b'+') {
            Self::Add
        } else if cursor.eat(b'-') {
            Self::Remove
        } else {
            Self::Replace
        }
    }
}

impl StoreChange {
    /// With the space behind it.
    fn encode<S: Sink>(self, name: &'static [u8], encoder: &mut Encoder<'_, S>) {
        encoder.put(match self.action {
            StoreAction::Replace => b"",
            StoreAction::Add => b"+",
            StoreAction::Remove => b"-",
        });
        encoder.put(name);
        encoder.put(if self.silent { b".SILENT " } else { b" " });
    }
}

impl UnknownStoreAtt {
    fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<StoreAtt, ParseError> {
        let name = Atom::parse(cursor, reading)?;
        cursor.space(reading)?;
        let raw = Raw::parse_rest(cursor, reading)?;
        reading.keep_raw();
        Ok(StoreAtt::Unknown(Box::new(Self { name, raw })))
    }
}

impl StoreModifier {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or its value is not well-formed.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let label = ExtLabel::parse(cursor, reading)?;
        if !label.is(UNCHANGED_SINCE) {
            return Ext::parse_value(label, cursor, reading).map(Self::Other);
        }
        cursor.space(reading)?;
        ModSeq::parse_valzer(cursor, reading).map(Self::UnchangedSince)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::UnchangedSince(mod_seq) => {
                encoder.put(b"UNCHANGEDSINCE ");
                encoder.number(mod_seq.map_or(0, ModSeq::get));
            }
            Self::Other(ext) => ext.encode(encoder),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::annotate::tests::any_annotations;
    use crate::codec::copy::tests::any_sequence_set;
    use crate::codec::fetch::modifier::tests::{any_ext, any_mod_seq};
    use crate::codec::gmail::tests::any_gmail_labels;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use crate::{GmailLabel, Keyword, ParseLimits, SystemFlag};
    use alloc::borrow::ToOwned;
    use alloc::string::String;
    use alloc::vec;
    use proptest::prelude::*;

    fn any_change() -> impl Strategy<Value = StoreChange> {
        let actions = [StoreAction::Replace, StoreAction::Add, StoreAction::Remove];
        (proptest::sample::select(actions.to_vec()), any::<bool>())
            .prop_map(|(action, silent)| StoreChange { action, silent })
    }

    fn any_store_att() -> impl Strategy<Value = StoreAtt> {
        prop_oneof![
            (any_change(), any_settable_flags())
                .prop_map(|(change, flags)| StoreAtt::Flags { change, flags }),
            (any_change(), any_gmail_labels())
                .prop_map(|(change, labels)| StoreAtt::GmailLabels { change, labels }),
            any_annotations().prop_map(StoreAtt::Annotation),
            ("[+-]?X-[A-Z.=]{1,8}", r#"\([a-z]{1,3} "[a-z()]{0,3}"\)( [a-z]{1,3})?"#).prop_map(
                |(name, raw)| {
                    let (name, raw) = (Atom::new(name).unwrap(), Raw::new(raw).unwrap());
                    StoreAtt::Unknown(Box::new(UnknownStoreAtt { name, raw }))
                }
            ),
        ]
    }

    pub(crate) fn any_store<N: SetNumber>() -> impl Strategy<Value = Store<N>> {
        let since = proptest::option::of(proptest::option::of(any_mod_seq()));
        let others = proptest::collection::vec(any_ext().prop_map(StoreModifier::Other), 0..3);
        (any_sequence_set(), any_store_att(), since, others).prop_map(
            |(set, att, since, others)| {
                let since = since.map(StoreModifier::UnchangedSince);
                Store { set, att, modifiers: since.into_iter().chain(others).collect() }
            },
        )
    }

    proptest! {
        #[test]
        fn round_trip(numbers in any_store::<SeqNum>(), uids in any_store::<Uid>()) {
            round_trips(&numbers, Store::encode, Store::parse);
            round_trips(&uids, Store::encode, Store::parse);
        }
    }

    fn read(octets: &str) -> Store<SeqNum> {
        strict(octets.as_bytes(), Store::parse).unwrap()
    }

    fn text<N: SetNumber>(store: &Store<N>) -> String {
        String::from_utf8(written(|encoder| store.encode(encoder))).unwrap()
    }

    /// RFC 9051 section 6.4.6, RFC 3503, RFC 4549, RFC 5182, RFC 5257 section 4.5, RFC 7162
    /// section 3.1.3.
    #[test]
    fn examples() {
        for octets in [
            r" 2:4 +FLAGS (\Deleted)",
            " 4 +FLAGS ($MDNSent)",
            r" $ +FLAGS.SILENT (\Deleted)",
            " 15 -FLAGS.SILENT ($Personal $Work $Spam)",
            r" 7 -FLAGS.SILENT (\Answered \Seen)",
            r" 6,4,8 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\Deleted)",
            r" * (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\Deleted $Processed)",
            " 12 (UNCHANGEDSINCE 0) +FLAGS.SILENT ($MDNSent)",
            r" 7,3:9 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\Deleted)",
            " 1 ANNOTATION (/comment (value.priv \"My new comment\"))",
            " 1 ANNOTATION (/comment (value.shared NIL))",
            " 1 ANNOTATION (/comment (value.priv \"Get tix Tuesday\") /altsubject (value.priv \
             \"Wots On\"))",
            " 1 ANNOTATION (/comment (value.priv \"My new comment\" value.shared \"foo's bar\"))",
            " 1 FLAGS ()",
            r" 1 +X-GM-LABELS (foo \Inbox)",
            " 1 -X-GM-LABELS.SILENT ()",
            " 1 X-GM-LABELS (\"a b\")",
            " 1 (X-A (b) UNCHANGEDSINCE 5 X-C) FLAGS (a)",
        ] {
            reads_and_writes(octets.as_bytes(), Store::<SeqNum>::parse, Store::encode);
            reads_and_writes(octets.as_bytes(), Store::<Uid>::parse, Store::encode);
        }
        let store = read(" 12 (UNCHANGEDSINCE 0) +FLAGS.SILENT ($MDNSent)");
        assert_eq!(store.modifiers(), [StoreModifier::UnchangedSince(None)]);
    }

    /// C17; RFC 2683, RFC 5550, RFC 9051 section 8.
    #[test]
    fn flags_without_parentheses_in_any_case() {
        for (octets, wrote) in [
            (r" 12 +flags \deleted", r" 12 +FLAGS (\Deleted)"),
            (r" 382 +Flags.silent \Deleted", r" 382 +FLAGS.SILENT (\Deleted)"),
            (r" 1:2 (unchangedsince 96) +FLAGS \Seen", r" 1:2 (UNCHANGEDSINCE 96) +FLAGS (\Seen)"),
            (r" 42 FLAGS f1 f2 \Seen f3", r" 42 FLAGS (\Seen f1 f2 f3)"),
        ] {
            assert_eq!(text(&read(octets)), wrote);
            assert_eq!(read(octets), read(wrote));
        }
        let labels = read(r#" 1 +X-GM-LABELS \Trash "a b""#);
        assert_eq!(text(&labels), r#" 1 +X-GM-LABELS (\Trash "a b")"#);
        let (spaced, defects) = lenient(b" 1 FLAGS a  b ", Store::<SeqNum>::parse);
        assert_eq!(text(&spaced.unwrap()), " 1 FLAGS (a b)");
        assert_eq!(defects, [Defect::DoubleSpace, Defect::TrailingSpace]);
    }

    #[test]
    fn recent_cannot_be_set() {
        for (octets, at, wrote) in [
            (r" 1 +FLAGS (\Seen \Recent a)", 17, r" 1 +FLAGS (\Seen a)"),
            (r" 1 FLAGS \recent", 9, " 1 FLAGS ()"),
            (r" 1 FLAGS a \Recent \Seen", 11, r" 1 FLAGS (\Seen a)"),
            (r#" 1 FLAGS (\RecentX "\\Recent")"#, 20, r" 1 FLAGS (\RecentX)"),
        ] {
            if !octets.contains('"') {
                let read = strict(octets.as_bytes(), Store::<SeqNum>::parse);
                assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
            }
            let (store, defects) = lenient(octets.as_bytes(), Store::<SeqNum>::parse);
            assert_eq!(text(&store.unwrap()), wrote);
            assert_eq!(defects.last(), Some(&Defect::RecentSetByClient));
        }
    }

    #[test]
    fn many_flags_are_linear_and_limited() {
        let octets = [" 1 FLAGS", &" a".repeat(200_000), &r" \Recent".repeat(200_000)].concat();
        let (store, defects) = lenient(octets.as_bytes(), Store::<SeqNum>::parse);
        let StoreAtt::Flags { flags, .. } = store.unwrap().att else { panic!() };
        assert_eq!(flags.as_list().others().len(), 200_000);
        assert!(!flags.as_list().has(SystemFlag::Recent) && !defects.is_empty());
        let octets = bytes::Bytes::from(" 1 FLAGS a".to_owned() + &" a".repeat(64));
        let limits = ParseLimits::server_before_login();
        let mut cursor = Cursor::new(&octets).with_limits(limits);
        let mut reading = Reading::new(mail_proto::Leniency::lenient());
        let read = Store::<SeqNum>::parse(&mut cursor, &mut reading);
        assert_eq!(read.map_err(|error| error.at), Err(9 + 2 * 64));
    }

    #[test]
    fn unknown_changes_are_kept() {
        for (octets, name) in [
            (" 1 +X-FOO.SILENT (a b) \"c\"", "+X-FOO.SILENT"),
            (" 1 (UNCHANGEDSINCE 1) FLAGS=x {2}\r\na)", "FLAGS=x"),
            (" 1 +ANNOTATION (a)", "+ANNOTATION"),
            (" 1 FLAGS.QUIET (a)", "FLAGS.QUIET"),
        ] {
            let store = reads_and_writes(octets.as_bytes(), Store::<Uid>::parse, Store::encode);
            let StoreAtt::Unknown(unknown) = store.att else { panic!("{octets}") };
            assert_eq!(unknown.name.as_bytes(), name.as_bytes());
        }
    }

    #[test]
    fn what_is_no_store() {
        for (octets, at) in [
            ("", 0),
            (" 1", 2),
            (" 1 ", 3),
            (" 1 FLAGS", 8),
            (" 1 FLAGS ", 9),
            (" 1 +FLAGS (a", 12),
            (" 1 () FLAGS a", 4),
            (" 1 (UNCHANGEDSINCE) FLAGS a", 18),
            (" 1 (UNCHANGEDSINCE -1) FLAGS a", 19),
            (" 1 (X-A)", 8),
            (" 1 ANNOTATION ()", 15),
            (r" 1 FLAGS \*", 10),
            (" 1 FLAGS (a) b", 12),
            (" 1 X-FOO (a", 11),
        ] {
            let read = strict(octets.as_bytes(), Store::<SeqNum>::parse);
            assert_eq!(read.map(|_| ()).map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    #[test]
    fn builder() {
        let junk = SettableFlags::from(Keyword::new("$Junk").unwrap());
        let set = Store::seq_nums(SequenceSet::all()).unchanged_since(ModSeq::new(1));
        let set = set.unchanged_since(None);
        let flags = SettableFlags::deleted().and(junk).and(SettableFlags::seen());
        assert_eq!(
            text(&set.clone().remove_flags_silent(flags)),
            r" 1:* (UNCHANGEDSINCE 0) -FLAGS.SILENT (\Deleted \Seen $Junk)"
        );
        let ext = |octets: &[u8]| strict(octets, Ext::parse).unwrap();
        assert_eq!(set.clone().modifier(ext(b"unchangedsince 1")), None);
        let store = set.modifier(ext(b"X-A")).unwrap().replace_flags(SettableFlags::default());
        assert_eq!(text(&store), " 1:* (UNCHANGEDSINCE 0 X-A) FLAGS ()");
        let change = StoreChange { action: StoreAction::Add, silent: true };
        let inbox = GmailLabel::new("\\Inbox").unwrap();
        let store = Store::uids(Uid::MIN).gmail_labels(change, inbox.into());
        assert_eq!(text(&store), r" 1 +X-GM-LABELS.SILENT (\Inbox)");
        assert_eq!(vec![store.clone()], [store]);
    }
}
