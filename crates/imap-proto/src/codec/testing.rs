//! What the tests of the codec share.

use alloc::string::ToString;
use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{Leniency, ParseError, Reading};

use super::{Cursor, Encoder, Literals, Negotiated, Strings, parse_whole};
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

/// Writes the value for each kind of peer, reads it back strictly, and expects the same value.
#[track_caller]
pub(crate) fn round_trips<T: PartialEq + core::fmt::Debug>(
    value: &T,
    encode: impl Fn(&T, &mut Encoder<'_, Vec<u8>>),
    parse: impl Fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Parsed<T>,
) {
    let client = Negotiated::client();
    for negotiated in [
        Negotiated::server(),
        Negotiated { utf8: true, ..Negotiated::server() },
        client,
        Negotiated { literals: Literals::Minus, utf8: true, ..client },
        Negotiated { literals: Literals::Plus, binary: true, ..client },
        Negotiated { strings: Strings::Quoted, ..client },
        Negotiated { strings: Strings::Literal, ..client },
    ] {
        let mut out = Vec::new();
        encode(value, &mut Encoder::new(&mut out, negotiated));
        let read = strict(&out, &parse);
        assert_eq!(read.as_ref(), Ok(value), "{:?} {negotiated:?}", mail_proto::Escaped(&out));
    }
}

/// Reads the octets strictly and expects that the value is written as the same octets.
#[track_caller]
pub(crate) fn reads_and_writes<T>(
    octets: &[u8],
    parse: impl Fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Parsed<T>,
    encode: impl Fn(&T, &mut Encoder<'_, Vec<u8>>),
) -> T {
    let value = strict(octets, parse).unwrap_or_else(|error| {
        panic!("{:?}: {error}", mail_proto::Escaped(octets));
    });
    let out = written(|encoder| encode(&value, encoder));
    assert_eq!(mail_proto::Escaped(&out).to_string(), mail_proto::Escaped(octets).to_string());
    value
}
