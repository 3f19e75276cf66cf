//! The table and what belongs to it, read from their files.

use std::collections::{BTreeMap, BTreeSet};

use super::vectors::Side;

const COVERAGE: &str = include_str!("../data/coverage.tsv");
const EXCEPTIONS: &str = include_str!("../data/coverage-exceptions.tsv");
const REGISTRIES: &str = include_str!("../data/registries.tsv");

/// A row of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// `rule`, or a registry.
    pub kind: &'static str,
    pub name: &'static str,
    /// The type that holds it.
    pub noun: &'static str,
    vectors: [&'static str; 2],
}

impl Row {
    /// The name of the vector of a side, if it has this direction.
    pub fn vector(&self, side: Side) -> Option<&'static str> {
        let [client, server] = self.vectors;
        let name = if side == Side::Client { client } else { server };
        (name != "-").then_some(name)
    }
}

pub fn rows() -> Vec<Row> {
    cells(COVERAGE)
        .map(|[kind, name, noun, client, server]| Row {
            kind,
            name,
            noun,
            vectors: [client, server],
        })
        .collect()
}

/// Rules that need no row.
pub fn rules_without_row() -> BTreeSet<&'static str> {
    let rows = cells(EXCEPTIONS).filter(|[_, side, _]| *side == "-");
    rows.map(|[rule, ..]| rule).collect()
}

/// Directions of rules that need no vector.
pub fn unused_directions() -> BTreeMap<(&'static str, Side), &'static str> {
    let rows = cells(EXCEPTIONS).filter(|[_, side, _]| *side != "-");
    rows.map(|[rule, side, reason]| {
        let side = if side == "C" { Side::Client } else { Side::Server };
        ((rule, side), reason)
    })
    .collect()
}

/// What is registered: registry and name.
pub fn registered() -> BTreeSet<(&'static str, &'static str)> {
    cells(REGISTRIES).map(|[registry, name, _]| (registry, name)).collect()
}

/// The cells of each line that is no comment. None of them is empty.
fn cells<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let rows = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|row| {
        let cells: Vec<_> = row.split('\t').collect();
        assert!(cells.iter().all(|cell| !cell.trim().is_empty()), "an empty cell: {row}");
        cells.try_into().unwrap_or_else(|_| panic!("not {N} cells: {row}"))
    })
}
