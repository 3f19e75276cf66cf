//! What annotations are called: entries, patterns of entries, attributes.

use mail_proto::{Octets, ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{Cursor, Encoder};

/// The rule of what must not be taken for a pattern.
fn wildcard(octets: &[u8]) -> Option<usize> {
    memchr::memchr3(0, b'*', b'%', octets)
}

mail_proto::byte_string! {
    /// The path of an annotation: `/comment`, `/1.2/flags/seen`.
    ///
    /// ```abnf
    /// entry          = astring    ; slash-separated path, no "*" and no "%"
    /// ```
    ///
    /// (RFC 5257 section 3.2.1.) Its case matters.
    ///
    /// ```
    /// use imap_proto::AnnotationEntry;
    ///
    /// assert!(AnnotationEntry::new("/altsubject").is_ok());
    /// assert_eq!(AnnotationEntry::new("/*").unwrap_err().at, 1);
    /// ```
    pub struct AnnotationEntry: "the path of an annotation (no NUL, * and %)", wildcard;
}

mail_proto::byte_string! {
    /// The path of annotations, where `*` stands for anything and `%` for anything but a slash.
    ///
    /// ```abnf
    /// entry-match    = list-mailbox
    /// ```
    ///
    /// (RFC 5257 section 4.3.)
    ///
    /// ```
    /// use imap_proto::{AnnotationEntry, EntryMatch};
    ///
    /// let comment = EntryMatch::from(AnnotationEntry::new("/comment").unwrap());
    /// assert_eq!(comment, EntryMatch::new("/comment").unwrap());
    /// assert!(EntryMatch::new("/*").is_ok());
    /// ```
    pub struct EntryMatch: "a path or a pattern without NUL", |octets: &[u8]| memchr::memchr(0, octets);
}

mail_proto::byte_string! {
    /// What of an annotation is meant: its value or its size, the private or the shared one.
    ///
    /// ```abnf
    /// attrib         = astring    ; dot-separated name, no "*" and no "%"
    /// ```
    ///
    /// (RFC 5257 section 3.2.2.) Without a suffix it stands for both. Its case matters.
    ///
    /// ```
    /// use imap_proto::AnnotationAttribute;
    ///
    /// assert_eq!(AnnotationAttribute::new("size.priv"), Ok(AnnotationAttribute::SIZE_PRIVATE));
    /// ```
    pub struct AnnotationAttribute: "an attribute (no NUL, * and %)", wildcard;
}

impl AnnotationEntry {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or it holds a wildcard.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let octets = cursor.astring(Class::ASTRING, "the path of an annotation", reading)?;
        Self::new(octets).map_err(|error| ParseError::new(at, error.expected))
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.astring_octets(&self.0);
    }
}

impl EntryMatch {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.astring(Class::LIST, "a path or a pattern", reading).map(Self)
    }

    /// Writes it, wildcards in quotes.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.astring_octets(&self.0);
    }
}

impl From<AnnotationEntry> for EntryMatch {
    fn from(entry: AnnotationEntry) -> Self {
        Self(entry.0)
    }
}

impl AnnotationAttribute {
    /// The values.
    pub const VALUE: Self = Self(Octets::from_static(b"value"));
    /// The value that only the user sees.
    pub const VALUE_PRIVATE: Self = Self(Octets::from_static(b"value.priv"));
    /// The value that all see.
    pub const VALUE_SHARED: Self = Self(Octets::from_static(b"value.shared"));
    /// The sizes of the values.
    pub const SIZE: Self = Self(Octets::from_static(b"size"));
    /// The size of the value that only the user sees.
    pub const SIZE_PRIVATE: Self = Self(Octets::from_static(b"size.priv"));
    /// The size of the value that all see.
    pub const SIZE_SHARED: Self = Self(Octets::from_static(b"size.shared"));

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or it holds a wildcard.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let octets = cursor.astring(Class::ASTRING, "an attribute", reading)?;
        Self::new(octets).map_err(|error| ParseError::new(at, error.expected))
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.astring_octets(&self.0);
    }
}
