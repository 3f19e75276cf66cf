//! A client is fed the same octets of a server whole and in pieces.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | lower half: leniency; 16: small limits; 32: no TLS; 64: commands one by one; 128: silent at events |
//! | 1 + at most 15 | the commands |
//! | 1 + at most 7 | sizes of the pieces |
//! | 1 + at most 5 | lengths of the turns but the last, halved |
//! | the rest | what the server says |

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use mail_proto::{Connection, Handover, Instant, Next, Secret, Security, SendError, TlsPolicy};
use pop3_proto::client::{Client, Config, Event, Limits};
use pop3_proto::{
    Command, Error, LanguageRange, Mechanism, MessageNumber, Name, Password, RawCommand, Shape,
    State,
};

use crate::dice::{Dice, leniency, pieces};
use crate::drive::{transmit, turns};

/// - Events (adjacent pieces of a body joined), results of calls, what is sent, the error and the state
///   at the end do not depend on how the octets come.
/// - Neither does the number of octets that are examined, and it is at most three times those that came.
/// - Every command ends once, and the connection in one last `Closed`.
pub fn run(data: &[u8]) {
    let script = Script::new(Dice::new(data));
    let whole = play(&script, &[]);
    let pieces = play(&script, script.sizes);
    assert_eq!(pieces, whole);
    if script.turns.concat().len() < 300 {
        assert_eq!(play(&script, &[1]), whole);
    }
    let came = script.turns.iter().map(|turn| turn.len() as u64).sum::<u64>();
    assert!(whole.examined <= 3 * came, "{} of {came} octets examined", whole.examined);
    assert!(matches!(whole.events.last(), Some(Event::Closed(_))), "an end without Closed");
    let closed = whole.events.iter().filter(|event| matches!(event, Event::Closed(_)));
    assert_eq!(closed.count(), 1);
    for id in whole.calls.iter().flatten() {
        let ends = whole.events.iter().filter(|event| {
            matches!(event, Event::Completed { id: i, .. } | Event::Lost { id: i, .. } if i == id)
        });
        let cancelled = usize::from(whole.cancelled.contains(id));
        assert_eq!(ends.count(), 1 - cancelled, "{id:?} does not end once, or was cancelled");
    }
}

struct Script<'a> {
    config: Arc<Config>,
    one_by_one: bool,
    silent: bool,
    commands: &'a [u8],
    sizes: &'a [u8],
    turns: Vec<&'a [u8]>,
}

impl<'a> Script<'a> {
    fn new(mut dice: Dice<'a>) -> Self {
        let flags = dice.byte();
        let mut config = Config {
            security: if flags & 32 == 0 { Security::Tls } else { Security::Plain },
            tls: TlsPolicy::Optional,
            apop: true,
            leniency: leniency(flags),
            ..Config::default()
        };
        if flags & 16 != 0 {
            config.limits =
                Limits { reply_line: 48, sasl_line: 32, capabilities: 40, pipelined: 3, ..config.limits };
        }
        let commands = dice.counted(15);
        let sizes = dice.counted(7);
        let lengths = dice.counted(5);
        Self {
            config: config.into(),
            one_by_one: flags & 64 != 0,
            silent: flags & 128 != 0,
            commands,
            sizes,
            turns: turns(dice.rest(), lengths),
        }
    }
}

type Id = mail_proto::CommandId;

/// What came of it.
#[derive(Default, PartialEq, Debug)]
struct Outcome {
    events: Vec<Event>,
    error: Option<Error>,
    calls: Vec<Result<Id, SendError>>,
    cancelled: Vec<Id>,
    sent: Vec<u8>,
    examined: u64,
    state: Option<State>,
    left: Vec<u8>,
}

struct Player<'a> {
    script: &'a Script<'a>,
    client: Client,
    commands: std::slice::Iter<'a, u8>,
    outcome: Outcome,
}

const NOW: Instant = Instant::from_epoch(std::time::Duration::ZERO);

