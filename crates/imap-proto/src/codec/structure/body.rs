//! BODY and BODYSTRUCTURE: the parts of a message.

use core::fmt;
use core::hash::{Hash, Hasher};

use bytes::Bytes;
use mail_proto::{Escaped, ParseError, Reading, Sink};

use super::index::Wire;
use super::{BodyStructureBuilder, Part, fast_body, read_body, write_body};
use crate::Defect;
use crate::codec::{Cursor, Encoder, SectionPart, Side, parse_whole};

/// The parts of a message, kept as they stand on the wire.
///
/// ```abnf
/// body            = "(" (body-type-1part / body-type-mpart) ")"
/// body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
/// body-type-basic = media-basic SP body-fields
/// body-type-text  = media-text SP body-fields SP body-fld-lines
/// body-type-msg   = media-message SP body-fields SP envelope SP body SP body-fld-lines
/// body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
/// body-fields     = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP
///                   body-fld-octets
/// body-ext-1part  = body-fld-md5 [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc
///                   *(SP body-extension)]]]
/// body-ext-mpart  = body-fld-param [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc
///                   *(SP body-extension)]]]
/// ```
///
/// (RFC 9051 section 7.5.2; sizes have 63 bits by appendix E item 1.) Without extension data it is what
/// BODY says, with them what BODYSTRUCTURE says. Two are equal if they mean the same; extension data that
/// are not there are those that are `NIL`.
///
/// Neither reading nor dropping nor writing uses more stack for parts that are nested deep. What was
/// read shares the block of the read; [`detach`](Self::detach) what is kept for long.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{BodyStructure, Encoder, Negotiated, PartKind, SectionPart};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(
///     br#"(("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 1152 23)("IMAGE" "PNG" NIL NIL NIL "BASE64" 4554 NIL ("ATTACHMENT" ("FILENAME" "a.png")) NIL NIL) "MIXED" ("BOUNDARY" "x") NIL NIL NIL)"#,
/// );
/// let structure = BodyStructure::from_wire(octets, &mut Reading::new(Leniency::strict())).unwrap();
/// assert_eq!(structure.root().kind(), PartKind::Multipart);
/// let image = structure.part(&SectionPart::new([2]).unwrap()).unwrap();
/// assert_eq!(image.size(), Some(4554));
/// assert_eq!(image.disposition().unwrap().params.value_of("filename").unwrap(), "a.png");
///
/// let mut out = Vec::new();
/// structure.encode_body(&mut Encoder::new(&mut out, Negotiated::server()));
/// assert_eq!(out, br#"(("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 1152 23)("IMAGE" "PNG" NIL NIL NIL "BASE64" 4554) "MIXED")"#);
/// ```
#[derive(Clone)]
pub struct BodyStructure(Wire);

