//! Secrets and control characters do not reach logs.

use std::fmt::Debug;

use bytes::Bytes;
use mail_proto::sasl::{Plain, encode_base64};
use mail_proto::{Direction, Record, Secret, Text};
use pop3_proto::client::Client;
use pop3_proto::{Command, Name, Status, Timestamp, UniqueId, apop_digest};

use super::support::{
    Canary, Chunks, LoneClient, LoneServer, Maildrop, Pair, all_chunks, auth, open_client, pass,
    secret, server_config, transcript, user,
};

const CANARY: &[u8] = b"hunter2-canary";

/// What must not be seen: the canary, and any form it takes on the wire.
fn forms() -> Vec<Vec<u8>> {
    let plain = Plain::new("", "alice", CANARY).unwrap().encode();
    let stamp = Timestamp::new("<1.2@example.org>").unwrap();
    let digest = apop_digest(&stamp, CANARY);
    let hex: String = CANARY.iter().map(|octet| format!("{octet:02x}")).collect();
    let base64 = [encode_base64(CANARY), encode_base64(plain.expose())];
    let windows = base64.iter().flat_map(|text| text.as_bytes().windows(8));
    let mut forms: Vec<Vec<u8>> = windows.map(<[u8]>::to_vec).collect();
    forms.extend([CANARY.to_vec(), hex.into_bytes(), digest.expose().as_bytes().to_vec()]);
    // Octet lists of a derived `Debug`.
    forms.push(format!("{CANARY:?}").trim_matches(['[', ']']).as_bytes().to_vec());
    forms
}

fn clean(what: &str, octets: &[u8], forms: &[Vec<u8>]) {
    for form in forms {
        let found = memchr::memmem::find(octets, form);
        assert_eq!(found, None, "{what}: {}", String::from_utf8_lossy(octets));
    }
}

fn clean_debug(value: &impl Debug, forms: &[Vec<u8>]) {
    clean("Debug", format!("{value:?}").as_bytes(), forms);
    clean("Debug", format!("{value:#?}").as_bytes(), forms);
}

fn clean_trace(trace: &Canary, forms: &[Vec<u8>]) {
    clean("trace", trace.shown.lock().unwrap().as_bytes(), forms);
    clean("open records", &trace.open.lock().unwrap(), forms);
}

/// Runs a session that ends when the script does, and looks everywhere all the time.
fn run(commands: Vec<Command>, responses: Vec<Bytes>, chunks: Chunks) {
    let forms = forms();
    let (mut commands, mut responses) = (commands.into_iter(), responses.into_iter());
    let app = move |client: &mut Client, event: &pop3_proto::client::Event| match event {
        pop3_proto::client::Event::Challenge { id, .. } => match responses.next() {
            Some(response) => client.respond(*id, Secret::new(response)).unwrap(),
            None => client.cancel_exchange(*id).unwrap(),
        },
        pop3_proto::client::Event::Completed { .. } | pop3_proto::client::Event::Greeting(_) => {
            if let Some(command) = commands.next() {
                client.send(command).unwrap();
            }
        }
        _ => {}
    };
    let stamp = Timestamp::new("<1.2@example.org>").unwrap();
    let config = server_config().into();
    let server = pop3_proto::server::Server::new(config, mail_proto::Security::Plain, Some(stamp));
    let client = Client::new(pop3_proto::client::Config { apop: true, ..open_client() });
    let drop = Maildrop::with(1);
    let mut pair = Pair::new((client, Box::new(app)), (server, Maildrop::app(&drop)));
    let traces = [transcript(&mut pair.client.connection), transcript(&mut pair.server.connection)];
    pair.run_watched(chunks, |pair| {
        clean_debug(&pair.client.connection, &forms);
        clean_debug(&pair.server.connection, &forms);
    });
    pair.client.events.iter().for_each(|event| clean_debug(event, &forms));
    pair.server.events.iter().for_each(|event| clean_debug(event, &forms));
    traces.iter().for_each(|trace| clean_trace(trace, &forms));
    let all = traces[0].all.lock().unwrap();
    let went = forms.iter().any(|form| memchr::memmem::find(&all, form).is_some());
    assert!(went, "the canary was not on the wire: the test tests nothing");
}

#[test]
fn s29_no_way_of_login_shows_the_password_anywhere() {
    let canary = || String::from_utf8(CANARY.to_vec()).unwrap();
    let plain = Plain::new("", "alice", CANARY).unwrap().encode().into_exposed();
    let stamp = Timestamp::new("<1.2@example.org>").unwrap();
    let apop =
        Command::Apop { name: Name::new("alice").unwrap(), digest: apop_digest(&stamp, CANARY) };
    for chunks in all_chunks().into_iter().take(4) {
        run(vec![user("alice"), pass(&canary())], vec![], chunks);
        run(vec![apop.clone()], vec![], chunks);
        run(vec![Command::Capa, auth("PLAIN", Some(&plain))], vec![], chunks);
        run(vec![auth("PLAIN", Some(&plain))], vec![], chunks);
        run(vec![auth("LOGIN", None)], vec![b"alice".as_slice().into(), CANARY.into()], chunks);
        // Echoed by the server in a challenge, then cancelled.
        run(vec![auth("X-ASK", None)], vec![CANARY.into()], chunks);
    }
}

