//! LIST and what is asked for with it.

use imap_proto::tasks::Reason;
use imap_proto::{List, ListMailbox, OneOrMore, StatusAtt};

use super::world::logged_in;

#[test]
fn mailboxes_with_their_status() {
    // RFC 5819 section 3.
    logged_in(|world| {
        let atts = OneOrMore::new([StatusAtt::Messages, StatusAtt::Unseen]).unwrap();
        let list = List::new(ListMailbox::new("%").unwrap()).with_status(atts);
        let list = world.run(list);
        world.sends(&["A1 LIST \"\" \"%\" RETURN (STATUS (MESSAGES UNSEEN))"]);
        world.says("* LIST () \".\" \"INBOX\"\r\n* STATUS \"inbox\" (MESSAGES 17 UNSEEN 16)");
        world.says("* LIST () \".\" \"foo\"\r\n* STATUS foo (MESSAGES 30 UNSEEN 29)");
        world.says("* LIST (\\NoSelect) \".\" \"bar\"\r\n* 3 EXISTS\r\nA1 OK List completed.");
        world.tells(&["* 3 EXISTS", "finished 1 OK List completed."]);
        let listed = world.take(list).unwrap();
        let rows: Vec<_> = listed
            .iter()
            .map(|it| (it.list.mailbox.as_bytes(), it.status.as_ref().and_then(|it| it.messages())))
            .collect();
        assert_eq!(rows, [(&b"INBOX"[..], Some(17)), (b"foo", Some(30)), (b"bar", None)]);
    });
}

#[test]
fn what_was_for_a_cancelled_list_reaches_no_other() {
    logged_in(|world| {
        let first = world.run(List::all());
        let second = world.run(List::new(ListMailbox::new("%").unwrap()));
        world.sends(&["A1 LIST \"\" \"*\""]);
        world.says("* LIST () \".\" a");
        world.tells(&[]);
        world.cancel(first);
        world.tells(&["* LIST () \".\" a"]);
        world.says("* LIST () \".\" b\r\nA1 OK done");
        world.tells(&["* LIST () \".\" b"]);
        world.sends(&["A2 LIST \"\" \"%\""]);
        world.says("* LIST () \".\" c\r\nA2 OK done");
        world.tells(&["finished 2 OK done"]);
        let listed = world.take(second).unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].list.mailbox.as_bytes(), b"c");
    });
}

#[test]
fn a_row_that_cannot_be_read_makes_it_incomplete() {
    logged_in(|world| {
        let task = world.run(List::all());
        world.sends(&["A1 LIST \"\" \"*\""]);
        world.says("* LIST () \".\" a\r\n* LIST (\"\r\n* STATUS (\r\nA1 OK done");
        world.tells(&["unparsed * LIST (\"", "unparsed * STATUS (", "finished 1 OK done"]);
        let failure = world.take(task).unwrap_err();
        let Reason::Incomplete(unparsed) = failure.reason else { panic!() };
        assert_eq!(unparsed.len(), 1);
        assert_eq!(unparsed[0].raw, "* LIST (\"");
        assert_eq!(failure.answer.data.len(), 1);
    });
}
