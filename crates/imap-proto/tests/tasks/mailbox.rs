//! ENABLE, ID, NAMESPACE, STATUS, LSUB, CREATE.

use imap_proto::tasks::{Lsub, Namespace, Reason, Subscribe};
use imap_proto::{Capability, Mailbox};

use super::world::{given, logged_in, text};

#[test]
fn enable_says_what_is_on() {
    // RFC 5161 section 3.1.
    logged_in(|world| {
        let enable = given!(Enable "ENABLE CONDSTORE X-GOOD-IDEA");
        let sent = "ENABLE CONDSTORE X-GOOD-IDEA";
        let enabled = world.answers(enable.clone(), sent, &["* ENABLED x-good-idea", "OK foo"]);
        let enabled = enabled.unwrap();
        assert!(enabled.has("X-GOOD-IDEA") && !enabled.contains(&Capability::CondStore));
        assert_eq!(world.answers(enable, sent, &["OK nothing"]).unwrap().as_slice(), []);
        world.says("* ENABLED CONDSTORE");
        world.tells(&["* ENABLED CONDSTORE"]);
    });
}

#[test]
fn id_of_the_server() {
    // RFC 2971 section 3.2.
    logged_in(|world| {
        let id = *given!(Id "ID NIL");
        let answer = ["* ID (\"name\" \"Cyrus\" \"version\" \"1.5\")", "OK ID completed"];
        let told = world.answers(id.clone(), "ID NIL", &answer).unwrap();
        assert_eq!(told.get("name"), Some(&b"Cyrus"[..]));
        let failure = world.answers(id, "ID NIL", &["OK ID completed"]).unwrap_err();
        assert_eq!(failure.reason, Reason::Missing);
        assert_eq!(failure.to_string(), "the server said OK without the data: ID completed");
    });
}

#[test]
fn namespaces() {
    // RFC 2342 section 5, example 5.5.
    logged_in(|world| {
        let answer = [
            "* NAMESPACE ((\"\" \"/\")) ((\"~\" \"/\")) ((\"#shared/\" \"/\")(\"#public/\" \"/\"))",
            "OK NAMESPACE command completed",
        ];
        let data = world.answers(Namespace, "NAMESPACE", &answer).unwrap();
        assert_eq!((data.personal.len(), data.other.len(), data.shared.len()), (1, 1, 2));
        assert_eq!(data.other[0].prefix.as_bytes(), b"~");
    });
}

#[test]
fn status_of_this_mailbox_and_of_others() {
    // RFC 9051 section 6.3.11, with news of another mailbox (RFC 5465).
    logged_in(|world| {
        let status = given!(Status "STATUS blurdybloop (UIDNEXT MESSAGES)");
        let task = world.run(status);
        world.sends(&["A1 STATUS blurdybloop (UIDNEXT MESSAGES)"]);
        world.says("* STATUS other (MESSAGES 1)");
        world.says("* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)");
        world.says("A1 OK STATUS completed");
        world.says("* STATUS blurdybloop (MESSAGES 232)");
        world.tells(&[
            "* STATUS other (MESSAGES 1)",
            "finished 1 OK STATUS completed",
            "* STATUS blurdybloop (MESSAGES 232)",
        ]);
        let data = world.take(task).unwrap();
        assert_eq!((data.messages(), data.uid_next().unwrap().get()), (Some(231), 44292));
    });
}

#[test]
fn names_in_other_case_and_in_other_form() {
    logged_in(|world| {
        let status = given!(Status "STATUS inbox (MESSAGES)");
        let answer = ["* STATUS \"InBox\" (MESSAGES 3)", "OK done"];
        let data = world.answers(status, "STATUS inbox (MESSAGES)", &answer).unwrap();
        assert_eq!(data.messages(), Some(3));

        let status = given!(Status "STATUS &ZeVnLIqe- (MESSAGES UIDNEXT)");
        let answer = [
            "* STATUS \"\u{65e5}\u{672c}\u{8a9e}\" (MESSAGES 4)",
            "* STATUS &ZeVnLIqe- (UIDNEXT 5)",
            "OK done",
        ];
        let task = world.run(status);
        world.sends(&["A2 STATUS &ZeVnLIqe- (MESSAGES UIDNEXT)"]);
        answer.iter().for_each(|line| world.says(&line.replace("OK", "A2 OK")));
        world.tells(&["finished 2 OK done"]);
        let data = world.take(task).unwrap();
        assert_eq!((data.messages(), data.uid_next().unwrap().get()), (Some(4), 5));
    });
}

#[test]
fn a_status_without_data_is_no_status() {
    logged_in(|world| {
        let status = given!(Status "STATUS a (MESSAGES)");
        let failure = world.answers(status, "STATUS a (MESSAGES)", &["OK done"]).unwrap_err();
        assert_eq!(failure.reason, Reason::Missing);
    });
}

#[test]
fn subscriptions() {
    // RFC 3501 section 6.3.9.
    logged_in(|world| {
        let lsub = Lsub(given!(Lsub "LSUB \"#news.\" \"comp.mail.*\""));
        let answer = [
            "* LSUB () \".\" #news.comp.mail.mime",
            "* LSUB () \".\" #news.comp.mail.misc",
            "OK LSUB completed",
        ];
        let rows = world.answers(lsub, "LSUB #news. \"comp.mail.*\"", &answer).unwrap();
        let names: Vec<_> = rows.iter().map(|row| row.mailbox.as_bytes()).collect();
        assert_eq!(names, [b"#news.comp.mail.mime", b"#news.comp.mail.misc"]);
        let subscribe = Subscribe(Mailbox::new("a").unwrap());
        world.answers(subscribe, "SUBSCRIBE a", &["OK done"]).unwrap();
    });
}

#[test]
fn create_may_say_what_names_it() {
    // RFC 8474 section 4.1.
    logged_in(|world| {
        let create = given!(Create "CREATE foo");
        let id =
            world.answers(create, "CREATE foo", &["OK [MAILBOXID (F2212ea87-6097-4256)] made"]);
        let id = id.unwrap().unwrap();
        assert_eq!(text(|encoder| id.encode(encoder)), "F2212ea87-6097-4256");
    });
}
