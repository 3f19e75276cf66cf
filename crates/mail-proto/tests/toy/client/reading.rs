//! What a client hears, and what it opens, ends or refuses.

use bytes::{Bytes, BytesMut};
use mail_proto::{
    CommandId, Direction, Gate, Handover, Instant, Line, Owed, Sent, without_line_end,
};

use super::super::wire::{Error, Status, literal, number, take_body, word};
use super::{COMMAND_TIME, Client, Event, IDLE_TIME, Kind, LINE, LOW, Life, Open, Reading, Timer};

impl Client {
    fn consume(&mut self, input: &mut BytesMut, octets: usize) -> Bytes {
        let taken = input.split_to(octets).freeze();
        self.transcript.record(Direction::Received, &taken, false);
        self.parsed += taken.len() as u64;
        taken
    }

    /// Whether anything was read.
    fn parse(&mut self, input: &mut BytesMut) -> Result<bool, Error> {
        match (&self.life, &mut self.reading) {
            (Life::HandingOver(_), _) => return Ok(false),
            (_, Reading::Body { left }) => {
                let chunk = take_body(input, left);
                if *left == 0 {
                    self.reading = Reading::BodyTail;
                } else if chunk.is_empty() {
                    return Ok(false);
                }
                self.transcript.record(Direction::Received, &chunk, false);
                if !chunk.is_empty() {
                    self.events.push_back(Event::Chunk(chunk));
                }
            }
            (_, Reading::BodyTail) => {
                if input.len() < 2 {
                    return Ok(false);
                }
                let at = self.transcript.received();
                if self.consume(input, 2) != "\r\n" {
                    return Err(Error::Syntax { at, expected: "the end of FETCH" });
                }
                self.reading = Reading::Line;
                self.events.push_back(Event::BodyEnd);
            }
            (_, Reading::Line) => return self.parse_line(input),
        }
        Ok(true)
    }

    fn parse_line(&mut self, input: &mut BytesMut) -> Result<bool, Error> {
        let at = self.transcript.received();
        let length = match self.lines.find(input, LINE, false) {
            Line::Partial => return Ok(false),
            Line::TooLong => return Err(Error::Syntax { at, expected: "a shorter line" }),
            Line::Complete(length) => length,
        };
        let line = self.consume(input, length);
        self.left_in_input = input.len();
        match (line.first(), line.get(1)) {
            (Some(b'+'), _) => self.continuation(at),
            (Some(b'*'), Some(b' ')) => self.untagged(&line.slice(2..)),
            _ => self.tagged(&line, at)?,
        }
        Ok(true)
    }

    /// Opens the gate that everything waits for, and no other.
    fn continuation(&mut self, at: u64) {
        let Some((id, Gate::Continuation)) = self.output.front_gate() else {
            return self.events.push_back(Event::Defect { what: "stray-continuation", at });
        };
        self.output.open_front();
        if let Some(open) = self.open.iter_mut().take(self.released).find(|open| open.id == id)
            && let Kind::Idle { continued } = &mut open.kind
        {
            *continued = true;
            self.refresh_at = self.received_at.map(|now| now + IDLE_TIME);
            self.events.push_back(Event::Idling { id });
        }
    }

    fn untagged(&mut self, line: &Bytes) {
        let announced = literal(line).and_then(|(before, literal)| {
            let (first, rest) = word(before);
            (rest == b"FETCH ").then_some((number(first)?, literal.size))
        });
        match announced {
            Some((number, size)) => {
                self.reading = Reading::Body { left: size };
                self.events.push_back(Event::Body { number, size });
            }
            None => self.events.push_back(Event::Untagged(line.slice(..line.len() - 2))),
        }
    }

    fn tagged(&mut self, line: &Bytes, at: u64) -> Result<(), Error> {
        let (tag, rest) = word(without_line_end(line));
        let (status, text) = word(rest);
        let tag = tag.strip_prefix(b"t").and_then(number);
        let status = Status::parse(status);
        let index = self.open.binary_search_by_key(&tag, |open| Some(open.tag));
        match (index, status) {
            (Ok(index), Some(status)) => self.complete(index, status, line.slice_ref(text), at),
            (_, None) => Err(Error::Syntax { at, expected: "a response" }),
            _ => {
                self.events.push_back(Event::Defect { what: "unknown-tag", at });
                Ok(())
            }
        }
    }

    fn complete(
        &mut self,
        index: usize,
        status: Status,
        text: Bytes,
        at: u64,
    ) -> Result<(), Error> {
        let Open { id, kind, .. } = self.open[index];
        let sent = self.output.sent(id);
        let at_its_gate = match kind {
            Kind::Idle { continued } => {
                continued || self.output.front_gate() == Some((id, Gate::Continuation))
            }
            _ => false,
        };
        let too_early = status == Status::Ok && sent != Sent::Fully && !at_its_gate;
        if sent == Sent::Not || too_early {
            return Err(Error::Desync { at });
        }
        if (kind, status) == (Kind::Handover(Handover::Tls), Status::Ok) && self.left_in_input > 0 {
            return Err(Error::BeforeHandover { at: self.transcript.received() });
        }
        self.open.remove(index);
        self.released -= 1;
        self.events.push_back(Event::Completed { id, status, text, sent });
        if let (Kind::Handover(to), Status::Ok) = (kind, status) {
            self.life = Life::HandingOver(to);
            return Ok(());
        }
        self.output.cut(id);
        match (kind, status) {
            (Kind::Idle { .. }, _) => self.refresh_at = None,
            (Kind::Handover(_), _) => self.lose_after(id),
            (Kind::Logout, Status::Ok) => self.lose_all(),
            _ => {}
        }
        Ok(())
    }

    /// What was queued behind a refused handover was meant for the other side of it.
    fn lose_after(&mut self, id: CommandId) {
        self.output.remove_after(id);
        let events = self.open.drain(..).map(|open| Event::Lost { id: open.id, sent: Sent::Not });
        self.events.extend(events);
    }

    fn room(&mut self) -> Option<Event> {
        let (id, owed) = self.output.first_hole()?;
        let wanted = owed != Owed::Open && self.output.ready() < LOW && self.room_told != Some(id);
        wanted.then(|| {
            self.room_told = Some(id);
            Event::Room { id }
        })
    }

    pub(super) fn step(&mut self, input: &mut BytesMut) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            match &self.life {
                Life::Over => return Ok(None),
                Life::Failing(error) => return Err(error.clone()),
                Life::Running | Life::HandingOver(_) => {}
            }
            match self.parse(input)? {
                true => {}
                false if self.eof => self.lose_all(),
                false => return Ok(self.room()),
            }
        }
    }

    pub(super) fn timers(&self) -> [(Timer, Option<Instant>); 2] {
        let idling = self.refresh_at.is_some();
        let started = self.open.front().is_some_and(|open| self.output.sent(open.id) != Sent::Not);
        let moved = self.received_at.max(self.output.moved_at());
        [
            (Timer::Command, moved.filter(|_| started && !idling).map(|at| at + COMMAND_TIME)),
            (Timer::RefreshIdle, self.refresh_at),
        ]
    }
}
