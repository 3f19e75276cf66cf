//! What servers do that a client must understand.

use mail_proto::{Connection as _, Handover, Leniency, Next, Sent, Text};
use pop3_proto::client::{Client, Config, Event, ListingLine, Reply, Timeouts};
use pop3_proto::{Capability, Closed, Command, Defect, Error, RawCommand, Shape};

use super::support::{
    Lone, LoneClient, at, auth, joined_client, number, open_client, pass, seconds, secret, text,
    user,
};

fn in_transaction() -> LoneClient {
    LoneClient::in_transaction(open_client())
}

fn allowing(defect: Defect) -> Config {
    Config { leniency: Leniency::lenient().allow(defect), ..open_client() }
}

fn kept(events: &[Event]) -> Vec<&Event> {
    events.iter().filter(|event| !matches!(event, Event::Defect(_))).collect()
}

#[test]
fn p1_a_body_that_was_not_stuffed_ends_the_connection_and_nothing_is_guessed() {
    let wire = b"+OK\r\nfirst\r\n.\r\nlast\r\n.\r\n";
    for split in 0..=wire.len() {
        let mut client = in_transaction();
        let id = client.connection.send(Command::Retr(number(1))).unwrap();
        let next = client.connection.send(Command::Noop).unwrap();
        client.take();
        let events = joined_client(client.feed_split(wire, &[split]));
        assert!(matches!(events[1], Event::Body { ref octets, .. } if octets == "first\r\n"));
        assert!(matches!(events[2], Event::Completed { id: done, .. } if done == id));
        assert_eq!(
            events[3..],
            [Event::Lost { id: next, sent: Sent::Not }, Event::Closed(Closed::Error)]
        );
        assert!(matches!(client.error(), Some(Error::Desync { at, .. }) if *at > 0));
    }
}

#[test]
fn p1_lines_of_a_message_that_look_like_status_lines_stay_in_the_message() {
    let mut client = in_transaction();
    let events = client.exchange(Command::Retr(number(1)), "+OK\r\n-ERR x\r\n+OK y\r\n+ \r\n.\r\n");
    assert!(
        matches!(&events[1], Event::Body { octets, .. } if octets == "-ERR x\r\n+OK y\r\n+ \r\n")
    );
}

#[test]
fn p7_a_uidl_answer_without_number_is_that_of_the_message_asked_for() {
    let mut client = in_transaction();
    let events = client.exchange(Command::Uidl(Some(number(7))), "+OK 00001a1457b5a851\r\n");
    let [Event::Defect(defect), Event::Completed { result: Ok(Reply::UniqueId(uid)), .. }] =
        &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(
        (defect.id, uid.message, uid.uid.as_bytes()),
        (Defect::MissingNumber, number(7), b"00001a1457b5a851".as_slice())
    );
}

#[test]
fn p7_a_uidl_line_without_id_does_not_harm_its_neighbours() {
    let mut client = in_transaction();
    let events = client.exchange(Command::Uidl(None), "+OK\r\n1 a\r\n3\r\n4 d\r\n.\r\n");
    let lines: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Line { line, .. } => Some(matches!(line, ListingLine::UniqueId(_))),
            _ => None,
        })
        .collect();
    assert_eq!(lines, [true, false, true]);
    assert!(matches!(client.exchange(Command::Noop, "+OK\r\n")[..], [Event::Completed { .. }]));
}

#[test]
fn p7_a_multi_line_answer_to_uidl_n_is_not_taken_for_later_answers() {
    let mut client = in_transaction();
    let events = client.exchange(Command::Uidl(Some(number(1))), "+OK\r\n1 abc\r\n.\r\n");
    let completed = Event::Closed(Closed::Error);
    assert!(matches!(
        kept(&events)[0],
        Event::Completed { result: Ok(Reply::Malformed { .. }), .. }
    ));
    assert_eq!(events.last(), Some(&completed));
    assert!(matches!(client.error(), Some(Error::Desync { .. })));
}

#[test]
fn p9_a_capability_that_is_not_listed_is_no_reason_to_refuse() {
    let mut client = LoneClient::greeted(open_client());
    client.exchange(Command::Capa, "+OK CAPA list follows\r\nUSER\r\n.\r\n");
    client.exchange(user("a"), "+OK\r\n");
    client.exchange(pass("b"), "+OK\r\n");
    for command in [Command::Uidl(None), Command::Top { message: number(1), lines: 0 }] {
        let events = client.exchange(command, "+OK\r\n.\r\n");
        assert!(matches!(events.last(), Some(Event::Completed { result: Ok(_), .. })));
    }
}

