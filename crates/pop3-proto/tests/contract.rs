//! Both connections keep the contract that drivers are written against.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use bytes::{Buf as _, BytesMut};
use mail_proto::{Connection, Instant, Next, Security};
use pop3_proto::client::{self, Client};
use pop3_proto::server::{self, Server};

type Any<E> = Box<dyn Connection<Event = E, Error = pop3_proto::Error>>;

const fn is_send_and_static<T: Send + 'static>() {}

const _: () = {
    is_send_and_static::<Client>();
    is_send_and_static::<Server>();
    is_send_and_static::<client::Event>();
    is_send_and_static::<server::Event>();
    is_send_and_static::<server::Response>();
    is_send_and_static::<pop3_proto::Error>();
};

#[test]
fn both_sides_can_be_used_without_their_types() {
    let config = client::Config { security: Security::Tls, ..client::Config::default() };
    let mut client: Any<client::Event> = Box::new(Client::new(config));
    let config = Arc::new(server::Config::default());
    let mut server: Any<server::Event> = Box::new(Server::new(config, Security::Tls, None));

    let now = Instant::default();
    let mut transmit = server.transmit(now);
    let mut input = BytesMut::from(&*transmit.copy_to_bytes(transmit.remaining()));
    let greeting = client.poll(&mut input, now).unwrap();
    assert!(matches!(greeting, Some(client::Event::Greeting(_))));
    assert_eq!((client.next(), server.next()), (Next::Read, Next::Read));
}

#[test]
fn whatever_is_sent_between_threads_is_at_least_send() {
    let config = Arc::new(server::Config::default());
    let server = Server::new(config, Security::Plain, None);
    let state = std::thread::spawn(move || server.state()).join().unwrap();
    assert_eq!(state, pop3_proto::State::Authorization);
}
