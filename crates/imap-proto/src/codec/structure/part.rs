//! A part of a BODYSTRUCTURE, seen through its index.

use core::fmt;

use super::index::{Entry, Kind, View};
use super::{EnvelopeRef, NStr};
use crate::codec::SectionPart;

/// The places of a part in the index. What belongs to one part and not to another is at the end.
pub(super) mod place {
    /// Where the next part begins, and the parent.
    pub(in super::super) const LINKS: usize = 0;
    /// From `(` to `)`; the bits are those of [`Shape`](super::Shape).
    pub(in super::super) const WIRE: usize = 1;
    pub(in super::super) const SUBTYPE: usize = 2;
    pub(in super::super) const PARAMS: usize = 3;
    pub(in super::super) const DISPOSITION: usize = 4;
    pub(in super::super) const DISPOSITION_PARAMS: usize = 5;
    pub(in super::super) const LANGUAGE: usize = 6;
    pub(in super::super) const LOCATION: usize = 7;
    /// The span of all extensions.
    pub(in super::super) const EXTENSION: usize = 8;
    /// Their strings, numbers and parentheses.
    pub(in super::super) const EXTENSION_TOKENS: usize = 9;
    /// Of a multipart: where its last part ends and how many there are. Of a message: its envelope and
    /// its body.
    pub(in super::super) const INNER: usize = 10;
    /// Entries of a multipart; its first part follows.
    pub(in super::super) const MULTIPART: usize = 11;
    pub(in super::super) const TYPE: usize = 11;
    pub(in super::super) const ID: usize = 12;
    pub(in super::super) const DESCRIPTION: usize = 13;
    pub(in super::super) const ENCODING: usize = 14;
    pub(in super::super) const SIZE: usize = 15;
    pub(in super::super) const LINES: usize = 16;
    pub(in super::super) const MD5: usize = 17;
    /// Entries of any other part.
    pub(in super::super) const SINGLE: usize = 18;
    /// The parent of the outermost part.
    pub(in super::super) const NONE: usize = u32::MAX as usize;
}

/// What a part is and how many fields of extension data it has, in six bits.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) kind: PartKind,
    /// 0 to 4: MD5 or parameters, disposition, language, location.
    pub(super) extension: u32,
}

impl Shape {
    pub(super) const fn to_bits(self) -> Kind {
        Kind::from_bits(self.kind as u32 | self.extension << 2)
    }

    pub(super) const fn from_bits(kind: Kind) -> Self {
        let bits = kind.bits();
        let kind = match bits & 3 {
            0 => PartKind::Basic,
            1 => PartKind::Text,
            2 => PartKind::Message,
            _ => PartKind::Multipart,
        };
        Self { kind, extension: bits >> 2 & 7 }
    }
}

/// What a part is, as far as it changes what BODYSTRUCTURE says of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PartKind {
    /// Anything but the others.
    Basic,
    /// TEXT/*: it has a number of lines.
    Text,
    /// MESSAGE/RFC822 or MESSAGE/GLOBAL: it has an envelope, a body and a number of lines.
    Message,
    /// It has parts, and neither size nor encoding.
    Multipart,
}

/// A part of a [`BodyStructure`](super::BodyStructure).
///
/// What a part does not have is `NIL`, `None` or empty, and so is the extension data of the BODY form.
/// Each accessor looks at one place of the index.
///
/// ```
/// use imap_proto::{BodyStructure, PartKind};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = &br#"("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "8BIT" 12 1 NIL NIL ("en" "de") NIL)"#[..];
/// let structure = BodyStructure::from_wire(octets, &mut Reading::new(Leniency::strict())).unwrap();
/// let part = structure.root();
/// assert_eq!(part.kind(), PartKind::Text);
/// assert!(part.media_subtype().eq_ignore_ascii_case("plain"));
/// assert_eq!(part.param("charset").unwrap(), "UTF-8");
/// assert_eq!((part.size(), part.lines()), (Some(12), Some(1)));
/// assert!(part.language().eq(["en", "de"]));
/// assert!(part.disposition().is_none());
/// ```
#[derive(Clone, Copy)]
pub struct Part<'a> {
    view: View<'a>,
    node: usize,
}

impl<'a> Part<'a> {
    pub(super) const fn new(view: View<'a>, node: usize) -> Self {
        Self { view, node }
    }

    pub(super) fn entry(self, place: usize) -> Entry {
        self.view.entry(self.node.saturating_add(place))
    }

