//! Sessions at the same time, in an order that a seed decides.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;
use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::world::{Session, World, ensure, same};
use super::{Outcome, Suite};
use crate::store::{End, Lock, MailboxId, ModSeq, StoreError, Uid};

/// How often each race is run.
const SEEDS: u64 = 50;

type Actor<'f> = Pin<Box<dyn Future<Output = Outcome> + 'f>>;

/// A small generator of numbers that are random enough (splitmix64).
struct Random(Cell<u64>);

impl Random {
    const fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    fn below(&self, end: u64) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut word = self.0.get();
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % end
    }
}

/// Polls the actors until all are done or one fails; who may go on is up to chance.
struct Race<'f> {
    actors: Vec<Actor<'f>>,
    random: Random,
}

impl Future for Race<'_> {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let race = &mut *self;
        let mut failed = None;
        race.actors.retain_mut(|actor| {
            if race.random.below(2) == 0 {
                context.waker().wake_by_ref();
                return true;
            }
            match actor.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(outcome) => {
                    failed = failed.take().or(outcome.err());
                    false
                }
            }
        });
        match failed {
            Some(what) => Poll::Ready(Err(what)),
            None if race.actors.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    }
}

async fn race(seed: u64, actors: Vec<Actor<'_>>) -> Outcome {
    let run = Race { actors, random: Random::new(seed) };
    run.await.map_err(|what| format!("seed {seed}: {what}"))
}

/// Lets the others go first, once.
async fn step_back() {
    let mut done = false;
    core::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        match core::mem::replace(&mut done, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

pub(super) async fn one_of_many_gets_the_lock(suite: &Suite<'_>) -> Outcome {
    for seed in 0..SEEDS {
        let world = suite.world()?;
        let granted = Cell::new(0);
        let sessions = [world.session(), world.session(), world.session()];
        let attempt = async |session: &Session<'_, '_, '_>| {
            match session.ask(Lock).await? {
                Ok(_) => granted.set(granted.get() + 1),
                Err(error) => same("the refusal", error, StoreError::InUse)?,
            }
            Ok(())
        };
        let actors = sessions.iter().map(|s| Box::pin(attempt(s)) as Actor<'_>).collect();
        race(seed, actors).await?;
        same("locks at a time", granted.get(), 1)?;
    }
    Ok(())
}

pub(super) async fn end_wins_against_a_lock_under_way(suite: &Suite<'_>) -> Outcome {
    for seed in 0..SEEDS {
        let world = suite.world()?;
        let session = world.session();
        let lock = async || session.ask(Lock).await.map(drop);
        let end = async || session.get(End).await.map(drop);
        race(seed, Vec::from([Box::pin(lock()) as Actor<'_>, Box::pin(end())])).await?;
        world.session().lock().await?;
    }
    Ok(())
}

pub(super) async fn a_reader_misses_no_change_of_two_writers(suite: &Suite<'_>) -> Outcome {
    for seed in 0..SEEDS {
        let world = suite.world()?;
        let mailbox = world.session().open().await?.mailbox;
        let writing = Cell::new(2);
        let writer = async |seed| {
            let outcome = write(&world, mailbox, &Random::new(seed)).await;
            writing.set(writing.get() - 1);
            outcome
        };
        let reader = async || {
            let session = world.session();
            let mut shadow = Shadow::default();
            while writing.get() > 0 {
                shadow.read(&session, mailbox).await?;
                step_back().await;
            }
            shadow.read(&session, mailbox).await?;
            shadow.check(&session).await
        };
        let actors: [Actor<'_>; 3] = [
            Box::pin(writer(seed * 2 + 1_000)),
            Box::pin(writer(seed * 2 + 1_001)),
            Box::pin(reader()),
        ];
        race(seed, actors.into()).await?;
    }
    Ok(())
}

/// Appends, and removes what it has appended.
async fn write(world: &World<'_, '_>, mailbox: MailboxId, random: &Random) -> Outcome {
    let session = world.session();
    let mut own = Vec::new();
    for _ in 0..6 {
        step_back().await;
        if !own.is_empty() && random.below(2) == 0 {
            let at = random.below(own.len() as u64) as usize;
            session.remove(mailbox, &[own.swap_remove(at)]).await?;
        } else {
            let messages: &[&[u8]] = if random.below(2) == 0 { &[b"1"] } else { &[b"1", b"2"] };
            own.extend(session.append(messages).await?.uids);
        }
    }
    Ok(())
}

/// What one reader has been told.
struct Shadow {
    messages: BTreeMap<Uid, ModSeq>,
    upto: ModSeq,
    /// The greatest UID of all that was told up to there.
    last: Option<Uid>,
}

impl Default for Shadow {
    fn default() -> Self {
        Self { messages: BTreeMap::new(), upto: ModSeq::FIRST, last: None }
    }
}

impl Shadow {
    /// Takes the news, in small pages, so that writers come between them.
    async fn read(&mut self, session: &Session<'_, '_, '_>, mailbox: MailboxId) -> Outcome {
        let (changes, upto) = session.changes(mailbox, self.upto, 2).await?;
        for change in &changes {
            let known = self.messages.get(&change.uid);
            ensure(known.is_none_or(|modseq| *modseq <= change.modseq), || {
                format!("{change:?} after {known:?}: a modseq has gone down")
            })?;
            ensure(!change.there || known.is_some() || Some(change.uid) > self.last, || {
                format!("{change:?} is new and below {:?}", self.last)
            })?;
            match change.there {
                true => drop(self.messages.insert(change.uid, change.modseq)),
                false => drop(self.messages.remove(&change.uid)),
            }
        }
        ensure(upto >= self.upto, || format!("{upto} is told after {}", self.upto))?;
        self.upto = upto;
        self.last = self.last.max(changes.iter().map(|change| change.uid).max());
        Ok(())
    }

    /// Compares with what is there.
    async fn check(&self, session: &Session<'_, '_, '_>) -> Outcome {
        let opened = session.open().await?;
        same("the modseq", self.upto, opened.modseq)?;
        let told: Vec<Uid> = self.messages.keys().copied().collect();
        same("the messages that a reader was told of", told, opened.uids.iter().collect())
    }
}
