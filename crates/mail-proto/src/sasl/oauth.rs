//! OAUTHBEARER (RFC 7628) and its precursor XOAUTH2: a token, and a dialogue when it is refused.

use core::mem;

use bytes::Bytes;

use super::field::filled;
use super::server::OTHER_ANSWER;
use super::{
    Answer, Bearer, ClientMechanism, Identity, Mechanism, Question, Refusal, SaslError,
    ServerMechanism, ServerProof, Step,
};
use crate::{ParseError, Secret, SendError};

/// Which of the two mechanisms.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OauthKind {
    /// OAUTHBEARER (RFC 7628).
    OauthBearer,
    /// XOAUTH2, as Google and Microsoft document it.
    XOauth2,
}

impl OauthKind {
    /// The mechanism's name.
    #[must_use]
    pub const fn mechanism(self) -> Mechanism {
        match self {
            Self::OauthBearer => Mechanism::OAUTHBEARER,
            Self::XOauth2 => Mechanism::XOAUTH2,
        }
    }

    /// What a client answers to an error, so that the server can end the exchange: SOH (RFC 7628
    /// section 3.2.3), or nothing.
    const fn dummy(self) -> &'static [u8] {
        match self {
            Self::OauthBearer => b"\x01",
            Self::XOauth2 => b"",
        }
    }
}

/// The client of OAUTHBEARER and XOAUTH2.
///
/// A server that refuses the token says why in a challenge, and waits for a dummy answer; the client
/// gives it, keeps the challenge as it came ([`Refused::server_error`](super::Refused::server_error)),
/// and the protocol's NO follows.
#[derive(Clone, Debug)]
pub struct OauthClient {
    kind: OauthKind,
    bearer: Bearer,
    error: Option<Bytes>,
}

impl OauthClient {
    /// With this token.
    ///
    /// # Errors
    ///
    /// XOAUTH2 wants a user.
    pub fn new(kind: OauthKind, bearer: Bearer) -> Result<Self, ParseError> {
        if kind == OauthKind::XOauth2 {
            filled(bearer.user(), "a user")?;
        }
        Ok(Self { kind, bearer, error: None })
    }
}

impl ClientMechanism for OauthClient {
    fn mechanism(&self) -> Mechanism {
        self.kind.mechanism()
    }

    fn initial(&mut self) -> Option<Secret<Bytes>> {
        Some(self.bearer.encode(self.kind))
    }

    fn step(&mut self, challenge: &[u8]) -> Result<Secret<Bytes>, SaslError> {
        if self.error.is_some() {
            return Err(SaslError::UnexpectedChallenge);
        }
        self.error = Some(Bytes::copy_from_slice(challenge));
        Ok(Secret::new(Bytes::from_static(self.kind.dummy())))
    }

    fn finish(&mut self, _: Option<&[u8]>) -> Result<ServerProof, SaslError> {
        match self.error {
            None => Ok(ServerProof::None),
            Some(_) => Err(SaslError::Contradiction),
        }
    }

    fn server_error(&self) -> Option<&Bytes> {
        self.error.as_ref()
    }
}

/// The server of OAUTHBEARER and XOAUTH2.
#[derive(Clone, Debug)]
pub struct OauthServer {
    kind: OauthKind,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    New,
    Asked(Identity),
    /// The reason has been told.
    Refusing,
    Over,
}

impl OauthServer {
    /// A server of either mechanism.
    #[must_use]
    pub const fn new(kind: OauthKind) -> Self {
        Self { kind, state: State::New }
    }
}

impl ServerMechanism for OauthServer {
    fn mechanism(&self) -> Mechanism {
        self.kind.mechanism()
    }

    fn respond(&mut self, response: Option<&[u8]>) -> Step {
        match (mem::replace(&mut self.state, State::Over), response) {
            (State::New, None) => {
                self.state = State::New;
                Step::Challenge(Secret::new(Bytes::new()))
            }
            (State::New, Some(message)) => match Bearer::decode(message, self.kind) {
                Ok(bearer) => {
                    let authorization = bearer.user().clone();
                    self.state =
                        State::Asked(Identity { authentication: Bytes::new(), authorization });
                    Step::Ask(Question::Token(bearer))
                }
                Err(error) => Step::Refused(error.into()),
            },
            // Whatever it says, or nothing.
            (State::Refusing, _) => Step::Refused(Refusal::Credentials),
            _ => Step::Refused(Refusal::UnexpectedResponse),
        }
    }

    fn answer(&mut self, answer: Answer) -> Result<Step, SendError> {
        match (answer, mem::replace(&mut self.state, State::Over)) {
            (Answer::Accept, State::Asked(identity)) => Ok(Step::Accepted(identity)),
            (Answer::Refuse(why), State::Asked(_)) => {
                self.state = State::Refusing;
                let why = why.unwrap_or(Bytes::from_static(br#"{"status":"invalid_token"}"#));
                Ok(Step::Challenge(Secret::new(why)))
            }
            (_, state) => {
                self.state = state;
                Err(OTHER_ANSWER)
            }
        }
    }
}
