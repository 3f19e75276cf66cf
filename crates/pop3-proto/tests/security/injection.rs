//! Strings from outside cannot become protocol.

use bytes::Bytes;
use mail_proto::sasl::{Plain, encode_base64};
use mail_proto::{Leniency, Secret, Text};
use pop3_proto::client::{Config, Event};
use pop3_proto::server::{self, Request, Response};
use pop3_proto::{
    Command, Defect, LanguageRange, LineEnds, Mechanism, Name, Password, RawCommand, ResponseCode,
    Stuffer, UniqueId,
};

use super::support::{LoneClient, LoneServer, Seeded, number, open_client, server_config, user};

#[test]
fn s9_no_argument_can_hold_a_line_end() {
    for bad in ["a\rb", "a\nb", "a\0b", "\r\nDELE 1", "a\r\nQUIT"] {
        assert!(Name::try_from(bad).is_err());
        assert!(Password::try_from(bad).is_err());
        assert!(Text::try_from(bad).is_err());
        assert!(Mechanism::parse(bad.as_bytes()).is_err());
        assert!(LanguageRange::try_from(bad).is_err());
        assert!(UniqueId::try_from(bad).is_err());
        assert!(RawCommand::new(bad, Text::empty()).is_err());
    }
    for known in ["PASS", "auth", "DELE"] {
        assert!(RawCommand::new(known, Text::empty()).is_err());
    }
}

#[test]
fn s9_whatever_the_strings_one_command_goes_out_and_one_comes_in() {
    let mut seeded = Seeded(9);
    for _ in 0..20_000 {
        let octets: Vec<u8> =
            (0..seeded.below(12)).map(|_| b"\r\n\0. *=+PASSa\xff"[seeded.below(14)]).collect();
        let octets = Bytes::from(octets);
        let commands = [
            Name::new(octets.clone()).ok().map(Command::User),
            Password::new(octets.clone()).ok().map(|p| Command::Pass(Secret::new(p))),
            Text::new(octets.clone())
                .ok()
                .and_then(|text| RawCommand::new("XTND", text).ok().map(Command::Other)),
        ];
        for command in commands.into_iter().flatten() {
            let mut line = Vec::new();
            command.encode(&mut line);
            assert_eq!(memchr::memchr2_iter(b'\r', b'\n', &line).count(), 2, "{command:?}");
            assert!(line.ends_with(b"\r\n"));
            let line = Bytes::from(line);
            let body = line.slice(..line.len() - 2);
            let mut reading = mail_proto::Reading::new(Leniency::strict());
            assert_eq!(Command::parse(&body, &mut reading), Ok(command));
        }
    }
}

#[test]
fn s11_texts_of_the_server_are_one_line_whatever_they_quote() {
    let hostile = b"no such \r\n+OK 1\r\n.\r\n[AUTH] \0\x1b[2J";
    let mut server = LoneServer::in_transaction(server_config());
    let events = server.feed("STAT\r\n");
    let [server::Event::Request(Request::Stat(pending))] = events[..] else { panic!() };
    let refusal = Response::Refuse(pending.id(), None, Text::sanitized(hostile));
    server.connection.reply(refusal).unwrap();
    let wire = server.take();
    assert_eq!(memchr::memchr_iter(b'\n', &wire).count(), 1);
    assert!(!wire.contains(&0x1b));
    let mut client = LoneClient::in_transaction(open_client());
    let events = client.exchange(Command::Stat, wire);
    assert!(matches!(events.last(), Some(Event::Completed { result: Err(_), .. })));
}

#[test]
fn s11_a_text_cannot_forge_a_response_code() {
    let mut server = LoneServer::in_transaction(server_config());
    let events = server.feed("NOOP\r\nSTAT\r\n");
    let [server::Event::Request(Request::Stat(pending))] = events[..] else { panic!() };
    server.take();
    let text = Text::sanitized(b"[SYS/PERM] of a mailbox name");
    server.connection.reply(Response::Refuse(pending.id(), None, text)).unwrap();
    let wire = server.take();
    let mut client = LoneClient::in_transaction(open_client());
    let events = client.exchange(Command::Stat, wire);
    let [Event::Completed { result: Err(status), .. }] = events.as_slice() else { panic!() };
    assert_eq!(status.code, None);
    assert_ne!(status.code, Some(ResponseCode::SysPerm));
}

/// All strings of this alphabet up to a length.
fn strings(alphabet: &[u8], length: u32) -> impl Iterator<Item = Vec<u8>> {
    (0..=length).flat_map(move |length| {
        (0..alphabet.len().pow(length)).map(move |mut n| {
            let digit = |_| {
                let octet = alphabet[n % alphabet.len()];
                n /= alphabet.len();
                octet
            };
            (0..length).map(digit).collect()
        })
    })
}

