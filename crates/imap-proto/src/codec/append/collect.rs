//! The parts of an APPEND or REPLACE command, put together again.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::ParseError;

use super::{
    Append, AppendBegin, AppendCommand, AppendData, AppendDataBegin, AppendMessage,
    AppendMessageBegin, AppendPart, CatPart, Catenate, MalformedAppend, Replace,
};
use crate::codec::fetch::Chunks;
use crate::codec::{IString, SeqNum, Tag, Uid};

/// Puts the parts of an APPEND or REPLACE command together, for who has the memory.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{AppendCollector, AppendReader, CollectedAppend};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = b"a1 APPEND Sent {3}\r\na\r\n\r\n";
/// let mut reading = Reading::new(Leniency::strict());
/// let mut reader = AppendReader::recognize(octets).unwrap();
/// reader.segment(Bytes::from_static(octets), true);
/// let mut collector = AppendCollector::default();
/// let mut collected = CollectedAppend::More;
/// while let Some(part) = reader.next(&mut reading) {
///     collected = collector.push(part);
/// }
/// let CollectedAppend::Append(tag, append) = collected else { panic!() };
/// assert_eq!((tag.as_bytes(), append.messages().len()), (&b"a1"[..], 1));
/// ```
#[derive(Clone, Default, Debug)]
pub struct AppendCollector {
    begin: Option<Box<AppendBegin>>,
    messages: Vec<AppendMessage>,
    message: Option<Box<AppendMessageBegin>>,
    pieces: Vec<CatPart>,
    is_utf8: bool,
    chunks: Chunks,
}

/// What the parts are together.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub enum CollectedAppend {
    /// Others are to come.
    More,
    /// An APPEND.
    Append(Tag, Append),
    /// A REPLACE.
    Replace(Tag, Replace<SeqNum>),
    /// A UID REPLACE.
    UidReplace(Tag, Replace<Uid>),
    /// It is broken.
    Malformed(MalformedAppend),
}

impl AppendCollector {
    /// Takes the next part. Parts in an order in which no reader gives them are left out, or found to
    /// be broken at the end.
    pub fn push(&mut self, part: AppendPart) -> CollectedAppend {
        match part {
            AppendPart::Begin(begin) => *self = Self { begin: Some(begin), ..Self::default() },
            AppendPart::MessageBegin(begin) => self.message = Some(begin),
            AppendPart::Chunk(octets) => self.chunks.push(octets),
            AppendPart::Url(url) => self.pieces.push(CatPart::Url(url)),
            AppendPart::TextBegin { is_utf8, .. } => self.is_utf8 = is_utf8,
            AppendPart::TextEnd => {
                let octets = self.octets();
                let text = |octets| IString::new(octets).ok().map(CatPart::Text);
                let piece = if self.is_utf8 { Some(CatPart::Utf8(octets)) } else { text(octets) };
                self.pieces.extend(piece);
            }
            AppendPart::MessageEnd => {
                let message = self.message();
                self.messages.extend(message);
            }
            AppendPart::End => return core::mem::take(self).end().unwrap_or_else(broken),
            AppendPart::Malformed(malformed) => {
                *self = Self::default();
                return CollectedAppend::Malformed(malformed);
            }
        }
        CollectedAppend::More
    }

    fn octets(&mut self) -> Bytes {
        core::mem::take(&mut self.chunks).join()
    }

    fn message(&mut self) -> Option<AppendMessage> {
        let AppendMessageBegin { flags, date, options, data } = *self.message.take()?;
        let octets = self.octets();
        let pieces = core::mem::take(&mut self.pieces);
        let data = match data {
            AppendDataBegin::Literal { .. } => match IString::new(octets.clone()) {
                Ok(octets) => AppendData::Literal(octets),
                Err(_) => AppendData::Literal8(octets),
            },
            AppendDataBegin::Literal8 { .. } => AppendData::Literal8(octets),
            AppendDataBegin::Utf8 { .. } => AppendData::Utf8(octets),
            AppendDataBegin::Catenate => AppendData::Catenate(Catenate::new(pieces)?),
            AppendDataBegin::Ext(ext) => AppendData::Ext(ext),
        };
        Some(AppendMessage { flags, date, options, data })
    }

    fn end(self) -> Option<CollectedAppend> {
        let AppendBegin { tag, command, mailbox } = *self.begin?;
        let mut messages = self.messages;
        Some(match command {
            AppendCommand::Append => CollectedAppend::Append(tag, Append::new(mailbox, messages)?),
            AppendCommand::Replace(replaced) => CollectedAppend::Replace(
                tag,
                Replace { replaced, mailbox, message: messages.pop()? },
            ),
            AppendCommand::UidReplace(replaced) => CollectedAppend::UidReplace(
                tag,
                Replace { replaced, mailbox, message: messages.pop()? },
            ),
        })
    }
}

/// Parts that make no command.
fn broken() -> CollectedAppend {
    let error = ParseError::new(0, "a mailbox and messages");
    CollectedAppend::Malformed(MalformedAppend { error })
}
