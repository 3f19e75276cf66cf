//! IDLE: waiting for what is new (RFC 9051 section 6.3.13).

use mail_proto::{CommandId, Gate, Owed, SendError};

use super::Client;
use super::pipeline::{Effect, Open};

/// How far an IDLE is.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Idling {
    /// How many octets had been handed out when `+` came. The next one is of DONE.
    pub(super) continued_at: Option<u64>,
    /// DONE is queued, or sent.
    pub(super) is_done: bool,
    /// It has been said that it lasts long.
    pub(super) refreshed: bool,
}

impl Client {
    pub(super) fn push_idle(&mut self, id: CommandId) {
        self.output.push_gate(id, Gate::Continuation);
        self.output.push_hole(id, Owed::Open);
    }

    /// Leaves IDLE. Before the server has taken it, DONE waits for that.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: this is no IDLE that is to be left.
    pub fn done(&mut self, id: CommandId) -> Result<(), SendError> {
        let index = self.position(id).ok_or(SendError::NotOwed)?;
        let Some(Open { effect: Effect::Idle(idling), .. }) = self.pipeline.get_mut(index) else {
            return Err(SendError::NotOwed);
        };
        if idling.is_done {
            return Err(SendError::NotOwed);
        }
        self.output.fill_copied(id, b"DONE\r\n", false)?;
        self.output.close_hole(id)?;
        idling.is_done = true;
        self.touched = true;
        Ok(())
    }

    /// The server has ended IDLE: DONE is not sent any more, unless it has been begun.
    pub(super) fn take_back_done(&mut self, id: CommandId, idling: Idling) {
        self.output.cut(id);
        if idling.continued_at == Some(self.transcript.sent()) {
            self.output.remove(id);
        }
    }
}
