//! Framing: where a command or a response ends, and where it pauses for a literal.
//!
//! A unit of IMAP is a line, or lines that literals of announced length join (RFC 9051 sections 2.2
//! and 4.3, RFC 7888, RFC 3516). Line ends and announcements alone decide where it ends; brackets
//! and quotes never do. This file knows no command and keeps no octets.

mod announcement;
mod limits;

use core::ops::Range;

use mail_proto::{Line, LineScanner};

use announcement::Announcement;
pub use limits::{FrameLimits, Limit, LimitError};

/// What stands at the front of the input.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub enum Frame {
    /// The rest has not come. Nothing is to be consumed.
    Partial,
    /// The line announces a literal, and the unit pauses. Nothing is to be consumed until it has
    /// been decided what becomes of it: [`Framer::inline`], [`Framer::stream`] or
    /// [`Framer::discard`].
    Literal(Literal),
    /// Octets of a streamed literal: consume so many. A literal of no octets has one such part too.
    Body {
        /// Octets at the front of the input.
        octets: usize,
        /// They end the literal; the rest of the unit's line follows.
        last: bool,
    },
    /// Octets of a unit that nobody wants: consume so many.
    Discard(usize),
    /// The unit ends after so many octets: consume them. What was consumed of it before is not
    /// counted, the literals that were kept are.
    Complete(usize),
    /// The unit is longer than it may be; nothing is to be consumed. A server goes on behind it by
    /// [`Framer::discard`], unless the limit is [`Limit::Number`]; for a client the framing is lost.
    TooLong(LimitError),
}

/// An announcement, with which a line pauses (RFC 9051 section 4.3, RFC 7888, RFC 3516).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Literal {
    /// Where `{n}` and its line end stand in the input. Before it: the line, as far as it is there.
    pub header: Range<usize>,
    /// Octets announced. `u64::MAX` for a number of more than 63 bits or 20 digits; such a literal
    /// can neither be kept nor streamed ([`Limit::Number`]).
    pub size: u64,
    /// `{n}`: a client waits for `+` before it sends the octets. (`{n+}` is the client's only; from
    /// a server it means the same as `{n}`.)
    pub sync: bool,
    /// `~{n}`: the octets may hold NUL.
    pub binary: bool,
    /// Octets of the unit before it, those that were consumed included.
    pub at: u64,
}

/// Finds the units at the front of a growing input, which belongs to the caller.
///
/// Call [`find`](Self::find) (or [`find_line`](Self::find_line) where the peer owes a line without
/// literals) on all that has come, consume what it says and call again. It looks at each octet of a
/// line once, however the line comes in pieces, at the octets of a literal never, and behind the
/// present unit not at all. Only a line that ends in `}` is looked at once more, when it is whole.
///
/// - `{n}`, `{n+}`, `~{n}`, `~{n+}` at the end of a line announce a literal where the grammar has a
///   string: behind SP or `(`, outside quotes; in a response, in data only, never in the text of
///   `+`, OK, NO, BAD, BYE, PREAUTH. An unbalanced quote ends with its line.
/// - In a command `{n+}` always does (RFC 7888 section 3): its octets are on their way.
/// - A bare LF ends a line only by [`with_bare_lf`](Self::with_bare_lf). Bare CR and NUL are octets
///   like others; the parser judges them.
///
/// # Decisions
///
/// Behind an announcement the unit pauses. [`inline`](Self::inline) keeps the literal: the unit goes
/// on to grow at the front of the input. [`stream`](Self::stream) cuts the unit: the caller consumes
/// it up to `header.end`, takes the literal as [`Frame::Body`], and the rest of the line is framed at
/// the new front. [`discard`](Self::discard) gives the unit up. Until then `find` repeats itself, and
/// whatever is decided, no line is read before the announced octets have gone by.
///
/// ```
/// use bytes::{Buf, BytesMut};
/// use imap_proto::connection::{Frame, FrameLimits, Framer};
///
/// let mut framer = Framer::responses(FrameLimits::client());
/// let mut input = BytesMut::from(&b"* 1 FETCH (BODY[] {7}\r\nabc\r\nde UID 5)\r\nA1 OK {9}\r\n"[..]);
///
/// let Frame::Literal(literal) = framer.find(&input) else { panic!() };
/// assert_eq!((literal.size, &input[literal.header.clone()]), (7, &b"{7}\r\n"[..]));
/// framer.stream().unwrap();
/// input.advance(literal.header.end);
///
/// assert_eq!(framer.find(&input), Frame::Body { octets: 7, last: true });
/// assert_eq!(input.split_to(7), "abc\r\nde");
///
/// assert_eq!(framer.find(&input), Frame::Complete(9));
/// assert_eq!(input.split_to(9), " UID 5)\r\n");
///
/// // The text of a status announces nothing.
/// assert_eq!(framer.find(&input), Frame::Complete(11));
/// ```
#[derive(Clone, Debug)]
pub struct Framer {
    side: Side,
    bare_lf: bool,
    limits: FrameLimits,
    lines: LineScanner,
    looked_again: u64,
    unit: Unit,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Commands,
    Responses,
}

