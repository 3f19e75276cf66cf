//! URLs that give access: until when, to whom, and the token that proves it.

use core::fmt;

use mail_proto::ParseError;
use mail_proto::url::UrlText;

use super::text::{self, Text};

/// The authorization at the end of a URL.
///
/// ```abnf
/// iurlauth        = iurlauth-rump iua-verifier
/// iurlauth-rump   = [expire] ";URLAUTH=" access
/// iua-verifier    = ":" uauth-mechanism ":" enc-urlauth
/// ```
///
/// (RFC 5092 section 11.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlAuthorization {
    /// When the URL ceases to be valid.
    pub expire: Option<UrlExpire>,
    /// Who may use it.
    pub access: UrlAccess,
    /// What proves that the owner of the mailbox allowed it. A URL without it is a rump: GENURLAUTH
    /// makes the token.
    pub token: Option<UrlToken>,
}

/// Who may use a URL.
///
/// ```abnf
/// access          = ("submit+" enc-user) / ("user+" enc-user) / "authuser" / "anonymous"
/// access          =/ application / (application "+" enc-user)
/// ```
///
/// (RFC 5092 section 11, RFC 5593 section 4.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlAccess {
    /// The kind of access: `submit`, `user`, `authuser`, `anonymous`, `stream`.
    pub application: UrlApplication,
    /// The user on whose behalf it is.
    pub user: Option<UrlText>,
}

mail_proto::byte_string! {
    /// The name of a kind of access.
    ///
    /// ```abnf
    /// application     = 1*(ALPHA/DIGIT)
    /// ```
    ///
    /// (RFC 5593 section 4.)
    pub struct UrlApplication: "letters and digits", application;
}

fn application(octets: &[u8]) -> Option<usize> {
    first_outside(octets, |octet| octet.is_ascii_alphanumeric())
}

mail_proto::byte_string! {
    /// The mechanism by which tokens of URLs are made and verified.
    ///
    /// ```abnf
    /// mechanism       = "INTERNAL" / 1*(ALPHA / DIGIT / "-" / ".")
    /// ```
    ///
    /// (RFC 4467 section 9.)
    pub struct UrlMechanism: "the name of a mechanism (letters, digits, - and .)", mechanism;
}

fn mechanism(octets: &[u8]) -> Option<usize> {
    first_outside(octets, is_of_mechanism)
}

const fn is_of_mechanism(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.')
}

fn first_outside(octets: &[u8], is_part: impl Fn(u8) -> bool) -> Option<usize> {
    if octets.is_empty() { Some(0) } else { octets.iter().position(|octet| !is_part(*octet)) }
}

/// The token of a URL.
///
/// ```abnf
/// iua-verifier    = ":" uauth-mechanism ":" enc-urlauth
/// enc-urlauth     = 32*HEXDIG
/// ```
///
/// (RFC 5092 section 11.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlToken {
    /// How it was made.
    pub mechanism: UrlMechanism,
    /// The token.
    pub digits: UrlTokenDigits,
}

mail_proto::byte_string! {
    /// The hexadecimal digits of a token: 32 or more.
    ///
    /// ```abnf
    /// enc-urlauth     = 32*HEXDIG
    /// ```
    ///
    /// (RFC 5092 section 11.)
    pub struct UrlTokenDigits: "32 or more hexadecimal digits", token;
}

fn token(octets: &[u8]) -> Option<usize> {
    let outside = octets.iter().position(|octet| !octet.is_ascii_hexdigit());
    outside.or_else(|| (octets.len() < 32).then_some(octets.len()))
}

