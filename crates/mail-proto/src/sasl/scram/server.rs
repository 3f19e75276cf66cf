//! The server of SCRAM.

use alloc::vec::Vec;
use core::mem;

use bytes::Bytes;

use super::client::auth_message;
use super::hash::xor;
use super::{
    ClientFinal, ClientFirst, MessageError, Nonce, Pretence, ScramHash, ScramKeys, ServerError,
    ServerFinal, ServerFirst,
};
use crate::sasl::server::OTHER_ANSWER;
use crate::sasl::{
    Answer, BindingFlag, ChannelBinding, Identity, Mechanism, Question, Refusal, ServerMechanism,
    Step,
};
use crate::{Secret, SendError};

/// The server of all SCRAM mechanisms.
///
/// It asks for the user's [`ScramKeys`], and goes on as if there were some where there are none. The
/// password is never seen; comparisons take the same time whatever is compared.
#[derive(Clone, Debug)]
pub struct ScramServer {
    hash: ScramHash,
    nonce: Nonce,
    pretence: Pretence,
    bindings: Vec<ChannelBinding>,
    is_plus: bool,
    offers_plus: bool,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    New,
    Asked(ClientFirst),
    Challenged(Challenged),
    /// The signature has been sent.
    Signed(Identity),
    Over,
}

#[derive(Clone, Debug)]
struct Challenged {
    first: ClientFirst,
    server_first: Bytes,
    nonce: Nonce,
    keys: ScramKeys,
    is_known: bool,
}

impl ScramServer {
    /// Without channel binding, on a server that lists no `-PLUS` mechanism.
    #[must_use]
    pub fn new(hash: ScramHash, nonce: Nonce, pretence: Pretence) -> Self {
        let (bindings, state) = (Vec::new(), State::New);
        Self { hash, nonce, pretence, bindings, is_plus: false, offers_plus: false, state }
    }

    /// Says that the server lists `-PLUS` mechanisms too: a client that could bind and says that they
    /// were not there has been shown a forged list, and is refused (RFC 5802 section 6).
    #[must_use]
    pub fn beside_plus(self) -> Self {
        Self { offers_plus: true, ..self }
    }

    /// The `-PLUS` mechanism, with what this channel can be bound to; the client chooses.
    #[must_use]
    pub fn plus(self, bindings: impl Into<Vec<ChannelBinding>>) -> Self {
        Self { bindings: bindings.into(), is_plus: true, offers_plus: true, ..self }
    }

    fn first(&mut self, message: &[u8]) -> Step {
        let checked = ClientFirst::decode(message).map_err(Refusal::from).and_then(|first| {
            self.check_flag(&first.header().flag).map(|()| first).map_err(Refusal::Scram)
        });
        match checked {
            Err(refusal) => Step::Refused(refusal),
            Ok(first) => {
                let (user, authorization) =
                    (first.user().clone(), first.header().authorization().clone());
                self.state = State::Asked(first);
                Step::Ask(Question::KeysOf { hash: self.hash, user, authorization })
            }
        }
    }

    fn check_flag(&self, flag: &BindingFlag) -> Result<(), ServerError> {
        match (flag, self.is_plus) {
            (BindingFlag::Bound(kind), true) => match self.binding(kind.as_bytes()) {
                Some(_) => Ok(()),
                None => Err(ServerError::UnsupportedChannelBindingType),
            },
            (BindingFlag::Bound(_), false) => Err(ServerError::ChannelBindingNotSupported),
            (_, true) => Err(ServerError::ServerDoesSupportChannelBinding),
            (BindingFlag::NotOffered, false) if self.offers_plus => {
                Err(ServerError::ServerDoesSupportChannelBinding)
            }
            (BindingFlag::NotOffered | BindingFlag::Unsupported, false) => Ok(()),
        }
    }

    fn binding(&self, kind: &[u8]) -> Option<&ChannelBinding> {
        self.bindings.iter().find(|binding| binding.kind().as_bytes() == kind)
    }

