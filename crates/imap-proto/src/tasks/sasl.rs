//! AUTHENTICATE by a mechanism that is run to its end.

use bytes::Bytes;
use mail_proto::sasl::{Authenticated, ClientExchange, SaslError};
use mail_proto::{CommandId, Connection, Secret};

use super::task::Own;
use super::{Answer, Ending, LoggedIn, Task, Tasks};
use crate::{Authenticate, Capabilities, CommandBody, ConditionKind};

/// A login by a SASL mechanism: sends AUTHENTICATE, answers the challenges, and believes an OK only
/// when the mechanism does.
///
/// A challenge that the mechanism does not accept is answered by `*`; why, is in
/// [`Failure::refused`](super::Failure::refused). An OK that it does not accept closes the connection
/// before anything else is sent ([`Reason::Unproved`](super::Reason::Unproved)).
///
/// SCRAM computes within [`poll`](Connection::poll), some ten milliseconds for the usual number of
/// iterations. Who cannot wait that long runs [`Authenticate`], and the mechanism elsewhere.
///
/// ```
/// use imap_proto::client::{Client, Config};
/// use imap_proto::tasks::{SaslLogin, Tasks};
/// use mail_proto::Security;
/// use mail_proto::sasl::{ClientExchange, Plain};
///
/// let mut tasks = Tasks::new(Client::new(Config { security: Security::Tls, ..Config::default() }));
/// let exchange = ClientExchange::new(Plain::new("", "joe", "secret")?);
/// let login = tasks.run(SaslLogin(exchange))?;
/// # let _ = login;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SaslLogin(pub ClientExchange);

/// Somebody is logged in, and the mechanism agrees.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct SaslLoggedIn {
    /// What the server has proved of itself.
    pub authenticated: Authenticated,
    /// What it can do now; None if it has not said it, then ask (RFC 9051 section 6.2.2).
    pub capabilities: Option<Capabilities>,
}

impl Task for SaslLogin {
    type Output = SaslLoggedIn;

    fn into_command(self) -> CommandBody {
        self.into_parts().0
    }

    fn into_parts(self) -> (CommandBody, Option<ClientExchange>) {
        let mut exchange = self.0;
        let mechanism = exchange.mechanism();
        let initial_response = exchange.initial();
        let command = Authenticate { mechanism, initial_response };
        (CommandBody::Authenticate(command), Some(exchange))
    }

    fn output(answer: &mut Answer) -> Option<SaslLoggedIn> {
        let Some(Own::Authenticated(authenticated)) = answer.own.take().map(|own| *own) else {
            return None;
        };
        Some(SaslLoggedIn { authenticated, capabilities: LoggedIn::of(answer).capabilities })
    }
}

impl Tasks {
    /// Answers a challenge, if a mechanism runs. Otherwise the challenge comes back.
    pub(super) fn answer_challenge(
        &mut self,
        command: CommandId,
        data: Secret<Bytes>,
    ) -> Option<Secret<Bytes>> {
        let entry = self.open.iter_mut().find(|entry| entry.command == command);
        let Some((exchange, cancelled)) =
            entry.and_then(|entry| Some((entry.exchange.as_mut()?, entry.cancelled)))
        else {
            return Some(data);
        };
        let answered = match exchange.respond(data.expose()) {
            Ok(response) if !cancelled => self.client.respond(command, response),
            // The exchange remembers its error.
            _ => self.client.cancel_exchange(command),
        };
        debug_assert!(answered.is_ok());
        None
    }

    /// Asks the mechanism about the server's answer. If it does not agree with an OK, the connection
    /// closes before anything is sent in the belief that somebody is logged in.
    pub(super) fn end_exchange(
        &mut self,
        exchange: ClientExchange,
        ending: &Ending,
    ) -> Result<Own, SaslError> {
        if !matches!(ending, Ending::Answered(it) if it.kind == ConditionKind::Ok) {
            return Ok(Own::Refused(exchange.refused()));
        }
        let proved = exchange.succeed(None);
        if proved.is_err() {
            self.client.close();
        }
        proved.map(Own::Authenticated)
    }
}
