//! APPEND and REPLACE: announced, decided, streamed.

use imap_proto::connection::FrameLimits;
use imap_proto::server::{Config, Event, Limits};
use imap_proto::{AppendCommand, AppendDataBegin, AppendPart, Code, Data, SeqNum};
use mail_proto::{CommandId, Next, SendError};

use crate::connection_support::server::{LoneServer, config, joined, literal_plus, rejected};
use crate::connection_support::{no, ok};

fn part(event: &Event) -> &AppendPart {
    let Event::Append { part, .. } = event else { panic!("{event:?}") };
    part
}

fn id(event: &Event) -> CommandId {
    let Event::Append { id, .. } = event else { panic!("{event:?}") };
    *id
}

/// A short name of each part.
fn names(events: &[Event]) -> Vec<String> {
    let name = |event: &Event| match part(event) {
        AppendPart::Begin(begin) => {
            format!("begin {}", String::from_utf8_lossy(begin.mailbox.as_bytes()))
        }
        AppendPart::MessageBegin(message) => match message.data {
            AppendDataBegin::Literal { size } => format!("message {size}"),
            AppendDataBegin::Literal8 { size } => format!("message8 {size}"),
            AppendDataBegin::Utf8 { size } => format!("utf8 {size}"),
            AppendDataBegin::Catenate => "catenate".into(),
            _ => "ext".into(),
        },
        AppendPart::Chunk(octets) => String::from_utf8_lossy(octets).into_owned(),
        AppendPart::MessageEnd => "message end".into(),
        AppendPart::Url(url) => String::from_utf8_lossy(url.as_bytes()).into_owned(),
        AppendPart::TextBegin { size, .. } => format!("text {size}"),
        AppendPart::TextEnd => "text end".into(),
        AppendPart::End => "end".into(),
        AppendPart::Malformed(malformed) => format!("malformed {}", malformed.error),
    };
    joined(events.to_vec()).iter().map(name).collect()
}

#[test]
fn a_message_is_announced_before_plus_and_streamed_after() {
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("a APPEND {4}\r\n");
    assert_eq!((events, server.take_text().as_str()), (vec![], "+ go ahead\r\n"));
    let events = server.feed("Sent (\\Seen) \"17-Jul-1996 02:44:25 -0700\" {10}\r\n");
    assert_eq!(names(&events), ["begin Sent", "message 10"]);
    let AppendPart::MessageBegin(message) = part(&events[1]) else { panic!() };
    assert!(message.flags.as_ref().unwrap().as_list().is_seen() && message.date.is_some());
    assert_eq!(server.take_text(), "", "no + before the decision");
    let id = id(&events[0]);
    assert_eq!(server.connection.running(), Some(id));
    server.connection.accept(id).unwrap();
    assert_eq!(server.take_text(), "+ go ahead\r\n");
    assert_eq!(names(&server.feed("01234")), ["01234"]);
    let early = server.connection.complete(id, ok("early"));
    assert_eq!(early, Err(SendError::State { expected: "the end of the message" }));
    assert_eq!(names(&server.feed("56789")), ["56789", "message end"]);
    assert_eq!(names(&server.feed("\r\nb NOOP\r\n")), ["end"]);
    assert_eq!(server.input, "b NOOP\r\n");
    server.connection.complete(id, ok("appended")).unwrap();
    assert_eq!(server.take_text(), "a OK appended\r\n");
    server.command("");
}

#[test]
fn a_message_is_announced_however_small_and_in_any_form() {
    for (literal, name, waits) in [
        ("{1}", "message 1", true),
        ("{1+}", "message 1", false),
        ("~{1}", "message8 1", true),
        ("~{1+}", "message8 1", false),
    ] {
        let mut server = LoneServer::logged_in(config());
        let events = server.feed(format!("a APPEND x {literal}\r\ny\r\n"));
        assert_eq!(names(&events), ["begin x", name]);
        server.connection.accept(id(&events[0])).unwrap();
        assert_eq!(server.take_text(), if waits { "+ go ahead\r\n" } else { "" });
        assert_eq!(names(&server.events()), ["y", "message end", "end"]);
    }
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("a APPEND x {0}\r\n");
    server.connection.accept(id(&events[0])).unwrap();
    assert_eq!(names(&server.feed("\r\n")), ["message end", "end"]);
}

