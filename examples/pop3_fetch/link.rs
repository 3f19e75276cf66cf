//! The way into the mailbox: connect, TLS, greeting, login.

use std::fmt;
use std::time::Duration;

use drive::Next;
use drive::tokio::{Driver, Stream};
use mail_proto::sasl::ChannelBinding;
use mail_proto::{CommandId, Handover, Secret, TlsPolicy};
use pop3_proto::client::{Capabilities, Client, Config, Event, Timeouts};
use pop3_proto::{Capability, Command, Password, ResponseCode, Status};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Result;
use crate::args::{Account, Args, Auth, Security};
use crate::login::log_in;
use crate::tls::{self, Tls};

/// How long it may take until somebody answers at the port.
const CONNECT: Duration = Duration::from_secs(30);

/// Many servers log out after a minute, while a slow disk is still writing.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// A connection to a POP3 server.
pub type Link = Driver<Client, Box<dyn Stream>>;

/// It did not work now, and may work later.
#[derive(Debug)]
pub struct Later(pub String);

impl fmt::Display for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Later {}

/// Opens a connection and logs in.
pub async fn open(args: &Args, password: Secret<Password>) -> Result<Link> {
    let (mut link, mut binding) = connect(args).await?;
    greeted(&mut link).await?;
    if args.security == Security::Stls {
        (link, binding) = stls(link, &Tls::new(&args.account.host, &args.trust)?).await?;
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
    let Account { host, port, .. } = &args.account;
    let failed = |error: &dyn fmt::Display| Later(format!("{host}:{port}: {error}"));
    let stream = timeout(CONNECT, TcpStream::connect((host.as_str(), *port))).await;
    let stream = stream.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    stream.set_nodelay(true)?;
    let (stream, security, binding): (Box<dyn Stream>, _, _) = match args.security {
        Security::Tls => {
            let tls = Tls::new(host, &args.trust)?.connect(stream).await;
            let tls = tls.map_err(|error| format!("{host}: TLS: {error}"))?;
            let binding = tls::binding(&tls);
            (Box::new(tls), mail_proto::Security::Tls, binding)
        }
        Security::Stls | Security::Plain => (Box::new(stream), mail_proto::Security::Plain, None),
    };
    let config = Config {
        security,
        tls: match args.security {
            Security::Plain => TlsPolicy::Optional,
            Security::Tls | Security::Stls => TlsPolicy::Required,
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

async fn stls(mut link: Link, tls: &Tls) -> Result<(Link, Binding)> {
    let id = link.connection_mut().send(Command::Stls)?;
    if let Err(status) = completed(&mut link, id).await? {
        return Err(refused("STLS", &status));
    }
    loop {
        match link.next().await? {
            Next::HandOver(Handover::Tls) => break,
            Next::Event(_) => {}
            _ => return Err("the server closed the connection before TLS".into()),
        }
    }
    let (detached, stream) = link.detach();
    let stream = tls.connect(stream).await.map_err(|error| format!("TLS: {error}"))?;
    let binding = tls::binding(&stream);
    Ok((detached.resume(Handover::Tls, Box::new(stream)), binding))
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
