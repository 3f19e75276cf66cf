//! The server of a URL and who logs in there.

use core::fmt;

use mail_proto::ParseError;
use mail_proto::url::{UrlHost, UrlText};

use super::text::{self, Text};
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
        let at = text.at();
        let host_and_port = text.run(|octet| !matches!(octet, b'/' | b'?' | b'#'));
        let (host, port) =
            UrlHost::parse_with_port(host_and_port).map_err(|error| error.shifted(at))?;
        Ok(Self { user, auth, host, port })
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
