//! Writes the body of a multi-line reply.

use core::ops::Range;

use bytes::Bytes;
use mail_proto::Sink;

use super::END;
use super::starts::{Dots, Position};

/// What to do about line ends that are not CRLF.
///
/// ```
/// use pop3_proto::{LineEnds, Stuffer};
///
/// let stuffed = |line_ends| {
///     let mut reply = Vec::new();
///     let mut stuffer = Stuffer::new(line_ends);
///     stuffer.push("a\n.\n\r\n".into(), &mut reply);
///     stuffer.finish(&mut reply);
///     reply
/// };
/// assert_eq!(stuffed(LineEnds::Normalize), b"a\r\n..\r\n\r\n.\r\n");
/// assert_eq!(stuffed(LineEnds::AsIs), b"a\n.\n\r\n.\r\n", "some readers end after the a");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LineEnds {
    /// A CR or LF alone becomes CRLF.
    ///
    /// The right choice for mail of others: whatever a client takes for a line end, it finds no end
    /// of the reply inside.
    Normalize,
    /// Every octet is sent as it is.
    AsIs,
}

/// What a [`Stuffer`] has written; its example shows one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Stuffed {
    /// Octets of the body as its reader will see them: without the dots put before lines and without
    /// the last line, but with the line ends that were added.
    pub octets: u64,
    /// Whether the reader will see other octets than were pushed: a line end was changed or added.
    pub repaired: bool,
}

/// Writes the body of a multi-line reply, in pieces of any size.
///
/// ```abnf
/// multi-reply    = status [SP text] CRLF *dot-stuffed "." CRLF
/// ```
///
/// (RFC 1939 section 3.) A dot at the beginning of a line is doubled, a line end is added at the end
/// if there is none, a line of a single dot closes. Long stretches are handed on without copying.
///
/// ```
/// use bytes::Bytes;
/// use pop3_proto::{LineEnds, Stuffer};
///
/// let mut reply = Vec::new();
/// let mut stuffer = Stuffer::new(LineEnds::Normalize);
/// stuffer.push(Bytes::from_static(b"first\n.\nla"), &mut reply);
/// stuffer.push(Bytes::from_static(b"st"), &mut reply);
/// let stuffed = stuffer.finish(&mut reply);
/// assert_eq!(reply, b"first\r\n..\r\nlast\r\n.\r\n");
/// assert_eq!((stuffed.octets, stuffed.repaired), (16, true));
/// ```
#[derive(Clone, Debug)]
pub struct Stuffer {
    line_ends: LineEnds,
    /// With [`LineEnds::Normalize`], the CR of `AfterCr` is not written yet.
    position: Position,
    octets: u64,
    repaired: bool,
}

/// What comes next of a body.
pub(super) enum Piece {
    /// Octets of the payload.
    Stretch(Range<usize>),
    /// A CRLF; `added` if the payload has something else or nothing there.
    LineEnd { added: bool },
    /// A dot that the reader will take away.
    Dot,
}

/// Shorter stretches are copied: holding one by reference costs about as much as copying this.
const SHARED: usize = 256;

impl Stuffer {
    /// Begins a body.
    #[must_use]
    pub const fn new(line_ends: LineEnds) -> Self {
        Self { line_ends, position: Position::LineStart, octets: 0, repaired: false }
    }

    /// Writes the next octets.
    pub fn push(&mut self, octets: Bytes, sink: &mut impl Sink) {
        self.walk(&octets, &mut |piece| match piece {
            Piece::Stretch(range) if range.len() < SHARED => {
                sink.put(octets.get(range).unwrap_or_default());
            }
            Piece::Stretch(range) => sink.put_shared(octets.slice(range)),
            Piece::LineEnd { .. } => sink.put(b"\r\n"),
            Piece::Dot => sink.put(b"."),
        });
    }

    /// Writes the end: the last CRLF if it is missing, and the line that closes.
    pub fn finish(mut self, sink: &mut impl Sink) -> Stuffed {
        self.close(&mut |_| sink.put(b"\r\n"));
        sink.put(END);
        Stuffed { octets: self.octets, repaired: self.repaired }
    }

    pub(super) const fn octets(&self) -> u64 {
        self.octets
    }

    /// Gives out the CRLF that is missing at the end.
    pub(super) fn close(&mut self, emit: &mut impl FnMut(Piece)) {
        if self.position != Position::LineStart {
            self.give(Piece::LineEnd { added: true }, emit);
        }
    }

    /// Cuts the payload.
    pub(super) fn walk(&mut self, payload: &[u8], emit: &mut impl FnMut(Piece)) {
        match self.line_ends {
            LineEnds::Normalize => self.walk_normalizing(payload, emit),
            LineEnds::AsIs => self.walk_as_is(payload, emit),
        }
    }

