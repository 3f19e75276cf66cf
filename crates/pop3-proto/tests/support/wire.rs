//! A pipe with faults, and the ways to divide what goes through it.

use std::collections::VecDeque;

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

/// Octets on the way, each with the layer (0 plain, 1 TLS) that it was written in.
#[derive(Default, Debug)]
pub struct Wire {
    octets: VecDeque<(u8, u8)>,
    pub passed: usize,
    /// The line is torn behind so many octets.
    pub cut_after: Option<usize>,
    pub closed: bool,
    /// Somebody has put octets on the line or taken some off.
    mangled: bool,
}

/// What a layer does to an octet.
const fn key(layer: u8) -> u8 {
    layer.wrapping_mul(0x55)
}

impl Wire {
    pub fn cut(&self) -> bool {
        self.cut_after.is_some_and(|after| self.passed >= after)
    }

    pub fn push(&mut self, octet: u8, layer: u8) {
        if !self.cut() && !self.closed {
            self.passed += 1;
            self.octets.push_back((octet ^ key(layer), layer));
        }
    }

    /// Octets as a side in this layer reads them; those of a later one wait until it is there.
    pub fn take(&mut self, at_most: usize, layer: u8) -> Vec<u8> {
        let is_readable = |octet: &&(u8, u8)| octet.1 <= layer || self.mangled;
        let octets = self.octets.iter().take(at_most).take_while(is_readable).count();
        let read = self.octets.drain(..octets);
        read.map(|(octet, written)| {
            assert!(written >= layer || self.mangled, "plaintext behind the handover");
            octet ^ key(written.min(layer))
        })
        .collect()
    }

    /// Somebody on the path puts in an octet, or takes the next one off.
    pub fn mangle(&mut self, octet: Option<u8>, layer: u8) {
        self.mangled = true;
        match octet {
            Some(octet) => self.push(octet, layer),
            None => drop(self.octets.pop_front()),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    pub fn ended(&self) -> bool {
        self.octets.is_empty() && (self.closed || self.cut())
    }

    pub fn close(&mut self) {
        self.closed = true;
    }
}
