//! TLS, capabilities, what leaves in clear: the items of SECURITY.md that concern a client.

use imap_proto::client::Client;
use imap_proto::connection::Error;
use mail_proto::Connection as _;

use super::client_support::{Chunks, Dialogue, dialogue, logged_in, open, selected, tls};
use imap_proto::client::Config;

#[test]
fn s2_nothing_between_the_ok_of_starttls_and_the_handshake() {
    let greeted = "
        S: * OK ready
        = greeting OK ready
        + STARTTLS
        C: A1 STARTTLS";
    for behind in ["* CAPABILITY AUTH=PLAIN\\r\\n", "x", "\\r\\n", "A2 OK done\\r\\n"] {
        let error = "error plaintext after STARTTLS at octet 22";
        // In one piece the OK itself is not believed; in pieces it has been told before.
        let mut whole = Client::new(Config::default());
        let mut dialogue = Dialogue::new(
            core::mem::replace(&mut whole, Client::new(Config::default())),
            Chunks::Whole,
        );
        dialogue.run(&format!(
            "{greeted}
            S- A1 OK go\\r\\n{behind}
            = {error}
            = lost 1 (sent)
            = closed Error"
        ));
        super::client_support::dialogue(
            Config::default(),
            &format!(
                "{greeted}
            S: A1 OK go
            = 1 OK go
            ! next HandOver(Tls)
            S- {behind}
            = {error}
            = closed Error
            ! next Close"
            ),
        );
    }
}

#[test]
fn s2_nothing_in_the_input_when_tls_begins() {
    for chunks in Chunks::all() {
        let client = Client::new(Config::default());
        let mut dialogue = Dialogue::new(client, chunks);
        dialogue.run(
            "
            S: * OK ready
            = greeting OK ready
            + STARTTLS
            C: A1 STARTTLS
            S: A1 OK go
            = 1 OK go",
        );
        dialogue.input.extend_from_slice(b"* OK injected\r\n");
        dialogue.run(
            "
            ! hand-over
            = error plaintext after STARTTLS at octet 22
            = closed Error",
        );
    }
}

#[test]
fn s3_the_answer_to_starttls_does_not_come_before_it() {
    dialogue(
        Config::default(),
        "
        S: * OK ready
        = greeting OK ready
        ! room 0
        ! send STARTTLS
        ! send LOGIN a b
        S: A1 OK go
        = error out of step at octet 12: expected no reply to what has not been sent
        = lost 1 (not sent)
        = lost 2 (not sent)
        = closed Error
        ! room all",
    );
}

#[test]
fn s4_preauth_before_tls() {
    dialogue(
        Config::default(),
        "
        S: * PREAUTH ready
        = error PREAUTH before TLS at octet 0
        = closed Error
        ! next Close",
    );
    for config in [open(), tls()] {
        dialogue(
            config,
            "
            S: * PREAUTH ready
            = greeting PREAUTH ready
            ! state authenticated",
        );
    }
    dialogue(
        open(),
        "
        + STARTTLS
        + LOGIN a b
        + NOOP
        S: * PREAUTH ready
        = greeting PREAUTH ready
        = lost 1 (not sent)
        = lost 2 (not sent)
        = lost 3 (not sent)",
    );
}

#[test]
fn s5_capabilities_from_before_tls_are_forgotten() {
    dialogue(
        Config::default(),
        "
        S: * OK [CAPABILITY IMAP4rev1 STARTTLS LITERAL+ AUTH=PLAIN SASL-IR] ready
        = greeting OK [CAPABILITY IMAP4rev1 STARTTLS LITERAL+ AUTH=PLAIN SASL-IR] ready
        + STARTTLS
        + LOGIN a {3+}\\r\\nb\\x0dc
        C: A1 STARTTLS
        S: * CAPABILITY IMAP4rev1 LITERAL+
        = * CAPABILITY IMAP4rev1 LITERAL+
        S: A1 OK [CAPABILITY IMAP4rev1 LITERAL+] go
        = 1 OK [CAPABILITY IMAP4rev1 LITERAL+] go
        ! next HandOver(Tls)
        ! hand-over
        = secured
        C: A2 LOGIN a {3}
        ! capabilities unknown
        S: + go
        C: b\\x0dc
        S: * CAPABILITY IMAP4rev1 IDLE
        = * CAPABILITY IMAP4rev1 IDLE
        S: A2 OK done
        = 2 OK done
        # Q23: what came during the login counts behind it.
        ! capabilities Untagged IMAP4rev1 IDLE",
    );
}

