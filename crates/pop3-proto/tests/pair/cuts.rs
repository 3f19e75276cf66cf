//! The line is torn at every octet, in both directions.

use std::collections::BTreeMap;

use mail_proto::Sent;
use pop3_proto::client::Event;
use pop3_proto::{Closed, Command, server};

use super::support::{Chunks, Log, Maildrop, auth, mail, number, pass, user};
use super::{Script, lines};

fn script() -> Script {
    let commands = [
        Command::Capa,
        Command::Stls,
        Command::Capa,
        user("alice"),
        pass("wrong"),
        auth("LOGIN", None),
        Command::Stat,
        Command::Uidl(None),
        Command::Retr(number(1)),
        Command::Dele(number(1)),
        Command::Retr(number(2)),
        Command::Quit,
    ];
    Script::of(commands).answering(&[Some(b"alice"), Some(b"secret")])
}

/// Each command has ended once, and says truly how much of it was handed out.
fn check_client(log: &Log, given: usize) {
    let sent = lines(&log.from_client);
    let whole_lines = log.from_client.iter().filter(|octet| **octet == b'\n').count();
    let mut ends = BTreeMap::new();
    let mut over = false;
    for event in &log.client {
        assert!(!over, "an event behind the end");
        over = matches!(event, Event::Closed(_));
        let (id, lost) = match event {
            Event::Completed { id, .. } => (id, None),
            Event::Lost { id, sent } => (id, Some(*sent)),
            _ => continue,
        };
        assert_eq!(ends.insert(*id, lost), None, "{id:?} ended twice");
    }
    assert!(over, "no end: {:?}", log.client);
    assert_eq!(ends.len(), given);
    // The lines of the two SASL responses stand behind the sixth command.
    let responses = sent
        .iter()
        .filter(|line| ["YWxpY2U=", "c2VjcmV0"].iter().any(|r| r.starts_with(line.trim_end())));
    let commands = sent.len() - responses.count();
    for (index, lost) in ends.values().enumerate() {
        let torn = index + 1 == commands && whole_lines < sent.len();
        match lost {
            Some(Sent::Not) => assert!(index >= commands),
            // In the exchange, what is torn may be a response.
            Some(Sent::Partly) => assert!(torn),
            Some(Sent::Fully) => assert!(index < commands),
            None => assert!(index < commands),
        }
    }
}

#[test]
fn whatever_octet_is_the_last_each_command_ends_once_and_nothing_is_deleted_without_quit() {
    let whole = script().run(&Maildrop::with(2), Chunks::Whole);
    let lengths = [whole.from_client.len(), whole.from_server.len()];
    for at_once in [false, true] {
        for (direction, length) in lengths.into_iter().enumerate() {
            for cut in 0..=length {
                for chunks in [Chunks::Whole, Chunks::One, Chunks::Random(cut as u64)] {
                    torn(at_once, direction, cut, chunks);
                }
            }
        }
    }
}

fn torn(at_once: bool, direction: usize, cut: usize, chunks: Chunks) {
    let mut script = script();
    if at_once {
        // The second half is given in one go.
        script.commands = script.commands.split_off(5);
        script = script.at_once();
    }
    let given = script.commands.len();
    let drop = Maildrop::with(2);
    let mut pair = script.pair(&drop);
    let wire = if direction == 0 { &mut pair.to_server } else { &mut pair.to_client };
    wire.cut_after = Some(cut);
    pair.run(chunks);
    let deadlines = pair.server.connection.poll_timeout_is_some();
    assert!(pair.are_over() || deadlines, "hangs without a deadline");
    while !pair.are_over() && pair.wait() {
        pair.run(chunks);
    }
    assert!(pair.are_over());
    let log = pair.log();
    let events =
        log.client.iter().filter(|e| matches!(e, Event::Completed { .. } | Event::Lost { .. }));
    let ended = events.count();
    assert!(if at_once { ended == given || ended == 0 } else { ended <= given });
    check_client(&log, ended);
    let drop = drop.lock().unwrap();
    assert!(!drop.locked, "the lock outlives the session");
    let asked = log
        .server
        .iter()
        .any(|event| matches!(event, server::Event::Request(server::Request::Quit(_))));
    assert_eq!(drop.commits, u32::from(asked));
    let kept = if asked { vec![mail(2)] } else { vec![mail(1), mail(2)] };
    assert_eq!(drop.messages, kept, "cut {cut} of direction {direction}");
    let last = log.server.last();
    assert!(matches!(last, Some(server::Event::Closed(_))), "{last:?}");
    let quit = log.client.contains(&Event::Closed(Closed::Quit));
    assert!(!quit || asked, "the client believes in a QUIT that was not executed");
}

/// So that a test can ask in one word.
trait HasDeadline {
    fn poll_timeout_is_some(&self) -> bool;
}

impl<C: mail_proto::Connection> HasDeadline for C {
    fn poll_timeout_is_some(&self) -> bool {
        self.poll_timeout().is_some()
    }
}
