//! What a client and a server cost that are joined: big messages in both directions, endless data that
//! nobody looks at, lines that are torn and changed.
//!
//! The allocator is counted for the whole process, so that all of it is one test.
#![allow(missing_docs, unreachable_pub, dead_code, clippy::arithmetic_side_effects)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::print_stdout)]

mod client_support;
mod connection_support;

#[path = "pair/agreement.rs"]
mod agreement;
#[path = "pair/application.rs"]
mod application;
#[path = "pair/heard.rs"]
mod heard;
#[path = "pair/mistakes.rs"]
mod mistakes;
#[path = "pair/script.rs"]
mod script;
#[path = "pair/steps.rs"]
mod steps;
#[path = "pair/world.rs"]
mod world;

use bytes::{Buf, Bytes, BytesMut};
use client_support::{command, message, open};
use connection_support::ok;
use connection_support::server::literal_plus;
use imap_proto::client::{self, Client};
use imap_proto::server::{self, Greeting, Server};
use imap_proto::{
    AppendCommand, AppendDataBegin, AppendPart, BodyBegin, BodyName, Data, FetchBegin, FetchPart,
    Mailbox, SeqNum,
};
use mail_proto::{CommandId, Connection, Instant, Next, Security};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
const MESSAGE: usize = 2048 * MIB;
const LINES: u32 = 10_000_000;
/// What a line holds, and a read at most.
const PIPE: usize = 64 * KIB;

#[test]
fn what_is_joined_costs_what_it_must() {
    a_body_of_2_gib_passes();
    a_message_of_2_gib_is_appended();
    ten_million_lines_wait_for_whoever_does_not_look();
    what_is_mangled_costs_no_more();
}

/// Both sides, in the selected state, and what is on the line.
struct Joined {
    client: Client,
    server: Server,
    to_client: BytesMut,
    to_server: BytesMut,
}

impl Joined {
    fn new() -> Self {
        let mut joined = Self {
            client: Client::new(open()),
            server: Server::new(literal_plus(), Security::Plain, Greeting::default()),
            to_client: BytesMut::new(),
            to_server: BytesMut::new(),
        };
        for text in ["LOGIN joe secret", "SELECT INBOX"] {
            let (_, asked) = joined.ask(text);
            joined.server.complete(asked, ok("done")).unwrap();
        }
        joined.pass_all();
        joined
    }

    /// Gives a command; its names on both sides.
    fn ask(&mut self, text: &str) -> (CommandId, CommandId) {
        self.pass_all();
        let given = self.client.send(command(text)).unwrap();
        self.pass_all();
        let asked = self.server.running().unwrap();
        (given, asked)
    }

    /// Moves what there is, as far as the line has room for it.
    fn write(&mut self) {
        let now = Instant::default();
        move_octets(self.client.transmit(now), &mut self.to_server);
        move_octets(self.server.transmit(now), &mut self.to_client);
    }

    fn client_event(&mut self) -> Option<client::Event> {
        self.client.poll(&mut self.to_client, Instant::default()).unwrap()
    }

    fn server_event(&mut self) -> Option<server::Event> {
        match self.server.next() {
            Next::Read => self.server.poll(&mut self.to_server, Instant::default()).unwrap(),
            _ => self.server.poll(&mut BytesMut::new(), Instant::default()).unwrap(),
        }
    }

    /// Until nothing moves; the events do not matter.
    fn pass_all(&mut self) {
        let mut still = 0;
        while still < 3 {
            self.write();
            let told = self.client_event().is_some() | self.server_event().is_some();
            still = if told { 0 } else { still + 1 };
        }
    }
}

fn move_octets(mut from: impl Buf, to: &mut BytesMut) {
    let octets = from.remaining().min(PIPE.saturating_sub(to.len()));
    let mut left = octets;
    while left > 0 {
        let chunk = from.chunk();
        let size = chunk.len().min(left);
        to.extend_from_slice(&chunk[..size]);
        from.advance(size);
        left -= size;
    }
}

fn a_body_of_2_gib_passes() {
    let mut joined = Joined::new();
    let (_, asked) = joined.ask("FETCH 1 BODY[]");
    let block = Bytes::from(vec![b'x'; PIPE]);
    let before = begin();
    let body = BodyBegin { name: BodyName::message(), size: MESSAGE as u64, is_binary: false };
    joined.server.fetch_part(&FetchPart::Begin(FetchBegin::seq_num(SeqNum::MIN))).unwrap();
    joined.server.fetch_part(&FetchPart::BodyBegin(body.into())).unwrap();
    let (mut left, mut received) = (MESSAGE, 0);
    while received < MESSAGE {
        while left > 0 && joined.server.room() > 0 {
            left -= block.len();
            joined.server.supply(asked, block.clone()).unwrap();
        }
        joined.write();
        while let Some(event) = joined.client_event() {
            if let client::Event::Fetch(FetchPart::Chunk(octets)) = event {
                received += octets.len();
            }
        }
        joined.server_event();
    }
    joined.server.fetch_part(&FetchPart::End).unwrap();
    joined.server.complete(asked, ok("done")).unwrap();
    joined.pass_all();
    bounded("a FETCH of 2 GiB on both sides", before, 2 * MIB);
    assert_eq!((received, joined.client.open_commands()), (MESSAGE, 0));
}

