//! FETCH: rows by message, bodies, and what is not its own.

use imap_proto::tasks::{Reason, Streamed, Task};
use imap_proto::{Fetch, NumberSet, Section, SeqNum, Uid};

use super::world::{given, selected};

fn uids(first: u32, last: u32) -> NumberSet<Uid> {
    NumberSet::range(Uid::new(first).unwrap(), Uid::new(last).unwrap())
}

fn seqs(first: u32, last: u32) -> NumberSet<SeqNum> {
    NumberSet::range(SeqNum::new(first).unwrap(), SeqNum::new(last).unwrap())
}

#[test]
fn rows_and_what_is_not_theirs() {
    selected(|world| {
        let task = world.run(Fetch::uids(uids(10, 12)).rfc822_size());
        world.sends(&["A2 UID FETCH 10:12 (RFC822.SIZE)"]);
        world.says("* 1 FETCH (UID 10 RFC822.SIZE 100)");
        world.says("* 1 FETCH (UID 10 FLAGS (\\Seen))");
        world.says("* 9 FETCH (UID 99 RFC822.SIZE 100)");
        world.says("* 173 EXISTS");
        world.says("* 2 FETCH (RFC822.SIZE 200 UID 11)");
        world.says("A2 OK done");
        world.tells(&[
            "* 1 FETCH (UID 10 FLAGS (\\Seen))",
            "* 9 FETCH (UID 99 RFC822.SIZE 100)",
            "* 173 EXISTS",
            "finished 2 OK done",
        ]);
        let fetched = world.take(task).unwrap();
        let rows: Vec<_> = fetched.rows.iter().map(|row| (row.uid, row.data.size())).collect();
        assert_eq!(rows, [(Uid::new(10), Some(100)), (Uid::new(11), Some(200))]);
    });
}

#[test]
fn two_fetches_at_once() {
    selected(|world| {
        let one = world.run(Fetch::seq_nums(seqs(1, 2)).flags());
        let two = world.run(Fetch::seq_nums(seqs(3, 4)).flags());
        let waits = world.run(Fetch::seq_nums(seqs(4, 5)).flags());
        world.sends(&["A2 FETCH 1:2 (FLAGS)", "A3 FETCH 3:4 (FLAGS)"]);
        world.says("* 3 FETCH (FLAGS ())\r\n* 1 FETCH (FLAGS ())\r\n* 4 FETCH (FLAGS ())");
        world.says("* 2 FETCH (FLAGS ())\r\nA3 OK done");
        world.says("A2 OK done");
        world.tells(&["finished 3 OK done", "finished 2 OK done"]);
        world.sends(&["A4 FETCH 4:5 (FLAGS)"]);
        world.says("* 4 FETCH (FLAGS (\\Seen))\r\nA4 OK done");
        world.tells(&["finished 4 OK done"]);
        let numbers = |rows: &imap_proto::tasks::Fetched| -> Vec<u32> {
            rows.rows.iter().map(|row| row.number.unwrap().get()).collect()
        };
        assert_eq!(numbers(&world.take(one).unwrap()), [1, 2]);
        assert_eq!(numbers(&world.take(two).unwrap()), [3, 4]);
        assert_eq!(numbers(&world.take(waits).unwrap()), [4]);
    });
}

#[test]
fn large_bodies_are_put_together_or_told() {
    let body = "x".repeat(70_000);
    selected(|world| {
        let task = world.run(Fetch::uids(uids(10, 10)).body_peek(Section::message()));
        world.sends(&["A2 UID FETCH 10 (BODY.PEEK[])"]);
        world.says(&format!("* 1 FETCH (UID 10 BODY[] {{70000}}\r\n{body})\r\nA2 OK done"));
        world.tells(&["finished 2 OK done"]);
        let fetched = world.take(task).unwrap();
        let octets = fetched.of_uid(Uid::new(10).unwrap()).unwrap().data.body(&Section::message());
        assert_eq!(octets.unwrap(), body.as_bytes());

        let task = world.run(Streamed(Fetch::uids(uids(10, 11)).body_peek(Section::message())));
        world.sends(&["A3 UID FETCH 10:11 (BODY.PEEK[])"]);
        world.says(&format!("* 1 FETCH (UID 10 BODY[] {{70000}}\r\n{body})"));
        world.says("* 2 FETCH (UID 11 BODY[] {2}\r\nab)\r\nA3 OK done");
        world.tells(&[
            "part 3 fetch 1",
            "part 3 item UID 10",
            "part 3 body of 70000",
            &format!("chunk {body}"),
            "part 3 body end",
            "part 3 fetch end",
            "row 3 * 2 FETCH (UID 11 BODY[] {2}\\r\\nab)",
            "finished 3 OK done",
        ]);
        world.take(task).unwrap();
    });
}

#[test]
fn several_responses_about_one_message() {
    selected(|world| {
        let task = world.run(Fetch::uids(uids(10, 12)).flags().rfc822_size());
        world.sends(&["A2 UID FETCH 10:12 (FLAGS RFC822.SIZE)"]);
        world.says("* 5 FETCH (UID 10 FLAGS ())\r\n* 3 EXPUNGE");
        world.says("* 4 FETCH (UID 10 RFC822.SIZE 7)\r\n* 4 FETCH (UID 10 FLAGS (\\Seen))");
        world.says("A2 OK done");
        world.tells(&["* 3 EXPUNGE", "finished 2 OK done"]);
        let rows = world.take(task).unwrap().rows;
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].number, rows[0].uid), (SeqNum::new(4), Uid::new(10)));
        assert!(rows[0].data.flags().unwrap().is_seen());
        assert_eq!(rows[0].data.size(), Some(7));
        assert_eq!(rows[0].data.items.len(), 3);
    });
}