/// How far the present unit has been framed.
#[derive(Clone, Default, Debug)]
struct Unit {
    state: State,
    /// Octets at the front of the input that are framed, announced ones included.
    upto: usize,
    /// Octets that were consumed before those.
    gone: u64,
    /// Octets of its lines.
    line: usize,
    /// Octets of the literals that are kept.
    kept: usize,
    literals: usize,
    discarding: bool,
    /// It is a line without literals, of so many octets at most.
    plain: Option<usize>,
}

#[derive(Clone, Default, Debug)]
enum State {
    /// In a line.
    #[default]
    Line,
    /// Behind an announcement that nobody has decided on.
    Paused(Literal),
    /// In a literal that is streamed or discarded.
    Body { left: u64 },
    /// Behind an announcement whose octets will not be sent.
    Refused,
}

impl Unit {
    /// Whether anything of it has been framed.
    const fn has_begun(&self) -> bool {
        self.upto > 0 || self.gone > 0
    }
}

impl Framer {
    /// Frames what a client sends.
    #[must_use]
    pub fn commands(limits: FrameLimits) -> Self {
        Self::new(Side::Commands, limits)
    }

    /// Frames what a server sends.
    #[must_use]
    pub fn responses(limits: FrameLimits) -> Self {
        Self::new(Side::Responses, limits)
    }

    fn new(side: Side, limits: FrameLimits) -> Self {
        let (lines, unit) = (LineScanner::default(), Unit::default());
        Self { side, bare_lf: false, limits, lines, looked_again: 0, unit }
    }

    /// Lets a LF without CR end a line, too. This changes the framing: never do it on a connection
    /// where somebody in between may read lines otherwise.
    #[must_use]
    pub const fn with_bare_lf(mut self, allowed: bool) -> Self {
        self.bare_lf = allowed;
        self
    }

    /// Other limits from here on, after login for instance.
    pub const fn set_limits(&mut self, limits: FrameLimits) {
        self.limits = limits;
    }

    /// Octets looked at so far, for tests of linearity. A line that ends in `}` counts twice.
    #[must_use]
    pub const fn examined(&self) -> u64 {
        self.lines.examined().saturating_add(self.looked_again)
    }

    /// Finds the next part of a command or a response.
    #[inline]
    pub fn find(&mut self, input: &[u8]) -> Frame {
        match self.unit {
            // As most are: no more than this belongs into the caller.
            Unit { state: State::Line, plain: None, discarding: false, .. } => self.scan(input),
            _ => self.find_any(input),
        }
    }

    #[inline(never)]
    fn find_any(&mut self, input: &[u8]) -> Frame {
        self.expect(None);
        self.step(input)
    }

