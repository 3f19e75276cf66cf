//! The continuation request: +.

use core::fmt;

use bytes::Bytes;
use mail_proto::sasl::{decode_base64, encode_base64};
use mail_proto::{Escaped, ParseError, Reading, Secret, Sink, Text};

use super::authenticate::base64;
use super::resp_text::text;
use super::{Cursor, Encoder, RespText};
use crate::Defect;

/// The server is ready for more: for a literal, for DONE, for an answer to its challenge.
///
/// ```abnf
/// continue-req   = "+" SP (resp-text / base64) CRLF
/// ```
///
/// (RFC 9051 section 7.6.) Whether it is text or base64 depends on the command and on nothing in the
/// octets: `+ IDLE` can be either. So the octets are kept, and who knows asks for
/// [`text`](Self::text) or [`data`](Self::data). What could be base64 is shown by no `Debug` and no
/// trace.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Continuation, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let octets = Bytes::from_static(b" AmFYig==");
/// let challenge = parse_whole(&octets, &mut reading, Continuation::parse).unwrap();
/// assert_eq!(challenge.data(&mut reading).unwrap().expose(), &b"\x02aX\x8a"[..]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Continuation(Text);

impl Continuation {
    /// Without a text.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Text::empty())
    }

    /// With a text for people, and with a code if it has one.
    #[must_use]
    pub fn new(text: &RespText) -> Self {
        let mut octets = alloc::vec::Vec::new();
        text.encode(&mut Encoder::new(&mut octets, super::Negotiated::server()));
        // A status text has no octets that a text has not.
        Self(Text::sanitized(&octets))
    }

    /// With a challenge of SASL.
    #[must_use]
    pub fn challenge(data: &[u8]) -> Self {
        Self(Text::sanitized(encode_base64(data).as_bytes()))
    }

    /// The octets behind the plus sign and the space.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The octets as code and text, for all commands but AUTHENTICATE.
    #[must_use]
    pub fn text(&self) -> RespText {
        let octets = self.0.clone().into_bytes();
        let mut reading = Reading::new(mail_proto::Leniency::lenient());
        let parsed = RespText::parse(&mut Cursor::new(&octets), &mut reading);
        parsed.unwrap_or_else(|_| RespText::from(self.0.clone()))
    }

    /// The octets as a challenge, decoded, for AUTHENTICATE.
    ///
    /// # Errors
    ///
    /// Where they are no base64. As the first challenge, that can stand for an empty one: some servers
    /// say `+ go ahead` (Q32).
    pub fn data(&self, reading: &mut Reading<Defect>) -> Result<Secret<Bytes>, ParseError> {
        base64(self.as_bytes(), 0, reading)
    }

    /// Reads what stands behind the plus sign, to the end of the message.
    ///
    /// # Errors
    ///
    /// There are octets in it that are not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        const EXPECTED: &str = "a space behind +";
        match cursor.peek() {
            Some(b' ') => cursor.skip(1),
            None => reading.tolerate(Defect::BarePlus, cursor.at(), EXPECTED)?,
            Some(_) => return Err(cursor.expected(EXPECTED)),
        }
        let Some(control) = mail_proto::line_break(cursor.rest()) else {
            return text(cursor, reading).map(Self);
        };
        let control = cursor.at().saturating_add(control);
        reading.tolerate(Defect::ControlInText, control, "text without CR, LF and NUL")?;
        Ok(Self(Text::sanitized(&cursor.take_rest())))
    }

    /// Writes what stands behind the plus sign.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        if self.may_be_secret() {
            encoder.put_secret(self.as_bytes());
        } else {
            encoder.put_checked(self.as_bytes());
        }
    }

    fn may_be_secret(&self) -> bool {
        decode_base64(self.as_bytes()).is_ok_and(|data| !data.is_empty())
    }
}

impl fmt::Debug for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.may_be_secret() {
            return f.write_str("Continuation(<hidden>)");
        }
        f.debug_tuple("Continuation").field(&Escaped(self.as_bytes())).finish()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Code;
    use crate::codec::resp_text::tests::any_resp_text;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::format;
    use alloc::vec::Vec;
    use mail_proto::Leniency;
    use proptest::prelude::*;

    pub(crate) fn any_continuation() -> impl Strategy<Value = Continuation> {
        prop_oneof![
            any_resp_text().prop_map(|text| Continuation::new(&text)),
            any::<Vec<u8>>().prop_map(|data| Continuation::challenge(&data)),
        ]
    }

    fn read(octets: &[u8]) -> Continuation {
        reads_and_writes(octets, Continuation::parse, Continuation::encode)
    }

    fn data(continuation: &Continuation) -> Result<Vec<u8>, usize> {
        let data = continuation.data(&mut Reading::new(Leniency::strict()));
        data.map(|data| data.expose().to_vec()).map_err(|error| error.at)
    }

    #[test]
    fn texts_and_challenges_of_the_rfcs() {
        let ready = read(b" Ready for additional command text");
        assert_eq!(ready.text().text().as_bytes(), b"Ready for additional command text");
        assert_eq!(data(&ready), Err(5));
        assert_eq!(data(&read(b" OTUgUWE1ODMwOA==")), Ok(b"95 Qa58308".to_vec()));
        assert_eq!(data(&read(b" ")), Ok(Vec::new()));
        assert_eq!(read(b" "), Continuation::empty());
        assert_eq!(read(b" [ALERT] x").text().code(), Some(&Code::Alert));
        assert_eq!(Continuation::challenge(b"95 Qa58308"), read(b" OTUgUWE1ODMwOA=="));
        assert!(read(b" [COPYUID] x").text().code().is_some());
    }

    #[test]
    fn continuations_of_real_servers() {
        // Q31, Q32, Q33.
        assert_eq!(strict(b"", Continuation::parse).map_err(|error| error.at), Err(0));
        let bare = lenient(b"", Continuation::parse);
        assert_eq!(bare, (Ok(Continuation::empty()), [Defect::BarePlus].into()));
        let idle = read(b" IDLE accepted, awaiting DONE command.");
        assert_eq!(data(&idle), Err(4));
        assert_eq!(data(&read(b" VXNlciBOYW1lAA==")), Ok(b"User Name\0".to_vec()));
        let unpadded = read(b" dGVzdA");
        assert!(data(&unpadded).is_err());
        let mut reading = Reading::new(Leniency::lenient());
        assert_eq!(unpadded.data(&mut reading).unwrap().expose(), &b"test"[..]);
        assert_eq!(reading.defects[0].id, Defect::UnpaddedBase64);
        for octets in ["x", "+ x", "\t"] {
            assert!(lenient(octets.as_bytes(), Continuation::parse).0.is_err());
        }
        let (nul, defects) = lenient(b" a\0b", Continuation::parse);
        assert_eq!(
            (nul.unwrap().as_bytes(), defects),
            (&b"a b"[..], [Defect::ControlInText].into())
        );
    }

    #[test]
    fn a_challenge_is_not_shown() {
        assert_eq!(format!("{:?}", Continuation::challenge(b"secret")), "Continuation(<hidden>)");
        assert_eq!(format!("{:?}", read(b" idling")), "Continuation(\"idling\")");
    }

    proptest! {
        #[test]
        fn written_and_read_back(continuation in any_continuation()) {
            round_trips(&continuation, Continuation::encode, Continuation::parse);
        }

        #[test]
        fn challenges_are_decoded(octets: Vec<u8>) {
            prop_assert_eq!(data(&Continuation::challenge(&octets)), Ok(octets));
        }
    }
}
