//! Commands of a client: the mix of `B-S1`.

use std::io::Write;

use super::Workload;
use super::words::Words;

/// `B-S1`: mixed commands, every tenth an APPEND of 1 KiB in a non-synchronizing literal.
#[must_use]
pub fn commands(items: usize) -> Workload {
    Workload { name: "B-S1 commands, 10 % APPEND", items, item: "command", wire: wire(items, true) }
}

/// `B-S1n`: the same without APPEND.
#[must_use]
pub fn commands_without_append(items: usize) -> Workload {
    Workload { name: "B-S1n commands", items, item: "command", wire: wire(items, false) }
}

fn wire(items: usize, append: bool) -> Vec<u8> {
    let (mut wire, mut words) = (Vec::new(), Words::new());
    for n in 0..items {
        let _ = write!(wire, "a{n:05} ");
        if append && n % 10 == 9 {
            let message = crate::message(1024, crate::Dots::None);
            let message = message.get(..1024).unwrap_or(&message);
            wire.extend_from_slice(
                b"APPEND Sent (\\Seen $Sent) \"17-Jul-2026 02:44:25 -0700\" {1024+}\r\n",
            );
            wire.extend_from_slice(message);
        } else {
            let _ = command(&mut wire, &mut words);
        }
        wire.extend_from_slice(b"\r\n");
    }
    wire
}

/// One command without its tag and end: what mail clients send, and about as often.
fn command(wire: &mut Vec<u8>, words: &mut Words) -> std::io::Result<()> {
    let uid = 1_000 + words.below(900_000);
    let mailbox = words.pick(&["INBOX", "Sent", "\"Archive/2026\"", "Lists/rust", "\"Junk Mail\""]);
    match words.below(20) {
        0 => write!(wire, "NOOP"),
        1 => write!(wire, "LOGIN {} \"pass word {uid}\"", words.name()),
        2 => write!(wire, "SELECT {mailbox}"),
        3 => write!(wire, "UID FETCH 1:{uid} (FLAGS) (CHANGEDSINCE {uid}0042)"),
        4 | 5 => write!(
            wire,
            "UID FETCH {uid},{}:{} (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)",
            uid + 2,
            uid + 17,
        ),
        6 | 7 => write!(
            wire,
            "UID FETCH {uid} (FLAGS BODY.PEEK[HEADER.FIELDS (Subject From Date Message-ID)])"
        ),
        8 => write!(wire, "FETCH {} BODY.PEEK[1.2]<0.65536>", uid / 100),
        9 => write!(wire, "UID STORE {uid},{} +FLAGS.SILENT (\\Seen $Forwarded)", uid + 4),
        10 => write!(wire, "STORE {} -FLAGS (\\Flagged)", uid / 100),
        11 => write!(
            wire,
            "UID SEARCH UNSEEN SINCE 1-Feb-2026 FROM \"{}\" LARGER {uid}",
            words.name(),
        ),
        12 => write!(wire, "SEARCH OR SUBJECT {} TEXT \"two words\" NOT DELETED", words.name()),
        13 => write!(wire, "UID COPY {uid}:{} {mailbox}", uid + 5),
        14 => write!(wire, "UID MOVE {uid} {mailbox}"),
        15 => write!(wire, "STATUS {mailbox} (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)"),
        16 => write!(wire, "LIST \"\" \"*\""),
        17 => write!(wire, "CREATE \"Archive/{uid}\""),
        18 => write!(wire, "UID EXPUNGE {uid}:{}", uid + 9),
        _ => write!(wire, "CAPABILITY"),
    }
}
