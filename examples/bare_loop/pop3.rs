//! POP3 in the loop: the same link, the same drivers' rules, another protocol.

use core::cell::RefCell;
use std::sync::Arc;

use bytes::Bytes;
use mail_proto::{Secret, Security, SendError, Text, TlsPolicy};
use pop3_proto::client::{self, Client};
use pop3_proto::server::{self, Request, Response, Server};
use pop3_proto::{Command, DropListing, MessageNumber, Name, Password};

use crate::link;

/// The message of the maildrop.
pub const MESSAGE: &str = "Subject: dots\r\n\r\n.\r\n..\r\n";

/// A session over the link: what the client saw, a line each.
pub fn session() -> Vec<String> {
    let log = RefCell::new(Vec::new());
    let mut user = User::default();
    let ended = link::run(
        (new_client(), |client: &mut Client, event| {
            user.hear(client, event, &mut |line| log.borrow_mut().push(line));
        }),
        (new_server(), answer),
    );
    if let Err(why) = ended {
        log.borrow_mut().push(format!("broken off: {why}"));
    }
    log.take()
}

/// A server that offers STLS and takes no password without.
pub fn new_server() -> Server {
    let config = server::Config { stls: true, ..server::Config::default() };
    Server::new(Arc::new(config), Security::Plain, None)
}

/// A client that gives no password without TLS.
pub fn new_client() -> Client {
    Client::new(client::Config { tls: TlsPolicy::Required, ..client::Config::default() })
}

/// The application on the client.
#[derive(Default)]
pub struct User {
    body: Vec<u8>,
}

impl User {
    /// Gives all commands at the greeting: what may not be sent yet waits.
    pub fn hear(&mut self, client: &mut Client, event: client::Event, log: &mut dyn FnMut(String)) {
        match event {
            client::Event::Greeting(_) => {
                if let Err(error) = give(client) {
                    log(format!("cannot give a command: {error}"));
                }
            }
            client::Event::Secured => log("secured".into()),
            client::Event::Body { octets, .. } => self.body.extend_from_slice(&octets),
            client::Event::Completed { result: Ok(reply), .. } => {
                let body = core::mem::take(&mut self.body);
                match body.is_empty() {
                    true => log(format!("{reply:?}")),
                    false => log(format!("message {:?}", String::from_utf8_lossy(&body))),
                }
            }
            client::Event::Completed { result: Err(status), .. } => log(format!("no: {status:?}")),
            client::Event::Lost { sent, .. } => log(format!("lost, sent: {sent:?}")),
            client::Event::Closed(reason) => log(format!("closed: {reason:?}")),
            _ => {}
        }
    }
}

fn give(client: &mut Client) -> Result<(), Box<dyn core::error::Error>> {
    let first = MessageNumber::new(1).ok_or("no number")?;
    for command in [
        Command::Stls,
        Command::User(Name::new("joe")?),
        Command::Pass(Secret::new(Password::new("secret")?)),
        Command::Stat,
        Command::Retr(first),
        Command::Quit,
    ] {
        client.send(command)?;
    }
    Ok(())
}

/// The application on the server.
pub fn answer(server: &mut Server, event: server::Event) {
    let server::Event::Request(request) = event else { return };
    if reply(server, request).is_err() {
        // What the connection does not let it say would be a fault of this program.
        mail_proto::Connection::close(server);
    }
}

fn reply(server: &mut Server, request: Request) -> Result<(), SendError> {
    let text = Text::empty;
    match request {
        Request::Login(_, pending) => server.reply(Response::LoggedIn(pending, text())),
        Request::Stat(pending) => {
            let listing = DropListing::new(1, MESSAGE.len() as u64);
            server.reply(Response::Stat(pending, listing))
        }
        Request::Retr(_, pending) => {
            server.reply(Response::BodyBegin(pending, text()))?;
            server.reply(Response::Body(pending, Bytes::from_static(MESSAGE.as_bytes())))?;
            server.reply(Response::BodyEnd(pending))
        }
        Request::Quit(pending) => server.reply(Response::Ok(pending, text())),
        _ => Err(SendError::State { expected: "what this server knows" }),
    }
}
