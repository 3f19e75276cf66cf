//! Which mailboxes NOTIFY and ESEARCH mean (RFC 5465, RFC 7377).

use mail_proto::{ParseError, Reading, Sink};

use super::{Cursor, Encoder, Mailbox, OneOrMore};
use crate::Defect;

/// Which mailboxes are meant.
///
/// ```abnf
/// filter-mailboxes          = filter-mailboxes-selected / filter-mailboxes-other
/// filter-mailboxes-selected = "selected" / "selected-delayed"
/// filter-mailboxes-other    = "inboxes" / "personal" / "subscribed" /
///                             ("subtree" SP one-or-more-mailbox) /
///                             ("subtree-one" SP one-or-more-mailbox) /
///                             ("mailboxes" SP one-or-more-mailbox)
/// one-or-more-mailbox       = mailbox / "(" mailbox *(SP mailbox) ")"
/// ```
///
/// (RFC 5465 section 8, RFC 7377 section 4.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{MailboxFilter, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let octets = Bytes::from_static(b"subtree (Lists Work)");
/// let filter = parse_whole(&octets, &mut reading, MailboxFilter::parse).unwrap();
/// assert_eq!(filter.mailboxes().len(), 2);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MailboxFilter {
    /// The selected mailbox.
    Selected,
    /// The selected mailbox; messages are taken away when a command allows it, as without NOTIFY.
    SelectedDelayed,
    /// All mailboxes to which mail is delivered.
    Inboxes,
    /// All mailboxes of the user.
    Personal,
    /// All mailboxes that the user has subscribed to.
    Subscribed,
    /// These mailboxes and all below them.
    Subtree(OneOrMore<Mailbox>),
    /// These mailboxes and those one level below them.
    SubtreeOne(OneOrMore<Mailbox>),
    /// These mailboxes.
    Mailboxes(OneOrMore<Mailbox>),
}

impl MailboxFilter {
    /// The mailboxes that it names.
    #[must_use]
    pub fn mailboxes(&self) -> &[Mailbox] {
        match self {
            Self::Subtree(mailboxes) | Self::SubtreeOne(mailboxes) | Self::Mailboxes(mailboxes) => {
                mailboxes
            }
            _ => &[],
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let error = cursor.expected("which mailboxes");
        let mut mailboxes = |cursor: &mut Cursor<'_>| {
            cursor.space(reading)?;
            parse_mailboxes(cursor, reading)
        };
        match cursor.keyword().as_bytes() {
            b"SELECTED" => Ok(Self::Selected),
            b"SELECTED-DELAYED" => Ok(Self::SelectedDelayed),
            b"INBOXES" => Ok(Self::Inboxes),
            b"PERSONAL" => Ok(Self::Personal),
            b"SUBSCRIBED" => Ok(Self::Subscribed),
            b"SUBTREE" => mailboxes(cursor).map(Self::Subtree),
            b"SUBTREE-ONE" => mailboxes(cursor).map(Self::SubtreeOne),
            b"MAILBOXES" => mailboxes(cursor).map(Self::Mailboxes),
            _ => Err(error),
        }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(match self {
            Self::Selected => b"selected",
            Self::SelectedDelayed => b"selected-delayed",
            Self::Inboxes => b"inboxes",
            Self::Personal => b"personal",
            Self::Subscribed => b"subscribed",
            Self::Subtree(_) => b"subtree ",
            Self::SubtreeOne(_) => b"subtree-one ",
            Self::Mailboxes(_) => b"mailboxes ",
        });
        if let Self::Subtree(it) | Self::SubtreeOne(it) | Self::Mailboxes(it) = self {
            encode_mailboxes(it, encoder);
        }
    }
}

/// One mailbox, or one or more in parentheses.
fn parse_mailboxes(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<OneOrMore<Mailbox>, ParseError> {
    if cursor.peek() != Some(b'(') {
        return Mailbox::parse(cursor, reading).map(OneOrMore::one);
    }
    cursor.one_or_more("a mailbox", reading, Mailbox::parse)
}

fn encode_mailboxes<S: Sink>(mailboxes: &[Mailbox], encoder: &mut Encoder<'_, S>) {
    match mailboxes {
        [mailbox] => mailbox.encode(encoder),
        mailboxes => encoder.list(mailboxes, Mailbox::encode),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::any_one_or_more;
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use proptest::prelude::*;

    fn any_mailboxes() -> impl Strategy<Value = OneOrMore<Mailbox>> {
        let name = "[ -~\u{e9}]{0,6}".prop_map(|name| Mailbox::new(name).unwrap());
        any_one_or_more(name)
    }

    pub(crate) fn any_mailbox_filter() -> impl Strategy<Value = MailboxFilter> {
        prop_oneof![
            Just(MailboxFilter::Selected),
            Just(MailboxFilter::SelectedDelayed),
            Just(MailboxFilter::Inboxes),
            Just(MailboxFilter::Personal),
            Just(MailboxFilter::Subscribed),
            any_mailboxes().prop_map(MailboxFilter::Subtree),
            any_mailboxes().prop_map(MailboxFilter::SubtreeOne),
            any_mailboxes().prop_map(MailboxFilter::Mailboxes),
        ]
    }

    #[test]
    fn filters_read_and_written() {
        for octets in [
            &b"selected"[..],
            b"selected-delayed",
            b"inboxes",
            b"personal",
            b"subscribed",
            b"subtree Lists",
            b"subtree-one \"a b\"",
            b"mailboxes (INBOX \"(\" {1}\r\n\r)",
        ] {
            reads_and_writes(octets, MailboxFilter::parse, MailboxFilter::encode);
        }
        let one = strict(b"MAILBOXES (misc)", MailboxFilter::parse);
        assert_eq!(one, strict(b"mailboxes misc", MailboxFilter::parse));
        for (octets, at) in [
            (&b""[..], 0),
            (b"all", 0),
            (b"subtree", 7),
            (b"subtree ", 8),
            (b"mailboxes ()", 11),
            (b"selected a", 8),
        ] {
            let read = strict(octets, MailboxFilter::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets:?}");
        }
    }

    proptest! {
        #[test]
        fn filters_come_back(filter in any_mailbox_filter()) {
            round_trips(&filter, MailboxFilter::encode, MailboxFilter::parse);
        }
    }
}
