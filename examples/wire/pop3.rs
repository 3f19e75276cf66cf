//! Units of POP3: where they end, what they mean, and whether writing them again means the same.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use mail_proto::{Leniency, Line, LineScanner, ParseError, Reading};
use pop3_proto::{
    Capability, Challenge, Command, Defect, DropListing, Greeting, LanguageListing, LineEnds,
    MechanismListing, MessageNumber, Part, SaslResponse, ScanListing, Shape, Status, Stuffer,
    UidListing, Unstuffer, encode_end, unstuff_line,
};

use crate::unit::{Kind, Round, Unit, Verdict};

/// Whose octets they are, and what is known of the next unit.
pub enum Side {
    Client {
        /// Lines belong to an AUTH exchange.
        authenticating: bool,
    },
    Server {
        /// The next unit is the greeting.
        greeting: bool,
        /// What the next replies answer; `None` for what is no command.
        commands: VecDeque<Option<Command>>,
    },
}

/// Takes units off a growing input.
pub struct Reader {
    side: Side,
    leniency: Leniency<Defect>,
    chunk: usize,
    lines: LineScanner,
    /// Octets of the present unit whose lines are known.
    framed: usize,
    /// The present unit is a multi-line reply.
    multi_line: bool,
    offset: u64,
}

/// What a unit means.
#[derive(PartialEq, Debug)]
enum Value {
    Command(Command),
    Response(SaslResponse),
    Greeting(Greeting),
    Challenge(Challenge),
    Status(Status),
    Drop(DropListing),
    Scan(ScanListing),
    UniqueId(UidListing),
    Language(LanguageListing),
    Listing(Status, Vec<ListingLine>),
    Body(Status, Vec<u8>),
}

#[derive(PartialEq, Debug)]
enum ListingLine {
    Scan(ScanListing),
    UniqueId(UidListing),
    Capability(Capability),
    Mechanism(MechanismListing),
    Language(LanguageListing),
}

/// What a unit is taken for.
#[derive(Clone, Copy)]
enum Expected {
    Command,
    Response,
    Greeting,
    Challenge,
    Reply(Shape, Option<MessageNumber>),
}

impl Reader {
    pub fn new(side: Side, leniency: Leniency<Defect>, chunk: usize) -> Self {
        let lines = LineScanner::default();
        Self { side, leniency, chunk, lines, framed: 0, multi_line: false, offset: 0 }
    }

    /// The next complete unit.
    pub fn next(&mut self, input: &mut BytesMut) -> Option<Unit> {
        loop {
            let rest = input.get(self.framed..)?;
            let Line::Complete(length) = self.lines.find(rest, usize::MAX, false) else {
                return None;
            };
            let line = rest.get(..length)?;
            let ends = match (self.multi_line, self.framed) {
                (_, 0) => {
                    self.multi_line = self.begins_multi_line(line);
                    !self.multi_line
                }
                _ => line == b".\r\n",
            };
            self.framed = self.framed.saturating_add(length);
            if ends {
                let octets = input.split_to(self.framed).freeze();
                return Some(self.unit(octets));
            }
        }
    }

    /// What is left at the end of the stream is an error.
    pub fn cut_off(&mut self, rest: &[u8]) -> Option<Unit> {
        let kind = match (&self.side, self.multi_line && self.framed > 0) {
            (_, true) => Kind::Multiline,
            (Side::Client { authenticating: true }, _) => Kind::Sasl,
            (Side::Client { .. }, _) => Kind::Command,
            (Side::Server { greeting: true, .. }, _) => Kind::Greeting,
            (Side::Server { .. }, _) => Kind::Response,
        };
        let expected = if self.multi_line { "the end of the reply" } else { "the end of the line" };
        let verdict = Verdict::Error(ParseError::new(rest.len(), expected));
        let (offset, length, round) = (self.offset, rest.len(), Round::None);
        (!rest.is_empty()).then_some(Unit { offset, length, kind, verdict, round })
    }

    fn begins_multi_line(&self, line: &[u8]) -> bool {
        let Side::Server { greeting: false, commands } = &self.side else { return false };
        let command = commands.front().and_then(Option::as_ref);
        let shape = command.map_or(Shape::Single, Command::shape);
        let status = Status::parse(&text(line), &mut Reading::new(self.leniency));
        shape.is_multi_line() && status.is_ok_and(|status| status.is_ok())
    }

