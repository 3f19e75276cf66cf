//! No octet is taken for something else than it is, and no answer for another's.

use mail_proto::{Leniency, Next, Sent};
use pop3_proto::client::{Event, Reply};
use pop3_proto::server::{self, Request, Response};
use pop3_proto::{Command, Defect, Error, State};

use super::support::{
    LoneClient, LoneServer, Seeded, auth, number, open_client, secret, server_config, text,
};

fn requests(events: &[server::Event]) -> usize {
    events.iter().filter(|event| matches!(event, server::Event::Request(_))).count()
}

#[test]
fn s24_the_rest_of_an_over_long_line_is_never_executed() {
    let long = "X".repeat(600);
    for filler in
        [format!("{long} DELE 1\rQUIT\nDELE 1\0"), format!("USER {long}\rDELE 1"), "\r".repeat(700)]
    {
        let line = format!("{filler}\r\nSTAT\r\n").into_bytes();
        for split in 0..=line.len() {
            let mut server = LoneServer::in_transaction(server_config());
            let events = server.feed_split(&line, &[split]);
            assert!(
                matches!(
                    events[..],
                    [
                        server::Event::Rejected { at: 25, .. },
                        server::Event::Request(Request::Stat(_))
                    ]
                ),
                "{split}: {events:?}"
            );
        }
        let mut server = LoneServer::in_transaction(server_config());
        assert_eq!(requests(&server.feed_single(&line)), 1);
        assert_eq!(server.take_text(), "-ERR expected a line within the limit\r\n");
    }
}

#[test]
fn s24_an_over_long_line_of_a_listing_is_skipped_and_its_neighbours_survive() {
    for length in [8191, 8192, 8193, 8194, 20_000] {
        for end in ["", "\r", "\n", "\r\r"] {
            let long = format!("{}{end}", "9".repeat(length - 2 - end.len()));
            let answer = format!("+OK\r\n1 10\r\n{long}\r\n.\r\n");
            let mut whole = None;
            for split in [5, 11, 8190, 8201, 8202, 8203, 8204, 8205, answer.len()] {
                let mut client = LoneClient::in_transaction(open_client());
                client.connection.send(Command::List(None)).unwrap();
                client.take();
                let split = split.min(answer.len());
                let events = client.feed_split(answer.as_bytes(), &[split]);
                assert!(matches!(events.last(), Some(Event::Completed { .. })), "{length} {split}");
                let lines = events.iter().filter(|event| matches!(event, Event::Line { .. }));
                assert_eq!(lines.count(), 2);
                assert_eq!(whole.get_or_insert_with(|| events.clone()), &events);
            }
        }
    }
}

#[test]
fn s25_answers_belong_to_commands_in_order_also_behind_cancelled_ones() {
    for cancelled in 0..16 {
        let mut client = LoneClient::in_transaction(open_client());
        client.exchange(Command::Capa, "+OK\r\nPIPELINING\r\n.\r\n");
        let commands =
            [Command::Retr(number(1)), Command::Stat, Command::List(None), Command::Noop];
        let ids = commands.map(|command| client.connection.send(command).unwrap());
        client.take();
        let is_cancelled = |index: usize| cancelled & (1 << index) != 0;
        for (index, id) in ids.iter().enumerate().filter(|(index, _)| is_cancelled(*index)) {
            assert_eq!(client.connection.cancel(*id), Ok(Sent::Fully), "{index}");
        }
        let events =
            client.feed("+OK\r\n+OK 9 9\r\n..\r\n.\r\n+OK 2 320\r\n+OK\r\n1 2\r\n.\r\n+OK ok\r\n");
        for (index, id) in ids.iter().enumerate() {
            let of_it = events.iter().filter(|event| match event {
                Event::Begin { id: of, .. } | Event::Body { id: of, .. } => of == id,
                Event::Line { id: of, .. } | Event::Completed { id: of, .. } => of == id,
                _ => false,
            });
            let expected = if is_cancelled(index) { 0 } else { [3, 1, 3, 1][index] };
            assert_eq!(of_it.count(), expected, "{cancelled:b} {index}: {events:?}");
        }
        assert_eq!(client.connection.open_commands(), 0);
        let events = client.exchange(Command::Stat, "+OK 7 8\r\n");
        assert!(matches!(events[..], [Event::Completed { result: Ok(Reply::Drop(_)), .. }]));
    }
}

