//! Sentences of the grammar, derived from a rule by the choices of a seed.

use std::collections::{BTreeSet, VecDeque};
use std::sync::OnceLock;

use super::abnf::{Grammar, Node, NodeId, merged};
use super::random::Random;
use super::words;

/// A message, its last CRLF included.
#[derive(Clone, Debug)]
pub struct Sentence {
    pub octets: Vec<u8>,
    /// The rules that it was derived by.
    pub rules_used: BTreeSet<&'static str>,
}

/// A sentence and the choice it was made for, as ABNF.
#[derive(Clone, Debug)]
pub struct Example {
    pub rule: String,
    pub choice: String,
    pub sentence: Sentence,
}

/// Tokens after which a random sentence takes the shortest way to its end.
const LONG: i64 = 60;
/// The same of a sentence that is made for one choice.
const SHORT: i64 = 4;

/// Sentences of the rule without end.
pub fn sentences(start: &str, seed: u64) -> impl Iterator<Item = Sentence> + use<> {
    let start = known(start);
    let mut random = Random::new(seed);
    std::iter::repeat_with(move || {
        let budget = random.below(LONG as u64) as i64;
        Generator::new(start, budget, &mut random).sentence(&[], None)
    })
}

/// One sentence of the rule by these choices.
#[allow(dead_code)]
pub fn sentence(start: &str, random: &mut Random) -> Sentence {
    let budget = random.below(LONG as u64) as i64;
    Generator::new(known(start), budget, random).sentence(&[], None)
}

/// A sentence for each choice that any rule behind the starting rule leaves: for each alternative,
/// for each bracket with and without, for each repetition once, more than once, and not at all.
pub fn systematic(start: &str, seed: u64) -> impl Iterator<Item = Example> + use<> {
    let start = known(start);
    let mut random = Random::new(seed);
    targets(start).into_iter().map(move |target| {
        let generator = Generator::new(start, SHORT, &mut random);
        let sentence = generator.sentence(&target.path, target.times);
        Example { rule: target.rule, choice: target.choice, sentence }
    })
}

/// The name as the grammar keeps it.
fn known(rule: &str) -> &'static str {
    merged().rules.get_key_value(rule).unwrap_or_else(|| panic!("no rule {rule}")).0
}

/// One choice, and how to get there.
struct Target {
    rule: String,
    choice: String,
    /// The nodes from the start to the choice.
    path: Vec<NodeId>,
    /// How often, if the choice is a repetition.
    times: Option<usize>,
}

fn targets(start: &str) -> Vec<Target> {
    let grammar = merged();
    let root = grammar.rule(start);
    let mut before: Vec<Option<NodeId>> = vec![None; grammar.nodes.len()];
    let mut rule_of: Vec<&str> = vec![start; grammar.nodes.len()];
    let mut open = VecDeque::from([root]);
    let mut found = Vec::new();
    while let Some(id) = open.pop_front() {
        found.push(id);
        if let Node::Rule(name) = grammar.node(id) {
            if words::is_word(name) {
                continue;
            }
            rule_of[grammar.rule(name).0] = name;
        }
        for child in grammar.children(id) {
            if before[child.0].is_none() && child != root {
                before[child.0] = Some(id);
                if !matches!(grammar.node(id), Node::Rule(_)) {
                    rule_of[child.0] = rule_of[id.0];
                }
                open.push_back(child);
            }
        }
    }
    let path = |id: NodeId| {
        let mut path = vec![id];
        while let Some(parent) = before[path[0].0] {
            path.insert(0, parent);
        }
        path
    };
    let mut targets = Vec::new();
    for id in found {
        let mut add = |last: NodeId, times: Option<usize>| {
            let mut path = path(id);
            let mut choice = grammar.spell(last);
            if last != id {
                path.push(last);
            }
            if let Some(times) = times {
                choice = format!("{times} x {choice}");
            }
            targets.push(Target { rule: rule_of[id.0].to_owned(), choice, path, times });
        };
        match grammar.node(id) {
            Node::Alternation(nodes) => nodes.iter().for_each(|node| add(*node, None)),
            Node::Repetition { min, max, .. } => {
                for times in *min..=(*max).min(min + 2) {
                    add(id, Some(times));
                }
            }
            _ => {}
        }
    }
    targets
}

/// How the letters of the grammar's words are written.
#[derive(Clone, Copy)]
enum Case {
    AsSpelled,
    Small,
    Mixed,
}

/// Derives one sentence.
pub struct Generator<'a> {
    grammar: &'static Grammar,
    pub random: &'a mut Random,
    pub out: Vec<u8>,
    pub rules_used: BTreeSet<&'static str>,
    /// The rules that are being derived, the outermost first.
    within: Vec<&'static str>,
    budget: i64,
    case: Case,
    start: &'static str,
}

impl<'a> Generator<'a> {
    fn new(start: &'static str, budget: i64, random: &'a mut Random) -> Self {
        let case = random.pick(&[Case::AsSpelled, Case::AsSpelled, Case::Small, Case::Mixed]);
        let (out, rules_used, within) = (Vec::new(), BTreeSet::new(), Vec::new());
        Self { grammar: merged(), random, out, rules_used, within, budget, case, start }
    }

