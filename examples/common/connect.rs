//! The way to a server: TCP, and TLS at its beginning or later.

use std::fmt;
use std::time::Duration;

use drive::Next;
use drive::tokio::{Driver, Stream};
use mail_proto::sasl::ChannelBinding;
use mail_proto::{Connection, Handover};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Result;
use crate::account::{Account, Security, Trust};
use crate::tls::{self, Tls};

/// How long it may take until somebody answers at the port.
const CONNECT: Duration = Duration::from_secs(30);

/// It did not work now, and may work later.
#[derive(Debug)]
pub struct Later(pub String);

impl fmt::Display for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Later {}

/// Opens a stream, and says how it is protected and what a login can be bound to.
pub async fn connect(
    account: &Account,
    security: Security,
    trust: &Trust,
) -> Result<(Box<dyn Stream>, mail_proto::Security, Option<ChannelBinding>)> {
    let Account { host, port, .. } = account;
    let failed = |error: &dyn fmt::Display| Later(format!("{host}:{port}: {error}"));
    let stream = timeout(CONNECT, TcpStream::connect((host.as_str(), *port))).await;
    let stream = stream.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    stream.set_nodelay(true)?;
    match security {
        Security::Tls => {
            let tls = Tls::new(host, trust)?.connect(stream).await;
            let tls = tls.map_err(|error| format!("{host}: TLS: {error}"))?;
            let binding = tls::binding(&tls);
            Ok((Box::new(tls), mail_proto::Security::Tls, binding))
        }
        Security::StartTls | Security::Plain => {
            Ok((Box::new(stream), mail_proto::Security::Plain, None))
        }
    }
}

/// Puts TLS below a connection whose STLS or STARTTLS has been agreed to.
pub async fn start_tls<C: Connection>(
    mut link: Driver<C, Box<dyn Stream>>,
    account: &Account,
    trust: &Trust,
) -> Result<(Driver<C, Box<dyn Stream>>, Option<ChannelBinding>)> {
    let tls = Tls::new(&account.host, trust)?;
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
