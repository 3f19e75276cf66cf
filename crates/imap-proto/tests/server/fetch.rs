//! FETCH responses in parts: holes, room, and what waits behind them.

use bytes::Bytes;
use imap_proto::connection::Closed;
use imap_proto::server::{Config, Event, Limits};
use imap_proto::{BodyBegin, BodyName, Data, FetchBegin, FetchItem, FetchPart, SeqNum, Uid};
use mail_proto::{CommandId, Connection as _, Next, SendError, Watermarks};

use crate::connection_support::ok;
use crate::connection_support::server::{LoneServer, config};

fn begin(n: u32) -> FetchPart {
    FetchPart::Begin(FetchBegin::seq_num(SeqNum::new(n).unwrap()))
}

fn body(size: u64) -> FetchPart {
    FetchPart::BodyBegin(BodyBegin { name: BodyName::message(), size, is_binary: false }.into())
}

fn uid(n: u32) -> FetchPart {
    FetchPart::Item(FetchItem::Uid(Uid::new(n).unwrap()))
}

fn fetching() -> (LoneServer, CommandId) {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a FETCH 1:2 (UID BODY[])\r\n");
    (server, id)
}

#[test]
fn a_body_is_a_hole_and_other_responses_wait_behind_it() {
    let (mut server, id) = fetching();
    for part in [begin(1), uid(7), body(5), FetchPart::End] {
        server.connection.fetch_part(&part).unwrap();
    }
    server.connection.respond(&Data::Exists(3)).unwrap();
    for part in [begin(2), body(3), uid(8), FetchPart::End] {
        server.connection.fetch_part(&part).unwrap();
    }
    assert_eq!(server.take_text(), "* 1 FETCH (UID 7 BODY[] {5}\r\n");
    assert_eq!(server.events(), [Event::Room { id }]);
    server.connection.supply(id, "ab".into()).unwrap();
    assert_eq!(server.take_text(), "ab");
    let early = server.connection.complete(id, ok("early"));
    assert_eq!(early, Err(SendError::Length { left: 3, given: 0 }));
    let more = server.connection.supply(id, "cdef".into());
    assert_eq!(more, Err(SendError::Length { left: 3, given: 4 }));
    server.connection.supply(id, "cde".into()).unwrap();
    assert_eq!(server.take_text(), "cde)\r\n* 3 EXISTS\r\n* 2 FETCH (BODY[] {3}\r\n");
    server.connection.supply(id, "xyz".into()).unwrap();
    assert_eq!(server.connection.supply(id, "!".into()), Err(SendError::NotOwed));
    server.complete(id);
    assert_eq!(server.take_text(), "xyz UID 8)\r\na OK done\r\n");
}

#[test]
fn parts_may_also_come_in_their_order() {
    let (mut server, id) = fetching();
    server.connection.fetch_part(&begin(1)).unwrap();
    server.connection.fetch_part(&body(4)).unwrap();
    let short = server.connection.fetch_part(&FetchPart::BodyEnd);
    assert_eq!(short, Err(SendError::Length { left: 4, given: 0 }));
    for part in [
        FetchPart::Chunk("ab".into()),
        FetchPart::Chunk("cd".into()),
        FetchPart::BodyEnd,
        body(0),
        FetchPart::BodyEnd,
        FetchPart::End,
    ] {
        server.connection.fetch_part(&part).unwrap();
    }
    server.complete(id);
    assert_eq!(
        server.take_text(),
        "* 1 FETCH (BODY[] {4}\r\nabcd BODY[] {0}\r\n)\r\na OK done\r\n"
    );
}

#[test]
fn parts_out_of_order_are_errors_and_change_nothing() {
    let (mut server, id) = fetching();
    let state = |result| assert!(matches!(result, Err(SendError::State { .. })), "{result:?}");
    state(server.connection.fetch_part(&FetchPart::End));
    state(server.connection.fetch_part(&uid(1)));
    state(server.connection.fetch_part(&body(1)));
    state(server.connection.fetch_part(&FetchPart::BodyEnd));
    let chunk = server.connection.fetch_part(&FetchPart::Chunk("x".into()));
    assert_eq!(chunk, Err(SendError::NotOwed));
    server.connection.fetch_part(&begin(1)).unwrap();
    state(server.connection.fetch_part(&begin(2)));
    state(server.connection.respond(&Data::Exists(1)));
    state(server.connection.complete(id, ok("early")));
    server.connection.fetch_part(&uid(1)).unwrap();
    server.connection.fetch_part(&FetchPart::End).unwrap();
    server.complete(id);
    assert_eq!(server.take_text(), "* 1 FETCH (UID 1)\r\na OK done\r\n");
    // Only what is fetched comes in parts.
    let (_, _) = server.command("b NOOP\r\n");
    state(server.connection.fetch_part(&begin(1)));
}

