//! Defects that PEERS.md lists for other implementations and that a protocol crate can have, each a
//! test that ours has not.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

use bytes::Bytes;
use mail_proto::{Connection as _, Leniency, Text};
use pop3_proto::client::{Event, ListingLine, Reply};
use pop3_proto::server::{self, Request, Response};
use pop3_proto::{
    Capability, Closed, Command, LineEnds, Mechanism, MessageNumber, Name, NormalizedSize,
    ResponseCode, Stuffer, Unstuffer,
};
use support::{
    LoneClient, LoneServer, auth, joined_client, number, open_client, secret, server_config, text,
};

/// What a client gets of this wire as the answer to RETR.
fn retrieved(wire: impl AsRef<[u8]>) -> Vec<Event> {
    let mut client = LoneClient::in_transaction(open_client());
    client.connection.send(Command::Retr(number(1))).unwrap();
    client.take();
    joined_client(client.feed_single(wire.as_ref()))
}

/// What a server sends of this mail as the answer to RETR.
fn sent(mail: &'static [u8]) -> Vec<u8> {
    let mut server = LoneServer::in_transaction(server_config());
    let events = server.feed("RETR 1\r\n");
    let [server::Event::Request(Request::Retr(_, pending))] = events[..] else { panic!() };
    server.connection.reply(Response::BodyBegin(pending, Text::empty())).unwrap();
    server.connection.reply(Response::Body(pending, Bytes::from_static(mail))).unwrap();
    server.connection.reply(Response::BodyEnd(pending)).unwrap();
    server.take()
}

#[test]
fn stalwart_a_dot_in_the_first_line_is_stuffed() {
    assert_eq!(sent(b".first\r\n"), b"+OK\r\n..first\r\n.\r\n");
    assert_eq!(sent(b".\r\n"), b"+OK\r\n..\r\n.\r\n");
}

#[test]
fn stalwart_message_0_is_no_message() {
    for command in ["RETR 0", "DELE 0", "LIST 0", "UIDL 0", "TOP 0 1", "DELE 00", "DELE 4294967296"]
    {
        let mut server = LoneServer::in_transaction(server_config());
        let events = server.feed(format!("{command}\r\n"));
        assert!(matches!(events[..], [server::Event::Rejected { .. }]), "{command}: {events:?}");
    }
    assert_eq!(MessageNumber::new(0), None);
}

#[test]
fn stalwart_a_password_may_hold_spaces() {
    let mut server = LoneServer::plain(server_config());
    let events = server.feed("USER a\r\nPASS a b\r\n");
    let [server::Event::Request(Request::Login(server::Credentials::Password { password, .. }, _))] =
        &events[..]
    else {
        panic!("{events:?}");
    };
    assert!(password.matches(b"a b"));
}

#[test]
fn stalwart_the_octets_that_are_told_are_the_octets_that_are_sent() {
    let mail = b"Subject: x\n\n.a\r\nb\rc";
    let mut size = NormalizedSize::new();
    size.push(mail);
    let mut wire = Vec::new();
    let mut stuffer = Stuffer::new(LineEnds::Normalize);
    stuffer.push(Bytes::from_static(mail), &mut wire);
    let told = stuffer.finish(&mut wire).octets;
    let events = retrieved([b"+OK\r\n", &wire[..]].concat());
    let Event::Body { octets, .. } = &events[1] else { panic!() };
    assert_eq!((told, size.finish()), (octets.len() as u64, octets.len() as u64));
}

#[test]
fn stalwart_the_size_of_a_maildrop_is_not_cut_to_32_bits() {
    let mut server = LoneServer::in_transaction(server_config());
    let events = server.feed("STAT\r\n");
    let [server::Event::Request(Request::Stat(pending))] = events[..] else { panic!() };
    let listing = pop3_proto::DropListing::new(3, 5_000_000_000);
    server.connection.reply(Response::Stat(pending, listing)).unwrap();
    assert_eq!(server.take_text(), "+OK 3 5000000000\r\n");
}

