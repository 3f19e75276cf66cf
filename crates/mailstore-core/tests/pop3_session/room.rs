//! Long lists and bodies: a piece at a time, as there is room.

use mail_proto::Connection as _;
use mailstore_core::pop3::Step;
use pop3_proto::server::{self, Event};

use super::ONE;
use super::harness::{Shared, at_once};

#[test]
fn lists_of_any_length_come_in_pages_and_wait_for_room() {
    let shared = Shared::default();
    for _ in 0..1_000 {
        shared.deliver(b"x\r\n");
    }
    let mut harness = at_once(&shared, 1);
    harness.log_in();
    shared.log.borrow_mut().clear();
    let list = harness.say("LIST\r\n").unwrap();
    assert_eq!(list.lines().count(), 1_002);
    assert!(list.ends_with("\r\n1000 3\r\n.\r\n"));
    assert_eq!(*shared.log.borrow(), ["Facts"; 4]);

    harness.input.extend_from_slice(b"UIDL\r\n");
    let Some(Event::Request(request)) =
        harness.server.poll(&mut harness.input, harness.now).unwrap()
    else {
        panic!()
    };
    harness.session.request(request).unwrap();
    assert_eq!(harness.session.next(0), Step::Wait, "no room, no line");
    harness.work_off().unwrap();
    assert_eq!(harness.output().split(|octet| *octet == b'\n').count(), 1_003);
}

#[test]
fn a_body_is_read_piece_by_piece_as_there_is_room() {
    let shared = Shared::with(&[&b"0123456789abcde\n".repeat(40_000)]);
    let mut harness = at_once(&shared, 1);
    harness.log_in();
    shared.log.borrow_mut().clear();
    harness.input.extend_from_slice(b"RETR 1\r\n");
    let Some(Event::Request(request)) =
        harness.server.poll(&mut harness.input, harness.now).unwrap()
    else {
        panic!()
    };
    harness.session.request(request).unwrap();
    let mut room = 100;
    loop {
        match harness.session.next(room) {
            Step::Store(envelope) => {
                let id = envelope.request;
                harness.session.reply(id, shared.execute(envelope), harness.now).unwrap();
            }
            Step::Respond(response) => {
                if let server::Response::Body(_, octets) = &response {
                    room -= octets.len();
                }
                harness.server.reply(response).unwrap();
            }
            Step::Wait => break,
        }
    }
    assert_eq!(*shared.log.borrow(), ["Facts", "ReadBody"], "no more than there is room for");
    harness.work_off().unwrap();
    let body = harness.output();
    assert_eq!(body.len(), "+OK 680000 octets\r\n".len() + 680_000 + ".\r\n".len());
    assert_eq!(shared.log.borrow().len(), 1 + 10);
}

#[test]
fn an_output_that_is_smaller_than_a_piece_or_a_line_still_gets_everything() {
    let long = b"0123456789abcde\n".repeat(10_000);
    let shared = Shared::with(&[&long, ONE]);
    let mut harness = at_once(&shared, 1);
    harness.log_in();
    for (lines, ends) in [("RETR 1\r\n", "abcde\r\n.\r\n"), ("LIST\r\n", "\r\n2 31\r\n.\r\n")] {
        harness.input.extend_from_slice(lines.as_bytes());
        let polled = harness.server.poll(&mut harness.input, harness.now).unwrap();
        let Some(Event::Request(request)) = polled else { panic!() };
        harness.session.request(request).unwrap();
        let mut said = Vec::new();
        let mut idle = 0;
        while idle < 3 {
            match harness.session.next(10) {
                Step::Store(envelope) => {
                    let id = envelope.request;
                    harness.session.reply(id, shared.execute(envelope), harness.now).unwrap();
                }
                Step::Respond(response) => harness.server.reply(response).unwrap(),
                Step::Wait => idle += 1,
            }
            said.extend_from_slice(&harness.output());
        }
        assert!(said.ends_with(ends.as_bytes()), "{}", said.len());
    }
}
