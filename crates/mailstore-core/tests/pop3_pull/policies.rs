//! The three policies against the real server, over whole and over single octets.

use mailstore_core::pop3::{Policy, PullEnd, PullOptions};

use super::real::Real;
use super::world::{Device, START, WHOLE, Wire, is_over};

const ONE: &[u8] = b"Subject: one\r\n\r\n.first\r\n";
const TWO: &[u8] = b"Subject: two\r\n\r\n..\r\n.\r\n";
const THREE: &[u8] = b"Subject: three\r\n";

fn options(policy: Policy) -> PullOptions {
    PullOptions { policy, ..PullOptions::default() }
}

const WIRES: [Wire; 2] = [WHOLE, Wire { chunk: 1, cut: None }];

#[test]
fn delete_after_download_moves_everything_and_remembers_nothing() {
    for wire in WIRES {
        let (mut real, mut device) = (Real::with(&[ONE, TWO, THREE]), Device::new());
        let run = device.run(&mut real, options(Policy::DeleteAfterDownload), wire);
        assert_eq!(run.summary().end, PullEnd::Quit);
        assert_eq!((run.summary().fetched, run.summary().deleted), (3, 3));
        assert_eq!(run.summary().octets, [ONE, TWO, THREE].concat().len() as u64);
        assert_eq!(device.mail, [ONE, TWO, THREE]);
        assert!(real.mail().is_empty() && device.lines.is_empty());
    }
}

#[test]
fn left_on_the_server_each_message_comes_once() {
    for wire in WIRES {
        let (mut real, mut device) = (Real::with(&[ONE, TWO]), Device::new());
        device.run(&mut real, options(Policy::LeaveOnServer), wire);
        real.deliver(THREE);
        let run = device.run(&mut real, options(Policy::LeaveOnServer), wire);
        assert_eq!((run.summary().known, run.summary().fetched, run.retrieved()), (2, 1, vec![3]));
        assert_eq!(device.mail, [ONE, TWO, THREE]);
        assert_eq!(real.mail(), device.mail);
        let ids: Vec<_> = device.lines.iter().map(|(id, _)| id.clone()).collect();
        assert_eq!(ids, [1, 2, 3].map(|uid| format!("{START}.{uid}").into_bytes()));
    }
}

#[test]
fn delete_after_days_counts_from_the_first_fetch() {
    let policy = Policy::DeleteAfter { days: 3 };
    let (mut real, mut device) = (Real::with(&[ONE]), Device::new());
    device.run(&mut real, options(policy), WHOLE);
    device.pass_days(2);
    real.deliver(TWO);
    let run = device.run(&mut real, options(policy), WHOLE);
    assert_eq!((run.summary().fetched, run.summary().deleted), (1, 0));
    device.pass_days(1);
    let run = device.run(&mut real, options(policy), WHOLE);
    assert_eq!((run.summary().known, run.summary().fetched, run.summary().deleted), (2, 0, 1));
    assert_eq!(real.mail(), [TWO]);
    device.pass_days(2);
    device.run(&mut real, options(policy), WHOLE);
    assert!(real.mail().is_empty() && device.lines.is_empty());
    assert_eq!(device.mail, [ONE, TWO]);
}

#[test]
fn zero_days_are_at_once_and_a_clock_that_went_back_deletes_nothing() {
    let (mut real, mut device) = (Real::with(&[ONE]), Device::new());
    device.run(&mut real, options(Policy::LeaveOnServer), WHOLE);
    device.now -= 1_000_000;
    device.run(&mut real, options(Policy::DeleteAfter { days: 1 }), WHOLE);
    assert_eq!(real.mail(), [ONE]);
    real.deliver(TWO);
    let run = device.run(&mut real, options(Policy::DeleteAfter { days: 0 }), WHOLE);
    assert_eq!((run.summary().fetched, run.summary().deleted), (1, 2));
    assert!(real.mail().is_empty());
}

#[test]
fn changing_to_delete_removes_what_was_left_without_fetching_it() {
    let (mut real, mut device) = (Real::with(&[ONE, TWO]), Device::new());
    device.run(&mut real, options(Policy::LeaveOnServer), WHOLE);
    let run = device.run(&mut real, options(Policy::DeleteAfterDownload), WHOLE);
    assert_eq!((run.retrieved(), run.summary().deleted), (vec![], 2));
    assert!(real.mail().is_empty() && device.lines.is_empty());
}

#[test]
fn an_empty_maildrop() {
    let (mut real, mut device) = (Real::with(&[]), Device::new());
    let run = device.run(&mut real, PullOptions::default(), WHOLE);
    assert!(is_over(&run) && run.warnings.is_empty());
    assert_eq!((run.summary().fetched, device.mail.len()), (0, 0));
}

#[test]
fn a_message_that_another_client_removed_is_told_and_the_rest_comes() {
    let (mut real, mut device) = (Real::with(&[ONE, TWO, THREE]), Device::new());
    device.run(&mut real, options(Policy::LeaveOnServer), WHOLE);
    real.remove(2);
    let run = device.run(&mut real, options(Policy::LeaveOnServer), WHOLE);
    assert_eq!(run.summary().known, 2);
    assert_eq!(device.lines.len(), 2, "what is not there any more is forgotten");
}

#[test]
fn stopping_early_deletes_what_was_stored_and_nothing_else() {
    let (mut real, mut device) = (Real::with(&[ONE, TWO, THREE]), Device::new());
    device.stops_after = Some(1);
    let run = device.run(&mut real, PullOptions { pipelined: 1, ..PullOptions::default() }, WHOLE);
    assert!(is_over(&run));
    assert_eq!(real.mail(), [TWO, THREE]);
    device.stops_after = None;
    device.run(&mut real, PullOptions::default(), WHOLE);
    assert_eq!(device.mail, [ONE, TWO, THREE]);
}

#[test]
fn a_full_disk_keeps_the_message_on_the_server() {
    let (mut real, mut device) = (Real::with(&[ONE, TWO, THREE]), Device::new());
    device.cannot_store = vec![1];
    let run = device.run(&mut real, PullOptions::default(), WHOLE);
    assert_eq!((run.summary().not_stored, run.summary().deleted), (1, 2));
    assert_eq!(real.mail(), [TWO]);
    device.cannot_store.clear();
    device.run(&mut real, PullOptions::default(), WHOLE);
    assert_eq!(device.mail, [ONE, THREE, TWO]);
}

#[test]
fn so_many_commands_at_once_and_no_more() {
    let messages: Vec<Vec<u8>> = (0..9).map(|n| format!("Subject: {n}\r\n").into()).collect();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    for pipelined in [0, 1, 3, 100] {
        for wire in WIRES {
            let (mut real, mut device) = (Real::with(&messages), Device::new());
            let options = PullOptions { pipelined, ..PullOptions::default() };
            let run = device.run(&mut real, options, wire);
            assert_eq!((run.summary().fetched, run.summary().deleted), (9, 9));
            assert_eq!(device.mail, messages);
        }
    }
}
