//! The first line of a reply.

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink, Text};

use super::scan::{put_text, text};
use crate::{Defect, ResponseCode};

/// Yes or no.
///
/// ```
/// assert_eq!(pop3_proto::StatusKind::Err.as_bytes(), b"-ERR");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StatusKind {
    /// `+OK`
    Ok,
    /// `-ERR`
    Err,
}

impl StatusKind {
    /// As it stands on the wire.
    #[must_use]
    pub const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Ok => b"+OK",
            Self::Err => b"-ERR",
        }
    }
}

/// The first line of a reply, often the only one.
///
/// ```abnf
/// reply          = status [SP text] CRLF
/// status         = "+OK" / "-ERR"
/// text           = [resp-code] *text-char
/// text-char      = %x20-7E / %x80-FF
/// ```
///
/// (RFC 1939 section 3, RFC 2449 section 3; 8-bit after LANG and UTF8, RFC 6856.)
///
/// One space between a code and the text belongs to neither. A text that begins with `[` and has no
/// code is written with a space more, so that nobody takes it for one.
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading, Text};
/// use pop3_proto::{ResponseCode, Status};
///
/// let line = Bytes::from_static(b"-ERR [IN-USE] Do you have another POP session running?");
/// let status = Status::parse(&line, &mut Reading::new(Leniency::strict())).unwrap();
/// assert_eq!(status.code, Some(ResponseCode::InUse));
///
/// let text = Text::new("Do you have another POP session running?").unwrap();
/// assert_eq!(status, Status::err(text).with_code(ResponseCode::InUse));
///
/// let mut line = Vec::new();
/// Status::ok(Text::new("[AUTH] is not meant").unwrap()).encode(&mut line);
/// assert_eq!(line, b"+OK  [AUTH] is not meant\r\n");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Status {
    /// Yes or no.
    pub kind: StatusKind,
    /// What a program may know.
    pub code: Option<ResponseCode>,
    /// What a human may know, and in some replies the answer.
    pub text: Text,
}

impl Status {
    /// `+OK`
    #[must_use]
    pub const fn ok(text: Text) -> Self {
        Self { kind: StatusKind::Ok, code: None, text }
    }

    /// `-ERR`
    #[must_use]
    pub const fn err(text: Text) -> Self {
        Self { kind: StatusKind::Err, code: None, text }
    }

    /// With a response code.
    #[must_use]
    pub fn with_code(mut self, code: ResponseCode) -> Self {
        self.code = Some(code);
        self
    }

    /// Whether it is `+OK`.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        matches!(self.kind, StatusKind::Ok)
    }

    /// Reads a line without its CRLF.
    ///
    /// # Errors
    ///
    /// It is no status line.
    pub fn parse(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let kind = kind(line, reading)?;
        let (mut at, mut rest) = after_status(line, kind, reading)?;
        let code = ResponseCode::split(&rest).map(|(code, length)| {
            let skipped = match rest.get(length) {
                Some(b' ') => length.saturating_add(1),
                _ => length,
            };
            rest = rest.slice(skipped..);
            at = at.saturating_add(skipped);
            code
        });
        if code.as_ref().is_some_and(|code| code.known().is_none()) {
            reading.keep_raw();
        }
        if code.is_none() && is_escaped(&rest) {
            rest = rest.slice(1..);
            at = at.saturating_add(1);
        }
        Ok(Self { kind, code, text: text(rest, at, reading)? })
    }

    /// Writes the line with its CRLF.
    pub fn encode(&self, sink: &mut impl Sink) {
        sink.put(self.kind.as_bytes());
        match &self.code {
            Some(code) => {
                sink.put(b" ");
                code.encode(sink);
            }
            None if looks_like_code(self.text.as_bytes()) => sink.put(b" "),
            None => {}
        }
        if !self.text.is_empty() {
            sink.put(b" ");
            put_text(&self.text, sink);
        }
        sink.put(b"\r\n");
    }

    /// Octets of the line before its text.
    pub(crate) fn text_at(&self) -> usize {
        let word = self.kind.as_bytes().len();
        let code = self.code.as_ref().map_or(0, |code| code.as_bytes().len().saturating_add(3));
        let space = usize::from(!self.text.is_empty());
        word.saturating_add(code).saturating_add(space)
    }

    /// The answer in the text of a `+OK`.
    ///
    /// # Errors
    ///
    /// It is a `-ERR`.
    pub(crate) fn answer(&self) -> Result<Bytes, ParseError> {
        match self.kind {
            StatusKind::Ok => Ok(self.text.clone().into_bytes()),
            StatusKind::Err => Err(ParseError::new(0, "+OK")),
        }
    }
}

