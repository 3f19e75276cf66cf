//! What the tests of FETCH and APPEND share: examples, values, a framer to cut them.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{BodyName, BodySection, FetchData, FetchItem, FetchItemName, Snippet, UnknownItem};
use crate::codec::object_id::tests::any_object_ids;
use crate::codec::testing::strict;
use crate::codec::{
    AString, AnnotationData, Atom, Date, DateTime, Flag, FlagList, HeaderList, IString, Keyword,
    Mailbox, ModSeq, NString, ObjectId, Raw, Section, SectionPart, SectionText, SystemFlag, Uid,
};

/// An example of an RFC: its name and its octets.
pub(in crate::codec) struct Example {
    pub(in crate::codec) id: String,
    pub(in crate::codec) octets: Vec<u8>,
}

/// The valid examples, from client (`C`) or server (`S`), that hold the word.
pub(in crate::codec) fn examples(from: &str, word: &str) -> Vec<Example> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/imap-examples.jsonl");
    let lines = std::fs::read_to_string(path).unwrap();
    let examples = lines.lines().filter_map(|line| {
        let unit: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = unit["bytes"].as_str().unwrap();
        let is_wanted = unit["dir"] == from && unit["valid"] == true && text.contains(word);
        let id = unit["id"].as_str().unwrap().into();
        is_wanted.then(|| Example { id, octets: text.into() })
    });
    examples.collect()
}

pub(in crate::codec) fn any_octets(longest: usize) -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..longest).prop_map(Bytes::from)
}

pub(in crate::codec) fn any_string() -> impl Strategy<Value = IString> {
    vec(1..=u8::MAX, 0..20).prop_map(|octets| IString::new(octets).unwrap())
}

pub(in crate::codec) fn any_astring() -> impl Strategy<Value = AString> {
    any_string().prop_map(|string| AString::new(string.into_bytes()).unwrap())
}

pub(in crate::codec) fn any_mailbox() -> impl Strategy<Value = Mailbox> {
    any_string().prop_map(|string| Mailbox::new(string.into_bytes()).unwrap())
}

/// Flags without `\Recent`.
pub(in crate::codec) fn any_flags() -> impl Strategy<Value = FlagList> {
    let system = SystemFlag::ALL.into_iter().filter(|flag| *flag != SystemFlag::Recent);
    let system = prop::sample::select(system.collect::<Vec<_>>()).prop_map(Flag::from);
    let keyword = "[$a-zA-Z0-9]{1,9}".prop_map(|it| Flag::from(Keyword::new(it).unwrap()));
    let extension = "X[a-z]{1,9}".prop_map(|it| Flag::Extension(Atom::new(it).unwrap()));
    vec(prop_oneof![system, keyword, extension], 0..4).prop_map(FlagList::from_iter)
}

pub(in crate::codec) fn any_date_time() -> impl Strategy<Value = DateTime> {
    let date = (0u16..=9999, 1u8..=12, 1u8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap());
    (date, 0u8..24, 0u8..60, 0u8..=60, -1439i16..=1439)
        .prop_map(|(date, h, m, s, zone)| DateTime::new(date, h, m, s, zone).unwrap())
}

pub(in crate::codec) fn any_raw() -> impl Strategy<Value = Raw> {
    let leaf = prop_oneof!["[a-zA-Z0-9.]{1,6}", "\"[a-z ()]{0,6}\""];
    let tree = leaf.prop_recursive(3, 12, 4, |inner| {
        vec(inner, 0..4).prop_map(|items: Vec<String>| std::format!("({})", items.join(" ")))
    });
    tree.prop_map(|octets: String| Raw::new(octets).unwrap())
}

fn any_part() -> impl Strategy<Value = SectionPart> {
    vec(1..=u32::MAX, 0..4).prop_map(|numbers| SectionPart::new(numbers).unwrap())
}

fn any_section() -> impl Strategy<Value = Section> {
    let names = || vec(any_astring(), 1..3).prop_map(|names| HeaderList::new(names).unwrap());
    let text = prop_oneof![
        Just(SectionText::Header),
        Just(SectionText::Text),
        Just(SectionText::Mime),
        names().prop_map(SectionText::HeaderFields),
        names().prop_map(SectionText::HeaderFieldsNot),
    ];
    (any_part(), option::of(text))
        .prop_map(|(part, text)| Section::new(part, text).unwrap_or_default())
}

