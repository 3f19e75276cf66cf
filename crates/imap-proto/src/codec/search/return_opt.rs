//! What a search is to return.

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::program::eat_word;
use crate::Defect;
use crate::codec::{Cursor, Encoder, Ext, ExtLabel, FetchAtt, PartialRange};

/// What a search is to return, or to do with its result.
///
/// ```abnf
/// search-return-opt  = "MIN" / "MAX" / "ALL" / "COUNT" / "SAVE" / search-ret-opt-ext
/// search-return-opt  =/ modifier-context / modifier-partial / modifier-update
/// search-return-opt  =/ "RELEVANCY"
/// search-ret-opt-ext = search-modifier-name [SP search-mod-params]
/// modifier-update    = "UPDATE" [[SP] "(" fetch-att *(SP fetch-att) ")"]
/// ```
///
/// (RFC 9051 section 6.4.4; RFC 5267, RFC 5465 section 7, RFC 6203, RFC 9394.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum SearchReturnOpt {
    /// The lowest number found.
    Min,
    /// The greatest number found.
    Max,
    /// All numbers found.
    All,
    /// How many were found.
    Count,
    /// Nothing: the result is kept, and named `$` from then on.
    Save,
    /// Those of the results that are at these places (RFC 9394).
    Partial(PartialRange),
    /// A hint that the search will be repeated (RFC 5267).
    Context,
    /// Each change of the result from now on, and these data of each new message (RFC 5267, RFC
    /// 5465).
    Update(Vec<FetchAtt>),
    /// How well each message fits (RFC 6203).
    Relevancy,
    /// An option of a later standard.
    Other(Box<Ext>),
}

impl SearchReturnOpt {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let begin = cursor.clone();
        match cursor.keyword().as_bytes() {
            b"MIN" => Ok(Self::Min),
            b"MAX" => Ok(Self::Max),
            b"ALL" => Ok(Self::All),
            b"COUNT" => Ok(Self::Count),
            b"SAVE" => Ok(Self::Save),
            b"CONTEXT" => Ok(Self::Context),
            b"RELEVANCY" => Ok(Self::Relevancy),
            b"PARTIAL" => {
                cursor.space(reading)?;
                PartialRange::parse(cursor, reading).map(Self::Partial)
            }
            b"UPDATE" => update(cursor, reading).map(Self::Update),
            _ => {
                *cursor = begin;
                let label = ExtLabel::parse(cursor, reading)?;
                let other = Ext::parse_value(label, cursor, reading)?;
                Ok(Self::Other(Box::new(other)))
            }
        }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Min => encoder.put(b"MIN"),
            Self::Max => encoder.put(b"MAX"),
            Self::All => encoder.put(b"ALL"),
            Self::Count => encoder.put(b"COUNT"),
            Self::Save => encoder.put(b"SAVE"),
            Self::Context => encoder.put(b"CONTEXT"),
            Self::Relevancy => encoder.put(b"RELEVANCY"),
            Self::Partial(range) => {
                encoder.put(b"PARTIAL ");
                range.encode(encoder);
            }
            Self::Update(items) => {
                encoder.put(b"UPDATE");
                if !items.is_empty() {
                    encoder.space();
                    encoder.list(items, |item, encoder| item.encode(encoder));
                }
            }
            Self::Other(other) => other.encode(encoder),
        }
    }
}

impl SearchReturnOpt {
    /// Whether it says which of the numbers are returned.
    const fn is_extent(&self) -> bool {
        matches!(self, Self::All | Self::Partial(_))
    }
}