#[test]
fn s12_no_body_yields_a_status_line_whatever_the_reader_tolerates() {
    let strict = Leniency::strict();
    let readers = [
        strict,
        Leniency::lenient(),
        strict.allow(Defect::BareLf),
        strict.allow(Defect::KeepSingleDots),
        Leniency::lenient().allow(Defect::BareLf).allow(Defect::KeepSingleDots),
    ];
    for body in strings(b"\r\n.+", 5) {
        let mut wire = b"+OK\r\n".to_vec();
        let mut stuffer = Stuffer::new(LineEnds::Normalize);
        stuffer.push(body.clone().into(), &mut wire);
        stuffer
            .push(Bytes::from_static(b"+OK forged\r\n.\r\n-ERR forged\n.\n+OK forged"), &mut wire);
        stuffer.finish(&mut wire);
        let mut whole = None;
        for leniency in readers {
            let mut client = LoneClient::in_transaction(Config { leniency, ..open_client() });
            client.connection.send(Command::Retr(number(1))).unwrap();
            client.take();
            let events = super::support::joined_client(client.feed(&wire));
            let kinds = events.iter().filter(|e| !matches!(e, Event::Defect(_)));
            let kinds: Vec<_> = kinds.collect();
            assert!(
                matches!(
                    kinds[..],
                    [Event::Begin { .. }, Event::Body { .. }, Event::Completed { .. }]
                ),
                "{body:?}: {events:?}"
            );
            let Event::Body { octets, .. } = kinds[1] else { panic!() };
            assert_eq!(whole.get_or_insert_with(|| octets.clone()), octets, "{body:?}");
        }
    }
}

#[test]
fn s12_a_strict_reader_is_not_fooled_by_octets_sent_as_they_are() {
    for body in strings(b"\r\n.+", 5) {
        let mut wire = b"+OK\r\n".to_vec();
        let mut stuffer = Stuffer::new(LineEnds::AsIs);
        stuffer.push(body.clone().into(), &mut wire);
        stuffer.finish(&mut wire);
        let mut client = LoneClient::in_transaction(open_client());
        client.connection.send(Command::Retr(number(1))).unwrap();
        client.take();
        let events = super::support::joined_client(client.feed_single(&wire));
        assert!(matches!(events.last(), Some(Event::Completed { .. })), "{body:?}");
        assert!(client.input.is_empty() && client.error().is_none());
        if let Some(Event::Body { octets, .. }) = events.get(1) {
            assert!(octets.starts_with(&body), "{body:?}");
        }
    }
}

#[test]
fn s34_decoded_sasl_octets_hold_no_separators_and_are_never_echoed() {
    for bad in [&b"\0"[..], b"\x01", b"\r", b"\n", b"\r\n+OK forged"] {
        let field = [b"al".as_slice(), bad, b"ice"].concat();
        let field = || Bytes::from(field.clone());
        assert!(Plain::new(field(), "alice", "secret").is_err());
        assert!(Plain::new("", field(), "secret").is_err());
        assert!(Plain::new("", "alice", field()).is_err());
        let messages = [
            [&field(), &b"\0alice\0secret"[..]].concat(),
            [b"\0", &field()[..], b"\0secret"].concat(),
            [b"\0alice\0", &field()[..]].concat(),
        ];
        for message in messages {
            assert!(Plain::decode(&message).is_err());
            let mut server = LoneServer::plain(server_config());
            let line = format!("AUTH PLAIN {}\r\n", encode_base64(&message));
            let events = server.feed(line);
            let [server::Event::Request(Request::Authenticate { initial, pending, .. })] =
                events.as_slice()
            else {
                panic!("{events:?}");
            };
            assert_eq!(initial.as_ref().unwrap().expose(), &message);
            let refusal = Response::Refuse(pending.id(), None, Text::sanitized(b"no"));
            server.connection.reply(refusal).unwrap();
            assert_eq!(server.take_text(), "-ERR [AUTH] no\r\n");
        }
    }
    assert!(Plain::new("alice", "", "secret").is_err(), "an empty identity is a failure");
    assert!(Plain::decode(b"alice\0\0secret").is_err());
}

#[test]
fn s34_the_name_is_not_echoed_either() {
    let mut server = LoneServer::plain(server_config());
    let mut line = Vec::new();
    user("canary").encode(&mut line);
    server.feed(line);
    server.feed("AUTH canary\r\nCANARY canary\r\nRETR canary\r\n");
    assert!(!server.take_text().to_lowercase().contains("canary"));
}
