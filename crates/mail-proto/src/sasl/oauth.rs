//! OAUTHBEARER (RFC 7628) and its precursor XOAUTH2: a token, and a dialogue when it is refused.

use alloc::vec::Vec;
use core::mem;

use bytes::Bytes;

use super::field::{field, filled, utf8};
use super::gs2::{BindingFlag, Gs2Header};
use super::server::OTHER_ANSWER;
use super::{
    Answer, ClientMechanism, Identity, Mechanism, Question, Refusal, SaslError, ServerMechanism,
    ServerProof, Step,
};
use crate::{ParseError, Secret, SendError};

/// Which of the two mechanisms.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OauthKind {
    /// OAUTHBEARER (RFC 7628).
    OauthBearer,
    /// XOAUTH2, as Google and Microsoft document it.
    XOauth2,
}

impl OauthKind {
    /// The mechanism's name.
    #[must_use]
    pub const fn mechanism(self) -> Mechanism {
        match self {
            Self::OauthBearer => Mechanism::OAUTHBEARER,
            Self::XOauth2 => Mechanism::XOAUTH2,
        }
    }

    /// What a client answers to an error, so that the server can end the exchange: SOH (RFC 7628
    /// section 3.2.3), or nothing.
    const fn dummy(self) -> &'static [u8] {
        match self {
            Self::OauthBearer => b"\x01",
            Self::XOauth2 => b"",
        }
    }
}

/// A bearer token (RFC 6750) and what is said with it: the message of both mechanisms.
///
/// ```abnf
/// client-resp    = (gs2-header kvsep *kvpair kvsep) / kvsep
/// kvpair         = key "=" value kvsep
/// key            = 1*(ALPHA)
/// value          = *(VCHAR / SP / HTAB / CR / LF )
/// kvsep          = %x01
/// ```
///
/// (RFC 7628 section 3.1.) XOAUTH2 has `user=` name and `auth=Bearer` token, each ended by SOH, and
/// another SOH.
///
/// ```
/// use mail_proto::sasl::{Bearer, OauthKind};
///
/// let bearer = Bearer::new("someuser@example.com", "ya29.vF9dft4q")?.at("imap.example.com", 993)?;
/// let message = bearer.encode(OauthKind::XOauth2);
/// assert_eq!(message.expose(), "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4q\x01\x01");
/// let message = bearer.encode(OauthKind::OauthBearer);
/// assert_eq!(
///     message.expose(),
///     "n,a=someuser@example.com,\x01host=imap.example.com\x01port=993\x01auth=Bearer ya29.vF9dft4q\x01\x01",
/// );
/// assert_eq!(Bearer::decode(message.expose(), OauthKind::OauthBearer)?, bearer);
/// # Ok::<(), mail_proto::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bearer {
    user: Bytes,
    token: Secret<Bytes>,
    host: Bytes,
    port: Option<u16>,
}

impl Bearer {
    /// A user's token. An empty one asks the server which scope it wants (RFC 7628 section 4.3); the
    /// user may be empty with OAUTHBEARER.
    ///
    /// # Errors
    ///
    /// The user is no UTF-8, the token is not of RFC 6750's characters, or either holds NUL, SOH, CR
    /// or LF.
    pub fn new(user: impl Into<Bytes>, token: impl Into<Bytes>) -> Result<Self, ParseError> {
        let (user, token) = (user.into(), token.into());
        utf8(&user)?;
        match token.iter().position(|octet| !octet.is_ascii_graphic()) {
            Some(at) => Err(ParseError::new(at, "a bearer token")),
            None => Ok(Self { user, token: Secret::new(token), host: Bytes::new(), port: None }),
        }
    }

    /// Says which host and port the client has connected to; XOAUTH2 does not.
    ///
    /// # Errors
    ///
    /// The host is empty or not printable ASCII.
    pub fn at(self, host: impl Into<Bytes>, port: u16) -> Result<Self, ParseError> {
        let host = host.into();
        filled(&host, "a host")?;
        match host.iter().position(|octet| !octet.is_ascii_graphic()) {
            Some(at) => Err(ParseError::new(at, "a host")),
            None => Ok(Self { host, port: Some(port), ..self }),
        }
    }

    /// The user, or whom to act as; may be empty with OAUTHBEARER.
    #[must_use]
    pub const fn user(&self) -> &Bytes {
        &self.user
    }

    /// The token.
    #[must_use]
    pub const fn token(&self) -> &Secret<Bytes> {
        &self.token
    }

