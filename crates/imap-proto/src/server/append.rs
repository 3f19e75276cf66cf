//! APPEND, REPLACE and UID REPLACE: announced before their octets come, streamed when they do.

use bytes::{Buf, Bytes, BytesMut};
use mail_proto::Direction;

use super::running::{Kind, Running, Stage};
use super::{Event, Phase, Server};
use crate::connection::{Error, Limit, LimitError, Literal, rules_of};
use crate::{AppendCommand, AppendPart, AppendReader, Tag};

/// Such a command, while it comes.
#[derive(Debug)]
pub(super) struct Upload {
    reader: AppendReader,
    tag: Option<Tag>,
    /// Octets of the stream before it.
    at: u64,
    /// The announcement that its last segment ends with, if that waits for a decision: where it ends
    /// in the input, and whether the client waits.
    pending: Option<(usize, bool)>,
    /// All of it is there.
    is_whole: bool,
}

impl Upload {
    pub(super) const fn new(reader: AppendReader, tag: Option<Tag>, at: u64) -> Self {
        Self { reader, tag, at, pending: None, is_whole: false }
    }
}

impl Server {
    /// Whether the literal that is announced is a message, or a piece of one.
    pub(super) fn is_message(&mut self, input: &[u8], literal: &Literal) -> bool {
        let Some(upload) = &mut self.upload else { return false };
        upload.reader.is_message(input, literal.header.clone(), literal.size)
    }

    /// The announcement of a message: the octets wait until the application has decided.
    ///
    /// The segment is copied, because the framer takes a refusal only while it stands in the input.
    pub(super) fn announced_message(
        &mut self,
        input: &mut BytesMut,
        literal: Literal,
    ) -> Result<(), Error> {
        if let Err(limit) = self.admit(&literal) {
            return self.refuse_size(input, &literal, limit);
        }
        self.literals = self.literals.saturating_add(1);
        let segment = input.get(..literal.header.end).unwrap_or_default();
        if let Some(upload) = &mut self.upload {
            upload.pending = Some((literal.header.end, literal.sync));
            upload.reader.segment(Bytes::copy_from_slice(segment), false);
        }
        self.decide();
        Ok(())
    }

    /// The limits that the framer will look at when the octets are accepted.
    fn admit(&self, literal: &Literal) -> Result<(), LimitError> {
        let limits = self.frame_limits();
        let literals = self.literals.saturating_add(1) as u64;
        for (limit, allowed, actual) in [
            (Limit::Number, i64::MAX as u64, literal.size),
            (Limit::Streamed, limits.streamed, literal.size),
            (Limit::Literals, limits.literals as u64, literals),
        ] {
            if actual > allowed {
                return Err(LimitError { limit, allowed, actual, at: literal.at });
            }
        }
        Ok(())
    }

    /// It is the application's turn, if the command has begun for it.
    fn decide(&mut self) {
        let pending = self.upload.as_mut().and_then(|upload| upload.pending);
        if let (Some(running), Some((header_end, sync))) = (&mut self.running, pending) {
            running.stage = Stage::Deciding { header_end, sync };
        }
    }

    /// The octets have been accepted.
    pub(super) fn stream(&mut self, input: &mut BytesMut, header_end: usize) {
        // It has been asked before whether this may be.
        let _ = self.framer.stream();
        let segment = input.get(..header_end).unwrap_or_default();
        self.transcript.record(Direction::Received, segment, false);
        input.advance(header_end.min(input.len()));
        if let Some(upload) = &mut self.upload {
            upload.pending = None;
        }
        if let Some(running) = &mut self.running {
            running.stage = Stage::Receiving;
        }
    }

    /// Octets of a message.
    pub(super) fn chunk(&mut self, octets: Bytes, last: bool) {
        if let Some(upload) = &mut self.upload {
            upload.reader.chunk(octets, last);
        }
    }

    /// The end of the command.
    pub(super) fn last_segment(&mut self, octets: Bytes) {
        if let Some(upload) = &mut self.upload {
            upload.is_whole = true;
            upload.reader.segment(octets, true);
        }
    }

    /// Tells the next part of what has come; whether there was one.
    pub(super) fn next_part(&mut self) -> bool {
        let mut reading = self.reading();
        let Some(upload) = &mut self.upload else { return false };
        let Some(part) = upload.reader.next(&mut reading) else { return false };
        let (at, is_whole, tag) = (upload.at, upload.is_whole, upload.tag.clone());
        self.report_defects(at, reading);
        match &part {
            AppendPart::Begin(begin) => {
                let name: &[u8] = match begin.command {
                    AppendCommand::Append => b"APPEND",
                    AppendCommand::Replace(_) => b"REPLACE",
                    AppendCommand::UidReplace(_) => b"UID REPLACE",
                };
                let lets_expunge = rules_of(name).is_none_or(|rules| rules.breaks_seqs);
                let id = self.begin(begin.tag.clone(), Kind::Append, lets_expunge);
                if let Some(running) = &mut self.running {
                    running.stage = Stage::Receiving;
                }
                self.decide();
                self.events.push_back(Event::Append { id, part });
            }
            AppendPart::Malformed(malformed) => {
                let error = malformed.error;
                self.tell(part);
                self.running = None;
                self.reject_octets(tag, at, error);
                self.give_up(is_whole);
            }
            AppendPart::End => {
                self.upload = None;
                if let Some(running) = &mut self.running {
                    running.stage = Stage::Asked;
                }
                self.tell(part);
            }
            _ => self.tell(part),
        }
        true
    }

    fn tell(&mut self, part: AppendPart) {
        if let Some(Running { id, .. }) = self.running {
            self.events.push_back(Event::Append { id, part });
        }
    }

    /// The command has been refused: what is still to come of it is dropped.
    fn give_up(&mut self, is_whole: bool) {
        if is_whole {
            self.upload = None;
        } else if self.discard(false).is_err() {
            // What was announced has been found countable before.
            self.upload = None;
        }
    }

    /// The application refuses it, wherever it is.
    pub(super) fn refuse_upload(&mut self, stage: Stage) {
        let Some(upload) = &self.upload else { return };
        match stage {
            Stage::Accepted { header_end } => {
                // The client has been told to go on, so that it does.
                self.upload = None;
                self.phase = Phase::Retracted { header_end };
            }
            _ => self.give_up(upload.is_whole),
        }
    }
}
