//! A message of APPEND: what it gets in its mailbox, and its octets.

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink};

use super::{AppendDataBegin, AppendExt, AppendMessageBegin, AppendOption, Catenate};
use crate::Defect;
use crate::codec::{Annotations, Cursor, DateTime, Encoder, ExtLabel, IString, SettableFlags};

/// A message to append.
///
/// ```abnf
/// append-message = append-opts SP append-data
/// append-opts    = [SP flag-list] [SP date-time] *(SP append-ext)
/// ```
///
/// (RFC 4466 section 2.7, RFC 3502.)
///
/// ```
/// use imap_proto::{AppendMessage, Encoder, IString, Negotiated, SettableFlags};
///
/// let message = AppendMessage::new(IString::new("A: b\r\n\r\n").unwrap());
/// let message = message.with_flags(SettableFlags::seen());
/// let mut out = Vec::new();
/// message.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" (\\Seen) {8}\r\nA: b\r\n\r\n");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AppendMessage {
    /// The flags that it gets.
    pub flags: Option<SettableFlags>,
    /// Its INTERNALDATE, else it is now.
    pub date: Option<DateTime>,
    /// What extensions add.
    pub options: Vec<AppendOption>,
    /// Its octets.
    pub data: AppendData,
}

/// The octets of a message to append, or where they are.
///
/// ```abnf
/// append-data    = literal / literal8 / append-data-ext
/// append-data    =/ "CATENATE" SP "(" cat-part *(SP cat-part) ")"
/// append-data    =/ "UTF8" SP "(" literal8 ")"
/// ```
///
/// (RFC 4466 section 2.7, RFC 4469 section 5. RFC 6855 section 4 has UTF8, which RFC 9755 withdrew.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum AppendData {
    /// The message. An empty one gives up the whole command, with MULTIAPPEND (RFC 3502 section 6.3.11).
    Literal(IString),
    /// The message, which may hold NUL: for a server that has said BINARY.
    Literal8(Bytes),
    /// Pieces of which the server makes it.
    Catenate(Catenate),
    /// The message, which may have UTF-8 in its header. Withdrawn: read, but not to be sent any more.
    Utf8(Bytes),
    /// Another form.
    Ext(AppendExt),
}

impl AppendMessage {
    /// A message of this data, without flags and date.
    #[must_use]
    pub fn new(data: impl Into<AppendData>) -> Self {
        Self { flags: None, date: None, options: Vec::new(), data: data.into() }
    }

    /// With these flags.
    #[must_use]
    pub fn with_flags(mut self, flags: SettableFlags) -> Self {
        self.flags = Some(flags);
        self
    }

    /// With this INTERNALDATE.
    #[must_use]
    pub const fn with_date(mut self, date: DateTime) -> Self {
        self.date = Some(date);
        self
    }

    /// With one more option.
    #[must_use]
    pub fn with_option(mut self, option: AppendOption) -> Self {
        self.options.push(option);
        self
    }

    /// It gives up the whole command: an empty literal (RFC 3502 section 6.3.11).
    #[must_use]
    pub fn is_abort(&self) -> bool {
        match &self.data {
            AppendData::Literal(octets) => octets.as_bytes().is_empty(),
            AppendData::Literal8(octets) | AppendData::Utf8(octets) => octets.is_empty(),
            AppendData::Catenate(_) | AppendData::Ext(_) => false,
        }
    }

