//! The watch: IDLE or NOOP, until it is enough; and back when the connection is lost.

use std::future::pending;
use std::time::Duration;

use imap_proto::client::{Selected, restore};
use imap_proto::tasks::{Event, Handle, Idle, Noop};
use imap_proto::{
    Capability, CommandBody, Data, Fetch, Mailbox, Position, Ranges, Select, SequenceSet, Uid,
};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep, sleep_until};

use crate::Result;
use crate::args::Args;
use crate::connect::Later;
use crate::news::News;
use crate::session::{Session, refused};

/// The longest wait between two attempts to connect.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a server may take to end IDLE when all is to end.
const PARTING: Duration = Duration::from_secs(5);

/// Watches until it is told to end.
pub async fn watch(args: &Args) -> Result<()> {
    let mut watch =
        Watch { args, news: News::new(), enabled: Vec::new(), selected: None, by_noop: args.poll };
    let (mut end, mut wait) = (End::new(args)?, Duration::from_secs(1));
    loop {
        let before = watch.news.lines();
        let error = match watch.connection(&mut end).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if !error.is::<Later>() || !args.reconnect || watch.selected.is_none() {
            return Err(error);
        }
        println!("lost {error}");
        if watch.news.lines() > before {
            wait = Duration::from_secs(1);
        }
        tokio::select! {
            () = sleep(wait) => wait = PATIENCE.min(wait * 2),
            () = end.told() => return Ok(()),
        }
    }
}

struct Watch<'a> {
    args: &'a Args,
    news: News,
    /// What the last connection had reached.
    enabled: Vec<Capability>,
    selected: Option<Selected>,
    by_noop: bool,
}

/// When it is enough.
struct End {
    interrupt: Signal,
    terminate: Signal,
    at: Option<Instant>,
}

