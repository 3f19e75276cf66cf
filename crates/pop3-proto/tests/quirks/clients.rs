//! What clients do that a server must tolerate.

use mail_proto::{Connection as _, Next, Text};
use pop3_proto::client::{Event, Reply};
use pop3_proto::server::{self, Request, Response};
use pop3_proto::{Closed, Command, Defect};

use super::support::{LoneClient, LoneServer, open_client, server_config, text};

fn in_transaction() -> LoneClient {
    LoneClient::in_transaction(open_client())
}

#[test]
fn p14_auth_without_a_mechanism_lists_them_also_with_a_trailing_space() {
    for line in ["AUTH\r\n", "AUTH \r\n", "auth  \r\n"] {
        let mut server = LoneServer::plain(server_config());
        let events = server.feed(line);
        assert!(events.iter().all(|event| matches!(event, server::Event::Defect(_))));
        assert_eq!(server.take_text(), "+OK\r\nPLAIN\r\nLOGIN\r\nX-ASK\r\n.\r\n");
    }
}

#[test]
fn p20_odd_commands_are_refused_and_the_session_goes_on() {
    for line in [
        "\r\n",
        "FOO:BAR\r\n",
        ":\r\n",
        " \r\n",
        "\0\r\n",
        "\u{ff}\r\n",
        "QUIT\r\r\n",
        "DELE -1\r\n",
    ] {
        let mut server = LoneServer::in_transaction(server_config());
        let events = server.feed(line);
        match events.last() {
            Some(server::Event::Rejected { .. }) => {}
            Some(server::Event::Request(Request::Other(raw, pending))) => {
                assert_eq!(raw.keyword(), line.trim_end().as_bytes());
                let refusal = Response::Refuse(pending.id(), None, Text::empty());
                server.connection.reply(refusal).unwrap();
            }
            other => panic!("{line:?}: {other:?}"),
        }
        assert!(server.take().starts_with(b"-ERR"));
        server.feed("NOOP\r\n");
        assert_eq!(server.take_text(), "+OK\r\n");
    }
}

#[test]
fn p21_a_command_unknown_to_us_is_put_to_the_application() {
    let mut server = LoneServer::in_transaction(server_config());
    let events = server.feed("LAST\r\nXTND a b\r\n");
    let [server::Event::Request(Request::Other(last, pending))] = &events[..] else { panic!() };
    assert_eq!(last.keyword(), b"LAST");
    server.connection.reply(Response::Ok(*pending, text("3"))).unwrap();
    let events = server.events();
    let [server::Event::Request(Request::Other(xtnd, _))] = &events[..] else { panic!() };
    assert_eq!((xtnd.keyword(), xtnd.arguments()), (&b"XTND"[..], &b"a b"[..]));
    assert_eq!(server.take_text(), "+OK 3\r\n");
}

#[test]
fn p22_the_server_takes_a_login_in_one_segment() {
    let mut server = LoneServer::plain(server_config());
    let events = server.feed("USER a\r\nPASS b\r\nSTAT\r\n");
    let [server::Event::Request(Request::Login(_, pending))] = events[..] else { panic!() };
    server.connection.reply(Response::LoggedIn(pending, text("in"))).unwrap();
    assert!(matches!(server.events()[..], [server::Event::Request(Request::Stat(_))]));
    assert_eq!(server.take_text(), "+OK\r\n+OK in\r\n");
}

#[test]
fn p23_after_utf8_texts_may_be_utf8() {
    let mut server = LoneServer::plain(server_config());
    server.feed("UTF8\r\n");
    assert!(server.connection.utf8());
    assert_eq!(server.take_text(), "+OK UTF8 enabled\r\n");
    let mut client = in_transaction();
    let events = client.exchange(Command::Noop, "+OK gr\u{fc}\u{df}e\r\n");
    assert!(
        matches!(&events[..], [Event::Completed { result: Ok(Reply::Done(status)), .. }] if status.text.to_str() == Ok("gr\u{fc}\u{df}e"))
    );
}

#[test]
fn p23_stls_is_not_offered_after_utf8_nor_lang_without_languages() {
    let mut server = LoneServer::plain(server::Config { languages: vec![], ..server_config() });
    server.feed("UTF8\r\nSTLS\r\nLANG\r\nLANG *\r\n");
    let answers = server.take_text();
    let refused = answers.lines().filter(|line| line.starts_with("-ERR"));
    assert_eq!(refused.count(), 3, "{answers}");
    assert_eq!(server.next(), Next::Read, "asking for what is not offered is no misbehaviour");
}

#[test]
fn c25_odd_spacing_in_login_commands_is_put_up_with() {
    let mut server = LoneServer::plain(server_config());
    let events = server.feed("USER  joe\r\nPASS  x\r\n");
    let [server::Event::Defect(defect), server::Event::Request(Request::Login(credentials, _))] =
        &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!((defect.id, defect.at), (Defect::DoubleSpace, 5));
    let server::Credentials::Password { name, password } = credentials else { panic!() };
    assert_eq!(name.as_bytes(), b"joe");
    assert!(password.matches(b" x"), "further spaces are the password's");
}

#[test]
fn c27_commands_in_any_case_and_passwords_with_spaces() {
    let mut server = LoneServer::plain(server_config());
    let events = server.feed("user joe\r\npass my secret  word \r\n");
    let [
        server::Event::Request(Request::Login(
            server::Credentials::Password { password, .. },
            pending,
        )),
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert!(password.matches(b"my secret  word "));
    server.connection.reply(Response::LoggedIn(*pending, Text::empty())).unwrap();
    assert!(matches!(server.feed("stat\r\n")[..], [server::Event::Request(Request::Stat(_))]));
}

#[test]
fn c23_whoever_speaks_another_protocol_is_told_once_and_left() {
    for hello in [
        &b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..],
        b"\x16\x03\x01\x02\0\x01\0",
        b"POST /USER HTTP/1.0\r\n",
    ] {
        for split in 1..hello.len() {
            let mut server = LoneServer::plain(server_config());
            let events = server.feed_split(hello, &[split]);
            assert_eq!(events.last(), Some(&server::Event::Closed(Closed::Misbehaviour)));
            assert_eq!(server.take_text(), "-ERR this is a POP3 server\r\n");
            assert_eq!(server.next(), Next::Close);
        }
    }
}

#[test]
fn c29_what_is_handed_out_is_whole_lines() {
    let mut server = LoneServer::in_transaction(server_config());
    let events = server.feed("RETR 1\r\n");
    let [server::Event::Request(Request::Retr(_, pending))] = events[..] else { panic!() };
    server.connection.reply(Response::BodyBegin(pending, text("follows"))).unwrap();
    assert_eq!(server.take(), b"+OK follows\r\n");
    server.connection.reply(Response::Body(pending, "a\r\nb\r\n".into())).unwrap();
    server.connection.reply(Response::BodyEnd(pending)).unwrap();
    server.events();
    assert_eq!(server.take(), b"a\r\nb\r\n.\r\n");
    for line in ["NOOP\r\n", "CAPA\r\n", "LANG\r\n", "LANG de\r\n", "XX\r\n", "RETR 0\r\n"] {
        server.feed(line);
        let octets = server.take();
        assert!(octets.is_empty() || octets.ends_with(b"\r\n"), "{line}");
    }
}

#[test]
fn c29_a_reply_is_lent_as_one_slice() {
    let mut server = LoneServer::plain(server_config());
    server.feed("CAPA\r\nUSER a\r\nNOOP\r\n");
    assert_eq!(server.connection.transmit(server.now).slices().count(), 1);
}