mail_proto::byte_string! {
    /// When a URL ceases to be valid, as RFC 3339 writes dates: `2005-10-28T23:59:59Z`.
    ///
    /// ```abnf
    /// expire          = ";EXPIRE=" date-time
    /// ```
    ///
    /// (RFC 5092 section 11.)
    ///
    /// ```
    /// use imap_proto::UrlExpire;
    ///
    /// let expire = UrlExpire::try_from("1970-01-02T01:00:07.5+01:00").unwrap();
    /// assert_eq!(expire.unix_seconds(), 86_407);
    /// assert!(UrlExpire::try_from("1970-02-29T00:00:00Z").is_err());
    /// ```
    pub struct UrlExpire: "a date and time (RFC 3339)", |octets: &[u8]| seconds(octets).err();
}

impl UrlExpire {
    /// Seconds since 1970 began, in UTC; fractions are left out.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        seconds(self.as_bytes()).unwrap_or_default()
    }
}

/// The time that is written, or where it is broken.
fn seconds(octets: &[u8]) -> Result<i64, usize> {
    let mut rest = octets;
    let at = |rest: &[u8]| octets.len().saturating_sub(rest.len());
    let mut number = |width: usize, range: core::ops::RangeInclusive<i64>, behind: &[u8]| {
        let begin = at(rest);
        let (digits, other) = rest.split_at_checked(width).ok_or(begin)?;
        let is_number = digits.iter().all(u8::is_ascii_digit);
        let value = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        let value = value.filter(|value| is_number && range.contains(value)).ok_or(begin)?;
        rest = other;
        if behind.is_empty() {
            return Ok(value);
        }
        let (sign, other) = rest.split_first().ok_or(at(rest))?;
        if !behind.contains(&sign.to_ascii_uppercase()) {
            return Err(at(rest));
        }
        rest = other;
        Ok::<i64, usize>(value)
    };
    let year = number(4, 0..=9999, b"-")?;
    let month = number(2, 1..=12, b"-")?;
    let day = number(2, 1..=days_of(year, month), b"T")?;
    let hour = number(2, 0..=23, b":")?;
    let minute = number(2, 0..=59, b":")?;
    let second = number(2, 0..=60, b"")?;
    if let [b'.', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|octet| octet.is_ascii_digit()).count();
        rest = fraction.get(digits..).filter(|_| digits > 0).ok_or(at(fraction))?;
    }
    let zone = zone(rest).map_err(|before| at(rest).saturating_add(before))?;
    let minutes =
        days_before(year, month, day).wrapping_mul(24).wrapping_add(hour).wrapping_mul(60);
    let minutes = minutes.wrapping_add(minute).wrapping_sub(zone);
    Ok(minutes.wrapping_mul(60).wrapping_add(second))
}

/// `time-offset = "Z" / ("+" / "-") time-hour ":" time-minute`, in minutes east.
fn zone(octets: &[u8]) -> Result<i64, usize> {
    let digit = |octet: &u8| octet.is_ascii_digit().then(|| i64::from(octet.wrapping_sub(b'0')));
    let two = |tens: &u8, ones: &u8| Some(digit(tens)?.wrapping_mul(10).wrapping_add(digit(ones)?));
    match octets {
        [b'Z' | b'z'] => Ok(0),
        [sign @ (b'+' | b'-'), hour_tens, hour_ones, b':', tens, ones] => {
            let hours = two(hour_tens, hour_ones).filter(|hours| *hours < 24).ok_or(1usize)?;
            let minutes = two(tens, ones).filter(|minutes| *minutes < 60).ok_or(4usize)?;
            let east = hours.wrapping_mul(60).wrapping_add(minutes);
            Ok(if *sign == b'+' { east } else { east.wrapping_neg() })
        }
        _ => Err(0),
    }
}

const fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 {
        (year, month.wrapping_sub(3))
    } else {
        (year.wrapping_sub(1), month.wrapping_add(9))
    };
    let leap_days = year.div_euclid(4).wrapping_sub(year.div_euclid(100));
    let leap_days = leap_days.wrapping_add(year.div_euclid(400));
    let in_year = month.wrapping_mul(153).wrapping_add(2) / 5;
    year.wrapping_mul(365)
        .wrapping_add(leap_days)
        .wrapping_add(in_year)
        .wrapping_add(day)
        .wrapping_sub(719_469)
}

