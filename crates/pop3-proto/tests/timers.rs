//! Every deadline: when it falls due, what moves it, what it does.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

use mail_proto::{Connection as _, Handover, Next, Sent};
use pop3_proto::client::{Client, Event};
use pop3_proto::server::{self, Request, Response};
use pop3_proto::{Closed, Command};
use support::{
    LoneClient, LoneServer, Maildrop, at, auth, number, open_client, pass, secret, server_config,
    text, user,
};

#[test]
fn the_greeting_has_one_minute_however_it_trickles() {
    let mut client = LoneClient::of(Client::new(open_client()));
    client.now = at(7);
    assert_eq!(client.connection.poll_timeout(), None, "time begins with the first poll");
    client.events();
    let id = client.connection.send(Command::Capa).unwrap();
    for (second, octet) in (8..).zip(*b"+OK half a greeting") {
        client.now = at(second);
        assert_eq!(client.feed([octet]), []);
        assert_eq!(client.connection.poll_timeout(), Some(at(67)));
    }
    assert_eq!(client.wait(at(66)), []);
    let events = client.wait(at(67));
    assert_eq!(events, [Event::Lost { id, sent: Sent::Not }, Event::Closed(Closed::Timeout)]);
    assert_eq!((client.next(), client.connection.poll_timeout()), (Next::Close, None));
}

#[test]
fn a_reply_has_five_minutes_from_the_last_octet_of_either_direction() {
    let mut client = LoneClient::greeted(open_client());
    client.now = at(1000);
    let id = client.connection.send(Command::Capa).unwrap();
    client.events();
    assert_eq!(client.connection.poll_timeout(), Some(at(1300)), "not from the last reply");
    client.now = at(1010);
    client.take();
    assert_eq!(client.connection.poll_timeout(), Some(at(1310)));
    client.now = at(1020);
    client.feed("+OK\r\nUI");
    assert_eq!(client.connection.poll_timeout(), Some(at(1320)));
    // Further commands do not make the server any livelier.
    client.now = at(1200);
    let more = client.connection.send(Command::Capa).unwrap();
    client.events();
    assert_eq!(client.connection.poll_timeout(), Some(at(1320)));
    let lost = [(id, Sent::Fully), (more, Sent::Not)].map(|(id, sent)| Event::Lost { id, sent });
    assert_eq!(client.wait(at(1320))[..2], lost);
}

#[test]
fn an_idle_client_has_no_deadline() {
    assert_eq!(LoneClient::in_transaction(open_client()).connection.poll_timeout(), None);
}

#[test]
fn a_challenge_waits_for_the_application_without_a_deadline() {
    let mut client = LoneClient::greeted(open_client());
    let id = client.connection.send(auth("LOGIN", None)).unwrap();
    client.events();
    client.take();
    client.feed("+ YQ==\r\n");
    assert_eq!(client.connection.poll_timeout(), None, "a human may be typing");
    client.now = at(5000);
    client.connection.respond(id, secret(b"x")).unwrap();
    client.events();
    assert_eq!(client.connection.poll_timeout(), Some(at(5300)));
}

#[test]
fn the_tls_handshake_has_a_deadline() {
    let mut client = LoneClient::greeted(open_client());
    client.exchange(Command::Stls, "+OK\r\n");
    assert_eq!(client.next(), Next::HandOver(Handover::Tls));
    assert_eq!(client.connection.poll_timeout(), Some(at(300)));
    assert_eq!(client.wait(at(300)), [Event::Closed(Closed::Timeout)]);
    assert_eq!(client.next(), Next::Close);
}

#[test]
fn a_server_that_takes_nothing_stalls_the_client_and_nothing_goes_out_afterwards() {
    let mut client = LoneClient::in_transaction(open_client());
    client.connection.send(Command::Noop).unwrap();
    client.events();
    assert!(bytes::Buf::has_remaining(&client.connection.transmit(at(0))));
    assert_eq!(client.connection.poll_timeout(), Some(at(300)));
    let events = client.wait(at(300));
    assert!(matches!(events[..], [Event::Lost { sent: Sent::Not, .. }, Event::Closed(_)]));
    assert!(client.take().is_empty());
}

#[test]
fn login_has_three_minutes_in_total_whatever_the_client_does() {
    let mut server = LoneServer::plain(server_config());
    for second in (0..180).step_by(20) {
        server.now = at(second);
        let events = server.feed("CAPA\r\nUSER alice\r\n");
        assert_eq!(events, []);
        server.take();
        assert_eq!(server.connection.poll_timeout(), Some(at(180)));
    }
    assert_eq!(server.wait(at(179)), []);
    assert_eq!(server.wait(at(180)), [server::Event::Closed(Closed::Timeout)]);
    assert!(server.take().is_empty(), "RFC 1939 section 3: without any response");
    assert_eq!((server.next(), server.connection.poll_timeout()), (Next::Close, None));
}

