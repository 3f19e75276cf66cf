//! S13, S15, S17, S18, S22, S23: nothing is made of a number that a peer chose, and twice the octets
//! are twice the work.

use bytes::Bytes;
use imap_proto::connection::{Frame, FrameLimits, Framer, Limit};
use imap_proto::{
    Command, CommandBody, Cursor, Data, ParseLimits, Response, SequenceSet, parse_whole,
};
use mail_proto::{Leniency, ParseError, Reading};

fn response(octets: &str) -> Result<Response, ParseError> {
    let octets = Bytes::copy_from_slice(octets.as_bytes());
    parse_whole(&octets, &mut Reading::new(Leniency::strict()), Response::parse)
}

fn limited(octets: &[u8], elements: u32, is_command: bool) -> bool {
    let octets = Bytes::copy_from_slice(octets);
    let limits = ParseLimits { elements, ..ParseLimits::client() };
    let mut cursor = Cursor::new(&octets).with_limits(limits);
    let mut reading = Reading::new(Leniency::lenient());
    match is_command {
        true => Command::parse(&mut cursor, &mut reading).is_ok(),
        false => Response::parse(&mut cursor, &mut reading).is_ok(),
    }
}

#[test]
fn s13_announcements_allocate_nothing() {
    for announced in [
        "{4294967295}",
        "{9223372036854775807}",
        "{18446744073709551615}",
        "{99999999999999999999999}",
    ] {
        let line = format!("* 1 FETCH (BODY[] {announced}\r\n");
        let mut framer = Framer::responses(FrameLimits::client());
        let Frame::Literal(_) = framer.find(line.as_bytes()) else { panic!() };
        assert!(framer.inline().is_err());
        // The codec by itself asks for the octets.
        assert!(response(&format!("* 1 FETCH (BODY[] {announced}\r\nabc)")).is_err());
        assert!(response(&format!("* LIST () \"/\" {announced}\r\nabc")).is_err());
    }
}

#[test]
fn s15_ranges_stay_ranges() {
    let Ok(Response::Data(Data::Vanished(it))) = response("* VANISHED (EARLIER) 1:4294967295")
    else {
        panic!()
    };
    assert_eq!((it.uids.as_slice().len(), it.uids.count()), (1, 4_294_967_295));
    assert_eq!(it.uids.numbers().take(3).count(), 3, "lazily");
    assert!(response("* OK [COPYUID 1 1:4294967295 4294967295:1] x").is_ok());
    let many = format!("a FETCH {} FLAGS", "1:*,".repeat(100_000) + "*:1");
    let octets = Bytes::from(many);
    let command =
        parse_whole(&octets, &mut Reading::new(Leniency::strict()), Command::parse).unwrap();
    let CommandBody::Fetch(fetch) = command.body else { panic!() };
    let SequenceSet::Ranges(ranges) = fetch.set else { panic!() };
    assert_eq!(ranges.normalized().as_slice().len(), 1);
}

/// Lists of so many elements: at the limit they are read, with one more they are not.
#[test]
fn s22_elements_of_lists() {
    let list = |front: &str, element: &str, separator: &str, back: &str| {
        let (front, element, separator, back) =
            (front.to_owned(), element.to_owned(), separator.to_owned(), back.to_owned());
        move |count: usize| {
            [&front, &vec![element.clone(); count].join(&separator), &back]
                .map(|it| &it[..])
                .concat()
        }
    };
    for (make, is_command) in [
        (list("* FLAGS (", "a", " ", ")"), false),
        (list("* 1 FETCH (", "UID 1", " ", ")"), false),
        (list("* LIST (", "\\a", " ", ") \"/\" a"), false),
        (list("* STATUS a (", "MESSAGES 1", " ", ")"), false),
        (list("* METADATA a (", "/shared/a \"\"", " ", ")"), false),
        (list("a FETCH 1 (", "FLAGS", " ", ")"), true),
        (list("a STORE 1 FLAGS (", "a", " ", ")"), true),
        (list("a STATUS x (", "MESSAGES", " ", ")"), true),
        (list("a SORT (", "DATE", " ", ") UTF-8 ALL"), true),
        (list("a LIST \"\" (", "a", " ", ")"), true),
    ] {
        assert!(limited(make(100).as_bytes(), 100, is_command), "{}", make(2));
        assert!(!limited(make(101).as_bytes(), 100, is_command), "{}", make(2));
    }
}

