//! The server's octets end anywhere: each command has one end, and the connection one.

use bytes::{Buf, BytesMut};
use imap_proto::client::{Client, Event};
use mail_proto::{CommandId, Connection, Instant};

use super::client_support::{command, tls};

/// What the server says, piece by piece: each answers what has been sent when the one before has come.
const TURNS: [&[u8]; 7] = [
    b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] ready\r\n",
    b"* 3 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\nA1 OK [READ-WRITE] done\r\n",
    b"* 1 FETCH (UID 7 BODY[] {40}\r\n0123456789\r\nA2 OK done\r\nabcdefghijklmn  FLAGS ())\r\n",
    b"* LIST () \"/\" {3}\r\nabc\r\nA3 NO no\r\nA2 OK done\r\n",
    b"+ idling\r\n* 4 EXISTS\r\n",
    b"A4 OK done\r\n",
    b"* BYE bye\r\nA5 OK done\r\n",
];
const COMMANDS: [&str; 5] =
    ["SELECT INBOX", "UID FETCH 1:* BODY[]", "LIST \"\" \"*\"", "IDLE", "LOGOUT"];

fn length() -> usize {
    TURNS.iter().map(|said| said.len()).sum()
}

fn run(cut: usize, size: usize) -> (Vec<Event>, Vec<CommandId>) {
    let mut config = tls();
    config.limits.inline_body = 16;
    let mut client = Client::new(config);
    let mut ids = Vec::new();
    let (mut input, mut events, now) = (BytesMut::new(), Vec::new(), Instant::default());
    let mut turn = |client: &mut Client, input: &mut BytesMut| {
        loop {
            while let Some(event) = client.poll(input, now).unwrap() {
                if let Event::Greeting(_) = event {
                    ids = COMMANDS.map(|text| client.send(command(text)).unwrap()).to_vec();
                    client.done(ids[3]).unwrap();
                }
                events.push(event);
            }
            let mut transmit = client.transmit(now);
            let ready = transmit.remaining();
            transmit.advance(ready);
            if ready == 0 {
                return;
            }
        }
    };
    let mut left = cut;
    for said in TURNS {
        let said = &said[..said.len().min(left)];
        left -= said.len();
        for piece in said.chunks(size) {
            input.extend_from_slice(piece);
            turn(&mut client, &mut input);
        }
    }
    client.receive_eof();
    turn(&mut client, &mut input);
    (events, ids)
}

#[test]
fn at_every_octet() {
    for cut in 0..=length() {
        let (events, ids) = run(cut, usize::MAX);
        let (closed, before) = events.split_last().unwrap();
        assert!(matches!(closed, Event::Closed(_)), "{cut}: {closed:?}");
        for id in ids {
            let ends = before.iter().filter(|event| match event {
                Event::Completed { id: which, .. } | Event::Lost { id: which, .. } => *which == id,
                _ => false,
            });
            assert_eq!(ends.count(), 1, "{cut}: {before:?}");
        }
        let lost = before.iter().filter(|event| matches!(event, Event::Lost { .. })).count();
        let (greeting, all) = (TURNS[0].len(), length());
        assert_eq!(lost == 0, cut < greeting || cut == all, "{cut}");
    }
}

#[test]
fn the_same_events_however_the_octets_come() {
    let kinds = |events: Vec<Event>| {
        let others =
            |event: &Event| !matches!(event, Event::Fetch(imap_proto::FetchPart::Chunk(_)));
        events.into_iter().filter(others).collect::<Vec<_>>()
    };
    for cut in 0..=length() {
        let whole = kinds(run(cut, usize::MAX).0);
        for size in [1, 2, 3, 7, 50] {
            assert_eq!(kinds(run(cut, size).0), whole, "{cut} {size}");
        }
    }
}

#[test]
fn octets_are_looked_at_once() {
    let mut whole = Client::new(tls());
    let mut single = Client::new(tls());
    let feed = |client: &mut Client, size: usize| {
        let mut input = BytesMut::from(&b"* PREAUTH ready\r\n"[..]);
        let line = [&b"* SEARCH"[..], &b" 12345".repeat(2000), b"\r\n"].concat();
        for piece in line.repeat(5).chunks(size) {
            input.extend_from_slice(piece);
            while client.poll(&mut input, Instant::default()).unwrap().is_some() {}
        }
        client.examined()
    };
    assert_eq!(feed(&mut whole, usize::MAX), feed(&mut single, 1));
}
