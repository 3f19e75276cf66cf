//! The client of SCRAM.

use core::mem;
use core::num::NonZeroU32;

use bytes::Bytes;

use super::hash::xor;
use super::{ClientFinal, ClientFirst, MessageError, Nonce, ScramHash, ServerFinal, ServerFirst};
use crate::sasl::{
    BindingFlag, ChannelBinding, ClientMechanism, Gs2Header, Mechanism, Prepared, SaslError,
    ServerProof,
};
use crate::{ParseError, Secret};

/// What a client lets a server ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScramLimits {
    /// Fewer iterations help an eavesdropper to guess the password (RFC 7677 section 4).
    pub min_iterations: u32,
    /// More of them are an attack on the client (RFC 5802 section 9). Nothing has been hashed when they
    /// are refused.
    pub max_iterations: u32,
    /// Octets of the shortest salt (erratum 2652).
    pub min_salt: usize,
    /// Octets of the longest salt.
    pub max_salt: usize,
}

impl Default for ScramLimits {
    fn default() -> Self {
        Self { min_iterations: 4096, max_iterations: 100_000, min_salt: 2, max_salt: 1024 }
    }
}

/// The client of all SCRAM mechanisms.
///
/// It has proved nothing of itself before the server has shown both nonces, and takes no success for
/// one before the server's signature has been checked.
#[derive(Clone, Debug)]
pub struct ScramClient {
    hash: ScramHash,
    user: Prepared,
    password: Prepared,
    nonce: Nonce,
    authorization: Bytes,
    flag: BindingFlag,
    binding: Option<ChannelBinding>,
    limits: ScramLimits,
    state: State,
    refused: Option<Bytes>,
}

#[derive(Clone, Debug)]
enum State {
    New,
    First(ClientFirst),
    /// The server's signature must be this.
    Final(Secret<Bytes>),
    Verified,
    Over,
}

impl ScramClient {
    /// Without channel binding, saying that there cannot be one: `n`.
    #[must_use]
    pub fn new(hash: ScramHash, user: Prepared, password: Prepared, nonce: Nonce) -> Self {
        Self {
            hash,
            user,
            password,
            nonce,
            authorization: Bytes::new(),
            flag: BindingFlag::Unsupported,
            binding: None,
            limits: ScramLimits::default(),
            state: State::New,
            refused: None,
        }
    }

    /// Bound to the channel: the mechanism is the `-PLUS` one.
    #[must_use]
    pub fn bound_to(self, binding: ChannelBinding) -> Self {
        let flag = BindingFlag::Bound(binding.kind().clone());
        Self { flag, binding: Some(binding), ..self }
    }

    /// The client could bind to the channel, but the server lists no `-PLUS`: `y`. If that list was
    /// tampered with, the server knows now.
    #[must_use]
    pub fn binding_not_offered(self) -> Self {
        Self { flag: BindingFlag::NotOffered, binding: None, ..self }
    }

    /// Acts as somebody else.
    ///
    /// # Errors
    ///
    /// The identity is no UTF-8, or holds NUL, SOH, CR or LF.
    pub fn acting_as(self, authorization: impl Into<Bytes>) -> Result<Self, ParseError> {
        let header = Gs2Header::new(BindingFlag::Unsupported, authorization)?;
        Ok(Self { authorization: header.authorization().clone(), ..self })
    }

    /// With other limits.
    #[must_use]
    pub fn with_limits(self, limits: ScramLimits) -> Self {
        Self { limits, ..self }
    }

    /// The client's first message. It is the same however often it is asked for, and there is one: what
    /// could be wrong with it was checked when its parts were made.
    fn first(&self) -> Result<ClientFirst, ParseError> {
        let header = Gs2Header::new(self.flag.clone(), self.authorization.clone())?;
        ClientFirst::new(header, self.user.expose().clone(), self.nonce.clone())
    }

    fn answer(&mut self, first: &ClientFirst, challenge: &[u8]) -> Result<Bytes, SaslError> {
        // A server may refuse here already (erratum 5271).
        if challenge.starts_with(b"e=") {
            return Err(self.server_refuses(challenge));
        }
        let server = ServerFirst::decode(challenge)?;
        let iterations = self.check(&server)?;
        let salted = self.hash.salted(self.password.expose(), &server.salt, iterations);
        let client_key = self.hash.hmac(salted.expose(), &[b"Client Key"]);
        let stored_key = self.hash.digest(client_key.expose());
        let server_key = self.hash.hmac(salted.expose(), &[b"Server Key"]);

        let mut last = ClientFinal::new(self.binding_input(first), server.nonce);
        let message = auth_message(first, challenge, &last);
        let message: [&[u8]; 5] = message.each_ref().map(|part| &part[..]);
        let signature = self.hash.hmac(stored_key.expose(), &message);
        let expected = self.hash.hmac(server_key.expose(), &message);
        last.proof = xor(client_key.expose(), signature.expose()).into_exposed();
        self.state = State::Final(expected);
        Ok(last.encode().into())
    }

