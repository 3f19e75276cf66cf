//! Dates: those of SEARCH, and those with a time and a zone. Knows the calendar and no clock.

mod fast;

use mail_proto::{ParseError, Reading, Sink};

use super::class::Class;
use super::{Cursor, Encoder};
use crate::Defect;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const SECONDS_OF_A_DAY: i64 = 86_400;

/// A day of the calendar.
///
/// ```abnf
/// date           = date-text / DQUOTE date-text DQUOTE
/// date-text      = date-day "-" date-month "-" date-year
/// date-day       = 1*2DIGIT
/// date-month     = "Jan" / "Feb" / "Mar" / "Apr" / "May" / "Jun" /
///                  "Jul" / "Aug" / "Sep" / "Oct" / "Nov" / "Dec"
/// date-year      = 4DIGIT
/// ```
///
/// (RFC 9051 section 9.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Date, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let date = parse_whole(&Bytes::from_static(b"29-Feb-2024"), &mut reading, Date::parse).unwrap();
/// assert_eq!(date, Date::new(2024, 2, 29).unwrap());
/// assert_eq!(Date::new(2023, 2, 29), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day, if there is one: years have four digits, months and days begin at 1.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if year.is_multiple_of(4)
                && (!year.is_multiple_of(100) || year.is_multiple_of(400)) =>
            {
                29
            }
            2 => 28,
            _ => 0,
        };
        if year <= 9999 && 1 <= day && day <= days { Some(Self { year, month, day }) } else { None }
    }

    /// The year, 0 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Whether the month has the day; a lenient reading lets others through.
    #[must_use]
    pub const fn is_conformant(self) -> bool {
        Self::new(self.year, self.month, self.day).is_some()
    }

    /// Days since the first of January 1970, counted from the first of the month.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "years have four digits")]
    pub fn days_since_epoch(self) -> i64 {
        // Years that begin in March end in the day that leap years add; 400 of them repeat.
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        let day = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + year * 365 + year / 4 - year / 100 + day - 719_468
    }

    /// The day so many days after the first of January 1970, if its year has four digits.
    #[must_use]
    pub fn from_days_since_epoch(days: i64) -> Option<Self> {
        let (year, month, day) = civil(days.checked_add(719_468)?)?;
        Self::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// Reads it, in quotes or without.
    ///
    /// # Errors
    ///
    /// There is no day of the calendar.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let is_quoted = cursor.eat(b'"');
        let date = Self::parse_text(cursor, cursor.at(), reading)?;
        if is_quoted {
            cursor.tag("\"")?;
        }
        Ok(date)
    }

    fn parse_text(
        cursor: &mut Cursor<'_>,
        at: usize,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        const EXPECTED: &str = "a day of the calendar";
        let day = cursor.number()?;
        cursor.tag("-")?;
        let month = month(cursor)?;
        cursor.tag("-")?;
        let year = fixed(cursor, 4)?;
        let day = u8::try_from(day).ok().filter(|day| *day <= 31);
        let date = Self { year, month, day: day.ok_or(ParseError::new(at, EXPECTED))? };
        if !date.is_conformant() {
            reading.tolerate(Defect::NoSuchDay, at, EXPECTED)?;
        }
        Ok(date)
    }

    /// Writes it without quotes.
    pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.number(self.day.into());
        self.encode_month_and_year(encoder);
    }

    fn encode_month_and_year<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        let [m1, m2, m3] = month_name(self.month);
        let [y1, y2] = two_digits(self.year / 100);
        let [y3, y4] = two_digits(self.year % 100);
        encoder.put_checked(&[b'-', m1, m2, m3, b'-', y1, y2, y3, y4]);
    }
}

/// Year, month and day, of days since the first of March of the year 0.
#[expect(clippy::arithmetic_side_effects, reason = "everything is less than an i64 of days")]
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = era.checked_mul(400)?.checked_add(year)?;
    Some(if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) })
}

/// A date and time with the zone it was written in: INTERNALDATE.
///
/// ```abnf
/// date-time      = DQUOTE date-day-fixed "-" date-month "-" date-year
///                  SP time SP zone DQUOTE
/// date-day-fixed = (SP DIGIT) / 2DIGIT
/// time           = 2DIGIT ":" 2DIGIT ":" 2DIGIT
/// zone           = ("+" / "-") 4DIGIT
/// ```
///
/// (RFC 9051 section 9.) Two are equal if they are written alike; compare
/// [`to_unix`](Self::to_unix) for the moment.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{DateTime, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"\"17-Jul-1996 02:44:25 -0700\"");
/// let mut reading = Reading::new(Leniency::strict());
/// let time = parse_whole(&octets, &mut reading, DateTime::parse).unwrap();
/// assert_eq!(time.to_unix(), 837_596_665);
/// assert_eq!(DateTime::from_unix(837_596_665, -7 * 60), Some(time));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DateTime {
    date: Date,
    hour: u8,
    minute: u8,
    second: u8,
    /// Minutes east of Greenwich.
    zone: i16,
}

