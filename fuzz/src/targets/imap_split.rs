//! A stream of either side, framed and read whole, in pieces, and octet by octet.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | bits: a server's, a lenient reading, bare LF too, narrow limits; the rest: how long bodies are kept |
//! | 1 + n | the sizes of the pieces |
//! | the rest | the stream |

use bytes::{Bytes, BytesMut};
use imap_proto::connection::{Frame, FrameLimits, Framer, Limit, LimitError, Literal};
use imap_proto::{
    AppendCollector, AppendPart, AppendReader, Collected, CollectedAppend, Command, CommandBody,
    Data, Defect, FetchBegin, FetchCollector, FetchItem, FetchPart, FetchReader, Response, parse_whole,
};
use mail_proto::{Defect as Met, Escaped, Leniency, ParseError, Reading, without_line_end};

use crate::dice::{Dice, pieces};

/// - The units, the parts of those that are streamed, the defects and the end are the same, however
///   the octets come and however many of them are kept.
/// - The parts together are what the whole unit is read as; if they break off, so does that.
/// - No octet is looked at more than three times.
pub fn run(data: &[u8]) {
    let mut dice = Dice::new(data);
    let how = How::new(dice.byte());
    let sizes = dice.counted(15);
    let stream = dice.rest();

    let whole = how.drive([stream].into_iter());
    assert!(whole.examined <= 3 * stream.len() as u64);
    whole.units.iter().for_each(|unit| how.judge(unit));
    for (name, seen) in [
        ("in pieces", how.drive(pieces(stream, sizes))),
        ("singly", how.drive(stream.chunks(1))),
    ] {
        assert_eq!(seen.units, whole.units, "{name}: {:?}", Escaped(stream));
        assert_eq!(seen.lost, whole.lost, "{name}: {:?}", Escaped(stream));
        assert!(seen.examined <= 3 * stream.len() as u64, "{name}");
    }
    let other = How { kept: if how.kept == 0 { u64::MAX } else { 0 }, ..how };
    // Limits tell what is kept from what is streamed, and narrow ones do so soon.
    if !how.is_narrow {
        let other = other.drive([stream].into_iter());
        other.units.iter().for_each(|unit| how.judge(unit));
        let octets = |units: &[Unit]| units.iter().map(|it| it.octets.clone()).collect::<Vec<_>>();
        let gives_up = |seen: &Seen| seen.lost.is_some() || seen.units.iter().any(|it| it.is_discarded);
        if !gives_up(&other) && !gives_up(&whole) {
            assert_eq!(octets(&other.units), octets(&whole.units), "{:?}", Escaped(stream));
        }
    }
}

#[derive(Clone, Copy)]
struct How {
    is_server: bool,
    is_lenient: bool,
    bare_lf: bool,
    is_narrow: bool,
    /// Bodies of so many octets are kept.
    kept: u64,
}

/// What came, and what it was read as.
#[derive(PartialEq, Debug)]
struct Unit {
    octets: Bytes,
    /// Somebody gave it up.
    is_discarded: bool,
    parts: Vec<Part>,
    defects: Vec<Met<Defect>>,
}

#[derive(PartialEq, Debug)]
enum Part {
    Fetch(FetchPart),
    Append(AppendPart),
}

#[derive(Default)]
struct Seen {
    units: Vec<Unit>,
    lost: Option<LimitError>,
    examined: u64,
}

enum Reader {
    Fetch(FetchReader),
    Append(AppendReader),
}

impl How {
    fn new(bits: u8) -> Self {
        Self {
            is_server: bits & 1 != 0,
            is_lenient: bits & 2 != 0,
            bare_lf: bits & 4 != 0,
            is_narrow: bits & 8 != 0,
            kept: [0, 1, 4, 10, 40, 200, 4096, u64::MAX][usize::from(bits >> 5)],
        }
    }

