//! What is known of the mailbox, and what brings it back.

use imap_proto::client::{Client, Selected, restore};
use imap_proto::{Capability, CommandBody, Encoder, Negotiated, SystemFlag};

use super::client_support::{Chunks, Dialogue, tls};

fn session(script: &str) -> Dialogue {
    let mut dialogue = Dialogue::new(Client::new(tls()), Chunks::Whole);
    dialogue.run(
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready",
    );
    run_loose(&mut dialogue, script);
    dialogue
}

/// Runs without looking at what is told and handed out.
fn run_loose(dialogue: &mut Dialogue, script: &str) {
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        dialogue.run_unchecked(line);
    }
}

const SELECT: &str = "
    + SELECT Work
    S: * 172 EXISTS
    S: * 1 RECENT
    S: * OK [UIDVALIDITY 3857529045] UIDs valid
    S: * OK [UIDNEXT 4392] Predicted next UID
    S: * OK [HIGHESTMODSEQ 715194045007] ok
    S: * FLAGS (\\Answered \\Seen $Junk)
    S: * OK [PERMANENTFLAGS (\\Seen \\*)] Limited
    S: A1 OK [READ-WRITE] done";

fn selected(dialogue: &Dialogue) -> &Selected {
    dialogue.client.selected().unwrap()
}

#[test]
fn what_select_tells() {
    let dialogue = session(SELECT);
    let it = selected(&dialogue);
    assert_eq!(it.mailbox.as_bytes(), b"Work");
    assert_eq!((it.exists, it.recent, it.read_only), (172, 1, false));
    assert_eq!(it.uid_validity.unwrap().get(), 3_857_529_045);
    assert_eq!(it.uid_next.unwrap().get(), 4392);
    assert_eq!(it.highest_mod_seq.unwrap().get(), 715_194_045_007);
    assert!(it.flags.has(SystemFlag::Answered) && it.flags.others().len() == 1);
    let permanent = it.permanent_flags.as_ref().unwrap();
    assert!(permanent.new_keywords && permanent.flags.is_seen());
    assert!(!it.uid_not_sticky);
}

#[test]
fn it_is_kept_up_to_date() {
    let mut dialogue = session(SELECT);
    run_loose(
        &mut dialogue,
        "
        S: * 174 EXISTS
        S: * 4 EXPUNGE
        S: * VANISHED 41,43:45
        S: * VANISHED (EARLIER) 1:1000
        S: * OK [UIDNEXT 4400] x
        + EXPUNGE
        S: A2 OK [HIGHESTMODSEQ 715194045009] done",
    );
    let it = selected(&dialogue);
    assert_eq!((it.exists, it.uid_next.unwrap().get()), (169, 4400));
    assert_eq!(it.highest_mod_seq.unwrap().get(), 715_194_045_009);
    run_loose(
        &mut dialogue,
        "
        S: * VANISHED 1:4294967295
        S: * 1 EXPUNGE",
    );
    assert_eq!(selected(&dialogue).exists, 0);
}

#[test]
fn what_is_said_while_a_select_waits_or_is_not_understood_is_about_the_old_mailbox() {
    let mut dialogue = session(SELECT);
    run_loose(
        &mut dialogue,
        "
        ! room 0
        ! send SELECT Other
        S: * OK [UIDNEXT 5000] x
        S: * 100 EXPUNGE
        ! room all
        S: * OK [HIGHESTMODSEQ 7] x",
    );
    assert_eq!(
        (selected(&dialogue).exists, selected(&dialogue).mailbox.as_bytes()),
        (171, &b"Work"[..])
    );
    let mut twin = session(SELECT);
    run_loose(
        &mut twin,
        "
        + SELECT Other
        S: * 100 EXPUNGE
        S: A2 BAD what",
    );
    assert_eq!(selected(&twin).exists, 171);
    run_loose(
        &mut dialogue,
        "
        S: * 3 EXISTS
        S: A2 OK done",
    );
    let it = selected(&dialogue);
    assert_eq!((it.mailbox.as_bytes(), it.exists, it.uid_next), (&b"Other"[..], 3, None));
    assert_eq!(it.highest_mod_seq.unwrap().get(), 7);
}

#[test]
fn what_is_said_of_a_mailbox_that_is_created_is_not_about_the_selected_one() {
    let mut dialogue = session(SELECT);
    run_loose(
        &mut dialogue,
        "
        S: * OK [MAILBOXID (F1)] x
        + CREATE Other
        S: A2 OK [MAILBOXID (F2)] done",
    );
    assert_eq!(selected(&dialogue).mailbox_id.as_ref().unwrap().as_bytes(), b"F1");
}