#[test]
fn login_time_runs_on_through_tls_and_exchanges() {
    let mut server = LoneServer::plain(server_config());
    server.now = at(100);
    server.feed("STLS\r\n");
    server.take();
    assert_eq!(server.connection.poll_timeout(), Some(at(180)));
    server.connection.handed_over(Handover::Tls, &mut server.input).unwrap();
    server.events();
    let events = server.feed("AUTH LOGIN\r\n");
    let [server::Event::Request(Request::Authenticate { pending, .. })] = events[..] else {
        panic!()
    };
    server.connection.reply(Response::Challenge(pending, secret(b"x"))).unwrap();
    server.events();
    server.take();
    assert_eq!(server.connection.poll_timeout(), Some(at(180)));
    assert_eq!(server.wait(at(180)), [server::Event::Closed(Closed::Timeout)]);
}

#[test]
fn ten_minutes_without_a_command_log_out_and_delete_nothing() {
    let drop = Maildrop::with(2);
    let mut pair = support::Pair::new(
        (
            Client::new(open_client()),
            Box::new(|client, event| {
                if let Event::Greeting(_) = event {
                    for command in [user("alice"), pass("secret"), Command::Dele(number(1))] {
                        client.send(command).unwrap();
                    }
                }
            }),
        ),
        (
            server::Server::new(server_config().into(), mail_proto::Security::Plain, None),
            Maildrop::app(&drop),
        ),
    );
    pair.run(support::Chunks::Whole);
    assert!(drop.lock().unwrap().marked[0]);
    assert_eq!(pair.server.connection.poll_timeout(), Some(at(600)));
    assert!(pair.wait());
    let before = pair.server.sent.len();
    pair.run(support::Chunks::Whole);
    assert_eq!(pair.server.events.last(), Some(&server::Event::Closed(Closed::Timeout)));
    assert_eq!(pair.server.sent.len(), before, "no response");
    assert_eq!(pair.client.events.last(), Some(&Event::Closed(Closed::Eof)));
    let drop = drop.lock().unwrap();
    assert_eq!((drop.commits, drop.messages.len(), drop.locked), (0, 2, false));
}

#[test]
fn a_command_but_not_a_part_of_one_moves_the_logout() {
    let mut server = LoneServer::in_transaction(server_config());
    server.now = at(300);
    server.feed("NO");
    assert_eq!(server.connection.poll_timeout(), Some(at(600)));
    server.feed("OP\r\n");
    server.take();
    assert_eq!(server.connection.poll_timeout(), Some(at(900)));
}

#[test]
fn a_client_that_goes_on_taking_octets_is_not_logged_out() {
    let mut server = LoneServer::in_transaction(server_config());
    let events = server.feed("RETR 1\r\n");
    let [server::Event::Request(Request::Retr(_, pending))] = events[..] else { panic!() };
    assert_eq!(server.connection.poll_timeout(), None, "the application's turn");
    server.connection.reply(Response::BodyBegin(pending, text(""))).unwrap();
    server.connection.reply(Response::Body(pending, "x".repeat(10_000).into())).unwrap();
    server.connection.reply(Response::BodyEnd(pending)).unwrap();
    server.events();
    for second in (250..2500).step_by(250) {
        server.now = at(second);
        bytes::Buf::advance(&mut server.connection.transmit(at(second)), 100);
        assert_eq!(server.wait(at(second + 200)), []);
    }
    assert_eq!(server.connection.poll_timeout(), Some(at(2250 + 300)), "stall");
}

#[test]
fn a_client_that_takes_nothing_stalls_the_server() {
    let mut server = LoneServer::in_transaction(server_config());
    server.feed("CAPA\r\n");
    assert_eq!(server.connection.poll_timeout(), Some(at(300)));
    assert_eq!(server.wait(at(300)), [server::Event::Closed(Closed::Timeout)]);
    assert_eq!(server.next(), Next::Close);
    assert!(server.take().is_empty());
}

#[test]
fn last_words_that_nobody_takes_do_not_keep_a_closed_server() {
    let mut server = LoneServer::plain(server_config());
    server.feed("GET / HTTP/1.1\r\n");
    assert_eq!(server.next(), Next::Hold, "last words");
    assert_eq!(server.connection.poll_timeout(), Some(at(300)));
    assert_eq!(server.wait(at(300)), [], "the end has been told");
    assert_eq!(server.next(), Next::Close);
}

#[test]
fn a_timeout_that_is_not_due_changes_nothing() {
    let mut server = LoneServer::plain(server_config());
    let mut client = LoneClient::greeted(open_client());
    client.connection.send(Command::Capa).unwrap();
    client.events();
    for second in 0..100 {
        assert_eq!(server.wait(at(second)), []);
        assert_eq!(client.wait(at(second)), []);
    }
    assert_eq!((server.next(), client.next()), (Next::Read, Next::Read));
}
