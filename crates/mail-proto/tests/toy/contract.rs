//! What holds for one side whatever the other does: tags, continuations, types, traces.

use bytes::{Buf, BytesMut};
use mail_proto::{Connection, Instant, Next, Record, Sent};

use super::client::{self, Client};
use super::server::{self, Command, Server};
use super::wire::Error;

/// One connection, fed by hand.
pub struct Alone<C: Connection> {
    pub connection: C,
    pub input: BytesMut,
    pub events: Vec<C::Event>,
    pub error: Option<C::Error>,
}

impl<C: Connection + Default> Alone<C> {
    pub fn new() -> Self {
        let (connection, input) = (C::default(), BytesMut::new());
        Self { connection, input, events: Vec::new(), error: None }
    }
}

impl<C: Connection> Alone<C> {
    pub fn pump(&mut self) {
        loop {
            match self.connection.poll(&mut self.input, Instant::default()) {
                Ok(Some(event)) => self.events.push(event),
                Ok(None) => return,
                Err(error) => assert!(self.error.replace(error).is_none(), "a second error"),
            }
        }
    }

    pub fn read(&mut self, octets: &str) {
        self.input.extend_from_slice(octets.as_bytes());
        self.pump();
    }

    pub fn write(&mut self) -> String {
        self.write_atmost(usize::MAX)
    }

    pub fn write_atmost(&mut self, octets: usize) -> String {
        let mut transmit = self.connection.transmit(Instant::default());
        let octets = octets.min(transmit.remaining());
        super::apps::text(&transmit.copy_to_bytes(octets))
    }
}

impl Alone<Client> {
    /// How far the commands were out when they ended.
    pub fn sents(&self) -> Vec<Sent> {
        let sent = |event: &client::Event| match event {
            client::Event::Completed { sent, .. } | client::Event::Lost { sent, .. } => Some(*sent),
            _ => None,
        };
        self.events.iter().filter_map(sent).collect()
    }

    fn defects(&self) -> Vec<(&'static str, u64)> {
        let defect = |event: &client::Event| match event {
            client::Event::Defect { what, at } => Some((*what, *at)),
            _ => None,
        };
        self.events.iter().filter_map(defect).collect()
    }
}

#[test]
fn connections_are_send_static_and_usable_as_trait_objects() {
    type Any<E> = Box<dyn Connection<Event = E, Error = Error>>;
    const fn send_static<T: Send + 'static>() {}
    send_static::<Client>();
    send_static::<Server>();
    send_static::<Any<client::Event>>();
    let mut client: Any<client::Event> = Box::<Client>::default();
    let mut server: Any<server::Event> = Box::<Server>::default();
    assert_eq!((client.next(), server.next()), (Next::Read, Next::Read));
    assert_eq!(client.poll(&mut BytesMut::new(), Instant::default()), Ok(None));
    server.close();
    assert_eq!(server.next(), Next::Close);
}

#[test]
fn a_tag_that_was_never_issued_is_a_defect() {
    let mut client = Alone::<Client>::new();
    client.connection.noop().unwrap();
    client.write();
    client.read("t2 OK\r\nx OK\r\nt1 OK\r\nt1 OK\r\n");
    assert_eq!(client.defects(), [("unknown-tag", 0), ("unknown-tag", 7), ("unknown-tag", 20)]);
    assert_eq!((client.sents(), client.error), (vec![Sent::Fully], None));
}

#[test]
fn a_stray_continuation_is_a_defect_and_opens_nothing() {
    let mut client = Alone::<Client>::new();
    client.read("+ early\r\n");
    client.connection.login("joe", "secret").unwrap();
    client.read("+ before the turn\r\n");
    assert_eq!(client.write_atmost(5), "t1 LO");
    client.read("+ in the middle\r\n");
    assert_eq!(client.write(), "GIN {3}\r\n");
    client.read("+ at last\r\n+ twice\r\n");
    assert_eq!(client.write(), "joe {6}\r\n");
    assert_eq!(client.defects().len(), 4);
}

