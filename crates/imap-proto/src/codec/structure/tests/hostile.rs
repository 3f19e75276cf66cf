//! What is nested too deep, too long or too often.

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{Leniency, Reading};

use crate::codec::structure::{BodyStructure, Envelope};
use crate::codec::testing::written;
use crate::codec::{Cursor, ParseLimits};

/// On a stack that holds nothing that grows with its input.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(64 * 1024).spawn(test).unwrap().join().unwrap();
}

fn read(octets: Vec<u8>, body: u16) -> Result<BodyStructure, usize> {
    let octets = Bytes::from(octets);
    let limits = ParseLimits { body, ..ParseLimits::client() };
    let mut cursor = Cursor::new(&octets).with_limits(limits);
    BodyStructure::parse(&mut cursor, &mut Reading::new(Leniency::lenient()))
        .map_err(|error| error.at)
}

fn multiparts(levels: usize) -> Vec<u8> {
    let leaf = br#"("A" "B" NIL NIL NIL "7BIT" 1)"#;
    [&b"(".repeat(levels - 1)[..], leaf, &b" \"X\")".repeat(levels - 1)].concat()
}

fn messages(levels: usize) -> Vec<u8> {
    let begin =
        br#"("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "#;
    let leaf = br#"("A" "B" NIL NIL NIL "7BIT" 1)"#;
    [&begin.repeat(levels - 1)[..], leaf, &b" 1)".repeat(levels - 1)].concat()
}

#[test]
fn a_million_parentheses() {
    on_a_small_stack(|| {
        for octet in [&b"("[..], b"((\"A\"", b"(\"A\" (\"B\" \"C\" NIL ", b"(NIL ", b"( ("] {
            let octets = octet.repeat(1_000_000);
            assert!(read(octets.clone(), 1000).is_err());
            let octets = Bytes::from(octets);
            let mut reading = Reading::new(Leniency::lenient());
            assert!(Envelope::from_wire(octets, &mut reading).is_err());
        }
        assert_eq!(read(b"(".repeat(1_000_000), 1000).map(drop), Err(1000));
        let before = br#"("A" "B" NIL NIL NIL "7BIT" 1 NIL NIL NIL NIL "#;
        let extension = [&before[..], &b"(".repeat(1_000_000)].concat();
        assert_eq!(read(extension, 1000).map(drop), Err(before.len() + 1000));
    });
}

#[test]
fn levels_at_the_limit_and_one_over() {
    for octets in [multiparts, messages] {
        for limit in [1usize, 4, 64, 1000] {
            let structure = read(octets(limit), limit as u16).unwrap();
            assert_eq!(structure.depth(), limit);
            assert!(read(octets(limit + 1), limit as u16).is_err());
        }
    }
}

/// Reading, comparing, hashing, writing, printing, copying and dropping on a small stack.
#[test]
fn as_deep_as_can_be() {
    on_a_small_stack(|| {
        for octets in [multiparts(60_000), messages(60_000)] {
            let structure = read(octets.clone(), u16::MAX).unwrap();
            assert_eq!(structure.depth(), 60_000);
            let copy = structure.detach();
            assert!(copy == structure);
            assert_eq!(written(|encoder| structure.encode(encoder)), octets);
            assert_eq!(written(|encoder| structure.encode_body(encoder)), octets);
            assert!(alloc::format!("{structure:?}").len() > octets.len());
            assert_eq!(structure.parts().count(), 60_000);
        }
    });
}

/// Siblings, and what is looked at ahead, take linear time: these would take hours.
#[test]
fn wide_and_odd() {
    let leaf = br#"("A" "B" NIL NIL NIL "7BIT" 1)"#;
    let wide = [&b"("[..], &leaf.repeat(100_000), b" \"X\")"].concat();
    let structure = read(wide, 1000).unwrap();
    assert_eq!(structure.root().children().len(), 100_000);
    assert_eq!(structure.parts().count(), 100_001);
    assert_eq!(structure.root().children().last().unwrap().size(), Some(1));

    // Parts inside of parts, each behind a space and a description.
    let odd = [
        &br#"("d" NIL ("A" "B" NIL NIL NIL "7BIT" 1) "#.repeat(900)[..],
        &leaf.repeat(10_000),
        &br#" "X")"#.repeat(900),
    ]
    .concat();
    assert_eq!(read(odd, 1000).unwrap().depth(), 901);
}

#[test]
fn parts_are_counted_over_all_levels() {
    let limits = ParseLimits { elements: 4, ..ParseLimits::client() };
    let leaf = br#"("A" "B" NIL NIL NIL "7BIT" 1)"#;
    for (count, is_fine) in [(3, true), (4, false)] {
        let octets = Bytes::from([&b"("[..], &leaf.repeat(count), b" \"X\")"].concat());
        let mut cursor = Cursor::new(&octets).with_limits(limits);
        let read = BodyStructure::parse(&mut cursor, &mut Reading::new(Leniency::strict()));
        assert_eq!(read.is_ok(), is_fine);
    }
}

/// What would make an index many times as large as what it is of.
#[test]
fn an_index_is_in_proportion() {
    let structure =
        read([&b"("[..], &b"(\"\")".repeat(10_000), b" \"X\")"].concat(), 1000).unwrap();
    let entries = structure.wire().index.len();
    assert!(entries * 8 <= structure.as_wire().len() * 24, "{entries}");
}
