//! Where `{n}` announces a literal, and where it is text.

use imap_proto::connection::{Frame, Framer, Literal};

use super::drive::{Piece, body, commands, drive, front, inline, pieces, responses, stream, units};

/// The announcements in the wire, all kept.
fn literals(framer: &Framer, wire: &str) -> Vec<Literal> {
    drive(framer.clone(), wire.as_bytes(), &[usize::MAX], inline).0.literals
}

fn announces(framer: &Framer, line: &str) -> bool {
    matches!(framer.clone().find(line.as_bytes()), Frame::Literal(_))
}

#[test]
fn the_four_spellings_in_both_directions() {
    let spellings = [
        ("{3}", true, false),
        ("{3+}", false, false),
        ("~{3}", true, true),
        ("~{3+}", false, true),
    ];
    for (spelling, sync, binary) in spellings {
        for (framer, begin) in [(commands(), "a APPEND x "), (responses(), "* 1 FETCH (BODY[] ")] {
            let wire = format!("{begin}{spelling}\r\nabc)\r\n");
            let [literal] = &literals(&framer, &wire)[..] else { panic!("{wire}") };
            assert_eq!((literal.size, literal.sync, literal.binary), (3, sync, binary));
            assert_eq!(&wire[literal.header.clone()], format!("{spelling}\r\n"));
            assert_eq!(literal.at, begin.len() as u64);
            assert_eq!(pieces(&framer, wire.as_bytes(), inline), units([&wire]));
        }
    }
}

#[test]
fn q4_text_announces_nothing() {
    let texts = [
        "A1 NO unknown thing {5}\r\n",
        "* OK ready {5}\r\n",
        "* ok [ALERT] {5}\r\n",
        "* OK [ALERT {5}\r\n",
        "* NO x {5+}\r\n",
        "* BAD x ~{5}\r\n",
        "* BYE x ~{5+}\r\n",
        "* PREAUTH (x {5}\r\n",
        "A1 OK {5}\r\n",
        "A1 bad {5}\r\n",
        "A1 BYE {5}\r\n",
        "A1 PREAUTH {5}\r\n",
        "+ OK {5}\r\n",
        "+ {5}\r\n",
        "+{5}\r\n",
        "+ 1 FETCH {5}\r\n",
        "* OK\r\n",
    ];
    for text in texts {
        let wire = format!("{text}* OK next\r\n");
        assert_eq!(pieces(&responses(), wire.as_bytes(), inline), units([text, "* OK next\r\n"]));
    }
}

#[test]
fn a_name_that_only_begins_like_a_status_is_data() {
    for data in ["* OKAY {1}\r\n", "* NOTE {1}\r\n", "* BYE-BYE {1}\r\n", "* X-OK {1}\r\n"] {
        assert!(announces(&responses(), data), "{data}");
    }
}

#[test]
fn q3_quotes_in_text_mean_nothing() {
    let wire = "* OK Hello \" foo\r\n* 1 FETCH (BODY[] {2}\r\n\"\r)\r\nA1 NO \"x\r\nA2 OK\r\n";
    let expected = [
        "* OK Hello \" foo\r\n",
        "* 1 FETCH (BODY[] {2}\r\n\"\r)\r\n",
        "A1 NO \"x\r\n",
        "A2 OK\r\n",
    ];
    assert_eq!(pieces(&responses(), wire.as_bytes(), inline), units(expected));
}

#[test]
fn nothing_is_announced_inside_a_quoted_string() {
    for open in ["\"foo {5}\r\n", "\"\\\" {5}\r\n", "\"\\\\\" \"({5}\r\n", "\"a\" \" ~{5}\r\n"] {
        assert!(!announces(&responses(), &format!("* LIST () {open}")), "{open}");
        assert!(!announces(&commands(), &format!("a LOGIN {open}")), "{open}");
    }
    for closed in ["\"foo\" {5}\r\n", "\"\\\"\" {5}\r\n", "\"\\\\\" ({5}\r\n", "\\\"a\" {5}\r\n"] {
        assert!(announces(&responses(), &format!("* LIST () {closed}")), "{closed}");
        assert!(announces(&commands(), &format!("a LOGIN {closed}")), "{closed}");
    }
}

#[test]
fn an_unbalanced_quote_ends_with_its_line() {
    let wire = "a LOGIN \"x {5}\r\nb LOGIN {1}\r\n\" {1}\r\n\"\r\nc SELECT \"\\\r\nd NOOP\r\n";
    let expected = [
        "a LOGIN \"x {5}\r\n",
        "b LOGIN {1}\r\n\" {1}\r\n\"\r\n",
        "c SELECT \"\\\r\n",
        "d NOOP\r\n",
    ];
    assert_eq!(pieces(&commands(), wire.as_bytes(), inline), units(expected));
    // The line behind a literal begins outside of quotes, whatever stood before it or in it.
    let wire = "* 1 FETCH (ENVELOPE (\"a\" {1}\r\n\" {2}\r\n\"\"))\r\n";
    assert_eq!(pieces(&responses(), wire.as_bytes(), inline), units([wire]));
}

#[test]
fn a_string_stands_behind_a_space_or_a_parenthesis() {
    for line in ["* LIST () \"/\" foo{5}\r\n", "* 1 FETCH (BODY[]{5}\r\n", "* ID ~~{5}\r\n"] {
        assert!(!announces(&responses(), line), "{line}");
    }
    for line in ["a SELECT foo{5}\r\n", "a SELECT foo~{5}\r\n"] {
        assert!(!announces(&commands(), line), "{line}");
    }
    assert!(announces(&responses(), "* ID ({5}\r\n"));
    assert!(announces(&commands(), "a LIST \"\" (~{5}\r\n"));
}

