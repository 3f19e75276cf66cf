//! Tests of ENVELOPE and BODYSTRUCTURE: what all of them share.

mod body_quirks;
mod envelope_quirks;
mod fast;
mod hostile;
mod meaning;
mod strategies;

pub(crate) use strategies::{any_body_structure, any_envelope};

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{Leniency, Reading};

use super::{BodyStructure, Envelope};
use crate::Defect;
use crate::codec::Encoder;
use crate::codec::testing::{lenient, strict, written};

/// Reads a BODYSTRUCTURE that is put up with: it, the defects, and where a strict reading stops.
///
/// What is written for it must be strict, and must be written again as it is.
#[track_caller]
fn odd_body(octets: &[u8]) -> (BodyStructure, Vec<Defect>, usize) {
    let (read, defects) = lenient(octets, BodyStructure::parse);
    let read = read.unwrap_or_else(|error| panic!("{}: {error}", mail_proto::Escaped(octets)));
    let at = strict(octets, BodyStructure::parse).expect_err("a strict reading stops").at;
    for body in [false, true] {
        let write = |read: &BodyStructure, encoder: &mut Encoder<'_, _>| {
            if body { read.encode_body(encoder) } else { read.encode(encoder) }
        };
        let out = written(|encoder| write(&read, encoder));
        let again = strict(&out, BodyStructure::parse)
            .unwrap_or_else(|error| panic!("{}: {error}", mail_proto::Escaped(&out)));
        assert_eq!(written(|encoder| write(&again, encoder)), out);
        assert!(again.is_canonical());
    }
    (read, defects, at)
}

#[track_caller]
fn odd_envelope(octets: &[u8]) -> (Envelope, Vec<Defect>, usize) {
    let (read, defects) = lenient(octets, Envelope::parse);
    let read = read.unwrap_or_else(|error| panic!("{}: {error}", mail_proto::Escaped(octets)));
    let at = strict(octets, Envelope::parse).expect_err("a strict reading stops").at;
    let out = written(|encoder| read.encode(encoder));
    let again = strict(&out, Envelope::parse)
        .unwrap_or_else(|error| panic!("{}: {error}", mail_proto::Escaped(&out)));
    assert_eq!(again, read);
    assert!(again.is_canonical());
    (read, defects, at)
}

/// Reads with quotes inside of strings put up with.
fn with_quotes<T>(
    octets: &[u8],
    from_wire: impl Fn(Bytes, &mut Reading<Defect>) -> Result<T, mail_proto::ParseError>,
) -> (T, Vec<Defect>) {
    let octets = Bytes::copy_from_slice(octets);
    assert!(from_wire(octets.clone(), &mut Reading::new(Leniency::lenient())).is_err());
    let mut reading = Reading::new(Leniency::strict().allow(Defect::UnescapedQuote));
    let value = from_wire(octets, &mut reading).unwrap();
    (value, reading.defects.iter().map(|defect| defect.id).collect())
}