    fn give(&mut self, piece: Piece, emit: &mut impl FnMut(Piece)) {
        let octets = match &piece {
            Piece::Stretch(range) if range.is_empty() => return,
            Piece::Stretch(range) => range.len(),
            Piece::LineEnd { .. } => 2,
            Piece::Dot => 0,
        };
        self.octets = self.octets.saturating_add(octets as u64);
        self.repaired |= matches!(piece, Piece::LineEnd { added: true });
        emit(piece);
    }

    fn walk_as_is(&mut self, payload: &[u8], emit: &mut impl FnMut(Piece)) {
        let dots = Dots::new(false);
        let mut from = 0;
        let mut next = dots.first(self.position, payload);
        while let Some(dot) = next {
            self.give(Piece::Stretch(from..dot), emit);
            self.give(Piece::Dot, emit);
            from = dot;
            next = dots.after(payload, dot);
        }
        self.give(Piece::Stretch(from..payload.len()), emit);
        self.position = dots.behind(self.position, payload);
    }

    fn walk_normalizing(&mut self, payload: &[u8], emit: &mut impl FnMut(Piece)) {
        let mut from = self.resolve_cr(payload, emit);
        let mut at = from;
        // Where it is worth while to look for a plain stretch again.
        let mut plain_from = at;
        while let Some(rest) = payload.get(at..)
            && !rest.is_empty()
        {
            if self.position == Position::LineStart && rest.starts_with(b".") {
                self.give(Piece::Stretch(from..at), emit);
                self.give(Piece::Dot, emit);
                from = at;
            }
            if at >= plain_from {
                let plain = plain_prefix(rest);
                plain_from = at.saturating_add(plain).saturating_add(WINDOW);
                if plain > 0 {
                    at = at.saturating_add(plain);
                    let after_lf = rest.get(plain.saturating_sub(1)) == Some(&b'\n');
                    self.position = if after_lf { Position::LineStart } else { Position::Middle };
                    continue;
                }
            }
            let Some(found) = memchr::memchr2(b'\r', b'\n', rest) else {
                self.position = Position::Middle;
                break;
            };
            self.position = Position::LineStart;
            let end = at.saturating_add(found);
            match rest.get(found..) {
                Some([b'\r', b'\n', ..]) => at = end.saturating_add(2),
                Some([b'\r']) => {
                    self.position = Position::AfterCr;
                    self.give(Piece::Stretch(from..end), emit);
                    return;
                }
                _ => {
                    self.give(Piece::Stretch(from..end), emit);
                    self.give(Piece::LineEnd { added: true }, emit);
                    at = end.saturating_add(1);
                    from = at;
                }
            }
        }
        self.give(Piece::Stretch(from..payload.len()), emit);
    }

    /// Decides about a CR at the end of the last payload; returns how many octets that takes.
    fn resolve_cr(&mut self, payload: &[u8], emit: &mut impl FnMut(Piece)) -> usize {
        if self.position != Position::AfterCr || payload.is_empty() {
            return 0;
        }
        self.position = Position::LineStart;
        let is_crlf = payload.starts_with(b"\n");
        self.give(Piece::LineEnd { added: !is_crlf }, emit);
        usize::from(is_crlf)
    }
}

/// Octets that are looked at together.
const WINDOW: usize = 128;

/// How many octets at the front, in whole windows, go out as they are: every CR is followed by LF,
/// every LF follows a CR, no dot follows a LF. They do not end in CR.
///
/// A whole window is judged at once, without asking at each octet, so that the compiler looks at many
/// of them in one step. Mail that was well made is nothing but such windows.
fn plain_prefix(octets: &[u8]) -> usize {
    if octets.first() == Some(&b'\n') {
        return 0;
    }
    let mut plain = 0usize;
    // Each window overlaps the one behind it by the octet that the pair across the edge needs.
    while let Some(window) = octets.get(plain..plain.saturating_add(WINDOW).saturating_add(1))
        && is_plain(window)
    {
        plain = plain.saturating_add(WINDOW);
    }
    match plain.checked_sub(1).and_then(|last| octets.get(last)) {
        Some(b'\r') => plain.saturating_sub(1),
        _ => plain,
    }
}

fn is_plain(window: &[u8]) -> bool {
    let pairs = window.iter().zip(window.iter().skip(1));
    let odd = pairs.fold(0, |odd, (before, octet)| {
        let half_a_line_end = (*before == b'\r') != (*octet == b'\n');
        let stuffed = (*before == b'\n') & (*octet == b'.');
        odd | u8::from(half_a_line_end) | u8::from(stuffed)
    });
    odd == 0
}
