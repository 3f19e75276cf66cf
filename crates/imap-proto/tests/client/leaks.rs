//! S29: secrets reach no trace and no `Debug`.

use std::sync::{Arc, Mutex};

use bytes::{Buf, Bytes, BytesMut};
use imap_proto::client::{Client, Config, Event};
use imap_proto::{AString, Authenticate, CommandBody};
use mail_proto::sasl::{Mechanism, Plain, encode_base64};
use mail_proto::{Connection, Instant, Record, Secret};

use super::client_support::tls;

const CANARY: &str = "hunter2-canary";

fn forms() -> Vec<Vec<u8>> {
    let plain = Plain::new("", "alice", CANARY).unwrap().encode();
    let base64 = [encode_base64(CANARY.as_bytes()), encode_base64(plain.expose())];
    let mut forms: Vec<Vec<u8>> =
        base64.iter().flat_map(|text| text.as_bytes().windows(8)).map(<[u8]>::to_vec).collect();
    forms.push(CANARY.as_bytes().to_vec());
    forms.push(format!("{:?}", CANARY.as_bytes()).trim_matches(['[', ']']).into());
    forms
}

fn clean(what: &str, octets: &[u8]) {
    for form in forms() {
        let found = memchr::memmem::find(octets, &form);
        assert_eq!(found, None, "{what}: {}", String::from_utf8_lossy(octets));
    }
}

/// Gives the command, answers as the server would, and looks everywhere all the time.
fn run(config: Config, command: CommandBody, answers: &[&str], reply: Option<&[u8]>) {
    run_on(Client::new(config), command, answers, reply);
}

fn run_on(mut client: Client, command: CommandBody, answers: &[&str], reply: Option<&[u8]>) {
    let shown = Arc::new(Mutex::new((String::new(), Vec::new(), Vec::new())));
    let copy = Arc::clone(&shown);
    client.set_trace(Some(Box::new(move |record: Record<'_>| {
        let mut shown = copy.lock().unwrap();
        shown.0.push_str(&format!("{record} {record:?}"));
        shown.1.extend_from_slice(record.octets);
        if !record.secret {
            shown.2.extend_from_slice(record.octets);
        }
    })));
    clean("command", format!("{command:?}").as_bytes());
    let id = client.send(command).unwrap();
    let (mut input, now) = (BytesMut::new(), Instant::default());
    for answer in answers {
        for octet in answer.bytes().chain(*b"\r\n") {
            input.extend_from_slice(&[octet]);
            while let Some(event) = client.poll(&mut input, now).unwrap() {
                clean("event", format!("{event:?}").as_bytes());
                if let (Event::Challenge { .. }, Some(reply)) = (event, reply) {
                    client.respond(id, Secret::new(Bytes::copy_from_slice(reply))).unwrap();
                }
            }
            clean("client", format!("{client:?} {client:#?}").as_bytes());
            let mut transmit = client.transmit(now);
            transmit.advance(transmit.remaining());
        }
    }
    let shown = shown.lock().unwrap();
    clean("trace", shown.0.as_bytes());
    clean("open records", &shown.2);
    assert!(forms().iter().any(|form| memchr::memmem::find(&shown.1, form).is_some()), "unused");
}

fn login(password: &str) -> CommandBody {
    CommandBody::Login(imap_proto::Login {
        user: AString::new("alice").unwrap(),
        password: Secret::new(AString::new(password.to_owned()).unwrap()),
    })
}

fn authenticate(mechanism: &str, initial: Option<&[u8]>) -> CommandBody {
    CommandBody::Authenticate(Authenticate {
        mechanism: Mechanism::parse(mechanism.as_bytes()).unwrap(),
        initial_response: initial.map(|it| Secret::new(Bytes::copy_from_slice(it))),
    })
}

#[test]
fn s29_secrets_are_shown_nowhere() {
    let plain = Plain::new("", "alice", CANARY).unwrap().encode();
    let plain = plain.expose();
    run(tls(), login(CANARY), &["* OK x", "A1 OK done"], None);
    let quoted = format!("{CANARY} \"q\"");
    run(tls(), login(&quoted), &["* OK x", "A1 OK done"], None);
    let literal = format!("{CANARY}\r");
    run(tls(), login(&literal), &["* OK x", "+ go", "A1 NO no"], None);
    run(tls(), authenticate("PLAIN", Some(plain)), &["* OK x", "+ ", "A1 OK done"], None);
    // With the command.
    let offered = Config { tls: mail_proto::TlsPolicy::Optional, ..tls() };
    let mut client = Client::new(offered);
    let mut input = BytesMut::from("* OK [CAPABILITY SASL-IR] x\r\n");
    client.poll(&mut input, Instant::default()).unwrap();
    run_on(client, authenticate("PLAIN", Some(plain)), &["A1 OK done"], None);
    let challenge = format!("+ {}", encode_base64(CANARY.as_bytes()));
    run(
        tls(),
        authenticate("LOGIN", None),
        &["* OK x", &challenge, "A1 OK done"],
        Some(CANARY.as_bytes()),
    );
    // One that is no base64.
    let broken = format!("+ {CANARY}!");
    run(
        tls(),
        authenticate("LOGIN", None),
        &["* OK x", &broken, &broken, "A1 BAD x"],
        Some(b"joe"),
    );
}
