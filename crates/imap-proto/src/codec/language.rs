//! LANGUAGE and COMPARATOR (RFC 5255).

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::{AString, Cursor, Encoder, OneOrMore};
use crate::Defect;

/// The arguments of LANGUAGE: in which languages the server shall speak, the best first; none asks
/// which it knows.
///
/// ```abnf
/// language-cmd      = "LANGUAGE" *(SP lang-range-quoted)
/// lang-range-quoted = astring
/// ```
///
/// (RFC 5255 section 3.2; a range of RFC 4647, or "default".)
///
/// ```
/// use imap_proto::{AString, Encoder, Language, Negotiated};
///
/// let language = Language { ranges: vec![AString::new("fr-ca").unwrap(), AString::new("en").unwrap()] };
/// let mut out = Vec::new();
/// language.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" fr-ca en");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Language {
    /// The languages.
    pub ranges: Vec<AString>,
}

impl Language {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// One of them is no string.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        strings(cursor, reading).map(|ranges| Self { ranges })
    }

    /// Writes the arguments.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        put_strings(&self.ranges, encoder);
    }
}

/// The data of LANGUAGE: the language that the server speaks from now on, or all that it knows.
///
/// ```abnf
/// language-data   = "LANGUAGE" SP "(" lang-tag-quoted *(SP lang-tag-quoted) ")"
/// lang-tag-quoted = astring
/// ```
///
/// (RFC 5255 section 3.3.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{LanguageData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" (EN DE IT i-default)");
/// let mut reading = Reading::new(Leniency::strict());
/// let data = parse_whole(&octets, &mut reading, LanguageData::parse).unwrap();
/// assert_eq!(data.tags.len(), 4);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LanguageData {
    /// The languages.
    pub tags: OneOrMore<AString>,
}

impl LanguageData {
    /// Reads the data.
    ///
    /// # Errors
    ///
    /// There is no list of strings.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        cursor.one_or_more("a string", reading, AString::parse).map(|tags| Self { tags })
    }

    /// Writes the data.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        encoder.list(self.tags.iter(), |tag, encoder| encoder.astring(tag));
    }
}

/// The arguments of COMPARATOR: how the server shall compare, the best first; none asks how it does.
///
/// ```abnf
/// comparator-cmd    = "COMPARATOR" *(SP comp-order-quoted)
/// comp-order-quoted = astring
/// ```
///
/// (RFC 5255 section 4.7; an order is a collation of RFC 4790, or a pattern with `*`.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Comparator, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" \"cz;*\" i;basic");
/// let mut reading = Reading::new(Leniency::strict());
/// let comparator = parse_whole(&octets, &mut reading, Comparator::parse).unwrap();
/// assert_eq!(comparator.order[0].as_bytes(), b"cz;*");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Comparator {
    /// The comparators.
    pub order: Vec<AString>,
}

impl Comparator {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// One of them is no string.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        strings(cursor, reading).map(|order| Self { order })
    }

    /// Writes the arguments.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        put_strings(&self.order, encoder);
    }
}

/// The data of COMPARATOR: how the server compares from now on, and all that the client's patterns
/// could mean.
///
/// ```abnf
/// comparator-data = "COMPARATOR" SP comp-sel-quoted [SP "(" comp-id-quoted *(SP comp-id-quoted) ")"]
/// comp-sel-quoted = astring
/// comp-id-quoted  = astring
/// ```
///
/// (RFC 5255 section 4.8.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{ComparatorData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" i;basic");
/// let mut reading = Reading::new(Leniency::strict());
/// let data = parse_whole(&octets, &mut reading, ComparatorData::parse).unwrap();
/// assert_eq!((data.selected.as_bytes(), data.matching), (&b"i;basic"[..], None));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ComparatorData {
    /// The comparator.
    pub selected: AString,
    /// All that match.
    pub matching: Option<OneOrMore<AString>>,
}

impl ComparatorData {
    /// Reads the data.
    ///
    /// # Errors
    ///
    /// There is no string, or something else than a list behind it.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let selected = AString::parse(cursor, reading)?;
        let has_list = cursor.another(reading)?;
        let matching = if has_list {
            Some(cursor.one_or_more("a string", reading, AString::parse)?)
        } else {
            None
        };
        Ok(Self { selected, matching })
    }

    /// Writes the data.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        encoder.astring(&self.selected);
        if let Some(matching) = &self.matching {
            encoder.space();
            encoder.list(matching.iter(), |id, encoder| encoder.astring(id));
        }
    }
}

