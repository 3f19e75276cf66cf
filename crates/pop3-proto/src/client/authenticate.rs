//! AUTH: challenges, responses, and how it is given up (RFC 5034 section 4).

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{CommandId, Owed, Secret, SendError};

use super::pipeline::{Effect, Open};
use super::{Capabilities, Client, check_length};
use crate::{Command, Mechanism, SaslResponse, Shape};

/// An authentication exchange.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// Answers the first challenge, because it did not go into the command line.
    pub(super) initial: Option<Secret<Bytes>>,
    /// A challenge has been seen, or none is to come before the end.
    pub(super) begun: bool,
    /// A challenge waits for the application's response.
    pub(super) challenged: bool,
    /// The last response was `*`.
    pub(super) cancelled: bool,
    /// Octets that had been handed out when the last response was queued.
    answered_at: Option<u64>,
}

impl Client {
    pub(super) fn send_auth(
        &mut self,
        mechanism: Mechanism,
        initial: Option<Secret<Bytes>>,
    ) -> Result<CommandId, SendError> {
        let limit = self.config.limits.command_line;
        let whole = Command::Auth { mechanism: mechanism.clone(), initial: initial.clone() };
        let announced = self.capabilities.as_deref().is_some_and(Capabilities::sasl);
        let (command, later) = match announced && check_length(&whole, limit).is_ok() {
            true => (whole, None),
            false => (Command::Auth { mechanism, initial: None }, initial),
        };
        check_length(&command, limit)?;
        // Behind an initial response `+OK` is the end, whatever the leniency.
        let begun = matches!(command, Command::Auth { initial: Some(_), .. });
        let exchange = Exchange { initial: later, begun, ..Exchange::default() };
        let id = self.open(Shape::Sasl, Effect::Auth(Box::new(exchange)), None);
        command.encode(&mut self.output.writer(id));
        // The exchange has an id of its own, so that the command line counts as sent without it.
        self.last_id = self.last_id.following();
        self.output.push_hole(self.last_id, Owed::Open);
        Ok(id)
    }

    /// An answer of which no octet has been handed out is as good as not given.
    fn take_back_answer(&mut self, id: CommandId) {
        let handed_out = self.transcript.sent();
        let Some(Open { id: front, effect: Effect::Auth(exchange), .. }) =
            self.pipeline.front_mut()
        else {
            return;
        };
        let waits = !exchange.challenged && exchange.answered_at == Some(handed_out);
        if *front == id && waits && !exchange.cancelled {
            exchange.challenged = self.output.empty_hole(id.following()).is_ok();
            exchange.answered_at = None;
        }
    }

    pub(super) fn answer_challenge(
        &mut self,
        id: CommandId,
        answer: &SaslResponse,
    ) -> Result<(), SendError> {
        let Some(Open { id: front, effect: Effect::Auth(exchange), .. }) =
            self.pipeline.front_mut()
        else {
            return Err(SendError::NotOwed);
        };
        if *front != id || !exchange.challenged {
            return Err(SendError::NotOwed);
        }
        let mut line = Vec::new();
        answer.encode(&mut line);
        self.output.fill_copied(id.following(), &line, true)?;
        exchange.challenged = false;
        exchange.cancelled = matches!(answer, SaslResponse::Cancel);
        exchange.answered_at = Some(self.transcript.sent());
        self.touched = true;
        Ok(())
    }

    /// Answers an [`Event::Challenge`](super::Event::Challenge).
    ///
    /// What to say, the mechanisms of [`mail_proto::sasl`] know; the server's `+OK` is for them to
    /// judge, too:
    ///
    /// ```
    /// use mail_proto::sasl::{Authenticated, ClientExchange};
    /// use pop3_proto::Command;
    /// use pop3_proto::client::{Client, Event};
    ///
    /// fn begin(client: &mut Client, exchange: &mut ClientExchange) -> Result<(), mail_proto::SendError> {
    ///     let (mechanism, initial) = (exchange.mechanism(), exchange.initial());
    ///     client.send(Command::Auth { mechanism, initial })?;
    ///     Ok(())
    /// }
    ///
    /// /// The proof of the login when there is one; an error: close the connection.
    /// fn hear(
    ///     client: &mut Client,
    ///     exchange: &mut Option<ClientExchange>,
    ///     event: Event,
    /// ) -> Result<Option<Authenticated>, Box<dyn std::error::Error>> {
    ///     match event {
    ///         Event::Challenge { id, challenge } => {
    ///             let running = exchange.as_mut().ok_or("no exchange")?;
    ///             let response = match challenge.data() {
    ///                 Some(data) => running.respond(data.expose()),
    ///                 None => running.respond_to_text(),
    ///             };
    ///             match response {
    ///                 Ok(response) => client.respond(id, response)?,
    ///                 Err(_) => client.cancel_exchange(id)?,
    ///             }
    ///         }
    ///         Event::Completed { result, .. } if exchange.is_some() => {
    ///             let ended = exchange.take().ok_or("no exchange")?;
    ///             match result {
    ///                 Ok(_) => return Ok(Some(ended.succeed(None)?)),
    ///                 Err(status) => println!("{:?}: {:?}", status, ended.refused()),
    ///             }
    ///         }
    ///         _ => {}
    ///     }
    ///     Ok(None)
    /// }
    /// # let _ = (begin, hear);
    /// ```
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: this command has no unanswered challenge.
    pub fn respond(&mut self, id: CommandId, response: Secret<Bytes>) -> Result<(), SendError> {
        self.answer_challenge(id, &SaslResponse::Data(response))
    }

    /// Ends an exchange whose server waits for an answer: sends `*` in its place (RFC 5034 section 4).
    /// [`Event::Completed`](super::Event::Completed) tells what the server says to that, which should be `-ERR`.
    ///
    /// An answer of which no octet has been handed out is not sent then. To end the exchange whatever it
    /// waits for, and not to hear of it any more, use [`cancel`](Self::cancel).
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: this command has no challenge that waits for an answer.
    pub fn cancel_exchange(&mut self, id: CommandId) -> Result<(), SendError> {
        self.take_back_answer(id);
        self.answer_challenge(id, &SaslResponse::Cancel)
    }

    /// Whether a response is out in part.
    pub(super) fn is_half_answered(&self, exchange: &Exchange) -> bool {
        let begun = exchange.answered_at.is_some_and(|at| at != self.transcript.sent());
        begun && !exchange.challenged && !exchange.cancelled && self.output.ready() > 0
    }

    /// Whether no octet of the response has been handed out.
    pub(super) fn is_unanswered(&self, exchange: &Exchange) -> bool {
        exchange.answered_at == Some(self.transcript.sent())
    }
}
