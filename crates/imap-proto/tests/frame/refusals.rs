//! Units that are given up: no way back to lines before the announced octets have gone by.

use imap_proto::connection::{Frame, FrameLimits, Framer, Limit, Literal};

use super::drive::{
    Decision, Piece, body, commands, discard, front, inline, pieces, responses, unit,
};

fn given_up(octets: usize, behind: &str) -> Vec<Piece> {
    vec![Piece::GivenUp(octets), unit(behind)]
}

#[test]
fn s24_the_octets_of_a_refused_literal_are_never_lines() {
    let refused = "* 1 FETCH (BODY[] {30}\r\nA1 OK\r\n* 1 EXPUNGE\r\nA2 OK {9}\r\n UID 5)\r\n";
    let wire = format!("{refused}A1 OK\r\n");
    let expected = given_up(refused.len(), "A1 OK\r\n");
    assert_eq!(pieces(&responses(), wire.as_bytes(), discard), expected);

    let refused = "a APPEND x {20+}\r\nb DELETE x\r\nc NOOP\r\n\r\n";
    let wire = format!("{refused}d NOOP\r\n");
    let expected = given_up(refused.len(), "d NOOP\r\n");
    assert_eq!(pieces(&commands(), wire.as_bytes(), discard), expected);
}

#[test]
fn s24_a_limit_below_the_size_ends_the_reading() {
    let wire = "* 1 FETCH (BODY[] {23}\r\nA1 OK\r\n* 1 EXPUNGE\r\n\r\n)\r\nA1 OK\r\n";
    let limits = FrameLimits { literal: 22, ..FrameLimits::client() };
    let seen = pieces(&Framer::responses(limits), wire.as_bytes(), inline);
    let [Piece::TooLong(error)] = seen[..] else { panic!("{seen:?}") };
    assert_eq!((error.limit, error.allowed, error.actual), (Limit::Inlined, 22, 23));
    assert_eq!(error.at, 18);
}

#[test]
fn c12_a_refused_literal_that_is_on_its_way_is_swallowed_with_the_rest_of_its_command() {
    let refused = "a APPEND x {3+}\r\nabc (\\Seen) ~{12+}\r\nb DELETE x\r\n {0+}\r\n {4}\r\n";
    let wire = format!("{refused}c NOOP\r\n");
    // The last literal waits for a `+` that will not come.
    let expected = given_up(refused.len(), "c NOOP\r\n");
    assert_eq!(pieces(&commands(), wire.as_bytes(), discard), expected);
}

#[test]
fn a_refused_literal_that_waits_ends_its_command() {
    let wire = "a APPEND x {3}\r\nb NOOP\r\n";
    assert_eq!(pieces(&commands(), wire.as_bytes(), discard), given_up(16, "b NOOP\r\n"));
}

#[test]
fn a_server_does_not_wait_whatever_it_writes() {
    for spelling in ["{6}", "{6+}", "~{6}", "~{6+}"] {
        let refused = format!("* 1 FETCH (BODY[] {spelling}\r\nA1 OK\r\n {{1}}\r\nx)\r\n");
        let wire = format!("{refused}A1 OK\r\n").replace("{6", "{7");
        let expected = given_up(refused.len(), "A1 OK\r\n");
        assert_eq!(pieces(&responses(), wire.as_bytes(), discard), expected);
    }
}

#[test]
fn a_streamed_literal_can_be_given_up_half_way() {
    let wire = b"a APPEND x {8}\r\nb NOOP\r\n\r\nc NOOP\r\n";
    let mut framer = commands();
    assert!(matches!(framer.find(wire), Frame::Literal(_)));
    framer.stream().unwrap();
    assert_eq!(framer.find(&wire[16..19]), Frame::Body { octets: 3, last: false });
    // It does not wait any more: five octets are owed.
    framer.discard().unwrap();
    assert_eq!(framer.find(b""), Frame::Partial);
    assert_eq!(framer.find(&wire[19..]), Frame::Discard(5));
    assert_eq!(framer.find(&wire[24..]), Frame::Complete(2));
    assert_eq!(framer.find(&wire[26..]), Frame::Complete(8));
}

#[test]
fn a_literal_that_is_being_kept_can_be_given_up_half_way() {
    let wire = b"a LOGIN {8}\r\nb NOOP\r\n x\r\nc NOOP\r\n";
    let mut framer = commands();
    assert!(matches!(framer.find(&wire[..13]), Frame::Literal(_)));
    framer.inline().unwrap();
    assert_eq!(framer.find(&wire[..15]), Frame::Partial);
    framer.discard().unwrap();
    assert_eq!(framer.find(&wire[..15]), Frame::Discard(15));
    assert_eq!(framer.find(&wire[15..18]), Frame::Discard(3));
    assert_eq!(framer.find(&wire[18..]), Frame::Discard(3));
    assert_eq!(framer.find(&wire[21..]), Frame::Complete(4));
    assert_eq!(framer.find(&wire[25..]), Frame::Complete(8));
}

