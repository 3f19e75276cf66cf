//! The size of a message as POP3 tells it.

use super::stuffer::{LineEnds, Stuffer};

/// Counts the octets that a body has for its reader, line ends normalized.
///
/// The sum is what a [`Stuffer`] with [`LineEnds::Normalize`] reports for the same octets, so that a
/// server that keeps it with the message tells the truth in LIST, STAT and RETR (RFC 1939 section 11).
///
/// ```
/// use pop3_proto::NormalizedSize;
///
/// let mut size = NormalizedSize::new();
/// size.push(b"Subject: x\n\n.");
/// size.push(b"hi");
/// assert_eq!(size.finish(), 19);
/// ```
#[derive(Clone, Debug)]
pub struct NormalizedSize(Stuffer);

impl NormalizedSize {
    /// Begins to count.
    #[must_use]
    pub const fn new() -> Self {
        Self(Stuffer::new(LineEnds::Normalize))
    }

    /// Counts the next octets.
    pub fn push(&mut self, octets: &[u8]) {
        self.0.walk(octets, &mut |_| {});
    }

    /// The octets, with the line end that is missing at the end.
    #[must_use]
    pub fn finish(mut self) -> u64 {
        self.0.close(&mut |_| {});
        self.0.octets()
    }
}

impl Default for NormalizedSize {
    fn default() -> Self {
        Self::new()
    }
}
