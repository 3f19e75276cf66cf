//! Whose mail it is, where it is, and how the way there is protected.

use std::fmt;
use std::path::PathBuf;

use crate::Result;

/// Whose mail it is, and where.
#[derive(Clone, Debug)]
pub struct Account {
    pub user: String,
    pub host: String,
    pub port: u16,
}

/// How the connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// From the beginning.
    Tls,
    /// After STLS or STARTTLS, and not used without.
    StartTls,
    Plain,
}

/// Whose certificates are good.
#[derive(Clone, Debug)]
pub enum Trust {
    Mozilla,
    These(PathBuf),
    Anyone,
}

impl Account {
    /// Reads `USER@HOST[:PORT]`. The name may hold an `@` itself; an IPv6 address stands in brackets.
    pub fn parse(text: &str, standard: u16) -> Result<Self> {
        let expected = || format!("expected USER@HOST[:PORT], got {text}");
        let (user, place) = text.rsplit_once('@').ok_or_else(expected)?;
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().map_err(|_| expected())?)
            }
            _ => (place, standard),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() || user.is_empty() {
            return Err(expected().into());
        }
        Ok(Self { user: user.to_owned(), host, port })
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.as_bytes().escape_ascii();
        // The ports of a host lead to the same mail.
        write!(f, "{user}@{}", self.host)
    }
}
