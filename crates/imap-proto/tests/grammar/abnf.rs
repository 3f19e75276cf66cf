//! The grammar as data: a reader of ABNF (RFC 5234), as far as `imap-merged.abnf` uses it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// The text of the grammar.
const MERGED: &str = include_str!("../data/imap-merged.abnf");

/// The rules of RFC 5234 appendix B.1.
const CORE: &str = r"
ALPHA = %x41-5A / %x61-7A
CHAR = %x01-7F
CR = %x0D
CRLF = CR LF
CTL = %x00-1F / %x7F
DIGIT = %x30-39
DQUOTE = %x22
HTAB = %x09
LF = %x0A
OCTET = %x00-FF
SP = %x20
WSP = SP / HTAB
";

/// Rules in place of those that the merged grammar marks as lenient, and of one that has a space too
/// many before `RETURN`. That text does not begin as a code does is said in words (RFC 9051 section 7.1).
const STRICT: &str = r#"
continue-req = "+" SP (resp-text / base64) CRLF
esearch = "ESEARCH" [SP esearch-source-opts] [search-return-opts] SP search-program
resp-cond-auth = ("OK" / "PREAUTH") SP resp-text
resp-cond-bye = "BYE" SP resp-text
resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text
resp-text = ["[" resp-text-code "]" SP] [text]
text = text-first *(TEXT-CHAR / UTF8-2 / UTF8-3 / UTF8-4)
text-first = %x01-09 / %x0B-0C / %x0E-5A / %x5C-7F / UTF8-2 / UTF8-3 / UTF8-4
"#;

/// What a message is: the rules that sentences begin with.
pub const STARTS: [&str; 5] =
    ["command", "response-data", "response-tagged", "continue-req", "greeting"];

/// A node of the grammar, by its place in [`Grammar::nodes`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub usize);

/// What may stand at some place.
#[derive(Clone, Debug)]
pub enum Node {
    /// One of these.
    Alternation(Vec<NodeId>),
    /// All of these, one after the other.
    Concatenation(Vec<NodeId>),
    /// So many times the same; also what is in brackets.
    Repetition { min: usize, max: usize, node: NodeId },
    /// Letters in any case.
    Text(Vec<u8>),
    /// An octet of the range.
    Octets(u8, u8),
    /// Another rule.
    Rule(String),
    /// What is said in words only.
    Prose(String),
}

/// A grammar.
#[derive(Debug)]
pub struct Grammar {
    /// All nodes of all rules.
    pub nodes: Vec<Node>,
    /// The definition of each rule by its name; always an alternation, a node for each alternative.
    pub rules: BTreeMap<String, NodeId>,
    /// The names as they are spelled where they are defined, by the name in small letters.
    spelled: BTreeMap<String, String>,
}

/// The merged grammar.
pub fn merged() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| {
        let strict: Vec<_> = logical_lines(STRICT).iter().map(|line| name(line)).collect();
        let merged = logical_lines(MERGED).into_iter().filter(|line| !strict.contains(&name(line)));
        let merged: Vec<_> = merged.collect();
        Grammar::read(&[CORE, STRICT, &merged.join("\n")].concat())
    })
}

impl Grammar {
    /// Reads rules, a line each; a line that begins with a space continues the one before.
    pub fn read(text: &str) -> Self {
        let mut grammar =
            Self { nodes: Vec::new(), rules: BTreeMap::new(), spelled: BTreeMap::new() };
        let mut definitions: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
        for line in logical_lines(text) {
            let (name, body) = line.split_once('=').unwrap();
            let body = body.strip_prefix('/').unwrap_or(body);
            let name = name.trim();
            let spelled = grammar.spelled.entry(name.to_lowercase()).or_insert(name.to_owned());
            let name = spelled.clone();
            let mut reader = Reader { grammar: &mut grammar, rest: body };
            let alternatives = reader.alternatives();
            assert_eq!(reader.rest, "", "{name}");
            definitions.entry(name).or_default().extend(alternatives);
        }
        for (name, alternatives) in definitions {
            let id = grammar.add(Node::Alternation(alternatives));
            grammar.rules.insert(name, id);
        }
        for index in 0..grammar.nodes.len() {
            if let Node::Rule(name) = &grammar.nodes[index] {
                let spelled = grammar.spelled.get(&name.to_lowercase());
                let spelled = spelled.unwrap_or_else(|| panic!("no rule {name}")).clone();
                grammar.nodes[index] = Node::Rule(spelled);
            }
        }
        grammar
    }

    /// The node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The definition of a rule.
    pub fn rule(&self, name: &str) -> NodeId {
        *self.rules.get(name).unwrap_or_else(|| panic!("no rule {name}"))
    }

    /// The nodes that a node is made of.
    pub fn children(&self, id: NodeId) -> Vec<NodeId> {
        match self.node(id) {
            Node::Alternation(nodes) | Node::Concatenation(nodes) => nodes.clone(),
            Node::Repetition { node, .. } => vec![*node],
            Node::Rule(name) => vec![self.rule(name)],
            Node::Text(_) | Node::Octets(..) | Node::Prose(_) => Vec::new(),
        }
    }

