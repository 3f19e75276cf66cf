//! Search keys: what a message must be like to be found.

use alloc::boxed::Box;
use core::num::NonZeroU32;

use mail_proto::{ParseError, Reading, Sink};

use super::program::with_arguments;
use super::{InThread, ModSeqKey, SearchKeys, SearchSubkey};
use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{
    AString, AnnotationSearch, Cursor, Date, Encoder, Keyword, ObjectId, Raw, SeqNum, SequenceSet,
    Uid,
};

/// Defines the keys that are a word, a word and a string, or a word and a date, beside all others.
macro_rules! search_keys {
    (
        $(#[$meta:meta])*
        plain { $($(#[$plain_meta:meta])* $plain:ident = $plain_word:literal,)* }
        strings { $($(#[$string_meta:meta])* $string:ident = $string_word:literal,)* }
        dates { $($(#[$date_meta:meta])* $date:ident = $date_word:literal,)* }
        others { $($others:tt)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum SearchKey {
            $($(#[$plain_meta])* $plain,)*
            $($(#[$string_meta])* $string(AString),)*
            $($(#[$date_meta])* $date(Date),)*
            $($others)*
        }

        impl SearchKey {
            /// Reads what stands behind the word of such a key, or of one [with arguments].
            ///
            /// [with arguments]: with_arguments
            pub(super) fn parse_regular<'a>(
                word: &[u8],
                begin: &'a [u8],
                cursor: &mut Cursor<'a>,
                reading: &mut Reading<Defect>,
            ) -> Result<Option<Self>, ParseError> {
                match word {
                    $($plain_word => Ok(Some(Self::$plain)),)*
                    $($string_word => {
                        cursor.space(reading)?;
                        AString::parse(cursor, reading).map(Self::$string).map(Some)
                    })*
                    $($date_word => {
                        cursor.space(reading)?;
                        Date::parse(cursor, reading).map(Self::$date).map(Some)
                    })*
                    _ => with_arguments(word, begin, cursor, reading),
                }
            }

            /// Writes it if it is such a key.
            pub(super) fn encode_regular<S: Sink>(&self, encoder: &mut Encoder<'_, S>) -> bool {
                match self {
                    $(Self::$plain => encoder.put($plain_word),)*
                    $(Self::$string(string) => {
                        encoder.put($string_word);
                        encoder.space();
                        string.encode(encoder);
                    })*
                    $(Self::$date(date) => {
                        encoder.put($date_word);
                        encoder.space();
                        date.encode(encoder);
                    })*
                    _ => return false,
                }
                true
            }

            /// The string of a key that is a word and a string.
            fn string(&self) -> Option<&AString> {
                match self {
                    $(Self::$string(string) => Some(string),)*
                    _ => None,
                }
            }

            #[cfg(test)]
            pub(super) const PLAIN: &[Self] = &[$(Self::$plain),*];

            #[cfg(test)]
            pub(super) const STRINGS: &[fn(AString) -> Self] = &[$(Self::$string),*];

            #[cfg(test)]
            pub(super) const DATES: &[fn(Date) -> Self] = &[$(Self::$date),*];
        }
    };
}

search_keys! {
    /// What a message must be like to be found.
    ///
    /// ```abnf
    /// search-key      = "ALL" / "ANSWERED" / "BCC" SP astring / "BEFORE" SP date / ...
    ///                   "NOT" SP search-key / "OR" SP search-key SP search-key /
    ///                   sequence-set / "(" search-key *(SP search-key) ")"
    /// ```
    ///
    /// (RFC 9051 section 6.4.4; the RFC of all others is told at each.)
    ///
    /// It is kept in its shortest form: parentheses around one key are none, a list in a list is joined
    /// to it, `NOT NOT` is nothing, and alternatives of alternatives are one list, whichever way their
    /// ORs were nested. They are written as a balanced tree, so that servers that recurse need few
    /// levels: a thousand message numbers ten. Where keys nest for good, they do so at most
    /// [`DEEPEST`](Self::DEEPEST) levels: making deeper ones fails.
    ///
    /// ```
    /// use imap_proto::{Encoder, Negotiated, SearchKey};
    ///
    /// # fn search() -> Result<(), mail_proto::ParseError> {
    /// // Whatever the header of a message says, it stays one string of one search.
    /// let id = "<a@b>) DELETED";
    /// let key = SearchKey::header("Message-ID", id)?.and(SearchKey::Seen.not()?)?;
    ///
    /// let mut out = Vec::new();
    /// key.encode(&mut Encoder::new(&mut out, Negotiated::client()));
    /// assert_eq!(out, br#"HEADER Message-ID "<a@b>) DELETED" NOT SEEN"#);
    /// # Ok(())
    /// # }
    /// # search().unwrap();
    /// ```
    plain {
        /// All messages.
        All = b"ALL",
        /// Those with `\Answered`.
        Answered = b"ANSWERED",
        /// Those with `\Deleted`.
        Deleted = b"DELETED",
        /// Those with `\Draft`.
        Draft = b"DRAFT",
        /// Those with `\Flagged`.
        Flagged = b"FLAGGED",
        /// Those with `\Recent` and without `\Seen` (RFC 3501 only).
        New = b"NEW",
        /// Those without `\Recent` (RFC 3501 only).
        Old = b"OLD",
        /// Those with `\Recent` (RFC 3501 only).
        Recent = b"RECENT",
        /// Those with `\Seen`.
        Seen = b"SEEN",
        /// Those without `\Answered`.
        Unanswered = b"UNANSWERED",
        /// Those without `\Deleted`.
        Undeleted = b"UNDELETED",
        /// Those without `\Draft`.
        Undraft = b"UNDRAFT",
        /// Those without `\Flagged`.
        Unflagged = b"UNFLAGGED",
        /// Those without `\Seen`.
        Unseen = b"UNSEEN",
        /// All messages, if the mailbox keeps when they were saved (RFC 8514).
        SaveDateSupported = b"SAVEDATESUPPORTED",
    }
    strings {
        /// Those with the string in the BCC of the envelope.
        Bcc = b"BCC",
        /// Those with the string in the body.
        Body = b"BODY",
        /// Those with the string in the CC of the envelope.
        Cc = b"CC",
        /// Those with the string in the FROM of the envelope.
        From = b"FROM",
        /// Those with the string in the SUBJECT of the envelope.
        Subject = b"SUBJECT",
        /// Those with the string in the header or the body.
        Text = b"TEXT",
        /// Those with the string in the TO of the envelope.
        To = b"TO",
        /// What Gmail finds for the words (Gmail).
        GmailRaw = b"X-GM-RAW",
        /// Those with the label (Gmail).
        GmailLabel = b"X-GM-LABELS",
        /// Those with the identifier (Dovecot).
        XGuid = b"X-GUID",
        /// Those of the mailbox, where many are searched as one (Dovecot).
        XMailbox = b"X-MAILBOX",
    }
    dates {
        /// Those that arrived before the day.
        Before = b"BEFORE",
        /// Those that arrived on the day.
        On = b"ON",
        /// Those that arrived on the day or later.
        Since = b"SINCE",
        /// Those dated before the day.
        SentBefore = b"SENTBEFORE",
        /// Those dated on the day.
        SentOn = b"SENTON",
        /// Those dated on the day or later.
        SentSince = b"SENTSINCE",
        /// Those saved to the mailbox before the day (RFC 8514).
        SavedBefore = b"SAVEDBEFORE",
        /// Those saved to the mailbox on the day (RFC 8514).
        SavedOn = b"SAVEDON",
        /// Those saved to the mailbox on the day or later (RFC 8514).
        SavedSince = b"SAVEDSINCE",
        /// Those saved to the mailbox before the day (Dovecot, before RFC 8514).
        XSavedBefore = b"X-SAVEDBEFORE",
        /// Those saved to the mailbox on the day (Dovecot, before RFC 8514).
        XSavedOn = b"X-SAVEDON",
        /// Those saved to the mailbox on the day or later (Dovecot, before RFC 8514).
        XSavedSince = b"X-SAVEDSINCE",
    }
    others {
        /// Those with the keyword.
        Keyword(Keyword),
        /// Those without the keyword.
        Unkeyword(Keyword),
        /// Those of more octets; a number of 63 bits.
        Larger(u64),
        /// Those of fewer octets; a number of 63 bits.
        Smaller(u64),
        /// Those that arrived so many seconds ago or more (RFC 5032).
        Older(NonZeroU32),
        /// Those that arrived so many seconds ago or less (RFC 5032).
        Younger(NonZeroU32),
        /// Those with a header field of the name and the string in it.
        Header(Box<HeaderKey>),
        /// Those of the numbers.
        Messages(SequenceSet<SeqNum>),
        /// Those of the UIDs.
        Uid(SequenceSet<Uid>),
        /// Those of greater UIDs (RFC 9738).
        UidAfter(Uid),
        /// Those of lower UIDs (RFC 9738).
        UidBefore(Uid),
        /// Those that changed since (RFC 7162).
        ModSeq(Box<ModSeqKey>),
        /// Those of the identifier (RFC 8474).
        EmailId(ObjectId),
        /// Those of the thread (RFC 8474).
        ThreadId(ObjectId),
        /// Those that match the search that is kept under the name (RFC 5466).
        Filter(FilterName),
        /// Those with the annotation (RFC 5257).
        Annotation(Box<AnnotationSearch>),
        /// The one of the identifier (Gmail).
        GmailMessageId(u64),
        /// Those of the thread (Gmail).
        GmailThreadId(u64),
        /// Those of the UIDs, where many mailboxes are searched as one (Dovecot).
        XRealUid(SequenceSet<Uid>),
        /// Those that match all of the keys.
        And(SearchKeys),
        /// Those that match one of the keys or more.
        Or(SearchKeys),
        /// Those that do not match the key.
        Not(SearchSubkey),
        /// Those that about match the key (RFC 6203).
        Fuzzy(SearchSubkey),
        /// Those whose thread has a message that matches the key (Dovecot).
        InThread(Box<InThread>),
        /// An unknown key and all that follows it in its list.
        Unknown(UnknownSearchKey),
    }
}

/// A header field and what to look for in it.
///
/// The empty string is in every field of the name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct HeaderKey {
    /// The name of the field.
    pub name: AString,
    /// What to look for.
    pub value: AString,
}

mail_proto::byte_string! {
    /// The name of a search that is kept as metadata.
    ///
    /// ```abnf
    /// filter-name    = 1*<any ATOM-CHAR except "/">
    /// ```
    ///
    /// (RFC 5466 section 4.)
    pub struct FilterName: "the name of a filter (an atom without /)", |octets: &[u8]| {
        Class::ATOM.broken_at(octets).into_iter().chain(memchr::memchr(b'/', octets)).min()
    };
}

/// A key of which no grammar is known: how many arguments it has is not known either, so that it takes
/// all that follows in its list.
///
/// Where it is not the last of a list it is written in parentheses, so that it takes nothing else.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UnknownSearchKey(Raw);

impl SearchKey {
    /// Those with a header field of the name and the string in it, compared after decoding and
    /// without regard to case. The empty string finds all that have the field.
    ///
    /// # Errors
    ///
    /// There is NUL in one of them.
    pub fn header(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<Self, ParseError> {
        let name = AString::try_from(name.as_ref())?;
        let value = AString::try_from(value.as_ref())?;
        Ok(Self::Header(Box::new(HeaderKey { name, value })))
    }

    /// Whether a string of the keys has octets above 127, of which the server must know the charset.
    #[must_use]
    pub fn is_eight_bit(&self) -> bool {
        match self {
            Self::And(keys) | Self::Or(keys) => keys.iter().any(Self::is_eight_bit),
            Self::Not(key) | Self::Fuzzy(key) => key.is_eight_bit(),
            Self::InThread(thread) => thread.key.is_eight_bit(),
            Self::Header(header) => {
                !header.name.as_bytes().is_ascii() || !header.value.as_bytes().is_ascii()
            }
            Self::Annotation(annotation) => {
                annotation.value.as_bytes().is_some_and(|value| !value.is_ascii())
            }
            Self::Unknown(key) => !key.0.as_bytes().is_ascii(),
            key => key.string().is_some_and(|string| !string.as_bytes().is_ascii()),
        }
    }
}

impl From<SequenceSet<SeqNum>> for SearchKey {
    fn from(messages: SequenceSet<SeqNum>) -> Self {
        Self::Messages(messages)
    }
}

impl From<SequenceSet<Uid>> for SearchKey {
    fn from(uids: SequenceSet<Uid>) -> Self {
        Self::Uid(uids)
    }
}

impl FilterName {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let name = cursor.run_kept(Class::ATOM, "the name of a filter")?;
        Self::new(name).map_err(|error| error.shifted(at))
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put_checked(&self.0);
    }
}

impl UnknownSearchKey {
    /// The octets as a key: one or more tokens.
    ///
    /// # Errors
    ///
    /// There are none, or there are spaces around them.
    pub fn new(raw: Raw) -> Result<Self, ParseError> {
        match raw.as_bytes() {
            [] | [b' ', ..] => Err(ParseError::new(0, "a search key")),
            [before @ .., b' '] => Err(ParseError::new(before.len(), "no space at the end")),
            _ => Ok(Self(raw)),
        }
    }

    /// The octets.
    #[must_use]
    pub const fn raw(&self) -> &Raw {
        &self.0
    }
}
