//! A client that is called as the fuzzer likes is fed the same octets of a server whole and in pieces.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | 1: lenient; 2: bare LF too; 4: bodies are streamed; 8: small limits; 16: no TLS yet; 32: calls between turns only; 64: TLS required; 128: silent at events |
//! | 1 + at most 63 | the calls |
//! | 1 + at most 7 | sizes of the pieces |
//! | 1 + at most 7 | lengths of the turns but the last, halved |
//! | the rest | what the server says |

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use imap_proto::client::{Client, Config, Event, Limits};
use imap_proto::connection::{Closed, Error, FrameLimits, State};
use imap_proto::{
    AString, AppendCommand, AppendDataBegin, AppendPart, Defect, FetchPart, Mailbox, ParseLimits,
};
use mail_proto::{
    CommandId, Connection, Handover, Instant, Next, Secret, Security, SendError, TlsPolicy,
};

use crate::dice::{Dice, pieces};
use crate::drive::{transmit, turns};
use crate::talk::{command, leniency, message, octets, tags};

/// - Events (adjacent chunks joined; `Room` apart, which depends on who is waited for), results of
///   calls, what is sent, the error and the state at the end do not depend on how the octets come.
/// - Neither does the number of octets that are examined, and it is at most three times those that came.
/// - Every command ends once, unless it is cancelled, and the connection in one last `Closed`.
/// - What is sent are strict commands, in the order of their tags.
/// - No more waits in the input than one response may have.
pub fn run(data: &[u8]) {
    let script = Script::new(Dice::new(data));
    let whole = play(&script, &[]);
    let came = script.turns.iter().map(|turn| turn.len() as u64).sum::<u64>();
    check(&whole, came);
    for sizes in [script.sizes, &[1]] {
        let pieces = play(&script, sizes);
        if is_plaintext(&whole) || is_plaintext(&pieces) {
            // Whether the octets came with the answer to STARTTLS or behind it is told differently.
            assert!(is_plaintext(&whole) && is_plaintext(&pieces));
            check(&pieces, came);
        } else {
            for (number, (piece, whole)) in pieces.events.iter().zip(&whole.events).enumerate() {
                assert_eq!(piece, whole, "event {number}");
            }
            assert_eq!(pieces, whole);
        }
    }
}

fn is_plaintext(outcome: &Outcome) -> bool {
    matches!(outcome.error, Some(Error::PlaintextAfterStartTls { .. }))
}

fn check(outcome: &Outcome, came: u64) {
    assert!(outcome.examined <= 3 * came, "{} of {came} octets examined", outcome.examined);
    let is_end = |event: &&Event| matches!(event, Event::Closed(_));
    assert!(outcome.events.last().as_ref().is_some_and(is_end), "an end without Closed");
    assert_eq!(outcome.events.iter().filter(is_end).count(), 1);
    let bound = 4 * came as usize + 4 * outcome.calls.len() + 8;
    assert!(outcome.events.len() <= bound, "{} events", outcome.events.len());
    let ends = |id: CommandId| {
        let ends = outcome.events.iter().filter(|event| {
            matches!(event, Event::Completed { id: i, .. } | Event::Lost { id: i, .. } if *i == id)
        });
        ends.count()
    };
    for id in &outcome.ids {
        let least = usize::from(!outcome.cancelled.contains(id) && !outcome.aborted.contains(id));
        let most = usize::from(!outcome.cancelled.contains(id));
        assert!((least..=most).contains(&ends(*id)), "{id:?} ends {} times", ends(*id));
    }
    for event in &outcome.events {
        if let Event::Completed { id, .. }
        | Event::Lost { id, .. }
        | Event::Challenge { id, .. }
        | Event::Idling { id } = event
        {
            assert!(outcome.ids.contains(id), "{event:?} of nobody");
        }
    }
    let tags = tags(&outcome.sent);
    assert!(tags.is_sorted_by(|a, b| a < b), "{tags:?}");
}

