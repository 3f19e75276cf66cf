//! The ways to divide what goes through a pipe, and numbers at random.

/// How octets are divided into writes and reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Chunks {
    One,
    Whole,
    Random(u64),
}

/// A small generator of numbers (splitmix64).
#[derive(Clone, Copy, Debug)]
pub struct Seeded(pub u64);

impl Seeded {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }

    pub fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    pub fn size(&mut self, chunks: Chunks) -> usize {
        match chunks {
            Chunks::One => 1,
            Chunks::Whole => usize::MAX,
            Chunks::Random(_) => match self.below(4) {
                0 => self.below(3),
                1 => self.below(20),
                _ => self.below(3000),
            },
        }
    }
}

/// The ways to divide a stream that every test runs over.
pub fn all_chunks() -> Vec<Chunks> {
    let random = (1..=12).map(Chunks::Random);
    [Chunks::Whole, Chunks::One].into_iter().chain(random).collect()
}
