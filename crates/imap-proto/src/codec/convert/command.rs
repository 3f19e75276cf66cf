//! The arguments of CONVERSIONS, CONVERT and UID CONVERT.

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::{MimeType, MimeTypeRange, TranscodingParam};
use crate::Defect;
use crate::codec::{
    BinaryAtt, Cursor, Encoder, Partial, Section, SectionPart, SectionText, SequenceSet, SetNumber,
    UnknownAtt,
};

/// Which conversions a client asks about: the arguments of CONVERSIONS.
///
/// ```abnf
/// conversions-cmd = "CONVERSIONS" SP from-mime-type-req SP to-mime-type-req
/// ```
///
/// (RFC 5259 section 5.1.)
///
/// ```
/// use imap_proto::{Conversions, Encoder, MimeTypeRange, Negotiated};
///
/// let range = |octets| MimeTypeRange::new(octets).unwrap();
/// let conversions = Conversions { from: range("image/gif"), to: range("*") };
/// let mut out = Vec::new();
/// conversions.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" \"image/gif\" \"*\"");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Conversions {
    /// From these types.
    pub from: MimeTypeRange,
    /// To these types.
    pub to: MimeTypeRange,
}

impl Conversions {
    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// There are no two types.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let from = MimeTypeRange::parse(cursor, reading)?;
        cursor.space(reading)?;
        Ok(Self { from, to: MimeTypeRange::parse(cursor, reading)? })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.from.encode(encoder);
        encoder.space();
        self.to.encode(encoder);
    }
}

/// What is converted of which messages, and to what: the arguments of CONVERT and UID CONVERT.
///
/// ```abnf
/// convert        = "CONVERT" SP sequence-set SP convert-params SP
///                  (convert-att / "(" convert-att *(SP convert-att) ")")
/// ```
///
/// (RFC 5259 section 6.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Convert, ConvertAtt, SectionPart, SeqNum, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" 2 (\"text/plain\" (charset us-ascii)) BINARY.SIZE[4]");
/// let mut reading = Reading::new(Leniency::strict());
/// let convert = parse_whole(&octets, &mut reading, Convert::<SeqNum>::parse).unwrap();
/// assert_eq!(convert.atts(), [ConvertAtt::BinarySize(SectionPart::new([4]).unwrap())]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Convert<N> {
    /// The messages.
    pub set: SequenceSet<N>,
    /// To what.
    pub params: ConvertParams,
    atts: Vec<ConvertAtt>,
}

/// What a part is converted to.
///
/// ```abnf
/// convert-params     = "(" (quoted-to-mime-type / default-conversion)
///                      [SP "(" transcoding-params ")"] ")"
/// default-conversion = "NIL"
/// ```
///
/// (RFC 5259 section 6.)
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ConvertParams {
    /// The type. With None the server chooses.
    pub to: Option<MimeType>,
    /// What the conversion is told.
    pub params: Vec<TranscodingParam>,
}

/// What is converted of a message, or asked about it.
///
/// ```abnf
/// convert-att    = "UID" / "BODYPARTSTRUCTURE" section-convert /
///                  "BINARY" section-convert [partial] / "BINARY.SIZE" section-convert /
///                  "BODY[HEADER]" / "BODY[" section-part ".HEADER]" / "BODY[" section-part ".MIME]" /
///                  "AVAILABLECONVERSIONS" section-convert
/// ```
///
/// (RFC 5259 sections 6 and 8.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ConvertAtt {
    /// The UID.
    Uid,
    /// The structure of the converted part.
    BodyPartStructure(SectionPart),
    /// The converted part, or some of its octets.
    Binary {
        /// The part.
        part: SectionPart,
        /// Which of the octets. None are all.
        partial: Option<Box<Partial>>,
    },
    /// How many octets the converted part has.
    BinarySize(SectionPart),
    /// A header whose encoded words are converted.
    Body(Box<HeaderSection>),
    /// To which types the part can be converted.
    AvailableConversions(SectionPart),
    /// One that the library does not know.
    Unknown(Box<UnknownAtt>),
}

/// A header: `[HEADER]`, `[part.HEADER]` or `[part.MIME]`.
///
/// (RFC 5259 section 6.)
///
/// ```
/// use imap_proto::{HeaderSection, Section};
///
/// assert!(HeaderSection::new(Section::header()).is_some());
/// assert_eq!(HeaderSection::new(Section::message()), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct HeaderSection(Section);

impl HeaderSection {
    /// The section, if it is a header.
    #[must_use]
    pub fn new(section: Section) -> Option<Self> {
        let is_header = matches!(section.text(), Some(SectionText::Header | SectionText::Mime));
        is_header.then_some(Self(section))
    }

    /// The section.
    #[must_use]
    pub const fn section(&self) -> &Section {
        &self.0
    }

    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let section = Section::parse(cursor, reading)?;
        Self::new(section).ok_or(ParseError::new(at, "[HEADER], [part.HEADER] or [part.MIME]"))
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.0.encode(encoder);
    }
}