struct Script<'a> {
    config: Arc<Config>,
    between_turns: bool,
    silent: bool,
    calls: &'a [u8],
    sizes: &'a [u8],
    turns: Vec<&'a [u8]>,
}

impl<'a> Script<'a> {
    fn new(mut dice: Dice<'a>) -> Self {
        let flags = dice.byte();
        let mut config = Config {
            security: if flags & 16 == 0 { Security::Tls } else { Security::Plain },
            tls: if flags & 64 == 0 { TlsPolicy::Optional } else { TlsPolicy::Required },
            leniency: leniency(flags),
            ..Config::default()
        };
        if flags & 4 != 0 {
            config.limits.inline_body = 2;
        }
        if flags & 8 != 0 {
            let frame =
                FrameLimits { line: 96, literal: 24, message: 128, literals: 4, streamed: 48 };
            let parse = ParseLimits { commands: 3, body: 3, others: 3, elements: 5 };
            config.limits = Limits {
                before_login: frame,
                after_login: FrameLimits { line: 112, ..frame },
                parse,
                pipelined: 3,
                output_low: 8,
                capabilities: 40,
                ..config.limits
            };
        }
        let calls = dice.counted(63);
        let sizes = dice.counted(7);
        let lengths = dice.counted(7);
        Self {
            config: config.into(),
            between_turns: flags & 32 != 0,
            silent: flags & 128 != 0,
            calls,
            sizes,
            turns: turns(dice.rest(), lengths),
        }
    }
}

/// What came of it.
#[derive(Default, PartialEq, Debug)]
struct Outcome {
    events: Vec<Event>,
    defects: Vec<mail_proto::Defect<Defect>>,
    error: Option<Error>,
    calls: Vec<Result<(), SendError>>,
    ids: Vec<CommandId>,
    /// No event of these follows.
    cancelled: Vec<CommandId>,
    /// These are lost, or nothing of them was sent.
    aborted: Vec<CommandId>,
    sent: Vec<u8>,
    examined: u64,
    state: Option<State>,
    left: Vec<u8>,
}

struct Player<'a> {
    script: &'a Script<'a>,
    client: Client,
    calls: Dice<'a>,
    outcome: Outcome,
}

const NOW: Instant = Instant::from_epoch(std::time::Duration::ZERO);

fn play(script: &Script<'_>, sizes: &[u8]) -> Outcome {
    let client = Client::new(Arc::clone(&script.config));
    let calls = Dice::new(script.calls);
    let mut player = Player { script, client, calls, outcome: Outcome::default() };
    let mut input = BytesMut::new();
    player.end_turn(&mut input);
    for turn in &script.turns {
        for piece in pieces(turn, sizes) {
            input.extend_from_slice(piece);
            player.poll(&mut input);
            player.weigh(&input);
        }
        player.end_turn(&mut input);
        // What is given between two turns goes out before the next one comes.
        for _ in 0..2 {
            player.call();
        }
        player.end_turn(&mut input);
    }
    player.client.receive_eof();
    player.end_turn(&mut input);
    assert_eq!(player.client.next(), Next::Close);
    assert_eq!(player.client.open_commands(), 0);
    assert_eq!(player.client.queued(), 0);
    player.outcome.examined = player.client.examined();
    player.outcome.state = Some(player.client.state());
    player.outcome.left = input.to_vec();
    player.outcome
}

