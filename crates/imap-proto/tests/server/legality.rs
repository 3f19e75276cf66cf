//! What the application may say, and when.

use imap_proto::connection::table;
use imap_proto::{
    Capability, Code, ConditionKind, Data, EnabledData, FetchBegin, FetchData, FetchItem,
    FetchPart, FlagList, ModSeq, NumberSet, Response, SearchData, SeqNum, Uid, Vanished,
    parse_whole,
};
use mail_proto::SendError;

use crate::connection_support::server::{LoneServer, config, rejected};
use crate::connection_support::{condition, ok};

fn expunge() -> Data {
    Data::Expunge(SeqNum::new(1).unwrap())
}

fn vanished(earlier: bool) -> Data {
    Data::Vanished(Vanished { earlier, uids: NumberSet::one(Uid::new(7).unwrap()) })
}

fn fetch(items: impl IntoIterator<Item = FetchItem>) -> Data {
    Data::Fetch(SeqNum::new(1), FetchData { items: items.into_iter().collect() })
}

fn uid_fetch(items: impl IntoIterator<Item = FetchItem>) -> Data {
    Data::UidFetch(Uid::new(7).unwrap(), FetchData { items: items.into_iter().collect() })
}

fn flags() -> FetchItem {
    FetchItem::Flags(FlagList::default())
}

fn uid() -> FetchItem {
    FetchItem::Uid(Uid::new(7).unwrap())
}

fn mod_seq() -> FetchItem {
    FetchItem::ModSeq(ModSeq::new(5).unwrap())
}

#[track_caller]
fn legal(server: &mut LoneServer, data: &Data) {
    assert_eq!(server.connection.respond(data), Ok(()), "{data:?}");
    assert!(!server.take().is_empty());
}

#[track_caller]
fn illegal(server: &mut LoneServer, data: &Data) {
    let result = server.connection.respond(data);
    assert!(matches!(result, Err(SendError::State { .. })), "{data:?} {result:?}");
    assert!(server.take().is_empty(), "it changes nothing");
}

/// RFC 9051 sections 5.5 and 7.5.1.
#[test]
fn expunge_never_while_sequence_numbers_are_in_use_or_no_command_is() {
    let mut server = LoneServer::selected(config());
    illegal(&mut server, &expunge());
    for (command, is_legal) in [
        ("FETCH 1 FLAGS", false),
        ("STORE 1 FLAGS ()", false),
        ("SEARCH ALL", false),
        ("SORT (DATE) UTF-8 ALL", false),
        ("THREAD REFERENCES UTF-8 ALL", false),
        ("UID FETCH 1 FLAGS", true),
        ("UID STORE 1 FLAGS ()", true),
        ("UID SEARCH ALL", true),
        // RFC 7162 section 3.2.10.2: with message numbers it is a SEARCH.
        ("UID SEARCH 1:3", false),
        ("UID SEARCH OR (NOT 1:3) SEEN", false),
        ("UID SEARCH UID 1:3", true),
        ("UID SORT (DATE) UTF-8 1:3", false),
        ("UID THREAD REFERENCES UTF-8 1:3", false),
        ("EXPUNGE", true),
        ("UID EXPUNGE 1", true),
        ("NOOP", true),
        ("CHECK", true),
        ("COPY 1 x", true),
        ("MOVE 1 x", true),
        ("STATUS x (UNSEEN)", true),
    ] {
        let (id, _) = server.command(format!("a {command}\r\n"));
        server.take();
        match is_legal {
            true => legal(&mut server, &expunge()),
            false => illegal(&mut server, &expunge()),
        }
        server.complete(id);
        server.take();
    }
    let forbidden = table().iter().filter(|(_, rules)| rules.uses_seqs && !rules.breaks_seqs);
    assert!(forbidden.count() >= 5);
}