fn kind(line: &Bytes, reading: &mut Reading<Defect>) -> Result<StatusKind, ParseError> {
    const EXPECTED: &str = "+OK or -ERR";
    let begins = |kind: &StatusKind| {
        let word = line.get(..kind.as_bytes().len());
        word.is_some_and(|word| word.eq_ignore_ascii_case(kind.as_bytes()))
    };
    let kind = [StatusKind::Ok, StatusKind::Err].into_iter().find(begins);
    let kind = kind.ok_or(ParseError::new(0, EXPECTED))?;
    if !line.starts_with(kind.as_bytes()) {
        reading.tolerate(Defect::LowerCaseStatus, 0, EXPECTED)?;
    }
    Ok(kind)
}

/// What follows the status and its space, and where it begins.
fn after_status(
    line: &Bytes,
    kind: StatusKind,
    reading: &mut Reading<Defect>,
) -> Result<(usize, Bytes), ParseError> {
    let length = kind.as_bytes().len();
    match line.get(length) {
        None => Ok((length, Bytes::new())),
        Some(b' ') => Ok((length.saturating_add(1), line.slice(length.saturating_add(1)..))),
        Some(_) => {
            reading.tolerate(Defect::NoSpaceAfterStatus, length, "a space")?;
            Ok((length, line.slice(length..)))
        }
    }
}

/// Whether a text without a code needs a space more: its first octet but spaces is a bracket.
fn looks_like_code(text: &[u8]) -> bool {
    text.iter().find(|octet| **octet != b' ') == Some(&b'[')
}

/// Whether the encoder has put a space more before this text.
fn is_escaped(text: &[u8]) -> bool {
    text.starts_with(b" ") && looks_like_code(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RawCode;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::vec;

    fn text(text: &'static str) -> Text {
        Text::new(text).unwrap()
    }

    #[test]
    fn lines_and_their_values() {
        let odd = ResponseCode::Other(RawCode::new("X/Y").unwrap());
        let cases = [
            ("+OK", Status::ok(text(""))),
            ("-ERR", Status::err(text(""))),
            ("+OK 2 320", Status::ok(text("2 320"))),
            ("+OK  x", Status::ok(text(" x"))),
            ("-ERR [AUTH]", Status::err(text("")).with_code(ResponseCode::Auth)),
            ("-ERR [AUTH] no", Status::err(text("no")).with_code(ResponseCode::Auth)),
            ("-ERR [AUTH]  no", Status::err(text(" no")).with_code(ResponseCode::Auth)),
            ("+OK [X/Y] [z]", Status::ok(text("[z]")).with_code(odd)),
            ("+OK  [AUTH] x", Status::ok(text("[AUTH] x"))),
            ("+OK   [AUTH] x", Status::ok(text(" [AUTH] x"))),
            ("+OK  [", Status::ok(text("["))),
        ];
        for (line, status) in cases {
            assert_eq!(strict(line.as_bytes(), Status::parse), Ok(status.clone()), "{line}");
            let octets = [line.as_bytes(), b"\r\n"].concat();
            assert_eq!(written(|out| status.encode(out)), octets);
        }
    }

    #[test]
    fn other_spellings_of_the_same() {
        let same = [
            ("+OK ", Status::ok(text(""))),
            ("-ERR [auth]no", Status::err(text("no")).with_code(ResponseCode::Auth)),
            ("+OK [no code] x", Status::ok(text("[no code] x"))),
        ];
        for (line, status) in same {
            assert_eq!(strict(line.as_bytes(), Status::parse), Ok(status.clone()), "{line}");
            let octets = written(|out| status.encode(out));
            let line = octets.strip_suffix(b"\r\n").unwrap();
            assert_eq!(strict(line, Status::parse), Ok(status));
        }
    }

    #[test]
    fn what_is_no_status() {
        for line in ["", "+", "+ OK", "OK", "-ER", "*", ".", " +OK", "-OK", "+ERR"] {
            assert_eq!(lenient(line.as_bytes(), Status::parse).0.unwrap_err().at, 0, "{line}");
        }
    }

    #[test]
    fn control_characters() {
        let (status, defects) = lenient(b"+OK a\tb", Status::parse);
        assert_eq!(status.clone().unwrap().text.as_bytes(), b"a\tb");
        assert_eq!(defects, vec![Defect::ControlInText]);
        assert_eq!(written(|out| status.unwrap().encode(out)), b"+OK a b\r\n");
        let (status, defects) = lenient(b"+OK a\0b\rc\nd", Status::parse);
        assert_eq!(status.unwrap().text.as_bytes(), b"a b c d");
        assert_eq!(defects, vec![Defect::BreakInText]);
        assert_eq!(strict(b"+OK a\x1b[2J", Status::parse).unwrap_err().at, 5);
    }
}