impl UrlMechanism {
    /// The mechanism that every server has.
    #[must_use]
    pub fn internal() -> Self {
        Self(mail_proto::Octets::from_static(b"INTERNAL"))
    }

    /// Whether it is the one that every server has.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.as_bytes().eq_ignore_ascii_case(b"INTERNAL")
    }
}

impl UrlAccess {
    /// Whether it is access of this kind, in any case.
    #[must_use]
    pub fn is(&self, application: &str) -> bool {
        self.application.as_bytes().eq_ignore_ascii_case(application.as_bytes())
    }
}

impl UrlToken {
    /// Parts a URL before its token: the rump, over which the token is made, octet by octet as it was
    /// given out, and the token.
    ///
    /// ```
    /// use imap_proto::UrlToken;
    ///
    /// let url = b"imap://joe@example.com/a/;uid=20;urlauth=anonymous:internal:91354a473744909de610943775f92038";
    /// let (rump, token) = UrlToken::split(url).unwrap();
    /// assert!(rump.ends_with(b";urlauth=anonymous"));
    /// assert!(token.mechanism.is_internal());
    /// ```
    #[must_use]
    pub fn split(url: &[u8]) -> Option<(&[u8], Self)> {
        let last = memchr::memrchr(b':', url)?;
        let before = memchr::memrchr(b':', url.get(..last)?)?;
        let (rump, mut rest) = url.split_at_checked(before)?;
        let length = last.saturating_sub(before);
        let mechanism = rest.get(1..length)?;
        rest = rest.get(length.saturating_add(1)..)?;
        let mechanism = UrlMechanism::try_from(mechanism).ok()?;
        Some((rump, Self { mechanism, digits: UrlTokenDigits::try_from(rest).ok()? }))
    }

    fn parse(text: &mut Text<'_>) -> Result<Self, ParseError> {
        let at = text.at();
        let mechanism = UrlMechanism::try_from(text.run(is_of_mechanism));
        let mechanism = mechanism.map_err(|error| error.shifted(at))?;
        text.tag(":")?;
        let at = text.at();
        let digits = text.run(|octet| octet.is_ascii_hexdigit());
        let digits = UrlTokenDigits::try_from(digits).map_err(|error| error.shifted(at))?;
        Ok(Self { mechanism, digits })
    }
}

impl UrlAuthorization {
    /// Reads it if it is there.
    pub(super) fn parse(text: &mut Text<'_>) -> Result<Option<Self>, ParseError> {
        let mut expire = None;
        if text.eat(";EXPIRE=") {
            let at = text.at();
            let octets = text.run(|octet| octet != b';');
            expire = Some(UrlExpire::try_from(octets).map_err(|error| error.shifted(at))?);
        }
        if !text.eat(";URLAUTH=") {
            return if expire.is_some() { Err(text.expected(";URLAUTH=")) } else { Ok(None) };
        }
        let at = text.at();
        let application = text.run(|octet| octet.is_ascii_alphanumeric());
        let application = UrlApplication::try_from(application).map_err(|it| it.shifted(at))?;
        let user = if text.eat("+") { Some(text.encoded("a user")?) } else { None };
        let access = UrlAccess { application, user };
        let token = if text.eat(":") { Some(UrlToken::parse(text)?) } else { None };
        Ok(Some(Self { expire, access, token }))
    }
}

impl fmt::Display for UrlAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(expire) = &self.expire {
            write!(f, ";EXPIRE={expire}")?;
        }
        write!(f, ";URLAUTH={}", self.access.application)?;
        if let Some(user) = &self.access.user {
            f.write_str("+")?;
            text::write(user.as_bytes(), f)?;
        }
        match &self.token {
            Some(token) => write!(f, ":{}:{}", token.mechanism, token.digits),
            None => Ok(()),
        }
    }
}
