//! A server whose application answers as the fuzzer likes is fed the same octets whole and in pieces.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | 1: lenient; 2: bare LF too; 4: small limits; 8: no TLS yet; 16: logged in from the beginning; 32: answers between turns too; 64: TLS required; 128: silent at events |
//! | 1 + at most 63 | what the application does, over and over |
//! | 1 + at most 7 | sizes of the pieces |
//! | 1 + at most 7 | lengths of the turns but the last, halved |
//! | the rest | what the client says |

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use imap_proto::connection::{Closed, Error, FrameLimits, State};
use imap_proto::server::{Config, Event, Greeting, Limits, Server};
use imap_proto::{
    AppendDataBegin, AppendPart, BodyBegin, BodyName, BodySection, Capability, Code, Condition,
    ConditionKind, Data, Defect, FetchBegin, FetchData, FetchItem, FetchPart, ParseLimits, Response, SeqNum,
    Uid,
};
use mail_proto::{
    CommandId, Connection, Handover, Instant, Next, Secret, Security, SendError, Text, TlsPolicy,
    Watermarks,
};

use crate::dice::{Dice, pieces};
use crate::drive::{transmit, turns};
use crate::talk::{condition, data, leniency, octets, responses};

/// - Events (adjacent chunks joined; `Room` apart), results of calls, output, the error, the state and
///   what is left of the input, if there is no error, do not depend on how the octets come.
/// - Neither does the number of octets that are examined, and it is at most three times those that came.
/// - Each command is another one's, is asked for when the one before has ended, and the connection ends
///   in one last `Closed`.
/// - What is written are strict responses: those that the application was allowed, whole and in their
///   order, and between them those of the connection.
pub fn run(data: &[u8]) {
    let script = Script::new(Dice::new(data));
    let whole = play(&script, &[]);
    check(&whole, script.turns.iter().map(|turn| turn.len() as u64).sum());
    for sizes in [script.sizes, &[1]] {
        let pieces = play(&script, sizes);
        for (number, (piece, whole)) in pieces.events.iter().zip(&whole.events).enumerate() {
            assert_eq!(piece, whole, "event {number}");
        }
        assert_eq!(pieces, whole);
    }
}

fn check(outcome: &Outcome, came: u64) {
    assert!(outcome.examined <= 3 * came, "{} of {came} octets examined", outcome.examined);
    let is_end = |event: &&Event| matches!(event, Event::Closed(_));
    assert!(outcome.events.last().as_ref().is_some_and(is_end), "an end without Closed");
    assert_eq!(outcome.events.iter().filter(is_end).count(), 1);
    let bound = 4 * came as usize + 8;
    assert!(outcome.events.len() <= bound, "{} events", outcome.events.len());
    let (responses, is_whole) = responses(&outcome.out);
    let said = outcome.said.iter().map(Said::response).collect::<Vec<_>>();
    let mut said = said.iter();
    let mut next = said.next();
    for response in &responses {
        match next {
            // The text of what the application says of commands is its own, a code may be added.
            Some(Some(wanted)) if is_said(wanted, response) => next = said.next(),
            _ => assert!(is_own(response), "{response:?}, not {next:?}"),
        }
    }
    // What stands behind a body that was not supplied is never written.
    let unsupplied = matches!(next, Some(None));
    assert!(next.is_none() || unsupplied || !is_whole, "{next:?} has not been written");
    assert!(is_whole || unsupplied || outcome.is_cut, "half a response");
    let first = responses.first();
    let greets = |condition: &Condition| {
        matches!(condition.kind, ConditionKind::Ok | ConditionKind::PreAuth)
    };
    assert!(
        matches!(first, Some(Response::Data(Data::Condition(it))) if greets(it)),
        "a greeting comes first"
    );
}

fn is_said(wanted: &Response, response: &Response) -> bool {
    match (wanted, response) {
        (Response::Tagged(wanted), Response::Tagged(got)) => {
            (wanted.condition.kind, wanted.condition.text.text())
                == (got.condition.kind, got.condition.text.text())
        }
        _ => wanted == response,
    }
}

