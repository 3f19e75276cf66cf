//! S28, S33: unexpected octets in every position of every vector. No panic, errors inside of the octets,
//! and what a strict reading reads a lenient one reads, too.

use bytes::Bytes;
use imap_proto::{Command, Encoder, Negotiated, Response, parse_whole};
use mail_proto::{Escaped, Leniency, ParseError, Reading};

use crate::support::units;

/// Octets that mean something to some parser.
const OCTETS: &[u8] = b" ()[]{}\"\\\r\n\0*+~<>.:,-019AZz/&%=\x7f\x80\xc3\xff";

/// A generator of numbers, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

fn inside(error: ParseError, octets: &Bytes) {
    assert!(error.at <= octets.len(), "{error} in {}", Escaped(octets));
}

fn check<T: PartialEq + std::fmt::Debug>(
    octets: &Bytes,
    parse: impl Fn(&Bytes, &mut Reading<imap_proto::Defect>) -> Result<T, ParseError>,
    encode: impl Fn(&T) -> Vec<u8>,
) {
    let strict = parse(octets, &mut Reading::new(Leniency::strict()));
    let mut reading = Reading::new(Leniency::lenient());
    let lenient = parse(octets, &mut reading);
    for defect in &reading.defects {
        assert!(defect.at <= octets.len() as u64, "{defect:?} in {}", Escaped(octets));
    }
    if let Err(error) = strict {
        inside(error, octets);
    }
    match lenient {
        Err(error) => {
            inside(error, octets);
            assert!(strict.is_err(), "strictly it is one: {}", Escaped(octets));
        }
        Ok(value) => {
            // What was read can be written, and is a line or literals.
            let out = encode(&value);
            assert!(out.ends_with(b"\r\n"));
            if strict.is_ok() && reading.defects.is_empty() {
                assert_eq!(strict.as_ref(), Ok(&value), "{}", Escaped(octets));
            }
            let again = Bytes::copy_from_slice(&out[..out.len() - 2]);
            let mut reading = Reading::new(Leniency::lenient());
            let read = parse(&again, &mut reading);
            assert!(read.is_ok(), "{:?}: {} of {}", read, Escaped(&again), Escaped(octets));
        }
    }
}

fn both(octets: &Bytes, from_client: bool) {
    if from_client {
        let encode = |value: &Command| {
            let mut out = Vec::new();
            value.encode(&mut Encoder::new(&mut out, Negotiated::client()));
            out
        };
        check(octets, |it, reading| parse_whole(it, reading, Command::parse), encode);
    } else {
        let encode = |value: &Response| {
            let mut out = Vec::new();
            value.encode(&mut Encoder::new(&mut out, Negotiated::server()));
            out
        };
        check(octets, |it, reading| parse_whole(it, reading, Response::parse), encode);
    }
}

fn vectors() -> Vec<(Bytes, bool)> {
    let line = |octets: &Bytes| octets.slice_ref(octets.strip_suffix(b"\r\n").unwrap_or(octets));
    let mut vectors: Vec<_> = units()
        .iter()
        .filter(|unit| matches!(unit.kind.as_str(), "command" | "response") || !unit.from_client)
        .map(|unit| (line(&unit.octets), unit.from_client))
        .filter(|(octets, _)| octets.len() <= 400)
        .collect();
    vectors.sort();
    vectors.dedup();
    vectors
}

/// Flips, deletes, inserts or cuts at this position.
fn mutated(octets: &[u8], at: usize, how: usize, octet: u8) -> Bytes {
    let mut out = octets.to_vec();
    match how {
        0 => out[at] = octet,
        1 => drop(out.remove(at)),
        2 => out.insert(at, octet),
        3 => out.truncate(at),
        _ => out[at] ^= 1 << (octet % 8),
    }
    out.into()
}

#[test]
fn s33_every_position_of_every_vector() {
    let vectors = vectors();
    assert!(vectors.len() > 1500, "{}", vectors.len());
    let mut numbers = Numbers(7);
    let mut cases = 0;
    for (octets, from_client) in &vectors {
        for at in 0..octets.len() {
            // Every position is changed in one way or another, chosen alike in each run.
            let octet = OCTETS[numbers.below(OCTETS.len())];
            let how = numbers.below(5);
            both(&mutated(octets, at, how, octet), *from_client);
            cases += 1;
        }
    }
    assert!(cases > 50_000, "{cases}");
}

#[test]
fn s33_every_octet_at_every_position_of_some() {
    for (octets, from_client) in [
        (&b"* 1 FETCH (UID 5 BODY[1.TEXT]<0> {2}\r\n() FLAGS (\\Seen a))"[..], false),
        (b"* LIST (\\Noselect) \"/\" \"a b\" (OLDNAME (x))", false),
        (b"a NO [COPYUID 1 2:3 4,5] x", false),
        (b"* ESEARCH (TAG \"a\") UID MIN 1 ALL 2:9,11", false),
        (b"a UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (A)]<0.9>)", true),
        (b"a SEARCH RETURN (MIN) OR NOT SEEN (BODY \"x\" UID 1:*)", true),
        (b"a STORE 1 (UNCHANGEDSINCE 1) +FLAGS.SILENT (\\Seen x)", true),
    ] {
        for at in 0..=octets.len() {
            for how in 0..5 {
                if at == octets.len() && how != 2 {
                    continue;
                }
                for octet in OCTETS {
                    both(&mutated(octets, at, how, *octet), from_client);
                }
            }
        }
    }
}

#[test]
fn s33_all_short_strings_of_the_signs() {
    const SIGNS: &[u8] = b"a1 (){}\"*+[\r";
    let mut strings = vec![Vec::new()];
    for _ in 0..4 {
        strings = strings
            .iter()
            .flat_map(|it: &Vec<u8>| SIGNS.iter().map(|sign| [&it[..], &[*sign]].concat()))
            .collect();
        for string in &strings {
            both(&Bytes::copy_from_slice(string), true);
            both(&Bytes::copy_from_slice(string), false);
            both(&Bytes::from([b"* 1 FETCH (", &string[..]].concat()), false);
            both(&Bytes::from([b"a SEARCH ", &string[..]].concat()), true);
        }
    }
}
