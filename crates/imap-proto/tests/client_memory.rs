//! What a client costs: idle, in the middle of big messages, behind endless data.
//!
//! The allocator is counted for the whole process, so that all of it is one test.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod client_support;

use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use imap_proto::client::{Client, Config, Event};
use imap_proto::{AppendCommand, AppendDataBegin, FetchPart, Mailbox};
use mail_proto::{Connection, Instant};
use peak_alloc::PeakAlloc;

use client_support::{command, message, tls};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const MIB: usize = 1024 * 1024;
/// A Dovecot's, after the login.
const LIST: &str = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY \
    THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT \
    CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES \
    WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE \
    SAVEDATE LITERAL+ NOTIFY SPECIAL-USE";

#[test]
fn clients_cost_what_they_must() {
    idle();
    a_body_passes();
    a_message_is_sent();
    untagged_lines_pass();
}

fn feed(client: &mut Client, input: &mut BytesMut, octets: &[u8]) {
    input.extend_from_slice(octets);
    while let Ok(Some(_)) = client.poll(input, Instant::default()) {}
}

fn drain(client: &mut Client) {
    let mut transmit = client.transmit(Instant::default());
    transmit.advance(transmit.remaining());
}

fn logged_in(config: &Arc<Config>) -> Client {
    let mut client = Client::new(Arc::clone(config));
    let mut input = BytesMut::new();
    feed(&mut client, &mut input, b"* OK ready\r\n");
    for (text, answer) in [
        ("LOGIN a b", format!("A1 OK [CAPABILITY {LIST}] done\r\n")),
        (
            "SELECT Work",
            concat!(
                "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n",
                "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] x\r\n",
                "* 172 EXISTS\r\n* OK [UIDVALIDITY 3857529045] x\r\n",
                "A2 OK [READ-WRITE] done\r\n"
            )
            .to_owned(),
        ),
        ("UID FETCH 1 BODY[]", "* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\nA3 OK done\r\n".to_owned()),
    ] {
        client.send(command(text)).unwrap();
        drain(&mut client);
        feed(&mut client, &mut input, answer.as_bytes());
    }
    assert_eq!(client.selected().unwrap().exists, 172);
    client
}

fn idle() {
    const COUNT: usize = 1000;
    let config = Arc::new(tls());
    let mut clients = Vec::with_capacity(COUNT);
    let before = HEAP.current_usage();
    clients.resize_with(COUNT, || logged_in(&config));
    let heap = (HEAP.current_usage() - before) / COUNT;
    let own = size_of::<Client>();
    println!("idle client: {own} octets and {heap} on the heap = {}", own + heap);
    assert!(own + heap <= 1024, "{own} + {heap}");
    let mut clients = Vec::with_capacity(COUNT);
    let before = HEAP.current_usage();
    clients.resize_with(COUNT, || {
        let mut client = logged_in(&config);
        client.send(command("IDLE")).unwrap();
        drain(&mut client);
        feed(&mut client, &mut BytesMut::new(), b"+ idling\r\n");
        client
    });
    let heap = (HEAP.current_usage() - before) / COUNT;
    println!("client in IDLE: {own} octets and {heap} on the heap = {}", own + heap);
    assert!(own + heap <= 1024, "{own} + {heap}");
}

fn a_body_passes() {
    let mut client = logged_in(&Arc::new(tls()));
    let mut input = BytesMut::new();
    let block = vec![b'x'; 64 * 1024];
    let size = 2048 * MIB;
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    feed(&mut client, &mut input, format!("* 1 FETCH (BODY[] {{{size}}}\r\n").as_bytes());
    let mut received = 0;
    for _ in 0..size / block.len() {
        input.extend_from_slice(&block);
        while let Some(event) = client.poll(&mut input, Instant::default()).unwrap() {
            if let Event::Fetch(FetchPart::Chunk(octets)) = event {
                received += octets.len();
            }
        }
    }
    feed(&mut client, &mut input, b")\r\n");
    let peak = HEAP.peak_usage() - before;
    println!("a body of 2 GiB: {peak} octets at most");
    assert_eq!(received, size);
    assert!(peak <= MIB, "{peak}");
}

fn a_message_is_sent() {
    let mut client = logged_in(&Arc::new(tls()));
    let mut input = BytesMut::new();
    let block = Bytes::from(vec![b'x'; 64 * 1024]);
    let size = 2048 * MIB;
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let begin = message(AppendDataBegin::Literal { size: size as u64 });
    let id = client.append(AppendCommand::Append, Mailbox::INBOX, &begin).unwrap();
    let (mut left, mut sent) = (size, 0);
    while left > 0 {
        let mut transmit = client.transmit(Instant::default());
        sent += transmit.remaining();
        transmit.advance(transmit.remaining());
        while let Some(event) = client.poll(&mut input, Instant::default()).unwrap() {
            assert_eq!(event, Event::Room { id });
            client.supply(id, block.clone()).unwrap();
            left -= block.len();
            if left == 0 {
                break;
            }
        }
    }
    let mut transmit = client.transmit(Instant::default());
    sent += transmit.remaining();
    transmit.advance(transmit.remaining());
    feed(&mut client, &mut input, b"A4 OK done\r\n");
    let peak = HEAP.peak_usage() - before;
    println!("a message of 2 GiB: {peak} octets at most");
    assert_eq!(sent, "A4 APPEND INBOX {2147483648+}\r\n".len() + size + 2);
    assert!(peak <= MIB, "{peak}");
    assert_eq!(client.open_commands(), 0);
}

/// S22
fn untagged_lines_pass() {
    let mut client = logged_in(&Arc::new(tls()));
    let mut input = BytesMut::new();
    let lines = b"* 3 EXISTS\r\n* NO [ALERT] again\r\nA99 OK x\r\n+ x\r\n* X-A b\r\n".repeat(200);
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    for _ in 0..1000 {
        feed(&mut client, &mut input, &lines);
    }
    let peak = HEAP.peak_usage() - before;
    println!("a million untagged lines: {peak} octets at most");
    assert!(peak <= 64 * 1024, "{peak}");
}
