//! NAMESPACE: where mailboxes of whom are.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::list::{Delimiter, OneOrMore};
use super::{Cursor, Encoder, IString};
use crate::Defect;

/// The data of NAMESPACE.
///
/// ```abnf
/// namespace-response = "NAMESPACE" SP namespace SP namespace SP namespace
/// namespace      = nil / "(" 1*namespace-descr ")"
/// ```
///
/// (RFC 9051 section 6.3.10.) No namespaces of a kind are `NIL`.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{NamespaceData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(br#" (("" "/")) NIL (("Public Folders/" "/"))"#);
/// let data = parse_whole(&octets, &mut Reading::new(Leniency::strict()), NamespaceData::parse).unwrap();
/// assert_eq!(data.shared[0].prefix.as_bytes(), b"Public Folders/");
/// assert!(data.other.is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct NamespaceData {
    /// Of the user.
    pub personal: Vec<Namespace>,
    /// Of other users.
    pub other: Vec<Namespace>,
    /// Of all.
    pub shared: Vec<Namespace>,
}

/// A namespace: what the names of its mailboxes begin with.
///
/// ```abnf
/// namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil)
///                   [namespace-response-extensions] ")"
/// namespace-response-extension = SP string SP "(" string *(SP string) ")"
/// ```
///
/// (RFC 9051 section 6.3.10.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Namespace {
    /// What the names begin with, in the form of mailbox names.
    pub prefix: IString,
    /// What stands between their levels; none if there are no levels.
    pub delimiter: Option<Delimiter>,
    /// What extensions add.
    pub extensions: Vec<NamespaceExtension>,
}

/// What an extension adds to a namespace.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NamespaceExtension {
    /// What it is called.
    pub name: IString,
    /// Its values.
    pub values: OneOrMore<IString>,
}

impl NamespaceData {
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
        let personal = Namespace::parse_list(cursor, reading)?;
        space_between(cursor, reading)?;
        let other = Namespace::parse_list(cursor, reading)?;
        space_between(cursor, reading)?;
        let shared = Namespace::parse_list(cursor, reading)?;
        Ok(Self { personal, other, shared })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for namespaces in [&self.personal, &self.other, &self.shared] {
            encoder.space();
            if namespaces.is_empty() {
                encoder.nil();
            } else {
                encoder.put(b"(");
                namespaces.iter().for_each(|namespace| namespace.encode(encoder));
                encoder.put(b")");
            }
        }
    }
}

