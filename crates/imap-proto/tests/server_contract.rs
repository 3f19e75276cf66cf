//! The server keeps the contract that drivers are written against, and the drivers of `examples/drive`
//! run it unchanged.
#![allow(missing_docs, unreachable_pub, dead_code, clippy::unwrap_used, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects, clippy::panic, clippy::string_slice)]

#[path = "../../../examples/drive/lib.rs"]
mod drive;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use imap_proto::connection::Error;
use imap_proto::server::{Config, Event, Greeting, Server};
use imap_proto::{Condition, ConditionKind};
use mail_proto::{Connection, Security, Text};

type Any = Box<dyn Connection<Event = Event, Error = Error>>;

const fn is_send_and_static<T: Send + 'static>() {}

const _: () = {
    is_send_and_static::<Server>();
    is_send_and_static::<Event>();
    is_send_and_static::<Error>();
    is_send_and_static::<Config>();
};

fn server() -> Server {
    Server::new(Config::default(), Security::Tls, Greeting::default())
}

#[test]
fn a_server_can_be_used_without_its_type() {
    let mut server: Any = Box::new(server());
    let mut input = bytes::BytesMut::from("a LOGIN joe secret\r\n");
    let event = server.poll(&mut input, mail_proto::Instant::default()).unwrap();
    assert!(matches!(event, Some(Event::Command { .. })));
}

/// Answers every command by OK.
fn answer(server: &mut Server, event: &Event) {
    if let Event::Command { id, .. } = event {
        let text = Text::sanitized(b"done").into();
        server.complete(*id, Condition { kind: ConditionKind::Ok, text }).unwrap();
    }
}

const SAYS: &[u8] = b"a LOGIN {3+}\r\njoe secret\r\nb NOOP\r\nc CREATE {5}\r\n";
const GOES_ON: &[u8] = b"x\r\ny\r\r\nd LOGOUT\r\n";
const HEARS: &str = "b OK done\r\n+ go ahead\r\nc OK done\r\n* BYE logging out\r\nd OK bye\r\n";

/// What a client hears that waits for `+`.
fn dialogue(mut stream: TcpStream) -> String {
    let mut heard = Vec::new();
    let mut block = [0; 100];
    stream.write_all(SAYS).unwrap();
    while !heard.ends_with(b"+ go ahead\r\n") {
        let read = stream.read(&mut block).unwrap();
        assert_ne!(read, 0);
        heard.extend_from_slice(&block[..read]);
    }
    stream.write_all(GOES_ON).unwrap();
    stream.read_to_end(&mut heard).unwrap();
    String::from_utf8(heard).unwrap()
}

#[test]
fn the_blocking_driver_runs_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let client = std::thread::spawn(move || dialogue(client));
    let (stream, _) = listener.accept().unwrap();
    let mut driver = drive::blocking::Driver::new(server(), stream);
    let end = drive::blocking::run(&mut driver, |server, event| answer(server, &event));
    assert!(matches!(end, Ok(None)));
    drop(driver);
    let heard = client.join().unwrap();
    assert!(heard.ends_with(HEARS), "{heard}");
}

#[test]
fn the_tokio_driver_runs_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let client = std::thread::spawn(move || dialogue(client));
    let (stream, _) = listener.accept().unwrap();
    stream.set_nonblocking(true).unwrap();
    runtime.block_on(async move {
        let stream = tokio::net::TcpStream::from_std(stream).unwrap();
        let mut driver = drive::tokio::Driver::new(server(), stream);
        let end = drive::tokio::run(&mut driver, |server, event| answer(server, &event)).await;
        assert!(matches!(end, Ok(None)));
    });
    let heard = client.join().unwrap();
    assert!(heard.ends_with(HEARS), "{heard}");
}
