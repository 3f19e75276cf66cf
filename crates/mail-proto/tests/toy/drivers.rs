//! The same scenarios over the two drivers of `examples/drive`.

use std::future::Future;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use mail_proto::{Connection, Handover};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::client::Client;
use super::pair::{App, Log, Scenario, joined_client, joined_server, key, record_sent};
use super::server::Server;
use super::wire::Error;
use crate::drive::{self, Next, blocking, tokio::Driver};

/// TLS or compression, as far as a toy needs it: every octet turned by a key.
pub struct Layer<S> {
    below: S,
    key: u8,
    /// What the layer below had already read of this one.
    leftover: BytesMut,
}

impl<S> Layer<S> {
    /// A TLS layer takes nothing that was read before it began, an inflater does.
    pub fn new(below: S, number: u8, to: Handover, input: &mut BytesMut) -> Self {
        let leftover = if to == Handover::Tls { BytesMut::new() } else { input.split() };
        Self { below, key: key(number), leftover }
    }

    fn take_leftover(&mut self, room: usize) -> Vec<u8> {
        let octets = self.leftover.len().min(room);
        self.leftover.split_to(octets).iter().map(|octet| octet ^ self.key).collect()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Layer<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.leftover.has_remaining() {
            buf.put_slice(&self.take_leftover(buf.remaining()));
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.below).poll_read(cx, buf))?;
        let key = self.key;
        buf.filled_mut()[before..].iter_mut().for_each(|octet| *octet ^= key);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Layer<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let turned: Vec<u8> = octets.iter().map(|octet| octet ^ self.key).collect();
        Pin::new(&mut self.below).poll_write(cx, &turned)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.below).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.below).poll_shutdown(cx)
    }
}

impl<S: Read> Read for Layer<S> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let leftover = self.take_leftover(block.len());
        if !leftover.is_empty() {
            block[..leftover.len()].copy_from_slice(&leftover);
            return Ok(leftover.len());
        }
        let octets = self.below.read(block)?;
        block[..octets].iter_mut().for_each(|octet| *octet ^= self.key);
        Ok(octets)
    }
}

impl<S: Write> Write for Layer<S> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let turned: Vec<u8> = octets.iter().map(|octet| octet ^ self.key).collect();
        self.below.write(&turned)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.below.flush()
    }
}

impl<S: blocking::Transport> blocking::Transport for Layer<S> {
    fn set_timeouts(&mut self, read: Option<Duration>, write: Option<Duration>) -> io::Result<()> {
        self.below.set_timeouts(read, write)
    }

    fn shut_down(&mut self) -> io::Result<()> {
        self.below.shut_down()
    }
}

/// Polls a few times, then drops the future: what is cancelled must not be lost.
pub async fn impatient<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

type Seen<C> = (Vec<<C as Connection>::Event>, Option<<C as Connection>::Error>);

fn connection_error<E: std::fmt::Debug>(error: drive::Error<E>) -> Option<E> {
    match error {
        drive::Error::Connection(error) => Some(error),
        other => panic!("{other:?}"),
    }
}

async fn drive_async<C: Connection>(
    connection: C,
    stream: tokio::io::DuplexStream,
    mut app: App<C, C::Event>,
    patience: usize,
) -> Seen<C>
where
    C::Event: std::fmt::Debug,
{
    let mut driver = Driver::new(connection, Box::new(stream) as Box<dyn drive::tokio::Stream>);
    let (mut events, mut layers) = (Vec::new(), 0);
    loop {
        let Some(next) = impatient(driver.next(), patience).await else {
            tokio::task::yield_now().await;
            continue;
        };
        match next {
            Ok(Next::Event(event)) => {
                app(driver.connection_mut(), &event);
                events.push(event);
            }
            Ok(Next::HandOver(to)) => {
                layers += 1;
                let (mut detached, stream) = driver.detach();
                let stream = Layer::new(stream, layers, to, detached.input_mut());
                driver = detached.resume(to, Box::new(stream));
            }
            Ok(Next::Closed) => return (events, None),
            Err(error) => return (events, connection_error(error)),
        }
    }
}

/// Over tokio, with a pipe of so many octets; futures are dropped after so many polls.
pub fn over_tokio(scenario: Scenario, pipe: usize, patience: usize) -> Log {
    let (mut client, mut server) = (Client::default(), Server::default());
    let (from_client, from_server) = (record_sent(&mut client), record_sent(&mut server));
    (scenario.start)(&mut client);
    let (near, far) = tokio::io::duplex(pipe);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let ((client, client_error), (server, server_error)) = runtime.block_on(async {
        tokio::join!(
            drive_async(client, near, scenario.client, patience),
            drive_async(server, far, scenario.server, patience),
        )
    });
    Log {
        client: joined_client(client),
        server: joined_server(server),
        client_error,
        server_error,
        from_client: from_client.lock().unwrap().clone(),
        from_server: from_server.lock().unwrap().clone(),
    }
}

fn drive_blocking<C: Connection>(
    connection: C,
    stream: TcpStream,
    mut app: App<C, C::Event>,
) -> Seen<C> {
    let mut driver =
        blocking::Driver::new(connection, Box::new(stream) as Box<dyn blocking::Transport>);
    let (mut events, mut layers) = (Vec::new(), 0);
    let on_event = |connection: &mut C, event: C::Event| {
        app(connection, &event);
        events.push(event);
    };
    let mut on_event = on_event;
    let error = loop {
        match blocking::run(&mut driver, &mut on_event) {
            Ok(Some(to)) => {
                layers += 1;
                let (mut detached, stream) = driver.detach();
                let stream = Layer::new(stream, layers, to, detached.input_mut());
                driver = detached.resume(to, Box::new(stream));
            }
            Ok(None) => break None,
            Err(error) => break connection_error(error),
        }
    };
    (events, error)
}

/// Over loopback TCP, a thread each.
pub fn over_threads(scenario: Scenario, mut server: Server) -> Log {
    let mut client = Client::default();
    let (from_client, from_server) = (record_sent(&mut client), record_sent(&mut server));
    (scenario.start)(&mut client);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (far, _) = listener.accept().unwrap();
    let serving = std::thread::spawn(move || drive_blocking(server, far, scenario.server));
    let (client, client_error): Seen<Client> = drive_blocking(client, near, scenario.client);
    let (server, server_error): (_, Option<Error>) = serving.join().unwrap();
    Log {
        client: joined_client(client),
        server: joined_server(server),
        client_error,
        server_error,
        from_client: from_client.lock().unwrap().clone(),
        from_server: from_server.lock().unwrap().clone(),
    }
}
