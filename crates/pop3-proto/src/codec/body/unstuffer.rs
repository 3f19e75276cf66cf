//! Reads the body of a multi-line reply.

use alloc::vec::Vec;
use core::ops::Range;

use bytes::{Buf, Bytes, BytesMut};
use mail_proto::Leniency;

use super::starts::{Dots, Position};
use crate::Defect;

/// What the [`Unstuffer`] found; its example shows both.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Octets of the body.
    Octets(Bytes),
    /// The end. What is left in the input belongs to the next reply.
    End,
}

/// Reads the body of a multi-line reply out of an input that grows.
///
/// ```abnf
/// multi-reply    = status [SP text] CRLF *dot-stuffed "." CRLF
/// dot-stuffed    = *OCTET CRLF                         ; a leading "." is doubled on the wire
/// ```
///
/// (RFC 1939 section 3.) The body ends at a line of a single dot, where a line is what CRLF ends;
/// any other line that begins with a dot loses it. Everything that certainly is body is given out
/// without copying (behind a dot that goes, the rest of the piece is moved up in place), and each
/// octet is looked at once.
///
/// ```
/// use bytes::BytesMut;
/// use mail_proto::Leniency;
/// use pop3_proto::{Part, Unstuffer};
///
/// let mut input = BytesMut::from("first\r\n..\r\nlast\r\n.\r\n+OK bye\r\n");
/// let mut unstuffer = Unstuffer::new(&Leniency::strict());
/// let body = unstuffer.poll(&mut input);
/// assert_eq!(body, Some(Part::Octets("first\r\n.\r\nlast\r\n".into())));
/// assert_eq!(unstuffer.poll(&mut input), Some(Part::End));
/// assert_eq!(input, "+OK bye\r\n");
/// ```
#[derive(Clone, Debug)]
pub struct Unstuffer {
    state: State,
    bare_lf: bool,
    keep_single_dots: bool,
    examined: u64,
    defects: Vec<mail_proto::Defect<Defect>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// In the body.
    Body(Position),
    /// Behind a dot that begins a line, which has been taken out of the input.
    Dot,
    /// Behind that dot and a CR, both taken out.
    DotCr,
    /// The end has been read, and not been told.
    End,
    /// The end has been told.
    Over,
}

/// What becomes of a dot that begins a line.
enum Verdict {
    /// It goes.
    Drop,
    /// It stays.
    Keep,
    /// It and the octets behind it, so many together, are no body or not yet known to be.
    Stop(State, usize),
}

impl Unstuffer {
    /// Begins a body, at the beginning of a line.
    #[must_use]
    pub fn new(leniency: &Leniency<Defect>) -> Self {
        Self {
            state: State::Body(Position::LineStart),
            bare_lf: leniency.allows(Defect::BareLf),
            keep_single_dots: leniency.allows(Defect::KeepSingleDots),
            examined: 0,
            defects: Vec::new(),
        }
    }

    /// Takes what there is out of the front of the input. Call until it gives out nothing.
    pub fn poll(&mut self, input: &mut BytesMut) -> Option<Part> {
        loop {
            match self.state {
                State::Body(_) if input.is_empty() => return None,
                State::Body(position) => {
                    let octets = self.take(position, input);
                    if !octets.is_empty() {
                        return Some(Part::Octets(octets));
                    }
                }
                State::Dot | State::DotCr => {
                    let withheld = self.resume(*input.first()?, input);
                    if !withheld.is_empty() {
                        return Some(Part::Octets(Bytes::from_static(withheld)));
                    }
                }
                State::End => {
                    self.state = State::Over;
                    return Some(Part::End);
                }
                State::Over => return None,
            }
        }
    }

