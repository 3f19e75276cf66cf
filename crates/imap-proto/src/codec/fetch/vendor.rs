//! The values of items that Dovecot and Cyrus add to FETCH.

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{Atom, Cursor, Encoder, NString};

/// A preview and the algorithm that made it, as drafts of PREVIEW had it.
///
/// ```abnf
/// snippet        = "(" algorithm SP nstring ")"
/// algorithm      = "FUZZY" / atom
/// ```
///
/// (draft-slusarz-imap-fetch-snippet.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Snippet {
    /// Which algorithm: `FUZZY`.
    pub algorithm: Atom,
    /// The text.
    pub text: NString,
}

impl Snippet {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("(")?;
        let algorithm = Atom::parse(cursor, reading)?;
        cursor.space(reading)?;
        let text = NString::parse(cursor, reading)?;
        cursor.tag(")")?;
        Ok(Self { algorithm, text })
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        self.algorithm.encode(encoder);
        encoder.space();
        self.text.encode(encoder);
        encoder.put(b")");
    }
}

/// The identifier of a conversation (Cyrus).
pub(super) fn hexadecimal(
    cursor: &mut Cursor<'_>,
    _reading: &mut Reading<Defect>,
) -> Result<u64, ParseError> {
    const EXPECTED: &str = "16 hexadecimal digits";
    let digits = cursor.rest().get(..16).unwrap_or_default();
    let digits = core::str::from_utf8(digits).ok().filter(|it| !it.starts_with('+'));
    let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    let number = number.ok_or(cursor.expected(EXPECTED))?;
    cursor.skip(16);
    Ok(number)
}

/// Writes it.
pub(super) fn put_hexadecimal<S: Sink>(number: u64, encoder: &mut Encoder<'_, S>) {
    for octet in number.to_be_bytes() {
        for digit in [octet >> 4, octet & 0x0f] {
            let digit =
                char::from_digit(digit.into(), 16).and_then(|digit| u8::try_from(digit).ok());
            encoder.put_checked(digit.as_slice());
        }
    }
}