#[test]
fn notify_selected_lets_expunge_come_at_any_time() {
    for (set, is_legal) in [
        ("SET (SELECTED (MessageNew (UID) MessageExpunge))", true),
        ("SET (SELECTED-DELAYED (MessageNew (UID) MessageExpunge))", false),
        ("SET (INBOXES (MessageNew MessageExpunge))", false),
        ("NONE", false),
    ] {
        let mut server = LoneServer::selected(config());
        server.done(format!("n NOTIFY {set}\r\n"));
        match is_legal {
            true => legal(&mut server, &expunge()),
            false => illegal(&mut server, &expunge()),
        }
        let (id, _) = server.command("a FETCH 1 FLAGS\r\n");
        match is_legal {
            true => legal(&mut server, &expunge()),
            false => illegal(&mut server, &expunge()),
        }
        server.complete(id);
        server.take();
        server.done("n NOTIFY NONE\r\n");
        illegal(&mut server, &expunge());
    }
}

#[test]
fn vanished_takes_the_place_of_expunge() {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a NOOP\r\n");
    illegal(&mut server, &vanished(false));
    server.complete(id);
    server.enable("QRESYNC");
    assert!(server.connection.enabled().q_resync() && server.connection.enabled().cond_store());
    illegal(&mut server, &vanished(false));
    let (id, _) = server.command("b NOOP\r\n");
    server.take();
    illegal(&mut server, &expunge());
    legal(&mut server, &vanished(false));
    illegal(&mut server, &vanished(true));
    server.complete(id);
    let (id, _) = server.command("c UID FETCH 1:* (FLAGS) (CHANGEDSINCE 5 VANISHED)\r\n");
    server.take();
    legal(&mut server, &vanished(true));
    legal(&mut server, &vanished(false));
    server.complete(id);
    let (id, _) = server.command("d SELECT x (QRESYNC (1 5))\r\n");
    server.take();
    legal(&mut server, &vanished(true));
    // A mailbox without mod-sequences has no VANISHED.
    legal(&mut server, &Data::Condition(condition(ConditionKind::Ok, Some(Code::NoModSeq), "x")));
    server.complete(id);
    let (id, _) = server.command("e NOOP\r\n");
    server.take();
    legal(&mut server, &expunge());
    server.complete(id);
    server.done("f SELECT y\r\n");
    let (_, _) = server.command("g NOOP\r\n");
    illegal(&mut server, &expunge());
}

#[test]
fn with_uidonly_there_are_no_sequence_numbers() {
    let mut server = LoneServer::selected(config());
    illegal(&mut server, &uid_fetch([flags()]));
    server.enable("UIDONLY");
    for command in [
        "FETCH 1 FLAGS",
        "STORE 1 FLAGS ()",
        "SEARCH ALL",
        "COPY 1 x",
        "MOVE 1 x",
        "UID SEARCH 1:3",
        "UID SEARCH NOT 1",
        // Section 3.7.
        "SELECT x (QRESYNC (1 90 1:7 (3:4 6:7)))",
        "EXAMINE x (QRESYNC (1 90 1:7 (3:4 6:7)))",
    ] {
        let events = server.feed(format!("a {command}\r\n"));
        assert_eq!(rejected(&events).len(), 1, "{command}");
        assert!(server.take_text().starts_with("a BAD [UIDREQUIRED] "), "{command}");
    }
    // What a search saved are no numbers.
    server.done("a UID SEARCH NOT $\r\n");
    illegal(&mut server, &fetch([uid(), flags()]));
    legal(&mut server, &uid_fetch([flags()]));
    let (id, _) = server.command("b UID FETCH 1:* FLAGS\r\n");
    illegal(&mut server, &fetch([flags()]));
    let begin = FetchPart::Begin(FetchBegin::seq_num(SeqNum::new(1).unwrap()));
    assert!(matches!(server.connection.fetch_part(&begin), Err(SendError::State { .. })));
    let begin = FetchPart::Begin(FetchBegin::uid(Uid::new(7).unwrap()));
    let item = FetchPart::Item(FetchItem::Size(7));
    for part in [begin, item, FetchPart::End] {
        server.connection.fetch_part(&part).unwrap();
    }
    server.take();
    illegal(&mut server, &expunge());
    legal(&mut server, &vanished(false));
    server.complete(id);
    server.enable("QRESYNC");
    server.done("c SELECT x (QRESYNC (1 90 1:7))\r\n");
}

