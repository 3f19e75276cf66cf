//! Items of a FETCH that nobody knows, and those that are not what they say.

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{Cursor, Encoder, Raw};

/// The rule of an item's name: where it is broken first.
fn name(octets: &[u8]) -> Option<usize> {
    let length = name_length(octets);
    (length == 0 || length < octets.len()).then_some(length)
}

mail_proto::byte_string! {
    /// The name of an item of a FETCH of which the library knows no more: an atom, a section behind it,
    /// an origin behind that.
    ///
    /// ```
    /// use imap_proto::FetchItemName;
    ///
    /// assert!(FetchItemName::new("XAOL.SPAM.REASON").is_ok());
    /// assert!(FetchItemName::new("X-TEXT[1.FIELDS (a b)]<0>").is_ok());
    /// assert_eq!(FetchItemName::new("X-TEXT [1]").unwrap_err().at, 6);
    /// ```
    pub struct FetchItemName: "the name of an item (an atom, a section, an origin)", name;
}

impl FetchItemName {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let length = name_length(cursor.rest());
        let octets = cursor.rest().get(..length).filter(|octets| !octets.is_empty());
        let name = Self(cursor.keep(octets.ok_or(cursor.expected("the name of an item"))?));
        cursor.skip(length);
        Ok(name)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put_checked(&self.0);
    }

    /// Whether it is this name, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// How many octets at the front are a name.
fn name_length(octets: &[u8]) -> usize {
    let atom = Class::ATOM.run(octets);
    let word = octets.get(..atom).unwrap_or_default();
    let Some(bracket) = memchr::memchr(b'[', word) else { return atom };
    let Some(section) = section_length(octets.get(bracket..).unwrap_or_default()) else { return 0 };
    let section_end = bracket.saturating_add(section);
    let behind = octets.get(section_end..).unwrap_or_default();
    section_end.saturating_add(origin_length(behind))
}

/// `[`, octets and quoted strings, `]`.
fn section_length(octets: &[u8]) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, octet) in octets.iter().enumerate() {
        match octet {
            b'\r' | b'\n' | 0 => return None,
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            // A literal would have to be counted.
            b'{' if !quoted => return None,
            b']' if !quoted => return Some(at.saturating_add(1)),
            _ => {}
        }
    }
    None
}

/// `<`, digits, `>`, if they are there.
fn origin_length(octets: &[u8]) -> usize {
    let Some(behind) = octets.strip_prefix(b"<") else { return 0 };
    let digits = Class::DIGIT.run(behind);
    if digits > 0 && behind.get(digits) == Some(&b'>') { digits.saturating_add(2) } else { 0 }
}

/// An item of a FETCH of which the library knows no more.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{FetchData, FetchItem, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" (X-FOO[1]<0> (a (b \"c\")) UID 1)");
/// let data = parse_whole(&octets, &mut Reading::new(Leniency::strict()), FetchData::parse).unwrap();
/// let FetchItem::Unknown(item) = &data.items[0] else { panic!() };
/// assert_eq!((item.name().as_bytes(), item.value().as_bytes()), (&b"X-FOO[1]<0>"[..], &b"(a (b \"c\"))"[..]));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UnknownItem {
    name: FetchItemName,
    value: Raw,
}

/// Names that the library knows.
const KNOWN: [&str; 29] = [
    "ANNOTATION",
    "BASECID",
    "BODY",
    "BODYSTRUCTURE",
    "CID",
    "CREATEDMODSEQ",
    "DIGEST.SHA1",
    "EMAILID",
    "ENVELOPE",
    "FLAGS",
    "INTERNALDATE",
    "MODSEQ",
    "OBJECTID",
    "PREVIEW",
    "RFC822",
    "RFC822.HEADER",
    "RFC822.SIZE",
    "RFC822.TEXT",
    "SAVEDATE",
    "SNIPPET",
    "THREADID",
    "UID",
    "X-GM-LABELS",
    "X-GM-MSGID",
    "X-GM-THRID",
    "X-GUID",
    "X-MAILBOX",
    "X-REAL-UID",
    "X-SAVEDATE",
];

/// Others that it knows, with what follows.
const KNOWN_FRONTS: [&str; 3] = ["BODY[", "BINARY[", "BINARY.SIZE["];

