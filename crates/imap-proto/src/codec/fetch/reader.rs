//! Octets to the parts of a FETCH response, as a framer cuts them.

use core::ops::Range;

use bytes::Bytes;
use mail_proto::{Leniency, ParseError, Reading, without_line_end};

use super::announced::Announced;
use super::body_section::check_nul;
use super::data::{ItemList, Step, trailer};
use super::{FetchBegin, FetchPart, MalformedFetch};
use crate::Defect;
use crate::codec::{Cursor, ParseLimits};

/// Reads a FETCH response whose bodies do not come in one piece with it.
///
/// A framer cuts the response behind the announcement of each body that is to be streamed, and there
/// only. What it decides is asked from [`is_body`](Self::is_body). Then [`segment`](Self::segment) takes
/// the octets up to the announcement or to the end, [`chunk`](Self::chunk) those of the body, and
/// [`next`](Self::next) gives the parts, until None.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{FetchItem, FetchPart, FetchReader, Uid};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let front = b"* 1 FETCH (BODY[] {7}\r\n";
/// let mut fetch = FetchReader::recognize(front).unwrap();
/// assert!(fetch.is_body(front, 18..23, 7));
///
/// fetch.segment(Bytes::from_static(front), false);
/// assert!(matches!(fetch.next(&mut reading), Some(FetchPart::Begin(_))));
/// assert!(matches!(fetch.next(&mut reading), Some(FetchPart::BodyBegin(body)) if body.size == 7));
/// assert_eq!(fetch.next(&mut reading), None);
///
/// fetch.chunk(Bytes::from_static(b"abc\r\n"), false);
/// assert_eq!(fetch.next(&mut reading), Some(FetchPart::Chunk("abc\r\n".into())));
/// fetch.chunk(Bytes::from_static(b"de"), true);
/// assert_eq!(fetch.next(&mut reading), Some(FetchPart::Chunk("de".into())));
/// assert_eq!(fetch.next(&mut reading), Some(FetchPart::BodyEnd));
///
/// fetch.segment(Bytes::from_static(b" UID 5)\r\n"), true);
/// assert_eq!(fetch.next(&mut reading), Some(FetchPart::Item(FetchItem::Uid(Uid::new(5).unwrap()))));
/// assert_eq!(fetch.next(&mut reading), Some(FetchPart::End));
/// assert!(fetch.is_done());
/// ```
#[derive(Clone, Debug)]
pub struct FetchReader {
    limits: ParseLimits,
    announced: Announced,
    place: Place,
    list: ItemList,
    segment: Segment,
}

#[derive(Clone, Debug)]
enum Place {
    Begin,
    Items,
    Body {
        /// It is a literal8, or it has been said that NUL is in it.
        nul: bool,
        chunk: Option<Bytes>,
        last: bool,
    },
    Done,
}

/// What there is to read.
#[derive(Clone, Default, Debug)]
struct Segment {
    octets: Bytes,
    read: usize,
    /// Octets of the response before it.
    before: usize,
    /// It ends the response.
    last: bool,
}

impl FetchReader {
    /// Begins if the line begins a FETCH or UIDFETCH response. It is enough to ask once a line pauses
    /// for a literal: a response without one is read whole.
    #[must_use]
    pub fn recognize(line: &[u8]) -> Option<Self> {
        let line = Bytes::copy_from_slice(line.get(..PREFIX).unwrap_or(line));
        let mut cursor = Cursor::new(&line);
        FetchBegin::parse(&mut cursor, &mut Reading::new(Leniency::lenient())).ok()?;
        Some(Self {
            limits: ParseLimits::client(),
            announced: Announced::new(cursor.at(), true),
            place: Place::Begin,
            list: ItemList::default(),
            segment: Segment::default(),
        })
    }

