//! Numbers: message numbers, UIDs, mod-sequences, sizes; what is put up with and what is not.

use core::fmt;
use core::num::{NonZeroU32, NonZeroU64};

use mail_proto::{ParseError, Reading, Sink};

use super::class::Class;
use super::{Cursor, Encoder};
use crate::Defect;

/// The largest number of 63 bits.
const MAX_63: u64 = u64::MAX >> 1;

const NZ_NUMBER: &str = "a number from 1 to 4294967295";

macro_rules! message_number {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The least number.
            pub const MIN: Self = Self(NonZeroU32::MIN);
            /// The greatest number.
            pub const MAX: Self = Self(NonZeroU32::MAX);

            /// The number, unless it is 0.
            #[must_use]
            pub const fn new(number: u32) -> Option<Self> {
                match NonZeroU32::new(number) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0.get()
            }

            /// Reads it.
            ///
            /// # Errors
            ///
            /// There is no number from 1 to 4294967295.
            pub fn parse(
                cursor: &mut Cursor<'_>,
                reading: &mut Reading<Defect>,
            ) -> Result<Self, ParseError> {
                cursor.nz_number(reading).map(Self)
            }

            /// Writes it.
            pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
                encoder.number(self.get().into());
            }
        }

        impl From<NonZeroU32> for $name {
            fn from(number: NonZeroU32) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

message_number! {
    /// The place of a message in its mailbox, from 1 on. An expunge moves those behind it down.
    ///
    /// ```abnf
    /// nz-number      = digit-nz *DIGIT
    /// ```
    ///
    /// (RFC 9051 section 2.3.1.2.)
    ///
    /// ```
    /// use imap_proto::SeqNum;
    ///
    /// assert_eq!(SeqNum::new(7).unwrap().get(), 7);
    /// assert_eq!(SeqNum::new(0), None);
    /// ```
    SeqNum
}

message_number! {
    /// What names a message in its mailbox as long as UIDVALIDITY stays the same.
    ///
    /// ```abnf
    /// uniqueid       = nz-number
    /// ```
    ///
    /// (RFC 9051 section 2.3.1.1.)
    ///
    /// ```
    /// use imap_proto::Uid;
    ///
    /// assert_eq!(Uid::new(4_294_967_295), Some(Uid::MAX));
    /// assert_eq!(Uid::new(0), None);
    /// ```
    Uid
}

message_number! {
    /// A sequence number or a UID where the message itself does not tell which: the command that it
    /// answers does.
    ///
    /// ```
    /// use imap_proto::{MessageNumber, Uid};
    ///
    /// assert_eq!(MessageNumber::new(7).unwrap().as_uid(), Uid::new(7).unwrap());
    /// ```
    MessageNumber
}

impl MessageNumber {
    /// The number, where it is a UID.
    #[must_use]
    pub const fn as_uid(self) -> Uid {
        Uid(self.0)
    }

    /// The number, where it is a sequence number.
    #[must_use]
    pub const fn as_seq_num(self) -> SeqNum {
        SeqNum(self.0)
    }
}

impl From<Uid> for MessageNumber {
    fn from(uid: Uid) -> Self {
        Self(uid.0)
    }
}

impl From<SeqNum> for MessageNumber {
    fn from(number: SeqNum) -> Self {
        Self(number.0)
    }
}

/// When a message was last changed, as the server counts.
///
/// ```abnf
/// mod-sequence-value  = 1*DIGIT
/// mod-sequence-valzer = "0" / mod-sequence-value
/// ```
///
/// (RFC 7162 section 7.) The values are 1 to 2^63 - 1; "valzer" is an `Option`, None being 0.
///
/// ```
/// use imap_proto::ModSeq;
///
/// assert_eq!(ModSeq::new(620_162_338).unwrap().get(), 620_162_338);
/// assert_eq!(ModSeq::new(1 << 63), None);
/// assert_eq!(ModSeq::new(0), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ModSeq(NonZeroU64);

impl ModSeq {
    /// The value, if it is one that may be sent: 1 to 2^63 - 1.
    #[must_use]
    pub const fn new(value: u64) -> Option<Self> {
        match NonZeroU64::new(value) {
            Some(number) if value <= MAX_63 => Some(Self(number)),
            _ => None,
        }
    }

    /// The value. A lenient reading lets those of 2^63 and more through, so that they can be sent back
    /// to the server that made them.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// Reads a value. None is one that a lenient reading lets through: 0, or below.
    ///
    /// # Errors
    ///
    /// There is no number from 1 to 2^63 - 1.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<Self>, ParseError> {
        const EXPECTED: &str = "a mod-sequence (1 to 9223372036854775807)";
        let at = cursor.at();
        if cursor.clone().digits(EXPECTED) == Ok(Some(0)) {
            reading.tolerate(Defect::ZeroNumber, at, EXPECTED)?;
        }
        Self::parse_valzer(cursor, reading)
    }

    /// The value at the front and what follows it, if no zero comes first and it is below 10^18.
    pub(crate) fn parse_plain(octets: &[u8]) -> Option<(Self, &[u8])> {
        let length = Class::DIGIT.run(octets);
        if length > 18 || octets.first() == Some(&b'0') {
            return None;
        }
        let (digits, behind) = octets.split_at_checked(length)?;
        let add =
            |number: u64, digit: &u8| number.wrapping_mul(10).wrapping_add(u64::from(digit & 0x0f));
        Some((Self::new(digits.iter().fold(0, add))?, behind))
    }

    /// Reads a value that may be 0, which is None.
    ///
    /// # Errors
    ///
    /// There is no number below 2^63.
    pub fn parse_valzer(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<Self>, ParseError> {
        const EXPECTED: &str = "a mod-sequence (0 to 9223372036854775807)";
        let at = cursor.at();
        if cursor.eat(b'-') {
            cursor.digits(EXPECTED)?;
            reading.tolerate(Defect::NegativeNumber, at, EXPECTED)?;
            return Ok(None);
        }
        let value = cursor.digits(EXPECTED)?;
        if value.is_none_or(|value| value > MAX_63) {
            reading.tolerate(Defect::NumberOutOfRange, at, EXPECTED)?;
        }
        Ok(value.and_then(NonZeroU64::new).map(Self))
    }

    /// Writes the value.
    pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.number(self.get());
    }
}

