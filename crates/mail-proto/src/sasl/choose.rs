//! Which of the offered mechanisms a client takes.

use alloc::vec::Vec;

use bytes::Bytes;
use thiserror::Error;

use super::field::{field, filled};
use super::scram::{Nonce, ScramClient, ScramHash, ScramLimits};
use super::{
    Anonymous, Bearer, ChannelBinding, ClientExchange, CramMd5Client, External, LoginClient,
    Mechanism, OauthClient, OauthKind, Plain, Prepared,
};
use crate::{ParseError, Secret, Security};

/// What a user can show.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// A name and a password: SCRAM, CRAM-MD5, PLAIN, LOGIN.
    Password(PasswordCredentials),
    /// A token: OAUTHBEARER, XOAUTH2.
    Token(Bearer),
    /// A client certificate, which TLS has shown already: EXTERNAL.
    External(External),
    /// Nothing: ANONYMOUS.
    Anonymous(Anonymous),
}

/// A name and a password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PasswordCredentials {
    user: Bytes,
    password: Secret<Bytes>,
    authorization: Bytes,
    is_prepared: bool,
}

impl PasswordCredentials {
    /// As the user typed them. SCRAM takes only [prepared](Prepared) ones, which those of printable
    /// ASCII are as they stand.
    ///
    /// # Errors
    ///
    /// Either is empty or holds NUL, SOH, CR or LF.
    pub fn new(user: impl Into<Bytes>, password: impl Into<Bytes>) -> Result<Self, ParseError> {
        let (user, password) = (user.into(), password.into());
        filled(&user, "a user and a password")?;
        filled(&password, "a user and a password")?;
        let password = Secret::new(password);
        Ok(Self { user, password, authorization: Bytes::new(), is_prepared: false })
    }

    /// As the caller has prepared them.
    #[must_use]
    pub fn prepared(user: &Prepared, password: &Prepared) -> Self {
        Self {
            user: user.expose().clone(),
            password: Secret::new(password.expose().clone()),
            authorization: Bytes::new(),
            is_prepared: true,
        }
    }

    /// Acts as somebody else, which SCRAM and PLAIN can.
    ///
    /// # Errors
    ///
    /// The identity holds NUL, SOH, CR or LF.
    pub fn acting_as(self, authorization: impl Into<Bytes>) -> Result<Self, ParseError> {
        let authorization = authorization.into();
        field(&authorization)?;
        Ok(Self { authorization, ..self })
    }

    fn as_prepared(&self, text: &Bytes) -> Result<Prepared, ParseError> {
        match self.is_prepared {
            true => Prepared::assume(text.clone()),
            false => Prepared::ascii(text.clone()),
        }
    }
}

/// How a client [chooses](choose).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Choice {
    /// Whether the channel is protected now.
    pub security: Security,
    /// The mechanisms that may be taken, the best one first. A server whose mechanism fails for reasons
    /// of its own (Q35) is asked again without it.
    pub order: Vec<Mechanism>,
    /// Mechanisms that are taken without TLS although they show the secret, or what it is soon guessed
    /// from: PLAIN, LOGIN, OAUTHBEARER, XOAUTH2, CRAM-MD5. Whoever sits on the line chooses which of
    /// them that is, by removing the better ones from the list.
    pub without_tls: Vec<Mechanism>,
    /// What the channel can be bound to. With it, SCRAM is bound where the server offers it, and tells
    /// the server where it does not.
    pub binding: Option<ChannelBinding>,
    /// For SCRAM, and for this one exchange.
    pub nonce: Nonce,
    /// For SCRAM.
    pub limits: ScramLimits,
}

impl Choice {
    /// All mechanisms of this crate, those that show the secret only over TLS:
    ///
    /// SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-256, SCRAM-SHA-1, OAUTHBEARER, XOAUTH2,
    /// EXTERNAL, CRAM-MD5, PLAIN, LOGIN, ANONYMOUS.
    #[must_use]
    pub fn new(security: Security, nonce: Nonce) -> Self {
        let order = [
            Mechanism::SCRAM_SHA_256_PLUS,
            Mechanism::SCRAM_SHA_1_PLUS,
            Mechanism::SCRAM_SHA_256,
            Mechanism::SCRAM_SHA_1,
            Mechanism::OAUTHBEARER,
            Mechanism::XOAUTH2,
            Mechanism::EXTERNAL,
            Mechanism::CRAM_MD5,
            Mechanism::PLAIN,
            Mechanism::LOGIN,
            Mechanism::ANONYMOUS,
        ];
        Self {
            security,
            order: order.into(),
            without_tls: Vec::new(),
            binding: None,
            nonce,
            limits: ScramLimits::default(),
        }
    }

    fn allows(&self, mechanism: &Mechanism) -> bool {
        self.security == Security::Tls
            || !shows_secret(mechanism)
            || self.without_tls.contains(mechanism)
    }
}

fn shows_secret(mechanism: &Mechanism) -> bool {
    let showing = [
        Mechanism::PLAIN,
        Mechanism::LOGIN,
        Mechanism::OAUTHBEARER,
        Mechanism::XOAUTH2,
        Mechanism::CRAM_MD5,
    ];
    showing.contains(mechanism)
}

/// Why no mechanism can be taken.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum NoMechanism {
    /// The server offers none that these credentials are for.
    #[error("the server offers no mechanism for these credentials")]
    NotOffered,
    /// It offers one, but that would show the secret to everybody on the line.
    #[error("{0} without TLS is not allowed")]
    TlsRequired(Mechanism),
    /// It offers one that cannot carry these credentials: SCRAM and a password that is not
    /// [prepared](Prepared), for instance.
    #[error("{mechanism}: {error}")]
    Unsendable {
        /// The mechanism.
        mechanism: Mechanism,
        /// What is wrong, with the octet of the name, password or identity.
        error: ParseError,
    },
}

