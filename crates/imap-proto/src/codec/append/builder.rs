//! The builder of APPEND.

use super::{Append, AppendMessage};
use crate::codec::Mailbox;

/// Begins an APPEND to this mailbox.
///
/// ```
/// use imap_proto::{AppendMessage, IString, Mailbox, append};
///
/// let message = AppendMessage::new(IString::new("Subject: a\r\n\r\nb\r\n").unwrap());
/// let append = append(Mailbox::INBOX).message(message);
/// assert_eq!(append.messages().len(), 1);
/// ```
pub const fn append(mailbox: Mailbox) -> AppendBuilder {
    AppendBuilder { mailbox }
}

/// An APPEND that has no message yet: [`append`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[must_use]
pub struct AppendBuilder {
    mailbox: Mailbox,
}

impl AppendBuilder {
    /// With this message.
    #[must_use]
    pub fn message(self, message: AppendMessage) -> Append {
        Append::one(self.mailbox, message)
    }

    /// With these messages, for a server that has said MULTIAPPEND; None if they are none, or cannot be
    /// told from each other ([`Append::new`]).
    #[must_use]
    pub fn messages(self, messages: impl IntoIterator<Item = AppendMessage>) -> Option<Append> {
        Append::new(self.mailbox, messages)
    }
}
