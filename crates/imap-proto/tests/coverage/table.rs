//! The table against the grammar and the registries: nothing is left out, and each vector shows what it
//! is said to show.

use std::collections::BTreeSet;

use super::abnf::{STARTS, merged};
use super::rows::{Row, registered, rows, rules_without_row, unused_directions};
use super::vectors::{Side, vectors};

/// Rules of single octets and parts of words: every vector is full of them.
const LEXICAL: [&str; 39] = [
    "ALPHA",
    "ASTRING-CHAR",
    "ATOM-CHAR",
    "BLOBCHAR",
    "CHAR",
    "CHAR8",
    "CR",
    "CRLF",
    "CTL",
    "DIGIT",
    "DQUOTE",
    "HTAB",
    "LF",
    "LOWER-ALPHA",
    "MINUS",
    "NONWSP",
    "OCTET",
    "QUOTED-CHAR",
    "SP",
    "TEXT-CHAR",
    "UTF8-2",
    "UTF8-3",
    "UTF8-4",
    "UTF8-CHAR",
    "UTF8-TEXT-CHAR",
    "UTF8-tail",
    "WSP",
    "atom-specials",
    "base64-char",
    "base64-terminal",
    "digit-nz",
    "list-char",
    "list-wildcards",
    "quoted-specials",
    "resp-specials",
    "tagged-label-char",
    "tagged-label-fchar",
    "text-first",
    "uQUOTED-CHAR",
];

const SIDES: [Side; 2] = [Side::Client, Side::Server];

/// The rules that messages of a side are made of.
fn rules_of_side(side: Side) -> BTreeSet<String> {
    let starts: Vec<_> =
        STARTS.into_iter().filter(|it| (*it == "command") == (side == Side::Client)).collect();
    merged().reachable(&starts)
}

#[test]
fn each_rule_has_one_row_or_a_reason() {
    let rows: Vec<_> = rows().into_iter().filter(|row| row.kind == "rule").collect();
    let named: BTreeSet<_> = rows.iter().map(|row| row.name).collect();
    assert_eq!(named.len(), rows.len(), "two rows of one rule");
    let reachable = merged().reachable(&STARTS);
    let without = rules_without_row();
    for rule in merged().rules.keys().map(String::as_str) {
        let is_lexical = LEXICAL.contains(&rule);
        let (is_named, is_without) = (named.contains(rule), without.contains(rule));
        assert!(is_named || is_without || is_lexical, "{rule}: no row");
        assert!(!(is_named && is_without), "{rule}: a row, and a reason to have none");
        assert_eq!(is_without, !reachable.contains(rule) && !is_lexical, "{rule}: a wrong reason");
    }
    for rule in named.union(&without) {
        assert!(merged().rules.contains_key(*rule), "{rule}: not in the grammar");
    }
}

#[test]
fn each_direction_of_a_rule_has_a_vector_or_a_reason() {
    let unused = unused_directions();
    for side in SIDES {
        let of_side = rules_of_side(side);
        for row in rows().into_iter().filter(|row| row.kind == "rule") {
            let is_used = of_side.contains(row.name) && !unused.contains_key(&(row.name, side));
            assert_eq!(row.vector(side).is_some(), is_used, "{side:?} {}", row.name);
        }
    }
}

#[test]
fn each_registered_name_has_one_row() {
    let rows: Vec<_> = rows().into_iter().filter(|row| row.kind != "rule").collect();
    let named: BTreeSet<_> = rows.iter().map(|row| (row.kind, row.name)).collect();
    assert_eq!(named.len(), rows.len(), "two rows of one name");
    assert_eq!(named, registered());
    for row in rows {
        assert!(SIDES.iter().any(|side| row.vector(*side).is_some()), "{}: no vector", row.name);
    }
}

/// All vectors of the table, with their rows.
fn cells() -> Vec<(Row, Side, &'static str)> {
    let mut cells = Vec::new();
    for row in rows() {
        for side in SIDES {
            cells.extend(row.vector(side).map(|vector| (row.clone(), side, vector)));
        }
    }
    cells
}

#[test]
fn each_vector_shows_its_row() {
    for (row, side, name) in cells() {
        let vector = vectors().get(name).unwrap_or_else(|| panic!("no vector {name}"));
        assert_eq!(vector.side, side, "{} {}: {name}", row.kind, row.name);
        let is_shown = if row.kind == "rule" {
            vector.rules().is_some_and(|rules| rules.contains(row.name))
        } else {
            vector.rules().is_some() && holds_word(&vector.octets, row.name)
        };
        assert!(is_shown, "{} {}: {}", row.kind, row.name, vector.octets.escape_ascii());
    }
}

/// Whether the octets hold the word, and not only as part of another. A prefix goes on.
fn holds_word(octets: &[u8], word: &str) -> bool {
    let is_prefix = word.ends_with(['=', '/']) || word == "THREAD";
    let is_part = |octet: &u8| octet.is_ascii_alphanumeric() || b"-_=$\\".contains(octet);
    (0..octets.len()).any(|at| {
        let (before, rest) = octets.split_at(at);
        let found = rest.get(..word.len());
        let ends = |side: Option<&u8>| !side.is_some_and(is_part);
        found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
            && ends(before.last().filter(|octet| **octet != b'='))
            && (is_prefix || ends(rest.get(word.len())))
    })
}

#[test]
fn words_are_whole() {
    for (octets, word, is_there) in [
        (&b"* CAPABILITY SORT=DISPLAY"[..], "SORT", false),
        (b"* CAPABILITY SORT=DISPLAY", "sort=display", true),
        (b"[SORT]", "SORT", true),
        (b"RESORT", "SORT", false),
        (b"AUTH=PLAIN", "AUTH=", true),
        (b";urlauth=user+a", "user", true),
        (b";urlauth=authuser", "user", false),
    ] {
        assert_eq!(holds_word(octets, word), is_there, "{word}");
    }
}
