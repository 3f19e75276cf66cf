//! What stands behind OK, NO, BAD, PREAUTH and BYE: a code and a text.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;

use mail_proto::{ParseError, Reading, Sink, Text};

use super::code::code_length;
use super::{Code, Cursor, Encoder};
use crate::Defect;

/// What a status response says: for programs a code, for people a text.
///
/// ```abnf
/// resp-text      = ["[" resp-text-code "]" SP] [text]
/// text           = 1*(TEXT-CHAR / UTF8-2 / UTF8-3 / UTF8-4)
/// ```
///
/// (RFC 9051 section 9.) A text is any octets but CR, LF and NUL, in UTF-8 if all is well. One that
/// begins like a code gets a space before it, so that no text of others becomes a code.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Code, Encoder, Negotiated, RespText, parse_whole};
/// use mail_proto::{Leniency, Reading, Text};
///
/// let octets = Bytes::from_static(b"[ALERT] System shutdown in 10 minutes");
/// let alert = parse_whole(&octets, &mut Reading::new(Leniency::strict()), RespText::parse).unwrap();
/// assert_eq!(alert.code(), Some(&Code::Alert));
/// assert_eq!(alert.text().as_bytes(), b"System shutdown in 10 minutes");
///
/// let mut out = Vec::new();
/// let echo = RespText::new(None, Text::new("[ALERT] call 0900").unwrap());
/// echo.encode(&mut Encoder::new(&mut out, Negotiated::server()));
/// assert_eq!(out, b" [ALERT] call 0900");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RespText {
    /// Most have none, and responses are moved often: they stay small.
    code: Option<Box<Code>>,
    text: Text,
}

/// A text without a code. What cannot stand in one (CR, LF, NUL) becomes a space.
///
/// ```
/// use imap_proto::RespText;
///
/// assert_eq!(RespText::from("one\r\ntwo").text().as_bytes(), b"one  two");
/// ```
impl From<&str> for RespText {
    fn from(text: &str) -> Self {
        Self::new(None, Text::sanitized(text.as_bytes()))
    }
}

impl RespText {
    /// A code and a text, of which either may be missing. What is no UTF-8 in it becomes U+FFFD.
    #[must_use]
    pub fn new(code: Option<Code>, text: Text) -> Self {
        let text = match String::from_utf8_lossy(text.as_bytes()) {
            Cow::Owned(clean) => Text::sanitized(clean.as_bytes()),
            Cow::Borrowed(_) => text,
        };
        let text = if code.is_none() && code_length(text.as_bytes()).is_some() {
            Text::sanitized(&[b" ", text.as_bytes()].concat())
        } else {
            text
        };
        Self { code: code.map(Box::new), text }
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        self.code.as_deref()
    }

    /// The text, often empty.
    #[must_use]
    pub const fn text(&self) -> &Text {
        &self.text
    }

    /// Both.
    #[must_use]
    pub fn into_parts(self) -> (Option<Code>, Text) {
        (self.code.map(|code| *code), self.text)
    }

    /// Reads all that is left of the message.
    ///
    /// # Errors
    ///
    /// There are octets in it that are not put up with, or a known code with wrong arguments.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let Some(control) = mail_proto::line_break(cursor.rest()) else {
            return Self::parse_clean(cursor, reading);
        };
        let at = cursor.at();
        let control = at.saturating_add(control);
        reading.tolerate(Defect::ControlInText, control, "text without CR, LF and NUL")?;
        let clean = Text::sanitized(&cursor.take_rest()).into_bytes();
        Self::parse_clean(&mut Cursor::within(&clean, at).with_limits(cursor.limits()), reading)
    }

    fn parse_clean(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut code = None;
        if code_length(cursor.rest()).is_some() {
            code = Some(Box::new(Code::parse(cursor, reading)?));
            space_before_text(cursor, reading)?;
        }
        Ok(Self { code, text: text(cursor, reading)? })
    }

    /// Writes it. Behind a code there is always a space.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if let Some(code) = &self.code {
            code.encode(encoder);
            encoder.space();
        }
        encoder.put_checked(self.text.as_bytes());
    }
}

impl From<Text> for RespText {
    fn from(text: Text) -> Self {
        Self::new(None, text)
    }
}

impl From<Code> for RespText {
    fn from(code: Code) -> Self {
        Self::new(Some(code), Text::empty())
    }
}