/// Whether the connection says this by itself.
fn is_own(response: &Response) -> bool {
    match response {
        Response::Data(Data::Capability(_)) | Response::Continuation(_) => true,
        Response::Data(Data::Condition(it)) => {
            !it.text.text().as_bytes().starts_with(MINE.as_bytes())
        }
        Response::Tagged(it) => {
            !it.condition.text.text().as_bytes().starts_with(MINE.as_bytes())
        }
        Response::Data(_) => false,
    }
}

/// What the text of the application begins with.
const MINE: &str = "mine";

struct Script<'a> {
    config: Arc<Config>,
    security: Security,
    greeting: Greeting,
    between_turns: bool,
    silent: bool,
    acts: &'a [u8],
    sizes: &'a [u8],
    turns: Vec<&'a [u8]>,
}

impl<'a> Script<'a> {
    fn new(mut dice: Dice<'a>) -> Self {
        let flags = dice.byte();
        let capability = |name: &str| Capability::try_from(name).expect("a capability");
        let mut config = Config {
            starttls: true,
            compress: true,
            tls: if flags & 64 == 0 { TlsPolicy::Optional } else { TlsPolicy::Required },
            leniency: leniency(flags),
            ..Config::default()
        };
        config.capabilities_before_login.push(capability("AUTH=PLAIN"));
        config.capabilities.push(capability("LITERAL+"));
        if flags & 4 != 0 {
            let frame =
                FrameLimits { line: 64, literal: 24, message: 96, literals: 4, streamed: 48 };
            let parse = ParseLimits { commands: 3, body: 3, others: 3, elements: 5 };
            let marks = Watermarks { high: 96, low: 24 };
            config.limits = Limits {
                frame_before_login: frame,
                frame,
                parse_before_login: parse,
                parse,
                sasl_line: 32,
                waiting_before_login: 64,
                waiting: 64,
                output_before_login: marks,
                output: marks,
                bad_commands: 6,
                ..config.limits
            };
        }
        let acts = dice.counted(63);
        let sizes = dice.counted(7);
        let lengths = dice.counted(7);
        let hello = Text::sanitized(b"hello").into();
        Self {
            config: config.into(),
            security: if flags & 8 == 0 { Security::Tls } else { Security::Plain },
            greeting: if flags & 16 == 0 { Greeting::Ok(hello) } else { Greeting::PreAuth(hello) },
            between_turns: flags & 32 != 0,
            silent: flags & 128 != 0,
            acts: if acts.is_empty() { &[0] } else { acts },
            sizes,
            turns: turns(dice.rest(), lengths),
        }
    }
}

/// What the connection has been told to say.
#[derive(PartialEq, Clone, Debug)]
enum Said {
    Data(Data),
    /// With a tag that the application does not see.
    Completed(Condition),
    Fetch {
        begin: FetchBegin,
        items: Vec<Item>,
        is_ended: bool,
    },
}

#[derive(PartialEq, Clone, Debug)]
enum Item {
    Whole(FetchItem),
    Body { name: BodyName, size: usize, octets: Vec<u8> },
}

impl Said {
    /// What is written; None if it lacks something.
    fn response(&self) -> Option<Response> {
        Some(match self {
            Self::Data(data) => Response::Data(data.clone()),
            Self::Completed(condition) => Response::Tagged(imap_proto::Tagged {
                tag: imap_proto::Tag::new("x").expect("a tag"),
                condition: condition.clone(),
            }),
            Self::Fetch { begin, items, is_ended } => {
                let items = items.iter().map(Item::whole).collect::<Option<_>>()?;
                let number = begin.number()?.get();
                let items = FetchData { items };
                is_ended.then_some(())?;
                Response::Data(match begin.is_uid() {
                    true => Data::UidFetch(Uid::new(number)?, items),
                    false => Data::Fetch(SeqNum::new(number), items),
                })
            }
        })
    }
}

