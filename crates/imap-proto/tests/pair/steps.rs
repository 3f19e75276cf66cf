//! Steps of a random session: calls on both sides, legal or not, and what happens on the line.

use imap_proto::AppendPart;

use super::application::Verdict;
use super::connection_support::{Damage, Seeded};
use super::script::{catenated, literal, literal8};

/// What passwords are; no trace may show them.
pub const PASSWORD: &str = "canary7";
/// `\0joe\0canary7`
pub const PLAIN: &str = "AGpvZQBjYW5hcnk3";

pub const COMMANDS: [&str; 32] = [
    "CAPABILITY",
    "NOOP",
    "STARTTLS",
    "COMPRESS DEFLATE",
    "LOGIN joe canary7",
    "LOGIN joe {9+}\r\ncanary7\r\t",
    "AUTHENTICATE PLAIN",
    "AUTHENTICATE PLAIN AGpvZQBjYW5hcnk3",
    "SELECT INBOX",
    "SELECT Work",
    "CLOSE",
    "FETCH 1:3 (UID BODY[])",
    "FETCH 1:3 (UID BODY[])",
    "UID FETCH 1:3 (UID BODY[])",
    "STORE 1:2 +FLAGS (\\Seen)",
    "SEARCH ALL",
    "UID SEARCH RETURN (COUNT ALL) ALL",
    "CREATE {3+}\r\na\rb",
    "ENABLE CONDSTORE",
    "ENABLE QRESYNC",
    "ENABLE UTF8=ACCEPT",
    "ENABLE IMAP4rev2",
    "NOTIFY SET (SELECTED (MessageNew MessageExpunge))",
    "EXPUNGE",
    "UID MOVE 1 Work",
    "LIST \"\" *",
    "STATUS Work (MESSAGES)",
    "UNSELECT",
    "EXAMINE Work",
    "UNAUTHENTICATE",
    "IDLE",
    "IDLE",
];

/// Untagged data, `#` being a number that they have alone.
pub const NEWS: [&str; 9] = [
    "# EXISTS",
    "1 EXPUNGE",
    "OK Still here #",
    "NO [ALERT] disk # is full",
    "2 FETCH (FLAGS () UID 2)",
    "1 RECENT",
    "LIST () \"/\" n#",
    "STATUS INBOX (MESSAGES #)",
    "VANISHED 1",
];

/// One thing that happens. Numbers choose among what there is when it happens.
#[derive(Clone, Debug)]
pub enum Step {
    /// So many octets at most: the client writes, reads, the server writes, reads.
    Turn([usize; 4]),
    Give(&'static str),
    Upload(&'static str, Vec<AppendPart>),
    /// So many octets of a message, and what follows up to the next.
    Feed(usize, usize),
    LeaveIdle(usize),
    Respond,
    Cancel(usize),
    /// `*` in the place of a response.
    CancelExchange,
    /// A call that is not legal.
    ClientMistake(usize, usize),
    News(usize),
    /// The server's application takes an event, and completes what it completes like this.
    Work(Verdict),
    ServerMistake(usize),
    /// The server ends an IDLE by itself.
    EndIdle,
    /// Everybody does what he owes.
    Rest,
    Time(u64),
    End(End),
    /// The line is torn behind so many octets of one direction.
    Cut(Direction, usize),
    Mangle(Direction, usize, Damage),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    ToServer,
    ToClient,
}

/// Who ends the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    Client,
    Server,
    Bye,
    /// Half a body.
    Body,
}

/// What the line and the applications do, beside what is legal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Nothing: all that is given is done.
    Clean,
    Cancels,
    Ends,
    Cut,
    Mangled,
}