    /// What the server asks for, before any work is done for it.
    fn check(&self, server: &ServerFirst) -> Result<NonZeroU32, SaslError> {
        let ours = self.nonce.as_bytes();
        let theirs = server.nonce.as_bytes();
        if !theirs.starts_with(ours) || theirs.len() == ours.len() {
            return Err(SaslError::Nonce);
        }
        let (least, most) = (self.limits.min_iterations, self.limits.max_iterations);
        let asked = server.iterations;
        let within = u32::try_from(asked).ok().filter(|asked| (least..=most).contains(asked));
        let iterations = within.and_then(NonZeroU32::new);
        let iterations = iterations.ok_or(SaslError::Iterations { asked, least, most })?;
        let length = server.salt.len();
        match (self.limits.min_salt..=self.limits.max_salt).contains(&length) {
            true => Ok(iterations),
            false => Err(SaslError::Salt { length }),
        }
    }

    /// The header and the data of the channel.
    fn binding_input(&self, first: &ClientFirst) -> Bytes {
        let mut input = alloc::vec::Vec::new();
        first.header().encode(&mut input);
        if let Some(binding) = &self.binding {
            input.extend_from_slice(binding.data().expose());
        }
        input.into()
    }

    fn verify(&mut self, expected: &Secret<Bytes>, message: &[u8]) -> Result<(), SaslError> {
        match ServerFinal::decode(message)? {
            ServerFinal::Verifier(signature) if expected.matches(&signature) => {
                self.state = State::Verified;
                Ok(())
            }
            ServerFinal::Verifier(_) => Err(SaslError::Unverified),
            ServerFinal::Error(_) => Err(self.server_refuses(message)),
        }
    }

    fn server_refuses(&mut self, message: &[u8]) -> SaslError {
        self.refused = message.strip_prefix(b"e=").map(Bytes::copy_from_slice);
        match ServerFinal::decode(message) {
            Ok(ServerFinal::Error(error)) => SaslError::Server(error),
            Ok(ServerFinal::Verifier(_)) => SaslError::Unverified,
            Err(error) => error.into(),
        }
    }
}

/// `AuthMessage`, which both sides sign, in parts.
pub(super) fn auth_message(first: &ClientFirst, server: &[u8], last: &ClientFinal) -> [Bytes; 5] {
    let comma = Bytes::from_static(b",");
    let server = Bytes::copy_from_slice(server);
    [first.bare().clone(), comma.clone(), server, comma, last.without_proof().clone()]
}

impl From<MessageError> for SaslError {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Malformed(error) => Self::Malformed(error),
            MessageError::MandatoryExtension => Self::MandatoryExtension,
        }
    }
}

impl ClientMechanism for ScramClient {
    fn mechanism(&self) -> Mechanism {
        self.hash.mechanism(self.binding.is_some())
    }

    fn initial(&mut self) -> Option<Secret<Bytes>> {
        let first = self.first().ok()?;
        let message = first.encode();
        self.state = State::First(first);
        Some(Secret::new(message.into()))
    }

    fn step(&mut self, challenge: &[u8]) -> Result<Secret<Bytes>, SaslError> {
        match mem::replace(&mut self.state, State::Over) {
            State::First(first) => self.answer(&first, challenge).map(Secret::new),
            State::Final(expected) => {
                self.verify(&expected, challenge)?;
                Ok(Secret::new(Bytes::new()))
            }
            _ => Err(SaslError::UnexpectedChallenge),
        }
    }

    fn finish(&mut self, data: Option<&[u8]>) -> Result<ServerProof, SaslError> {
        match (mem::replace(&mut self.state, State::Over), data) {
            (State::Verified, _) => {}
            (State::Final(expected), Some(data)) => self.verify(&expected, data)?,
            (State::Final(_), None) => return Err(SaslError::Unverified),
            _ => return Err(SaslError::Unfinished),
        }
        Ok(match self.binding {
            Some(_) => ServerProof::CredentialsAndChannel,
            None => ServerProof::Credentials,
        })
    }

    fn server_error(&self) -> Option<&Bytes> {
        self.refused.as_ref()
    }
}
