//! Events, places and output are the same however the octets come, and each is looked at once.

use imap_proto::server::{Config, Event, Limits, Server};
use imap_proto::{AppendPart, CommandBody};
use mail_proto::Connection as _;

use crate::connection_support::server::{LoneServer, config, joined};
use crate::connection_support::{Seeded, no, ok, secret};

/// An application that answers everything, and refuses the mailbox `no`.
#[derive(Default)]
struct App {
    refuses: bool,
}

impl App {
    fn answer(&mut self, server: &mut Server, event: &Event) {
        let answered = match event {
            Event::Command { id, body: CommandBody::Idle } => server.accept(*id),
            Event::Command { id, body: CommandBody::Authenticate(_) } => {
                server.challenge(*id, &secret(b"?"))
            }
            Event::Command { id, .. } | Event::Response { id, .. } | Event::IdleDone { id } => {
                server.complete(*id, ok("done"))
            }
            Event::Append { id, part: AppendPart::MessageBegin(_) } if self.refuses => {
                server.complete(*id, no(None, "no"))
            }
            Event::Append { id, part: AppendPart::MessageBegin(_) } => server.accept(*id),
            Event::Append { id, part: AppendPart::End } => server.complete(*id, ok("done")),
            Event::Append { part: AppendPart::Begin(begin), .. } => {
                self.refuses = begin.mailbox.as_bytes() == b"no";
                Ok(())
            }
            _ => Ok(()),
        };
        answered.unwrap();
    }
}

fn run(config: Config, stream: &[u8], ends: &[usize]) -> (Vec<Event>, u64, Vec<u8>) {
    let mut server = LoneServer::plain(config);
    let mut app = App::default();
    let mut events = Vec::new();
    let mut said = Vec::new();
    let mut from = 0;
    for end in ends.iter().copied().chain([stream.len()]) {
        server.input.extend_from_slice(&stream[from..end]);
        from = end;
        while let Some(event) = server.connection.poll(&mut server.input, server.now).unwrap() {
            app.answer(&mut server.connection, &event);
            events.push(event);
        }
        said.extend(server.take());
    }
    (joined(events), server.connection.examined(), said)
}

const STREAM: &[u8] = b"a CAPABILITY\r\nb  LOGIN {3+}\r\njoe \"x\"\r\nc SELECT INBOX\r\nd IDLE\r\n\
    DONE\r\n\r\ne APPEND x (\\Seen) {5+}\r\n1\r\n2\r {1+}\r\n3\r\nf APPEND no {8+}\r\ng LOGOUT {2+}\r\n\
    \r\n\r\nh FETCH 1 (FLAGS )\r\ni CREATE {5000+}\r\nj UID FETCH 1:* BODY[]\r\n";

const PRE_LOGIN: &[u8] =
    b"a AUTHENTICATE X-ASK\r\nam9l\r\nb UNAUTHENTICATE\r\nc AUTHENTICATE X-ASK\r\n\
    *\r\nd AUTHENTICATE PLAIN =\r\n\r\ne NOOP\r\nf XYZZY\r\n";

#[test]
fn at_every_two_places() {
    let lots = Limits { bad_commands_before_login: 50, ..Limits::default() };
    for stream in [STREAM, PRE_LOGIN] {
        let config = || Config { limits: lots, ..config() };
        let whole = run(config(), stream, &[]);
        assert!(whole.0.len() > 5, "{:?}", whole.0);
        for first in 0..=stream.len() {
            assert_eq!(run(config(), stream, &[first]), whole, "{first}");
        }
        let mut seeded = Seeded(1);
        for _ in 0..2000 {
            let mut ends = [0; 4].map(|_| seeded.below(stream.len() + 1));
            ends.sort_unstable();
            assert_eq!(run(config(), stream, &ends), whole, "{ends:?}");
        }
        let single: Vec<usize> = (1..stream.len()).collect();
        assert_eq!(run(config(), stream, &single), whole);
    }
}

#[test]
fn what_is_said_is_what_was_heard() {
    let (events, _, said) = run(config(), STREAM, &[]);
    let said = String::from_utf8(said).unwrap();
    let tags: Vec<_> = said.lines().filter_map(|line| line.split_once(' ')).collect();
    let answered: Vec<_> = tags.iter().filter(|(tag, _)| !"*+".contains(tag)).collect();
    let answered: Vec<_> = answered.iter().map(|(tag, rest)| (*tag, &rest[..2])).collect();
    assert_eq!(
        answered,
        [
            ("a", "OK"),
            ("b", "OK"),
            ("c", "OK"),
            ("d", "OK"),
            ("e", "OK"),
            ("f", "NO"),
            ("h", "OK"),
            ("i", "BA"),
        ],
        "{said}"
    );
    assert!(events.iter().any(|event| matches!(event, Event::Defect(_))));
}

#[test]
fn a_megabyte_octet_by_octet_costs_what_it_costs_at_once() {
    let mut stream = b"l LOGIN joe secret\r\ns SELECT x\r\n".to_vec();
    for n in 0..2000 {
        stream.extend_from_slice(format!("{n} UID FETCH {n}:* (FLAGS \"x\" {{}})\r\n").as_bytes());
        stream.extend_from_slice(
            format!("{n} CREATE {{200+}}\r\n{}\r\n", "x".repeat(200)).as_bytes(),
        );
    }
    let limits = Limits { bad_commands: u8::MAX, ..Limits::default() };
    let config = || Config { limits, ..config() };
    let (_, whole, _) = run(config(), &stream, &[]);
    let single: Vec<usize> = (1..stream.len()).collect();
    let (_, pieces, _) = run(config(), &stream, &single);
    assert_eq!(whole, pieces);
    assert!(whole <= 2 * stream.len() as u64, "{whole}");
}
