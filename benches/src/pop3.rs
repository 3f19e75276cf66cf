//! Work for the POP3 benches.

use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use mail_proto::{CommandId, Connection, Instant, Leniency, Output, Security, Text, Transcript};
use pop3_proto::client::{self, Client};
use pop3_proto::server::{self, Event, Request, Response, Server};
use pop3_proto::{
    Command, DropListing, LineEnds, MessageNumber, Part, ScanListing, Stuffer, UidListing,
    UniqueId, Unstuffer,
};

/// Octets of one read or write.
pub const BLOCK: usize = 64 * 1024;

const NOW: Instant = Instant::from_epoch(std::time::Duration::ZERO);

/// Stuffs a message in blocks into an output queue and hands it out block by block; `copy` takes the
/// place of the system call. Returns the octets handed out.
pub fn stuff(message: &Bytes, mut copy: impl FnMut(&[u8])) -> usize {
    let (mut output, mut transcript) = (Output::default(), Transcript::default());
    let (mut stuffer, owner) = (Stuffer::new(LineEnds::Normalize), CommandId::default());
    let (mut offset, mut written) = (0, 0);
    while offset < message.len() {
        let end = message.len().min(offset.saturating_add(BLOCK));
        stuffer.push(message.slice(offset..end), &mut output.writer(owner));
        offset = end;
        written += hand_out(&mut output, &mut transcript, &mut copy);
    }
    stuffer.finish(&mut output.writer(owner));
    written + hand_out(&mut output, &mut transcript, &mut copy)
}

fn hand_out(
    output: &mut Output,
    transcript: &mut Transcript,
    copy: &mut impl FnMut(&[u8]),
) -> usize {
    let mut transmit = output.transmit(transcript, NOW);
    let mut written = 0;
    while transmit.has_remaining() {
        let chunk = transmit.chunk();
        copy(chunk);
        let length = chunk.len();
        transmit.advance(length);
        written += length;
    }
    written
}

/// Reads a stuffed message in blocks of so many octets. Returns the octets of the message.
#[must_use]
pub fn unstuff(wire: &[u8], block: usize) -> usize {
    let (mut unstuffer, mut input) = (Unstuffer::new(&Leniency::strict()), BytesMut::new());
    let mut octets = 0;
    for piece in wire.chunks(block) {
        input.reserve(BLOCK);
        input.extend_from_slice(piece);
        while let Some(part) = unstuffer.poll(&mut input) {
            if let Part::Octets(part) = part {
                octets += part.len();
            }
        }
    }
    octets
}

/// A client that has read its greeting and waits for the answer to this command.
#[must_use]
pub fn client_waiting_for(command: Command) -> Client {
    let config = client::Config { security: Security::Tls, ..client::Config::default() };
    let mut client = Client::new(config);
    let mut input = BytesMut::from("+OK\r\n+OK\r\n+OK\r\n");
    // What comes before the command is the same each time and small.
    let login = [Command::User(name()), Command::Pass(mail_proto::Secret::new(password()))];
    for command in login.into_iter().map(Some).chain([None]) {
        while let Ok(Some(_)) = client.poll(&mut input, NOW) {
            if input.is_empty() || client.open_commands() == 0 {
                break;
            }
        }
        if let Some(command) = command {
            let _ = client.send(command);
            let mut transmit = client.transmit(NOW);
            transmit.advance(transmit.remaining());
        }
    }
    while let Ok(Some(_)) = client.poll(&mut input, NOW) {}
    let _ = client.send(command);
    let mut transmit = client.transmit(NOW);
    transmit.advance(transmit.remaining());
    client
}

fn name() -> pop3_proto::Name {
    pop3_proto::Name::new("joe").unwrap_or_else(|_| unreachable!("a name"))
}

fn password() -> pop3_proto::Password {
    pop3_proto::Password::new("secret").unwrap_or_else(|_| unreachable!("a password"))
}

/// Feeds a reply in blocks of so many octets and counts events and their octets.
#[must_use]
pub fn feed(client: &mut Client, wire: &[u8], block: usize) -> (usize, usize) {
    let (mut input, mut events, mut octets) = (BytesMut::new(), 0, 0);
    for piece in wire.chunks(block) {
        input.reserve(BLOCK);
        input.extend_from_slice(piece);
        while let Ok(Some(event)) = client.poll(&mut input, NOW) {
            events += 1;
            if let client::Event::Body { octets: body, .. } = event {
                octets += body.len();
            }
        }
    }
    (events, octets)
}

