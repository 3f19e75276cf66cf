use super::*;
use crate::{SendError, Sink};
use alloc::vec::Vec;
use bytes::Buf as _;
use proptest::prelude::*;

fn id(n: u64) -> CommandId {
    CommandId(n)
}

fn take(output: &mut Output, octets: usize) -> Vec<u8> {
    let mut transcript = Transcript::default();
    let mut transmit = output.transmit(&mut transcript, Instant::default());
    let octets = octets.min(transmit.remaining());
    transmit.copy_to_bytes(octets).to_vec()
}

fn take_all(output: &mut Output) -> Vec<u8> {
    take(output, usize::MAX)
}

#[test]
fn small_writes_of_one_owner_are_one_slice() {
    let mut output = Output::default();
    for word in ["+OK", " 2", " 320\r\n"] {
        output.writer(id(1)).put(word.as_bytes());
    }
    output.writer(id(2)).put(b"+OK\r\n");
    assert_eq!(output.slices().collect::<Vec<_>>(), [b"+OK 2 320\r\n+OK\r\n"]);
}

#[test]
fn what_fills_a_hole_can_be_taken_back() {
    let mut output = Output::default();
    output.push_hole(id(1), Owed::Open);
    output.writer(id(2)).put(b"NOOP\r\n");
    output.fill_copied(id(1), b"secret\r\n", true).unwrap();
    output.fill(id(1), Bytes::from_static(b"more\r\n"), true).unwrap();
    assert_eq!((output.ready(), output.len()), (14, 20));
    output.empty_hole(id(1)).unwrap();
    assert_eq!((output.ready(), output.len(), output.owed(id(1))), (0, 6, Some(Owed::Open)));
    output.fill_copied(id(1), b"*\r\n", false).unwrap();
    output.close_hole(id(1)).unwrap();
    assert_eq!(take_all(&mut output), b"*\r\nNOOP\r\n");
    assert_eq!(output.empty_hole(id(1)), Err(SendError::NotOwed));
}

#[test]
fn payloads_are_lent_by_reference() {
    let mut output = Output::default();
    let body = Bytes::from_static(b"body");
    output.writer(id(1)).put(b"head");
    output.writer(id(1)).put_shared(body.clone());
    output.writer(id(1)).put(b"tail");
    let slices: Vec<_> = output.slices().collect();
    assert_eq!(slices, [&b"head"[..], b"body", b"tail"]);
    assert_eq!(slices[1].as_ptr(), body.as_ptr());
}

#[test]
fn a_hole_holds_back_what_follows_until_it_is_filled() {
    let mut output = Output::default();
    output.writer(id(1)).put(b"{5}\r\n");
    output.push_hole(id(1), Owed::Exactly(5));
    output.writer(id(1)).put(b"\r\n");
    output.writer(id(2)).put(b"NOOP\r\n");
    assert_eq!(take_all(&mut output), b"{5}\r\n");
    let too_much = output.fill(id(1), Bytes::from_static(b"123456"), false);
    assert_eq!(too_much, Err(SendError::Length { left: 5, given: 6 }));
    output.fill(id(1), Bytes::from_static(b"12"), false).unwrap();
    assert_eq!(output.owed(id(1)), Some(Owed::Exactly(3)));
    assert_eq!(output.fill_copied(id(2), b"x", false), Err(SendError::NotOwed));
    output.fill_copied(id(1), b"345", false).unwrap();
    assert_eq!(take_all(&mut output), b"12345\r\nNOOP\r\n");
    assert!(output.is_empty());
}

#[test]
fn an_open_hole_waits_behind_its_gate() {
    let mut output = Output::default();
    output.writer(id(1)).put(b"IDLE\r\n");
    output.push_gate(id(1), Gate::Continuation);
    output.push_hole(id(1), Owed::Open);
    output.writer(id(2)).put(b"NOOP\r\n");
    output.fill_copied(id(1), b"DONE\r\n", false).unwrap();
    output.close_hole(id(1)).unwrap();
    assert_eq!(take_all(&mut output), b"IDLE\r\n");
    output.open_front();
    assert_eq!(take_all(&mut output), b"DONE\r\nNOOP\r\n");
}

