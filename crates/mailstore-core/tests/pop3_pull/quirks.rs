//! One oddity at a time: what becomes of the mail, and what is told.

use mailstore_core::pop3::{Policy, PullEnd, PullOptions, Warning};
use pop3_proto::Command;

use super::odd::{Answer, Odd, Quirks};
use super::world::{Device, WHOLE, is_over};

const MAIL: [(&str, &str); 3] = [("a", "one\r\n"), ("b", "two\r\n"), ("c", "three\r\n")];
const LEAVE: PullOptions = PullOptions {
    policy: Policy::LeaveOnServer,
    pipelined: 4,
    messages: 1_000_000,
    capabilities: true,
};

fn odd(quirks: Quirks) -> (Odd, Device) {
    let mut odd = Odd::with(&MAIL);
    odd.quirks = quirks;
    (odd, Device::new())
}

fn mail(messages: &[&str]) -> Vec<Vec<u8>> {
    messages.iter().map(|message| message.as_bytes().to_vec()).collect()
}

#[test]
fn without_uidl_mail_comes_at_least_once() {
    let (mut odd, mut device) = odd(Quirks { uidl: Answer::Refused, ..Quirks::default() });
    let run = device.run(&mut odd, LEAVE, WHOLE);
    assert_eq!((run.warnings, device.lines.len()), (vec![Warning::NoUniqueIds], 0));
    device.run(&mut odd, LEAVE, WHOLE);
    assert_eq!(device.mail.len(), 6, "it stays, so it comes again");
    let run = device.run(&mut odd, PullOptions::default(), WHOLE);
    assert_eq!((run.summary().deleted, odd.mail.len()), (3, 0));
}

#[test]
fn messages_whose_line_is_missing_or_garbled_have_no_id() {
    let quirks = Quirks { gaps: [0].into(), garbled: [2].into(), ..Quirks::default() };
    let (mut odd, mut device) = odd(quirks);
    let run = device.run(&mut odd, LEAVE, WHOLE);
    assert_eq!(run.warnings, [Warning::WithoutId { messages: 2 }]);
    let run = device.run(&mut odd, LEAVE, WHOLE);
    assert_eq!((run.retrieved(), run.summary().known), (vec![1, 3], 1));
    assert_eq!(device.lines[0].0, b"b");
    odd.quirks.uidl = Answer::Garbled;
    let run = device.run(&mut odd, LEAVE, WHOLE);
    assert_eq!(run.retrieved(), [1, 2, 3]);
    assert_eq!(device.lines.len(), 1, "an unreadable listing is no reason to forget");
}

#[test]
fn a_line_that_is_missing_for_once_is_no_reason_to_forget() {
    let (mut odd, mut device) = odd(Quirks::default());
    device.run(&mut odd, LEAVE, WHOLE);
    odd.quirks.gaps = [1].into();
    assert_eq!(device.run(&mut odd, LEAVE, WHOLE).retrieved(), [2]);
    odd.quirks.gaps.clear();
    assert!(device.run(&mut odd, LEAVE, WHOLE).retrieved().is_empty());
}

#[test]
fn messages_that_share_an_id_all_come_and_come_once() {
    let mail = [("x", "one\r\n"), ("x", "two\r\n"), ("y", "three\r\n")];
    let (mut odd, mut device) = (Odd::with(&mail), Device::new());
    let run = device.run(&mut odd, LEAVE, WHOLE);
    assert_eq!(run.warnings, [Warning::SharedIds { messages: 2 }]);
    assert_eq!(device.mail.len(), 3);
    assert_eq!(device.lines.iter().map(|(_, seen)| seen.copies).collect::<Vec<_>>(), [2, 1]);
    assert!(device.run(&mut odd, LEAVE, WHOLE).retrieved().is_empty());
    odd.deliver("x", "four\r\n");
    let run = device.run(&mut odd, LEAVE, WHOLE);
    assert_eq!(run.retrieved(), [1, 2, 4], "which one is new cannot be known");
    let run = device.run(&mut odd, PullOptions::default(), WHOLE);
    assert_eq!((run.retrieved(), run.summary().deleted), (vec![], 4));
    assert!(odd.mail.is_empty() && device.lines.is_empty());
}

#[test]
fn one_of_two_with_the_same_id_is_refused_and_survives() {
    let (mut odd, mut device) = (Odd::with(&[("x", "one\r\n"), ("x", "two\r\n")]), Device::new());
    odd.quirks.refused = [1].into();
    device.run(&mut odd, PullOptions::default(), WHOLE);
    assert_eq!(odd.octets(), [b"two\r\n"]);
    odd.quirks.refused.clear();
    device.run(&mut odd, PullOptions::default(), WHOLE);
    assert_eq!(device.mail, mail(&["one\r\n", "two\r\n"]));
    assert!(odd.mail.is_empty());
}

#[test]
fn one_of_two_with_the_same_id_was_deleted_and_the_other_never_came() {
    let (mut odd, mut device) = (Odd::with(&[("x", "one\r\n"), ("x", "two\r\n")]), Device::new());
    odd.quirks = Quirks { refused: [0].into(), half_quit: true, ..Quirks::default() };
    device.run(&mut odd, PullOptions::default(), WHOLE);
    assert_eq!((odd.octets(), device.lines.len()), (vec![&b"one\r\n"[..]], 0));
    odd.quirks = Quirks::default();
    let run = device.run(&mut odd, PullOptions::default(), WHOLE);
    assert_eq!((run.retrieved(), odd.mail.len()), (vec![1], 0));
    assert_eq!(device.mail, mail(&["two\r\n", "one\r\n"]));
}

