//! A server is fed the same octets of a client whole and in pieces.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | lower half: leniency; 16: small limits; 32: no TLS yet, and STLS; 64: APOP; 128: silent at events |
//! | 1 + at most 15 | the answers of the application, over and over |
//! | 1 + at most 7 | sizes of the pieces |
//! | 1 + at most 5 | lengths of the turns but the last, halved |
//! | the rest | what the client says |

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use mail_proto::{
    CommandId, Connection, Handover, Instant, Next, Secret, Security, SendError, Text, TlsPolicy,
    Watermarks,
};
use pop3_proto::server::{Body, Config, Event, Limits, Pending, Request, Response, Server};
use pop3_proto::{
    Capability, DropListing, Error, Expire, LanguageListing, LanguageTag, Mechanism, MessageNumber,
    ResponseCode, ScanListing, State, Timestamp, UidListing, UniqueId,
};

use crate::dice::{Dice, leniency, pieces};
use crate::drive::{transmit, turns};

/// - Events, results of replies, output, the error, the state and what is left of the input do not
///   depend on how the octets come.
/// - Neither does the number of octets that are examined, and it is at most three times those that came.
/// - Each request is another command's, and the connection ends in one last `Closed`.
pub fn run(data: &[u8]) {
    let script = Script::new(Dice::new(data));
    let whole = play(&script, &[]);
    assert_eq!(play(&script, script.sizes), whole);
    if script.turns.concat().len() < 300 {
        assert_eq!(play(&script, &[1]), whole);
    }
    let came = script.turns.iter().map(|turn| turn.len() as u64).sum::<u64>();
    assert!(whole.examined <= 3 * came, "{} of {came} octets examined", whole.examined);
    assert!(matches!(whole.events.last(), Some(Event::Closed(_))), "an end without Closed");
    let closed = whole.events.iter().filter(|event| matches!(event, Event::Closed(_)));
    assert_eq!(closed.count(), 1);
    assert!(whole.out.is_empty() || whole.out.starts_with(b"+OK "), "a greeting comes first");
}

struct Script<'a> {
    config: Arc<Config>,
    security: Security,
    timestamp: Option<Timestamp>,
    silent: bool,
    answers: &'a [u8],
    sizes: &'a [u8],
    turns: Vec<&'a [u8]>,
}

impl<'a> Script<'a> {
    fn new(mut dice: Dice<'a>) -> Self {
        let flags = dice.byte();
        let language = |tag, description: &str| LanguageListing {
            tag: LanguageTag::new(tag).expect("a tag"),
            description: description.try_into().expect("text"),
        };
        let mut config = Config {
            stls: true,
            tls: if flags & 64 == 0 { TlsPolicy::Required } else { TlsPolicy::Optional },
            mechanisms: ["PLAIN", "CRAM-MD5"].map(|m| Mechanism::new(m).expect("a name")).into(),
            languages: vec![language("en", "English"), language("de-AT", "")],
            capabilities: vec![Capability::Expire { days: Expire::Never, per_user: false }],
            leniency: leniency(flags),
            ..Config::default()
        };
        if flags & 16 != 0 {
            let marks = Watermarks { high: 64, low: 16 };
            config.limits = Limits {
                command_line: 40,
                sasl_line: 32,
                waiting: 64,
                output_before_login: marks,
                output: marks,
                bad_commands: 6,
                ..config.limits
            };
        }
        let timestamp = (flags & 64 != 0).then(|| Timestamp::new("<1.2@fuzz>").expect("a stamp"));
        let answers = dice.counted(15);
        let sizes = dice.counted(7);
        let lengths = dice.counted(5);
        Self {
            config: config.into(),
            security: if flags & 32 == 0 { Security::Tls } else { Security::Plain },
            timestamp,
            silent: flags & 128 != 0,
            answers: if answers.is_empty() { &[0] } else { answers },
            sizes,
            turns: turns(dice.rest(), lengths),
        }
    }
}

/// What came of it.
#[derive(Default, PartialEq, Debug)]
struct Outcome {
    events: Vec<Event>,
    error: Option<Error>,
    replies: Vec<Result<(), SendError>>,
    out: Vec<u8>,
    examined: u64,
    state: Option<State>,
    left: Vec<u8>,
}

struct Player<'a> {
    script: &'a Script<'a>,
    server: Server,
    answers: std::iter::Cycle<std::slice::Iter<'a, u8>>,
    /// A message that is written a piece for each `Room`, and how many pieces are left.
    writing: Option<(Pending<Body>, u8)>,
    outcome: Outcome,
}

const NOW: Instant = Instant::from_epoch(std::time::Duration::ZERO);

