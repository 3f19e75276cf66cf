//! The line is torn at every octet, in both directions.

use std::collections::BTreeSet;

use imap_proto::client::Event;
use imap_proto::server;

use super::application::Shared;
use super::connection_support::Chunks;
use super::dialogues::session;
use super::script::{ImapPair, Literals, Script};

/// Each command has ended once, the end is last.
pub fn check_ends(pair: &ImapPair, context: &str) {
    let mut ended = BTreeSet::new();
    for (place, event) in pair.client.events.iter().enumerate() {
        match event {
            Event::Completed { id, .. } | Event::Lost { id, .. } => {
                assert!(ended.insert(*id), "{context}: {id:?} ended twice");
            }
            Event::Closed(_) => {
                assert_eq!(place + 1, pair.client.events.len(), "{context}: behind the end");
            }
            _ => {}
        }
    }
    assert_eq!(pair.client.connection.open_commands(), 0, "{context}");
    let last = pair.client.events.last();
    assert!(matches!(last, Some(Event::Closed(_))), "{context}: {last:?}");
    let is_end = |event: &&server::Event| matches!(event, server::Event::Closed(_));
    let ends = pair.server.events.iter().filter(is_end).count();
    let last = pair.server.events.last();
    assert!(ends == 1 && last.as_ref().is_some_and(is_end), "{context}: {last:?}");
}

fn torn(script: &Script, direction: usize, cut: usize, chunks: Chunks) {
    let context = format!("{:?} {direction} cut {cut} {chunks:?}", script.literals);
    let mut pair = script.pair(&Shared::default(), 1);
    let wire = if direction == 0 { &mut pair.to_server } else { &mut pair.to_client };
    wire.cut_after = Some(cut);
    pair.run(chunks);
    let mut waits = 0;
    while !pair.are_over() && pair.wait() {
        pair.run(chunks);
        waits += 1;
        assert!(waits < 20, "{context}: time does not end it");
    }
    assert!(pair.are_over(), "{context}: hangs without a deadline");
    check_ends(&pair, &context);
}

fn at_every_octet(script: &Script) {
    let (whole, _) = script.run(Chunks::Whole);
    let lengths = [whole.client.sent.len(), whole.server.sent.len()];
    for (direction, length) in lengths.into_iter().enumerate() {
        for cut in 0..=length {
            let divided = [Chunks::One, Chunks::Random(cut as u64)][cut % 2];
            for chunks in [Chunks::Whole, divided] {
                torn(script, direction, cut, chunks);
            }
        }
    }
}

#[test]
fn whatever_octet_is_the_last_each_command_ends_once() {
    for literals in [Literals::Sync, Literals::Plus] {
        at_every_octet(&Script::of(session(40), literals));
    }
}

#[test]
fn whatever_octet_is_the_last_each_of_many_commands_ends_once() {
    at_every_octet(&Script::of(session(40), Literals::Plus).at_once());
}
