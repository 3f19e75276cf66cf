//! What connections cost: idle, in the middle of big messages, behind long listings.
//!
//! The allocator is counted for the whole process, so that all of it is one test.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use mail_proto::{Connection, Instant, Security, Text};
use peak_alloc::PeakAlloc;
use pop3_proto::client::{Client, Event, ListingLine};
use pop3_proto::server::{self, Request, Response, Server};
use pop3_proto::{Command, ScanListing, State};
use support::{number, open_client, pass, server_config, user};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
/// The list of a Dovecot, with a greeting's timestamp left out.
const CAPA: &str = "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\n\
                    USER\r\nSASL PLAIN LOGIN\r\n.\r\n";

#[test]
fn connections_cost_what_they_must() {
    idle_connections_cost_at_most_512_octets_each_all_included();
    // Every line is mended and stuffed, so that all of it is copied.
    let mended = b"A line of a big message.\r\n.And one with a dot.\n".repeat(1400);
    a_message_passes_in_bounded_memory(64 * MIB as u64, mended, 4 * MIB);
    // Nothing is: the queue holds the blocks by reference.
    let whole = b"A line of a message that is larger than any buffer.\r\n".repeat(1236);
    a_message_passes_in_bounded_memory(2048 * MIB as u64, whole, MIB);
    a_million_lines_pass_without_being_collected();
}

/// Gives octets to a connection and throws away what comes of them.
fn feed<C: Connection>(connection: &mut C, input: &mut BytesMut, octets: &[u8]) {
    input.extend_from_slice(octets);
    while let Ok(Some(_)) = connection.poll(input, Instant::default()) {}
}

fn drain<C: Connection>(connection: &mut C) {
    let mut transmit = connection.transmit(Instant::default());
    transmit.advance(transmit.remaining());
}

fn logged_in_client(config: &Arc<pop3_proto::client::Config>) -> Client {
    let mut client = Client::new(Arc::clone(config));
    let mut input = BytesMut::new();
    feed(&mut client, &mut input, b"+OK ready\r\n");
    for (command, answer) in [
        (user("alice"), "+OK\r\n"),
        (pass("secret"), "+OK\r\n"),
        (Command::Capa, CAPA),
        (Command::Retr(number(1)), "+OK\r\nSubject: x\r\n\r\nbody\r\n.\r\n"),
    ] {
        client.send(command).unwrap();
        drain(&mut client);
        feed(&mut client, &mut input, answer.as_bytes());
    }
    assert!(client.capabilities().unwrap().sasl() && client.state() == State::Transaction);
    client
}

fn logged_in_server(config: &Arc<server::Config>) -> Server {
    let mut server = Server::new(Arc::clone(config), Security::Tls, None);
    let mut input = BytesMut::from("CAPA\r\nUSER alice\r\nPASS secret\r\n");
    let Ok(Some(server::Event::Request(Request::Login(_, pending)))) =
        server.poll(&mut input, Instant::default())
    else {
        panic!()
    };
    server.reply(Response::LoggedIn(pending, Text::empty())).unwrap();
    feed(&mut server, &mut input, b"NOOP\r\n");
    drain(&mut server);
    server
}

fn idle_connections_cost_at_most_512_octets_each_all_included() {
    const COUNT: usize = 1000;
    fn measure<C>(what: &str, own: usize, make: impl Fn() -> C) {
        let mut connections = Vec::with_capacity(COUNT);
        let before = HEAP.current_usage();
        connections.resize_with(COUNT, make);
        let heap = (HEAP.current_usage() - before) / COUNT;
        println!("idle {what}: {own} octets and {heap} on the heap = {}", own + heap);
        assert!(own + heap <= 512, "{what}");
    }
    let client = Arc::new(open_client());
    let server = Arc::new(server_config());
    measure("client with capabilities", size_of::<Client>(), || logged_in_client(&client));
    measure("server", size_of::<Server>(), || logged_in_server(&server));
}

