//! Octets to the parts of an APPEND or REPLACE command, as a framer cuts them.

use core::ops::Range;

use bytes::Bytes;
use mail_proto::{Leniency, ParseError, Reading, without_line_end};

use super::catenate::CatStep;
use super::command::has_message;
use super::message::announced;
use super::part::Name;
use super::{
    AppendBegin, AppendCommand, AppendDataBegin, AppendMessageBegin, AppendPart, MalformedAppend,
};
use crate::Defect;
use crate::codec::fetch::announced::Announced;
use crate::codec::fetch::check_nul;
use crate::codec::{Cursor, ParseLimits, Tag};

/// Reads an APPEND or REPLACE command whose messages do not come in one piece with it.
///
/// A framer cuts the command behind the announcement of each message, or piece of one, and there only.
/// What it decides is asked from [`is_message`](Self::is_message). Then [`segment`](Self::segment) takes
/// the octets up to the announcement or to the end, [`chunk`](Self::chunk) those of the message, and
/// [`next`](Self::next) gives the parts, until None.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{AppendPart, AppendReader};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let front = b"a1 APPEND {4}\r\nSent {7}\r\n";
/// let mut append = AppendReader::recognize(&front[..15]).unwrap();
/// assert!(!append.is_message(&front[..15], 10..15, 4));
/// assert!(append.is_message(front, 20..25, 7));
///
/// append.segment(Bytes::from_static(front), false);
/// assert!(matches!(append.next(&mut reading), Some(AppendPart::Begin(it)) if it.mailbox.as_bytes() == b"Sent"));
/// assert!(matches!(append.next(&mut reading), Some(AppendPart::MessageBegin(_))));
/// assert_eq!(append.next(&mut reading), None); // Refuse it now, or let the client go on.
///
/// append.chunk(Bytes::from_static(b"A: b\r\n\r"), true);
/// assert_eq!(append.next(&mut reading), Some(AppendPart::Chunk("A: b\r\n\r".into())));
/// assert_eq!(append.next(&mut reading), Some(AppendPart::MessageEnd));
///
/// append.segment(Bytes::from_static(b"\r\n"), true);
/// assert_eq!(append.next(&mut reading), Some(AppendPart::End));
/// ```
#[derive(Clone, Debug)]
pub struct AppendReader {
    limits: ParseLimits,
    announced: Announced,
    /// Words of the command before its first message.
    words: usize,
    /// It has one message.
    is_replace: bool,
    messages: u32,
    place: Place,
    segment: Segment,
}

#[derive(Clone, Debug)]
enum Place {
    Begin,
    /// Before a message, or at the end.
    Message,
    /// In the list of pieces, so many of which were read.
    Pieces(u32),
    /// In octets that were announced.
    Octets {
        of: Of,
        chunk: Option<Bytes>,
        last: bool,
    },
    /// Behind them: the end of what they were is owed.
    Behind(Of),
    /// Behind a message whose octets come in no chunks.
    Ext,
    Done,
}

/// What announced octets are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Of {
    /// The message itself. `is_clean`: it may hold NUL, or it was said that it does.
    Message { is_clean: bool },
    /// The same, in parentheses.
    Utf8Message,
    /// A piece of it: so many were before.
    Text { before: u32 },
    /// The same, in parentheses.
    Utf8Text { before: u32 },
}

/// What there is to read.
#[derive(Clone, Default, Debug)]
struct Segment {
    octets: Bytes,
    read: usize,
    /// Octets of the command before it.
    before: usize,
    /// It ends the command.
    last: bool,
}

impl AppendReader {
    /// Begins if the line begins such a command. It is enough to ask once a line pauses for a literal.
    #[must_use]
    pub fn recognize(line: &[u8]) -> Option<Self> {
        let line = Bytes::copy_from_slice(line.get(..PREFIX).unwrap_or(line));
        let mut cursor = Cursor::new(&line);
        let reading = &mut Reading::new(Leniency::lenient());
        Tag::parse(&mut cursor, reading).ok()?;
        cursor.space(reading).ok()?;
        let name = Name::parse(&mut cursor, reading).ok()?;
        (cursor.peek() == Some(b' ')).then(|| Self {
            limits: ParseLimits::server(),
            announced: Announced::new(cursor.at(), false),
            words: name.words(),
            is_replace: !matches!(name, Name::Append),
            messages: 0,
            place: Place::Begin,
            segment: Segment::default(),
        })
    }