#[test]
fn s23_numbers_at_their_bounds() {
    let numbers = [
        "0",
        "1",
        "2147483647",
        "2147483648",
        "4294967295",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999",
    ];
    let long = "9".repeat(1000);
    for (line, most) in [
        ("* N EXISTS", "4294967295"),
        ("* N EXPUNGE", "4294967295"),
        ("* 1 FETCH (UID N)", "4294967295"),
        ("* 1 FETCH (RFC822.SIZE N)", "9223372036854775807"),
        ("* 1 FETCH (MODSEQ (N))", "9223372036854775807"),
        ("* 1 FETCH (BODY[N] NIL)", "4294967295"),
        ("* 1 FETCH (BODY[]<N> NIL)", "9223372036854775807"),
        ("* SEARCH N", "4294967295"),
        ("* STATUS a (MESSAGES N)", "4294967295"),
        ("* QUOTA \"\" (STORAGE N N)", "9223372036854775807"),
        ("* OK [UIDVALIDITY N] x", "4294967295"),
        ("* OK [HIGHESTMODSEQ N] x", "9223372036854775807"),
        ("* VANISHED N", "4294967295"),
        ("* THREAD (N)", "4294967295"),
    ] {
        let value = |number: &str| number.parse::<u128>().unwrap_or(u128::MAX);
        for number in numbers.into_iter().chain([&long[..]]) {
            let exact = substitute(line, number);
            let read = response(&exact);
            if value(number) > value(most) {
                assert!(read.is_err(), "{exact}");
            } else if number != "0" {
                assert!(read.is_ok(), "{exact}");
            }
        }
    }
}

fn substitute(line: &str, number: &str) -> String {
    let mut out = String::new();
    for part in line.split_inclusive([' ', '(', ')', '[', ']', '<', '>']) {
        let end = part.len() - usize::from(part.ends_with([' ', '(', ')', '[', ']', '<', '>']));
        let (word, sign) = part.split_at(end);
        out += if word == "N" { number } else { word };
        out += sign;
    }
    out
}

#[test]
fn s17_each_octet_is_looked_at_once() {
    let examined = |wire: &[u8], step: usize| {
        let mut framer = Framer::responses(FrameLimits::client());
        for upto in (step..=wire.len()).step_by(step) {
            let _ = framer.find(&wire[..upto]);
        }
        framer.examined()
    };
    for line in ["* SEARCH 1 2 3", "* OK {5} {5} {5}", "((((((((((((((", "\"\"\"\"\"\"\"\"\"\"\"\""]
    {
        let once = line.repeat(4096).into_bytes();
        let twice = line.repeat(8192).into_bytes();
        let (few, many) = (examined(&once, 64), examined(&twice, 64));
        assert!(many <= 2 * few + 64 && few <= once.len() as u64 * 2, "{line}: {few} {many}");
    }
}

#[test]
fn s24_what_was_announced_is_never_a_line() {
    let body = b"A1 OK\r\n* 1 EXPUNGE\r\n";
    let wire =
        [format!("* 1 FETCH (BODY[] {{{}}}\r\n", body.len()).as_bytes(), body, b")\r\n"].concat();
    let limits = FrameLimits { literal: 8, streamed: 8, ..FrameLimits::client() };
    for upto in 0..=wire.len() {
        let mut framer = Framer::responses(limits);
        let _ = framer.find(&wire[..upto]);
        match framer.find(&wire) {
            Frame::Literal(literal) => assert_eq!(literal.size, body.len() as u64),
            other => panic!("{other:?}"),
        }
        assert_eq!(framer.inline().unwrap_err().limit, Limit::Inlined);
        assert_eq!(framer.stream().unwrap_err().limit, Limit::Streamed);
        assert!(matches!(framer.find(&wire), Frame::Literal(_)), "no way back to lines");
    }
}
