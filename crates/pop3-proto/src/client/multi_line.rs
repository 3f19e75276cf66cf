//! Reading the rest of a multi-line reply: the lines of a listing, or a message.

use bytes::{Buf as _, Bytes, BytesMut};
use mail_proto::{CommandId, Direction, Line, ParseError, Reading};

use super::receive::{Receiving, Step, Taken};
use super::{Client, Event, ListingLine, Reply};
use crate::{
    Capability, Defect, LanguageListing, MechanismListing, Part, ScanListing, Shape, UidListing,
    Unstuffer, unstuff_line,
};

/// Fewer octets of a message wait for the end of their line.
const PIECE: usize = 512;

/// A message that is coming in.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) unstuffer: Unstuffer,
    /// Octets of the stream before it.
    pub(super) from: u64,
}

impl Client {
    pub(super) fn listing_line(&mut self, input: &mut BytesMut) -> Step {
        let limit = self.config.limits.reply_line;
        let Some(open) = self.pipeline.front() else { return Step::Wait };
        let (id, shape) = (open.id, open.shape);
        let Taken { at, line, mut reading } = match self.find_line(input, limit) {
            Line::Partial => return Step::Wait,
            Line::TooLong => return self.begin_of_long_line(id, input, limit),
            Line::Complete(length) => self.take(input, length),
        };
        let line = match line.first() {
            Some(b'.') => match unstuff_line(&line, &self.config.leniency) {
                Some(line) => line,
                None => return self.completed(at, reading, Ok(Reply::End)),
            },
            _ => line,
        };
        let parsed = parse_listing_line(shape, &line, &mut reading);
        let line = parsed.unwrap_or_else(|error| ListingLine::Malformed { line, error });
        if let (ListingLine::Capability(capability), Some(learning)) = (&line, &mut self.learning) {
            learning.learn(capability, self.config.limits.capabilities);
        }
        match self.listed(id, line) {
            Step::Event(event) => self.report(at, reading, event),
            step => step,
        }
    }

    fn begin_of_long_line(&mut self, id: CommandId, input: &mut BytesMut, limit: usize) -> Step {
        let line = input.get(..limit).unwrap_or(input);
        // A CR may be the first half of the line end.
        let kept = line.strip_suffix(b"\r").unwrap_or(line).len();
        let line = input.split_to(kept).freeze();
        self.transcript.record(Direction::Received, &line, false);
        self.receiving = Receiving::Listing { skipping: true };
        self.lines.consumed(kept);
        let error = ParseError::new(limit, "the end of the line");
        self.listed(id, ListingLine::Malformed { line, error })
    }

    /// Drops the rest of a line that was too long.
    pub(super) fn skip_line(&mut self, input: &mut BytesMut) -> Step {
        let kept = usize::from(input.last() == Some(&b'\r'));
        let (skipped, done) = match self.find_line(input, usize::MAX) {
            Line::Complete(length) => (length, true),
            _ => (input.len().saturating_sub(kept), false),
        };
        self.transcript.record(Direction::Received, input.get(..skipped).unwrap_or(&[]), false);
        input.advance(skipped);
        self.lines.consumed(skipped);
        if done {
            self.receiving = Receiving::Listing { skipping: false };
        }
        if done { Step::Again } else { Step::Wait }
    }

    pub(super) fn body(&mut self, input: &mut BytesMut) -> Step {
        if self.trickles(input) {
            return Step::Wait;
        }
        let before = input.len();
        // The unstuffer moves octets in place, so the wire form is kept for who wants to see it.
        let wire = self.transcript.is_observed().then(|| up_to_end(input));
        let Receiving::Body(body) = &mut self.receiving else { return Step::Wait };
        let (unstuffer, from) = (&mut body.unstuffer, body.from);
        let part = unstuffer.poll(input);
        let defects = unstuffer.defects().to_vec();
        if part == Some(Part::End) {
            self.examined = self.examined.saturating_add(unstuffer.examined());
        }
        let consumed = before.saturating_sub(input.len());
        match wire.as_ref().and_then(|wire| wire.get(..consumed)) {
            Some(wire) => self.transcript.record(Direction::Received, wire, false),
            None => self.transcript.count_received(consumed),
        }
        let Some(open) = self.pipeline.front() else { return Step::Wait };
        match part {
            None => Step::Wait,
            Some(Part::Octets(_)) if open.swallowed => Step::Again,
            Some(Part::Octets(octets)) => Step::Event(Event::Body { id: open.id, octets }),
            Some(Part::End) => {
                let mut reading = Reading::new(self.config.leniency);
                reading.defects = defects;
                self.completed(from, reading, Ok(Reply::End))
            }
        }
    }

    /// Whether these octets of a message are too few for an event of their own, and more will come:
    /// what ends a message also ends a line.
    fn trickles(&self, input: &[u8]) -> bool {
        let Receiving::Body(body) = &self.receiving else { return false };
        let partial = input.last().is_some_and(|octet| *octet != b'\n');
        partial && input.len() < PIECE && !self.eof && !body.unstuffer.has_ended()
    }

    fn listed(&self, id: CommandId, line: ListingLine) -> Step {
        match self.pipeline.front() {
            Some(open) if !open.swallowed => Step::Event(Event::Line { id, line }),
            _ => Step::Again,
        }
    }
}

/// A copy of what the rest of a body is at most.
fn up_to_end(input: &[u8]) -> Bytes {
    const END: &[u8] = b"\r\n.\r\n";
    let end = memchr::memmem::find(input, END).map(|at| at.saturating_add(END.len()));
    Bytes::copy_from_slice(end.and_then(|end| input.get(..end)).unwrap_or(input))
}

fn parse_listing_line(
    shape: Shape,
    line: &Bytes,
    reading: &mut Reading<Defect>,
) -> Result<ListingLine, ParseError> {
    match shape {
        Shape::ScanLines => ScanListing::parse(line, reading).map(ListingLine::Scan),
        Shape::UidLines => UidListing::parse(line, reading).map(ListingLine::UniqueId),
        Shape::Capabilities => Capability::parse(line, reading).map(ListingLine::Capability),
        Shape::Languages => LanguageListing::parse(line, reading).map(ListingLine::Language),
        _ => MechanismListing::parse(line, reading)
            .map(|listing| ListingLine::Mechanism(listing.mechanism)),
    }
}
