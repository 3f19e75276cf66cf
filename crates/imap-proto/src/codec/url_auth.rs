//! URLAUTH: URLs that give access to a message (RFC 4467, RFC 5524).

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::class::Class;
use super::{
    AString, Atom, BodyStructure, Cursor, Encoder, Mailbox, NString, NString8, Raw, UrlMechanism,
};
use crate::Defect;

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
    /// The URL, up to and with its `;URLAUTH=access`. [`ImapUrl`](super::ImapUrl) reads it.
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
        cursor.list(super::Depth::FLAT, reading, |cursor, _, reading| {
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

/// The data of GENURLAUTH: one or more URLs with their tokens.
///
/// ```abnf
/// genurlauth-resp = "GENURLAUTH" 1*(SP url-full)
/// ```
///
/// (RFC 4467 section 9.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GenUrlAuthData(Vec<AString>);

impl GenUrlAuthData {
    /// These URLs, unless there are none.
    #[must_use]
    pub fn new(urls: impl IntoIterator<Item = AString>) -> Option<Self> {
        one_or_more(urls).map(Self)
    }

    /// The URLs, in the order of the requests.
    #[must_use]
    pub fn urls(&self) -> &[AString] {
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
        arguments(cursor, reading, AString::parse).map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for url in &self.0 {
            encoder.space();
            url.encode(encoder);
        }
    }
}

/// The data of URLFETCH: one or more URLs with their contents.
///
/// ```abnf
/// urlfetch-resp   = "URLFETCH" 1*(SP url-full (SP nstring / url-metadata))
/// ```
///
/// (RFC 4467 section 9, RFC 5524 section 5, whose ABNF has a space too many.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{UrlContents, UrlFetchData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" imap://h/a/;uid=20 NIL");
/// let data = parse_whole(&octets, &mut Reading::new(Leniency::strict()), UrlFetchData::parse);
/// assert_eq!(data.unwrap().urls()[0].contents, UrlContents::NONE);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlFetchData(Vec<FetchedUrl>);

/// A URL with its contents.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FetchedUrl {
    /// The URL, as it was asked for.
    pub url: AString,
    /// What it gives access to.
    pub contents: UrlContents,
}

/// What a URL gives access to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum UrlContents {
    /// The octets, or none if there is no access, whatever the reason.
    Octets(NString),
    /// What was asked for in the form of RFC 5524.
    Metadata(UrlMetadata),
}

/// One or more items of a URL.
///
/// ```abnf
/// url-metadata    = 1*(SP "(" url-metadata-el ")")
/// ```
///
/// (RFC 5524 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlMetadata(Vec<UrlMetadataItem>);

/// An item of a URL.
///
/// ```abnf
/// url-metadata-el     = url-meta-bodystruct / url-meta-body / url-meta-binary
/// url-meta-bodystruct = "BODYPARTSTRUCTURE" SP body
/// url-meta-body       = "BODY" SP nstring
/// url-meta-binary     = "BINARY" SP ( nstring / literal8 )
/// ```
///
/// (RFC 5524 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum UrlMetadataItem {
    /// The structure of the part.
    BodyPartStructure(BodyStructure),
    /// The contents as they are.
    Body(NString),
    /// The contents, decoded. None, if the server cannot decode them.
    Binary(NString8),
    /// What another extension has.
    Other {
        /// What it is called.
        name: Atom,
        /// What belongs to it.
        value: Raw,
    },
}

impl UrlContents {
    /// No access.
    pub const NONE: Self = Self::Octets(NString::NIL);
}

impl UrlMetadata {
    /// These items, unless there are none.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = UrlMetadataItem>) -> Option<Self> {
        one_or_more(items).map(Self)
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[UrlMetadataItem] {
        &self.0
    }
}

impl UrlFetchData {
    /// These URLs, unless there are none.
    #[must_use]
    pub fn new(urls: impl IntoIterator<Item = FetchedUrl>) -> Option<Self> {
        one_or_more(urls).map(Self)
    }

    /// The URLs with their contents.
    #[must_use]
    pub fn urls(&self) -> &[FetchedUrl] {
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
        arguments(cursor, reading, FetchedUrl::parse).map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for it in &self.0 {
            encoder.space();
            it.url.encode(encoder);
            match &it.contents {
                UrlContents::Octets(octets) => {
                    encoder.space();
                    octets.encode(encoder);
                }
                UrlContents::Metadata(metadata) => {
                    for item in metadata.items() {
                        encoder.put(b" (");
                        item.encode(encoder);
                        encoder.put(b")");
                    }
                }
            }
        }
    }
}

