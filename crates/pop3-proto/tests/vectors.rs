//! Every example of every POP3 RFC parses strictly to what it shows, and is written again as it was.
//!
//! The units and where they are from: `tests/data/README.md`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::HashMap;

use bytes::{Bytes, BytesMut};
use mail_proto::{Leniency, ParseError, Reading};
use pop3_proto::{
    Capability, Challenge, Command, Defect, DropListing, Greeting, LanguageListing, Part,
    SaslResponse, ScanListing, Shape, Status, UidListing, Unstuffer, apop_digest, encode_end,
    unstuff_line,
};
use serde_json::Value;

struct Unit {
    id: String,
    dialogue: String,
    direction: String,
    kind: String,
    octets: Bytes,
    valid: bool,
    fixed: Option<Bytes>,
}

fn units() -> Vec<Unit> {
    let unit = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        Unit {
            id: text("id").unwrap(),
            dialogue: text("dlg").unwrap(),
            direction: text("dir").unwrap(),
            kind: text("kind").unwrap(),
            octets: text("bytes").unwrap().into(),
            valid: value["valid"].as_bool().unwrap(),
            fixed: text("fixed").map(Bytes::from),
        }
    };
    include_str!("data/pop3-examples.jsonl").lines().map(unit).collect()
}

fn strict() -> Reading<Defect> {
    Reading::new(Leniency::strict())
}

fn lines(octets: &Bytes) -> Vec<Bytes> {
    let lines = octets.strip_suffix(b"\r\n").unwrap();
    lines
        .split(|octet| *octet == b'\n')
        .map(|line| octets.slice_ref(line.strip_suffix(b"\r").unwrap_or(line)))
        .collect()
}

fn written(encode: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    encode(&mut out);
    out
}

/// Reads a whole unit strictly and writes it again. No unit needs leniency or comes out in another
/// form.
fn again(unit: &Unit, octets: &Bytes, shape: Shape) -> Result<Vec<u8>, ParseError> {
    let lines = lines(octets);
    let first = &lines[0];
    let mut reading = strict();
    let out = match (unit.kind.as_str(), unit.direction.as_str()) {
        ("command", _) => {
            let command = Command::parse(first, &mut reading)?;
            written(|out| command.encode(out))
        }
        ("greeting", _) => {
            let greeting = Greeting::parse(first, &mut reading)?;
            written(|out| greeting.encode(out))
        }
        ("sasl", "S") => {
            let challenge = Challenge::parse(first, &mut reading)?;
            written(|out| challenge.encode(out))
        }
        ("sasl", _) => {
            let response = SaslResponse::parse(first, &mut reading)?;
            written(|out| response.encode(out))
        }
        ("response", _) => single(first, shape, &mut reading)?,
        ("multiline", _) => multi(&lines, shape, &mut reading)?,
        (kind, direction) => panic!("{kind} {direction}"),
    };
    assert_eq!(reading.defects, [], "{}", unit.id);
    Ok(out)
}

fn single(
    line: &Bytes,
    shape: Shape,
    reading: &mut Reading<Defect>,
) -> Result<Vec<u8>, ParseError> {
    let status = Status::parse(line, reading)?;
    if !status.is_ok() {
        return Ok(written(|out| status.encode(out)));
    }
    Ok(match shape {
        Shape::Stat => {
            let listing = DropListing::parse_reply(&status, reading)?;
            written(|out| listing.encode_reply(out))
        }
        Shape::ScanLine => {
            let listing = ScanListing::parse_reply(&status, reading)?;
            written(|out| listing.encode_reply(out))
        }
        Shape::UidLine => {
            let asked = pop3_proto::MessageNumber::FIRST;
            let listing = UidListing::parse_reply(&status, asked, reading)?;
            written(|out| listing.encode_reply(out))
        }
        Shape::LanguageLine => {
            let listing = LanguageListing::parse_reply(&status, reading)?;
            written(|out| listing.encode_reply(out))
        }
        shape => {
            assert!(!shape.is_multi_line());
            written(|out| status.encode(out))
        }
    })
}

fn multi(
    lines: &[Bytes],
    shape: Shape,
    reading: &mut Reading<Defect>,
) -> Result<Vec<u8>, ParseError> {
    let status = Status::parse(&lines[0], reading)?;
    let mut out = written(|out| status.encode(out));
    for (index, line) in lines[1..].iter().enumerate() {
        let Some(line) = unstuff_line(line, &reading.leniency) else {
            assert_eq!(index + 2, lines.len());
            encode_end(&mut out);
            break;
        };
        match shape {
            Shape::ScanLines => ScanListing::parse(&line, reading)?.encode(&mut out),
            Shape::UidLines => UidListing::parse(&line, reading)?.encode(&mut out),
            Shape::Capabilities => Capability::parse(&line, reading)?.encode(&mut out),
            Shape::Languages => LanguageListing::parse(&line, reading)?.encode(&mut out),
            // XTND, whose lines are of no known kind.
            Shape::Body => out.extend([&line[..], b"\r\n"].concat()),
            shape => panic!("{shape:?}"),
        }
    }
    Ok(out)
}

