//! S9, S11: whoever chooses a value chooses that value and nothing else.

use std::fmt::Debug;

use bytes::Bytes;
use imap_proto::connection::{Frame, FrameLimits, Framer};
use imap_proto::{
    AuthenticateData, Command, CommandBody, Data, Defect, Encoder, FetchItem, Literals, Negotiated,
    Response, Strings, Tag, parse_whole,
};
use mail_proto::{Escaped, Leniency, ParseError, Reading, Secret};

use crate::commands::COMMANDS;
use crate::responses::RESPONSES;

#[rustfmt::skip]
const EVIL: &[&[u8]] = &[
    b"", b"\r", b"\n", b"\0", b"\r\n", b"\r\na2 LOGOUT\r\n", b"\r\n* BYE x\r\n", b"\r\n+ \r\n",
    b"\n* 9 EXISTS\n", b"{5}", b"{5+}", b"~{5}", b"~{5+}", b"{0}", b" {5}", b"({5}", b"(a) {0+}",
    b"{3}\r\nabc", b"{5}\r\nabc", b"\"", b"\"\"", b"\\", b"\\\"", b"\" \"", b"a\" \"b", b")", b"(",
    b"()", b") (", b"a)", b"(a", b"]", b"[", b"] x", b"[ALERT] x", b" ", b"  ", b" a", b"a ", b"a b",
    b"NIL", b"nil", b"*", b"%", b"+", b"$", b"#", b"/", b"!/x", b"&", b"&AAAA-", b"\t", b"\x1b[2J",
    b"\x7f", b"\x80", b"\xff", b"\xc3\xa9", b"\xe2\x80\xae", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80",
    b"\\Seen", b"\\*", b"INBOX", b"UID", b"1:*", b"OK", b"BODY[", b"BODY[]<", b"X[\"]", b"<0>",
    b"=?UTF-8?Q?A=0D=0A=2A_9_EXISTS=0D=0A?=", b"a\r\nb", b"a\0b", b"a{5}", b"(a){5}", b"x ~{1",
];

fn variants(evil: &[u8]) -> [Vec<u8>; 6] {
    [
        evil.to_vec(),
        [b"a", evil].concat(),
        [evil, b"a"].concat(),
        [b"a", evil, b"b"].concat(),
        [b"/private/", evil].concat(),
        [b"a/b", evil].concat(),
    ]
}

/// All that is in the output is one unit, to those who know the grammar.
fn one_unit(mut framer: Framer, out: &[u8], what: &str) -> Bytes {
    loop {
        match framer.find(out) {
            Frame::Literal(_) => framer.inline().unwrap(),
            Frame::Complete(length) => {
                assert_eq!(length, out.len(), "{what}: {}", Escaped(out));
                return Bytes::copy_from_slice(out.strip_suffix(b"\r\n").unwrap());
            }
            other => panic!("{what}: {other:?} in {}", Escaped(out)),
        }
    }
}

/// Lines, with the octets of literals taken out: what those see who read lines and count literals, but
/// know no grammar. None of these lines is longer than its announcement.
fn lines_of_literals(out: &[u8]) -> Vec<&[u8]> {
    let (mut lines, mut rest) = (Vec::new(), out);
    while let Some(end) = rest.windows(2).position(|it| it == b"\r\n") {
        let line = &rest[..end];
        rest = &rest[end + 2..];
        lines.push(line);
        if let Some(size) = announced(line) {
            rest = rest.get(size..).expect("fewer octets than a naive reader would wait for");
        }
    }
    assert!(rest.is_empty());
    lines
}

fn announced(line: &[u8]) -> Option<usize> {
    let front = line.strip_suffix(b"}")?;
    let front = front.strip_suffix(b"+").unwrap_or(front);
    let open = front.iter().rposition(|octet| *octet == b'{')?;
    std::str::from_utf8(&front[open + 1..]).ok()?.parse().ok()
}

