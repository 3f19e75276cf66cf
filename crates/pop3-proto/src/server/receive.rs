//! Reading what the client sends: commands, and its side of an AUTH exchange.

use alloc::collections::VecDeque;
use bytes::{Buf, Bytes, BytesMut};
use mail_proto::{
    CommandId, Direction, Instant, Line, ParseError, Reading, Secret, Text, without_line_end,
};

use super::event::{Credentials, Event, Pending, Request};
use super::{Kind, Phase, Running, Server, Stage};
use crate::connection::is_legal;
use crate::{
    Closed, Command, Defect, Digest, Error, Mechanism, Name, Password, ResponseCode, SaslResponse,
    State, Status,
};

impl Server {
    /// The next event.
    pub(super) fn receive(
        &mut self,
        input: &mut BytesMut,
        now: Instant,
    ) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            self.events = VecDeque::new();
            if self.closed.is_some() {
                return Ok(None);
            }
            if self.phase == Phase::Handover {
                return self.nothing_before_tls(input);
            }
            if self.running.as_ref().is_some_and(Running::is_ours) {
                return Ok(self.tell_room());
            }
            // Whoever pipelines and does not read waits until he has read.
            if self.is_full() {
                return Ok(None);
            }
            match self.line(input) {
                Some(taken) => {
                    self.active = Some(now);
                    self.take(taken);
                    if self.phase == Phase::Handover && !input.is_empty() {
                        return self.nothing_before_tls(input);
                    }
                }
                None if self.eof => self.finish(Closed::Eof),
                None => return Ok(None),
            }
        }
    }

    fn nothing_before_tls(&mut self, input: &BytesMut) -> Result<Option<Event>, Error> {
        match (input.is_empty(), self.eof) {
            (true, false) => Ok(None),
            (true, true) => {
                self.finish(Closed::Eof);
                Ok(self.events.pop_front())
            }
            (false, _) => {
                self.finish(Closed::Error);
                Err(Error::PlaintextAfterStls { at: self.transcript.received() })
            }
        }
    }

    /// Says once that more of the reply may be written.
    fn tell_room(&mut self) -> Option<Event> {
        let writing =
            matches!(self.running, Some(Running { stage: Stage::Body(_) | Stage::Listing, .. }));
        if !writing || self.room_told || self.output.len() >= self.watermarks().low {
            return None;
        }
        self.room_told = true;
        Some(Event::Room)
    }

    /// Takes a whole line off the input, if there is one.
    fn line(&mut self, input: &mut BytesMut) -> Option<Taken> {
        if self.phase == Phase::First {
            self.phase = if input.is_empty() { Phase::First } else { Phase::Commands };
            if input.first().is_some_and(|octet| !octet.is_ascii_graphic() && *octet != b'\r') {
                return Some(Taken::NotPop3 { at: self.transcript.received() });
            }
        }
        if let Phase::Skipping { from } = self.phase {
            return self.skip_line(input, from);
        }
        let limit = match self.challenged() {
            true => self.config.limits.sasl_line,
            false => self.config.limits.command_line,
        };
        let bare_lf = self.config.leniency.allows(Defect::BareLf);
        match self.lines.find(input, limit, bare_lf) {
            Line::Partial => None,
            Line::TooLong => {
                let from = self.transcript.received();
                self.phase = Phase::Skipping { from };
                self.skip_line(input, from)
            }
            Line::Complete(length) => {
                let at = self.transcript.received();
                let whole = input.split_to(length).freeze();
                let mut reading = Reading::new(self.config.leniency);
                let end = without_line_end(&whole).len();
                if length.saturating_sub(end) == 1 {
                    // Found only because the configuration allows it.
                    let _ = reading.tolerate(Defect::BareLf, end, "CRLF");
                }
                Some(Taken::Line { at, reading, line: whole.slice(..end), whole })
            }
        }
    }

    /// Drops a line that is too long; it is refused when its end is seen.
    fn skip_line(&mut self, input: &mut BytesMut, from: u64) -> Option<Taken> {
        let kept = usize::from(input.last() == Some(&b'\r'));
        let bare_lf = self.config.leniency.allows(Defect::BareLf);
        let (skipped, done) = match self.lines.find(input, usize::MAX, bare_lf) {
            Line::Complete(length) => (length, true),
            _ => (input.len().saturating_sub(kept), false),
        };
        // What was meant as a password is secret in a line of any length.
        self.transcript.record(Direction::Received, input.get(..skipped).unwrap_or(&[]), true);
        input.advance(skipped);
        self.lines.consumed(skipped);
        if !done {
            return None;
        }
        self.phase = Phase::Commands;
        Some(Taken::TooLong { at: from })
    }

    /// Shows a line to the trace, of which the first octets are not secret.
    fn trace_line(&mut self, whole: &[u8], open: usize) {
        let (shown, hidden) = whole.split_at_checked(open).unwrap_or((whole, &[]));
        self.transcript.record(Direction::Received, shown, false);
        self.transcript.record(Direction::Received, hidden, true);
    }

    /// How many octets of a command line may be seen.
    ///
    /// Before login, what is no command may be the next line of an AUTH exchange that was refused.
    fn open_octets(&self, parsed: &Result<Command, ParseError>, whole: &[u8]) -> usize {
        match parsed {
            Ok(Command::Auth { mechanism, .. }) => mechanism.as_bytes().len().saturating_add(5),
            Ok(Command::Pass(_) | Command::Apop { .. }) => 5,
            Ok(Command::Other(_)) | Err(_) if self.state == State::Authorization => 0,
            Ok(Command::Other(_)) | Err(_) if looks_like_credentials(whole) => 4,
            _ => whole.len(),
        }
    }

    const fn challenged(&self) -> bool {
        matches!(self.running, Some(Running { stage: Stage::Challenged, .. }))
    }

    fn take(&mut self, taken: Taken) {
        match taken {
            Taken::Line { at, reading, whole, line } if self.challenged() => {
                self.trace_line(&whole, 0);
                self.sasl_line(at, reading, &line);
            }
            Taken::Line { at, mut reading, whole, line } => {
                let parsed = Command::parse(&line, &mut reading);
                self.trace_line(&whole, self.open_octets(&parsed, &whole));
                self.report_defects(at, reading);
                self.command_line(at, &line, parsed);
            }
            Taken::TooLong { at } => {
                if self.challenged() {
                    self.end_authentication();
                }
                self.reject(at, ParseError::new(0, "a line within the limit"));
            }
            Taken::NotPop3 { at } => self.hang_up(at),
        }
    }

    fn command_line(&mut self, at: u64, line: &[u8], parsed: Result<Command, ParseError>) {
        match parsed {
            Err(_) | Ok(Command::Other(_)) if looks_like_http(line) => self.hang_up(at),
            Err(error) => self.reject(at, error),
            Ok(command) if !is_legal(&command, self.state) => {
                let expected = match (self.state, &command) {
                    (State::Authorization, Command::Other(_)) => "a POP3 command",
                    (State::Authorization, _) => "a login before this command",
                    _ => "a command of the TRANSACTION state",
                };
                self.reject(at, ParseError::new(0, expected));
            }
            Ok(command) => self.command(at, command),
        }
    }

    fn report_defects(&mut self, at: u64, reading: Reading<Defect>) {
        for defect in reading.defects {
            let at = at.saturating_add(defect.at);
            self.events.push_back(Event::Defect(mail_proto::Defect { id: defect.id, at }));
        }
    }

    fn command(&mut self, at: u64, command: Command) {
        self.last_id = self.last_id.following();
        let user = self.user.take();
        match command {
            Command::User(name) => self.user_named(at, name),
            Command::Pass(password) => self.password(at, user, password),
            Command::Apop { name, digest } => self.apop(at, name, digest),
            Command::Auth { mechanism, initial } => self.authenticate(at, mechanism, initial),
            Command::AuthList => self.list_mechanisms(),
            Command::Capa => self.list_capabilities(),
            Command::Stls => self.start_tls(at),
            Command::Utf8 => self.enable_utf8(at),
            Command::Lang(range) => self.choose_language(at, range),
            Command::Noop => self.say_ok(b""),
            Command::Quit if self.state == State::Authorization => {
                self.say_ok(b"bye");
                self.finish(Closed::Quit);
            }
            Command::Quit => {
                self.state = State::Update;
                self.ask(Kind::Quit, |pending| Request::Quit(Pending::new(pending)));
            }
            Command::Stat => self.ask(Kind::Other, |id| Request::Stat(Pending::new(id))),
            Command::List(None) => self.ask(Kind::Other, |id| Request::List(Pending::new(id))),
            Command::List(Some(n)) => {
                self.ask(Kind::Other, |id| Request::ListOne(n, Pending::new(id)));
            }
            Command::Uidl(None) => self.ask(Kind::Other, |id| Request::Uidl(Pending::new(id))),
            Command::Uidl(Some(n)) => {
                self.ask(Kind::Other, |id| Request::UidlOne(n, Pending::new(id)));
            }
            Command::Retr(n) => self.ask(Kind::Other, |id| Request::Retr(n, Pending::new(id))),
            Command::Top { message, lines } => {
                self.ask(Kind::Other, |id| Request::Top(message, lines, Pending::new(id)));
            }
            Command::Dele(n) => self.ask(Kind::Other, |id| Request::Dele(n, Pending::new(id))),
            Command::Rset => self.ask(Kind::Other, |id| Request::Rset(Pending::new(id))),
            Command::Other(raw) => {
                self.ask(Kind::Unknown, |id| Request::Other(raw, Pending::new(id)));
            }
        }
    }

    fn ask(&mut self, kind: Kind, request: impl FnOnce(CommandId) -> Request) {
        self.running = Some(Running { id: self.last_id, kind, stage: Stage::Asked });
        self.events.push_back(Event::Request(request(self.last_id)));
    }

    // What a name is worth is told only together with the password.
    fn user_named(&mut self, at: u64, name: Name) {
        if !self.takes_passwords() {
            return self.needs_tls(at);
        }
        self.user = Some(name.detach());
        self.say_ok(b"");
    }

    fn password(&mut self, at: u64, user: Option<Name>, password: Secret<Password>) {
        if !self.takes_passwords() {
            return self.needs_tls(at);
        }
        let Some(name) = user else {
            return self.reject(at, ParseError::new(0, "USER before PASS"));
        };
        let credentials = Credentials::Password { name, password };
        self.ask(Kind::Login, |id| Request::Login(credentials, Pending::new(id)));
    }

    fn apop(&mut self, at: u64, name: Name, digest: Secret<Digest>) {
        if !self.takes_passwords() {
            return self.needs_tls(at);
        }
        let Some(timestamp) = self.timestamp.clone() else {
            return self.decline(at, "a login other than APOP");
        };
        let credentials = Credentials::Apop { name, digest, timestamp };
        self.ask(Kind::Login, |id| Request::Login(credentials, Pending::new(id)));
    }

    fn authenticate(&mut self, at: u64, mechanism: Mechanism, initial: Option<Secret<Bytes>>) {
        if !self.takes_passwords() {
            return self.needs_tls(at);
        }
        if !self.config.mechanisms.contains(&mechanism) {
            return self.decline(at, "an offered mechanism");
        }
        self.ask(Kind::Login, |id| Request::Authenticate {
            mechanism,
            initial,
            pending: Pending::new(id),
        });
    }

    /// The client's line in an AUTH exchange (RFC 5034 section 4).
    fn sasl_line(&mut self, at: u64, mut reading: Reading<Defect>, line: &Bytes) {
        let parsed = SaslResponse::parse(line, &mut reading);
        self.report_defects(at, reading);
        match (parsed, &mut self.running) {
            (Ok(SaslResponse::Data(response)), Some(running)) => {
                running.stage = Stage::Asked;
                let request = Request::Authentication(response, Pending::new(running.id));
                self.events.push_back(Event::Request(request));
            }
            (Ok(_), _) => {
                self.end_authentication();
                self.say(&Status::err(Text::sanitized(b"authentication cancelled")));
            }
            (Err(error), _) => {
                self.end_authentication();
                self.reject(at, error);
            }
        }
    }

    fn end_authentication(&mut self) {
        self.running = None;
        self.events.push_back(Event::AuthenticationEnded);
    }

    fn needs_tls(&mut self, at: u64) {
        self.decline(at, "TLS before a login");
    }

    pub(super) fn say_ok(&mut self, text: &[u8]) {
        self.say(&Status::ok(Text::sanitized(text)));
    }

    pub(super) fn say(&mut self, status: &Status) {
        status.encode(&mut self.output.writer(self.last_id));
    }

    /// Refuses a line that is wrong, without asking the application.
    fn reject(&mut self, at: u64, error: ParseError) {
        self.user = None;
        let at = at.saturating_add(error.at as u64);
        self.events.push_back(Event::Rejected { at, expected: error.expected });
        if self.is_one_too_many() {
            let status = Status::err(Text::sanitized(b"too many wrong commands"));
            self.say(&status.with_code(ResponseCode::SysPerm));
            self.finish(Closed::Misbehaviour);
        } else {
            self.say_error(b"expected ", error.expected);
        }
    }

    /// Refuses a command that is right and not offered: a client may ask for what it likes.
    pub(super) fn decline(&mut self, at: u64, expected: &'static str) {
        self.events.push_back(Event::Rejected { at, expected });
        self.say_error(b"this needs ", expected);
    }

    fn say_error(&mut self, lead: &[u8], expected: &str) {
        self.say(&Status::err(Text::sanitized(&[lead, expected.as_bytes()].concat())));
    }

    /// Counts a wrong command.
    pub(super) fn is_one_too_many(&mut self) -> bool {
        self.bad_commands = self.bad_commands.saturating_add(1);
        let limit = match self.state {
            State::Authorization => self.config.limits.bad_commands_before_login,
            _ => self.config.limits.bad_commands,
        };
        self.bad_commands >= limit
    }

    /// Whoever speaks HTTP or TLS here must not have his data taken for commands.
    fn hang_up(&mut self, at: u64) {
        self.say(&Status::err(Text::sanitized(b"this is a POP3 server")));
        self.events.push_back(Event::Rejected { at, expected: "a POP3 command" });
        self.finish(Closed::Misbehaviour);
    }
}

/// What came off the input.
enum Taken {
    /// A line with and without its line end, the octets of the stream before it, the defects met so
    /// far.
    Line { at: u64, reading: Reading<Defect>, whole: Bytes, line: Bytes },
    /// A line over the limit, which has been skipped.
    TooLong { at: u64 },
    /// Octets that no POP3 client begins with.
    NotPop3 { at: u64 },
}

/// Whether a line that is no command was meant to tell who somebody is.
fn looks_like_credentials(line: &[u8]) -> bool {
    let word = line.get(..4).unwrap_or(line).to_ascii_uppercase();
    [b"PASS", b"APOP", b"AUTH"].iter().any(|keyword| word == keyword.as_slice())
}

/// The request line of HTTP (RFC 9112 section 3), sent by scanners and by browsers made to.
fn looks_like_http(line: &[u8]) -> bool {
    line.windows(8).any(|part| part.starts_with(b" HTTP/") && part.ends_with(b"."))
}
