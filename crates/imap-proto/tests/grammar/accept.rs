//! Whatever the grammar allows is read strictly, and written so that it is read as the same value.

use std::collections::{BTreeMap, BTreeSet};

use super::abnf::STARTS;
use super::check::check;
use super::generate::{Sentence, sentences, systematic};

/// Rules whose sentences are not read, each with its reason.
const EXCEPTIONS: &str = include_str!("exceptions.tsv");

/// What the RFCs say beside their grammars: BODY has no extension data (RFC 9051 section 7.5.2); one of ALL
/// and PARTIAL is returned (RFC 9394 section 3.1).
const PROSE: [&str; 2] =
    ["expected a BODY without extension data", "expected no more than one of ALL and PARTIAL"];

/// Random sentences for each starting rule.
const SENTENCES: usize = 3000;

/// The rules that stand in the list of exceptions.
fn exceptions() -> BTreeMap<&'static str, &'static str> {
    let rows = EXCEPTIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|row| row.split_once('\t').unwrap()).collect()
}

/// What is wrong with the sentences, the shortest first.
fn failures(start: &str, all: impl Iterator<Item = (String, Sentence)>) -> Vec<String> {
    let exceptions = exceptions();
    let mut failures = BTreeSet::new();
    for (name, sentence) in all {
        if exceptions.keys().any(|rule| sentence.rules_used.contains(rule)) {
            continue;
        }
        if let Err(error) = check(start == "command", &sentence.octets) {
            if PROSE.iter().any(|rule| error.ends_with(rule)) {
                continue;
            }
            let octets = sentence.octets.escape_ascii();
            failures.insert((sentence.octets.len(), format!("{start} {name}: {octets}: {error}")));
        }
    }
    failures.into_iter().map(|(_, text)| text).collect()
}

fn expect_none(failures: &[String]) {
    let some = failures.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(failures.is_empty(), "{} sentences:\n{some}", failures.len());
}

#[test]
fn every_alternative_of_the_grammar_is_read_and_written() {
    let mut all = Vec::new();
    for start in STARTS {
        for seed in 0..3 {
            let examples = systematic(start, seed);
            let named = examples.map(|it| (format!("{} ({})", it.rule, it.choice), it.sentence));
            all.extend(failures(start, named));
        }
    }
    expect_none(&all);
}

#[test]
fn random_sentences_of_the_grammar_are_read_and_written() {
    let mut all = Vec::new();
    for start in STARTS {
        let numbered = sentences(start, 1).take(SENTENCES).enumerate();
        all.extend(failures(start, numbered.map(|(number, it)| (number.to_string(), it))));
    }
    expect_none(&all);
}

#[test]
fn exceptions_are_rules_with_reasons() {
    for (rule, reason) in exceptions() {
        assert!(super::abnf::merged().rules.contains_key(rule), "{rule}");
        assert!(reason.len() > 10, "{rule}");
    }
}
