//! AUTHENTICATE: challenges, responses, and how it is given up (RFC 9051 section 6.2.2, RFC 4959).

use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{CommandId, Owed, ParseError, Reading, Secret, SendError};

use super::pipeline::{Effect, Open};
use super::{Client, Event};
use crate::connection::Error;
use crate::{Authenticate, AuthenticateData, Continuation, Defect, Encoder, Negotiated};

/// An authentication exchange.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// Answers the first challenge, because it did not go into the command line.
    initial: Option<Secret<Bytes>>,
    /// A challenge has been seen, or a response went with the command.
    pub(super) begun: bool,
    /// A challenge waits for the application's response.
    challenged: bool,
    /// The last response was `*`.
    cancelled: bool,
    /// Octets that had been handed out when the last response was queued.
    answered_at: Option<u64>,
    /// Capabilities have come since it began.
    pub(super) listed: bool,
}

impl Client {
    /// The command as it is to be sent now, and its exchange.
    pub(super) fn prepare_exchange(&self, mut command: Authenticate) -> (Authenticate, Exchange) {
        let offered = self.config.initial_response
            && self.known_then().is_some_and(super::ServerCapabilities::initial_response);
        let initial = if offered { None } else { command.initial_response.take() };
        let begun = command.initial_response.is_some();
        (command, Exchange { initial, begun, ..Exchange::default() })
    }

    /// The lines of the exchange have an id of their own, so that the command line counts as sent
    /// without them.
    pub(super) fn push_exchange(&mut self) {
        self.last_id = self.last_id.following();
        self.output.push_hole(self.last_id, Owed::Open);
    }

