//! What a client sends costs what the limits say, in octets and in work.

use imap_proto::connection::State;
use imap_proto::server::{Config, Event, Limits};
use imap_proto::{CommandBody, Data};
use mail_proto::{Connection as _, Next};

use crate::connection_support::secret;
use crate::connection_support::server::{LoneServer, config, literal_plus, rejected};

fn challenged() -> LoneServer {
    let mut server = LoneServer::plain(config());
    let (id, _) = server.command("a AUTHENTICATE PLAIN\r\n");
    server.connection.challenge(id, &secret(b"")).unwrap();
    server
}

fn idling() -> LoneServer {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a IDLE\r\n");
    server.connection.accept(id).unwrap();
    server
}

fn between_messages() -> LoneServer {
    let mut server = LoneServer::logged_in(config());
    let events = server.feed("a APPEND x {1+}\r\ny");
    let Event::Append { id, .. } = events[0] else { panic!() };
    server.connection.accept(id).unwrap();
    server.events();
    server
}

#[test]
fn s13_every_state_bounds_its_lines() {
    let kib = 1024;
    for (name, mut server, limit) in [
        ("not authenticated", LoneServer::plain(config()), 8 * kib),
        ("authenticated", LoneServer::logged_in(config()), 64 * kib),
        ("selected", LoneServer::selected(config()), 64 * kib),
        ("exchange", challenged(), 12 * kib),
        ("idle", idling(), 64),
        ("between messages", between_messages(), 64 * kib),
    ] {
        server.take();
        let mut events = Vec::new();
        for _ in 0..200 {
            events.extend(server.feed([b'A'; 1024]));
            assert!(server.input.len() <= limit, "{name} keeps {}", server.input.len());
        }
        assert_eq!(rejected(&events).len(), 1, "{name}");
        server.feed("\r\n");
        assert_eq!(server.next(), Next::Read, "{name}");
        assert!(server.take_text().contains("BAD "), "{name}");
        assert_eq!(server.feed("z CAPABILITY\r\n"), [], "{name}");
    }
}

#[test]
fn s13_a_number_allocates_nothing() {
    for size in ["4294967295", "9223372036854775807"] {
        let mut server = LoneServer::logged_in(literal_plus());
        server.feed(format!("a CREATE {{{size}}}\r\n"));
        assert!(server.take_text().starts_with("a BAD [TOOBIG]"));
        server.feed(format!("b CREATE {{{size}+}}\r\n"));
        assert!(server.take_text().starts_with("b BAD [TOOBIG]"));
        server.feed([b'x'; 100_000]);
        assert_eq!(server.input.capacity().min(200_000), server.input.capacity());
    }
}

#[test]
fn s13_many_literals_meet_one_budget() {
    let mut server = LoneServer::plain(literal_plus());
    let mut kept = 0;
    for _ in 0..20 {
        server.feed("a ID ({1000+}\r\n");
        server.feed([b'x'; 1000]);
        kept = kept.max(server.input.len());
    }
    assert!(kept <= 16 * 1024, "{kept}");
    let mut server = LoneServer::logged_in(literal_plus());
    server.feed("a LIST \"\" (");
    for _ in 0..1100 {
        server.feed("{1+}\r\nx ");
        kept = kept.max(server.input.len());
    }
    assert!(server.take_text().starts_with("a BAD [TOOBIG] expected fewer literals"));
}

#[test]
fn s15_ranges_stay_ranges() {
    let mut server = LoneServer::selected(config());
    let (_, body) = server.command("a UID FETCH 1:4294967295,*:1,4294967295:1 FLAGS\r\n");
    assert!(matches!(body, CommandBody::UidFetch(_)));
}

