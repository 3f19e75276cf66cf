//! Every example of every IMAP RFC parses strictly to what it shows, and is written again as it was.
//!
//! The units and where they are from: `tests/data/README.md`. What is not so stands in
//! `tests/data/exceptions.tsv`, each with its reason.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod support;

use std::collections::BTreeMap;

use mail_proto::Escaped;
use support::{Unit, encode, lenient, parse, strict, units};

/// How a unit deviates from what holds of all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Exception {
    /// Only a lenient reading takes it.
    Lenient,
    /// It is no example of the grammar that is read.
    Refused,
    /// Something in it is kept raw.
    Unknown,
}

/// Those whose name ends so.
fn exceptions(suffix: &str) -> BTreeMap<&'static str, Exception> {
    let lines = include_str!("data/exceptions.tsv").lines().filter(|line| !line.starts_with('#'));
    let exception = |line: &'static str| {
        let mut fields = line.split('\t');
        let (id, kind, reason) = (fields.next(), fields.next(), fields.next());
        assert!(reason.is_some_and(|reason| reason.len() > 10), "{line}: no reason");
        let kind = match kind {
            Some("lenient") => Exception::Lenient,
            Some("refused") => Exception::Refused,
            Some("unknown") => Exception::Unknown,
            other => panic!("{line}: {other:?}"),
        };
        (id.unwrap(), kind)
    };
    let is_meant = |id: &str| id.ends_with("/fixed") == (suffix == "/fixed");
    lines.map(exception).filter(|(id, _)| is_meant(id)).collect()
}

/// How the unit is read and written, as far as it deviates.
fn deviation(unit: &Unit) -> Result<Option<Exception>, String> {
    let tolerated = unit.has("no-resp-text") || unit.has("bare-plus");
    let mut reading = strict();
    let (value, exception) = match parse(&unit.kind, unit.from_client, &unit.octets, &mut reading) {
        Ok(value) => (value, None),
        Err(error) => {
            reading = lenient();
            match parse(&unit.kind, unit.from_client, &unit.octets, &mut reading) {
                Ok(value) => (value, (!tolerated).then_some(Exception::Lenient)),
                Err(_) => return Err(error.to_string()),
            }
        }
    };
    let out = encode(&value, &unit.octets);
    if out != unit.octets {
        let again = parse(&unit.kind, unit.from_client, &out.clone().into(), &mut lenient());
        if again.as_ref() != Ok(&value) {
            return Err(format!("it is written as {:?}", Escaped(&out)));
        }
    }
    Ok(exception.or((reading.unknown > 0).then_some(Exception::Unknown)))
}

#[test]
fn every_valid_example_is_read_and_written() {
    let mut exceptions = exceptions("");
    let mut wrong = Vec::new();
    let (mut same, mut count) = (0, 0);
    for unit in units() {
        let is_due = unit.valid && !unit.has("legacy-syntax") && !unit.has("experimental");
        if !is_due {
            continue;
        }
        count += 1;
        let expected = exceptions.remove(unit.id.as_str());
        let found = match deviation(&unit) {
            Ok(found) => found,
            Err(error) if expected != Some(Exception::Refused) => {
                wrong.push(format!("{} {:?}: {error}", unit.id, Escaped(&unit.octets)));
                continue;
            }
            Err(_) => Some(Exception::Refused),
        };
        same += usize::from(found.is_none());
        if found != expected {
            wrong.push(format!("{} {:?}: {found:?}", unit.id, Escaped(&unit.octets)));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(exceptions.is_empty(), "no longer exceptions: {exceptions:?}");
    println!("{same} of {count} units");
}

#[test]
fn corrected_examples_are_read_and_written() {
    let (mut exceptions, mut wrong) = (exceptions("/fixed"), Vec::new());
    for mut unit in units() {
        let Some(fixed) = unit.fixed.take() else { continue };
        unit.octets = fixed;
        unit.id.push_str("/fixed");
        if unit.has("legacy-syntax") || unit.has("experimental") {
            continue;
        }
        let expected = exceptions.remove(unit.id.as_str());
        match deviation(&unit) {
            Ok(found) if found == expected => {}
            Ok(found) => {
                wrong.push(format!("{} {:?}: {found:?}", unit.id, Escaped(&unit.octets)));
            }
            Err(error) => wrong.push(format!("{} {:?}: {error}", unit.id, Escaped(&unit.octets))),
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(exceptions.is_empty(), "no longer exceptions: {exceptions:?}");
}
