//! Who is measured on which octets. Each contest is checked before it is run: all who read hand out
//! the same values, and what a writer writes has the values that it was given.

mod imap_codec;
mod imap_next;
mod imap_proto;
mod session;

use std::any::Any;
use std::hint::black_box;
use std::rc::Rc;

use ::imap_codec::imap_types::response::Response;
use mail_benches::imap::{self, Checksum, Read, Session, Workload, ours};
use mail_benches::{memchr_pass, memcpy};

/// One workload and all who can do it.
pub(crate) struct Contest {
    /// The workload with its name in DESIGN.md section 8.
    pub(crate) name: String,
    /// How many of `item` the time is for.
    pub(crate) items: usize,
    /// What is counted.
    pub(crate) item: &'static str,
    /// Octets on the wire.
    pub(crate) octets: usize,
    /// The physical bounds first.
    pub(crate) contenders: Vec<Contender>,
}

/// One who does it.
pub(crate) struct Contender {
    /// Who, and in which way.
    pub(crate) name: String,
    /// Does it once. What it returns only keeps the work from being left out.
    pub(crate) run: Box<dyn FnMut() -> u64>,
}

/// How much of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// As in DESIGN.md section 8.
    Full,
    /// A hundredth, to see that it works.
    Test,
}

impl Scale {
    fn of(self, items: usize) -> usize {
        if self == Self::Full { items } else { (items / 100).max(1) }
    }
}

type Reader<R> = fn(&[u8], usize) -> R;

/// The size of a read, where a contender is fed.
const BLOCK: usize = 16 * 1024;

/// All contests, each made when its turn comes.
pub(crate) const ALL: &[fn(Scale) -> Contest] = &[
    |scale| commands(imap::commands(scale.of(10_000))),
    |scale| commands(imap::commands_without_append(scale.of(10_000))),
    |scale| responses(imap::fetch_envelope(scale.of(10_000))),
    |scale| responses(imap::fetch_body_structure(scale.of(5_000))),
    |scale| literals(imap::fetch_literal(scale.of(500), 65_536)),
    |scale| responses(imap::search(scale.of(100_000))),
    |scale| readers(imap::esearch(scale.of(50_000)), &[OURS, OURS_LENIENT]),
    |scale| responses(imap::vanished(scale.of(50_000))),
    |scale| responses(imap::fetch_flags(scale.of(100_000))),
    |scale| machines("machine to machine, one FETCH, one STORE", scale.of(10_000), 1),
    |scale| {
        machines("machine to machine, FETCH and STORE each", scale.of(10_000), scale.of(10_000))
    },
    |scale| write_responses(imap::fetch_envelope(scale.of(10_000))),
    |scale| write_commands(imap::commands(scale.of(10_000))),
    |scale| fragments("B-F1 FETCH ENVELOPE", imap::fetch_envelope(scale.of(200)), 1),
    |scale| fragments("B-F1 a line of 140 KB", imap::search(scale.of(20_000)), 1460),
    |scale| fragments("B-F1 BODY[] of 1 MiB", imap::fetch_literal(1, scale.of(1 << 20)), 16),
    |scale| deep(imap::deep_body(scale.of(1_000_000))),
    |scale| responses(imap::long_subject(scale.of(1_000_000))),
    |scale| responses(imap::many_flags(scale.of(100_000))),
];

/// Makes a connection, feeds it and hands it back with all that it keeps.
pub(crate) type Idle = fn(&[u8]) -> Box<dyn Any>;

/// Clients, and what of a peer comes next to one.
#[allow(dead_code)] // One of the benches that share this module asks for it.
pub(crate) const IDLE: &[(&str, Idle)] = &[
    ("ours", |wire| Box::new(ours::idle(wire))),
    ("imap-codec Fragmentizer", |wire| Box::new(imap_codec::idle(wire))),
    ("imap-next", |wire| Box::new(imap_next::idle(wire))),
];

/// Starts a contest with what the machine can do with these octets.
fn bounds(workload: Workload) -> (Contest, Rc<[u8]>) {
    let Workload { name, items, item, wire } = workload;
    let wire: Rc<[u8]> = wire.into();
    let mut contest =
        Contest { name: name.into(), items, item, octets: wire.len(), contenders: Vec::new() };
    let (octets, mut block) = (Rc::clone(&wire), vec![0; mail_benches::pop3::BLOCK]);
    contest.add("memcpy", move || {
        memcpy(black_box(&octets), &mut block);
        0
    });
    let octets = Rc::clone(&wire);
    contest.add("memchr", move || memchr_pass(black_box(&octets)) as u64);
    (contest, wire)
}

