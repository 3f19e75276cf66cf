//! Leniency as data: which deviations a connection reads, and which of them it met.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use crate::ParseError;

/// A named deviation from a grammar that a parser knows how to read. Made by [`defects!`](crate::defects).
pub trait DefectId: Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// Every deviation of this protocol, in the order of the table.
    const ALL: &'static [Self];

    /// The kebab-case name.
    fn name(self) -> &'static str;

    /// The place in [`ALL`](Self::ALL).
    fn index(self) -> usize;

    /// It is read only when chosen by name, because it changes where a line, a string or a body ends.
    fn by_name_only(self) -> bool;
}

/// Defines a protocol's defects: one table, a line each.
///
/// `lenient` ones are part of [`Leniency::lenient`], `by_name` ones only of sets that name them.
///
/// ```
/// mail_proto::defects! {
///     /// What our toy protocol puts up with.
///     pub enum Defect {
///         /// Two spaces where one belongs.
///         DoubleSpace = "double-space", lenient;
///         /// A line that ends in LF alone.
///         BareLf = "bare-lf", by_name;
///     }
/// }
/// use mail_proto::{DefectId, Leniency};
/// assert!(Leniency::lenient().allows(Defect::DoubleSpace));
/// assert!(!Leniency::lenient().allows(Defect::BareLf));
/// assert!(Leniency::strict().allow(Defect::BareLf).allows(Defect::BareLf));
/// assert_eq!(Defect::BareLf.name(), "bare-lf");
/// ```
#[macro_export]
macro_rules! defects {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$doc:meta])* $variant:ident = $id:literal, $when:ident;)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$doc])* #[doc = concat!("\n\nReported as `", $id, "`.")] $variant,)+
        }

        impl $crate::DefectId for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            fn index(self) -> usize {
                self as usize
            }

            fn by_name_only(self) -> bool {
                match self { $(Self::$variant => $crate::defects!(@by_name $when),)+ }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str($crate::DefectId::name(*self))
            }
        }
    };
    (@by_name lenient) => { false };
    (@by_name by_name) => { true };
}

/// A deviation that a connection read, and where.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Defect<D> {
    /// Which.
    pub id: D,
    /// Octets of the stream (or, from a codec, of the unit) before it.
    pub at: u64,
}

const WORDS: usize = 4;

/// The set of deviations that a connection reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Leniency<D> {
    allowed: [u64; WORDS],
    defects: PhantomData<fn() -> D>,
}

impl<D: DefectId> Leniency<D> {
    /// The grammar of the RFCs and nothing else.
    #[must_use]
    pub const fn strict() -> Self {
        const { assert!(D::ALL.len() <= 64 * WORDS) };
        Self { allowed: [0; WORDS], defects: PhantomData }
    }

    /// Every deviation that does not change where a line, a string or a body ends.
    #[must_use]
    pub fn lenient() -> Self {
        D::ALL.iter().filter(|id| !id.by_name_only()).fold(Self::strict(), |set, id| set.allow(*id))
    }

    /// Adds one deviation by name.
    #[must_use]
    pub fn allow(mut self, id: D) -> Self {
        let (word, bit) = place(id);
        if let Some(word) = self.allowed.get_mut(word) {
            *word |= bit;
        }
        self
    }

    /// Takes one deviation out.
    #[must_use]
    pub fn deny(mut self, id: D) -> Self {
        let (word, bit) = place(id);
        if let Some(word) = self.allowed.get_mut(word) {
            *word &= !bit;
        }
        self
    }

    /// Whether the deviation is read.
    #[must_use]
    pub fn allows(&self, id: D) -> bool {
        let (word, bit) = place(id);
        self.allowed.get(word).is_some_and(|word| word & bit != 0)
    }
}

fn place<D: DefectId>(id: D) -> (usize, u64) {
    let index = id.index();
    (index / 64, 1 << (index % 64))
}

impl<D: DefectId> Default for Leniency<D> {
    /// [`lenient`](Self::lenient): what both sides of a connection start with.
    fn default() -> Self {
        Self::lenient()
    }
}

impl<D: DefectId> fmt::Debug for Leniency<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(D::ALL.iter().filter(|id| self.allows(**id))).finish()
    }
}

/// What a parser carries along: what it may read, and what it met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading<D: DefectId> {
    /// The deviations that may be read.
    pub leniency: Leniency<D>,
    /// Those that were met, with offsets into the parsed unit.
    pub defects: Vec<Defect<D>>,
    /// How many tokens were kept raw, because nobody has told the library what they mean.
    pub unknown: usize,
}

impl<D: DefectId> Reading<D> {
    /// Begins to read with this leniency.
    #[must_use]
    pub const fn new(leniency: Leniency<D>) -> Self {
        Self { leniency, defects: Vec::new(), unknown: 0 }
    }

    /// Notes that a token is kept raw.
    pub const fn keep_raw(&mut self) {
        self.unknown = self.unknown.saturating_add(1);
    }

    /// Notes the deviation if it may be read.
    ///
    /// # Errors
    ///
    /// It may not: the parse error at that octet.
    pub fn tolerate(&mut self, id: D, at: usize, expected: &'static str) -> Result<(), ParseError> {
        if !self.leniency.allows(id) {
            return Err(ParseError::new(at, expected));
        }
        self.defects.push(Defect { id, at: at as u64 });
        Ok(())
    }
}
