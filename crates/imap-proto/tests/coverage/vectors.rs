//! The vectors: examples of the RFCs, and our own where those have none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;

use super::derive::rules_of;

const EXAMPLES: &str = include_str!("../data/imap-examples.jsonl");
const OWN: &str = include_str!("../data/own-vectors.tsv");

/// Who sends it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Side {
    Client,
    Server,
}

/// A message, its CRLF included.
#[derive(Clone, Debug)]
pub struct Vector {
    pub side: Side,
    pub octets: Vec<u8>,
}

impl Vector {
    /// The rules that it is derived by, if it is.
    pub fn rules(&self) -> Option<BTreeSet<&'static str>> {
        let starts: &[&str] = match self.side {
            Side::Client => &["command"],
            Side::Server => &["response-data", "response-tagged", "greeting", "continue-req"],
        };
        starts.iter().find_map(|start| rules_of(start, &self.octets))
    }
}

/// All vectors by their names.
pub fn vectors() -> &'static BTreeMap<String, Vector> {
    static VECTORS: OnceLock<BTreeMap<String, Vector>> = OnceLock::new();
    VECTORS.get_or_init(|| {
        let examples = EXAMPLES.lines().filter_map(example);
        let all: Vec<_> =
            examples.chain(own_rows().into_iter().map(|row| (row.id, row.vector))).collect();
        let count = all.len();
        let vectors: BTreeMap<_, _> = all.into_iter().collect();
        assert_eq!(vectors.len(), count, "two vectors of one name");
        vectors
    })
}

/// An example that the RFC has right, or that is corrected.
fn example(line: &str) -> Option<(String, Vector)> {
    let example: Value = serde_json::from_str(line).unwrap();
    let side = match example["kind"].as_str().unwrap() {
        "command" => Side::Client,
        "response" | "greeting" | "continuation" => Side::Server,
        _ => return None,
    };
    let fixed = example.get("fixed").and_then(Value::as_str);
    if fixed.is_none() && example["valid"] != true {
        return None;
    }
    let octets = fixed.or(example["bytes"].as_str()).unwrap().as_bytes().to_vec();
    Some((example["id"].as_str().unwrap().to_owned(), Vector { side, octets }))
}

/// A line of `own-vectors.tsv`.
pub struct OwnRow {
    pub id: String,
    pub source: String,
    pub vector: Vector,
}

pub fn own_rows() -> Vec<OwnRow> {
    let rows = OWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|row| {
        let cells: Vec<_> = row.split('\t').collect();
        let [id, source, side, octets] = cells[..] else { panic!("{row}") };
        let side = match side {
            "C" => Side::Client,
            "S" => Side::Server,
            _ => panic!("{row}"),
        };
        let vector = Vector { side, octets: unescaped(octets) };
        OwnRow { id: id.to_owned(), source: source.to_owned(), vector }
    })
    .collect()
}

/// `\r`, `\n`, `\t`, `\\` and `\xHH` stand for octets.
fn unescaped(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = text;
    while let Some((plain, behind)) = rest.split_once('\\') {
        octets.extend(plain.bytes());
        let (octet, length) = match behind.as_bytes()[0] {
            b'r' => (b'\r', 1),
            b'n' => (b'\n', 1),
            b't' => (b'\t', 1),
            b'\\' => (b'\\', 1),
            b'x' => (u8::from_str_radix(&behind[1..3], 16).unwrap(), 3),
            other => panic!("{other} in {text}"),
        };
        octets.push(octet);
        rest = &behind[length..];
    }
    octets.extend(rest.bytes());
    octets
}

#[test]
fn own_vectors_name_their_source() {
    for row in own_rows() {
        assert!(row.id.starts_with("own-"), "{}", row.id);
        let section = row.source.strip_prefix("RFC ").and_then(|it| it.split_once(" section "));
        let is_rfc = section.is_some_and(|(rfc, _)| rfc.parse::<u32>().is_ok());
        assert!(is_rfc || row.source == "IANA registry", "{}", row.id);
        let octets = row.vector.octets.escape_ascii().to_string();
        assert!(row.vector.octets.ends_with(b"\r\n"), "{}: {octets}", row.id);
        assert!(row.vector.rules().is_some(), "{}: {octets}", row.id);
    }
}