#[test]
fn s16_nesting_is_refused_at_its_limit() {
    let deep = |n: usize| format!("a SEARCH {}ALL{}\r\n", "(".repeat(n), ")".repeat(n));
    // NOT NOT is nothing, and takes no level.
    let nots = |n: usize| format!("a SEARCH {}ALL{}\r\n", "NOT (SEEN ".repeat(n), ")".repeat(n));
    let ors = |n: usize| format!("a SEARCH {}{}\r\n", "OR ".repeat(n), "ALL ".repeat(n + 1).trim());
    // Alternatives are one list.
    for (make, many) in [(deep as fn(usize) -> String, 20_000), (nots, 5000), (ors, 10_000)] {
        let mut server = LoneServer::selected(config());
        assert!(matches!(server.feed(make(8))[..], [Event::Command { .. }]), "{}", make(8));
        let mut server = LoneServer::selected(config());
        let events = server.feed(make(many));
        assert_eq!(rejected(&events).len(), 1, "{}", make(3));
        server.done("b NOOP\r\n");
    }
    let thread = std::thread::Builder::new().stack_size(64 * 1024).spawn(move || {
        let limits = Limits {
            frame: imap_proto::connection::FrameLimits {
                line: 4 << 20,
                message: 4 << 20,
                ..Limits::default().frame
            },
            ..Limits::default()
        };
        let mut server = LoneServer::selected(Config { limits, ..config() });
        let events = server.feed(deep(1_000_000));
        assert_eq!(rejected(&events).len(), 1);
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn s21_every_state_with_pending_io_has_a_deadline() {
    for mut server in [
        LoneServer::plain(config()),
        LoneServer::logged_in(config()),
        LoneServer::selected(config()),
        challenged(),
        idling(),
        between_messages(),
    ] {
        server.events();
        assert!(server.connection.poll_timeout().is_some());
        server.take();
        assert!(server.connection.poll_timeout().is_some());
    }
}

#[test]
fn s22_events_are_pulled_and_never_queue_up() {
    let mut server = LoneServer::selected(config());
    let many = "a APPEND x CATENATE (".to_owned() + &"URL /a ".repeat(5000) + "URL /b)\r\n";
    server.input.extend_from_slice(many.as_bytes());
    let mut parts = 0;
    while let Some(event) = server.connection.poll(&mut server.input, server.now).unwrap() {
        assert!(matches!(event, Event::Append { .. }), "{event:?}");
        parts += 1;
    }
    assert_eq!(parts, 5000 + 5);
}

#[test]
fn s22_an_application_that_says_much_is_told_when_there_is_room() {
    let mut server = LoneServer::selected(config());
    let (id, _) = server.command("a NOOP\r\n");
    let mut said = 0u64;
    for _ in 0..200 {
        while server.connection.room() > 0 {
            server.connection.respond(&Data::Exists(4_294_967_295)).unwrap();
        }
        assert_eq!(server.events(), []);
        said += server.take().len() as u64;
        assert_eq!(server.events(), [Event::Room { id }]);
    }
    assert!(said > 200 * 1024 * 1024);
}

#[test]
fn s23_counts_at_the_edges_are_read_or_refused() {
    for number in [
        "0",
        "1",
        "2147483647",
        "2147483648",
        "4294967295",
        "4294967296",
        "9223372036854775807",
        "18446744073709551616",
        "00000000001",
    ] {
        for line in [
            format!("a FETCH {number} FLAGS\r\n"),
            format!("a UID FETCH {number}:* (BODY[]<{number}.{number}>)\r\n"),
            format!("a SEARCH LARGER {number}\r\n"),
            format!("a UID FETCH 1 FLAGS (CHANGEDSINCE {number})\r\n"),
        ] {
            let mut server = LoneServer::selected(config());
            server.feed(&line);
            assert_eq!(server.connection.state(), State::Selected, "{line}");
        }
        let many = format!("a FETCH {} FLAGS\r\n", number.repeat(1000));
        let mut server = LoneServer::selected(config());
        assert_eq!(rejected(&server.feed(many)).len(), 1);
    }
}

/// Inflating is the driver's: what an inflater pours in meets the limits of octets that came as they
/// are, and the driver is told to stop.
#[test]
fn s8_a_bomb_behind_compress_meets_the_limits() {
    for begin in
        ["a NOOP", "a CREATE {1000000000+}\r\n", "a CREATE \"", "a APPEND x {1000000000+}\r\n"]
    {
        let mut server = LoneServer::logged_in(literal_plus());
        assert_eq!(server.feed("c COMPRESS DEFLATE\r\n"), []);
        server.take();
        server.hand_over(mail_proto::Handover::Deflate);
        let mut events = server.feed(begin);
        for _ in 0..1000 {
            if server.next() != Next::Read {
                break;
            }
            events.extend(server.feed([b' '; 64 * 1024]));
            assert!(server.input.len() <= 128 * 1024, "{begin}: {}", server.input.len());
            events.retain(|event| matches!(event, Event::Rejected { .. } | Event::Append { .. }));
        }
        // An upload waits for the application; all others have been refused.
        match &events[..] {
            [Event::Append { .. }, ..] => assert_eq!(server.next(), Next::Hold, "{begin}"),
            events => assert_eq!(rejected(events).len(), 1, "{begin}"),
        }
    }
}