impl DateTime {
    /// The time of a day in a zone so many minutes east of Greenwich, if there is one.
    ///
    /// The second is 0 to 60, a leap second being one; the zone is less than a day.
    #[must_use]
    pub fn new(date: Date, hour: u8, minute: u8, second: u8, zone: i16) -> Option<Self> {
        let is_time = hour < 24 && minute < 60 && second <= 60 && zone.unsigned_abs() < 24 * 60;
        is_time.then_some(Self { date, hour, minute, second, zone })
    }

    /// The moment so many seconds after 1970 began in Greenwich, written in a zone so many minutes
    /// east of it; None if the year has not four digits there or there is no such zone.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "divisions by numbers above 0")]
    pub fn from_unix(seconds: i64, zone: i16) -> Option<Self> {
        let local = seconds.checked_add(i64::from(zone).checked_mul(60)?)?;
        let date = Date::from_days_since_epoch(local.div_euclid(SECONDS_OF_A_DAY))?;
        let part = |divisor: i64, modulus: i64| {
            u8::try_from(local.rem_euclid(SECONDS_OF_A_DAY) / divisor % modulus).ok()
        };
        Self::new(date, part(3600, 24)?, part(60, 60)?, part(1, 60)?, zone)
    }

    /// Seconds since 1970 began in Greenwich, leap seconds not counted.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "years have four digits")]
    pub fn to_unix(self) -> i64 {
        let minutes = i64::from(self.hour) * 60 + i64::from(self.minute) - i64::from(self.zone);
        self.date.days_since_epoch() * SECONDS_OF_A_DAY + minutes * 60 + i64::from(self.second)
    }

    /// The day, as it is called in the zone.
    #[must_use]
    pub const fn date(self) -> Date {
        self.date
    }

    /// Hour, minute and second, as they are called in the zone.
    #[must_use]
    pub const fn time(self) -> (u8, u8, u8) {
        (self.hour, self.minute, self.second)
    }

    /// The zone in minutes east of Greenwich.
    #[must_use]
    pub const fn zone(self) -> i16 {
        self.zone
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is no date and time in quotes, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("\"")?;
        let at = cursor.at();
        padding_of_day(cursor, reading)?;
        let date = Date::parse_text(cursor, at, reading)?;
        cursor.space(reading)?;
        let at = cursor.at();
        let hour = fixed(cursor, 2)?;
        cursor.tag(":")?;
        let minute = fixed(cursor, 2)?;
        cursor.tag(":")?;
        let second = fixed(cursor, 2)?;
        let zone = zone(cursor, reading)?;
        cursor.tag("\"")?;
        let part = |number: u16| u8::try_from(number).unwrap_or(u8::MAX);
        let time = Self::new(date, part(hour), part(minute), part(second), zone);
        time.ok_or(ParseError::new(at, "a time of day"))
    }

    /// Writes it.
    pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        let Date { year, month, day } = self.date;
        let zone = self.zone.unsigned_abs();
        let [y1, y2] = two_digits(year / 100);
        let [y3, y4] = two_digits(year % 100);
        let [d1, d2] = two_digits(day.into());
        let d1 = if day < 10 { b' ' } else { d1 };
        let [m1, m2, m3] = month_name(month);
        let [[h1, h2], [i1, i2], [s1, s2]] =
            [self.hour, self.minute, self.second].map(|part| two_digits(part.into()));
        let sign = if self.zone < 0 { b'-' } else { b'+' };
        let [[z1, z2], [z3, z4]] = [zone / 60, zone % 60].map(two_digits);
        // At once: a sink that has to look for room looks once.
        encoder.put_checked(&[
            b'"', d1, d2, b'-', m1, m2, m3, b'-', y1, y2, y3, y4, b' ', h1, h2, b':', i1, i2, b':',
            s1, s2, b' ', sign, z1, z2, z3, z4, b'"',
        ]);
    }
}