/// Each unit with the shape that the command before it gives its reply.
fn with_shapes() -> Vec<(Unit, Shape)> {
    let mut shapes: HashMap<String, Shape> = HashMap::new();
    units()
        .into_iter()
        .map(|unit| {
            if unit.kind == "command" {
                let octets = if unit.valid { &unit.octets } else { unit.fixed.as_ref().unwrap() };
                let command = Command::parse(&lines(octets)[0], &mut strict()).unwrap();
                shapes.insert(unit.dialogue.clone(), command.shape());
            }
            let shape = shapes.get(&unit.dialogue).copied().unwrap_or(Shape::Single);
            (unit, shape)
        })
        .collect()
}

#[test]
fn every_valid_unit_is_read_strictly_and_written_again() {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (unit, shape) in with_shapes().iter().filter(|(unit, _)| unit.valid) {
        let out = again(unit, &unit.octets, *shape).unwrap_or_else(|e| panic!("{}: {e}", unit.id));
        assert_eq!(Bytes::from(out), unit.octets, "{}", unit.id);
        *counts.entry(unit.kind.clone()).or_default() += 1;
    }
    let count = |kind: &str| counts[kind];
    assert_eq!(
        ["command", "response", "multiline", "greeting", "sasl"].map(count),
        [214, 173, 21, 17, 14],
        "no unit gets lost"
    );
}

#[test]
fn what_the_rfcs_got_wrong_is_refused_and_its_correction_read() {
    let wrong: Vec<_> = with_shapes().into_iter().filter(|(unit, _)| !unit.valid).collect();
    assert_eq!(wrong.len(), 9);
    for (unit, shape) in wrong {
        assert!(again(&unit, &unit.octets, shape).is_err(), "{}", unit.id);
        let fixed = unit.fixed.clone().unwrap();
        assert_eq!(again(&unit, &fixed, shape).map(Bytes::from), Ok(fixed), "{}", unit.id);
    }
}

#[test]
fn the_lines_of_every_reply_at_every_split() {
    for unit in units().iter().filter(|unit| unit.valid && unit.kind == "multiline") {
        let first = unit.octets.iter().position(|octet| *octet == b'\n').unwrap() + 1;
        let wire = [&unit.octets[first..], b"+OK next\r\n"].concat();
        let body = unit.octets[first..].strip_suffix(b".\r\n").unwrap();
        for split in 0..=wire.len() {
            let mut unstuffer = Unstuffer::new(&Leniency::strict());
            let (mut input, mut read) = (BytesMut::new(), Vec::new());
            for piece in [&wire[..split], &wire[split..]] {
                input.extend_from_slice(piece);
                while let Some(part) = unstuffer.poll(&mut input) {
                    if let Part::Octets(octets) = part {
                        read.extend(octets);
                    }
                }
            }
            assert!(unstuffer.is_over());
            assert_eq!(read, body, "{} split at {split}", unit.id);
            assert_eq!(input, "+OK next\r\n");
        }
    }
}

#[test]
fn the_digests_fit_the_greetings() {
    let units = units();
    let digests = units.windows(2).filter_map(|pair| {
        let (greeting, command) = (&pair[0], &pair[1]);
        let octets = command.fixed.as_ref().unwrap_or(&command.octets);
        (greeting.kind == "greeting" && octets.starts_with(b"APOP")).then(|| {
            let greeting = Greeting::parse(&lines(&greeting.octets)[0], &mut strict()).unwrap();
            let command = Command::parse(&lines(octets)[0], &mut strict()).unwrap();
            (greeting.timestamp().unwrap().clone(), command)
        })
    });
    let mut checked = 0;
    for (timestamp, command) in digests {
        let Command::Apop { name, digest } = command else { panic!("{command:?}") };
        let secret = if name.as_bytes() == b"rg" { "secret" } else { "tanstaaf" };
        assert_eq!(apop_digest(&timestamp, secret.as_bytes()), digest, "{timestamp}");
        checked += 1;
    }
    assert_eq!(checked, 7, "RFC 1460, 1725 and 1939 twice each, erratum 2943 of RFC 2384");
}
