//! The login: the best mechanism that both sides have, or the one that was asked for; LOGIN where there
//! is none.

use imap_proto::tasks::{Failure, Reason, SaslLogin};
use imap_proto::{AString, Capability, Login};
use mail_proto::Secret;
use mail_proto::sasl::{
    ChannelBinding, Choice, ClientExchange, Credentials, Mechanism, NoMechanism,
    PasswordCredentials, choose,
};

use crate::Result;
use crate::account::Security;
use crate::random::nonce;
use crate::session::{Session, Way, refused};

/// How to log in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Auth {
    /// The best that is offered.
    Best,
    /// LOGIN, the command.
    Login,
    /// AUTHENTICATE by this one.
    Mechanism(Mechanism),
}

impl Auth {
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "best" => Ok(Self::Best),
            "login" => Ok(Self::Login),
            _ => Ok(Self::Mechanism(Mechanism::parse(name.as_bytes())?)),
        }
    }
}

/// Logs in.
pub async fn log_in(
    session: &mut Session,
    way: &Way,
    binding: Option<ChannelBinding>,
) -> Result<()> {
    let offered = session.capabilities().await?;
    let mechanisms: Vec<_> = offered.auth().cloned().collect();
    let Some(exchange) = exchange(way, binding, &mechanisms)? else {
        if offered.contains(&Capability::LoginDisabled) {
            return Err("the server offers no login that we know".into());
        }
        let user = AString::new(way.account.user.clone())?;
        let password = Secret::new(AString::new(way.password.expose().clone())?);
        return session.run("the login", Login { user, password }).await.map(drop);
    };
    let is_bound = exchange.mechanism().as_bytes().ends_with(b"-PLUS");
    match session.attempt(SaslLogin(exchange), |_| {}).await? {
        Ok(_) => Ok(()),
        Err(failure) if is_bound && way.auth == Auth::Best && failure.reason == Reason::No => {
            unbound(session, way, &mechanisms).await
        }
        Err(failure) => Err(error(&failure)),
    }
}

/// Logs in without binding the login to TLS, whose certificate has been verified: some servers offer a
/// binding and do not take that of TLS 1.3 (RFC 9266). Who insists on it names the mechanism.
async fn unbound(session: &mut Session, way: &Way, mechanisms: &[Mechanism]) -> Result<()> {
    session.note("the server refuses a login that is bound to TLS; trying without");
    let Some(exchange) = exchange(way, None, mechanisms)? else {
        return Err("the server offers no other mechanism".into());
    };
    match session.attempt(SaslLogin(exchange), |_| {}).await? {
        Ok(_) => Ok(()),
        Err(failure) => Err(error(&failure)),
    }
}

/// What a mechanism says of a refusal is more than the server's NO.
fn error(failure: &Failure) -> Box<dyn std::error::Error + Send + Sync> {
    match failure.refused().and_then(|it| it.error.clone()) {
        Some(error) => error.into(),
        None => refused("the login", failure),
    }
}

/// The mechanism to log in by; `None`: the command LOGIN.
fn exchange(
    way: &Way,
    binding: Option<ChannelBinding>,
    offered: &[Mechanism],
) -> Result<Option<ClientExchange>> {
    let security = match way.security {
        Security::Plain => mail_proto::Security::Plain,
        Security::Tls | Security::StartTls => mail_proto::Security::Tls,
    };
    let mut choice = Choice::new(security, nonce()?);
    choice.binding = binding;
    match &way.auth {
        Auth::Best => {}
        Auth::Login => return Ok(None),
        Auth::Mechanism(only) => choice.order = vec![only.clone()],
    }
    if way.security == Security::Plain {
        // It was asked for without TLS, and told that anyone can read along.
        choice.without_tls.clone_from(&choice.order);
    }
    let (user, password) = (way.account.user.clone(), way.password.expose().clone());
    let credentials = Credentials::Password(PasswordCredentials::new(user, password)?);
    match choose(offered, &credentials, &choice) {
        Ok(exchange) => Ok(Some(exchange)),
        Err(NoMechanism::NotOffered) if way.auth == Auth::Best => Ok(None),
        Err(error) => Err(error.into()),
    }
}
