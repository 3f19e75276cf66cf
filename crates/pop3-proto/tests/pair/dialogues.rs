//! The dialogues that the RFCs print.

use mail_proto::Secret;
use pop3_proto::client::{Event, ListingLine, Reply};
use pop3_proto::{Closed, Command, Digest};

use super::support::{Maildrop, auth, mail, number, pass, user};
use super::{Script, bodies, lines, results};

#[test]
fn the_session_of_rfc_1939_section_10() {
    let digest = Digest::parse(b"c4c9334bac560ecc979e58001b3e22fb").unwrap();
    let script = Script::of([
        Command::Apop { name: "mrose".try_into().unwrap(), digest: Secret::new(digest) },
        Command::Stat,
        Command::List(None),
        Command::Retr(number(1)),
        Command::Dele(number(1)),
        Command::Retr(number(2)),
        Command::Dele(number(2)),
        Command::Quit,
    ]);
    let octets = |n: usize| bytes::Bytes::from(format!("{:1$}\r\n", "", n - 2));
    let maildrop = || Maildrop::of(vec![octets(120), octets(200)]);
    let log = script.run_all(maildrop);
    let client = "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\nSTAT\r\nLIST\r\nRETR 1\r\n\
                  DELE 1\r\nRETR 2\r\nDELE 2\r\nQUIT\r\n";
    assert_eq!(String::from_utf8_lossy(&log.from_client), client);
    let server = lines(&log.from_server);
    assert_eq!(server[0], "+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>");
    assert_eq!(server[2..7], ["+OK 2 320", "+OK", "1 120", "2 200", "."]);
    assert_eq!(bodies(&log), [octets(120), octets(200)]);
    assert_eq!(log.client.last(), Some(&Event::Closed(Closed::Quit)));
}

#[test]
fn quit_in_transaction_deletes_what_is_marked() {
    let script = Script::of([
        user("alice"),
        pass("secret"),
        Command::Dele(number(1)),
        Command::Rset,
        Command::Dele(number(2)),
        Command::Retr(number(2)),
        Command::Stat,
        Command::Quit,
    ]);
    let drop = Maildrop::with(3);
    let log = script.run(&drop, super::Chunks::One);
    assert_eq!(results(&log), [true, true, true, true, true, false, true, true]);
    let drop = drop.lock().unwrap();
    assert_eq!((drop.commits, drop.messages.as_slice()), (1, [mail(1), mail(3)].as_slice()));
}

#[test]
fn quit_in_authorization_closes_and_deletes_nothing() {
    let drop = Maildrop::with(1);
    let log = Script::of([user("alice"), Command::Quit]).run(&drop, super::Chunks::Whole);
    assert_eq!(results(&log), [true, true]);
    assert_eq!(drop.lock().unwrap().commits, 0);
    assert!(log.server.iter().all(|e| !matches!(e, pop3_proto::server::Event::Request(_))));
}

#[test]
fn a_quit_that_could_not_delete_is_answered_err_and_closes_all_the_same() {
    let drop = Maildrop::with(1);
    drop.lock().unwrap().refuse_quit = true;
    let script = Script::of([user("alice"), pass("secret"), Command::Quit]);
    let log = script.run(&drop, super::Chunks::One);
    assert_eq!(results(&log), [true, true, false]);
    assert!(log.from_server.ends_with(b"-ERR [SYS/TEMP] some were not removed\r\n"));
    assert_eq!(log.client.last(), Some(&Event::Closed(Closed::Quit)));
}

#[test]
fn user_may_be_given_again_after_a_refused_password() {
    let script = Script::of([
        user("alice"),
        pass("wrong"),
        user("alice"),
        pass("secret"),
        Command::Noop,
        Command::Quit,
    ]);
    let log = script.run_all(|| Maildrop::with(0));
    assert_eq!(results(&log), [true, false, true, true, true, true]);
    assert!(lines(&log.from_server).contains(&"-ERR [AUTH] wrong".to_owned()));
}

#[test]
fn pass_is_legal_only_right_behind_user() {
    let script = Script::of([pass("secret"), user("alice"), Command::Capa, pass("secret")]);
    let log = script.pair(&Maildrop::with(0));
    let mut log = log;
    log.run(super::Chunks::One);
    let log = log.log();
    assert_eq!(results(&log), [false, true, true, false]);
}

