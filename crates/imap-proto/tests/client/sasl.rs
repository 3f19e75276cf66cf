//! AUTHENTICATE and LOGIN.

use super::client_support::{dialogue, tls};

const GREETED: &str = "
    S: * OK ready
    = greeting OK ready";
const OFFERED: &str = "
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
    = greeting OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready";

#[track_caller]
fn greeted(script: &str) {
    dialogue(tls(), &format!("{GREETED}\n{script}"));
}

#[test]
fn the_initial_response_goes_with_the_command_where_it_is_offered() {
    dialogue(
        tls(),
        &format!(
            "{OFFERED}
        + AUTHENTICATE PLAIN AGEAYg==
        C: A1 AUTHENTICATE PLAIN AGEAYg==
        S: A1 OK done
        = 1 OK done
        ! state authenticated"
        ),
    );
    dialogue(
        tls(),
        &format!(
            "{OFFERED}
        + AUTHENTICATE EXTERNAL =
        C: A1 AUTHENTICATE EXTERNAL =
        S: A1 NO [AUTHENTICATIONFAILED] no
        = 1 NO [AUTHENTICATIONFAILED] no
        ! state not authenticated"
        ),
    );
}

#[test]
fn otherwise_it_answers_the_first_challenge() {
    let config = imap_proto::client::Config { initial_response: false, ..tls() };
    for (config, greeting) in [(tls(), GREETED), (config, OFFERED)] {
        dialogue(
            config,
            &format!(
                "{greeting}
            + AUTHENTICATE PLAIN AGEAYg==
            + SELECT INBOX
            C: A1 AUTHENTICATE PLAIN
            S: + 
            C: AGEAYg==
            S: A1 OK done
            = 1 OK done
            C: A2 SELECT INBOX"
            ),
        );
    }
    greeted(
        "
        + AUTHENTICATE EXTERNAL =
        C: A1 AUTHENTICATE EXTERNAL
        S: +
        = defect bare-plus 13
        C: 
        S: A1 OK done
        = 1 OK done",
    );
}

