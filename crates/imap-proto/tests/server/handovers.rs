//! STARTTLS, COMPRESS, UNAUTHENTICATE.

use imap_proto::connection::{Closed, Error, State};
use imap_proto::server::{Config, Event, Greeting, Server};
use imap_proto::{CommandBody, Data};
use mail_proto::{Connection as _, Handover, Next, Security, SendError, TlsPolicy};

use crate::connection_support::ok;
use crate::connection_support::server::{LoneServer, config, rejected};

#[test]
fn starttls_hands_over_and_begins_anew() {
    let mut server = LoneServer::plain(Config { tls: TlsPolicy::Required, ..config() });
    assert_eq!(server.feed("a STARTTLS\r\n"), []);
    assert_eq!(server.next(), Next::Hold, "nothing more is read in clear");
    let alert = server.connection.respond(&Data::Condition(ok("x")));
    assert!(matches!(alert, Err(SendError::State { .. })));
    assert_eq!(server.take_text(), "a OK begin TLS negotiation\r\n");
    assert_eq!(server.hand_over(Handover::Tls), [Event::Secured]);
    assert_eq!(server.connection.security(), Security::Tls);
    server.feed("b CAPABILITY\r\n");
    let said = server.take_text();
    assert!(said.contains("AUTH=PLAIN") && !said.contains("LOGINDISABLED"), "{said}");
    assert!(!said.contains("STARTTLS"), "{said}");
    assert_eq!(rejected(&server.feed("c STARTTLS\r\n")).len(), 1);
    assert!(server.take_text().starts_with("c BAD "));
    server.done("d LOGIN joe secret\r\n");
}

#[test]
fn starttls_needs_to_be_offered() {
    let mut server = LoneServer::plain(Config { starttls: false, ..config() });
    assert_eq!(rejected(&server.feed("a STARTTLS\r\n")).len(), 1);
    assert_eq!(server.next(), Next::Read);
    let mut server = LoneServer::of(Server::new(config(), Security::Tls, Greeting::default()));
    assert_eq!(rejected(&server.feed("a STARTTLS\r\n")).len(), 1);
}

#[test]
fn a_driver_that_hands_over_unasked_is_told() {
    let mut server = LoneServer::plain(config());
    let mut input = bytes::BytesMut::new();
    for to in [Handover::Tls, Handover::Deflate, Handover::EndDeflate] {
        let unasked = server.connection.handed_over(to, &mut input);
        assert_eq!(unasked, Err(Error::UnexpectedHandover));
    }
    server.feed("a STARTTLS\r\n");
    let early = server.connection.handed_over(Handover::Tls, &mut input);
    assert_eq!(early, Err(Error::UnexpectedHandover), "the OK has not been written");
    server.take();
    let other = server.connection.handed_over(Handover::Deflate, &mut input);
    assert_eq!(other, Err(Error::UnexpectedHandover));
    server.hand_over(Handover::Tls);
}

#[test]
fn compress_leaves_what_follows_to_the_inflater() {
    let mut server = LoneServer::logged_in(config());
    assert_eq!(server.feed("a COMPRESS DEFLATE\r\n\x01\x02\x03"), []);
    assert_eq!(server.next(), Next::Hold);
    assert_eq!(server.take_text(), "a OK DEFLATE active\r\n");
    assert_eq!(server.next(), Next::HandOver(Handover::Deflate));
    assert_eq!(server.input, "\x01\x02\x03");
    // The driver moves it, and appends what comes out.
    server.input.clear();
    server.input.extend_from_slice(b"b NOOP\r\n");
    let events = server.hand_over(Handover::Deflate);
    assert!(matches!(events[..], [Event::Command { body: CommandBody::Noop, .. }]));
    assert!(server.connection.compressed());
    let Event::Command { id, .. } = events[0] else { panic!() };
    server.complete(id);
    server.take();
    server.feed("c COMPRESS DEFLATE\r\n");
    assert!(server.take_text().starts_with("c NO [COMPRESSIONACTIVE] "));
    server.feed("d CAPABILITY\r\n");
    assert!(!server.take_text().contains("COMPRESS"));
}

#[test]
fn compress_is_for_after_login_and_where_it_is_offered() {
    let mut server = LoneServer::plain(config());
    server.feed("a COMPRESS DEFLATE\r\n");
    assert!(server.take_text().starts_with("a BAD "), "S8: refused before login");
    let mut server = LoneServer::logged_in(config());
    server.feed("a COMPRESS LZ4\r\n");
    assert!(server.take_text().starts_with("a NO "));
    let mut server = LoneServer::logged_in(Config { compress: false, ..config() });
    server.feed("a COMPRESS DEFLATE\r\n");
    assert!(server.take_text().starts_with("a BAD "));
}

#[test]
fn unauthenticate_forgets_the_client() {
    let mut server = LoneServer::selected(config());
    server.enable("QRESYNC UTF8=ACCEPT UIDONLY");
    server.done("n NOTIFY SET (SELECTED (MessageNew (UID) MessageExpunge))\r\n");
    let (id, body) = server.command("a UNAUTHENTICATE\r\n");
    assert_eq!(body, CommandBody::Unauthenticate);
    server.complete(id);
    assert_eq!(server.take_text(), "a OK done\r\n");
    assert_eq!(server.connection.state(), State::NotAuthenticated);
    assert_eq!(server.connection.enabled(), Default::default());
    assert_eq!(server.next(), Next::Read);
    assert_eq!(rejected(&server.feed("b SELECT x\r\n")).len(), 1);
    server.done("c LOGIN ann secret\r\n");
    server.done("d SELECT x\r\n");
    assert!(server.connection.respond(&Data::Expunge(imap_proto::SeqNum::MIN)).is_err());
    server.done("e FETCH 1 FLAGS\r\n");
}

#[test]
fn unauthenticate_ends_compression() {
    let mut server = LoneServer::logged_in(config());
    server.feed("a COMPRESS DEFLATE\r\n");
    server.take();
    server.hand_over(Handover::Deflate);
    let (id, _) = server.command("b UNAUTHENTICATE\r\n");
    server.complete(id);
    assert_eq!(server.take_text(), "b OK done\r\n");
    assert_eq!(server.hand_over(Handover::EndDeflate), []);
    assert!(!server.connection.compressed());
    server.done("c LOGIN joe secret\r\n");
}

#[test]
fn an_end_of_file_ends_a_handover() {
    for line in ["a STARTTLS\r\n", "a COMPRESS DEFLATE\r\n"] {
        let mut server = LoneServer::plain(config());
        server.feed(line);
        assert_eq!(server.eof().last(), Some(&Event::Closed(Closed::Eof)));
    }
}