#[test]
fn s10_a_command_that_ends_in_a_non_synchronizing_announcement_is_believed() {
    // RFC 7888 section 3: the octets are on their way, whatever is wrong with the line.
    for begin in ["a LOGIN \"x ", "a SELECT foo", "a NOOP ", "", "a SEARCH TEXT 5\"x "] {
        let wire = format!("{begin}{{11+}}\r\nb DELETE x\n\r\nc NOOP\r\n");
        let unit = format!("{begin}{{11+}}\r\nb DELETE x\n\r\n");
        assert_eq!(pieces(&commands(), wire.as_bytes(), inline), units([&unit, "c NOOP\r\n"]));
    }
}

#[test]
fn what_is_no_announcement() {
    for end in ["{}", "{+}", "{5-}", "{5", "5}", "{a}", "{-5}", "{5} ", "{ 5}", "{5}\r", "{5++}"] {
        assert!(!announces(&responses(), &format!("* ID {end}\r\n")), "{end}");
        assert!(!announces(&commands(), &format!("a ID {end}\r\n")), "{end}");
    }
}

#[test]
fn only_the_end_of_the_line_counts() {
    let wire = "* LIST () \"/\" {5} x\r\n* OK\r\n";
    let expected = ["* LIST () \"/\" {5} x\r\n", "* OK\r\n"];
    assert_eq!(pieces(&responses(), wire.as_bytes(), inline), units(expected));
}

#[test]
fn literals_may_follow_each_other_and_be_empty() {
    let wire = "a LOGIN {0}\r\n {3}\r\n\r\n{\r\nb NOOP\r\n";
    let expected = ["a LOGIN {0}\r\n {3}\r\n\r\n{\r\n", "b NOOP\r\n"];
    assert_eq!(pieces(&commands(), wire.as_bytes(), inline), units(expected));
    let expected = [front("a LOGIN {0}\r\n"), body(""), front(" {3}\r\n"), body("\r\n{")];
    let streamed = pieces(&commands(), wire.as_bytes(), stream);
    assert_eq!(streamed[..4], expected);
    assert_eq!(streamed[4..], units(["\r\n", "b NOOP\r\n"]));
}

#[test]
fn q1_nuls_in_front_of_a_response() {
    let wire = "\0\0\0A5 OK FETCH completed {5}\r\n\0* 1 FETCH (BODY[] {2}\r\nab)\r\n\0\0\r\n";
    let expected =
        ["\0\0\0A5 OK FETCH completed {5}\r\n", "\0* 1 FETCH (BODY[] {2}\r\nab)\r\n", "\0\0\r\n"];
    assert_eq!(pieces(&responses(), wire.as_bytes(), inline), units(expected));
}

#[test]
fn q13_q14_lines_that_are_no_responses_are_text() {
    for line in [
        "Server Unavailable. {15}\r\n",
        "[COPYUID 55 31 6] {5}\r\n",
        "* [COPYUID 55 31 6] {5}\r\n",
        "* {5}\r\n",
        "{5}\r\n",
        "\r\n",
        "*\r\n",
        "A1\r\n",
        "A1 {5}\r\n",
    ] {
        let wire = format!("{line}* OK\r\n");
        assert_eq!(pieces(&responses(), wire.as_bytes(), inline), units([line, "* OK\r\n"]));
    }
}

#[test]
fn q84_data_under_a_tag_is_data() {
    let wire = "A1234 987 FETCH (BODY[] {9}\r\nA1234 OK\n)\r\n";
    assert_eq!(pieces(&responses(), wire.as_bytes(), inline), units([wire]));
}

#[test]
fn q83_a_literal_has_the_octets_that_were_announced() {
    let wire = "* 1 FETCH (BODY[] {3}\r\nabc\r\n)\r\nA1 OK\r\n";
    let inlined = ["* 1 FETCH (BODY[] {3}\r\nabc\r\n", ")\r\n", "A1 OK\r\n"];
    assert_eq!(pieces(&responses(), wire.as_bytes(), inline), units(inlined));
    let mut streamed = vec![front("* 1 FETCH (BODY[] {3}\r\n"), body("abc")];
    streamed.extend(units(["\r\n", ")\r\n", "A1 OK\r\n"]));
    assert_eq!(pieces(&responses(), wire.as_bytes(), stream), streamed);
}

#[test]
fn q8_q42_q91_q93_a_literal_holds_any_octets() {
    for wire in [
        "* 1 FETCH (BODY[1] {3}\r\na\0b)\r\n",
        "* LIST (\\HasNoChildren) \"/\" {19}\r\nLiteral Folder Name\r\n",
        "* STATUS {19}\r\nLiteral Folder Name (MESSAGES 60)\r\n",
        "* 1 FETCH (BODY[HEADER] {25}\r\n!@&^*$(*&E {7}\r\n\"DUJS Fu8)\r\n",
        "* 1 FETCH (BINARY[1] ~{3}\r\na\0b)\r\n",
    ] {
        assert_eq!(pieces(&responses(), wire.as_bytes(), inline), units([wire]));
    }
}

#[test]
fn c13_literal8_in_append() {
    let wire = "A1 APPEND x ~{3}\r\na\0b\r\n";
    let expected = [front("A1 APPEND x ~{3}\r\n"), body("a\0b"), Piece::Unit(b"\r\n".to_vec())];
    assert_eq!(pieces(&commands(), wire.as_bytes(), stream), expected);
}
