//! Byte strings: what the wire carries is octets, and a type says which of them it excludes.

use core::fmt;

use crate::Octets;

/// Defines a validated byte string: a newtype of [`Octets`](crate::Octets), without a lifetime.
///
/// The rule is a function that returns the offset of the first octet the type excludes. What is
/// excluded is exactly what the wire form of the type cannot express, so that an encoder cannot
/// write a broken command whatever it is given.
///
/// ```
/// mail_proto::byte_string! {
///     /// A name of capital letters.
///     pub struct Shout: "capital letters", |octets: &[u8]| octets.iter().position(|o| !o.is_ascii_uppercase());
/// }
/// assert!(Shout::new("ABC").is_ok());
/// assert_eq!(Shout::new("AbC").unwrap_err().to_string(), "at octet 1: expected capital letters");
/// ```
#[macro_export]
macro_rules! byte_string {
    ($(#[$meta:meta])* $vis:vis struct $name:ident: $expected:literal, $rule:expr;) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name($crate::Octets);

        #[allow(dead_code, unreachable_pub)]
        impl $name {
            /// Takes the octets if the type can hold them.
            ///
            /// # Errors
            ///
            /// The offset of the first octet that the type excludes.
            pub fn new(
                octets: impl Into<$crate::Octets>,
            ) -> Result<Self, $crate::ParseError> {
                let octets = octets.into();
                match ($rule)(octets.as_ref()) {
                    None => Ok(Self(octets)),
                    Some(at) => Err($crate::ParseError::new(at, $expected)),
                }
            }

            /// The octets.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// The octets as text, if they are UTF-8.
            ///
            /// # Errors
            ///
            /// They are not.
            pub fn to_str(&self) -> Result<&str, core::str::Utf8Error> {
                core::str::from_utf8(&self.0)
            }

            /// The octets: a copy if they are few, and else still sharing the block they were read
            /// into.
            #[must_use]
            pub fn into_bytes(self) -> $crate::__private::Bytes {
                self.0.into_bytes()
            }

            /// A copy that keeps no block alive.
            ///
            /// What was read may share the block of the read if it is long; keeping it keeps the
            /// block. Detach what is kept for long.
            #[must_use]
            pub fn detach(&self) -> Self {
                Self(self.0.detach())
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::ParseError;

            fn try_from(text: &str) -> Result<Self, $crate::ParseError> {
                Self::try_from(text.as_bytes())
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = $crate::ParseError;

            fn try_from(octets: &[u8]) -> Result<Self, $crate::ParseError> {
                match ($rule)(octets) {
                    None => Ok(Self($crate::Octets::copy_from_slice(octets))),
                    Some(at) => Err($crate::ParseError::new(at, $expected)),
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(&$crate::Escaped(&self.0), f)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{:?}", $crate::Escaped(&self.0))
            }
        }
    };
}

byte_string! {
    /// Text for a human, as it stands in one line: any octets but CR, LF and NUL.
    ///
    /// It may be in no charset at all; `Display` escapes what could confuse a terminal or a log.
    pub struct Text: "text without CR, LF and NUL", |octets: &[u8]| line_break(octets);
}

impl Text {
    /// Makes text of any octets: CR, LF and NUL become spaces.
    ///
    /// For what a server says about data that others chose, where an error would help nobody.
    #[must_use]
    pub fn sanitized(octets: &[u8]) -> Self {
        if line_break(octets).is_none() {
            return Self(Octets::copy_from_slice(octets));
        }
        let clean = |octet: &u8| if matches!(octet, b'\r' | b'\n' | 0) { b' ' } else { *octet };
        Self(octets.iter().map(clean).collect())
    }

    /// No text.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Octets::new())
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The offset of the first octet that cannot stand inside a line: CR, LF or NUL.
#[must_use]
pub fn line_break(octets: &[u8]) -> Option<usize> {
    memchr::memchr3(b'\r', b'\n', 0, octets)
}

/// Shows octets from a peer so that neither a terminal nor a log is confused.
///
/// Valid UTF-8 stays readable; control characters, bidirectional controls and invalid octets are
/// escaped. `Debug` adds quotes. A precision limits the number of characters: `{:.80}`.
///
/// ```
/// use mail_proto::Escaped;
///
/// assert_eq!(Escaped(b"caf\xc3\xa9 \x1b[2J\r\n\xff").to_string(), "café \\x1b[2J\\r\\n\\xff");
/// assert_eq!(format!("{:.3}", Escaped(b"abcdef")), "abc...");
/// ```
#[derive(Clone, Copy)]
pub struct Escaped<'a>(pub &'a [u8]);

impl Escaped<'_> {
    fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut room = f.precision().unwrap_or(usize::MAX);
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                if room == 0 {
                    return f.write_str("...");
                }
                room = room.saturating_sub(1);
                match character {
                    '\r' => f.write_str("\\r")?,
                    '\n' => f.write_str("\\n")?,
                    '\t' => f.write_str("\\t")?,
                    c if c.is_ascii_control() => write!(f, "\\x{:02x}", c as u32)?,
                    c if c.is_control() || is_invisible(c) => {
                        write!(f, "{}", c.escape_unicode())?;
                    }
                    c => fmt::Write::write_char(f, c)?,
                }
            }
            for octet in chunk.invalid() {
                write!(f, "\\x{octet:02x}")?;
            }
        }
        Ok(())
    }
}

/// Characters that change how the text around them is shown: line separators, zero-width and
/// bidirectional controls, tags.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl fmt::Debug for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Write::write_char(f, '"')?;
        self.write(f)?;
        fmt::Write::write_char(f, '"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn text_excludes_what_a_line_cannot_hold() {
        assert_eq!(Text::new("ab\rc").unwrap_err().at, 2);
        assert_eq!(Text::new("\nc").unwrap_err().at, 0);
        assert_eq!(Text::new(&b"abc\0"[..]).unwrap_err().at, 3);
        assert_eq!(Text::sanitized(b"a\r\nb\0").as_bytes(), b"a  b ");
    }

    #[test]
    fn text_keeps_octets_of_any_charset() {
        let text = Text::new(&b"gr\xfc\xdfe"[..]).unwrap();
        assert_eq!(text.as_bytes(), b"gr\xfc\xdfe");
        assert!(text.to_str().is_err());
        assert_eq!(format!("{text:?}"), r#""gr\xfc\xdfe""#);
    }

    proptest! {
        #[test]
        fn shown_octets_are_harmless(octets: Vec<u8>) {
            let shown = Escaped(&octets).to_string();
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_invisible(c)));
        }
    }
}
