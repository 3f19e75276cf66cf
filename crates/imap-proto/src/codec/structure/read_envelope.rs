//! ENVELOPE by its grammar, and what servers make of it.

use mail_proto::{ParseError, Reading};

use super::envelope::place;
use super::index::{Entry, Wire};
use super::read::Reader;
use crate::Defect;
use crate::codec::Cursor;

pub(super) fn envelope(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Wire, ParseError> {
    let mut reader = Reader::new(cursor, reading);
    reader.envelope()?;
    reader.finish()
}

impl Reader<'_, '_, '_> {
    /// Reads it; where its fields begin in the index.
    pub(super) fn envelope(&mut self) -> Result<usize, ParseError> {
        self.open("( before an envelope")?;
        let has_more = self.cursor.peek() == Some(b'(');
        if has_more {
            self.tolerate(Defect::ExtraParentheses, "a date")?;
            self.open("( before an envelope")?;
        }
        let begin = self.reserve(place::COUNT);
        for field in 0..place::COUNT {
            if field > 0 && self.envelope_is_over(field)? {
                break;
            }
            let entry = match field {
                place::FROM..=place::BCC => self.addresses()?,
                _ => self.nstring()?,
            };
            self.set(begin.saturating_add(field), entry);
        }
        self.close()?;
        if has_more {
            self.close()?;
        }
        Ok(begin)
    }

    /// Whether the fields from this one on are missing; else the space before it is passed over.
    fn envelope_is_over(&mut self, field: usize) -> Result<bool, ParseError> {
        if field < place::IN_REPLY_TO {
            return self.space().map(|()| false);
        }
        if self.more()? {
            return Ok(false);
        }
        self.tolerate(Defect::MissingEnvelopeFields, "one space")?;
        Ok(true)
    }

    fn addresses(&mut self) -> Result<Entry, ParseError> {
        if self.eat_nil() {
            return Ok(Entry::NIL);
        }
        self.open("( before addresses, or NIL")?;
        let begin = self.index.len();
        let mut room = self.cursor.limits().elements;
        let mut count = 0usize;
        if self.cursor.peek() == Some(b')') {
            self.tolerate(Defect::EmptyList, "an address")?;
        }
        while self.cursor.peek() != Some(b')') {
            self.take_room(&mut room)?;
            if self.cursor.rest().get(..3).is_some_and(|it| it.eq_ignore_ascii_case(b"NIL")) {
                self.tolerate(Defect::NilAddress, "an address")?;
                self.eat_nil();
            } else {
                self.address()?;
                count = count.saturating_add(1);
            }
            self.no_space("an address or )")?;
        }
        self.close()?;
        Ok(if count == 0 { Entry::NIL } else { Entry::pair(begin, count) })
    }

    fn address(&mut self) -> Result<(), ParseError> {
        self.open("( before an address")?;
        let name = self.nstring()?;
        let mut last = [Entry::NIL; 3];
        for entry in &mut last {
            self.space()?;
            *entry = self.nstring()?;
        }
        loop {
            let at = self.cursor.at();
            if !self.more()? {
                break;
            }
            self.reading.tolerate(Defect::ExtraAddressFields, at, ")")?;
            let [_, second, third] = last;
            last = [second, third, self.nstring()?];
        }
        self.close()?;
        self.index.push(name);
        self.index.extend(last);
        Ok(())
    }
}
