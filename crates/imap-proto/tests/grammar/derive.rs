//! Which rules a message is derived by: a recognizer for the grammar, apart from the library.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::OnceLock;

use super::abnf::{Grammar, Node, NodeId, merged};

/// The rules that the octets are derived by from the starting rule, if they are.
///
/// Of several derivations it is the one in which the most octets are words of the grammar, so that a
/// place for extensions counts only where nothing else fits.
pub fn rules_of(start: &str, octets: &[u8]) -> Option<BTreeSet<&'static str>> {
    let mut recognizer =
        Recognizer { grammar: merged(), octets, ends: HashMap::new(), rules: BTreeSet::new() };
    let (name, root) = merged().rules.get_key_value(start).unwrap();
    let whole = octets.len();
    recognizer.ends(*root, 0).get(&whole)?;
    recognizer.rules.insert(name);
    recognizer.trace(*root, 0, whole);
    Some(recognizer.rules)
}

/// Where a derivation may end, and how many octets before are words of the grammar.
type Ends = BTreeMap<usize, usize>;

struct Recognizer<'a> {
    grammar: &'static Grammar,
    octets: &'a [u8],
    ends: HashMap<(NodeId, usize), Rc<Ends>>,
    rules: BTreeSet<&'static str>,
}

impl Recognizer<'_> {
    fn ends(&mut self, id: NodeId, at: usize) -> Rc<Ends> {
        let begins = &begins()[id.0];
        let may_begin = self.octets.get(at).is_some_and(|octet| begins.with[usize::from(*octet)]);
        if !may_begin && !begins.is_nullable {
            return Rc::default();
        }
        if let Some(ends) = self.ends.get(&(id, at)) {
            return ends.clone();
        }
        let ends = Rc::new(self.find(id, at));
        self.ends.insert((id, at), ends.clone());
        ends
    }

    fn find(&mut self, id: NodeId, at: usize) -> Ends {
        match self.grammar.node(id) {
            Node::Alternation(nodes) => {
                let mut all = Ends::new();
                for node in nodes {
                    for (end, words) in self.ends(*node, at).iter() {
                        reach(&mut all, *end, *words);
                    }
                }
                all
            }
            Node::Concatenation(nodes) => {
                self.stages(nodes, at).pop().unwrap_or(Ends::from([(at, 0)]))
            }
            Node::Repetition { min, max, node } => {
                let stages = self.rounds(*min, *max, *node, at);
                let mut all = Ends::new();
                for stage in stages.iter().skip(*min) {
                    stage.iter().for_each(|(end, words)| reach(&mut all, *end, *words));
                }
                all
            }
            Node::Text(text) => {
                let found = self.octets.get(at..at + text.len());
                let is_it = found.is_some_and(|it| it.eq_ignore_ascii_case(text));
                is_it.then_some((at + text.len(), text.len())).into_iter().collect()
            }
            Node::Octets(first, last) => {
                let is_it = self.octets.get(at).is_some_and(|it| (first..=last).contains(&it));
                is_it.then_some((at + 1, 0)).into_iter().collect()
            }
            Node::Rule(name) if name == "literal" || name == "literal8" => {
                self.literal(at).map(|end| (end, 0)).into_iter().collect()
            }
            Node::Rule(name) => (*self.ends(self.grammar.rule(name), at)).clone(),
            Node::Prose(_) => Ends::new(),
        }
    }

    /// Where the derivations of the first nodes end, for one node, two nodes and so on.
    fn stages(&mut self, nodes: &[NodeId], at: usize) -> Vec<Ends> {
        let mut stages: Vec<Ends> = Vec::new();
        for node in nodes {
            let before = stages.last().cloned().unwrap_or(Ends::from([(at, 0)]));
            stages.push(self.step(*node, &before));
        }
        stages
    }

    /// Where so many repetitions end, for none, one, two and so on. Of those beyond the least number
    /// only the best are kept: the last stage holds all that is reached by more.
    fn rounds(&mut self, min: usize, max: usize, node: NodeId, at: usize) -> Vec<Ends> {
        let mut stages = vec![Ends::from([(at, 0)])];
        let mut seen = Ends::new();
        while stages.len() <= max {
            let mut next = self.step(node, &stages[stages.len() - 1]);
            if stages.len() > min {
                // Another way to the same place is of use only if it is better.
                next.retain(|end, words| seen.get(end).is_none_or(|best| best < words));
                seen.extend(&next);
            }
            if next.is_empty() {
                break;
            }
            stages.push(next);
        }
        stages
    }

    fn step(&mut self, node: NodeId, before: &Ends) -> Ends {
        let mut next = Ends::new();
        for (at, words) in before {
            for (end, more) in self.ends(node, *at).iter() {
                reach(&mut next, *end, words + more);
            }
        }
        next
    }

    fn literal(&self, at: usize) -> Option<usize> {
        let rest = self.octets.get(at..)?;
        let rest = rest.strip_prefix(b"~").unwrap_or(rest).strip_prefix(b"{")?;
        let digits = rest.iter().take_while(|it| it.is_ascii_digit()).count();
        let length: usize = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
        let rest = &rest[digits..];
        let rest = rest.strip_prefix(b"+").unwrap_or(rest).strip_prefix(b"}\r\n")?;
        let behind = rest.len().checked_sub(length)?;
        Some(self.octets.len() - behind)
    }

    /// Notes the rules of the best derivation from here to there, which exists.
    fn trace(&mut self, id: NodeId, at: usize, end: usize) {
        match self.grammar.node(id) {
            Node::Alternation(nodes) => {
                let best = self.ends(id, at)[&end];
                let is_best = |node: &&NodeId| self.ends(**node, at).get(&end) == Some(&best);
                let chosen = nodes.iter().find(is_best).copied().unwrap();
                self.trace(chosen, at, end);
            }
            Node::Concatenation(nodes) => {
                let mut stages = self.stages(nodes, at);
                stages.insert(0, Ends::from([(at, 0)]));
                self.trace_back(&stages, |index| nodes[index], nodes.len(), end);
            }
            Node::Repetition { min, max, node } => {
                let stages = self.rounds(*min, *max, *node, at);
                let best = stages.iter().skip(*min).filter_map(|it| it.get(&end)).max().unwrap();
                let last = (*min..stages.len()).find(|it| stages[*it].get(&end) == Some(best));
                self.trace_back(&stages, |_| *node, last.unwrap(), end);
            }
            Node::Rule(name) => {
                self.rules.insert(name);
                if name != "literal" && name != "literal8" {
                    self.trace(self.grammar.rule(name), at, end);
                }
            }
            Node::Text(_) | Node::Octets(..) | Node::Prose(_) => {}
        }
    }

    fn trace_back(
        &mut self,
        stages: &[Ends],
        node: impl Fn(usize) -> NodeId,
        count: usize,
        end: usize,
    ) {
        let mut end = end;
        for index in (0..count).rev() {
            let best = stages[index + 1][&end];
            let before: Vec<_> = stages[index].iter().map(|(at, words)| (*at, *words)).collect();
            let is_best = |(at, words): &(usize, usize)| {
                self.ends(node(index), *at).get(&end).is_some_and(|more| words + more == best)
            };
            let (at, _) = before.into_iter().find(is_best).unwrap();
            self.trace(node(index), at, end);
            end = at;
        }
    }
}

