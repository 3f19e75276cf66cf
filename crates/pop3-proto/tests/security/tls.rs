//! Octets of one trust state are never used in another.

use bytes::BytesMut;
use mail_proto::{Connection as _, Handover, Leniency, Next, Security, SendError, Sent, TlsPolicy};
use pop3_proto::client::{Client, Config, Event};
use pop3_proto::{Command, Defect, Digest, Error, State, server};

use super::support::{Lone, LoneClient, LoneServer, auth, open_client, pass, server_config, user};

#[test]
fn s1_commands_behind_stls_are_never_executed() {
    let lenient = Leniency::lenient().allow(Defect::BareLf);
    for injected in
        [&b"STLS\r\nNOOP\r\n"[..], b"STLS\nNOOP\n", b"stls\r\nUSER a\r\n", b"STLS\r\n\r\n"]
    {
        for split in 0..=injected.len() {
            let mut server =
                LoneServer::plain(server::Config { leniency: lenient, ..server_config() });
            let mut events = server.feed(&injected[..split]);
            let mut out = server.take();
            events.extend(server.feed(&injected[split..]));
            out.extend(server.take());
            let line = injected.iter().position(|octet| *octet == b'\n').unwrap() as u64 + 1;
            assert_eq!(server.error(), Some(&Error::PlaintextAfterStls { at: line }));
            assert_eq!(out, b"+OK begin TLS negotiation\r\n");
            assert!(events.iter().all(|e| !matches!(e, server::Event::Request(_))));
            assert_eq!(events.last(), Some(&server::Event::Closed(pop3_proto::Closed::Error)));
            assert_eq!(server.next(), Next::Close);
        }
    }
}

#[test]
fn s1_plaintext_that_comes_with_the_handshake_is_refused() {
    let mut server = LoneServer::plain(server_config());
    server.feed("STLS\r\n");
    server.take();
    assert_eq!(server.next(), Next::HandOver(Handover::Tls));
    server.input.extend_from_slice(b"NOOP\r\n");
    let refused = server.connection.handed_over(Handover::Tls, &mut server.input);
    assert_eq!(refused, Err(Error::PlaintextAfterStls { at: 6 }));
    assert_eq!(server.events().len(), 1);
    assert!(server.take().is_empty());
}

#[test]
fn s2_replies_behind_the_ok_of_stls_are_never_read() {
    let injected = b"+OK begin\r\n+OK you are in\r\n";
    for split in 0..=injected.len() {
        let mut client = LoneClient::greeted(open_client());
        client.connection.send(Command::Stls).unwrap();
        let next = client.connection.send(Command::Capa).unwrap();
        client.take();
        let mut events = client.feed(&injected[..split]);
        events.extend(client.feed(&injected[split..]));
        let begin = 29;
        assert_eq!(client.error(), Some(&Error::PlaintextAfterStls { at: begin + 11 }), "{split}");
        assert!(matches!(events[0], Event::Completed { .. }));
        assert_eq!(events[1], Event::Lost { id: next, sent: Sent::Not });
        assert!(client.take().is_empty());
    }
}

#[test]
fn s3_an_answer_completes_only_a_command_that_was_handed_out_whole() {
    for handed in 0..=6 {
        let mut client = LoneClient::in_transaction(open_client());
        client.connection.send(Command::Noop).unwrap();
        let mut transmit = client.connection.transmit(client.now);
        bytes::Buf::advance(&mut transmit, handed);
        let events = client.feed("+OK\r\n");
        match handed {
            6 => assert!(matches!(events.as_slice(), [Event::Completed { .. }])),
            _ => assert!(matches!(client.error(), Some(Error::Desync { .. })), "{handed}"),
        }
    }
}

#[test]
fn s3_stls_cannot_be_answered_before_it_was_sent() {
    let mut client = LoneClient::greeted(Config::default());
    client.connection.send(Command::Stls).unwrap();
    client.feed("+OK\r\n");
    assert!(matches!(client.error(), Some(Error::Desync { .. })));
    assert_eq!(client.next(), Next::Close);
}

#[test]
fn s3_an_exchange_cannot_succeed_before_its_response_is_out() {
    for (handed, answer, is_fatal) in
        [(0, "+OK\r\n", true), (3, "+OK\r\n", true), (3, "-ERR\r\n", true), (0, "-ERR\r\n", false)]
    {
        let mut client = LoneClient::greeted(open_client());
        let id = client.connection.send(auth("X-ASK", None)).unwrap();
        client.take();
        client.feed("+ \r\n");
        client.connection.respond(id, super::support::secret(b"canary")).unwrap();
        let mut transmit = client.connection.transmit(client.now);
        bytes::Buf::advance(&mut transmit, handed);
        let events = client.feed(answer);
        assert_eq!(client.error().is_some(), is_fatal, "{handed} {answer}");
        if !is_fatal {
            assert!(matches!(events.as_slice(), [Event::Completed { result: Err(_), .. }]));
        }
        assert!(client.take().is_empty(), "nothing of the response goes out behind the end");
    }
}

#[test]
fn s5_capabilities_of_before_tls_are_forgotten() {
    let mut client = LoneClient::greeted(open_client());
    client.exchange(Command::Capa, "+OK\r\nSASL PLAIN\r\nPIPELINING\r\nSTLS\r\n.\r\n");
    assert!(client.connection.capabilities().unwrap().sasl());
    client.exchange(Command::Stls, "+OK [CAPABILITY SASL LOGIN] begin\r\n");
    client.connection.handed_over(Handover::Tls, &mut client.input).unwrap();
    assert_eq!(client.events(), [Event::Secured]);
    assert_eq!(client.connection.capabilities(), None);
    client.connection.send(auth("PLAIN", Some(b"\0a\0b"))).unwrap();
    assert_eq!(client.take_text(), "AUTH PLAIN\r\n");
}

