//! Nouns that are read by a short cut if they are as they nearly always are: the octets are one of them.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | bits: narrow limits |
//! | the rest | the noun |

use std::fmt::Debug;

use bytes::Bytes;
use imap_proto::{Command, Response, 
    BodyStructure, Cursor, Defect, Envelope, FetchData, NumberSet, ParseLimits, SearchData,
    SequenceSet, Uid,
};
use mail_proto::{Escaped, Leniency, Reading};

use crate::dice::Dice;
use crate::imap::{Encode, PEERS, Parse, written};

/// With short cuts and without, each noun is the same: value, end, defects, error, and what is written of it.
pub fn run(data: &[u8]) {
    let mut dice = Dice::new(data);
    let limits = match dice.byte() & 1 {
        0 => ParseLimits::client(),
        _ => ParseLimits { commands: 3, body: 3, others: 3, elements: 3 },
    };
    let octets = Bytes::copy_from_slice(dice.rest());
    let check = Check { octets, limits };
    check.same(Envelope::parse, Envelope::encode);
    check.same(BodyStructure::parse, BodyStructure::encode);
    check.same(NumberSet::<Uid>::parse, NumberSet::<Uid>::encode);
    check.same(SequenceSet::<Uid>::parse, SequenceSet::<Uid>::encode);
    check.same(SearchData::parse, SearchData::encode);
    check.same(FetchData::parse, FetchData::encode);
    check.same(Response::parse, Response::encode);
    check.same(Command::parse, Command::encode);
}

struct Check {
    octets: Bytes,
    limits: ParseLimits,
}

impl Check {
    fn same<T: PartialEq + Debug>(&self, parse: Parse<T>, encode: Encode<T>) {
        for leniency in [Leniency::strict(), Leniency::lenient()] {
            let read = |mut cursor: Cursor<'_>| {
                let mut reading = Reading::<Defect>::new(leniency);
                let value = parse(&mut cursor, &mut reading);
                let end = value.is_ok().then(|| cursor.at());
                (value, end, reading.defects, reading.unknown)
            };
            let cursor = Cursor::new(&self.octets).with_limits(self.limits);
            let (fast, slow) = (read(cursor.clone()), read(cursor.without_fast_paths()));
            assert_eq!(fast, slow, "{:?}", Escaped(&self.octets));
            let (Ok(fast), Ok(slow)) = (fast.0, slow.0) else { continue };
            for negotiated in PEERS {
                let of = |value| written(value, negotiated, encode);
                assert_eq!(of(&fast), of(&slow), "{:?}", Escaped(&self.octets));
            }
        }
    }
}
