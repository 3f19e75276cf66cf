//! One chunk: which of 65,536 neighbouring UIDs are members.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// How many UIDs a chunk spans.
pub(super) const SPAN: u32 = 0x1_0000;
/// The most runs that are kept as runs: that many take as much memory as the bitmap.
pub(super) const MAX_RUNS: usize = 2_048;
/// Words of a bitmap.
pub(super) const WORDS: usize = 1_024;

/// Neighbours that are members, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Run {
    pub(super) first: u16,
    pub(super) last: u16,
}

impl Run {
    pub(super) const FULL: Self = Self { first: 0, last: u16::MAX };

    const fn len(self) -> u32 {
        self.last as u32 - self.first as u32 + 1
    }

    const fn holds(self, low: u16) -> bool {
        self.first <= low && low <= self.last
    }
}

/// The members of a chunk. The form follows from the members, so that equal sets are equal values:
/// runs that do not touch, or a bitmap if there would be more than [`MAX_RUNS`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Runs(Vec<Run>),
    Bits { words: Box<[u64]>, runs: u32 },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Chunk {
    len: u32,
    form: Form,
}

/// What becomes of a UID that is a member of one side or of both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operation {
    Union,
    Intersection,
    Difference,
}

impl Operation {
    const fn keeps(self, a: bool, b: bool) -> bool {
        match self {
            Self::Union => a || b,
            Self::Intersection => a && b,
            Self::Difference => a && !b,
        }
    }

    const fn word(self, a: u64, b: u64) -> u64 {
        match self {
            Self::Union => a | b,
            Self::Intersection => a & b,
            Self::Difference => a & !b,
        }
    }
}

impl Chunk {
    pub(super) fn of_run(run: Run) -> Self {
        Self { len: run.len(), form: Form::Runs(Vec::from([run])) }
    }

    /// Takes runs that ascend and do not touch.
    pub(super) fn of_runs(runs: Vec<Run>) -> Self {
        let len = runs.iter().map(|run| run.len()).sum();
        if runs.len() <= MAX_RUNS {
            return Self { len, form: Form::Runs(runs) };
        }
        Self { len, form: Form::Bits { runs: runs.len() as u32, words: bits_of(&runs) } }
    }

    pub(super) fn of_words(words: Box<[u64]>) -> Self {
        let len = words.iter().map(|word| word.count_ones()).sum();
        let runs = ends(&words, 0, WORDS);
        Self { len, form: Form::Bits { words, runs } }.canonical()
    }

    pub(super) const fn len(&self) -> u32 {
        self.len
    }

    pub(super) const fn form(&self) -> &Form {
        &self.form
    }

    pub(super) fn heap_size(&self) -> usize {
        match &self.form {
            Form::Runs(runs) => runs.capacity() * size_of::<Run>(),
            Form::Bits { words, .. } => words.len() * size_of::<u64>(),
        }
    }

    pub(super) fn contains(&self, low: u16) -> bool {
        match &self.form {
            Form::Runs(runs) => runs.get(run_at(runs, low)).is_some_and(|run| run.holds(low)),
            Form::Bits { words, .. } => bit(words, low.into()),
        }
    }

    /// The run that holds `from`, cut to begin there, or the first behind it.
    pub(super) fn run_from(&self, from: u16) -> Option<Run> {
        match &self.form {
            Form::Runs(runs) => {
                runs.get(run_at(runs, from)).map(|run| Run { first: run.first.max(from), ..*run })
            }
            Form::Bits { words, .. } => {
                let first = find(words, from.into(), 0)?;
                let last = find(words, first.into(), u64::MAX).map_or(u16::MAX, |end| end - 1);
                Some(Run { first, last })
            }
        }
    }

    /// How many members are below.
    pub(super) fn rank(&self, low: u16) -> u32 {
        match &self.form {
            Form::Runs(runs) => {
                let before = runs.iter().take_while(|run| run.first < low);
                before.map(|run| Run { last: run.last.min(low - 1), ..*run }.len()).sum()
            }
            Form::Bits { words, .. } => {
                let at = usize::from(low / 64);
                let whole: u32 = words.iter().take(at).map(|word| word.count_ones()).sum();
                let part = words.get(at).map_or(0, |word| word & ((1 << (low % 64)) - 1));
                whole + part.count_ones()
            }
        }
    }

