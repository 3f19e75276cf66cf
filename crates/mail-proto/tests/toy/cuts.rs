//! A representative dialogue, cut at every octet, divided at random.

use std::collections::BTreeMap;

use mail_proto::Sent;

use super::apps::{Producer, is_end, leaving_after, ordinal, scenario};
use super::client::{self, Client};
use super::pair::{Chunks, Log, Pair, Scenario};
use super::server::{self, Command, Server};

/// STARTTLS, LOGIN, APPENDs of all kinds, one refused, FETCH, IDLE, COMPRESS, NOOPs.
fn dialogue() -> Scenario {
    let start = |client: &mut Client| {
        client.starttls().unwrap();
        client.login("joe", "secret").unwrap();
        client.append("inbox", 40, true).unwrap();
        client.append("missing", 30, true).unwrap();
        client.append("inbox", 20, false).unwrap();
        client.fetch(50).unwrap();
        client.idle().unwrap();
        client.compress().unwrap();
        client.noop().unwrap();
        client.fetch(10).unwrap();
    };
    let mut producer = Producer::default();
    let mut leave = leaving_after(10);
    let client = move |client: &mut Client, event: &client::Event| {
        match event {
            client::Event::Room { id } => {
                let size = [0, 0, 0, 40, 30, 20][ordinal(*id)];
                producer.owe(*id, size);
                client.supply(*id, producer.piece(*id, size)).unwrap();
            }
            client::Event::Idling { id } => client.done(*id).unwrap(),
            _ => {}
        }
        leave(client, event);
    };
    let server = |server: &mut Server, event: &server::Event| match event {
        server::Event::Command { id, command: Command::Append { name, .. } }
            if name == "missing" =>
        {
            server.no(*id).unwrap();
            true
        }
        _ => false,
    };
    scenario(start, client, server)
}

fn run(chunks: Chunks, cut: impl FnOnce(&mut Pair)) -> Log {
    let mut pair = Pair::new(dialogue());
    cut(&mut pair);
    pair.run(chunks);
    pair.log()
}

/// Where each command begins in the client's stream. (DONE belongs to IDLE, bodies to their APPEND.)
fn begins(stream: &[u8]) -> Vec<usize> {
    let mut begins = Vec::new();
    for tag in 1.. {
        let needle = format!("t{tag} ");
        match stream.windows(needle.len()).position(|window| window == needle.as_bytes()) {
            Some(begin) => begins.push(begin),
            None => break,
        }
    }
    begins
}

/// Every command ends once, and its `sent` is what the stream says.
fn check_ends(log: &Log, whole: &Log) {
    let mut ends: BTreeMap<usize, Sent> = BTreeMap::new();
    for event in &log.client {
        let (id, sent, lost) = match event {
            client::Event::Completed { id, sent, .. } => (*id, *sent, false),
            client::Event::Lost { id, sent } => (*id, *sent, true),
            _ => continue,
        };
        assert_eq!(ends.insert(ordinal(id), sent), None, "two ends of one command");
        if lost {
            assert_eq!(sent, sent_by(ordinal(id), &log.from_client, &whole.from_client));
        }
    }
    // LOGOUT, the last, is given only when the ten before it have ended.
    assert!(ends.keys().copied().eq(1..=ends.len()) && ends.len() >= 10, "{ends:?}");
}

fn sent_by(command: usize, stream: &[u8], whole: &[u8]) -> Sent {
    assert!(whole.starts_with(stream), "the same octets, only fewer");
    let begins = begins(whole);
    let end = begins.get(command).copied().unwrap_or(whole.len());
    match stream.len() {
        length if length <= begins[command - 1] => Sent::Not,
        length if length < end => Sent::Partly,
        // The refused APPEND: as long as the refusal has not been seen, a body is to follow.
        _ if command == 4 => Sent::Partly,
        _ => Sent::Fully,
    }
}

#[test]
fn the_dialogue_is_the_same_for_any_division() {
    let whole = run(Chunks::Whole, |_| {});
    assert_eq!((&whole.client_error, &whole.server_error), (&None, &None));
    assert_eq!(whole.client.iter().filter(|event| is_end(event)).count(), 11);
    assert_eq!(run(Chunks::One, |_| {}), whole);
    for seed in 0..300 {
        assert_eq!(run(Chunks::Random(seed), |_| {}), whole, "seed {seed}");
    }
}

#[test]
fn octets_are_examined_as_often_in_pieces_as_in_one() {
    let examined = |chunks| {
        let mut pair = Pair::new(dialogue());
        pair.run(chunks);
        (pair.client.connection.examined(), pair.server.connection.examined())
    };
    let whole = examined(Chunks::Whole);
    assert_eq!(examined(Chunks::One), whole);
    for seed in 0..50 {
        assert_eq!(examined(Chunks::Random(seed)), whole, "seed {seed}");
    }
}

#[test]
fn cut_at_every_octet_each_command_ends_once() {
    let whole = run(Chunks::Whole, |_| {});
    let all = [Chunks::One, Chunks::Whole, Chunks::Random(7), Chunks::Random(8)];
    for chunks in all {
        for at in 0..whole.from_server.len() {
            let log = run(chunks, |pair| pair.to_client.cut_after = Some(at));
            check_ends(&log, &whole);
        }
        for at in 0..whole.from_client.len() {
            let log = run(chunks, |pair| pair.to_server.cut_after = Some(at));
            check_ends(&log, &whole);
        }
    }
}

#[test]
fn end_of_file_at_every_octet_each_command_ends_once() {
    use super::contract::Alone;
    use mail_proto::Connection;
    // Only this direction ends; what stands in the input is still read.
    let stream = b"t1 OK\r\n* 1 FETCH {5}\r\nhello\r\nt2 OK\r\n* 1 EXISTS\r\nt3 NO\r\n";
    for at in 0..=stream.len() {
        let mut client = Alone::<Client>::new();
        for _ in 0..3 {
            client.connection.noop().unwrap();
        }
        client.write();
        client.input.extend_from_slice(&stream[..at]);
        client.connection.receive_eof();
        client.pump();
        assert_eq!(client.sents(), [Sent::Fully; 3], "at {at}");
        assert_eq!((client.error, client.connection.next()), (None, mail_proto::Next::Close));
    }
}