/// The steps of a seed.
pub fn steps(seed: u64, kind: Kind) -> Vec<Step> {
    let mut random = Seeded(seed);
    let mut steps = Vec::new();
    if random.chance(2) {
        let whole = Step::Turn([usize::MAX; 4]);
        let opening = [
            Step::Give(
                ["LOGIN joe canary7", "AUTHENTICATE PLAIN AGpvZQBjYW5hcnk3"][random.below(2)],
            ),
            Step::Give("SELECT INBOX"),
            whole.clone(),
            Step::Work(Verdict::Ok),
            whole.clone(),
            whole,
            Step::Work(Verdict::Ok),
        ];
        steps.extend(opening);
    }
    let count = 20 + random.below(100);
    steps.extend((0..count).map(|_| step(&mut random)));
    for _ in 0..faults(&mut random, kind) {
        let place = random.below(steps.len());
        let fault = fault(&mut random, kind);
        let place = if matches!(fault, Step::Cut(..) | Step::Mangle(..)) { 0 } else { place };
        steps.insert(place, fault);
    }
    steps
}

fn faults(random: &mut Seeded, kind: Kind) -> usize {
    match kind {
        Kind::Clean => 0,
        Kind::Cancels => 1 + random.below(4),
        Kind::Ends | Kind::Cut => 1,
        Kind::Mangled => 1 + random.below(6),
    }
}

fn fault(random: &mut Seeded, kind: Kind) -> Step {
    let direction = [Direction::ToServer, Direction::ToClient][random.below(2)];
    let reach = [60, 300, 1000, 5000][random.below(4)];
    let place = random.below(reach);
    match kind {
        Kind::Clean | Kind::Cancels => match random.below(10) {
            8.. => Step::CancelExchange,
            which => Step::Cancel(which),
        },
        Kind::Ends => match random.below(6) {
            0 => Step::End(End::Client),
            1 => Step::End(End::Server),
            2 => Step::End(End::Bye),
            3 | 4 => Step::End(End::Body),
            _ => Step::Time([1, 100, 4000][random.below(3)]),
        },
        Kind::Cut => Step::Cut(direction, place),
        Kind::Mangled => {
            let octets = *b"\r\n {}\"()*+\0A1";
            let damage = match random.below(5) {
                0 => Damage::Flip(1 << random.below(8)),
                1 => Damage::Flip(random.below(255) as u8 + 1),
                2 => Damage::Drop,
                3 => Damage::Insert(octets[random.below(octets.len())]),
                _ => Damage::Double,
            };
            Step::Mangle(direction, place, damage)
        }
    }
}

fn step(random: &mut Seeded) -> Step {
    match random.below(100) {
        0..38 => Step::Turn([0; 4].map(|_| size(random))),
        38..52 => Step::Give(COMMANDS[random.below(COMMANDS.len())]),
        52..56 => upload(random),
        56..64 => Step::Feed(random.below(4), size(random)),
        64..68 => Step::LeaveIdle(random.below(4)),
        68..71 => Step::Respond,
        71..76 => Step::ClientMistake(random.below(13), random.below(50)),
        76..82 => Step::News(random.below(NEWS.len())),
        82..96 => Step::Work(match random.below(12) {
            0 => Verdict::No,
            1 if random.chance(2) => Verdict::Bad,
            _ => Verdict::Ok,
        }),
        96..98 => Step::ServerMistake(random.below(12)),
        98 => Step::EndIdle,
        _ => Step::Rest,
    }
}

fn size(random: &mut Seeded) -> usize {
    match random.below(6) {
        0 => 0,
        1 => 1,
        2 => random.below(20),
        3 => random.below(3000),
        _ => usize::MAX,
    }
}

fn upload(random: &mut Seeded) -> Step {
    let count = 1 + random.below(2);
    let mailbox = ["INBOX", "INBOX", "refused", "recalled", "dropped"][random.below(5)];
    let messages = (0..count).flat_map(|_| message(random));
    Step::Upload(mailbox, messages.chain([AppendPart::End]).collect())
}

fn message(random: &mut Seeded) -> Vec<AppendPart> {
    let size = [0, 1, 30, 5000][random.below(4)];
    let text = b"a LOGOUT\r\n{3}\r\n".iter().copied().cycle().take(size);
    let text: Vec<u8> = text.collect();
    match random.below(4) {
        0 => literal8(&text),
        1 if size > 0 => catenated("/INBOX", &text),
        _ => literal(&text),
    }
}
