//! What the drivers promise by themselves.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use mail_proto::{Connection as _, Sent};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};

use super::client::{self, Client};
use super::drivers::impatient;
use super::server::{self, Server};
use super::wire::Error;
use crate::drive::{self, Next, blocking, tokio::Driver};

#[tokio::test]
async fn an_idle_connection_keeps_no_block() {
    let (mut near, far) = tokio::io::duplex(1024);
    let mut driver = Driver::new(Server::default(), far);
    near.write_all(b"a NOOP\r\n").await.unwrap();
    let Ok(Next::Event(server::Event::Command { id, .. })) = driver.next().await else { panic!() };
    driver.connection_mut().ok(id).unwrap();
    assert!(impatient(driver.next(), 0).await.is_none());
    assert_eq!(driver.input_mut().capacity(), 0);
}

#[tokio::test]
async fn futures_run_on_any_thread() {
    fn spawnable<F: Future + Send + 'static>(future: F) -> F {
        future
    }
    let (near, far) = tokio::io::duplex(1024);
    drop(near);
    let mut driver = Driver::new(Server::default(), far);
    let driven = spawnable(async move { drive::tokio::run(&mut driver, |_, _| {}).await });
    assert!(matches!(tokio::spawn(driven).await.unwrap(), Ok(None)));
}

#[tokio::test]
async fn after_an_error_events_and_last_octets_come_first() {
    let (mut near, far) = tokio::io::duplex(1 << 20);
    let mut driver = Driver::new(Server::default(), far);
    near.write_all(b"a NOOP\r\nb FETCH 1\r\n").await.unwrap();
    let Ok(Next::Event(server::Event::Command { id, .. })) = driver.next().await else { panic!() };
    driver.connection_mut().ok(id).unwrap();
    let Ok(Next::Event(server::Event::Command { id, .. })) = driver.next().await else { panic!() };
    driver.connection_mut().no(id).unwrap();
    let endless = vec![b'x'; 100_000];
    near.write_all(&endless).await.unwrap();
    let error = driver.next().await.unwrap_err();
    assert!(matches!(error, drive::Error::Connection(Error::Syntax { at: 19, .. })), "{error:?}");
    let mut said = String::new();
    near.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "a OK done\r\nb NO done\r\n");
    assert!(matches!(driver.next().await, Ok(Next::Closed)));
}

/// Takes three octets, then breaks.
struct Broken(usize);

impl AsyncWrite for Broken {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = octets.len().min(self.0);
        self.0 -= taken;
        let broken = || io::ErrorKind::ConnectionReset.into();
        Poll::Ready(if taken > 0 { Ok(taken) } else { Err(broken()) })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Broken {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn a_broken_stream_still_ends_every_command() {
    let mut client = Client::default();
    client.noop().unwrap();
    client.starttls().unwrap();
    let mut driver = Driver::new(client, Broken(3));
    for expected in [Sent::Partly, Sent::Not] {
        let Ok(Next::Event(client::Event::Lost { sent, .. })) = driver.next().await else {
            panic!()
        };
        assert_eq!(sent, expected);
    }
    let error = driver.next().await.unwrap_err();
    assert!(matches!(error, drive::Error::Io(e) if e.kind() == io::ErrorKind::ConnectionReset));
}

/// Takes everything, holds it until it is flushed.
#[derive(Default)]
struct Holding {
    held: Vec<u8>,
    flushed: Vec<u8>,
}

impl AsyncWrite for Holding {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.held.extend_from_slice(octets);
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let held = std::mem::take(&mut self.held);
        self.flushed.extend_from_slice(&held);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }
}

impl AsyncRead for Holding {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn streams_that_hold_octets_back_are_flushed_before_waiting() {
    let mut client = Client::default();
    client.noop().unwrap();
    let mut driver = Driver::new(client, Holding::default());
    assert!(impatient(driver.next(), 0).await.is_none());
    assert_eq!(driver.stream_mut().flushed, b"t1 NOOP\r\n");
}

/// Has the first octets of TLS ready as soon as the OK is out.
#[derive(Default)]
struct Eager {
    ready: Vec<u8>,
    unflushed: bool,
}

impl Eager {
    fn starttls() -> Self {
        Self { ready: b"a STARTTLS\r\n".to_vec(), unflushed: false }
    }
}

impl io::Write for Eager {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if octets.ends_with(b"\n") {
            self.ready = b"client hello".to_vec();
        }
        self.unflushed = true;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unflushed = false;
        Ok(())
    }
}

impl io::Read for Eager {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let octets = self.ready.len();
        block[..octets].copy_from_slice(&self.ready);
        self.ready.clear();
        if octets > 0 { Ok(octets) } else { Err(io::ErrorKind::WouldBlock.into()) }
    }
}

