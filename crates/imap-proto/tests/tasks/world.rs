//! A connection with tasks, and the server's side of the wire.

use bytes::{Buf, BytesMut};
use imap_proto::client::Client;
use imap_proto::tasks::{Ending, Event, Failure, Handle, Limits, Task, TaskId, Tasks};
use imap_proto::{Condition, Encoder, Negotiated};
use mail_proto::{Connection, Escaped, Instant};

use super::client_support::{self, at, joined};

/// How the octets of the server come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Chunks {
    Whole,
    One,
}

pub struct World {
    pub tasks: Tasks,
    pub now: Instant,
    chunks: Chunks,
    input: BytesMut,
    events: Vec<String>,
    out: Vec<u8>,
}

/// Runs a story with the server's octets at once and one by one.
#[track_caller]
pub fn each_way(story: impl Fn(&mut World)) {
    for chunks in [Chunks::Whole, Chunks::One] {
        let mut world = World::new(client_support::tls(), Limits::default(), chunks);
        story(&mut world);
        world.quiet();
    }
}

/// The same with a client that is logged in, on a server that offers what is tested.
#[track_caller]
pub fn logged_in(story: impl Fn(&mut World)) {
    each_way(|world| {
        world.says("* PREAUTH ready");
        world.tells(&["greeting PREAUTH ready"]);
        story(world);
    });
}

/// The same with a mailbox of 172 messages selected. The next tag is A2.
#[track_caller]
pub fn selected(story: impl Fn(&mut World)) {
    logged_in(|world| {
        let select = imap_proto::Select::new(imap_proto::Mailbox::INBOX);
        let select = world.run(imap_proto::tasks::Select(select));
        world.sends(&["A1 SELECT INBOX"]);
        world.says("* 172 EXISTS\r\nA1 OK [READ-WRITE] done");
        world.tells(&["finished 1 OK [READ-WRITE] done"]);
        assert_eq!(world.take(select).unwrap().selected.exists, 172);
        story(world);
    });
}

impl World {
    pub fn new(config: imap_proto::client::Config, limits: Limits, chunks: Chunks) -> Self {
        Self {
            tasks: Tasks::with_limits(Client::new(config), limits),
            now: at(0),
            chunks,
            input: BytesMut::new(),
            events: Vec::new(),
            out: Vec::new(),
        }
    }

    #[track_caller]
    pub fn run<T: Task>(&mut self, task: T) -> Handle<T> {
        let handle = self.tasks.run(task).unwrap();
        self.turn();
        handle
    }

    /// Runs a task whose command is sent as `sent` and answered by these lines, the last of them being
    /// the tagged one. Nothing else is told.
    #[track_caller]
    pub fn answers<T: Task>(
        &mut self,
        task: T,
        sent: &str,
        lines: &[&str],
    ) -> Result<T::Output, Failure> {
        let handle = self.run(task);
        let out = std::mem::take(&mut self.out);
        let out = String::from_utf8(out).unwrap();
        let (tag, command) = out.split_once(' ').unwrap();
        assert_eq!(Escaped(command.as_bytes()).to_string(), format!("{sent}\\r\\n"));
        let (last, data) = lines.split_last().unwrap();
        for line in data {
            self.says(&line.replace("<tag>", tag));
        }
        self.says(&format!("{tag} {last}"));
        let shown = number(handle.id());
        self.tells(&[&format!("finished {shown} {}", last.trim_end())]);
        self.take(handle)
    }

    /// The server says this line, or these.
    pub fn says(&mut self, lines: &str) {
        self.says_octets(format!("{lines}\r\n").as_bytes());
    }

    pub fn says_octets(&mut self, octets: &[u8]) {
        let size = if self.chunks == Chunks::Whole { octets.len().max(1) } else { 1 };
        for chunk in octets.chunks(size) {
            self.input.extend_from_slice(chunk);
            self.turn();
        }
    }

    pub fn turn(&mut self) {
        loop {
            loop {
                match self.tasks.poll(&mut self.input, self.now) {
                    Ok(Some(event)) => joined(&mut self.events, show(&event)),
                    Ok(None) => break,
                    Err(error) => self.events.push(format!("error {error}")),
                }
            }
            let mut transmit = self.tasks.transmit(self.now);
            let octets = transmit.remaining();
            if octets == 0 {
                return;
            }
            self.out.extend_from_slice(&transmit.copy_to_bytes(octets));
        }
    }

