//! What the server answers: CONVERSION and CONVERTED.

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::mime_type::encode_quoted;
use super::{ConvertError, HeaderSection, MimeType};
use crate::Defect;
use crate::codec::{
    AString, BodyStructure, Cursor, Depth, Encoder, NString8, Raw, SectionPart, Tag, Uid,
    UnknownAtt,
};

/// A conversion that the server can do: the data of CONVERSION.
///
/// ```abnf
/// conversion-data = "CONVERSION" SP quoted-from-mime-type SP quoted-to-mime-type
///                   [SP "(" transcoding-param-name *(SP transcoding-param-name) ")"]
/// ```
///
/// (RFC 5259 section 5.2.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Conversion, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" \"image/gif\" \"image/jpeg\" (pix-y pix-x)");
/// let mut reading = Reading::new(Leniency::strict());
/// let conversion = parse_whole(&octets, &mut reading, Conversion::parse).unwrap();
/// assert_eq!(conversion.params.len(), 2);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Conversion {
    /// From this type.
    pub from: MimeType,
    /// To this type.
    pub to: MimeType,
    /// The names of the parameters that it knows.
    pub params: Vec<AString>,
}

impl Conversion {
    /// Reads what follows the name of the response.
    ///
    /// # Errors
    ///
    /// There are no two types.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let from = MimeType::parse(cursor, reading)?;
        cursor.space(reading)?;
        let to = MimeType::parse(cursor, reading)?;
        let mut params = Vec::new();
        if cursor.another(reading)? {
            params = cursor.items("one or more parameters", reading, AString::parse)?;
        }
        Ok(Self { from, to, params })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.from.encode(encoder);
        encoder.space();
        self.to.encode(encoder);
        if !self.params.is_empty() {
            encoder.space();
            encoder.list(&self.params, encode_quoted);
        }
    }
}

/// What became of the parts of a message: the data of CONVERTED.
///
/// ```abnf
/// message-data       =/ nz-number SP "CONVERTED" SP convert-correlator SP convert-msg-attrs
/// convert-correlator = "(" "TAG" SP tag-string ")"
/// convert-msg-attrs  = "(" convert-msg-att *(SP convert-msg-att) ")"
/// ```
///
/// (RFC 5259 section 8.1.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Converted, ConvertedAtt, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" (TAG \"c000\") (BINARY.SIZE[4] 3135)");
/// let mut reading = Reading::new(Leniency::strict());
/// let converted = parse_whole(&octets, &mut reading, Converted::parse).unwrap();
/// assert!(matches!(converted.atts(), [ConvertedAtt::BinarySize { size: Ok(3135), .. }]));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Converted {
    /// The tag of the command.
    pub tag: Tag,
    atts: Vec<ConvertedAtt>,
}

/// What was asked for, or why there is none.
pub type ConvertResult<T> = Result<T, Box<ConvertError>>;

/// A data item of CONVERTED.
///
/// ```abnf
/// convert-msg-att     = msg-att-semistat / msg-att-conv-static
/// msg-att-conv-static = "UID" SP uniqueid
/// msg-att-semistat    =
///     ("BINARY" section-convert ["<" number ">"] SP
///         (nstring / literal8 / converterror-phrase)) /
///     ("BINARY.SIZE" section-convert SP (number / converterror-phrase)) /
///     ("BODYPARTSTRUCTURE" section-convert SP (body / converterror-phrase)) /
///     ("AVAILABLECONVERSIONS" section-convert SP (mimetype-list / converterror-phrase))
/// mimetype-list       =
///     "(" "(" [quoted-to-mime-type *(SP quoted-to-mime-type)] ")" ")"
/// ```
///
/// (RFC 5259 section 10; BODY as in the examples of section 6, which the ABNF lacks.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ConvertedAtt {
    /// The UID. It comes first.
    Uid(Uid),
    /// The converted part.
    Binary(Box<ConvertedBinary>),
    /// How many octets the converted part has.
    BinarySize {
        /// The part.
        part: SectionPart,
        /// The octets.
        size: ConvertResult<u64>,
    },
    /// The structure of the converted part.
    BodyPartStructure {
        /// The part.
        part: SectionPart,
        /// Its structure.
        body: ConvertResult<Box<BodyStructure>>,
    },
    /// To which types the part can be converted.
    AvailableConversions {
        /// The part.
        part: SectionPart,
        /// The types.
        types: ConvertResult<Box<[MimeType]>>,
    },
    /// A header whose encoded words are converted.
    Body(Box<ConvertedHeader>),
    /// One that the library does not know, and its value.
    Unknown(Box<(UnknownAtt, Raw)>),
}

