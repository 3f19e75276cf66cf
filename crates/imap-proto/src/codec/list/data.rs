//! The data of LIST, LSUB and XLIST.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::{ChildCriterion, Delimiter, ListAttributes, ListItem, OneOrMore};
use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{Cursor, Encoder, Mailbox};

/// A mailbox that LIST, LSUB or XLIST found.
///
/// ```abnf
/// mailbox-list       = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox
///                      [SP mbox-list-extended]
/// mbox-list-extended = "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")"
/// ```
///
/// (RFC 9051 section 7.3.1.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Delimiter, ListAttribute, ListData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(br#" (\HasNoChildren \Sent) "/" "Sent Mail""#);
/// let mut reading = Reading::new(Leniency::strict());
/// let data = parse_whole(&octets, &mut reading, ListData::parse).unwrap();
/// assert_eq!(data.mailbox.as_bytes(), b"Sent Mail");
/// assert_eq!(data.delimiter, Some(Delimiter::SLASH));
/// assert!(data.attributes.has(ListAttribute::Sent));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListData {
    /// What is known of the mailbox.
    pub attributes: ListAttributes,
    /// What stands between the levels of its name; none if there are no levels.
    pub delimiter: Option<Delimiter>,
    /// Its name.
    pub mailbox: Mailbox,
    /// The extended data.
    pub extended: Vec<ListItem>,
}

impl ListData {
    /// A mailbox of which nothing else is said.
    #[must_use]
    pub fn new(mailbox: Mailbox, delimiter: Option<Delimiter>) -> Self {
        let (attributes, extended) = (ListAttributes::default(), Vec::new());
        Self { attributes, delimiter, mailbox, extended }
    }

    /// What mailboxes below it fulfil of that which was asked for.
    #[must_use]
    pub fn child_info(&self) -> Option<&OneOrMore<ChildCriterion>> {
        self.extended.iter().find_map(|item| match item {
            ListItem::ChildInfo(criteria) => Some(criteria),
            _ => None,
        })
    }

