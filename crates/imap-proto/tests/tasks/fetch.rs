//! FETCH: rows by message, bodies, and what is not its own.

use imap_proto::tasks::Streamed;
use imap_proto::{Fetch, NumberSet, Section, SeqNum, Uid};

use super::world::selected;

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
