//! The FETCH response in parts, for bodies that do not fit in memory.

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink};

use super::{BodyBegin, FetchItem, MalformedFetch};
use crate::Defect;
use crate::codec::{Cursor, Encoder, MessageNumber, SeqNum, Uid};

/// A part of a FETCH response.
///
/// They come in this order: [`Begin`](Self::Begin); items and bodies, a body being
/// [`BodyBegin`](Self::BodyBegin), chunks and [`BodyEnd`](Self::BodyEnd); [`End`](Self::End). Or it
/// breaks off anywhere with [`Malformed`](Self::Malformed), the last of its parts.
///
/// The [`FetchReader`](crate::FetchReader) makes them of octets, the
/// [`FetchCollector`](crate::FetchCollector) makes one value of them, and the
/// [`FetchWriter`](crate::FetchWriter) octets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[must_use]
pub enum FetchPart {
    /// Which message it is about.
    Begin(FetchBegin),
    /// An item, or a body that came whole.
    Item(FetchItem),
    /// The octets of a body follow.
    BodyBegin(alloc::boxed::Box<BodyBegin>),
    /// Octets of the body.
    Chunk(Bytes),
    /// All of them were there.
    BodyEnd,
    /// There is nothing more.
    End,
    /// The rest cannot be read.
    Malformed(MalformedFetch),
}

/// Which message a FETCH response is about.
///
/// ```abnf
/// message-data   = nz-number SP "FETCH" SP msg-att
/// uidfetch-resp  = uniqueid SP "UIDFETCH" SP msg-att
/// ```
///
/// (RFC 9051 section 7.5.2, RFC 9586 section 3.4.)
///
/// ```
/// use imap_proto::{FetchBegin, SeqNum};
///
/// let begin = FetchBegin::seq_num(SeqNum::MIN);
/// assert_eq!(begin.number().unwrap().get(), 1);
/// assert!(!begin.is_uid());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FetchBegin {
    number: Option<MessageNumber>,
    is_uid: bool,
}

impl FetchBegin {
    /// `* n FETCH`
    #[must_use]
    pub fn seq_num(number: SeqNum) -> Self {
        Self { number: Some(number.into()), is_uid: false }
    }

    /// `* uid UIDFETCH`
    #[must_use]
    pub fn uid(uid: Uid) -> Self {
        Self { number: Some(uid.into()), is_uid: true }
    }

    /// The sequence number or UID of the message. None for message 0, which a lenient reading lets
    /// through: a response to ignore (Q58).
    #[must_use]
    pub const fn number(self) -> Option<MessageNumber> {
        self.number
    }

    /// It is a UIDFETCH.
    #[must_use]
    pub const fn is_uid(self) -> bool {
        self.is_uid
    }

    /// Reads it, from `*` to the name.
    ///
    /// # Errors
    ///
    /// It is another response.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("*")?;
        cursor.space(reading)?;
        let mut at_number = cursor.clone();
        let number = cursor.nz_number_or_zero(reading)?.map(MessageNumber::from);
        cursor.space(reading)?;
        let at = cursor.at();
        let is_uid = match cursor.keyword().as_bytes() {
            b"FETCH" => false,
            // There is no message of UID 0.
            b"UIDFETCH" => Uid::parse(&mut at_number, reading).map(|_| true)?,
            _ => return Err(ParseError::new(at, "FETCH or UIDFETCH")),
        };
        Ok(Self { number, is_uid })
    }

    /// Writes it.
    pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"* ");
        encoder.number(self.number.map_or(0, |number| number.get().into()));
        encoder.put(if self.is_uid { b" UIDFETCH" } else { b" FETCH" });
    }
}