    /// The name that it had before a RENAME, or before the server normalized it.
    #[must_use]
    pub fn old_name(&self) -> Option<&Mailbox> {
        self.extended.iter().find_map(|item| match item {
            ListItem::OldName(mailbox) => Some(mailbox),
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
        let attributes = ListAttributes::parse(cursor, reading)?;
        cursor.space(reading)?;
        let delimiter = Delimiter::parse_optional(cursor, reading)?;
        cursor.space(reading)?;
        let mailbox = mailbox(cursor, reading)?;
        let mut extended = Vec::new();
        if cursor.another(reading)? {
            extended = cursor.items_or_none(reading, ListItem::parse)?;
        }
        Ok(Self { attributes, delimiter, mailbox, extended })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.attributes.encode(encoder);
        encoder.space();
        Delimiter::encode_optional(self.delimiter, encoder);
        encoder.space();
        self.mailbox.encode(encoder);
        if !self.extended.is_empty() {
            encoder.space();
            encoder.list(&self.extended, ListItem::encode);
        }
    }
}

/// A name with nothing or a list behind it, else all that is left.
fn mailbox(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Mailbox, ParseError> {
    let length = cursor.rest().trim_ascii_end().len();
    match cursor.name_that_breaks_off() {
        Some(at) if length > 0 => cursor.unquoted_name(length, at, reading),
        _ => Mailbox::parse(cursor, reading),
    }
}

impl Cursor<'_> {
    /// Where a name without quotes has an octet that it must not have, if neither a list nor the end of
    /// the message follows there.
    pub(crate) fn name_that_breaks_off(&self) -> Option<usize> {
        if matches!(self.peek(), Some(b'"' | b'{')) {
            return None;
        }
        let mut ahead = self.clone();
        let length = ahead.run(Class::ASTRING.or(Class::EIGHT_BIT)).len();
        let at = ahead.at();
        let is_spaced = ahead.eat(b' ');
        let behind = ahead.rest().iter().find(|octet| **octet != b' ');
        let is_whole = match behind {
            Some(b'(') => is_spaced,
            Some(_) => false,
            None => true,
        };
        (length == 0 || !is_whole).then_some(at)
    }

    /// A name of so many octets, whatever they are; `at` is where quotes would have helped.
    pub(crate) fn unquoted_name(
        &mut self,
        length: usize,
        at: usize,
        reading: &mut Reading<Defect>,
    ) -> Result<Mailbox, ParseError> {
        const EXPECTED: &str = "a mailbox name, in quotes if it has spaces or control characters";
        reading.tolerate(Defect::UnquotedName, at, EXPECTED)?;
        let begin = self.at();
        let octets = self.take(length).unwrap_or_default();
        match mail_proto::line_break(&octets) {
            Some(at) => Err(ParseError::new(begin.saturating_add(at), EXPECTED)),
            None => Mailbox::new(octets),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::ListAttribute;
    use crate::codec::list::attribute::tests::any_list_attributes;
    use crate::codec::list::item::tests::any_list_item;
    use crate::codec::list::{any_delimiter, any_mailbox};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::vec;
    use proptest::prelude::*;

    pub(crate) fn any_list_data() -> impl Strategy<Value = ListData> {
        let extended = proptest::collection::vec(any_list_item(), 0..3);
        (any_list_attributes(), any_delimiter(), any_mailbox(), extended).prop_map(
            |(attributes, delimiter, mailbox, extended)| ListData {
                attributes,
                delimiter,
                mailbox,
                extended,
            },
        )
    }

    fn name(octets: &[u8]) -> (Result<Vec<u8>, usize>, Vec<Defect>) {
        let (data, defects) = lenient(octets, ListData::parse);
        let name = data.map(|data| data.mailbox.as_bytes().to_vec());
        (name.map_err(|error| error.at), defects)
    }

    #[test]
    fn data_of_the_standard() {
        for octets in [
            &br#" (\Noselect) "/" ~/Mail/foo"#[..],
            br#" () "." #news.comp.mail.mime"#,
            br#" (\Noselect) "/" """#,
            br#" () "\\" TEST"#,
            br#" (\Marked \Noinferiors \Subscribed) "/" inbox"#,
            br#" (\Subscribed) "/" Foo ("CHILDINFO" ("SUBSCRIBED"))"#,
            br#" () "/" Normalized ("OLDNAME" (NonNormalized))"#,
            br#" () ":" Tables:new (tablecloth ("edge" "lacy") Sample ("text" "more text"))"#,
            br#" (\HasNoChildren) NIL Folder1"#,
            br#" (\HasNoChildren \Inbox) "/" Posteingang"#,
            // Names that look like other tokens (Q118).
            br#" (\Unmarked \HasNoChildren \Subscribed) "/" 200"#,
        ] {
            reads_and_writes(octets, ListData::parse, ListData::encode);
        }
        let data = strict(br#" () "/" a ("OLDNAME" (b) X 1)"#, ListData::parse).unwrap();
        assert_eq!(data.old_name(), Some(&Mailbox::new("b").unwrap()));
        assert_eq!((data.child_info(), data.extended.len()), (None, 2));
    }

    #[test]
    fn names_that_look_like_other_tokens() {
        for (octets, expected) in [
            (&br#" () "/" NIL"#[..], &b"NIL"[..]),
            (br#" () "." INBOX.a]b"#, b"INBOX.a]b"),
            (br#" () "/" [Gmail]/Starred"#, b"[Gmail]/Starred"),
            (b" () \"/\" {19}\r\nLiteral Folder Name", b"Literal Folder Name"),
            (br#" () "/" "*""#, b"*"),
            (br#" () "/" "{5}""#, b"{5}"),
            (br#" () "/" +"#, b"+"),
            (br#" () "/" "Public Folders/""#, b"Public Folders/"),
        ] {
            let data = strict(octets, ListData::parse).unwrap();
            assert_eq!(data.mailbox.as_bytes(), expected);
        }
    }

    #[test]
    fn names_without_their_quotes() {
        for (octets, at, expected) in [
            (&b" () \"/\" Inbox/Foo\tBar"[..], 17, &b"Inbox/Foo\tBar"[..]),
            (b" () \"/\" Deleted Items (1)", 15, b"Deleted Items (1)"),
            (b" () \"/\" %", 8, b"%"),
            (b" () \"/\" a\"b", 9, b"a\"b"),
            (b" () \"/\" a\\b c", 9, b"a\\b c"),
            (b" () \"/\" a(b)", 9, b"a(b)"),
        ] {
            assert_eq!(strict(octets, ListData::parse).map_err(|error| error.at), Err(at));
            assert_eq!(name(octets), (Ok(expected.to_vec()), vec![Defect::UnquotedName]));
        }
        let both = vec![Defect::UnquotedName, Defect::TrailingSpace];
        assert_eq!(name(b" () \"/\" a b "), (Ok(b"a b".to_vec()), both));
        assert_eq!(name(b" () \"/\" "), (Err(8), vec![]));
        assert_eq!(name(b" () \"/\" a b\0c").0, Err(11));
        assert_eq!(name(b" () \"/\" a b {1}\r\n\n").0, Err(15));
    }

    #[test]
    fn what_else_is_put_up_with() {
        for (octets, at, expected, defect) in [
            (&b" () \"/\" a "[..], 9, &b"a"[..], Defect::TrailingSpace),
            (b" () \".\"  \"INBOX\"", 8, b"INBOX", Defect::DoubleSpace),
            (b" () \"\" INBOX", 4, b"INBOX", Defect::OddDelimiter),
            (b" () \"\\\" INBOX", 4, b"INBOX", Defect::OddDelimiter),
            (b" () NIL \"C:\\temp\"", 11, b"C:\\temp", Defect::OddEscape),
            (b" () NIL \"caf\xe9\"", 12, b"caf\xe9", Defect::EightBitInQuoted),
            (b" (\\Noselect ) NIL a", 11, b"a", Defect::SpaceInList),
        ] {
            assert_eq!(strict(octets, ListData::parse).map_err(|error| error.at), Err(at));
            assert_eq!(name(octets), (Ok(expected.to_vec()), vec![defect]), "{octets:?}");
        }
        for (octets, at) in [
            (&b" () NIL"[..], 7),
            (b"() NIL a", 0),
            (b" ()", 3),
            (b" (", 2),
            (b" () NIL \"a", 10),
            (b" () NIL a (b)", 12),
        ] {
            let (read, _) = lenient(octets, ListData::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets:?}");
        }
    }

    #[test]
    fn attributes_come_in_any_order() {
        let one = strict(br#" (\HasChildren \Subscribed) "/" Foo"#, ListData::parse).unwrap();
        let other = strict(br#" (\subscribed \haschildren) "/" Foo"#, ListData::parse).unwrap();
        assert_eq!(one, other);
        assert!(one.attributes.has(ListAttribute::Subscribed));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(data in any_list_data()) {
            round_trips(&data, ListData::encode, ListData::parse);
        }

        #[test]
        fn no_octets_make_it_panic(octets in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = lenient(&octets, ListData::parse);
            let octets = [&b" () NIL "[..], &octets].concat();
            let _ = lenient(&octets, ListData::parse);
        }
    }
}