#[test]
fn a_dialogue() {
    greeted(
        "
        + AUTHENTICATE GSSAPI
        C: A1 AUTHENTICATE GSSAPI
        !! NotOwed: respond 1 x
        S: * OK [ALERT] hi
        = * OK [ALERT] hi
        S: + YGgG
        = challenge 1 `h\\x06
        S: * 1 EXISTS
        = * 1 EXISTS
        ! respond 1 abc
        C: YWJj
        !! NotOwed: respond 1 x
        S: + 
        = challenge 1
        ! respond 1 
        C: 
        S: A1 OK done
        = 1 OK done
        !! NotOwed: respond 1 x",
    );
}

#[test]
fn prompts_that_are_no_base64() {
    // Q32, Q33: an empty challenge, if it is the first.
    greeted(
        "
        + AUTHENTICATE LOGIN
        C: A1 AUTHENTICATE LOGIN
        S: + go ahead
        = defect text-for-challenge 14
        = challenge 1
        ! respond 1 joe
        C: am9l
        S: + UGFzc3dvcmQA
        = challenge 1 Password\\x00
        ! respond 1 secret
        C: c2VjcmV0
        S: + go ahead
        = unparsed 44:  [a base64 character]
        C: *
        S: A1 BAD cancelled
        = 1 BAD cancelled
        + NOOP
        C: A2 NOOP",
    );
}

#[test]
fn giving_up() {
    greeted(
        "
        + AUTHENTICATE PLAIN
        + NOOP
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        ! cancel 1
        !! NotOwed: respond 1 x
        !! NotOwed: cancel-exchange 1
        C: *
        S: A1 BAD cancelled
        C: A2 NOOP
        ! state not authenticated",
    );
    // Before the challenge has come.
    greeted(
        "
        + AUTHENTICATE PLAIN AGEAYg==
        + NOOP
        C: A1 AUTHENTICATE PLAIN
        ! cancel 1
        S: + 
        C: *
        S: A1 BAD cancelled
        C: A2 NOOP",
    );
    greeted(
        "
        + AUTHENTICATE PLAIN
        + SELECT INBOX
        + NOOP
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        S: A1 NO too late
        = 1 NO too late
        = lost 2 (not sent)
        C: A3 NOOP",
    );
}

#[test]
fn s29_an_answer_that_has_not_been_begun_is_not_sent_when_it_is_given_up() {
    greeted(
        "
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        ! room 0
        ! respond 1 secret
        + NOOP
        ! cancel 1
        ! room all
        C: *
        S: A1 BAD cancelled
        C: A2 NOOP",
    );
    // What answers the first challenge by itself.
    greeted(
        "
        + AUTHENTICATE PLAIN AGEAYg==
        C: A1 AUTHENTICATE PLAIN
        ! room 0
        S: + 
        ! cancel 1
        ! room all
        C: *
        S: A1 BAD cancelled",
    );
    // What is left of one that is half out is as secret as the rest of a password.
    greeted(
        "
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        ! room 2
        ! respond 1 abc
        C- YW
        ! cancel 1
        = closed Local
        ! room all
        ! next Close",
    );
    // `*` is not.
    greeted(
        "
        + AUTHENTICATE PLAIN
        + NOOP
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        ! room 1
        ! cancel-exchange 1
        C- *
        ! cancel 1
        ! room all
        C: 
        S: A1 BAD cancelled
        C: A2 NOOP",
    );
}

#[test]
fn an_exchange_that_is_given_up_can_be_heard_to_its_end() {
    greeted(
        "
        + AUTHENTICATE PLAIN
        + NOOP
        !! NotOwed: cancel-exchange 1
        C: A1 AUTHENTICATE PLAIN
        !! NotOwed: cancel-exchange 1
        !! NotOwed: cancel-exchange 2
        S: + 
        = challenge 1
        ! cancel-exchange 1
        !! NotOwed: cancel-exchange 1
        !! NotOwed: respond 1 x
        C: *
        !! NotOwed: cancel-exchange 1
        S: A1 BAD cancelled
        = 1 BAD cancelled
        !! NotOwed: cancel-exchange 1
        C: A2 NOOP
        ! state not authenticated",
    );
    // In the place of an answer of which nothing is out.
    greeted(
        "
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        ! room 0
        ! respond 1 secret
        ! cancel-exchange 1
        ! room all
        C: *
        S: A1 BAD cancelled
        = 1 BAD cancelled",
    );
    // Too late.
    greeted(
        "
        + AUTHENTICATE PLAIN AGEAYg==
        C: A1 AUTHENTICATE PLAIN
        S: + 
        C: AGEAYg==
        !! NotOwed: cancel-exchange 1
        S: A1 OK done
        = 1 OK done",
    );
    greeted(
        "
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        ! room 2
        ! respond 1 abc
        C- YW
        !! NotOwed: cancel-exchange 1
        ! room all
        C: Jj
        S: A1 NO no
        = 1 NO no",
    );
    // Heard no more after all.
    greeted(
        "
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        ! cancel-exchange 1
        C: *
        ! cancel 1
        S: A1 BAD cancelled
        + NOOP
        C: A2 NOOP",
    );
}

#[test]
fn s29_the_rest_of_a_login_is_not_sent_when_it_is_given_up() {
    greeted(
        "
        + LOGIN joe {3+}\\r\\na \\x0d
        C: A1 LOGIN joe {3}
        ! cancel 1
        = closed Local
        S: + go
        ! next Close",
    );
    for line in ["LOGIN joe secret", "AUTHENTICATE PLAIN AGEAYg=="] {
        dialogue(
            tls(),
            &format!(
                "{OFFERED}
            ! room 5
            ! send {line}
            C- A1 {}
            ! cancel 1
            = closed Local
            ! room all
            ! next Close",
                &line[..2]
            ),
        );
    }
    // Without a response in its line it can be left at the first challenge.
    dialogue(
        tls(),
        &format!(
            "{OFFERED}
        ! room 5
        ! send AUTHENTICATE PLAIN
        C- A1 AU
        ! cancel 1
        ! room all
        C: THENTICATE PLAIN
        S: + 
        C: *
        S: A1 BAD cancelled"
        ),
    );
}

#[test]
fn s26_challenges_out_of_turn() {
    greeted(
        "
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        S: + 
        = error out of step at octet 16: expected one challenge for each response
        = lost 1 (sent)
        = closed Error",
    );
    greeted(
        "
        ! room 5
        ! send AUTHENTICATE PLAIN
        C- A1 AU
        S: + 
        = error out of step at octet 12: expected no + before AUTHENTICATE is sent
        = lost 1 (partly sent)
        = closed Error",
    );
    greeted(
        "
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        ! room 2
        ! respond 1 abc
        C- YW
        S: A1 NO no
        = error out of step at octet 16: expected no reply to what has not been sent
        = lost 1 (sent)
        = closed Error",
    );
    greeted(
        "
        + AUTHENTICATE PLAIN
        C: A1 AUTHENTICATE PLAIN
        S: + 
        = challenge 1
        ! room 0
        ! respond 1 abc
        S: A1 NO too slow
        = 1 NO too slow
        ! room all
        + NOOP
        C: A2 NOOP",
    );
}

#[test]
fn login() {
    greeted(
        "
        + LOGIN joe {3+}\\r\\na \\x0d
        C: A1 LOGIN joe {3}
        S: + 
        C: a \\x0d
        S: A1 OK done
        = 1 OK done
        ! state authenticated
        !! State: send LOGIN a b",
    );
    greeted(
        "
        + LOGIN {2+}\\r\\nj\\x0d {2+}\\r\\na\\x0d
        + NOOP
        C: A1 LOGIN {2}
        S: + 
        C: j\\x0d {2}
        S: A1 NO no
        = 1 NO no (partly sent)
        C: A2 NOOP",
    );
}
