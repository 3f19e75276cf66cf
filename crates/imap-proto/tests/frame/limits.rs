//! Each limit, at and one over, by the table of the design.

use imap_proto::connection::{Frame, FrameLimits, Framer, Limit, LimitError};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

type Side = fn(FrameLimits) -> Framer;

fn columns() -> [(FrameLimits, Side, &'static str); 4] {
    [
        (FrameLimits::server_before_login(), Framer::commands, "a ID "),
        (FrameLimits::server(), Framer::commands, "a ID "),
        (FrameLimits::client_before_login(), Framer::responses, "* ID "),
        (FrameLimits::client(), Framer::responses, "* ID "),
    ]
}

fn error(limit: Limit, allowed: usize, actual: usize, at: usize) -> LimitError {
    let [allowed, actual, at] = [allowed, actual, at].map(|number| number as u64);
    LimitError { limit, allowed, actual, at }
}

#[test]
fn the_numbers_of_the_design() {
    let rows = columns().map(|(l, ..)| (l.line, l.literal, l.message, l.literals, l.streamed));
    let all = i64::MAX as u64;
    assert_eq!(rows[0], (8 * KIB, 4 * KIB, 16 * KIB, 4, 0));
    assert_eq!(rows[1], (64 * KIB, 128 * KIB, MIB, 1000, all));
    assert_eq!(rows[2], (8 * KIB, MIB, 16 * MIB, 10_000, all));
    assert_eq!(rows[3], (16 * MIB, MIB, 16 * MIB, 10_000, all));
}

#[test]
fn a_line() {
    for (limits, side, begin) in columns() {
        let line = |length: usize| {
            let mut line = begin.as_bytes().to_vec();
            line.resize(length - 2, b'x');
            [&line[..], b"\r\n"].concat()
        };
        assert_eq!(side(limits).find(&line(limits.line)), Frame::Complete(limits.line));
        let expected = error(Limit::Line, limits.line, limits.line + 1, limits.line);
        let mut framer = side(limits);
        assert_eq!(framer.find(&line(limits.line + 1)), Frame::TooLong(expected));
        assert_eq!(framer.examined(), limits.line as u64, "not one octet more");
        assert_eq!(framer.find(&line(limits.line + 1)), Frame::TooLong(expected));
    }
}

#[test]
fn a_line_with_its_pieces_and_without_its_literals() {
    let limits = FrameLimits { line: 20, ..FrameLimits::server() };
    let mut framer = Framer::commands(limits);
    let wire = b"a ID {10}\r\n0123456789 1234567\r\n";
    assert!(matches!(framer.find(wire), Frame::Literal(_)));
    framer.inline().unwrap();
    let over = error(Limit::Line, 20, 21, 30);
    assert_eq!(framer.find(wire), Frame::TooLong(over));
    let wire = b"a ID {10}\r\n0123456789 123456\r\n";
    let mut framer = Framer::commands(limits);
    assert!(matches!(framer.find(wire), Frame::Literal(_)));
    framer.inline().unwrap();
    assert_eq!(framer.find(wire), Frame::Complete(30));
}

fn announced(framer: &mut Framer, begin: &str, size: u64) -> usize {
    let line = format!("{begin}{{{size}+}}\r\n");
    assert!(matches!(framer.find(line.as_bytes()), Frame::Literal(_)), "{line}");
    line.len()
}

#[test]
fn one_inlined_literal() {
    for (limits, side, begin) in columns() {
        let mut framer = side(limits);
        announced(&mut framer, begin, limits.literal as u64);
        framer.inline().unwrap();
        let mut framer = side(limits);
        announced(&mut framer, begin, limits.literal as u64 + 1);
        let over = error(Limit::Inlined, limits.literal, limits.literal + 1, begin.len());
        assert_eq!(framer.inline(), Err(over));
        assert_eq!(framer.inline(), Err(over), "nothing was decided");
    }
}

#[test]
fn a_message_in_all() {
    let limits = FrameLimits { message: 100, ..FrameLimits::server() };
    let mut framer = Framer::commands(limits);
    let line = announced(&mut framer, "a ID ", 88);
    assert_eq!(line + 88, 100);
    framer.inline().unwrap();
    let wire = [b"a ID {88+}\r\n", &[b'x'; 88][..], b"\r\n"].concat();
    // The literal fits; its line end does not.
    assert_eq!(framer.find(&wire), Frame::TooLong(error(Limit::Message, 100, 101, 100)));

    let mut framer = Framer::commands(limits);
    announced(&mut framer, "a ID ", 89);
    assert_eq!(framer.inline(), Err(error(Limit::Message, 100, 101, 5)));
    let mut framer = Framer::commands(limits);
    announced(&mut framer, "a ID ", 86);
    framer.inline().unwrap();
    let wire = [b"a ID {86+}\r\n", &[b'x'; 86][..], b"\r\n"].concat();
    assert_eq!(framer.find(&wire), Frame::Complete(wire.len()));
}

#[test]
fn s13_many_literals_in_one_message() {
    for (limits, side, begin) in columns() {
        let mut framer = side(FrameLimits { line: limits.message, ..limits });
        let mut wire = begin.as_bytes().to_vec();
        for number in 0..=limits.literals {
            wire.extend(b" {0+}\r\n");
            let Frame::Literal(literal) = framer.find(&wire) else { panic!() };
            let decided = framer.inline();
            if number < limits.literals {
                decided.unwrap();
            } else {
                let actual = limits.literals + 1;
                let over = error(Limit::Literals, limits.literals, actual, literal.header.start);
                assert_eq!(decided, Err(over));
                assert_eq!(framer.stream(), Err(over));
            }
        }
    }
}

#[test]
fn a_streamed_literal() {
    for (limits, side, begin) in columns() {
        let mut framer = side(limits);
        announced(&mut framer, begin, limits.streamed);
        framer.stream().unwrap();
        let mut framer = side(limits);
        announced(&mut framer, begin, limits.streamed + 1);
        let over = framer.stream().unwrap_err();
        let limit = if limits.streamed == 0 { Limit::Streamed } else { Limit::Number };
        assert_eq!((over.limit, over.actual), (limit, limits.streamed + 1));
    }
}

#[test]
fn a_line_of_its_own_kind() {
    let line = [&[b'A'; 12 * KIB - 2][..], b"\r\n"].concat();
    let mut framer = Framer::commands(FrameLimits::server_before_login());
    assert_eq!(framer.find_line(&line, line.len()), Frame::Complete(line.len()));
    let allowed = line.len() - 1;
    let over = error(Limit::Line, allowed, line.len(), allowed);
    assert_eq!(framer.find_line(&line, allowed), Frame::TooLong(over));
}
