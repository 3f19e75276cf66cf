//! Dialogues: what is given, what goes over the wire, what is told.
//!
//! | line | meaning |
//! |---|---|
//! | `+ NOOP` | the application gives a command; the first one is number 1 |
//! | `C: a`, `C- a` | this is handed out, with a line end or without |
//! | `S: a`, `S- a` | the server says this |
//! | `= a` | this event is told |
//! | `! done 1` | another call, see `call` |
//! | `!! NotOwed: done 1` | a call that fails so |
//!
//! All that is handed out and all that is told must be in the script. `\r`, `\n`, `\0`, `\xNN` are
//! octets, `\s` is a space.

use bytes::{Buf, Bytes, BytesMut};
use imap_proto::client::Client;
use imap_proto::{
    AString, AppendCommand, AppendDataBegin, AppendMessageBegin, AppendPart, Mailbox,
};
use mail_proto::{CommandId, Connection, Handover, Instant, Next, Secret, SendError};

use super::{at, command, joined, show};

/// How the octets of the server are divided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Chunks {
    Whole,
    One,
    Random(u64),
}

impl Chunks {
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Whole, Self::One].into_iter().chain((1..=6).map(Self::Random))
    }

    fn size(&mut self) -> usize {
        match self {
            Self::Whole => usize::MAX,
            Self::One => 1,
            Self::Random(seed) => {
                *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (*seed >> 33) as usize % 9 + 1
            }
        }
    }
}

pub struct Dialogue {
    pub client: Client,
    pub input: BytesMut,
    pub ids: Vec<CommandId>,
    pub now: Instant,
    chunks: Chunks,
    events: Vec<String>,
    out: Vec<u8>,
    /// Octets that the transport still takes.
    room: usize,
}

impl Dialogue {
    pub fn new(client: Client, chunks: Chunks) -> Self {
        Self {
            client,
            input: BytesMut::new(),
            ids: Vec::new(),
            now: Instant::default(),
            chunks,
            events: Vec::new(),
            out: Vec::new(),
            room: usize::MAX,
        }
    }