    /// The member above `n` others.
    pub(super) fn nth(&self, mut n: u32) -> Option<u16> {
        match &self.form {
            Form::Runs(runs) => {
                for run in runs {
                    if n < run.len() {
                        return Some(run.first + n as u16);
                    }
                    n -= run.len();
                }
            }
            Form::Bits { words, .. } => {
                for (at, word) in (0u16..).zip(words) {
                    if n < word.count_ones() {
                        return Some(at * 64 + nth_bit(*word, n));
                    }
                    n -= word.count_ones();
                }
            }
        }
        None
    }

    /// Makes it a member that was none.
    pub(super) fn insert(&mut self, low: u16) {
        self.len += 1;
        match &mut self.form {
            Form::Runs(runs) => insert_in_runs(runs, low),
            Form::Bits { words, runs } => {
                *runs = *runs + 1 - neighbours(words, low);
                flip(words, low);
            }
        }
        self.settle();
    }

    /// Makes the run members, whatever they were.
    pub(super) fn insert_run(&mut self, run: Run) {
        match &mut self.form {
            Form::Runs(runs)
                if runs.last().is_none_or(|last| last.last < run.first.saturating_sub(1)) =>
            {
                runs.push(run);
                self.len += run.len();
            }
            Form::Runs(_) => *self = self.combine(&Self::of_run(run), Operation::Union),
            Form::Bits { words, runs } => {
                // Whether a run ends in a word depends on the word and the one behind it.
                let (from, to) = (usize::from(run.first / 64), usize::from(run.last / 64) + 1);
                let from = from.saturating_sub(1);
                *runs -= ends(words, from, to);
                self.len -= ones(words, from, to);
                fill(words, run);
                *runs += ends(words, from, to);
                self.len += ones(words, from, to);
            }
        }
        self.settle();
    }

    /// Makes it none that was a member.
    pub(super) fn remove(&mut self, low: u16) {
        self.len -= 1;
        match &mut self.form {
            Form::Runs(runs) => remove_from_runs(runs, low),
            Form::Bits { words, runs } => {
                *runs = *runs + neighbours(words, low) - 1;
                flip(words, low);
            }
        }
        self.settle();
    }

    /// The two together; empty if nothing remains.
    pub(super) fn combine(&self, other: &Self, operation: Operation) -> Self {
        if let (Form::Runs(a), Form::Runs(b)) = (&self.form, &other.form) {
            return Self::of_runs(combine_runs(a, b, operation));
        }
        let mut words = self.words();
        for (a, b) in words.iter_mut().zip(other.words()) {
            *a = operation.word(*a, b);
        }
        Self::of_words(words)
    }

    fn words(&self) -> Box<[u64]> {
        match &self.form {
            Form::Runs(runs) => bits_of(runs),
            Form::Bits { words, .. } => words.clone(),
        }
    }

    fn settle(&mut self) {
        let settled = match &self.form {
            Form::Runs(runs) => runs.len() <= MAX_RUNS,
            Form::Bits { runs, .. } => *runs as usize > MAX_RUNS,
        };
        if !settled {
            let old = core::mem::replace(&mut self.form, Form::Runs(Vec::new()));
            *self = Self { len: self.len, form: old }.canonical();
        }
    }

    fn canonical(self) -> Self {
        match &self.form {
            Form::Runs(runs) if runs.len() > MAX_RUNS => {
                let form = Form::Bits { words: bits_of(runs), runs: runs.len() as u32 };
                Self { form, ..self }
            }
            Form::Bits { runs, .. } if *runs as usize <= MAX_RUNS => {
                let mut list = Vec::with_capacity(*runs as usize);
                let mut from = Some(0);
                while let Some(run) = from.and_then(|from| self.run_from(from)) {
                    list.push(run);
                    from = run.last.checked_add(1);
                }
                Self { form: Form::Runs(list), ..self }
            }
            _ => self,
        }
    }
}

/// The place of the first run that does not end below.
fn run_at(runs: &[Run], low: u16) -> usize {
    runs.partition_point(|run| run.last < low)
}

fn insert_in_runs(runs: &mut Vec<Run>, low: u16) {
    let at = run_at(runs, low);
    let touches_next = runs.get(at).is_some_and(|next| low.checked_add(1) == Some(next.first));
    let before = at.checked_sub(1).and_then(|before| runs.get(before));
    let touches_last = before.is_some_and(|last| last.last.checked_add(1) == Some(low));
    match (touches_last, touches_next) {
        (true, true) => {
            let next = runs.remove(at);
            if let Some(run) = runs.get_mut(at - 1) {
                run.last = next.last;
            }
        }
        (true, false) => {
            if let Some(run) = runs.get_mut(at - 1) {
                run.last = low;
            }
        }
        (false, true) => {
            if let Some(run) = runs.get_mut(at) {
                run.first = low;
            }
        }
        (false, false) => runs.insert(at, Run { first: low, last: low }),
    }
}

