//! What of a server a URL means: a mailbox, a message in it, a part of the message.

use alloc::vec::Vec;
use core::fmt;
use core::num::{NonZeroU32, NonZeroU64};

use bytes::Bytes;
use mail_proto::url::UrlText;
use mail_proto::{Leniency, ParseError, Reading};

use super::access::UrlAuthorization;
use super::text::{self, Text};
use crate::{Encoder, Mailbox, NameForm, Negotiated, Section, Uid, parse_whole};

/// The mailbox of a URL.
///
/// ```abnf
/// imailbox-ref    = enc-mailbox [uidvalidity]
/// uidvalidity     = ";UIDVALIDITY=" nz-number
/// ```
///
/// (RFC 5092 section 11.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlMailbox {
    /// Its name, in UTF-8.
    pub name: UrlText,
    /// The UIDVALIDITY for which the URL was made. If the mailbox has another, the URL means nothing.
    pub uid_validity: Option<NonZeroU32>,
}

/// A message of a URL, or a part of it.
///
/// ```abnf
/// imessagepart    = imailbox-ref iuid [isection] [ipartial]
/// iuid            = "/;UID=" nz-number
/// isection        = "/;SECTION=" enc-section
/// ipartial        = "/;PARTIAL=" partial-range
/// ```
///
/// (RFC 5092 section 11.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlMessage {
    /// The mailbox.
    pub mailbox: UrlMailbox,
    /// The message.
    pub uid: Uid,
    /// What of it, unless all of it.
    pub section: Option<UrlSection>,
    /// Which octets of that.
    pub partial: Option<UrlPartial>,
    /// Who may use the URL.
    pub authorization: Option<UrlAuthorization>,
}

/// The octets from an offset on.
///
/// ```abnf
/// partial-range   = number64 ["." nz-number64]
/// ```
///
/// (RFC 5092 section 11, with the numbers of RFC 9051.)
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct UrlPartial {
    /// Octets before the first one.
    pub offset: u64,
    /// Octets at most; all, if it is not said.
    pub length: Option<NonZeroU64>,
}

/// A section of a message, percent-encoded in the URL.
///
/// ```abnf
/// isection-only   = ";SECTION=" enc-section
/// ```
///
/// (RFC 5092 section 11.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlSection(Section);

impl UrlMailbox {
    /// The mailbox of this name, whatever its UIDVALIDITY.
    #[must_use]
    pub const fn new(name: UrlText) -> Self {
        Self { name, uid_validity: None }
    }

    /// The name as commands have it in this form.
    ///
    /// # Errors
    ///
    /// The name is not UTF-8.
    pub fn mailbox(&self, form: NameForm) -> Result<Mailbox, ParseError> {
        let name = self.name.to_str();
        let name = name.map_err(|error| ParseError::new(error.valid_up_to(), "UTF-8"))?;
        Mailbox::from_name(name, form)
    }

    /// Reads it, and the `/;UID=` behind it if it is there; tells whether it is.
    pub(super) fn parse(text: &mut Text<'_>) -> Result<(Self, bool), ParseError> {
        const EXPECTED: &str = "the name of a mailbox";
        let rest = text.rest();
        let length = rest.iter().take_while(|octet| !matches!(octet, b';' | b'?')).count();
        let (name, behind) = rest.split_at_checked(length).unwrap_or_default();
        let is_uid = behind.get(..5).is_some_and(|it| it.eq_ignore_ascii_case(b";UID="));
        let length = if is_uid && name.ends_with(b"/") { length.saturating_sub(1) } else { length };
        let name = text.encoded_up_to(length, EXPECTED)?;
        let mut uid_validity = None;
        if text.eat(";UIDVALIDITY=") {
            uid_validity = Some(text.nz_number()?);
        }
        Ok((Self { name, uid_validity }, text.eat("/;UID=")))
    }
}

