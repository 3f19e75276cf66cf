//! What the client's methods promise.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

use mail_proto::{CommandId, Connection, Next, Secret, SendError, Sent};
use pop3_proto::client::{Client, Config, Event, Reply};
use pop3_proto::{Closed, Command, Defect, Name, Shape, State, Timestamp, apop_digest};
use support::{LoneClient, auth, joined_client, number, open_client, pass, secret, user};

fn in_transaction() -> LoneClient {
    LoneClient::in_transaction(open_client())
}

#[test]
fn commands_given_before_the_greeting_wait_for_it() {
    let mut client = LoneClient::of(Client::new(open_client()));
    client.connection.send(Command::Capa).unwrap();
    assert!(client.take().is_empty());
    client.feed("+OK\r\n");
    assert_eq!(client.take_text(), "CAPA\r\n");
}

#[test]
fn a_command_that_cannot_be_legal_in_its_turn_is_an_error_of_the_call() {
    let mut client = LoneClient::greeted(open_client());
    let state = |expected| Err(SendError::State { expected });
    assert_eq!(client.connection.send(Command::Stat), state("a login before"));
    client.connection.send(user("a")).unwrap();
    assert_eq!(client.connection.send(Command::Stat), state("a login before"));
    client.connection.send(pass("b")).unwrap();
    client.connection.send(Command::Stat).unwrap();
    for command in
        [user("a"), pass("b"), Command::Stls, Command::Utf8, auth("PLAIN", None), Command::AuthList]
    {
        assert_eq!(client.connection.send(command), state("the AUTHORIZATION state"));
    }
    client.connection.send(Command::Quit).unwrap();
    for command in [Command::Stat, Command::Quit, Command::Capa, user("a")] {
        assert_eq!(client.connection.send(command), state("no QUIT before"));
    }
    assert_eq!(client.connection.open_commands(), 4);
    client.connection.close();
    assert_eq!(client.connection.send(Command::Capa), Err(SendError::Closed));
}

#[test]
fn an_unsent_command_that_is_cancelled_leaves_its_neighbours() {
    let mut client = in_transaction();
    let ids: Vec<_> = (0..4).map(|_| client.connection.send(Command::Noop).unwrap()).collect();
    assert_eq!(client.connection.cancel(ids[1]), Ok(Sent::Not));
    assert_eq!(client.connection.cancel(ids[1]), Err(SendError::NotOwed));
    let mut done = Vec::new();
    for _ in 0..3 {
        assert_eq!(client.take_text(), "NOOP\r\n");
        for event in client.feed("+OK\r\n") {
            let Event::Completed { id, .. } = event else { panic!("{event:?}") };
            done.push(id);
        }
    }
    assert_eq!(done, [ids[0], ids[2], ids[3]]);
    assert!(client.take().is_empty());
}

#[test]
fn a_cancelled_auth_that_is_unsent_leaves_nothing_in_the_queue() {
    let mut client = LoneClient::greeted(open_client());
    client.connection.send(Command::Capa).unwrap();
    let id = client.connection.send(auth("LOGIN", None)).unwrap();
    client.connection.send(Command::Quit).unwrap();
    assert_eq!(client.take_text(), "CAPA\r\n");
    assert_eq!(client.connection.cancel(id), Ok(Sent::Not));
    client.feed("-ERR\r\n");
    assert_eq!(client.take_text(), "QUIT\r\n");
}

#[test]
fn an_answer_that_has_not_been_begun_is_not_sent_when_its_auth_is_cancelled() {
    let mut client = LoneClient::greeted(open_client());
    let id = client.connection.send(auth("LOGIN", None)).unwrap();
    client.take();
    client.feed("+ \r\n");
    client.connection.respond(id, Secret::new("canary".into())).unwrap();
    client.connection.cancel(id).unwrap();
    assert_eq!(client.take_text(), "*\r\n");
    assert_eq!(client.feed("-ERR\r\n"), []);
    client.connection.send(Command::Quit).unwrap();
    assert_eq!(client.take_text(), "QUIT\r\n");
}

#[test]
fn no_event_of_a_cancelled_auth_follows() {
    let not_owed = Err(SendError::NotOwed);
    let mut client = LoneClient::greeted(open_client());
    let id = client.connection.send(auth("LOGIN", None)).unwrap();
    client.take();
    assert_eq!(client.feed("+ \r\n").len(), 1);
    assert_eq!(client.connection.cancel(id), Ok(Sent::Fully));
    assert_eq!(client.connection.respond(id, Secret::new("x".into())), not_owed);
    assert_eq!(client.connection.cancel_exchange(id), not_owed);
    assert_eq!(client.take_text(), "*\r\n");
    assert_eq!(client.feed("-ERR cancelled\r\n"), []);
    assert_eq!(client.connection.open_commands(), 0);
}

