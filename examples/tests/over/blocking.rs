//! Two threads, blocking sockets, rustls.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::DerefMut;
use std::thread;
use std::time::Duration;

use drive::blocking::{Driver, Transport, run};
use imap_proto::client::Client;
use mail_proto::{Connection, Handover, Security};
use tokio_rustls::rustls::{ConnectionCommon, SideData, StreamOwned};

use super::{Tls, kept};
use crate::{imap as imap_apps, pop3 as pop3_apps};

/// TLS over a socket.
struct Secured<T>(T);

impl<C, S> Read for Secured<StreamOwned<C, TcpStream>>
where
    C: DerefMut<Target = ConnectionCommon<S>>,
    S: SideData,
{
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl<C, S> Write for Secured<StreamOwned<C, TcpStream>>
where
    C: DerefMut<Target = ConnectionCommon<S>>,
    S: SideData,
{
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<C, S> Transport for Secured<StreamOwned<C, TcpStream>>
where
    C: DerefMut<Target = ConnectionCommon<S>>,
    S: SideData,
{
    fn set_timeouts(&mut self, read: Option<Duration>, write: Option<Duration>) -> io::Result<()> {
        self.0.sock.set_timeouts(read, write)
    }

    fn shut_down(&mut self) -> io::Result<()> {
        self.0.conn.send_close_notify();
        self.0.flush()?;
        self.0.sock.shut_down()
    }
}

/// Runs a connection to its end, with one handover to TLS.
fn drive<C: Connection, T: Transport>(
    connection: C,
    socket: TcpStream,
    secure: impl FnOnce(TcpStream) -> T,
    mut on_event: impl FnMut(&mut C, C::Event),
) {
    let mut driver = Driver::new(connection, socket);
    let handover = run(&mut driver, &mut on_event).unwrap();
    assert_eq!(handover, Some(Handover::Tls));
    let (detached, socket) = driver.detach();
    let mut driver = detached.resume(Handover::Tls, secure(socket));
    assert_eq!(run(&mut driver, &mut on_event).unwrap(), None);
}

fn sockets() -> (TcpListener, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (listener, socket)
}

pub fn imap() -> Vec<String> {
    let (tls, (listener, socket)) = (Tls::new(), sockets());
    let (ours, theirs) = (tls.client(), tls.server());
    let server = thread::spawn(move || {
        let mut host = imap_apps::Host::default();
        let secure = |socket| Secured(StreamOwned::new(theirs, socket));
        let (socket, _) = listener.accept().unwrap();
        drive(imap_apps::new_server(), socket, secure, |server, event| host.hear(server, event));
        host.kept
    });
    let (mut log, mut user) = (Vec::new(), imap_apps::User::default());
    let client = Client::new(imap_apps::client_config(Security::Plain));
    let secure = |socket| Secured(StreamOwned::new(ours, socket));
    drive(client, socket, secure, |client, event| {
        user.hear(client, event, &mut |line| log.push(line));
    });
    log.extend(kept(server.join().unwrap()));
    log
}

pub fn pop3() -> Vec<String> {
    let (tls, (listener, socket)) = (Tls::new(), sockets());
    let (ours, theirs) = (tls.client(), tls.server());
    let server = thread::spawn(move || {
        let secure = |socket| Secured(StreamOwned::new(theirs, socket));
        let (socket, _) = listener.accept().unwrap();
        drive(pop3_apps::new_server(), socket, secure, pop3_apps::answer);
    });
    let (mut log, mut user) = (Vec::new(), pop3_apps::User::default());
    let secure = |socket| Secured(StreamOwned::new(ours, socket));
    drive(pop3_apps::new_client(), socket, secure, |client, event| {
        user.hear(client, event, &mut |line| log.push(line));
    });
    server.join().unwrap();
    log
}
