//! A whole session between imap-next's client and its server, in memory.

use imap_codec::imap_types::command::{Command, CommandBody};
use imap_codec::imap_types::core::{Tag, Vec1};
use imap_codec::imap_types::fetch::{
    MacroOrMessageDataItemNames, MessageDataItem, MessageDataItemName,
};
use imap_codec::imap_types::flag::{Flag, FlagFetch, StoreResponse, StoreType};
use imap_codec::imap_types::response::{
    Bye, Capability, Code, Data, Greeting, Status, StatusBody, StatusKind, Tagged,
};
use imap_codec::imap_types::sequence::SequenceSet;
use imap_next::client::{self, Client};
use imap_next::server::{self, Server};
use imap_next::{Interrupt, Io, State};
use mail_benches::imap::{Reading, Session};

use super::imap_codec::data_read;

/// Runs it; `tap` sees the octets of the client (true) and of the server (false). Returns what the
/// client was told in data.
pub(super) fn session<R: Reading>(session: Session, mut tap: impl FnMut(bool, &[u8])) -> R {
    let client = Client::new(client::Options::default());
    let mut user = User { client, session, given: 0, done: 0, seen: R::default() };
    let greeting = Greeting::ok(Some(capabilities()), "ready").expect("a greeting");
    let server = Server::new(server::Options::default(), greeting);
    let mut host = Host { server, session, running: None };
    loop {
        let is_over = user.run(|octets| {
            tap(true, octets);
            host.server.enqueue_input(octets);
        });
        if is_over {
            return user.seen;
        }
        host.run(|octets| {
            tap(false, octets);
            user.client.enqueue_input(octets);
        });
    }
}

fn capabilities() -> Code<'static> {
    Code::Capability(Vec1::from(Capability::Imap4Rev1))
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
    fn run(&mut self, mut carry: impl FnMut(&[u8])) -> bool {
        loop {
            match self.client.next() {
                Ok(client::Event::GreetingReceived { .. }) => {}
                Ok(client::Event::DataReceived { data: data @ Data::Fetch { .. } }) => {
                    data_read(&data, &mut self.seen);
                }
                Ok(client::Event::StatusReceived { status: Status::Tagged(tagged) }) => {
                    assert_eq!(tagged.body.kind, StatusKind::Ok, "no command fails");
                    self.done += 1;
                }
                Ok(
                    client::Event::DataReceived { .. }
                    | client::Event::StatusReceived { .. }
                    | client::Event::CommandSent { .. },
                ) => {}
                Ok(other) => panic!("{other:?}"),
                Err(Interrupt::Io(Io::Output(octets))) => carry(&octets),
                Err(Interrupt::Io(Io::NeedMoreInput)) => {
                    return self.done == 3 + 2 * self.session.fetches;
                }
                Err(Interrupt::Error(error)) => panic!("{error}"),
            }
            while self.session.may_give(self.given, self.done) {
                let tag = Tag::try_from(format!("A{}", self.given + 1)).expect("a tag");
                let body = self.command();
                self.client.enqueue_command(Command { tag, body });
                self.given += 1;
            }
        }
    }

    fn command(&self) -> CommandBody<'static> {
        let Session { fetches, messages, .. } = self.session;
        let each = messages / fetches;
        let numbers = |place: u32| {
            let (first, last) = (place * each + 1, (place + 1) * each);
            let set = if each == 1 { first.to_string() } else { format!("{first}:{last}") };
            SequenceSet::try_from(set.as_str()).expect("a set")
        };
        match self.given {
            0 => CommandBody::login("joe", "secret").expect("a login"),
            1 => CommandBody::select("INBOX").expect("a mailbox"),
            n if n < 2 + fetches => {
                let names = vec![MessageDataItemName::Uid, MessageDataItemName::Flags];
                let names = MacroOrMessageDataItemNames::MessageDataItemNames(names);
                CommandBody::fetch(numbers(n - 2), names, false).expect("a fetch")
            }
            n if n < 2 + fetches * 2 => CommandBody::store(
                numbers(n - 2 - fetches),
                StoreType::Add,
                StoreResponse::Answer,
                vec![Flag::Deleted],
                false,
            )
            .expect("a store"),
            _ => CommandBody::Logout,
        }
    }
}

/// The application on the server.
struct Host {
    server: Server,
    session: Session,
    /// A FETCH or STORE that is being answered: the next message and the last one.
    running: Option<(Tag<'static>, u32, u32, bool)>,
}

impl Host {
    fn run(&mut self, mut carry: impl FnMut(&[u8])) {
        let mut told = false;
        loop {
            if !told && let Some((tag, next, last, stores)) = self.running.take() {
                let end = last.min(next + Session::BATCH - 1);
                (next..=end).for_each(|number| self.tell(number, stores));
                if end < last {
                    self.running = Some((tag, end + 1, last, stores));
                    told = true;
                } else {
                    self.complete(tag, "done", None);
                }
            }
            match self.server.next() {
                Ok(server::Event::CommandReceived { command }) => self.command(command),
                Ok(_) => {}
                Err(Interrupt::Io(Io::Output(octets))) => carry(&octets),
                Err(Interrupt::Io(Io::NeedMoreInput)) => return,
                Err(Interrupt::Error(error)) => panic!("{error}"),
            }
        }
    }

    fn command(&mut self, command: Command<'static>) {
        let Command { tag, body } = command;
        match body {
            CommandBody::Login { .. } => self.complete(tag, "done", Some(capabilities())),
            CommandBody::Select { .. } => {
                self.server.enqueue_data(Data::Exists(self.session.messages));
                self.complete(tag, "done", None);
            }
            CommandBody::Fetch { sequence_set, .. } => self.answer(tag, &sequence_set, false),
            CommandBody::Store { sequence_set, .. } => self.answer(tag, &sequence_set, true),
            CommandBody::Logout => {
                let bye = Bye { code: None, text: "logging out".try_into().expect("a text") };
                self.server.enqueue_status(Status::Bye(bye));
                self.complete(tag, "bye", None);
            }
            other => panic!("{other:?}"),
        }
    }

    fn answer(&mut self, tag: Tag<'static>, set: &SequenceSet, stores: bool) {
        let largest = std::num::NonZeroU32::MAX;
        let mut numbers = set.iter_naive(largest);
        let first = numbers.next().expect("a message").get();
        let last = numbers.last().map_or(first, std::num::NonZeroU32::get);
        assert!(self.running.is_none(), "one command at a time");
        self.running = Some((tag, first, last, stores));
    }

    fn tell(&mut self, number: u32, stores: bool) {
        let flags = Session::flags(number, stores);
        let system = [Flag::Answered, Flag::Deleted, Flag::Seen];
        let wanted = system.into_iter().zip(flags).filter(|it| it.1);
        let flags = wanted.map(|it| FlagFetch::Flag(it.0)).collect();
        let uid = Session::uid(number).try_into().expect("not zero");
        let items = vec![MessageDataItem::Uid(uid), MessageDataItem::Flags(flags)];
        let data = Data::fetch(number, items).expect("a response");
        self.server.enqueue_data(data);
    }

    fn complete(&mut self, tag: Tag<'static>, text: &'static str, code: Option<Code<'static>>) {
        let text = text.try_into().expect("a text");
        let body = StatusBody { kind: StatusKind::Ok, code, text };
        self.server.enqueue_status(Status::Tagged(Tagged { tag, body }));
    }
}
