//! IMAP URLs (RFC 5092, RFC 5593): where a server, a mailbox, a message or a part of one is.
//!
//! Nothing here connects to anything. A URL is often what a stranger wrote: before credentials go to its
//! server, ask the user or a policy (RFC 5092 section 10).

mod access;
mod message;
mod reference;
mod server;
mod text;

use alloc::boxed::Box;
use alloc::string::ToString;
use core::fmt;

use bytes::Bytes;
use mail_proto::ParseError;

pub use access::{
    UrlAccess, UrlApplication, UrlAuthorization, UrlExpire, UrlMechanism, UrlToken, UrlTokenDigits,
};
pub use mail_proto::url::{UrlHost, UrlText};
pub use message::{UrlMailbox, UrlMessage, UrlPartial, UrlSection};
pub use reference::{RelativeUrl, UrlReference};
pub use server::{UrlAuth, UrlServer};

use text::Text;

/// The longest URL that is read.
const LONGEST: usize = 16 * 1024;

/// An absolute IMAP URL.
///
/// ```abnf
/// imapurl         = "imap://" iserver ipath-query
/// ipath-query     = ["/" [ icommand ]]
/// ```
///
/// (RFC 5092 section 11.) Its text is rewritten in one form: two URLs that mean the same read as equal
/// values, though their octets may differ.
///
/// ```
/// use imap_proto::{ImapUrl, Uid, UrlTarget};
///
/// let url = ImapUrl::parse(b"imap://joe@example.com/a%20b;UIDVALIDITY=7/;uid=20/;section=1.2").unwrap();
/// assert_eq!(url.server.host.as_bytes(), b"example.com");
/// let UrlTarget::Message(message) = &url.target else { panic!() };
/// assert_eq!(message.mailbox.name.as_bytes(), b"a b");
/// assert_eq!(message.uid, Uid::new(20).unwrap());
/// assert_eq!(
///     url.to_string(),
///     "imap://joe@example.com/a%20b;UIDVALIDITY=7/;UID=20/;SECTION=1.2",
/// );
///
/// let other = url.resolve(b";SECTION=1.4").unwrap();
/// assert_eq!(
///     other.to_string(),
///     "imap://joe@example.com/a%20b;UIDVALIDITY=7/;UID=20/;SECTION=1.4",
/// );
/// assert_eq!(ImapUrl::parse(b"imap://example.com/a b").unwrap_err().at, 20);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ImapUrl {
    /// The server, and who logs in there.
    pub server: UrlServer,
    /// What it is there.
    pub target: UrlTarget,
}

/// What an IMAP URL is of, on its server.
///
/// ```abnf
/// icommand        = imessagelist / imessagepart [iurlauth]
/// imessagelist    = imailbox-ref [ "?" enc-search ]
/// imessagepart    = imailbox-ref iuid [isection] [ipartial]
/// ```
///
/// (RFC 5092 section 11.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum UrlTarget {
    /// The server itself.
    Server,
    /// A list of mailboxes. Obsolete (RFC 2192 section 5).
    Mailboxes {
        /// Which ones, as LIST has it. Without a pattern it is the top level.
        pattern: Option<UrlText>,
        /// Only those that are subscribed to: LSUB.
        subscribed: bool,
    },
    /// The messages of a mailbox.
    Messages {
        /// The mailbox.
        mailbox: UrlMailbox,
        /// Which of them: the arguments of a SEARCH.
        search: Option<UrlText>,
    },
    /// A message, or a part of one.
    Message(Box<UrlMessage>),
}

impl ImapUrl {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// The octets are no absolute IMAP URL.
    pub fn parse(octets: &[u8]) -> Result<Self, ParseError> {
        let mut text = Text::new(octets)?;
        text.tag("imap://")?;
        let server = UrlServer::parse(&mut text)?;
        let target = UrlTarget::parse(&mut text)?;
        Ok(Self { server, target })
    }

    /// The URL that a reference means where this URL is the base (RFC 5092 section 7, RFC 3986
    /// section 5.2).
    ///
    /// # Errors
    ///
    /// The octets are no IMAP URL, or they lead to none.
    pub fn resolve(&self, reference: &[u8]) -> Result<Self, ParseError> {
        reference::resolve(self, reference)
    }
}

impl UrlTarget {
    /// Reads what stands behind the server, to the end.
    fn parse(text: &mut Text<'_>) -> Result<Self, ParseError> {
        if !text.eat("/") || text.is_at_end() {
            text.end("a / or the end")?;
            return Ok(Self::Server);
        }
        if let Some(list) = Self::parse_mailboxes(text)? {
            return Ok(list);
        }
        let (mailbox, has_uid) = UrlMailbox::parse(text)?;
        if has_uid {
            let message = UrlMessage::parse(mailbox, text)?;
            return Ok(Self::Message(Box::new(message)));
        }
        let search = if text.eat("?") { Some(text.encoded_path(SEARCH)?) } else { None };
        text.end("/;UID=, ? or the end")?;
        Ok(Self::Messages { mailbox, search })
    }

    /// The obsolete list of mailboxes, if it is one.
    fn parse_mailboxes(text: &mut Text<'_>) -> Result<Option<Self>, ParseError> {
        let mut ahead = text.clone();
        let pattern = ahead.encoded_path("a pattern of mailboxes").ok();
        if !ahead.eat(";TYPE=") {
            return Ok(None);
        }
        let subscribed = ahead.eat("LSUB");
        if !subscribed && !ahead.eat("LIST") {
            return Err(ahead.expected("LIST or LSUB"));
        }
        ahead.end("the end of the URL")?;
        *text = ahead;
        Ok(Some(Self::Mailboxes { pattern, subscribed }))
    }
}

const SEARCH: &str = "what to search for";

impl fmt::Display for ImapUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "imap://{}{}", self.server, self.target)
    }
}

/// With the `/` before it.
impl fmt::Display for UrlTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("/")?;
        match self {
            Self::Server => Ok(()),
            Self::Mailboxes { pattern, subscribed } => {
                if let Some(pattern) = pattern {
                    text::write_path(pattern.as_bytes(), f)?;
                }
                f.write_str(if *subscribed { ";TYPE=LSUB" } else { ";TYPE=LIST" })
            }
            Self::Messages { mailbox, search } => {
                mailbox.fmt(f)?;
                if let Some(search) = search {
                    f.write_str("?")?;
                    text::write_query(search.as_bytes(), f)?;
                }
                Ok(())
            }
            Self::Message(message) => message.fmt(f),
        }
    }
}

/// The octets of what is written, for the arguments of commands.
impl From<&ImapUrl> for Bytes {
    fn from(url: &ImapUrl) -> Self {
        url.to_string().into()
    }
}

#[cfg(test)]
mod tests;