impl fmt::Display for ModSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: Sink> Encoder<'_, S> {
    /// A number below 2^63: the grammar has none above, which becomes the greatest.
    pub(crate) fn number64(&mut self, number: u64) {
        self.number(number.min(MAX_63));
    }
}

impl Cursor<'_> {
    /// A number below 2^32.
    ///
    /// ```abnf
    /// number         = 1*DIGIT
    /// ```
    ///
    /// (RFC 9051 section 9.)
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn number(&mut self) -> Result<u32, ParseError> {
        const EXPECTED: &str = "a number below 4294967296";
        let at = self.at();
        let number = self.digits(EXPECTED)?.and_then(|number| u32::try_from(number).ok());
        number.ok_or(ParseError::new(at, EXPECTED))
    }

    /// A number from 1 to 2^32 - 1.
    ///
    /// ```abnf
    /// nz-number      = digit-nz *DIGIT
    /// ```
    ///
    /// (RFC 9051 section 9.)
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn nz_number(&mut self, reading: &mut Reading<Defect>) -> Result<NonZeroU32, ParseError> {
        let at = self.at();
        let has_zeros = self.peek() == Some(b'0');
        let number = self.digits(NZ_NUMBER)?.and_then(|number| u32::try_from(number).ok());
        let number = number.and_then(NonZeroU32::new).ok_or(ParseError::new(at, NZ_NUMBER))?;
        if has_zeros {
            reading.tolerate(Defect::LeadingZeros, at, NZ_NUMBER)?;
        }
        Ok(number)
    }

    /// A number from 1 to 2^32 - 1, where 0 is known to be sent; a lenient reading makes it None.
    ///
    /// # Errors
    ///
    /// There is no number.
    pub fn nz_number_or_zero(
        &mut self,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<NonZeroU32>, ParseError> {
        let mut ahead = self.clone();
        if ahead.digits(NZ_NUMBER)? != Some(0) {
            return self.nz_number(reading).map(Some);
        }
        reading.tolerate(Defect::ZeroNumber, self.at(), NZ_NUMBER)?;
        *self = ahead;
        Ok(None)
    }

    /// A number below 2^63.
    ///
    /// ```abnf
    /// number64       = 1*DIGIT
    /// ```
    ///
    /// (RFC 9051 section 9.)
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn number64(&mut self) -> Result<u64, ParseError> {
        const EXPECTED: &str = "a number below 9223372036854775808";
        let at = self.at();
        let number = self.digits(EXPECTED)?.filter(|number| *number <= MAX_63);
        number.ok_or(ParseError::new(at, EXPECTED))
    }

    /// A size or a number of lines below 2^63, where servers are known to send anything.
    ///
    /// A lenient reading makes negative numbers, NIL and numbers out of range None, and rounds floating
    /// point.
    ///
    /// # Errors
    ///
    /// There is nothing of that.
    pub fn size(&mut self, reading: &mut Reading<Defect>) -> Result<Option<u64>, ParseError> {
        const EXPECTED: &str = "a size below 9223372036854775808";
        let at = self.at();
        if self.eat_tag(b"NIL") {
            reading.tolerate(Defect::NilNumber, at, EXPECTED)?;
            return Ok(None);
        }
        if self.eat(b'-') {
            self.digits(EXPECTED)?;
            reading.tolerate(Defect::NegativeNumber, at, EXPECTED)?;
            return Ok(None);
        }
        let begin = self.rest();
        let number = self.digits(EXPECTED)?.filter(|number| *number <= MAX_63);
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return self.float(begin, at, reading);
        }
        if number.is_none() {
            reading.tolerate(Defect::NumberOutOfRange, at, EXPECTED)?;
        }
        Ok(number)
    }

    /// The rest of a number in floating point that begins at `begin`.
    fn float(
        &mut self,
        begin: &[u8],
        at: usize,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<u64>, ParseError> {
        const EXPECTED: &str = "a number without fraction and exponent";
        let rest = self.rest();
        let is_float =
            |octet: &&u8| matches!(octet, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
        self.skip(rest.iter().take_while(is_float).count());
        let length = begin.len().saturating_sub(self.rest().len());
        let token = begin.get(..length).and_then(|token| core::str::from_utf8(token).ok());
        let value: f64 =
            token.and_then(|token| token.parse().ok()).ok_or(ParseError::new(at, EXPECTED))?;
        reading.tolerate(Defect::FloatNumber, at, EXPECTED)?;
        // The conversion saturates.
        Ok(Some(value as u64).filter(|value| *value <= MAX_63))
    }

    /// `1*DIGIT`: None if it is 2^64 or more.
    pub(crate) fn digits(&mut self, expected: &'static str) -> Result<Option<u64>, ParseError> {
        let at = self.at();
        let digits = self.run(Class::DIGIT);
        if digits.is_empty() {
            return Err(ParseError::new(at, expected));
        }
        // 19 digits are less than 2^64.
        if digits.len() < 20 {
            let add = |number: u64, digit: &u8| {
                number.wrapping_mul(10).wrapping_add(u64::from(digit & 0x0f))
            };
            return Ok(Some(digits.iter().fold(0, add)));
        }
        Ok(digits.iter().try_fold(0u64, |number, digit| {
            number.checked_mul(10)?.checked_add(u64::from(digit & 0x0f))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec;

    type Read<'r> = &'r mut Reading<Defect>;

    #[test]
    fn no_number_of_64_bits_is_written() {
        let greatest = written(|encoder| encoder.number64(u64::MAX));
        assert_eq!(greatest, MAX_63.to_string().into_bytes());
    }

    #[test]
    fn numbers_end_at_their_bounds() {
        let bounds: [u128; 15] = [
            0,
            1,
            (1 << 31) - 1,
            1 << 31,
            (1 << 31) + 1,
            (1 << 32) - 1,
            1 << 32,
            (1 << 32) + 1,
            (1 << 63) - 1,
            1 << 63,
            (1 << 63) + 1,
            (1 << 64) - 1,
            1 << 64,
            (1 << 64) + 1,
            10u128.pow(20) - 1,
        ];
        for number in bounds {
            let digits = number.to_string();
            let is = |read: Option<u128>, least, most: u128| {
                assert_eq!(read, (least..=most).contains(&number).then_some(number), "{number}");
            };
            let octets = digits.as_bytes();
            is(strict(octets, |c, _| c.number()).ok().map(u128::from), 0, u32::MAX.into());
            is(
                strict(octets, |c, r| c.nz_number(r)).ok().map(|n| n.get().into()),
                1,
                u32::MAX.into(),
            );
            is(strict(octets, |c, _| c.number64()).ok().map(u128::from), 0, MAX_63.into());
            let size = strict(octets, |c, r| c.size(r)).ok().map(|size| size.unwrap().into());
            is(size, 0, MAX_63.into());
            let modseq =
                strict(octets, ModSeq::parse).ok().map(|value| value.unwrap().get().into());
            is(modseq, 1, MAX_63.into());
            let valzer = strict(octets, ModSeq::parse_valzer).ok();
            is(valzer.map(|value| value.map_or(0, |value| value.get().into())), 0, MAX_63.into());
            is(strict(octets, Uid::parse).ok().map(|uid| uid.get().into()), 1, u32::MAX.into());
        }
    }

    #[test]
    fn a_thousand_digits() {
        let long = "9".repeat(1000);
        assert_eq!(strict(long.as_bytes(), |c, _| c.number()).map_err(|e| e.at), Err(0));
        let zeros = format!("{}42", "0".repeat(1000));
        assert_eq!(strict(zeros.as_bytes(), |c, _| c.number()), Ok(42));
        assert_eq!(strict(zeros.as_bytes(), |c, _| c.number64()), Ok(42));
        assert_eq!(strict(zeros.as_bytes(), |c, r| c.nz_number(r)).map_err(|e| e.at), Err(0));
        let (number, defects) = lenient(zeros.as_bytes(), Uid::parse);
        assert_eq!((number, defects), (Ok(Uid::new(42).unwrap()), vec![Defect::LeadingZeros]));
    }

    #[test]
    fn what_is_no_number() {
        for wrong in [&b""[..], b"x", b"-", b"+1", b"-1", b" 1", b"\xb2"] {
            assert!(strict(wrong, |c, _| c.number()).is_err());
            assert!(strict(wrong, |c, r| c.nz_number(r)).is_err());
            assert!(strict(wrong, |c, _| c.number64()).is_err());
            assert!(strict(wrong, |c, r| c.size(r)).is_err());
            assert!(strict(wrong, ModSeq::parse).is_err());
        }
    }

    #[test]
    fn zeros_where_numbers_begin_at_one() {
        let parse = |c: &mut Cursor<'_>, r: Read<'_>| c.nz_number_or_zero(r);
        assert!(strict(b"0", parse).is_err());
        assert_eq!(lenient(b"0", parse), (Ok(None), vec![Defect::ZeroNumber]));
        assert_eq!(strict(b"5", parse), Ok(NonZeroU32::new(5)));
        assert_eq!(lenient(b"05", parse), (Ok(NonZeroU32::new(5)), vec![Defect::LeadingZeros]));
    }

    #[test]
    fn mod_sequences_of_real_servers() {
        assert_eq!(lenient(b"0", ModSeq::parse), (Ok(None), vec![Defect::ZeroNumber]));
        assert_eq!(lenient(b"0", ModSeq::parse_valzer), (Ok(None), vec![]));
        assert_eq!(lenient(b"-1", ModSeq::parse), (Ok(None), vec![Defect::NegativeNumber]));
        let (huge, defects) = lenient(b"13853076851840262211", ModSeq::parse);
        assert_eq!(defects, [Defect::NumberOutOfRange]);
        let huge = huge.unwrap().unwrap();
        assert_eq!(written(|encoder| huge.encode(encoder)), b"13853076851840262211");
        let (beyond, defects) = lenient(b"18446744073709551616", ModSeq::parse);
        assert_eq!((beyond, defects), (Ok(None), vec![Defect::NumberOutOfRange]));
    }

    #[test]
    fn sizes_of_real_servers() {
        let size = |octets: &str| lenient(octets.as_bytes(), |c, r| c.size(r));
        assert_eq!(size("9.3736e+06"), (Ok(Some(9_373_600)), vec![Defect::FloatNumber]));
        assert_eq!(size("1e400"), (Ok(None), vec![Defect::FloatNumber]));
        assert_eq!(
            size("1e"),
            (Err(ParseError::new(0, "a number without fraction and exponent")), vec![])
        );
        assert_eq!(size("-2"), (Ok(None), vec![Defect::NegativeNumber]));
        assert_eq!(size("NIL"), (Ok(None), vec![Defect::NilNumber]));
        assert_eq!(size(&"9".repeat(1000)), (Ok(None), vec![Defect::NumberOutOfRange]));
        assert_eq!(size(&String::from("10485760000")), (Ok(Some(10_485_760_000)), vec![]));
    }
}