    /// With other limits than those of a client.
    #[must_use]
    pub const fn with_limits(mut self, limits: ParseLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether the literal that is announced is the body of a message, which can be streamed: the
    /// value of `BODY[...]`, `BINARY[...]`, `RFC822`, `RFC822.HEADER` or `RFC822.TEXT`. All others have
    /// to be kept in their segment; bodies may be.
    ///
    /// `segment` is what has come of it, `announcement` where in it `{n}` and its line end stand, `size`
    /// what it says. To be asked once for each announcement, in their order; each octet is looked at
    /// once.
    pub fn is_body(&mut self, segment: &[u8], announcement: Range<usize>, size: u64) -> bool {
        self.announced.look(segment, announcement, size);
        // Behind the list of items nothing is a body, whatever some put there.
        let in_list = self.announced.depth() == 1 && self.announced.words(0) == 0;
        in_list && is_name(self.announced.word(1, segment))
    }

    /// The next segment. The last one ends the response, with its line end or without; all others end
    /// with the announcement of a body.
    pub fn segment(&mut self, octets: Bytes, last: bool) {
        let before = self.segment.before.saturating_add(self.segment.octets.len());
        let line = without_line_end(&octets).len();
        let octets = if last { octets.slice(..line) } else { octets };
        self.segment = Segment { octets, read: 0, before, last };
        self.announced.next_segment();
    }

    /// Octets of the body that was announced; the last ones end it. There may be none.
    pub fn chunk(&mut self, octets: Bytes, is_last: bool) {
        if let Place::Body { chunk, last, .. } = &mut self.place {
            (*chunk, *last) = (Some(octets), is_last);
        }
    }

    /// The response was read to its end, or as far as it could be. What still comes of it is for
    /// nobody.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.place, Place::Done)
    }

    /// The next part of what was given. None: there is no more of it.
    pub fn next(&mut self, reading: &mut Reading<Defect>) -> Option<FetchPart> {
        let part = match &mut self.place {
            Place::Done => return None,
            Place::Body { .. } => self.body(reading).transpose()?,
            Place::Begin | Place::Items if self.segment.is_read() => return None,
            Place::Begin => self.read(reading, |_, cursor, reading| {
                let begin = FetchBegin::parse(cursor, reading)?;
                cursor.space(reading)?;
                Ok(FetchPart::Begin(begin))
            }),
            Place::Items => self.read(reading, Self::item),
        };
        Some(part.unwrap_or_else(|error| self.malformed(error)))
    }

    /// Reads on in the segment.
    fn read(
        &mut self,
        reading: &mut Reading<Defect>,
        parse: impl FnOnce(
            &mut Self,
            &mut Cursor<'_>,
            &mut Reading<Defect>,
        ) -> Result<FetchPart, ParseError>,
    ) -> Result<FetchPart, ParseError> {
        let octets = self.segment.octets.clone();
        let mut cursor = Cursor::within(&octets, self.segment.before).with_limits(self.limits);
        cursor.skip(self.segment.read);
        let part = parse(self, &mut cursor, reading)?;
        self.segment.read = octets.len().saturating_sub(cursor.rest().len());
        self.place = match &part {
            FetchPart::BodyBegin(begin) => {
                Place::Body { nul: begin.is_binary, chunk: None, last: false }
            }
            FetchPart::End => Place::Done,
            _ => Place::Items,
        };
        Ok(part)
    }

