//! The server of a URL and who logs in there.

use core::fmt;

use mail_proto::ParseError;

use super::text::{self, Text, UrlText, is_unreserved};
use crate::Atom;

/// The server of an IMAP URL.
///
/// ```abnf
/// iserver         = [iuserinfo "@"] host [ ":" port ]
/// iuserinfo       = enc-user [iauth] / [enc-user] iauth
/// ```
///
/// (RFC 5092 section 11.) Without a user and a mechanism the client logs in as anonymous; without a port
/// it is 143.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlServer {
    /// Who logs in, and whose mailboxes are meant.
    pub user: Option<UrlText>,
    /// How.
    pub auth: Option<UrlAuth>,
    /// The name or address.
    pub host: UrlHost,
    /// The port, if it is said.
    pub port: Option<u16>,
}

/// How to log in.
///
/// ```abnf
/// iauth            = ";AUTH=" ( "*" / enc-auth-type )
/// ```
///
/// (RFC 5092 section 11.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum UrlAuth {
    /// As client and server see fit.
    Any,
    /// By this mechanism.
    Mechanism(Atom),
}

mail_proto::byte_string! {
    /// The name or address of a host, as it is written: an IPv6 address in brackets.
    ///
    /// ```abnf
    /// host          = IP-literal / IPv4address / reg-name
    /// IP-literal    = "[" ( IPv6address / IPvFuture  ) "]"
    /// reg-name      = *( unreserved / pct-encoded / sub-delims )
    /// ```
    ///
    /// (RFC 3986 section 3.2.2.) No host is not read.
    pub struct UrlHost: "the name or address of a host", host;
}

/// The rule of a host: where it is broken first.
fn host(octets: &[u8]) -> Option<usize> {
    if let Some(literal) = octets.strip_prefix(b"[") {
        let inside = literal.strip_suffix(b"]");
        return (!inside.is_some_and(is_address)).then_some(0);
    }
    let mut rest = octets;
    loop {
        match rest {
            [] => return octets.is_empty().then_some(0),
            [b'%', high, low, behind @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                rest = behind;
            }
            [octet, behind @ ..] if is_unreserved(*octet) || is_sub_delim(*octet) => rest = behind,
            _ => return Some(octets.len().saturating_sub(rest.len())),
        }
    }
}

const fn is_sub_delim(octet: u8) -> bool {
    matches!(octet, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=')
}

/// `IPv6address / IPvFuture`
fn is_address(octets: &[u8]) -> bool {
    if let [b'v' | b'V', future @ ..] = octets {
        let mut parts = future.splitn(2, |octet| *octet == b'.');
        let version = parts.next().unwrap_or_default();
        let rest = parts.next().unwrap_or_default();
        let is_part = |octet: &u8| is_unreserved(*octet) || is_sub_delim(*octet) || *octet == b':';
        return !version.is_empty()
            && version.iter().all(u8::is_ascii_hexdigit)
            && !rest.is_empty()
            && rest.iter().all(is_part);
    }
    core::str::from_utf8(octets).is_ok_and(|it| it.parse::<core::net::Ipv6Addr>().is_ok())
}

impl UrlServer {
    /// The server of this name, as anonymous.
    #[must_use]
    pub const fn new(host: UrlHost) -> Self {
        Self { user: None, auth: None, host, port: None }
    }

    /// Reads it up to the `/` behind it, or to the end.
    pub(super) fn parse(text: &mut Text<'_>) -> Result<Self, ParseError> {
        let (mut user, mut auth) = (None, None);
        let authority = text.clone().run(|octet| !matches!(octet, b'/' | b'?' | b'#'));
        if authority.contains(&b'@')
            && let Some(mut before) = text.before(b'@')
        {
            if !before.begins(";AUTH=") {
                user = Some(before.encoded("a user or ;AUTH=")?);
            }
            if before.eat(";AUTH=") {
                auth = Some(UrlAuth::parse(&mut before)?);
            }
            before.end(";AUTH= or @")?;
        }
        let host = parse_host(text)?;
        let port = if text.eat(":") { parse_port(text)? } else { None };
        Ok(Self { user, auth, host, port })
    }
}

fn parse_host(text: &mut Text<'_>) -> Result<UrlHost, ParseError> {
    let at = text.at();
    let octets = if text.begins("[") {
        let inside = text.rest().iter().take_while(|octet| **octet != b']').count();
        text.take(inside.saturating_add(1))
    } else {
        text.run(|octet| !matches!(octet, b'/' | b':' | b'?' | b'#'))
    };
    UrlHost::try_from(octets).map_err(|error| error.shifted(at))
}

/// `port = *DIGIT`
fn parse_port(text: &mut Text<'_>) -> Result<Option<u16>, ParseError> {
    let error = text.expected("a port below 65536");
    match text.run(|octet| octet.is_ascii_digit()) {
        [] => Ok(None),
        digits => {
            let port = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            port.map(Some).ok_or(error)
        }
    }
}

impl UrlAuth {
    fn parse(text: &mut Text<'_>) -> Result<Self, ParseError> {
        if text.rest() == b"*" {
            text.skip(1);
            return Ok(Self::Any);
        }
        let error = text.expected("* or the name of a mechanism");
        let name = text.encoded("* or the name of a mechanism")?;
        Atom::new(name.into_bytes()).map(Self::Mechanism).map_err(|_| error)
    }
}

impl fmt::Display for UrlServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.user {
            text::write(user.as_bytes(), f)?;
        }
        if let Some(auth) = &self.auth {
            f.write_str(";AUTH=")?;
            match auth {
                UrlAuth::Any => f.write_str("*")?,
                UrlAuth::Mechanism(name) => text::write(name.as_bytes(), f)?,
            }
        }
        if self.user.is_some() || self.auth.is_some() {
            f.write_str("@")?;
        }
        // A host is ASCII.
        write!(f, "{}", self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}
