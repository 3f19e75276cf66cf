//! Timers as a table, in simulated time.

use std::time::Duration;

use mail_proto::{Connection, Instant, Next};

use super::client::{self, COMMAND_TIME, Client, IDLE_TIME};
use super::contract::Alone;
use super::server::{self, AUTOLOGOUT, Server};
use super::wire::Error;

const fn at(seconds: u64) -> Instant {
    Instant::from_epoch(Duration::from_secs(seconds))
}

fn poll<C: Connection>(alone: &mut Alone<C>, now: Instant) {
    while let Some(event) = alone.connection.poll(&mut alone.input, now).transpose() {
        match event {
            Ok(event) => alone.events.push(event),
            Err(error) => alone.error = Some(error),
        }
    }
}

fn write_at<C: Connection>(alone: &mut Alone<C>, octets: usize, now: Instant) {
    use bytes::Buf;
    alone.connection.transmit(now).advance(octets);
}

#[test]
fn the_command_timer_starts_with_the_first_octet_out() {
    let mut client = Alone::<Client>::new();
    client.connection.noop().unwrap();
    poll(&mut client, at(0));
    assert_eq!(client.connection.poll_timeout(), None, "nothing is out");
    write_at(&mut client, 1, at(100));
    assert_eq!(client.connection.poll_timeout(), Some(at(100) + COMMAND_TIME));
    write_at(&mut client, 8, at(110));
    assert_eq!(client.connection.poll_timeout(), Some(at(110) + COMMAND_TIME), "it moved");
    client.input.extend_from_slice(b"* 1 EX");
    poll(&mut client, at(120));
    let deadline = at(120) + COMMAND_TIME;
    assert_eq!(client.connection.poll_timeout(), Some(deadline));
    client.connection.handle_timeout(at(179));
    poll(&mut client, at(179));
    assert_eq!(client.error, None);
    client.connection.handle_timeout(deadline);
    poll(&mut client, deadline);
    assert_eq!(client.error, Some(Error::TimedOut));
    assert_eq!((client.events.len(), client.connection.next()), (1, Next::Close));
    assert_eq!(client.connection.poll_timeout(), None);
}

#[test]
fn idle_is_refreshed_before_the_server_gives_up() {
    let mut client = Alone::<Client>::new();
    let id = client.connection.idle().unwrap();
    write_at(&mut client, 9, at(0));
    client.input.extend_from_slice(b"+ idling\r\n");
    poll(&mut client, at(10));
    assert_eq!(client.connection.poll_timeout(), Some(at(10) + IDLE_TIME));
    client.connection.handle_timeout(at(10) + IDLE_TIME);
    poll(&mut client, at(10) + IDLE_TIME);
    assert_eq!(client.events.last(), Some(&client::Event::RefreshIdle { id }));
}

#[test]
fn a_silent_client_is_logged_out() {
    let mut server = Alone::<Server>::new();
    assert_eq!(server.connection.poll_timeout(), None, "time begins with the first poll");
    poll(&mut server, at(5));
    assert_eq!(server.connection.poll_timeout(), Some(at(5) + AUTOLOGOUT));
    server.input.extend_from_slice(b"a IDLE\r\n");
    poll(&mut server, at(9));
    server.connection.handle_timeout(at(5) + AUTOLOGOUT);
    assert_eq!(server.connection.next(), Next::Read, "octets came");
    server.connection.handle_timeout(at(9) + AUTOLOGOUT);
    poll(&mut server, at(9) + AUTOLOGOUT);
    assert!(matches!(server.events[1], server::Event::Aborted { .. }));
    assert_eq!(server.write(), "* BYE autologout\r\n");
    assert_eq!((server.connection.next(), server.connection.poll_timeout()), (Next::Close, None));
}
