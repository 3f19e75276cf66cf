//! Stuffing and unstuffing in pieces, against one who looks at an octet at a time.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | leniency of the reader |
//! | 1 + at most 7 | sizes of the pieces that are written |
//! | 1 + at most 7 | sizes of the pieces that are read |
//! | the rest | the body, and as it is also octets on the wire |

use bytes::{Bytes, BytesMut};
use mail_proto::Leniency;
use pop3_proto::{Defect, LineEnds, NormalizedSize, Part, Stuffed, Stuffer, Unstuffer};

use crate::dice::{Dice, leniency, pieces};
use crate::naive;

/// - What the stuffer writes is what the oracle writes, whatever the pieces, and it counts right.
/// - The unstuffer reads that back, for every reader where line ends are normalized.
/// - The unstuffer reads any octets as the oracle does, whatever the pieces.
pub fn run(data: &[u8]) {
    let mut dice = Dice::new(data);
    let leniency = leniency(dice.byte());
    let (writes, reads) = (dice.counted(7), dice.counted(7));
    let body = dice.rest();

    let normalized = naive::normalized(body);
    let written = stuff(LineEnds::Normalize, body, writes);
    assert_eq!(written.0, naive::stuffed(&normalized));
    assert_eq!(written.1.octets, normalized.len() as u64);
    assert_eq!(written.1.repaired, normalized != body);
    assert_eq!(size(body, reads), normalized.len() as u64);
    read_back(&written.0, &normalized, &leniency, reads);
    assert_eq!(stuff(LineEnds::AsIs, &normalized, reads).0, written.0, "nothing left to repair");

    let ended = naive::ended(body.to_vec());
    let written = stuff(LineEnds::AsIs, body, writes);
    assert_eq!(written.0, naive::stuffed(&ended));
    assert_eq!(written.1.octets, ended.len() as u64);
    assert_eq!(written.1.repaired, ended != body);
    read_back(&written.0, &ended, &Leniency::lenient(), reads);

    any_wire(body, &leniency, reads);
}

fn stuff(line_ends: LineEnds, body: &[u8], sizes: &[u8]) -> (Vec<u8>, Stuffed) {
    let mut out = Vec::new();
    let mut stuffer = Stuffer::new(line_ends);
    pieces(body, sizes).for_each(|piece| stuffer.push(Bytes::copy_from_slice(piece), &mut out));
    let stuffed = stuffer.finish(&mut out);
    (out, stuffed)
}

fn size(body: &[u8], sizes: &[u8]) -> u64 {
    let mut size = NormalizedSize::new();
    pieces(body, sizes).for_each(|piece| size.push(piece));
    size.finish()
}

/// What a reader got.
struct Read {
    body: Vec<u8>,
    left: Vec<u8>,
    over: bool,
    examined: u64,
    defects: Vec<mail_proto::Defect<Defect>>,
}

fn unstuff(wire: &[u8], leniency: &Leniency<Defect>, sizes: &[u8]) -> Read {
    let mut unstuffer = Unstuffer::new(leniency);
    let (mut input, mut body) = (BytesMut::new(), Vec::new());
    for piece in pieces(wire, sizes) {
        input.extend_from_slice(piece);
        while let Some(part) = unstuffer.poll(&mut input) {
            match part {
                Part::Octets(octets) => {
                    assert!(!octets.is_empty() && !unstuffer.is_over());
                    body.extend(octets);
                }
                Part::End => assert!(unstuffer.is_over()),
            }
        }
    }
    Read {
        body,
        left: input.to_vec(),
        over: unstuffer.is_over(),
        examined: unstuffer.examined(),
        defects: unstuffer.defects().to_vec(),
    }
}

fn read_back(wire: &[u8], body: &[u8], leniency: &Leniency<Defect>, sizes: &[u8]) {
    let read = unstuff(&[wire, b"+OK next"].concat(), leniency, sizes);
    assert!(read.over, "the end was not seen");
    assert_eq!(read.body, body);
    assert_eq!(read.left, b"+OK next");
    assert_eq!(read.examined, wire.len() as u64);
    assert_eq!(read.defects, [], "what we write has no defects");
}

fn any_wire(wire: &[u8], leniency: &Leniency<Defect>, sizes: &[u8]) {
    let (bare_lf, keep) =
        (leniency.allows(Defect::BareLf), leniency.allows(Defect::KeepSingleDots));
    let (body, taken) = naive::unstuffed(wire, bare_lf, keep);
    let (read, whole) = (unstuff(wire, leniency, sizes), unstuff(wire, leniency, &[]));
    assert_eq!(read.over, taken.is_some());
    assert_eq!(read.defects, whole.defects);
    assert_eq!((&read.body, read.examined), (&whole.body, whole.examined));
    match taken {
        Some(taken) => {
            assert_eq!(read.body, body);
            assert_eq!(read.left, &wire[taken..]);
            assert_eq!(read.examined, taken as u64);
        }
        // The last octets may be the beginning of the end, and are withheld.
        None => {
            assert!(body.starts_with(&read.body));
            assert!(body.len() <= read.body.len() + 2 && read.examined <= wire.len() as u64);
        }
    }
}