/// The reply to LIST of so many messages.
#[must_use]
pub fn scan_listing(messages: u32) -> Vec<u8> {
    let mut wire = b"+OK\r\n".to_vec();
    for n in 1..=messages {
        if let Some(number) = MessageNumber::new(n) {
            ScanListing::new(number, 1_000 + u64::from(n) * 7).encode(&mut wire);
        }
    }
    pop3_proto::encode_end(&mut wire);
    wire
}

/// The reply to UIDL of so many messages.
#[must_use]
pub fn uid_listing(messages: u32) -> Vec<u8> {
    let mut wire = b"+OK\r\n".to_vec();
    for n in 1..=messages {
        let uid = UniqueId::new(format!("1785542400.{n}"));
        if let (Some(message), Ok(uid)) = (MessageNumber::new(n), uid) {
            UidListing { message, uid }.encode(&mut wire);
        }
    }
    pop3_proto::encode_end(&mut wire);
    wire
}

/// The reply to RETR of this message.
#[must_use]
pub fn retrieved(message: &[u8]) -> Vec<u8> {
    let mut wire = b"+OK\r\n".to_vec();
    let mut stuffer = Stuffer::new(LineEnds::AsIs);
    stuffer.push(Bytes::copy_from_slice(message), &mut wire);
    stuffer.finish(&mut wire);
    wire
}

/// A whole session between our client and our server, in memory: login, STAT, LIST, RETR of every
/// message, DELE of every message, QUIT. Returns the octets of the messages that arrived.
#[must_use]
pub fn session(messages: &[Bytes]) -> usize {
    let config = client::Config { security: Security::Tls, ..client::Config::default() };
    let mut client = Client::new(config);
    let mut server = Server::new(Arc::new(server::Config::default()), Security::Tls, None);
    let number = |place: usize| u32::try_from(place + 1).ok().and_then(MessageNumber::new);
    let per_message = (0..messages.len()).filter_map(number);
    let login = [Command::User(name()), Command::Pass(mail_proto::Secret::new(password()))];
    let commands =
        [Command::Capa].into_iter().chain(login).chain([Command::Stat, Command::List(None)]);
    let commands = commands
        .chain(per_message.clone().map(Command::Retr))
        .chain(per_message.map(Command::Dele))
        .chain([Command::Quit]);
    for command in commands {
        let _ = client.send(command);
    }
    run(&mut client, &mut server, messages)
}

fn run(client: &mut Client, server: &mut Server, messages: &[Bytes]) -> usize {
    let (mut to_client, mut to_server) = (BytesMut::new(), BytesMut::new());
    let (mut received, mut closed) = (0, false);
    while !closed {
        while let Ok(Some(event)) = server.poll(&mut to_server, NOW) {
            if let Event::Request(request) = event {
                answer(server, request, messages);
            }
            carry(server, &mut to_client);
        }
        carry(server, &mut to_client);
        while let Ok(Some(event)) = client.poll(&mut to_client, NOW) {
            match event {
                client::Event::Body { octets, .. } => received += octets.len(),
                client::Event::Closed(_) => closed = true,
                _ => {}
            }
        }
        carry(client, &mut to_server);
    }
    received
}

fn carry(from: &mut impl Connection, to: &mut BytesMut) {
    let mut transmit = from.transmit(NOW);
    while transmit.has_remaining() {
        let chunk = transmit.chunk();
        to.extend_from_slice(chunk);
        let length = chunk.len();
        transmit.advance(length);
    }
}

fn answer(server: &mut Server, request: Request, messages: &[Bytes]) {
    let mut reply = |response| {
        let _ = server.reply(response);
    };
    let ok = Text::empty;
    match request {
        Request::Login(_, pending) => reply(Response::LoggedIn(pending, ok())),
        Request::Stat(pending) => {
            let octets = messages.iter().map(|message| message.len() as u64).sum();
            reply(Response::Stat(pending, DropListing::new(messages.len() as u64, octets)));
        }
        Request::List(pending) => {
            reply(Response::ScanBegin(pending, ok()));
            for (n, message) in (1..).zip(messages) {
                if let Some(number) = MessageNumber::new(n) {
                    let listing = ScanListing::new(number, message.len() as u64);
                    reply(Response::Scan(pending, listing));
                }
            }
            reply(Response::ScanEnd(pending));
        }
        Request::Retr(number, pending) => {
            let place = number.get() as usize - 1;
            reply(Response::BodyBegin(pending, ok()));
            if let Some(message) = messages.get(place) {
                reply(Response::Body(pending, message.clone()));
            }
            reply(Response::BodyEnd(pending));
        }
        Request::Dele(_, pending) | Request::Quit(pending) => reply(Response::Ok(pending, ok())),
        _ => unreachable!("the bench does not ask this"),
    }
}
