//! Codes of which nothing is known, or that are not what they should be; and where a code ends.

use alloc::boxed::Box;

use bytes::Bytes;
use mail_proto::{Leniency, ParseError, Reading, Sink};

use super::Code;
use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{Atom, Cursor, Encoder};

mail_proto::byte_string! {
    /// Octets in a response code: anything but CR, LF, NUL and `]`, and not nothing.
    ///
    /// ```abnf
    /// url-resp-text  = 1*(%x01-09 / %x0B-0C / %x0E-5C / %x5E-FE)
    /// ```
    ///
    /// (RFC 4469 section 3, corrected by its erratum 2002.)
    ///
    /// ```
    /// use imap_proto::CodeText;
    ///
    /// assert!(CodeText::new("/INBOX;UIDVALIDITY=785799047/;UID=113330").is_ok());
    /// assert_eq!(CodeText::new("a]b").unwrap_err().at, 1);
    /// ```
    pub struct CodeText: "text without ], CR, LF and NUL", |octets: &[u8]| {
        let wrong = mail_proto::line_break(octets);
        let bracket = memchr::memchr(b']', octets.get(..wrong.unwrap_or(octets.len()))?);
        bracket.or(wrong).or(octets.is_empty().then_some(0))
    };
}

impl CodeText {
    /// Reads a space and what stands before the next `]`.
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        // A second space would belong to the text.
        cursor.tag(" ")?;
        let missing = cursor.expected("an argument");
        let length = memchr::memchr(b']', cursor.rest()).unwrap_or_default();
        Self::new(cursor.take(length).unwrap_or_default()).map_err(|_| missing)
    }
}

/// A response code that has no variant of its own, or one whose arguments are not those of its name,
/// which only a lenient reading lets through. It goes out as it came.
///
/// ```abnf
/// resp-text-code =/ atom [SP 1*(%x01-09 / %x0B-0C / %x0E-5C / %x5E-7F)]
/// ```
///
/// (RFC 9051 section 9.)
///
/// ```
/// use imap_proto::{Atom, CodeText, OtherCode};
///
/// let code = OtherCode::new(Atom::new("XBACKOFF").unwrap(), Some(CodeText::new("30 s").unwrap()));
/// assert_eq!(code.unwrap().arguments(), Some(&b"30 s"[..]));
/// let known = OtherCode::new(Atom::new("alert").unwrap(), None);
/// assert!(known.is_err(), "that is Code::Alert");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OtherCode {
    name: Atom,
    arguments: Option<CodeText>,
}

impl OtherCode {
    /// A code of this name.
    ///
    /// # Errors
    ///
    /// The name has a variant of its own, or the arguments are not 7-bit.
    pub fn new(name: Atom, arguments: Option<CodeText>) -> Result<Self, ParseError> {
        if is_known(name.as_bytes()) {
            return Err(ParseError::new(0, "a code without a variant of its own"));
        }
        let octets = arguments.as_ref().map(CodeText::as_bytes).unwrap_or_default();
        match octets.iter().position(|octet| !octet.is_ascii()) {
            Some(at) => Err(ParseError::new(at, "7-bit text")),
            None => Ok(Self { name, arguments }),
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &Atom {
        &self.name
    }

    /// What stands behind the name and a space.
    #[must_use]
    pub fn arguments(&self) -> Option<&[u8]> {
        self.arguments.as_ref().map(CodeText::as_bytes)
    }

    /// Whether the name is known, but not with these arguments.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        is_known(self.name.as_bytes())
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.atom(&self.name);
        if let Some(arguments) = &self.arguments {
            encoder.space();
            encoder.put_checked(arguments.as_bytes());
        }
    }
}

fn is_known(name: &[u8]) -> bool {
    let nothing = Bytes::new();
    let mut reading = Reading::new(Leniency::strict());
    Code::known(name, &mut Cursor::new(&nothing), &mut reading).is_some()
}

/// How long the name of the code is that begins here with `[`; None if none does.
///
/// A code is an atom in brackets, or an atom, a space and anything before the `]`. Where there is no
/// `]`, or no atom, `[` is text.
pub(crate) fn code_length(octets: &[u8]) -> Option<usize> {
    let inside = octets.strip_prefix(b"[")?;
    let name = Class::ATOM.run(inside);
    let behind = inside.get(name..)?;
    let is_code = match behind.first()? {
        b']' => true,
        b' ' => memchr::memchr(b']', behind).is_some(),
        _ => false,
    };
    (is_code && name > 0).then_some(name)
}

/// Reads a code, whatever it is, as name and octets.
pub(super) fn parse(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Code, ParseError> {
    cursor.tag("[")?;
    let name = Atom::parse(cursor, reading)?;
    let end = end_of_arguments(cursor, reading)?;
    let mut arguments = None;
    if end > 0 {
        cursor.skip(1);
        let at = cursor.at();
        let octets = cursor.take(end.saturating_sub(1)).unwrap_or_default();
        if octets.is_empty() {
            reading.tolerate(Defect::TrailingSpace, at, "an argument")?;
        } else {
            if let Some(eight_bit) = octets.iter().position(|octet| !octet.is_ascii()) {
                let at = at.saturating_add(eight_bit);
                reading.tolerate(Defect::EightBitInText, at, "7-bit text")?;
            }
            // It may have a `]` in quotes, which only a lenient reading lets through.
            arguments = Some(CodeText::from_wire(octets));
        }
    }
    cursor.tag("]")?;
    Ok(Code::Other(Box::new(OtherCode { name, arguments })))
}

impl CodeText {
    fn from_wire(octets: Bytes) -> Self {
        Self(octets.into())
    }
}

/// Reads a known code that is not what it should be as name and octets.
pub(super) fn parse_malformed(
    error: ParseError,
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Code, ParseError> {
    let before = reading.defects.len();
    let code = parse(cursor, reading).map_err(|_| error)?;
    reading.defects.truncate(before);
    let is_zero = |arguments: &[u8]| arguments.iter().all(|octet| *octet == b'0');
    let defect = match &code {
        Code::Other(other) if other.arguments().is_some_and(is_zero) => Defect::ZeroNumber,
        _ => Defect::MalformedCode,
    };
    reading.tolerate(defect, error.at, error.expected)?;
    Ok(code)
}

/// Octets before the `]` that ends the code.
///
/// That is the first, unless it stands in quotes and is not followed by what must follow a code.
fn end_of_arguments(
    cursor: &Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<usize, ParseError> {
    let octets = cursor.rest();
    let first = memchr::memchr(b']', octets).ok_or(cursor.expected("]"))?;
    let (before, behind) = octets.split_at_checked(first).unwrap_or_default();
    let is_end = matches!(behind, [b']'] | [b']', b' ', ..]);
    if is_end || !reading.leniency.allows(Defect::BracketInCode) {
        return Ok(first);
    }
    match end_outside_of_quotes(octets) {
        Some(end) if end > before.len() => {
            let at = cursor.at().saturating_add(first);
            reading.tolerate(Defect::BracketInCode, at, "a space behind ]")?;
            Ok(end)
        }
        _ => Ok(first),
    }
}

fn end_outside_of_quotes(octets: &[u8]) -> Option<usize> {
    let mut in_quotes = false;
    let mut escaped = false;
    octets.iter().position(|octet| {
        let ends = *octet == b']' && !in_quotes;
        if *octet == b'"' && !escaped {
            in_quotes = !in_quotes;
        }
        escaped = in_quotes && *octet == b'\\' && !escaped;
        ends
    })
}