    fn framer(self) -> Framer {
        let narrow = |limits: FrameLimits| match self.is_narrow {
            true => FrameLimits { line: 96, literal: 24, message: 128, literals: 4, streamed: 48 },
            false => limits,
        };
        let framer = match self.is_server {
            true => Framer::responses(narrow(FrameLimits::client())),
            false => Framer::commands(narrow(FrameLimits::server())),
        };
        framer.with_bare_lf(self.bare_lf)
    }

    fn reading(self) -> Reading<Defect> {
        let leniency = if self.is_lenient { Leniency::lenient() } else { Leniency::strict() };
        Reading::new(if self.bare_lf { leniency.allow(Defect::BareLf) } else { leniency })
    }

    fn recognize(self, line: &[u8]) -> Option<Reader> {
        match self.is_server {
            true => FetchReader::recognize(line).map(Reader::Fetch),
            false => AppendReader::recognize(line).map(Reader::Append),
        }
    }

    fn drive<'a>(self, pieces: impl Iterator<Item = &'a [u8]>) -> Seen {
        let (mut framer, mut seen, mut input) = (self.framer(), Seen::default(), BytesMut::new());
        let mut unit = Open::new(self);
        for piece in pieces {
            input.extend_from_slice(piece);
            while seen.lost.is_none() {
                match framer.find(&input) {
                    Frame::Partial => break,
                    Frame::Literal(literal) => {
                        let decided = unit.decide(&literal, &mut framer, &mut input);
                        seen.lost = decided.err();
                    }
                    Frame::Body { octets, last } => {
                        let octets = unit.take(octets, &mut input);
                        unit.chunk(octets, last);
                    }
                    Frame::Discard(octets) => drop(unit.take(octets, &mut input)),
                    Frame::Complete(octets) => {
                        let octets = unit.take(octets, &mut input);
                        seen.units.push(unit.complete(octets));
                        unit = Open::new(self);
                    }
                    Frame::TooLong(error) => seen.lost = unit.too_long(error, &mut framer).err(),
                }
            }
        }
        seen.examined = framer.examined();
        seen
    }

    /// What the parts are together is what the octets are as a whole.
    fn judge(self, unit: &Unit) {
        if unit.is_discarded || unit.parts.is_empty() {
            return;
        }
        // A bare LF behind a literal that ends in CR looks like CRLF.
        if self.bare_lf && unit.octets.ends_with(b"\r\n") && unit.octets.contains(&b'}') {
            return;
        }
        let octets = unit.octets.slice_ref(without_line_end(&unit.octets));
        let mut reading = self.reading();
        let expected = match self.is_server {
            true => parse_whole(&octets, &mut reading, Response::parse).map(Whole::Response),
            false => parse_whole(&octets, &mut reading, Command::parse).map(Whole::Command),
        };
        let collected = collected(&unit.parts);
        match (&collected, &expected) {
            (Ok(collected), Ok(expected)) => {
                assert_eq!(collected, expected, "{:?}", Escaped(&octets));
                assert_eq!(unit.defects, reading.defects, "{:?}", Escaped(&octets));
            }
            (Err(collected), Err(expected)) => {
                // Where a segment ends a reader may see earlier that it cannot go on.
                assert!(collected.at <= expected.at, "{collected:?} {expected:?} {:?}", Escaped(&octets));
            }
            (Err(_), Ok(expected)) if expected.has_odd_brackets() || has_odd_brackets(&octets) => {}
            _ => panic!("{collected:?}, as a whole {expected:?}: {:?}", Escaped(&octets)),
        }
    }
}

/// The unit that is being read.
struct Open {
    how: How,
    octets: Vec<u8>,
    is_discarded: bool,
    is_begun: bool,
    reader: Option<Reader>,
    parts: Vec<Part>,
    reading: Reading<Defect>,
}

impl Open {
    fn new(how: How) -> Self {
        Self {
            how,
            octets: Vec::new(),
            is_discarded: false,
            is_begun: false,
            reader: None,
            parts: Vec::new(),
            reading: how.reading(),
        }
    }

