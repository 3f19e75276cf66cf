//! A mail server in memory: mailboxes over POP3, plain, with STLS and over TLS.
//!
//! ```sh
//! cargo run --release --example mailserver
//! curl -u alice:secret pop3://127.0.0.1:1110/1
//! ```
//!
//! It is a demonstration and a test partner: users and mail come from the command line and are
//! forgotten at the end. It listens on loopback unless told otherwise.

mod args;
mod demo;
mod load;
mod pop3;
mod sasl;
mod shared;
mod tls;

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mail_proto::Security;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use args::Args;
use shared::Shared;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Connections served at once; more wait.
const CONNECTIONS: usize = 1024;

/// How long open connections may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> Result<()> {
    let args = match Args::parse()? {
        Some(args) => args,
        None => return Ok(()),
    };
    let acceptor = tls::acceptor(args.tls_cert.as_deref(), args.tls_key.as_deref())?;
    let shared = Arc::new(Shared::new(&args, acceptor)?);
    let listeners = [
        listen("pop3", args.pop3, Security::Plain).await?,
        listen("pop3s", args.pop3s, Security::Tls).await?,
    ];
    how_to_try(&args, listeners[0].0.local_addr()?);
    serve(shared, listeners).await
}

async fn listen(
    name: &str,
    address: SocketAddr,
    security: Security,
) -> Result<(TcpListener, Security)> {
    let listener =
        TcpListener::bind(address).await.map_err(|error| format!("{name} {address}: {error}"))?;
    println!("listening {name} {}", listener.local_addr()?);
    Ok((listener, security))
}

fn how_to_try(args: &Args, pop3: SocketAddr) {
    if let Some((name, _)) = args.users.first() {
        println!("try: curl -u {name}:PASSWORD pop3://{pop3}/     (list)");
        println!("     curl -u {name}:PASSWORD pop3://{pop3}/1    (the first message)");
        println!("     curl -k --ssl-reqd -u {name}:PASSWORD pop3://{pop3}/1    (after STLS)");
    }
}

/// Serves until SIGINT or SIGTERM, then lets the connections end.
async fn serve(shared: Arc<Shared>, listeners: [(TcpListener, Security); 2]) -> Result<()> {
    let (stop, stopped) = watch::channel(false);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let [plain, secure] = listeners.map(|(listener, _)| listener);
    loop {
        let place = Arc::clone(&places).acquire_owned().await?;
        let (accepted, security) = tokio::select! {
            accepted = plain.accept() => (accepted, Security::Plain),
            accepted = secure.accept() => (accepted, Security::Tls),
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
        };
        while connections.try_join_next().is_some() {}
        let Ok((stream, peer)) = accepted else { continue };
        let (shared, stopped) = (Arc::clone(&shared), stopped.clone());
        connections.spawn(async move {
            if let Err(error) = connect(&shared, stream, security, stopped).await
                && shared.trace
            {
                eprintln!("{peer}: {error}");
            }
            drop(place);
        });
    }
    println!("stopping");
    stop.send(true)?;
    let _ =
        tokio::time::timeout(FAREWELL, async { while connections.join_next().await.is_some() {} })
            .await;
    Ok(())
}

async fn connect(
    shared: &Shared,
    stream: TcpStream,
    security: Security,
    stopped: watch::Receiver<bool>,
) -> Result<()> {
    stream.set_nodelay(true)?;
    let stream: shared::Stream = match security {
        Security::Plain => Box::new(stream),
        Security::Tls => Box::new(tls::accept(&shared.acceptor, stream).await?),
    };
    pop3::serve(shared, stream, security, stopped).await
}
