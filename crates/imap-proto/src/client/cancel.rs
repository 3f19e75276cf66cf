//! Giving up a command.

use mail_proto::{CommandId, SendError, Sent};

use super::Client;
use super::pipeline::Effect;
use crate::connection::Closed;

impl Client {
    /// Gives up a command: no event of it follows, not even its end.
    ///
    /// | how far it is | what happens |
    /// |---|---|
    /// | no octet handed out | it is taken out of the queue. All behind STARTTLS is lost with it, and what cannot be legal without it when its turn comes |
    /// | a line of LOGIN or AUTHENTICATE is half out, and something secret is left of it | the connection closes, and that is not sent |
    /// | a message that is still to be supplied | the connection closes |
    /// | AUTHENTICATE, and the server waits for an answer of which no octet has been handed out | `*` is sent; what the server says to it is swallowed |
    /// | AUTHENTICATE, and another challenge comes | the same |
    /// | IDLE | DONE is sent, its answer is swallowed |
    /// | otherwise | it runs to its end, but its answer is swallowed |
    ///
    /// Untagged data of a command that runs to its end are still told, and what it does still counts: a
    /// login that the server accepts all the same changes the [`state`](Self::state). No later command
    /// is answered by what was meant for it. To hear how the server ends an exchange that is given up,
    /// use [`cancel_exchange`](Self::cancel_exchange).
    ///
    /// Returns how much of it had been handed out.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: there is no such open command. If its end has not been told yet, that
    /// still follows.
    pub fn cancel(&mut self, id: CommandId) -> Result<Sent, SendError> {
        let index = self.position(id).ok_or(SendError::NotOwed)?;
        let sent = self.output.sent(id);
        self.events.retain(|event| event.command() != Some(id));
        if sent == Sent::Not {
            self.take_back(index);
            return Ok(sent);
        }
        let breaks_off = self.would_break_off(id);
        if let Some(open) = self.pipeline.get_mut(index) {
            open.swallowed = true;
        }
        if breaks_off {
            self.finish(Closed::Local);
            return Ok(sent);
        }
        // It may be neither, or be ending already.
        let _ = self.cancel_exchange(id);
        let _ = self.done(id);
        Ok(sent)
    }

    /// Whether what is left of a command cannot be sent when it is given up: half a secret, or a message
    /// that nobody supplies.
    pub(crate) fn would_break_off(&self, id: CommandId) -> bool {
        let is_partly = self.output.sent(id) == Sent::Partly;
        let open = self.position(id).and_then(|index| self.pipeline.get(index));
        match open.map(|open| &open.effect) {
            Some(Effect::Login { .. }) => is_partly,
            Some(Effect::Authenticate(exchange)) => {
                is_partly && exchange.begun || self.is_half_answered(exchange)
            }
            Some(Effect::Append(_)) => self.output.owed(id).is_some(),
            _ => false,
        }
    }
}