fn space_before_text(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<(), ParseError> {
    const EXPECTED: &str = "a space behind the response code";
    match cursor.peek() {
        Some(b' ') => {
            cursor.skip(1);
            Ok(())
        }
        None => reading.tolerate(Defect::NoRespText, cursor.at(), EXPECTED),
        Some(_) => reading.tolerate(Defect::NoSpaceAfterCode, cursor.at(), EXPECTED),
    }
}

/// The rest of the message, without CR, LF and NUL.
pub(super) fn text(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Text, ParseError> {
    let (at, octets) = (cursor.at(), cursor.rest());
    if let Err(error) = core::str::from_utf8(octets) {
        let at = at.saturating_add(error.valid_up_to());
        reading.tolerate(Defect::EightBitInText, at, "UTF-8")?;
    }
    let text = Text::new(cursor.keep(octets)).map_err(|error| error.shifted(at))?;
    cursor.skip(octets.len());
    Ok(text)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::code::tests::any_code;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    pub(crate) fn any_resp_text() -> impl Strategy<Value = RespText> {
        let text = "[^\\r\\n\\x00]{0,12}|\\[[ -~]{0,8}\\][ -~]{0,8}";
        (proptest::option::of(any_code()), text)
            .prop_map(|(code, text)| RespText::new(code, Text::new(text).unwrap()))
    }

    fn parts(octets: &[u8]) -> (Option<Code>, Text) {
        reads_and_writes(octets, RespText::parse, RespText::encode).into_parts()
    }

    fn text(text: &'static str) -> Text {
        Text::new(text).unwrap()
    }

    #[test]
    fn texts_of_the_rfcs() {
        assert_eq!(parts(b"IMAP4rev2 server ready"), (None, text("IMAP4rev2 server ready")));
        assert_eq!(parts(b"[READ-WRITE] Done"), (Some(Code::ReadWrite), text("Done")));
        assert_eq!(parts(b""), (None, Text::empty()));
        assert_eq!(parts(b"[CLOSED] "), (Some(Code::Closed), Text::empty()));
        assert_eq!(parts(b"[CLOSED]  a "), (Some(Code::Closed), text(" a ")));
        assert_eq!(parts("gr\u{fc}n".as_bytes()), (None, text("gr\u{fc}n")));
    }

    #[test]
    fn what_is_made_is_utf_8() {
        let made = RespText::new(None, Text::new(&b"caf\xe9 [\x80"[..]).unwrap());
        assert_eq!(made.text(), &text("caf\u{fffd} [\u{fffd}"));
        round_trips(&made, RespText::encode, RespText::parse);
    }

    #[test]
    fn brackets_that_are_no_code() {
        for octets in [
            "[",
            "[]",
            "[(a)] b",
            "[a",
            "[FOO BAR",
            "a [ALERT] b",
            "Hello \" foo",
            "x {5}",
            " [ALERT]",
        ] {
            assert_eq!(parts(octets.as_bytes()), (None, Text::new(octets).unwrap()));
        }
        let (code, rest) = parts(b"[mail.example.com] IMAP ready");
        assert!(matches!(code, Some(Code::Other(_))));
        assert_eq!(rest, text("IMAP ready"));
    }

    #[test]
    fn no_text_becomes_a_code() {
        for octets in ["[ALERT] x", "[ALERT]", "[FOO BAR] x", "[x]y"] {
            let resp_text = RespText::from(Text::new(octets).unwrap());
            let wrote = written(|encoder| resp_text.encode(encoder));
            assert_eq!(wrote, [b" ", octets.as_bytes()].concat());
            assert_eq!(lenient(&wrote, RespText::parse).0.unwrap().code(), None);
        }
        let resp_text = RespText::new(Some(Code::Alert), Text::new("[PARSE] x").unwrap());
        assert_eq!(written(|encoder| resp_text.encode(encoder)), b"[ALERT] [PARSE] x");
    }

    #[test]
    fn texts_of_real_servers() {
        // Q7, Q8, Q18 and an example of RFC 2193.
        for (octets, at, defect, wrote) in [
            (&b"[CLOSED]"[..], 8, Defect::NoRespText, &b"[CLOSED] "[..]),
            (b"[CLOSED]Done", 8, Defect::NoSpaceAfterCode, b"[CLOSED] Done"),
            (b"Willk\xf6mmen", 5, Defect::EightBitInText, b"Willk\xf6mmen"),
            (b"[CLOSED] a\0b", 10, Defect::ControlInText, b"[CLOSED] a b"),
            (b"a\rb", 1, Defect::ControlInText, b"a b"),
            (b"[COPYUID 701  ] x", 13, Defect::MalformedCode, b"[COPYUID 701  ] x"),
        ] {
            assert_eq!(strict(octets, RespText::parse).map_err(|error| error.at), Err(at));
            let (resp_text, defects) = lenient(octets, RespText::parse);
            let resp_text = resp_text.unwrap();
            assert_eq!(written(|encoder| resp_text.encode(encoder)), wrote);
            assert_eq!(defects, [defect], "{octets:?}");
        }
    }

    proptest! {
        #[test]
        fn written_and_read_back(resp_text in any_resp_text()) {
            round_trips(&resp_text, RespText::encode, RespText::parse);
        }

        #[test]
        fn every_line_is_read_leniently(octets: Vec<u8>) {
            let (resp_text, _) = lenient(&octets, RespText::parse);
            prop_assert!(resp_text.is_ok());
        }

        #[test]
        fn every_code_is_read_leniently(octets in "\\[(COPYUID|ALERT|UIDNEXT|FOO|METADATA)[ -~]{0,20}") {
            let (resp_text, _) = lenient(octets.as_bytes(), RespText::parse);
            prop_assert!(resp_text.is_ok());
        }
    }
}
