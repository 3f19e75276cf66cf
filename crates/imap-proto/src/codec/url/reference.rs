//! References to other URLs, and what they mean where a URL is the base.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use mail_proto::ParseError;
use mail_proto::url::UrlText;

use super::message::write_uid_validity;
use super::text::{self, Text};
use super::{ImapUrl, SEARCH, UrlMailbox, UrlPartial, UrlSection, UrlServer, UrlTarget};
use crate::Uid;

/// An IMAP URL that may leave out what is the same as in another URL: an argument of CATENATE, a link in
/// a message.
///
/// ```abnf
/// imapurl-rel     = inetwork-path / iabsolute-path / irelative-path / ipath-empty
/// inetwork-path   = "//" iserver ipath-query
/// iabsolute-path  = "/" [ icommand ]
/// ```
///
/// (RFC 5092 section 11.)
///
/// ```
/// use imap_proto::{UrlReference, UrlTarget};
///
/// let url = UrlReference::parse(b"/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER").unwrap();
/// let UrlReference::Path(UrlTarget::Message(message)) = url else { panic!() };
/// assert_eq!(message.mailbox.name.as_bytes(), b"Drafts");
/// assert_eq!(message.section.unwrap().section(), &imap_proto::Section::header());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum UrlReference {
    /// Nothing is left out.
    Absolute(ImapUrl),
    /// The scheme is left out.
    Network(ImapUrl),
    /// The server is the same.
    Path(UrlTarget),
    /// The server is the same, and the mailbox or a part of its name.
    ///
    /// RFC 5092 has these in its examples and grammar, and forbids them (section 7.2).
    Relative(RelativeUrl),
    /// The same URL.
    Same,
}

/// A reference that begins with a mailbox beside that of its base, or inside of its mailbox or message.
///
/// ```abnf
/// irelative-path  = imessagelist / imsg-or-part
/// imsg-or-part    = ( imailbox-ref "/" iuid-only ["/" isection-only] ["/" ipartial-only] ) /
///                   ( iuid-only ["/" isection-only] ["/" ipartial-only] ) /
///                   ( isection-only ["/" ipartial-only] ) / ipartial-only
/// ```
///
/// (RFC 5092 section 11.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RelativeUrl {
    /// A mailbox, or messages in it.
    Messages {
        /// The mailbox.
        mailbox: UrlMailbox,
        /// Which of them: the arguments of a SEARCH.
        search: Option<UrlText>,
    },
    /// A message, of the mailbox of the base if it names none.
    Message {
        /// The mailbox.
        mailbox: Option<UrlMailbox>,
        /// The message.
        uid: Uid,
        /// What of it, unless all of it.
        section: Option<UrlSection>,
        /// Which octets of that.
        partial: Option<UrlPartial>,
    },
    /// A part of the message of the base.
    Section {
        /// What of it.
        section: UrlSection,
        /// Which octets of that.
        partial: Option<UrlPartial>,
    },
    /// Octets of the message or part of the base.
    Partial(UrlPartial),
}

impl UrlReference {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// The octets are no IMAP URL, absolute or relative.
    pub fn parse(octets: &[u8]) -> Result<Self, ParseError> {
        let mut text = Text::new(octets)?;
        if text.begins("imap://") {
            return ImapUrl::parse(octets).map(Self::Absolute);
        }
        if text.eat("//") {
            let server = UrlServer::parse(&mut text)?;
            let target = UrlTarget::parse(&mut text)?;
            return Ok(Self::Network(ImapUrl { server, target }));
        }
        match text.rest() {
            [] => Ok(Self::Same),
            [b'/', ..] => UrlTarget::parse(&mut text).map(Self::Path),
            _ => RelativeUrl::parse(&mut text).map(Self::Relative),
        }
    }
}

impl RelativeUrl {
    fn parse(text: &mut Text<'_>) -> Result<Self, ParseError> {
        let relative = if text.eat(";UID=") {
            Self::parse_message(None, text)?
        } else if text.eat(";SECTION=") {
            Self::Section { section: UrlSection::parse(text)?, partial: parse_partial(text)? }
        } else if text.eat(";PARTIAL=") {
            Self::Partial(UrlPartial::parse(text)?)
        } else {
            Self::parse_mailbox(text)?
        };
        text.end("another parameter of the message, or the end")?;
        Ok(relative)
    }

