//! UID sets against the standard library's, and their wire form.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | even: the rest is a wire form to read; odd: the rest are operations |

use std::collections::BTreeSet;

use mailstore_core::store::{Uid, UidSet};

use crate::dice::Dice;

/// - Any octets are refused, or are exactly what the set that they make writes.
/// - After any operations a set answers every question as a `BTreeSet` does.
pub fn run(data: &[u8]) {
    let mut dice = Dice::new(data);
    match dice.byte() % 2 {
        0 => read(dice.rest()),
        _ => operate(dice),
    }
}

fn read(octets: &[u8]) {
    match UidSet::from_wire(octets) {
        Err(error) => assert!(error.at <= octets.len(), "{error}"),
        Ok(set) => {
            assert_eq!(set.to_wire(), octets, "a wire form that is not canonical");
            sound(&set);
        }
    }
}

/// Ranges ascend and do not touch, and have as many members as the set says.
fn sound(set: &UidSet) {
    let mut members = 0;
    let mut behind = 0;
    for range in set.ranges() {
        let (first, last) = (u64::from(range.start().get()), u64::from(range.end().get()));
        assert!(first <= last && (behind == 0 || first > behind), "{set:?}");
        members += last - first + 1;
        behind = last + 1;
    }
    assert_eq!(members, set.len());
    assert_eq!(set.is_empty(), members == 0);
    assert_eq!(set.first(), set.ranges().next().map(|range| *range.start()));
    assert_eq!(set.last().is_some(), members > 0);
}

/// A set and what it must be.
#[derive(Default)]
struct Pair {
    set: UidSet,
    model: BTreeSet<u32>,
}

/// The most members that the model is given.
const MEMBERS: usize = 6_000;
/// The most operations of a run.
const OPERATIONS: usize = 40;

fn operate(mut dice: Dice<'_>) {
    let mut pairs = [Pair::default(), Pair::default()];
    for _ in 0..OPERATIONS {
        if dice.is_empty() {
            break;
        }
        let operation = dice.byte();
        let [first, second] = &mut pairs;
        let (pair, second) = if operation < 128 { (first, &*second) } else { (second, &*first) };
        match operation % 10 {
            0 => {
                let uid = uid(&mut dice);
                assert_eq!(pair.set.insert(uid), pair.model.insert(uid.get()));
            }
            1 => {
                let uid = uid(&mut dice);
                assert_eq!(pair.set.remove(uid), pair.model.remove(&uid.get()));
            }
            2 if pair.model.len() < MEMBERS => {
                let range = range(&mut dice);
                pair.model.extend(range.clone());
                let ends = (Uid::new(*range.start()), Uid::new(*range.end()));
                if let (Some(first), Some(last)) = ends {
                    pair.set.insert_range(first..=last);
                }
            }
            // Many runs make a bitmap.
            3 if pair.model.len() < MEMBERS => {
                let first = uid(&mut dice).get();
                let step = dice.below(3) + 2;
                // A bitmap has more than 2,048 runs; making one takes long.
                let count = match dice.byte() {
                    250.. => 2_060,
                    few => usize::from(few % 50),
                };
                for number in (first..=u32::MAX).step_by(step).take(count) {
                    let fresh = Uid::new(number).is_some_and(|uid| pair.set.insert(uid));
                    assert_eq!(fresh, pair.model.insert(number));
                }
            }
            4 if pair.model.len() + second.model.len() < MEMBERS => {
                pair.set = pair.set.union(&second.set);
                pair.model.extend(&second.model);
            }
            5 => {
                pair.set = pair.set.intersection(&second.set);
                pair.model.retain(|uid| second.model.contains(uid));
            }
            6 => {
                pair.set = pair.set.difference(&second.set);
                pair.model.retain(|uid| !second.model.contains(uid));
            }
            // It makes a set of 65,536 chunks, so it is asked for rarely.
            7 if dice.byte() < 8 => {
                let uid = uid(&mut dice);
                pair.set = pair.set.tail(uid);
                pair.model = pair.model.split_off(&uid.get());
            }
            7 | 8 => ask(pair, second, uid(&mut dice)),
            _ => pair.set = again(&pair.set),
        }
    }
    for pair in &pairs {
        sound(&pair.set);
        assert!(pair.set.iter().map(Uid::get).eq(pair.model.iter().copied()));
        assert_eq!(again(&pair.set), pair.set);
        let made: UidSet = pair.model.iter().filter_map(|uid| Uid::new(*uid)).collect();
        assert_eq!(made, pair.set, "equal members, unequal sets");
        assert_eq!(made.to_wire(), pair.set.to_wire());
    }
    let equal = pairs[0].model == pairs[1].model;
    assert_eq!(pairs[0].set == pairs[1].set, equal);
}

fn ask(pair: &Pair, other: &Pair, uid: Uid) {
    let (set, model) = (&pair.set, &pair.model);
    let number = uid.get();
    let below = model.range(..number).count() as u64;
    assert_eq!(set.contains(uid), model.contains(&number));
    assert_eq!(set.rank(uid), below);
    assert_eq!(set.position(uid), model.contains(&number).then_some(below));
    assert_eq!(set.nth(below).map(Uid::get), model.range(number..).next().copied());
    assert_eq!(set.len(), model.len() as u64);
    assert_eq!(set.nth(set.len()), None);
    assert_eq!(set.first().map(Uid::get), model.first().copied());
    assert_eq!(set.last().map(Uid::get), model.last().copied());
    let behind = set.ranges_from(uid).next().map(|range| range.start().get());
    assert_eq!(behind, model.range(number..).next().copied());
    assert_eq!(set.is_subset(&other.set), model.is_subset(&other.model));
}

/// Through the wire and back.
fn again(set: &UidSet) -> UidSet {
    UidSet::from_wire(&set.to_wire()).expect("what was written is read")
}

/// A UID near a place where something changes: the ends, the edges of chunks and of words.
fn uid(dice: &mut Dice<'_>) -> Uid {
    const PLACES: [u32; 8] =
        [1, 64, 4_096, 65_530, 131_070, 0x0001_0000, 0x7fff_fff0, u32::MAX - 6_000];
    let place = PLACES[dice.below(PLACES.len())];
    let number = place.saturating_add(u32::from(dice.word() % 6_001));
    Uid::new(number).expect("not zero")
}

fn range(dice: &mut Dice<'_>) -> std::ops::RangeInclusive<u32> {
    let first = uid(dice).get();
    let length = u32::from(dice.word() % 300);
    // Sometimes an empty one.
    if length == 13 { first..=first.saturating_sub(1).max(1) } else { first..=first.saturating_add(length) }
}
