//! Every way to divide the stream, and its end at every octet.

use std::rc::Rc;

use super::cast::Shown;
use super::parts::{
    Chunks, ClientPart, LOGGED_OUT, Pair, ServerPart, all_chunks, client_side, server_side,
};
use super::plot::{Outcome, Plot, Shared};

fn pair(plot: &Plot) -> (Pair, Shared) {
    let book = Shared::default();
    let client = (client_side(), ClientPart::new(plot, &book).app());
    let server = (server_side(plot), ServerPart::new(plot, &book).app());
    (Pair::new(client, server), Rc::clone(&book))
}

#[test]
fn any_division_of_the_stream() {
    for plot in Plot::all(Shown::Right).chain(Plot::all(Shown::Wrong)) {
        let run = |chunks| {
            let (mut pair, book) = pair(&plot);
            pair.run(chunks);
            assert!(pair.are_over(), "{plot:?} {chunks:?}");
            let outcome = match book.borrow().outcomes.as_slice() {
                [Outcome::In(it)] => Some(it.server),
                [Outcome::Refused(..)] => None,
                other => panic!("{plot:?} {chunks:?}: {other:?}"),
            };
            assert_eq!(outcome.is_some(), plot.shown == Shown::Right, "{plot:?} {chunks:?}");
            (pair.client.sent, pair.server.sent)
        };
        let whole = run(Chunks::Whole);
        for chunks in all_chunks().into_iter().take(4) {
            assert_eq!(run(chunks), whole, "{plot:?} {chunks:?}");
        }
    }
}

/// S26: whatever octet is the last, the exchange ends once and nobody is let in by half of it.
#[test]
fn torn_at_every_octet() {
    for plot in Plot::all(Shown::Right) {
        let (mut whole, _) = pair(&plot);
        whole.run(Chunks::Whole);
        let lengths = [whole.client.sent.len(), whole.server.sent.len()];
        for (direction, length) in lengths.into_iter().enumerate() {
            for cut in 0..length {
                let context = format!("{plot:?} {direction} {cut}");
                let (mut pair, book) = pair(&plot);
                let wire = if direction == 0 { &mut pair.to_server } else { &mut pair.to_client };
                wire.cut_after = Some(cut);
                pair.run(if cut % 2 == 0 { Chunks::Whole } else { Chunks::Random(cut as u64) });
                let mut waits = 0;
                while !pair.are_over() && pair.wait() {
                    pair.run(Chunks::Whole);
                    waits += 1;
                    assert!(waits < 20, "{context}: time does not end it");
                }
                assert!(pair.are_over(), "{context}: hangs");
                let book = book.borrow();
                let is_in = match book.outcomes.as_slice() {
                    // Torn in the greeting, or before it.
                    [] => false,
                    [Outcome::Lost] => false,
                    [Outcome::In(_)] => true,
                    other => panic!("{context}: {other:?}"),
                };
                assert!(!is_in || book.identity.is_some(), "{context}");
                let is_out = pair.server.connection.state() == LOGGED_OUT;
                assert!(book.identity.is_none() || !is_out, "{context}");
            }
        }
    }
}
