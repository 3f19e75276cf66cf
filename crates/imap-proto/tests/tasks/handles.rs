//! Handles that are used wrongly, and limits.

use imap_proto::tasks::{Limits, Namespace, Noop, Reason};
use imap_proto::{Fetch, List, SeqNum, SequenceSet};

use super::client_support::tls;
use super::world::{Chunks, World, logged_in, selected};

#[test]
fn a_result_that_is_not_there_yet() {
    logged_in(|world| {
        let task = world.run(Namespace);
        world.sends(&["A1 NAMESPACE"]);
        assert!(!world.tasks.is_finished(&task));
        assert_eq!(world.take(task).unwrap_err().reason, Reason::Unfinished);
        world.says("* NAMESPACE NIL NIL NIL\r\nA1 OK done");
        world.tells(&["* NAMESPACE NIL NIL NIL", "finished 1 OK done"]);
    });
}

#[test]
fn a_handle_of_another_connection() {
    let ready = |chunks| {
        let mut world = World::new(tls(), Limits::default(), chunks);
        world.says("* PREAUTH ready");
        let noop = world.run(Noop);
        world.says("A1 OK done");
        (world, noop)
    };
    let (mut one, mine) = ready(Chunks::Whole);
    let (_, theirs) = ready(Chunks::One);
    assert_eq!(mine.id(), theirs.id());
    assert!(one.tasks.is_finished(&mine) && !one.tasks.is_finished(&theirs));
    assert_eq!(one.take(theirs).unwrap_err().reason, Reason::Foreign);
    one.take(mine).unwrap();
}

#[test]
fn what_nobody_wants_is_told() {
    logged_in(|world| {
        let task = world.run(List::all());
        world.sends(&["A1 LIST \"\" \"*\""]);
        world.says("* LIST () \".\" a");
        world.tells(&[]);
        drop(task);
        world.says("* LIST () \".\" b\r\nA1 NO done");
        world.tells(&["* LIST () \".\" b", "* LIST () \".\" a", "finished 1 NO done"]);
    });
}

#[test]
fn too_much_is_an_error_and_not_lost() {
    for chunks in [Chunks::Whole, Chunks::One] {
        let mut world = World::new(tls(), Limits { collected: 1000 }, chunks);
        world.says("* PREAUTH ready");
        let task = world.run(List::all());
        world.tells(&["greeting PREAUTH ready"]);
        world.sends(&["A1 LIST \"\" \"*\""]);
        let rows: Vec<_> = (0..50).map(|n| format!("* LIST () \".\" m{n}")).collect();
        rows.iter().for_each(|row| world.says(row));
        world.says("A1 OK done");
        let failure = world.take(task).unwrap_err();
        assert_eq!(failure.reason, Reason::TooLarge { limit: 1000 });
        let kept = failure.answer.data.len();
        assert!((1..20).contains(&kept), "{kept}");
        let mut expected: Vec<_> = rows[kept..].iter().map(|row| &**row).collect();
        expected.push("finished 1 OK done");
        world.tells(&expected);
    }
}

#[test]
fn a_body_that_is_too_large_is_told_from_its_beginning() {
    for chunks in [Chunks::Whole, Chunks::One] {
        let mut world = World::new(tls(), Limits { collected: 100_000 }, chunks);
        world.says("* PREAUTH ready");
        let _ = world
            .run(imap_proto::tasks::Select(imap_proto::Select::new(imap_proto::Mailbox::INBOX)));
        world.says("* 3 EXISTS\r\nA1 OK done");
        let set: SequenceSet<SeqNum> = SequenceSet::all();
        let task = world.run(Fetch::seq_nums(set).body_peek(imap_proto::Section::message()));
        world.sends(&["A1 SELECT INBOX", "A2 FETCH 1:* (BODY.PEEK[])"]);
        world.drain_events();
        let body = "x".repeat(110_000);
        world.says("* 1 FETCH (BODY[] {1}\r\na)");
        world.says(&format!("* 2 FETCH (BODY[] {{110000}}\r\n{body})"));
        world.says("* 3 FETCH (BODY[] {1}\r\na)\r\nA2 OK done");
        world.tells(&[
            "fetch 2",
            "body of 110000",
            &format!("chunk {body}"),
            "body end",
            "fetch end",
            "* 3 FETCH (BODY[] {1}\\r\\na)",
            "finished 2 OK done",
        ]);
        let failure = world.take(task).unwrap_err();
        assert_eq!(failure.reason, Reason::TooLarge { limit: 100_000 });
        assert_eq!(failure.answer.data.len(), 1);
    }
}

#[test]
fn data_behind_the_tagged_line_are_events() {
    selected(|world| {
        let task = world.run(Fetch::seq_nums(SequenceSet::from(SeqNum::MIN)).flags());
        world.sends(&["A2 FETCH 1 (FLAGS)"]);
        world.says("A2 OK done\r\n* 1 FETCH (FLAGS (\\Seen))");
        world.tells(&["finished 2 OK done", "* 1 FETCH (FLAGS (\\Seen))"]);
        assert_eq!(world.take(task).unwrap().rows, []);
    });
}
