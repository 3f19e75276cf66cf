//! Where a unit ends when no literal is in it, the units without literals, and what stands behind.

use imap_proto::connection::{Frame, FrameLimits, Framer};

use super::drive::{commands, drive, inline, pieces, responses, stream, units};

const SASL: usize = 12 * 1024;

#[test]
fn q2_a_bare_lf_ends_a_line_only_by_name() {
    let wire = "a SELECT x\nb LOGIN {3}\nabc\nc NOOP\r\n";
    assert_eq!(pieces(&commands(), wire.as_bytes(), inline), units([wire]));
    let expected = ["a SELECT x\n", "b LOGIN {3}\nabc\n", "c NOOP\r\n"];
    let relaxed = commands().with_bare_lf(true);
    assert_eq!(pieces(&relaxed, wire.as_bytes(), inline), units(expected));
    let wire = "* 1 FETCH (BODY[] {3}\nabc)\n";
    let relaxed = responses().with_bare_lf(true);
    assert_eq!(pieces(&relaxed, wire.as_bytes(), inline), units([wire]));
}

#[test]
fn s28_bare_cr_and_nul_are_left_to_the_parser() {
    let wire = "a\r NO\0OP\r\r\nb \n\r\nc {5}\r\r\n\r\n";
    let expected = ["a\r NO\0OP\r\r\n", "b \n\r\n", "c {5}\r\r\n", "\r\n"];
    assert_eq!(pieces(&commands(), wire.as_bytes(), inline), units(expected));
    assert_eq!(pieces(&responses(), wire.as_bytes(), inline), units(expected));
}

#[test]
fn s28_the_lenient_framer_finds_no_more_units_than_line_ends() {
    let wire = b"a NOOP\rb NOOP\r\n\rc NOOP\n\r\r\n";
    let (seen, _) = drive(commands().with_bare_lf(true), wire, &[1], inline);
    assert_eq!(seen.pieces.len(), wire.iter().filter(|octet| **octet == b'\n').count());
}

#[test]
fn s1_what_is_pipelined_behind_starttls_is_not_looked_at() {
    let wire = b"a STARTTLS\r\nb NOOP\r\nc LOGIN {3}\r\n";
    for split in 0..wire.len() {
        let mut framer = commands();
        let first = framer.find(&wire[..split]);
        let expected = if split < 12 { Frame::Partial } else { Frame::Complete(12) };
        assert_eq!(first, expected);
        if split < 12 {
            assert_eq!(framer.find(wire), Frame::Complete(12));
        }
        assert_eq!(framer.examined(), 12);
    }
    // With line ends of one half or the other it is no command at all.
    assert_eq!(commands().find(b"a STARTTLS\nb NOOP\n"), Frame::Partial);
    assert_eq!(commands().find(b"a STARTTLS\rb NOOP\r"), Frame::Partial);
    let wire = "a NOOP {12+}\r\nb STARTTLS\r\n\r\nc STARTTLS\r\nd NOOP\r\n";
    let expected = ["a NOOP {12+}\r\nb STARTTLS\r\n\r\n", "c STARTTLS\r\n", "d NOOP\r\n"];
    assert_eq!(pieces(&commands(), wire.as_bytes(), inline), units(expected));
}

#[test]
fn what_is_pipelined_behind_a_literal_is_not_looked_at() {
    let wire = b"a APPEND x {6}\r\nb NOOP\r\nc NOOP\r\n";
    let mut framer = commands();
    let Frame::Literal(literal) = framer.find(wire) else { panic!() };
    assert_eq!(literal.header, 11..16);
    // Twice, since it ends in an announcement.
    assert_eq!(framer.examined(), 2 * 16);
    framer.inline().unwrap();
    assert_eq!(framer.find(wire), Frame::Complete(24));
    assert_eq!(framer.examined(), 2 * 16 + 2);
}

#[test]
fn a_paused_unit_goes_on_only_when_it_has_been_decided() {
    let wire = b"a APPEND x {6}\r\nb NOOP\r\n";
    let mut framer = commands();
    let paused = framer.find(wire);
    assert!(matches!(paused, Frame::Literal(_)));
    let examined = framer.examined();
    assert_eq!(framer.find(wire), paused);
    assert_eq!(framer.find_line(wire, SASL), paused);
    assert_eq!(framer.examined(), examined);
}

#[test]
fn decisions_about_nothing_change_nothing() {
    let mut framer = commands();
    framer.inline().unwrap();
    framer.stream().unwrap();
    assert_eq!(framer.find(b"a NO"), Frame::Partial);
    framer.inline().unwrap();
    framer.stream().unwrap();
    assert_eq!(framer.find(b"a NOOP\r\n"), Frame::Complete(8));
}

