//! What a server hears: one command at a time, the rest stays in the input.

use bytes::{Bytes, BytesMut};
use mail_proto::{CommandId, Direction, Handover, Instant, Sink, without_line_end};

use super::super::wire::{Error, Frame, Literal, Status, number, string, take_body, word};
use super::{AUTOLOGOUT, Command, Event, MESSAGE, Running, Server, State};

impl Server {
    fn consume(&mut self, input: &mut BytesMut, octets: usize, secret: bool) -> Bytes {
        let taken = input.split_to(octets).freeze();
        self.transcript.record(Direction::Received, &taken, secret);
        self.parsed += taken.len() as u64;
        taken
    }

    fn parse(&mut self, input: &mut BytesMut) -> Result<bool, Error> {
        match self.state {
            State::Executing | State::Deciding(_) => Ok(false),
            State::HandingOver(Handover::Tls) if !input.is_empty() => {
                Err(Error::BeforeHandover { at: self.transcript.received() })
            }
            State::HandingOver(_) => Ok(false),
            State::Body { left } => self.parse_body(input, left),
            State::Swallow { left } => self.swallow(input, left),
            State::Commands => self.parse_command(input),
            State::BodyTail | State::Idle | State::SwallowTail => self.parse_rest(input),
        }
    }

    fn parse_body(&mut self, input: &mut BytesMut, mut left: u64) -> Result<bool, Error> {
        let chunk = take_body(input, &mut left);
        self.transcript.record(Direction::Received, &chunk, false);
        self.state = if left == 0 { State::BodyTail } else { State::Body { left } };
        let some = !chunk.is_empty();
        self.events.extend(some.then_some(Event::Chunk(chunk)));
        Ok(some)
    }

    fn swallow(&mut self, input: &mut BytesMut, mut left: u64) -> Result<bool, Error> {
        let chunk = take_body(input, &mut left);
        self.transcript.record(Direction::Received, &chunk, false);
        self.state = if left == 0 { State::SwallowTail } else { State::Swallow { left } };
        Ok(left == 0 || !chunk.is_empty())
    }

    /// The line end of a message, the rest of a refused command, or DONE.
    fn parse_rest(&mut self, input: &mut BytesMut) -> Result<bool, Error> {
        let at = self.transcript.received();
        let line = match self.framer.find(input, MESSAGE) {
            Frame::Partial => return Ok(false),
            Frame::Message(length) | Frame::Announced { upto: length, .. } => {
                self.framer.restart();
                self.consume(input, length, false)
            }
            Frame::TooLong => return Err(Error::Syntax { at, expected: "the end of a line" }),
        };
        let id = self.running.as_ref().map(|running| running.id).unwrap_or_default();
        let (event, wanted) = match self.state {
            State::BodyTail => (Event::AppendEnd { id }, line == "\r\n"),
            State::Idle => (Event::Done { id }, line == "DONE\r\n"),
            _ => {
                self.state = State::Commands;
                return Ok(true);
            }
        };
        self.state = State::Executing;
        match wanted {
            true => self.events.push_back(event),
            false => self.reject(at, "the end of the command"),
        }
        Ok(true)
    }

    fn parse_command(&mut self, input: &mut BytesMut) -> Result<bool, Error> {
        let at = self.transcript.received();
        match self.framer.find(input, MESSAGE) {
            Frame::Partial => Ok(false),
            Frame::TooLong => Err(Error::Syntax { at, expected: "a shorter command" }),
            Frame::Message(length) => {
                let secret = word(input).1.starts_with(b"LOGIN ");
                let line = self.consume(input, length, secret);
                if !(std::mem::take(&mut self.done_on_its_way) && line == "DONE\r\n") {
                    self.command(&line, None, at);
                }
                Ok(true)
            }
            Frame::Announced { upto, literal } => {
                self.done_on_its_way = false;
                Ok(self.announced(input, upto, literal, at))
            }
        }
    }

