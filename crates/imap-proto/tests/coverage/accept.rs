//! The vectors of the table through the library, and the types that it names.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::check::check;
use super::rows::rows;
use super::vectors::{Side, vectors};

#[test]
fn each_vector_is_read_strictly_and_written() {
    let sides = [Side::Client, Side::Server];
    let names: BTreeSet<_> =
        rows().iter().flat_map(|row| sides.map(|side| row.vector(side))).flatten().collect();
    let mut failures = Vec::new();
    for name in names {
        let vector = &vectors()[name];
        if let Err(error) = check(vector.side == Side::Client, &vector.octets) {
            failures.push(format!("{name}: {}: {error}", vector.octets.escape_ascii()));
        }
    }
    assert!(failures.is_empty(), "{} vectors:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn each_type_is_there() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let words: BTreeSet<_> = sources.split(|letter| !is_letter(letter)).collect();
    let missing: BTreeSet<_> =
        rows().iter().map(|row| row.noun).filter(|noun| !words.contains(noun)).collect();
    assert_eq!(missing, BTreeSet::new());
}

/// The text of all source files below a folder.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else {
            text.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
    text
}
