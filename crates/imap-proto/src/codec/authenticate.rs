//! AUTHENTICATE and LOGIN, and the lines that are no command: answers of SASL, DONE.

use core::hash::{Hash, Hasher};

use bytes::Bytes;
use mail_proto::sasl::{Mechanism, decode_base64, decode_base64_unpadded, encode_base64};
use mail_proto::{ParseError, Reading, Secret, Sink};

use super::class::Class;
use super::{AString, Cursor, Encoder};
use crate::Defect;

/// The arguments of AUTHENTICATE.
///
/// ```abnf
/// authenticate   = "AUTHENTICATE" SP auth-type [SP initial-resp] *(CRLF base64)
/// initial-resp   = (base64 / "=")
/// ```
///
/// (RFC 9051 section 6.2.2, RFC 4959; the lines that follow are [`AuthenticateData`].)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Authenticate, parse_whole};
/// use mail_proto::{Leniency, Reading, sasl::Plain};
///
/// let octets = Bytes::from_static(b" PLAIN dGVzdAB0ZXN0AHRlc3Q=");
/// let mut reading = Reading::new(Leniency::strict());
/// let authenticate = parse_whole(&octets, &mut reading, Authenticate::parse).unwrap();
/// assert_eq!(authenticate.mechanism.as_bytes(), b"PLAIN");
/// let plain = Plain::decode(authenticate.initial_response.unwrap().expose()).unwrap();
/// assert_eq!(plain.authentication(), b"test");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Authenticate {
    /// The mechanism.
    pub mechanism: Mechanism,
    /// The answer to a challenge that is not waited for, decoded: none, or one that may be empty. Only
    /// where the server lists SASL-IR, or IMAP4rev2.
    pub initial_response: Option<Secret<Bytes>>,
}

impl Authenticate {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// There is no name of a mechanism, or no base64 behind it.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let at = cursor.at();
        let mechanism = Mechanism::parse(cursor.run(Class::ATOM));
        let mechanism = mechanism.map_err(|error| error.shifted(at))?;
        let mut initial_response = None;
        if cursor.another(reading)? {
            let at = cursor.at();
            let length = cursor.rest().iter().take_while(|octet| **octet != b' ').count();
            initial_response = Some(match cursor.take(length).unwrap_or_default().as_ref() {
                b"=" => Secret::new(Bytes::new()),
                octets => base64(octets, at, reading)?,
            });
        }
        Ok(Self { mechanism, initial_response })
    }

    /// Writes the arguments.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        encoder.put_checked(self.mechanism.as_bytes());
        if let Some(response) = &self.initial_response {
            encoder.space();
            if response.expose().is_empty() {
                encoder.put(b"=");
            } else {
                put_base64(response, encoder);
            }
        }
    }
}

/// Of the mechanism alone: no table is to know secrets.
impl Hash for Authenticate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.mechanism.hash(state);
    }
}

/// A line of the client in an authentication exchange.
///
/// ```abnf
/// authenticate-data = [base64] / "*"
/// ```
///
/// (RFC 9051 section 6.2.2.) It has no tag; an empty line is an empty answer.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{AuthenticateData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let cancel = parse_whole(&Bytes::from_static(b"*"), &mut reading, AuthenticateData::parse);
/// assert_eq!(cancel, Ok(AuthenticateData::Cancel));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AuthenticateData {
    /// The answer to the challenge, decoded.
    Response(Secret<Bytes>),
    /// The client gives up; the server answers with BAD.
    Cancel,
}

impl AuthenticateData {
    /// Reads the line without its CRLF.
    ///
    /// # Errors
    ///
    /// It is no base64: the server must answer with BAD.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let length = cursor.rest().iter().take_while(|octet| **octet != b' ').count();
        match cursor.take(length).unwrap_or_default().as_ref() {
            b"*" => Ok(Self::Cancel),
            octets => base64(octets, at, reading).map(Self::Response),
        }
    }

    /// Writes the line, its line end included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Response(response) => put_base64(response, encoder),
            Self::Cancel => encoder.put(b"*"),
        }
        encoder.end();
    }
}

/// Base64 that stands so many octets into its message, decoded.
pub(super) fn base64(
    octets: &[u8],
    at: usize,
    reading: &mut Reading<Defect>,
) -> Result<Secret<Bytes>, ParseError> {
    let is_base64 =
        |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    if let Some(foreign) = octets.iter().position(|octet| !is_base64(octet)) {
        return Err(ParseError::new(at.saturating_add(foreign), "a base64 character"));
    }
    let decoded = decode_base64(octets).or_else(|error| {
        let decoded = decode_base64_unpadded(octets).map_err(|_| error.shifted(at))?;
        let error = error.shifted(at);
        reading.tolerate(Defect::UnpaddedBase64, error.at, error.expected)?;
        Ok(decoded)
    });
    decoded.map(|decoded| Secret::new(decoded.into()))
}

