//! The REPLACE command.

use mail_proto::{ParseError, Reading, Sink};

use super::AppendMessage;
use crate::Defect;
use crate::codec::set::private::Token;
use crate::codec::{Cursor, Encoder, Mailbox, Position, SetNumber};

/// The arguments of REPLACE, or with UIDs of UID REPLACE: a message that takes the place of another.
///
/// ```abnf
/// replace        = "REPLACE" SP seq-number SP mailbox append-message
/// uid            =/ "UID" SP replace
/// ```
///
/// (RFC 8508 section 5.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Position, Replace, SeqNum, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" 4 Drafts (\\Draft) {3}\r\na\r\n");
/// let mut reading = Reading::new(Leniency::strict());
/// let replace: Replace<SeqNum> = parse_whole(&octets, &mut reading, Replace::parse).unwrap();
/// assert_eq!(replace.replaced, Position::Number(SeqNum::new(4).unwrap()));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Replace<N> {
    /// The message that goes.
    pub replaced: Position<N>,
    /// Where the new one comes to.
    pub mailbox: Mailbox,
    /// The new one.
    pub message: AppendMessage,
}

impl<N: SetNumber> Replace<N> {
    /// Reads it, leading space included.
    ///
    /// # Errors
    ///
    /// There is no such thing.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let replaced = parse_replaced(cursor, reading)?;
        cursor.space(reading)?;
        let mailbox = Mailbox::parse(cursor, reading)?;
        let message = AppendMessage::parse(cursor, reading)?;
        Ok(Self { replaced, mailbox, message })
    }

    /// Writes it, leading space included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encode_replaced(self.replaced, encoder);
        encoder.space();
        self.mailbox.encode(encoder);
        self.message.encode(encoder);
    }
}

/// The message that goes, space before it included.
pub(super) fn parse_replaced<N: SetNumber>(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Position<N>, ParseError> {
    cursor.space(reading)?;
    Position::read(cursor, reading)
}

pub(super) fn encode_replaced<N: SetNumber, S: Sink>(
    replaced: Position<N>,
    encoder: &mut Encoder<'_, S>,
) {
    encoder.space();
    replaced.write(encoder);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::append::testing::any_message;
    use crate::codec::fetch::testing::any_mailbox;
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use crate::{SeqNum, Uid};
    use proptest::prelude::*;

    #[test]
    fn the_message_that_goes() {
        let parse = Replace::<Uid>::parse;
        let replace = reads_and_writes(b" * Drafts {1}\r\na", parse, Replace::encode);
        assert_eq!(replace.replaced, Position::Last);
        for (octets, at) in
            [(&b" 0 a {1}\r\na"[..], 1), (b" 1:2 a {1}\r\na", 2), (b" 1 a", 4), (b" a {1}\r\na", 1)]
        {
            assert_eq!(strict(octets, parse).unwrap_err().at, at);
        }
        // It has one message.
        assert_eq!(strict(b" 1 a {1}\r\na {1}\r\nb", parse).unwrap_err().at, 11);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            number in 1..=u32::MAX, mailbox in any_mailbox(), message in any_message(),
        ) {
            let replaced = SeqNum::new(number).map_or(Position::Last, Position::Number);
            let replace = Replace { replaced, mailbox, message };
            round_trips(&replace, Replace::encode, Replace::parse);
        }
    }
}
