//! NO, BAD, BYE and the end of the connection, for every task.

use imap_proto::tasks::Reason;
use mail_proto::{Connection, Sent};

use super::client_support::command;
use super::world::{World, selected};

/// Commands and one line of their answers.
const TASKS: &[(&str, &str)] = &[
    ("CAPABILITY", "* CAPABILITY IMAP4rev1"),
    ("NOOP", ""),
    ("ID NIL", "* ID NIL"),
    ("ENABLE CONDSTORE", "* ENABLED CONDSTORE"),
    ("LIST \"\" \"*\"", "* LIST () \".\" a"),
    ("LIST \"\" \"*\" RETURN (STATUS (MESSAGES))", "* STATUS a (MESSAGES 1)"),
    ("LSUB \"\" \"*\"", "* LSUB () \".\" a"),
    ("XLIST \"\" \"*\"", "* XLIST () \".\" a"),
    ("NAMESPACE", "* NAMESPACE NIL NIL NIL"),
    ("STATUS a (MESSAGES)", "* STATUS a (MESSAGES 1)"),
    ("CREATE a", ""),
    ("DELETE a", ""),
    ("RENAME a b", ""),
    ("SUBSCRIBE a", ""),
    ("SELECT a", "* OK [UIDNEXT 2] x"),
    ("EXAMINE a (CONDSTORE)", "* FLAGS (\\Seen)"),
    ("FETCH 1 (FLAGS)", "* 1 FETCH (FLAGS ())"),
    ("UID FETCH 1:* (BODY.PEEK[])", "* 1 FETCH (UID 9 BODY[] NIL)"),
    ("STORE 1 +FLAGS (\\Seen)", "* 1 FETCH (FLAGS (\\Seen))"),
    ("UID STORE 1 FLAGS (\\Seen)", "* 1 FETCH (UID 1 MODSEQ (5) FLAGS (\\Seen))"),
    ("SEARCH ALL", "* SEARCH 1"),
    ("UID SEARCH RETURN (ALL) ALL", "* ESEARCH (TAG \"A2\") UID ALL 1"),
    ("SORT (DATE) UTF-8 ALL", "* SORT 1"),
    ("THREAD REFS UTF-8 ALL", "* THREAD (1)"),
    ("COPY 1 a", ""),
    ("MOVE 1 a", "* OK [COPYUID 1 1 1] x"),
    ("UID REPLACE 1 a {3+}\r\nabc", "* OK [APPENDUID 1 1] x"),
    ("CLOSE", ""),
    ("UNSELECT", ""),
    ("GETMETADATA a (/shared/comment)", "* METADATA a (/shared/comment NIL)"),
    ("SETMETADATA a (/shared/comment NIL)", ""),
    ("GETQUOTA x", "* QUOTA x ()"),
    ("SETQUOTA x ()", "* QUOTA x ()"),
    ("GETQUOTAROOT a", "* QUOTAROOT a"),
    ("GETACL a", "* ACL a"),
    ("SETACL a x l", ""),
    ("MYRIGHTS a", "* MYRIGHTS a l"),
    ("LISTRIGHTS a x", "* LISTRIGHTS a x l"),
    ("URLFETCH a", "* URLFETCH a NIL"),
    ("GENURLAUTH a INTERNAL", "* GENURLAUTH a"),
];

/// A task in the middle of its answer.
fn with_each(
    story: impl Fn(&mut World, imap_proto::tasks::Handle<imap_proto::CommandBody>, usize),
) {
    for (text, line) in TASKS {
        selected(|world| {
            let task = world.run(command(text));
            world.drain_sent();
            if text.contains("{3+}") {
                world.says("+ go on");
                world.drain_sent();
            }
            if !line.is_empty() {
                world.says(line);
            }
            world.tells(&[]);
            story(world, task, usize::from(!line.is_empty()));
        });
    }
}

#[test]
fn refused() {
    for (word, reason) in [("NO", Reason::No), ("BAD", Reason::Bad)] {
        with_each(|world, task, count| {
            world.says(&format!("A2 {word} [CANNOT] never"));
            world.tells(&[&format!("finished 2 {word} [CANNOT] never")]);
            let failure = world.take(task).unwrap_err();
            assert_eq!(failure.reason, reason);
            assert_eq!(failure.code(), Some(&imap_proto::Code::Cannot));
            assert_eq!(failure.answer.data.len(), count);
        });
    }
}

#[test]
fn the_server_leaves() {
    with_each(|world, task, count| {
        world.says("* BYE for now");
        world.tells(&["* BYE for now", "lost 2 Fully", "closed Bye"]);
        let failure = world.take(task).unwrap_err();
        assert_eq!(failure.reason, Reason::Lost(Sent::Fully));
        assert_eq!((failure.answer.data.len(), failure.answer.text), (count, None));
    });
}

#[test]
fn the_connection_breaks() {
    with_each(|world, task, count| {
        world.eof();
        world.tells(&["lost 2 Fully", "closed Eof"]);
        let failure = world.take(task).unwrap_err();
        assert_eq!(failure.reason, Reason::Lost(Sent::Fully));
        assert_eq!(failure.answer.data.len(), count);
    });
}

#[test]
fn what_was_not_sent_was_not_executed() {
    with_each(|world, task, _| {
        let text = "LIST \"\" \"a\"";
        let (one, two) = (world.run(command(text)), world.run(command(text)));
        world.drain_sent();
        world.tasks.close();
        world.turn();
        world.drain_events();
        drop((task, one));
        assert_eq!(world.take(two).unwrap_err().reason, Reason::Lost(Sent::Not));
    });
}

#[test]
fn agreed() {
    with_each(|world, task, count| {
        world.says("A2 OK done");
        world.tells(&["finished 2 OK done"]);
        assert_eq!(world.take(task).unwrap().data.len(), count);
    });
}