    /// Finds a line that has no literals, of `limit` octets at most with its line end: the base64 of
    /// AUTHENTICATE (RFC 9051 section 6.2.2), the DONE of IDLE (section 6.3.13).
    ///
    /// A line that ends in `{n+}` is neither, and pauses there all the same: the octets come (RFC 7888
    /// section 3). [Discard](Self::discard) it.
    ///
    /// Within a unit that has been begun this is [`find`](Self::find).
    pub fn find_line(&mut self, input: &[u8], limit: usize) -> Frame {
        self.expect(Some(limit));
        self.step(input)
    }

    /// The announced octets are kept within the unit, which goes on to grow at the front of the
    /// input. Nothing is allocated for them. A server now sends `+` to a client that waits.
    ///
    /// Without an undecided announcement this does nothing.
    ///
    /// # Errors
    ///
    /// They are more than may be kept. Nothing is decided; stream them, or discard the unit.
    pub fn inline(&mut self) -> Result<(), LimitError> {
        let State::Paused(literal) = &self.unit.state else { return Ok(()) };
        let size = self.admit(literal, Limit::Inlined, self.limits.literal as u64)?;
        let message = self.unit.line.saturating_add(self.unit.kept).saturating_add(size);
        check(Limit::Message, self.limits.message as u64, message as u64, literal.at)?;
        let unit = &mut self.unit;
        unit.state = State::Line;
        unit.upto = unit.upto.saturating_add(size);
        unit.kept = unit.kept.saturating_add(size);
        unit.literals = unit.literals.saturating_add(1);
        Ok(())
    }

    /// The announced octets become [`Frame::Body`]. The caller consumes the unit up to the end of
    /// the announcement, `header.end` octets, before it calls `find` again: what follows is counted
    /// from the new front. A server now sends `+` to a client that waits.
    ///
    /// Without an undecided announcement this does nothing.
    ///
    /// # Errors
    ///
    /// Nothing of this size may be streamed. Nothing is decided, nothing to be consumed.
    pub fn stream(&mut self) -> Result<(), LimitError> {
        let State::Paused(literal) = &self.unit.state else { return Ok(()) };
        let left = literal.size;
        self.admit(literal, Limit::Streamed, self.limits.streamed)?;
        let unit = &mut self.unit;
        unit.state = State::Body { left };
        unit.gone = unit.gone.saturating_add(unit.upto as u64);
        unit.upto = 0;
        unit.literals = unit.literals.saturating_add(1);
        Ok(())
    }

    /// Gives up the present unit wherever it is: all of it that has not been consumed comes as
    /// [`Frame::Discard`], and at last as [`Frame::Complete`]. Between units it is the next one.
    ///
    /// What is announced is skipped by count, be it what it may, here and in the rest of the unit.
    /// Only a client that waits for `+` sends nothing when it is refused: its command ends with the
    /// announcement (RFC 9051 section 4.3). A command's line is discarded however long it is.
    ///
    /// ```
    /// use imap_proto::connection::{Frame, FrameLimits, Framer};
    ///
    /// let mut framer = Framer::commands(FrameLimits::server());
    /// let wire = b"a1 APPEND spam {11+}\r\na2 LOGOUT\r\n\r\na3 NOOP\r\n";
    /// assert!(matches!(framer.find(wire), Frame::Literal(_)));
    /// framer.discard().unwrap(); // and `a1 NO [OVERQUOTA]` to the client
    /// assert_eq!(framer.find(wire), Frame::Discard(22)); // the line
    /// assert_eq!(framer.find(&wire[22..]), Frame::Discard(11)); // the literal
    /// assert_eq!(framer.find(&wire[33..]), Frame::Complete(2)); // the rest
    /// assert_eq!(framer.find(&wire[35..]), Frame::Complete(9)); // a3 NOOP
    /// ```
    ///
    /// # Errors
    ///
    /// The octets are too many to be counted ([`Limit::Number`]): the framing is lost.
    pub fn discard(&mut self) -> Result<(), LimitError> {
        if let State::Paused(literal) = &self.unit.state {
            self.unit.state = self.refused(literal)?;
        }
        self.unit.discarding = true;
        Ok(())
    }

