//! Octets of which no grammar is known, kept so that they go out again as they came.

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink};

use super::class::Class;
use super::{Cursor, Encoder, Negotiated};
use crate::Defect;

/// Tokens that the library knows no more of: the arguments of an unknown command, the value of an
/// unknown item. They can neither end their line nor their list.
///
/// Literals are announced as `{n}` or `~{n}`, however they came: who writes chooses the form anew.
///
/// What holds: no CR, LF or NUL but in literals, whose octets are all there (NUL in a literal8 only);
/// quotes and parentheses are closed; the end announces no literal, not even to those who look at
/// nothing but the end of a line. So raw text is as safe to send as any other value.
///
/// ```
/// use imap_proto::Raw;
///
/// assert!(Raw::new(&b"(1:3 \"a)\" {4}\r\n\r\n) x)"[..]).is_ok());
/// assert_eq!(Raw::new(&b"x\r\na2 DELETE INBOX"[..]).unwrap_err().at, 1);
/// assert_eq!(Raw::new(&b"(a"[..]).unwrap_err().at, 2);
/// assert_eq!(Raw::new(&b"a)"[..]).unwrap_err().at, 1);
/// assert_eq!(Raw::new(&b"{3}\r\nab"[..]).unwrap_err().at, 5);
/// assert_eq!(Raw::new(&b"(a)x{3}"[..]).unwrap_err().at, 3);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Raw(Bytes);

impl Raw {
    /// Checks the octets.
    ///
    /// # Errors
    ///
    /// Where they could be taken for something else than tokens.
    pub fn new(octets: impl Into<Bytes>) -> Result<Self, ParseError> {
        let octets = octets.into();
        let mut cursor = Cursor::new(&octets);
        let mut open = 0usize;
        let (mut begins, mut last) = (true, cursor.clone());
        while let Some(octet) = cursor.peek() {
            match octet {
                b'(' => open = open.saturating_add(1),
                b')' => open = open.checked_sub(1).ok_or(cursor.expected("( before )"))?,
                _ => {}
            }
            last = cursor.clone();
            begins = cursor.skip_token(begins)?;
        }
        match open {
            0 if is_announcement_at_end(&last) => Err(last.expected("octets behind {n}")),
            0 => Ok(Self(canonical(octets))),
            _ => Err(cursor.expected(")")),
        }
    }

    /// The octets, announcements of literals included.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The octets, still sharing the block they were read into.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }

    /// A cursor to read them with, for who knows what they mean.
    #[must_use]
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor::new(&self.0)
    }

    /// Reads one value: a word, a string, or a list of values.
    ///
    /// # Errors
    ///
    /// There is none, or it is not closed.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let begin = cursor.clone();
        let mut open = 0usize;
        let mut begins = true;
        loop {
            match cursor.peek() {
                Some(b'(') => open = open.saturating_add(1),
                Some(b')') if open > 0 => open = open.saturating_sub(1),
                None if open > 0 => return Err(cursor.expected(")")),
                None | Some(b')' | b' ') if open == 0 => break,
                _ => {}
            }
            begins = cursor.skip_token(begins)?;
        }
        if begin.rest().len() == cursor.rest().len() {
            return Err(cursor.expected("a value"));
        }
        Ok(Self(canonical(begin.until(cursor))))
    }

    /// Whether it can follow a space: it is not empty and begins with none.
    pub(crate) fn may_follow_space(&self) -> bool {
        !matches!(self.0.first(), None | Some(b' '))
    }

    /// Whether it is one value: a word, a string, or a list.
    pub(crate) fn is_one_value(&self) -> bool {
        let mut cursor = self.cursor();
        let mut reading = Reading::new(mail_proto::Leniency::strict());
        Self::parse(&mut cursor, &mut reading).is_ok() && cursor.rest().is_empty()
    }

    /// Reads all that is left of the message.
    ///
    /// # Errors
    ///
    /// It is nothing that could be written again.
    pub fn parse_rest(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let moved =
            |error: ParseError| ParseError::new(at.saturating_add(error.at), error.expected);
        Self::new(cursor.take_rest()).map_err(moved)
    }

    /// Writes the octets. A client's literals take the form that its server allows.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.raw(&self.0);
    }
}

/// The octets with their literals announced in the plain form.
fn canonical(octets: Bytes) -> Bytes {
    if memchr::memchr(b'{', &octets).is_none() {
        return octets;
    }
    let mut plain = Vec::with_capacity(octets.len());
    Encoder::new(&mut plain, Negotiated::client()).raw(&octets);
    if plain == octets { octets } else { plain.into() }
}