    /// With other limits than those of a server after login.
    #[must_use]
    pub const fn with_limits(mut self, limits: ParseLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether the literal that is announced is a message or a piece of one, which can be streamed. All
    /// others, the name of the mailbox and URLs among them, have to be kept in their segment.
    ///
    /// `segment` is what has come of it, `announcement` where in it `{n}` and its line end stand, `size`
    /// what it says. To be asked once for each announcement, in their order, when
    /// [`next`](Self::next) has given all parts before; each octet is looked at once.
    pub fn is_message(&mut self, segment: &[u8], announcement: Range<usize>, size: u64) -> bool {
        self.announced.look(segment, announcement, size);
        let word =
            |level, name: &[u8]| self.announced.word(level, segment).eq_ignore_ascii_case(name);
        let in_pieces = || match self.announced.word(0, segment) {
            [] => matches!(self.place, Place::Pieces(_) | Place::Behind(Of::Utf8Text { .. })),
            owner => owner.eq_ignore_ascii_case(b"CATENATE"),
        };
        let is_first = |level| self.announced.words(level) == 0;
        match self.announced.depth() {
            0 => self.announced.words(0) >= self.words,
            1 => (word(0, b"UTF8") && is_first(1)) || (in_pieces() && word(1, b"TEXT")),
            2 => in_pieces() && word(1, b"UTF8") && is_first(2),
            _ => false,
        }
    }

    /// The next segment. The last one ends the command, with its line end or without; all others end
    /// with the announcement of a message or of a piece of one.
    pub fn segment(&mut self, octets: Bytes, last: bool) {
        let before = self.segment.before.saturating_add(self.segment.octets.len());
        let line = without_line_end(&octets).len();
        let octets = if last { octets.slice(..line) } else { octets };
        self.segment = Segment { octets, read: 0, before, last };
        self.announced.next_segment();
    }

    /// Octets that were announced; the last ones end them. There may be none.
    pub fn chunk(&mut self, octets: Bytes, is_last: bool) {
        if let Place::Octets { chunk, last, .. } = &mut self.place {
            (*chunk, *last) = (Some(octets), is_last);
        }
    }

    /// The command was read to its end, or as far as it could be. What still comes of it is for nobody.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.place, Place::Done)
    }

    /// The next part of what was given. None: there is no more of it.
    pub fn next(&mut self, reading: &mut Reading<Defect>) -> Option<AppendPart> {
        let part = match self.place {
            Place::Done => return None,
            Place::Octets { of, .. } => self.octets(of, reading).transpose()?,
            Place::Behind(of @ (Of::Message { .. } | Of::Text { .. })) => Ok(self.behind(of)),
            Place::Ext => {
                self.place = Place::Message;
                Ok(AppendPart::MessageEnd)
            }
            _ if self.segment.is_read() => return None,
            _ => self.read(reading),
        };
        Some(part.unwrap_or_else(|error| {
            self.place = Place::Done;
            AppendPart::Malformed(MalformedAppend { error })
        }))
    }

    /// Reads on in the segment.
    fn read(&mut self, reading: &mut Reading<Defect>) -> Result<AppendPart, ParseError> {
        let octets = self.segment.octets.clone();
        let before = self.segment.before;
        let mut cursor = Cursor::within(&octets, before).with_limits(self.limits);
        cursor.skip(self.segment.read);
        let part = match self.place {
            Place::Begin => self.begin(&mut cursor, reading),
            Place::Pieces(before) => self.piece(before, &mut cursor, reading),
            Place::Behind(of) => cursor.tag(")").map(|()| self.behind(of)),
            _ => self.message(&mut cursor, reading),
        };
        self.segment.read = octets.len().saturating_sub(cursor.rest().len());
        part
    }

