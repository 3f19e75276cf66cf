//! What a contender has understood: three ways to look at the values that it hands out.

use std::hint::black_box;

/// Takes each value of a message in the order of the wire.
///
/// NIL is no value. A flag is a string with its backslash, a range is two numbers, a single number
/// of a set is a range of one, `*` is `u32::MAX`; names of items are not values, names of commands are.
pub trait Reading: Default + Copy {
    /// Whether the values are looked at; where not, they need not be walked.
    const LOOKS: bool;
    /// A message begins.
    fn message(&mut self);
    /// A number.
    fn number(&mut self, number: u64);
    /// A string, without its quotes and escapes.
    fn string(&mut self, octets: &[u8]);
    /// A flag with its backslash. Flags are a set, so that their order is no part of the meaning.
    fn flag(&mut self, octets: &[u8]) {
        self.string(octets);
    }
    /// A date with time, or a date at midnight, in seconds since 1970 in UTC.
    fn seconds(&mut self, seconds: i64);
    /// A date with time from a contender that hands it out as `dd-Mon-yyyy hh:mm:ss +zzzz`.
    fn date_time(&mut self, text: &[u8]);

    /// A number, if there is one.
    fn maybe(&mut self, number: Option<u64>) {
        if let Some(number) = number {
            self.number(number);
        }
    }
}

/// Nothing is looked at: the message is read and dropped.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Unread {
    /// How many messages there were.
    pub messages: u64,
}

impl Reading for Unread {
    const LOOKS: bool = false;
    fn message(&mut self) {
        self.messages += 1;
    }
    fn number(&mut self, number: u64) {
        black_box(number);
    }
    fn string(&mut self, octets: &[u8]) {
        black_box(octets);
    }
    fn seconds(&mut self, seconds: i64) {
        black_box(seconds);
    }
    fn date_time(&mut self, text: &[u8]) {
        black_box(text);
    }
}

/// Each value is touched: the numbers are added, and the lengths of the strings. This is what is
/// timed, so that who decodes late has no advantage.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Read {
    /// How many messages there were.
    pub messages: u64,
    /// The sum of the numbers and of the lengths of the strings.
    pub sum: u64,
}

impl Reading for Read {
    const LOOKS: bool = true;
    fn message(&mut self) {
        self.messages += 1;
    }
    fn number(&mut self, number: u64) {
        self.sum = self.sum.wrapping_add(number);
    }
    fn string(&mut self, octets: &[u8]) {
        self.sum = self.sum.wrapping_add(octets.len() as u64);
    }
    fn seconds(&mut self, seconds: i64) {
        black_box(seconds);
    }
    fn date_time(&mut self, text: &[u8]) {
        black_box(text);
    }
}

/// Each value with each octet, in its place: equal checksums are equal meanings. Not timed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Checksum {
    messages: u64,
    values: u64,
    hash: u64,
    flags: u64,
}

impl Checksum {
    fn mix(&mut self, kind: u64, value: u64) {
        for part in [kind, value] {
            // FNV-1a on words: order matters, and no value hides behind another.
            self.hash = (self.hash ^ part).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
        }
    }

    /// How many values there were.
    #[must_use]
    pub fn values(&self) -> u64 {
        self.values
    }
}

impl Reading for Checksum {
    const LOOKS: bool = true;
    fn message(&mut self) {
        self.messages += 1;
        self.mix(0, self.messages);
    }
    fn number(&mut self, number: u64) {
        self.values += 1;
        self.mix(1, number);
    }
    fn string(&mut self, octets: &[u8]) {
        self.values += 1;
        self.mix(2, octets.len() as u64);
        octets.iter().for_each(|&octet| self.mix(3, octet.into()));
    }
    fn flag(&mut self, octets: &[u8]) {
        let mut flag = Self::default();
        flag.string(octets);
        // Another message with the same flags is another sum.
        flag.mix(5, self.messages);
        self.values += 1;
        // A square, because a sum of sums would not tell which flag is whose.
        let spread = flag.hash ^ (flag.hash >> 32);
        self.flags = self.flags.wrapping_add(spread.wrapping_mul(spread));
    }
    fn seconds(&mut self, seconds: i64) {
        self.values += 1;
        self.mix(4, seconds.cast_unsigned());
    }
    fn date_time(&mut self, text: &[u8]) {
        self.seconds(seconds_of(text).unwrap_or(i64::MIN));
    }
}

/// The instant of ` 1-Feb-2026 12:00:00 +0100`.
fn seconds_of(text: &[u8]) -> Option<i64> {
    const MONTHS: [&[u8]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    let number = |range: std::ops::Range<usize>| {
        std::str::from_utf8(text.get(range)?).ok()?.trim_start().parse::<i64>().ok()
    };
    let month = MONTHS.iter().position(|&name| text.get(3..6) == Some(name))? as i64 + 1;
    let zone = number(22..24)? * 60 + number(24..26)?;
    let zone = if text.get(21) == Some(&b'-') { -zone } else { zone };
    let days = days_since_1970(number(7..11)?, month, number(0..2)?);
    let hours = days * 24 + number(12..14)?;
    Some((hours * 60 + number(15..17)? - zone) * 60 + number(18..20)?)
}

/// Days of the Gregorian calendar, counted in years that begin in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_instants() {
        assert_eq!(seconds_of(b" 1-Jan-1970 00:00:00 +0000"), Some(0));
        assert_eq!(seconds_of(b"29-Feb-2024 23:30:05 -0130"), Some(1_709_254_805));
        assert_eq!(seconds_of(b"01-Feb-2026 01:00:00 +0100"), Some(1_769_904_000));
        assert_eq!(seconds_of(b"01-Foo-2026 01:00:00 +0100"), None);
    }

    #[test]
    fn flags_are_a_set_of_their_message() {
        let sum = |messages: &[&[&[u8]]]| {
            let mut sum = Checksum::default();
            for flags in messages {
                sum.message();
                flags.iter().for_each(|flag| sum.flag(flag));
            }
            sum
        };
        assert_eq!(sum(&[&[b"a", b"b"]]), sum(&[&[b"b", b"a"]]));
        assert_ne!(sum(&[&[b"a"], &[b"b"]]), sum(&[&[b"b"], &[b"a"]]));
    }

    #[test]
    fn order_and_boundaries_matter() {
        let sum = |strings: &[&[u8]]| {
            let mut sum = Checksum::default();
            strings.iter().for_each(|octets| sum.string(octets));
            sum
        };
        assert_ne!(sum(&[b"ab", b"c"]), sum(&[b"a", b"bc"]));
        assert_ne!(sum(&[b"ab"]), sum(&[b"ba"]));
        assert_eq!(sum(&[b"ab", b"c"]), sum(&[b"ab", b"c"]));
    }
}
