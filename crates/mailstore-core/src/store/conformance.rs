//! A test suite for stores: what the requests promise, tried out.
//!
//! Any backend can run it, since it asks for nothing but a function from an [`Envelope`] to a future
//! of its [`Reply`]. It brings its own time in the envelopes and needs no runtime of its own.
//!
//! It uses accounts named `conformance-1` and so on, which must not exist before, and session numbers
//! from 1 on.
//!
//! ```
//! use core::{future, pin::pin, task::{Context, Poll, Waker}};
//! use mailstore_core::store::{MemoryStore, conformance};
//!
//! let mut store = MemoryStore::default();
//! let run = conformance::run_all(|envelope| future::ready(store.execute(envelope)));
//!
//! // A store that answers at once needs no runtime to wait in.
//! let mut run = pin!(run);
//! let outcome = loop {
//!     if let Poll::Ready(outcome) = run.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
//!         break outcome;
//!     }
//! };
//! assert_eq!(outcome, Ok(()));
//! ```

// A test suite: `append` has made sure that there are as many UIDs as messages, and counts are small.
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod body;
mod changes;
mod lease;
mod lock;
mod race;
mod world;
mod write;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;

use super::{Envelope, Reply};
pub use world::Suite;

/// Whether a guarantee is kept, and if not, what was seen.
type Outcome<T = ()> = Result<T, String>;

/// Something that every store promises, and how to try it out.
#[derive(Clone, Copy)]
pub struct Guarantee {
    /// Its name, in words joined by underscores.
    pub name: &'static str,
    check: for<'s> fn(&'s Suite<'_>) -> Pin<Box<dyn Future<Output = Outcome> + 's>>,
}

impl Guarantee {
    /// Tries it out, in an account of its own.
    ///
    /// # Errors
    ///
    /// The store does not keep it.
    pub async fn check(&self, suite: &Suite<'_>) -> Result<(), Failure> {
        (self.check)(suite).await.map_err(|what| Failure { guarantee: self.name, what })
    }
}

impl fmt::Debug for Guarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A promise that a store has not kept.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{guarantee}: {what}")]
pub struct Failure {
    /// The [`Guarantee::name`].
    pub guarantee: &'static str,
    /// What was expected and what happened.
    pub what: String,
}

/// Tries out every guarantee.
///
/// # Errors
///
/// Those that are not kept.
pub async fn run_all<'a, F, R>(store: F) -> Result<(), Vec<Failure>>
where
    F: FnMut(Envelope) -> R + 'a,
    R: Future<Output = Reply> + 'a,
{
    let suite = Suite::new(store);
    let mut failures = Vec::new();
    for guarantee in GUARANTEES {
        failures.extend(guarantee.check(&suite).await.err());
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

macro_rules! guarantees {
    ($($module:ident: $($name:ident),+;)+) => {
        /// Every guarantee, from the simple ones to those that build on them.
        pub const GUARANTEES: &[Guarantee] = &[
            $($(Guarantee {
                name: stringify!($name),
                check: |suite| Box::pin($module::$name(suite)),
            },)+)+
        ];
    };
}

guarantees! {
    body: sizes_do_not_depend_on_chunks, reads_in_pieces_give_the_whole, facts_come_in_pages,
        what_is_not_there_is_gone, an_expunged_body_is_gone, a_pin_keeps_bodies,
        a_pin_that_moves_on_lets_go;
    changes: an_empty_mailbox_has_a_modseq, one_request_is_one_modseq, changes_come_in_pages,
        what_was_told_is_not_told_again, uids_ascend_and_are_not_reused,
        a_set_that_was_handed_out_stays;
    write: stages_become_messages_together, a_refused_commit_leaves_the_stages,
        stages_belong_to_their_session, staging_begins_with_the_mailbox, writes_happen_once,
        cancelled_requests_do_not_begin;
    lock: a_lock_is_exclusive, a_lock_is_one_moment, a_lock_keeps_what_it_showed,
        a_lock_leaves_others_alone, deletions_count_what_is_gone_already,
        a_commit_shows_its_lock_number;
    lease: a_lock_runs_out, a_lease_is_renewed, a_pin_runs_out, a_stage_runs_out,
        end_releases_the_lock, end_releases_the_pin, end_releases_the_stages,
        end_wins_against_what_it_overtakes;
    race: one_of_many_gets_the_lock, end_wins_against_a_lock_under_way,
        a_reader_misses_no_change_of_two_writers;
}
