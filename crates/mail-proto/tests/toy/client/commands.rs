//! What a client says: everything is queued, with the points where it waits.

use bytes::Bytes;
use mail_proto::{CommandId, Gate, Handover, Owed, SendError, Sent, Sink};

use super::{Client, Event, Kind, Life, Open};

impl Client {
    pub fn noop(&mut self) -> Result<CommandId, SendError> {
        self.line(Kind::Plain, "NOOP")
    }

    pub fn fetch(&mut self, message: u64) -> Result<CommandId, SendError> {
        self.line(Kind::Plain, &format!("FETCH {message}"))
    }

    pub fn logout(&mut self) -> Result<CommandId, SendError> {
        self.line(Kind::Logout, "LOGOUT")
    }

    /// By synchronizing literals.
    pub fn login(&mut self, user: &str, password: &str) -> Result<CommandId, SendError> {
        let id = self.begin(Kind::Plain, &format!("LOGIN {{{}}}\r\n", user.len()))?;
        let mut writer = self.output.writer(id);
        writer.wait_for_continuation();
        writer.put(user.as_bytes());
        writer.put(format!(" {{{}}}\r\n", password.len()).as_bytes());
        writer.wait_for_continuation();
        writer.put_secret(password.as_bytes());
        writer.put(b"\r\n");
        Ok(id)
    }

    /// The body is supplied later, when `Room` is told or before.
    pub fn append(&mut self, name: &str, size: u64, waits: bool) -> Result<CommandId, SendError> {
        let plus = if waits { "" } else { "+" };
        let id = self.begin(Kind::Plain, &format!("APPEND {name} {{{size}{plus}}}\r\n"))?;
        if waits {
            self.output.push_gate(id, Gate::Continuation);
        }
        self.output.push_hole(id, Owed::Exactly(size));
        self.output.writer(id).put(b"\r\n");
        Ok(id)
    }

    pub fn supply(&mut self, id: CommandId, octets: Bytes) -> Result<(), SendError> {
        if self.output.owed(id) == Some(Owed::Open) {
            return Err(SendError::NotOwed);
        }
        self.output.fill(id, octets, false)?;
        self.room_told = None;
        Ok(())
    }

    /// The producer has failed. Nothing is padded: unless nothing has been sent, the connection closes.
    pub fn abort_body(&mut self, id: CommandId) -> Result<(), SendError> {
        self.output.owed(id).ok_or(SendError::NotOwed)?;
        match self.output.sent(id) {
            Sent::Not => {
                self.forget(id);
                self.output.remove(id);
                self.events.push_back(Event::Lost { id, sent: Sent::Not });
            }
            _ => self.lose_all(),
        }
        Ok(())
    }

    pub fn idle(&mut self) -> Result<CommandId, SendError> {
        let id = self.begin(Kind::Idle { continued: false }, "IDLE\r\n")?;
        self.output.push_gate(id, Gate::Continuation);
        self.output.push_hole(id, Owed::Open);
        Ok(id)
    }

    /// Leaves IDLE; before its `+` DONE waits for it.
    pub fn done(&mut self, id: CommandId) -> Result<(), SendError> {
        if self.output.owed(id) != Some(Owed::Open) {
            return Err(SendError::NotOwed);
        }
        self.output.fill_copied(id, b"DONE\r\n", false)?;
        self.output.close_hole(id)
    }

    pub fn starttls(&mut self) -> Result<CommandId, SendError> {
        self.handover("STARTTLS\r\n", Handover::Tls)
    }

    pub fn compress(&mut self) -> Result<CommandId, SendError> {
        self.handover("COMPRESS\r\n", Handover::Deflate)
    }

    fn handover(&mut self, line: &str, to: Handover) -> Result<CommandId, SendError> {
        let id = self.begin(Kind::Handover(to), line)?;
        self.output.push_gate(id, Gate::Handover(to));
        Ok(id)
    }

    fn line(&mut self, kind: Kind, line: &str) -> Result<CommandId, SendError> {
        self.begin(kind, &format!("{line}\r\n"))
    }

    fn begin(&mut self, kind: Kind, line: &str) -> Result<CommandId, SendError> {
        if matches!(self.life, Life::Failing(_) | Life::Over) {
            return Err(SendError::Closed);
        }
        self.last = self.last.following();
        self.tag += 1;
        let (id, tag) = (self.last, self.tag);
        self.open.push_back(Open { id, tag, kind });
        self.output.push_gate(id, Gate::Turn);
        self.output.writer(id).put(format!("t{tag} {line}").as_bytes());
        Ok(id)
    }

    /// Commands without an end.
    pub fn unanswered(&self) -> usize {
        self.released
    }

    pub fn queued(&self) -> usize {
        self.output.len()
    }

    pub fn examined(&self) -> u64 {
        self.lines.examined() + self.parsed
    }
}
