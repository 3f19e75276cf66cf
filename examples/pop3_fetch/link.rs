//! The way into the mailbox: connect, TLS, greeting, login.

use std::time::Duration;

use drive::Next;
use drive::tokio::{Driver, Stream};
use mail_proto::sasl::ChannelBinding;
use mail_proto::{CommandId, Secret, TlsPolicy};
use pop3_proto::client::{Capabilities, Client, Config, Event, Timeouts};
use pop3_proto::{Capability, Command, Password, ResponseCode, Status};

use crate::Result;
use crate::account::Security;
use crate::args::{Args, Auth};
use crate::connect::{self, Later};
use crate::login::log_in;

/// Many servers log out after a minute, while a slow disk is still writing.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// A connection to a POP3 server.
pub type Link = Driver<Client, Box<dyn Stream>>;

/// Opens a connection and logs in.
pub async fn open(args: &Args, password: Secret<String>) -> Result<Link> {
    let password = Secret::new(Password::new(password.into_exposed())?);
    let (mut link, mut binding) = connect(args).await?;
    greeted(&mut link).await?;
    if args.security == Security::StartTls {
        (link, binding) = stls(link, args).await?;
    }
    if args.options.capabilities {
        utf8(&mut link).await?;
    }
    match log_in(&mut link, args, password, binding).await? {
        Ok(()) => Ok(link),
        Err(status) => Err(refused("the login", &status)),
    }
}

/// Asks for messages as they are: without UTF8 a server may put a notice in the place of one with
/// octets beyond ASCII in its header (RFC 6856 section 2).
async fn utf8(link: &mut Link) -> Result<()> {
    let capa = link.connection_mut().send(Command::Capa)?;
    if completed(link, capa).await?.is_err() {
        return Ok(());
    }
    let offered =
        |list: &Capabilities| list.iter().any(|one| matches!(one, Capability::Utf8 { .. }));
    if link.connection().capabilities().is_some_and(offered) {
        let utf8 = link.connection_mut().send(Command::Utf8)?;
        let _ = completed(link, utf8).await?;
    }
    Ok(())
}

/// What the login can be bound to.
type Binding = Option<ChannelBinding>;

async fn connect(args: &Args) -> Result<(Link, Binding)> {
    let (stream, security, binding) =
        connect::connect(&args.account, args.security, &args.trust).await?;
    let config = Config {
        security,
        tls: match args.security {
            Security::Plain => TlsPolicy::Optional,
            Security::Tls | Security::StartTls => TlsPolicy::Required,
        },
        apop: args.auth == Auth::Apop,
        timeouts: Timeouts { keep_alive: Some(KEEP_ALIVE), ..Timeouts::default() },
        ..Config::default()
    };
    Ok((Driver::new(Client::new(config), stream), binding))
}

/// Waits for the greeting.
async fn greeted(link: &mut Link) -> Result<()> {
    loop {
        match link.next().await? {
            Next::Event(Event::Greeting(greeting)) if greeting.status().is_ok() => return Ok(()),
            Next::Event(Event::Greeting(greeting)) => {
                return Err(refused("the connection", greeting.status()));
            }
            Next::Event(Event::Defect(_)) => {}
            _ => return Err(Later("the server closed the connection".into()).into()),
        }
    }
}

async fn stls(mut link: Link, args: &Args) -> Result<(Link, Binding)> {
    let id = link.connection_mut().send(Command::Stls)?;
    if let Err(status) = completed(&mut link, id).await? {
        return Err(refused("STLS", &status));
    }
    connect::start_tls(link, &args.account, &args.trust).await
}

/// Waits for the end of a command; the events before it are of no interest.
pub async fn completed(link: &mut Link, id: CommandId) -> Result<std::result::Result<(), Status>> {
    loop {
        match link.next().await? {
            Next::Event(Event::Completed { result: Err(status), .. }) => return Ok(Err(status)),
            Next::Event(Event::Completed { id: of, .. }) if of == id => return Ok(Ok(())),
            Next::Event(Event::Unsolicited(status)) => return Err(refused("us", &status)),
            Next::Event(_) => {}
            Next::HandOver(_) => return Err("a handover that nobody asked for".into()),
            Next::Closed => return Err(Later("the server closed the connection".into()).into()),
        }
    }
}

fn refused(what: &str, status: &Status) -> Box<dyn std::error::Error + Send + Sync> {
    let text = format!("the server refuses {what}: {}", said(status));
    match status.code {
        Some(ResponseCode::InUse | ResponseCode::LoginDelay | ResponseCode::SysTemp) => {
            Later(text).into()
        }
        _ => text.into(),
    }
}

/// What a server said, fit for a terminal.
pub fn said(status: &Status) -> String {
    let text = status.text.as_bytes();
    if text.is_empty() { "(no reason)".into() } else { text.escape_ascii().to_string() }
}
