//! Our crate as a contender.
//!
//! Its readers have the shape of the others, `fn<R: Reading>(wire: &[u8], block: usize) -> R`, and are fed
//! as a driver feeds them: blocks are appended to one buffer, the framer finds the messages in it, and
//! each is parsed and dropped; as the connections do it, short ones where they stand, long ones split off. What was parsed owns its octets. They hand out the values that
//! the peers hand out, in the same order; see [`Reading`].

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, clippy::missing_panics_doc)] // The bench knows what it sends.

mod commands;
mod responses;
mod session;
mod writing;

use bytes::{Buf, BytesMut};
use imap_proto::connection::{Frame, FrameLimits, Framer};
use imap_proto::{Command, Cursor, Defect, ParseLimits, Response};
use mail_proto::{Leniency, ParseError};

use super::{Reading, Unread};
pub use session::session;
pub use writing::{Commands, Responses, TypedResponses};

/// The least room for a read.
const READ: usize = 16 * 1024;

/// Messages of so many octets are read where they stand.
const IN_PLACE: usize = 256;

/// Reads commands.
pub fn commands<R: Reading>(wire: &[u8], block: usize) -> R {
    read_commands(wire, block, Leniency::strict())
}

/// Reads commands and puts up with what a server does by default.
pub fn commands_leniently<R: Reading>(wire: &[u8], block: usize) -> R {
    read_commands(wire, block, Leniency::lenient())
}

/// Reads responses.
pub fn responses<R: Reading>(wire: &[u8], block: usize) -> R {
    read_responses(wire, block, Leniency::strict())
}

/// Reads responses and puts up with what a client does by default.
pub fn responses_leniently<R: Reading>(wire: &[u8], block: usize) -> R {
    read_responses(wire, block, Leniency::lenient())
}

fn read_commands<R: Reading>(wire: &[u8], block: usize, leniency: Leniency<Defect>) -> R {
    let mut reading = R::default();
    let framer = Framer::commands(FrameLimits::server());
    Feed::new(framer).feed(wire, block, |message| {
        commands::read(&command(message, &leniency).expect("a command"), &mut reading);
    });
    reading
}

fn read_responses<R: Reading>(wire: &[u8], block: usize, leniency: Leniency<Defect>) -> R {
    let mut reading = R::default();
    let framer = Framer::responses(FrameLimits::client());
    Feed::new(framer).feed(wire, block, |message| {
        responses::read(&response(message, &leniency).expect("a response"), &mut reading);
    });
    reading
}

fn command(message: Cursor<'_>, leniency: &Leniency<Defect>) -> Result<Command, ParseError> {
    let mut cursor = message.with_limits(ParseLimits::server());
    Command::parse(&mut cursor, &mut mail_proto::Reading::new(*leniency))
}

fn response(mut message: Cursor<'_>, leniency: &Leniency<Defect>) -> Result<Response, ParseError> {
    Response::parse(&mut message, &mut mail_proto::Reading::new(*leniency))
}

/// What comes before all parsing: the octets arrive and messages are split off, to be dropped.
#[must_use]
pub fn frames(wire: &[u8], block: usize) -> u64 {
    let mut octets = 0;
    let framer = Framer::responses(FrameLimits::client());
    Feed::new(framer).feed(wire, block, |message| octets += message.rest().len() as u64);
    octets
}

/// Whether it reads the one response that these octets are.
#[must_use]
pub fn accepts(wire: &[u8]) -> bool {
    let mut accepted = true;
    let framer = Framer::responses(FrameLimits::client());
    Feed::new(framer).feed(wire, READ, |message| {
        accepted &= response(message, &Leniency::lenient()).is_ok();
    });
    accepted
}

/// Has read these octets and keeps what it keeps.
#[must_use]
pub fn idle(wire: &[u8]) -> Feed {
    let mut feed = Feed::new(Framer::responses(FrameLimits::client()));
    let mut reading = Unread::default();
    feed.feed(wire, READ, |message| {
        responses::read(&response(message, &Leniency::strict()).expect("a response"), &mut reading);
    });
    feed
}

/// The buffer of a driver and the framer that looks into it.
pub struct Feed {
    framer: Framer,
    input: BytesMut,
}

impl Feed {
    fn new(framer: Framer) -> Self {
        Self { framer, input: BytesMut::new() }
    }

    /// Octets arrive in blocks of so many; each message is handed out without its line end.
    fn feed(&mut self, wire: &[u8], block: usize, mut message: impl FnMut(Cursor<'_>)) {
        for piece in wire.chunks(block) {
            if self.input.capacity() - self.input.len() < piece.len() {
                self.input.reserve(piece.len().max(READ));
            }
            self.input.extend_from_slice(piece);
            loop {
                match self.framer.find(&self.input) {
                    Frame::Complete(octets) if octets <= IN_PLACE => {
                        message(Cursor::over(&self.input[..octets - 2], 0));
                        self.input.advance(octets);
                    }
                    Frame::Complete(octets) => {
                        let mut line = self.input.split_to(octets);
                        line.truncate(octets - 2);
                        message(Cursor::new(&line.freeze()));
                    }
                    Frame::Literal(_) => self.framer.inline().expect("not too long"),
                    Frame::Partial => break,
                    other => panic!("{other:?}"),
                }
            }
        }
        // A connection without anything unread hands its block back.
        if self.input.is_empty() {
            self.input = BytesMut::new();
        }
    }
}