fn reads<T: PartialEq + Debug>(
    octets: &Bytes,
    value: &T,
    what: &str,
    parse: impl Fn(&Bytes, &mut Reading<Defect>) -> Result<T, ParseError>,
) {
    let shown = Escaped(octets);
    let mut reading = Reading::new(Leniency::strict());
    let read = parse(octets, &mut reading);
    let read = read.unwrap_or_else(|error| panic!("{what}: {error} in {shown}"));
    assert_eq!(&read, value, "{what}: {shown}");
}

fn negotiations(side: Negotiated) -> Vec<Negotiated> {
    let mut all = Vec::new();
    for literals in [Literals::Sync, Literals::Minus, Literals::Plus] {
        for strings in [Strings::Shortest, Strings::Quoted, Strings::Literal] {
            for utf8 in [false, true] {
                all.push(Negotiated { literals, strings, utf8, binary: true, ..side });
            }
        }
    }
    all
}

#[test]
fn s09_no_octets_make_two_commands() {
    let (mut sent, mut refused) = (0, 0);
    let tag = Tag::new("a1").unwrap();
    let plain = Negotiated { binary: true, ..Negotiated::client() };
    for (what, make) in COMMANDS {
        let mut taken = 0;
        for octets in EVIL.iter().flat_map(|evil| variants(evil)) {
            let Some(body) = make(&octets) else {
                refused += 1;
                continue;
            };
            taken += 1;
            let command = Command { tag: tag.clone(), body };
            for negotiated in negotiations(plain) {
                let mut out = Vec::new();
                command.encode(&mut Encoder::new(&mut out, negotiated));
                let unit = one_unit(Framer::commands(FrameLimits::server()), &out, what);
                if !is_raw(what) && !gets_a_charset(what, &octets) {
                    reads(&unit, &command, what, |it, reading| {
                        parse_whole(it, reading, Command::parse)
                    });
                }
                assert!(
                    lines_of_literals(&out).len() <= 1 + literals(&out),
                    "{what}: {}",
                    Escaped(&out)
                );
            }
        }
        assert!(taken > 0, "{what} takes nothing");
        sent += taken;
    }
    assert!(sent > 5000 && refused > 5000, "{sent} {refused}");
}

/// Tokens of which nobody knows the grammar: they stay on their line, but may be read as others.
fn is_raw(what: &str) -> bool {
    ["UnknownCommand arguments", "Store unknown item", "unknown data", "malformed item"]
        .contains(&what)
        || what.starts_with("Search unknown key")
}

/// The encoder says that a string is UTF-8.
fn gets_a_charset(what: &str, octets: &[u8]) -> bool {
    what.starts_with("Search") && !octets.is_ascii()
}

fn literals(out: &[u8]) -> usize {
    out.windows(3).filter(|it| *it == b"}\r\n").count()
}

#[test]
fn s09_no_tag_makes_two_commands() {
    for octets in EVIL.iter().flat_map(|evil| variants(evil)) {
        let Ok(tag) = Tag::new(octets) else { continue };
        let command = Command { tag, body: CommandBody::Noop };
        let mut out = Vec::new();
        command.encode(&mut Encoder::new(&mut out, Negotiated::client()));
        let unit = one_unit(Framer::commands(FrameLimits::server()), &out, "tag");
        reads(&unit, &command, "tag", |it, reading| parse_whole(it, reading, Command::parse));
    }
}

#[test]
fn s09_no_answer_of_sasl_makes_two_lines() {
    for octets in EVIL.iter().flat_map(|evil| variants(evil)) {
        let data = AuthenticateData::Response(Secret::new(octets.into()));
        let mut out = Vec::new();
        data.encode(&mut Encoder::new(&mut out, Negotiated::client()));
        let line = out.strip_suffix(b"\r\n").unwrap();
        assert!(mail_proto::line_break(line).is_none());
        let line = Bytes::copy_from_slice(line);
        reads(&line, &data, "SASL", |it, reading| {
            parse_whole(it, reading, AuthenticateData::parse)
        });
    }
}

