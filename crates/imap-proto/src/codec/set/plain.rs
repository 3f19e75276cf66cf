//! Sets and numbers as nearly all are written, read without looking at each octet more than once.
//! What is here gives up on everything else, which the grammar reads.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::{Endpoint, SetNumber, SetRange, continues, next, push};

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
        return Some((number, octets.get(length..)?));
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

/// Eight times the digit 0.
const DIGITS: u64 = 0x3030_3030_3030_3030;

/// The highest bit of eight octets.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The number of one to seven digits at the front of eight octets, and how many they are, in a few
/// steps over all of them at once.
#[inline(always)]
fn digits_of_word(octets: [u8; 8]) -> Option<(NonZeroU32, usize)> {
    // The digits become 0 to 9, all other octets more. The first of those is found by its highest
    // bit; what it carries over is behind it.
    let values = u64::from_le_bytes(octets) ^ DIGITS;
    let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & HIGH;
    let length = others.trailing_zeros() / 8;
    if !(1..8).contains(&length) || values & 0xff == 0 {
        return None;
    }
    // With zeros before them, and what is behind them shifted out.
    let digits = values.wrapping_shl(64u32.wrapping_sub(length.wrapping_mul(8)));
    Some((number_of(digits)?, length as usize))
}

/// The number of so many digits, one to seven, at the front of eight octets, if a space is behind it.
#[inline(always)]
pub(super) fn as_long(octets: [u8; 8], digits: usize) -> Option<NonZeroU32> {
    let behind = 56u32.checked_sub(u32::try_from(digits).ok()?.checked_mul(8)?)?;
    // As above, but that the space becomes 0 and must be no more.
    let values = u64::from_le_bytes(octets) ^ DIGITS;
    let all = values.wrapping_shl(behind) ^ (u64::from(b' ' ^ b'0') << 56);
    let others = (all.wrapping_add(0x7f76_7676_7676_7676) | all) & HIGH;
    if others != 0 || values & 0xff == 0 {
        return None;
    }
    number_of(all << 8)
}

/// The number of eight digits of an octet each, the first of them lowest, unless it is 0.
#[inline(always)]
fn number_of(digits: u64) -> Option<NonZeroU32> {
    // Four numbers of two digits, then two of four, then one.
    let twos = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let even = (twos & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let odd = ((twos >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    NonZeroU32::new((even.wrapping_add(odd) >> 32) as u32)
}

/// Adds a range and those that come next, and tells what follows them.
#[inline(always)]
pub(super) fn extend<'a, E: Endpoint>(
    ranges: &mut Vec<SetRange<E>>,
    first: SetRange<E>,
    mut rest: &'a [u8],
    next: impl Fn(&'a [u8]) -> Option<(SetRange<E>, &'a [u8])>,
) -> &'a [u8] {
    let mut growing = Growing::new(ranges, first);
    while let Some((range, behind)) = next(rest) {
        growing.push(range);
        rest = behind;
    }
    growing.end();
    rest
}

/// The same for numbers with a space before each.
///
/// Most are as long as the one before. Where that is taken for granted until it turns out otherwise, a
/// processor begins with a number before it knows where the one before ends.
#[inline(never)] // Its loop needs all registers.
pub(super) fn extend_spaced<'a, N: SetNumber>(
    ranges: &mut Vec<SetRange<N>>,
    first: SetRange<N>,
    mut rest: &'a [u8],
) -> &'a [u8] {
    let mut growing = Growing::new(ranges, first);
    while let Some((range, behind)) = plain_spaced(rest) {
        growing.push(range);
        let digits = rest.len().saturating_sub(behind.len()).saturating_sub(1);
        rest = extend_as_long(&mut growing, behind, digits);
    }
    growing.end();
    rest
}

/// Adds the numbers of so many digits that come next, each with a space before and behind it, and
/// tells what follows them: a space or nothing.
#[inline(always)]
fn extend_as_long<'a, N: SetNumber>(
    growing: &mut Growing<'_, N>,
    rest: &'a [u8],
    digits: usize,
) -> &'a [u8] {
    let mut behind = rest.get(1..).unwrap_or_default();
    while let Some(front) = behind.first_chunk()
        && let Some(number) = as_long(*front, digits).and_then(N::plain)
        && let Some(next) = behind.get(digits.saturating_add(1)..)
    {
        growing.push(SetRange { first: number, last: number });
        behind = next;
    }
    let used = rest.len().saturating_sub(behind.len()).saturating_sub(1);
    rest.get(used..).unwrap_or_default()
}

/// A list and its last range, which stays out of it until it is whole.
struct Growing<'r, E> {
    ranges: &'r mut Vec<SetRange<E>>,
    last: SetRange<E>,
    /// What goes on where the last one ends.
    next: Option<NonZeroU32>,
}

impl<'r, E: Endpoint> Growing<'r, E> {
    #[inline(always)]
    fn new(ranges: &'r mut Vec<SetRange<E>>, first: SetRange<E>) -> Self {
        push(ranges, first);
        let last = ranges.pop().unwrap_or(first);
        Self { ranges, last, next: next(last) }
    }

    #[inline(always)]
    fn push(&mut self, range: SetRange<E>) {
        let before = self.next;
        self.next = next(range);
        if continues(before, range) {
            self.last.last = range.last;
        } else {
            self.ranges.push(self.last);
            self.last = range;
        }
    }

    #[inline(always)]
    fn end(self) {
        self.ranges.push(self.last);
    }
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
