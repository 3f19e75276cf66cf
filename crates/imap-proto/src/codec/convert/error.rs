//! Why a conversion failed.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use mail_proto::{ParseError, Reading, Sink};

use super::mime_type::encode_quoted;
use super::{MimeType, TranscodingParam};
use crate::Defect;
use crate::codec::{AString, Atom, Cursor, Encoder, IString, Raw};

/// Why a conversion failed, in the place of what was asked for.
///
/// ```abnf
/// converterror-phrase  = "(" "ERROR" SP convert-err-descript SP convert-error-code ")"
/// convert-err-descript = string
/// ```
///
/// (RFC 5259 section 9.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{ConvertError, ConvertErrorCode, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"(ERROR \"try again\" TEMPFAIL)");
/// let mut reading = Reading::new(Leniency::strict());
/// let error = parse_whole(&octets, &mut reading, ConvertError::parse).unwrap();
/// assert_eq!(error.code, ConvertErrorCode::TempFail(None));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ConvertError {
    /// For humans.
    pub text: IString,
    /// For programs.
    pub code: ConvertErrorCode,
}

/// Why a conversion failed, for programs.
///
/// ```abnf
/// convert-error-code = "TEMPFAIL" [SP nz-number] / bad-params / missing-params
/// bad-params         = "BADPARAMETERS"
///                      1*(SP (quoted-from-mime-type / nil) SP mimetype-and-params)
/// missing-params     = "MISSINGPARAMETERS"
///                      1*(SP quoted-from-mime-type SP mimetype-and-missing-params)
/// ```
///
/// (RFC 5259 section 9.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ConvertErrorCode {
    /// It may succeed later; after so many minutes.
    TempFail(Option<NonZeroU32>),
    /// The conversion cannot be, or not with these parameters.
    BadParameters(BadParametersList),
    /// The conversion needs parameters.
    MissingParameters(MissingParametersList),
    /// One that the library does not know, with what follows it.
    Other(Atom, Vec<Raw>),
}

/// A conversion that cannot be.
///
/// ```abnf
/// mimetype-and-params = quoted-to-mime-type [SP "(" transcoding-params ")"]
/// ```
///
/// (RFC 5259 section 9; with the type before it.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BadParameters {
    /// From this type. None if there is no such part.
    pub from: Option<MimeType>,
    /// To this type.
    pub to: MimeType,
    /// The parameters that are at fault. Without them it is the conversion.
    pub params: Vec<TranscodingParam>,
}

/// A conversion that needs parameters.
///
/// ```abnf
/// mimetype-and-missing-params = quoted-to-mime-type SP "(" transcoding-param-names ")"
/// ```
///
/// (RFC 5259 section 9; with the type before it, and the space that its ABNF lacks, which is not
/// needed to read it.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MissingParameters {
    /// From this type.
    pub from: MimeType,
    /// To this type.
    pub to: MimeType,
    params: Vec<AString>,
}

/// A list of one or more.
macro_rules! non_empty {
    ($(#[$meta:meta])* $list:ident of $item:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub struct $list(Vec<$item>);

        impl $list {
            /// These, unless there are none.
            #[must_use]
            pub fn new(items: impl IntoIterator<Item = $item>) -> Option<Self> {
                let items: Vec<_> = items.into_iter().collect();
                (!items.is_empty()).then_some(Self(items))
            }

            /// All of them.
            #[must_use]
            pub fn as_slice(&self) -> &[$item] {
                &self.0
            }

            fn parse(
                cursor: &mut Cursor<'_>,
                reading: &mut Reading<Defect>,
            ) -> Result<Self, ParseError> {
                cursor.space(reading)?;
                let (mut items, mut room) = (Vec::new(), cursor.limits().elements);
                loop {
                    room = room.checked_sub(1).ok_or(cursor.expected("fewer conversions"))?;
                    items.push($item::parse(cursor, reading)?);
                    if !cursor.another(reading)? {
                        return Ok(Self(items));
                    }
                }
            }

            fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
                for item in &self.0 {
                    encoder.space();
                    item.encode(encoder);
                }
            }
        }
    };
}

