//! Our client without anything above it: one session with every command, its events as they come.
//!
//! ```sh
//! raw_session 127.0.0.1:1110 alice secret          # USER and PASS
//! raw_session 127.0.0.1:1110 alice secret plain    # AUTH PLAIN
//! ```
//!
//! All commands are given at the beginning. The client sends one after the other until it has read
//! PIPELINING in the first reply, and all that it may at once from there on. Octets go to stderr.

use std::env;
use std::error::Error;
use std::net::TcpStream;

use drive::Next;
use drive::blocking::Driver;
use mail_proto::sasl::{Mechanism, Plain};
use mail_proto::{Connection as _, Record, Secret, Text, TlsPolicy};
use pop3_proto::client::{Client, Config, Event};
use pop3_proto::{
    Closed, Command, LanguageRange, MessageNumber, Name, Password, RawCommand, Shape,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (address, user, password, plain) = match arguments.as_slice() {
        [address, user, password] => (address, user, password, false),
        [address, user, password, way] if way == "plain" => (address, user, password, true),
        _ => return Err("raw_session ADDRESS USER PASSWORD [plain]".into()),
    };
    // The servers it is for are on loopback.
    let mut client = Client::new(Config { tls: TlsPolicy::Optional, ..Config::default() });
    client.set_trace(Some(Box::new(|record: Record<'_>| eprintln!("{record}"))));

    let mut commands = vec![Command::Capa, Command::AuthList];
    if plain {
        let message = Plain::new("", user.clone(), password.clone())?.encode();
        commands
            .push(Command::Auth { mechanism: Mechanism::new("PLAIN")?, initial: Some(message) });
    } else {
        commands.push(Command::User(Name::new(user.clone())?));
        commands.push(Command::Pass(Secret::new(Password::new(password.clone())?)));
    }
    let first = MessageNumber::FIRST;
    commands.extend([
        Command::Capa,
        Command::Stat,
        Command::List(None),
        Command::List(Some(first)),
        Command::Uidl(None),
        Command::Uidl(Some(first)),
        Command::Top { message: first, lines: 1 },
        Command::Retr(first),
        Command::Noop,
        Command::Dele(first),
        // Marked as deleted: refused.
        Command::Retr(first),
        Command::Rset,
        Command::Retr(first),
        Command::Lang(Some(LanguageRange::new("*")?)),
    ]);
    for command in commands {
        give(&mut client, &command)?;
    }
    let last = RawCommand::new("LAST", Text::empty())?;
    println!("{:?} LAST", client.send_raw(&last, Shape::Single)?);
    give(&mut client, &Command::Quit)?;

    let mut driver = Driver::new(client, TcpStream::connect(address)?);
    let mut body = 0;
    loop {
        match driver.next()? {
            Next::Event(Event::Body { octets, .. }) => body += octets.len(),
            Next::Event(event @ Event::Completed { .. }) => {
                if body > 0 {
                    println!("a body of {body} octets");
                }
                println!("{event:?}");
                body = 0;
            }
            Next::Event(Event::Closed(Closed::Quit)) => println!("Closed(Quit)"),
            Next::Event(event @ (Event::Closed(_) | Event::Lost { .. })) => {
                return Err(format!("{event:?}").into());
            }
            Next::Event(event) => println!("{event:?}"),
            Next::HandOver(to) => return Err(format!("{to:?} was not asked for").into()),
            Next::Closed => return Ok(()),
        }
    }
}

fn give(client: &mut Client, command: &Command) -> Result<(), Box<dyn Error>> {
    println!("{:?} {command:?}", client.send(command.clone())?);
    Ok(())
}