#[test]
fn behind_a_streamed_literal_offsets_begin_again_and_at_goes_on() {
    let mut framer = responses();
    let first = b"* 1 FETCH (BODY[1] {4}\r\n";
    let Frame::Literal(literal) = framer.find(first) else { panic!() };
    assert_eq!((literal.header, literal.at), (19..24, 19));
    framer.stream().unwrap();
    assert_eq!(framer.find(b""), Frame::Partial);
    assert_eq!(framer.find(b"abc"), Frame::Body { octets: 3, last: false });
    assert_eq!(framer.find(b"d BODY[2] "), Frame::Body { octets: 1, last: true });
    assert_eq!(framer.find(b" BODY[2] "), Frame::Partial);
    let Frame::Literal(literal) = framer.find(b" BODY[2] {2}\r\nxy)\r\n") else { panic!() };
    assert_eq!((literal.header, literal.at), (9..14, 24 + 4 + 9));
    framer.inline().unwrap();
    assert_eq!(framer.find(b" BODY[2] {2}\r\nxy)\r\n"), Frame::Complete(19));
}

#[test]
fn the_lines_of_authenticate_and_idle_have_no_literals() {
    let mut framer = commands();
    assert_eq!(framer.find(b"a AUTHENTICATE PLAIN\r\n"), Frame::Complete(22));
    assert_eq!(framer.find_line(b"AGZyZWQ", SASL), Frame::Partial);
    assert_eq!(framer.find_line(b"AGZyZWQA\r\nb IDLE\r\n", SASL), Frame::Complete(10));
    assert_eq!(framer.find_line(b" {5}\r\nb IDLE\r\n", SASL), Frame::Complete(6));
    // What does not wait comes in any case.
    assert!(matches!(framer.find_line(b" {5+}\r\nb IDLE\r\n", SASL), Frame::Literal(_)));
    framer.discard().unwrap();
    assert_eq!(framer.find_line(b" {5+}\r\nb IDLE\r\n", SASL), Frame::Discard(7));
    assert_eq!(framer.find_line(b"b IDLE\r\n", SASL), Frame::Discard(5));
    assert_eq!(framer.find_line(b"E\r\n", SASL), Frame::Complete(3));
    assert_eq!(framer.find_line(b"*\r\n", SASL), Frame::Complete(3));
    assert_eq!(framer.find_line(b"done\r\nc NOOP\r\n", 6), Frame::Complete(6));
    assert!(matches!(framer.find(b"c NOOP {1+}\r\n"), Frame::Literal(_)), "a command again");
}

#[test]
fn no_line_is_read_in_the_middle_of_a_unit() {
    let wire = b"a APPEND x {6+}\r\nDONE\r\n\r\n";
    let mut framer = commands();
    assert!(matches!(framer.find(wire), Frame::Literal(_)));
    framer.stream().unwrap();
    assert_eq!(framer.find_line(&wire[17..], 6), Frame::Body { octets: 6, last: true });
    assert_eq!(framer.find_line(&wire[23..], 1), Frame::Complete(2));
}

#[test]
fn after_a_handover_or_login_other_limits_hold() {
    let mut framer = Framer::commands(FrameLimits::server_before_login());
    let long = [b"a X ", &[b'x'; 9000][..], b"\r\n"].concat();
    assert!(matches!(framer.find(&long), Frame::TooLong(_)));
    framer.set_limits(FrameLimits::server());
    assert_eq!(framer.find(&long), Frame::Complete(long.len()));
    assert_eq!(framer.examined(), long.len() as u64);
}

#[test]
fn commands_and_responses_in_a_row() {
    let wire = "* OK IMAP4rev2 ready\r\n* CAPABILITY IMAP4rev2\r\n+ \r\n+\r\nA1 OK\r\n";
    let expected =
        ["* OK IMAP4rev2 ready\r\n", "* CAPABILITY IMAP4rev2\r\n", "+ \r\n", "+\r\n", "A1 OK\r\n"];
    assert_eq!(pieces(&responses(), wire.as_bytes(), stream), units(expected));
}

#[test]
fn a_plain_line_leaves_nothing_behind() {
    let mut framer = Framer::commands(FrameLimits::server());
    let wire = b"aGk=\r\na1 NO {3+}\r\nabc\r\na2 NOOP\r\n";
    assert_eq!(framer.find_line(wire, 10), Frame::Complete(6));
    // Given up before it has come: it may announce something, and be longer than that line.
    framer.discard().unwrap();
    assert_eq!(framer.find(&wire[6..]), Frame::Discard(12));
    assert_eq!(framer.find(&wire[18..]), Frame::Discard(3));
    assert_eq!(framer.find(&wire[21..]), Frame::Complete(2));
    assert_eq!(framer.find(&wire[23..]), Frame::Complete(9));
}
