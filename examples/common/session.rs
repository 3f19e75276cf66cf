//! An IMAP session: connected, logged in, and asked one thing after the other.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use drive::Next;
use drive::tokio::{Driver, Stream};
use imap_proto::client::{Client, Config, Event, Timeouts};
use imap_proto::connection::State;
use imap_proto::{
    Capabilities, Capability, Code, CommandBody, Condition, ConditionKind, Data, Enable, NameForm,
    OneOrMore, RespText, Tag,
};
use mail_proto::{
    CommandId, Connection as _, DefectId as _, Escaped, Record, Secret, SendError, TlsPolicy,
};
use tokio::time::timeout;

use crate::Result;
use crate::account::{Account, Security, Trust};
use crate::connect::{self, Binding, Later};
use crate::login::{self, Auth};

/// How long a server may take to say goodbye.
const PARTING: Duration = Duration::from_secs(5);

/// The driver of an IMAP client.
pub type Link = Driver<Client, Box<dyn Stream>>;

/// How to get to a session, once or again.
#[derive(Debug)]
pub struct Way {
    pub account: Account,
    pub security: Security,
    pub trust: Trust,
    pub auth: Auth,
    pub password: Secret<String>,
    /// How long an IDLE may last.
    pub refresh_idle: Duration,
    pub talk: Talk,
}

/// What is told of the connection on standard error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Talk {
    /// The name of the program.
    pub name: &'static str,
    /// Where the server deviates from the RFCs.
    pub verbose: bool,
    /// Every octet that is no secret.
    pub trace: bool,
}

/// A session that is logged in.
pub struct Session {
    link: Link,
    talk: Talk,
    /// What the server said when it closed the connection.
    bye: Option<String>,
    /// What the login can be bound to.
    binding: Binding,
}

impl Session {
    /// Connects and logs in.
    pub async fn open(way: &Way) -> Result<Self> {
        let mut session = Self::connect(way).await?;
        session.greeted().await?;
        if way.security == Security::StartTls {
            session = session.start_tls(way).await?;
        }
        if session.client().state() == State::NotAuthenticated {
            let binding = session.binding.take();
            login::log_in(&mut session, way, binding).await?;
        }
        session.capabilities().await?;
        Ok(session)
    }