impl Item {
    fn whole(&self) -> Option<FetchItem> {
        match self {
            Self::Whole(item) => Some(item.clone()),
            Self::Body { name, size, octets } => {
                let octets = (octets.len() == *size).then(|| Bytes::copy_from_slice(octets))?;
                Some(FetchItem::BodySection(BodySection::new(name.clone(), octets).into()))
            }
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
    said: Vec<Said>,
    out: Vec<u8>,
    examined: u64,
    state: Option<State>,
    left: Vec<u8>,
    /// It ended in the middle of a FETCH response.
    is_cut: bool,
}

struct Player<'a> {
    script: &'a Script<'a>,
    server: Server,
    acts: std::iter::Cycle<std::slice::Iter<'a, u8>>,
    id: CommandId,
    /// Where in `said` bodies are that lack octets: which response, which item.
    bodies: VecDeque<(usize, usize)>,
    outcome: Outcome,
}

const NOW: Instant = Instant::from_epoch(std::time::Duration::ZERO);

fn play(script: &Script<'_>, sizes: &[u8]) -> Outcome {
    let server =
        Server::new(Arc::clone(&script.config), script.security, script.greeting.clone());
    let mut player = Player {
        script,
        server,
        acts: script.acts.iter().cycle(),
        id: CommandId::default(),
        bodies: VecDeque::new(),
        outcome: Outcome::default(),
    };
    let mut input = BytesMut::new();
    player.end_turn(&mut input);
    for turn in &script.turns {
        for piece in pieces(turn, sizes) {
            input.extend_from_slice(piece);
            player.poll(&mut input);
        }
        player.end_turn(&mut input);
        if script.between_turns {
            player.act();
            player.end_turn(&mut input);
        }
    }
    player.server.receive_eof();
    player.end_turn(&mut input);
    player.leave(&mut input);
    assert_eq!(player.server.next(), Next::Close);
    assert_eq!(player.server.running(), None);
    player.outcome.examined = player.server.examined();
    player.outcome.state = Some(player.server.state());
    if player.outcome.error.is_none() {
        player.outcome.left = input.to_vec();
    }
    player.outcome
}

impl Player<'_> {
    fn poll(&mut self, input: &mut BytesMut) {
        loop {
            match self.server.poll(input, NOW) {
                Ok(Some(event)) => self.event(event),
                Ok(None) => return,
                Err(error) => assert_eq!(self.outcome.error.replace(error), None, "a second error"),
            }
        }
    }

    fn event(&mut self, event: Event) {
        let events = &mut self.outcome.events;
        assert!(!matches!(events.last(), Some(Event::Closed(_))), "{event:?} behind Closed");
        match (events.last_mut(), &event) {
            (_, Event::Room { .. }) => return,
            // Among the octets of a message they stand where the octets are cut.
            (_, Event::Defect(defect)) => {
                self.outcome.defects.push(*defect);
                return;
            }
            (
                Some(Event::Append { part: AppendPart::Chunk(before), .. }),
                Event::Append { part: AppendPart::Chunk(more), .. },
            ) => {
                *before = [before.as_ref(), more].concat().into();
                return;
            }
            (
                Some(Event::Append { part: AppendPart::Chunk(_), .. }),
                Event::Append { part: AppendPart::Malformed(_), .. },
            ) => drop(events.pop()),
            _ => {}
        }
        let acts = match &event {
            Event::Command { id, .. } => {
                assert!(*id > self.id, "{event:?} behind {:?}", self.id);
                self.id = *id;
                6
            }
            Event::Append { id, part: AppendPart::Begin(_) } => {
                assert!(*id > self.id, "{event:?} behind {:?}", self.id);
                self.id = *id;
                1
            }
            Event::Append { part, .. } => match part {
                AppendPart::MessageBegin(begin) if begin.data == AppendDataBegin::Catenate => 1,
                AppendPart::MessageBegin(_) | AppendPart::TextBegin { .. } | AppendPart::End => 3,
                // Octets come in pieces.
                _ => 0,
            },
            Event::Response { .. } | Event::IdleDone { .. } => 3,
            Event::Secured => 1,
            _ => 0,
        };
        if let Event::Closed(reason) = &event {
            assert_eq!(*reason == Closed::Error, self.outcome.error.is_some());
        }
        self.outcome.events.push(event);
        for _ in 0..acts {
            if self.server.running() == Some(self.id) {
                self.act();
            }
        }
        if acts > 0 && !self.script.silent {
            self.transmit();
        }
    }

