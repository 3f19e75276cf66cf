//! EXPIRE and LOGIN-DELAY (RFC 2449 sections 6.5 and 6.7).

use mailstore_core::pop3::{Policy, PullEnd, PullOptions, Warning};
use mailstore_core::store::WallTime;
use pop3_proto::{Capability, Expire};

use super::odd::{Odd, Quirks};
use super::real::Real;
use super::world::{Device, START, WHOLE, Way, Wire};

const LEAVE: Policy = Policy::LeaveOnServer;

fn options(policy: Policy) -> PullOptions {
    PullOptions { policy, ..PullOptions::default() }
}

#[test]
fn expire_0_deletes_after_the_confirmation_whatever_the_policy() {
    for policy in [LEAVE, Policy::DeleteAfter { days: 7 }] {
        let expire = Capability::Expire { days: Expire::Days(0), per_user: false };
        let mut real = Real::announcing(vec![expire], &[b"one\r\n", b"two\r\n"]);
        let mut device = Device::new();
        let run = device.run(&mut real, options(policy), WHOLE);
        assert_eq!(run.warnings, [Warning::MustNotStay]);
        assert_eq!((run.summary().fetched, run.summary().deleted), (2, 2));
        assert!(real.mail().is_empty() && device.lines.is_empty());
    }
}

#[test]
fn expire_0_and_a_message_that_was_not_stored_is_no_quit() {
    let mail = [("a", "one\r\n"), ("b", "two\r\n"), ("c", "three\r\n")];
    let (mut odd, mut device) = (Odd::with(&mail), Device::new());
    odd.quirks = Quirks { capa: vec!["EXPIRE 0"], expires: true, ..Quirks::default() };
    device.cannot_store = vec![1];
    let run = device.run(&mut odd, options(LEAVE), WHOLE);
    assert_eq!(run.summary().end, PullEnd::QuitWithheld);
    assert_eq!((run.summary().deleted, run.summary().marked, odd.mail.len()), (0, 2, 3));
    device.cannot_store.clear();
    let run = device.run(&mut odd, options(LEAVE), WHOLE);
    assert_eq!((run.retrieved(), run.summary().deleted), (vec![2], 3));
    assert!(odd.mail.is_empty() && device.lines.is_empty());
    assert_eq!(device.mail.len(), 3);
}

#[test]
fn expire_0_and_cuts_everywhere() {
    let world = || {
        let mut odd = Odd::with(&[("a", "one\r\n"), ("b", "two\r\n")]);
        odd.quirks = Quirks { capa: vec!["EXPIRE 0"], expires: true, ..Quirks::default() };
        (odd, Device::new())
    };
    let (mut odd, mut device) = world();
    let run = device.run(&mut odd, options(LEAVE), WHOLE);
    for (way, octets) in [(Way::Up, run.up), (Way::Down, run.down)] {
        for at in 0..octets {
            let (mut odd, mut device) = world();
            let cut = Wire { chunk: usize::MAX, cut: Some((way, at)) };
            device.run(&mut odd, options(LEAVE), cut);
            device.run(&mut odd, options(LEAVE), WHOLE);
            assert_eq!(device.mail, [b"one\r\n", b"two\r\n"], "{way:?} {at}");
            assert!(odd.mail.is_empty());
        }
    }
}

#[test]
fn a_server_that_deletes_earlier_than_the_user_wants_is_a_warning() {
    let warnings = |line: &'static str, policy| {
        let mut odd = Odd::with(&[("a", "one\r\n")]);
        odd.quirks.capa = vec![line];
        let run = Device::new().run(&mut odd, options(policy), WHOLE);
        (run.warnings, odd.mail.len())
    };
    let early = vec![Warning::Expires { days: 5 }];
    assert_eq!(warnings("EXPIRE 5", LEAVE), (early.clone(), 1));
    assert_eq!(warnings("EXPIRE 5", Policy::DeleteAfter { days: 6 }), (early, 1));
    assert_eq!(warnings("EXPIRE 5", Policy::DeleteAfter { days: 5 }), (vec![], 1));
    assert_eq!(warnings("EXPIRE 0", Policy::DeleteAfterDownload), (vec![], 0));
    assert_eq!(warnings("EXPIRE NEVER", LEAVE), (vec![], 1));
    assert_eq!(warnings("EXPIRE soon", LEAVE), (vec![], 1));
}

#[test]
fn login_delay_is_remembered_from_run_to_run() {
    let (mut odd, mut device) = (Odd::with(&[]), Device::new());
    odd.quirks.capa = vec!["LOGIN-DELAY 900"];
    let run = device.run(&mut odd, options(LEAVE), WHOLE);
    assert_eq!(run.warnings, [Warning::LoginDelay { seconds: 900 }]);
    assert_eq!(run.summary().login_not_before, Some(WallTime(START + 900)));
    assert_eq!(device.login_not_before, Some(WallTime(START + 900)));
    odd.quirks.capa.clear();
    device.run(&mut odd, options(LEAVE), WHOLE);
    assert_eq!(device.login_not_before, None);
}
