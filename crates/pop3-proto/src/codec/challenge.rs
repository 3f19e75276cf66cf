//! The two sides of an authentication exchange: a line of the server, a line of the client.

use bytes::Bytes;
use mail_proto::sasl::encode_base64;
use mail_proto::{ParseError, Reading, Secret, Sink};

use super::scan::{Words, base64};
use crate::Defect;

/// What the server says in an authentication exchange.
///
/// ```abnf
/// auth-challenge = "+" SP [base64] CRLF
/// base64         = base64-terminal / ( 1*(4base64-char) [base64-terminal] )
/// base64-char    = ALPHA / DIGIT / "+" / "/"
/// base64-terminal = (2base64-char "==") / (3base64-char "=")
/// ```
///
/// (RFC 5034 sections 4 and 5.)
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading, Secret};
/// use pop3_proto::{Challenge, Defect};
///
/// let mut reading = Reading::new(Leniency::lenient());
/// let challenge = Challenge::parse(&Bytes::from_static(b"+ AmFYig=="), &mut reading).unwrap();
/// assert_eq!(challenge.data().unwrap().expose().as_ref(), b"\x02aX\x8a");
///
/// let chatter = Challenge::parse(&Bytes::from_static(b"+ go ahead"), &mut reading).unwrap();
/// assert_eq!(chatter.data(), None);
/// assert_eq!(reading.defects[0].id, Defect::UndecodableChallenge);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Challenge {
    data: Option<Secret<Bytes>>,
}

impl Challenge {
    /// A challenge of these octets, often none.
    #[must_use]
    pub const fn new(data: Secret<Bytes>) -> Self {
        Self { data: Some(data) }
    }

    /// The octets, decoded.
    ///
    /// None for a text that is no base64, which only a lenient reading lets through. As the first
    /// challenge it can stand for an empty one; a later one has to be answered with
    /// [`SaslResponse::Cancel`] (RFC 5034 section 4).
    #[must_use]
    pub const fn data(&self) -> Option<&Secret<Bytes>> {
        self.data.as_ref()
    }

    /// Reads a line without its CRLF.
    ///
    /// With [`Defect::OkAsChallenge`] chosen, `+OK` is an empty challenge. Whether it can be one at
    /// this point, and not the end of the exchange, is for the caller to know.
    ///
    /// # Errors
    ///
    /// It is no challenge.
    pub fn parse(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        const EXPECTED: &str = "a challenge: +, a space, base64";
        let mut words = Words::new(line);
        match line.as_ref() {
            [b'+'] => reading.tolerate(Defect::BarePlus, 1, EXPECTED)?,
            [b'+', b' ', ..] => {
                words.skip(1);
                words.space(reading, EXPECTED)?;
                return Self::decode(words, reading);
            }
            [b'+', rest @ ..] if is_ok(rest) => {
                reading.tolerate(Defect::OkAsChallenge, 1, EXPECTED)?;
            }
            [b'+', ..] => return Err(ParseError::new(1, EXPECTED)),
            _ => return Err(ParseError::new(0, EXPECTED)),
        }
        Ok(Self::new(Secret::new(Bytes::new())))
    }

    fn decode(mut words: Words<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let before = reading.defects.len();
        let at = words.at();
        let data = base64(words.word(), at, reading);
        match data.and_then(|data| words.end(reading).map(|()| data)) {
            Ok(data) => Ok(Self::new(data)),
            Err(error) => {
                // The whole text is the defect, whatever was noted on the way.
                reading.defects.truncate(before);
                reading.tolerate(Defect::UndecodableChallenge, error.at, error.expected)?;
                Ok(Self { data: None })
            }
        }
    }

    /// Writes the line with its CRLF.
    pub fn encode(&self, sink: &mut impl Sink) {
        sink.put(b"+ ");
        if let Some(data) = &self.data {
            sink.put_secret(encode_base64(data.expose()).as_bytes());
        }
        sink.put(b"\r\n");
    }
}

/// What follows the plus sign of `+OK`.
fn is_ok(rest: &[u8]) -> bool {
    matches!(rest, [b'O' | b'o', b'K' | b'k'] | [b'O' | b'o', b'K' | b'k', b' ', ..])
}

