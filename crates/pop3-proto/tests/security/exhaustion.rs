//! What a peer sends costs what the limits say, in octets and in work.

use std::fs;
use std::path::Path;

use mail_proto::{Connection as _, Next};
use pop3_proto::client::{Client, Config, Event, ListingLine, Reply};
use pop3_proto::{Command, Error, State, server};

use super::support::{
    LoneClient, LoneServer, auth, number, open_client, pass, secret, server_config, user,
};

#[test]
fn s13_every_state_of_the_server_bounds_its_lines() {
    let states = [
        ("AUTHORIZATION", LoneServer::plain(server_config()), 512),
        ("TRANSACTION", LoneServer::in_transaction(server_config()), 512),
        ("exchange", challenged(), 12 * 1024),
    ];
    for (name, mut server, limit) in states {
        for _ in 0..64 {
            server.feed([b'A'; 1024]);
            assert!(server.input.len() < limit, "{name} keeps {}", server.input.len());
        }
        let events = server.feed("\r\n");
        assert!(events.iter().any(|e| matches!(e, server::Event::Rejected { .. })), "{name}");
        assert_eq!(server.next(), Next::Read);
    }
}

fn challenged() -> LoneServer {
    let mut server = LoneServer::plain(server_config());
    let events = server.feed("AUTH LOGIN\r\n");
    let [server::Event::Request(server::Request::Authenticate { pending, .. })] = events[..] else {
        panic!()
    };
    let challenge = server::Response::Challenge(pending, secret(b""));
    server.connection.reply(challenge).unwrap();
    server.take();
    server
}

#[test]
fn s13_every_state_of_the_client_bounds_its_lines() {
    let sending = |command: Command| {
        let mut client = LoneClient::in_transaction(open_client());
        client.connection.send(command).unwrap();
        client.take();
        client
    };
    let greeting = || LoneClient::of(Client::new(open_client()));
    let exchange = || {
        let mut client = LoneClient::greeted(open_client());
        client.connection.send(auth("LOGIN", None)).unwrap();
        client.take();
        client
    };
    for (mut client, limit) in [
        (greeting(), 8192),
        (sending(Command::Stat), 8192),
        (exchange(), 12 * 1024),
        (LoneClient::in_transaction(open_client()), 8192),
    ] {
        for _ in 0..limit - 1 {
            client.feed("+");
        }
        assert_eq!(client.error(), None);
        client.feed("+");
        assert!(matches!(client.error(), Some(Error::LineTooLong { limit: l, .. }) if *l == limit));
    }
    let mut listing = sending(Command::List(None));
    listing.feed("+OK\r\n");
    for _ in 0..64 {
        listing.feed([b'9'; 1024]);
        assert!(listing.input.len() < 8192);
    }
}

#[test]
fn s14_errors_of_limits_name_the_limit_and_the_place() {
    let mut client = LoneClient::in_transaction(open_client());
    client.feed("x".repeat(9000));
    let error = client.error().unwrap().to_string();
    assert!(error.contains("8192") && error.contains("octet"), "{error}");
    let mut client = LoneClient::greeted(open_client());
    let error = client.connection.send(user(&"u".repeat(300))).unwrap_err().to_string();
    assert_eq!(error, "the line has 307 octets, 255 may be sent");
}

#[test]
fn s17_the_work_is_linear_however_the_octets_come() {
    const SIZE: usize = 1 << 20;
    let body = "x".repeat(70).into_bytes();
    let mut stream = b"+OK\r\n".to_vec();
    while stream.len() < SIZE {
        stream.extend_from_slice(&body);
        stream.extend_from_slice(b"\r\n..\r\n");
    }
    stream.extend_from_slice(b".\r\n");
    let mut client = LoneClient::in_transaction(open_client());
    client.connection.send(Command::Retr(number(1))).unwrap();
    client.take();
    let before = client.connection.examined();
    for octet in &stream {
        client.input.extend_from_slice(&[*octet]);
        client.events();
    }
    let examined = client.connection.examined() - before;
    assert!(examined <= 2 * stream.len() as u64, "{examined} of {}", stream.len());
    let mut server = LoneServer::plain(server_config());
    for _ in 0..SIZE {
        server.input.extend_from_slice(b"x");
        server.events();
    }
    assert!(server.connection.examined() <= 2 * SIZE as u64);
}

#[test]
fn s18_no_hash_map_is_keyed_by_a_peer() {
    fn check(folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                check(&path);
            } else {
                let source = fs::read_to_string(&path).unwrap();
                assert!(!source.contains("HashMap") && !source.contains("HashSet"), "{path:?}");
            }
        }
    }
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
}

#[test]
fn s21_whatever_the_client_waits_for_there_is_a_deadline() {
    let mut client = LoneClient::of(Client::new(open_client()));
    client.events();
    assert!(client.connection.poll_timeout().is_some(), "greeting");
    client.feed("+OK\r\n");
    assert_eq!(client.connection.poll_timeout(), None, "nothing is owed");
    client.connection.send(Command::Stls).unwrap();
    client.events();
    assert!(client.connection.poll_timeout().is_some(), "unsent");
    client.take();
    assert!(client.connection.poll_timeout().is_some(), "unanswered");
    client.feed("+OK\r\n");
    assert!(client.connection.poll_timeout().is_some(), "the handshake (CVE-2011-1947)");
    client.connection.handed_over(mail_proto::Handover::Tls, &mut client.input).unwrap();
    client.events();
    for command in [user("alice"), pass("secret"), Command::Retr(number(1))] {
        client.connection.send(command).unwrap();
        client.events();
        client.take();
        assert!(client.connection.poll_timeout().is_some());
        client.feed("+OK\r\n");
    }
    client.feed("half a body");
    assert!(client.connection.poll_timeout().is_some(), "body");
}

