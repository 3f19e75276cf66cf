//! Sentences of the grammar, and values made through the public API, by the octets as decisions.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | even: a sentence, of which starting rule; odd: values |
//! | the rest | the choices |

use std::fmt::Debug;
use std::sync::OnceLock;

use arbitrary::{Result, Unstructured};
use bytes::Bytes;
use imap_proto::connection::{Frame, FrameLimits, Framer};
use imap_proto::{
    AString, BodyStructure, Code, Command, Envelope, FlagList, IString, ListMailbox,
    Mailbox, NString, NString8, NumberSet, Response, SequenceSet,
};
use mail_proto::{Escaped, Leniency};

use crate::grammar::abnf::STARTS;
use crate::grammar::random::Random;
use crate::grammar::{EXCEPTIONS, generate};
use crate::imap::{Encode, PEERS, Parse, check, message, read, written};
use crate::values::{self, Input};

/// - What the grammar derives is read strictly, and written for any peer it is read as the same value.
/// - What is made is one message, and is read strictly as the same value, whatever was agreed on.
pub fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    if kind % 2 == 0 {
        sentence(STARTS[usize::from(kind / 2) % STARTS.len()], rest);
    } else {
        // Octets that make no value are none that interest.
        let _ = values(kind / 2, &mut Unstructured::new(rest));
    }
}

fn values(kind: u8, input: Input<'_, '_>) -> Result<()> {
    match kind % 16 {
        0 => round(&values::astring(input)?, AString::parse, AString::encode),
        1 => round(&values::istring(input)?, IString::parse, IString::encode),
        2 => round(&values::nstring(input)?, NString::parse, NString::encode),
        3 => round(&values::nstring8(input)?, NString8::parse, NString8::encode),
        4 => round(&values::mailbox(input)?, Mailbox::parse, Mailbox::encode),
        5 => round(&values::pattern(input)?, ListMailbox::parse, ListMailbox::encode),
        6 => round(&values::uids(input)?, NumberSet::parse, NumberSet::encode),
        7 => round(&values::seq_nums(input)?, SequenceSet::parse, SequenceSet::encode),
        8 => round(&values::flags(input)?, FlagList::parse, FlagList::encode),
        9 => round(&values::envelope(input)?, Envelope::parse, Envelope::encode),
        10 => round(&values::body_structure(input)?, BodyStructure::parse, BodyStructure::encode),
        11 => round(&values::code(input)?, Code::parse, Code::encode),
        12 | 13 => {
            let command = values::command(input)?;
            is_one(&command, Command::parse, Command::encode, Framer::commands(FrameLimits::server()));
        }
        _ => {
            let response = values::response(input)?;
            is_one(&response, Response::parse, Response::encode, Framer::responses(FrameLimits::client()));
        }
    }
    Ok(())
}

/// What is written is read strictly as the same value.
fn round<T: PartialEq + Debug>(value: &T, parse: Parse<T>, encode: Encode<T>) {
    for negotiated in PEERS {
        same(value, &written(value, negotiated, encode), parse);
    }
}

fn same<T: PartialEq + Debug>(value: &T, octets: &Bytes, parse: Parse<T>) {
    let (read, reading) = read(octets, Leniency::strict(), parse);
    assert_eq!(read.as_ref(), Ok(value), "{:?}", Escaped(octets));
    assert_eq!(reading.defects, []);
}

/// The same of a message, and whoever frames what is written finds one.
fn is_one<T: PartialEq + Debug>(value: &T, parse: Parse<T>, encode: Encode<T>, framer: Framer) {
    for negotiated in PEERS {
        same(value, &message(value, negotiated, encode), parse);
        let out = written(value, negotiated, encode);
        let mut framer = framer.clone();
        let end = loop {
            match framer.find(&out) {
                Frame::Literal(_) => framer.inline().expect("a short literal"),
                Frame::Complete(end) => break end,
                // A range of numbers in SEARCH is written as its numbers.
                Frame::TooLong(error) if out.len() as u64 > error.allowed => return,
                other => panic!("{other:?}: {value:?} {:?}", Escaped(&out)),
            }
        };
        assert_eq!(end, out.len(), "{value:?} {:?}", Escaped(&out));
    }
}

fn sentence(start: &str, choices: &[u8]) {
    let sentence = generate::sentence(start, &mut Random::of(choices));
    if sentence.rules_used.iter().any(|rule| exceptions().contains(rule)) {
        return;
    }
    let message = sentence.octets.strip_suffix(b"\r\n").expect("a line end");
    let message = Bytes::copy_from_slice(message);
    match start {
        "command" => accepted(&message, Command::parse, Command::encode),
        _ => accepted(&message, Response::parse, Response::encode),
    }
}

fn accepted<T: PartialEq + Debug>(message: &Bytes, parse: Parse<T>, encode: Encode<T>) {
    let (value, _) = read(message, Leniency::strict(), parse);
    // Nobody reads lists of any depth. Prose forbids extension data in BODY (RFC 9051 section 7.5.2) and
    // more than one of ALL and PARTIAL (RFC 9394 section 3.1).
    const REFUSED: [&str; 4] = [
        "lists nested less deep",
        "search keys nested less deep",
        "a BODY without extension data",
        "no more than one of ALL and PARTIAL",
    ];
    if value.as_ref().is_err_and(|error| REFUSED.contains(&error.expected)) {
        return;
    }
    assert!(value.is_ok(), "{:?}: {value:?}", Escaped(message));
    check(message, parse, encode);
}

fn exceptions() -> &'static [&'static str] {
    static RULES: OnceLock<Vec<&str>> = OnceLock::new();
    RULES.get_or_init(|| {
        let rows = EXCEPTIONS.lines().filter(|line| !line.starts_with('#'));
        rows.filter_map(|row| row.split('\t').next()).collect()
    })
}
