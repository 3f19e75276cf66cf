//! The generator and the recognizer against each other, and each against what is known.

use std::collections::BTreeSet;

use super::abnf::{Grammar, STARTS, merged};
use super::derive::rules_of;
use super::generate::{sentences, systematic};

fn text(octets: &[u8]) -> String {
    octets.escape_ascii().to_string()
}

#[test]
fn abnf_is_read_as_it_is_spelled() {
    let rules = "a = \"x\" / 2*3b [%x41-42 \";\"] ; c\nb = *(a / 2b)\n  / 4%x0d\na =/ <any>\n";
    let grammar = Grammar::read(rules);
    assert_eq!(grammar.spell(grammar.rule("a")), "(\"x\" / 2*3(b) [%x41-42 \";\"] / <any>)");
    assert_eq!(grammar.spell(grammar.rule("b")), "(0*((a / 2*2(b))) / 4*4(%x0D-0D))");
}

#[test]
fn every_rule_that_is_named_is_there() {
    let reachable = merged().reachable(&STARTS);
    assert!(reachable.len() > 400, "{}", reachable.len());
    assert!(reachable.contains("search-key") && reachable.contains("DIGIT"));
    assert!(!reachable.contains("x-command") && !reachable.contains("subj-blob"));
}

#[test]
fn what_is_derived_is_recognized() {
    for start in STARTS {
        for (number, sentence) in sentences(start, 1).take(500).enumerate() {
            let rules = rules_of(start, &sentence.octets);
            assert!(rules.is_some(), "{start} {number}: {}", text(&sentence.octets));
        }
    }
}

#[test]
fn every_choice_is_made() {
    let mut used = BTreeSet::new();
    for start in STARTS {
        for example in systematic(start, 2) {
            let sentence = example.sentence;
            let place =
                || format!("{}: {}: {}", example.rule, example.choice, text(&sentence.octets));
            assert!(rules_of(start, &sentence.octets).is_some(), "{}", place());
            assert!(sentence.rules_used.contains(example.rule.as_str()), "{}", place());
            used.extend(sentence.rules_used);
        }
    }
    let missing: Vec<_> = merged()
        .reachable(&STARTS)
        .into_iter()
        .filter(|rule| !used.contains(rule.as_str()) && !super::words::is_inside(rule))
        .collect();
    assert_eq!(missing, <[&str; 0]>::default());
}

#[test]
fn a_seed_repeats_its_sentences() {
    let some = |seed| sentences("command", seed).take(50).map(|it| it.octets).collect::<Vec<_>>();
    assert_eq!(some(3), some(3));
    assert_ne!(some(3), some(4));
}

#[test]
fn sentences_vary_and_end() {
    let all: BTreeSet<_> = sentences("response-data", 5).take(2000).map(|it| it.octets).collect();
    assert!(all.len() > 1500, "{}", all.len());
    assert!(all.iter().all(|octets| octets.len() < 20_000));
    let rules: BTreeSet<_> =
        sentences("response-data", 5).take(2000).flat_map(|it| it.rules_used).collect();
    assert!(rules.contains("body-type-mpart") && rules.contains("thread-nested"));
}

#[test]
fn literals_are_as_long_as_they_say() {
    let line = b"a LOGIN {3}\r\na\r\n {4+}\r\n{9}\r\r\n";
    let rules = rules_of("command", line).unwrap();
    assert!(rules.contains("login") && rules.contains("literal"));
    assert_eq!(rules_of("command", b"a LOGIN {3}\r\nab {1}\r\nx\r\n"), None);
}

#[test]
fn words_of_the_grammar_come_before_what_extensions_may_add() {
    let rules = rules_of("command", b"a SELECT b (CONDSTORE)\r\n").unwrap();
    assert!(rules.contains("condstore-param") && !rules.contains("select-param-name"));
    let rules = rules_of("command", b"a SELECT b (CONDSTORX)\r\n").unwrap();
    assert!(!rules.contains("condstore-param") && rules.contains("select-param-name"));
    let rules = rules_of("response-data", b"* 1 FETCH (MODSEQ (7) UID 4)\r\n").unwrap();
    assert!(rules.contains("fetch-mod-resp") && rules.contains("uniqueid"));
}
