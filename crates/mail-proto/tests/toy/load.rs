//! Numbers: 60,000 commands, 16 MiB for a busy server, two full pipes.

use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use mail_proto::{Connection, Instant, Next};
use tokio::io::AsyncWriteExt as _;

use super::apps::{is_end, leaving_after, pattern, scenario, willing};
use super::client::{self, Client, PIPELINED};
use super::drivers::{over_threads, over_tokio};
use super::pair::{Chunks, Pair};
use super::server::{self, Command, Server};
use crate::drive::{self, blocking, tokio::Driver};

const COMMANDS: u64 = 60_000;

#[test]
fn pipelining_60_000_commands_keeps_to_the_window_and_is_linear() {
    for chunks in [Chunks::Whole, Chunks::One, Chunks::Random(1)] {
        let start = |client: &mut Client| {
            for _ in 0..COMMANDS {
                client.noop().unwrap();
            }
        };
        let mut pair = Pair::new(scenario(start, leaving_after(COMMANDS as usize), willing));
        let mut most = 0;
        pair.run_watched(chunks, |pair| most = most.max(pair.client.connection.unanswered()));
        assert_eq!(most, PIPELINED, "{chunks:?}");
        let octets = pair.client.sent.lock().unwrap().len() as u64;
        let steps = pair.client.polls + pair.server.polls + pair.client.connection.turns_asked;
        assert!(steps < 12 * octets, "{steps} steps for {octets} octets, {chunks:?}");
        let log = pair.log();
        assert_eq!(log.client.iter().filter(|e| is_end(e)).count() as u64, COMMANDS + 1);
    }
}

#[test]
fn only_64_unanswered_commands_are_on_the_wire() {
    let mut client = Client::default();
    (0..COMMANDS).for_each(|_| _ = client.noop().unwrap());
    let mut input = BytesMut::new();
    let (mut sent, mut answered) = (0, 0);
    let now = Instant::default();
    while answered < COMMANDS {
        let mut transmit = client.transmit(now);
        let octets = transmit.copy_to_bytes(transmit.remaining());
        sent += octets.iter().filter(|octet| **octet == b'\n').count() as u64;
        assert!(sent - answered <= PIPELINED as u64);
        // The answers come in another order now and then.
        let first = answered + 1;
        let last = (first + 9).min(sent);
        (first..=last).rev().for_each(|tag| {
            input.extend_from_slice(format!("t{tag} OK\r\n").as_bytes());
        });
        answered = last;
        while client.poll(&mut input, now).unwrap().is_some() {}
    }
    assert_eq!((client.unanswered(), client.queued()), (0, 0));
}

#[test]
fn refusals_in_a_long_queue_are_linear() {
    let mut client = Client::default();
    (0..COMMANDS).for_each(|_| _ = client.append("missing", 10, true).unwrap());
    let mut input = BytesMut::new();
    let now = Instant::default();
    for tag in 1..=COMMANDS {
        let octets = client.transmit(now).remaining();
        client.transmit(now).advance(octets);
        input.extend_from_slice(format!("t{tag} NO\r\n").as_bytes());
        while client.poll(&mut input, now).unwrap().is_some() {}
    }
    assert_eq!((client.unanswered(), client.queued()), (0, 0));
}

const FLOOD: usize = 16 * 1024 * 1024;

/// A NOOP that is not answered, and 16 MiB behind it.
fn flood() -> Bytes {
    let line = format!("a NOOP\r\nb APPEND x {{{FLOOD}+}}\r\n");
    [line.as_bytes(), &pattern(0, FLOOD as u64), b"\r\nc LOGOUT\r\n"].concat().into()
}

#[test]
fn a_busy_server_reads_no_more_than_it_may_hold() {
    let (mut server, mut input, mut flood) = (Server::default(), BytesMut::new(), flood());
    let now = Instant::default();
    let first = server.poll(&mut input, now);
    assert_eq!(first, Ok(None));
    while server.next() == Next::Read {
        input.extend_from_slice(&flood.split_to(1000));
        while server.poll(&mut input, now).unwrap().is_some() {}
    }
    assert_eq!(server.next(), Next::Hold);
    assert!(input.len() < server.waiting_limit + 1000);
}

