//! The conformance suite against the memory store, called at once and through futures that yield, and
//! against stores that are broken on purpose: each of those must go red.

// Helpers of tests are not seen as tests by these lints.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use mailstore_core::store::conformance::{self, GUARANTEES};
use mailstore_core::store::{
    Account, Answer, Ask, CommitDeletions, CommitStages, DeletionsCommitted, End, Envelope,
    Expunged, FactPage, Lock, LockNumber, MemoryStore, ModSeq, News, Open, Opened, Pin, Progress,
    Remove, Reply, Request, RequestId, Row, SessionId, StoreError, UidSet, WallTime,
};

/// Polls until it is done; whoever is pending here wants to be polled again.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(out) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return out;
        }
    }
}

/// Returns to the scheduler so many times.
async fn yields(times: u64) {
    let mut turns = 0..times;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        if turns.next().is_some() { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}

/// A memory store behind futures that yield before and after they touch it.
#[derive(Clone, Default)]
struct Shared {
    store: Rc<RefCell<MemoryStore>>,
    requests: Rc<Cell<u64>>,
}

impl Shared {
    fn now(&self, envelope: Envelope) -> Reply {
        self.store.borrow_mut().execute(envelope)
    }

    /// A different number of yields each time.
    async fn pause(&self) {
        self.requests.set(self.requests.get().wrapping_mul(5).wrapping_add(3));
        yields(self.requests.get() >> 3 & 3).await;
    }

    async fn execute(&self, envelope: Envelope) -> Reply {
        self.pause().await;
        let reply = self.now(envelope);
        self.pause().await;
        reply
    }
}

/// The names of the guarantees that a store, made around a memory store, does not keep.
fn red<F, R>(make: impl FnOnce(Shared) -> F) -> Vec<&'static str>
where
    F: FnMut(Envelope) -> R + 'static,
    R: Future<Output = Reply> + 'static,
{
    let failures = block_on(conformance::run_all(make(Shared::default())));
    failures.err().iter().flatten().map(|failure| failure.guarantee).collect()
}

/// A store that changes envelopes on their way.
fn sending(mut change: impl FnMut(&Shared, &mut Envelope) + 'static) -> Vec<&'static str> {
    red(|shared| {
        move |mut envelope| {
            change(&shared, &mut envelope);
            let shared = shared.clone();
            async move { shared.execute(envelope).await }
        }
    })
}

/// A store that changes answers on their way.
fn answering(change: impl Fn(&mut Answer) + Copy + 'static) -> Vec<&'static str> {
    red(|shared| {
        move |envelope| {
            let shared = shared.clone();
            async move {
                let mut reply = shared.execute(envelope).await;
                if let Ok(answer) = &mut reply {
                    change(answer);
                }
                reply
            }
        }
    })
}

#[test]
fn the_memory_store_conforms_when_called_at_once() {
    let mut store = MemoryStore::default();
    let run = conformance::run_all(|envelope| ready(store.execute(envelope)));
    assert_eq!(block_on(run), Ok(()));
}

#[test]
fn the_memory_store_conforms_behind_futures_that_yield() {
    let nothing: [&str; 0] = [];
    assert_eq!(sending(|_, _| ()), nothing);
}

#[test]
fn guarantees_have_names_of_their_own() {
    let names: BTreeSet<&str> = GUARANTEES.iter().map(|guarantee| guarantee.name).collect();
    assert_eq!(names.len(), GUARANTEES.len());
    let mut store = MemoryStore::default();
    let suite = conformance::Suite::new(|envelope| ready(store.execute(envelope)));
    assert_eq!(block_on(GUARANTEES[0].check(&suite)), Ok(()));
}

/// The modseqs that have been allocated and are not yet visible, of each account.
type Hidden = Rc<RefCell<BTreeMap<Account, BTreeSet<ModSeq>>>>;

/// A database that takes modseqs from a sequence and commits later, so that a change can become
/// visible after a later one.
async fn commits_without_the_row_lock(shared: Shared, hidden: Hidden, envelope: Envelope) -> Reply {
    shared.pause().await;
    let account = envelope.account.clone();
    let ask = envelope.body.clone();
    let reply = shared.now(envelope.clone());
    let written = match &reply {
        Ok(Answer::Appended(appended)) => Some(appended.modseq),
        Ok(Answer::Removed(removed)) => Some(removed.modseq),
        _ => None,
    };
    if let Some(modseq) = written {
        hidden.borrow_mut().entry(account).or_default().insert(modseq);
        shared.pause().await;
        if let Some(hidden) = hidden.borrow_mut().get_mut(&envelope.account) {
            hidden.remove(&modseq);
        }
        return reply;
    }
    let hidden = hidden.borrow().get(&account).cloned().unwrap_or_default();
    match (ask, reply) {
        (Request::Changes(_), Ok(Answer::News(News::Page(mut page)))) => {
            page.rows.retain(|row: &Row| !hidden.contains(&row.modseq));
            page.expunged.retain(|row: &Expunged| !hidden.contains(&row.modseq));
            Ok(News::Page(page).into())
        }
        (_, reply) => reply,
    }
}

#[test]
fn a_modseq_that_is_allocated_outside_the_lock_is_found() {
    let failed = red(|shared| {
        let hidden = Hidden::default();
        move |envelope| commits_without_the_row_lock(shared.clone(), hidden.clone(), envelope)
    });
    assert_eq!(failed, ["a_reader_misses_no_change_of_two_writers"]);
}

#[test]
fn a_missing_fencing_check_is_found() {
    let failed = red(|shared| {
        move |envelope: Envelope| {
            let shared = shared.clone();
            async move {
                let Request::CommitDeletions(commit) = envelope.body.clone() else {
                    return shared.execute(envelope).await;
                };
                let CommitDeletions { mailbox, uids, .. } = commit;
                let remove = Remove { mailbox, uids: uids.clone() };
                Remove::answer(shared.execute(Envelope { body: remove.into(), ..envelope }).await)
                    .unwrap()
                    .map(|_| DeletionsCommitted { removed: uids, kept: UidSet::new() }.into())
            }
        }
    });
    assert_eq!(failed, ["a_commit_shows_its_lock_number", "a_lock_runs_out"]);
}

#[test]
fn a_lock_number_that_anybody_may_show_is_found() {
    // The store checks that the lock is held, and not by which number.
    let mut last: BTreeMap<Account, LockNumber> = BTreeMap::new();
    let failed = red(move |shared| {
        move |mut envelope: Envelope| {
            if let Request::CommitDeletions(commit) = &mut envelope.body
                && let Some(lock) = last.get(&envelope.account)
            {
                commit.lock = *lock;
            }
            let account = envelope.account.clone();
            let reply = shared.now(envelope);
            if let Ok(Answer::Locked(locked)) = &reply {
                last.insert(account, locked.lock);
            }
            ready(reply)
        }
    });
    assert!(failed.contains(&"a_commit_shows_its_lock_number"), "{failed:?}");
}

#[test]
fn an_end_that_forgets_the_pin_is_found() {
    let mut pins: BTreeMap<SessionId, Pin> = BTreeMap::new();
    let failed = red(move |shared| {
        move |envelope: Envelope| {
            if let Request::Pin(pin) = envelope.body {
                pins.insert(envelope.session, pin);
            }
            if let Request::End(_) = envelope.body
                && let Some(pin) = pins.remove(&envelope.session)
            {
                let ghost = SessionId(u64::MAX - envelope.session.0);
                let body = pin.into();
                shared.now(Envelope { session: ghost, body, ..envelope.clone() }).unwrap();
            }
            ready(shared.now(envelope))
        }
    });
    assert_eq!(failed, ["end_releases_the_pin"]);
}

#[test]
fn an_end_that_is_forgotten_is_found() {
    let failed = red(|shared| {
        let ended: Rc<RefCell<BTreeMap<SessionId, u64>>> = Rc::default();
        move |mut envelope: Envelope| {
            // After its end a session begins again as if it were new.
            let generation = ended.borrow().get(&envelope.session).copied().unwrap_or(0);
            let session = envelope.session;
            envelope.session.0 += generation << 40;
            if let Request::End(_) = envelope.body {
                ended.borrow_mut().insert(session, generation + 1);
            }
            ready(shared.now(envelope))
        }
    });
    assert!(failed.contains(&"end_wins_against_what_it_overtakes"), "{failed:?}");
}

/// A store that looks first and takes the lock later, and gives it to whoever may have it at the look.
fn looks_before_it_locks(
    look: impl Fn(&Shared, &Envelope) -> bool + Copy + 'static,
) -> Vec<&'static str> {
    let last: Rc<RefCell<Option<Answer>>> = Rc::default();
    red(move |shared| {
        move |envelope: Envelope| {
            let (shared, last) = (shared.clone(), last.clone());
            async move {
                if envelope.body != Lock.into() || !look(&shared, &envelope) {
                    return shared.execute(envelope).await;
                }
                shared.pause().await;
                match shared.now(envelope.clone()) {
                    // It was ended meanwhile: the lock goes to nobody, and stays.
                    Err(StoreError::Gone) => {
                        let session = SessionId(u64::MAX - envelope.session.0);
                        shared.now(Envelope { session, ..envelope })
                    }
                    // Another one was faster: both have it.
                    Err(StoreError::InUse) => Ok(last.borrow().clone().unwrap()),
                    reply => {
                        *last.borrow_mut() = reply.clone().ok();
                        reply
                    }
                }
            }
        }
    })
}

#[test]
fn a_lock_that_looks_first_and_is_taken_later_is_found() {
    let stranger = |envelope: &Envelope| Envelope {
        session: SessionId(u64::MAX / 2 - envelope.session.0),
        ..envelope.clone()
    };
    let failed = looks_before_it_locks(move |shared, envelope| {
        // Free for a session that nobody knows, and for nobody else afterwards.
        let probe = Envelope { request: RequestId(1), ..stranger(envelope) };
        let free = shared.now(probe.clone()).is_ok();
        shared.now(Envelope { request: RequestId(2), body: End.into(), ..probe }).unwrap();
        free
    });
    assert!(failed.contains(&"one_of_many_gets_the_lock"), "{failed:?}");
    assert!(failed.contains(&"end_wins_against_a_lock_under_way"), "{failed:?}");
}

#[test]
fn writes_that_are_done_again_are_found() {
    let requests = Cell::new(0);
    let failed = sending(move |_, envelope| {
        if matches!(envelope.body, Request::CommitStages(_)) {
            requests.set(requests.get() + 1);
            envelope.request = RequestId(1_000_000 + requests.get());
        }
    });
    assert_eq!(failed, ["writes_happen_once"]);
    let requests = Cell::new(0);
    let failed = sending(move |_, envelope| {
        if matches!(envelope.body, Request::CommitDeletions(_)) {
            requests.set(requests.get() + 1);
            envelope.request = RequestId(1_000_000 + requests.get());
        }
    });
    assert_eq!(failed, ["writes_happen_once"]);
}

#[test]
fn leases_that_never_end_are_found() {
    let failed = sending(|_, envelope| envelope.now = Some(WallTime(1_000_000)));
    assert_eq!(failed, ["a_lock_runs_out", "a_pin_runs_out", "a_stage_runs_out"]);
}

#[test]
fn wrong_sizes_are_found() {
    let failed = answering(|answer| {
        if let Answer::FactPage(FactPage { rows, .. }) = answer {
            rows.iter_mut().for_each(|row| row.pop3_size = row.size);
        }
    });
    assert_eq!(failed, ["sizes_do_not_depend_on_chunks", "a_lock_is_one_moment"]);
}

#[test]
fn a_page_that_loses_the_tail_of_a_modseq_is_found() {
    // Pages by modseq alone: the next one begins behind the whole modseq.
    let failed = sending(|_, envelope| {
        if let Request::Changes(changes) = &mut envelope.body
            && let Some((modseq, _)) = changes.after.take()
        {
            changes.since = modseq;
        }
    });
    assert!(failed.contains(&"changes_come_in_pages"), "{failed:?}");
    assert!(failed.contains(&"a_reader_misses_no_change_of_two_writers"), "{failed:?}");
}

#[test]
fn a_modseq_from_the_middle_of_pages_is_found() {
    let failed = answering(|answer| {
        if let Answer::News(News::Page(page)) = answer
            && let Progress::More { .. } = page.progress
        {
            page.progress = Progress::Done { upto: ModSeq::new(1 << 40).unwrap() };
        }
    });
    assert!(failed.contains(&"changes_come_in_pages"), "{failed:?}");
}

#[test]
fn an_open_that_is_not_one_moment_is_found() {
    // UIDs of now, modseq of the former question.
    let failed = red(|shared| {
        let former: Rc<RefCell<BTreeMap<Account, Opened>>> = Rc::default();
        move |envelope: Envelope| {
            let account = envelope.account.clone();
            let is_open = matches!(envelope.body, Request::Open(_));
            let reply = shared.now(envelope);
            if !is_open {
                return ready(reply);
            }
            ready(Open::answer(reply).unwrap().map(|opened| {
                let former = former.borrow_mut().insert(account, opened.clone());
                let modseq = former.map_or(ModSeq::FIRST, |former| former.modseq);
                Opened { modseq, ..opened }.into()
            }))
        }
    });
    assert!(failed.contains(&"a_lock_is_one_moment"), "{failed:?}");
}

#[test]
fn half_a_commit_is_found() {
    let failed = red(|shared| {
        move |envelope: Envelope| {
            let Request::CommitStages(commit) = &envelope.body else {
                return ready(shared.now(envelope));
            };
            // One after the other, each as a commit of its own.
            let mut answer: Reply = Err(StoreError::Denied);
            for (stage, part) in commit.stages.iter().zip(1u64..) {
                let one = CommitStages { stages: vec![*stage] };
                let request = RequestId(envelope.request.0 * 1_000 + part);
                let next = shared.now(Envelope { request, body: one.into(), ..envelope.clone() });
                answer = match (answer, next) {
                    (Ok(Answer::Appended(mut all)), Ok(Answer::Appended(one))) => {
                        all.uids.extend(one.uids);
                        all.modseq = one.modseq;
                        Ok(all.into())
                    }
                    (_, next) => next,
                };
                if answer.is_err() {
                    break;
                }
            }
            ready(answer)
        }
    });
    assert!(failed.contains(&"one_request_is_one_modseq"), "{failed:?}");
    assert!(failed.contains(&"a_refused_commit_leaves_the_stages"), "{failed:?}");
}