/// A day has two characters, the first of them a space or a digit.
fn padding_of_day(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<(), ParseError> {
    const EXPECTED: &str = "a day of two characters";
    let at = cursor.at();
    let is_padded = cursor.eat(b' ');
    match (is_padded, Class::DIGIT.run(cursor.rest())) {
        (true, 1) | (false, 2) => Ok(()),
        (false, 1) => reading.tolerate(Defect::UnpaddedDay, at, EXPECTED),
        _ => Err(ParseError::new(at, EXPECTED)),
    }
}

fn month(cursor: &mut Cursor<'_>) -> Result<u8, ParseError> {
    let index = MONTHS.iter().position(|name| cursor.eat_tag(name.as_bytes()));
    let month = index.and_then(|index| u8::try_from(index.saturating_add(1)).ok());
    month.ok_or(cursor.expected("a month (Jan to Dec)"))
}

/// So many digits, four at most.
fn fixed(cursor: &mut Cursor<'_>, digits: usize) -> Result<u16, ParseError> {
    const EXPECTED: &str = "as many digits as a date has there";
    let number = cursor.rest().get(..digits).unwrap_or_default();
    if Class::DIGIT.broken_at(number).is_some() {
        return Err(cursor.expected(EXPECTED));
    }
    cursor.skip(digits);
    let add =
        |number: u16, digit: &u8| number.saturating_mul(10).saturating_add(u16::from(digit & 0x0f));
    Ok(number.iter().fold(0, add))
}

/// The zone in minutes, and the space before it.
fn zone(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<i16, ParseError> {
    const EXPECTED: &str = "a zone (+hhmm or -hhmm)";
    let at = cursor.at();
    if cursor.peek() == Some(b'"') {
        reading.tolerate(Defect::MissingZone, at, EXPECTED)?;
        return Ok(0);
    }
    cursor.space(reading)?;
    let at = cursor.at();
    let is_west = cursor.eat(b'-');
    if !is_west && !cursor.eat(b'+') {
        return Err(ParseError::new(at, EXPECTED));
    }
    let (hours, minutes) = (fixed(cursor, 2)?, fixed(cursor, 2)?);
    if hours >= 24 || minutes >= 60 {
        reading.tolerate(Defect::OddZone, at, EXPECTED)?;
        return Ok(0);
    }
    let east = i16::try_from(hours.saturating_mul(60).saturating_add(minutes)).unwrap_or(0);
    Ok(if is_west { east.saturating_neg() } else { east })
}

/// Two digits of a number below 100.
fn two_digits(number: u16) -> [u8; 2] {
    // What a division by ten leaves is a digit.
    [number / 10 % 10, number % 10].map(|digit| u8::try_from(digit).unwrap_or(0) | b'0')
}

fn month_name(month: u8) -> [u8; 3] {
    let name = MONTHS.get(usize::from(month).saturating_sub(1));
    name.and_then(|name| name.as_bytes().first_chunk().copied()).unwrap_or(*b"Jan")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::string::String;
    use alloc::vec;

    fn text(time: DateTime) -> String {
        String::from_utf8(written(|encoder| time.encode(encoder))).unwrap()
    }

    fn read(octets: &str) -> Result<DateTime, usize> {
        strict(octets.as_bytes(), DateTime::parse).map_err(|error| error.at)
    }

    #[test]
    fn dates_of_the_calendar() {
        for (octets, expected) in [
            ("1-Feb-1994", Date::new(1994, 2, 1)),
            ("01-feb-1994", Date::new(1994, 2, 1)),
            ("\"31-Dec-9999\"", Date::new(9999, 12, 31)),
            ("29-Feb-2000", Date::new(2000, 2, 29)),
            ("1-Jan-0000", Date::new(0, 1, 1)),
        ] {
            assert_eq!(strict(octets.as_bytes(), Date::parse).ok(), expected, "{octets}");
        }
        for (octets, at) in [
            ("31-Feb-2026", 0),
            ("\"29-Feb-1900\"", 1),
            ("0-Jan-2026", 0),
            ("32-Jan-2026", 0),
            ("256-Jan-2026", 0),
            ("1-Foo-2026", 2),
            ("1-Jan-26", 6),
            ("1-Jan-20266", 10),
            ("\"1-Jan-2026", 11),
            ("", 0),
        ] {
            let read = strict(octets.as_bytes(), Date::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    #[test]
    fn every_day_is_one_after_the_one_before() {
        let mut days = Date::new(0, 1, 1).unwrap().days_since_epoch();
        for year in 0..=9999 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let Some(date) = Date::new(year, month, day) else { continue };
                    assert_eq!(date.days_since_epoch(), days);
                    assert_eq!(Date::from_days_since_epoch(days), Some(date));
                    days += 1;
                }
            }
        }
        assert_eq!(Date::from_days_since_epoch(days), None);
        assert_eq!(Date::from_days_since_epoch(i64::MAX), None);
        assert_eq!(Date::from_days_since_epoch(i64::MIN), None);
        assert_eq!(Date::from_days_since_epoch(0), Date::new(1970, 1, 1));
    }

    #[test]
    fn times_and_zones() {
        for (octets, unix) in [
            ("\" 1-Jan-1970 00:00:00 +0000\"", 0),
            ("\"01-Jan-1970 01:00:00 +0100\"", 0),
            ("\"31-Dec-1969 23:59:59 +0000\"", -1),
            ("\"31-Dec-1969 18:30:00 -0530\"", 0),
            ("\"31-Dec-2016 23:59:60 +0000\"", 1_483_228_800),
            ("\"19-Jan-2038 03:14:08 +0000\"", 2_147_483_648),
            ("\"31-Dec-9999 23:59:59 -2359\"", 253_402_300_799 + 86_340),
        ] {
            let time = read(octets).unwrap();
            assert_eq!(time.to_unix(), unix, "{octets}");
            assert_eq!(text(time), octets.replace("\"01-", "\" 1-"));
        }
        assert_eq!(read("\" 1-Jan-1970 00:00:00 -0000\""), read("\" 1-Jan-1970 00:00:00 +0000\""));
        for extreme in [i64::MIN, i64::MAX] {
            assert_eq!(DateTime::from_unix(extreme, 0), None);
            assert_eq!(DateTime::from_unix(extreme, i16::MIN), None);
        }
        assert_eq!(DateTime::from_unix(0, 24 * 60), None);
    }

    #[test]
    fn what_is_no_time() {
        for (octets, at) in [
            (" 1-Jan-2026 00:00:00 +0000", 0),
            ("\"1-Jan-2026 00:00:00 +0000\"", 1),
            ("\"  1-Jan-2026 00:00:00 +0000\"", 1),
            ("\" 11-Jan-2026 00:00:00 +0000\"", 1),
            ("\"30-Feb-2026 00:00:00 +0000\"", 1),
            ("\" 1-Jan-2026 24:00:00 +0000\"", 13),
            ("\" 1-Jan-2026 00:60:00 +0000\"", 13),
            ("\" 1-Jan-2026 00:00:61 +0000\"", 13),
            ("\" 1-Jan-2026 0:00:00 +0000\"", 13),
            ("\" 1-Jan-2026 00:00:00\"", 21),
            ("\" 1-Jan-2026 00:00:00 0000\"", 22),
            ("\" 1-Jan-2026 00:00:00 +000\"", 25),
            ("\" 1-Jan-2026 00:00:00 +0060\"", 22),
            ("\" 1-Jan-2026 00:00:00 +2400\"", 22),
            ("\" 1-Jan-2026 00:00:00 +0000", 27),
        ] {
            assert_eq!(read(octets), Err(at), "{octets}");
        }
    }

    #[test]
    fn times_of_real_servers() {
        let loose = |octets: &str| {
            let (time, defects) = lenient(octets.as_bytes(), DateTime::parse);
            (text(time.unwrap()), defects)
        };
        let expected = |defect| (String::from("\" 1-Jan-2026 00:00:00 +0000\""), vec![defect]);
        assert_eq!(loose("\"1-Jan-2026 00:00:00 +0000\""), expected(Defect::UnpaddedDay));
        assert_eq!(loose("\" 1-Jan-2026 00:00:00\""), expected(Defect::MissingZone));
        assert_eq!(loose("\" 1-Jan-2026 00:00:00 +9999\""), expected(Defect::OddZone));
    }

    #[test]
    fn days_that_are_none() {
        for (octets, wrote, like) in [
            ("00-Jan-0001", "0-Jan-0001", "31-Dec-0000"),
            ("31-Feb-2026", "31-Feb-2026", "3-Mar-2026"),
        ] {
            let (date, defects) = lenient(octets.as_bytes(), Date::parse);
            let date = date.unwrap();
            assert_eq!(defects, [Defect::NoSuchDay]);
            assert_eq!(written(|encoder| date.encode(encoder)), wrote.as_bytes());
            let like = strict(like.as_bytes(), Date::parse).unwrap();
            assert_eq!(date.days_since_epoch(), like.days_since_epoch());
            assert!(like.is_conformant() && !date.is_conformant());
        }
        let gone = br#""00-Jan-0000 00:00:00 +0000""#;
        assert_eq!(lenient(gone, DateTime::parse).1, [Defect::NoSuchDay]);
        assert!(lenient(b"32-Jan-2026", Date::parse).0.is_err());
    }
}