impl Player<'_> {
    fn poll(&mut self, input: &mut BytesMut) {
        loop {
            match self.client.poll(input, NOW) {
                Ok(Some(event)) => self.event(event),
                Ok(None) => return,
                Err(error) => assert_eq!(self.outcome.error.replace(error), None, "a second error"),
            }
        }
    }

    /// What waits in the input is less than a response.
    fn weigh(&self, input: &[u8]) {
        let limits = &self.script.config.limits;
        let is_read = self.client.next() == Next::Read;
        let most = limits.before_login.message.max(limits.after_login.message);
        assert!(!is_read || input.len() <= most, "{} octets wait", input.len());
    }

    fn event(&mut self, event: Event) {
        let events = &mut self.outcome.events;
        assert!(!matches!(events.last(), Some(Event::Closed(_))), "{event:?} behind Closed");
        match (events.last_mut(), &event) {
            (_, Event::Room { id }) => {
                assert!(self.outcome.ids.contains(id), "room for nobody");
                return;
            }
            // Among the octets of a body they stand where the octets are cut.
            (_, Event::Defect(defect)) => {
                self.outcome.defects.push(*defect);
                return;
            }
            (Some(Event::Fetch(FetchPart::Chunk(before))), Event::Fetch(FetchPart::Chunk(more))) => {
                *before = [before.as_ref(), more].concat().into();
                return;
            }
            // How much of what is broken came before depends on the pieces.
            (Some(Event::Fetch(FetchPart::Chunk(_))), Event::Fetch(FetchPart::Malformed(_))) => {
                events.pop();
            }
            _ => {}
        }
        let calls = match &event {
            // The end may be told with the last octets of a body or behind them.
            Event::Fetch(_) => false,
            Event::Closed(reason) => {
                assert_eq!(*reason == Closed::Error, self.outcome.error.is_some());
                false
            }
            _ => !self.script.between_turns,
        };
        self.outcome.events.push(event);
        if calls {
            self.call();
        }
        if calls && !self.script.silent {
            transmit(&mut self.client, NOW, usize::MAX, &mut self.outcome.sent);
        }
    }

    /// The run loop between two reads.
    fn end_turn(&mut self, input: &mut BytesMut) {
        loop {
            self.poll(input);
            let sent = transmit(&mut self.client, NOW, usize::MAX, &mut self.outcome.sent);
            if let Next::HandOver(to) = self.client.next() {
                let swapped = self.client.handed_over(to, input);
                assert!(swapped.is_ok() || to == Handover::Tls, "{swapped:?}");
                if let Err(error) = swapped {
                    assert_eq!(self.outcome.error.replace(error), None, "a second error");
                }
            } else if sent == 0 {
                return;
            }
        }
    }

    /// One of the commands, the last ones first.
    fn id(&mut self) -> CommandId {
        let back = self.calls.below(8);
        let ids = &self.outcome.ids;
        let index = ids.len().checked_sub(back + 1);
        index.map_or_else(CommandId::default, |index| ids[index])
    }

    /// Makes the next call, if there is one.
    fn call(&mut self) {
        if self.calls.is_empty() {
            return;
        }
        let choice = self.calls.below(64);
        let result = match choice {
            choice if choice < COMMANDS.len() => {
                let given = self.client.send(command(COMMANDS[choice]));
                self.given(given)
            }
            44 => {
                let user = AString::new(Bytes::from_static(b"joe")).expect("a string");
                let given = self.client.login(user.clone(), Secret::new(user));
                self.given(given)
            }
            45..=47 => {
                let size = [0, 1, 5, 70][self.calls.below(4)];
                let data = match choice {
                    45 => AppendDataBegin::Literal { size },
                    46 => AppendDataBegin::Literal8 { size },
                    _ => AppendDataBegin::Catenate,
                };
                let given =
                    self.client.append(AppendCommand::Append, Mailbox::INBOX, &message(data));
                self.given(given)
            }
            48 => {
                let given = self.client.begin_append(AppendCommand::Append, Mailbox::INBOX);
                self.given(given)
            }
            49..=52 => {
                let (id, part) = (self.id(), self.part());
                self.client.append_part(id, part)
            }
            53..=55 => {
                let id = self.id();
                let length = [1, 5, 4, 70][self.calls.below(4)];
                self.client.supply(id, octets(length))
            }
            56 => {
                let id = self.id();
                let result = self.client.abort_body(id);
                if result.is_ok() {
                    self.outcome.aborted.push(id);
                }
                result
            }
            57 | 58 => {
                let id = self.id();
                let result = self.client.cancel(id);
                if result.is_ok() {
                    self.outcome.cancelled.push(id);
                }
                result.map(drop)
            }
            59 | 60 => {
                let id = self.id();
                self.client.done(id)
            }
            61 => {
                let id = self.id();
                self.client.respond(id, Secret::new(octets(3)))
            }
            62 => {
                let id = self.id();
                self.client.cancel_exchange(id)
            }
            _ => {
                if self.calls.below(8) == 0 {
                    self.client.close();
                }
                Ok(())
            }
        };
        self.outcome.calls.push(result);
    }

    fn given(&mut self, given: Result<CommandId, SendError>) -> Result<(), SendError> {
        given.map(|id| {
            let last = self.outcome.ids.last();
            assert!(last.is_none_or(|last| *last < id), "ids go up");
            self.outcome.ids.push(id);
        })
    }

    fn part(&mut self) -> AppendPart {
        let size = [0, 1, 5, 70][self.calls.below(4)];
        match self.calls.below(10) {
            0 | 1 => AppendPart::MessageBegin(message(AppendDataBegin::Literal { size }).into()),
            2 => AppendPart::MessageBegin(message(AppendDataBegin::Literal8 { size }).into()),
            3 => AppendPart::MessageBegin(message(AppendDataBegin::Catenate).into()),
            4 => AppendPart::TextBegin { size, is_utf8: false },
            5 => AppendPart::TextEnd,
            6 => AppendPart::Url(AString::new(Bytes::from_static(b"/x y")).expect("a string")),
            7 | 8 => AppendPart::MessageEnd,
            _ => AppendPart::End,
        }
    }
}

