//! The arguments of COPY and MOVE.

use mail_proto::{ParseError, Reading, Sink};

use super::{Cursor, Encoder, Mailbox, SequenceSet, SetNumber};
use crate::Defect;

/// Which messages go where: the arguments of COPY, MOVE, UID COPY and UID MOVE.
///
/// ```abnf
/// copy           = "COPY" SP sequence-set SP mailbox
/// move           = "MOVE" SP sequence-set SP mailbox
/// ```
///
/// (RFC 9051 sections 6.4.7 and 6.4.8, RFC 6851.)
///
/// ```
/// use imap_proto::{CopyOrMove, Encoder, Mailbox, Negotiated, Uid};
///
/// let copy = CopyOrMove::<Uid>::new(Uid::MIN, Mailbox::new("Sent Items").unwrap());
/// let mut out = Vec::new();
/// copy.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" 1 \"Sent Items\"");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CopyOrMove<N> {
    /// The messages.
    pub set: SequenceSet<N>,
    /// Where they go.
    pub mailbox: Mailbox,
}

impl<N: SetNumber> CopyOrMove<N> {
    /// These messages to this mailbox.
    #[must_use]
    pub fn new(set: impl Into<SequenceSet<N>>, mailbox: Mailbox) -> Self {
        Self { set: set.into(), mailbox }
    }

    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// There is no set, or no mailbox.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let set = SequenceSet::parse(cursor, reading)?;
        cursor.space(reading)?;
        Ok(Self { set, mailbox: Mailbox::parse(cursor, reading)? })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.set.encode(encoder);
        encoder.space();
        self.mailbox.encode(encoder);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use crate::{Position, Ranges, SeqNum, SetRange, Uid};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Any set, `$` among them.
    pub(crate) fn any_sequence_set<N: SetNumber>() -> impl Strategy<Value = SequenceSet<N>> {
        let number = prop_oneof![1u32..9, any::<u32>()];
        let position = proptest::option::weighted(0.8, number)
            .prop_map(|number| number.and_then(N::new).map_or(Position::Last, Position::Number));
        let ranges = proptest::collection::vec((position.clone(), position), 0..4);
        ranges.prop_map(|ranges: Vec<_>| {
            let mut ranges = ranges.into_iter();
            let Some((first, last)) = ranges.next() else { return SequenceSet::Saved };
            let mut set = Ranges::range(first, last);
            ranges.for_each(|(first, last)| set.push(SetRange { first, last }));
            SequenceSet::Ranges(set)
        })
    }

    pub(crate) fn any_copy<N: SetNumber>() -> impl Strategy<Value = CopyOrMove<N>> {
        (any_sequence_set(), "[^\\x00]{0,20}")
            .prop_map(|(set, mailbox)| CopyOrMove { set, mailbox: Mailbox::new(mailbox).unwrap() })
    }

    proptest! {
        #[test]
        fn round_trip(numbers in any_copy::<SeqNum>(), uids in any_copy::<Uid>()) {
            round_trips(&numbers, CopyOrMove::encode, CopyOrMove::parse);
            round_trips(&uids, CopyOrMove::encode, CopyOrMove::parse);
        }
    }

    /// RFC 9051 sections 6.4.4.4, 6.4.7, 6.4.8 and 7.1, RFC 5182, RFC 4549.
    #[test]
    fn examples() {
        for octets in [
            " 2:4 MEETING",
            " 305:310 meeting",
            " 1:* oldmail",
            " $ \"Other Messages\"",
            " 567,414 \"Interesting Messages\"",
            " 42:69 foo",
            " 597 Archives/2023/2023-05",
        ] {
            reads_and_writes(octets.as_bytes(), CopyOrMove::<SeqNum>::parse, CopyOrMove::encode);
            reads_and_writes(octets.as_bytes(), CopyOrMove::<Uid>::parse, CopyOrMove::encode);
        }
        let quoted = strict(b" $ \"Junk\"", CopyOrMove::<Uid>::parse).unwrap();
        let junk = Mailbox::new("Junk").unwrap();
        assert_eq!(quoted, CopyOrMove { set: SequenceSet::Saved, mailbox: junk });
    }

    #[test]
    fn what_is_missing() {
        for (octets, at) in
            [("", 0), (" ", 1), (" 1", 2), (" 1 ", 3), ("1 a", 0), (" 0 a", 1), (" 1 (a)", 3)]
        {
            let read = strict(octets.as_bytes(), CopyOrMove::<Uid>::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets:?}");
        }
    }
}
