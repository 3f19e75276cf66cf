//! Calls and octets at random: nothing panics, each command has one end, and nothing follows the end.

use bytes::{Buf, Bytes, BytesMut};
use imap_proto::client::{Client, Event};
use imap_proto::{AppendCommand, AppendDataBegin, Mailbox};
use mail_proto::{CommandId, Connection, Handover, Instant, Next, Secret};
use proptest::prelude::*;

use super::client_support::{command, open};

#[derive(Clone, Debug)]
enum Step {
    Send(usize),
    Append(u64),
    Supply(usize, usize),
    Abort(usize),
    Cancel(usize),
    CancelExchange(usize),
    Done(usize),
    Respond(usize),
    Serve(usize, u64),
    Octets(Vec<u8>),
    Take(usize),
    Time(u64),
    HandOver,
    Eof,
    Close,
}

const COMMANDS: [&str; 16] = [
    "NOOP",
    "LOGIN a {3+}\r\nb\rc",
    "AUTHENTICATE PLAIN AGEAYg==",
    "AUTHENTICATE LOGIN",
    "STARTTLS",
    "COMPRESS DEFLATE",
    "SELECT INBOX",
    "UNSELECT",
    "UID FETCH 1 BODY[]",
    "FETCH 1 FLAGS",
    "SEARCH ALL",
    "IDLE",
    "ENABLE UTF8=ACCEPT",
    "CREATE {3+}\r\na\rb",
    "UNAUTHENTICATE",
    "LOGOUT",
];
const LINES: [&str; 16] = [
    "* OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR] x",
    "* PREAUTH x",
    "* BYE x",
    "+ ",
    "+ abc",
    "A# OK x",
    "A# OK x",
    "A# NO x",
    "A# BAD x",
    "* 3 EXISTS",
    "* OK [CLOSED] x",
    "* 1 FETCH (BODY[] {4}\r\nabcd)",
    "* LIST () NIL {2}\r\nab",
    "* 1 FETCH (UID x BODY[1] {3}\r\nabc)",
    "* ENABLED UTF8=ACCEPT",
    "nonsense",
];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..COMMANDS.len()).prop_map(Step::Send),
        1 => (0u64..6).prop_map(Step::Append),
        2 => (0usize..8, 0usize..5).prop_map(|(which, size)| Step::Supply(which, size)),
        1 => (0usize..8).prop_map(Step::Abort),
        1 => (0usize..8).prop_map(Step::Cancel),
        1 => (0usize..8).prop_map(Step::CancelExchange),
        1 => (0usize..8).prop_map(Step::Done),
        1 => (0usize..8).prop_map(Step::Respond),
        8 => (0..LINES.len(), 1u64..9).prop_map(|(line, tag)| Step::Serve(line, tag)),
        1 => proptest::collection::vec(any::<u8>(), 0..20).prop_map(Step::Octets),
        6 => prop_oneof![Just(usize::MAX), 0usize..30].prop_map(Step::Take),
        1 => (0u64..3000).prop_map(Step::Time),
        1 => Just(Step::HandOver),
        1 => Just(Step::Eof),
        1 => Just(Step::Close),
    ]
}

struct Run {
    client: Client,
    input: BytesMut,
    now: Instant,
    ids: Vec<CommandId>,
    /// They need not end in an event.
    quiet: Vec<CommandId>,
    /// Of these no event may follow.
    given_up: Vec<CommandId>,
    ended: Vec<CommandId>,
    closed: bool,
    errors: usize,
}

impl Run {
    fn id(&self, which: usize) -> Option<CommandId> {
        self.ids.len().checked_sub(1)?.checked_sub(which).map(|place| self.ids[place])
    }

    fn poll(&mut self) {
        for _ in 0..10_000 {
            match self.client.poll(&mut self.input, self.now) {
                Ok(None) => return,
                Err(_) => self.errors += 1,
                Ok(Some(event)) => self.note(&event),
            }
        }
        panic!("it does not come to rest");
    }

