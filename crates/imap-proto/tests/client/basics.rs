//! Greeting, tags, completion, untagged data, what cannot be read.

use super::client_support::{dialogue, logged_in, open, selected, tls};

#[test]
fn greetings() {
    dialogue(
        open(),
        "
        ! state not authenticated
        S: * OK [CAPABILITY IMAP4rev2 STARTTLS] ready
        = greeting OK [CAPABILITY IMAP4rev2 STARTTLS] ready
        ! capabilities Greeting IMAP4rev2 STARTTLS
        ! state not authenticated",
    );
    dialogue(
        tls(),
        "
        S: * PREAUTH hello joe
        = greeting PREAUTH hello joe
        ! state authenticated",
    );
    // Q38
    dialogue(
        open(),
        "
        S: * BYE [ALERT] Too many simultaneous connections. (Failure)
        = greeting BYE [ALERT] Too many simultaneous connections. (Failure)
        = closed Bye
        ! next Close
        !! Closed: send NOOP",
    );
    // Q1
    dialogue(
        open(),
        "
        S: \\0\\0* OK ready
        = defect leading-nul 0
        = greeting OK ready",
    );
    for wrong in ["* NO x", "* 1 EXISTS", "A1 OK x", "+ x", "+OK ready", "HTTP/1.1 200 OK"] {
        dialogue(
            open(),
            &format!(
                "
            S: {wrong}
            = error out of step at octet 0: expected a greeting: * OK, * PREAUTH or * BYE
            = closed Error
            ! next Close"
            ),
        );
    }
}

#[test]
fn no_event_comes_before_the_greeting() {
    dialogue(
        tls(),
        "
        S- * 1 FETCH (BODY[] {100000}\\r\\nabc
        = error out of step at octet 0: expected a greeting: * OK, * PREAUTH or * BYE
        = closed Error",
    );
}

#[test]
fn nothing_is_sent_before_the_greeting() {
    dialogue(
        open(),
        "
        + CAPABILITY
        + NOOP
        S: * OK ready
        = greeting OK ready
        C: A1 CAPABILITY
        C: A2 NOOP
        S: * CAPABILITY IMAP4rev1 XPIG-LATIN
        = * CAPABILITY IMAP4rev1 XPIG-LATIN
        ! capabilities Untagged IMAP4rev1 XPIG-LATIN
        S: A1 OK done
        = 1 OK done
        S: A2 NO [ALERT] no
        = 2 NO [ALERT] no",
    );
}

#[test]
fn untagged_data_in_every_state() {
    // Q106, Q108, Q16: an untagged NO or BAD answers no command.
    logged_in(
        "
        S: * NO [ALERT] Account exceeded bandwidth limits. (Failure)
        = * NO [ALERT] Account exceeded bandwidth limits. (Failure)
        + NOOP
        C: A1 NOOP
        S: * BAD [ALERT] Please enable IMAP access
        = * BAD [ALERT] Please enable IMAP access
        S: * 7 XSNIPPET (\"a\")
        = * 7 XSNIPPET (\"a\")
        S: * OK Still here
        = * OK Still here
        S: A1 OK done
        = 1 OK done",
    );
}

#[test]
fn tags_are_exact() {
    for wrong in ["a1", "A01", "A2", "A", "B1", "A18446744073709551616", "1"] {
        logged_in(&format!(
            "
            + NOOP
            C: A1 NOOP
            S: {wrong} OK done
            = defect unknown-tag 17
            S: A1 OK done
            = 1 OK done
            S: A1 OK done
            = defect unknown-tag {}",
            17 + wrong.len() + 10 + 12
        ));
    }
}

#[test]
fn a_tagged_status_completes_its_command_whatever_stands_in_it() {
    let strict = imap_proto::client::Config { leniency: mail_proto::Leniency::strict(), ..tls() };
    dialogue(
        strict,
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        + NOOP
        C: A1 NOOP
        S: A1 OK [COPYUID] done
        = unparsed 31: A1 OK [COPYUID] done [one space]
        = 1 OK  [COPYUID] done
        + NOOP
        C: A2 NOOP
        S: A2 NO
        = unparsed 44: A2 NO [a space and a text]
        = 2 NO",
    );
    logged_in(
        "
        + NOOP
        C: A1 NOOP
        S: A1 FINE done
        = unparsed 20: A1 FINE done [OK, NO or BAD]
        S: A1 OK done
        = 1 OK done",
    );
}

#[test]
fn what_cannot_be_read_loses_nothing_else() {
    selected(
        "
        S: Server Unavailable. 15
        = unparsed 61: Server Unavailable. 15 [OK, NO or BAD]
        S: * STATUS
        = unparsed 86: * STATUS [one space]
        S: * 1 FETCH (UID x)
        = unparsed 103: * 1 FETCH (UID x) [a number from 1 to 4294967295]
        S: * 3 EXISTS
        = * 3 EXISTS
        S: 
        = unparsed 119:  [a tag]
        S: * 12 EXPUNGE
        = * 12 EXPUNGE",
    );
}

#[test]
fn bye_ends_the_connection_unless_it_was_asked_for() {
    logged_in(
        "
        + NOOP
        + SELECT INBOX
        + FETCH 1 FLAGS
        C: A1 NOOP
        C: A2 SELECT INBOX
        S: * BYE Autologout
        = * BYE Autologout
        = lost 1 (sent)
        = lost 2 (sent)
        = lost 3 (not sent)
        = closed Bye
        S: * BYE Autologout
        ! next Close",
    );
    logged_in(
        "
        + LOGOUT
        C: A1 LOGOUT
        !! State: send NOOP
        S: * BYE bye
        = * BYE bye
        S: * 1 EXISTS
        = * 1 EXISTS
        S: A1 OK done
        = 1 OK done
        = closed Logout
        ! state logout",
    );
    // Q103
    logged_in(
        "
        + LOGOUT
        C: A1 LOGOUT
        S: * BYE bye
        = * BYE bye
        S: * BYE bye
        = * BYE bye
        = lost 1 (sent)
        = closed Bye",
    );
    logged_in(
        "
        + LOGOUT
        C: A1 LOGOUT
        S: A1 BYE bye
        = defect tagged-bye 20
        = 1 BYE bye
        = closed Logout",
    );
}

#[test]
fn at_the_end_each_command_learns_how_far_it_was_sent() {
    logged_in(
        "
        ! room 5
        ! send NOOP
        ! send ID NIL
        C- A1 NO
        ! eof
        = lost 1 (partly sent)
        = lost 2 (not sent)
        = closed Eof
        ! next Close",
    );
    logged_in(
        "
        + NOOP
        C: A1 NOOP
        S- * 1 EXIS
        ! eof
        = lost 1 (sent)
        = closed Eof",
    );
    logged_in(
        "
        + NOOP
        C: A1 NOOP
        ! close
        = lost 1 (sent)
        = closed Local",
    );
}
