//! Where encoders write: one code path for octets, secrets, payloads and the points to wait at.

use alloc::vec::Vec;
use bytes::{Bytes, BytesMut};

/// Takes what an encoder writes.
///
/// An encoder that writes to a `Vec<u8>` or `BytesMut` gives the octets alone; one that writes to an
/// [`Output`](crate::Output) also tells which octets are secret, where to wait, and what to hold by
/// reference.
pub trait Sink {
    /// Octets, copied.
    fn put(&mut self, octets: &[u8]);

    /// Octets that a trace must not show, copied.
    fn put_secret(&mut self, octets: &[u8]) {
        self.put(octets);
    }

    /// Octets held by reference where the sink can.
    fn put_shared(&mut self, octets: Bytes) {
        self.put(&octets);
    }

    /// What follows waits for the peer's continuation (`+`).
    fn wait_for_continuation(&mut self) {}

    /// A number in decimal digits.
    #[inline]
    fn put_number(&mut self, number: u64)
    where
        Self: Sized,
    {
        match u32::try_from(number) {
            Ok(number @ ..100_000_000) => {
                let (digits, length) = eight_digits(number);
                self.put_front(&digits, length);
            }
            _ => self.put(decimal(number, &mut [0; 20])),
        }
    }

    /// As many of these octets from the front, copied; all, if there are fewer. For a few octets whose
    /// number is known only when it runs.
    ///
    /// All of them are copied and the others taken back, which is quicker than a copy of any length.
    #[inline]
    fn put_front<const N: usize>(&mut self, octets: &[u8; N], length: usize)
    where
        Self: Sized,
    {
        self.put(octets.get(..length).unwrap_or(octets));
    }
}

/// The digits of a number below 10^8 from the first one on that counts, and how many they are.
///
/// All parts of the number are halved at once, four digits to two and two to one. The higher half is
/// what stands first.
#[inline]
fn eight_digits(number: u32) -> ([u8; 8], usize) {
    // Not from the digits: who writes behind them need not wait for them.
    let length = number.checked_ilog10().unwrap_or(0).saturating_add(1);
    let number = u64::from(number);
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    // A hundredth of each part: right for all of four digits.
    let hundreds = (fours.wrapping_mul(10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | (fours.wrapping_sub(hundreds.wrapping_mul(100)) << 16);
    // A tenth of each part: right for all of two digits.
    let tens = (twos.wrapping_mul(103) >> 10) & 0x000f_000f_000f_000f;
    let ones = tens | (twos.wrapping_sub(tens.wrapping_mul(10)) << 8);
    let digits = ones | 0x3030_3030_3030_3030;
    let zeros = 8_u32.saturating_sub(length);
    (digits.wrapping_shr(zeros.wrapping_mul(8)).to_le_bytes(), length as usize)
}

/// Writes the decimal digits of `number` to the end of `digits` and returns them.
#[must_use]
#[inline]
pub fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut free = digits.len();
    for two in digits.rchunks_exact_mut(2) {
        let (rest, last) = (number / 100, number % 100);
        // What a division by 100 leaves is two digits.
        if let ([tens, ones], Ok(last)) = (two, u8::try_from(last)) {
            (*tens, *ones) = (b'0' | (last / 10), b'0' | (last % 10));
        }
        number = rest;
        free = free.saturating_sub(2);
        if number == 0 {
            break;
        }
    }
    match digits.get(free..).unwrap_or_default() {
        [b'0', rest @ ..] if !rest.is_empty() => rest,
        all => all,
    }
}

impl Sink for Vec<u8> {
    #[inline]
    fn put(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }

    #[inline]
    fn put_front<const N: usize>(&mut self, octets: &[u8; N], length: usize) {
        let end = self.len().saturating_add(length);
        self.extend_from_slice(octets);
        self.truncate(end);
    }
}

impl Sink for BytesMut {
    #[inline]
    fn put(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }

    #[inline]
    fn put_front<const N: usize>(&mut self, octets: &[u8; N], length: usize) {
        let end = self.len().saturating_add(length);
        self.extend_from_slice(octets);
        self.truncate(end);
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    #[inline]
    fn put(&mut self, octets: &[u8]) {
        (**self).put(octets);
    }

    fn put_secret(&mut self, octets: &[u8]) {
        (**self).put_secret(octets);
    }

    fn put_shared(&mut self, octets: Bytes) {
        (**self).put_shared(octets);
    }

    fn wait_for_continuation(&mut self) {
        (**self).wait_for_continuation();
    }
}

/// The octets in hexadecimal digits, two each, in small letters.
///
/// ```
/// assert!(mail_proto::hexadecimal([0x1f, 0xa0]).eq(*b"1fa0"));
/// ```
pub fn hexadecimal(octets: impl IntoIterator<Item = u8>) -> impl Iterator<Item = u8> {
    let digit = |nibble: u8| match nibble {
        0..=9 => b'0' | nibble,
        // `a` is 0x61: ten more than the nibble in the lower four bits is nine less.
        _ => 0x60 | nibble.wrapping_sub(9),
    };
    octets.into_iter().flat_map(move |octet| [digit(octet >> 4), digit(octet & 0x0f)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_written_as_the_standard_library_does(number: u64) {
            let mut out = Vec::new();
            out.put_number(number);
            prop_assert_eq!(out, number.to_string().into_bytes());
        }
    }

    /// Numbers of all lengths, and all of four digits: each of the halves is one.
    #[test]
    fn numbers_are_written_as_decimal_does() {
        let powers = (0..20).map(|exponent| 10_u64.pow(exponent));
        let around = powers.flat_map(|power| [power - 1, power, power + 1]);
        let halves = (0..10_000).flat_map(|half| [half, half * 10_000, half * 10_001]);
        for number in around.chain(halves).chain([u64::MAX]) {
            let mut out = Vec::new();
            out.put_number(number);
            assert_eq!(out, decimal(number, &mut [0; 20]));
            assert_eq!(out, number.to_string().as_bytes());
        }
    }

    /// Encoders of which nobody knows where they write to can be given one sink.
    #[test]
    fn a_sink_can_be_an_object() {
        let mut out = Vec::new();
        let mut sink: &mut dyn Sink = &mut out;
        sink.put(b"x");
        Sink::put_number(&mut sink, 217);
        assert_eq!(out, b"x217");
    }

    /// The sink's own way is the oracle.
    #[test]
    fn octets_from_the_front() {
        struct Plain(Vec<u8>);
        impl Sink for Plain {
            fn put(&mut self, octets: &[u8]) {
                self.0.extend_from_slice(octets);
            }
        }
        for length in 0..6 {
            let (mut plain, mut vec) = (Plain(b"x".to_vec()), b"x".to_vec());
            let mut bytes = BytesMut::from("x");
            plain.put_front(b"abcd", length);
            vec.put_front(b"abcd", length);
            bytes.put_front(b"abcd", length);
            assert_eq!((&vec, &bytes[..]), (&plain.0, &plain.0[..]));
        }
    }
}
