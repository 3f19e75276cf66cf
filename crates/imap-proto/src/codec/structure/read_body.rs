//! BODY and BODYSTRUCTURE by their grammar, and what servers make of it.
//!
//! Parts inside of each other are kept track of by their links in the index: no recursion, no stack.

use mail_proto::{ParseError, Reading};

use super::NStr;
use super::ahead::{Media, Token, media};
use super::index::{Entry, Wire};
use super::part::{PartKind, Shape, place};
use super::read::Reader;
use crate::Defect;
use crate::codec::Cursor;

pub(super) fn body(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Wire, ParseError> {
    let (levels, room) = (cursor.limits().body, cursor.limits().elements);
    let reader = Reader::new(cursor, reading);
    let mut reader = BodyReader { reader, parent: place::NONE, levels, room };
    reader.body()?;
    reader.reader.finish()
}

/// What a part of this type must be.
pub(super) fn kind_by_type(media_type: NStr<'_>, subtype: NStr<'_>) -> PartKind {
    let is_subtype = |name| subtype.eq_ignore_ascii_case(name);
    if media_type.eq_ignore_ascii_case("TEXT") {
        PartKind::Text
    } else if media_type.eq_ignore_ascii_case("MESSAGE")
        && (is_subtype("RFC822") || is_subtype("GLOBAL"))
    {
        PartKind::Message
    } else {
        PartKind::Basic
    }
}

struct BodyReader<'c, 'm, 'r> {
    reader: Reader<'c, 'm, 'r>,
    /// The multipart or message that is open.
    parent: usize,
    /// How many levels of parts may still be opened.
    levels: u16,
    /// How many parts there may still be, of all levels together.
    room: u32,
}

