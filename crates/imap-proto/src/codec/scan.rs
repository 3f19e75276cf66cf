//! The cursor that reads a message: positions, spaces, words, lists. Knows no command and no response.

use bytes::Bytes;
use mail_proto::{Octets, ParseError, Reading};

use super::class::Class;
use super::word::Word;
use crate::Defect;

/// A cursor over one message, its literals inlined and its last CRLF taken off.
///
/// Every `parse` of the codec reads from one. It is public for what the library keeps as raw octets:
/// extensions of which it knows no grammar.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Cursor, Defect};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::<Defect>::strict());
/// let message = Bytes::from_static(b"x-size 1024 \"a name\"");
/// let mut cursor = Cursor::new(&message);
/// assert_eq!(cursor.keyword().as_bytes(), b"X-SIZE");
/// cursor.space(&mut reading).unwrap();
/// assert_eq!(cursor.number(), Ok(1024));
/// cursor.space(&mut reading).unwrap();
/// assert_eq!(cursor.string(&mut reading).unwrap(), "a name");
/// cursor.end(&mut reading).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
    /// Octets of the unit before the end of `rest`.
    end: usize,
    /// The block of the message, of which a value that is kept can have a share.
    block: Option<&'a Bytes>,
    limits: ParseLimits,
    is_fast: bool,
}

/// How deep a message may nest its lists, and how many elements one of them may have.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Cursor, ParseLimits};
///
/// let message = Bytes::from_static(b"NOOP");
/// let cursor = Cursor::new(&message).with_limits(ParseLimits::server_before_login());
/// assert_eq!(cursor.limits().commands, 4);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ParseLimits {
    /// Levels of the lists of commands, and of search keys in each other.
    pub commands: u16,
    /// Levels of the parts of a BODYSTRUCTURE.
    pub body: u16,
    /// Levels of THREAD and of all other responses.
    pub others: u16,
    /// Elements of one list.
    pub elements: u32,
}

impl ParseLimits {
    /// A server before login.
    #[must_use]
    pub const fn server_before_login() -> Self {
        Self { commands: 4, body: 4, others: 4, elements: 64 }
    }

    /// A server after login.
    #[must_use]
    pub const fn server() -> Self {
        Self { commands: 32, body: 64, others: 64, elements: 10_000 }
    }

    /// A client.
    #[must_use]
    pub const fn client() -> Self {
        Self { commands: 32, body: 64, others: 1000, elements: 1_000_000 }
    }
}

/// Reads all of the octets as one value, with nothing behind it.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Atom, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// assert!(parse_whole(&Bytes::from_static(b"IDLE"), &mut reading, Atom::parse).is_ok());
/// assert_eq!(parse_whole(&Bytes::from_static(b"ID LE"), &mut reading, Atom::parse).unwrap_err().at, 2);
/// ```
///
/// # Errors
///
/// Where the octets are no such value, or more than one.
pub fn parse_whole<'o, T>(
    octets: &'o Bytes,
    reading: &mut Reading<Defect>,
    parse: impl FnOnce(&mut Cursor<'o>, &mut Reading<Defect>) -> Result<T, ParseError>,
) -> Result<T, ParseError> {
    let mut cursor = Cursor::new(octets);
    let value = parse(&mut cursor, reading)?;
    cursor.end(reading)?;
    Ok(value)
}

impl<'a> Cursor<'a> {
    /// Begins at the front of a message.
    #[must_use]
    pub fn new(message: &'a Bytes) -> Self {
        Self::within(message, 0)
    }

    /// Begins at the front of a part that stands `before` octets into its message.
    #[must_use]
    pub fn within(message: &'a Bytes, before: usize) -> Self {
        Self { block: Some(message), ..Self::over(message, before) }
    }

    /// Begins at the front of a part of its block.
    pub(crate) const fn part(part: &'a [u8], block: &'a Bytes) -> Self {
        let mut cursor = Self::over(part, 0);
        cursor.block = Some(block);
        cursor
    }