/// What the client says in an authentication exchange.
///
/// ```abnf
/// auth-response  = ([base64] / "*") CRLF
/// ```
///
/// (RFC 5034 sections 4 and 5. The line can have any length.)
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading};
/// use pop3_proto::SaslResponse;
///
/// let mut reading = Reading::new(Leniency::strict());
/// let cancel = SaslResponse::parse(&Bytes::from_static(b"*"), &mut reading).unwrap();
/// assert_eq!(cancel, SaslResponse::Cancel);
/// assert!(SaslResponse::parse(&Bytes::from_static(b"=AAA"), &mut reading).is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SaslResponse {
    /// An answer to the challenge, decoded.
    Data(Secret<Bytes>),
    /// The client gives up. The server answers with -ERR.
    Cancel,
}

impl SaslResponse {
    /// Reads a line without its CRLF.
    ///
    /// # Errors
    ///
    /// It is no base64: the server must answer with -ERR (RFC 5034 section 4).
    pub fn parse(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        match line.as_ref() {
            b"*" => Ok(Self::Cancel),
            line => base64(line, 0, reading).map(Self::Data),
        }
    }

    /// Writes the line with its CRLF.
    pub fn encode(&self, sink: &mut impl Sink) {
        match self {
            Self::Data(data) => sink.put_secret(encode_base64(data.expose()).as_bytes()),
            Self::Cancel => sink.put(b"*"),
        }
        sink.put(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::vec;

    fn data(octets: &'static [u8]) -> Secret<Bytes> {
        Secret::new(Bytes::from_static(octets))
    }

    #[test]
    fn challenges() {
        for (line, octets) in [(&b"+ "[..], &b""[..]), (b"+ dGVzdA==", b"test")] {
            let challenge = Challenge::new(data(octets));
            assert_eq!(strict(line, Challenge::parse), Ok(challenge.clone()));
            let mut wire = line.to_vec();
            wire.extend(b"\r\n");
            assert_eq!(written(|out| challenge.encode(out)), wire);
        }
        for line in [&b""[..], b"dGVzdA==", b"-ERR", b"+dGVz", b"+OK", b"+OK dGVz", b"+\r"] {
            assert!(lenient(line, Challenge::parse).0.is_err(), "{line:?}");
        }
    }

    #[test]
    fn odd_challenges() {
        let cases = [
            (&b"+"[..], Some(&b""[..]), Defect::BarePlus),
            (b"+ dGVzdA", Some(b"test"), Defect::UnpaddedBase64),
            (b"+ dGVzdA== ", Some(b"test"), Defect::TrailingSpace),
            (b"+  dGVzdA==", Some(b"test"), Defect::DoubleSpace),
            (b"+ go ahead", None, Defect::UndecodableChallenge),
            (b"+ =AAA", None, Defect::UndecodableChallenge),
        ];
        for (line, octets, defect) in cases {
            let (challenge, defects) = lenient(line, Challenge::parse);
            let challenge = challenge.unwrap();
            assert_eq!(challenge.data().map(|data| data.expose().as_ref()), octets, "{line:?}");
            assert_eq!(defects, vec![defect]);
            assert!(strict(line, Challenge::parse).is_err());
        }
    }

    #[test]
    fn a_positive_status_is_a_challenge_only_by_name() {
        use mail_proto::Leniency;
        for line in ["+OK", "+OK go on", "+ok"] {
            let mut reading = Reading::new(Leniency::strict().allow(Defect::OkAsChallenge));
            let challenge = Challenge::parse(&Bytes::from(line), &mut reading).unwrap();
            assert_eq!(challenge, Challenge::new(data(b"")));
            assert_eq!(reading.defects[0].id, Defect::OkAsChallenge);
        }
    }

    #[test]
    fn responses() {
        let known: [(&[u8], SaslResponse); 3] = [
            (b"", SaslResponse::Data(data(b""))),
            (b"dGVzdA==", SaslResponse::Data(data(b"test"))),
            (b"*", SaslResponse::Cancel),
        ];
        for (line, response) in known {
            assert_eq!(strict(line, SaslResponse::parse), Ok(response.clone()));
            let mut wire = line.to_vec();
            wire.extend(b"\r\n");
            assert_eq!(written(|out| response.encode(out)), wire);
        }
        for (line, at) in
            [(&b"=AAA"[..], 0), (b"AAA=BBB", 3), (b"dGV zdA==", 3), (b"**", 0), (b"=", 0)]
        {
            let error = lenient(line, SaslResponse::parse).0.unwrap_err();
            assert!(error.at >= at, "{line:?} {error}");
        }
        let (response, defects) = lenient(b"dGVzdA", SaslResponse::parse);
        assert_eq!(response, Ok(SaslResponse::Data(data(b"test"))));
        assert_eq!(defects, vec![Defect::UnpaddedBase64]);
    }
}