fn put_base64<S: Sink>(octets: &Secret<Bytes>, encoder: &mut Encoder<'_, S>) {
    encoder.put_secret(encode_base64(octets.expose()).as_bytes());
}

/// The arguments of LOGIN.
///
/// ```abnf
/// login          = "LOGIN" SP userid SP password
/// userid         = astring
/// password       = astring
/// ```
///
/// (RFC 9051 section 6.2.3.)
///
/// ```
/// use imap_proto::{AString, Encoder, Login, Negotiated};
/// use mail_proto::Secret;
///
/// let user = AString::new("joe").unwrap();
/// let login = Login { user, password: Secret::new(AString::new("a \"b\"").unwrap()) };
/// let mut out = Vec::new();
/// login.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, br#" joe "a \"b\"""#);
/// assert!(!format!("{login:?}").contains('b'));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Login {
    /// Who.
    pub user: AString,
    /// The password.
    pub password: Secret<AString>,
}

impl Login {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// There are not two strings.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let user = AString::parse(cursor, reading)?;
        cursor.space(reading)?;
        let password = Secret::new(AString::parse(cursor, reading)?);
        Ok(Self { user, password })
    }

    /// Writes the arguments.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        encoder.astring(&self.user);
        encoder.space();
        encoder.secret_astring(&self.password);
    }
}

/// Of the user alone: no table is to know secrets.
impl Hash for Login {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.user.hash(state);
    }
}

/// The line that ends IDLE.
///
/// ```abnf
/// idle           = "IDLE" CRLF "DONE"
/// ```
///
/// (RFC 9051 section 6.3.13.) It has no tag.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{IdleDone, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// assert!(parse_whole(&Bytes::from_static(b"done"), &mut reading, IdleDone::parse).is_ok());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct IdleDone;

