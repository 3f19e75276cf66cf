//! What is refused never comes back as commands.

use imap_proto::server::{Config, Event, Limits};
use mail_proto::SendError;

use crate::connection_support::server::{LoneServer, config, literal_plus, rejected};
use crate::connection_support::{no, ok, secret};

/// Content that a third party chose.
const EVIL: &[u8] = b"x NOOP\r\ny DELETE INBOX\r\nz LOGOUT\r\n{3}\r\nw APPEND x {9+}\r\n";

type Make = fn() -> LoneServer;

#[test]
fn s10_s24_the_octets_of_a_refused_literal_are_never_commands() {
    let commands: [(&str, Make); 6] = [
        // Over the limit; with LITERAL- ; in the wrong state; unknown; unreadable; without TLS.
        ("a CREATE {200000+}\r\n", || LoneServer::logged_in(literal_plus())),
        ("a CREATE {5000+}\r\n", || LoneServer::logged_in(config())),
        ("a FETCH {70+}\r\n", || LoneServer::plain(config())),
        ("a XYZZY {70+}\r\n", || LoneServer::plain(config())),
        ("( {70+}\r\n", || LoneServer::logged_in(config())),
        ("a LOGIN {70+}\r\n", || {
            LoneServer::plain(Config { tls: mail_proto::TlsPolicy::Required, ..config() })
        }),
    ];
    for (line, make) in commands {
        let size: usize = line.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
        let mut body = EVIL.repeat(size / EVIL.len() + 1);
        body.truncate(size);
        for split in (0..100).chain([size - 1, size]).filter(|at| *at <= size) {
            let mut server = make();
            let mut events = server.feed(line);
            events.extend(server.feed(&body[..split]));
            events.extend(server.feed(&body[split..]));
            events.extend(server.feed("\r\n"));
            let wrong = |event: &&Event| !matches!(event, Event::Rejected { .. });
            assert_eq!(events.iter().find(wrong), None, "{line} {split}");
            assert!(server.input.is_empty());
            assert_eq!(server.feed("c CAPABILITY\r\n"), []);
            let said = server.take_text();
            assert!(said.ends_with("c OK that is all\r\n"), "{line} {said}");
        }
    }
}

#[test]
fn s10_s24_the_octets_of_a_literal_are_no_commands_where_a_line_is_owed() {
    let lines = ["b CREATE {12+}".to_owned(), format!("b CREATE {} {{12+}}", "x".repeat(20_000))];
    for (line, is_idle) in lines.iter().flat_map(|line| [(line, true), (line, false)]) {
        let octets = format!("{line}\r\nz LOGOUT\r\n\r\n {{3+}}\r\ny N\r\nc CAPABILITY\r\n");
        for split in 0..octets.len().min(70) {
            let mut server = if is_idle {
                let mut server = LoneServer::logged_in(literal_plus());
                let (id, _) = server.command("a IDLE\r\n");
                server.connection.accept(id).unwrap();
                server
            } else {
                let mut server = LoneServer::plain(config());
                let (id, _) = server.command("a AUTHENTICATE PLAIN\r\n");
                server.connection.challenge(id, &secret(b"")).unwrap();
                server
            };
            server.take();
            let split = octets.len() - split;
            let events = server.feed_split(octets.as_bytes(), &[split]);
            assert!(matches!(events[..], [Event::Cancelled { .. }, Event::Rejected { .. }]));
            let text = server.take_text();
            let lines: Vec<_> = text.lines().collect();
            assert!(
                lines[0].starts_with("a BAD ") && lines[1].starts_with("* CAPABILITY "),
                "{text}"
            );
            assert_eq!(lines[2..], ["c OK that is all"]);
        }
    }
}

#[test]
fn s24_a_synchronizing_literal_that_is_refused_owes_nothing() {
    for line in ["a CREATE {200000}\r\n", "a APPEND x {99999999999999999999}\r\n"] {
        let mut server = LoneServer::logged_in(config());
        assert_eq!(rejected(&server.feed(line)).len(), 1);
        assert!(!server.take_text().contains('+'));
        server.done("b NOOP\r\n");
    }
}

#[test]
fn s24_a_message_that_is_refused_anywhere_is_never_commands() {
    let limits = Limits { bad_commands: u8::MAX, ..Limits::default() };
    let config = Config { limits, ..literal_plus() };
    for plus in ["", "+"] {
        for refuse_at in 0..EVIL.len() + 4 {
            let mut server = LoneServer::logged_in(config.clone());
            let events = server.feed(format!("a APPEND x {{{}{plus}}}\r\n", EVIL.len()));
            let Event::Append { id, .. } = events[0] else { panic!() };
            let mut refused = false;
            if refuse_at > 0 {
                server.connection.accept(id).unwrap();
            } else {
                server.connection.complete(id, no(None, "no")).unwrap();
                refused = true;
            }
            let sends = refuse_at > 0 || plus == "+";
            let stream = [EVIL, b"\r\n"].concat();
            for (at, octet) in stream.iter().enumerate().filter(|_| sends) {
                if at + 1 == refuse_at {
                    server.connection.complete(id, no(None, "no")).unwrap();
                    refused = true;
                }
                for event in server.feed([*octet]) {
                    assert!(matches!(event, Event::Append { .. }), "{refuse_at} {event:?}");
                }
            }
            if !refused {
                server.connection.complete(id, ok("done")).unwrap();
            }
            server.take();
            server.done("b NOOP\r\n");
        }
    }
}

#[test]
fn s25_each_tag_is_answered_once_and_in_order() {
    let mut server = LoneServer::logged_in(config());
    for n in 0..200 {
        server.input.extend_from_slice(format!("t{n} NOOP\r\n").as_bytes());
    }
    let mut said = String::new();
    let mut stale = Vec::new();
    loop {
        let events = server.events();
        let Some(Event::Command { id, .. }) = events.first() else { break };
        for old in &stale {
            assert_eq!(server.connection.complete(*old, ok("")), Err(SendError::NotOwed));
        }
        server.connection.complete(*id, ok("done")).unwrap();
        stale = vec![*id];
        said += &server.take_text();
    }
    said += &server.take_text();
    let tags: Vec<_> = said.lines().map(|line| line.split_once(' ').unwrap().0).collect();
    let expected: Vec<_> = (0..200).map(|n| format!("t{n}")).collect();
    assert_eq!(tags, expected);
}

#[test]
fn s28_bare_cr_nul_and_lf_are_one_command_or_none() {
    for line in ["a NOOP\r", "a NO\0OP", "\0a NOOP", "a NOOP\nb NOOP", "a NOOP\rb NOOP", "a\nNOOP"]
    {
        let mut server = LoneServer::logged_in(config());
        let events = server.feed(format!("{line}\r\n"));
        assert_eq!(rejected(&events).len(), 1, "{line:?} {events:?}");
        assert_eq!(events.len(), 1, "{line:?} {events:?}");
        server.done("c NOOP\r\n");
    }
}

#[test]
fn s10_an_announcement_is_believed_wherever_the_line_is_wrong() {
    // RFC 7888 section 3: a client that does not wait has sent the octets already.
    for line in ["a NOOP {20+}\r\n", "a CREATE \"x {20+}\r\n", "a SELECT x{20+}\r\n", "\"{20+}\r\n"]
    {
        let mut server = LoneServer::logged_in(config());
        server.feed(line);
        server.feed("x LOGOUT\r\ny LOGOUT\r\n\r\n");
        assert_eq!(server.connection.state(), imap_proto::connection::State::Authenticated);
        assert!(server.take_text().contains("BAD "), "{line:?}");
        server.done("b NOOP\r\n");
    }
}
