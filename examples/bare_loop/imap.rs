//! IMAP in the loop: a server with two messages, and a client that reads them and stores a third.

use core::cell::RefCell;

use bytes::Bytes;
use imap_proto::client::{self, Client};
use imap_proto::server::{self, Greeting, Server};
use imap_proto::{
    AString, AppendCommand, AppendDataBegin, AppendMessageBegin, AppendPart, BodyBegin, BodyName,
    CommandBody, Condition, ConditionKind, Data, Fetch, FetchBegin, FetchItem, FetchPart, Login,
    Mailbox, NumberSet, Section, Select, SeqNum, Uid,
};
use mail_proto::{CommandId, Secret, Security, Text, TlsPolicy};

use crate::link;

/// The messages of the mailbox.
pub const MESSAGES: [&str; 2] =
    ["Subject: one\r\n\r\nfirst\r\n", "Subject: two\r\n\r\n{3}\r\n* BYE\r\n"];
/// The message that the client stores.
pub const DRAFT: &str = "Subject: three\r\n\r\nA1 LOGOUT\r\n";

/// A session over the link: what the client saw, a line each.
pub fn session() -> Vec<String> {
    let log = RefCell::new(Vec::new());
    let mut user = User::default();
    let mut host = Host::default();
    let ended = link::run(
        (Client::new(client_config(Security::Plain)), |client: &mut Client, event| {
            user.hear(client, event, &mut |line| log.borrow_mut().push(line));
        }),
        (new_server(), |server: &mut Server, event| host.hear(server, event)),
    );
    if let Err(why) = ended {
        log.borrow_mut().push(format!("broken off: {why}"));
    }
    log.borrow_mut().extend(host.kept.map(|kept| format!("the server has got {kept:?}")));
    log.take()
}

/// A server that offers STARTTLS and takes no password without.
pub fn new_server() -> Server {
    let config = server::Config { starttls: true, ..server::Config::default() };
    Server::new(config, Security::Plain, Greeting::default())
}

/// A client that gives no password without TLS, and streams each body.
pub fn client_config(security: Security) -> client::Config {
    let mut config =
        client::Config { security, tls: TlsPolicy::Required, ..client::Config::default() };
    config.limits.inline_body = 0;
    config
}

/// The application on the client.
#[derive(Default)]
pub struct User {
    body: Vec<u8>,
    draft: Option<CommandId>,
}

impl User {
    /// Gives all commands at the greeting: what may not be sent yet waits.
    pub fn hear(&mut self, client: &mut Client, event: client::Event, log: &mut dyn FnMut(String)) {
        match event {
            client::Event::Greeting(_) => {
                if let Err(error) = self.give(client) {
                    log(format!("cannot give a command: {error}"));
                }
            }
            client::Event::Secured => log("secured".into()),
            client::Event::Data(Data::Exists(count)) => log(format!("{count} messages")),
            client::Event::Fetch(FetchPart::Chunk(octets)) => self.body.extend_from_slice(&octets),
            client::Event::Fetch(FetchPart::End) => {
                let body = core::mem::take(&mut self.body);
                log(format!("message {:?}", String::from_utf8_lossy(&body)));
            }
            client::Event::Room { id } if Some(id) == self.draft => {
                if let Err(error) = client.supply(id, Bytes::from_static(DRAFT.as_bytes())) {
                    log(format!("cannot send the message: {error}"));
                }
            }
            // It may be left at any time; here when the server has taken it.
            client::Event::Idling { id } => {
                log("idling".into());
                if let Err(error) = client.done(id) {
                    log(format!("cannot leave IDLE: {error}"));
                }
            }
            client::Event::Completed { condition, .. } => {
                log(format!("{:?} {}", condition.kind, condition.text.text()));
            }
            client::Event::Lost { sent, .. } => log(format!("lost, sent: {sent:?}")),
            client::Event::Closed(reason) => log(format!("closed: {reason:?}")),
            _ => {}
        }
    }