#[test]
fn s21_whatever_the_server_waits_for_there_is_a_deadline() {
    let mut server = LoneServer::of(server::Server::new(
        server_config().into(),
        mail_proto::Security::Plain,
        None,
    ));
    server.events();
    assert!(server.connection.poll_timeout().is_some(), "unwritten greeting");
    server.take();
    for line in ["", "CA", "PA\r\nUSER alice\r\n", "STLS\r\n"] {
        server.feed(line);
        assert!(server.connection.poll_timeout().is_some(), "{line}");
        server.take();
        assert!(server.connection.poll_timeout().is_some(), "{line}");
    }
    assert!(challenged().connection.poll_timeout().is_some());
    let mut server = LoneServer::in_transaction(server_config());
    for line in ["", "NO", "OP\r\n"] {
        server.feed(line);
        assert!(server.connection.poll_timeout().is_some(), "{line}");
    }
}

#[test]
fn s22_unsolicited_lines_are_told_one_by_one_and_not_kept() {
    let mut client = LoneClient::in_transaction(open_client());
    client.input.extend_from_slice(&b"-ERR still here\r\n".repeat(10_000));
    for _ in 0..20_000 {
        let event = client.connection.poll(&mut client.input, client.now).unwrap().unwrap();
        assert!(matches!(event, Event::Defect(_) | Event::Unsolicited(_)));
    }
    assert!(client.input.is_empty());
}

#[test]
fn s22_capabilities_beyond_the_limit_are_told_and_forgotten() {
    let mut client = LoneClient::greeted(open_client());
    let lines: String = (0..5000).map(|n| format!("X-CAPABILITY-{n}\r\n")).collect();
    let events = client.exchange(Command::Capa, format!("+OK\r\nPIPELINING\r\n{lines}.\r\n"));
    let told = events
        .iter()
        .filter(|event| matches!(event, Event::Line { line: ListingLine::Capability(_), .. }));
    assert_eq!(told.count(), 5001);
    let kept = client.connection.capabilities().unwrap();
    assert!(kept.has(&pop3_proto::Capability::Pipelining));
    assert!((100..1000).contains(&kept.iter().count()));
}

#[test]
fn s22_a_peer_that_pipelines_and_does_not_read_is_not_served() {
    let mut server = LoneServer::plain(server_config());
    server.input.extend_from_slice(&b"CAPA\r\n".repeat(10_000));
    server.events();
    assert!(!server.input.is_empty());
    assert_eq!(server.next(), Next::Hold);
    let mut total = 0;
    loop {
        let octets = server.take();
        assert!(octets.len() < 17 * 1024, "{}", octets.len());
        total += memchr::memmem::find_iter(&octets, b"\r\n.\r\n").count();
        if octets.is_empty() {
            break;
        }
        server.events();
    }
    assert_eq!((total, server.next()), (10_000, Next::Read));
}

#[test]
fn s23_numbers_at_every_boundary_are_read_or_refused_and_reserve_nothing() {
    let digits = |n: usize| "9".repeat(n);
    let corpus = [
        ("0", Some(0)),
        ("1", Some(1)),
        ("2147483647", Some(2_147_483_647)),
        ("2147483648", Some(2_147_483_648)),
        ("4294967295", Some(4_294_967_295)),
        ("4294967296", Some(4_294_967_296)),
        ("9223372036854775807", Some(9_223_372_036_854_775_807)),
        ("9223372036854775808", Some(9_223_372_036_854_775_808)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        (&digits(20), None),
        (&digits(1000), None),
        ("-1", None),
        ("+1", None),
        ("0x10", None),
        ("1e9", None),
    ];
    for (number, value) in corpus {
        let mut client = LoneClient::in_transaction(Config::clone(&open_client()));
        let events = client.exchange(Command::Stat, format!("+OK 1 {number}\r\n"));
        let Some(Event::Completed { result: Ok(Reply::Drop(listing)), .. }) = events.last() else {
            panic!("{events:?}");
        };
        assert_eq!(listing.octets(), value, "{number}");
        let events = client.exchange(Command::Stat, format!("+OK {number} 1\r\n"));
        let read =
            matches!(events.last(), Some(Event::Completed { result: Ok(Reply::Drop(_)), .. }));
        assert_eq!(read, value.is_some(), "{number}");
        let events =
            client.exchange(Command::List(None), format!("+OK\r\n{number} {number}\r\n.\r\n"));
        let is_message = value.is_some_and(|value| (1..=u64::from(u32::MAX)).contains(&value));
        let scanned = events
            .iter()
            .any(|event| matches!(event, Event::Line { line: ListingLine::Scan(_), .. }));
        assert_eq!(scanned, is_message, "{number}");
        assert!(matches!(events.last(), Some(Event::Completed { .. })));
        let mut server = LoneServer::in_transaction(server_config());
        for command in ["RETR", "DELE", "LIST", "UIDL"] {
            let events = server.feed(format!("{command} {number}\r\n"));
            let asked = matches!(events.last(), Some(server::Event::Request(_)));
            assert_eq!(asked, is_message, "{command} {number}");
            if asked {
                server = LoneServer::in_transaction(server_config());
            }
        }
        assert_eq!(server.connection.state(), State::Transaction);
    }
}
