//! Literals of all commands but APPEND: small ones are kept, others refused.

use imap_proto::CommandBody;
use imap_proto::connection::{Closed, Error, FrameLimits, Limit};
use imap_proto::server::{Config, Event, Limits};
use mail_proto::{Next, TlsPolicy};

use crate::connection_support::server::{LoneServer, config, literal_plus, rejected};

#[test]
fn a_small_literal_is_answered_by_the_connection() {
    let mut server = LoneServer::plain(config());
    assert_eq!(server.feed("a LOGIN {3}\r\n"), []);
    assert_eq!(server.take_text(), "+ go ahead\r\n");
    assert_eq!(server.feed("joe {6}\r\n"), []);
    assert_eq!(server.take_text(), "+ go ahead\r\n");
    let (_, body) = server.command("secret\r\n");
    let CommandBody::Login(login) = body else { panic!("{body:?}") };
    assert_eq!(login.user.as_bytes(), b"joe");
    assert_eq!(login.password.expose().as_bytes(), b"secret");
}

#[test]
fn a_literal_that_does_not_wait_gets_no_plus() {
    let mut server = LoneServer::plain(config());
    let (_, body) = server.command("a LOGIN {3+}\r\njoe {6+}\r\nsecret\r\n");
    assert!(matches!(body, CommandBody::Login(_)));
    assert_eq!(server.take_text(), "");
}

#[test]
fn a_literal_may_hold_what_looks_like_commands() {
    let mut server = LoneServer::logged_in(config());
    let (_, body) = server.command("a CREATE {13}\r\nx\r\nb LOGOUT\r\n\r\n");
    let CommandBody::Create(create) = body else { panic!("{body:?}") };
    assert_eq!(create.mailbox.as_bytes(), b"x\r\nb LOGOUT\r\n");
}

#[test]
fn literal8_stands_only_where_the_grammar_has_it() {
    let mut server = LoneServer::logged_in(config());
    server.feed("a CREATE ~{1+}\r\nx\r\n");
    assert!(server.take_text().starts_with("a BAD expected "));
    let (_, body) = server.command("b NOOP\r\n");
    assert_eq!(body, CommandBody::Noop);
}

#[test]
fn literal_minus_takes_4096_octets_without_waiting_and_one_more_not() {
    let command = |octets: usize, plus: &str| {
        format!("a CREATE {{{octets}{plus}}}\r\n{}\r\n", "x".repeat(octets))
    };
    for (octets, plus, plus_is_offered, is_taken) in [
        (4096, "+", false, true),
        (4097, "+", false, false),
        (4097, "+", true, true),
        (4097, "", false, true),
    ] {
        let offered = if plus_is_offered { literal_plus() } else { config() };
        let mut server = LoneServer::logged_in(offered);
        let events = server.feed(command(octets, plus));
        assert_eq!(matches!(events[..], [Event::Command { .. }]), is_taken, "{octets}{plus}");
        let said = server.take_text();
        assert_eq!(said.starts_with("a BAD [TOOBIG] "), !is_taken, "{said}");
        if !is_taken {
            // It was swallowed with its line.
            assert!(server.input.is_empty());
            server.done("b NOOP\r\n");
        }
    }
}

/// 100 octets of one literal, 150 of a message, 2 literals.
fn limited() -> Config {
    let frame = FrameLimits { line: 120, literal: 100, message: 150, literals: 2, streamed: 1000 };
    let limits = Limits { frame, ..Limits::default() };
    Config { limits, ..literal_plus() }
}

#[test]
fn a_literal_over_the_limit_costs_its_command_only() {
    for (size, is_taken) in [(100, true), (101, false)] {
        for plus in ["", "+"] {
            let mut server = LoneServer::logged_in(limited());
            let octets = [&b"* BYE\r\nx LOGOUT\r\n"[..], &vec![b'x'; size - 17]].concat();
            let mut events = server.feed(format!("a CREATE {{{size}{plus}}}\r\n"));
            let said = server.take_text();
            match (is_taken, plus) {
                (true, "") => assert_eq!(said, "+ go ahead\r\n"),
                (true, _) => assert_eq!(said, ""),
                (false, _) => {
                    assert_eq!(said, "a BAD [TOOBIG] expected a smaller literal\r\n");
                    assert_eq!(rejected(&events), [(Some("a".into()), 29, "a smaller literal")]);
                }
            }
            // Who waited and was refused sends nothing.
            if is_taken || plus == "+" {
                events.extend(server.feed(octets));
                events.extend(server.feed("\r\n"));
            }
            assert_eq!(matches!(events[..], [Event::Command { .. }]), is_taken);
            if !is_taken {
                assert_eq!(events.len(), 1, "{events:?}");
                server.done("b NOOP\r\n");
            }
        }
    }
}

