//! What the short cut takes is what the grammar takes without a defect, and it makes the same of it.

use bytes::Bytes;
use mail_proto::{Escaped, Leniency, Reading};

use super::*;
use crate::Defect;
use crate::codec::fetch::testing::examples;

const RESPONSES: [&str; 3] = [
    "* 1 FETCH (UID 7 FLAGS (\\Seen $Work \\Draft) INTERNALDATE \"17-Jul-2026 02:44:25 -0700\" \
     RFC822.SIZE 4294967295 MODSEQ (999999999999999999) BODY[] NIL)",
    "* 1 FETCH (FLAGS () INTERNALDATE \" 1-Feb-2024 23:59:60 +2359\" MODSEQ (1) UID 4294967296)",
    "* 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) UID 01 FLAGS (\\Recent))",
];

fn strict() -> Reading<Defect> {
    Reading::new(Leniency::strict())
}

/// Reads what stands behind so many octets both ways.
fn agree(octets: &Bytes, behind: usize) -> bool {
    let mut fast = Cursor::new(octets);
    fast.skip(behind - 1);
    let mut by_grammar = fast.clone();
    by_grammar.skip(1);
    let (mut items, mut reading) = (Vec::new(), strict());
    if !item(octets[behind - 1], &mut fast, &mut items) {
        assert_eq!((items.len(), fast.rest().len()), (0, octets.len() - behind + 1));
        return false;
    }
    let read = FetchItem::parse(&mut by_grammar, &mut reading).unwrap().unwrap();
    assert_eq!((&items[..], fast.rest()), (&[read][..], by_grammar.rest()), "{}", Escaped(octets));
    assert!(reading.defects.is_empty() && reading.unknown == 0);
    true
}

/// The same of lists of what is asked for.
fn lists_agree(octets: &Bytes, behind: usize) -> bool {
    let mut fast = Cursor::new(octets);
    fast.skip(behind);
    let mut by_grammar = fast.clone();
    let Some(atts) = atts(&mut fast) else {
        assert_eq!(fast.rest(), by_grammar.rest());
        return false;
    };
    let read = by_grammar.items("an item", &mut strict(), FetchAtt::parse);
    assert_eq!((Ok(atts), fast.rest()), (read, by_grammar.rest()), "{}", Escaped(octets));
    true
}

/// Each place where something begins, in the octets and in others that differ in one octet behind it.
fn everywhere(octets: &[u8], mut agree: impl FnMut(&Bytes, usize)) {
    const OTHERS: &[u8] = b" )\"0a\x80";
    // Bodies are of no interest here.
    let octets = octets.get(..400).unwrap_or(octets);
    let whole = Bytes::copy_from_slice(octets);
    for behind in 1..octets.len().min(200) {
        if !matches!(octets[behind - 1], b' ' | b'(') {
            continue;
        }
        agree(&whole, behind);
        for at in behind..octets.len().min(behind + 32) {
            for other in OTHERS {
                let mut changed = octets.to_vec();
                changed[at] = *other;
                agree(&changed.into(), behind);
            }
            let without = [&octets[..at], &octets[at + 1..]].concat();
            agree(&without.into(), behind);
        }
    }
}

#[test]
fn items_are_those_of_the_grammar() {
    let mut taken = 0;
    let examples = examples("S", "FETCH (").into_iter().map(|example| example.octets);
    for response in examples.chain(RESPONSES.map(Vec::from)) {
        everywhere(&response, |octets, behind| taken += u32::from(agree(octets, behind)));
    }
    assert!(taken > 10_000, "{taken}");
}

#[test]
fn lists_are_those_of_the_grammar() {
    let mut taken = 0;
    let examples = examples("C", "FETCH").into_iter().map(|example| example.octets);
    let known = "a FETCH 1 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE MODSEQ)";
    for command in examples.chain([known.into()]) {
        everywhere(&command, |octets, behind| {
            taken += u32::from(lists_agree(octets, behind - 1));
        });
    }
    assert!(taken > 500, "{taken}");
}

#[test]
fn what_is_common_is_taken() {
    let octets = Bytes::from(RESPONSES[0]);
    let mut cursor = Cursor::new(&octets);
    cursor.skip("* 1 FETCH ".len());
    let mut items = Vec::new();
    assert!(item(b'(', &mut cursor, &mut items));
    while item(b' ', &mut cursor, &mut items) {}
    assert_eq!((items.len(), cursor.rest()), (5, &b" BODY[] NIL)"[..]));
}
