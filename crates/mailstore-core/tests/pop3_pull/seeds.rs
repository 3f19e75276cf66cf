//! Any mixture of oddities, cuts, crashes, full disks and policies, run after run.
//!
//! Ids are shared among messages of the beginning only, and then all of UIDL's lines can be read: a
//! server that breaks both rules at once takes the meaning from its ids.

use std::collections::BTreeSet;

use mailstore_core::pop3::{Policy, PullOptions};
use proptest::prelude::*;

use super::odd::{Answer, Odd, Quirks};
use super::world::{Device, WHOLE, Way, Wire};

#[derive(Clone, Debug)]
struct Visit {
    policy: Policy,
    pipelined: usize,
    chunk: usize,
    cut: Option<(Way, usize)>,
    dies_at: Option<usize>,
    cannot_store: Vec<usize>,
    quirks: Quirks,
    delivered: usize,
    days: u32,
}

fn answers() -> impl Strategy<Value = Answer> {
    prop_oneof![
        4 => Just(Answer::Right),
        1 => Just(Answer::Refused),
        1 => Just(Answer::Garbled),
        1 => Just(Answer::Lies),
    ]
}

fn places() -> impl Strategy<Value = BTreeSet<usize>> {
    prop_oneof![2 => Just(BTreeSet::new()), 1 => proptest::collection::btree_set(0..6usize, 0..4)]
}

fn quirks() -> impl Strategy<Value = Quirks> {
    let capa = prop_oneof![
        Just(vec![]),
        Just(vec!["PIPELINING"]),
        Just(vec!["EXPIRE 0", "PIPELINING"]),
        Just(vec!["EXPIRE 3"]),
    ];
    let ids = prop_oneof![3 => Just(Answer::Right), 1 => answers()];
    let listings = (answers(), ids, answers(), places(), places());
    (any::<bool>(), capa, listings, places(), places(), prop::bool::weighted(0.2)).prop_map(
        |(no_capa, capa, (stat, uidl, list, gaps, garbled), refused, undeletable, half_quit)| {
            // Whoever deletes what was retrieved says so.
            let expires = capa.contains(&"EXPIRE 0") && !no_capa;
            Quirks {
                no_capa,
                capa,
                stat,
                uidl,
                list,
                gaps,
                garbled,
                refused,
                undeletable,
                half_quit,
                expires,
            }
        },
    )
}

fn visits() -> impl Strategy<Value = Visit> {
    let policies = prop_oneof![
        Just(Policy::DeleteAfterDownload),
        Just(Policy::LeaveOnServer),
        (0..4u32).prop_map(|days| Policy::DeleteAfter { days }),
    ];
    let cuts = prop::option::of((prop_oneof![Just(Way::Up), Just(Way::Down)], 0..400usize));
    let chunks = prop_oneof![Just(1), Just(7), Just(usize::MAX)];
    let faults = (prop::option::weighted(0.2, 0..5usize), prop::collection::vec(0..6usize, 0..2));
    (policies, 1..5usize, chunks, cuts, faults, quirks(), 0..3usize, 0..4u32).prop_map(
        |(policy, pipelined, chunk, cut, (dies_at, cannot_store), quirks, delivered, days)| Visit {
            policy,
            pipelined,
            chunk,
            cut,
            dies_at,
            cannot_store,
            quirks,
            delivered,
            days,
        },
    )
}

/// Every message that ever was, and what its id is worth.
struct World {
    odd: Odd,
    device: Device,
    all: Vec<Vec<u8>>,
    shared: bool,
    /// Messages stored by a program that died before it said so.
    unconfirmed: usize,
    /// All lines of UIDL could be read, always.
    readable: bool,
}

impl World {
    fn deliver(&mut self, id: &str) {
        let octets = format!("Subject: {}\r\n\r\nhello\r\n", self.all.len());
        self.odd.deliver(id, &octets);
        self.all.push(octets.into_bytes());
    }

    fn visit(&mut self, visit: &Visit) {
        for _ in 0..visit.delivered {
            self.deliver(&format!("fresh-{}", self.all.len()));
        }
        let mut quirks = visit.quirks.clone();
        if self.shared {
            (quirks.gaps, quirks.garbled, quirks.uidl) = Default::default();
        }
        self.readable &= quirks.gaps.is_empty() && quirks.garbled.is_empty();
        self.readable &= matches!(quirks.uidl, Answer::Right | Answer::Lies);
        self.odd.quirks = quirks;
        self.device.pass_days(visit.days);
        self.device.dies_at = visit.dies_at;
        self.device.cannot_store = visit.cannot_store.clone();
        let Visit { policy, pipelined, chunk, cut, .. } = *visit;
        let options = PullOptions { policy, pipelined, ..PullOptions::default() };
        let run = self.device.run(&mut self.odd, options, Wire { chunk, cut });
        self.unconfirmed += usize::from(run.summary.is_none());
    }

    fn check(&self) {
        let left: BTreeSet<&[u8]> = self.odd.octets().into_iter().collect();
        for message in &self.all {
            let here = self.device.mail.contains(message);
            assert!(here || left.contains(message.as_slice()), "a message is lost");
        }
        if self.readable && !self.shared {
            let different: BTreeSet<_> = self.device.mail.iter().collect();
            let again = self.device.mail.len() - different.len();
            assert!(again <= self.unconfirmed, "a confirmed message was fetched again");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_is_lost_and_nothing_confirmed_comes_again(
        ids in prop::collection::vec(0..8u8, 0..6),
        visits in prop::collection::vec(visits(), 1..6),
    ) {
        let shared = ids.iter().collect::<BTreeSet<_>>().len() < ids.len();
        let (odd, device) = (Odd::default(), Device::new());
        let (all, unconfirmed, readable) = (Vec::new(), 0, true);
        let mut world = World { odd, device, all, shared, unconfirmed, readable };
        ids.iter().for_each(|id| world.deliver(&format!("id-{id}")));
        for visit in &visits {
            world.visit(visit);
            world.check();
        }
        // A good day at last.
        (world.odd.quirks, world.device.dies_at) = (Quirks::default(), None);
        world.device.cannot_store.clear();
        world.device.run(&mut world.odd, PullOptions::default(), WHOLE);
        world.check();
        prop_assert!(world.odd.mail.is_empty() && world.device.lines.is_empty());
        prop_assert!(world.all.iter().all(|message| world.device.mail.contains(message)));
    }
}