/// The list behind UPDATE, if there is one; the grammar has no space before it, the example has.
fn update(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Vec<FetchAtt>, ParseError> {
    if let [b' ', b'(', ..] = cursor.rest() {
        cursor.skip(1);
    }
    if cursor.peek() != Some(b'(') {
        return Ok(Vec::new());
    }
    cursor.items("an item to fetch", reading, FetchAtt::parse)
}

/// Reads `RETURN`, its list and the space behind it, if they come next.
///
/// ```abnf
/// search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"
/// ```
///
/// (RFC 9051 section 9; RFC 9394 section 3.1: one of ALL and PARTIAL at most.)
pub(crate) fn parse_return_opts(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<Vec<SearchReturnOpt>>, ParseError> {
    if !eat_word(cursor, b"RETURN") {
        return Ok(None);
    }
    cursor.space(reading)?;
    let at = cursor.at().saturating_add(1);
    let options = cursor.items_or_none(reading, SearchReturnOpt::parse)?;
    if options.iter().filter(|option| option.is_extent()).count() > 1 {
        return Err(ParseError::new(at, "no more than one of ALL and PARTIAL"));
    }
    cursor.space(reading)?;
    Ok(Some(options))
}

/// Writes `RETURN`, the list and the space behind it, if there is a list. Of ALL and PARTIAL, only the
/// first is written.
pub(crate) fn encode_return_opts<S: Sink>(
    options: Option<&[SearchReturnOpt]>,
    encoder: &mut Encoder<'_, S>,
) {
    if let Some(options) = options {
        encoder.put(b"RETURN ");
        let mut has_extent = false;
        let is_legal = |option: &&SearchReturnOpt| {
            !(option.is_extent() && core::mem::replace(&mut has_extent, true))
        };
        encoder.list(options.iter().filter(is_legal), |option, encoder| option.encode(encoder));
        encoder.space();
    }
}

/// The options, or ALL if there are none: some servers do not know that it means the same (Q94).
pub(super) fn all_if_none(
    options: impl IntoIterator<Item = SearchReturnOpt>,
) -> Vec<SearchReturnOpt> {
    let mut options: Vec<_> = options.into_iter().collect();
    if options.is_empty() {
        options.push(SearchReturnOpt::All);
    }
    options
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::Raw;
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use alloc::vec;
    use core::num::NonZeroU32;
    use proptest::prelude::*;

    pub(crate) fn any_partial_range() -> impl Strategy<Value = PartialRange> {
        let number = || (1..=u32::MAX).prop_map(|number| NonZeroU32::new(number).unwrap());
        (any::<bool>(), number(), number()).prop_map(|(is_last, from, to)| {
            if is_last { PartialRange::Last { from, to } } else { PartialRange::First { from, to } }
        })
    }

    /// With a value.
    pub(crate) fn any_ext() -> impl Strategy<Value = Box<Ext>> {
        "X-[A-Z:]{0,4} ([1-9][0-9]{0,8}|\\(a \"b\" \\(c\\)\\))"
            .prop_map(|octets| Box::new(strict(octets.as_bytes(), Ext::parse).unwrap()))
    }

    pub(crate) fn any_return_opt() -> impl Strategy<Value = SearchReturnOpt> {
        prop_oneof![
            Just(SearchReturnOpt::Min),
            Just(SearchReturnOpt::Max),
            Just(SearchReturnOpt::All),
            Just(SearchReturnOpt::Count),
            Just(SearchReturnOpt::Save),
            Just(SearchReturnOpt::Context),
            Just(SearchReturnOpt::Relevancy),
            Just(SearchReturnOpt::Update(vec![])),
            any_partial_range().prop_map(SearchReturnOpt::Partial),
            any_ext().prop_map(SearchReturnOpt::Other),
        ]
    }

    #[test]
    fn options_read_and_written() {
        for octets in [
            &b"MIN"[..],
            b"MAX",
            b"ALL",
            b"COUNT",
            b"SAVE",
            b"CONTEXT",
            b"UPDATE",
            b"RELEVANCY",
            b"PARTIAL 23500:24000",
            b"PARTIAL -1:-100",
            b"X-MINIMUM (a b)",
            b"MINIMUM",
        ] {
            reads_and_writes(octets, SearchReturnOpt::parse, SearchReturnOpt::encode);
        }
        for (octets, at) in [
            (&b""[..], 0),
            (b"PARTIAL", 7),
            (b"PARTIAL 1:-2", 10),
            (b"PARTIAL 0:2", 8),
            (b"UPDATE ()", 8),
            (b"MIN 1", 3),
        ] {
            let error = strict(octets, SearchReturnOpt::parse).unwrap_err();
            assert_eq!(error.at, at, "{octets:?}");
        }
        let other = strict(b"X (a)", SearchReturnOpt::parse).unwrap();
        let SearchReturnOpt::Other(ext) = other else { panic!("{other:?}") };
        assert_eq!(ext.value.unwrap().raw(), &Raw::new(&b"(a)"[..]).unwrap());
    }

    proptest! {
        #[test]
        fn options_come_back(option in any_return_opt()) {
            round_trips(&option, SearchReturnOpt::encode, SearchReturnOpt::parse);
        }
    }
}