impl End {
    fn new(args: &Args) -> Result<Self> {
        let at = args.seconds.and_then(|seconds| Instant::now().checked_add(seconds));
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())?, at })
    }

    async fn told(&mut self) {
        let at = self.at;
        let late = async {
            match at {
                Some(at) => sleep_until(at).await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = late => {}
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

impl Watch<'_> {
    fn is_enough(&self) -> bool {
        self.args.events.is_some_and(|events| self.news.lines() >= events)
    }

    /// Watches over one connection.
    async fn connection(&mut self, end: &mut End) -> Result<()> {
        let mut session = tokio::select! {
            session = self.open() => session?,
            () = end.told() => return Ok(()),
        };
        let result = self.rounds(&mut session, end).await;
        // What was learnt is where the next connection goes on.
        if session.client().selected().is_some() {
            self.selected = session.client().selected().cloned();
        }
        result?;
        session.log_out().await;
        Ok(())
    }

    /// Connects, logs in and opens the mailbox, the first time or again.
    async fn open(&mut self) -> Result<Session> {
        let mut session = Session::open(&self.args.way).await?;
        let commands = match &self.selected {
            Some(selected) => {
                restore(&session.capabilities().await?, &self.enabled, Some(selected))
            }
            None => {
                session.enable(&[Capability::QResync, Capability::Utf8Accept]).await?;
                let mailbox = Mailbox::from_name(&self.args.mailbox, session.name_form())?;
                vec![CommandBody::Examine(Select::new(mailbox))]
            }
        };
        let again = self.selected.is_some();
        for command in commands {
            let answer = session.run("the mailbox", command).await?;
            // How many there are is told when all is known.
            let mut news = answer.data;
            news.retain(|data| again && !matches!(data, Data::Exists(_)));
            news.iter().for_each(|data| self.news.data(data));
        }
        self.enabled = session.client().enabled().to_vec();
        let Some(selected) = session.client().selected().cloned() else {
            return Err("the server closed the mailbox".into());
        };
        self.news.opened(&selected, session.name_form());
        if self.news.next().is_none() {
            self.last_uid(&mut session, selected.exists).await?;
        }
        self.selected = Some(selected);
        Ok(session)
    }

    /// Some do not tell UIDNEXT: then it is behind the last message.
    async fn last_uid(&mut self, session: &mut Session, exists: u32) -> Result<()> {
        if exists == 0 {
            self.news.set_next(Uid::MIN);
            return Ok(());
        }
        let last = Fetch::seq_nums(SequenceSet::last()).uid();
        let fetched = session.run("FETCH", last).await?;
        let next = fetched.rows.last().and_then(|row| Uid::new(row.uid?.get().saturating_add(1)));
        if let Some(next) = next {
            self.news.set_next(next);
        }
        Ok(())
    }

    /// New messages, then waiting, and so on.
    async fn rounds(&mut self, session: &mut Session, end: &mut End) -> Result<()> {
        let idles = session.capabilities().await?.supports(&Capability::Idle);
        self.by_noop |= !idles;
        println!("watching by {}", if self.by_noop { "NOOP" } else { "IDLE" });
        loop {
            if std::mem::take(&mut self.news.more) {
                self.fetch(session).await?;
            }
            if self.is_enough() {
                return Ok(());
            }
            let goes_on = match self.by_noop {
                true => self.noop(session, end).await?,
                false => self.idle(session, end).await?,
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// Tells the new messages.
    async fn fetch(&mut self, session: &mut Session) -> Result<()> {
        let Some(next) = self.news.next() else { return Ok(()) };
        let from = Ranges::range(Position::Number(next), Position::Last);
        let fetch = Fetch::uids(SequenceSet::Ranges(from)).uid().flags().envelope();
        let news = &mut self.news;
        let fetched = session.attempt(fetch, |event| tell(news, event)).await?;
        let fetched = fetched.map_err(|failure| refused("FETCH", &failure))?;
        fetched.rows.iter().for_each(|row| self.news.message(row));
        Ok(())
    }

    /// Asks, then waits. Whether it goes on.
    async fn noop(&mut self, session: &mut Session, end: &mut End) -> Result<bool> {
        let news = &mut self.news;
        let done = session.attempt(Noop, |event| tell(news, event)).await?;
        done.map_err(|failure| refused("NOOP", &failure))?;
        if self.news.more || self.is_enough() {
            return Ok(true);
        }
        tokio::select! {
            () = sleep(self.args.every) => Ok(true),
            () = end.told() => Ok(false),
        }
    }

    /// Waits until something has come that wants to be looked at, or IDLE is to begin again. Whether it
    /// goes on.
    async fn idle(&mut self, session: &mut Session, end: &mut End) -> Result<bool> {
        let handle = session.tasks().run(Idle)?;
        let (mut goes_on, mut begun) = (true, false);
        loop {
            let event = tokio::select! {
                event = session.event() => event?,
                // Whoever ends does not wait for ever that the server agrees.
                () = sleep(PARTING), if !goes_on => return Ok(false),
                () = end.told(), if goes_on => {
                    goes_on = false;
                    done(session, &handle);
                    continue;
                }
            };
            match &event {
                Event::Finished { task, .. } if *task == handle => break,
                // It was left and begun again before the server could log out.
                Event::Idling { .. } if std::mem::replace(&mut begun, true) => println!("refresh"),
                event => tell(&mut self.news, event),
            }
            if self.news.more || self.is_enough() {
                done(session, &handle);
            }
        }
        if let Err(failure) = session.tasks().take(handle) {
            session.note(&refused("IDLE", &failure).to_string());
            self.by_noop = true;
            println!("watching by NOOP");
        }
        Ok(goes_on)
    }
}

fn tell(news: &mut News, event: &Event) {
    if let Event::Data(data) = event {
        news.data(data);
    }
}

/// Leaves IDLE, if it has not been left already.
fn done(session: &mut Session, handle: &Handle<Idle>) {
    let _ = session.tasks().done(handle);
}