    /// The host that the client says it has connected to; empty: not said. Where it is, the server must
    /// compare it (RFC 7628 section 3.2).
    #[must_use]
    pub const fn host(&self) -> &Bytes {
        &self.host
    }

    /// The port that the client says it has connected to.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// Writes the message of a mechanism.
    #[must_use]
    pub fn encode(&self, kind: OauthKind) -> Secret<Bytes> {
        let mut out = Vec::new();
        match kind {
            OauthKind::OauthBearer => self.put_header(&mut out),
            OauthKind::XOauth2 => put_pair(b"user", &[&self.user], &mut out),
        }
        let token = self.token.expose();
        let scheme: &[u8] = if token.is_empty() { b"" } else { b"Bearer " };
        put_pair(b"auth", &[scheme, token], &mut out);
        out.push(1);
        Secret::new(out.into())
    }

    fn put_header(&self, out: &mut Vec<u8>) {
        if let Ok(header) = Gs2Header::new(BindingFlag::Unsupported, self.user.clone()) {
            header.encode(out);
        }
        out.push(1);
        if !self.host.is_empty() {
            put_pair(b"host", &[&self.host], out);
        }
        if let Some(port) = self.port {
            put_pair(b"port", &[alloc::string::ToString::to_string(&port).as_bytes()], out);
        }
    }

    /// Reads the message of a mechanism. Keys that are not known are passed over (RFC 7628 section
    /// 3.1).
    ///
    /// # Errors
    ///
    /// It is none, or the token's type is not Bearer.
    pub fn decode(message: &[u8], kind: OauthKind) -> Result<Self, ParseError> {
        let (mut user, mut pairs) = (Bytes::new(), message);
        if kind == OauthKind::OauthBearer {
            let (header, rest) = Gs2Header::decode(message)?;
            if matches!(header.flag, BindingFlag::Bound(_)) {
                return Err(ParseError::new(0, "no channel binding"));
            }
            user = header.authorization().clone();
            let at = message.len().saturating_sub(rest.len());
            pairs = rest.strip_prefix(b"\x01").ok_or(ParseError::new(at, "SOH"))?;
        }
        let (mut token, mut host, mut port) = (None, Bytes::new(), None);
        let mut at = message.len().saturating_sub(pairs.len());
        while let Some((key, value, rest)) = pair(pairs, at)? {
            let from = at.saturating_add(key.len()).saturating_add(1);
            let shifted = |error: ParseError| error.shifted(from);
            match (key, kind) {
                (b"auth", _) if token.is_some() => return Err(ParseError::new(at, "one auth=")),
                (b"auth", _) => token = Some(bearer(value).map_err(shifted)?),
                (b"host", OauthKind::OauthBearer) => host = Bytes::copy_from_slice(value),
                (b"port", OauthKind::OauthBearer) => port = Some(number(value).map_err(shifted)?),
                (b"user", OauthKind::XOauth2) => user = Bytes::copy_from_slice(value),
                _ => {}
            }
            at = message.len().saturating_sub(rest.len());
            pairs = rest;
        }
        let token = token.ok_or(ParseError::new(at, "auth="))?;
        if kind == OauthKind::XOauth2 {
            filled(&user, "user=")?;
        }
        let bearer = Self::new(user, token)?;
        field(&host)?;
        Ok(Self { host, port, ..bearer })
    }
}

fn put_pair(key: &[u8], value: &[&[u8]], out: &mut Vec<u8>) {
    out.extend_from_slice(key);
    out.push(b'=');
    value.iter().for_each(|octets| out.extend_from_slice(octets));
    out.push(1);
}

type Pair<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// The next key, its value, and what is behind its SOH; none: the last SOH.
fn pair(octets: &[u8], at: usize) -> Result<Option<Pair<'_>>, ParseError> {
    if octets == b"\x01" {
        return Ok(None);
    }
    let end = memchr::memchr(1, octets);
    let end = end.ok_or(ParseError::new(at.saturating_add(octets.len()), "SOH"))?;
    let (pair, rest) = octets.split_at_checked(end).unwrap_or_default();
    let equals = memchr::memchr(b'=', pair).ok_or(ParseError::new(at, "key=value"))?;
    let (key, value) = pair.split_at_checked(equals).unwrap_or_default();
    if key.is_empty() || !key.iter().all(u8::is_ascii_alphabetic) {
        return Err(ParseError::new(at, "a key of letters"));
    }
    let value = value.get(1..).unwrap_or_default();
    Ok(Some((key, value, rest.get(1..).unwrap_or_default())))
}

