//! imap-next: its client and its server, fed with reads of so many octets; all values are owned.

use imap_codec::imap_types::command::Command;
use imap_codec::imap_types::response::{Data, Greeting, Response};
use imap_next::client::{self, Client};
use imap_next::server::{self, Server};
use imap_next::{Interrupt, Io, State};
use mail_benches::imap::{Reading, Unread};

use super::imap_codec::{command_read, data_read};

pub(super) fn responses<R: Reading>(wire: &[u8], block: usize) -> R {
    let (mut client, mut reading) = (client(), R::default());
    feed(&mut client, wire, block, &mut reading);
    reading
}

/// A client that has read these octets and keeps what it keeps.
pub(super) fn idle(wire: &[u8]) -> Client {
    let mut client = client();
    feed(&mut client, wire, super::BLOCK, &mut Unread::default());
    client
}

fn feed<R: Reading>(client: &mut Client, wire: &[u8], block: usize, reading: &mut R) {
    for piece in wire.chunks(block) {
        client.enqueue_input(piece);
        loop {
            match client.next() {
                Ok(client::Event::DataReceived { data }) => data_read(&data, reading),
                Ok(_) => panic!("the bench does not send this"),
                Err(Interrupt::Io(Io::NeedMoreInput)) => break,
                Err(Interrupt::Io(Io::Output(_))) => {}
                Err(Interrupt::Error(error)) => panic!("{error}"),
            }
        }
    }
}

/// Whether its client goes on behind these octets.
pub(super) fn accepts(wire: &[u8]) -> bool {
    let mut client = client();
    client.enqueue_input(wire);
    client.next().is_ok()
}

pub(super) fn commands<R: Reading>(wire: &[u8], block: usize) -> R {
    let (mut server, mut reading) = (server(), R::default());
    for piece in wire.chunks(block) {
        server.enqueue_input(piece);
        loop {
            match server.next() {
                Ok(server::Event::CommandReceived { command }) => {
                    command_read(&command, &mut reading);
                }
                Ok(_) => panic!("the bench does not send this"),
                Err(Interrupt::Io(Io::NeedMoreInput)) => break,
                Err(Interrupt::Io(Io::Output(_))) => {}
                Err(Interrupt::Error(error)) => panic!("{error}"),
            }
        }
    }
    reading
}

/// A client that writes the same commands again and again, because it gives them back.
pub(super) struct Commands {
    client: Client,
    commands: Vec<Command<'static>>,
}

impl Commands {
    pub(super) fn new(commands: Vec<Command<'static>>) -> Self {
        Self { client: client(), commands }
    }

    pub(super) fn write(&mut self, sink: &mut dyn FnMut(&[u8])) {
        for command in &mut self.commands {
            let noop = imap_codec::imap_types::command::CommandBody::Noop;
            let taken = Command { tag: command.tag.clone(), body: noop };
            self.client.enqueue_command(std::mem::replace(command, taken));
            loop {
                match self.client.next() {
                    Ok(client::Event::CommandSent { command: sent, .. }) => break *command = sent,
                    Err(Interrupt::Io(Io::Output(octets))) => sink(&octets),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

/// A server that writes the same data again and again.
pub(super) struct Responses {
    server: Server,
    data: Vec<Data<'static>>,
}

impl Responses {
    pub(super) fn new(data: Vec<Data<'static>>) -> Self {
        Self { server: server(), data }
    }

    pub(super) fn write(&mut self, sink: &mut dyn FnMut(&[u8])) {
        for data in &mut self.data {
            self.server.enqueue_data(std::mem::replace(data, Data::Exists(0)));
            loop {
                match self.server.next() {
                    Ok(server::Event::ResponseSent { response: Response::Data(sent), .. }) => {
                        break *data = sent;
                    }
                    Err(Interrupt::Io(Io::Output(octets))) => sink(&octets),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

fn client() -> Client {
    let mut options = client::Options::default();
    options.discard_greeting = true;
    Client::new(options)
}

fn server() -> Server {
    let greeting = Greeting::ok(None, "ready").expect("a greeting");
    let mut server = Server::new(server::Options::default(), greeting);
    // The greeting goes out first, once.
    while !matches!(server.next(), Ok(server::Event::GreetingSent { .. })) {}
    server
}