#[test]
fn p9_capabilities_tell_in_which_state_they_were_learnt() {
    use pop3_proto::State::{Authorization, Transaction};
    let mut client = LoneClient::greeted(open_client());
    client.exchange(Command::Capa, "+OK\r\nUSER\r\n.\r\n");
    assert_eq!(client.connection.capabilities().unwrap().learnt_in(), Authorization);
    client.exchange(user("a"), "+OK\r\n");
    client.exchange(pass("b"), "+OK\r\n");
    client.exchange(Command::Capa, "+OK\r\nUIDL\r\n.\r\n");
    let known = client.connection.capabilities().unwrap();
    assert_eq!(known.learnt_in(), Transaction);
    assert!(known.has(&Capability::Uidl) && !known.has(&Capability::User));
}

#[test]
fn p10_capa_refused_clears_what_was_remembered() {
    let mut client = LoneClient::greeted(open_client());
    client.exchange(Command::Capa, "+OK\r\nPIPELINING\r\nSASL PLAIN\r\n.\r\n");
    assert!(client.connection.capabilities().is_some());
    client.exchange(Command::Capa, "-ERR unknown command\r\n");
    assert_eq!(client.connection.capabilities(), None);
    // And lock-step is back.
    client.connection.send(Command::Capa).unwrap();
    client.connection.send(Command::Capa).unwrap();
    assert_eq!(client.take_text(), "CAPA\r\n");
}

#[test]
fn p10_an_interrupted_capa_is_not_remembered() {
    let mut client = LoneClient::greeted(open_client());
    client.connection.send(Command::Capa).unwrap();
    client.take();
    client.feed("+OK\r\nPIPELINING\r\n");
    assert_eq!(client.connection.capabilities(), None);
    let events = client.eof();
    assert!(matches!(
        events[..],
        [Event::Lost { sent: Sent::Fully, .. }, Event::Closed(Closed::Eof)]
    ));
}

#[test]
fn p11_stls_refused_under_required_is_never_followed_by_credentials() {
    let mut client = Lone::of(Client::new(Config::default()));
    client.feed("+OK\r\n");
    client.exchange(Command::Capa, "+OK\r\nSTLS\r\nSASL PLAIN\r\n.\r\n");
    client.connection.send(Command::Stls).unwrap();
    client.connection.send(auth("PLAIN", Some(b"\0a\0canary"))).unwrap();
    assert_eq!(client.take_text(), "STLS\r\n");
    let events = client.feed("-ERR not really\r\n");
    assert!(matches!(events[1], Event::Lost { sent: Sent::Not, .. }));
    for command in [user("a"), pass("b"), auth("PLAIN", None)] {
        assert_eq!(client.connection.send(command), Err(mail_proto::SendError::TlsRequired));
    }
    assert!(client.take().is_empty());
    client.connection.send(Command::Quit).unwrap();
    assert_eq!(client.take_text(), "QUIT\r\n");
}

#[test]
fn p12_top_answered_err_leaves_the_session_usable() {
    let mut client = in_transaction();
    let top = Command::Top { message: number(1), lines: 0 };
    let events = client.exchange(top, "-ERR unimplemented\r\n");
    assert!(matches!(events[..], [Event::Completed { result: Err(_), .. }]));
    let events = client.exchange(Command::Retr(number(1)), "+OK\r\nSubject: x\r\n\r\n.\r\n");
    assert!(matches!(events.last(), Some(Event::Completed { result: Ok(_), .. })));
}

#[test]
fn p12_a_doubled_status_line_is_part_of_the_body_and_harms_nothing_else() {
    let mut client = in_transaction();
    let top = Command::Top { message: number(1), lines: 0 };
    let events = client.exchange(top, "+OK\r\n+OK\r\nheaders\r\n\r\n.\r\n");
    assert!(matches!(&events[1], Event::Body { octets, .. } if octets == "+OK\r\nheaders\r\n\r\n"));
    assert!(matches!(client.exchange(Command::Noop, "+OK\r\n")[..], [Event::Completed { .. }]));
}

