//! The extended data of LIST.

use alloc::boxed::Box;

use mail_proto::{ParseError, Reading, Sink};

use super::OneOrMore;
use crate::Defect;
use crate::codec::{AString, Cursor, Encoder, ExtValue, IString, Mailbox, Raw};

/// An item of the extended data of LIST.
///
/// ```abnf
/// mbox-list-extended-item = mbox-list-extended-item-tag SP tagged-ext-val
/// childinfo-extended-item = "CHILDINFO" SP "(" list-select-base-opt-quoted
///                           *(SP list-select-base-opt-quoted) ")"
/// oldname-extended-item   = "OLDNAME" SP "(" mailbox ")"
/// ```
///
/// (RFC 9051 section 6.3.9.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ListItem {
    /// `CHILDINFO`: below the mailbox is one that the selection options asked for.
    ChildInfo(OneOrMore<ChildCriterion>),
    /// `OLDNAME`: the name that the mailbox had, or by which the client called it.
    OldName(Mailbox),
    /// Another item. [`new`](Self::new) makes it.
    Other(Box<ListExtension>),
}

/// What a mailbox below fulfils.
///
/// ```abnf
/// list-select-base-opt-quoted = DQUOTE list-select-base-opt DQUOTE
/// ```
///
/// (RFC 5258 section 6.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ChildCriterion {
    /// It is subscribed to.
    Subscribed,
    /// Another selection option, its value included.
    Other(IString),
}

/// An item of the extended data that no other one names.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListExtension {
    tag: AString,
    value: Raw,
}

impl ListExtension {
    /// What it is called.
    #[must_use]
    pub const fn tag(&self) -> &AString {
        &self.tag
    }

    /// Its value: a number, a set or a list, and anything else if it was read leniently.
    #[must_use]
    pub const fn value(&self) -> &Raw {
        &self.value
    }
}

impl ListItem {
    /// The item of this name and value: a known one if they are of one.
    #[must_use]
    pub fn new(tag: AString, value: &ExtValue) -> Self {
        let reading = Reading::new(mail_proto::Leniency::strict());
        Self::typed(&tag, value.raw(), reading).unwrap_or_else(|| Self::other(tag, value.raw()))
    }

    fn other(tag: AString, value: &Raw) -> Self {
        Self::Other(Box::new(ListExtension { tag, value: value.clone() }))
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or its value is nothing that is put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let tag = AString::parse(cursor, reading)?;
        cursor.space(reading)?;
        let value = match cursor.peek() {
            Some(b'(' | b'0'..=b'9' | b'*' | b'$' | b'-') => {
                ExtValue::parse(cursor, reading)?.raw().clone()
            }
            _ => {
                reading.tolerate(Defect::BareExtValue, cursor.at(), "a number or a list")?;
                Raw::parse(cursor, reading)?
            }
        };
        // The form of the value has been judged; what it is for is only now looked at.
        let typed = Self::typed(&tag, &value, Reading::new(reading.leniency));
        Ok(typed.unwrap_or_else(|| {
            reading.keep_raw();
            Self::other(tag, &value)
        }))
    }

    /// A known item, if the value is as it has to be.
    fn typed(tag: &AString, value: &Raw, mut reading: Reading<Defect>) -> Option<Self> {
        let mut cursor = value.cursor();
        let item = if tag.as_bytes().eq_ignore_ascii_case(b"CHILDINFO") {
            let parse = ChildCriterion::parse;
            cursor.one_or_more("an option", &mut reading, parse).map(Self::ChildInfo)
        } else if tag.as_bytes().eq_ignore_ascii_case(b"OLDNAME") {
            old_name(&mut cursor, &mut reading).map(Self::OldName)
        } else {
            return None;
        };
        item.ok().filter(|_| cursor.rest().is_empty())
    }

