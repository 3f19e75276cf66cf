//! Nothing that an application says can end its line.

use imap_proto::{Code, Condition, ConditionKind, Data, Mailbox, RespText, Response, parse_whole};
use mail_proto::{Leniency, Reading, Text};
use proptest::prelude::*;

use crate::connection_support::ok;
use crate::connection_support::server::{LoneServer, config};

/// The responses in these octets, as any client frames them.
fn responses(octets: &[u8]) -> Vec<Response> {
    use imap_proto::connection::{Frame, FrameLimits, Framer};
    let mut framer = Framer::responses(FrameLimits::client());
    let mut input = bytes::BytesMut::from(octets);
    let mut all = Vec::new();
    loop {
        match framer.find(&input) {
            Frame::Literal(_) => framer.inline().unwrap(),
            Frame::Complete(length) => {
                let whole = input.split_to(length).freeze();
                let line = whole.slice(..whole.len() - 2);
                let mut reading = Reading::new(Leniency::strict());
                all.push(parse_whole(&line, &mut reading, Response::parse).unwrap());
            }
            Frame::Partial => {
                assert!(input.is_empty());
                return all;
            }
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn s11_whatever_a_mailbox_is_called_it_is_one_response(name: Vec<u8>, utf8: bool) {
        let Ok(mailbox) = Mailbox::new(name) else { return Ok(()) };
        let data = Data::Status(imap_proto::StatusData { mailbox, items: Vec::new() });
        let mut server = LoneServer::logged_in(config());
        if utf8 {
            server.enable("UTF8=ACCEPT");
        }
        let (id, _) = server.command("a NOOP\r\n");
        server.connection.respond(&data).unwrap();
        server.complete(id);
        let said = responses(&server.take());
        prop_assert_eq!(said.len(), 2);
        let Response::Data(Data::Status(status)) = &said[0] else { panic!() };
        let Data::Status(expected) = data else { panic!() };
        prop_assert_eq!(status.mailbox.as_bytes(), expected.mailbox.as_bytes());
        prop_assert!(matches!(said[1], Response::Tagged(_)));
    }

    #[test]
    fn s11_whatever_a_text_says_it_is_one_response(text: Vec<u8>) {
        let text = Text::sanitized(&text);
        let mut server = LoneServer::logged_in(config());
        let (id, _) = server.command("a NOOP\r\n");
        let said = Condition { kind: ConditionKind::No, text: RespText::new(None, text) };
        server.connection.respond(&Data::Condition(said.clone())).unwrap();
        server.connection.complete(id, said).unwrap();
        let out = server.take();
        prop_assert_eq!(out.iter().filter(|octet| **octet == b'\n').count(), 2);
        prop_assert!(out.starts_with(b"* NO "));
    }

    #[test]
    fn s30_what_a_client_says_comes_back_in_no_text(line in "[ -~]{0,60}") {
        let mut server = LoneServer::plain(config());
        server.feed(format!("{line}\r\n"));
        let said = String::from_utf8_lossy(&server.take()).into_owned();
        for answer in said.lines() {
            let text = answer.split_once(' ').map_or(answer, |(_, text)| text);
            let own = ["BAD expected ", "NO [", "BYE ", "OK ", "CAPABILITY "];
            prop_assert!(own.iter().any(|it| text.starts_with(it)) || text.starts_with("go ahead"), "{}", said);
        }
    }
}

#[test]
fn s11_a_text_that_looks_like_a_code_is_none() {
    let mut server = LoneServer::logged_in(config());
    let (id, _) = server.command("a NOOP\r\n");
    let text = RespText::new(None, Text::sanitized(b"[ALERT] call 0900"));
    server.connection.complete(id, Condition { text, ..ok("") }).unwrap();
    let said = responses(&server.take());
    let Response::Tagged(tagged) = &said[0] else { panic!() };
    assert_eq!(tagged.condition.text.code(), None::<&Code>);
}

#[test]
fn s34_what_sasl_decodes_is_never_echoed() {
    let mut server = LoneServer::plain(config());
    // `joe\r\n* BYE` in base64.
    let (id, _) = server.command("a AUTHENTICATE PLAIN am9lDQoqIEJZRQ==\r\n");
    server.connection.complete(id, crate::connection_support::no(None, "wrong")).unwrap();
    assert_eq!(server.take_text(), "a NO [AUTHENTICATIONFAILED] wrong\r\n");
}