pub(in crate::codec) fn any_body_name() -> impl Strategy<Value = BodyName> {
    let origin = || option::of(0..1u64 << 63);
    prop_oneof![
        (any_section(), origin())
            .prop_map(|(section, origin)| BodyName::Section { section, origin }),
        (any_part(), origin()).prop_map(|(part, origin)| BodyName::Binary { part, origin }),
        Just(BodyName::Rfc822),
        Just(BodyName::Rfc822Header),
        Just(BodyName::Rfc822Text),
    ]
}

/// A body. NUL is in those only that may have it.
pub(in crate::codec) fn any_body() -> impl Strategy<Value = BodySection> {
    (any_body_name(), option::of(any_octets(40))).prop_map(|(name, octets)| {
        let clean = |octets: Bytes| octets.into_iter().filter(|octet| *octet != 0).collect();
        let is_binary = name.is_binary();
        BodySection { octets: octets.map(|it| if is_binary { it } else { clean(it) }), name }
    })
}

fn any_id() -> impl Strategy<Value = ObjectId> {
    "[A-MO-Za-z0-9_-]{1,20}".prop_map(|id| ObjectId::new(id).unwrap())
}

fn any_uid() -> impl Strategy<Value = Uid> {
    (1..=u32::MAX).prop_map(|uid| Uid::new(uid).unwrap())
}

fn any_mod_seq() -> impl Strategy<Value = ModSeq> {
    (1..1u64 << 63).prop_map(|value| ModSeq::new(value).unwrap())
}

fn any_size() -> impl Strategy<Value = u64> {
    0..1u64 << 63
}

fn any_unknown() -> impl Strategy<Value = UnknownItem> {
    let name = prop::sample::select(std::vec!["X-FOO", "XAOL.SPAM", "X[1.2]<0>", "X[A (\"]\")]"]);
    let name = name.prop_map(|name| FetchItemName::new(name).unwrap());
    (name, any_raw()).prop_map(|(name, value)| UnknownItem::new(name, value).unwrap())
}

/// Any item but those that another file makes: ENVELOPE, BODY, BODYSTRUCTURE, X-GM-LABELS.
pub(in crate::codec) fn any_fetch_item() -> impl Strategy<Value = FetchItem> {
    use FetchItem as Item;
    let text = || option::of(any_string()).prop_map(NString);
    let atom = || "[0-9a-f]{40}".prop_map(|atom| Atom::new(atom).unwrap());
    let annotation = prop::sample::select(std::vec![
        "(/comment (value.priv \"a\" size.priv NIL) /b (x {2}\r\n)())",
        "(/comment \"/a b\")",
    ]);
    let annotation =
        annotation.prop_map(|octets| strict(octets.as_bytes(), AnnotationData::parse).unwrap());
    let base = prop_oneof![
        any_flags().prop_map(Item::Flags),
        any_date_time().prop_map(Item::InternalDate),
        any_size().prop_map(Item::Size),
        any_body().prop_map(Item::from),
        (any_part(), any_size()).prop_map(|(part, size)| Item::BinarySize { part, size }),
        any_uid().prop_map(Item::Uid),
    ];
    let registered = prop_oneof![
        any_mod_seq().prop_map(Item::ModSeq),
        any_id().prop_map(Item::EmailId),
        option::of(any_id()).prop_map(Item::ThreadId),
        option::of(any_date_time()).prop_map(Item::SaveDate),
        text().prop_map(Item::Preview),
        annotation.prop_map(Item::Annotation),
        any_object_ids().prop_map(Item::ObjectId),
    ];
    let snippet = (atom(), text()).prop_map(|(algorithm, text)| Snippet { algorithm, text });
    let others = prop_oneof![
        any::<u64>().prop_map(Item::GmailMessageId),
        any::<u64>().prop_map(Item::GmailThreadId),
        snippet.prop_map(|snippet| Item::Snippet(Box::new(snippet))),
        any_astring().prop_map(Item::XGuid),
    ];
    let more = prop_oneof![
        any_mailbox().prop_map(Item::XMailbox),
        any_uid().prop_map(Item::XRealUid),
        option::of(any_date_time()).prop_map(Item::XSaveDate),
        atom().prop_map(Item::DigestSha1),
        option::of(any::<u64>()).prop_map(Item::ConversationId),
        option::of(any::<u64>()).prop_map(Item::BaseConversationId),
        any_mod_seq().prop_map(Item::CreatedModSeq),
        any_unknown().prop_map(|item| Item::Unknown(Box::new(item))),
    ];
    prop_oneof![base, registered, others, more]
}

/// At least one item.
pub(in crate::codec) fn any_fetch_data() -> impl Strategy<Value = FetchData> {
    vec(any_fetch_item(), 1..5).prop_map(|items| FetchData { items })
}
