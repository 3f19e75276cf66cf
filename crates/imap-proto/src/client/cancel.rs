//! Giving up a command.

use mail_proto::{CommandId, SendError, Sent};

use super::Client;
use super::pipeline::{Effect, Open};
use crate::AuthenticateData;
use crate::connection::Closed;

impl Client {
    /// Gives up a command.
    ///
    /// | how far it is | what happens |
    /// |---|---|
    /// | no octet handed out | it is taken out of the queue; no event. All behind STARTTLS is lost with it, and what cannot be legal without it when its turn comes |
    /// | LOGIN or AUTHENTICATE, and something secret is left of its line | the connection closes, and that is not sent |
    /// | AUTHENTICATE with a challenge to which no octet of an answer has been handed out | `*` is sent; [`Event::Completed`](super::Event::Completed) tells the server's answer |
    /// | IDLE | DONE is sent, its answer is swallowed |
    /// | a message that is still to be supplied | the connection closes |
    /// | otherwise | it runs to its end, but its answer is swallowed; no more events of it |
    ///
    /// Untagged data of a command that runs to its end are still told, and no later command is answered
    /// by what was meant for it.
    ///
    /// Returns how much of it had been handed out.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: there is no such open command.
    pub fn cancel(&mut self, id: CommandId) -> Result<Sent, SendError> {
        let index = self.position(id).ok_or(SendError::NotOwed)?;
        let sent = self.output.sent(id);
        if sent == Sent::Not {
            self.take_back(index);
            return Ok(sent);
        }
        self.take_back_answer(id);
        if self.answer(id, &AuthenticateData::Cancel).is_ok() {
            return Ok(sent);
        }
        let Some(open) = self.pipeline.get_mut(index) else { return Err(SendError::NotOwed) };
        let tells = sent == Sent::Partly && holds_secret(open);
        if tells || is_uploading(open) && self.output.owed(id).is_some() {
            self.finish(Closed::Local);
            return Ok(sent);
        }
        open.swallowed = true;
        let is_idle = matches!(open.effect, Effect::Idle(_));
        if is_idle {
            // It may have been left already.
            let _ = self.done(id);
        }
        Ok(sent)
    }
}

/// The line of the command has a password in it, or what proves one.
fn holds_secret(open: &Open) -> bool {
    match &open.effect {
        Effect::Login { .. } => true,
        Effect::Authenticate(exchange) => exchange.begun,
        _ => false,
    }
}

const fn is_uploading(open: &Open) -> bool {
    matches!(open.effect, Effect::Append(_))
}
