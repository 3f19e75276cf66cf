//! The MODSEQ search key: messages changed since (RFC 7162).

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{Cursor, Encoder, Flag, ModSeq};

/// Messages that have changed at a mod-sequence or later.
///
/// ```abnf
/// search-modsequence = "MODSEQ" [search-modseq-ext] SP mod-sequence-valzer
/// search-modseq-ext  = SP entry-name SP entry-type-req
/// entry-flag-name    = DQUOTE "/flags/" attr-flag DQUOTE
/// ```
///
/// (RFC 7162 sections 3.1.5 and 7.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ModSeqKey {
    /// The change of which flag counts, and for whom. None is any change.
    pub entry: Option<(Flag, EntryType)>,
    /// The mod-sequence. None is 0.
    pub mod_seq: Option<ModSeq>,
}

/// Whose flag is meant.
///
/// ```abnf
/// entry-type-req  = entry-type-resp / "all"
/// entry-type-resp = "priv" / "shared"
/// ```
///
/// (RFC 7162 section 7.)
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EntryType {
    /// The user's own.
    Private,
    /// That of all users.
    Shared,
    /// Either.
    All,
}

impl ModSeqKey {
    /// Reads what stands behind `MODSEQ` and its space.
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut entry = None;
        if cursor.peek() == Some(b'"') {
            let flag = parse_entry_name(cursor, reading)?;
            cursor.space(reading)?;
            entry = Some((flag, EntryType::parse(cursor)?));
            cursor.space(reading)?;
        }
        Ok(Self { entry, mod_seq: ModSeq::parse_valzer(cursor, reading)? })
    }

    /// Writes what stands behind `MODSEQ` and its space.
    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if let Some((flag, entry_type)) = &self.entry {
            encoder.put(b"\"/flags/");
            if !matches!(flag, Flag::Keyword(_)) {
                // The backslash of the flag, in quotes.
                encoder.put(b"\\");
            }
            flag.encode(encoder);
            encoder.put(b"\" ");
            encoder.put(entry_type.as_str().as_bytes());
            encoder.space();
        }
        encoder.number(self.mod_seq.map_or(0, ModSeq::get));
    }
}

impl EntryType {
    /// How it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "priv",
            Self::Shared => "shared",
            Self::All => "all",
        }
    }

    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        let error = cursor.expected("priv, shared or all");
        match cursor.keyword().as_bytes() {
            b"PRIV" => Ok(Self::Private),
            b"SHARED" => Ok(Self::Shared),
            b"ALL" => Ok(Self::All),
            _ => Err(error),
        }
    }
}

fn parse_entry_name(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Flag, ParseError> {
    let at = cursor.at();
    let name = cursor.quoted(reading)?;
    let mut inside = Cursor::over(&name, at.saturating_add(1));
    inside.tag("/flags/")?;
    if inside.peek() == Some(b'"') {
        return Err(inside.expected("a flag"));
    }
    let flag = Flag::parse(&mut inside, reading)?;
    if inside.rest().is_empty() { Ok(flag) } else { Err(inside.expected("the end of a flag")) }
}
