//! STARTTLS and COMPRESS: octets of one side never get to the other.

use std::time::Duration;

use mail_proto::{Connection, Handover, Next, Sent};
use tokio::io::AsyncWriteExt as _;

use super::apps::{ends, everywhere, leaving_after, refusing, scenario, text, willing};
use super::client::{self, Client};
use super::contract::Alone;
use super::pair::key;
use super::server::{self, Command, Server};
use super::wire::Error;
use crate::drive::{self, tokio::Driver};

fn starttls_then_login(client: &mut Client) {
    client.starttls().unwrap();
    client.login("joe", "secret").unwrap();
    client.noop().unwrap();
}

#[test]
fn starttls_refused_fails_all_that_was_queued_behind_it() {
    let refuse = || refusing(|command| *command == Command::StartTls);
    let log = everywhere(|| scenario(starttls_then_login, leaving_after(3), refuse()));
    assert_eq!(ends(&log), ["1 NO Fully", "2 lost Not", "3 lost Not", "4 OK Fully"]);
    assert_eq!(text(&log.from_client), "t1 STARTTLS\r\nt4 LOGOUT\r\n");
}

#[test]
fn starttls_accepted_login_flows_after_the_handover() {
    let log = everywhere(|| scenario(starttls_then_login, leaving_after(3), willing));
    assert_eq!(ends(&log), ["1 OK Fully", "2 OK Fully", "3 OK Fully", "4 OK Fully"]);
}

#[test]
fn compress_moves_what_is_left_to_the_inflater() {
    let server = |server: &mut Server, event: &server::Event| {
        let server::Event::Command { id, command: Command::Compress } = event else {
            return false;
        };
        // Compressed octets right behind the OK: a client reads both at once.
        server.ok(*id).unwrap();
        server.exists(7);
        true
    };
    let start = |client: &mut Client| {
        client.starttls().unwrap();
        client.compress().unwrap();
        client.fetch(3000).unwrap();
    };
    let log = everywhere(|| scenario(start, leaving_after(3), server));
    assert_eq!(ends(&log), ["1 OK Fully", "2 OK Fully", "3 OK Fully", "4 OK Fully"]);
    assert!(log.client.contains(&client::Event::Untagged("7 EXISTS".into())));
}

#[test]
fn compressed_octets_in_the_read_of_the_ok_stay_for_the_inflater() {
    let compressed: Vec<u8> = b"* 7 EXISTS\r\n".iter().map(|octet| octet ^ key(1)).collect();
    for split in 0..=compressed.len() {
        let mut client = Alone::<Client>::new();
        client.connection.compress().unwrap();
        client.connection.noop().unwrap();
        assert_eq!(client.write(), "t1 COMPRESS\r\n");
        client.input.extend_from_slice(b"t1 OK\r\n");
        client.input.extend_from_slice(&compressed[..split]);
        client.pump();
        assert_eq!(client.connection.next(), Next::HandOver(Handover::Deflate));
        assert_eq!((client.input.len(), client.write().as_str()), (split, ""));
        client.input.iter_mut().for_each(|octet| *octet ^= key(1));
        client.connection.handed_over(Handover::Deflate, &mut client.input).unwrap();
        client.pump();
        client.input.extend(compressed[split..].iter().map(|octet| octet ^ key(1)));
        client.pump();
        assert_eq!(client.events[1..], [client::Event::Untagged("7 EXISTS".into())]);
        assert_eq!(client.write(), "t2 NOOP\r\n");
    }
}

#[test]
fn compress_refused_leaves_the_connection_usable() {
    let refuse = || refusing(|command| *command == Command::Compress);
    let start = |client: &mut Client| {
        client.compress().unwrap();
    };
    let log = everywhere(|| scenario(start, leaving_after(1), refuse()));
    assert_eq!(ends(&log), ["1 NO Fully", "2 OK Fully"]);
}

/// Answers STARTTLS as soon as it is there.
fn accept_starttls(server: &mut Alone<Server>) {
    if let [server::Event::Command { id, command: Command::StartTls }] = server.events[..] {
        // A second answer to one command is refused.
        let _ = server.connection.ok(id);
        server.pump();
    }
}

#[test]
fn plaintext_behind_starttls_is_fatal_for_the_server() {
    let injected = "a STARTTLS\r\nb NOOP\r\n";
    let end = injected.find('b').unwrap();
    for split in 1..injected.len() {
        let mut server = Alone::<Server>::new();
        server.read(&injected[..split]);
        accept_starttls(&mut server);
        server.read(&injected[split..]);
        accept_starttls(&mut server);
        assert_eq!(server.error, Some(Error::BeforeHandover { at: end as u64 }), "at {split}");
        assert!(!server.write().contains("b "), "at {split}");
        assert_eq!((server.events.len(), server.connection.next()), (1, Next::Close));
    }
}