impl BodyReader<'_, '_, '_> {
    fn body(&mut self) -> Result<(), ParseError> {
        loop {
            let is_open = self.part()?;
            if is_open {
                continue;
            }
            loop {
                if self.parent == place::NONE {
                    return Ok(());
                }
                if self.goes_on()? {
                    break;
                }
            }
        }
    }

    /// Begins a part, and ends it unless it is now the parent of others.
    fn part(&mut self) -> Result<bool, ParseError> {
        if self.levels == 0 {
            return Err(self.reader.cursor.expected("parts nested less deep"));
        }
        self.reader.take_room(&mut self.room)?;
        let at = self.reader.at();
        let is_nil = matches!(self.reader.cursor.peek(), Some(b'N' | b'n'));
        if is_nil && self.parent != place::NONE && self.reader.token_ahead() == Token::Nil {
            self.reader.tolerate(Defect::EmptyPart, "( before a part")?;
            self.reader.eat_nil();
            self.empty(at);
            return Ok(false);
        }
        self.reader.open("( before a part")?;
        match self.reader.cursor.peek() {
            Some(b'(') => Ok(self.multipart(at)),
            Some(b')') => {
                self.reader.tolerate(Defect::EmptyPart, "a part or a media type")?;
                self.reader.close()?;
                self.empty(at);
                Ok(false)
            }
            _ => self.single(at),
        }
    }

    /// `()` or `NIL`.
    fn empty(&mut self, at: usize) {
        let node = self.node(place::SINGLE);
        self.reader.set_in(node, place::SIZE, Entry::number(None));
        self.reader.set_in(node, place::LINES, Entry::number(None));
        self.finish(node, at, Shape { kind: PartKind::Basic, extension: 0 });
    }

    fn node(&mut self, places: usize) -> usize {
        let node = self.reader.reserve(places);
        self.reader.set_in(node, place::LINKS, Entry::pair(0, self.parent));
        node
    }

    /// Notes where a part ends, and the next one begins.
    fn finish(&mut self, node: usize, at: usize, shape: Shape) {
        let parent = self.reader.entry_in(node, place::LINKS).second();
        self.reader.set_in(node, place::LINKS, Entry::pair(self.reader.index.len(), parent));
        let wire = self.reader.span_from(at, shape.to_bits());
        self.reader.set_in(node, place::WIRE, wire);
    }

    /// Makes the multipart or message the parent of what follows.
    fn enter(&mut self, node: usize, at: usize, kind: PartKind) -> bool {
        let shape = Shape { kind, extension: 0 };
        self.reader.set_in(node, place::WIRE, Entry::span(at, 0, shape.to_bits()));
        self.parent = node;
        self.levels = self.levels.saturating_sub(1);
        true
    }

    fn leave(&mut self, extension: u32) -> Result<(), ParseError> {
        let node = self.parent;
        self.reader.close()?;
        let shape = Shape { kind: self.kind(node), extension };
        self.parent = self.reader.entry_in(node, place::LINKS).second();
        self.levels = self.levels.saturating_add(1);
        self.finish(node, self.reader.entry_in(node, place::WIRE).first(), shape);
        Ok(())
    }

    fn kind(&self, node: usize) -> PartKind {
        Shape::from_bits(self.reader.entry_in(node, place::WIRE).kind()).kind
    }

    /// `body-type-mpart`, whose parts follow.
    fn multipart(&mut self, at: usize) -> bool {
        let node = self.node(place::MULTIPART);
        self.enter(node, at, PartKind::Multipart)
    }

    /// Behind a part of the parent: whether another one follows. If not, the parent ends.
    fn goes_on(&mut self) -> Result<bool, ParseError> {
        let node = self.parent;
        if self.kind(node) == PartKind::Message {
            return self.end_message(node).map(|()| false);
        }
        let count = self.reader.entry_in(node, place::INNER).second().saturating_add(1);
        self.reader.set_in(node, place::INNER, Entry::pair(self.reader.index.len(), count));
        if self.reader.cursor.peek() == Some(b' ') && self.list_follows() {
            self.reader.no_space("a part")?;
        }
        if self.reader.cursor.peek() == Some(b'(') {
            return Ok(true);
        }
        self.end_multipart(node).map(|()| false)
    }

    /// What follows the parts of a multipart.
    fn end_multipart(&mut self, node: usize) -> Result<(), ParseError> {
        let mut extension = 0;
        let has_subtype = self.reader.cursor.peek() != Some(b')') && self.reader.more()?;
        if has_subtype && self.reader.token_ahead() == Token::String {
            let subtype = self.reader.string()?;
            self.reader.set_in(node, place::SUBTYPE, subtype);
        } else {
            self.reader.tolerate(Defect::MissingMediaType, "a media subtype")?;
            self.reader.eat_nil();
        }
        if self.reader.more()? {
            extension = self.reader.multipart_extension(node)?;
        }
        self.leave(extension)
    }

    fn end_message(&mut self, node: usize) -> Result<(), ParseError> {
        self.reader.space_or_end()?;
        let extension = self.reader.lines(node)?;
        self.leave(extension)
    }

    /// A part that is no multipart, or one that does not look like one.
    fn single(&mut self, at: usize) -> Result<bool, ParseError> {
        let media = media(self.reader.cursor);
        match media {
            Media::Both => {}
            Media::One => self.reader.tolerate(Defect::MissingMediaType, "a media subtype")?,
            Media::Description => {
                self.reader.tolerate(Defect::StrayDescription, "a part or a media type")?;
                self.reader.nstring()?;
                self.reader.space()?;
                if self.reader.eat_nil() {
                    self.reader.space()?;
                }
                return Ok(self.multipart(at));
            }
            Media::Multipart | Media::NilMultipart => {
                self.reader.tolerate(Defect::MultipartWithoutParts, "a part or a media type")?;
                let is_nil = matches!(media, Media::NilMultipart);
                return self.childless(at, is_nil).map(|()| false);
            }
        }
        self.one_part(at, matches!(media, Media::Both))
    }

    fn childless(&mut self, at: usize, is_nil: bool) -> Result<(), ParseError> {
        let node = self.node(place::MULTIPART);
        self.enter(node, at, PartKind::Multipart);
        if is_nil {
            self.reader.eat_nil();
            self.reader.space()?;
        }
        let subtype = self.reader.nstring()?;
        self.reader.set_in(node, place::SUBTYPE, subtype);
        self.reader.set_in(node, place::INNER, Entry::pair(self.reader.index.len(), 0));
        let extension =
            if self.reader.more()? { self.reader.multipart_extension(node)? } else { 0 };
        self.leave(extension)
    }

    /// `body-type-1part`
    fn one_part(&mut self, at: usize, has_both: bool) -> Result<bool, ParseError> {
        let node = self.node(place::SINGLE);
        self.reader.set_in(node, place::LINES, Entry::NO_NUMBER);
        self.reader.media_type(node, has_both)?;
        self.reader.fields(node)?;
        let (kind, extension) = match self.kind_by_type(node) {
            PartKind::Message if self.list_follows() => return self.message(node, at),
            PartKind::Message => {
                self.reader.tolerate(Defect::MessageWithoutEnvelope, "an envelope")?;
                (PartKind::Basic, self.reader.basic_extension(node)?)
            }
            PartKind::Text => {
                self.reader.space_or_end()?;
                (PartKind::Text, self.reader.lines(node)?)
            }
            kind => (kind, self.reader.basic_extension(node)?),
        };
        self.reader.close()?;
        self.finish(node, at, Shape { kind, extension });
        Ok(false)
    }

    fn kind_by_type(&self, node: usize) -> PartKind {
        let string = |place| self.reader.entry_in(node, place).string(self.reader.octets());
        kind_by_type(string(place::TYPE), string(place::SUBTYPE))
    }

    /// Whether a list is what comes next, behind spaces.
    fn list_follows(&self) -> bool {
        self.reader.cursor.rest().iter().find(|octet| **octet != b' ') == Some(&b'(')
    }

    fn message(&mut self, node: usize, at: usize) -> Result<bool, ParseError> {
        self.reader.space()?;
        let envelope = self.reader.envelope()?;
        self.reader.space()?;
        self.reader.set_in(node, place::INNER, Entry::pair(envelope, self.reader.index.len()));
        Ok(self.enter(node, at, PartKind::Message))
    }
}