    fn transmit(&mut self) -> usize {
        transmit(&mut self.server, NOW, usize::MAX, &mut self.outcome.out)
    }

    /// The run loop between two reads.
    fn end_turn(&mut self, input: &mut BytesMut) {
        loop {
            self.poll(input);
            let sent = self.transmit();
            if let Next::HandOver(to) = self.server.next() {
                let swapped = self.server.handed_over(to, input);
                assert!(swapped.is_ok() || to == Handover::Tls, "{swapped:?}");
                if let Err(error) = swapped {
                    assert_eq!(self.outcome.error.replace(error), None, "a second error");
                }
            } else if sent == 0 {
                return;
            }
        }
    }

    /// Ends what is still open, politely where that can be.
    fn leave(&mut self, input: &mut BytesMut) {
        for _ in 0..1000 {
            if self.server.next() == Next::Close {
                return;
            }
            let is_open = matches!(self.outcome.said.last(), Some(Said::Fetch { is_ended: false, .. }));
            if is_open {
                self.fetch_part(FetchPart::End);
            }
            if !self.bodies.is_empty() {
                let _ = self.server.abort_body(self.id);
            }
            let end = condition(ConditionKind::No, None, "mine: at the end");
            self.complete(end);
            if !matches!(self.server.next(), Next::Close) && self.server.running().is_some() {
                self.server.close();
            }
            self.end_turn(input);
        }
        panic!("it does not end: {:?}", self.server);
    }

    fn byte(&mut self) -> usize {
        usize::from(*self.acts.next().unwrap_or(&0))
    }

    /// Does something.
    fn act(&mut self) {
        let choice = self.byte() % 64;
        match choice {
            0..=5 => self.complete(condition(ConditionKind::Ok, None, "mine: as you like")),
            6 => self.complete(condition(ConditionKind::No, None, "mine: no")),
            7 => self.complete(condition(ConditionKind::No, Some(Code::OverQuota), "mine: full")),
            8 => self.complete(condition(ConditionKind::Bad, None, "mine: bad")),
            9 => self.complete(condition(ConditionKind::Bye, None, "mine: bye")),
            10..=12 => {
                let result = self.server.accept(self.id);
                self.outcome.calls.push(result);
            }
            13 | 14 => {
                let challenge = Secret::new(octets(self.byte() % 4));
                let result = self.server.challenge(self.id, &challenge);
                self.outcome.calls.push(result);
            }
            15 => match self.byte() % 8 {
                0 => {
                    let result = self.server.bye(Text::sanitized(b"at once").into());
                    self.outcome.is_cut |= self.is_inside();
                    self.outcome.calls.push(result);
                }
                1 => {
                    let result = self.server.abort_body(self.id);
                    self.outcome.is_cut |= self.is_inside();
                    self.outcome.calls.push(result);
                }
                2 => {
                    self.outcome.is_cut |= self.is_inside();
                    self.server.close();
                }
                _ => self.supply(),
            },
            16..=19 => {
                let length = self.byte() % 6;
                let name = BodyName::message();
                let body = BodyBegin { name, size: length as u64, is_binary: false };
                self.fetch_part(FetchPart::BodyBegin(body.into()));
            }
            20..=22 => self.fetch_part(FetchPart::Item(FetchItem::Uid(Uid::MIN))),
            23 => self.fetch_part(FetchPart::Item(FetchItem::Size(7))),
            24..=26 => self.fetch_part(FetchPart::Begin(FetchBegin::seq_num(SeqNum::MIN))),
            27 => self.fetch_part(FetchPart::Begin(FetchBegin::uid(Uid::MIN))),
            28..=30 => self.fetch_part(FetchPart::End),
            31 => self.fetch_part(FetchPart::BodyEnd),
            32..=35 => self.supply(),
            choice => {
                let data = data(DATA[choice - 36]);
                let result = self.server.respond(&data);
                if result.is_ok() {
                    self.outcome.said.push(Said::Data(data));
                }
                self.outcome.calls.push(result);
            }
        }
    }

