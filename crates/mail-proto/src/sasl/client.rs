//! The client's half of an exchange: what every mechanism does, and the order it is done in.

use alloc::boxed::Box;
use core::fmt;

use bytes::Bytes;
use thiserror::Error;

use super::Mechanism;
use super::scram::ServerError;
use crate::{ParseError, Secret};

/// What a mechanism does on the client's side. [`ClientExchange`] calls it in the right order.
///
/// The mechanisms of this crate implement it; a program that has another one (GSSAPI for instance)
/// does too. Messages are octets: base64 belongs to the protocols.
pub trait ClientMechanism: Send {
    /// The name.
    fn mechanism(&self) -> Mechanism;

    /// The first message, if the client speaks first (RFC 4422 section 5, item 2a).
    fn initial(&mut self) -> Option<Secret<Bytes>>;

    /// The answer to a challenge.
    ///
    /// # Errors
    ///
    /// The exchange must be given up.
    fn step(&mut self, challenge: &[u8]) -> Result<Secret<Bytes>, SaslError>;

    /// The server reports success, with data of the mechanism if the protocol carries them there.
    ///
    /// # Errors
    ///
    /// It is too early, or the server has not shown what the mechanism wants of it.
    fn finish(&mut self, data: Option<&[u8]>) -> Result<ServerProof, SaslError>;

    /// Whether an empty challenge behind the initial response means that the server did not read it
    /// (Q34), because the mechanism's servers never send an empty one themselves.
    fn repeats_initial(&self) -> bool {
        true
    }

    /// What the server said about its refusal, inside the mechanism.
    fn server_error(&self) -> Option<&Bytes> {
        None
    }
}

/// What is known of the server when the exchange has come to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerProof {
    /// The mechanism lets a server prove nothing; who it is, only TLS tells.
    None,
    /// It has proved that it knows the user's credentials.
    Credentials,
    /// That, and that nobody sits between it and us: the channel is bound to the exchange.
    CredentialsAndChannel,
}

/// The client's half of an authentication exchange, sans-IO and the same for POP3 and IMAP.
///
/// | the protocol says | call |
/// |---|---|
/// | AUTH or AUTHENTICATE is to be sent | [`initial`](Self::initial), for the command's `initial` |
/// | a challenge | [`respond`](Self::respond), or [`respond_to_text`](Self::respond_to_text) if it is none; an error: cancel the exchange, and the answer to that is heard |
/// | `OK` | [`succeed`](Self::succeed); its error: *nobody is logged in*, close the connection |
/// | `NO`, `-ERR`, `BAD` | [`refused`](Self::refused) |
///
/// `succeed` is the only way to an [`Authenticated`]: let the code that goes on demand one, and a
/// server's OK without its proof cannot be overlooked.
///
/// # Example
///
/// ```
/// use mail_proto::sasl::{ClientExchange, Nonce, Prepared, SaslError, ServerProof};
/// use mail_proto::sasl::scram::{ScramClient, ScramHash};
///
/// // RFC 7677 section 3. A real nonce is `Nonce::from_random` of 18 random octets.
/// let nonce = Nonce::try_from("rOprNGfwEbeRWgbNEkqO")?;
/// let (user, password) = (Prepared::ascii("user")?, Prepared::ascii("pencil")?);
/// let scram = ScramClient::new(ScramHash::Sha256, user, password, nonce);
/// let mut exchange = ClientExchange::new(scram);
/// assert_eq!(exchange.initial().unwrap().expose(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
///
/// let challenge = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
/// let response = exchange.respond(challenge)?;
/// assert!(response.expose().ends_with(b",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
///
/// // An OK now would be refused: the server has proved nothing.
/// let response = exchange.respond(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")?;
/// assert!(response.expose().is_empty());
/// assert_eq!(exchange.succeed(None)?.server, ServerProof::Credentials);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ClientExchange {
    mechanism: Box<dyn ClientMechanism>,
    phase: Phase,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Phase {
    /// Nothing has been said, or only a mechanism where the server speaks first has been begun.
    New,
    /// The initial response has been handed out and no challenge has been answered.
    Initial,
    Running,
    Failed(SaslError),
}

impl ClientExchange {
    /// An exchange by this mechanism.
    #[must_use]
    pub fn new(mechanism: impl ClientMechanism + 'static) -> Self {
        Self { mechanism: Box::new(mechanism), phase: Phase::New }
    }