/// Values that do not come back as they went: NUL in a body, which only a literal8 can hold.
fn is_changed(what: &str, octets: &[u8]) -> bool {
    what == "BODY[]" && octets.contains(&0)
}

fn is_status(response: &Response) -> bool {
    !matches!(response, Response::Data(data) if !matches!(data, Data::Condition(_)))
}

#[test]
fn s11_no_octets_make_two_responses() {
    let (mut sent, mut refused) = (0, 0);
    let plain = Negotiated { binary: true, ..Negotiated::server() };
    for (what, make) in RESPONSES {
        let mut taken = 0;
        for octets in EVIL.iter().flat_map(|evil| variants(evil)) {
            let Some(response) = make(&octets) else {
                refused += 1;
                continue;
            };
            taken += 1;
            for negotiated in negotiations(plain) {
                let mut out = Vec::new();
                response.encode(&mut Encoder::new(&mut out, negotiated));
                let unit = one_unit(Framer::responses(FrameLimits::client()), &out, what);
                if !is_raw(what)
                    && !is_changed(what, &octets)
                    && std::str::from_utf8(&octets).is_ok()
                {
                    reads(&unit, &response, what, |it, reading| {
                        parse_whole(it, reading, Response::parse)
                    });
                }
                if !is_status(&response) {
                    lines_of_literals(&out);
                }
            }
        }
        assert!(taken > 0, "{what} takes nothing");
        sent += taken;
    }
    assert!(sent > 3000 && refused > 3000, "{sent} {refused}");
}

#[test]
fn s11_unknown_data_are_no_data_that_are_known() {
    let rest = |octets: &'static str| Some(imap_proto::Raw::new(octets).unwrap());
    for (name, rest) in [
        ("7", rest("EXISTS")),
        ("[ALERT", rest("x] y")),
        ("FLAGS", None),
        ("ok", rest("x")),
        ("X", rest("")),
        ("X", rest(" a")),
    ] {
        let name = imap_proto::Atom::new(name).unwrap();
        assert_eq!(imap_proto::UnknownData::new(None, name, rest), None);
    }
    let name = imap_proto::Atom::new("EXISTS").unwrap();
    assert_eq!(imap_proto::UnknownData::new(Some(7), name, None), None);
    let name = imap_proto::FetchItemName::new("XFOO").unwrap();
    for value in ["NIL FLAGS (\\Seen)", "", " ", "a b", "() ()"] {
        let value = imap_proto::Raw::new(value).unwrap();
        assert_eq!(imap_proto::UnknownItem::new(name.clone(), value), None);
    }
}

#[test]
fn s11_encoded_words_are_not_decoded() {
    let word = b"=?UTF-8?Q?A=0D=0A=2A_9_EXISTS=0D=0A?=";
    let mut fields = imap_proto::Envelope::builder();
    fields.subject = Some(word);
    let envelope = fields.build().unwrap();
    let mut out = Vec::new();
    FetchItem::Envelope(Box::new(envelope))
        .encode(&mut Encoder::new(&mut out, Negotiated::server()));
    assert!(out.windows(word.len()).any(|it| it == word));
}

#[test]
fn s11_texts_of_others_are_no_codes() {
    for text in ["[ALERT] x", "[UIDVALIDITY 1] x", "[x]", "[REFERRAL imap://evil/] x"] {
        let echo = imap_proto::RespText::new(None, mail_proto::Text::sanitized(text.as_bytes()));
        let kind = imap_proto::ConditionKind::No;
        let condition = imap_proto::Condition { kind, text: echo };
        let response = Response::Data(Data::Condition(condition));
        let mut out = Vec::new();
        response.encode(&mut Encoder::new(&mut out, Negotiated::server()));
        let unit = one_unit(Framer::responses(FrameLimits::client()), &out, "text");
        let mut reading = Reading::new(Leniency::lenient());
        let read = parse_whole(&unit, &mut reading, Response::parse).unwrap();
        let Response::Data(Data::Condition(read)) = read else { panic!() };
        assert_eq!(read.text.code(), None, "{text}");
    }
}