    /// These lines have been handed out, and nothing else.
    #[track_caller]
    pub fn sends(&mut self, lines: &[&str]) {
        let expected: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let out = std::mem::take(&mut self.out);
        assert_eq!(Escaped(&out).to_string(), Escaped(expected.as_bytes()).to_string());
    }

    /// These octets have been handed out, and nothing else.
    #[track_caller]
    pub fn sends_octets(&mut self, octets: &str) {
        let out = std::mem::take(&mut self.out);
        assert_eq!(Escaped(&out).to_string(), Escaped(octets.as_bytes()).to_string());
    }

    /// Forgets what has been handed out.
    pub fn drain_sent(&mut self) {
        self.out.clear();
    }

    /// These events have been told, and nothing else.
    #[track_caller]
    pub fn tells(&mut self, events: &[&str]) {
        assert_eq!(std::mem::take(&mut self.events), events, "{:?}", self.chunks);
    }

    /// Forgets what has been told.
    pub fn drain_events(&mut self) {
        self.events.clear();
    }

    /// Nothing is left unsaid.
    #[track_caller]
    pub fn quiet(&mut self) {
        self.sends(&[]);
        self.tells(&[]);
    }

    pub fn take<T: Task>(&mut self, handle: Handle<T>) -> Result<T::Output, Failure> {
        self.tasks.take(handle)
    }

    pub fn cancel<T>(&mut self, handle: Handle<T>) {
        self.tasks.cancel(handle).unwrap();
        self.turn();
    }

    pub fn eof(&mut self) {
        self.tasks.receive_eof();
        self.turn();
    }
}

fn number(task: TaskId) -> String {
    let shown = format!("{task:?}");
    shown.trim_start_matches("TaskId(").trim_end_matches(')').to_owned()
}

fn condition(condition: &Condition) -> String {
    let mut out = Vec::new();
    condition.encode(&mut Encoder::new(&mut out, Negotiated::server()));
    Escaped(&out).to_string().trim_end().to_owned()
}

/// What is written of a value.
pub fn text(write: impl FnOnce(&mut Encoder<'_, Vec<u8>>)) -> String {
    let mut out = Vec::new();
    write(&mut Encoder::new(&mut out, Negotiated::server()));
    String::from_utf8(out).unwrap()
}

/// The arguments of a command as they are written.
macro_rules! given {
    ($variant:ident $text:literal) => {
        match crate::client_support::command($text) {
            imap_proto::CommandBody::$variant(it) => it,
            other => panic!("{other:?}"),
        }
    };
}
pub(crate) use given;

/// An event as a line.
pub fn show(event: &Event) -> String {
    let client = |event| client_support::show(&event, |_| 0);
    match event {
        Event::Greeting(it) => format!("greeting {}", condition(it)),
        Event::Data(data) => client(imap_proto::client::Event::Data(data.clone())),
        Event::Fetch(part) => client(imap_proto::client::Event::Fetch(part.clone())),
        Event::Row { task, data } => {
            let data = client(imap_proto::client::Event::Data(data.clone()));
            format!("row {} {data}", number(*task))
        }
        Event::Part { task, part } => {
            let part = client(imap_proto::client::Event::Fetch(part.clone()));
            match part.starts_with("chunk") {
                true => part,
                false => format!("part {} {part}", number(*task)),
            }
        }
        Event::Finished { task, ending: Ending::Answered(it) } => {
            format!("finished {} {}", number(*task), condition(it))
        }
        Event::Finished { task, ending: Ending::Lost(sent) } => {
            format!("lost {} {sent:?}", number(*task))
        }
        Event::Challenge { task, data } => {
            let data = Escaped(data.expose()).to_string();
            format!("challenge {} {data}", number(*task)).trim_end().to_owned()
        }
        Event::Idling { task } => format!("idling {}", number(*task)),
        Event::Room { task } => format!("room {}", number(*task)),
        Event::Unparsed(it) => format!("unparsed {}", Escaped(&it.raw)),
        Event::Defect(defect) => format!("defect {:?}", defect.id),
        Event::Secured => "secured".to_owned(),
        Event::Closed(reason) => format!("closed {reason:?}"),
        other => format!("{other:?}"),
    }
}