#[test]
fn numbers_tell_messages_apart_where_numbers_were_asked_for() {
    selected(|world| {
        let task = world.run(Fetch::seq_nums(seqs(1, 2)).flags().rfc822_size());
        world.sends(&["A2 FETCH 1:2 (FLAGS RFC822.SIZE)"]);
        world.says("* 1 FETCH (FLAGS ())\r\n* 1 FETCH (UID 9 RFC822.SIZE 7)\r\nA2 OK done");
        world.tells(&["finished 2 OK done"]);
        let rows = world.take(task).unwrap().rows;
        assert_eq!((rows.len(), rows[0].uid), (1, Uid::new(9)));
    });
}

#[test]
fn without_numbers() {
    // RFC 9586 section 3.3, RFC 7162 section 3.2.6.
    selected(|world| {
        let since = imap_proto::ModSeq::new(5).unwrap();
        let task = world.run(Fetch::uids(uids(300, 500)).flags().vanished_since(since));
        world.sends(&["A2 UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 5 VANISHED)"]);
        world.says("* VANISHED (EARLIER) 300:310,405,411\r\n* VANISHED 400");
        world.says("* 404 UIDFETCH (FLAGS (\\Seen) MODSEQ (65402))");
        world.says("* 600 UIDFETCH (FLAGS (\\Seen))");
        world.says("* 2 FETCH (UID 406 MODSEQ (75403) FLAGS ())\r\nA2 OK done");
        world.tells(&["* VANISHED 400", "* 600 UIDFETCH (FLAGS (\\Seen))", "finished 2 OK done"]);
        let fetched = world.take(task).unwrap();
        assert_eq!(fetched.vanished.unwrap().count(), 13);
        let rows: Vec<_> = fetched.rows.iter().map(|row| row.uid.unwrap().get()).collect();
        assert_eq!(rows, [404, 406]);
    });
}

#[test]
fn the_last_message_and_those_behind_a_number() {
    selected(|world| {
        let task = world.run(Fetch::uids(imap_proto::SequenceSet::last()).flags());
        world.sends(&["A2 UID FETCH * (FLAGS)"]);
        world
            .says("* 171 FETCH (UID 700 FLAGS ())\r\n* 172 FETCH (UID 701 FLAGS ())\r\nA2 OK done");
        world.tells(&["* 171 FETCH (UID 700 FLAGS ())", "finished 2 OK done"]);
        assert_eq!(world.take(task).unwrap().rows.len(), 1);
    });
}

#[test]
fn a_row_that_cannot_be_read() {
    selected(|world| {
        let task = world.run(Fetch::uids(uids(1, 2)).flags());
        world.sends(&["A2 UID FETCH 1:2 (FLAGS)"]);
        world.says("* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS\r\nA2 OK done");
        world.tells(&["unparsed * 2 FETCH (UID 2 FLAGS", "finished 2 OK done"]);
        let mut failure = world.take(task).unwrap_err();
        assert!(matches!(&failure.reason, Reason::Incomplete(unparsed) if unparsed.len() == 1));
        let partial = <Fetch<Uid> as Task>::output(&mut failure.answer).unwrap();
        assert_eq!(partial.rows.len(), 1);
    });
}

#[test]
fn a_body_that_nobody_asked_for_stays_an_event() {
    selected(|world| {
        let task = world.run(Fetch::uids(uids(1, 2)).flags());
        world.sends(&["A2 UID FETCH 1:2 (FLAGS)"]);
        let body = "x".repeat(70_000);
        world.says(&format!("* 2 FETCH (UID 2 BODY[] {{70000}}\r\n{body})\r\nA2 OK done"));
        world.tells(&[
            "fetch 2",
            "item UID 2",
            "body of 70000",
            &format!("chunk {body}"),
            "body end",
            "fetch end",
            "finished 2 OK done",
        ]);
        assert_eq!(world.take(task).unwrap().rows, []);
    });
}

#[test]
fn broken_in_the_middle_of_a_body() {
    selected(|world| {
        let task = world.run(Fetch::uids(uids(1, 2)).body_peek(Section::message()));
        world.sends(&["A2 UID FETCH 1:2 (BODY.PEEK[])"]);
        world.says_octets(b"* 2 FETCH (UID 2 BODY[] {70000}\r\nabc");
        world.eof();
        world.tells(&[
            "fetch 2",
            "item UID 2",
            "body of 70000",
            "chunk abc",
            "lost 2 Fully",
            "closed Eof",
        ]);
        world.take(task).unwrap_err();
    });
}

#[test]
fn a_body_in_a_row_that_cannot_be_read() {
    selected(|world| {
        let task = world.run(Fetch::uids(uids(1, 2)).body_peek(Section::message()));
        let other = world.run(given!(Status "STATUS a (MESSAGES)"));
        world.sends(&["A2 UID FETCH 1:2 (BODY.PEEK[])", "A3 STATUS a (MESSAGES)"]);
        let body = "x".repeat(70_000);
        world.says(&format!("* 2 FETCH (UID 2 BODY[] {{70000}}\r\n{body} UID x)"));
        world.says("* STATUS a (MESSAGES 1)\r\nA2 OK done\r\nA3 OK done");
        world.drain_events();
        let failure = world.take(task).unwrap_err();
        let Reason::Incomplete(unparsed) = failure.reason else { panic!("{:?}", failure.reason) };
        assert_eq!(unparsed.len(), 1);
        world.take(other).unwrap();
    });
}
