//! LOGIN: a name and a password in clear, each to a prompt (draft-murchison-sasl-login).

use core::mem;

use bytes::Bytes;

use super::field::filled;
use super::server::OTHER_ANSWER;
use super::{
    Answer, ClientMechanism, Identity, Mechanism, Plain, Question, Refusal, SaslError,
    ServerMechanism, ServerProof, Step,
};
use crate::{ParseError, Secret, SendError};

/// The client of LOGIN. Prompts vary from server to server and are not read: the first one is answered
/// by the name, the second by the password (Q33).
#[derive(Clone, Debug)]
pub struct LoginClient {
    user: Bytes,
    password: Secret<Bytes>,
    answered: u8,
}

impl LoginClient {
    /// For this user.
    ///
    /// # Errors
    ///
    /// Either is empty or holds NUL, SOH, CR or LF.
    pub fn new(user: impl Into<Bytes>, password: impl Into<Bytes>) -> Result<Self, ParseError> {
        let (user, password) = (user.into(), password.into());
        filled(&user, "a user and a password")?;
        filled(&password, "a user and a password")?;
        Ok(Self { user, password: Secret::new(password), answered: 0 })
    }
}

impl ClientMechanism for LoginClient {
    fn mechanism(&self) -> Mechanism {
        Mechanism::LOGIN
    }

    fn initial(&mut self) -> Option<Secret<Bytes>> {
        None
    }

    fn step(&mut self, _: &[u8]) -> Result<Secret<Bytes>, SaslError> {
        let response = match self.answered {
            0 => Secret::new(self.user.clone()),
            1 => self.password.clone(),
            _ => return Err(SaslError::UnexpectedChallenge),
        };
        self.answered = self.answered.saturating_add(1);
        Ok(response)
    }

    fn finish(&mut self, _: Option<&[u8]>) -> Result<ServerProof, SaslError> {
        match self.answered {
            2 => Ok(ServerProof::None),
            _ => Err(SaslError::Unfinished),
        }
    }
}

/// The server of LOGIN. A client may send the name as its initial response.
#[derive(Clone, Default, Debug)]
pub struct LoginServer {
    state: State,
}

#[derive(Clone, Default, Debug)]
enum State {
    #[default]
    User,
    Password(Bytes),
    Asked(Identity),
    Over,
}

impl ServerMechanism for LoginServer {
    fn mechanism(&self) -> Mechanism {
        Mechanism::LOGIN
    }

    fn respond(&mut self, response: Option<&[u8]>) -> Step {
        let prompt = |text: &'static str| Step::Challenge(Secret::new(Bytes::from(text)));
        match (mem::replace(&mut self.state, State::Over), response) {
            (State::User, None) => {
                self.state = State::User;
                prompt("Username:")
            }
            (State::User, Some(user)) => {
                self.state = State::Password(Bytes::copy_from_slice(user));
                prompt("Password:")
            }
            (State::Password(user), Some(password)) => {
                match Plain::new("", user, Bytes::copy_from_slice(password)) {
                    Ok(plain) => {
                        self.state = State::Asked(plain.identity());
                        Step::Ask(Question::Password(plain))
                    }
                    Err(error) => Step::Refused(error.into()),
                }
            }
            _ => Step::Refused(Refusal::UnexpectedResponse),
        }
    }

    fn answer(&mut self, answer: Answer) -> Result<Step, SendError> {
        match (answer, mem::replace(&mut self.state, State::Over)) {
            (Answer::Accept, State::Asked(identity)) => Ok(Step::Accepted(identity)),
            (Answer::Refuse(_), State::Asked(_)) => Ok(Step::Refused(Refusal::Credentials)),
            (_, state) => {
                self.state = state;
                Err(OTHER_ANSWER)
            }
        }
    }
}
