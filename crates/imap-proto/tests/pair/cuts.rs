//! The line is torn at every octet, in both directions.

use super::application::Shared;
use super::connection_support::Chunks;
use super::dialogues::session;
use super::heard::check_ends;
use super::script::{Literals, Script};

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
