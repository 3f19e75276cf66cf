//! Every limit, at it and one over, and how it goes on behind it. (Literals: see there.)

use imap_proto::connection::{Closed, FrameLimits};
use imap_proto::server::{Config, Event, Limits};
use imap_proto::{CommandBody, ParseLimits};
use mail_proto::{Next, Watermarks};

use crate::connection_support::bad;
use crate::connection_support::server::{LoneServer, config, rejected};

fn limited() -> Config {
    let frame_before_login = FrameLimits { line: 30, ..FrameLimits::server_before_login() };
    let frame = FrameLimits { line: 50, ..FrameLimits::server() };
    let limits = Limits {
        frame_before_login,
        frame,
        parse: ParseLimits { commands: 3, elements: 4, ..ParseLimits::server() },
        waiting_before_login: 20,
        waiting: 40,
        output_before_login: Watermarks { high: 300, low: 50 },
        output: Watermarks { high: 100, low: 50 },
        bad_commands_before_login: 3,
        bad_commands: 5,
        ..Limits::default()
    };
    Config { limits, ..config() }
}

#[test]
fn lines() {
    for (length, is_taken) in [(50, true), (51, false)] {
        let mut server = LoneServer::logged_in(limited());
        let line = format!("a CREATE {}\r\n", "x".repeat(length - 11));
        assert_eq!(line.len(), length);
        let events = server.feed(&line);
        assert_eq!(matches!(events[..], [Event::Command { .. }]), is_taken);
        if !is_taken {
            assert_eq!(rejected(&events), [(Some("a".into()), 70, "a shorter line")]);
            assert_eq!(server.take_text(), "a BAD expected a shorter line\r\n");
            server.done("b NOOP\r\n");
        }
    }
    // Before the end is there, and without a tag.
    let mut server = LoneServer::logged_in(limited());
    assert_eq!(server.feed([b'x'; 49]), []);
    assert_eq!(rejected(&server.feed("x")).len(), 1);
    assert_eq!(server.take_text(), "* BAD expected a shorter line\r\n");
    assert_eq!(server.feed([b'x'; 10_000]), []);
    assert!(server.input.len() < 50, "{}", server.input.len());
    assert_eq!(server.feed("\r\n"), []);
    server.done("b NOOP\r\n");
}

#[test]
fn nesting_and_elements() {
    for (depth, is_taken) in [(2, true), (5, false)] {
        let mut server = LoneServer::selected(limited());
        let line = format!("a SEARCH {}ALL{}\r\n", "(".repeat(depth), ")".repeat(depth));
        let events = server.feed(line);
        assert_eq!(matches!(events[..], [Event::Command { .. }]), is_taken, "{events:?}");
    }
    for (elements, is_taken) in [(4, true), (5, false)] {
        let mut server = LoneServer::selected(limited());
        let line = format!("a FETCH 1 ({})\r\n", ["UID"].repeat(elements).join(" "));
        let events = server.feed(line);
        assert_eq!(matches!(events[..], [Event::Command { .. }]), is_taken, "{events:?}");
    }
}

#[test]
fn octets_that_wait() {
    let mut server = LoneServer::logged_in(limited());
    let (id, _) = server.command("a NOOP\r\n");
    assert_eq!(server.feed([b'x'; 39]), []);
    assert_eq!(server.next(), Next::Read);
    assert_eq!(server.feed("\r"), []);
    assert_eq!(server.next(), Next::Hold);
    server.complete(id);
    assert_eq!(server.events(), []);
    assert_eq!(server.next(), Next::Read);

    let mut server = LoneServer::plain(limited());
    let (_, _) = server.command("a LOGIN joe secret\r\n");
    server.feed([b'x'; 19]);
    assert_eq!(server.next(), Next::Read);
    server.feed("x");
    assert_eq!(server.next(), Next::Hold);
}

