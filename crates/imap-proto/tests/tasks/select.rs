//! SELECT and EXAMINE, with and without a resynchronization.

use imap_proto::tasks::{Examine, Reason, Select};
use imap_proto::{Mailbox, ModSeq, SeqNum, Uid};

use super::world::{logged_in, selected, text};

#[test]
fn what_is_said_of_the_mailbox_is_the_result() {
    // RFC 3501 section 6.3.1.
    logged_in(|world| {
        let task = world.run(Select(imap_proto::Select::new(Mailbox::INBOX)));
        world.sends(&["A1 SELECT INBOX"]);
        for line in [
            "* 172 EXISTS",
            "* 1 RECENT",
            "* OK [UNSEEN 12] Message 12 is first unseen",
            "* OK [UIDVALIDITY 3857529045] UIDs valid",
            "* OK [UIDNEXT 4392] Predicted next UID",
            "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
            "* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited",
            "* OK maintenance at noon",
            "A1 OK [READ-WRITE] SELECT completed",
        ] {
            world.says(line);
        }
        world.tells(&["* OK maintenance at noon", "finished 1 OK [READ-WRITE] SELECT completed"]);
        let opened = world.take(task).unwrap();
        assert_eq!(opened.unseen, SeqNum::new(12));
        assert_eq!((opened.selected.exists, opened.selected.recent), (172, 1));
        assert_eq!(opened.selected.uid_next, Uid::new(4392));
        assert_eq!(opened.selected.uid_validity.unwrap().get(), 3_857_529_045);
        assert_eq!(opened.changed, []);
    });
}

#[test]
fn what_comes_before_closed_is_of_the_mailbox_before() {
    selected(|world| {
        let task = world.run(Examine(imap_proto::Select::new(Mailbox::new("b").unwrap())));
        world.sends(&["A2 EXAMINE b"]);
        world.says("* 173 EXISTS\r\n* OK [CLOSED] old\r\n* 3 EXISTS\r\nA2 OK [READ-ONLY] done");
        world.tells(&["* 173 EXISTS", "* OK [CLOSED] old", "finished 2 OK [READ-ONLY] done"]);
        let opened = world.take(task).unwrap();
        assert_eq!((opened.selected.exists, opened.selected.read_only), (3, true));
    });
}

#[test]
fn no_such_mailbox() {
    selected(|world| {
        let task = world.run(Select(imap_proto::Select::new(Mailbox::new("b").unwrap())));
        world.sends(&["A2 SELECT b"]);
        world.says("A2 NO [NONEXISTENT] gone");
        world.tells(&["finished 2 NO [NONEXISTENT] gone"]);
        assert_eq!(world.take(task).unwrap_err().reason, Reason::No);
        assert_eq!(world.tasks.client().selected(), None);
    });
}

#[test]
fn a_resynchronization() {
    // RFC 7162 section 3.2.5.2.
    selected(|world| {
        let validity = 67_890_007.try_into().unwrap();
        let known =
            imap_proto::QResync::new(validity, ModSeq::new(90_060_115_194_045_000).unwrap());
        let task = world.run(Select(imap_proto::Select::new(Mailbox::INBOX).qresync(known)));
        world.sends(&["A2 SELECT INBOX (QRESYNC (67890007 90060115194045000))"]);
        for line in [
            "* 12 FETCH (UID 5 FLAGS (\\Deleted))",
            "* OK [CLOSED] x",
            "* 100 EXISTS",
            "* OK [UIDVALIDITY 67890007] UIDVALIDITY",
            "* OK [UIDNEXT 600] Predicted next UID",
            "* OK [HIGHESTMODSEQ 90060115205545359] Highest",
            "* OK [UNSEEN 7] There are some unseen messages in the mailbox",
            "* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen)",
            "* VANISHED (EARLIER) 41,43:116,118,120:211",
            "* VANISHED (EARLIER) 214:540",
            "* 49 FETCH (UID 117 FLAGS (\\Seen \\Answered) MODSEQ (90060115194045001))",
            "* 50 FETCH (UID 119 FLAGS (\\Draft $MDNSent) MODSEQ (90060115194045308))",
            "A2 OK [READ-WRITE] mailbox selected",
        ] {
            world.says(line);
        }
        world.tells(&[
            "* 12 FETCH (UID 5 FLAGS (\\Deleted))",
            "* OK [CLOSED] x",
            "finished 2 OK [READ-WRITE] mailbox selected",
        ]);
        let opened = world.take(task).unwrap();
        let vanished = opened.vanished.unwrap();
        assert_eq!(text(|it| vanished.encode(it)), "41,43:116,118,120:211,214:540");
        let changed: Vec<_> = opened.changed.iter().map(|row| row.uid.unwrap().get()).collect();
        assert_eq!(changed, [117, 119]);
        assert_eq!(opened.selected.highest_mod_seq, ModSeq::new(90_060_115_205_545_359));
    });
}

#[test]
fn another_name_and_the_lists_of_others() {
    // RFC 9051 section 6.3.2.
    logged_in(|world| {
        let list = world.run(imap_proto::List::all());
        let name = Mailbox::new("NonNormalized").unwrap();
        let task = world.run(Select(imap_proto::Select::new(name)));
        world.sends(&["A1 LIST \"\" \"*\""]);
        world.says("* LIST () \"/\" Normalized\r\nA1 OK done");
        world.sends(&["A2 SELECT NonNormalized"]);
        world.says("* LIST () \"/\" Normalized (\"OLDNAME\" (\"NonNormalized\"))");
        world.says("* LIST () \"/\" other\r\nA2 OK done");
        world.tells(&["finished 1 OK done", "* LIST () \"/\" other", "finished 2 OK done"]);
        assert_eq!(world.take(list).unwrap().len(), 1);
        let opened = world.take(task).unwrap().list.unwrap();
        assert_eq!(opened.old_name().unwrap().as_bytes(), b"NonNormalized");
    });
}
