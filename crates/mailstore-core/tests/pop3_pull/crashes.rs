//! The program dies between storing a message and confirming it.

use mailstore_core::pop3::{Policy, PullOptions};

use super::real::Real;
use super::world::{Device, WHOLE};

const MAIL: [&[u8]; 3] = [b"Subject: one\r\n", b"Subject: two\r\n", b"Subject: three\r\n"];

#[test]
fn what_was_not_confirmed_is_fetched_again_and_nothing_else() {
    for policy in [Policy::DeleteAfterDownload, Policy::LeaveOnServer] {
        for pipelined in [1, 4] {
            for dies_at in 0..MAIL.len() {
                let (mut real, mut device) = (Real::with(&MAIL), Device::new());
                let options = PullOptions { policy, pipelined, ..PullOptions::default() };
                device.dies_at = Some(dies_at);
                let run = device.run(&mut real, options, WHOLE);
                assert!(run.summary.is_none());
                assert_eq!(real.mail(), MAIL, "nothing is deleted before QUIT");
                assert_eq!(device.lines.len(), dies_at, "what was confirmed is remembered");
                device.dies_at = None;
                let run = device.run(&mut real, options, WHOLE);
                assert_eq!(run.summary().fetched as usize, MAIL.len() - dies_at);
                for (place, message) in MAIL.iter().enumerate() {
                    let stored = device.mail.iter().filter(|stored| stored == message).count();
                    assert_eq!(stored, 1 + usize::from(place == dies_at), "at least once");
                }
                let left = if policy == Policy::LeaveOnServer { &MAIL[..] } else { &[] };
                assert_eq!(real.mail(), left);
            }
        }
    }
}