    fn sentence(mut self, path: &[NodeId], times: Option<usize>) -> Sentence {
        self.rules_used.insert(self.start);
        self.within.push(self.start);
        self.derive(self.grammar.rule(self.start), path, times);
        Sentence { octets: self.out, rules_used: self.rules_used }
    }

    /// Whether it is a message of a client.
    pub fn is_command(&self) -> bool {
        self.start == "command"
    }

    /// Whether a rule of this name is being derived.
    pub fn is_within(&self, rule: &str) -> bool {
        self.within.contains(&rule)
    }

    /// Whether the rule that names the present one is one of these.
    pub fn is_directly_within(&self, rules: &[&str]) -> bool {
        self.within.iter().nth_back(1).is_some_and(|rule| rules.contains(rule))
    }

    /// Whether there is room for more than the shortest.
    pub fn has_room(&self) -> bool {
        self.budget > 0
    }

    /// Derives a rule.
    pub fn rule(&mut self, name: &str, path: &[NodeId], times: Option<usize>) {
        let name = known(name);
        self.rules_used.insert(name);
        self.within.push(name);
        if words::is_word(name) {
            self.budget -= 1;
            words::write(name, self);
        } else {
            self.derive(self.grammar.rule(name), path, times);
        }
        self.within.pop();
    }

    /// Derives a node. `path` leads from it to the choice that is to be made, if it is below it.
    fn derive(&mut self, id: NodeId, path: &[NodeId], times: Option<usize>) {
        let below = path.get(1..).unwrap_or_default();
        let next = below.first().copied();
        match self.grammar.node(id) {
            Node::Alternation(nodes) => {
                let chosen = next.unwrap_or_else(|| self.choose(nodes));
                self.derive(chosen, below, times);
            }
            Node::Concatenation(nodes) => {
                let mut next = next;
                for node in nodes {
                    let is_next = next == Some(*node);
                    self.derive(*node, if is_next { below } else { &[] }, times);
                    next = next.filter(|_| !is_next);
                }
            }
            Node::Repetition { min, max, node } => {
                let often = match (path, next) {
                    ([_], _) => times.unwrap_or(*min),
                    (_, Some(_)) => (*min).max(1),
                    _ => self.often(*min, *max),
                };
                for round in 0..often {
                    let below = if round == 0 { below } else { &[] };
                    self.derive(*node, below, times);
                }
            }
            Node::Text(text) => {
                self.budget -= 1;
                self.letters(text);
            }
            Node::Octets(first, last) => {
                let octet = self.random.below(u64::from(last - first) + 1) as u8 + first;
                self.out.push(octet);
            }
            Node::Rule(name) => self.rule(name, below, times),
            Node::Prose(prose) => panic!("no way to derive <{prose}>"),
        }
    }

    fn choose(&mut self, nodes: &[NodeId]) -> NodeId {
        if self.has_room() {
            let weights: Vec<u64> = nodes.iter().map(|node| self.weight(*node)).collect();
            let mut drawn = self.random.below(weights.iter().sum());
            for (node, weight) in nodes.iter().zip(weights) {
                match drawn.checked_sub(weight) {
                    Some(rest) => drawn = rest,
                    None => return *node,
                }
            }
        }
        let costs = costs();
        let least = nodes.iter().map(|node| costs[node.0]).min().unwrap_or(0);
        let least: Vec<_> = nodes.iter().copied().filter(|it| costs[it.0] == least).collect();
        self.random.pick(&least)
    }

    /// Rules of many alternatives are chosen more often than a single word.
    fn weight(&self, id: NodeId) -> u64 {
        match self.grammar.node(id) {
            Node::Rule(name) if !words::is_word(name) => {
                self.grammar.children(self.grammar.rule(name)).len().min(12) as u64
            }
            _ => 1,
        }
    }

    fn often(&mut self, min: usize, max: usize) -> usize {
        let mut often = min;
        while often < max && self.has_room() && !self.random.one_in(2) {
            often += 1;
        }
        often
    }

    fn letters(&mut self, text: &[u8]) {
        for letter in text {
            self.out.push(match self.case {
                Case::AsSpelled => *letter,
                Case::Mixed if self.random.one_in(2) => letter.to_ascii_uppercase(),
                Case::Small | Case::Mixed => letter.to_ascii_lowercase(),
            });
        }
    }
}

/// The tokens of the shortest derivation of each node.
fn costs() -> &'static [u64] {
    static COSTS: OnceLock<Vec<u64>> = OnceLock::new();
    COSTS.get_or_init(|| {
        let grammar = merged();
        let mut costs = vec![u64::from(u32::MAX); grammar.nodes.len()];
        loop {
            let before = costs.clone();
            for index in 0..costs.len() {
                let of = |node: &NodeId| costs[node.0];
                let cost = match &grammar.nodes[index] {
                    Node::Alternation(nodes) => nodes.iter().map(of).min().unwrap_or(0),
                    Node::Concatenation(nodes) => nodes.iter().map(of).sum(),
                    Node::Repetition { min, node, .. } => *min as u64 * of(node),
                    Node::Text(_) | Node::Octets(..) => 1,
                    Node::Rule(name) if words::is_word(name) => 1,
                    Node::Rule(name) => of(&grammar.rule(name)),
                    Node::Prose(_) => u64::from(u32::MAX),
                };
                costs[index] = cost.min(u64::from(u32::MAX));
            }
            if costs == before {
                return costs;
            }
        }
    })
}