    /// Begins at the front of a part that stands `before` octets into its message, and that belongs to
    /// somebody else: what is kept of it is copied.
    ///
    /// For messages of which little is kept: it costs less than to share their block.
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use imap_proto::{Cursor, Data, Response};
    /// use mail_proto::{Leniency, Reading};
    ///
    /// let input = BytesMut::from("* 23 EXISTS\r\n* 2 EXPUNGE\r\n");
    /// let mut cursor = Cursor::over(&input[..11], 0);
    /// let response = Response::parse(&mut cursor, &mut Reading::new(Leniency::strict())).unwrap();
    /// assert_eq!(response, Response::Data(Data::Exists(23)));
    /// ```
    #[must_use]
    pub const fn over(part: &'a [u8], before: usize) -> Self {
        let (limits, end) = (ParseLimits::client(), before.saturating_add(part.len()));
        Self { rest: part, end, block: None, limits, is_fast: true }
    }

    /// With other limits than those of a client.
    #[must_use]
    pub const fn with_limits(mut self, limits: ParseLimits) -> Self {
        self.limits = limits;
        self
    }

    /// For tests: reads by the grammar only, without the short cuts that must read the same.
    #[must_use]
    pub const fn without_fast_paths(mut self) -> Self {
        self.is_fast = false;
        self
    }

    /// Short cuts may be taken.
    pub(crate) const fn is_fast(&self) -> bool {
        self.is_fast
    }

    /// How deep and how long lists may be.
    #[must_use]
    pub const fn limits(&self) -> ParseLimits {
        self.limits
    }

    /// Octets of the message before what comes next.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    /// What has not been read.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next octet.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The error of something that is missing here.
    #[must_use]
    pub fn expected(&self, expected: &'static str) -> ParseError {
        ParseError::new(self.at(), expected)
    }

    /// Passes over octets, or over all that are left if those are fewer.
    pub fn skip(&mut self, octets: usize) {
        self.rest = self.rest.get(octets..).unwrap_or_default();
    }

    /// Passes over what stands before `rest`, which is the end of what has not been read.
    pub(crate) fn go_to(&mut self, rest: &'a [u8]) {
        debug_assert!(rest.len() <= self.rest.len(), "the end of what has not been read");
        self.rest = rest;
    }

    /// Goes back to where `rest` was what had not been read. A copy of the cursor would cost more.
    pub(crate) fn go_back_to(&mut self, rest: &'a [u8]) {
        debug_assert!(rest.len() >= self.rest.len(), "what has been read already");
        self.rest = rest;
    }

    /// Octets of the message, sharing its block if there is one.
    pub(crate) fn share(&self, octets: &'a [u8]) -> Bytes {
        match self.block {
            Some(block) => block.slice_ref(octets),
            None => Bytes::copy_from_slice(octets),
        }
    }

    /// Octets of the message for a value that keeps them.
    #[inline]
    pub(crate) fn keep(&self, octets: &'a [u8]) -> Octets {
        match self.block {
            Some(block) => Octets::of(octets, block),
            None => Octets::copy_from_slice(octets),
        }
    }

    /// So many octets, if they are there, sharing the block of the message if there is one.
    #[must_use]
    pub fn take(&mut self, octets: usize) -> Option<Bytes> {
        let (taken, rest) = self.rest.split_at_checked(octets)?;
        self.rest = rest;
        Some(self.share(taken))
    }

    /// The octets from here to where `end`, a later state of this cursor, stands.
    #[must_use]
    pub(crate) fn until(&self, end: &Self) -> Bytes {
        let length = self.rest.len().saturating_sub(end.rest.len());
        self.share(self.rest.get(..length).unwrap_or_default())
    }

    /// All octets that are left.
    #[must_use]
    pub fn take_rest(&mut self) -> Bytes {
        let rest = self.share(self.rest);
        self.rest = &[];
        rest
    }

    /// Passes over this octet if it is the next one.
    pub fn eat(&mut self, octet: u8) -> bool {
        let is_next = self.peek() == Some(octet);
        if is_next {
            self.skip(1);
        }
        is_next
    }

