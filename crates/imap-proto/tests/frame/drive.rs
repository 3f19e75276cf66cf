//! A caller in miniature: it feeds a framer in chunks, decides, consumes, and notes what came.

use imap_proto::connection::{Frame, FrameLimits, Framer, LimitError, Literal};

/// What becomes of a literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    Inline,
    Stream,
    Discard,
}

pub type Decide = fn(&Literal) -> Decision;

/// What a caller saw, chunks joined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// A unit, or what followed its last streamed literal.
    Unit(Vec<u8>),
    /// The unit up to a literal that is streamed.
    Front(Vec<u8>),
    Body(Vec<u8>),
    /// A unit that was given up: so many octets, behind what had been consumed.
    GivenUp(usize),
    /// The framing is lost, or nobody decided to go on.
    TooLong(LimitError),
}

#[derive(Default, Debug)]
pub struct Seen {
    pub pieces: Vec<Piece>,
    /// Every announcement that was met.
    pub literals: Vec<Literal>,
    pub input: Vec<u8>,
    pub lost: bool,
    discarded: Option<usize>,
}

impl Seen {
    fn body(&mut self, octets: Vec<u8>) {
        let Some(Piece::Body(body)) = self.pieces.last_mut() else { panic!("{self:?}") };
        body.extend(octets);
    }

    fn complete(&mut self, octets: Vec<u8>) {
        let piece = match self.discarded.take() {
            Some(before) => Piece::GivenUp(before + octets.len()),
            None => Piece::Unit(octets),
        };
        self.pieces.push(piece);
    }

    fn lose(&mut self, error: LimitError) {
        self.pieces.push(Piece::TooLong(error));
        self.lost = true;
    }
}

pub fn decide(framer: &mut Framer, seen: &mut Seen, decide: Decide, literal: &Literal) {
    let decided = match decide(literal) {
        Decision::Inline => framer.inline(),
        Decision::Stream => framer.stream().map(|()| {
            let front = seen.input.drain(..literal.header.end).collect();
            seen.pieces.push(Piece::Front(front));
            seen.pieces.push(Piece::Body(Vec::new()));
        }),
        Decision::Discard => framer.discard().map(|()| seen.discarded = Some(0)),
    };
    if let Err(error) = decided {
        seen.lose(error);
    }
}

/// Takes all that is in the input.
pub fn take(framer: &mut Framer, seen: &mut Seen, choice: Decide) {
    while !seen.lost {
        let frame = framer.find(&seen.input);
        match frame {
            Frame::Partial => return,
            Frame::Literal(literal) => {
                decide(framer, seen, choice, &literal);
                seen.literals.push(literal);
            }
            Frame::Body { octets, .. } => {
                let octets = seen.input.drain(..octets).collect();
                seen.body(octets);
            }
            Frame::Discard(octets) => {
                seen.input.drain(..octets);
                *seen.discarded.as_mut().unwrap() += octets;
            }
            Frame::Complete(octets) => {
                let octets = seen.input.drain(..octets).collect();
                seen.complete(octets);
            }
            Frame::TooLong(error) => seen.lose(error),
        }
    }
}

/// Feeds the wire in chunks of these sizes, in turn and again.
pub fn drive(mut framer: Framer, wire: &[u8], sizes: &[usize], choice: Decide) -> (Seen, u64) {
    let mut seen = Seen::default();
    let (mut rest, mut sizes) = (wire, sizes.iter().cycle());
    while !rest.is_empty() {
        let (chunk, behind) = rest.split_at((*sizes.next().unwrap()).clamp(1, rest.len()));
        seen.input.extend(chunk);
        rest = behind;
        take(&mut framer, &mut seen, choice);
    }
    (seen, framer.examined())
}

/// The pieces of the wire, which are the same for the whole, for single octets and at every split.
pub fn pieces(framer: &Framer, wire: &[u8], choice: Decide) -> Vec<Piece> {
    let (whole, examined) = drive(framer.clone(), wire, &[usize::MAX], choice);
    let (single, examined_singly) = drive(framer.clone(), wire, &[1], choice);
    assert_eq!(whole.pieces, single.pieces, "{}", wire.escape_ascii());
    assert_eq!(whole.lost, single.lost);
    assert_eq!(examined, examined_singly, "{}", wire.escape_ascii());
    for split in 1..wire.len() {
        let (halves, _) = drive(framer.clone(), wire, &[split, usize::MAX], choice);
        assert_eq!(whole.pieces, halves.pieces, "{} at {split}", wire.escape_ascii());
    }
    whole.pieces
}

pub fn responses() -> Framer {
    Framer::responses(FrameLimits::client())
}

pub fn commands() -> Framer {
    Framer::commands(FrameLimits::server())
}

pub fn inline(_: &Literal) -> Decision {
    Decision::Inline
}

pub fn stream(_: &Literal) -> Decision {
    Decision::Stream
}

pub fn discard(_: &Literal) -> Decision {
    Decision::Discard
}

pub fn units<const N: usize>(units: [&str; N]) -> Vec<Piece> {
    units.into_iter().map(unit).collect()
}

pub fn unit(octets: &str) -> Piece {
    Piece::Unit(octets.into())
}

pub fn front(octets: &str) -> Piece {
    Piece::Front(octets.into())
}

pub fn body(octets: &str) -> Piece {
    Piece::Body(octets.into())
}
