//! The grammar of search keys: what is read and written of [`SearchKey`].

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::nested::TOO_DEEP;
use super::{FilterName, HeaderKey, ModSeqKey, SearchKey, UnknownSearchKey};
use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{
    AString, AnnotationSearch, Atom, Cursor, Depth, Encoder, Keyword, ObjectId, Raw, SequenceSet,
    Uid,
};

const EXPECTED: &str = "a search key";

impl SearchKey {
    /// Reads one or more keys with a space between them.
    ///
    /// An unknown key, read leniently, takes all that follows in its list, and the OR, NOT or FUZZY
    /// that it belongs to.
    ///
    /// # Errors
    ///
    /// There is none, one of them is wrong or unknown, or they are nested deeper than the limit for
    /// commands or [`DEEPEST`](Self::DEEPEST).
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let depth = Depth::new(cursor.limits().commands.min(Self::DEEPEST));
        let mut keys = Vec::new();
        let mut room = cursor.limits().elements;
        loop {
            room = room.checked_sub(1).ok_or(cursor.expected("fewer search keys"))?;
            keys.push(item(cursor, depth, reading)?);
            if !cursor.another(reading)? {
                break;
            }
        }
        Self::all_of(keys).map_err(|error| error.shifted(at))
    }

    /// Writes it; the keys of a list without parentheses around them.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        let keys = self.as_list();
        for (index, key) in keys.iter().enumerate() {
            if index > 0 {
                encoder.space();
            }
            let is_last = index.saturating_add(1) == keys.len();
            match key {
                Self::Unknown(key) if is_last && (index > 0 || !begins_options(key)) => {
                    key.raw().encode(encoder);
                }
                key => key.encode_operand(encoder),
            }
        }
    }

    /// Writes it as one key.
    fn encode_operand<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::And(_) => {
                encoder.put(b"(");
                self.encode(encoder);
                encoder.put(b")");
            }
            Self::Unknown(key) => {
                encoder.put(b"(");
                key.raw().encode(encoder);
                encoder.put(b")");
            }
            Self::Or(keys) => encode_alternatives(keys, encoder),
            Self::Not(key) => {
                encoder.put(b"NOT ");
                key.encode_operand(encoder);
            }
            Self::Fuzzy(key) => {
                encoder.put(b"FUZZY ");
                key.encode_operand(encoder);
            }
            Self::InThread(thread) => {
                encoder.put(b"INTHREAD ");
                thread.algorithm.encode(encoder);
                encoder.space();
                thread.key.encode_operand(encoder);
            }
            key => {
                if !key.encode_regular(encoder) {
                    key.encode_with_arguments(encoder);
                }
            }
        }
    }

    fn encode_with_arguments<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        let mut word = |word: &'static [u8]| {
            encoder.put(word);
            encoder.space();
        };
        match self {
            Self::Keyword(_) => word(b"KEYWORD"),
            Self::Unkeyword(_) => word(b"UNKEYWORD"),
            Self::Larger(_) => word(b"LARGER"),
            Self::Smaller(_) => word(b"SMALLER"),
            Self::Older(_) => word(b"OLDER"),
            Self::Younger(_) => word(b"YOUNGER"),
            Self::Header(_) => word(b"HEADER"),
            Self::Uid(_) => word(b"UID"),
            Self::UidAfter(_) => word(b"UIDAFTER"),
            Self::UidBefore(_) => word(b"UIDBEFORE"),
            Self::ModSeq(_) => word(b"MODSEQ"),
            Self::EmailId(_) => word(b"EMAILID"),
            Self::ThreadId(_) => word(b"THREADID"),
            Self::Filter(_) => word(b"FILTER"),
            Self::Annotation(_) => word(b"ANNOTATION"),
            Self::GmailMessageId(_) => word(b"X-GM-MSGID"),
            Self::GmailThreadId(_) => word(b"X-GM-THRID"),
            Self::XRealUid(_) => word(b"X-REAL-UID"),
            _ => {}
        }
        self.encode_arguments(encoder);
    }

    fn encode_arguments<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Keyword(keyword) | Self::Unkeyword(keyword) => keyword.encode(encoder),
            Self::Larger(number) | Self::Smaller(number) => encoder.number64(*number),
            Self::GmailMessageId(number) | Self::GmailThreadId(number) => encoder.number(*number),
            Self::Older(seconds) | Self::Younger(seconds) => encoder.number(seconds.get().into()),
            Self::Header(header) => {
                header.name.encode(encoder);
                encoder.space();
                header.value.encode(encoder);
            }
            Self::Messages(set) => set.encode(encoder),
            Self::Uid(set) | Self::XRealUid(set) => set.encode(encoder),
            Self::UidAfter(uid) | Self::UidBefore(uid) => uid.encode(encoder),
            Self::ModSeq(key) => key.encode(encoder),
            Self::EmailId(id) | Self::ThreadId(id) => id.encode(encoder),
            Self::Filter(name) => name.encode(encoder),
            Self::Annotation(annotation) => annotation.encode(encoder),
            // All others are written by their callers.
            _ => {}
        }
    }
}

