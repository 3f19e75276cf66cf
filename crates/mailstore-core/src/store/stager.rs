//! Measuring a message while it arrives.

/// Takes a message piece by piece and computes what a store keeps about it.
///
/// It needs no session and no store: whoever brings mail (APPEND, a loader, a delivery agent) pushes
/// the octets by here on their way. What comes out does not depend on where the pieces end.
///
/// ```
/// use mailstore_core::store::{Staged, Stager};
///
/// let mut stager = Stager::default();
/// stager.push(b"Subject: hi\r");
/// stager.push(b"\n\nhello");
/// assert_eq!(stager.finish(), Staged { size: 19, pop3_size: 22 });
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stager {
    size: u64,
    /// Octets that the line ends so far lack.
    missing: u64,
    last: Option<u8>,
}

/// What is known of a message once all of it has been seen. It never changes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Staged {
    /// Octets of the message as it is: RFC822.SIZE.
    pub size: u64,
    /// Octets of the message with every line ended by CRLF: what POP3 counts and sends, before dots
    /// are doubled.
    ///
    /// A CR or LF alone counts as CRLF, and a last line without end has one added; an empty message
    /// is empty. Source: RFC 1939 section 11.
    pub pop3_size: u64,
}

impl Stager {
    /// Takes the next octets.
    pub fn push(&mut self, octets: &[u8]) {
        let Some(last) = octets.last() else { return };
        let mut lfs = 0u64;
        let mut pairs = 0u64;
        for at in memchr::memchr_iter(b'\n', octets) {
            let before = match at.checked_sub(1) {
                Some(before) => octets.get(before).copied(),
                None => self.last,
            };
            lfs = lfs.saturating_add(1);
            pairs = pairs.saturating_add(u64::from(before == Some(b'\r')));
        }
        let crs = memchr::memchr_iter(b'\r', octets).count() as u64;
        // Each CR and each LF counts as alone until the other one is found beside it, which may be
        // in the piece before; so the sum never goes below zero.
        self.missing = self.missing.saturating_add(crs).saturating_add(lfs);
        self.missing = self.missing.saturating_sub(pairs.saturating_mul(2));
        self.size = self.size.saturating_add(octets.len() as u64);
        self.last = Some(*last);
    }

    /// Octets so far.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The message has been seen.
    #[must_use]
    pub const fn finish(self) -> Staged {
        let last_line_end = match self.last {
            None | Some(b'\r' | b'\n') => 0,
            Some(_) => 2,
        };
        let missing = self.missing.saturating_add(last_line_end);
        Staged { size: self.size, pop3_size: self.size.saturating_add(missing) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Writes the message as POP3 does and counts.
    fn naive(message: &[u8]) -> u64 {
        let mut out = Vec::new();
        let mut rest = message;
        while let Some((first, tail)) = rest.split_first() {
            rest = match first {
                b'\r' => tail.strip_prefix(b"\n").unwrap_or(tail),
                _ => tail,
            };
            match first {
                b'\r' | b'\n' => out.extend(b"\r\n"),
                other => out.push(*other),
            }
        }
        if !out.is_empty() && !out.ends_with(b"\r\n") {
            out.extend(b"\r\n");
        }
        out.len() as u64
    }

    fn staged<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Staged {
        let mut stager = Stager::default();
        pieces.into_iter().for_each(|piece| stager.push(piece));
        stager.finish()
    }

    #[test]
    fn lines_are_counted_with_crlf() {
        let pop3 = |message: &[u8]| staged([message]).pop3_size;
        assert_eq!(pop3(b""), 0);
        assert_eq!(pop3(b"a"), 3);
        assert_eq!(pop3(b"a\r\n"), 3);
        assert_eq!(pop3(b"a\n"), 3);
        assert_eq!(pop3(b"a\r"), 3);
        assert_eq!(pop3(b"\n\r\n\r"), 6);
        assert_eq!(pop3(b"\r\r\n"), 4);
        assert_eq!(pop3(b".\r\n..\r\n"), 7);
    }

    proptest! {
        #[test]
        fn sizes_do_not_depend_on_the_pieces(
            message in prop::collection::vec(prop::sample::select(&b"\r\n.a"[..]), 0..60),
            piece in 1usize..9,
        ) {
            let expected = Staged { size: message.len() as u64, pop3_size: naive(&message) };
            prop_assert_eq!(staged([&message[..]]), expected);
            prop_assert_eq!(staged(message.chunks(piece)), expected);
            prop_assert_eq!(staged([&b""[..], &message, b""]), expected);
        }
    }
}
