//! The login: the best mechanism that both sides have, or the one that was asked for.

use imap_proto::client::Event;
use imap_proto::{AString, Authenticate, Capability, CommandBody, Login};
use mail_proto::Secret;
use mail_proto::sasl::{Mechanism, Plain};

use crate::Result;
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
pub async fn log_in(session: &mut Session, way: &Way) -> Result<()> {
    let offered = session.capabilities().await?;
    let plain = Mechanism::try_from("PLAIN")?;
    let chosen = match &way.auth {
        Auth::Best if offered.auth().any(|it| *it == plain) => Some(plain),
        Auth::Best | Auth::Login => None,
        Auth::Mechanism(mechanism) => Some(mechanism.clone()),
    };
    let (user, password) = (way.account.user.clone(), way.password.expose().clone());
    let command = match chosen {
        Some(mechanism) => {
            let initial_response = Some(Plain::new("", user, password)?.encode());
            CommandBody::Authenticate(Authenticate { mechanism, initial_response })
        }
        None if offered.contains(&Capability::LoginDisabled) => {
            return Err("the server offers no login that we know".into());
        }
        None => {
            let (user, password) = (AString::new(user)?, Secret::new(AString::new(password)?));
            CommandBody::Login(Login { user, password })
        }
    };
    let answer = session.run(command, |_: Event| {}).await?;
    agreed("the login", &answer)
}
