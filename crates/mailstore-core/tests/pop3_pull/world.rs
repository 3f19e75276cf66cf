//! A device that keeps mail, and the wire between it and a server.

use std::collections::BTreeMap;

use bytes::{Buf as _, BytesMut};
use mail_proto::{CommandId, Connection as _, Instant, Secret, Security};
use mailstore_core::pop3::{
    Pull, PullEnd, PullOptions, PullStep, Record, Seen, Summary, Token, Warning,
};
use mailstore_core::store::WallTime;
use pop3_proto::client::{Client, Config, Event};
use pop3_proto::{Command, State};

pub const START: u64 = 1_790_000_000;
pub const DAY: u32 = 86_400;

/// A server: octets in, octets out.
pub trait Peer {
    /// A connection begins: the greeting.
    fn connect(&mut self) -> Vec<u8>;
    fn answer(&mut self, octets: &[u8]) -> Vec<u8>;
    /// The connection is gone.
    fn hang_up(&mut self);
}

/// What the wire does.
#[derive(Clone, Copy, Debug)]
pub struct Wire {
    /// Octets carried at once.
    pub chunk: usize,
    /// It breaks after so many octets.
    pub cut: Option<(Way, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Up,
    Down,
}

pub const WHOLE: Wire = Wire { chunk: usize::MAX, cut: None };

/// What survives on the device from run to run.
#[derive(Clone, Default, Debug)]
pub struct Device {
    /// Each message as often as it was stored.
    pub mail: Vec<Vec<u8>>,
    /// The record, written down.
    pub lines: Vec<(Vec<u8>, Seen)>,
    pub login_not_before: Option<WallTime>,
    pub now: u64,
    /// The program dies in place of the confirmation of this message, counted from 0.
    pub dies_at: Option<usize>,
    /// Messages that the disk refuses, counted from 0 in each run.
    pub cannot_store: Vec<usize>,
    /// Stops after so many messages.
    pub stops_after: Option<usize>,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Run {
    /// None if the program died.
    pub summary: Option<Summary>,
    pub warnings: Vec<Warning>,
    pub commands: Vec<Command>,
    pub refused: Vec<u32>,
    pub broken: usize,
    pub up: usize,
    pub down: usize,
}

impl Run {
    pub fn summary(&self) -> &Summary {
        self.summary.as_ref().unwrap()
    }

    pub fn numbers(&self, of: impl Fn(&Command) -> Option<u32>) -> Vec<u32> {
        self.commands.iter().filter_map(of).collect()
    }

    pub fn retrieved(&self) -> Vec<u32> {
        self.numbers(|command| match command {
            Command::Retr(message) => Some(message.get()),
            _ => None,
        })
    }
}

impl Device {
    pub fn new() -> Self {
        Self { now: START, ..Self::default() }
    }

    pub fn pass_days(&mut self, days: u32) {
        self.now += u64::from(days * DAY);
    }

    pub fn sorted(&self) -> Vec<Vec<u8>> {
        let mut mail = self.mail.clone();
        mail.sort();
        mail
    }

    fn record(&self) -> Record {
        let mut record = Record::default();
        for (id, seen) in &self.lines {
            (0..seen.copies).for_each(|_| record.insert(id.clone(), seen.first_fetch));
        }
        record.set_login_not_before(self.login_not_before);
        record
    }

    fn write_down(&mut self, record: &Record) {
        self.lines = record.iter().map(|(id, seen)| (id.to_vec(), seen)).collect();
        self.login_not_before = record.login_not_before();
    }

