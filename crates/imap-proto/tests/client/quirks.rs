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
