//! UIDBATCHES: UIDs in ranges of about the same size (RFC 10022).

use alloc::vec::Vec;
use core::num::NonZeroU32;

use mail_proto::{ParseError, Reading, Sink};

use super::{Correlator, Cursor, Encoder, SetRange, Uid};
use crate::Defect;

/// The arguments of UIDBATCHES.
///
/// ```abnf
/// message-batches = "UIDBATCHES" SP nz-number [SP nz-number ":" nz-number]
/// ```
///
/// (RFC 10022.)
///
/// ```
/// use core::num::NonZeroU32;
/// use imap_proto::{Encoder, Negotiated, UidBatches};
///
/// let number = |number| NonZeroU32::new(number).unwrap();
/// let batches = UidBatches { size: number(2000), batches: Some((number(1), number(10))) };
/// let mut out = Vec::new();
/// batches.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" 2000 1:10");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct UidBatches {
    /// Messages of a batch. Servers may refuse less than 500.
    pub size: NonZeroU32,
    /// The first and the last batch to tell of, 1 being that of the greatest UIDs. None is all.
    pub batches: Option<(NonZeroU32, NonZeroU32)>,
}

/// The UIDs of batches of messages.
///
/// ```abnf
/// uidbatches-response = "UIDBATCHES" search-correlator [SP uid-range *("," uid-range)]
/// uid-range           = (uniqueid ":" uniqueid)
/// ```
///
/// (RFC 10022.) The ranges are those of the response, in its order, which is descending; UIDs in them
/// need not exist.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{UidBatchesData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" (TAG \"A1\") 9000:7001,7000:1");
/// let mut reading = Reading::new(Leniency::strict());
/// let data = parse_whole(&octets, &mut reading, UidBatchesData::parse).unwrap();
/// assert_eq!(data.batches.len(), 2);
/// assert_eq!(data.batches[1].bounds(), 1..=7000);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UidBatchesData {
    /// Which command it answers.
    pub correlator: Correlator,
    /// A range for each batch.
    pub batches: Vec<SetRange<Uid>>,
}

impl UidBatches {
    /// Reads it, from the space behind `UIDBATCHES` on.
    ///
    /// # Errors
    ///
    /// There is no size, or the range is not one.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let size = cursor.nz_number(reading)?;
        let mut batches = None;
        if cursor.another(reading)? {
            let first = cursor.nz_number(reading)?;
            cursor.tag(":")?;
            batches = Some((first, cursor.nz_number(reading)?));
        }
        Ok(Self { size, batches })
    }

    /// Writes it, from the space behind `UIDBATCHES` on.
    pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        encoder.number(self.size.get().into());
        if let Some((first, last)) = self.batches {
            encoder.space();
            encoder.number(first.get().into());
            encoder.put(b":");
            encoder.number(last.get().into());
        }
    }
}

impl UidBatchesData {
    /// Reads it, from the space behind `UIDBATCHES` on.
    ///
    /// # Errors
    ///
    /// There is no correlator, or one of the ranges is wrong.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let correlator = Correlator::parse(cursor, reading)?;
        let mut batches = Vec::new();
        if cursor.another(reading)? {
            batches.push(range(cursor, reading)?);
            while cursor.eat(b',') {
                batches.push(range(cursor, reading)?);
            }
        }
        Ok(Self { correlator, batches })
    }

    /// Writes it, from the space behind `UIDBATCHES` on.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.correlator.encode(encoder);
        for (index, range) in self.batches.iter().enumerate() {
            encoder.put(if index == 0 { b" " } else { b"," });
            range.first.encode(encoder);
            encoder.put(b":");
            range.last.encode(encoder);
        }
    }
}

/// `uid-range`
fn range(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<SetRange<Uid>, ParseError> {
    let first = Uid::parse(cursor, reading)?;
    if cursor.eat(b':') {
        return Ok(SetRange { first, last: Uid::parse(cursor, reading)? });
    }
    reading.tolerate(Defect::LoneUid, cursor.at(), ":")?;
    Ok(SetRange { first, last: first })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::search::tests::any_correlator;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::vec;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = NonZeroU32> {
        (1u32..).prop_map(|number| NonZeroU32::new(number).unwrap())
    }

    pub(crate) fn any_uid_batches() -> impl Strategy<Value = UidBatches> {
        (number(), proptest::option::of((number(), number())))
            .prop_map(|(size, batches)| UidBatches { size, batches })
    }

    pub(crate) fn any_uid_batches_data() -> impl Strategy<Value = UidBatchesData> {
        let range = (number(), number())
            .prop_map(|(first, last)| SetRange { first: first.into(), last: last.into() });
        (any_correlator(), proptest::collection::vec(range, 0..5))
            .prop_map(|(correlator, batches)| UidBatchesData { correlator, batches })
    }

    #[test]
    fn commands_read_and_written() {
        for octets in [&b" 2000"[..], b" 2000 1:10", b" 1 4294967295:1"] {
            reads_and_writes(octets, UidBatches::parse, |it, encoder| it.encode(encoder));
        }
        for (octets, at) in [
            (&b""[..], 0),
            (b" 0", 1),
            (b" 500 ", 4),
            (b" 500 1", 6),
            (b" 500 1:0", 7),
            (b" 500 1:*", 7),
            (b" 500 1:2:3", 8),
        ] {
            let error = strict(octets, UidBatches::parse).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
    }

    #[test]
    fn batches_stay_as_they_are_divided() {
        for octets in [
            &b" (TAG \"A1\")"[..],
            b" (TAG \"A1\") 7:7",
            b" (TAG \"A1\") 99695:20351,20350:7829,7828:1",
            b" (TAG \"A1\") 1:3,4:9",
        ] {
            reads_and_writes(octets, UidBatchesData::parse, UidBatchesData::encode);
        }
        for (octets, at) in [
            (&b""[..], 0),
            (b" 9:1", 1),
            (b" (TAG \"A1\") ", 11),
            (b" (TAG \"A1\") 7", 13),
            (b" (TAG \"A1\") 9:8,", 16),
            (b" (TAG \"A1\") 9:*", 14),
        ] {
            let error = strict(octets, UidBatchesData::parse).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
        let (data, defects) = lenient(b" (TAG \"A1\") 9:8,7", UidBatchesData::parse);
        assert_eq!(data.unwrap().batches[1].bounds(), 7..=7);
        assert_eq!(defects, vec![Defect::LoneUid]);
    }

    proptest! {
        #[test]
        fn commands_come_back(batches in any_uid_batches()) {
            round_trips(&batches, |it, encoder| it.encode(encoder), UidBatches::parse);
        }

        #[test]
        fn batches_come_back(data in any_uid_batches_data()) {
            round_trips(&data, UidBatchesData::encode, UidBatchesData::parse);
        }
    }
}
