//! Octets that a value keeps.

use alloc::string::String;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use bytes::Bytes;

use crate::Escaped;

/// Octets that a value keeps: few of them in place, more by a share of their block.
///
/// A count of references to a block costs more than a copy of few octets, and the least share keeps the
/// whole block alive, a read of many kilobytes perhaps. What has at most [`IN_PLACE`](Self::IN_PLACE)
/// octets, as nearly all names have, does neither.
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::Octets;
///
/// let block = Bytes::from(vec![b'x'; 16 * 1024]);
/// let short = Octets::from(block.slice(..7));
/// assert_eq!(short, "xxxxxxx");
/// assert!(short.shared().is_none());
/// assert_eq!(size_of::<Octets>(), size_of::<Bytes>());
/// ```
#[derive(Clone)]
pub struct Octets(Form);

#[derive(Clone)]
enum Form {
    InPlace { octets: [u8; Octets::IN_PLACE], length: u8 },
    Shared(Bytes),
}

impl Octets {
    /// So many octets at most are kept in place.
    pub const IN_PLACE: usize = 23;

    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self(Form::InPlace { octets: [0; Self::IN_PLACE], length: 0 })
    }

    /// Octets that live as long as the program.
    #[must_use]
    pub const fn from_static(octets: &'static [u8]) -> Self {
        Self(Form::Shared(Bytes::from_static(octets)))
    }

    /// A copy, which keeps no block alive.
    #[must_use]
    pub fn copy_from_slice(octets: &[u8]) -> Self {
        Self::in_place(octets).unwrap_or_else(|| Self(Form::Shared(Bytes::copy_from_slice(octets))))
    }

    /// A part of a block, by a share of it if it has to be.
    #[must_use]
    #[inline]
    pub fn of(part: &[u8], block: &Bytes) -> Self {
        Self::in_place(part).unwrap_or_else(|| Self(Form::Shared(block.slice_ref(part))))
    }

    /// Octets few enough to be kept in place.
    #[inline]
    fn in_place(few: &[u8]) -> Option<Self> {
        let mut octets = [0; Self::IN_PLACE];
        octets.get_mut(..few.len())?.copy_from_slice(few);
        Some(Self(Form::InPlace { octets, length: few.len() as u8 }))
    }

    /// The octets.
    #[must_use]
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Form::InPlace { octets, length } => {
                octets.get(..usize::from(*length)).unwrap_or_default()
            }
            Form::Shared(octets) => octets,
        }
    }

    /// The share of a block, if they are not kept in place.
    #[must_use]
    pub const fn shared(&self) -> Option<&Bytes> {
        match &self.0 {
            Form::InPlace { .. } => None,
            Form::Shared(octets) => Some(octets),
        }
    }

    /// The octets, copied if they are few, and else still sharing their block.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self.0 {
            Form::InPlace { .. } => Bytes::copy_from_slice(&self),
            Form::Shared(octets) => octets,
        }
    }

    /// A copy that keeps no block alive.
    #[must_use]
    pub fn detach(&self) -> Self {
        match &self.0 {
            Form::InPlace { .. } => self.clone(),
            Form::Shared(octets) => Self(Form::Shared(Bytes::copy_from_slice(octets))),
        }
    }
}

impl Default for Octets {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Bytes> for Octets {
    fn from(octets: Bytes) -> Self {
        Self::in_place(&octets).unwrap_or(Self(Form::Shared(octets)))
    }
}

impl From<Vec<u8>> for Octets {
    fn from(octets: Vec<u8>) -> Self {
        Self::from(Bytes::from(octets))
    }
}

impl From<String> for Octets {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl From<&'static [u8]> for Octets {
    fn from(octets: &'static [u8]) -> Self {
        Self::from(Bytes::from_static(octets))
    }
}

impl From<&'static str> for Octets {
    fn from(text: &'static str) -> Self {
        Self::from(text.as_bytes())
    }
}

impl FromIterator<u8> for Octets {
    fn from_iter<I: IntoIterator<Item = u8>>(octets: I) -> Self {
        Self::from(octets.into_iter().collect::<Vec<u8>>())
    }
}

impl From<Octets> for Bytes {
    fn from(octets: Octets) -> Self {
        octets.into_bytes()
    }
}

impl Deref for Octets {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Octets {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Octets {}

impl PartialOrd for Octets {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Octets {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for Octets {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl PartialEq<str> for Octets {
    fn eq(&self, other: &str) -> bool {
        **self == *other.as_bytes()
    }
}

impl PartialEq<&str> for Octets {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl PartialEq<[u8]> for Octets {
    fn eq(&self, other: &[u8]) -> bool {
        **self == *other
    }
}

impl PartialEq<&[u8]> for Octets {
    fn eq(&self, other: &&[u8]) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", Escaped(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn however_they_are_kept_they_are_the_same(octets: Vec<u8>, other: Vec<u8>) {
            let block = Bytes::from(octets.clone());
            let all = [
                Octets::from(octets.clone()),
                Octets::copy_from_slice(&octets),
                Octets::of(&block, &block),
                Octets::from(block.clone()),
                Octets(Form::Shared(block)),
                octets.iter().copied().collect(),
            ];
            let other = Octets::from(other);
            for kept in &all {
                prop_assert_eq!(kept.as_slice(), &octets);
                prop_assert_eq!(kept, &all[0]);
                prop_assert_eq!(kept.cmp(&other), octets.as_slice().cmp(&other));
                prop_assert_eq!(kept.detach(), octets.as_slice());
                prop_assert_eq!(kept.clone().into_bytes(), &octets);
            }
        }
    }

    #[test]
    fn few_octets_share_nothing() {
        let block = Bytes::from(alloc::vec![b'x'; 100]);
        for (length, is_shared) in [(0, false), (23, false), (24, true)] {
            let part = block.get(1..=length).unwrap();
            let kept = Octets::of(part, &block);
            assert_eq!(kept.shared().is_some(), is_shared);
            assert_eq!(kept.as_ptr() == part.as_ptr(), is_shared);
            assert_ne!(kept.detach().as_ptr(), part.as_ptr());
            assert_ne!(Octets::copy_from_slice(part).as_ptr(), part.as_ptr());
        }
        assert_eq!(Octets::from_static(b"few").shared().unwrap(), "few");
        assert_eq!(format!("{:?} {:?}", Octets::from("a\n"), Octets::new()), r#""a\n" """#);
    }
}