impl FetchedUrl {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let url = AString::parse(cursor, reading)?;
        cursor.space(reading)?;
        if cursor.peek() != Some(b'(') {
            let contents = UrlContents::Octets(NString::parse(cursor, reading)?);
            return Ok(Self { url, contents });
        }
        let mut items = Vec::new();
        loop {
            cursor.tag("(")?;
            items.push(UrlMetadataItem::parse(cursor, reading)?);
            cursor.tag(")")?;
            let begin = cursor.clone();
            let [b' ', ..] = cursor.rest() else { break };
            let spaces = cursor.rest().iter().take_while(|octet| **octet == b' ').count();
            if cursor.rest().get(spaces) != Some(&b'(') {
                *cursor = begin;
                break;
            }
            cursor.space(reading)?;
        }
        Ok(Self { url, contents: UrlContents::Metadata(UrlMetadata(items)) })
    }
}

impl UrlMetadataItem {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let name = Atom::parse(cursor, reading)?;
        cursor.space(reading)?;
        match UrlFetchParam::from(name) {
            UrlFetchParam::Body => NString::parse(cursor, reading).map(Self::Body),
            UrlFetchParam::Binary => NString8::parse(cursor, reading).map(Self::Binary),
            UrlFetchParam::BodyPartStructure => {
                BodyStructure::parse(cursor, reading).map(Self::BodyPartStructure)
            }
            UrlFetchParam::Other(name) => {
                reading.keep_raw();
                Ok(Self::Other { name, value: Raw::parse(cursor, reading)? })
            }
        }
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::BodyPartStructure(structure) => {
                encoder.put(b"BODYPARTSTRUCTURE ");
                structure.encode(encoder);
            }
            Self::Body(octets) => {
                encoder.put(b"BODY ");
                octets.encode(encoder);
            }
            Self::Binary(octets) => {
                encoder.put(b"BINARY ");
                octets.encode(encoder);
            }
            Self::Other { name, value } => {
                name.encode(encoder);
                encoder.space();
                value.encode(encoder);
            }
        }
    }
}

fn one_or_more<T>(items: impl IntoIterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<_> = items.into_iter().collect();
    (!items.is_empty()).then_some(items)
}

