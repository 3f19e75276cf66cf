//! Random calls on both sides, legal and illegal, over lines of all sorts.
//!
//! - Whatever happens: nothing panics, nothing hangs, each command ends exactly once, what is not legal
//!   is an error and changes nothing.
//! - Unless the octets are changed on their way: no event is lost or doubled, both sides agree on what
//!   was said, and no trace shows a password.
//! - If nobody disturbs it: all that was given is done, both sides agree on the state.

use std::collections::BTreeSet;

use imap_proto::server;
use imap_proto::{AppendPart, CommandBody, Condition, ConditionKind, Mailbox};
use mail_proto::{CommandId, Sent};

use super::agreement::told;
use super::application::mail;
use super::client_support::command;
use super::heard::{bodies, check_ends, whole_chunks};
use super::shrink::{caught, shrink};
use super::steps::{Kind, NEWS, PASSWORD, PLAIN, Step, steps};
use super::world::{Fate, World};

/// What was tested.
#[derive(Default, Debug)]
struct Tally {
    seeds: usize,
    completed: usize,
    cancelled: usize,
    lost: usize,
    told: usize,
}

fn play(seed: u64, steps: &[Step], planted: Option<usize>) -> Tally {
    let mut world = World::new(seed);
    world.planted = planted;
    steps.iter().for_each(|step| world.take(step));
    world.take(&Step::Rest);
    if !world.is_disturbed {
        world.log_out();
    }
    world.run_out();
    check_ends(&world.pair, "");
    if !world.book.is_lenient {
        check_content(&world);
        check_secrets(&world);
    }
    tally(&world)
}

/// All that was said was heard once and in order; of a connection that was ended early, its beginning.
fn check_content(world: &World) {
    let client = &world.pair.client;
    assert_eq!((&client.error, &world.pair.server.error), (&None, &None));
    let is_rejected = |it: &&server::Event| matches!(it, server::Event::Rejected { .. });
    assert_eq!(world.pair.server.events.iter().find(is_rejected), None);

    let early = world.is_disturbed;
    is_beginning(&told(world), &world.book.said, early, "data");

    let handed_out: Vec<Asked> = world
        .given
        .values()
        .filter(|given| !matches!(given.fate, Fate::Lost(Sent::Not) | Fate::Cancelled(Sent::Not)))
        .filter_map(|given| as_asked(&given.step))
        .collect();
    let asked = asked(&world.pair.server.events);
    let mut heard: Vec<Asked> = asked.iter().map(|(_, asked)| asked.clone()).collect();
    if early && let Some(Asked::Append(mailbox, _)) = heard.last() {
        // It may have been in the middle.
        let last = handed_out.get(heard.len() - 1).cloned();
        assert!(matches!(&last, Some(Asked::Append(same, _)) if same == mailbox), "{last:?}");
        heard.pop();
    }
    is_beginning(&heard, &handed_out, early, "commands");

    check_answers(world, &asked);

    let fetches = asked.iter().filter(|(_, asked)| asked.is_fetch()).count();
    let mails: Vec<u8> = (1..=3).flat_map(mail).collect();
    is_beginning(&bodies(&client.events), &mails.repeat(fetches), early, "bodies");
}

/// The first are the second, or of an early end what came before it.
fn is_beginning<T: PartialEq + std::fmt::Debug>(got: &[T], all: &[T], early: bool, what: &str) {
    let wanted = if early { all.get(..got.len()).unwrap_or(all) } else { all };
    assert_eq!(got, wanted, "{what}");
}

