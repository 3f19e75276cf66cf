//! APPEND and REPLACE with messages that are supplied as they come.

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{CommandId, Gate, Owed, SendError, Sent, Sink};

use super::pipeline::{Effect, Open};
use super::{Client, Event};
use crate::connection::{Closed, Rules, rules_of};
use crate::{
    AppendBegin, AppendCommand, AppendDataBegin, AppendMessageBegin, AppendPart, AppendWriter,
    Capability, Encoder, Mailbox,
};

/// A message on its way, and what its command still owes.
#[derive(Debug)]
pub(super) struct Upload {
    writer: AppendWriter,
    place: Place,
    /// Octets announced and not supplied.
    owed: u64,
    /// None of them may be NUL.
    no_nul: bool,
    /// One message has been begun.
    begun: bool,
    /// There is one message, and its end ends the command.
    only: bool,
    /// The server has refused the command.
    refused: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// Between messages.
    Messages,
    /// In a message that is one string of octets, or none.
    Message,
    /// Between the pieces of a message.
    Pieces,
    /// In a piece.
    Piece,
    Ended,
}

/// A refused command whose announced octets are still owed.
#[derive(Debug)]
pub(super) struct Owing {
    pub(super) id: CommandId,
    upload: Upload,
}

/// What an encoder writes, with the points to wait at, for the middle of the queue.
#[derive(Default)]
struct Draft(Vec<Piece>);

enum Piece {
    Octets(Vec<u8>),
    Wait,
}

impl Sink for Draft {
    fn put(&mut self, octets: &[u8]) {
        match self.0.last_mut() {
            Some(Piece::Octets(piece)) => piece.extend_from_slice(octets),
            _ => self.0.push(Piece::Octets(octets.to_vec())),
        }
    }

    fn wait_for_continuation(&mut self) {
        self.0.push(Piece::Wait);
    }
}

impl Client {
    /// Gives an APPEND or REPLACE of one message, whose octets are [supplied](Self::supply) later.
    ///
    /// [`Event::Room`] says when the server waits for them; before it they are kept. When all that
    /// were announced have been supplied, the command ends by itself.
    ///
    /// ```
    /// use bytes::{Buf, Bytes, BytesMut};
    /// use imap_proto::client::{Client, Config, Event};
    /// use imap_proto::{AppendCommand, AppendDataBegin, AppendMessageBegin, Mailbox};
    /// use mail_proto::{Connection, Instant, Security};
    ///
    /// let mut client = Client::new(Config { security: Security::Tls, ..Config::default() });
    /// let (mut input, now) = (BytesMut::from("* PREAUTH ready\r\n"), Instant::default());
    /// client.poll(&mut input, now)?;
    /// let message = AppendMessageBegin {
    ///     flags: None, date: None, options: vec![], data: AppendDataBegin::Literal { size: 5 },
    /// };
    /// let id = client.append(AppendCommand::Append, Mailbox::INBOX, &message)?;
    /// let mut transmit = client.transmit(now);
    /// assert_eq!(transmit.copy_to_bytes(transmit.remaining()), "A1 APPEND INBOX {5}\r\n");
    ///
    /// input.extend_from_slice(b"+ go ahead\r\n");
    /// assert_eq!(client.poll(&mut input, now)?, Some(Event::Room { id }));
    /// client.supply(id, Bytes::from_static(b"abc\r\n"))?;
    /// let mut transmit = client.transmit(now);
    /// assert_eq!(transmit.copy_to_bytes(transmit.remaining()), "abc\r\n\r\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); [`SendError::State`] for CATENATE, whose pieces
    /// [`begin_append`](Self::begin_append) takes; [`SendError::NotOffered`] for a form of data that
    /// the server has not announced.
    pub fn append(
        &mut self,
        command: AppendCommand,
        mailbox: Mailbox,
        message: &AppendMessageBegin,
    ) -> Result<CommandId, SendError> {
        if message.data == AppendDataBegin::Catenate {
            return Err(SendError::State { expected: "begin_append for messages in pieces" });
        }
        self.check_offered(message, false)?;
        let id = self.begin_append(command, mailbox)?;
        self.append_part(id, AppendPart::MessageBegin(message.clone().into()))?;
        if let Ok(upload) = self.upload(id) {
            upload.only = true;
        }
        self.end_if_supplied(id)?;
        Ok(id)
    }

