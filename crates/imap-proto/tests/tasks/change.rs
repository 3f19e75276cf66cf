//! STORE, COPY, MOVE, EXPUNGE.

use imap_proto::tasks::{CopyMessages, Expunge, MoveMessages, Reason, UidExpunge};
use imap_proto::{ModSeq, SeqNum};

use super::world::{given, selected, text};

#[test]
fn a_conditional_store() {
    // RFC 7162 section 3.1.3, examples 5 and 6.
    selected(|world| {
        const SENT: &str = "STORE 7,5,9 (UNCHANGEDSINCE 320162338) +FLAGS.SILENT (\\Deleted)";
        let store =
            || *given!(Store "STORE 7,5,9 (UNCHANGEDSINCE 320162338) +FLAGS.SILENT (\\Deleted)");
        let answer =
            ["* 5 FETCH (MODSEQ (320162350))", "OK [MODIFIED 7,9] Conditional STORE failed"];
        let stored = world.answers(store(), SENT, &answer).unwrap();
        assert_eq!(text(|encoder| stored.modified.unwrap().encode(encoder)), "7,9");
        assert_eq!(stored.rows.len(), 1);
        assert_eq!(stored.rows[0].data.mod_seq(), ModSeq::new(320_162_350));

        let answer = [
            "* 7 FETCH (MODSEQ (320162342) FLAGS (\\Seen \\Deleted))",
            "* 5 FETCH (MODSEQ (320162350))",
            "* 9 FETCH (MODSEQ (320162349) FLAGS (\\Answered))",
            "OK [MODIFIED 7,9] Conditional STORE failed",
        ];
        let stored = world.answers(store(), SENT, &answer).unwrap();
        let numbers: Vec<_> = stored.rows.iter().map(|row| row.number.unwrap().get()).collect();
        assert_eq!(numbers, [7, 5, 9]);

        let answer = ["NO [MODIFIED 7] Some of the messages no longer exist."];
        let failure = world.answers(store(), SENT, &answer).unwrap_err();
        assert_eq!(failure.reason, Reason::No);
        assert!(matches!(failure.code(), Some(imap_proto::Code::Modified(_))));
    });
}

#[test]
fn a_store_and_the_flags_of_others() {
    selected(|world| {
        let task = world.run(*given!(UidStore "UID STORE 7 +FLAGS (\\Seen)"));
        world.sends(&["A2 UID STORE 7 +FLAGS (\\Seen)"]);
        world.says("* 3 FETCH (UID 8 FLAGS (\\Seen))");
        world.says("* 2 FETCH (FLAGS (\\Seen))");
        world.says("* 2 FETCH (UID 7 FLAGS (\\Seen))\r\nA2 OK done");
        world.tells(&[
            "* 3 FETCH (UID 8 FLAGS (\\Seen))",
            "* 2 FETCH (FLAGS (\\Seen))",
            "finished 2 OK done",
        ]);
        assert_eq!(world.take(task).unwrap().rows.len(), 1);
    });
}

#[test]
fn copies() {
    // RFC 9051 section 6.3.12.
    selected(|world| {
        let copy = CopyMessages(given!(Copy "COPY 2:4 meeting"));
        let answer = ["OK [COPYUID 38505 304,319:320 3956:3958] Done"];
        let copied = world.answers(copy, "COPY 2:4 meeting", &answer).unwrap();
        assert_eq!(copied.uids[0].uid_validity.get(), 38505);
        assert_eq!(text(|encoder| copied.uids[0].source.encode(encoder)), "304,319:320");
        assert_eq!(text(|encoder| copied.uids[0].destination.encode(encoder)), "3956:3958");

        let copy = CopyMessages(given!(UidCopy "UID COPY 305:310 meeting"));
        let answer = ["OK No matching messages, so nothing copied"];
        let copied = world.answers(copy, "UID COPY 305:310 meeting", &answer).unwrap();
        assert_eq!(copied.uids, []);

        let copy = CopyMessages(given!(UidCopy "UID COPY 305:310 no"));
        let failure =
            world.answers(copy, "UID COPY 305:310 no", &["NO [TRYCREATE] no"]).unwrap_err();
        assert_eq!(failure.code(), Some(&imap_proto::Code::TryCreate));
    });
}

#[test]
fn moves_say_what_went_as_events() {
    // RFC 9051 section 6.4.8, RFC 9586 section 3.6.
    selected(|world| {
        let task = world.run(MoveMessages(given!(UidMove "UID MOVE 42:69 foo")));
        world.sends(&["A2 UID MOVE 42:69 foo"]);
        world.says("* OK [COPYUID 432432 42:69 1202:1229] x\r\n* 22 EXPUNGE\r\n* VANISHED 43");
        world.says("A2 OK Done");
        world.tells(&["* 22 EXPUNGE", "* VANISHED 43", "finished 2 OK Done"]);
        let moved = world.take(task).unwrap();
        assert_eq!(text(|encoder| moved.uids[0].destination.encode(encoder)), "1202:1229");
    });
}

#[test]
fn expunges_are_told_in_their_place_too() {
    // RFC 3501 section 6.4.3: numbers move.
    selected(|world| {
        let task = world.run(Expunge);
        world.sends(&["A2 EXPUNGE"]);
        world.says("* 3 EXPUNGE\r\n* 3 EXPUNGE\r\n* 170 EXISTS\r\n* 5 EXPUNGE\r\n* 8 EXPUNGE");
        world.says("A2 OK [HIGHESTMODSEQ 20010715194045319] expunged");
        world.tells(&[
            "* 3 EXPUNGE",
            "* 3 EXPUNGE",
            "* 170 EXISTS",
            "* 5 EXPUNGE",
            "* 8 EXPUNGE",
            "finished 2 OK [HIGHESTMODSEQ 20010715194045319] expunged",
        ]);
        let expunged = world.take(task).unwrap();
        assert_eq!(expunged.numbers, [3, 3, 5, 8].map(|it| SeqNum::new(it).unwrap()));
        assert_eq!(expunged.highest_mod_seq, ModSeq::new(20_010_715_194_045_319));
        assert_eq!(expunged.uids, None);
    });
}

#[test]
fn expunges_by_uid() {
    // RFC 7162 section 3.2.7, RFC 9586 section 3.4.
    selected(|world| {
        let task = world.run(UidExpunge(given!(UidExpunge "UID EXPUNGE 400:500")));
        world.sends(&["A2 UID EXPUNGE 400:500"]);
        world.says("* VANISHED 405,407,410,425\r\n* VANISHED 430\r\nA2 OK expunged");
        world.tells(&["* VANISHED 405,407,410,425", "* VANISHED 430", "finished 2 OK expunged"]);
        let expunged = world.take(task).unwrap();
        let uids = text(|encoder| expunged.uids.unwrap().encode(encoder));
        assert_eq!((uids.as_str(), expunged.numbers), ("405,407,410,425,430", vec![]));
    });
}
