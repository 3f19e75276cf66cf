//! POP URLs (RFC 2384): where a maildrop is and how to log in there.
//!
//! Nothing here connects to anything. A URL is often what a stranger wrote: before credentials go to its
//! server, ask the user or a policy (RFC 2384 section 4).

use core::fmt;

use mail_proto::ParseError;
use mail_proto::sasl::Mechanism;
use mail_proto::url::{UrlHost, UrlText, is_achar, percent_decode, percent_encode};

/// The longest URL that is read.
const LONGEST: usize = 8 * 1024;

/// A POP URL. There are no relative ones.
///
/// ```abnf
/// pop-url          = "pop://" server
/// server           = [user-auth "@"] hostport
/// user-auth        = enc-user [auth]
/// ```
///
/// (RFC 2384 section 8; that the user may be left out is in section 3.)
///
/// ```
/// use pop3_proto::{PopUrl, UrlAuth};
///
/// let url = PopUrl::parse(b"pop://rg;AUTH=+APOP@mail.eudora.com:8110").unwrap();
/// assert_eq!(url.user.as_ref().unwrap().as_bytes(), b"rg");
/// assert_eq!(url.auth, Some(UrlAuth::Apop));
/// assert_eq!((url.host.as_bytes(), url.port), (&b"mail.eudora.com"[..], Some(8110)));
/// assert_eq!(url.to_string(), "pop://rg;AUTH=+APOP@mail.eudora.com:8110");
/// assert_eq!(PopUrl::parse(b"pop://rg:secret@h").unwrap_err().at, 8);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PopUrl {
    /// Whose maildrop.
    pub user: Option<UrlText>,
    /// How to log in. With a user and without this, as with [`UrlAuth::Any`].
    pub auth: Option<UrlAuth>,
    /// The name or address of the server.
    pub host: UrlHost,
    /// The port; 110, if it is not said.
    pub port: Option<u16>,
}

/// How to log in.
///
/// ```abnf
/// auth             = ";AUTH=" ( "*" / enc-auth-type )
/// enc-auth-type    = enc-sasl / enc-ext
/// enc-ext          = "+" ("APOP" / 1*achar)
/// ```
///
/// (RFC 2384 section 8.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum UrlAuth {
    /// As client and server see fit.
    Any,
    /// AUTH with this mechanism.
    Sasl(Mechanism),
    /// APOP.
    Apop,
    /// What an extension has; never `APOP`.
    Extension(UrlText),
}

impl PopUrl {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// The octets are no POP URL.
    pub fn parse(octets: &[u8]) -> Result<Self, ParseError> {
        if octets.len() > LONGEST {
            return Err(ParseError::new(LONGEST, "a shorter URL"));
        }
        let server = strip(octets, b"pop://").ok_or(ParseError::new(0, "pop://"))?;
        let at = |rest: &[u8]| octets.len().saturating_sub(rest.len());
        let (mut user, mut auth, mut hostport) = (None, None, server);
        if let Some(end) = memchr::memchr(b'@', server) {
            let (before, behind) = server.split_at_checked(end).unwrap_or_default();
            let length = memchr::memchr(b';', before).unwrap_or(before.len());
            let (name, parameter) = before.split_at_checked(length).unwrap_or_default();
            if !name.is_empty() || parameter.is_empty() {
                user = Some(decoded(name).map_err(|error| error.shifted(at(server)))?);
            }
            if !parameter.is_empty() {
                let start = at(server).saturating_add(length);
                auth = Some(UrlAuth::parse(parameter).map_err(|error| error.shifted(start))?);
            }
            hostport = behind.get(1..).unwrap_or_default();
        }
        let (host, port) =
            UrlHost::parse_with_port(hostport).map_err(|it| it.shifted(at(hostport)))?;
        Ok(Self { user, auth, host, port })
    }
}

impl UrlAuth {
    /// Reads `;AUTH=` and what is behind it.
    fn parse(parameter: &[u8]) -> Result<Self, ParseError> {
        const START: usize = b";AUTH=".len();
        let name = strip(parameter, b";AUTH=").ok_or(ParseError::new(0, ";AUTH= or @"))?;
        let expected = ParseError::new(START, "*, the name of a mechanism, or + and a name");
        match name {
            b"*" => Ok(Self::Any),
            [b'+', name @ ..] => {
                let name = decoded(name).map_err(|error| error.shifted(START.saturating_add(1)))?;
                Ok(Self::extension(name))
            }
            _ => {
                let name = decoded(name).map_err(|error| error.shifted(START))?;
                Mechanism::parse(name.as_bytes()).map(Self::Sasl).map_err(|_| expected)
            }
        }
    }

    /// What an extension has, or APOP if that is its name.
    #[must_use]
    pub fn extension(name: UrlText) -> Self {
        if name.as_bytes().eq_ignore_ascii_case(b"APOP") {
            Self::Apop
        } else {
            Self::Extension(name)
        }
    }
}

/// What is behind this, in any case.
fn strip<'a>(octets: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (begin, rest) = octets.split_at_checked(prefix.len())?;
    begin.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// `1*achar`, all of it.
fn decoded(octets: &[u8]) -> Result<UrlText, ParseError> {
    let (plain, length) = percent_decode(octets, is_achar)?;
    if length < octets.len() {
        return Err(ParseError::new(length, "a percent-encoded octet"));
    }
    UrlText::new(plain).map_err(|_| ParseError::new(0, "a name"))
}

