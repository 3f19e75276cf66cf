//! What strings mean: octets, whatever form they took on the wire.

use core::fmt;

use bytes::Bytes;
use mail_proto::{Escaped, Octets, ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{Cursor, Encoder};

const NO_NUL: &str = "no NUL in a string";

/// The rule of what may travel as a literal.
fn nul(octets: &[u8]) -> Option<usize> {
    memchr::memchr(0, octets)
}

mail_proto::byte_string! {
    /// The value of an argument: any octets but NUL.
    ///
    /// ```abnf
    /// astring        = 1*ASTRING-CHAR / string
    /// ```
    ///
    /// (RFC 9051 section 9.) Two are equal if their octets are, be one an atom and the other a literal.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use imap_proto::{AString, parse_whole};
    /// use mail_proto::{Leniency, Reading};
    ///
    /// let read = |octets| {
    ///     parse_whole(&Bytes::from_static(octets), &mut Reading::new(Leniency::strict()), AString::parse)
    /// };
    /// assert_eq!(read(b"joe"), read(b"\"joe\""));
    /// assert_eq!(read(b"joe"), read(b"{3}\r\njoe"));
    /// assert_eq!(AString::new("a\0b").unwrap_err().at, 1);
    /// ```
    pub struct AString: "no NUL in a string", nul;
}

mail_proto::byte_string! {
    /// A string: any octets but NUL.
    ///
    /// ```abnf
    /// string         = quoted / literal
    /// ```
    ///
    /// (RFC 9051 section 9.)
    ///
    /// ```
    /// use imap_proto::{Encoder, IString, Negotiated};
    ///
    /// let mut out = Vec::new();
    /// IString::new("text").unwrap().encode(&mut Encoder::new(&mut out, Negotiated::server()));
    /// assert_eq!(out, b"\"text\"");
    /// ```
    pub struct IString: "no NUL in a string", nul;
}

impl AString {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.astring(Class::ASTRING, "an atom or a string", reading).map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.astring(self);
    }

    pub(crate) const fn octets(&self) -> &Octets {
        &self.0
    }
}

impl IString {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.string(reading).map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.string(self);
    }

    pub(crate) const fn octets(&self) -> &Octets {
        &self.0
    }
}

/// A string, or none.
///
/// ```abnf
/// nstring        = string / nil
/// ```
///
/// (RFC 9051 section 9.) No string and the empty one are different.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{NString, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let nil = parse_whole(&Bytes::from_static(b"nil"), &mut reading, NString::parse).unwrap();
/// assert_eq!(nil, NString::NIL);
/// let empty = parse_whole(&Bytes::from_static(b"\"\""), &mut reading, NString::parse).unwrap();
/// assert_eq!(empty.as_bytes(), Some(&b""[..]));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NString(pub Option<IString>);

impl NString {
    /// No string.
    pub const NIL: Self = Self(None);

    /// The octets, if it is a string.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        self.0.as_ref().map(IString::as_bytes)
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is neither a string nor `NIL`, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        match cursor.peek() {
            Some(b'"' | b'{') => IString::parse(cursor, reading).map(|string| Self(Some(string))),
            _ if cursor.eat_tag(b"NIL") => Ok(Self::NIL),
            _ => Err(cursor.expected("a string or NIL")),
        }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.nstring(self);
    }
}

impl From<IString> for NString {
    fn from(string: IString) -> Self {
        Self(Some(string))
    }
}

impl fmt::Debug for NString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_bytes() {
            Some(octets) => write!(f, "{:?}", Escaped(octets)),
            None => f.write_str("NIL"),
        }
    }
}

