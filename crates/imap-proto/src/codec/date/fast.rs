//! The short cut of INTERNALDATE: `"17-Jul-2026 02:44:25 -0700"`, digit for digit.
//!
//! It takes 28 octets with every month, digit and sign in its place, of a day that there is. All else
//! is for [`DateTime::parse`], which says what is wrong with it.

use super::{Date, DateTime};

const LENGTH: usize = 28;

impl DateTime {
    /// The date at the front, and what follows it.
    pub(in crate::codec) fn parse_plain(octets: &[u8]) -> Option<(Self, &[u8])> {
        let (text, behind) = octets.split_first_chunk::<LENGTH>()?;
        let &[
            b'"',
            d1,
            d2,
            b'-',
            m1,
            m2,
            m3,
            b'-',
            y1,
            y2,
            y3,
            y4,
            b' ',
            h1,
            h2,
            b':',
            i1,
            i2,
            b':',
            s1,
            s2,
            b' ',
            sign,
            z1,
            z2,
            z3,
            z4,
            b'"',
        ] = text
        else {
            return None;
        };
        let d1 = if d1 == b' ' { b'0' } else { d1 };
        let year = two(y1, y2)?.checked_mul(100)?.checked_add(two(y3, y4)?)?;
        let date = Date::new(year, month([m1, m2, m3])?, small(d1, d2)?)?;
        let (hours, minutes) = (two(z1, z2)?, two(z3, z4)?);
        if hours >= 24 || minutes >= 60 {
            return None;
        }
        let east = i16::try_from(hours.checked_mul(60)?.checked_add(minutes)?).ok()?;
        let zone = match sign {
            b'+' => east,
            b'-' => east.checked_neg()?,
            _ => return None,
        };
        let time = Self::new(date, small(h1, h2)?, small(i1, i2)?, small(s1, s2)?, zone)?;
        Some((time, behind))
    }
}

/// The month that is written so.
fn month(name: [u8; 3]) -> Option<u8> {
    Some(match &name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    })
}

fn two(first: u8, second: u8) -> Option<u16> {
    let (first, second) = (first.wrapping_sub(b'0'), second.wrapping_sub(b'0'));
    (first < 10 && second < 10)
        .then(|| u16::from(first).wrapping_mul(10).wrapping_add(u16::from(second)))
}

fn small(first: u8, second: u8) -> Option<u8> {
    two(first, second).and_then(|number| u8::try_from(number).ok())
}
