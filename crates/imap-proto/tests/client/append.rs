//! APPEND: messages that are supplied as they come.

use super::client_support::{dialogue, logged_in, tls};

const FLOWING: &str = "
    S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ MULTIAPPEND CATENATE BINARY] ready
    = greeting PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ MULTIAPPEND CATENATE BINARY] ready";

#[track_caller]
fn flowing(script: &str) {
    dialogue(tls(), &format!("{FLOWING}\n{script}"));
}

#[test]
fn the_server_decides_before_the_octets() {
    logged_in(
        "
        ! append 5 Sent
        + NOOP
        C: A1 APPEND Sent {5}
        S: + go ahead
        = room 1
        ! supply 1 ab
        C- ab
        = room 1
        !! Length { left: 3, given: 4 }: supply 1 cdef
        ! supply 1 c\\r\\n
        C: c
        C: 
        C: A2 NOOP
        !! NotOwed: supply 1 x
        S: A1 OK [APPENDUID 1 2] done
        = 1 OK [APPENDUID 1 2] done
        S: A2 OK done
        = 2 OK done",
    );
    logged_in(
        "
        ! append 5 Sent
        + NOOP
        C: A1 APPEND Sent {5}
        S: A1 NO [TRYCREATE] no
        = 1 NO [TRYCREATE] no (partly sent)
        C: A2 NOOP
        !! NotOwed: supply 1 x",
    );
}

#[test]
fn octets_in_advance_wait_for_the_server() {
    logged_in(
        "
        ! append 5 Sent
        C: A1 APPEND Sent {5}
        ! supply 1 abc
        S: * 1 EXISTS
        = * 1 EXISTS
        ! supply 1 de
        + NOOP
        S: + go ahead
        C: abcde
        C: A2 NOOP
        S: A1 OK done
        = 1 OK done",
    );
    logged_in(
        "
        ! append 5 Sent
        ! supply 1 abcde
        + NOOP
        C: A1 APPEND Sent {5}
        S: A1 NO no
        = 1 NO no (partly sent)
        C: A2 NOOP",
    );
}

#[test]
fn octets_that_have_been_announced_are_owed() {
    flowing(
        "
        ! append 5 Sent
        = room 1
        + NOOP
        C: A1 APPEND Sent {5+}
        S: A1 NO [OVERQUOTA] no
        = 1 NO [OVERQUOTA] no (partly sent)
        = room 1
        ! supply 1 abc
        C- abc
        = room 1
        ! supply 1 de
        C: de
        C: A2 NOOP
        !! NotOwed: supply 1 x
        S: A2 OK done
        = 2 OK done",
    );
    logged_in(
        "
        ! append 5 Sent
        + NOOP
        C: A1 APPEND Sent {5}
        S: + go ahead
        = room 1
        ! supply 1 abc
        C- abc
        = room 1
        S: A1 NO [OVERQUOTA] no
        = 1 NO [OVERQUOTA] no (partly sent)
        = room 1
        ! abort 1
        = lost 2 (not sent)
        = closed Local
        ! next Close",
    );
    logged_in(
        "
        ! append 5 Sent
        C: A1 APPEND Sent {5}
        S: + go ahead
        = room 1
        ! supply 1 abc
        C- abc
        = room 1
        S: A1 OK done
        = error out of step at octet 29: expected no reply to what has not been sent
        = lost 1 (partly sent)
        = closed Error",
    );
}

#[test]
fn a_message_that_fails_is_not_padded() {
    logged_in(
        "
        ! append 5 Sent
        C: A1 APPEND Sent {5}
        S: + go ahead
        = room 1
        ! supply 1 abc
        C- abc
        = room 1
        ! abort 1
        = lost 1 (partly sent)
        = closed Local",
    );
    logged_in(
        "
        + SELECT INBOX
        + CHECK
        ! append 5 Sent
        + CHECK
        C: A1 SELECT INBOX
        ! abort 3
        !! NotOwed: abort 3
        S: A1 OK done
        = 1 OK done
        C: A2 CHECK
        C: A4 CHECK",
    );
    logged_in(
        "
        ! append 5 Sent
        C: A1 APPEND Sent {5}
        ! cancel 1
        = closed Local",
    );
    logged_in(
        "
        ! append 5 Sent
        ! supply 1 abcde
        C: A1 APPEND Sent {5}
        ! cancel 1
        + NOOP
        S: + go ahead
        C: abcde
        C: A2 NOOP
        S: A1 OK done
        S: A2 OK done
        = 2 OK done",
    );
}

