//! Greeting, tags, states, and what the connection answers itself.

use imap_proto::connection::{Closed, State, table};
use imap_proto::server::{Config, Event, Greeting, Server};
use imap_proto::{Code, CommandBody, ConditionKind, Data, RespText};
use mail_proto::{Connection as _, Next, Security, SendError, TlsPolicy};

use crate::connection_support::server::{LoneServer, config, rejected};
use crate::connection_support::{bad, condition, no, ok, text};

#[test]
fn greetings() {
    let greet = |greeting| {
        let mut server = LoneServer::of(Server::new(Config::default(), Security::Tls, greeting));
        let events = server.events();
        (server.take_text(), server.connection.state(), server.next(), events)
    };
    let (said, state, next, _) = greet(Greeting::default());
    assert_eq!(
        said,
        "* OK [CAPABILITY IMAP4rev1 IMAP4rev2 SASL-IR LITERAL- ID ENABLE IDLE] IMAP server ready\r\n"
    );
    assert_eq!((state, next), (State::NotAuthenticated, Next::Read));

    let joe = RespText::new(Some(Code::Alert), text("hello joe"));
    let (said, state, next, _) = greet(Greeting::PreAuth(joe));
    assert_eq!(said, "* PREAUTH [ALERT] hello joe\r\n");
    assert_eq!((state, next), (State::Authenticated, Next::Read));

    let (said, state, next, events) = greet(Greeting::Bye(text("go away").into()));
    assert_eq!(said, "* BYE go away\r\n");
    assert_eq!((state, next), (State::Logout, Next::Close));
    assert_eq!(events, [Event::Closed(Closed::Bye)]);
}

#[test]
fn one_command_runs_at_a_time_and_the_next_stays_unparsed() {
    let mut server = LoneServer::logged_in(config());
    let (first, body) = server.command("a NOOP\r\nb NOOP\r\nGARBAGE GARBAGE GARBAGE\r\n");
    assert_eq!(body, CommandBody::Noop);
    assert_eq!(server.input.len(), 33);
    assert_eq!(server.take(), b"");
    server.complete(first);
    let (second, _) = server.command("");
    assert!(second > first);
    assert_eq!(server.take_text(), "a OK done\r\n");
    assert_eq!(server.connection.complete(first, ok("again")), Err(SendError::NotOwed));
    server.complete(second);
    assert_eq!(server.take_text(), "b OK done\r\n");
}

#[test]
fn every_command_is_refused_in_the_states_where_it_is_not_legal() {
    for (name, rules) in table() {
        // Arguments are read first: a broken command is refused in any state.
        let arguments = match *name {
            "STARTTLS" | "CLOSE" | "EXPUNGE" | "CHECK" | "UNSELECT" | "NAMESPACE" | "IDLE"
            | "UNAUTHENTICATE" | "GETJMAPACCESS" => "",
            "SELECT" | "EXAMINE" | "CREATE" | "DELETE" | "SUBSCRIBE" | "UNSUBSCRIBE" => " x",
            "FETCH" | "UID FETCH" => " 1 FLAGS",
            "STORE" | "UID STORE" => " 1 FLAGS ()",
            "SEARCH" | "UID SEARCH" => " ALL",
            "COPY" | "MOVE" | "UID COPY" | "UID MOVE" => " 1 x",
            "UID EXPUNGE" => " 1",
            "STATUS" => " x (UNSEEN)",
            "ENABLE" => " CONDSTORE",
            "LIST" | "LSUB" => " \"\" *",
            "LOGIN" => " a b",
            "AUTHENTICATE" => " PLAIN",
            "COMPRESS" => " DEFLATE",
            _ => continue,
        };
        let line = format!("t {name}{arguments}\r\n");
        let states: [(State, fn() -> LoneServer); 3] = [
            (State::NotAuthenticated, || LoneServer::plain(config())),
            (State::Authenticated, || LoneServer::logged_in(config())),
            (State::Selected, || LoneServer::selected(config())),
        ];
        for (state, make) in states {
            let mut server = make();
            assert_eq!(server.connection.state(), state);
            let at = server.connection_offset();
            let events = server.feed(&line);
            let said = server.take_text();
            if rules.is_legal(state) {
                assert!(rejected(&events).is_empty(), "{state}: {line} {said}");
            } else {
                let [(tag, found, _)] = &rejected(&events)[..] else { panic!("{line} {events:?}") };
                assert_eq!((tag.as_deref(), *found), (Some("t"), at), "{line}");
                assert!(said.starts_with("t BAD expected "), "{said}");
            }
        }
    }
}

#[test]
fn selecting_and_closing_move_the_state() {
    let mut server = LoneServer::logged_in(config());
    let (id, _) = server.command("a SELECT INBOX\r\n");
    server.connection.respond(&Data::Exists(3)).unwrap();
    server.complete(id);
    assert_eq!(server.take_text(), "* 3 EXISTS\r\na OK done\r\n");
    assert_eq!(server.connection.state(), State::Selected);

    // RFC 9051 section 6.3.2: a failed SELECT leaves none selected; a wrong one has not been tried.
    let (id, _) = server.command("b SELECT nowhere\r\n");
    server.connection.complete(id, bad("what?")).unwrap();
    assert_eq!(server.connection.state(), State::Selected);
    let (id, _) = server.command("c EXAMINE nowhere\r\n");
    server.connection.complete(id, no(Some(Code::NonExistent), "no such mailbox")).unwrap();
    assert_eq!(server.connection.state(), State::Authenticated);

    for leave in ["CLOSE", "UNSELECT"] {
        let mut server = LoneServer::selected(config());
        server.done(format!("d {leave}\r\n"));
        assert_eq!(server.connection.state(), State::Authenticated);
    }
}