fn reach(ends: &mut Ends, end: usize, words: usize) {
    let best = ends.entry(end).or_insert(words);
    *best = words.max(*best);
}

/// What sentences of a node begin with.
#[derive(Clone, PartialEq)]
struct Begins {
    with: [bool; 256],
    is_nullable: bool,
}

fn begins() -> &'static [Begins] {
    static BEGINS: OnceLock<Vec<Begins>> = OnceLock::new();
    BEGINS.get_or_init(|| {
        let grammar = merged();
        let nothing = Begins { with: [false; 256], is_nullable: false };
        let mut all = vec![nothing; grammar.nodes.len()];
        loop {
            let before = all.clone();
            for index in 0..all.len() {
                all[index] = begin(grammar, NodeId(index), &all);
            }
            if all == before {
                return all;
            }
        }
    })
}

fn begin(grammar: &Grammar, id: NodeId, all: &[Begins]) -> Begins {
    let mut begins = all[id.0].clone();
    match grammar.node(id) {
        Node::Alternation(nodes) => {
            for node in nodes {
                begins.add(&all[node.0]);
                begins.is_nullable |= all[node.0].is_nullable;
            }
        }
        Node::Concatenation(nodes) => {
            let is_nullable = |node: &&NodeId| all[node.0].is_nullable;
            let nullable = nodes.iter().take_while(is_nullable).count();
            nodes.iter().take(nullable + 1).for_each(|node| begins.add(&all[node.0]));
            begins.is_nullable = nullable == nodes.len();
        }
        Node::Repetition { min, node, .. } => {
            begins.add(&all[node.0]);
            begins.is_nullable = *min == 0 || all[node.0].is_nullable;
        }
        Node::Text(text) => match text.first() {
            Some(octet) => {
                begins.with[usize::from(octet.to_ascii_lowercase())] = true;
                begins.with[usize::from(octet.to_ascii_uppercase())] = true;
            }
            None => begins.is_nullable = true,
        },
        Node::Octets(first, last) => {
            (*first..=*last).for_each(|octet| begins.with[usize::from(octet)] = true);
        }
        Node::Rule(name) => begins = all[grammar.rule(name).0].clone(),
        Node::Prose(_) => {}
    }
    begins
}

impl Begins {
    fn add(&mut self, other: &Self) {
        self.with.iter_mut().zip(other.with).for_each(|(it, other)| *it |= other);
    }
}