impl fmt::Display for PopUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pop://")?;
        if let Some(user) = &self.user {
            percent_encode(user.as_bytes(), is_achar, f)?;
        }
        match &self.auth {
            None => {}
            Some(UrlAuth::Any) => f.write_str(";AUTH=*")?,
            Some(UrlAuth::Apop) => f.write_str(";AUTH=+APOP")?,
            Some(UrlAuth::Sasl(mechanism)) => {
                f.write_str(";AUTH=")?;
                percent_encode(mechanism.as_bytes(), is_achar, f)?;
            }
            Some(UrlAuth::Extension(name)) => {
                f.write_str(";AUTH=+")?;
                percent_encode(name.as_bytes(), is_achar, f)?;
            }
        }
        if self.user.is_some() || self.auth.is_some() {
            f.write_str("@")?;
        }
        write!(f, "{}", self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::{String, ToString};
    use proptest::prelude::*;
    use proptest::{collection, option};

    fn url(text: &str) -> PopUrl {
        PopUrl::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// RFC 2384 section 7.
    #[test]
    fn examples_read_and_written() {
        for (text, user, auth, host, port) in [
            ("pop://rg@mailsrv.qualcomm.com", "rg", None, "mailsrv.qualcomm.com", None),
            (
                "pop://rg;AUTH=+APOP@mail.eudora.com:8110",
                "rg",
                Some(UrlAuth::Apop),
                "mail.eudora.com",
                Some(8110),
            ),
            (
                "pop://baz;AUTH=SCRAM-MD5@foo.bar",
                "baz",
                Some(UrlAuth::Sasl(Mechanism::parse(b"SCRAM-MD5").unwrap())),
                "foo.bar",
                None,
            ),
        ] {
            let read = url(text);
            let user = Some(UrlText::try_from(user).unwrap());
            let host = UrlHost::try_from(host).unwrap();
            assert_eq!(read, PopUrl { user, auth, host, port });
            assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn one_text_for_each_value() {
        for (text, canonical) in [
            ("POP://h:", "pop://h"),
            ("pop://h:0110", "pop://h:110"),
            ("pop://%61%3b%e9@h", "pop://a%3B%E9@h"),
            ("pop://;auth=*@[::1]:1", "pop://;AUTH=*@[::1]:1"),
            ("pop://a;auth=+apop@h", "pop://a;AUTH=+APOP@h"),
            ("pop://a;auth=+x%20y@h", "pop://a;AUTH=+x%20y@h"),
        ] {
            assert_eq!(url(text).to_string(), canonical);
            assert_eq!(url(canonical), url(text));
        }
    }

    #[test]
    fn what_is_no_url() {
        for (text, at) in [
            ("", 0),
            ("imap://h", 0),
            ("pop:/h", 0),
            ("pop://", 6),
            ("pop://@h", 6),
            ("pop://a@", 8),
            ("pop://a@b@h", 9),
            ("pop://a:secret@h", 7),
            ("pop://a b@h", 7),
            ("pop://a%@h", 7),
            ("pop://a%4@h", 7),
            ("pop://a%00@h", 7),
            ("pop://a;@h", 7),
            ("pop://a;x=y@h", 7),
            ("pop://a;AUTH=@h", 13),
            ("pop://a;AUTH=+@h", 14),
            ("pop://a;AUTH=%2A@h", 13),
            ("pop://a;AUTH=a;b@h", 14),
            ("pop://h/", 7),
            ("pop://h?a", 7),
            ("pop://h\r\n", 7),
            ("pop://h:x", 8),
            ("pop://h:+1", 8),
            ("pop://h:65536", 8),
            ("pop://[::1", 6),
            ("pop://[::1]x", 11),
            ("pop://h%4", 7),
        ] {
            assert_eq!(PopUrl::parse(text.as_bytes()).unwrap_err().at, at, "{text}");
        }
        let longest = format!("pop://{}", "h".repeat(LONGEST - 6));
        assert_eq!(url(&longest).to_string(), longest);
        assert_eq!(PopUrl::parse((longest + "h").as_bytes()).unwrap_err().at, LONGEST);
    }

    fn any_text() -> impl Strategy<Value = UrlText> {
        collection::vec(1u8.., 1..6).prop_map(|octets| UrlText::new(octets).unwrap())
    }

    fn any_url() -> impl Strategy<Value = PopUrl> {
        let auth = prop_oneof![
            Just(UrlAuth::Any),
            Just(UrlAuth::Apop),
            "[A-Z0-9_-]{1,9}"
                .prop_map(|it| UrlAuth::Sasl(Mechanism::parse(it.as_bytes()).unwrap())),
            any_text().prop_map(UrlAuth::extension),
        ];
        let host = prop_oneof!["[a-z0-9.~;=_-]{1,9}", Just("[::1]".into()), Just("%41".into())];
        let host = host.prop_map(|host: String| UrlHost::new(host).unwrap());
        (option::of(any_text()), option::of(auth), host, any::<Option<u16>>())
            .prop_map(|(user, auth, host, port)| PopUrl { user, auth, host, port })
    }

    proptest! {
        #[test]
        fn urls_round_trip(url in any_url()) {
            let text = url.to_string();
            prop_assert_eq!(PopUrl::parse(text.as_bytes()), Ok(url), "{}", text);
        }

        #[test]
        fn no_octets_lead_astray(octets in collection::vec(any::<u8>(), 0..20)) {
            let octets = [b"pop://", &octets[..]].concat();
            if let Ok(url) = PopUrl::parse(&octets) {
                prop_assert_eq!(PopUrl::parse(url.to_string().as_bytes()), Ok(url));
            }
        }
    }
}