    fn begin(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<AppendPart, ParseError> {
        let begin = AppendBegin::parse(cursor, reading)?;
        self.is_replace = begin.command != AppendCommand::Append;
        self.place = Place::Message;
        Ok(AppendPart::Begin(begin.into()))
    }

    fn message(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<AppendPart, ParseError> {
        let is_end = self.messages > 0 && (self.is_replace || !has_message(cursor));
        if is_end {
            cursor.end(reading)?;
            self.place = Place::Done;
            return Ok(AppendPart::End);
        }
        if self.messages >= self.limits.elements {
            return Err(cursor.expected("fewer messages"));
        }
        let begin = AppendMessageBegin::parse(cursor, reading)?;
        self.messages = self.messages.saturating_add(1);
        self.place = match begin.data {
            AppendDataBegin::Literal { size } => {
                self.announced(Of::Message { is_clean: false }, size, cursor)?
            }
            AppendDataBegin::Literal8 { size } => {
                self.announced(Of::Message { is_clean: true }, size, cursor)?
            }
            AppendDataBegin::Utf8 { size } => self.announced(Of::Utf8Message, size, cursor)?,
            AppendDataBegin::Catenate => Place::Pieces(0),
            AppendDataBegin::Ext(_) => Place::Ext,
        };
        Ok(AppendPart::MessageBegin(begin.into()))
    }

    fn piece(
        &mut self,
        before: u32,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<AppendPart, ParseError> {
        let step = CatStep::read(before == 0, cursor, reading)?;
        if before >= self.limits.elements && !matches!(step, CatStep::End) {
            return Err(cursor.expected("fewer elements in a list"));
        }
        Ok(match step {
            CatStep::End => {
                self.place = Place::Message;
                AppendPart::MessageEnd
            }
            CatStep::Url(url) => {
                self.place = Place::Pieces(before.saturating_add(1));
                AppendPart::Url(url)
            }
            CatStep::Text { size, is_utf8 } => {
                let of = if is_utf8 { Of::Utf8Text { before } } else { Of::Text { before } };
                self.place = self.announced(of, size, cursor)?;
                AppendPart::TextBegin { size, is_utf8 }
            }
        })
    }

    /// Octets that were announced: here if they were kept in the segment, or in chunks.
    fn announced(&self, of: Of, size: u64, cursor: &mut Cursor<'_>) -> Result<Place, ParseError> {
        let is_streamed = !self.segment.last && cursor.rest().is_empty();
        if is_streamed {
            return Ok(Place::Octets { of, chunk: None, last: false });
        }
        let (octets, _) = announced(size, cursor)?;
        Ok(Place::Octets { of, chunk: Some(octets), last: true })
    }

    fn octets(
        &mut self,
        of: Of,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<AppendPart>, ParseError> {
        let Place::Octets { chunk, last, .. } = &mut self.place else { return Ok(None) };
        let Some(octets) = chunk.take() else {
            if !*last {
                return Ok(None);
            }
            self.place = Place::Behind(of);
            return Ok(self.next(reading));
        };
        let at = self.pass(octets.len());
        let has_nul = match of {
            Of::Message { is_clean: false } => check_nul(&octets, at, reading)?,
            Of::Text { .. } => check_no_nul(&octets, at)?,
            _ => false,
        };
        if let (true, Place::Octets { of, .. }) = (has_nul, &mut self.place) {
            *of = Of::Message { is_clean: true };
        }
        if octets.is_empty() {
            self.octets(of, reading)
        } else {
            Ok(Some(AppendPart::Chunk(octets)))
        }
    }

    /// Counts octets of a chunk, and says where they begin. Those that were kept in the segment are
    /// counted already.
    fn pass(&mut self, octets: usize) -> usize {
        let segment = &mut self.segment;
        let is_streamed = segment.read == segment.octets.len() && !segment.last;
        if !is_streamed {
            return segment.before.saturating_add(segment.read.saturating_sub(octets));
        }
        let at = segment.before.saturating_add(segment.octets.len());
        segment.before = segment.before.saturating_add(octets);
        at
    }

    fn behind(&mut self, of: Of) -> AppendPart {
        match of {
            Of::Message { .. } | Of::Utf8Message => {
                self.place = Place::Message;
                AppendPart::MessageEnd
            }
            Of::Text { before } | Of::Utf8Text { before } => {
                self.place = Place::Pieces(before.saturating_add(1));
                AppendPart::TextEnd
            }
        }
    }
}

impl Segment {
    /// Nothing is left, and that is as it should be.
    fn is_read(&self) -> bool {
        !self.last && self.read == self.octets.len()
    }
}

/// No tag is longer that somebody answers to.
const PREFIX: usize = 1024;

fn check_no_nul(octets: &[u8], at: usize) -> Result<bool, ParseError> {
    match memchr::memchr(0, octets) {
        Some(nul) => Err(ParseError::new(at.saturating_add(nul), "no NUL in a literal")),
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::append::testing::{any_append, commands};
    use crate::codec::{
        Append, AppendCollector, AppendData, AppendWriter, CatPart, CollectedAppend, Encoder,
        Literals, Negotiated, Replace,
    };
    use crate::connection::{Frame, FrameLimits, Framer};
    use alloc::string::{String, ToString};
    use alloc::vec;
    use alloc::vec::Vec;
    use bytes::BytesMut;
    use mail_proto::{Escaped, Sink};
    use proptest::prelude::*;

    /// The parts of what comes in pieces, with messages of `inlined` octets and less kept.
    fn parts(pieces: &[&[u8]], inlined: u64, reading: &mut Reading<Defect>) -> Vec<AppendPart> {
        let mut framer = Framer::commands(FrameLimits::server());
        let (mut input, mut append, mut parts) = (BytesMut::new(), None, vec![]);
        for piece in pieces {
            input.extend_from_slice(piece);
            loop {
                let frame = framer.find(&input);
                if frame == Frame::Partial {
                    break;
                }
                let append = append.get_or_insert_with(|| AppendReader::recognize(&input).unwrap());
                match frame {
                    Frame::Literal(it) => {
                        let is_message = append.is_message(&input, it.header.clone(), it.size);
                        if !is_message || it.size <= inlined {
                            framer.inline().unwrap();
                            continue;
                        }
                        framer.stream().unwrap();
                        append.segment(input.split_to(it.header.end).freeze(), false);
                    }
                    Frame::Body { octets, last } => {
                        append.chunk(input.split_to(octets).freeze(), last);
                    }
                    Frame::Complete(octets) => {
                        append.segment(input.split_to(octets).freeze(), true);
                    }
                    other => panic!("{other:?}"),
                }
                while let Some(part) = append.next(reading) {
                    parts.push(part);
                }
                if matches!(parts.last(), Some(AppendPart::End | AppendPart::Malformed(_))) {
                    assert!(append.is_done());
                    return parts;
                }
            }
        }
        panic!("it does not end: {parts:?}");
    }

    fn collected(parts: Vec<AppendPart>) -> CollectedAppend {
        let mut collector = AppendCollector::default();
        let mut collected = CollectedAppend::More;
        for part in parts {
            assert_eq!(collected, CollectedAppend::More);
            collected = collector.push(part);
        }
        collected
    }

    fn whole(octets: &[u8], reading: &mut Reading<Defect>) -> Result<CollectedAppend, ParseError> {
        let octets = Bytes::copy_from_slice(octets.strip_suffix(b"\r\n").unwrap());
        crate::parse_whole(&octets, reading, |cursor, reading| {
            let tag = Tag::parse(cursor, reading)?;
            cursor.space(reading)?;
            Ok(match Name::parse(cursor, reading)? {
                Name::Append => CollectedAppend::Append(tag, Append::parse(cursor, reading)?),
                Name::Replace => CollectedAppend::Replace(tag, Replace::parse(cursor, reading)?),
                Name::UidReplace => {
                    CollectedAppend::UidReplace(tag, Replace::parse(cursor, reading)?)
                }
            })
        })
    }

    /// However the command comes, its parts are what it is as a whole.
    fn check(octets: &[u8]) {
        let mut met = Reading::new(Leniency::lenient());
        let expected = whole(octets, &mut met);
        let halves = (0..=octets.len()).map(|at| octets.split_at(at));
        let mut splits: Vec<Vec<&[u8]>> = halves.map(|(front, back)| vec![front, back]).collect();
        splits.push(octets.chunks(1).collect());
        for (split, inlined) in splits.iter().flat_map(|it| [(it, 0), (it, 4), (it, 100_000)]) {
            let mut reading = Reading::new(Leniency::lenient());
            match (collected(parts(split, inlined, &mut reading)), &expected) {
                (CollectedAppend::Malformed(malformed), Err(error)) => {
                    assert_eq!(malformed.error.at, error.at, "{}", Escaped(octets));
                }
                (collected, Ok(expected)) => {
                    assert_eq!(&collected, expected, "{}", Escaped(octets));
                    assert_eq!(reading.defects, met.defects, "{}", Escaped(octets));
                }
                (other, expected) => panic!("{}: {other:?} {expected:?}", Escaped(octets)),
            }
        }
    }

    #[test]
    fn examples_of_the_rfcs_at_every_split() {
        commands().iter().for_each(|(_, octets)| check(octets));
    }

    #[test]
    fn commands_at_every_split() {
        for octets in [
            &b"a1 APPEND {5}\r\nIN BO (\\Seen) {3}\r\nabc {0}\r\n ~{2+}\r\n\0\0\r\n"[..],
            b"a1 append a CATENATE (URL {3}\r\na b TEXT {3}\r\n) \r UTF8 (~{2}\r\n\0)) URL c)\r\n",
            b"a1 APPEND a CATENATE (TEXT {1}\r\na TEXT {1}\r\nb) () UTF8 (~{2}\r\n))) X-A (1)\r\n",
            b"a1 APPEND a X-A (TEXT {1}\r\na) ANNOTATION (/a (value.priv {1}\r\n()) {1}\r\n)\r\n",
            b"a1 APPEND a X-A (CATENATE (TEXT {1}\r\na)) {1}\r\n)\r\n",
            b"a1 REPLACE * b[c {1}\r\na\r\n",
            b"a1 UID REPLACE 7 {1}\r\nb CATENATE (TEXT {1}\r\na)\r\n",
            b"a1 APPEND a X-A (b)\r\n",
            // Quirks.
            b"a1  APPEND  a  (\\Recent )  {1}\r\na \r\n",
            b"a1 APPEND a {3}\r\na\0b {1}\r\nc\r\n",
            b"a1 APPEND a CATENATE (TEXT {1}\r\na )\r\n",
            // Broken.
            b"a1 APPEND a {1}\r\naa\r\n",
            b"a1 APPEND a {1}\r\na b\r\n",
            b"a1 APPEND a\r\n",
            b"a1 APPEND {1}\r\na\r\n",
            b"a1 APPEND a CATENATE (TEXT {1}\r\na\r\n",
            b"a1 APPEND a CATENATE (TEXT {1}\r\n\0)\r\n",
            b"a1 APPEND a UTF8 (~{1}\r\na\r\n",
            b"a1 REPLACE 1 a {1}\r\na {1}\r\nb\r\n",
            b"a1 REPLACE 0 a {1}\r\na\r\n",
        ] {
            check(octets);
        }
    }

    #[test]
    fn other_commands_are_not_recognized() {
        for other in
            [&b"a1 NOOP"[..], b"a1 UID FETCH", b"a1 APPENDX a", b"APPEND a", b"a1 UID", b""]
        {
            assert!(AppendReader::recognize(other).is_none(), "{}", Escaped(other));
        }
        for name in ["APPEND a", "uid replace 1 a", "Replace 1 a"] {
            let line = [b"a1 ", name.as_bytes()].concat();
            assert!(AppendReader::recognize(&line).is_some(), "{name}");
        }
    }

    /// What a server knows before it lets the client go on.
    #[test]
    fn a_message_is_announced_before_its_octets() {
        let front = b"a1 APPEND a (\\Seen) {9223372036854775807}\r\n";
        let mut append = AppendReader::recognize(front).unwrap();
        assert!(append.is_message(front, 20..front.len(), u64::MAX >> 1));
        append.segment(Bytes::from_static(front), false);
        let mut reading = Reading::new(Leniency::strict());
        assert!(matches!(append.next(&mut reading), Some(AppendPart::Begin(_))));
        let Some(AppendPart::MessageBegin(begin)) = append.next(&mut reading) else { panic!() };
        assert!(begin.flags.unwrap().as_list().is_seen());
        assert_eq!(begin.data, AppendDataBegin::Literal { size: u64::MAX >> 1 });
        assert_eq!(append.next(&mut reading), None);
    }

    /// Notes where a client waits.
    #[derive(Default)]
    struct Waits(Vec<u8>, Vec<usize>);

    impl Sink for Waits {
        fn put(&mut self, octets: &[u8]) {
            self.0.extend_from_slice(octets);
        }

        fn wait_for_continuation(&mut self) {
            self.1.push(self.0.len());
        }
    }

    /// Writes the parts of a command, its octets included.
    fn write(append: &Append, negotiated: Negotiated) -> Waits {
        let mut out = Waits::default();
        let mut encoder = Encoder::new(&mut out, negotiated);
        let begin = AppendBegin {
            tag: Tag::new("a1").unwrap(),
            command: AppendCommand::Append,
            mailbox: append.mailbox().clone(),
        };
        let mut writer = AppendWriter::begin(&begin, &mut encoder);
        for message in append.messages() {
            let (data, octets) = match &message.data {
                AppendData::Literal(it) => {
                    let octets = it.as_bytes();
                    (AppendDataBegin::Literal { size: octets.len() as u64 }, octets)
                }
                AppendData::Literal8(it) => {
                    (AppendDataBegin::Literal8 { size: it.len() as u64 }, &it[..])
                }
                AppendData::Utf8(it) => (AppendDataBegin::Utf8 { size: it.len() as u64 }, &it[..]),
                AppendData::Catenate(_) => (AppendDataBegin::Catenate, &b""[..]),
                AppendData::Ext(it) => (AppendDataBegin::Ext(it.clone()), &b""[..]),
            };
            let (flags, options) = (message.flags.clone(), message.options.clone());
            let begin = AppendMessageBegin { flags, date: message.date, options, data };
            writer.message(&begin, &mut encoder);
            encoder.put_checked(octets);
            if let AppendData::Catenate(pieces) = &message.data {
                for piece in pieces.parts() {
                    let (octets, is_utf8) = match piece {
                        CatPart::Url(url) => {
                            writer.url(url, &mut encoder);
                            continue;
                        }
                        CatPart::Text(octets) => (octets.as_bytes(), false),
                        CatPart::Utf8(octets) => (&octets[..], true),
                    };
                    writer.text(octets.len() as u64, is_utf8, &mut encoder);
                    encoder.put_checked(octets);
                    writer.text_end(&mut encoder);
                }
            }
            writer.message_end(&mut encoder);
        }
        writer.end(&mut encoder);
        out
    }

    proptest! {
        /// What the writer of parts writes is what the reader of parts reads, and what is written whole.
        #[test]
        fn parts_are_written_and_read(append in any_append(), inlined in 0u64..30, chunk in 1usize..20) {
            for literals in [Literals::Sync, Literals::Minus, Literals::Plus] {
                let negotiated = Negotiated { literals, ..Negotiated::client() };
                let Waits(out, waits) = write(&append, negotiated);
                let mut whole = Waits::default();
                let mut encoder = Encoder::new(&mut whole, negotiated);
                encoder.put(b"a1 APPEND");
                append.encode(&mut encoder);
                encoder.end();
                prop_assert_eq!((&out, waits), (&whole.0, whole.1));
                let mut reading = Reading::new(Leniency::strict());
                let parts = parts(&out.chunks(chunk).collect::<Vec<_>>(), inlined, &mut reading);
                let expected = CollectedAppend::Append(Tag::new("a1").unwrap(), append.clone());
                prop_assert_eq!(collected(parts), expected, "{}", Escaped(&out));
            }
        }
    }

    proptest! {
        /// Whatever a framer does and a client sends, the reader ends.
        #[test]
        fn any_segments_and_chunks(
            pieces in proptest::collection::vec((proptest::collection::vec(
                prop::sample::select(b" (){}~\"\\\r\n\0aTEXURLCANUF8123+".to_vec()), 0..30), any::<(bool, bool)>()), 0..8)
        ) {
            let front = b"a1 APPEND a CATENATE (TEXT {3}\r\n";
            let mut append = AppendReader::recognize(front).unwrap();
            let mut reading = Reading::new(Leniency::lenient());
            append.segment(Bytes::from_static(front), false);
            for (octets, (is_segment, last)) in pieces {
                let mut room = 100;
                while append.next(&mut reading).is_some() {
                    room -= 1;
                    prop_assert!(room > 0);
                }
                append.is_message(&octets, octets.len()..octets.len(), 1);
                match is_segment {
                    true => append.segment(octets.into(), last),
                    false => append.chunk(octets.into(), last),
                }
            }
        }
    }

    #[test]
    fn a_client_waits_unless_it_need_not() {
        let octets = b" a {3}\r\nabc ~{5000}\r\n";
        let octets = [&octets[..], &[b'x'; 5000]].concat();
        let append = crate::codec::testing::strict(&octets, Append::parse).unwrap();
        let wrote = |literals| {
            let Waits(out, waits) = write(&append, Negotiated { literals, ..Negotiated::client() });
            let out: String = Escaped(&out).to_string();
            (out.replace('x', ""), waits)
        };
        let sync = r"a1 APPEND a {3}\r\nabc ~{5000}\r\n\r\n";
        assert_eq!(wrote(Literals::Sync), (sync.into(), vec![17, 30]));
        let minus = r"a1 APPEND a {3+}\r\nabc ~{5000}\r\n\r\n";
        assert_eq!(wrote(Literals::Minus), (minus.into(), vec![31]));
        let plus = r"a1 APPEND a {3+}\r\nabc ~{5000+}\r\n\r\n";
        assert_eq!(wrote(Literals::Plus), (plus.into(), vec![]));
    }
}