    fn note(&mut self, event: &Event) {
        assert!(!self.closed, "behind the end: {event:?}");
        if let Event::Completed { id, .. }
        | Event::Lost { id, .. }
        | Event::Idling { id }
        | Event::RefreshIdle { id }
        | Event::Room { id }
        | Event::Challenge { id, .. } = event
        {
            assert!(!self.given_up.contains(id), "it was given up: {event:?}");
        }
        match event {
            Event::Closed(_) => self.closed = true,
            Event::Completed { id, .. } | Event::Lost { id, .. } => {
                assert!(self.ids.contains(id) && !self.ended.contains(id), "{event:?}");
                self.ended.push(*id);
            }
            Event::Idling { id } | Event::Room { id } | Event::Challenge { id, .. } => {
                assert!(self.ids.contains(id), "{event:?}");
            }
            _ => {}
        }
    }

    fn step(&mut self, step: Step) {
        let client = &mut self.client;
        match step {
            Step::Send(which) => self.ids.extend(client.send(command(COMMANDS[which])).ok()),
            Step::Append(size) => {
                let message = super::client_support::message(AppendDataBegin::Literal { size });
                let id = client.append(AppendCommand::Append, Mailbox::INBOX, &message);
                self.ids.extend(id.ok());
            }
            Step::Supply(which, size) => {
                if let Some(id) = self.id(which) {
                    let _ = self.client.supply(id, Bytes::from(vec![b'x'; size]));
                }
            }
            Step::Abort(which) => {
                if let Some(id) = self.id(which)
                    && self.client.abort_body(id).is_ok()
                {
                    self.quiet.push(id);
                }
            }
            Step::Cancel(which) => {
                if let Some(id) = self.id(which)
                    && self.client.cancel(id).is_ok()
                {
                    self.quiet.push(id);
                    self.given_up.push(id);
                }
            }
            Step::CancelExchange(which) => {
                if let Some(id) = self.id(which)
                    && self.client.cancel_exchange(id).is_ok()
                {
                    assert!(!self.given_up.contains(&id), "{id:?}");
                }
            }
            Step::Done(which) => {
                if let Some(id) = self.id(which) {
                    let _ = self.client.done(id);
                }
            }
            Step::Respond(which) => {
                if let Some(id) = self.id(which) {
                    let _ = self.client.respond(id, Secret::new(Bytes::from_static(b"x")));
                }
            }
            Step::Serve(line, tag) => {
                let line = LINES[line].replace('#', &tag.to_string());
                self.input.extend_from_slice(line.as_bytes());
                self.input.extend_from_slice(b"\r\n");
            }
            Step::Octets(octets) => self.input.extend_from_slice(&octets),
            Step::Take(octets) => {
                let mut transmit = client.transmit(self.now);
                let octets = octets.min(transmit.remaining());
                transmit.advance(octets);
            }
            Step::Time(seconds) => {
                self.now = self.now + std::time::Duration::from_secs(seconds);
                client.handle_timeout(self.now);
            }
            Step::HandOver => {
                if let Next::HandOver(to) = client.next() {
                    self.input.clear();
                    assert_eq!(client.handed_over(to, &mut self.input), Ok(()));
                } else {
                    assert!(client.next() != Next::HandOver(Handover::Tls));
                }
            }
            Step::Eof => client.receive_eof(),
            Step::Close => client.close(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn whatever_happens(steps in proptest::collection::vec(step(), 0..60)) {
        let mut config = open();
        config.limits.inline_body = 2;
        let mut run = Run {
            client: Client::new(config),
            input: BytesMut::from("* OK ready\r\n"),
            now: Instant::default(),
            ids: vec![],
            quiet: vec![],
            given_up: vec![],
            ended: vec![],
            closed: false,
            errors: 0,
        };
        for step in steps {
            run.step(step);
            run.poll();
            prop_assert!(run.errors <= 1);
            if run.closed {
                prop_assert_eq!(run.client.next(), Next::Close);
                prop_assert_eq!(run.client.transmit(run.now).remaining(), 0);
            }
        }
        run.client.close();
        run.poll();
        prop_assert!(run.closed);
        prop_assert_eq!(run.client.open_commands(), 0);
        for id in &run.ids {
            prop_assert!(run.ended.contains(id) || run.quiet.contains(id));
        }
    }
}