#[test]
fn sent_tells_how_far_each_owner_got() {
    let mut output = Output::default();
    output.writer(id(1)).put(b"one");
    output.writer(id(2)).put(b"two");
    output.writer(id(3)).put(b"three");
    assert_eq!(output.sent(id(1)), Sent::Not);
    take(&mut output, 4);
    assert_eq!([1, 2, 3].map(|n| output.sent(id(n))), [Sent::Fully, Sent::Partly, Sent::Not]);
    take_all(&mut output);
    assert_eq!(output.sent(id(3)), Sent::Fully);
}

#[test]
fn removing_a_command_leaves_its_neighbours() {
    let mut output = Output::default();
    for n in 1..=3 {
        output.push_gate(id(n), Gate::Turn);
        output.writer(id(n)).put(b"command ");
        output.writer(id(n)).put_shared(Bytes::from_static(b"payload "));
        output.writer(id(n)).put_number(n);
    }
    output.open_first();
    output.remove(id(2));
    assert_eq!(take_all(&mut output), b"command payload 1");
    assert_eq!(output.first_gate(), Some((id(3), Gate::Turn)));
    output.open_first();
    output.remove_after(id(2));
    assert!(output.is_empty());
    assert_eq!(output.len(), 0);
}

#[test]
fn a_refused_command_ends_at_its_gate_or_with_the_announced_octets() {
    let literal = |gate: bool| {
        let mut output = Output::default();
        output.writer(id(1)).put(b"{5}\r\n");
        if gate {
            output.push_gate(id(1), Gate::Continuation);
        }
        output.push_hole(id(1), Owed::Exactly(5));
        output.writer(id(1)).put(b"\r\n");
        output.writer(id(2)).put(b"NOOP\r\n");
        take(&mut output, 1);
        output.cut(id(1));
        output
    };
    assert_eq!(take_all(&mut literal(true)), b"5}\r\nNOOP\r\n");
    let mut owed = literal(false);
    assert_eq!(take_all(&mut owed), b"5}\r\n");
    assert_eq!(owed.first_hole(), Some((id(1), Owed::Exactly(5))));
    owed.fill(id(1), Bytes::from_static(b"12345"), false).unwrap();
    assert_eq!(take_all(&mut owed), b"12345\r\nNOOP\r\n");
}

#[test]
fn secrets_are_records_of_their_own() {
    let mut output = Output::default();
    let mut writer = output.writer(id(1));
    writer.put(b"PASS ");
    writer.put_secret(b"hunter2");
    writer.put(b"\r\n");
    drop(writer);
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut transcript = Transcript::default();
    transcript.observe(Some(alloc::boxed::Box::new(move |record: crate::Record<'_>| {
        sender.send((record.octets.to_vec(), record.secret)).unwrap();
    })));
    let mut transmit = output.transmit(&mut transcript, Instant::default());
    transmit.advance(transmit.remaining());
    let records: Vec<_> = receiver.try_iter().collect();
    let expected =
        [(b"PASS ".to_vec(), false), (b"hunter2".to_vec(), true), (b"\r\n".to_vec(), false)];
    assert_eq!(records, expected);
}

#[derive(Clone, Debug)]
enum Step {
    Copied(Vec<u8>, bool),
    Held(Vec<u8>),
    Gate,
    Hole(u8),
    Fill(u8, bool),
    Open,
    Take(u8),
    Remove,
    Cut,
    NewOwner,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any::<Vec<u8>>(), any::<bool>()).prop_map(|(v, s)| Step::Copied(v, s)),
        any::<Vec<u8>>().prop_map(Step::Held),
        Just(Step::Gate),
        (1u8..9).prop_map(Step::Hole),
        (1u8..5, any::<bool>()).prop_map(|(n, c)| Step::Fill(n, c)),
        Just(Step::Open),
        any::<u8>().prop_map(Step::Take),
        Just(Step::Remove),
        Just(Step::Cut),
        Just(Step::NewOwner),
    ]
}

