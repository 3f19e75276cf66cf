//! What FETCH is told beside the data items: modifiers in a list behind them.

use core::num::NonZeroU32;
use core::ops::RangeInclusive;

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{Cursor, Encoder, Ext, ExtLabel, ModSeq};

/// Some of the results, counted from the first or from the last.
///
/// ```abnf
/// partial-range-first = nz-number ":" nz-number
/// partial-range-last  = MINUS nz-number ":" MINUS nz-number
/// partial-range       = partial-range-first / partial-range-last
/// ```
///
/// (RFC 9394 section 4.) `500:400` is the same as `400:500`; order is kept as received.
///
/// ```
/// use imap_proto::{Encoder, Negotiated, PartialRange};
///
/// let newest = PartialRange::last(1, 100).unwrap();
/// assert_eq!(newest.positions(), 1..=100);
/// let mut out = Vec::new();
/// newest.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b"-1:-100");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PartialRange {
    /// From the lowest UID on: 1 is the first.
    First {
        /// One end.
        from: NonZeroU32,
        /// The other end.
        to: NonZeroU32,
    },
    /// From the highest UID down: 1 is the last.
    Last {
        /// One end.
        from: NonZeroU32,
        /// The other end.
        to: NonZeroU32,
    },
}

impl PartialRange {
    /// `from:to`, unless one of them is 0.
    #[must_use]
    pub fn first(from: u32, to: u32) -> Option<Self> {
        Some(Self::First { from: NonZeroU32::new(from)?, to: NonZeroU32::new(to)? })
    }

    /// `-from:-to`, unless one of them is 0.
    #[must_use]
    pub fn last(from: u32, to: u32) -> Option<Self> {
        Some(Self::Last { from: NonZeroU32::new(from)?, to: NonZeroU32::new(to)? })
    }

    /// The positions, counted from 1 at its end, the least of them first.
    #[must_use]
    pub fn positions(self) -> RangeInclusive<u32> {
        let (Self::First { from, to } | Self::Last { from, to }) = self;
        from.min(to).get()..=from.max(to).get()
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or its ends count from different sides.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let is_last = cursor.eat(b'-');
        let from = cursor.nz_number(reading)?;
        cursor.tag(":")?;
        if is_last {
            cursor.tag("-")?;
        }
        let to = cursor.nz_number(reading)?;
        Ok(if is_last { Self::Last { from, to } } else { Self::First { from, to } })
    }

    /// Writes it.
    pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        let (sign, from, to): (&[u8], _, _) = match self {
            Self::First { from, to } => (b"", from, to),
            Self::Last { from, to } => (b"-", from, to),
        };
        encoder.put(sign);
        encoder.number(from.get().into());
        encoder.put(b":");
        encoder.put(sign);
        encoder.number(to.get().into());
    }
}

/// A modifier of FETCH.
///
/// ```abnf
/// fetch-modifier      = fetch-modifier-name [SP fetch-modif-params]
/// fetch-modifier      =/ chgsince-fetch-mod / rexpunges-fetch-mod / modifier-partial
/// chgsince-fetch-mod  = "CHANGEDSINCE" SP mod-sequence-value
/// rexpunges-fetch-mod = "VANISHED"
/// modifier-partial    = "PARTIAL" SP partial-range
/// ```
///
/// (RFC 4466 section 2.5, RFC 7162 sections 3.1.4.1 and 3.2.6, RFC 9394 section 3.3.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum FetchModifier {
    /// Only messages that have changed since. None is the 0 that iOS Mail sends, read leniently: all
    /// messages, each with its mod-sequence. It is written as it came. (C2.)
    ChangedSince(Option<ModSeq>),
    /// And tell which have been expunged since. UID FETCH with CHANGEDSINCE only.
    Vanished,
    /// Only some of the messages. UID FETCH only.
    Partial(PartialRange),
    /// One that the library does not know.
    Other(Ext),
}

impl FetchModifier {
    /// Whether the list behind a space that comes next is one of modifiers that are known.
    pub(super) fn begins_list(cursor: &Cursor<'_>) -> bool {
        let mut ahead = cursor.clone();
        ahead.eat_tag(b" (") && is_known(ahead.keyword().as_bytes())
    }

