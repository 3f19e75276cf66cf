//! What stands behind the name of a command or of a response, and the tables of those names.

use alloc::boxed::Box;

use mail_proto::{ParseError, Reading, Sink};

use super::{Cursor, Encoder, FlagList, Mailbox, SequenceSet, SetNumber};
use crate::Defect;

/// A noun that is read and written from behind a name on, the space before it included.
pub(crate) trait Arguments: Sized {
    fn read(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError>;

    fn write<S: Sink>(&self, encoder: &mut Encoder<'_, S>);
}

impl<T: Arguments> Arguments for Box<T> {
    fn read(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        T::read(cursor, reading).map(Self::new)
    }

    fn write<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        T::write(self, encoder);
    }
}

/// Nouns whose `parse` and `encode` begin behind the name already.
macro_rules! arguments {
    ($($noun:ty),+ $(,)?) => {$(
        impl $crate::codec::arguments::Arguments for $noun {
            fn read(
                cursor: &mut $crate::Cursor<'_>,
                reading: &mut mail_proto::Reading<$crate::Defect>,
            ) -> Result<Self, mail_proto::ParseError> {
                Self::parse(cursor, reading)
            }

            fn write<S: mail_proto::Sink>(&self, encoder: &mut $crate::Encoder<'_, S>) {
                self.encode(encoder);
            }
        }
    )+};
}
pub(crate) use arguments;

/// Nouns that are an only argument.
macro_rules! only_argument {
    ($($noun:ty $(where $n:ident: $bound:ident)?),+ $(,)?) => {$(
        impl $(<$n: $bound>)? Arguments for $noun {
            fn read(
                cursor: &mut Cursor<'_>,
                reading: &mut Reading<Defect>,
            ) -> Result<Self, ParseError> {
                cursor.space(reading)?;
                Self::parse(cursor, reading)
            }

            fn write<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
                encoder.space();
                self.encode(encoder);
            }
        }
    )+};
}

only_argument!(Mailbox, FlagList, SequenceSet<N> where N: SetNumber);

/// What becomes of a noun with its name when both have been read.
///
/// It is inlined where the noun has been read, so that a noun is moved once: into where it stays.
pub(crate) trait Whole<'a, N>: Copy {
    type Made;

    fn make(
        self,
        named: N,
        cursor: &mut Cursor<'a>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self::Made, ParseError>;
}

/// Nothing is added.
#[derive(Clone, Copy)]
pub(crate) struct Alone;

impl<'a, N> Whole<'a, N> for Alone {
    type Made = N;

    #[inline(always)]
    fn make(self, named: N, _: &mut Cursor<'a>, _: &mut Reading<Defect>) -> Result<N, ParseError> {
        Ok(named)
    }
}

/// Where a name stands in a table. For use when the library is compiled.
pub(crate) const fn place_of(name: &[u8], mut names: &[&[u8]]) -> Option<usize> {
    let mut place = 0usize;
    while let [first, rest @ ..] = names {
        if is_same(first, name) {
            return Some(place);
        }
        (names, place) = (rest, place.saturating_add(1));
    }
    None
}

/// Whether two names are the same.
pub(crate) const fn is_same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([first, one_rest @ ..], [second, other_rest @ ..]) = (one, other) {
        if *first != *second {
            return false;
        }
        (one, other) = (one_rest, other_rest);
    }
    one.is_empty() && other.is_empty()
}

/// An enum with a variant for each name; what the name introduces is a noun, or nothing.
///
macro_rules! named {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$doc:meta])* $word:literal => $variant:ident $(($noun:ty))?,)+
        ..
        $($rest:tt)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant $(($noun))?,)+
            $($rest)*
        }

        impl $name {
            /// Reads what stands behind the word, in capitals, or what is unknown.
            fn read_named<'a, W: $crate::codec::arguments::Whole<'a, Self>>(
                word: &[u8],
                cursor: &mut $crate::Cursor<'a>,
                reading: &mut mail_proto::Reading<$crate::Defect>,
                whole: W,
                unknown: impl FnOnce(
                    &mut $crate::Cursor<'a>,
                    &mut mail_proto::Reading<$crate::Defect>,
                ) -> Result<W::Made, mail_proto::ParseError>,
            ) -> Result<W::Made, mail_proto::ParseError> {
                match word {
                    $($word => {
                        $crate::codec::arguments::named!(
                            @read $name $variant cursor reading whole $($noun)?
                        )
                    })+
                    _ => unknown(cursor, reading),
                }
            }

            #[allow(dead_code)] // Of some tables the order is of no use.
            pub(crate) const NAMES: &'static [&'static [u8]] = &[$($word),+];

            /// The names in the table.
            pub fn names() -> impl Iterator<Item = &'static [u8]> {
                Self::NAMES.iter().copied()
            }

            /// Which of the names it has, if it is in the table.
            #[allow(dead_code)]
            pub(crate) fn place(&self) -> Option<usize> {
                match self {
                    $($crate::codec::arguments::named!(@pattern $name $variant $($noun)?) => {
                        const { $crate::codec::arguments::place_of($word, Self::NAMES) }
                    })+
                    #[allow(unreachable_patterns)]
                    _ => None,
                }
            }

            /// The name, if it is in the table.
            fn table_name(&self) -> Option<&'static [u8]> {
                match self {
                    $($crate::codec::arguments::named!(@pattern $name $variant $($noun)?) => Some($word),)+
                    #[allow(unreachable_patterns)]
                    _ => None,
                }
            }

            /// Writes what stands behind the name, if it is in the table.
            fn write_named<S: mail_proto::Sink>(&self, encoder: &mut $crate::Encoder<'_, S>) {
                match self {
                    $($crate::codec::arguments::named!(@bind $name $variant noun $($noun)?) => {
                        $crate::codec::arguments::named!(@write encoder noun $($noun)?);
                    })+
                    #[allow(unreachable_patterns)]
                    _ => {}
                }
            }
        }
    };
    (@read $name:ident $variant:ident $cursor:ident $reading:ident $whole:ident) => {
        $whole.make($name::$variant, $cursor, $reading)
    };
    (@read $name:ident $variant:ident $cursor:ident $reading:ident $whole:ident $noun:ty) => {
        match <$noun as $crate::codec::arguments::Arguments>::read($cursor, $reading) {
            Ok(noun) => $whole.make($name::$variant(noun), $cursor, $reading),
            Err(error) => Err(error),
        }
    };
    (@pattern $name:ident $variant:ident) => { $name::$variant };
    (@pattern $name:ident $variant:ident $noun:ty) => { $name::$variant(_) };
    (@bind $name:ident $variant:ident $bound:ident) => { $name::$variant };
    (@bind $name:ident $variant:ident $bound:ident $noun:ty) => { $name::$variant($bound) };
    (@write $encoder:ident $bound:ident) => {};
    (@write $encoder:ident $bound:ident $noun:ty) => {
        $crate::codec::arguments::Arguments::write($bound, $encoder)
    };
}
pub(crate) use named;
