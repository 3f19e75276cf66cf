//! What extensions add to the messages of APPEND.

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{Annotations, Cursor, Encoder, ExtLabel, ExtValue};

/// Labels that have a grammar of their own.
const KNOWN: [&str; 3] = ["ANNOTATION", "CATENATE", "UTF8"];

/// An option of a message, or its data, of which only the form is known.
///
/// ```abnf
/// append-ext      = append-ext-name SP append-ext-value
/// append-data-ext = tagged-ext
/// tagged-ext      = tagged-ext-label SP tagged-ext-val
/// ```
///
/// (RFC 4466 section 2.7.)
///
/// ```
/// use imap_proto::{AppendExt, ExtLabel, ExtValue, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let value = || {
///     parse_whole(&"(a)".into(), &mut Reading::new(Leniency::strict()), ExtValue::parse).unwrap()
/// };
/// assert!(AppendExt::new(ExtLabel::new("X-NEW").unwrap(), value()).is_some());
/// assert!(AppendExt::new(ExtLabel::new("catenate").unwrap(), value()).is_none());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AppendExt {
    label: ExtLabel,
    value: ExtValue,
}

impl AppendExt {
    /// This label and its value, unless the label has a grammar of its own: ANNOTATION, CATENATE, UTF8.
    #[must_use]
    pub fn new(label: ExtLabel, value: ExtValue) -> Option<Self> {
        let is_known = KNOWN.iter().any(|known| label.is(known));
        (!is_known).then_some(Self { label, value })
    }

    /// What it is called.
    #[must_use]
    pub const fn label(&self) -> &ExtLabel {
        &self.label
    }

    /// What belongs to it.
    #[must_use]
    pub const fn value(&self) -> &ExtValue {
        &self.value
    }

    /// Reads the value behind a label that is none of the known ones, space included.
    pub(super) fn parse_value(
        label: ExtLabel,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let value = ExtValue::parse(cursor, reading)?;
        reading.keep_raw();
        Ok(Self { label, value })
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.label.encode(encoder);
        encoder.space();
        self.value.encode(encoder);
    }
}

/// An option of a message to append.
///
/// ```abnf
/// append-ext     = append-ext-name SP append-ext-value
/// append-ext     =/ att-annotate
/// att-annotate   = "ANNOTATION" SP "(" entry-att *(SP entry-att) ")"
/// ```
///
/// (RFC 4466 section 2.7, RFC 5257 section 4.7.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum AppendOption {
    /// `ANNOTATION`: annotations that the message gets (RFC 5257).
    Annotation(Annotations),
    /// Another.
    Ext(AppendExt),
}

impl AppendOption {
    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Annotation(annotations) => {
                encoder.put(b"ANNOTATION ");
                annotations.encode(encoder);
            }
            Self::Ext(ext) => ext.encode(encoder),
        }
    }
}