#[test]
fn ok_for_what_is_not_out_is_fatal() {
    for handed_out in 0.."t1 NOOP\r\n".len() {
        let mut client = Alone::<Client>::new();
        client.connection.noop().unwrap();
        client.write_atmost(handed_out);
        client.read("t1 OK\r\n");
        assert_eq!(client.error, Some(Error::Desync { at: 0 }), "{handed_out} octets out");
        let sent = if handed_out == 0 { Sent::Not } else { Sent::Partly };
        assert_eq!(client.sents(), [sent]);
        assert_eq!(client.write(), "", "what was told to be unsent stays unsent");
        assert_eq!(client.connection.next(), Next::Close);
    }
}

#[test]
fn ok_for_idle_may_come_at_its_gate_and_not_before() {
    for (handed_out, error) in [(8, Some(Error::Desync { at: 0 })), (9, None)] {
        let mut client = Alone::<Client>::new();
        client.connection.idle().unwrap();
        client.write_atmost(handed_out);
        client.read("t1 OK\r\n");
        assert_eq!(client.error, error);
    }
}

#[test]
fn no_may_come_from_the_first_octet_on_and_not_before() {
    for handed_out in 0..=9 {
        let mut client = Alone::<Client>::new();
        client.connection.noop().unwrap();
        client.write_atmost(handed_out);
        client.read("t1 NO\r\n");
        let error = (handed_out == 0).then_some(Error::Desync { at: 0 });
        assert_eq!(client.error, error);
        let rest = if handed_out == 0 { "" } else { &"t1 NOOP\r\n"[handed_out..] };
        assert_eq!(client.write(), rest, "a line that has been begun is ended");
    }
}

#[test]
fn announcements_count_only_where_the_grammar_has_strings() {
    let mut client = Alone::<Client>::new();
    client.connection.noop().unwrap();
    client.write();
    client.read("* OK {5}\r\n+ {5}\r\n* 1 EXISTS {5}\r\nt1 OK {5}\r\n");
    assert_eq!((client.sents(), client.input.len()), (vec![Sent::Fully], 0));
    let mut server = Alone::<Server>::new();
    server.read("a NOOP {5}\r\n");
    assert!(matches!(server.events[..], [server::Event::Rejected { at: 0, .. }]));
    server.read("b NOOP\r\n");
    assert!(matches!(server.events[1], server::Event::Command { command: Command::Noop, .. }));
}

#[test]
fn a_literal_over_the_limit_is_swallowed_and_never_parsed() {
    let mut server = Alone::<Server>::new();
    let body = "x NOOP\r\n".repeat(3000);
    server.read(&format!("a LOGIN {{{}+}}\r\n{body} {{3}}\r\nb NOOP\r\n", body.len()));
    assert!(matches!(server.events[0], server::Event::Rejected { .. }));
    assert!(matches!(server.events[1], server::Event::Command { command: Command::Noop, .. }));
    assert_eq!((server.events.len(), server.write().as_str()), (2, "a BAD done\r\n"));
    let mut server = Alone::<Server>::new();
    server.read("a LOGIN {99999}\r\nb NOOP\r\n");
    assert_eq!(server.events.len(), 2, "no `+`, so nothing to swallow");
}

#[test]
fn traces_are_the_stream_without_its_secrets() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut client = Alone::<Client>::new();
    client.connection.set_trace(Some(Box::new(move |record: Record<'_>| {
        sender.send(record.to_string()).unwrap();
    })));
    client.connection.login("joe", "secret").unwrap();
    client.write();
    client.read("+ \r\n");
    client.write();
    client.read("+ \r\n");
    client.write();
    let trace: Vec<String> = receiver.try_iter().collect();
    assert!(trace.iter().any(|line| line.contains("<hidden>")));
    assert!(trace.iter().all(|line| !line.contains("secret")));
}

#[test]
fn an_abandoned_body_of_which_nothing_is_out_costs_one_command() {
    let mut client = Alone::<Client>::new();
    client.connection.noop().unwrap();
    let append = client.connection.append("inbox", 10, true).unwrap();
    client.connection.noop().unwrap();
    client.connection.abort_body(append).unwrap();
    assert_eq!(client.write(), "t1 NOOP\r\nt3 NOOP\r\n");
    client.read("t1 OK\r\nt3 OK\r\n");
    assert_eq!(client.sents(), [Sent::Not, Sent::Fully, Sent::Fully]);
}
