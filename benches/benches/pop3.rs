//! POP3: stuffing, unstuffing, listings, retrieval, fragmentation, machine to machine; beside a copy
//! and a memchr pass of the same octets in the same run.

#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main,
};
use mail_benches::pop3::{self, BLOCK};
use mail_benches::{Dots, memchr_pass, memcpy, message};
use pop3_proto::{Command, MessageNumber};

const MIB: usize = 1024 * 1024;

/// What the machine can do with these octets.
fn bounds(group: &mut BenchmarkGroup<'_, WallTime>, octets: &[u8]) {
    group.throughput(Throughput::Bytes(octets.len() as u64));
    let mut block = vec![0; BLOCK];
    group.bench_function("memcpy", |b| b.iter(|| memcpy(black_box(octets), &mut block)));
    group.bench_function("memchr", |b| b.iter(|| memchr_pass(black_box(octets))));
}

fn bodies(criterion: &mut Criterion) {
    for (name, dots) in
        [("no dots", Dots::None), ("some dots", Dots::Some), ("all dots", Dots::All)]
    {
        let body = Bytes::from(message(64 * MIB, dots));
        let wire = pop3::retrieved(&body).split_off("+OK\r\n".len());
        let mut group = criterion.benchmark_group(format!("body 64 MiB, {name}"));
        group.sample_size(10);
        bounds(&mut group, &body);
        let mut block = vec![0; BLOCK];
        group.bench_function("stuff", |b| {
            b.iter(|| pop3::stuff(black_box(&body), |octets| _ = black_box(octets)));
        });
        group.bench_function("stuff and copy", |b| {
            b.iter(|| pop3::stuff(black_box(&body), |octets| memcpy(octets, &mut block)));
        });
        // The copy into the input stands for the read.
        group.bench_function("copy and unstuff", |b| {
            b.iter(|| pop3::unstuff(black_box(&wire), BLOCK));
        });
        group.finish();
    }
}

fn client(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    command: &Command,
    wire: &[u8],
    block: usize,
) {
    group.bench_function(name, |b| {
        b.iter_batched(
            || pop3::client_waiting_for(command.clone()),
            |mut client| pop3::feed(&mut client, black_box(wire), block),
            BatchSize::LargeInput,
        );
    });
}

fn listings(criterion: &mut Criterion) {
    for (name, command, wire) in [
        ("LIST", Command::List(None), pop3::scan_listing(100_000)),
        ("UIDL", Command::Uidl(None), pop3::uid_listing(100_000)),
    ] {
        let mut group = criterion.benchmark_group(format!("{name} of 100,000 messages"));
        group.sample_size(10);
        bounds(&mut group, &wire);
        client(&mut group, "client", &command, &wire, BLOCK);
        group.finish();
    }
}

fn retrieval(criterion: &mut Criterion) {
    for (name, octets) in [("64 KiB", 64 * 1024), ("64 MiB", 64 * MIB)] {
        let wire = pop3::retrieved(&message(octets, Dots::Some));
        let mut group = criterion.benchmark_group(format!("RETR of {name}"));
        if octets > MIB {
            group.sample_size(10);
        }
        bounds(&mut group, &wire);
        client(&mut group, "client", &Command::Retr(MessageNumber::FIRST), &wire, BLOCK);
        group.finish();
    }
}

/// B-F1: the same octets in pieces; linear, so the ratio to the whole is bounded.
fn fragmentation(criterion: &mut Criterion) {
    for (name, command, wire) in [
        ("LIST", Command::List(None), pop3::scan_listing(10_000)),
        ("RETR", Command::Retr(MessageNumber::FIRST), pop3::retrieved(&message(MIB, Dots::Some))),
    ] {
        let mut group = criterion.benchmark_group(format!("fragmentation of {name}"));
        group.sample_size(20);
        bounds(&mut group, &wire);
        for (pieces, block) in [("whole", usize::MAX), ("1460", 1460), ("16", 16), ("1", 1)] {
            client(&mut group, pieces, &command, &wire, block);
        }
        group.finish();
    }
}

fn machines(criterion: &mut Criterion) {
    for (name, count, octets) in [("1000 of 4 KiB", 1000, 4 * 1024), ("16 of 1 MiB", 16, MIB)] {
        let messages: Vec<Bytes> =
            (0..count).map(|_| Bytes::from(message(octets, Dots::Some))).collect();
        let mut group = criterion.benchmark_group(format!("machine to machine, {name}"));
        group.sample_size(10);
        bounds(&mut group, &messages.concat());
        group.bench_function("session", |b| b.iter(|| pop3::session(black_box(&messages))));
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = bodies, listings, retrieval, fragmentation, machines
}
criterion_main!(benches);