    /// Answers an [`Event::Challenge`].
    ///
    /// What to say, the mechanisms of [`mail_proto::sasl`] know; the server's OK is for them to judge,
    /// too:
    ///
    /// ```
    /// use imap_proto::client::{Client, Event};
    /// use imap_proto::{Authenticate, CommandBody, ConditionKind};
    /// use mail_proto::sasl::{Authenticated, ClientExchange};
    ///
    /// fn begin(client: &mut Client, exchange: &mut ClientExchange) -> Result<(), mail_proto::SendError> {
    ///     let (mechanism, initial_response) = (exchange.mechanism(), exchange.initial());
    ///     client.send(CommandBody::Authenticate(Authenticate { mechanism, initial_response }))?;
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
    ///         Event::Challenge { id, data } => {
    ///             let running = exchange.as_mut().ok_or("no exchange")?;
    ///             match running.respond(data.expose()) {
    ///                 Ok(response) => client.respond(id, response)?,
    ///                 Err(_) => client.cancel_exchange(id)?,
    ///             }
    ///         }
    ///         Event::Completed { condition, .. } if exchange.is_some() => {
    ///             let ended = exchange.take().ok_or("no exchange")?;
    ///             if condition.kind == ConditionKind::Ok {
    ///                 return Ok(Some(ended.succeed(None)?));
    ///             }
    ///             println!("{:?}: {:?}", condition, ended.refused());
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
        self.answer(id, &AuthenticateData::Response(response))
    }

    /// Ends an exchange whose server waits for an answer: sends `*` in its place (RFC 9051 section
    /// 6.2.2). [`Event::Completed`] tells what the server says to that, which should be BAD.
    ///
    /// An answer of which no octet has been handed out is not sent then. To end the exchange whatever it
    /// waits for, and not to hear of it any more, use [`cancel`](Self::cancel).
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`]: this command has no challenge that waits for an answer.
    pub fn cancel_exchange(&mut self, id: CommandId) -> Result<(), SendError> {
        self.take_back_answer(id);
        self.answer(id, &AuthenticateData::Cancel)
    }

    fn answer(&mut self, id: CommandId, answer: &AuthenticateData) -> Result<(), SendError> {
        let sent = self.transcript.sent();
        let exchange = self.exchange(id).filter(|it| it.challenged).ok_or(SendError::NotOwed)?;
        exchange.challenged = false;
        exchange.cancelled = *answer == AuthenticateData::Cancel;
        exchange.answered_at = Some(sent);
        let mut line = Vec::new();
        answer.encode(&mut Encoder::new(&mut line, Negotiated::client()));
        self.touched = true;
        self.output.fill_copied(id.following(), &line, true)
    }

    /// An answer of which no octet has been handed out is as good as not given.
    fn take_back_answer(&mut self, id: CommandId) {
        let sent = self.transcript.sent();
        let Some(exchange) = self.exchange(id) else { return };
        if exchange.answered_at != Some(sent) || exchange.cancelled || exchange.challenged {
            return;
        }
        (exchange.challenged, exchange.answered_at) = (true, None);
        let taken = self.output.empty_hole(id.following());
        debug_assert!(taken.is_ok());
    }

    /// The exchange that runs, if this is it. It runs alone.
    fn exchange(&mut self, id: CommandId) -> Option<&mut Exchange> {
        match self.pipeline.front_mut() {
            Some(Open { id: front, effect: Effect::Authenticate(exchange), .. }) => {
                (*front == id).then_some(&mut **exchange)
            }
            _ => None,
        }
    }

    /// The AUTHENTICATE that runs, if one does.
    pub(super) fn authenticating(&self) -> Option<CommandId> {
        match self.pipeline.front() {
            Some(Open { id, effect: Effect::Authenticate(_), .. }) if self.running > 0 => Some(*id),
            _ => None,
        }
    }

    /// Whether the application owes a response.
    pub(super) fn is_challenged(&self) -> bool {
        match self.pipeline.front() {
            Some(Open { effect: Effect::Authenticate(exchange), .. }) => exchange.challenged,
            _ => false,
        }
    }

    /// Whether an exchange may end now: not while its response is being sent, except that a server may
    /// give up before the first octet of it.
    pub(super) fn may_end_exchange(&self, exchange: &Exchange, agreed: bool) -> bool {
        self.output.ready() == 0 || !agreed && exchange.answered_at == Some(self.transcript.sent())
    }

    /// Whether a response is out in part.
    pub(super) fn is_half_answered(&self, exchange: &Exchange) -> bool {
        let begun = exchange.answered_at.is_some_and(|at| at != self.transcript.sent());
        begun && !exchange.challenged && !exchange.cancelled && self.output.ready() > 0
    }

    /// `+` has come while AUTHENTICATE runs.
    pub(super) fn challenge(
        &mut self,
        id: CommandId,
        at: u64,
        continuation: &Continuation,
        reading: &mut Reading<Defect>,
    ) -> Result<(), Error> {
        let unsent = self.output.ready() > 0;
        let swallowed = self.pipeline.front().is_some_and(|open| open.swallowed);
        let Some(exchange) = self.exchange(id) else { return Ok(()) };
        if exchange.challenged || exchange.cancelled || unsent {
            return Err(Error::Desync { at, expected: "one challenge for each response" });
        }
        let first = !exchange.begun;
        (exchange.begun, exchange.challenged) = (true, true);
        let initial = exchange.initial.take();
        let answer = match (initial, decoded(continuation, first, reading)) {
            // Whoever gave the command is gone.
            _ if swallowed => AuthenticateData::Cancel,
            // Nothing that a server could say before the initial response bears on it.
            (Some(initial), _) => AuthenticateData::Response(initial),
            (None, Ok(data)) => {
                self.events.push_back(Event::Challenge { id, data });
                return Ok(());
            }
            (None, Err(error)) => {
                let at = at.saturating_add(2).saturating_add(error.at as u64);
                let raw = Bytes::new();
                self.events.push_back(Event::Unparsed { at, expected: error.expected, raw });
                AuthenticateData::Cancel
            }
        };
        let answered = self.answer(id, &answer);
        debug_assert!(answered.is_ok());
        Ok(())
    }
}

fn decoded(
    continuation: &Continuation,
    first: bool,
    reading: &mut Reading<Defect>,
) -> Result<Secret<Bytes>, ParseError> {
    let before = reading.defects.len();
    match continuation.data(reading) {
        Err(_) if first => {
            reading.defects.truncate(before);
            reading.tolerate(Defect::TextForChallenge, 2, "a challenge in base64")?;
            Ok(Secret::new(Bytes::new()))
        }
        data => data,
    }
}
