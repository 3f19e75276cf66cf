//! Decisions out of the fuzzer's octets.

use mail_proto::Leniency;
use pop3_proto::Defect;

/// A cursor over the fuzzer's octets; behind their end every throw is 0.
#[derive(Clone, Debug)]
pub(crate) struct Dice<'a>(&'a [u8]);

impl<'a> Dice<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    /// A number below `n`, which is at most 256.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::from(self.byte()) % n
    }

    pub(crate) fn word(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// So many octets, or what is left.
    pub(crate) fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// An octet that says how many follow, at most `limit`, and those.
    pub(crate) fn counted(&mut self, limit: usize) -> &'a [u8] {
        let length = self.below(limit + 1);
        self.take(length)
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        self.take(usize::MAX)
    }
}

/// The lower four bits choose a leniency: the lenient set or none, and each of those by name.
pub(crate) fn leniency(bits: u8) -> Leniency<Defect> {
    let base = if bits & 1 == 0 { Leniency::strict() } else { Leniency::lenient() };
    [(2, Defect::BareLf), (4, Defect::KeepSingleDots), (8, Defect::OkAsChallenge)]
        .into_iter()
        .filter(|(bit, _)| bits & bit != 0)
        .fold(base, |leniency, (_, defect)| leniency.allow(defect))
}

/// Cuts octets into pieces of these sizes, over and over; a size of 0 counts as 256.
pub(crate) fn pieces<'a>(octets: &'a [u8], sizes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let (mut rest, mut sizes) = (octets, sizes.iter().cycle());
    std::iter::from_fn(move || {
        let size = match sizes.next() {
            None => rest.len(),
            Some(0) => 256,
            Some(size) => usize::from(*size),
        };
        let (piece, behind) = rest.split_at(size.min(rest.len()));
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}
