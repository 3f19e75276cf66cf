//! An IMAP server for tests: mailboxes in memory, real connections on loopback, and faults on demand.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use drive::Next;
use drive::tokio::{Driver, Stream};
use imap_proto::server::{Config, Event, Greeting, Server};
use imap_proto::{
    BodyBegin, BodyName, BodyStructure, Capability, CommandBody, Condition, ConditionKind, Data,
    DateTime, EnabledData, Envelope, Fetch, FetchAtt, FetchBegin, FetchItem, FetchModifier,
    FetchPart, ListData, Mailbox as Name, ModSeq, PartFields, Position, RespText, Response, Search,
    SearchKey, Select, SelectParam, SeqNum, SequenceSet, SetRange, Uid, parse_whole,
};
use mail_proto::{CommandId, Handover, Leniency, Reading, Text};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A message in a mailbox.
#[derive(Clone)]
pub struct Message {
    pub uid: u32,
    pub octets: Bytes,
    /// As in a FETCH response, without parentheses.
    pub flags: &'static str,
    pub date: i64,
    mod_seq: u64,
}

/// A mailbox.
pub struct Mailbox {
    pub validity: u32,
    next: u32,
    pub messages: Vec<Message>,
    /// Mod-sequence and UID.
    vanished: Vec<(u64, u32)>,
}

/// All that connections share.
#[derive(Default)]
pub struct World {
    pub mailboxes: BTreeMap<String, Mailbox>,
    mod_seq: u64,
    /// Bodies are cut off behind so many octets, one after the other, and the connection with them.
    pub cuts: Vec<usize>,
    /// UIDs of messages that are expunged when their body is asked for.
    pub gone: Vec<u32>,
    /// What was asked for, without what is secret.
    pub commands: Vec<String>,
}

impl World {
    pub fn add(&mut self, mailbox: &str, octets: impl Into<Bytes>, flags: &'static str) -> u32 {
        self.mod_seq += 1;
        let (mod_seq, octets) = (self.mod_seq, octets.into());
        let mailbox = self.mailboxes.entry(mailbox.to_owned()).or_insert_with(|| Mailbox {
            validity: 7,
            next: 1,
            messages: Vec::new(),
            vanished: Vec::new(),
        });
        let uid = mailbox.next;
        mailbox.next += 1;
        let date = 1_780_000_000 + i64::from(uid);
        mailbox.messages.push(Message { uid, octets, flags, date, mod_seq });
        uid
    }

    pub fn set_flags(&mut self, mailbox: &str, uid: u32, flags: &'static str) {
        self.mod_seq += 1;
        let messages = &mut self.mailboxes.get_mut(mailbox).unwrap().messages;
        let message = messages.iter_mut().find(|message| message.uid == uid).unwrap();
        (message.flags, message.mod_seq) = (flags, self.mod_seq);
    }

    pub fn expunge(&mut self, mailbox: &str, uid: u32) {
        self.mod_seq += 1;
        let mailbox = self.mailboxes.get_mut(mailbox).unwrap();
        mailbox.messages.retain(|message| message.uid != uid);
        mailbox.vanished.push((self.mod_seq, uid));
    }

    /// The mailbox is another one of the same name: the same messages, in new UIDs.
    pub fn renew(&mut self, mailbox: &str) {
        let mailbox = self.mailboxes.get_mut(mailbox).unwrap();
        (mailbox.validity, mailbox.next) = (mailbox.validity + 1, mailbox.next + 100);
        mailbox.messages.iter_mut().for_each(|message| message.uid += 100);
    }
}

/// A server that runs until it is dropped.
pub struct TestServer {
    shared: Arc<Shared>,
    pub address: SocketAddr,
    /// Trust this.
    pub certificate: String,
    _runtime: Runtime,
}

struct Shared {
    world: Mutex<World>,
    /// Level-triggered: a session that is busy while something changes sees it afterwards.
    changed: watch::Sender<()>,
    config: Arc<Config>,
    tls: TlsAcceptor,
}

