//! The parts of an APPEND or REPLACE command to octets.

use mail_proto::Sink;

use super::{AppendBegin, AppendDataBegin, AppendMessageBegin};
use crate::codec::{AString, Encoder};

/// Writes an APPEND or REPLACE command part by part, and the points to wait at.
///
/// The octets of a message are somebody else's: behind [`message`](Self::message) and
/// [`text`](Self::text) exactly as many come as were announced, before anything else is written. None
/// of them is NUL where no literal8 was announced.
///
/// ```
/// use imap_proto::{
///     AppendBegin, AppendCommand, AppendDataBegin, AppendMessageBegin, AppendWriter, Encoder, Literals,
///     Mailbox, Negotiated, Tag,
/// };
///
/// let begin = AppendBegin {
///     tag: Tag::new("a1").unwrap(), command: AppendCommand::Append, mailbox: Mailbox::INBOX,
/// };
/// let message = AppendMessageBegin {
///     flags: None, date: None, options: vec![], data: AppendDataBegin::Literal { size: 3 },
/// };
/// let negotiated = Negotiated { literals: Literals::Plus, ..Negotiated::client() };
/// let mut out = Vec::new();
/// let mut encoder = Encoder::new(&mut out, negotiated);
/// let mut append = AppendWriter::begin(&begin, &mut encoder);
/// append.message(&message, &mut encoder);
/// out.extend_from_slice(b"a\r\n");
/// let mut encoder = Encoder::new(&mut out, negotiated);
/// append.message_end(&mut encoder);
/// append.end(&mut encoder);
/// assert_eq!(out, b"a1 APPEND INBOX {3+}\r\na\r\n\r\n");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub struct AppendWriter {
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// In a message that is one literal, or between messages.
    Message,
    /// In one that ends with a parenthesis.
    Utf8,
    /// Before the first piece.
    Pieces,
    /// Behind a piece.
    Piece,
    /// In a piece that ends with a parenthesis.
    Utf8Piece,
}

impl AppendWriter {
    /// Writes tag, name and mailbox.
    pub fn begin<S: Sink>(begin: &AppendBegin, encoder: &mut Encoder<'_, S>) -> Self {
        begin.encode(encoder);
        Self { place: Place::Message }
    }

    /// Writes what precedes a message, and announces its octets.
    pub fn message<S: Sink>(&mut self, begin: &AppendMessageBegin, encoder: &mut Encoder<'_, S>) {
        begin.encode(encoder);
        self.place = match begin.data {
            AppendDataBegin::Catenate => Place::Pieces,
            AppendDataBegin::Utf8 { .. } => Place::Utf8,
            _ => Place::Message,
        };
    }

    /// Writes a piece of a CATENATE that the server has.
    pub fn url<S: Sink>(&mut self, url: &AString, encoder: &mut Encoder<'_, S>) {
        self.piece(Place::Piece, encoder);
        encoder.put(b"URL ");
        encoder.astring(url);
    }

    /// Announces the octets of a piece of a CATENATE.
    pub fn text<S: Sink>(&mut self, size: u64, is_utf8: bool, encoder: &mut Encoder<'_, S>) {
        self.piece(if is_utf8 { Place::Utf8Piece } else { Place::Piece }, encoder);
        encoder.put(if is_utf8 { b"UTF8 (" } else { b"TEXT " });
        encoder.literal_announcement(size, is_utf8);
    }

    /// Writes what stands behind the octets of a piece.
    pub fn text_end<S: Sink>(&mut self, encoder: &mut Encoder<'_, S>) {
        if self.place == Place::Utf8Piece {
            encoder.put(b")");
            self.place = Place::Piece;
        }
    }

    /// Writes what stands behind the octets of a message.
    pub fn message_end<S: Sink>(&mut self, encoder: &mut Encoder<'_, S>) {
        if self.place != Place::Message {
            encoder.put(b")");
        }
        self.place = Place::Message;
    }

    /// Writes the line end.
    pub fn end<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.end();
    }

    fn piece<S: Sink>(&mut self, next: Place, encoder: &mut Encoder<'_, S>) {
        if self.place != Place::Pieces {
            encoder.space();
        }
        self.place = next;
    }
}
