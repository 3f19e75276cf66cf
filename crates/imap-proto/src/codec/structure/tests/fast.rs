//! The short cut takes what the grammar takes without a defect, and makes the same of it.

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{Leniency, ParseError, Reading};
use proptest::prelude::*;

use super::strategies::{wire_body, wire_envelope};
use crate::Defect;
use crate::codec::structure::index::Wire;
use crate::codec::structure::{BodyStructure, Envelope, fast, fast_body};
use crate::codec::{Cursor, ParseLimits};

type Grammar = fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Result<Wire, ParseError>;
type Fast = fn(&mut Cursor<'_>) -> Option<Wire>;

fn envelope(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Wire, ParseError> {
    Envelope::parse_by_grammar(cursor, reading).map(|envelope| envelope.wire().clone())
}

fn body(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Wire, ParseError> {
    BodyStructure::parse_by_grammar(cursor, reading).map(|structure| structure.wire().clone())
}

#[track_caller]
fn agree(octets: &[u8], grammar: Grammar, fast: Fast, limits: ParseLimits) -> bool {
    let octets = Bytes::copy_from_slice(octets);
    let (mut by_grammar, mut by_fast) =
        (Cursor::new(&octets).with_limits(limits), Cursor::new(&octets).with_limits(limits));
    let read = grammar(&mut by_grammar, &mut Reading::new(Leniency::strict()));
    let scanned = fast(&mut by_fast);
    match (&read, &scanned) {
        (Ok(read), Some(scanned)) => {
            assert_eq!(read.octets, scanned.octets);
            assert_eq!(read.index, scanned.index);
            assert_eq!(read.odd, scanned.odd);
            assert_eq!(by_grammar.at(), by_fast.at());
        }
        (Err(_), None) => assert_eq!(by_fast.at(), 0),
        _ => panic!("{}: {:?}, {}", mail_proto::Escaped(&octets), read.is_ok(), scanned.is_some()),
    }
    read.is_ok()
}

/// Octets and tokens that mean something, put into others, taken out, put in place of others; mostly
/// where a token begins.
fn mutated(octets: &[u8], mutations: &[(u8, usize, u8)]) -> Vec<u8> {
    const SPECIAL: &[u8] = b"()\"\\ {}+NIL\r\n\0\x01\xff\xc3\xa9079~-";
    const TOKENS: [&[u8]; 12] = [
        b"NIL ",
        b" NIL",
        b"() ",
        b"\"x\" ",
        b" 7",
        b"-1 ",
        b"(NIL NIL) ",
        b"  ",
        b" (\"a\" \"b\")",
        b"(\"A\" \"B\" NIL NIL NIL \"7BIT\" 1)",
        b"{1}\r\n\xe9 ",
        b"\"MESSAGE\" \"RFC822\" ",
    ];
    let mut octets = octets.to_vec();
    for (what, at, with) in mutations {
        let mut at = at % octets.len().max(1);
        if what & 8 != 0 {
            let begins = octets.iter().skip(at).position(|octet| b" ()\"N".contains(octet));
            at += begins.unwrap_or(0);
        }
        let special = SPECIAL[usize::from(*with) % SPECIAL.len()];
        match what % 8 {
            0 if at < octets.len() => octets[at] = special,
            1 if at < octets.len() => drop(octets.remove(at)),
            2 => octets.insert(at, special),
            3 if with % 16 == 0 => octets.truncate(at),
            // A token less.
            4 | 5 => {
                let end = octets.iter().skip(at + 1).position(|octet| b" )".contains(octet));
                drop(octets.drain(at..end.map_or(octets.len(), |end| at + 1 + end)));
            }
            _ => {
                let token = TOKENS[usize::from(*with) % TOKENS.len()];
                octets.splice(at..at, token.iter().copied());
            }
        }
    }
    octets
}

fn mutations() -> impl Strategy<Value = Vec<(u8, usize, u8)>> {
    prop::collection::vec(any::<(u8, usize, u8)>(), 1..4)
}

proptest! {
    #[test]
    fn envelopes(octets in wire_envelope(), mutations in mutations()) {
        prop_assert!(agree(&octets, envelope, fast::envelope, ParseLimits::client()));
        agree(&mutated(&octets, &mutations), envelope, fast::envelope, ParseLimits::client());
    }

    #[test]
    fn bodies(octets in wire_body(), mutations in mutations()) {
        prop_assert!(agree(&octets, body, fast_body::body, ParseLimits::client()));
        let mutated = mutated(&octets, &mutations);
        agree(&mutated, body, fast_body::body, ParseLimits::client());
    }

    /// The grammar never fails otherwise than with an error either, and what it puts up with it writes.
    #[test]
    fn what_is_put_up_with_is_written_strictly(octets in wire_body(), mutations in mutations()) {
        let octets = mutated(&octets, &mutations);
        let leniency = Leniency::lenient().allow(Defect::UnescapedQuote).allow(Defect::BareLf);
        let octets = Bytes::from(octets);
        let read = BodyStructure::parse(&mut Cursor::new(&octets), &mut Reading::new(leniency));
        if let Ok(read) = read {
            for encode in [BodyStructure::encode, BodyStructure::encode_body] {
                let out = crate::codec::testing::written(|encoder| encode(&read, encoder));
                let again = crate::codec::testing::strict(&out, BodyStructure::parse);
                prop_assert!(again.is_ok(), "{} {again:?}", mail_proto::Escaped(&octets));
            }
        }
    }

    #[test]
    fn envelopes_that_are_put_up_with_are_written_strictly(octets in wire_envelope(), mutations in mutations()) {
        let octets = Bytes::from(mutated(&octets, &mutations));
        let leniency = Leniency::lenient().allow(Defect::UnescapedQuote).allow(Defect::BareLf);
        if let Ok(read) = Envelope::parse(&mut Cursor::new(&octets), &mut Reading::new(leniency)) {
            let out = crate::codec::testing::written(|encoder| read.encode(encoder));
            prop_assert_eq!(crate::codec::testing::strict(&out, Envelope::parse), Ok(read));
        }
    }
}

#[test]
fn limits_are_those_of_the_grammar() {
    let part = |levels: usize| {
        [
            &b"(".repeat(levels - 1)[..],
            br#"("A" "B" NIL NIL NIL "7BIT" 1)"#,
            &b" \"X\")".repeat(levels - 1),
        ]
        .concat()
    };
    let server = ParseLimits::server();
    assert!(agree(&part(64), body, fast_body::body, server));
    assert!(!agree(&part(65), body, fast_body::body, server));
    let extension = |levels| {
        [
            br#"("A" "B" NIL NIL NIL "7BIT" 1 NIL NIL NIL NIL "#,
            &b"(".repeat(levels)[..],
            b"1",
            &b")".repeat(levels),
            b")",
        ]
        .concat()
    };
    assert!(agree(&extension(64), body, fast_body::body, server));
    assert!(!agree(&extension(65), body, fast_body::body, server));
    let few = ParseLimits { elements: 3, ..ParseLimits::client() };
    for (count, is_fine) in [(3, true), (4, false)] {
        let addresses = "(NIL NIL NIL NIL)".repeat(count);
        let octets = alloc::format!("(NIL NIL NIL NIL NIL ({addresses}) NIL NIL NIL NIL)");
        assert_eq!(agree(octets.as_bytes(), envelope, fast::envelope, few), is_fine);
        for (before, item, behind) in [
            ("(\"A\" \"B\" (", "\"C\" \"D\"", ") NIL NIL \"7BIT\" 1)"),
            ("(\"A\" \"B\" NIL NIL NIL \"7BIT\" 1 NIL NIL (", "\"C\"", "))"),
        ] {
            let octets = alloc::format!("{before}{}{behind}", alloc::vec![item; count].join(" "));
            assert_eq!(agree(octets.as_bytes(), body, fast_body::body, few), is_fine, "{octets}");
        }
    }
}
