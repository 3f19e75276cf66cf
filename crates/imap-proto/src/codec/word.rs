//! Words of a message, found and turned into capitals eight octets at a time.

use super::class::Class;

/// A word of a message in capitals, to `match` on.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::Cursor;
///
/// let message = Bytes::from_static(b"Rfc822.Size 7");
/// match Cursor::new(&message).keyword().as_bytes() {
///     b"RFC822.SIZE" => {}
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word {
    /// Zeros behind the word.
    octets: [[u8; 8]; Self::EIGHTS],
    /// None of them if the word is too long.
    length: usize,
    /// Octets of the word, however long it is.
    pub(super) passed: usize,
}

impl Word {
    /// The longest word that is told from others; no word of the grammar is longer.
    pub const LONGEST: usize = 32;

    const EIGHTS: usize = Self::LONGEST / 8;

    /// The word at the front of `octets`.
    ///
    /// Eight octets are read and written at a time: a word is compared right after it was made, and
    /// reading at once what was written in pieces makes a processor wait.
    #[inline]
    pub(super) fn at_front(octets: &[u8]) -> Self {
        let mut word = Self { octets: [[0; 8]; Self::EIGHTS], length: 0, passed: 0 };
        let mut rest = octets;
        for eight in &mut word.octets {
            let octets = front(rest);
            let length = label(octets);
            *eight = upper(first(octets, length)).to_le_bytes();
            word.length = word.length.saturating_add(length);
            if length < 8 {
                word.passed = word.length;
                return word;
            }
            rest = rest.get(8..).unwrap_or_default();
        }
        word.passed = word.length.saturating_add(Class::LABEL.run(rest));
        if word.passed > Self::LONGEST {
            word.length = 0;
        }
        word
    }

    /// The word. Empty if there is none or if it is longer than [`LONGEST`](Self::LONGEST).
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.octets.as_flattened().get(..self.length).unwrap_or_default()
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The first eight octets, the first of them lowest, and zeros behind them if they are fewer.
#[inline]
pub(super) fn front(octets: &[u8]) -> u64 {
    if let Some(eight) = octets.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    octets.iter().rev().fold(0, |eight, octet| eight << 8 | u64::from(*octet))
}

/// The first so many of eight octets, and zeros.
#[inline]
pub(super) const fn first(octets: u64, length: usize) -> u64 {
    match length {
        0 => 0,
        length => {
            octets & u64::MAX.wrapping_shr(64u32.wrapping_sub((length as u32).wrapping_mul(8)))
        }
    }
}

/// How many of eight octets at the front are of [`Class::LABEL`].
#[inline]
const fn label(octets: u64) -> usize {
    let (ascii, eight_bit) = (octets & !HIGH, octets & HIGH);
    // `-` and `.` are next to each other, and the letters are the same but for one bit.
    let letters = between(ascii | ONES.wrapping_mul(0x20), b'a', b'z');
    let is_label = letters
        | between(ascii, b'0', b'9')
        | between(ascii, b'-', b'.')
        | between(ascii, b'_', b'_');
    ((!is_label | eight_bit) & HIGH).trailing_zeros() as usize / 8
}

/// The highest bit of each octet that is in the range; all are below 0x80.
#[inline]
const fn between(octets: u64, least: u8, greatest: u8) -> u64 {
    let from = octets.wrapping_add(ONES.wrapping_mul(0x80u64.wrapping_sub(least as u64)));
    let behind = octets.wrapping_add(ONES.wrapping_mul(0x7fu64.wrapping_sub(greatest as u64)));
    from & !behind & HIGH
}

/// Eight octets of ASCII with their letters in capitals.
#[inline]
const fn upper(octets: u64) -> u64 {
    octets ^ (between(octets, b'a', b'z') >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Cursor;
    use alloc::vec;
    use bytes::Bytes;

    #[test]
    fn words_are_told_in_any_case_wherever_they_end() {
        let text = "aZ[@`{-_.09zA".repeat(4);
        for begin in 0..text.len() {
            for end in begin..text.len() {
                let word: alloc::string::String =
                    text[begin..end].chars().filter(|it| !"[@`{".contains(*it)).collect();
                for behind in ["", " ", "(", " and a long line behind it"] {
                    let octets = Bytes::from([&word, behind].concat());
                    let mut cursor = Cursor::new(&octets);
                    let expected = if word.len() > 32 { "" } else { &word.to_uppercase() };
                    assert_eq!(cursor.keyword().as_bytes(), expected.as_bytes(), "{word}{behind}");
                    assert_eq!(cursor.rest(), behind.as_bytes());
                }
            }
        }
        assert_eq!(upper(u64::from_le_bytes(*b"@A`az{[Z")).to_le_bytes(), *b"@A`AZ{[Z");
    }

    #[test]
    fn long_words_match_nothing() {
        for length in [31, 32, 33, 39, 40, 100] {
            let octets = Bytes::from([&vec![b'a'; length][..], b"(rest"].concat());
            let mut cursor = Cursor::new(&octets);
            let expected = if length > 32 { 0 } else { length };
            assert_eq!(cursor.keyword().as_bytes(), vec![b'A'; expected]);
            assert_eq!(cursor.rest(), b"(rest");
        }
    }

    #[test]
    fn words_are_of_the_octets_of_their_class() {
        for octet in 0..=u8::MAX {
            let length = label(u64::from_le_bytes([b'a', octet, b'z', 0, 0, 0, 0, 0]));
            assert_eq!(length == 3, Class::LABEL.has(octet), "{octet:x}");
        }
    }
}