    fn take(&mut self, octets: usize, input: &mut BytesMut) -> Bytes {
        let octets = input.split_to(octets).freeze();
        self.octets.extend_from_slice(&octets);
        octets
    }

    fn discard(&mut self, framer: &mut Framer) -> Result<(), LimitError> {
        self.is_discarded = true;
        self.parts.clear();
        framer.discard()
    }

    fn decide(
        &mut self,
        literal: &Literal,
        framer: &mut Framer,
        input: &mut BytesMut,
    ) -> Result<(), LimitError> {
        if !std::mem::replace(&mut self.is_begun, true) {
            self.reader = self.how.recognize(input);
        }
        let (segment, header) = (&input[..], literal.header.clone());
        let is_body = match &mut self.reader {
            Some(Reader::Fetch(reader)) => reader.is_body(segment, header, literal.size),
            Some(Reader::Append(reader)) => reader.is_message(segment, header, literal.size),
            None => false,
        };
        if !is_body || literal.size <= self.how.kept {
            return framer.inline().or_else(|_| self.discard(framer));
        }
        if framer.stream().is_err() {
            return self.discard(framer);
        }
        let octets = self.take(literal.header.end, input);
        self.segment(octets, false);
        Ok(())
    }

    fn segment(&mut self, octets: Bytes, last: bool) {
        match &mut self.reader {
            Some(Reader::Fetch(reader)) => reader.segment(octets, last),
            Some(Reader::Append(reader)) => reader.segment(octets, last),
            None => {}
        }
        self.pull();
    }

    fn chunk(&mut self, octets: Bytes, last: bool) {
        match &mut self.reader {
            Some(Reader::Fetch(reader)) => reader.chunk(octets, last),
            Some(Reader::Append(reader)) => reader.chunk(octets, last),
            None => panic!("a body that nobody wanted"),
        }
        self.pull();
    }

    /// Takes the parts, adjacent chunks as one.
    fn pull(&mut self) {
        loop {
            let part = match &mut self.reader {
                Some(Reader::Fetch(reader)) => reader.next(&mut self.reading).map(Part::Fetch),
                Some(Reader::Append(reader)) => reader.next(&mut self.reading).map(Part::Append),
                None => None,
            };
            let Some(part) = part else { return };
            let before = self.parts.last_mut().and_then(Part::chunk);
            match (before, part.octets()) {
                (Some(before), Some(octets)) => *before = [&before[..], octets].concat().into(),
                // How much of what is broken came before depends on the pieces.
                (Some(_), _) if part.is_malformed() => {
                    self.parts.pop();
                    self.parts.push(part);
                }
                _ => self.parts.push(part),
            }
        }
    }

    fn complete(&mut self, octets: Bytes) -> Unit {
        if !self.is_discarded {
            self.segment(octets, true);
            let is_done = match &self.reader {
                Some(Reader::Fetch(reader)) => reader.is_done(),
                Some(Reader::Append(reader)) => reader.is_done(),
                None => true,
            };
            assert!(is_done, "{:?} {:?}", self.parts, Escaped(&self.octets));
        }
        Unit {
            octets: std::mem::take(&mut self.octets).into(),
            is_discarded: self.is_discarded,
            parts: std::mem::take(&mut self.parts),
            defects: match self.is_discarded {
                true => Vec::new(),
                false => std::mem::take(&mut self.reading.defects),
            },
        }
    }

    fn too_long(&mut self, error: LimitError, framer: &mut Framer) -> Result<(), LimitError> {
        if self.how.is_server || error.limit == Limit::Number || self.is_discarded {
            return Err(error);
        }
        self.discard(framer)
    }
}