impl TestServer {
    /// A server with these capabilities beside the basic ones. The password of everybody is `secret`.
    pub fn start(capabilities: &[Capability]) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let mut before = Config::default().capabilities_before_login;
        before.push(Capability::new("AUTH=PLAIN").unwrap());
        let all = [Capability::Imap4Rev1, Capability::Enable, Capability::Idle];
        let config = Config {
            starttls: true,
            tls: mail_proto::TlsPolicy::Optional,
            capabilities_before_login: before,
            capabilities: all.iter().chain(capabilities).cloned().collect(),
            ..Config::default()
        };
        let shared = Arc::new(Shared {
            world: Mutex::default(),
            changed: watch::Sender::new(()),
            config: Arc::new(config),
            tls: TlsAcceptor::from(Arc::new(tls)),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (address, certificate) = (listener.local_addr().unwrap(), made.cert.pem());
        runtime.spawn(listen(listener, Arc::clone(&shared)));
        Self { shared, address, certificate, _runtime: runtime }
    }

    /// The mailboxes, to look at or to change; who is idle is told.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world.lock().unwrap()
    }

    pub fn notify(&self) {
        self.shared.changed.send_replace(());
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let session = Session { shared: Arc::clone(&shared), selected: None, told: 0, idle: None };
        tokio::spawn(session.serve(stream));
    }
}

struct Session {
    shared: Arc<Shared>,
    selected: Option<String>,
    /// Messages that the client knows of.
    told: usize,
    idle: Option<CommandId>,
}

impl Session {
    async fn serve(mut self, stream: TcpStream) {
        let shared = Arc::clone(&self.shared);
        let config = Arc::clone(&shared.config);
        let server = Server::new(config, mail_proto::Security::Plain, Greeting::default());
        let mut changed = shared.changed.subscribe();
        let mut driver = Driver::new(server, Box::new(stream) as Box<dyn Stream>);
        loop {
            let next = tokio::select! {
                next = driver.next() => next,
                Ok(()) = changed.changed() => {
                    self.tell(driver.connection_mut());
                    continue;
                }
            };
            match next {
                Ok(Next::Event(event)) => self.event(driver.connection_mut(), event),
                Ok(Next::HandOver(Handover::Tls)) => {
                    let (detached, stream) = driver.detach();
                    let Ok(stream) = shared.tls.accept(stream).await else { return };
                    driver = detached.resume(Handover::Tls, Box::new(stream));
                }
                _ => return,
            }
        }
    }

    fn event(&mut self, server: &mut Server, event: Event) {
        match event {
            Event::Command { id, body } => self.command(server, id, body),
            Event::IdleDone { id } => {
                self.idle = None;
                server.complete(id, condition(ConditionKind::Ok, "done")).unwrap();
            }
            _ => {}
        }
    }

    fn command(&mut self, server: &mut Server, id: CommandId, body: CommandBody) {
        if !matches!(body, CommandBody::Login(_) | CommandBody::Authenticate(_)) {
            self.shared.world.lock().unwrap().commands.push(format!("{body:?}"));
        }
        let mut kind = ConditionKind::Ok;
        match body {
            CommandBody::Login(login) if !login.password.matches(b"secret") => {
                kind = ConditionKind::No
            }
            CommandBody::Authenticate(it) => {
                let plain = it.initial_response.unwrap();
                if !plain.expose().ends_with(b"\0secret") {
                    kind = ConditionKind::No;
                }
            }
            CommandBody::Enable(it) => {
                let capabilities = it.capabilities.iter().cloned().collect();
                server.respond(&Data::Enabled(EnabledData { capabilities })).unwrap();
            }
            CommandBody::List(_) => self.list(server),
            CommandBody::Select(it) | CommandBody::Examine(it) => kind = self.select(server, &it),
            CommandBody::UidSearch(it) => self.search(server, &it),
            CommandBody::UidFetch(it) if !self.fetch(server, id, &it) => return,
            CommandBody::UidStore(it) => self.mark(&it.set),
            CommandBody::Noop => self.tell(server),
            CommandBody::Idle => {
                server.accept(id).unwrap();
                self.idle = Some(id);
                return;
            }
            _ => {}
        }
        server.complete(id, condition(kind, "done")).unwrap();
    }

