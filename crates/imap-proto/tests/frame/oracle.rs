//! The framer against a naive one that has the whole wire, walks it octet by octet and remembers
//! everything.

use imap_proto::connection::{FrameLimits, Framer, Literal};
use proptest::prelude::*;

use super::drive::{Decision, Piece, drive};

const NUMBER: u64 = i64::MAX as u64;

/// By size, so that both know it.
fn choose(size: u64) -> Decision {
    match size % 3 {
        0 => Decision::Inline,
        1 => Decision::Stream,
        _ => Decision::Discard,
    }
}

struct Oracle<'a> {
    wire: &'a [u8],
    at: usize,
    commands: bool,
    bare_lf: bool,
    pieces: Vec<Piece>,
}

/// What the wire holds, and whether the framing was lost.
#[derive(PartialEq, Eq, Debug)]
struct Reading {
    pieces: Vec<Piece>,
    lost: bool,
}

enum End {
    Wire,
    Lost,
}

impl<'a> Oracle<'a> {
    fn line(&mut self) -> Result<&'a [u8], End> {
        let from = self.at;
        for end in from..self.wire.len() {
            let cr = end > from && self.wire[end - 1] == b'\r';
            if self.wire[end] == b'\n' && (cr || self.bare_lf) {
                self.at = end + 1;
                return Ok(&self.wire[from..=end]);
            }
        }
        Err(End::Wire)
    }

    fn skip(&mut self, octets: u64) -> Result<&'a [u8], End> {
        let rest = &self.wire[self.at..];
        if octets > rest.len() as u64 {
            return Err(End::Wire);
        }
        self.at += octets as usize;
        Ok(&rest[..octets as usize])
    }

    fn announced(&self, line: &[u8], first: bool, given_up: bool) -> Option<(u64, bool)> {
        // Of a command that is dropped as it comes, the last octets are all that is known.
        let cut = self.commands && given_up && line.len() > 32;
        let line = if cut { &line[line.len() - 32..] } else { line };
        let text: String = line.iter().map(|octet| char::from(*octet)).collect();
        let text = text.strip_suffix('\n')?;
        let text = text.strip_suffix('\r').unwrap_or(text).strip_suffix('}')?;
        let (before, number) = text.rsplit_once('{').or(cut.then_some((" ", text)))?;
        let sync = !number.ends_with('+');
        let number = number.strip_suffix('+').unwrap_or(number);
        if number.is_empty() || number.chars().any(|c| !c.is_ascii_digit()) {
            return None;
        }
        // Nothing but digits there is a number of too many of them.
        let size = if number.len() > 20 { u128::MAX } else { number.parse().unwrap() };
        let found = Some((u64::try_from(size).unwrap_or(u64::MAX), sync));
        if self.commands && !sync {
            return found;
        }
        let before = before.strip_suffix('~').unwrap_or(before);
        let placed = before.ends_with([' ', '(']) && !in_quotes(before);
        (placed && (self.commands || !first || is_data(before))).then_some(found)?
    }

    fn unit(&mut self) -> Result<(), End> {
        let (mut begins, mut first, mut given_up) = (self.at, true, None);
        loop {
            let line = self.line()?;
            let announced = self.announced(line, first, given_up.is_some());
            first = false;
            let Some((size, sync)) = announced else {
                self.end(begins, given_up);
                return Ok(());
            };
            let decision = if given_up.is_some() { Decision::Discard } else { choose(size) };
            let refused = self.commands && sync && decision == Decision::Discard;
            if size > NUMBER && !refused {
                return Err(End::Lost);
            }
            match decision {
                Decision::Inline => drop(self.skip(size)?),
                Decision::Stream => {
                    self.pieces.push(Piece::Front(self.wire[begins..self.at].to_vec()));
                    self.pieces.push(Piece::Body(Vec::new()));
                    let body = self.skip(size)?.to_vec();
                    *self.pieces.last_mut().unwrap() = Piece::Body(body);
                    begins = self.at;
                }
                Decision::Discard if refused => {
                    self.end(begins, given_up.or(Some(begins)));
                    return Ok(());
                }
                Decision::Discard => {
                    given_up = given_up.or(Some(begins));
                    self.skip(size)?;
                }
            }
        }
    }

    fn end(&mut self, begins: usize, given_up: Option<usize>) {
        let piece = match given_up {
            Some(from) => Piece::GivenUp(self.at - from),
            None => Piece::Unit(self.wire[begins..self.at].to_vec()),
        };
        self.pieces.push(piece);
    }

    fn read(mut self) -> Reading {
        loop {
            match self.unit() {
                Ok(()) => {}
                Err(end) => {
                    return Reading { pieces: self.pieces, lost: matches!(end, End::Lost) };
                }
            }
        }
    }
}