/// The token behind `Bearer`, in any case (RFC 7628 section 4); nothing at all is an empty token.
fn bearer(value: &[u8]) -> Result<Bytes, ParseError> {
    if value.is_empty() {
        return Ok(Bytes::new());
    }
    match value.split_at_checked(7) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty() => {
            Ok(Bytes::copy_from_slice(token))
        }
        _ => Err(ParseError::new(0, "Bearer and a token")),
    }
}

fn number(digits: &[u8]) -> Result<u16, ParseError> {
    let is_plain = digits.iter().all(u8::is_ascii_digit) && !digits.starts_with(b"0");
    let number = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    number.filter(|_| is_plain).ok_or(ParseError::new(0, "a port"))
}

/// The client of OAUTHBEARER and XOAUTH2.
///
/// A server that refuses the token says why in a challenge, and waits for a dummy answer; the client
/// gives it, keeps the challenge as it came ([`Refused::server_error`](super::Refused::server_error)),
/// and the protocol's NO follows.
#[derive(Clone, Debug)]
pub struct OauthClient {
    kind: OauthKind,
    bearer: Bearer,
    error: Option<Bytes>,
}

impl OauthClient {
    /// With this token.
    ///
    /// # Errors
    ///
    /// XOAUTH2 wants a user.
    pub fn new(kind: OauthKind, bearer: Bearer) -> Result<Self, ParseError> {
        if kind == OauthKind::XOauth2 {
            filled(&bearer.user, "a user")?;
        }
        Ok(Self { kind, bearer, error: None })
    }
}

impl ClientMechanism for OauthClient {
    fn mechanism(&self) -> Mechanism {
        self.kind.mechanism()
    }

    fn initial(&mut self) -> Option<Secret<Bytes>> {
        Some(self.bearer.encode(self.kind))
    }

    fn step(&mut self, challenge: &[u8]) -> Result<Secret<Bytes>, SaslError> {
        if self.error.is_some() {
            return Err(SaslError::UnexpectedChallenge);
        }
        self.error = Some(Bytes::copy_from_slice(challenge));
        Ok(Secret::new(Bytes::from_static(self.kind.dummy())))
    }

    fn finish(&mut self, _: Option<&[u8]>) -> Result<ServerProof, SaslError> {
        match self.error {
            None => Ok(ServerProof::None),
            Some(_) => Err(SaslError::Contradiction),
        }
    }

    fn server_error(&self) -> Option<&Bytes> {
        self.error.as_ref()
    }
}

/// The server of OAUTHBEARER and XOAUTH2.
#[derive(Clone, Debug)]
pub struct OauthServer {
    kind: OauthKind,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    New,
    Asked(Identity),
    /// The reason has been told.
    Refusing,
    Over,
}

impl OauthServer {
    /// A server of either mechanism.
    #[must_use]
    pub const fn new(kind: OauthKind) -> Self {
        Self { kind, state: State::New }
    }
}

impl ServerMechanism for OauthServer {
    fn mechanism(&self) -> Mechanism {
        self.kind.mechanism()
    }

    fn respond(&mut self, response: Option<&[u8]>) -> Step {
        match (mem::replace(&mut self.state, State::Over), response) {
            (State::New, None) => {
                self.state = State::New;
                Step::Challenge(Secret::new(Bytes::new()))
            }
            (State::New, Some(message)) => match Bearer::decode(message, self.kind) {
                Ok(bearer) => {
                    let authorization = bearer.user.clone();
                    self.state =
                        State::Asked(Identity { authentication: Bytes::new(), authorization });
                    Step::Ask(Question::Token(bearer))
                }
                Err(error) => Step::Refused(error.into()),
            },
            // Whatever it says, or nothing.
            (State::Refusing, _) => Step::Refused(Refusal::Credentials),
            _ => Step::Refused(Refusal::UnexpectedResponse),
        }
    }

    fn answer(&mut self, answer: Answer) -> Result<Step, SendError> {
        match (answer, mem::replace(&mut self.state, State::Over)) {
            (Answer::Accept, State::Asked(identity)) => Ok(Step::Accepted(identity)),
            (Answer::Refuse(why), State::Asked(_)) => {
                self.state = State::Refusing;
                let why = why.unwrap_or(Bytes::from_static(br#"{"status":"invalid_token"}"#));
                Ok(Step::Challenge(Secret::new(why)))
            }
            (_, state) => {
                self.state = state;
                Err(OTHER_ANSWER)
            }
        }
    }
}
