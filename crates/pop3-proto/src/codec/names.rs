//! The arguments of commands and the ids of replies: strings that cannot break a line, and numbers
//! that cannot be zero.

use core::fmt;
use core::num::NonZeroU32;

use bytes::Bytes;
use mail_proto::{ParseError, hexadecimal, line_break};

mail_proto::byte_string! {
    /// The name of a mailbox: the argument of USER and the first one of APOP.
    ///
    /// ```abnf
    /// name           = 1*name-char
    /// name-char      = %x21-7E / %x80-FF
    /// ```
    ///
    /// (RFC 1939 section 7; 8-bit only where the server offers UTF8 USER, RFC 6856 section 2.2.)
    ///
    /// ```
    /// use pop3_proto::Name;
    ///
    /// assert!(Name::new("mrose").is_ok());
    /// assert_eq!(Name::new("mrose\r\nDELE 1").unwrap_err().at, 5);
    /// assert!(Name::new("").is_err());
    /// ```
    pub struct Name: "a name (1 or more octets; no spaces, no control characters)", |octets: &[u8]| {
        first_or_none(octets, |octet| matches!(octet, 0x21..=0x7e | 0x80..))
    };
}

mail_proto::byte_string! {
    /// The argument of PASS: the rest of the line, spaces included.
    ///
    /// ```abnf
    /// pass-char      = %x20-7E / %x80-FF
    /// ```
    ///
    /// (RFC 1939 section 7; 8-bit only where the server offers UTF8 USER, RFC 6856 section 2.2.) The
    /// type takes any octets but CR, LF and NUL: what a password may hold is the server's business.
    /// Keep it in a [`Secret`](mail_proto::Secret).
    ///
    /// ```
    /// use pop3_proto::Password;
    ///
    /// assert!(Password::new(" my secret  word ").is_ok());
    /// assert!(Password::new("secret\r\nDELE 1").is_err());
    /// ```
    pub struct Password: "a password without CR, LF and NUL", line_break;
}

mail_proto::byte_string! {
    /// The digest of APOP: 32 hexadecimal digits. Made in any case, kept in lower case.
    ///
    /// ```abnf
    /// digest         = 32HEXDIG
    /// ```
    ///
    /// (RFC 1939 section 7.) Compare it with [`Secret::matches`](mail_proto::Secret::matches), which
    /// takes the same time whatever the digits.
    ///
    /// ```
    /// use pop3_proto::Digest;
    ///
    /// let digest = Digest::parse(b"C4C9334BAC560ECC979E58001B3E22FB").unwrap();
    /// assert_eq!(digest.as_bytes(), b"c4c9334bac560ecc979e58001b3e22fb");
    /// ```
    pub struct Digest: "32 hexadecimal digits in lower case", |octets: &[u8]| {
        let wrong = |octet: &u8| !matches!(octet, b'0'..=b'9' | b'a'..=b'f');
        octets.iter().position(wrong).or_else(|| (octets.len() != 32).then_some(octets.len().min(32)))
    };
}

impl Digest {
    /// The digest, whatever its case.
    ///
    /// # Errors
    ///
    /// Where it is no digest.
    pub fn parse(digits: &[u8]) -> Result<Self, ParseError> {
        Self::new(digits.to_ascii_lowercase())
    }

    /// The digits of a hash.
    pub(crate) fn from_hash(hash: [u8; 16]) -> Self {
        Self(hexadecimal(hash).collect())
    }
}

mail_proto::byte_string! {
    /// What names a message in all sessions: the answer of UIDL.
    ///
    /// ```abnf
    /// unique-id      = 1*70(%x21-7E)
    /// ```
    ///
    /// (RFC 1939 section 7.) [`new`](Self::new) makes what may be sent. One that was read leniently
    /// can be longer or hold any octets but CR, LF and NUL: [`is_conformant`](Self::is_conformant)
    /// tells.
    ///
    /// ```
    /// use pop3_proto::UniqueId;
    ///
    /// assert!(UniqueId::new("QhdPYR:00WBw1Ph7x7").unwrap().is_conformant());
    /// assert!(UniqueId::new("a b").is_err());
    /// assert!(UniqueId::new("x".repeat(71)).is_err());
    /// ```
    pub struct UniqueId: "a unique-id (1 to 70 printable characters)", unique_id_rule;
}

fn unique_id_rule(octets: &[u8]) -> Option<usize> {
    first_or_none(octets, |octet| matches!(octet, 0x21..=0x7e))
        .or_else(|| (octets.len() > 70).then_some(70))
}

impl UniqueId {
    /// The most octets that are read of a unique-id, however lenient.
    pub const LENGTH_LIMIT: usize = 1024;

    /// Whether it is as the RFC says.
    #[must_use]
    pub fn is_conformant(&self) -> bool {
        unique_id_rule(self.as_bytes()).is_none()
    }

