//! Sets of numbers, read and written.

use super::*;
use crate::codec::testing::{lenient, strict, written};
use alloc::string::String;
use alloc::vec;
use bytes::Bytes;
use plain::as_long;
use proptest::prelude::*;

fn set(octets: &str) -> NumberSet<Uid> {
    strict(octets.as_bytes(), NumberSet::parse).unwrap()
}

fn text(set: &NumberSet<Uid>) -> String {
    String::from_utf8(written(|encoder| set.encode(encoder))).unwrap()
}

#[test]
fn q110_a_set_is_divided_by_the_length_of_its_text() {
    let text = "1,3:4,70:*,*,5,4294967295,2";
    let set: Ranges<crate::Position<Uid>> = strict(text.as_bytes(), Ranges::parse).unwrap();
    for octets in 0..=text.len() {
        let text_of = |part: Ranges<_>| written(|encoder| part.encode(encoder));
        let parts: Vec<_> = set.split(octets).map(text_of).collect();
        let parts: Vec<_> = parts.iter().map(|part| core::str::from_utf8(part).unwrap()).collect();
        assert_eq!(parts.join(","), text);
        for (part, next) in parts.iter().zip(parts.iter().skip(1)) {
            assert!(part.len() <= octets || !part.contains(','), "{octets}: {part}");
            let first = next.split(',').next().unwrap();
            assert!(part.len() + 1 + first.len() > octets, "{octets}: {part} {next}");
        }
    }
    assert_eq!(set.split(text.len()).count(), 1);
    assert_eq!(set.split(text.len() - 1).count(), 2);
}

#[test]
fn order_is_kept_and_what_follows_is_joined() {
    for (read, wrote) in [
        ("7", "7"),
        ("7:7", "7"),
        ("1,2,3", "1:3"),
        ("1,2:5,6,8", "1:6,8"),
        ("3,2,1", "3,2,1"),
        ("5:3,4", "5:3,4"),
        ("5:3,6", "5:3,6"),
        ("1:4,5:3", "1:4,5:3"),
        ("1,5:2", "1,5:2"),
        ("9,1:3,9", "9,1:3,9"),
        ("1:4294967295", "1:4294967295"),
        ("4294967295,1", "4294967295,1"),
    ] {
        assert_eq!(text(&set(read)), wrote, "{read}");
        assert_eq!(set(wrote), set(read));
    }
}

#[test]
fn what_is_no_set() {
    for (octets, at) in [
        ("", 0),
        (",", 0),
        ("1,", 2),
        ("1:", 2),
        ("1:2:3", 3),
        ("0", 0),
        ("1:0", 2),
        ("*", 0),
        ("$", 0),
        ("4294967296", 0),
        ("1;2", 1),
        ("-1", 0),
    ] {
        let read = lenient(octets.as_bytes(), NumberSet::<Uid>::parse).0;
        assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
    }
    assert_eq!(strict(b"01", NumberSet::<Uid>::parse).map_err(|error| error.at), Err(0));
    assert_eq!(lenient(b"01", NumberSet::<Uid>::parse).1, [Defect::LeadingZeros]);
}

#[test]
fn members_of_ranges_in_either_order() {
    let uids = set("9,5:3,4294967295");
    let members = [9, 3, 4, 5, u32::MAX];
    assert_eq!(uids.numbers().map(Uid::get).collect::<Vec<_>>(), members);
    assert_eq!(uids.count(), 5);
    for number in [1, 2, 3, 4, 5, 6, 8, 9, 10, u32::MAX] {
        let uid = Uid::new(number).unwrap();
        assert_eq!(uids.contains(uid), members.contains(&number), "{number}");
    }
    assert_eq!(set("1:4294967295").count(), u64::from(u32::MAX));
}

#[test]
fn normalized_sets() {
    for (read, normal) in [
        ("3,2,1", "1:3"),
        ("5:3,4", "3:5"),
        ("1:10,2:3", "1:10"),
        ("10,1:4,5,7", "1:5,7,10"),
        ("4294967295,1,4294967294", "1,4294967294:4294967295"),
    ] {
        assert_eq!(text(&set(read).normalized()), normal, "{read}");
    }
}

fn capacity(ranges: &NumberSet<Uid>) -> usize {
    match &ranges.0 {
        Kept::Many(ranges) => ranges.capacity(),
        _ => 0,
    }
}

#[test]
fn a_range_or_two_take_no_vector() {
    let kept =
        |octets: &str| size_of_val(set(octets).as_slice()) / 8 * 10 + capacity(&set(octets)).min(1);
    assert_eq!(["1", "1:2", "1,2,3", "1,3:4", "1,3,4,9"].map(kept), [10, 10, 10, 20, 31]);
    assert_eq!(size_of::<NumberSet<Uid>>(), 24);
    let mut one = Some(set("7"));
    Cursor::new(&Bytes::from_static(b" 8 10 12")).spaced_numbers(&mut one);
    assert_eq!(one, Some(set("7:8,10,12")));
    let two: NumberSet<Uid> = non_empty(set("7,9").as_slice().to_vec()).unwrap();
    assert_eq!((capacity(&two), &two), (0, &set("7,9")));
}

