//! APPEND and REPLACE, whole and as they come.

use imap_proto::tasks::Reason;
use imap_proto::{
    AppendCommand, AppendDataBegin, AppendMessageBegin, AppendPart, Mailbox, Position, Uid,
};

use super::client_support::message;
use super::world::{given, selected, text};

fn begin(size: u64) -> AppendMessageBegin {
    message(AppendDataBegin::Literal { size })
}

#[test]
fn a_message_in_memory() {
    // RFC 9051 section 6.3.12.
    selected(|world| {
        let task = world.run(given!(Append "APPEND saved-messages (\\Seen) {3+}\r\nabc"));
        world.sends_octets("A2 APPEND saved-messages (\\Seen) {3}\r\n");
        world.says("+ go on");
        world.sends(&["abc"]);
        world.says("A2 OK [APPENDUID 38505 3955] APPEND completed");
        world.tells(&["finished 2 OK [APPENDUID 38505 3955] APPEND completed"]);
        let (uid_validity, uids) = world.take(task).unwrap().uids.unwrap();
        assert_eq!((uid_validity.get(), text(|it| uids.encode(it))), (38505, "3955".to_owned()));
    });
}

#[test]
fn a_message_that_comes() {
    selected(|world| {
        let task = world.tasks.append(AppendCommand::Append, Mailbox::INBOX, &begin(5)).unwrap();
        world.turn();
        world.sends_octets("A2 APPEND INBOX {5}\r\n");
        world.says("+ go on");
        world.tells(&["room 2"]);
        world.tasks.supply(&task, "ab".into()).unwrap();
        world.turn();
        world.sends_octets("ab");
        world.tells(&["room 2"]);
        world.tasks.supply(&task, "cde".into()).unwrap();
        world.turn();
        world.sends(&["cde"]);
        world.says("* 173 EXISTS\r\nA2 OK done");
        world.tells(&["* 173 EXISTS", "finished 2 OK done"]);
        assert_eq!(world.take(task).unwrap().uids, None);
    });
}

#[test]
fn several_messages() {
    // RFC 3502 section 6.3.11.
    selected(|world| {
        world.says("* CAPABILITY IMAP4rev1 MULTIAPPEND UIDPLUS");
        world.drain_events();
        let task = world.tasks.begin_append(AppendCommand::Append, Mailbox::INBOX).unwrap();
        for octets in ["ab", "c"] {
            let begin = begin(octets.len() as u64);
            world.tasks.append_part(&task, AppendPart::MessageBegin(begin.into())).unwrap();
            world.turn();
            world.says("+ go on");
            world.tasks.supply(&task, octets.into()).unwrap();
            world.tasks.append_part(&task, AppendPart::MessageEnd).unwrap();
        }
        world.tasks.append_part(&task, AppendPart::End).unwrap();
        world.turn();
        world.sends(&["A2 APPEND INBOX {2}", "ab {1}", "c"]);
        world.drain_events();
        world.says("A2 OK [APPENDUID 1 5:6] done");
        world.tells(&["finished 2 OK [APPENDUID 1 5:6] done"]);
        let (_, uids) = world.take(task).unwrap().uids.unwrap();
        assert_eq!(uids.count(), 2);
    });
}

#[test]
fn a_refused_message_is_owed() {
    selected(|world| {
        let task = world.tasks.append(AppendCommand::Append, Mailbox::INBOX, &begin(4)).unwrap();
        world.turn();
        world.says("+ go on");
        world.tasks.supply(&task, "ab".into()).unwrap();
        world.turn();
        world.sends_octets("A2 APPEND INBOX {4}\r\nab");
        world.drain_events();
        world.says("A2 NO [OVERQUOTA] full");
        world.tells(&["finished 2 NO [OVERQUOTA] full", "room 2"]);
        world.tasks.supply(&task, "cd".into()).unwrap();
        world.turn();
        world.sends(&["cd"]);
        assert_eq!(world.take(task).unwrap_err().reason, Reason::No);
    });
}

#[test]
fn replaced() {
    // RFC 8508 section 3.4.
    selected(|world| {
        world.says("* CAPABILITY IMAP4rev1 REPLACE LITERAL+");
        world.drain_events();
        let which = AppendCommand::UidReplace(Position::Number(Uid::new(2000).unwrap()));
        let task = world.tasks.append(which, Mailbox::new("Drafts").unwrap(), &begin(1)).unwrap();
        world.tasks.supply(&task, "a".into()).unwrap();
        world.turn();
        world.sends(&["A2 UID REPLACE 2000 Drafts {1+}", "a"]);
        world.drain_events();
        world
            .says("* OK [APPENDUID 1 2000] Replacement Message ready\r\n* 5 EXISTS\r\n* 4 EXPUNGE");
        world.says("A2 OK REPLACE completed");
        world.tells(&["* 5 EXISTS", "* 4 EXPUNGE", "finished 2 OK REPLACE completed"]);
        let (_, uids) = world.take(task).unwrap().uids.unwrap();
        assert_eq!(text(|it| uids.encode(it)), "2000");
    });
}
