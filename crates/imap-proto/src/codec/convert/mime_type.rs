//! Types of body parts, and what a conversion is told of them.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{AString, Cursor, Encoder, IString};

mail_proto::byte_string! {
    /// The type of a body part: `type/subtype`.
    ///
    /// ```abnf
    /// concrete-mime-type  = type-name "/" subtype-name
    /// quoted-to-mime-type = DQUOTE to-mime-type DQUOTE
    /// ```
    ///
    /// (RFC 5259 section 10; names are those of RFC 4288 section 4.2.)
    ///
    /// ```
    /// use imap_proto::MimeType;
    ///
    /// assert!(MimeType::new("image/svg+xml").is_ok());
    /// assert_eq!(MimeType::new("image/*").unwrap_err().at, 6);
    /// ```
    pub struct MimeType: "a type and a subtype", concrete;
}

mail_proto::byte_string! {
    /// Types of body parts: `*`, `type/*` or `type/subtype`.
    ///
    /// ```abnf
    /// mime-type-req  = any-mime-type / (type-name "/" any-mime-type) / concrete-mime-type
    /// any-mime-type  = "*"
    /// ```
    ///
    /// (RFC 5259 section 10.)
    ///
    /// ```
    /// use imap_proto::{MimeType, MimeTypeRange};
    ///
    /// let images = MimeTypeRange::new("image/*").unwrap();
    /// assert!(images.contains(&MimeType::new("IMAGE/GIF").unwrap()));
    /// assert!(!images.contains(&MimeType::new("text/plain").unwrap()));
    /// ```
    pub struct MimeTypeRange: "*, a type and *, or a type and a subtype", range;
}

/// The rule of a type: where it is broken first.
fn concrete(octets: &[u8]) -> Option<usize> {
    let slash = names(octets);
    let Some((b'/', subtype)) = octets.get(slash..).and_then(<[u8]>::split_first) else {
        return Some(slash);
    };
    let length = names(subtype);
    let is_whole = slash > 0 && length > 0 && length == subtype.len();
    let end = slash.saturating_add(1).saturating_add(length);
    (!is_whole).then_some(if slash > 0 { end } else { 0 })
}

/// How many octets at the front may stand in a name.
fn names(octets: &[u8]) -> usize {
    let is_part = |octet: &&u8| octet.is_ascii_alphanumeric() || b"!#$&.+-^_".contains(*octet);
    octets.iter().take_while(is_part).count()
}

fn range(octets: &[u8]) -> Option<usize> {
    match octets {
        b"*" => None,
        [name @ .., b'/', b'*'] if !name.is_empty() && names(name) == name.len() => None,
        other => concrete(other),
    }
}

impl MimeType {
    /// Reads it, in quotes.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        if cursor.peek() != Some(b'"') {
            return Err(cursor.expected("a type and a subtype in quotes"));
        }
        let octets = cursor.quoted(reading)?;
        Self::new(octets).map_err(|error| ParseError::new(at, error.expected))
    }

    /// Writes it, in quotes.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"\"");
        encoder.put_checked(&self.0);
        encoder.put(b"\"");
    }
}

impl MimeTypeRange {
    /// Whether the type is one of them, in any case of its letters.
    #[must_use]
    pub fn contains(&self, mime_type: &MimeType) -> bool {
        match self.as_bytes() {
            b"*" => true,
            [name @ .., b'*'] => {
                mime_type.0.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name))
            }
            other => mime_type.0.eq_ignore_ascii_case(other),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let octets = cursor.astring(Class::ASTRING, "a type and a subtype", reading)?;
        Self::new(octets).map_err(|error| ParseError::new(at, error.expected))
    }

    /// Writes it, in quotes.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"\"");
        encoder.put_checked(&self.0);
        encoder.put(b"\"");
    }
}

impl From<MimeType> for MimeTypeRange {
    fn from(mime_type: MimeType) -> Self {
        Self(mime_type.0)
    }
}