#[test]
fn a_refused_literal_that_waits_ends_the_command() {
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("a APPEND nowhere {1000}\r\n");
    server
        .connection
        .complete(id(&events[0]), no(Some(Code::TryCreate), "no such mailbox"))
        .unwrap();
    assert_eq!(server.take_text(), "a NO [TRYCREATE] no such mailbox\r\n");
    // The client sends nothing of it, and goes on.
    server.done("b NOOP\r\n");
}

#[test]
fn a_refused_literal_that_does_not_wait_is_swallowed_to_its_end() {
    let body = b"From: x\r\n\r\nb LOGOUT\r\nc APPEND x {1000+}\r\n";
    for split in 0..body.len() {
        let mut server = LoneServer::logged_in(literal_plus());
        let head = format!("a APPEND x {{{}+}}\r\n", body.len());
        let events = server.feed([head.as_bytes(), &body[..split]].concat());
        server.connection.complete(id(&events[0]), no(Some(Code::OverQuota), "full")).unwrap();
        assert_eq!(server.feed(&body[split..]), []);
        assert_eq!(server.feed(" (junk) {10+}\r\n"), []);
        assert_eq!(server.feed("d LOGOUT\r\n\r\n"), [], "its line is its own");
        assert_eq!(server.take_text(), "a NO [OVERQUOTA] full\r\n");
        server.done("e NOOP\r\n");
    }
}

#[test]
fn a_message_may_be_refused_in_its_middle() {
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("a APPEND x {10}\r\n");
    let id = id(&events[0]);
    server.connection.accept(id).unwrap();
    assert_eq!(names(&server.feed("0123")), ["0123"]);
    server.connection.complete(id, no(None, "disk full")).unwrap();
    assert_eq!(server.feed("b NOO"), []);
    assert_eq!(server.feed("P\r\n"), [], "the rest of the line");
    assert_eq!(server.take_text(), "+ go ahead\r\na NO disk full\r\n");
    server.done("c NOOP\r\n");
}

#[test]
fn a_message_that_was_accepted_and_refused_at_once_still_comes() {
    for plus in ["", "+"] {
        let mut server = LoneServer::logged_in(config());
        let events = server.feed(format!("a APPEND x {{10{plus}}}\r\n"));
        let id = id(&events[0]);
        server.connection.accept(id).unwrap();
        server.connection.complete(id, no(None, "on second thoughts")).unwrap();
        assert_eq!(server.feed("b LOGOUT\r\n\r\n"), []);
        server.take();
        server.done("c NOOP\r\n");
    }
}

#[test]
fn several_messages_are_decided_one_by_one() {
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("a APPEND x {3}\r\n");
    let id = id(&events[0]);
    server.connection.accept(id).unwrap();
    assert_eq!(
        names(&server.feed("one (\\Flagged) {3+}\r\ntwo {5}\r\n")),
        ["one", "message end", "message 3"]
    );
    server.connection.accept(id).unwrap();
    assert_eq!(names(&server.events()), ["two", "message end", "message 5"]);
    server.take();
    server.connection.complete(id, no(Some(Code::TooBig), "too big")).unwrap();
    assert_eq!(server.take_text(), "a NO [TOOBIG] too big\r\n");
    server.done("b NOOP\r\n");
}

#[test]
fn catenate_comes_piece_by_piece() {
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("a APPEND x CATENATE (URL \"/a;UID=1\" TEXT {3}\r\n");
    assert_eq!(names(&events), ["begin x", "catenate", "/a;UID=1", "text 3"]);
    let id = id(&events[0]);
    server.connection.accept(id).unwrap();
    assert_eq!(
        names(&server.feed("one URL /b TEXT {3+}\r\ntwo)\r\n")),
        ["one", "text end", "/b", "text 3"]
    );
    server.connection.accept(id).unwrap();
    assert_eq!(names(&server.events()), ["two", "text end", "message end", "end"]);
    server.complete(id);

    // Without a text there is nothing to accept.
    let events = server.feed("b APPEND x CATENATE (URL /a URL /b)\r\n");
    assert_eq!(names(&events), ["begin x", "catenate", "/a", "/b", "message end", "end"]);
    let id = self::id(&events[0]);
    assert!(matches!(server.connection.accept(id), Err(SendError::State { .. })));
    server.complete(id);
}

#[test]
fn replace_is_an_append_of_the_selected_state() {
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("a REPLACE 4 Drafts {3}\r\n");
    assert_eq!(rejected(&events)[0].2, "a mailbox selected before this command");
    let mut server = LoneServer::selected(config());
    let events = server.feed("a UID REPLACE 4 Drafts {3+}\r\nabc\r\n");
    let AppendPart::Begin(begin) = part(&events[0]) else { panic!() };
    assert!(matches!(begin.command, AppendCommand::UidReplace(_)));
    server.connection.accept(id(&events[0])).unwrap();
    assert_eq!(names(&server.events()), ["abc", "message end", "end"]);
    server.complete(id(&events[0]));
}

