//! A BODYSTRUCTURE written from borrowed fields.

use alloc::vec::Vec;

use mail_proto::{Leniency, ParseError, Reading};

use super::{BodyStructure, EnvelopeFields, write};
use crate::codec::{Encoder, Negotiated};

/// The fields of a part that is no multipart, borrowed from where their owner keeps them.
///
/// Any octets may stand in them; NUL, which no string can hold, is left out.
///
/// ```
/// use imap_proto::PartFields;
///
/// let fields = PartFields { media_type: b"IMAGE", subtype: b"PNG", encoding: b"BASE64", size: 4554, ..PartFields::default() };
/// assert_eq!(fields.params, []);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PartFields<'a> {
    /// The media type; TEXT unless it is set.
    pub media_type: &'a [u8],
    /// The media subtype; PLAIN unless it is set.
    pub subtype: &'a [u8],
    /// The parameters of the Content-Type: names and values.
    pub params: &'a [(&'a [u8], &'a [u8])],
    /// The Content-ID.
    pub id: Option<&'a [u8]>,
    /// The Content-Description.
    pub description: Option<&'a [u8]>,
    /// The Content-Transfer-Encoding; 7BIT unless it is set.
    pub encoding: &'a [u8],
    /// The octets of the body as it is encoded.
    pub size: u64,
    /// The lines, of a text or a message.
    pub lines: u64,
    /// The Content-MD5.
    pub md5: Option<&'a [u8]>,
    /// What a multipart has as well.
    pub extension: ExtensionFields<'a>,
}

impl Default for PartFields<'_> {
    fn default() -> Self {
        Self {
            media_type: b"TEXT",
            subtype: b"PLAIN",
            params: &[],
            id: None,
            description: None,
            encoding: b"7BIT",
            size: 0,
            lines: 0,
            md5: None,
            extension: ExtensionFields::default(),
        }
    }
}

/// Extension data that all parts may have, borrowed from where their owner keeps them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ExtensionFields<'a> {
    /// The Content-Disposition.
    pub disposition: Option<DispositionFields<'a>>,
    /// The Content-Language.
    pub language: &'a [&'a [u8]],
    /// The Content-Location.
    pub location: Option<&'a [u8]>,
}

/// The fields of a Content-Disposition.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DispositionFields<'a> {
    /// `inline`, `attachment` or another word.
    pub kind: &'a [u8],
    /// Its parameters: names and values.
    pub params: &'a [(&'a [u8], &'a [u8])],
}

/// Writes a BODYSTRUCTURE part by part, in its canonical form, which every client understands: what a
/// store keeps.
///
/// Nothing is nested here either, so that a tree of any depth can be written from a walk over it; what
/// does not fit together is told by [`build`](Self::build).
///
/// ```
/// use imap_proto::{BodyStructure, Envelope, PartFields};
///
/// let message = PartFields { media_type: b"MESSAGE", subtype: b"RFC822", size: 342, lines: 9, ..PartFields::default() };
/// let mut builder = BodyStructure::builder();
/// builder.begin_multipart();
/// builder.part(&PartFields { size: 12, lines: 1, ..PartFields::default() });
/// builder.begin_message(&message, &Envelope::builder());
/// builder.part(&PartFields::default());
/// builder.end_message(&message);
/// builder.end_multipart(b"MIXED", &[(b"BOUNDARY", b"x")], &Default::default());
/// let structure = builder.build().unwrap();
/// assert_eq!(structure.root().children().len(), 2);
/// assert_eq!(structure.depth(), 3);
///
/// assert!(BodyStructure::builder().build().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct BodyStructureBuilder {
    octets: Vec<u8>,
}

type Out<'a> = Encoder<'a, Vec<u8>>;

impl BodyStructureBuilder {
    pub(super) const fn new() -> Self {
        Self { octets: Vec::new() }
    }

    fn encoder(&mut self) -> Out<'_> {
        Encoder::new(&mut self.octets, Negotiated::server())
    }

    /// A part without parts in it.
    pub fn part(&mut self, part: &PartFields<'_>) {
        let mut encoder = self.encoder();
        fields(&mut encoder, part);
        if part.media_type.eq_ignore_ascii_case(b"TEXT") {
            encoder.space();
            encoder.number(part.lines);
        }
        end(&mut encoder, part);
    }

    /// A message, whose body follows.
    pub fn begin_message(&mut self, part: &PartFields<'_>, envelope: &EnvelopeFields<'_>) {
        let mut encoder = self.encoder();
        fields(&mut encoder, part);
        encoder.space();
        envelope.encode(&mut encoder);
        encoder.space();
    }

    /// Ends the message of these fields.
    pub fn end_message(&mut self, part: &PartFields<'_>) {
        let mut encoder = self.encoder();
        encoder.space();
        encoder.number(part.lines);
        end(&mut encoder, part);
    }

    /// A multipart, whose parts follow.
    pub fn begin_multipart(&mut self) {
        self.encoder().put(b"(");
    }

    /// Ends the multipart.
    pub fn end_multipart(
        &mut self,
        subtype: &[u8],
        of_type: &[(&[u8], &[u8])],
        extension: &ExtensionFields<'_>,
    ) {
        let mut encoder = self.encoder();
        encoder.space();
        write::string(&mut encoder, subtype);
        encoder.space();
        params(&mut encoder, of_type);
        extension_data(&mut encoder, extension);
        encoder.put(b")");
    }

    /// The whole.
    ///
    /// # Errors
    ///
    /// Where what was written is no BODYSTRUCTURE: a multipart without parts, a message without its body,
    /// what was not ended; parts nested deeper than a client would read; sizes of 2^63 or more.
    pub fn build(self) -> Result<BodyStructure, ParseError> {
        BodyStructure::from_wire(self.octets, &mut Reading::new(Leniency::strict()))
    }
}

fn fields(encoder: &mut Out<'_>, part: &PartFields<'_>) {
    encoder.put(b"(");
    write::string(encoder, part.media_type);
    encoder.space();
    write::string(encoder, part.subtype);
    encoder.space();
    params(encoder, part.params);
    encoder.space();
    write::nstring(encoder, part.id);
    encoder.space();
    write::nstring(encoder, part.description);
    encoder.space();
    write::string(encoder, part.encoding);
    encoder.space();
    encoder.number(part.size);
}

fn end(encoder: &mut Out<'_>, part: &PartFields<'_>) {
    encoder.space();
    write::nstring(encoder, part.md5);
    extension_data(encoder, &part.extension);
    encoder.put(b")");
}

fn extension_data(encoder: &mut Out<'_>, extension: &ExtensionFields<'_>) {
    encoder.space();
    match extension.disposition {
        Some(disposition) => {
            encoder.put(b"(");
            write::string(encoder, disposition.kind);
            encoder.space();
            params(encoder, disposition.params);
            encoder.put(b")");
        }
        None => encoder.nil(),
    }
    encoder.space();
    match extension.language {
        [] => encoder.nil(),
        [language] => write::string(encoder, language),
        languages => encoder.list(languages, |language, encoder| write::string(encoder, language)),
    }
    encoder.space();
    write::nstring(encoder, extension.location);
}

fn params(encoder: &mut Out<'_>, params: &[(&[u8], &[u8])]) {
    if params.is_empty() {
        return encoder.nil();
    }
    encoder.list(params, |(name, value), encoder| {
        write::string(encoder, name);
        encoder.space();
        write::string(encoder, value);
    });
}
