//! APPEND and REPLACE in parts, for messages that do not fit in memory.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink};

use super::replace::{encode_replaced, parse_replaced};
use super::{AppendExt, AppendOption};
use crate::Defect;
use crate::codec::{
    AString, Cursor, DateTime, Encoder, Mailbox, Position, SeqNum, SettableFlags, Tag, Uid,
};

/// A part of an APPEND or REPLACE command.
///
/// They come in this order: [`Begin`](Self::Begin); one or more messages; [`End`](Self::End). A message
/// is [`MessageBegin`](Self::MessageBegin), which tells all of it but its octets, then chunks, or with
/// CATENATE its pieces, then [`MessageEnd`](Self::MessageEnd). A piece is a [`Url`](Self::Url), or
/// [`TextBegin`](Self::TextBegin), chunks and [`TextEnd`](Self::TextEnd). Or it breaks off anywhere with
/// [`Malformed`](Self::Malformed), the last of its parts.
///
/// A server refuses a message when it has seen its beginning, before any of its octets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[must_use]
pub enum AppendPart {
    /// Which command it is, and where to.
    Begin(Box<AppendBegin>),
    /// A message follows.
    MessageBegin(Box<AppendMessageBegin>),
    /// Octets of the message or of the piece.
    Chunk(Bytes),
    /// All of the message was there.
    MessageEnd,
    /// A piece of a message that the server has.
    Url(AString),
    /// A piece of a message follows.
    TextBegin {
        /// How many octets.
        size: u64,
        /// It is in the withdrawn form of UTF8: `UTF8 (~{n}...)`.
        is_utf8: bool,
    },
    /// All of the piece was there.
    TextEnd,
    /// There is nothing more.
    End,
    /// The rest cannot be read.
    Malformed(MalformedAppend),
}

/// The beginning of an APPEND or REPLACE command, up to the first message.
///
/// ```abnf
/// append         = "APPEND" SP mailbox 1*append-message
/// replace        = "REPLACE" SP seq-number SP mailbox append-message
/// uid            =/ "UID" SP replace
/// ```
///
/// (RFC 9051 section 6.3.12, RFC 8508 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AppendBegin {
    /// The tag of the command.
    pub tag: Tag,
    /// Which command.
    pub command: AppendCommand,
    /// Where to.
    pub mailbox: Mailbox,
}

/// The commands that send messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AppendCommand {
    /// `APPEND`
    Append,
    /// `REPLACE`: the message goes, the new one comes. It has one only.
    Replace(Position<SeqNum>),
    /// `UID REPLACE`
    UidReplace(Position<Uid>),
}

/// All of a message to append but its octets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AppendMessageBegin {
    /// The flags that it gets.
    pub flags: Option<SettableFlags>,
    /// Its INTERNALDATE, else it is now.
    pub date: Option<DateTime>,
    /// What extensions add.
    pub options: Vec<AppendOption>,
    /// How its octets come.
    pub data: AppendDataBegin,
}

/// How the octets of a message come.
///
/// ```abnf
/// append-data    = literal / literal8 / append-data-ext
/// append-data    =/ "CATENATE" SP "(" cat-part *(SP cat-part) ")"
/// append-data    =/ "UTF8" SP "(" literal8 ")"
/// ```
///
/// (RFC 4466 section 2.7, RFC 4469 section 5, RFC 6855 section 4.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum AppendDataBegin {
    /// In a literal: no NUL.
    Literal {
        /// How many. None give up the whole command.
        size: u64,
    },
    /// In a literal8: any octets.
    Literal8 {
        /// How many.
        size: u64,
    },
    /// In the withdrawn form of UTF8.
    Utf8 {
        /// How many.
        size: u64,
    },
    /// In pieces.
    Catenate,
    /// In another form; there are no chunks.
    Ext(AppendExt),
}

/// Octets of a broken command.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MalformedAppend {
    /// Where it goes wrong, counted from the front of the command, and what should stand there.
    pub error: ParseError,
}

impl AppendBegin {
    /// Reads it, tag included.
    ///
    /// # Errors
    ///
    /// It is another command.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let tag = Tag::parse(cursor, reading)?;
        cursor.space(reading)?;
        let command = match Name::parse(cursor, reading)? {
            Name::Append => AppendCommand::Append,
            Name::Replace => AppendCommand::Replace(parse_replaced(cursor, reading)?),
            Name::UidReplace => AppendCommand::UidReplace(parse_replaced(cursor, reading)?),
        };
        cursor.space(reading)?;
        let mailbox = Mailbox::parse(cursor, reading)?;
        Ok(Self { tag, command, mailbox })
    }

    /// Writes it, tag included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.tag.encode(encoder);
        match self.command {
            AppendCommand::Append => encoder.put(b" APPEND"),
            AppendCommand::Replace(replaced) => {
                encoder.put(b" REPLACE");
                encode_replaced(replaced, encoder);
            }
            AppendCommand::UidReplace(replaced) => {
                encoder.put(b" UID REPLACE");
                encode_replaced(replaced, encoder);
            }
        }
        encoder.space();
        self.mailbox.encode(encoder);
    }
}

/// The name of such a command.
pub(super) enum Name {
    Append,
    Replace,
    UidReplace,
}

impl Name {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        match cursor.keyword().as_bytes() {
            b"APPEND" => return Ok(Self::Append),
            b"REPLACE" => return Ok(Self::Replace),
            b"UID" => {
                cursor.space(reading)?;
                if cursor.keyword().as_bytes() == b"REPLACE" {
                    return Ok(Self::UidReplace);
                }
            }
            _ => {}
        }
        Err(ParseError::new(at, "APPEND or REPLACE"))
    }

    /// How many words there are from the name to the first message.
    pub(super) const fn words(&self) -> usize {
        match self {
            Self::Append => 1,
            Self::Replace | Self::UidReplace => 2,
        }
    }
}