#[test]
fn the_tail_behind_a_streamed_literal_can_be_given_up() {
    fn first_only(literal: &Literal) -> Decision {
        if literal.size == 3 { Decision::Stream } else { Decision::Discard }
    }
    let wire = "a APPEND x {3+}\r\nabc {8+}\r\nb NOOP\r\n\r\nc NOOP\r\n";
    let mut expected = vec![front("a APPEND x {3+}\r\n"), body("abc")];
    expected.extend(given_up(17, "c NOOP\r\n"));
    assert_eq!(pieces(&commands(), wire.as_bytes(), first_only), expected);
}

#[test]
fn a_command_line_without_measure_is_discarded_to_its_end_and_never_held() {
    let mut framer = Framer::commands(FrameLimits { line: 40, ..FrameLimits::server() });
    let long = [b"a X ", &[b'x'; 5000][..], b" \"y {14+}\r\nb DELETE x\n\r\n {9}\r\n"].concat();
    let wire = [&long[..], b"c NOOP\r\n"].concat();
    for chunk in [1, 7, 39, 40, 41, 1000, usize::MAX] {
        let mut framer = framer.clone();
        let (mut input, mut rest, mut discarded, mut most) = (Vec::new(), &wire[..], 0, 0);
        let ends = loop {
            match framer.find(&input) {
                Frame::TooLong(error) => {
                    assert_eq!((error.limit, error.actual, error.at), (Limit::Line, 41, 40));
                    framer.discard().unwrap();
                }
                Frame::Discard(octets) => {
                    input.drain(..octets);
                    discarded += octets;
                }
                Frame::Complete(octets) => break discarded + octets,
                Frame::Partial => {
                    let (new, behind) = rest.split_at(chunk.min(rest.len()));
                    assert!(!new.is_empty());
                    input.extend(new);
                    rest = behind;
                    most = most.max(input.len());
                }
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(ends, long.len(), "chunks of {chunk}");
        assert!(most <= 40 + chunk.min(wire.len()), "{most} octets held, chunks of {chunk}");
    }
    assert_eq!(framer.find(b"a NOOP\r\n"), Frame::Complete(8));
}

#[test]
fn a_base64_line_without_measure_is_discarded_with_what_it_announces() {
    let mut framer = commands();
    let long = [&[b'A'; 50][..], b" {9+}\r\n"].concat();
    assert!(matches!(framer.find_line(&long, 40), Frame::TooLong(_)));
    framer.discard().unwrap();
    assert_eq!(framer.find(&long), Frame::Discard(long.len()));
    assert_eq!(framer.find(b"x LOGOUTx {9}\r\n"), Frame::Discard(9));
    assert_eq!(framer.find(b"x {9}\r\n"), Frame::Complete(7));
    assert_eq!(framer.find(b"a NOOP\r\n"), Frame::Complete(8));
}

#[test]
fn a_response_line_without_measure_is_the_end() {
    let mut framer = Framer::responses(FrameLimits { line: 40, ..FrameLimits::client() });
    let long = [b"* SEARCH", &[b' '; 50][..], b"\r\n"].concat();
    assert!(matches!(framer.find(&long), Frame::TooLong(_)));
    framer.discard().unwrap();
    assert!(matches!(framer.find(&long), Frame::TooLong(_)));
}

#[test]
fn s23_numbers_at_their_limits() {
    let announce = |number: &str, spelling: &str| {
        let mut framer = commands();
        let line = format!("a APPEND x {{{number}{spelling}}}\r\n");
        let Frame::Literal(literal) = framer.find(line.as_bytes()) else { panic!("{line}") };
        (framer, literal)
    };
    for number in ["0", "1", "2147483647", "4294967296", "9223372036854775807"] {
        let (mut framer, literal) = announce(number, "+");
        assert_eq!(literal.size.to_string(), number);
        framer.stream().unwrap();
    }
    let (mut framer, literal) = announce("00000000000000000005", "+");
    assert_eq!(literal.size, 5);
    framer.inline().unwrap();
    let (zeros, thousand) = ("000000000000000000005", "9".repeat(1000));
    for number in ["9223372036854775808", "18446744073709551616", zeros, &thousand] {
        let (mut framer, literal) = announce(number, "+");
        for refusal in [framer.inline(), framer.stream(), framer.discard()] {
            let error = refusal.unwrap_err();
            assert_eq!((error.limit, error.at), (Limit::Number, 11));
            assert_eq!((error.allowed, error.actual), (i64::MAX as u64, literal.size));
        }
        // Whoever waits can be told.
        let (mut framer, _) = announce(number, "");
        framer.inline().unwrap_err();
        framer.discard().unwrap();
        assert!(matches!(framer.find(&[b' '; 2000]), Frame::Complete(_)));
    }
}

#[test]
fn what_nobody_can_count_ends_the_reading_also_in_what_is_discarded() {
    for digits in [21, 25, 50, 1000] {
        let line = format!("a APPEND x {{1+}}\r\nx {{{}+}}\r\n", "0".repeat(digits));
        let seen = pieces(&commands(), line.as_bytes(), discard);
        let [Piece::TooLong(error)] = seen[..] else { panic!("{seen:?}") };
        assert_eq!((error.limit, error.actual), (Limit::Number, u64::MAX));
        assert!(digits > 25 || error.at == 19, "{error}");
    }
}