/// Writes alternatives as a balanced tree of ORs: `OR OR a b OR c d`.
///
/// It recurses as deep as the tree is, which is the logarithm of their number.
fn encode_alternatives<S: Sink>(keys: &[SearchKey], encoder: &mut Encoder<'_, S>) {
    match keys {
        [] => {}
        [key] => key.encode_operand(encoder),
        keys => {
            let (before, behind) = keys.split_at(keys.len() / 2);
            encoder.put(b"OR ");
            encode_alternatives(before, encoder);
            encoder.space();
            encode_alternatives(behind, encoder);
        }
    }
}

/// Whether an unknown key would be taken for what stands before the keys, had it no parentheses.
fn begins_options(key: &UnknownSearchKey) -> bool {
    let mut cursor = key.raw().cursor();
    [&b"IN"[..], b"RETURN", b"CHARSET"].iter().any(|word| eat_word(&mut cursor, word))
}

/// A key of a list.
fn item(
    cursor: &mut Cursor<'_>,
    depth: Depth,
    reading: &mut Reading<Defect>,
) -> Result<SearchKey, ParseError> {
    let begin = cursor.rest();
    if let Some(key) = operand(cursor, depth, reading)? {
        return Ok(key);
    }
    reading.tolerate(Defect::UnknownSearchKey, cursor.at(), EXPECTED)?;
    cursor.go_back_to(begin);
    reading.keep_raw();
    rest_of_list(cursor).map(SearchKey::Unknown)
}

/// All tokens up to the end of the list or the message, without the spaces at the end.
fn rest_of_list(cursor: &mut Cursor<'_>) -> Result<UnknownSearchKey, ParseError> {
    let begin = cursor.clone();
    let mut ahead = cursor.clone();
    let (mut open, mut begins) = (0usize, true);
    loop {
        match ahead.peek() {
            Some(b'(') => open = open.saturating_add(1),
            Some(b')') if open == 0 => break,
            Some(b')') => open = open.saturating_sub(1),
            None => break,
            _ => {}
        }
        let is_space = ahead.peek() == Some(b' ');
        begins = ahead.skip_token(begins)?;
        if !is_space {
            *cursor = ahead.clone();
        }
    }
    let at = begin.at();
    let raw = Raw::new(begin.until(cursor)).and_then(UnknownSearchKey::new);
    raw.map_err(|error| error.shifted(at))
}

/// One key, with those that belong to it. Before one that nobody knows the cursor stops: that is None.
fn operand(
    cursor: &mut Cursor<'_>,
    depth: Depth,
    reading: &mut Reading<Defect>,
) -> Result<Option<SearchKey>, ParseError> {
    match cursor.peek() {
        Some(b'(') => return group(cursor, depth, reading).map(Some),
        Some(b'0'..=b'9' | b'*' | b'$') => {
            return SequenceSet::parse(cursor, reading).map(SearchKey::Messages).map(Some);
        }
        _ => {}
    }
    let begin = cursor.rest();
    let word = cursor.keyword();
    match word.as_bytes() {
        b"NOT" => negated(cursor, depth, reading),
        b"OR" => alternatives(cursor, depth, reading),
        b"FUZZY" => fuzzy(cursor, depth, reading),
        b"INTHREAD" => in_thread(cursor, depth, reading),
        b"" if cursor.rest().len() == begin.len() => Err(cursor.expected(EXPECTED)),
        word => SearchKey::parse_regular(word, begin, cursor, reading),
    }
}

/// Keys in parentheses.
fn group(
    cursor: &mut Cursor<'_>,
    depth: Depth,
    reading: &mut Reading<Defect>,
) -> Result<SearchKey, ParseError> {
    let at = cursor.at();
    let mut keys = Vec::new();
    cursor.list(depth, reading, |cursor, depth, reading| {
        keys.push(item(cursor, depth, reading)?);
        Ok(())
    })?;
    if keys.is_empty() {
        return Err(ParseError::new(at.saturating_add(1), EXPECTED));
    }
    SearchKey::all_of(keys).map_err(|error| error.shifted(at))
}

