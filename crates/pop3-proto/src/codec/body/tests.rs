//! Stuffing and unstuffing, against a naive reading of the RFC.

use super::*;
use alloc::vec::Vec;
use bytes::BytesMut;

/// All bodies of up to so many octets of this alphabet.
fn bodies(longest: usize) -> impl Iterator<Item = Vec<u8>> {
    let alphabet = b"\r\n.a";
    (0..=longest).flat_map(move |length| {
        (0..4usize.pow(u32::try_from(length).unwrap())).map(move |mut code| {
            let mut octet = || {
                let octet = alphabet[code % 4];
                code /= 4;
                octet
            };
            (0..length).map(|_| octet()).collect()
        })
    })
}

/// What a body is for its reader: CR, LF and CRLF end lines, every line ends in CRLF.
fn normalized(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = body;
    while let Some((octet, after)) = rest.split_first() {
        rest = after;
        match octet {
            b'\r' | b'\n' => {
                out.extend(b"\r\n");
                if *octet == b'\r' && rest.starts_with(b"\n") {
                    rest = &rest[1..];
                }
            }
            octet => out.push(*octet),
        }
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend(b"\r\n");
    }
    out
}

/// A body whose lines end in CRLF, as RFC 1939 section 3 wants it on the wire.
fn stuffed(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut line_start = true;
    for (at, octet) in body.iter().enumerate() {
        if line_start && *octet == b'.' {
            out.push(b'.');
        }
        out.push(*octet);
        line_start = body[..=at].ends_with(b"\r\n");
    }
    if !line_start {
        out.extend(b"\r\n");
    }
    out.extend(b".\r\n");
    out
}

fn stuff(line_ends: LineEnds, pieces: &[&[u8]]) -> (Vec<u8>, Stuffed) {
    let mut out = Vec::new();
    let mut stuffer = Stuffer::new(line_ends);
    for piece in pieces {
        stuffer.push(Bytes::copy_from_slice(piece), &mut out);
    }
    let stuffed = stuffer.finish(&mut out);
    (out, stuffed)
}

/// The body and what is left behind it.
fn unstuff(leniency: &Leniency<Defect>, pieces: &[&[u8]]) -> (Option<Vec<u8>>, Vec<u8>, u64) {
    let mut unstuffer = Unstuffer::new(leniency);
    let (mut input, mut body) = (BytesMut::new(), Vec::new());
    for piece in pieces {
        input.extend_from_slice(piece);
        while let Some(part) = unstuffer.poll(&mut input) {
            match part {
                Part::Octets(octets) => {
                    assert!(!octets.is_empty());
                    body.extend(octets);
                }
                Part::End => assert!(unstuffer.is_over()),
            }
        }
    }
    let body = unstuffer.is_over().then_some(body);
    (body, input.to_vec(), unstuffer.examined())
}

/// The wire in two pieces, at every place, and in single octets.
fn splits(wire: &[u8]) -> impl Iterator<Item = Vec<&[u8]>> {
    let two = (0..=wire.len()).map(|at| Vec::from([&wire[..at], &wire[at..]]));
    two.chain(core::iter::once(wire.chunks(1).collect()))
}

#[test]
fn every_short_body_at_every_split() {
    for body in bodies(6) {
        let expected = normalized(&body);
        let wire = stuffed(&expected);
        let mut size = NormalizedSize::new();
        body.iter().for_each(|octet| size.push(&[*octet]));
        assert_eq!(size.finish(), expected.len() as u64, "{body:?}");
        for pieces in splits(&body) {
            let (out, done) = stuff(LineEnds::Normalize, &pieces);
            assert_eq!(out, wire, "{pieces:?}");
            assert_eq!(done.octets, expected.len() as u64);
            assert_eq!(done.repaired, body != expected);
        }
        for pieces in splits(&wire) {
            let (read, rest, examined) = unstuff(&Leniency::strict(), &pieces);
            assert_eq!(read.as_ref(), Some(&expected), "{pieces:?}");
            assert_eq!((rest.len(), examined), (0, wire.len() as u64));
        }
    }
}

/// Plain stretches go out a window at a time: whatever interrupts them, wherever.
#[test]
fn every_interruption_of_plain_lines_at_every_place() {
    let lines: Vec<u8> =
        (0..40).flat_map(|n| [&b"abcdefghijkl"[n % 11..], b"\r\n"].concat()).collect();
    assert!(lines.len() > 300);
    for odd in bodies(3) {
        for at in 0..=lines.len() {
            let body = [&lines[..at], &odd, &lines[at..]].concat();
            let expected = stuffed(&normalized(&body));
            for split in [0, at, at + odd.len() / 2, 128.min(body.len())] {
                let (first, second) = body.split_at(split);
                let (out, _) = stuff(LineEnds::Normalize, &[first, second]);
                assert_eq!(out, expected, "{odd:?} at {at}, split at {split}");
            }
        }
    }
}

#[test]
fn every_short_body_sent_as_it_is() {
    for body in bodies(5) {
        let wire = stuffed(&body);
        let mut expected = body.clone();
        if !body.is_empty() && !body.ends_with(b"\r\n") {
            expected.extend(b"\r\n");
        }
        for pieces in splits(&body) {
            let (out, done) = stuff(LineEnds::AsIs, &pieces);
            assert_eq!(out, wire, "{pieces:?}");
            assert_eq!((done.octets, done.repaired), (expected.len() as u64, body != expected));
        }
        for pieces in splits(&wire) {
            assert_eq!(unstuff(&Leniency::strict(), &pieces).0.as_ref(), Some(&expected));
        }
    }
}