#[test]
fn what_waits_to_be_told_of_a_cancelled_command_is_not_told() {
    let leniency = mail_proto::Leniency::lenient().allow(Defect::BareLf);
    let mut client = LoneClient::greeted(Config { leniency, ..open_client() });
    let id = client.connection.send(auth("LOGIN", None)).unwrap();
    client.take();
    // The challenge comes behind the defect.
    let mut input = bytes::BytesMut::from("+ \n");
    let event = client.connection.poll(&mut input, client.now).unwrap();
    assert!(matches!(event, Some(Event::Defect(_))), "{event:?}");
    client.connection.cancel(id).unwrap();
    assert_eq!(client.connection.poll(&mut input, client.now), Ok(None));
    assert_eq!(client.take_text(), "*\r\n");
}

#[test]
fn an_exchange_that_is_given_up_can_be_heard_to_its_end() {
    let mut client = LoneClient::greeted(open_client());
    let id = client.connection.send(auth("LOGIN", None)).unwrap();
    let not_owed = Err(SendError::NotOwed);
    assert_eq!(client.connection.cancel_exchange(id), not_owed, "unsent");
    assert_eq!(client.take_text(), "AUTH LOGIN\r\n");
    assert_eq!(client.connection.cancel_exchange(id), not_owed, "no challenge yet");
    client.feed("+ \r\n");
    client.connection.respond(id, Secret::new("joe".into())).unwrap();
    client.take();
    assert_eq!(client.connection.cancel_exchange(id), not_owed, "answered");
    client.feed("+ \r\n");
    // What is not on its way is not sent.
    client.connection.respond(id, Secret::new("canary".into())).unwrap();
    assert_eq!(client.connection.cancel_exchange(id), Ok(()));
    assert_eq!(client.connection.cancel_exchange(id), not_owed, "given up");
    assert_eq!(client.take_text(), "*\r\n");
    let events = client.feed("-ERR cancelled\r\n");
    assert!(matches!(&events[..], [Event::Completed { id: it, result: Err(_) }] if *it == id));
    assert_eq!(client.connection.cancel_exchange(id), not_owed, "over");
}

#[test]
fn s29_the_rest_of_a_secret_is_not_sent_when_its_command_is_cancelled() {
    let closed = [Event::Closed(Closed::Local)];
    let digest = apop_digest(&Timestamp::new("<1.2@example.org>").unwrap(), b"canary");
    let name = || Name::new("joe").unwrap();
    for command in [
        pass("canary"),
        Command::Apop { name: name(), digest },
        auth("PLAIN", Some(b"\0joe\0canary")),
    ] {
        let mut client = LoneClient::of(Client::new(Config { apop: true, ..open_client() }));
        client.feed("+OK <1.2@example.org>\r\n");
        client.exchange(Command::Capa, "+OK\r\nSASL PLAIN\r\n.\r\n");
        let id = client.connection.send(command).unwrap();
        bytes::Buf::advance(&mut client.connection.transmit(client.now), 9);
        assert_eq!(client.connection.cancel(id), Ok(Sent::Partly));
        assert_eq!(client.events(), closed);
        assert!(client.take().is_empty());
    }
    let mut client = LoneClient::greeted(open_client());
    let id = client.connection.send(auth("LOGIN", None)).unwrap();
    client.take();
    client.feed("+ \r\n");
    client.connection.respond(id, Secret::new("canary".into())).unwrap();
    bytes::Buf::advance(&mut client.connection.transmit(client.now), 3);
    assert_eq!(client.connection.cancel(id), Ok(Sent::Fully));
    assert_eq!(client.events(), closed);
    assert!(client.take().is_empty());
}

#[test]
fn a_cancelled_name_takes_its_password_along_and_no_other_login() {
    let mut client = LoneClient::greeted(Config { apop: true, ..open_client() });
    client.connection.send(Command::Capa).unwrap();
    let name = client.connection.send(user("a")).unwrap();
    let password = client.connection.send(pass("canary")).unwrap();
    client.take();
    assert_eq!(client.connection.cancel(name), Ok(Sent::Not));
    assert_eq!(client.events(), [Event::Lost { id: password, sent: Sent::Not }]);
    let digest =
        client.connection.apop("a".try_into().unwrap(), &Secret::new("b".try_into().unwrap()));
    digest.unwrap();
    client.feed("-ERR\r\n");
    assert!(client.take_text().starts_with("APOP a "));
}