#[tokio::test]
async fn a_busy_server_stops_its_driver_from_reading() {
    let (mut near, far) = tokio::io::duplex(8192);
    let writing = tokio::spawn(async move { near.write_all(&flood()).await.map(|()| near) });
    let mut driver = Driver::new(Server::default(), far);
    let drive::Next::Event(server::Event::Command { id, .. }) = driver.next().await.unwrap() else {
        panic!()
    };
    // The store takes its time; the driver goes on beside it.
    let pause = tokio::time::timeout(Duration::from_millis(300), driver.next()).await;
    assert!(pause.is_err(), "nothing can happen");
    assert!(!writing.is_finished());
    let held = driver.input_mut().len();
    driver.connection_mut().ok(id).unwrap();
    let mut got = 0;
    loop {
        match driver.next().await.unwrap() {
            drive::Next::Event(server::Event::Chunk(chunk)) => got += chunk.len(),
            drive::Next::Event(server::Event::Command { id, command }) => match command {
                Command::Append { .. } => driver.connection_mut().accept(id).unwrap(),
                _ => driver.connection_mut().ok(id).unwrap(),
            },
            drive::Next::Event(server::Event::AppendEnd { id }) => {
                driver.connection_mut().ok(id).unwrap();
            }
            drive::Next::Event(_) | drive::Next::HandOver(_) => {}
            drive::Next::Closed => break,
        }
    }
    let limit = driver.connection().waiting_limit;
    assert!(held >= limit && driver.connection().max_waiting <= limit + 16 * 1024 + 8192);
    assert_eq!(got, FLOOD);
    drop(writing.await);
}

#[test]
fn a_busy_server_on_threads_is_told_that_it_owes_an_answer() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut near = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (far, _) = listener.accept().unwrap();
    let writing =
        std::thread::spawn(move || std::io::Write::write_all(&mut near, &flood()).map(|()| near));
    let mut driver = blocking::Driver::new(Server::default(), far);
    let mut owed = None;
    let mut held = 0;
    loop {
        match driver.next() {
            Ok(drive::Next::Event(server::Event::Command { id, command })) => match command {
                Command::Append { .. } => driver.connection_mut().accept(id).unwrap(),
                Command::Noop => owed = Some(id),
                _ => driver.connection_mut().ok(id).unwrap(),
            },
            Ok(drive::Next::Event(server::Event::AppendEnd { id })) => {
                driver.connection_mut().ok(id).unwrap();
            }
            Ok(drive::Next::Event(_) | drive::Next::HandOver(_)) => {}
            Err(drive::Error::Held) => {
                held += 1;
                driver.connection_mut().ok(owed.take().unwrap()).unwrap();
            }
            Ok(drive::Next::Closed) => break,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(held, 1);
    assert!(driver.connection().max_waiting <= driver.connection().waiting_limit + 16 * 1024);
    drop(writing.join());
}

const MEGABYTES: u64 = 24 * 1024 * 1024;

/// Both sides have megabytes to say at once, and neither looks at its watermarks.
fn both_talk() -> super::pair::Scenario {
    let start = |client: &mut Client| {
        let append = client.append("inbox", MEGABYTES, false).unwrap();
        client.supply(append, pattern(0, MEGABYTES)).unwrap();
    };
    let server = |server: &mut Server, event: &server::Event| {
        let server::Event::Command { id, command: Command::Append { .. } } = event else {
            return false;
        };
        server.accept(*id).unwrap();
        server.body(*id, 1, MEGABYTES);
        server.supply(*id, pattern(0, MEGABYTES)).unwrap();
        true
    };
    scenario(start, leaving_after(1), server)
}

fn check(log: &super::pair::Log) {
    let received: usize = log
        .client
        .iter()
        .map(|event| if let client::Event::Chunk(chunk) = event { chunk.len() } else { 0 })
        .sum();
    assert_eq!(received as u64, MEGABYTES);
    assert_eq!(super::apps::ends(log), ["1 OK Fully", "2 OK Fully"]);
}

#[test]
fn two_full_pipes_do_not_wait_for_each_other_on_threads() {
    for high in [Server::default().marks.high, usize::MAX] {
        let mut server = Server::default();
        server.marks.high = high;
        check(&over_threads(both_talk(), server));
    }
}

#[test]
fn two_full_pipes_do_not_wait_for_each_other_on_tokio() {
    check(&over_tokio(both_talk(), 4096, usize::MAX));
}