#[test]
fn capability_is_answered_by_the_connection() {
    let mut server = LoneServer::plain(config());
    assert_eq!(server.feed("a CAPABILITY\r\n"), []);
    assert_eq!(
        server.take_text(),
        "* CAPABILITY IMAP4rev1 IMAP4rev2 SASL-IR LITERAL- ID ENABLE IDLE AUTH=PLAIN AUTH=X-ASK \
         STARTTLS\r\na OK that is all\r\n"
    );
    let closed = Config { tls: TlsPolicy::Required, ..config() };
    let mut server = LoneServer::plain(closed);
    server.feed("a CAPABILITY\r\n");
    assert_eq!(
        server.take_text(),
        "* CAPABILITY IMAP4rev1 IMAP4rev2 SASL-IR LITERAL- ID ENABLE IDLE STARTTLS LOGINDISABLED\r\n\
         a OK that is all\r\n"
    );
    let mut server = LoneServer::selected(config());
    server.feed("a CAPABILITY\r\n");
    assert_eq!(
        server.take_text(),
        "* CAPABILITY IMAP4rev1 IMAP4rev2 SASL-IR LITERAL- ID ENABLE IDLE COMPRESS=DEFLATE\r\n\
         a OK that is all\r\n"
    );
}

#[test]
fn logout_says_bye_and_nothing_behind_it_is_executed() {
    for make in [LoneServer::plain, LoneServer::logged_in, LoneServer::selected] {
        let mut server = make(config());
        assert_eq!(server.feed("x LOGOUT\r\ny NOOP\r\n"), [Event::Closed(Closed::Logout)]);
        assert_eq!(server.next(), Next::Hold, "the answer is to be written");
        assert_eq!(server.take_text(), "* BYE logging out\r\nx OK bye\r\n");
        assert_eq!((server.next(), server.connection.state()), (Next::Close, State::Logout));
    }
}

#[test]
fn broken_commands_are_refused_by_tag_or_without() {
    for (line, tag, at) in [
        ("\r\n", None, 0),
        (" NOOP\r\n", None, 0),
        ("a\r\n", None, 1),
        ("a \r\n", Some("a"), 2),
        ("a (\r\n", Some("a"), 2),
        ("a SELECT\r\n", Some("a"), 8),
        ("a SELECT x y\r\n", Some("a"), 11),
        ("a+ NOOP\r\n", None, 1),
        ("* OK\r\n", None, 0),
        ("a FETCH 0 FLAGS\r\n", Some("a"), 8),
    ] {
        let mut server = LoneServer::selected(config());
        let before = server.connection_offset();
        let events = server.feed(line);
        let [(found, place, expected)] = &rejected(&events)[..] else { panic!("{line:?}") };
        assert_eq!((found.as_deref(), *place - before), (tag, at), "{line:?} {expected}");
        assert_eq!(
            server.take_text(),
            format!("{} BAD expected {expected}\r\n", tag.unwrap_or("*"))
        );
    }
}

#[test]
fn an_unknown_command_is_the_applications_after_login() {
    let mut server = LoneServer::plain(config());
    assert_eq!(rejected(&server.feed("a XYZZY 1\r\n")).len(), 1);
    let mut server = LoneServer::logged_in(config());
    let (id, body) = server.command("a XYZZY 1\r\n");
    assert!(matches!(body, CommandBody::Unknown(_)));
    server.connection.complete(id, bad("unknown")).unwrap();
    assert_eq!(server.take_text(), "a BAD unknown\r\n");
}

#[test]
fn completions_are_ok_no_or_bad() {
    let mut server = LoneServer::logged_in(config());
    let (id, _) = server.command("a NOOP\r\n");
    for kind in [ConditionKind::Bye, ConditionKind::PreAuth] {
        let refused = server.connection.complete(id, condition(kind, None, "x"));
        assert!(matches!(refused, Err(SendError::State { .. })));
    }
    server.complete(id);
    server.connection.close();
    assert_eq!(server.connection.complete(id, ok("")), Err(SendError::Closed));
    assert_eq!(server.connection.respond(&Data::Exists(1)), Err(SendError::Closed));
}

#[test]
fn bye_ends_the_connection_and_drops_what_runs() {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a NOOP\r\n");
    let gone = RespText::new(Some(Code::Unavailable), text("the mailbox is gone"));
    server.connection.bye(gone).unwrap();
    assert_eq!(server.feed("b NOOP\r\n"), [Event::Closed(Closed::Bye)]);
    assert_eq!(server.take_text(), "* BYE [UNAVAILABLE] the mailbox is gone\r\n");
    assert_eq!(server.next(), Next::Close);
    assert_eq!(server.connection.complete(id, ok("")), Err(SendError::Closed));
    assert_eq!(server.connection.bye(text("again").into()), Err(SendError::Closed));
}

#[test]
fn a_client_that_has_said_all_and_closed_its_side_is_answered() {
    let mut server = LoneServer::logged_in(config());
    server.input.extend_from_slice(b"a NOOP\r\nb CAPABILITY\r\nc LOGOUT\r\n");
    let events = server.eof();
    let [Event::Command { id, .. }] = events[..] else { panic!("{events:?}") };
    assert_eq!(server.next(), Next::Hold, "the application's turn");
    server.complete(id);
    assert_eq!(server.events(), [Event::Closed(Closed::Logout)]);
    let said = server.take_text();
    assert!(said.starts_with("a OK done\r\n* CAPABILITY ") && said.ends_with("c OK bye\r\n"));
    assert_eq!(server.next(), Next::Close);

    let mut server = LoneServer::logged_in(config());
    server.input.extend_from_slice(b"a NO");
    assert_eq!(server.eof(), [Event::Closed(Closed::Eof)]);
}