    /// Reads it, leading space included.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let AppendMessageBegin { flags, date, options, data } =
            AppendMessageBegin::parse(cursor, reading)?;
        let data = match data {
            AppendDataBegin::Literal { size } => {
                let (octets, at) = announced(size, cursor)?;
                literal_or_literal8(octets, at, reading)?
            }
            AppendDataBegin::Literal8 { size } => AppendData::Literal8(announced(size, cursor)?.0),
            AppendDataBegin::Utf8 { size } => {
                let (octets, _) = announced(size, cursor)?;
                cursor.tag(")")?;
                AppendData::Utf8(octets)
            }
            AppendDataBegin::Catenate => {
                AppendData::Catenate(Catenate::parse_parts(cursor, reading)?)
            }
            AppendDataBegin::Ext(ext) => AppendData::Ext(ext),
        };
        Ok(Self { flags, date, options, data })
    }

    /// Writes it, leading space included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encode_options(self.flags.as_ref(), self.date, &self.options, encoder);
        encoder.space();
        match &self.data {
            AppendData::Literal(octets) => encoder.literal_string(octets),
            AppendData::Literal8(octets) => encoder.literal8(octets),
            AppendData::Catenate(parts) => parts.encode(encoder),
            AppendData::Utf8(octets) => {
                encoder.put(b"UTF8 (");
                encoder.literal8(octets);
                encoder.put(b")");
            }
            AppendData::Ext(ext) => ext.encode(encoder),
        }
    }
}

impl From<IString> for AppendData {
    fn from(octets: IString) -> Self {
        Self::Literal(octets)
    }
}

impl From<Catenate> for AppendData {
    fn from(parts: Catenate) -> Self {
        Self::Catenate(parts)
    }
}

impl AppendMessageBegin {
    /// Reads it, leading space included, to where its octets begin: behind the announcement of a
    /// literal, behind the parenthesis of CATENATE.
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let (mut flags, mut date, mut options) = (None, None, Vec::new());
        if cursor.peek() == Some(b'(') {
            flags = Some(SettableFlags::parse_list(cursor, reading)?);
            cursor.space(reading)?;
        }
        if cursor.peek() == Some(b'"') {
            date = Some(DateTime::parse(cursor, reading)?);
            cursor.space(reading)?;
        }
        let mut room = cursor.limits().elements;
        let data = loop {
            match Next::parse(cursor, reading)? {
                Next::Data(data) => break data,
                Next::Option(option) => options.push(option),
            }
            cursor.space(reading)?;
            room = room.checked_sub(1).ok_or(cursor.expected("fewer options"))?;
        };
        Ok(Self { flags, date, options, data })
    }

    /// Writes it, leading space included, to where its octets begin.
    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encode_options(self.flags.as_ref(), self.date, &self.options, encoder);
        encoder.space();
        match &self.data {
            AppendDataBegin::Literal { size } => encoder.literal_announcement(*size, false),
            AppendDataBegin::Literal8 { size } => encoder.literal_announcement(*size, true),
            AppendDataBegin::Utf8 { size } => {
                encoder.put(b"UTF8 (");
                encoder.literal_announcement(*size, true);
            }
            AppendDataBegin::Catenate => encoder.put(b"CATENATE ("),
            AppendDataBegin::Ext(ext) => ext.encode(encoder),
        }
    }
}

fn encode_options<S: Sink>(
    flags: Option<&SettableFlags>,
    date: Option<DateTime>,
    options: &[AppendOption],
    encoder: &mut Encoder<'_, S>,
) {
    if let Some(flags) = flags {
        encoder.space();
        flags.encode(encoder);
    }
    if let Some(date) = date {
        encoder.space();
        date.encode(encoder);
    }
    for option in options {
        encoder.space();
        option.encode(encoder);
    }
}

/// What follows flags and date.
enum Next {
    Option(AppendOption),
    Data(AppendDataBegin),
}

impl Next {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        if matches!(cursor.peek(), Some(b'{' | b'~')) {
            let is_binary = cursor.peek() == Some(b'~');
            let size = announcement(is_binary, cursor, reading)?;
            return Ok(Self::Data(match is_binary {
                false => AppendDataBegin::Literal { size },
                true => AppendDataBegin::Literal8 { size },
            }));
        }
        let expected = cursor.expected("a literal, CATENATE, or an option and its value");
        let label = ExtLabel::parse(cursor, reading).map_err(|_| expected)?;
        if label.is("CATENATE") {
            cursor.space(reading)?;
            cursor.tag("(")?;
            return Ok(Self::Data(AppendDataBegin::Catenate));
        }
        if label.is("UTF8") {
            cursor.space(reading)?;
            cursor.tag("(")?;
            let size = announcement(true, cursor, reading)?;
            return Ok(Self::Data(AppendDataBegin::Utf8 { size }));
        }
        if label.is("ANNOTATION") {
            cursor.space(reading)?;
            let annotations = Annotations::parse(cursor, reading)?;
            return Ok(Self::Option(AppendOption::Annotation(annotations)));
        }
        let ext = AppendExt::parse_value(label, cursor, reading)?;
        Ok(match has_more(cursor.rest()) {
            true => Self::Option(AppendOption::Ext(ext)),
            false => Self::Data(AppendDataBegin::Ext(ext)),
        })
    }
}

