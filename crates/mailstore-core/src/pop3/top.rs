//! How much of a message TOP shows.

/// Counts the lines of a message as the client will see them: CRLF, a bare CR and a bare LF each end
/// one, because the connection writes all of them as CRLF.
///
/// RFC 1939 section 7: the header, the blank line, and so many lines of the body. A message without a
/// blank line is all header.
#[derive(Clone, Debug)]
pub(super) struct TopLines {
    in_header: bool,
    /// The present line has no octet yet.
    line_is_empty: bool,
    after_cr: bool,
    /// Lines of the body still wanted.
    lines: u64,
    done: bool,
}

impl TopLines {
    pub(super) const fn new(lines: u64) -> Self {
        Self { in_header: true, line_is_empty: true, after_cr: false, lines, done: false }
    }

    /// How many of these octets, which follow those before, are wanted.
    pub(super) fn push(&mut self, octets: &[u8]) -> usize {
        for (at, octet) in octets.iter().enumerate() {
            if self.done {
                return at;
            }
            match octet {
                b'\n' => {
                    self.after_cr = false;
                    self.end_line();
                }
                _ => {
                    if core::mem::take(&mut self.after_cr) {
                        self.end_line();
                        if self.done {
                            return at;
                        }
                    }
                    match octet {
                        b'\r' => self.after_cr = true,
                        _ => self.line_is_empty = false,
                    }
                }
            }
        }
        octets.len()
    }

    pub(super) const fn is_done(&self) -> bool {
        self.done
    }

    fn end_line(&mut self) {
        let blank = core::mem::replace(&mut self.line_is_empty, true);
        match self.in_header {
            true => self.in_header = !blank,
            false => self.lines = self.lines.saturating_sub(1),
        }
        self.done = !self.in_header && self.lines == 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn top(message: &[u8], lines: u64, chunk: usize) -> Vec<u8> {
        let (mut top, mut shown) = (TopLines::new(lines), Vec::new());
        for chunk in message.chunks(chunk) {
            let wanted = top.push(chunk);
            shown.extend_from_slice(&chunk[..wanted]);
            if top.is_done() {
                break;
            }
        }
        shown
    }

    #[test]
    fn header_blank_line_and_so_many_lines() {
        let message = b"A: 1\r\nB: 2\r\n\r\none\r\n\r\nthree\r\n";
        for chunk in 1..message.len() {
            assert_eq!(top(message, 0, chunk), b"A: 1\r\nB: 2\r\n\r\n");
            assert_eq!(top(message, 1, chunk), b"A: 1\r\nB: 2\r\n\r\none\r\n");
            assert_eq!(top(message, 2, chunk), b"A: 1\r\nB: 2\r\n\r\none\r\n\r\n");
            assert_eq!(top(message, 3, chunk), message);
            assert_eq!(top(message, u64::MAX, chunk), message);
        }
    }

    #[test]
    fn every_line_end_counts() {
        for chunk in 1..9 {
            assert_eq!(top(b"A: 1\n\none\ntwo\n", 1, chunk), b"A: 1\n\none\n");
            assert_eq!(top(b"A: 1\r\rone\rtwo\r", 1, chunk), b"A: 1\r\rone\r");
            assert_eq!(top(b"\r\none\ntwo", 1, chunk), b"\r\none\n");
        }
    }

    #[test]
    fn without_a_blank_line_all_is_header() {
        assert_eq!(top(b"A: 1\r\nB: 2\r\n", 0, 3), b"A: 1\r\nB: 2\r\n");
        assert_eq!(top(b"A: 1", 7, 3), b"A: 1");
    }
}