non_empty! {
    /// One or more conversions that cannot be.
    BadParametersList of BadParameters
}

non_empty! {
    /// One or more conversions that need parameters.
    MissingParametersList of MissingParameters
}

impl ConvertError {
    /// Whether one comes next, and not a value.
    pub(super) fn is_next(cursor: &Cursor<'_>) -> bool {
        cursor.clone().eat_tag(b"(ERROR ")
    }

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
        cursor.tag("ERROR")?;
        cursor.space(reading)?;
        let text = IString::parse(cursor, reading)?;
        cursor.space(reading)?;
        let code = ConvertErrorCode::parse(cursor, reading)?;
        cursor.tag(")")?;
        Ok(Self { text, code })
    }

    /// Writes it, parentheses included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(ERROR ");
        encoder.string(&self.text);
        encoder.space();
        self.code.encode(encoder);
        encoder.put(b")");
    }
}

impl ConvertErrorCode {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let name = Atom::parse(cursor, reading)?;
        match &*name.as_bytes().to_ascii_uppercase() {
            b"TEMPFAIL" => {
                let has_minutes = cursor.another(reading)?;
                let minutes = has_minutes.then(|| cursor.nz_number(reading)).transpose()?;
                Ok(Self::TempFail(minutes))
            }
            b"BADPARAMETERS" => BadParametersList::parse(cursor, reading).map(Self::BadParameters),
            b"MISSINGPARAMETERS" => {
                MissingParametersList::parse(cursor, reading).map(Self::MissingParameters)
            }
            _ => {
                let (mut values, mut room) = (Vec::new(), cursor.limits().elements);
                while cursor.another(reading)? {
                    room = room.checked_sub(1).ok_or(cursor.expected("fewer values"))?;
                    values.push(Raw::parse(cursor, reading)?);
                }
                reading.keep_raw();
                Ok(Self::Other(name, values))
            }
        }
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::TempFail(minutes) => {
                encoder.put(b"TEMPFAIL");
                if let Some(minutes) = minutes {
                    encoder.space();
                    encoder.number(minutes.get().into());
                }
            }
            Self::BadParameters(list) => {
                encoder.put(b"BADPARAMETERS");
                list.encode(encoder);
            }
            Self::MissingParameters(list) => {
                encoder.put(b"MISSINGPARAMETERS");
                list.encode(encoder);
            }
            Self::Other(name, values) => {
                encoder.atom(name);
                for value in values {
                    encoder.space();
                    value.encode(encoder);
                }
            }
        }
    }
}

impl BadParameters {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let is_nil = cursor.eat_tag(b"NIL");
        let from = (!is_nil).then(|| MimeType::parse(cursor, reading)).transpose()?;
        cursor.space(reading)?;
        let to = MimeType::parse(cursor, reading)?;
        let params = TranscodingParam::parse_behind(cursor, reading)?;
        Ok(Self { from, to, params })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match &self.from {
            Some(from) => from.encode(encoder),
            None => encoder.nil(),
        }
        encoder.space();
        self.to.encode(encoder);
        TranscodingParam::encode_behind(&self.params, encoder);
    }
}

impl MissingParameters {
    /// A conversion that needs these parameters, unless there are none.
    #[must_use]
    pub fn new(
        from: MimeType,
        to: MimeType,
        params: impl IntoIterator<Item = AString>,
    ) -> Option<Self> {
        let params: Vec<_> = params.into_iter().collect();
        (!params.is_empty()).then_some(Self { from, to, params })
    }

