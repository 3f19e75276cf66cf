//! Where lines begin, in octets that come in pieces.

use memchr::memmem::Finder;

/// Where the next octet stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Position {
    /// At the beginning of a line.
    LineStart,
    /// At the beginning of a line, behind a LF that has no CR.
    AfterBareLf,
    /// Behind a CR.
    AfterCr,
    /// Anywhere else.
    Middle,
}

/// Finds the dots that begin lines.
pub(super) struct Dots {
    /// The line end before, and the dot.
    needle: &'static [u8],
    finder: Finder<'static>,
}

impl Dots {
    /// Lines begin behind CRLF, and behind any LF if `bare_lf` is set.
    pub(super) fn new(bare_lf: bool) -> Self {
        let needle: &[u8] = if bare_lf { b"\n." } else { b"\r\n." };
        Self { needle, finder: Finder::new(needle) }
    }

    /// The first such dot of a piece that begins at that position.
    pub(super) fn first(&self, position: Position, piece: &[u8]) -> Option<usize> {
        match (position, piece) {
            (Position::LineStart | Position::AfterBareLf, [b'.', ..]) => Some(0),
            (Position::AfterCr, [b'\n', b'.', ..]) => Some(1),
            _ => self.after(piece, 0),
        }
    }

    /// The first such dot behind `from`, where no line begins.
    pub(super) fn after(&self, piece: &[u8], from: usize) -> Option<usize> {
        let found = self.finder.find(piece.get(from..)?)?;
        Some(from.saturating_add(found).saturating_add(self.needle.len()).saturating_sub(1))
    }

    /// Where the octet behind a piece stands.
    pub(super) fn behind(&self, position: Position, piece: &[u8]) -> Position {
        match piece {
            [] => position,
            [.., b'\r', b'\n'] => Position::LineStart,
            [b'\n'] if position == Position::AfterCr => Position::LineStart,
            [.., b'\n'] if self.needle == b"\n." => Position::AfterBareLf,
            [.., b'\r'] => Position::AfterCr,
            _ => Position::Middle,
        }
    }
}
