//! What the readers of ENVELOPE and BODYSTRUCTURE share: strings that go into an index, spaces, lists.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading};

use super::index::{Entry, Kind, Odd, TOO_LONG, Wire};
use crate::Defect;
use crate::codec::{Cursor, Raw};

/// Reads a value by its grammar, and notes in an index where its fields are.
pub(super) struct Reader<'c, 'm, 'r> {
    pub(super) cursor: &'c mut Cursor<'m>,
    pub(super) reading: &'r mut Reading<Defect>,
    pub(super) index: Vec<Entry>,
    odd: Odd,
    begin: Cursor<'m>,
    defects: usize,
}

impl<'c, 'm, 'r> Reader<'c, 'm, 'r> {
    pub(super) fn new(cursor: &'c mut Cursor<'m>, reading: &'r mut Reading<Defect>) -> Self {
        let (begin, defects) = (cursor.clone(), reading.defects.len());
        Self { cursor, reading, index: Vec::new(), odd: Odd::CANONICAL, begin, defects }
    }

    /// The value, which ends here.
    pub(super) fn finish(mut self) -> Result<Wire, ParseError> {
        let octets = self.begin.until(self.cursor);
        if octets.len() >= TOO_LONG {
            return Err(self.begin.expected("a value of less than 64 MiB"));
        }
        if self.reading.defects.len() > self.defects {
            self.odd.add(Odd::LENIENT);
        }
        Ok(Wire { octets, index: self.index, odd: self.odd })
    }

    /// Octets of the value before what comes next.
    pub(super) fn at(&self) -> usize {
        self.cursor.at().saturating_sub(self.begin.at())
    }

    pub(super) fn tolerate(
        &mut self,
        defect: Defect,
        expected: &'static str,
    ) -> Result<(), ParseError> {
        self.reading.tolerate(defect, self.cursor.at(), expected)
    }

    /// The octets from the beginning of the value on.
    pub(super) fn octets(&self) -> &[u8] {
        self.begin.rest()
    }

    /// The octets of the value from `at` on to here.
    pub(super) fn span_from(&self, at: usize, kind: Kind) -> Entry {
        Entry::span(at, self.at().saturating_sub(at), kind)
    }

    pub(super) fn set(&mut self, place: usize, entry: Entry) {
        if let Some(slot) = self.index.get_mut(place) {
            *slot = entry;
        }
    }

    pub(super) fn entry(&self, place: usize) -> Entry {
        self.index.get(place).copied().unwrap_or_default()
    }

    /// So many new entries; where they begin.
    pub(super) fn reserve(&mut self, count: usize) -> usize {
        let begin = self.index.len();
        self.index.resize(begin.saturating_add(count), Entry::NIL);
        begin
    }

    /// A space where one must be.
    pub(super) fn space(&mut self) -> Result<(), ParseError> {
        match self.cursor.peek() {
            Some(b' ') => self.cursor.space(self.reading),
            Some(b'"' | b'(' | b'{' | b'N' | b'n' | b'0'..=b'9') => {
                self.tolerate(Defect::MissingSpace, "one space")
            }
            _ => Err(self.cursor.expected("one space")),
        }
    }

    /// A space, unless the list ends before what should follow.
    pub(super) fn space_or_end(&mut self) -> Result<(), ParseError> {
        if self.cursor.peek() == Some(b')') { Ok(()) } else { self.space() }
    }

    /// A size or a number of lines.
    pub(super) fn size(&mut self) -> Result<Option<u64>, ParseError> {
        self.cursor.size(self.reading)
    }

    /// A value that has no place.
    pub(super) fn skip_value(&mut self) -> Result<(), ParseError> {
        Raw::parse(self.cursor, self.reading).map(drop)
    }

    /// Spaces where none belongs.
    pub(super) fn no_space(&mut self, expected: &'static str) -> Result<(), ParseError> {
        if self.cursor.peek() == Some(b' ') {
            self.tolerate(Defect::SpaceInList, expected)?;
            while self.cursor.eat(b' ') {}
        }
        Ok(())
    }

    /// Whether the list goes on. The space before what follows is passed over; the end is not.
    pub(super) fn more(&mut self) -> Result<bool, ParseError> {
        let spaces = self.cursor.rest().iter().take_while(|octet| **octet == b' ').count();
        if self.cursor.rest().get(spaces) == Some(&b')') {
            self.no_space(")")?;
            return Ok(false);
        }
        match self.cursor.peek() {
            Some(b' ' | b'"' | b'(' | b'{' | b'N' | b'n' | b'0'..=b'9') => {
                self.space().map(|()| true)
            }
            _ => Err(self.cursor.expected("one space or )")),
        }
    }

