//! What clients do, and a server puts up with: the cases of QUIRKS.md about behaviour.

use imap_proto::server::{Config, Event};
use imap_proto::{AppendPart, CommandBody, Data, Defect, SearchKey, SeqNum};
use mail_proto::{Connection as _, Leniency, Next};

use crate::connection_support::ok;
use crate::connection_support::server::{LoneServer, config, literal_plus, rejected};

/// The command behind the defects that were met.
#[track_caller]
fn tolerated(server: &mut LoneServer, octets: &str) -> (CommandBody, Vec<Defect>) {
    let mut events = server.feed(octets);
    let Some(Event::Command { id, body }) = events.pop() else { panic!("{events:?}") };
    server.complete(id);
    server.take();
    let defect = |event| match event {
        Event::Defect(defect) => defect.id,
        other => panic!("{other:?}"),
    };
    (body, events.into_iter().map(defect).collect())
}

#[test]
fn c1_a_command_right_behind_done_is_not_thrown_away() {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a IDLE\r\n");
    server.connection.accept(id).unwrap();
    assert_eq!(server.feed("DONE\r\n12 SELECT INBOX\r\n"), [Event::IdleDone { id }]);
    server.complete(id);
    assert!(matches!(server.command("").1, CommandBody::Select(_)));
}

#[test]
fn c2_changed_since_0_means_all() {
    let mut server = LoneServer::selected(config());
    let (body, defects) = tolerated(&mut server, "a UID FETCH 1:* (FLAGS) (CHANGEDSINCE 0)\r\n");
    assert!(matches!(body, CommandBody::UidFetch(_)));
    assert_eq!(defects.len(), 1);
}

#[test]
fn c4_tagged_replies_come_in_the_order_of_the_commands() {
    let mut server = LoneServer::selected(config());
    server.input.extend_from_slice(b"1 NOOP\r\n2 NOOP\r\n3 CAPABILITY\r\n4 NOOP\r\n");
    let mut said = String::new();
    for _ in 0..3 {
        let (id, _) = server.command("");
        server.complete(id);
        said += &server.take_text();
    }
    said.push_str(&server.take_text());
    let tags: Vec<_> = said.lines().filter(|line| !line.starts_with('*')).collect();
    assert_eq!(tags, ["1 OK done", "2 OK done", "3 OK that is all", "4 OK done"]);
}

#[test]
fn c6_capability_is_answered_as_often_as_it_is_asked() {
    let mut server = LoneServer::plain(config());
    server.feed("1 CAPABILITY\r\n2 CAPABILITY\r\n");
    assert_eq!(server.take_text().matches("* CAPABILITY ").count(), 2);
}

#[test]
fn c8_news_wait_for_whom_the_application_wants_to_wait() {
    // Nothing is sent that the application does not send: it may keep EXISTS for NOOP.
    let mut server = LoneServer::selected(config());
    server.done("a FETCH 1 FLAGS\r\n");
    let (id, _) = server.command("b NOOP\r\n");
    server.connection.respond(&Data::Expunge(SeqNum::MIN)).unwrap();
    server.connection.respond(&Data::Exists(5)).unwrap();
    server.complete(id);
    assert_eq!(server.take_text(), "* 1 EXPUNGE\r\n* 5 EXISTS\r\nb OK done\r\n");
}

#[test]
fn c11_after_enable_names_are_utf8_and_an_ampersand_is_one() {
    let mut server = LoneServer::logged_in(config());
    assert!(!server.connection.enabled().utf8());
    let (id, _) = server.command("A1 ENABLE UTF8=ACCEPT\r\nA2 CREATE \"R&D\"\r\n");
    let enabled = imap_proto::EnabledData {
        capabilities: [imap_proto::Capability::Utf8Accept].into_iter().collect(),
    };
    server.connection.respond(&Data::Enabled(enabled)).unwrap();
    server.complete(id);
    let (_, body) = server.command("");
    let CommandBody::Create(create) = body else { panic!("{body:?}") };
    assert_eq!(create.mailbox.as_bytes(), b"R&D");
    assert!(server.connection.enabled().utf8());
}

#[test]
fn c12_a_literal_over_the_limit_is_discarded_with_what_it_holds() {
    let mut server = LoneServer::logged_in(literal_plus());
    let events = server.feed("A1 CREATE {50000000+}\r\n");
    assert_eq!(rejected(&events).len(), 1);
    for _ in 0..50 {
        assert_eq!(server.feed(b"x LOGOUT\r\n".repeat(100_000)), []);
        assert!(server.input.is_empty());
    }
    server.feed("\r\n");
    assert!(server.take_text().starts_with("A1 BAD [TOOBIG] "));
    server.done("b NOOP\r\n");
}