    fn unit(&mut self, octets: Bytes) -> Unit {
        let expected = self.expect(&octets);
        let multi_line = std::mem::take(&mut self.multi_line);
        let kind = match expected {
            Expected::Command => Kind::Command,
            Expected::Response | Expected::Challenge => Kind::Sasl,
            Expected::Greeting => Kind::Greeting,
            Expected::Reply(..) if multi_line => Kind::Multiline,
            Expected::Reply(..) => Kind::Response,
        };
        let mut reading = Reading::new(self.leniency);
        let parsed = self.parse(expected, &octets, &mut reading);
        let (verdict, round) = match &parsed {
            Ok(value) => (Verdict::new(&reading), self.round(expected, value, &octets)),
            Err(error) => (Verdict::Error(*error), Round::None),
        };
        if let (Side::Client { authenticating }, Ok(Value::Command(command))) =
            (&mut self.side, &parsed)
        {
            *authenticating = matches!(command, Command::Auth { .. });
        }
        let (offset, length) = (self.offset, octets.len());
        self.offset = self.offset.saturating_add(length as u64);
        self.framed = 0;
        Unit { offset, length, kind, verdict, round }
    }

    /// What a unit is to be taken for, given what came before.
    fn expect(&mut self, octets: &[u8]) -> Expected {
        let line = text(octets);
        match &mut self.side {
            Side::Client { authenticating: false } => Expected::Command,
            Side::Client { authenticating } => {
                let keyword = begins_with_keyword(&line);
                *authenticating = !keyword && line != "*";
                if keyword { Expected::Command } else { Expected::Response }
            }
            Side::Server { greeting, .. } if *greeting => {
                *greeting = false;
                Expected::Greeting
            }
            // No status line begins like this, whatever it answers.
            Side::Server { .. } if line == "+" || line.starts_with(b"+ ") => Expected::Challenge,
            Side::Server { commands, .. } => match commands.pop_front().flatten() {
                Some(Command::Uidl(asked)) => Expected::Reply(Command::Uidl(asked).shape(), asked),
                Some(command) => Expected::Reply(command.shape(), None),
                None => Expected::Reply(Shape::Single, None),
            },
        }
    }

    fn parse(
        &self,
        expected: Expected,
        octets: &Bytes,
        reading: &mut Reading<Defect>,
    ) -> Result<Value, ParseError> {
        let line = text(octets);
        match expected {
            Expected::Command => Command::parse(&line, reading).map(Value::Command),
            Expected::Response => SaslResponse::parse(&line, reading).map(Value::Response),
            Expected::Greeting => Greeting::parse(&line, reading).map(Value::Greeting),
            Expected::Challenge => Challenge::parse(&line, reading).map(Value::Challenge),
            Expected::Reply(shape, asked) => {
                let end = first_line(octets);
                let status = Status::parse(&text(&octets.slice(..end)), reading)?;
                if !status.is_ok() {
                    return Ok(Value::Status(status));
                }
                match shape {
                    Shape::Single | Shape::Sasl => Ok(Value::Status(status)),
                    Shape::Stat => DropListing::parse_reply(&status, reading).map(Value::Drop),
                    Shape::ScanLine => ScanListing::parse_reply(&status, reading).map(Value::Scan),
                    Shape::UidLine => {
                        let asked = asked.unwrap_or(MessageNumber::FIRST);
                        UidListing::parse_reply(&status, asked, reading).map(Value::UniqueId)
                    }
                    Shape::LanguageLine => {
                        LanguageListing::parse_reply(&status, reading).map(Value::Language)
                    }
                    Shape::Body => self.body(status, &octets.slice(end..), reading),
                    _ => listing(shape, status, &octets.slice(end..), reading),
                }
            }
        }
    }

    fn body(
        &self,
        status: Status,
        octets: &Bytes,
        reading: &mut Reading<Defect>,
    ) -> Result<Value, ParseError> {
        let mut unstuffer = Unstuffer::new(&self.leniency);
        let (mut input, mut body) = (BytesMut::new(), Vec::new());
        for chunk in octets.chunks(self.chunk) {
            input.extend_from_slice(chunk);
            while let Some(part) = unstuffer.poll(&mut input) {
                if let Part::Octets(octets) = part {
                    body.extend_from_slice(&octets);
                }
            }
        }
        reading.defects.extend_from_slice(unstuffer.defects());
        match unstuffer.is_over() && input.is_empty() {
            true => Ok(Value::Body(status, body)),
            false => Err(ParseError::new(octets.len(), "a body that ends with the reply")),
        }
    }

