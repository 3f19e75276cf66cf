//! Taking the client's octets off the input: what stands at its front, and whose turn it is.

use alloc::collections::VecDeque;

use bytes::{Buf, BytesMut};
use mail_proto::{Direction, Handover, Instant, Reading};

use super::event::Event;
use super::running::{Running, Stage};
use super::{Phase, Server};
use crate::Defect;
use crate::connection::{Closed, Error, Frame, Unit};

/// The DONE of IDLE, and a little more.
const IDLE_LINE: usize = 64;

impl Server {
    /// The next event. An idle connection keeps no queue for them.
    pub(super) fn receive(
        &mut self,
        input: &mut BytesMut,
        now: Instant,
    ) -> Result<Option<Event>, Error> {
        let received = self.next_event(input, now);
        if !matches!(received, Ok(Some(_))) && self.events.is_empty() {
            self.events = VecDeque::new();
        }
        received
    }

    fn next_event(&mut self, input: &mut BytesMut, now: Instant) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            if self.closed.is_some() {
                return Ok(None);
            }
            if let Phase::Handover(to) = self.phase {
                self.nothing_before(to, input)?;
                if self.events.is_empty() {
                    return Ok(None);
                }
            } else if self.next_part() {
                continue;
            } else if self.running.as_ref().is_some_and(Running::is_ours) {
                return Ok(self.tell_room());
            } else if self.is_full() {
                // Whoever pipelines and does not read waits until he has read.
                return Ok(None);
            } else if self.take(input, now)? {
                continue;
            } else if self.eof {
                self.finish(Closed::Eof);
            } else {
                return Ok(self.tell_room());
            }
        }
    }

    fn nothing_before(&mut self, to: Handover, input: &BytesMut) -> Result<(), Error> {
        if to == Handover::Tls && !input.is_empty() {
            self.finish(Closed::Error);
            return Err(Error::PlaintextAfterStartTls { at: self.transcript.received() });
        }
        if self.eof {
            self.finish(Closed::Eof);
        }
        Ok(())
    }

    /// Takes what stands at the front of the input; whether there was anything.
    fn take(&mut self, input: &mut BytesMut, now: Instant) -> Result<bool, Error> {
        if self.phase == Phase::First {
            let Some(first) = input.first() else { return Ok(false) };
            self.phase = Phase::Commands;
            if !first.is_ascii_graphic() && *first != b'\r' {
                self.hang_up(0);
                return Ok(true);
            }
        }
        if let Phase::Retracted { header_end } = self.phase {
            self.stream(input, header_end);
            self.discard(false)?;
            return Ok(true);
        }
        let frame = match self.running.as_ref().map(|running| running.stage) {
            Some(Stage::Accepted { header_end }) => {
                self.stream(input, header_end);
                return Ok(true);
            }
            Some(Stage::Challenged) => self.framer.find_line(input, self.config.limits.sasl_line),
            Some(Stage::Idling) => self.framer.find_line(input, IDLE_LINE),
            _ => self.framer.find(input),
        };
        match frame {
            Frame::Partial => return Ok(false),
            Frame::Literal(literal) if self.owes_line() => self.broken_line(literal.at)?,
            Frame::Literal(literal) => self.announced(input, literal)?,
            Frame::Body { octets, last } => {
                let chunk = input.split_to(octets).freeze();
                self.transcript.record(Direction::Received, &chunk, false);
                self.chunk(chunk, last);
            }
            Frame::Discard(octets) => {
                let discarded = input.get(..octets).unwrap_or_default();
                let secret = matches!(self.phase, Phase::Discarding { secret: true });
                self.transcript.record(Direction::Received, discarded, secret);
                input.advance(octets);
            }
            Frame::Complete(octets) => {
                Unit::take(input, octets, |unit| self.complete_unit(unit));
                self.active = Some(now);
            }
            Frame::TooLong(limit) => self.too_long(input, limit)?,
        }
        Ok(true)
    }

    /// The client is to say DONE, or to answer a challenge.
    pub(super) fn owes_line(&self) -> bool {
        let stage = self.running.as_ref().map(|running| running.stage);
        matches!(stage, Some(Stage::Challenged | Stage::Idling))
    }

    /// A command, the end of one, or a line within one is there.
    fn complete_unit(&mut self, unit: Unit<'_>) {
        if let Phase::Discarding { secret } = self.phase {
            self.transcript.record(Direction::Received, &unit, secret);
            self.phase = Phase::Commands;
        } else if self.upload.is_some() {
            self.transcript.record(Direction::Received, &unit, false);
            self.last_segment(unit.to_bytes());
        } else {
            match self.running.as_ref().map(|running| running.stage) {
                Some(Stage::Challenged) => self.sasl_line(unit),
                Some(Stage::Idling) => self.idle_line(unit),
                _ => self.command(unit),
            }
        }
        self.unit_at = self.transcript.received();
        self.literals = 0;
    }

    /// Tells what was tolerated in octets that begin there in the stream.
    pub(super) fn report_defects(&mut self, at: u64, reading: Reading<Defect>) {
        for defect in reading.defects {
            let at = at.saturating_add(defect.at);
            self.events.push_back(Event::Defect(mail_proto::Defect { id: defect.id, at }));
        }
    }

    pub(super) fn reading(&self) -> Reading<Defect> {
        Reading::new(self.config.leniency)
    }

    /// Says once that more may be written. What waits behind a body that lacks octets does not count: it
    /// goes when those have come.
    fn tell_room(&mut self) -> Option<Event> {
        if !self.wants_room || self.output.ready() >= self.watermarks().low {
            return None;
        }
        self.wants_room = false;
        Some(Event::Room { id: self.last_id })
    }
}
