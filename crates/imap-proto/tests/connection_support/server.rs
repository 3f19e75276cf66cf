//! A server alone, in the state that a test begins with.

use std::sync::Arc;

use imap_proto::server::{Config, Event, Greeting, Server};
use imap_proto::{AppendPart, Capability, CommandBody};
use mail_proto::{CommandId, Connection, Security, TlsPolicy};

use super::{Lone, ok};

pub type LoneServer = Lone<Server>;

/// Passwords in clear, STARTTLS, COMPRESS, the mechanisms PLAIN and X-ASK.
pub fn config() -> Config {
    let capability = |name: &str| Capability::try_from(name).unwrap();
    let mut config =
        Config { tls: TlsPolicy::Optional, starttls: true, compress: true, ..Config::default() };
    config.capabilities_before_login.push(capability("AUTH=PLAIN"));
    config.capabilities_before_login.push(capability("AUTH=X-ASK"));
    config
}

/// With LITERAL+.
pub fn literal_plus() -> Config {
    let mut config = config();
    config.capabilities.push(Capability::LiteralPlus);
    config
}

impl Lone<Server> {
    /// A server that has greeted.
    pub fn plain(config: impl Into<Arc<Config>>) -> Self {
        let mut lone = Self::of(Server::new(config, Security::Plain, Greeting::default()));
        assert_eq!(lone.events(), []);
        assert!(lone.take().starts_with(b"* OK [CAPABILITY "));
        lone
    }

    /// A server whose client has logged in.
    pub fn logged_in(config: impl Into<Arc<Config>>) -> Self {
        let mut lone = Self::plain(config);
        let (id, _) = lone.command("l LOGIN joe secret\r\n");
        lone.complete(id);
        lone.take();
        lone
    }

    /// A server whose client has selected a mailbox.
    pub fn selected(config: impl Into<Arc<Config>>) -> Self {
        let mut lone = Self::logged_in(config);
        let (id, _) = lone.command("s SELECT INBOX\r\n");
        lone.complete(id);
        lone.take();
        lone
    }

    /// The command that the application is asked.
    pub fn command(&mut self, octets: impl AsRef<[u8]>) -> (CommandId, CommandBody) {
        match self.only(octets) {
            Event::Command { id, body } => (id, body),
            other => panic!("{other:?}"),
        }
    }

    /// Completes by OK.
    pub fn complete(&mut self, id: CommandId) {
        self.connection.complete(id, ok("done")).unwrap();
    }

    /// A command that is completed at once.
    pub fn done(&mut self, octets: impl AsRef<[u8]>) {
        let (id, _) = self.command(octets);
        self.complete(id);
        self.take();
    }

    /// What ENABLE answers.
    pub fn enable(&mut self, names: &str) {
        use imap_proto::{Data, EnabledData};
        let (id, _) = self.command(format!("e ENABLE {names}\r\n"));
        let names = names.split(' ').map(|name| Capability::try_from(name).unwrap());
        let data = EnabledData { capabilities: names.collect() };
        self.connection.respond(&Data::Enabled(data)).unwrap();
        self.complete(id);
        self.take();
    }
}

/// The places and expectations of what was rejected.
pub fn rejected(events: &[Event]) -> Vec<(Option<String>, u64, &'static str)> {
    let each = |event: &Event| match event {
        Event::Rejected { tag, at, expected } => {
            let tag = tag.as_ref().map(|tag| String::from_utf8_lossy(tag.as_bytes()).into_owned());
            Some((tag, *at, *expected))
        }
        _ => None,
    };
    events.iter().filter_map(each).collect()
}

/// Adjacent chunks joined, and no `Room`: events without the marks of how the octets were divided.
pub fn joined(events: Vec<Event>) -> Vec<Event> {
    let mut joined: Vec<Event> = Vec::new();
    for event in events {
        match (joined.last_mut(), event) {
            (_, Event::Room { .. }) => {}
            (
                Some(Event::Append { part: AppendPart::Chunk(octets), .. }),
                Event::Append { part: AppendPart::Chunk(more), .. },
            ) => *octets = [&octets[..], &more].concat().into(),
            (_, event) => joined.push(event),
        }
    }
    joined
}

impl Lone<Server> {
    /// Octets of the client's stream so far: everything that the helpers above sent, and nothing waits.
    pub fn connection_offset(&self) -> u64 {
        match self.connection.state() {
            imap_proto::connection::State::NotAuthenticated => 0,
            imap_proto::connection::State::Authenticated => 20,
            _ => 36,
        }
    }
}