fn in_quotes(before: &str) -> bool {
    let (mut open, mut octets) = (false, before.chars());
    while let Some(octet) = octets.next() {
        match (open, octet) {
            (_, '"') => open = !open,
            (true, '\\') => drop(octets.next()),
            _ => {}
        }
    }
    open
}

fn is_data(before: &str) -> bool {
    let line = before.trim_start_matches(['\0', ' ']);
    if line.starts_with(['+', '[']) {
        return false;
    }
    let untagged = line.strip_prefix('*');
    let rest = untagged.or(line.split_once(' ').map(|(_, rest)| rest)).unwrap_or("");
    let rest = rest.trim_start_matches(' ');
    let word: String =
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let word = word.to_ascii_uppercase();
    let status = ["OK", "NO", "BAD", "BYE", "PREAUTH"].contains(&&*word);
    let number = word.chars().all(|c| c.is_ascii_digit());
    !word.is_empty() && if untagged.is_some() { !status } else { number }
}

/// What a caller that has decided by size saw, its unfinished body taken back if it is not whole.
fn framed(framer: Framer, wire: &[u8], sizes: &[usize]) -> (Reading, u64) {
    let (mut seen, examined) = drive(framer, wire, sizes, |literal: &Literal| choose(literal.size));
    if let Some(Piece::TooLong(_)) = seen.pieces.last() {
        seen.pieces.pop();
    }
    (Reading { pieces: seen.pieces, lost: seen.lost }, examined)
}

/// A body that the wire does not hold to its end is empty in the oracle.
fn without_the_beginning_of_a_body(mut reading: Reading, complete: &Reading) -> Reading {
    let expected = complete.pieces.last();
    if let (Some(Piece::Body(body)), Some(Piece::Body(none))) =
        (reading.pieces.last_mut(), expected)
        && none.is_empty()
    {
        body.clear();
    }
    reading
}

fn wires() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        4 => prop::sample::select(vec![
            " {3}\r\n", " {3+}\r\n", " {4}\r\n", "({4+}\r\n", " ~{5}\r\n", " ~{5+}\r\n", " {0}\r\n",
            " {1}\r\n", " {2+}\r\n", "{3+}\r\n", " {00000000000000000007}\r\n", " {12}\n", "{5}",
        ]),
        1 => prop::sample::select(vec![
            " {9223372036854775808}\r\n", " {99999999999999999999999999}\r\n", " {}\r\n", "+}\r\n",
        ]),
        3 => prop::sample::select(vec!["\r\n", "\r\n", "\r", "\n", "\0"]),
        4 => prop::sample::select(vec![
            "* ", "*", "A1 ", "+ ", "OK ", "no ", "BYE ", "1 FETCH (", "LIST ", "OKAY ", "9 ", "[",
        ]),
        4 => prop::sample::select(vec![
            "\"", "\"", "\\", "a", " ", "(", ")", "}", "{", "~", "7", "12345678901234567890",
            "something of some length, longer than an announcement, ",
        ]),
    ];
    prop::collection::vec(token, 0..24).prop_map(|tokens| tokens.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 16 } else { 20_000 }))]

    #[test]
    fn the_framer_agrees_with_the_oracle(
        wire in wires(),
        sizes in prop::collection::vec(1_usize..9, 1..6),
        commands: bool,
        bare_lf: bool,
    ) {
        let oracle = Oracle { wire: &wire, at: 0, commands, bare_lf, pieces: Vec::new() };
        let expected = oracle.read();
        let framer = match commands {
            true => Framer::commands(FrameLimits::server()),
            false => Framer::responses(FrameLimits::client()),
        };
        let framer = framer.with_bare_lf(bare_lf);
        let (whole, examined) = framed(framer.clone(), &wire, &[usize::MAX]);
        let (pieces, in_pieces) = framed(framer.clone(), &wire, &sizes);
        let (single, singly) = framed(framer, &wire, &[1]);
        prop_assert_eq!(&whole, &single);
        prop_assert_eq!(&whole, &pieces);
        prop_assert_eq!((examined, examined), (singly, in_pieces));
        prop_assert!(examined <= 2 * wire.len() as u64);
        prop_assert_eq!(without_the_beginning_of_a_body(whole, &expected), expected);
    }
}
