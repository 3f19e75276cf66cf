//! What the server's methods promise.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

use bytes::Bytes;
use mail_proto::{Connection, Next, SendError, Text};
use pop3_proto::server::{Config, Event, Request, Response};
use pop3_proto::{Closed, DropListing, State};
use support::{LoneServer, secret, server_config, text};

fn in_transaction() -> LoneServer {
    LoneServer::in_transaction(server_config())
}

#[test]
fn what_is_not_legal_in_a_state_is_refused_without_asking() {
    let after_login =
        ["STAT", "LIST", "RETR 1", "DELE 1", "NOOP", "RSET", "TOP 1 1", "UIDL", "LAST"];
    for line in after_login {
        let mut server = LoneServer::plain(server_config());
        assert!(
            matches!(server.feed(format!("{line}\r\n"))[..], [Event::Rejected { at: 0, .. }]),
            "{line}"
        );
        assert!(server.take().starts_with(b"-ERR expected "));
    }
    for line in ["USER a", "PASS b", "AUTH", "AUTH PLAIN", "STLS", "UTF8"] {
        let mut server = in_transaction();
        assert!(
            matches!(server.feed(format!("{line}\r\n"))[..], [Event::Rejected { .. }]),
            "{line}"
        );
    }
    for line in ["CAPA", "LANG", "LANG de"] {
        let mut server = in_transaction();
        assert_eq!(server.feed(format!("{line}\r\n")), [], "{line}");
        assert!(server.take().starts_with(b"+OK"));
    }
}

#[test]
fn arguments_too_many_and_too_few_are_refused_where_they_are_wrong() {
    for (line, at) in [
        ("RETR", 4),
        ("DELE 1 2", 6),
        ("TOP 1", 5),
        ("TOP 1 2 3", 7),
        ("STAT 1", 4),
        ("NOOP x", 4),
        ("LIST x", 5),
    ] {
        let mut server = in_transaction();
        let events = server.feed(format!("{line}\r\n"));
        let [Event::Rejected { at: found, .. }] = events[..] else { panic!("{line}: {events:?}") };
        assert_eq!(found, 25 + at, "{line}");
    }
}

#[test]
fn one_command_runs_at_a_time_and_the_next_stays_unparsed() {
    let mut server = in_transaction();
    let events = server.feed("STAT\r\nNOOP\r\nGARBAGE GARBAGE\r\n");
    let [Event::Request(Request::Stat(pending))] = events[..] else { panic!() };
    assert_eq!(server.input.len(), 23);
    assert_eq!(server.take(), b"");
    server.connection.reply(Response::Stat(pending, DropListing::new(0, 0))).unwrap();
    let events = server.events();
    assert!(matches!(events[..], [Event::Request(Request::Other(..))]));
    assert_eq!(server.take_text(), "+OK 0 0\r\n+OK\r\n");
}

#[test]
fn answers_out_of_turn_are_errors_and_change_nothing() {
    let mut server = in_transaction();
    let events = server.feed("STAT\r\n");
    let [Event::Request(Request::Stat(stat))] = events[..] else { panic!() };
    assert_eq!(
        server.connection.reply(Response::Abort(stat.id())),
        Err(SendError::State { expected: "the begin of the reply before its parts" })
    );
    server.connection.reply(Response::Stat(stat, DropListing::new(0, 0))).unwrap();
    let twice = server.connection.reply(Response::Stat(stat, DropListing::new(0, 0)));
    assert_eq!(twice, Err(SendError::NotOwed));
    server.take();

    let events = server.feed("RETR 1\r\n");
    let [Event::Request(Request::Retr(_, body))] = events[..] else { panic!() };
    assert_eq!(
        server.connection.reply(Response::Stat(stat, DropListing::new(0, 0))),
        Err(SendError::NotOwed)
    );
    let state =
        |result: Result<(), SendError>| assert!(matches!(result, Err(SendError::State { .. })));
    state(server.connection.reply(Response::Body(body, "x".into())));
    state(server.connection.reply(Response::BodyEnd(body)));
    server.connection.reply(Response::BodyBegin(body, Text::empty())).unwrap();
    state(server.connection.reply(Response::BodyBegin(body, Text::empty())));
    state(server.connection.reply(Response::Refuse(body.id(), None, Text::empty())));
    server.connection.reply(Response::BodyEnd(body)).unwrap();
    assert_eq!(server.connection.reply(Response::BodyEnd(body)), Err(SendError::NotOwed));
    assert_eq!(server.take_text(), "+OK\r\n.\r\n");

    server.connection.close();
    assert_eq!(server.connection.reply(Response::BodyEnd(body)), Err(SendError::Closed));
}

#[test]
fn a_challenged_exchange_cannot_be_answered_before_the_client_has() {
    let mut server = LoneServer::plain(server_config());
    let events = server.feed("AUTH LOGIN\r\n");
    let [Event::Request(Request::Authenticate { pending, .. })] = events[..] else { panic!() };
    server.connection.reply(Response::Challenge(pending, secret(b"x"))).unwrap();
    let early = server.connection.reply(Response::LoggedIn(pending, Text::empty()));
    assert_eq!(early, Err(SendError::NotOwed));
    assert_eq!(server.connection.state(), State::Authorization);
}