    /// Passes over this word, in any case, if it comes next.
    pub fn eat_tag(&mut self, word: &[u8]) -> bool {
        let is_next = self.rest.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word));
        if is_next {
            self.skip(word.len());
        }
        is_next
    }

    /// This word, in any case.
    ///
    /// # Errors
    ///
    /// Something else comes next.
    pub fn tag(&mut self, word: &'static str) -> Result<(), ParseError> {
        if self.eat_tag(word.as_bytes()) { Ok(()) } else { Err(self.expected(word)) }
    }

    /// The space before something that must follow.
    ///
    /// # Errors
    ///
    /// There is none, or there are several and they are not put up with.
    pub fn space(&mut self, reading: &mut Reading<Defect>) -> Result<(), ParseError> {
        const EXPECTED: &str = "one space";
        if !self.eat(b' ') {
            return Err(self.expected(EXPECTED));
        }
        if self.peek() == Some(b' ') {
            reading.tolerate(Defect::DoubleSpace, self.at(), EXPECTED)?;
            self.skip_spaces();
        }
        Ok(())
    }

    /// The end of the message.
    ///
    /// # Errors
    ///
    /// Something follows, be it spaces that are not put up with.
    pub fn end(&mut self, reading: &mut Reading<Defect>) -> Result<(), ParseError> {
        const EXPECTED: &str = "the end of the line";
        if self.rest.is_empty() {
            return Ok(());
        }
        let at = self.at();
        if self.skip_spaces() > 0 && self.rest.is_empty() {
            return reading.tolerate(Defect::TrailingSpace, at, EXPECTED);
        }
        Err(ParseError::new(at, EXPECTED))
    }

    pub(crate) fn skip_spaces(&mut self) -> usize {
        let spaces = self.rest.iter().take_while(|octet| **octet == b' ').count();
        self.skip(spaces);
        spaces
    }

    /// The next word of letters, digits, `-`, `_` and `.`, in capitals, to `match` on.
    pub fn keyword(&mut self) -> Word {
        let word = Word::at_front(self.rest);
        self.rest = self.rest.get(word.passed..).unwrap_or_default();
        word
    }

    /// The octets of the class that come next.
    pub(crate) fn run(&mut self, class: Class) -> &'a [u8] {
        let (run, rest) = self.rest.split_at_checked(class.run(self.rest)).unwrap_or_default();
        self.rest = rest;
        run
    }

    /// The one or more octets of the class that come next, unless one of `wider` follows them: then
    /// they are not the whole.
    #[inline]
    pub(crate) fn plain_run(&mut self, class: Class, wider: Class) -> Option<&'a [u8]> {
        let (run, rest) = self.rest.split_at_checked(class.run(self.rest))?;
        let is_whole = !run.is_empty() && !rest.first().is_some_and(|octet| wider.has(*octet));
        is_whole.then(|| {
            self.rest = rest;
            run
        })
    }

    /// The one or more octets of the class that come next, for a value that keeps them.
    pub(crate) fn run_kept(
        &mut self,
        class: Class,
        expected: &'static str,
    ) -> Result<Octets, ParseError> {
        let at = self.at();
        match self.run(class) {
            [] => Err(ParseError::new(at, expected)),
            run => Ok(self.keep(run)),
        }
    }

    /// Zero or more items in parentheses with a space between them.
    ///
    /// `item` reads one of them; what it is given as depth is for lists inside.
    ///
    /// # Errors
    ///
    /// There is no list, an item fails, or lists are nested too deep.
    pub fn list(
        &mut self,
        depth: Depth,
        reading: &mut Reading<Defect>,
        mut item: impl FnMut(&mut Self, Depth, &mut Reading<Defect>) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        let Some(inner) = depth.deeper() else {
            return Err(self.expected("lists nested less deep"));
        };
        self.tag("(")?;
        if self.peek() == Some(b' ') {
            self.space_in_list(true, reading)?;
        }
        let mut room = self.limits.elements;
        while !self.eat(b')') {
            room = room.checked_sub(1).ok_or(self.expected("fewer elements in a list"))?;
            item(self, inner, reading)?;
            match self.peek() {
                Some(b')') => {}
                Some(b' ') => self.space_in_list(false, reading)?,
                _ => return Err(self.expected("a space or )")),
            }
        }
        Ok(())
    }

    /// The spaces after `(` or behind an item.
    fn space_in_list(
        &mut self,
        begins: bool,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        let at = self.at();
        let spaces = self.skip_spaces();
        if begins || self.peek() == Some(b')') {
            reading.tolerate(Defect::SpaceInList, at, "an item or )")?;
        } else if spaces > 1 {
            reading.tolerate(Defect::DoubleSpace, at.saturating_add(1), "one space")?;
        }
        Ok(())
    }
}