    async fn connect(way: &Way) -> Result<Self> {
        let (stream, security, binding) =
            connect::connect(&way.account, way.security, &way.trust).await?;
        // Nobody can guess it, so nobody can answer what has not been read.
        let random = RandomState::new().hash_one(0);
        let timeouts = Timeouts { refresh_idle: way.refresh_idle, ..Timeouts::default() };
        let mut client = Client::new(Config {
            security,
            tls: match way.security {
                Security::Plain => TlsPolicy::Optional,
                Security::Tls | Security::StartTls => TlsPolicy::Required,
            },
            tag_prefix: Some(Tag::new(format!("{random:x}."))?),
            timeouts,
            ..Config::default()
        });
        if way.talk.trace {
            client.set_trace(Some(Box::new(|record: Record<'_>| eprintln!("{record}"))));
        }
        Ok(Self { link: Driver::new(client, stream), talk: way.talk, bye: None, binding })
    }

    async fn greeted(&mut self) -> Result<()> {
        loop {
            match self.event().await? {
                Event::Greeting(greeting) if greeting.kind == ConditionKind::Bye => {
                    self.bye = Some(said(&greeting.text));
                }
                Event::Greeting(_) => return Ok(()),
                _ => {}
            }
        }
    }

    async fn start_tls(mut self, way: &Way) -> Result<Self> {
        if !self.capabilities().await?.supports(&Capability::StartTls) {
            return Err("the server does not offer STARTTLS".into());
        }
        let answer = self.run(CommandBody::StartTls, |_| {}).await?;
        agreed("STARTTLS", &answer)?;
        let (link, binding) = connect::start_tls(self.link, &way.account, &way.trust).await?;
        Ok(Self { link, binding, ..self })
    }

    pub const fn client(&self) -> &Client {
        self.link.connection()
    }

    /// The connection, to give commands whose events the caller reads itself.
    pub const fn client_mut(&mut self) -> &mut Client {
        self.link.connection_mut()
    }

    /// What the server can do: what it said, or what it says when it is asked.
    pub async fn capabilities(&mut self) -> Result<Capabilities> {
        if self.client().capabilities().is_none() {
            let answer = self.run(CommandBody::Capability, |_| {}).await?;
            agreed("CAPABILITY", &answer)?;
        }
        Ok(self.client().capabilities().map(|it| it.list()).unwrap_or_default())
    }

    /// Switches on what of these the server offers.
    pub async fn enable(&mut self, wanted: &[Capability]) -> Result<()> {
        let offered = self.capabilities().await?;
        if !offered.supports(&Capability::Enable) {
            return Ok(());
        }
        let wanted = wanted.iter().filter(|it| offered.supports(it)).cloned();
        let Some(capabilities) = OneOrMore::new(wanted) else { return Ok(()) };
        let answer = self.run(CommandBody::Enable(Enable { capabilities }), |_| {}).await?;
        agreed("ENABLE", &answer)
    }

    /// How names of mailboxes are text.
    pub fn name_form(&self) -> NameForm {
        let utf8 = [Capability::Utf8Accept, Capability::Imap4Rev2];
        match utf8.iter().any(|it| self.client().enabled().contains(it)) {
            true => NameForm::Utf8,
            false => NameForm::Utf7,
        }
    }

    /// Gives a command and waits for its answer; meanwhile `on` gets all other events.
    pub async fn run(
        &mut self,
        command: CommandBody,
        mut on: impl FnMut(Event),
    ) -> Result<Condition> {
        let id = self.client_mut().send(command)?;
        loop {
            match self.event().await? {
                Event::Completed { id: of, condition, .. } if of == id => return Ok(condition),
                event => on(event),
            }
        }
    }

    /// The next event. What the server does wrong is told here, and so are the end and its alerts.
    ///
    /// Cancel-safe, as the driver is.
    pub async fn event(&mut self) -> Result<Event> {
        loop {
            let event = match self.link.next().await {
                Ok(Next::Event(event)) => event,
                Ok(Next::HandOver(_)) => return Err("a handover that nobody asked for".into()),
                Ok(Next::Closed) => return Err(self.lost("the connection is closed")),
                Err(drive::Error::Io(error)) => return Err(self.lost(&error.to_string())),
                Err(error) => return Err(error.into()),
            };
            match &event {
                Event::Unparsed { at, expected, raw } => {
                    let raw = raw.get(..raw.len().min(200)).unwrap_or(raw);
                    self.note(&format!(
                        "unparsed at octet {at}, expected {expected}: {}",
                        Escaped(raw)
                    ));
                }
                Event::Defect(defect) if self.talk.verbose => {
                    self.note(&format!("defect {} at octet {}", defect.id.name(), defect.at));
                }
                Event::Defect(_) => {}
                Event::Closed(_) | Event::Lost { .. } => {}
                Event::Data(Data::Condition(condition)) if condition.kind == ConditionKind::Bye => {
                    self.bye = Some(said(&condition.text));
                    return Ok(event);
                }
                Event::Data(Data::Condition(condition)) | Event::Completed { condition, .. } => {
                    self.alert(condition);
                    return Ok(event);
                }
                _ => return Ok(event),
            }
        }
    }

    fn alert(&self, condition: &Condition) {
        if condition.text.code() == Some(&Code::Alert) {
            self.note(&format!("the server says: {}", said(&condition.text)));
        }
    }

    fn lost(&self, reason: &str) -> Box<dyn std::error::Error + Send + Sync> {
        Later(match &self.bye {
            Some(said) => format!("the server closed the connection: {said}"),
            None => format!("the connection was lost: {reason}"),
        })
        .into()
    }

    pub fn note(&self, text: &str) {
        eprintln!("{}: {text}", self.talk.name);
    }

    /// Ends the session; what goes wrong then does not matter any more.
    pub async fn log_out(mut self) {
        let logout: std::result::Result<CommandId, SendError> =
            self.client_mut().send(CommandBody::Logout);
        if logout.is_ok() {
            let end = async { while self.event().await.is_ok() {} };
            let _ = timeout(PARTING, end).await;
        }
    }
}

/// An error, unless the server agreed.
pub fn agreed(what: &str, answer: &Condition) -> Result<()> {
    if answer.kind == ConditionKind::Ok {
        return Ok(());
    }
    let text = format!("the server refuses {what}: {}", said(&answer.text));
    match answer.text.code() {
        Some(Code::Unavailable | Code::InUse | Code::Limit | Code::TempFail | Code::Throttled) => {
            Err(Later(text).into())
        }
        _ => Err(text.into()),
    }
}

/// What a server said, fit for a terminal.
pub fn said(text: &RespText) -> String {
    let text = text.text().as_bytes();
    if text.is_empty() { "(no reason)".into() } else { text.escape_ascii().to_string() }
}