/// What follows NOT. Any number of them in a row takes one level.
fn negated(
    cursor: &mut Cursor<'_>,
    depth: Depth,
    reading: &mut Reading<Defect>,
) -> Result<Option<SearchKey>, ParseError> {
    let at = cursor.at();
    let mut is_negated = true;
    cursor.space(reading)?;
    while eat_word(cursor, b"NOT") {
        is_negated = !is_negated;
        cursor.space(reading)?;
    }
    let Some(key) = operand(cursor, deeper(depth, at)?, reading)? else { return Ok(None) };
    if !is_negated {
        return Ok(Some(key));
    }
    key.not().map(Some).map_err(|error| error.shifted(at))
}

/// What follows OR. ORs in ORs take no level: each makes of one key that is due two.
fn alternatives(
    cursor: &mut Cursor<'_>,
    depth: Depth,
    reading: &mut Reading<Defect>,
) -> Result<Option<SearchKey>, ParseError> {
    let at = cursor.at();
    let mut keys = Vec::with_capacity(2);
    let mut room = cursor.limits().elements;
    let mut due = 2usize;
    while due > 0 {
        cursor.space(reading)?;
        if eat_word(cursor, b"OR") {
            due = due.saturating_add(1);
            continue;
        }
        room = room.checked_sub(1).ok_or(cursor.expected("fewer search keys"))?;
        let Some(key) = operand(cursor, depth, reading)? else { return Ok(None) };
        keys.push(key);
        due = due.saturating_sub(1);
    }
    SearchKey::any_of(keys).map(Some).map_err(|error| error.shifted(at))
}

/// What follows FUZZY. Any number of them in a row takes one level.
fn fuzzy(
    cursor: &mut Cursor<'_>,
    depth: Depth,
    reading: &mut Reading<Defect>,
) -> Result<Option<SearchKey>, ParseError> {
    let at = cursor.at();
    cursor.space(reading)?;
    while eat_word(cursor, b"FUZZY") {
        cursor.space(reading)?;
    }
    let Some(key) = operand(cursor, deeper(depth, at)?, reading)? else { return Ok(None) };
    key.fuzzy().map(Some).map_err(|error| error.shifted(at))
}

fn in_thread(
    cursor: &mut Cursor<'_>,
    depth: Depth,
    reading: &mut Reading<Defect>,
) -> Result<Option<SearchKey>, ParseError> {
    let at = cursor.at();
    cursor.space(reading)?;
    let algorithm = Atom::parse(cursor, reading)?;
    cursor.space(reading)?;
    let Some(key) = operand(cursor, deeper(depth, at)?, reading)? else { return Ok(None) };
    key.in_thread(algorithm).map(Some).map_err(|error| error.shifted(at))
}

fn deeper(depth: Depth, at: usize) -> Result<Depth, ParseError> {
    depth.deeper().ok_or(ParseError::new(at, TOO_DEEP))
}

/// Passes over the word if it comes next as a whole.
pub(super) fn eat_word(cursor: &mut Cursor<'_>, word: &[u8]) -> bool {
    let Some((front, behind)) = cursor.rest().split_at_checked(word.len()) else { return false };
    let goes_on = behind.first().is_some_and(|octet| Class::LABEL.has(*octet));
    let is_next = front.eq_ignore_ascii_case(word) && !goes_on;
    if is_next {
        cursor.go_to(behind);
    }
    is_next
}

