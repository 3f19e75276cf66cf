//! The first line that a server says, and the timestamp of APOP in it.

use alloc::vec::Vec;
use bytes::Bytes;
use mail_proto::{ParseError, Reading, Secret, Sink, Text};
use md5::{Digest as _, Md5};

use crate::{Defect, Digest, Status};

mail_proto::byte_string! {
    /// What makes the digests of a connection unlike those of any other, angle brackets included.
    ///
    /// ```abnf
    /// timestamp      = "<" addr-spec ">"
    /// addr-spec      = local-part "@" domain
    /// local-part     = word *("." word)
    /// domain         = sub-domain *("." sub-domain)
    /// word           = atom / quoted-string
    /// sub-domain     = atom / domain-literal
    /// ```
    ///
    /// (RFC 1939 section 7: a msg-id of RFC 822 section 6.1, here without spaces and comments.) The
    /// shape matters: a server that may choose any octets can find out passwords
    /// (CVE-2007-1558), so what is not a msg-id is no timestamp, in every leniency.
    ///
    /// ```
    /// use pop3_proto::Timestamp;
    ///
    /// assert!(Timestamp::new("<1896.697170952@dbc.mtview.ca.us>").is_ok());
    /// assert!(Timestamp::new("<welcome>").is_err());
    /// assert!(Timestamp::new(b"<a\x80@b>".as_slice()).is_err());
    /// ```
    pub struct Timestamp: "a timestamp (<local-part@domain>)", timestamp_rule;
}

impl Timestamp {
    /// The first timestamp in a text, wherever it stands.
    #[must_use]
    pub fn find(text: &Text) -> Option<Self> {
        let octets = text.clone().into_bytes();
        let mut begins = None;
        for at in memchr::memchr2_iter(b'<', b'>', &octets) {
            if octets.get(at) == Some(&b'<') {
                begins = Some(at);
            } else if let Some(begins) = begins.take()
                && let Ok(found) = Self::new(octets.slice(begins..=at))
            {
                return Some(found);
            }
        }
        None
    }
}

fn timestamp_rule(octets: &[u8]) -> Option<usize> {
    (!is_timestamp(octets)).then_some(0)
}

fn is_timestamp(octets: &[u8]) -> bool {
    let inner = octets.strip_prefix(b"<").and_then(|octets| octets.strip_suffix(b">"));
    // A local-part can hold an @ in quotes; a domain cannot.
    let parts = inner.and_then(|inner| inner.split_at_checked(memchr::memrchr(b'@', inner)?));
    let Some((local, [_, domain @ ..])) = parts else { return false };
    dotted(local, |rest| quoted(rest, b'"', b'"'))
        && dotted(domain, |rest| quoted(rest, b'[', b']'))
}

/// Whether it is words divided by dots, where a word is an atom or of that other form.
fn dotted(mut rest: &[u8], other: impl Fn(&[u8]) -> usize) -> bool {
    loop {
        let length = match atom(rest) {
            0 => other(rest),
            length => length,
        };
        match rest.get(length..) {
            _ if length == 0 => return false,
            Some([]) => return true,
            Some([b'.', after @ ..]) => rest = after,
            _ => return false,
        }
    }
}

/// The octets of an atom at the beginning.
fn atom(octets: &[u8]) -> usize {
    let ends = |octet: &u8| !octet.is_ascii_graphic() || b"()<>@,;:\\\".[]".contains(octet);
    octets.iter().position(ends).unwrap_or(octets.len())
}

/// The octets of a quoted string or domain literal at the beginning.
fn quoted(octets: &[u8], open: u8, close: u8) -> usize {
    if octets.first() != Some(&open) {
        return 0;
    }
    let mut escaped = false;
    for (at, octet) in octets.iter().enumerate().skip(1) {
        match octet {
            octet if !octet.is_ascii_graphic() || b"<>".contains(octet) => return 0,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            octet if *octet == close => return at.saturating_add(1),
            octet if *octet == open => return 0,
            _ => {}
        }
    }
    0
}

/// The first line that a server says.
///
/// ```abnf
/// greeting       = "+OK" [SP [resp-code] *text-char [timestamp] *text-char] CRLF
/// ```
///
/// (RFC 1939 sections 4 and 7, RFC 2449 section 3.) A server that can offer nothing says `-ERR`; then
/// there is no timestamp.
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading, Text};
/// use pop3_proto::{Greeting, Timestamp, apop_digest};
///
/// let stamp = Timestamp::new("<1896.697170952@dbc.mtview.ca.us>").unwrap();
/// let greeting = Greeting::ready(Text::new("POP3 server ready").unwrap(), Some(&stamp));
/// let mut line = Vec::new();
/// greeting.encode(&mut line);
/// assert_eq!(line, b"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n");
///
/// let line = Bytes::from_static(b"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>");
/// let read = Greeting::parse(&line, &mut Reading::new(Leniency::strict())).unwrap();
/// assert_eq!(read.timestamp(), Some(&stamp));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Greeting {
    status: Status,
    /// The one in the text.
    timestamp: Option<Timestamp>,
}

impl Greeting {
    /// A greeting of this status; the timestamp is the one in its text.
    #[must_use]
    pub fn new(status: Status) -> Self {
        let timestamp = match status.is_ok() {
            true => Timestamp::find(&status.text),
            false => None,
        };
        Self { status, timestamp }
    }

