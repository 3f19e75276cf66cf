//! One table for the words that stand alone: variant, spelling, and the way back.

/// Defines an enum of words without arguments, from a table, and of others, as they are written.
macro_rules! keywords {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            words { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }
            $($others:tt)*
        }
    ) => {
        $(#[$meta])*
        pub enum $name {
            $($(#[$doc])* $variant,)+
            $($others)*
        }

        impl $name {
            /// Those that are a word and nothing else.
            pub(crate) const WORDS: &'static [(&'static str, Self)] =
                &[$(($word, Self::$variant),)+];

            /// The one that is this word, in any case.
            pub(crate) fn from_word(word: &[u8]) -> Option<Self> {
                let is_it = |(it, _): &&(&str, Self)| it.as_bytes().eq_ignore_ascii_case(word);
                Self::WORDS.iter().find(is_it).map(|(_, value)| value.clone())
            }

            /// The word, if it is one and nothing else.
            pub(crate) const fn as_word(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($word),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use keywords;
