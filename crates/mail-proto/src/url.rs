//! What the URLs of both protocols are made of (RFC 3986): percent-encoded text, and a host with a port.

use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use crate::ParseError;

crate::byte_string! {
    /// One or more octets, whatever they are in the URL: decoded.
    ///
    /// ```abnf
    /// uchar            = unreserved / sub-delims-sh / pct-encoded
    /// achar            = uchar / "&" / "="
    /// bchar            = achar / ":" / "@" / "/"
    /// ```
    ///
    /// (RFC 5092 section 11; RFC 2384 section 8 for POP URLs.) NUL cannot be part of a command and is
    /// refused. Names and users are UTF-8, unless who made the URL thought otherwise.
    pub struct UrlText: "one or more octets without NUL", text;
}

fn text(octets: &[u8]) -> Option<usize> {
    if octets.is_empty() { Some(0) } else { memchr::memchr(0, octets) }
}

crate::byte_string! {
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
        rest = match rest {
            [] => return octets.is_empty().then_some(0),
            [b'%', high, low, behind @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                behind
            }
            [octet, behind @ ..] if is_unreserved(*octet) || is_sub_delim(*octet) => behind,
            _ => return Some(octets.len().saturating_sub(rest.len())),
        };
    }
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

impl UrlHost {
    /// Reads a host, and the port behind a colon; all of the octets. An empty port is none (RFC 3986
    /// section 3.2.3).
    ///
    /// # Errors
    ///
    /// It is no host, the port is above 65535, or something is left.
    pub fn parse_with_port(octets: &[u8]) -> Result<(Self, Option<u16>), ParseError> {
        let address = memchr::memchr(b']', octets).filter(|_| octets.starts_with(b"["));
        let length = match address {
            Some(end) => end.saturating_add(1),
            None => memchr::memchr(b':', octets).unwrap_or(octets.len()),
        };
        let (host, behind) = octets.split_at_checked(length).unwrap_or((octets, &[]));
        let host = Self::try_from(host)?;
        let port =
            match behind {
                [] | [b':'] => None,
                [b':', digits @ ..] => Some(port(digits).ok_or_else(|| {
                    ParseError::new(length.saturating_add(1), "a port below 65536")
                })?),
                _ => return Err(ParseError::new(length, "the end, or : and a port")),
            };
        Ok((host, port))
    }
}

fn port(digits: &[u8]) -> Option<u16> {
    let is_number = digits.iter().all(u8::is_ascii_digit);
    core::str::from_utf8(digits).ok().filter(|_| is_number)?.parse().ok()
}

/// `unreserved` (RFC 3986 section 2.3).
#[must_use]
pub const fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

/// `sub-delims` (RFC 3986 section 2.2).
#[must_use]
pub const fn is_sub_delim(octet: u8) -> bool {
    octet == b';' || is_sub_delim_sh(octet) || matches!(octet, b'&' | b'=')
}

/// `achar` (RFC 5092 section 11, RFC 2384 section 8), but for what is percent-encoded.
#[must_use]
pub const fn is_achar(octet: u8) -> bool {
    is_unreserved(octet) || is_sub_delim_sh(octet) || matches!(octet, b'&' | b'=')
}

/// `sub-delims-sh` (RFC 5092 section 11): `sub-delims` without `;`, `&` and `=`.
const fn is_sub_delim_sh(octet: u8) -> bool {
    matches!(octet, b'!' | b'$' | b'\'' | b'(' | b')' | b'*' | b'+' | b',')
}

/// Decodes what stands for itself and what is percent-encoded (RFC 3986 section 2.1), up to the first
/// octet that is neither. Returns the octets, and how many of the text they were.
///
/// # Errors
///
/// `%` without two hexadecimal digits behind it, or for NUL.
///
/// # Example
///
/// ```
/// use mail_proto::url::{is_achar, percent_decode};
///
/// assert_eq!(percent_decode(b"a%20b/c", is_achar).unwrap(), (b"a b".to_vec(), 5));
/// assert_eq!(percent_decode(b"ab%0", is_achar).unwrap_err().at, 2);
/// ```
pub fn percent_decode(
    text: &[u8],
    is_plain: impl Fn(u8) -> bool,
) -> Result<(Vec<u8>, usize), ParseError> {
    let mut octets = Vec::new();
    let mut rest = text;
    loop {
        let at = text.len().saturating_sub(rest.len());
        rest = match rest {
            [b'%', high, low, behind @ ..] => {
                let octet = hex(*high).zip(hex(*low)).map(|(high, low)| (high << 4) | low);
                match octet {
                    Some(0) => return Err(ParseError::new(at, "no NUL")),
                    Some(octet) => octets.push(octet),
                    None => return Err(no_digits(at)),
                }
                behind
            }
            [b'%', ..] => return Err(no_digits(at)),
            [octet, behind @ ..] if is_plain(*octet) => {
                octets.push(*octet);
                behind
            }
            _ => return Ok((octets, at)),
        };
    }
}

const fn no_digits(at: usize) -> ParseError {
    ParseError::new(at, "two hexadecimal digits behind %")
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}

/// Writes the octets, percent-encoded but for what stands for itself.
///
/// # Errors
///
/// Those of the formatter.
pub fn percent_encode(
    octets: &[u8],
    is_plain: impl Fn(u8) -> bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for octet in octets {
        if is_plain(*octet) {
            f.write_char(char::from(*octet))?;
        } else {
            write!(f, "%{octet:02X}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_delims_are_those_of_rfc_3986() {
        let all: Vec<u8> = (0..=255).filter(|octet| is_sub_delim(*octet)).collect();
        assert_eq!(all, b"!$&'()*+,;=");
        let achar: Vec<u8> = (0..=255).filter(|it| is_achar(*it) && !is_unreserved(*it)).collect();
        assert_eq!(achar, b"!$&'()*+,=");
    }

    #[test]
    fn hosts_and_ports() {
        for (text, host, port) in [
            ("h", "h", None),
            ("h:", "h", None),
            ("h:65535", "h", Some(65535)),
            ("[::1]", "[::1]", None),
            ("[::1]:143", "[::1]", Some(143)),
            ("[v1.a:b]:1", "[v1.a:b]", Some(1)),
            ("%41;b", "%41;b", None),
        ] {
            let (read, number) = UrlHost::parse_with_port(text.as_bytes()).unwrap();
            assert_eq!((read.as_bytes(), number), (host.as_bytes(), port), "{text}");
        }
        for (text, at) in [
            ("", 0),
            (":1", 0),
            ("h:65536", 2),
            ("h:+1", 2),
            ("h:1x", 2),
            ("h i", 1),
            ("h%4", 1),
            ("[::g]", 0),
            ("[::1", 0),
            ("[::1]x", 5),
            ("[v.1]", 0),
        ] {
            assert_eq!(UrlHost::parse_with_port(text.as_bytes()).unwrap_err().at, at, "{text}");
        }
    }

    #[test]
    fn text_is_decoded_up_to_what_is_no_part_of_it() {
        assert_eq!(percent_decode(b"%41%3b%E9", is_achar).unwrap(), (b"A;\xe9".to_vec(), 9));
        assert_eq!(percent_decode(b";a", is_achar).unwrap(), (Vec::new(), 0));
        for (text, at) in [(&b"a%00"[..], 1), (b"a%", 1), (b"a%4", 1), (b"ab%4g", 2), (b"%+1", 0)] {
            assert_eq!(percent_decode(text, is_achar).unwrap_err().at, at, "{text:?}");
        }
    }
}