    /// `+OK`, a text, and the timestamp that offers APOP.
    ///
    /// The timestamp must differ each time. It is found by the client where it stands, so the text
    /// before it must not contain one.
    #[must_use]
    pub fn ready(text: Text, timestamp: Option<&Timestamp>) -> Self {
        let parts = [text.as_bytes(), timestamp.map_or(&[], Timestamp::as_bytes)];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Self::new(Status::ok(Text::sanitized(&parts.join(&b' '))))
    }

    /// The line.
    #[must_use]
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// What APOP needs, if the server offers it.
    #[must_use]
    pub const fn timestamp(&self) -> Option<&Timestamp> {
        self.timestamp.as_ref()
    }

    /// Reads a line without its CRLF.
    ///
    /// # Errors
    ///
    /// It is no status line.
    pub fn parse(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        Status::parse(line, reading).map(Self::new)
    }

    /// Writes the line with its CRLF.
    pub fn encode(&self, sink: &mut impl Sink) {
        self.status.encode(sink);
    }
}

/// The digest of APOP: the MD5 of the timestamp and the secret (RFC 1939 section 7).
///
/// MD5 is broken and the server must keep the password itself, so that APOP is for those who have
/// nothing better.
///
/// ```
/// use pop3_proto::{Timestamp, apop_digest};
///
/// let timestamp = Timestamp::new("<1896.697170952@dbc.mtview.ca.us>").unwrap();
/// let digest = apop_digest(&timestamp, b"tanstaaf");
/// assert!(digest.matches(b"c4c9334bac560ecc979e58001b3e22fb"));
/// ```
#[must_use]
pub fn apop_digest(timestamp: &Timestamp, secret: &[u8]) -> Secret<Digest> {
    let hash = Md5::new().chain_update(timestamp.as_bytes()).chain_update(secret).finalize();
    Secret::new(Digest::from_hash(hash.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::strict;

    #[test]
    fn stamps_are_message_ids() {
        let good = [
            "<1896.697170952@dbc.mtview.ca.us>",
            "<16184.1473445882@mail3.example.com>",
            "<4b2.1.5a6b.Ab+/==@host_1>",
            "<1.2@[10.0.0.1]>",
            "<\"a@b.c\"@d>",
            "<\"a\\\"b\".c@d>",
        ];
        for stamp in good {
            assert!(Timestamp::new(stamp).is_ok(), "{stamp}");
        }
        let bad = [
            "",
            "<",
            "<>",
            "<@>",
            "<a@>",
            "<@b>",
            "<ab>",
            "a@b",
            "<a@b",
            "a@b>",
            "<a b@c>",
            "<a@b@c>",
            "<.a@b>",
            "<a.@b>",
            "<a..b@c>",
            "<a@b.>",
            "<a@b c>",
            "<a\t@b>",
            "<a\u{e9}@b>",
            "<<a@b>",
            "<a@b>>",
            "<a@[1>",
            "<\"a@b>",
            "<\"a\"b@c>",
            "<a@b>\n",
            "<a\0@b>",
            "<a:b@c>",
            "<a@[[1]>",
        ];
        for stamp in bad {
            assert!(Timestamp::new(stamp).is_err(), "{stamp:?}");
        }
    }

    #[test]
    fn stamps_are_found_anywhere() {
        let find = |text: &'static str| {
            let greeting = strict(text.as_bytes(), Greeting::parse).unwrap();
            greeting.timestamp().map(|stamp| stamp.as_bytes().to_vec())
        };
        assert_eq!(find("+OK <a@b>").unwrap(), b"<a@b>");
        assert_eq!(find("+OK x<a@b>y <c@d>").unwrap(), b"<a@b>");
        assert_eq!(find("+OK <welcome> << <a@b> >").unwrap(), b"<a@b>");
        assert_eq!(find("+OK [X] hello <a@b> at your service").unwrap(), b"<a@b>");
        for none in ["+OK", "+OK <welcome>", "+OK a@b", "+OK <a @b>", "+OK >a@b<", "-ERR <a@b>"] {
            assert_eq!(find(none), None, "{none}");
        }
    }

    #[test]
    fn a_server_offers_its_stamp() {
        let stamp = Timestamp::new("<a@b>").unwrap();
        let text = |octets: &'static str| Text::new(octets).unwrap();
        let of = |text, stamp| Greeting::ready(text, stamp).status().text.as_bytes().to_vec();
        assert_eq!(of(text("hi"), Some(&stamp)), b"hi <a@b>");
        assert_eq!(of(text(""), Some(&stamp)), b"<a@b>");
        assert_eq!(of(text("hi"), None), b"hi");
        assert_eq!(Greeting::ready(text("hi"), Some(&stamp)).timestamp(), Some(&stamp));
    }

    #[test]
    fn the_digest_of_the_rfcs() {
        let digest = |stamp: &'static str, secret: &[u8]| {
            apop_digest(&Timestamp::new(stamp).unwrap(), secret).into_exposed().into_bytes()
        };
        let rfc1939 = digest("<1896.697170952@dbc.mtview.ca.us>", b"tanstaaf");
        assert_eq!(rfc1939, "c4c9334bac560ecc979e58001b3e22fb");
        let erratum2943 = digest("<1896.697170952@mail.eudora.com>", b"secret");
        assert_eq!(erratum2943, "8f5de26536bc248ba202a9ca612e71bd");
    }
}