    fn announced(&mut self, input: &mut BytesMut, upto: usize, of: Literal, at: u64) -> bool {
        if word(input).1.starts_with(b"APPEND ") {
            self.framer.restart();
            let line = self.consume(input, upto, false);
            self.command(&line, Some(of), at);
            return true;
        }
        let size = usize::try_from(of.size).unwrap_or(usize::MAX);
        if size > MESSAGE - upto.min(MESSAGE) {
            self.framer.restart();
            let line = self.consume(input, upto, false);
            self.begin(&line);
            self.state = State::Executing;
            self.reject(at, "a smaller literal");
            if !of.waits {
                self.state = State::Swallow { left: of.size };
            }
            return true;
        }
        self.framer.inline(size);
        if of.waits {
            self.output.writer(self.last).put(b"+ more\r\n");
        }
        true
    }

    fn begin(&mut self, line: &Bytes) -> CommandId {
        self.last = self.last.following();
        let tag = line.slice_ref(word(line).0);
        self.running = Some(Running { id: self.last, tag, command: Command::Noop });
        self.last
    }

    fn command(&mut self, line: &Bytes, announced: Option<Literal>, at: u64) {
        let id = self.begin(line);
        self.state = State::Executing;
        let arguments = without_line_end(word(line).1);
        let Some(command) = parse(arguments, line, announced) else {
            if let Some(literal) = announced {
                self.state = State::Deciding(literal);
            }
            return self.reject(at, "a command");
        };
        if let Some(running) = &mut self.running {
            running.command = command.clone();
        }
        if let Some(literal) = announced {
            self.state = State::Deciding(literal);
        }
        self.events.push_back(Event::Command { id, command });
    }

    fn reject(&mut self, at: u64, expected: &'static str) {
        if let Some(Running { id, .. }) = self.running {
            // It is running, so this cannot fail.
            let _ = self.end(id, Status::Bad);
        }
        self.events.push_back(Event::Rejected { at, expected });
    }

    pub(super) fn finish(&mut self) {
        let aborted = self.running.take().map(|running| Event::Aborted { id: running.id });
        self.events.extend(aborted);
        self.over = true;
    }

    fn room(&mut self) -> Option<Event> {
        let (id, _) = self.output.first_hole()?;
        let wanted = self.output.ready() < self.marks.low && self.room_told != Some(id);
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
            if let Some(error) = self.failing.take() {
                return Err(error);
            }
            let owes = matches!(self.state, State::Executing | State::Deciding(_));
            if self.over {
                return Ok(None);
            } else if self.parse(input)? {
                continue;
            } else if self.eof && !owes && self.output.first_hole().is_none() {
                self.finish();
            } else {
                return Ok(self.room());
            }
        }
    }

    pub(super) fn timers(&self) -> [((), Option<Instant>); 1] {
        [((), self.received_at.filter(|_| !self.over).map(|at| at + AUTOLOGOUT))]
    }
}

fn parse(arguments: &[u8], line: &Bytes, announced: Option<Literal>) -> Option<Command> {
    let (name, rest) = word(arguments);
    Some(match (name, rest) {
        (b"NOOP", []) => Command::Noop,
        (b"IDLE", []) => Command::Idle,
        (b"STARTTLS", []) => Command::StartTls,
        (b"COMPRESS", []) => Command::Compress,
        (b"LOGOUT", []) => Command::Logout,
        (b"FETCH", message) => Command::Fetch(number(message)?),
        (b"APPEND", rest) => {
            let Literal { size, waits } = announced?;
            Command::Append { name: line.slice_ref(word(rest).0), size, waits }
        }
        (b"LOGIN", _) => {
            // The strings may hold line ends, so from the whole message.
            let (user, rest) = string(word(word(line).1).1)?;
            let (password, _) = string(rest.strip_prefix(b" ")?)?;
            Command::Login { user, password }
        }
        _ => return None,
    })
}