/// Whether what was read is an option, because what follows it is another or the data. Flags and a date
/// begin another message.
fn has_more(rest: &[u8]) -> bool {
    let next = rest.iter().find(|octet| **octet != b' ');
    let begins = |octet: &u8| {
        octet.is_ascii_alphabetic() || matches!(octet, b'{' | b'~' | b'-' | b'_' | b'.')
    };
    rest.starts_with(b" ") && next.is_some_and(begins)
}

/// What announces a literal, or a literal8 if `is_binary`: how many octets follow.
pub(super) fn announcement(
    is_binary: bool,
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<u64, ParseError> {
    let (at, ahead) = (cursor.at(), cursor.clone());
    let header = cursor.literal_header(reading)?;
    if header.is_binary == is_binary {
        return Ok(header.length);
    }
    *cursor = ahead;
    Err(ParseError::new(at, if is_binary { "a literal8 (~{n})" } else { "a literal ({n})" }))
}

/// The octets that were announced, and where they begin.
pub(super) fn announced(size: u64, cursor: &mut Cursor<'_>) -> Result<(Bytes, usize), ParseError> {
    let at = cursor.at();
    let octets = usize::try_from(size).ok().and_then(|size| cursor.take(size));
    octets.map(|octets| (octets, at)).ok_or(ParseError::new(at, "as many octets as announced"))
}

/// A literal, in which no NUL may be.
pub(super) fn literal((octets, at): (Bytes, usize)) -> Result<IString, ParseError> {
    IString::new(octets).map_err(|error| error.shifted(at))
}

/// A message in a literal. With NUL, where that is put up with, it should have been a literal8.
fn literal_or_literal8(
    octets: Bytes,
    at: usize,
    reading: &mut Reading<Defect>,
) -> Result<AppendData, ParseError> {
    match literal((octets.clone(), at)) {
        Ok(octets) => Ok(AppendData::Literal(octets)),
        Err(error) => {
            reading.tolerate(Defect::NulInBody, error.at, error.expected)?;
            Ok(AppendData::Literal8(octets))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::append::testing::any_message;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use crate::codec::{AString, CatPart};
    use alloc::vec;
    use proptest::prelude::*;

    fn read(octets: &[u8]) -> AppendMessage {
        reads_and_writes(octets, AppendMessage::parse, AppendMessage::encode)
    }

    #[test]
    fn options_and_forms_of_data() {
        let message = read(b" (\\Seen $x) \"17-Jul-1996 02:44:25 -0700\" {3}\r\na\r\n");
        assert!(message.flags.unwrap().as_list().is_seen());
        assert_eq!(message.date.unwrap().zone(), -420);
        let AppendData::Literal(octets) = &message.data else { panic!() };
        assert_eq!(octets.as_bytes(), b"a\r\n");

        assert_eq!(read(b" () {1}\r\na").flags, Some(SettableFlags::default()));
        assert_eq!(read(b" ~{3}\r\na\0b").data, AppendData::Literal8("a\0b".into()));
        assert_eq!(read(b" UTF8 (~{2}\r\n\xc3\xa9)").data, AppendData::Utf8("\u{e9}".into()));
        let annotated = read(b" ANNOTATION (/comment (value.priv \"x\")) {1}\r\na");
        assert!(matches!(&annotated.options[..], [AppendOption::Annotation(_)]));

        // What is last is the data.
        let message = read(b" X-A 1 X-B (b) X-C (c)");
        let labels = |ext: &AppendExt| ext.label().as_bytes().to_vec();
        let [AppendOption::Ext(a), AppendOption::Ext(b)] = &message.options[..] else { panic!() };
        let AppendData::Ext(c) = &message.data else { panic!() };
        assert_eq!([labels(a), labels(b), labels(c)], [*b"X-A", *b"X-B", *b"X-C"]);
        assert_eq!(read(b" X-A (a) {1}\r\na").options.len(), 1);
        assert_eq!(read(b" X-A (a) CATENATE (URL a)").options.len(), 1);
    }

    #[test]
    fn pieces() {
        let message = read(b" CATENATE (URL /a TEXT {3}\r\n) \r UTF8 (~{1}\r\n\0) URL \"b c\")");
        let AppendData::Catenate(pieces) = &message.data else { panic!() };
        let url = |url: &'static str| CatPart::Url(AString::new(url).unwrap());
        let text = CatPart::Text(IString::new(") \r").unwrap());
        assert_eq!(pieces.parts(), [url("/a"), text, CatPart::Utf8("\0".into()), url("b c")]);
        let (message, defects) = lenient(b" CATENATE (URL a )", AppendMessage::parse);
        assert_eq!(message.unwrap().data, AppendData::Catenate(Catenate::new([url("a")]).unwrap()));
        assert_eq!(defects, [Defect::SpaceInList]);
        assert_eq!(Catenate::new([]), None);
    }

    #[test]
    fn what_clients_must_not_send() {
        let recent = b" (\\Recent \\Seen x) {1}\r\na";
        assert_eq!(strict(recent, AppendMessage::parse).unwrap_err().at, 2);
        let (message, defects) = lenient(recent, AppendMessage::parse);
        assert_eq!(defects, [Defect::RecentSetByClient]);
        let seen = b" (\\Seen x) {1}\r\na";
        assert_eq!(written(|encoder| message.unwrap().encode(encoder)), seen);

        let nul = b" {3}\r\na\0b";
        assert_eq!(strict(nul, AppendMessage::parse).unwrap_err().at, 7);
        let (message, defects) = lenient(nul, AppendMessage::parse);
        assert_eq!(message.unwrap().data, AppendData::Literal8("a\0b".into()));
        assert_eq!(defects, vec![Defect::NulInBody]);
    }

    #[test]
    fn what_is_no_message() {
        for (octets, at) in [
            (&b""[..], 0),
            (b" ", 1),
            (b" (\\Seen)", 8),
            (b" (\\Seen) ", 9),
            (b" abc", 4),
            (b" \"17-Jul-1996 02:44:25 -0700\"", 29),
            (b" {3}\r\nab", 6),
            (b" {3}ab", 4),
            (b" \"abc\"", 2),
            (b" CATENATE ()", 11),
            (b" CATENATE (a)", 11),
            (b" CATENATE (URL a", 16),
            (b" CATENATE (TEXT abc)", 16),
            (b" CATENATE (TEXT ~{1}\r\na)", 16),
            (b" CATENATE (TEXT {1}\r\n\0)", 21),
            (b" UTF8 ({1}\r\na)", 7),
            (b" UTF8 (~{1}\r\na", 14),
            (b" ANNOTATION x {1}\r\na", 12),
            (b" (\\Seen) (\\Seen) {1}\r\na", 9),
        ] {
            let error = lenient(octets, AppendMessage::parse).0.map(drop).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
    }

    #[test]
    fn an_empty_message_gives_up() {
        assert!(read(b" (\\Seen) {0}\r\n").is_abort());
        assert!(read(b" ~{0}\r\n").is_abort());
        assert!(!read(b" {1}\r\na").is_abort());
        assert!(!read(b" CATENATE (TEXT {0}\r\n)").is_abort());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(message in any_message()) {
            round_trips(&message, AppendMessage::encode, AppendMessage::parse);
        }
    }
}
