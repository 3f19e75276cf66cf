//! Which commands wait for which (RFC 9051 section 5.5).

use super::client_support::{dialogue, logged_in, selected, tls};

#[test]
fn commands_go_out_at_once_and_are_answered_in_any_order() {
    selected(
        "
        + UID FETCH 1 FLAGS
        + UID STORE 1 +FLAGS (\\Seen)
        + STATUS Sent (MESSAGES)
        C: A2 UID FETCH 1 FLAGS
        C: A3 UID STORE 1 +FLAGS (\\Seen)
        C: A4 STATUS Sent (MESSAGES)
        S: A4 OK done
        = 4 OK done
        S: A2 OK done
        = 2 OK done
        S: A3 NO done
        = 3 NO done",
    );
}

#[test]
fn numbers_wait_while_an_expunge_may_be_on_its_way() {
    selected(
        "
        + NOOP
        + FETCH 5 FLAGS
        + UID FETCH 5 FLAGS
        C: A2 NOOP
        S: * 3 EXPUNGE
        = * 3 EXPUNGE
        S: A2 OK done
        = 2 OK done
        C: A3 FETCH 5 FLAGS
        C: A4 UID FETCH 5 FLAGS
        S: A3 OK done
        = 3 OK done
        S: A4 OK done
        = 4 OK done",
    );
    selected(
        "
        + FETCH 1 FLAGS
        + STORE 2 +FLAGS (\\Seen)
        + FETCH 3 FLAGS
        C: A2 FETCH 1 FLAGS
        C: A3 STORE 2 +FLAGS (\\Seen)
        C: A4 FETCH 3 FLAGS
        ! close
        = lost 2 (sent)
        = lost 3 (sent)
        = lost 4 (sent)
        = closed Local",
    );
}

#[test]
fn numbers_among_the_keys_of_a_uid_search_wait_too() {
    selected(
        "
        + NOOP
        + UID SEARCH NOT (SEEN 1:5)
        + UID SEARCH UID 1:5
        C: A2 NOOP
        S: A2 OK done
        = 2 OK done
        C: A3 UID SEARCH NOT (SEEN 1:5)
        S: A3 OK done
        = 3 OK done
        C: A4 UID SEARCH UID 1:5",
    );
}

#[test]
fn answers_that_could_be_mistaken_are_not_asked_for_at_once() {
    for (first, second) in [
        ("SEARCH ALL", "SEARCH UNSEEN"),
        ("UID SEARCH ALL", "UID SEARCH UNSEEN"),
        ("UID SORT (DATE) UTF-8 ALL", "UID SORT (SIZE) UTF-8 ALL"),
        ("LIST \"\" \"*\"", "LIST \"\" \"%\""),
        ("UID MOVE 1 a", "UID MOVE 2 b"),
    ] {
        selected(&format!(
            "
            + {first}
            + {second}
            C: A2 {first}
            S: A2 OK done
            = 2 OK done
            C: A3 {second}
            S: A3 OK done
            = 3 OK done"
        ));
    }
    selected(
        "
        + UID SEARCH RETURN (ALL) ALL
        + UID SEARCH RETURN (ALL) UNSEEN
        + UID SEARCH SEEN
        + STATUS a (MESSAGES)
        + STATUS b (MESSAGES)
        C: A2 UID SEARCH RETURN (ALL) ALL
        C: A3 UID SEARCH RETURN (ALL) UNSEEN
        C: A4 UID SEARCH SEEN
        C: A5 STATUS a (MESSAGES)
        C: A6 STATUS b (MESSAGES)
        ! eof
        = lost 2 (sent)
        = lost 3 (sent)
        = lost 4 (sent)
        = lost 5 (sent)
        = lost 6 (sent)
        = closed Eof",
    );
}