#[test]
fn a_body_that_cannot_be_had_closes_and_nothing_is_padded() {
    let (mut server, id) = fetching();
    assert_eq!(server.connection.abort_body(id), Err(SendError::NotOwed));
    server.connection.fetch_part(&begin(1)).unwrap();
    server.connection.fetch_part(&body(1000)).unwrap();
    server.connection.supply(id, "begun".into()).unwrap();
    server.connection.abort_body(id).unwrap();
    assert_eq!(server.events(), [Event::Closed(Closed::Local)]);
    assert_eq!(server.take_text(), "* 1 FETCH (BODY[] {1000}\r\nbegun");
    assert_eq!(server.next(), Next::Close);
    assert_eq!(server.connection.abort_body(id), Err(SendError::Closed));
}

#[test]
fn nothing_is_said_within_a_response_at_the_end() {
    let (mut server, _) = fetching();
    server.connection.fetch_part(&begin(1)).unwrap();
    server.connection.bye(crate::connection_support::text("bye").into()).unwrap();
    assert_eq!(server.take_text(), "* 1 FETCH (");
    assert_eq!(server.next(), Next::Close);
}

#[test]
fn room_is_told_when_the_output_has_drained() {
    let output = Watermarks { high: 1000, low: 100 };
    let limits = Limits { output, ..Limits::default() };
    let mut server = LoneServer::selected(Config { limits, ..config() });
    let (id, _) = server.command("a FETCH 1 BODY[]\r\n");
    server.connection.fetch_part(&begin(1)).unwrap();
    server.connection.fetch_part(&body(10_000)).unwrap();
    assert_eq!(server.events(), [Event::Room { id }]);
    let mut left = 10_000;
    let mut rounds = 0;
    while left > 0 {
        while left > 0 && server.connection.room() > 0 {
            let octets = Bytes::from_static(&[b'x'; 300]).slice(..left.min(300));
            left -= octets.len();
            server.connection.supply(id, octets).unwrap();
        }
        assert_eq!(server.events(), [], "no room");
        let full = server.connection.room() == 0;
        assert_eq!(server.next(), if full { Next::Hold } else { Next::Read });
        server.take();
        if left > 0 {
            assert_eq!(server.events(), [Event::Room { id }]);
            assert_eq!(server.events(), [], "told once");
        }
        rounds += 1;
    }
    assert!(rounds > 5);
    server.connection.fetch_part(&FetchPart::End).unwrap();
    server.complete(id);
}

#[test]
fn many_small_responses_meet_the_watermarks_too() {
    let output = Watermarks { high: 1000, low: 100 };
    let limits = Limits { output, ..Limits::default() };
    let mut server = LoneServer::selected(Config { limits, ..config() });
    let (id, _) = server.command("a NOOP\r\n");
    while server.connection.room() > 0 {
        server.connection.respond(&Data::Exists(1)).unwrap();
    }
    assert_eq!((server.events(), server.next()), (vec![], Next::Hold));
    let mut transmit = server.connection.transmit(server.now);
    bytes::Buf::advance(&mut transmit, 500);
    assert_eq!((server.events(), server.next()), (vec![], Next::Read));
    server.take();
    assert_eq!(server.events(), [Event::Room { id }]);
    // Who pipelines and does not read is not read either.
    while server.connection.room() > 0 {
        server.connection.respond(&Data::Exists(1)).unwrap();
    }
    server.complete(id);
    assert_eq!(server.feed("b NOOP\r\n"), []);
    server.take();
    assert!(matches!(server.events()[..], [Event::Command { .. }, ..] | [Event::Room { .. }, ..]));
}

#[test]
fn a_response_without_items_is_not_ended() {
    let (mut server, id) = fetching();
    server.connection.fetch_part(&begin(1)).unwrap();
    let ended = server.connection.fetch_part(&FetchPart::End);
    assert!(matches!(ended, Err(SendError::State { .. })), "{ended:?}");
    for part in [uid(7), FetchPart::End] {
        server.connection.fetch_part(&part).unwrap();
    }
    let empty = Data::Fetch(SeqNum::new(2), imap_proto::FetchData { items: vec![] });
    let said = server.connection.respond(&empty);
    assert!(matches!(said, Err(SendError::State { .. })), "{said:?}");
    server.complete(id);
    assert_eq!(server.take_text(), "* 1 FETCH (UID 7)\r\na OK done\r\n");
}

#[test]
fn what_waits_behind_a_body_does_not_keep_it_from_being_asked_for() {
    let output = Watermarks { high: 100, low: 20 };
    let limits = Limits { output, ..Limits::default() };
    let mut server = LoneServer::selected(Config { limits, ..config() });
    let (id, _) = server.command("a FETCH 1:2 (UID BODY[])\r\n");
    for number in 1..=4 {
        for part in [begin(number), uid(number), body(2), FetchPart::End] {
            server.connection.fetch_part(&part).unwrap();
        }
    }
    assert_eq!(server.events(), []);
    for left in (1..=4).rev() {
        server.take();
        assert_eq!(server.events(), [Event::Room { id }], "{left} bodies lack octets");
        server.connection.supply(id, "ab".into()).unwrap();
    }
    server.complete(id);
    assert!(server.take_text().ends_with("ab)\r\na OK done\r\n"));
}