    /// Writes it. Names are in quotes, as in the examples of the RFC.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::ChildInfo(criteria) => {
                encoder.put(b"\"CHILDINFO\" ");
                encoder.list(criteria.iter(), ChildCriterion::encode);
            }
            Self::OldName(mailbox) => {
                encoder.put(b"\"OLDNAME\" (");
                mailbox.encode(encoder);
                encoder.put(b")");
            }
            Self::Other(other) => {
                other.tag.encode(encoder);
                encoder.space();
                other.value.encode(encoder);
            }
        }
    }
}

fn old_name(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Mailbox, ParseError> {
    cursor.tag("(")?;
    let mailbox = Mailbox::parse(cursor, reading)?;
    cursor.tag(")")?;
    Ok(mailbox)
}

impl ChildCriterion {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let option = AString::parse(cursor, reading)?;
        if option.as_bytes().eq_ignore_ascii_case(b"SUBSCRIBED") {
            return Ok(Self::Subscribed);
        }
        IString::new(option.into_bytes()).map(Self::Other)
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Subscribed => encoder.put(b"\"SUBSCRIBED\""),
            Self::Other(option) => encoder.string(option),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::{
        any_astring, any_ext_value, any_istring, any_mailbox, any_one_or_more,
    };
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::vec;
    use proptest::prelude::*;

    pub(crate) fn any_list_item() -> impl Strategy<Value = ListItem> {
        let criterion = prop_oneof![
            Just(ChildCriterion::Subscribed),
            any_istring().prop_filter_map("known", |option| {
                let is_known = option.as_bytes().eq_ignore_ascii_case(b"SUBSCRIBED");
                (!is_known).then_some(ChildCriterion::Other(option))
            })
        ];
        prop_oneof![
            any_one_or_more(criterion).prop_map(ListItem::ChildInfo),
            any_mailbox().prop_map(ListItem::OldName),
            (any_astring(), any_ext_value()).prop_map(|(tag, value)| ListItem::new(tag, &value)),
        ]
    }

    #[test]
    fn items_of_the_standard() {
        for octets in [
            &br#""CHILDINFO" ("SUBSCRIBED")"#[..],
            br#""CHILDINFO" ("SUBSCRIBED" "X-NEW (a b)")"#,
            br#""OLDNAME" (NonNormalized)"#,
            br#"tablecloth (("edge" "lacy") ("color" "red"))"#,
            b"X 1:5",
            b"\"\" ()",
        ] {
            reads_and_writes(octets, ListItem::parse, ListItem::encode);
        }
        let plain = strict(b"childinfo (subscribed)", ListItem::parse);
        assert_eq!(plain, Ok(ListItem::ChildInfo(ChildCriterion::Subscribed.into())));
        let literal = strict(b"OLDNAME ({3}\r\na b)", ListItem::parse);
        assert_eq!(literal, Ok(ListItem::OldName(Mailbox::new("a b").unwrap())));
    }

    #[test]
    fn known_names_with_other_values_are_kept() {
        for octets in [&b"CHILDINFO 5"[..], b"CHILDINFO ()", b"OLDNAME (a b)", b"OLDNAME ((a))"] {
            let item = reads_and_writes(octets, ListItem::parse, ListItem::encode);
            assert!(matches!(item, ListItem::Other(_)), "{octets:?}");
        }
    }

    #[test]
    fn values_that_are_neither_numbers_nor_lists() {
        let octets = br#"Sample "text""#;
        assert_eq!(strict(octets, ListItem::parse).map_err(|error| error.at), Err(7));
        let (item, defects) = lenient(octets, ListItem::parse);
        let ListItem::Other(item) = item.unwrap() else { panic!("not another") };
        assert_eq!(
            (item.tag().as_bytes(), item.value().as_bytes()),
            (&b"Sample"[..], &octets[7..])
        );
        assert_eq!(defects, vec![Defect::BareExtValue]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(item in any_list_item()) {
            round_trips(&item, ListItem::encode, ListItem::parse);
        }
    }
}
