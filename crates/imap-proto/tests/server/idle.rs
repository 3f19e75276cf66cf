//! IDLE (RFC 9051 section 6.3.13, RFC 2177).

use imap_proto::server::Event;
use imap_proto::{CommandBody, Data, SeqNum};
use mail_proto::{CommandId, SendError};

use crate::connection_support::server::{LoneServer, config, rejected};
use crate::connection_support::{bad, no, ok};

fn idling(server: &mut LoneServer) -> CommandId {
    let (id, body) = server.command("a IDLE\r\n");
    assert_eq!(body, CommandBody::Idle);
    server.connection.accept(id).unwrap();
    id
}

#[test]
fn news_come_until_done_in_any_case() {
    for done in ["DONE\r\n", "done\r\n", "Done\r\n"] {
        let mut server = LoneServer::selected(config());
        let id = idling(&mut server);
        server.connection.respond(&Data::Exists(4)).unwrap();
        server.connection.respond(&Data::Expunge(SeqNum::new(2).unwrap())).unwrap();
        server.connection.respond(&Data::Condition(ok("Still here"))).unwrap();
        assert_eq!(
            server.take_text(),
            "+ idling\r\n* 4 EXISTS\r\n* 2 EXPUNGE\r\n* OK Still here\r\n"
        );
        assert_eq!(server.only(done), Event::IdleDone { id });
        server.complete(id);
        assert_eq!(server.take_text(), "a OK done\r\n");
    }
}

#[test]
fn what_follows_done_in_the_same_segment_is_the_next_command() {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a IDLE\r\nDONE\r\n12 SELECT INBOX\r\n");
    server.connection.accept(id).unwrap();
    assert_eq!(server.only(""), Event::IdleDone { id });
    assert_eq!(server.input, "12 SELECT INBOX\r\n");
    server.complete(id);
    let (_, body) = server.command("");
    assert!(matches!(body, CommandBody::Select(_)));
}

#[test]
fn anything_else_than_done_breaks_it() {
    for line in ["b NOOP\r\n", "DONE \r\n", "DONE DONE\r\n", "\r\n", "b LOGIN {3}\r\n"] {
        let mut server = LoneServer::selected(config());
        let id = idling(&mut server);
        server.take();
        let events = server.feed(line);
        assert_eq!(events[0], Event::Cancelled { id }, "{line:?}");
        assert_eq!(rejected(&events), [(Some("a".into()), 36 + 8, "DONE")]);
        assert_eq!(server.take_text(), "a BAD expected DONE\r\n");
        server.done("c NOOP\r\n");
    }
    let mut server = LoneServer::selected(config());
    let id = idling(&mut server);
    let events = server.feed([b'D'; 10_000]);
    assert_eq!(events[0], Event::Cancelled { id });
    assert!(server.input.len() < 100);
    server.feed("\r\n");
    server.done("c NOOP\r\n");
}

#[test]
fn a_server_may_end_it_and_the_done_that_is_on_its_way_is_no_command() {
    for (accepted, refused) in [(true, false), (false, true)] {
        let mut server = LoneServer::selected(config());
        let (id, _) = server.command("a IDLE\r\n");
        if accepted {
            server.connection.accept(id).unwrap();
        }
        let end = if refused { no(None, "not now") } else { ok("enough") };
        server.connection.complete(id, end).unwrap();
        server.take();
        assert_eq!(server.feed("DONE\r\n"), []);
        assert_eq!(rejected(&server.feed("DONE\r\n")).len(), 1, "only once");
        server.take();
        server.done("b NOOP\r\n");
    }
    // Refused by the connection.
    let mut server = LoneServer::plain(config());
    assert_eq!(rejected(&server.feed("a IDLE\r\nDONE\r\n")).len(), 1);
}

#[test]
fn accept_is_for_what_waits() {
    let mut server = LoneServer::selected(config());
    let id = idling(&mut server);
    assert!(matches!(server.connection.accept(id), Err(SendError::State { .. })));
    server.feed("DONE\r\n");
    server.connection.complete(id, bad("no")).unwrap();
    assert_eq!(server.connection.accept(id), Err(SendError::NotOwed));
    let (id, _) = server.command("b NOOP\r\n");
    assert!(matches!(server.connection.accept(id), Err(SendError::State { .. })));
}