    /// The rules that sentences of the starting rules are made of, those included.
    pub fn reachable(&self, starts: &[&str]) -> BTreeSet<String> {
        let mut found: BTreeSet<String> = starts.iter().map(|it| (*it).to_owned()).collect();
        let mut open: Vec<NodeId> = starts.iter().map(|it| self.rule(it)).collect();
        while let Some(id) = open.pop() {
            match self.node(id) {
                Node::Rule(name) if !found.insert(name.clone()) => {}
                _ => open.extend(self.children(id)),
            }
        }
        found
    }

    /// The node as it is spelled in ABNF.
    pub fn spell(&self, id: NodeId) -> String {
        let all = |nodes: &[NodeId], between: &str| {
            nodes.iter().map(|it| self.spell(*it)).collect::<Vec<_>>().join(between)
        };
        match self.node(id) {
            Node::Alternation(nodes) if nodes.len() == 1 => self.spell(nodes[0]),
            Node::Alternation(nodes) => format!("({})", all(nodes, " / ")),
            Node::Concatenation(nodes) => all(nodes, " "),
            Node::Repetition { min: 0, max: 1, node } => format!("[{}]", self.spell(*node)),
            Node::Repetition { min, max: usize::MAX, node } => {
                format!("{min}*({})", self.spell(*node))
            }
            Node::Repetition { min, max, node } => format!("{min}*{max}({})", self.spell(*node)),
            Node::Text(text) => format!("\"{}\"", String::from_utf8_lossy(text)),
            Node::Octets(first, last) => format!("%x{first:02X}-{last:02X}"),
            Node::Rule(name) => name.clone(),
            Node::Prose(prose) => format!("<{prose}>"),
        }
    }

    fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }
}

/// The rules without their comments and empty lines.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = without_comment(line);
        if line.trim().is_empty() {
            continue;
        }
        match lines.last_mut() {
            Some(last) if line.starts_with(' ') => last.push_str(line),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The name of the rule that a line defines.
fn name(line: &str) -> String {
    line.split_once('=').unwrap().0.trim().to_owned()
}

fn without_comment(line: &str) -> &str {
    let mut in_quotes = false;
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => in_quotes = !in_quotes,
            ';' if !in_quotes => return &line[..at],
            _ => {}
        }
    }
    line
}

struct Reader<'a> {
    grammar: &'a mut Grammar,
    rest: &'a str,
}

impl Reader<'_> {
    fn alternatives(&mut self) -> Vec<NodeId> {
        let mut alternatives = vec![self.concatenation()];
        while self.eat('/') {
            alternatives.push(self.concatenation());
        }
        alternatives
    }

    fn alternation(&mut self) -> NodeId {
        let alternatives = self.alternatives();
        match alternatives[..] {
            [one] => one,
            _ => self.grammar.add(Node::Alternation(alternatives)),
        }
    }

    fn concatenation(&mut self) -> NodeId {
        let mut parts = Vec::new();
        loop {
            self.skip_spaces();
            if self.rest.is_empty() || self.rest.starts_with(['/', ')', ']']) {
                break;
            }
            parts.push(self.repetition());
        }
        match parts[..] {
            [one] => one,
            _ => self.grammar.add(Node::Concatenation(parts)),
        }
    }

    fn repetition(&mut self) -> NodeId {
        let min = self.digits();
        let (min, max) = if self.eat('*') {
            (min.unwrap_or(0), self.digits().unwrap_or(usize::MAX))
        } else if let Some(times) = min {
            (times, times)
        } else {
            return self.element();
        };
        let node = self.element();
        self.grammar.add(Node::Repetition { min, max, node })
    }

    fn element(&mut self) -> NodeId {
        if self.eat('(') {
            let inner = self.alternation();
            assert!(self.eat(')'), "{}", self.rest);
            return inner;
        }
        if self.eat('[') {
            let node = self.alternation();
            assert!(self.eat(']'), "{}", self.rest);
            return self.grammar.add(Node::Repetition { min: 0, max: 1, node });
        }
        let node = if self.eat('"') {
            Node::Text(self.up_to('"').into())
        } else if self.eat('<') {
            Node::Prose(self.up_to('>').to_owned())
        } else if self.eat('%') {
            self.octets()
        } else {
            Node::Rule(self.run(|it| it.is_ascii_alphanumeric() || it == '-').to_owned())
        };
        self.grammar.add(node)
    }

    fn octets(&mut self) -> Node {
        assert!(self.eat('x'), "{}", self.rest);
        let first = self.hex();
        let last = if self.eat('-') { self.hex() } else { first };
        Node::Octets(first, last)
    }

    fn hex(&mut self) -> u8 {
        u8::from_str_radix(self.run(|it| it.is_ascii_hexdigit()), 16).unwrap()
    }

    fn digits(&mut self) -> Option<usize> {
        self.run(|it| it.is_ascii_digit()).parse().ok()
    }

    fn run(&mut self, is_part: impl Fn(char) -> bool) -> &str {
        let end = self.rest.find(|it| !is_part(it)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    fn up_to(&mut self, end: char) -> &str {
        let (text, rest) = self.rest.split_once(end).unwrap();
        self.rest = rest;
        text
    }

    fn eat(&mut self, letter: char) -> bool {
        // Spaces are skipped before what is between elements, not inside of them.
        if matches!(letter, '/' | ')' | ']') {
            self.skip_spaces();
        }
        let rest = self.rest.strip_prefix(letter);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }
}
