//! Finding the ends of lines, looking at each octet once.

/// Finds the end of the line at the front of a growing buffer.
///
/// Remembers how far it has looked, so that a line which arrives in many pieces costs no more than
/// one which arrives whole.
///
/// ```
/// use mail_proto::{Line, LineScanner};
///
/// let mut scanner = LineScanner::default();
/// assert_eq!(scanner.find(b"NO", 512, false), Line::Partial);
/// assert_eq!(scanner.find(b"NOOP\r\nQUIT\r\n", 512, false), Line::Complete(6));
/// assert_eq!(scanner.examined(), 6);
/// ```
#[derive(Clone, Debug, Default)]
pub struct LineScanner {
    scanned: usize,
    examined: u64,
}

/// What stands at the front of a buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line {
    /// A line of so many octets, line end included.
    Complete(usize),
    /// The beginning of a line.
    Partial,
    /// A line that is longer than the limit; its end has not been looked for.
    TooLong,
}

impl LineScanner {
    /// Looks for the line end in the octets that have not been looked at.
    ///
    /// A line ends at CRLF, and at a LF without CR if `bare_lf` is set; `limit` counts all its
    /// octets. When a line was found, the next call looks at a new line: consume it before.
    #[inline]
    pub fn find(&mut self, input: &[u8], limit: usize, bare_lf: bool) -> Line {
        match self.is_begun(input, limit) {
            true => Line::Partial,
            false => self.search(input, limit, bare_lf),
        }
    }

    /// Whether a few octets have come, which is how a line arrives in pieces, and none of them ends it.
    #[inline]
    fn is_begun(&mut self, input: &[u8], limit: usize) -> bool {
        const FEW: usize = 4;
        let Some(new) = input.get(self.scanned..) else { return false };
        let is_begun = new.len() <= FEW && input.len() < limit && !new.contains(&b'\n');
        if is_begun {
            self.look(input.len());
        }
        is_begun
    }

    /// The same for any octets.
    fn search(&mut self, input: &[u8], limit: usize, bare_lf: bool) -> Line {
        let window = input.get(..limit).unwrap_or(input);
        while let Some(rest) = window.get(self.scanned..)
            && let Some(found) = memchr::memchr(b'\n', rest)
        {
            let length = self.scanned.saturating_add(found).saturating_add(1);
            self.look(length);
            if bare_lf || window.get(..length).is_some_and(|line| line.ends_with(b"\r\n")) {
                self.scanned = 0;
                return Line::Complete(length);
            }
        }
        self.look(window.len().max(self.scanned));
        match input.len() >= limit {
            true => Line::TooLong,
            false => Line::Partial,
        }
    }

    /// Octets were consumed off the front of a line whose end has not been found.
    pub const fn consumed(&mut self, octets: usize) {
        self.scanned = self.scanned.saturating_sub(octets);
    }

    /// Forgets the beginning of a line: the caller has consumed it some other way.
    pub fn restart(&mut self) {
        self.scanned = 0;
    }

    /// Octets looked at so far, for tests of linearity.
    #[must_use]
    pub const fn examined(&self) -> u64 {
        self.examined
    }

    fn look(&mut self, upto: usize) {
        self.examined = self.examined.saturating_add(upto.saturating_sub(self.scanned) as u64);
        self.scanned = upto;
    }
}

/// The line without its CRLF or LF.
#[must_use]
#[inline]
pub fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_in_single_octets_costs_what_the_whole_costs() {
        let line = b"a\nb\rc\r\n";
        let mut whole = LineScanner::default();
        assert_eq!(whole.find(line, 100, false), Line::Complete(7));
        let mut pieces = LineScanner::default();
        for end in 1..line.len() {
            assert_eq!(pieces.find(&line[..end], 100, false), Line::Partial);
        }
        assert_eq!(pieces.find(line, 100, false), Line::Complete(7));
        assert_eq!(pieces.examined(), whole.examined());
    }

    #[test]
    fn a_few_octets_are_found_as_many_are() {
        let wire = b"a\rb\n\r\n\n\nNOOP\r\n\r\r\n\n0123456789\n\r\n";
        for (size, limit, bare_lf) in (1..=8).flat_map(|size| {
            (1..=14).flat_map(move |limit| [false, true].map(|bare_lf| (size, limit, bare_lf)))
        }) {
            let (mut few, mut begin) = (LineScanner::default(), 0);
            for end in (0..wire.len()).step_by(size).chain([wire.len()]) {
                loop {
                    let input = &wire[begin..end];
                    let mut many = few.clone();
                    let found = few.find(input, limit, bare_lf);
                    assert_eq!(found, many.search(input, limit, bare_lf), "{input:?} {limit}");
                    assert_eq!((few.scanned, few.examined), (many.scanned, many.examined));
                    let Line::Complete(length) = found else { break };
                    begin += length;
                }
            }
        }
    }

    #[test]
    fn the_limit_counts_the_line_end() {
        let find = |input: &[u8], limit| LineScanner::default().find(input, limit, false);
        assert_eq!(find(b"abc\r\n", 5), Line::Complete(5));
        assert_eq!(find(b"abcd\r\n", 5), Line::TooLong);
        assert_eq!(find(b"abcd", 5), Line::Partial);
        assert_eq!(find(b"abcde", 5), Line::TooLong);
    }

    #[test]
    fn a_bare_lf_ends_a_line_only_by_name() {
        assert_eq!(LineScanner::default().find(b"ab\n\r\n", 9, true), Line::Complete(3));
        assert_eq!(LineScanner::default().find(b"ab\n\r\n", 9, false), Line::Complete(5));
    }
}
