//! Units of IMAP: where they end, what they mean, and whether writing them again means the same.

use bytes::{Buf as _, Bytes, BytesMut};
use imap_proto::connection::{Frame, FrameLimits, Framer};
use imap_proto::{
    AuthenticateData, Command, CommandBody, Defect, Encoder, IdleDone, Literals, Negotiated,
    Response, parse_whole,
};
use mail_proto::{Leniency, ParseError, Reading};

use crate::unit::{Kind, Round, Unit, Verdict};

/// Whose octets they are, and what is known of the next unit.
pub enum Side {
    Client(Expected),
    Server {
        /// The next unit is the greeting.
        greeting: bool,
    },
}

/// What a client may say next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    Command,
    /// Behind AUTHENTICATE: lines without a space, until `*`.
    Sasl,
    /// Behind IDLE.
    Done,
}

/// Takes units off a growing input.
pub struct Reader {
    side: Side,
    leniency: Leniency<Defect>,
    framer: Framer,
    offset: u64,
}

/// What a unit means.
#[derive(PartialEq, Debug)]
enum Value {
    Command(Box<Command>),
    Response(Box<Response>),
    Sasl(AuthenticateData),
    Done(IdleDone),
}

impl Reader {
    pub fn new(side: Side, leniency: Leniency<Defect>) -> Self {
        let framer = match side {
            Side::Client(_) => Framer::commands(FrameLimits {
                line: 1 << 30,
                literal: 1 << 30,
                message: 1 << 30,
                ..FrameLimits::server()
            }),
            Side::Server { .. } => Framer::responses(FrameLimits {
                line: 1 << 30,
                literal: 1 << 30,
                message: 1 << 30,
                ..FrameLimits::client()
            }),
        };
        Self { side, leniency, framer, offset: 0 }
    }

    /// The next complete unit.
    pub fn next(&mut self, input: &mut BytesMut) -> Option<Unit> {
        loop {
            match self.find(input) {
                Frame::Literal(_) if self.framer.inline().is_ok() => {}
                // What is too long has no end that could be found: it is left, and is an error.
                Frame::Partial | Frame::Literal(_) | Frame::TooLong(_) => return None,
                // Nothing is streamed or discarded here.
                Frame::Body { octets, .. } | Frame::Discard(octets) => input.advance(octets),
                Frame::Complete(octets) => {
                    let octets = input.split_to(octets).freeze();
                    return Some(self.unit(octets));
                }
            }
        }
    }

    fn find(&mut self, input: &[u8]) -> Frame {
        if let Side::Client(expected @ Expected::Sasl) = &mut self.side {
            // A command has a space behind its tag, base64 has none.
            match input.iter().find(|octet| b" \n".contains(octet)) {
                Some(b' ') => *expected = Expected::Command,
                Some(_) => return self.framer.find_line(input, 1 << 30),
                None => return Frame::Partial,
            }
        }
        match self.side {
            Side::Client(Expected::Done) => self.framer.find_line(input, 1 << 30),
            _ => self.framer.find(input),
        }
    }

    /// What is left at the end of the stream is an error.
    pub fn cut_off(&mut self, rest: &[u8]) -> Option<Unit> {
        let kind = match self.side {
            Side::Client(Expected::Command) => Kind::Command,
            Side::Client(Expected::Sasl) => Kind::Sasl,
            Side::Client(Expected::Done) => Kind::IdleDone,
            Side::Server { greeting: true } => Kind::Greeting,
            Side::Server { .. } if rest.first() == Some(&b'+') => Kind::Continuation,
            Side::Server { .. } => Kind::Response,
        };
        let verdict = Verdict::Error(ParseError::new(rest.len(), "the end of the line"));
        let (offset, length, round) = (self.offset, rest.len(), Round::None);
        (!rest.is_empty()).then_some(Unit { offset, length, kind, verdict, round })
    }

    fn unit(&mut self, octets: Bytes) -> Unit {
        let kind = self.kind(&octets);
        let mut reading = Reading::new(self.leniency);
        let parsed = parse(kind, &octets, &mut reading);
        let (verdict, round) = match &parsed {
            Ok(value) => (Verdict::new(&reading), self.round(kind, value, &octets)),
            Err(error) => (Verdict::Error(*error), Round::None),
        };
        if let Side::Client(expected) = &mut self.side {
            *expected = match (&parsed, kind) {
                (Ok(Value::Command(command)), _) => match command.body {
                    CommandBody::Authenticate(_) => Expected::Sasl,
                    CommandBody::Idle => Expected::Done,
                    _ => Expected::Command,
                },
                (_, Kind::Sasl) if !octets.starts_with(b"*") => Expected::Sasl,
                _ => Expected::Command,
            };
        }
        let (offset, length) = (self.offset, octets.len());
        self.offset = self.offset.saturating_add(length as u64);
        Unit { offset, length, kind, verdict, round }
    }

    /// What a unit is, given what came before.
    fn kind(&mut self, octets: &[u8]) -> Kind {
        match &mut self.side {
            Side::Client(Expected::Command) => Kind::Command,
            Side::Client(Expected::Sasl) => Kind::Sasl,
            Side::Client(Expected::Done) => Kind::IdleDone,
            Side::Server { greeting } => match (std::mem::take(greeting), octets.first()) {
                (true, _) => Kind::Greeting,
                (false, Some(b'+')) => Kind::Continuation,
                (false, _) => Kind::Response,
            },
        }
    }

    fn round(&self, kind: Kind, value: &Value, octets: &[u8]) -> Round {
        let again = value.encode(octets);
        if again == octets {
            return Round::Same;
        }
        match parse(kind, &again.into(), &mut Reading::new(self.leniency)) {
            Ok(read) if read == *value => Round::Equal,
            _ => Round::Differs,
        }
    }
}

fn parse(kind: Kind, octets: &Bytes, reading: &mut Reading<Defect>) -> Result<Value, ParseError> {
    let line = octets.strip_suffix(b"\n").unwrap_or(octets);
    let line = octets.slice_ref(line.strip_suffix(b"\r").unwrap_or(line));
    match kind {
        Kind::Command => {
            parse_whole(&line, reading, Command::parse).map(Box::new).map(Value::Command)
        }
        Kind::Sasl => parse_whole(&line, reading, AuthenticateData::parse).map(Value::Sasl),
        Kind::IdleDone => parse_whole(&line, reading, IdleDone::parse).map(Value::Done),
        _ => parse_whole(&line, reading, Response::parse).map(Box::new).map(Value::Response),
    }
}

impl Value {
    /// Writes it as its sender would who said the octets.
    fn encode(&self, octets: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let utf8 = !octets.is_ascii();
        let plus = octets.windows(4).any(|window| window == b"+}\r\n");
        let literals = if plus { Literals::Plus } else { Literals::Sync };
        let client = Negotiated { utf8, literals, ..Negotiated::client() };
        match self {
            Self::Command(command) => command.encode(&mut Encoder::new(&mut out, client)),
            Self::Sasl(data) => data.encode(&mut Encoder::new(&mut out, client)),
            Self::Done(done) => done.encode(&mut Encoder::new(&mut out, client)),
            Self::Response(response) => {
                let server = Negotiated { utf8, ..Negotiated::server() };
                response.encode(&mut Encoder::new(&mut out, server));
            }
        }
        out
    }
}
