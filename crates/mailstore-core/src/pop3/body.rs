//! RETR and TOP: the message in pieces, never more of it at once than there is room for.

use alloc::format;
use bytes::Bytes;
use mail_proto::Text;
use pop3_proto::server::{self, Pending, Response};

use super::top::TopLines;
use super::{Context, Turn, ask, error};
use crate::store::{Ask, Body, Facts, MAX_READ, MailboxId, ReadBody, StoreError, Uid};

/// A message on its way to the client.
#[derive(Clone, Debug)]
pub(super) struct Retrieve {
    pending: Pending<server::Body>,
    uid: Uid,
    /// For TOP: how much of it.
    top: Option<TopLines>,
    stage: Stage,
    /// Octets of the message that have been read.
    offset: u64,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Its size is asked for.
    Size,
    /// Its first piece is asked for; nothing has been promised to the client yet.
    First {
        text: Text,
    },
    /// A piece is in hand.
    Piece {
        octets: Bytes,
        end: bool,
    },
    /// The next piece is asked for, or will be when there is room.
    Next,
    End,
}

impl Retrieve {
    pub(super) const fn whole(pending: Pending<server::Body>, uid: Uid) -> Self {
        Self { pending, uid, top: None, stage: Stage::Size, offset: 0 }
    }

    pub(super) const fn top(pending: Pending<server::Body>, uid: Uid, lines: u64) -> Self {
        let top = Some(TopLines::new(lines));
        // A part of a message has no size that the client could check.
        let stage = Stage::First { text: Text::empty() };
        Self { pending, uid, top, stage, offset: 0 }
    }

    pub(super) fn step(&mut self, context: Context<'_>) -> Turn {
        let mailbox = context.maildrop.mailbox;
        match (&mut self.stage, context.answer) {
            (Stage::Size, None) => {
                let uids = [self.uid].into_iter().collect();
                ask(Facts { mailbox, uids, limit: 1 }, "FactPage")
            }
            (Stage::Size, Some(reply)) => {
                match Facts::answer(reply).unwrap_or(Err(StoreError::Unavailable)) {
                    Err(error) => Turn::Done(error::refuse(self.pending.id(), error)),
                    Ok(page) => {
                        let size = page.rows.first().map(|fact| fact.pop3_size);
                        let text = size.map_or_else(Text::empty, announced);
                        self.stage = Stage::First { text };
                        self.read(mailbox)
                    }
                }
            }
            (Stage::First { text }, Some(reply)) => {
                match ReadBody::answer(reply).unwrap_or(Err(StoreError::Unavailable)) {
                    Err(error) => Turn::Done(error::refuse(self.pending.id(), error)),
                    Ok(body) => {
                        let begin = Response::BodyBegin(self.pending, text.clone());
                        self.take(body);
                        Turn::Say(begin)
                    }
                }
            }
            (Stage::Next, Some(reply)) => {
                match ReadBody::answer(reply).unwrap_or(Err(StoreError::Unavailable)) {
                    Err(_) => Turn::Done(Response::Abort(self.pending.id())),
                    Ok(body) => {
                        self.take(body);
                        self.write(mailbox, context.room)
                    }
                }
            }
            (Stage::First { .. }, None) => self.read(mailbox),
            _ => self.write(mailbox, context.room),
        }
    }

    /// Writes the piece in hand, or asks for the next one.
    fn write(&mut self, mailbox: MailboxId, room: usize) -> Turn {
        match core::mem::replace(&mut self.stage, Stage::Next) {
            Stage::Piece { octets, end } if room == 0 && !octets.is_empty() => {
                self.stage = Stage::Piece { octets, end };
                Turn::Wait
            }
            Stage::Piece { mut octets, end } => {
                let part = octets.split_to(room.min(octets.len()));
                if !octets.is_empty() {
                    self.stage = Stage::Piece { octets, end };
                } else if end {
                    self.stage = Stage::End;
                }
                Turn::Say(Response::Body(self.pending, part))
            }
            Stage::End => Turn::Done(Response::BodyEnd(self.pending)),
            _ => self.read(mailbox),
        }
    }

    fn read(&self, mailbox: MailboxId) -> Turn {
        let (uid, offset) = (self.uid, self.offset);
        ask(ReadBody { mailbox, uid, offset, length: MAX_READ }, "Body")
    }

    fn take(&mut self, body: Body) {
        let Body { mut octets, mut end } = body;
        self.offset = self.offset.saturating_add(octets.len() as u64);
        // A store that has nothing more to give and does not say so would be asked for ever.
        end |= octets.is_empty();
        if let Some(top) = &mut self.top {
            let wanted = top.push(&octets);
            octets.truncate(wanted);
            end |= top.is_done();
        }
        self.stage = Stage::Piece { octets, end };
    }
}

fn announced(octets: u64) -> Text {
    Text::sanitized(format!("{octets} octets").as_bytes())
}