    fn list(&self, server: &mut Server) {
        for name in self.shared.world.lock().unwrap().mailboxes.keys() {
            let list = ListData::new(Name::new(name.clone()).unwrap(), None);
            server.respond(&Data::List(Box::new(list))).unwrap();
        }
    }

    fn select(&mut self, server: &mut Server, select: &Select) -> ConditionKind {
        let name = String::from_utf8(select.mailbox.as_bytes().to_vec()).unwrap();
        let world = self.shared.world.lock().unwrap();
        let Some(mailbox) = world.mailboxes.get(&name) else { return ConditionKind::No };
        self.told = mailbox.messages.len();
        say(server, &format!("{} EXISTS", self.told));
        say(server, &format!("OK [UIDVALIDITY {}] valid", mailbox.validity));
        say(server, &format!("OK [UIDNEXT {}] next", mailbox.next));
        let counts = self.shared.config.capabilities.supports(&Capability::CondStore);
        if counts {
            say(server, &format!("OK [HIGHESTMODSEQ {}] highest", world.mod_seq));
        }
        for param in &select.params {
            let SelectParam::QResync(since) = param else { continue };
            if since.uid_validity.get() != mailbox.validity {
                continue;
            }
            let gone = mailbox.vanished.iter().filter(|(at, _)| *at > since.mod_seq.get());
            let gone: Vec<_> = gone.map(|(_, uid)| uid.to_string()).collect();
            if !gone.is_empty() {
                say(server, &format!("VANISHED (EARLIER) {}", gone.join(",")));
            }
            for (number, message) in (1..).zip(&mailbox.messages) {
                let Message { uid, flags, mod_seq, .. } = message;
                if *mod_seq > since.mod_seq.get() {
                    let items = format!("UID {uid} FLAGS ({flags}) MODSEQ ({mod_seq})");
                    say(server, &format!("{number} FETCH ({items})"));
                }
            }
        }
        self.selected = Some(name);
        ConditionKind::Ok
    }

    /// What is new, where it may be told.
    fn tell(&mut self, server: &mut Server) {
        let Some(name) = &self.selected else { return };
        let exists = self.shared.world.lock().unwrap().mailboxes[name].messages.len();
        if exists > self.told {
            say(server, &format!("{exists} EXISTS"));
            self.told = exists;
        }
    }

    fn search(&self, server: &mut Server, search: &Search) {
        let world = self.shared.world.lock().unwrap();
        let messages = &world.mailboxes[self.selected.as_ref().unwrap()].messages;
        let fits = |uid: u32| match &search.key {
            SearchKey::Uid(set) => contains(set, uid),
            _ => true,
        };
        let found = messages.iter().filter(|it| fits(it.uid)).map(|it| format!(" {}", it.uid));
        say(server, &format!("SEARCH{}", found.collect::<String>()));
    }

    fn mark(&self, set: &SequenceSet<Uid>) {
        let mut world = self.shared.world.lock().unwrap();
        let mailbox = world.mailboxes.get_mut(self.selected.as_ref().unwrap()).unwrap();
        for message in mailbox.messages.iter_mut().filter(|it| contains(set, it.uid)) {
            message.flags = "\\Seen";
        }
    }

    /// `false` if the connection has been cut.
    fn fetch(&self, server: &mut Server, id: CommandId, fetch: &Fetch<Uid>) -> bool {
        let mut world = self.shared.world.lock().unwrap();
        let is_body =
            fetch.atts().as_slice().iter().any(|it| matches!(it, FetchAtt::BodySection(_)));
        let gone: Vec<_> =
            world.gone.iter().copied().filter(|uid| contains(&fetch.set, *uid)).collect();
        if is_body {
            gone.iter().for_each(|uid| world.expunge("INBOX", *uid));
            world.gone.retain(|uid| !gone.contains(uid));
        }
        let since = fetch.modifiers().iter().find_map(|it| match it {
            FetchModifier::ChangedSince(since) => *since,
            _ => None,
        });
        let messages = world.mailboxes[self.selected.as_ref().unwrap()].messages.clone();
        for (number, message) in (1..).zip(&messages) {
            let is_old = since.is_some_and(|since: ModSeq| message.mod_seq <= since.get());
            if is_old || !contains(&fetch.set, message.uid) {
                continue;
            }
            let begin = FetchBegin::seq_num(SeqNum::new(number).unwrap());
            server.fetch_part(&FetchPart::Begin(begin)).unwrap();
            let uid = FetchItem::Uid(Uid::new(message.uid).unwrap());
            server.fetch_part(&FetchPart::Item(uid)).unwrap();
            for att in fetch.atts().as_slice() {
                if !item(server, id, message, att, &mut world.cuts) {
                    return false;
                }
            }
            server.fetch_part(&FetchPart::End).unwrap();
        }
        true
    }
}