impl Cursor<'_> {
    /// A string in quotes or as a literal.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn string(&mut self, reading: &mut Reading<Defect>) -> Result<Octets, ParseError> {
        match self.peek() {
            Some(b'"') => self.quoted(reading),
            Some(b'{') => {
                let literal = self.literal(reading)?;
                without_nul(literal.octets, literal.at, reading).map(Octets::from)
            }
            _ => Err(self.expected("a string")),
        }
    }

    /// A string, or one or more octets of the class.
    pub(crate) fn astring(
        &mut self,
        class: Class,
        expected: &'static str,
        reading: &mut Reading<Defect>,
    ) -> Result<Octets, ParseError> {
        if matches!(self.peek(), Some(b'"' | b'{')) {
            return self.string(reading);
        }
        if self.is_fast()
            && let Some(atom) = self.plain_run(class, Class::EIGHT_BIT)
        {
            return Ok(self.keep(atom));
        }
        let at = self.at();
        let octets = self.run_kept(class.or(Class::EIGHT_BIT), expected)?;
        if let Some(eight_bit) = Class::EIGHT_BIT.first_in(&octets) {
            let at = at.saturating_add(eight_bit);
            reading.tolerate(Defect::EightBitInAtom, at, expected)?;
        }
        Ok(octets)
    }
}

fn without_nul(
    octets: Bytes,
    at: usize,
    reading: &mut Reading<Defect>,
) -> Result<Bytes, ParseError> {
    let Some(first) = nul(&octets) else {
        return Ok(octets);
    };
    reading.tolerate(Defect::NulInString, at.saturating_add(first), NO_NUL)?;
    Ok(octets.iter().copied().filter(|octet| *octet != 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::vec;

    fn astring(octets: &[u8]) -> Result<AString, usize> {
        strict(octets, AString::parse).map_err(|error| error.at)
    }

    #[test]
    fn names_that_look_like_other_tokens() {
        for name in ["200", "NIL", "[x", "x]", "+", "a&-b", "$", "~x"] {
            let read = astring(name.as_bytes()).unwrap();
            assert_eq!(read.as_bytes(), name.as_bytes());
            assert_eq!(astring(&written(|encoder| read.encode(encoder))), Ok(read), "{name}");
        }
        for name in ["*", "{5}", "a b", "(", ""] {
            let read = AString::try_from(name).unwrap();
            assert_eq!(astring(&written(|encoder| read.encode(encoder))), Ok(read), "{name}");
        }
        assert_eq!(astring(b""), Err(0));
        assert_eq!(astring(b"a*"), Err(1));
        assert_eq!(astring(b"~{1}\r\na"), Err(1));
    }

    #[test]
    fn eight_bit_names() {
        assert_eq!(astring(b"caf\xe9"), Err(3));
        let (name, defects) = lenient(b"caf\xe9", AString::parse);
        assert_eq!(
            (name.unwrap().as_bytes(), defects),
            (&b"caf\xe9"[..], vec![Defect::EightBitInAtom])
        );
    }

    #[test]
    fn nul_in_literals() {
        let octets = b"{3}\r\na\0b";
        assert_eq!(strict(octets, IString::parse).map_err(|error| error.at), Err(6));
        let (string, defects) = lenient(octets, IString::parse);
        assert_eq!((string.unwrap().as_bytes(), defects), (&b"ab"[..], vec![Defect::NulInString]));
    }

    #[test]
    fn strings_and_none() {
        let nstring = |octets| strict(octets, NString::parse).map_err(|error| error.at);
        assert_eq!(nstring(b"NIL"), Ok(NString::NIL));
        assert_eq!(nstring(b"\"NIL\""), Ok(IString::new("NIL").unwrap().into()));
        assert_eq!(nstring(b"{3}\r\nNIL"), nstring(b"\"NIL\""));
        assert_ne!(nstring(b"\"\""), Ok(NString::NIL));
        assert_eq!(nstring(b"NILL"), Err(3));
        assert_eq!(nstring(b"a"), Err(0));
        assert_eq!(strict(b"NIL", IString::parse).map_err(|error| error.at), Err(0));
        assert_eq!(
            alloc::format!("{:?}", [NString::NIL, nstring(b"\"a\"").unwrap()]),
            r#"[NIL, "a"]"#
        );
    }
}