#[test]
fn stalwart_an_exchange_can_be_cancelled_and_its_challenge_has_a_space() {
    let mut server = LoneServer::plain(server_config());
    let events = server.feed("AUTH PLAIN\r\n");
    let [server::Event::Request(Request::Authenticate { pending, .. })] = events[..] else {
        panic!()
    };
    server.connection.reply(Response::Challenge(pending, secret(b""))).unwrap();
    assert_eq!(server.take_text(), "+ \r\n");
    assert_eq!(server.feed("*\r\n"), [server::Event::AuthenticationEnded]);
    assert!(server.take_text().starts_with("-ERR"));
    server.feed("CAPA\r\n");
    assert!(server.take_text().starts_with("+OK"), "the parser is back at commands");
}

#[test]
fn stalwart_closing_says_nothing_of_another_protocol() {
    let mut server = LoneServer::in_transaction(server_config());
    server.connection.close();
    assert_eq!(server.events(), [server::Event::Closed(Closed::Local)]);
    assert!(server.take().is_empty());
}

#[test]
fn stalwart_utf8_lang_and_the_codes_are_real() {
    let mut server = LoneServer::plain(server_config());
    server.feed("CAPA\r\n");
    let capa = server.take_text();
    for line in ["UTF8 USER", "LANG", "AUTH-RESP-CODE", "RESP-CODES"] {
        assert!(capa.contains(&format!("\r\n{line}\r\n")), "{capa}");
    }
    server.feed("UTF8\r\nLANG de\r\n");
    assert!(server.connection.utf8());
    assert_eq!(server.connection.language().unwrap().as_bytes(), b"de-AT");
    server.take();
    for (code, answer) in [
        (None, "-ERR [AUTH] no\r\n"),
        (Some(ResponseCode::InUse), "-ERR [IN-USE] no\r\n"),
        (Some(ResponseCode::SysTemp), "-ERR [SYS/TEMP] no\r\n"),
    ] {
        let mut server = LoneServer::plain(server_config());
        let events = server.feed("USER a\r\nPASS b\r\n");
        let [server::Event::Request(Request::Login(_, pending))] = events[..] else { panic!() };
        server.take();
        server.connection.reply(Response::Refuse(pending.id(), code, text("no"))).unwrap();
        assert_eq!(server.take_text(), answer);
    }
}

#[test]
fn async_pop_dots_are_taken_away() {
    let events = retrieved("+OK\r\n..a\r\n.b\r\n...\r\n.\r\n");
    assert!(matches!(&events[1], Event::Body { octets, .. } if octets == ".a\r\nb\r\n..\r\n"));
}

#[test]
fn async_pop_an_empty_body_ends() {
    let events = retrieved("+OK\r\n.\r\n");
    assert!(matches!(
        events[..],
        [Event::Begin { .. }, Event::Completed { result: Ok(Reply::End), .. }]
    ));
    assert_eq!(sent(b""), b"+OK\r\n.\r\n");
}

#[test]
fn async_pop_unknown_mechanisms_do_not_break_capa() {
    let mut client = LoneClient::greeted(open_client());
    let events = client
        .exchange(Command::Capa, "+OK\r\nSASL X-NEW-2026 PLAIN\r\nX-ODD a b\r\nUIDL\r\n.\r\n");
    assert!(matches!(events.last(), Some(Event::Completed { .. })));
    let known = client.connection.capabilities().unwrap();
    let names: Vec<_> = known.mechanisms().map(|name| name.to_string()).collect();
    assert_eq!(names, ["X-NEW-2026", "PLAIN"]);
    assert!(known.has(&Capability::Uidl));
    assert!(known.iter().any(|one| one.tag() == b"X-ODD"));
}

#[test]
fn async_pop_a_trace_of_binary_mail_does_not_panic() {
    let mut client = LoneClient::in_transaction(open_client());
    let trace = support::transcript(&mut client.connection);
    let body: Vec<u8> = (0..=255).collect();
    let wire = [b"+OK\r\n", &body[..], b"\r\n.\r\n"].concat();
    client.connection.send(Command::Retr(number(1))).unwrap();
    client.take();
    client.feed_single(&wire);
    let all = trace.all.lock().unwrap();
    assert_eq!(*all, [b"RETR 1\r\n", &wire[..]].concat());
    assert!(trace.shown.lock().unwrap().contains("\\xff"));
}

#[test]
fn async_pop_arguments_cannot_hold_line_ends() {
    assert!(Name::new("a\r\nDELE 1").is_err());
    assert!(Mechanism::parse(b"PLAIN\r\nDELE 1").is_err());
}