#[test]
fn a_million_numbers_take_one_vector_and_one_range_each() {
    let odd = |index: u32| Uid::new(index * 2 + 1).unwrap();
    let mut octets = String::from("1");
    let (mut ranges, mut grown) = (Ranges::one(odd(0)), 0);
    for index in 1..1_000_000 {
        octets.push_str(&alloc::format!(",{}", odd(index)));
        let before = capacity(&ranges);
        ranges.push(SetRange { first: odd(index), last: odd(index) });
        grown += usize::from(capacity(&ranges) != before);
    }
    let read = set(&octets);
    assert_eq!(read, ranges);
    assert!(grown <= 20, "{grown} allocations");
    assert!(size_of_val(read.as_slice()) == 8_000_000 && capacity(&read) <= 2_000_000);
    let joined: Vec<_> = (1..=1_000_000).filter_map(Uid::new).collect();
    assert_eq!(Ranges::from_numbers(joined).unwrap().as_slice().len(), 1);
}

/// One token after the other, as it was before there was a faster way.
fn slowly(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed<Uid> {
    *cursor = cursor.clone().without_fast_paths();
    let first = read_range(cursor, reading)?;
    let mut ranges = Ranges::range(first.first, first.last);
    while cursor.eat(b',') {
        ranges.push(read_range(cursor, reading)?);
    }
    Ok(ranges)
}

fn slowly_spaced(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed<Uid> {
    let mut numbers = vec![];
    while cursor.another(reading)? {
        numbers.push(Uid::parse(cursor, reading)?);
    }
    Ranges::from_numbers(numbers).ok_or(cursor.expected("a number"))
}

fn spaced(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed<Uid> {
    let mut numbers = None;
    cursor.spaced_numbers(&mut numbers);
    while cursor.another(reading)? {
        let uid = Uid::parse(cursor, reading)?;
        let range = SetRange { first: uid, last: uid };
        match &mut numbers {
            Some(numbers) => numbers.push(range),
            None => numbers = Some(Ranges::one(uid)),
        }
        cursor.spaced_numbers(&mut numbers);
    }
    numbers.ok_or(cursor.expected("a number"))
}

type Parsed<N> = Result<NumberSet<N>, ParseError>;

#[test]
fn plain_numbers_of_all_lengths() {
    for behind in ["", ",", " ", ":1", "\u{b9}", "/", ";", "\0", ", 12345678"] {
        let mut number = 0u64;
        for digit in 1..=12 {
            number = number * 10 + digit % 10;
            for number in [number, 10u64.pow(digit as u32 - 1), 10u64.pow(digit as u32) - 1] {
                let octets = alloc::format!("{number}{behind}");
                let expected = u32::try_from(number).ok().and_then(NonZeroU32::new);
                let expected = expected.map(|number| (number, behind.as_bytes()));
                assert_eq!(plain_number(octets.as_bytes()), expected, "{octets}");
            }
        }
    }
    for none in ["", "0", "01", "00000001", "0,123456789", ",12345678", "4294967296", "x"] {
        assert_eq!(plain_number(none.as_bytes()), None, "{none}");
    }
    let max = plain_number(b"4294967295,").unwrap();
    assert_eq!((max.0.get(), max.1), (u32::MAX, &b","[..]));
}

#[test]
fn plain_numbers_of_a_known_length() {
    for front in 0..=u8::MAX {
        for (digits, length) in [("1", 1), ("98", 2), ("0", 1), ("7654321", 7), ("4000", 4)] {
            for at in 0..8 {
                let mut octets = *b"        ";
                octets[..length].copy_from_slice(digits.as_bytes());
                octets[length + 1..].fill(front);
                octets[at] = front;
                for claimed in 0..=9 {
                    let plain = plain_number(&octets).filter(|(_, behind)| {
                        behind.len() + claimed == 8 && behind.first() == Some(&b' ')
                    });
                    let number = plain.map(|(number, _)| number);
                    assert_eq!(as_long(octets, claimed), number, "{octets:?} {claimed}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn the_fast_way_reads_the_same(
        octets in "([1-9][0-9]{0,9}[,:]){0,9}[0-9:,]{0,12}",
        is_wild in any::<bool>(),
        at in any::<prop::sample::Index>(),
        other in any::<u8>(),
    ) {
        let mut octets = octets.into_bytes();
        if is_wild && !octets.is_empty() {
            let at = at.index(octets.len());
            octets[at] = other;
        }
        prop_assert_eq!(strict(&octets, NumberSet::parse), strict(&octets, slowly));
        prop_assert_eq!(lenient(&octets, NumberSet::parse), lenient(&octets, slowly));
    }

    #[test]
    fn the_fast_way_reads_the_same_with_spaces(
        octets in prop_oneof![
            "( [1-9][0-9]{0,9}){0,9}[0-9 ]{0,12}( 1 2 3 4 5 7)?",
            "( [1-9]){0,9}( [1-9][0-9]){0,9}( [1-9][0-9]{6}){0,9}( [1-9][0-9]{7}){0,3}",
            "( 9999| 9998| 9997| 9999998){0,9} 9999999( 10000000)?( 10000001 10000002)?",
        ],
        is_wild in any::<bool>(),
        at in any::<prop::sample::Index>(),
        other in any::<u8>(),
    ) {
        let mut octets = octets.into_bytes();
        if is_wild && !octets.is_empty() {
            let at = at.index(octets.len());
            octets[at] = other;
        }
        prop_assert_eq!(strict(&octets, spaced), strict(&octets, slowly_spaced));
        prop_assert_eq!(lenient(&octets, spaced), lenient(&octets, slowly_spaced));
    }
}
