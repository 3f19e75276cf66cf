//! How many commands are under way at a time.

use pop3_proto::Command;

use super::support::{Chunks, Maildrop, Pair, number, pass, user};
use super::{Script, lines, results};

/// The most commands that were handed out and not completed, at any time.
fn most_outstanding(mut pair: Pair, chunks: Chunks) -> (usize, Pair) {
    use pop3_proto::client::Event::Completed;
    let mut most = 0;
    pair.run_watched(chunks, |pair| {
        let given = lines(&pair.client.sent).len();
        let done = pair.client.events.iter().filter(|event| matches!(event, Completed { .. }));
        most = most.max(given - done.count());
    });
    (most, pair)
}

fn retrievals(first: &[Command], n: u32) -> Script {
    let mut commands = first.to_vec();
    commands.extend([user("alice"), pass("secret")]);
    commands.extend((0..n).map(|n| Command::Retr(number(n % 3 + 1))));
    commands.push(Command::Quit);
    Script::of(commands).at_once()
}

#[test]
fn commands_go_in_lock_step_until_pipelining_is_announced() {
    for chunks in [Chunks::Whole, Chunks::One, Chunks::Random(1)] {
        let pair = retrievals(&[], 200).pair(&Maildrop::with(3));
        let (most, pair) = most_outstanding(pair, chunks);
        assert_eq!(most, 1);
        assert_eq!(results(&pair.log()), [true; 203]);
    }
}

#[test]
fn commands_go_in_one_go_where_pipelining_is_announced_up_to_the_limit() {
    for chunks in [Chunks::Whole, Chunks::One, Chunks::Random(1)] {
        let pair = retrievals(&[Command::Capa], 200).pair(&Maildrop::with(3));
        let (most, pair) = most_outstanding(pair, chunks);
        assert_eq!(most, 64, "{chunks:?}");
        assert_eq!(results(&pair.log()), [true; 204]);
    }
}

#[test]
fn sixty_thousand_commands_are_no_burden() {
    let mut pair = retrievals(&[Command::Capa], 60_000).pair(&Maildrop::with(3));
    pair.run(Chunks::Whole);
    assert_eq!(results(&pair.log()).len(), 60_004);
}

#[test]
fn pipelined_and_lock_step_sessions_bring_the_same() {
    let run = |first: &[Command]| retrievals(first, 30).run_all(|| Maildrop::with(3));
    let (slow, fast) = (run(&[]), run(&[Command::Capa]));
    assert_eq!(super::bodies(&slow), super::bodies(&fast));
    assert_eq!(super::bodies(&slow).len(), 30);
}
