//! The set against a naive one, and its figures.

use super::*;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec;
use proptest::prelude::*;

pub(super) fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

pub(super) fn set(uids: impl IntoIterator<Item = u32>) -> UidSet {
    uids.into_iter().map(uid).collect()
}

/// Every second UID of the range.
pub(super) fn alternating(range: RangeInclusive<u32>) -> UidSet {
    set(range.step_by(2))
}

/// UIDs in clusters, many of them at the edges of chunks.
fn uids() -> impl Strategy<Value = u32> {
    let anchor =
        prop::sample::select(vec![1, 0x8000, 0xffff, 0x1_0000, 0x1_ffff, 0x7fff_ffff, u32::MAX]);
    (anchor, -40i64..40)
        .prop_map(|(anchor, off)| (i64::from(anchor) + off).clamp(1, i64::from(u32::MAX)) as u32)
}

pub(super) fn small_sets() -> impl Strategy<Value = BTreeSet<u32>> {
    prop::collection::btree_set(uids(), 0..120)
}

fn naive_ranges(uids: &BTreeSet<u32>) -> Vec<RangeInclusive<Uid>> {
    let mut out: Vec<RangeInclusive<Uid>> = Vec::new();
    for number in uids {
        match out.last_mut() {
            Some(range) if range.end().next() == Uid::new(*number) => {
                *range = *range.start()..=uid(*number)
            }
            _ => out.push(uid(*number)..=uid(*number)),
        }
    }
    out
}

fn same(set: &UidSet, oracle: &BTreeSet<u32>) {
    assert_eq!(
        set.iter().map(Uid::get).collect::<Vec<_>>(),
        oracle.iter().copied().collect::<Vec<_>>()
    );
    assert_eq!(set.ranges().collect::<Vec<_>>(), naive_ranges(oracle));
    assert_eq!(set.len(), oracle.len() as u64);
    assert_eq!(set.first().map(Uid::get), oracle.first().copied());
    assert_eq!(set.last().map(Uid::get), oracle.last().copied());
    for (at, number) in oracle.iter().enumerate() {
        assert_eq!(set.nth(at as u64), Some(uid(*number)));
        assert_eq!(set.position(uid(*number)), Some(at as u64));
    }
    assert_eq!(set.nth(oracle.len() as u64), None);
    assert_eq!(*set, self::set(oracle.iter().copied()), "the form follows from the members");
}

#[derive(Clone, Debug)]
enum Edit {
    Insert(u32),
    Remove(u32),
    Range(u32, u32),
    /// Ranges one after the other, by the dozen.
    Ranges(u32, u32),
    /// Every second UID of a stretch long enough to need a bitmap.
    Comb(u32),
    /// What lies in a range.
    Cut(u32, u32),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        6 => uids().prop_map(Edit::Insert),
        6 => uids().prop_map(Edit::Remove),
        2 => (uids(), 0..200u32).prop_map(|(first, len)| Edit::Range(first, first.saturating_add(len))),
        1 => (uids(), 1..300u32).prop_map(|(first, step)| Edit::Ranges(first, step)),
        1 => uids().prop_map(Edit::Comb),
        1 => (uids(), 0..5_000u32).prop_map(|(first, len)| Edit::Cut(first, first.saturating_add(len))),
    ];
    prop::collection::vec(edit, 1..40)
}

fn apply(set: &mut UidSet, oracle: &mut BTreeSet<u32>, edit: Edit) {
    match edit {
        Edit::Insert(number) => assert_eq!(set.insert(uid(number)), oracle.insert(number)),
        Edit::Remove(number) => assert_eq!(set.remove(uid(number)), oracle.remove(&number)),
        Edit::Range(first, last) => {
            set.insert_range(uid(first)..=uid(last));
            oracle.extend(first..=last);
        }
        Edit::Ranges(first, step) => {
            let firsts = (0..50).map(|n| first.saturating_add(n * step));
            let ranges = firsts.map(|first| uid(first)..=uid(first.saturating_add(step / 2)));
            for range in ranges {
                set.insert_range(range.clone());
                oracle.extend(range.start().get()..=range.end().get());
            }
        }
        Edit::Comb(first) => {
            let comb = first..=first.saturating_add(4_200);
            *set = set.union(&alternating(comb.clone()));
            oracle.extend(comb.step_by(2));
        }
        Edit::Cut(first, last) => {
            *set = set.difference(&UidSet::from(uid(first)..=uid(last)));
            oracle.retain(|number| !(first..=last).contains(number));
        }
    }
}

