//! The SEARCH command.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::program::eat_word;
use super::return_opt::all_if_none;
use super::{Charset, SearchKey, SearchReturnOpt, encode_return_opts, parse_return_opts};
use crate::Defect;
use crate::codec::{Cursor, Encoder};

/// The arguments of SEARCH and UID SEARCH.
///
/// ```abnf
/// search         = "SEARCH" [search-return-opts] SP search-program
/// search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)
/// ```
///
/// (RFC 9051 section 6.4.4.)
///
/// ```
/// use imap_proto::{AString, Encoder, Negotiated, Search, SearchKey, SearchReturnOpt};
///
/// # fn search() -> Result<(), mail_proto::ParseError> {
/// let smith = SearchKey::From(AString::new("Smith")?);
/// let search = Search::new(SearchKey::Flagged.and(smith.not()?)?)
///     .returning([SearchReturnOpt::Min, SearchReturnOpt::Count]);
///
/// let mut out = Vec::new();
/// search.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" RETURN (MIN COUNT) FLAGGED NOT FROM Smith");
///
/// // A charset is named where it is needed.
/// let search = Search::new(SearchKey::header("Subject", "caf\u{e9}")?);
/// out.clear();
/// search.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, " CHARSET UTF-8 HEADER Subject {5}\r\ncaf\u{e9}".as_bytes());
///
/// out.clear();
/// search.encode(&mut Encoder::new(&mut out, Negotiated { utf8: true, ..Negotiated::client() }));
/// assert_eq!(out, " HEADER Subject \"caf\u{e9}\"".as_bytes());
/// # Ok(())
/// # }
/// # search().unwrap();
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Search {
    /// What to return. None asks for a SEARCH response, or an ESEARCH under IMAP4rev2; an empty list
    /// is the same as ALL.
    pub returning: Option<Vec<SearchReturnOpt>>,
    /// The charset of the strings.
    ///
    /// None is UTF-8, of which US-ASCII is a part. It is named when it is written if a string needs
    /// it. Where UTF-8 is enabled, servers refuse it to be named (RFC 9755 section 3): then it is left
    /// out, and any other charset makes a command that they refuse.
    pub charset: Option<Charset>,
    /// What to find.
    pub key: SearchKey,
}

impl Search {
    /// A search for the key, which answers with a SEARCH, or an ESEARCH under IMAP4rev2.
    #[must_use]
    pub const fn new(key: SearchKey) -> Self {
        Self { returning: None, charset: None, key }
    }

    /// With these return options, ALL if there are none. It answers with an ESEARCH.
    #[must_use]
    pub fn returning(mut self, options: impl IntoIterator<Item = SearchReturnOpt>) -> Self {
        self.returning = Some(all_if_none(options));
        self
    }

    /// Reads it, from the space behind `SEARCH` on.
    ///
    /// # Errors
    ///
    /// There is no key, or one of its parts is wrong.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let returning = parse_return_opts(cursor, reading)?;
        let (charset, key) = parse_program(cursor, reading)?;
        Ok(Self { returning, charset, key })
    }

    /// Writes it, from the space behind `SEARCH` on.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        encode_return_opts(self.returning.as_deref(), encoder);
        encode_program(self.charset.as_ref(), &self.key, encoder);
    }
}