#[test]
fn a_broken_command_tells_the_application_only_if_it_had_begun() {
    for line in ["a APPEND\r\n", "a APPEND x\r\n", "a APPEND ( {1+}\r\nx\r\n"] {
        let mut server = LoneServer::logged_in(config());
        let events = server.feed(line);
        let begun = events.iter().any(|event| matches!(event, Event::Append { .. }));
        assert!(!begun, "{events:?}");
        assert_eq!(rejected(&events)[0].0.as_deref(), Some("a"), "{line:?}");
        assert!(server.take_text().starts_with("a BAD expected "));
        server.done("b NOOP\r\n");
    }
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("a APPEND x {3+}\r\nabc junk\r\nb NOOP\r\n");
    let id = id(&events[0]);
    server.connection.accept(id).unwrap();
    let events = server.events();
    assert!(matches!(&events[2], Event::Append { part: AppendPart::Malformed(_), .. }));
    assert_eq!(rejected(&events).len(), 1, "{events:?}");
    assert!(matches!(events[4], Event::Command { .. }), "{events:?}");
    assert!(server.take_text().starts_with("a BAD expected "));
    assert_eq!(server.connection.complete(id, ok("")), Err(SendError::NotOwed));
}

#[test]
fn a_message_over_the_limits_is_refused_before_the_application_is_asked() {
    let frame = FrameLimits { streamed: 100, literals: 2, ..FrameLimits::server() };
    let limits = Limits { frame, ..Limits::default() };
    let config = Config { limits, ..literal_plus() };
    for (size, is_asked) in [(100, true), (101, false)] {
        for plus in ["", "+"] {
            let mut server = LoneServer::logged_in(config.clone());
            let events = server.feed(format!("a APPEND x {{{size}{plus}}}\r\n"));
            assert_eq!(matches!(events[0], Event::Append { .. }), is_asked);
            if !is_asked {
                assert_eq!(server.take_text(), "a BAD [TOOBIG] expected a smaller literal\r\n");
                if plus == "+" {
                    assert_eq!(server.feed([b'x'; 101]), []);
                    assert_eq!(server.feed("\r\n"), []);
                }
                server.done("b NOOP\r\n");
            }
        }
    }
    let mut server = LoneServer::logged_in(config);
    let mut events = server.feed("a APPEND x {1+}\r\na {1+}\r\nb {1+}\r\nc\r\n");
    let id = id(&events[0]);
    server.connection.accept(id).unwrap();
    events.extend(server.events());
    server.connection.accept(id).unwrap();
    let events = server.events();
    assert!(
        matches!(&events[2], Event::Append { part: AppendPart::Malformed(_), .. }),
        "{events:?}"
    );
    assert_eq!(rejected(&events)[0].2, "fewer literals");
    server.take();
    server.done("b NOOP\r\n");
}

#[test]
fn nothing_is_expunged_while_a_message_comes() {
    // RFC 7162 section 3.2.10.2: it is not in progress during the negotiation of continuation.
    let mut server = LoneServer::selected(config());
    let events = server.feed("a APPEND x {1}\r\n");
    let id = id(&events[0]);
    let expunge = Data::Expunge(SeqNum::new(1).unwrap());
    assert!(matches!(server.connection.respond(&expunge), Err(SendError::State { .. })));
    server.connection.respond(&Data::Exists(3)).unwrap();
    server.connection.accept(id).unwrap();
    assert!(matches!(server.connection.respond(&expunge), Err(SendError::State { .. })));
    server.feed("x\r\n");
    server.connection.respond(&expunge).unwrap();
    server.complete(id);
}

#[test]
fn who_reads_no_events_reads_no_octets() {
    let mut server = LoneServer::logged_in(config());
    server.input.extend_from_slice(b"a APPEND x {1000000}\r\n");
    server.input.extend_from_slice(&[b'x'; 100_000]);
    let events = server.events();
    assert_eq!(names(&events), ["begin x", "message 1000000"]);
    assert_eq!(server.next(), Next::Hold, "undecided, and more waits than may");
    server.connection.accept(id(&events[0])).unwrap();
    assert_eq!(server.next(), Next::Read);
    assert_eq!(server.events().len(), 1);
    assert!(server.input.is_empty());
}
