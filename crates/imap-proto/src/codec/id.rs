//! ID: who the other side is (RFC 2971).

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink};

use super::class::Class;
use super::{Cursor, Depth, Encoder, IString, NString};
use crate::Defect;

/// The most fields that may be sent.
const FIELDS: usize = 30;

/// The most octets of a key.
const KEY: usize = 30;

/// The most octets of a value.
const VALUE: usize = 1024;

const EXPECTED: &str =
    "at most 30 fields with different keys, keys of at most 30 octets, values of at most 1024";

/// What a client or a server says of itself: the arguments of the command and the data of the
/// response.
///
/// ```abnf
/// id             = "ID" SP id-params-list
/// id-params-list = "(" [string SP nstring *(SP string SP nstring)] ")" / nil
/// ```
///
/// (RFC 2971 section 4.) At most 30 fields with different keys, a key of at most 30 octets, a value of
/// at most 1024 (section 3.3); a lenient reading lets more through. For logs and people, never to
/// decide anything.
///
/// ```
/// use imap_proto::{Encoder, IString, Id, NString, Negotiated};
///
/// let string = |text: &'static str| IString::new(text).unwrap();
/// let id = Id::new([(string("name"), NString::from(string("Mutt")))]).unwrap();
/// let mut out = Vec::new();
/// id.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" (\"name\" \"Mutt\")");
/// assert_eq!(id.get("Name"), Some(&b"Mutt"[..]));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Id(Option<Vec<(IString, NString)>>);

impl Id {
    /// `NIL`: nothing.
    pub const NIL: Self = Self(None);

    /// These fields.
    ///
    /// # Errors
    ///
    /// There are more than 30, a key is there twice, or a key or a value is too long.
    pub fn new(fields: impl IntoIterator<Item = (IString, NString)>) -> Result<Self, ParseError> {
        let fields: Vec<_> = fields.into_iter().collect();
        if is_conformant(&fields) {
            Ok(Self(Some(fields)))
        } else {
            Err(ParseError::new(0, EXPECTED))
        }
    }

    /// The fields, none for `NIL`.
    #[must_use]
    pub fn fields(&self) -> &[(IString, NString)] {
        self.0.as_deref().unwrap_or_default()
    }

    /// The value of this key, whose case does not matter.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[u8]> {
        let is_it = |it: &&(IString, NString)| it.0.as_bytes().eq_ignore_ascii_case(key.as_bytes());
        self.fields().iter().find(is_it).and_then(|(_, value)| value.as_bytes())
    }

    /// Reads the arguments of the command, or the data of the response.
    ///
    /// # Errors
    ///
    /// There is neither a list nor `NIL`, or what is in the list is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        if cursor.eat_tag(b"NIL") {
            return Ok(Self::NIL);
        }
        let at = cursor.at();
        let mut fields = Vec::new();
        cursor.list(Depth::FLAT, reading, |cursor, _, reading| {
            fields.push(field(cursor, reading)?);
            Ok(())
        })?;
        if !is_conformant(&fields) {
            reading.tolerate(Defect::OddId, at, EXPECTED)?;
        }
        Ok(Self(Some(fields)))
    }

    /// Writes the arguments or the data. Strings are never atoms: some servers fail on them (Q26).
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        let Some(fields) = &self.0 else { return encoder.nil() };
        encoder.list(fields, |(key, value), encoder| {
            encoder.string(key);
            encoder.space();
            encoder.nstring(value);
        });
    }
}

fn is_conformant(fields: &[(IString, NString)]) -> bool {
    let is_short = |(key, value): &(IString, NString)| {
        key.as_bytes().len() <= KEY && value.as_bytes().unwrap_or_default().len() <= VALUE
    };
    let is_new = |(index, (key, _)): (usize, &(IString, NString))| {
        let mut before = fields.iter().take(index);
        !before.any(|(it, _)| it.as_bytes().eq_ignore_ascii_case(key.as_bytes()))
    };
    fields.len() <= FIELDS && fields.iter().all(is_short) && fields.iter().enumerate().all(is_new)
}

