//! The FETCH response, whole.

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink};

use super::fast;
use super::item::Read;
use super::{BodyBegin, BodyName, BodySection, FetchItem};
use crate::Defect;
use crate::codec::{
    BodyStructure, Cursor, DateTime, Encoder, Envelope, FlagList, ModSeq, Section, SectionPart, Uid,
};

/// What a FETCH or UIDFETCH response tells of a message.
///
/// ```abnf
/// msg-att        = "(" (msg-att-dynamic / msg-att-static) *(SP (msg-att-dynamic / msg-att-static)) ")"
/// ```
///
/// (RFC 9051 section 7.5.2, RFC 9586 section 3.4.) A server may leave out what was asked for, add what
/// was not, and answer in any order.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{FetchData, Uid, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(br" (UID 4827313 FLAGS (\Seen) X-NEW (1 2))");
/// let data = parse_whole(&octets, &mut Reading::new(Leniency::strict()), FetchData::parse).unwrap();
/// assert_eq!(data.uid(), Uid::new(4827313));
/// assert!(data.flags().unwrap().is_seen());
/// assert_eq!(data.items.len(), 3);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct FetchData {
    /// The items in the order of the response. Only a broken server sends none.
    pub items: Vec<FetchItem>,
}

impl FetchData {
    /// Reads it, leading space included.
    ///
    /// # Errors
    ///
    /// There is no list of items.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut data = Self::default();
        data.read(cursor, reading)?;
        Ok(data)
    }

    /// Reads it where it stays: to move it right after it was made costs as much as to read an item.
    pub(crate) fn read(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        cursor.space(reading)?;
        // An item has a dozen octets and more.
        self.items.reserve_exact((cursor.rest().len() / 12).clamp(2, 6));
        let mut list = ItemList::default();
        loop {
            list.plain_items(cursor, &mut self.items);
            if list.ends(cursor) {
                break;
            }
            match list.step(false, cursor, reading)? {
                Step::Item(item) => self.items.push(item),
                Step::Body(_) => return Err(cursor.expected("as many octets as announced")),
                Step::End => break,
            }
        }
        trailer(cursor, reading)
    }

    /// Writes it, leading space included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b" (");
        encoder.spaced(&self.items, FetchItem::encode);
        encoder.put(b")");
    }

    fn find<'a, T>(&'a self, item: impl FnMut(&'a FetchItem) -> Option<T>) -> Option<T> {
        self.items.iter().find_map(item)
    }

    /// UID
    #[must_use]
    pub fn uid(&self) -> Option<Uid> {
        self.find(|item| match item {
            FetchItem::Uid(uid) => Some(*uid),
            _ => None,
        })
    }

    /// FLAGS
    #[must_use]
    pub fn flags(&self) -> Option<&FlagList> {
        self.find(|item| match item {
            FetchItem::Flags(flags) => Some(flags),
            _ => None,
        })
    }

    /// ENVELOPE
    #[must_use]
    pub fn envelope(&self) -> Option<&Envelope> {
        self.find(|item| match item {
            FetchItem::Envelope(envelope) => Some(&**envelope),
            _ => None,
        })
    }

    /// INTERNALDATE
    #[must_use]
    pub fn internal_date(&self) -> Option<DateTime> {
        self.find(|item| match item {
            FetchItem::InternalDate(date) => Some(*date),
            _ => None,
        })
    }

    /// RFC822.SIZE. It may be wrong: neither reserve nor stop by it (Q81).
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.find(|item| match item {
            FetchItem::Size(size) => Some(*size),
            _ => None,
        })
    }

    /// BODYSTRUCTURE, or BODY if that is all there is.
    #[must_use]
    pub fn body_structure(&self) -> Option<&BodyStructure> {
        let full = self.find(|item| match item {
            FetchItem::BodyStructure(body) => Some(&**body),
            _ => None,
        });
        full.or_else(|| {
            self.find(|item| match item {
                FetchItem::Body(body) => Some(&**body),
                _ => None,
            })
        })
    }

    /// All that is there of the message itself, NIL included.
    pub fn bodies(&self) -> impl Iterator<Item = &BodySection> {
        self.items.iter().filter_map(|item| match item {
            FetchItem::BodySection(body) => Some(&**body),
            _ => None,
        })
    }

    /// The octets of `BODY[section]`, or of the first piece of it. Names of header fields count in any
    /// case and order. None if it is not there or NIL.
    #[must_use]
    pub fn body(&self, section: &Section) -> Option<&Bytes> {
        let body = self.bodies().find(|body| body.name.is_section(section));
        body.and_then(|body| body.octets.as_ref())
    }

    /// The octets of `BINARY[part]`, or of the first piece of it. None if it is not there or NIL.
    #[must_use]
    pub fn binary(&self, part: &SectionPart) -> Option<&Bytes> {
        let is_it =
            |name: &BodyName| matches!(name, BodyName::Binary { part: it, .. } if it == part);
        self.bodies().find(|body| is_it(&body.name)).and_then(|body| body.octets.as_ref())
    }

    /// MODSEQ
    #[must_use]
    pub fn mod_seq(&self) -> Option<ModSeq> {
        self.find(|item| match item {
            FetchItem::ModSeq(value) => Some(*value),
            _ => None,
        })
    }
}