    fn parse_mailbox(text: &mut Text<'_>) -> Result<Self, ParseError> {
        let segment = text.clone().run(|octet| !matches!(octet, b'/' | b'?'));
        if let Some(colon) = segment.iter().position(|octet| *octet == b':') {
            text.skip(colon);
            return Err(text.expected("imap:// or no colon before the first /"));
        }
        let (mailbox, has_uid) = UrlMailbox::parse(text)?;
        if has_uid {
            return Self::parse_message(Some(mailbox), text);
        }
        let search = if text.eat("?") { Some(text.encoded_path(SEARCH)?) } else { None };
        Ok(Self::Messages { mailbox, search })
    }

    fn parse_message(mailbox: Option<UrlMailbox>, text: &mut Text<'_>) -> Result<Self, ParseError> {
        let uid = Uid::from(text.nz_number()?);
        let section = UrlSection::parse_behind_slash(text)?;
        Ok(Self::Message { mailbox, uid, section, partial: parse_partial(text)? })
    }
}

fn parse_partial(text: &mut Text<'_>) -> Result<Option<UrlPartial>, ParseError> {
    if text.eat("/;PARTIAL=") { UrlPartial::parse(text).map(Some) } else { Ok(None) }
}

/// RFC 3986 section 5.2.2, on the text: dots and slashes come before what the segments mean.
pub(super) fn resolve(base: &ImapUrl, reference: &[u8]) -> Result<ImapUrl, ParseError> {
    let text = Text::new(reference)?;
    if text.begins("imap:") {
        return ImapUrl::parse(reference);
    }
    if text.begins("//") {
        return ImapUrl::parse(&[b"imap:", reference].concat())
            .map_err(|error| ParseError::new(error.at.saturating_sub(5), error.expected));
    }
    if reference.is_empty() {
        return Ok(base.clone());
    }
    let (path, query) = match memchr::memchr(b'?', reference) {
        Some(at) => reference.split_at_checked(at).unwrap_or((reference, &[])),
        None => (reference, &[][..]),
    };
    let target = base.target.to_string();
    let base_path = target.split('?').next().unwrap_or_default();
    let path = match path {
        [] => base_path.as_bytes().to_vec(),
        [b'/', ..] => without_dots(path),
        _ => {
            let directory = base_path.rfind('/').and_then(|at| base_path.get(..=at));
            without_dots(&[directory.unwrap_or("/").as_bytes(), path].concat())
        }
    };
    let server = base.server.to_string();
    let whole = [b"imap://", server.as_bytes(), &path, query].concat();
    // An offset in what was put together says little; the reference is what is at fault.
    ImapUrl::parse(&whole).map_err(|error| ParseError::new(0, error.expected))
}

/// RFC 3986 section 5.2.4. A slash that dots leave at the end is no part of the name of a mailbox.
fn without_dots(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for segment in path.split(|octet| *octet == b'/').skip(1) {
        match segment {
            b"." => {}
            b".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    let mut clean = Vec::with_capacity(path.len());
    for segment in &kept {
        clean.push(b'/');
        clean.extend_from_slice(segment);
    }
    if clean.is_empty() {
        clean.push(b'/');
    }
    clean
}

impl fmt::Display for UrlReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(url) => url.fmt(f),
            Self::Network(url) => write!(f, "//{}{}", url.server, url.target),
            Self::Path(target) => target.fmt(f),
            Self::Relative(relative) => relative.fmt(f),
            Self::Same => Ok(()),
        }
    }
}

impl fmt::Display for RelativeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Messages { mailbox, search } => {
                write_mailbox(mailbox, f)?;
                if let Some(search) = search {
                    f.write_str("?")?;
                    text::write_query(search.as_bytes(), f)?;
                }
                Ok(())
            }
            Self::Message { mailbox, uid, section, partial } => {
                if let Some(mailbox) = mailbox {
                    write_mailbox(mailbox, f)?;
                    f.write_str("/")?;
                }
                write!(f, ";UID={}", uid.get())?;
                if let Some(section) = section {
                    write!(f, "/{section}")?;
                }
                write_partial(*partial, f)
            }
            Self::Section { section, partial } => {
                section.fmt(f)?;
                write_partial(*partial, f)
            }
            Self::Partial(partial) => partial.fmt(f),
        }
    }
}

fn write_partial(partial: Option<UrlPartial>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match partial {
        Some(partial) => write!(f, "/{partial}"),
        None => Ok(()),
    }
}

fn write_mailbox(mailbox: &UrlMailbox, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    text::write_first(mailbox.name.as_bytes(), f)?;
    write_uid_validity(mailbox.uid_validity, f)
}
