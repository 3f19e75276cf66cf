//! What a server's application answers.

use bytes::Bytes;
use mail_proto::{CommandId, Connection, Gate, Handover, Owed, SendError, Sink};

use super::super::wire::Status;
use super::{Command, Running, Server, State};

impl Server {
    pub fn ok(&mut self, id: CommandId) -> Result<(), SendError> {
        let waits = matches!(self.state, State::Deciding(_) | State::Body { .. } | State::BodyTail);
        if waits {
            return Err(SendError::State { expected: "the whole message" });
        }
        self.end(id, Status::Ok)
    }

    pub fn no(&mut self, id: CommandId) -> Result<(), SendError> {
        self.end(id, Status::No)
    }

    pub(super) fn end(&mut self, id: CommandId, status: Status) -> Result<(), SendError> {
        let running = self.running.take_if(|running| running.id == id);
        let Running { tag, command, .. } = running.ok_or(SendError::NotOwed)?;
        self.output.writer(id).put(&tag);
        self.output.writer(id).put(format!(" {} done\r\n", status.name()).as_bytes());
        self.done_on_its_way = self.state == State::Idle;
        self.state = match (self.state, status, command) {
            (State::Deciding(literal), ..) if !literal.waits => {
                State::Swallow { left: literal.size }
            }
            (State::Body { left }, ..) => State::Swallow { left },
            (State::BodyTail, ..) => State::SwallowTail,
            (_, Status::Ok, Command::StartTls) => State::HandingOver(Handover::Tls),
            (_, Status::Ok, Command::Compress) => State::HandingOver(Handover::Deflate),
            (_, Status::Ok, Command::Logout) => {
                self.over = true;
                State::Commands
            }
            _ => State::Commands,
        };
        if let State::HandingOver(to) = self.state {
            self.output.push_gate(id, Gate::Handover(to));
        }
        Ok(())
    }

    /// Accepts an announced APPEND.
    pub fn accept(&mut self, id: CommandId) -> Result<(), SendError> {
        let State::Deciding(literal) = self.state else {
            return Err(SendError::State { expected: "an announced message" });
        };
        if literal.waits {
            self.output.writer(id).put(b"+ go\r\n");
        }
        self.state = match literal.size {
            0 => State::BodyTail,
            left => State::Body { left },
        };
        Ok(())
    }

    pub fn idling(&mut self, id: CommandId) -> Result<(), SendError> {
        if !self.running.as_ref().is_some_and(|r| r.id == id && r.command == Command::Idle) {
            return Err(SendError::State { expected: "IDLE" });
        }
        self.output.writer(id).put(b"+ idling\r\n");
        self.state = State::Idle;
        Ok(())
    }

    /// Begins a message of so many octets, or of an open number, which no client of ours can read.
    pub fn body(&mut self, id: CommandId, message: u64, size: u64) {
        self.output.writer(id).put(format!("* {message} FETCH {{{size}}}\r\n").as_bytes());
        self.output.push_hole(id, Owed::Exactly(size));
        self.output.writer(id).put(b"\r\n");
    }

    pub fn supply(&mut self, id: CommandId, octets: Bytes) -> Result<(), SendError> {
        self.output.fill(id, octets, false)?;
        self.room_told = None;
        Ok(())
    }

    /// The store cannot go on in the middle of a message.
    pub fn abort_body(&mut self, id: CommandId) -> Result<(), SendError> {
        self.output.owed(id).ok_or(SendError::NotOwed)?;
        self.close();
        Ok(())
    }

    pub fn exists(&mut self, messages: u64) {
        self.output.writer(self.last).put(format!("* {messages} EXISTS\r\n").as_bytes());
    }

    pub fn examined(&self) -> u64 {
        self.framer.examined() + self.parsed
    }
}