/// How many lists may still be opened inside of each other.
///
/// ```
/// use imap_proto::Depth;
///
/// let depth = Depth::new(2);
/// assert!(depth.deeper().and_then(Depth::deeper).is_some());
/// assert_eq!(depth.deeper().and_then(Depth::deeper).and_then(Depth::deeper), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Depth(u16);

impl Depth {
    /// A list without lists in it.
    pub const FLAT: Self = Self(1);

    /// So many levels of lists.
    #[must_use]
    pub const fn new(levels: u16) -> Self {
        Self(levels)
    }

    /// The depth inside of one list, unless there must be no list.
    #[must_use]
    pub fn deeper(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict};
    use alloc::vec;
    use alloc::vec::Vec;

    fn words(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<usize, ParseError> {
        let mut count = 0;
        cursor.list(Depth::FLAT, reading, |cursor, _, _| {
            count += 1;
            cursor.run_kept(Class::ATOM, "an atom").map(drop)
        })?;
        Ok(count)
    }

    #[test]
    fn lists_and_their_spaces() {
        assert_eq!(strict(b"()", words), Ok(0));
        assert_eq!(strict(b"(a b c)", words), Ok(3));
        for (list, count) in [(&b"( )"[..], 0), (b"( a)", 1), (b"(a )", 1), (b"(a   )", 1)] {
            assert!(strict(list, words).is_err());
            let (read, defects) = lenient(list, words);
            assert_eq!((read, defects.last()), (Ok(count), Some(&Defect::SpaceInList)), "{list:?}");
        }
        assert_eq!(lenient(b"(a  b)", words), (Ok(2), vec![Defect::DoubleSpace]));
        for (wrong, at) in [(&b""[..], 0), (b"(", 1), (b"(a", 2), (b"(a ", 3), (b"(a(b)", 2)] {
            assert_eq!(lenient(wrong, words).0.map_err(|error| error.at), Err(at), "{wrong:?}");
        }
    }

    #[test]
    fn lists_end_at_their_depth() {
        fn nested(
            cursor: &mut Cursor<'_>,
            depth: Depth,
            reading: &mut Reading<Defect>,
        ) -> Result<(), ParseError> {
            cursor.list(depth, reading, nested)
        }
        let parse = |levels: u16, lists: usize| {
            let octets: Vec<u8> = [vec![b'('; lists], vec![b')'; lists]].concat();
            strict(&octets, |cursor, reading| nested(cursor, Depth::new(levels), reading))
        };
        assert_eq!(parse(64, 64), Ok(()));
        assert_eq!(parse(64, 65).map_err(|error| error.at), Err(64));
        assert!(parse(64, 1_000_000).is_err());
        assert!(parse(0, 1).is_err());
    }

    #[test]
    fn ends_and_trailing_spaces() {
        let end = |cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>| {
            cursor.tag("OK")?;
            cursor.end(reading)
        };
        assert_eq!(strict(b"ok", end), Ok(()));
        assert_eq!(strict(b"OK  ", end).map_err(|error| error.at), Err(2));
        assert_eq!(lenient(b"OK  ", end), (Ok(()), vec![Defect::TrailingSpace]));
        assert_eq!(lenient(b"OK x", end).0.map_err(|error| error.at), Err(2));
        assert_eq!(lenient(b"O", end).0, Err(ParseError::new(0, "OK")));
    }

    #[test]
    fn positions_count_what_stands_before() {
        let part = Bytes::from_static(b" UID 7");
        let mut cursor = Cursor::within(&part, 100);
        cursor.skip(1);
        assert_eq!((cursor.at(), cursor.keyword().as_bytes()), (101, &b"UID"[..]));
        assert_eq!(cursor.take(3), None);
        assert_eq!(cursor.take(2).unwrap(), " 7");
        assert_eq!((cursor.at(), cursor.peek(), cursor.take_rest().len()), (106, None, 0));
        cursor.skip(usize::MAX);
    }
}
