//! The driver for tokio: pull, cancel-safe, generic over the connection and the stream.

use std::future::{pending, poll_fn};
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use ::tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use ::tokio::time::{Instant as Clock, sleep_until, timeout_at};
use bytes::{Buf as _, BytesMut};
use mail_proto::{Connection, Handover, Instant};

use super::step::{Core, LINGER, Step};
use super::{Error, Next};

/// Octets of one read.
const BLOCK: usize = 16 * 1024;
/// Below this room a new block is taken.
const ROOM: usize = 2 * 1024;

/// Moves the octets of one connection.
///
/// ```no_run
/// use drive::{Next, tokio::Driver};
/// use mail_proto::{Connection, Handover};
///
/// async fn serve<C: Connection>(
///     connection: C,
///     stream: tokio::net::TcpStream,
///     handle: impl AsyncFn(&mut C, C::Event),
/// ) -> Result<(), drive::Error<C::Error>> {
///     type Stream = Box<dyn drive::tokio::Stream>;
///     let mut driver = Driver::new(connection, Box::new(stream) as Stream);
///     loop {
///         match driver.next().await? {
///             Next::Event(event) => handle(driver.connection_mut(), event).await,
///             Next::HandOver(Handover::Tls) => {
///                 let (detached, stream) = driver.detach();
///                 let tls: Stream = start_tls(stream).await?;
///                 driver = detached.resume(Handover::Tls, tls);
///             }
///             Next::HandOver(_) => unreachable!("this server offers no compression"),
///             Next::Closed => return Ok(()),
///         }
///     }
/// }
/// # async fn start_tls(s: Box<dyn drive::tokio::Stream>) -> std::io::Result<Box<dyn drive::tokio::Stream>> { Ok(s) }
/// ```
#[derive(Debug)]
pub struct Driver<C: Connection, S> {
    core: Core<C>,
    stream: S,
    epoch: Clock,
}

/// Any stream, for `Box<dyn Stream>`.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

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

    /// The stream, for one that can change in place; then call [`handed_over`](Self::handed_over).
    pub const fn stream_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Tells the connection that the stream has changed as [`Next::HandOver`] asked for.
    ///
    /// If it does not agree (octets were left in front of TLS), the following [`next`](Self::next)s
    /// say so: events first, then the error.
    pub fn handed_over(&mut self, done: Handover) {
        self.core.handed_over(done);
    }

    /// Parts driver and stream, for a stream whose type changes; then [`resume`](Driver::resume).
    pub fn detach(self) -> (Driver<C, ()>, S) {
        (Driver { core: self.core, stream: (), epoch: self.epoch }, self.stream)
    }

    fn now(&self) -> Instant {
        Instant::from_epoch(self.epoch.elapsed())
    }

    /// The time on tokio's clock; `None`: never.
    fn clock(&self, at: Option<Instant>) -> Option<Clock> {
        at.and_then(|at| self.epoch.checked_add(at.since_epoch()))
    }
}

impl<C: Connection> Driver<C, ()> {
    /// Puts the new stream in, and calls [`handed_over`](Driver::handed_over).
    pub fn resume<S>(self, done: Handover, stream: S) -> Driver<C, S> {
        let mut driver = Driver { core: self.core, stream, epoch: self.epoch };
        driver.handed_over(done);
        driver
    }
}

impl<C: Connection, S: AsyncRead + AsyncWrite + Unpin> Driver<C, S> {
    /// The next event; moves octets until there is one.
    ///
    /// Cancel-safe: an octet that was read is in the input, one that was written is off the queue, and
    /// an event leaves the connection only in the return value, without an await behind it. So this
    /// may stand in a `select!` beside a store's answer or a shutdown signal, and be dropped and called
    /// again at will.
    ///
    /// A connection that holds (a server whose application owes an answer, with more waiting than it may
    /// hold) is not read from: give the answer to [`connection_mut`](Self::connection_mut), then call
    /// `next` again. Without the answer this waits for the connection's deadline, or for ever.
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
                    if let Err(error) = self.move_octets(until).await {
                        self.core.break_off(error);
                    }
                }
                Step::Hold { until } => match self.clock(until) {
                    Some(until) => sleep_until(until).await,
                    None => pending().await,
                },
                Step::ShutDown { until } => {
                    let until = self.clock(Some(until)).unwrap_or_else(Clock::now);
                    // A peer that has gone, or takes no farewell, does not matter any more.
                    let _ = timeout_at(until, self.stream.shutdown()).await;
                    let _ = timeout_at(Clock::now() + LINGER, self.linger()).await;
                    self.core.closed();
                }
            }
        }
    }

    /// Reads until the peer closes too.
    async fn linger(&mut self) -> io::Result<()> {
        while self.core.lingers() {
            self.core.input.clear();
            if self.stream.read_buf(&mut self.core.input).await? == 0 {
                break;
            }
        }
        Ok(())
    }

    async fn move_octets(&mut self, until: Option<Instant>) -> io::Result<()> {
        let until = self.clock(until);
        let moved = poll_fn(|cx| self.poll_io(cx));
        match until {
            Some(until) => timeout_at(until, moved).await.unwrap_or(Ok(())),
            None => moved.await,
        }
    }

    /// Writes and reads what can be; `Ready` if something moved.
    fn poll_io(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wrote = self.poll_write(cx)?;
        if !self.core.wants_read() {
            return wrote.map(Ok);
        }
        let input = &mut self.core.input;
        if input.spare_capacity_mut().len() < ROOM {
            input.reserve(BLOCK);
        }
        match pin!(self.stream.read_buf(input)).poll(cx)? {
            Poll::Ready(0) => self.core.end(),
            Poll::Ready(_) => {}
            Poll::Pending => {
                self.core.release_empty_input();
                return wrote.map(Ok);
            }
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
            let slices = slices.get(..used).unwrap_or(&[]);
            match ready!(stream.poll_write_vectored(cx, slices))? {
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