#[test]
fn nul_only_in_a_literal8() {
    flowing(
        "
        ! append 3 Sent
        C: A1 APPEND Sent {3+}
        = room 1
        !! State { expected: \"no NUL in a literal\" }: supply 1 a\\0b
        ! supply 1 abc
        C: abc
        ! append8 3 Sent
        C: A2 APPEND Sent ~{3+}
        = room 2
        ! supply 2 a\\0b
        C: a\\0b",
    );
    dialogue(
        tls(),
        "
        S: * PREAUTH [CAPABILITY IMAP4rev1] ready
        = greeting PREAUTH [CAPABILITY IMAP4rev1] ready
        !! NotOffered { what: \"BINARY\" }: append8 3 Sent
        !! NotOffered { what: \"UTF8=ACCEPT\" }: append-utf8 3 Sent",
    );
}

#[test]
fn an_empty_message_ends_at_once() {
    logged_in(
        "
        ! append 0 Sent
        C: A1 APPEND Sent {0}
        S: + go
        C: 
        S: A1 NO no
        = 1 NO no",
    );
}

#[test]
fn several_messages() {
    flowing(
        "
        ! begin-append Sent
        + NOOP
        C- A1 APPEND Sent
        ! part 1 message 3
        C:  {3+}
        = room 1
        !! Length { left: 3, given: 0 }: part 1 message-end
        ! part 1 chunk abc
        C- abc
        !! State: part 1 end
        ! part 1 message-end
        ! part 1 message 2
        C:  {2+}
        = room 1
        ! part 1 chunk de
        C- de
        ! part 1 message-end
        ! part 1 end
        C: 
        C: A2 NOOP
        !! NotOwed: part 1 message 1
        S: A1 OK done
        = 1 OK done",
    );
    logged_in(
        "
        ! begin-append \"a\\x0d\"
        C: A1 APPEND {4}
        ! part 1 message 3
        ! supply 1 abc
        S: + 
        C: \"a\\x0d\" {3}
        S: + 
        C- abc
        ! part 1 message-end
        ! part 1 end
        C: 
        S: A1 OK done
        = 1 OK done",
    );
    dialogue(
        tls(),
        "
        S: * PREAUTH [CAPABILITY IMAP4rev1] ready
        = greeting PREAUTH [CAPABILITY IMAP4rev1] ready
        ! begin-append Sent
        C- A1 APPEND Sent
        ! part 1 message 1
        C:  {1}
        S: + 
        = room 1
        ! part 1 chunk a
        C- a
        ! part 1 message-end
        !! NotOffered { what: \"MULTIAPPEND\" }: part 1 message 1
        ! part 1 end
        C: ",
    );
}

#[test]
fn pieces() {
    flowing(
        "
        ! begin-append Drafts
        C- A1 APPEND Drafts
        ! part 1 catenate
        C-  CATENATE (
        ! part 1 url /INBOX/;UID=20
        C- URL /INBOX/;UID=20
        ! part 1 text 3
        C:  TEXT {3+}
        = room 1
        ! part 1 chunk a\\r\\n
        C: a
        ! part 1 text-end
        !! State: part 1 end
        ! part 1 message-end
        C- )
        ! part 1 end
        C: 
        S: A1 OK done
        = 1 OK done",
    );
    // Refused within a piece: it is ended as short as can be.
    flowing(
        "
        ! begin-append Drafts
        ! part 1 catenate
        ! part 1 text 3
        = room 1
        + NOOP
        C: A1 APPEND Drafts CATENATE (TEXT {3+}
        S: A1 NO [BADURL x] no
        = 1 NO [BADURL x] no (partly sent)
        = room 1
        !! NotOwed: part 1 text-end
        ! part 1 chunk abc
        C: abc)
        C: A2 NOOP",
    );
    dialogue(
        tls(),
        "
        S: * PREAUTH [CAPABILITY IMAP4rev1] ready
        = greeting PREAUTH [CAPABILITY IMAP4rev1] ready
        ! begin-append Sent
        C- A1 APPEND Sent
        !! NotOffered { what: \"CATENATE\" }: part 1 catenate",
    );
}

#[test]
fn whole_messages() {
    logged_in(
        "
        + APPEND Sent {3+}\\r\\nabc
        + NOOP
        C: A1 APPEND Sent {3}
        S: + 
        C: abc
        C: A2 NOOP
        S: A1 OK done
        = 1 OK done",
    );
}

#[test]
fn room_is_asked_for_below_the_low_mark() {
    let mut config = tls();
    config.limits.output_low = 4;
    dialogue(
        config,
        "
        S: * PREAUTH [CAPABILITY LITERAL+] ready
        = greeting PREAUTH [CAPABILITY LITERAL+] ready
        ! append 20 a
        C: A1 APPEND a {20+}
        = room 1
        ! room 0
        ! supply 1 abcdefgh
        ! room 4
        C- abcd
        ! room 1
        = room 1
        C- e
        ! room all
        C- fgh",
    );
}