#[test]
fn capa_of_rfc_2449_before_and_after_login() {
    let script = Script::of([Command::Capa, user("alice"), pass("secret"), Command::Capa]);
    let mut commands = script.commands.clone();
    commands.push(Command::Quit);
    let log = Script::of(commands).run_all(|| Maildrop::with(1));
    let learnt = log.client.iter().filter_map(|event| match event {
        Event::Line { line: ListingLine::Capability(capability), .. } => Some(capability.tag()),
        _ => None,
    });
    let learnt: Vec<_> = learnt.map(String::from_utf8_lossy).collect();
    let (before, after) = learnt.split_at(10);
    assert_eq!(
        before,
        [
            "TOP",
            "UIDL",
            "RESP-CODES",
            "AUTH-RESP-CODE",
            "PIPELINING",
            "USER",
            "SASL",
            "STLS",
            "UTF8",
            "LANG"
        ]
    );
    assert_eq!(
        after,
        ["TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "SASL", "UTF8", "LANG"]
    );
}

#[test]
fn stls_of_rfc_2595_forgets_capabilities_and_goes_on_protected() {
    let script = Script::of([
        Command::Capa,
        Command::Stls,
        Command::Capa,
        user("alice"),
        pass("secret"),
        Command::Retr(number(1)),
        Command::Quit,
    ]);
    for script in [script.clone(), script.at_once()] {
        let log = script.run_all(|| Maildrop::with(1));
        assert_eq!(results(&log), [true; 7]);
        assert_eq!(bodies(&log), [mail(1)]);
        let secured = log.client.iter().position(|e| *e == Event::Secured).unwrap();
        assert!(matches!(log.client[secured - 1], Event::Completed { .. }));
        assert!(log.server.contains(&pop3_proto::server::Event::Secured));
        let stls = log.client.iter().filter(|event| {
            matches!(event, Event::Line { line: ListingLine::Capability(c), .. } if c.tag() == b"STLS")
        });
        assert_eq!(stls.count(), 1, "offered before TLS only");
    }
}

#[test]
fn a_second_stls_is_refused() {
    let log =
        Script::of([Command::Stls, Command::Stls, Command::Quit]).run_all(|| Maildrop::with(0));
    assert_eq!(results(&log), [true, false, true]);
}

#[test]
fn auth_of_rfc_5034_with_an_initial_response_in_the_line() {
    let script = Script::of([Command::Capa, auth("PLAIN", Some(b"\0test\0secret")), Command::Quit]);
    let log = script.run_all(|| Maildrop::with(0));
    assert_eq!(lines(&log.from_client), ["CAPA", "AUTH PLAIN AHRlc3QAc2VjcmV0", "QUIT"]);
    assert_eq!(results(&log), [true; 3]);
}

#[test]
fn an_initial_response_waits_for_the_challenge_where_sasl_is_not_announced() {
    let script = Script::of([auth("PLAIN", Some(b"\0test\0secret")), Command::Quit]);
    let log = script.run_all(|| Maildrop::with(0));
    assert_eq!(lines(&log.from_client), ["AUTH PLAIN", "AHRlc3QAc2VjcmV0", "QUIT"]);
    assert_eq!(lines(&log.from_server)[1], "+ ");
    assert_eq!(results(&log), [true; 2]);
}

#[test]
fn an_empty_initial_response_is_an_equals_sign() {
    let script = Script::of([Command::Capa, auth("X-ASK", Some(b"")), Command::Quit])
        .answering(&[Some(b"done")]);
    let log = script.run_all(|| Maildrop::with(0));
    assert_eq!(lines(&log.from_client), ["CAPA", "AUTH X-ASK =", "ZG9uZQ==", "QUIT"]);
}

#[test]
fn an_initial_response_beyond_255_octets_follows_the_empty_challenge() {
    static LONG: [u8; 300] = [b'x'; 300];
    let script = Script::of([Command::Capa, auth("X-ASK", Some(&LONG)), Command::Quit])
        .answering(&[Some(b"done")]);
    let log = script.run_all(|| Maildrop::with(0));
    let sent = lines(&log.from_client);
    assert_eq!(
        (sent[1].as_str(), sent[2].len(), sent[3].as_str()),
        ("AUTH X-ASK", 400, "ZG9uZQ==")
    );
    let challenges = log.client.iter().filter_map(|event| match event {
        Event::Challenge { challenge, .. } => Some(challenge.data().unwrap().expose().clone()),
        _ => None,
    });
    assert_eq!(challenges.collect::<Vec<_>>(), [&LONG[..]], "the empty one is not told");
}

#[test]
fn challenges_and_responses_go_to_and_fro() {
    let script = Script::of([auth("LOGIN", None), Command::Quit])
        .answering(&[Some(b"alice"), Some(b"secret")]);
    let log = script.run_all(|| Maildrop::with(0));
    assert_eq!(lines(&log.from_client), ["AUTH LOGIN", "YWxpY2U=", "c2VjcmV0", "QUIT"]);
    assert_eq!(results(&log), [true; 2]);
}

#[test]
fn a_cancelled_exchange_is_answered_err_and_another_may_begin() {
    let script = Script::of([
        auth("LOGIN", None),
        auth("X-ASK", None),
        user("alice"),
        pass("secret"),
        Command::Quit,
    ]);
    let script = script.answering(&[Some(b"alice"), None, None]);
    let log = script.run_all(|| Maildrop::with(0));
    assert_eq!(results(&log), [false, false, true, true, true]);
    assert_eq!(lines(&log.from_client)[..4], ["AUTH LOGIN", "YWxpY2U=", "*", "AUTH X-ASK"]);
    let ended = pop3_proto::server::Event::AuthenticationEnded;
    assert_eq!(log.server.iter().filter(|event| **event == ended).count(), 2);
}

#[test]
fn utf8_and_lang_of_rfc_6856() {
    let range = |range: &str| Command::Lang(Some(range.try_into().unwrap()));
    let script = Script::of([
        Command::Utf8,
        Command::Lang(None),
        range("de"),
        range("fr"),
        range("*"),
        user("alice"),
        pass("secret"),
        range("DE-at"),
        Command::Quit,
    ]);
    let log = script.run_all(|| Maildrop::with(0));
    assert_eq!(results(&log), [true, true, true, false, true, true, true, true, true]);
    let languages = log.client.iter().filter_map(|event| match event {
        Event::Line { line: ListingLine::Language(line), .. } => Some(line.tag.to_string()),
        Event::Completed { result: Ok(Reply::Language(line)), .. } => Some(line.tag.to_string()),
        _ => None,
    });
    assert_eq!(languages.collect::<Vec<_>>(), ["en", "de-AT", "de-AT", "en", "de-AT"]);
}

#[test]
fn listings_of_one_and_of_all() {
    let script = Script::of([
        user("alice"),
        pass("secret"),
        Command::Dele(number(2)),
        Command::List(None),
        Command::Uidl(None),
        Command::List(Some(number(3))),
        Command::Uidl(Some(number(3))),
        Command::List(Some(number(2))),
        Command::Uidl(Some(number(9))),
    ]);
    let mut pair = script.pair(&Maildrop::with(3));
    pair.run(super::Chunks::One);
    let log = pair.log();
    assert_eq!(results(&log), [true, true, true, true, true, true, true, false, false]);
    let text = String::from_utf8_lossy(&log.from_server).into_owned();
    assert!(
        text.contains("+OK\r\n1 32\r\n3 32\r\n.\r\n+OK\r\n1 uid-1\r\n3 uid-3\r\n.\r\n"),
        "{text}"
    );
    assert!(text.contains("+OK 3 32\r\n+OK 3 uid-3\r\n-ERR no such message\r\n"));
}

#[test]
fn top_gives_the_header_and_so_many_lines() {
    let top = |lines| Command::Top { message: number(1), lines };
    let script =
        Script::of([user("alice"), pass("secret"), top(0), top(2), top(99), Command::Quit]);
    let log = script.run_all(|| Maildrop::with(1));
    let header = "Subject: 1\r\n\r\n";
    assert_eq!(bodies(&log), [header.into(), format!("{header}Hello\r\n.\r\n").into(), mail(1)]);
}