#[test]
fn s5_capabilities_from_before_the_login_are_forgotten() {
    dialogue(
        tls(),
        "
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
        = greeting OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
        + LOGIN a b
        C: A1 LOGIN a b
        S: A1 NO no
        = 1 NO no
        ! capabilities Greeting IMAP4rev1 AUTH=PLAIN
        + LOGIN a b
        C: A2 LOGIN a b
        S: A2 OK done
        = 2 OK done
        ! capabilities unknown
        + CAPABILITY
        C: A3 CAPABILITY
        S: * CAPABILITY IMAP4rev1 IDLE
        = * CAPABILITY IMAP4rev1 IDLE
        S: A3 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS] done
        = 3 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS] done
        ! capabilities Tagged IMAP4rev1 IDLE UIDPLUS
        + ENABLE CONDSTORE
        C: A4 ENABLE CONDSTORE
        S: A4 OK done
        = 4 OK done
        ! capabilities Tagged IMAP4rev1 IDLE UIDPLUS
        + UNAUTHENTICATE
        C: A5 UNAUTHENTICATE
        S: A5 OK done
        = 5 OK done
        ! capabilities unknown
        ! state not authenticated",
    );
}

#[test]
fn s6_credentials_wait_for_tls() {
    dialogue(
        Config::default(),
        "
        !! TlsRequired: send LOGIN a b
        S: * OK ready
        = greeting OK ready
        !! TlsRequired: send LOGIN a b
        !! TlsRequired: send AUTHENTICATE PLAIN AGEAYg==
        + STARTTLS
        + LOGIN a b
        + NOOP
        C: A1 STARTTLS
        S: A1 NO not now
        = 1 NO not now
        = lost 2 (not sent)
        = lost 3 (not sent)
        !! TlsRequired: send LOGIN a b",
    );
    dialogue(
        Config::default(),
        "
        + STARTTLS
        + LOGIN a b
        ! cancel 1
        = lost 2 (not sent)",
    );
    dialogue(
        Config::default(),
        "
        + STARTTLS
        + LOGIN a b
        S: * OK ready
        = greeting OK ready
        C: A1 STARTTLS
        S: A1 OK go
        = 1 OK go
        ! hand-over
        = secured
        C: A2 LOGIN a b
        !! State { expected: \"a channel without TLS\" }: send STARTTLS",
    );
}

#[test]
fn s6_logindisabled() {
    dialogue(
        open(),
        "
        + LOGIN a b
        S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready
        = greeting OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready
        = lost 1 (not sent)
        !! NotOffered { what: \"LOGIN\" }: send LOGIN a b
        + STARTTLS
        + LOGIN a b
        C: A2 STARTTLS
        S: A2 OK go
        = 2 OK go
        ! hand-over
        = secured
        C: A3 LOGIN a b",
    );
}

#[test]
fn s8_compression() {
    dialogue(
        tls(),
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        + COMPRESS DEFLATE
        + NOOP
        C: A1 COMPRESS DEFLATE
        S: A1 OK go
        = 1 OK go
        ! next HandOver(Deflate)
        ! hand-over
        C: A2 NOOP
        S: A2 OK done
        = 2 OK done
        !! State { expected: \"a channel without compression\" }: send COMPRESS DEFLATE
        + UNAUTHENTICATE
        C: A3 UNAUTHENTICATE
        S: A3 OK done
        = 3 OK done
        ! next HandOver(EndDeflate)
        ! hand-over
        ! next Read",
    );
    dialogue(
        tls(),
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        + COMPRESS DEFLATE
        + NOOP
        C: A1 COMPRESS DEFLATE
        S: A1 NO [COMPRESSIONACTIVE] it is
        = 1 NO [COMPRESSIONACTIVE] it is
        = lost 2 (not sent)
        ! next Read
        + NOOP
        C: A3 NOOP
        ! hand-over-unasked
        = error no such handover was asked for
        = lost 3 (sent)
        = closed Error",
    );
}

#[test]
fn s24_a_literal_that_is_refused_is_never_parsed() {
    let mut config = tls();
    config.limits.after_login.literal = 10;
    for chunks in Chunks::all() {
        let client = Client::new(config.clone());
        let mut dialogue = Dialogue::new(client, chunks);
        dialogue.run("
            S: * PREAUTH ready
            = greeting PREAUTH ready
            + NOOP
            C: A1 NOOP
            S- * LIST () NIL {30}\\r\\n\\r\\nA1 OK\\r\\n* 1 EXPUNGE\\r\\n* 3 EX
            = error the unit at octet 17 is too long: at octet 14: 30 octets in a literal that is kept, 10 are allowed
            = lost 1 (sent)
            = closed Error");
    }
}

#[test]
fn s8_compression_that_has_not_begun_when_its_end_is_asked_for() {
    dialogue(
        tls(),
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        + COMPRESS DEFLATE
        !! State { expected: \"a channel without compression\" }: send COMPRESS DEFLATE
        + UNAUTHENTICATE
        C: A1 COMPRESS DEFLATE
        S: A1 OK go
        = 1 OK go
        ! next HandOver(Deflate)
        ! hand-over
        C: A2 UNAUTHENTICATE
        S: A2 OK done
        = 2 OK done
        ! next HandOver(EndDeflate)
        ! hand-over
        ! next Read",
    );
}

#[test]
fn s8_nothing_is_swapped_by_unauthenticate_without_compression() {
    dialogue(
        tls(),
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        + UNAUTHENTICATE
        + LOGIN a b
        C: A1 UNAUTHENTICATE
        S: A1 OK done
        = 1 OK done
        ! next Read
        C: A2 LOGIN a b",
    );
}

/// Inflating is the driver's: what an inflater pours in meets the limits of octets that came as they
/// are, and a body is handed on as it comes.
#[test]
fn s8_a_bomb_behind_compress_meets_the_limits() {
    const MIB: usize = 1024 * 1024;
    let spaces = vec![b' '; 64 * 1024];
    // Each as it begins, the octets of its line or literal, and whether it is kept.
    for (begin, size, kept) in [
        ("* OK ", 1024 * MIB, true),
        ("* LIST () NIL {4000000000}\r\n", 0, true),
        ("* 1 FETCH (BODY[] {67108864}\r\n", 64 * MIB, false),
    ] {
        let mut dialogue = compressed();
        let client = &mut dialogue.client;
        let mut input = bytes::BytesMut::from(begin);
        let (mut poured, mut received, mut most) = (0, 0, 0);
        let end = loop {
            match client.poll(&mut input, mail_proto::Instant::default()) {
                Ok(Some(imap_proto::client::Event::Fetch(imap_proto::FetchPart::Chunk(it)))) => {
                    received += it.len();
                }
                Ok(Some(_)) => {}
                Ok(None) if poured < size => {
                    most = most.max(input.len());
                    input.extend_from_slice(&spaces);
                    poured += spaces.len();
                }
                end => break end,
            }
        };
        assert!(most <= 17 * MIB, "{begin}: {most} octets wait");
        if kept {
            assert!(matches!(end, Err(Error::TooLong { .. })), "{begin}: {end:?}");
            assert!(poured <= 17 * MIB, "{begin}: {poured}");
        } else {
            assert_eq!((received, end), (size, Ok(None)));
            assert_eq!(most, 0, "nothing is kept of a body");
        }
    }
}

fn compressed() -> Dialogue {
    let mut dialogue = Dialogue::new(Client::new(tls()), Chunks::Whole);
    dialogue.run(
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        + COMPRESS DEFLATE
        C: A1 COMPRESS DEFLATE
        S: A1 OK go
        = 1 OK go
        ! hand-over",
    );
    dialogue
}

#[test]
fn s13_announcements_reserve_nothing_and_many_meet_one_budget() {
    let config = tls();
    let announced = |at: usize| {
        format!(
            "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        S- * LIST () NIL {{4294967295}}\\r\\n
        = error the unit at octet 17 is too long: at octet {at}: 4294967295 octets in a literal that is kept, 1048576 are allowed
        = closed Error"
        )
    };
    dialogue(config.clone(), &announced(14));
    dialogue(
        open(),
        "
        S: * OK ready
        = greeting OK ready
        S- * LIST () NIL {2000000}\\r\\n
        = error the unit at octet 12 is too long: at octet 14: 2000000 octets in a literal that is kept, 1048576 are allowed
        = closed Error",
    );
    // All that one response keeps counts.
    let mut dialogue = Dialogue::new(Client::new(config), Chunks::Whole);
    dialogue.run("S: * PREAUTH ready\n= greeting PREAUTH ready");
    let (client, now) = (&mut dialogue.client, mail_proto::Instant::default());
    let mut input = bytes::BytesMut::from("* 1 FETCH (");
    let mut poured = 0;
    let end = loop {
        match client.poll(&mut input, now) {
            Ok(None) if poured < 64 => {
                input.extend_from_slice(b"X {1000000}\r\n");
                input.extend_from_slice(&vec![b'x'; 1_000_000]);
                input.extend_from_slice(b" ");
                poured += 1;
            }
            end => break end,
        }
    };
    assert!(matches!(end, Err(Error::TooLong { .. })), "{end:?}");
    assert_eq!(poured, 17);
}

#[test]
fn s15_ranges_stay_ranges() {
    selected(
        "
        S: * VANISHED (EARLIER) 1:4294967295
        = * VANISHED (EARLIER) 1:4294967295
        S: * OK [COPYUID 1 1:4294967295 1:4294967295] done
        = * OK [COPYUID 1 1:4294967295 1:4294967295] done
        S: * ESEARCH ALL 4294967295:1
        = * ESEARCH ALL 4294967295:1",
    );
}

#[test]
fn s16_a_million_parentheses_cost_their_response() {
    let mut dialogue = Dialogue::new(Client::new(tls()), Chunks::Whole);
    dialogue.run("S: * PREAUTH ready\n= greeting PREAUTH ready");
    for begin in ["* 1 FETCH (BODYSTRUCTURE ", "* THREAD ", "* LIST ", "* X-UNKNOWN ", "* ESEARCH "]
    {
        let mut line = begin.as_bytes().to_vec();
        line.extend(std::iter::repeat_n(b'(', 1_000_000));
        line.extend_from_slice(b"\r\n");
        let mut input = bytes::BytesMut::from(line.as_slice());
        let now = mail_proto::Instant::default();
        while let Some(event) = dialogue.client.poll(&mut input, now).unwrap() {
            drop(event);
        }
        assert!(input.is_empty(), "{begin}");
        assert_eq!(dialogue.client.next(), mail_proto::Next::Read, "{begin}");
    }
}

#[test]
fn s25_an_answer_completes_the_command_of_its_tag_alone() {
    logged_in(
        "
        + NOOP
        + CAPABILITY
        C: A1 NOOP
        C: A2 CAPABILITY
        S: A01 NO x
        = defect unknown-tag 17
        S: a1 NO x
        = defect unknown-tag 27
        S: A3 NO x
        = defect unknown-tag 36
        S: A2 OK done
        = 2 OK done
        S: A2 NO again
        = defect unknown-tag 57
        ! cancel 1
        + NOOP
        C: A3 NOOP
        S: A1 NO too late
        S: A3 OK done
        = 3 OK done",
    );
}

#[test]
fn s32_a_referral_is_told_and_not_followed() {
    dialogue(
        open(),
        "
        S: * OK ready
        = greeting OK ready
        + LOGIN a b
        C: A1 LOGIN a b
        S: A1 NO [REFERRAL imap://evil.example/] there
        = 1 NO [REFERRAL imap://evil.example/] there
        ! next Read",
    );
}

#[test]
fn s8_compression_is_not_asked_for_twice_because_its_end_was_cancelled() {
    dialogue(
        tls(),
        "
        S: * PREAUTH ready
        = greeting PREAUTH ready
        + COMPRESS DEFLATE
        + UNAUTHENTICATE
        + LOGIN a b
        + COMPRESS DEFLATE
        + NOOP
        C: A1 COMPRESS DEFLATE
        ! cancel 2
        S: A1 OK go
        = 1 OK go
        ! hand-over
        = lost 3 (not sent)
        = lost 4 (not sent)
        C: A5 NOOP",
    );
}