impl BodyStructure {
    /// Reads it, with or without extension data.
    ///
    /// # Errors
    ///
    /// There is none, parts are nested too deep, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        match cursor.is_fast().then(|| fast_body::body(cursor)).flatten() {
            Some(wire) => Ok(Self(wire)),
            None => Self::parse_by_grammar(cursor, reading),
        }
    }

    /// Reads one that is as nearly all are, or nothing.
    pub(in crate::codec) fn parse_plain(cursor: &mut Cursor<'_>) -> Option<Self> {
        fast_body::body(cursor).map(Self)
    }

    /// Reads it without the short cut.
    pub(super) fn parse_by_grammar(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        read_body::body(cursor, reading).map(Self)
    }

    /// Takes the octets if they are one BODY or BODYSTRUCTURE and nothing else.
    ///
    /// For what a store has kept: a row of a database is a peer's input like any other.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn from_wire(
        octets: impl Into<Bytes>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        parse_whole(&octets.into(), reading, Self::parse)
    }

    /// Begins one of borrowed fields.
    #[must_use]
    pub fn builder() -> BodyStructureBuilder {
        BodyStructureBuilder::new()
    }

    /// The octets, as they were read.
    #[must_use]
    pub fn as_wire(&self) -> &[u8] {
        &self.0.octets
    }

    /// Whether [`as_wire`](Self::as_wire) is what any client understands: nothing is to be rewritten.
    #[must_use]
    pub fn is_canonical(&self) -> bool {
        self.0.odd.may_be_copied(false)
    }

    /// A copy in an allocation of its own.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self(self.0.detach())
    }

    /// The outermost part: the body of the message.
    #[must_use]
    pub fn root(&self) -> Part<'_> {
        Part::new(self.0.view(), 0)
    }

    /// The part that a FETCH of `BODY[1.2]` is about; the message itself without a number.
    #[must_use]
    pub fn part(&self, section: &SectionPart) -> Option<Part<'_>> {
        self.root().part(section)
    }

    /// All parts, each before those inside of it.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        core::iter::successors(Some(self.root()), |part| following(*part))
    }

    /// How many levels of parts there are: 1 if there is only one part.
    #[must_use]
    pub fn depth(&self) -> usize {
        let (mut deepest, mut depth) = (1usize, 1usize);
        let mut part = self.root();
        loop {
            if let Some(inner) = part.inner() {
                (part, depth) = (inner, depth.saturating_add(1));
                deepest = deepest.max(depth);
                continue;
            }
            while part.sibling().is_none() {
                let Some(parent) = part.parent() else { return deepest };
                (part, depth) = (parent, depth.saturating_sub(1));
            }
            part = part.sibling().unwrap_or(part);
        }
    }

    /// Whether it says more than BODY can: [`encode_body`](Self::encode_body) leaves that out.
    #[must_use]
    pub fn is_extended(&self) -> bool {
        self.parts().any(|part| {
            (part.is_multipart() && part.params().next().is_some())
                || !part.md5().is_nil()
                || part.disposition().is_some()
                || part.language().next().is_some()
                || !part.location().is_nil()
                || !part.extension().is_empty()
        })
    }

    /// Writes it: the octets as they are, if the other side understands them.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        let negotiated = encoder.negotiated();
        if negotiated.side == Side::Server && self.0.odd.may_be_copied(negotiated.utf8) {
            encoder.put_shared(&self.0.octets);
        } else {
            write_body::body(encoder, self.root(), true);
        }
    }

    /// Writes it as the value of BODY: without extension data.
    pub fn encode_body<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        write_body::body(encoder, self.root(), false);
    }

    #[cfg(test)]
    pub(super) fn wire(&self) -> &Wire {
        &self.0
    }
}

/// The part that comes next: the first one inside of it, or the one behind it.
fn following(part: Part<'_>) -> Option<Part<'_>> {
    let outwards = core::iter::successors(Some(part), |part| part.parent());
    part.inner().or_else(|| outwards.into_iter().find_map(Part::sibling))
}

/// What two equal parts have in common, but for the parts inside of them.
fn is_same(ours: Part<'_>, theirs: Part<'_>) -> bool {
    strings(ours) == strings(theirs)
        && numbers(ours) == numbers(theirs)
        && ours.params().eq(theirs.params())
        && ours.language().eq(theirs.language())
        && ours.extension_tokens().eq(theirs.extension_tokens())
        && ours.envelope() == theirs.envelope()
        && match (ours.disposition(), theirs.disposition()) {
            (Some(ours), Some(theirs)) => ours.kind == theirs.kind && ours.params.eq(theirs.params),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        }
}

fn strings(part: Part<'_>) -> [super::NStr<'_>; 7] {
    let (media_type, subtype) = (part.media_type(), part.media_subtype());
    let (id, description, encoding) = (part.id(), part.description(), part.encoding());
    [media_type, subtype, id, description, encoding, part.md5(), part.location()]
}

fn numbers(part: Part<'_>) -> (super::PartKind, Option<u64>, Option<u64>, usize) {
    (part.kind(), part.size(), part.lines(), part.children().len())
}

impl PartialEq for BodyStructure {
    fn eq(&self, other: &Self) -> bool {
        let (mut ours, mut theirs) = (self.parts(), other.parts());
        loop {
            match (ours.next(), theirs.next()) {
                (Some(ours), Some(theirs)) if is_same(ours, theirs) => {}
                (ours, theirs) => return ours.is_none() && theirs.is_none(),
            }
        }
    }
}

impl Eq for BodyStructure {}

impl Hash for BodyStructure {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for part in self.parts() {
            strings(part).hash(state);
            numbers(part).hash(state);
            part.params().for_each(|param| param.hash(state));
            part.envelope().hash(state);
        }
    }
}

impl fmt::Debug for BodyStructure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyStructure({:?})", Escaped(self.as_wire()))
    }
}