/// Reads what stands behind the word of a key with arguments of its own kind. Without one the cursor
/// goes back to where the word begins.
pub(super) fn with_arguments<'a>(
    word: &[u8],
    begin: &'a [u8],
    cursor: &mut Cursor<'a>,
    reading: &mut Reading<Defect>,
) -> Result<Option<SearchKey>, ParseError> {
    type Read = fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Result<SearchKey, ParseError>;
    let read: Read = match word {
        b"KEYWORD" => |c, r| keyword(c, r).map(SearchKey::Keyword),
        b"UNKEYWORD" => |c, r| keyword(c, r).map(SearchKey::Unkeyword),
        b"LARGER" => |c, _| c.number64().map(SearchKey::Larger),
        b"SMALLER" => |c, _| c.number64().map(SearchKey::Smaller),
        b"OLDER" => |c, r| c.nz_number(r).map(SearchKey::Older),
        b"YOUNGER" => |c, r| c.nz_number(r).map(SearchKey::Younger),
        b"HEADER" => header,
        b"UID" => |c, r| SequenceSet::parse(c, r).map(SearchKey::Uid),
        b"UIDAFTER" => |c, r| Uid::parse(c, r).map(SearchKey::UidAfter),
        b"UIDBEFORE" => |c, r| Uid::parse(c, r).map(SearchKey::UidBefore),
        b"MODSEQ" => |c, r| ModSeqKey::parse(c, r).map(Box::new).map(SearchKey::ModSeq),
        b"EMAILID" => |c, r| ObjectId::parse(c, r).map(SearchKey::EmailId),
        b"THREADID" => |c, r| ObjectId::parse(c, r).map(SearchKey::ThreadId),
        b"FILTER" => |c, r| FilterName::parse(c, r).map(SearchKey::Filter),
        b"ANNOTATION" => {
            |c, r| AnnotationSearch::parse(c, r).map(Box::new).map(SearchKey::Annotation)
        }
        b"X-GM-MSGID" => |c, _| number_of_64_bits(c).map(SearchKey::GmailMessageId),
        b"X-GM-THRID" => |c, _| number_of_64_bits(c).map(SearchKey::GmailThreadId),
        b"X-REAL-UID" => |c, r| SequenceSet::parse(c, r).map(SearchKey::XRealUid),
        _ => {
            cursor.go_back_to(begin);
            return Ok(None);
        }
    };
    cursor.space(reading)?;
    read(cursor, reading).map(Some)
}

