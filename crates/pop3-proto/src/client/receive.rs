//! Reading what the server sends: greeting, status lines, challenges, listings, bodies.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use bytes::{Bytes, BytesMut};
use mail_proto::{CommandId, Direction, Line, Reading, Sent, without_line_end};

use super::capabilities::Learning;
use super::multi_line::Body;
use super::pipeline::{Effect, Open};
use super::{Client, Event, Reply};
use crate::{
    Challenge, Closed, Defect, DropListing, Error, Greeting, LanguageListing, MessageNumber,
    SaslResponse, ScanListing, Shape, Status, UidListing, Unstuffer,
};

/// What the next octets are.
#[derive(Debug)]
pub(super) enum Receiving {
    Greeting,
    /// The first line of a reply.
    Status,
    /// Lines of a listing; `skipping` the rest of one that was too long.
    Listing {
        skipping: bool,
    },
    Body(Box<Body>),
    /// Nothing: TLS begins.
    Handover,
}

/// What reading came to.
pub(super) enum Step {
    Event(Event),
    /// Something was consumed that is no event.
    Again,
    /// More octets are needed.
    Wait,
}

impl Client {
    /// The next event.
    pub(super) fn receive(&mut self, input: &mut BytesMut) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            self.events = VecDeque::new();
            if self.closed.is_some() {
                return Ok(None);
            }
            match self.step(input) {
                Ok(Step::Event(event)) => return Ok(Some(event)),
                Ok(Step::Again) => {}
                Ok(Step::Wait) if self.eof => self.finish(Closed::Eof),
                Ok(Step::Wait) => return Ok(None),
                Err(error) => {
                    self.finish(Closed::Error);
                    return Err(error);
                }
            }
        }
    }

    fn step(&mut self, input: &mut BytesMut) -> Result<Step, Error> {
        match &mut self.receiving {
            Receiving::Greeting => self.greeting(input),
            Receiving::Status => self.status_line(input),
            Receiving::Listing { skipping: false } => Ok(self.listing_line(input)),
            Receiving::Listing { skipping: true } => Ok(self.skip_line(input)),
            Receiving::Body(_) => Ok(self.body(input)),
            Receiving::Handover if input.is_empty() => Ok(Step::Wait),
            Receiving::Handover => {
                Err(Error::PlaintextAfterStls { at: self.transcript.received() })
            }
        }
    }

    fn greeting(&mut self, input: &mut BytesMut) -> Result<Step, Error> {
        let Some(Taken { at, line, mut reading }) =
            self.take_line(input, self.config.limits.reply_line)?
        else {
            return Ok(Step::Wait);
        };
        let greeting = Greeting::parse(&line, &mut reading)
            .map_err(|_| Error::Desync { at, expected: "a POP3 greeting" })?;
        self.receiving = Receiving::Status;
        self.timestamp = greeting.timestamp().map(|found| Box::new(found.detach()));
        let refused = !greeting.status().is_ok();
        let event = self.report(at, reading, Event::Greeting(greeting));
        if refused {
            self.finish(Closed::Refused);
        }
        Ok(event)
    }

    fn status_line(&mut self, input: &mut BytesMut) -> Result<Step, Error> {
        let limit = match self.pipeline.front() {
            Some(Open { shape: Shape::Sasl, .. }) => self.config.limits.sasl_line,
            _ => self.config.limits.reply_line,
        };
        let Some(mut taken) = self.take_line(input, limit)? else { return Ok(Step::Wait) };
        let (id, shape) = match self.pipeline.front() {
            Some(open) if self.output.sent(open.id) == Sent::Fully => (open.id, open.shape),
            _ => return self.unsolicited(taken),
        };
        if shape == Shape::Sasl
            && let Some(challenge) = self.challenge(&mut taken)
        {
            return self.challenged(id, taken, challenge);
        }
        let Taken { at, line, mut reading } = taken;
        let status = Status::parse(&line, &mut reading)
            .map_err(|_| Error::Desync { at, expected: "+OK or -ERR" })?;
        if shape == Shape::Sasl && !self.may_end(&status) {
            return Err(Error::Desync { at, expected: "nothing before the response is sent" });
        }
        Ok(self.status(at, reading, (id, shape), status))
    }

    fn status(
        &mut self,
        at: u64,
        mut reading: Reading<Defect>,
        (id, shape): (CommandId, Shape),
        status: Status,
    ) -> Step {
        let asked = self.pipeline.front().and_then(|open| open.asked);
        if !status.is_ok() {
            return self.completed(at, reading, Err(status));
        }
        if !shape.is_multi_line() {
            let reply = single_line_reply((shape, asked), status, &mut reading);
            return self.completed(at, reading, Ok(reply));
        }
        self.receiving = match shape {
            Shape::Body => Receiving::Body(Box::new(Body {
                unstuffer: Unstuffer::new(&self.config.leniency),
                from: self.transcript.received(),
            })),
            _ => Receiving::Listing { skipping: false },
        };
        if shape == Shape::Capabilities {
            self.learning = Some(Box::new(Learning::new(self.state)));
        }
        match self.pipeline.front() {
            Some(open) if !open.swallowed => self.report(at, reading, Event::Begin { id, status }),
            _ => Step::Again,
        }
    }

    /// Whether an AUTH exchange may end now: not while its response is being sent, except that a
    /// server may give up before the first octet of it.
    fn may_end(&self, status: &Status) -> bool {
        match self.pipeline.front() {
            Some(Open { effect: Effect::Auth(exchange), .. }) if self.output.ready() > 0 => {
                !status.is_ok() && self.is_unanswered(exchange)
            }
            _ => true,
        }
    }

    /// A line that answers nothing. Some servers say `-ERR` before they close.
    fn unsolicited(&mut self, taken: Taken) -> Result<Step, Error> {
        let Taken { at, line, mut reading } = taken;
        match Status::parse(&line, &mut reading) {
            Ok(status) if !status.is_ok() => {
                let noted = reading.tolerate(Defect::UnsolicitedError, 0, "nothing");
                noted.map_err(|_| Error::Desync { at, expected: "nothing" })?;
                Ok(self.report(at, reading, Event::Unsolicited(status)))
            }
            _ => Err(Error::Desync { at, expected: "nothing, as no command waits for an answer" }),
        }
    }

    /// Reads a line of an AUTH exchange; `None` if it is the status line that ends it.
    fn challenge(&mut self, taken: &mut Taken) -> Option<Challenge> {
        let Some(Open { effect: Effect::Auth(exchange), .. }) = self.pipeline.front() else {
            return None;
        };
        // `+OK` can stand for an empty challenge only where none has been seen.
        let is_status = taken.line.len() >= 2 && !taken.line.starts_with(b"+ ");
        if is_status && exchange.begun {
            return None;
        }
        let mut reading = taken.reading.clone();
        let challenge = Challenge::parse(&taken.line, &mut reading).ok()?;
        taken.reading = reading;
        Some(challenge)
    }

    fn challenged(
        &mut self,
        id: CommandId,
        taken: Taken,
        challenge: Challenge,
    ) -> Result<Step, Error> {
        let unsent = self.output.ready() > 0;
        let Some(Open { effect: Effect::Auth(exchange), swallowed, .. }) =
            self.pipeline.front_mut()
        else {
            return Ok(Step::Again);
        };
        if exchange.challenged || exchange.cancelled || unsent {
            let expected = "one challenge for each response";
            return Err(Error::Desync { at: taken.at, expected });
        }
        (exchange.begun, exchange.challenged) = (true, true);
        let answer = match exchange.initial.take() {
            // Whoever gave the command is gone.
            _ if *swallowed => SaslResponse::Cancel,
            // Nothing that a server could say before the initial response bears on it.
            Some(initial) => SaslResponse::Data(initial),
            None => {
                let event = Event::Challenge { id, challenge };
                return Ok(self.report(taken.at, taken.reading, event));
            }
        };
        let silent = *swallowed;
        let answered = self.answer_challenge(id, &answer);
        debug_assert!(answered.is_ok());
        Ok(if silent { Step::Again } else { self.report_defects(taken.at, taken.reading) })
    }

    /// The first open command is answered to its end.
    pub(super) fn completed(
        &mut self,
        at: u64,
        reading: Reading<Defect>,
        result: Result<Reply, Status>,
    ) -> Step {
        // Its event comes first, what follows from it behind.
        let behind = self.events.len();
        debug_assert_eq!(behind, 0);
        let Some(open) = self.complete(result.is_ok()) else { return Step::Wait };
        match open.swallowed {
            true => Step::Again,
            false => self.report(at, reading, Event::Completed { id: open.id, result }),
        }
    }

    /// The event, after the defects that were met on the way to it.
    pub(super) fn report(&mut self, at: u64, reading: Reading<Defect>, event: Event) -> Step {
        let mut events = reading.defects.into_iter().map(|defect| {
            let at = at.saturating_add(defect.at);
            Event::Defect(mail_proto::Defect { id: defect.id, at })
        });
        let Some(first) = events.next() else { return Step::Event(event) };
        let rest: VecDeque<Event> = events.chain([event]).chain(self.events.drain(..)).collect();
        self.events = rest;
        Step::Event(first)
    }

    fn report_defects(&mut self, at: u64, mut reading: Reading<Defect>) -> Step {
        match reading.defects.pop() {
            None => Step::Again,
            Some(last) => {
                let at_last = at.saturating_add(last.at);
                let event = Event::Defect(mail_proto::Defect { id: last.id, at: at_last });
                self.report(at, reading, event)
            }
        }
    }

    /// Shows a line to the trace. Challenges are as secret as responses.
    fn trace_line(&mut self, line: &[u8]) {
        let exchange = matches!(self.pipeline.front(), Some(Open { shape: Shape::Sasl, .. }));
        let open = if exchange && line.starts_with(b"+ ") { 2 } else { line.len() };
        let (shown, hidden) = line.split_at_checked(open).unwrap_or((line, &[]));
        self.transcript.record(Direction::Received, shown, false);
        self.transcript.record(Direction::Received, hidden, true);
    }

    pub(super) fn find_line(&mut self, input: &[u8], limit: usize) -> Line {
        self.lines.find(input, limit, self.config.leniency.allows(Defect::BareLf))
    }

    /// Takes a whole line off the input.
    pub(super) fn take_line(
        &mut self,
        input: &mut BytesMut,
        limit: usize,
    ) -> Result<Option<Taken>, Error> {
        match self.find_line(input, limit) {
            Line::Partial => Ok(None),
            Line::TooLong => Err(Error::LineTooLong { at: self.transcript.received(), limit }),
            Line::Complete(length) => Ok(Some(self.take(input, length))),
        }
    }

    /// Takes a line of this length off the input.
    pub(super) fn take(&mut self, input: &mut BytesMut, length: usize) -> Taken {
        let at = self.transcript.received();
        let mut line = input.split_to(length);
        self.trace_line(&line);
        let mut reading = Reading::new(self.config.leniency);
        let end = without_line_end(&line).len();
        if length.saturating_sub(end) == 1 {
            // Found only because the configuration allows it.
            let _ = reading.tolerate(Defect::BareLf, end, "CRLF");
        }
        line.truncate(end);
        Taken { at, line: line.freeze(), reading }
    }
}

/// A line off the input.
pub(super) struct Taken {
    /// Octets of the stream before it.
    pub(super) at: u64,
    /// The line without its line end.
    pub(super) line: Bytes,
    /// What was met in it so far.
    pub(super) reading: Reading<Defect>,
}

fn single_line_reply(
    (shape, asked): (Shape, Option<MessageNumber>),
    status: Status,
    reading: &mut Reading<Defect>,
) -> Reply {
    let parsed = match shape {
        Shape::Stat => DropListing::parse_reply(&status, reading).map(Reply::Drop),
        Shape::ScanLine => ScanListing::parse_reply(&status, reading).map(Reply::Scan),
        Shape::UidLine => {
            let asked = asked.unwrap_or(MessageNumber::FIRST);
            UidListing::parse_reply(&status, asked, reading).map(Reply::UniqueId)
        }
        Shape::LanguageLine => LanguageListing::parse_reply(&status, reading).map(Reply::Language),
        _ => return Reply::Done(status),
    };
    parsed.unwrap_or_else(|error| Reply::Malformed { status, error })
}