/// A converted part, or some of its octets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ConvertedBinary {
    /// The part.
    pub part: SectionPart,
    /// From which octet on, if it was asked for in pieces.
    pub offset: Option<u32>,
    /// Its octets.
    pub data: ConvertResult<NString8>,
}

/// A converted header.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ConvertedHeader {
    /// Which header.
    pub section: HeaderSection,
    /// Its octets.
    pub data: ConvertResult<NString8>,
}

impl Converted {
    /// These items for the command of this tag, unless there are none.
    #[must_use]
    pub fn new(tag: Tag, atts: impl IntoIterator<Item = ConvertedAtt>) -> Option<Self> {
        let atts: Vec<_> = atts.into_iter().collect();
        (!atts.is_empty()).then_some(Self { tag, atts })
    }

    /// The items.
    #[must_use]
    pub fn atts(&self) -> &[ConvertedAtt] {
        &self.atts
    }

    /// Reads what follows the name of the response.
    ///
    /// # Errors
    ///
    /// It is not well-formed.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        cursor.tag("(")?;
        cursor.tag("TAG")?;
        cursor.space(reading)?;
        let at = cursor.at();
        let tag = Tag::new(cursor.string(reading)?)
            .map_err(|error| ParseError::new(at, error.expected))?;
        cursor.tag(")")?;
        cursor.space(reading)?;
        let atts = cursor.items("one or more data items", reading, ConvertedAtt::parse)?;
        Ok(Self { tag, atts })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        // No octet of a tag has to be escaped.
        encoder.put(b" (TAG \"");
        self.tag.encode(encoder);
        encoder.put(b"\") ");
        encoder.list(&self.atts, ConvertedAtt::encode);
    }
}

impl ConvertedAtt {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or its value is not well-formed.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let begin = cursor.clone();
        match cursor.keyword().as_bytes() {
            b"UID" => {
                cursor.space(reading)?;
                Uid::parse(cursor, reading).map(Self::Uid)
            }
            b"BINARY" => ConvertedBinary::parse(cursor, reading).map(|it| Self::Binary(it.into())),
            b"BINARY.SIZE" => {
                let part = SectionPart::parse_binary(cursor, reading)?;
                let size = value(cursor, reading, |cursor, _| cursor.number64())?;
                Ok(Self::BinarySize { part, size })
            }
            b"BODYPARTSTRUCTURE" => {
                let part = SectionPart::parse_binary(cursor, reading)?;
                let body = value(cursor, reading, BodyStructure::parse)?.map(Box::new);
                Ok(Self::BodyPartStructure { part, body })
            }
            b"AVAILABLECONVERSIONS" => {
                let part = SectionPart::parse_binary(cursor, reading)?;
                let types = value(cursor, reading, parse_types)?;
                Ok(Self::AvailableConversions { part, types })
            }
            b"BODY" => {
                let section = HeaderSection::parse(cursor, reading)?;
                let data = value(cursor, reading, NString8::parse)?;
                Ok(Self::Body(Box::new(ConvertedHeader { section, data })))
            }
            _ => {
                *cursor = begin;
                let att = UnknownAtt::parse(cursor, reading, |_| false)?;
                cursor.space(reading)?;
                Ok(Self::Unknown(Box::new((att, Raw::parse(cursor, reading)?))))
            }
        }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Uid(uid) => {
                encoder.put(b"UID ");
                uid.encode(encoder);
            }
            Self::Binary(binary) => binary.encode(encoder),
            Self::BinarySize { part, size } => {
                encoder.put(b"BINARY.SIZE");
                part.encode_binary(encoder);
                encode_value(size, encoder, |size, encoder| encoder.number64(*size));
            }
            Self::BodyPartStructure { part, body } => {
                encoder.put(b"BODYPARTSTRUCTURE");
                part.encode_binary(encoder);
                encode_value(body, encoder, |body, encoder| body.encode(encoder));
            }
            Self::AvailableConversions { part, types } => {
                encoder.put(b"AVAILABLECONVERSIONS");
                part.encode_binary(encoder);
                encode_value(types, encoder, |types, encoder| {
                    encoder.put(b"(");
                    encoder.list(types, MimeType::encode);
                    encoder.put(b")");
                });
            }
            Self::Body(body) => {
                encoder.put(b"BODY");
                body.section.encode(encoder);
                encode_value(&body.data, encoder, NString8::encode);
            }
            Self::Unknown(unknown) => {
                let (att, raw) = &**unknown;
                att.encode(encoder);
                encoder.space();
                raw.encode(encoder);
            }
        }
    }
}

