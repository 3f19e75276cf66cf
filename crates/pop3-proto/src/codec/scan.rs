//! The leaves of a line: words, spaces, numbers, text. Knows no command and no reply.

use alloc::vec::Vec;
use bytes::Bytes;
use mail_proto::{ParseError, Reading, Secret, Sink, Text, line_break, sasl};

use crate::{Defect, MessageNumber};

/// A cursor over one line.
#[derive(Clone)]
pub(crate) struct Words<'a> {
    line: &'a Bytes,
    /// Octets of `line` that are read.
    read: usize,
    /// Octets of the unit before `line`.
    before: usize,
}

impl<'a> Words<'a> {
    pub(crate) const fn new(line: &'a Bytes) -> Self {
        Self::within(line, 0)
    }

    /// A line that begins `before` octets into its unit.
    pub(crate) const fn within(line: &'a Bytes, before: usize) -> Self {
        Self { line, read: 0, before }
    }

    /// Octets of the unit before what comes next.
    pub(crate) const fn at(&self) -> usize {
        self.before.saturating_add(self.read)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.line.get(self.read..).unwrap_or_default()
    }

    pub(crate) fn take_rest(&mut self) -> Bytes {
        let rest = self.line.slice_ref(self.rest());
        self.read = self.line.len();
        rest
    }

    pub(crate) fn skip(&mut self, octets: usize) {
        self.read = self.read.saturating_add(octets).min(self.line.len());
    }

    /// The octets before the next space.
    pub(crate) fn word(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
        self.skip(end);
        rest.get(..end).unwrap_or_default()
    }

    /// The next word as its type.
    pub(crate) fn word_as<T>(
        &mut self,
        new: impl FnOnce(Bytes) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        let at = self.at();
        let word = self.word();
        new(self.line.slice_ref(word)).map_err(|error| error.shifted(at))
    }

    /// The space before something that must follow.
    pub(crate) fn space(
        &mut self,
        reading: &mut Reading<Defect>,
        expected: &'static str,
    ) -> Result<(), ParseError> {
        match leading_spaces(self.rest()) {
            0 => return Err(ParseError::new(self.at(), expected)),
            1 => {}
            _ => reading.tolerate(Defect::DoubleSpace, self.at().saturating_add(1), expected)?,
        }
        self.skip(leading_spaces(self.rest()));
        Ok(())
    }

    /// Whether something optional follows; then the space before it is read, else the line is.
    pub(crate) fn more(&mut self, reading: &mut Reading<Defect>) -> Result<bool, ParseError> {
        let rest = self.rest();
        if leading_spaces(rest) == rest.len() {
            self.end(reading)?;
            return Ok(false);
        }
        self.space(reading, "a space")?;
        Ok(true)
    }

    /// The end of the line.
    pub(crate) fn end(&mut self, reading: &mut Reading<Defect>) -> Result<(), ParseError> {
        const EXPECTED: &str = "the end of the line";
        let rest = self.rest();
        match leading_spaces(rest) {
            0 if rest.is_empty() => Ok(()),
            spaces if spaces == rest.len() => {
                reading.tolerate(Defect::TrailingSpace, self.at(), EXPECTED)?;
                self.skip(spaces);
                Ok(())
            }
            _ => Err(ParseError::new(self.at(), EXPECTED)),
        }
    }

    /// What some servers put before a line of a listing: spaces, a `+OK`.
    pub(crate) fn lead_in(&mut self, reading: &mut Reading<Defect>) -> Result<(), ParseError> {
        const EXPECTED: &str = "a number or a tag";
        let spaces = leading_spaces(self.rest());
        if spaces > 0 {
            reading.tolerate(Defect::DoubleSpace, self.at(), EXPECTED)?;
            self.skip(spaces);
        }
        if self.rest().get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"+OK ")) {
            reading.tolerate(Defect::OkBeforeLine, self.at(), EXPECTED)?;
            self.skip(4);
        }
        Ok(())
    }

    /// `msg = nz-digit *DIGIT`
    pub(crate) fn message_number(
        &mut self,
        reading: &mut Reading<Defect>,
    ) -> Result<MessageNumber, ParseError> {
        const EXPECTED: &str = "a message number (1 to 4294967295)";
        let at = self.at();
        let word = self.word();
        let number = number(word, at, EXPECTED)?;
        let number = u32::try_from(number).ok().and_then(MessageNumber::new);
        let number = number.ok_or(ParseError::new(at, EXPECTED))?;
        if word.starts_with(b"0") {
            reading.tolerate(Defect::LeadingZeros, at, EXPECTED)?;
        }
        Ok(number)
    }
}

fn leading_spaces(octets: &[u8]) -> usize {
    octets.iter().position(|octet| *octet != b' ').unwrap_or(octets.len())
}

/// `1*DIGIT` below 2^64.
pub(crate) fn number(word: &[u8], at: usize, expected: &'static str) -> Result<u64, ParseError> {
    if word.is_empty() {
        return Err(ParseError::new(at, expected));
    }
    let mut number = 0u64;
    for (index, octet) in word.iter().enumerate() {
        if !octet.is_ascii_digit() {
            return Err(ParseError::new(at.saturating_add(index), expected));
        }
        let digit = u64::from(octet & 0x0f);
        number = number
            .checked_mul(10)
            .and_then(|number| number.checked_add(digit))
            .ok_or(ParseError::new(at, expected))?;
    }
    Ok(number)
}

/// RFC 2449 section 3 counts DEL among the characters of a text.
const fn is_control(octet: u8) -> bool {
    octet < b' '
}

/// `*text-char`, kept as it is but for what no line can hold.
pub(crate) fn text(
    octets: Bytes,
    at: usize,
    reading: &mut Reading<Defect>,
) -> Result<Text, ParseError> {
    Text::new(text_octets(octets, at, reading)?).map_err(|error| error.shifted(at))
}

/// The octets of a text, to be read on.
pub(crate) fn text_octets(
    octets: Bytes,
    at: usize,
    reading: &mut Reading<Defect>,
) -> Result<Bytes, ParseError> {
    const EXPECTED: &str = "text without control characters";
    let Some(control) = octets.iter().position(|octet| is_control(*octet)) else {
        return Ok(octets);
    };
    let at = at.saturating_add(control);
    if line_break(&octets).is_some() {
        reading.tolerate(Defect::BreakInText, at, EXPECTED)?;
        return Ok(Text::sanitized(&octets).into_bytes());
    }
    reading.tolerate(Defect::ControlInText, at, EXPECTED)?;
    Ok(octets)
}

/// Writes text for a human: control characters become spaces.
pub(crate) fn put_text(text: &Text, sink: &mut impl Sink) {
    let octets = text.as_bytes();
    if octets.iter().any(|octet| is_control(*octet)) {
        let clean = |octet: &u8| if is_control(*octet) { b' ' } else { *octet };
        sink.put(&octets.iter().map(clean).collect::<Vec<_>>());
    } else {
        sink.put(octets);
    }
}

/// Base64 as RFC 5034 section 4 wants it, or without its padding.
pub(crate) fn base64(
    word: &[u8],
    at: usize,
    reading: &mut Reading<Defect>,
) -> Result<Secret<Bytes>, ParseError> {
    let octets = match sasl::decode_base64(word) {
        Ok(octets) => octets,
        Err(strict) => {
            let octets = sasl::decode_base64_unpadded(word).map_err(|_| strict.shifted(at))?;
            let end = at.saturating_add(word.len());
            reading.tolerate(Defect::UnpaddedBase64, end, strict.expected)?;
            octets
        }
    };
    Ok(Secret::new(octets.into()))
}
