//! The login: USER and PASS, APOP, or a mechanism of SASL.

use std::result::Result as Either;

use bytes::Bytes;
use drive::Next;
use mail_proto::Secret;
use mail_proto::sasl::{
    Authenticated, ChannelBinding, Choice, ClientExchange, Credentials, Mechanism,
    PasswordCredentials, SaslError, choose,
};
use pop3_proto::client::Event;
use pop3_proto::{Challenge, Command, Password, Status};

use crate::Result;
use crate::args::{Args, Auth};
use crate::connect::Later;
use crate::link::{Link, completed};
use crate::random::nonce;

/// Logs in; the server's words if it refuses.
pub async fn log_in(
    link: &mut Link,
    args: &Args,
    password: Secret<Password>,
    binding: Option<ChannelBinding>,
) -> Result<Either<(), Status>> {
    let user = args.user.clone();
    let client = link.connection_mut();
    let last = match args.auth {
        Auth::User => {
            client.send(Command::User(user))?;
            client.send(Command::Pass(password))?
        }
        Auth::Apop => client.apop(user, &password)?,
        Auth::Plain | Auth::Sasl => {
            let exchange = chosen(link, args, &password, binding)?;
            return Ok(authenticate(link, exchange).await?.map(drop));
        }
    };
    completed(link, last).await
}

/// The best mechanism that the server offers.
fn chosen(
    link: &Link,
    args: &Args,
    password: &Secret<Password>,
    binding: Option<ChannelBinding>,
) -> Result<ClientExchange> {
    let user = args.user.clone().into_bytes();
    let password = password.expose().clone().into_bytes();
    let credentials = Credentials::Password(PasswordCredentials::new(user, password)?);
    let mut choice = Choice::new(link.connection().security(), nonce()?);
    choice.binding = binding;
    // Where there is no TLS although it was not asked for, nothing is sent: see the client's policy.
    choice.without_tls = vec![Mechanism::CRAM_MD5, Mechanism::PLAIN, Mechanism::LOGIN];
    let capabilities = link.connection().capabilities();
    let mut offered: Vec<_> = capabilities.iter().flat_map(|list| list.mechanisms()).collect();
    if args.auth == Auth::Plain {
        // Whether it is offered or not.
        offered = vec![Mechanism::PLAIN];
    }
    Ok(choose(&offered, &credentials, &choice)?)
}

fn answer(
    exchange: &mut ClientExchange,
    challenge: &Challenge,
) -> Either<Secret<Bytes>, SaslError> {
    match challenge.data() {
        Some(data) => exchange.respond(data.expose()),
        None => exchange.respond_to_text(),
    }
}

/// Runs the exchange to its end.
async fn authenticate(
    link: &mut Link,
    mut exchange: ClientExchange,
) -> Result<Either<Authenticated, Status>> {
    let (mechanism, initial) = (exchange.mechanism(), exchange.initial());
    let auth = link.connection_mut().send(Command::Auth { mechanism, initial })?;
    loop {
        match link.next().await? {
            Next::Event(Event::Challenge { id, challenge }) => {
                let client = link.connection_mut();
                match answer(&mut exchange, &challenge) {
                    Ok(response) => client.respond(id, response)?,
                    Err(_) => client.cancel_exchange(id)?,
                }
            }
            Next::Event(Event::Completed { id, result }) if id == auth => match result {
                // The server may say so without having shown what the mechanism demands.
                Ok(_) => return Ok(Ok(exchange.succeed(None)?)),
                Err(status) => {
                    return match exchange.refused().error {
                        Some(error) => Err(error.into()),
                        None => Ok(Err(status)),
                    };
                }
            },
            Next::Event(_) => {}
            Next::HandOver(_) => return Err("a handover that nobody asked for".into()),
            Next::Closed => return Err(Later("the server closed the connection".into()).into()),
        }
    }
}
