//! Every limit, at it and one over, and how it goes on behind it.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

use mail_proto::{Connection as _, Next, SendError, Text, Watermarks};
use pop3_proto::client::{self, Client, Config, Event, ListingLine};
use pop3_proto::server::{self, Request, Response};
use pop3_proto::{Closed, Command, Error, State};
use support::{
    LoneClient, LoneServer, auth, number, open_client, pass, secret, server_config, text, user,
};

fn client_limits() -> client::Limits {
    client::Limits {
        command_line: 20,
        reply_line: 30,
        sasl_line: 40,
        pipelined: 3,
        capabilities: 24,
    }
}

fn limited_client() -> Config {
    Config { limits: client_limits(), ..open_client() }
}

fn server_limits() -> server::Limits {
    server::Limits {
        command_line: 20,
        sasl_line: 30,
        waiting_before_login: 10,
        waiting: 15,
        output_before_login: Watermarks { high: 40, low: 10 },
        output: Watermarks { high: 100, low: 50 },
        bad_commands_before_login: 3,
        bad_commands: 5,
        login_attempts: 2,
    }
}

fn limited_server() -> server::Config {
    server::Config { limits: server_limits(), greeting: text("hi"), ..server_config() }
}

/// A line of so many octets, CRLF included.
fn line(begin: &str, length: usize) -> String {
    format!("{begin}{}\r\n", "x".repeat(length - 2 - begin.len()))
}

#[test]
fn client_command_line_over_the_limit_is_an_error_of_the_call() {
    let mut client = LoneClient::greeted(limited_client());
    let too_long = Err(SendError::TooLong { length: 21, limit: 20 });
    assert_eq!(client.connection.send(user(&"u".repeat(14))), too_long);
    assert!(client.connection.send(user(&"u".repeat(13))).is_ok());
    assert_eq!(client.take().len(), 20);
    assert_eq!(client.connection.send(pass(&"p".repeat(14))), too_long);
    let raw = pop3_proto::RawCommand::new("X", text(&"y".repeat(17))).unwrap();
    assert_eq!(client.connection.send_raw(&raw, pop3_proto::Shape::Single), too_long);
    assert_eq!(client.connection.open_commands(), 1);
}

#[test]
fn client_initial_response_at_the_limit_goes_into_the_line_and_one_over_does_not() {
    for (octets, first) in [(3, "AUTH X-ASK eHh4\r\n"), (7, "AUTH X-ASK\r\n")] {
        let limits = client::Limits { command_line: 17, ..client::Limits::default() };
        let mut client = LoneClient::greeted(Config { limits, ..open_client() });
        client.exchange(Command::Capa, "+OK\r\nSASL X-ASK\r\n.\r\n");
        client.connection.send(auth("X-ASK", Some(&b"x".repeat(octets)))).unwrap();
        assert_eq!(client.take_text(), first);
    }
}

#[test]
fn client_status_line_over_the_limit_is_fatal() {
    let mut client = LoneClient::greeted(Config { limits: client_limits(), ..open_client() });
    let events = client.exchange(user("joe"), line("+OK ", 30));
    assert!(matches!(events[..], [Event::Completed { .. }]));
    client.connection.send(user("a")).unwrap();
    client.take();
    let events = client.feed(line("+OK ", 31));
    assert!(matches!(client.error(), Some(Error::LineTooLong { limit: 30, .. })));
    assert!(matches!(events[..], [Event::Lost { .. }, Event::Closed(Closed::Error)]));
}

#[test]
fn client_greeting_over_the_limit_is_fatal() {
    let mut client = LoneClient::of(Client::new(limited_client()));
    assert!(matches!(client.feed(line("+OK ", 30))[..], [Event::Greeting(_)]));
    let mut client = LoneClient::of(Client::new(limited_client()));
    client.feed(line("+OK ", 31));
    assert_eq!(client.error(), Some(&Error::LineTooLong { at: 0, limit: 30 }));
}

#[test]
fn client_listing_line_over_the_limit_is_cut_told_and_skipped() {
    let mut client = LoneClient::in_transaction(limited_client());
    let answer = format!("+OK\r\n{}{}2 5\r\n.\r\n", line("1 1", 30), line("1 1", 31));
    for single in [false, true] {
        client.connection.send(Command::List(None)).unwrap();
        client.take();
        let events =
            if single { client.feed_single(answer.as_bytes()) } else { client.feed(&answer) };
        let lines: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                Event::Line { line, .. } => Some(line),
                _ => None,
            })
            .collect();
        assert_eq!(lines.len(), 3, "{events:?}");
        assert!(matches!(lines[1], ListingLine::Malformed { line, .. } if line.len() < 30));
        assert!(matches!(lines[2], ListingLine::Scan(_)));
        assert!(matches!(events.last(), Some(Event::Completed { .. })));
    }
}