fn space_between(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<(), ParseError> {
    if cursor.peek() == Some(b'(') {
        return reading.tolerate(Defect::MissingSpace, cursor.at(), "one space");
    }
    cursor.space(reading)
}

impl Namespace {
    /// A namespace of which nothing else is said.
    #[must_use]
    pub const fn new(prefix: IString, delimiter: Option<Delimiter>) -> Self {
        Self { prefix, delimiter, extensions: Vec::new() }
    }

    /// The prefix in the user's language (RFC 5255 section 3.4).
    #[must_use]
    pub fn translation(&self) -> Option<&IString> {
        let is_it =
            |it: &&NamespaceExtension| it.name.as_bytes().eq_ignore_ascii_case(b"TRANSLATION");
        self.extensions.iter().find(is_it)?.values.first()
    }

    /// Those of one kind. They follow upon each other without spaces.
    fn parse_list(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Vec<Self>, ParseError> {
        const EXPECTED: &str = "a namespace in parentheses";
        let mut namespaces = Vec::new();
        if cursor.eat_tag(b"NIL") {
            return Ok(namespaces);
        }
        if !cursor.eat(b'(') {
            return Err(cursor.expected("namespaces in parentheses or NIL"));
        }
        if cursor.peek() == Some(b')') {
            reading.tolerate(Defect::EmptyNamespaces, cursor.at(), EXPECTED)?;
        }
        let mut room = cursor.limits().elements;
        while !cursor.eat(b')') {
            room = room.checked_sub(1).ok_or(cursor.expected("fewer namespaces"))?;
            namespaces.push(Self::parse(cursor, reading)?);
            if cursor.peek() == Some(b' ') {
                reading.tolerate(Defect::SpacedNamespaces, cursor.at(), "( or )")?;
                while cursor.eat(b' ') {}
            }
        }
        Ok(namespaces)
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        cursor.tag("(")?;
        let prefix = IString::parse(cursor, reading)?;
        cursor.space(reading)?;
        let delimiter = Delimiter::parse_optional(cursor, reading)?;
        let extensions = cursor.each_behind_space(reading, NamespaceExtension::parse)?;
        cursor.tag(")")?;
        Ok(Self { prefix, delimiter, extensions })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        self.prefix.encode(encoder);
        encoder.space();
        Delimiter::encode_optional(self.delimiter, encoder);
        for extension in &self.extensions {
            encoder.space();
            extension.name.encode(encoder);
            encoder.space();
            encoder.list(extension.values.iter(), IString::encode);
        }
        encoder.put(b")");
    }
}

impl NamespaceExtension {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let name = IString::parse(cursor, reading)?;
        cursor.space(reading)?;
        let values = cursor.one_or_more("one or more strings", reading, IString::parse)?;
        Ok(Self { name, values })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::{any_delimiter, any_istring, any_one_or_more};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::vec;
    use proptest::collection::vec;
    use proptest::prelude::*;

    pub(crate) fn any_namespace_data() -> impl Strategy<Value = NamespaceData> {
        let extension = (any_istring(), any_one_or_more(any_istring()))
            .prop_map(|(name, values)| NamespaceExtension { name, values });
        let namespace = (any_istring(), any_delimiter(), vec(extension, 0..2)).prop_map(
            |(prefix, delimiter, extensions)| Namespace { prefix, delimiter, extensions },
        );
        let namespaces = vec(namespace, 0..3).boxed();
        (namespaces.clone(), namespaces.clone(), namespaces)
            .prop_map(|(personal, other, shared)| NamespaceData { personal, other, shared })
    }

    fn data(octets: &str) -> NamespaceData {
        reads_and_writes(octets.as_bytes(), NamespaceData::parse, NamespaceData::encode)
    }

    #[test]
    fn data_of_the_standard() {
        for octets in [
            r#" (("" "/")) NIL NIL"#,
            r#" NIL NIL (("" "."))"#,
            r##" (("" "/")) (("~" "/")) (("#shared/" "/")("#public/" "/")("#ftp/" "/")("#news." "."))"##,
            r##" (("" "/")("#mh/" "/" "X-PARAM" ("FLAG1" "FLAG2"))) NIL NIL"##,
            r#" (("" NIL)) NIL NIL"#,
        ] {
            data(octets);
        }
        let data = data(concat!(
            r#" (("" "/")) (("Other Users/" "/" "TRANSLATION" ("Andere Ben&APw-tzer/"))) "#,
            r#"(("Public Folders/" "/" "TRANSLATION" ("Gemeinsame Postf&AM8-cher/")))"#
        ));
        let translation = data.other[0].translation().unwrap();
        assert_eq!(translation.as_bytes(), b"Andere Ben&APw-tzer/");
        assert_eq!((data.personal[0].translation(), data.shared.len()), (None, 1));
    }

    #[test]
    fn what_is_put_up_with() {
        let inbox = Namespace::new(IString::new("INBOX.").unwrap(), Some(Delimiter::DOT));
        let one = NamespaceData { personal: vec![inbox.clone()], ..NamespaceData::default() };
        let two = NamespaceData { other: vec![inbox.clone()], ..one.clone() };
        let both = NamespaceData { personal: vec![inbox.clone(), inbox.clone()], ..one.clone() };
        for (octets, at, expected, defect) in [
            (&br#" (("INBOX." ".")) NIL  NIL"#[..], 22, &one, Defect::DoubleSpace),
            (br#" (("INBOX." "."))(("INBOX." ".")) NIL"#, 17, &two, Defect::MissingSpace),
            (br#" (("INBOX." ".")) () NIL"#, 19, &one, Defect::EmptyNamespaces),
            (br#" (("INBOX." ".") ("INBOX." ".")) NIL NIL"#, 16, &both, Defect::SpacedNamespaces),
            (br#" (("INBOX." .)) NIL NIL"#, 12, &one, Defect::OddDelimiter),
            (br#" (("INBOX." ".")) NIL NIL "#, 25, &one, Defect::TrailingSpace),
        ] {
            let error = strict(octets, NamespaceData::parse).map_err(|error| error.at);
            assert_eq!(error, Err(at), "{octets:?}");
            let read = lenient(octets, NamespaceData::parse);
            assert_eq!(read, (Ok(expected.clone()), vec![defect]), "{octets:?}");
        }
        let (backslash, _) = lenient(br#" (("" "\")) NIL NIL"#, NamespaceData::parse);
        assert_eq!(backslash.unwrap().personal[0].delimiter, Delimiter::new('\\'));
    }

    #[test]
    fn what_is_no_namespace() {
        for (octets, at) in [
            ("", 0),
            (" NIL NIL", 8),
            (" ((", 3),
            (r#" (("" "/")"#, 10),
            (r#" (("" "/" "X")) NIL NIL"#, 13),
            (r#" (("" "/" "X" ())) NIL NIL"#, 15),
            (r#" ("" "/") NIL NIL"#, 2),
            (r#" ((a "/")) NIL NIL"#, 3),
        ] {
            let (read, _) = lenient(octets.as_bytes(), NamespaceData::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(data in any_namespace_data()) {
            round_trips(&data, NamespaceData::encode, NamespaceData::parse);
        }
    }
}
