//! Random bodies through stuffer and unstuffer, in random pieces, against a naive reading of the RFC.
//!
//! All bodies of up to six octets of CR, LF, dot and a letter, at every split, are in the unit tests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use bytes::{Bytes, BytesMut};
use mail_proto::Leniency;
use pop3_proto::{Defect, LineEnds, NormalizedSize, Part, Stuffer, Unstuffer};
use proptest::collection::vec;
use proptest::prelude::*;

fn normalized(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut last = 0;
    for octet in body {
        match (last, octet) {
            (b'\r', b'\n') => {}
            (_, b'\r' | b'\n') => out.extend(b"\r\n"),
            (_, octet) => out.push(*octet),
        }
        last = *octet;
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend(b"\r\n");
    }
    out
}

fn cut<'a>(octets: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let (mut rest, mut sizes) = (octets, sizes.iter().cycle());
    std::iter::from_fn(move || {
        let piece;
        (piece, rest) = rest.split_at_checked(*sizes.next()?).unwrap_or((rest, &[]));
        (!piece.is_empty()).then_some(piece)
    })
}

fn stuff(line_ends: LineEnds, body: &[u8], sizes: &[usize]) -> (Vec<u8>, u64) {
    let mut out = Vec::new();
    let mut stuffer = Stuffer::new(line_ends);
    cut(body, sizes).for_each(|piece| stuffer.push(Bytes::copy_from_slice(piece), &mut out));
    let octets = stuffer.finish(&mut out).octets;
    (out, octets)
}

/// The body, what is left, what was looked at.
fn unstuff(wire: &[u8], sizes: &[usize]) -> (Vec<u8>, Vec<u8>, u64) {
    let mut unstuffer = Unstuffer::new(&Leniency::lenient());
    let (mut input, mut body) = (BytesMut::new(), Vec::new());
    for piece in cut(wire, sizes) {
        input.extend_from_slice(piece);
        while let Some(part) = unstuffer.poll(&mut input) {
            if let Part::Octets(octets) = part {
                body.extend(octets);
            }
        }
    }
    assert!(unstuffer.is_over());
    (body, input.to_vec(), unstuffer.examined())
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static [u8]> = vec![
        b"\r\n",
        b"\r",
        b"\n",
        b".",
        b"..",
        b"\r\n.\r\n",
        b"a",
        b"+OK\r\n",
        b"\r\n.",
        b"\0\xff",
    ];
    let long = vec(any::<u8>(), 300..900);
    let piece = prop_oneof![
        8 => proptest::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => long,
    ];
    vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn bodies(
        body in body(), push in vec(1..700usize, 1..5), read in vec(1..700usize, 1..5),
        rest in vec(any::<u8>(), 0..10),
    ) {
        let expected = normalized(&body);
        let (mut wire, octets) = stuff(LineEnds::Normalize, &body, &push);
        prop_assert_eq!(octets, expected.len() as u64);
        let mut size = NormalizedSize::new();
        cut(&body, &read).for_each(|piece| size.push(piece));
        prop_assert_eq!(size.finish(), octets);
        prop_assert_eq!(&wire, &stuff(LineEnds::Normalize, &body, &[1]).0);
        prop_assert_eq!(&wire, &stuff(LineEnds::AsIs, &expected, &read).0, "nothing left to repair");

        let examined = wire.len() as u64;
        wire.extend(&rest);
        for sizes in [&read[..], &[1], &[2], &[wire.len()]] {
            let (body, left, looked_at) = unstuff(&wire, sizes);
            prop_assert_eq!(&body, &expected);
            prop_assert_eq!((&left, looked_at), (&rest, examined));
        }
    }

    #[test]
    fn bodies_sent_as_they_are(body in body(), sizes in vec(1..700usize, 1..5)) {
        let mut expected = body.clone();
        if !body.is_empty() && !body.ends_with(b"\r\n") {
            expected.extend(b"\r\n");
        }
        let (wire, octets) = stuff(LineEnds::AsIs, &body, &sizes);
        prop_assert_eq!(octets, expected.len() as u64);
        prop_assert_eq!(unstuff(&wire, &sizes).0, expected);
    }

    /// A body that our server sends ends for every reader where it ends for us (S12).
    #[test]
    fn no_reader_ends_a_normalized_body_early(body in body(), sizes in vec(1..700usize, 1..5)) {
        let (wire, _) = stuff(LineEnds::Normalize, &body, &[64]);
        for id in [Defect::BareLf, Defect::KeepSingleDots] {
            let mut unstuffer = Unstuffer::new(&Leniency::lenient().allow(id));
            let (mut input, mut read) = (BytesMut::new(), Vec::new());
            for piece in cut(&wire, &sizes) {
                prop_assert!(!unstuffer.is_over());
                input.extend_from_slice(piece);
                while let Some(part) = unstuffer.poll(&mut input) {
                    if let Part::Octets(octets) = part {
                        read.extend(octets);
                    }
                }
            }
            prop_assert!(unstuffer.is_over());
            prop_assert_eq!((&input[..], unstuffer.defects().len()), (&b""[..], 0));
            prop_assert_eq!(read, normalized(&body));
        }
    }
}