/// Strings to the end of the message, with a space before each.
fn strings(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Vec<AString>, ParseError> {
    let mut strings = Vec::new();
    let mut room = cursor.limits().elements;
    while cursor.another(reading)? {
        room = room.checked_sub(1).ok_or(cursor.expected("fewer arguments"))?;
        strings.push(AString::parse(cursor, reading)?);
    }
    Ok(strings)
}

fn put_strings<S: Sink>(strings: &[AString], encoder: &mut Encoder<'_, S>) {
    for string in strings {
        encoder.space();
        encoder.astring(string);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use proptest::collection::vec as vec_of;
    use proptest::prelude::*;

    fn any_string() -> impl Strategy<Value = AString> {
        vec_of(1..=u8::MAX, 0..12).prop_map(|octets| AString::new(octets).unwrap())
    }

    fn any_list() -> impl Strategy<Value = OneOrMore<AString>> {
        vec_of(any_string(), 1..4).prop_map(|list| OneOrMore::new(list).unwrap())
    }

    pub(crate) fn any_language() -> impl Strategy<Value = Language> {
        vec_of(any_string(), 0..4).prop_map(|ranges| Language { ranges })
    }

    pub(crate) fn any_language_data() -> impl Strategy<Value = LanguageData> {
        any_list().prop_map(|tags| LanguageData { tags })
    }

    pub(crate) fn any_comparator() -> impl Strategy<Value = Comparator> {
        vec_of(any_string(), 0..4).prop_map(|order| Comparator { order })
    }

    pub(crate) fn any_comparator_data() -> impl Strategy<Value = ComparatorData> {
        (any_string(), proptest::option::of(any_list()))
            .prop_map(|(selected, matching)| ComparatorData { selected, matching })
    }

    #[test]
    fn examples_of_the_rfc() {
        for octets in ["", " MUL", " DE-IT", " FR-CA EN-CA", " default"] {
            reads_and_writes(octets.as_bytes(), Language::parse, Language::encode);
        }
        assert_eq!(strict(b" \"default\"", Language::parse), strict(b" default", Language::parse));
        for octets in [" (EN DE IT i-default)", " (DE)"] {
            reads_and_writes(octets.as_bytes(), LanguageData::parse, LanguageData::encode);
        }
        for octets in ["", " \"cz;*\" i;basic"] {
            reads_and_writes(octets.as_bytes(), Comparator::parse, Comparator::encode);
        }
        for octets in [" i;basic", " i;basic (i;basic i;octet)"] {
            reads_and_writes(octets.as_bytes(), ComparatorData::parse, ComparatorData::encode);
        }
    }

    #[test]
    fn what_is_neither() {
        for (octets, at) in [("x", 0), (" (", 1), (" a  b", 3), (" a ", 2)] {
            let parsed = strict(octets.as_bytes(), Language::parse);
            assert_eq!(parsed.map_err(|error| error.at), Err(at), "{octets}");
        }
        for (octets, at) in [("", 0), (" ()", 2), (" DE", 1), (" (DE", 4)] {
            let parsed = strict(octets.as_bytes(), LanguageData::parse);
            assert_eq!(parsed.map_err(|error| error.at), Err(at), "{octets}");
        }
        for (octets, at) in [("", 0), (" a b", 3), (" a ()", 4), (" (a)", 1)] {
            let parsed = strict(octets.as_bytes(), ComparatorData::parse);
            assert_eq!(parsed.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    proptest! {
        #[test]
        fn written_and_read_back(
            language in any_language(),
            language_data in any_language_data(),
            comparator in any_comparator(),
            comparator_data in any_comparator_data(),
        ) {
            round_trips(&language, Language::encode, Language::parse);
            round_trips(&language_data, LanguageData::encode, LanguageData::parse);
            round_trips(&comparator, Comparator::encode, Comparator::parse);
            round_trips(&comparator_data, ComparatorData::encode, ComparatorData::parse);
        }
    }
}