    fn string(self, place: usize) -> NStr<'a> {
        self.view.string(self.node.saturating_add(place))
    }

    /// A string that a multipart has not.
    fn single(self, place: usize) -> NStr<'a> {
        if self.is_multipart() { NStr::NIL } else { self.string(place) }
    }

    pub(super) fn shape(self) -> Shape {
        Shape::from_bits(self.entry(place::WIRE).kind())
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> PartKind {
        self.shape().kind
    }

    /// Whether it is a multipart.
    #[must_use]
    pub fn is_multipart(self) -> bool {
        self.kind() == PartKind::Multipart
    }

    /// The media type. APPLICATION if the server gave none (Q72).
    #[must_use]
    pub fn media_type(self) -> NStr<'a> {
        match self.kind() {
            PartKind::Multipart => NStr::plain(b"MULTIPART"),
            _ => or_else(self.string(place::TYPE), b"APPLICATION"),
        }
    }

    /// The media subtype. PLAIN, MIXED or OCTET-STREAM if the server gave none (Q71).
    #[must_use]
    pub fn media_subtype(self) -> NStr<'a> {
        let default: &[u8] = match self.kind() {
            PartKind::Text => b"PLAIN",
            PartKind::Multipart => b"MIXED",
            PartKind::Basic | PartKind::Message => b"OCTET-STREAM",
        };
        or_else(self.string(place::SUBTYPE), default)
    }

    /// The parameters of the Content-Type.
    #[must_use]
    pub fn params(self) -> Params<'a> {
        self.pairs(place::PARAMS)
    }

    /// The value of the first parameter of this name, in any case.
    #[must_use]
    pub fn param(self, name: &str) -> Option<NStr<'a>> {
        self.params().value_of(name)
    }

    fn pairs(self, place: usize) -> Params<'a> {
        Params { wire: self.view.wire, rest: self.view.list(self.entry(place), 2) }
    }

    /// The Content-ID.
    #[must_use]
    pub fn id(self) -> NStr<'a> {
        self.single(place::ID)
    }

    /// The Content-Description.
    #[must_use]
    pub fn description(self) -> NStr<'a> {
        self.single(place::DESCRIPTION)
    }

    /// The Content-Transfer-Encoding, without the spaces that some servers leave at its end (Q73).
    #[must_use]
    pub fn encoding(self) -> NStr<'a> {
        self.single(place::ENCODING).trimmed()
    }

    /// The octets of the body as it is encoded. None for a multipart, or if the server gave nonsense.
    #[must_use]
    pub fn size(self) -> Option<u64> {
        if self.is_multipart() { None } else { self.entry(place::SIZE).as_number() }
    }

    /// The lines of a text or a message.
    #[must_use]
    pub fn lines(self) -> Option<u64> {
        if self.is_multipart() { None } else { self.entry(place::LINES).as_number() }
    }

    /// The Content-MD5.
    #[must_use]
    pub fn md5(self) -> NStr<'a> {
        self.single(place::MD5)
    }

    /// The Content-Disposition.
    #[must_use]
    pub fn disposition(self) -> Option<Disposition<'a>> {
        let kind = self.string(place::DISPOSITION);
        let params = self.pairs(place::DISPOSITION_PARAMS);
        (!kind.is_nil()).then_some(Disposition { kind, params })
    }

    /// The Content-Language.
    #[must_use]
    pub fn language(self) -> Languages<'a> {
        Languages { wire: self.view.wire, rest: self.view.list(self.entry(place::LANGUAGE), 1) }
    }

    /// The Content-Location.
    #[must_use]
    pub fn location(self) -> NStr<'a> {
        self.string(place::LOCATION)
    }

    /// What follows the location, as it stands on the wire: future extensions.
    #[must_use]
    pub fn extension(self) -> &'a [u8] {
        self.entry(place::EXTENSION).octets(self.view.wire)
    }

    pub(super) fn extension_tokens(self) -> Languages<'a> {
        let tokens = self.view.list(self.entry(place::EXTENSION_TOKENS), 1);
        Languages { wire: self.view.wire, rest: tokens }
    }

    /// The parts of a multipart.
    #[must_use]
    pub fn children(self) -> Parts<'a> {
        let inner = self.entry(place::INNER);
        let (end, left) =
            if self.is_multipart() { (inner.first(), inner.second()) } else { (0, 0) };
        let next = self.node.saturating_add(place::MULTIPART);
        Parts { view: self.view, next, end, left }
    }

    /// The envelope of a message.
    #[must_use]
    pub fn envelope(self) -> Option<EnvelopeRef<'a>> {
        let at = self.entry(place::INNER).first();
        (self.kind() == PartKind::Message).then_some(EnvelopeRef::new(self.view, at))
    }

    /// The body of a message.
    #[must_use]
    pub fn body(self) -> Option<Self> {
        let node = self.entry(place::INNER).second();
        (self.kind() == PartKind::Message).then_some(Self { view: self.view, node })
    }

    /// What it stands in: a multipart or a message.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let node = self.entry(place::LINKS).second();
        (node != place::NONE).then_some(Self { view: self.view, node })
    }

    /// How many others it stands in.
    #[must_use]
    pub fn depth(self) -> usize {
        core::iter::successors(self.parent(), |part| part.parent()).count()
    }

    /// The part of these numbers, where this is the body of a message: the first number counts the
    /// parts of a multipart, or is 1. (RFC 9051 section 6.4.5.1.)
    #[must_use]
    pub fn part(self, section: &SectionPart) -> Option<Self> {
        let mut part = self;
        let mut is_body = true;
        for number in section.numbers() {
            if let Some(body) = part.body().filter(|_| !is_body) {
                (part, is_body) = (body, true);
            }
            part = match number.get() {
                number if part.is_multipart() => {
                    part.children().nth(usize::try_from(number).ok()?.checked_sub(1)?)?
                }
                1 if is_body => part,
                _ => return None,
            };
            is_body = false;
        }
        Some(part)
    }

    /// The octets, from `(` to `)`.
    #[must_use]
    pub fn as_wire(self) -> &'a [u8] {
        self.entry(place::WIRE).octets(self.view.wire)
    }

    /// The first part inside of it.
    pub(super) fn inner(self) -> Option<Self> {
        self.body().or_else(|| self.children().next())
    }

    /// The part behind it in the same multipart.
    pub(super) fn sibling(self) -> Option<Self> {
        let parent = self.parent().filter(|parent| parent.is_multipart())?;
        let node = self.entry(place::LINKS).first();
        let end = parent.entry(place::INNER).first();
        (node < end).then_some(Self { view: self.view, node })
    }
}