fn contains(set: &SequenceSet<Uid>, uid: u32) -> bool {
    let number = |position: Position<Uid>| match position {
        Position::Number(uid) => uid.get(),
        Position::Last => u32::MAX,
    };
    let within =
        |range: &SetRange<Position<Uid>>| number(range.first) <= uid && uid <= number(range.last);
    set.ranges().unwrap().as_slice().iter().any(within)
}

fn item(
    server: &mut Server,
    id: CommandId,
    message: &Message,
    att: &FetchAtt,
    cuts: &mut Vec<usize>,
) -> bool {
    let item = match att {
        FetchAtt::Flags => {
            let Data::Fetch(_, data) = data(&format!("1 FETCH (FLAGS ({}))", message.flags)) else {
                return true;
            };
            FetchItem::Flags(data.flags().unwrap().clone())
        }
        FetchAtt::InternalDate => {
            FetchItem::InternalDate(DateTime::from_unix(message.date, 60).unwrap())
        }
        FetchAtt::Rfc822Size => FetchItem::Size(message.octets.len() as u64),
        FetchAtt::Envelope => {
            let id = format!("<{}@test>", message.octets.len());
            let mut fields = Envelope::builder();
            (fields.subject, fields.message_id) = (Some(&b"test"[..]), Some(id.as_bytes()));
            FetchItem::Envelope(Box::new(fields.build().unwrap()))
        }
        FetchAtt::BodyStructure => {
            let mut structure = BodyStructure::builder();
            structure.part(&PartFields::default());
            FetchItem::BodyStructure(Box::new(structure.build().unwrap()))
        }
        FetchAtt::BodySection(att) => {
            let origin = att.partial.map(|partial| partial.offset);
            let from = usize::try_from(origin.unwrap_or(0)).unwrap().min(message.octets.len());
            let octets = message.octets.slice(from..);
            let name = BodyName::Section { section: att.section.clone(), origin };
            let size = octets.len() as u64;
            let begin = BodyBegin { name, size, is_binary: false };
            server.fetch_part(&FetchPart::BodyBegin(Box::new(begin))).unwrap();
            if octets.len() > 100_000 && !cuts.is_empty() {
                server.fetch_part(&FetchPart::Chunk(octets.slice(..cuts.remove(0)))).unwrap();
                server.abort_body(id).unwrap();
                return false;
            }
            if !octets.is_empty() {
                server.fetch_part(&FetchPart::Chunk(octets)).unwrap();
            }
            server.fetch_part(&FetchPart::BodyEnd).unwrap();
            return true;
        }
        _ => return true,
    };
    server.fetch_part(&FetchPart::Item(item)).unwrap();
    true
}

/// Untagged data as they are written.
fn data(text: &str) -> Data {
    let octets = Bytes::from(format!("* {text}"));
    match parse_whole(&octets, &mut Reading::new(Leniency::strict()), Response::parse).unwrap() {
        Response::Data(data) => data,
        other => panic!("{other:?}"),
    }
}

fn say(server: &mut Server, text: &str) {
    server.respond(&data(text)).unwrap_or_else(|error| panic!("{text}: {error}"));
}

fn condition(kind: ConditionKind, text: &str) -> Condition {
    Condition { kind, text: RespText::from(Text::new(text.to_owned()).unwrap()) }
}