impl ConvertedBinary {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let part = SectionPart::parse_binary(cursor, reading)?;
        let mut offset = None;
        if cursor.eat(b'<') {
            offset = Some(cursor.number()?);
            cursor.tag(">")?;
        }
        Ok(Self { part, offset, data: value(cursor, reading, NString8::parse)? })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"BINARY");
        self.part.encode_binary(encoder);
        if let Some(offset) = self.offset {
            encoder.put(b"<");
            encoder.number(offset.into());
            encoder.put(b">");
        }
        encode_value(&self.data, encoder, NString8::encode);
    }
}

/// A space, and a value or an error.
fn value<T>(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
    parse: impl FnOnce(&mut Cursor<'_>, &mut Reading<Defect>) -> Result<T, ParseError>,
) -> Result<ConvertResult<T>, ParseError> {
    cursor.space(reading)?;
    if ConvertError::is_next(cursor) {
        return Ok(Err(Box::new(ConvertError::parse(cursor, reading)?)));
    }
    parse(cursor, reading).map(Ok)
}

fn encode_value<T, S: Sink>(
    value: &ConvertResult<T>,
    encoder: &mut Encoder<'_, S>,
    encode: impl FnOnce(&T, &mut Encoder<'_, S>),
) {
    encoder.space();
    match value {
        Ok(value) => encode(value, encoder),
        Err(error) => error.encode(encoder),
    }
}

/// The types of AVAILABLECONVERSIONS. Two parentheses tell them from an error.
fn parse_types(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Box<[MimeType]>, ParseError> {
    cursor.tag("(")?;
    let mut types = Vec::new();
    cursor.list(Depth::FLAT, reading, |cursor, _, reading| {
        types.push(MimeType::parse(cursor, reading)?);
        Ok(())
    })?;
    cursor.tag(")")?;
    Ok(types.into())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::command::tests::any_header_section;
    use super::super::error::tests::any_convert_error;
    use super::super::mime_type::tests::{any_astring, any_mime_type};
    use super::*;
    use crate::codec::fetch::att::tests::any_section_part;
    use crate::codec::testing::{reads_and_writes, round_trips, strict, written};
    use core::fmt::Debug;
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    pub(crate) fn any_conversion() -> impl Strategy<Value = Conversion> {
        (any_mime_type(), any_mime_type(), vec(any_astring(), 0..3))
            .prop_map(|(from, to, params)| Conversion { from, to, params })
    }

    fn result<T: Debug>(
        value: impl Strategy<Value = T>,
    ) -> impl Strategy<Value = ConvertResult<T>> {
        let error = any_convert_error().prop_map(|error| Err(Box::new(error)));
        prop_oneof![3 => value.prop_map(Ok), 1 => error]
    }

    fn any_nstring8() -> impl Strategy<Value = NString8> {
        option::of(vec(any::<u8>(), 0..9)).prop_map(|it| it.map_or(NString8::Nil, NString8::new))
    }

    fn any_converted_att() -> impl Strategy<Value = ConvertedAtt> {
        let part = any_section_part;
        let types = vec(any_mime_type(), 0..3).prop_map(Vec::into_boxed_slice);
        let unknown = (r"X-[A-Z]{1,4}(\[[0-9]?\](<[0-9]>)?)?", r#"[a-z]{1,3}|\(a "b"\)"#);
        prop_oneof![
            (1..=u32::MAX).prop_map(|uid| ConvertedAtt::Uid(Uid::new(uid).unwrap())),
            (part(), option::of(any::<u32>()), result(any_nstring8())).prop_map(
                |(part, offset, data)| {
                    ConvertedAtt::Binary(Box::new(ConvertedBinary { part, offset, data }))
                }
            ),
            (part(), result(0..=u64::MAX >> 1))
                .prop_map(|(part, size)| ConvertedAtt::BinarySize { part, size }),
            (part(), any_convert_error()).prop_map(|(part, error)| {
                ConvertedAtt::BodyPartStructure { part, body: Err(Box::new(error)) }
            }),
            (part(), result(types))
                .prop_map(|(part, types)| ConvertedAtt::AvailableConversions { part, types }),
            (any_header_section(), result(any_nstring8())).prop_map(|(section, data)| {
                ConvertedAtt::Body(Box::new(ConvertedHeader { section, data }))
            }),
            unknown.prop_map(|(att, raw)| {
                let value = (UnknownAtt::new(att).unwrap(), Raw::new(raw).unwrap());
                ConvertedAtt::Unknown(Box::new(value))
            }),
        ]
    }

    pub(crate) fn any_converted() -> impl Strategy<Value = Converted> {
        ("[A-Za-z0-9.\\]{]{1,6}", vec(any_converted_att(), 1..4))
            .prop_filter_map("no tag", |(tag, atts)| Converted::new(Tag::new(tag).ok()?, atts))
    }

    proptest! {
        #[test]
        fn round_trip(conversion in any_conversion(), converted in any_converted()) {
            round_trips(&conversion, Conversion::encode, Conversion::parse);
            round_trips(&converted, Converted::encode, Converted::parse);
        }
    }

    /// RFC 5259 sections 5.2 and 6 to 9.
    #[test]
    fn examples() {
        for octets in [
            " \"image/gif\" \"image/jpeg\" (\"pix-y\" \"pix-x\" \"image-interleave\")",
            " \"a/b\" \"c/d\"",
        ] {
            reads_and_writes(octets.as_bytes(), Conversion::parse, Conversion::encode);
        }
        for octets in [
            " (TAG \"c000\") (BINARY.SIZE[4] 3135)",
            " (TAG \"a001\") (BINARY[3] {4}\r\n%PD\r)",
            " (TAG \"c001\") (BINARY[4]<2001> \"text\")",
            " (TAG \"e001\") (UID 100 BINARY[2] ~{2}\r\n\0\x01)",
            " (TAG \"d002\") (BODY[HEADER] {8}\r\nTo: x\n\r\n)",
            " (TAG \"D012\") (BODY[1.MIME] NIL)",
            " (TAG \"f001\") (AVAILABLECONVERSIONS[2] ((\"IMAGE/JPEG\" \"application/PostScript\")))",
            " (TAG \"f001\") (AVAILABLECONVERSIONS[] (()))",
            " (TAG \"b1\") (BODYPARTSTRUCTURE[3] (ERROR \"no\" TEMPFAIL) BINARY[4] \"x\")",
            " (TAG \"b1\") (AVAILABLECONVERSIONS[1] (ERROR \"no\" TEMPFAIL 3))",
            " (TAG \"b1\") (X-FOO[4]<2> (\"TEXT\" (a b)) BINARY[4] NIL)",
        ] {
            reads_and_writes(octets.as_bytes(), Converted::parse, Converted::encode);
        }
        let error = b" (tag \"b001\") (BINARY[3] (ERROR \"Source text has non us-ascii\" \
            BADPARAMETERS \"text/html\" \"text/plain\" (\"charset\" \"us-ascii\")))";
        let converted = strict(error, Converted::parse).unwrap();
        let upper = written(|encoder| converted.encode(encoder));
        assert!(upper.eq_ignore_ascii_case(error));
        assert_eq!(converted.tag, Tag::new("b001").unwrap());
        let [ConvertedAtt::Binary(binary)] = converted.atts() else { panic!() };
        assert_eq!(
            binary.data.as_ref().unwrap_err().text.as_bytes(),
            b"Source text has non us-ascii"
        );
        assert!(size_of::<ConvertedAtt>() <= 48);
    }

    #[test]
    fn what_is_no_data() {
        for (octets, at) in [
            (" (BINARY[3] NIL)", 2),
            (" (TAG b) (BINARY[3] NIL)", 6),
            (" (TAG \"a b\") (BINARY[3] NIL)", 6),
            (" (TAG \"b\") ()", 12),
            (" (TAG \"b\") (BINARY[3])", 21),
            (" (TAG \"b\") (BINARY[3] x)", 22),
            (" (TAG \"b\") (BINARY[3] (x))", 22),
            (" (TAG \"b\") (BINARY.SIZE[3] NIL)", 27),
            (" (TAG \"b\") (AVAILABLECONVERSIONS[3] (\"a/b\"))", 37),
            (" (TAG \"b\") (BODY[] NIL)", 16),
            (" (TAG \"b\") (UID 0)", 16),
            (" (TAG \"b\") (X-FOO)", 17),
        ] {
            let read = strict(octets.as_bytes(), Converted::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        assert_eq!(Converted::new(Tag::new("a").unwrap(), []), None);
    }
}
