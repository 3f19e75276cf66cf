//! A pipe with faults.

use std::collections::{BTreeMap, VecDeque};

/// What somebody on the path does to an octet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Damage {
    Flip(u8),
    Drop,
    /// Another one comes before it.
    Insert(u8),
    Double,
}

/// Octets on the way, each with the layer (0 plain, 1 TLS) that it was written in.
#[derive(Default, Debug)]
pub struct Wire {
    octets: VecDeque<(u8, u8)>,
    pub passed: usize,
    /// The line is torn behind so many octets.
    pub cut_after: Option<usize>,
    /// What happens to the octets at these places.
    pub damages: BTreeMap<usize, Damage>,
    pub closed: bool,
    /// Somebody has put octets on the line or taken some off.
    pub mangled: bool,
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
        if self.cut() || self.closed {
            return;
        }
        let damage = self.damages.remove(&self.passed);
        self.passed += 1;
        self.mangled |= damage.is_some();
        let octet = octet ^ key(layer);
        let (before, octet) = match damage {
            None => (None, Some(octet)),
            Some(Damage::Flip(bits)) => (None, Some(octet ^ bits)),
            Some(Damage::Drop) => (None, None),
            Some(Damage::Insert(other)) => (Some(other), Some(octet)),
            Some(Damage::Double) => (Some(octet), Some(octet)),
        };
        self.octets.extend(before.into_iter().chain(octet).map(|octet| (octet, layer)));
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