proptest! {
    #[test]
    fn edits_do_what_they_do_to_a_naive_set(edits in edits()) {
        let (mut set, mut oracle) = (UidSet::new(), BTreeSet::new());
        for edit in edits {
            let (before, naive) = (set.clone(), oracle.clone());
            apply(&mut set, &mut oracle, edit);
            prop_assert!(before.iter().map(Uid::get).eq(naive), "a clone is not touched");
        }
        same(&set, &oracle);
    }

    #[test]
    fn sets_combine_as_naive_ones(a in small_sets(), b in small_sets(), comb in any::<bool>()) {
        let (mut x, mut y) = (set(a.iter().copied()), set(b.iter().copied()));
        let (mut a, mut b) = (a, b);
        if comb {
            apply(&mut x, &mut a, Edit::Comb(0x1_0000));
            apply(&mut y, &mut b, Edit::Comb(0x1_0101));
        }
        same(&x.union(&y), &a.union(&b).copied().collect());
        same(&x.intersection(&y), &a.intersection(&b).copied().collect());
        same(&x.difference(&y), &a.difference(&b).copied().collect());
        prop_assert_eq!(x.is_subset(&y), a.is_subset(&b));
        prop_assert!(x.intersection(&y).is_subset(&x) && x.is_subset(&x.union(&y)));
    }

    #[test]
    fn ranks_and_tails(uids in small_sets(), at in uids()) {
        let set = set(uids.iter().copied());
        prop_assert_eq!(set.rank(uid(at)), uids.range(..at).count() as u64);
        prop_assert_eq!(set.contains(uid(at)), uids.contains(&at));
        let tail: BTreeSet<u32> = uids.range(at..).copied().collect();
        prop_assert_eq!(set.ranges_from(uid(at)).collect::<Vec<_>>(), naive_ranges(&tail));
        same(&set.tail(uid(at)), &tail);
    }
}

#[test]
fn every_uid_costs_one_run_for_each_chunk() {
    let all = UidSet::from(Uid::MIN..=Uid::MAX);
    assert_eq!(all.len(), u64::from(u32::MAX));
    assert_eq!(all.nth(all.len() - 1), Some(Uid::MAX));
    assert_eq!(all.rank(Uid::MAX), all.len() - 1);
    assert_eq!(all.ranges().collect::<Vec<_>>(), [Uid::MIN..=Uid::MAX]);
    assert_eq!(all.heap_size().0, 65_536 * 16);
    assert_eq!(all.entries.iter().map(|e| Arc::as_ptr(&e.chunk)).collect::<BTreeSet<_>>().len(), 2);
    let some = alternating(1..=200_000);
    assert_eq!(some.intersection(&all), some);
    assert_eq!(all.difference(&some).len(), all.len() - some.len());
}

#[test]
fn an_empty_range_has_no_members() {
    assert!(UidSet::from(uid(2)..=uid(1)).is_empty());
    assert!(UidSet::from_iter::<[RangeInclusive<Uid>; 0]>([]).is_empty());
}

#[test]
fn a_bitmap_begins_past_2048_runs_and_ends_there() {
    let mut set = alternating(1..=4_095);
    let bits = |set: &UidSet| matches!(set.entries[0].chunk.form(), chunk::Form::Bits { .. });
    assert!(!bits(&set), "2,048 runs");
    set.insert(uid(5_000));
    assert!(bits(&set), "2,049 runs");
    set.insert(uid(2));
    assert!(!bits(&set), "two of them joined");
    set.remove(uid(2));
    assert!(bits(&set));
    set.remove(uid(1));
    assert!(!bits(&set));
}

#[test]
fn a_million_messages_with_every_second_uid_missing() {
    let set = alternating(1..=2_000_000);
    assert_eq!((set.len(), set.entries.len()), (1_000_000, 31));
    let copy = set.clone();
    let (own, shared) = copy.heap_size();
    assert_eq!(own + size_of::<UidSet>(), 520);
    assert!((31 * 8_192..31 * 8_300).contains(&shared), "{shared}");

    let mut expunged = set.clone();
    assert!(expunged.remove(uid(1_000_001)));
    let pairs = || set.entries.iter().zip(&expunged.entries);
    assert_eq!(pairs().filter(|(a, b)| !Arc::ptr_eq(&a.chunk, &b.chunk)).count(), 1);
    assert!(set.entries.iter().zip(&copy.entries).all(|(a, b)| Arc::ptr_eq(&a.chunk, &b.chunk)));
    assert_eq!(expunged.position(uid(1_000_003)), Some(500_000));
    assert_eq!(set.position(uid(1_000_003)), Some(500_001));
}

#[test]
fn results_share_the_chunks_of_their_operands() {
    let set = alternating(1..=2_000_000);
    let shares = |result: &UidSet| {
        set.entries
            .iter()
            .zip(&result.entries)
            .filter(|(a, b)| Arc::ptr_eq(&a.chunk, &b.chunk))
            .count()
    };
    assert_eq!(shares(&set.intersection(&UidSet::from(Uid::MIN..=Uid::MAX))), 31);
    assert_eq!(shares(&set.difference(&self::set([5, 100_000]))), 30);
    assert_eq!(shares(&set.union(&self::set([5, 100_000]))), 30);
}

#[test]
fn debug_shows_the_beginning() {
    assert_eq!(format!("{:?}", set([1, 2, 4])), "{1..=2, 4}");
    let long = format!("{:?}", alternating(1..=99));
    assert!(long.ends_with("31, ... 50 in all}"), "{long}");
}