#[test]
fn c13_literal8_in_append() {
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("A1 APPEND x ~{3}\r\n");
    let Event::Append { id, .. } = events[0] else { panic!("{events:?}") };
    server.connection.accept(id).unwrap();
    let events = server.feed("a\0b\r\n");
    let Event::Append { part: AppendPart::Chunk(octets), .. } = &events[0] else { panic!() };
    assert_eq!(octets, "a\0b");
    assert_eq!(events.len(), 3, "no defect: {events:?}");
}

#[test]
fn c14_sasl_odds() {
    for line in ["A1 AUTHENTICATE PLAIN AHUAcA==\r\n", "A1 AUTHENTICATE PLAIN =\r\n"] {
        let mut server = LoneServer::plain(config());
        assert!(matches!(server.command(line).1, CommandBody::Authenticate(_)));
    }
    // Empty lines outside are errors, not answers.
    let mut server = LoneServer::plain(config());
    assert_eq!(rejected(&server.feed("\r\n")).len(), 1);
    assert_eq!(rejected(&server.feed("AHUAcA==\r\n")).len(), 1);
    assert_eq!(server.next(), Next::Read);
    assert!(!server.take_text().contains("AHUA"), "it may be a password");
}

#[test]
fn c15_bare_lf_by_name_only_and_then_everywhere() {
    let mut server = LoneServer::logged_in(config());
    assert_eq!(server.feed("a NOOP\n"), []);
    assert_eq!(rejected(&server.feed("b NOOP\r\n")).len(), 1, "one line, and a broken one");

    let leniency = Leniency::lenient().allow(Defect::BareLf);
    let lenient = Config { leniency, ..config() };
    let mut server = LoneServer::logged_in(lenient);
    let (_, defects) = tolerated(&mut server, "a NOOP\n");
    assert_eq!(defects, [Defect::BareLf]);
    let (body, _) = tolerated(&mut server, "b CREATE {3+}\nx\ny\n");
    let CommandBody::Create(create) = body else { panic!("{body:?}") };
    assert_eq!(create.mailbox.as_bytes(), b"x\ny");
    // A bare CR is an octet like others, and wrong.
    assert_eq!(rejected(&server.feed("c NOOP\r\r\n")).len(), 1);
}

#[test]
fn c16_fetch_with_and_without_parentheses() {
    let mut server = LoneServer::selected(config());
    for line in ["a FETCH 1 FLAGS\r\n", "b FETCH 1 (FLAGS)\r\n"] {
        server.done(line);
    }
    assert_eq!(rejected(&server.feed("c FETCH 1 (ALL)\r\n")).len(), 1);
}

#[test]
fn c17_store_without_parentheses_and_empty() {
    let mut server = LoneServer::selected(config());
    server.done("A1 STORE 1 +FLAGS \\Seen\r\n");
    server.done("A1 STORE 1 FLAGS ()\r\n");
}

#[test]
fn c18_status_of_the_selected_mailbox_is_a_command_like_others() {
    let mut server = LoneServer::selected(config());
    let (_, body) = server.command("A1 STATUS INBOX (UNSEEN)\r\n");
    assert!(matches!(body, CommandBody::Status(_)));
}

#[test]
fn c19_inbox_in_any_case() {
    let mut server = LoneServer::logged_in(config());
    let (_, body) = server.command("A1 SELECT Inbox\r\n");
    let CommandBody::Select(select) = body else { panic!("{body:?}") };
    assert!(select.mailbox.is_inbox());
}

#[test]
fn c22_esearch_names_the_tag_as_a_string() {
    let mut server = LoneServer::selected(config());
    let (_, body) = server.command("A1 SEARCH RETURN (ALL) SEEN\r\n");
    let CommandBody::Search(search) = body else { panic!("{body:?}") };
    assert_eq!((search.returning.map(|it| it.len()), search.key), (Some(1), SearchKey::Seen));
}

#[test]
fn c23_what_is_no_imap_is_hung_up_on_at_once() {
    for first in ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01"] {
        let mut server = LoneServer::plain(config());
        server.feed(first);
        assert_eq!(server.take_text(), "* BYE this is an IMAP server\r\n");
        assert_eq!(server.next(), Next::Close);
    }
}

#[test]
fn c28_a_connection_is_cheap() {
    assert!(size_of::<imap_proto::server::Server>() < 1024);
}

