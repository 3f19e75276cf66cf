//! The server's half of an exchange: what every mechanism does, and the order it is done in.

use alloc::boxed::Box;
use core::fmt;

use bytes::Bytes;
use thiserror::Error;

use super::scram::{ScramHash, ScramKeys, ServerError};
use super::{Anonymous, Bearer, External, Mechanism, Plain};
use crate::{ParseError, Secret, SendError};

/// What a mechanism does on the server's side. [`ServerExchange`] calls it in the right order.
pub trait ServerMechanism: Send {
    /// The name.
    fn mechanism(&self) -> Mechanism;

    /// What the client says; nothing: the exchange begins without an initial response.
    fn respond(&mut self, response: Option<&[u8]>) -> Step;

    /// What the application says to the question of the last step.
    ///
    /// # Errors
    ///
    /// [`SendError::State`]: it is no answer to that question. Nothing has changed.
    fn answer(&mut self, answer: Answer) -> Result<Step, SendError>;
}

/// How an exchange goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub enum Step {
    /// Send this challenge; the client's response goes to [`ServerExchange::respond`].
    Challenge(Secret<Bytes>),
    /// Something that only the application knows; it goes to [`ServerExchange::answer`].
    Ask(Question),
    /// The user has proved who they are: answer OK.
    Accepted(Identity),
    /// Nobody is logged in: answer NO or `-ERR`, in the same words whatever the reason.
    Refused(Refusal),
}

/// What a mechanism asks the application.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Question {
    /// Is the password right, and may the user act as they wish (PLAIN, LOGIN)? Compare by
    /// [`Secret::matches`], or by the hash that the store keeps. [`Answer::Accept`] or
    /// [`Answer::Refuse`].
    Password(Plain),
    /// May whom the channel authenticated (a client certificate) act as this identity? Likewise.
    External(External),
    /// May a guest come in? Likewise.
    Anonymous(Anonymous),
    /// Is the token good (OAUTHBEARER, XOAUTH2)? Likewise; a refusal may say more, in JSON.
    Token(Bearer),
    /// The password of a user (CRAM-MD5). [`Answer::Password`].
    PasswordOf {
        /// The user.
        user: Bytes,
    },
    /// What is kept of a user's password (SCRAM). [`Answer::Keys`].
    KeysOf {
        /// The hash function they are made by.
        hash: ScramHash,
        /// The user, prepared by the client only: prepare before comparing (RFC 5802 section 5.1).
        user: Bytes,
        /// Whom the user wishes to act as; empty: the same. If that may not be, answer `None`.
        authorization: Bytes,
    },
}

/// What the application answers.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// Yes.
    Accept,
    /// No. The octets are for mechanisms that tell the client why: JSON of RFC 7628 section 3.2.2.
    Refuse(Option<Bytes>),
    /// The password; `None` if there is no such user.
    Password(Option<Secret<Bytes>>),
    /// The keys; `None` if there is no such user. The exchange then goes on as if there were, and ends
    /// in a refusal.
    Keys(Option<ScramKeys>),
}

/// Who has logged in.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Identity {
    /// Whose credentials they were. Empty where the mechanism does not say: EXTERNAL's is known to
    /// whoever has the certificate, a token's to whoever has checked it.
    pub authentication: Bytes,
    /// Whom to act as; empty: the same.
    pub authorization: Bytes,
}

/// Why nobody is logged in: for the log, not for the client.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A message of the client is not as the mechanism has it.
    #[error("the client's message: {0}")]
    Malformed(#[from] ParseError),
    /// The credentials are wrong, or there is no such user.
    #[error("wrong credentials")]
    Credentials,
    /// A rule of SCRAM is broken, in the words that SCRAM has for it.
    #[error("SCRAM: {0}")]
    Scram(ServerError),
    /// The client has gone on behind the end.
    #[error("a response behind the end of the exchange")]
    UnexpectedResponse,
}

/// The server's half of an authentication exchange, sans-IO and the same for POP3 and IMAP.
///
/// There is no callback: where a mechanism needs what only the application knows, it
/// [asks](Step::Ask), and goes on when it is [answered](Self::answer), at once or after a lookup.
///
/// # Example
///
/// ```
/// use mail_proto::sasl::{Answer, Plain, Question, ServerExchange, SingleServer, Step};
///
/// let (mut exchange, step) = ServerExchange::begin(SingleServer::<Plain>::default(), None);
/// assert!(matches!(step, Step::Challenge(octets) if octets.expose().is_empty()));
///
/// let Step::Ask(Question::Password(plain)) = exchange.respond(b"\0tim\0tanstaaftanstaaf")? else {
///     panic!("not asked");
/// };
/// assert!(plain.password().matches(b"tanstaaftanstaaf"));
/// let Step::Accepted(identity) = exchange.answer(Answer::Accept)? else { panic!("not accepted") };
/// assert_eq!(identity.authentication, "tim");
/// # Ok::<(), mail_proto::SendError>(())
/// ```
pub struct ServerExchange {
    mechanism: Box<dyn ServerMechanism>,
    waits_for: WaitsFor,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum WaitsFor {
    Response,
    Answer,
    Nothing,
}

impl ServerExchange {
    /// AUTH or AUTHENTICATE has come, with this initial response.
    pub fn begin(
        mechanism: impl ServerMechanism + 'static,
        initial: Option<&[u8]>,
    ) -> (Self, Step) {
        let mut exchange = Self { mechanism: Box::new(mechanism), waits_for: WaitsFor::Response };
        let step = exchange.mechanism.respond(initial);
        exchange.went_on(&step);
        (exchange, step)
    }

    /// The mechanism's name.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism.mechanism()
    }

    /// The client has answered the challenge.
    ///
    /// # Errors
    ///
    /// [`SendError::State`]: there is no challenge to be answered.
    pub fn respond(&mut self, response: &[u8]) -> Result<Step, SendError> {
        if self.waits_for != WaitsFor::Response {
            return Err(SendError::State { expected: "a challenge that has not been answered" });
        }
        let step = self.mechanism.respond(Some(response));
        self.went_on(&step);
        Ok(step)
    }

    /// The application answers the question.
    ///
    /// # Errors
    ///
    /// [`SendError::State`]: there is no question, or it is not answered by this.
    pub fn answer(&mut self, answer: Answer) -> Result<Step, SendError> {
        if self.waits_for != WaitsFor::Answer {
            return Err(SendError::State { expected: "a question that has not been answered" });
        }
        let step = self.mechanism.answer(answer)?;
        self.went_on(&step);
        Ok(step)
    }

    fn went_on(&mut self, step: &Step) {
        self.waits_for = match step {
            Step::Challenge(_) => WaitsFor::Response,
            Step::Ask(_) => WaitsFor::Answer,
            Step::Accepted(_) | Step::Refused(_) => WaitsFor::Nothing,
        };
    }
}

impl fmt::Debug for ServerExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.mechanism.mechanism();
        f.debug_struct("ServerExchange")
            .field("mechanism", &name)
            .field("waits_for", &self.waits_for)
            .finish_non_exhaustive()
    }
}

/// An answer of another kind than was asked for.
pub(super) const OTHER_ANSWER: SendError =
    SendError::State { expected: "an answer of the kind that was asked for" };