/// Whether the last token, a word, ends like the announcement of a literal: `x{3}`. Servers there are
/// that would wait for its octets, and take the next command for them.
fn is_announcement_at_end(last: &Cursor<'_>) -> bool {
    let is_literal = last.literal_length().is_some();
    let Some(front) = last.rest().strip_suffix(b"}").filter(|_| !is_literal) else { return false };
    let front = front.strip_suffix(b"+").unwrap_or(front);
    let digits = front.iter().rev().take_while(|octet| octet.is_ascii_digit()).count();
    let before = front.len().saturating_sub(digits);
    digits > 0 && front.get(..before).is_some_and(|it| it.ends_with(b"{"))
}

impl core::fmt::Debug for Raw {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}", mail_proto::Escaped(&self.0))
    }
}

impl Cursor<'_> {
    /// Passes over a quoted string, a literal where one may begin, a parenthesis, a space, or a run
    /// of other octets. Tells whether a literal may begin behind it.
    pub(crate) fn skip_token(&mut self, begins: bool) -> Result<bool, ParseError> {
        match self.peek() {
            Some(b'"') => self.skip_quoted()?,
            Some(b'{' | b'~') if begins && self.literal_length().is_some() => {
                self.skip_literal()?
            }
            Some(b'\r' | b'\n' | 0) | None => {
                return Err(self.expected("a value without CR, LF and NUL"));
            }
            Some(b')') => self.skip(1),
            Some(b'(' | b' ') => {
                self.skip(1);
                return Ok(true);
            }
            Some(_) => {
                let in_word =
                    |octet: &&u8| !matches!(octet, b'"' | b'(' | b')' | b' ' | b'\r' | b'\n' | 0);
                self.skip(self.rest().iter().take_while(in_word).count());
            }
        }
        Ok(false)
    }

    fn skip_quoted(&mut self) -> Result<(), ParseError> {
        self.skip(1);
        loop {
            self.run(Class::QUOTED.or(Class::EIGHT_BIT));
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.skip(1);
                    if matches!(self.peek(), Some(b'"' | b'\\')) {
                        self.skip(1);
                    }
                }
                _ => return Err(self.expected("a quoted character or \"")),
            }
        }
        self.skip(1);
        Ok(())
    }

    /// The length of the literal that is announced here, behind its announcement.
    pub(crate) fn literal_length(&self) -> Option<u64> {
        let strict = &mut Reading::new(mail_proto::Leniency::strict());
        self.clone().literal_header(strict).ok().map(|header| header.length)
    }

    fn skip_literal(&mut self) -> Result<(), ParseError> {
        let literal = self.literal(&mut Reading::new(mail_proto::Leniency::strict()))?;
        match memchr::memchr(0, &literal.octets) {
            Some(nul) if !literal.header.is_binary => {
                Err(ParseError::new(literal.at.saturating_add(nul), "no NUL in a literal"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Literals;
    use crate::codec::testing::{strict, written};

    #[test]
    fn one_value_ends_at_its_space_or_list() {
        for (octets, length) in [
            (&b"abc def"[..], 3),
            (b"abc) def", 3),
            (b"\"a b\" c", 5),
            (b"(a (b \"(\" {2}\r\n((  c)) d", 22),
            (b"BODY[HEADER.FIELDS", 18),
            (b"{3}\r\n) (", 8),
            (b"~{1}\r\n\0 x", 7),
            (b"{x} y", 3),
            (b"x{1}", 4),
        ] {
            let octets = Bytes::copy_from_slice(octets);
            let mut cursor = Cursor::new(&octets);
            let mut reading = Reading::new(mail_proto::Leniency::strict());
            let raw = Raw::parse(&mut cursor, &mut reading).unwrap();
            assert_eq!(raw.as_bytes(), &octets[..length], "{octets:?}");
        }
        for (octets, at) in [
            (&b""[..], 0),
            (b" a", 0),
            (b"(a", 2),
            (b"\"a", 2),
            (b"a\rb", 1),
            (b"x{1}\r\na", 4),
            (b"\"\"{1}\r\na", 5),
            (b"{1}\r\n\0", 5),
        ] {
            assert_eq!(strict(octets, Raw::parse).map_err(|error| error.at), Err(at), "{octets:?}");
        }
    }

    #[test]
    fn literals_take_the_form_that_the_server_allows() {
        let raw = Raw::new(&b"a {02+}\r\nbc (~{1}\r\n\0)"[..]).unwrap();
        assert_eq!(raw.as_bytes(), b"a {2}\r\nbc (~{1}\r\n\0)");
        assert_eq!(written(|encoder| raw.encode(encoder)), raw.as_bytes());
        let client = |literals| {
            let mut out = Vec::new();
            let negotiated = Negotiated { literals, ..Negotiated::client() };
            raw.encode(&mut Encoder::new(&mut out, negotiated));
            out
        };
        assert_eq!(client(Literals::Sync), b"a {2}\r\nbc (~{1}\r\n\0)");
        assert_eq!(client(Literals::Plus), b"a {2+}\r\nbc (~{1+}\r\n\0)");
    }
}
