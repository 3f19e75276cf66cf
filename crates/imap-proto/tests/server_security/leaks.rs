//! Credentials show up nowhere.

use imap_proto::CommandBody;
use imap_proto::server::{Config, Event};
use mail_proto::TlsPolicy;

use crate::connection_support::server::{LoneServer, config};
use crate::connection_support::{no, secret, transcript};

const CANARY: &str = "c4n4ry";
/// `c4n4ry` and `\0joe\0c4n4ry` in base64.
const BASE64: [&str; 2] = ["YzRuNHJ5", "AGpvZQBjNG40cnk="];

#[track_caller]
fn is_clean(what: &str) {
    let hex: String = CANARY.bytes().map(|octet| format!("{octet:02x}")).collect();
    for canary in [CANARY, BASE64[0], BASE64[1], &hex] {
        assert!(!what.contains(canary), "{what}");
    }
}

#[test]
fn s29_no_trace_debug_or_output_shows_credentials() {
    for (lines, tls) in [
        (vec![format!("a LOGIN joe {CANARY}\r\n")], TlsPolicy::Optional),
        (vec![format!("a LOGIN {{3+}}\r\njoe {{6+}}\r\n{CANARY}\r\n")], TlsPolicy::Optional),
        (vec!["a LOGIN joe {6}\r\n".into(), format!("{CANARY}\r\n")], TlsPolicy::Optional),
        (vec![format!("a  login  joe \"{CANARY}\" \r\n")], TlsPolicy::Optional),
        (vec![format!("a AUTHENTICATE PLAIN {}\r\n", BASE64[1])], TlsPolicy::Optional),
        (
            vec!["a AUTHENTICATE X-ASK\r\n".into(), format!("{}\r\n", BASE64[0])],
            TlsPolicy::Optional,
        ),
        // Refused.
        (vec![format!("a LOGIN joe {CANARY}\r\n")], TlsPolicy::Required),
        (vec![format!("a LOGIN {{3+}}\r\njoe {{6+}}\r\n{CANARY}\r\n")], TlsPolicy::Required),
        (vec![format!("a AUTHENTICATE PLAIN {}\r\n", BASE64[1])], TlsPolicy::Required),
        (vec![format!("{}\r\n", BASE64[1])], TlsPolicy::Optional),
        // Broken.
        (vec![format!("a LOGIN joe {CANARY} x\r\n")], TlsPolicy::Optional),
        (vec![format!("a LOGIN {CANARY}\r\n")], TlsPolicy::Optional),
        (vec![format!("a LOGIN joe {}{CANARY}\r\n", "x".repeat(9000))], TlsPolicy::Optional),
        (
            vec![format!("a LOGIN joe {{5000+}}\r\n{}\r\n", CANARY.repeat(1000))],
            TlsPolicy::Optional,
        ),
        (
            vec!["a AUTHENTICATE X-ASK\r\n".into(), format!("{}!\r\n", BASE64[0])],
            TlsPolicy::Optional,
        ),
    ] {
        for single in [false, true] {
            let mut server = LoneServer::plain(Config { tls, ..config() });
            let shown = transcript(&mut server.connection);
            let mut debug = String::new();
            let mut sent = Vec::new();
            for line in &lines {
                sent.extend_from_slice(line.as_bytes());
                let events = match single {
                    true => server.feed_single(line.as_bytes()),
                    false => server.feed(line),
                };
                for event in events {
                    debug += &format!("{event:?}");
                    match event {
                        Event::Command { id, body: CommandBody::Authenticate(asked) }
                            if asked.initial_response.is_none() =>
                        {
                            server.connection.challenge(id, &secret(b"?")).unwrap();
                        }
                        Event::Command { id, .. } => {
                            server.connection.complete(id, no(None, "no")).unwrap();
                        }
                        _ => {}
                    }
                }
                debug += &format!("{:?} {:?}", server.connection, server.errors);
            }
            let said = server.take_text();
            is_clean(&said);
            is_clean(&debug);
            is_clean(&shown.shown.lock().unwrap());
            is_clean(&String::from_utf8_lossy(&shown.open.lock().unwrap()));
            let all = shown.all.lock().unwrap();
            let received = sent.iter().all(|octet| all.contains(octet));
            assert!(received, "the trace has all octets");
        }
    }
}

#[test]
fn s29_a_login_after_login_is_hidden_too() {
    for line in [
        format!("a LOGIN joe {CANARY}\r\n"),
        format!("a LOGIN joe {CANARY} x\r\n"),
        format!("a authenticate PLAIN {} x\r\n", BASE64[1]),
        // Refused at a literal, and for its length.
        format!("a LOGIN joe {{{}+}}\r\n{CANARY}\r\n", CANARY.len()),
        format!("a LOGIN {CANARY} {{{}+}}\r\n{CANARY}\r\n", CANARY.len()),
        format!("a LOGIN joe {}{CANARY}\r\n", "x".repeat(70_000)),
    ] {
        let mut server = LoneServer::selected(config());
        let shown = transcript(&mut server.connection);
        let events = server.feed(line);
        is_clean(&format!("{events:?} {}", server.take_text()));
        is_clean(&shown.shown.lock().unwrap());
    }
}

#[test]
fn s29_what_breaks_an_idle_is_hidden() {
    for line in [
        format!("b LOGIN joe {CANARY}\r\n"),
        format!("b LOGIN joe {{{}+}}\r\n{CANARY}\r\n", CANARY.len()),
        format!("b LOGIN joe {}{CANARY}\r\n", "x".repeat(100)),
    ] {
        let mut server = LoneServer::selected(config());
        let (id, _) = server.command("a IDLE\r\n");
        server.connection.accept(id).unwrap();
        let shown = transcript(&mut server.connection);
        let events = server.feed(line);
        is_clean(&format!("{events:?} {}", server.take_text()));
        is_clean(&shown.shown.lock().unwrap());
    }
}

#[test]
fn s29_challenges_are_hidden() {
    let mut server = LoneServer::plain(config());
    let shown = transcript(&mut server.connection);
    let (id, _) = server.command("a AUTHENTICATE X-ASK\r\n");
    server.connection.challenge(id, &secret(CANARY.as_bytes())).unwrap();
    assert_eq!(server.take_text(), format!("+ {}\r\n", BASE64[0]));
    is_clean(&shown.shown.lock().unwrap());
}

#[test]
fn s29_what_is_no_secret_is_shown() {
    let mut server = LoneServer::selected(config());
    let shown = transcript(&mut server.connection);
    let (id, _) = server.command("a UID FETCH 1 FLAGS\r\n");
    server.complete(id);
    server.take();
    let shown = shown.shown.lock().unwrap();
    assert!(shown.contains("a UID FETCH 1 FLAGS") && shown.contains("a OK done"), "{shown}");
}