#[test]
fn plaintext_read_between_ok_and_handover_is_fatal_for_the_server() {
    let mut server = Alone::<Server>::new();
    server.read("a STARTTLS\r\n");
    accept_starttls(&mut server);
    assert_eq!(server.connection.next(), Next::Hold, "what comes now belongs to TLS");
    assert_eq!(server.write(), "a OK done\r\n");
    assert_eq!(server.connection.next(), Next::HandOver(Handover::Tls));
    server.input.extend_from_slice(b"b NOOP\r\n");
    let refused = server.connection.handed_over(Handover::Tls, &mut server.input);
    assert_eq!(refused, Err(Error::BeforeHandover { at: 12 }));
    assert_eq!((server.write().as_str(), server.connection.next()), ("", Next::Close));
}

#[test]
fn plaintext_behind_the_ok_of_starttls_is_fatal_for_the_client() {
    let injected = "t1 OK go\r\n* CAPABILITY AUTH=PLAIN\r\n";
    let end = injected.find('*').unwrap();
    for split in 1..injected.len() {
        let mut client = Alone::<Client>::new();
        starttls_then_login(&mut client.connection);
        assert_eq!(client.write(), "t1 STARTTLS\r\n");
        client.read(&injected[..split]);
        if client.connection.next() == Next::HandOver(Handover::Tls) {
            assert_eq!(split, end);
            client.input.extend_from_slice(&injected.as_bytes()[split..]);
            client.error = client.connection.handed_over(Handover::Tls, &mut client.input).err();
        }
        client.read(&injected[split..]);
        assert_eq!(client.error, Some(Error::BeforeHandover { at: end as u64 }), "at {split}");
        assert_eq!(client.sents(), [Sent::Fully, Sent::Not, Sent::Not]);
        assert_eq!((client.write().as_str(), client.connection.next()), ("", Next::Close));
    }
}

#[test]
fn ok_for_starttls_before_it_is_out_is_fatal() {
    let line = "t1 STARTTLS\r\n";
    for handed_out in 0..=line.len() {
        let mut client = Alone::<Client>::new();
        client.connection.starttls().unwrap();
        client.write_atmost(handed_out);
        client.read("t1 OK\r\n");
        let complete = handed_out == line.len();
        assert_eq!(client.error, (!complete).then_some(Error::Desync { at: 0 }), "{handed_out}");
        assert_eq!(client.connection.next() == Next::HandOver(Handover::Tls), complete);
    }
}

#[test]
fn a_handover_that_was_not_asked_for_is_an_error() {
    let mut client = Alone::<Client>::new();
    client.connection.starttls().unwrap();
    client.write();
    let early = client.connection.handed_over(Handover::Tls, &mut client.input);
    assert_eq!(early, Err(Error::NotAskedFor));
    let mut client = Alone::<Client>::new();
    client.connection.starttls().unwrap();
    client.write();
    client.read("t1 OK\r\n");
    let other = client.connection.handed_over(Handover::Deflate, &mut client.input);
    assert_eq!(other, Err(Error::NotAskedFor));
}

#[tokio::test]
async fn injected_plaintext_never_gets_past_the_driver() {
    let (mut attacker, far) = tokio::io::duplex(1 << 10);
    attacker.write_all(b"a STARTTLS\r\nb NOOP\r\n").await.unwrap();
    let mut driver = Driver::new(Server::default(), far);
    let error = loop {
        match driver.next().await {
            Ok(drive::Next::Event(server::Event::Command { id, command })) => {
                assert_eq!(command, Command::StartTls);
                driver.connection_mut().ok(id).unwrap();
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, drive::Error::Connection(Error::BeforeHandover { at: 12 })));
    assert!(matches!(driver.next().await, Ok(drive::Next::Closed)));
}

#[tokio::test]
async fn octets_left_at_resume_are_reported_by_next() {
    let (mut server, far) = tokio::io::duplex(1 << 10);
    let mut client = Client::default();
    starttls_then_login(&mut client);
    let mut driver = Driver::new(client, far);
    server.write_all(b"t1 OK\r\n").await.unwrap_or_default();
    // The OK may come only when the command is out.
    let next = tokio::time::timeout(Duration::from_secs(5), driver.next()).await.unwrap();
    assert!(matches!(next, Ok(drive::Next::Event(client::Event::Completed { .. }))));
    assert!(matches!(driver.next().await, Ok(drive::Next::HandOver(Handover::Tls))));
    let (mut detached, stream) = driver.detach();
    detached.input_mut().extend_from_slice(b"* BAD\r\n");
    let mut driver = detached.resume(Handover::Tls, Box::new(stream));
    for _ in 0..2 {
        let lost = driver.next().await.unwrap();
        let not = matches!(lost, drive::Next::Event(client::Event::Lost { sent: Sent::Not, .. }));
        assert!(not, "{lost:?}");
    }
    let error = driver.next().await.unwrap_err();
    assert!(matches!(error, drive::Error::Connection(Error::BeforeHandover { .. })));
}
