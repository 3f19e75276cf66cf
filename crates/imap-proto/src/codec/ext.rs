//! The generic form of what extensions add to commands and responses: a label and a value.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::class::Class;
use super::{Cursor, Depth, Encoder, Negotiated, Raw};
use crate::Defect;

mail_proto::byte_string! {
    /// The name of a parameter, a modifier, an option or an item.
    ///
    /// ```abnf
    /// tagged-ext-label   = tagged-label-fchar *tagged-label-char
    /// tagged-label-fchar = ALPHA / "-" / "_" / "."
    /// tagged-label-char  = tagged-label-fchar / DIGIT / ":"
    /// ```
    ///
    /// (RFC 9051 section 9, RFC 4466 section 3.)
    pub struct ExtLabel: "a label (letters, -, _, ., then digits and :)", label;
}

/// The rule of a label: where it is broken first.
fn label(octets: &[u8]) -> Option<usize> {
    let first = |octet: u8| octet.is_ascii_alphabetic() || matches!(octet, b'-' | b'_' | b'.');
    let other = |octet: u8| first(octet) || octet.is_ascii_digit() || octet == b':';
    match octets.split_first() {
        Some((octet, rest)) if first(*octet) => {
            rest.iter().position(|octet| !other(*octet)).map(|at| at.saturating_add(1))
        }
        _ => Some(0),
    }
}

impl ExtLabel {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let length = label(cursor.rest()).unwrap_or(cursor.rest().len());
        let octets = cursor.rest().get(..length).filter(|octets| !octets.is_empty());
        let label = Self(cursor.keep(octets.ok_or(cursor.expected("a label"))?));
        cursor.skip(length);
        Ok(label)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put_checked(&self.0);
    }

    /// Whether it is this name, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// A value of which only the form is known.
///
/// ```abnf
/// tagged-ext-val    = tagged-ext-simple / "(" [tagged-ext-comp] ")"
/// tagged-ext-simple = sequence-set / number / number64
/// tagged-ext-comp   = astring / tagged-ext-comp *(SP tagged-ext-comp) / "(" tagged-ext-comp ")"
/// ```
///
/// (RFC 9051 section 9, RFC 4466 section 3.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{ExtValue, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let read = |octets| {
///     let mut reading = Reading::new(Leniency::strict());
///     parse_whole(&Bytes::from_static(octets), &mut reading, ExtValue::parse)
/// };
/// assert_eq!(read(b"(a (\"b\" c) 7)").unwrap().raw().as_bytes(), b"(a (\"b\" c) 7)");
/// assert!(read(b"1:5,*").is_ok());
/// assert_eq!(read(b"(a ())").unwrap_err().at, 4);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ExtValue(Raw);

/// Levels of lists in a value: they are read by recursion, on stacks that may be small.
const DEEPEST: u16 = 64;

impl ExtValue {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or its lists are nested too deep.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let begin = cursor.clone();
        let met = reading.defects.len();
        let mut written = Vec::new();
        if cursor.peek() == Some(b'(') {
            let depth = Depth::new(cursor.limits().others.min(DEEPEST));
            component(cursor, depth, &mut written, reading)?;
        } else {
            simple(cursor)?;
        }
        // What was read with defects is kept as it should have been written.
        let is_strict = reading.defects.len() == met;
        let octets = if is_strict { begin.until(cursor) } else { written.into() };
        Raw::new(octets).map(Self)
    }

    /// The octets.
    #[must_use]
    pub const fn raw(&self) -> &Raw {
        &self.0
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.0.encode(encoder);
    }
}

/// `tagged-ext-simple`, and `result-range-last` of RFC 9394.
fn simple(cursor: &mut Cursor<'_>) -> Result<(), ParseError> {
    if cursor.eat(b'$') {
        return Ok(());
    }
    loop {
        number(cursor)?;
        if cursor.eat(b':') {
            number(cursor)?;
        }
        if !cursor.eat(b',') {
            return Ok(());
        }
    }
}

/// Whether it is a number that comes next: a label may begin with a hyphen, too. With a value behind
/// it, it is a label.
fn is_negative(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    let is_number = simple(&mut ahead).is_ok();
    match (ahead.skip_spaces(), ahead.peek()) {
        (_, None) | (0, Some(b')')) => is_number,
        (0, _) => false,
        (_, Some(octet)) => is_number && !begins_value(octet),
    }
}

const fn begins_value(octet: u8) -> bool {
    matches!(octet, b'(' | b'0'..=b'9' | b'*' | b'$')
}

fn number(cursor: &mut Cursor<'_>) -> Result<(), ParseError> {
    if cursor.eat(b'*') {
        return Ok(());
    }
    cursor.eat(b'-');
    match cursor.rest().iter().take_while(|octet| octet.is_ascii_digit()).count() {
        0 => Err(cursor.expected("a number, a set of numbers or a list")),
        digits => {
            cursor.skip(digits);
            Ok(())
        }
    }
}

