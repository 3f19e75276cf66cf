//! AUTHENTICATE and LOGIN.

use imap_proto::connection::{Closed, State};
use imap_proto::server::{Config, Event, Limits};
use imap_proto::{Code, CommandBody, Data};
use mail_proto::{CommandId, Leniency, SendError};

use crate::connection_support::server::{LoneServer, config, rejected};
use crate::connection_support::{bad, condition, no, ok, secret};

fn challenged() -> (LoneServer, CommandId) {
    let mut server = LoneServer::plain(config());
    let (id, _) = server.command("a AUTHENTICATE PLAIN\r\n");
    server.connection.challenge(id, &secret(b"")).unwrap();
    assert_eq!(server.take_text(), "+ \r\n");
    (server, id)
}

#[test]
fn an_exchange_goes_back_and_forth() {
    let mut server = LoneServer::plain(config());
    let (id, body) = server.command("a AUTHENTICATE X-ASK\r\n");
    let CommandBody::Authenticate(asked) = body else { panic!("{body:?}") };
    assert_eq!((asked.mechanism.as_bytes(), asked.initial_response), (&b"X-ASK"[..], None));
    server.connection.challenge(id, &secret(b"who?")).unwrap();
    assert_eq!(server.take_text(), "+ d2hvPw==\r\n");
    assert_eq!(server.only("am9l\r\n"), Event::Response { id, data: secret(b"joe") });
    // News of any kind may come between.
    let alert = condition(imap_proto::ConditionKind::Ok, Some(Code::Alert), "hi");
    server.connection.respond(&Data::Condition(alert)).unwrap();
    server.connection.challenge(id, &secret(b"")).unwrap();
    assert_eq!(server.take_text(), "* OK [ALERT] hi\r\n+ \r\n");
    assert_eq!(server.only("\r\n"), Event::Response { id, data: secret(b"") });
    server.complete(id);
    assert!(server.take_text().starts_with("a OK [CAPABILITY IMAP4rev1 "));
    assert_eq!(server.connection.state(), State::Authenticated);
}

#[test]
fn an_initial_response_may_be_empty() {
    for (line, initial) in [
        ("a AUTHENTICATE PLAIN AGpvZQBzZWNyZXQ=\r\n", &b"\0joe\0secret"[..]),
        ("a AUTHENTICATE PLAIN =\r\n", b""),
    ] {
        let mut server = LoneServer::plain(config());
        let (_, body) = server.command(line);
        let CommandBody::Authenticate(asked) = body else { panic!("{body:?}") };
        assert_eq!(asked.initial_response, Some(secret(initial)));
    }
}

#[test]
fn a_star_gives_up_and_the_session_goes_on() {
    let (mut server, id) = challenged();
    assert_eq!(server.only("*\r\n"), Event::Cancelled { id });
    assert_eq!(server.take_text(), "a BAD AUTHENTICATE cancelled\r\n");
    assert_eq!(server.connection.complete(id, ok("")), Err(SendError::NotOwed));
    let (_, body) = server.command("b LOGIN joe secret\r\n");
    assert!(matches!(body, CommandBody::Login(_)));
}

#[test]
fn broken_base64_breaks_the_exchange() {
    for line in ["a b\r\n", "!!!!\r\n", "====\r\n", "AAAA*\r\n", "\0\r\n", "b NOOP\r\n"] {
        let (mut server, id) = challenged();
        let events = server.feed(line);
        assert_eq!(events[0], Event::Cancelled { id }, "{line:?}");
        assert_eq!(rejected(&events).len(), 1);
        assert!(server.take_text().starts_with("a BAD expected "), "{line:?}");
        assert_eq!(server.connection.state(), State::NotAuthenticated);
        assert!(server.connection.running().is_none());
    }
    // Padding is missing: read leniently, and told.
    let (mut server, id) = challenged();
    let events = server.feed("am9lCg\r\n");
    assert!(matches!(events[..], [Event::Defect(_), Event::Response { .. }]), "{events:?}");
    let strict = Config { leniency: Leniency::strict(), ..config() };
    let mut server = LoneServer::plain(strict);
    let (strict_id, _) = server.command("a AUTHENTICATE PLAIN\r\n");
    server.connection.challenge(strict_id, &secret(b"")).unwrap();
    assert_eq!(rejected(&server.feed("am9lCg\r\n")).len(), 1);
    let _ = id;
}