fn field(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<(IString, NString), ParseError> {
    let key = match bare(cursor, reading)? {
        Some(key) => IString::new(key)?,
        None => IString::parse(cursor, reading)?,
    };
    cursor.space(reading)?;
    let is_nil = cursor.rest().get(..Class::ATOM.run(cursor.rest()));
    if is_nil.is_some_and(|word| word.eq_ignore_ascii_case(b"NIL")) {
        return Ok((key, NString::parse(cursor, reading)?));
    }
    let value = match bare(cursor, reading)? {
        Some(value) => IString::new(value)?.into(),
        None => NString::parse(cursor, reading)?,
    };
    Ok((key, value))
}

/// A string without quotes, if it is put up with.
fn bare(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<Bytes>, ParseError> {
    let length = Class::ASTRING.run(cursor.rest());
    if length == 0 {
        return Ok(None);
    }
    reading.tolerate(Defect::OddId, cursor.at(), "a string")?;
    Ok(cursor.take(length))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use alloc::format;
    use proptest::collection::vec as vec_of;
    use proptest::prelude::*;

    pub(crate) fn any_id() -> impl Strategy<Value = Id> {
        let value = vec_of(1..=u8::MAX, 0..20).prop_map(|octets| IString::new(octets).unwrap());
        let value = proptest::option::of(value).prop_map(NString);
        let field = (vec_of(1..=u8::MAX, 0..8), value);
        let fields = vec_of(field, 0..5).prop_filter_map("the same key twice", |fields| {
            Id::new(fields.into_iter().map(|(key, value)| (IString::new(key).unwrap(), value))).ok()
        });
        prop_oneof![1 => Just(Id::NIL), 9 => fields]
    }

    #[test]
    fn examples_of_the_rfc() {
        for octets in [
            " NIL",
            " (\"name\" \"sodr\" \"version\" \"19.34\" \"vendor\" \"Pink Floyd Music Limited\")",
            " (\"name\" \"Cyrus\" \"version\" \"1.5\" \"os\" \"sunos\" \"os-version\" \"5.5\" \"support-url\" \"mailto:cyrus-bugs+@andrew.cmu.edu\")",
            " ()",
            " (\"os\" NIL)",
        ] {
            reads_and_writes(octets.as_bytes(), Id::parse, Id::encode);
        }
        let id = strict(b" ({4}\r\nname \"x\" \"OS\" nil)", Id::parse).unwrap();
        assert_eq!((id.get("NAME"), id.get("os"), id.get("y")), (Some(&b"x"[..]), None, None));
        assert_eq!(id.fields().len(), 2);
    }

    #[test]
    fn ids_of_real_servers() {
        // Q26.
        let octets = b" (\"name\" \"Archiveopteryx\" )";
        assert_eq!(strict(octets, Id::parse).map_err(|error| error.at), Err(25));
        let (id, defects) = lenient(octets, Id::parse);
        assert_eq!(id.unwrap().get("name"), Some(&b"Archiveopteryx"[..]));
        assert_eq!(defects, [Defect::SpaceInList]);

        let octets =
            b" (support-url https://protonmail.com/support name NILson vendor \"Proton AG\")";
        assert_eq!(strict(octets, Id::parse).map_err(|error| error.at), Err(2));
        let (id, defects) = lenient(octets, Id::parse);
        let id = id.unwrap();
        assert_eq!(id.get("support-url"), Some(&b"https://protonmail.com/support"[..]));
        assert_eq!(id.get("name"), Some(&b"NILson"[..]));
        assert_eq!(defects, [Defect::OddId; 5]);
        let wrote = written(|encoder| id.encode(encoder));
        assert_eq!(strict(&wrote, Id::parse), Ok(id));
    }

    #[test]
    fn what_is_no_id() {
        for (octets, at) in [
            ("", 0),
            (" x", 1),
            (" (\"a\")", 5),
            (" (\"a\" )", 6),
            (" (\"a\" \"b\" \"c\")", 13),
            (" (NIL \"a\")", 2),
            (" NILS", 4),
            (" ((\"a\" \"b\"))", 2),
        ] {
            let parsed = strict(octets.as_bytes(), Id::parse);
            assert_eq!(parsed.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    #[test]
    fn limits_of_the_rfc() {
        let string = |length: usize| IString::new("k".repeat(length)).unwrap();
        let numbered = |count: usize| {
            (0..count).map(|number| (IString::new(format!("{number}")).unwrap(), NString::NIL))
        };
        assert!(Id::new(numbered(30)).is_ok() && Id::new(numbered(31)).is_err());
        assert!(Id::new([(string(30), NString::NIL)]).is_ok());
        assert!(Id::new([(string(31), NString::NIL)]).is_err());
        assert!(Id::new([(string(1), string(1024).into())]).is_ok());
        assert!(Id::new([(string(1), string(1025).into())]).is_err());
        assert!(Id::new([(string(1), NString::NIL), (string(1), NString::NIL)]).is_err());

        let octets = b" (\"a\" \"b\" \"A\" \"c\")";
        assert_eq!(strict(octets, Id::parse).map_err(|error| error.at), Err(1));
        let (id, defects) = lenient(octets, Id::parse);
        assert_eq!((id.unwrap().get("a"), defects), (Some(&b"b"[..]), [Defect::OddId].into()));
        let many = format!(" ({})", "\"a\" \"b\" ".repeat(100_000).trim_end());
        assert_eq!(lenient(many.as_bytes(), Id::parse).0.unwrap().fields().len(), 100_000);
    }

    proptest! {
        #[test]
        fn written_and_read_back(id in any_id()) {
            round_trips(&id, Id::encode, Id::parse);
        }
    }
}
