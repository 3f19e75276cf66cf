//! What must hold of anything that is read and written.

use std::fmt::Debug;

use bytes::Bytes;
use imap_proto::{Cursor, Defect, Encoder, Literals, Negotiated, Strings, parse_whole};
use mail_proto::{Escaped, Leniency, ParseError, Reading};

pub(crate) type Parse<T> = fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Result<T, ParseError>;
pub(crate) type Encode<T> = fn(&T, &mut Encoder<'_, Vec<u8>>);

/// A value for each kind of peer.
pub(crate) const PEERS: [Negotiated; 6] = {
    let (client, server) = (Negotiated::client(), Negotiated::server());
    [
        server,
        Negotiated { utf8: true, ..server },
        client,
        Negotiated { literals: Literals::Plus, binary: true, utf8: true, ..client },
        Negotiated { literals: Literals::Minus, strings: Strings::Quoted, ..client },
        Negotiated { strings: Strings::Literal, ..client },
    ]
};

pub(crate) fn read<T>(
    octets: &Bytes,
    leniency: Leniency<Defect>,
    parse: Parse<T>,
) -> (Result<T, ParseError>, Reading<Defect>) {
    let mut reading = Reading::new(leniency);
    let read = parse_whole(octets, &mut reading, parse);
    match &read {
        Ok(_) => assert!(reading.defects.iter().all(|defect| defect.at <= octets.len() as u64)),
        Err(error) => assert!(error.at <= octets.len(), "{error} in {:?}", Escaped(octets)),
    }
    (read, reading)
}

/// What a lenient reading takes for something else than it is, on purpose.
const MISREAD: [Defect; 1] = [Defect::NilFlag];

/// - No parser panics, and an error stands inside the message or at its end.
/// - What a strict reading accepts has no defects, and a lenient one reads the same.
/// - What is written of what was read is one message, and is read again: after a reading without
///   defects as the same value, strictly, whatever was agreed on.
/// - What is written of what was read of that is the same octets; but a code that is kept as it came,
///   because it is broken, has another text behind it once a space has been put there, and may be
///   whole then.
pub(crate) fn check<T: PartialEq + Debug>(octets: &Bytes, parse: Parse<T>, encode: Encode<T>) {
    let (strict, reading) = read(octets, Leniency::strict(), parse);
    let (lenient, met) = read(octets, Leniency::lenient(), parse);
    let is_misread = met.defects.iter().any(|defect| MISREAD.contains(&defect.id));
    if let Ok(value) = &strict
        && !is_misread
    {
        assert_eq!(reading.defects, [], "a defect in a strict reading");
        assert_eq!(lenient.as_ref(), Ok(value), "{:?}", Escaped(octets));
        assert_eq!(met.defects, [], "a defect in what is strict");
    }
    let is_kept_broken = met.defects.iter().any(|it| it.id == Defect::MalformedCode);
    let Ok(value) = lenient else { return };
    for negotiated in PEERS {
        let once = message(&value, negotiated, encode);
        let (again, _) = read(&once, Leniency::lenient(), parse);
        let again = again.unwrap_or_else(|error| panic!("{error} in our own {:?}", Escaped(&once)));
        let twice = message(&again, negotiated, encode);
        assert!(
            is_kept_broken || twice == once,
            "{:?}, then {:?} of {:?}",
            Escaped(&once),
            Escaped(&twice),
            Escaped(octets)
        );
        if met.defects.is_empty() {
            assert!(
                again == value || may_change(octets, negotiated),
                "{:?} of {:?}: {again:?}, {value:?}",
                Escaped(&once),
                Escaped(octets)
            );
            let (strict, _) = read(&once, Leniency::strict(), parse);
            assert_eq!(strict.as_ref(), Ok(&again), "{:?}", Escaped(&once));
        }
    }
}

/// Whether what is written of a value may be read as another one, of which the same is written: a search
/// for octets above 127 gets the charset that it lacked; where UTF-8 is enabled none is named (RFC 6855).
fn may_change(octets: &[u8], negotiated: Negotiated) -> bool {
    let has = |word: &[u8]| octets.windows(word.len()).any(|it| it.eq_ignore_ascii_case(word));
    let searches: [&[u8]; 3] = [b"SEARCH ", b"SORT ", b"THREAD "];
    (negotiated.utf8 || !octets.is_ascii()) && searches.into_iter().any(has)
}

/// The message that is written, without its line end.
pub(crate) fn message<T>(value: &T, negotiated: Negotiated, encode: Encode<T>) -> Bytes {
    let out = written(value, negotiated, encode);
    let line = out.strip_suffix(b"\r\n").expect("a message ends in CRLF");
    out.slice_ref(line)
}

/// What is written.
pub(crate) fn written<T>(value: &T, negotiated: Negotiated, encode: Encode<T>) -> Bytes {
    let mut out = Vec::new();
    encode(value, &mut Encoder::new(&mut out, negotiated));
    out.into()
}
