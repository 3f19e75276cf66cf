//! What the tests of the codec share.

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{Leniency, ParseError, Reading};

use super::{Cursor, Encoder, Negotiated, parse_whole};
use crate::Defect;

type Parsed<T> = Result<T, ParseError>;

/// Parses the whole strictly.
pub(crate) fn strict<T>(
    octets: &[u8],
    parse: impl FnOnce(&mut Cursor<'_>, &mut Reading<Defect>) -> Parsed<T>,
) -> Parsed<T> {
    parse_whole(&Bytes::copy_from_slice(octets), &mut Reading::new(Leniency::strict()), parse)
}

/// Parses the whole leniently; the second value are the defects that were met.
pub(crate) fn lenient<T>(
    octets: &[u8],
    parse: impl FnOnce(&mut Cursor<'_>, &mut Reading<Defect>) -> Parsed<T>,
) -> (Parsed<T>, Vec<Defect>) {
    let mut reading = Reading::new(Leniency::lenient());
    let parsed = parse_whole(&Bytes::copy_from_slice(octets), &mut reading, parse);
    (parsed, reading.defects.iter().map(|defect| defect.id).collect())
}

/// What a server's encoder writes.
pub(crate) fn written(encode: impl FnOnce(&mut Encoder<'_, Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    encode(&mut Encoder::new(&mut out, Negotiated::server()));
    out
}
