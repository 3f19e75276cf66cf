//! How often the codec allocates: for what a message holds, never for each of its tokens.
//!
//! The allocator is counted for the whole process, so that all of it is one test.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::alloc::System;
use std::hint::black_box;

use bytes::Bytes;
use imap_proto::{
    AddressFields, Command, Cursor, Encoder, Envelope, EnvelopeFields, FetchBegin, FetchItem,
    FetchWriter, Literals, Negotiated, Response, SeqNum, parse_whole,
};
use mail_proto::{Leniency, Reading};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ENVELOPE: &str = "* 23 FETCH (UID 4827313 FLAGS (\\Seen) \
    INTERNALDATE \"17-Jul-2026 02:44:25 -0700\" RFC822.SIZE 44827 \
    ENVELOPE (\"Wed, 17 Jul 2026 02:23:25 -0700\" \"minutes of the meeting\" \
    ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
    ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
    ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
    ((NIL NIL \"imap\" \"cac.washington.edu\")) \
    ((NIL NIL \"minutes\" \"cnri.example\")(\"John Klensin\" NIL \"klensin\" \"mit.example\")) NIL \
    NIL \"<B27397-0100000@cac.washington.edu>\"))";

const BODY: &str = "* 1 FETCH (UID 100003 BODYSTRUCTURE (\
    (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"7BIT\" 1152 23 NIL NIL NIL NIL)\
    ((\"TEXT\" \"HTML\" (\"CHARSET\" \"utf-8\") NIL NIL \"QUOTED-PRINTABLE\" 4554 73 NIL NIL NIL NIL)\
    (\"IMAGE\" \"PNG\" (\"NAME\" \"logo.png\") \"<logo@example.org>\" \"the logo\" \"BASE64\" 4554 NIL \
    (\"INLINE\" (\"FILENAME\" \"logo.png\")) NIL NIL) \"RELATED\" (\"BOUNDARY\" \"rel\") NIL NIL NIL)\
    (\"APPLICATION\" \"PDF\" (\"NAME\" \"a.pdf\") NIL NIL \"BASE64\" 92411 NIL \
    (\"ATTACHMENT\" (\"FILENAME\" \"a.pdf\")) (\"en\" \"de\") NIL) \"MIXED\" (\"BOUNDARY\" \"mix\") \
    NIL NIL NIL))";

/// Commands, and how many allocations it takes to read them.
const COMMANDS: [(&str, usize); 19] = [
    ("a1 NOOP", 0),
    ("a1 CAPABILITY", 0),
    ("a1 LOGIN joe \"pass word\"", 0),
    ("a1 SELECT INBOX", 0),
    ("a1 CREATE \"Archive/2026\"", 0),
    ("a1 LIST \"\" *", 1),
    ("a1 STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)", 1),
    ("a1 UID FETCH 1:7 (FLAGS) (CHANGEDSINCE 12345)", 3),
    ("a1 UID FETCH 7,9:24 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)", 1),
    ("a1 UID FETCH 7 (FLAGS BODY.PEEK[HEADER.FIELDS (Subject From)])", 3),
    ("a1 FETCH 7 BODY.PEEK[1.2]<0.65536>", 3),
    ("a1 UID STORE 7,11 +FLAGS.SILENT (\\Seen $Forwarded)", 2),
    ("a1 STORE 7 -FLAGS (\\Flagged)", 1),
    ("a1 UID SEARCH UNSEEN SINCE 1-Feb-2026 FROM \"joe\" LARGER 7000", 2),
    ("a1 SEARCH OR SUBJECT joe TEXT \"two words\" NOT DELETED", 4),
    ("a1 UID COPY 7:12 Lists/rust", 0),
    ("a1 UID MOVE 7 Sent", 0),
    ("a1 UID EXPUNGE 7:16", 0),
    ("a1 APPEND Sent (\\Seen $Sent) \"17-Jul-2026 02:44:25 -0700\" {5+}\r\nabcde", 2),
];

/// Allocations and reallocations while this runs, and what it returns.
fn counted<T>(run: impl FnOnce() -> T) -> (usize, T) {
    let region = Region::new(HEAP);
    let result = black_box(run());
    let change = region.change();
    (change.allocations + change.reallocations, result)
}

/// A message that shares its block already, as those do that are split off a read.
fn message(text: &str) -> Bytes {
    let message = Bytes::copy_from_slice(text.as_bytes());
    drop(message.clone());
    message
}

#[track_caller]
fn reads(what: &str, text: &str, allowed: usize) -> Response {
    let octets = message(text);
    let mut reading = Reading::new(Leniency::strict());
    let (count, response) =
        counted(|| Response::parse(&mut Cursor::new(&octets), &mut reading).unwrap());
    println!("{what}: {count} allocations to read");
    assert!(count <= allowed, "{what}: {count}");
    response
}

#[track_caller]
fn writes_without(what: &str, expected: &str, write: impl FnOnce(&mut Encoder<'_, Vec<u8>>)) {
    let mut out = Vec::with_capacity(2048);
    let negotiated = match expected.starts_with('*') {
        true => Negotiated::server(),
        false => Negotiated { literals: Literals::Plus, ..Negotiated::client() },
    };
    let (count, ()) = counted(|| write(&mut Encoder::new(&mut out, negotiated)));
    println!("{what}: {count} allocations to write");
    assert_eq!(count, 0, "{what}");
    // Strings take their shortest form, which not all of the commands have.
    let written = String::from_utf8_lossy(&out).replace('"', "");
    assert_eq!(written, [expected, "\r\n"].concat().replace('"', ""));
}

#[test]
fn the_codec_allocates_per_message() {
    let response = reads("C1, ENVELOPE", ENVELOPE, 3);
    writes_without("W1r, from the stored wire form", ENVELOPE, |encoder| response.encode(encoder));
    typed_envelope(response);
    let response = reads("C2, BODYSTRUCTURE", BODY, 3);
    writes_without("BODYSTRUCTURE, from the stored wire form", BODY, |encoder| {
        response.encode(encoder);
    });
    reads("C5, FLAGS", "* 1 FETCH (UID 100003 FLAGS (\\Seen \\Answered))", 1);
    reads("C5, no flags", "* 1 FETCH (UID 100003 FLAGS ())", 1);
    reads("VANISHED", "* VANISHED 1:7", 1);
    for (text, allowed) in COMMANDS {
        let octets = message(text);
        let mut reading = Reading::new(Leniency::strict());
        let (count, command) =
            counted(|| parse_whole(&octets, &mut reading, Command::parse).unwrap());
        println!("S1, {text}: {count} allocations to read");
        assert!(count <= allowed, "{text}: {count}");
        writes_without(text, text, |encoder| command.encode(encoder));
    }
}

/// ENVELOPE from fields that somebody else has.
fn typed_envelope(response: Response) {
    let Response::Data(imap_proto::Data::Fetch(Some(number), data)) = response else { panic!() };
    let gray = [AddressFields::new(Some(b"Terry Gray"), b"gray", b"cac.washington.edu")];
    let to = [AddressFields::new(None, b"imap", b"cac.washington.edu")];
    let cc = [
        AddressFields::new(None, b"minutes", b"cnri.example"),
        AddressFields::new(Some(b"John Klensin"), b"klensin", b"mit.example"),
    ];
    let fields = EnvelopeFields {
        date: Some(b"Wed, 17 Jul 2026 02:23:25 -0700"),
        subject: Some(b"minutes of the meeting"),
        from: &gray,
        sender: &gray,
        reply_to: &gray,
        to: &to,
        cc: &cc,
        message_id: Some(b"<B27397-0100000@cac.washington.edu>"),
        ..Envelope::builder()
    };
    let begin = FetchBegin::seq_num(SeqNum::new(number.get()).unwrap());
    writes_without("W1r, from typed fields", ENVELOPE, |encoder| {
        let mut fetch = FetchWriter::begin(&begin, encoder);
        for item in data.items.iter().filter(|item| !matches!(item, FetchItem::Envelope(_))) {
            fetch.item(item, encoder);
        }
        fetch.envelope(&fields, encoder);
        fetch.end(encoder);
    });
}