#[test]
fn wrong_commands() {
    for (make, limit) in
        [(LoneServer::plain as fn(Config) -> LoneServer, 3), (LoneServer::logged_in, 5)]
    {
        let mut server = make(limited());
        for _ in 1..limit {
            assert!(matches!(server.feed("a (\r\n")[..], [Event::Rejected { .. }]));
        }
        server.take();
        let events = server.feed("a (\r\nb NOOP\r\n");
        assert!(matches!(
            events[..],
            [Event::Rejected { .. }, Event::Closed(Closed::Misbehaviour)]
        ));
        let said = server.take_text();
        assert!(said.ends_with("* BYE too many wrong commands\r\n"), "{said}");
        assert_eq!(server.next(), Next::Close);
    }
    // A login begins a new count; commands that nobody knows count when they are refused.
    let mut server = LoneServer::plain(limited());
    server.feed("a (\r\nb (\r\n");
    server.done("l LOGIN joe secret\r\n");
    for _ in 1..5 {
        server.events();
        let (id, body) = server.command("x XYZZY\r\n");
        assert!(matches!(body, CommandBody::Unknown(_)));
        server.connection.complete(id, bad("unknown")).unwrap();
        server.take();
    }
    server.events();
    let (id, _) = server.command("x XYZZY\r\n");
    server.connection.complete(id, bad("unknown")).unwrap();
    assert_eq!(server.events(), [Event::Closed(Closed::Misbehaviour)]);
}

#[test]
fn output_before_login() {
    let mut server = LoneServer::plain(limited());
    assert_eq!(server.feed("a CAPABILITY\r\nb CAPABILITY\r\nc CAPABILITY\r\nd CAPABILITY\r\n"), []);
    assert_eq!(server.next(), Next::Hold);
    assert!(!server.input.is_empty(), "who does not read is not served");
    let mut said = String::new();
    while !server.input.is_empty() {
        said += &server.take_text();
        server.events();
    }
    said += &server.take_text();
    assert_eq!(said.matches("OK that is all").count(), 4);
}

#[test]
fn whoever_is_no_imap_client_is_hung_up_on() {
    for first in [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\na LOGIN joe secret\r\n",
        "POST /a HTTP/1.0\r\n\r\n",
        "EHLO example.org\r\n",
        "HELO x\r\nMAIL FROM:<a@b>\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\x3c\x03\x03",
        "\0",
        "\u{fc}",
    ] {
        let mut server = LoneServer::plain(config());
        let events = server.feed(first);
        assert!(
            matches!(
                events[..],
                [Event::Rejected { at: 0, .. }, Event::Closed(Closed::Misbehaviour)]
            ),
            "{first:?} {events:?}"
        );
        assert_eq!(server.take_text(), "* BYE this is an IMAP server\r\n");
        assert_eq!(server.next(), Next::Close);
    }
    let mut server = LoneServer::plain(config());
    server.feed("EHLO1 CAPABILITY\r\n");
    assert_eq!(server.next(), Next::Read);
}

#[test]
fn a_tag_that_ends_behind_the_limit_is_none_however_the_octets_come() {
    let line = format!("{} NOOP\r\n", "x".repeat(60));
    for size in [1, 50, 51, line.len()] {
        let mut server = LoneServer::logged_in(limited());
        let events: Vec<Event> =
            line.as_bytes().chunks(size).flat_map(|piece| server.feed(piece)).collect();
        assert_eq!(rejected(&events), [(None, 70, "a shorter line")], "{size}");
    }
}

#[test]
fn the_refusal_that_is_one_too_many_is_the_end_and_no_error() {
    let mut server = LoneServer::plain(limited());
    let number = "4".repeat(25);
    let events = server.feed(format!("a X\r\nb X\r\nc X {{{number}+}}\r\n"));
    assert_eq!(rejected(&events).len(), 3);
    assert_eq!(events.last(), Some(&Event::Closed(Closed::Misbehaviour)));
    assert!(server.take_text().ends_with("* BYE too many wrong commands\r\n"));
}