/// `search-program`
pub(crate) fn parse_program(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<(Option<Charset>, SearchKey), ParseError> {
    let mut charset = None;
    if eat_word(cursor, b"CHARSET") {
        cursor.space(reading)?;
        charset = Some(Charset::parse(cursor, reading)?);
        cursor.space(reading)?;
    }
    Ok((charset, SearchKey::parse(cursor, reading)?))
}

/// `search-program`
pub(crate) fn encode_program<S: Sink>(
    charset: Option<&Charset>,
    key: &SearchKey,
    encoder: &mut Encoder<'_, S>,
) {
    let utf8 = encoder.negotiated().utf8;
    // Where UTF-8 is enabled, strings are in it, and no charset may be named.
    let charset = charset.filter(|charset| !(utf8 && charset.is_part_of_utf8()));
    let needs_charset = !utf8 && key.is_eight_bit();
    if let Some(charset) = charset.or(needs_charset.then_some(&Charset::UTF_8)) {
        encoder.put(b"CHARSET ");
        charset.encode(encoder);
        encoder.space();
    }
    key.encode(encoder);
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::charset::tests::any_charset;
    use super::super::program::tests::any_search_key;
    use super::super::return_opt::tests::any_return_opt;
    use super::*;
    use crate::codec::testing::{reads_and_writes, round_trips, strict, written};
    use crate::codec::{AString, PartialRange, SeqNum, SequenceSet};
    use crate::{Literals, Negotiated};
    use alloc::vec;
    use proptest::prelude::*;

    /// Either a charset is named that is written whatever is enabled, or the strings need none.
    pub(crate) fn any_program() -> impl Strategy<Value = (Option<Charset>, SearchKey)> {
        (proptest::option::of(any_charset()), any_search_key()).prop_map(|(charset, key)| {
            let koi8 = Charset::new("KOI8-R").unwrap();
            let charset = charset.filter(|charset| !charset.is_part_of_utf8());
            (charset.or(key.is_eight_bit().then_some(koi8)), key)
        })
    }

    pub(crate) fn any_returning() -> impl Strategy<Value = Option<Vec<SearchReturnOpt>>> {
        let is_extent =
            |it: &SearchReturnOpt| matches!(it, SearchReturnOpt::All | SearchReturnOpt::Partial(_));
        let options = proptest::collection::vec(any_return_opt(), 0..4).prop_map(move |options| {
            let extent = options.iter().find(|it| is_extent(it)).cloned();
            options.into_iter().filter(|it| !is_extent(it)).chain(extent).collect()
        });
        proptest::option::of(options)
    }

    pub(crate) fn any_search() -> impl Strategy<Value = Search> {
        (any_returning(), any_program()).prop_map(|(returning, (charset, key))| Search {
            returning,
            charset,
            key,
        })
    }

    #[test]
    fn commands_read_and_written() {
        for octets in [
            " FLAGGED SINCE 1-Feb-1994 NOT FROM Smith",
            " CHARSET UTF-8 TEXT {6}\r\nмат",
            " CHARSET UTF-8 SUBJECT a",
            " CHARSET \"x y\" SUBJECT a",
            " RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM Smith",
            " RETURN () FLAGGED",
            " RETURN (SAVE) KEYWORD $Junk",
            " RETURN (ALL SAVE MIN) ALL",
            " RETURN (CONTEXT COUNT) UNDELETED UNKEYWORD $Junk",
            " RETURN (UPDATE COUNT) DELETED KEYWORD $Junk",
            " RETURN (PARTIAL 23500:24000) UNDELETED",
            " RETURN (PARTIAL -1:-100) UNDELETED UNKEYWORD $Junk",
            " RETURN (SAVE) CHARSET KOI8-R OR $ 1,3000:3021 TEXT {4}\r\nXXX\r",
        ] {
            reads_and_writes(octets.as_bytes(), Search::parse, Search::encode);
        }
        assert!(strict(b" (RETURN) SEEN", Search::parse).is_err());
        for (octets, at) in [
            (&b""[..], 0),
            (b" ", 1),
            (b" RETURN SEEN", 8),
            (b" RETURN (MIN)", 13),
            (b" RETURN (MIN) ", 14),
            (b" CHARSET UTF-8", 14),
            (b" CHARSET UTF-8 RETURN (MIN) ALL", 15),
            (b" UID SEEN", 5),
        ] {
            assert_eq!(strict(octets, Search::parse).map_err(|e| e.at), Err(at), "{octets:?}");
        }
    }

    #[test]
    fn a_charset_is_named_where_it_is_needed() {
        let search = Search::new(SearchKey::Subject(AString::new("caf\u{e9}").unwrap()));
        let client = |utf8| {
            let negotiated = Negotiated { utf8, literals: Literals::Plus, ..Negotiated::client() };
            let mut out = Vec::new();
            search.encode(&mut Encoder::new(&mut out, negotiated));
            out
        };
        assert_eq!(client(false), b" CHARSET UTF-8 SUBJECT {5+}\r\ncaf\xc3\xa9");
        assert_eq!(client(true), b" SUBJECT \"caf\xc3\xa9\"");
        assert_eq!(strict(&client(true), Search::parse), Ok(search.clone()));
        let named = Search { charset: Some(Charset::UTF_8), ..search.clone() };
        assert_eq!(strict(&client(false), Search::parse), Ok(named.clone()));
        let negotiated = Negotiated { utf8: true, ..Negotiated::client() };
        let mut out = Vec::new();
        named.encode(&mut Encoder::new(&mut out, negotiated));
        assert_eq!(out, client(true));
        let ascii = Search::new(SequenceSet::<SeqNum>::all().into());
        assert_eq!(written(|encoder| ascii.encode(encoder)), b" 1:*");
    }

    #[test]
    fn all_or_a_part_is_returned() {
        for octets in [&b" RETURN (ALL COUNT PARTIAL 1:2) SEEN"[..], b" RETURN (ALL ALL) SEEN"] {
            assert_eq!(strict(octets, Search::parse).map_err(|error| error.at), Err(9));
        }
        let part = PartialRange::first(1, 2).map(SearchReturnOpt::Partial).unwrap();
        let options = [part.clone(), SearchReturnOpt::All, SearchReturnOpt::Count, part];
        let search = Search::new(SearchKey::All).returning(options);
        assert_eq!(written(|encoder| search.encode(encoder)), b" RETURN (PARTIAL 1:2 COUNT) ALL");
    }

    #[test]
    fn nothing_to_return_is_all() {
        let search = Search::new(SearchKey::All).returning(vec![]);
        assert_eq!(written(|encoder| search.encode(encoder)), b" RETURN (ALL) ALL");
    }

    proptest! {
        #[test]
        fn commands_come_back(search in any_search()) {
            round_trips(&search, Search::encode, Search::parse);
        }
    }
}