#[test]
fn what_needs_the_mailbox_waits_for_select() {
    logged_in(
        "
        + LIST \"\" \"*\"
        + SELECT INBOX
        + STATUS a (MESSAGES)
        + UID FETCH 1 FLAGS
        + UNSELECT
        C: A1 LIST \"\" \"*\"
        C: A2 SELECT INBOX
        C: A3 STATUS a (MESSAGES)
        S: A2 OK done
        = 2 OK done
        C: A4 UID FETCH 1 FLAGS
        S: A4 OK done
        = 4 OK done
        C: A5 UNSELECT
        S: A5 OK done
        = 5 OK done
        S: A1 OK done
        = 1 OK done
        S: A3 OK done
        = 3 OK done",
    );
    logged_in(
        "
        + SELECT INBOX
        + UID FETCH 1 FLAGS
        + NOOP
        C: A1 SELECT INBOX
        S: A1 NO no
        = 1 NO no
        = lost 2 (not sent)
        C: A3 NOOP
        S: A3 OK done
        = 3 OK done",
    );
}

#[test]
fn another_mailbox_is_selected_when_nothing_more_can_be_said_of_this_one() {
    selected(
        "
        + NOOP
        + SELECT Other
        C: A2 NOOP
        S: * 3 EXPUNGE
        = * 3 EXPUNGE
        S: A2 OK done
        = 2 OK done
        C: A3 SELECT Other",
    );
}

#[test]
fn barriers_run_alone() {
    logged_in(
        "
        + NOOP
        + ENABLE CONDSTORE
        + NOOP
        C: A1 NOOP
        S: A1 OK done
        = 1 OK done
        C: A2 ENABLE CONDSTORE
        S: * ENABLED CONDSTORE
        = * ENABLED CONDSTORE
        S: A2 OK done
        = 2 OK done
        C: A3 NOOP
        S: A3 OK done
        = 3 OK done",
    );
}

#[test]
fn no_more_than_the_limit() {
    let mut config = tls();
    config.limits.pipelined = 2;
    dialogue(
        config,
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        + NOOP
        + NOOP
        + NOOP
        + NOOP
        C: A1 NOOP
        C: A2 NOOP
        S: A2 OK done
        = 2 OK done
        C: A3 NOOP
        S: A1 OK done
        = 1 OK done
        C: A4 NOOP
        S: A3 OK done
        = 3 OK done
        S: A4 OK done
        = 4 OK done",
    );
}