#[test]
fn s5_the_server_forgets_what_was_said_in_clear() {
    let mut server = LoneServer::plain(server_config());
    server.feed("LANG de-AT\r\nUSER alice\r\nSTLS\r\n");
    server.take();
    assert_eq!(server.connection.language().unwrap().as_bytes(), b"de-AT");
    server.connection.handed_over(Handover::Tls, &mut server.input).unwrap();
    assert_eq!(server.events(), [server::Event::Secured]);
    assert_eq!(server.connection.language().unwrap().as_bytes(), b"en");
    assert!(matches!(server.feed("PASS secret\r\n")[..], [server::Event::Rejected { .. }]));
}

fn credentials() -> [Command; 5] {
    let digest = Digest::parse(&[b'0'; 32]).unwrap();
    let digest = mail_proto::Secret::new(digest);
    [
        user("alice"),
        pass("secret"),
        Command::Apop { name: "alice".try_into().unwrap(), digest },
        auth("PLAIN", None),
        auth("PLAIN", Some(b"\0alice\0secret")),
    ]
}

#[test]
fn s6_credentials_need_tls_unless_the_policy_says_otherwise() {
    let table = [
        (TlsPolicy::Required, Security::Plain, true),
        (TlsPolicy::Required, Security::Tls, false),
        (TlsPolicy::Optional, Security::Plain, false),
        (TlsPolicy::Optional, Security::Tls, false),
    ];
    for (tls, security, is_refused) in table {
        for command in credentials() {
            let config = Config { tls, security, apop: true, ..Config::default() };
            let mut client = LoneClient::greeted(config);
            let sent = client.connection.send(command.clone());
            assert_eq!(sent == Err(SendError::TlsRequired), is_refused, "{command:?}");
            assert_eq!(sent.is_ok(), !is_refused, "{command:?}");
            assert_eq!(client.take().is_empty(), is_refused);
        }
    }
}

#[test]
fn s6_the_server_refuses_credentials_in_clear_and_does_not_ask_the_application() {
    let config = server::Config { tls: TlsPolicy::Required, ..server_config() };
    let digest = "0".repeat(32);
    let apop = format!("APOP alice {digest}\r\n");
    for line in ["USER alice\r\n", "PASS x\r\n", "AUTH PLAIN\r\n", "AUTH PLAIN AGEAYg==\r\n", &apop]
    {
        let mut server = LoneServer::plain(config.clone());
        let events = server.feed(line);
        assert_eq!(events, [server::Event::Rejected { at: 0, expected: "TLS before a login" }]);
        assert_eq!(server.take_text(), "-ERR this needs TLS before a login\r\n");
        // And takes them behind TLS.
        server.feed("STLS\r\n");
        server.take();
        server.connection.handed_over(Handover::Tls, &mut server.input).unwrap();
        server.events();
        let events =
            server.feed(if line.starts_with("PASS") { "USER a\r\nPASS x\r\n" } else { line });
        assert!(events.iter().all(|e| !matches!(e, server::Event::Rejected { .. })), "{line}");
    }
}

#[test]
fn s6_a_refused_stls_takes_the_credentials_behind_it_along() {
    for refuse in [true, false] {
        let mut client = Lone::of(Client::new(Config::default()));
        let stls = client.connection.send(Command::Stls).unwrap();
        let rest = [user("alice"), pass("canary"), Command::Stat];
        let ids = rest.map(|command| client.connection.send(command).unwrap());
        let mut events = Vec::new();
        if refuse {
            events.extend(client.feed("+OK\r\n"));
            assert_eq!(client.take_text(), "STLS\r\n");
            events.extend(client.feed("-ERR no\r\n"));
            assert!(matches!(events[1], Event::Completed { id, result: Err(_) } if id == stls));
        } else {
            assert_eq!(client.connection.cancel(stls), Ok(Sent::Not));
            events.extend(client.feed("+OK\r\n"));
        }
        let lost = ids.map(|id| Event::Lost { id, sent: Sent::Not });
        let told: Vec<_> =
            events.iter().filter(|e| matches!(e, Event::Lost { .. })).cloned().collect();
        assert_eq!(told, lost);
        assert!(client.take().is_empty());
        assert_eq!(client.connection.open_commands(), 0);
        assert_eq!(client.connection.send(user("alice")), Err(SendError::TlsRequired));
    }
}

#[test]
fn s7_events_can_be_told_apart_by_the_security_they_came_with() {
    let mut client = Lone::of(Client::new(open_client()));
    client.feed("+OK come in\r\n");
    assert_eq!(client.connection.security(), Security::Plain);
    client.exchange(Command::Stls, "+OK\r\n");
    assert_eq!(client.connection.security(), Security::Plain);
    client.connection.handed_over(Handover::Tls, &mut client.input).unwrap();
    client.events();
    client.exchange(Command::Capa, "+OK\r\n.\r\n");
    assert_eq!(client.connection.security(), Security::Tls);
    assert_eq!(client.connection.state(), State::Authorization);
}

#[test]
fn a_handover_that_was_not_asked_for_changes_nothing() {
    let mut client = LoneClient::greeted(Config::default());
    let mut server = LoneServer::plain(server_config());
    let mut none = BytesMut::new();
    for to in [Handover::Tls, Handover::Deflate] {
        assert_eq!(client.connection.handed_over(to, &mut none), Err(Error::UnexpectedHandover));
        assert_eq!(server.connection.handed_over(to, &mut none), Err(Error::UnexpectedHandover));
    }
    assert_eq!(client.connection.security(), Security::Plain);
    assert_eq!(server.connection.security(), Security::Plain);
    assert_eq!((client.next(), server.next()), (Next::Read, Next::Read));
}
