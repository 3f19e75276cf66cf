//! Tasks as a connection: the client's octets, deadlines and handovers.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use bytes::BytesMut;
use mail_proto::{Connection, Handover, Instant, Next, Trace, Transmit};

use super::{Event, Tasks};
use crate::connection::Error;

impl Connection for Tasks {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, input: &mut BytesMut, now: Instant) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            match self.client.poll(input, now)? {
                Some(event) => self.receive(event),
                None => {
                    // An idle connection keeps no room for events.
                    self.events = VecDeque::new();
                    return Ok(None);
                }
            }
        }
    }

    fn receive_eof(&mut self) {
        self.client.receive_eof();
    }

    fn transmit(&mut self, now: Instant) -> Transmit<'_> {
        self.client.transmit(now)
    }

    fn next(&self) -> Next {
        self.client.next()
    }

    fn handed_over(&mut self, done: Handover, input: &mut BytesMut) -> Result<(), Error> {
        self.client.handed_over(done, input)
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.client.poll_timeout()
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.client.handle_timeout(now);
    }

    fn close(&mut self) {
        self.client.close();
    }

    fn set_trace(&mut self, trace: Option<Box<dyn Trace + Send>>) {
        self.client.set_trace(trace);
    }
}
