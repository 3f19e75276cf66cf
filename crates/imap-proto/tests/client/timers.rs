//! Every state in which something is waited for has a deadline (S21).

use super::client_support::{dialogue, logged_in, open, selected, tls};

#[test]
fn greeting_login_and_command() {
    dialogue(
        open(),
        "
        ! time 0
        ! deadline 60
        ! time 59
        ! time 60
        = closed Timeout
        ! next Close
        ! deadline none",
    );
    dialogue(
        open(),
        "
        + NOOP
        ! time 30
        S: * OK ready
        = greeting OK ready
        C: A1 NOOP
        ! deadline 330
        ! time 329
        S: * 1 EXISTS
        = * 1 EXISTS
        ! deadline 629
        S: A1 OK done
        = 1 OK done
        ! deadline none
        + LOGIN a b
        C: A2 LOGIN a b
        ! deadline 449
        ! time 449
        = lost 2 (sent)
        = closed Timeout",
    );
}

#[test]
fn a_greeting_that_drips_in_has_no_more_time() {
    dialogue(
        open(),
        "
        ! time 0
        ! time 30
        S- * OK re
        + NOOP
        ! deadline 60
        ! time 50
        S- ady\\r\\n
        = greeting OK ready
        C: A1 NOOP
        ! deadline 350
        ! close
        = lost 1 (sent)
        = closed Local",
    );
    dialogue(
        open(),
        "
        ! time 0
        ! time 59
        S- * OK
        ! time 60
        = closed Timeout",
    );
}

#[test]
fn what_cannot_be_written_is_not_waited_for_for_ever() {
    logged_in(
        "
        ! room 0
        ! send NOOP
        ! deadline 300
        ! time 300
        = lost 1 (not sent)
        = closed Timeout
        ! room all",
    );
}

#[test]
fn the_application_may_take_its_time() {
    dialogue(
        tls(),
        "
        S: * OK ready
        = greeting OK ready
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        ! deadline 120
        S: + 
        = challenge 1
        ! deadline none
        ! time 1000
        ! respond 1 a
        C: YQ==
        ! deadline 1120",
    );
    logged_in(
        "
        ! append 3 a
        C: A1 APPEND a {3}
        ! deadline 300
        S: + 
        = room 1
        ! deadline none
        ! time 1000
        ! supply 1 abc
        C: abc
        ! deadline 1300",
    );
}

#[test]
fn a_body_that_does_not_end() {
    let mut config = tls();
    config.limits.inline_body = 0;
    dialogue(
        config,
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        S- * 1 FETCH (BODY[] {5}\\r\\nab
        = fetch 1
        = body of 5
        = chunk ab
        ! deadline 300
        ! time 299
        S- c
        = chunk c
        ! deadline 599
        ! time 599
        = closed Timeout",
    );
}

#[test]
fn handovers() {
    dialogue(
        open(),
        "
        S: * OK ready
        = greeting OK ready
        + STARTTLS
        C: A1 STARTTLS
        S: A1 OK go
        = 1 OK go
        ! deadline 300
        ! time 300
        = closed Timeout",
    );
}

#[test]
fn idle_has_no_deadline_but_its_refreshing() {
    selected(
        "
        + IDLE
        C: A2 IDLE
        S: + idling
        = idling 2
        ! time 1680
        = refresh 2
        ! deadline none
        ! time 10000",
    );
}