    /// `(`, and no space behind it.
    pub(super) fn open(&mut self, expected: &'static str) -> Result<(), ParseError> {
        if !self.cursor.eat(b'(') {
            return Err(self.cursor.expected(expected));
        }
        self.no_space(expected)
    }

    /// `)`, and no space before it.
    pub(super) fn close(&mut self) -> Result<(), ParseError> {
        let rest = self.cursor.rest();
        if rest.iter().find(|octet| **octet != b' ') == Some(&b')') {
            self.no_space(")")?;
        }
        self.cursor.tag(")")
    }

    pub(super) fn eat_nil(&mut self) -> bool {
        self.cursor.eat_tag(b"NIL")
    }

    pub(super) fn nstring(&mut self) -> Result<Entry, ParseError> {
        match self.cursor.peek() {
            Some(b'"' | b'{') => self.string(),
            _ if self.eat_nil() => Ok(Entry::NIL),
            _ => Err(self.cursor.expected("a string or NIL")),
        }
    }

    pub(super) fn string(&mut self) -> Result<Entry, ParseError> {
        match self.cursor.peek() {
            Some(b'"') => self.quoted(),
            Some(b'{') => self.literal(),
            _ => Err(self.cursor.expected("a string")),
        }
    }

    fn quoted(&mut self) -> Result<Entry, ParseError> {
        let begin = self.cursor.clone();
        let read = self.cursor.quoted(self.reading);
        let ends = matches!(self.cursor.peek(), None | Some(b' ' | b')' | b']' | b'\r' | b'\n'));
        if (read.is_err() || !ends) && self.reading.leniency.allows(Defect::UnescapedQuote) {
            *self.cursor = begin.clone();
            self.quoted_with_quotes()?;
        } else {
            read?;
        }
        let length = self.cursor.at().saturating_sub(begin.at());
        let raw = begin.rest().get(1..length.saturating_sub(1)).unwrap_or_default();
        let at = begin.at().saturating_sub(self.begin.at()).saturating_add(1);
        let mut kind = Kind::QUOTED;
        if raw.contains(&b'\\') {
            kind = kind.with(Kind::ESCAPED);
        }
        Ok(self.classified(at, raw, kind))
    }

    /// A string in quotes that holds quotes: only one before the end of a value ends it.
    fn quoted_with_quotes(&mut self) -> Result<(), ParseError> {
        self.cursor.tag("\"")?;
        loop {
            let (at, rest) = (self.cursor.at(), self.cursor.rest());
            match rest {
                [b'"', b' ' | b')' | b']' | b'\r' | b'\n', ..] | [b'"'] => break,
                [b'"', ..] => {
                    self.reading.tolerate(Defect::UnescapedQuote, at, "the end of a value")?;
                }
                [b'\\', b'"' | b'\\', ..] => self.cursor.skip(1),
                [0, ..] => self.reading.tolerate(Defect::NulInString, at, "no NUL in a string")?,
                [b'\r' | b'\n', ..] | [] => {
                    return Err(self.cursor.expected("a quoted character or \""));
                }
                _ => {}
            }
            self.cursor.skip(1);
        }
        self.cursor.skip(1);
        Ok(())
    }

    fn literal(&mut self) -> Result<Entry, ParseError> {
        let literal = self.cursor.literal(self.reading)?;
        if let Some(nul) = memchr::memchr(0, &literal.octets) {
            let at = literal.at.saturating_add(nul);
            self.reading.tolerate(Defect::NulInString, at, "no NUL in a string")?;
        }
        if !literal.header.is_synchronizing {
            self.odd.add(Odd::PLUS);
        }
        let at = literal.at.saturating_sub(self.begin.at());
        Ok(self.classified(at, &literal.octets, Kind::LITERAL))
    }

    fn classified(&mut self, at: usize, raw: &[u8], mut kind: Kind) -> Entry {
        let is_quoted = kind.form() == Kind::QUOTED;
        if !raw.is_ascii() {
            let is_utf8 = core::str::from_utf8(raw).is_ok();
            let bits = if is_utf8 { Kind::EIGHT_BIT } else { Kind::EIGHT_BIT.with(Kind::NOT_UTF8) };
            kind = kind.with(bits);
            if is_quoted {
                self.odd.add(if is_utf8 { Odd::UTF8_QUOTED } else { Odd::EIGHT_BIT_QUOTED });
            }
        }
        if raw.contains(&0) {
            kind = kind.with(Kind::NUL);
            self.odd.add(Odd::NUL);
        }
        Entry::span(at, raw.len(), kind)
    }

    /// The limit of a list is a number of its elements that is counted down.
    pub(super) fn take_room(&self, room: &mut u32) -> Result<(), ParseError> {
        *room = room.checked_sub(1).ok_or(self.cursor.expected("fewer elements in a list"))?;
        Ok(())
    }
}
