//! A task that was cancelled leaves its answer to nobody.

use bytes::{Buf, BytesMut};
use imap_proto::client::Client;
use imap_proto::tasks::{Event, Idle, Select, Streamed, Tasks};
use imap_proto::{CommandBody, Fetch, Mailbox, NumberSet, Section, Uid};
use mail_proto::{Connection, Sent};

use super::client_support::{self, at, command};
use super::world::{given, logged_in, selected};

#[test]
fn two_questions_about_one_mailbox() {
    logged_in(|world| {
        let first = world.run(given!(Status "STATUS INBOX (MESSAGES)"));
        let second = world.run(given!(Status "STATUS inbox (MESSAGES)"));
        let other = world.run(given!(Status "STATUS a (MESSAGES)"));
        world.sends(&["A1 STATUS INBOX (MESSAGES)"]);
        world.cancel(first);
        world.says("* STATUS INBOX (MESSAGES 1)\r\nA1 OK done");
        world.tells(&["* STATUS INBOX (MESSAGES 1)"]);
        world.sends(&["A2 STATUS inbox (MESSAGES)", "A3 STATUS a (MESSAGES)"]);
        world.says(
            "* STATUS a (MESSAGES 3)\r\n* STATUS INBOX (MESSAGES 2)\r\nA3 OK done\r\nA2 OK done",
        );
        world.tells(&["finished 3 OK done", "finished 2 OK done"]);
        assert_eq!(world.take(second).unwrap().messages(), Some(2));
        assert_eq!(world.take(other).unwrap().messages(), Some(3));
    });
}

/// Each of these twice, the first cancelled when half of its answer has come.
#[test]
fn every_kind_of_question() {
    for (text, line) in [
        ("CAPABILITY", "* CAPABILITY IMAP4rev1"),
        ("ID NIL", "* ID NIL"),
        ("NAMESPACE", "* NAMESPACE NIL NIL NIL"),
        ("LIST \"\" \"*\"", "* LIST () \".\" a"),
        ("LSUB \"\" \"*\"", "* LSUB () \".\" a"),
        ("STATUS a (MESSAGES)", "* STATUS a (MESSAGES 1)"),
        ("UID FETCH 1 (FLAGS)", "* 1 FETCH (UID 1 FLAGS ())"),
        ("FETCH 1:* (FLAGS)", "* 1 FETCH (FLAGS ())"),
        ("UID STORE 1 +FLAGS (\\Seen)", "* 1 FETCH (UID 1 FLAGS (\\Seen))"),
        ("UID SEARCH ALL", "* SEARCH 1 2"),
        ("UID SORT (DATE) UTF-8 ALL", "* SORT 1 2"),
        ("UID THREAD REFS UTF-8 ALL", "* THREAD (1)"),
        ("UID MOVE 1 a", "* OK [COPYUID 1 1 1] x"),
        ("GETMETADATA a /shared/comment", "* METADATA a (/shared/comment NIL)"),
        ("GETQUOTA x", "* QUOTA x ()"),
        ("GETQUOTAROOT a", "* QUOTAROOT a"),
        ("GETACL a", "* ACL a"),
        ("MYRIGHTS a", "* MYRIGHTS a l"),
        ("LISTRIGHTS a x", "* LISTRIGHTS a x l"),
        ("ENABLE CONDSTORE", "* ENABLED CONDSTORE"),
        ("LANGUAGE", "* LANGUAGE (EN)"),
    ] {
        selected(|world| {
            let first = world.run(command(text));
            let second = world.run(command(text));
            world.sends(&[&format!("A2 {text}")]);
            world.says(line);
            world.tells(&[]);
            world.cancel(first);
            world.tells(&[line]);
            world.says(&format!("{line}\r\nA2 OK done"));
            world.tells(&[line]);
            world.sends(&[&format!("A3 {text}")]);
            world.says(&format!("{line}\r\nA3 OK done"));
            world.tells(&["finished 3 OK done"]);
            assert_eq!(world.take(second).unwrap().data.len(), 1, "{text}");
        });
    }
}