impl blocking::Transport for Eager {
    fn set_timeouts(&mut self, _: Option<Duration>, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }

    fn shut_down(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncWrite for Eager {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(io::Write::write(&mut *self, octets))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(io::Write::flush(&mut *self))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Eager {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ready.is_empty() {
            return Poll::Pending;
        }
        buf.put_slice(&std::mem::take(&mut self.ready));
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn what_follows_a_handover_is_not_read_before_it() {
    let mut driver = Driver::new(Server::default(), Eager::starttls());
    let Ok(Next::Event(server::Event::Command { id, .. })) = driver.next().await else { panic!() };
    driver.connection_mut().ok(id).unwrap();
    assert!(matches!(driver.next().await, Ok(Next::HandOver(_))));
    assert!(driver.input_mut().is_empty() && driver.stream_mut().ready == b"client hello");
    assert!(!driver.stream_mut().unflushed);
    let mut driver = blocking::Driver::new(Server::default(), Eager::starttls());
    let Ok(Next::Event(server::Event::Command { id, .. })) = driver.next() else { panic!() };
    driver.connection_mut().ok(id).unwrap();
    assert!(matches!(driver.next(), Ok(Next::HandOver(_))));
    assert!(driver.input_mut().is_empty() && driver.stream_mut().ready == b"client hello");
    assert!(!driver.stream_mut().unflushed);
}

/// A server with an endless body is heard in the middle of it.
#[test]
fn an_early_refusal_is_seen_while_the_stream_still_takes_octets() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let near = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut far, _) = listener.accept().unwrap();
    let server = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        far.write_all(b"t1 NO no room\r\n").unwrap();
        let mut block = vec![0; 1 << 16];
        while far.read(&mut block).is_ok_and(|octets| octets > 0) {}
    });
    let mut client = Client::default();
    client.append("inbox", u64::MAX, false).unwrap();
    let mut driver = blocking::Driver::new(client, near);
    let piece = bytes::Bytes::from(vec![0; 1 << 16]);
    loop {
        match driver.next().unwrap() {
            Next::Event(client::Event::Room { id }) => {
                driver.connection_mut().supply(id, piece.clone()).unwrap();
            }
            Next::Event(client::Event::Completed { sent, .. }) => {
                assert_eq!(sent, Sent::Partly);
                driver.connection_mut().close();
            }
            Next::Event(other) => panic!("{other:?}"),
            Next::HandOver(_) => panic!(),
            Next::Closed => break,
        }
    }
    drop(driver);
    server.join().unwrap();
}

#[test]
fn deadlines_wake_both_drivers() {
    // A connection whose only deadline is near.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let near = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let mut driver = blocking::Driver::new(Soon::default(), near);
    assert!(matches!(driver.next(), Ok(Next::Event(()))));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let (_near, far) = tokio::io::duplex(8);
        let mut driver = Driver::new(Soon::default(), far);
        assert!(matches!(driver.next().await, Ok(Next::Event(()))));
    });
}

#[derive(Default)]
struct Soon {
    output: mail_proto::Output,
    transcript: mail_proto::Transcript,
    fired: bool,
}

impl mail_proto::Connection for Soon {
    type Event = ();
    type Error = Error;

    fn poll(
        &mut self,
        _: &mut bytes::BytesMut,
        _: mail_proto::Instant,
    ) -> Result<Option<()>, Error> {
        Ok(std::mem::take(&mut self.fired).then_some(()))
    }

    fn receive_eof(&mut self) {}

    fn transmit(&mut self, now: mail_proto::Instant) -> mail_proto::Transmit<'_> {
        self.output.transmit(&mut self.transcript, now)
    }

    fn next(&self) -> mail_proto::Next {
        mail_proto::Next::Read
    }

    fn handed_over(
        &mut self,
        _: mail_proto::Handover,
        _: &mut bytes::BytesMut,
    ) -> Result<(), Error> {
        Ok(())
    }

    fn poll_timeout(&self) -> Option<mail_proto::Instant> {
        Some(mail_proto::Instant::from_epoch(Duration::from_millis(30)))
    }

    fn handle_timeout(&mut self, _: mail_proto::Instant) {
        self.fired = true;
    }

    fn close(&mut self) {}

    fn set_trace(&mut self, _: Option<Box<dyn mail_proto::Trace + Send>>) {}
}
