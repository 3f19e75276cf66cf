//! Time: the login, the autologout, the stall.

use bytes::Buf as _;
use imap_proto::Data;
use imap_proto::connection::Closed;
use imap_proto::server::{Config, Event, Timeouts};
use mail_proto::{Connection as _, Next};

use crate::connection_support::server::{LoneServer, config};
use crate::connection_support::{at, ok, seconds, secret, text};

const TIMED_OUT: [Event; 1] = [Event::Closed(Closed::Timeout)];

#[test]
fn a_login_has_three_minutes_all_attempts_together() {
    let mut server = LoneServer::plain(config());
    assert_eq!(server.connection.poll_timeout(), Some(at(180)));
    server.now = at(100);
    let (id, _) = server.command("a LOGIN joe wrong\r\n");
    server.connection.complete(id, crate::connection_support::no(None, "no")).unwrap();
    let (id, _) = server.command("b AUTHENTICATE X-ASK\r\n");
    server.connection.challenge(id, &secret(b"?")).unwrap();
    server.events();
    server.take();
    assert_eq!(server.connection.poll_timeout(), Some(at(180)));
    assert_eq!(server.wait(at(179)), []);
    assert_eq!(server.wait(at(180)), TIMED_OUT);
    assert_eq!(server.take_text(), "* BYE no login in time\r\n");
    assert_eq!(server.next(), Next::Close);
}

#[test]
fn thirty_minutes_without_a_command_log_out() {
    let mut server = LoneServer::selected(config());
    server.events();
    assert_eq!(server.connection.poll_timeout(), Some(at(1800)));
    server.now = at(1000);
    // A part of a command is none.
    server.feed("a NO");
    assert_eq!(server.connection.poll_timeout(), Some(at(1800)));
    let (id, _) = server.command("OP\r\n");
    assert_eq!(server.connection.poll_timeout(), None, "the application's turn");
    server.complete(id);
    server.events();
    server.take();
    assert_eq!(server.connection.poll_timeout(), Some(at(2800)));
    assert_eq!(server.wait(at(2800)), TIMED_OUT);
    assert_eq!(server.take_text(), "* BYE autologout: no command for too long\r\n");
}

#[test]
fn what_is_said_late_has_its_time_to_be_taken() {
    let mut server = LoneServer::selected(config());
    server.events();
    assert_eq!(server.wait(at(1800)), TIMED_OUT);
    assert_eq!(server.connection.poll_timeout(), Some(at(2100)));
    assert_eq!(server.wait(at(2099)), []);
    assert_eq!(server.take_text(), "* BYE autologout: no command for too long\r\n");
    assert_eq!(server.connection.poll_timeout(), None);

    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a IDLE\r\n");
    server.connection.accept(id).unwrap();
    server.events();
    server.take();
    server.now = at(1200);
    server.connection.bye(text("shutting down").into()).unwrap();
    assert_eq!(server.events(), [Event::Closed(Closed::Bye)]);
    assert_eq!(server.connection.poll_timeout(), Some(at(1500)));
    assert_eq!(server.wait(at(1500)), []);
    assert!(server.take().is_empty(), "nobody listens");

    let mut server = LoneServer::plain(Config {
        timeouts: Timeouts { login: seconds(3600), ..Timeouts::default() },
        ..config()
    });
    let (id, _) = server.command("a AUTHENTICATE X-ASK\r\n");
    server.now = at(1200);
    server.connection.challenge(id, &secret(b"?")).unwrap();
    server.events();
    assert_eq!(server.connection.poll_timeout(), Some(at(1500)));
}

/// C20.
#[test]
fn who_idles_is_logged_out_unless_something_is_sent_to_him() {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a IDLE\r\n");
    server.connection.accept(id).unwrap();
    server.events();
    server.take();
    assert_eq!(server.connection.poll_timeout(), Some(at(1800)));
    for minute in 1..300 {
        server.now = at(minute * 60);
        server.connection.respond(&Data::Condition(ok("Still here"))).unwrap();
        server.events();
        server.take();
    }
    assert_eq!(server.connection.poll_timeout(), Some(at(299 * 60 + 1800)));
    assert_eq!(server.wait(at(299 * 60 + 1800)), TIMED_OUT);
}

#[test]
fn a_client_that_takes_nothing_stalls_the_server() {
    let mut server = LoneServer::selected(config());
    server.feed("a CAPABILITY\r\n");
    assert_eq!(server.connection.poll_timeout(), Some(at(300)));
    server.now = at(299);
    server.connection.transmit(server.now).advance(5);
    assert_eq!(server.wait(at(300)), []);
    assert_eq!(server.wait(at(599)), TIMED_OUT);
    assert!(server.take().is_empty());
    assert_eq!(server.next(), Next::Close);
}

#[test]
fn a_client_that_owes_octets_stalls_the_server() {
    let mut server = LoneServer::selected(config());
    let events = server.feed("a APPEND x {1000}\r\n");
    let Event::Append { id, .. } = events[0] else { panic!() };
    assert_eq!(server.connection.poll_timeout(), None, "the application's turn");
    server.connection.accept(id).unwrap();
    server.events();
    server.take();
    server.now = at(200);
    server.feed("x");
    assert_eq!(server.connection.poll_timeout(), Some(at(500)));
    server.now = at(400);
    server.feed("x");
    assert_eq!(server.wait(at(699)), []);
    assert_eq!(server.wait(at(700)), TIMED_OUT);
    assert_eq!(server.take_text(), "* BYE announced octets did not come\r\n");

    // Also where nobody wants them.
    let mut server = LoneServer::selected(config());
    server.feed("a CREATE {1000000+}\r\n");
    server.take();
    assert_eq!(server.connection.poll_timeout(), Some(at(300)));
}

#[test]
fn every_state_has_a_deadline_unless_the_application_has_the_word() {
    let mut server = LoneServer::plain(config());
    assert!(server.connection.poll_timeout().is_some());
    server.feed("a STARTTLS\r\n");
    assert!(server.connection.poll_timeout().is_some());
    server.take();
    assert!(server.connection.poll_timeout().is_some());
    let mut server = LoneServer::logged_in(config());
    server.feed("a COMPRESS DEFLATE\r\n");
    assert!(server.connection.poll_timeout().is_some());
    server.take();
    assert!(server.connection.poll_timeout().is_some());
}

#[test]
fn a_timeout_that_is_not_due_changes_nothing() {
    let mut server = LoneServer::plain(config());
    for second in 0..100 {
        assert_eq!(server.wait(at(second)), []);
    }
    assert_eq!(server.next(), Next::Read);
}

#[test]
fn unauthenticate_begins_a_new_login() {
    let mut server = LoneServer::logged_in(config());
    server.now = at(1000);
    server.done("a UNAUTHENTICATE\r\n");
    server.events();
    assert_eq!(server.connection.poll_timeout(), Some(at(1180)));
}
