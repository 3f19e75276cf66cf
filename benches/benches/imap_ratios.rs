//! The contests of `imap` as tables: all contenders in turn in each of eleven rounds, medians of the
//! thread's CPU time, so that a disturbance meets all alike and the ratios hold on any machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects, missing_docs)]
#![allow(clippy::indexing_slicing, clippy::print_stdout)] // Medians; the table.

mod contest;

use std::hint::black_box;

use contest::{Contest, Scale};
use rustix::time::{ClockId, clock_gettime};

/// Whose time is 1.00 in the last column; the first of these that takes part.
const MEASURES: [&str; 3] = ["ours", "imap-codec, owned", "imap-codec"];

fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let (scale, rounds) = if test { (Scale::Test, 1) } else { (Scale::Full, 11) };
    let mut summary = Vec::new();
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    for contest in contest::ALL {
        let mut contest = contest(scale);
        if wanted.as_ref().is_none_or(|wanted| contest.name.contains(wanted.as_str())) {
            let times = medians(&mut contest, rounds);
            print(&contest, &times);
            summary.push((contest, times));
        }
    }
    print_summary(&summary);
}

/// Nanoseconds of each contender.
fn medians(contest: &mut Contest, rounds: usize) -> Vec<f64> {
    let mut times = vec![Vec::new(); contest.contenders.len()];
    for _ in 0..rounds {
        for (contender, times) in contest.contenders.iter_mut().zip(&mut times) {
            times.push(time(&mut contender.run));
        }
    }
    times.iter_mut().map(|times| median(times)).collect()
}

/// Runs it until a millisecond is over, and says how long once takes. Before, it runs once: the contender
/// before it has left its own octets in the caches.
fn time(run: &mut dyn FnMut() -> u64) -> f64 {
    black_box(run());
    let (begin, mut runs) = (now(), 0);
    loop {
        black_box(run());
        runs += 1;
        let elapsed = now() - begin;
        if elapsed >= 1e6 {
            return elapsed / f64::from(runs);
        }
    }
}

fn now() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn print(contest: &Contest, times: &[f64]) {
    let of = |name: &str| {
        contest.contenders.iter().position(|one| one.name == name).map(|place| times[place])
    };
    let copy = of("memcpy").unwrap();
    let measure = MEASURES.into_iter().find_map(|name| Some((name, of(name)?)));
    let (measure, unit) = measure.unwrap_or(("whole", f64::NAN));
    println!("## {}, {} times, {} octets\n", contest.name, contest.items, contest.octets);
    println!("| bench | ns per {} | MiB/s | x memcpy | x {measure} |", contest.item);
    println!("|---|--:|--:|--:|--:|");
    for (contender, nanos) in contest.contenders.iter().zip(times) {
        let each = nanos / contest.items as f64;
        let digits = if each < 100.0 { 1 } else { 0 };
        let rate = contest.octets as f64 / nanos * 1e9 / f64::from(1 << 20);
        let ratio = nanos / whole(&contender.name).and_then(|name| of(&name)).unwrap_or(unit);
        let ratio = if ratio.is_nan() { "-".into() } else { format!("{ratio:.2}") };
        let name = &contender.name;
        println!("| {name} | {each:.digits$} | {rate:.0} | {:.2} | {ratio} |", nanos / copy);
    }
    println!();
}

/// One line a workload: nanoseconds of the owned results, and the ratio to the first.
fn print_summary(contests: &[(Contest, Vec<f64>)]) {
    const COLUMNS: [&[&str]; 5] = [
        &["ours"],
        &["imap-codec, owned", "imap-codec"],
        &["imap-next, owned", "imap-next"],
        &["imap-proto 0.17, owned"],
        &["memcpy"],
    ];
    println!("## Summary\n");
    println!("Nanoseconds per item, owned results; in brackets times the first of the line.\n");
    println!("| workload | ours | imap-codec | imap-next | imap-proto 0.17 | memcpy |");
    println!("|---|--:|--:|--:|--:|--:|");
    for (contest, times) in contests.iter().filter(|(contest, _)| !contest.name.contains("F1")) {
        // The first name that takes part: readers have an owned form, writers have not.
        let place = |name: &&str| contest.contenders.iter().position(|one| one.name == *name);
        let named =
            |names: &&[&str]| Some(times[names.iter().find_map(place)?] / contest.items as f64);
        let unit = COLUMNS.iter().find_map(named).unwrap_or(f64::NAN);
        let cells = COLUMNS.iter().map(|names| match named(names) {
            Some(each) => format!(" {each:.1} ({:.2})", each / unit),
            None => " -".into(),
        });
        println!("| {} |{} |", contest.name, cells.collect::<Vec<_>>().join(" |"));
    }
}

/// The name of the contender that reads in one piece what this one reads in many.
fn whole(name: &str) -> Option<String> {
    name.rsplit_once(", ").map(|(who, _)| format!("{who}, whole"))
}
