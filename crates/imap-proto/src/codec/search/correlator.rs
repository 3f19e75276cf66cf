//! What ties search results to their command.

use core::num::NonZeroU32;

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{AString, Cursor, Depth, Encoder, IString, Mailbox, Tag};

/// Which command an ESEARCH answers, and for which mailbox.
///
/// ```abnf
/// search-correlator = SP "(" one-correlator *(SP one-correlator) ")"
/// one-correlator    = ("TAG" SP tag-string) / ("MAILBOX" SP astring) /
///                     ("UIDVALIDITY" SP nz-number)
/// tag-string        = astring / string
/// ```
///
/// (RFC 9051 section 9, RFC 7377 section 4.) Nothing is written where nothing is known.
///
/// ```
/// use imap_proto::{Correlator, Tag};
///
/// let tag = Tag::new("A142").unwrap();
/// assert!(Correlator::of(&tag).is_of(&tag));
/// assert!(Correlator::default().is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Correlator {
    /// The tag of the command.
    pub tag: Option<IString>,
    /// The mailbox, for the ESEARCH command (RFC 7377).
    pub mailbox: Option<Mailbox>,
    /// The UIDVALIDITY of the mailbox, for the ESEARCH command (RFC 7377).
    pub uid_validity: Option<NonZeroU32>,
}

impl Correlator {
    /// That of the command with the tag.
    #[must_use]
    pub fn of(tag: &Tag) -> Self {
        // A tag has no NUL.
        Self { tag: IString::new(tag.clone().into_bytes()).ok(), ..Self::default() }
    }

    /// Whether it names the command of the tag.
    #[must_use]
    pub fn is_of(&self, tag: &Tag) -> bool {
        self.tag.as_ref().is_some_and(|it| it.as_bytes() == tag.as_bytes())
    }

    /// Whether nothing is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.tag.is_none() && self.mailbox.is_none() && self.uid_validity.is_none()
    }

    /// Whether one comes next, rather than results in parentheses.
    pub(super) fn is_next(cursor: &Cursor<'_>) -> bool {
        let mut ahead = cursor.clone();
        ahead.eat(b'(')
            && matches!(ahead.keyword().as_bytes(), b"TAG" | b"MAILBOX" | b"UIDVALIDITY")
    }

    /// Reads it, from its parenthesis on.
    ///
    /// # Errors
    ///
    /// There is none, or it holds nothing, or something else.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        const EXPECTED: &str = "TAG, MAILBOX or UIDVALIDITY";
        let mut correlator = Self::default();
        let first = cursor.at().saturating_add(1);
        let mut is_empty = true;
        cursor.list(Depth::FLAT, reading, |cursor, _, reading| {
            is_empty = false;
            let error = cursor.expected(EXPECTED);
            let word = cursor.keyword();
            if !matches!(word.as_bytes(), b"TAG" | b"MAILBOX" | b"UIDVALIDITY") {
                return Err(error);
            }
            cursor.space(reading)?;
            match word.as_bytes() {
                b"TAG" => {
                    let tag = AString::parse(cursor, reading)?;
                    correlator.tag = IString::new(tag.into_bytes()).ok();
                }
                b"MAILBOX" => correlator.mailbox = Some(Mailbox::parse(cursor, reading)?),
                _ => correlator.uid_validity = cursor.nz_number_or_zero(reading)?,
            }
            Ok(())
        })?;
        if is_empty { Err(ParseError::new(first, EXPECTED)) } else { Ok(correlator) }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        let mut begins = true;
        let mut word = |word: &'static [u8], encoder: &mut Encoder<'_, S>| {
            if !core::mem::take(&mut begins) {
                encoder.space();
            }
            encoder.put(word);
        };
        if let Some(tag) = &self.tag {
            word(b"TAG ", encoder);
            tag.encode(encoder);
        }
        if let Some(mailbox) = &self.mailbox {
            word(b"MAILBOX ", encoder);
            mailbox.encode(encoder);
        }
        if let Some(uid_validity) = self.uid_validity {
            word(b"UIDVALIDITY ", encoder);
            encoder.number(uid_validity.get().into());
        }
        encoder.put(b")");
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::vec;
    use proptest::prelude::*;

    pub(crate) fn any_correlator() -> impl Strategy<Value = Correlator> {
        ("[ -~\u{e9}]{0,6}", proptest::option::of("[ -~]{1,6}"), proptest::option::of(1..=u32::MAX))
            .prop_map(|(tag, mailbox, uid_validity)| Correlator {
                tag: Some(IString::new(tag).unwrap()),
                mailbox: mailbox.map(|name| Mailbox::new(name).unwrap()),
                uid_validity: uid_validity.and_then(NonZeroU32::new),
            })
    }

    #[test]
    fn correlators_in_any_order() {
        let whole = b"(TAG \"tag1\" MAILBOX folder1 UIDVALIDITY 1)";
        let correlator = reads_and_writes(whole, Correlator::parse, Correlator::encode);
        let turned = strict(b"(uidvalidity 1 mailbox \"folder1\" tag tag1)", Correlator::parse);
        assert_eq!(turned, Ok(correlator));
        for (wrong, at) in [
            (&b"()"[..], 1),
            (b"(X 1)", 1),
            (b"(TAG)", 4),
            (b"(TAG \"a\"", 8),
            (b"(UIDVALIDITY 0)", 13),
        ] {
            assert_eq!(strict(wrong, Correlator::parse).map_err(|e| e.at), Err(at), "{wrong:?}");
        }
        let (zero, defects) = lenient(b"(TAG \"a\" UIDVALIDITY 0)", Correlator::parse);
        let tag = Correlator::of(&Tag::new("a").unwrap());
        assert_eq!((zero, defects), (Ok(tag), vec![Defect::ZeroNumber]));
    }

    proptest! {
        #[test]
        fn correlators_come_back(correlator in any_correlator()) {
            round_trips(&correlator, Correlator::encode, Correlator::parse);
        }
    }
}