    /// Gives an APPEND or REPLACE in parts: messages, one or more with MULTIAPPEND, whole or in pieces
    /// with CATENATE. [`append_part`](Self::append_part) goes on.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn begin_append(
        &mut self,
        command: AppendCommand,
        mailbox: Mailbox,
    ) -> Result<CommandId, SendError> {
        let rules = append_rules(command);
        self.check(rules, &Effect::None)?;
        let tag = self.next_tag()?;
        let negotiated = self.negotiated();
        let begin = AppendBegin { tag, command, mailbox };
        let mut head = Draft::default();
        let writer = AppendWriter::begin(&begin, &mut Encoder::new(&mut head, negotiated));
        let upload = Upload {
            writer,
            place: Place::Messages,
            owed: 0,
            no_nul: false,
            begun: false,
            only: false,
            refused: false,
        };
        let id = self.open(rules, super::pipeline::Answer::Clear, Effect::Append(upload.into()));
        self.output.push_hole(id, Owed::Open);
        self.put_draft(id, head)?;
        Ok(id)
    }

    /// Goes on with an APPEND or REPLACE: the parts in the order that [`AppendPart`] says, from
    /// [`MessageBegin`](AppendPart::MessageBegin) on.
    ///
    /// # Errors
    ///
    /// - [`SendError::NotOwed`]: there is no such command, or it wants nothing more. The parts of a
    ///   refused command are not wanted, but for the octets that have been announced.
    /// - [`SendError::Length`]: other octets than were announced.
    /// - [`SendError::State`]: it is not the turn of this part, or NUL is in octets where it may not.
    /// - [`SendError::NotOffered`]: the server has not announced MULTIAPPEND, CATENATE or BINARY.
    pub fn append_part(&mut self, id: CommandId, part: AppendPart) -> Result<(), SendError> {
        const ORDER: SendError = SendError::State { expected: "another part of APPEND" };
        if let AppendPart::Chunk(octets) = part {
            return self.supply(id, octets);
        }
        let negotiated = self.negotiated();
        let upload = self.upload(id)?;
        if upload.refused {
            return Err(SendError::NotOwed);
        }
        if upload.owed > 0 {
            return Err(SendError::Length { left: upload.owed, given: 0 });
        }
        if let AppendPart::MessageBegin(message) = &part {
            let again = upload.begun;
            if upload.place != Place::Messages {
                return Err(ORDER);
            }
            self.check_offered(message, again)?;
        }
        let mut draft = Draft::default();
        let upload = self.upload(id)?;
        upload.write(&part, &mut Encoder::new(&mut draft, negotiated)).ok_or(ORDER)?;
        let ended = upload.place == Place::Ended;
        self.put_draft(id, draft)?;
        if ended {
            self.output.close_hole(id)?;
        }
        Ok(())
    }

    /// Supplies octets of a message that have been announced.
    ///
    /// A message that has been refused after its first octet, or that was not waited for, is owed all
    /// the same: nothing else can be sent before it.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: this command wants none. [`SendError::Length`]: these are more than were
    /// announced. [`SendError::State`]: there is NUL in them, and no literal8 was announced.
    pub fn supply(&mut self, id: CommandId, octets: Bytes) -> Result<(), SendError> {
        let upload = self.upload(id)?;
        let (left, given) = (upload.owed, octets.len() as u64);
        if left == 0 {
            return Err(SendError::NotOwed);
        }
        if upload.no_nul && memchr::memchr(0, &octets).is_some() {
            return Err(SendError::State { expected: "no NUL in a literal" });
        }
        upload.owed = left.checked_sub(given).ok_or(SendError::Length { left, given })?;
        self.output.fill(id, octets, false)?;
        self.room_told = None;
        self.touched = true;
        self.end_if_supplied(id)
    }

    /// The message cannot be supplied. If nothing of the command was sent it is taken back, without an
    /// event; otherwise the connection closes, nothing is padded.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: this is no APPEND or REPLACE that wants anything.
    pub fn abort_body(&mut self, id: CommandId) -> Result<(), SendError> {
        self.upload(id)?;
        match (self.output.sent(id), self.position(id)) {
            (Sent::Not, Some(index)) => {
                self.events.retain(|event| event.command() != Some(id));
                self.take_back(index);
            }
            _ => self.finish(Closed::Local),
        }
        Ok(())
    }

    /// Ends a command by itself, if nothing more is owed and nothing more is wanted.
    fn end_if_supplied(&mut self, id: CommandId) -> Result<(), SendError> {
        let negotiated = self.negotiated();
        let upload = self.upload(id)?;
        if upload.owed > 0 || !(upload.only || upload.refused) {
            return Ok(());
        }
        let mut draft = Draft::default();
        upload.write_rest(&mut Encoder::new(&mut draft, negotiated));
        self.put_draft(id, draft)?;
        self.output.close_hole(id)?;
        self.owing = self.owing.take().filter(|owing| owing.id != id);
        Ok(())
    }

    /// A command has been refused. What it has announced is owed, unless that waits for `+`.
    pub(super) fn refuse(&mut self, id: CommandId, mut upload: Upload) {
        let waits = self.output.first_gate().is_some_and(|(owner, _)| owner == id);
        let ended = upload.place == Place::Ended;
        if waits {
            self.output.cut(id);
        }
        if waits || ended {
            return;
        }
        upload.refused = true;
        self.room_told = None;
        self.owing = Some(Owing { id, upload }.into());
        let ended = self.end_if_supplied(id);
        debug_assert!(ended.is_ok());
    }

    fn upload(&mut self, id: CommandId) -> Result<&mut Upload, SendError> {
        if let Some(index) = self.position(id) {
            return match self.pipeline.get_mut(index) {
                Some(Open { effect: Effect::Append(upload), .. })
                    if upload.place != Place::Ended =>
                {
                    Ok(&mut **upload)
                }
                _ => Err(SendError::NotOwed),
            };
        }
        match &mut self.owing {
            Some(owing) if owing.id == id => Ok(&mut owing.upload),
            _ => Err(SendError::NotOwed),
        }
    }

    fn put_draft(&mut self, id: CommandId, draft: Draft) -> Result<(), SendError> {
        self.touched = true;
        for piece in draft.0 {
            match piece {
                Piece::Octets(octets) => self.output.fill_copied(id, &octets, false)?,
                Piece::Wait => self.output.gate_hole(id, Gate::Continuation)?,
            }
        }
        Ok(())
    }

    /// Whether the server is known not to take a message of this form.
    fn check_offered(&self, message: &AppendMessageBegin, again: bool) -> Result<(), SendError> {
        let Some(known) = self.known_then() else { return Ok(()) };
        let mut needed = Vec::new();
        if again {
            needed.push((Capability::MultiAppend, "MULTIAPPEND"));
        }
        match message.data {
            AppendDataBegin::Catenate => needed.push((Capability::Catenate, "CATENATE")),
            // RFC 6855 section 4.
            AppendDataBegin::Utf8 { .. } => {
                needed.push((Capability::Utf8Accept, "UTF8=ACCEPT"));
            }
            AppendDataBegin::Literal8 { .. } if !self.is_utf8() => {
                needed.push((Capability::Binary, "BINARY"));
            }
            _ => {}
        }
        if needed.is_empty() {
            return Ok(());
        }
        let list = known.list();
        match needed.into_iter().find(|(capability, _)| !list.supports(capability)) {
            Some((_, what)) => Err(SendError::NotOffered { what }),
            None => Ok(()),
        }
    }

    /// Asks for octets of the message that everything waits for.
    pub(super) fn room(&mut self) -> Option<Event> {
        let (id, _) = self.output.first_hole()?;
        let asked = self.room_told == Some(id);
        let full = self.output.ready() >= self.config.limits.output_low;
        let wanted = !asked && !full && self.upload(id).is_ok_and(|it| it.owed > 0);
        wanted.then(|| {
            self.room_told = Some(id);
            Event::Room { id }
        })
    }
}