    /// Whether the end has been read, given out or not.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state, State::End | State::Over)
    }

    /// Whether the end has been given out.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// Octets looked at so far, for tests of linearity.
    #[must_use]
    pub const fn examined(&self) -> u64 {
        self.examined
    }

    /// The deviations that were read, each with the first place it was met at: octets of the body on
    /// the wire.
    #[must_use]
    pub fn defects(&self) -> &[mail_proto::Defect<Defect>] {
        &self.defects
    }

    /// The body at the front of the input, up to its end or the end of the input.
    fn take(&mut self, position: Position, input: &mut BytesMut) -> Bytes {
        let dots = Dots::new(self.bare_lf);
        let behind = State::Body(dots.behind(position, input));
        // Octets at the front that are settled; where those begin that are not looked at yet.
        let (mut kept, mut from) = (0, 0);
        let mut next = dots.first(position, input);
        while let Some(dot) = next {
            let text = dot.saturating_add(1);
            let verdict = self.judge(input.get(text..).unwrap_or_default());
            self.note(&verdict, position, input, dot);
            match verdict {
                Verdict::Keep => {}
                Verdict::Drop => {
                    kept = move_up(input, from..dot, kept);
                    from = text;
                }
                Verdict::Stop(state, octets) => {
                    kept = move_up(input, from..dot, kept);
                    return self.give(state, kept, dot.saturating_add(octets), input);
                }
            }
            next = dots.after(input, text);
        }
        let length = input.len();
        kept = move_up(input, from..length, kept);
        self.give(behind, kept, length, input)
    }

    /// What becomes of the dot that begins a line of this text.
    const fn judge(&self, text: &[u8]) -> Verdict {
        match text {
            [] => Verdict::Stop(State::Dot, 1),
            [b'\r'] => Verdict::Stop(State::DotCr, 2),
            [b'\r', b'\n', ..] => Verdict::Stop(State::End, 3),
            [b'\n', ..] if self.bare_lf => Verdict::Stop(State::End, 2),
            [b'.', ..] => Verdict::Drop,
            _ if self.keep_single_dots => Verdict::Keep,
            _ => Verdict::Drop,
        }
    }

    /// Takes `taken` octets out of the input, of which the first `kept` are body.
    fn give(&mut self, state: State, kept: usize, taken: usize, input: &mut BytesMut) -> Bytes {
        self.state = state;
        self.examined = self.examined.saturating_add(taken as u64);
        let body = input.split_to(kept).freeze();
        input.advance(taken.saturating_sub(kept));
        body
    }

    /// Goes on behind a dot, and perhaps a CR, that the last input ended with. Returns what of them
    /// turns out to be body.
    fn resume(&mut self, octet: u8, input: &mut BytesMut) -> &'static [u8] {
        let after_cr = self.state == State::DotCr;
        let dot = self.examined.saturating_sub(if after_cr { 2 } else { 1 });
        let ends = octet == b'\n' && (after_cr || self.bare_lf);
        if ends || (octet == b'\r' && !after_cr) {
            self.give(if ends { State::End } else { State::DotCr }, 0, 1, input);
            if ends && !after_cr {
                self.note_once(Defect::BareLf, dot);
            }
            return b"";
        }
        self.state = State::Body(if after_cr { Position::AfterCr } else { Position::Middle });
        let keep = self.keep_single_dots && (after_cr || octet != b'.');
        if keep {
            self.note_once(Defect::KeepSingleDots, dot);
        }
        match (keep, after_cr) {
            (false, false) => b"",
            (true, false) => b".",
            (false, true) => b"\r",
            (true, true) => b".\r",
        }
    }

    fn note(&mut self, verdict: &Verdict, position: Position, input: &[u8], dot: usize) {
        let at = self.examined.saturating_add(dot as u64);
        let bare_before = self.bare_lf
            && match dot {
                0 => position == Position::AfterBareLf,
                1 => position != Position::AfterCr,
                _ => input.get(dot.saturating_sub(2)) != Some(&b'\r'),
            };
        if bare_before || matches!(verdict, Verdict::Stop(State::End, 2)) {
            self.note_once(Defect::BareLf, at);
        }
        if matches!(verdict, Verdict::Keep) {
            self.note_once(Defect::KeepSingleDots, at);
        }
    }

    fn note_once(&mut self, id: Defect, at: u64) {
        if !self.defects.iter().any(|defect| defect.id == id) {
            self.defects.push(mail_proto::Defect { id, at });
        }
    }
}

/// Moves octets of the input up to `kept`; returns where they end there.
fn move_up(input: &mut [u8], octets: Range<usize>, kept: usize) -> usize {
    let end = kept.saturating_add(octets.len());
    if octets.start != kept && !octets.is_empty() {
        input.copy_within(octets, kept);
    }
    end
}
