//! Annotations as keys of SEARCH and SORT.

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{AnnotationEntry, Cursor, Encoder, EntryMatch, NString8};

/// Whose value of an annotation is meant.
///
/// ```abnf
/// att-sort       = "value.priv" / "value.shared"
/// ```
///
/// (RFC 5257 section 5.)
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AnnotationScope {
    /// `value.priv`: that of the user.
    Private,
    /// `value.shared`: that of all.
    Shared,
}

impl AnnotationScope {
    /// Reads it; None is `value`, either of them.
    fn parse_optional(cursor: &mut Cursor<'_>) -> Result<Option<Self>, ParseError> {
        let at = cursor.at();
        match cursor.keyword().as_bytes() {
            b"VALUE" => Ok(None),
            b"VALUE.PRIV" => Ok(Some(Self::Private)),
            b"VALUE.SHARED" => Ok(Some(Self::Shared)),
            _ => Err(ParseError::new(at, "value.priv or value.shared")),
        }
    }

    const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Private => b"value.priv",
            Self::Shared => b"value.shared",
        }
    }
}

/// The messages that SEARCH finds by an annotation.
///
/// ```abnf
/// search-key     =/ "ANNOTATION" SP entry-match SP att-search SP value
/// att-search     = "value" / "value.priv" / "value.shared"
/// ```
///
/// (RFC 5257 section 4.8.) It begins at entry-match.
///
/// ```
/// use imap_proto::{AnnotationSearch, Encoder, EntryMatch, NString8, Negotiated};
///
/// let entry = EntryMatch::new("/comment").unwrap();
/// let search = AnnotationSearch { entry, scope: None, value: NString8::new("IMAP4") };
/// let mut out = Vec::new();
/// search.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b"/comment value \"IMAP4\"");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AnnotationSearch {
    /// In which entries.
    pub entry: EntryMatch,
    /// In which of the two values. None is in either.
    pub scope: Option<AnnotationScope>,
    /// What they hold; NIL finds entries without a value.
    pub value: NString8,
}

impl AnnotationSearch {
    /// Reads what follows `ANNOTATION` and a space.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let entry = EntryMatch::parse(cursor, reading)?;
        cursor.space(reading)?;
        let scope = AnnotationScope::parse_optional(cursor)?;
        cursor.space(reading)?;
        Ok(Self { entry, scope, value: NString8::parse(cursor, reading)? })
    }

    /// Writes what follows `ANNOTATION` and a space.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.entry.encode(encoder);
        encoder.space();
        encoder.put(self.scope.map_or(b"value", AnnotationScope::as_bytes));
        encoder.space();
        self.value.encode(encoder);
    }
}

/// The annotation that SORT sorts by.
///
/// ```abnf
/// sort-key       =/ "ANNOTATION" SP entry SP att-sort
/// ```
///
/// (RFC 5257 section 4.9.) It begins at entry.
///
/// ```
/// use imap_proto::{AnnotationEntry, AnnotationScope, AnnotationSort, Encoder, Negotiated};
///
/// let entry = AnnotationEntry::new("/altsubject").unwrap();
/// let mut out = Vec::new();
/// let sort = AnnotationSort { entry, scope: AnnotationScope::Shared };
/// sort.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b"/altsubject value.shared");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AnnotationSort {
    /// The entry.
    pub entry: AnnotationEntry,
    /// Which of its two values.
    pub scope: AnnotationScope,
}

impl AnnotationSort {
    /// Reads what follows `ANNOTATION` and a space.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let entry = AnnotationEntry::parse(cursor, reading)?;
        cursor.space(reading)?;
        let at = cursor.at();
        let scope = AnnotationScope::parse_optional(cursor)?;
        let scope = scope.ok_or(ParseError::new(at, "value.priv or value.shared"))?;
        Ok(Self { entry, scope })
    }

    /// Writes what follows `ANNOTATION` and a space.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.entry.encode(encoder);
        encoder.space();
        encoder.put(self.scope.as_bytes());
    }
}