impl Contest {
    fn add(&mut self, name: impl Into<String>, run: impl FnMut() -> u64 + 'static) {
        self.contenders.push(Contender { name: name.into(), run: Box::new(run) });
    }

    fn add_reader(&mut self, name: &str, wire: &Rc<[u8]>, block: usize, read: Reader<Read>) {
        let wire = Rc::clone(wire);
        self.add(name, move || read(black_box(&wire), block).sum);
    }
}

/// A contender that reads: its name, how it is timed, how it is checked.
type Named = (&'static str, Reader<Read>, Reader<Checksum>);

const OURS: Named = ("ours", ours::responses, ours::responses);
const OURS_LENIENT: Named = ("ours, lenient", ours::responses_leniently, ours::responses_leniently);

fn commands(workload: Workload) -> Contest {
    readers(
        workload,
        &[
            ("ours", ours::commands, ours::commands),
            ("ours, lenient", ours::commands_leniently, ours::commands_leniently),
            ("imap-codec", imap_codec::commands, imap_codec::commands),
            ("imap-codec, owned", imap_codec::commands_owned, imap_codec::commands_owned),
            ("imap-next, owned", imap_next::commands, imap_next::commands),
        ],
    )
}

fn responses(workload: Workload) -> Contest {
    readers(
        workload,
        &[
            OURS,
            OURS_LENIENT,
            ("imap-codec", imap_codec::responses, imap_codec::responses),
            ("imap-codec, owned", imap_codec::responses_owned, imap_codec::responses_owned),
            ("imap-next, owned", imap_next::responses, imap_next::responses),
            ("imap-proto 0.17", imap_proto::responses, imap_proto::responses),
            ("imap-proto 0.17, owned", imap_proto::responses_owned, imap_proto::responses_owned),
        ],
    )
}

/// What is ours beside the read is the difference to the framed octets, which nobody has parsed.
fn literals(workload: Workload) -> Contest {
    let wire: Rc<[u8]> = workload.wire.clone().into();
    let mut contest = responses(workload);
    contest.add("ours, framed and not parsed", move || ours::frames(black_box(&wire), BLOCK));
    contest
}

fn readers(workload: Workload, named: &[Named]) -> Contest {
    let (mut contest, wire) = bounds(workload);
    let mut understood = None;
    for &(name, read, check) in named {
        agree(&mut understood, check(&wire, BLOCK), name, &contest.name);
        contest.add_reader(name, &wire, BLOCK, read);
    }
    contest
}

/// Stops if this contender has understood something else than those before it.
fn agree(understood: &mut Option<Checksum>, sum: Checksum, who: &str, what: &str) {
    assert!(sum.values() > 0, "{who} has read nothing of {what}");
    assert_eq!(*understood.get_or_insert(sum), sum, "{who} differs on {what}");
}

fn write_responses(workload: Workload) -> Contest {
    let (mut contest, wire) = bounds(Workload { name: "B-W1r writing FETCH ENVELOPE", ..workload });
    let data = imap_codec::owned_data(&wire);
    let responses: Vec<_> = data.iter().cloned().map(Response::Data).collect();
    contest.add_writer("imap-codec", &wire, imap_codec::responses, move |sink| {
        responses.iter().for_each(|response| imap_codec::write_response(response, sink));
    });
    let (mut stored, mut typed) = (ours::Responses::new(&wire), ours::TypedResponses::new(&wire));
    contest.add_writer("ours", &wire, imap_codec::responses, move |sink| typed.write(sink));
    contest.add_writer("ours, from stored wire forms", &wire, imap_codec::responses, move |sink| {
        stored.write(sink);
    });
    let mut server = imap_next::Responses::new(data);
    contest.add_writer("imap-next", &wire, imap_codec::responses, move |sink| server.write(sink));
    contest
}

fn write_commands(workload: Workload) -> Contest {
    let (mut contest, wire) = bounds(Workload { name: "B-W1c writing commands", ..workload });
    let commands = imap_codec::owned_commands(&wire);
    let mut written = ours::Commands::new(&wire);
    contest.add_writer("ours", &wire, imap_codec::commands, move |sink| written.write(sink));
    let mut client = imap_next::Commands::new(commands.clone());
    contest.add_writer("imap-codec", &wire, imap_codec::commands, move |sink| {
        commands.iter().for_each(|command| imap_codec::write_command(command, sink));
    });
    contest.add_writer("imap-next", &wire, imap_codec::commands, move |sink| client.write(sink));
    contest
}

impl Contest {
    /// What the writer hands out is not copied: a driver could write it as it is.
    fn add_writer(
        &mut self,
        name: &str,
        wire: &[u8],
        check: Reader<Checksum>,
        mut write: impl FnMut(&mut dyn FnMut(&[u8])) + 'static,
    ) {
        let mut written = Vec::new();
        write(&mut |octets| written.extend_from_slice(octets));
        assert_eq!(check(&written, BLOCK), check(wire, BLOCK), "{name} writes {}", self.name);
        self.add(name, move || {
            let mut octets = 0;
            write(&mut |piece| octets += black_box(piece).len() as u64);
            octets
        });
    }
}

/// A client against a server of the same author: LOGIN, SELECT, flags of all messages by so many FETCH
/// commands and as many STORE commands, LOGOUT. All say the same octets.
fn machines(name: &'static str, messages: usize, fetches: usize) -> Contest {
    let number = |n: usize| u32::try_from(n).expect("few");
    let session = Session { messages: number(messages), fetches: number(fetches) };
    let (mut said, mut theirs) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    let mut understood = None;
    let write = |to: &mut [Vec<u8>; 2], up: bool, octets: &[u8]| {
        let [down, above] = to;
        if up { above } else { down }.extend_from_slice(octets);
    };
    let sum = ours::session(session, |up, octets| write(&mut said, up, octets));
    agree(&mut understood, sum, "ours", name);
    let sum = session::session(session, |up, octets| write(&mut theirs, up, octets));
    agree(&mut understood, sum, "imap-next", name);
    for (ours, theirs) in said.iter().zip(&theirs) {
        // imap-codec writes IMAP4REV1.
        let [ours, theirs] =
            [ours, theirs].map(|it| String::from_utf8_lossy(it).to_ascii_uppercase());
        let differ = ours.lines().zip(theirs.lines()).find(|(ours, theirs)| ours != theirs);
        assert_eq!(differ, None, "imap-next says something else");
        assert_eq!(ours.len(), theirs.len(), "imap-next says something else");
    }
    let wire = said.concat();
    let (mut contest, _) = bounds(Workload { name, items: messages, item: "message", wire });
    contest.add("ours", move || ours::session::<Read>(black_box(session), |_, _| {}).sum);
    contest.add("imap-next", move || session::session::<Read>(black_box(session), |_, _| {}).sum);
    contest
}

/// The same octets in pieces. The growing buffer is not fed with less than this, for patience.
fn fragments(name: &'static str, workload: Workload, least: usize) -> Contest {
    let (mut contest, wire) = bounds(Workload { name, ..workload });
    let mut understood = None;
    let named: &[Named] = &[
        OURS,
        ("imap-codec Fragmentizer", imap_codec::fragments, imap_codec::fragments),
        ("imap-next, owned", imap_next::responses, imap_next::responses),
        ("imap-proto 0.17, growing", imap_proto::growing_buffer, imap_proto::growing_buffer),
    ];
    for &(who, read, check) in named {
        let sizes = [("whole", usize::MAX), ("16384", BLOCK), ("1460", 1460), ("16", 16), ("1", 1)];
        for (size, block) in sizes {
            if !who.ends_with("growing") || block >= least {
                agree(&mut understood, check(&wire, block), who, name);
                contest.add_reader(&format!("{who}, {size}"), &wire, block, read);
            }
        }
    }
    contest
}

/// Nobody reads it; what counts is that it is over soon. `imap-proto` 0.17 overflows the stack.
fn deep(workload: Workload) -> Contest {
    let (mut contest, wire) = bounds(workload);
    for (name, accepts) in [
        ("ours", ours::accepts as fn(&[u8]) -> bool),
        ("imap-codec", imap_codec::accepts),
        ("imap-next, owned", imap_next::accepts),
    ] {
        let wire = Rc::clone(&wire);
        contest.add(name, move || accepts(black_box(&wire)).into());
    }
    contest
}
