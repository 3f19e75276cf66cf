//! Every example of the RFCs frames to exactly its own octets. Where they are from:
//! `tests/data/README.md`.

use std::collections::HashMap;

use imap_proto::connection::{Frame, FrameLimits, Framer};
use serde_json::Value;

struct Unit {
    id: String,
    /// Dialogue, direction, connection.
    stream: (String, bool, u64),
    plain: bool,
    octets: Vec<u8>,
}

impl Unit {
    fn framer(&self) -> Framer {
        match self.stream.1 {
            true => Framer::commands(FrameLimits::server()),
            false => Framer::responses(FrameLimits::client()),
        }
    }

    /// Frames this unit at the front of the input, literals kept.
    fn find(&self, framer: &mut Framer, input: &[u8]) -> Frame {
        loop {
            let frame = match self.plain {
                true => framer.find_line(input, 12 * 1024),
                false => framer.find(input),
            };
            let Frame::Literal(_) = frame else { return frame };
            framer.inline().unwrap();
        }
    }
}

/// All that are whole and whose literals have the announced length.
fn units() -> Vec<Unit> {
    let values = include_str!("../data/imap-examples.jsonl").lines();
    let values = values.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let whole = values.filter(|value| value["elided"] == false && value["count_ok"] != false);
    let unit = |value: Value| {
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        let connection = value["conn"].as_u64().unwrap_or_default();
        Unit {
            id: text("id"),
            stream: (text("dlg"), value["dir"] == "C", connection),
            plain: ["sasl", "idle-done"].contains(&&*text("kind")),
            octets: text("bytes").into(),
        }
    };
    whole.map(unit).collect()
}

/// Each with the one that follows it on the same stream.
fn followed(units: &[Unit]) -> Vec<(&Unit, Option<&Unit>)> {
    let mut last: HashMap<_, usize> = HashMap::new();
    let mut pairs: Vec<(&Unit, Option<&Unit>)> = Vec::new();
    for unit in units {
        if let Some(before) = last.insert(unit.stream.clone(), pairs.len()) {
            pairs[before].1 = Some(unit);
        }
        pairs.push((unit, None));
    }
    pairs
}

/// Frames the unit when the input has so many octets, then when it has all.
fn frames_to_itself(unit: &Unit, input: &[u8], arrivals: impl Iterator<Item = usize>) -> u64 {
    let mut framer = unit.framer();
    let length = unit.octets.len();
    for arrived in arrivals {
        match unit.find(&mut framer, &input[..arrived]) {
            Frame::Partial => assert!(arrived < length, "{} at {arrived}", unit.id),
            frame => {
                assert_eq!(frame, Frame::Complete(length), "{} at {arrived}", unit.id);
                assert!(arrived >= length);
                return framer.examined();
            }
        }
    }
    panic!("{} has no end", unit.id)
}

fn at_every_split(unit: &Unit, input: &[u8]) {
    let whole = frames_to_itself(unit, input, [input.len()].into_iter());
    let singly = frames_to_itself(unit, input, 1..=input.len());
    assert_eq!(whole, singly, "{}", unit.id);
    for split in 0..input.len() {
        let halves = frames_to_itself(unit, input, [split, input.len()].into_iter());
        assert_eq!(whole, halves, "{}", unit.id);
    }
}

#[test]
fn every_example_frames_to_itself_at_every_split() {
    let units = units();
    assert_eq!(units.len(), 4024, "no unit gets lost");
    for unit in &units {
        at_every_split(unit, &unit.octets);
    }
}

#[test]
fn every_example_frames_to_itself_in_front_of_the_next_at_every_split() {
    let units = units();
    let mut followed = followed(&units);
    followed.retain(|(_, next)| next.is_some());
    assert_eq!(followed.len(), 2499, "no pair gets lost");
    for (unit, next) in followed {
        let next = next.unwrap();
        let input = [&unit.octets[..], &next.octets].concat();
        at_every_split(unit, &input);
        let mut framer = unit.framer();
        assert_eq!(unit.find(&mut framer, &input), Frame::Complete(unit.octets.len()));
        let rest = &input[unit.octets.len()..];
        assert_eq!(next.find(&mut framer, rest), Frame::Complete(rest.len()), "{}", next.id);
    }
}

#[test]
fn the_examples_hold_literals_of_both_kinds() {
    let units = units();
    let count = |end: &[u8]| {
        let holds = |unit: &&Unit| unit.octets.windows(end.len()).any(|octets| octets == end);
        units.iter().filter(holds).count()
    };
    assert_eq!([count(b"}\r\n"), count(b"+}\r\n")], [43 + 6, 6]);
}

#[test]
fn what_a_server_says_during_authentication_is_also_a_response() {
    for unit in units().iter().filter(|unit| unit.plain && !unit.stream.1) {
        assert_eq!(unit.framer().find(&unit.octets), Frame::Complete(unit.octets.len()));
    }
}