/// Each command got the answer that was given to it, or none, if it was given up.
fn check_answers(world: &World, asked: &[(CommandId, Asked)]) {
    let said = world.book.completed.iter().map(|(id, condition)| {
        let (_, asked) = asked.iter().find(|(it, _)| it == id).unwrap();
        (asked.clone(), said(condition))
    });
    let mut said = said.peekable();
    let mut skipped = 0;
    for given in world.given.values() {
        let (Fate::Completed(condition), Some(asked)) = (&given.fate, as_asked(&given.step)) else {
            continue;
        };
        let answer = (asked, self::said(condition));
        if given.is_given_up && said.peek() != Some(&answer) {
            // The connection answered that.
            continue;
        }
        while said.next_if(|it| *it != answer).is_some() {
            skipped += 1;
        }
        assert_eq!(said.next(), Some(answer), "nobody answered this");
    }
    let early = if world.is_disturbed { usize::MAX } else { 0 };
    let unheard = |fate: &Fate| matches!(fate, Fate::Cancelled(sent) if *sent != Sent::Not);
    let unheard = world.given.values().filter(|given| unheard(&given.fate)).count();
    assert!(skipped <= unheard, "{skipped} answers were lost");
    assert!(said.count() <= unheard.saturating_add(early), "answers were lost at the end");
}

/// The text is not the same twice, and the connection adds codes.
fn said(condition: &Condition) -> (ConditionKind, String) {
    (condition.kind, condition.text.text().to_string())
}

fn check_secrets(world: &World) {
    for trace in &world.traces {
        let open = trace.open.lock().unwrap();
        let shown = [trace.shown.lock().unwrap().as_bytes(), &open].concat();
        for secret in [PASSWORD, PLAIN] {
            let is_shown = shown.windows(secret.len()).any(|it| it == secret.as_bytes());
            assert!(!is_shown, "{secret} is shown");
        }
    }
}

fn tally(world: &World) -> Tally {
    let mut tally = Tally { told: told(world).len(), ..Tally::default() };
    for given in world.given.values() {
        match given.fate {
            Fate::Completed(_) => tally.completed += 1,
            Fate::Cancelled(_) => tally.cancelled += 1,
            Fate::Lost(_) => tally.lost += 1,
            Fate::Open => panic!("{given:?} has no end"),
        }
    }
    tally
}

/// What the server's application was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Asked {
    Command(CommandBody),
    Append(Mailbox, Vec<AppendPart>),
}

impl Asked {
    const fn is_fetch(&self) -> bool {
        matches!(self, Self::Command(CommandBody::Fetch(_) | CommandBody::UidFetch(_)))
    }
}

fn asked(events: &[server::Event]) -> Vec<(CommandId, Asked)> {
    let mut all = Vec::new();
    for event in events {
        match (event, all.last_mut()) {
            (server::Event::Command { id, body }, _) => {
                all.push((*id, Asked::Command(body.clone())));
            }
            (server::Event::Append { id, part: AppendPart::Begin(begin) }, _) => {
                all.push((*id, Asked::Append(begin.mailbox.clone(), Vec::new())));
            }
            (server::Event::Append { part, .. }, Some((_, Asked::Append(_, parts)))) => {
                parts.push(part.clone());
            }
            _ => {}
        }
    }
    all.into_iter().map(|(id, asked)| (id, comparable(asked))).collect()
}

/// Of a message that was not taken it is left to chance how much was seen, and an initial response
/// may come later.
fn comparable(asked: Asked) -> Asked {
    match asked {
        Asked::Append(mailbox, parts) if mailbox == Mailbox::INBOX => {
            Asked::Append(mailbox, whole_chunks(parts.into_iter()))
        }
        Asked::Append(mailbox, _) => Asked::Append(mailbox, Vec::new()),
        Asked::Command(CommandBody::Authenticate(mut it)) => {
            it.initial_response = None;
            Asked::Command(CommandBody::Authenticate(it))
        }
        asked => asked,
    }
}

fn as_asked(step: &Step) -> Option<Asked> {
    match step {
        Step::Give("CAPABILITY" | "STARTTLS" | "COMPRESS DEFLATE" | "LOGOUT") => None,
        Step::Give(text) => Some(comparable(Asked::Command(command(text)))),
        Step::Upload(mailbox, parts) => {
            let mailbox = Mailbox::new(*mailbox).unwrap();
            Some(comparable(Asked::Append(mailbox, parts.clone())))
        }
        other => panic!("{other:?} gives no command"),
    }
}