fn play(script: &Script<'_>, sizes: &[u8]) -> Outcome {
    let client = Client::new(Arc::clone(&script.config));
    let commands = script.commands.iter();
    let mut player = Player { script, client, commands, outcome: Outcome::default() };
    while !script.one_by_one && player.command() {}
    let mut input = BytesMut::new();
    player.end_turn(&mut input);
    for turn in &script.turns {
        for piece in pieces(turn, sizes) {
            input.extend_from_slice(piece);
            player.poll(&mut input);
        }
        player.end_turn(&mut input);
    }
    player.client.receive_eof();
    player.end_turn(&mut input);
    assert_eq!(player.client.next(), Next::Close);
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

    fn event(&mut self, event: Event) {
        match (self.outcome.events.last_mut(), &event) {
            (Some(Event::Body { id, octets }), Event::Body { id: same, octets: more })
                if id == same =>
            {
                *octets = [octets.as_ref(), more].concat().into();
                return;
            }
            (_, Event::Body { .. }) => {
                self.outcome.events.push(event);
                return;
            }
            _ => {}
        }
        match &event {
            Event::Challenge { id, challenge } => match challenge.data() {
                Some(data) if data.expose().len() % 5 != 4 => {
                    let answer = Secret::new(Bytes::copy_from_slice(data.expose()));
                    self.client.respond(*id, answer).expect("a challenge to answer");
                }
                _ => self.client.cancel_exchange(*id).expect("a challenge that waits"),
            },
            Event::Greeting(_) | Event::Completed { .. } if self.script.one_by_one => {
                self.command();
            }
            _ => {}
        }
        self.outcome.events.push(event);
        if !self.script.silent {
            transmit(&mut self.client, NOW, usize::MAX, &mut self.outcome.sent);
        }
    }

    /// The run loop between two reads.
    fn end_turn(&mut self, input: &mut BytesMut) {
        loop {
            self.poll(input);
            let sent = transmit(&mut self.client, NOW, usize::MAX, &mut self.outcome.sent);
            if self.client.next() == Next::HandOver(Handover::Tls) {
                self.client.handed_over(Handover::Tls, input).expect("an empty input");
            } else if sent == 0 {
                return;
            }
        }
    }

    /// Gives the next command; says whether there was one.
    fn command(&mut self) -> bool {
        let Some(choice) = self.commands.next() else { return false };
        let call = match command(*choice) {
            Choice::Typed(command) => self.client.send(command),
            Choice::Raw(raw, shape) => self.client.send_raw(&raw, shape),
            Choice::Apop(name, password) => self.client.apop(name, &password),
            Choice::CancelLast => {
                if let Some(id) = self.outcome.calls.iter().rev().flatten().next()
                    && self.client.cancel(*id).is_ok()
                {
                    self.outcome.cancelled.push(*id);
                }
                return true;
            }
        };
        self.outcome.calls.push(call);
        true
    }
}

enum Choice {
    Typed(Command),
    Raw(RawCommand, Shape),
    Apop(Name, Secret<Password>),
    CancelLast,
}

/// The command that an octet stands for.
fn command(choice: u8) -> Choice {
    let message = MessageNumber::new(u32::from(choice / 32) + 1).expect("not zero");
    let name = || Name::new("joe").expect("a name");
    let password = || Secret::new(Password::new("x y").expect("a password"));
    let auth = |mechanism, initial: Option<&'static str>| Command::Auth {
        mechanism: Mechanism::new(mechanism).expect("a mechanism"),
        initial: initial.map(|octets| Secret::new(Bytes::from(octets))),
    };
    let raw = |keyword, arguments: &str| {
        RawCommand::new(keyword, arguments.try_into().expect("text")).expect("a command")
    };
    Choice::Typed(match choice % 32 {
        0 => Command::User(name()),
        1 => Command::Pass(password()),
        2 => Command::Capa,
        3 => Command::Stat,
        4 => Command::List(None),
        5 => Command::List(Some(message)),
        6 => Command::Uidl(None),
        7 => Command::Uidl(Some(message)),
        8 => Command::Retr(message),
        9 => Command::Top { message, lines: 1 },
        10 => Command::Dele(message),
        11 => Command::Noop,
        12 => Command::Rset,
        13 => Command::Quit,
        14 => auth("PLAIN", Some("\0joe\0x")),
        15 => auth("CRAM-MD5", None),
        16 => auth("EXTERNAL", Some("")),
        17 => Command::AuthList,
        18 => Command::Stls,
        19 => Command::Utf8,
        20 => Command::Lang(None),
        21 => Command::Lang(Some(LanguageRange::new("*").expect("a range"))),
        22 => return Choice::Apop(name(), password()),
        23 => return Choice::Raw(raw("XTND", "ARCHIVE"), Shape::Body),
        24 => return Choice::Raw(raw("LAST", ""), Shape::Single),
        25 => return Choice::Raw(raw("XLST", "Subject"), Shape::ScanLines),
        26 => return Choice::CancelLast,
        _ => Command::Retr(message),
    })
}
