//! The driver for threads and blocking streams: the same shape as the one for tokio.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant as Clock};

use bytes::{Buf as _, BytesMut};
use mail_proto::{Connection, Handover, Instant};

use super::step::{Core, LINGER, Step};
use super::{Error, Next};

/// Octets of one read.
const BLOCK: usize = 16 * 1024;
/// How long a write may wait before we look whether the peer wants to be read.
const WRITE: Duration = Duration::from_millis(20);
/// How long that look may take.
const LOOK: Duration = Duration::from_millis(1);
/// So many writes in a row, and we look anyway: the answer may say that the rest is not wanted.
const WRITES: u32 = 16;
/// So many reads in a row at most, when the peer takes nothing and sends much.
const READS: u32 = 64;

/// A stream whose reads and writes can be told to give up.
///
/// A TLS stream passes the calls on to the socket below it.
pub trait Transport: Read + Write {
    /// How long a read and a write may wait; `None`: as long as it takes. They give up with
    /// [`ErrorKind::WouldBlock`] or [`ErrorKind::TimedOut`] and lose nothing.
    ///
    /// # Errors
    ///
    /// The stream's.
    fn set_timeouts(&mut self, read: Option<Duration>, write: Option<Duration>) -> io::Result<()>;

    /// Says that nothing more will be written.
    ///
    /// # Errors
    ///
    /// The stream's.
    fn shut_down(&mut self) -> io::Result<()>;
}

impl Transport for TcpStream {
    fn set_timeouts(&mut self, read: Option<Duration>, write: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(read)?;
        self.set_write_timeout(write)
    }

    fn shut_down(&mut self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn set_timeouts(&mut self, read: Option<Duration>, write: Option<Duration>) -> io::Result<()> {
        (**self).set_timeouts(read, write)
    }

    fn shut_down(&mut self) -> io::Result<()> {
        (**self).shut_down()
    }
}

/// Moves the octets of one connection.
///
/// ```no_run
/// use drive::{Next, blocking::Driver};
/// use mail_proto::Connection;
///
/// fn serve<C: Connection>(
///     connection: C,
///     stream: std::net::TcpStream,
///     mut handle: impl FnMut(&mut C, C::Event),
/// ) -> Result<(), drive::Error<C::Error>> {
///     let mut driver = Driver::new(connection, stream);
///     loop {
///         match driver.next()? {
///             Next::Event(event) => handle(driver.connection_mut(), event),
///             Next::HandOver(to) => {
///                 let (detached, stream) = driver.detach();
///                 driver = detached.resume(to, upgrade(stream)?);
///             }
///             Next::Closed => return Ok(()),
///         }
///     }
/// }
/// # fn upgrade(s: std::net::TcpStream) -> std::io::Result<std::net::TcpStream> { Ok(s) }
/// ```
#[derive(Debug)]
pub struct Driver<C: Connection, S> {
    core: Core<C>,
    stream: S,
    epoch: Clock,
    writes: u32,
    /// Reads to be done before the next write.
    reads_owed: u32,
}

impl<C: Connection, S> Driver<C, S> {
    /// A driver for a connection over an open stream.
    pub fn new(connection: C, stream: S) -> Self {
        let core = Core::new(connection, BytesMut::new());
        Self { core, stream, epoch: Clock::now(), writes: 0, reads_owed: 0 }
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
        let Self { core, epoch, writes, reads_owed, stream } = self;
        (Driver { core, epoch, writes, reads_owed, stream: () }, stream)
    }