#[test]
fn what_is_said_before_closed_is_about_the_old_mailbox() {
    let mut dialogue = session(SELECT);
    run_loose(
        &mut dialogue,
        "
        + EXAMINE Other
        S: * 180 EXISTS
        S: * OK [UIDNEXT 5] x
        S: * OK [CLOSED] the old one is closed
        S: * 3 EXISTS",
    );
    assert!(dialogue.client.selected().is_none());
    run_loose(
        &mut dialogue,
        "
        S: A2 OK [READ-ONLY] done",
    );
    let it = selected(&dialogue);
    assert_eq!((it.mailbox.as_bytes(), it.exists, it.uid_next), (&b"Other"[..], 3, None));
    assert!(it.read_only);
}

#[test]
fn closed_means_nothing_where_nothing_is_selected_instead() {
    let mut dialogue = session(SELECT);
    run_loose(
        &mut dialogue,
        "
        S: * OK [CLOSED] x
        ! state selected",
    );
    assert_eq!(selected(&dialogue).exists, 172);
}

#[test]
fn a_select_that_fails_leaves_none_and_one_that_is_not_understood_the_old_one() {
    for (answer, is_left) in [("NO no", false), ("BAD what", true)] {
        let mut dialogue = session(SELECT);
        run_loose(
            &mut dialogue,
            &format!(
                "
            + SELECT Other
            S: A2 {answer}"
            ),
        );
        assert_eq!(dialogue.client.selected().is_some(), is_left, "{answer}");
        run_loose(
            &mut dialogue,
            if is_left { "! state selected" } else { "! state authenticated" },
        );
    }
    for leave in ["CLOSE", "UNSELECT"] {
        let mut dialogue = session(SELECT);
        run_loose(
            &mut dialogue,
            &format!(
                "
            + {leave}
            S: A2 NO no"
            ),
        );
        assert!(dialogue.client.selected().is_some());
        run_loose(
            &mut dialogue,
            &format!(
                "
            + {leave}
            S: A3 OK done"
            ),
        );
        assert!(dialogue.client.selected().is_none());
    }
}

#[test]
fn enabled_counts_not_the_ok() {
    // Q24, Q25
    let mut dialogue = session(
        "
        S: * ENABLED QRESYNC
        + ENABLE QRESYNC CONDSTORE
        S: A1 OK done",
    );
    assert_eq!(dialogue.client.enabled(), []);
    run_loose(
        &mut dialogue,
        "
        + ENABLE QRESYNC CONDSTORE
        S: * ENABLED CONDSTORE QRESYNC
        S: A2 OK done
        + ENABLE QRESYNC UTF8=ACCEPT
        S: * ENABLED QRESYNC UTF8=ACCEPT
        S: A3 OK done",
    );
    let enabled = [Capability::CondStore, Capability::QResync, Capability::Utf8Accept];
    assert_eq!(dialogue.client.enabled(), enabled);
    // UTF-8 goes in quotes now, but not behind UNAUTHENTICATE.
    dialogue.run(
        "
        + CREATE {2+}\\r\\n\u{e9}
        C: A4 CREATE \"\u{e9}\"
        S: A4 OK done
        = 4 OK done
        + UNAUTHENTICATE
        C: A5 UNAUTHENTICATE
        S: A5 OK done
        = 5 OK done",
    );
    assert_eq!(dialogue.client.enabled(), []);
}

fn written(commands: &[CommandBody]) -> Vec<String> {
    let write = |command: &CommandBody| {
        let mut out = Vec::new();
        command.encode(&mut Encoder::new(&mut out, Negotiated::client()));
        String::from_utf8(out).unwrap()
    };
    commands.iter().map(write).collect()
}

#[test]
fn a_session_is_restored() {
    let dialogue = session(SELECT);
    let it = selected(&dialogue);
    let list = |names: &[&'static str]| {
        names
            .iter()
            .map(|name| Capability::new(*name).unwrap())
            .collect::<imap_proto::Capabilities>()
    };
    let enabled = [Capability::CondStore, Capability::Utf8Accept];
    assert_eq!(
        written(&restore(&list(&["IMAP4rev1", "ENABLE", "QRESYNC"]), &enabled, Some(it))),
        ["ENABLE CONDSTORE QRESYNC", "SELECT Work (QRESYNC (3857529045 715194045007))"]
    );
    assert_eq!(
        written(&restore(&list(&["IMAP4rev1", "CONDSTORE"]), &enabled, Some(it))),
        ["SELECT Work (CONDSTORE)"]
    );
    let mut read_only = it.clone();
    read_only.read_only = true;
    assert_eq!(written(&restore(&list(&["IMAP4rev1"]), &[], Some(&read_only))), ["EXAMINE Work"]);
    assert!(restore(&list(&["IMAP4rev1"]), &[], None).is_empty());
}
