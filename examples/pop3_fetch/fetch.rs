//! The run: events of the connection into the pull, its steps into commands and files.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use drive::Next;
use mail_proto::Connection as _;
use mailstore_core::pop3::{Pull, PullEnd, PullStep, Summary, Token};
use mailstore_core::store::WallTime;
use pop3_proto::{Status, UniqueId};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::display::Display;
use crate::link::{Link, said};
use crate::maildir::{Delivery, Maildir};
use crate::state::State;
use crate::{Result, wall_time};

/// A run and all that it touches.
pub struct Fetch {
    link: Link,
    pull: Pull,
    maildir: Maildir,
    state: State,
    display: Display,
    open: BTreeMap<Token, Message>,
    now: WallTime,
    interrupt: Signal,
    stopping: bool,
    closed: bool,
}

/// A message that is coming in.
struct Message {
    unique_id: Option<UniqueId>,
    /// Or why it cannot be written.
    delivery: Result<Delivery>,
}

impl Fetch {
    pub fn new(link: Link, pull: Pull, maildir: Maildir, state: State) -> Result<Self> {
        Ok(Self {
            link,
            pull,
            maildir,
            state,
            display: Display::new(),
            open: BTreeMap::new(),
            now: wall_time(),
            interrupt: signal(SignalKind::interrupt())?,
            stopping: false,
            closed: false,
        })
    }

    pub async fn run(mut self) -> Result<ExitCode> {
        let summary = loop {
            if let Some(summary) = self.steps()? {
                break summary;
            }
            if self.closed {
                return Err("the connection ended without saying so".into());
            }
            self.move_on().await?;
        };
        self.state.rewrite(self.pull.record())?;
        self.display.summary(&summary);
        self.link.connection_mut().close();
        // Whatever it still says, the run is over.
        while let Ok(Next::Event(_)) = self.link.next().await {}
        Ok(status(&summary))
    }

    /// Waits for the connection, or for the user to lose patience.
    async fn move_on(&mut self) -> Result<()> {
        let next = tokio::select! {
            next = self.link.next() => next,
            _ = self.interrupt.recv() => {
                if std::mem::replace(&mut self.stopping, true) {
                    return Err("interrupted; the next run goes on".into());
                }
                self.display.note("stopping (once more: at once)");
                self.pull.stop();
                return Ok(());
            }
        };
        match next {
            Ok(Next::Event(event)) => self.pull.event(&event),
            Ok(Next::HandOver(_)) => return Err("a handover that nobody asked for".into()),
            Ok(Next::Closed) => self.closed = true,
            // The events have told the pull.
            Err(error) => {
                self.display.note(&error.to_string());
                self.closed = true;
            }
        }
        Ok(())
    }

    /// Does what the pull wants, until it waits.
    fn steps(&mut self) -> Result<Option<Summary>> {
        loop {
            match self.pull.next() {
                PullStep::Wait => return Ok(None),
                PullStep::Done(summary) => return Ok(Some(summary)),
                // A connection that has ended does not take it, and its events tell so.
                PullStep::Send(command) => {
                    if let Ok(id) = self.link.connection_mut().send(command) {
                        self.pull.sent(id)?;
                    }
                }
                PullStep::Planned(_) => self.state.rewrite(self.pull.record())?,
                PullStep::Begin { token, unique_id, .. } => {
                    let delivery = self.maildir.begin();
                    self.open.insert(token, Message { unique_id, delivery });
                }
                PullStep::Octets { token, octets } => self.write(token, &octets),
                PullStep::End { token } => self.store(token)?,
                PullStep::Broken { token } => self.drop(token)?,
                PullStep::Refused { message, status, .. } => {
                    self.refused(&format!("message {message}"), &status);
                }
                PullStep::NotDeleted { message, status, .. } => {
                    self.refused(&format!("the deletion of message {message}"), &status);
                }
                PullStep::Warning(warning) => self.display.warning(warning),
            }
            self.display.progress(self.pull.progress());
        }
    }

    fn write(&mut self, token: Token, octets: &[u8]) {
        if let Some(message) = self.open.get_mut(&token)
            && let Ok(delivery) = &mut message.delivery
            && let Err(error) = delivery.write(octets)
        {
            message.delivery = Err(error);
        }
    }

    /// Stores a message for good, then says so. Without room on the disk the run ends in order.
    fn store(&mut self, token: Token) -> Result<()> {
        let Some(message) = self.open.remove(&token) else { return Ok(()) };
        match self.deliver(message) {
            Ok(()) => self.pull.stored(token)?,
            Err(error) => {
                self.display.note(&format!("message {}: {error}", token.message()));
                self.pull.not_stored(token)?;
                self.pull.stop();
            }
        }
        Ok(())
    }

    fn deliver(&mut self, message: Message) -> Result<()> {
        let name = message.delivery?.sync()?;
        let Some(unique_id) = message.unique_id else { return self.deliver_new(&name) };
        self.state.note(unique_id.as_bytes(), self.now, &name)?;
        self.deliver_new(&name)?;
        self.state.delivered();
        Ok(())
    }

    fn deliver_new(&self, name: &str) -> Result<()> {
        self.maildir.deliver(name, &Path::new("new").join(name))
    }

    fn drop(&mut self, token: Token) -> Result<()> {
        match self.open.remove(&token) {
            Some(Message { delivery: Ok(delivery), .. }) => self.maildir.drop(delivery),
            _ => Ok(()),
        }
    }

    fn refused(&mut self, what: &str, status: &Status) {
        self.display.note(&format!("the server refuses {what}: {}", said(status)));
    }
}

/// Success is when nothing is left to be done.
fn status(summary: &Summary) -> ExitCode {
    let left = summary.refused + summary.not_stored + summary.not_deleted;
    match summary.end {
        PullEnd::Quit if left == 0 => ExitCode::SUCCESS,
        PullEnd::Lost(_) => ExitCode::from(crate::TRY_LATER),
        _ => ExitCode::FAILURE,
    }
}