impl UrlMessage {
    /// Reads what is behind `/;UID=`, to the end.
    pub(super) fn parse(mailbox: UrlMailbox, text: &mut Text<'_>) -> Result<Self, ParseError> {
        let uid = Uid::from(text.nz_number()?);
        let section = UrlSection::parse_behind_slash(text)?;
        let partial = if text.eat("/;PARTIAL=") { Some(UrlPartial::parse(text)?) } else { None };
        let authorization = UrlAuthorization::parse(text)?;
        text.end("another parameter of the message, or the end")?;
        Ok(Self { mailbox, uid, section, partial, authorization })
    }
}

impl UrlSection {
    /// This section, unless it is the whole message, which URLs do not name.
    #[must_use]
    pub fn new(section: Section) -> Option<Self> {
        (section != Section::message()).then_some(Self(section))
    }

    /// The section.
    #[must_use]
    pub const fn section(&self) -> &Section {
        &self.0
    }

    /// Reads it if it is there.
    pub(super) fn parse_behind_slash(text: &mut Text<'_>) -> Result<Option<Self>, ParseError> {
        if text.eat("/;SECTION=") { Self::parse(text).map(Some) } else { Ok(None) }
    }

    /// Reads what is behind `;SECTION=`.
    pub(super) fn parse(text: &mut Text<'_>) -> Result<Self, ParseError> {
        const EXPECTED: &str = "a section of a message";
        let at = text.at();
        // A slash belongs to the section, unless it is that of the next parameter.
        let rest = text.rest();
        let mut length = rest.iter().take_while(|octet| **octet != b';').count();
        if rest.get(..length).is_some_and(|it| it.ends_with(b"/")) && length < rest.len() {
            length = length.saturating_sub(1);
        }
        let decoded = text.encoded_up_to(length, EXPECTED)?;
        let octets = Bytes::from([b"[", decoded.as_bytes(), b"]"].concat());
        let section = parse_whole(&octets, &mut Reading::new(Leniency::strict()), Section::parse);
        section.ok().and_then(Self::new).ok_or(ParseError::new(at, EXPECTED))
    }
}

impl UrlPartial {
    pub(super) fn parse(text: &mut Text<'_>) -> Result<Self, ParseError> {
        let offset = text.number64()?;
        if !text.eat(".") {
            return Ok(Self { offset, length: None });
        }
        let error = text.expected("a number of octets above 0, without zeros before it");
        if text.rest().starts_with(b"0") {
            return Err(error);
        }
        let length = NonZeroU64::new(text.number64()?).ok_or(error)?;
        Ok(Self { offset, length: Some(length) })
    }
}

impl fmt::Display for UrlMailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write_path(self.name.as_bytes(), f)?;
        write_uid_validity(self.uid_validity, f)
    }
}

pub(super) fn write_uid_validity(
    uid_validity: Option<NonZeroU32>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match uid_validity {
        Some(number) => write!(f, ";UIDVALIDITY={number}"),
        None => Ok(()),
    }
}

impl fmt::Display for UrlMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/;UID={}", self.mailbox, self.uid.get())?;
        if let Some(section) = &self.section {
            write!(f, "/{section}")?;
        }
        if let Some(partial) = &self.partial {
            write!(f, "/{partial}")?;
        }
        match &self.authorization {
            Some(authorization) => authorization.fmt(f),
            None => Ok(()),
        }
    }
}

/// `;SECTION=` and the section.
impl fmt::Display for UrlSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = Vec::new();
        self.0.encode(&mut Encoder::new(&mut octets, Negotiated::server()));
        let spec = octets.strip_prefix(b"[").and_then(|it| it.strip_suffix(b"]"));
        f.write_str(";SECTION=")?;
        text::write_query(spec.unwrap_or_default(), f)
    }
}

/// `;PARTIAL=` and the range.
impl fmt::Display for UrlPartial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ";PARTIAL={}", self.offset)?;
        match self.length {
            Some(length) => write!(f, ".{length}"),
            None => Ok(()),
        }
    }
}
