//! What an observer sees, and how often octets are looked at.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod support;

use bytes::Bytes;
use pop3_proto::client::{Client, Event};
use pop3_proto::server::Server;
use pop3_proto::{Command, Timestamp};
use support::{
    Canary, Chunks, Maildrop, Pair, all_chunks, auth, number, open_client, pass, secret,
    server_config, transcript, user,
};

fn script() -> Vec<Command> {
    vec![
        Command::Capa,
        auth("LOGIN", None),
        user("alice"),
        pass("secret"),
        Command::Stat,
        Command::List(None),
        Command::Uidl(None),
        Command::Retr(number(1)),
        Command::Retr(number(2)),
        Command::Noop,
        Command::Quit,
    ]
}

fn run(chunks: Chunks) -> ([Canary; 2], Pair) {
    let mut commands = script().into_iter();
    let mut responses = [&b"alice"[..], b"wrong"].into_iter();
    let app = move |client: &mut Client, event: &Event| match event {
        Event::Challenge { id, .. } => {
            client.respond(*id, secret(responses.next().unwrap())).unwrap();
        }
        Event::Completed { .. } | Event::Greeting(_) => {
            if let Some(command) = commands.next() {
                client.send(command).unwrap();
            }
        }
        _ => {}
    };
    let all: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let dots = b".\r\n..\r\n\r\n.x\r.\n".repeat(30);
    let drop = Maildrop::of(vec![Bytes::from(all), Bytes::from(dots)]);
    let stamp = Timestamp::new("<1.2@example.org>").unwrap();
    let server = Server::new(server_config().into(), mail_proto::Security::Plain, Some(stamp));
    let client = Client::new(open_client());
    let mut pair = Pair::new((client, Box::new(app)), (server, Maildrop::app(&drop)));
    let traces = [transcript(&mut pair.client.connection), transcript(&mut pair.server.connection)];
    pair.run(chunks);
    assert!(pair.are_over());
    (traces, pair)
}

#[test]
fn the_records_of_each_direction_put_together_are_the_stream() {
    for chunks in all_chunks() {
        let ([client, server], pair) = run(chunks);
        let mut expected = [pair.client.sent.clone(), pair.server.sent.clone()].concat();
        for trace in [client, server] {
            // The order of the directions depends on the chunks; the octets do not.
            let mut all = trace.all.lock().unwrap().clone();
            all.sort_unstable();
            expected.sort_unstable();
            assert_eq!(all, expected, "{chunks:?}");
        }
    }
}

#[test]
fn the_trace_shows_commands_and_hides_secrets() {
    let ([client, server], _) = run(Chunks::Whole);
    for trace in [client, server] {
        let shown = trace.shown.lock().unwrap();
        for visible in
            ["AUTH LOGIN", "USER alice", "PASS ", "<hidden>", "STAT", "-ERR [AUTH] wrong"]
        {
            assert!(shown.contains(visible), "{visible}: {shown}");
        }
        let open = trace.open.lock().unwrap();
        assert!(memchr::memmem::find(&open, b"PASS secret").is_none());
        assert!(memchr::memmem::find(&open, b"d3Jvbmc=").is_none());
    }
}

#[test]
fn each_octet_is_looked_at_equally_often_however_the_stream_is_divided() {
    let examined = |chunks| {
        let (_, pair) = run(chunks);
        let counts = [pair.client.connection.examined(), pair.server.connection.examined()];
        (counts, [pair.server.sent.len() as u64, pair.client.sent.len() as u64])
    };
    let (whole, streams) = examined(Chunks::Whole);
    for (looked, stream) in whole.into_iter().zip(streams) {
        assert!((stream..=stream * 3).contains(&looked), "{looked} of {stream}");
    }
    for chunks in all_chunks() {
        assert_eq!(examined(chunks).0, whole, "{chunks:?}");
    }
}

#[test]
fn over_long_lines_are_looked_at_equally_often_too() {
    let long = format!("{}\r{}\r\n", "x".repeat(9000), "\r".repeat(700));
    let client = |single: bool| {
        let mut client = support::LoneClient::in_transaction(open_client());
        client.connection.send(Command::List(None)).unwrap();
        client.take();
        let answer = format!("+OK\r\n1 2\r\n{long}.\r\n");
        match single {
            true => drop(client.feed_single(answer.as_bytes())),
            false => drop(client.feed(answer)),
        }
        client.connection.examined()
    };
    assert_eq!(client(true), client(false));
    let server = |single: bool| {
        let mut server = support::LoneServer::plain(server_config());
        match single {
            true => drop(server.feed_single(long.as_bytes())),
            false => drop(server.feed(&long)),
        }
        server.connection.examined()
    };
    assert_eq!(server(true), server(false));
}
