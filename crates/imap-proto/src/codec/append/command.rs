//! The APPEND command.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::{AppendData, AppendMessage};
use crate::Defect;
use crate::codec::{Cursor, Encoder, Mailbox};

/// The arguments of APPEND: where to, and one or more messages.
///
/// ```abnf
/// append         = "APPEND" SP mailbox 1*append-message
/// ```
///
/// (RFC 9051 section 6.3.12; RFC 3502 has more than one message, RFC 4466 the options.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Append, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" Sent (\\Seen) {3}\r\na\r\n {3}\r\nb\r\n");
/// let append = parse_whole(&octets, &mut Reading::new(Leniency::strict()), Append::parse).unwrap();
/// assert_eq!(append.mailbox().as_bytes(), b"Sent");
/// assert_eq!(append.messages().len(), 2);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Append {
    mailbox: Mailbox,
    messages: Vec<AppendMessage>,
}

impl Append {
    /// These messages, unless there are none, or one without flags and date stands behind data of an
    /// unknown form, which it could not be told from.
    #[must_use]
    pub fn new(
        mailbox: Mailbox,
        messages: impl IntoIterator<Item = AppendMessage>,
    ) -> Option<Self> {
        let messages: Vec<_> = messages.into_iter().collect();
        let follow = messages.iter().zip(messages.iter().skip(1));
        let is_clear = follow.into_iter().all(|(one, next)| may_follow(one, next));
        (is_clear && !messages.is_empty()).then_some(Self { mailbox, messages })
    }

    /// One message.
    #[must_use]
    pub fn one(mailbox: Mailbox, message: AppendMessage) -> Self {
        Self { mailbox, messages: alloc::vec![message] }
    }

    /// Where to.
    #[must_use]
    pub const fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// The messages, of which a server takes all or none.
    #[must_use]
    pub fn messages(&self) -> &[AppendMessage] {
        &self.messages
    }

    /// Reads it, leading space included.
    ///
    /// # Errors
    ///
    /// There is no mailbox, or no message.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let mailbox = Mailbox::parse(cursor, reading)?;
        let mut messages = Vec::new();
        let mut room = cursor.limits().elements;
        while messages.is_empty() || has_message(cursor) {
            room = room.checked_sub(1).ok_or(cursor.expected("fewer messages"))?;
            messages.push(AppendMessage::parse(cursor, reading)?);
        }
        Ok(Self { mailbox, messages })
    }

    /// Writes it, leading space included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        for message in &self.messages {
            message.encode(encoder);
        }
    }
}

/// Whether the command goes on; spaces at its end are no message.
pub(super) fn has_message(cursor: &Cursor<'_>) -> bool {
    cursor.rest().iter().any(|octet| *octet != b' ')
}

/// Whether what follows a message is no part of it.
fn may_follow(message: &AppendMessage, next: &AppendMessage) -> bool {
    let is_open = matches!(message.data, AppendData::Ext(_));
    !is_open || next.flags.is_some() || next.date.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::append::testing::{any_append, commands};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use crate::codec::{
        AppendExt, ExtLabel, ExtValue, IString, Replace, SeqNum, SettableFlags, Uid,
    };
    use mail_proto::Escaped;
    use proptest::prelude::*;

    #[test]
    fn examples_of_the_rfcs() {
        let (mut count, mut identical) = (0, 0);
        for (id, octets) in commands() {
            let octets = octets.strip_suffix(b"\r\n").unwrap();
            let behind = |name: &[u8]| {
                let at = octets.windows(name.len()).position(|it| it == name)?;
                Some(octets.split_at(at + name.len()).1)
            };

            // Whether in quotes and with `+` is a matter of who writes.
            if let Some(octets) = behind(b" UID REPLACE") {
                let replace =
                    strict(octets, Replace::<Uid>::parse).map_err(|error| (&id, error)).unwrap();
                round_trips(&replace, Replace::encode, Replace::parse);
            } else if let Some(octets) = behind(b" REPLACE") {
                let replace =
                    strict(octets, Replace::<SeqNum>::parse).map_err(|error| (&id, error)).unwrap();
                round_trips(&replace, Replace::encode, Replace::parse);
            } else {
                let octets = behind(b" APPEND").unwrap();
                let append = strict(octets, Append::parse).map_err(|error| (&id, error)).unwrap();
                round_trips(&append, Append::encode, Append::parse);
                identical += usize::from(written(|encoder| append.encode(encoder)) == octets);
            }
            count += 1;
        }
        assert!(count > 12 && identical > 8, "{count} {identical}");
    }

    #[test]
    fn several_messages() {
        let octets = b" INBOX (\\Seen) {1}\r\na {0}\r\n CATENATE (URL a) X-A (b) () X-B 1";
        let append = reads_and_writes(octets, Append::parse, Append::encode);
        assert_eq!(append.messages().len(), 5);
        assert!(append.messages()[1].is_abort());
        let (read, defects) = lenient(b" a {1}\r\nb ", Append::parse);
        assert_eq!(
            (read.unwrap().messages().len(), &defects[..]),
            (1, &[Defect::TrailingSpace][..])
        );
        for (octets, at) in [(&b""[..], 0), (b" ", 1), (b" INBOX", 6), (b" a {1}\r\nb{1}\r\nc", 9)]
        {
            assert_eq!(strict(octets, Append::parse).unwrap_err().at, at, "{}", Escaped(octets));
        }
    }

    #[test]
    fn data_of_unknown_form_ends_where_flags_or_a_date_begin() {
        let value = strict(b"(a)", ExtValue::parse).unwrap();
        let ext = AppendExt::new(ExtLabel::new("X-A").unwrap(), value).unwrap();
        let open = || AppendMessage::new(AppendData::Ext(ext.clone()));
        let literal = || AppendMessage::new(IString::new("a").unwrap());
        let append = |messages| Append::new(Mailbox::INBOX, messages);
        assert!(append([literal(), open()]).is_some());
        assert_eq!(append([open(), literal()]), None);
        assert!(append([open(), literal().with_flags(SettableFlags::default())]).is_some());
        assert_eq!(Append::new(Mailbox::INBOX, []), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(append in any_append()) {
            round_trips(&append, Append::encode, Append::parse);
        }

        #[test]
        fn any_octets_are_read_or_refused(octets in proptest::collection::vec(
            prop::sample::select(b" (){}~\"\\\r\n\0aTEXURLCANUF8123+".to_vec()), 0..60)) {
            let octets = [b" a ".to_vec(), octets].concat();
            if let (Ok(append), _) = lenient(&octets, Append::parse) {
                round_trips(&append, Append::encode, Append::parse);
            }
        }
    }
}