/// One or more arguments to the end of the message, a space before each.
fn arguments<T>(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
    parse: impl Fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Result<T, ParseError>,
) -> Result<Vec<T>, ParseError> {
    cursor.space(reading)?;
    let mut arguments = Vec::new();
    let mut room = cursor.limits().elements;
    loop {
        room = room.checked_sub(1).ok_or(cursor.expected("fewer arguments"))?;
        arguments.push(parse(cursor, reading)?);
        if !cursor.another(reading)? {
            return Ok(arguments);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use crate::{ImapUrl, ParseLimits};
    use alloc::string::String;
    use alloc::{format, vec};
    use bytes::Bytes;
    use proptest::collection;
    use proptest::prelude::*;

    const URL: &str = "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal:\
                       91354a473744909de610943775f92038";

    /// RFC 4467 sections 6 and 7.
    #[test]
    fn tokens_are_asked_for_and_given() {
        let rump = "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred";
        let octets = format!(" {rump} INTERNAL");
        let command = reads_and_writes(octets.as_bytes(), GenUrlAuth::parse, GenUrlAuth::encode);
        let [request] = command.requests() else { panic!() };
        assert_eq!(request.rump.as_bytes(), rump.as_bytes());
        assert!(request.mechanism.is_internal());
        let quoted = format!(" \"{rump}\" internal \"{rump}\" X-a.b");
        let read = strict(quoted.as_bytes(), GenUrlAuth::parse).unwrap();
        assert_eq!(read.requests()[0].rump, request.rump);
        assert_eq!(read.requests()[1].mechanism.as_bytes(), b"X-a.b");

        let octets = format!(" {URL}");
        let data =
            reads_and_writes(octets.as_bytes(), GenUrlAuthData::parse, GenUrlAuthData::encode);
        assert!(ImapUrl::parse(data.urls()[0].as_bytes()).is_ok());
        for (octets, at) in [
            ("", 0),
            (" ", 1),
            (" a", 2),
            (" a ", 3),
            (" a b_c", 4),
            (" a b c", 6),
            (" a \"b\"", 3),
        ] {
            let error = strict(octets.as_bytes(), GenUrlAuth::parse).unwrap_err();
            assert_eq!(error.at, at, "{octets}");
        }
        assert_eq!(strict(b"", GenUrlAuthData::parse).unwrap_err().at, 0);
        assert_eq!(GenUrlAuth::new([]), None);
    }

    /// RFC 4467 section 6.
    #[test]
    fn keys_are_reset() {
        let read = |octets: &[u8]| reads_and_writes(octets, ResetKey::parse, ResetKey::encode);
        assert_eq!(read(b""), ResetKey::All);
        let mailbox = Mailbox::new("INBOX").unwrap();
        let named = |names: &[&str]| ResetKey::Mailbox {
            mailbox: mailbox.clone(),
            mechanisms: names.iter().map(|name| UrlMechanism::try_from(*name).unwrap()).collect(),
        };
        assert_eq!(read(b" INBOX"), named(&[]));
        assert_eq!(read(b" INBOX XSAMPLE"), named(&["XSAMPLE"]));
        assert_eq!(strict(b" INBOX a  b", ResetKey::parse).unwrap_err().at, 9);
        let (read, defects) = lenient(b" INBOX a  b ", ResetKey::parse);
        assert_eq!(read, Ok(named(&["a", "b"])));
        assert_eq!(defects, [Defect::DoubleSpace, Defect::TrailingSpace]);
    }

    /// RFC 5524 section 4.
    #[test]
    fn contents_are_asked_for() {
        let octets = format!(" {URL} ({URL} BODYPARTSTRUCTURE BODY BINARY x) ({URL})");
        let command = reads_and_writes(octets.as_bytes(), UrlFetch::parse, UrlFetch::encode);
        let [simple, extended, empty] = command.arguments() else { panic!() };
        assert_eq!(simple.params, None);
        let other = UrlFetchParam::Other(Atom::new("x").unwrap());
        let params = [UrlFetchParam::BodyPartStructure, UrlFetchParam::Body, UrlFetchParam::Binary];
        assert_eq!(extended.params, Some([&params[..], &[other]].concat()));
        assert_eq!(empty.params, Some(vec![]));

        let two_spaces = format!("  ({URL} BINARY)");
        assert_eq!(strict(two_spaces.as_bytes(), UrlFetch::parse).unwrap_err().at, 1);
        let (read, defects) = lenient(two_spaces.as_bytes(), UrlFetch::parse);
        let params = Some(vec![UrlFetchParam::Binary]);
        let url = AString::try_from(URL).unwrap();
        assert_eq!(read, Ok(UrlFetch(vec![UrlFetchArg { url, params }])));
        assert_eq!(defects, [Defect::DoubleSpace]);
        for (octets, at) in [("", 0), (" ()", 2), (" (a b", 5), (" (a \"b\")", 4), (" (a)b", 4)] {
            let error = strict(octets.as_bytes(), UrlFetch::parse).unwrap_err();
            assert_eq!(error.at, at, "{octets}");
        }
    }

    /// RFC 4467 section 7.4, RFC 5524 section 4.
    #[test]
    fn contents_are_given() {
        let read = |octets: String| {
            reads_and_writes(octets.as_bytes(), UrlFetchData::parse, UrlFetchData::encode)
        };
        let data = read(format!(" {URL} {{28}}\r\nSi vis pacem, para bellum.\r\n a NIL b \"c\""));
        let [one, none, other] = data.urls() else { panic!() };
        let UrlContents::Octets(octets) = &one.contents else { panic!() };
        assert_eq!(octets.as_bytes(), Some(&b"Si vis pacem, para bellum.\r\n"[..]));
        assert_eq!((none.url.as_bytes(), &none.contents), (&b"a"[..], &UrlContents::NONE));
        assert_eq!(other.url.as_bytes(), b"b");

        let data = read(format!(
            " {URL} (BINARY {{30}}\r\nSi vis pacem, para bellum.\r\n\r\n) (BODY NIL) a (BINARY ~{{2}}\r\n\0\r) \
             (X (y {{1}}\r\n)))"
        ));
        let [first, second] = data.urls() else { panic!() };
        let UrlContents::Metadata(metadata) = &first.contents else { panic!() };
        assert_eq!(metadata.items()[1], UrlMetadataItem::Body(NString::NIL));
        let UrlContents::Metadata(metadata) = &second.contents else { panic!() };
        let [UrlMetadataItem::Binary(binary), UrlMetadataItem::Other { name, value }] =
            metadata.items()
        else {
            panic!()
        };
        assert_eq!(binary.as_bytes(), Some(&b"\0\r"[..]));
        assert_eq!((name.as_bytes(), value.as_bytes()), (&b"X"[..], &b"(y {1}\r\n))"[..]));
    }

    #[test]
    fn contents_end_where_they_end() {
        for (octets, at) in [
            (&b""[..], 0),
            (b" a", 2),
            (b" a ", 3),
            (b" a b", 3),
            (b" a ()", 4),
            (b" a (BODY)", 8),
            (b" a (BODY b)", 9),
            (b" a (BINARY ~{1}\r\n)", 18),
            (b" a (BODY NIL", 12),
            (b" a (BODY NIL)(BODY NIL)", 13),
            (b" a (BODY NIL) b", 15),
            (b" a NIL (BODY NIL)", 7),
        ] {
            assert_eq!(strict(octets, UrlFetchData::parse).unwrap_err().at, at, "{octets:?}");
        }
        let (read, defects) = lenient(b" a (BODY NIL)  (BODY NIL)  b NIL ", UrlFetchData::parse);
        assert_eq!(read.unwrap().urls().len(), 2);
        let spaces = Defect::DoubleSpace;
        assert_eq!(defects, [spaces, spaces, Defect::TrailingSpace]);
    }

    #[test]
    fn arguments_are_counted() {
        let octets = Bytes::from(" a".repeat(65));
        let mut cursor = Cursor::new(&octets).with_limits(ParseLimits::server_before_login());
        let mut reading = Reading::new(mail_proto::Leniency::strict());
        assert_eq!(UrlFetch::parse(&mut cursor, &mut reading).unwrap_err().at, 129);
    }

    fn any_astring() -> impl Strategy<Value = AString> {
        collection::vec(1u8.., 0..6).prop_map(|octets| AString::new(octets).unwrap())
    }

    fn any_mechanism() -> impl Strategy<Value = UrlMechanism> {
        "[a-zA-Z0-9.-]{1,6}".prop_map(|name| UrlMechanism::new(name).unwrap())
    }

    fn any_contents() -> impl Strategy<Value = UrlContents> {
        let octets = || proptest::option::of(collection::vec(any::<u8>(), 0..6));
        let nstring = || {
            octets().prop_map(|octets| {
                NString(octets.and_then(|octets| crate::IString::new(octets).ok()))
            })
        };
        let nstring8 = octets().prop_map(|octets| octets.map_or(NString8::Nil, NString8::new));
        let other = ("[XYZ]{1,3}", "[a-z]{1,3}").prop_map(|(name, value)| UrlMetadataItem::Other {
            name: Atom::new(name).unwrap(),
            value: Raw::new(value).unwrap(),
        });
        let item = prop_oneof![
            nstring().prop_map(UrlMetadataItem::Body),
            nstring8.prop_map(UrlMetadataItem::Binary),
            other,
        ];
        prop_oneof![
            nstring().prop_map(UrlContents::Octets),
            collection::vec(item, 1..3)
                .prop_map(|items| UrlContents::Metadata(UrlMetadata::new(items).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn commands_round_trip(
            urls in collection::vec((any_astring(), any_mechanism()), 1..4),
            mailbox in any_astring(),
            params in proptest::option::of(collection::vec("[A-Z]{1,9}", 0..3)),
        ) {
            let mechanisms = urls.iter().map(|(_, mechanism)| mechanism.clone()).collect();
            let mailbox = Mailbox::new(mailbox.into_bytes()).unwrap();
            let reset = ResetKey::Mailbox { mailbox, mechanisms };
            round_trips(&reset, ResetKey::encode, ResetKey::parse);
            let params: Option<Vec<UrlFetchParam>> = params
                .map(|names| names.into_iter().map(|it| Atom::new(it).unwrap().into()).collect());
            let fetch = urls.iter().map(|(url, _)| UrlFetchArg { url: url.clone(), params: params.clone() });
            round_trips(&UrlFetch::new(fetch).unwrap(), UrlFetch::encode, UrlFetch::parse);
            let data = GenUrlAuthData::new(urls.iter().map(|(url, _)| url.clone())).unwrap();
            round_trips(&data, GenUrlAuthData::encode, GenUrlAuthData::parse);
            let requests = urls.into_iter().map(|(rump, mechanism)| UrlAuthRequest { rump, mechanism });
            round_trips(&GenUrlAuth::new(requests).unwrap(), GenUrlAuth::encode, GenUrlAuth::parse);
        }

        #[test]
        fn data_round_trip(urls in collection::vec((any_astring(), any_contents()), 1..4)) {
            let urls = urls.into_iter().map(|(url, contents)| FetchedUrl { url, contents });
            round_trips(&UrlFetchData::new(urls).unwrap(), UrlFetchData::encode, UrlFetchData::parse);
        }
    }
}
