//! S29, S30: secrets show up in no `Debug`, and what comes from a peer does nothing to a terminal.

use bytes::Bytes;
use imap_proto::{
    AuthenticateData, Command, Continuation, Defect, Encoder, Negotiated, Response, parse_whole,
};
use mail_proto::{Escaped, Leniency, Reading, Sink};

const CANARY: &str = "correct-horse";
const BASE64: &str = "Y29ycmVjdC1ob3JzZQ==";

fn read<T: std::fmt::Debug>(
    octets: &[u8],
    parse: impl Fn(
        &mut imap_proto::Cursor<'_>,
        &mut Reading<Defect>,
    ) -> Result<T, mail_proto::ParseError>,
) -> String {
    let octets = Bytes::copy_from_slice(octets);
    let mut reading = Reading::new(Leniency::lenient());
    let value = parse_whole(
        &octets,
        &mut reading,
        |cursor: &mut imap_proto::Cursor<'_>, reading: &mut Reading<Defect>| parse(cursor, reading),
    );
    format!("{value:?} {value:#?} {reading:?}")
}

fn hidden(shown: &str) {
    for canary in [CANARY, BASE64, BASE64.trim_end_matches('='), "horse", "aG9yc2"] {
        assert!(!shown.contains(canary), "{shown}");
    }
    let digits = CANARY.bytes().map(|it| it.to_string()).collect::<Vec<_>>().join(", ");
    assert!(!shown.contains(&digits), "{shown}");
}

#[test]
fn s29_secrets_of_commands() {
    for line in [
        format!("a LOGIN joe {CANARY}"),
        format!("a LOGIN joe \"{CANARY}\""),
        format!("a LOGIN joe {{13}}\r\n{CANARY}"),
        format!("a LOGIN {{3+}}\r\njoe {{13+}}\r\n{CANARY}"),
        format!("a login joe  {CANARY} "),
        format!("a AUTHENTICATE PLAIN {BASE64}"),
        format!("a AUTHENTICATE PLAIN {}", BASE64.trim_end_matches('=')),
        // What is wrong is said without the octets.
        format!("a LOGIN joe {CANARY} x"),
        format!("a LOGIN {CANARY}"),
        format!("a LOGIN joe {{14}}\r\n{CANARY}"),
        format!("a AUTHENTICATE PLAIN {BASE64}!"),
    ] {
        hidden(&read(line.as_bytes(), Command::parse));
    }
}

#[test]
fn s29_secrets_of_sasl() {
    hidden(&read(BASE64.as_bytes(), AuthenticateData::parse));
    hidden(&read(format!("{BASE64}=").as_bytes(), AuthenticateData::parse));
    hidden(&read(format!("+ {BASE64}").as_bytes(), Response::parse));
    hidden(&format!("{:?}", Continuation::challenge(CANARY.as_bytes())));
    let mut reading = Reading::new(Leniency::<Defect>::strict());
    hidden(&format!("{:?}", Continuation::challenge(CANARY.as_bytes()).data(&mut reading)));
}

/// Notes what may be shown.
#[derive(Default)]
struct Shown(Vec<u8>);

impl Sink for Shown {
    fn put(&mut self, octets: &[u8]) {
        self.0.extend(octets);
    }

    fn put_secret(&mut self, octets: &[u8]) {
        self.0.extend(octets.iter().map(|_| b'*'));
    }
}

#[test]
fn s29_secrets_of_the_encoder() {
    for line in [
        format!("a LOGIN joe {CANARY}"),
        format!("a LOGIN joe \"{CANARY}\\\"\""),
        format!("a LOGIN joe {{14}}\r\n{CANARY}\r"),
        format!("a AUTHENTICATE PLAIN {BASE64}"),
    ] {
        let line = Bytes::from(line);
        let mut reading = Reading::new(Leniency::lenient());
        let command = parse_whole(&line, &mut reading, Command::parse).unwrap();
        let mut shown = Shown::default();
        command.encode(&mut Encoder::new(&mut shown, Negotiated::client()));
        hidden(&String::from_utf8(shown.0.clone()).unwrap());
        assert!(shown.0.contains(&b'*'));
    }
}

#[test]
fn s30_what_is_shown_of_a_peer() {
    let evil = "\x1b[2J\x07\u{9b}\u{202e}\u{200b}\u{7f}\u{2028}";
    for line in [
        format!("* OK {evil}"),
        format!("* LIST () \"/\" \"{evil}\""),
        format!("* ID (\"name\" \"{evil}\")"),
        format!("* 1 FETCH (ENVELOPE (NIL \"{evil}\" NIL NIL NIL NIL NIL NIL NIL NIL))"),
        format!("* 1 FETCH (BODYSTRUCTURE (\"a\" \"b\" (\"name\" \"{evil}\") NIL NIL \"7bit\" 1))"),
        format!("* 1 FETCH (PREVIEW \"{evil}\" X-FOO \"{evil}\")"),
        format!("* METADATA \"\" (/shared/x \"{evil}\")"),
        format!("* XFOO \"{evil}\""),
        format!("+ {evil}"),
    ] {
        let octets = Bytes::from(line.clone());
        let mut reading = Reading::new(Leniency::lenient());
        let read = parse_whole(&octets, &mut reading, Response::parse).unwrap();
        let shown = format!("{read:?} {}", Escaped(&octets));
        let is_plain = |c: char| c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric();
        assert!(shown.chars().all(is_plain), "{line:?}: {shown:?}");
    }
}