fn or_else<'a>(string: NStr<'a>, default: &'static [u8]) -> NStr<'a> {
    if string.is_nil() { NStr::plain(default) } else { string }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({:?})", mail_proto::Escaped(self.as_wire()))
    }
}

/// The parts of a multipart.
#[derive(Clone)]
pub struct Parts<'a> {
    view: View<'a>,
    next: usize,
    end: usize,
    left: usize,
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        self.left = self.left.checked_sub(1)?;
        let part = Part { view: self.view, node: self.next };
        self.next = part.entry(place::LINKS).first();
        (part.node < self.end).then_some(part)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Parts<'_> {}

impl fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// A Content-Disposition.
///
/// ```abnf
/// body-fld-dsp   = "(" string SP body-fld-param ")" / nil
/// ```
///
/// (RFC 9051 section 7.5.2, RFC 2183.)
#[derive(Clone, Debug)]
pub struct Disposition<'a> {
    /// `inline`, `attachment` or another word.
    pub kind: NStr<'a>,
    /// Its parameters.
    pub params: Params<'a>,
}

/// Parameters: names and values.
///
/// ```abnf
/// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
/// ```
///
/// (RFC 9051 section 7.5.2.) RFC 2231 and encoded words are left as they are.
///
/// ```
/// use imap_proto::BodyStructure;
/// use mail_proto::{Leniency, Reading};
///
/// let octets = &br#"("IMAGE" "PNG" ("NAME" "a.png" "X" "1") NIL NIL "BASE64" 7)"#[..];
/// let structure = BodyStructure::from_wire(octets, &mut Reading::new(Leniency::strict())).unwrap();
/// let (name, value) = structure.root().params().next().unwrap();
/// assert!(name == "NAME" && value == "a.png");
/// assert_eq!(structure.root().params().value_of("x").unwrap(), "1");
/// ```
#[derive(Clone)]
pub struct Params<'a> {
    wire: &'a [u8],
    rest: &'a [Entry],
}

impl<'a> Params<'a> {
    /// The value of the first parameter of this name, in any case.
    #[must_use]
    pub fn value_of(mut self, name: &str) -> Option<NStr<'a>> {
        self.find(|(its_name, _)| its_name.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl<'a> Iterator for Params<'a> {
    type Item = (NStr<'a>, NStr<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let ([name, value], rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        // A lenient reading lets a value of NIL through.
        Some((name.string(self.wire), or_else(value.string(self.wire), b"")))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.rest.len().checked_div(2).unwrap_or(0);
        (count, Some(count))
    }
}

impl ExactSizeIterator for Params<'_> {}

impl fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

/// Languages.
///
/// ```abnf
/// body-fld-lang  = nstring / "(" string *(SP string) ")"
/// ```
///
/// (RFC 9051 section 7.5.2, RFC 3282.)
#[derive(Clone)]
pub struct Languages<'a> {
    wire: &'a [u8],
    rest: &'a [Entry],
}

impl<'a> Iterator for Languages<'a> {
    type Item = NStr<'a>;

    fn next(&mut self) -> Option<NStr<'a>> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first.string(self.wire))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.rest.len(), Some(self.rest.len()))
    }
}

impl ExactSizeIterator for Languages<'_> {}

impl fmt::Debug for Languages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