impl FromIterator<FetchItem> for FetchData {
    fn from_iter<I: IntoIterator<Item = FetchItem>>(items: I) -> Self {
        Self { items: items.into_iter().collect() }
    }
}

/// How far a list of items has been read, however it came in pieces.
#[derive(Clone, Default, Debug)]
pub(super) struct ItemList {
    place: Place,
    items: u32,
    /// Parentheses that are open inside of the list.
    nested: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Place {
    /// Before the list.
    #[default]
    Before,
    /// Behind its parenthesis.
    Open,
    /// Behind an item.
    Behind,
}

/// What comes next in a list of items.
pub(super) enum Step {
    Item(FetchItem),
    Body(BodyBegin),
    End,
}

impl ItemList {
    /// Reads the next item, or the end of the list.
    pub(super) fn step(
        &mut self,
        streams: bool,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Step, ParseError> {
        loop {
            if self.place == Place::Before {
                cursor.tag("(")?;
                self.place = Place::Open;
            }
            self.gap(cursor, reading)?;
            match cursor.peek() {
                Some(b')') => {
                    self.close(cursor, reading)?;
                    match self.nested.checked_sub(1) {
                        Some(nested) => self.nested = nested,
                        None => return Ok(Step::End),
                    }
                }
                Some(b'(') => self.open(cursor, reading)?,
                _ => match self.item(streams, cursor, reading)? {
                    Read::Item(item) => return Ok(Step::Item(item)),
                    Read::Body(begin) => return Ok(Step::Body(begin)),
                    Read::Nothing => {}
                },
            }
        }
    }

    /// Reads by the short cut as many of the next items as it takes.
    fn plain_items(&mut self, cursor: &mut Cursor<'_>, items: &mut Vec<FetchItem>) {
        if !cursor.is_fast() {
            return;
        }
        if self.place == Place::Before && self.items < cursor.limits().elements {
            let is_plain = cursor.is_fast() && fast::item(b'(', cursor, items);
            if !is_plain {
                return;
            }
            self.took();
        }
        while self.place == Place::Behind
            && self.items < cursor.limits().elements
            && cursor.is_fast()
            && fast::item(b' ', cursor, items)
        {
            self.took();
        }
    }

    /// Passes over the end of the list, if it comes next behind an item.
    fn ends(&self, cursor: &mut Cursor<'_>) -> bool {
        self.place == Place::Behind && self.nested == 0 && cursor.eat(b')')
    }

    const fn took(&mut self) {
        self.items = self.items.saturating_add(1);
        self.place = Place::Behind;
    }

    fn item(
        &mut self,
        streams: bool,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Read, ParseError> {
        self.items = self.items.saturating_add(1);
        if self.items > cursor.limits().elements {
            return Err(cursor.expected("fewer elements in a list"));
        }
        let read = FetchItem::read(streams, cursor, reading)?;
        self.place = Place::Behind;
        Ok(read)
    }

    /// The space before an item, none before the first one and before the end.
    fn gap(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        let at = cursor.at();
        let spaces = cursor.rest().iter().take_while(|octet| **octet == b' ').count();
        cursor.skip(spaces);
        let ends = cursor.peek() == Some(b')');
        match (self.place, spaces) {
            (Place::Open, 0) => Ok(()),
            (Place::Behind, 0) if ends => Ok(()),
            (Place::Behind, 1) if !ends => Ok(()),
            (Place::Behind, 0) if cursor.peek().is_some() => {
                reading.tolerate(Defect::MissingSpace, at, "a space or )")
            }
            (_, 0) => Err(ParseError::new(at, "a space or )")),
            (Place::Behind, _) if !ends => {
                reading.tolerate(Defect::DoubleSpace, at.saturating_add(1), "one space")
            }
            _ => reading.tolerate(Defect::SpaceInList, at, "an item or )"),
        }
    }

    fn open(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        reading.tolerate(Defect::NestedFetchItems, cursor.at(), "the name of an item")?;
        self.nested = self.nested.saturating_add(1);
        if self.nested >= cursor.limits().others {
            return Err(cursor.expected("lists nested less deep"));
        }
        cursor.skip(1);
        self.place = Place::Open;
        Ok(())
    }

    fn close(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        if self.items == 0 && self.nested == 0 {
            reading.tolerate(Defect::EmptyFetch, cursor.at(), "the name of an item")?;
        }
        cursor.skip(1);
        self.place = Place::Behind;
        Ok(())
    }
}

/// What some put behind the list instead of inside.
pub(super) fn trailer(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<(), ParseError> {
    let is_trailer = cursor.rest().iter().any(|octet| *octet != b' ');
    if is_trailer && reading.leniency.allows(Defect::FetchTrailer) {
        reading.tolerate(Defect::FetchTrailer, cursor.at(), "the end of the line")?;
        cursor.skip(usize::MAX);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::fetch::testing::{any_fetch_data, examples};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use crate::codec::{MalformedItem, ParseLimits};
    use alloc::borrow::ToOwned;
    use alloc::format;
    use alloc::vec;
    use mail_proto::Leniency;
    use proptest::prelude::*;

    #[test]
    fn items_are_small() {
        assert!(size_of::<FetchItem>() <= 48, "{}", size_of::<FetchItem>());
    }

    /// What is behind `FETCH` in `* 1 FETCH (...)`.
    fn data(octets: &[u8]) -> &[u8] {
        let fetch = octets.windows(5).position(|it| it.eq_ignore_ascii_case(b"FETCH")).unwrap();
        octets[fetch + 5..].strip_suffix(b"\r\n").unwrap()
    }

    /// Flags are written in an order of their own.
    fn sorted(octets: &[u8]) -> Vec<u8> {
        let mut octets = octets.to_ascii_uppercase();
        octets.sort_unstable();
        octets
    }

    #[test]
    fn examples_of_the_rfcs() {
        let mut count = 0;
        for example in examples("S", "FETCH (") {
            let octets = example.octets;
            if !octets.starts_with(b"* ") {
                continue;
            }
            let octets = data(&octets);
            // RFC 2180 has a server send a day that is none.
            if example.id == "rfc2180-4.1.3-03" {
                assert_eq!(lenient(octets, FetchData::parse).1, [Defect::NoSuchDay]);
                continue;
            }
            let fetch = strict(octets, FetchData::parse)
                .unwrap_or_else(|error| panic!("{}: {error}", example.id));
            let out = written(|encoder| fetch.encode(encoder));
            // A day of one digit has a zero before it there.
            if example.id != "rfc8514-4.2-02" {
                assert_eq!(sorted(&out), sorted(octets), "{}", example.id);
            }
            assert_eq!(strict(&out, FetchData::parse), Ok(fetch), "{}", example.id);
            count += 1;
        }
        assert!(count > 150, "{count}");
    }

    #[test]
    fn every_item_reads_and_writes() {
        for item in [
            r"FLAGS ()",
            r"FLAGS (\Seen $Junk)",
            "INTERNALDATE \"17-Jul-1996 02:44:25 -0700\"",
            "RFC822.SIZE 9223372036854775807",
            "BODY[] {3}\r\n(\r\n",
            "BODY[1.2.MIME]<17> NIL",
            "BODY[HEADER.FIELDS (From \"a b\")] \"\"",
            "BINARY[] ~{2}\r\n\0a",
            "BINARY[1]<3> {2}\r\n\r\n",
            "BINARY.SIZE[1.2] 7",
            "RFC822 {1}\r\na",
            "RFC822.HEADER NIL",
            "RFC822.TEXT \"\"",
            "UID 4294967295",
            "MODSEQ (9223372036854775807)",
            "EMAILID (M6d99ac3275bb4e)",
            "THREADID (T64b478a75b7ea9)",
            "THREADID NIL",
            "SAVEDATE \" 1-Jan-2015 00:05:00 -0500\"",
            "SAVEDATE NIL",
            "PREVIEW \"text\"",
            "PREVIEW NIL",
            "ANNOTATION (/comment (value.priv \"x\"))",
            "X-GM-MSGID 18446744073709551615",
            "X-GM-THRID 0",
            "SNIPPET (FUZZY \"text\")",
            "X-GUID abc",
            "X-MAILBOX INBOX",
            "X-REAL-UID 7",
            "X-SAVEDATE NIL",
            "DIGEST.SHA1 0123456789abcdef0123456789abcdef01234567",
            "CID 00fedcba98765432",
            "CID NIL",
            "BASECID ffffffffffffffff",
            "CREATEDMODSEQ (3)",
            "OBJECTID (EMAILID M1 THREADID NIL)",
            "XAOL.SPAM.REASON NIL",
            "X-FOO[1.2]<0> (a (b \"c\") {2}\r\n)))",
            "X:FOO bar",
        ] {
            for list in [format!(" ({item})"), format!(" (UID 1 {item} X (1))")] {
                let octets = list.as_bytes();
                let data = reads_and_writes(octets, FetchData::parse, FetchData::encode);
                let is_unknown = data.items.iter().any(|it| matches!(it, FetchItem::Unknown(_)));
                assert_eq!(
                    is_unknown,
                    item.starts_with("XA") || item.contains("FOO") || list.len() > item.len() + 3
                );
            }
        }
    }

    #[test]
    fn keys_in_any_case() {
        let octets =
            b" (uid 7 Flags (\\seen) body[header.fields (SUBJECT)]<0> {1}\r\na Rfc822.Size 3)";
        let data = strict(octets, FetchData::parse).unwrap();
        let wrote = written(|encoder| data.encode(encoder));
        let expected: &[u8] =
            b" (UID 7 FLAGS (\\Seen) BODY[HEADER.FIELDS (SUBJECT)]<0> {1}\r\na RFC822.SIZE 3)";
        assert_eq!(wrote, expected);
        let subject = strict(b"[HEADER.FIELDS (Subject)]", Section::parse).unwrap();
        assert_eq!(data.body(&subject).unwrap(), "a");
        assert_eq!((data.size(), data.bodies().count()), (Some(3), 1));
    }

    #[test]
    fn one_allocation_holds_a_small_response() {
        let data = strict(br" (UID 1 FLAGS (\Seen))", FetchData::parse).unwrap();
        assert!(data.items.capacity() >= 2 && data.items.capacity() <= 4);
    }

    /// Octets, where a strict reading stops, what a lenient one writes, and what it met.
    type Quirk = (&'static [u8], usize, &'static [u8], &'static [Defect]);

    const QUIRKS: &[Quirk] = &[
        (b" ()", 2, b" ()", &[Defect::EmptyFetch]),
        (b" ( )", 2, b" ()", &[Defect::SpaceInList, Defect::EmptyFetch]),
        (b" (UID 1 )", 7, b" (UID 1)", &[Defect::SpaceInList]),
        (b" ( UID 1)", 2, b" (UID 1)", &[Defect::SpaceInList]),
        (b"  (UID 1)", 1, b" (UID 1)", &[Defect::DoubleSpace]),
        (b" (UID 1  X 1)", 8, b" (UID 1 X 1)", &[Defect::DoubleSpace]),
        (b" (UID  1)", 6, b" (UID 1)", &[Defect::DoubleSpace]),
        (b" (UID 123MODSEQ (5))", 9, b" (UID 123 MODSEQ (5))", &[Defect::MissingSpace]),
        (b" (BODY[] {1}\r\naUID 5)", 15, b" (BODY[] {1}\r\na UID 5)", &[Defect::MissingSpace]),
        (b" (UID 0 FLAGS ())", 6, b" (FLAGS ())", &[Defect::ZeroNumber]),
        (b" (MODSEQ (0) UID 1)", 10, b" (UID 1)", &[Defect::ZeroNumber]),
        (b" (MODSEQ (-1) UID 1)", 10, b" (UID 1)", &[Defect::NegativeNumber]),
        (
            b" (MODSEQ (13853076851840262211))",
            10,
            b" (MODSEQ (13853076851840262211))",
            &[Defect::NumberOutOfRange],
        ),
        (b" (RFC822.SIZE -1 UID 1)", 14, b" (UID 1)", &[Defect::NegativeNumber]),
        (b" (RFC822.SIZE NIL UID 1)", 14, b" (UID 1)", &[Defect::NilNumber]),
        (b" (RFC822.SIZE 9.5e1)", 14, b" (RFC822.SIZE 95)", &[Defect::FloatNumber]),
        (b" (BINARY.SIZE[1] -1 UID 1)", 17, b" (UID 1)", &[Defect::NegativeNumber]),
        (b" (INTERNALDATE NIL UID 1)", 15, b" (UID 1)", &[Defect::NilDate]),
        (b" (FLAGS NIL)", 8, b" (FLAGS ())", &[Defect::NilFlags]),
        (
            b" (FLAGS (\"\\\\Seen\" \"foo\"))",
            9,
            b" (FLAGS (\\Seen foo))",
            &[Defect::QuotedFlag, Defect::QuotedFlag],
        ),
        (
            b" (BODY[2.MIME] {2}\r\n\r\n BODY[2] )",
            31,
            b" (BODY[2.MIME] {2}\r\n\r\n BODY[2] NIL)",
            &[Defect::MissingFetchValue],
        ),
        (b" (BODY[2])", 9, b" (BODY[2] NIL)", &[Defect::MissingFetchValue]),
        (b" (UID 1 FLAGS)", 13, b" (UID 1)", &[Defect::MissingFetchValue]),
        (b" (UID 1 X-FOO )", 14, b" (UID 1)", &[Defect::MissingFetchValue]),
        (b" (BODY[1] {3}\r\na\0b)", 16, b" (BODY[1] {3}\r\na\x80b)", &[Defect::NulInBody]),
        (b" (BODY[1] ~{1}\r\na)", 10, b" (BODY[1] {1}\r\na)", &[Defect::Literal8ForLiteral]),
        (
            b" (UID 5 BODY[] {3}\r\nabc) FLAGS (\\Seen) RFC822.SIZE 3",
            24,
            b" (UID 5 BODY[] {3}\r\nabc)",
            &[Defect::FetchTrailer],
        ),
        (b" (PREVIEW (FUZZY \"a\"))", 10, b" (PREVIEW \"a\")", &[Defect::PreviewAlgorithm]),
        (
            b" (UID 9 (X (NIL NIL)) FLAGS ())",
            8,
            b" (UID 9 X (NIL NIL) FLAGS ())",
            &[Defect::NestedFetchItems],
        ),
        (
            b" (ENVELOPE (\"x\" NIL) UID 1)",
            11,
            b" (ENVELOPE (\"x\" NIL) UID 1)",
            &[Defect::MalformedEnvelope],
        ),
        (
            b" (BODYSTRUCTURE broken UID 1)",
            16,
            b" (BODYSTRUCTURE broken UID 1)",
            &[Defect::MalformedBody],
        ),
        (b" (BODY NIL UID 1)", 7, b" (BODY NIL UID 1)", &[Defect::MalformedBody]),
        (
            b" (INTERNALDATE \"yesterday\" UID 1)",
            16,
            b" (INTERNALDATE \"yesterday\" UID 1)",
            &[Defect::MalformedFetchItem],
        ),
        (b" (MODSEQ 1)", 9, b" (MODSEQ 1)", &[Defect::MalformedFetchItem]),
    ];

    #[test]
    fn responses_of_real_servers() {
        for (octets, at, wrote, met) in QUIRKS {
            let shown = mail_proto::Escaped(octets);
            let error = strict(octets, FetchData::parse).unwrap_err();
            // Where another file says what is wrong with a structure, it says where.
            if !octets.starts_with(b" (ENVELOPE") {
                assert_eq!(error.at, *at, "{shown}");
            }
            let (data, defects) = lenient(octets, FetchData::parse);
            let data = data.unwrap_or_else(|error| panic!("{shown}: {error}"));
            assert_eq!(defects, *met, "{shown}");
            let out = written(|encoder| data.encode(encoder));
            assert_eq!(
                format!("{}", mail_proto::Escaped(&out)),
                format!("{}", mail_proto::Escaped(wrote))
            );
        }
    }

    #[test]
    fn a_broken_structure_costs_no_other_item() {
        let octets = b" (UID 9 BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" ...broken)) FLAGS (\\Seen))";
        let (data, defects) = lenient(octets, FetchData::parse);
        let data = data.unwrap();
        assert_eq!((data.uid(), data.body_structure()), (Uid::new(9), None));
        assert!(data.flags().unwrap().is_seen());
        assert_eq!(defects, [Defect::MalformedBody]);
        let FetchItem::Malformed { kind, raw } = &data.items[1] else { panic!() };
        assert_eq!(*kind, MalformedItem::BodyStructure);
        assert_eq!(raw.as_bytes(), b"((\"TEXT\" \"PLAIN\" ...broken))");
        // Where the parentheses do not close nobody can tell where the next item begins.
        let open = b" (UID 9 BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" ...broken) UID 9)";
        assert!(lenient(open, FetchData::parse).0.is_err());
    }

