//! A whole session between our client and our server, in memory.

use bytes::{Buf, BytesMut};
use imap_proto::client::{self, Client};
use imap_proto::server::{self, Greeting, Server};
use imap_proto::{
    AString, Capability, CommandBody, Condition, ConditionKind, Data, Fetch, FetchData, FetchItem,
    FlagList, Login, Mailbox, NumberSet, RespText, Select, SeqNum, SequenceSet, SettableFlags,
    Store, SystemFlag, Uid,
};
use mail_proto::{CommandId, Connection, Instant, Secret, Security, Text};

use super::responses::read_data;
use crate::imap::{Reading, Session};

const NOW: Instant = Instant::from_epoch(std::time::Duration::ZERO);

/// Runs it; `tap` sees the octets of the client (true) and of the server (false). Returns what the
/// client was told in data.
pub fn session<R: Reading>(session: Session, mut tap: impl FnMut(bool, &[u8])) -> R {
    let config = client::Config { security: Security::Tls, ..client::Config::default() };
    let mut user =
        User { client: Client::new(config), session, given: 0, done: 0, seen: R::default() };
    let basic: imap_proto::Capabilities = [Capability::Imap4Rev1].into_iter().collect();
    let config = server::Config {
        capabilities_before_login: basic.clone(),
        capabilities: basic,
        ..server::Config::default()
    };
    let greeting = Greeting::Ok(text("ready"));
    let mut host =
        Host { server: Server::new(config, Security::Tls, greeting), session, running: None };
    let (mut to_client, mut to_server) = (BytesMut::new(), BytesMut::new());
    while !user.poll(&mut to_client) {
        carry(&mut user.client, &mut to_server, |octets| tap(true, octets));
        host.poll(&mut to_server);
        carry(&mut host.server, &mut to_client, |octets| tap(false, octets));
    }
    user.seen
}

fn carry(from: &mut impl Connection, to: &mut BytesMut, mut tap: impl FnMut(&[u8])) {
    let mut transmit = from.transmit(NOW);
    while transmit.has_remaining() {
        let chunk = transmit.chunk();
        tap(chunk);
        to.extend_from_slice(chunk);
        let length = chunk.len();
        transmit.advance(length);
    }
}

/// The application on the client.
struct User<R> {
    client: Client,
    session: Session,
    given: u32,
    done: u32,
    seen: R,
}

impl<R: Reading> User<R> {
    /// Whether it is over.
    fn poll(&mut self, input: &mut BytesMut) -> bool {
        while let Some(event) = self.client.poll(input, NOW).expect("a server without fault") {
            match event {
                client::Event::Greeting(_) => {}
                client::Event::Data(data @ Data::Fetch(..)) => read_data(&data, &mut self.seen),
                client::Event::Data(_) => {}
                client::Event::Completed { condition, .. } => {
                    assert_eq!(condition.kind, ConditionKind::Ok, "no command fails");
                    self.done += 1;
                }
                client::Event::Closed(_) => return true,
                other => panic!("{other:?}"),
            }
            while self.session.may_give(self.given, self.done) {
                let command = self.command();
                self.client.send(command).expect("a legal command");
                self.given += 1;
            }
        }
        false
    }

    fn command(&self) -> CommandBody {
        let string = |octets: &'static str| AString::new(octets).expect("a string");
        let numbers = |first, last| {
            let number = |n| SeqNum::new(n).expect("not zero");
            SequenceSet::from(NumberSet::range(number(first), number(last)))
        };
        let Session { fetches, messages, .. } = self.session;
        let each = messages / fetches;
        match self.given {
            0 => CommandBody::Login(Login {
                user: string("joe"),
                password: Secret::new(string("secret")),
            }),
            1 => CommandBody::Select(Select::new(Mailbox::INBOX)),
            n if n < 2 + fetches => {
                let first = (n - 2) * each + 1;
                let set = Fetch::seq_nums(numbers(first, first + each - 1));
                CommandBody::Fetch(set.uid().flags())
            }
            n if n < 2 + fetches * 2 => {
                let first = (n - 2 - fetches) * each + 1;
                let store = Store::seq_nums(numbers(first, first + each - 1));
                CommandBody::Store(store.add_flags(SettableFlags::deleted()).into())
            }
            _ => CommandBody::Logout,
        }
    }
}

/// The application on the server.
struct Host {
    server: Server,
    session: Session,
    /// A FETCH or STORE that is being answered: the next message and the last one.
    running: Option<(CommandId, u32, u32, bool)>,
}

impl Host {
    fn poll(&mut self, input: &mut BytesMut) {
        loop {
            if let Some((id, next, last, stores)) = self.running {
                let end = last.min(next + Session::BATCH - 1);
                (next..=end).for_each(|number| self.tell(number, stores));
                self.running = (end < last).then_some((id, end + 1, last, stores));
                if self.running.is_some() {
                    return;
                }
                self.complete(id);
            }
            match self.server.poll(input, NOW).expect("a client without fault") {
                None | Some(server::Event::Closed(_)) => return,
                Some(server::Event::Command { id, body }) => self.command(id, &body),
                Some(other) => panic!("{other:?}"),
            }
        }
    }

    fn command(&mut self, id: CommandId, body: &CommandBody) {
        match body {
            CommandBody::Login(_) => self.complete(id),
            CommandBody::Select(_) => {
                self.say(&Data::Exists(self.session.messages));
                self.complete(id);
            }
            CommandBody::Fetch(fetch) => self.running = Some(answer(id, &fetch.set, false)),
            CommandBody::Store(store) => self.running = Some(answer(id, &store.set, true)),
            other => panic!("{other:?}"),
        }
    }

    fn tell(&mut self, number: u32, stores: bool) {
        let mut flags = FlagList::default();
        let system = [SystemFlag::Answered, SystemFlag::Deleted, SystemFlag::Seen];
        for (flag, is_set) in system.into_iter().zip(Session::flags(number, stores)) {
            if is_set {
                flags.push(flag.into());
            }
        }
        let uid = Uid::new(Session::uid(number)).expect("not zero");
        let items = vec![FetchItem::Uid(uid), FetchItem::Flags(flags)];
        self.say(&Data::Fetch(SeqNum::new(number), FetchData { items }));
    }

    fn say(&mut self, data: &Data) {
        self.server.respond(data).expect("legal data");
    }

    fn complete(&mut self, id: CommandId) {
        let condition = Condition { kind: ConditionKind::Ok, text: text("done") };
        self.server.complete(id, condition).expect("the command that runs");
    }
}

fn text(text: &'static str) -> RespText {
    Text::new(text).expect("a text").into()
}

fn answer(id: CommandId, set: &SequenceSet<SeqNum>, stores: bool) -> (CommandId, u32, u32, bool) {
    let numbers = set.resolve(SeqNum::MAX, None).expect("no saved result");
    let bounds = numbers.as_slice().first().expect("a range").bounds();
    (id, *bounds.start(), *bounds.end(), stores)
}
