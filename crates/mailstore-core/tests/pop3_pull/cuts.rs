//! The connection breaks after every octet, in either direction; the next run repairs everything.

use mailstore_core::pop3::{Policy, PullEnd, PullOptions};

use super::real::Real;
use super::world::{Device, Run, WHOLE, Way, Wire};

const OLD: [&[u8]; 2] = [b"Subject: old\r\n\r\n.\r\n", b"Subject: older\r\n"];
const NEW: [&[u8]; 2] = [b"Subject: new\r\n\r\n..dots\r\n", b"Subject: newest\r\n\r\nend\r\n"];

/// Two messages that were fetched two days ago and left, two new ones.
fn world() -> (Real, Device) {
    let (mut real, mut device) = (Real::with(&OLD), Device::new());
    let policy = Policy::LeaveOnServer;
    device.run(&mut real, PullOptions { policy, ..PullOptions::default() }, WHOLE);
    NEW.iter().for_each(|message| real.deliver(message));
    device.pass_days(2);
    (real, device)
}

struct End {
    on_server: Vec<Vec<u8>>,
    device: Device,
    runs: Vec<Run>,
}

fn runs(options: PullOptions, wires: &[Wire]) -> End {
    let (mut real, mut device) = world();
    let runs = wires.iter().map(|wire| device.run(&mut real, options, *wire)).collect();
    End { on_server: real.mail(), device, runs }
}

fn cut_everywhere(policy: Policy, pipelined: usize, chunk: usize) {
    let options = PullOptions { policy, pipelined, ..PullOptions::default() };
    let whole = Wire { chunk, cut: None };
    let uncut = runs(options, &[whole]);
    let run = &uncut.runs[0];
    assert_eq!(run.summary().end, PullEnd::Quit);
    let (mut lost, mut broken, mut known) = (0, 0, [false; 5]);
    for (way, octets) in [(Way::Up, run.up), (Way::Down, run.down)] {
        for at in 0..=octets {
            let wire = Wire { chunk, cut: Some((way, at)) };
            let end = runs(options, &[wire, whole]);
            let place = format!("{policy:?} {way:?} {at}");
            assert_eq!(end.device.sorted(), uncut.device.sorted(), "{place}");
            assert_eq!(end.on_server, uncut.on_server, "{place}");
            assert_eq!(end.device.lines, uncut.device.lines, "{place}");
            let [first, second] = &end.runs[..] else { panic!() };
            assert_eq!(second.summary().end, PullEnd::Quit, "{place}");
            assert_eq!(first.summary().fetched + second.summary().fetched, 2, "{place}");
            lost += usize::from(first.summary().end != PullEnd::Quit);
            broken += first.broken;
            known[usize::try_from(second.summary().known).unwrap()] = true;
        }
    }
    // The cuts hit everything: bodies, the time between confirmations, QUIT.
    assert!(lost > 400 && broken > 40, "{lost} {broken}");
    assert!(known[2] && known[3] && known[4], "{known:?}");
}

#[test]
fn delete_after_download() {
    cut_everywhere(Policy::DeleteAfterDownload, 4, usize::MAX);
    cut_everywhere(Policy::DeleteAfterDownload, 1, 1);
}

#[test]
fn leave_on_server() {
    cut_everywhere(Policy::LeaveOnServer, 4, usize::MAX);
    cut_everywhere(Policy::LeaveOnServer, 1, 1);
}

#[test]
fn delete_after_days() {
    cut_everywhere(Policy::DeleteAfter { days: 2 }, 4, 1);
    cut_everywhere(Policy::DeleteAfter { days: 2 }, 1, usize::MAX);
}

#[test]
fn two_cuts_in_a_row() {
    let options = PullOptions::default();
    let uncut = runs(options, &[WHOLE]);
    let octets = uncut.runs[0].down;
    for first in (0..octets).step_by(7) {
        for second in (0..octets).step_by(11) {
            let cut = |at| Wire { chunk: usize::MAX, cut: Some((Way::Down, at)) };
            let end = runs(options, &[cut(first), cut(second), WHOLE]);
            assert_eq!(end.device.sorted(), uncut.device.sorted(), "{first} {second}");
            assert!(end.on_server.is_empty() && end.device.lines.is_empty());
        }
    }
}