fn play(script: &Script<'_>, sizes: &[u8]) -> Outcome {
    let server =
        Server::new(Arc::clone(&script.config), script.security, script.timestamp.clone());
    let answers = script.answers.iter().cycle();
    let mut player =
        Player { script, server, answers, writing: None, outcome: Outcome::default() };
    let mut input = BytesMut::new();
    player.end_turn(&mut input);
    for turn in &script.turns {
        for piece in pieces(turn, sizes) {
            input.extend_from_slice(piece);
            player.poll(&mut input);
        }
        player.end_turn(&mut input);
    }
    player.server.receive_eof();
    player.end_turn(&mut input);
    assert_eq!(player.server.next(), Next::Close);
    player.outcome.examined = player.server.examined();
    player.outcome.state = Some(player.server.state());
    player.outcome.left = input.to_vec();
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
        match &event {
            Event::Request(request) => {
                let answer = *self.answers.next().unwrap_or(&0);
                self.answer(request, answer);
            }
            Event::Room => self.go_on(),
            Event::Closed(_) => self.writing = None,
            _ => {}
        }
        self.outcome.events.push(event);
        if !self.script.silent {
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
            if self.server.next() == Next::HandOver(Handover::Tls) {
                self.server.handed_over(Handover::Tls, input).expect("an empty input");
            } else if sent == 0 {
                return;
            }
        }
    }

    fn say(&mut self, response: Response) {
        let result = self.server.reply(response);
        self.outcome.replies.push(result);
    }

    fn go_on(&mut self) {
        match self.writing.take() {
            None => {}
            Some((pending, 0)) => self.say(Response::BodyEnd(pending)),
            Some((pending, left)) => {
                self.say(Response::Body(pending, Bytes::from_static(b".a\n..\r\n.\rb")));
                self.writing = Some((pending, left - 1));
            }
        }
    }

    fn answer(&mut self, request: &Request, answer: u8) {
        let text = || Text::sanitized(b"[no code] as you like");
        let id = id(request);
        if answer % 8 == 7 {
            let code = (answer & 8 != 0).then_some(ResponseCode::InUse);
            return self.say(Response::Refuse(id, code, text()));
        }
        match *request {
            Request::Login(_, pending) => self.say(Response::LoggedIn(pending, text())),
            Request::Authenticate { pending, .. } | Request::Authentication(_, pending) => {
                match answer % 8 {
                    0..3 => self.say(Response::LoggedIn(pending, text())),
                    _ => {
                        let challenge = Secret::new(Bytes::from_static(b"go on"));
                        self.say(Response::Challenge(pending, challenge));
                    }
                }
            }
            Request::Stat(pending) => self.say(Response::Stat(pending, DropListing::new(2, 320))),
            Request::List(pending) => {
                self.say(Response::ScanBegin(pending, text()));
                for number in 1..=u32::from(answer % 8) {
                    let listing = ScanListing::new(message(number), u64::from(number) * 100);
                    self.say(Response::Scan(pending, listing));
                }
                self.say(match answer & 64 {
                    0 => Response::ScanEnd(pending),
                    _ => Response::Abort(id),
                });
            }
            Request::ListOne(message, pending) => {
                self.say(Response::ScanLine(pending, ScanListing::new(message, 100)));
            }
            Request::Uidl(pending) => {
                self.say(Response::UidBegin(pending, text()));
                for number in 1..=u32::from(answer % 8) {
                    self.say(Response::Uid(pending, listing(message(number))));
                }
                self.say(Response::UidEnd(pending));
            }
            Request::UidlOne(message, pending) => {
                self.say(Response::UidLine(pending, listing(message)));
            }
            Request::Retr(_, pending) | Request::Top(_, _, pending) => {
                self.say(Response::BodyBegin(pending, text()));
                self.writing = Some((pending, answer % 8));
            }
            Request::Dele(_, pending)
            | Request::Rset(pending)
            | Request::Quit(pending)
            | Request::Other(_, pending) => self.say(Response::Ok(pending, text())),
        }
    }
}

fn id(request: &Request) -> CommandId {
    match request {
        Request::Login(_, pending)
        | Request::Authenticate { pending, .. }
        | Request::Authentication(_, pending) => pending.id(),
        Request::Stat(pending) => pending.id(),
        Request::List(pending) => pending.id(),
        Request::ListOne(_, pending) => pending.id(),
        Request::Uidl(pending) => pending.id(),
        Request::UidlOne(_, pending) => pending.id(),
        Request::Retr(_, pending) | Request::Top(_, _, pending) => pending.id(),
        Request::Dele(_, pending)
        | Request::Rset(pending)
        | Request::Quit(pending)
        | Request::Other(_, pending) => pending.id(),
    }
}

fn message(number: u32) -> MessageNumber {
    MessageNumber::new(number).expect("not zero")
}

fn listing(message: MessageNumber) -> UidListing {
    UidListing { message, uid: UniqueId::new("1.2").expect("an id") }
}
