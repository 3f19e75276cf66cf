//! What the library does not know is kept, and counted: once for each.
#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use imap_proto::{Command, Defect, Encoder, Negotiated, Response, parse_whole};
use mail_proto::{Leniency, Reading};

fn command(octets: &'static str) -> usize {
    let mut reading = Reading::new(Leniency::<Defect>::lenient());
    let line = Bytes::from_static(octets.as_bytes());
    let command = parse_whole(&line, &mut reading, Command::parse).unwrap();
    let mut out = Vec::new();
    command.encode(&mut Encoder::new(&mut out, Negotiated::client()));
    assert_eq!(out.strip_suffix(b"\r\n"), Some(octets.as_bytes()));
    reading.unknown
}

fn response(octets: &'static str) -> usize {
    let mut reading = Reading::new(Leniency::<Defect>::lenient());
    let line = Bytes::from_static(octets.as_bytes());
    let response = parse_whole(&line, &mut reading, Response::parse).unwrap();
    let mut out = Vec::new();
    response.encode(&mut Encoder::new(&mut out, Negotiated::server()));
    assert_eq!(out.strip_suffix(b"\r\n"), Some(octets.as_bytes()));
    reading.unknown
}

#[test]
fn unknown_tokens_of_commands_count_once() {
    for octets in [
        "a XPIG",
        "a XPIG-LATIN (1 \"two\")",
        "a SELECT x (X-PARAM (a b))",
        "a SELECT x (X-PARAM)",
        "a CREATE x (X-PARAM)",
        r"a CREATE x (USE (\X-Use))",
        "a RENAME x y (X-PARAM 1)",
        "a STATUS x (X-ATT)",
        "a LIST (X-OPT) \"\" \"*\"",
        "a LIST \"\" \"*\" RETURN (X-OPT (a))",
        "a ENABLE X-CAP",
        "a COMPRESS LZ4",
        "a SETQUOTA x (X-RES 1)",
        "a GETMETADATA (X-OPT 1) x /shared/comment",
        "a NOTIFY SET (personal (X-Event))",
        "a URLFETCH (imap://x X-PARAM)",
        "a SEARCH RETURN (X-OPT 1) ALL",
        "a SEARCH X-KEY (a b) c",
        "a SORT (X-KEY) UTF-8 ALL",
        "a THREAD X-ALG UTF-8 ALL",
        "a FETCH 1 (X-ATT[1]<2>)",
        "a FETCH 1 FLAGS (X-MOD 1)",
        "a FETCH 1 (PREVIEW (X-MOD))",
        "a STORE 1 X-ATT (a b)",
        "a STORE 1 (X-MOD 1) FLAGS (a)",
        "a APPEND x X-DATA (a)",
    ] {
        assert_eq!(command(octets), 1, "{octets}");
    }
    for octets in [r"a STORE 1 FLAGS (\X keyword)", "a SEARCH KEYWORD x", "a CAPABILITY"] {
        assert_eq!(command(octets), 0, "{octets}");
    }
}

#[test]
fn unknown_tokens_of_responses_count_once() {
    for octets in [
        "* XPIG",
        "* XPIG (1 \"two\")",
        "* 7 XPIG (1 \"two\")",
        "* CAPABILITY IMAP4rev2 X-CAP",
        "* ENABLED X-CAP",
        "* OK [X-CODE a b] text",
        "* OK [CAPABILITY IMAP4rev1 X-CAP] text",
        "* NO [BADEVENT (X-Event)] text",
        r#"* LIST (\Sent \X-Attr) "/" x"#,
        r#"* LIST () "/" x (X-ITEM (a))"#,
        "* STATUS x (X-ITEM (a b))",
        "* QUOTA x (X-RES 1 2)",
        "* ESEARCH (TAG \"a\") X-DATA 1:2",
        "* 1 FETCH (X-ITEM (a b))",
        "* 1 FETCH (FLAGS (a) X-ITEM a UID 4)",
    ] {
        assert_eq!(response(octets), 1, "{octets}");
    }
    let known =
        [r"* FLAGS (\X a)", "* OK [ALERT] text", "* CAPABILITY IMAP4rev2 AUTH=X", "* 1 EXISTS"];
    for octets in known {
        assert_eq!(response(octets), 0, "{octets}");
    }
}
