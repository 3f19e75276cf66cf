//! Whether a line ends in the announcement of a literal: its spelling and its place.
//!
//! These are pure functions over one line that ends in `}`; no other line is looked at again.

use mail_proto::without_line_end;
use memchr::{memchr, memchr2_iter};

/// No number that fits 63 bits has more digits, however many zeros somebody might put in front.
const DIGITS: usize = 20;

/// The longest announcement with its line end: `~{`, the digits, `+}`, CRLF. A little more.
pub(super) const LONGEST: usize = 32;

/// The octets of an announcement.
///
/// ```abnf
/// literal  = "{" number64 ["+"] "}" CRLF *CHAR8   ; RFC 9051 section 9, RFC 7888 section 8
/// literal8 = "~{" number64 ["+"] "}" CRLF *OCTET  ; RFC 3516 section 7, RFC 4466, RFC 9051
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Announcement {
    /// Octets of the line before it.
    pub(super) at: usize,
    /// Octets announced; `u64::MAX` if nobody can count them.
    pub(super) size: u64,
    /// There is no `+`.
    pub(super) sync: bool,
    /// There is a `~`.
    pub(super) binary: bool,
}

/// Whether the line could end in an announcement.
#[inline]
pub(super) fn is_candidate(line: &[u8]) -> bool {
    without_line_end(line).ends_with(b"}")
}

impl Announcement {
    /// Reads what the line ends in, wherever that is. `cut` says that the beginning of the line is
    /// gone: then a window full of digits counts as announced.
    pub(super) fn read(line: &[u8], cut: bool) -> Option<Self> {
        let head = without_line_end(line).strip_suffix(b"}")?;
        let (head, sync) = match head.strip_suffix(b"+") {
            Some(head) => (head, false),
            None => (head, true),
        };
        let Some(brace) = head.iter().rposition(|octet| !octet.is_ascii_digit()) else {
            return cut.then_some(Self { at: 0, size: u64::MAX, sync, binary: false });
        };
        let (head, digits) = head.split_at_checked(brace.saturating_add(1))?;
        let head = head.strip_suffix(b"{").filter(|_| !digits.is_empty())?;
        let (head, binary) = match head.strip_suffix(b"~") {
            Some(head) => (head, true),
            None => (head, false),
        };
        Some(Self { at: head.len(), size: number(digits), sync, binary })
    }

    /// Whether a command that ends so announces a literal.
    ///
    /// A client that waits (`{n}`) is believed where the grammar has a string. One that does not
    /// (`{n+}`) has sent the octets already: RFC 7888 section 3 has the receiver look at the end of
    /// *every* line, whatever else is wrong with it, and so must we, or what a third party wrote
    /// into the literal would be executed.
    pub(super) fn counts_in_command(self, line: &[u8]) -> bool {
        !self.sync || self.is_string(line)
    }

    /// Whether a response that ends so announces a literal: only data has strings. `first` says
    /// that the line begins the response; what follows a literal is data.
    pub(super) fn counts_in_response(self, line: &[u8], first: bool) -> bool {
        (!first || is_data(line)) && self.is_string(line)
    }

    /// Every string of the grammar stands behind SP or `(`, and none inside another.
    fn is_string(self, line: &[u8]) -> bool {
        let before = line.get(..self.at).unwrap_or(line);
        matches!(before, [.., b' ' | b'(']) && !ends_in_quotes(before)
    }
}

fn number(digits: &[u8]) -> u64 {
    let digits = core::str::from_utf8(digits).ok().filter(|digits| digits.len() <= DIGITS);
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(u64::MAX)
}

/// Whether a quoted string is open at the end.
///
/// ```abnf
/// quoted = DQUOTE *QUOTED-CHAR DQUOTE   ; RFC 9051 section 9: no CR or LF inside
/// ```
fn ends_in_quotes(octets: &[u8]) -> bool {
    let (mut open, mut escaped) = (false, None);
    for at in memchr2_iter(b'"', b'\\', octets) {
        if escaped == Some(at) {
            continue;
        }
        match octets.get(at) {
            Some(b'"') => open = !open,
            _ if open => escaped = at.checked_add(1),
            _ => {}
        }
    }
    open
}