#[test]
fn p13_an_ok_is_the_end_of_auth_unless_the_leniency_says_otherwise_by_name() {
    let mut client = LoneClient::greeted(open_client());
    let events = client.exchange(auth("NTLM", None), "+OK\r\n");
    assert!(matches!(events[..], [Event::Completed { result: Ok(_), .. }]));

    let mut client = LoneClient::greeted(allowing(Defect::OkAsChallenge));
    let events = client.exchange(auth("NTLM", None), "+OK\r\n");
    let [Event::Defect(defect), Event::Challenge { id, challenge }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(defect.id, Defect::OkAsChallenge);
    assert!(challenge.data().unwrap().expose().is_empty());
    client.connection.respond(*id, secret(b"negotiate")).unwrap();
    assert!(!client.take().is_empty());
    let events = client.feed("+OK\r\n");
    assert!(
        matches!(events[..], [Event::Completed { result: Ok(_), .. }]),
        "the second is the end"
    );
}

#[test]
fn p13_an_ok_to_an_initial_response_is_the_end_whatever_the_leniency() {
    let mut client = LoneClient::greeted(allowing(Defect::OkAsChallenge));
    client.exchange(Command::Capa, "+OK\r\nSASL PLAIN\r\n.\r\n");
    let events = client.exchange(auth("PLAIN", Some(b"\0a\0b")), "+OK welcome\r\n");
    assert!(matches!(events[..], [Event::Completed { result: Ok(_), .. }]), "{events:?}");
}

#[test]
fn p13_chatter_as_the_first_challenge_does_not_keep_the_initial_response() {
    for challenge in ["+ go ahead\r\n", "+\r\n", "+ \r\n"] {
        let mut client = LoneClient::greeted(open_client());
        let events = client.exchange(auth("PLAIN", Some(b"\0a\0b")), challenge);
        assert!(events.iter().all(|event| matches!(event, Event::Defect(_))), "{events:?}");
        assert_eq!(client.take_text(), "AGEAYg==\r\n");
        assert!(matches!(client.feed("+OK\r\n")[..], [Event::Completed { result: Ok(_), .. }]));
    }
}

#[test]
fn p15_greetings_of_every_kind_are_taken_and_the_timestamp_found_anywhere() {
    for (greeting, stamp) in [
        ("+OK", None),
        ("+OK <16184.1473445882@mail3.example.com>", Some("<16184.1473445882@mail3.example.com>")),
        (
            "+OK POP3 ready <1896.697170952@dbc.mtview.ca.us> at your service",
            Some("<1896.697170952@dbc.mtview.ca.us>"),
        ),
        ("+OK <not a stamp> but <a@b>", Some("<a@b>")),
    ] {
        let mut client = LoneClient::of(Client::new(open_client()));
        let events = client.feed(format!("{greeting}\r\n"));
        assert!(matches!(events.last(), Some(Event::Greeting(_))));
        let found = client.connection.timestamp().map(|stamp| stamp.to_string());
        assert_eq!(found.as_deref(), stamp, "{greeting}");
    }
}

#[test]
fn p15_a_greeting_that_refuses_ends_the_connection() {
    let mut client = LoneClient::of(Client::new(open_client()));
    let id = client.connection.send(Command::Capa).unwrap();
    let events = client.feed("-ERR [SYS/TEMP] too many connections\r\n");
    assert!(matches!(events[0], Event::Greeting(_)));
    assert_eq!(events[1..], [Event::Lost { id, sent: Sent::Not }, Event::Closed(Closed::Refused)]);
    assert_eq!(client.next(), Next::Close);
}

#[test]
fn p18_the_client_is_told_when_to_send_a_noop() {
    let timeouts = Timeouts { keep_alive: Some(seconds(50)), ..Timeouts::default() };
    let mut client = LoneClient::in_transaction(Config { timeouts, ..open_client() });
    assert_eq!(client.connection.poll_timeout(), Some(at(50)));
    assert_eq!(client.wait(at(49)), []);
    assert_eq!(client.wait(at(50)), [Event::KeepAlive]);
    client.exchange(Command::Noop, "+OK\r\n");
    assert_eq!(client.connection.poll_timeout(), Some(at(100)));
    assert_eq!(client.wait(at(100)), [Event::KeepAlive]);
    assert_eq!(client.wait(at(150)), [Event::KeepAlive], "and again, if nobody cared");
}

#[test]
fn p18_no_keep_alive_while_a_command_runs_or_before_login() {
    let timeouts = Timeouts { keep_alive: Some(seconds(50)), ..Timeouts::default() };
    let config = Config { timeouts, ..open_client() };
    assert_eq!(LoneClient::greeted(config.clone()).connection.poll_timeout(), None);
    let mut client = LoneClient::in_transaction(config);
    client.connection.send(Command::Retr(number(1))).unwrap();
    client.events();
    client.take();
    assert_eq!(client.connection.poll_timeout(), Some(at(300)), "the reply's deadline");
}

#[test]
fn p18_a_server_that_says_err_and_closes_is_understood() {
    let mut client = in_transaction();
    let events = client.feed("-ERR autologout; idle for too long\r\n");
    assert!(matches!(events.last(), Some(Event::Unsolicited(_))));
    assert_eq!(client.eof(), [Event::Closed(Closed::Eof)]);
}

#[test]
fn p19_lines_of_a_body_may_have_any_length() {
    let line = "x".repeat(1 << 20);
    let mut client = in_transaction();
    let events = client.exchange(Command::Retr(number(1)), format!("+OK\r\n{line}\r\n.\r\n"));
    assert!(matches!(&events[1], Event::Body { octets, .. } if octets.len() == line.len() + 2));
}

#[test]
fn p21_raw_commands_are_answered_by_one_line_or_by_many_as_the_caller_says() {
    let mut client = in_transaction();
    let last = RawCommand::new("LAST", Text::empty()).unwrap();
    let events = client.exchange(Command::Other(last.clone()), "+OK 3\r\n");
    assert!(
        matches!(&events[..], [Event::Completed { result: Ok(Reply::Done(status)), .. }] if status.text.as_bytes() == b"3")
    );

    let xtnd = RawCommand::new("XTND", text("ARCHIVE x")).unwrap();
    let id = client.connection.send_raw(&xtnd, Shape::Body).unwrap();
    assert_eq!(client.take_text(), "XTND ARCHIVE x\r\n");
    let events = joined_client(client.feed("+OK\r\n1\r\n..2\r\n.\r\n"));
    assert_eq!(events[1], Event::Body { id, octets: "1\r\n.2\r\n".into() });
    assert!(matches!(events[2], Event::Completed { result: Ok(Reply::End), .. }));
    assert!(client.connection.send_raw(&last, Shape::Sasl).is_err());
}

#[test]
fn p22_nothing_is_pipelined_across_auth_and_stls() {
    let mut client = LoneClient::greeted(open_client());
    client.exchange(Command::Capa, "+OK\r\nPIPELINING\r\n.\r\n");
    client.connection.send(auth("LOGIN", None)).unwrap();
    client.connection.send(Command::Capa).unwrap();
    assert_eq!(client.take_text(), "AUTH LOGIN\r\n");
    client.feed("-ERR\r\n");
    assert_eq!(client.take_text(), "CAPA\r\n");
    client.connection.send(Command::Stls).unwrap();
    client.connection.send(Command::Capa).unwrap();
    assert_eq!(client.take_text(), "", "STLS waits for what is before it");
    client.feed("+OK\r\nPIPELINING\r\n.\r\n");
    assert_eq!(client.take_text(), "STLS\r\n");
    client.feed("+OK\r\n");
    assert_eq!(client.take_text(), "");
    client.connection.handed_over(Handover::Tls, &mut client.input).unwrap();
    assert_eq!(client.take_text(), "CAPA\r\n");
}

#[test]
fn p22_a_password_waits_for_the_answer_to_the_name_and_is_not_sent_after_a_refusal() {
    for between in [false, true] {
        let mut client = LoneClient::greeted(open_client());
        client.exchange(Command::Capa, "+OK\r\nPIPELINING\r\n.\r\n");
        client.connection.send(user("alice")).unwrap();
        if between {
            client.connection.send(Command::Capa).unwrap();
        }
        let password = client.connection.send(pass("canary")).unwrap();
        let sent = client.take_text();
        assert!(!sent.contains("canary"), "{sent}");
        let events = client.feed("-ERR no such user\r\n");
        assert!(events.contains(&Event::Lost { id: password, sent: Sent::Not }));
        client.feed("+OK\r\n.\r\n");
        assert!(client.take().is_empty());
    }
}