impl IdleDone {
    /// Reads the line without its CRLF.
    ///
    /// # Errors
    ///
    /// It is another.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("DONE").map(|()| Self)
    }

    /// Writes the line, its line end included.
    pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"DONE");
        encoder.end();
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Negotiated;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use alloc::format;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn any_secret() -> impl Strategy<Value = Secret<Bytes>> {
        any::<Vec<u8>>().prop_map(|octets| Secret::new(octets.into()))
    }

    pub(crate) fn any_authenticate() -> impl Strategy<Value = Authenticate> {
        ("[A-Z0-9_-]{1,20}", proptest::option::of(any_secret())).prop_map(|(name, response)| {
            let mechanism = Mechanism::new(name).unwrap();
            Authenticate { mechanism, initial_response: response }
        })
    }

    pub(crate) fn any_authenticate_data() -> impl Strategy<Value = AuthenticateData> {
        let response = any_secret().prop_map(AuthenticateData::Response);
        prop_oneof![4 => response, 1 => Just(AuthenticateData::Cancel)]
    }

    pub(crate) fn any_login() -> impl Strategy<Value = Login> {
        let string = || proptest::collection::vec(1..=u8::MAX, 0..20);
        (string(), string()).prop_map(|(user, password)| Login {
            user: AString::new(user).unwrap(),
            password: Secret::new(AString::new(password).unwrap()),
        })
    }

    fn secret(octets: &'static [u8]) -> Secret<Bytes> {
        Secret::new(Bytes::from_static(octets))
    }

    #[test]
    fn authenticate_of_the_rfcs() {
        let read = |octets| reads_and_writes(octets, Authenticate::parse, Authenticate::encode);
        assert_eq!(read(b" KERBEROS_V4").initial_response, None);
        assert_eq!(read(b" SKEY bW9yZ2Fu").initial_response, Some(secret(b"morgan")));
        assert_eq!(read(b" EXTERNAL =").initial_response, Some(secret(b"")));
        assert_eq!(read(b" 9798-U-RSA-SHA1").mechanism.as_bytes(), b"9798-U-RSA-SHA1");
        let plain = strict(b" plain", Authenticate::parse).unwrap();
        assert_eq!(plain.mechanism.as_bytes(), b"PLAIN");
    }

    #[test]
    fn authenticate_of_odd_clients() {
        for (octets, at) in [
            (&b""[..], 0),
            (b" ", 1),
            (b" a.b", 2),
            (b" PLAIN ", 6),
            (b" PLAIN a=b", 8),
            (b" PLAIN dGVzdA", 13),
            (b" PLAIN ==", 7),
            (b" PLAIN dGVzdA== x", 15),
            (b" PLAIN dGV\r\n", 10),
        ] {
            let parsed = strict(octets, Authenticate::parse);
            assert_eq!(parsed.map_err(|error| error.at), Err(at), "{octets:?}");
        }
        let (parsed, defects) = lenient(b" PLAIN dGVzdA ", Authenticate::parse);
        assert_eq!(parsed.unwrap().initial_response, Some(secret(b"test")));
        assert_eq!(defects, [Defect::UnpaddedBase64, Defect::TrailingSpace]);
    }

    #[test]
    fn lines_of_the_exchange() {
        let read = |octets: &[u8]| {
            let data = strict(octets, AuthenticateData::parse).unwrap();
            let wrote = written(|encoder| data.encode(encoder));
            assert_eq!(wrote, [octets, b"\r\n"].concat());
            data
        };
        assert_eq!(read(b""), AuthenticateData::Response(secret(b"")));
        assert_eq!(read(b"*"), AuthenticateData::Cancel);
        // C14: NUL is a part of PLAIN.
        assert_eq!(read(b"AHUAcA=="), AuthenticateData::Response(secret(b"\0u\0p")));
        for (octets, at) in [(&b"**"[..], 0), (b"=", 0), (b"a1 NOOP", 2), (b"dGVzdB==", 5)] {
            let parsed = strict(octets, AuthenticateData::parse);
            assert_eq!(parsed.map_err(|error| error.at), Err(at), "{octets:?}");
        }
    }

    #[test]
    fn login_of_the_rfcs() {
        let read = |octets: &[u8]| {
            let login = strict(octets, Login::parse).unwrap();
            (login.user.as_bytes().to_vec(), login.password.expose().as_bytes().to_vec())
        };
        assert_eq!(read(b" SMITH SESAME"), (b"SMITH".to_vec(), b"SESAME".to_vec()));
        let two_words = (b"FRED FOOBAR".to_vec(), b"fat man".to_vec());
        assert_eq!(read(b" {11}\r\nFRED FOOBAR {7}\r\nfat man"), two_words);
        assert_eq!(read(b" {11+}\r\nFRED FOOBAR {7+}\r\nfat man"), two_words);
        assert_eq!(read(b" \"FRED FOOBAR\" \"fat man\""), two_words);
        // C14: NIL is an astring.
        assert_eq!(read(b" NIL NIL"), (b"NIL".to_vec(), b"NIL".to_vec()));
        for (octets, at) in [(&b""[..], 0), (b" a", 2), (b" a ", 3), (b" a b c", 4)] {
            let parsed = strict(octets, Login::parse);
            assert_eq!(parsed.map_err(|error| error.at), Err(at), "{octets:?}");
        }
    }

    /// What goes into a trace.
    #[derive(Default)]
    struct Traced(Vec<u8>);

    impl Sink for Traced {
        fn put(&mut self, octets: &[u8]) {
            self.0.extend_from_slice(octets);
        }

        fn put_secret(&mut self, octets: &[u8]) {
            self.0.extend(vec![b'.'; octets.len()]);
        }
    }

    #[test]
    fn no_trace_shows_a_secret() {
        let traced = |encode: &dyn Fn(&mut Encoder<'_, Traced>)| {
            let mut out = Traced::default();
            encode(&mut Encoder::new(&mut out, Negotiated::client()));
            out.0
        };
        let user = AString::new("joe").unwrap();
        let login = Login { user, password: Secret::new(AString::new("sesame").unwrap()) };
        assert_eq!(traced(&|encoder| login.encode(encoder)), b" joe ......");
        let response = AuthenticateData::Response(secret(b"abc"));
        assert_eq!(traced(&|encoder| response.encode(encoder)), b"....\r\n");
        let mechanism = Mechanism::new("PLAIN").unwrap();
        let authenticate = Authenticate { mechanism, initial_response: Some(secret(b"abc")) };
        assert_eq!(traced(&|encoder| authenticate.encode(encoder)), b" PLAIN ....");
        let shown = format!("{authenticate:?} {response:?} {login:?}");
        assert!(!shown.contains("abc") && !shown.contains("sesame"));
    }

    #[test]
    fn done_in_any_case() {
        for octets in ["DONE", "done", "Done"] {
            assert_eq!(strict(octets.as_bytes(), IdleDone::parse), Ok(IdleDone));
        }
        assert_eq!(written(|encoder| IdleDone.encode(encoder)), b"DONE\r\n");
        for (octets, at) in [("DON", 0), ("a1 DONE", 0), ("DONE x", 4), ("", 0)] {
            let parsed = lenient(octets.as_bytes(), IdleDone::parse).0;
            assert_eq!(parsed.map_err(|error| error.at), Err(at));
        }
    }

    proptest! {
        #[test]
        fn written_and_read_back(
            authenticate in any_authenticate(),
            data in any_authenticate_data(),
            login in any_login(),
        ) {
            round_trips(&authenticate, Authenticate::encode, Authenticate::parse);
            let line = written(|encoder| data.encode(encoder));
            let line = line.strip_suffix(b"\r\n").unwrap();
            prop_assert_eq!(strict(line, AuthenticateData::parse), Ok(data));
            round_trips(&login, Login::encode, Login::parse);
        }
    }
}
