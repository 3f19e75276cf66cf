//! How FETCH asks for a preview.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{Atom, Cursor, Encoder};

/// How a preview is to be made.
///
/// ```abnf
/// preview-mod    = "LAZY"
/// ```
///
/// (RFC 8970 section 4.) Drafts of it, which Dovecot has, know `FUZZY` and `LAZY=FUZZY`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum PreviewModifier {
    /// Only if it costs little.
    Lazy,
    /// Another one.
    Other(Atom),
}

impl PreviewModifier {
    /// Reads the list behind `PREVIEW`, if there is one and it is of modifiers.
    pub(super) fn parse_list(
        has_list: bool,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Vec<Self>, ParseError> {
        if !has_list || has_values(cursor) {
            return Ok(Vec::new());
        }
        cursor.space(reading)?;
        cursor.items("one or more modifiers of PREVIEW", reading, Self::parse)
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let atom = Atom::parse(cursor, reading)?;
        Ok(if atom.as_bytes().eq_ignore_ascii_case(b"LAZY") {
            Self::Lazy
        } else {
            reading.keep_raw();
            Self::Other(atom)
        })
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Lazy => encoder.put(b"LAZY"),
            Self::Other(atom) => encoder.atom(atom),
        }
    }
}

/// Whether the list behind a space that comes next has values that are no atoms: it is one of modifiers
/// of FETCH that nobody knows.
fn has_values(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    ahead.eat_tag(b" (");
    while !ahead.run(Class::ATOM).is_empty() || ahead.eat(b' ') {}
    matches!(ahead.peek(), Some(b'(' | b'"' | b'{' | b'*'))
}
