//! What the tests of the codec share: the examples of the RFCs, and reading and writing of a unit.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

use bytes::Bytes;
use imap_proto::{
    AuthenticateData, Command, Defect, Encoder, IdleDone, Literals, Negotiated, Response,
    parse_whole,
};
use mail_proto::{Leniency, ParseError, Reading};
use serde_json::Value as Json;

/// An example of an RFC: `tests/data/README.md`.
pub struct Unit {
    pub id: String,
    pub from_client: bool,
    pub kind: String,
    pub octets: Bytes,
    pub valid: bool,
    pub fixed: Option<Bytes>,
    pub quirks: Vec<String>,
}

impl Unit {
    pub fn has(&self, quirk: &str) -> bool {
        self.quirks.iter().any(|it| it == quirk)
    }
}

/// All examples that are whole.
pub fn units() -> Vec<Unit> {
    let unit = |line: &str| {
        let value: Json = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let strings = |key: &str| match value[key].as_array() {
            Some(values) => values.iter().map(|it| it.as_str().unwrap().to_owned()).collect(),
            None => Vec::new(),
        };
        assert_eq!(value["elided"], false);
        Unit {
            id: text("id").unwrap(),
            from_client: value["dir"] == "C",
            kind: text("kind").unwrap(),
            octets: text("bytes").unwrap().into(),
            valid: value["valid"].as_bool().unwrap(),
            fixed: text("fixed").map(Bytes::from),
            quirks: strings("quirks"),
        }
    };
    include_str!("../data/imap-examples.jsonl").lines().map(unit).collect()
}

/// What a unit means.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    Command(Command),
    Response(Response),
    Sasl(AuthenticateData),
    Done(IdleDone),
}

/// Reads a unit of this kind, as the examples name kinds.
pub fn parse(
    kind: &str,
    from_client: bool,
    octets: &Bytes,
    reading: &mut Reading<Defect>,
) -> Result<Value, ParseError> {
    let line = octets.slice_ref(octets.strip_suffix(b"\r\n").unwrap_or(octets));
    match kind {
        "command" => parse_whole(&line, reading, Command::parse).map(Value::Command),
        "idle-done" => parse_whole(&line, reading, IdleDone::parse).map(Value::Done),
        "sasl" if from_client => {
            parse_whole(&line, reading, AuthenticateData::parse).map(Value::Sasl)
        }
        _ => parse_whole(&line, reading, Response::parse).map(Value::Response),
    }
}

/// Writes the value to a peer that has agreed to what the octets use.
pub fn encode(value: &Value, octets: &[u8]) -> Vec<u8> {
    // Where UTF-8 is enabled, no charset is named.
    let utf8 = !octets.is_ascii() && !octets.windows(8).any(|window| window == b" CHARSET");
    let plus = octets.windows(4).any(|window| window == b"+}\r\n");
    let literals = if plus { Literals::Plus } else { Literals::Sync };
    let client = Negotiated { utf8, literals, ..Negotiated::client() };
    let server = Negotiated { utf8, ..Negotiated::server() };
    let mut out = Vec::new();
    match value {
        Value::Command(command) => command.encode(&mut Encoder::new(&mut out, client)),
        Value::Response(response) => response.encode(&mut Encoder::new(&mut out, server)),
        Value::Sasl(data) => data.encode(&mut Encoder::new(&mut out, client)),
        Value::Done(done) => done.encode(&mut Encoder::new(&mut out, client)),
    }
    out
}

pub fn strict() -> Reading<Defect> {
    Reading::new(Leniency::strict())
}

pub fn lenient() -> Reading<Defect> {
    Reading::new(Leniency::lenient())
}