/// A reader that looks at lines, as slow as can be.
fn naive(wire: &[u8], bare_lf: bool, keep_single: bool) -> (Option<Vec<u8>>, Vec<u8>) {
    let (mut body, mut rest) = (Vec::new(), wire);
    loop {
        let ends =
            |at: &usize| rest[*at] == b'\n' && (bare_lf || (*at > 0 && rest[*at - 1] == b'\r'));
        let Some(at) = (0..rest.len()).find(ends) else { return (None, Vec::new()) };
        let line;
        (line, rest) = rest.split_at(at + 1);
        let text = line.strip_suffix(b"\n").unwrap();
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        match text {
            b"." => return (Some(body), rest.to_vec()),
            [b'.', b'.', ..] => body.extend(&line[1..]),
            [b'.', ..] if !keep_single => body.extend(&line[1..]),
            _ => body.extend(line),
        }
    }
}

#[test]
fn every_short_wire_at_every_split_in_every_leniency() {
    for (bare_lf, keep_single) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut leniency = Leniency::strict();
        if bare_lf {
            leniency = leniency.allow(Defect::BareLf);
        }
        if keep_single {
            leniency = leniency.allow(Defect::KeepSingleDots);
        }
        for mut wire in bodies(6) {
            wire.extend(b"a\r\n.\r\n+OK\r\n");
            let (body, rest) = naive(&wire, bare_lf, keep_single);
            let examined = (wire.len() - rest.len()) as u64;
            for pieces in splits(&wire) {
                let read = unstuff(&leniency, &pieces);
                assert_eq!(read, (body.clone(), rest.clone(), examined), "{pieces:?}");
            }
        }
    }
}

#[test]
fn what_changes_framing_is_reported_once_and_where() {
    let met = |leniency: Leniency<Defect>, wire: &'static [u8], pieces: usize| {
        let mut unstuffer = Unstuffer::new(&leniency);
        let mut input = BytesMut::new();
        for piece in wire.chunks(pieces) {
            input.extend_from_slice(piece);
            while unstuffer.poll(&mut input).is_some() {}
        }
        unstuffer.defects().iter().map(|defect| (defect.id, defect.at)).collect::<Vec<_>>()
    };
    let bare = Leniency::strict().allow(Defect::BareLf);
    let keep = Leniency::strict().allow(Defect::KeepSingleDots);
    for pieces in [1, 100] {
        assert_eq!(met(bare, b"a\n..b\r\nc\n.\n", pieces), [(Defect::BareLf, 2)]);
        assert_eq!(met(bare, b"a\r\n.\n", pieces), [(Defect::BareLf, 3)]);
        assert_eq!(met(bare, b"a\r\n..b\r\n.\r\n", pieces), []);
        assert_eq!(
            met(keep, b"a\r\n..\r\n.b\r\n.c\r\n.\r\n", pieces),
            [(Defect::KeepSingleDots, 7)]
        );
        assert_eq!(met(keep, b".\rx\r\n.\r\n", pieces), [(Defect::KeepSingleDots, 0)]);
    }
}

#[test]
fn long_stretches_are_shared_not_copied() {
    struct Shared(usize);
    impl Sink for Shared {
        fn put(&mut self, _: &[u8]) {}
        fn put_shared(&mut self, octets: Bytes) {
            self.0 += octets.len();
        }
    }
    let line = [&[b'x'; 998][..], b"\r\n"].concat();
    let body = Bytes::from(line.repeat(10));
    for line_ends in [LineEnds::AsIs, LineEnds::Normalize] {
        let mut shared = Shared(0);
        let mut stuffer = Stuffer::new(line_ends);
        stuffer.push(body.clone(), &mut shared);
        stuffer.finish(&mut shared);
        assert_eq!(shared.0, body.len());
    }
    let mut input = BytesMut::from(&body[..]);
    input.extend_from_slice(b".\r\n");
    let address = input.as_ptr();
    let part = Unstuffer::new(&Leniency::strict()).poll(&mut input);
    assert!(matches!(part, Some(Part::Octets(octets)) if octets.as_ptr() == address));
}

#[test]
fn all_octets_pass() {
    let body: Vec<u8> = (0..=255).filter(|octet| !b"\r\n".contains(octet)).collect();
    let (wire, _) = stuff(LineEnds::Normalize, &[&body]);
    assert_eq!(unstuff(&Leniency::strict(), &[&wire]).0, Some([&body[..], b"\r\n"].concat()));
}

#[test]
fn lines_of_a_listing() {
    let of = |line: &'static str, leniency| unstuff_line(&Bytes::from(line), &leniency);
    let keep = Leniency::strict().allow(Defect::KeepSingleDots);
    for leniency in [Leniency::strict(), Leniency::lenient(), keep] {
        assert_eq!(of("", leniency).unwrap(), "");
        assert_eq!(of(".", leniency), None);
        assert_eq!(of("..", leniency).unwrap(), ".");
        assert_eq!(of("x.", leniency).unwrap(), "x.");
    }
    assert_eq!(of(".x", Leniency::strict()).unwrap(), "x");
    assert_eq!(of(".x", keep).unwrap(), ".x");
}
