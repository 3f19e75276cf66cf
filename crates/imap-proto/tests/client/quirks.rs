//! Servers as they are: the cases of QUIRKS.md about what happens when (sections A, C and J).

use super::client_support::{dialogue, logged_in, open, selected, tls};
use imap_proto::client::Config;

#[test]
fn q14_codes_without_a_status() {
    selected(
        "
        + UID MOVE 1 a
        C: A2 UID MOVE 1 a
        S: [COPYUID 55 31 6]
        = defect missing-condition 63
        = defect no-resp-text 71
        = * OK [COPYUID 55 31 6]
        S: * 1 EXPUNGE
        = * 1 EXPUNGE
        S: * 0 EXISTS
        = * 0 EXISTS
        S: A2 OK MOVE completed.
        = 2 OK MOVE completed.",
    );
}

#[test]
fn q17_login_ok_and_nothing_works() {
    dialogue(
        tls(),
        "
        S: * OK ready
        = greeting OK ready
        + LOGIN a b
        C: A1 LOGIN a b
        S: A1 OK [ALERT] Please enable IMAP access in your account settings first.
        = 1 OK [ALERT] Please enable IMAP access in your account settings first.
        + NAMESPACE
        C: A2 NAMESPACE
        S: A2 BAD User is authenticated but not connected.
        = 2 BAD User is authenticated but not connected.",
    );
}

#[test]
fn q23_a_list_replaces_the_one_before() {
    logged_in(
        "
        S: * CAPABILITY IMAP4rev1 IDLE UIDPLUS
        = * CAPABILITY IMAP4rev1 IDLE UIDPLUS
        S: * CAPABILITY IMAP4 XYZ=1 auth=plain
        = * CAPABILITY IMAP4 XYZ=1 AUTH=PLAIN
        ! capabilities Untagged IMAP4 XYZ=1 AUTH=PLAIN",
    );
}

#[test]
fn q36_servers_that_read_one_form_of_strings() {
    let config = |strings| Config { strings, ..tls() };
    dialogue(
        config(imap_proto::Strings::Quoted),
        "
        S: * OK ready
        = greeting OK ready
        + LOGIN a b
        C: A1 LOGIN \"a\" \"b\"",
    );
    dialogue(
        config(imap_proto::Strings::Literal),
        "
        S: * OK ready
        = greeting OK ready
        + LOGIN a b
        C: A1 LOGIN {1}
        S: + 
        C: a {1}
        S: + 
        C: b",
    );
}

#[test]
fn q37_starttls_is_not_listed_behind_tls() {
    dialogue(
        open(),
        "
        S: * OK ready
        = greeting OK ready
        + STARTTLS
        + CAPABILITY
        C: A1 STARTTLS
        S: A1 OK Begin TLS
        = 1 OK Begin TLS
        ! hand-over
        = secured
        C: A2 CAPABILITY
        S: * CAPABILITY IMAP4rev1
        = * CAPABILITY IMAP4rev1
        S: A2 OK done
        = 2 OK done",
    );
}

#[test]
fn q101_expunge_while_numbers_are_in_use_is_told_where_it_stands() {
    selected(
        "
        + FETCH 1:5 UID
        C: A2 FETCH 1:5 UID
        S: * 5 FETCH (UID 5)
        = * 5 FETCH (UID 5)
        S: * 2 EXPUNGE
        = * 2 EXPUNGE
        S: * 5 EXPUNGE
        = * 5 EXPUNGE
        S: * 4 EXISTS
        = * 4 EXISTS
        S: A2 OK FETCH completed.
        = 2 OK FETCH completed.",
    );
}

#[test]
fn q102_vanished_without_uids() {
    selected(
        "
        S: * VANISHED (EARLIER)
        = unparsed 74: * VANISHED (EARLIER) [one space]
        S: * VANISHED (EARLIER) 1:4294967295
        = * VANISHED (EARLIER) 1:4294967295",
    );
}

#[test]
fn q103_bye_without_end() {
    logged_in(
        "
        S: * BYE Autologout
        = * BYE Autologout
        = closed Bye
        S: * BYE Autologout
        S: * BYE Autologout
        ! next Close",
    );
}

#[test]
fn q104_idle_that_was_never_accepted_but_talks() {
    logged_in(
        "
        + IDLE
        C: A1 IDLE
        S: * 5 EXISTS
        = * 5 EXISTS
        ! done 1
        S: A1 OK Idle completed
        = 1 OK Idle completed (partly sent)
        + NOOP
        C: A2 NOOP",
    );
}

#[test]
fn q107_untagged_no_is_a_warning() {
    selected(
        "
        + STATUS INBOX (MESSAGES)
        C: A2 STATUS INBOX (MESSAGES)
        S: * NO CLIENT BUG DETECTED: STATUS on selected mailbox: INBOX
        = * NO CLIENT BUG DETECTED: STATUS on selected mailbox: INBOX
        S: * STATUS INBOX (MESSAGES 9)
        = * STATUS INBOX (MESSAGES 9)
        S: A2 OK done
        = 2 OK done",
    );
}

#[test]
fn s23_counts_are_believed_and_reserve_nothing() {
    selected(
        "
        S: * 4294967295 EXISTS
        = * 4294967295 EXISTS
        S: * 4294967296 EXISTS
        = unparsed 77: * 4294967296 EXISTS [a number below 4294967296]
        S: * 0 EXISTS
        = * 0 EXISTS
        S: * 7 EXPUNGE
        = * 7 EXPUNGE",
    );
}

