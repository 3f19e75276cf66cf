//! GENURLAUTH, RESETKEY and URLFETCH: what is asked for.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::{arguments, one_or_more};
use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{AString, Atom, Cursor, Depth, Encoder, Mailbox, UrlMechanism};

/// The arguments of GENURLAUTH: one or more URLs to make tokens for.
///
/// ```abnf
/// genurlauth      = "GENURLAUTH" 1*(SP url-rump SP mechanism)
/// ```
///
/// (RFC 4467 section 9.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{GenUrlAuth, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" \"imap://h/a/;uid=20;urlauth=authuser\" INTERNAL");
/// let command = parse_whole(&octets, &mut Reading::new(Leniency::strict()), GenUrlAuth::parse);
/// assert!(command.unwrap().requests()[0].mechanism.is_internal());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GenUrlAuth(Vec<UrlAuthRequest>);

/// A URL to make a token for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlAuthRequest {
    /// The URL, up to and with its `;URLAUTH=access`. [`ImapUrl`](crate::ImapUrl) reads it.
    pub rump: AString,
    /// How the token is made.
    pub mechanism: UrlMechanism,
}

impl GenUrlAuth {
    /// These requests, unless there are none.
    #[must_use]
    pub fn new(requests: impl IntoIterator<Item = UrlAuthRequest>) -> Option<Self> {
        one_or_more(requests).map(Self)
    }

    /// The requests.
    #[must_use]
    pub fn requests(&self) -> &[UrlAuthRequest] {
        &self.0
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
        arguments(cursor, reading, |cursor, reading| {
            let rump = AString::parse(cursor, reading)?;
            cursor.space(reading)?;
            Ok(UrlAuthRequest { rump, mechanism: UrlMechanism::parse(cursor, reading)? })
        })
        .map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for request in &self.0 {
            encoder.space();
            request.rump.encode(encoder);
            encoder.space();
            request.mechanism.encode(encoder);
        }
    }
}

impl UrlMechanism {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let mut ahead = cursor.clone();
        // `_` is of the class and not of a mechanism; then it ends before.
        let word = ahead.run(Class::LABEL);
        let length = word.iter().position(|octet| *octet == b'_').unwrap_or(word.len());
        let octets = cursor.take(length).unwrap_or_default();
        Self::new(octets).map_err(|error| error.shifted(at))
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put_checked(self.as_bytes());
    }
}

/// The arguments of RESETKEY: whose keys are thrown away, so that the URLs made with them end.
///
/// ```abnf
/// resetkey        = "RESETKEY" [SP mailbox *(SP mechanism)]
/// ```
///
/// (RFC 4467 section 9.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ResetKey {
    /// Those of all mailboxes of the user.
    All,
    /// Those of one.
    Mailbox {
        /// The mailbox.
        mailbox: Mailbox,
        /// The mechanisms whose keys are meant; all, if none is named.
        mechanisms: Vec<UrlMechanism>,
    },
}

impl ResetKey {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if !cursor.another(reading)? {
            return Ok(Self::All);
        }
        let mailbox = Mailbox::parse(cursor, reading)?;
        let mut mechanisms = Vec::new();
        while cursor.another(reading)? {
            mechanisms.push(UrlMechanism::parse(cursor, reading)?);
        }
        Ok(Self::Mailbox { mailbox, mechanisms })
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if let Self::Mailbox { mailbox, mechanisms } = self {
            encoder.space();
            mailbox.encode(encoder);
            for mechanism in mechanisms {
                encoder.space();
                mechanism.encode(encoder);
            }
        }
    }
}

/// The arguments of URLFETCH: one or more URLs to get the contents of.
///
/// ```abnf
/// urlfetch        = "URLFETCH" 1*(SP url-fetch-arg)
/// url-fetch-arg   = url-fetch-simple / url-fetch-ext
/// ```
///
/// (RFC 4467 section 9, RFC 5524 section 5.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{UrlFetch, UrlFetchParam, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" (\"imap://h/a/;uid=20\" BODYPARTSTRUCTURE BINARY)");
/// let command = parse_whole(&octets, &mut Reading::new(Leniency::strict()), UrlFetch::parse);
/// let params = command.unwrap().arguments()[0].params.clone().unwrap();
/// assert_eq!(params, [UrlFetchParam::BodyPartStructure, UrlFetchParam::Binary]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlFetch(Vec<UrlFetchArg>);

/// A URL to get the contents of.
///
/// ```abnf
/// url-fetch-simple = url-full
/// url-fetch-ext    = "(" url-full *(SP url-fetch-param) ")"
/// ```
///
/// (RFC 5524 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlFetchArg {
    /// The URL.
    pub url: AString,
    /// What is asked for, in the form of RFC 5524. Without it the contents come as in RFC 4467.
    pub params: Option<Vec<UrlFetchParam>>,
}

/// What is asked for of a URL.
///
/// ```abnf
/// url-fetch-param = "BODY" / "BINARY" / "BODYPARTSTRUCTURE" / atom
/// ```
///
/// (RFC 5524 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum UrlFetchParam {
    /// The contents as they are.
    Body,
    /// The contents, decoded.
    Binary,
    /// The structure of the part.
    BodyPartStructure,
    /// What another extension has. [`From`] tells it from the others.
    Other(Atom),
}

impl From<Atom> for UrlFetchParam {
    fn from(name: Atom) -> Self {
        match name.as_bytes() {
            it if it.eq_ignore_ascii_case(b"BODY") => Self::Body,
            it if it.eq_ignore_ascii_case(b"BINARY") => Self::Binary,
            it if it.eq_ignore_ascii_case(b"BODYPARTSTRUCTURE") => Self::BodyPartStructure,
            _ => Self::Other(name),
        }
    }
}

impl UrlFetch {
    /// These URLs, unless there are none.
    #[must_use]
    pub fn new(arguments: impl IntoIterator<Item = UrlFetchArg>) -> Option<Self> {
        one_or_more(arguments).map(Self)
    }

    /// The URLs.
    #[must_use]
    pub fn arguments(&self) -> &[UrlFetchArg] {
        &self.0
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
        arguments(cursor, reading, UrlFetchArg::parse).map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for argument in &self.0 {
            encoder.space();
            argument.encode(encoder);
        }
    }
}

impl UrlFetchArg {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        if cursor.peek() != Some(b'(') {
            return Ok(Self { url: AString::parse(cursor, reading)?, params: None });
        }
        let at = cursor.at().saturating_add(1);
        let (mut url, mut params) = (None, Vec::new());
        cursor.list(Depth::FLAT, reading, |cursor, _, reading| {
            if url.is_none() {
                url = Some(AString::parse(cursor, reading)?);
            } else {
                let param = Atom::parse(cursor, reading)?.into();
                if matches!(param, UrlFetchParam::Other(_)) {
                    reading.keep_raw();
                }
                params.push(param);
            }
            Ok(())
        })?;
        let url = url.ok_or(ParseError::new(at, "a URL"))?;
        Ok(Self { url, params: Some(params) })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        let Some(params) = &self.params else {
            return self.url.encode(encoder);
        };
        encoder.put(b"(");
        self.url.encode(encoder);
        for param in params {
            encoder.space();
            match param {
                UrlFetchParam::Body => encoder.put(b"BODY"),
                UrlFetchParam::Binary => encoder.put(b"BINARY"),
                UrlFetchParam::BodyPartStructure => encoder.put(b"BODYPARTSTRUCTURE"),
                UrlFetchParam::Other(name) => name.encode(encoder),
            }
        }
        encoder.put(b")");
    }
}
