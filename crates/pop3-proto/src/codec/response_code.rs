//! Response codes: what a program may know of a reply.

use bytes::Bytes;
use mail_proto::{Octets, Sink};

/// A response code, as it stands in brackets at the beginning of a reply's text.
///
/// ```abnf
/// resp-code      = "[" resp-level *("/" resp-level) "]"
/// resp-level     = 1*(%x21-2E / %x30-5C / %x5E-7F)
/// ```
///
/// (RFC 2449 sections 3 and 8, RFC 3206, RFC 6856 section 5.) Case-insensitive and hierarchical: a
/// client ignores the levels it does not know, [`known`](Self::known) does so.
///
/// ```
/// use pop3_proto::{RawCode, ResponseCode};
///
/// let code = ResponseCode::Other(RawCode::new("SYS/TEMP/disk").unwrap());
/// assert_eq!(code.known(), Some(ResponseCode::SysTemp));
/// assert_eq!(ResponseCode::Other(RawCode::new("X-BUSY").unwrap()).known(), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ResponseCode {
    /// The last login is too recent (RFC 2449 section 8.1.1).
    LoginDelay,
    /// Another session has the mailbox (RFC 2449 section 8.1.2).
    InUse,
    /// The system fails, probably not for long (RFC 3206 section 4).
    SysTemp,
    /// The system fails until somebody repairs it (RFC 3206 section 4).
    SysPerm,
    /// Something is wrong with the credentials (RFC 3206 section 5).
    Auth,
    /// The message needs UTF8 mode (RFC 6856 section 5).
    Utf8,
    /// Any other code, and a known one with further levels.
    Other(RawCode),
}

mail_proto::byte_string! {
    /// A response code that has no name of its own, without its brackets.
    ///
    /// ```
    /// use pop3_proto::RawCode;
    ///
    /// let code = RawCode::new("SYS/TEMP/disk").unwrap();
    /// assert!(code.levels().eq([b"SYS", b"TEMP".as_slice(), b"disk"]));
    /// assert!(RawCode::new("a]b").is_err());
    /// assert!(RawCode::new("in-use").is_err(), "that is ResponseCode::InUse");
    /// ```
    pub struct RawCode: "a response code without a name of its own", |octets: &[u8]| {
        wrong_octet(octets).or_else(|| ResponseCode::named(octets).map(|_| 0))
    };
}

impl RawCode {
    /// The levels, the most general first.
    pub fn levels(&self) -> impl Iterator<Item = &[u8]> {
        self.as_bytes().split(|octet| *octet == b'/')
    }
}

/// The first octet that cannot stand in a code there.
fn wrong_octet(octets: &[u8]) -> Option<usize> {
    let mut level_is_empty = true;
    for (at, octet) in octets.iter().enumerate() {
        let fits = match octet {
            b'/' => !level_is_empty,
            b']' => false,
            octet => matches!(octet, 0x21..=0x7f),
        };
        if !fits {
            return Some(at);
        }
        level_is_empty = *octet == b'/';
    }
    level_is_empty.then_some(octets.len())
}

impl ResponseCode {
    const NAMED: [Self; 6] =
        [Self::LoginDelay, Self::InUse, Self::SysTemp, Self::SysPerm, Self::Auth, Self::Utf8];

    fn named(octets: &[u8]) -> Option<Self> {
        Self::NAMED.into_iter().find(|code| code.as_bytes().eq_ignore_ascii_case(octets))
    }

    /// The code without its brackets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::LoginDelay => b"LOGIN-DELAY",
            Self::InUse => b"IN-USE",
            Self::SysTemp => b"SYS/TEMP",
            Self::SysPerm => b"SYS/PERM",
            Self::Auth => b"AUTH",
            Self::Utf8 => b"UTF8",
            Self::Other(raw) => raw.as_bytes(),
        }
    }

    /// The code with the levels that we know, if we know any.
    #[must_use]
    pub fn known(&self) -> Option<Self> {
        let octets = self.as_bytes();
        let is_prefix = |code: &Self| {
            let (prefix, rest) = octets.split_at_checked(code.as_bytes().len())?;
            let matches = prefix.eq_ignore_ascii_case(code.as_bytes());
            (matches && matches!(rest, [] | [b'/', ..])).then_some(())
        };
        Self::NAMED.into_iter().find(|code| is_prefix(code).is_some())
    }

    /// The code at the beginning of a text, and its octets with the brackets.
    pub(crate) fn split(text: &Bytes) -> Option<(Self, usize)> {
        let inner = text.strip_prefix(b"[")?;
        let inner = inner.get(..memchr::memchr(b']', inner)?)?;
        if wrong_octet(inner).is_some() {
            return None;
        }
        let code = match Self::named(inner) {
            Some(code) => code,
            None => Self::Other(RawCode(Octets::of(inner, text))),
        };
        Some((code, inner.len().saturating_add(2)))
    }

    pub(crate) fn encode(&self, sink: &mut impl Sink) {
        sink.put(b"[");
        sink.put(self.as_bytes());
        sink.put(b"]");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &'static str) -> Option<(ResponseCode, usize)> {
        ResponseCode::split(&Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn known_codes_in_any_case() {
        for code in ResponseCode::NAMED {
            assert_eq!(
                ResponseCode::named(&code.as_bytes().to_ascii_lowercase()),
                Some(code.clone())
            );
            assert_eq!(code.known(), Some(code.clone()));
            assert!(RawCode::new(Bytes::copy_from_slice(code.as_bytes())).is_err());
        }
        assert_eq!(split("[in-use] x"), Some((ResponseCode::InUse, 8)));
    }

    #[test]
    fn unknown_levels_are_kept_and_ignored() {
        let (code, length) = split("[sys/temp/Disk/0] x").unwrap();
        assert_eq!(length, 17);
        assert_eq!(code.as_bytes(), b"sys/temp/Disk/0");
        assert_eq!(code.known(), Some(ResponseCode::SysTemp));
        for unknown in ["[SYS]", "[SYS/TEMPORARY]", "[AUTHENTICATE]", "[x]", "[SYS/ODD/TEMP]"] {
            assert_eq!(split(unknown).unwrap().0.known(), None, "{unknown}");
        }
    }

    #[test]
    fn what_is_no_code() {
        for text in ["", "[", "[]", "[a", "[/a]", "[a/]", "[a//b]", "[a b]", "x[a]", "[\u{e9}]"] {
            assert_eq!(split(text), None, "{text}");
        }
        assert_eq!(split("[[]").unwrap().0.as_bytes(), b"[");
    }
}