#[test]
fn one_that_was_not_sent_is_not_sent() {
    logged_in(|world| {
        let first = world.run(*given!(List "LIST \"\" \"*\""));
        let second = world.run(*given!(List "LIST \"\" \"%\""));
        let third = world.run(*given!(List "LIST \"\" \"a\""));
        world.sends(&["A1 LIST \"\" \"*\""]);
        assert_eq!(world.tasks.cancel(second).unwrap(), Sent::Not);
        world.says("* LIST () \".\" a\r\nA1 OK done");
        world.sends(&["A3 LIST \"\" a"]);
        world.says("* LIST () \".\" b\r\nA3 OK done");
        world.tells(&["finished 1 OK done", "finished 3 OK done"]);
        assert_eq!(world.take(first).unwrap().len(), 1);
        assert_eq!(world.take(third).unwrap().len(), 1);
    });
}

#[test]
fn in_the_middle_of_a_body() {
    selected(|world| {
        let set = NumberSet::one(Uid::new(7).unwrap());
        let task = world.run(Fetch::uids(set).body_peek(Section::message()));
        world.sends(&["A2 UID FETCH 7 (BODY.PEEK[])"]);
        world.says_octets(b"* 1 FETCH (UID 7 BODY[] {70000}\r\nabc");
        world.tells(&[]);
        world.cancel(task);
        world.tells(&["fetch 1", "item UID 7", "body of 70000", "chunk abc"]);
        let rest = "d".repeat(69_997);
        world.says(&format!("{rest})\r\nA2 OK done"));
        world.tells(&[&format!("chunk {rest}"), "body end", "fetch end"]);
    });
}

#[test]
fn idle_is_left() {
    selected(|world| {
        let idle = world.run(Idle);
        let noop = world.run(CommandBody::Noop);
        world.says("+ idling");
        world.sends(&["A2 IDLE"]);
        world.cancel(idle);
        world.sends(&["DONE"]);
        world.says("* 173 EXISTS\r\nA2 OK done");
        world.sends(&["A3 NOOP"]);
        world.says("A3 OK done");
        world.tells(&["idling 2", "* 173 EXISTS", "finished 3 OK done"]);
        world.take(noop).unwrap();
    });
}

#[test]
fn a_mailbox_is_opened_all_the_same() {
    selected(|world| {
        let task = world.run(Select(imap_proto::Select::new(Mailbox::new("b").unwrap())));
        world.sends(&["A2 SELECT b"]);
        world.says("* 3 EXISTS");
        world.cancel(task);
        world.says("* OK [UIDVALIDITY 1] x\r\nA2 OK [READ-ONLY] done");
        world.tells(&["* 3 EXISTS", "* OK [UIDVALIDITY 1] x"]);
        let selected = world.tasks.client().selected().unwrap();
        assert_eq!((selected.mailbox.as_bytes(), selected.exists), (&b"b"[..], 3));
    });
}

#[test]
fn what_waits_to_be_told_of_it_is_of_nobody() {
    let mut tasks = Tasks::new(Client::new(client_support::tls()));
    let mut input = BytesMut::from("* PREAUTH ready\r\n");
    tasks.poll(&mut input, at(0)).unwrap();
    let select = tasks.run(Select(imap_proto::Select::new(Mailbox::INBOX))).unwrap();
    let set = NumberSet::one(Uid::new(7).unwrap());
    let fetch = tasks.run(Streamed(Fetch::uids(set).body_peek(Section::message()))).unwrap();
    for says in ["", "* 1 EXISTS\r\nA1 OK done\r\n"] {
        input.extend_from_slice(says.as_bytes());
        while tasks.poll(&mut input, at(0)).unwrap().is_some() {}
        let sent = tasks.transmit(at(0)).remaining();
        tasks.transmit(at(0)).advance(sent);
    }
    input.extend_from_slice(b"* 1 FETCH (UID 7 BODY[] {70000}\r\nabc");
    let first = tasks.poll(&mut input, at(0)).unwrap();
    assert!(matches!(first, Some(Event::Part { .. })), "{first:?}");
    tasks.cancel(fetch).unwrap();
    let mut rest = 0;
    while let Some(event) = tasks.poll(&mut input, at(0)).unwrap() {
        assert!(matches!(event, Event::Fetch(_)), "{event:?}");
        rest += 1;
    }
    assert!(rest > 1);
    drop(select);
}
