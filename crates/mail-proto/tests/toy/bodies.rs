//! Streamed bodies, both ways, and producers that stop.

use bytes::Bytes;
use mail_proto::{Connection, Next, SendError};

use super::apps::{
    Producer, ends, everywhere, everywhere_as, is_end, leaving_after, pattern, scenario, willing,
};
use super::client::{self, Client};
use super::contract::Alone;
use super::server::{self, Command, Server};

/// More than both sides queue at once.
const SIZE: u64 = 70_001;

/// Supplies what is asked for, in pieces.
fn supplying(piece: u64, ends: usize) -> impl FnMut(&mut Client, &client::Event) + Send {
    let mut producer = Producer::default();
    let mut leave = leaving_after(ends);
    let mut known = Vec::new();
    move |client, event| {
        if let client::Event::Room { id } = event {
            if !known.contains(id) {
                known.push(*id);
                producer.owe(*id, SIZE);
            }
            client.supply(*id, producer.piece(*id, piece)).unwrap();
        }
        leave(client, event);
    }
}

fn bodies<'a>(chunks: impl Iterator<Item = Option<&'a Bytes>>) -> Vec<Bytes> {
    chunks.flatten().cloned().collect()
}

#[test]
fn bodies_stream_both_ways() {
    let start = |client: &mut Client| {
        client.append("inbox", SIZE, true).unwrap();
        client.fetch(SIZE).unwrap();
        client.append("inbox", SIZE, false).unwrap();
    };
    let log = everywhere(|| scenario(start, supplying(7000, 3), willing));
    assert_eq!(ends(&log), ["1 OK Fully", "2 OK Fully", "3 OK Fully", "4 OK Fully"]);
    let got = bodies(log.server.iter().map(|event| match event {
        server::Event::Chunk(chunk) => Some(chunk),
        _ => None,
    }));
    assert_eq!(got, [pattern(0, SIZE), pattern(0, SIZE)]);
    let got = bodies(log.client.iter().map(|event| match event {
        client::Event::Chunk(chunk) => Some(chunk),
        _ => None,
    }));
    assert_eq!(got, [pattern(0, SIZE)]);
}

#[test]
fn empty_bodies() {
    let start = |client: &mut Client| {
        client.append("inbox", 0, true).unwrap();
        client.append("inbox", 0, false).unwrap();
        client.fetch(0).unwrap();
    };
    let log = everywhere(|| scenario(start, leaving_after(3), willing));
    assert_eq!(ends(&log), ["1 OK Fully", "2 OK Fully", "3 OK Fully", "4 OK Fully"]);
    let ended = |event: &&server::Event| matches!(event, server::Event::AppendEnd { .. });
    assert_eq!(log.server.iter().filter(ended).count(), 2);
}

#[test]
fn a_client_whose_producer_stops_closes_and_pads_nothing() {
    let start = |client: &mut Client| {
        client.append("inbox", 100, true).unwrap();
        client.noop().unwrap();
    };
    let client = || {
        let mut rooms = 0;
        move |client: &mut Client, event: &client::Event| {
            if let client::Event::Room { id } = event {
                rooms += 1;
                match rooms {
                    1 => client.supply(*id, pattern(0, 10)).unwrap(),
                    // Asked again: the ten are out or on their way.
                    _ => client.abort_body(*id).unwrap(),
                }
            }
        }
    };
    // How many of the ten are out when the producer stops is a matter of timing.
    let level = |log: &mut super::pair::Log| {
        let line = b"t1 APPEND inbox {100}\r\n";
        assert!([&line[..], &pattern(0, 10)].concat().starts_with(&log.from_client));
        log.from_client.clear();
        log.server.retain(|event| !matches!(event, server::Event::Chunk(_)));
    };
    let log = everywhere_as(|| scenario(start, client(), willing), level);
    assert_eq!(ends(&log), ["1 lost Partly", "2 lost Not"]);
    assert!(matches!(
        log.server[..],
        [server::Event::Command { .. }, server::Event::Aborted { .. }]
    ));
}

#[test]
fn a_server_whose_producer_stops_closes_and_pads_nothing() {
    let server = || {
        let mut fetch = None;
        move |server: &mut Server, event: &server::Event| match event {
            server::Event::Command { id, command: Command::Fetch(_) } => {
                server.body(*id, 1, 100);
                server.supply(*id, pattern(0, 10)).unwrap();
                fetch = Some(*id);
                true
            }
            server::Event::Room { id } if Some(*id) == fetch => {
                server.abort_body(*id).unwrap();
                true
            }
            _ => false,
        }
    };
    let start = |client: &mut Client| {
        client.fetch(100).unwrap();
    };
    let log = everywhere(|| scenario(start, |_, _| {}, server()));
    assert_eq!(ends(&log), ["1 lost Fully"]);
    assert_eq!(log.from_server, [b"* 1 FETCH {100}\r\n", &pattern(0, 10)[..]].concat());
}

#[test]
fn a_hole_takes_what_was_announced_from_its_owner_alone() {
    let mut client = Alone::<Client>::new();
    let noop = client.connection.noop().unwrap();
    let append = client.connection.append("inbox", 5, false).unwrap();
    assert_eq!(client.connection.supply(noop, pattern(0, 1)), Err(SendError::NotOwed));
    let over = client.connection.supply(append, pattern(0, 6));
    assert_eq!(over, Err(SendError::Length { left: 5, given: 6 }));
    client.connection.supply(append, Bytes::from_static(b"hello")).unwrap();
    assert_eq!(client.write(), "t1 NOOP\r\nt2 APPEND inbox {5+}\r\nhello\r\n");
}

#[test]
fn a_server_above_its_high_mark_does_not_read() {
    let mut server = Alone::<Server>::new();
    server.read("a FETCH 1\r\n");
    let server::Event::Command { id, .. } = server.events[0] else { panic!() };
    let high = server.connection.marks.high;
    server.connection.body(id, 1, high as u64);
    server.connection.ok(id).unwrap();
    assert_eq!(server.connection.next(), Next::Read);
    server.connection.supply(id, pattern(0, high as u64)).unwrap();
    assert_eq!(server.connection.next(), Next::Hold);
    server.write();
    assert_eq!(server.connection.next(), Next::Read);
}

#[test]
fn a_body_is_asked_for_below_the_low_mark_only() {
    let mut client = Alone::<Client>::new();
    let append = client.connection.append("inbox", 1 << 20, false).unwrap();
    client.write();
    client.pump();
    client.connection.supply(append, pattern(0, client::LOW as u64 + 1)).unwrap();
    client.pump();
    let rooms = |client: &Alone<Client>| {
        client.events.iter().filter(|event| matches!(event, client::Event::Room { .. })).count()
    };
    assert_eq!((rooms(&client), client.events.iter().filter(|e| is_end(e)).count()), (1, 0));
    client.write_atmost(2);
    client.pump();
    client.pump();
    assert_eq!(rooms(&client), 2, "told once");
}
