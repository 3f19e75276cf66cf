//! The login: the best mechanism that both sides have, or the one that was asked for; LOGIN where there
//! is none.

use imap_proto::client::Event;
use imap_proto::{AString, Authenticate, Capability, CommandBody, Condition, ConditionKind, Login};
use mail_proto::sasl::{
    Choice, ClientExchange, Credentials, Mechanism, NoMechanism, Nonce, PasswordCredentials, choose,
};
use mail_proto::{Connection as _, Secret};
use tokio_rustls::rustls::crypto::ring;

use crate::Result;
use crate::account::Security;
use crate::connect::Binding;
use crate::session::{Session, Way, agreed};

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
pub async fn log_in(session: &mut Session, way: &Way, binding: Binding) -> Result<()> {
    let offered = session.capabilities().await?;
    let answer = match exchange(way, binding, &offered.auth().cloned().collect::<Vec<_>>())? {
        Some(exchange) => authenticate(session, exchange).await?,
        None if offered.contains(&Capability::LoginDisabled) => {
            return Err("the server offers no login that we know".into());
        }
        None => {
            let user = AString::new(way.account.user.clone())?;
            let password = Secret::new(AString::new(way.password.expose().clone())?);
            session.run(CommandBody::Login(Login { user, password }), |_| {}).await?
        }
    };
    agreed("the login", &answer)
}

/// The mechanism to log in by; `None`: the command LOGIN.
fn exchange(way: &Way, binding: Binding, offered: &[Mechanism]) -> Result<Option<ClientExchange>> {
    let security = match way.security {
        Security::Plain => mail_proto::Security::Plain,
        Security::Tls | Security::StartTls => mail_proto::Security::Tls,
    };
    let mut random = [0; 18];
    ring::default_provider().secure_random.fill(&mut random).map_err(|_| "no random numbers")?;
    let mut choice = Choice::new(security, Nonce::from_random(&random)?);
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

async fn authenticate(session: &mut Session, mut exchange: ClientExchange) -> Result<Condition> {
    let (mechanism, initial_response) = (exchange.mechanism(), exchange.initial());
    let command = CommandBody::Authenticate(Authenticate { mechanism, initial_response });
    let id = session.client_mut().send(command)?;
    let answer = loop {
        match session.event().await? {
            Event::Challenge { id, data } => match exchange.respond(data.expose()) {
                Ok(response) => session.client_mut().respond(id, response)?,
                // Why is kept in the exchange.
                Err(_) => drop(session.client_mut().cancel(id)?),
            },
            Event::Completed { id: of, condition, .. } if of == id => break condition,
            _ => {}
        }
    };
    if answer.kind != ConditionKind::Ok {
        return match exchange.refused().error {
            Some(error) => Err(error.into()),
            None => Ok(answer),
        };
    }
    // A server that has not proved what it has to is trusted with nothing.
    if let Err(error) = exchange.succeed(None) {
        session.client_mut().close();
        return Err(error.into());
    }
    Ok(answer)
}