#[test]
fn client_challenge_over_the_limit_is_fatal() {
    for (length, is_fatal) in [(40, false), (41, true)] {
        let mut client = LoneClient::greeted(limited_client());
        client.connection.send(auth("LOGIN", None)).unwrap();
        client.take();
        client.feed(line("+ ", length));
        assert_eq!(client.error().is_some(), is_fatal);
    }
}

#[test]
fn client_body_lines_have_no_limit() {
    let mut client = LoneClient::in_transaction(limited_client());
    let events =
        client.exchange(Command::Retr(number(1)), format!("+OK\r\n{}.\r\n", line("", 5000)));
    assert!(matches!(events.last(), Some(Event::Completed { .. })));
}

#[test]
fn client_pipelines_up_to_the_limit() {
    let mut client = LoneClient::in_transaction(limited_client());
    client.exchange(Command::Capa, "+OK\r\nPIPELINING\r\n.\r\n");
    for _ in 0..7 {
        client.connection.send(Command::Noop).unwrap();
    }
    assert_eq!(client.take_text(), "NOOP\r\n".repeat(3));
    client.feed("+OK\r\n");
    assert_eq!(client.take_text(), "NOOP\r\n");
    client.feed("+OK\r\n+OK\r\n+OK\r\n");
    assert_eq!(client.take_text(), "NOOP\r\n".repeat(3));
}

#[test]
fn client_capabilities_over_the_limit_are_told_and_forgotten() {
    let mut client = LoneClient::in_transaction(limited_client());
    // 12 + 12 octets are kept.
    let events = client.exchange(Command::Capa, "+OK\r\nPIPELINING\r\nX-A 345678\r\nTOP\r\n.\r\n");
    assert_eq!(events.len(), 5);
    assert_eq!(client.connection.capabilities().unwrap().iter().count(), 2);
}

#[test]
fn server_command_line_over_the_limit_is_refused_and_skipped() {
    let mut server = LoneServer::plain(limited_server());
    assert_eq!(server.feed(line("USER ", 20)), []);
    assert_eq!(server.take_text(), "+OK\r\n");
    let events = server.feed(line("USER ", 21));
    assert!(matches!(events[..], [server::Event::Rejected { at: 20, .. }]));
    assert!(server.take_text().starts_with("-ERR"));
    server.feed("USER a\r\n");
    assert_eq!(server.take_text(), "+OK\r\n");
}

#[test]
fn server_sasl_line_over_the_limit_ends_the_exchange_and_is_skipped() {
    for (length, is_over) in [(30, false), (31, true), (34, true)] {
        let mut server = LoneServer::plain(limited_server());
        let events = server.feed("AUTH LOGIN\r\n");
        let [server::Event::Request(Request::Authenticate { pending, .. })] = events[..] else {
            panic!()
        };
        server.connection.reply(Response::Challenge(pending, secret(b""))).unwrap();
        server.take();
        let events = server.feed(format!("{}\r\n", "A".repeat(length - 2)));
        assert_eq!(events[0] == server::Event::AuthenticationEnded, is_over, "{length}");
        if is_over {
            server.take();
            server.feed("USER a\r\n");
            assert_eq!(server.take_text(), "+OK\r\n");
        }
    }
}

#[test]
fn server_holds_when_enough_waits_behind_a_running_command() {
    let mut server = LoneServer::plain(limited_server());
    let events = server.feed("USER a\r\nPASS b\r\n");
    let [server::Event::Request(Request::Login(_, pending))] = events[..] else { panic!() };
    server.take();
    server.feed("NOOP\r\nNOO");
    assert_eq!(server.next(), Next::Read);
    server.feed("P");
    assert_eq!(server.next(), Next::Hold);
    server.connection.reply(Response::LoggedIn(pending, Text::empty())).unwrap();
    server.events();
    assert_eq!(server.next(), Next::Read);
    server.feed("\r\nSTAT\r\n");
    server.feed("x".repeat(14));
    assert_eq!(server.next(), Next::Read);
    server.feed("x");
    assert_eq!(server.next(), Next::Hold);
}

#[test]
fn server_neither_reads_nor_answers_over_the_high_watermark_and_goes_on_below() {
    let mut server = LoneServer::plain(limited_server());
    server.feed("USER a\r\n".repeat(7));
    assert_eq!(server.next(), Next::Read, "35 of 40 octets");
    server.feed("USER a\r\n".repeat(3));
    assert_eq!(server.next(), Next::Hold);
    assert_eq!((server.connection.room(), server.input.len()), (0, 16));
    assert_eq!(server.take().len(), 40);
    server.events();
    assert_eq!((server.next(), server.input.len()), (Next::Read, 0));
    assert_eq!(server.take().len(), 10);
}

