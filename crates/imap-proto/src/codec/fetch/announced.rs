//! Where in a message an announcement stands: which of its octets are to be streamed.

use core::ops::Range;

/// Levels of parentheses of which the last word is known.
const LEVELS: usize = 3;

/// Looks at the words and parentheses of a message, as far as it has come.
///
/// It looks at each octet once, however often it is asked. It judges nothing: the grammar is for those
/// who read the segment.
#[derive(Clone, Default, Debug)]
pub(in crate::codec) struct Announced {
    /// Octets of the segment that have been looked at, or are a literal that was kept.
    upto: usize,
    depth: usize,
    /// Sections have brackets, and in them there are spaces and parentheses.
    has_sections: bool,
    in_section: bool,
    in_quotes: bool,
    escaped: bool,
    /// A word has begun and not ended.
    in_word: bool,
    /// What was looked at last was an announcement.
    at_literal: bool,
    /// The last word of each level, as it stands in the segment, and how many there were.
    words: [Range<usize>; LEVELS],
    counts: [usize; LEVELS],
}

impl Announced {
    /// Begins behind so many octets of the first segment.
    pub(in crate::codec) fn new(upto: usize, has_sections: bool) -> Self {
        Self { upto, has_sections, ..Self::default() }
    }

    /// Looks at the segment up to `announcement`, which announces `size` octets that may be kept in it.
    pub(in crate::codec) fn look(&mut self, segment: &[u8], announcement: Range<usize>, size: u64) {
        self.pass_literal();
        let new = segment.get(self.upto..announcement.start).unwrap_or_default();
        for (at, octet) in (self.upto..).zip(new) {
            self.octet(at, *octet, segment);
        }
        // A quoted string never reaches the next line; a section may go on behind a literal.
        (self.in_word, self.in_quotes, self.escaped) = (self.in_section, false, false);
        self.at_literal = true;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        self.upto = announcement.end.saturating_add(size);
    }

    /// The segment ended, and the literal was streamed.
    pub(in crate::codec) fn next_segment(&mut self) {
        self.pass_literal();
        self.upto = 0;
        self.words = Default::default();
    }

    /// A literal is a word, too, though it has no octets here.
    fn pass_literal(&mut self) {
        if core::mem::take(&mut self.at_literal) {
            self.count(self.depth);
        }
    }

    /// How deep in parentheses what comes next stands.
    pub(in crate::codec) const fn depth(&self) -> usize {
        self.depth
    }

    /// How many words there were at this level since it was opened, lists and literals included.
    pub(in crate::codec) fn words(&self, level: usize) -> usize {
        self.counts.get(level).copied().unwrap_or_default()
    }

    /// The last word of this level.
    pub(in crate::codec) fn word<'a>(&self, level: usize, segment: &'a [u8]) -> &'a [u8] {
        let range = self.words.get(level).cloned().unwrap_or_default();
        segment.get(range).unwrap_or_default()
    }

    fn count(&mut self, level: usize) {
        if let Some(count) = self.counts.get_mut(level) {
            *count = count.saturating_add(1);
        }
    }

    fn octet(&mut self, at: usize, octet: u8, segment: &[u8]) {
        if self.in_quotes {
            return self.quoted(at, octet);
        }
        match octet {
            b'"' => {
                self.in_quotes = true;
                self.extend(at);
            }
            b']' if self.in_section => {
                self.in_section = false;
                self.extend(at);
            }
            _ if self.in_section => self.extend(at),
            b' ' => self.in_word = false,
            b'(' => {
                self.in_word = false;
                self.depth = self.depth.saturating_add(1);
                let depth = self.depth;
                if let (Some(word), Some(count)) =
                    (self.words.get_mut(depth), self.counts.get_mut(depth))
                {
                    (*word, *count) = (0..0, 0);
                }
            }
            b')' => {
                self.in_word = false;
                self.depth = self.depth.saturating_sub(1);
                self.count(self.depth);
            }
            b'[' => {
                self.extend(at);
                self.in_section = self.has_sections && is_section(self.word(self.depth, segment));
            }
            _ => self.extend(at),
        }
    }

    fn quoted(&mut self, at: usize, octet: u8) {
        match octet {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => self.in_quotes = false,
            _ => {}
        }
        self.extend(at);
    }

    /// The octet begins a word or goes on with it.
    fn extend(&mut self, at: usize) {
        if !self.in_word {
            self.in_word = true;
            self.count(self.depth);
            if let Some(word) = self.words.get_mut(self.depth) {
                *word = at..at;
            }
        }
        if let Some(word) = self.words.get_mut(self.depth) {
            word.end = at.saturating_add(1);
        }
    }
}

fn is_section(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"BODY[") || word.eq_ignore_ascii_case(b"BINARY[")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Depth, words at the depth, last word there, of what stands before each `{`.
    fn looked(message: &[u8]) -> (usize, usize, &[u8]) {
        let mut announced = Announced::new(0, true);
        announced.look(message, message.len()..message.len(), 0);
        let depth = announced.depth();
        (depth, announced.words(depth), announced.word(depth, message))
    }

    #[test]
    fn words_and_levels() {
        assert_eq!(looked(b"(UID 1 BODY[] "), (1, 3, &b"BODY[]"[..]));
        let fields = b"(BODY[HEADER.FIELDS (\"a ]\" b)]<0> ";
        assert_eq!(looked(fields), (1, 1, &fields[1..fields.len() - 1]));
        assert_eq!(looked(b"(X a[b (1 (2)) Y "), (1, 4, &b"Y"[..]));
        assert_eq!(looked(b"(ENVELOPE (\"(\\\"(\" NIL "), (2, 2, &b"NIL"[..]));
        assert_eq!(looked(b"(((("), (4, 0, &b""[..]));
        assert_eq!(looked(b"))) a "), (0, 4, &b"a"[..]));
    }

    #[test]
    fn kept_literals_are_not_looked_at() {
        let message = b"(X {3}\r\n((( BODY[] {4}\r\n";
        let mut announced = Announced::new(0, true);
        announced.look(&message[..8], 3..8, 3);
        assert_eq!(announced.word(1, &message[..8]), b"X");
        announced.look(message, 19..message.len(), 4);
        assert_eq!((announced.depth(), announced.word(1, message)), (1, &b"BODY[]"[..]));
        assert_eq!(announced.words(1), 3);
        let message = b"(BODY[HEADER.FIELDS ({1}\r\na b)] {4}\r\n";
        let mut announced = Announced::new(0, true);
        announced.look(&message[..26], 21..26, 1);
        announced.look(message, 32..message.len(), 4);
        assert_eq!(announced.word(1, message), &message[1..31]);
    }
}
