//! Reading what the server sends: lines, literals, bodies.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use mail_proto::{
    Direction, Gate, Handover, Leniency, ParseError, Reading, Security, Sent, Text, TlsPolicy,
};

use super::pipeline::{Effect, Open};
use super::{Client, Event, Life, Source};
use crate::codec::plain_fetch;
use crate::connection::{Closed, Error, Frame, LimitError, Literal, State, Unit};
use crate::{
    Condition, ConditionKind, Continuation, Cursor, Data, Defect, FetchData, FetchReader, Response,
    Tag,
};

/// A FETCH of which a line has paused for a literal.
#[derive(Debug)]
pub(super) struct Streaming {
    reader: FetchReader,
    /// Octets of the server's stream before it.
    at: u64,
    /// A part of it has been read.
    begun: bool,
}

/// What stood at the front of the input.
enum Step {
    /// The rest of it has not come.
    Nothing,
    /// A part of a response; what it says is among the events.
    Taken,
    /// A response that says what has been put into `told`. It is the only event.
    Told,
}

impl Streaming {
    pub(super) const fn is_streaming(&self) -> bool {
        self.begun
    }
}

impl Client {
    /// The next event.
    pub(super) fn receive(&mut self, input: &mut BytesMut) -> Result<Option<Event>, Error> {
        let mut told = None;
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            if self.life == Life::Closed {
                self.events = VecDeque::new();
                return Ok(None);
            }
            // Before anything more is read: what is lost is told where it is lost.
            self.give_turns(true);
            if !self.events.is_empty() {
                continue;
            }
            match self.step(input, &mut told) {
                Ok(Step::Taken) => {}
                Ok(Step::Told) => return Ok(told),
                // Many close behind the BYE that LOGOUT has asked for.
                Ok(Step::Nothing) if self.eof && self.bye => self.finish(Closed::Logout),
                Ok(Step::Nothing) if self.eof => self.finish(Closed::Eof),
                Ok(Step::Nothing) => {
                    self.events = VecDeque::new();
                    return Ok(self.room());
                }
                Err(error) => {
                    self.finish(Closed::Error);
                    return Err(error);
                }
            }
        }
    }

    /// Reads a part of a response.
    fn step(&mut self, input: &mut BytesMut, told: &mut Option<Event>) -> Result<Step, Error> {
        if let Life::HandingOver(to) = self.life {
            return match to {
                Handover::Tls if !input.is_empty() => {
                    Err(Error::PlaintextAfterStartTls { at: self.transcript.received() })
                }
                _ => Ok(Step::Nothing),
            };
        }
        match self.framer.find(input) {
            Frame::Partial => return Ok(Step::Nothing),
            Frame::Literal(_) if self.life == Life::Greeting => return Err(self.no_greeting()),
            Frame::Literal(literal) => self.literal(input, &literal)?,
            Frame::Body { octets, last } => {
                let chunk = self.consume(input, octets);
                if let Some(fetch) = &mut self.fetch {
                    fetch.reader.chunk(chunk, last);
                }
                self.fetch_parts(false)?;
            }
            Frame::Discard(octets) => drop(self.consume(input, octets)),
            Frame::Complete(length) => match self.fetch.take().filter(|fetch| fetch.begun) {
                Some(mut fetch) => {
                    fetch.reader.segment(self.consume(input, length), true);
                    self.fetch = Some(fetch);
                    self.fetch_parts(true)?;
                }
                None => return self.response(input, length, told),
            },
            Frame::TooLong(limit) => return Err(self.too_long(limit)),
        }
        Ok(Step::Taken)
    }

    /// Decides what becomes of a literal: a body is streamed unless it is small, all others are kept.
    fn literal(&mut self, input: &mut BytesMut, literal: &Literal) -> Result<(), Error> {
        let segment = input.get(..literal.header.end).unwrap_or(input);
        if self.fetch.is_none()
            && let Some(reader) = FetchReader::recognize(segment)
        {
            let reader = reader.with_limits(self.config.limits.parse);
            let at = self.transcript.received();
            self.fetch = Some(Box::new(Streaming { reader, at, begun: false }));
        }
        let is_body = self.fetch.as_mut().is_some_and(|fetch| {
            fetch.reader.is_body(segment, literal.header.clone(), literal.size)
        });
        let is_small = literal.size <= self.config.limits.inline_body;
        if !is_body || is_small {
            match self.framer.inline() {
                Err(error) if !is_body => return Err(self.too_long(error)),
                Err(_) => {}
                Ok(()) => return Ok(()),
            }
        }
        self.framer.stream().map_err(|error| self.too_long(error))?;
        let segment = self.consume(input, literal.header.end);
        if let Some(fetch) = &mut self.fetch {
            fetch.begun = true;
            fetch.reader.segment(segment, false);
        }
        self.fetch_parts(false)
    }

    /// Tells the parts of a FETCH as far as they have come. What is left of one that cannot be read is
    /// passed over by count.
    fn fetch_parts(&mut self, last: bool) -> Result<(), Error> {
        let Some(fetch) = &mut self.fetch else { return Ok(()) };
        let mut reading = Reading::new(self.config.leniency);
        let mut told = 0usize;
        while let Some(part) = fetch.reader.next(&mut reading) {
            for defect in reading.defects.drain(..) {
                let at = fetch.at.saturating_add(defect.at);
                self.events.push_back(Event::Defect(mail_proto::Defect { id: defect.id, at }));
            }
            self.events.push_back(Event::Fetch(part));
            told = told.saturating_add(1);
        }
        let broken = told > 0 && fetch.reader.is_done() && !last;
        if last {
            self.fetch = None;
        } else if broken {
            self.framer.discard().map_err(|error| self.too_long(error))?;
        }
        Ok(())
    }

    fn too_long(&self, limit: LimitError) -> Error {
        Error::TooLong { at: self.transcript.received(), limit }
    }

    /// Takes octets that are no secret off the input.
    fn consume(&mut self, input: &mut BytesMut, octets: usize) -> Bytes {
        let taken = input.split_to(octets.min(input.len())).freeze();
        self.transcript.record(Direction::Received, &taken, false);
        taken
    }

    /// Takes a whole response off the input.
    fn response(
        &mut self,
        input: &mut BytesMut,
        length: usize,
        told: &mut Option<Event>,
    ) -> Result<Step, Error> {
        self.seen = input.len().saturating_sub(length);
        Unit::take(input, length, |unit| self.read_response(unit, told))
    }

    fn read_response(&mut self, unit: Unit<'_>, told: &mut Option<Event>) -> Result<Step, Error> {
        let at = self.transcript.received();
        self.trace_response(&unit);
        let message = unit.without_line_end();
        let mut reading = Reading::new(self.config.leniency);
        if unit.len().saturating_sub(message.len()) == 1 {
            // Found only because the configuration allows it.
            let _ = reading.tolerate(Defect::BareLf, message.len(), "CRLF");
        }
        let mut cursor = message.cursor().with_limits(self.config.limits.parse);
        // Most of what comes: nothing that is known of the server changes by it.
        if self.life == Life::Open && reading.defects.is_empty() && read_fetch(&cursor, told) {
            return Ok(Step::Told);
        }
        let parsed = Response::parse(&mut cursor, &mut reading);
        if self.life == Life::Greeting {
            return self.greeting(at, reading, parsed).map(|()| Step::Taken);
        }
        match parsed {
            Ok(Response::Data(data)) => {
                self.report(at, reading);
                *told = self.data(data);
                if told.is_some() {
                    return Ok(Step::Told);
                }
                Ok(())
            }
            Ok(Response::Tagged(tagged)) => {
                let tag = tagged.tag.as_bytes();
                self.tagged(at, reading, tag, tagged.condition)
            }
            Ok(Response::Continuation(continuation)) => {
                self.continuation(at, reading, &continuation)
            }
            Err(error) => self.unparsed(at, message.to_bytes(), error),
        }
        .map(|()| Step::Taken)
    }

    /// Shows a response to the trace. Challenges are as secret as responses.
    fn trace_response(&mut self, octets: &[u8]) {
        let is_secret = octets.starts_with(b"+") && self.authenticating().is_some();
        let open = if is_secret { 2 } else { octets.len() };
        let (shown, hidden) = octets.split_at_checked(open).unwrap_or((octets, &[]));
        self.transcript.record(Direction::Received, shown, false);
        if is_secret {
            self.transcript.record(Direction::Received, hidden, true);
        }
    }

    /// Tells the defects that were met in a response, before what it says.
    pub(super) fn report(&mut self, at: u64, reading: Reading<Defect>) {
        self.events.extend(reading.defects.into_iter().map(|defect| {
            let at = at.saturating_add(defect.at);
            Event::Defect(mail_proto::Defect { id: defect.id, at })
        }));
    }

    /// What cannot be read is told, and nothing else is lost by it: a tagged status completes its
    /// command all the same (R3 of QUIRKS.md).
    fn unparsed(&mut self, at: u64, message: Bytes, error: ParseError) -> Result<(), Error> {
        let secret = self.authenticating().is_some() && message.starts_with(b"+");
        let raw = if secret { Bytes::new() } else { message.clone() };
        let wrong = at.saturating_add(error.at as u64);
        self.events.push_back(Event::Unparsed { at: wrong, expected: error.expected, raw });
        let Some((tag, condition)) = bare_status(&message) else { return Ok(()) };
        self.tagged(at, Reading::new(self.config.leniency), &tag, condition)
    }

    fn greeting(
        &mut self,
        at: u64,
        reading: Reading<Defect>,
        parsed: Result<Response, ParseError>,
    ) -> Result<(), Error> {
        let wrong = Error::Desync { at, expected: GREETING };
        let Ok(Response::Data(Data::Condition(condition))) = parsed else { return Err(wrong) };
        match condition.kind {
            ConditionKind::Ok => {}
            ConditionKind::PreAuth if self.may_be_preauthenticated() => self.log_in(),
            ConditionKind::PreAuth => return Err(Error::PreAuthBeforeTls { at }),
            ConditionKind::Bye => self.bye = true,
            ConditionKind::No | ConditionKind::Bad => return Err(wrong),
        }
        self.life = Life::Open;
        self.learn_capabilities(&condition, Source::Greeting);
        self.report(at, reading);
        self.events.push_back(Event::Greeting(condition));
        if self.bye {
            self.finish(Closed::Bye);
        }
        Ok(())
    }

    /// There are no literals in a greeting.
    const fn no_greeting(&self) -> Error {
        Error::Desync { at: self.transcript.received(), expected: GREETING }
    }

    fn may_be_preauthenticated(&self) -> bool {
        self.security == Security::Tls || self.config.tls != TlsPolicy::Required
    }

    /// From here on the server knows who is there.
    pub(super) fn log_in(&mut self) {
        self.state = State::Authenticated;
        self.framer.set_limits(self.config.limits.after_login);
    }

    /// `+` opens the gate that everything waits for, and no other.
    fn continuation(
        &mut self,
        at: u64,
        mut reading: Reading<Defect>,
        continuation: &Continuation,
    ) -> Result<(), Error> {
        if let Some(id) = self.authenticating() {
            if self.output.sent(id) != Sent::Fully {
                return Err(Error::Desync { at, expected: "no + before AUTHENTICATE is sent" });
            }
            let result = self.challenge(id, at, continuation, &mut reading);
            self.report_before(at, reading);
            return result;
        }
        let Some((id, Gate::Continuation)) = self.output.front_gate() else {
            let strayed = reading.tolerate(Defect::StrayContinuation, 0, "nothing");
            self.report(at, reading);
            return strayed.map_err(|_| Error::Desync { at, expected: "no +" });
        };
        self.report(at, reading);
        self.output.open_front();
        self.room_told = None;
        let index = self.position(id);
        if let Some(Open { effect: Effect::Idle(idling), swallowed, .. }) =
            index.and_then(|index| self.pipeline.get_mut(index))
        {
            idling.continued_at = Some(self.transcript.sent());
            if !*swallowed {
                self.events.push_back(Event::Idling { id });
            }
        }
        Ok(())
    }

    /// Tells defects before the events that were queued already. There are none of others.
    fn report_before(&mut self, at: u64, reading: Reading<Defect>) {
        let behind = core::mem::take(&mut self.events);
        self.report(at, reading);
        self.events.extend(behind);
    }
}