fn remove_from_runs(runs: &mut Vec<Run>, low: u16) {
    let at = run_at(runs, low);
    let Some(run) = runs.get_mut(at) else { return };
    let old = *run;
    match (old.first == low, old.last == low) {
        (true, true) => drop(runs.remove(at)),
        (true, false) => run.first = low + 1,
        (false, true) => run.last = low - 1,
        (false, false) => {
            run.last = low - 1;
            runs.insert(at + 1, Run { first: low + 1, last: old.last });
        }
    }
}

/// Walks over the boundaries of both sides.
fn combine_runs(a: &[Run], b: &[Run], operation: Operation) -> Vec<Run> {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut out: Vec<Run> = Vec::new();
    let mut from = 0;
    while from < SPAN {
        let (in_a, end_a) = stretch(a.peek().copied(), from);
        let (in_b, end_b) = stretch(b.peek().copied(), from);
        let end = end_a.min(end_b);
        if operation.keeps(in_a, in_b) {
            let last = (end - 1) as u16;
            match out.last_mut() {
                Some(run) if u32::from(run.last) + 1 == from => run.last = last,
                _ => out.push(Run { first: from as u16, last }),
            }
        }
        from = end;
        a.next_if(|run| u32::from(run.last) < from);
        b.next_if(|run| u32::from(run.last) < from);
    }
    out
}

/// Whether `from` is in the run, and where that changes.
fn stretch(run: Option<&Run>, from: u32) -> (bool, u32) {
    match run {
        None => (false, SPAN),
        Some(run) if u32::from(run.first) > from => (false, run.first.into()),
        Some(run) => (true, u32::from(run.last) + 1),
    }
}

fn bits_of(runs: &[Run]) -> Box<[u64]> {
    let mut words = Vec::from([0u64; WORDS]).into_boxed_slice();
    runs.iter().for_each(|run| fill(&mut words, *run));
    words
}

fn fill(words: &mut [u64], run: Run) {
    let (first, last) = (usize::from(run.first / 64), usize::from(run.last / 64));
    let head = u64::MAX << (run.first % 64);
    let tail = u64::MAX >> (63 - run.last % 64);
    match words.get_mut(first..=last) {
        Some([only]) => *only |= head & tail,
        Some([first, between @ .., last]) => {
            *first |= head;
            between.fill(u64::MAX);
            *last |= tail;
        }
        _ => {}
    }
}

/// How many runs end in these words: a run ends where a member is followed by none.
fn ends(words: &[u64], from: usize, to: usize) -> u32 {
    let next = words.iter().skip(from + 1).chain(core::iter::once(&0));
    let pairs = words.get(from..to).unwrap_or(&[]).iter().zip(next);
    pairs.map(|(word, next)| (word & !(word >> 1 | next << 63)).count_ones()).sum()
}

fn ones(words: &[u64], from: usize, to: usize) -> u32 {
    words.get(from..to).unwrap_or(&[]).iter().map(|word| word.count_ones()).sum()
}

fn bit(words: &[u64], at: u32) -> bool {
    words.get((at / 64) as usize).is_some_and(|word| word >> (at % 64) & 1 == 1)
}

fn flip(words: &mut [u64], low: u16) {
    if let Some(word) = words.get_mut(usize::from(low / 64)) {
        *word ^= 1 << (low % 64);
    }
}

/// How many of the two next to it are members.
fn neighbours(words: &[u64], low: u16) -> u32 {
    let below = low > 0 && bit(words, u32::from(low) - 1);
    u32::from(below) + u32::from(bit(words, u32::from(low) + 1))
}

/// The first bit from `from` on that is set in `word ^ invert`.
fn find(words: &[u64], from: u32, invert: u64) -> Option<u16> {
    let start = (from / 64) as usize;
    let mut mask = u64::MAX << (from % 64);
    for (at, word) in words.iter().enumerate().skip(start) {
        let candidates = (word ^ invert) & mask;
        if candidates != 0 {
            return u16::try_from(at * 64 + candidates.trailing_zeros() as usize).ok();
        }
        mask = u64::MAX;
    }
    None
}

/// The place of the bit above `n` other set ones.
fn nth_bit(mut word: u64, n: u32) -> u16 {
    for _ in 0..n {
        word &= word - 1;
    }
    word.trailing_zeros() as u16
}