    /// What a server sent, if it can stand in a line and is not beyond all measure.
    pub(crate) fn from_peer(octets: Bytes) -> Option<Self> {
        let fits = (1..=Self::LENGTH_LIMIT).contains(&octets.len());
        (fits && line_break(&octets).is_none()).then(|| Self(octets.into()))
    }
}

mail_proto::byte_string! {
    /// The argument of LANG: a basic language range, or `*` for what the server prefers.
    ///
    /// ```abnf
    /// lang-range     = "*" / 1*(ALPHA / DIGIT / "-")
    /// ```
    ///
    /// (RFC 6856 section 3.2, RFC 4647 section 2.1.)
    ///
    /// ```
    /// use pop3_proto::LanguageRange;
    ///
    /// assert!(LanguageRange::new("en-boont").is_ok());
    /// assert!(LanguageRange::new("*").is_ok());
    /// assert!(LanguageRange::new("en *").is_err());
    /// ```
    pub struct LanguageRange: "a language range (letters, digits, -) or *", |octets: &[u8]| {
        if octets == b"*" { None } else { first_or_none(octets, is_language) }
    };
}

mail_proto::byte_string! {
    /// The tag of a language.
    ///
    /// ```abnf
    /// lang-tag       = 1*(ALPHA / DIGIT / "-")
    /// ```
    ///
    /// (RFC 6856 section 3.2, RFC 5646.)
    ///
    /// ```
    /// use pop3_proto::LanguageTag;
    ///
    /// assert!(LanguageTag::new("en-boont").is_ok());
    /// assert!(LanguageTag::new("*").is_err());
    /// ```
    pub struct LanguageTag: "a language tag (letters, digits, -)", |octets: &[u8]| {
        first_or_none(octets, is_language)
    };
}

const fn is_language(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet == b'-'
}

/// The rule of a string of one or more such octets.
fn first_or_none(octets: &[u8], allowed: impl Fn(u8) -> bool) -> Option<usize> {
    if octets.is_empty() {
        return Some(0);
    }
    octets.iter().position(|octet| !allowed(*octet))
}

/// The number of a message in this session. Never 0.
///
/// ```abnf
/// msg            = nz-digit *DIGIT
/// ```
///
/// (RFC 1939 section 4.) Messages are numbered from 1; one that is marked as deleted keeps its number.
///
/// ```
/// use pop3_proto::MessageNumber;
///
/// assert_eq!(MessageNumber::new(7).unwrap().get(), 7);
/// assert_eq!(MessageNumber::new(0), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MessageNumber(NonZeroU32);

impl MessageNumber {
    /// The first message.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The number, unless it is 0.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl From<NonZeroU32> for MessageNumber {
    fn from(number: NonZeroU32) -> Self {
        Self(number)
    }
}

impl fmt::Display for MessageNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_argument_can_break_a_line() {
        for octet in [b'\r', b'\n', 0] {
            let octets = Bytes::copy_from_slice(&[b'a', octet, b'b']);
            assert!(Name::new(octets.clone()).is_err());
            assert!(Password::new(octets.clone()).is_err());
            assert!(UniqueId::new(octets.clone()).is_err());
            assert!(UniqueId::from_peer(octets.clone()).is_none());
            assert!(LanguageRange::new(octets.clone()).is_err());
            assert!(LanguageTag::new(octets).is_err());
        }
        assert!(Name::new("a b").is_err());
        assert!(LanguageTag::new("a b").is_err());
    }

    #[test]
    fn lengths_of_unique_ids() {
        let of = |length| Bytes::from(alloc::vec![b'x'; length]);
        assert!(UniqueId::new(of(70)).is_ok());
        assert_eq!(UniqueId::new(of(71)).unwrap_err().at, 70);
        assert!(!UniqueId::from_peer(of(1024)).unwrap().is_conformant());
        assert!(UniqueId::from_peer(of(1025)).is_none());
        assert!(UniqueId::from_peer(of(0)).is_none());
        assert!(UniqueId::from_peer(of(70)).unwrap().is_conformant());
    }

    #[test]
    fn digests() {
        assert_eq!(Digest::new("0".repeat(31)).unwrap_err().at, 31);
        assert_eq!(Digest::new("0".repeat(33)).unwrap_err().at, 32);
        assert!(Digest::new("A".repeat(32)).is_err());
        let hash = core::array::from_fn(|index| u8::try_from(index * 17).unwrap());
        let digest = Digest::from_hash(hash);
        assert_eq!(digest.as_bytes(), b"00112233445566778899aabbccddeeff");
        assert_eq!(Digest::parse(b"00112233445566778899AABBCCDDEEFF"), Ok(digest));
    }

    #[test]
    fn names_keep_octets_of_any_charset() {
        let name = Name::new(b"j\xc3\xb6rg\xff".as_slice()).unwrap();
        assert_eq!(name.as_bytes(), b"j\xc3\xb6rg\xff");
        assert_eq!(Name::new(b"a\x7f".as_slice()).unwrap_err().at, 1);
    }
}