#[test]
fn sizes_and_counts_that_lie_change_nothing() {
    for list in [Answer::Lies, Answer::Refused, Answer::Garbled] {
        for stat in [Answer::Right, Answer::Lies, Answer::Refused, Answer::Garbled] {
            let (mut odd, mut device) = odd(Quirks { list, stat, ..Quirks::default() });
            let run = device.run(&mut odd, PullOptions::default(), WHOLE);
            assert_eq!(device.mail, mail(&["one\r\n", "two\r\n", "three\r\n"]));
            let refused: &[u32] = if stat == Answer::Lies { &[4] } else { &[] };
            assert_eq!((run.refused.as_slice(), odd.mail.len()), (refused, 0));
        }
    }
}

#[test]
fn listings_alone_are_enough() {
    for (stat, uidl, list) in [
        (Answer::Right, Answer::Refused, Answer::Refused),
        (Answer::Refused, Answer::Right, Answer::Refused),
        (Answer::Refused, Answer::Refused, Answer::Right),
    ] {
        let (mut odd, mut device) = odd(Quirks { stat, uidl, list, ..Quirks::default() });
        let run = device.run(&mut odd, PullOptions::default(), WHOLE);
        assert_eq!((device.mail.len(), odd.mail.len()), (3, 0));
        assert!(is_over(&run));
    }
}

#[test]
fn a_refused_message_is_skipped_and_tried_again() {
    let (mut odd, mut device) = odd(Quirks { refused: [1].into(), ..Quirks::default() });
    let run = device.run(&mut odd, PullOptions::default(), WHOLE);
    assert_eq!((run.refused, odd.octets()), (vec![2], vec![&b"two\r\n"[..]]));
    odd.quirks.refused.clear();
    device.run(&mut odd, PullOptions::default(), WHOLE);
    assert_eq!(device.mail, mail(&["one\r\n", "three\r\n", "two\r\n"]));
}

#[test]
fn deletions_that_fail_are_made_up_for_without_fetching() {
    for quirks in [
        Quirks { undeletable: [1].into(), ..Quirks::default() },
        Quirks { half_quit: true, ..Quirks::default() },
    ] {
        let (mut odd, mut device) = odd(quirks.clone());
        let run = device.run(&mut odd, PullOptions::default(), WHOLE);
        assert_eq!(matches!(run.summary().end, PullEnd::QuitRefused(_)), quirks.half_quit);
        assert_eq!(odd.octets(), [b"two\r\n"]);
        assert!(device.lines.iter().any(|(id, _)| id == b"b"));
        odd.quirks = Quirks::default();
        let run = device.run(&mut odd, PullOptions::default(), WHOLE);
        assert_eq!((run.retrieved(), run.summary().deleted), (vec![], 1));
        assert!(odd.mail.is_empty() && device.lines.is_empty());
    }
}

#[test]
fn an_empty_maildrop_is_no_reason_to_forget() {
    let (mut odd, mut device) = odd(Quirks::default());
    device.run(&mut odd, LEAVE, WHOLE);
    let mail = std::mem::take(&mut odd.mail);
    device.run(&mut odd, LEAVE, WHOLE);
    odd.mail = mail;
    assert!(device.run(&mut odd, LEAVE, WHOLE).retrieved().is_empty());
}

#[test]
fn a_server_of_too_many_messages_is_bounded() {
    let (mut odd, mut device) = odd(Quirks::default());
    let options = PullOptions { messages: 2, ..PullOptions::default() };
    let run = device.run(&mut odd, options, WHOLE);
    assert_eq!((run.warnings, run.summary.unwrap().fetched), (vec![Warning::TooMany], 2));
    device.run(&mut odd, options, WHOLE);
    assert_eq!((device.mail.len(), odd.mail.len()), (3, 0));
}

#[test]
fn pipelined_where_the_server_says_so_and_in_lock_step_elsewhere() {
    for (capa, at_once) in [(vec!["PIPELINING"], 4), (vec![], 1)] {
        let messages: Vec<_> = (0..20).map(|n| (format!("id{n}"), "x\r\n")).collect();
        let messages: Vec<_> = messages.iter().map(|(id, x)| (id.as_str(), *x)).collect();
        let (mut odd, mut device) = (Odd::with(&messages), Device::new());
        odd.quirks.capa = capa;
        device.run(&mut odd, PullOptions::default(), WHOLE);
        assert_eq!((device.mail.len(), odd.mail.len(), odd.at_once), (20, 0, at_once));
    }
}

#[test]
fn in_lock_step_a_stop_stops_at_once() {
    let (mut odd, mut device) = odd(Quirks::default());
    device.stops_after = Some(1);
    assert_eq!(device.run(&mut odd, PullOptions::default(), WHOLE).retrieved(), [1]);
    assert_eq!(odd.octets(), [b"two\r\n".as_slice(), b"three\r\n"]);
}

#[test]
fn without_capa_nothing_is_asked_twice() {
    let (mut odd, mut device) = odd(Quirks { no_capa: true, ..Quirks::default() });
    let run = device.run(&mut odd, PullOptions::default(), WHOLE);
    assert_eq!((run.commands[0].clone(), odd.mail.len()), (Command::Capa, 0));
    let options = PullOptions { capabilities: false, ..PullOptions::default() };
    let run = device.run(&mut odd, options, WHOLE);
    assert_eq!(run.commands[0], Command::Stat);
}