impl<N: SetNumber> Convert<N> {
    /// This of these messages, unless nothing is asked for.
    #[must_use]
    pub fn new(
        set: impl Into<SequenceSet<N>>,
        params: ConvertParams,
        atts: impl IntoIterator<Item = ConvertAtt>,
    ) -> Option<Self> {
        let atts: Vec<_> = atts.into_iter().collect();
        (!atts.is_empty()).then(|| Self { set: set.into(), params, atts })
    }

    /// What is asked for.
    #[must_use]
    pub fn atts(&self) -> &[ConvertAtt] {
        &self.atts
    }

    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is not well-formed.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let set = SequenceSet::parse(cursor, reading)?;
        cursor.space(reading)?;
        let params = ConvertParams::parse(cursor, reading)?;
        cursor.space(reading)?;
        let atts = if cursor.peek() == Some(b'(') {
            cursor.items("one or more data items", reading, ConvertAtt::parse)?
        } else {
            [ConvertAtt::parse(cursor, reading)?].into()
        };
        Ok(Self { set, params, atts })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.set.encode(encoder);
        encoder.space();
        self.params.encode(encoder);
        encoder.space();
        match &*self.atts {
            [att] => att.encode(encoder),
            atts => encoder.list(atts, ConvertAtt::encode),
        }
    }
}

impl ConvertParams {
    /// Reads it, parentheses included.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("(")?;
        let is_nil = cursor.eat_tag(b"NIL");
        let to = (!is_nil).then(|| MimeType::parse(cursor, reading)).transpose()?;
        let params = TranscodingParam::parse_behind(cursor, reading)?;
        cursor.tag(")")?;
        Ok(Self { to, params })
    }

    /// Writes it, parentheses included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        match &self.to {
            Some(to) => to.encode(encoder),
            None => encoder.nil(),
        }
        TranscodingParam::encode_behind(&self.params, encoder);
        encoder.put(b")");
    }
}

impl ConvertAtt {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or what belongs to it is not well-formed.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let begin = cursor.clone();
        match cursor.keyword().as_bytes() {
            b"UID" => Ok(Self::Uid),
            b"BODYPARTSTRUCTURE" => {
                SectionPart::parse_binary(cursor, reading).map(Self::BodyPartStructure)
            }
            b"BINARY" => {
                let part = SectionPart::parse_binary(cursor, reading)?;
                let partial = Partial::parse_optional(cursor)?.map(Box::new);
                Ok(Self::Binary { part, partial })
            }
            b"BINARY.SIZE" => SectionPart::parse_binary(cursor, reading).map(Self::BinarySize),
            b"BODY" => {
                HeaderSection::parse(cursor, reading).map(|section| Self::Body(Box::new(section)))
            }
            b"AVAILABLECONVERSIONS" => {
                SectionPart::parse_binary(cursor, reading).map(Self::AvailableConversions)
            }
            _ => {
                *cursor = begin;
                let has_list = |cursor: &Cursor<'_>| cursor.rest().starts_with(b" (");
                let unknown = UnknownAtt::parse(cursor, reading, has_list)?;
                Ok(Self::Unknown(Box::new(unknown)))
            }
        }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Uid => encoder.put(b"UID"),
            Self::BodyPartStructure(part) => {
                encoder.put(b"BODYPARTSTRUCTURE");
                part.encode_binary(encoder);
            }
            Self::Binary { part, partial } => {
                encoder.put(b"BINARY");
                part.encode_binary(encoder);
                if let Some(partial) = partial {
                    partial.encode(encoder);
                }
            }
            Self::BinarySize(part) => {
                encoder.put(b"BINARY.SIZE");
                part.encode_binary(encoder);
            }
            Self::Body(section) => {
                encoder.put(b"BODY");
                section.encode(encoder);
            }
            Self::AvailableConversions(part) => {
                encoder.put(b"AVAILABLECONVERSIONS");
                part.encode_binary(encoder);
            }
            Self::Unknown(unknown) => unknown.encode(encoder),
        }
    }
}