    #[test]
    fn what_is_no_response() {
        for (octets, at) in [
            (&b""[..], 0),
            (b" ", 1),
            (b" FLAGS ()", 1),
            (b" (", 2),
            (b" (UID", 5),
            (b" (UID ", 6),
            (b" (UID 1", 7),
            (b" (UID 1 ", 8),
            (b" (UID x)", 6),
            (b" (UID 4294967296)", 6),
            (b" (BODY[] {3}\r\nab", 14),
            (b" (BODY[] {4}\r\nabc)", 18),
            (b" (BODY[X] NIL)", 7),
            (b" (BODY[] a)", 9),
            (b" (BODY[]<a> NIL)", 9),
            (b" (X-FOO (a)", 11),
            (b" (X-FOO \"a)", 11),
            (b" (RFC822.SIZE 9223372036854775808)", 14),
            (b" (CID 0123)", 6),
            (b" (X-GM-MSGID 18446744073709551616)", 13),
            (b" ({3}\r\nabc)", 2),
        ] {
            let error = strict(octets, FetchData::parse).map(|data| data.items.len()).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
    }

    #[test]
    fn what_is_hostile_ends() {
        let deep = [b" (".to_vec(), b"(".repeat(100_000)].concat();
        assert!(lenient(&deep, FetchData::parse).0.is_err());
        let deep = [b" (X ".to_vec(), b"(".repeat(1_000_000), b")".repeat(1_000_001)].concat();
        assert_eq!(strict(&deep, FetchData::parse).unwrap().items.len(), 1);
        let many = [b" (UID 1".to_vec(), b" UID 1".repeat(100), b")".to_vec()].concat();
        let few = ParseLimits { elements: 100, ..ParseLimits::client() };
        let read = |elements| {
            let many = Bytes::from(many.clone());
            let limits = ParseLimits { elements, ..few };
            let mut cursor = Cursor::new(&many).with_limits(limits);
            FetchData::parse(&mut cursor, &mut Reading::new(Leniency::strict())).map(drop)
        };
        assert_eq!(read(101), Ok(()));
        assert_eq!(read(100).unwrap_err().at, 602);
    }

    #[test]
    fn an_item_alone() {
        assert_eq!(
            strict(b"UID 7", FetchItem::parse),
            Ok(Some(FetchItem::Uid(Uid::new(7).unwrap())))
        );
        assert_eq!(lenient(b"UID 0", FetchItem::parse), (Ok(None), vec![Defect::ZeroNumber]));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(data in any_fetch_data()) {
            round_trips(&data, FetchData::encode, FetchData::parse);
        }

        #[test]
        fn any_octets_are_read_or_refused(octets in proptest::collection::vec(
            prop::sample::select(b" ()[]<>{}~\"\\\r\n\0abUID1.BODYNLFG3+".to_vec()), 0..60)) {
            let octets = [b" (UID 1 ".to_vec(), octets].concat();
            if let (Ok(data), _) = lenient(&octets, FetchData::parse) {
                let out = written(|encoder| data.encode(encoder));
                prop_assert!(data.items.is_empty() || lenient(&out, FetchData::parse).0.is_ok());
            }
        }
    }

    #[test]
    fn bodies_are_of_the_block_that_was_read() {
        let octets = Bytes::from(b" (BODY[] {3}\r\nabc)".to_owned().to_vec());
        let mut reading = Reading::new(Leniency::strict());
        let data = FetchData::parse(&mut Cursor::new(&octets), &mut reading).unwrap();
        let body = data.body(&Section::message()).unwrap();
        assert_eq!(body.as_ptr(), octets[14..].as_ptr());
    }
}