#[test]
fn s7_an_event_can_be_asked_whether_it_was_protected() {
    use mail_proto::{Connection, Instant, Security};
    let now = Instant::default();
    let mut client = imap_proto::client::Client::new(Config::default());
    let mut input = bytes::BytesMut::from("* OK [ALERT] send us your password\r\n");
    assert!(client.poll(&mut input, now).unwrap().is_some());
    assert_eq!(client.security(), Security::Plain);
}

#[test]
fn q31_plus_alone_goes_ahead_everywhere() {
    logged_in(
        "
        + IDLE
        C: A1 IDLE
        S: +
        = defect bare-plus 18
        = idling 1
        ! done 1
        C: DONE
        S: A1 OK done
        = 1 OK done
        ! append 3 a
        C: A2 APPEND a {3}
        S: +
        = defect bare-plus 33
        = room 2
        ! supply 2 abc
        C: abc
        S: A2 OK done
        = 2 OK done",
    );
    dialogue(
        open(),
        "
        S: * OK ready
        = greeting OK ready
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: +
        = defect bare-plus 13
        = challenge 1
        ! respond 1 \\0a\\0b
        C: AGEAYg==
        S: A1 OK done
        = 1 OK done",
    );
}

#[test]
fn q33_prompts_are_told_as_they_are() {
    dialogue(
        open(),
        "
        S: * OK ready
        = greeting OK ready
        + AUTHENTICATE LOGIN
        C: A1 AUTHENTICATE LOGIN
        S: + VXNlciBOYW1lAA==
        = challenge 1 User Name\\x00
        ! respond 1 joe
        C: am9l
        S: + UGFzc3dvcmQA
        = challenge 1 Password\\x00
        ! respond 1 secret
        C: c2VjcmV0
        S: A1 OK done
        = 1 OK done",
    );
}

#[test]
fn q34_who_offers_sasl_ir_and_does_not_take_it_is_asked_again_without() {
    let ready = "
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
        = greeting OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
        + AUTHENTICATE PLAIN AGEAYg==";
    dialogue(
        open(),
        &format!(
            "{ready}
        C: A1 AUTHENTICATE PLAIN AGEAYg==
        S: A1 BAD
        = defect no-resp-text 60
        = 1 BAD"
        ),
    );
    dialogue(
        Config { initial_response: false, ..open() },
        &format!(
            "{ready}
        C: A1 AUTHENTICATE PLAIN
        S: + 
        C: AGEAYg==
        S: A1 OK done
        = 1 OK done"
        ),
    );
}

#[test]
fn q35_mechanisms_are_tried_in_the_order_of_the_application() {
    dialogue(
        open(),
        "
        S: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 AUTH=PLAIN] ready
        = greeting OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 AUTH=PLAIN] ready
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: A1 NO no
        = 1 NO no
        + AUTHENTICATE CRAM-MD5
        C: A2 AUTHENTICATE CRAM-MD5
        S: A2 NO broken
        = 2 NO broken
        + LOGIN a b
        C: A3 LOGIN a b
        S: A3 OK done
        = 3 OK done",
    );
}

#[test]
fn q105_the_selected_mailbox_may_be_selected_again() {
    selected(
        "
        + NOOP
        C: A2 NOOP
        S: A2 OK
        = defect no-resp-text 59
        = 2 OK
        + SELECT INBOX
        C: A3 SELECT INBOX
        S: * 10 EXISTS
        = * 10 EXISTS
        S: A3 OK [READ-WRITE] done
        = 3 OK [READ-WRITE] done
        ! state selected",
    );
}

#[test]
fn q106_data_come_in_the_midst_of_an_exchange_and_of_an_upload() {
    dialogue(
        open(),
        "
        S: * OK ready
        = greeting OK ready
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: * OK [ALERT] hi
        = * OK [ALERT] hi
        S: + 
        = challenge 1
        S: * OK [ALERT] again
        = * OK [ALERT] again
        ! respond 1 \\0a\\0b
        C: AGEAYg==
        S: A1 OK done
        = 1 OK done
        ! append 3 a
        C: A2 APPEND a {3}
        S: * 5 EXISTS
        = * 5 EXISTS
        S: + go
        = room 2
        S: * 6 EXISTS
        = * 6 EXISTS
        ! supply 2 abc
        C: abc
        S: A2 OK done
        = 2 OK done
        + LOGOUT
        C: A3 LOGOUT
        S: * BYE bye
        = * BYE bye
        S: * 7 EXISTS
        = * 7 EXISTS
        S: A3 OK done
        = 3 OK done
        = closed Logout",
    );
}

#[test]
fn q108_no_number_of_warnings_is_the_answer_of_a_command() {
    let warning = "
        S: * NO [ALERT] Account exceeded bandwidth limits. (Failure)
        = * NO [ALERT] Account exceeded bandwidth limits. (Failure)
        S: * BAD [ALERT] Something
        = * BAD [ALERT] Something";
    selected(&format!(
        "
        + NOOP
        C: A2 NOOP{}
        S: A2 OK done
        = 2 OK done",
        warning.repeat(50)
    ));
}

#[test]
fn q124_data_that_came_before_a_no_have_been_told() {
    selected(
        "
        + UID FETCH 1:2 FLAGS
        C: A2 UID FETCH 1:2 FLAGS
        S: * 1 FETCH (UID 1 FLAGS ())
        = * 1 FETCH (UID 1 FLAGS ())
        S: A2 NO Some messages could not be FETCHed (Failure)
        = 2 NO Some messages could not be FETCHed (Failure)",
    );
}

#[test]
fn q127_an_end_instead_of_an_answer_says_what_was_sent() {
    selected(
        "
        + UID FETCH 1:* FLAGS
        C: A2 UID FETCH 1:* FLAGS
        S- * 1 FETCH (UID 1
        ! eof
        = lost 2 (sent)
        = closed Eof",
    );
}