#[test]
fn illegal_in_advance() {
    logged_in(
        "
        !! State { expected: \"a mailbox selected\" }: send CHECK
        !! State { expected: \"the state before the login\" }: send LOGIN a b
        + SELECT INBOX
        + CHECK
        + CLOSE
        !! State { expected: \"a mailbox selected\" }: send CHECK
        + LOGOUT
        !! State { expected: \"no LOGOUT before\" }: send NOOP
        C: A1 SELECT INBOX
        ! close
        = lost 1 (sent)
        = lost 2 (not sent)
        = lost 3 (not sent)
        = lost 4 (not sent)
        = closed Local
        !! Closed: send NOOP",
    );
}

#[test]
fn a_reply_to_what_has_not_been_sent_is_fatal() {
    // S3, S25
    logged_in(
        "
        ! room 0
        ! send NOOP
        S: A1 OK done
        = error out of step at octet 17: expected no reply to what has not been sent
        = lost 1 (not sent)
        = closed Error
        ! room all
        ! next Close",
    );
    logged_in(
        "
        ! room 5
        ! send NOOP
        C- A1 NO
        S: A1 OK done
        = error out of step at octet 17: expected no reply to what has not been sent
        = lost 1 (partly sent)
        = closed Error",
    );
    logged_in(
        "
        ! room 5
        ! send NOOP
        ! send NOOP
        C- A1 NO
        S: A1 BAD what?
        = 1 BAD what? (partly sent)
        ! room all
        C: OP
        C: A2 NOOP
        S: A2 OK done
        = 2 OK done",
    );
}

#[test]
fn cancelling() {
    logged_in(
        "
        + SELECT INBOX
        + CHECK
        + NOOP
        C: A1 SELECT INBOX
        ! cancel 2
        C: A3 NOOP
        ! cancel 1
        !! NotOwed: cancel 2
        S: * 7 EXISTS
        = * 7 EXISTS
        S: A1 OK done
        S: A2 OK done
        = defect unknown-tag 41
        S: A3 OK done
        = 3 OK done",
    );
    selected(
        "
        + UID SEARCH ALL
        + UID SEARCH SEEN
        C: A2 UID SEARCH ALL
        ! cancel 2
        S: * SEARCH 1 2 3
        = * SEARCH 1 2 3
        S: A2 OK done
        C: A3 UID SEARCH SEEN
        S: * SEARCH
        = * SEARCH
        S: A3 OK done
        = 3 OK done",
    );
    logged_in(
        "
        + NOOP
        C: A1 NOOP
        ! cancel 1
        ! eof
        = closed Eof",
    );
}

#[test]
fn tags_begin_as_they_are_told_to() {
    let tag_prefix = Some(imap_proto::Tag::new("x7Q9").unwrap());
    let config = imap_proto::client::Config { tag_prefix, ..tls() };
    dialogue(
        config,
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        + NOOP
        ! append 1 a
        C: x7Q91 NOOP
        C: x7Q92 APPEND a {1}
        S: A1 OK done
        = defect unknown-tag 17
        S: x7Q92 NO no
        = 2 NO no (partly sent)
        S: x7Q91 OK done
        = 1 OK done",
    );
}

#[test]
fn no_numbers_where_uidonly_is_enabled() {
    selected(
        "
        + UNSELECT
        C: A2 UNSELECT
        S: A2 OK done
        = 2 OK done
        + ENABLE UIDONLY
        C: A3 ENABLE UIDONLY
        S: * ENABLED UIDONLY
        = * ENABLED UIDONLY
        S: A3 OK done
        = 3 OK done
        + SELECT INBOX
        !! State { expected: \"UIDs, as UIDONLY is enabled\" }: send FETCH 1 FLAGS
        !! State { expected: \"UIDs, as UIDONLY is enabled\" }: send UID SEARCH 1
        !! State { expected: \"UIDs, as UIDONLY is enabled\" }: send SELECT x (QRESYNC (1 9 1:7 (3:4 6:7)))
        + UID FETCH 1 FLAGS
        C: A4 SELECT INBOX
        S: A4 OK done
        = 4 OK done
        C: A5 UID FETCH 1 FLAGS",
    );
}

#[test]
fn no_numbers_behind_an_enable_of_uidonly() {
    logged_in(
        "
        + ENABLE UIDONLY
        + SELECT INBOX
        + FETCH 1 FLAGS
        + UID SEARCH 1:5
        + UID SEARCH $
        C: A1 ENABLE UIDONLY
        S: * ENABLED UIDONLY
        = * ENABLED UIDONLY
        S: A1 OK done
        = 1 OK done
        C: A2 SELECT INBOX
        S: A2 OK done
        = 2 OK done
        = lost 3 (not sent)
        = lost 4 (not sent)
        C: A5 UID SEARCH $",
    );
}

#[test]
fn an_end_while_the_transport_is_swapped() {
    dialogue(
        super::client_support::open(),
        "
        S: * OK ready
        = greeting OK ready
        + STARTTLS
        + NOOP
        C: A1 STARTTLS
        S: A1 OK go
        = 1 OK go
        ! eof
        = lost 2 (not sent)
        = closed Eof
        ! next Close",
    );
}

#[test]
fn what_is_lost_is_told_before_anything_more_is_read() {
    logged_in(
        "
        + SELECT INBOX
        + FETCH 1 FLAGS
        C: A1 SELECT INBOX
        S: A1 NO no\\r\\n* OK Still here
        = 1 NO no
        = lost 2 (not sent)
        = * OK Still here",
    );
}
