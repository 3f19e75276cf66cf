//! What the tests of APPEND share: examples and values.

use alloc::string::String;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{Append, AppendData, AppendExt, AppendMessage, AppendOption, CatPart, Catenate};
use crate::codec::fetch::testing::{
    any_astring, any_date_time, any_mailbox, any_octets, any_string, examples,
};
use crate::codec::store::any_settable_flags;
use crate::codec::testing::strict;
use crate::codec::{Annotations, ExtLabel, ExtValue};

/// The valid APPEND and REPLACE commands of the RFCs.
pub(super) fn commands() -> Vec<(String, Vec<u8>)> {
    let examples = examples("C", " APPEND ").into_iter().chain(examples("C", " REPLACE "));
    examples.map(|example| (example.id, example.octets)).collect()
}

fn any_ext() -> impl Strategy<Value = AppendExt> {
    let value = prop::sample::select(std::vec!["1", "1:*,7", "()", "(a (\"b c\") 7)", "(\"{1}\")"]);
    ("X-[A-Z]{1,5}", value).prop_map(|(label, value)| {
        let value = strict(value.as_bytes(), ExtValue::parse).unwrap();
        AppendExt::new(ExtLabel::new(label).unwrap(), value).unwrap()
    })
}

fn any_option() -> impl Strategy<Value = AppendOption> {
    let annotation = b"(/comment (value.priv \"(\"))";
    let annotation = strict(annotation, Annotations::parse).unwrap();
    prop_oneof![any_ext().prop_map(AppendOption::Ext), Just(AppendOption::Annotation(annotation)),]
}

fn any_catenate() -> impl Strategy<Value = Catenate> {
    let part = prop_oneof![
        any_astring().prop_map(CatPart::Url),
        any_string().prop_map(CatPart::Text),
        any_octets(20).prop_map(CatPart::Utf8),
    ];
    vec(part, 1..4).prop_map(|parts| Catenate::new(parts).unwrap())
}

pub(super) fn any_message() -> impl Strategy<Value = AppendMessage> {
    let data = prop_oneof![
        any_string().prop_map(AppendData::Literal),
        any_octets(20).prop_map(AppendData::Literal8),
        any_catenate().prop_map(AppendData::Catenate),
        any_octets(20).prop_map(AppendData::Utf8),
        any_ext().prop_map(AppendData::Ext),
    ];
    (option::of(any_settable_flags()), option::of(any_date_time()), vec(any_option(), 0..3), data)
        .prop_map(|(flags, date, options, data)| AppendMessage { flags, date, options, data })
}

pub(super) fn any_append() -> impl Strategy<Value = Append> {
    (any_mailbox(), vec(any_message(), 1..4)).prop_map(|(mailbox, messages)| {
        let clear = |mut message: AppendMessage| {
            message.flags.get_or_insert_default();
            message
        };
        Append::new(mailbox.clone(), messages.clone())
            .unwrap_or_else(|| Append::new(mailbox, messages.into_iter().map(clear)).unwrap())
    })
}