/// RFC 7162 sections 3.1.2.2, 3.2.5 and 3.2.6.
#[test]
fn resynchronization_is_enabled_and_mod_sequences_are_there_or_it_is_a_mistake() {
    let mut server = LoneServer::selected(config());
    for command in [
        "SELECT x (QRESYNC (1 2))",
        "EXAMINE x (QRESYNC (1 2))",
        "UID FETCH 1 FLAGS (CHANGEDSINCE 5 VANISHED)",
    ] {
        let events = server.feed(format!("a {command}\r\n"));
        assert_eq!(rejected(&events)[0].2, "ENABLE QRESYNC before", "{command}");
    }
    let (id, _) = server.command("b SELECT x\r\n");
    let no_mod_seq = condition(ConditionKind::Ok, Some(Code::NoModSeq), "none here");
    legal(&mut server, &Data::Condition(no_mod_seq));
    server.complete(id);
    for command in [
        "FETCH 1 FLAGS (CHANGEDSINCE 5)",
        "UID FETCH 1 MODSEQ",
        "STORE 1 (UNCHANGEDSINCE 4) FLAGS (\\Seen)",
        "SEARCH MODSEQ 5",
    ] {
        let events = server.feed(format!("c {command}\r\n"));
        assert_eq!(rejected(&events)[0].2, "a mailbox that has mod-sequences", "{command}");
    }
    server.done("d UID FETCH 1 FLAGS\r\n");
    server.done("e SELECT y\r\n");
    server.done("f UID FETCH 1 MODSEQ\r\n");
}

/// C7, Q54: old clients break.
#[test]
fn no_mod_sequence_before_a_command_that_enables_condstore() {
    for (command, enables) in [
        ("NOOP", false),
        ("FETCH 1 (FLAGS)", false),
        ("FETCH 1 (FLAGS MODSEQ)", true),
        ("UID FETCH 1 (FLAGS) (CHANGEDSINCE 5)", true),
        // C2: iOS Mail.
        ("UID FETCH 1:* (FLAGS) (CHANGEDSINCE 0)", true),
        ("STORE 1 (UNCHANGEDSINCE 5) FLAGS ()", true),
        ("SEARCH MODSEQ 5", true),
        ("SEARCH NOT (OR MODSEQ 5 SEEN)", true),
        ("STATUS x (HIGHESTMODSEQ)", true),
        ("STATUS x (UIDNEXT)", false),
        ("SELECT x (CONDSTORE)", true),
        ("SELECT x", false),
    ] {
        let mut server = LoneServer::selected(config());
        illegal(&mut server, &fetch([flags(), uid(), mod_seq()]));
        let events = server.feed(format!("a {command}\r\n"));
        let imap_proto::server::Event::Command { id, .. } = events[events.len() - 1] else {
            panic!("{events:?}")
        };
        assert_eq!(server.connection.enabled().cond_store(), enables, "{command}");
        match enables {
            true => legal(&mut server, &fetch([flags(), uid(), mod_seq()])),
            false => illegal(&mut server, &fetch([flags(), uid(), mod_seq()])),
        }
        server.complete(id);
    }
    let mut server = LoneServer::selected(config());
    server.enable("CONDSTORE");
    legal(&mut server, &fetch([flags(), mod_seq()]));
}

#[test]
fn a_fetch_that_nobody_asked_for_has_what_was_enabled() {
    // RFC 7162 section 3.1, RFC 9051 section 7.5.2.
    let mut server = LoneServer::selected(config());
    legal(&mut server, &fetch([flags()]));
    server.enable("IMAP4rev2");
    illegal(&mut server, &fetch([flags()]));
    legal(&mut server, &fetch([flags(), uid()]));
    let mut server = LoneServer::selected(config());
    server.enable("CONDSTORE");
    illegal(&mut server, &fetch([flags()]));
    legal(&mut server, &fetch([flags(), mod_seq()]));
    // As an answer it is what was asked for.
    let (_, _) = server.command("a FETCH 1 FLAGS\r\n");
    legal(&mut server, &fetch([flags()]));
}

