//! Tags: what ties a command to its completion.

use alloc::boxed::Box;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::Utf8Error;

use bytes::Bytes;
use mail_proto::{Escaped, ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::class::Class;
use crate::codec::word::{first, front};
use crate::codec::{Cursor, Encoder};

const EXPECTED: &str = "a tag";

/// What ties a command to its completion.
///
/// ```abnf
/// tag            = 1*<any ASTRING-CHAR except "+">
/// ```
///
/// (RFC 9051 section 9.) A tag outlives its command; those of at most 16 octets, which all are, keep
/// no block of a read alive.
///
/// ```
/// use imap_proto::Tag;
///
/// assert!(Tag::new("A142").is_ok());
/// assert!(Tag::new("+").is_err());
/// assert!(Tag::new("*").is_err());
/// ```
#[derive(Clone)]
pub struct Tag(Form);

/// The octets: each command has a tag, and a count of references to it would cost more than a copy.
#[derive(Clone)]
enum Form {
    /// In eights, which a copy takes in one piece each.
    Short {
        octets: [[u8; 8]; 2],
        length: u8,
    },
    Long(Box<Bytes>),
}

impl Tag {
    const SHORT: usize = 16;

    /// Takes the octets if the type can hold them.
    ///
    /// # Errors
    ///
    /// The offset of the first octet that the type excludes.
    pub fn new(octets: impl Into<Bytes>) -> Result<Self, ParseError> {
        let octets = octets.into();
        match Class::TAG.broken_at(&octets) {
            None if octets.len() > Self::SHORT => Ok(Self::long(octets)),
            None => {
                let length = octets.len();
                let octets = Self::eights(&octets, length);
                Ok(Self(Form::Short { octets, length: length as u8 }))
            }
            Some(at) => Err(ParseError::new(at, EXPECTED)),
        }
    }

    /// The first octets, in eights, and zeros behind the tag.
    #[inline]
    fn eights(octets: &[u8], length: usize) -> [[u8; 8]; 2] {
        let behind = octets.get(8..).unwrap_or_default();
        [
            first(front(octets), length.min(8)).to_le_bytes(),
            first(front(behind), length.saturating_sub(8)).to_le_bytes(),
        ]
    }

    fn long(octets: Bytes) -> Self {
        Self(Form::Long(Box::new(octets)))
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Short { octets, length } => {
                octets.as_flattened().get(..usize::from(*length)).unwrap_or_default()
            }
            Form::Long(octets) => octets,
        }
    }

    /// The octets as text, if they are UTF-8.
    ///
    /// # Errors
    ///
    /// They are not.
    pub fn to_str(&self) -> Result<&str, Utf8Error> {
        core::str::from_utf8(self.as_bytes())
    }

    /// The octets.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self.0 {
            Form::Short { .. } => Bytes::copy_from_slice(self.as_bytes()),
            Form::Long(octets) => *octets,
        }
    }

    /// A copy that keeps no block of a read alive.
    #[must_use]
    pub fn detach(&self) -> Self {
        match &self.0 {
            Form::Short { .. } => self.clone(),
            Form::Long(octets) => Self::long(Bytes::copy_from_slice(octets)),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// No octet of a tag comes next.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let octets = cursor.rest();
        let length = Self::length(cursor)?;
        Ok(Self::at_front(octets, length, cursor))
    }

    /// How many octets the tag has that comes next; the cursor is behind it then.
    pub(in crate::codec) fn length(cursor: &mut Cursor<'_>) -> Result<usize, ParseError> {
        match cursor.run(Class::TAG) {
            [] => Err(cursor.expected(EXPECTED)),
            tag => Ok(tag.len()),
        }
    }

    /// The tag of so many octets at the front of these, which belong to the cursor's message.
    #[inline(always)]
    pub(in crate::codec) fn at_front<'a>(
        octets: &'a [u8],
        length: usize,
        cursor: &Cursor<'a>,
    ) -> Self {
        if length > Self::SHORT {
            return Self::long(cursor.share(octets.get(..length).unwrap_or(octets)));
        }
        let octets = Self::eights(octets, length);
        Self(Form::Short { octets, length: length as u8 })
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put_checked(self.as_bytes());
    }
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Tag {}

impl PartialOrd for Tag {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Tag {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Tag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl AsRef<[u8]> for Tag {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl TryFrom<&str> for Tag {
    type Error = ParseError;

    fn try_from(text: &str) -> Result<Self, ParseError> {
        Self::try_from(text.as_bytes())
    }
}

impl TryFrom<&[u8]> for Tag {
    type Error = ParseError;

    fn try_from(octets: &[u8]) -> Result<Self, ParseError> {
        Self::new(Bytes::copy_from_slice(octets))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Escaped(self.as_bytes()), f)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", Escaped(self.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{strict, written};
    use alloc::format;

    #[test]
    fn tags_are_read_and_written_as_they_are() {
        let tag = strict(b"a]1", Tag::parse).unwrap();
        assert_eq!(written(|encoder| tag.encode(encoder)), b"a]1");
        assert_eq!(strict(b"a+1", Tag::parse).unwrap_err().at, 1);
        assert_eq!(strict(b"", Tag::parse).unwrap_err().at, 0);
    }

    #[test]
    fn long_tags_are_as_short_ones() {
        for length in [1, 7, 8, 9, 15, 16, 17, 24, 1000] {
            let octets = "t".repeat(length);
            let tag = Tag::try_from(&octets[..]).unwrap();
            assert_eq!(tag.as_bytes(), octets.as_bytes());
            assert_eq!(strict(octets.as_bytes(), Tag::parse).unwrap(), tag);
            assert_eq!((tag.to_str(), &tag.detach()), (Ok(&octets[..]), &tag));
            assert_eq!(
                (format!("{tag}"), format!("{tag:?}")),
                (octets.clone(), format!("{octets:?}"))
            );
            assert_eq!(tag.into_bytes(), octets);
        }
        assert_eq!(size_of::<Tag>(), 24);
    }
}
