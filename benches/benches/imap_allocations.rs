//! What the contests of `imap` cost the heap, and what an idle connection keeps. A process of its own,
//! because counting takes time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects, missing_docs)]
#![allow(clippy::print_stdout)] // The tables.

mod contest;

use std::alloc::System;
use std::hint::black_box;

use contest::{Idle, Scale};
use mail_benches::imap::{fetch_flags, fetch_literal};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    println!("## Allocations of IMAP\n");
    println!("| workload | bench | allocations | octets allocated | octets on the wire | per |");
    println!("|---|---|--:|--:|--:|---|");
    // How octets arrive changes little, and a hundredth is enough to count: each item costs the same.
    let contests = contest::ALL.iter().map(|contest| contest(Scale::Test));
    for contest in contests.filter(|contest| !contest.name.contains("F1")) {
        // The bounds allocate nothing.
        for mut contender in contest.contenders.into_iter().skip(2) {
            let change = during(|| (contender.run)());
            let per = |count: usize| count as f64 / contest.items as f64;
            let (workload, name, item) = (&contest.name, &contender.name, contest.item);
            let count = per(change.allocations + change.reallocations);
            let (allocated, wire) = (per(change.bytes_allocated), per(contest.octets));
            println!("| {workload} | {name} | {count:.2} | {allocated:.0} | {wire:.0} | {item} |");
        }
    }
    println!("\n## B-M1 an idle connection, all included\n");
    println!("| bench | when new | after one FETCH | after 64 KiB | after 1 MiB |");
    println!("|---|--:|--:|--:|--:|");
    let small = fetch_flags(1).wire;
    let bodies = [fetch_literal(1, 1 << 16).wire, fetch_literal(1, 1 << 20).wire];
    for &(name, idle) in contest::IDLE {
        let [first, second] = &bodies;
        let kept = [&[][..], &small, first, second].map(|wire| kept(idle, wire));
        let [new, small, first, second] = kept;
        println!("| {name} | {new} | {small} | {first} | {second} |");
    }
    println!();
}

fn during<T>(run: impl FnOnce() -> T) -> Stats {
    let region = Region::new(HEAP);
    black_box(run());
    region.change()
}

/// The octets of a connection that has read this.
fn kept(idle: Idle, wire: &[u8]) -> usize {
    let region = Region::new(HEAP);
    let connection = idle(wire);
    let change = region.change();
    drop(black_box(connection));
    change.bytes_allocated - change.bytes_deallocated
}