#[test]
fn data_belong_to_a_state() {
    let mut server = LoneServer::plain(config());
    for data in [Data::Exists(1), Data::Flags(FlagList::default()), fetch([flags()]), expunge()] {
        illegal(&mut server, &data);
    }
    legal(&mut server, &Data::Condition(ok("hi")));
    let mut server = LoneServer::logged_in(config());
    for data in [Data::Exists(1), Data::Recent(1), fetch([uid()]), expunge(), vanished(false)] {
        illegal(&mut server, &data);
    }
    let enabled = EnabledData { capabilities: [Capability::QResync].into_iter().collect() };
    illegal(&mut server, &Data::Enabled(enabled));
    assert!(!server.connection.enabled().q_resync());
    for kind in [ConditionKind::Bye, ConditionKind::PreAuth] {
        illegal(&mut server, &Data::Condition(condition(kind, None, "x")));
    }
    // While a mailbox is being selected its data come.
    let (_, _) = server.command("a SELECT x\r\n");
    legal(&mut server, &Data::Exists(1));
    legal(&mut server, &Data::Flags(FlagList::default()));
}

#[test]
fn what_is_enabled_changes_how_strings_are_written() {
    use imap_proto::{Create, Mailbox, StatusData};
    let name = Mailbox::new("Entw\u{fc}rfe").unwrap();
    let data = Data::Status(StatusData { mailbox: name, items: Vec::new() });
    let mut server = LoneServer::logged_in(config());
    server.connection.respond(&data).unwrap();
    assert_eq!(server.take(), "* STATUS {9}\r\nEntw\u{fc}rfe ()\r\n".as_bytes());
    server.enable("UTF8=ACCEPT");
    assert!(server.connection.enabled().utf8());
    server.connection.respond(&data).unwrap();
    assert_eq!(server.take(), "* STATUS \"Entw\u{fc}rfe\" ()\r\n".as_bytes());
    let (_, body) = server.command("a CREATE \"Entw\u{fc}rfe\"\r\n");
    let imap_proto::CommandBody::Create(Create { mailbox, .. }) = body else { panic!() };
    assert_eq!(mailbox.as_bytes(), "Entw\u{fc}rfe".as_bytes());
}

/// RFC 5464 section 4.4.2.
#[test]
fn news_of_metadata_are_for_those_who_enabled_them() {
    let data = |line: &'static str| {
        let line = bytes::Bytes::from_static(line.as_bytes());
        let mut reading = mail_proto::Reading::new(mail_proto::Leniency::strict());
        match parse_whole(&line, &mut reading, Response::parse).unwrap() {
            Response::Data(data) => data,
            other => panic!("{other:?}"),
        }
    };
    let values = data("* METADATA INBOX (/shared/comment \"x\")");
    let (mailbox, server_wide) =
        (data("* METADATA INBOX /shared/comment"), data("* METADATA \"\" /shared/comment"));
    let mut server = LoneServer::logged_in(config());
    legal(&mut server, &values);
    illegal(&mut server, &mailbox);
    illegal(&mut server, &server_wide);
    server.enable("METADATA-SERVER");
    illegal(&mut server, &mailbox);
    legal(&mut server, &server_wide);
    server.enable("METADATA");
    legal(&mut server, &mailbox);
}

/// RFC 9051 section 6.4.4: clients of IMAP4rev2 ignore SEARCH.
#[test]
fn with_imap4rev2_a_search_is_answered_by_esearch() {
    let search = Data::Search(SearchData::default());
    let mut server = LoneServer::selected(config());
    legal(&mut server, &search);
    server.enable("IMAP4rev2");
    illegal(&mut server, &search);
}

/// RFC 9755 section 3.
#[test]
fn with_utf8_accept_a_search_names_no_charset() {
    let mut server = LoneServer::selected(config());
    server.done("a SEARCH CHARSET UTF-8 ALL\r\n");
    server.enable("UTF8=ACCEPT");
    assert_eq!(rejected(&server.feed("b SEARCH CHARSET UTF-8 ALL\r\n")).len(), 1);
    assert!(server.take_text().starts_with("b BAD "));
    server.done("c UID SEARCH ALL\r\n");
}