    fn now(&self) -> Instant {
        Instant::from_epoch(self.epoch.elapsed())
    }
}

impl<C: Connection> Driver<C, ()> {
    /// Puts the new stream in, and calls [`handed_over`](Driver::handed_over).
    pub fn resume<S>(self, done: Handover, stream: S) -> Driver<C, S> {
        let Self { core, epoch, writes, reads_owed, .. } = self;
        let mut driver = Driver { core, epoch, writes, reads_owed, stream };
        driver.handed_over(done);
        driver
    }
}

impl<C: Connection, S: Transport> Driver<C, S> {
    /// The next event; moves octets until there is one.
    ///
    /// # Errors
    ///
    /// The connection or the stream failed: all events have been returned before, and what the
    /// connection still had to say has been written, if the peer took it in time. Or
    /// [`Error::Held`]: answer, and go on.
    #[allow(clippy::should_implement_trait, reason = "the same name as on tokio; no iterator")]
    pub fn next(&mut self) -> Result<Next<C::Event>, Error<C::Error>> {
        loop {
            let now = self.now();
            match self.core.step(now) {
                Step::Event(event) => return Ok(Next::Event(event)),
                Step::HandOver(to) => return Ok(Next::HandOver(to)),
                Step::Hold { .. } => return Err(Error::Held),
                Step::Closed => return self.core.outcome(),
                Step::Move { write, until } => {
                    let patience = until.map(|at| at.saturating_since(now).max(LOOK));
                    let moved = if write { self.write_or_look() } else { self.read(patience) };
                    if let Err(error) = moved {
                        self.core.break_off(error);
                    }
                }
                Step::ShutDown { .. } => {
                    // A peer that has gone already does not matter any more.
                    let _ = self.stream.shut_down();
                    let _ = self.linger();
                    self.core.closed();
                }
            }
        }
    }

    /// Reads until the peer closes too.
    fn linger(&mut self) -> io::Result<()> {
        let until = Clock::now() + LINGER;
        let mut block = [0; 4096];
        while self.core.lingers() {
            let left = until.saturating_duration_since(Clock::now());
            if left.is_zero() {
                break;
            }
            self.stream.set_timeouts(Some(left), Some(left))?;
            if self.stream.read(&mut block)? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Two full pipes cannot wait for each other: when a write makes no progress, we read what there is.
    fn write_or_look(&mut self) -> io::Result<bool> {
        if self.reads_owed > 0 {
            let more = self.read(Some(LOOK))?;
            self.reads_owed = if more { self.reads_owed.saturating_sub(1) } else { 0 };
            return Ok(more);
        }
        self.writes = self.writes.wrapping_add(1);
        let wrote = self.write()?;
        if !wrote {
            self.reads_owed = READS;
        } else if self.writes.is_multiple_of(WRITES) {
            self.reads_owed = 1;
        }
        Ok(wrote)
    }

    /// Whether the stream took octets.
    fn write(&mut self) -> io::Result<bool> {
        self.stream.set_timeouts(Some(LOOK), Some(WRITE))?;
        let now = self.now();
        let mut transmit = self.core.connection.transmit(now);
        if !transmit.has_remaining() {
            let flushed = progress(self.stream.flush())?.is_some();
            self.core.unflushed = !flushed;
            return Ok(flushed);
        }
        let mut slices = [IoSlice::new(&[]); 16];
        let used = transmit.chunks_vectored(&mut slices);
        match progress(self.stream.write_vectored(slices.get(..used).unwrap_or(&[])))? {
            None => return Ok(false),
            Some(0) => return Err(ErrorKind::WriteZero.into()),
            Some(written) => transmit.advance(written),
        }
        self.core.unflushed = true;
        Ok(true)
    }

    /// Whether octets came.
    fn read(&mut self, patience: Option<Duration>) -> io::Result<bool> {
        if !self.core.wants_read() {
            return Ok(false);
        }
        self.stream.set_timeouts(patience, Some(WRITE))?;
        let mut block = [0; BLOCK];
        match progress(self.stream.read(&mut block))? {
            None => return Ok(false),
            Some(0) => self.core.end(),
            Some(octets) => self.core.input.extend_from_slice(block.get(..octets).unwrap_or(&[])),
        }
        Ok(true)
    }
}

/// `None` if the stream gave up waiting.
fn progress<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    match result {
        Ok(done) => Ok(Some(done)),
        Err(error) if matches!(error.kind(), Interrupted | TimedOut | WouldBlock) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The callback loop: runs until the connection is over, or wants another stream.
///
/// # Errors
///
/// As [`Driver::next`].
pub fn run<C: Connection, S: Transport>(
    driver: &mut Driver<C, S>,
    mut on_event: impl FnMut(&mut C, C::Event),
) -> Result<Option<Handover>, Error<C::Error>> {
    loop {
        match driver.next()? {
            Next::Event(event) => on_event(driver.connection_mut(), event),
            Next::HandOver(to) => return Ok(Some(to)),
            Next::Closed => return Ok(None),
        }
    }
}
