//! OK, NO, BAD, PREAUTH and BYE, tagged and untagged.

use mail_proto::{ParseError, Reading, Sink, Text};

use super::code::code_length;
use super::{Code, Cursor, Encoder, RespText};
use crate::Defect;

/// How a status response begins.
///
/// ```abnf
/// resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text
/// resp-cond-auth  = ("OK" / "PREAUTH") SP resp-text
/// resp-cond-bye   = "BYE" SP resp-text
/// ```
///
/// (RFC 9051 section 9.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{ConditionKind, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let kind = parse_whole(&Bytes::from_static(b"bye"), &mut reading, ConditionKind::parse);
/// assert_eq!(kind, Ok(ConditionKind::Bye));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ConditionKind {
    /// It succeeded; or, untagged, something to know.
    Ok,
    /// It failed; or, untagged, a warning.
    No,
    /// It was not understood.
    Bad,
    /// The greeting of a server that needs no login.
    PreAuth,
    /// The server closes the connection.
    Bye,
}

impl ConditionKind {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::No => "NO",
            Self::Bad => "BAD",
            Self::PreAuth => "PREAUTH",
            Self::Bye => "BYE",
        }
    }

    /// The kind of this word, which is in capitals.
    #[must_use]
    pub const fn from_word(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"OK" => Self::Ok,
            b"NO" => Self::No,
            b"BAD" => Self::Bad,
            b"PREAUTH" => Self::PreAuth,
            b"BYE" => Self::Bye,
            _ => return None,
        })
    }

    /// Whether it can complete a command.
    #[must_use]
    pub const fn is_tagged(self) -> bool {
        matches!(self, Self::Ok | Self::No | Self::Bad)
    }

    /// Reads the word.
    ///
    /// # Errors
    ///
    /// It is another.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let wrong = cursor.expected("OK, NO, BAD, PREAUTH or BYE");
        Self::from_word(cursor.keyword().as_bytes()).ok_or(wrong)
    }

    /// Writes the word.
    pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.put(self.as_str().as_bytes());
    }
}

/// A status response: that something succeeded, failed, or is to be known.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Code, Condition, ConditionKind, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" [ALERT] System shutdown in 10 minutes");
/// let mut reading = Reading::new(Leniency::strict());
/// let condition = parse_whole(&octets, &mut reading, |cursor, reading| {
///     Condition::parse(ConditionKind::Ok, cursor, reading)
/// });
/// assert_eq!(condition.unwrap().text.code(), Some(&Code::Alert));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Condition {
    /// Which.
    pub kind: ConditionKind,
    /// Why.
    pub text: RespText,
}

impl Condition {
    /// It has been done.
    ///
    /// ```
    /// use imap_proto::{Code, Condition, ConditionKind};
    ///
    /// assert_eq!(Condition::ok("done").kind, ConditionKind::Ok);
    /// let missing = Condition::no("no such mailbox").with_code(Code::TryCreate);
    /// assert_eq!(missing.text.code(), Some(&Code::TryCreate));
    /// assert_eq!(missing.text.text().as_bytes(), b"no such mailbox");
    /// ```
    #[must_use]
    pub fn ok(text: impl Into<RespText>) -> Self {
        Self { kind: ConditionKind::Ok, text: text.into() }
    }

    /// It cannot be done.
    #[must_use]
    pub fn no(text: impl Into<RespText>) -> Self {
        Self { kind: ConditionKind::No, text: text.into() }
    }

    /// It was wrong.
    #[must_use]
    pub fn bad(text: impl Into<RespText>) -> Self {
        Self { kind: ConditionKind::Bad, text: text.into() }
    }

    /// The same with this code, which replaces one that it has.
    #[must_use]
    pub fn with_code(self, code: Code) -> Self {
        let (_, text) = self.text.into_parts();
        Self { kind: self.kind, text: RespText::new(Some(code), text) }
    }

    /// Reads what stands behind the word, to the end of the message.
    ///
    /// # Errors
    ///
    /// As [`RespText::parse`]; or there is no space.
    pub fn parse(
        kind: ConditionKind,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        const EXPECTED: &str = "a space and a text";
        let text = match cursor.peek() {
            Some(b' ') => {
                cursor.skip(1);
                RespText::parse(cursor, reading)?
            }
            None => {
                reading.tolerate(Defect::NoRespText, cursor.at(), EXPECTED)?;
                RespText::from(Text::empty())
            }
            Some(_) => return Err(cursor.expected(EXPECTED)),
        };
        Ok(Self { kind, text })
    }