#[test]
fn pop3_2_0_mail_is_octets() {
    let events = retrieved(b"+OK\r\n\xff\xfe\r\na\nb\r\n.x\r\n.\r\n");
    assert!(
        matches!(&events[1], Event::Body { octets, .. } if octets == &b"\xff\xfe\r\na\nb\r\nx\r\n"[..])
    );
}

#[test]
fn pop3_2_0_a_line_without_end_is_not_kept_without_end() {
    let mut client = LoneClient::in_transaction(open_client());
    client.connection.send(Command::Noop).unwrap();
    client.take();
    client.feed("+OK ".to_owned() + &"x".repeat(100_000));
    assert!(client.error().is_some());
}

#[test]
fn rust_pop3_client_lines_of_more_than_512_octets_and_spaces_at_their_ends_survive() {
    let line = format!("  {}  \r\n", "x".repeat(2000));
    let events = retrieved(format!("+OK\r\n{line}.\r\n"));
    assert!(matches!(&events[1], Event::Body { octets, .. } if *octets == line));
}

#[test]
fn rust_pop3_client_broken_utf8_in_a_listing_is_kept() {
    let mut client = LoneClient::in_transaction(open_client());
    let events = client.exchange(Command::Uidl(None), b"+OK\r\n1 a\xffb\r\n.\r\n");
    let uid = events.iter().find_map(|event| match event {
        Event::Line { line: ListingLine::UniqueId(uid), .. } => Some(uid.uid.clone()),
        _ => None,
    });
    assert_eq!(uid.unwrap().as_bytes(), b"a\xffb");
}

#[test]
fn mailkit_and_others_the_initial_response_is_used_and_codes_are_parsed() {
    let mut client = LoneClient::greeted(open_client());
    client.exchange(Command::Capa, "+OK\r\nSASL PLAIN\r\n.\r\n");
    client.connection.send(auth("PLAIN", Some(b"\0a\0b"))).unwrap();
    assert_eq!(client.take_text(), "AUTH PLAIN AGEAYg==\r\n");
    let events = client.feed("-ERR [LOGIN-DELAY/9] later\r\n");
    let [Event::Completed { result: Err(status), .. }] = &events[..] else { panic!() };
    assert_eq!(status.code.as_ref().unwrap().known(), Some(ResponseCode::LoginDelay));
}

#[test]
fn servers_failing_within_a_message_close_instead_of_ending_it() {
    let mut server = LoneServer::in_transaction(server_config());
    let events = server.feed("RETR 1\r\n");
    let [server::Event::Request(Request::Retr(_, pending))] = events[..] else { panic!() };
    server.connection.reply(Response::BodyBegin(pending, Text::empty())).unwrap();
    server.connection.reply(Response::Body(pending, "half".into())).unwrap();
    server.connection.reply(Response::Abort(pending.id())).unwrap();
    assert_eq!(server.events(), [server::Event::Closed(Closed::Local)]);
    let wire = server.take();
    assert_eq!(wire, b"+OK\r\nhalf");
    let mut client = LoneClient::in_transaction(open_client());
    client.connection.send(Command::Retr(number(1))).unwrap();
    client.take();
    client.feed(&wire);
    let events = client.eof();
    let [Event::Body { octets, .. }, Event::Lost { .. }, Event::Closed(Closed::Eof)] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(octets, "half", "what came is given out");
}

#[test]
fn a_dot_at_any_chunk_edge_is_no_end() {
    let wire = b"a\r\n..\r\n...b\r\n..\r\n.\r\n";
    for first in 0..=wire.len() {
        for second in first..=wire.len() {
            let mut unstuffer = Unstuffer::new(&Leniency::strict());
            let (mut input, mut body) = (bytes::BytesMut::new(), Vec::new());
            for piece in [&wire[..first], &wire[first..second], &wire[second..]] {
                input.extend_from_slice(piece);
                while let Some(pop3_proto::Part::Octets(octets)) = unstuffer.poll(&mut input) {
                    body.extend_from_slice(&octets);
                }
            }
            assert_eq!(body, b"a\r\n.\r\n..b\r\n.\r\n", "{first} {second}");
        }
    }
}
