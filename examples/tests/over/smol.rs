//! Two futures on one smol thread. There is no TLS at hand for its streams: the handover goes to the
//! same socket, which is all that the driver sees of it.

use std::future::Future;

use ::smol::future::zip;
use ::smol::net::{TcpListener, TcpStream};
use drive::smol::{Driver, run};
use imap_proto::client::Client;
use mail_proto::{Connection, Handover, Security};

use super::kept;
use crate::{imap as imap_apps, pop3 as pop3_apps};

/// Runs a connection to its end, with one handover that swaps nothing.
async fn drive<C: Connection>(
    connection: C,
    socket: TcpStream,
    mut on_event: impl FnMut(&mut C, C::Event),
) {
    let mut driver = Driver::new(connection, socket);
    assert_eq!(run(&mut driver, &mut on_event).await.unwrap(), Some(Handover::Tls));
    let (detached, socket) = driver.detach();
    let mut driver = detached.resume(Handover::Tls, socket);
    assert_eq!(run(&mut driver, &mut on_event).await.unwrap(), None);
}

async fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (listener.accept().await.unwrap().0, socket)
}

fn both(sides: impl AsyncFnOnce(TcpStream, TcpStream)) {
    ::smol::block_on(async {
        let (theirs, ours) = sockets().await;
        sides(theirs, ours).await;
    });
}

pub fn imap() -> Vec<String> {
    let (mut log, mut user) = (Vec::new(), imap_apps::User::default());
    let mut host = imap_apps::Host::default();
    both(async |theirs, ours| {
        let server = drive(imap_apps::new_server(), theirs, |server, event| {
            host.hear(server, event);
        });
        let client = Client::new(imap_apps::client_config(Security::Plain));
        let client = drive(client, ours, |client, event| {
            user.hear(client, event, &mut |line| log.push(line));
        });
        join(server, client).await;
    });
    log.extend(kept(host.kept));
    log
}

pub fn pop3() -> Vec<String> {
    let (mut log, mut user) = (Vec::new(), pop3_apps::User::default());
    both(async |theirs, ours| {
        let server = drive(pop3_apps::new_server(), theirs, pop3_apps::answer);
        let client = drive(pop3_apps::new_client(), ours, |client, event| {
            user.hear(client, event, &mut |line| log.push(line));
        });
        join(server, client).await;
    });
    log
}

async fn join(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    zip(one, other).await;
}
