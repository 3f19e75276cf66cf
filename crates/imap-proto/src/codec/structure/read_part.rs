//! The fields of a part of BODYSTRUCTURE by their grammar, and what servers make of them.

use mail_proto::ParseError;

use super::ahead::{Token, token};
use super::index::{Entry, Kind};
use super::part::place;
use super::read::Reader;
use crate::Defect;
use crate::codec::class::Class;

/// The top-level types that there are; anything else alone is a subtype.
const MEDIA_TYPES: [&str; 8] =
    ["TEXT", "APPLICATION", "IMAGE", "AUDIO", "VIDEO", "MESSAGE", "FONT", "MODEL"];

impl Reader<'_, '_, '_> {
    /// Notes what belongs to a place of a part.
    pub(super) fn set_in(&mut self, node: usize, place: usize, entry: Entry) {
        self.set(node.saturating_add(place), entry);
    }

    pub(super) fn entry_in(&self, node: usize, place: usize) -> Entry {
        self.entry(node.saturating_add(place))
    }

    pub(super) fn token_ahead(&self) -> Token {
        token(&mut self.cursor.clone())
    }

    pub(super) fn media_type(&mut self, node: usize, has_both: bool) -> Result<(), ParseError> {
        let first = self.media_string()?;
        if has_both {
            self.space()?;
            let second = self.media_string()?;
            self.set_in(node, place::TYPE, first);
            self.set_in(node, place::SUBTYPE, second);
            return Ok(());
        }
        let name = first.string(self.octets());
        let is_type = MEDIA_TYPES.iter().any(|known| name.eq_ignore_ascii_case(known));
        self.set_in(node, if is_type { place::TYPE } else { place::SUBTYPE }, first);
        Ok(())
    }

    fn media_string(&mut self) -> Result<Entry, ParseError> {
        if self.token_ahead() == Token::Nil {
            self.tolerate(Defect::MissingMediaType, "a string")?;
        }
        match self.nstring() {
            Ok(entry) => Ok(entry),
            Err(error) => Err(ParseError::new(error.at, "a part or a media type")),
        }
    }

    /// `SP body-fields`
    pub(super) fn fields(&mut self, node: usize) -> Result<(), ParseError> {
        self.space()?;
        let params = self.params()?;
        self.set_in(node, place::PARAMS, params);
        for place in [place::ID, place::DESCRIPTION] {
            self.space()?;
            let field = self.nstring()?;
            self.set_in(node, place, field);
        }
        self.space()?;
        let encoding = self.encoding()?;
        self.set_in(node, place::ENCODING, encoding);
        self.space()?;
        let size = self.size()?;
        self.set_in(node, place::SIZE, Entry::number(size));
        Ok(())
    }

    fn encoding(&mut self) -> Result<Entry, ParseError> {
        const EXPECTED: &str = "a transfer encoding in quotes";
        match self.token_ahead() {
            Token::String => self.string(),
            Token::Nil => {
                self.tolerate(Defect::OddEncoding, EXPECTED)?;
                self.nstring()
            }
            Token::Word => {
                self.tolerate(Defect::OddEncoding, EXPECTED)?;
                let at = self.at();
                self.cursor.run(Class::ATOM);
                Ok(self.span_from(at, Kind::WORD))
            }
            _ => Err(self.cursor.expected(EXPECTED)),
        }
    }

    fn params(&mut self) -> Result<Entry, ParseError> {
        if self.eat_nil() {
            return Ok(Entry::NIL);
        }
        self.open("( before parameters, or NIL")?;
        if self.cursor.peek() == Some(b')') {
            self.tolerate(Defect::EmptyList, "a parameter")?;
            self.close()?;
            return Ok(Entry::NIL);
        }
        let begin = self.index.len();
        let mut room = self.cursor.limits().elements;
        let mut count = 0usize;
        loop {
            self.take_room(&mut room)?;
            let name = self.string()?;
            self.space()?;
            let at_nil = self.cursor.peek().is_some_and(|octet| matches!(octet, b'N' | b'n'));
            if at_nil {
                self.tolerate(Defect::NilParameter, "a string")?;
            }
            let value = self.nstring()?;
            self.index.extend([name, value]);
            count = count.saturating_add(1);
            if !self.more()? {
                break;
            }
        }
        self.close()?;
        Ok(Entry::pair(begin, count))
    }

    /// The lines of a text or a message, the space before them read, and what follows.
    pub(super) fn lines(&mut self, node: usize) -> Result<u32, ParseError> {
        const EXPECTED: &str = "a number of lines";
        let has_lines = match self.token_ahead() {
            Token::Number => true,
            // NIL is a number of lines unless a disposition follows: then it is an MD5.
            Token::Nil => {
                let mut ahead = self.cursor.clone();
                token(&mut ahead);
                !matches!(token(&mut ahead), Token::List | Token::Part)
            }
            _ => false,
        };
        if has_lines {
            let lines = self.size()?;
            self.set_in(node, place::LINES, Entry::number(lines));
            return if self.more()? { self.single_extension(node) } else { Ok(0) };
        }
        self.tolerate(Defect::MissingLines, EXPECTED)?;
        if self.cursor.peek() == Some(b')') { Ok(0) } else { self.single_extension(node) }
    }

    /// What follows the size of a part without lines.
    pub(super) fn basic_extension(&mut self, node: usize) -> Result<u32, ParseError> {
        if !self.more()? {
            return Ok(0);
        }
        if self.token_ahead() == Token::Number {
            self.tolerate(Defect::UnexpectedLines, "an MD5 or NIL")?;
            self.size()?;
            if !self.more()? {
                return Ok(0);
            }
        }
        self.single_extension(node)
    }

    /// `body-ext-1part`
    pub(super) fn single_extension(&mut self, node: usize) -> Result<u32, ParseError> {
        if matches!(self.token_ahead(), Token::List | Token::Part) {
            self.tolerate(Defect::MisplacedList, "an MD5 or NIL")?;
            self.skip_value()?;
        } else {
            let md5 = self.nstring()?;
            self.set_in(node, place::MD5, md5);
        }
        self.common_extension(node)
    }

    /// `body-ext-mpart`
    pub(super) fn multipart_extension(&mut self, node: usize) -> Result<u32, ParseError> {
        let params = self.params()?;
        self.set_in(node, place::PARAMS, params);
        self.common_extension(node)
    }

    /// What follows the first field of extension data; how many fields there are.
    fn common_extension(&mut self, node: usize) -> Result<u32, ParseError> {
        if !self.more()? {
            return Ok(1);
        }
        self.disposition(node)?;
        if !self.more()? {
            return Ok(2);
        }
        let language = self.language()?;
        self.set_in(node, place::LANGUAGE, language);
        if !self.more()? {
            return Ok(3);
        }
        let location = self.location()?;
        self.set_in(node, place::LOCATION, location);
        if self.more()? {
            self.extensions(node)?;
        }
        Ok(4)
    }

    fn disposition(&mut self, node: usize) -> Result<(), ParseError> {
        const EXPECTED: &str = "( before a disposition, or NIL";
        if self.eat_nil() {
            return Ok(());
        }
        if self.token_ahead() == Token::String {
            self.tolerate(Defect::OddDisposition, EXPECTED)?;
            let kind = self.string()?;
            self.set_in(node, place::DISPOSITION, kind);
            return Ok(());
        }
        self.open(EXPECTED)?;
        if self.cursor.peek() == Some(b')') {
            self.tolerate(Defect::EmptyList, "a string")?;
            return self.close();
        }
        if self.token_ahead() == Token::Nil {
            self.tolerate(Defect::OddDisposition, "a string")?;
        }
        let kind = self.nstring()?;
        self.set_in(node, place::DISPOSITION, kind);
        if self.more()? {
            let params = self.params()?;
            self.set_in(node, place::DISPOSITION_PARAMS, params);
        } else {
            self.tolerate(Defect::OddDisposition, "one space")?;
        }
        self.close()
    }

    fn language(&mut self) -> Result<Entry, ParseError> {
        let begin = self.index.len();
        let mut count = 0usize;
        match self.cursor.peek() {
            Some(b'(') => {
                self.open("( before languages")?;
                if self.cursor.peek() == Some(b')') {
                    self.tolerate(Defect::EmptyList, "a language")?;
                    self.close()?;
                    return Ok(Entry::NIL);
                }
                let mut room = self.cursor.limits().elements;
                loop {
                    self.take_room(&mut room)?;
                    if self.token_ahead() == Token::Nil {
                        self.tolerate(Defect::NilLanguage, "a string")?;
                        self.eat_nil();
                    } else {
                        let language = self.string()?;
                        self.index.push(language);
                        count = count.saturating_add(1);
                    }
                    if !self.more()? {
                        break;
                    }
                }
                self.close()?;
            }
            _ => {
                let language = self.nstring()?;
                if !language.is_nil() {
                    self.index.push(language);
                    count = 1;
                }
            }
        }
        Ok(if count == 0 { Entry::NIL } else { Entry::pair(begin, count) })
    }

    fn location(&mut self) -> Result<Entry, ParseError> {
        if self.cursor.peek() != Some(b'(') {
            return self.nstring();
        }
        self.open("a string or NIL")?;
        if self.cursor.peek() == Some(b')') {
            self.tolerate(Defect::EmptyList, "a string or NIL")?;
        }
        self.close()?;
        Ok(Entry::NIL)
    }

    /// `body-extension *(SP body-extension)`
    fn extensions(&mut self, node: usize) -> Result<(), ParseError> {
        let at = self.at();
        let begin = self.index.len();
        let mut end = self.at();
        let levels = usize::from(self.cursor.limits().body);
        let mut open = 0usize;
        loop {
            let is_list = self.cursor.peek() == Some(b'(');
            if is_list && open >= levels {
                return Err(self.cursor.expected("lists nested less deep"));
            }
            let token = self.extension_token(is_list)?;
            self.index.push(token);
            if is_list {
                open = open.saturating_add(1);
                if self.cursor.peek() != Some(b')') {
                    continue;
                }
                // An empty list is written as NIL.
                self.tolerate(Defect::EmptyList, "a value")?;
                self.index.pop();
                self.index.push(Entry::NIL);
                self.close()?;
                open = open.saturating_sub(1);
            }
            end = self.at().max(end);
            while open > 0 && !self.more()? {
                let closes = Entry::span(self.at(), 1, Kind::WORD);
                self.index.push(closes);
                self.close()?;
                end = self.at();
                open = open.saturating_sub(1);
            }
            if open == 0 && !self.more()? {
                break;
            }
        }
        let count = self.index.len().saturating_sub(begin);
        self.set_in(node, place::EXTENSION_TOKENS, Entry::pair(begin, count));
        let raw = Entry::span(at, end.saturating_sub(at), Kind::WORD);
        self.set_in(node, place::EXTENSION, raw);
        Ok(())
    }

    fn extension_token(&mut self, is_list: bool) -> Result<Entry, ParseError> {
        let at = self.at();
        if is_list {
            self.open("a value")?;
            return Ok(Entry::span(at, 1, Kind::WORD));
        }
        if self.token_ahead() == Token::Number {
            self.cursor.number64()?;
            return Ok(self.span_from(at, Kind::WORD));
        }
        self.nstring()
    }
}
