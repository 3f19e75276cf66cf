//! IDLE (RFC 9051 section 6.3.13, Q104).

use super::client_support::{logged_in, selected};

#[test]
fn idle_and_done() {
    selected(
        "
        + IDLE
        + NOOP
        C: A2 IDLE
        S: * 10 EXISTS
        = * 10 EXISTS
        S: + idling
        = idling 2
        S: * OK Still here
        = * OK Still here
        S: * 5 EXPUNGE
        = * 5 EXPUNGE
        ! done 2
        C: DONE
        !! NotOwed: done 2
        S: A2 OK done
        = 2 OK done
        C: A3 NOOP",
    );
}

#[test]
fn done_before_the_continuation_waits_for_it() {
    logged_in(
        "
        + IDLE
        ! done 1
        + NOOP
        C: A1 IDLE
        S: +
        = defect bare-plus 18
        = idling 1
        C: DONE
        S: A1 OK done
        = 1 OK done
        C: A2 NOOP",
    );
}

#[test]
fn a_server_may_end_it_or_refuse_it() {
    logged_in(
        "
        + IDLE
        + NOOP
        C: A1 IDLE
        S: A1 NO no
        = 1 NO no (partly sent)
        C: A2 NOOP",
    );
    logged_in(
        "
        + IDLE
        + NOOP
        C: A1 IDLE
        S: A1 OK already over
        = 1 OK already over (partly sent)
        C: A2 NOOP",
    );
    logged_in(
        "
        + IDLE
        + NOOP
        C: A1 IDLE
        S: + idling
        = idling 1
        S: A1 OK terminated
        = 1 OK terminated (partly sent)
        C: A2 NOOP",
    );
    // DONE that has not been begun is not sent any more, what has been begun is.
    logged_in(
        "
        + IDLE
        C: A1 IDLE
        S: + idling
        = idling 1
        ! room 0
        ! done 1
        S: A1 OK terminated
        = 1 OK terminated (partly sent)
        ! room all
        + NOOP
        C: A2 NOOP",
    );
    logged_in(
        "
        + IDLE
        C: A1 IDLE
        S: + idling
        = idling 1
        ! room 2
        ! done 1
        C- DO
        S: A1 OK terminated
        = 1 OK terminated (partly sent)
        ! room all
        + NOOP
        C: NE
        C: A2 NOOP",
    );
}

#[test]
fn a_done_that_was_given_early_is_taken_back_too() {
    logged_in(
        "
        ! room 0
        ! send IDLE
        ! done 1
        ! room all
        C: A1 IDLE
        ! room 0
        S: + idling
        = idling 1
        S: A1 OK terminated
        = 1 OK terminated (partly sent)
        ! room all
        + NOOP
        C: A2 NOOP",
    );
}

#[test]
fn cancelling_leaves_it() {
    logged_in(
        "
        + IDLE
        + NOOP
        C: A1 IDLE
        ! cancel 1
        S: + idling
        C: DONE
        S: A1 OK done
        C: A2 NOOP",
    );
    logged_in(
        "
        + IDLE
        C: A1 IDLE
        S: + idling
        = idling 1
        ! eof
        = lost 1 (partly sent)
        = closed Eof",
    );
}

#[test]
fn it_is_to_be_refreshed_before_the_server_logs_out() {
    logged_in(
        "
        ! time 100
        + IDLE
        C: A1 IDLE
        ! deadline 400
        S: + idling
        = idling 1
        ! deadline 1780
        ! time 200
        S: * OK Still here
        = * OK Still here
        ! time 1779
        ! time 1780
        = refresh 1
        ! deadline none
        ! done 1
        C: DONE
        ! deadline 2080
        S: A1 OK done
        = 1 OK done
        ! deadline none",
    );
}
