//! A bearer token, and the message that OAUTHBEARER and XOAUTH2 send it in.

use alloc::string::ToString as _;
use alloc::vec::Vec;

use bytes::Bytes;

use super::OauthKind;
use super::field::{field, filled, utf8};
use super::gs2::{BindingFlag, Gs2Header};
use crate::{ParseError, Secret};

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
        printable(&token, "a bearer token")?;
        Ok(Self { user, token: Secret::new(token), host: Bytes::new(), port: None })
    }

    /// Says which host and port the client has connected to; XOAUTH2 does not.
    ///
    /// # Errors
    ///
    /// The host is empty or not printable ASCII.
    pub fn at(self, host: impl Into<Bytes>, port: u16) -> Result<Self, ParseError> {
        let host = host.into();
        filled(&host, "a host")?;
        printable(&host, "a host")?;
        Ok(Self { host, port: Some(port), ..self })
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
            put_pair(b"port", &[port.to_string().as_bytes()], out);
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
                (b"auth", _) => token = Some(token_of(value).map_err(shifted)?),
                (b"port", OauthKind::OauthBearer) => port = Some(number(value).map_err(shifted)?),
                (b"host", OauthKind::OauthBearer) => {
                    field(value).map_err(shifted)?;
                    host = Bytes::copy_from_slice(value);
                }
                (b"user", OauthKind::XOauth2) => {
                    utf8(value).map_err(shifted)?;
                    user = Bytes::copy_from_slice(value);
                }
                _ => {}
            }
            at = message.len().saturating_sub(rest.len());
            pairs = rest;
        }
        let token = token.ok_or(ParseError::new(at, "auth="))?;
        if kind == OauthKind::XOauth2 {
            filled(&user, "user=")?;
        }
        Ok(Self { user, token: Secret::new(token), host, port })
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
fn token_of(value: &[u8]) -> Result<Bytes, ParseError> {
    if value.is_empty() {
        return Ok(Bytes::new());
    }
    match value.split_at_checked(7) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty() => {
            printable(token, "a bearer token").map_err(|error| error.shifted(scheme.len()))?;
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

fn printable(octets: &[u8], expected: &'static str) -> Result<(), ParseError> {
    match octets.iter().position(|octet| !octet.is_ascii_graphic()) {
        None => Ok(()),
        Some(at) => Err(ParseError::new(at, expected)),
    }
}