    fn challenge(&mut self, first: ClientFirst, keys: Option<ScramKeys>) -> Step {
        let is_known = keys.is_some();
        // Made for everybody, so that the time does not tell who exists.
        let pretended = self.pretence.keys(self.hash, first.user());
        let keys = keys.unwrap_or(pretended);
        let both = [first.nonce().as_bytes(), self.nonce.as_bytes()].concat();
        let Ok(nonce) = Nonce::new(both) else {
            return Step::Refused(Refusal::Scram(ServerError::OtherError));
        };
        let iterations = u64::from(keys.iterations().get());
        let message = ServerFirst { nonce: nonce.clone(), salt: keys.salt().clone(), iterations };
        let server_first = Bytes::from(message.encode());
        let challenge = Step::Challenge(Secret::new(server_first.clone()));
        self.state = State::Challenged(Challenged { first, server_first, nonce, keys, is_known });
        challenge
    }

    fn last(&mut self, challenged: &Challenged, message: &[u8]) -> Step {
        match self.check(challenged, message) {
            Err(refusal) => Step::Refused(refusal),
            Ok(signature) => {
                self.state = State::Signed(Identity {
                    authentication: challenged.first.user().clone(),
                    authorization: challenged.first.header().authorization().clone(),
                });
                let message = ServerFinal::Verifier(signature.into_exposed()).encode();
                Step::Challenge(Secret::new(message.into()))
            }
        }
    }

    /// The client's proof; gives the server's signature.
    fn check(&self, challenged: &Challenged, message: &[u8]) -> Result<Secret<Bytes>, Refusal> {
        let last = ClientFinal::decode(message)?;
        if last.nonce() != &challenged.nonce {
            return Err(Refusal::Scram(ServerError::OtherError));
        }
        if !self.binding_input(&challenged.first).matches(last.binding()) {
            return Err(Refusal::Scram(ServerError::ChannelBindingsDontMatch));
        }
        let keys = &challenged.keys;
        let message = auth_message(&challenged.first, &challenged.server_first, &last);
        let message: [&[u8]; 5] = message.each_ref().map(|part| &part[..]);
        let signature = self.hash.hmac(keys.stored_key().expose(), &message);
        let client_key = xor(signature.expose(), &last.proof);
        let is_right = self.hash.digest(client_key.expose()).matches(keys.stored_key().expose());
        let has_length = last.proof.len() == self.hash.size();
        match is_right & has_length & challenged.is_known {
            true => Ok(self.hash.hmac(keys.server_key().expose(), &message)),
            false => Err(Refusal::Credentials),
        }
    }

    fn binding_input(&self, first: &ClientFirst) -> Secret<Bytes> {
        let mut input = Vec::new();
        first.header().encode(&mut input);
        if let BindingFlag::Bound(kind) = &first.header().flag
            && let Some(binding) = self.binding(kind.as_bytes())
        {
            input.extend_from_slice(binding.data().expose());
        }
        Secret::new(input.into())
    }
}

impl From<MessageError> for Refusal {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Malformed(error) => Self::Malformed(error),
            MessageError::MandatoryExtension => Self::Scram(ServerError::ExtensionsNotSupported),
        }
    }
}

impl ServerMechanism for ScramServer {
    fn mechanism(&self) -> Mechanism {
        self.hash.mechanism(self.is_plus)
    }

    fn respond(&mut self, response: Option<&[u8]>) -> Step {
        match (mem::replace(&mut self.state, State::Over), response) {
            (State::New, None) => {
                self.state = State::New;
                Step::Challenge(Secret::new(Bytes::new()))
            }
            (State::New, Some(message)) => self.first(message),
            (State::Challenged(challenged), Some(message)) => self.last(&challenged, message),
            (State::Signed(identity), Some([])) => Step::Accepted(identity),
            _ => Step::Refused(Refusal::UnexpectedResponse),
        }
    }

    fn answer(&mut self, answer: Answer) -> Result<Step, SendError> {
        match (answer, mem::replace(&mut self.state, State::Over)) {
            (Answer::Keys(keys), State::Asked(first))
                if keys.as_ref().is_none_or(|keys| keys.hash() == self.hash) =>
            {
                Ok(self.challenge(first, keys))
            }
            (_, state) => {
                self.state = state;
                Err(OTHER_ANSWER)
            }
        }
    }
}