    /// Reads a code and a text that have no word before them, as an untagged OK: `[COPYUID 55 31 6]`.
    ///
    /// # Errors
    ///
    /// As [`RespText::parse`]; or there is no code.
    pub fn parse_bare(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if code_length(cursor.rest()).is_none() {
            return Err(cursor.expected("a response code"));
        }
        RespText::parse(cursor, reading).map(|text| Self { kind: ConditionKind::Ok, text })
    }

    /// Writes the word and what stands behind it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.kind.encode(encoder);
        encoder.space();
        self.text.encode(encoder);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Code;
    use crate::codec::resp_text::tests::any_resp_text;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use proptest::prelude::*;

    const KINDS: [ConditionKind; 5] = [
        ConditionKind::Ok,
        ConditionKind::No,
        ConditionKind::Bad,
        ConditionKind::PreAuth,
        ConditionKind::Bye,
    ];

    pub(crate) fn any_condition() -> impl Strategy<Value = Condition> {
        (proptest::sample::select(&KINDS[..]), any_resp_text())
            .prop_map(|(kind, text)| Condition { kind, text })
    }

    fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Condition, ParseError> {
        let kind = ConditionKind::parse(cursor, reading)?;
        Condition::parse(kind, cursor, reading)
    }

    #[test]
    fn status_responses_of_the_rfcs() {
        for octets in [
            "OK IMAP4rev2 server ready",
            "OK [CAPABILITY IMAP4rev2 STARTTLS AUTH=GSSAPI] Capabilities",
            "NO [ALREADYEXISTS] Mailbox \"that\" already exists",
            "BAD [UIDREQUIRED] Message numbers are not allowed once UIDONLY is enabled",
            "PREAUTH IMAP4rev2 server logged in as Smith",
            "BYE [REFERRAL IMAP://user;AUTH=*@SERVER2/] Server not accepting connections.  Try SERVER2",
            "OK ",
        ] {
            reads_and_writes(octets.as_bytes(), parse, Condition::encode);
        }
        for kind in KINDS {
            let word = kind.as_str().to_ascii_lowercase();
            assert_eq!(strict(word.as_bytes(), ConditionKind::parse), Ok(kind));
        }
    }

    #[test]
    fn status_responses_without_a_text() {
        // Q18, erratum 7343.
        assert_eq!(strict(b"OK", parse).map_err(|error| error.at), Err(2));
        let (condition, defects) = lenient(b"OK", parse);
        assert_eq!(written(|encoder| condition.unwrap().encode(encoder)), b"OK ");
        assert_eq!(defects, [Defect::NoRespText]);
        let (condition, defects) = lenient(b"NO [CONTACTADMIN]", parse);
        assert_eq!(condition.unwrap().text.code(), Some(&Code::ContactAdmin));
        assert_eq!(defects, [Defect::NoRespText]);
        for (octets, at) in [("OKAY x", 0), ("", 0), ("OK[ALERT] x", 2), ("OK\tx", 2)] {
            assert_eq!(lenient(octets.as_bytes(), parse).0.map_err(|error| error.at), Err(at));
        }
    }

    #[test]
    fn a_code_where_ok_should_stand() {
        // Q14.
        let octets = b"[COPYUID 55 31 6]";
        let (condition, defects) = lenient(octets, Condition::parse_bare);
        let condition = condition.unwrap();
        assert_eq!(condition.kind, ConditionKind::Ok);
        assert!(matches!(condition.text.code(), Some(Code::CopyUid(_))));
        assert_eq!(defects, [Defect::NoRespText]);
        assert!(lenient(b"hello", Condition::parse_bare).0.is_err());
        assert!(ConditionKind::Bad.is_tagged() && !ConditionKind::Bye.is_tagged());
    }

    proptest! {
        #[test]
        fn written_and_read_back(condition in any_condition()) {
            round_trips(&condition, Condition::encode, parse);
        }
    }
}