/// The naive queue: one entry an octet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Naive {
    Octet(u8),
    Gate,
    Owed,
}

proptest! {
    #[test]
    fn the_queue_does_what_a_naive_queue_does(steps in proptest::collection::vec(step(), 0..60)) {
        let mut output = Output::default();
        let mut naive: Vec<(CommandId, Naive)> = Vec::new();
        let mut owner = id(1);
        for step in steps {
            match step {
                Step::Copied(octets, secret) => {
                    let mut writer = output.writer(owner);
                    if secret { writer.put_secret(&octets) } else { writer.put(&octets) }
                    naive.extend(octets.iter().map(|o| (owner, Naive::Octet(*o))));
                }
                Step::Held(octets) => {
                    naive.extend(octets.iter().map(|o| (owner, Naive::Octet(*o))));
                    output.writer(owner).put_shared(octets.into());
                }
                Step::Gate => {
                    output.push_gate(owner, Gate::Continuation);
                    naive.push((owner, Naive::Gate));
                }
                Step::Hole(n) => {
                    output.push_hole(owner, Owed::Exactly(n.into()));
                    naive.extend((0..n).map(|_| (owner, Naive::Owed)));
                }
                Step::Fill(n, copied) => {
                    let octets = alloc::vec![n; n.into()];
                    let place = naive.iter().position(|e| *e == (owner, Naive::Owed));
                    let owed = match output.owed(owner) {
                        Some(Owed::Exactly(n)) => n,
                        _ => 0,
                    };
                    let result = match copied {
                        true => output.fill_copied(owner, &octets, false),
                        false => output.fill(owner, octets.clone().into(), false),
                    };
                    prop_assert_eq!(result.is_ok(), owed >= u64::from(n));
                    if let (Ok(()), Some(place)) = (result, place) {
                        for (entry, octet) in naive[place..].iter_mut().zip(octets) {
                            entry.1 = Naive::Octet(octet);
                        }
                    }
                }
                Step::Open => {
                    output.open_first();
                    let first = naive.iter().position(|e| !matches!(e.1, Naive::Octet(_)));
                    if let Some(first) = first && naive[first].1 == Naive::Gate {
                        naive.remove(first);
                    }
                }
                Step::Take(n) => {
                    let ready = naive.iter().take_while(|e| matches!(e.1, Naive::Octet(_)));
                    let n = usize::from(n).min(ready.count());
                    prop_assert!(output.ready() >= n);
                    let expected = naive.drain(..n).map(|e| match e.1 {
                        Naive::Octet(o) => o,
                        _ => unreachable!(),
                    });
                    prop_assert_eq!(take(&mut output, n), expected.collect::<Vec<_>>());
                }
                Step::Remove => {
                    output.remove(owner);
                    naive.retain(|e| e.0 != owner);
                }
                Step::Cut => {
                    output.cut(owner);
                    let gate = naive.iter().position(|e| *e == (owner, Naive::Gate));
                    let kept = gate.unwrap_or(naive.len());
                    naive.truncate(kept);
                }
                Step::NewOwner => owner = owner.following(),
            }
            let ready = naive.iter().take_while(|e| matches!(e.1, Naive::Octet(_))).count();
            let octets = naive.iter().filter(|e| matches!(e.1, Naive::Octet(_))).count();
            prop_assert_eq!((output.ready(), output.len()), (ready, octets));
            prop_assert_eq!(output.slices().map(<[u8]>::len).sum::<usize>(), ready);
            prop_assert_eq!(output.is_empty(), naive.is_empty());
            let first = naive.get(ready).map(|e| e.1);
            prop_assert_eq!(output.first_gate().is_some(), first == Some(Naive::Gate));
            prop_assert_eq!(output.first_hole().is_some(), first == Some(Naive::Owed));
        }
    }
}
