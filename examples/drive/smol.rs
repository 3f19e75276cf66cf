//! The driver for smol, and for any stream of `futures-io`: the same shape as the one for tokio.

use std::future::{Future, pending, poll_fn};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant as Clock;

use ::smol::Timer;
use ::smol::future::or;
use ::smol::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use bytes::{Buf as _, BytesMut};
use mail_proto::{Connection, Handover, Instant};

use super::step::{Core, LINGER, Step};
use super::{Error, Next};

/// Octets of one read.
const BLOCK: usize = 16 * 1024;

/// Moves the octets of one connection.
///
/// ```no_run
/// use drive::{Next, smol::Driver};
/// use mail_proto::Connection;
///
/// async fn serve<C: Connection>(
///     connection: C,
///     stream: smol::net::TcpStream,
///     handle: impl AsyncFn(&mut C, C::Event),
/// ) -> Result<(), drive::Error<C::Error>> {
///     let mut driver = Driver::new(connection, stream);
///     loop {
///         match driver.next().await? {
///             Next::Event(event) => handle(driver.connection_mut(), event).await,
///             Next::HandOver(to) => {
///                 let (detached, stream) = driver.detach();
///                 driver = detached.resume(to, upgrade(stream).await?);
///             }
///             Next::Closed => return Ok(()),
///         }
///     }
/// }
/// # async fn upgrade(s: smol::net::TcpStream) -> std::io::Result<smol::net::TcpStream> { Ok(s) }
/// ```
#[derive(Debug)]
pub struct Driver<C: Connection, S> {
    core: Core<C>,
    stream: S,
    epoch: Clock,
}

impl<C: Connection, S> Driver<C, S> {
    /// A driver for a connection over an open stream.
    pub fn new(connection: C, stream: S) -> Self {
        Self { core: Core::new(connection, BytesMut::new()), stream, epoch: Clock::now() }
    }

    /// The connection: state, and what can be asked of it.
    pub const fn connection(&self) -> &C {
        &self.core.connection
    }

    /// The connection, for commands and replies. Octets move at the following [`next`](Self::next).
    pub const fn connection_mut(&mut self) -> &mut C {
        &mut self.core.connection
    }

    /// What has been read and not been consumed.
    pub const fn input_mut(&mut self) -> &mut BytesMut {
        &mut self.core.input
    }

    /// Parts driver and stream, to swap the stream as [`Next::HandOver`] asks for; then
    /// [`resume`](Driver::resume).
    pub fn detach(self) -> (Driver<C, ()>, S) {
        (Driver { core: self.core, stream: (), epoch: self.epoch }, self.stream)
    }

    fn now(&self) -> Instant {
        Instant::from_epoch(self.epoch.elapsed())
    }

    /// The time on the clock; `None`: never.
    fn clock(&self, at: Option<Instant>) -> Option<Clock> {
        at.and_then(|at| self.epoch.checked_add(at.since_epoch()))
    }
}

impl<C: Connection> Driver<C, ()> {
    /// Puts the new stream in and tells the connection.
    ///
    /// If it does not agree (octets were left in front of TLS), the following [`next`](Driver::next)s
    /// say so: events first, then the error.
    pub fn resume<S>(self, done: Handover, stream: S) -> Driver<C, S> {
        let mut driver = Driver { core: self.core, stream, epoch: self.epoch };
        driver.core.handed_over(done);
        driver
    }
}

impl<C: Connection, S: AsyncRead + AsyncWrite + Unpin> Driver<C, S> {
    /// The next event; moves octets until there is one.
    ///
    /// Cancel-safe, and waiting while the connection holds, as the [driver for
    /// tokio](crate::tokio::Driver::next).
    ///
    /// # Errors
    ///
    /// The connection or the stream failed. All events have been returned before, and what the
    /// connection still had to say has been written, if the peer took it in time.
    pub async fn next(&mut self) -> Result<Next<C::Event>, Error<C::Error>> {
        loop {
            match self.core.step(self.now()) {
                Step::Event(event) => return Ok(Next::Event(event)),
                Step::HandOver(to) => return Ok(Next::HandOver(to)),
                Step::Closed => return self.core.outcome(),
                Step::Move { until, .. } => {
                    let until = self.clock(until);
                    let moved = by(until, poll_fn(|cx| self.poll_io(cx))).await;
                    if let Some(Err(error)) = moved {
                        self.core.break_off(error);
                    }
                }
                Step::Hold { until } => by(self.clock(until), pending()).await.unwrap_or(()),
                Step::ShutDown { until } => {
                    // A peer that has gone, or takes no farewell, does not matter any more.
                    let _ = by(self.clock(Some(until)), self.stream.close()).await;
                    let _ = by(Clock::now().checked_add(LINGER), self.linger()).await;
                    self.core.closed();
                }
            }
        }
    }

    /// Reads until the peer closes too.
    async fn linger(&mut self) -> io::Result<()> {
        let mut block = [0; 4096];
        while self.core.lingers() && self.stream.read(&mut block).await? > 0 {}
        Ok(())
    }

    /// Writes and reads what can be; `Ready` if something moved.
    fn poll_io(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wrote = self.poll_write(cx)?;
        if !self.core.wants_read() {
            return wrote.map(Ok);
        }
        // These streams read into octets that exist, so a block on the stack costs a copy and no more.
        let mut block = [0; BLOCK];
        match Pin::new(&mut self.stream).poll_read(cx, &mut block)? {
            Poll::Ready(0) => self.core.end(),
            Poll::Ready(octets) => {
                self.core.input.extend_from_slice(block.get(..octets).unwrap_or(&[]));
            }
            Poll::Pending => return wrote.map(Ok),
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let now = self.now();
        let mut transmit = self.core.connection.transmit(now);
        let stream = Pin::new(&mut self.stream);
        if transmit.has_remaining() {
            let mut slices = [IoSlice::new(&[]); 16];
            let used = transmit.chunks_vectored(&mut slices);
            match ready!(stream.poll_write_vectored(cx, slices.get(..used).unwrap_or(&[])))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => transmit.advance(written),
            }
            self.core.unflushed = true;
        } else if self.core.unflushed {
            ready!(stream.poll_flush(cx))?;
            self.core.unflushed = false;
        } else {
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

/// What comes of it, unless this time comes first.
async fn by<T>(until: Option<Clock>, work: impl Future<Output = T>) -> Option<T> {
    let over = async {
        match until {
            Some(until) => drop(Timer::at(until).await),
            None => pending().await,
        }
        None
    };
    or(async { Some(work.await) }, over).await
}

/// The callback loop: runs until the connection is over, or wants another stream.
///
/// # Errors
///
/// As [`Driver::next`].
pub async fn run<C: Connection, S: AsyncRead + AsyncWrite + Unpin>(
    driver: &mut Driver<C, S>,
    mut on_event: impl FnMut(&mut C, C::Event),
) -> Result<Option<Handover>, Error<C::Error>> {
    loop {
        match driver.next().await? {
            Next::Event(event) => on_event(driver.connection_mut(), event),
            Next::HandOver(to) => return Ok(Some(to)),
            Next::Closed => return Ok(None),
        }
    }
}