fn header(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<SearchKey, ParseError> {
    let name = AString::parse(cursor, reading)?;
    cursor.space(reading)?;
    let value = AString::parse(cursor, reading)?;
    Ok(SearchKey::Header(Box::new(HeaderKey { name, value })))
}

/// A keyword, which some clients put in quotes.
fn keyword(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Keyword, ParseError> {
    if cursor.peek() != Some(b'"') {
        return Keyword::parse(cursor, reading);
    }
    let at = cursor.at();
    reading.tolerate(Defect::QuotedFlag, at, "a keyword (an atom)")?;
    Keyword::new(cursor.quoted(reading)?).map_err(|error| error.shifted(at.saturating_add(1)))
}

fn number_of_64_bits(cursor: &mut Cursor<'_>) -> Result<u64, ParseError> {
    const EXPECTED: &str = "a number below 18446744073709551616";
    let at = cursor.at();
    cursor.digits(EXPECTED)?.ok_or(ParseError::new(at, EXPECTED))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::modseq::EntryType;
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use crate::codec::{
        Date, Flag, ModSeq, ParseLimits, Position, Ranges, SeqNum, SetNumber, SystemFlag,
    };
    use crate::{Literals, Negotiated};
    use alloc::string::String;
    use alloc::vec;
    use bytes::Bytes;
    use core::num::NonZeroU32;
    use mail_proto::Leniency;
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    fn any_astring() -> impl Strategy<Value = AString> {
        "[ -~\r\n\u{e9}\u{20ac}]{0,8}".prop_map(|string| AString::new(string).unwrap())
    }

    fn any_set<N: SetNumber>() -> impl Strategy<Value = SequenceSet<N>> {
        let position = || {
            prop_oneof![
                4 => (1u32..).prop_map(|number| Position::Number(N::new(number).unwrap())),
                1 => Just(Position::Last),
            ]
        };
        let range = (position(), position());
        let ranges = vec(range, 1..4).prop_map(|ranges| {
            let mut ranges = ranges.into_iter().map(|(first, last)| Ranges::range(first, last));
            let mut joined = ranges.next().unwrap();
            ranges.for_each(|range| joined.push(range.as_slice()[0]));
            SequenceSet::Ranges(joined)
        });
        prop_oneof![9 => ranges, 1 => Just(SequenceSet::Saved)]
    }

    fn any_flag() -> impl Strategy<Value = Flag> {
        prop_oneof![
            Just(Flag::System(SystemFlag::Draft)),
            "[$A-Z]{1,4}".prop_map(|name| Flag::Keyword(Keyword::new(name).unwrap())),
            "x[a-z]{1,4}".prop_map(|name| Flag::Extension(Atom::new(name).unwrap())),
        ]
    }

    fn any_mod_seq_key() -> impl Strategy<Value = SearchKey> {
        let entry_type =
            prop_oneof![Just(EntryType::Private), Just(EntryType::Shared), Just(EntryType::All)];
        (option::of((any_flag(), entry_type)), 0..=u64::MAX >> 1).prop_map(|(entry, mod_seq)| {
            SearchKey::ModSeq(Box::new(ModSeqKey { entry, mod_seq: ModSeq::new(mod_seq) }))
        })
    }

    fn any_leaf() -> impl Strategy<Value = SearchKey> {
        let uid = || (1u32..).prop_map(|uid| Uid::new(uid).unwrap());
        let keyword = || "[$A-Z]{1,4}".prop_map(|name| Keyword::new(name).unwrap());
        let seconds = || (1u32..).prop_map(|seconds| NonZeroU32::new(seconds).unwrap());
        let date = || {
            (0u16..=9999, 1u8..=12, 1u8..=28)
                .prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
        };
        let object_id = || "[a-zA-Z0-9_-]{1,9}".prop_map(|id| ObjectId::new(id).unwrap());
        prop_oneof![
            4 => (0..SearchKey::PLAIN.len()).prop_map(|index| SearchKey::PLAIN[index].clone()),
            4 => (0..SearchKey::STRINGS.len(), any_astring())
                .prop_map(|(index, string)| SearchKey::STRINGS[index](string)),
            2 => (0..SearchKey::DATES.len(), date())
                .prop_map(|(index, date)| SearchKey::DATES[index](date)),
            1 => keyword().prop_map(SearchKey::Keyword),
            1 => keyword().prop_map(SearchKey::Unkeyword),
            1 => (0..=u64::MAX >> 1).prop_map(SearchKey::Larger),
            1 => (0..=u64::MAX >> 1).prop_map(SearchKey::Smaller),
            1 => seconds().prop_map(SearchKey::Older),
            1 => seconds().prop_map(SearchKey::Younger),
            2 => (any_astring(), any_astring())
                .prop_map(|(name, value)| SearchKey::Header(Box::new(HeaderKey { name, value }))),
            2 => any_set::<SeqNum>().prop_map(SearchKey::Messages),
            2 => any_set::<Uid>().prop_map(SearchKey::Uid),
            1 => any_set::<Uid>().prop_map(SearchKey::XRealUid),
            1 => uid().prop_map(SearchKey::UidAfter),
            1 => uid().prop_map(SearchKey::UidBefore),
            2 => any_mod_seq_key(),
            1 => object_id().prop_map(SearchKey::EmailId),
            1 => object_id().prop_map(SearchKey::ThreadId),
            1 => "[a-z.-]{1,9}".prop_map(|name| SearchKey::Filter(FilterName::new(name).unwrap())),
            1 => any::<u64>().prop_map(SearchKey::GmailMessageId),
            1 => any::<u64>().prop_map(SearchKey::GmailThreadId),
            1 => crate::codec::annotate::tests::any_annotation_search()
                .prop_map(|it| SearchKey::Annotation(Box::new(it))),
        ]
    }

    /// Of no unknown keys.
    pub(crate) fn any_search_key() -> impl Strategy<Value = SearchKey> {
        any_leaf().prop_recursive(8, 24, 4, |key| {
            prop_oneof![
                2 => vec(key.clone(), 0..4).prop_map(|keys| SearchKey::all_of(keys).unwrap()),
                2 => vec(key.clone(), 0..6).prop_map(|keys| SearchKey::any_of(keys).unwrap()),
                1 => key.clone().prop_map(|key| key.not().unwrap()),
                1 => key.clone().prop_map(|key| key.fuzzy().unwrap()),
                1 => key.prop_map(|key| key.in_thread(Atom::new("REFS").unwrap()).unwrap()),
            ]
        })
    }

    fn key(octets: &[u8]) -> SearchKey {
        strict(octets, SearchKey::parse).unwrap()
    }

    fn text(key: &SearchKey) -> String {
        String::from_utf8(written(|encoder| key.encode(encoder))).unwrap()
    }

    #[test]
    fn keys_read_and_written() {
        for octets in [
            "ALL ANSWERED DELETED DRAFT FLAGGED NEW OLD RECENT SEEN",
            "UNANSWERED UNDELETED UNDRAFT UNFLAGGED UNSEEN SAVEDATESUPPORTED",
            "BCC a BODY b CC c FROM d SUBJECT e TEXT f TO \"\"",
            "BEFORE 1-Feb-1994 ON 31-May-2002 SINCE 1-Jan-2004",
            "SENTBEFORE 1-Feb-1994 SENTON 31-May-2002 SENTSINCE 1-Jan-2004",
            "KEYWORD $Junk UNKEYWORD $MDNSent LARGER 0 SMALLER 9223372036854775807",
            "HEADER Message-ID \"<a b>\" HEADER X-Y \"\"",
            "1,3000:3021 * $ UID 300:900 UID $ UID *",
            "NOT SEEN OR SEEN DRAFT OR NOT MODSEQ 720162338 LARGER 50000",
            "MODSEQ 0 MODSEQ \"/flags/\\\\Draft\" all 620162338 MODSEQ \"/flags/$Junk\" priv 1",
            "MODSEQ \"/flags/\\\\x\" shared 9223372036854775807",
            "OLDER 1 YOUNGER 259200",
            "SAVEDBEFORE 28-Dec-2014 SAVEDON 28-Dec-2014 SAVEDSINCE 28-Dec-2014",
            "EMAILID M6d99ac3275bb4e THREADID T64b478a75b7ea9",
            "FUZZY (SUBJECT a TEXT \"IMAP break\") FUZZY SUBJECT work FROM user@example.com",
            "UID 300:900 FILTER on-the-road SINCE 3-Dec-2002",
            "ANNOTATION /comment value \"IMAP4\" ANNOTATION \"*\" value.priv NIL",
            "UIDAFTER 25000 UIDBEFORE 4294967295 UNDELETED",
            "X-GM-RAW \"has:attachment in:unread\" X-GM-LABELS foo X-GM-MSGID 18446744073709551615",
            "X-GM-THRID 1266894439832287888",
            "X-GUID ab X-MAILBOX INBOX X-REAL-UID 1:* X-SAVEDON 1-Jan-2026 INTHREAD REFS SEEN",
            "NOT (SEEN DRAFT) OR (SEEN DRAFT) (ALL NEW)",
        ] {
            reads_and_writes(octets.as_bytes(), SearchKey::parse, SearchKey::encode);
        }
        assert_eq!(key(b"since \"3-Dec-2002\""), key(b"SINCE 3-Dec-2002"));
        assert_eq!(key(b"from \"Smith\""), key(b"FROM Smith"));
        assert_eq!(
            key(b"modseq \"/FLAGS/\\\\DRAFT\" ALL 1"),
            key(b"MODSEQ \"/flags/\\\\Draft\" all 1")
        );
    }

    #[test]
    fn keys_are_kept_in_their_shortest_form() {
        for (read, wrote) in [
            ("((SEEN))", "SEEN"),
            ("(SEEN DRAFT)", "SEEN DRAFT"),
            ("(SEEN (DRAFT NEW)) ALL", "SEEN DRAFT NEW ALL"),
            ("(OR $ 1,3000:3021) TEXT a", "OR $ 1,3000:3021 TEXT a"),
            ("NOT NOT SEEN", "SEEN"),
            ("NOT NOT NOT SEEN", "NOT SEEN"),
            ("NOT (NOT SEEN)", "SEEN"),
            ("FUZZY FUZZY SEEN", "FUZZY SEEN"),
            ("OR 1 OR 2 3", "OR 1 OR 2 3"),
            ("OR OR 1 2 3", "OR 1 OR 2 3"),
            ("OR (OR 1 2) ((OR 3 4))", "OR OR 1 2 OR 3 4"),
            ("OR 1 OR 2 OR 3 4", "OR OR 1 2 OR 3 4"),
            ("FUZZY (SUBJECT a)", "FUZZY SUBJECT a"),
        ] {
            assert_eq!(text(&key(read.as_bytes())), wrote, "{read}");
            assert_eq!(key(wrote.as_bytes()), key(read.as_bytes()));
        }
    }

    #[test]
    fn what_is_no_key() {
        for (octets, at) in [
            ("", 0),
            ("()", 1),
            ("(SEEN", 5),
            ("SEEN)", 4),
            ("SEEN ", 4),
            ("NOT", 3),
            ("NOT ", 4),
            ("OR SEEN", 7),
            ("OR SEEN ", 8),
            ("OR (SEEN) ()", 11),
            ("FROM", 4),
            ("FROM (a)", 5),
            ("BEFORE 1", 8),
            ("KEYWORD \\Seen", 8),
            ("KEYWORD \"Gmail\"", 8),
            ("LARGER 9223372036854775808", 7),
            ("OLDER 0", 6),
            ("UID 0", 4),
            ("0", 0),
            ("HEADER a", 8),
            ("MODSEQ \"/flags\" all 1", 8),
            ("MODSEQ \"/flags/a\" any 1", 18),
            ("MODSEQ \"/flags/a\" 1", 18),
            ("FILTER a/b", 8),
            ("EMAILID a.b", 9),
            ("KEYWORDS $mdnsent", 0),
            ("SEEN X-NEW a", 5),
            ("OR SEEN (X-NEW a)", 9),
            ("~SEEN", 0),
            ("X-GM-MSGID 18446744073709551616", 11),
        ] {
            let error = strict(octets.as_bytes(), SearchKey::parse).map(|key| text(&key));
            assert_eq!(error.unwrap_err().at, at, "{octets}");
        }
    }

    #[test]
    fn unknown_keys_take_the_rest_of_their_list() {
        let read = |octets: &str| {
            let (key, defects) = lenient(octets.as_bytes(), SearchKey::parse);
            assert!(defects.contains(&Defect::UnknownSearchKey), "{octets}");
            key.unwrap()
        };
        for octets in [
            "X-NEW",
            "X-NEW a (b {1}\r\n)) SEEN",
            "SEEN X-NEW a \"b)\" 7",
            "SEEN OR X-NEW a DRAFT",
            "SEEN NOT FUZZY X-NEW a",
            "SEEN OR (SEEN X-NEW a) DRAFT",
            "OR SEEN (X-NEW)",
            "NOT (X-NEW a)",
            "(X-NEW a) SEEN",
            "(IN one \"a\")",
            "(return x)",
            "SEEN CHARSET",
            "INS x",
            "WHATEVER-WORD-IS-LONGER-THAN-THE-LONGEST 1",
        ] {
            assert_eq!(text(&read(octets)), octets);
        }
        let SearchKey::And(keys) = read("SEEN NOT X-NEW a") else { panic!() };
        let raw = Raw::new(&b"NOT X-NEW a"[..]).unwrap();
        assert_eq!(keys[1], SearchKey::Unknown(UnknownSearchKey::new(raw).unwrap()));
        // What was added behind it does not become part of it.
        assert_eq!(text(&read("X-NEW a").and(SearchKey::Seen).unwrap()), "(X-NEW a) SEEN");
        assert_eq!(text(&read("(X-NEW a )")), "X-NEW a");
        assert_eq!(text(&read("X-NEW a ")), "X-NEW a");
        for wrong in ["X-NEW (a", "X-NEW a)", "(X-NEW a", "SEEN X-NEW \"a"] {
            assert!(lenient(wrong.as_bytes(), SearchKey::parse).0.is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_of_real_clients() {
        let (quoted, defects) = lenient(b"KEYWORD \"Gmail\"", SearchKey::parse);
        assert_eq!((quoted, defects), (Ok(key(b"KEYWORD Gmail")), vec![Defect::QuotedFlag]));
        assert!(lenient(b"KEYWORD \"a b\"", SearchKey::parse).0.is_err());
        let (spaces, defects) = lenient(b"SEEN  ( DRAFT  NEW )  ", SearchKey::parse);
        assert_eq!(spaces, Ok(key(b"SEEN DRAFT NEW")));
        let (double, list, end) = (Defect::DoubleSpace, Defect::SpaceInList, Defect::TrailingSpace);
        assert_eq!(defects, [double, list, double, list, end]);
    }

    fn with_limit(commands: u16, octets: &[u8]) -> Result<SearchKey, usize> {
        let limits = ParseLimits { commands, ..ParseLimits::client() };
        let octets = Bytes::copy_from_slice(octets);
        let mut cursor = Cursor::new(&octets).with_limits(limits);
        SearchKey::parse(&mut cursor, &mut Reading::new(Leniency::strict()))
            .map_err(|error| error.at)
    }

    #[test]
    fn nesting_ends_at_its_limit() {
        let lists = |levels: usize| {
            [&b"(NOT SEEN "[..].repeat(levels)[..], b"ALL", &b")".repeat(levels)].concat()
        };
        assert!(with_limit(4, &lists(4)).is_err(), "the NOT is a fifth level");
        assert!(with_limit(5, &lists(4)).is_ok());
        assert!(with_limit(1000, &lists(31)).is_ok());
        assert!(with_limit(1000, &lists(32)).is_err());
        assert_eq!(with_limit(32, &b"(".repeat(1_000_000)), Err(32));
        assert!(with_limit(0, b"(SEEN)").is_err() && with_limit(0, b"SEEN NEW").is_ok());
        // What may be read may be written and read again.
        let deepest = [&b"OR ALL (SEEN "[..].repeat(32)[..], b"NEW", &b")".repeat(32)].concat();
        let deepest = with_limit(32, &deepest).unwrap();
        assert_eq!(key(text(&deepest).as_bytes()), deepest);
    }

    #[test]
    fn hostile_nesting_takes_little_stack() {
        std::thread::Builder::new()
            .stack_size(128 * 1024)
            .spawn(|| {
                for octets in ["(", "(ALL ", "NOT ", "FUZZY ", "OR ", "NOT FUZZY ", "OR ALL (NOT "]
                {
                    let octets = octets.repeat(200_000);
                    assert!(strict(octets.as_bytes(), SearchKey::parse).is_err(), "{octets:.20}");
                    let unknown = [&octets, "X-NEW"].concat();
                    drop(lenient(unknown.as_bytes(), SearchKey::parse));
                }
                let deepest = ["OR ALL (SEEN ".repeat(32), "NEW".into(), ")".repeat(32)].concat();
                let key = key(deepest.as_bytes());
                assert_eq!(alloc::format!("{:?}", key.clone()).matches("Seen").count(), 32);
            })
            .unwrap()
            .join()
            .unwrap();
    }

    #[test]
    fn thousands_of_alternatives_are_flat() {
        let right = ["OR SEEN ".repeat(5000), "SEEN".into()].concat();
        let left = ["OR ".repeat(5000), "SEEN ".repeat(5000), "SEEN".into()].concat();
        assert_eq!(key(right.as_bytes()), key(left.as_bytes()));
        let SearchKey::Or(keys) = key(right.as_bytes()) else { panic!() };
        assert_eq!(keys.len(), 5001);
        let wrote = text(&SearchKey::Or(keys));
        assert!(wrote.starts_with(&"OR ".repeat(12)) && !wrote.contains(&"OR ".repeat(14)));
        assert_eq!(key(wrote.as_bytes()), key(left.as_bytes()));
        let nots = ["NOT ".repeat(100_001), "SEEN".into()].concat();
        assert_eq!(key(nots.as_bytes()), SearchKey::Seen.not().unwrap());
    }

    #[test]
    fn long_lists_end_at_their_limit() {
        let parse = |octets: &str| {
            let octets = Bytes::copy_from_slice(octets.as_bytes());
            let mut cursor = Cursor::new(&octets).with_limits(ParseLimits::server());
            SearchKey::parse(&mut cursor, &mut Reading::new(Leniency::strict())).is_ok()
        };
        let list = |keys: usize| ["ALL ".repeat(keys - 1), "ALL".into()].concat();
        assert!(parse(&list(10_000)) && !parse(&list(10_001)));
        let either = |keys: usize| ["OR ALL ".repeat(keys - 1), "ALL".into()].concat();
        assert!(parse(&either(10_000)) && !parse(&either(10_001)));
    }

    #[test]
    fn no_string_ends_its_key() {
        let header = SearchKey::header("Message-ID", "x\r\na2 DELETE INBOX\r\n\"").unwrap();
        assert_eq!(text(&header), "HEADER Message-ID {21}\r\nx\r\na2 DELETE INBOX\r\n\"");
        assert_eq!(SearchKey::header("a", "b\0").unwrap_err().at, 1);
    }

    #[test]
    fn keys_are_small() {
        assert!(size_of::<SearchKey>() <= 40, "{}", size_of::<SearchKey>());
    }

    proptest! {
        #[test]
        fn keys_come_back(key in any_search_key()) {
            round_trips(&key, SearchKey::encode, SearchKey::parse);
        }

        #[test]
        fn anything_is_read_or_refused(octets in "[(){}\"*$ 0-9A-Z\\r\\n-]{0,40}") {
            let _ = strict(octets.as_bytes(), SearchKey::parse);
            if let (Ok(key), _) = lenient(octets.as_bytes(), SearchKey::parse) {
                let wrote = text(&key);
                let (again, _) = lenient(wrote.as_bytes(), SearchKey::parse);
                prop_assert_eq!(again, Ok(key));
            }
        }

        #[test]
        fn keys_and_unknown_keys_come_back(words in vec(prop_oneof![
            Just("SEEN"), Just("NOT"), Just("OR"), Just("FUZZY"), Just("X-NEW"), Just("(SEEN"),
            Just("(X"), Just("ALL)"), Just("1:*"), Just("SUBJECT a"), Just("{1}\r\n("),
        ], 1..12)) {
            let octets = words.join(" ");
            if let (Ok(key), _) = lenient(octets.as_bytes(), SearchKey::parse) {
                let negotiated = Negotiated { literals: Literals::Plus, ..Negotiated::client() };
                let mut wrote = Vec::new();
                key.encode(&mut Encoder::new(&mut wrote, negotiated));
                let (again, _) = lenient(&wrote, SearchKey::parse);
                // The literals of unknown keys now have a plus.
                let plain = |key: &SearchKey| text(key).replace("+}", "}");
                prop_assert_eq!(again.map(|again| plain(&again)), Ok(plain(&key)));
            }
        }
    }
}