#[test]
fn s29_a_password_in_the_wrong_place_is_hidden_too() {
    let forms = forms();
    let canary = String::from_utf8(CANARY.to_vec()).unwrap();
    let base64 = encode_base64(CANARY);
    let lines = [
        format!("AUTH NOT-OFFERED\r\n{base64}\r\n"),
        format!("AUTH NOT-OFFERED {base64}\r\n"),
        format!("AUTH PLAIN !{base64}\r\n"),
        format!("PASS {canary}\r\n"),
        format!("pass {canary}\r\n"),
        format!("PASS\t{canary}\r\n"),
        format!(" PASS {canary}\r\n"),
        format!("PASSWORD {canary}\r\n"),
        format!("PASS {canary}\0\r\n"),
        format!("PASS {}{canary}\r\n", "x".repeat(600)),
        format!("APOP alice {canary}\r\n"),
    ];
    for line in lines {
        for mut server in
            [LoneServer::plain(server_config()), LoneServer::in_transaction(server_config())]
        {
            let trace = transcript(&mut server.connection);
            let in_transaction = server.connection.state() == pop3_proto::State::Transaction;
            let is_odd = line.starts_with(' ') || line.starts_with("AUTH NOT-OFFERED\r");
            let events = server.feed(format!("NOOP\r\n{line}"));
            // After login, what is no command is the application's, and nobody's password.
            if !(in_transaction && is_odd) {
                clean_trace(&trace, &forms);
            }
            if !in_transaction {
                clean_debug(&events, &forms);
            }
            clean_debug(&server.connection, &forms);
        }
    }
}

#[test]
fn s29_errors_of_calls_show_nothing() {
    let forms = forms();
    let mut client = LoneClient::greeted(pop3_proto::client::Config::default());
    let canary = String::from_utf8(CANARY.to_vec()).unwrap();
    let too_long = pass(&canary.repeat(40));
    clean_debug(&too_long, &forms);
    let mut open = LoneClient::greeted(open_client());
    open.connection.send(user("alice")).unwrap();
    let errors = [
        client.connection.send(pass(&canary)).unwrap_err(),
        open.connection.send(too_long).unwrap_err(),
        open.connection.respond(Default::default(), secret(CANARY)).unwrap_err(),
    ];
    for error in errors {
        clean_debug(&error, &forms);
        clean("Display", error.to_string().as_bytes(), &forms);
    }
}

#[test]
fn s30_what_a_peer_sent_is_displayed_without_control_characters() {
    let all: Vec<u8> = (0..=255).collect();
    let bidi = "\u{202e}\u{2066}\u{200b}\u{85}".as_bytes();
    let record = |octets: &'static [u8]| {
        let record = Record { direction: Direction::Received, offset: 0, octets, secret: false };
        format!("{record} {record:?}")
    };
    let text = Text::sanitized(&[&all, bidi].concat());
    let line = Bytes::from_static(b"1 a\x1b[2J\x07\xe2\x80\xae");
    let mut reading = mail_proto::Reading::new(mail_proto::Leniency::lenient());
    let uid = pop3_proto::UidListing::parse(&line, &mut reading).unwrap().uid;
    let odd: &UniqueId = &uid;
    let shown = [
        text.to_string(),
        format!("{:?}", Status::err(text)),
        odd.to_string(),
        format!("{odd:?}"),
        record(b"\x1b[2J\r\n\0\x7f\xc2\x9b\xe2\x80\xae"),
    ];
    for shown in shown {
        let harmless = |c: char| !c.is_control() && !('\u{200b}'..='\u{206f}').contains(&c);
        assert!(shown.chars().all(harmless), "{shown}");
    }
}

#[test]
fn s31_apop_is_off_unless_asked_for_and_needs_a_proper_timestamp_and_tls() {
    use mail_proto::{SendError, TlsPolicy};
    use pop3_proto::client::Config;
    let digest = || apop_digest(&Timestamp::new("<a@b>").unwrap(), b"x");
    let command = || Command::Apop { name: Name::new("alice").unwrap(), digest: digest() };
    let mut off = LoneClient::greeted(open_client());
    assert!(matches!(off.connection.send(command()), Err(SendError::State { .. })));
    let mut plain =
        LoneClient::greeted(Config { apop: true, tls: TlsPolicy::Required, ..Config::default() });
    assert_eq!(plain.connection.send(command()), Err(SendError::TlsRequired));
    // The corpus of fetchmail-SA-2007-01: what is no msg-id is no timestamp.
    for greeting in [
        "+OK ready",
        "+OK <>",
        "+OK <a>",
        "+OK <@>",
        "+OK <a@>",
        "+OK <@b>",
        "+OK <a b@c>",
        "+OK <a@b@c>",
        "+OK <a\u{1}@b>",
        "+OK <\u{e9}@b>",
        "+OK <a@b",
        "+OK a@b>",
        "+OK <a..b@c>",
    ] {
        let mut client = LoneClient::of(Client::new(Config { apop: true, ..open_client() }));
        client.feed(format!("{greeting}\r\n"));
        assert_eq!(client.connection.timestamp(), None, "{greeting}");
        let not_offered = Err(SendError::NotOffered { what: "APOP" });
        assert_eq!(client.connection.send(command()), not_offered);
        let name = Name::new("alice").unwrap();
        let password = Secret::new("x".try_into().unwrap());
        assert_eq!(client.connection.apop(name, &password), not_offered);
    }
    assert!(Secret::new(b"abc".to_vec()).matches(b"abc"));
}
