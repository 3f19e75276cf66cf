//! The text of a URL: what stands for itself, what is percent-encoded. Knows no part of a URL.

use core::fmt;

use mail_proto::ParseError;
use mail_proto::url::{UrlText, is_achar, percent_decode, percent_encode};

use super::LONGEST;

/// `bchar`, but for what is percent-encoded.
const fn is_bchar(octet: u8) -> bool {
    is_achar(octet) || matches!(octet, b':' | b'@' | b'/')
}

/// The text that is left to read.
#[derive(Clone)]
pub(super) struct Text<'a> {
    all: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Text<'a> {
    pub(super) const fn new(all: &'a [u8]) -> Result<Self, ParseError> {
        if all.len() > LONGEST {
            return Err(ParseError::new(LONGEST, "a shorter URL"));
        }
        Ok(Self { all, rest: all })
    }

    pub(super) const fn at(&self) -> usize {
        self.all.len().saturating_sub(self.rest.len())
    }

    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) const fn expected(&self, expected: &'static str) -> ParseError {
        ParseError::new(self.at(), expected)
    }

    /// The end.
    pub(super) const fn end(&self, expected: &'static str) -> Result<(), ParseError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.expected(expected)) }
    }

    /// Whether this comes next, in any case.
    pub(super) fn begins(&self, word: &str) -> bool {
        self.rest.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// Passes over this if it comes next, in any case.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let is_next = self.begins(word);
        if is_next {
            self.skip(word.len());
        }
        is_next
    }

    pub(super) fn tag(&mut self, word: &'static str) -> Result<(), ParseError> {
        if self.eat(word) { Ok(()) } else { Err(self.expected(word)) }
    }

    pub(super) fn skip(&mut self, octets: usize) {
        self.rest = self.rest.get(octets..).unwrap_or_default();
    }

    /// So many octets.
    pub(super) fn take(&mut self, octets: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at_checked(octets).unwrap_or((self.rest, &[]));
        self.rest = rest;
        taken
    }

    /// The octets that the rule allows.
    pub(super) fn run(&mut self, is_part: impl Fn(u8) -> bool) -> &'a [u8] {
        self.take(self.rest.iter().take_while(|octet| is_part(**octet)).count())
    }

    /// The text up to an octet of which one must be there, without it.
    pub(super) fn before(&mut self, octet: u8) -> Option<Self> {
        let at = memchr::memchr(octet, self.rest)?;
        let end = self.at().saturating_add(at);
        let rest = self.take(at);
        self.skip(1);
        Some(Self { all: self.all.get(..end)?, rest })
    }

    /// `1*achar`, decoded.
    pub(super) fn encoded(&mut self, expected: &'static str) -> Result<UrlText, ParseError> {
        self.decoded(is_achar, expected)
    }

    /// `1*bchar`, decoded.
    pub(super) fn encoded_path(&mut self, expected: &'static str) -> Result<UrlText, ParseError> {
        self.decoded(is_bchar, expected)
    }

    /// `1*bchar` up to here, decoded.
    pub(super) fn encoded_up_to(
        &mut self,
        octets: usize,
        expected: &'static str,
    ) -> Result<UrlText, ParseError> {
        let mut part = Self { all: self.all, rest: self.rest };
        let end = self.at().saturating_add(octets);
        part.all = self.all.get(..end).unwrap_or(self.all);
        part.rest = self.take(octets);
        let decoded = part.decoded(is_bchar, expected)?;
        part.end("a percent-encoded octet")?;
        Ok(decoded)
    }

    fn decoded(
        &mut self,
        is_part: impl Fn(u8) -> bool,
        expected: &'static str,
    ) -> Result<UrlText, ParseError> {
        let begin = self.at();
        let (octets, length) =
            percent_decode(self.rest, is_part).map_err(|error| error.shifted(begin))?;
        self.skip(length);
        UrlText::new(octets).map_err(|_| ParseError::new(begin, expected))
    }

    /// `nz-number`
    pub(super) fn nz_number(&mut self) -> Result<core::num::NonZeroU32, ParseError> {
        const EXPECTED: &str = "a number of 1 to 4294967295";
        let at = self.at();
        let has_zero = self.rest.starts_with(b"0");
        let number = self.number64().ok().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|_| !has_zero).and_then(core::num::NonZeroU32::new);
        number.ok_or(ParseError::new(at, EXPECTED))
    }

    /// `number64`
    pub(super) fn number64(&mut self) -> Result<u64, ParseError> {
        let error = self.expected("a number below 2^63");
        let digits = self.run(|octet| octet.is_ascii_digit());
        let number = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        number.filter(|number: &u64| number >> 63 == 0).ok_or(error)
    }
}

/// Writes `1*achar`.
pub(super) fn write(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    percent_encode(octets, is_achar, f)
}

/// Writes `1*bchar` that is no path.
pub(super) fn write_query(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    percent_encode(octets, is_bchar, f)
}

/// Writes `1*bchar` of a path: no segment of it is taken for another server or for `..`.
pub(super) fn write_path(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write_segments(octets, is_bchar, f)
}

/// The same at the front of a relative reference, where what is before a colon is taken for a scheme.
pub(super) fn write_first(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write_segments(octets, |octet| is_bchar(octet) && octet != b':', f)
}

fn write_segments(
    octets: &[u8],
    is_plain: impl Fn(u8) -> bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (index, segment) in octets.split(|octet| *octet == b'/').enumerate() {
        match index {
            0 => {}
            1 if octets.starts_with(b"/") => f.write_str("%2F")?,
            _ => f.write_str("/")?,
        }
        match segment {
            b"." => f.write_str("%2E")?,
            b".." => f.write_str("%2E%2E")?,
            _ => percent_encode(segment, &is_plain, f)?,
        }
    }
    Ok(())
}
