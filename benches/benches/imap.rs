//! IMAP: reading and writing of our codec and its peers, beside a copy and a memchr pass of the same
//! octets in the same run. `imap_ratios` has the same contests as one table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects, missing_docs)]

mod contest;

use std::time::Duration;

use contest::{Contest, Scale};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn imap(criterion: &mut Criterion) {
    let test = std::env::args().any(|argument| argument == "--test");
    for contest in contest::ALL {
        let contest = contest(if test { Scale::Test } else { Scale::Full });
        let Contest { name, items, item, .. } = &contest;
        let mut group = criterion.benchmark_group(format!("{name}, {items} x {item}"));
        group.sample_size(10).throughput(Throughput::Bytes(contest.octets as u64));
        for mut contender in contest.contenders {
            group.bench_function(&contender.name, |bencher| bencher.iter(|| (contender.run)()));
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = imap
}
criterion_main!(benches);
