//! The wire example: what it prints, line by line.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs `wire` over the octets; its output and its exit code.
fn wire(arguments: &[&str], octets: &[u8]) -> (String, i32) {
    let tests = std::env::current_exe().unwrap();
    let wire = tests.parent().and_then(Path::parent).unwrap().join("examples/wire");
    let mut child = Command::new(wire)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the example is built with the tests");
    child.stdin.take().unwrap().write_all(octets).unwrap();
    let output = child.wait_with_output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

/// The same output for all chunkings.
fn at_every_chunking(arguments: &[&str], octets: &[u8]) -> (String, i32) {
    let whole = wire(arguments, octets);
    for chunk in ["1", "2", "3", "7", "100"] {
        assert_eq!(wire(&[arguments, &["--chunk", chunk]].concat(), octets), whole);
    }
    whole
}

#[test]
fn commands() {
    let octets = b"USER joe\r\nPASS a b \r\nlist\r\nLIST \r\nFOO bar\r\nDELE 0\r\nTOP 1\r\n";
    let (lines, code) = at_every_chunking(&["pop3-command"], octets);
    assert_eq!(
        lines,
        "0 10 command ok =\n\
         10 11 command ok =\n\
         21 6 command ok ~\n\
         27 7 command defect:trailing-space ~\n\
         34 9 command unknown =\n\
         43 8 command error:a_message_number_(1_to_4294967295) -\n\
         51 7 command error:a_space_and_a_number_of_lines -\n\
         units 7 ok 3 unknown 1 defect 1 error 2 differs 0\n"
    );
    assert_eq!(code, 1);
    let (lines, code) = wire(&["pop3-command", "--strict"], b"LIST \r\n");
    assert!(lines.starts_with("0 7 command error:"), "{lines}");
    assert_eq!(code, 1);
    assert_eq!(wire(&["pop3-command"], b"STAT\r\n").1, 0);
}

#[test]
fn an_exchange_ends_at_a_star_or_a_keyword() {
    let octets =
        b"AUTH PLAIN\r\n\r\nAHQAdA==\r\nQUIT\r\nauth CRAM-MD5\r\n*\r\nNOOP\r\nAUTH\r\nSTAT\r\n";
    let (lines, code) = at_every_chunking(&["pop3-command"], octets);
    let kinds: Vec<_> = lines.lines().filter_map(|line| line.split(' ').nth(2)).collect();
    let expected = [
        "command", "sasl", "sasl", "command", "command", "sasl", "command", "command", "command",
        "ok",
    ];
    assert_eq!((kinds, code), (expected.to_vec(), 0));
}

#[test]
fn replies() {
    let octets =
        b"+OK ready <1.2@x>\r\n+OK 2 320\r\n+OK\r\n1 120\r\n2 200\r\n.\r\n-ERR [IN-USE] x\r\n\
        +OK\r\n..\r\nx\r\n.\r\n+ \r\n+OK\r\n+OK\r\nX-FOO\r\n.\r\n-ERR [X/Y] x\r\n+OK 3 octets\r\n";
    let arguments = [
        "pop3-reply",
        "--greeting",
        "--for",
        "STAT",
        "--for",
        "LIST",
        "--for",
        "UIDL",
        "--for",
        "RETR 1",
        "--for",
        "AUTH PLAIN",
        "--for",
        "CAPA",
    ];
    let (lines, code) = at_every_chunking(&arguments, octets);
    assert_eq!(
        lines,
        "0 19 greeting ok =\n\
         19 11 response ok =\n\
         30 22 multiline ok =\n\
         52 17 response ok =\n\
         69 15 multiline ok =\n\
         84 4 sasl ok =\n\
         88 5 response ok =\n\
         93 15 multiline unknown =\n\
         108 14 response unknown =\n\
         122 14 response ok =\n\
         units 10 ok 8 unknown 2 defect 0 error 0 differs 0\n"
    );
    assert_eq!(code, 0);
}

#[test]
fn what_is_cut_off_is_an_error() {
    for (octets, line) in [
        (&b"+OK\r\n1 120\r\n"[..], "0 12 multiline error:the_end_of_the_reply -\n"),
        (b"+OK", "0 3 response error:the_end_of_the_line -\n"),
    ] {
        let (lines, code) = at_every_chunking(&["pop3-reply", "--for", "LIST"], octets);
        assert!(lines.starts_with(line), "{lines}");
        assert_eq!(code, 1);
    }
    let (lines, code) = wire(&["pop3-command"], b"");
    assert_eq!(lines, "units 0 ok 0 unknown 0 defect 0 error 0 differs 0\n");
    assert_eq!(code, 0);
}

#[test]
fn a_wrong_call_is_told_apart_from_wrong_octets() {
    for arguments in
        [&["pop3"][..], &[], &["pop3-command", "--greeting"], &["pop3-command", "--chunk", "0"]]
    {
        assert_eq!(wire(arguments, b"").1, 2, "{arguments:?}");
    }
}

#[test]
fn imap_responses() {
    let octets = b"* OK ready\r\n+ idling\r\n* 1 FETCH (FLAGS (\\Seen ) BODY[] {5}\r\na\r\n* )\r\n\
        * XFOO 1\r\n* 2 FETCH (UID 7 X-NEW (1 \"a)\"))\r\n* LIST () \"/\r\na1 OK {7}\r\n";
    let (lines, code) = at_every_chunking(&["imap-response", "--greeting"], octets);
    assert_eq!(
        lines,
        "0 12 greeting ok =\n\
         12 10 continuation ok =\n\
         22 46 response defect:space-in-list ~\n\
         68 10 response unknown =\n\
         78 34 response unknown =\n\
         112 14 response error:a_quoted_character_or_\" -\n\
         126 11 response ok =\n\
         units 7 ok 3 unknown 2 defect 1 error 1 differs 0\n"
    );
    assert_eq!(code, 1);
    let (lines, code) = wire(&["imap-response", "--strict"], b"* FLAGS (\\Seen )\r\n");
    assert!(lines.starts_with("0 18 response error:"), "{lines}");
    assert_eq!(code, 1);
}

#[test]
fn imap_commands_and_what_follows_them() {
    let octets = b"a1 IDLE\r\ndone\r\na2 AUTHENTICATE PLAIN\r\nAGEAYg==\r\na3 LOGIN {3}\r\njoe {1+}\r\nx\r\n\
        a4 AUTHENTICATE PLAIN\r\n*\r\nNOOP\r\na5 XFOO (1)\r\na6 FETCH 1 (FLAGS";
    let (lines, code) = at_every_chunking(&["imap-command"], octets);
    assert_eq!(
        lines,
        "0 9 command ok =\n\
         9 6 idle-done ok ~\n\
         15 23 command ok =\n\
         38 10 sasl ok =\n\
         48 27 command ok ~\n\
         75 23 command ok =\n\
         98 3 sasl ok =\n\
         101 6 command error:one_space -\n\
         107 13 command unknown =\n\
         120 17 command error:the_end_of_the_line -\n\
         units 10 ok 7 unknown 1 defect 0 error 2 differs 0\n"
    );
    assert_eq!(code, 1);
    assert_eq!(wire(&["imap-command"], b"a STARTTLS\r\n").1, 0);
}