    fn expect(&mut self, plain: Option<usize>) {
        if !self.unit.has_begun() && !self.unit.discarding {
            self.unit.plain = plain;
        }
    }

    fn step(&mut self, input: &[u8]) -> Frame {
        match &self.unit.state {
            State::Line if self.unit.discarding => self.scan_discarding(input),
            State::Line => self.scan(input),
            State::Paused(literal) => self.pause(literal.clone(), input),
            State::Body { left } => self.body(input, *left),
            State::Refused => self.complete(),
        }
    }

    #[inline(always)]
    fn scan(&mut self, input: &[u8]) -> Frame {
        let Some(rest) = input.get(self.unit.upto..) else { return Frame::Partial };
        let room = self.room();
        match self.lines.find(rest, room, self.bare_lf) {
            Line::Partial => Frame::Partial,
            Line::TooLong => Frame::TooLong(self.too_long(room)),
            Line::Complete(length) => self.found(rest.get(..length).unwrap_or(rest), input),
        }
    }

    /// What becomes of a line that is not discarded.
    #[inline]
    fn found(&mut self, line: &[u8], input: &[u8]) -> Frame {
        // Of a unit of one line nothing has been noted but whether it was to be plain.
        if !self.unit.has_begun() && !announcement::is_candidate(line) {
            self.unit.plain = None;
            return Frame::Complete(line.len());
        }
        self.line(line, input)
    }

    fn scan_discarding(&mut self, input: &[u8]) -> Frame {
        if self.unit.upto > 0 {
            return self.drop_front(input);
        }
        let (is_dropping, room) = match self.is_dropping() {
            true => (true, usize::MAX),
            false => (false, self.room()),
        };
        match self.lines.find(input, room, self.bare_lf) {
            Line::Partial if is_dropping => self.drop_line(input.len()),
            Line::Partial => Frame::Partial,
            Line::TooLong => Frame::TooLong(self.too_long(room)),
            Line::Complete(length) => self.line(input.get(..length).unwrap_or(input), input),
        }
    }

    /// What becomes of a whole line.
    #[inline(never)]
    fn line(&mut self, line: &[u8], input: &[u8]) -> Frame {
        match self.announced(line) {
            Some(literal) => self.pause(literal, input),
            None => self.complete(),
        }
    }

    /// What is left of the limit that the present line meets first.
    #[inline]
    fn room(&self) -> usize {
        let Unit { line, kept, .. } = self.unit;
        let of_line = self.limits.line.saturating_sub(line);
        let of_message = self.limits.message.saturating_sub(line).saturating_sub(kept);
        self.unit.plain.unwrap_or(of_line.min(of_message))
    }

    /// The limit that left so much room, which was not enough.
    #[cold]
    fn too_long(&self, room: usize) -> LimitError {
        let of_line = self.limits.line.saturating_sub(self.unit.line);
        let (limit, allowed) = match self.unit.plain {
            Some(limit) => (Limit::Line, limit),
            None if of_line == room => (Limit::Line, self.limits.line),
            None => (Limit::Message, self.limits.message),
        };
        LimitError {
            limit,
            allowed: allowed as u64,
            actual: allowed.saturating_add(1) as u64,
            at: self.unit.gone.saturating_add(self.unit.upto.saturating_add(room) as u64),
        }
    }

    /// Whether a line is dropped as it comes. A response's is not: only as a whole it tells whether
    /// it announces something.
    fn is_dropping(&self) -> bool {
        self.unit.discarding && self.side == Side::Commands
    }

    /// Takes note of a whole line, and of what it announces.
    fn announced(&mut self, line: &[u8]) -> Option<Literal> {
        let first = !self.unit.has_begun();
        self.unit.upto = self.unit.upto.saturating_add(line.len());
        self.unit.line = self.unit.line.saturating_add(line.len());
        if !announcement::is_candidate(line) {
            return None;
        }
        // The end of a line that is dropped is all that is sure to be there.
        let tail = match line.len().checked_sub(announcement::LONGEST) {
            Some(cut) if self.is_dropping() => line.get(cut..).unwrap_or(line),
            _ => line,
        };
        self.looked_again = self.looked_again.saturating_add(tail.len() as u64);
        let announcement = Announcement::read(tail, tail.len() < line.len())?;
        if self.unit.plain.is_some() && announcement.sync {
            return None;
        }
        let counts = match self.side {
            Side::Commands => announcement.counts_in_command(tail),
            Side::Responses => announcement.counts_in_response(tail, first),
        };
        counts.then(|| self.literal(announcement, tail))
    }

