//! The short cut of BODYSTRUCTURE.

use super::NStr;
use super::fast::Scan;
use super::index::{Entry, Kind, Wire};
use super::part::{PartKind, Shape, place};
use super::read_body::kind_by_type;
use crate::codec::Cursor;

/// Reads a BODY or BODYSTRUCTURE, or nothing.
pub(super) fn body(cursor: &mut Cursor<'_>) -> Option<Wire> {
    // Of mail as it is there is an entry to four or five octets.
    let entries = (cursor.rest().len() / 4).clamp(24, 192);
    let mut scan = BodyScan {
        limit: cursor.limits().body,
        levels: cursor.limits().body,
        room: cursor.limits().elements,
        parent: place::NONE,
        scan: Scan::new(cursor, entries),
    };
    scan.body();
    scan.scan.finish(cursor)
}

struct BodyScan<'a> {
    scan: Scan<'a>,
    /// The multipart or message that is open.
    parent: usize,
    /// How many levels of lists there may be, and how many may still be opened.
    limit: u16,
    levels: u16,
    room: u32,
}

type Single = [Entry; place::SINGLE];

impl BodyScan<'_> {
    fn body(&mut self) {
        loop {
            let is_open = self.part();
            if is_open {
                continue;
            }
            loop {
                if self.parent == place::NONE || !self.scan.is_good() {
                    return;
                }
                if self.goes_on() {
                    break;
                }
            }
        }
    }

    /// Begins a part, and ends it unless it is now the parent of others.
    fn part(&mut self) -> bool {
        let at = self.scan.at();
        self.room = self.room.saturating_sub(1);
        if self.levels == 0 || self.room == 0 {
            self.scan.give_up();
        }
        self.scan.eat(b'(');
        if !self.scan.is_good() {
            return false;
        }
        if self.scan.peek() == b'(' {
            let node = self.scan.index.len();
            self.scan.index.extend_from_slice(&[Entry::NIL; place::MULTIPART]);
            self.enter(node, at, PartKind::Multipart);
            return true;
        }
        self.one_part(at)
    }

    fn set(&mut self, node: usize, place: usize, entry: Entry) {
        if let Some(slot) = self.scan.index.get_mut(node.wrapping_add(place)) {
            *slot = entry;
        }
    }

    fn entry(&self, node: usize, place: usize) -> Entry {
        self.scan.index.get(node.wrapping_add(place)).copied().unwrap_or_default()
    }

    fn enter(&mut self, node: usize, at: usize, kind: PartKind) {
        self.set(node, place::LINKS, Entry::pair(0, self.parent));
        let shape = Shape { kind, extension: 0 };
        self.set(node, place::WIRE, Entry::span(at, 0, shape.to_bits()));
        self.parent = node;
        self.levels = self.levels.saturating_sub(1);
    }

    fn leave(&mut self, node: usize, kind: PartKind, extension: u32) {
        self.scan.eat(b')');
        let parent = self.entry(node, place::LINKS).second();
        self.set(node, place::LINKS, Entry::pair(self.scan.index.len(), parent));
        let at = self.entry(node, place::WIRE).first();
        let shape = Shape { kind, extension };
        let length = self.scan.at().wrapping_sub(at);
        self.set(node, place::WIRE, Entry::span(at, length, shape.to_bits()));
        self.parent = parent;
        self.levels = self.levels.saturating_add(1);
    }

    fn goes_on(&mut self) -> bool {
        let node = self.parent;
        let kind = Shape::from_bits(self.entry(node, place::WIRE).kind()).kind;
        if kind == PartKind::Message {
            self.scan.space();
            let lines = self.scan.number();
            self.set(node, place::LINES, Entry::number(Some(lines)));
            let (md5, fields, count) = self.single_extension();
            self.set(node, place::MD5, md5);
            self.put_fields(node, &fields);
            self.leave(node, kind, count);
            return false;
        }
        let count = self.entry(node, place::INNER).second().wrapping_add(1);
        self.set(node, place::INNER, Entry::pair(self.scan.index.len(), count));
        if self.scan.peek() == b'(' {
            return true;
        }
        self.end_multipart(node);
        false
    }

    fn end_multipart(&mut self, node: usize) {
        self.scan.space();
        let subtype = self.scan.string();
        self.set(node, place::SUBTYPE, subtype);
        let mut count = 0;
        if self.scan.peek() == b' ' {
            self.scan.skip();
            let params = self.params();
            self.set(node, place::PARAMS, params);
            let (fields, more) = self.fields();
            self.put_fields(node, &fields);
            count = more.wrapping_add(1);
        }
        self.leave(node, PartKind::Multipart, count);
    }

    fn put_fields(&mut self, node: usize, fields: &Fields) {
        self.scan.put(node.wrapping_add(place::DISPOSITION), fields);
    }

    /// A part that is no multipart.
    fn one_part(&mut self, at: usize) -> bool {
        let node = self.scan.index.len();
        let mut part: Single = [Entry::NIL; place::SINGLE];
        self.scan.index.extend_from_slice(&part);
        part[place::TYPE] = self.scan.string();
        self.scan.space();
        part[place::SUBTYPE] = self.scan.string();
        self.scan.space();
        part[place::PARAMS] = self.params();
        self.scan.space();
        part[place::ID] = self.scan.nstring();
        self.scan.space();
        part[place::DESCRIPTION] = self.scan.nstring();
        self.scan.space();
        part[place::ENCODING] = self.scan.string();
        self.scan.space();
        part[place::SIZE] = Entry::number(Some(self.scan.number()));
        part[place::LINES] = Entry::NO_NUMBER;

        let kind = kind_by_type(self.string(part[place::TYPE]), self.string(part[place::SUBTYPE]));
        if kind == PartKind::Text {
            self.scan.space();
            part[place::LINES] = Entry::number(Some(self.scan.number()));
        } else if kind == PartKind::Message {
            self.scan.space();
            let envelope = self.scan.envelope();
            self.scan.space();
            part[place::INNER] = Entry::pair(envelope, self.scan.index.len());
            self.scan.put(node, &part);
            self.enter(node, at, PartKind::Message);
            return true;
        }
        let (md5, fields, extension) = self.single_extension();
        part[place::MD5] = md5;
        if let Some(places) = part.get_mut(place::DISPOSITION..place::INNER) {
            places.copy_from_slice(&fields);
        }
        self.scan.eat(b')');
        part[place::LINKS] = Entry::pair(self.scan.index.len(), self.parent);
        let length = self.scan.at().wrapping_sub(at);
        let shape = Shape { kind, extension };
        part[place::WIRE] = Entry::span(at, length, shape.to_bits());
        self.scan.put(node, &part);
        false
    }

    fn string(&self, entry: Entry) -> NStr<'_> {
        entry.string(self.scan.octets())
    }

    fn params(&mut self) -> Entry {
        if self.scan.peek() != b'(' {
            self.scan.nil();
            return Entry::NIL;
        }
        self.scan.skip();
        let begin = self.scan.index.len();
        let mut count = 0usize;
        loop {
            let name = self.scan.string();
            self.scan.space();
            let value = self.scan.string();
            self.scan.index.extend_from_slice(&[name, value]);
            count = count.wrapping_add(1);
            if self.scan.peek() != b' ' || !self.scan.is_good() {
                break;
            }
            self.scan.skip();
        }
        self.scan.eat(b')');
        self.scan.elements_are_few(count);
        Entry::pair(begin, count)
    }

    /// `[SP body-ext-1part]`: the MD5, the others, how many there are.
    fn single_extension(&mut self) -> (Entry, Fields, u32) {
        if self.scan.peek() != b' ' {
            return (Entry::NIL, [Entry::NIL; FIELDS], 0);
        }
        self.scan.skip();
        let md5 = self.scan.nstring();
        let (fields, count) = self.fields();
        (md5, fields, count.wrapping_add(1))
    }

    /// `[SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]`
    fn fields(&mut self) -> (Fields, u32) {
        let mut fields = [Entry::NIL; FIELDS];
        let [disposition, disposition_params, language, location, extension, tokens] = &mut fields;
        if !self.more() {
            return (fields, 0);
        }
        if self.scan.peek() == b'(' {
            self.scan.skip();
            *disposition = self.scan.string();
            self.scan.space();
            *disposition_params = self.params();
            self.scan.eat(b')');
        } else {
            self.scan.nil();
        }
        if !self.more() {
            return (fields, 1);
        }
        *language = self.language();
        if !self.more() {
            return (fields, 2);
        }
        *location = self.scan.nstring();
        if self.more() {
            (*extension, *tokens) = self.extensions();
        }
        (fields, 3)
    }

    /// Whether a space follows; it is passed over.
    fn more(&mut self) -> bool {
        let is_space = self.scan.peek() == b' ';
        if is_space {
            self.scan.skip();
        }
        is_space
    }

    fn language(&mut self) -> Entry {
        let begin = self.scan.index.len();
        if self.scan.peek() != b'(' {
            let language = self.scan.nstring();
            if language.is_nil() {
                return Entry::NIL;
            }
            self.scan.index.push(language);
            return Entry::pair(begin, 1);
        }
        self.scan.skip();
        loop {
            let language = self.scan.string();
            self.scan.index.push(language);
            if !self.scan.is_good() || !self.more() {
                break;
            }
        }
        self.scan.eat(b')');
        let count = self.scan.index.len().wrapping_sub(begin);
        self.scan.elements_are_few(count);
        Entry::pair(begin, count)
    }

    /// `body-extension *(SP body-extension)`: their span and their tokens.
    fn extensions(&mut self) -> (Entry, Entry) {
        let (at, begin) = (self.scan.at(), self.scan.index.len());
        let mut open = 0u16;
        while self.scan.is_good() {
            let at = self.scan.at();
            let token = match self.scan.peek() {
                b'(' => {
                    self.scan.skip();
                    open = open.saturating_add(1);
                    if open > self.limit || self.scan.peek() == b')' {
                        self.scan.give_up();
                    }
                    self.scan.index.push(Entry::span(at, 1, Kind::WORD));
                    continue;
                }
                b'0'..=b'9' => {
                    self.scan.number();
                    Entry::span(at, self.scan.at().wrapping_sub(at), Kind::WORD)
                }
                _ => self.scan.nstring(),
            };
            self.scan.index.push(token);
            while open > 0 && self.scan.peek() == b')' {
                self.scan.index.push(Entry::span(self.scan.at(), 1, Kind::WORD));
                self.scan.skip();
                open = open.saturating_sub(1);
            }
            if open == 0 && self.scan.peek() == b')' {
                break;
            }
            self.scan.space();
        }
        let raw = Entry::span(at, self.scan.at().wrapping_sub(at), Kind::WORD);
        let count = self.scan.index.len().wrapping_sub(begin);
        (raw, Entry::pair(begin, count))
    }
}

/// From the disposition to the tokens of extensions.
const FIELDS: usize = place::INNER - place::DISPOSITION;
type Fields = [Entry; FIELDS];
