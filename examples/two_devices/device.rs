//! The client's side: a device that fetches, keeps its mail and remembers what it has.

use std::collections::BTreeMap;
use std::error::Error;

use bytes::{Buf as _, BytesMut};
use mail_proto::{Connection as _, Instant, Secret, Security};
use mailstore_core::pop3::{Pull, PullOptions, PullStep, Record, Summary, Token};
use mailstore_core::store::WallTime;
use pop3_proto::client::{Client, Config};
use pop3_proto::{Command, State};

use crate::maildrop::Maildrop;

/// A device and its mail.
#[derive(Default)]
pub struct Device {
    pub mail: Vec<Vec<u8>>,
    record: Record,
}

impl Device {
    /// Fetches what there is to be fetched.
    pub fn fetch(
        &mut self,
        maildrop: &mut Maildrop,
        options: PullOptions,
        now: WallTime,
    ) -> Result<Summary, Box<dyn Error>> {
        let mut client = Client::new(Config { security: Security::Tls, ..Config::default() });
        client.send(Command::User("alice".try_into()?))?;
        client.send(Command::Pass(Secret::new("secret".try_into()?)))?;
        let mut pull = Pull::new(options, std::mem::take(&mut self.record), now);
        let mut input = BytesMut::from(&maildrop.connect()[..]);
        let mut open = BTreeMap::new();
        let summary = loop {
            while let Some(event) = client.poll(&mut input, Instant::default())? {
                pull.event(&event);
            }
            if client.state() != State::Authorization
                && let Some(summary) = self.steps(&mut pull, &mut client, &mut open)?
            {
                break summary;
            }
            let mut transmit = client.transmit(Instant::default());
            let octets = transmit.copy_to_bytes(transmit.remaining());
            let answer = maildrop.answer(&octets)?;
            if octets.is_empty() && answer.is_empty() && input.is_empty() {
                return Err("both sides wait for each other".into());
            }
            input.extend_from_slice(&answer);
        };
        maildrop.hang_up()?;
        self.record = pull.into_record();
        Ok(summary)
    }

    fn steps(
        &mut self,
        pull: &mut Pull,
        client: &mut Client,
        open: &mut BTreeMap<Token, Vec<u8>>,
    ) -> Result<Option<Summary>, Box<dyn Error>> {
        loop {
            match pull.next() {
                PullStep::Send(command) => pull.sent(client.send(command)?)?,
                PullStep::Octets { token, octets } => {
                    open.entry(token).or_default().extend_from_slice(&octets);
                }
                PullStep::End { token } => {
                    self.mail.push(open.remove(&token).unwrap_or_default());
                    pull.stored(token)?;
                }
                PullStep::Done(summary) => return Ok(Some(summary)),
                PullStep::Wait => return Ok(None),
                _ => {}
            }
        }
    }
}