impl Part {
    fn chunk(&mut self) -> Option<&mut Bytes> {
        match self {
            Self::Fetch(FetchPart::Chunk(octets)) => Some(octets),
            Self::Append(AppendPart::Chunk(octets)) => Some(octets),
            _ => None,
        }
    }

    const fn octets(&self) -> Option<&Bytes> {
        match self {
            Self::Fetch(FetchPart::Chunk(octets)) | Self::Append(AppendPart::Chunk(octets)) => Some(octets),
            _ => None,
        }
    }

    const fn is_malformed(&self) -> bool {
        matches!(self, Self::Fetch(FetchPart::Malformed(_)) | Self::Append(AppendPart::Malformed(_)))
    }
}

#[derive(PartialEq, Debug)]
enum Whole {
    Response(Response),
    Command(Command),
}

/// A bracket stands where none of the grammar does: what it belongs to was left out when it was read.
fn has_odd_brackets(octets: &[u8]) -> bool {
    let is_name = |front: &[u8]| {
        let names: [&[u8]; 5] = [b"BODY", b"BODY.PEEK", b"BINARY", b"BINARY.PEEK", b"BINARY.SIZE"];
        let word = front.rsplit(|octet| matches!(octet, b' ' | b'(')).next().unwrap_or_default();
        names.iter().any(|name| name.eq_ignore_ascii_case(word))
    };
    let mut brackets = octets.iter().enumerate().filter(|(_, octet)| **octet == b'[');
    brackets.any(|(at, _)| !is_name(&octets[..at]))
}

impl Whole {
    /// A value that nobody knows, or that is broken, has a bracket: whoever decides which literals are bodies before the
    /// grammar is asked takes `X-A BODY[ {3}` for a section that goes on.
    fn has_odd_brackets(&self) -> bool {
        let Self::Response(Response::Data(Data::Fetch(_, data) | Data::UidFetch(_, data))) = self
        else {
            return false;
        };
        data.items.iter().any(|item| match item {
            FetchItem::Unknown(item) => {
                [item.name().as_bytes(), item.value().as_bytes()].concat().contains(&b'[')
            }
            FetchItem::Malformed { raw, .. } => raw.as_bytes().contains(&b'['),
            _ => false,
        })
    }
}

/// The value that the parts are, or the error with which they break off.
fn collected(parts: &[Part]) -> Result<Whole, ParseError> {
    let (mut fetch, mut append) = (FetchCollector::default(), AppendCollector::default());
    for (number, part) in parts.iter().enumerate() {
        let whole = match part {
            Part::Fetch(part) => match fetch.push(part.clone()) {
                Collected::More => None,
                Collected::Fetch(begin, data) => Some(Ok(Whole::Response(response(begin, data)))),
                Collected::Malformed(_, _, malformed) => Some(Err(malformed.error)),
            },
            Part::Append(part) => match append.push(part.clone()) {
                CollectedAppend::More => None,
                CollectedAppend::Append(tag, it) => Some((tag, CommandBody::Append(it))),
                CollectedAppend::Replace(tag, it) => Some((tag, CommandBody::Replace(it.into()))),
                CollectedAppend::UidReplace(tag, it) => {
                    Some((tag, CommandBody::UidReplace(it.into())))
                }
                CollectedAppend::Malformed(malformed) => return Err(malformed.error),
            }
            .map(|(tag, body)| Ok(Whole::Command(Command { tag, body }))),
        };
        if let Some(whole) = whole {
            assert_eq!(number + 1, parts.len(), "parts behind the end");
            return whole;
        }
    }
    panic!("the parts do not end: {parts:?}");
}

fn response(begin: FetchBegin, data: imap_proto::FetchData) -> Response {
    let number = begin.number().map(|number| number.get());
    Response::Data(match begin.is_uid() {
        true => {
            let uid = number.and_then(imap_proto::Uid::new).expect("a UID");
            Data::UidFetch(uid, data)
        }
        false => Data::Fetch(number.and_then(imap_proto::SeqNum::new), data),
    })
}
