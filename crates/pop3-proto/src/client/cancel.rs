//! Giving up a command.

use mail_proto::{CommandId, SendError, Sent};

use super::Client;
use super::pipeline::Effect;
use crate::Closed;

impl Client {
    /// Gives up a command: no event of it follows, not even its end.
    ///
    /// | how far it is | what happens |
    /// |---|---|
    /// | no octet handed out | it is taken out of the queue. PASS behind a USER, and all behind STLS, is lost with it |
    /// | a line of PASS, APOP or AUTH is half out, and something secret is left of it | the connection closes, and that is not sent |
    /// | AUTH, and the server waits for an answer of which no octet has been handed out | `*` is sent; what the server says to it is swallowed |
    /// | AUTH, and another challenge comes | the same |
    /// | otherwise | it runs to its end, but its answer is swallowed |
    ///
    /// What a command that runs to its end does still counts: a login that the server accepts all the
    /// same changes the [`state`](Self::state). To hear how the server ends an exchange that is given
    /// up, use [`cancel_exchange`](Self::cancel_exchange).
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
        let breaks_off = self.would_break_off(index, sent);
        if let Some(open) = self.pipeline.get_mut(index) {
            open.swallowed = true;
        }
        match breaks_off {
            true => self.finish(Closed::Local),
            // Another challenge is answered when it comes.
            false => drop(self.cancel_exchange(id)),
        }
        Ok(sent)
    }

    /// Whether half a secret is left of a command.
    fn would_break_off(&self, index: usize, sent: Sent) -> bool {
        let is_partly = sent == Sent::Partly;
        match self.pipeline.get(index).map(|open| &open.effect) {
            Some(Effect::Pass | Effect::Apop) => is_partly,
            Some(Effect::Auth(exchange)) => {
                is_partly && exchange.begun || self.is_half_answered(exchange)
            }
            _ => false,
        }
    }
}
