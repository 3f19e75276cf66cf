//! Random commands, random answers, random news: all that came is in one result or is an event, and no
//! result has what was meant for another.

use std::collections::BTreeMap;

use bytes::{Buf, BytesMut};
use imap_proto::client::{Client, Config, Limits as ClientLimits};
use imap_proto::tasks::{Event, Failure, Handle, Limits, TaskId, Tasks};
use imap_proto::{
    Collected, CommandBody, Data, Encoder, FetchCollector, MessageNumber, Negotiated, Response,
};
use mail_proto::{Connection, Instant};

use super::client_support::{command, tls};

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// A command that has been given, and what became of it.
struct Given {
    text: String,
    handle: Option<Handle<CommandBody>>,
    id: TaskId,
    /// Cancelled, or its handle dropped.
    let_go: bool,
    sent: bool,
    answered: bool,
}

/// Where a line turned up: in an event, or in the answer to a command.
type Places = Vec<Option<usize>>;

struct Model {
    random: Random,
    tasks: Tasks,
    input: BytesMut,
    pending: Vec<u8>,
    out: Vec<u8>,
    given: Vec<Given>,
    /// What the server said: the line, and the command that it is for.
    said: Vec<(String, Option<usize>)>,
    found: BTreeMap<String, Places>,
    collector: FetchCollector,
    finished: Vec<TaskId>,
    unique: u32,
}

/// Tags begin behind that of SELECT.
const FIRST_TAG: usize = 2;

impl Model {
    fn new(seed: u64, collected: usize) -> Self {
        // Every body is streamed.
        let limits = ClientLimits { inline_body: 0, ..ClientLimits::default() };
        let client = Client::new(Config { limits, ..tls() });
        let mut model = Self {
            random: Random(seed),
            tasks: Tasks::with_limits(client, Limits { collected }),
            input: BytesMut::new(),
            pending: Vec::new(),
            out: Vec::new(),
            given: Vec::new(),
            said: Vec::new(),
            found: BTreeMap::new(),
            collector: FetchCollector::default(),
            finished: Vec::new(),
            unique: 0,
        };
        model.pending.extend_from_slice(b"* PREAUTH ready\r\n");
        model.feed(usize::MAX);
        let select = model.tasks.run(command("SELECT INBOX")).unwrap();
        model.turn();
        model.out.clear();
        model.pending.extend_from_slice(b"* 1000 EXISTS\r\nA1 OK done\r\n");
        model.feed(usize::MAX);
        model.tasks.take(select).unwrap();
        model.finished.clear();
        model
    }

    fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            match self.random.below(12) {
                0..3 => self.give(),
                3..7 => self.answer(),
                7 => self.complete(),
                8 => self.news(),
                9 => self.let_go(),
                10 => self.take(),
                _ => {}
            }
            let octets = self.random.below(60);
            self.feed(octets);
        }
        self.end();
    }

    fn give(&mut self) {
        let first = self.random.below(20) + 1;
        let last = first + self.random.below(3);
        let text = match self.random.below(12) {
            0 => "LIST \"\" \"*\"".to_owned(),
            1 => "STATUS a (MESSAGES)".to_owned(),
            2 => "STATUS b (MESSAGES)".to_owned(),
            3 | 4 => format!("UID FETCH {first}:{last} (FLAGS)"),
            5 => format!("UID FETCH {first}:{last} (RFC822.SIZE)"),
            6 => format!("UID FETCH {first}:{last} (BODY.PEEK[])"),
            7 => format!("UID STORE {first}:{last} +FLAGS (a)"),
            8 => "UID SEARCH ALL".to_owned(),
            9 => "UID SEARCH RETURN (ALL) ALL".to_owned(),
            10 => "GETQUOTA x".to_owned(),
            _ => "EXPUNGE".to_owned(),
        };
        let handle = self.tasks.run(command(&text)).unwrap();
        let id = handle.id();
        let (handle, let_go, sent, answered) = (Some(handle), false, false, false);
        self.given.push(Given { text, handle, id, let_go, sent, answered });
        self.turn();
    }

    /// One line for a command that has been sent and not been answered.
    fn answer(&mut self) {
        let Some(place) = self.outstanding() else { return };
        self.unique += 1;
        let n = self.unique;
        let text = &self.given[place].text;
        let uid = |text: &str| text.split([' ', ':']).nth(2).unwrap().to_owned();
        let line = match text.split(['(', ' ']).next().unwrap() {
            "LIST" => format!("* LIST () \".\" u{n}"),
            "STATUS" => format!("* STATUS {} (MESSAGES {n})", &text[7..8]),
            "GETQUOTA" => format!("* QUOTA x (STORAGE {n} 9)"),
            "EXPUNGE" => format!("* {} EXPUNGE", 1000 - n),
            _ if text.contains("RETURN") => {
                format!("* ESEARCH (TAG \"A{}\") UID ALL {n}", place + FIRST_TAG)
            }
            _ if text.contains("SEARCH") => format!("* SEARCH {n}"),
            _ if text.contains("SIZE") => format!("* 1 FETCH (UID {} RFC822.SIZE {n})", uid(text)),
            _ if text.contains("BODY") => {
                let body = format!("body {n:08}");
                format!("* 1 FETCH (UID {} BODY[] {{13}}\r\n{body})", uid(text))
            }
            _ => format!("* 1 FETCH (UID {} FLAGS (k{n}))", uid(text)),
        };
        self.say(line, Some(place));
    }

    fn news(&mut self) {
        self.unique += 1;
        let n = self.unique;
        let line = match self.random.below(6) {
            0 => format!("* {} EXISTS", 5000 + n),
            1 => format!("* OK note {n}"),
            2 => format!("* STATUS zz (MESSAGES {n})"),
            3 => format!("* 9 FETCH (UID 500 FLAGS (k{n}))"),
            4 => format!("* 9 FETCH (UID 5 X-GM-MSGID {n})"),
            _ => format!("* XNEWS {n}"),
        };
        self.say(line, None);
    }

    fn say(&mut self, line: String, of: Option<usize>) {
        self.pending.extend_from_slice(format!("{line}\r\n").as_bytes());
        self.said.push((line, of));
    }

    fn complete(&mut self) {
        let Some(place) = self.outstanding() else { return };
        self.given[place].answered = true;
        let word = ["OK", "OK", "NO"][self.random.below(3)];
        let tagged = format!("A{} {word} done\r\n", place + FIRST_TAG);
        self.pending.extend_from_slice(tagged.as_bytes());
    }

    fn outstanding(&mut self) -> Option<usize> {
        let open = |it: &(usize, &Given)| it.1.sent && !it.1.answered;
        let open: Vec<usize> =
            self.given.iter().enumerate().filter(open).map(|(place, _)| place).collect();
        (!open.is_empty()).then(|| open[self.random.below(open.len())])
    }

    fn let_go(&mut self) {
        // What the server says next is not for one that is forgotten before it was sent.
        self.feed(usize::MAX);
        let place = self.random.below(self.given.len().max(1));
        let Some(given) = self.given.get_mut(place) else { return };
        let is_open = |it: &mut Handle<CommandBody>| !self.tasks.is_finished(it);
        let Some(handle) = given.handle.take_if(is_open) else { return };
        given.let_go = true;
        match self.random.below(2) {
            0 => drop(handle),
            _ => drop(self.tasks.cancel(handle).unwrap()),
        }
        self.turn();
    }

    /// Takes a result, if there is one.
    fn take(&mut self) {
        for place in 0..self.given.len() {
            let is_finished = |it: &Handle<CommandBody>| self.tasks.is_finished(it);
            let Some(handle) = self.given[place].handle.take_if(|it| is_finished(it)) else {
                continue;
            };
            let answer = match self.tasks.take(handle) {
                Ok(answer) => answer,
                Err(Failure { answer, .. }) => *answer,
            };
            for data in answer.data {
                self.found.entry(line(&data)).or_default().push(Some(place));
            }
            return;
        }
    }

    fn feed(&mut self, octets: usize) {
        let octets = octets.min(self.pending.len());
        self.input.extend_from_slice(&self.pending[..octets]);
        self.pending.drain(..octets);
        self.turn();
    }

    fn turn(&mut self) {
        loop {
            while let Some(event) = self.tasks.poll(&mut self.input, Instant::default()).unwrap() {
                self.event(event);
            }
            let mut transmit = self.tasks.transmit(Instant::default());
            let octets = transmit.remaining();
            if octets == 0 {
                break;
            }
            self.out.extend_from_slice(&transmit.copy_to_bytes(octets));
        }
        for command in String::from_utf8(std::mem::take(&mut self.out)).unwrap().lines() {
            let tag: usize = command.split(' ').next().unwrap()[1..].parse().unwrap();
            if let Some(given) = tag.checked_sub(FIRST_TAG).map(|place| &mut self.given[place]) {
                given.sent = true;
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Data(data) => self.found.entry(line(&data)).or_default().push(None),
            Event::Fetch(part) => {
                if let Collected::Fetch(begin, data) = self.collector.push(part) {
                    let number = begin.number().map(MessageNumber::as_seq_num);
                    let data = line(&Data::Fetch(number, data));
                    self.found.entry(data).or_default().push(None);
                }
            }
            Event::Finished { task, .. } => self.finished.push(task),
            Event::Greeting(_) | Event::Closed(_) => {}
            other => panic!("{other:?}"),
        }
    }

    /// Answers everything, or breaks off.
    fn end(&mut self) {
        self.feed(usize::MAX);
        while self.random.below(20) > 0 && self.outstanding().is_some() {
            self.complete();
            self.feed(usize::MAX);
        }
        self.tasks.receive_eof();
        self.turn();
        for _ in 0..self.given.len() {
            self.take();
        }
        self.turn();
    }

    /// Every line is where it belongs, once.
    fn check(&self, limited: bool, seed: u64) {
        let mut found = self.found.clone();
        for (line, of) in &self.said {
            let places = found.remove(line).unwrap_or_default();
            let own = of.filter(|place| !self.given[*place].let_go);
            let context = format!("seed {seed}: {line} for {of:?}: {places:?}");
            match own {
                _ if line.ends_with("EXPUNGE") => {
                    assert_eq!(places.iter().filter(|it| it.is_none()).count(), 1, "{context}");
                    assert!(places.iter().all(|it| it.is_none() || *it == *of), "{context}");
                }
                Some(own) if !limited => assert_eq!(places, [Some(own)], "{context}"),
                Some(own) => assert!(places == [Some(own)] || places == [None], "{context}"),
                None => assert_eq!(places, [None], "{context}"),
            }
        }
        assert_eq!(found, BTreeMap::new(), "seed {seed}: nobody said that");
        let mut finished = self.finished.clone();
        finished.sort_unstable();
        finished.dedup();
        assert_eq!(finished.len(), self.finished.len(), "seed {seed}: finished twice");
        let ended = |given: &&Given| !given.let_go;
        for given in self.given.iter().filter(ended) {
            assert!(finished.contains(&given.id), "seed {seed}: {} has no end", given.text);
        }
    }
}

fn line(data: &Data) -> String {
    let mut out = Vec::new();
    Response::Data(data.clone()).encode(&mut Encoder::new(&mut out, Negotiated::server()));
    String::from_utf8(out).unwrap().trim_end().to_owned()
}

#[test]
fn all_that_came_is_in_a_result_or_an_event() {
    for seed in 0..3000 {
        let mut model = Model::new(seed, usize::MAX);
        model.run(80);
        model.check(false, seed);
    }
}

#[test]
fn also_where_little_may_be_collected() {
    for seed in 0..1000 {
        let mut model = Model::new(seed, 300);
        model.run(80);
        model.check(true, seed);
    }
}