impl From<BinaryAtt> for ConvertAtt {
    fn from(binary: BinaryAtt) -> Self {
        Self::Binary { part: binary.part, partial: binary.partial.map(Box::new) }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::mime_type::tests::{any_mime_type, any_mime_type_range, any_params};
    use super::*;
    use crate::codec::copy::tests::any_sequence_set;
    use crate::codec::fetch::att::tests::{any_partial, any_section, any_section_part};
    use crate::codec::testing::{reads_and_writes, round_trips, strict, written};
    use crate::{SeqNum, Uid};
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    pub(crate) fn any_conversions() -> impl Strategy<Value = Conversions> {
        (any_mime_type_range(), any_mime_type_range())
            .prop_map(|(from, to)| Conversions { from, to })
    }

    pub(crate) fn any_header_section() -> impl Strategy<Value = HeaderSection> {
        any_section().prop_filter_map("no header", HeaderSection::new)
    }

    fn any_convert_att() -> impl Strategy<Value = ConvertAtt> {
        let part = any_section_part;
        prop_oneof![
            Just(ConvertAtt::Uid),
            part().prop_map(ConvertAtt::BodyPartStructure),
            (part(), option::of(any_partial().prop_map(Box::new)))
                .prop_map(|(part, partial)| ConvertAtt::Binary { part, partial }),
            part().prop_map(ConvertAtt::BinarySize),
            any_header_section().prop_map(|it| ConvertAtt::Body(Box::new(it))),
            part().prop_map(ConvertAtt::AvailableConversions),
            r"X-[A-Z]{1,4}(\[[0-9]?\])?( \(a\))?"
                .prop_map(|it| ConvertAtt::Unknown(Box::new(UnknownAtt::new(it).unwrap()))),
        ]
    }

    pub(crate) fn any_convert<N: SetNumber>() -> impl Strategy<Value = Convert<N>> {
        let params = (option::of(any_mime_type()), any_params())
            .prop_map(|(to, params)| ConvertParams { to, params });
        (any_sequence_set::<N>(), params, vec(any_convert_att(), 1..4))
            .prop_map(|(set, params, atts)| Convert::new(set, params, atts).unwrap())
    }

    proptest! {
        #[test]
        fn round_trip(
            conversions in any_conversions(),
            numbers in any_convert::<SeqNum>(),
            uids in any_convert::<Uid>(),
        ) {
            round_trips(&conversions, Conversions::encode, Conversions::parse);
            round_trips(&numbers, Convert::encode, Convert::parse);
            round_trips(&uids, Convert::encode, Convert::parse);
        }
    }

    /// RFC 5259 section 5.1.
    #[test]
    fn examples_of_conversions() {
        for octets in [
            " \"image/gif\" \"image/jpeg\"",
            " \"image/gif\" \"*\"",
            " \"*\" \"image/jpeg\"",
            " \"image/*\" \"text/*\"",
        ] {
            reads_and_writes(octets.as_bytes(), Conversions::parse, Conversions::encode);
        }
        let atoms = strict(b" image/gif text/plain", Conversions::parse).unwrap();
        assert_eq!(written(|encoder| atoms.encode(encoder)), b" \"image/gif\" \"text/plain\"");
        for (octets, at) in [("", 0), (" a/b", 4), (" a/b c", 5), (" * a/b", 1)] {
            let read = strict(octets.as_bytes(), Conversions::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    /// RFC 5259 sections 6 to 9. One item is written without parentheses.
    #[test]
    fn examples_of_convert() {
        for (octets, wrote) in [
            (" 2 (\"APPLICATION/PDF\") BINARY[3]", None),
            (" 2 (\"text/plain\" (\"charset\" \"us-ascii\")) BINARY[3]", None),
            (
                " 2 (\"text/plain\" (\"charset\" \"us-ascii\" \"unknown-character-replacement\" \
                 \"?\")) BINARY[3]",
                None,
            ),
            (
                " 2 (\"TEXT/PLAIN\" (CHARSET \"US-ASCII\")) BINARY[4]<2001.1000>",
                Some(" 2 (\"TEXT/PLAIN\" (\"CHARSET\" \"US-ASCII\")) BINARY[4]<2001.1000>"),
            ),
            (" 2 (NIL (\"CHARSET\" \"utf-8\")) BODY[HEADER]", None),
            (" 3 (NIL) BODY[1.MIME]", None),
            (" 3 (nil) BODY[1.HEADER]", Some(" 3 (NIL) BODY[1.HEADER]")),
            (
                " 2 (NIL (\"PIX-X\" \"128\" \"PIX-Y\" \"96\")) (BINARY[2] BODYPARTSTRUCTURE[2])",
                None,
            ),
            (" 2 (NIL) (AVAILABLECONVERSIONS[2])", Some(" 2 (NIL) AVAILABLECONVERSIONS[2]")),
            (" 1:* (NIL) (UID BINARY.SIZE[] X-FOO[1] (a))", None),
        ] {
            let convert = strict(octets.as_bytes(), Convert::<SeqNum>::parse).unwrap();
            let out = written(|encoder| convert.encode(encoder));
            assert_eq!(out, wrote.unwrap_or(octets).as_bytes());
            assert_eq!(strict(&out, Convert::parse), Ok(convert));
        }
    }

    #[test]
    fn what_is_no_convert() {
        for (octets, at) in [
            (" 2 BINARY[3]", 3),
            (" 2 () BINARY[3]", 4),
            (" 2 (text/plain) BINARY[3]", 4),
            (" 2 (\"text/*\") BINARY[3]", 4),
            (" 2 (NIL ()) BINARY[3]", 9),
            (" 2 (NIL)", 8),
            (" 2 (NIL) ()", 10),
            (" 2 (NIL) BODY[]", 13),
            (" 2 (NIL) BODY[1.HEADER.FIELDS (a)]", 13),
            (" 2 (NIL) BINARY[HEADER]", 16),
            (" 2 (NIL) (UID", 13),
            // RFC 5259 section 12.1, an example against the grammar.
            (" 2 BINARY[3 (\"text/plain\")]", 3),
        ] {
            let read = strict(octets.as_bytes(), Convert::<Uid>::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }
}
