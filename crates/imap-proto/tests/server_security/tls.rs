//! Octets of one trust state are never used in another.

use imap_proto::Defect;
use imap_proto::connection::{Closed, Error, State};
use imap_proto::server::{Config, Event};
use mail_proto::{Connection as _, Handover, Leniency, Next, Security, TlsPolicy};

use crate::connection_support::secret;
use crate::connection_support::server::{LoneServer, config, rejected};

#[test]
fn s1_commands_behind_starttls_are_never_executed() {
    let leniency = Leniency::lenient().allow(Defect::BareLf);
    for injected in [
        &b"a STARTTLS\r\nb NOOP\r\n"[..],
        b"a STARTTLS\nb NOOP\n",
        b"a starttls\r\nb LOGIN {3+}\r\njoe {6+}\r\nsecret\r\n",
        b"a STARTTLS\r\n\r\n",
        b"a STARTTLS\r\n\x16\x03\x01",
    ] {
        for split in 0..=injected.len() {
            let mut server = LoneServer::plain(Config { leniency, ..config() });
            let mut events = server.feed(&injected[..split]);
            let mut out = server.take();
            events.extend(server.feed(&injected[split..]));
            out.extend(server.take());
            let line = injected.iter().position(|octet| *octet == b'\n').unwrap() as u64 + 1;
            assert_eq!(server.error(), Some(&Error::PlaintextAfterStartTls { at: line }));
            assert_eq!(out, b"a OK begin TLS negotiation\r\n");
            assert!(events.iter().all(|event| !matches!(event, Event::Command { .. })));
            assert_eq!(events.last(), Some(&Event::Closed(Closed::Error)));
            assert_eq!(server.next(), Next::Close);
        }
    }
}

#[test]
fn s1_a_literal_in_front_of_starttls_is_a_literal() {
    let mut server = LoneServer::plain(config());
    server.feed("x LOGIN {12+}\r\na STARTTLS\r\n y\r\n");
    assert_eq!(server.connection.security(), Security::Plain);
    assert_ne!(server.next(), Next::HandOver(Handover::Tls));
}

#[test]
fn s1_plaintext_that_comes_with_the_handshake_is_refused() {
    let mut server = LoneServer::plain(config());
    server.feed("a STARTTLS\r\n");
    server.take();
    assert_eq!(server.next(), Next::HandOver(Handover::Tls));
    server.input.extend_from_slice(b"b NOOP\r\n");
    let refused = server.connection.handed_over(Handover::Tls, &mut server.input);
    assert_eq!(refused, Err(Error::PlaintextAfterStartTls { at: 12 }));
    assert_eq!(server.events(), [Event::Closed(Closed::Error)]);
    assert!(server.take().is_empty());
}

#[test]
fn s5_what_is_announced_depends_on_the_channel() {
    let mut server = LoneServer::plain(Config { tls: TlsPolicy::Required, ..config() });
    assert!(!server.connection.capabilities().has("AUTH=PLAIN"));
    server.feed("a STARTTLS\r\n");
    server.take();
    server.hand_over(Handover::Tls);
    let capabilities = server.connection.capabilities();
    assert!(capabilities.has("AUTH=PLAIN") && !capabilities.has("LOGINDISABLED"));
    assert!(!capabilities.has("STARTTLS"));
}

#[test]
fn s6_credentials_need_tls_unless_the_policy_says_otherwise() {
    for (tls, is_taken) in [(TlsPolicy::Required, false), (TlsPolicy::Optional, true)] {
        for line in [
            "a LOGIN joe secret\r\n",
            "a LOGIN {3+}\r\njoe {6+}\r\nsecret\r\n",
            "a AUTHENTICATE PLAIN\r\n",
            "a AUTHENTICATE PLAIN AGpvZQBzZWNyZXQ=\r\n",
        ] {
            let mut server = LoneServer::plain(Config { tls, ..config() });
            let events = server.feed(line);
            assert_eq!(matches!(events[..], [Event::Command { .. }]), is_taken, "{line}");
            if !is_taken {
                assert!(server.take_text().starts_with("a NO [PRIVACYREQUIRED] "));
                assert_eq!(server.connection.state(), State::NotAuthenticated);
            }
        }
    }
}

#[test]
fn s8_nothing_is_executed_between_compress_and_its_begin() {
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("a COMPRESS DEFLATE\r\nb NOOP\r\n");
    assert_eq!(events, []);
    assert_eq!(server.take_text(), "a OK DEFLATE active\r\n");
    assert_eq!(server.input, "b NOOP\r\n", "it is the inflater's");
    // Limits hold behind the inflater: a bomb of spaces is a line that is too long.
    server.input.clear();
    server.hand_over(Handover::Deflate);
    for _ in 0..100 {
        server.feed([b' '; 10_000]);
        assert!(server.input.len() <= 64 * 1024);
    }
    assert!(server.take_text().starts_with("* BAD "));
}

#[test]
fn s26_answers_of_an_exchange_are_commands_outside_of_it() {
    for prefix in ["", "a LOGIN joe wrong\r\n", "a AUTHENTICATE PLAIN\r\n*\r\n"] {
        let mut server = LoneServer::plain(config());
        for line in prefix.split_inclusive('\n') {
            for event in server.feed(line) {
                let Event::Command { id, body } = event else { continue };
                match body {
                    imap_proto::CommandBody::Authenticate(_) => {
                        server.connection.challenge(id, &secret(b"")).unwrap();
                    }
                    _ => {
                        let no = crate::connection_support::no(None, "no");
                        server.connection.complete(id, no).unwrap();
                    }
                }
            }
        }
        for line in ["*\r\n", "AGpvZQBzZWNyZXQ=\r\n"] {
            assert_eq!(rejected(&server.feed(line)).len(), 1, "{prefix:?} {line:?}");
        }
    }
}

#[test]
fn s26_an_exchange_that_breaks_anywhere_completes_its_tag_once() {
    let stream = b"a AUTHENTICATE X-ASK\r\nam9l\r\n*\r\nb CAPABILITY\r\n";
    for cut in 0..=stream.len() {
        let mut server = LoneServer::plain(config());
        let mut said = String::new();
        let mut closed = 0;
        for octet in &stream[..cut] {
            for event in server.feed([*octet]) {
                if let Event::Command { id, .. } | Event::Response { id, .. } = event {
                    server.connection.challenge(id, &secret(b"?")).unwrap();
                }
            }
            said += &server.take_text();
        }
        for event in server.eof() {
            closed += usize::from(event == Event::Closed(Closed::Eof));
        }
        said += &server.take_text();
        assert_eq!(closed, 1, "{cut}");
        assert_eq!(said.matches("a BAD").count(), usize::from(cut >= 31), "{cut} {said}");
        assert_eq!(server.connection.state(), State::Logout);
    }
}