/// What a conversion is told: a name and a value.
///
/// ```abnf
/// transcoding-param = transcoding-param-name SP transcoding-param-value
/// ```
///
/// (RFC 5259 section 10.) The case of the name does not matter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TranscodingParam {
    /// The name: `charset`, `pix-x`.
    pub name: AString,
    /// The value.
    pub value: AString,
}

impl TranscodingParam {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let name = AString::parse(cursor, reading)?;
        cursor.space(reading)?;
        Ok(Self { name, value: AString::parse(cursor, reading)? })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encode_quoted(&self.name, encoder);
        encoder.space();
        encode_quoted(&self.value, encoder);
    }

    /// Those behind a type: none, or a space and a list.
    pub(super) fn parse_behind(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Vec<Self>, ParseError> {
        if !cursor.rest().starts_with(b" (") {
            return Ok(Vec::new());
        }
        cursor.space(reading)?;
        cursor.items("one or more parameters", reading, Self::parse)
    }

    pub(super) fn encode_behind<S: Sink>(params: &[Self], encoder: &mut Encoder<'_, S>) {
        if !params.is_empty() {
            encoder.space();
            encoder.list(params, Self::encode);
        }
    }
}

/// Writes it in quotes even where an atom would do, as the RFC has it in its examples.
pub(super) fn encode_quoted<S: Sink>(string: &AString, encoder: &mut Encoder<'_, S>) {
    match IString::new(string.octets().clone()) {
        Ok(string) => encoder.string(&string),
        Err(_) => encoder.astring(string),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{reads_and_writes, strict};
    use proptest::prelude::*;

    pub(crate) fn any_mime_type() -> impl Strategy<Value = MimeType> {
        "[a-z0-9!#$&.+^_-]{1,5}/[a-z.+-]{1,5}".prop_map(|it| MimeType::new(it).unwrap())
    }

    pub(crate) fn any_mime_type_range() -> impl Strategy<Value = MimeTypeRange> {
        prop_oneof![
            any_mime_type().prop_map(MimeTypeRange::from),
            r"\*|[a-z]{1,5}/\*".prop_map(|it| MimeTypeRange::new(it).unwrap()),
        ]
    }

    pub(crate) fn any_astring() -> impl Strategy<Value = AString> {
        prop_oneof!["[a-zA-Z-]{1,6}", "[^\\x00]{0,6}"].prop_map(|it| AString::new(it).unwrap())
    }

    pub(crate) fn any_params() -> impl Strategy<Value = Vec<TranscodingParam>> {
        let param = (any_astring(), any_astring());
        let param = param.prop_map(|(name, value)| TranscodingParam { name, value });
        proptest::collection::vec(param, 0..3)
    }

    #[test]
    fn types() {
        for (octets, at) in [
            ("", Some(0)),
            ("/", Some(0)),
            ("/a", Some(0)),
            ("text", Some(4)),
            ("text/", Some(5)),
            ("text/pl ain", Some(7)),
            ("te*t/plain", Some(2)),
            ("text/plain/x", Some(10)),
            ("text/plain", None),
            ("application/vnd.oasis.opendocument.text", None),
        ] {
            assert_eq!(MimeType::new(octets).err().map(|error| error.at), at, "{octets}");
        }
        for (octets, is_range) in
            [("*", true), ("text/*", true), ("*/*", false), ("/*", false), ("text/*x", false)]
        {
            assert_eq!(MimeTypeRange::new(octets).is_ok(), is_range, "{octets}");
        }
        reads_and_writes(b"\"text/plain\"", MimeType::parse, MimeType::encode);
        assert_eq!(strict(b"text/plain", MimeType::parse).map_err(|error| error.at), Err(0));
        let atom = strict(b"text/plain", MimeTypeRange::parse).unwrap();
        assert!(atom.contains(&MimeType::new("Text/PLAIN").unwrap()));
        assert!(!atom.contains(&MimeType::new("text/plain2").unwrap()));
        assert!(MimeTypeRange::new("*").unwrap().contains(&MimeType::new("a/b").unwrap()));
    }
}
