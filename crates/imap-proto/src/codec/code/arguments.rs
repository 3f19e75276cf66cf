//! The arguments of those codes that have more than one word or number.

use core::num::NonZeroU32;

use bytes::Bytes;
use mail_proto::sasl::{decode_base64, encode_base64};
use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{Cursor, Encoder, NumberSet, Uid};

mail_proto::byte_string! {
    /// A string in a response code: a tag, a name. 7-bit, without CR, LF and NUL, so that it never
    /// becomes a literal.
    pub struct CodeString: "7-bit text without CR, LF and NUL", |octets: &[u8]| {
        octets.iter().position(|octet| !octet.is_ascii() || matches!(octet, b'\r' | b'\n' | 0))
    };
}

impl CodeString {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if cursor.peek() == Some(b'"') {
            return Self::parse_quoted(cursor, reading);
        }
        cursor.run_kept(Class::ATOM, "an atom or a string in quotes").map(Self)
    }

    pub(super) fn parse_quoted(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        Self::new(cursor.quoted(reading)?).map_err(|error| error.shifted(at))
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        let is_atom = Class::ATOM.broken_at(self.as_bytes()).is_none();
        if is_atom && !self.as_bytes().eq_ignore_ascii_case(b"NIL") {
            encoder.put_checked(self.as_bytes());
        } else {
            self.encode_quoted(encoder);
        }
    }

    pub(super) fn encode_quoted<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.quoted_octets(self.as_bytes());
    }
}

mail_proto::byte_string! {
    /// A URL of a referral.
    ///
    /// ```abnf
    /// refer-url      = 1*(%x21-5C / %x5E-7E)
    /// ```
    ///
    /// (RFC 2193 section 6, RFC 2221 section 5: visible characters but `]`.) To follow it is to send
    /// credentials where the server says: ask the user.
    pub struct ReferralUrl: "a URL without ]", |octets: &[u8]| {
        octets.iter().position(|octet| !is_url(*octet)).or(octets.is_empty().then_some(0))
    };
}

const fn is_url(octet: u8) -> bool {
    octet.is_ascii_graphic() && octet != b']'
}

impl ReferralUrl {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let length = cursor.rest().iter().take_while(|octet| is_url(**octet)).count();
        let missing = cursor.expected("a URL");
        Self::new(cursor.take(length).unwrap_or_default()).map_err(|_| missing)
    }
}

/// Which messages COPY or MOVE made of which: the n-th UID of the one set became the n-th of the
/// other.
///
/// ```abnf
/// resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set
/// ```
///
/// (RFC 9051 section 7.1.) That both sets have as many UIDs is not checked.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CopyUid {
    /// UIDVALIDITY of the mailbox that they were copied to.
    pub uid_validity: NonZeroU32,
    /// What was copied, in the order in which it was.
    pub source: NumberSet<Uid>,
    /// What it became.
    pub destination: NumberSet<Uid>,
}

impl CopyUid {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let uid_validity = cursor.nz_number(reading)?;
        cursor.space(reading)?;
        let source = NumberSet::parse(cursor, reading)?;
        cursor.space(reading)?;
        let destination = NumberSet::parse(cursor, reading)?;
        Ok(Self { uid_validity, source, destination })
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"COPYUID ");
        encoder.number(self.uid_validity.get().into());
        encoder.space();
        self.source.encode(encoder);
        encoder.space();
        self.destination.encode(encoder);
    }
}

/// What a mailbox was called and is called.
///
/// ```abnf
/// resp-text-code =/ "NEWNAME" SP string SP string
/// ```
///
/// (RFC 2060 section 7.1, whose example RFC 2180 section 3.4 writes without quotes.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NewName {
    /// Its name before.
    pub old: CodeString,
    /// Its name now.
    pub new: CodeString,
}

impl NewName {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let old = CodeString::parse(cursor, reading)?;
        cursor.space(reading)?;
        Ok(Self { old, new: CodeString::parse(cursor, reading)? })
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"NEWNAME ");
        self.old.encode(encoder);
        encoder.space();
        self.new.encode(encoder);
    }
}

/// How large the annotations of a mailbox may be.
///
/// ```abnf
/// ann-size       = "NONE" / (("READ-ONLY" / nz-number) [SP "NOPRIVATE"])
/// ```
///
/// (RFC 5257 section 4.1.)
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AnnotationSize {
    /// There are none.
    None,
    /// They cannot be changed.
    ReadOnly {
        /// There are no private ones.
        no_private: bool,
    },
    /// They may have so many octets.
    Most {
        /// Octets of the largest.
        octets: NonZeroU32,
        /// There are no private ones.
        no_private: bool,
    },
}