#[test]
fn server_tells_of_room_below_the_low_watermark_once() {
    let mut server = LoneServer::in_transaction(limited_server());
    let events = server.feed("RETR 1\r\n");
    let [server::Event::Request(Request::Retr(_, pending))] = events[..] else { panic!() };
    server.connection.reply(Response::BodyBegin(pending, Text::empty())).unwrap();
    assert_eq!(server.events(), [server::Event::Room]);
    assert_eq!(server.events(), [], "once");
    server.connection.reply(Response::Body(pending, "x".repeat(100).into())).unwrap();
    assert_eq!((server.events(), server.connection.room()), (vec![], 0));
    bytes::Buf::advance(&mut server.connection.transmit(server.now), 55);
    assert_eq!(server.events(), [], "50 of 50");
    bytes::Buf::advance(&mut server.connection.transmit(server.now), 1);
    assert_eq!(server.events(), [server::Event::Room]);
}

#[test]
fn server_closes_at_the_third_wrong_command_before_login() {
    let mut server = LoneServer::plain(limited_server());
    for line in ["X\r\n", "STAT\r\n"] {
        server.feed(line);
        server.take();
        assert_eq!(server.next(), Next::Read);
    }
    let events = server.feed("X\r\nUSER a\r\n");
    assert!(matches!(
        events[..],
        [server::Event::Rejected { .. }, server::Event::Closed(Closed::Misbehaviour)]
    ));
    assert_eq!(
        server.take_text(),
        "-ERR [SYS/PERM] too many wrong commands\r\n",
        "one line for one command"
    );
    assert_eq!(server.next(), Next::Close);
}

#[test]
fn server_closes_at_the_fifth_wrong_command_after_login() {
    let mut server = LoneServer::in_transaction(limited_server());
    server.feed("RETR\r\nDELE 0\r\nUSER a\r\n");
    server.take();
    let refuse = |server: &mut LoneServer, events: &[server::Event]| {
        let [server::Event::Request(Request::Other(_, pending))] = events else { panic!() };
        let refusal = Response::Refuse(pending.id(), None, text("no"));
        server.connection.reply(refusal).unwrap();
        server.events()
    };
    let events = server.feed("FOO\r\n");
    assert_eq!(refuse(&mut server, &events), []);
    assert_eq!((server.next(), server.connection.state()), (Next::Read, State::Transaction));
    let events = server.feed("FOO\r\n");
    let events = refuse(&mut server, &events);
    assert_eq!(events, [server::Event::Closed(Closed::Misbehaviour)]);
    assert_eq!(server.take_text(), "-ERR no\r\n-ERR no\r\n");
}

#[test]
fn wrong_commands_before_login_are_forgiven_by_it() {
    let mut server = LoneServer::plain(limited_server());
    server.feed("X\r\nX\r\n");
    server.take();
    let events = server.feed("USER a\r\nPASS b\r\n");
    let [server::Event::Request(Request::Login(_, pending))] = events[..] else { panic!() };
    server.connection.reply(Response::LoggedIn(pending, Text::empty())).unwrap();
    server.take();
    for _ in 0..4 {
        assert_eq!(server.feed("RETR\r\n").len(), 1);
        server.take();
    }
    let events = server.feed("RETR\r\n");
    assert_eq!(events[1..], [server::Event::Closed(Closed::Misbehaviour)]);
}

#[test]
fn server_closes_at_the_second_refused_login() {
    let mut server = LoneServer::plain(limited_server());
    for last in [false, true] {
        let events = server.feed("USER a\r\nPASS b\r\n");
        let [server::Event::Request(Request::Login(_, pending))] = events[..] else { panic!() };
        server.connection.reply(Response::Refuse(pending.id(), None, text("no"))).unwrap();
        let closed = server.events() == [server::Event::Closed(Closed::Misbehaviour)];
        assert_eq!(closed, last);
        assert_eq!(server.take_text(), "+OK\r\n-ERR [AUTH] no\r\n");
    }
}

#[test]
fn asking_for_what_is_not_offered_is_not_counted() {
    let config = server::Config { utf8: false, stls: false, languages: vec![], ..limited_server() };
    let mut server = LoneServer::plain(config);
    for line in ["AUTH NTLM", "AUTH CRAM-MD5", "STLS", "UTF8", "LANG en", "AUTH X"] {
        assert!(matches!(server.feed(format!("{line}\r\n"))[..], [server::Event::Rejected { .. }]));
        server.take();
    }
    server.feed("USER a\r\n");
    assert_eq!(server.take_text(), "+OK\r\n");
}
