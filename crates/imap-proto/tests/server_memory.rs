//! What a server connection costs: idle, in the middle of big messages, behind long answers.
//!
//! The allocator is counted for the whole process, so that all of it is one test.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod connection_support;

use std::sync::Arc;

use bytes::{Buf, Bytes};
use connection_support::ok;
use connection_support::server::{LoneServer, config};
use imap_proto::server::{Config, Event, Server};
use imap_proto::{AppendPart, BodyBegin, BodyName, Data, FetchBegin, FetchPart, SeqNum};
use mail_proto::{Connection, Instant};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
const MESSAGE: u64 = 2048 * MIB as u64;

#[test]
fn a_server_costs_what_it_must() {
    idle_connections_cost_at_most_1_kib_each_all_included();
    a_body_goes_out_in_bounded_memory();
    a_message_comes_in_in_bounded_memory();
    ten_million_lines_go_out_in_bounded_memory();
    a_discarded_literal_is_never_kept();
}

/// Login, a mailbox, a big command, a FETCH, and IDLE at last.
fn used(config: &Arc<Config>) -> Server {
    let mut lone = LoneServer::selected(Arc::clone(config));
    lone.enable("QRESYNC");
    lone.done(format!("a UID FETCH {} FLAGS\r\n", "1:3,".repeat(1000) + "9"));
    let (id, _) = lone.command("b UID FETCH 1 BODY[]\r\n");
    fetch_begin(&mut lone.connection, 100_000);
    lone.connection.supply(id, Bytes::from(vec![b'x'; 100_000])).unwrap();
    lone.connection.fetch_part(&FetchPart::End).unwrap();
    lone.complete(id);
    lone.events();
    lone.take();
    let (id, _) = lone.command("c IDLE\r\n");
    lone.connection.accept(id).unwrap();
    lone.events();
    lone.take();
    assert!(lone.input.is_empty());
    lone.connection
}

fn fetch_begin(server: &mut Server, size: u64) {
    let body = BodyBegin { name: BodyName::message(), size, is_binary: false };
    server.fetch_part(&FetchPart::Begin(FetchBegin::seq_num(SeqNum::MIN))).unwrap();
    server.fetch_part(&FetchPart::BodyBegin(body.into())).unwrap();
}

fn idle_connections_cost_at_most_1_kib_each_all_included() {
    const COUNT: usize = 1000;
    let config = Arc::new(config());
    let own = size_of::<Server>();
    let mut connections = Vec::with_capacity(COUNT);
    drop(used(&config));
    let before = HEAP.current_usage();
    connections.resize_with(COUNT, || used(&config));
    let heap = (HEAP.current_usage() - before) / COUNT;
    println!("an idling server: {own} octets and {heap} on the heap = {}", own + heap);
    assert!(own + heap <= KIB);
}

fn a_body_goes_out_in_bounded_memory() {
    let mut lone = LoneServer::selected(config());
    let (id, _) = lone.command("a FETCH 1 BODY[]\r\n");
    let block = Bytes::from(vec![b'x'; 64 * KIB]);
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    fetch_begin(&mut lone.connection, MESSAGE);
    let (mut left, mut sent) = (MESSAGE, 0);
    while sent < MESSAGE {
        while left > 0 && lone.connection.room() > 0 {
            let octets = block.slice(..block.len().min(usize::try_from(left).unwrap()));
            left -= octets.len() as u64;
            lone.connection.supply(id, octets).unwrap();
        }
        lone.events();
        let mut transmit = lone.connection.transmit(lone.now);
        let octets = transmit.remaining().min(100_000);
        transmit.advance(octets);
        sent += octets as u64;
    }
    lone.connection.fetch_part(&FetchPart::End).unwrap();
    lone.complete(id);
    lone.take();
    bounded("2 GiB out", before, MIB);
}

fn a_message_comes_in_in_bounded_memory() {
    let mut lone = LoneServer::selected(config());
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let events = lone.feed(format!("a APPEND x {{{MESSAGE}}}\r\n"));
    let Event::Append { id, .. } = events[0] else { panic!() };
    drop(events);
    lone.connection.accept(id).unwrap();
    let block = vec![b'x'; 64 * KIB];
    let mut received = 0;
    while received < MESSAGE {
        lone.input.extend_from_slice(&block);
        while let Some(event) = lone.connection.poll(&mut lone.input, lone.now).unwrap() {
            if let Event::Append { part: AppendPart::Chunk(octets), .. } = event {
                received += octets.len() as u64;
            }
        }
    }
    lone.feed("\r\n");
    lone.connection.complete(id, ok("done")).unwrap();
    lone.take();
    bounded("2 GiB in", before, MIB);
}

fn ten_million_lines_go_out_in_bounded_memory() {
    let mut lone = LoneServer::selected(config());
    let (id, _) = lone.command("a NOOP\r\n");
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let mut lines = 0;
    while lines < 10_000_000 {
        while lone.connection.room() > 0 && lines < 10_000_000 {
            lone.connection.respond(&Data::Exists(lines)).unwrap();
            lines += 1;
        }
        lone.events();
        let mut transmit = lone.connection.transmit(lone.now);
        transmit.advance(transmit.remaining());
    }
    lone.complete(id);
    lone.events();
    lone.take();
    bounded("10^7 lines out", before, 4 * MIB);
}

fn a_discarded_literal_is_never_kept() {
    let mut lone = LoneServer::selected(config());
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    lone.feed(format!("a CREATE {{{MESSAGE}+}}\r\n"));
    let block = vec![b'x'; 64 * KIB];
    for _ in 0..MESSAGE / block.len() as u64 {
        lone.input.extend_from_slice(&block);
        while lone.connection.poll(&mut lone.input, Instant::default()).unwrap().is_some() {}
    }
    lone.take();
    bounded("2 GiB discarded", before, MIB);
}

fn bounded(what: &str, before: usize, limit: usize) {
    let peak = HEAP.peak_usage().saturating_sub(before);
    println!("{what}: peak heap {peak}");
    assert!(peak < limit, "{what}: {peak}");
}
