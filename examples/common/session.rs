//! An IMAP session: connected, logged in, and given tasks.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use drive::Next;
use drive::tokio::{Driver, Stream};
use imap_proto::client::{Client, Config, Timeouts};
use imap_proto::connection::State;
use imap_proto::tasks::{self, Ending, Event, Failure, Reason, Task, Tasks};
use imap_proto::{
    Capabilities, Capability, Code, Condition, ConditionKind, Data, Enable, NameForm, OneOrMore,
    RespText, Tag,
};
use mail_proto::sasl::ChannelBinding;
use mail_proto::{Connection as _, DefectId as _, Escaped, Record, Secret, TlsPolicy};
use tokio::time::timeout;

use crate::Result;
use crate::account::{Account, Security, Trust};
use crate::connect::{self, Later};
use crate::login::{self, Auth};

/// How long a server may take to say goodbye.
const PARTING: Duration = Duration::from_secs(5);

/// The driver of an IMAP client that runs tasks.
pub type Link = Driver<Tasks, Box<dyn Stream>>;

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
}

impl Session {
    /// Connects and logs in.
    pub async fn open(way: &Way) -> Result<Self> {
        let (mut session, mut binding) = Self::connect(way).await?;
        session.greeted().await?;
        if way.security == Security::StartTls {
            (session, binding) = session.start_tls(way).await?;
        }
        if session.client().state() == State::NotAuthenticated {
            login::log_in(&mut session, way, binding).await?;
        }
        session.capabilities().await?;
        Ok(session)
    }

    async fn connect(way: &Way) -> Result<(Self, Option<ChannelBinding>)> {
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
        let link = Driver::new(Tasks::new(client), stream);
        Ok((Self { link, talk: way.talk, bye: None }, binding))
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

    async fn start_tls(mut self, way: &Way) -> Result<(Self, Option<ChannelBinding>)> {
        if !self.capabilities().await?.supports(&Capability::StartTls) {
            return Err("the server does not offer STARTTLS".into());
        }
        self.run("STARTTLS", tasks::StartTls).await?;
        let (link, binding) = connect::start_tls(self.link, &way.account, &way.trust).await?;
        Ok((Self { link, ..self }, binding))
    }

    pub const fn client(&self) -> &Client {
        self.link.connection().client()
    }

    /// The connection, for tasks whose events the caller reads itself.
    pub const fn tasks(&mut self) -> &mut Tasks {
        self.link.connection_mut()
    }

    /// What the server can do: what it said, or what it says when it is asked.
    pub async fn capabilities(&mut self) -> Result<Capabilities> {
        if self.client().capabilities().is_none() {
            return self.run("CAPABILITY", tasks::Capability).await;
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
        self.run("ENABLE", Enable { capabilities }).await.map(drop)
    }

    /// How names of mailboxes are text.
    pub fn name_form(&self) -> NameForm {
        let utf8 = [Capability::Utf8Accept, Capability::Imap4Rev2];
        match utf8.iter().any(|it| self.client().enabled().contains(it)) {
            true => NameForm::Utf8,
            false => NameForm::Utf7,
        }
    }

    /// Runs a task to its end. News that come meanwhile are not told.
    pub async fn run<T: Task>(&mut self, what: &str, task: T) -> Result<T::Output> {
        let result = self.attempt(task, |_| {}).await?;
        result.map_err(|failure| refused(what, &failure))
    }

    /// Runs a task to its end; meanwhile `on` gets all other events. The outer error is the end of the
    /// connection.
    pub async fn attempt<T: Task>(
        &mut self,
        task: T,
        mut on: impl FnMut(&Event),
    ) -> Result<std::result::Result<T::Output, Failure>> {
        let handle = self.tasks().run(task)?;
        loop {
            match self.event().await? {
                Event::Finished { task, .. } if task == handle => break,
                event => on(&event),
            }
        }
        Ok(self.tasks().take(handle))
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
                Event::Unparsed(tasks::Unparsed { at, expected, raw }) => {
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
                Event::Closed(_) | Event::Finished { ending: Ending::Lost(_), .. } => {}
                Event::Data(Data::Condition(condition)) if condition.kind == ConditionKind::Bye => {
                    self.bye = Some(said(&condition.text));
                    return Ok(event);
                }
                Event::Data(Data::Condition(condition))
                | Event::Finished { ending: Ending::Answered(condition), .. } => {
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
        if let Ok(_logout) = self.tasks().run(tasks::Logout) {
            let end = async { while self.event().await.is_ok() {} };
            let _ = timeout(PARTING, end).await;
        }
    }
}

/// A failure as an error, which says whether it may work later.
pub fn refused(what: &str, failure: &Failure) -> Box<dyn std::error::Error + Send + Sync> {
    let text = match (&failure.reason, &failure.answer.text) {
        (Reason::No | Reason::Bad, Some(text)) => {
            format!("the server refuses {what}: {}", said(text))
        }
        _ => format!("{what}: {failure}"),
    };
    match failure.code() {
        Some(Code::Unavailable | Code::InUse | Code::Limit | Code::TempFail | Code::Throttled) => {
            Later(text).into()
        }
        _ => text.into(),
    }
}

/// What a server said, fit for a terminal.
pub fn said(text: &RespText) -> String {
    let text = text.text().as_bytes();
    if text.is_empty() { "(no reason)".into() } else { text.escape_ascii().to_string() }
}