    /// Whether the library knows a modifier of this name.
    pub(super) fn knows(label: &ExtLabel) -> bool {
        ["CHANGEDSINCE", "VANISHED", "PARTIAL"].iter().any(|name| label.is(name))
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or its value is not well-formed.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let label = ExtLabel::parse(cursor, reading)?;
        if label.is("CHANGEDSINCE") {
            cursor.space(reading)?;
            return ModSeq::parse(cursor, reading).map(Self::ChangedSince);
        }
        if label.is("VANISHED") {
            return Ok(Self::Vanished);
        }
        if label.is("PARTIAL") {
            cursor.space(reading)?;
            return PartialRange::parse(cursor, reading).map(Self::Partial);
        }
        Ext::parse_value(label, cursor, reading).map(Self::Other)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::ChangedSince(mod_seq) => {
                encoder.put(b"CHANGEDSINCE ");
                encoder.number(mod_seq.map_or(0, ModSeq::get));
            }
            Self::Vanished => encoder.put(b"VANISHED"),
            Self::Partial(range) => {
                encoder.put(b"PARTIAL ");
                range.encode(encoder);
            }
            Self::Other(ext) => ext.encode(encoder),
        }
    }
}

fn is_known(word: &[u8]) -> bool {
    matches!(word, b"CHANGEDSINCE" | b"VANISHED" | b"PARTIAL")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::vec;
    use proptest::prelude::*;

    pub(crate) fn any_partial_range() -> impl Strategy<Value = PartialRange> {
        (any::<bool>(), 1..=u32::MAX, 1..=u32::MAX).prop_map(|(is_last, from, to)| {
            let range = if is_last { PartialRange::last } else { PartialRange::first };
            range(from, to).unwrap()
        })
    }

    pub(crate) fn any_mod_seq() -> impl Strategy<Value = ModSeq> {
        (1..=u64::MAX >> 1).prop_map(|value| ModSeq::new(value).unwrap())
    }

    /// A label with or without a value, none that has a meaning.
    pub(crate) fn any_ext() -> impl Strategy<Value = Ext> {
        r#"X-[A-Za-z0-9:._-]{0,6}( ([0-9]{1,4}(:[0-9*])?|\((a "b \(" \(c d\))?\)))?"#
            .prop_map(|octets| strict(octets.as_bytes(), Ext::parse).unwrap())
    }

    proptest! {
        #[test]
        fn round_trip(range in any_partial_range(), mod_seq in any_mod_seq(), ext in any_ext()) {
            round_trips(&range, |range, encoder| range.encode(encoder), PartialRange::parse);
            for modifier in [
                FetchModifier::ChangedSince(Some(mod_seq)),
                FetchModifier::Vanished,
                FetchModifier::Partial(range),
                FetchModifier::Other(ext),
            ] {
                round_trips(&modifier, FetchModifier::encode, FetchModifier::parse);
            }
        }
    }

    #[test]
    fn ranges_of_results() {
        for octets in ["1:5", "-1:-30", "500:400", "-4294967295:-1", "7:7"] {
            let write = |range: &PartialRange, encoder: &mut Encoder<'_, _>| range.encode(encoder);
            reads_and_writes(octets.as_bytes(), PartialRange::parse, write);
        }
        assert_eq!(PartialRange::first(500, 400).unwrap().positions(), 400..=500);
        assert_eq!(PartialRange::last(0, 1), None);
        for (octets, at) in
            [("", 0), ("1", 1), ("1:-5", 2), ("-1:5", 3), ("0:1", 0), ("*:1", 0), ("-", 1)]
        {
            let read = strict(octets.as_bytes(), PartialRange::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    #[test]
    fn modifiers() {
        for octets in ["CHANGEDSINCE 12345", "VANISHED", "PARTIAL -1:-3", "X-A", "X-A (b c)"] {
            reads_and_writes(octets.as_bytes(), FetchModifier::parse, FetchModifier::encode);
        }
        let lower = strict(b"changedsince 5", FetchModifier::parse);
        assert_eq!(lower, Ok(FetchModifier::ChangedSince(ModSeq::new(5))));
        for (octets, at) in [("CHANGEDSINCE", 12), ("PARTIAL (1:2)", 8), ("VANISHED 1", 8)] {
            let read = strict(octets.as_bytes(), FetchModifier::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    /// C2.
    #[test]
    fn changed_since_zero_is_all() {
        let octets = b"CHANGEDSINCE 0";
        assert_eq!(strict(octets, FetchModifier::parse).map_err(|error| error.at), Err(13));
        let all = FetchModifier::ChangedSince(None);
        assert_eq!(lenient(octets, FetchModifier::parse), (Ok(all), vec![Defect::ZeroNumber]));
    }
}
