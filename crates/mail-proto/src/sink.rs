//! Where encoders write: one code path for octets, secrets, payloads and the points to wait at.

use alloc::vec::Vec;
use bytes::{BufMut, Bytes, BytesMut};

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
    fn put_number(&mut self, number: u64) {
        let mut digits = [0; 20];
        self.put(decimal(number, &mut digits));
    }
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
    fn put(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }
}

impl Sink for BytesMut {
    fn put(&mut self, octets: &[u8]) {
        self.put_slice(octets);
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
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

    #[test]
    fn the_extremes_of_numbers() {
        for number in [0, 9, 10, u64::MAX] {
            assert_eq!(decimal(number, &mut [0; 20]), number.to_string().as_bytes());
        }
    }
}