/// A list of `tagged-ext-comp`: astrings, and lists that are not empty. It is written anew, too.
fn component(
    cursor: &mut Cursor<'_>,
    depth: Depth,
    written: &mut Vec<u8>,
    reading: &mut Reading<Defect>,
) -> Result<(), ParseError> {
    const EXPECTED: &str = "an atom, a string or a list";
    written.push(b'(');
    let begin = written.len();
    cursor.list(depth, reading, |cursor, depth, reading| {
        if written.len() > begin {
            written.push(b' ');
        }
        if cursor.peek() != Some(b'(') {
            let octets = cursor.astring(Class::ASTRING, EXPECTED, reading)?;
            Encoder::new(written, Negotiated::server()).astring_octets(&octets);
            return Ok(());
        }
        let (at, before) = (cursor.at().saturating_add(1), written.len());
        component(cursor, depth, written, reading)?;
        let is_empty = written.len() == before.saturating_add(2);
        if is_empty { Err(ParseError::new(at, EXPECTED)) } else { Ok(()) }
    })?;
    written.push(b')');
    Ok(())
}

/// A label and what belongs to it, as extensions add it to SELECT, CREATE, RENAME, FETCH, STORE,
/// APPEND, SEARCH RETURN and others.
///
/// ```abnf
/// tagged-ext     = tagged-ext-label SP tagged-ext-val
/// select-param   = tagged-ext-label [SP tagged-ext-val]
/// ```
///
/// (RFC 9051 section 9, RFC 4466.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ext {
    /// What it is called.
    pub label: ExtLabel,
    /// What belongs to it.
    pub value: Option<ExtValue>,
}

impl Ext {
    /// Reads a label, and a value if one follows.
    ///
    /// A label with something else behind it, or nothing, stands alone.
    ///
    /// # Errors
    ///
    /// There is no label, or its value is not well-formed.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let label = ExtLabel::parse(cursor, reading)?;
        Self::parse_value(label, cursor, reading)
    }

    /// Reads the value behind a label that has been read.
    ///
    /// # Errors
    ///
    /// The value is not well-formed.
    pub fn parse_value(
        label: ExtLabel,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut ahead = cursor.clone();
        let follows = match (ahead.skip_spaces(), ahead.peek()) {
            (0, _) => false,
            (_, Some(b'-')) => is_negative(&ahead),
            (_, octet) => octet.is_some_and(begins_value),
        };
        let mut value = None;
        if follows {
            cursor.space(reading)?;
            value = Some(ExtValue::parse(cursor, reading)?);
        }
        reading.keep_raw();
        Ok(Self { label, value })
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.label.encode(encoder);
        if let Some(value) = &self.value {
            encoder.space();
            value.encode(encoder);
        }
    }
}

impl Cursor<'_> {
    /// One or more items in parentheses, collected.
    pub(crate) fn items<T>(
        &mut self,
        expected: &'static str,
        reading: &mut Reading<Defect>,
        item: impl Fn(&mut Self, &mut Reading<Defect>) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        let at = self.at().saturating_add(1);
        let items = self.items_or_none(reading, item)?;
        if items.is_empty() { Err(ParseError::new(at, expected)) } else { Ok(items) }
    }

    /// Zero or more items in parentheses, collected.
    pub(crate) fn items_or_none<T>(
        &mut self,
        reading: &mut Reading<Defect>,
        item: impl Fn(&mut Self, &mut Reading<Defect>) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        let mut items = Vec::with_capacity((self.rest().len() / 8).clamp(1, 6));
        self.list(Depth::FLAT, reading, |cursor, _, reading| {
            items.push(item(cursor, reading)?);
            Ok(())
        })?;
        Ok(items)
    }

    /// Whether another item follows behind a space; the space is passed over.
    pub(crate) fn another(&mut self, reading: &mut Reading<Defect>) -> Result<bool, ParseError> {
        // Spaces before the end of the message are for `end` to judge.
        if self.rest().iter().all(|octet| *octet == b' ') {
            return Ok(false);
        }
        if self.peek() == Some(b' ') { self.space(reading).map(|()| true) } else { Ok(false) }
    }
}

