//! What the benches share: a corpus, the physical bounds, and a wire between two state machines.

#![allow(clippy::arithmetic_side_effects)] // Sizes that this file makes up itself.

pub mod imap;
pub mod pop3;

use std::hint::black_box;

/// How the lines of a message begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dots {
    /// No line begins with a dot.
    None,
    /// One in a hundred does, which is more than real mail has.
    Some,
    /// Every line does: the worst case.
    All,
}

/// A message of about so many octets: a header and lines of 20 to 76 octets ended by CRLF.
#[must_use]
pub fn message(octets: usize, dots: Dots) -> Vec<u8> {
    const TEXT: &[u8] =
        b"The quick brown fox jumps over the lazy dog while it is raining, and so on.";
    let mut message = b"Subject: a bench\r\nFrom: <a@example.org>\r\n\r\n".to_vec();
    let mut random = 0x9e37_79b9_u32;
    while message.len() < octets {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let length = 18 + (random >> 16) as usize % 57;
        if dots == Dots::All || (dots == Dots::Some && (random >> 8).is_multiple_of(100)) {
            message.push(b'.');
        }
        message.extend(TEXT.iter().take(length));
        message.extend_from_slice(b"\r\n");
    }
    message
}

/// The least that anything costs which copies the octets, in blocks as a transport takes them.
pub fn memcpy(octets: &[u8], block: &mut [u8]) {
    for piece in octets.chunks(block.len()) {
        if let Some(to) = block.get_mut(..piece.len()) {
            to.copy_from_slice(piece);
        }
        black_box(&mut *block);
    }
}

/// The least that anything costs which looks at each octet.
#[must_use]
pub fn memchr_pass(octets: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', octets).count()
}