/// Plays seeds; of one that fails, the fewest steps with which it does are told.
fn play_all(
    kind: Kind,
    seeds: std::ops::Range<u64>,
    planted: Option<usize>,
) -> Result<Tally, String> {
    let mut sum = Tally::default();
    for seed in seeds {
        let steps = steps(seed, kind);
        match caught(|| play(seed, &steps, planted)) {
            Ok(tally) => {
                sum.seeds += 1;
                sum.completed += tally.completed;
                sum.cancelled += tally.cancelled;
                sum.lost += tally.lost;
                sum.told += tally.told;
            }
            Err(why) => {
                let fewest = shrink(&steps, |steps| {
                    caught(|| play(seed, steps, planted)).is_err_and(|it| is_same(&it, &why))
                });
                let why = caught(|| play(seed, &fewest, planted)).unwrap_err();
                let fewest: String = fewest.iter().map(|step| format!("\n{step:?}")).collect();
                return Err(format!("{kind:?}, seed {seed}: {why}\nby{fewest}"));
            }
        }
    }
    println!("{kind:?}: {sum:?}");
    Ok(sum)
}

/// The same assertion has failed, with whatever values.
fn is_same(one: &str, other: &str) -> bool {
    let front = |text: &str| text.lines().next().unwrap_or_default().get(..25).map(str::to_owned);
    front(one) == front(other)
}

/// So many seeds, or as many as the variable `SEEDS` says.
#[track_caller]
fn good(kind: Kind, seeds: u64) -> Tally {
    let asked = std::env::var("SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    play_all(kind, 0..asked.unwrap_or(seeds), None).unwrap_or_else(|failure| panic!("{failure}"))
}

#[test]
fn what_is_given_is_done_and_what_is_said_is_told() {
    let tally = good(Kind::Clean, 4000);
    assert!(tally.completed.min(tally.told) > 2 * tally.seeds, "it does not test: {tally:?}");
}

#[test]
fn whatever_is_cancelled_the_others_end_once() {
    let tally = good(Kind::Cancels, 4000);
    assert!(tally.cancelled > tally.seeds / 2, "it does not test: {tally:?}");
}

#[test]
fn whoever_ends_it_what_was_said_before_is_told() {
    let tally = good(Kind::Ends, 4000);
    assert!(tally.lost > tally.seeds, "it does not test: {tally:?}");
}

#[test]
fn wherever_it_is_torn_what_was_said_before_is_told() {
    let tally = good(Kind::Cut, 4000);
    assert!(tally.lost > tally.seeds, "it does not test: {tally:?}");
}

#[test]
fn whatever_comes_of_the_octets_each_command_ends_once() {
    let tally = good(Kind::Mangled, 4000);
    assert!(
        tally.completed > tally.seeds && tally.lost > tally.seeds,
        "it does not test: {tally:?}"
    );
}

/// The test of the test: a datum that is told twice is found, and so few steps are left that they
/// can be read.
#[test]
fn a_planted_fault_is_found_and_its_steps_are_few() {
    let alert = NEWS.iter().position(|text| text.contains("ALERT")).unwrap();
    let failure = play_all(Kind::Clean, 0..1000, Some(alert)).unwrap_err();
    let steps = failure.split_once("\nby\n").unwrap().1;
    let names: BTreeSet<&str> = ["Turn", "Give", "Upload", "Work", "News"]
        .into_iter()
        .filter(|it| steps.contains(it))
        .collect();
    assert_eq!(names, BTreeSet::from(["News"]), "{failure}");
    assert_eq!(steps.matches("News").count(), 1, "{failure}");
}

#[test]
fn steps_shrink_to_those_that_matter() {
    let fails = |steps: &[u32]| steps.contains(&7) && steps.contains(&400);
    let all: Vec<u32> = (0..1000).collect();
    assert_eq!(shrink(&all, fails), [7, 400]);
}