#[test]
fn c29_responses_are_handed_out_whole() {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a NOOP\r\n");
    server.connection.respond(&Data::Exists(5)).unwrap();
    server.connection.respond(&Data::Condition(ok("hi"))).unwrap();
    server.complete(id);
    let transmit = server.connection.transmit(server.now);
    assert_eq!(transmit.slices().count(), 1);
    assert_eq!(bytes::Buf::chunk(&transmit), b"* 5 EXISTS\r\n* OK hi\r\na OK done\r\n");
}

#[test]
fn q104_done_is_taken_in_any_case_and_when_it_is_there_already() {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("A7 IDLE\r\ndOnE\r\n");
    assert_eq!(server.events(), [], "not before it is accepted");
    server.connection.accept(id).unwrap();
    assert_eq!(server.events(), [Event::IdleDone { id }]);
}

#[test]
fn c3_special_use_may_be_told_without_being_asked_for() {
    let mut server = LoneServer::logged_in(config());
    for (command, answer) in [
        ("LIST \"\" \"*\"", "LIST (\\Sent) \"/\" Sent"),
        ("LSUB \"\" \"*\"", "LSUB (\\Noselect \\Trash) \"/\" Trash"),
    ] {
        let (id, _) = server.command(format!("A1 {command}\r\n"));
        server.connection.respond(&read(answer)).unwrap();
        server.complete(id);
        assert_eq!(server.take_text(), format!("* {answer}\r\nA1 OK done\r\n"));
    }
}

/// What is untagged, as it is written.
fn read(text: &str) -> Data {
    let octets = bytes::Bytes::from(format!("* {text}"));
    let mut reading = mail_proto::Reading::new(Leniency::strict());
    match imap_proto::parse_whole(&octets, &mut reading, imap_proto::Response::parse).unwrap() {
        imap_proto::Response::Data(data) => data,
        other => panic!("{other:?}"),
    }
}

#[test]
fn c5_items_are_written_in_the_order_of_the_application() {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("A1 FETCH 1 (UID FLAGS)\r\n");
    for order in ["1 FETCH (UID 7 FLAGS (\\Seen))", "2 FETCH (FLAGS () UID 8)"] {
        server.connection.respond(&read(order)).unwrap();
        assert_eq!(server.take_text(), format!("* {order}\r\n"));
    }
    server.complete(id);
}

#[test]
fn c21_keywords_are_what_they_are() {
    let mut server = LoneServer::selected(config());
    let (_, body) = server.command("A1 STORE 1 +FLAGS (NotJunk $NotJunk JunkRecorded)\r\n");
    let mut again = Vec::new();
    body.encode(&mut imap_proto::Encoder::new(&mut again, imap_proto::Negotiated::client()));
    assert_eq!(again, b"STORE 1 +FLAGS (NotJunk $NotJunk JunkRecorded)");
}

#[test]
fn q103_bye_is_said_once_and_nothing_behind_it() {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a NOOP\r\n");
    let text = || imap_proto::RespText::from(mail_proto::Text::new("Autologout").unwrap());
    server.connection.bye(text()).unwrap();
    assert!(server.connection.bye(text()).is_err());
    assert!(server.connection.complete(id, ok("done")).is_err());
    assert!(server.connection.respond(&Data::Exists(1)).is_err());
    server.feed("b NOOP\r\n");
    assert_eq!(server.take_text(), "* BYE Autologout\r\n");
    assert_eq!(server.next(), Next::Close);
}

#[test]
fn q106_news_may_be_told_in_the_midst_of_an_exchange_and_of_an_upload() {
    let alert = || read("OK [ALERT] hi");
    let mut server = LoneServer::plain(config());
    let (id, _) = server.command("a AUTHENTICATE PLAIN\r\n");
    server.connection.respond(&alert()).unwrap();
    server.connection.challenge(id, &crate::connection_support::secret(b"")).unwrap();
    server.connection.respond(&alert()).unwrap();
    assert_eq!(server.take_text(), "* OK [ALERT] hi\r\n+ \r\n* OK [ALERT] hi\r\n");

    let mut server = LoneServer::selected(config());
    let events = server.feed("a APPEND x {3}\r\n");
    let Event::Append { id, .. } = events[0] else { panic!("{events:?}") };
    server.connection.respond(&Data::Exists(5)).unwrap();
    server.connection.accept(id).unwrap();
    server.connection.respond(&Data::Exists(6)).unwrap();
    assert_eq!(server.take_text(), "* 5 EXISTS\r\n+ go ahead\r\n* 6 EXISTS\r\n");
}
