//! Two tasks on one tokio thread, tokio-rustls.

use std::future::Future;
use std::io;

use ::tokio::net::{TcpListener, TcpStream};
use drive::tokio::{Driver, Stream, run};
use imap_proto::client::Client;
use mail_proto::{Connection, Handover, Security};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::{Tls, kept, name};
use crate::{imap as imap_apps, pop3 as pop3_apps};

/// Runs a connection to its end, with one handover to TLS.
async fn drive<C: Connection, T: Stream, F: Future<Output = io::Result<T>>>(
    connection: C,
    socket: TcpStream,
    secure: impl FnOnce(TcpStream) -> F,
    mut on_event: impl FnMut(&mut C, C::Event),
) {
    let mut driver = Driver::new(connection, socket);
    let handover = run(&mut driver, &mut on_event).await.unwrap();
    assert_eq!(handover, Some(Handover::Tls));
    let (detached, socket) = driver.detach();
    let mut driver = detached.resume(Handover::Tls, secure(socket).await.unwrap());
    assert_eq!(run(&mut driver, &mut on_event).await.unwrap(), None);
}

async fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (listener.accept().await.unwrap().0, socket)
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    ::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

pub fn imap() -> Vec<String> {
    let tls = Tls::new();
    let (mut log, mut user) = (Vec::new(), imap_apps::User::default());
    let mut host = imap_apps::Host::default();
    block_on(async {
        let (theirs, ours) = sockets().await;
        let acceptor = TlsAcceptor::from(tls.server);
        let server = drive(
            imap_apps::new_server(),
            theirs,
            |it| acceptor.accept(it),
            |server, event| {
                host.hear(server, event);
            },
        );
        let connector = TlsConnector::from(tls.client);
        let client = Client::new(imap_apps::client_config(Security::Plain));
        let client = drive(
            client,
            ours,
            |it| connector.connect(name(), it),
            |client, event| {
                user.hear(client, event, &mut |line| log.push(line));
            },
        );
        ::tokio::join!(server, client)
    });
    log.extend(kept(host.kept));
    log
}

pub fn pop3() -> Vec<String> {
    let tls = Tls::new();
    let (mut log, mut user) = (Vec::new(), pop3_apps::User::default());
    block_on(async {
        let (theirs, ours) = sockets().await;
        let acceptor = TlsAcceptor::from(tls.server);
        let accept = |it| acceptor.accept(it);
        let server = drive(pop3_apps::new_server(), theirs, accept, pop3_apps::answer);
        let connector = TlsConnector::from(tls.client);
        let connect = |it| connector.connect(name(), it);
        let client = drive(pop3_apps::new_client(), ours, connect, |client, event| {
            user.hear(client, event, &mut |line| log.push(line));
        });
        ::tokio::join!(server, client)
    });
    log
}