    fn round(&self, expected: Expected, value: &Value, octets: &[u8]) -> Round {
        let again = value.encode();
        if again == octets {
            return Round::Same;
        }
        let mut reading = Reading::new(self.leniency);
        match self.parse(expected, &again.into(), &mut reading) {
            Ok(read) if read == *value => Round::Equal,
            _ => Round::Differs,
        }
    }
}

fn listing(
    shape: Shape,
    status: Status,
    octets: &Bytes,
    reading: &mut Reading<Defect>,
) -> Result<Value, ParseError> {
    let (mut lines, mut at) = (Vec::new(), 0);
    while at < octets.len() {
        let rest = octets.slice(at..);
        let length = first_line(&rest);
        let Some(line) = unstuff_line(&text(&rest.slice(..length)), &reading.leniency) else {
            break;
        };
        let parsed = match shape {
            Shape::ScanLines => ScanListing::parse(&line, reading).map(ListingLine::Scan),
            Shape::UidLines => UidListing::parse(&line, reading).map(ListingLine::UniqueId),
            Shape::Capabilities => Capability::parse(&line, reading).map(ListingLine::Capability),
            Shape::Languages => LanguageListing::parse(&line, reading).map(ListingLine::Language),
            _ => MechanismListing::parse(&line, reading).map(ListingLine::Mechanism),
        };
        lines.push(parsed.map_err(|error| error.shifted(at))?);
        at = at.saturating_add(length);
    }
    Ok(Value::Listing(status, lines))
}

impl Value {
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Command(command) => command.encode(&mut out),
            Self::Response(response) => response.encode(&mut out),
            Self::Greeting(greeting) => greeting.encode(&mut out),
            Self::Challenge(challenge) => challenge.encode(&mut out),
            Self::Status(status) => status.encode(&mut out),
            Self::Drop(listing) => listing.encode_reply(&mut out),
            Self::Scan(listing) => listing.encode_reply(&mut out),
            Self::UniqueId(listing) => listing.encode_reply(&mut out),
            Self::Language(listing) => listing.encode_reply(&mut out),
            Self::Listing(status, lines) => {
                status.encode(&mut out);
                lines.iter().for_each(|line| line.encode(&mut out));
                encode_end(&mut out);
            }
            Self::Body(status, body) => {
                status.encode(&mut out);
                let mut stuffer = Stuffer::new(LineEnds::AsIs);
                stuffer.push(Bytes::copy_from_slice(body), &mut out);
                stuffer.finish(&mut out);
            }
        }
        out
    }
}

impl ListingLine {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Scan(listing) => listing.encode(out),
            Self::UniqueId(listing) => listing.encode(out),
            Self::Capability(capability) => capability.encode(out),
            Self::Mechanism(mechanism) => mechanism.encode(out),
            Self::Language(language) => language.encode(out),
        }
    }
}

/// Whether the first word of a line is a keyword of POP3, dead ones included.
fn begins_with_keyword(line: &[u8]) -> bool {
    const KEYWORDS: [&[u8]; 20] = [
        b"USER", b"PASS", b"APOP", b"AUTH", b"QUIT", b"STAT", b"LIST", b"RETR", b"DELE", b"NOOP",
        b"RSET", b"TOP", b"UIDL", b"CAPA", b"STLS", b"UTF8", b"LANG", b"LAST", b"RPOP", b"XTND",
    ];
    let word = line.split(|octet| *octet == b' ').next().unwrap_or_default();
    KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

/// A line without its CRLF. A LF alone ends nothing here.
fn text(line: &[u8]) -> Bytes {
    Bytes::copy_from_slice(line.strip_suffix(b"\r\n").unwrap_or(line))
}

/// Octets up to the end of the first line.
fn first_line(octets: &[u8]) -> usize {
    let end = octets.windows(2).position(|pair| pair == b"\r\n");
    end.map_or(octets.len(), |at| at.saturating_add(2))
}