#[test]
fn a_refused_name_does_not_lose_an_apop_behind_it() {
    let mut client = LoneClient::greeted(Config { apop: true, ..open_client() });
    client.connection.send(user("a")).unwrap();
    let password = Secret::new("tanstaaf".try_into().unwrap());
    client.connection.apop("a".try_into().unwrap(), &password).unwrap();
    client.take();
    assert_eq!(client.feed("-ERR\r\n").len(), 1);
    assert!(client.take_text().starts_with("APOP a "));
}

#[test]
fn a_command_cancelled_behind_its_first_octet_is_swallowed_wholly() {
    for (handed, sent) in [(1, Sent::Partly), (8, Sent::Fully)] {
        let mut client = in_transaction();
        let id = client.connection.send(Command::Retr(number(1))).unwrap();
        bytes::Buf::advance(&mut client.connection.transmit(client.now), handed);
        assert_eq!(client.connection.cancel(id), Ok(sent));
        client.take();
        assert_eq!(client.feed_single(b"+ok \x01\r\n..a\r\nb\r\n.\r\n"), []);
        assert_eq!(client.connection.open_commands(), 0);
        assert_eq!(client.exchange(Command::Noop, "+OK\r\n").len(), 1);
    }
}

#[test]
fn a_cancelled_command_is_not_reported_as_lost() {
    let mut client = in_transaction();
    let id = client.connection.send(Command::Retr(number(1))).unwrap();
    client.take();
    client.connection.cancel(id).unwrap();
    assert_eq!(client.eof(), [Event::Closed(Closed::Eof)]);
}

#[test]
fn a_cancelled_capa_is_remembered_and_a_cancelled_login_counts() {
    let mut client = LoneClient::greeted(open_client());
    let id = client.connection.send(Command::Capa).unwrap();
    client.take();
    client.connection.cancel(id).unwrap();
    assert_eq!(client.feed("+OK\r\nTOP\r\n.\r\n"), []);
    assert!(client.connection.capabilities().is_some());
    client.exchange(user("a"), "+OK\r\n");
    let id = client.connection.send(pass("b")).unwrap();
    client.take();
    client.connection.cancel(id).unwrap();
    assert_eq!(client.feed("+OK\r\n"), []);
    assert_eq!(client.connection.state(), State::Transaction);
}

#[test]
fn only_a_challenge_can_be_answered_and_only_once() {
    let mut client = LoneClient::greeted(open_client());
    let id = client.connection.send(auth("LOGIN", None)).unwrap();
    let not_owed = Err(SendError::NotOwed);
    assert_eq!(client.connection.respond(id, secret(b"x")), not_owed);
    client.take();
    assert_eq!(client.connection.respond(id, secret(b"x")), not_owed);
    client.feed("+ \r\n");
    assert_eq!(client.connection.respond(CommandId::default(), secret(b"x")), not_owed);
    assert_eq!(client.connection.respond(id, secret(b"x")), Ok(()));
    assert_eq!(client.connection.respond(id, secret(b"x")), not_owed);
    assert_eq!(client.take_text(), "eA==\r\n");
    client.feed("-ERR\r\n");
    assert_eq!(client.connection.respond(id, secret(b"x")), not_owed);
}

#[test]
fn a_close_tells_truly_what_was_sent_and_sends_nothing_more() {
    for handed in 0..=12 {
        let mut client = in_transaction();
        client.exchange(Command::Capa, "+OK\r\nPIPELINING\r\n.\r\n");
        let ids = [0; 2].map(|_| client.connection.send(Command::Noop).unwrap());
        bytes::Buf::advance(&mut client.connection.transmit(client.now), handed);
        client.connection.close();
        let expected = [handed, handed.saturating_sub(6)].map(|octets| match octets {
            0 => Sent::Not,
            1..=5 => Sent::Partly,
            _ => Sent::Fully,
        });
        let lost = [0, 1].map(|n| Event::Lost { id: ids[n], sent: expected[n] });
        let events = client.events();
        assert_eq!((&events[..2], &events[2..]), (&lost[..], &[Event::Closed(Closed::Local)][..]));
        assert!(client.take().is_empty());
        assert_eq!(client.next(), Next::Close);
        assert_eq!(client.feed("+OK\r\n"), [], "nothing more is parsed");
    }
}

