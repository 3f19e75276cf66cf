//! The parts of a FETCH response to octets.

use mail_proto::Sink;

use super::{BodyBegin, FetchBegin, FetchItem};
use crate::codec::{Encoder, EnvelopeFields};

/// Writes a FETCH response part by part.
///
/// The octets of a body are somebody else's: behind [`body`](Self::body) exactly as many come as it
/// announced, before anything else is written.
///
/// ```
/// use imap_proto::{
///     BodyBegin, BodyName, Encoder, FetchBegin, FetchItem, FetchWriter, Negotiated, SeqNum, Uid,
/// };
///
/// let mut out = Vec::new();
/// let mut encoder = Encoder::new(&mut out, Negotiated::server());
/// let mut fetch = FetchWriter::begin(&FetchBegin::seq_num(SeqNum::MIN), &mut encoder);
/// fetch.item(&FetchItem::Uid(Uid::MIN), &mut encoder);
/// fetch.body(&BodyBegin { name: BodyName::message(), size: 3, is_binary: false }, &mut encoder);
/// out.extend_from_slice(b"a\r\n");
/// fetch.end(&mut Encoder::new(&mut out, Negotiated::server()));
/// assert_eq!(out, b"* 1 FETCH (UID 1 BODY[] {3}\r\na\r\n)\r\n");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub struct FetchWriter {
    is_empty: bool,
}

impl FetchWriter {
    /// Writes `* n FETCH (`.
    pub fn begin<S: Sink>(begin: &FetchBegin, encoder: &mut Encoder<'_, S>) -> Self {
        begin.encode(encoder);
        encoder.put(b" (");
        Self { is_empty: true }
    }

    /// Whether nothing has been written yet. A response has one item at least.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Writes an item.
    pub fn item<S: Sink>(&mut self, item: &FetchItem, encoder: &mut Encoder<'_, S>) {
        self.space(encoder);
        item.encode(encoder);
    }

    /// Writes ENVELOPE from borrowed fields, without making a value of them first.
    pub fn envelope<S: Sink>(&mut self, fields: &EnvelopeFields<'_>, encoder: &mut Encoder<'_, S>) {
        self.space(encoder);
        encoder.put(b"ENVELOPE ");
        fields.encode(encoder);
    }

    /// Writes the name of a body and announces its octets.
    pub fn body<S: Sink>(&mut self, begin: &BodyBegin, encoder: &mut Encoder<'_, S>) {
        self.space(encoder);
        begin.encode(encoder);
    }

    /// Writes `)` and the line end.
    pub fn end<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b")");
        encoder.end();
    }

    fn space<S: Sink>(&mut self, encoder: &mut Encoder<'_, S>) {
        if !core::mem::replace(&mut self.is_empty, false) {
            encoder.space();
        }
    }
}