    fn literal(&self, announcement: Announcement, line: &[u8]) -> Literal {
        let Announcement { at, size, sync, binary } = announcement;
        let upto = self.unit.upto;
        let before = upto.saturating_sub(line.len()).saturating_add(at);
        let at = self.unit.gone.saturating_add(before as u64);
        Literal { header: before..upto, size, sync, binary, at }
    }

    fn pause(&mut self, literal: Literal, input: &[u8]) -> Frame {
        let next = self.unit.discarding.then(|| self.refused(&literal));
        self.unit.state = State::Paused(literal.clone());
        match next {
            None => Frame::Literal(literal),
            Some(Err(error)) => Frame::TooLong(error),
            Some(Ok(state)) => {
                self.unit.state = state;
                self.step(input)
            }
        }
    }

    /// What a literal that nobody wants still owes.
    fn refused(&self, literal: &Literal) -> Result<State, LimitError> {
        if self.side == Side::Commands && literal.sync {
            return Ok(State::Refused);
        }
        check(Limit::Number, limits::NUMBER, literal.size, literal.at)?;
        Ok(State::Body { left: literal.size })
    }

    /// The limits that a literal meets, kept or streamed.
    fn admit(&self, literal: &Literal, limit: Limit, allowed: u64) -> Result<usize, LimitError> {
        let Literal { size, at, .. } = *literal;
        check(Limit::Number, limits::NUMBER, size, at)?;
        check(limit, allowed, size, at)?;
        let literals = self.unit.literals.saturating_add(1);
        check(Limit::Literals, self.limits.literals as u64, literals as u64, at)?;
        Ok(usize::try_from(size).unwrap_or(usize::MAX))
    }

    fn body(&mut self, input: &[u8], left: u64) -> Frame {
        if self.unit.upto > 0 {
            return self.drop_front(input);
        }
        let octets = input.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let left_now = left.saturating_sub(octets as u64);
        let last = left_now == 0;
        self.unit.state = if last { State::Line } else { State::Body { left: left_now } };
        self.unit.gone = self.unit.gone.saturating_add(octets as u64);
        match (octets, self.unit.discarding) {
            (0, _) if !last => Frame::Partial,
            (_, true) => Frame::Discard(octets),
            (_, false) => Frame::Body { octets, last },
        }
    }

    /// What is framed and not consumed is dropped, as far as it is there.
    fn drop_front(&mut self, input: &[u8]) -> Frame {
        let octets = self.unit.upto.min(input.len());
        self.unit.upto = self.unit.upto.saturating_sub(octets);
        self.dropped(octets)
    }

    /// Of a line that has not ended, all is dropped but what might be an announcement.
    fn drop_line(&mut self, arrived: usize) -> Frame {
        let octets = arrived.saturating_sub(announcement::LONGEST);
        self.lines.consumed(octets);
        self.dropped(octets)
    }

    fn dropped(&mut self, octets: usize) -> Frame {
        self.unit.gone = self.unit.gone.saturating_add(octets as u64);
        match octets {
            0 => Frame::Partial,
            octets => Frame::Discard(octets),
        }
    }

    fn complete(&mut self) -> Frame {
        let length = self.unit.upto;
        self.unit = Unit::default();
        Frame::Complete(length)
    }
}

fn check(limit: Limit, allowed: u64, actual: u64, at: u64) -> Result<(), LimitError> {
    match actual <= allowed {
        true => Ok(()),
        false => Err(LimitError { limit, allowed, actual, at }),
    }
}
