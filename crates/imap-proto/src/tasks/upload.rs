//! APPEND and REPLACE with messages that are supplied as they come.

use alloc::sync::{Arc, Weak};

use bytes::Bytes;
use mail_proto::{CommandId, SendError};

use super::claim::Claim;
use super::entry::Entry;
use super::{Answer, Appended, Handle, Task, TaskId, Tasks};
use crate::{AppendCommand, AppendMessageBegin, AppendPart, CommandBody, Mailbox};

/// An APPEND or REPLACE whose octets come later; [`append`](Tasks::append) and
/// [`begin_append`](Tasks::begin_append) give it.
///
/// A message that is in memory is an [`Append`](crate::Append).
#[derive(Debug)]
pub enum Upload {}

impl Task for Upload {
    type Output = Appended;

    fn into_command(self) -> CommandBody {
        match self {}
    }

    fn output(answer: &mut Answer) -> Option<Appended> {
        Some(Appended::of(answer))
    }
}

/// A message that the server has refused, and whose announced octets are owed all the same.
#[derive(Debug)]
pub(super) struct Owing {
    pub(super) task: TaskId,
    pub(super) command: CommandId,
    ticket: Weak<TaskId>,
}

impl Owing {
    pub(super) fn of(entry: &Entry) -> Self {
        let ticket = Arc::downgrade(&entry.ticket);
        Self { task: *entry.ticket, command: entry.command, ticket }
    }
}

impl Tasks {
    /// Gives an APPEND or REPLACE of one message, whose octets are [supplied](Self::supply) when
    /// [`Event::Room`](super::Event::Room) asks for them, or before.
    ///
    /// # Errors
    ///
    /// As [`Client::append`](crate::client::Client::append).
    pub fn append(
        &mut self,
        command: AppendCommand,
        mailbox: Mailbox,
        message: &AppendMessageBegin,
    ) -> Result<Handle<Upload>, SendError> {
        let id = self.client.append(command, mailbox, message)?;
        Ok(self.begin_upload(id, command))
    }

    /// Gives an APPEND or REPLACE in parts: several messages (MULTIAPPEND), or messages in pieces
    /// (CATENATE). [`append_part`](Self::append_part) goes on.
    ///
    /// # Errors
    ///
    /// As [`Client::begin_append`](crate::client::Client::begin_append).
    pub fn begin_append(
        &mut self,
        command: AppendCommand,
        mailbox: Mailbox,
    ) -> Result<Handle<Upload>, SendError> {
        let id = self.client.begin_append(command, mailbox)?;
        Ok(self.begin_upload(id, command))
    }

    fn begin_upload(&mut self, id: CommandId, command: AppendCommand) -> Handle<Upload> {
        let handle = self.begin(id, claim(command));
        if let Some(entry) = self.open.back_mut() {
            entry.uploads = true;
        }
        handle
    }

    /// Goes on with an APPEND or REPLACE that was [begun](Self::begin_append).
    ///
    /// # Errors
    ///
    /// As [`Client::append_part`](crate::client::Client::append_part).
    pub fn append_part(
        &mut self,
        handle: &Handle<Upload>,
        part: AppendPart,
    ) -> Result<(), SendError> {
        self.client.append_part(self.upload(handle)?, part)
    }

    /// Supplies octets of a message that have been announced.
    ///
    /// They are owed even where the server has refused the message meanwhile and the task has
    /// [ended](super::Event::Finished): keep the handle until all have been supplied, or
    /// [abort](Self::abort_body).
    ///
    /// # Errors
    ///
    /// As [`Client::supply`](crate::client::Client::supply).
    pub fn supply(&mut self, handle: &Handle<Upload>, octets: Bytes) -> Result<(), SendError> {
        self.client.supply(self.upload(handle)?, octets)
    }

    /// The message cannot be supplied.
    ///
    /// # Errors
    ///
    /// As [`Client::abort_body`](crate::client::Client::abort_body).
    pub fn abort_body(&mut self, handle: &Handle<Upload>) -> Result<(), SendError> {
        self.client.abort_body(self.upload(handle)?)
    }

    /// The command that takes octets, if only because it has announced them.
    fn upload(&self, handle: &Handle<Upload>) -> Result<CommandId, SendError> {
        let owing = self.owing.as_ref();
        let is_its = |it: &&Owing| Weak::as_ptr(&it.ticket) == Arc::as_ptr(&handle.ticket);
        match owing.filter(is_its) {
            Some(owing) => Ok(owing.command),
            None => self.command(handle),
        }
    }
}

const fn claim(command: AppendCommand) -> Claim {
    match command {
        AppendCommand::Append => Claim::Nothing,
        _ => Claim::Replace,
    }
}
