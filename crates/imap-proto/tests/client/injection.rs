//! S9, S11: no string that a caller or a server chose begins a command or a response of its own.

use bytes::{Buf, Bytes, BytesMut};
use imap_proto::client::{Client, Config};
use imap_proto::connection::{Frame, FrameLimits, Framer};
use imap_proto::{
    AString, Command, CommandBody, Create, ListMailbox, Login, Mailbox, Rename, parse_whole,
};
use mail_proto::{Connection, Instant, Leniency, Reading, Secret};
use proptest::prelude::*;

use super::client_support::tls;

/// All that a server would read, its continuations sent.
fn written(greeting: &str, config: Config, commands: Vec<CommandBody>) -> Vec<u8> {
    let mut client = Client::new(config);
    let (mut input, now) = (BytesMut::from(greeting), Instant::default());
    while client.poll(&mut input, now).unwrap().is_some() {}
    for command in commands {
        client.send(command).unwrap();
    }
    let mut out = Vec::new();
    loop {
        while client.poll(&mut input, now).is_ok_and(|event| event.is_some()) {}
        let mut transmit = client.transmit(now);
        let octets = transmit.remaining();
        out.extend_from_slice(&transmit.copy_to_bytes(octets));
        match octets {
            0 if client.queued() == 0 => return out,
            0 => input.extend_from_slice(b"+ go\r\n"),
            _ => {}
        }
    }
}

/// The commands that a server finds in it.
fn read(octets: &[u8]) -> Vec<CommandBody> {
    let mut framer = Framer::commands(FrameLimits::server());
    let (mut input, mut commands) = (BytesMut::from(octets), Vec::new());
    loop {
        match framer.find(&input) {
            Frame::Partial => break,
            Frame::Literal(_) => framer.inline().unwrap(),
            Frame::Complete(length) => {
                let line: Bytes = input.split_to(length).freeze();
                let line = line.slice(..length - 2);
                let mut reading = Reading::new(Leniency::strict());
                commands.push(parse_whole(&line, &mut reading, Command::parse).unwrap().body);
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(input.is_empty());
    commands
}

fn octets() -> impl Strategy<Value = Vec<u8>> {
    let nasty = proptest::sample::select(vec![
        &b"\r\n"[..],
        b"\r\nA2 LOGOUT\r\n",
        b"{0}",
        b"{3+}\r\n",
        b"\"",
        b"\\",
        b" ",
        b"(",
        b"*",
        b"%",
        b"\xff",
        b"~{1}",
        b"NIL",
        b"a",
    ]);
    proptest::collection::vec(nasty, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn s9_one_command_stays_one(
        first in octets(),
        second in octets(),
        literals in proptest::sample::select(vec!["", "[CAPABILITY LITERAL+] ", "[CAPABILITY LITERAL-] "]),
        strings in proptest::sample::select(vec![
            imap_proto::Strings::Shortest, imap_proto::Strings::Quoted, imap_proto::Strings::Literal,
        ]),
    ) {
        let mailbox = |octets: &[u8]| Mailbox::new(octets.to_vec()).unwrap();
        let commands = vec![
            CommandBody::Rename(Box::new(Rename::new(mailbox(&first), mailbox(&second)))),
            CommandBody::Create(Create::new(mailbox(&second))),
            CommandBody::Delete(mailbox(&first)),
        ];
        let greeting = format!("* PREAUTH {literals}x\r\n");
        let wire = written(&greeting, Config { strings, ..tls() }, commands.clone());
        prop_assert_eq!(read(&wire), commands);
        let login = CommandBody::Login(Login {
            user: AString::new(first).unwrap(),
            password: Secret::new(AString::new(second).unwrap()),
        });
        let greeting = format!("* OK {literals}x\r\n");
        let wire = written(&greeting, Config { strings, ..tls() }, vec![login.clone()]);
        prop_assert_eq!(read(&wire), vec![login]);
    }
}

#[test]
fn nothing_with_nul_can_be_made() {
    assert!(Mailbox::new("a\0").is_err());
    assert!(AString::new("a\0").is_err());
    assert!(ListMailbox::new("a\0").is_err());
}
