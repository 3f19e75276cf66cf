//! What framing costs: each octet of a line once, those of a literal never, and no memory.

use imap_proto::connection::{Frame, FrameLimits, Framer};

use super::drive::{drive, inline, responses, stream};

const MIB: usize = 1024 * 1024;

/// A framer and what it returns own nothing, so they cannot keep memory.
const _: () = assert!(!core::mem::needs_drop::<Framer>());
const _: () = assert!(!core::mem::needs_drop::<Frame>());

#[test]
fn a_framer_is_a_few_integers() {
    assert!(size_of::<Framer>() <= 256, "{}", size_of::<Framer>());
}

#[test]
fn s17_a_line_of_16_mib_in_single_octets_costs_its_octets() {
    let mut line = b"* SEARCH".to_vec();
    line.resize(16 * MIB - 2, b' ');
    line.extend(b"\r\n");
    let mut framer = responses();
    for end in 1..line.len() {
        assert_eq!(framer.find(&line[..end]), Frame::Partial);
    }
    assert_eq!(framer.find(&line), Frame::Complete(16 * MIB));
    assert_eq!(framer.examined(), 16 * MIB as u64);
    let mut whole = responses();
    assert_eq!(whole.find(&line), Frame::Complete(16 * MIB));
    assert_eq!(whole.examined(), framer.examined());
}

#[test]
fn s13_a_literal_of_1_gib_costs_its_announcement() {
    let header = b"* 1 FETCH (BODY[] {1073741824}\r\n";
    let mut framer = responses();
    let Frame::Literal(literal) = framer.find(header) else { panic!() };
    assert_eq!(literal.size, 1 << 30);
    framer.inline().unwrap_err();
    framer.stream().unwrap();
    let mut left = 1 << 30;
    for chunk in [&[b'\n'; 1000][..], &[b'}'; 7], &[0; 65_536]] {
        assert_eq!(framer.find(chunk), Frame::Body { octets: chunk.len(), last: false });
        left -= chunk.len();
    }
    assert_eq!(framer.examined(), 2 * header.len() as u64);
    framer.discard().unwrap();
    let block = vec![b'\n'; 1 << 20];
    while left > block.len() {
        assert_eq!(framer.find(&block), Frame::Discard(block.len()));
        left -= block.len();
    }
    assert_eq!(framer.find(&block), Frame::Discard(left));
    assert_eq!(framer.find(b")\r\n"), Frame::Complete(3));
    assert_eq!(framer.examined(), 2 * header.len() as u64 + 3);
}

#[test]
fn the_largest_literal_costs_its_announcement() {
    let mut framer = responses();
    let header = format!("* 1 FETCH (BODY[] {{{}}}\r\n", i64::MAX);
    assert!(matches!(framer.find(header.as_bytes()), Frame::Literal(_)));
    framer.stream().unwrap();
    assert_eq!(framer.find(b"abc"), Frame::Body { octets: 3, last: false });
}

#[test]
fn a_kept_literal_is_waited_for_and_not_looked_at() {
    let mut wire = b"a ID {100000+}\r\n".to_vec();
    let header = wire.len() as u64;
    wire.resize(wire.len() + 100_000, b'\n');
    wire.extend(b"\r\n");
    let (seen, examined) = drive(Framer::commands(FrameLimits::server()), &wire, &[1], inline);
    assert_eq!(seen.pieces.len(), 1);
    assert_eq!(examined, 2 * header + 2);
}

#[test]
fn a_line_that_ends_in_a_brace_costs_twice_and_no_more() {
    let digits = "9".repeat(MIB);
    let quotes = "\"\\".repeat(MIB);
    let line = format!("a X {quotes} {{{digits}}}\r\n");
    let mut framer = Framer::commands(FrameLimits { line: 4 * MIB, ..FrameLimits::client() });
    for end in (0..line.len()).step_by(1000) {
        assert_eq!(framer.find(&line.as_bytes()[..end]), Frame::Partial);
    }
    assert!(!matches!(framer.find(line.as_bytes()), Frame::Partial));
    assert_eq!(framer.examined(), 2 * line.len() as u64);
}

#[test]
fn s16_parentheses_are_octets_like_others() {
    let line = [b"a SEARCH ", &b"(".repeat(MIB)[..], b" {1}\r\n"].concat();
    let limits = FrameLimits { line: 2 * MIB, ..FrameLimits::client() };
    let mut framer = Framer::commands(limits);
    assert!(matches!(framer.find(&line), Frame::Literal(_)));
    assert_eq!(framer.examined(), 2 * line.len() as u64);
}

#[test]
fn thousands_of_units_cost_their_octets_whatever_the_chunks() {
    let wire = b"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n".repeat(5000);
    for chunk in [1, 2, 16, 1460, usize::MAX] {
        let (seen, examined) = drive(responses(), &wire, &[chunk], stream);
        assert_eq!((seen.pieces.len(), examined), (5000, wire.len() as u64));
    }
}