    /// The mechanism's name.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism.mechanism()
    }

    /// The initial response, if the client speaks first. Give it to the command: the connections send
    /// it with the command line or as the answer to the first challenge, as the server wants it.
    ///
    /// A second call gives nothing.
    pub fn initial(&mut self) -> Option<Secret<Bytes>> {
        if self.phase != Phase::New {
            return None;
        }
        let initial = self.mechanism.initial();
        if initial.is_some() {
            self.phase = Phase::Initial;
        }
        initial
    }

    /// Answers a challenge.
    ///
    /// With SCRAM this is where the hashing is done, up to
    /// [`max_iterations`](super::scram::ScramLimits::max_iterations): an exchange is `Send`, so that
    /// a runtime can do it on another thread.
    ///
    /// # Errors
    ///
    /// The exchange has failed: cancel it on the wire (`cancel_exchange`), and report this error.
    pub fn respond(&mut self, challenge: &[u8]) -> Result<Secret<Bytes>, SaslError> {
        if let Phase::Failed(error) = &self.phase {
            return Err(error.clone());
        }
        let repeats = match self.phase {
            // The caller sends no initial response: nothing that the server says bears on it.
            Phase::New => true,
            Phase::Initial => challenge.is_empty() && self.mechanism.repeats_initial(),
            _ => false,
        };
        self.phase = Phase::Running;
        if repeats && let Some(initial) = self.mechanism.initial() {
            return Ok(initial);
        }
        let response = self.mechanism.step(challenge);
        if let Err(error) = &response {
            self.phase = Phase::Failed(error.clone());
        }
        response
    }

    /// Answers a challenge that is no base64: text like `go ahead`. The first thing that a server says
    /// may be that, and stands for an empty challenge (Q32); IMAP's client has decided so by itself.
    ///
    /// # Errors
    ///
    /// As [`respond`](Self::respond), and wherever else such a challenge comes.
    pub fn respond_to_text(&mut self) -> Result<Secret<Bytes>, SaslError> {
        if self.phase != Phase::New {
            let error = SaslError::Malformed(ParseError::new(0, "a challenge in base64"));
            self.phase = Phase::Failed(error.clone());
            return Err(error);
        }
        self.respond(b"")
    }

    /// The server reports success: OK. `data` is what the mechanism's server says with it, decoded;
    /// POP3 and IMAP carry nothing there (RFC 5034 section 4), so their servers send it as a challenge
    /// before (RFC 5802 erratum 2689).
    ///
    /// # Errors
    ///
    /// The server says so though the mechanism has not come to its end, or though the server did not
    /// prove what it has to: trust it with nothing, close the connection.
    pub fn succeed(mut self, data: Option<&[u8]>) -> Result<Authenticated, SaslError> {
        match self.phase {
            Phase::Failed(error) => Err(error),
            Phase::New => Err(SaslError::Unfinished),
            Phase::Initial | Phase::Running => {
                let server = self.mechanism.finish(data)?;
                Ok(Authenticated { mechanism: self.mechanism.mechanism(), server })
            }
        }
    }

    /// The server refuses: NO, BAD, `-ERR`.
    #[must_use]
    pub fn refused(self) -> Refused {
        let mechanism = self.mechanism.mechanism();
        let server_error = self.mechanism.server_error().cloned();
        let error = match self.phase {
            Phase::Failed(error) => Some(error),
            _ => None,
        };
        Refused { mechanism, server_error, error }
    }
}

impl fmt::Debug for ClientExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.mechanism.mechanism();
        f.debug_struct("ClientExchange").field("mechanism", &name).finish_non_exhaustive()
    }
}

/// Somebody is logged in, and the mechanism agrees. Only [`ClientExchange::succeed`] makes it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
#[non_exhaustive]
pub struct Authenticated {
    /// By this mechanism.
    pub mechanism: Mechanism,
    /// What the server has proved.
    pub server: ServerProof,
}

/// Why an exchange ended without a login, beside what the protocol's answer says.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Refused {
    /// The mechanism.
    pub mechanism: Mechanism,
    /// What the server said inside the mechanism, as it came: the JSON of OAUTHBEARER and XOAUTH2, the
    /// error of SCRAM.
    pub server_error: Option<Bytes>,
    /// Why we gave up, if we did.
    pub error: Option<SaslError>,
}

/// A server that does not do what the mechanism demands.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum SaslError {
    /// A message of the server is not as the mechanism has it.
    #[error("the server's message: {0}")]
    Malformed(#[from] ParseError),
    /// The mechanism has said all that it has to say.
    #[error("a challenge behind the end of the exchange")]
    UnexpectedChallenge,
    /// Success is reported before the exchange has come to its end.
    #[error("success before the end of the exchange")]
    Unfinished,
    /// Success is reported, but the server has not proved that it knows the credentials.
    #[error("the server has not proved that it knows the credentials")]
    Unverified,
    /// The server's nonce does not begin with ours, or adds nothing to it.
    #[error("the server's nonce does not continue ours")]
    Nonce,
    /// The server wants more work than allowed, or less than is safe.
    #[error("{asked} iterations asked, {least} to {most} allowed")]
    Iterations {
        /// What the server wants.
        asked: u64,
        /// At least so many are safe.
        least: u32,
        /// At most so many are allowed.
        most: u32,
    },
    /// The server's salt is too short or too long.
    #[error("a salt of {length} octets")]
    Salt {
        /// Its octets.
        length: usize,
    },
    /// The server sends an extension that must be understood and is not.
    #[error("an unknown extension that must be understood")]
    MandatoryExtension,
    /// The server refuses inside the mechanism.
    #[error("the server refuses: {0}")]
    Server(ServerError),
    /// The server reports success although it refused inside the mechanism before.
    #[error("success behind a refusal")]
    Contradiction,
}
