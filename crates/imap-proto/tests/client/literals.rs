//! Literals: when they wait, and what a refusal costs.

use super::client_support::{dialogue, logged_in, open, tls};

#[test]
fn a_literal_waits_for_its_continuation() {
    logged_in(
        "
        + CREATE {3+}\\r\\na\\x0db
        + NOOP
        C: A1 CREATE {3}
        S: * 5 EXISTS
        = * 5 EXISTS
        S: + go
        C: a\\x0db
        C: A2 NOOP
        S: A1 OK done
        = 1 OK done
        S: A2 OK done
        = 2 OK done",
    );
}

#[test]
fn literals_flow_as_the_server_says() {
    // S10
    for (list, header) in [("LITERAL+", "{3+}"), ("LITERAL-", "{3+}"), ("IMAP4rev2", "{3+}")] {
        dialogue(
            tls(),
            &format!(
                "
            S: * PREAUTH [CAPABILITY {list}] ready
            = greeting PREAUTH [CAPABILITY {list}] ready
            + CREATE {{3+}}\\r\\na\\x0db
            C: A1 CREATE {header}
            C: a\\x0db
            S: A1 OK done
            = 1 OK done"
            ),
        );
    }
    let config = imap_proto::client::Config { strings: imap_proto::Strings::Literal, ..tls() };
    let long = "x".repeat(4097);
    dialogue(
        config,
        &format!(
            "
        S: * PREAUTH [CAPABILITY LITERAL-] ready
        = greeting PREAUTH [CAPABILITY LITERAL-] ready
        + RENAME abc {long}
        C: A1 RENAME {{3+}}
        C: abc {{4097}}
        S: +
        = defect bare-plus 40
        C: {long}
        S: A1 OK done
        = 1 OK done"
        ),
    );
}

#[test]
fn s10_imap4rev2_beside_imap4rev1_is_to_be_enabled_first() {
    const BOTH: &str = "[CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE]";
    dialogue(
        tls(),
        &format!(
            "
        S: * PREAUTH {BOTH} ready
        = greeting PREAUTH {BOTH} ready
        + CREATE {{3+}}\\r\\na\\x0db
        C: A1 CREATE {{3}}
        S: A1 NO no
        = 1 NO no (partly sent)
        + ENABLE IMAP4rev2
        C: A2 ENABLE IMAP4rev2
        S: * ENABLED IMAP4rev2
        = * ENABLED IMAP4rev2
        S: A2 OK done
        = 2 OK done
        + CREATE {{3+}}\\r\\na\\x0db
        C: A3 CREATE {{3+}}
        C: a\\x0db"
        ),
    );
    dialogue(
        tls(),
        &format!(
            "
        S: * OK {BOTH} ready
        = greeting OK {BOTH} ready
        + AUTHENTICATE PLAIN AGEAYg==
        C: A1 AUTHENTICATE PLAIN"
        ),
    );
}

#[test]
fn literals_wait_behind_what_makes_the_capabilities_doubtful() {
    // S5, S10: what was learnt in clear does not count behind TLS, nor behind a login.
    dialogue(
        open(),
        "
        S: * OK [CAPABILITY IMAP4rev1 LITERAL+] ready
        = greeting OK [CAPABILITY IMAP4rev1 LITERAL+] ready
        + LOGIN a {3+}\\r\\nb\\x0dc
        + CREATE {3+}\\r\\na\\x0db
        C: A1 LOGIN a {3+}
        C: b\\x0dc
        S: A1 OK [CAPABILITY IMAP4rev1 LITERAL+] done
        = 1 OK [CAPABILITY IMAP4rev1 LITERAL+] done
        C: A2 CREATE {3}
        + CREATE {3+}\\r\\nc\\x0dd
        S: + go
        C: a\\x0db
        C: A3 CREATE {3+}
        C: c\\x0dd
        S: A2 OK done
        = 2 OK done
        S: A3 OK done
        = 3 OK done",
    );
}

#[test]
fn a_refusal_costs_one_command() {
    for answer in ["NO no", "BAD no"] {
        logged_in(&format!(
            "
            + CREATE {{3+}}\\r\\na\\x0db
            + NOOP
            C: A1 CREATE {{3}}
            S: A1 {answer}
            = 1 {answer} (partly sent)
            C: A2 NOOP
            S: A2 OK done
            = 2 OK done"
        ));
    }
    logged_in(
        "
        + CREATE {3+}\\r\\na\\x0db
        C: A1 CREATE {3}
        S: A1 OK done
        = error out of step at octet 17: expected no reply to what has not been sent
        = lost 1 (partly sent)
        = closed Error",
    );
}

#[test]
fn a_continuation_opens_the_gate_at_the_front_and_no_other() {
    // Q15
    logged_in(
        "
        + NOOP
        C: A1 NOOP
        S: + stray
        = defect stray-continuation 17
        S: A1 OK done
        = 1 OK done
        ! room 5
        ! send CREATE {3+}\\r\\na\\x0db
        C- A2 CR
        S: + early
        = defect stray-continuation 38
        ! room all
        C: EATE {3}
        S: + now
        C: a\\x0db
        S: A2 OK done
        = 2 OK done",
    );
    let strict = imap_proto::client::Config { leniency: mail_proto::Leniency::strict(), ..tls() };
    dialogue(
        strict,
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        S: + stray
        = error out of step at octet 17: expected no +
        = closed Error",
    );
}

#[test]
fn announcements_in_text_are_text() {
    // Q4
    logged_in(
        "
        + NOOP
        C: A1 NOOP
        S: * OK you have {3}
        = * OK you have {3}
        S: A1 OK done {100}
        = 1 OK done {100}",
    );
    logged_in(
        "
        S- * LIST () \"/\" {5}\\r\\na\\r\\nb)\\r\\n
        = * LIST () \"/\" {5}\\r\\na\\r\\nb)
        S- * LIST () \"/\" {4}\\r\\nabcd\\r\\n
        = * LIST () \"/\" abcd",
    );
}

#[test]
fn limits_end_the_connection() {
    let mut config = tls();
    config.limits.after_login.line = 40;
    config.limits.after_login.literal = 10;
    dialogue(
        config,
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        S: * OK 789012345678901234567890123456789
        = * OK 789012345678901234567890123456789
        S: * OK 7890123456789012345678901234567890
        = error the unit at octet 57 is too long: at octet 40: 41 octets in the line, 40 are allowed
        = closed Error",
    );
    let mut config = tls();
    config.limits.after_login.literal = 10;
    dialogue(config, "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        S- * LIST () NIL {11}\\r\\n
        = error the unit at octet 17 is too long: at octet 14: 11 octets in a literal that is kept, 10 are allowed
        = closed Error");
}
