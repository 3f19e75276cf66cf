//! The choices of a sentence out of the fuzzer's octets, in place of those of a seed.

/// The fuzzer's octets; behind their end, choices that they repeat.
#[derive(Clone, Debug)]
pub struct Random {
    octets: Vec<u8>,
    at: usize,
    state: u64,
}

impl Random {
    /// The choices of these octets.
    pub fn of(octets: &[u8]) -> Self {
        Self { octets: octets.to_vec(), at: 0, state: 0x9e37_79b9_7f4a_7c15 }
    }

    /// The choices of a seed.
    pub fn new(seed: u64) -> Self {
        Self::of(&seed.to_be_bytes())
    }

    fn octet(&mut self) -> u64 {
        let octet = self.octets.get(self.at).copied();
        self.at += 1;
        u64::from(octet.unwrap_or_else(|| {
            self.state ^= self.state >> 12;
            self.state ^= self.state << 25;
            self.state ^= self.state >> 27;
            (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u8
        }))
    }

    /// A number below `end`, of as few octets as it takes.
    pub fn below(&mut self, end: u64) -> u64 {
        let octets = (u64::BITS - end.saturating_sub(1).leading_zeros()).div_ceil(8);
        (0..octets).fold(0, |number: u64, _| number << 8 | self.octet()) % end
    }

    /// A number in the range, ends included, those and small ones preferred.
    pub fn number(&mut self, first: u64, last: u64) -> u64 {
        match self.below(8) {
            0 => first,
            1 => last,
            2..=5 => first + self.below(1000.min(last - first) + 1),
            _ => first + self.below((last - first).saturating_add(1)),
        }
    }

    /// Whether the one time in so many has come.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}