    /// A FETCH response is open, or a body of one.
    fn is_inside(&self) -> bool {
        let last = self.outcome.said.last();
        !self.bodies.is_empty() || matches!(last, Some(Said::Fetch { is_ended: false, .. }))
    }

    fn complete(&mut self, condition: Condition) {
        let result = self.server.complete(self.id, condition.clone());
        if result.is_ok() {
            assert!(self.bodies.is_empty(), "completed in the middle of a body");
            self.outcome.said.push(Said::Completed(condition));
        }
        self.outcome.calls.push(result);
    }

    fn fetch_part(&mut self, part: FetchPart) {
        let result = self.server.fetch_part(&part);
        self.outcome.calls.push(result);
        if result.is_err() {
            return;
        }
        let said = &mut self.outcome.said;
        let place = said.len();
        match (said.last_mut(), part) {
            (_, FetchPart::Begin(begin)) => {
                said.push(Said::Fetch { begin, items: Vec::new(), is_ended: false });
            }
            (Some(Said::Fetch { items, is_ended: false, .. }), FetchPart::Item(item)) => {
                items.push(Item::Whole(item));
            }
            (Some(Said::Fetch { items, is_ended: false, .. }), FetchPart::BodyBegin(body)) => {
                let size = usize::try_from(body.size).expect("small");
                if size > 0 {
                    self.bodies.push_back((place - 1, items.len()));
                }
                items.push(Item::Body { name: body.name, size, octets: Vec::new() });
            }
            (Some(Said::Fetch { is_ended, .. }), FetchPart::End) => *is_ended = true,
            (_, FetchPart::BodyEnd) => {}
            (said, part) => panic!("{part:?} behind {said:?}"),
        }
    }

    fn supply(&mut self) {
        let given = octets(self.byte() % 6);
        let result = self.server.supply(self.id, given.clone());
        self.outcome.calls.push(result);
        if result.is_err() {
            return;
        }
        let (response, item) = *self.bodies.front().expect("a body that lacks octets");
        let Some(Said::Fetch { items, .. }) = self.outcome.said.get_mut(response) else { panic!() };
        let Some(Item::Body { size, octets, .. }) = items.get_mut(item) else { panic!() };
        octets.extend_from_slice(&given);
        assert!(octets.len() <= *size, "more than was announced");
        if octets.len() == *size {
            self.bodies.pop_front();
        }
    }
}

const DATA: [&str; 28] = [
    "3 EXISTS",
    "1 RECENT",
    "1 EXPUNGE",
    "VANISHED 3:7",
    "VANISHED (EARLIER) 1",
    "FLAGS (\\Seen \\Deleted)",
    "OK [UIDVALIDITY 3] mine",
    "OK [NOMODSEQ] mine",
    "OK [CLOSED] mine",
    "NO [ALERT] mine",
    "BAD mine",
    "BYE mine",
    "PREAUTH mine",
    "1 FETCH (FLAGS (\\Seen))",
    "1 FETCH (UID 1 FLAGS () MODSEQ (7))",
    "1 FETCH (UID 1 BODY[] {3}\r\nx\ry)",
    "2 UIDFETCH (FLAGS ())",
    "LIST () \"/\" INBOX",
    "LIST (\\Noselect) NIL {3}\r\nx\ry",
    "STATUS INBOX (MESSAGES 3)",
    "SEARCH 1 2 3",
    "ESEARCH UID ALL 1:3",
    "ENABLED CONDSTORE QRESYNC",
    "ENABLED UTF8=ACCEPT IMAP4rev2 UIDONLY",
    "METADATA \"\" /shared/x",
    "ID NIL",
    "NAMESPACE NIL NIL NIL",
    "X-NEWS \"abc\" {3}\r\nx y",
];