#[test]
fn a_line_over_the_limit_breaks_the_exchange() {
    for (length, is_taken) in [(40, true), (41, false)] {
        let limits = Limits { sasl_line: 42, ..Limits::default() };
        let mut server = LoneServer::plain(Config { limits, ..config() });
        let (id, _) = server.command("a AUTHENTICATE PLAIN\r\n");
        server.connection.challenge(id, &secret(b"")).unwrap();
        server.take();
        let line = format!("{}\r\n", "A".repeat(length));
        let events = server.feed(&line);
        assert_eq!(matches!(events[..], [Event::Response { .. }]), is_taken, "{events:?}");
        if !is_taken {
            assert_eq!(events[0], Event::Cancelled { id });
            assert_eq!(server.take_text(), "a BAD expected a shorter line\r\n");
            assert!(server.input.is_empty());
            assert_eq!(server.feed("b CAPABILITY\r\n"), []);
        }
    }
}

#[test]
fn a_challenge_is_for_authenticate_and_one_at_a_time() {
    let (mut server, id) = challenged();
    let state = |result| assert!(matches!(result, Err(SendError::State { .. })), "{result:?}");
    state(server.connection.challenge(id, &secret(b"again")));
    state(server.connection.complete(id, ok("early")));
    state(server.connection.complete(id, no(None, "early")));
    let mut server = LoneServer::plain(config());
    let (id, _) = server.command("a LOGIN joe secret\r\n");
    state(server.connection.challenge(id, &secret(b"x")));
    server.complete(id);
    let (id, _) = server.command("a NOOP\r\n");
    state(server.connection.challenge(id, &secret(b"x")));
    server.complete(id);
    assert_eq!(server.connection.challenge(id, &secret(b"x")), Err(SendError::NotOwed));
}

#[test]
fn a_mechanism_that_is_not_offered_is_refused() {
    let mut server = LoneServer::plain(config());
    let events = server.feed("a AUTHENTICATE GSSAPI\r\n");
    assert_eq!(rejected(&events)[0].2, "an offered mechanism");
    assert_eq!(server.take_text(), "a NO [CANNOT] this needs an offered mechanism\r\n");
}

#[test]
fn a_refused_login_says_why_and_some_are_too_many() {
    let mut server = LoneServer::plain(config());
    for code in [None, Some(Code::Unavailable)] {
        let (id, _) = server.command("a LOGIN joe wrong\r\n");
        server.connection.complete(id, no(code, "no")).unwrap();
        assert_eq!(server.connection.state(), State::NotAuthenticated);
    }
    assert_eq!(server.take_text(), "a NO [AUTHENTICATIONFAILED] no\r\na NO [UNAVAILABLE] no\r\n");
    let (id, _) = server.command("b LOGIN joe wrong\r\n");
    server.connection.complete(id, bad("no")).unwrap();
    assert_eq!(server.events(), [Event::Closed(Closed::Misbehaviour)]);
    assert_eq!(server.take_text(), "b BAD no\r\n* BYE too many failed logins\r\n");
}

#[test]
fn limits_grow_with_the_login() {
    let mut server = LoneServer::logged_in(config());
    let (_, body) = server.command(format!("a CREATE \"{}\"\r\n", "x".repeat(20_000)));
    assert!(matches!(body, CommandBody::Create(_)));
    let mut server = LoneServer::plain(config());
    let events = server.feed(format!("a ID (\"name\" \"{}\")\r\n", "x".repeat(9000)));
    assert_eq!(rejected(&events)[0].2, "a shorter line");
}