const COMMANDS: [&str; 44] = [
    "NOOP",
    "LOGIN joe secret",
    "SELECT INBOX",
    "LOGOUT",
    "STARTTLS",
    "CAPABILITY",
    "AUTHENTICATE PLAIN AGpvZQB4",
    "AUTHENTICATE PLAIN =",
    "AUTHENTICATE CRAM-MD5",
    "COMPRESS DEFLATE",
    "LOGIN joe {3+}\r\nx\ry",
    "LOGIN {3+}\r\nx\ny {0+}\r\n",
    "EXAMINE {3+}\r\nx\ry (CONDSTORE)",
    "SELECT x (QRESYNC (1 2 3:7))",
    "CLOSE",
    "UNSELECT",
    "FETCH 1:* (UID BODY[])",
    "UID FETCH 1:* (FLAGS BODY[1]<0.5>)",
    "FETCH 1 ENVELOPE",
    "STORE 1 +FLAGS (\\Seen)",
    "UID STORE 1 FLAGS ()",
    "SEARCH ALL",
    "SEARCH RETURN (COUNT) ALL",
    "UID SEARCH CHARSET UTF-8 SUBJECT {3+}\r\nx\ry",
    "SORT (DATE) UTF-8 ALL",
    "UID THREAD REFERENCES UTF-8 ALL",
    "LIST \"\" *",
    "LSUB \"\" {2+}\r\nx\r",
    "STATUS INBOX (MESSAGES)",
    "CREATE {3+}\r\nx\ry",
    "RENAME {2+}\r\nx\r {2+}\r\ny\r",
    "EXPUNGE",
    "UID EXPUNGE 1",
    "MOVE 1 x",
    "UID COPY 1 x",
    "ENABLE CONDSTORE UTF8=ACCEPT",
    "ENABLE UIDONLY",
    "IDLE",
    "IDLE",
    "NAMESPACE",
    "ID NIL",
    "GETQUOTAROOT INBOX",
    "UNAUTHENTICATE",
    "XYZZY {3+}\r\nx y",
];