impl UnknownItem {
    /// This item, unless the library knows its name, or the value is more than one.
    #[must_use]
    pub fn new(name: FetchItemName, value: Raw) -> Option<Self> {
        let octets = name.as_bytes();
        let begins = |front: &&str| {
            octets.get(..front.len()).is_some_and(|it| it.eq_ignore_ascii_case(front.as_bytes()))
        };
        let is_known = KNOWN.iter().any(|it| name.is(it)) || KNOWN_FRONTS.iter().any(begins);
        (!is_known && value.is_one_value()).then_some(Self { name, value })
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &FetchItemName {
        &self.name
    }

    /// Its value: a word, a string or a list.
    #[must_use]
    pub const fn value(&self) -> &Raw {
        &self.value
    }

    /// One whose name was looked for among those that are known.
    pub(super) const fn unchecked(name: FetchItemName, value: Raw) -> Self {
        Self { name, value }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.name.encode(encoder);
        encoder.space();
        self.value.encode(encoder);
    }
}

/// Which item of a FETCH is not what it should be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum MalformedItem {
    /// `ENVELOPE`
    Envelope,
    /// `BODY`
    Body,
    /// `BODYSTRUCTURE`
    BodyStructure,
    /// `FLAGS`
    Flags,
    /// `INTERNALDATE`
    InternalDate,
    /// `MODSEQ`
    ModSeq,
    /// `EMAILID`
    EmailId,
    /// `THREADID`
    ThreadId,
    /// `SAVEDATE`
    SaveDate,
    /// `PREVIEW`
    Preview,
    /// `ANNOTATION`
    Annotation,
    /// `OBJECTID`
    ObjectId,
    /// `X-GM-LABELS`
    GmailLabels,
}

impl MalformedItem {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Envelope => "ENVELOPE",
            Self::Body => "BODY",
            Self::BodyStructure => "BODYSTRUCTURE",
            Self::Flags => "FLAGS",
            Self::InternalDate => "INTERNALDATE",
            Self::ModSeq => "MODSEQ",
            Self::EmailId => "EMAILID",
            Self::ThreadId => "THREADID",
            Self::SaveDate => "SAVEDATE",
            Self::Preview => "PREVIEW",
            Self::Annotation => "ANNOTATION",
            Self::ObjectId => "OBJECTID",
            Self::GmailLabels => "X-GM-LABELS",
        }
    }

    /// The defect that it is.
    pub(super) const fn defect(self) -> Defect {
        match self {
            Self::Envelope => Defect::MalformedEnvelope,
            Self::Body | Self::BodyStructure => Defect::MalformedBody,
            _ => Defect::MalformedFetchItem,
        }
    }
}

/// Reads a value by `parse`, or if it is no such value and that is put up with, as octets.
pub(super) fn value_or_raw<T>(
    kind: MalformedItem,
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
    parse: impl FnOnce(&mut Cursor<'_>, &mut Reading<Defect>) -> Result<T, ParseError>,
) -> Result<Result<T, Raw>, ParseError> {
    let (begin, met, unknown) = (cursor.clone(), reading.defects.len(), reading.unknown);
    let error = match parse(cursor, reading) {
        Ok(value) => return Ok(Ok(value)),
        Err(error) => error,
    };
    if !reading.leniency.allows(kind.defect()) {
        return Err(error);
    }
    *cursor = begin;
    let raw = Raw::parse(cursor, reading).map_err(|_| error)?;
    reading.defects.truncate(met);
    reading.unknown = unknown;
    reading.tolerate(kind.defect(), error.at, error.expected)?;
    Ok(Err(raw))
}

/// Octets of a broken FETCH, kept to be shown or written to a log.
///
/// The items before them have been read. What follows until the end of the response belongs to it and
/// is lost.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MalformedFetch {
    /// Where it goes wrong, counted from the front of the response, and what should stand there.
    pub error: ParseError,
    /// The octets of the item that is broken, up to the end of the line or to the next streamed body.
    pub octets: Bytes,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::lenient;
    use crate::codec::{FetchData, FetchItem};
    use alloc::borrow::ToOwned;

    #[test]
    fn names_of_items() {
        for good in ["X", "x:y", "A[]", "A[1.2]<0>", "A[B (\"]\" c)]<17>", "A<0>", "$"] {
            assert!(FetchItemName::new(good.to_owned()).is_ok(), "{good}");
        }
        for (wrong, at) in
            [("", 0), ("a b", 1), ("A[", 0), ("A[\r]", 0), ("A[{1}]", 0), ("A[]x", 3), ("A[]<>", 3)]
        {
            let name = FetchItemName::new(wrong.to_owned());
            assert_eq!(name.map_err(|error| error.at), Err(at), "{wrong}");
        }
    }

    #[test]
    fn known_items_are_never_unknown() {
        let raw = || Raw::new("x").unwrap();
        for known in KNOWN {
            let name = FetchItemName::new(known.to_lowercase()).unwrap();
            assert_eq!(UnknownItem::new(name, raw()), None, "{known}");
            let octets = [b" (", known.as_bytes(), b" x)"].concat();
            if let (Ok(data), _) = lenient(&octets, FetchData::parse) {
                let is_unknown = matches!(&data.items[..], [FetchItem::Unknown(_)]);
                assert!(!is_unknown, "{known}");
            }
        }
        for front in KNOWN_FRONTS {
            let name = FetchItemName::new([front, "1]"].concat()).unwrap();
            assert_eq!(UnknownItem::new(name, raw()), None, "{front}");
        }
        assert!(UnknownItem::new(FetchItemName::new("BINARY").unwrap(), raw()).is_some());
    }
}
