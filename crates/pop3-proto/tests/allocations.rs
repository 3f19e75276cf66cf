//! How often the connections allocate: per read and per reply, never per line or per octet.
//!
//! The allocator is counted for the whole process, so that all of it is one test.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

use std::alloc::System;

use bytes::{Buf as _, BytesMut};
use mail_proto::{Connection as _, Instant};
use pop3_proto::Command;
use pop3_proto::server::{Request, Response};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use support::{LoneClient, LoneServer, number, open_client, server_config};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const BLOCK: usize = 64 * 1024;

/// Allocations and reallocations while this runs.
fn allocations(run: impl FnOnce()) -> usize {
    let region = Region::new(HEAP);
    run();
    let change = region.change();
    change.allocations + change.reallocations
}

/// Allocations of a client that reads this reply in blocks, the driver's blocks left out, and the blocks.
fn reading(command: Command, wire: &[u8]) -> (usize, usize) {
    let mut client = LoneClient::in_transaction(open_client());
    client.connection.send(command).unwrap();
    client.take();
    let blocks: Vec<BytesMut> = wire.chunks(BLOCK).map(BytesMut::from).collect();
    let count = blocks.len();
    let mut input = BytesMut::new();
    let allocated = allocations(|| {
        for block in blocks {
            match input.is_empty() {
                true => input = block,
                // A line across two blocks: the driver would have read behind it.
                false => input.extend_from_slice(&block),
            }
            while client.connection.poll(&mut input, Instant::default()).unwrap().is_some() {}
        }
    });
    assert_eq!(client.connection.open_commands(), 0);
    (allocated, count)
}

#[test]
fn connections_allocate_per_read_and_per_reply() {
    let list: String = (1..=20_000).map(|n| format!("{n} {}\r\n", n * 7)).collect();
    let (allocated, blocks) =
        reading(Command::List(None), format!("+OK\r\n{list}.\r\n").as_bytes());
    println!("LIST of 20,000 lines in {blocks} reads: {allocated} allocations");
    assert!(allocated <= 3 * blocks, "{allocated} for {blocks} reads");

    let line = "A line of a message that is long enough to be one, and so on.\r\n";
    let body = format!("+OK\r\n{}.\r\n", line.repeat(16_000));
    let (allocated, blocks) = reading(Command::Retr(number(1)), body.as_bytes());
    println!("RETR of 1 MB in {blocks} reads: {allocated} allocations");
    assert!(allocated <= 3 * blocks, "{allocated} for {blocks} reads");

    let mut server = LoneServer::in_transaction(server_config());
    let per_reply = |server: &mut LoneServer| {
        server.input.extend_from_slice(b"DELE 1\r\n");
        let events = server.events();
        let [pop3_proto::server::Event::Request(Request::Dele(_, pending))] = events[..] else {
            panic!("{events:?}")
        };
        let reply = Response::Ok(pending, mail_proto::Text::empty());
        let allocated = allocations(|| server.connection.reply(reply).unwrap());
        let mut transmit = server.connection.transmit(Instant::default());
        let drained = allocations(|| transmit.advance(transmit.remaining()));
        (allocated, drained)
    };
    let counts = per_reply(&mut server);
    println!("a reply of the server: {counts:?} allocations to queue and to hand out");
    assert!(counts.0 <= 2 && counts.1 == 0, "{counts:?}");
}
