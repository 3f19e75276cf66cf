//! SELECT and EXAMINE, with and without a resynchronization.

use imap_proto::tasks::{Examine, Reason, Select};
use imap_proto::{Mailbox, SeqNum, Uid};

use super::world::{logged_in, selected};

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