impl Upload {
    /// Writes a part and moves on behind it; None if it is not its turn.
    fn write<S: Sink>(&mut self, part: &AppendPart, encoder: &mut Encoder<'_, S>) -> Option<()> {
        match (self.place, part) {
            (Place::Messages, AppendPart::MessageBegin(message)) => {
                self.writer.message(message, encoder);
                self.begun = true;
                self.place = Place::Message;
                match message.data {
                    AppendDataBegin::Literal { size } => self.announce(size, true),
                    AppendDataBegin::Literal8 { size } | AppendDataBegin::Utf8 { size } => {
                        self.announce(size, false);
                    }
                    AppendDataBegin::Catenate => self.place = Place::Pieces,
                    AppendDataBegin::Ext(_) => {}
                }
            }
            (Place::Pieces, AppendPart::Url(url)) => self.writer.url(url, encoder),
            (Place::Pieces, AppendPart::TextBegin { size, is_utf8 }) => {
                self.writer.text(*size, *is_utf8, encoder);
                self.place = Place::Piece;
                self.announce(*size, !is_utf8);
            }
            (Place::Piece, AppendPart::TextEnd) => {
                self.writer.text_end(encoder);
                self.place = Place::Pieces;
            }
            (Place::Message | Place::Pieces, AppendPart::MessageEnd) => {
                self.writer.message_end(encoder);
                self.place = Place::Messages;
            }
            (Place::Messages, AppendPart::End) if self.begun => self.end(encoder),
            _ => return None,
        }
        Some(())
    }

    /// Writes all that is missing, as short as it can be.
    fn write_rest<S: Sink>(&mut self, encoder: &mut Encoder<'_, S>) {
        if self.place == Place::Piece {
            self.writer.text_end(encoder);
        }
        if self.place != Place::Messages {
            self.writer.message_end(encoder);
        }
        self.end(encoder);
    }

    fn end<S: Sink>(&mut self, encoder: &mut Encoder<'_, S>) {
        self.writer.clone().end(encoder);
        self.place = Place::Ended;
    }

    const fn announce(&mut self, size: u64, no_nul: bool) {
        (self.owed, self.no_nul) = (size, no_nul);
    }
}

fn append_rules(command: AppendCommand) -> Rules {
    let name: &[u8] = match command {
        AppendCommand::Append => b"APPEND",
        AppendCommand::Replace(_) => b"REPLACE",
        AppendCommand::UidReplace(_) => b"UID REPLACE",
    };
    rules_of(name).unwrap_or(Rules::UNKNOWN)
}
