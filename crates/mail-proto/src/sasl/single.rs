//! Mechanisms of one message, the client's: PLAIN, EXTERNAL, ANONYMOUS.

use bytes::Bytes;

use super::server::OTHER_ANSWER;
use super::{
    Answer, ClientMechanism, Identity, Mechanism, Question, Refusal, SaslError, ServerMechanism,
    ServerProof, Step,
};
use crate::{ParseError, Secret, SendError};

/// The message of a mechanism that has no other. It is the mechanism's whole client side, and
/// [`SingleServer`] its server side.
pub trait SingleMessage: Sized {
    /// The mechanism's name.
    const MECHANISM: Mechanism;

    /// Reads the message.
    ///
    /// # Errors
    ///
    /// It is none of this mechanism.
    fn read(message: &[u8]) -> Result<Self, ParseError>;

    /// Writes the message.
    fn message(&self) -> Secret<Bytes>;

    /// Whom it is about.
    fn identity(&self) -> Identity;

    /// What the application has to decide.
    fn question(self) -> Question;
}

impl<M: SingleMessage + Send> ClientMechanism for M {
    fn mechanism(&self) -> Mechanism {
        M::MECHANISM
    }

    fn initial(&mut self) -> Option<Secret<Bytes>> {
        Some(self.message())
    }

    fn step(&mut self, _: &[u8]) -> Result<Secret<Bytes>, SaslError> {
        Err(SaslError::UnexpectedChallenge)
    }

    fn finish(&mut self, _: Option<&[u8]>) -> Result<ServerProof, SaslError> {
        Ok(ServerProof::None)
    }
}

/// The server's side of a mechanism of one message: `SingleServer::<Plain>::default()`.
#[derive(Clone, Debug)]
pub struct SingleServer<M> {
    identity: Option<Identity>,
    message: core::marker::PhantomData<fn() -> M>,
}

impl<M> Default for SingleServer<M> {
    fn default() -> Self {
        Self { identity: None, message: core::marker::PhantomData }
    }
}

impl<M: SingleMessage> ServerMechanism for SingleServer<M> {
    fn mechanism(&self) -> Mechanism {
        M::MECHANISM
    }

    fn respond(&mut self, response: Option<&[u8]>) -> Step {
        match response.map(M::read) {
            None => Step::Challenge(Secret::new(Bytes::new())),
            Some(Err(error)) => Step::Refused(error.into()),
            Some(Ok(message)) => {
                self.identity = Some(message.identity());
                Step::Ask(message.question())
            }
        }
    }

    fn answer(&mut self, answer: Answer) -> Result<Step, SendError> {
        match (answer, self.identity.take()) {
            (Answer::Accept, Some(identity)) => Ok(Step::Accepted(identity)),
            (Answer::Refuse(_), _) => Ok(Step::Refused(Refusal::Credentials)),
            (_, identity) => {
                self.identity = identity;
                Err(OTHER_ANSWER)
            }
        }
    }
}
