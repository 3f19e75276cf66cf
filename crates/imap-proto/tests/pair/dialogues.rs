//! A whole session: the same is said and heard however the stream is divided.

use imap_proto::client::Event;
use imap_proto::server;
use imap_proto::{AppendPart, CommandBody, ConditionKind, Data};

use super::application::mail;
use super::client_support::{command, joined, show};
use super::connection_support::server::joined as joined_server;
use super::connection_support::{Chunks, all_chunks};
use super::heard::{bodies, data, whole_chunks};
use super::script::{LITERALS, Literals, Script, Step, catenated, literal, literal8, to};

pub fn session(big: usize) -> Vec<Step> {
    use Step::{Idle, Send};
    let evil = b"a LOGOUT\r\n";
    let big: Vec<u8> = evil.iter().copied().cycle().take(big).collect();
    vec![
        Send("CAPABILITY"),
        Send("STARTTLS"),
        Send("CAPABILITY"),
        Send("LOGIN joe \"a secret\""),
        Send("ENABLE CONDSTORE"),
        Send("SELECT INBOX"),
        Send("FETCH 1:3 (UID BODY[])"),
        Send("STORE 1:2 +FLAGS (\\Seen)"),
        Send("UID SEARCH RETURN (COUNT ALL) ALL"),
        to("INBOX", [literal(b"abc\r\n")]),
        to("INBOX", [literal(b"")]),
        to("INBOX", [literal8(b"a\0b"), literal(&big)]),
        to("INBOX", [catenated("/INBOX", evil), literal(evil)]),
        to("refused", [literal(evil)]),
        Send("NOOP"),
        to("refused", [literal8(b"\0\0"), literal(evil)]),
        Send("NOOP"),
        to("refused", [literal(&big)]),
        Send("NOOP"),
        to("refused", [catenated("/INBOX", evil)]),
        Send("NOOP"),
        to("dropped", [literal(evil), literal(evil)]),
        Send("NOOP"),
        to("dropped", [catenated("/INBOX", &big)]),
        Send("CREATE x"),
        Idle,
        Send("COMPRESS DEFLATE"),
        Send("FETCH 1:3 (UID BODY[])"),
        Idle,
        Send("UNAUTHENTICATE"),
        Send("AUTHENTICATE PLAIN"),
        Send("SELECT INBOX"),
        Send("LOGOUT"),
    ]
}

/// The client's events without the marks of time: how the octets were divided, and how far a command
/// was that was refused on its way.
fn heard(events: &[Event]) -> Vec<String> {
    let mut all = Vec::new();
    for event in events.iter().filter(|event| !matches!(event, Event::Room { .. })) {
        joined(&mut all, show(event, |_| 0).replace(" (partly sent)", ""));
    }
    all
}

/// Octets that came behind a refusal may or may not have been seen.
fn asked(events: &[server::Event]) -> Vec<server::Event> {
    joined_server(events.to_vec())
}

/// All results, as one word.
fn results(events: &[Event]) -> String {
    let word = |event: &Event| match event {
        Event::Completed { condition, .. } => Some(match condition.kind {
            ConditionKind::Ok => '+',
            ConditionKind::No => '-',
            _ => '!',
        }),
        Event::Lost { .. } => Some('?'),
        _ => None,
    };
    events.iter().filter_map(word).collect()
}

const RESULTS: &str = "+++++++++++++-+-+-+-+-+--++++++++";

fn check(script: &Script) {
    let (mut whole, book) = script.run(Chunks::Whole);
    let context = format!("{:?} {}", script.literals, script.at_once);
    assert!(whole.are_over(), "{context}: {:#?}", heard(&whole.client.events));
    assert_eq!((&whole.client.error, &whole.server.error), (&None, &None), "{context}");
    assert_eq!(results(&whole.client.events), RESULTS, "{context}");

    // What the application said is what the client was told.
    let told: Vec<Data> = whole.client.events.iter().filter_map(data).collect();
    assert_eq!(told, book.borrow().said, "{context}");

    // What the client's application gave is what the server's was asked.
    let events = asked(&whole.server.events);
    let commands = events.iter().filter_map(|event| match event {
        server::Event::Command { body, .. } => Some(body.clone()),
        _ => None,
    });
    let given = script.steps.iter().filter_map(|step| match step {
        Step::Send("CAPABILITY" | "STARTTLS" | "COMPRESS DEFLATE" | "LOGOUT") => None,
        Step::Send(text) => Some(command(text)),
        Step::Idle => Some(CommandBody::Idle),
        Step::Append(..) => None,
    });
    assert_eq!(commands.collect::<Vec<_>>(), given.collect::<Vec<_>>(), "{context}");
    let parts = events.iter().filter_map(|event| match event {
        server::Event::Append { part: AppendPart::Begin(_), .. } => None,
        server::Event::Append { part, .. } => Some(part.clone()),
        _ => None,
    });
    let given = script.steps.iter().filter_map(|step| match step {
        Step::Append("INBOX", parts) => Some(parts.clone()),
        Step::Append(_, parts) => Some(until_refused(parts)),
        _ => None,
    });
    let (parts, given) = (whole_chunks(parts), whole_chunks(given.flatten()));
    assert_eq!(parts, given, "{context}");
    assert!(!events.iter().any(|it| matches!(it, server::Event::Rejected { .. })));

    for chunks in all_chunks() {
        let (mut pair, again) = script.run(chunks);
        assert!(pair.are_over(), "{context} {chunks:?}");
        assert_eq!(heard(&pair.client.events), heard(&whole.client.events), "{context} {chunks:?}");
        assert_eq!(again.borrow().said, book.borrow().said, "{context} {chunks:?}");
        let commands = |events: &[server::Event]| {
            let keep = |it: &server::Event| !is_chunk(it);
            asked(events).into_iter().filter(keep).collect::<Vec<_>>()
        };
        assert_eq!(commands(&pair.server.events), commands(&whole.server.events), "{chunks:?}");
        assert_eq!(bodies(&pair.client.events), bodies(&whole.client.events));
    }
}

const fn is_chunk(event: &server::Event) -> bool {
    matches!(event, server::Event::Append { part: AppendPart::Chunk(_), .. })
}

/// The parts that the application of the server sees of what it does not take, without octets.
pub fn until_refused(parts: &[AppendPart]) -> Vec<AppendPart> {
    let announces = |part: &AppendPart| match part {
        AppendPart::TextBegin { .. } => true,
        AppendPart::MessageBegin(it) => it.data != imap_proto::AppendDataBegin::Catenate,
        _ => false,
    };
    let end = parts.iter().position(announces).unwrap();
    parts[..=end].to_vec()
}

#[test]
fn a_whole_session_is_the_same_however_it_is_divided() {
    for literals in LITERALS {
        check(&Script::of(session(40), literals));
    }
}

#[test]
fn a_whole_session_may_be_given_at_once() {
    for literals in LITERALS {
        check(&Script::of(session(40), literals).at_once());
    }
}

#[test]
fn literals_of_more_than_4096_octets_wait_where_they_must() {
    check(&Script::of(session(5000), Literals::Minus));
    check(&Script::of(session(5000), Literals::Plus));
}

#[test]
fn bodies_come_as_they_were() {
    let (pair, _) = Script::of(session(40), Literals::Plus).run(Chunks::One);
    let mails: Vec<u8> = (1..=3).flat_map(mail).collect();
    assert_eq!(bodies(&pair.client.events), [&mails[..], &mails].concat());
}