    fn item(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<FetchPart, ParseError> {
        match self.list.step(!self.segment.last, cursor, reading)? {
            Step::Item(item) => Ok(FetchPart::Item(item)),
            Step::Body(begin) => Ok(FetchPart::BodyBegin(begin.into())),
            Step::End => {
                trailer(cursor, reading)?;
                cursor.end(reading)?;
                if self.segment.last { Ok(FetchPart::End) } else { Err(cursor.expected("a body")) }
            }
        }
    }

    fn body(&mut self, reading: &mut Reading<Defect>) -> Result<Option<FetchPart>, ParseError> {
        let Place::Body { nul, chunk, last } = &mut self.place else { return Ok(None) };
        let Some(octets) = chunk.take() else {
            if !*last {
                return Ok(None);
            }
            self.place = Place::Items;
            return Ok(Some(FetchPart::BodyEnd));
        };
        let at = self.segment.before.saturating_add(self.segment.octets.len());
        if !*nul {
            *nul = check_nul(&octets, at, reading)?;
        }
        self.segment.before = self.segment.before.saturating_add(octets.len());
        if octets.is_empty() { self.body(reading) } else { Ok(Some(FetchPart::Chunk(octets))) }
    }

    fn malformed(&mut self, error: ParseError) -> FetchPart {
        self.place = Place::Done;
        let octets = core::mem::take(&mut self.segment.octets);
        let octets = octets.slice(self.segment.read.min(octets.len())..);
        FetchPart::Malformed(MalformedFetch { error, octets })
    }
}

impl Segment {
    /// Nothing is left, and that is as it should be: at the end of the response the list must have
    /// ended.
    fn is_read(&self) -> bool {
        !self.last && self.read == self.octets.len()
    }
}

/// No response has its name behind so many octets.
const PREFIX: usize = 64;

fn is_name(word: &[u8]) -> bool {
    let begins =
        |name: &[u8]| word.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name));
    let names: [&[u8]; 3] = [b"RFC822", b"RFC822.HEADER", b"RFC822.TEXT"];
    let ends = matches!(word, [.., b']' | b'>']);
    ends && (begins(b"BODY[") || begins(b"BINARY["))
        || names.iter().any(|it| it.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::fetch::testing::{any_fetch_data, examples};
    use crate::codec::testing::{lenient, written};
    use crate::codec::{
        Collected, FetchCollector, FetchData, FetchItem, FetchWriter, MessageNumber, NString, Uid,
    };
    use crate::connection::{Frame, FrameLimits, Framer};
    use alloc::format;
    use alloc::vec;
    use alloc::vec::Vec;
    use bytes::BytesMut;
    use mail_proto::Escaped;
    use proptest::prelude::*;

    type Defects = Vec<mail_proto::Defect<Defect>>;

    /// The parts of what comes in pieces, with bodies of `inlined` octets and less kept.
    fn parts(pieces: &[&[u8]], inlined: u64, reading: &mut Reading<Defect>) -> Vec<FetchPart> {
        let mut framer = Framer::responses(FrameLimits::client());
        let (mut input, mut fetch, mut parts) = (BytesMut::new(), None, vec![]);
        for piece in pieces {
            input.extend_from_slice(piece);
            loop {
                let frame = framer.find(&input);
                if frame == Frame::Partial {
                    break;
                }
                let fetch = fetch.get_or_insert_with(|| FetchReader::recognize(&input).unwrap());
                match frame {
                    Frame::Literal(it) => {
                        let is_body = fetch.is_body(&input, it.header.clone(), it.size);
                        if !is_body || it.size <= inlined {
                            framer.inline().unwrap();
                            continue;
                        }
                        framer.stream().unwrap();
                        fetch.segment(input.split_to(it.header.end).freeze(), false);
                    }
                    Frame::Body { octets, last } => {
                        fetch.chunk(input.split_to(octets).freeze(), last);
                    }
                    Frame::Complete(octets) => {
                        fetch.segment(input.split_to(octets).freeze(), true);
                    }
                    other => panic!("{other:?}"),
                }
                while let Some(part) = fetch.next(reading) {
                    parts.push(part);
                }
                if matches!(parts.last(), Some(FetchPart::End | FetchPart::Malformed(_))) {
                    assert!(fetch.is_done());
                    return parts;
                }
            }
        }
        panic!("it does not end: {parts:?}");
    }

    fn collected(parts: Vec<FetchPart>) -> Collected {
        let mut collector = FetchCollector::default();
        for part in parts {
            let collected = collector.push(part);
            if collected != Collected::More {
                return collected;
            }
        }
        Collected::More
    }

    fn whole(octets: &[u8]) -> (Result<(FetchBegin, FetchData), ParseError>, Defects) {
        let octets = Bytes::copy_from_slice(octets.strip_suffix(b"\r\n").unwrap());
        let mut reading = Reading::new(Leniency::lenient());
        let fetch = crate::parse_whole(&octets, &mut reading, |cursor, reading| {
            Ok((FetchBegin::parse(cursor, reading)?, FetchData::parse(cursor, reading)?))
        });
        (fetch, reading.defects)
    }

    /// However the response comes, its parts are what it is as a whole.
    fn check(octets: &[u8]) {
        let (expected, defects) = whole(octets);
        let mut splits: Vec<Vec<&[u8]>> = (0..=octets.len())
            .map(|at| octets.split_at(at))
            .map(|(front, back)| vec![front, back])
            .collect();
        splits.push(octets.chunks(1).collect());
        for (split, inlined) in splits.iter().flat_map(|it| [(it, 0), (it, 4), (it, u64::MAX)]) {
            let mut reading = Reading::new(Leniency::lenient());
            let parts = parts(split, inlined, &mut reading);
            match (collected(parts), &expected) {
                (Collected::Fetch(begin, data), Ok(expected)) => {
                    assert_eq!((&begin, &data), (&expected.0, &expected.1), "{}", Escaped(octets));
                    assert_eq!(reading.defects, defects, "{}", Escaped(octets));
                }
                (Collected::Malformed(_, _, malformed), Err(expected)) => {
                    assert_eq!(malformed.error.at, expected.at, "{}", Escaped(octets));
                }
                (other, expected) => panic!("{}: {other:?} {expected:?}", Escaped(octets)),
            }
        }
    }

    #[test]
    fn examples_of_the_rfcs_at_every_split() {
        let mut bodies = 0;
        for example in examples("S", "FETCH (") {
            if !example.octets.starts_with(b"* ")
                || FetchReader::recognize(&example.octets).is_none()
            {
                continue;
            }
            bodies += usize::from(example.octets.contains(&b'{'));
            // Every split of each of these would take minutes.
            if example.octets.len() < 600 || example.octets.contains(&b'{') {
                check(&example.octets);
            }
        }
        assert!(bodies > 8, "{bodies}");
    }

    #[test]
    fn responses_at_every_split() {
        for octets in [
            &b"* 1 FETCH (UID 7 BODY[] {7}\r\nabc\r\nde FLAGS (\\Seen))\r\n"[..],
            b"* 7 UIDFETCH (BODY[HEADER.FIELDS ({1}\r\na b)]<0> {3}\r\n)\r\n UID 7)\r\n",
            b"* 1 FETCH (RFC822 {0}\r\n RFC822.TEXT {1}\r\n) RFC822.HEADER {5}\r\n\r\n\"(\r)\r\n",
            b"* 1 FETCH (X-FOO (BODY[] {3}\r\nabc) X-MAILBOX {8}\r\nBODY[] {\r\n)\r\n".as_slice(),
            b"* 1 FETCH (BINARY[1]<3> ~{5}\r\n\0\0a\0b BINARY[2] {1}\r\n))\r\n",
            b"* 1 fetch (PREVIEW {5}\r\n)\r\n(( bodY[1.mime] {3}\r\nA: BODY[2] \"a\" BODY[3] NIL)\r\n",
            // Quirks.
            b"* 0 FETCH (BODY[] {3}\r\nabc)\r\n",
            b"*  1  FETCH  (BODY[]  {3}\r\nabc  UID 1 )\r\n",
            b"* 1 FETCH (BODY[] {3}\r\na\0\0 BODY[1] ~{2}\r\n\0b)\r\n",
            b"* 1 FETCH (BODY[] {3}\r\nabcUID 1)\r\n",
            b"* 1 FETCH (UID 5 BODY[] {3}\r\nabc) FLAGS (\\Seen)\r\n",
            b"* 1 FETCH (UID 5 (BODY[] {3}\r\nabc) FLAGS (\\Seen))\r\n",
            b"* 3016 FETCH (BODY[2.MIME] {2}\r\n\r\n BODY[2] )\r\n",
            b"* 1 FETCH (ENVELOPE (NIL {3}\r\n)) BODY[]) BODY[] {3}\r\nabc)\r\n",
            b"* 6 FETCH ()\r\n",
            b"* 3 FETCH (UID 5) (BODY[] {3}\r\nabc)\r\n",
            b"* 3 FETCH (BODY[1.MIME] {1}\r\na)x (BODY[] {3}\r\nabc)\r\n",
            // Broken.
            b"* 1 FETCH (BODY[] {3}\r\nabc\r\n",
            b"* 1 FETCH (UID x BODY[] {3}\r\nabc)\r\n",
            b"* 1 FETCH (BODY[FOO] {3}\r\nabc)\r\n",
            b"* 1 FETCH BODY[] {3}\r\nabc\r\n",
        ] {
            check(octets);
        }
    }

    #[test]
    fn only_bodies_are_streamed() {
        let streamed = |octets: &[u8]| {
            let mut reading = Reading::new(Leniency::lenient());
            let parts = parts(&[octets], 0, &mut reading);
            parts.iter().filter(|it| matches!(it, FetchPart::BodyBegin(_))).count()
        };
        assert_eq!(
            streamed(b"* 1 FETCH (PREVIEW {1}\r\na X (BODY[] {1}\r\na) BODY[] {1}\r\na)\r\n"),
            1
        );
        assert_eq!(streamed(b"* 1 FETCH (RFC822.SIZE {1}\r\na)\r\n"), 0);
        assert_eq!(streamed(b"* 1 FETCH (X-MAILBOX a[b RFC822 {1}\r\na)\r\n"), 1);
        assert_eq!(streamed(b"* 1 FETCH (X \"BODY[ \\\"\" rfc822.text {1}\r\na)\r\n"), 1);
        for other in [&b"* 1 EXPUNGE"[..], b"* OK FETCH", b"a 1 FETCH (", b"* x FETCH", b""] {
            assert!(FetchReader::recognize(other).is_none());
        }
    }

    #[test]
    fn what_is_broken_keeps_what_came_before() {
        let octets = b"* 1 FETCH (UID 7 BODY[] {3}\r\nabc\r\n";
        let mut reading = Reading::new(Leniency::lenient());
        let parts = parts(&[octets], 0, &mut reading);
        let Collected::Malformed(begin, data, malformed) = collected(parts) else { panic!() };
        assert_eq!(begin.unwrap().number(), MessageNumber::new(1));
        assert_eq!((data.uid(), data.items.len()), (Uid::new(7), 2));
        assert_eq!((malformed.error.at, malformed.octets.len()), (32, 0));
    }

    #[test]
    fn a_strict_reading_breaks_off_at_nul() {
        let octets = b"* 1 FETCH (BODY[] {3}\r\na\0c UID 7)\r\n";
        let mut reading = Reading::new(Leniency::strict());
        let parts = parts(&[octets], 0, &mut reading);
        let Some(FetchPart::Malformed(malformed)) = parts.last() else { panic!() };
        assert_eq!(malformed.error.at, 24);
    }

    #[test]
    fn bodies_larger_than_any_memory() {
        let front = b"* 1 FETCH (BODY[] {9223372036854775807}\r\n";
        let mut fetch = FetchReader::recognize(front).unwrap();
        assert!(fetch.is_body(front, 18..front.len(), u64::MAX >> 1));
        fetch.segment(Bytes::from_static(front), false);
        let mut reading = Reading::new(Leniency::strict());
        assert!(matches!(fetch.next(&mut reading), Some(FetchPart::Begin(_))));
        let begin = fetch.next(&mut reading);
        assert!(matches!(begin, Some(FetchPart::BodyBegin(it)) if it.size == u64::MAX >> 1));
        assert_eq!(fetch.next(&mut reading), None);
    }

    #[test]
    fn many_literals_are_looked_at_once() {
        let mut line = b"* 1 FETCH (X (".to_vec();
        let mut fetch = FetchReader::recognize(&line).unwrap();
        for _ in 0..10_000 {
            let at = line.len();
            line.extend_from_slice(b"{1000}\r\n");
            assert!(!fetch.is_body(&line, at..line.len(), 1000));
            line.resize(line.len() + 1000, b'(');
            line.push(b' ');
        }
    }

    proptest! {
        /// What the writer of parts writes is what the reader of parts reads.
        #[test]
        fn parts_are_written_and_read(data in any_fetch_data(), inlined in 0u64..50, chunk in 1usize..20) {
            let begin = FetchBegin::uid(Uid::MAX);
            let mut out = Vec::new();
            let mut encoder = crate::Encoder::new(&mut out, crate::Negotiated::server());
            let mut writer = FetchWriter::begin(&begin, &mut encoder);
            for item in &data.items {
                match item {
                    FetchItem::BodySection(body) if body.octets.is_some() => {
                        let octets = body.octets.clone().unwrap();
                        let name = body.name.clone();
                        let is_binary = name.is_binary();
                        let size = octets.len() as u64;
                        let body = crate::BodyBegin { name, size, is_binary };
                        writer.body(&body, &mut encoder);
                        encoder.put_checked(&body.sendable(octets));
                    }
                    item => writer.item(item, &mut encoder),
                }
            }
            writer.end(&mut encoder);
            let mut reading = Reading::new(Leniency::strict());
            let parts = parts(&out.chunks(chunk).collect::<Vec<_>>(), inlined, &mut reading);
            prop_assert_eq!(collected(parts), Collected::Fetch(begin, data), "{}", Escaped(&out));
        }
    }

    proptest! {
        /// Whatever a framer does and a server sends, the reader ends.
        #[test]
        fn any_segments_and_chunks(
            pieces in proptest::collection::vec((proptest::collection::vec(
                prop::sample::select(b" ()[]{}<>~\"\\\r\n\0aBODY[]RFC8213+".to_vec()), 0..30), any::<(bool, bool)>()), 0..8)
        ) {
            let mut fetch = FetchReader::recognize(b"* 1 FETCH (BODY[] {3}\r\n").unwrap();
            let mut reading = Reading::new(Leniency::lenient());
            fetch.segment(Bytes::from_static(b"* 1 FETCH (BODY[] {3}\r\n"), false);
            for (octets, (is_segment, last)) in pieces {
                let mut room = 100;
                while fetch.next(&mut reading).is_some() {
                    room -= 1;
                    prop_assert!(room > 0);
                }
                fetch.is_body(&octets, octets.len()..octets.len(), 1);
                match is_segment {
                    true => fetch.segment(octets.into(), last),
                    false => fetch.chunk(octets.into(), last),
                }
            }
        }
    }

    #[test]
    fn what_begins_a_response() {
        let begin = FetchBegin::seq_num(crate::SeqNum::MAX);
        assert_eq!(written(|encoder| begin.encode(encoder)), b"* 4294967295 FETCH");
        assert!(FetchReader::recognize(b"* 0  FETCH (BODY[] {5}").is_some());
        assert!(FetchReader::recognize(b"* 7 UIDFETCH (BODY[] {5}").is_some());
        let zero = lenient(b"* 0 UIDFETCH (BODY[] {5}", FetchBegin::parse).0;
        assert_eq!(zero.map_err(|error| error.at), Err(2));
        let text = format!("{:?}", NString::NIL);
        assert_eq!(text, "NIL");
    }
}