/// Takes the best mechanism that the server offers, the credentials are for, and the channel is good
/// enough for.
///
/// ```
/// use mail_proto::Security;
/// use mail_proto::sasl::{
///     Choice, Credentials, Mechanism, NoMechanism, Nonce, PasswordCredentials, choose,
/// };
///
/// let credentials = Credentials::Password(PasswordCredentials::new("joe", "secret")?);
/// let random = [0; 18]; // from the system's generator
/// let choice = Choice::new(Security::Plain, Nonce::from_random(&random)?);
///
/// let offered = [Mechanism::PLAIN, Mechanism::SCRAM_SHA_256];
/// let exchange = choose(&offered, &credentials, &choice).unwrap();
/// assert_eq!(exchange.mechanism(), Mechanism::SCRAM_SHA_256);
///
/// let offered = [Mechanism::PLAIN];
/// let refused = choose(&offered, &credentials, &choice).unwrap_err();
/// assert_eq!(refused, NoMechanism::TlsRequired(Mechanism::PLAIN));
/// # Ok::<(), mail_proto::ParseError>(())
/// ```
///
/// # Errors
///
/// There is none.
pub fn choose(
    offered: &[Mechanism],
    credentials: &Credentials,
    choice: &Choice,
) -> Result<ClientExchange, NoMechanism> {
    let mut obstacle = NoMechanism::NotOffered;
    for mechanism in choice.order.iter().filter(|mechanism| offered.contains(mechanism)) {
        let exchange = match credentials {
            Credentials::Password(it) => by_password(mechanism, it, choice, offered),
            Credentials::Token(bearer) => by_token(mechanism, bearer),
            Credentials::External(it) if *mechanism == Mechanism::EXTERNAL => {
                Some(Ok(ClientExchange::new(it.clone())))
            }
            Credentials::Anonymous(it) if *mechanism == Mechanism::ANONYMOUS => {
                Some(Ok(ClientExchange::new(it.clone())))
            }
            _ => None,
        };
        let next = match exchange {
            None => continue,
            Some(_) if !choice.allows(mechanism) => NoMechanism::TlsRequired(mechanism.clone()),
            Some(Ok(exchange)) => return Ok(exchange),
            Some(Err(error)) => NoMechanism::Unsendable { mechanism: mechanism.clone(), error },
        };
        // The best mechanism's obstacle is the one to remove.
        if obstacle == NoMechanism::NotOffered {
            obstacle = next;
        }
    }
    Err(obstacle)
}

/// None: the mechanism is not for a password, or not for this one.
fn by_password(
    mechanism: &Mechanism,
    it: &PasswordCredentials,
    choice: &Choice,
    offered: &[Mechanism],
) -> Option<Result<ClientExchange, ParseError>> {
    for (hash, plus) in [
        (ScramHash::Sha256, true),
        (ScramHash::Sha1, true),
        (ScramHash::Sha256, false),
        (ScramHash::Sha1, false),
    ] {
        if *mechanism == hash.mechanism(plus) {
            return scram(hash, plus, it, choice, offered).transpose();
        }
    }
    let (user, password) = (it.user.clone(), it.password.expose().clone());
    if *mechanism == Mechanism::PLAIN {
        let plain = Plain::new(it.authorization.clone(), user, password);
        return Some(plain.map(ClientExchange::new));
    }
    // The others have no place for an identity to act as.
    if !it.authorization.is_empty() {
        return None;
    }
    if *mechanism == Mechanism::CRAM_MD5 {
        return Some(CramMd5Client::new(user, password).map(ClientExchange::new));
    }
    if *mechanism == Mechanism::LOGIN {
        return Some(LoginClient::new(user, password).map(ClientExchange::new));
    }
    None
}

/// None: there is nothing to be bound to.
fn scram(
    hash: ScramHash,
    plus: bool,
    it: &PasswordCredentials,
    choice: &Choice,
    offered: &[Mechanism],
) -> Result<Option<ClientExchange>, ParseError> {
    let binding = match (&choice.binding, plus) {
        (None, true) => return Ok(None),
        (Some(binding), true) => Some(binding.clone()),
        (_, false) => None,
    };
    let (user, password) = (it.as_prepared(&it.user)?, it.as_prepared(it.password.expose())?);
    let scram = ScramClient::new(hash, user, password, choice.nonce.clone())
        .with_limits(choice.limits)
        .acting_as(it.authorization.clone())?;
    let is_any_offered = offered.iter().any(|name| name.as_bytes().ends_with(b"-PLUS"));
    Ok(Some(ClientExchange::new(match binding {
        Some(binding) => scram.bound_to(binding),
        // RFC 5802 section 6: who could be bound says so, unless the server is known to offer it.
        None if choice.binding.is_some() && !is_any_offered => scram.binding_not_offered(),
        None => scram,
    })))
}

fn by_token(mechanism: &Mechanism, bearer: &Bearer) -> Option<Result<ClientExchange, ParseError>> {
    let kinds = [OauthKind::OauthBearer, OauthKind::XOauth2];
    let kind = kinds.into_iter().find(|kind| kind.mechanism() == *mechanism)?;
    Some(OauthClient::new(kind, bearer.clone()).map(ClientExchange::new))
}
