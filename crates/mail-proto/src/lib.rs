//! What POP3 and IMAP connections share.
//!
//! Everything here is *sans-IO*: octets and time go in, octets, events and deadlines come out. There
//! are no sockets, clocks, threads or random numbers, so a blocking program, an async runtime, an
//! embedded loop and a simulator drive the same code.
//!
//! - [`Connection`] is the contract that all four connections (POP3 and IMAP, client and server)
//!   keep, and that drivers are written against.
//! - [`Output`] is the queue behind [`Connection::transmit`]: octets, gates, holes.
//! - [`Instant`] is time as data, [`Trace`] the view on the wire without the secrets.
//! - [`byte_string!`], [`Text`], [`Secret`] are byte strings that cannot break a line or leak; they are
//!   made of [`Octets`], which keep no read alive if they are few.
//! - [`Leniency`], [`Defect`], [`Reading`] are tolerance as data.
//! - [`sasl`] and [`url`] are what the protocols share beside the wire.
//! - [`ParseError`] and [`SendError`] say where and what was expected.
//!
//! # The run loop
//!
//! This is a whole blocking driver. (`examples/drive` has the ones to copy: a blocking one that cannot
//! deadlock on two full pipes, and an async one that is cancel-safe.)
//!
//! ```
//! use std::io::{Read, Write};
//! use bytes::{Buf, BytesMut};
//! use mail_proto::{Connection, Instant, Next};
//!
//! fn run<C: Connection>(
//!     connection: &mut C,
//!     transport: &mut (impl Read + Write),
//!     mut on_event: impl FnMut(&mut C, C::Event),
//! ) -> Result<(), Box<dyn std::error::Error>> {
//!     let epoch = std::time::Instant::now();
//!     let now = || Instant::from_epoch(epoch.elapsed());
//!     let mut input = BytesMut::new();
//!     loop {
//!         let failed = loop {
//!             match connection.poll(&mut input, now()) {
//!                 Ok(Some(event)) => on_event(connection, event),
//!                 Ok(None) => break None,
//!                 Err(error) => break Some(error),
//!             }
//!         };
//!         while connection.transmit(now()).has_remaining() {
//!             let mut transmit = connection.transmit(now());
//!             let written = transport.write(transmit.chunk())?;
//!             transmit.advance(written);
//!         }
//!         if let Some(error) = failed {
//!             return Err(error.into());
//!         }
//!         match connection.next() {
//!             Next::Read => {
//!                 let mut block = [0; 4096];
//!                 match transport.read(&mut block)? {
//!                     0 => connection.receive_eof(),
//!                     n => input.extend_from_slice(&block[..n]),
//!                 }
//!             }
//!             Next::Close => return Ok(()),
//!             // One that knows TLS flushes, swaps the transport and calls `handed_over`.
//!             Next::HandOver(_) => return Err("this transport cannot be swapped".into()),
//!             // A server's application answers later, from elsewhere; here it has answered already.
//!             Next::Hold => return Err("the application owes an answer".into()),
//!         }
//!     }
//! }
//! # // A connection that echoes lines until QUIT.
//! # #[derive(Default)]
//! # struct Echo { output: mail_proto::Output, transcript: mail_proto::Transcript, lines: mail_proto::LineScanner, done: bool }
//! # impl Connection for Echo {
//! #     type Event = usize;
//! #     type Error = mail_proto::ParseError;
//! #     fn poll(&mut self, input: &mut BytesMut, _: Instant) -> Result<Option<usize>, Self::Error> {
//! #         use mail_proto::{CommandId, Line, Sink};
//! #         let Line::Complete(n) = self.lines.find(input, 512, false) else { return Ok(None) };
//! #         self.done |= input.starts_with(b"QUIT");
//! #         self.output.writer(CommandId::default()).put_shared(input.split_to(n).freeze());
//! #         Ok(Some(n))
//! #     }
//! #     fn receive_eof(&mut self) { self.done = true }
//! #     fn transmit(&mut self, now: Instant) -> mail_proto::Transmit<'_> { self.output.transmit(&mut self.transcript, now) }
//! #     fn next(&self) -> Next { if self.done { Next::Close } else { Next::Read } }
//! #     fn handed_over(&mut self, _: mail_proto::Handover, _: &mut BytesMut) -> Result<(), Self::Error> { Ok(()) }
//! #     fn poll_timeout(&self) -> Option<Instant> { None }
//! #     fn handle_timeout(&mut self, _: Instant) {}
//! #     fn close(&mut self) { self.done = true }
//! #     fn set_trace(&mut self, trace: Option<Box<dyn mail_proto::Trace + Send>>) { self.transcript.observe(trace) }
//! # }
//! # struct Pipe { input: &'static [u8], output: Vec<u8> }
//! # impl Read for Pipe { fn read(&mut self, b: &mut [u8]) -> std::io::Result<usize> { let n = self.input.len().min(3).min(b.len()); self.input.read(&mut b[..n]) } }
//! # impl Write for Pipe { fn write(&mut self, b: &[u8]) -> std::io::Result<usize> { self.output.write(&b[..b.len().min(2)]) } fn flush(&mut self) -> std::io::Result<()> { Ok(()) } }
//! # let mut pipe = Pipe { input: b"one\r\ntwo\r\nQUIT\r\n", output: Vec::new() };
//! # let mut lines = Vec::new();
//! # run(&mut Echo::default(), &mut pipe, |_, n| lines.push(n)).unwrap();
//! # assert_eq!(pipe.output, b"one\r\ntwo\r\nQUIT\r\n");
//! # assert_eq!(lines, [5, 5, 6]);
//! ```

#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod connection;
mod defect;
mod error;
mod line;
mod octets;
mod output;
pub mod sasl;
mod secret;
mod sink;
mod strings;
mod time;
mod trace;
pub mod url;

pub use connection::{Connection, Handover, Next, Security, TlsPolicy};
pub use defect::{Defect, DefectId, Leniency, Reading};
pub use error::{ParseError, SendError, Sent};
pub use line::{Line, LineScanner, without_line_end};
pub use octets::Octets;
pub use output::{CommandId, Gate, Output, Owed, Transmit, Watermarks, Writer};
pub use secret::Secret;
pub use sink::{Sink, decimal, hexadecimal};
pub use strings::{Escaped, Text, line_break};
pub use time::{Instant, earliest, expired};
pub use trace::{Direction, Record, Trace, Transcript};

/// For the macros of this crate.
#[doc(hidden)]
pub mod __private {
    pub use bytes::Bytes;
}
