//! Multi-line replies: where lines begin, which dots are doubled, where it ends.

use bytes::Bytes;
use mail_proto::{Leniency, Sink};

use crate::Defect;

mod size;
mod starts;
mod stuffer;
mod unstuffer;

pub use size::NormalizedSize;
pub use stuffer::{LineEnds, Stuffed, Stuffer};
pub use unstuffer::{Part, Unstuffer};

/// The last line of a multi-line reply.
const END: &[u8] = b".\r\n";

/// Reads a line of a multi-line reply, without its line end, that is not a message: the line without
/// the dot that was put before it, or none for the dot that ends the reply.
///
/// ```abnf
/// multi-reply    = status [SP text] CRLF *dot-stuffed "." CRLF
/// dot-stuffed    = *OCTET CRLF                         ; a leading "." is doubled on the wire
/// ```
///
/// (RFC 1939 section 3.)
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::Leniency;
/// use pop3_proto::unstuff_line;
///
/// let strict = Leniency::strict();
/// assert_eq!(unstuff_line(&Bytes::from_static(b"1 120"), &strict).unwrap(), "1 120");
/// assert_eq!(unstuff_line(&Bytes::from_static(b"..x"), &strict).unwrap(), ".x");
/// assert_eq!(unstuff_line(&Bytes::from_static(b"."), &strict), None);
/// ```
#[must_use]
pub fn unstuff_line(line: &Bytes, leniency: &Leniency<Defect>) -> Option<Bytes> {
    match line.as_ref() {
        b"." => None,
        [b'.', b'.', ..] => Some(line.slice(1..)),
        [b'.', ..] if !leniency.allows(Defect::KeepSingleDots) => Some(line.slice(1..)),
        _ => Some(line.clone()),
    }
}

/// Ends a multi-line reply that is not a message. (The [`Stuffer`] ends a message.)
///
/// ```
/// let mut reply = b"+OK\r\n1 120\r\n".to_vec();
/// pop3_proto::encode_end(&mut reply);
/// assert_eq!(reply, b"+OK\r\n1 120\r\n.\r\n");
/// ```
pub fn encode_end(sink: &mut impl Sink) {
    sink.put(END);
}

/// A line of a multi-line reply, with a dot before the one it begins with.
pub(crate) fn put_stuffed(line: &[u8], sink: &mut impl Sink) {
    if line.starts_with(b".") {
        sink.put(b".");
    }
    sink.put(line);
}

#[cfg(test)]
mod tests;