fn a_message_of_2_gib_is_appended() {
    let mut joined = Joined::new();
    joined.pass_all();
    let block = Bytes::from(vec![b'x'; PIPE]);
    let before = begin();
    let announced = message(AppendDataBegin::Literal { size: MESSAGE as u64 });
    let id = joined.client.append(AppendCommand::Append, Mailbox::INBOX, &announced).unwrap();
    let (mut left, mut received, mut is_whole) = (MESSAGE, 0, false);
    while !is_whole {
        joined.write();
        while let Some(event) = joined.client_event() {
            assert_eq!(event, client::Event::Room { id });
            joined.client.supply(id, block.clone()).unwrap();
            left -= block.len();
            if left == 0 {
                break;
            }
        }
        while let Some(event) = joined.server_event() {
            let server::Event::Append { id, part } = event else { continue };
            match part {
                AppendPart::MessageBegin(_) => joined.server.accept(id).unwrap(),
                AppendPart::Chunk(octets) => received += octets.len(),
                AppendPart::End => {
                    joined.server.complete(id, ok("done")).unwrap();
                    is_whole = true;
                }
                _ => {}
            }
        }
    }
    joined.pass_all();
    bounded("an APPEND of 2 GiB on both sides", before, 2 * MIB);
    assert_eq!((received, joined.client.open_commands()), (MESSAGE, 0));
}

/// S22. Events are pulled: who does not look keeps nothing, and his peer is told to wait.
fn ten_million_lines_wait_for_whoever_does_not_look() {
    let mut joined = Joined::new();
    let (_, asked) = joined.ask("NOOP");
    let before = begin();
    let mut said = 0;
    let mut say = |joined: &mut Joined| {
        while joined.server.room() > 0 && said < LINES {
            joined.server.respond(&Data::Exists(said)).unwrap();
            said += 1;
        }
        said
    };

    // Nobody looks: the line fills up, then the server's output, then its application waits.
    for _ in 0..100_000 {
        say(&mut joined);
        joined.write();
        joined.server_event();
    }
    let high = 2 * MIB as u32;
    assert!((1000..high / 8).contains(&say(&mut joined)), "{}", say(&mut joined));
    assert_eq!((joined.server.room(), joined.to_client.len()), (0, PIPE));
    bounded("10^7 lines that nobody looks at", before, 4 * MIB);

    // One event is one line: nothing else of the input is kept.
    let current = HEAP.current_usage();
    assert_eq!(joined.client_event(), Some(client::Event::Data(Data::Exists(0))));
    let line = b"* 0 EXISTS\r\n".len();
    assert_eq!(joined.to_client.len(), PIPE - line);
    let kept = HEAP.current_usage().saturating_sub(current);
    assert!(kept < KIB, "{kept} octets are kept of one line");

    // Somebody looks.
    let mut told = 1;
    while told < LINES {
        say(&mut joined);
        joined.write();
        while let Some(event) = joined.client_event() {
            assert_eq!(event, client::Event::Data(Data::Exists(told)));
            told += 1;
        }
        joined.server_event();
    }
    joined.server.complete(asked, ok("done")).unwrap();
    joined.pass_all();
    bounded("10^7 lines", before, 4 * MIB);
    assert_eq!(joined.client.open_commands(), 0);
}

/// The sessions of the model, with all that its books keep.
fn what_is_mangled_costs_no_more() {
    let mut worst = 0;
    for seed in 0..500 {
        let before = begin();
        let mut world = world::World::new(seed);
        let steps = steps::steps(seed, steps::Kind::Mangled);
        steps.iter().for_each(|step| world.take(step));
        world.run_out();
        worst = worst.max(HEAP.peak_usage().saturating_sub(before));
    }
    println!("sessions on mangled lines: peak heap {worst}");
    assert!(worst < 2 * MIB, "{worst}");
}

fn begin() -> usize {
    HEAP.reset_peak_usage();
    HEAP.current_usage()
}

fn bounded(what: &str, before: usize, limit: usize) {
    let peak = HEAP.peak_usage().saturating_sub(before);
    println!("{what}: peak heap {peak}");
    assert!(peak < limit, "{what}: {peak}");
}