#[test]
fn s25_an_answer_to_no_command_is_fatal_and_an_error_to_none_is_told() {
    let mut client = LoneClient::in_transaction(open_client());
    let events = client.feed("-ERR autologout\r\n");
    assert!(matches!(events[..], [Event::Defect(_), Event::Unsolicited(_)]));
    client.feed("+OK what?\r\n");
    assert!(matches!(client.error(), Some(Error::Desync { .. })));
}

#[test]
fn s26_challenges_outside_of_auth_are_fatal() {
    for line in ["+ \r\n", "+ YQ==\r\n", "+\r\n"] {
        let mut client = LoneClient::in_transaction(open_client());
        client.connection.send(Command::Stat).unwrap();
        client.take();
        client.feed(line);
        assert!(matches!(client.error(), Some(Error::Desync { .. })), "{line}");
    }
}

#[test]
fn s26_responses_outside_of_auth_are_wrong_commands() {
    for line in ["*\r\n", "AGEAYg==\r\n", "\r\n", "+\r\n"] {
        let mut server = LoneServer::plain(server_config());
        let events = server.feed(line);
        assert!(matches!(events[..], [server::Event::Rejected { at: 0, .. }]), "{line} {events:?}");
    }
}

#[test]
fn s26_two_challenges_without_a_response_between_are_fatal() {
    let mut client = LoneClient::greeted(open_client());
    client.connection.send(auth("LOGIN", None)).unwrap();
    client.take();
    let events = client.feed("+ YQ==\r\n+ Yg==\r\n");
    assert!(matches!(events[0], Event::Challenge { .. }));
    assert!(matches!(client.error(), Some(Error::Desync { .. })));
}

#[test]
fn s26_a_flood_of_challenges_to_a_cancelled_exchange_is_not_answered_without_end() {
    let mut client = LoneClient::greeted(open_client());
    let id = client.connection.send(auth("PLAIN", Some(b"\0alice\0canary"))).unwrap();
    client.take();
    assert_eq!(client.connection.cancel(id), Ok(Sent::Fully));
    let events = client.feed("+ \r\n".repeat(1000));
    assert!(matches!(client.error(), Some(Error::Desync { .. })));
    assert!(events.iter().all(|event| matches!(event, Event::Closed(_))));
    let mut client = LoneClient::greeted(open_client());
    let id = client.connection.send(auth("PLAIN", Some(b"\0alice\0canary"))).unwrap();
    client.take();
    client.connection.cancel(id).unwrap();
    assert_eq!(client.feed("+ \r\n"), []);
    assert_eq!(client.take_text(), "*\r\n", "a cancelled exchange sends no credentials");
    assert_eq!(client.feed("-ERR cancelled\r\n"), []);
    assert_eq!(client.connection.open_commands(), 0);
}

/// A server in an exchange.
fn challenged() -> LoneServer {
    let mut server = LoneServer::plain(server_config());
    let events = server.feed("AUTH LOGIN\r\n");
    let [server::Event::Request(Request::Authenticate { pending, .. })] = events[..] else {
        panic!()
    };
    server.connection.reply(Response::Challenge(pending, secret(b"Username:"))).unwrap();
    server.take();
    server
}

#[test]
fn s26_every_way_out_of_an_exchange_leads_back_and_is_answered_once() {
    let long = format!("{}\r\n", "A".repeat(13_000));
    for line in ["*\r\n", "not base64!\r\n", "====\r\n", "YQ\0==\r\n", "Y\rQ\r\n", &long] {
        for split in [0, 1, 2, line.len() / 2, line.len() - 1] {
            let mut server = challenged();
            let mut events = server.feed(&line[..split]);
            events.extend(server.feed(&line[split..]));
            assert_eq!(events[0], server::Event::AuthenticationEnded, "{line}");
            let answer = server.take_text();
            assert!(answer.starts_with("-ERR ") && answer.lines().count() == 1, "{answer}");
            assert_eq!(server.connection.state(), State::Authorization);
            let events = server.feed("CAPA\r\nUSER alice\r\n");
            assert_eq!(requests(&events), 0);
            assert!(server.take_text().ends_with(".\r\n+OK\r\n"));
        }
    }
}