    fn give(&mut self, client: &mut Client) -> Result<(), Box<dyn core::error::Error>> {
        client.send(CommandBody::StartTls)?;
        client.send(CommandBody::Login(Login {
            user: AString::new("joe")?,
            password: Secret::new(AString::new("secret")?),
        }))?;
        client.send(CommandBody::Select(Select::new(Mailbox::INBOX)))?;
        let all = NumberSet::range(SeqNum::MIN, SeqNum::new(2).unwrap_or(SeqNum::MIN));
        let fetch = Fetch::seq_nums(all).uid().body_peek(Section::message());
        client.send(CommandBody::Fetch(fetch))?;
        let data = AppendDataBegin::Literal { size: DRAFT.len() as u64 };
        let message = AppendMessageBegin { flags: None, date: None, options: vec![], data };
        self.draft = Some(client.append(AppendCommand::Append, Mailbox::INBOX, &message)?);
        client.send(CommandBody::Idle)?;
        client.send(CommandBody::Logout)?;
        Ok(())
    }
}

/// The application on the server.
#[derive(Default)]
pub struct Host {
    /// Bodies that are announced and not supplied.
    owed: Vec<&'static str>,
    /// What has been appended.
    pub kept: Option<String>,
}

impl Host {
    /// Answers. What the connection does not let it say would be a fault of this program.
    pub fn hear(&mut self, server: &mut Server, event: server::Event) {
        if let Err(error) = self.answer(server, event) {
            let why = Text::sanitized(error.to_string().as_bytes());
            let _ = server.bye(why.into());
        }
    }

    fn answer(
        &mut self,
        server: &mut Server,
        event: server::Event,
    ) -> Result<(), mail_proto::SendError> {
        match event {
            server::Event::Command { id, body } => self.command(server, id, &body),
            server::Event::Append { id, part } => self.append(server, id, part),
            server::Event::IdleDone { id } => server.complete(id, ok("idled")),
            // A body at a time: the next one when this one has gone.
            server::Event::Room { id } if server.running() == Some(id) => self.supply(server, id),
            _ => Ok(()),
        }
    }

    fn command(
        &mut self,
        server: &mut Server,
        id: CommandId,
        body: &CommandBody,
    ) -> Result<(), mail_proto::SendError> {
        match body {
            CommandBody::Login(login) if login.password.expose().as_bytes() != b"secret" => {
                server.complete(id, Condition { kind: ConditionKind::No, ..ok("who are you") })
            }
            CommandBody::Select(_) => {
                server.respond(&Data::Exists(2))?;
                server.complete(id, ok("selected"))
            }
            CommandBody::Fetch(_) => {
                for (number, message) in (1..).zip(MESSAGES) {
                    let (Some(seq), Some(uid)) = (SeqNum::new(number), Uid::new(number * 7)) else {
                        continue;
                    };
                    let size = message.len() as u64;
                    let body = BodyBegin { name: BodyName::message(), size, is_binary: false };
                    server.fetch_part(&FetchPart::Begin(FetchBegin::seq_num(seq)))?;
                    server.fetch_part(&FetchPart::Item(FetchItem::Uid(uid)))?;
                    server.fetch_part(&FetchPart::BodyBegin(body.into()))?;
                    server.fetch_part(&FetchPart::End)?;
                }
                self.owed = MESSAGES.into_iter().rev().collect();
                self.supply(server, id)
            }
            CommandBody::Idle => server.accept(id),
            _ => server.complete(id, ok("done")),
        }
    }

    fn supply(&mut self, server: &mut Server, id: CommandId) -> Result<(), mail_proto::SendError> {
        if let Some(message) = self.owed.pop() {
            server.supply(id, Bytes::from_static(message.as_bytes()))?;
            if self.owed.is_empty() {
                return server.complete(id, ok("fetched"));
            }
        }
        Ok(())
    }

    fn append(
        &mut self,
        server: &mut Server,
        id: CommandId,
        part: AppendPart,
    ) -> Result<(), mail_proto::SendError> {
        match part {
            AppendPart::MessageBegin(_) => {
                self.kept = Some(String::new());
                server.accept(id)
            }
            AppendPart::Chunk(octets) => {
                if let Some(kept) = &mut self.kept {
                    kept.push_str(&String::from_utf8_lossy(&octets));
                }
                Ok(())
            }
            AppendPart::End => server.complete(id, ok("appended")),
            _ => Ok(()),
        }
    }
}

fn ok(text: &str) -> Condition {
    Condition { kind: ConditionKind::Ok, text: Text::sanitized(text.as_bytes()).into() }
}