#[test]
fn the_end_of_the_file_is_told_behind_what_came_before_it() {
    let mut client = in_transaction();
    let ids = [0; 2].map(|_| client.connection.send(Command::Noop).unwrap());
    client.take();
    client.input.extend_from_slice(b"+OK\r\n+O");
    let events = client.eof();
    assert!(matches!(events[0], Event::Completed { id, .. } if id == ids[0]));
    assert_eq!(
        events[1..],
        [Event::Lost { id: ids[1], sent: Sent::Not }, Event::Closed(Closed::Eof)]
    );
}

#[test]
fn an_ok_with_an_odd_text_completes_with_the_text() {
    let mut client = in_transaction();
    for (command, answer) in [
        (Command::Stat, "+OK what\r\n"),
        (Command::List(Some(number(1))), "+OK\r\n"),
        (Command::Uidl(Some(number(1))), "+OK\r\n"),
        (Command::Lang(Some("de".try_into().unwrap())), "+OK \r\n"),
    ] {
        let events = client.exchange(command.clone(), answer);
        let last = events.last();
        assert!(
            matches!(last, Some(Event::Completed { result: Ok(Reply::Malformed { .. }), .. })),
            "{command:?}: {events:?}"
        );
    }
    assert_eq!(client.error(), None);
}

/// An answer that is full of defects, for its command.
fn odd_answers() -> Vec<(Command, &'static [u8])> {
    vec![
        (Command::Stat, b"+ok  2 -320\x01 x\r\n"),
        (Command::List(None), b"+OKlist\r\n1  10\r\n+OK 2 20\r\n03 5 \r\nx\r\n..\r\n.\r\n"),
        (Command::Uidl(None), b"+OK\r\n1   a b\r\n2 \xff \r\n.\r\n"),
        (Command::Uidl(Some(number(1))), b"+OK abc\r\n"),
        (Command::Capa, b"+OK\r\nEXPIRE soon\r\nSASL PLAIN a*b \r\nTOP \r\n.\r\n"),
        (Command::Retr(number(1)), b"+OK\n\r\n.x\r\n\n.\r\n.\n..\r\n.\r\r\n.\r\n"),
        (Command::Noop, b"-err [X/y] \0\r\n"),
        (Command::Quit, b"-ERR\r\n"),
    ]
}

#[test]
fn events_and_their_places_are_the_same_however_the_octets_come() {
    for (command, answer) in odd_answers() {
        let run = |ends: &[usize]| {
            let mut client = in_transaction();
            client.connection.send(command.clone()).unwrap();
            client.take();
            let mut events = client.feed_split(answer, ends);
            events.extend(client.eof());
            (joined_client(events), client.errors.clone(), client.connection.examined())
        };
        let whole = run(&[]);
        let defects = whole.0.iter().filter(|event| matches!(event, Event::Defect(_))).count();
        assert!(defects > 0 || command == Command::Quit || command == Command::Retr(number(1)));
        for first in 0..=answer.len() {
            for second in first..=answer.len() {
                assert_eq!(run(&[first, second]), whole, "{command:?} {first} {second}");
            }
        }
        let single: Vec<_> = (0..answer.len()).collect();
        assert_eq!(run(&single), whole);
    }
}

#[test]
fn places_of_body_defects_count_from_the_beginning_of_the_stream() {
    let leniency = mail_proto::Leniency::lenient().allow(Defect::BareLf);
    let mut client = LoneClient::in_transaction(Config { leniency, ..open_client() });
    let before = "+OK ready <1.2@example.org>\r\n+OK\r\n+OK\r\n".len() as u64;
    client.connection.send(Command::Retr(number(1))).unwrap();
    client.take();
    let events = client.feed_single(b"+OK\r\na\r\n.\n");
    let defect = events.iter().find_map(|event| match event {
        Event::Defect(defect) => Some(*defect),
        _ => None,
    });
    let defect = defect.unwrap();
    assert_eq!(defect.id, Defect::BareLf);
    assert!((before + 8..=before + 9).contains(&defect.at), "{defect:?}");
}

#[test]
fn known_commands_and_exchanges_cannot_be_sent_raw() {
    let mut client = LoneClient::greeted(open_client());
    let raw = pop3_proto::RawCommand::new("XAUTH", support::text("x")).unwrap();
    assert!(matches!(client.connection.send_raw(&raw, Shape::Sasl), Err(SendError::State { .. })));
    assert!(client.connection.send_raw(&raw, Shape::Single).is_ok());
}