#[test]
fn a_client_that_has_said_all_and_closed_its_side_is_answered() {
    let mut server = in_transaction();
    server.input.extend_from_slice(b"STAT\r\nNOOP\r\nQUIT\r\n");
    let events = server.eof();
    let [Event::Request(Request::Stat(stat))] = events[..] else { panic!() };
    assert_eq!(server.next(), Next::Hold, "the application's turn");
    server.connection.reply(Response::Stat(stat, DropListing::new(1, 2))).unwrap();
    let events = server.events();
    let [Event::Request(Request::Quit(quit))] = events[..] else { panic!() };
    assert_eq!((server.connection.state(), server.next()), (State::Update, Next::Hold));
    server.connection.reply(Response::Ok(quit, text("bye"))).unwrap();
    assert_eq!(server.events(), [Event::Closed(Closed::Quit)]);
    assert_eq!(server.next(), Next::Hold, "the answer is to be written");
    assert_eq!(server.take_text(), "+OK 1 2\r\n+OK\r\n+OK bye\r\n");
    assert_eq!(server.next(), Next::Close);
}

#[test]
fn nothing_behind_quit_is_executed() {
    let mut server = in_transaction();
    let events = server.feed("QUIT\r\nDELE 1\r\n");
    let [Event::Request(Request::Quit(quit))] = events[..] else { panic!() };
    server.connection.reply(Response::Refuse(quit.id(), None, text("no"))).unwrap();
    assert_eq!(server.events(), [Event::Closed(Closed::Quit)]);
    assert_eq!(server.take_text(), "-ERR no\r\n");
}

#[test]
fn an_end_without_quit_asks_for_no_deletion() {
    for tear in [b"DELE 1\r\nQUIT".as_slice(), b"DELE 1\r\nQUI", b"DELE 1\r\n"] {
        let mut server = in_transaction();
        let events = server.feed(tear);
        let [Event::Request(Request::Dele(_, pending))] = events[..] else { panic!() };
        server.connection.reply(Response::Ok(pending, Text::empty())).unwrap();
        assert_eq!(server.events(), []);
        assert_eq!(server.eof(), [Event::Closed(Closed::Eof)]);
    }
}

#[test]
fn a_refused_login_says_auth_only_where_nothing_else_fits() {
    let mut server = LoneServer::plain(server_config());
    let events = server.feed("AUTH PLAIN\r\n");
    let [Event::Request(Request::Authenticate { pending, .. })] = events[..] else { panic!() };
    server.connection.reply(Response::Refuse(pending.id(), None, text("no"))).unwrap();
    assert_eq!(server.take_text(), "-ERR [AUTH] no\r\n");
    let mut server = in_transaction();
    let events = server.feed("STAT\r\n");
    let [Event::Request(Request::Stat(pending))] = events[..] else { panic!() };
    server.connection.reply(Response::Refuse(pending.id(), None, text("no"))).unwrap();
    assert_eq!(server.take_text(), "-ERR no\r\n");
}

#[test]
fn pieces_of_a_body_may_be_cut_anywhere() {
    let mail = b".a\r.\n..\r\n\r";
    for cut in 0..=mail.len() {
        let mut server = in_transaction();
        let events = server.feed("RETR 1\r\n");
        let [Event::Request(Request::Retr(_, body))] = events[..] else { panic!() };
        server.connection.reply(Response::BodyBegin(body, Text::empty())).unwrap();
        for piece in [&mail[..cut], &mail[cut..]] {
            server.connection.reply(Response::Body(body, Bytes::copy_from_slice(piece))).unwrap();
        }
        server.connection.reply(Response::BodyEnd(body)).unwrap();
        assert_eq!(server.take_text(), "+OK\r\n..a\r\n..\r\n...\r\n\r\n.\r\n", "{cut}");
    }
}

#[test]
fn events_and_their_places_are_the_same_however_the_octets_come() {
    let stream = b"USER  joe \r\nuser x y\r\n\r\nCAPA \r\nRETR 01\r\nauth  login\r\n";
    let run = |ends: &[usize]| {
        let limits =
            pop3_proto::server::Limits { bad_commands_before_login: 9, ..Default::default() };
        let mut server = LoneServer::plain(Config { limits, ..server_config() });
        let events = server.feed_split(stream, ends);
        (events, server.connection.examined(), server.take())
    };
    let whole = run(&[]);
    let places: Vec<_> = whole
        .0
        .iter()
        .filter_map(|event| match event {
            Event::Defect(defect) => Some(defect.at),
            Event::Rejected { at, .. } => Some(*at),
            _ => None,
        })
        .collect();
    assert_eq!(places, [5, 9, 18, 22, 28, 36, 31, 45]);
    for first in 0..=stream.len() {
        for second in first..=stream.len() {
            assert_eq!(run(&[first, second]), whole, "{first} {second}");
        }
    }
}
