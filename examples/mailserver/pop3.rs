//! One POP3 connection: the driver on one side, the session and the store on the other.

use std::sync::Arc;

use drive::Next;
use drive::tokio::Driver;
use mail_proto::sasl::{self, ServerExchange};
use mail_proto::{Connection as _, Handover, Instant, Record, Security, Text};
use mailstore_core::pop3::{Session, Step};
use pop3_proto::server::{Credentials, Event, Login, Pending, Request, Response, Server};
use tokio::sync::watch;
use tokio::time::{self, sleep_until};

use crate::sasl::account;
use crate::shared::{Shared, Stream};
use crate::{Result, tls};

/// Serves one connection to its end; whatever the end, the maildrop is released.
pub async fn serve(
    shared: &Shared,
    stream: Stream,
    security: Security,
    stopped: watch::Receiver<bool>,
) -> Result<()> {
    let id = shared.next_session();
    let mut server = Server::new(Arc::clone(&shared.config), security, shared.timestamp(id));
    if shared.trace {
        let trace = move |record: Record<'_>| eprintln!("{:>4} {record}", id.0);
        server.set_trace(Some(Box::new(trace)));
    }
    let (session, epoch) = (Session::new(id), time::Instant::now());
    let mut served = Served { shared, session, exchange: None, epoch };
    let result = served.run(Driver::new(server, stream), stopped).await;
    served.session.close();
    served.work_off(None)?;
    result
}

struct Served<'a> {
    shared: &'a Shared,
    session: Session,
    /// The AUTH that runs.
    exchange: Option<ServerExchange>,
    epoch: time::Instant,
}

impl Served<'_> {
    async fn run(
        &mut self,
        mut driver: Driver<Server, Stream>,
        mut stopped: watch::Receiver<bool>,
    ) -> Result<()> {
        loop {
            let renewal = self.session.poll_timeout().map(|at| self.epoch + at.since_epoch());
            let next = tokio::select! {
                next = driver.next() => next?,
                () = sleep_until(renewal.unwrap_or(self.epoch)), if renewal.is_some() => {
                    self.session.handle_timeout(self.now());
                    self.work_off(Some(driver.connection_mut()))?;
                    continue;
                }
                Ok(()) = stopped.changed() => {
                    driver.connection_mut().close();
                    continue;
                }
            };
            match next {
                Next::Event(event) => self.event(driver.connection_mut(), event)?,
                Next::HandOver(Handover::Tls) => {
                    let (detached, stream) = driver.detach();
                    let stream = tls::accept(&self.shared.acceptor, stream).await?;
                    driver = detached.resume(Handover::Tls, Box::new(stream) as Stream);
                }
                Next::HandOver(_) => return Err("POP3 has no compression".into()),
                Next::Closed => return Ok(()),
            }
        }
    }

    fn event(&mut self, server: &mut Server, event: Event) -> Result<()> {
        match event {
            Event::Request(Request::Login(credentials, pending)) => {
                self.log_in(server, &credentials, pending)?;
            }
            Event::Request(Request::Authenticate { mechanism, initial, pending }) => {
                let initial = initial.as_ref().map(|initial| &initial.expose()[..]);
                let (exchange, step) = self.shared.users.begin(&mechanism, initial)?;
                self.exchange = Some(exchange);
                self.authenticate(server, step, pending)?;
            }
            Event::Request(Request::Authentication(message, pending)) => {
                let exchange = self.exchange.as_mut().ok_or("a response to nothing")?;
                let step = exchange.respond(message.expose())?;
                self.authenticate(server, step, pending)?;
            }
            Event::Request(request) => self.session.request(request)?,
            Event::Closed(_) => self.session.close(),
            Event::AuthenticationEnded => self.exchange = None,
            Event::Room | Event::Rejected { .. } | Event::Secured | Event::Defect(_) => {}
        }
        self.work_off(Some(server))
    }

    fn log_in(
        &mut self,
        server: &mut Server,
        credentials: &Credentials,
        pending: Pending<Login>,
    ) -> Result<()> {
        match self.shared.account(credentials) {
            Some(account) => self.session.login(account, pending)?,
            None => server.reply(wrong_credentials(pending))?,
        }
        Ok(())
    }

    /// A step of a SASL exchange.
    fn authenticate(
        &mut self,
        server: &mut Server,
        mut step: sasl::Step,
        pending: Pending<Login>,
    ) -> Result<()> {
        while let sasl::Step::Ask(question) = step {
            let exchange = self.exchange.as_mut().ok_or("a question of nobody")?;
            step = exchange.answer(self.shared.users.answer(&question))?;
        }
        let accepted = match step {
            sasl::Step::Challenge(challenge) => {
                return Ok(server.reply(Response::Challenge(pending, challenge))?);
            }
            sasl::Step::Accepted(identity) => account(identity),
            sasl::Step::Ask(_) | sasl::Step::Refused(_) => None,
        };
        self.exchange = None;
        match accepted {
            Some(account) => self.session.login(account, pending)?,
            None => server.reply(wrong_credentials(pending))?,
        }
        Ok(())
    }

    /// Does what the session wants, until it waits.
    fn work_off(&mut self, mut server: Option<&mut Server>) -> Result<()> {
        loop {
            let room = server.as_deref().map_or(0, Server::room);
            match (self.session.next(room), &mut server) {
                (Step::Store(envelope), _) => {
                    let id = envelope.request;
                    self.session.reply(id, self.shared.execute(envelope), self.now())?;
                }
                // The connection may have ended meanwhile; its last event says so.
                (Step::Respond(response), Some(server)) => drop(server.reply(response)),
                (Step::Respond(_), None) => {}
                (Step::Wait, _) => return Ok(()),
            }
        }
    }

    fn now(&self) -> Instant {
        Instant::from_epoch(self.epoch.elapsed())
    }
}

fn wrong_credentials(pending: Pending<Login>) -> Response {
    Response::Refuse(pending.id(), None, Text::sanitized(b"wrong name or password"))
}
