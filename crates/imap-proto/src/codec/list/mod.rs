//! LIST, LSUB, XLIST, RLIST and RLSUB: which mailboxes there are.

mod attribute;
mod command;
mod data;
mod delimiter;
mod item;
mod one_or_more;
mod option;

pub use attribute::{ListAttribute, ListAttributes, SpecialUse};
pub use command::{List, ListBasic, ListPatterns};
pub use data::ListData;
pub use delimiter::Delimiter;
pub use item::{ChildCriterion, ListExtension, ListItem};
pub use one_or_more::OneOrMore;
pub use option::{ListSelection, OptionExtension, ReturnOption, SelectionOption};

#[cfg(test)]
pub(crate) use attribute::tests::any_special_use;
#[cfg(test)]
#[allow(unused_imports)]
pub(crate) use command::tests::{any_list, any_list_basic};
#[cfg(test)]
#[allow(unused_imports)]
pub(crate) use data::tests::any_list_data;
#[cfg(test)]
pub(crate) use delimiter::tests::any_delimiter;
#[cfg(test)]
pub(crate) use one_or_more::tests::any_one_or_more;
#[cfg(test)]
pub(crate) use values::{
    any_astring, any_atom, any_ext, any_ext_value, any_istring, any_list_mailbox, any_mailbox,
    any_raw,
};

/// Strategies of the leaves that the tests of mailbox nouns share.
#[cfg(test)]
mod values {
    use crate::codec::testing::strict;
    use crate::{AString, Atom, Ext, ExtLabel, ExtValue, IString, ListMailbox, Mailbox, Raw};
    use alloc::string::String;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Octets of all kinds but NUL, short ones and odd ones more often.
    fn any_octets() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            4 => "[a-zA-Z0-9/.]{1,8}".prop_map(String::into_bytes),
            1 => Just(b"NIL".to_vec()),
            1 => "[ -~]{0,8}".prop_map(String::into_bytes),
            1 => "[\\PC\r\n]{0,4}".prop_map(String::into_bytes),
            1 => proptest::collection::vec(1u8..=255, 0..8),
        ]
    }

    pub(crate) fn any_mailbox() -> impl Strategy<Value = Mailbox> {
        any_octets().prop_map(|octets| Mailbox::new(octets).unwrap())
    }

    pub(crate) fn any_list_mailbox() -> impl Strategy<Value = ListMailbox> {
        prop_oneof![Just(b"*".to_vec()), "[a-z%*/]{0,5}".prop_map(String::into_bytes), any_octets()]
            .prop_map(|octets| ListMailbox::new(octets).unwrap())
    }

    pub(crate) fn any_astring() -> impl Strategy<Value = AString> {
        any_octets().prop_map(|octets| AString::new(octets).unwrap())
    }

    pub(crate) fn any_istring() -> impl Strategy<Value = IString> {
        any_octets().prop_map(|octets| IString::new(octets).unwrap())
    }

    /// Atoms that no table has.
    pub(crate) fn any_atom() -> impl Strategy<Value = Atom> {
        "[xX][-!#a-zA-Z0-9./:=+]{0,7}".prop_map(|atom| Atom::new(atom).unwrap())
    }

    /// Values without literals, which a client may write in another form.
    pub(crate) fn any_ext_value() -> impl Strategy<Value = ExtValue> {
        let value =
            "[0-9]{1,9}|1:\\*|\\(\\)|\\((a|\"b c\"|\\(d \"\\(\"\\)|7)( (e|\"\\)\")){0,3}\\)";
        value.prop_map(|value| strict(value.as_bytes(), ExtValue::parse).unwrap())
    }

    pub(crate) fn any_raw() -> impl Strategy<Value = Raw> {
        let value =
            "[a-z0-9\\[\\]]{1,5}|\"[ -!#-\\[\\]-~]{0,5}\"|\\((a|\"b \\(\") (\\(c\\)|NIL)\\)";
        value.prop_map(|value| strict(value.as_bytes(), Raw::parse).unwrap())
    }

    /// Parameters that no table has.
    pub(crate) fn any_ext() -> impl Strategy<Value = Ext> {
        ("[xX][-_.a-z0-9:]{0,7}", proptest::option::of(any_ext_value()))
            .prop_map(|(label, value)| Ext { label: ExtLabel::new(label).unwrap(), value })
    }
}
