//! What a driver does, without a transport.

use bytes::Buf;
use mail_proto::{Connection, Instant};

/// Takes at most `limit` octets of what the connection lends; returns how many that were.
pub(crate) fn transmit(
    connection: &mut impl Connection,
    now: Instant,
    limit: usize,
    out: &mut impl Extend<u8>,
) -> usize {
    let mut taken = 0;
    loop {
        let mut transmit = connection.transmit(now);
        let chunk = transmit.chunk();
        let length = chunk.len().min(limit - taken);
        if length == 0 {
            assert!(taken == limit || !transmit.has_remaining(), "an empty chunk before octets");
            return taken;
        }
        out.extend(chunk.iter().take(length).copied());
        transmit.advance(length);
        taken += length;
    }
}

/// A piece of a stream, in which nothing but octets happens.
///
/// What a connection does may depend on what it has sent: a reply to a command that was not sent is
/// an error. So the octets that are compared whole and in pieces are those of one turn, and the
/// connection is only let to speak at the ends of turns, and at events, which come at the same octet
/// in either case.
pub(crate) fn turns<'a>(stream: &'a [u8], lengths: &'a [u8]) -> Vec<&'a [u8]> {
    let mut rest = stream;
    let mut turns = Vec::new();
    for length in lengths {
        let (turn, behind) = rest.split_at((usize::from(*length) * 2).min(rest.len()));
        turns.push(turn);
        rest = behind;
    }
    turns.push(rest);
    turns
}