impl<S: Sink> Encoder<'_, S> {
    /// Items with a space between them.
    pub(crate) fn spaced<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut encode: impl FnMut(T, &mut Self),
    ) {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.space();
            }
            encode(item, self);
        }
    }

    /// Items in parentheses.
    pub(crate) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        encode: impl FnMut(T, &mut Self),
    ) {
        self.put(b"(");
        self.spaced(items, encode);
        self.put(b")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ParseLimits;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::vec;
    use bytes::Bytes;
    use mail_proto::Leniency;

    #[test]
    fn labels_and_values() {
        for octets in
            ["CONDSTORE", "X-a:1 (b \"c d\" (e))", "x 1:*,7", "PARTIAL -1:-5", "x ()", "a $"]
        {
            let ext = strict(octets.as_bytes(), Ext::parse).unwrap();
            assert_eq!(written(|encoder| ext.encode(encoder)), octets.as_bytes());
        }
        for label in ["x -", "x -.5r", "x -5r"] {
            assert_eq!(strict(label.as_bytes(), Ext::parse).map_err(|error| error.at), Err(1));
        }
        assert_eq!(strict(b"1x", Ext::parse).map_err(|error| error.at), Err(0));
        assert_eq!(strict(b"x (a (b)", Ext::parse).map_err(|error| error.at), Err(8));
        assert_eq!(strict(b"x y", Ext::parse).map_err(|error| error.at), Err(1));
    }

    #[test]
    fn a_hyphen_begins_a_number_or_a_label() {
        let labels = |octets: &[u8]| {
            let read = |cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>| {
                let mut exts = vec![Ext::parse(cursor, reading)?];
                while cursor.another(reading)? {
                    exts.push(Ext::parse(cursor, reading)?);
                }
                Ok(exts)
            };
            let exts = strict(octets, read).unwrap();
            exts.into_iter().map(|ext| (ext.label.0, ext.value.is_some())).collect::<Vec<_>>()
        };
        let pairs = |pairs: &[(&'static str, bool)]| {
            pairs.iter().map(|it| (it.0.into(), it.1)).collect::<Vec<_>>()
        };
        assert_eq!(labels(b"x -89"), pairs(&[("x", true)]));
        assert_eq!(labels(b"- -89 y"), pairs(&[("-", true), ("y", false)]));
        assert_eq!(labels(b"- -89 $ y"), pairs(&[("-", false), ("-89", true), ("y", false)]));
        assert_eq!(labels(b"x -1:5 (a)"), pairs(&[("x", false), ("-1:5", true)]));
        assert_eq!(labels(b"x -1 -2 -3"), pairs(&[("x", true), ("-2", true)]));
    }

    #[test]
    fn a_value_is_one_behind_two_spaces_too() {
        for octets in [&b"x  (a)"[..], b"x  -7", b"x  $"] {
            assert_eq!(strict(octets, Ext::parse).map_err(|error| error.at), Err(2));
            let (ext, defects) = lenient(octets, Ext::parse);
            assert_eq!(
                written(|encoder| ext.unwrap().encode(encoder)),
                [b"x ", &octets[3..]].concat()
            );
            assert_eq!(defects, [Defect::DoubleSpace]);
        }
    }

    #[test]
    fn depth_is_limited() {
        let nested = |levels: usize| {
            let octets = [b"(".repeat(levels), b"a".to_vec(), b")".repeat(levels)].concat();
            let octets = Bytes::from(octets);
            let mut cursor = Cursor::new(&octets).with_limits(ParseLimits::server());
            ExtValue::parse(&mut cursor, &mut Reading::new(Leniency::strict()))
                .map(drop)
                .map_err(|error| error.at)
        };
        assert_eq!(nested(64), Ok(()));
        assert_eq!(nested(65), Err(64));
        assert_eq!(nested(1_000_000), Err(64));
    }

    #[test]
    fn what_is_read_leniently_is_kept_as_it_should_be() {
        for (octets, kept) in [
            (&b"( a  b )"[..], &b"(a b)"[..]),
            (b"(\"\\a\" (caf\xe9))", b"(\"\\\\a\" ({4}\r\ncaf\xe9))"),
            (b"({3}\r\na\0b NIL a])", b"(ab \"NIL\" \"a]\")"),
        ] {
            assert!(strict(octets, ExtValue::parse).is_err());
            let value = lenient(octets, ExtValue::parse).0.unwrap();
            assert_eq!(value.raw().as_bytes(), kept);
            assert_eq!(strict(kept, ExtValue::parse), Ok(value));
        }
        // Without a defect nothing changes.
        assert_eq!(
            lenient(b"({1}\r\na \"b\")", ExtValue::parse).0.unwrap().raw().as_bytes().len(),
            12
        );
    }

    #[test]
    fn simple_values_are_numbers_and_sets() {
        for simple in ["0", "7", "1:*,7", "*", "$", "-1:-5", "1:5"] {
            assert!(strict(simple.as_bytes(), ExtValue::parse).is_ok(), "{simple}");
        }
        for (other, at) in
            [("1,", 2), (",1", 0), ("1:", 2), ("1:2:3", 3), ("-", 1), ("$1", 1), ("--1", 1)]
        {
            assert_eq!(
                strict(other.as_bytes(), ExtValue::parse).map_err(|e| e.at),
                Err(at),
                "{other}"
            );
        }
    }

    #[test]
    fn literals_in_values_are_a_clients_own() {
        let value = strict(b"(a {2}\r\nb\r)", ExtValue::parse).unwrap();
        let mut out = Vec::new();
        value.encode(&mut Encoder::new(&mut out, Negotiated::client()));
        assert_eq!(out, b"(a {2}\r\nb\r)");
    }
}
