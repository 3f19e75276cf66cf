//! Sets and numbers as nearly all are written, read without looking at each octet more than once.
//! What is here gives up on everything else, which the grammar reads.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::{Endpoint, SetNumber, SetRange, follows, push};

/// The range behind a comma at the front, and what follows it.
#[inline(always)]
pub(super) fn plain_listed<E: Endpoint>(octets: &[u8]) -> Option<(SetRange<E>, &[u8])> {
    plain_range(octets.strip_prefix(b",")?)
}

/// The range at the front, and what follows it, if its numbers need no explanation.
#[inline(always)]
pub(super) fn plain_range<E: Endpoint>(octets: &[u8]) -> Option<(SetRange<E>, &[u8])> {
    let (number, behind) = plain_number(octets)?;
    let first = E::plain(number)?;
    let [b':', behind @ ..] = behind else {
        return Some((SetRange { first, last: first }, behind));
    };
    let (number, behind) = plain_number(behind)?;
    Some((SetRange { first, last: E::plain(number)? }, behind))
}

/// The number in digits at the front, and what follows it, if it is one that needs no explanation:
/// no zero comes first, and it is below 2^32.
#[inline(always)]
pub(crate) fn plain_number(octets: &[u8]) -> Option<(NonZeroU32, &[u8])> {
    if let Some(front) = octets.first_chunk()
        && let Some((number, length)) = digits_of_word(*front)
    {
        // Where most have six digits, a processor that guesses so need not wait for the length.
        let behind = if length == 6 { octets.get(6..) } else { octets.get(length..) };
        return Some((number, behind?));
    }
    by_digits(octets)
}

/// The same one digit after the other: at the end of a message, and for more than seven digits.
#[inline(never)]
fn by_digits(octets: &[u8]) -> Option<(NonZeroU32, &[u8])> {
    let mut rest = octets;
    let mut number = 0u64;
    while let [octet, behind @ ..] = rest {
        let digit = octet.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.wrapping_mul(10).wrapping_add(digit.into());
        if number == 0 || number > u64::from(u32::MAX) {
            return None;
        }
        rest = behind;
    }
    Some((NonZeroU32::new(u32::try_from(number).ok()?)?, rest))
}

/// The number of one to seven digits at the front of eight octets, and how many they are, in a few
/// steps over all of them at once.
#[inline(always)]
fn digits_of_word(octets: [u8; 8]) -> Option<(NonZeroU32, usize)> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The digits become 0 to 9, all other octets more. The first of those is found by its highest
    // bit; what it carries over is behind it.
    let values = u64::from_le_bytes(octets) ^ 0x3030_3030_3030_3030;
    let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & HIGH;
    let length = others.trailing_zeros() / 8;
    if !(1..8).contains(&length) || values & 0xff == 0 {
        return None;
    }
    // With zeros before them, and what is behind them shifted out, they are eight digits: four
    // numbers of two, then two of four, then one.
    let digits = values.wrapping_shl(64u32.wrapping_sub(length.wrapping_mul(8)));
    let twos = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let even = (twos & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let odd = ((twos >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    let number = u32::try_from(even.wrapping_add(odd) >> 32).ok()?;
    Some((NonZeroU32::new(number)?, length as usize))
}

/// Adds a range and those that come next, and tells what follows them.
///
/// The last of them stays out of the list until it is whole.
#[inline(always)]
pub(super) fn extend<'a, E: Endpoint>(
    ranges: &mut Vec<SetRange<E>>,
    first: SetRange<E>,
    mut rest: &'a [u8],
    next: impl Fn(&'a [u8]) -> Option<(SetRange<E>, &'a [u8])>,
) -> &'a [u8] {
    push(ranges, first);
    let Some(mut last) = ranges.pop() else { return rest };
    while let Some((range, behind)) = next(rest) {
        if follows(last, range) {
            last.last = range.last;
        } else {
            ranges.push(last);
            last = range;
        }
        rest = behind;
    }
    ranges.push(last);
    rest
}

/// About how many numbers these are if they are about as long as the one in the middle.
///
/// A list of a hundred thousand that grew as it was read would be copied again and again.
pub(super) fn about_how_many(octets: &[u8]) -> usize {
    let behind = octets.get(octets.len() / 2..).unwrap_or_default();
    let mut words = behind.splitn(3, |octet| *octet == b' ');
    let middle = words.nth(1).map_or(0, <[u8]>::len).saturating_add(1);
    let count = octets.len().checked_div(middle.max(2)).unwrap_or_default();
    count.saturating_add(count / 16).saturating_add(4)
}

/// The number behind a space at the front, and what follows it: a space or nothing.
#[inline(always)]
pub(super) fn plain_spaced<N: SetNumber>(octets: &[u8]) -> Option<(SetRange<N>, &[u8])> {
    let [b' ', octets @ ..] = octets else { return None };
    let (number, behind) = plain_number(octets)?;
    let number = N::plain(number).filter(|_| matches!(behind, [b' ', ..] | []))?;
    Some((SetRange { first: number, last: number }, behind))
}