    /// The names of the parameters.
    #[must_use]
    pub fn params(&self) -> &[AString] {
        &self.params
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let from = MimeType::parse(cursor, reading)?;
        cursor.space(reading)?;
        let to = MimeType::parse(cursor, reading)?;
        if cursor.peek() != Some(b'(') {
            cursor.space(reading)?;
        }
        let params = cursor.items("one or more parameters", reading, AString::parse)?;
        Ok(Self { from, to, params })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.from.encode(encoder);
        encoder.space();
        self.to.encode(encoder);
        encoder.space();
        encoder.list(&self.params, encode_quoted);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::mime_type::tests::{any_astring, any_mime_type, any_params};
    use super::*;
    use crate::codec::testing::{reads_and_writes, round_trips, strict, written};
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    pub(crate) fn any_convert_error() -> impl Strategy<Value = ConvertError> {
        let bad = (option::of(any_mime_type()), any_mime_type(), any_params())
            .prop_map(|(from, to, params)| BadParameters { from, to, params });
        let missing = (any_mime_type(), any_mime_type(), vec(any_astring(), 1..3))
            .prop_map(|(from, to, params)| MissingParameters::new(from, to, params).unwrap());
        let value = r#"[a-z]{1,3}|"[a-z() ]{0,3}"|\(a( \(\))?\)"#;
        let value = value.prop_map(|octets| Raw::new(octets).unwrap());
        let code = prop_oneof![
            option::of(1..=u32::MAX)
                .prop_map(|it| ConvertErrorCode::TempFail(it.and_then(NonZeroU32::new))),
            vec(bad, 1..3).prop_map(|it| {
                ConvertErrorCode::BadParameters(BadParametersList::new(it).unwrap())
            }),
            vec(missing, 1..3).prop_map(|it| {
                ConvertErrorCode::MissingParameters(MissingParametersList::new(it).unwrap())
            }),
            ("X[A-Z]{1,5}", vec(value, 0..3)).prop_map(|(name, values)| {
                ConvertErrorCode::Other(Atom::new(name).unwrap(), values)
            }),
        ];
        ("[^\\x00]{0,6}", code).prop_map(|(text, code)| {
            let text = IString::new(text).unwrap();
            ConvertError { text, code }
        })
    }

    proptest! {
        #[test]
        fn round_trip(error in any_convert_error()) {
            round_trips(&error, ConvertError::encode, ConvertError::parse);
        }
    }

    #[test]
    fn codes() {
        for octets in [
            "(ERROR \"a\" TEMPFAIL)",
            "(ERROR \"a\" TEMPFAIL 5)",
            "(ERROR \"a\" BADPARAMETERS \"text/html\" \"text/plain\" (\"charset\" \"us-ascii\"))",
            "(ERROR \"a\" BADPARAMETERS NIL \"a/b\" \"a/b\" \"c/d\" (\"x\" \"y\" \"z\" \"\"))",
            "(ERROR \"a\" MISSINGPARAMETERS \"a/b\" \"c/d\" (\"charset\") \"a/b\" \"e/f\" (\"a\" \"b\"))",
            "(ERROR \"\" X-FOO)",
            "(ERROR \"\" X-FOO a (b \"c)\"))",
        ] {
            reads_and_writes(octets.as_bytes(), ConvertError::parse, ConvertError::encode);
        }
        for (octets, at) in [
            ("(ERROR a TEMPFAIL)", 7),
            ("(ERROR \"a\")", 10),
            ("(ERROR \"a\" TEMPFAIL 0)", 20),
            ("(ERROR \"a\" BADPARAMETERS)", 24),
            ("(ERROR \"a\" BADPARAMETERS \"a/b\")", 30),
            ("(ERROR \"a\" BADPARAMETERS NIL \"a/b\" ())", 36),
            ("(ERROR \"a\" MISSINGPARAMETERS (CHARSET))", 29),
            ("(ERROR \"a\" MISSINGPARAMETERS \"a/b\" \"c/d\")", 40),
            ("(ERROR \"a\" TEMPFAIL", 19),
        ] {
            let read = strict(octets.as_bytes(), ConvertError::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    /// Its ABNF lacks the space.
    #[test]
    fn names_of_parameters_without_a_space_before_them() {
        let octets = b"(error \"a\" MissingParameters \"a/b\" \"c/d\"(charset))";
        let error = strict(octets, ConvertError::parse).unwrap();
        assert_eq!(
            written(|encoder| error.encode(encoder)),
            b"(ERROR \"a\" MISSINGPARAMETERS \"a/b\" \"c/d\" (\"charset\"))"
        );
    }
}