const GREETING: &str = "a greeting: * OK, * PREAUTH or * BYE";

/// Reads a FETCH that is as the RFC says where its event stays: moving it would cost as much as reading
/// an item. Tells whether it was one.
fn read_fetch(cursor: &Cursor<'_>, told: &mut Option<Event>) -> bool {
    let (mut cursor, mut reading) = (cursor.clone(), Reading::new(Leniency::strict()));
    let Some(number) = plain_fetch(&mut cursor) else { return false };
    let event = told.insert(Event::Data(Data::Fetch(Some(number), FetchData::default())));
    let Event::Data(Data::Fetch(_, fetch)) = event else { return false };
    let is_read = fetch.read(&mut cursor, &mut reading).is_ok() && cursor.rest().is_empty();
    if !is_read {
        *told = None;
    }
    is_read
}

/// The tag and the status word of a response that cannot be read any further.
fn bare_status(message: &Bytes) -> Option<(Bytes, Condition)> {
    let mut reading = Reading::new(Leniency::lenient());
    let mut cursor = Cursor::new(message);
    let tag = Tag::parse(&mut cursor, &mut reading).ok()?;
    cursor.space(&mut reading).ok()?;
    let kind = ConditionKind::from_word(cursor.keyword().as_bytes())?;
    let text = Text::sanitized(cursor.rest().trim_ascii_start());
    Some((tag.into_bytes(), Condition { kind, text: text.into() }))
}