/// Whether a response line is data, so that strings may follow; in all others there is only text.
///
/// ```abnf
/// response-data   = "*" SP (resp-cond-state / resp-cond-bye / mailbox-data / message-data / ...) CRLF
/// response-tagged = tag SP resp-cond-state CRLF       ; resp-cond-*: "OK" "NO" "BAD" "BYE" "PREAUTH"
/// continue-req    = "+" SP (resp-text / base64) CRLF  ; RFC 9051 section 9
/// ```
///
/// Where a server follows none of these, what looks like data is data: NULs or spaces in front,
/// `*` without SP, a number behind a tag. What has neither name nor number is text, and so is a
/// response code without its status.
fn is_data(line: &[u8]) -> bool {
    let line = trimmed(line, |octet| matches!(octet, 0 | b' '));
    let (untagged, rest) = match line {
        [b'+' | b'[', ..] => return false,
        [b'*', rest @ ..] => (true, rest),
        line => (false, memchr(b' ', line).and_then(|at| line.get(at..)).unwrap_or_default()),
    };
    let rest = trimmed(rest, |octet| octet == b' ');
    let end = rest.iter().position(|octet| !octet.is_ascii_alphanumeric() && *octet != b'-');
    match rest.get(..end.unwrap_or(rest.len())).unwrap_or_default() {
        [] => false,
        name if untagged => !is_status(name),
        name => name.iter().all(u8::is_ascii_digit),
    }
}

fn is_status(name: &[u8]) -> bool {
    let statuses: [&[u8]; 5] = [b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"];
    statuses.iter().any(|status| status.eq_ignore_ascii_case(name))
}

fn trimmed(octets: &[u8], skipped: impl Fn(u8) -> bool) -> &[u8] {
    let from = octets.iter().position(|octet| !skipped(*octet)).unwrap_or(octets.len());
    octets.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_spellings() {
        let read =
            |line: &[u8]| Announcement::read(line, false).map(|a| (a.at, a.size, a.sync, a.binary));
        assert_eq!(read(b"a {5}\r\n"), Some((2, 5, true, false)));
        assert_eq!(read(b"a {5+}\r\n"), Some((2, 5, false, false)));
        assert_eq!(read(b"a ~{5}\r\n"), Some((2, 5, true, true)));
        assert_eq!(read(b"a ~{5+}\n"), Some((2, 5, false, true)));
        assert_eq!(read(b"a {005}\r\n"), Some((2, 5, true, false)));
        for none in ["{}", "{+}", "{5-}", "{5", "5}", "{5}}", "{-5}", "{5++}", "{5} ", "{ 5}"] {
            assert_eq!(read(std::format!("a {none}\r\n").as_bytes()), None, "{none}");
        }
    }

    #[test]
    fn numbers_of_more_than_twenty_digits_or_sixty_four_bits_are_the_largest() {
        assert_eq!(number(b"00000000000000000005"), 5);
        assert_eq!(number(b"000000000000000000005"), u64::MAX);
        assert_eq!(number(b"9223372036854775807"), i64::MAX as u64);
        assert_eq!(number(b"18446744073709551616"), u64::MAX);
        assert_eq!(number(&[b'9'; 1000]), u64::MAX);
    }

    #[test]
    fn quotes_and_escapes() {
        for open in [r#"""#, r#"a "b"#, r#"" \""#, r#""\\\""#, r#"\""#, r#""a" ""#] {
            assert!(ends_in_quotes(open.as_bytes()), "{open}");
        }
        for closed in ["", r#""""#, r#""\"""#, r#""\\""#, r#"\Seen "a""#, r#""\a""#] {
            assert!(!ends_in_quotes(closed.as_bytes()), "{closed}");
        }
    }

    #[test]
    fn data_and_text() {
        for data in ["* 1 FETCH", "* LIST", "* list ", "*  1 x", "*1 x", "\0* X-A", "a 9 FETCH"] {
            assert!(is_data(data.as_bytes()), "{data}");
        }
        let status =
            ["* OK", "* no x", "a BAD x", "A BYE x", "* PREAUTH x", "* OK[X]", "\0\0A OK x"];
        let other = ["+ x", "+", "+OK", "* [COPYUID 1 2 3]", "*", "", "Server Unavailable. 15"];
        for text in status.iter().chain(&other) {
            assert!(!is_data(text.as_bytes()), "{text}");
        }
    }
}
