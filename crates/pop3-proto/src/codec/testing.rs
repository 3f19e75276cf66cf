//! What the tests of the codec share.

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{Leniency, ParseError, Reading};

use crate::Defect;

type Parsed<T> = Result<T, ParseError>;

/// Parses strictly.
pub(crate) fn strict<T>(
    line: &[u8],
    parse: impl FnOnce(&Bytes, &mut Reading<Defect>) -> Parsed<T>,
) -> Parsed<T> {
    parse(&Bytes::copy_from_slice(line), &mut Reading::new(Leniency::strict()))
}

/// Parses leniently; the second value are the defects that were met.
pub(crate) fn lenient<T>(
    line: &[u8],
    parse: impl FnOnce(&Bytes, &mut Reading<Defect>) -> Parsed<T>,
) -> (Parsed<T>, Vec<Defect>) {
    let mut reading = Reading::new(Leniency::lenient());
    let parsed = parse(&Bytes::copy_from_slice(line), &mut reading);
    (parsed, reading.defects.iter().map(|defect| defect.id).collect())
}

/// What an encoder writes.
pub(crate) fn written(encode: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    encode(&mut out);
    out
}