    /// One run, from the greeting to the end of the connection.
    pub fn run(&mut self, peer: &mut impl Peer, options: PullOptions, wire: Wire) -> Run {
        let pull = Pull::new(options, self.record(), WallTime(self.now));
        let config = Config { security: Security::Tls, ..Config::default() };
        let mut running = Running {
            device: self,
            pull,
            client: Client::new(config),
            open: BTreeMap::new(),
            ended: 0,
            run: Run {
                summary: None,
                warnings: Vec::new(),
                commands: Vec::new(),
                refused: Vec::new(),
                broken: 0,
                up: 0,
                down: 0,
            },
        };
        running.finish(peer, wire);
        peer.hang_up();
        running.run
    }
}

struct Running<'a> {
    device: &'a mut Device,
    pull: Pull,
    client: Client,
    open: BTreeMap<Token, Vec<u8>>,
    ended: usize,
    run: Run,
}

/// The program died.
struct Died;

impl Running<'_> {
    fn finish(&mut self, peer: &mut impl Peer, wire: Wire) {
        let (mut input, now) = (BytesMut::new(), Instant::default());
        let mut down = peer.connect();
        self.client.send(Command::User("alice".try_into().unwrap())).unwrap();
        let password = Secret::new("secret".try_into().unwrap());
        let login = self.client.send(Command::Pass(password)).unwrap();
        loop {
            let mut moved = self.events(&mut input, login);
            match self.steps() {
                Ok(None) => {}
                Ok(Some(summary)) => {
                    self.run.summary = Some(summary);
                    let record = self.pull.record().clone();
                    return self.device.write_down(&record);
                }
                Err(Died) => return,
            }
            let mut transmit = self.client.transmit(now);
            let wanted = transmit.remaining().min(wire.chunk);
            let length = limit(wanted, self.run.up, wire.cut, Way::Up);
            if length > 0 {
                let octets = transmit.copy_to_bytes(length);
                self.run.up += length;
                down.extend(peer.answer(&octets));
                moved = true;
            }
            let wanted = down.len().min(wire.chunk);
            let length = limit(wanted, self.run.down, wire.cut, Way::Down);
            if length > 0 {
                input.extend(down.drain(..length));
                self.run.down += length;
                moved = true;
            }
            if !moved {
                assert!(wire.cut.is_some(), "both sides wait for each other");
                self.client.receive_eof();
            }
        }
    }

    /// Whether anything happened.
    fn events(&mut self, input: &mut BytesMut, login: CommandId) -> bool {
        let mut any = false;
        while let Some(event) = self.client.poll(input, Instant::default()).unwrap() {
            if let Event::Completed { id, result } = &event {
                assert!(*id != login || result.is_ok(), "{result:?}");
            }
            self.pull.event(&event);
            any = true;
        }
        any
    }

    fn steps(&mut self) -> Result<Option<Summary>, Died> {
        // Before the login is done there is nothing to be asked.
        let over = self.client.next() == mail_proto::Next::Close;
        while self.client.state() != State::Authorization || over {
            match self.pull.next() {
                PullStep::Wait => return Ok(None),
                PullStep::Done(summary) => return Ok(Some(summary)),
                step => self.step(step)?,
            }
        }
        Ok(None)
    }

    fn step(&mut self, step: PullStep) -> Result<(), Died> {
        match step {
            PullStep::Send(command) => {
                self.run.commands.push(command.clone());
                if let Ok(id) = self.client.send(command) {
                    self.pull.sent(id).unwrap();
                }
            }
            PullStep::Planned(_) => {
                let record = self.pull.record().clone();
                self.device.write_down(&record);
            }
            PullStep::Begin { token, .. } => assert!(self.open.insert(token, vec![]).is_none()),
            PullStep::Octets { token, octets } => {
                self.open.get_mut(&token).unwrap().extend_from_slice(&octets);
            }
            PullStep::End { token } => return self.end(token),
            PullStep::Broken { token } => {
                self.open.remove(&token).unwrap();
                self.run.broken += 1;
            }
            PullStep::Refused { message, .. } => self.run.refused.push(message.get()),
            PullStep::NotDeleted { .. } => {}
            PullStep::Warning(warning) => self.run.warnings.push(warning),
            PullStep::Wait | PullStep::Done(_) => unreachable!(),
        }
        Ok(())
    }

    fn end(&mut self, token: Token) -> Result<(), Died> {
        let message = self.open.remove(&token).unwrap();
        let place = self.ended;
        self.ended += 1;
        if self.device.cannot_store.contains(&place) {
            self.pull.not_stored(token).unwrap();
            return Ok(());
        }
        self.device.mail.push(message);
        if self.device.dies_at == Some(place) {
            return Err(Died);
        }
        self.pull.stored(token).unwrap();
        assert!(self.pull.stored(token).is_err() && self.pull.not_stored(token).is_err());
        let record = self.pull.record().clone();
        self.device.write_down(&record);
        if self.device.stops_after == Some(self.ended) {
            self.pull.stop();
        }
        Ok(())
    }
}

fn limit(wanted: usize, moved: usize, cut: Option<(Way, usize)>, way: Way) -> usize {
    match cut {
        Some((of, at)) if of == way => wanted.min(at - moved),
        _ => wanted,
    }
}

pub fn is_over(run: &Run) -> bool {
    run.summary().end == PullEnd::Quit
}