    #[track_caller]
    pub fn run(&mut self, script: &str) -> &mut Self {
        for line in script.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
            self.line(line);
        }
        assert_eq!(self.events, Vec::<String>::new(), "{:?}", self.chunks);
        self.nothing_out("the end");
        self
    }

    /// A line, whatever was told and handed out before it.
    pub fn run_unchecked(&mut self, line: &str) {
        self.events.clear();
        self.out.clear();
        self.line(line);
        self.events.clear();
        self.out.clear();
    }

    #[track_caller]
    fn line(&mut self, line: &str) {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        let context = format!("{line} ({:?})", self.chunks);
        if mark == "=" {
            assert!(!self.events.is_empty(), "no event: {context}");
            assert_eq!(self.events.remove(0), rest, "{context}");
            return;
        }
        if let Some(mode) = mark.strip_prefix('C') {
            let mut expected = octets(rest);
            expected.extend_from_slice(if mode == ":" { b"\r\n" } else { b"" });
            let length = expected.len().min(self.out.len());
            let front: Vec<u8> = self.out.drain(..length).collect();
            let (front, expected) = (mail_proto::Escaped(&front), mail_proto::Escaped(&expected));
            assert_eq!(front.to_string(), expected.to_string(), "{context}");
            return;
        }
        if mark == "#" {
            return;
        }
        assert_eq!(self.events, Vec::<String>::new(), "before {context}");
        if mark.starts_with('S') {
            self.nothing_out(&context);
        }
        match mark {
            "+" => {
                let id = self.client.send(command(&text(rest)));
                self.ids.push(id.unwrap_or_else(|error| panic!("{error}: {context}")));
            }
            "S:" => return self.feed(&[octets(rest), b"\r\n".to_vec()].concat()),
            "S-" => return self.feed(&octets(rest)),
            "!" => {
                let result = self.call(rest);
                assert_eq!(result, Ok(()), "{context}");
            }
            "!!" => {
                let (expected, call) = rest.rsplit_once(": ").unwrap();
                let error = format!("{:?}", self.call(call).unwrap_err());
                assert!(error.starts_with(expected), "{error}: {context}");
            }
            _ => panic!("{context}"),
        }
        self.turn();
    }

    #[track_caller]
    fn nothing_out(&self, context: &str) {
        assert_eq!(mail_proto::Escaped(&self.out).to_string(), "", "before {context}");
    }

    pub fn feed(&mut self, mut octets: &[u8]) {
        while !octets.is_empty() {
            let (now, later) = octets.split_at(self.chunks.size().min(octets.len()));
            self.input.extend_from_slice(now);
            octets = later;
            self.turn();
        }
    }

    /// The run loop of a driver.
    fn turn(&mut self) {
        loop {
            self.poll();
            let taken = self.take();
            if taken == 0 {
                return;
            }
        }
    }

    fn poll(&mut self) {
        loop {
            match self.client.poll(&mut self.input, self.now) {
                Ok(Some(event)) => {
                    let number = |id: CommandId| {
                        self.ids.iter().position(|it| *it == id).map_or(0, |place| place + 1)
                    };
                    joined(&mut self.events, show(&event, number));
                }
                Ok(None) => return,
                Err(error) => self.events.push(format!("error {error}")),
            }
        }
    }

    fn take(&mut self) -> usize {
        let mut transmit = self.client.transmit(self.now);
        let octets = transmit.remaining().min(self.room);
        self.out.extend_from_slice(&transmit.copy_to_bytes(octets));
        if self.room != usize::MAX {
            self.room -= octets;
        }
        octets
    }

    pub fn id(&self, number: &str) -> CommandId {
        self.ids[number.parse::<usize>().unwrap() - 1]
    }

    fn call(&mut self, call: &str) -> Result<(), SendError> {
        let mut words = call.splitn(3, ' ');
        let (name, first, rest) =
            (words.next().unwrap(), words.next().unwrap_or(""), words.next().unwrap_or(""));
        match name {
            "send" => {
                let id = self.client.send(command(&text(call.strip_prefix("send ").unwrap())))?;
                self.ids.push(id);
                Ok(())
            }
            "done" => self.client.done(self.id(first)),
            "respond" => {
                self.client.respond(self.id(first), Secret::new(Bytes::from(octets(rest))))
            }
            "cancel-exchange" => self.client.cancel_exchange(self.id(first)),
            "cancel" => self.client.cancel(self.id(first)).map(drop),
            "supply" => self.client.supply(self.id(first), octets(rest).into()),
            "abort" => self.client.abort_body(self.id(first)),
            "append" | "append8" | "append-utf8" => {
                let size = first.parse().unwrap();
                let data = match name {
                    "append" => AppendDataBegin::Literal { size },
                    "append-utf8" => AppendDataBegin::Utf8 { size },
                    _ => AppendDataBegin::Literal8 { size },
                };
                let mailbox = Mailbox::new(octets(rest)).unwrap();
                let id = self.client.append(AppendCommand::Append, mailbox, &message(data))?;
                self.ids.push(id);
                Ok(())
            }
            "begin-append" => {
                let mailbox = Mailbox::new(octets(first)).unwrap();
                self.ids.push(self.client.begin_append(AppendCommand::Append, mailbox)?);
                Ok(())
            }
            "part" => self.client.append_part(self.id(first), part(rest)),
            "eof" => {
                self.client.receive_eof();
                Ok(())
            }
            "close" => {
                self.client.close();
                Ok(())
            }
            "room" => {
                self.room = first.parse().unwrap_or(usize::MAX);
                Ok(())
            }
            "next" => {
                assert_eq!(format!("{:?}", self.client.next()), first);
                Ok(())
            }
            "state" => {
                assert_eq!(self.client.state().to_string(), call.strip_prefix("state ").unwrap());
                Ok(())
            }
            "hand-over" => {
                let Next::HandOver(to) = self.client.next() else { panic!("no handover") };
                let done = self.client.handed_over(to, &mut self.input);
                done.unwrap_or_else(|error| self.events.push(format!("error {error}")));
                Ok(())
            }
            "hand-over-unasked" => {
                let done = self.client.handed_over(Handover::Tls, &mut self.input);
                done.unwrap_or_else(|error| self.events.push(format!("error {error}")));
                Ok(())
            }
            "time" => {
                self.now = at(first.parse().unwrap());
                self.client.handle_timeout(self.now);
                Ok(())
            }
            "deadline" => {
                let at = self.client.poll_timeout().map(|at| at.since_epoch().as_secs());
                assert_eq!(at.map_or("none".to_owned(), |at| at.to_string()), first);
                Ok(())
            }
            "capabilities" => {
                let known = self.client.capabilities();
                let known = known.map(|it| {
                    let mut out = Vec::new();
                    let negotiated = imap_proto::Negotiated::server();
                    it.list().encode(&mut imap_proto::Encoder::new(&mut out, negotiated));
                    format!("{:?}{}", it.source(), String::from_utf8(out).unwrap())
                });
                let expected = call.strip_prefix("capabilities ").unwrap();
                assert_eq!(known.unwrap_or("unknown".to_owned()), expected);
                Ok(())
            }
            _ => panic!("{call}"),
        }
    }
}

pub fn message(data: AppendDataBegin) -> AppendMessageBegin {
    AppendMessageBegin { flags: None, date: None, options: Vec::new(), data }
}

fn part(text: &str) -> AppendPart {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    match name {
        "message" => {
            let size = rest.parse().unwrap();
            AppendPart::MessageBegin(message(AppendDataBegin::Literal { size }).into())
        }
        "catenate" => AppendPart::MessageBegin(message(AppendDataBegin::Catenate).into()),
        "url" => AppendPart::Url(AString::new(rest.to_owned()).unwrap()),
        "text" => AppendPart::TextBegin { size: rest.parse().unwrap(), is_utf8: false },
        "text-end" => AppendPart::TextEnd,
        "message-end" => AppendPart::MessageEnd,
        "chunk" => AppendPart::Chunk(octets(rest).into()),
        "end" => AppendPart::End,
        _ => panic!("{text}"),
    }
}

fn text(text: &str) -> String {
    String::from_utf8(octets(text)).unwrap()
}

fn octets(text: &str) -> Vec<u8> {
    let (mut octets, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, behind @ ..] = rest {
        rest = behind;
        match (first, rest) {
            (b'\\', [b'x', high, low, behind @ ..]) => {
                let digits = String::from_utf8(vec![*high, *low]).unwrap();
                octets.push(u8::from_str_radix(&digits, 16).unwrap());
                rest = behind;
            }
            (b'\\', [escaped @ (b'r' | b'n' | b'0' | b's'), behind @ ..]) => {
                octets.push(match escaped {
                    b'r' => b'\r',
                    b'n' => b'\n',
                    b's' => b' ',
                    _ => 0,
                });
                rest = behind;
            }
            (first, _) => octets.push(*first),
        }
    }
    octets
}