#[test]
fn literals_that_are_too_many_or_too_much_together_are_refused() {
    // The line so far counts to the message.
    for (first, second, is_taken) in [(60, 55, true), (100, 60, false)] {
        let mut server = LoneServer::logged_in(limited());
        let [first, second] = [first, second].map(|n| format!("{{{n}+}}\r\n{}", "x".repeat(n)));
        let events = server.feed(format!("a RENAME {first} {second}\r\n"));
        assert_eq!(matches!(events[..], [Event::Command { .. }]), is_taken, "{events:?}");
        if !is_taken {
            assert_eq!(server.take_text(), "a BAD [TOOBIG] expected a shorter command\r\n");
            server.done("b NOOP\r\n");
        }
    }
    let mut server = LoneServer::logged_in(limited());
    let three = "a SEARCH BODY {1+}\r\nx BODY {1+}\r\nx BODY {1+}\r\nx\r\n";
    server.done("s SELECT x\r\n");
    let events = server.feed(three);
    assert_eq!(rejected(&events)[0].2, "fewer literals");
    server.done("b NOOP\r\n");
}

#[test]
fn a_number_that_nobody_can_count_ends_the_connection_unless_the_client_waits() {
    let mut server = LoneServer::logged_in(literal_plus());
    let events = server.feed("a CREATE {99999999999999999999}\r\n");
    assert_eq!(rejected(&events).len(), 1);
    server.done("b NOOP\r\n");
    let events = server.feed("c CREATE {99999999999999999999+}\r\nd NOOP\r\n");
    assert_eq!(events, [Event::Closed(Closed::Error)]);
    let Some(Error::TooLong { limit, .. }) = server.error() else { panic!() };
    assert_eq!(limit.limit, Limit::Number);
    assert!(server.take_text().ends_with("* BYE [TOOBIG] nobody can count this\r\n"));
    assert_eq!(server.next(), Next::Close);
}

#[test]
fn a_command_of_the_wrong_state_is_refused_at_its_first_literal() {
    let mut server = LoneServer::plain(config());
    let events = server.feed("a SELECT {5}\r\n");
    assert_eq!(rejected(&events), [(Some("a".into()), 9, "a login before this command")]);
    let events = server.feed("b APPEND x {5000+}\r\n");
    assert_eq!(rejected(&events).len(), 1);
    server.feed([&vec![b'x'; 5000][..], b"\r\n"].concat());
    assert_eq!(server.feed("c CAPABILITY\r\n"), []);
    let said = server.take_text();
    assert_eq!(said.matches(" BAD ").count(), 2);
    assert!(said.ends_with("c OK that is all\r\n"));
}

#[test]
fn a_password_is_refused_before_it_is_sent_where_tls_is_required() {
    let mut server = LoneServer::plain(Config { tls: TlsPolicy::Required, ..config() });
    server.feed("a LOGIN {3}\r\n");
    assert_eq!(server.take_text(), "a NO [PRIVACYREQUIRED] this needs TLS before a login\r\n");
    server.feed("b LOGIN joe secret\r\n");
    server.feed("c AUTHENTICATE PLAIN\r\n");
    let said = server.take_text();
    assert_eq!(said.matches("NO [PRIVACYREQUIRED]").count(), 2, "{said}");
}

#[test]
fn every_state_refuses_a_literal_over_its_limit() {
    let before = Limits::default().frame_before_login.literal;
    let mut server = LoneServer::plain(literal_plus());
    server.feed(format!("a LOGIN {{{}}}\r\n", before + 1));
    assert!(server.take_text().starts_with("a BAD [TOOBIG]"));
    let after = Limits::default().frame.literal;
    for mut server in [LoneServer::logged_in(config()), LoneServer::selected(config())] {
        server.feed(format!("a CREATE {{{}}}\r\n", after + 1));
        assert!(server.take_text().starts_with("a BAD [TOOBIG]"));
        server.feed(format!("b CREATE {{{after}}}\r\n"));
        assert_eq!(server.take_text(), "+ go ahead\r\n");
    }
}