impl AnnotationSize {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        if cursor.eat_tag(b"NONE") {
            return Ok(Self::None);
        }
        let is_read_only = cursor.eat_tag(b"READ-ONLY");
        let octets = if is_read_only { None } else { Some(cursor.nz_number(reading)?) };
        let no_private = cursor.eat_tag(b" NOPRIVATE");
        Ok(match octets {
            None => Self::ReadOnly { no_private },
            Some(octets) => Self::Most { octets, no_private },
        })
    }

    pub(super) fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"ANNOTATIONS ");
        let no_private = match self {
            Self::None => return encoder.put(b"NONE"),
            Self::ReadOnly { no_private } => {
                encoder.put(b"READ-ONLY");
                no_private
            }
            Self::Most { octets, no_private } => {
                encoder.number(octets.get().into());
                no_private
            }
        };
        if no_private {
            encoder.put(b" NOPRIVATE");
        }
    }
}

/// How far a command has come.
///
/// ```abnf
/// resp-text-code =/ "INPROGRESS" [ SP "(" inprogress-tag SP inprogress-state ")" ]
/// inprogress-tag = quoted / nil
/// ```
///
/// (RFC 9585 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Progress {
    /// The tag of the command. One with a `]`, which the RFC does not allow, is NIL.
    pub tag: Option<CodeString>,
    /// How far.
    pub state: ProgressState,
}

/// How far, in units of the server's choice.
///
/// ```abnf
/// inprogress-state-unknown    = nil SP nil
/// inprogress-state-counting   = number SP nil
/// inprogress-state-known-goal = number SP nz-number
/// ```
///
/// (RFC 9585 section 5.)
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ProgressState {
    /// Nobody knows.
    Unknown,
    /// So much is done.
    Counting(u32),
    /// So much is done, of so much. A goal that is not above what is done is none.
    KnownGoal(u32, NonZeroU32),
}

impl Progress {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("(")?;
        let has_tag = !cursor.eat_tag(b"NIL");
        let tag = if has_tag { Some(CodeString::parse_quoted(cursor, reading)?) } else { None };
        let tag = tag.filter(|tag| !tag.as_bytes().contains(&b']'));
        cursor.space(reading)?;
        let state = ProgressState::parse(cursor, reading)?;
        cursor.tag(")")?;
        Ok(Self { tag, state })
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        match &self.tag {
            Some(tag) if !tag.as_bytes().contains(&b']') => tag.encode_quoted(encoder),
            _ => encoder.nil(),
        }
        encoder.space();
        self.state.encode(encoder);
        encoder.put(b")");
    }
}

impl ProgressState {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let done = if cursor.eat_tag(b"NIL") { None } else { Some(cursor.number()?) };
        cursor.space(reading)?;
        Ok(match done {
            None => {
                cursor.tag("NIL")?;
                Self::Unknown
            }
            Some(done) if cursor.eat_tag(b"NIL") => Self::Counting(done),
            Some(done) => match cursor.nz_number(reading)? {
                goal if done < goal.get() => Self::KnownGoal(done, goal),
                _ => Self::Counting(done),
            },
        })
    }

    fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Unknown => encoder.put(b"NIL NIL"),
            Self::Counting(done) => {
                encoder.number(done.into());
                encoder.put(b" NIL");
            }
            Self::KnownGoal(done, goal) if done < goal.get() => {
                encoder.number(done.into());
                encoder.space();
                encoder.number(goal.get().into());
            }
            Self::KnownGoal(done, _) => Self::Counting(done).encode(encoder),
        }
    }
}

mail_proto::byte_string! {
    /// The name of a mechanism that makes and checks URLs.
    ///
    /// ```abnf
    /// mechanism      = "INTERNAL" / 1*(ALPHA / DIGIT / "-" / ".")
    /// ```
    ///
    /// (RFC 4467 section 8.)
    pub struct UrlMechName: "a mechanism (letters, digits, - and .)", |octets: &[u8]| {
        octets.iter().position(|octet| !is_mechanism(*octet)).or(octets.is_empty().then_some(0))
    };
}

const fn is_mechanism(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.')
}

/// A mechanism for URLs, and what the server says of it.
///
/// ```abnf
/// resp-text-code =/ "URLMECH" SP "INTERNAL" *(SP mechanism ["=" base64])
/// ```
///
/// (RFC 4467 section 8.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UrlMechKey {
    /// What it is called.
    pub mechanism: UrlMechName,
    /// What belongs to it, decoded.
    pub data: Option<Bytes>,
}

impl UrlMechKey {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let missing = cursor.expected("a mechanism");
        let length = cursor.rest().iter().take_while(|octet| is_mechanism(**octet)).count();
        let mechanism = UrlMechName::new(cursor.take(length).unwrap_or_default());
        let mechanism = mechanism.map_err(|_| missing)?;
        let mut data = None;
        if cursor.eat(b'=') {
            let at = cursor.at();
            let ends = |octet: &u8| matches!(octet, b' ' | b']');
            let length = cursor.rest().iter().take_while(|octet| !ends(octet)).count();
            let octets = decode_base64(&cursor.take(length).unwrap_or_default());
            data = Some(octets.map_err(|error| error.shifted(at))?.into());
        }
        Ok(Self { mechanism, data })
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put_checked(self.mechanism.as_bytes());
        if let Some(data) = &self.data {
            encoder.put(b"=");
            encoder.put_checked(encode_base64(data).as_bytes());
        }
    }
}