#[test]
fn s26_an_exchange_torn_at_every_octet_ends_with_the_connection() {
    let line = b"YWxpY2U=\r\n";
    for torn in 0..line.len() {
        let mut server = challenged();
        assert_eq!(server.feed(&line[..torn]), []);
        assert_eq!(server.eof(), [server::Event::Closed(pop3_proto::Closed::Eof)]);
        assert_eq!(server.next(), Next::Close);
    }
}

#[test]
fn s28_bare_cr_lf_and_nul_never_make_more_commands_than_there_are_line_ends() {
    let mut seeded = Seeded(28);
    let words: [&[u8]; 9] =
        [b"DELE 1", b"\r\n", b"\n", b"\r", b"\0", b" ", b"STAT", b"\r\r\n", b"X"];
    for _ in 0..5000 {
        let line: Vec<u8> =
            (0..seeded.below(9)).flat_map(|_| words[seeded.below(9)]).copied().collect();
        let crlf = memchr::memmem::find_iter(&line, b"\r\n").count();
        let lf = memchr::memchr_iter(b'\n', &line).count();
        let lenient = Leniency::lenient();
        for (leniency, ends) in
            [(Leniency::strict(), crlf), (lenient, crlf), (lenient.allow(Defect::BareLf), lf)]
        {
            let mut server =
                LoneServer::in_transaction(server::Config { leniency, ..server_config() });
            let (mut taken, mut events) = (0, server.feed(&line));
            while !events.is_empty() {
                taken += events
                    .iter()
                    .filter(|event| !matches!(event, server::Event::Defect(_)))
                    .count();
                let request = events.iter().find_map(|event| match event {
                    server::Event::Request(Request::Dele(_, pending)) => {
                        Some(Response::Ok(*pending, text("")))
                    }
                    server::Event::Request(Request::Stat(pending)) => {
                        Some(Response::Refuse(pending.id(), None, text("")))
                    }
                    server::Event::Request(Request::Other(_, pending)) => {
                        Some(Response::Refuse(pending.id(), None, text("")))
                    }
                    _ => None,
                });
                let Some(response) = request else { break };
                server.connection.reply(response).unwrap();
                events = server.events();
            }
            assert!(taken <= ends, "{line:?}: {taken} > {ends}");
        }
    }
}

/// All strings of these words up to a length, on every kind of state.
#[test]
fn s33_no_short_input_brings_a_panic_in_any_state() {
    let words: [&[u8]; 10] =
        [b"\r\n", b"+OK", b"-ERR", b"+ ", b".", b" ", b"1", b"\0", b"\xff", b"<a@b>"];
    let mut client_states: Vec<Box<dyn Fn() -> LoneClient>> = Vec::new();
    for command in [
        Command::Stat,
        Command::List(None),
        Command::Uidl(Some(number(1))),
        Command::Retr(number(1)),
        Command::Capa,
        Command::Lang(None),
        Command::Quit,
    ] {
        client_states.push(Box::new(move || {
            let mut client = LoneClient::in_transaction(open_client());
            client.connection.send(command.clone()).unwrap();
            client.take();
            client
        }));
    }
    client_states.push(Box::new(|| LoneClient::of(pop3_proto::client::Client::new(open_client()))));
    client_states.push(Box::new(|| {
        let mut client = LoneClient::greeted(open_client());
        client.connection.send(auth("PLAIN", Some(b"x"))).unwrap();
        client.take();
        client
    }));
    let server_states: [Box<dyn Fn() -> LoneServer>; 3] = [
        Box::new(|| LoneServer::plain(server_config())),
        Box::new(|| LoneServer::in_transaction(server_config())),
        Box::new(challenged),
    ];
    for n in 0..10_000usize {
        let octets: Vec<u8> = [n % 10, n / 10 % 10, n / 100 % 10, n / 1000]
            .iter()
            .flat_map(|w| words[*w])
            .copied()
            .collect();
        for state in &client_states {
            let mut client = state();
            client.feed_single(&octets);
            client.eof();
            assert_eq!(client.next(), Next::Close);
            assert!(client.errors.len() <= 1);
        }
        for state in &server_states {
            let mut server = state();
            server.feed_single(&octets);
            server.eof();
            server.take();
        }
    }
}