/// The peak counts server, client and the wire between them.
fn a_message_passes_in_bounded_memory(message: u64, block: Vec<u8>, bound: usize) {
    let mut server = logged_in_server(&Arc::new(server_config()));
    let mut client = logged_in_client(&Arc::new(open_client()));
    let (mut to_server, mut to_client) = (BytesMut::new(), BytesMut::new());
    let now = Instant::default();
    client.send(Command::Retr(number(1))).unwrap();
    let block = Bytes::from(block);
    let (mut left, mut received, mut over) = (message, 0, false);
    let mut pending = None;
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    while !over {
        let mut transmit = client.transmit(now);
        to_server.extend_from_slice(&transmit.copy_to_bytes(transmit.remaining()));
        while let Some(event) = server.poll(&mut to_server, now).unwrap() {
            if let server::Event::Request(Request::Retr(_, asked)) = event {
                server.reply(Response::BodyBegin(asked, Text::empty())).unwrap();
                pending = Some(asked);
            }
            while let Some(body) = pending
                && server.room() > 0
            {
                let length = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
                let octets = block.slice(..length);
                left -= length as u64;
                server.reply(Response::Body(body, octets)).unwrap();
                if left == 0 {
                    server.reply(Response::BodyEnd(body)).unwrap();
                    pending = None;
                }
            }
        }
        let mut transmit = server.transmit(now);
        let chunk = transmit.remaining().min(64 * KIB);
        to_client.extend_from_slice(&transmit.copy_to_bytes(chunk));
        while let Some(event) = client.poll(&mut to_client, now).unwrap() {
            match event {
                Event::Body { octets, .. } => received += octets.len() as u64,
                Event::Completed { .. } => over = true,
                _ => {}
            }
        }
    }
    let peak = HEAP.peak_usage() - before;
    println!("{} MiB through server and client: peak heap {peak}", message / MIB as u64);
    assert!(received >= message, "{received}");
    assert!(peak < bound, "{peak}");
}

fn a_million_lines_pass_without_being_collected() {
    const LINES: u32 = 1_000_000;
    let mut server = logged_in_server(&Arc::new(server_config()));
    let mut client = logged_in_client(&Arc::new(open_client()));
    let (mut to_server, mut to_client) = (BytesMut::new(), BytesMut::new());
    let now = Instant::default();
    client.send(Command::List(None)).unwrap();
    let (mut given, mut received, mut over) = (0, 0u32, false);
    let mut pending = None;
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    while !over {
        let mut transmit = client.transmit(now);
        to_server.extend_from_slice(&transmit.copy_to_bytes(transmit.remaining()));
        while let Some(event) = server.poll(&mut to_server, now).unwrap() {
            if let server::Event::Request(Request::List(asked)) = event {
                server.reply(Response::ScanBegin(asked, Text::empty())).unwrap();
                pending = Some(asked);
            }
            while let Some(list) = pending
                && server.room() > 0
            {
                given += 1;
                let line = ScanListing::new(number(given), 4321);
                server.reply(Response::Scan(list, line)).unwrap();
                if given == LINES {
                    server.reply(Response::ScanEnd(list)).unwrap();
                    pending = None;
                }
            }
        }
        let mut transmit = server.transmit(now);
        let chunk = transmit.remaining().min(64 * KIB);
        to_client.extend_from_slice(&transmit.copy_to_bytes(chunk));
        while let Some(event) = client.poll(&mut to_client, now).unwrap() {
            match event {
                Event::Line { line: ListingLine::Scan(line), .. } => {
                    received += 1;
                    assert_eq!(line.message().get(), received);
                }
                Event::Completed { .. } => over = true,
                _ => {}
            }
        }
    }
    let peak = HEAP.peak_usage() - before;
    println!("{received} lines through server and client: peak heap {peak}");
    assert_eq!(received, LINES);
    assert!(peak < 4 * MIB, "{peak}");
    feed(&mut server, &mut to_server, b"");
    drain(&mut server);
    drop((to_server, to_client));
    let after = HEAP.current_usage().saturating_sub(before);
    println!("kept afterwards: {after}");
    assert!(after < KIB, "big buffers are handed back: {after}");
}
